/* The structure that is given: distance, baselines, and month by month the disputes, sanctions,
 * mandates and reach in force. Moves never change it. Const while replicates run. */
#ifndef WALTZ_MODEL_STRUCTURE_H
#define WALTZ_MODEL_STRUCTURE_H

#include "scenario/scenario.h"

/* What is in force in a month, as of its last day. Matrices are n·n, row i toward column j. */
struct month {
    const double *dispute;          /* h⁰, symmetric, 0..1 */
    const double *sanctions;        /* s⁰ of i on j, 0..1 */
    const double *reach;            /* r of i's sanctions on j, 0..1 */
    const double *war;              /* symmetric, 0..1 */
    const double *mandate[DOMAINS]; /* u^d, [n], 0..1 */
    const double *growth;           /* [n] added to the yearly growth */
};

struct structure {
    int n, months;
    double *proximity, *root_proximity; /* π and √π, n·n, diagonal 0 */
    double *baseline[DOMAINS];          /* x⁰, n·n, symmetric, diagonal 0 */
    double *base_dispute;               /* h⁰ before any shock, n·n */
    /* Months that are alike share one block of `values`. */
    double *values;
    int n_blocks, capacity;
    int *block_of_month; /* [months] */
    double *jump;        /* [months · n] factor on economy and military stock as a month begins */
    double *fixed;       /* allocation behind the first group of arrays */
};

/* Allocates and compiles; 0 or ERROR_NOMEM. `delay` has one number of days for each shock, by which
 * all that belongs to it comes later; NULL: none. */
int structure_init(struct structure *s, const struct scenario *sc, const int *delay);
void structure_release(struct structure *s);

/* Compiles the months anew with other delays. 0 or ERROR_NOMEM. */
int structure_compile(struct structure *s, const struct scenario *sc, const int *delay);

struct month structure_month(const struct structure *s, int month);

/* Level of the acts of one sender on one target: highest class 1..3 (0: no act), union of pillars.
 */
double structure_sanctions_level(const struct parameters *p, int class, unsigned pillars);

#endif
