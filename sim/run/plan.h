/* Cells of a design: what each of them sets. No cell is held in memory; any can be had by its
 * number. A grid's last factor varies fastest. */
#ifndef WALTZ_RUN_PLAN_H
#define WALTZ_RUN_PLAN_H

#include "run/factors.h"
#include "run/points.h"

struct plan {
    const struct design *design;
    const struct scenario *base;
    struct dimensions factors;
    struct csv table; /* of a list */
    struct points points;
    uint32_t cells;
};

/* Everything wrong with the design is in diag; 0, ERROR_INPUT, ERROR_NOMEM. Release it in any case.
 * The scenario has the settings of all cells, `sets`, already. */
int plan_init(struct plan *p, const struct design *design, const struct scenario *base,
              const struct texts *sets, uint64_t seed, struct diag *diag);
void plan_release(struct plan *p);

/* The value of a factor in a cell. */
void plan_value(const struct plan *p, uint32_t cell, int factor, struct factor_value *out);

/* Do cells differ in parameters alone? */
bool plan_parameters_alone(const struct plan *p);

/* Adds what a cell sets. 0 or ERROR_NOMEM. */
int plan_settings(const struct plan *p, uint32_t cell, struct texts *settings);

/* Loads the scenario of `path` under `sets` with each factor at its ends or each of its values, the
 * others left as they are: a factor that breaks the scenario is told before hours are spent.
 * ERROR_INPUT (in diag). */
int plan_try(const struct plan *p, const char *path, const struct texts *sets, struct diag *diag);

#endif
