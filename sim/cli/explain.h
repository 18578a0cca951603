/* What changed the minds of the focus dyads, for the report. */
#ifndef WALTZ_CLI_EXPLAIN_H
#define WALTZ_CLI_EXPLAIN_H

#include <stdio.h>

#include "run/arms.h"

/* why.json: a list of what `waltz trace --why DYAD --tick PERIOD --set scenario.moves=expected
 * --json` tells, for each focus dyad and period of `scenario.explain`, in the first arm. 0,
 * ERROR_NOMEM, ERROR_INPUT, or ERROR_NUMERIC. */
int explain_write(FILE *out, const struct arms_request *request);

#endif
