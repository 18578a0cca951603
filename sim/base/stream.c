#include "base/stream.h"

#include "base/width.h"

#include <assert.h>
#include <stddef.h>

#include <Random123/philox.h>

/* A generator in GSL's hands: the counter of the block to come, and what is left of the last. */
struct walker {
    philox4x32_key_t key;
    philox4x32_ctr_t counter;
    philox4x32_ctr_t words;
    unsigned used;
};

static philox4x32_ctr_t place(const struct stream *s, struct stream_slot slot, uint32_t block)
{
    assert(slot.purpose < STREAM_PURPOSES);
    assert(slot.tick < STREAM_TICKS);
    assert(slot.actor < STREAM_ACTORS);
    philox4x32_ctr_t counter = {
        {block, slot.tick << 16 | slot.actor, s->replicate, s->cell << 4 | slot.purpose}};
    return counter;
}

static philox4x32_key_t key_of(const struct stream *s)
{
    philox4x32_key_t key = {{s->key[0], s->key[1]}};
    return key;
}

/* 32 bits and the upper 21 of 32; both products and the sum are exact. */
static double uniform(uint32_t high, uint32_t low)
{
    return high * 0x1p-32 + (low >> 11) * 0x1p-53;
}

struct stream stream_make(uint64_t seed, uint32_t cell, uint32_t replicate)
{
    assert(cell < STREAM_CELLS);
    struct stream s = {{(uint32_t)seed, (uint32_t)(seed >> 32)}, replicate, cell};
    return s;
}

void stream_counter(const struct stream *s, struct stream_slot slot, uint32_t block,
                    uint32_t counter[4])
{
    philox4x32_ctr_t c = place(s, slot, block);
    for (size_t i = 0; i < 4; i++)
        counter[i] = c.v[i];
}

void stream_block(const struct stream *s, struct stream_slot slot, uint32_t block, uint32_t out[4])
{
    philox4x32_ctr_t words = philox4x32(place(s, slot, block), key_of(s));
    for (size_t i = 0; i < 4; i++)
        out[i] = words.v[i];
}

static WIDE void fill(philox4x32_ctr_t counter, philox4x32_key_t key, uint32_t n, double *out)
{
    for (uint32_t i = 0; i < n; i++) {
        counter.v[0] = i;
        philox4x32_ctr_t words = philox4x32(counter, key);
        out[2 * (size_t)i] = uniform(words.v[0], words.v[1]);
        out[2 * (size_t)i + 1] = uniform(words.v[2], words.v[3]);
    }
}

void stream_uniforms(const struct stream *s, struct stream_slot slot, uint32_t n, double *out)
{
    fill(place(s, slot, 0), key_of(s), n, out);
}

static void walker_set(void *state, unsigned long seed)
{
    struct walker *w = state;
    const struct stream s = stream_make((uint32_t)seed, 0, 0);
    w->key = key_of(&s);
    w->counter = place(&s, (struct stream_slot){0}, 0);
    w->used = 4;
}

static unsigned long walker_get(void *state)
{
    struct walker *w = state;
    if (w->used == 4) {
        w->words = philox4x32(w->counter, w->key);
        w->counter.v[0]++;
        w->used = 0;
    }
    return w->words.v[w->used++];
}

static double walker_get_double(void *state)
{
    uint32_t high = (uint32_t)walker_get(state);
    uint32_t low = (uint32_t)walker_get(state);
    return uniform(high, low);
}

static const gsl_rng_type walker_type = {
    .name = "philox4x32-10",
    .max = 0xffffffff,
    .min = 0,
    .size = sizeof(struct walker),
    .set = walker_set,
    .get = walker_get,
    .get_double = walker_get_double,
};
const gsl_rng_type *const stream_gsl_type = &walker_type;

void stream_gsl_place(gsl_rng *rng, const struct stream *s, struct stream_slot slot)
{
    assert(rng->type == stream_gsl_type);
    struct walker *w = rng->state;
    w->key = key_of(s);
    w->counter = place(s, slot, 0);
    w->used = 4;
}
