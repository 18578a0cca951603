/* Exact statistics: against rationals, whatever the order, up to the stated limits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/statistics.h"
#include "small.h"

/* One cell of a scale 0..1, and the values put into it. */
struct one {
    struct statistics statistics;
    struct scale scale;
};

static void open_one(struct one *o, double low, double high)
{
    o->scale = statistics_scale(low, high);
    assert_int_equal(statistics_init(&o->statistics, 1, true, UINT32_MAX), 0);
}

static void add_all(struct one *o, const double *v, int n)
{
    for (int k = 0; k < n; k++)
        statistics_add(&o->statistics, 0, &o->scale, v[k]);
}

static struct estimate estimate(const struct one *o)
{
    return statistics_estimate(&o->statistics, 0, &o->scale);
}

static double quantile_of(const struct statistics *s, size_t cell, const struct scale *scale,
                          double p)
{
    double q;
    statistics_quantiles(s, cell, scale, &p, 1, &q);
    return q;
}

static double quantile(const struct one *o, double p)
{
    return quantile_of(&o->statistics, 0, &o->scale, p);
}

static void close_one(struct one *o)
{
    statistics_release(&o->statistics);
}

/* ---- mean, sd, mcse ----------------------------------------------------------------------------
 */

static void moments_of_whole_parts_are_exact(void **state)
{
    (void)state;
    static const double v[] = {0.5, 0.25, 0.75, 0.5}; /* sum 2, squares 1.125 */
    struct one o;
    open_one(&o, 0, 1);
    add_all(&o, v, 4);
    struct estimate e = estimate(&o);
    assert_int_equal(e.n, 4);
    assert_true(e.mean == 0.5);
    assert_near(e.sd, sqrt((1.125 - 4 * 0.25) / 3));
    assert_near(e.mcse, sqrt(0.125 / 3) / 2);
    close_one(&o);
}

static void moments_hold_on_any_scale(void **state)
{
    (void)state;
    static const struct {
        double low, high;
    } scales[] = {{0, 1}, {-0.5, 511.5}, {1, 33}, {0, 8}, {-100, -50}, {1e6, 1e6 + 1}};
    for (unsigned k = 0; k < sizeof scales / sizeof *scales; k++) {
        struct one o;
        double range = scales[k].high - scales[k].low;
        open_one(&o, scales[k].low, scales[k].high);
        for (int q = 0; q <= 8; q++) {
            double v = scales[k].low + range * q / 8;
            add_all(&o, &v, 1);
        }
        assert_within(estimate(&o).mean, scales[k].low + range / 2, 1e-14);
        assert_within(estimate(&o).sd / range, sqrt(60.0 / 8) / 8, 1e-14); /* Σ(q - 4)² = 60 */
        close_one(&o);
    }
}

static void values_are_rounded_once_to_a_billionth_of_the_range(void **state)
{
    (void)state;
    struct one o;
    double v = 1.0 / 3;
    open_one(&o, 0, 1);
    add_all(&o, &v, 1);
    assert_true(estimate(&o).mean == rint(v * 0x1p30) * 0x1p-30);
    assert_true(fabs(estimate(&o).mean - v) <= 0x1p-31);
    close_one(&o);
}

static void nothing_and_one_value_have_no_spread(void **state)
{
    (void)state;
    struct one o;
    double v = 0.625;
    open_one(&o, 0, 1);
    struct estimate e = estimate(&o);
    assert_int_equal(e.n, 0);
    assert_true(isnan(e.mean) && isnan(e.sd) && isnan(e.mcse) && isnan(quantile(&o, 0.5)));
    add_all(&o, &v, 1);
    e = estimate(&o);
    assert_true(e.n == 1 && e.mean == v && isnan(e.sd) && isnan(e.mcse));
    for (int k = 0; k <= 4; k++)
        assert_true(quantile(&o, k / 4.0) == v);
    close_one(&o);
}

static void equal_values_have_exactly_no_spread(void **state)
{
    (void)state;
    struct one o;
    double v = 0.1234567;
    open_one(&o, 0, 1);
    for (int k = 0; k < 1000; k++)
        add_all(&o, &v, 1);
    assert_true(estimate(&o).sd == 0 && estimate(&o).mcse == 0);
    assert_true(quantile(&o, 0.05) == quantile(&o, 0.95));
    close_one(&o);
}

static void moments_agree_with_the_textbook(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    struct one o;
    double v[COUNT], mean = 0, squares = 0;
    open_one(&o, 0, 1);
    for (int k = 0; k < COUNT; k++) {
        v[k] = fmod(k * 0.6180339887498949, 1);
        mean += v[k] / COUNT;
    }
    for (int k = 0; k < COUNT; k++)
        squares += (v[k] - mean) * (v[k] - mean);
    add_all(&o, v, COUNT);
    assert_within(estimate(&o).mean, mean, 0x1p-31);
    assert_within(estimate(&o).sd, sqrt(squares / (COUNT - 1)), 1e-9);
    assert_within(estimate(&o).mcse, sqrt(squares / (COUNT - 1) / COUNT), 1e-10);
    close_one(&o);
}

/* ---- order -------------------------------------------------------------------------------------
 */

static void order_and_grouping_do_not_matter_to_the_bit(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct one a, b;
    double v[COUNT];
    uint64_t x = 7;
    open_one(&a, 0, 1);
    open_one(&b, 0, 1);
    for (int k = 0; k < COUNT; k++) /* some beyond the range */
        v[k] = fmod(k * 0.7548776662466927, 1) * (k % 50 == 0 ? 5 : 1) - (k % 77 == 0 ? 2 : 0);
    add_all(&a, v, COUNT);
    for (int k = COUNT - 1; k > 0; k--) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        int other = (int)((x >> 33) % (unsigned)(k + 1));
        double kept = v[k];
        v[k] = v[other];
        v[other] = kept;
    }
    add_all(&b, v, COUNT);
    struct estimate e = estimate(&a), f = estimate(&b);
    assert_same(&e.mean, &f.mean, 1);
    assert_same(&e.sd, &f.sd, 1);
    assert_same(&e.mcse, &f.mcse, 1);
    assert_memory_equal(a.statistics.bins, b.statistics.bins,
                        STATISTICS_CELL_BINS * sizeof(uint32_t));
    for (int k = 0; k <= 100; k++) {
        double p = quantile(&a, k / 100.0), q = quantile(&b, k / 100.0);
        assert_same(&p, &q, 1);
    }
    close_one(&a);
    close_one(&b);
}

static void cells_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 1);
    assert_int_equal(statistics_init(&s, 3, true, UINT32_MAX), 0);
    statistics_add(&s, 0, &scale, 0.999);
    statistics_add(&s, 2, &scale, 0.001);
    statistics_add(&s, 2, &scale, 7);
    assert_int_equal(statistics_estimate(&s, 0, &scale).n, 1);
    assert_int_equal(statistics_estimate(&s, 1, &scale).n, 0);
    assert_int_equal(statistics_estimate(&s, 2, &scale).n, 2);
    assert_true(isnan(quantile_of(&s, 1, &scale, 0.5)));
    statistics_release(&s);
}

static void without_bins_there_are_moments_and_no_quantiles(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 1);
    assert_int_equal(statistics_init(&s, 1, false, UINT32_MAX), 0);
    statistics_prefetch(&s, 0, &scale, 0.5);
    statistics_add(&s, 0, &scale, 0.5);
    assert_true(statistics_estimate(&s, 0, &scale).mean == 0.5);
    assert_true(isnan(quantile_of(&s, 0, &scale, 0.5)));
    statistics_release(&s);
}

static void a_single_value_is_its_own_quantile_and_takes_no_bins(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 1);
    const double seen[2] = {0.25, 0.25};
    assert_int_equal(statistics_init(&s, 2, true, 1), 0);
    assert_null(s.bins);
    statistics_frame(&s, 0, &scale, seen, 0);
    statistics_prefetch(&s, 0, &scale, 0.25);
    statistics_add(&s, 0, &scale, 0.25);
    assert_true(quantile_of(&s, 0, &scale, 0.05) == 0.25);
    assert_true(quantile_of(&s, 0, &scale, 0.95) == 0.25);
    assert_true(isnan(quantile_of(&s, 1, &scale, 0.5)));
    statistics_release(&s);
}

/* ---- quantiles ---------------------------------------------------------------------------------
 */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Asked for alone or together. */
static void quantiles_are_within_a_bin_of_the_exact_ones(void **state)
{
    (void)state;
    enum { COUNT = 2001 };
    struct one o;
    double v[COUNT], p[101], together[101];
    open_one(&o, 0, 1);
    for (int k = 0; k < COUNT; k++)
        v[k] = pow(fmod(k * 0.6180339887498949, 1), 3);
    add_all(&o, v, COUNT);
    qsort(v, COUNT, sizeof *v, ascending);
    for (int k = 0; k <= 100; k++)
        p[k] = k / 100.0;
    statistics_quantiles(&o.statistics, 0, &o.scale, p, 101, together);
    double before = 0;
    for (int k = 1; k < 100; k++) {
        double exact = v[(int)ceil(k / 100.0 * COUNT) - 1], q = quantile(&o, k / 100.0);
        assert_true(fabs(q - exact) <= 1.0 / STATISTICS_BINS);
        assert_true(q == together[k] && q >= before);
        before = q;
    }
    close_one(&o);
}

/* Evenly spread values fill their bins evenly: then interpolation is within half a bin. */
static void quantiles_of_even_values_are_within_half_a_bin(void **state)
{
    (void)state;
    enum { COUNT = 4096 };
    struct one o;
    open_one(&o, 0, 1);
    for (int k = 0; k < COUNT; k++) {
        double v = (k + 0.5) / COUNT;
        add_all(&o, &v, 1);
    }
    for (int k = 0; k <= 1000; k++)
        assert_true(fabs(quantile(&o, k / 1000.0) - k / 1000.0) <= 0.5 / STATISTICS_BINS);
    close_one(&o);
}

static void quantiles_never_leave_the_smallest_and_largest_value(void **state)
{
    (void)state;
    static const double v[] = {0.3001, 0.3002, 0.3003, 0.9};
    struct one o;
    open_one(&o, 0, 1);
    add_all(&o, v, 4);
    assert_within(quantile(&o, 0), 0.3001, 1e-9);
    assert_within(quantile(&o, 1), 0.9, 1e-9);
    for (int k = 0; k <= 100; k++)
        assert_true(quantile(&o, k / 100.0) >= 0.3001 - 1e-9 &&
                    quantile(&o, k / 100.0) <= 0.9 + 1e-9);
    close_one(&o);
}

/* Half at .1 and half at .9: the median is the last of the lower half, not the empty middle. */
static void quantiles_do_not_fall_into_gaps(void **state)
{
    (void)state;
    static const double v[] = {0.1, 0.9, 0.1, 0.9};
    struct one o;
    open_one(&o, 0, 1);
    add_all(&o, v, 4);
    for (int k = 0; k <= 100; k++) {
        double q = quantile(&o, k / 100.0);
        assert_true(fabs(q - (k <= 50 ? 0.1 : 0.9)) <= 1.0 / STATISTICS_BINS);
    }
    close_one(&o);
}

static void counts_have_a_bin_each(void **state)
{
    (void)state;
    struct one o;
    open_one(&o, -0.5, 511.5);
    for (int k = 0; k < 512; k++) {
        double v = k;
        add_all(&o, &v, 1);
    }
    for (int k = 0; k < STATISTICS_BINS; k++)
        assert_int_equal(o.statistics.bins[STATISTICS_TAIL + k], 1);
    assert_true(fabs(quantile(&o, 0.5) - 255.5) <= 0.5);
    close_one(&o);
}

/* ---- beyond the range --------------------------------------------------------------------------
 */

static void values_beyond_the_range_count_in_sums_and_in_the_outer_bins(void **state)
{
    (void)state;
    static const double v[] = {-3, 0.5, 4.5};
    struct one o;
    open_one(&o, 0, 1);
    add_all(&o, v, 3);
    assert_near(estimate(&o).mean, 2.0 / 3);
    assert_near(estimate(&o).sd, sqrt((9 + 0.25 + 20.25 - 3 * 4.0 / 9) / 2));
    assert_int_equal(o.statistics.bins[STATISTICS_TAIL], 1);
    assert_int_equal(o.statistics.bins[STATISTICS_TAIL + STATISTICS_BINS - 1], 1);
    close_one(&o);
}

static void values_all_on_one_side_of_the_range_have_quantiles_among_them(void **state)
{
    (void)state;
    static const double above[] = {2, 2.5, 3}, below[] = {-3, -2.5, -2};
    struct one o;
    open_one(&o, 0, 1);
    add_all(&o, above, 3);
    assert_true(quantile(&o, 0.5) >= 2 && quantile(&o, 0.5) <= 3);
    close_one(&o);
    open_one(&o, 0, 1);
    add_all(&o, below, 3);
    assert_true(quantile(&o, 0.5) >= -3 && quantile(&o, 0.5) <= -2);
    close_one(&o);
}

static void values_far_away_count_as_eight_ranges(void **state)
{
    (void)state;
    struct one o;
    double v = 1e300;
    open_one(&o, 10, 12);
    add_all(&o, &v, 1);
    assert_near(estimate(&o).mean, 10 + 8 * 2);
    v = -v;
    add_all(&o, &v, 1);
    assert_near(estimate(&o).mean, 10);
    close_one(&o);
}

/* As many replicates as are allowed, all as far away as can be: nothing overflows. The cell is put
 * together by hand, since adding 2^28 values takes a while. */
static void the_largest_sums_that_are_allowed_do_not_overflow(void **state)
{
    (void)state;
    struct one o;
    open_one(&o, 0, 1);
    struct cell *c = o.statistics.cells;
    const __int128 far = (__int128)8 << STATISTICS_BITS, half = STATISTICS_REPLICATES / 2;
    *c = (struct cell){.squares = far * far * 2 * half,
                       .least = (int64_t)-far,
                       .most = (int64_t)far,
                       .n = STATISTICS_REPLICATES};
    assert_true(estimate(&o).mean == 0);
    assert_near(estimate(&o).sd, 8 * sqrt(0x1p28 / (0x1p28 - 1)));
    c->sum = far * 2 * half; /* all at the upper end */
    assert_true(estimate(&o).mean == 8 && estimate(&o).sd == 0);
    c->sum = -c->sum;
    assert_true(estimate(&o).mean == -8 && estimate(&o).sd == 0);
    close_one(&o);
}

/* A spread of a thousandth of the range, which bins over the range would see as one value. */
static void framed_bins_resolve_a_narrow_spread(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 1);
    assert_int_equal(statistics_init(&s, 1, true, UINT32_MAX), 0);
    statistics_frame(&s, 0, &scale, (double[]){0.5, 0.502}, 0);
    for (int k = 0; k <= 1000; k++)
        statistics_add(&s, 0, &scale, 0.5 + 0.002 * (k * 7 % 1001) / 1000);
    const double p[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    for (int k = 0; k < 5; k++) {
        double off = quantile_of(&s, 0, &scale, p[k]) - (0.5 + 0.002 * p[k]);
        assert_true(fabs(off) <= 3 * 0.002 / STATISTICS_BINS);
    }
    statistics_release(&s);
}

static void quantiles_of_counts_are_counts(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 512);
    static const int counts[] = {0, 0, 0, 1, 1, 2, 3, 3, 4, 9};
    assert_int_equal(statistics_init(&s, 1, true, UINT32_MAX), 0);
    statistics_frame(&s, 0, &scale, (double[]){0, 2}, 1);
    for (int k = 0; k < 10; k++)
        statistics_add(&s, 0, &scale, counts[k]);
    for (int k = 0; k < 10; k++) /* within the step of the k-th smallest */
        assert_true(quantile_of(&s, 0, &scale, (k + 0.5) / 10) == counts[k]);
    statistics_release(&s);
}

/* What comes after the first values may lie beyond the frame: it stays between the extremes. */
static void values_beyond_the_frame_stay_between_the_extremes(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 1);
    assert_int_equal(statistics_init(&s, 1, true, UINT32_MAX), 0);
    statistics_frame(&s, 0, &scale, (double[]){0.5, 0.51}, 0);
    statistics_add(&s, 0, &scale, 0.1);
    statistics_add(&s, 0, &scale, 0.9);
    assert_true(quantile_of(&s, 0, &scale, 0) >= 0.1 - 1e-9);
    assert_true(quantile_of(&s, 0, &scale, 1) <= 0.9 + 1e-9);
    assert_true(fabs(statistics_estimate(&s, 0, &scale).mean - 0.5) < 1e-9);
    statistics_release(&s);
}

/* A branch that the first values missed: told apart to a 32nd of what lies beyond the frame. */
static void a_rare_branch_beyond_the_frame_is_seen(void **state)
{
    (void)state;
    struct statistics s;
    struct scale scale = statistics_scale(0, 1);
    assert_int_equal(statistics_init(&s, 2, true, UINT32_MAX), 0);
    for (size_t cell = 0; cell < 2; cell++) {
        double side = cell == 0 ? 0.0 : 1.0, rare = cell == 0 ? 0.6 : 0.4;
        double from = fabs(side - 0.10), to = fabs(side - 0.14);
        statistics_frame(&s, cell, &scale, (double[]){fmin(from, to), fmax(from, to)}, 0);
        for (int k = 0; k < 1000; k++)
            statistics_add(&s, cell, &scale, k < 930 ? fabs(side - (0.10 + 0.04 * k / 929)) : rare);
    }
    assert_true(fabs(quantile_of(&s, 0, &scale, 0.95) - 0.6) <= 1.0 / STATISTICS_TAIL);
    assert_true(fabs(quantile_of(&s, 1, &scale, 0.05) - 0.4) <= 1.0 / STATISTICS_TAIL);
    assert_true(fabs(quantile_of(&s, 0, &scale, 0.5) - 0.1215) <= 0.001);
    statistics_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_of_whole_parts_are_exact),
        cmocka_unit_test(moments_hold_on_any_scale),
        cmocka_unit_test(values_are_rounded_once_to_a_billionth_of_the_range),
        cmocka_unit_test(nothing_and_one_value_have_no_spread),
        cmocka_unit_test(equal_values_have_exactly_no_spread),
        cmocka_unit_test(moments_agree_with_the_textbook),
        cmocka_unit_test(order_and_grouping_do_not_matter_to_the_bit),
        cmocka_unit_test(cells_do_not_disturb_each_other),
        cmocka_unit_test(without_bins_there_are_moments_and_no_quantiles),
        cmocka_unit_test(a_single_value_is_its_own_quantile_and_takes_no_bins),
        cmocka_unit_test(quantiles_are_within_a_bin_of_the_exact_ones),
        cmocka_unit_test(quantiles_of_even_values_are_within_half_a_bin),
        cmocka_unit_test(quantiles_never_leave_the_smallest_and_largest_value),
        cmocka_unit_test(quantiles_do_not_fall_into_gaps),
        cmocka_unit_test(counts_have_a_bin_each),
        cmocka_unit_test(values_beyond_the_range_count_in_sums_and_in_the_outer_bins),
        cmocka_unit_test(values_all_on_one_side_of_the_range_have_quantiles_among_them),
        cmocka_unit_test(values_far_away_count_as_eight_ranges),
        cmocka_unit_test(the_largest_sums_that_are_allowed_do_not_overflow),
        cmocka_unit_test(framed_bins_resolve_a_narrow_spread),
        cmocka_unit_test(quantiles_of_counts_are_counts),
        cmocka_unit_test(a_rare_branch_beyond_the_frame_is_seen),
        cmocka_unit_test(values_beyond_the_frame_stay_between_the_extremes),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
