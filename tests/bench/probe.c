/* What one core reaches at best, as JSON: what `make bench` holds the program's speed against.
 *
 * Arithmetic and bandwidth use the widest vectors that the processor has, exp and Philox the lanes
 * that this file is compiled for (-O3 and the flags of a kernel in the Makefile). Each figure is
 * the best of repetitions that take turns with those of the others, since a busy machine can only
 * take away. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/lanes.h"
#include "base/philox.h"

enum { REPETITIONS = 7, NUMBERS = 1024 };
static const double repetition_seconds = 0.05;

/* What a measured function works on, and where it leaves what keeps it from being optimised away.
 */
struct bench {
    real *numbers, *results; /* [NUMBERS], [2 · NUMBERS] doubles */
    double *a, *b, *c;       /* [length] of a triad */
    long length;
    double factor, term, dividend; /* unknown to the compiler */
    volatile double sink;
};

/* ---- the widest vectors ---------------------------------------------------------------------- */

/* Enough independent chains to cover the latency of an operation, few enough to stay in 16
 * registers. Products and sums are chains of their own, which no compiler contracts. */
enum { FMA_CHAINS = 12, CHAINS = 6, DIVIDE_CHAINS = 8 };

struct width {
    const char *vectors;
    int doubles;
    void (*fma)(struct bench *b, long rounds); /* NULL: the processor has none */
    void (*mul_add)(struct bench *b, long rounds);
    void (*divide)(struct bench *b, long rounds);
    void (*triad)(struct bench *b, long rounds);
};

#define FMA_OF(width, target, vector, multiply_add)                                                \
    target __attribute__((noinline)) static void fma_##width(struct bench *b, long rounds)         \
    {                                                                                              \
        const vector factor = (vector){0} + b->factor, term = (vector){0} + b->term;               \
        vector x[FMA_CHAINS], sum = {0};                                                           \
        for (int k = 0; k < FMA_CHAINS; k++)                                                       \
            x[k] = (double)k + term;                                                               \
        for (long r = 0; r < rounds; r++)                                                          \
            for (int k = 0; k < FMA_CHAINS; k++)                                                   \
                x[k] = multiply_add(x[k], factor, term);                                           \
        for (int k = 0; k < FMA_CHAINS; k++)                                                       \
            sum += x[k];                                                                           \
        b->sink = *(double *)&sum;                                                                 \
    }

#define MUL_ADD_OF(width, target, vector)                                                          \
    target __attribute__((noinline)) static void mul_add_##width(struct bench *b, long rounds)     \
    {                                                                                              \
        const vector factor = (vector){0} + b->factor, term = (vector){0} + b->term;               \
        vector x[CHAINS], y[CHAINS], sum = {0};                                                    \
        for (int k = 0; k < CHAINS; k++)                                                           \
            x[k] = y[k] = (double)k + term;                                                        \
        for (long r = 0; r < rounds; r++)                                                          \
            for (int k = 0; k < CHAINS; k++) {                                                     \
                x[k] *= factor;                                                                    \
                y[k] += term;                                                                      \
            }                                                                                      \
        for (int k = 0; k < CHAINS; k++)                                                           \
            sum += x[k] + y[k];                                                                    \
        b->sink = *(double *)&sum;                                                                 \
    }

#define DIVIDE_OF(width, target, vector)                                                           \
    target __attribute__((noinline)) static void divide_##width(struct bench *b, long rounds)      \
    {                                                                                              \
        const vector dividend = (vector){0} + b->dividend;                                         \
        vector x[DIVIDE_CHAINS], sum = {0};                                                        \
        for (int k = 0; k < DIVIDE_CHAINS; k++)                                                    \
            x[k] = (vector){0} + (1.1 + k);                                                        \
        for (long r = 0; r < rounds; r++)                                                          \
            for (int k = 0; k < DIVIDE_CHAINS; k++)                                                \
                x[k] = dividend / x[k];                                                            \
        for (int k = 0; k < DIVIDE_CHAINS; k++)                                                    \
            sum += x[k];                                                                           \
        b->sink = *(double *)&sum;                                                                 \
    }

#define TRIAD_OF(width, target, vector)                                                            \
    target __attribute__((noinline)) static void triad_##width(struct bench *b, long rounds)       \
    {                                                                                              \
        const long step = sizeof(vector) / sizeof(double), length = b->length;                     \
        const vector factor = (vector){0} + b->factor;                                             \
        const double *p = b->b, *q = b->c;                                                         \
        double *out = b->a;                                                                        \
        for (long r = 0; r < rounds; r++) {                                                        \
            for (long k = 0; k < length; k += step)                                                \
                *(vector *)(out + k) =                                                             \
                    *(const vector *)(p + k) + factor * *(const vector *)(q + k);                  \
            __asm__ volatile("" : : : "memory");                                                   \
        }                                                                                          \
    }

#define WIDTH(width, target, vector)                                                               \
    MUL_ADD_OF(width, target, vector)                                                              \
    DIVIDE_OF(width, target, vector)                                                               \
    TRIAD_OF(width, target, vector)

#ifdef __x86_64__

#include <immintrin.h>

#define TARGET(features) __attribute__((target(features)))
FMA_OF(avx512f, TARGET("avx512f"), __m512d, _mm512_fmadd_pd)
FMA_OF(avx2, TARGET("avx2,fma"), __m256d, _mm256_fmadd_pd)
WIDTH(avx512f, TARGET("avx512f"), __m512d)
WIDTH(avx2, TARGET("avx2"), __m256d)
WIDTH(sse2, , __m128d)

static struct width widest(void)
{
    const struct width avx512f = {"avx512f",    8, fma_avx512f, mul_add_avx512f, divide_avx512f,
                                  triad_avx512f};
    const struct width avx2 = {"avx2", 4, fma_avx2, mul_add_avx2, divide_avx2, triad_avx2};
    const struct width sse2 = {"sse2", 2, NULL, mul_add_sse2, divide_sse2, triad_sse2};
    if (__builtin_cpu_supports("avx512f"))
        return avx512f;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2 : sse2;
}

#else

WIDTH(compiled, , real)

static struct width widest(void)
{
    return (struct width){"compiled for",   LANES,           NULL,
                          mul_add_compiled, divide_compiled, triad_compiled};
}

#endif

/* ---- lanes, and the clock -------------------------------------------------------------------- */

static void exponentials(struct bench *b, long rounds)
{
    for (long r = 0; r < rounds; r++) {
        for (int k = 0; k < NUMBERS / LANES; k++)
            b->results[k] = b->numbers[k];
        real_exp_all(b->results, NUMBERS / LANES);
        __asm__ volatile("" : : : "memory");
    }
}

static void random_blocks(struct bench *b, long rounds)
{
    const struct stream stream = {{1, 2}, 0, 0};
    const struct stream_slot slot = {0, 3, 4};
    for (long r = 0; r < rounds; r++) {
        philox_uniforms(&stream, slot, NUMBERS / LANES, b->results);
        __asm__ volatile("" : : : "memory");
    }
}

/* Each addition of a register waits for the one before it, and takes a cycle. */
#ifdef __aarch64__
#define ADD "add %0, %0, %1"
#else
#define ADD "add %1, %0"
#endif
enum { CYCLES = 16 };

static void cycles(struct bench *b, long rounds)
{
    uint64_t x = 0, one = 1;
    for (long r = 0; r < rounds; r++)
        for (int k = 0; k < CYCLES; k++)
            __asm__ volatile(ADD : "+r"(x) : "r"(one));
    b->sink = (double)x;
}

/* ---- measuring ------------------------------------------------------------------------------- */

enum { FMA, MUL_ADD, DIVIDE, EXP, PHILOX, HERTZ, L1, L2, L3, MEMORY, FIGURES };

struct figure {
    const char *name;
    void (*work)(struct bench *b, long rounds); /* NULL: unknown */
    double units;                               /* of a round */
    long bytes;                                 /* of a triad's three arrays together */
    long rounds;
    double seconds; /* the least that they took */
};

/* Doubles in each of the three arrays, in whole vectors. */
static long triad_length(long bytes)
{
    return bytes / 3 / 512 * 64;
}

static double seconds_of(const struct figure *f, struct bench *b)
{
    struct timespec from, to;
    b->length = triad_length(f->bytes);
    b->b = b->a + b->length;
    b->c = b->b + b->length;
    clock_gettime(CLOCK_MONOTONIC, &from);
    f->work(b, f->rounds);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

static void repeat(struct figure *f, struct bench *b)
{
    double seconds = seconds_of(f, b);
    while (f->seconds == 0 && seconds < repetition_seconds) {
        f->rounds *= 2;
        seconds = seconds_of(f, b);
    }
    if (f->seconds == 0 || seconds < f->seconds)
        f->seconds = seconds;
}

static void print(const struct figure *f)
{
    if (f->work == NULL)
        printf("\"%s\": null", f->name);
    else
        printf("\"%s\": %.4g", f->name, f->units * (double)f->rounds / f->seconds);
}

static int prepare(struct bench *b, size_t bytes)
{
    const size_t few = NUMBERS * sizeof(double), page = 4096;
    *b = (struct bench){.factor = 1, .term = 1, .dividend = 1.7};
    b->numbers = aligned_alloc(page, few);
    b->results = aligned_alloc(page, 2 * few);
    b->a = aligned_alloc(page, bytes);
    if (b->numbers == NULL || b->results == NULL || b->a == NULL)
        return -1;
    for (size_t k = 0; k < bytes / sizeof(double); k++)
        b->a[k] = 1;
    for (int k = 0; k < NUMBERS; k++)
        ((double *)b->numbers)[k] = -20 + 22.0 * k / NUMBERS;
    return 0;
}

#if defined __AVX512F__ && defined __AVX512DQ__
#define COMPILED_FOR "avx512f avx512dq"
#define RUNS_HERE (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
#elif defined __AVX2__
#define COMPILED_FOR "avx2"
#define RUNS_HERE __builtin_cpu_supports("avx2")
#elif defined __x86_64__
#define COMPILED_FOR "sse2"
#define RUNS_HERE 1
#else
#define COMPILED_FOR "another processor"
#define RUNS_HERE 1
#endif

int main(void)
{
    const struct width w = widest();
    const double wide = w.doubles;
    struct figure figures[FIGURES] = {
        [FMA] = {.name = "fma_flops", .work = w.fma, .units = 2 * FMA_CHAINS * wide},
        [MUL_ADD] = {.name = "mul_add_flops", .work = w.mul_add, .units = 2 * CHAINS * wide},
        [DIVIDE] = {.name = "divide_per_second", .work = w.divide, .units = DIVIDE_CHAINS * wide},
        [EXP] = {.name = "exp_per_second", .work = exponentials, .units = NUMBERS},
        [PHILOX] = {.name = "philox_per_second", .work = random_blocks, .units = NUMBERS},
        [HERTZ] = {.name = "hertz", .work = cycles, .units = CYCLES},
        [L1] = {.name = "16KB", .work = w.triad, .bytes = 16L << 10},
        [L2] = {.name = "512KB", .work = w.triad, .bytes = 512L << 10},
        [L3] = {.name = "8MB", .work = w.triad, .bytes = 8L << 20},
        [MEMORY] = {.name = "256MB", .work = w.triad, .bytes = 256L << 20},
    };
    struct bench b;
    if (!RUNS_HERE || prepare(&b, (size_t)figures[MEMORY].bytes) != 0) {
        fputs("probe: no memory, or not the processor it is compiled for\n", stderr);
        return 1;
    }
    for (struct figure *f = figures; f < figures + FIGURES; f++) {
        f->rounds = 1;
        if (f->bytes > 0)
            f->units = 3.0 * sizeof(double) * (double)triad_length(f->bytes);
    }
    for (int k = 0; k < REPETITIONS; k++)
        for (struct figure *f = figures; f < figures + FIGURES; f++)
            if (f->work != NULL)
                repeat(f, &b);
    printf("{\"compiled_for\": \"%s\", \"lanes\": %d, \"vectors\": \"%s\"", COMPILED_FOR, LANES,
           w.vectors);
    for (struct figure *f = figures; f < figures + FIGURES; f++) {
        fputs(f == figures + L1 ? ", \"bytes_per_second\": {" : ", ", stdout);
        print(f);
    }
    puts("}}");
    return 0;
}
