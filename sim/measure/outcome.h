/* Outcomes: what is kept of a replicate for them, and their values.
 *
 * A replicate leaves a sketch, numbers that can be averaged over replicates: means over periods for
 * most outcomes, whole paths for a maximum or a change point. An outcome's value is a function of a
 * sketch, so it can be read on a single replicate and on the mean of many ("mean path"). */
#ifndef WALTZ_MEASURE_OUTCOME_H
#define WALTZ_MEASURE_OUTCOME_H

#include "measure/change.h"
#include "measure/series.h"

/* Where an outcome reads. */
enum source {
    SOURCE_SERIES,
    SOURCE_SHARE,
    SOURCE_DYADS, /* a value for each */
    SOURCE_RANKS, /* all of them, as ranks: one value */
    SOURCE_STATE,
    SOURCE_DYAD
};

struct reading {
    const struct outcome *outcome;
    const struct measure *measure;
    enum source source;
    int series[2]; /* of SOURCE_SERIES [0], of SOURCE_SHARE i toward j and j toward i */
    int i, j;      /* of SOURCE_STATE, SOURCE_DYAD: whose chances */
    bool path;     /* months are kept one by one */
    int width;     /* numbers a month */
    int at, size;  /* place in the sketch */
    int start;     /* first month of the record */
    double *ranks; /* of SOURCE_RANKS: [width] of what is observed; NaN: unknown; owned */
    bool unread;   /* not needed: nothing is kept, and its value is NaN */
};

/* The readings of a scenario's outcomes. */
struct readings {
    struct reading *of; /* [n] by outcome */
    int n;
    int size;  /* of a sketch */
    int width; /* of the widest reading */
    bool watches;
};

/* Finds measures and subjects, adding to the list the series that are read: of the outcomes that
 * are needed [n_outcomes], or of all if that is NULL. Everything wrong is in diag; 0, ERROR_INPUT
 * or ERROR_NOMEM. */
int readings_init(struct readings *r, const struct scenario *sc, struct series_list *list,
                  const bool *needed, struct diag *diag);
void readings_release(struct readings *r);

/* The last month that any of them reads. */
int readings_last(const struct readings *r, const struct scenario *sc);

/* Adds a month to the sketch, which began as zeros: `row` holds the series' values of the month.
 * scratch[width]. */
void readings_month(const struct readings *r, const struct simulation *s, int month,
                    const double *row, double *sketch, double *scratch);

/* Is there anything to read of this actor? */
bool readings_watched(const struct readings *r, int month, int actor);

/* The same for what an actor can choose; to be called while it does. Months before the record
 * (spin-up) count nowhere. */
void readings_watch(const struct readings *r, struct simulation *s, int month, int actor,
                    double *sketch, double *scratch);

/* Values that an outcome has: 1, or one a dyad, in the order (0, 1), (0, 2) … */
int reading_components(const struct reading *r, int n_states);

/* Room for searches of paths of so many months. init: 0 or ERROR_NOMEM. */
struct search_room {
    struct change_search search;
    double *values, *means;
    int *found;
};
int search_room_init(struct search_room *room, int months);
void search_room_release(struct search_room *room);

/* Of counts the Poisson cost, of other measures that of the mean. */
enum change_cost reading_cost(const struct reading *r);

/* What a search for change points needs beside the sketch. */
struct search {
    struct search_room *room;
    enum change_cost cost;
    double scale;   /* what the path is multiplied by: replicates, for the mean of their counts */
    double slope;   /* of the path's trend that is removed, a month */
    double penalty; /* NaN: no search, the outcome is NA */
};

enum { CHANGE_LEAST = 6 }; /* months between change points */

/* The value of component k in a sketch; NaN where it is unknown. `minus` is the sketch of the other
 * arm, NULL if there is none; `search` may be NULL. Times are years, 2015.5 the middle of 2015. */
double reading_value(const struct reading *r, const double *sketch, const double *minus, int k,
                     const struct search *search);

/* When a searching outcome finds its change point on a path; NaN if it finds none. */
double reading_first_change(const struct reading *r, const double *path,
                            const struct search *search);

/* A path's change points, without the trend: their months, counted from the start of the record,
 * and up to the next one the mean, in mean[found + 1]. At most n of them; returns how many. */
int reading_changes(const double *path, int n, const struct search *search, int *at, double *mean);

#endif
