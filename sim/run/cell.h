/* The replicates of one cell, run by one thread, and the running sums of a cell, in which
 * replicates are folded in their order whoever ran them: equal bits for any threads and pauses. */
#ifndef WALTZ_RUN_CELL_H
#define WALTZ_RUN_CELL_H

#include <signal.h>

#include "run/subject.h"
#include "run/team.h"

enum { CELL_CAUSE = 400 };

/* Replicates first .. first + n − 1 of a cell. The next one failed if there is a cause. */
struct unit {
    uint32_t cell, first, n, room;
    char cause[CELL_CAUSE];
    double *values;       /* [room · n_arms · n_outcomes] */
    double *sketches;     /* [room · n_arms · size] */
    unsigned char *shown; /* [room · n_claims] */
    struct unit *next;
};

struct unit *unit_make(const struct subject *s, uint32_t cell, uint32_t first, uint32_t n);
void unit_free(struct unit *u);

/* What one thread needs. */
struct worker {
    const struct subject *subject;
    bool loaded;
    uint32_t cell; /* that is loaded */
    bool light;    /* cells differ in parameters alone, so that loading one reads no file */
    struct arms arms;
    struct team team;
    struct search_room room;
    double **sketch; /* [base arms][readings.size] laid open; NULL of arms that do not run */
    struct draw draw;
    struct reproduction_request request;
    struct reproduction view; /* values of one replicate (index 1) and of the mean path (0) */
};

/* 0 or ERROR_NOMEM. Release it in any case. */
int worker_init(struct worker *w, const struct subject *s);
void worker_release(struct worker *w);

/* Runs a unit of `room` replicates; it ends early at a failure, which is in its cause, and when
 * *stop is not zero. */
void worker_run(struct worker *w, struct unit *u, const volatile sig_atomic_t *stop);

/* Adds a unit to a cell's sums[subject_sums]. */
void worker_fold(const struct worker *w, const struct unit *u, double *sums);

/* What the sums of `done` replicates say. */
struct cell_summary {
    double n, mean, sd, mcse, mean_path;
};
struct cell_claim {
    int shown; /* on the mean path: 1, 0 */
    double share;
};
void worker_summarise(struct worker *w, const double *sums, int64_t done,
                      struct cell_summary *summaries, struct cell_claim *claims);

#endif
