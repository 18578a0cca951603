/* Approximate Bayesian computation: which rows are accepted, what they weigh, and what a sample
 * says. */
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

/* ---- acceptance ----------------------------------------------------------------------------- */

/* One parameter, two statistics; distances from (0, 0) are 5/√2 times 0.2, 1, 0, 0.4, 1, 0.6. */
enum { ROWS = 6 };
static double six_u[ROWS] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
static double six_y[2 * ROWS] = {0.6, 0.8, -3, 4, 0, 0, 1.2, -1.6, 4, 3, -2.4, -1.8};
static const double origin[2];
static const struct abc_table six = {ROWS, 1, 2, six_u, six_y};

static double at(double part)
{
    return part * 5 / sqrt(2);
}

static struct abc_sample accepted(const struct abc_table *t, struct abc_request q)
{
    struct abc_sample s;
    assert_int_equal(abc_accept(&s, t, &q), 0);
    return s;
}

static void assert_rows(const struct abc_sample *s, uint32_t n, const uint32_t *rows)
{
    assert_int_equal(s->n, n);
    for (uint32_t k = 0; k < n; k++)
        assert_int_equal(s->row[k], rows[k]);
}

static void the_nearest_rows_are_accepted_nearest_first_and_ties_in_their_order(void **state)
{
    (void)state;
    static const uint32_t order[] = {2, 0, 3, 5, 1, 4};
    static const double distance[] = {0, 0.2, 0.4, 0.6, 1, 1};
    for (uint32_t n = 1; n <= 8; n++) {
        struct abc_sample s = accepted(&six, (struct abc_request){origin, ABC_NONE, n, 0});
        assert_rows(&s, n < ROWS ? n : ROWS, order);
        for (uint32_t k = 0; k < s.n; k++)
            assert_near(s.distance[k], at(distance[k]));
        abc_release(&s);
    }
}

static void distance_is_from_what_is_observed(void **state)
{
    (void)state;
    static const double observed[] = {4, 3};
    static const uint32_t order[] = {4, 0, 2};
    struct abc_sample s = accepted(&six, (struct abc_request){observed, ABC_NONE, 3, 0});
    assert_rows(&s, 3, order);
    assert_near(s.distance[0], 0);
    assert_near(s.distance[1], sqrt((3.4 * 3.4 + 2.2 * 2.2) / 2));
    abc_release(&s);
}

static void a_row_that_is_left_out_is_as_if_it_were_not_there(void **state)
{
    (void)state;
    static const uint32_t order[] = {2, 0, 5, 1, 4};
    struct abc_sample s = accepted(&six, (struct abc_request){origin, 3, 3, 0});
    assert_rows(&s, 3, order);
    double reach = at(1);
    assert_near(s.weight[1] / s.weight[0], 1 - pow(at(0.2) / reach, 2));
    abc_release(&s);
    s = accepted(&six, (struct abc_request){origin, 3, 100, 0});
    assert_rows(&s, 5, order);
    abc_release(&s);
}

static void none_is_accepted_beyond_the_tolerance(void **state)
{
    (void)state;
    static const uint32_t order[] = {2, 0, 3, 5};
    static const double tolerances[] = {0.19, 0.4000001, 0.61, 0.99};
    static const uint32_t n[] = {1, 3, 4, 4};
    for (int k = 0; k < 4; k++) {
        struct abc_sample s =
            accepted(&six, (struct abc_request){origin, ABC_NONE, 100, at(tolerances[k])});
        assert_rows(&s, n[k], order);
        assert_near(s.weight[n[k] - 1] / s.weight[0],
                    1 - pow(s.distance[n[k] - 1] / at(tolerances[k]), 2));
        abc_release(&s);
    }
    static const double far[] = {100, 100};
    struct abc_sample none = accepted(&six, (struct abc_request){far, ABC_NONE, 3, 0.5});
    assert_int_equal(none.n, 0);
    assert_true(none.effective == 0);
    abc_release(&none);
}

/* ---- weights -------------------------------------------------------------------------------- */

static void check_weights(const struct abc_sample *s, double reach)
{
    double sum = 0, squares = 0, kernel = 0;
    for (uint32_t k = 0; k < s->n; k++)
        kernel += 1 - s->distance[k] * s->distance[k] / (reach * reach);
    for (uint32_t k = 0; k < s->n; k++) {
        double part = s->distance[k] / reach;
        assert_near(s->weight[k], (1 - part * part) / kernel);
        sum += s->weight[k];
        squares += s->weight[k] * s->weight[k];
    }
    assert_near(sum, 1);
    assert_near(s->effective, 1 / squares);
}

/* To the nearest row that is not accepted; to the tolerance; twice as far as the last of all. */
static void weights_are_epanechnikovs_and_sum_to_one(void **state)
{
    (void)state;
    static const struct {
        uint32_t accept;
        double tolerance, reach;
    } cases[] = {{1, 0, 0.2}, {3, 0, 0.6},   {4, 0, 1},     {5, 0, 1},    {6, 0, 2},
                 {9, 0, 2},   {9, 0.8, 0.8}, {4, 0.8, 0.8}, {2, 0.8, 0.4}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct abc_sample s = accepted(
            &six, (struct abc_request){origin, ABC_NONE, cases[k].accept, at(cases[k].tolerance)});
        check_weights(&s, at(cases[k].reach));
        abc_release(&s);
    }
}

static void rows_that_are_all_equally_far_weigh_the_same(void **state)
{
    (void)state;
    double u[9] = {0.5, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}, y[9];
    const struct abc_table t = {9, 1, 1, u, y};
    for (int far = 0; far < 2; far++) {
        for (int k = 0; k < 9; k++)
            y[k] = far ? 3 : 0;
        struct abc_sample s = accepted(&t, (struct abc_request){origin, ABC_NONE, 5, 0});
        for (uint32_t k = 0; k < 5; k++)
            assert_true(s.row[k] == k && s.weight[k] == 0.2);
        assert_near(s.effective, 5);
        abc_release(&s);
    }
}

/* ---- what a sample says --------------------------------------------------------------------- */

static double three_u[] = {0.9, 0.6, 0.9, 0.2, 0.1, 0.4}, three_w[] = {0.25, 0.25, 0.5};
static const struct abc_sample three = {.n = 3, .weight = three_w, .u = three_u};

static void moments_and_the_weight_below_a_place_are_those_of_the_parameter(void **state)
{
    (void)state;
    double mean = 0.25 * 0.6 + 0.25 * 0.2 + 0.5 * 0.4;
    assert_near(abc_mean(&three, 2, 1), mean);
    assert_near(abc_mean(&three, 2, 0), 0.5);
    assert_near(abc_variance(&three, 2, 1), 0.25 * 0.04 + 0.25 * 0.04);
    assert_near(abc_variance(&three, 2, 0), 0.5 * 0.16 + 0.5 * 0.16);
    assert_true(abc_below(&three, 2, 1, 0.2) == 0);
    assert_true(abc_below(&three, 2, 1, 0.21) == 0.25);
    assert_true(abc_below(&three, 2, 1, 0.6) == 0.75);
    assert_true(abc_below(&three, 2, 1, 1) == 1);
    assert_true(abc_below(&three, 2, 0, 0.5) == 0.5);
}

static void a_quantile_is_the_least_value_with_so_much_weight(void **state)
{
    (void)state;
    static const double cases[][2] = {{0.01, 0.2}, {0.25, 0.2}, {0.26, 0.4}, {0.5, 0.4},
                                      {0.75, 0.4}, {0.76, 0.6}, {1, 0.6}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_within(abc_quantile(&three, 2, 1, cases[k][0]), cases[k][1], 0x1p-50);
    assert_within(abc_quantile(&three, 2, 0, 0.5), 0.1, 0x1p-50);
    assert_within(abc_quantile(&three, 2, 0, 0.6), 0.9, 0x1p-50);
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
    const struct abc_sample s = {.n = SOME, .weight = w};
    for (int c = 0; c < 16; c++) {
        const uint32_t n = sizes[c / 4];
        int count[SOME] = {0};
        abc_resample(&s, starts[c % 4], n, index);
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
        const struct abc_sample s = {.n = 3, .weight = (double *)w};
        abc_resample(&s, (k + 0.5) / STARTS, DRAWS, index);
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
        cmocka_unit_test(the_nearest_rows_are_accepted_nearest_first_and_ties_in_their_order),
        cmocka_unit_test(distance_is_from_what_is_observed),
        cmocka_unit_test(a_row_that_is_left_out_is_as_if_it_were_not_there),
        cmocka_unit_test(none_is_accepted_beyond_the_tolerance),
        cmocka_unit_test(weights_are_epanechnikovs_and_sum_to_one),
        cmocka_unit_test(rows_that_are_all_equally_far_weigh_the_same),
        cmocka_unit_test(moments_and_the_weight_below_a_place_are_those_of_the_parameter),
        cmocka_unit_test(a_quantile_is_the_least_value_with_so_much_weight),
        cmocka_unit_test(every_row_is_drawn_as_often_as_it_weighs_to_less_than_one),
        cmocka_unit_test(over_many_starts_rows_are_drawn_as_often_as_they_weigh),
        cmocka_unit_test(the_chance_is_kolmogorovs),
        cmocka_unit_test(an_even_grid_is_as_uniform_as_can_be_and_one_end_is_not),
        cmocka_unit_test(of_uniform_numbers_the_chance_is_uniform_too),
    };
    return cmocka_run_group_tests_name("abc", tests, NULL, NULL);
}
