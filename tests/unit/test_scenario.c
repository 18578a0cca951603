/* A scenario as it is read: defaults, values in the file, rows of tables, values laid over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/error.h"
#include "scenario/effects.h"
#include "scratch.h"

static struct loaded good(const char *old, const char *new, const char *set)
{
    struct loaded l = scratch_load(old, new, set);
    if (l.status != 0)
        fail_msg("%s", l.diag.text.s);
    return l;
}

static int day(const char *text)
{
    int d = 0;
    assert_int_equal(date_parse_day(text, &d), 0);
    return d;
}

static void what_is_not_named_has_its_default(void **state)
{
    (void)state;
    struct loaded l = good("spinup = 3;", "", NULL);
    const struct scenario *sc = l.scenario;
    assert_int_equal(sc->general.spinup, 60);
    assert_int_equal(sc->general.moves, MOVES_DRAWN);
    assert_int_equal(sc->general.order, ORDER_CONCURRENT);
    assert_string_equal(sc->general.title, "");
    assert_true(sc->parameters.lambda == 7.7);
    assert_int_equal(sc->parameters.initiatives, 16);
    for (int t = 0; t < TERMS; t++)
        assert_true(sc->terms[t]);
    assert_true(sc->states[0].growth == 0);
    assert_true(sc->dyads[0].cooperation[SECURITY] == 0.05);
    assert_int_equal(sc->sanctions[0].end, DATE_NEVER);
    assert_string_equal(sc->sanctions[0].pillars, "-");
    assert_true(sc->shocks[0].effects[0].shape == SHAPE_STEP);
    scratch_release(&l);
}

static void what_is_named_is_read(void **state)
{
    (void)state;
    struct loaded l = good(NULL, NULL, NULL);
    const struct scenario *sc = l.scenario;
    assert_int_equal(sc->n_states, 4);
    assert_int_equal(scenario_months(sc), 24);
    assert_int_equal(scenario_state(sc, "USA"), 2);
    assert_int_equal(scenario_state(sc, "usa"), -1);
    assert_int_equal(sc->states[2].ccode, 2);
    assert_int_equal(sc->n_focus, 1);
    assert_true(sc->focus[0].i == 0 && sc->focus[0].j == 1);
    assert_true(sc->dyads[1].dispute == 0.6 && sc->dyads[1].a == 0 && sc->dyads[1].b == 2);
    assert_int_equal(sc->sanctions[0].n_senders, 2);
    assert_int_equal(sc->sanctions[0].target_state, 0);
    assert_int_equal(sc->sanctions[1].pillar_bits, 3);
    assert_int_equal(sc->sanctions[1].start, day("2010-05-01"));
    assert_int_equal(sc->groups[1].n_states, 3);
    assert_int_equal(sc->shocks[0].effects[0].on, EFFECT_DISPUTE);
    assert_int_equal(sc->shocks[0].effects[0].n_pairs, 2);
    assert_int_equal(sc->outcomes[0].statistic, STATISTIC_MEAN);
    assert_int_equal(sc->outcomes[0].window.to - sc->outcomes[0].window.from, 11);
    scratch_release(&l);
}

static void distances_are_great_circles_in_whole_kilometres(void **state)
{
    (void)state;
    struct loaded l = good("lat = 51.5; lon = -0.1;", "lat = -35.7; lon = -128.6;", NULL);
    const double *d = l.scenario->distance;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            assert_true(d[i * 4 + j] == d[j * 4 + i] && (d[i * 4 + j] == 0) == (i == j));
    assert_true(d[0 * 4 + 3] == 20015); /* antipodes: half the circumference */
    assert_true(d[0 * 4 + 1] > 2400 && d[0 * 4 + 1] < 2550);
    scratch_release(&l);
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* The scenario with its states from a table. */
static struct loaded with_table(const char *table, const char *set)
{
    const char *from = strstr(scratch_scenario, "  IRN = {"), *to = strstr(from, "};\ndyads");
    struct text t = {0};
    text_printf(&t, "%.*s  table = \"data/states.csv\";\n%s", (int)(from - scratch_scenario),
                scratch_scenario, to);
    scratch_write("scenario.cfg", t.s);
    scratch_write("data/states.csv", table);
    text_release(&t);
    return scratch_load_file("scenario.cfg", &set, set != NULL);
}

static const char states_table[] = "iso3,name,ccode,lat,lon,gdp,milex\n"
                                   "IRN,Iran,630,35.7,51.4,487,10.6\n"
                                   "RUS,\"Russia, Federation\",365,55.8,37.6,1525,58.7\n"
                                   "\n"
                                   "USA,,2,38.9,-77,15049,693.6\n"
                                   "GBR,NA,NA,51.5,-0.1,2485.5,57.8\n";

static void rows_of_a_table_are_records(void **state)
{
    (void)state;
    struct loaded l = with_table(states_table, NULL);
    assert_int_equal(l.status, 0);
    assert_int_equal(l.scenario->n_states, 4);
    assert_string_equal(l.scenario->states[1].name, "Russia, Federation");
    assert_string_equal(l.scenario->states[2].name, "");
    assert_int_equal(l.scenario->states[3].ccode, 0);
    assert_true(l.scenario->states[3].gdp == 2485.5);
    assert_string_equal(l.scenario->states[3].where.file, "data/states.csv");
    assert_int_equal(l.scenario->states[3].where.line, 6);
    scratch_release(&l);
}

static void a_table_gives_what_the_same_records_in_the_file_give(void **state)
{
    (void)state;
    struct loaded l = with_table("iso3;lat;lon;gdp;milex;ccode\r\n"
                                 "IRN;35.7;51.4;487;10.6;630\r\nRUS;55.8;37.6;1525;58.7;365\r\n"
                                 "USA;38.9;-77;15049;693.6;2\r\nGBR;51.5;-0.1;2485.5;57.8;200\r\n",
                                 NULL);
    assert_int_equal(l.status, 0);
    char *from_table = scratch_effective(l.scenario);
    scratch_release(&l);
    l = good(NULL, NULL, NULL);
    char *from_file = scratch_effective(l.scenario);
    assert_string_equal(from_table, from_file);
    scratch_release(&l);
    free(from_table);
    free(from_file);
}

static void a_state_more_is_a_row_more(void **state)
{
    (void)state;
    char table[600];
    snprintf(table, sizeof table, "%sTUR,Türkiye,640,39.9,32.9,772,17.9\n", states_table);
    struct loaded l = with_table(table, NULL);
    assert_int_equal(l.status, 0);
    assert_int_equal(l.scenario->n_states, 5);
    assert_string_equal(l.scenario->states[4].iso3, "TUR");
    scratch_release(&l);
}

static void set_changes_one_cell_of_a_row(void **state)
{
    (void)state;
    struct loaded l = with_table(states_table, "states.RUS.gdp=1000");
    assert_int_equal(l.status, 0);
    assert_int_equal(l.scenario->n_states, 4);
    assert_true(l.scenario->states[1].gdp == 1000 && l.scenario->states[1].milex == 58.7);
    scratch_release(&l);
}

static void set_can_add_a_record_to_a_table(void **state)
{
    (void)state;
    struct loaded l =
        with_table(states_table, "states.TUR={lat=39.9;lon=32.9;gdp=772.0;milex=17.9;}");
    assert_int_equal(l.status, 0);
    assert_int_equal(scenario_state(l.scenario, "TUR"), 4);
    scratch_release(&l);
    l = with_table(states_table, "states.TUR.gdp=772");
    assert_int_equal(l.status, ERROR_INPUT);
    assert_int_equal(l.diag.errors, 1);
    assert_says(&l.diag, "--set states.TUR.gdp=772: there is no states.TUR");
    scratch_release(&l);
}

static void records_in_the_file_change_rows_of_its_table(void **state)
{
    (void)state;
    scratch_write("s.csv", "id,senders,target,start,class\nA,USA,RUS,2010-01-01,1\n"
                           "B,USA;GBR,RUS,2010-02-01,2\n");
    struct loaded l =
        good("sanctions = {\n", "sanctions = { table = \"s.csv\"; B = { class = 3; };", NULL);
    assert_int_equal(l.scenario->n_sanctions, 4);
    assert_string_equal(l.scenario->sanctions[1].id, "B");
    assert_int_equal(l.scenario->sanctions[1].class, 3);
    assert_int_equal(l.scenario->sanctions[1].start, day("2010-02-01"));
    assert_string_equal(l.scenario->sanctions[2].id, "S1");
    scratch_release(&l);
}

static void tables_are_relative_to_the_file_that_names_them(void **state)
{
    (void)state;
    scratch_write("deep/s.csv", "id,senders,target,start,class\nA,USA,RUS,2010-01-01,1\n");
    scratch_write("deep/part.cfg", "table = \"s.csv\";\n");
    struct loaded l = good("sanctions = {\n", "sanctions = {\n@include \"deep/part.cfg\"\n", NULL);
    assert_string_equal(l.scenario->sanctions[0].id, "A");
    scratch_release(&l);
    l = good("sanctions = {\n", "sanctions = { table = \"none.csv\";\n",
             "sanctions.table=deep/s.csv");
    assert_string_equal(l.scenario->sanctions[0].id, "A");
    scratch_release(&l);
}

static void an_empty_cell_or_na_is_the_default(void **state)
{
    (void)state;
    scratch_write("s.csv", "id,senders,target,start,end,class,pillars,note\n"
                           "A,USA,RUS,2010-01-01,,1,NA,\nB,USA,RUS,2010-01-01,NA,1,,NA\n");
    struct loaded l = good("sanctions = {\n", "sanctions = { table = \"s.csv\";\n", NULL);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(l.scenario->sanctions[k].end, DATE_NEVER);
        assert_string_equal(l.scenario->sanctions[k].pillars, "-");
        assert_string_equal(l.scenario->sanctions[k].note, "");
    }
    scratch_release(&l);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void groups_hold_groups_in_any_order(void **state)
{
    (void)state;
    const char *orders[] = {
        "groups = { a = [\"b\", \"IRN\"]; b = [\"c\"]; c = [\"GBR\", \"RUS\"]; ",
        "groups = { c = [\"GBR\", \"RUS\"]; b = [\"c\"]; a = [\"b\", \"IRN\"]; ",
        "groups = { b = [\"c\"]; c = [\"RUS\", \"GBR\", \"RUS\"]; a = [\"IRN\", \"b\", \"c\"]; ",
    };
    for (int k = 0; k < 3; k++) {
        struct loaded l = good("groups = {\n", orders[k], NULL);
        for (int g = 0; g < l.scenario->n_groups; g++) {
            const struct group *group = &l.scenario->groups[g];
            if (strcmp(group->name, "a") == 0) {
                assert_int_equal(group->n_states, 3);
                assert_true(group->state[0] == 0 && group->state[1] == 1 && group->state[2] == 3);
            }
        }
        scratch_release(&l);
    }
}

static void set_replaces_a_group_wherever_others_stand(void **state)
{
    (void)state;
    struct loaded l = good(NULL, NULL, "groups.west=[\"GBR\"]");
    const struct sanction *act = &l.scenario->sanctions[0];
    assert_int_equal(act->n_senders, 1);
    assert_int_equal(act->sender[0], 3);
    scratch_release(&l);
}

static void pairs_are_read_in_either_notation(void **state)
{
    (void)state;
    struct loaded l = good(NULL, NULL, NULL);
    struct pair p;
    assert_int_equal(scenario_pair(l.scenario, "GBR-IRN", '-', &p), 0);
    assert_true(p.i == 3 && p.j == 0);
    assert_int_equal(scenario_pair(l.scenario, "IRN>GBR", '>', &p), 0);
    assert_true(p.i == 0 && p.j == 3);
    const char *wrong[] = {
        "IRN",         "IRN-",    "-IRN", "IRN-IRN", "IRN-ZZZ",
        "IRN-RUS-USA", "IRN>RUS", "",     "-",       "AAAAAAAAAAAAAAAAAAAAAAAAAAA-IRN"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_int_equal(scenario_pair(l.scenario, wrong[k], '-', &p), ERROR_INPUT);
    scratch_release(&l);
}

/* What --set names must be there, or come whole; a slip of the hand is not a new record. */
static void set_makes_no_record_by_mistake(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"shocks.deel.date=2012-01-01", "there is no shocks.deel; did you mean \"deal\"?"},
        {"shocks.deal.effects.clam.size=1.0", "there is no shocks.deal.effects.clam; did you mean"},
        {"states.IRM.gdp=1.0", "there is no states.IRM; did you mean"},
    };
    for (int k = 0; k < 3; k++) {
        struct loaded l = scratch_load(NULL, NULL, wrong[k][0]);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, wrong[k][1]);
        scratch_release(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_makes_no_record_by_mistake),
        cmocka_unit_test(what_is_not_named_has_its_default),
        cmocka_unit_test(what_is_named_is_read),
        cmocka_unit_test(distances_are_great_circles_in_whole_kilometres),
        cmocka_unit_test(rows_of_a_table_are_records),
        cmocka_unit_test(a_table_gives_what_the_same_records_in_the_file_give),
        cmocka_unit_test(a_state_more_is_a_row_more),
        cmocka_unit_test(set_changes_one_cell_of_a_row),
        cmocka_unit_test(set_can_add_a_record_to_a_table),
        cmocka_unit_test(records_in_the_file_change_rows_of_its_table),
        cmocka_unit_test(tables_are_relative_to_the_file_that_names_them),
        cmocka_unit_test(an_empty_cell_or_na_is_the_default),
        cmocka_unit_test(groups_hold_groups_in_any_order),
        cmocka_unit_test(set_replaces_a_group_wherever_others_stand),
        cmocka_unit_test(pairs_are_read_in_either_notation),
    };
    return cmocka_run_group_tests_name("scenario", tests, scratch_enter, scratch_leave);
}
