#include "run/points.h"

#include "base/error.h"
#include "base/stream.h"
#include "model/choice.h"
#include "run/sobol.h"

#include <assert.h>
#include <stdlib.h>

/*
 * Rounds of the network; even, so that the sides of the rectangle end where they began.
 *
 * From n = 100 on as many as FF1 has, a cipher of this make for domains from 100 on (NIST SP
 * 800-38G, 2016). Few cells mix more slowly. Counted over some 10^6 seeds and factors, all n!
 * permutations of n = 5 to 8 are still told from equally frequent ones after 20 rounds (at n = 8 by
 * a chi-square 12 standard errors off, a tenth of what it was after 16), the pairs of n = 12 after
 * 12, those of n = 25 no more after 10.
 */
enum { ROUNDS = 10, ROUNDS_OF_FEW = 24, FEW = 100 };

enum { TICK_RANDOM, TICK_PLACE, TICK_ROUNDS };

/* A block of random numbers. */
struct words {
    uint32_t at[4];
};

int points_factors_most(enum points_kind kind)
{
    return kind == POINTS_SOBOL ? SOBOL_DIMENSIONS : STREAM_ACTORS;
}

/* The least a with a a >= n; at most 46341 steps, and no rounding to think of. */
static uint32_t root_up(uint32_t n)
{
    uint32_t a = 1;
    while ((uint64_t)a * a < n)
        a++;
    return a;
}

int points_init(struct points *p, enum points_kind kind, uint32_t n, int factors, uint64_t seed)
{
    assert(n >= 1 && n <= POINTS_MOST);
    assert(factors >= 1 && factors <= points_factors_most(kind));
    *p = (struct points){.kind = kind, .n = n, .factors = factors, .seed = seed};
    /* Even: turns of an odd row are even permutations, and half of all would never occur. */
    p->sides[0] = (root_up(n) + 1) / 2 * 2;
    p->sides[1] = (n - 1) / p->sides[0] + 1;
    if (kind != POINTS_SOBOL)
        return 0;
    p->sobol = calloc((size_t)factors, sizeof *p->sobol);
    if (p->sobol == NULL)
        return ERROR_NOMEM;
    for (int j = 0; j < factors; j++)
        sobol_init(&p->sobol[j], j);
    return 0;
}

void points_release(struct points *p)
{
    free(p->sobol);
    p->sobol = NULL;
}

static struct words words_at(const struct points *p, unsigned tick, uint32_t replicate, int factor)
{
    struct words w;
    const struct stream s = stream_make(p->seed, 0, replicate);
    stream_block(&s, (struct stream_slot){PURPOSE_DESIGN, tick, (unsigned)factor}, 0, w.at);
    return w;
}

/* A whole number below `side`: the first two words, read as a fraction of 64 bits, times it. */
static uint32_t below(uint32_t side, const struct words *w)
{
    uint64_t low = (uint64_t)w->at[1] * side >> 32;
    return (uint32_t)(((uint64_t)w->at[0] * side + low) >> 32);
}

/* One pass of the network over cells x = row + a column: each round turns the row by an amount that
 * depends on the column, then the two change places. */
static uint32_t shuffle(const struct points *p, uint32_t x, int factor)
{
    uint32_t row = x % p->sides[0], column = x / p->sides[0];
    const unsigned rounds = p->n < FEW ? ROUNDS_OF_FEW : ROUNDS;
    for (unsigned r = 0; r < rounds; r++) {
        const struct words w = words_at(p, TICK_ROUNDS + r, column, factor);
        uint32_t side = p->sides[r % 2], turned = row + below(side, &w);
        row = column;
        column = turned < side ? turned : turned - side;
    }
    return row + p->sides[0] * column;
}

uint32_t points_stratum(const struct points *p, uint32_t index, int factor)
{
    assert(p->kind == POINTS_LATIN_HYPERCUBE);
    assert(index < p->n && factor >= 0 && factor < p->factors);
    /* The cycle comes back to the index, so it meets a cell below n at the latest there. */
    do
        index = shuffle(p, index, factor);
    while (index >= p->n);
    return index;
}

double points_at(const struct points *p, uint32_t index, int factor)
{
    assert(index < p->n && factor >= 0 && factor < p->factors);
    if (p->kind == POINTS_SOBOL)
        return (sobol_word(&p->sobol[factor], index) + 0.5) * 0x1p-32;
    if (p->kind == POINTS_RANDOM)
        return (words_at(p, TICK_RANDOM, index, factor).at[0] + 0.5) * 0x1p-32;
    /* 31 bits of stratum and 22 of place: the sum is exact, so it cannot round up to the next
     * stratum, nor can the quotient: half a unit in its last place is less than 2^-22 / n. */
    uint32_t place = words_at(p, TICK_PLACE, index, factor).at[0] >> 11;
    return (points_stratum(p, index, factor) + (place + 0.5) * 0x1p-21) / p->n;
}
