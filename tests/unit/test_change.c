/* Change points: against every segmentation, against the recursion that prunes nothing, and where
 * the answer is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

#include "base/stream.h"
#include "measure/change.h"
#include "small.h"

enum { MONTHS = 168, SHORT = 14, LEAST = 6, SERIES = 1000 };

struct bench {
    struct change_search search;
    gsl_rng *rng;
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    b->rng = gsl_rng_alloc(stream_gsl_type);
    *state = b;
    return change_search_init(&b->search, MONTHS, LEAST);
}

static int begin(void **state)
{
    struct bench *b = *state;
    b->search.least = LEAST;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *b = *state;
    change_search_release(&b->search);
    gsl_rng_free(b->rng);
    free(b);
    return 0;
}

/* Same numbers for the same test and series, whatever was drawn before. */
static void draw_from(struct bench *b, uint32_t test, uint32_t series)
{
    const struct stream s = stream_make(20, test, series);
    stream_gsl_place(b->rng, &s, (struct stream_slot){0, 0, 0});
}

static double draw(struct bench *b, enum change_cost cost, double level)
{
    return cost == CHANGE_POISSON ? gsl_ran_poisson(b->rng, level)
                                  : level + gsl_ran_gaussian(b->rng, 1);
}

/* Levels that jump now and then; one in four without its trend, or with deep negative values; one
 * in four of few whole numbers, so that many segmentations cost the same. */
static void draw_series(struct bench *b, enum change_cost cost, int n, double *y)
{
    unsigned kind = (unsigned)gsl_rng_uniform_int(b->rng, 4);
    double level = 2, low = kind == 1 ? 3 : 0, trend = kind == 2 ? 6.0 / n : 0;
    for (int k = 0; k < n; k++) {
        if (gsl_rng_uniform(b->rng) < 0.1)
            level = 0.2 + 6 * gsl_rng_uniform(b->rng);
        y[k] = kind == 3 ? (double)gsl_rng_uniform_int(b->rng, 3)
                         : draw(b, cost, level) - low - trend * (k - (n - 1) / 2.0);
    }
}

static double draw_penalty(struct bench *b)
{
    static const double penalties[] = {0, 0.05, 0.5, 1, 2, 3, 5, 8, 13, 30};
    return penalties[gsl_rng_uniform_int(b->rng, 10)];
}

static bool any_within(const int *at, int n, int from, int to)
{
    bool any = false;
    for (int c = 0; c < n; c++)
        any |= at[c] >= from && at[c] <= to;
    return any;
}

/* ---- the reference ---------------------------------------------------------------------------
 */

/* What each segment costs, by running means (Welford) and by the definition. */
struct reference {
    int n, least;
    double penalty, tie, total;
    double cost[MONTHS][MONTHS + 1];
    int at[MONTHS], found;
};

static void refer(struct reference *r, const double *y, enum change_cost cost)
{
    double most = 0;
    for (int from = 0; from < r->n; from++) {
        long double mean = 0, squares = 0, sum = 0;
        for (int to = from + 1; to <= r->n; to++) {
            int k = to - from;
            long double off = y[to - 1] - mean;
            mean += off / k;
            squares += off * (y[to - 1] - mean);
            sum += y[to - 1];
            long double poisson = sum > 0 ? 2 * (sum - sum * logl(sum / k)) : 0;
            r->cost[from][to] = (double)(cost == CHANGE_POISSON ? poisson : squares);
            most = fmax(most, fabs(r->cost[from][to]));
        }
    }
    r->tie = 1e-11 * most;
}

/* Optimal partitioning: every start for every end. */
static void recur(struct reference *r)
{
    double total[MONTHS + 1] = {0};
    int last[MONTHS + 1] = {0};
    for (int end = 1; end <= r->n; end++) {
        double best = INFINITY, cost[MONTHS + 1];
        for (int start = 0; start <= end; start++) {
            bool allowed = end - start >= r->least && (start == 0 || isfinite(total[start]));
            double before = start > 0 ? total[start] + r->penalty : 0;
            cost[start] = allowed ? before + r->cost[start][end] : INFINITY;
            best = fmin(best, cost[start]);
        }
        for (int start = end; start >= 0; start--)
            last[end] = cost[start] <= best + r->tie ? start : last[end];
        total[end] = best;
    }
    r->found = 0;
    for (int k = last[r->n]; k > 0; k = last[k])
        r->found++;
    for (int k = last[r->n], c = r->found; k > 0; k = last[k])
        r->at[--c] = k;
    r->total = r->n >= r->least ? total[r->n] : r->cost[0][r->n];
}

/* Cost of the segmentation with a change at each index whose bit is set. */
static double cost_of_bits(const struct reference *r, unsigned bits)
{
    double cost = 0;
    int from = 0;
    for (int to = 1; to <= r->n; to++) {
        if (to < r->n && !(bits >> to & 1))
            continue;
        if (to - from < r->least && bits != 0)
            return INFINITY;
        cost += r->cost[from][to] + (from > 0 ? r->penalty : 0);
        from = to;
    }
    return cost;
}

/* All segmentations. A longer last segment, then a longer one before it, is a smaller number. */
static void enumerate(struct reference *r)
{
    static double cost[1 << SHORT];
    unsigned end = 1u << r->n, bits = 0;
    r->total = INFINITY;
    for (unsigned k = 0; k < end; k += 2) {
        cost[k] = cost_of_bits(r, k);
        r->total = fmin(r->total, cost[k]);
    }
    while (cost[bits] > r->total + r->tie)
        bits += 2;
    r->found = 0;
    for (int k = 1; k < r->n; k++)
        if (bits >> k & 1)
            r->at[r->found++] = k;
}

static void assert_agrees(const struct reference *r, const int *at, int found)
{
    double total = found * r->penalty;
    for (int c = 0; c <= found; c++)
        total += r->cost[c == 0 ? 0 : at[c - 1]][c == found ? r->n : at[c]];
    assert_within(total, r->total, 1e-9);
    assert_int_equal(found, r->found);
    assert_memory_equal(at, r->at, (size_t)found * sizeof *at);
}

/* Compares searches in series of up to `longest` values; returns how many changes there were. */
static int compare(struct bench *b, uint32_t test, int longest, void (*solve)(struct reference *))
{
    static struct reference r;
    double y[MONTHS];
    int at[MONTHS], changes = 0;
    for (uint32_t k = 0; k < 2 * SERIES; k++) {
        enum change_cost cost = k % 2 == 0 ? CHANGE_MEAN : CHANGE_POISSON;
        draw_from(b, test, k);
        r.n = longest - (int)gsl_rng_uniform_int(b->rng, (unsigned)longest * 3 / 4);
        r.least = 1 + (int)gsl_rng_uniform_int(b->rng, 6);
        b->search.least = r.least;
        draw_series(b, cost, r.n, y);
        refer(&r, y, cost);
        for (int p = 0; p < 3; p++) {
            r.penalty = draw_penalty(b);
            solve(&r);
            int found = change_search(&b->search, y, r.n, cost, r.penalty, at);
            assert_agrees(&r, at, found);
            changes += found;
        }
    }
    return changes;
}

static void search_finds_the_best_of_all_segmentations(void **state)
{
    assert_true(compare(*state, 1, SHORT, enumerate) > 2 * SERIES);
}

static void search_equals_the_recursion_without_pruning(void **state)
{
    assert_true(compare(*state, 2, MONTHS, recur) > 20 * SERIES);
}

/* ---- known answers ---------------------------------------------------------------------------
 */

struct known {
    enum change_cost cost;
    int least;
    double penalty;
    int n;
    double y[12];
    int found, at[12];
};

static const struct known known[] = {
    /* At 4 the start 0 costs .75, a change at 4 .5 + .1 + .1; but that one is allowed only from 6
     * on, and at 5 nothing is as good as no change: 1.2 to 1.1667 + .1. */
    {CHANGE_MEAN, 2, 0.1, 5, {0, 1, 0, 0, 1}, 0, {0}},
    /* One value below 0, and two segments cost more than both in one: 0 in all, 2.8 in parts. */
    {CHANGE_POISSON, 1, 0.5, 3, {-1, 2, -1}, 0, {0}},
    /* A stair of three: uncut 4, cut once 1, cut twice 0. */
    {CHANGE_MEAN, 2, 0.99, 6, {0, 0, 1, 1, 2, 2}, 2, {2, 4}},
    {CHANGE_MEAN, 2, 2.99, 6, {0, 0, 1, 1, 2, 2}, 1, {2}},
    {CHANGE_MEAN, 2, 3.01, 6, {0, 0, 1, 1, 2, 2}, 0, {0}},
    {CHANGE_MEAN, 3, 1, 6, {0, 0, 0, 9, 9, 9}, 1, {3}},
    {CHANGE_MEAN, 3, 1, 5, {0, 0, 0, 9, 9}, 0, {0}},
    {CHANGE_MEAN, 1, 0, 4, {1, 2, 3, 5}, 3, {1, 2, 3}},
    {CHANGE_MEAN, 1, 1e300, 4, {1, 2e9, 3, 5}, 0, {0}},
    {CHANGE_MEAN, 1, INFINITY, 4, {1, 2e9, 3, 5}, 0, {0}},
    {CHANGE_MEAN, 1, NAN, 4, {1, 2, 3, 5}, 0, {0}},
    {CHANGE_MEAN, 1, 0, 4, {1, NAN, 3, 5}, 0, {0}},
    {CHANGE_MEAN, 1, 0, 4, {1, 2, INFINITY, 5}, 0, {0}},
    {CHANGE_POISSON, 1, 0, 4, {1, 2, 3, NAN}, 0, {0}},
    {CHANGE_POISSON, 1, 0, 4, {1, -INFINITY, INFINITY, 7}, 0, {0}},
    {CHANGE_POISSON, 1, 2, 6, {1, 0, 1, 9, 9, 9}, 1, {3}},
    {CHANGE_POISSON, 1, 2, 6, {0, 0, 0, 9, 9, 9}, 1, {3}},
    {CHANGE_POISSON, 1, 2, 6, {-2, -2, -2, 9, 9, 9}, 1, {3}},
    /* Ties: the longest last segment wins, hence none over one and one over two. */
    {CHANGE_MEAN, 2, 1, 6, {0, 0, 1, 1, 2, 2}, 1, {2}},
    {CHANGE_MEAN, 2, 2, 6, {0, 0, 1, 1, 2, 2}, 1, {2}},
    {CHANGE_MEAN, 2, 3, 6, {0, 0, 1, 1, 2, 2}, 0, {0}},
    {CHANGE_MEAN, 1, 0, 6, {0, 0, 1, 1, 2, 2}, 2, {2, 4}},
};

static void search_finds_what_is_known(void **state)
{
    struct bench *b = *state;
    int at[12];
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const struct known *w = &known[k];
        b->search.least = w->least;
        int found = change_search(&b->search, w->y, w->n, w->cost, w->penalty, at);
        assert_int_equal(found, w->found);
        assert_memory_equal(at, w->at, (size_t)found * sizeof *at);
    }
}

static void a_series_shorter_than_two_segments_has_no_change(void **state)
{
    struct bench *b = *state;
    double y[2 * LEAST];
    int at[2];
    for (int n = 0; n <= 2 * LEAST; n++) {
        for (int k = 0; k < n; k++)
            y[k] = k < n / 2 ? 0 : 1000;
        for (enum change_cost cost = CHANGE_MEAN; cost <= CHANGE_POISSON; cost++) {
            int found = change_search(&b->search, y, n, cost, 1, at);
            assert_int_equal(found, n == 2 * LEAST);
            assert_true(found == 0 || at[0] == LEAST);
            double threshold = change_threshold(&b->search, y, n, cost, 0, n);
            assert_true((threshold > 0) == (n == 2 * LEAST));
        }
    }
}

static void equal_values_have_no_change_at_any_penalty(void **state)
{
    struct bench *b = *state;
    static const double values[] = {0, 3, 0.1, 1.0 / 3, 1e8 + 0.1, 1e-300, -0.0, -2, -1e-9};
    double y[MONTHS];
    int at[MONTHS];
    for (int v = 0; v < 9; v++) {
        for (int k = 0; k < MONTHS; k++)
            y[k] = values[v];
        for (enum change_cost cost = CHANGE_MEAN; cost <= CHANGE_POISSON; cost++) {
            for (b->search.least = 1; b->search.least < LEAST; b->search.least++)
                assert_int_equal(change_search(&b->search, y, MONTHS, cost, 0, at), 0);
            assert_true(change_threshold(&b->search, y, MONTHS, cost, 0, MONTHS) == 0);
        }
    }
}

/* The sums are about the mean: else squares of 10^16 would hide differences of 1. */
static void changes_of_mean_do_not_depend_on_the_origin(void **state)
{
    struct bench *b = *state;
    double y[MONTHS], far[MONTHS];
    int at[MONTHS], at_far[MONTHS];
    for (uint32_t k = 0; k < 100; k++) {
        draw_from(b, 3, k);
        draw_series(b, CHANGE_MEAN, MONTHS, y);
        for (int m = 0; m < MONTHS; m++)
            far[m] = y[m] + 1e8;
        int found = change_search(&b->search, y, MONTHS, CHANGE_MEAN, 5, at);
        assert_int_equal(change_search(&b->search, far, MONTHS, CHANGE_MEAN, 5, at_far), found);
        assert_memory_equal(at, at_far, (size_t)found * sizeof *at);
    }
}

static void a_search_leaves_nothing_behind(void **state)
{
    struct bench *b = *state;
    struct change_search fresh;
    double y[MONTHS];
    int at[MONTHS], again[MONTHS];
    for (uint32_t k = 0; k < 200; k++) {
        draw_from(b, 4, k);
        enum change_cost cost = k % 2 == 0 ? CHANGE_MEAN : CHANGE_POISSON;
        int n = MONTHS - (int)gsl_rng_uniform_int(b->rng, MONTHS);
        draw_series(b, cost, n, y);
        int found = change_search(&b->search, y, n, cost, 2, at);
        assert_int_equal(change_search_init(&fresh, n, LEAST), 0);
        assert_int_equal(change_search(&fresh, y, n, cost, 2, again), found);
        assert_memory_equal(at, again, (size_t)found * sizeof *at);
        change_search_release(&fresh);
    }
    change_search_release(&fresh);
    assert_int_equal(change_search_init(&fresh, 0, 1), 0);
    assert_int_equal(change_search(&fresh, y, 0, CHANGE_POISSON, 2, at), 0);
    assert_true(change_threshold(&fresh, y, 0, CHANGE_MEAN, 0, 9) == 0);
    change_search_release(&fresh);
}

/* A break every two years: fewer than 30 of the 157 starts are left in the end. */
static void pruning_leaves_few_starts(void **state)
{
    struct bench *b = *state;
    double y[MONTHS];
    int at[MONTHS];
    for (enum change_cost cost = CHANGE_MEAN; cost <= CHANGE_POISSON; cost++) {
        draw_from(b, 5, 0);
        for (int k = 0; k < MONTHS; k++)
            y[k] = draw(b, cost, k / 24 % 2 == 0 ? 2 : 8);
        assert_int_equal(change_search(&b->search, y, MONTHS, cost, 10, at), 6);
        assert_true(b->search.n_starts < 30);
    }
}

/* ---- threshold -------------------------------------------------------------------------------
 */

/* A ramp of twelve: no change costs 143, one (at 6) 35, two (4, 8) 15, three (3, 6, 9) 8, and from
 * five on (every second) each further one half a unit less. Its changes move as the penalty falls:
 * to 6, away, and back. */
static void threshold_of_a_ramp_is_exact(void **state)
{
    struct bench *b = *state;
    static const struct {
        int from, to;
        double threshold;
    } cases[] = {{0, 11, 108}, {6, 6, 108}, {0, 5, 20}, {4, 4, 20},  {7, 11, 20}, {3, 3, 7},
                 {9, 9, 7},    {1, 1, 0.5}, {0, 0, 0},  {12, 20, 0}, {7, 6, 0}};
    double y[12];
    int at[12];
    b->search.least = 1;
    for (int k = 0; k < 12; k++)
        y[k] = k;
    for (int k = 0; k < 11; k++) {
        double p = change_threshold(&b->search, y, 12, CHANGE_MEAN, cases[k].from, cases[k].to);
        assert_true(p >= cases[k].threshold && p <= cases[k].threshold * (1 + 1e-8));
    }
    assert_true(change_search(&b->search, y, 12, CHANGE_MEAN, 50, at) == 1 && at[0] == 6);
    assert_true(change_search(&b->search, y, 12, CHANGE_MEAN, 10, at) == 2 && at[0] == 4);
}

/* The same with every compiler and processor. */
static void threshold_has_these_bits(void **state)
{
    struct bench *b = *state;
    static const double expected[] = {0x1.b87db4f470cfp+6, 0x1.6f8f1b0659927p+4};
    double y[MONTHS];
    for (int k = 0; k < MONTHS; k++)
        y[k] = k * k % 11 + (k < 100 ? 0.1 : 1.7);
    for (enum change_cost cost = CHANGE_MEAN; cost <= CHANGE_POISSON; cost++) {
        double p = change_threshold(&b->search, y, MONTHS, cost, 90, 120);
        assert_same(&p, &expected[cost], 1);
    }
}

/* At the threshold and at penalties far above there is no change, just below it there is. */
static void threshold_is_the_boundary(void **state)
{
    struct bench *b = *state;
    double y[MONTHS];
    int at[MONTHS], none = 0;
    for (uint32_t k = 0; k < 400; k++) {
        draw_from(b, 6, k);
        enum change_cost cost = k % 2 == 0 ? CHANGE_MEAN : CHANGE_POISSON;
        int from = (int)gsl_rng_uniform_int(b->rng, MONTHS);
        int to = from + (int)gsl_rng_uniform_int(b->rng, 40);
        draw_series(b, cost, MONTHS, y);
        double p = change_threshold(&b->search, y, MONTHS, cost, from, to);
        none += p == 0;
        for (double q = p > 0 ? p : 1e-6; q < 1000 * p + 100; q *= 1.25) {
            int found = change_search(&b->search, y, MONTHS, cost, q, at);
            assert_false(any_within(at, found, from, to));
        }
        int found = change_search(&b->search, y, MONTHS, cost, p * (1 - 1e-6), at);
        assert_true(p == 0 || any_within(at, found, from, to));
    }
    assert_true(none < 100); /* windows that no change falls into, whatever the penalty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(search_finds_the_best_of_all_segmentations, begin),
        cmocka_unit_test_setup(search_equals_the_recursion_without_pruning, begin),
        cmocka_unit_test_setup(search_finds_what_is_known, begin),
        cmocka_unit_test_setup(a_series_shorter_than_two_segments_has_no_change, begin),
        cmocka_unit_test_setup(equal_values_have_no_change_at_any_penalty, begin),
        cmocka_unit_test_setup(changes_of_mean_do_not_depend_on_the_origin, begin),
        cmocka_unit_test_setup(a_search_leaves_nothing_behind, begin),
        cmocka_unit_test_setup(pruning_leaves_few_starts, begin),
        cmocka_unit_test_setup(threshold_of_a_ramp_is_exact, begin),
        cmocka_unit_test_setup(threshold_has_these_bits, begin),
        cmocka_unit_test_setup(threshold_is_the_boundary, begin),
    };
    return cmocka_run_group_tests_name("change", tests, open_bench, close_bench);
}
