/* Names become indices, periods and ranges are checked against each other. */
#ifndef WALTZ_SCENARIO_RESOLVE_H
#define WALTZ_SCENARIO_RESOLVE_H

#include "scenario/scenario.h"

/* Fills the fields "resolved". Everything wrong is in diag; 0, ERROR_INPUT or ERROR_NOMEM. */
int resolve_scenario(struct scenario *sc, struct diag *diag);

/* States of a list of codes and group names, each once, in the order of the states. Fills
 * picked[n_states] with 0 or 1 and returns how many; unknown names go to diag. */
int resolve_states(const struct scenario *sc, const char *list, struct where at, const char *owner,
                   unsigned char *picked, struct diag *diag);

/* Where a key of a section that is one record was written, or the section, or the file. */
struct where resolve_where(const struct scenario *sc, const char *section, const char *key);

/* Targets of a shock's effects, its acts, and the shock it requires; called by resolve_scenario. */
int resolve_shocks(struct scenario *sc, struct diag *diag);

/* Names that arms, outcomes and claims refer to; periods to be told. 0 or ERROR_NOMEM; mistakes
 * are in diag. */
int resolve_claims(struct scenario *sc, struct diag *diag);

/* What all arms and draws of a scenario must share, how long they run and what is read of them, if
 * a setting (a path, as of --set) touches it; else NULL. */
const char *resolve_shared(const char *path);

#endif
