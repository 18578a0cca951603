/* How far a run is, on stderr. */
#ifndef WALTZ_CLI_PROGRESS_H
#define WALTZ_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool quiet, terminal;
    uint64_t planned, before; /* before: done already, by another process */
    double started, shown;    /* seconds of a steady clock */
};

double progress_clock(void);
void progress_start(struct progress *p, uint64_t planned, bool quiet);

/* Shows done replicates, rate and time left, at times. */
void progress_show(struct progress *p, uint64_t done);

/* Clears the line on a terminal. */
void progress_end(const struct progress *p);

#endif
