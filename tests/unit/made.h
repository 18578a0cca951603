/* Reproductions made up by hand: arms a0, a1 …, outcomes o0, o1 …, whose numbers a test fills in.
 */
#ifndef WALTZ_TESTS_MADE_H
#define WALTZ_TESTS_MADE_H

#include "run/reproduction.h"

struct made_size {
    int arms, outcomes, draws; /* draws with the scenario's own */
    uint32_t replicates;
    int paths, months; /* searched, from 2010-01 on */
};

struct made {
    struct scenario scenario;
    struct reproduction_request request;
    struct readings readings;
    struct reproduction reproduction;
    struct made_size size;
};

/* All arms ran, all replicates count, nothing is known yet. Outcomes are means of acts. A made must
 * stay where it is until it is closed. */
void made_open(struct made *m, struct made_size size);
void made_close(struct made *m);

/* The numbers of an outcome in an arm of a draw, [1 + replicates] with the mean path first. */
double *made_values(struct made *m, int draw, int arm, int outcome);

/* The same number on the mean path and on all replicates. */
void made_say(struct made *m, int draw, int arm, int outcome, double value);

/* [months] of a searched path. */
double *made_path(struct made *m, int draw, int arm, uint32_t index);

/* The outcome searches path 0: onset or change in the months from .. to (from 0), with a trend and
 * the months in which a change is a false alarm. */
struct made_search {
    int statistic, trend;
    struct window window, alarm;
};
void made_searches(struct made *m, int outcome, struct made_search search);

/* Numbers for noise: the next in [0, 1), a count with that mean (Knuth). */
double made_uniform(uint64_t *state);
double made_count(uint64_t *state, double mean);

#endif
