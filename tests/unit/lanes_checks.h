/* The checks of lanes_of.h, for as many LANES as the includer defines before anything else. */
#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wpsabi" /* nothing here passes a real to another file */
#endif

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/philox.h"
#include "lanes_of.h"

/* The same bits; of what is not a number, that it is none. */
static void assert_bits(double a, double wanted, const char *what, double of)
{
    if (fmath_bits(a) != fmath_bits(wanted) && !(isnan(a) && isnan(wanted)))
        fail_msg("%d lanes: %s of %a is %a, not %a", LANES, what, of, a, wanted);
}

/* Numbers of all kinds; then, without end, such as lie evenly without a pattern in -30 .. 30. */
static double number(unsigned k)
{
    static const double special[] = {
        0.0,  -0.0,    1.0,      -1.0,      0.5,      2.0,           1e-300,         1e300,
        NAN,  -NAN,    INFINITY, -INFINITY, DBL_MIN,  -DBL_MIN,      DBL_TRUE_MIN,   -DBL_TRUE_MIN,
        -708, -708.25, 709,      709.25,    -DBL_MAX, DBL_MAX,       1 - 0x1p-53,    1 + 0x1p-52,
        1e9,  -1e9,    M_SQRT2,  M_SQRT1_2, M_LN2,    DBL_MIN * 0.5, DBL_MIN * 1.25, 0x1p-1000};
    enum { SPECIAL = sizeof special / sizeof *special };
    double whole;
    return k < SPECIAL ? special[k] : 60 * modf(k * 0.61803398874989485, &whole) - 30;
}
enum { NUMBERS = 3000, OTHERS = 40 };

/* Another number in each lane. */
static real numbers(unsigned first)
{
    real x = {0};
    for (unsigned l = 0; l < LANES; l++)
        *lane_of(&x, (int)l) = number((first + 7 * l) % NUMBERS);
    return x;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* ---- functions ------------------------------------------------------------------------------ */

/* Logarithms, and with them powers, are of positive normal numbers; powers of 0 too. */
static void check_powers(real x)
{
    static const double exponents[] = {2, 0.5, -0.6, 1.0 / 12, 0, 40, -1000};
    real positive = x;
    for (int l = 0; l < LANES; l++)
        if (!isnormal(*lane_of(&x, l)) || *lane_of(&x, l) < 0)
            *lane_of(&positive, l) = 1 + l;
    real log = real_log(positive);
    for (int l = 0; l < LANES; l++) {
        const double v = *lane_of(&x, l), p = *lane_of(&positive, l);
        assert_bits(*lane_of(&log, l), fmath_log(p), "log", p);
        if (v == 0)
            *lane_of(&positive, l) = v;
    }
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
        real power = real_pow(positive, exponents[k]);
        for (int l = 0; l < LANES; l++) {
            const double p = *lane_of(&positive, l);
            assert_bits(*lane_of(&power, l), fmath_pow(p, exponents[k]), "pow", p);
        }
    }
}

/* However many stand in a row. */
static void check_row(void)
{
    enum { ROW = 13 };
    for (int n = 0; n <= ROW; n++)
        for (unsigned first = 0; first < NUMBERS; first += 5) {
            real x[ROW];
            for (int k = 0; k < n; k++)
                x[k] = numbers(first + (unsigned)k);
            real_exp_all(x, n);
            for (int k = 0; k < n; k++) {
                real wanted = numbers(first + (unsigned)k);
                for (int l = 0; l < LANES; l++)
                    assert_bits(*lane_of(&x[k], l), fmath_exp(*lane_of(&wanted, l)), "exp",
                                *lane_of(&wanted, l));
            }
        }
}

static void check_functions(void)
{
    for (unsigned k = 0; k < NUMBERS; k++) {
        const double bound = number(k / 2 % OTHERS);
        real x = numbers(k), e = real_exp(x), c = real_clip(x), r = real_root(x);
        real low = real_at_least(x, bound), high = real_at_most(x, bound);
        for (int l = 0; l < LANES; l++) {
            const double v = *lane_of(&x, l);
            assert_bits(*lane_of(&e, l), fmath_exp(v), "exp", v);
            assert_bits(*lane_of(&c, l), fmath_clip(v), "clip", v);
            assert_bits(*lane_of(&r, l), sqrt(v), "root", v);
            assert_bits(*lane_of(&low, l), fmath_at_least(v, bound), "at least", v);
            assert_bits(*lane_of(&high, l), fmath_at_most(v, bound), "at most", v);
        }
        check_powers(x);
    }
    check_row();
}

/* ---- choices -------------------------------------------------------------------------------- */

static void check_choices_of(real x, real y)
{
    const real_mask where = x < y;
    real most = real_larger(x, y), either = real_pick(where, x, y), kept = real_keep(where, x);
    int count = 0;
    for (int l = 0; l < LANES; l++) {
        const double v = *lane_of(&x, l), u = *lane_of(&y, l);
        assert_bits(*lane_of(&most, l), larger(v, u), "larger", v);
        assert_bits(*lane_of(&either, l), v < u ? v : u, "pick", v);
        assert_bits(*lane_of(&kept, l), v < u ? v : 0, "keep", v);
        assert_int_equal(mask_bits(where) >> l & 1, v < u);
        count += v < u;
    }
    assert_int_equal(mask_bits(where) >> LANES, 0);
    assert_int_equal(mask_count(where), count);
}

static void check_choices(void)
{
    for (unsigned k = 0; k < NUMBERS; k++)
        for (unsigned q = 0; q < OTHERS; q++)
            check_choices_of(numbers(k), numbers(q));
    check_choices_of(real_all(1), real_all(2));
    check_choices_of(real_all(2), real_all(1));
}

/* ---- memory --------------------------------------------------------------------------------- */

static void check_order(void)
{
    double square[LANES * LANES], turned[LANES * LANES];
    real x[LANES];
    for (int k = 0; k < LANES * LANES; k++)
        square[k] = k + 0.5;
    for (int k = 0; k < LANES; k++)
        x[k] = real_load(square + k * LANES);
    real_transpose(x);
    for (int k = 0; k < LANES; k++)
        real_store(turned + k * LANES, x[k]);
    for (int k = 0; k < LANES; k++)
        for (int l = 0; l < LANES; l++) {
            assert_true(turned[k * LANES + l] == square[l * LANES + k]);
            assert_true(*lane_of(&x[k], l) == square[l * LANES + k]);
        }
}

/* ---- streams -------------------------------------------------------------------------------- */

/* Numbers of so many blocks, against what each lane's own stream gives who has it alone. */
static void check_stream(const struct stream *s, struct stream_slot slot, int blocks)
{
    enum { MOST = 67 };
    double alone[2 * MOST];
    real numbers_of[2 * (MOST + PHILOX_SIDE)];
    philox_uniforms(s, slot, blocks, numbers_of);
    for (int l = 0; l < LANES; l++) {
        struct stream own = *s;
        own.replicate += (uint32_t)l;
        stream_uniforms(&own, slot, (uint32_t)blocks, alone);
        for (int k = 0; k < 2 * blocks; k++)
            assert_true(*lane_of(&numbers_of[k], l) == alone[k]);
    }
}

/* The last replicate is followed by the first. */
static void check_streams(void)
{
    static const uint32_t replicates[] = {0, 1, 1000, UINT32_MAX - 9, UINT32_MAX - 3, UINT32_MAX};
    static const struct stream_slot last = {STREAM_PURPOSES - 1, STREAM_TICKS - 1,
                                            STREAM_ACTORS - 1};
    for (int k = 0; k < 6; k++) {
        const struct stream end = stream_make(UINT64_MAX - 5, STREAM_CELLS - 1, replicates[k]);
        check_stream(&end, last, 67);
        for (unsigned q = 0; q < 60; q++) {
            const struct stream s = stream_make(77 + ((uint64_t)q << 32), q, replicates[k]);
            check_stream(&s, (struct stream_slot){q % 4, 167 * q, q}, (int)q);
        }
    }
}

const struct lanes_of KERNEL_JOIN(lanes_of, LANES) = {.lanes = LANES,
                                                      .functions = check_functions,
                                                      .choices = check_choices,
                                                      .order = check_order,
                                                      .streams = check_streams};
