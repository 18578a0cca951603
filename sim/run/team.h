/* One replicate in all arms of an experiment, by one thread: arms go on from where the first one
 * was when they part from it. */
#ifndef WALTZ_RUN_TEAM_H
#define WALTZ_RUN_TEAM_H

#include "run/replicate.h"

struct team {
    int n;
    struct replicate *replicate; /* [n] */
    struct branch *branch;       /* [n] */
    int *status;                 /* [n] of the last run, as of replicate_run */
};

/* The ticks at which arms x[n] part from the first, on the heap; NULL without memory. */
int *team_branches(const struct experiment *x, int n);

/* For arms x[n] that part at those ticks. 0 or ERROR_NOMEM; release it in any case. */
int team_init(struct team *t, const struct experiment *x, int n, const int *ticks);
void team_release(struct team *t);

/* Runs replicate `number` in all arms. */
void team_run(struct team *t, uint32_t number);

#endif
