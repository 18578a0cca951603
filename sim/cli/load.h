/* Scenarios as the command line reads them. */
#ifndef WALTZ_CLI_LOAD_H
#define WALTZ_CLI_LOAD_H

#include <stdbool.h>

#include "scenario/scenario.h"

/* As scenario_load, but outlives a lack of memory within libconfig, which does not check what it
 * gets: ERROR_NOMEM then. */
int load_scenario(struct scenario **out, const char *path, const char *const *sets, int n,
                  struct diag *diag);

/* Can the file be read more than once? (What is not there is told when it is read.) */
bool load_again(const char *path);

#endif
