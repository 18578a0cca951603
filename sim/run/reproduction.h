/* A scenario's arms, for its own parameters (draw 0) and for draws of others, and what is kept of
 * them: the outcomes' values on the mean path of a draw's replicates and on each of these. */
#ifndef WALTZ_RUN_REPRODUCTION_H
#define WALTZ_RUN_REPRODUCTION_H

#include "run/arms.h"
#include "run/draws.h"
#include "run/ensemble.h"

struct reproduction_request {
    const struct scenario *base;
    const char *path;
    const char *const *sets;
    int n_sets;
    const struct draws *draws; /* NULL: none */
    int max_draws;             /* at most so many of them */
    bool all_arms;             /* in all draws; else those that claims need */
    uint64_t seed;
    uint32_t n; /* replicates of each draw in each arm */
    struct ensemble_request
        ensemble; /* threads, stop; listener: row of draw 0, progress over all */
};

/* Values of one draw. Index 0 is the mean path, 1 .. n the replicates; NaN where unknown. */
struct draw {
    char name[32];
    bool *ran;      /* [n_arms] */
    uint32_t n;     /* replicates that failed in no arm */
    double *values; /* [n_arms · n_outcomes · (1 + request n)] */
    double *paths;  /* [n_paths · n_arms · (1 + request n) · months] that are searched */
    double *dyads;  /* [n_dyadic · n_dyads] on the mean path of the first arm */
};

struct reproduction {
    const struct reproduction_request *request;
    int n_arms, n_outcomes, n_paths, n_dyadic, n_dyads, months;
    struct arms arms; /* of draw 0, in the order of the base's */
    const struct readings *readings;
    struct ensemble *ensembles; /* [n_arms] of draw 0, if it is done */
    struct draw *draws;         /* [n_draws] those that are complete */
    int n_draws, planned;
    double *dyads_square; /* [n_dyadic · n_dyads] sums of squares over draw 0's replicates */
    struct running *running;
};

/* Runs. 0; ERROR_STOPPED (complete draws are kept); ERROR_INPUT (in diag: an arm or a draw that the
 * scenario refuses); a listener's code; ERROR_NOMEM. Release it in any case. */
int reproduction_run(struct reproduction *p, const struct reproduction_request *request,
                     struct diag *diag);
void reproduction_release(struct reproduction *p);

/* [1 + n] values of an outcome in an arm of a draw. */
double *reproduction_values(const struct reproduction *p, const struct draw *d, int arm,
                            int outcome);

/* [months] of a searched path; index as of values. */
double *reproduction_path(const struct reproduction *p, const struct draw *d, int path, int arm,
                          uint32_t index);

/* The path that a searching outcome reads, -1 if it does not search. */
int reproduction_path_of(const struct reproduction *p, int outcome);

/* Arm that an outcome is read in, unless a condition says otherwise. */
int reproduction_own_arm(const struct outcome *o);

#endif
