/* The table of measures: what can be read from the world at the end of a month. Reading changes
 * nothing and uses no random number. */
#ifndef WALTZ_MEASURE_MEASURE_H
#define WALTZ_MEASURE_MEASURE_H

#include "model/step.h"

enum level { LEVEL_SYSTEM, LEVEL_STATE, LEVEL_DYAD, LEVELS };
extern const char *const level_names[LEVELS];

struct measure {
    const char *name;
    enum level level;
    const char *unit;
    double low, high; /* usual range; values beyond it are held too */
    double grain;     /* values of drawn moves are multiples of it; 0: of none */
    double (*value)(const struct simulation *s, int i, int j);
    const char *meaning, *source;
};
extern const struct measure measures[];
extern const int n_measures;

/* A measure of one subject: the system, state i, or dyad i, j. */
struct series {
    const struct measure *measure;
    int i, j; /* -1 where there is none */
};

/* The series of a run: those asked for, then those that outcomes need. */
struct series_list {
    struct series *at;
    int n;
};

/* Focus dyads (or all, if all_dyads), states and the system, in the order of the table, and what
 * the scenario's outcomes read. 0, ERROR_NOMEM, or ERROR_INPUT (in diag) for an unknown measure or
 * subject. */
int series_select(struct series_list *list, const struct scenario *sc, bool all_dyads,
                  struct diag *diag);
void series_release(struct series_list *list);

/* The series that an outcome reads, added to the list if need be; its index, or a negative code. */
int series_find(struct series_list *list, const struct scenario *sc, const struct outcome *outcome,
                struct diag *diag);

/* Values of all series now. */
void series_read(const struct series_list *list, const struct simulation *s, double *out);

#endif
