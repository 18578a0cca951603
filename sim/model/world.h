/* The world: what changes from month to month, in each of the replicates that are stepped side by
 * side.
 *
 * Every quantity is a flat array, [n] over states or [n·n] over directed dyads (row i toward column
 * j), with the lanes of an element beside each other (base/lanes.h). What does not change
 * (scenario, structure, rule) is const and shared by the lanes. */
#ifndef WALTZ_MODEL_WORLD_H
#define WALTZ_MODEL_WORLD_H

#include "base/lanes.h"
#include "model/rule.h"
#include "model/structure.h"

struct world {
    const struct scenario *scenario;
    const struct structure *structure;
    const struct rule *rule;
    int n;
    int lanes;
    int tick;                   /* from 0, spin-up included */
    struct month month;         /* the structure in force */
    real *economy;              /* e, [n], bn USD */
    real *military;             /* m, [n], bn USD */
    real *cooperation[DOMAINS]; /* x^d, [n·n], symmetric, 0..1, diagonal 0 */
    real *dispute;              /* h, [n·n], symmetric, 0..1, diagonal 0 */
    real *sanctions;            /* s of i on j, [n·n], 0..1, diagonal 0 */
    double *left[RATES]; /* [most moves a month + 1]: e^(k f), what k moves leave of the rest */
    real *row;           /* [n] scratch */
    int *mirror;         /* [n·n]: where j toward i stands */
    double *block;
};

/* Allocates; scenario, structure and rule are borrowed. 0 or ERROR_NOMEM. */
int world_init(struct world *w, int lanes, const struct scenario *sc,
               const struct structure *structure, const struct rule *rule);
void world_release(struct world *w);

/* Start values in all lanes: tick 0, before the first step. */
void world_reset(struct world *w);

/* All that changes, for a world of the same states and lanes: how many numbers, and to and from
 * them. */
size_t world_numbers(int n_states, int lanes);
void world_save(const struct world *w, double *numbers);
void world_restore(struct world *w, int tick, const double *numbers);

/* Months since the first recorded one; 0 all through spin-up. */
int world_month(const struct world *w);

/* 0, or ERROR_NUMERIC if a quantity of a lane is not finite, out of range or not symmetric; then
 * *what names it. */
int world_verify(const struct world *w, int lane, const char **what);

#endif
