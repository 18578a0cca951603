#include "run/store_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"
#include "base/error.h"

static struct db_query *insert(struct store *s, const char *table, int columns)
{
    return db_insert(s->db, table, columns, true);
}

static int write_run(struct writer *w)
{
    const struct run_row *run = w->who;
    struct db_query *q = insert(w->store, "runs", 10);
    int status =
        q == NULL ? db_code(w->store->db)
                  : db_number(w->store->db, "SELECT coalesce(max(run), 0) + 1 FROM runs", &w->run);
    if (status == 0)
        status =
            db_number(w->store->db, "SELECT coalesce(max(batch), 0) FROM batches", &w->batches);
    if (status != 0)
        return status;
    db_int(q, w->run);
    db_text(q, run->started);
    db_text(q, run->host);
    db_text(q, build_version());
    db_text(q, build_commit());
    db_text(q, build_compiler());
    db_int(q, run->threads);
    db_text(q, run->shard);
    db_text(q, run->command_line);
    return db_put(q, NULL);
}

static int begin(struct writer *w)
{
    if (w->begun)
        return 0;
    int status = db_run(w->store->db, "BEGIN IMMEDIATE");
    w->begun = status == 0;
    return status == 0 && w->run == 0 ? write_run(w) : status;
}

int writer_init(struct writer *w, struct store *s, const struct run_row *run)
{
    *w = (struct writer){.store = s, .who = run};
    w->cell = insert(s, "cells", s->design.n_factors + 5);
    w->sums = insert(s, "sums", 3);
    w->replicate = insert(s, "replicates", s->design.outcomes.n + 4);
    w->summary = insert(s, "summaries", 9);
    w->claim = insert(s, "claims", 6);
    w->batch = insert(s, "batches", 7);
    w->find_cell = db_query(s->db, "SELECT done, cause, error FROM cells WHERE cell = ?");
    w->find_sums = db_query(s->db, "SELECT sums FROM sums WHERE cell = ?");
    if (!w->cell || !w->sums || !w->replicate || !w->summary || !w->claim || !w->batch ||
        !w->find_cell || !w->find_sums)
        return db_code(s->db);
    return 0;
}

int writer_cell(struct writer *w, const struct plan *plan, uint32_t cell,
                const struct cell_state *state, const char *cause)
{
    int status = begin(w);
    if (status != 0)
        return status;
    db_int(w->cell, cell);
    for (int f = 0; f < plan->factors.n; f++) {
        struct factor_value value;
        plan_value(plan, cell, f, &value);
        if (plan->factors.of[f].kind == FACTOR_NUMBER)
            db_real(w->cell, value.number);
        else
            db_text(w->cell, value.label);
    }
    db_int(w->cell, state->done);
    db_text(w->cell, cause);
    db_real(w->cell, state->error);
    return db_put(w->cell, NULL);
}

int writer_sums(struct writer *w, uint32_t cell, const double *sums, size_t n)
{
    db_int(w->sums, cell);
    db_blob(w->sums, sums, n * sizeof *sums);
    return db_put(w->sums, NULL);
}

int writer_unit(struct writer *w, const struct subject *s, const struct unit *u)
{
    const double *value = u->values;
    int status = begin(w);
    for (uint32_t r = 0; r < u->n && status == 0; r++)
        for (int a = 0; a < s->n_arms && status == 0; a++) {
            db_int(w->replicate, u->cell);
            db_int(w->replicate, u->first + r);
            db_text(w->replicate, s->base->arms[s->arms[a]].name);
            for (int k = 0; k < s->n_outcomes; k++)
                db_real(w->replicate, *value++);
            status = db_put(w->replicate, NULL);
        }
    return status;
}

int writer_summaries(struct writer *w, const struct subject *s, uint32_t cell,
                     const struct cell_summary *summaries)
{
    int status = 0;
    for (int a = 0; a < s->n_arms && status == 0; a++)
        for (int k = 0; k < s->n_outcomes && status == 0; k++, summaries++) {
            db_int(w->summary, cell);
            db_text(w->summary, s->base->arms[s->arms[a]].name);
            db_text(w->summary, s->base->outcomes[s->outcomes[k]].name);
            db_int(w->summary, (int64_t)summaries->n);
            db_real(w->summary, summaries->mean);
            db_real(w->summary, summaries->sd);
            db_real(w->summary, summaries->mcse);
            db_real(w->summary, summaries->mean_path);
            status = db_put(w->summary, NULL);
        }
    return status;
}

int writer_claims(struct writer *w, const struct subject *s, uint32_t cell, int64_t done,
                  const struct cell_claim *claims)
{
    int status = 0;
    for (int k = 0; k < s->n_claims && status == 0; k++) {
        db_int(w->claim, cell);
        db_text(w->claim, s->base->claims[s->claims[k]].name);
        db_int(w->claim, claims[k].shown);
        db_real(w->claim, claims[k].share);
        db_int(w->claim, done);
        status = db_put(w->claim, NULL);
    }
    return status;
}

static int write_batch(struct writer *w, const struct batch_row *batch)
{
    db_int(w->batch, ++w->batches);
    db_int(w->batch, w->run);
    db_text(w->batch, batch->committed);
    db_real(w->batch, batch->seconds);
    db_int(w->batch, batch->units);
    db_int(w->batch, batch->replicates);
    return db_put(w->batch, NULL);
}

int writer_commit(struct writer *w, const struct batch_row *batch, int patience)
{
    if (!w->begun)
        return 0;
    int status = batch->units > 0 ? write_batch(w, batch) : 0; /* none: another try */
    if (status == 0)
        status = db_commit(w->store->db, patience);
    w->begun = status != 0;
    return status;
}

int writer_find_cell(struct writer *w, uint32_t cell, struct cell_state *state)
{
    *state = (struct cell_state){.error = NAN};
    db_int(w->find_cell, cell);
    int status = db_next(w->find_cell);
    if (status == 1)
        *state = (struct cell_state){db_get_int(w->find_cell, 0), !db_is_null(w->find_cell, 1),
                                     db_get_real(w->find_cell, 2)};
    db_reset(w->find_cell);
    return status < 0 ? status : 0;
}

int writer_find_sums(struct writer *w, uint32_t cell, double *sums, size_t n)
{
    size_t bytes = 0;
    memset(sums, 0, n * sizeof *sums);
    db_int(w->find_sums, cell);
    int status = db_next(w->find_sums);
    const void *found = status == 1 ? db_get_blob(w->find_sums, 0, &bytes) : NULL;
    if (status == 1 && bytes != n * sizeof *sums)
        status = db_damaged(w->store->db);
    else if (status == 1)
        memcpy(sums, found, bytes);
    db_reset(w->find_sums);
    return status < 0 ? status : 0;
}

static int find_failed(struct store *s, uint32_t **cells, int64_t *n)
{
    struct db_query *q =
        db_query(s->db, "SELECT cell FROM cells WHERE cause IS NOT NULL ORDER BY cell");
    int status = q == NULL
                     ? db_code(s->db)
                     : db_number(s->db, "SELECT count(*) FROM cells WHERE cause IS NOT NULL", n);
    *cells = status == 0 ? calloc((size_t)*n + 1, sizeof **cells) : NULL;
    *n = 0;
    if (status == 0 && *cells == NULL)
        status = ERROR_NOMEM;
    while (status == 0 && (status = db_next(q)) == 1) {
        (*cells)[(*n)++] = (uint32_t)db_get_int(q, 0);
        status = 0;
    }
    return status;
}

int writer_retry(struct writer *w, const struct plan *plan, uint32_t **cells, int64_t *n)
{
    int status = find_failed(w->store, cells, n);
    for (int64_t k = 0; k < *n && status == 0; k++) {
        struct cell_state state;
        status = writer_find_cell(w, (*cells)[k], &state);
        if (status == 0)
            status = writer_cell(w, plan, (*cells)[k], &state, NULL);
    }
    return status;
}
