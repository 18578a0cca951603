/* What is observed of dyads: how it is read, what is refused, and the rank correlation that alone
 * reads it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "measure/ranks.h"
#include "run/replicate.h"
#include "scenario/keys.h"
#include "scratch.h"
#include "small.h"

#define OBSERVED                                                                                   \
    "observed = {\n"                                                                               \
    "  RUS-IRN = { political = 2.5; economic = -1; };\n"                                           \
    "  IRN-USA = { political = 0; security = 1e6; };\n"                                            \
    "};\n"
#define RANK                                                                                       \
    "rank = { measure = \"cooperation\"; subject = \"dyads\"; window = \"2010-02..2010-04\"; "     \
    "statistic = \"rank_correlation\"; "

/* ---- reading -------------------------------------------------------------------------------- */

static void states_come_in_either_order_and_what_is_not_given_is_unknown(void **state)
{
    (void)state;
    struct loaded l = scratch_load("outcomes = {\n", OBSERVED "outcomes = {\n", NULL);
    assert_int_equal(l.status, 0);
    assert_null(l.diag.text.s);
    const struct observed *o = l.scenario->observed;
    assert_int_equal(l.scenario->n_observed, 2);
    assert_string_equal(o[0].id, "RUS-IRN");
    assert_int_equal(o[0].a, 0);
    assert_int_equal(o[0].b, 1);
    assert_int_equal(o[1].a, 0);
    assert_int_equal(o[1].b, 2);
    static const double expected[2][DOMAINS] = {
        {[POLITICAL] = 2.5, [INSTITUTIONAL] = -1, [SECURITY] = -1, [ECONOMIC] = -1},
        {[POLITICAL] = 0, [INSTITUTIONAL] = -1, [SECURITY] = 1e6, [ECONOMIC] = -1}};
    for (int k = 0; k < 2; k++)
        assert_same(o[k].cooperation, expected[k], DOMAINS);
    scratch_release(&l);
}

static void a_table_names_two_states_and_knows_what_is_unknown(void **state)
{
    (void)state;
    scratch_write("seen.csv", "iso3_b,political,iso3_a,security\n"
                              "USA,0.25,RUS,NA\nIRN,,GBR,-1\n");
    struct loaded l = scratch_load("outcomes = {\n",
                                   "observed = { table = \"seen.csv\"; };\noutcomes = {\n", NULL);
    if (l.status != 0)
        fail_msg("%s", l.diag.text.s);
    const struct observed *o = l.scenario->observed;
    assert_int_equal(l.scenario->n_observed, 2);
    assert_string_equal(o[0].id, "RUS-USA");
    assert_true(o[0].cooperation[POLITICAL] == 0.25 && o[0].cooperation[SECURITY] == -1);
    assert_string_equal(o[1].id, "GBR-IRN");
    assert_int_equal(o[1].a, 0);
    assert_int_equal(o[1].b, 3);
    assert_true(o[1].cooperation[POLITICAL] == -1 && o[1].cooperation[SECURITY] == -1);
    scratch_release(&l);
}

static void a_record_laid_over_a_table_replaces_its_values(void **state)
{
    (void)state;
    scratch_write("seen.csv", "iso3_a,iso3_b,political\nRUS,USA,0.25\n");
    struct loaded l =
        scratch_load("outcomes = {\n", "observed = { table = \"seen.csv\"; };\noutcomes = {\n",
                     "observed.RUS-USA.economic=3");
    assert_int_equal(l.status, 0);
    assert_int_equal(l.scenario->n_observed, 1);
    assert_true(l.scenario->observed[0].cooperation[POLITICAL] == 0.25);
    assert_true(l.scenario->observed[0].cooperation[ECONOMIC] == 3);
    scratch_release(&l);
}

static const char *const tables[][2] = {
    {"iso3_a,political\nRUS,1\n", "seen.csv:1: observed: column \"iso3_b\" is missing"},
    {"iso3_a,iso3_b,politics\nRUS,USA,1\n",
     "seen.csv:1: observed: unknown key \"politics\"; did you mean \"political\"?"},
    {"iso3_a,iso3_b,political\nRUS,FRA,1\n",
     "seen.csv:2: observed.RUS-FRA: names no two different states of the scenario; allowed: "
     "\"AAA-BBB\""},
    {"iso3_a,iso3_b,political\nRUS,RUS,1\n", "seen.csv:2: observed.RUS-RUS: names no two"},
    {"iso3_a,iso3_b,political\nRUS,USA,1\nUSA,IRN,1\nUSA,RUS,2\n",
     "seen.csv:4: observed.USA-RUS stands twice; first at seen.csv:2"},
    {"iso3_a,iso3_b,political\nRUS,USA,-2\n",
     "seen.csv:2: observed.RUS-USA.political = -2: out of range; allowed: -1 .. 1e+12"},
    {"iso3_a,iso3_b,political\nRUS,USA,much\n", "seen.csv:2: observed.RUS-USA.political = much: "},
    {"iso3_a,iso3_b,political\nrus,USA,1\n", "seen.csv:2: observed.rus-USA: names no two"},
};

static void mistakes_of_a_table_are_told_with_their_line(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        scratch_write("seen.csv", tables[k][0]);
        struct loaded l = scratch_load(
            "outcomes = {\n", "observed = { table = \"seen.csv\"; };\noutcomes = {\n", NULL);
        if (l.status != ERROR_INPUT)
            fail_msg("taken: %s", tables[k][0]);
        assert_says(&l.diag, tables[k][1]);
        assert_int_equal(l.diag.errors, 1);
        scratch_release(&l);
    }
}

/* ---- what is refused ------------------------------------------------------------------------ */

#define IN_FRONT(text) "outcomes = {\n", text "outcomes = {\n"
#define AFTER(text) "outcomes = {\n", "outcomes = {\n  " text "\n"

static const struct mistake mistakes[] = {
    {IN_FRONT("observed = {\n  FRA-IRN = { political = 1; };\n};\n"), "FRA-IRN",
     "observed.FRA-IRN: names no two different states of the scenario"},
    {IN_FRONT("observed = {\n  IRN-IRN = { };\n};\n"), "IRN-IRN", "observed.IRN-IRN: names no two"},
    {IN_FRONT("observed = {\n  RUS-USA = { };\n  USA-RUS = { };\n};\n"), "USA-RUS",
     "observed.USA-RUS stands twice; first at scenario.cfg:"},
    {IN_FRONT("observed = {\n  RUS-USA = { politcal = 1; };\n};\n"), "politcal",
     "observed.RUS-USA: unknown key \"politcal\"; did you mean \"political\"?"},
    {IN_FRONT("observed = {\n  RUS-USA = { economic = -1.5; };\n};\n"), "economic = -1.5",
     "observed.RUS-USA.economic = -1.5: out of range"},
    {IN_FRONT("observes = { };\n"), "observes",
     "unknown section \"observes\"; did you mean \"obse"},
    {AFTER(RANK "minus = \"2010-01..2010-01\"; };"),
     "rank =", "outcomes.rank: `minus` and `over` do not go with rank_correlation"},
    {AFTER(RANK "over = \"2010-01..2010-01\"; };"),
     "rank =", "outcomes.rank: `minus` and `over` do not go with rank_correlation"},
    {AFTER("rank = { measure = \"cooperation\"; subject = \"IRN-RUS\"; statistic = "
           "\"rank_correlation\"; window = \"2010-02..2010-04\"; };"),
     "rank =", "outcomes.rank: rank_correlation goes with the subject dyads"},
    {AFTER(RANK "};"),
     "rank =", "outcomes.rank: `observed` has less than two dyads in this domain"},
    {AFTER(RANK "domain = \"military\"; };"), "military",
     "outcomes.rank.domain = military: unknown word; allowed: political|institutional|security|"
     "economic"},
    {AFTER("rank = { measure = \"cooperation\"; subject = \"dyads\"; statistic = \"mean\"; "
           "arm = \"full\"; window = \"2010-02..2010-04\"; };"),
     "rank =", "outcomes.rank: every dyad is read in the first arm alone"},
};

static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    scratch_mistakes(scratch_scenario, mistakes, sizeof mistakes / sizeof *mistakes);
}

/* Loading cannot know them; whoever makes the readings does. */
static void a_measure_that_is_none_of_dyads_is_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"insecurity", "outcomes.rank.subject: \"dyads\" is none of the scenario for insecurity"},
        {"initiatives", "outcomes.rank.subject: \"dyads\" is none of the scenario for initiatives"},
        {"blocs", "outcomes.rank.subject: \"dyads\" is none of the scenario for blocs"},
        {"moves", "outcomes.rank.subject: \"dyads\" is none of the scenario for moves"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char set[64];
        struct experiment x;
        struct diag diag = {0};
        snprintf(set, sizeof set, "outcomes.rank.measure=%s", cases[k][0]);
        struct loaded l =
            scratch_load("outcomes = {\n", OBSERVED "outcomes = {\n" RANK "};\n", set);
        assert_int_equal(l.status, 0);
        assert_int_equal(experiment_init(&x, l.scenario, 1, RECORD_OUTCOMES, &diag), ERROR_INPUT);
        assert_says(&diag, cases[k][1]);
        diag_release(&diag);
        scratch_release(&l);
    }
}

/* ---- its value ------------------------------------------------------------------------------ */

#define SIX                                                                                        \
    "observed = {\n"                                                                               \
    "  RUS-IRN = { political = 3; economic = 1; };\n"                                              \
    "  IRN-USA = { political = 9; economic = 2; };\n"                                              \
    "  GBR-IRN = { political = 3; economic = 3; };\n"                                              \
    "  RUS-USA = { political = 0; };\n"                                                            \
    "  RUS-GBR = { political = -1; economic = 4; };\n"                                             \
    "  GBR-USA = { political = 7; };\n"                                                            \
    "};\n"
#define LEVELS                                                                                     \
    "  all = { measure = \"cooperation\"; subject = \"dyads\"; window = \"2010-02..2010-04\"; "    \
    "};\n"

/* An experiment with `outcomes` in front of those of the scratch scenario, and one replicate. */
struct ran {
    struct loaded loaded;
    struct experiment experiment;
    struct replicate replicate;
};

static void run(struct ran *r, const char *text, const char *set)
{
    struct diag diag = {0};
    r->loaded = scratch_load("outcomes = {\n", text, set);
    if (r->loaded.status != 0)
        fail_msg("%s", r->loaded.diag.text.s);
    assert_int_equal(experiment_init(&r->experiment, r->loaded.scenario, 4, RECORD_DEFAULT, &diag),
                     0);
    assert_int_equal(replicate_init(&r->replicate, &r->experiment, &kernel_narrow), 0);
    assert_int_equal(replicate_run(&r->replicate, 2), 0);
}

static void close_it(struct ran *r)
{
    replicate_release(&r->replicate);
    experiment_release(&r->experiment);
    scratch_release(&r->loaded);
}

/* By hand: 0-1, 0-2, 0-3, 1-2, 1-3, 2-3 in that order. */
static void it_is_the_correlation_of_the_windows_means_with_a_column_of_observed(void **state)
{
    (void)state;
    static const double columns[DOMAINS][6] = {
        [POLITICAL] = {3, 9, 3, 0, NAN, 7}, [ECONOMIC] = {1, 2, 3, NAN, 4, NAN}};
    static const enum domain told[] = {POLITICAL, ECONOMIC};
    for (size_t c = 0; c < sizeof told / sizeof *told; c++) {
        const enum domain d = told[c];
        char set[64];
        double level[6], ranks[6];
        struct ran r;
        snprintf(set, sizeof set, "outcomes.rank.domain=%s", domain_names[d]);
        run(&r, SIX "outcomes = {\n" RANK "};\n" LEVELS, set);
        const struct reading *q = r.experiment.readings.of;
        assert_int_equal(reading_components(&q[0], 4), 1);
        assert_int_equal(reading_components(&q[1], 4), 6);
        for (int k = 0; k < 6; k++)
            level[k] = reading_value(&q[1], r.replicate.sketch, NULL, k, NULL);
        ranks_of(columns[d], 6, ranks);
        double wanted = ranks_correlation(level, ranks, 6);
        assert_true(fabs(wanted) > 0.1);
        assert_near(r.replicate.outcomes[0], wanted);
        close_it(&r);
    }
}

/* It stands in an arm, or between two, as any outcome that is one number. */
static void it_may_be_the_difference_to_another_arm(void **state)
{
    (void)state;
    struct ran r;
    run(&r,
        SIX "arms = { full = { }; calm = { without = [\"deal\"]; }; };\noutcomes = {\n" RANK
            "minus_arm = \"calm\"; };\n" LEVELS,
        NULL);
    const struct reading *q = r.experiment.readings.of;
    double *other = calloc((size_t)r.experiment.readings.size + 1, sizeof *other);
    for (int k = 0; k < 6; k++)
        other[q[0].at + k] = 6 - k;
    double there = ranks_correlation(other + q[0].at, q[0].ranks, 6);
    double here = ranks_correlation(r.replicate.sketch + q[0].at, q[0].ranks, 6);
    assert_near(reading_value(&q[0], r.replicate.sketch, other, 0, NULL), here - there);
    assert_true(isnan(r.replicate.outcomes[0]) && !isnan(here - there));
    free(other);
    close_it(&r);
}

/* ---- what it does not do -------------------------------------------------------------------- */

static void what_is_observed_changes_no_number_of_the_model(void **state)
{
    (void)state;
    struct ran with, without;
    run(&with, SIX "outcomes = {\n" LEVELS, NULL);
    run(&without, "outcomes = {\n" LEVELS, NULL);
    int months = experiment_months(&with.experiment), n = with.experiment.series.n;
    assert_int_equal(n, without.experiment.series.n);
    assert_same(with.replicate.monthly, without.replicate.monthly, months * n);
    assert_same(with.replicate.sketch, without.replicate.sketch, with.experiment.readings.size);
    assert_same(with.replicate.outcomes, without.replicate.outcomes, 2);
    close_it(&with);
    close_it(&without);
}

static void it_stands_in_the_configuration_in_force(void **state)
{
    (void)state;
    scratch_write("seen.csv", "iso3_a,iso3_b,political\nUSA,RUS,0.25\nUSA,IRN,3\n");
    struct loaded l = scratch_load("outcomes = {\n",
                                   "observed = { table = \"seen.csv\"; };\noutcomes = {\n" RANK
                                   "domain = \"political\"; };\n",
                                   NULL);
    char *text = scratch_effective(l.scenario);
    assert_non_null(strstr(text, "\nobserved = {\n  USA-RUS = {\n    political = 0.25;\n    "
                                 "institutional = -1.0;\n    security = -1.0;\n    economic = "
                                 "-1.0;\n  };\n  USA-IRN = {\n    political = 3.0;\n"));
    assert_non_null(strstr(text, "    statistic = \"rank_correlation\";\n    domain = \"poli"));
    scratch_write("again.cfg", text);
    struct loaded again = scratch_load_file("again.cfg", NULL, 0);
    assert_int_equal(again.status, 0);
    assert_true(keys_same(SECTION_OBSERVED, l.scenario->observed, again.scenario->observed));
    free(text);
    scratch_release(&l);
    scratch_release(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_come_in_either_order_and_what_is_not_given_is_unknown),
        cmocka_unit_test(a_table_names_two_states_and_knows_what_is_unknown),
        cmocka_unit_test(a_record_laid_over_a_table_replaces_its_values),
        cmocka_unit_test(mistakes_of_a_table_are_told_with_their_line),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(a_measure_that_is_none_of_dyads_is_refused),
        cmocka_unit_test(it_is_the_correlation_of_the_windows_means_with_a_column_of_observed),
        cmocka_unit_test(it_may_be_the_difference_to_another_arm),
        cmocka_unit_test(what_is_observed_changes_no_number_of_the_model),
        cmocka_unit_test(it_stands_in_the_configuration_in_force),
    };
    return cmocka_run_group_tests_name("observed", tests, scratch_enter, scratch_leave);
}
