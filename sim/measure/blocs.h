/* The two blocs of a system, found in who cooperates with whom. */
#ifndef WALTZ_MEASURE_BLOCS_H
#define WALTZ_MEASURE_BLOCS_H

#include "model/step.h"

/* out[LANES], of every lane: capability-weighted mean cooperation within the blocs less that
 * between them, −1..1; 0 if all states are in one. The blocs are the signs of the leading
 * eigenvector of √(c_i c_j)(x̄_ij − x̄), diagonal 0, with the capability-weighted mean x̄ (after
 * Newman 2006, PNAS 103). Uses the scratch of s->perception. */
#define blocs_read KERNEL_NAME(blocs_read)
void blocs_read(const struct simulation *s, double *out);

/* The part that tests look at: signs (1 or −1) of the leading eigenvector of the symmetric n·n
 * matrix b with diagonal 0, by power iteration. v[n], next[n] scratch; v holds the vector. */
#define blocs_leading KERNEL_NAME(blocs_leading)
void blocs_leading(const real *b, int n, real *v, real *next);

#endif
