/* What happened, on the terminal. */
#ifndef WALTZ_CLI_SHOW_H
#define WALTZ_CLI_SHOW_H

#include "run/ensemble.h"

/* The focus dyads' cooperation by year and domain with intervals, a chart, and how exact it is. */
void show_run(const struct experiment *x, const struct ensemble *e);

#endif
