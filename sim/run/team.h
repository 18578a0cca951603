/* Some replicates in all arms of an experiment, by one thread: arms go on from where the first one
 * was when they part from it. */
#ifndef WALTZ_RUN_TEAM_H
#define WALTZ_RUN_TEAM_H

#include "run/replicate.h"

struct team {
    int n;
    struct replicate *replicate; /* [n] */
    struct branch *branch;       /* [n] */
    int *status;                 /* [n] of the last run, as of replicate_run */
    int lanes;                   /* replicates that are run at once */
};

/* The ticks at which arms x[n] part from the first, on the heap; NULL without memory. */
int *team_branches(const struct experiment *x, int n);

/* For arms x[n] that part at those ticks, and about so many replicates. 0 or ERROR_NOMEM; release
 * it in any case. */
int team_init(struct team *t, const struct experiment *x, int n, const int *ticks,
              uint32_t replicates);
void team_release(struct team *t);

/* Runs the replicates from `number` on, as many as it has lanes, in all arms. */
void team_run(struct team *t, uint32_t number);

/* Shows one of them in all arms: status[n] is then its own. */
void team_show(struct team *t, int lane);

#endif
