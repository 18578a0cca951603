/* The files of a run. Equal seed and configuration give equal bytes: no clock, host, path or number
 * of threads is in the CSV files. Unknown is NA. Errors of writing show when the file is closed. */
#ifndef WALTZ_RUN_OUTPUT_H
#define WALTZ_RUN_OUTPUT_H

#include <stdio.h>

#include "run/ensemble.h"

/* One row a month, respectively a year, and series. */
void output_summary(FILE *out, const struct experiment *x, const struct ensemble *e);
void output_yearly(FILE *out, const struct experiment *x, const struct ensemble *e);

/* outcomes.csv: one row a replicate. */
void output_outcomes_header(FILE *out, const struct experiment *x);
void output_outcomes_row(FILE *out, const struct experiment *x, uint32_t replicate, int status,
                         const char *failure, const double *outcomes);

/* What the manifest tells besides what the experiment knows; texts are borrowed. */
struct manifest {
    const char *command_line, *started; /* started: UTC, ISO 8601 */
    const char *status;                 /* "complete" or "interrupted" */
    const char *libconfig;
    double seconds;
    int threads;
    uint32_t planned, first;
    uint64_t configuration; /* hash of effective.cfg */
};
void output_manifest(FILE *out, const struct experiment *x, const struct ensemble *e,
                     const struct manifest *m);

/* FNV-1a of a text: tells configurations apart, protects against nothing. */
uint64_t output_hash(const char *text);

#endif
