/* Arms on common random numbers, for the scenario's own parameters and for draws. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/reproduction.h"
#include "small.h"
#include "stated.h"

enum { FULL, NO_DEAL, FREE, IDLE, GONE }; /* the last one if a test asks for it */
enum { RATIO, TURN, MIND, EACH, STEP, MOST, OTHER, AGAIN, OUTCOMES };
enum { N = 7, SETS_MAX = 12 };

/* An arm that no claim needs, and outcomes that share a path or have one of their own. */
static const char *const more[] = {
    "arms.idle={set=[\"parameters.eta=0.3\"];}",
    "outcomes.most={measure=\"acts\";subject=\"RUS-IRN\";window=\"2010-03..2011-12\";statistic="
    "\"max\";}",
    "outcomes.other={measure=\"acts\";subject=\"USA-GBR\";window=\"2011-01..2011-12\";statistic="
    "\"change\";trend=\"free\";}",
    "outcomes.again={measure=\"acts\";subject=\"RUS-IRN\";window=\"2010-01..2010-12\";statistic="
    "\"change\";trend=\"no_deal\";}"};
enum { MORE = sizeof more / sizeof *more };

/* An arm in which the economy of a state ends, in some replicates. */
static const char *const gone[] = {
    "shocks.gone={date=\"2010-03-01\";enabled=false;jitter_days=400;effects={"
    "a={on=\"growth\";of=[\"GBR\"];size=-0.5;};"
    "b={on=\"growth\";of=[\"GBR\"];size=-0.5;date=\"2011-10-20\";};};}",
    "arms.gone={set=[\"shocks.gone.enabled=true\"];}"};

struct heard {
    int rows, failed;
    uint32_t told;
    int stop_at_row, fail_at_row;
    uint32_t stop_at;
    volatile sig_atomic_t stop;
    bool wrong;
    int n_arms;
};

struct job {
    const char *sets[SETS_MAX];
    int n_sets;
    struct loaded base;
    struct draws draws;
    struct heard heard;
    struct reproduction_request request;
    struct reproduction done;
    struct diag diag;
};

static int on_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct heard *h = user;
    (void)r;
    h->wrong |= (int)number != h->rows / h->n_arms || arm != h->rows % h->n_arms;
    h->rows++;
    h->failed += status != 0;
    h->stop = h->rows == h->stop_at_row ? 1 : h->stop;
    return h->rows == h->fail_at_row ? -4711 : 0;
}

static void on_progress(void *user, uint32_t done)
{
    struct heard *h = user;
    h->wrong |= done != h->told + 1;
    h->told = done;
    h->stop = done == h->stop_at ? 1 : h->stop;
}

/* `draws` is the text of a table, or NULL. */
static void open_job(struct job *job, const char *draws)
{
    char *text = stated_text();
    *job = (struct job){.n_sets = 0};
    scratch_write("scenario.cfg", text);
    free(text);
    for (int k = 0; k < MORE; k++)
        job->sets[job->n_sets++] = more[k];
    if (draws != NULL) {
        scratch_write("d.csv", draws);
        assert_int_equal(draws_load(&job->draws, "d.csv", &job->diag), 0);
    }
    job->request = (struct reproduction_request){.path = "scenario.cfg",
                                                 .draws = draws == NULL ? NULL : &job->draws,
                                                 .max_draws = INT32_MAX,
                                                 .seed = 3,
                                                 .n = N};
}

static int run_job(struct job *job)
{
    struct reproduction_request *q = &job->request;
    job->base = scratch_load_file("scenario.cfg", job->sets, job->n_sets);
    if (job->base.status != 0)
        fail_msg("%s", job->base.diag.text.s);
    job->heard.n_arms = job->base.scenario->n_arms;
    q->base = job->base.scenario;
    q->sets = job->sets;
    q->n_sets = job->n_sets;
    q->ensemble = (struct ensemble_request){
        .threads = 2, .stop = &job->heard.stop, .listener = {on_row, on_progress, &job->heard}};
    int status = reproduction_run(&job->done, q, &job->diag);
    assert_false(job->heard.wrong);
    return status;
}

static void run_well(struct job *job)
{
    if (run_job(job) != 0)
        fail_msg("%s", job->diag.text.s ? job->diag.text.s : "no message");
}

static void close_job(struct job *job)
{
    reproduction_release(&job->done);
    draws_release(&job->draws);
    scratch_release(&job->base);
    diag_release(&job->diag);
}

static const double *values(const struct job *job, int draw, int arm, int outcome)
{
    return reproduction_values(&job->done, &job->done.draws[draw], arm, outcome);
}

/* ---- the scenario's own parameters ---------------------------------------------------------- */

static void replicates_of_an_arm_are_those_that_it_has_alone(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    run_well(&job);
    assert_int_equal(job.done.n_arms, 4);
    assert_int_equal(job.done.n_draws, 1);
    assert_int_equal(job.done.draws[0].n, N);
    assert_string_equal(job.done.draws[0].name, "0");
    for (int arm = 0; arm < 4; arm++) {
        struct replicate r;
        assert_int_equal(replicate_init(&r, &job.done.arms.experiment[arm], &kernel_narrow), 0);
        assert_true(job.done.draws[0].ran[arm]);
        for (uint32_t k = 0; k < N; k++) {
            assert_int_equal(replicate_run(&r, k), 0);
            assert_same(&values(&job, 0, arm, STEP)[1 + k], &r.outcomes[STEP], 1);
            assert_same(&values(&job, 0, arm, MOST)[1 + k], &r.outcomes[MOST], 1);
        }
        replicate_release(&r);
    }
    assert_int_equal(job.heard.rows, 4 * N);
    assert_int_equal(job.heard.told, N);
    close_job(&job);
}

static double mean_of(const double *replicates)
{
    double sum = 0;
    for (int k = 1; k <= N; k++)
        sum += replicates[k];
    return sum / N;
}

static void the_mean_path_comes_first(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    run_well(&job);
    const struct reproduction *p = &job.done;
    for (int arm = 0; arm < 4; arm++) {
        const double *step = values(&job, 0, arm, STEP), *most = values(&job, 0, arm, MOST);
        assert_near(step[0], mean_of(step));
        assert_true(most[0] < mean_of(most)); /* peaks do not fall together */
        for (int path = 0; path < p->n_paths; path++)
            for (int m = 0; m < p->months; m++) {
                double sum = 0;
                for (uint32_t k = 1; k <= N; k++)
                    sum += reproduction_path(p, p->draws, path, arm, k)[m];
                assert_near(reproduction_path(p, p->draws, path, arm, 0)[m], sum / N);
            }
    }
    close_job(&job);
}

static void outcomes_between_two_arms_are_read_in_both(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    run_well(&job);
    for (uint32_t k = 0; k <= N; k++) {
        assert_true(values(&job, 0, NO_DEAL, MIND)[k] == 0); /* from itself */
        assert_true(values(&job, 0, FULL, MIND)[k] > 0 && values(&job, 0, FULL, MIND)[k] < 1);
        assert_true(values(&job, 0, NO_DEAL, RATIO)[k] == 0);
        assert_true(isfinite(values(&job, 0, FREE, RATIO)[k]));
        assert_true(isnan(values(&job, 0, FULL, EACH)[k])); /* of every dyad, kept apart */
        assert_true(isnan(values(&job, 0, FULL, TURN)[k])); /* waits for its penalty */
    }
    assert_int_equal(reproduction_own_arm(&job.base.scenario->outcomes[RATIO]), FREE);
    assert_int_equal(reproduction_own_arm(&job.base.scenario->outcomes[STEP]), FULL);
    close_job(&job);
}

static void a_path_that_several_outcomes_search_is_kept_once(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    run_well(&job);
    const int expected[OUTCOMES] = {-1, 0, -1, -1, -1, -1, 1, 0};
    assert_int_equal(job.done.n_paths, 2);
    for (int k = 0; k < OUTCOMES; k++)
        assert_int_equal(reproduction_path_of(&job.done, k), expected[k]);
    close_job(&job);
}

static void dyads_are_read_in_the_first_arm(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    run_well(&job);
    const struct reproduction *p = &job.done;
    const struct experiment *x = &p->arms.experiment[FULL];
    double sum[6] = {0}, square[6] = {0};
    struct replicate r;
    assert_int_equal(p->n_dyadic, 1);
    assert_int_equal(p->n_dyads, 6);
    assert_int_equal(replicate_init(&r, x, &kernel_narrow), 0);
    for (uint32_t k = 0; k < N; k++) {
        assert_int_equal(replicate_run(&r, k), 0);
        for (int c = 0; c < 6; c++) {
            double v = reading_value(&x->readings.of[EACH], r.sketch, NULL, c, NULL);
            sum[c] += v;
            square[c] += v * v;
        }
    }
    for (int c = 0; c < 6; c++) {
        assert_near(p->draws[0].dyads[c], sum[c] / N);
        assert_near(p->dyads_square[c], square[c]);
    }
    replicate_release(&r);
    close_job(&job);
}

static void a_replicate_that_fails_in_one_arm_counts_in_none(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    for (int k = 0; k < 2; k++)
        job.sets[job.n_sets++] = gone[k];
    job.request.n = 20;
    run_well(&job);
    const struct reproduction *p = &job.done;
    struct replicate full, end;
    uint32_t kept = 0;
    double sum = 0;
    assert_int_equal(replicate_init(&full, &p->arms.experiment[FULL], &kernel_narrow), 0);
    assert_int_equal(replicate_init(&end, &p->arms.experiment[GONE], &kernel_narrow), 0);
    for (uint32_t k = 0; k < 20; k++) {
        assert_int_equal(replicate_run(&full, k), 0);
        if (replicate_run(&end, k) != 0)
            continue;
        kept++;
        assert_same(&values(&job, 0, FULL, STEP)[kept], &full.outcomes[STEP], 1);
        assert_same(&values(&job, 0, GONE, STEP)[kept], &end.outcomes[STEP], 1);
        sum += full.outcomes[STEP];
    }
    assert_true(kept > 2 && kept < 18);
    assert_int_equal(p->draws[0].n, kept);
    assert_int_equal(job.heard.failed, 20 - kept);
    assert_int_equal(p->ensembles[FULL].failed, 0);
    assert_int_equal(p->ensembles[GONE].failed, 20 - kept);
    assert_near(values(&job, 0, FULL, STEP)[0], sum / kept);
    for (uint32_t k = kept + 1; k <= 20; k++)
        assert_true(isnan(values(&job, 0, FULL, STEP)[k]));
    replicate_release(&full);
    replicate_release(&end);
    close_job(&job);
}

/* ---- draws ---------------------------------------------------------------------------------- */

static const char draws[] = "draw,parameters.lambda,parameters.eta\nlow,3,0.5\nhigh,8,0.9\n";

static void a_draw_is_the_scenario_with_its_settings(void **state)
{
    (void)state;
    struct job job, plain;
    open_job(&job, draws);
    run_well(&job);
    assert_int_equal(job.done.n_draws, 3);
    assert_int_equal(job.done.planned, 3);
    assert_string_equal(job.done.draws[2].name, "high");
    open_job(&plain, NULL);
    plain.sets[plain.n_sets++] = "parameters.lambda=8";
    plain.sets[plain.n_sets++] = "parameters.eta=0.9";
    run_well(&plain);
    for (int arm = 0; arm < 3; arm++)
        for (int k = 0; k < OUTCOMES; k++)
            assert_same(values(&job, 2, arm, k), values(&plain, 0, arm, k), 1 + N);
    assert_same(job.done.draws[2].dyads, plain.done.draws[0].dyads, 6);
    assert_true(values(&job, 0, FULL, STEP)[0] != values(&job, 2, FULL, STEP)[0]);
    assert_int_equal(job.heard.rows, 4 * N); /* of the scenario's own draw alone */
    assert_int_equal(job.heard.told, 3 * N);
    close_job(&plain);
    close_job(&job);
}

static void draws_run_the_arms_that_claims_need_unless_all_are_asked_for(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        struct job job;
        open_job(&job, draws);
        job.request.all_arms = all;
        run_well(&job);
        assert_true(job.done.draws[0].ran[IDLE]);
        for (int d = 1; d < 3; d++) {
            const struct draw *draw = &job.done.draws[d];
            assert_true(draw->ran[FULL] && draw->ran[NO_DEAL] && draw->ran[FREE]);
            assert_int_equal(draw->ran[IDLE], all);
            assert_int_equal(isnan(values(&job, d, IDLE, STEP)[0]), !all);
            assert_int_equal(isnan(reproduction_path(&job.done, draw, 0, IDLE, 1)[0]), !all);
        }
        close_job(&job);
    }
}

static void at_most_so_many_draws_are_run(void **state)
{
    (void)state;
    for (int most = 1; most <= 3; most++) {
        struct job job;
        open_job(&job, draws);
        job.request.max_draws = most;
        run_well(&job);
        assert_int_equal(job.done.n_draws, most < 3 ? 1 + most : 3);
        close_job(&job);
    }
}

static void wrong_draws_are_told_before_anything_runs(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, "parameters.lambda\n2\n-1\n3\nNA\n");
    assert_int_equal(run_job(&job), ERROR_INPUT);
    assert_int_equal(job.heard.rows, 0);
    assert_says(&job.diag, "d.csv:3: this draw is refused, see above");
    assert_says(&job.diag, "d.csv:5: this draw is refused, see above");
    assert_silent(&job.diag, "d.csv:2");
    assert_says(&job.diag, "lambda = -1: out of range");
    assert_int_equal(job.diag.errors, 4);
    close_job(&job);
}

static void a_draw_that_touches_the_focus_is_refused(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "dyads.IRN-RUS.h0\n0.5\n", "sanctions.S1.senders\n\"[\"\"RUS\"\"]\"\n",
        "shocks.deal.effects.calm.between\n\"[\"\"IRN\"\",\"\"both\"\"]\"\n"};
    for (int k = 0; k < 3; k++) {
        struct job job;
        open_job(&job, tables[k]);
        assert_int_equal(run_job(&job), ERROR_INPUT);
        assert_says(&job.diag, "d.csv:2: this draw is refused");
        assert_says(&job.diag, "invariant 1");
        close_job(&job);
    }
}

static void an_arm_that_is_refused_ends_it(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, NULL);
    job.sets[job.n_sets++] = "arms.bad={set=[\"dyads.IRN-RUS.h0=0.5\"];}";
    assert_int_equal(run_job(&job), ERROR_INPUT);
    assert_says(&job.diag, "arms.bad is refused:\n");
    assert_int_equal(job.heard.rows, 0);
    close_job(&job);
}

/* ---- stopped, failed ------------------------------------------------------------------------ */

static void a_stop_in_the_scenarios_own_draw_leaves_none(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, draws);
    job.request.n = 40;
    job.heard.stop_at_row = 20;
    assert_int_equal(run_job(&job), ERROR_STOPPED);
    assert_int_equal(job.done.n_draws, 0);
    assert_true(job.heard.rows >= 20 && job.heard.rows < 160);
    close_job(&job);
    open_job(&job, draws);
    job.heard.stop = 1; /* even before */
    assert_int_equal(run_job(&job), ERROR_STOPPED);
    assert_int_equal(job.done.n_draws, 0);
    assert_int_equal(job.heard.rows, 0);
    close_job(&job);
}

static void a_stop_later_keeps_the_draws_that_are_done(void **state)
{
    (void)state;
    struct job whole, job;
    open_job(&whole, draws);
    whole.request.n = 40;
    run_well(&whole);
    for (uint32_t at = 40; at <= 100; at += 30) { /* at the end of a draw, within one */
        open_job(&job, draws);
        job.request.n = 40;
        job.heard.stop_at = at;
        assert_int_equal(run_job(&job), ERROR_STOPPED);
        assert_int_equal(job.done.n_draws, at / 40);
        assert_int_equal(job.done.planned, 3);
        for (int d = 0; d < job.done.n_draws; d++)
            assert_same(values(&job, d, FREE, STEP), values(&whole, d, FREE, STEP), 41);
        close_job(&job);
    }
    close_job(&whole);
}

static void a_listener_that_fails_ends_it_with_its_code(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, draws);
    job.heard.fail_at_row = 9;
    assert_int_equal(run_job(&job), -4711);
    assert_int_equal(job.done.n_draws, 0);
    assert_int_equal(job.heard.rows, 9);
    close_job(&job);
}

static void what_was_released_is_empty_and_can_be_released_again(void **state)
{
    (void)state;
    struct job job;
    open_job(&job, draws);
    run_well(&job);
    reproduction_release(&job.done);
    const struct reproduction empty = {0};
    assert_memory_equal(&job.done, &empty, sizeof empty);
    reproduction_release(&job.done);
    close_job(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replicates_of_an_arm_are_those_that_it_has_alone),
        cmocka_unit_test(the_mean_path_comes_first),
        cmocka_unit_test(outcomes_between_two_arms_are_read_in_both),
        cmocka_unit_test(a_path_that_several_outcomes_search_is_kept_once),
        cmocka_unit_test(dyads_are_read_in_the_first_arm),
        cmocka_unit_test(a_replicate_that_fails_in_one_arm_counts_in_none),
        cmocka_unit_test(a_draw_is_the_scenario_with_its_settings),
        cmocka_unit_test(draws_run_the_arms_that_claims_need_unless_all_are_asked_for),
        cmocka_unit_test(at_most_so_many_draws_are_run),
        cmocka_unit_test(wrong_draws_are_told_before_anything_runs),
        cmocka_unit_test(a_draw_that_touches_the_focus_is_refused),
        cmocka_unit_test(an_arm_that_is_refused_ends_it),
        cmocka_unit_test(a_stop_in_the_scenarios_own_draw_leaves_none),
        cmocka_unit_test(a_stop_later_keeps_the_draws_that_are_done),
        cmocka_unit_test(a_listener_that_fails_ends_it_with_its_code),
        cmocka_unit_test(what_was_released_is_empty_and_can_be_released_again),
    };
    return cmocka_run_group_tests_name("reproduction", tests, scratch_enter, scratch_leave);
}
