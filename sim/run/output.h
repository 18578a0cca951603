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
void output_outcomes_row(FILE *out, uint32_t number, int status, const struct replicate *r);

/* Pieces of rows, each with the comma before it: a number; measure, level, iso3_1, iso3_2; "ok" or
 * why not; names and values of the outcomes (values NULL: all NA) but those of every dyad. */
void output_number(FILE *out, double v);
void output_subject(FILE *out, const struct scenario *sc, const struct series *s);
void output_status(FILE *out, int status, const char *failure);
bool output_is_column(const struct experiment *x, int outcome);
void output_outcome_names(FILE *out, const struct experiment *x);
void output_outcome_values(FILE *out, const struct experiment *x, const double *values);

/* What the manifest tells besides what the experiment knows; texts are borrowed. */
struct manifest {
    const char *command_line, *started; /* started: UTC, ISO 8601 */
    const char *status;                 /* "complete" or "interrupted" */
    const char *libconfig;
    double seconds;
    int threads;
    uint32_t planned, first;
    uint64_t configuration; /* hash of effective.cfg */
    bool arms;              /* the scenario's arms ran, for so many draws beside its own */
    int draws_planned, draws_done;
    const char *draws_file; /* or NULL */
};
void output_manifest(FILE *out, const struct experiment *x, const struct ensemble *e,
                     const struct manifest *m);

/* FNV-1a of a text: tells configurations apart, protects against nothing. */
uint64_t output_hash(const char *text);

#endif
