/* Many replicates on all cores, with statistics that do not depend on their order. The only user of
 * OpenMP. */
#ifndef WALTZ_RUN_ENSEMBLE_H
#define WALTZ_RUN_ENSEMBLE_H

#include <signal.h>

#include "measure/statistics.h"
#include "run/replicate.h"

/* Called in the order of the replicates, never by two threads at once. */
struct ensemble_listener {
    /* One row a replicate: its outcomes, or a failure (status < 0) and what failed. A negative
     * return ends the run. */
    int (*row)(void *user, uint32_t replicate, int status, const char *failure,
               const double *outcomes);
    void (*progress)(void *user, uint32_t done); /* may be NULL */
    void *user;
};

struct ensemble_request {
    uint32_t first, n; /* replicates first .. first + n − 1 */
    int threads;
    const volatile sig_atomic_t *stop; /* non-zero: finish what is begun, then return */
    struct ensemble_listener listener;
};

struct ensemble {
    struct statistics monthly, yearly; /* cells by period · n_series + series */
    uint32_t done, failed;             /* failed ones are among the done */
};

/* Allocates and runs. Returns 0, ERROR_STOPPED (what is done is a prefix of what was asked for, and
 * is in the statistics), a listener's code, or ERROR_NOMEM. Release it in any case. */
int ensemble_run(struct ensemble *e, const struct experiment *x,
                 const struct ensemble_request *request);
void ensemble_release(struct ensemble *e);

/* Threads that OpenMP would use: the cores that may be used, or OMP_NUM_THREADS. */
int ensemble_threads(void);

#endif
