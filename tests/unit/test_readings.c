/* What outcomes keep of a replicate: what they refuse, where they read, which months count, and
 * what becomes of it when replicates are averaged. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "fed.h"
#include "trial.h"

enum { N = 4 };

/* ---- what is refused ---------------------------------------------------------------------------
 */

static struct scenario *with_outcomes(const char *outcomes)
{
    struct text t = {0};
    text_printf(&t,
                "%sgroups = { left = [\"AAA\", \"BBB\"]; };\narms = { full = { }; };\n"
                "outcomes = { %s };\n",
                small_four, outcomes);
    struct scenario *sc = small_scenario(t.s, NULL);
    text_release(&t);
    return sc;
}

static void assert_refused(const char *outcomes, int errors, const char *message)
{
    struct series_list list;
    struct readings readings;
    struct diag diag = {0};
    struct scenario *sc = with_outcomes(outcomes);
    assert_int_equal(series_select(&list, sc, RECORD_DEFAULT), 0);
    assert_int_equal(readings_init(&readings, sc, &list, NULL, &diag), ERROR_INPUT);
    assert_int_equal(diag.errors, errors);
    if (strstr(diag.text.s, message) == NULL)
        fail_msg("\"%s\" is not in:\n%s", message, diag.text.s);
    assert_null(readings.of);
    diag_release(&diag);
    series_release(&list);
    scenario_free(sc);
}

#define WINDOW " window = \"2010-02..2010-04\"; "

static void unknown_measures_and_subjects_are_refused_with_what_is_allowed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"measure = \"coperation\"; subject = \"AAA-BBB\";",
         ":19: outcomes.o.measure: unknown measure \"coperation\"; did you mean \"cooperation\"?; "
         "see `waltz list measures`"},
        {"measure = \"weather\";", "outcomes.o.measure: unknown measure \"weather\"; see"},
        {"measure = \"polarisation\"; subject = \"AAA\";",
         "outcomes.o.subject: \"AAA\" is none of the scenario for polarisation; allowed: system"},
        {"measure = \"insecurity\"; subject = \"AAA-BBB\";",
         "is none of the scenario for insecurity; allowed: a state or a group"},
        {"measure = \"insecurity\"; subject = \"dyads\";", "allowed: a state or a group"},
        {"measure = \"cooperation\"; subject = \"AAA\";",
         "allowed: two states or groups joined by -, a group, or dyads for each of them"},
        {"measure = \"cooperation\"; subject = \"AAA-AAA\";", "allowed: two states or groups"},
        {"measure = \"threat_share\"; subject = \"AAA-BBB\";",
         "allowed: two states or groups joined by >"},
        {"measure = \"threat_share\"; subject = \"dyads\";", "joined by >"},
        {"measure = \"choices\"; subject = \"left\"; statistic = \"distance\";",
         "is none of the scenario for choices; allowed: a state, or two joined by -"},
        {"measure = \"moves\"; subject = \"AAA-AAA\"; statistic = \"distance\";",
         "allowed: a state, or two joined by -"},
        {"measure = \"cooperation\";", "\"system\" is none of the scenario for cooperation"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct text t = {0};
        text_printf(&t, "o = { %s" WINDOW "};", cases[k][0]);
        assert_refused(t.s, 1, cases[k][1]);
        text_release(&t);
    }
}

static void statistics_that_a_measure_does_not_have_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "measure = \"cooperation\"; subject = \"AAA-BBB\"; statistic = \"share\";",
        "measure = \"insecurity\"; subject = \"AAA\"; statistic = \"share\";",
        "measure = \"blocs\"; statistic = \"share\";",
        "measure = \"cooperation\"; subject = \"AAA-BBB\"; statistic = \"distance\";",
        "measure = \"moves\"; subject = \"AAA-BBB\";",
        "measure = \"moves\"; subject = \"AAA-BBB\"; statistic = \"max\";",
        "measure = \"choices\"; subject = \"AAA\"; minus_arm = \"full\";",
        "measure = \"choices\"; subject = \"AAA\"; statistic = \"distance\";",
        "measure = \"cooperation\"; subject = \"dyads\"; statistic = \"max\";",
        "measure = \"cooperation\"; subject = \"dyads\"; statistic = \"share\";",
        "measure = \"acts\"; subject = \"dyads\"; statistic = \"onset\"; trend = \"full\";",
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct text t = {0};
        text_printf(&t, "o = { %s" WINDOW "};", cases[k]);
        assert_refused(t.s, 1, ":19: outcomes.o: this statistic is not that of ");
        text_release(&t);
    }
}

static void every_outcome_that_is_wrong_is_told(void **state)
{
    (void)state;
    assert_refused("a = { measure = \"acts\"; subject = \"AAA\";" WINDOW "};\n"
                   "b = { measure = \"acts\"; subject = \"AAA-BBB\";" WINDOW "};\n"
                   "c = { measure = \"facts\"; subject = \"AAA-BBB\";" WINDOW "};\n"
                   "d = { measure = \"acts\"; subject = \"AAA-BBB\"; statistic = \"share\";" WINDOW
                   "};\n",
                   3, "outcomes.c.measure: unknown measure \"facts\"; did you mean \"acts\"?");
}

static void an_experiment_tells_what_its_outcomes_refuse(void **state)
{
    (void)state;
    struct experiment x;
    struct diag diag = {0};
    struct scenario *sc = with_outcomes("o = { measure = \"facts\";" WINDOW "};");
    assert_int_equal(experiment_init(&x, sc, 1, RECORD_DEFAULT, &diag), ERROR_INPUT);
    assert_int_equal(diag.errors, 1);
    assert_null(x.scenario);
    diag_release(&diag);
    scenario_free(sc);
}

/* ---- where they read ---------------------------------------------------------------------------
 */

#define OF_DYAD "measure = \"cooperation\"; subject = \"AAA-BBB\"; "
#define SEARCH "trend = \"full\"; statistic = \"onset\"; "

static int size_of(const char *outcomes)
{
    struct fed f;
    fed_open(&f, outcomes, NULL);
    int size = f.readings.size;
    fed_close(&f);
    return size;
}

static void a_sketch_is_as_large_as_its_outcomes_need(void **state)
{
    (void)state;
    assert_int_equal(size_of(""), 0);
    assert_int_equal(size_of("o = { " OF_DYAD WINDOW "};"), 1);
    assert_int_equal(size_of("o = { " OF_DYAD WINDOW "minus = \"2010-01..2010-01\"; };"), 2);
    assert_int_equal(size_of("o = { " OF_DYAD WINDOW "over = \"2010-01..2010-01\"; };"), 2);
    assert_int_equal(size_of("o = { " OF_DYAD WINDOW "statistic = \"max\"; };"), 18);
    assert_int_equal(size_of("o = { " OF_DYAD WINDOW "statistic = \"max\"; "
                             "minus = \"2010-01..2010-01\"; };"),
                     18);
    assert_int_equal(size_of("o = { measure = \"acts\"; subject = \"dyads\";" WINDOW "};"), 6);
    assert_int_equal(size_of("o = { measure = \"moves\"; subject = \"AAA\"; minus_arm = \"less\"; "
                             "statistic = \"distance\";" WINDOW "};"),
                     CHANNELS + MOVES);
    assert_int_equal(size_of("o = { measure = \"choices\"; subject = \"AAA-BBB\"; "
                             "statistic = \"distance\";" WINDOW "};"),
                     2 * (CHANNELS + MOVES * N));
}

static void a_path_that_several_outcomes_read_is_kept_once(void **state)
{
    (void)state;
    struct fed f;
    fed_open(&f,
             "a = { " OF_DYAD WINDOW "statistic = \"max\"; };\n"
             "b = { " OF_DYAD WINDOW "};\n"
             "c = { " OF_DYAD WINDOW "statistic = \"when_max\"; };\n"
             "d = { measure = \"cooperation\"; subject = \"BBB-AAA\";" SEARCH WINDOW "};\n"
             "e = { measure = \"cooperation\"; subject = \"left\"; statistic = \"max\";" WINDOW
             "};\n"
             "f = { measure = \"acts\"; subject = \"AAA-BBB\"; statistic = \"max\";" WINDOW "};\n"
             "g = { " OF_DYAD "window = \"2010-05..2011-01\"; statistic = \"max\"; };\n",
             NULL);
    const struct reading *r = f.readings.of;
    assert_int_equal(f.readings.size, 3 * 18 + 1);
    assert_int_equal(f.list.n, 3);
    assert_int_equal(r[2].at, r[0].at);
    assert_int_equal(r[3].at, r[0].at);
    assert_int_equal(r[6].at, r[0].at);
    assert_true(r[4].at != r[0].at && r[5].at != r[0].at && r[5].at != r[4].at);
    fed_close(&f);
}

static void outcomes_add_the_series_that_they_read_and_no_others(void **state)
{
    (void)state;
    struct series_list list;
    struct readings readings;
    struct diag diag = {0};
    struct scenario *sc = with_outcomes(
        "a = { measure = \"cooperation\"; subject = \"BBB-AAA\";" WINDOW "};\n"
        "b = { measure = \"cooperation\"; subject = \"DDD-CCC\";" WINDOW "};\n"
        "c = { measure = \"cooperation\"; subject = \"dyads\";" WINDOW "};\n"
        "d = { measure = \"moves\"; subject = \"AAA-BBB\"; statistic = \"distance\";" WINDOW "};\n"
        "e = { measure = \"initiatives\"; subject = \"CCC>AAA\"; statistic = \"share\";" WINDOW
        "};\n");
    assert_int_equal(series_select(&list, sc, RECORD_DEFAULT), 0);
    int usual = list.n;
    assert_int_equal(readings_init(&readings, sc, &list, NULL, &diag), 0);
    assert_int_equal(list.n, usual + 3); /* b, e and the reverse of e */
    assert_in_range(readings.of[0].series[0], 0, usual - 1);
    assert_int_equal(readings.of[1].series[0], usual);
    assert_int_equal(list.at[readings.of[4].series[1]].i, 0);
    assert_int_equal(list.at[readings.of[4].series[1]].j, 2);
    readings_release(&readings);
    series_release(&list);
    scenario_free(sc);
}

/* ---- which months count ------------------------------------------------------------------------
 */

static double total(const double *v, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += v[k];
    return sum;
}

/* Every menu's chances sum to one a month; with two periods, each its own. */
static void chances_are_kept_for_the_months_of_the_window(void **state)
{
    (void)state;
    static const char *const worlds[] = {TRIAL_STILL, TRIAL_STILL "scenario.spinup=0",
                                         TRIAL_STILL "scenario.order=serial scenario.spinup=7",
                                         TRIAL_STILL "terms.channels=false"};
    for (int k = 0; k < 4; k++) {
        struct trial t;
        trial_open(&t, worlds[k], RECORD_OUTCOMES);
        const struct reading *apart = &t.experiment.readings.of[5],
                             *shift = &t.experiment.readings.of[6];
        int menus = t.experiment.rule.channels ? CHANNELS : 1, half = apart->width / 2;
        assert_int_equal(replicate_run(&t.replicate, 3), 0);
        assert_near(total(t.replicate.sketch + apart->at, half), 16 * menus);
        assert_near(total(t.replicate.sketch + apart->at + half, half), 16 * menus);
        assert_near(total(t.replicate.sketch + shift->at, shift->width), 18 * menus);
        trial_close(&t);
    }
}

static void months_of_spin_up_count_nowhere(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "scenario.spinup=5", RECORD_OUTCOMES);
    int size = t.experiment.readings.size;
    assert_int_equal(replicate_start(&t.replicate, 0), 0);
    for (int tick = 0; tick < 5; tick++) {
        assert_int_equal(replicate_step(&t.replicate), 0);
        for (int k = 0; k < size; k++)
            assert_true(t.replicate.sketch[k] == 0);
    }
    assert_int_equal(replicate_step(&t.replicate), 0);
    assert_true(total(t.replicate.sketch, size) > 0);
    trial_close(&t);
}

/* A replicate leaves nothing to the next one. */
static void each_replicate_begins_with_an_empty_sketch(void **state)
{
    (void)state;
    struct trial a, b;
    trial_open(&a, NULL, RECORD_OUTCOMES);
    trial_open(&b, NULL, RECORD_OUTCOMES);
    assert_int_equal(replicate_run(&a.replicate, 1), 0);
    assert_int_equal(replicate_run(&a.replicate, 2), 0);
    assert_int_equal(replicate_run(&b.replicate, 2), 0);
    assert_same(a.replicate.sketch, b.replicate.sketch, a.experiment.readings.size);
    trial_close(&a);
    trial_close(&b);
}

/* The chances of BBB and DDD month by month, kept by the test itself. */
struct diary {
    const struct trial *trial;
    double sums[2][CHANNELS + MOVES * N];
};

static void note(void *user, struct simulation *s, int actor)
{
    struct diary *d = user;
    double chances[CHANNELS + MOVES * N];
    int month = s->world.tick - d->trial->scenario->general.spinup;
    measure_find("choices")->chances(s, actor, chances);
    for (int k = 0; k < CHANNELS + MOVES * N && month >= 1 && month <= 16; k++)
        if (actor == 1 || actor == 3)
            d->sums[actor == 3][k] += chances[k];
}

static void the_sketch_of_chances_is_what_a_looker_on_adds_up(void **state)
{
    (void)state;
    struct trial t, looked;
    trial_open(&t, TRIAL_STILL, RECORD_OUTCOMES);
    trial_open(&looked, TRIAL_STILL, RECORD_OUTCOMES);
    struct diary diary = {.trial = &looked};
    looked.replicate.simulation.observe = note;
    looked.replicate.simulation.user = &diary;
    assert_int_equal(replicate_run(&t.replicate, 4), 0);
    assert_int_equal(replicate_run(&looked.replicate, 4), 0);
    const struct reading *apart = &t.experiment.readings.of[5];
    assert_same(t.replicate.sketch + apart->at, diary.sums[0], apart->width);
    double sum = 0;
    for (int k = 0; k < CHANNELS + MOVES * N; k++)
        sum += fabs(diary.sums[0][k] - diary.sums[1][k]);
    assert_near(t.replicate.outcomes[5], sum / 2 / (16 * CHANNELS));
    assert_true(t.replicate.outcomes[5] > 0.01);
    trial_close(&t);
    trial_close(&looked);
}

/* ---- means over replicates ---------------------------------------------------------------------
 */

enum { REPLICATES = 8 };

/* Of what is linear the value of the mean path is the mean of the values; the largest of a mean is
 * below the mean of the largest, and so is a distance; a share is that of all together. */
static void the_value_of_a_mean_path_is_the_mean_of_values_where_that_is_linear(void **state)
{
    (void)state;
    struct trial t;
    double mean[TRIAL_OUTCOMES] = {0}, dyads[6] = {0}, both[2] = {0};
    trial_open(&t, NULL, RECORD_OUTCOMES);
    const struct reading *r = t.experiment.readings.of;
    int size = t.experiment.readings.size;
    double *path = calloc((size_t)size, sizeof *path);
    assert_non_null(path);
    for (uint32_t k = 0; k < REPLICATES; k++) {
        assert_int_equal(replicate_run(&t.replicate, k), 0);
        for (int q = 0; q < size; q++)
            path[q] += t.replicate.sketch[q] / REPLICATES;
        for (int q = 0; q < TRIAL_KNOWN; q++)
            mean[q] += t.replicate.outcomes[q] / REPLICATES;
        for (int q = 0; q < 6; q++)
            dyads[q] += reading_value(&r[7], t.replicate.sketch, NULL, q, NULL) / REPLICATES;
        for (int q = 0; q < 2; q++)
            both[q] += t.replicate.sketch[r[4].at + q];
    }
    for (int q = 0; q < 2; q++)
        assert_near(reading_value(&r[q], path, NULL, 0, NULL), mean[q]);
    for (int q = 0; q < 6; q++)
        assert_near(reading_value(&r[7], path, NULL, q, NULL), dyads[q]);
    assert_true(reading_value(&r[2], path, NULL, 0, NULL) < mean[2] - 1e-9);
    assert_true(reading_value(&r[5], path, NULL, 0, NULL) < mean[5]);
    assert_near(reading_value(&r[4], path, NULL, 0, NULL), both[0] / (both[0] + both[1]));
    assert_true(fabs(both[0] / (both[0] + both[1]) - mean[4]) > 1e-9);
    free(path);
    trial_close(&t);
}

/* The arm's own replicate is subtracted, and the difference is 0 where they are alike. */
static void a_distance_between_arms_is_none_between_an_arm_and_itself(void **state)
{
    (void)state;
    struct trial full, less;
    trial_open(&full, TRIAL_STILL, RECORD_OUTCOMES);
    trial_open(&less, TRIAL_STILL "shocks.fixed.enabled=false", RECORD_OUTCOMES);
    const struct reading *shift = &full.experiment.readings.of[6];
    assert_int_equal(replicate_run(&full.replicate, 0), 0);
    assert_int_equal(replicate_run(&less.replicate, 0), 0);
    const double *a = full.replicate.sketch, *b = less.replicate.sketch;
    assert_true(reading_value(shift, a, a, 0, NULL) == 0);
    assert_true(reading_value(shift, a, b, 0, NULL) > 1e-4);
    assert_true(reading_value(shift, a, b, 0, NULL) < 1);
    trial_close(&full);
    trial_close(&less);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_measures_and_subjects_are_refused_with_what_is_allowed),
        cmocka_unit_test(statistics_that_a_measure_does_not_have_are_refused),
        cmocka_unit_test(every_outcome_that_is_wrong_is_told),
        cmocka_unit_test(an_experiment_tells_what_its_outcomes_refuse),
        cmocka_unit_test(a_sketch_is_as_large_as_its_outcomes_need),
        cmocka_unit_test(a_path_that_several_outcomes_read_is_kept_once),
        cmocka_unit_test(outcomes_add_the_series_that_they_read_and_no_others),
        cmocka_unit_test(chances_are_kept_for_the_months_of_the_window),
        cmocka_unit_test(months_of_spin_up_count_nowhere),
        cmocka_unit_test(each_replicate_begins_with_an_empty_sketch),
        cmocka_unit_test(the_sketch_of_chances_is_what_a_looker_on_adds_up),
        cmocka_unit_test(the_value_of_a_mean_path_is_the_mean_of_values_where_that_is_linear),
        cmocka_unit_test(a_distance_between_arms_is_none_between_an_arm_and_itself),
    };
    return cmocka_run_group_tests_name("readings", tests, NULL, NULL);
}
