/* A posterior over simulations that have been run: approximate Bayesian computation with the
 * error's own distribution as its kernel, which is exact for a model whose error is Gaussian and
 * known (Wilkinson 2013, Statistical Applications in Genetics and Molecular Biology 12). No
 * tolerance, no regression: every row counts by the likelihood of what is observed.
 *
 * A row is a simulation: its parameters as places in the prior, u of [0, 1], and its statistics,
 * standardised so that one error is 1. */
#ifndef WALTZ_RUN_ABC_H
#define WALTZ_RUN_ABC_H

#include <stddef.h>
#include <stdint.h>

struct abc_table {
    uint32_t n;
    int n_parameters, n_statistics;
    double *u; /* [n · n_parameters] */
    double *z; /* [n · n_statistics] */
};

enum { ABC_NONE = UINT32_MAX };

/* weight[n] ∝ exp(−½ Σ (z − observed)²), summing to 1; of the row left out (or ABC_NONE) 0. */
struct abc_weights {
    double *weight;
    double effective; /* sample size by the weights, (Σw)² / Σw²; 0: no row */
    double nearest;   /* least root mean square of z − observed */
    double evidence;  /* ln of the mean of exp(−½ Σ (z − observed)²) */
};

/* 0 or ERROR_NOMEM. Release it in any case. */
int abc_weigh(struct abc_weights *w, const struct abc_table *t, const double *observed,
              uint32_t left_out);
void abc_release(struct abc_weights *w);

/* Weighted mean and variance of parameter k; the weight of the rows below a place. */
double abc_mean(const struct abc_weights *w, const struct abc_table *t, int k);
double abc_variance(const struct abc_weights *w, const struct abc_table *t, int k);
double abc_below(const struct abc_weights *w, const struct abc_table *t, int k, double place);

/* Systematic resampling: so many rows in their order, the expected number of each its weight times
 * that, none off by one or more; `start` of [0, 1). */
void abc_resample(const struct abc_weights *w, const struct abc_table *t, double start,
                  uint32_t many, uint32_t *rows);

/* The chance that n uniform numbers lie at least as unevenly (Kolmogorov's test, two-sided,
 * asymptotic with Stephens' correction, 1970). The values are sorted in place. */
double abc_uniformity(double *values, uint32_t n);

#endif
