/*
 * Random numbers by place, not by order: each has an address made of seed, cell, replicate,
 * purpose, tick, actor and block, and can be had without any other having been drawn.
 *
 * Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3"), from Random123. The key is the seed, low word first. The counter's four words are
 *     block | tick << 16 + actor | replicate | cell << 4 + purpose,
 * placed side by side and never mixed, so different addresses are different counters, and the four
 * output words of one counter are a block.
 *
 * A number outside the ranges below is a mistake in the program and ends it (assert): it would fall
 * upon another's numbers.
 */
#ifndef WALTZ_BASE_STREAM_H
#define WALTZ_BASE_STREAM_H

#include <stdint.h>

#include <gsl/gsl_rng.h>

/* All replicates and blocks of 32 bits are allowed; of the others, so many (from 0). */
enum { STREAM_PURPOSES = 16, STREAM_TICKS = 65536, STREAM_ACTORS = 65536, STREAM_CELLS = 1 << 28 };

/* Where the numbers of a seed, cell and replicate lie. */
struct stream {
    uint32_t key[2];
    uint32_t replicate;
    uint32_t cell;
};

/* Which of a stream's numbers. */
struct stream_slot {
    unsigned purpose;
    unsigned tick;
    unsigned actor;
};

struct stream stream_make(uint64_t seed, uint32_t cell, uint32_t replicate);

/* The counter of a block. */
void stream_counter(const struct stream *s, struct stream_slot slot, uint32_t block,
                    uint32_t counter[4]);

/* The four words of a block, each uniform over 32 bits. */
void stream_block(const struct stream *s, struct stream_slot slot, uint32_t block, uint32_t out[4]);

/* Two uniform numbers in [0, 1) from each of the blocks 0 to n - 1, multiples of 2^-53: block i's
 * first pair of words gives out[2 i], its second out[2 i + 1]; a pair's first word holds the high
 * bits. */
void stream_uniforms(const struct stream *s, struct stream_slot slot, uint32_t n, double *out);

/*
 * The same numbers for GSL's distributions. gsl_rng_get gives the words of block 0, 1, ... in order
 * (min 0, max 2^32 - 1), gsl_rng_uniform makes one number of two words as above. gsl_rng_set takes
 * 32 bits of seed, cell and replicate 0; to be anywhere else, place it.
 */
extern const gsl_rng_type *const stream_gsl_type;

/* Moves rng, which must be of stream_gsl_type, to the start of block 0 of a slot. */
void stream_gsl_place(gsl_rng *rng, const struct stream *s, struct stream_slot slot);

#endif
