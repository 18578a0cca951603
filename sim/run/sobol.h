/*
 * Sobol' sequences (Sobol' 1967, "On the distribution of points in a cube and the approximate
 * evaluation of integrals", USSR Comput. Math. Math. Phys. 7(4):86-112): points that fill the unit
 * cube evenly, however many are taken, and most evenly at powers of 2.
 *
 * A dimension's direction numbers are m_1, m_2, ... with m_k odd and below 2^k, and with
 * v_k = m_k 2^(32 - k) the point of an index is the exclusive or of those v_k whose bits are set in
 * the index's Gray code (Antonov and Saleev 1979, USSR Comput. Math. Math. Phys. 19(1):252-256).
 * The first s of them are free and the others follow from a primitive polynomial of degree s
 * (Bratley and Fox 1988, algorithm 659, ACM Trans. Math. Softw. 14:88-100).
 *
 * The free ones are "new-joe-kuo-6.21201" of Joe and Kuo (2008, "Constructing Sobol sequences with
 * better two-dimensional projections", SIAM J. Sci. Comput. 30:2635-2654), which are chosen so that
 * pairs of dimensions are even too. Order and numbers are those of scipy.stats.qmc.Sobol(d,
 * scramble=False, bits=32).
 */
#ifndef WALTZ_RUN_SOBOL_H
#define WALTZ_RUN_SOBOL_H

#include <stdint.h>

enum { SOBOL_DIMENSIONS = 256, SOBOL_BITS = 32, SOBOL_DEGREE = 11 };

/* A dimension in the words of the published file, whose line d is row d - 1: degree, inner
 * coefficients of the polynomial (highest first), m_1 to m_s. The file starts at d = 2; the first
 * dimension has s = 0 and all m_k = 1. */
struct sobol_row {
    uint16_t s, a, m[SOBOL_DEGREE];
};
extern const struct sobol_row sobol_rows[SOBOL_DIMENSIONS];

/* A dimension's v_1 to v_32. */
struct sobol {
    uint32_t v[SOBOL_BITS];
};

/* 0 <= dimension < SOBOL_DIMENSIONS. */
void sobol_init(struct sobol *s, int dimension);

/* The coordinate of point `index`, times 2^32. Point 0 is 0 in all dimensions. Over the first 2^k
 * points, and any later 2^k that start at a multiple of 2^k, the upper k bits take each value
 * once. */
uint32_t sobol_word(const struct sobol *s, uint32_t index);

#endif
