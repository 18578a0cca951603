/* Replicates of one cell: the numbers that they have alone, in units of any size; sums and what
 * they say. */
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
#include "run/judgement.h"
#include "small.h"
#include "swept.h"

enum { N = 12 };

#define FULL                                                                                       \
    "kind = \"grid\"; seed = 9; replicates = 12; penalty = 3.0; outcomes = [\"step\", \"ratio\", " \
    "\"turn\", \"mind\"]; claims = [\"up\", \"less\", \"C1\"]; arms = [\"no_deal\"];"
#define STEP "kind = \"grid\"; seed = 9; replicates = 12; outcomes = [\"step\"];"
#define GONE "kind = \"grid\"; seed = 2; outcomes = [\"step\"];"
#define LAMBDA "l = { paths = [\"parameters.lambda\"]; values = [2, 4]; };"

struct ran {
    struct swept swept;
    struct worker worker;
};

static void open_ran(struct ran *r, const char *sweep, const char *factors)
{
    swept_open(&r->swept, sweep, factors);
    assert_int_equal(worker_init(&r->worker, &r->swept.subject), 0);
}

static void close_ran(struct ran *r)
{
    worker_release(&r->worker);
    swept_close(&r->swept);
}

static struct unit *run_unit(struct ran *r, uint32_t cell, uint32_t first, uint32_t n)
{
    struct unit *u = unit_make(&r->swept.subject, cell, first, n);
    assert_non_null(u);
    worker_run(&r->worker, u, NULL);
    return u;
}

static double *no_sums(const struct ran *r)
{
    double *sums = calloc(subject_sums(&r->swept.subject), sizeof *sums);
    assert_non_null(sums);
    return sums;
}

/* Replicates from .. from + b->n − 1 of a are those of b, to the bit. */
static void assert_part(const struct subject *s, const struct unit *a, uint32_t from,
                        const struct unit *b)
{
    const size_t values = (size_t)(s->n_arms * s->n_outcomes),
                 sketch = (size_t)(s->n_arms * s->size), claims = (size_t)s->n_claims;
    assert_string_equal(b->cause, "");
    assert_int_equal(b->n, b->room);
    assert_same(a->values + from * values, b->values, (int)(b->n * values));
    assert_same(a->sketches + from * sketch, b->sketches, (int)(b->n * sketch));
    assert_memory_equal(a->shown + from * claims, b->shown, b->n * claims);
}

/* ---- running -------------------------------------------------------------------------------- */

static void a_replicate_has_the_numbers_that_it_has_alone(void **state)
{
    (void)state;
    static const char *const sets[3][4] = {{"parameters.lambda=4"},
                                           {"parameters.lambda=4", "shocks.deal.enabled=false"},
                                           {"parameters.lambda=5", "shocks.deal.enabled=false",
                                            "shocks.exit.enabled=false", "terms.reach=false"}};
    static const int n_sets[] = {1, 2, 4};
    struct ran r;
    open_ran(&r, FULL, LAMBDA);
    struct unit *u = run_unit(&r, 1, 3, 4);
    assert_int_equal(r.swept.subject.n_arms, 3);
    for (int a = 0; a < 3; a++) {
        struct diag diag = {0};
        struct experiment x;
        struct replicate alone;
        struct loaded l = scratch_load_file("effective.cfg", sets[a], n_sets[a]);
        assert_int_equal(l.status, 0);
        assert_int_equal(experiment_init(&x, l.scenario, 9, RECORD_OUTCOMES, &diag), 0);
        assert_int_equal(replicate_init(&alone, &x, &kernel_narrow), 0);
        for (uint32_t k = 0; k < 4; k++) {
            assert_int_equal(replicate_run(&alone, 3 + k), 0);
            int step = r.swept.subject.outcomes[0];
            assert_same(&u->values[k * 12 + (size_t)a * 4], &alone.outcomes[step], 1);
        }
        replicate_release(&alone);
        experiment_release(&x);
        scratch_release(&l);
    }
    unit_free(u);
    close_ran(&r);
}

static void a_unit_that_is_cut_has_the_same_bits(void **state)
{
    (void)state;
    struct ran r, other;
    open_ran(&r, FULL, LAMBDA);
    open_ran(&other, FULL, LAMBDA);
    struct unit *whole = run_unit(&r, 1, 0, N);
    for (uint32_t cut = 1; cut < N; cut += 3) {
        struct unit *late = run_unit(&r, 1, cut, N - cut), *early = run_unit(&other, 1, 0, cut);
        assert_part(&r.swept.subject, whole, 0, early);
        assert_part(&r.swept.subject, whole, cut, late);
        unit_free(late);
        unit_free(early);
        unit_free(run_unit(&r, 0, 0, 1)); /* another cell in between */
    }
    unit_free(whole);
    close_ran(&r);
    close_ran(&other);
}

static void equal_cells_have_equal_replicates_unless_they_are_independent(void **state)
{
    (void)state;
    static const char list[] = "kind = \"list\"; points = \"p.csv\"; outcomes = [\"step\"];";
    scratch_write("p.csv", "draw,parameters.lambda\na,3\nb,3\n");
    for (int independent = 0; independent < 2; independent++) {
        char sweep[160];
        struct ran r;
        snprintf(sweep, sizeof sweep, "%s%s", list, independent ? "independent_cells = true;" : "");
        open_ran(&r, sweep, "");
        struct unit *a = run_unit(&r, 0, 0, 3), *b = run_unit(&r, 1, 0, 3);
        assert_int_equal(memcmp(a->values, b->values, 3 * sizeof *a->values) != 0, independent);
        unit_free(a);
        unit_free(b);
        close_ran(&r);
    }
}

static void a_unit_ends_at_the_replicate_that_fails(void **state)
{
    (void)state;
    struct ran r;
    open_ran(&r, GONE, "g = { paths = [\"shocks.gone.enabled\"]; values = [true, false]; };");
    struct unit *u = run_unit(&r, 0, 0, 40), *well = run_unit(&r, 1, 0, 40);
    char cause[64];
    assert_int_equal(well->n, 40);
    assert_string_equal(well->cause, "");
    assert_in_range(u->n, 1, 39);
    snprintf(cause, sizeof cause, "replicate %u in arm full: ", (unsigned)u->n);
    assert_int_equal(strncmp(u->cause, cause, strlen(cause)), 0);
    struct unit *next = run_unit(&r, 0, u->n, 5), *before = run_unit(&r, 0, 0, u->n);
    assert_int_equal(next->n, 0);
    assert_string_equal(next->cause, u->cause);
    assert_string_equal(before->cause, "");
    assert_same(before->values, u->values, (int)u->n);
    unit_free(u);
    unit_free(well);
    unit_free(next);
    unit_free(before);
    close_ran(&r);
}

static void a_cell_that_the_scenario_refuses_has_its_cause(void **state)
{
    (void)state;
    struct ran r;
    open_ran(&r, STEP, "l = { paths = [\"parameters.lambda\"]; values = [2, -1, 3]; };");
    struct unit *bad = run_unit(&r, 1, 0, 2), *good = run_unit(&r, 2, 0, 2);
    assert_int_equal(bad->n, 0);
    assert_non_null(strstr(bad->cause, "parameters.lambda = -1: out of range; allowed: 0 .."));
    assert_null(strchr(bad->cause, '\n'));
    assert_int_equal(good->n, 2);
    assert_string_equal(good->cause, "");
    unit_free(bad);
    unit_free(good);
    close_ran(&r);
}

static void a_unit_that_is_stopped_has_no_cause(void **state)
{
    (void)state;
    const volatile sig_atomic_t stop = 1;
    struct ran r;
    open_ran(&r, STEP, LAMBDA);
    struct unit *u = unit_make(&r.swept.subject, 0, 0, 5);
    worker_run(&r.worker, u, &stop);
    assert_int_equal(u->n, 0);
    assert_string_equal(u->cause, "");
    unit_free(u);
    close_ran(&r);
}

/* ---- sums ----------------------------------------------------------------------------------- */

static void folds_in_order_are_one_fold(void **state)
{
    (void)state;
    struct ran r;
    open_ran(&r, FULL, LAMBDA);
    const int n = (int)subject_sums(&r.swept.subject);
    double *once = no_sums(&r);
    struct unit *whole = run_unit(&r, 0, 0, N);
    worker_fold(&r.worker, whole, once);
    for (uint32_t size = 1; size < N; size++) {
        double *sums = no_sums(&r);
        for (uint32_t first = 0; first < N; first += size) {
            struct unit *u = run_unit(&r, 0, first, size < N - first ? size : N - first);
            worker_fold(&r.worker, u, sums);
            unit_free(u);
        }
        assert_same(once, sums, n);
        free(sums);
    }
    free(once);
    unit_free(whole);
    close_ran(&r);
}

/* Mean and sum of squares about it, in two passes. */
static void plain(const double *values, int n, int step, double *known, double *mean, double *sd)
{
    long double sum = 0, squares = 0;
    *known = 0;
    for (int k = 0; k < n; k++)
        if (!isnan(values[k * step])) {
            sum += values[k * step];
            ++*known;
        }
    *mean = (double)(sum / *known);
    for (int k = 0; k < n; k++)
        if (!isnan(values[k * step]))
            squares += (values[k * step] - sum / *known) * (values[k * step] - sum / *known);
    *sd = (double)sqrtl(squares / (*known - 1));
}

static void summaries_are_those_of_plain_formulas(void **state)
{
    (void)state;
    struct ran r;
    open_ran(&r, FULL, LAMBDA);
    const struct subject *s = &r.swept.subject;
    const int n_values = s->n_arms * s->n_outcomes;
    double *sums = no_sums(&r), known, mean, sd;
    struct cell_summary summaries[12];
    struct cell_claim claims[3];
    struct unit *u = run_unit(&r, 0, 0, N);
    assert_int_equal(n_values, 12);
    for (int k = 0; k < N * n_values; k++) /* made up, large beside how they vary; some unknown */
        u->values[k] = k % n_values == 2 || (k / n_values) % (2 + k % n_values) == 1
                           ? NAN
                           : 1e6 + sin(k * 1.7);
    memset(u->shown, 0, (size_t)N * 3);
    for (int k = 0; k < 5; k++)
        u->shown[3 * k] = 1;
    worker_fold(&r.worker, u, sums);
    worker_summarise(&r.worker, sums, N, summaries, claims);
    for (int k = 0; k < n_values; k++) {
        plain(u->values + k, N, n_values, &known, &mean, &sd);
        assert_true(summaries[k].n == known);
        if (known == 0) {
            assert_true(isnan(summaries[k].mean) && isnan(summaries[k].sd));
            assert_true(isnan(summaries[k].mcse));
            continue;
        }
        assert_near(summaries[k].mean, mean);
        assert_within(summaries[k].sd, sd, 1e-9);
        assert_within(summaries[k].mcse, sd / sqrt(known), 1e-9);
    }
    assert_true(claims[0].share == 5.0 / N);
    assert_true(claims[1].share == 0);
    assert_true(isnan(claims[2].share)); /* it searches */
    free(sums);
    unit_free(u);
    close_ran(&r);
}

static void one_replicate_has_no_deviation(void **state)
{
    (void)state;
    struct ran r;
    open_ran(&r, STEP, LAMBDA);
    double *sums = no_sums(&r);
    struct cell_summary summary;
    struct unit *u = run_unit(&r, 0, 0, 1);
    worker_fold(&r.worker, u, sums);
    worker_summarise(&r.worker, sums, 1, &summary, NULL);
    assert_true(summary.n == 1 && summary.mean == u->values[0]);
    assert_true(isnan(summary.sd) && isnan(summary.mcse));
    assert_near(summary.mean_path, summary.mean);
    free(sums);
    unit_free(u);
    close_ran(&r);
}

/* ---- beside a reproduction ------------------------------------------------------------------ */

static int silent_row(void *user, uint32_t number, int arm, int status, const struct replicate *p)
{
    (void)user, (void)number, (void)arm, (void)status, (void)p;
    return 0;
}

static void compare(const struct subject *s, const struct reproduction *p,
                    const struct cell_summary *summaries, const struct cell_claim *claims)
{
    static const int known[] = {0, 1, 3}; /* the penalty of a reproduction is its own */
    for (int a = 0; a < s->n_arms; a++)
        for (int k = 0; k < 3; k++) {
            const struct cell_summary *c = &summaries[a * s->n_outcomes + known[k]];
            const double *v =
                reproduction_values(p, &p->draws[0], s->arms[a], s->outcomes[known[k]]);
            double n, mean, sd;
            plain(v + 1, N, 1, &n, &mean, &sd);
            assert_true(c->n == n);
            assert_within(c->mean, mean, 1e-9);
            assert_within(c->sd, sd, 1e-9);
            assert_within(c->mean_path, v[0], 1e-9);
        }
    for (int k = 0; k < 2; k++) {
        struct fate fate;
        assert_int_equal(judge_claim(p, &s->base->claims[s->claims[k]], &fate), 0);
        assert_int_equal(claims[k].shown, fate.shown);
        assert_true(claims[k].share == fate.single);
    }
}

static void a_cell_is_what_a_reproduction_says_of_its_settings(void **state)
{
    (void)state;
    static const char *const set[] = {"parameters.lambda=2"};
    struct ran r;
    struct cell_summary summaries[12];
    struct cell_claim claims[3];
    struct diag diag = {0};
    struct reproduction p;
    open_ran(&r, FULL, LAMBDA);
    double *sums = no_sums(&r);
    struct unit *u = run_unit(&r, 0, 0, N);
    worker_fold(&r.worker, u, sums);
    worker_summarise(&r.worker, sums, N, summaries, claims);
    struct loaded base = scratch_load_file("effective.cfg", set, 1);
    const struct reproduction_request q = {
        .base = base.scenario,
        .path = "effective.cfg",
        .sets = set,
        .n_sets = 1,
        .seed = 9,
        .n = N,
        .ensemble = {.threads = 1, .listener = {silent_row, NULL, NULL}}};
    assert_int_equal(reproduction_run(&p, &q, &diag), 0);
    compare(&r.swept.subject, &p, summaries, claims);
    reproduction_release(&p);
    scratch_release(&base);
    diag_release(&diag);
    free(sums);
    unit_free(u);
    close_ran(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replicate_has_the_numbers_that_it_has_alone),
        cmocka_unit_test(a_unit_that_is_cut_has_the_same_bits),
        cmocka_unit_test(equal_cells_have_equal_replicates_unless_they_are_independent),
        cmocka_unit_test(a_unit_ends_at_the_replicate_that_fails),
        cmocka_unit_test(a_cell_that_the_scenario_refuses_has_its_cause),
        cmocka_unit_test(a_unit_that_is_stopped_has_no_cause),
        cmocka_unit_test(folds_in_order_are_one_fold),
        cmocka_unit_test(summaries_are_those_of_plain_formulas),
        cmocka_unit_test(one_replicate_has_no_deviation),
        cmocka_unit_test(a_cell_is_what_a_reproduction_says_of_its_settings),
    };
    return cmocka_run_group_tests_name("worker", tests, scratch_enter, scratch_leave);
}
