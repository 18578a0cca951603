/* Approximate Bayesian computation: the regression, held against posteriors that are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "base/stream.h"
#include "run/abc.h"
#include "small.h"

enum { ROWS = 20000, MANY = 4000 };

/* Number k of row r, uniform or standard normal, by its place in the stream. */
static double uniform_at(uint64_t seed, uint32_t r, unsigned k)
{
    const struct stream stream = stream_make(seed, 0, r);
    double u[2];
    stream_uniforms(&stream, (struct stream_slot){0, 0, k}, 1, u);
    return u[0] + 0x1p-54;
}

static double normal_at(uint64_t seed, uint32_t r, unsigned k)
{
    return gsl_cdf_ugaussian_Pinv(uniform_at(seed, r, k));
}

static double logit(double u)
{
    return log(u / (1 - u));
}

static double place(double l)
{
    return 1 / (1 + exp(-l));
}

static void *zeros(size_t n)
{
    double *v = calloc(n, sizeof *v);
    assert_non_null(v);
    return v;
}

static struct abc_table table_of(uint32_t n, int parameters, int statistics)
{
    return (struct abc_table){n, parameters, statistics, zeros(n * (size_t)parameters),
                              zeros(n * (size_t)statistics)};
}

static void free_table(struct abc_table *t)
{
    free(t->u);
    free(t->y);
}

static struct abc_sample accepted(const struct abc_table *t, const double *observed, uint32_t n)
{
    struct abc_sample s;
    const struct abc_request q = {observed, ABC_NONE, n, 0};
    assert_int_equal(abc_accept(&s, t, &q), 0);
    return s;
}

/* Within five standard errors of a mean, and of a variance of normal numbers. */
static void assert_mean(double mean, double wanted, double variance, double n)
{
    if (fabs(mean - wanted) > 5 * sqrt(variance / n))
        fail_msg("mean %g, not %g", mean, wanted);
}

static void assert_variance(double variance, double wanted, double n)
{
    if (fabs(variance - wanted) > 5 * wanted * sqrt(2 / n))
        fail_msg("variance %g, not %g", variance, wanted);
}

/* ---- where it is exact ---------------------------------------------------------------------- */

/* Logits of two parameters are normal, sd SPREAD; y = A l and an error of 1 each. The posterior of
 * the logits is normal: precision AᵀA + 1/SPREAD², its mean precision⁻¹ Aᵀ y. */
#define SPREAD 1.5
static const double A[2][2] = {{1, 0.5}, {-0.3, 2}};

static struct abc_table linear_table(void)
{
    struct abc_table t = table_of(ROWS, 2, 2);
    for (uint32_t r = 0; r < ROWS; r++) {
        double l[] = {SPREAD * normal_at(3, r, 0), SPREAD * normal_at(3, r, 1)};
        for (int k = 0; k < 2; k++) {
            t.u[2 * r + (size_t)k] = place(l[k]);
            t.y[2 * r + (size_t)k] =
                A[k][0] * l[0] + A[k][1] * l[1] + normal_at(3, r, 2 + (unsigned)k);
        }
    }
    return t;
}

struct normal {
    double mean[2], variance[2], covariance;
};

static struct normal posterior_of(const double *y)
{
    const double prior = 1 / (SPREAD * SPREAD);
    double a = A[0][0] * A[0][0] + A[1][0] * A[1][0] + prior,
           d = A[0][1] * A[0][1] + A[1][1] * A[1][1] + prior,
           b = A[0][0] * A[0][1] + A[1][0] * A[1][1], det = a * d - b * b,
           v[] = {A[0][0] * y[0] + A[1][0] * y[1], A[0][1] * y[0] + A[1][1] * y[1]};
    return (struct normal){
        {(d * v[0] - b * v[1]) / det, (a * v[1] - b * v[0]) / det}, {d / det, a / det}, -b / det};
}

static struct normal moments_of(const struct abc_sample *s)
{
    struct normal m = {0};
    for (uint32_t r = 0; r < s->n; r++)
        for (int k = 0; k < 2; k++)
            m.mean[k] += s->weight[r] * logit(s->u[2 * r + (size_t)k]);
    for (uint32_t r = 0; r < s->n; r++) {
        double x = logit(s->u[2 * r]) - m.mean[0], y = logit(s->u[2 * r + 1]) - m.mean[1];
        m.variance[0] += s->weight[r] * x * x;
        m.variance[1] += s->weight[r] * y * y;
        m.covariance += s->weight[r] * x * y;
    }
    return m;
}

/* Near and far, few and many accepted. */
static void of_normal_logits_and_linear_statistics_the_posterior_is_recovered(void **state)
{
    (void)state;
    static const double observed[][2] = {{0, 0}, {1, -2}, {-3, 2.5}};
    static const uint32_t accept[] = {1000, MANY, ROWS};
    struct abc_table t = linear_table();
    for (int c = 0; c < 9; c++) {
        struct abc_sample s = accepted(&t, observed[c / 3], accept[c % 3]);
        struct normal wanted = posterior_of(observed[c / 3]), found = moments_of(&s);
        assert_int_equal(s.n, accept[c % 3]);
        assert_true(s.effective > 0.7 * s.n && s.effective < s.n);
        for (int k = 0; k < 2; k++) {
            assert_mean(found.mean[k], wanted.mean[k], wanted.variance[k], s.effective);
            assert_variance(found.variance[k], wanted.variance[k], s.effective);
        }
        double product = wanted.variance[0] * wanted.variance[1];
        assert_true(fabs(found.covariance - wanted.covariance) <
                    5 * sqrt((product + wanted.covariance * wanted.covariance) / s.effective));
        abc_release(&s);
    }
    free_table(&t);
}

/* Without it the sample would be far wider: what is tested above is the regression's doing. */
static void it_takes_out_what_the_width_of_acceptance_adds(void **state)
{
    (void)state;
    static const double observed[2] = {1, -2};
    struct abc_table t = linear_table();
    struct abc_sample s = accepted(&t, observed, ROWS);
    double raw = 0, mean = 0, wanted = posterior_of(observed).variance[1];
    for (uint32_t r = 0; r < s.n; r++)
        mean += s.weight[r] * logit(t.u[2 * s.row[r] + 1]);
    for (uint32_t r = 0; r < s.n; r++)
        raw += s.weight[r] * pow(logit(t.u[2 * s.row[r] + 1]) - mean, 2);
    assert_true(raw > 3 * wanted && moments_of(&s).variance[1] < 1.1 * wanted);
    abc_release(&s);
    free_table(&t);
}

/* By the textbook's formula for one statistic: a curve, so that weights matter. */
static void the_line_is_that_of_weighted_least_squares(void **state)
{
    (void)state;
    static const double observed = 0.7;
    struct abc_table t = table_of(MANY, 1, 1);
    for (uint32_t r = 0; r < MANY; r++) {
        t.u[r] = uniform_at(4, r, 0);
        t.y[r] = 3 * pow(t.u[r], 3) + 0.1 * normal_at(4, r, 1);
    }
    struct abc_sample s = accepted(&t, &observed, 2000);
    double x = 0, l = 0, xx = 0, xl = 0;
    for (uint32_t r = 0; r < s.n; r++) {
        x += s.weight[r] * t.y[s.row[r]];
        l += s.weight[r] * logit(t.u[s.row[r]]);
    }
    for (uint32_t r = 0; r < s.n; r++) {
        double off = t.y[s.row[r]] - x;
        xx += s.weight[r] * off * off;
        xl += s.weight[r] * off * (logit(t.u[s.row[r]]) - l);
    }
    for (uint32_t r = 0; r < s.n; r++) {
        double moved = logit(t.u[s.row[r]]) - xl / xx * (t.y[s.row[r]] - observed);
        assert_within(s.u[r], place(moved), 1e-9);
    }
    abc_release(&s);
    free_table(&t);
}

/* ---- a uniform prior ------------------------------------------------------------------------ */

/* y = logit u and half an error; the posterior of u by a sum over a grid. */
struct known {
    double mean, variance, q05, q95;
};

static struct known by_grid(double observed)
{
    enum { STEPS = 200000 };
    struct known k = {0};
    double sum = 0, running = 0;
    for (int pass = 0; pass < 3; pass++)
        for (int q = 0; q < STEPS; q++) {
            double u = (q + 0.5) / STEPS, off = 2 * (observed - logit(u)),
                   density = exp(-off * off / 2);
            sum += pass == 0 ? density : 0;
            k.mean += pass == 1 ? u * density / sum : 0;
            k.variance += pass == 2 ? (u - k.mean) * (u - k.mean) * density / sum : 0;
            running += pass == 2 ? density / sum : 0;
            k.q05 = running < 0.05 ? u : k.q05;
            k.q95 = running < 0.95 ? u : k.q95;
        }
    return k;
}

static void of_a_uniform_prior_the_posterior_is_recovered(void **state)
{
    (void)state;
    static const double observed[] = {0, -2, 1.5};
    struct abc_table t = table_of(ROWS, 1, 1);
    for (uint32_t r = 0; r < ROWS; r++) {
        t.u[r] = uniform_at(8, r, 0);
        t.y[r] = logit(t.u[r]) + normal_at(8, r, 1) / 2;
    }
    for (int c = 0; c < 3; c++) {
        struct abc_sample s = accepted(&t, &observed[c], 1500);
        struct known k = by_grid(observed[c]);
        assert_mean(abc_mean(&s, 1, 0), k.mean, k.variance, s.effective);
        assert_variance(abc_variance(&s, 1, 0), k.variance, s.effective);
        double chance = 5 * sqrt(0.05 * 0.95 / s.effective);
        assert_within(abc_below(&s, 1, 0, k.q05), 0.05, chance);
        assert_within(abc_below(&s, 1, 0, k.q95), 0.95, chance);
        assert_true(fabs(abc_quantile(&s, 1, 0, 0.05) - k.q05) < 0.03);
        assert_true(fabs(abc_quantile(&s, 1, 0, 0.95) - k.q95) < 0.03);
        abc_release(&s);
    }
    free_table(&t);
}

/* ---- where it cannot be done ---------------------------------------------------------------- */

static void too_few_rows_are_not_adjusted(void **state)
{
    (void)state;
    static const double observed[2] = {0.4, -0.4};
    struct abc_table t = linear_table();
    for (uint32_t n = 1; n <= 7; n++) {
        int changed = 0;
        struct abc_sample s = accepted(&t, observed, n);
        for (uint32_t r = 0; r < n; r++)
            for (size_t k = 0; k < 2; k++)
                changed += s.u[2 * r + k] != t.u[2 * s.row[r] + k];
        assert_int_equal(changed > 0, n >= 6); /* two for each of three coefficients */
        abc_release(&s);
    }
    free_table(&t);
}

/* A statistic that never varies says nothing. */
static void a_statistic_without_information_does_no_harm(void **state)
{
    (void)state;
    static const double observed[] = {1, 7};
    struct abc_table one = table_of(MANY, 1, 1), two = table_of(MANY, 1, 2);
    for (uint32_t r = 0; r < MANY; r++) {
        double l = normal_at(5, r, 0), y = l + normal_at(5, r, 1);
        one.u[r] = two.u[r] = place(l);
        one.y[r] = two.y[2 * r] = y;
        two.y[2 * r + 1] = 7;
    }
    struct abc_sample a = accepted(&one, observed, 500), b = accepted(&two, observed, 500);
    for (uint32_t r = 0; r < 500; r++) {
        assert_int_equal(a.row[r], b.row[r]);
        assert_within(b.u[r], a.u[r], 1e-9);
        assert_within(b.weight[r], a.weight[r], 1e-12);
    }
    abc_release(&a);
    abc_release(&b);
    free_table(&one);
    free_table(&two);
}

static void a_parameter_that_does_not_vary_stays_where_it_is(void **state)
{
    (void)state;
    static const double observed = 0.5;
    struct abc_table t = table_of(MANY, 2, 1);
    for (uint32_t r = 0; r < MANY; r++) {
        t.u[2 * r] = 0.3;
        t.u[2 * r + 1] = uniform_at(6, r, 0);
        t.y[r] = normal_at(6, r, 1);
    }
    struct abc_sample s = accepted(&t, &observed, 300);
    for (uint32_t r = 0; r < s.n; r++)
        assert_within(s.u[2 * r], 0.3, 1e-9);
    abc_release(&s);
    free_table(&t);
}

/* ---- within the prior ----------------------------------------------------------------------- */

/* Far from all rows the line leads far beyond them; and some rows lie on the very border. */
static void adjusted_values_stay_within_the_prior(void **state)
{
    (void)state;
    static const double observed[] = {0, 3, -12, 1000, -1e6};
    struct abc_table t = table_of(MANY, 1, 1);
    for (uint32_t r = 0; r < MANY; r++) {
        t.u[r] = r % 50 == 0 ? 0 : r % 50 == 1 ? 1 : uniform_at(9, r, 0);
        t.y[r] = 3 * fmin(fmax(t.u[r], 0.01), 0.99) + 0.1 * normal_at(9, r, 1);
    }
    for (int c = 0; c < 5; c++) {
        struct abc_sample s = accepted(&t, &observed[c], 400);
        for (uint32_t r = 0; r < s.n; r++) {
            assert_true(s.u[r] >= 0 && s.u[r] <= 1);
            assert_true((s.u[r] > 0 && s.u[r] < 1) || fabs(observed[c]) > 5);
        }
        assert_true(isfinite(abc_mean(&s, 1, 0)));
        abc_release(&s);
    }
    free_table(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_normal_logits_and_linear_statistics_the_posterior_is_recovered),
        cmocka_unit_test(the_line_is_that_of_weighted_least_squares),
        cmocka_unit_test(it_takes_out_what_the_width_of_acceptance_adds),
        cmocka_unit_test(of_a_uniform_prior_the_posterior_is_recovered),
        cmocka_unit_test(too_few_rows_are_not_adjusted),
        cmocka_unit_test(a_statistic_without_information_does_no_harm),
        cmocka_unit_test(a_parameter_that_does_not_vary_stays_where_it_is),
        cmocka_unit_test(adjusted_values_stay_within_the_prior),
    };
    return cmocka_run_group_tests_name("abc_regression", tests, NULL, NULL);
}
