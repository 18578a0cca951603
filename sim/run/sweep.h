/* Runs what a store lacks of its design. Every cell gets its first replicates before any gets its
 * last: rounds end at replicate 8, 32, 96 and then each 64, and all cells go through one round
 * before the next. */
#ifndef WALTZ_RUN_SWEEP_H
#define WALTZ_RUN_SWEEP_H

#include "run/store_write.h"

struct sweep_request {
    struct store *store;
    const struct subject *subject;
    struct run_row run;
    int threads;
    const volatile sig_atomic_t *stop;
    bool retry; /* failed cells run again, and nothing else */
    double (*seconds)(void);
    void (*now)(char text[32]);
    /* Told at times, by one thread at once, how many replicates the store has; may be NULL. */
    void (*progress)(void *user, int64_t replicates);
    void *user;
};

/* What is in the store at the end. */
struct sweep_result {
    int64_t own, complete, failed, begun; /* cells; begun: those that have some replicates */
    int64_t replicates;
};

/* 0; ERROR_STOPPED; ERROR_IO, ERROR_INPUT, ERROR_NOMEM (of the store, in diag). What is committed
 * stays in any case. */
int sweep_run(const struct sweep_request *q, struct sweep_result *result, struct diag *diag);

/* Counts a store's cells. */
int sweep_count(struct store *s, struct sweep_result *result);

#endif
