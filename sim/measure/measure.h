/* The table of measures: what can be read from the world at the end of a month. Reading changes
 * nothing and uses no random number. */
#ifndef WALTZ_MEASURE_MEASURE_H
#define WALTZ_MEASURE_MEASURE_H

#include "model/kernel.h"

enum level { LEVEL_SYSTEM, LEVEL_STATE, LEVEL_DYAD, LEVEL_DIRECTED, LEVELS };
extern const char *const level_names[LEVELS];

struct measure {
    const char *name;
    enum level level;
    const char *unit;
    double low, high; /* usual range; values beyond it are held too */
    double grain;     /* values of drawn moves are multiples of it; 0: of none */
    /* One number of the system, state i, or i and j, in the lane that the simulation names; NULL
     * for a distribution. */
    double (*value)(const struct simulation *s, int i, int j);
    /* A distribution over what a state can choose, [measure_width]: read while the actor's decision
     * still stands in the chooser, as `observe` of struct simulation allows. Each menu's chances
     * sum to 1. */
    void (*chances)(struct simulation *s, int actor, double *out);
    const char *meaning, *source;
};
extern const struct measure measures[];
extern const int n_measures;

/* The measure of a name, or NULL. */
const struct measure *measure_find(const char *name);

/* Its value in every lane, [KERNEL_LANES], aligned as lanes are. */
void measure_read(const struct measure *m, struct simulation *s, struct pair of, double *out);

/* Numbers of a measure: 1, or how many chances a distribution has among n states. */
int measure_width(const struct measure *m, int n);

#endif
