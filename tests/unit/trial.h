/* A small experiment for tests: three shocks, two of them with dates that vary by replicate, and
 * two outcomes; 18 months from 2010-01 on, after two of spin-up. */
#ifndef WALTZ_TESTS_TRIAL_H
#define WALTZ_TESTS_TRIAL_H

#include "run/replicate.h"

enum { TRIAL_SEED = 77 };

struct trial {
    struct scenario *scenario;
    struct experiment experiment;
    struct replicate replicate;
};

/* A trial must stay where it is until it is closed. */
void trial_open(struct trial *t, const char *sets, bool all_dyads);
void trial_close(struct trial *t);

/* How many numbers a replicate records. */
int trial_numbers(const struct trial *t);

#endif
