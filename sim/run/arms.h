/* Arms: variants of one scenario that share its random numbers. */
#ifndef WALTZ_RUN_ARMS_H
#define WALTZ_RUN_ARMS_H

#include "run/experiment.h"

struct arms_request {
    const struct scenario *base; /* names the arms */
    const char *path;            /* its file, which is read again for each arm */
    const char *const *sets;     /* n_sets texts path=value, under those of the arm */
    int n_sets;
    const bool *wanted; /* [base->n_arms]; NULL: all */
    uint64_t seed;
    enum record record;
    const bool *needed; /* [base->n_outcomes] all that is read and recorded; NULL: see record */
};

/* n experiments, the first one the base arm's. */
struct arms {
    int n;
    int *index; /* [n] which of the base's arms */
    struct scenario **scenario;
    struct experiment *experiment;
};

/* Loads and checks the arms as any scenario, so that what is forbidden to it is forbidden to them.
 * 0, ERROR_INPUT (in diag), ERROR_NOMEM. Release it in any case. */
int arms_load(struct arms *a, const struct arms_request *request, struct diag *diag);
void arms_release(struct arms *a);

/* The same arms under other sets, which like those that it was loaded with set parameters alone:
 * nothing is read again. Codes as above. */
int arms_change(struct arms *a, const struct arms_request *request, struct diag *diag);

/* Can they be changed so? Not if an arm sets parameters in another form than
 * "parameters.NAME=VALUE" with a plain value, as a configuration may: they would be lost. */
bool arms_can_change(const struct scenario *base, const bool *wanted);

/* Adds what an arm changes, as texts path=value. 0 or ERROR_NOMEM. */
int arms_settings(const struct arm *arm, struct texts *settings);

#endif
