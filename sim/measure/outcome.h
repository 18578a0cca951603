/* Outcomes: one number a replicate, from a series over a period. */
#ifndef WALTZ_MEASURE_OUTCOME_H
#define WALTZ_MEASURE_OUTCOME_H

#include "measure/measure.h"

/* The value of an outcome. `record` holds the months of all series, [months · n_series]; `series`
 * is the one that the outcome reads, `start` the first month recorded. */
double outcome_value(const struct outcome *outcome, const double *record, int n_series, int series,
                     int start);

#endif
