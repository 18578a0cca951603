/* A sweep's store: one SQLite file, described in sim/MODEL.md. Rows say what is done and never what
 * is under way, so that a killed process leaves nothing to be undone. */
#ifndef WALTZ_RUN_STORE_H
#define WALTZ_RUN_STORE_H

#include "base/diag.h"
#include "base/text.h"
#include "run/db.h"

enum { STORE_APPLICATION = 0x77616C7A, STORE_VERSION = 1 };

/* A factor as the store tells it; texts on the heap, borrowed in arguments. Numbers are NaN where a
 * factor has none. */
struct factor_row {
    const char *name, *paths, *kind, *scale, *levels, *unit;
    double low, high;
};

/* What a store is about. */
struct store_design {
    struct texts keys, values; /* of the table design */
    struct factor_row *factors;
    int n_factors;
    /* read from them by store_design_ready */
    struct texts outcomes, arms, claims;
    int64_t cells, replicates; /* of the whole design; of a cell at most */
    int64_t shard, shards;     /* cells shard − 1, shard − 1 + shards, … are this store's */
    double precision;          /* 0: none */
    int precision_of;          /* outcome, in the first arm */
};

/* Adds a key with its value. 0 or ERROR_NOMEM. */
int store_design_add(struct store_design *d, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *store_design_value(const struct store_design *d, const char *key); /* NULL: none */

/* Reads the fields above; ERROR_INPUT if a key is missing or makes no sense. */
int store_design_ready(struct store_design *d);
void store_design_release(struct store_design *d);

/* May the key differ within one sweep? Words alone for people. */
bool store_design_loose(const char *key);

/* Adds a factor, which is copied. 0 or ERROR_NOMEM. */
int store_design_factor(struct store_design *d, const struct factor_row *row);

/* Do two rows tell of the same factor, and do its levels or its range agree? */
bool factor_row_same(const struct factor_row *a, const struct factor_row *b);
bool factor_row_levels(const struct factor_row *a, const struct factor_row *b);

/* How many cells are a store's own. */
int64_t store_design_own_cells(const struct store_design *d);

struct store {
    char *path;
    struct db *db;
    int lock; /* file that holds the lock, −1 */
    bool read_only;
    bool passing; /* it stands beside the place that it is to take (run/store_copy.h) */
    struct store_design design;
};

enum store_access { STORE_READ, STORE_WRITE };

/* Opens a store and reads its design; a store that another process writes, of another program, of a
 * newer version or damaged is told in diag: ERROR_INPUT, ERROR_IO, ERROR_NOMEM. Readers see one
 * moment of it, whatever is committed meanwhile. *missing tells that there is none (yet), if not
 * NULL, in place of an error. Release it in any case. */
int store_open(struct store *s, const char *path, enum store_access access, bool *missing,
               struct diag *diag);

/* Makes a store with a design, which it takes over; what a killed process left of another beginning
 * gives way. */
int store_create(struct store *s, const char *path, struct store_design *design, struct diag *diag);

/* Opens a store's file again at its path, for writing; the lock is had already. */
int store_reopen(struct store *s, struct diag *diag);

void store_close(struct store *s);

/* Writes the design anew, within a transaction. Codes of db.h. */
int store_write_design(struct store *s);

/* Verifies every row and that rows are as many as they say. */
int store_verify(struct store *s, struct diag *diag);

/* Adds to diag what a code of db.h means, "path: cannot be <doing>: …" or that the store is
 * damaged, and returns the code; 0 adds nothing. */
int store_failed(struct store *s, int status, const char *doing, struct diag *diag);

#endif
