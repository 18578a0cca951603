/* Rows of a store, written and found again. Everything between two commits is one transaction.
 * Codes of db.h. */
#ifndef WALTZ_RUN_STORE_WRITE_H
#define WALTZ_RUN_STORE_WRITE_H

#include "run/cell.h"
#include "run/store.h"

/* Who runs. */
struct run_row {
    const char *started, *host, *shard, *command_line;
    int threads;
};

struct writer {
    struct store *store;
    struct db_query *cell, *sums, *replicate, *summary, *claim, *batch, *find_cell, *find_sums;
    const struct run_row *who;
    bool begun;
    int64_t run, batches; /* run 0: nothing is written yet */
};

/* What is known of a cell. */
struct cell_state {
    int64_t done;
    bool failed;
    double error; /* of the outcome that precision is measured on; NaN: not known */
};

/* The writer needs no release; it ends with its store. `run` is borrowed; its row comes with the
 * first other one. */
int writer_init(struct writer *w, struct store *s, const struct run_row *run);

/* Puts a cell that has replicates, or a cause for its failure. This and writer_unit begin a
 * transaction if there is none; the others must follow one of them. */
int writer_cell(struct writer *w, const struct plan *plan, uint32_t cell,
                const struct cell_state *state, const char *cause);
int writer_sums(struct writer *w, uint32_t cell, const double *sums, size_t n);
int writer_unit(struct writer *w, const struct subject *s, const struct unit *u);
int writer_summaries(struct writer *w, const struct subject *s, uint32_t cell,
                     const struct cell_summary *summaries);
int writer_claims(struct writer *w, const struct subject *s, uint32_t cell, int64_t done,
                  const struct cell_claim *claims);

/* Ends the transaction with a row that tells of it; 1 and `patience` as of db_commit. */
struct batch_row {
    const char *committed;
    double seconds;
    int units;
    int64_t replicates;
};
int writer_commit(struct writer *w, const struct batch_row *batch, int patience);

int writer_find_cell(struct writer *w, uint32_t cell, struct cell_state *state);

/* A cell's sums[n]: zeros if it has none. */
int writer_find_sums(struct writer *w, uint32_t cell, double *sums, size_t n);

/* Failed cells begin again where they failed: cells[*n], on the heap. */
int writer_retry(struct writer *w, const struct plan *plan, uint32_t **cells, int64_t *n);

#endif
