/* The two blocs of a system, found in who cooperates with whom. */
#ifndef WALTZ_MEASURE_BLOCS_H
#define WALTZ_MEASURE_BLOCS_H

#include "model/step.h"

/* Capability-weighted mean cooperation within the blocs less that between them, −1..1; 0 if all
 * states are in one. The blocs are the signs of the leading eigenvector of √(c_i c_j)(x̄_ij − x̄),
 * diagonal 0, with the capability-weighted mean x̄ (after Newman 2006, PNAS 103). Uses the scratch
 * of s->perception. */
double blocs(const struct simulation *s);

/* The part that tests look at: signs (1 or −1) of the leading eigenvector of the symmetric n·n
 * matrix b with diagonal 0, by power iteration. v[n], next[n] scratch; v holds the vector. */
void blocs_leading(const double *b, int n, double *v, double *next);

#endif
