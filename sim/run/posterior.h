/* A posterior over the parameters of a prior sweep: approximate Bayesian computation (run/abc.h) on
 * what the sweep's store holds, towards the targets of a design. */
#ifndef WALTZ_RUN_POSTERIOR_H
#define WALTZ_RUN_POSTERIOR_H

#include <signal.h>

#include "run/abc.h"
#include "run/folder.h"
#include "run/store.h"
#include "scenario/design.h"

struct posterior_weighted {
    double value, weight;
};

struct posterior {
    const struct design *design;
    const struct store_design *prior; /* of the sweep */
    uint64_t seed;
    const volatile sig_atomic_t *stop; /* or NULL */
    struct abc_table table;            /* statistics: (value − target)/error */
    uint32_t *cell;                    /* [table.n] */
    double *theta;                     /* [table.n · n_parameters] what the cells set */
    double *value;                     /* [table.n · n_targets] outcomes, read on mean paths */
    uint32_t cells, left; /* of the sweep; left out, since they failed or know not all targets */
    struct abc_weights weights;
    uint32_t *draw; /* [draws] rows, in the order of the cells: the first ones are as good as all */
    double *pseudo; /* [n_pseudo · n_parameters] weight below the truth of a simulated data set */
    uint32_t *truth; /* [n_pseudo] the row that it was simulated from */
    int n_pseudo;
    /* [n_parameters] chance of a coverage as uneven if it were right; NaN: not tested */
    double *coverage;
    struct posterior_weighted *sorted; /* [table.n] room for what is put in order */
};

/* Reads a store that is open and finds the posterior. A store of another prior than the design's,
 * targets that it does not have, factors that are no ranges of numbers, and no cell that knows all
 * targets are told in diag: ERROR_INPUT; ERROR_IO, ERROR_NOMEM; ERROR_STOPPED once *stop is set.
 * Design, store and stop (NULL: never) are borrowed. Release it in any case. */
int posterior_find(struct posterior *p, struct store *s, const struct design *design, uint64_t seed,
                   const volatile sig_atomic_t *stop, struct diag *diag);
void posterior_release(struct posterior *p);

/* What it says of one parameter. */
struct posterior_parameter {
    double q05, median, q95;
    double contraction; /* 1 − variance / prior variance, of the places in the prior */
    double coverage;    /* as above */
};
struct posterior_parameter posterior_parameter(const struct posterior *p, int k);

/* Parameters that contract less than this are not informed by the targets. */
#define POSTERIOR_INFORMED 0.1

/* Of a target: outcomes over the cells, all alike or by their weights. */
struct posterior_target {
    double q05, median, q95;
};
struct posterior_target posterior_target(const struct posterior *p, int k, bool weighted);

/* posterior.csv (draws, columns as for --set), parameters.csv, targets.csv, coverage.csv into an
 * open folder. 0, ERROR_IO with errno, ERROR_NOMEM. */
int posterior_write(const struct posterior *p, const struct folder *folder);

#endif
