#include "run/merge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "run/store_copy.h"

/* ---- do they belong together? --------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The key in which two designs differ, NULL if in none; shards may. */
static const char *difference(const struct store_design *a, const struct store_design *b)
{
    if (a->keys.n != b->keys.n)
        return "design";
    for (int k = 0; k < a->keys.n; k++) {
        const char *key = a->keys.at[k];
        if (strcmp(key, "shard") != 0 && !store_design_loose(key) &&
            !same_text(a->values.at[k], store_design_value(b, key)))
            return key;
    }
    if (a->n_factors != b->n_factors)
        return "factors";
    for (int k = 0; k < a->n_factors; k++) {
        const struct factor_row *f = &a->factors[k], *g = &b->factors[k];
        if (!factor_row_same(f, g) || !factor_row_levels(f, g))
            return g->name;
    }
    return NULL;
}

static int check_fit(const struct store *out, const char *first, const struct store *s,
                     struct diag *diag)
{
    const char *key = difference(&out->design, &s->design);
    return key == NULL ? 0
                       : diag_error(diag, diag_at(s->path, 0),
                                    "of another sweep than %s (%s differs); allowed: shards of one",
                                    first, key);
}

/* ---- joining -------------------------------------------------------------------------------- */

struct merging {
    const struct merge_request *request;
    struct store out;
    const char *first;      /* path of the store that it was begun with; NULL: not begun */
    struct db_query *known; /* of out: done and cause of a cell */
    struct diag *diag;
};

/* What the joined store has of a cell; −1: nothing. */
static int64_t known_done(struct merging *m, int64_t cell, bool *failed)
{
    int64_t done = -1;
    db_int(m->known, cell);
    if (db_next(m->known) == 1) {
        done = db_get_int(m->known, 0);
        *failed = !db_is_null(m->known, 1);
    }
    db_reset(m->known);
    return done;
}

/* A store beside the joined one: checksums of a cell's replicates in both. */
struct beside {
    struct store *store;
    struct db_query *own, *joined;
};

static int next_checksum(struct merging *m, struct beside *b, bool joined, int *found)
{
    *found = db_next(joined ? b->joined : b->own);
    return *found >= 0 ? 0 : store_failed(joined ? &m->out : b->store, *found, "read", m->diag);
}

/* Do both have the same in the replicates that both have? */
static int compare_cell(struct merging *m, struct beside *b, int64_t cell, bool *same)
{
    int status = 0, own = 1, joined = 1;
    *same = true;
    db_int(b->own, cell);
    db_int(b->joined, cell);
    while (status == 0 && *same && own == 1 && joined == 1) {
        status = next_checksum(m, b, false, &own);
        if (status == 0)
            status = next_checksum(m, b, true, &joined);
        if (own == 1 && joined == 1)
            *same = db_get_int(b->own, 0) == db_get_int(b->joined, 0);
    }
    db_reset(b->own);
    db_reset(b->joined);
    return status;
}

static int forget_cell(struct merging *m, int64_t cell)
{
    static const char *const tables[] = {"replicates", "summaries", "claims", "sums", "cells"};
    int status = 0;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && status == 0; k++) {
        char sql[64];
        snprintf(sql, sizeof sql, "DELETE FROM %s WHERE cell = %lld", tables[k], (long long)cell);
        status = db_run(m->out.db, sql);
    }
    return status == 0 ? 0 : store_failed(&m->out, status, "written", m->diag);
}

/* A cell that both have: what both have must be equal; the one with more of it stays. */
static int settle_cell(struct merging *m, struct beside *b, int64_t cell, int64_t done, bool failed)
{
    bool had_failed = false, same = true;
    int64_t had = known_done(m, cell, &had_failed);
    if (had < 0)
        return 0;
    int status = compare_cell(m, b, cell, &same);
    if (status == 0 && !same)
        status = diag_error(m->diag, diag_at(b->store->path, 0),
                            "replicates of cell %lld differ from those of another store; allowed: "
                            "shards of one sweep, run by one version of waltz",
                            (long long)cell);
    if (status == 0 && (done > had || (done == had && had_failed && !failed)))
        status = forget_cell(m, cell);
    return status;
}

static int settle_cells(struct merging *m, struct beside *b)
{
    struct db_query *q =
        db_query(b->store->db, "SELECT cell, done, cause FROM cells ORDER BY cell");
    int read = q == NULL ? db_code(b->store->db) : 1, status = 0;
    while (status == 0 && read == 1 && (read = db_next(q)) == 1)
        status = settle_cell(m, b, db_get_int(q, 0), db_get_int(q, 1), !db_is_null(q, 2));
    if (q != NULL)
        db_reset(q);
    return read < 0 ? store_failed(b->store, read, "read", m->diag) : status;
}

static int settle_overlap(struct merging *m, struct store *s)
{
    static const char sql[] =
        "SELECT checksum FROM replicates WHERE cell = ? ORDER BY replicate, arm";
    struct beside b = {s, db_query(s->db, sql), db_query(m->out.db, sql)};
    if (b.own == NULL)
        return store_failed(s, db_code(s->db), "read", m->diag);
    int status = b.joined == NULL ? db_code(m->out.db) : db_run(m->out.db, "BEGIN IMMEDIATE");
    if (status != 0)
        return store_failed(&m->out, status, "written", m->diag);
    status = settle_cells(m, &b);
    if (status != 0)
        return status;
    status = db_run(m->out.db, "COMMIT");
    return status == 0 ? 0 : store_failed(&m->out, status, "written", m->diag);
}

static int64_t take_new(void *user, int64_t cell)
{
    bool failed;
    return known_done(user, cell, &failed) < 0 ? cell : -1;
}

/* Begins the joined store with the design of the first. */
static int begin(const struct merge_request *q, const struct store *first, struct store *out,
                 struct diag *diag)
{
    const struct store_design *d = &first->design;
    struct store_design joined = {0};
    int status = 0;
    for (int k = 0; k < d->keys.n && status == 0; k++)
        status = store_design_add(&joined, d->keys.at[k], "%s",
                                  strcmp(d->keys.at[k], "shard") == 0 ? "1/1" : d->values.at[k]);
    for (int k = 0; k < d->n_factors && status == 0; k++)
        status = store_design_factor(&joined, &d->factors[k]);
    if (status == 0)
        status = store_design_ready(&joined);
    if (status == 0)
        status = store_create_beside(out, q->out, &joined, diag);
    store_design_release(&joined);
    return status;
}

/* ---- one after the other -------------------------------------------------------------------- */

static int join(struct merging *m, const char *path, struct store *s)
{
    const struct store_map map = {take_new, m};
    int status = m->first != NULL ? check_fit(&m->out, m->first, s, m->diag)
                                  : begin(m->request, s, &m->out, m->diag);
    if (status == 0 && m->first == NULL) {
        m->first = path;
        m->known = db_query(m->out.db, "SELECT done, cause FROM cells WHERE cell = ?");
        if (m->known == NULL)
            status = store_failed(&m->out, db_code(m->out.db), "read", m->diag);
    }
    if (status == 0)
        status = settle_overlap(m, s);
    return status == 0 ? store_copy(s, &m->out, &map, m->diag) : status;
}

/* Verified and copied in one transaction: what a sweep writes meanwhile stays out. */
static int add_store(struct merging *m, const char *path)
{
    struct store s;
    struct diag own = {0};
    int status = store_open(&s, path, STORE_READ, NULL, &own);
    if (status == 0)
        status = store_verify(&s, &own);
    bool left_out = status == ERROR_INPUT && m->request->partial;
    if (left_out)
        diag_warning(m->diag, diag_at(path, 0), "is left out:");
    if (status != 0) {
        text_add(&m->diag->text, own.text.s == NULL ? "" : own.text.s, own.text.length);
        m->diag->errors += left_out ? 0 : own.errors;
    }
    diag_release(&own);
    if (status == 0)
        status = join(m, path, &s);
    store_close(&s);
    return left_out ? 0 : status;
}

/* A store that gives way stays locked in `old` until another stands in its place. */
static int check_place(const struct merge_request *q, struct store *old, struct diag *diag)
{
    struct stat info;
    bool missing = false;
    if (stat(q->out, &info) != 0)
        return 0;
    if (!q->replace) {
        diag_error(diag, diag_at(q->out, 0), "exists already; allowed: another name, or --force");
        return ERROR_USAGE;
    }
    return store_open(old, q->out, STORE_WRITE, &missing, diag);
}

static int check_whole(struct merging *m, struct sweep_result *result)
{
    int status = sweep_count(&m->out, result);
    if (status != 0)
        return store_failed(&m->out, status, "read", m->diag);
    if (result->complete + result->failed == result->own || m->request->partial)
        return 0;
    return diag_error(m->diag, diag_at(m->request->out, 0),
                      "%lld of %lld cells are missing or not complete; allowed: all shards, each "
                      "to its end, or --allow-partial",
                      (long long)(result->own - result->complete - result->failed),
                      (long long)result->own);
}

int merge_stores(const struct merge_request *q, struct sweep_result *result, struct diag *diag)
{
    struct merging m = {.request = q, .out = {.lock = -1}, .diag = diag};
    struct store old = {.lock = -1};
    int status = check_place(q, &old, diag);
    for (int k = 0; k < q->n && status == 0; k++)
        status = add_store(&m, q->in[k]);
    if (status == 0 && m.first == NULL)
        status = diag_error(diag, diag_at(q->out, 0), "no store that is whole");
    if (status == 0)
        status = check_whole(&m, result);
    if (status == 0)
        status = store_replace(&m.out, q->out, q->replace, diag);
    if (status == 0)
        store_close(&m.out);
    else
        store_discard(&m.out);
    store_close(&old);
    return diag_status(diag, status);
}
