/* Approximate Bayesian computation: what rows weigh, and what the weights say. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/stream.h"
#include "run/abc.h"
#include "small.h"

/* n uniform numbers of a seed. */
static void uniform(double *v, uint32_t n, uint64_t seed)
{
    const struct stream stream = stream_make(seed, 0, 0);
    double *pairs = calloc(2 * (size_t)n, sizeof *pairs);
    assert_non_null(pairs);
    stream_uniforms(&stream, (struct stream_slot){0, 0, 0}, n, pairs);
    for (uint32_t k = 0; k < n; k++)
        v[k] = pairs[2 * k] + 0x1p-54;
    free(pairs);
}

/* ---- weights -------------------------------------------------------------------------------- */

/* One parameter, two statistics; squares of distances from (0, 0): 1, 25, 0, 4, 25, 9. */
enum { ROWS = 6 };
static double six_u[ROWS] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
static double six_z[2 * ROWS] = {0.6, 0.8, -3, 4, 0, 0, 1.2, -1.6, 4, 3, -2.4, -1.8};
static const double squares[ROWS] = {1, 25, 0, 4, 25, 9}, origin[2];
static const struct abc_table six = {ROWS, 1, 2, six_u, six_z};

static void weights_are_likelihoods_and_sum_to_one(void **state)
{
    (void)state;
    struct abc_weights w;
    double sum = 0, all = 0, squared = 0;
    assert_int_equal(abc_weigh(&w, &six, origin, ABC_NONE), 0);
    for (int r = 0; r < ROWS; r++)
        all += exp(-0.5 * squares[r]);
    for (int r = 0; r < ROWS; r++) {
        assert_near(w.weight[r], exp(-0.5 * squares[r]) / all);
        sum += w.weight[r];
        squared += w.weight[r] * w.weight[r];
    }
    assert_near(sum, 1);
    assert_near(w.effective, 1 / squared);
    assert_near(w.evidence, log(all / ROWS));
    assert_true(w.nearest == 0);
    abc_release(&w);
}

static void distance_is_from_what_is_observed_however_far_it_is(void **state)
{
    (void)state;
    static const double observed[] = {4, 1003};
    struct abc_weights w;
    assert_int_equal(abc_weigh(&w, &six, observed, ABC_NONE), 0);
    assert_near(w.nearest, sqrt((7.0 * 7 + 999.0 * 999) / 2)); /* the second row */
    assert_true(w.weight[1] > 0.999 && isfinite(w.evidence));
    assert_true(fabs(w.effective - 1) < 1e-3);
    abc_release(&w);
}

static void a_row_that_is_left_out_weighs_nothing(void **state)
{
    (void)state;
    struct abc_weights all, w;
    assert_int_equal(abc_weigh(&all, &six, origin, ABC_NONE), 0);
    assert_int_equal(abc_weigh(&w, &six, origin, 2), 0);
    assert_true(w.weight[2] == 0);
    for (int r = 0; r < ROWS; r++)
        if (r != 2)
            assert_near(w.weight[r], all.weight[r] / (1 - all.weight[2]));
    assert_near(w.nearest, sqrt(0.5));
    abc_release(&all);
    abc_release(&w);
    const struct abc_table one = {1, 1, 2, six_u, six_z};
    assert_int_equal(abc_weigh(&w, &one, origin, 0), 0);
    assert_true(w.effective == 0 && w.weight[0] == 0);
    abc_release(&w);
}

/* z = (u − ½)/σ is observed as 0: the posterior of u is normal, mean ½ and deviation σ. */
static void the_posterior_of_a_linear_model_is_the_known_one(void **state)
{
    (void)state;
    enum { N = 40000 };
    static double u[N], z[N];
    const double sigma = 0.05;
    uniform(u, N, 3);
    for (int r = 0; r < N; r++)
        z[r] = (u[r] - 0.5) / sigma;
    const struct abc_table t = {N, 1, 1, u, z};
    struct abc_weights w;
    assert_int_equal(abc_weigh(&w, &t, origin, ABC_NONE), 0);
    const double error = sigma / sqrt(w.effective);
    assert_true(fabs(abc_mean(&w, &t, 0) - 0.5) < 5 * error);
    assert_true(fabs(sqrt(abc_variance(&w, &t, 0)) - sigma) < 5 * error);
    assert_within(w.evidence, log(sigma * sqrt(2 * 3.14159265358979)), 0.05);
    abc_release(&w);
}

/* ---- what a sample says --------------------------------------------------------------------- */

static double three_u[] = {0.9, 0.6, 0.9, 0.2, 0.1, 0.4}, three_w[] = {0.25, 0.25, 0.5};
static const struct abc_table table = {.n = 3, .n_parameters = 2, .u = three_u};
static const struct abc_weights three = {.weight = three_w};

static void moments_and_the_weight_below_a_place_are_those_of_the_parameter(void **state)
{
    (void)state;
    double mean = 0.25 * 0.6 + 0.25 * 0.2 + 0.5 * 0.4;
    assert_near(abc_mean(&three, &table, 1), mean);
    assert_near(abc_mean(&three, &table, 0), 0.5);
    assert_near(abc_variance(&three, &table, 1), 0.25 * 0.04 + 0.25 * 0.04);
    assert_near(abc_variance(&three, &table, 0), 0.5 * 0.16 + 0.5 * 0.16);
    assert_true(abc_below(&three, &table, 1, 0.2) == 0);
    assert_true(abc_below(&three, &table, 1, 0.21) == 0.25);
    assert_true(abc_below(&three, &table, 1, 0.6) == 0.75);
    assert_true(abc_below(&three, &table, 1, 1) == 1);
    assert_true(abc_below(&three, &table, 0, 0.5) == 0.5);
}

/* ---- draws ---------------------------------------------------------------------------------- */

enum { SOME = 200 };

static void every_row_is_drawn_as_often_as_it_weighs_to_less_than_one(void **state)
{
    (void)state;
    static const double starts[] = {0, 0.3, 0.5, 0.999999};
    static const uint32_t sizes[] = {1, 7, SOME, 5000};
    double w[SOME], sum = 0;
    static uint32_t index[5000];
    uniform(w, SOME, 5);
    for (int k = 0; k < SOME; k++)
        sum += w[k] = k % 9 == 4 ? 0 : w[k] * w[k];
    for (int k = 0; k < SOME; k++)
        w[k] /= sum;
    const struct abc_table t = {.n = SOME};
    const struct abc_weights s = {.weight = w};
    for (int c = 0; c < 16; c++) {
        const uint32_t n = sizes[c / 4];
        int count[SOME] = {0};
        abc_resample(&s, &t, starts[c % 4], n, index);
        for (uint32_t k = 0; k < n; k++) {
            assert_in_range(index[k], k > 0 ? index[k - 1] : 0, SOME - 1);
            count[index[k]]++;
        }
        for (int k = 0; k < SOME; k++)
            assert_true(fabs(count[k] - n * w[k]) < 1 && (w[k] > 0 || count[k] == 0));
    }
}

/* Over all starts the expected number is n times the weight. */
static void over_many_starts_rows_are_drawn_as_often_as_they_weigh(void **state)
{
    (void)state;
    enum { STARTS = 1000, DRAWS = 4 };
    int count[3] = {0};
    for (int k = 0; k < STARTS; k++) {
        uint32_t index[DRAWS];
        const double w[] = {0.3, 0.1, 0.6};
        const struct abc_table t = {.n = 3};
        const struct abc_weights s = {.weight = (double *)w};
        abc_resample(&s, &t, (k + 0.5) / STARTS, DRAWS, index);
        for (int d = 0; d < DRAWS; d++)
            count[index[d]]++;
    }
    assert_int_equal(count[0], 1200);
    assert_int_equal(count[1], 400);
    assert_int_equal(count[2], 2400);
}

/* ---- uniformity ----------------------------------------------------------------------------- */

/* Values whose greatest distance to uniform ones is d, in no order. */
static double chance_of(double d, uint32_t n)
{
    double v[SOME];
    for (uint32_t r = 0; r < n; r++)
        v[(r * 7) % n] = fmax(0, (r + 1.0) / n - d);
    return abc_uniformity(v, n);
}

/* Of Kolmogorov's distribution: Smirnov 1948, Annals of Mathematical Statistics 19. */
static void the_chance_is_kolmogorovs(void **state)
{
    (void)state;
    static const double known[][2] = {{0.3, 0.999991},   {0.5, 0.963945},   {0.8275735, 0.5},
                                      {1, 0.27},         {1.0727491, 0.2},  {1.2238479, 0.1},
                                      {1.3580986, 0.05}, {1.6276236, 0.01}, {1.9494746, 0.001}};
    static const uint32_t sizes[] = {20, 101, SOME};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (int s = 0; s < 3; s++) {
            double root = sqrt(sizes[s]), d = known[k][0] / (root + 0.12 + 0.11 / root);
            assert_within(chance_of(d, sizes[s]), known[k][1], 2e-6);
        }
}

static void an_even_grid_is_as_uniform_as_can_be_and_one_end_is_not(void **state)
{
    (void)state;
    double grid[SOME], low[SOME], high[SOME], one = 0.5;
    for (int k = 0; k < SOME; k++) {
        grid[k] = (SOME - k - 0.5) / SOME;
        low[k] = 0.01 * k / SOME;
        high[k] = 1 - 0.01 * k / SOME;
    }
    assert_true(abc_uniformity(grid, SOME) == 1);
    for (int k = 1; k < SOME; k++)
        assert_true(grid[k - 1] < grid[k]); /* in order now */
    assert_true(abc_uniformity(low, SOME) < 1e-12);
    assert_true(abc_uniformity(high, SOME) < 1e-12);
    assert_within(abc_uniformity(&one, 1), 0.843820, 1e-6); /* K(0.615) */
}

/* It is what it says: of uniform numbers one in twenty tests is below 0.05. */
static void of_uniform_numbers_the_chance_is_uniform_too(void **state)
{
    (void)state;
    enum { TESTS = 2000, EACH = 60 };
    static double v[TESTS * EACH];
    static const double levels[] = {0.01, 0.05, 0.2, 0.5};
    int below[4] = {0};
    uniform(v, TESTS * EACH, 11);
    for (int t = 0; t < TESTS; t++) {
        double chance = abc_uniformity(v + t * EACH, EACH);
        for (int k = 0; k < 4; k++)
            below[k] += chance < levels[k];
    }
    for (int k = 0; k < 4; k++)
        assert_true(fabs(below[k] - TESTS * levels[k]) <
                    5 * sqrt(TESTS * levels[k] * (1 - levels[k])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_likelihoods_and_sum_to_one),
        cmocka_unit_test(distance_is_from_what_is_observed_however_far_it_is),
        cmocka_unit_test(a_row_that_is_left_out_weighs_nothing),
        cmocka_unit_test(the_posterior_of_a_linear_model_is_the_known_one),
        cmocka_unit_test(moments_and_the_weight_below_a_place_are_those_of_the_parameter),
        cmocka_unit_test(every_row_is_drawn_as_often_as_it_weighs_to_less_than_one),
        cmocka_unit_test(over_many_starts_rows_are_drawn_as_often_as_they_weigh),
        cmocka_unit_test(the_chance_is_kolmogorovs),
        cmocka_unit_test(an_even_grid_is_as_uniform_as_can_be_and_one_end_is_not),
        cmocka_unit_test(of_uniform_numbers_the_chance_is_uniform_too),
    };
    return cmocka_run_group_tests_name("abc", tests, NULL, NULL);
}
