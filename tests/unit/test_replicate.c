/* One realisation: the same bits whatever ran before, and dates that vary between replicates. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "small.h"
#include "trial.h"

enum { N = 4 };

/* ---- one replicate -----------------------------------------------------------------------------
 */

static void a_replicate_is_the_same_whatever_ran_before_it(void **state)
{
    (void)state;
    struct trial a, b;
    trial_open(&a, NULL, RECORD_DEFAULT);
    trial_open(&b, NULL, RECORD_DEFAULT);
    for (uint32_t k = 0; k < 10; k++) {
        assert_int_equal(replicate_run(&b.replicate, 1000 + k), 0);
        assert_int_equal(replicate_run(&b.replicate, k), 0);
        assert_int_equal(replicate_run(&a.replicate, k), 0);
        assert_same(a.replicate.monthly, b.replicate.monthly, trial_numbers(&a));
        assert_same(a.replicate.outcomes, b.replicate.outcomes, TRIAL_OUTCOMES);
    }
    trial_close(&a);
    trial_close(&b);
}

static void replicates_and_seeds_differ(void **state)
{
    (void)state;
    struct trial a, b;
    trial_open(&a, NULL, RECORD_DEFAULT);
    trial_open(&b, NULL, RECORD_DEFAULT);
    size_t bytes = (size_t)trial_numbers(&a) * sizeof(double);
    assert_int_equal(replicate_run(&a.replicate, 0), 0);
    for (uint32_t k = 1; k < 10; k++) {
        assert_int_equal(replicate_run(&b.replicate, k), 0);
        assert_memory_not_equal(a.replicate.monthly, b.replicate.monthly, bytes);
    }
    b.experiment.seed = 78;
    assert_int_equal(replicate_run(&b.replicate, 0), 0);
    assert_memory_not_equal(a.replicate.monthly, b.replicate.monthly, bytes);
    b.experiment.seed = 77 + (1ull << 40);
    assert_int_equal(replicate_run(&b.replicate, 0), 0);
    assert_memory_not_equal(a.replicate.monthly, b.replicate.monthly, bytes);
    trial_close(&a);
    trial_close(&b);
}

static void years_are_means_of_their_months(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, "scenario.start=2009-11 scenario.end=2011-06", RECORD_DEFAULT);
    assert_int_equal(experiment_years(&t.experiment), 3);
    assert_int_equal(replicate_run(&t.replicate, 3), 0);
    int n = t.experiment.series.n;
    static const int first[] = {0, 2, 14, 20};
    for (int year = 0; year < 3; year++)
        for (int s = 0; s < n; s++) {
            double sum = 0;
            for (int m = first[year]; m < first[year + 1]; m++)
                sum += t.replicate.monthly[m * n + s];
            assert_near(t.replicate.yearly[year * n + s], sum / (first[year + 1] - first[year]));
        }
    trial_close(&t);
}

/* The recorded world of a month is that of its end. */
static void a_replicate_is_its_steps_one_after_the_other(void **state)
{
    (void)state;
    struct trial t;
    struct simulation s;
    trial_open(&t, "shocks.one.jitter_days=0 shocks.two.jitter_days=0", RECORD_DEFAULT);
    assert_false(t.experiment.jittered);
    assert_int_equal(replicate_run(&t.replicate, 5), 0);
    assert_int_equal(simulation_init(&s, &kernel_narrow, t.scenario, &t.experiment.structure,
                                     &t.experiment.rule),
                     0);
    const struct stream stream = stream_make(77, 0, 5);
    for (int tick = 0; tick < 20; tick++) {
        small_step(&s, &stream);
        const double *row = t.replicate.monthly + (tick - 2) * t.experiment.series.n;
        for (int k = 0; k < t.experiment.series.n && tick >= 2; k++) {
            double v = series_value(&t.experiment.series.at[k], &s);
            assert_same(&row[k], &v, 1);
        }
        simulation_advance(&s);
    }
    simulation_release(&s);
    trial_close(&t);
}

static bool is_same_series(const struct series *a, const struct series *b)
{
    bool same = (a->i == b->i && a->j == b->j) ||
                (a->measure->level == LEVEL_DYAD && a->i == b->j && a->j == b->i);
    return a->measure == b->measure && same && (a->first == NULL) == (b->first == NULL);
}

static void recording_all_dyads_changes_no_series(void **state)
{
    (void)state;
    struct trial few, all;
    trial_open(&few, NULL, RECORD_DEFAULT);
    trial_open(&all, NULL, RECORD_ALL_DYADS);
    assert_int_equal(replicate_run(&few.replicate, 9), 0);
    assert_int_equal(replicate_run(&all.replicate, 9), 0);
    assert_same(few.replicate.outcomes, all.replicate.outcomes, TRIAL_OUTCOMES);
    int found = 0, n = few.experiment.series.n, wide = all.experiment.series.n;
    for (int k = 0; k < n; k++)
        for (int q = 0; q < wide; q++) {
            const struct series *a = &few.experiment.series.at[k],
                                *b = &all.experiment.series.at[q];
            if (!is_same_series(a, b))
                continue;
            found++;
            for (int m = 0; m < experiment_months(&few.experiment); m++)
                assert_same(&few.replicate.monthly[m * n + k], &all.replicate.monthly[m * wide + q],
                            1);
        }
    assert_int_equal(found, n);
    trial_close(&few);
    trial_close(&all);
}

/* The first two outcomes of the trial, from the months of the series that they read. */
static void outcomes_are_of_the_months_that_were_recorded(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL, RECORD_OUTCOMES);
    const struct reading *r = t.experiment.readings.of;
    int n = t.experiment.series.n;
    assert_int_equal(n, 6); /* one an outcome that reads series, two of the share */
    for (uint32_t k = 0; k < 5; k++) {
        double late = 0, early = 0;
        assert_int_equal(replicate_run(&t.replicate, k), 0);
        for (int m = 0; m < 6; m++) {
            early += t.replicate.monthly[m * n + r[0].series[0]] / 6;
            late += t.replicate.monthly[(12 + m) * n + r[0].series[0]] / 6;
        }
        assert_near(t.replicate.outcomes[0], late - early);
        assert_near(t.replicate.outcomes[1], t.replicate.monthly[n + r[1].series[0]]);
    }
    trial_close(&t);
}

/* Another arm, a penalty, or a number for each dyad is more than one replicate leaves. */
static void outcomes_that_one_replicate_does_not_tell_are_unknown(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL, RECORD_OUTCOMES);
    assert_int_equal(t.scenario->n_outcomes, TRIAL_OUTCOMES);
    assert_int_equal(replicate_run(&t.replicate, 2), 0);
    for (int k = 0; k < TRIAL_OUTCOMES; k++)
        assert_int_equal(isnan(t.replicate.outcomes[k]), k >= TRIAL_KNOWN);
    trial_close(&t);
}

/* ---- dates that vary ---------------------------------------------------------------------------
 */

static void dates_vary_between_replicates_within_their_days(void **state)
{
    (void)state;
    struct trial t;
    int least[2] = {1000, 1000}, most[2] = {-1000, -1000}, alike = 0;
    trial_open(&t, NULL, RECORD_DEFAULT);
    assert_true(t.experiment.jittered);
    for (uint32_t k = 0; k < 300; k++) {
        assert_int_equal(replicate_run(&t.replicate, k), 0);
        for (int q = 0; q < 2; q++) {
            int d = t.replicate.delay[q];
            assert_in_range(d + 100, 0, 200);
            least[q] = d < least[q] ? d : least[q];
            most[q] = d > most[q] ? d : most[q];
        }
        alike += t.replicate.delay[0] == t.replicate.delay[1];
        assert_int_equal(t.replicate.delay[2], 0);
    }
    for (int q = 0; q < 2; q++) /* chance that none of 300 falls in the outer 10: below 1e-6 */
        assert_true(least[q] < -90 && most[q] > 90);
    assert_true(alike < 15); /* shocks vary apart: 1.5 expected */
    trial_close(&t);
}

static void the_dates_of_a_replicate_are_its_own(void **state)
{
    (void)state;
    struct trial a, b;
    trial_open(&a, NULL, RECORD_DEFAULT);
    trial_open(&b, NULL, RECORD_DEFAULT);
    for (uint32_t k = 20; k-- > 0;) {
        int delay[3];
        assert_int_equal(replicate_run(&a.replicate, k), 0);
        memcpy(delay, a.replicate.delay, sizeof delay);
        assert_int_equal(replicate_run(&b.replicate, 19 - k), 0);
        assert_int_equal(replicate_run(&b.replicate, k), 0);
        assert_memory_equal(delay, b.replicate.delay, sizeof delay);
    }
    trial_close(&a);
    trial_close(&b);
}

/* Uniform by GSL's division of 32 bits, on the words of purpose 5, tick 0, actor = the shock. */
static void drawn_dates_are_the_ones_described(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL, RECORD_DEFAULT);
    for (uint32_t k = 0; k < 50; k++) {
        const struct stream stream = stream_make(TRIAL_SEED, 0, k);
        assert_int_equal(replicate_run(&t.replicate, k), 0);
        for (unsigned shock = 0; shock < 2; shock++) {
            uint32_t words[4];
            stream_block(&stream, (struct stream_slot){5, 0, shock}, 0, words);
            assert_int_equal(t.replicate.delay[shock], (int)(words[0] / (0xffffffffu / 201)) - 100);
        }
    }
    trial_close(&t);
}

/* The dispute's baseline steps up in the month that the drawn day falls in, with the act. */
static void drawn_dates_move_what_belongs_to_the_shock(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL, RECORD_DEFAULT);
    for (uint32_t k = 0; k < 30; k++) {
        assert_int_equal(replicate_run(&t.replicate, k), 0);
        int day = 8 * 30 + 3 + t.replicate.delay[0], month = 0; /* days from 2010-01-01 */
        static const int ends[] = {31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
        while (ends[month] <= day)
            month++;
        for (int m = 0; m < 18; m++) {
            struct month now = structure_month(&t.replicate.structure, m);
            assert_near(now.dispute[1 * N + 3], m < month ? 0.1 : 0.7);
            assert_near(now.sanctions[2 * N + 3], m < month ? 0 : 0.3);
        }
    }
    trial_close(&t);
}

/* Days that vary within one month change nothing, though numbers are drawn for them. */
static void drawing_dates_disturbs_no_move(void **state)
{
    (void)state;
    struct trial varies, still;
    trial_open(&varies,
               "shocks.one.jitter_days=0 shocks.two.date=2011-03-16 shocks.two.jitter_days=14",
               RECORD_DEFAULT);
    trial_open(&still,
               "shocks.one.jitter_days=0 shocks.two.date=2011-03-16 shocks.two.jitter_days=0",
               RECORD_DEFAULT);
    assert_true(varies.experiment.jittered && !still.experiment.jittered);
    for (uint32_t k = 0; k < 5; k++) {
        assert_int_equal(replicate_run(&varies.replicate, k), 0);
        assert_int_equal(replicate_run(&still.replicate, k), 0);
        assert_same(varies.replicate.monthly, still.replicate.monthly, trial_numbers(&still));
    }
    trial_close(&varies);
    trial_close(&still);
}

/* ---- common random numbers ---------------------------------------------------------------------
 */

static void worlds_with_and_without_a_shock_are_the_same_until_it_comes(void **state)
{
    (void)state;
    struct trial with, without;
    trial_open(&with, "shocks.one.jitter_days=0 shocks.two.jitter_days=0", RECORD_DEFAULT);
    trial_open(&without,
               "shocks.one.jitter_days=0 shocks.two.jitter_days=0 "
               "shocks.one.enabled=false",
               RECORD_DEFAULT);
    int n = with.experiment.series.n;
    for (uint32_t k = 0; k < 5; k++) {
        assert_int_equal(replicate_run(&with.replicate, k), 0);
        assert_int_equal(replicate_run(&without.replicate, k), 0);
        assert_same(with.replicate.monthly, without.replicate.monthly, 8 * n);
        assert_memory_not_equal(with.replicate.monthly + 9 * n, without.replicate.monthly + 9 * n,
                                (size_t)n * sizeof(double));
    }
    trial_close(&with);
    trial_close(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replicate_is_the_same_whatever_ran_before_it),
        cmocka_unit_test(replicates_and_seeds_differ),
        cmocka_unit_test(years_are_means_of_their_months),
        cmocka_unit_test(a_replicate_is_its_steps_one_after_the_other),
        cmocka_unit_test(recording_all_dyads_changes_no_series),
        cmocka_unit_test(outcomes_are_of_the_months_that_were_recorded),
        cmocka_unit_test(outcomes_that_one_replicate_does_not_tell_are_unknown),
        cmocka_unit_test(dates_vary_between_replicates_within_their_days),
        cmocka_unit_test(the_dates_of_a_replicate_are_its_own),
        cmocka_unit_test(drawn_dates_are_the_ones_described),
        cmocka_unit_test(drawn_dates_move_what_belongs_to_the_shock),
        cmocka_unit_test(drawing_dates_disturbs_no_move),
        cmocka_unit_test(worlds_with_and_without_a_shock_are_the_same_until_it_comes),
    };
    return cmocka_run_group_tests_name("replicate", tests, NULL, NULL);
}
