/* The tables of a reproduction, beside those of a run. Unknown is NA; equal seed and configuration
 * give equal bytes. Errors of writing show when the file is closed. */
#ifndef WALTZ_RUN_TABLES_H
#define WALTZ_RUN_TABLES_H

#include <stdio.h>

#include "run/judgement.h"
#include "run/phases.h"

struct tables {
    const struct reproduction *reproduction;
    struct phases *phases;
};

/* A file, and what writes it: 0 or ERROR_NOMEM. */
struct table_kind {
    const char *name;
    int (*write)(FILE *out, const struct tables *t);
};
extern const struct table_kind table_kinds[];
extern const int n_table_kinds;

/* outcomes.csv of the first draw: one row a replicate and arm. */
void tables_outcomes_header(FILE *out, const struct experiment *x);
void tables_outcomes_row(FILE *out, uint32_t number, const char *arm, int status,
                         const struct replicate *r);

#endif
