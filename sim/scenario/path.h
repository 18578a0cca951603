/* Values of a scenario by the path that --set uses. */
#ifndef WALTZ_SCENARIO_PATH_H
#define WALTZ_SCENARIO_PATH_H

#include "scenario/keys.h"
#include "scenario/scenario.h"

struct place {
    const struct key *key;
    const void *record; /* NULL: nothing stands there yet (a dyad without a row) */
};

/* 0, or ERROR_INPUT if a scenario has no such path. */
int path_find(const struct scenario *sc, const char *path, struct place *place);

#endif
