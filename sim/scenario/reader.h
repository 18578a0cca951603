/* From files to the fields of a scenario, by the table of keys alone. */
#ifndef WALTZ_SCENARIO_READER_H
#define WALTZ_SCENARIO_READER_H

#include "scenario/design.h"
#include "scenario/scenario.h"

/* Fills all that stands in the files. Everything wrong is in diag; 0, ERROR_INPUT, ERROR_NOMEM. */
int reader_fill(struct scenario *sc, struct diag *diag);
int reader_fill_design(struct design *d, struct diag *diag);

#endif
