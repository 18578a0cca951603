/* The pair that a scenario asks about cannot be told how to behave, in whatever disguise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scratch.h"

/* An effect of a new shock, standing in a line of its own. */
static void shock_with(char *out, size_t size, const char *date, const char *effect)
{
    snprintf(out, size,
             "shocks = {\n  extra = { date = \"%s\"; effects = {\n    e = { %s };\n}; };\n", date,
             effect);
}

static const char *const forbidden[] = {
    "on = \"dispute\"; between = [\"IRN\", \"RUS\"]; size = -1.0;",
    "on = \"dispute\"; between = [\"RUS\", \"IRN\"]; size = 1.0;",
    "on = \"war\"; between = [\"IRN\", \"RUS\"]; size = 0.1;",
    "on = \"sanctions\"; from = [\"IRN\"]; to = [\"RUS\"];",
    "on = \"sanctions\"; from = [\"RUS\"]; to = [\"IRN\"]; size = -1.0;",
    "on = \"reach\"; from = [\"RUS\"]; to = [\"IRN\"]; size = 0.5;",
    /* through one group, two groups, a group of groups, and beside others */
    "on = \"dispute\"; between = [\"IRN\", \"both\"];",
    "on = \"dispute\"; between = [\"both\", \"IRN\"];",
    "on = \"dispute\"; between = [\"east\", \"east\"];",
    "on = \"dispute\"; between = [\"east\", \"both\"];",
    "on = \"dispute\"; between = [\"all\", \"all\"];",
    "on = \"sanctions\"; from = [\"west\", \"both\"]; to = [\"USA\", \"IRN\"];",
    "on = \"reach\"; from = [\"all\"]; to = [\"GBR\", \"RUS\"]; size = 1.0;",
    /* under other names, and names of names */
    "on = \"dispute\"; between = [\"iran\", \"russia\"];",
    "on = \"war\"; between = [\"russia\", \"IRN\"]; size = 1.0;",
    "on = \"dispute\"; between = [\"deep\", \"deep\"];",
    "on = \"sanctions\"; from = [\"deep\"]; to = [\"GBR\", \"alias\"];",
    "on = \"reach\"; from = [\"USA\", \"iran\"]; to = [\"west\", \"russia\"]; size = 0.5;",
    /* as a table's cell would have it */
    "on = \"dispute\"; between = \"IRN;RUS\";",
    "on = \"dispute\"; between = [\" RUS\", \"IRN \"];",
    "on = \"sanctions\"; from = \"USA; IRN\"; to = \"GBR;russia\";",
    /* later, by degrees, of no size */
    "on = \"dispute\"; between = [\"IRN\", \"RUS\"]; date = \"2011-01-01\";",
    "on = \"dispute\"; between = [\"IRN\", \"RUS\"]; shape = \"ramp\"; months = 24;",
    "on = \"dispute\"; between = [\"IRN\", \"RUS\"]; size = 0.0;",
};

static const char *const free_to_use[] = {
    "on = \"dispute\"; between = [\"IRN\", \"west\"];",
    "on = \"dispute\"; between = [\"RUS\", \"west\"];",
    "on = \"dispute\"; between = [\"USA\", \"east\"];",
    "on = \"dispute\"; between = [\"west\", \"west\"];",
    "on = \"sanctions\"; from = [\"IRN\"]; to = [\"USA\"];",
    "on = \"sanctions\"; from = [\"USA\"]; to = [\"IRN\", \"RUS\"];",
    "on = \"reach\"; from = [\"west\"]; to = [\"east\"]; size = 1.0;",
    "on = \"war\"; between = [\"RUS\", \"GBR\"]; size = 1.0;",
    "on = \"mandate\"; of = [\"IRN\", \"RUS\"]; size = 0.5;",
    "on = \"growth\"; of = [\"east\"]; size = 0.01;",
    "on = \"capability\"; of = [\"IRN\"]; size = 0.5;",
    "on = \"capability\"; of = [\"deep\"]; size = -0.5;",
    "on = \"mandate\"; of = [\"IRN\", \"russia\"]; domain = \"security\"; size = 1.0;",
    "on = \"dispute\"; between = [\"west\", \"deep\"];",
    "on = \"sanctions\"; from = [\"iran\", \"russia\"]; to = [\"west\"];",
    "on = \"sanctions\"; from = [\"iran\"]; to = [\"IRN\", \"USA\"];",
};

/* The groups that the effects above use are laid over the file, so that its lines stay. */
static void assert_effects(const char *const *effects, size_t n, const char *date, bool allowed)
{
    const char *sets[] = {"groups.east=[\"IRN\",\"RUS\"]", "groups.all=[\"both\",\"east\"]",
                          "groups.iran=[\"IRN\"]",         "groups.russia=\"RUS\"",
                          "groups.alias=[\"russia\"]",     "groups.deep=[\"iran\",\"alias\"]"};
    const int n_sets = sizeof sets / sizeof *sets;
    for (size_t k = 0; k < n; k++) {
        char shock[512];
        shock_with(shock, sizeof shock, date, effects[k]);
        char *text = scratch_changed(scratch_scenario, "shocks = {\n", shock);
        scratch_write("scenario.cfg", text);
        free(text);
        struct loaded l = scratch_load_file("scenario.cfg", sets, n_sets);
        if (allowed != (l.status == 0))
            fail_msg("%s is %s\n%s", effects[k], allowed ? "refused" : "taken",
                     l.diag.text.s ? l.diag.text.s : "");
        if (!allowed)
            assert_says(&l.diag, "scenario.cfg:26: shocks.extra.effects.e touches ");
        scratch_release(&l);
    }
}
#define ASSERT_EFFECTS(list, date, allowed)                                                        \
    assert_effects(list, sizeof(list) / sizeof *(list), date, allowed)

static void effects_on_the_focus_are_refused(void **state)
{
    (void)state;
    ASSERT_EFFECTS(forbidden, "2010-09-01", false);
}

static void effects_on_the_focus_before_the_start_are_refused(void **state)
{
    (void)state;
    ASSERT_EFFECTS(forbidden, "1979-02-11", false);
}

static void effects_on_others_are_taken(void **state)
{
    (void)state;
    ASSERT_EFFECTS(free_to_use, "2010-09-01", true);
    ASSERT_EFFECTS(free_to_use, "1979-02-11", true);
}

static void a_shock_that_is_off_is_held_to_the_same(void **state)
{
    (void)state;
    ASSERT_EFFECTS(forbidden, "2010-09-01\"; enabled = false; note = \"", false);
    /* boom is off in the file, so this one is off with it */
    ASSERT_EFFECTS(forbidden, "2010-09-01\"; requires = \"boom\"; note = \"", false);
    ASSERT_EFFECTS(free_to_use, "2010-09-01\"; enabled = false; requires = \"boom", true);
}

/* `happened` moves what belongs to a shock: into the period, out of it, to the first month. */
static void a_shock_that_moves_is_held_to_the_same(void **state)
{
    (void)state;
    ASSERT_EFFECTS(forbidden, "2010-01-01\"; happened = \"2010-09-01", false);
    ASSERT_EFFECTS(forbidden, "2010-09-01\"; happened = \"2000-09-01", false);
    ASSERT_EFFECTS(forbidden, "2000-09-01\"; happened = \"2010-09-01", false);
    ASSERT_EFFECTS(forbidden, "2010-09-01\"; jitter_days = 30; note = \"", false);
    ASSERT_EFFECTS(free_to_use, "2010-09-01\"; happened = \"2000-09-01", true);
}

static void an_effect_elsewhere_is_free_without_a_focus(void **state)
{
    (void)state;
    struct loaded l =
        scratch_load("  focus = [\"IRN-RUS\"]; };", "};",
                     "shocks.boom.effects.e={on=\"dispute\";between=[\"IRN\",\"RUS\"];}");
    assert_int_equal(l.status, 0);
    scratch_release(&l);
}

static void every_focus_is_guarded_in_both_notations(void **state)
{
    (void)state;
    const char *focus[] = {"[\"RUS-IRN\"]", "[\"USA-GBR\", \"IRN-RUS\"]", "\"RUS-IRN;USA-GBR\""};
    for (int k = 0; k < 3; k++) {
        struct loaded l =
            scratch_load("[\"IRN-RUS\"]", focus[k],
                         "shocks.boom.effects.e={on=\"dispute\";between=[\"IRN\",\"RUS\"];}");
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "touches IRN-RUS");
        scratch_release(&l);
    }
}

/* ---- acts ------------------------------------------------------------------------------------ */

static void acts_between_the_two_are_refused(void **state)
{
    (void)state;
    const char *acts[] = {
        "senders = [\"IRN\"]; target = \"RUS\"; start = \"2010-05-01\"; class = 1;",
        "senders = [\"RUS\"]; target = \"IRN\"; start = \"2010-05-01\"; class = 1;",
        "senders = [\"USA\", \"both\"]; target = \"IRN\"; start = \"2010-05-01\"; class = 3;",
        "senders = [\"RUS\"]; target = \"IRN\"; start = \"1990-05-01\"; end = \"1991-01-01\"; "
        "class "
        "= 1;",
        /* in force at the start; long after the end; as a table's cell would have it */
        "senders = [\"IRN\"]; target = \"RUS\"; start = \"1990-05-01\"; class = 1;",
        "senders = [\"IRN\"]; target = \"RUS\"; start = \"2090-05-01\"; class = 1;",
        "senders = \"GBR;both\"; target = \"IRN\"; start = \"2010-05-01\"; class = 2;",
    };
    for (size_t k = 0; k < sizeof acts / sizeof *acts; k++) {
        char new[256];
        snprintf(new, sizeof new, "sanctions = {\n  X = { %s };\n", acts[k]);
        struct loaded l = scratch_load("sanctions = {\n", new, NULL);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "scenario.cfg:14: sanctions.X is an act of ");
        scratch_release(&l);
    }
}

static void rows_of_a_table_are_held_to_the_same(void **state)
{
    (void)state;
    const char *rows[] = {"B,USA;RUS,IRN,2010-01-01,1\n", "B,both,IRN,1990-01-01,1\n"};
    for (int k = 0; k < 2; k++) {
        char table[256];
        snprintf(table, sizeof table, "id,senders,target,start,class\nA,USA,RUS,2010-01-01,1\n%s",
                 rows[k]);
        scratch_write("t.csv", table);
        struct loaded l = scratch_load(NULL, NULL, "sanctions.table=t.csv");
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "t.csv:3: sanctions.B is an act of RUS on IRN: ");
        assert_int_equal(l.diag.errors, 1);
        scratch_release(&l);
    }
}

/* S9 starts with a shock that is off, and so never; S9 ends before it starts, and so never begins.
 */
static void acts_that_never_come_into_force_are_held_to_the_same(void **state)
{
    (void)state;
    const char *belongs[] = {"enabled = false; starts = [\"S9\"];",
                             "happened = \"2001-01-01\"; starts = [\"S9\"];"};
    for (int k = 0; k < 2; k++) {
        char new[256];
        snprintf(new, sizeof new, "shocks = {\n  z = { date = \"2015-09-01\"; %s };\n", belongs[k]);
        struct loaded l = scratch_load("shocks = {\n", new,
                                       "sanctions.S9={senders=[\"RUS\"];target=\"IRN\";"
                                       "start=\"2001-01-01\";end=\"2010-06-01\";class=1;}");
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "sanctions.S9 is an act of RUS on IRN");
        assert_int_equal(l.diag.errors, 1);
        scratch_release(&l);
    }
}

/* ---- --set ----------------------------------------------------------------------------------- */

static void assert_set(const char *set, const char *message)
{
    struct loaded l = scratch_load(NULL, NULL, set);
    if (l.status != ERROR_INPUT)
        fail_msg("%s is taken", set);
    assert_says(&l.diag, message);
    assert_says(&l.diag, "invariant 1");
    scratch_release(&l);
}

static void set_is_held_to_the_same(void **state)
{
    (void)state;
    assert_set("shocks.deal.effects.calm.between=[\"IRN\",\"RUS\"]",
               "\"RUS\"]: shocks.deal.effects.calm touches IRN-RUS");
    assert_set("shocks.deal.effects.calm.between=[\"IRN\",\"both\"]", "--set shocks.deal.");
    assert_set("groups.west=[\"USA\",\"RUS\"]",
               "scenario.cfg:27: shocks.deal.effects.calm touches");
    assert_set("shocks.deal.effects.late.from=[\"IRN\"]",
               "--set shocks.deal.effects.late.from=[\"IRN\"]: shocks.deal.effects.late touches "
               "IRN-RUS");
    assert_set(
        "shocks.x={date=\"2011-01-01\";effects={y={on=\"war\";between=[\"IRN\",\"RUS\"];};};}",
        "--set shocks.x={");
    assert_set("sanctions.S1.senders=[\"RUS\"]", "sanctions.S1 is an act of RUS on IRN");
    assert_set("sanctions.X={senders=[\"RUS\"];target=\"IRN\";start=\"2011-01-01\";class=1;}",
               "--set sanctions.X={");
    assert_set("scenario.focus=[\"IRN-USA\"]", "scenario.cfg:27: shocks.deal.effects.calm touches");
    assert_set("shocks.boom.effects.up={on=\"war\";between=[\"RUS\",\"IRN\"];}",
               "--set shocks.boom.");
    assert_set("shocks.exit.effects={x={on=\"dispute\";between=[\"RUS\",\"IRN\"];};}",
               "--set shocks.e");
    assert_set("groups={west=[\"USA\",\"RUS\"];both=[\"IRN\"];}",
               "scenario.cfg:27: shocks.deal.effects.calm touches IRN-RUS");
    assert_set("sanctions={S1={senders=[\"RUS\"];target=\"IRN\";start=\"1990-01-01\";class=1;};}",
               "--set sanctions={");
}

/* A focus may be moved onto what the file does; then the file's own line is named. */
static void another_focus_is_held_against_what_the_file_does(void **state)
{
    (void)state;
    assert_set("scenario.focus=[\"IRN-RUS\",\"USA-IRN\"]", "calm touches IRN-USA");
    assert_set("scenario.focus=[\"RUS-USA\"]",
               "scenario.cfg:15: sanctions.S2 is an act of USA on RUS");
    assert_set("scenario.focus=\"RUS-GBR\"",
               "scenario.cfg:28: shocks.deal.effects.late touches GBR-RUS");
    struct loaded l = scratch_load(NULL, NULL, "scenario.focus=[\"USA-GBR\"]");
    assert_int_equal(l.status, 0);
    scratch_release(&l);
}

/* Two settings, neither of them forbidden alone. */
static void settings_are_held_to_the_same_together(void **state)
{
    (void)state;
    const char *pairs[][2] = {
        {"shocks.deal.effects.late.to=[\"west\",\"RUS\"]",
         "shocks.deal.effects.late.from=[\"IRN\"]"},
        {"shocks.deal.effects.calm.between=[\"IRN\",\"both\"]", "scenario.focus=[\"IRN-GBR\"]"},
        {"sanctions.S1.target=RUS", "groups.west=[\"USA\",\"IRN\"]"},
        {"groups.ring=[\"RUS\"]", "shocks.deal.effects.calm.between=[\"ring\",\"IRN\"]"},
        {"shocks.deal.effects.late.on=reach", "shocks.deal.effects.late.from=[\"IRN\"]"},
    };
    scratch_write("scenario.cfg", scratch_scenario);
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        struct loaded l = scratch_load_file("scenario.cfg", pairs[k], 2);
        if (l.status != ERROR_INPUT)
            fail_msg("%s with %s is taken", pairs[k][0], pairs[k][1]);
        assert_says(&l.diag, "invariant 1");
        scratch_release(&l);
    }
}

/* ---- baselines ------------------------------------------------------------------------------- */

static void baselines_of_the_focus_cannot_be_set(void **state)
{
    (void)state;
    assert_set("dyads.IRN-RUS.h0=0.5", "--set dyads.IRN-RUS.h0=0.5: dyads.IRN-RUS changes the "
                                       "baseline of a focus dyad by hand");
    assert_set("dyads.IRN-RUS.x0_security=0.9", "--set dyads.IRN-RUS.x0_security=0.9: ");
    assert_set("dyads.IRN-RUS={h0=0.5;}", "--set dyads.IRN-RUS={h0=0.5;}: ");
    assert_set("dyads={IRN-RUS={h0=0.5;};}", "--set dyads={IRN-RUS={h0=0.5;};}: ");
    assert_set("dyads={RUS-IRN={h0=0.5;};}", "--set dyads={RUS-IRN={h0=0.5;};}: ");
    assert_set("dyads.IRN-RUS={}", "--set dyads.IRN-RUS={}: ");
    assert_set("dyads.RUS-IRN.h0=0.5", "--set dyads.RUS-IRN.h0=0.5: dyads.RUS-IRN changes");
}

/* What no row describes has the baseline of strangers, so leaving the row out changes it. */
static void the_baseline_of_the_focus_cannot_be_dropped(void **state)
{
    (void)state;
    assert_set("dyads={}", "--set dyads={}: dyads leaves out the focus dyad IRN-RUS");
    assert_set("dyads={IRN-USA={h0=0.6;};}", "dyads leaves out the focus dyad IRN-RUS");
    scratch_write("t.csv", "iso3_a,iso3_b,h0\nIRN,USA,0.6\n");
    scratch_write("u.csv", "iso3_a,iso3_b,h0\nIRN,RUS,0.1\n");
    const char *sets[] = {"dyads.table=t.csv", "dyads={table=\"t.csv\";}",
                          "dyads={IRN-USA={h0=0.6;};}"};
    for (int k = 0; k < 3; k++) {
        struct loaded l =
            scratch_load("dyads = {\n  IRN-RUS = { h0 = 0.0; x0_political = 0.2; };\n",
                         "dyads = { table = \"u.csv\";\n", sets[k]);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "dyads leaves out the focus dyad IRN-RUS");
        scratch_release(&l);
    }
    /* nothing is left out where the file itself has no row */
    struct loaded l = scratch_load("  IRN-RUS = { h0 = 0.0; x0_political = 0.2; };\n", "",
                                   "dyads.IRN-GBR.h0=0.3");
    assert_int_equal(l.status, 0);
    scratch_release(&l);
}

static void a_table_of_dyads_cannot_be_set(void **state)
{
    (void)state;
    scratch_write("scenario.cfg", scratch_scenario);
    scratch_write("t.csv", "iso3_a,iso3_b,h0\nIRN,RUS,0.1\n");
    const char *sets[] = {"dyads={}", "dyads.table=t.csv"};
    struct loaded l = scratch_load_file("scenario.cfg", sets, 2);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, "--set dyads.table=t.csv: dyads.IRN-RUS changes the baseline");
    scratch_release(&l);
}

static void baselines_of_others_can_be_set(void **state)
{
    (void)state;
    const char *sets[] = {"dyads.IRN-USA.h0=0.1", "dyads.RUS-USA.x0_political=0.1",
                          "dyads.IRN-GBR={h0=0.5;}"};
    scratch_write("scenario.cfg", scratch_scenario);
    struct loaded l = scratch_load_file("scenario.cfg", sets, 3);
    assert_int_equal(l.status, 0);
    assert_true(l.scenario->dyads[1].dispute == 0.1);
    assert_int_equal(l.scenario->n_dyads, 4);
    scratch_release(&l);
}

/* A table is coded by one rule; a focus dyad beside it or over its row is not. */
static void baselines_of_the_focus_beside_a_table_are_refused(void **state)
{
    (void)state;
    const char *tables[] = {"iso3_a,iso3_b,h0\nIRN,RUS,0.1\n", "iso3_a,iso3_b,h0\nGBR,RUS,0.1\n"};
    for (int k = 0; k < 2; k++) {
        scratch_write("t.csv", tables[k]);
        struct loaded l = scratch_load("dyads = {\n", "dyads = { table = \"t.csv\";\n", NULL);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "scenario.cfg:10: dyads.IRN-RUS changes the baseline of a focus dyad");
        scratch_release(&l);
        l = scratch_load("dyads = {\n  IRN-RUS = { h0 = 0.0; x0_political = 0.2; };\n",
                         "dyads = { table = \"t.csv\";\n", NULL);
        assert_int_equal(l.status, 0);
        scratch_release(&l);
    }
}

/* The complete configuration that a run leaves can be run again, but not bent. */
static void the_configuration_in_force_is_held_to_the_same(void **state)
{
    (void)state;
    struct loaded l = scratch_load(NULL, NULL, NULL);
    char *text = scratch_effective(l.scenario);
    scratch_release(&l);
    scratch_write("effective.cfg", text);
    free(text);
    const char *sets[] = {"dyads.IRN-RUS.h0=0.5",
                          "shocks.deal.effects.calm.between=[\"IRN\",\"RUS\"]",
                          "sanctions.S1.senders=[\"RUS\"]"};
    for (int k = 0; k < 3; k++) {
        l = scratch_load_file("effective.cfg", &sets[k], 1);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, "invariant 1");
        scratch_release(&l);
    }
    l = scratch_load_file("effective.cfg", NULL, 0);
    assert_int_equal(l.status, 0);
    scratch_release(&l);
}

static void a_breach_is_told_beside_other_mistakes(void **state)
{
    (void)state;
    struct loaded l = scratch_load("requires = \"deal\"", "requires = \"nothing\"",
                                   "shocks.deal.effects.calm.between=[\"IRN\",\"RUS\"]");
    assert_int_equal(l.diag.errors, 2);
    assert_says(&l.diag, "no shock \"nothing\"");
    assert_says(&l.diag, "touches IRN-RUS");
    scratch_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_on_the_focus_are_refused),
        cmocka_unit_test(effects_on_the_focus_before_the_start_are_refused),
        cmocka_unit_test(effects_on_others_are_taken),
        cmocka_unit_test(a_shock_that_is_off_is_held_to_the_same),
        cmocka_unit_test(a_shock_that_moves_is_held_to_the_same),
        cmocka_unit_test(an_effect_elsewhere_is_free_without_a_focus),
        cmocka_unit_test(every_focus_is_guarded_in_both_notations),
        cmocka_unit_test(acts_between_the_two_are_refused),
        cmocka_unit_test(rows_of_a_table_are_held_to_the_same),
        cmocka_unit_test(acts_that_never_come_into_force_are_held_to_the_same),
        cmocka_unit_test(set_is_held_to_the_same),
        cmocka_unit_test(another_focus_is_held_against_what_the_file_does),
        cmocka_unit_test(settings_are_held_to_the_same_together),
        cmocka_unit_test(baselines_of_the_focus_cannot_be_set),
        cmocka_unit_test(the_baseline_of_the_focus_cannot_be_dropped),
        cmocka_unit_test(a_table_of_dyads_cannot_be_set),
        cmocka_unit_test(baselines_of_others_can_be_set),
        cmocka_unit_test(baselines_of_the_focus_beside_a_table_are_refused),
        cmocka_unit_test(the_configuration_in_force_is_held_to_the_same),
        cmocka_unit_test(a_breach_is_told_beside_other_mistakes),
    };
    return cmocka_run_group_tests_name("invariants", tests, scratch_enter, scratch_leave);
}
