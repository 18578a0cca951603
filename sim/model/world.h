/* The world: what changes from month to month within one replicate.
 *
 * Every quantity is a flat array of doubles, [n] over states or [n·n] over directed dyads (row i
 * toward column j), in one allocation, and the step reads nothing else that changes. A kernel that
 * steps L replicates side by side keeps this layout with L doubles in the place of each one
 * (index · L + lane): scenario, rule and structure are const and shared by the lanes. Loops of the
 * step branch on values of the world in three places only: where moves are drawn (each lane draws
 * for itself), where a norm or a threat is 0 (a selection), and where a product skips rows of zeros
 * (a row is skipped if it is 0 in all lanes, which leaves the sums as they are). */
#ifndef WALTZ_MODEL_WORLD_H
#define WALTZ_MODEL_WORLD_H

#include "model/rule.h"
#include "model/structure.h"

struct world {
    const struct scenario *scenario;
    const struct structure *structure;
    const struct rule *rule;
    int n;
    int tick;                     /* from 0, spin-up included */
    struct month month;           /* the structure in force */
    double *economy;              /* e, [n], bn USD */
    double *military;             /* m, [n], bn USD */
    double *cooperation[DOMAINS]; /* x^d, [n·n], symmetric, 0..1, diagonal 0 */
    double *dispute;              /* h, [n·n], symmetric, 0..1, diagonal 0 */
    double *sanctions;            /* s of i on j, [n·n], 0..1, diagonal 0 */
    double *rest;                 /* [n] scratch of consequences */
    double *block;
};

/* Allocates; scenario, structure and rule are borrowed. 0 or ERROR_NOMEM. */
int world_init(struct world *w, const struct scenario *sc, const struct structure *structure,
               const struct rule *rule);
void world_release(struct world *w);

/* Start values: tick 0, before the first step. */
void world_reset(struct world *w);

/* All that changes, for a world of the same states: how many numbers, and to and from them. */
size_t world_numbers(int n_states);
void world_save(const struct world *w, double *numbers);
void world_restore(struct world *w, int tick, const double *numbers);

/* Months since the first recorded one; 0 all through spin-up. */
int world_month(const struct world *w);

/* 0, or ERROR_NUMERIC if a quantity is not finite, out of range or not symmetric; then *what names
 * it. */
int world_verify(const struct world *w, const char **what);

#endif
