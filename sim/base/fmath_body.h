/* The functions of fmath.h and lanes.h, on whatever REAL is: a double, or several side by side. The
 * includer defines REAL, WORDS (as many 64-bit patterns) and FMATH(name), and of these names
 *     bits, from_bits    a REAL's pattern and back
 *     at_least, at_most  (x, bound): x, or the bound where x is below or above it
 *     keep               (where, x): x where a comparison holds, else 0. */
#ifndef FMATH_LN2_HIGH
/* ln 2 in two parts; a whole number up to 2^21 times the first is exact. */
#define FMATH_LN2_HIGH 0x1.62e42ffp-1
#define FMATH_LN2_LOW (-0x1.718432a1b0e26p-35)
#define FMATH_SIDE 4
#define FMATH_SHIFT 0x1.8p52 /* adding it rounds to a whole number, kept in the low bits */
#define FMATH_EXP_FIRST 0x1.ad92c7db8ea48p-26
#define FMATH_EXP_SECOND 0x1.28adf7a188bf3p-22
#define FMATH_EXP_OTHERS(STEP)                                                                     \
    STEP(0x1.71df18fbc77b8p-19)                                                                    \
    STEP(0x1.a0199963c9d98p-16)                                                                    \
    STEP(0x1.a01a012fec2f6p-13)                                                                    \
    STEP(0x1.6c16c18475a18p-10)                                                                    \
    STEP(0x1.1111111126b37p-7)                                                                     \
    STEP(0x1.55555555506cp-5)                                                                      \
    STEP(0x1.55555555554fep-3)                                                                     \
    STEP(0x1.000000000000ap-1)
#define FMATH_INLINE static inline __attribute__((always_inline))
#define FMATH_ONE 0x3ff0000000000000u /* the pattern of 1 */
#endif

/*
 * e^x. Below -708 it stays at e^-708, above 709 at e^709: never 0, subnormal or infinite. NaN gives
 * NaN.
 *
 * x = k ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite 1980), and a polynomial for e^r - 1 - r, its
 * coefficients by Sollya's fpminimax, relative error below 2^-57.
 */
FMATH_INLINE REAL FMATH(exp_shifted)(REAL x)
{
    return x * 0x1.71547652b82fep0 + FMATH_SHIFT;
}

FMATH_INLINE REAL FMATH(exp_rest)(REAL x, REAL shifted)
{
    const REAL k = shifted - FMATH_SHIFT;
    return (x - k * FMATH_LN2_HIGH) - k * FMATH_LN2_LOW;
}

FMATH_INLINE REAL FMATH(exp_scaled)(REAL shifted, REAL r, REAL q)
{
    const REAL scale = FMATH(from_bits)((FMATH(bits)(shifted) << 52) + FMATH_ONE);
    return (1.0 + (r + r * r * q)) * scale;
}

FMATH_INLINE REAL FMATH(exp)(REAL x)
{
    x = FMATH(at_most)(FMATH(at_least)(x, -708.0), 709.0);
    const REAL shifted = FMATH(exp_shifted)(x), r = FMATH(exp_rest)(x, shifted);
    REAL q = FMATH_EXP_FIRST * r;
#define STEP(coefficient) q = q * r + coefficient;
    q = q + FMATH_EXP_SECOND;
    FMATH_EXP_OTHERS(STEP)
#undef STEP
    return FMATH(exp_scaled)(shifted, r, q);
}

/* The same of FMATH_SIDE numbers, in their place, step by step: each step of one waits for the one
 * before. */
FMATH_INLINE void FMATH(exp_side)(REAL *x)
{
#define EACH for (int i = 0; i < FMATH_SIDE; i++)
    REAL shifted[FMATH_SIDE], r[FMATH_SIDE], q[FMATH_SIDE];
    EACH x[i] = FMATH(at_most)(FMATH(at_least)(x[i], -708.0), 709.0);
    EACH shifted[i] = FMATH(exp_shifted)(x[i]);
    EACH r[i] = FMATH(exp_rest)(x[i], shifted[i]);
    EACH q[i] = FMATH_EXP_FIRST * r[i];
    EACH q[i] = q[i] + FMATH_EXP_SECOND;
#define STEP(coefficient) EACH q[i] = q[i] * r[i] + coefficient;
    FMATH_EXP_OTHERS(STEP)
#undef STEP
    EACH x[i] = FMATH(exp_scaled)(shifted[i], r[i], q[i]);
#undef EACH
}

/*
 * Natural logarithm of a positive normal number. For 0, subnormal, negative and infinite numbers
 * and NaN the result is finite and means nothing.
 *
 * x = 2^k m with m in [sqrt(1/2), sqrt 2); log m = 2 atanh s with s = (m - 1) / (m + 1), arranged
 * as in fdlibm's e_log.c (Sun Microsystems 1993) so that the large parts are added last. The
 * coefficients are Sollya's again, absolute error below 2^-59.
 */
FMATH_INLINE REAL FMATH(log)(REAL x)
{
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
    const uint64_t mantissa = 0x000fffffffffffff;
    const uint64_t two52_bits = 0x4330000000000000;

    WORDS u = FMATH(bits)(x) + (FMATH_ONE - sqrt_half);
    REAL k = FMATH(from_bits)((u >> 52) | two52_bits) - (0x1p52 + 1023.0);
    REAL f = FMATH(from_bits)((u & mantissa) + sqrt_half) - 1.0;
    REAL s = f / (2.0 + f);
    REAL z = s * s;
    REAL q = 0x1.2f0387a63696ap-3 * z + 0x1.39a1eddc4108ap-3;
    q = q * z + 0x1.74663cbb1ec74p-3;
    q = q * z + 0x1.c71c52153f6d1p-3;
    q = q * z + 0x1.24924941e04a4p-2;
    q = q * z + 0x1.999999997ff27p-2;
    q = q * z + 0x1.5555555555592p-1;
    REAL half_square = 0.5 * f * f;
    REAL tail = s * (half_square + q * z) + k * FMATH_LN2_LOW;
    return k * FMATH_LN2_HIGH - ((half_square - tail) - f);
}

/*
 * x^y as e^(y log x), for x = 0 (then 0) and positive normal x; with x = 0, y must be positive.
 * It saturates like fmath_exp. The error grows with |y log x| because the logarithm is rounded to a
 * double before it is multiplied.
 */
FMATH_INLINE REAL FMATH(pow)(REAL x, double y)
{
    return FMATH(keep)(x > 0.0, FMATH(exp)(y * FMATH(log)(x)));
}
