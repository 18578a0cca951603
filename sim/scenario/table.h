/* Records from a CSV table. */
#ifndef WALTZ_SCENARIO_TABLE_H
#define WALTZ_SCENARIO_TABLE_H

#include "scenario/config.h"
#include "scenario/records.h"

/* Adds the rows of the table that `node` names. Columns are the names of the section's keys and
 * those that name a record; all needed ones must be there. Errors in the input are in diag;
 * returns 0 or ERROR_NOMEM. */
int table_read(struct scenario *sc, struct records *records, const struct config_node *node,
               struct diag *diag);

#endif
