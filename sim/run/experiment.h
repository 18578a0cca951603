/* What all replicates of a run share: compiled once from a scenario, then const. */
#ifndef WALTZ_RUN_EXPERIMENT_H
#define WALTZ_RUN_EXPERIMENT_H

#include "measure/outcome.h"
#include "measure/statistics.h"
#include "model/kernel.h"

struct experiment {
    const struct scenario *scenario;
    struct structure structure; /* without delays */
    struct rule rule;
    struct series_list series;
    struct scale *scales;     /* [series.n] */
    struct readings readings; /* of the outcomes */
    uint64_t seed;
    uint32_t cell; /* of the random numbers: 0, but in sweeps whose cells have their own */
    enum record record;
    bool jittered;               /* some shock's date varies between replicates */
    int ticks;                   /* of a replicate */
    const struct kernel *kernel; /* asked for; NULL: the best */
};

/* The scenario is borrowed. 0, ERROR_INPUT (in diag), ERROR_NOMEM. */
int experiment_init(struct experiment *x, const struct scenario *sc, uint64_t seed,
                    enum record record, struct diag *diag);

/* One that records nothing, reads the outcomes that are needed [n_outcomes] and ends with the last
 * month that these read. Codes as above. */
int experiment_init_needed(struct experiment *x, const struct scenario *sc, uint64_t seed,
                           const bool *needed, struct diag *diag);
void experiment_release(struct experiment *x);

/* Takes the scenario's parameters anew; all else is as it was. 0 or ERROR_NOMEM. */
int experiment_take_parameters(struct experiment *x);

int experiment_months(const struct experiment *x);
int experiment_years(const struct experiment *x);

/* The tick from which on an arm can differ from its base: up to there, structure and rule are the
 * same. 0 if the dates of either vary between replicates, at most the last one. */
int experiment_branch(const struct experiment *base, const struct experiment *arm);

/* Of what the means of a series over so many months are multiples; 0: of nothing. */
double experiment_grain(const struct experiment *x, int series, int months);

/* A kernel for experiments x[n] that are run together, and about so many replicates by a thread:
 * the one that x asks for, or the best. Kernels of several lanes keep neither an order of actors
 * nor dates of shocks for each lane, and expected moves make replicates alike, so that one is
 * enough. */
const struct kernel *experiment_kernel(const struct experiment *x, int n, uint32_t replicates);

/* Calendar year, from 0, of a recorded month. */
int experiment_year_of(const struct experiment *x, int month);

/* Recorded months of a year. */
int experiment_months_of(const struct experiment *x, int year);

#endif
