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

/* 0: every type as itself; 16: the same, where _Float16 is a type of the processor's. */
_Static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16,
               "doubles must be computed as doubles (not in x87 registers)");
_Static_assert(DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024, "double must be IEEE 754 binary64");

#define REAL double
#define WORDS uint64_t
#define FMATH(name) fmath_##name

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

static inline double fmath_at_least(double x, double low)
{
    return x < low ? low : x;
}

static inline double fmath_at_most(double x, double high)
{
    return x > high ? high : x;
}

static inline double fmath_keep(int where, double x)
{
    return where ? x : 0;
}

#include "base/fmath_body.h"

#undef REAL
#undef WORDS
#undef FMATH

/* x within 0..1. */
static inline double fmath_clip(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

#endif
