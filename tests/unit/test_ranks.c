/* Ranks and their correlation, with ties and with what is unknown, against GSL's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_statistics.h>

#include "base/stream.h"
#include "measure/ranks.h"
#include "small.h"

enum { MOST = 300 };

/* Numbers of a seed, rounded to so many steps, so that few steps give many ties. */
static void fill(double *v, int n, uint64_t seed, double steps)
{
    const struct stream stream = stream_make(seed, 0, 0);
    double u[2 * MOST];
    stream_uniforms(&stream, (struct stream_slot){0, 0, 0}, (uint32_t)n, u);
    for (int k = 0; k < n; k++)
        v[k] = floor(u[2 * k] * steps) / steps - 0.3;
}

static double correlated(const double *v, const double *w, int n)
{
    double ranks[MOST];
    ranks_of(w, n, ranks);
    return ranks_correlation(v, ranks, n);
}

static void ranks_count_from_one_and_equals_share_theirs(void **state)
{
    (void)state;
    static const double v[] = {3, -1, 3, 7, -1, 3, 0, INFINITY, -0.0};
    static const double expected[] = {6, 1.5, 6, 8, 1.5, 6, 3.5, 9, 3.5};
    double ranks[9];
    ranks_of(v, 9, ranks);
    for (int k = 0; k < 9; k++)
        assert_true(ranks[k] == expected[k]);
}

static void what_is_unknown_has_no_rank_and_counts_nowhere(void **state)
{
    (void)state;
    static const double v[] = {NAN, 2, NAN, 1, 2};
    double ranks[5];
    ranks_of(v, 5, ranks);
    assert_true(isnan(ranks[0]) && isnan(ranks[2]));
    assert_true(ranks[1] == 2.5 && ranks[3] == 1 && ranks[4] == 2.5);
}

static void it_is_the_correlation_of_another_library_with_and_without_ties(void **state)
{
    (void)state;
    static const int sizes[] = {2, 3, 10, 57, MOST};
    static const double steps[] = {2, 5, 30, 1e15};
    int compared = 0;
    for (int k = 0; k < 5; k++)
        for (int s = 0; s < 16; s++) {
            double v[MOST], w[MOST], work[2 * MOST];
            const int n = sizes[k];
            fill(v, n, (uint64_t)(100 * k + s), steps[s % 4]);
            fill(w, n, (uint64_t)(900 * k + s + 7), steps[s / 4]);
            double mine = correlated(v, w, n),
                   theirs = gsl_stats_spearman(v, 1, w, 1, (size_t)n, work);
            assert_int_equal(isnan(mine), isnan(theirs));
            if (!isnan(mine))
                assert_near(mine, theirs);
            compared += !isnan(mine);
        }
    assert_true(compared > 60);
}

static void places_that_are_unknown_are_left_out_on_both_sides(void **state)
{
    (void)state;
    double v[60], w[60], v_known[60], w_known[60], work[120];
    int n = 0;
    fill(v, 60, 1, 9);
    fill(w, 60, 2, 12);
    for (int k = 0; k < 60; k++) {
        w[k] = k % 3 == 1 ? NAN : w[k];
        v_known[n] = v[k];
        w_known[n] = w[k];
        n += !isnan(w[k]);
    }
    assert_int_equal(n, 40);
    assert_near(correlated(v, w, 60), gsl_stats_spearman(v_known, 1, w_known, 1, (size_t)n, work));
    for (int k = 1; k < 60; k += 3)
        v[k] = 1000 - v[k];
    assert_near(correlated(v, w, 60), gsl_stats_spearman(v_known, 1, w_known, 1, (size_t)n, work));
}

static void only_the_order_counts_and_its_reverse_is_the_opposite(void **state)
{
    (void)state;
    double v[40], up[40], down[40], w[40];
    fill(v, 40, 3, 1e9);
    fill(w, 40, 4, 6);
    for (int k = 0; k < 40; k++) {
        up[k] = exp(5 * v[k]) - 1e6;
        down[k] = -pow(v[k], 3);
    }
    assert_true(correlated(v, v, 40) == 1 && correlated(v, up, 40) == 1);
    assert_true(correlated(v, down, 40) == -1);
    assert_true(correlated(up, w, 40) == correlated(v, w, 40));
    assert_true(correlated(down, w, 40) == -correlated(v, w, 40));
    assert_true(fabs(correlated(v, w, 40)) < 0.9 && correlated(v, w, 40) != 0);
}

static void it_is_unknown_where_either_side_does_not_vary(void **state)
{
    (void)state;
    static const double flat[] = {4, 4, 4, 4}, rising[] = {1, 2, 3, 4};
    static const double unknown[] = {NAN, NAN, NAN, NAN}, one[] = {NAN, 5, NAN, NAN};
    static const double two[] = {NAN, 5, NAN, 6};
    assert_true(isnan(correlated(flat, rising, 4)));
    assert_true(isnan(correlated(rising, flat, 4)));
    assert_true(isnan(correlated(rising, unknown, 4)));
    assert_true(isnan(correlated(rising, one, 4)));
    assert_true(correlated(rising, two, 4) == 1);
    assert_true(isnan(correlated(rising, rising, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_count_from_one_and_equals_share_theirs),
        cmocka_unit_test(what_is_unknown_has_no_rank_and_counts_nowhere),
        cmocka_unit_test(it_is_the_correlation_of_another_library_with_and_without_ties),
        cmocka_unit_test(places_that_are_unknown_are_left_out_on_both_sides),
        cmocka_unit_test(only_the_order_counts_and_its_reverse_is_the_opposite),
        cmocka_unit_test(it_is_unknown_where_either_side_does_not_vary),
    };
    return cmocka_run_group_tests_name("ranks", tests, NULL, NULL);
}
