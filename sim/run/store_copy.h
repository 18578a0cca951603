/* Rows from one store into another. */
#ifndef WALTZ_RUN_STORE_COPY_H
#define WALTZ_RUN_STORE_COPY_H

#include "run/store.h"

/* Copies all rows but those of the design, in a transaction of its own. A cell gets the number
 * map(user, cell), −1: its rows stay behind; the table cells comes last. Runs and batches are
 * numbered on. `to` has the tables of `from`. Everything wrong is in diag; ERROR_INPUT, ERROR_IO,
 * ERROR_NOMEM. */
struct store_map {
    int64_t (*cell)(void *user, int64_t cell);
    void *user;
};
int store_copy(struct store *from, struct store *to, const struct store_map *map,
               struct diag *diag);

/* As store_create, at a hidden place beside `path`. */
int store_create_beside(struct store *s, const char *path, struct store_design *design,
                        struct diag *diag);

/* Puts a store that store_create_beside made in the place of `path`: of a store that its caller has
 * locked (`gives_way`), else of nothing. The store has its lock and its new path, but must be
 * opened anew to be worked on (store_reopen). 0, ERROR_IO (in diag), ERROR_NOMEM. */
int store_replace(struct store *s, const char *path, bool gives_way, struct diag *diag);

/* Closes a store, and removes it if it is not in its place yet. */
void store_discard(struct store *s);

#endif
