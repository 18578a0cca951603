/* A design of a sweep: what a user asks about a scenario, read and from then on const. Plain data;
 * the fields are rows of the table of keys, run/plan.h makes cells of them. */
#ifndef WALTZ_SCENARIO_DESIGN_H
#define WALTZ_SCENARIO_DESIGN_H

#include "base/diag.h"

enum design_kind { DESIGN_GRID, DESIGN_LIST, DESIGN_LATIN_HYPERCUBE, DESIGN_SOBOL, DESIGN_RANDOM };
enum { SCALE_LINEAR, SCALE_LOG, SCALE_NORMAL };

struct sweep {
    char *name, *title, *scenario;
    int kind, cells;
    char *points;
    int replicates;
    double precision;
    char *precision_of;
    double penalty;
    int seed;
    char *outcomes, *claims, *arms, *set; /* lists */
    int independent_cells;
};

struct factor {
    char *name;
    char *paths, *values, *labels; /* lists */
    char *low, *high;
    int levels, scale, relative;
    double times;
    struct where where;
};

/* How a posterior is found in a finished prior sweep. */
struct calibration {
    int draws, pseudo;
    double discrepancy;
};

/* What is known of an outcome, which it is called after. */
struct target {
    char *outcome;
    double value, error;
    int scale; /* SCALE_LINEAR, SCALE_LOG */
    char *note, *source;
    struct where where;
};

struct config;

struct design {
    char *file;
    struct sweep sweep;
    struct factor *factors;
    int n_factors;
    struct calibration calibration;
    struct target *targets;
    int n_targets;
    struct config *config; /* what `where` borrows its names from */
};

/* Reads a design. Everything wrong is in `diag`; 0, ERROR_INPUT, ERROR_NOMEM. Release it in any
 * case. */
int design_load(struct design *d, const char *path, struct diag *diag);
void design_release(struct design *d);

/* Where a key of the section sweep was written, or the section, or the file. */
struct where design_where(const struct design *d, const char *key);

/* A file that the design names, as seen from here; heap, NULL without memory. */
char *design_beside(const struct design *d, const char *name);

/* A name that the tables of a sweep use for a column of their own, or NULL. */
const char *design_column(const char *name);

#endif
