/* What would put the result in by hand is refused: invariant 1 of sim/MODEL.md. */
#ifndef WALTZ_SCENARIO_INVARIANTS_H
#define WALTZ_SCENARIO_INVARIANTS_H

#include "scenario/scenario.h"

/* Refuses effects, acts and hand-made baselines on a focus dyad, in whatever disguise. The scenario
 * must be resolved. 0, or ERROR_INPUT (in diag). */
int invariants_check(const struct scenario *sc, struct diag *diag);

#endif
