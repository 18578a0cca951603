#include "swept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

/* ---- from texts to a subject ---------------------------------------------------------------- */

/* Claims that some replicates show, and a shock that some replicates do not outlive. */
static const char claims[] =
    "claims = {\n"
    "  up = { text = \"Up.\"; all = { a = { outcome = \"step\"; is = \"above\"; value = 0.06; }; "
    "}; };\n"
    "  less = { text = \"Less.\"; all = { a = { outcome = \"step\"; arm = \"no_deal\"; is = "
    "\"below\"; than = \"step\"; than_arm = \"full\"; }; }; };\n";
static const char shocks[] =
    "shocks = {\n"
    "  gone = { date = \"2010-03-01\"; enabled = false; jitter_days = 400; effects = {\n"
    "    a = { on = \"growth\"; of = [\"GBR\"]; size = -0.5; };\n"
    "    b = { on = \"growth\"; of = [\"GBR\"]; size = -0.5; date = \"2011-10-20\"; }; }; };\n";

void swept_write(const char *sweep, const char *factors)
{
    struct text t = {0};
    char *text = stated_text(), *claimed = scratch_changed(text, "claims = {\n", claims),
         *shocked = scratch_changed(claimed, "shocks = {\n", shocks);
    text_printf(&t, "%sparameters = { eta = 0.4; };\n", shocked);
    scratch_write("scenario.cfg", t.s);
    text_release(&t);
    free(text);
    free(claimed);
    free(shocked);
    text_printf(&t,
                "sweep = { name = \"d\"; scenario = \"scenario.cfg\";\n%s\n};\n"
                "factors = {\n%s\n};\n",
                sweep, factors);
    scratch_write("d.cfg", t.s);
    text_release(&t);
}

static int add_set(const char *item, void *sets)
{
    return texts_add(sets, "%s", item);
}

int swept_plan(struct swept *s)
{
    *s = (struct swept){.sets = {0}};
    int status = design_load(&s->design, "d.cfg", &s->diag);
    if (status != 0)
        return status;
    assert_int_equal(text_each(s->design.sweep.set, add_set, &s->sets), 0);
    s->base =
        scratch_load_file(s->design.sweep.scenario, (const char *const *)s->sets.at, s->sets.n);
    if (s->base.status != 0)
        fail_msg("%s", s->base.diag.text.s);
    return plan_init(&s->plan, &s->design, s->base.scenario, &s->sets,
                     (uint64_t)s->design.sweep.seed, &s->diag);
}

int swept_subject(struct swept *s)
{
    int status = swept_plan(s);
    if (status != 0)
        return status;
    char *text = scratch_effective(s->base.scenario);
    scratch_write("effective.cfg", text);
    free(text);
    return subject_init(&s->subject, &s->plan, "effective.cfg", (uint64_t)s->design.sweep.seed,
                        &s->diag);
}

void swept_close(struct swept *s)
{
    subject_release(&s->subject);
    plan_release(&s->plan);
    scratch_release(&s->base);
    texts_release(&s->sets);
    design_release(&s->design);
    diag_release(&s->diag);
}

void swept_open(struct swept *s, const char *sweep, const char *factors)
{
    swept_write(sweep, factors);
    if (swept_subject(s) != 0)
        fail_msg("%s", s->diag.text.s);
    assert_null(s->diag.text.s);
}

struct store_design swept_describe(const struct swept *s, int64_t shard, int64_t shards)
{
    struct store_design d;
    const struct sweep_shard part = {shards == 0 ? 1 : shard, shards == 0 ? 1 : shards};
    assert_int_equal(
        sweep_describe(&d, &s->subject, s->design.sweep.replicates, part, "a = 1;\nb = 2;\n"), 0);
    return d;
}

/* ---- stores --------------------------------------------------------------------------------- */

void swept_create(struct store *store, const struct swept *s, const char *path)
{
    struct diag diag = {0};
    struct store_design d = swept_describe(s, 0, 0);
    remove(path);
    if (store_create(store, path, &d, &diag) != 0)
        fail_msg("%s", diag.text.s);
    assert_int_equal(db_run(store->db, "PRAGMA synchronous = OFF"), 0);
}

void swept_load(struct store *store, const char *path, enum store_access access)
{
    struct diag diag = {0};
    if (store_open(store, path, access, NULL, &diag) != 0)
        fail_msg("%s", diag.text.s);
    if (access == STORE_WRITE)
        assert_int_equal(db_run(store->db, "PRAGMA synchronous = OFF"), 0);
}

static double no_seconds(void)
{
    return 0;
}

static void one_moment(char text[32])
{
    snprintf(text, 32, "2030-01-01T00:00:00Z");
}

struct sweep_request swept_request(struct store *store, const struct swept *s)
{
    return (struct sweep_request){.store = store,
                                  .subject = &s->subject,
                                  .run = {"2030-01-01T00:00:00Z", "here", "1/1", "sweep", 1},
                                  .threads = 1,
                                  .seconds = no_seconds,
                                  .now = one_moment};
}

struct sweep_result swept_run(struct store *store, const struct swept *s, int threads)
{
    struct diag diag = {0};
    struct sweep_result before, result;
    struct sweep_request q = swept_request(store, s);
    q.threads = threads;
    assert_int_equal(sweep_count(store, &before), 0);
    if (sweep_run(&q, &result, &diag) != 0)
        fail_msg("%s", diag.text.s == NULL ? "no message" : diag.text.s);
    assert_null(diag.text.s);
    result.replicates -= before.replicates;
    return result;
}

/* ---- from behind ---------------------------------------------------------------------------- */

static sqlite3 *reach(const char *path)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    return db;
}

void swept_tell(const char *path, const char *sql)
{
    char *message = NULL;
    sqlite3 *db = reach(path);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

static int take_number(void *out, int n, char **values, char **names)
{
    (void)names;
    assert_int_equal(n, 1);
    *(int64_t *)out = values[0] == NULL ? 0 : strtoll(values[0], NULL, 10);
    return 0;
}

int64_t swept_ask(const char *path, const char *sql)
{
    int64_t number = -1;
    sqlite3 *db = reach(path);
    assert_int_equal(sqlite3_exec(db, sql, take_number, &number, NULL), SQLITE_OK);
    sqlite3_close(db);
    return number;
}

char *swept_dump(const char *path)
{
    static const char *const tables[] = {"design",     "factors",   "cells", "sums",
                                         "replicates", "summaries", "claims"};
    struct text t = {0};
    sqlite3 *db = reach(path);
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        char sql[64];
        sqlite3_stmt *q;
        snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2, 3", tables[k]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
        while (sqlite3_step(q) == SQLITE_ROW) {
            text_printf(&t, "%s", tables[k]);
            for (int c = 0; c < sqlite3_column_count(q); c++) {
                const void *bytes = sqlite3_column_blob(q, c);
                bool blob = sqlite3_column_type(q, c) == SQLITE_BLOB;
                text_printf(&t, "|%s", blob ? "" : (const char *)sqlite3_column_text(q, c));
                for (int b = 0; b < sqlite3_column_bytes(q, c) && blob; b++)
                    text_printf(&t, "%02x", ((const unsigned char *)bytes)[b]);
            }
            text_printf(&t, "\n");
        }
        sqlite3_finalize(q);
    }
    sqlite3_close(db);
    assert_false(t.failed);
    return t.s;
}

/* ---- settings ------------------------------------------------------------------------------- */

void swept_sets(const char *file, int line, const struct swept *s, uint32_t cell,
                const char *expected)
{
    struct texts sets = {0};
    struct text joined = {0};
    assert_int_equal(plan_settings(&s->plan, cell, &sets), 0);
    for (int k = 0; k < sets.n; k++)
        text_printf(&joined, "%s%s", k > 0 ? " " : "", sets.at[k]);
    if (strcmp(joined.s == NULL ? "" : joined.s, expected) != 0) {
        print_error("cell %u: \"%s\", not \"%s\"\n", (unsigned)cell, joined.s, expected);
        _fail(file, line);
    }
    texts_release(&sets);
    text_release(&joined);
}
