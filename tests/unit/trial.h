/* A small experiment for tests: three shocks, two of them with dates that vary by replicate, and
 * outcomes of every kind, of which a replicate alone has the first TRIAL_KNOWN; 18 months from
 * 2010-01 on, after two of spin-up. */
#ifndef WALTZ_TESTS_TRIAL_H
#define WALTZ_TESTS_TRIAL_H

#include "run/replicate.h"

enum { TRIAL_SEED = 77, TRIAL_OUTCOMES = 9, TRIAL_KNOWN = 6 };

/* Sets under which no date varies, so that a shock's month is known. */
#define TRIAL_STILL "shocks.one.jitter_days=0 shocks.two.jitter_days=0 "

struct trial {
    struct scenario *scenario;
    struct experiment experiment;
    struct replicate replicate;
};

/* A trial must stay where it is until it is closed. */
void trial_open(struct trial *t, const char *sets, enum record record);
void trial_close(struct trial *t);

/* How many numbers a replicate records. */
int trial_numbers(const struct trial *t);

/* All cells and bins are alike. */
void trial_same_statistics(const struct statistics *a, const struct statistics *b);

#endif
