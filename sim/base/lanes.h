/* Replicates side by side. A `real` is LANES doubles, one of each replicate, and is computed with
 * as if it were one: + - * / and comparisons act on each lane, and a double beside a real stands
 * for all lanes. So an equation is written once and compiled for every width of vector; with LANES
 * 1, which is what holds unless a compile says otherwise, a real is a double.
 *
 * Every lane has the bits that it would have alone: nothing here adds, contracts or reorders.
 *
 * Files that are compiled once for each width (Makefile: KERNEL_SOURCES) give what they export a
 * name of that width by KERNEL_NAME. All other files see `real *` as a `double *` and find element
 * k of a lane at [k · lanes + lane]. */
#ifndef WALTZ_BASE_LANES_H
#define WALTZ_BASE_LANES_H

#include "base/fmath.h"

#ifndef LANES
#define LANES 1
#endif

#define KERNEL_JOIN_(name, kernel) name##_##kernel
#define KERNEL_JOIN(name, kernel) KERNEL_JOIN_(name, kernel)
#ifdef KERNEL
#define KERNEL_NAME(name) KERNEL_JOIN(name, KERNEL)
#else
#define KERNEL_NAME(name) name
#endif

#if LANES == 1

typedef double real;
typedef uint64_t real_words;
typedef int real_mask; /* of a comparison: not 0 where it holds */

#else

#ifdef __SSE2__
#include <immintrin.h>
#endif

typedef double real __attribute__((vector_size(8 * LANES)));
typedef uint64_t real_words __attribute__((vector_size(8 * LANES)));
typedef int64_t real_mask __attribute__((vector_size(8 * LANES)));

#endif

/* One lane of a real. */
static inline double *lane_of(real *x, int lane)
{
    return (double *)x + lane;
}

/* The same number in all lanes. */
static inline real real_all(double x)
{
    return x - (real){0}; /* keeps -0 */
}

#if LANES == 1

static inline real real_pick(real_mask where, real a, real b)
{
    return where ? a : b;
}

static inline real real_larger(real a, real b)
{
    return a > b ? a : b;
}

static inline real real_root(real x)
{
    return __builtin_sqrt(x);
}

/* Bit l: does it hold in lane l? */
static inline unsigned mask_bits(real_mask where)
{
    return where != 0;
}

/* Products of the low halves of each word. */
static inline real_words words_multiply(real_words a, uint64_t b)
{
    return (a & 0xffffffff) * b;
}

#define real_exp fmath_exp
#define real_exp_side fmath_exp_side
#define real_pow fmath_pow
#define real_log fmath_log
#define real_at_least fmath_at_least
#define real_at_most fmath_at_most
#define real_keep fmath_keep
#define words_of fmath_bits
#define real_of_words fmath_from_bits

#else

static inline real_words words_of(real x)
{
    return (real_words)x;
}

static inline real real_of_words(real_words u)
{
    return (real)u;
}

static inline real real_pick(real_mask where, real a, real b)
{
    return (real)((where & (real_mask)a) | (~where & (real_mask)b));
}

static inline real real_keep(real_mask where, real x)
{
    return (real)(where & (real_mask)x);
}

#if LANES == 8 && defined __AVX512DQ__
#define LANES_INTRINSIC(name) _mm512_##name
#elif LANES == 4 && defined __AVX2__
#define LANES_INTRINSIC(name) _mm256_##name
#elif LANES == 2 && defined __SSE2__
#define LANES_INTRINSIC(name) _mm_##name
#endif

#ifdef LANES_INTRINSIC

/* As ternary expressions do, these give b, or x, where the two are not ordered. */
static inline real real_larger(real a, real b)
{
    return (real)LANES_INTRINSIC(max_pd)(a, b);
}

static inline real real_at_least(real x, double low)
{
    return (real)LANES_INTRINSIC(max_pd)(real_all(low), x);
}

static inline real real_at_most(real x, double high)
{
    return (real)LANES_INTRINSIC(min_pd)(real_all(high), x);
}

static inline real real_root(real x)
{
    return (real)LANES_INTRINSIC(sqrt_pd)(x);
}

static inline unsigned mask_bits(real_mask where)
{
#if LANES == 8
    return _mm512_movepi64_mask((__m512i)where);
#else
    return (unsigned)LANES_INTRINSIC(movemask_pd)((real)where);
#endif
}

static inline real_words words_multiply(real_words a, uint64_t b)
{
#if LANES == 8
    return (real_words)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64((long long)b));
#elif LANES == 4
    return (real_words)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x((long long)b));
#else
    return (real_words)_mm_mul_epu32((__m128i)a, _mm_set1_epi64x((long long)b));
#endif
}

#else

static inline real real_larger(real a, real b)
{
    return real_pick(a > b, a, b);
}

static inline real real_at_least(real x, double low)
{
    return real_pick(x < low, real_all(low), x);
}

static inline real real_at_most(real x, double high)
{
    return real_pick(x > high, real_all(high), x);
}

static inline real real_root(real x)
{
    for (int l = 0; l < LANES; l++)
        x[l] = __builtin_sqrt(x[l]);
    return x;
}

static inline unsigned mask_bits(real_mask where)
{
    unsigned bits = 0;
    for (int l = 0; l < LANES; l++)
        bits |= (unsigned)(where[l] & 1) << l;
    return bits;
}

static inline real_words words_multiply(real_words a, uint64_t b)
{
    return (a & 0xffffffff) * b;
}

#endif

#define REAL real
#define WORDS real_words
#define FMATH(name) real_##name
#define real_bits words_of
#define real_from_bits real_of_words
#include "base/fmath_body.h"
#undef REAL
#undef WORDS
#undef FMATH

#endif

/* x within 0..1. */
static inline real real_clip(real x)
{
    return real_at_least(real_at_most(x, 1), 0);
}

/* In how many lanes? */
static inline int mask_count(real_mask where)
{
#if LANES <= 2
    return (int)(mask_bits(where) & 1) + (int)(mask_bits(where) >> 1);
#else
    return __builtin_popcount(mask_bits(where));
#endif
}

/* x[k] = e^x[k]. A compiler puts numbers beside each other by itself, lanes it does not. */
static inline __attribute__((always_inline)) void real_exp_all(real *x, int n)
{
    int k = 0;
    for (; k + FMATH_SIDE <= n && LANES > 1; k += FMATH_SIDE)
        real_exp_side(x + k);
    for (; k < n; k++)
        x[k] = real_exp(x[k]);
}

/* LANES doubles that lie one after the other, as one real; to and from. */
static inline real real_load(const double *from)
{
    real x;
    memcpy(&x, from, sizeof x);
    return x;
}

static inline void real_store(double *to, real x)
{
    memcpy(to, &x, sizeof x);
}

/* Lanes of a, then of b, by their numbers. */
#ifdef __clang__
#define REAL_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define REAL_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (real_mask){__VA_ARGS__})
#endif

/* Lane l of x[k] becomes lane k of x[l]: pairs, then pairs of pairs, then halves change places. */
static inline __attribute__((always_inline)) void real_transpose(real x[LANES])
{
#if LANES == 1
    (void)x;
#else
#if LANES == 2
#define LOW(a, b) REAL_SHUFFLE(a, b, 0, 2)
#define HIGH(a, b) REAL_SHUFFLE(a, b, 1, 3)
#elif LANES == 4
#define LOW(a, b) REAL_SHUFFLE(a, b, 0, 4, 2, 6)
#define HIGH(a, b) REAL_SHUFFLE(a, b, 1, 5, 3, 7)
#define LOW_PAIRS(a, b) REAL_SHUFFLE(a, b, 0, 1, 4, 5)
#define HIGH_PAIRS(a, b) REAL_SHUFFLE(a, b, 2, 3, 6, 7)
#else
#define LOW(a, b) REAL_SHUFFLE(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define HIGH(a, b) REAL_SHUFFLE(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define LOW_PAIRS(a, b) REAL_SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) REAL_SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALF(a, b) REAL_SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALF(a, b) REAL_SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#endif
    real y[LANES];
#pragma GCC unroll 8
    for (int q = 0; q < LANES; q++)
        y[q] = q % 2 == 0 ? LOW(x[q], x[q + 1]) : HIGH(x[q - 1], x[q]);
#if LANES >= 4
#pragma GCC unroll 8
    for (int q = 0; q < LANES; q++)
        x[q] = q % 4 < 2 ? LOW_PAIRS(y[q], y[q + 2]) : HIGH_PAIRS(y[q - 2], y[q]);
#pragma GCC unroll 8
    for (int q = 0; q < LANES; q++)
        y[q] = x[q];
#endif
#if LANES == 8
#pragma GCC unroll 8
    for (int q = 0; q < LANES; q++)
        y[q] = q < 4 ? LOW_HALF(x[q], x[q + 4]) : HIGH_HALF(x[q - 4], x[q]);
#endif
#pragma GCC unroll 8
    for (int q = 0; q < LANES; q++)
        x[q] = y[q];
#endif
}

#endif
