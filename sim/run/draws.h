/* Draws: parameter sets from a table, one row each, one column a setting. */
#ifndef WALTZ_RUN_DRAWS_H
#define WALTZ_RUN_DRAWS_H

#include "scenario/csv.h"

/* Columns are paths as of --set (parameters.lambda); a column "draw" names the rows, else their
 * number does. */
struct draws {
    struct csv csv;
    int name_column; /* -1 none */
};

/* 0, ERROR_INPUT (in diag), ERROR_NOMEM. Release it in any case. */
int draws_load(struct draws *d, const char *path, struct diag *diag);
void draws_release(struct draws *d);

int draws_settings(const struct draws *d);                  /* how many a row has */
const char *draws_path(const struct draws *d, int setting); /* of a setting */
const char *draws_value(const struct draws *d, int row, int setting);
void draws_name(const struct draws *d, int row, char out[32]);

/* The texts path=value of a row; caller: draws_free_sets. NULL without memory. */
char **draws_sets(const struct draws *d, int row);
void draws_free_sets(const struct draws *d, char **sets);

#endif
