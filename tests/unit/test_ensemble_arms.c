/* Ensembles of several arms: each arm to the bit as if it had run alone. */
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

enum { REPLICATES = 37, ARMS = 4 };

/* What a listener heard of one run, by replicate and arm. */
struct heard {
    int n_arms;
    double outcomes[REPLICATES][ARMS][TRIAL_OUTCOMES];
    double last[REPLICATES][ARMS]; /* the last number of each record */
    int status[REPLICATES][ARMS];
    const char *failure[ARMS];
    int rows;
    uint32_t told;
    int stop_after, fail_at;
    volatile sig_atomic_t stop;
    bool wrong; /* a call out of place */
};

static int on_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct heard *h = user;
    const struct experiment *x = r->experiment;
    h->wrong |= (int)number != h->rows / h->n_arms || arm != h->rows % h->n_arms;
    h->wrong |= number >= REPLICATES || (h->fail_at != 0 && h->rows > h->fail_at);
    if (h->wrong)
        return 0;
    if (h->fail_at != 0 && h->rows == h->fail_at) {
        h->fail_at--; /* not to be called again */
        return -4711;
    }
    h->status[number][arm] = status;
    if (status != 0)
        h->failure[arm] = r->failure;
    else
        memcpy(h->outcomes[number][arm], r->outcomes,
               (size_t)x->scenario->n_outcomes * sizeof(double));
    h->last[number][arm] = status != 0 ? 0 : r->monthly[experiment_months(x) * x->series.n - 1];
    h->rows++;
    if (h->stop_after != 0 && h->rows >= h->stop_after)
        h->stop = 1;
    return 0;
}

static void on_progress(void *user, uint32_t done)
{
    struct heard *h = user;
    h->wrong |= done != h->told + 1 || h->rows != (int)done * h->n_arms;
    h->told = done;
}

static int run(struct ensemble *e, const struct experiment *x, struct heard *h, int threads)
{
    struct ensemble_request request = {.n = REPLICATES,
                                       .threads = threads,
                                       .stop = &h->stop,
                                       .listener = {on_row, on_progress, h}};
    int status = ensemble_run(e, x, h->n_arms, &request);
    assert_false(h->wrong);
    return status;
}

/* ---- arms of one scenario ----------------------------------------------------------------------
 */

struct arms {
    struct trial trial[ARMS];
    struct experiment experiment[ARMS]; /* borrow from the trials */
};

/* The second arm parts late, the third at once, the fourth never. */
static void open_arms(struct arms *a, const char *base, enum record record)
{
    static const char *const sets[ARMS] = {"", "shocks.one.enabled=false", "parameters.lambda=5",
                                           "scenario.title=same"};
    for (int k = 0; k < ARMS; k++) {
        char set[256];
        snprintf(set, sizeof set, "%s %s", base, sets[k]);
        trial_open(&a->trial[k], set, record);
        a->experiment[k] = a->trial[k].experiment;
    }
}

static void close_arms(struct arms *a)
{
    for (int k = 0; k < ARMS; k++)
        trial_close(&a->trial[k]);
}

static void release(struct ensemble *e, int n)
{
    for (int k = 0; k < n; k++)
        ensemble_release(&e[k]);
}

static void assert_arms_alone(const struct arms *a, const struct ensemble *e,
                              const struct heard *all)
{
    for (int k = 0; k < ARMS; k++) {
        struct ensemble one;
        struct heard alone = {.n_arms = 1};
        assert_int_equal(run(&one, &a->experiment[k], &alone, 1), 0);
        trial_same_statistics(&one.monthly, &e[k].monthly);
        trial_same_statistics(&one.yearly, &e[k].yearly);
        assert_int_equal(e[k].done, REPLICATES);
        assert_int_equal(e[k].failed, 0);
        for (int r = 0; r < REPLICATES; r++) {
            assert_same(alone.outcomes[r][0], all->outcomes[r][k], TRIAL_OUTCOMES);
            assert_same(&alone.last[r][0], &all->last[r][k], 1);
        }
        ensemble_release(&one);
    }
}

static void each_arm_is_what_it_is_alone_on_any_number_of_threads(void **state)
{
    (void)state;
    static const struct {
        const char *base;
        enum record record;
    } cases[] = {
        {TRIAL_STILL, RECORD_DEFAULT},
        {"scenario.order=serial " TRIAL_STILL "parameters.growth_isolation=0.5", RECORD_ALL_DYADS},
        {"scenario.title=varies", RECORD_OUTCOMES}};
    for (int c = 0; c < 3; c++) {
        struct arms a;
        open_arms(&a, cases[c].base, cases[c].record);
        for (int threads = 1; threads <= 5; threads++) {
            struct ensemble e[ARMS];
            struct heard h = {.n_arms = ARMS};
            assert_int_equal(run(e, a.experiment, &h, threads), 0);
            assert_int_equal(h.told, REPLICATES);
            assert_arms_alone(&a, e, &h);
            release(e, ARMS);
        }
        close_arms(&a);
    }
}

static void arms_share_their_random_numbers(void **state)
{
    (void)state;
    struct arms a;
    struct ensemble e[ARMS];
    struct heard h = {.n_arms = ARMS};
    open_arms(&a, TRIAL_STILL, RECORD_OUTCOMES);
    assert_int_equal(run(e, a.experiment, &h, 2), 0);
    for (int r = 0; r < REPLICATES; r++) {
        assert_same(h.outcomes[r][0], h.outcomes[r][3], TRIAL_OUTCOMES);
        assert_same(&h.outcomes[r][0][1], &h.outcomes[r][1][1], 1); /* of 2010-02 */
        assert_memory_not_equal(h.outcomes[r][0], h.outcomes[r][1], sizeof h.outcomes[r][0]);
    }
    release(e, ARMS);
    close_arms(&a);
}

/* ---- stopped, failed ---------------------------------------------------------------------------
 */

static void assert_prefix(const struct ensemble *e, const struct heard *h)
{
    for (int k = 0; k < ARMS; k++) {
        uint32_t done = (uint32_t)((h->rows + h->n_arms - 1 - k) / h->n_arms);
        assert_int_equal(e[k].done, done);
        assert_int_equal(e[k].monthly.cells[0].n, done);
        assert_int_equal(e[k].yearly.cells[0].n, done);
    }
}

static void what_is_done_when_stopped_is_whole_replicates(void **state)
{
    (void)state;
    struct arms a;
    open_arms(&a, TRIAL_STILL, RECORD_DEFAULT);
    for (int threads = 1; threads <= 5; threads++)
        for (int after = 1; after < 80; after += 26) {
            struct ensemble e[ARMS];
            struct heard h = {.n_arms = ARMS, .stop_after = after};
            assert_int_equal(run(e, a.experiment, &h, threads), ERROR_STOPPED);
            assert_int_equal(h.rows % ARMS, 0);
            assert_int_equal(h.told, h.rows / ARMS);
            assert_in_range(h.rows, after, after + ARMS * (threads + 1) * KERNEL_LANES);
            assert_prefix(e, &h);
            release(e, ARMS);
        }
    close_arms(&a);
}

static void a_listener_that_fails_at_an_arm_ends_the_run_there(void **state)
{
    (void)state;
    struct arms a;
    open_arms(&a, TRIAL_STILL, RECORD_DEFAULT);
    for (int threads = 1; threads <= 3; threads++)
        for (int at = 4; at < 8; at++) {
            struct ensemble e[ARMS];
            struct heard h = {.n_arms = ARMS, .fail_at = at};
            assert_int_equal(run(e, a.experiment, &h, threads), -4711);
            assert_int_equal(h.rows, at);
            assert_int_equal(h.told, 1);
            assert_prefix(e, &h);
            release(e, ARMS);
        }
    close_arms(&a);
}

/* An economy that two effects shrink by all it has in the last month, if the shock comes and its
 * date does not vary so far that the second effect comes too late. */
static const char ending[] =
    "scenario = { name = \"end\"; start = \"2010-01\"; end = \"2010-12\"; spinup = 1; };\n"
    "states = { AAA = { lat = 0.0; lon = 0.0; gdp = 1.0; milex = 0.1; };\n"
    "           BBB = { lat = 0.0; lon = 9.0; gdp = 1.0; milex = 0.1; }; };\n"
    "shocks = { end = { date = \"2010-03-01\"; enabled = false; effects = {\n"
    "  a = { on = \"growth\"; of = [\"AAA\"]; size = -0.5; };\n"
    "  b = { on = \"growth\"; of = [\"AAA\"]; size = -0.5; date = \"2010-12-10\"; }; }; };\n"
    "  late = { date = \"2010-10-01\"; enabled = false; effects = {\n"
    "    c = { on = \"dispute\"; between = [\"AAA\", \"BBB\"]; }; }; }; };\n"
    "outcomes = { a = { measure = \"polarisation\"; window = \"2010-01..2010-12\"; }; };\n";
static const char all_fail[] = "shocks.end.enabled=true",
                  some_fail[] = "shocks.end.enabled=true shocks.end.jitter_days=60";
/* These fail before they part. */
static const char early[] = "shocks.end.enabled=true shocks.end.effects.b.date=2010-06-10",
                  early_too[] = "shocks.end.enabled=true shocks.end.effects.b.date=2010-06-10 "
                                "shocks.late.enabled=true";

static void assert_arm_fails(const struct experiment *x, const struct ensemble *e,
                             const struct heard *h, int arm, const char *set)
{
    struct ensemble one;
    struct heard alone = {.n_arms = 1};
    uint32_t failed = 0;
    assert_int_equal(run(&one, x, &alone, 1), 0);
    for (int r = 0; r < REPLICATES; r++) {
        assert_true(h->status[r][arm] == 0 || h->status[r][arm] == ERROR_NUMERIC);
        assert_int_equal(h->status[r][arm], alone.status[r][0]);
        failed += h->status[r][arm] != 0;
    }
    assert_int_equal(e->done, REPLICATES);
    assert_int_equal(e->failed, failed);
    assert_int_equal(e->monthly.cells[0].n, REPLICATES - failed);
    if (set == some_fail)
        assert_in_range(failed, 5, REPLICATES - 5);
    else
        assert_int_equal(failed, set == NULL ? 0 : REPLICATES);
    if (failed > 0)
        assert_string_equal(h->failure[arm], "economy");
    trial_same_statistics(&one.monthly, &e->monthly);
    trial_same_statistics(&one.yearly, &e->yearly);
    ensemble_release(&one);
}

static void assert_failures(const char *first, const char *second, int threads)
{
    struct scenario *sc[2] = {small_scenario(ending, first), small_scenario(ending, second)};
    struct experiment x[2];
    struct ensemble e[2];
    struct heard h = {.n_arms = 2};
    struct diag diag = {0};
    for (int k = 0; k < 2; k++)
        assert_int_equal(experiment_init(&x[k], sc[k], 1, RECORD_DEFAULT, &diag), 0);
    assert_int_equal(run(e, x, &h, threads), 0);
    for (int k = 0; k < 2; k++)
        assert_arm_fails(&x[k], &e[k], &h, k, k == 0 ? first : second);
    release(e, 2);
    for (int k = 0; k < 2; k++) {
        experiment_release(&x[k]);
        scenario_free(sc[k]);
    }
}

static void an_arm_that_fails_leaves_the_others_alone(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        assert_failures(NULL, all_fail, threads);
        assert_failures(all_fail, NULL, threads);
        assert_failures(all_fail, all_fail, threads);
        assert_failures(NULL, some_fail, threads);
        assert_failures(some_fail, NULL, threads);
        assert_failures(some_fail, all_fail, threads);
        assert_failures(early, early_too, threads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arm_is_what_it_is_alone_on_any_number_of_threads),
        cmocka_unit_test(arms_share_their_random_numbers),
        cmocka_unit_test(what_is_done_when_stopped_is_whole_replicates),
        cmocka_unit_test(a_listener_that_fails_at_an_arm_ends_the_run_there),
        cmocka_unit_test(an_arm_that_fails_leaves_the_others_alone),
    };
    return cmocka_run_group_tests_name("ensemble_arms", tests, NULL, NULL);
}
