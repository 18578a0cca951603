/* Approximate Bayesian computation on a table of simulations: acceptance by distance, local-linear
 * regression (Beaumont, Zhang & Balding 2002, "Approximate Bayesian computation in population
 * genetics", Genetics 162:2025-2035).
 *
 * A row is a simulation: its parameters as places in the prior, u of (0, 1), and its statistics,
 * standardised so that one error is 1. Statistics hold a drawn error each, as what is observed
 * does: the sample is then one of the posterior of model and error together (Wilkinson 2013,
 * Statistical Applications in Genetics and Molecular Biology 12). */
#ifndef WALTZ_RUN_ABC_H
#define WALTZ_RUN_ABC_H

#include <stddef.h>
#include <stdint.h>

struct abc_table {
    uint32_t n;
    int n_parameters, n_statistics;
    double *u; /* [n · n_parameters] */
    double *y; /* [n · n_statistics] */
};

enum { ABC_NONE = UINT32_MAX };

struct abc_request {
    const double *observed; /* [n_statistics] */
    uint32_t left_out;      /* a row, or ABC_NONE */
    uint32_t accept;        /* so many of the nearest rows */
    double tolerance;       /* none further than this (root mean square); 0: any */
};

/* Accepted rows, nearest first. Weights fall from the observed to the last one's distance
 * (Epanechnikov's kernel) and sum to 1; u is adjusted by a regression of the logits of the
 * parameters on the statistics, which keeps them within the prior (Hamilton et al. 2005). */
struct abc_sample {
    uint32_t n;
    uint32_t *row;    /* [n] */
    double *distance; /* [n] root mean square, in errors */
    double *weight;   /* [n] */
    double *u;        /* [n · n_parameters] */
    double effective; /* sample size by the weights, (Σw)² / Σw² */
};

/* 0 or ERROR_NOMEM. With too few rows for a regression (two for each coefficient) they are not
 * adjusted. Release it in any case. */
int abc_accept(struct abc_sample *s, const struct abc_table *t, const struct abc_request *q);
void abc_release(struct abc_sample *s);

/* Weighted mean, variance, quantile of parameter k; the weight of the draws below a place. */
double abc_mean(const struct abc_sample *s, int n_parameters, int k);
double abc_variance(const struct abc_sample *s, int n_parameters, int k);
double abc_below(const struct abc_sample *s, int n_parameters, int k, double place);
double abc_quantile(const struct abc_sample *s, int n_parameters, int k, double p);

/* Systematic resampling: n indices of the sample, the expected number of each its weight times n,
 * none off by one or more; `start` of [0, 1). */
void abc_resample(const struct abc_sample *s, double start, uint32_t n, uint32_t *index);

/* The chance that n uniform numbers lie at least as unevenly (Kolmogorov's test, two-sided,
 * asymptotic with Stephens' correction, 1970). The values are sorted in place. */
double abc_uniformity(double *values, uint32_t n);

#endif
