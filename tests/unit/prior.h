/* A finished prior sweep over two parameters, whose results a test makes up, and posteriors found
 * in it. Within scratch_enter's folder. */
#ifndef WALTZ_TESTS_PRIOR_H
#define WALTZ_TESTS_PRIOR_H

#include "run/posterior.h"
#include "swept.h"

/* Cells; factors: lambda of 1 .. 9, log, and eta of 0.1 .. 1. */
enum { PRIOR_CELLS = 400 };
enum { PRIOR_LAMBDA, PRIOR_ETA };

/* A fresh s.db: each cell with one replicate in the arms full and no_deal, outcomes step and mind.
 * Then SQL changes it, NULL nothing. */
void prior_store(const char *sql);

/* Writes p.cfg: a design of that sweep with what stands in its sections calibration and targets. */
void prior_design(const char *calibration, const char *targets);

/* What is found for p.cfg in s.db. It must stay where it is until it is closed. */
struct found {
    struct design design;
    struct store store;
    struct posterior posterior;
    struct diag diag;
    int status;
};
void prior_open(struct found *f);                /* all but the posterior */
void prior_find(struct found *f, uint64_t seed); /* all; what is refused fails the test */
void prior_close(struct found *f);

/* Parameters of a cell, as the design sets them. */
double prior_value(uint32_t cell, int parameter);

#endif
