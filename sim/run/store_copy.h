/* Rows from one store into another. */
#ifndef WALTZ_RUN_STORE_COPY_H
#define WALTZ_RUN_STORE_COPY_H

#include "run/store.h"

/* Copies all rows but those of the design within a transaction of `to`. A cell gets the number
 * map(user, cell); −1: its rows stay behind. Runs and batches are numbered on. Codes of db.h; `to`
 * has the tables of `from`. map NULL: runs and batches alone. */
struct store_map {
    int64_t (*cell)(void *user, int64_t cell);
    void *user;
};
int store_copy(struct store *from, struct store *to, const struct store_map *map);

/* As store_create, at a hidden place beside `path`. */
int store_create_beside(struct store *s, const char *path, struct store_design *design,
                        struct diag *diag);

/* Ends work on `s`, which store_create_beside made, and puts it in the place of `path`; the
 * lock is kept. 0, ERROR_IO (in diag), ERROR_NOMEM. */
int store_replace(struct store *s, const char *path, struct diag *diag);

/* Closes a store, and removes it if it is not in its place yet. */
void store_discard(struct store *s);

#endif
