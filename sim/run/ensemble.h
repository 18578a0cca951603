/* Many replicates on all cores, with statistics that do not depend on their order. */
#ifndef WALTZ_RUN_ENSEMBLE_H
#define WALTZ_RUN_ENSEMBLE_H

#include <signal.h>

#include "measure/statistics.h"
#include "run/replicate.h"

/* Called in the order of the replicates and, within each, of the arms; never by two threads at
 * once. */
struct ensemble_listener {
    /* One call a replicate and arm: what it left, or a failure (status < 0; what failed is in
     * r->failure). A negative return ends the run. */
    int (*row)(void *user, uint32_t number, int arm, int status, const struct replicate *r);
    void (*progress)(void *user, uint32_t done); /* may be NULL */
    void *user;
};

struct ensemble_request {
    uint32_t first, n; /* replicates first .. first + n − 1 */
    int threads;
    const volatile sig_atomic_t *stop; /* non-zero: finish what is begun, then return */
    struct ensemble_listener listener;
};

/* One arm's. */
struct ensemble {
    struct statistics monthly, yearly; /* cells by period · n_series + series */
    uint32_t done, failed;             /* failed ones are among the done */
    int threads;                       /* that ran it; for its tables too */
};

/* Allocates and runs each replicate in all arms, e[n_arms] of x[n_arms], with common random
 * numbers: an arm goes on from where the first one was when the two part. All arms record the same
 * series. Returns 0, ERROR_STOPPED (what is done is a prefix of what was asked for, and is in the
 * statistics), a listener's code, or ERROR_NOMEM. Release each in any case. */
int ensemble_run(struct ensemble *e, const struct experiment *x, int n_arms,
                 const struct ensemble_request *request);
void ensemble_release(struct ensemble *e);

/* Threads that OpenMP would use: the cores that may be used, or OMP_NUM_THREADS. */
int ensemble_threads(void);

#endif
