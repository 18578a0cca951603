/* Ranks, and their correlation (Spearman 1904, American Journal of Psychology 15). */
#ifndef WALTZ_MEASURE_RANKS_H
#define WALTZ_MEASURE_RANKS_H

/* ranks[n] of v[n], 1 for the least, the mean of their ranks for equal ones; NaN for NaN, which
 * counts nowhere. */
void ranks_of(const double *v, int n, double *ranks);

/* Of v[n] with given ranks, over the places where these are known, -1..1; NaN if either is the same
 * everywhere. It takes n² steps and no memory. */
double ranks_correlation(const double *v, const double *ranks, int n);

#endif
