/*
 * Points of experimental designs in the unit cube, each by its index: none is ever stored, and any
 * can be had without the others.
 *
 *     POINTS_RANDOM            independent uniform numbers.
 *     POINTS_LATIN_HYPERCUBE   each factor's n equal strata hold one point each, the strata of
 *                              different factors are matched at random, and a point is uniform
 *                              within its stratum (McKay, Beckman and Conover 1979, "A comparison
 *                              of three methods for selecting values of input variables",
 *                              Technometrics 21:239-245).
 *     POINTS_SOBOL             the Sobol' sequence of run/sobol.h: factor j is dimension j. It has
 *                              no chance in it, so the seed does nothing. Its first point has all
 *                              factors at their lowest and belongs to it: without it the sequence
 *                              is no longer even (Owen 2022, "On dropping the first Sobol' point",
 *                              in MCQMC 2020:71-86).
 *
 * The point of an index is the same for every n, so that a design can be continued, but in a Latin
 * hypercube. The bits are the same with every compiler and C library.
 *
 * A stratum is a pseudo-random permutation of the index: a Feistel network over a rectangle of
 * a x b >= n cells, walked along its cycle until it is below n (Black and Rogaway 2002, "Ciphers
 * with arbitrary finite domains", CT-RSA 2002:114-130, methods 2 and 3). a is ceil(sqrt n), or one
 * more to be even, and b = ceil(n / a); fewer than a cells are too many, so a second pass is rare.
 * With any round functions it is a permutation, exactly; how many rounds make it as good as a
 * random one is argued in points.c.
 *
 * Random numbers stand in base/stream.h's counter at purpose PURPOSE_DESIGN, cell 0, actor factor,
 * block 0, and
 *     random point         replicate index,   tick 0: word 0
 *     place in a stratum   replicate index,   tick 1: word 0
 *     round r = 0, 1, ...  replicate column,  tick 2 + r: words 0 (high half) and 1, times the
 *                                              side and by 2^64, rounded down.
 */
#ifndef WALTZ_RUN_POINTS_H
#define WALTZ_RUN_POINTS_H

#include <stdint.h>

enum points_kind { POINTS_RANDOM, POINTS_LATIN_HYPERCUBE, POINTS_SOBOL };

/* 1 <= n <= POINTS_MOST. */
#define POINTS_MOST (UINT32_C(1) << 31)

struct points {
    enum points_kind kind;
    uint32_t n;
    int factors;
    uint64_t seed;
    uint32_t sides[2];   /* a and b of a Latin hypercube */
    struct sobol *sobol; /* [factors] of a Sobol' sequence, otherwise NULL */
};

/* How many factors a kind can have; one at least. */
int points_factors_most(enum points_kind kind);

/* 0 or ERROR_NOMEM; release it in any case. A number out of range is a mistake in the program and
 * ends it (assert), here and below. */
int points_init(struct points *p, enum points_kind kind, uint32_t n, int factors, uint64_t seed);
void points_release(struct points *p);

/*
 * The coordinate of point `index` < n along a factor < factors, always strictly between 0 and 1:
 *     random, Sobol'    (w + 1/2) / 2^32 of a 32-bit word w, exact
 *     Latin hypercube   (stratum + (w + 1/2) / 2^21) / n of a 21-bit w, rounded once; it lies
 *                       strictly within its stratum for every n.
 */
double points_at(const struct points *p, uint32_t index, int factor);

/* A Latin hypercube's stratum, 0..n-1: for each factor a permutation of the indices. */
uint32_t points_stratum(const struct points *p, uint32_t index, int factor);

#endif
