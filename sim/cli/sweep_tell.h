/* What a user is told of a sweep. */
#ifndef WALTZ_CLI_SWEEP_TELL_H
#define WALTZ_CLI_SWEEP_TELL_H

#include "run/sweep.h"

/* The counts of a store, and its summary if it is small. */
void sweep_tell(struct store *s, const struct sweep_result *r);

/* On stderr: that so many cells failed, and why the first did. */
void sweep_tell_failures(struct store *s, int64_t failed);

/* How far a store is, also while another process writes it. Codes of store_open. */
int sweep_status(const char *path, struct diag *diag);

/* Runs a few replicates and tells what the whole would take. 0, ERROR_NOMEM, or ERROR_NUMERIC if
 * none of them ran. */
int sweep_forecast(const struct subject *s, const struct store_design *d, int threads,
                   const char *place);

#endif
