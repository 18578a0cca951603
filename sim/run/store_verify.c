/* Is all that a store says there, and as it was written? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/store.h"

/* A table whose rows belong to cells, walked beside them. */
struct walk {
    const char *table, *order;
    int64_t per_done, per_cell; /* rows a replicate, rows a cell that has some */
    struct db_query *query;
    int status; /* 1: a row is at hand */
};
enum { WALKS = 4 };

static int damaged(const struct store *s, const char *what, int64_t cell, struct diag *diag)
{
    return diag_error(diag, diag_at(s->path, 0), "the store is damaged (%s, cell %lld)", what,
                      (long long)cell);
}

static int step(struct store *s, struct walk *w, struct diag *diag)
{
    w->status = db_next(w->query);
    if (w->status < 0)
        return store_failed(s, w->status, "read", diag);
    if (w->status == 1 && !db_intact(w->query))
        return damaged(s, w->table, db_get_int(w->query, 0), diag);
    return 0;
}

static int open_walk(struct store *s, struct walk *w, struct diag *diag)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", w->table, w->order);
    w->query = db_query(s->db, sql);
    return w->query == NULL ? store_failed(s, db_code(s->db), "read", diag) : step(s, w, diag);
}

/* Passes the rows of a cell, which must be so many. */
static int pass(struct store *s, struct walk *w, int64_t cell, int64_t done, struct diag *diag)
{
    int64_t expected = w->per_done * done + (done > 0 ? w->per_cell : 0), n = 0;
    int status = 0;
    while (status == 0 && w->status == 1 && db_get_int(w->query, 0) == cell) {
        bool in_order = w->per_done == 0 || db_get_int(w->query, 1) == n / w->per_done;
        n++;
        status = in_order ? step(s, w, diag) : damaged(s, w->table, cell, diag);
    }
    if (status == 0 && n != expected)
        return damaged(s, w->table, cell, diag);
    return status;
}

static int verify_cell(struct store *s, struct walk *cells, struct walk *others, struct diag *diag)
{
    const struct store_design *d = &s->design;
    int64_t cell = db_get_int(cells->query, 0);
    int64_t done = db_get_int(cells->query, 1 + d->n_factors);
    int status = 0;
    if (cell < 0 || cell >= d->cells || cell % d->shards != d->shard - 1 || done < 0 ||
        done > d->replicates)
        return damaged(s, "cells", cell, diag);
    for (int k = 0; k < WALKS && status == 0; k++)
        status = pass(s, &others[k], cell, done, diag);
    return status == 0 ? step(s, cells, diag) : status;
}

/* Runs and batches are numbered without a gap, and tell of the replicates that are there (and of
 * those that another shard had too). */
static int verify_provenance(struct store *s, struct diag *diag)
{
    const char *pairs[][2] = {
        {"SELECT coalesce(max(run), 0) FROM runs", "SELECT count(*) FROM runs"},
        {"SELECT coalesce(max(batch), 0) FROM batches", "SELECT count(*) FROM batches"},
        {"SELECT coalesce(sum(replicates), 0) FROM batches",
         "SELECT coalesce(sum(done), 0) FROM cells"}};
    struct walk walks[] = {{.table = "runs", .order = "run"},
                           {.table = "batches", .order = "batch"}};
    int status = 0;
    for (int k = 0; k < 2 && status == 0; k++) {
        status = open_walk(s, &walks[k], diag);
        while (status == 0 && walks[k].status == 1)
            status = step(s, &walks[k], diag);
    }
    for (int k = 0; k < 3 && status == 0; k++) {
        int64_t a = 0, b = 0;
        status = db_number(s->db, pairs[k][0], &a);
        if (status == 0)
            status = db_number(s->db, pairs[k][1], &b);
        if (status != 0)
            return store_failed(s, status, "read", diag);
        if (k < 2 ? a != b : a < b)
            return diag_error(diag, diag_at(s->path, 0),
                              "the store is damaged (%s: %lld, %s: %lld)", pairs[k][0],
                              (long long)a, pairs[k][1], (long long)b);
    }
    return status;
}

int store_verify(struct store *s, struct diag *diag)
{
    const struct store_design *d = &s->design;
    struct walk cells = {.table = "cells", .order = "cell"};
    struct walk others[WALKS] = {
        {.table = "replicates", .order = "cell, replicate, arm", .per_done = d->arms.n},
        {.table = "sums", .order = "cell", .per_cell = 1},
        {.table = "summaries",
         .order = "cell, arm, outcome",
         .per_cell = (int64_t)d->arms.n * d->outcomes.n},
        {.table = "claims", .order = "cell, claim", .per_cell = d->claims.n}};
    int status = open_walk(s, &cells, diag);
    for (int k = 0; k < WALKS && status == 0; k++)
        status = open_walk(s, &others[k], diag);
    while (status == 0 && cells.status == 1)
        status = verify_cell(s, &cells, others, diag);
    for (int k = 0; k < WALKS && status == 0; k++)
        if (others[k].status == 1)
            status = damaged(s, others[k].table, db_get_int(others[k].query, 0), diag);
    for (int k = 0; k < WALKS; k++)
        if (others[k].query != NULL)
            db_reset(others[k].query);
    if (cells.query != NULL)
        db_reset(cells.query);
    return status == 0 ? verify_provenance(s, diag) : status;
}
