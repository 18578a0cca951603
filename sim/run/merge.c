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
        if (strcmp(key, "shard") != 0 && strcmp(key, "title") != 0 &&
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

static int run_all(struct store *s, const char *const *statements, int n)
{
    int status = 0;
    for (int k = 0; k < n && status == 0; k++)
        status = db_run(s->db, statements[k]);
    return status;
}

/* Cells that both have: the common replicates must be equal; the one with more of them stays. */
static int settle_overlap(struct store *out, const char *path, struct diag *diag)
{
    static const char *const shorter[] = {
        "DELETE FROM replicates WHERE cell IN (SELECT cell FROM taken)",
        "DELETE FROM summaries WHERE cell IN (SELECT cell FROM taken)",
        "DELETE FROM claims WHERE cell IN (SELECT cell FROM taken)",
        "DELETE FROM sums WHERE cell IN (SELECT cell FROM taken)",
        "DELETE FROM cells WHERE cell IN (SELECT cell FROM taken)"};
    int64_t other = 0;
    int status = db_number(out->db,
                           "SELECT count(*) FROM source.replicates s JOIN main.replicates m USING "
                           "(cell, replicate, arm) WHERE m.checksum <> s.checksum",
                           &other);
    if (status == 0 && other > 0)
        return diag_error(diag, diag_at(path, 0),
                          "%lld rows of replicates differ from those of another store; allowed: "
                          "shards of one sweep, run by one version of waltz",
                          (long long)other);
    if (status == 0)
        status = db_run(out->db,
                        "CREATE TEMP TABLE taken AS SELECT s.cell AS cell FROM source.cells s JOIN "
                        "main.cells m USING (cell) WHERE s.done > m.done OR (s.done = m.done AND "
                        "s.cause IS NULL AND m.cause IS NOT NULL)");
    if (status == 0)
        status = run_all(out, shorter, sizeof shorter / sizeof *shorter);
    return status == 0 ? db_run(out->db, "DROP TABLE taken") : status;
}

static int take(struct store *out, const char *path, struct diag *diag)
{
    static const char *const rows[] = {
        "INSERT INTO replicates SELECT * FROM source.replicates WHERE cell NOT IN (SELECT cell "
        "FROM "
        "main.cells)",
        "INSERT INTO summaries SELECT * FROM source.summaries WHERE cell NOT IN (SELECT cell FROM "
        "main.cells)",
        "INSERT INTO claims SELECT * FROM source.claims WHERE cell NOT IN (SELECT cell FROM "
        "main.cells)",
        "INSERT INTO sums SELECT * FROM source.sums WHERE cell NOT IN (SELECT cell FROM "
        "main.cells)",
        "INSERT INTO cells SELECT * FROM source.cells WHERE cell NOT IN (SELECT cell FROM "
        "main.cells)"};
    struct db_query *attach = db_query(out->db, "ATTACH ? AS source");
    int status = attach == NULL ? db_code(out->db) : 0;
    if (status == 0) {
        db_text(attach, path);
        status = db_do(attach, NULL);
    }
    if (status == 0)
        status = db_run(out->db, "BEGIN IMMEDIATE");
    if (status == 0)
        status = settle_overlap(out, path, diag);
    if (status == 0)
        status = run_all(out, rows, sizeof rows / sizeof *rows);
    if (status == 0)
        status = db_run(out->db, "COMMIT");
    if (status == 0)
        status = db_run(out->db, "DETACH source");
    return status == 0 || diag->errors > 0 ? status : store_failed(out, status, "written", diag);
}

static int take_provenance(struct store *in, struct store *out, struct diag *diag)
{
    int status = db_run(out->db, "BEGIN IMMEDIATE");
    if (status == 0)
        status = store_copy(in, out, NULL);
    if (status == 0)
        status = db_run(out->db, "COMMIT");
    return status == 0 ? 0 : store_failed(out, status, "written", diag);
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

struct merging {
    const struct merge_request *request;
    struct store out;
    const char *first; /* path of the store that it was begun with; NULL: not begun */
    struct diag *diag;
};

static int join(struct merging *m, const char *path, struct store *s)
{
    int status = m->first != NULL ? check_fit(&m->out, m->first, s, m->diag)
                                  : begin(m->request, s, &m->out, m->diag);
    if (status == 0 && m->first == NULL)
        m->first = path;
    return status == 0 ? take_provenance(s, &m->out, m->diag) : status;
}

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
    store_close(&s); /* its transaction would keep the other connection from it */
    if (status == 0)
        status = take(&m->out, path, m->diag);
    return left_out ? 0 : status;
}

static int check_place(const struct merge_request *q, struct diag *diag)
{
    struct stat info;
    struct store old;
    bool missing = false;
    if (stat(q->out, &info) != 0)
        return 0;
    if (!q->replace) {
        diag_error(diag, diag_at(q->out, 0), "exists already; allowed: another name, or --force");
        return ERROR_USAGE;
    }
    int status = store_open(&old, q->out, STORE_WRITE, &missing, diag);
    store_close(&old);
    return status;
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
    int status = check_place(q, diag);
    for (int k = 0; k < q->n && status == 0; k++)
        status = add_store(&m, q->in[k]);
    if (status == 0 && m.first == NULL)
        status = diag_error(diag, diag_at(q->out, 0), "no store that is whole");
    if (status == 0)
        status = check_whole(&m, result);
    if (status == 0)
        status = store_replace(&m.out, q->out, diag);
    if (status == 0)
        store_close(&m.out);
    else
        store_discard(&m.out);
    return diag_status(diag, status);
}
