/* Series: measures of subjects, month by month. */
#ifndef WALTZ_MEASURE_SERIES_H
#define WALTZ_MEASURE_SERIES_H

#include "measure/measure.h"

/* A measure of one subject: the system, state i, a dyad i, j, or i toward j; or the mean over
 * several of these, if it is a group's. */
struct series {
    const struct measure *measure;
    int i, j; /* -1 where there is none, and for groups */
    /* groups: */
    struct pair *members; /* n_members of i, j; owned */
    int n_members;
    char *first, *second; /* what the subject was called, second NULL if one name; owned */
};

struct series_list {
    struct series *at;
    int n;
};

/* Which series are recorded beside those that outcomes read. */
enum record {
    RECORD_OUTCOMES,  /* none */
    RECORD_FOCUS,     /* focus dyads */
    RECORD_DEFAULT,   /* focus dyads, states, the system */
    RECORD_ALL_DYADS, /* all dyads, states, the system */
};

/* In the order of the table. 0 or ERROR_NOMEM. Release it in any case. */
int series_select(struct series_list *list, const struct scenario *sc, enum record record);
void series_release(struct series_list *list);

/* The series of a measure and a subject as a scenario names it, added to the list if need be: its
 * index, ERROR_INPUT if the scenario has no such subject of that level, or ERROR_NOMEM. The whole
 * of a directed one, i toward j, are it and `reverse`, j toward i. */
int series_find(struct series_list *list, const struct scenario *sc, const struct measure *measure,
                const char *subject);
int series_find_reverse(struct series_list *list, int series);

double series_value(const struct series *series, const struct simulation *s);

/* Values of all series now, those of each lane so far apart. */
void series_read(const struct series_list *list, struct simulation *s, double *out, size_t apart);

#endif
