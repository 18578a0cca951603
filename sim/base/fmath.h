/*
 * exp, log and pow whose bits are the same with every compiler, C library and vector width.
 *
 * The C library's own differ between its versions in the last place, and the last place is enough
 * to turn a simulated choice. These use nothing but + - * / on doubles and operations on their bit
 * patterns, in one fixed order and without branches, so a loop over an array becomes vector code.
 * They hold where double arithmetic is IEEE 754, rounds to nearest and is not contracted
 * (-ffp-contract=off; never -ffast-math).
 *
 * Errors, in units of the last place (ulp) of the exact result, as found on some 10^7 points;
 * tests/unit/test_fmath.c holds them against MPFR:
 *     fmath_exp   below 0.98               for x in [-708, 709]
 *     fmath_log   below 0.89               for positive normal x; exactly 0 at 1
 *     fmath_pow   below 1 + 3 |y log x|    for positive normal x, y log x in [-708, 709]
 */
#ifndef WALTZ_BASE_FMATH_H
#define WALTZ_BASE_FMATH_H

#include <float.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "doubles must be computed as doubles (not in x87 registers)");
_Static_assert(DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024, "double must be IEEE 754 binary64");

static inline uint64_t fmath_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline double fmath_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* ln 2 in two parts; a whole number up to 2^21 times the first is exact. */
#define FMATH_LN2_HIGH 0x1.62e42ffp-1
#define FMATH_LN2_LOW (-0x1.718432a1b0e26p-35)

/*
 * e^x. Below -708 it stays at e^-708, above 709 at e^709: never 0, subnormal or infinite. NaN gives
 * NaN.
 *
 * x = k ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite 1980), and a polynomial for e^r - 1 - r, its
 * coefficients by Sollya's fpminimax, relative error below 2^-57.
 */
static inline double fmath_exp(double x)
{
    const double shift = 0x1.8p52; /* adding it rounds to a whole number, kept in the low bits */

    x = x < -708.0 ? -708.0 : x;
    x = x > 709.0 ? 709.0 : x;
    double shifted = x * 0x1.71547652b82fep0 + shift;
    double k = shifted - shift;
    double r = (x - k * FMATH_LN2_HIGH) - k * FMATH_LN2_LOW;
    double q = 0x1.ad92c7db8ea48p-26;
    q = q * r + 0x1.28adf7a188bf3p-22;
    q = q * r + 0x1.71df18fbc77b8p-19;
    q = q * r + 0x1.a0199963c9d98p-16;
    q = q * r + 0x1.a01a012fec2f6p-13;
    q = q * r + 0x1.6c16c18475a18p-10;
    q = q * r + 0x1.1111111126b37p-7;
    q = q * r + 0x1.55555555506cp-5;
    q = q * r + 0x1.55555555554fep-3;
    q = q * r + 0x1.000000000000ap-1;
    double scale = fmath_from_bits((fmath_bits(shifted) << 52) + fmath_bits(1.0));
    return (1.0 + (r + r * r * q)) * scale;
}

/*
 * Natural logarithm of a positive normal number. For 0, subnormal, negative and infinite numbers
 * and NaN the result is finite and means nothing.
 *
 * x = 2^k m with m in [sqrt(1/2), sqrt 2); log m = 2 atanh s with s = (m - 1) / (m + 1), arranged
 * as in fdlibm's e_log.c (Sun Microsystems 1993) so that the large parts are added last. The
 * coefficients are Sollya's again, absolute error below 2^-59.
 */
static inline double fmath_log(double x)
{
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
    const uint64_t mantissa = 0x000fffffffffffff;
    const double two52 = 0x1p52;

    uint64_t u = fmath_bits(x) + (fmath_bits(1.0) - sqrt_half);
    double k = fmath_from_bits((u >> 52) | fmath_bits(two52)) - (two52 + 1023.0);
    double f = fmath_from_bits((u & mantissa) + sqrt_half) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double q = 0x1.2f0387a63696ap-3;
    q = q * z + 0x1.39a1eddc4108ap-3;
    q = q * z + 0x1.74663cbb1ec74p-3;
    q = q * z + 0x1.c71c52153f6d1p-3;
    q = q * z + 0x1.24924941e04a4p-2;
    q = q * z + 0x1.999999997ff27p-2;
    q = q * z + 0x1.5555555555592p-1;
    double half_square = 0.5 * f * f;
    double tail = s * (half_square + q * z) + k * FMATH_LN2_LOW;
    return k * FMATH_LN2_HIGH - ((half_square - tail) - f);
}

/*
 * x^y as e^(y log x), for x = 0 (then 0) and positive normal x; with x = 0, y must be positive.
 * It saturates like fmath_exp. The error grows with |y log x| because the logarithm is rounded to a
 * double before it is multiplied.
 */
static inline double fmath_pow(double x, double y)
{
    double power = fmath_exp(y * fmath_log(x));
    return x > 0.0 ? power : 0.0;
}

/* x within 0..1. */
static inline double fmath_clip(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

#endif
