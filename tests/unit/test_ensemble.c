/* Ensembles: every cell to the bit on any number of threads, and what is left when one is stopped.
 */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/ensemble.h"
#include "small.h"
#include "trial.h"

enum { REPLICATES = 40, OUTCOMES = TRIAL_OUTCOMES };

/* What a listener heard, and when it is to stop or to fail. */
struct heard {
    uint32_t replicate[REPLICATES];
    int status[REPLICATES];
    double outcomes[REPLICATES][OUTCOMES];
    const char *failure;
    uint32_t rows, told, first;
    uint32_t stop_after, fail_at;
    volatile sig_atomic_t stop;
    bool failed; /* has failed; not to be called again */
    bool wrong;  /* a call out of place; noted, since asserting is for the first thread alone */
};

static int on_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct heard *h = user;
    h->wrong |= h->rows == REPLICATES || h->failed || arm != 0;
    if (h->wrong)
        return 0;
    h->failed = h->fail_at != 0 && h->rows == h->fail_at;
    if (h->failed)
        return -4711;
    h->replicate[h->rows] = number;
    h->status[h->rows] = status;
    h->failure = status != 0 ? r->failure : h->failure;
    memcpy(h->outcomes[h->rows], r->outcomes,
           (size_t)r->experiment->scenario->n_outcomes * sizeof(double));
    h->rows++;
    if (h->stop_after != 0 && h->rows == h->stop_after)
        h->stop = 1;
    return 0;
}

static void on_progress(void *user, uint32_t done)
{
    struct heard *h = user;
    h->wrong |= done != h->told + 1;
    h->told = done;
}

static int run(struct ensemble *e, const struct experiment *x, struct heard *h, int threads)
{
    struct ensemble_request request = {.first = h->first,
                                       .n = REPLICATES,
                                       .threads = threads,
                                       .stop = &h->stop,
                                       .listener = {on_row, on_progress, h}};
    int status = ensemble_run(e, x, 1, &request);
    assert_false(h->wrong);
    return status;
}

static void every_cell_is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    static const enum record records[] = {RECORD_DEFAULT, RECORD_ALL_DYADS, RECORD_OUTCOMES};
    for (int k = 0; k < 3; k++) {
        struct trial t;
        struct ensemble one;
        struct heard alone = {.rows = 0};
        trial_open(&t, NULL, records[k]);
        assert_int_equal(run(&one, &t.experiment, &alone, 1), 0);
        assert_int_equal(one.done, REPLICATES);
        for (int threads = 2; threads <= 5; threads++) {
            struct ensemble many;
            struct heard heard = {.rows = 0};
            assert_int_equal(run(&many, &t.experiment, &heard, threads), 0);
            trial_same_statistics(&one.monthly, &many.monthly);
            trial_same_statistics(&one.yearly, &many.yearly);
            assert_same(alone.outcomes[0], heard.outcomes[0], REPLICATES * OUTCOMES);
            assert_int_equal(heard.told, REPLICATES);
            ensemble_release(&many);
        }
        ensemble_release(&one);
        trial_close(&t);
    }
}

/* The bins are framed by the first batch; what counts in them is up to the test. */
static void same_frames(struct statistics *s, const struct statistics *of)
{
    for (size_t k = 0; k < s->n_cells; k++) {
        s->cells[k].bin_low = of->cells[k].bin_low;
        s->cells[k].bins_per_unit = of->cells[k].bins_per_unit;
        assert_true(of->cells[k].bins_per_unit > 0);
    }
}

static void assert_each_alone(const char *sets, const struct kernel *kernel)
{
    struct trial t;
    struct ensemble e;
    struct statistics monthly, yearly;
    struct heard heard = {.first = 5};
    trial_open(&t, sets, RECORD_DEFAULT);
    t.experiment.kernel = kernel;
    int n = t.experiment.series.n, months = experiment_months(&t.experiment);
    int years = experiment_years(&t.experiment);
    assert_int_equal(run(&e, &t.experiment, &heard, 3), 0);
    assert_int_equal(statistics_init(&monthly, (size_t)(months * n), true, REPLICATES), 0);
    assert_int_equal(statistics_init(&yearly, (size_t)(years * n), true, REPLICATES), 0);
    same_frames(&monthly, &e.monthly);
    same_frames(&yearly, &e.yearly);
    for (uint32_t k = REPLICATES; k-- > 0;) {
        assert_int_equal(replicate_run(&t.replicate, 5 + k), 0);
        assert_int_equal(heard.replicate[k], 5 + k);
        assert_same(heard.outcomes[k], t.replicate.outcomes, OUTCOMES);
        for (int q = 0; q < months * n; q++)
            statistics_add(&monthly, (size_t)q, &t.experiment.scales[q % n],
                           t.replicate.monthly[q]);
        for (int q = 0; q < years * n; q++)
            statistics_add(&yearly, (size_t)q, &t.experiment.scales[q % n], t.replicate.yearly[q]);
    }
    trial_same_statistics(&monthly, &e.monthly);
    trial_same_statistics(&yearly, &e.yearly);
    statistics_release(&monthly);
    statistics_release(&yearly);
    ensemble_release(&e);
    trial_close(&t);
}

/* With dates that vary, and with any number of them side by side. */
static void an_ensemble_is_its_replicates_each_alone(void **state)
{
    (void)state;
    const struct kernel *kernels[KERNELS];
    int n = kernel_list(kernels);
    assert_each_alone(NULL, NULL);
    assert_each_alone(TRIAL_STILL, NULL);
    while (n-- > 0)
        assert_each_alone(TRIAL_STILL, kernels[n]);
}

static void quantiles_are_of_what_is_recorded_and_not_of_the_months_of_all_dyads(void **state)
{
    (void)state;
    static const struct {
        enum record record;
        bool monthly, yearly;
    } cases[] = {{RECORD_OUTCOMES, false, false},
                 {RECORD_FOCUS, false, false},
                 {RECORD_DEFAULT, true, true},
                 {RECORD_ALL_DYADS, false, true}};
    for (int k = 0; k < 4; k++) {
        struct trial t;
        struct ensemble e;
        struct heard heard = {.rows = 0};
        trial_open(&t, NULL, cases[k].record);
        assert_int_equal(run(&e, &t.experiment, &heard, 2), 0);
        assert_int_equal(e.monthly.bins != NULL, cases[k].monthly);
        assert_int_equal(e.yearly.bins != NULL, cases[k].yearly);
        assert_int_equal(e.monthly.cells[0].n, REPLICATES);
        ensemble_release(&e);
        trial_close(&t);
    }
}

/* ---- stopped, failed ---------------------------------------------------------------------------
 */

static void assert_prefix(const struct ensemble *e, const struct heard *h)
{
    assert_int_equal(e->done, h->rows);
    assert_int_equal(h->told, h->rows);
    for (uint32_t k = 0; k < h->rows; k++)
        assert_int_equal(h->replicate[k], k);
    for (size_t k = 0; k < e->monthly.n_cells; k++)
        assert_int_equal(e->monthly.cells[k].n, h->rows);
    for (size_t k = 0; k < e->yearly.n_cells; k++)
        assert_int_equal(e->yearly.cells[k].n, h->rows);
}

static void what_is_done_when_stopped_is_a_prefix(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL, RECORD_DEFAULT);
    for (int threads = 1; threads <= 4; threads++)
        for (uint32_t after = 1; after < 20; after += 6) {
            struct ensemble e;
            struct heard h = {.stop_after = after};
            assert_int_equal(run(&e, &t.experiment, &h, threads), ERROR_STOPPED);
            assert_in_range(h.rows, after, after + (uint32_t)threads);
            assert_prefix(&e, &h);
            ensemble_release(&e);
        }
    trial_close(&t);
}

static void a_run_stopped_before_it_starts_has_done_nothing(void **state)
{
    (void)state;
    struct trial t;
    struct ensemble e;
    struct heard h = {.stop = 1};
    trial_open(&t, NULL, RECORD_DEFAULT);
    assert_int_equal(run(&e, &t.experiment, &h, 3), ERROR_STOPPED);
    assert_int_equal(e.done, 0);
    assert_prefix(&e, &h);
    ensemble_release(&e);
    trial_close(&t);
}

static void a_listener_that_fails_ends_the_run_with_its_code(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL, RECORD_DEFAULT);
    for (int threads = 1; threads <= 4; threads++) {
        struct ensemble e;
        struct heard h = {.fail_at = 7};
        assert_int_equal(run(&e, &t.experiment, &h, threads), -4711);
        assert_int_equal(h.rows, 7);
        assert_prefix(&e, &h);
        ensemble_release(&e);
    }
    trial_close(&t);
}

/* An economy that two effects shrink by all it has: its replicates fail, and say why. */
static void failed_replicates_are_rows_and_not_in_the_statistics(void **state)
{
    (void)state;
    static const char text[] =
        "scenario = { name = \"end\"; start = \"2010-01\"; end = \"2010-06\"; spinup = 1; };\n"
        "states = { AAA = { lat = 0.0; lon = 0.0; gdp = 1.0; milex = 0.1; };\n"
        "           BBB = { lat = 0.0; lon = 9.0; gdp = 1.0; milex = 0.1; }; };\n"
        "dyads = { };\n"
        "shocks = { end = { date = \"2010-03-01\"; jitter_days = 60; effects = {\n"
        "  a = { on = \"growth\"; of = [\"AAA\"]; size = -0.5; };\n"
        "  b = { on = \"growth\"; of = [\"AAA\"]; size = -0.5; date = \"2010-06-20\"; }; }; }; };\n"
        "outcomes = { a = { measure = \"polarisation\"; window = \"2010-01..2010-01\"; };\n"
        "  b = { measure = \"polarisation\"; window = \"2010-01..2010-01\"; }; };\n";
    struct scenario *sc = small_scenario(text, NULL);
    struct experiment x;
    struct ensemble e;
    struct diag diag = {0};
    struct heard h = {.rows = 0};
    assert_int_equal(experiment_init(&x, sc, 1, RECORD_DEFAULT, &diag), 0);
    assert_int_equal(run(&e, &x, &h, 2), 0);
    uint32_t failed = 0;
    for (uint32_t k = 0; k < REPLICATES; k++) {
        assert_true(h.status[k] == 0 || h.status[k] == ERROR_NUMERIC);
        failed += h.status[k] != 0;
    }
    assert_true(failed > 5 && failed < REPLICATES - 5); /* later than June: none */
    assert_int_equal(e.done, REPLICATES);
    assert_int_equal(e.failed, failed);
    assert_string_equal(h.failure, "economy");
    assert_int_equal(e.monthly.cells[0].n, REPLICATES - failed);
    assert_int_equal(e.yearly.cells[0].n, REPLICATES - failed);
    ensemble_release(&e);
    experiment_release(&x);
    scenario_free(sc);
}

/* ---- thousands ---------------------------------------------------------------------------------
 */

struct count {
    uint32_t rows, stop_after;
    volatile sig_atomic_t stop;
    bool wrong;
};

static int count_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct count *c = user;
    (void)r;
    c->wrong |= number != c->rows || arm != 0 || status != 0;
    c->rows++;
    c->stop = c->rows == c->stop_after ? 1 : c->stop;
    return 0;
}

/* Loops of OpenMP come in batches; rows and statistics do not. */
static void thousands_of_replicates_join_without_a_seam(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, stop_after;
    } cases[] = {{1023, 0},    {1024, 0},    {1025, 0},    {3000, 0},
                 {3000, 1024}, {3000, 1025}, {3000, 2047}, {3000, 3000}};
    struct scenario *sc = small_scenario(
        small_four, "scenario.end=2010-01 scenario.spinup=0 parameters.initiatives=1");
    struct experiment x;
    struct diag diag = {0};
    assert_int_equal(experiment_init(&x, sc, 1, RECORD_DEFAULT, &diag), 0);
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct ensemble e;
        struct count c = {.stop_after = cases[k].stop_after};
        struct ensemble_request request = {.n = cases[k].n,
                                           .threads = 1 + (int)k % 3,
                                           .stop = &c.stop,
                                           .listener = {count_row, NULL, &c}};
        const uint32_t under_way = (uint32_t)((request.threads + 1) * KERNEL_LANES);
        int status = ensemble_run(&e, &x, 1, &request);
        assert_false(c.wrong);
        assert_int_equal(status, c.rows == cases[k].n ? 0 : ERROR_STOPPED);
        if (c.stop_after == 0)
            assert_int_equal(c.rows, cases[k].n);
        else
            assert_in_range(c.rows, c.stop_after, c.stop_after + under_way);
        assert_int_equal(e.done, c.rows);
        assert_int_equal(e.monthly.cells[0].n, c.rows);
        ensemble_release(&e);
    }
    experiment_release(&x);
    scenario_free(sc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(an_ensemble_is_its_replicates_each_alone),
        cmocka_unit_test(quantiles_are_of_what_is_recorded_and_not_of_the_months_of_all_dyads),
        cmocka_unit_test(what_is_done_when_stopped_is_a_prefix),
        cmocka_unit_test(a_run_stopped_before_it_starts_has_done_nothing),
        cmocka_unit_test(a_listener_that_fails_ends_the_run_with_its_code),
        cmocka_unit_test(failed_replicates_are_rows_and_not_in_the_statistics),
        cmocka_unit_test(thousands_of_replicates_join_without_a_seam),
    };
    return cmocka_run_group_tests_name("ensemble", tests, NULL, NULL);
}
