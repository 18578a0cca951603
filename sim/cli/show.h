/* What happened, on the terminal. */
#ifndef WALTZ_CLI_SHOW_H
#define WALTZ_CLI_SHOW_H

#include "run/judgement.h"

/* The focus dyads' cooperation by year and domain with intervals, a chart, and how exact it is. */
void show_run(const struct experiment *x, const struct ensemble *e);

/* The claims, unless `quiet`, and how many expected ones do not hold. 0 or ERROR_NOMEM. */
int show_claims(const struct reproduction *p, bool quiet, int *missed);

#endif
