/* Realisations, as many side by side as a kernel has lanes: a seed and a number give the same bits
 * alone and in any company. */
#ifndef WALTZ_RUN_REPLICATE_H
#define WALTZ_RUN_REPLICATE_H

#include "model/simulation.h"
#include "run/experiment.h"

/* What one thread needs; used again for replicates after replicates. */
struct replicate {
    const struct experiment *experiment;
    struct simulation simulation;
    struct stream stream;
    struct structure structure; /* with this replicate's dates, if they vary */
    int *delay;                 /* [n_shocks] days */
    double *scratch;
    double *block;
    int codes[KERNEL_LANES];
    const char *failures[KERNEL_LANES];
    /* Of the replicate that is shown: */
    int status;          /* 0, or ERROR_NUMERIC */
    const char *failure; /* what went wrong, or NULL */
    double *monthly;     /* [months · n_series] */
    double *yearly;      /* [years · n_series] means */
    double *outcomes;    /* [n_outcomes] read on it alone; NaN: needs other arms or a penalty */
    double *sketch;      /* [readings.size] what it leaves for the outcomes */
};

/* With a kernel's lanes. A kernel of several lanes can do neither the serial order nor dates that
 * vary. 0, or ERROR_NOMEM. */
int replicate_init(struct replicate *r, const struct experiment *x, const struct kernel *kernel);
void replicate_release(struct replicate *r);

/* What replicates had done before a tick, from which an arm that is alike up to there goes on. */
struct branch {
    int tick; /* 0: nothing, it begins anew */
    double *numbers;
};

/* Room for a branch at a tick, of so many lanes. 0 or ERROR_NOMEM. */
int branch_init(struct branch *b, const struct experiment *x, int lanes, int tick);
void branch_release(struct branch *b);

/* Runs the replicates from `number` on, one a lane, and fills what each of them leaves; the first
 * one is shown. 0; ERROR_NOMEM; or, if all went wrong, ERROR_NUMERIC with `failure` naming the
 * quantity that left its range. */
int replicate_run(struct replicate *r, uint32_t number);

/* Shows the one of a lane. */
void replicate_show(struct replicate *r, int lane);

/* As replicate_run, filling n branches on the way. */
int replicate_run_branching(struct replicate *r, uint32_t number, struct branch *branches, int n);

/* The same, going on from the branch of another experiment's replicates of these numbers. */
int replicate_run_from(struct replicate *r, uint32_t number, const struct branch *branch);

/* The same, tick by tick, for who wants to look on: after replicate_start, simulation_ticks times
 * replicate_step, which leaves the world at the end of its tick; world.tick is then the next one.
 * Codes as of replicate_run, but ranges are verified only at the end of a run. */
int replicate_start(struct replicate *r, uint32_t number);
int replicate_step(struct replicate *r);

#endif
