/* Shards of a sweep become one store. */
#ifndef WALTZ_RUN_MERGE_H
#define WALTZ_RUN_MERGE_H

#include "base/diag.h"
#include "run/sweep.h"

struct merge_request {
    const char *out;
    char *const *in;
    int n;
    bool replace; /* a store at `out` gives way */
    bool partial; /* shards or replicates may be missing, and what is damaged is left out */
};

/* Verifies that the stores are shards of one sweep, that cells which several have are equal to the
 * last bit, and that nothing is missing; then the joined store takes its place whole. Everything
 * wrong is in diag: ERROR_INPUT, ERROR_USAGE (`out` exists), ERROR_IO, ERROR_NOMEM. */
int merge_stores(const struct merge_request *q, struct sweep_result *result, struct diag *diag);

#endif
