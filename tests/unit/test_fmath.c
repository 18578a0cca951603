/* The functions of fmath.h against MPFR, and their bits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpfr.h>

#include "base/fmath.h"

enum { PRECISION = 128, POINTS = 120000 };

/* The bounds that fmath.h states. */
static const double exp_bound = 0.98;
static const double log_bound = 0.89;

static double pow_bound(double t)
{
    return 1.0 + 3.0 * fabs(t);
}

/* Point i of n spread evenly and without pattern over [low, high). */
static double spread(unsigned i, double low, double high)
{
    double whole, u = modf(i * 0.61803398874989485, &whole);
    return low + (high - low) * u;
}

/* The double that lies n places above x (below, if n < 0). */
static double neighbour(double x, int n)
{
    for (; n > 0; n--)
        x = nextafter(x, INFINITY);
    for (; n < 0; n++)
        x = nextafter(x, -INFINITY);
    return x;
}

/* Distance from y to the exact value, in units of the last place of the exact value. */
static double ulps(double y, const mpfr_t exact)
{
    mpfr_t d;
    mpfr_init2(d, PRECISION);
    mpfr_sub_d(d, exact, y, MPFR_RNDN);
    mpfr_mul_2si(d, d, 53 - mpfr_get_exp(exact), MPFR_RNDN);
    double result = fabs(mpfr_get_d(d, MPFR_RNDN));
    mpfr_clear(d);
    return result;
}

/* Error of y as value of f at x. */
static double error_at(double x, double y, int (*f)(mpfr_t, const mpfr_t, mpfr_rnd_t))
{
    mpfr_t exact;
    mpfr_init2(exact, PRECISION);
    mpfr_set_d(exact, x, MPFR_RNDN);
    f(exact, exact, MPFR_RNDN);
    double result = mpfr_zero_p(exact) ? (y == 0.0 ? 0.0 : INFINITY) : ulps(y, exact);
    mpfr_clear(exact);
    return result;
}

static double exp_error(double x)
{
    return error_at(x, fmath_exp(x), mpfr_exp);
}

static double log_error(double x)
{
    return error_at(x, fmath_log(x), mpfr_log);
}

static double pow_error(double x, double y)
{
    mpfr_t a, b;
    mpfr_inits2(PRECISION, a, b, (mpfr_ptr)0);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    mpfr_pow(a, a, b, MPFR_RNDN);
    double result = ulps(fmath_pow(x, y), a);
    mpfr_clears(a, b, (mpfr_ptr)0);
    return result;
}

static void exp_is_near_mpfr_over_its_range(void **state)
{
    (void)state;
    double worst = 0.0;
    for (unsigned i = 0; i < POINTS; i++) {
        worst = fmax(worst, exp_error(spread(i, -708.0, 709.0)));
        worst = fmax(worst, exp_error(spread(i, -1.0, 1.0)));
        worst = fmax(worst, exp_error(spread(i, -40.0, 0.0)));
    }
    print_message("exp: %.4f ulp\n", worst);
    assert_true(worst <= exp_bound);
}

static void exp_is_near_mpfr_where_the_reduction_turns(void **state)
{
    (void)state;
    double worst = 0.0;
    for (int k = -2042; k <= 2045; k++)
        for (int n = -20; n <= 20; n++)
            worst = fmax(worst, exp_error(neighbour(k * (M_LN2 / 2.0), n)));
    for (int k = -1074; k < 9; k++) {
        worst = fmax(worst, exp_error(ldexp(1.0, k)));
        worst = fmax(worst, exp_error(-ldexp(1.0, k)));
    }
    print_message("exp, turns: %.4f ulp\n", worst);
    assert_true(worst <= exp_bound);
}

static void exp_saturates_and_passes_nan_on(void **state)
{
    (void)state;
    assert_true(fmath_exp(0.0) == 1.0 && fmath_exp(-0.0) == 1.0);
    assert_true(fmath_exp(-INFINITY) == fmath_exp(-708.0) && fmath_exp(-1e9) == fmath_exp(-708.0));
    assert_true(fmath_exp(INFINITY) == fmath_exp(709.0) && fmath_exp(709.5) == fmath_exp(709.0));
    assert_true(fmath_exp(-708.0) >= DBL_MIN && isfinite(fmath_exp(709.0)));
    assert_true(isnan(fmath_exp(NAN)));
}

static void log_is_near_mpfr_over_its_range(void **state)
{
    (void)state;
    double worst = 0.0;
    for (unsigned i = 0; i < POINTS; i++) {
        double any = ldexp(spread(i, 1.0, 2.0), (int)(i % 2046) - 1022);
        worst = fmax(worst, log_error(any));
        worst = fmax(worst, log_error(spread(i, 0.5, 2.0)));
        worst = fmax(worst, log_error(spread(i, 0.70, 0.72)));
        worst = fmax(worst, log_error(spread(i, 1e-6, 1.0)));
    }
    print_message("log: %.4f ulp\n", worst);
    assert_true(worst <= log_bound);
}

static void log_is_near_mpfr_where_the_reduction_turns(void **state)
{
    (void)state;
    double worst = 0.0;
    for (int k = -1021; k <= 1022; k++)
        for (int n = -20; n <= 20; n++) {
            worst = fmax(worst, log_error(neighbour(ldexp(M_SQRT1_2, k), n)));
            worst = fmax(worst, log_error(neighbour(ldexp(1.0, k), n)));
        }
    for (int k = -52; k < 0; k++) {
        worst = fmax(worst, log_error(1.0 + ldexp(1.0, k)));
        worst = fmax(worst, log_error(1.0 - ldexp(1.0, k)));
    }
    worst = fmax(worst, fmax(log_error(DBL_MIN), log_error(DBL_MAX)));
    print_message("log, turns: %.4f ulp\n", worst);
    assert_true(worst <= log_bound);
    assert_true(fmath_log(1.0) == 0.0);
}

static void pow_is_near_mpfr_over_its_range(void **state)
{
    (void)state;
    double worst = 0.0;
    for (unsigned i = 0; i < POINTS; i++) {
        double x = ldexp(spread(i, 1.0, 2.0), (int)(i % 2046) - 1022);
        double t = spread(3 * i + 1, -707.0, 708.0);
        double y = t / log(x);
        worst = fmax(worst, pow_error(x, y) / pow_bound(t));
        x = spread(i, 1e-3, 4.0);
        y = spread(7 * i + 2, -3.0, 3.0);
        worst = fmax(worst, pow_error(x, y) / pow_bound(y * log(x)));
    }
    print_message("pow: %.4f of the bound\n", worst);
    assert_true(worst <= 1.0);
}

static void pow_of_special_arguments(void **state)
{
    (void)state;
    assert_true(fmath_pow(0.0, 0.5) == 0.0 && fmath_pow(0.0, 1e-3) == 0.0);
    assert_true(fmath_pow(1.0, 123.0) == 1.0 && fmath_pow(7.0, 0.0) == 1.0);
    assert_true(fmath_pow(1e-300, 2.0) == fmath_exp(-708.0));
    assert_true(fmath_pow(1e300, 2.0) == fmath_exp(709.0));
}

/* Arguments and the bits that every build must give. */
static const struct {
    double x;
    uint64_t exp, log;
} golden[] = {
    {0x1p-1, 0x3ffa61298e1e069c, 0xbfe62e42fefa39ef},
    {0x1.8p0, 0x4011ed3fe64fc541, 0x3fd9f323ecbf984c},
    {0x1.921fb54442d18p1, 0x403724046eb09339, 0x3ff250d048e7a1bd},
    {0x1.5bf0a8b145769p1, 0x402e4efb75e4527a, 0x3ff0000000000000},
    {0x1.999999999999ap-4, 0x3ff1aec7b35a00d4, 0xc0026bb1bbb55515},
    {0x1.6a09e667f3bcdp-1, 0x4000399458f5a0d7, 0xbfd62e42fefa39ee},
    {0x1.fffffffffffffp-1, 0x4005bf0a8b145769, 0xbca0000000000000},
    {0x1.62e42fefa39efp9, 0x7fdd422d2be5dc9b, 0x401a428494faf1b1},
};
enum { GOLDEN = sizeof golden / sizeof *golden };

static void bits_are_the_recorded_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++) {
        assert_int_equal(fmath_bits(fmath_exp(golden[i].x)), golden[i].exp);
        assert_int_equal(fmath_bits(fmath_log(golden[i].x)), golden[i].log);
    }
    assert_int_equal(fmath_bits(fmath_pow(0.3, 1.7)), 0x3fc08819f76d9f8d);
    assert_int_equal(fmath_bits(fmath_pow(2.5, -0.6)), 0x3fe2777065b0d0ed);
}

/* FNV-1a, over words instead of bytes. */
static uint64_t hash(uint64_t h, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ fmath_bits(x[i])) * 0x100000001b3;
    return h;
}

/* The loops are vector code where the compiler makes it, the hash is that of any build. */
static void loops_over_arrays_give_the_recorded_hash(void **state)
{
    (void)state;
    enum { N = 4099 };
    static double e[N], l[N], p[N];
    uint64_t h = 0xcbf29ce484222325;
    for (unsigned round = 0; round < 50; round++) {
        for (unsigned i = 0; i < N; i++) {
            e[i] = spread(round * N + i, -720.0, 720.0);
            l[i] = ldexp(spread(round * N + i, 1.0, 2.0), (int)(i % 2046) - 1022);
            p[i] = spread(round * N + i, 0.0, 10.0);
        }
        for (size_t i = 0; i < N; i++)
            e[i] = fmath_exp(e[i]);
        for (size_t i = 0; i < N; i++)
            l[i] = fmath_log(l[i]);
        for (size_t i = 0; i < N; i++)
            p[i] = fmath_pow(p[i], 0.7);
        h = hash(hash(hash(h, e, N), l, N), p, N);
    }
    assert_int_equal(h, 0x47117573d41915d5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_near_mpfr_over_its_range),
        cmocka_unit_test(exp_is_near_mpfr_where_the_reduction_turns),
        cmocka_unit_test(exp_saturates_and_passes_nan_on),
        cmocka_unit_test(log_is_near_mpfr_over_its_range),
        cmocka_unit_test(log_is_near_mpfr_where_the_reduction_turns),
        cmocka_unit_test(pow_is_near_mpfr_over_its_range),
        cmocka_unit_test(pow_of_special_arguments),
        cmocka_unit_test(bits_are_the_recorded_ones),
        cmocka_unit_test(loops_over_arrays_give_the_recorded_hash),
    };
    return cmocka_run_group_tests_name("fmath", tests, NULL, NULL);
}
