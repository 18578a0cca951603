/* Scenarios as the command line reads them. */
#ifndef WALTZ_CLI_LOAD_H
#define WALTZ_CLI_LOAD_H

#include <stdbool.h>

#include "scenario/design.h"
#include "scenario/scenario.h"

/* As scenario_load, but outlives a lack of memory within libconfig, which does not check what it
 * gets: ERROR_NOMEM then. */
int load_scenario(struct scenario **out, const char *path, const char *const *sets, int n,
                  struct diag *diag);

/* Can the file be read more than once? (What is not there is told when it is read.) */
bool load_again(const char *path);

/* A scenario's configuration, complete, as a file that nobody can change meanwhile. */
struct frozen {
    char *text;
    char path[32];
    int file;
};

/* 0, ERROR_NOMEM, or ERROR_IO. Release it in any case. */
int load_freeze(struct frozen *f, const struct scenario *sc);
void frozen_release(struct frozen *f);

/* What all cells of a design have in common. */
struct base {
    char *path;        /* of the scenario */
    struct texts sets; /* of the design, then those given */
    struct scenario *scenario;
    struct frozen frozen;
};

/* 0; ERROR_INPUT, ERROR_IO (in diag); ERROR_NOMEM. Release it in any case. */
int load_base(struct base *b, const struct design *design, const char *const *sets, int n,
              struct diag *diag);
void base_release(struct base *b);

#endif
