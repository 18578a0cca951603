/* A sweep's store: one SQLite file, described in sim/MODEL.md. Rows say what is done and never what
 * is under way, so that a killed process leaves nothing to be undone. */
#ifndef WALTZ_RUN_STORE_H
#define WALTZ_RUN_STORE_H

#include "base/diag.h"
#include "base/text.h"
#include "run/db.h"

enum { STORE_APPLICATION = 0x77616C7A, STORE_VERSION = 1 };

/* A factor as the store tells it; texts on the heap. Numbers are NaN where a factor has none. */
struct factor_row {
    char *name, *paths, *kind, *scale, *levels, *unit;
    double low, high;
};

/* What a store is about. */
struct record {
    struct texts keys, values; /* of the table design */
    struct factor_row *factors;
    int n_factors;
    /* read from them by record_ready */
    struct texts outcomes, arms, claims;
    int64_t cells, replicates; /* of the whole design; of a cell at most */
    int64_t shard, shards;     /* cells shard − 1, shard − 1 + shards, … are this store's */
    double precision;          /* 0: none */
    int precision_of;          /* outcome, in the first arm */
};

/* Adds a key with its value. 0 or ERROR_NOMEM. */
int record_add(struct record *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *record_value(const struct record *r, const char *key); /* NULL: no such key */
int record_set(struct record *r, const char *key, const char *value);
int record_ready(struct record *r);
void record_release(struct record *r);

/* How many cells are a store's own. */
int64_t record_own_cells(const struct record *r);

struct store {
    char *path;
    struct db *db;
    int lock; /* file that holds the lock, −1 */
    bool read_only;
    struct record record;
};

enum store_access { STORE_READ, STORE_WRITE };

/* Opens a store and reads its record; a store that another process writes, of another program, of a
 * newer version or damaged is told in diag: ERROR_INPUT, ERROR_IO, ERROR_NOMEM. Readers see one
 * moment of it, whatever is committed meanwhile. *missing tells that there is none (yet), if not
 * NULL, in place of an error. Release it in any case. */
int store_open(struct store *s, const char *path, enum store_access access, bool *missing,
               struct diag *diag);

/* Makes a store with a record, which it takes over; what a killed process left of another beginning
 * gives way. */
int store_create(struct store *s, const char *path, struct record *record, struct diag *diag);

void store_close(struct store *s);

/* Writes the record anew, within a transaction. Codes of db.h. */
int store_record(struct store *s);

/* Verifies every row and that rows are as many as they say. */
int store_verify(struct store *s, struct diag *diag);

/* Adds "path: cannot be …" for a code of db.h, and returns the code. */
int store_failed(struct store *s, int status, const char *doing, struct diag *diag);

/* The statement that makes a table, in `sql`; NULL after the last. */
const char *store_table(int k);
int store_schema(const struct record *r, int table, struct text *sql);
enum { STORE_TABLES = 9 };

#endif
