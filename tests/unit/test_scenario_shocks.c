/* Shocks: what belongs to them moves with them, and what they require takes them along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/error.h"
#include "scratch.h"

static struct loaded with(const char *const *sets, int n)
{
    scratch_write("scenario.cfg", scratch_scenario);
    struct loaded l = scratch_load_file("scenario.cfg", sets, n);
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

/* Dates of all that belongs to "deal" lie so many days behind those of the file; nothing else
 * moves. */
static void assert_moved(const struct scenario *sc, int days)
{
    const struct shock *deal = &sc->shocks[0];
    assert_int_equal(deal->date, day("2010-06-01") + days);
    assert_int_equal(deal->happened, deal->date);
    assert_int_equal(deal->effects[0].date, day("2010-06-01") + days);
    assert_int_equal(deal->effects[1].date, day("2010-08-15") + days);
    assert_int_equal(sc->sanctions[1].start, day("2010-05-01") + days);
    assert_int_equal(sc->mandates[0].start, day("2010-06-09") + days);

    assert_int_equal(sc->sanctions[1].end, day("2011-05-01"));
    assert_int_equal(sc->mandates[0].end, day("2011-06-09"));
    assert_int_equal(sc->sanctions[0].start, day("2009-06-01"));
    assert_int_equal(sc->shocks[1].date, day("2011-05-01"));
    assert_int_equal(sc->shocks[2].effects[0].date, day("2011-09-01"));
}

static void unmoved_shocks_leave_all_dates(void **state)
{
    (void)state;
    struct loaded l = with(NULL, 0);
    assert_moved(l.scenario, 0);
    assert_int_equal(l.scenario->sanctions[1].starter, 0);
    assert_int_equal(l.scenario->sanctions[1].ender, -1);
    assert_int_equal(l.scenario->mandates[0].ender, 1);
    scratch_release(&l);
}

static void set_moves_acts_and_effects_by_the_same_days(void **state)
{
    (void)state;
    const char *sets[] = {"shocks.deal.date=2010-09-09", "shocks.deal.date=2009-01-01",
                          "shocks.deal.date=\"2010-06-02\""};
    const char *dates[] = {"2010-09-09", "2009-01-01", "2010-06-02"};
    for (int k = 0; k < 3; k++) {
        struct loaded l = with(&sets[k], 1);
        assert_moved(l.scenario, day(dates[k]) - day("2010-06-01"));
        scratch_release(&l);
    }
}

/* Moving twice ends where the last one says, counted from the date in the file. */
static void moving_again_starts_from_the_files_date(void **state)
{
    (void)state;
    const char *sets[] = {"shocks.deal.date=2012-01-01", "shocks.deal.date=2010-06-11"};
    struct loaded l = with(sets, 2);
    assert_moved(l.scenario, 10);
    scratch_release(&l);
}

static void happened_moves_them_from_within_the_file(void **state)
{
    (void)state;
    struct loaded l = scratch_load("date = \"2010-06-01\"",
                                   "date = \"2010-06-11\"; happened = \"2010-06-01\"", NULL);
    assert_moved(l.scenario, 10);
    scratch_release(&l);
    l = scratch_load("date = \"2010-06-01\"", "date = \"2010-06-11\"; happened = \"2010-06-01\"",
                     "shocks.deal.date=2010-06-21");
    assert_moved(l.scenario, 20);
    scratch_release(&l);
}

static void set_can_say_when_it_happened(void **state)
{
    (void)state;
    const char *sets[] = {"shocks.deal.date=2010-07-01", "shocks.deal.happened=2010-06-21"};
    struct loaded l = with(sets, 2);
    assert_int_equal(l.scenario->sanctions[1].start, day("2010-05-11"));
    scratch_release(&l);
}

static void an_end_moves_with_its_own_shock(void **state)
{
    (void)state;
    const char *sets[] = {"shocks.exit.date=2011-05-11"};
    struct loaded l = with(sets, 1);
    assert_int_equal(l.scenario->mandates[0].end, day("2011-06-19"));
    assert_int_equal(l.scenario->mandates[0].start, day("2010-06-09"));
    scratch_release(&l);
}

static void an_end_moved_before_its_start_is_warned_of(void **state)
{
    (void)state;
    const char *sets[] = {"shocks.exit.date=2009-01-01"};
    struct loaded l = with(sets, 1);
    assert_says(&l.diag, "warning: mandates.M1: ends before it starts, so it is never in force");
    assert_true(l.scenario->mandates[0].end < l.scenario->mandates[0].start);
    scratch_release(&l);
}

static void a_shock_falls_with_what_it_requires(void **state)
{
    (void)state;
    struct loaded l = with(NULL, 0);
    assert_true(l.scenario->shocks[0].active && l.scenario->shocks[1].active);
    assert_int_equal(l.scenario->shocks[1].required, 0);
    assert_int_equal(l.scenario->shocks[0].required, -1);
    assert_false(l.scenario->shocks[2].active);
    scratch_release(&l);

    const char *without = "shocks.deal.enabled=false";
    l = with(&without, 1);
    assert_false(l.scenario->shocks[0].active || l.scenario->shocks[1].active);
    assert_true(l.scenario->shocks[1].enabled);
    scratch_release(&l);

    const char *chain[] = {"shocks.boom.enabled=true", "shocks.boom.requires=exit",
                           "shocks.deal.enabled=false"};
    l = with(chain, 3);
    assert_false(l.scenario->shocks[2].active);
    scratch_release(&l);
    l = with(chain, 2);
    assert_true(l.scenario->shocks[2].active);
    scratch_release(&l);
}

static void shocks_outside_the_period_are_warned_of(void **state)
{
    (void)state;
    const char *set = "shocks.exit.date=2012-01-01";
    struct loaded l = with(&set, 1);
    assert_says(
        &l.diag,
        "--set shocks.exit.date=2012-01-01: warning: shocks.exit lies outside the months recorded");
    assert_int_equal(l.diag.warnings, 1);
    scratch_release(&l);
    const char *off = "shocks.boom.date=1999-01-01"; /* not enabled: nobody need know */
    l = with(&off, 1);
    assert_int_equal(l.diag.warnings, 0);
    scratch_release(&l);
}

static void targets_are_pairs_across_in_the_order_of_states(void **state)
{
    (void)state;
    const char *sets[] = {
        "shocks.boom.effects.a={on=\"dispute\";between=[\"west\",\"IRN\"];}",
        "shocks.boom.effects.b={on=\"sanctions\";from=[\"west\"];to=[\"RUS\",\"USA\"];}",
        "shocks.boom.effects.c={on=\"dispute\";between=[\"west\",\"west\"];}"};
    struct loaded l = with(sets, 3);
    const struct shock *boom = &l.scenario->shocks[2];
    assert_int_equal(boom->n_effects, 4);
    const struct pair a[] = {{0, 2}, {0, 3}}, b[] = {{2, 1}, {3, 1}, {3, 2}}, c[] = {{2, 3}},
                      up[] = {{1, 1}, {2, 2}, {3, 3}};
    const struct pair *const wanted[] = {up, a, b, c};
    const int n[] = {3, 2, 3, 1};
    for (int e = 0; e < 4; e++) {
        assert_int_equal(boom->effects[e].n_pairs, n[e]);
        assert_memory_equal(boom->effects[e].pairs, wanted[e], (size_t)n[e] * sizeof **wanted);
    }
    scratch_release(&l);
}

static void set_can_add_a_whole_shock(void **state)
{
    (void)state;
    const char *set = "shocks.war={date=\"2011-02-01\";effects={w={on=\"war\";between=[\"RUS\","
                      "\"GBR\"];size=0.5;};};}";
    struct loaded l = with(&set, 1);
    const struct shock *war = &l.scenario->shocks[3];
    assert_string_equal(war->name, "war");
    assert_true(war->active && war->effects[0].size == 0.5);
    assert_int_equal(war->effects[0].date, day("2011-02-01"));
    scratch_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unmoved_shocks_leave_all_dates),
        cmocka_unit_test(set_moves_acts_and_effects_by_the_same_days),
        cmocka_unit_test(moving_again_starts_from_the_files_date),
        cmocka_unit_test(happened_moves_them_from_within_the_file),
        cmocka_unit_test(set_can_say_when_it_happened),
        cmocka_unit_test(an_end_moves_with_its_own_shock),
        cmocka_unit_test(an_end_moved_before_its_start_is_warned_of),
        cmocka_unit_test(a_shock_falls_with_what_it_requires),
        cmocka_unit_test(shocks_outside_the_period_are_warned_of),
        cmocka_unit_test(targets_are_pairs_across_in_the_order_of_states),
        cmocka_unit_test(set_can_add_a_whole_shock),
    };
    return cmocka_run_group_tests_name("scenario_shocks", tests, scratch_enter, scratch_leave);
}
