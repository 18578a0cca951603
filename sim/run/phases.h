/* Phases: change points of the paths that outcomes search, with a penalty set by false alarms. */
#ifndef WALTZ_RUN_PHASES_H
#define WALTZ_RUN_PHASES_H

#include "run/reproduction.h"

/* What a path is read on. */
enum phase_reading { PHASE_MEANS, PHASE_REPLICATES, PHASE_READINGS };

enum {
    PHASE_DRAWS = 20,      /* fewer draws than this: means are resampled from replicates */
    PHASE_RESAMPLES = 400, /* so often */
    PHASE_ALARMS = 20      /* one path in so many may show a change that is not there */
};

/* How one path is searched: the least penalty with which at most a twentieth of the paths of the
 * arm `trend`, without their own trend, show a change within `alarm`. */
struct phase {
    int path, outcome; /* the first outcome that searches so */
    int trend;
    struct window alarm;
    enum change_cost cost;
    double penalty[PHASE_READINGS];
    uint32_t paths[PHASE_READINGS], alarms[PHASE_READINGS]; /* looked at, and alarmed */
    bool resampled;                                         /* the means were */
};

struct phases {
    struct reproduction *reproduction; /* borrowed */
    struct phase *at;
    int n;
    struct search_room room;
};

/* Sets the penalties, then fills the searching outcomes' values of all draws. 0 or ERROR_NOMEM.
 * Release it in any case. */
int phases_find(struct phases *phases, struct reproduction *p);
void phases_release(struct phases *phases);

/* The change points of an arm's mean path: months from the start into at[months], the means around
 * them into mean[months + 1]. Returns how many. */
int phases_changes(struct phases *phases, const struct phase *phase, const struct draw *d, int arm,
                   int *at, double *mean);

#endif
