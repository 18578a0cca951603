/* The uniform numbers of stream.h, lane l from the stream of replicate + l.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), written on words so that it has as many lanes as
 * they have; with one lane it is Random123's. tests/unit/test_lanes.c holds them together. */
#ifndef WALTZ_BASE_PHILOX_H
#define WALTZ_BASE_PHILOX_H

#include "base/lanes.h"
#include "base/stream.h"

/* Blocks are made so many at a time, step by step: each step of one waits for the one before. */
enum { PHILOX_SIDE = 4 };

#if LANES == 1

static inline void philox_uniforms(const struct stream *s, struct stream_slot slot, int n,
                                   real *out)
{
    stream_uniforms(s, slot, (uint32_t)n, out);
}

#else

/* A whole number below 2^32 as a double, by writing it behind the point of 2^52. */
static inline real philox_number(real_words w)
{
    return real_of_words(w | 0x4330000000000000u) - 0x1p52;
}

/* high · 2^-32 and the upper 21 bits of low; exact. */
static inline real philox_uniform(real_words high, real_words low)
{
    const uint64_t half = 0xffffffff;
    return philox_number(high & half) * 0x1p-32 + philox_number((low & half) >> 11) * 0x1p-53;
}

/* What the blocks of one counter share: its place and, in the lanes, its replicates. */
struct philox {
    uint32_t key[2], counter[4];
    real_words replicates;
};

/* Blocks from `first` on. Round by round, and a block after the other in each: a round waits for
 * the one before. Of the first two, whatever is the same for all lanes or all blocks is computed
 * but once: at their start only the first word tells blocks apart, only the third one lanes. */
static inline void philox_blocks(const struct philox *p, uint32_t first, real *out)
{
#define EACH for (int q = 0; q < PHILOX_SIDE; q++)
    enum { BY_1 = 0x9E3779B9, BY_2 = 0xBB67AE85 };
    const uint64_t first_by = 0xD2511F53, third_by = 0xCD9E8D57, low = 0xffffffff;
    uint32_t k0 = p->key[0] + (uint32_t)BY_1, k1 = p->key[1] + (uint32_t)BY_2;
    const real_words lanes = words_multiply(p->replicates, third_by);
    const real_words second = (lanes >> 32) ^ (p->counter[1] ^ p->key[0]);
    const real_words shared = words_multiply(second, first_by);
    real_words a[PHILOX_SIDE], b[PHILOX_SIDE], c[PHILOX_SIDE], d[PHILOX_SIDE], t[PHILOX_SIDE];
    EACH
    {
        const uint64_t block = (first + (uint32_t)q) * first_by;
        const uint64_t third = ((block >> 32) ^ p->counter[3] ^ p->key[1]) * third_by;
        a[q] = lanes ^ ((third >> 32) ^ k0);
        b[q] = (real_words){0} + third;
        c[q] = (shared >> 32) ^ ((block & low) ^ k1);
        d[q] = shared;
    }
    for (int round = 2; round < 10; round++) {
        k0 += (uint32_t)BY_1;
        k1 += (uint32_t)BY_2;
        EACH t[q] = words_multiply(a[q], first_by);
        EACH a[q] = words_multiply(c[q], third_by);
        EACH c[q] = (t[q] >> 32) ^ d[q] ^ k1;
        EACH d[q] = t[q];
        EACH t[q] = b[q];
        EACH b[q] = a[q];
        EACH a[q] = (a[q] >> 32) ^ t[q] ^ k0;
    }
    EACH out[2 * q] = philox_uniform(a[q], b[q]);
    EACH out[2 * q + 1] = philox_uniform(c[q], d[q]);
#undef EACH
}

/* As stream_uniforms; writes two for each of n blocks, rounded up to whole PHILOX_SIDE. */
static inline void philox_uniforms(const struct stream *s, struct stream_slot slot, int n,
                                   real *out)
{
    struct philox p = {.key = {s->key[0], s->key[1]}};
    stream_counter(s, slot, 0, p.counter);
    uint64_t replicates[LANES];
    for (uint32_t l = 0; l < LANES; l++)
        replicates[l] = (uint32_t)(s->replicate + l);
    memcpy(&p.replicates, replicates, sizeof replicates);
    for (int d = 0; d < n; d += PHILOX_SIDE)
        philox_blocks(&p, (uint32_t)d, out + 2 * d);
}

#endif

#endif
