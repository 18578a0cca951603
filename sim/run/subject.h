/* What a sweep runs and reads in every cell: arms, outcomes, claims, by index in the scenario. */
#ifndef WALTZ_RUN_SUBJECT_H
#define WALTZ_RUN_SUBJECT_H

#include "run/plan.h"
#include "run/reproduction.h"

/* A part of a sketch that is kept: an outcome's. */
struct part {
    int outcome, at, size; /* at: within the parts */
};

struct subject {
    const struct plan *plan;
    const struct scenario *base;
    const char *path; /* of a file that holds the scenario and stays as it is */
    uint64_t seed;
    bool *wanted; /* [base->n_arms] */
    bool *needed; /* [base->n_outcomes] of the outcomes, and of claims */
    int *arms,
        n_arms; /* that run: the first, those of the design, those that these or claims need */
    int *outcomes, n_outcomes;
    int *claims, n_claims;
    struct part *parts;           /* of the outcomes, and of those that claims need */
    int n_parts, size;            /* size: numbers in all parts */
    struct experiment experiment; /* the base's, for its readings */
};

/* Finds the names of a design in its scenario. Everything wrong is in diag; 0, ERROR_INPUT,
 * ERROR_NOMEM. Release it in any case. The plan is borrowed. */
int subject_init(struct subject *s, const struct plan *plan, const char *path, uint64_t seed,
                 struct diag *diag);
void subject_release(struct subject *s);

/* Numbers in the running sums of a cell: [n_arms · size] of the sketches; [n_arms · n_outcomes · 3]
 * replicates that know the outcome, their mean, their sum of squares about it; [n_claims]
 * replicates that show the claim. */
size_t subject_sums(const struct subject *s);

#endif
