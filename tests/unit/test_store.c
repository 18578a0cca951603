/* Stores: made, opened, verified; what is damaged, locked or not a store is told. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/store_copy.h"
#include "swept.h"

#define SWEEP                                                                                      \
    "kind = \"grid\"; seed = 9; replicates = 3; outcomes = [\"step\", \"mind\"]; claims = "        \
    "[\"up\"]; arms = [\"no_deal\"];"
#define FACTORS                                                                                    \
    "l = { paths = [\"parameters.lambda\"]; values = [2, 4]; };\n"                                 \
    "t = { paths = [\"terms.reach\"]; values = [true, false]; };"

/* A store with all four cells, closed. */
static void make(const char *path)
{
    struct swept s;
    struct store store;
    swept_open(&s, SWEEP, FACTORS);
    swept_create(&store, &s, path);
    struct sweep_result r = swept_run(&store, &s, 1);
    assert_int_equal(r.complete, 4);
    assert_int_equal(r.replicates, 12);
    store_close(&store);
    swept_close(&s);
}

static void copy_file(const char *from, const char *to)
{
    char *bytes = NULL;
    size_t n = 0, got;
    char part[4096];
    FILE *in = fopen(from, "rb"), *out = open_memstream(&bytes, &n);
    while ((got = fread(part, 1, sizeof part, in)) > 0)
        fwrite(part, 1, got, out);
    fclose(in);
    fclose(out);
    scratch_write_bytes(to, bytes, n);
    free(bytes);
}

/* Opens and verifies; the status. */
static int verify(const char *path, struct diag *diag)
{
    struct store store;
    *diag = (struct diag){0};
    int status = store_open(&store, path, STORE_READ, NULL, diag);
    if (status == 0)
        status = store_verify(&store, diag);
    store_close(&store);
    return status;
}

static void assert_whole(const char *path)
{
    struct diag diag;
    if (verify(path, &diag) != 0)
        fail_msg("%s", diag.text.s);
    assert_null(diag.text.s);
}

static void assert_damaged(const char *path, const char *message)
{
    struct diag diag;
    if (verify(path, &diag) != ERROR_INPUT)
        fail_msg("taken: %s", message);
    assert_says(&diag, message);
    diag_release(&diag);
}

/* ---- the record ----------------------------------------------------------------------------- */

static void a_store_tells_its_design(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    swept_open(&s, SWEEP, FACTORS);
    swept_create(&store, &s, "s.db");
    store_close(&store);
    swept_load(&store, "s.db", STORE_READ);
    const struct store_design *d = &store.design;
    assert_true(d->cells == 4 && d->replicates == 3 && d->shard == 1 && d->shards == 1);
    assert_true(d->precision == 0 && d->n_factors == 2);
    assert_int_equal(store_design_own_cells(d), 4);
    assert_int_equal(d->outcomes.n, 2);
    assert_string_equal(d->outcomes.at[1], "mind");
    assert_int_equal(d->arms.n, 2);
    assert_string_equal(d->arms.at[1], "no_deal");
    assert_string_equal(d->claims.at[0], "up");
    assert_string_equal(store_design_value(d, "scenario"), "a = 1;\nb = 2;\n");
    assert_null(store_design_value(d, "nothing"));
    assert_string_equal(d->factors[0].name, "l");
    assert_string_equal(d->factors[0].kind, "number");
    assert_string_equal(d->factors[0].levels, "2;4");
    assert_true(d->factors[0].low == 2 && d->factors[0].high == 4);
    assert_string_equal(d->factors[1].paths, "terms.reach");
    assert_true(isnan(d->factors[1].low) && isnan(d->factors[1].high));
    assert_int_equal(store_verify(&store, &s.diag), 0);
    store_close(&store);
    swept_close(&s);
}

static void shards_have_all_cells_between_them(void **state)
{
    (void)state;
    for (int64_t cells = 1; cells < 12; cells++)
        for (int64_t shards = 1; shards <= cells; shards++) {
            int64_t all = 0;
            for (int64_t k = 1; k <= shards; k++) {
                struct store_design d = {.cells = cells, .shard = k, .shards = shards};
                int64_t own = store_design_own_cells(&d), counted = 0;
                for (int64_t c = k - 1; c < cells; c += shards)
                    counted++;
                assert_true(own == counted);
                all += own;
            }
            assert_true(all == cells);
        }
}

static void a_design_is_texts_by_keys(void **state)
{
    (void)state;
    struct store_design d = {.keys = {0}};
    assert_int_equal(store_design_add(&d, "a", "%d", 7), 0);
    assert_int_equal(store_design_add(&d, "b", "%s", ""), 0);
    assert_string_equal(store_design_value(&d, "a"), "7");
    assert_string_equal(store_design_value(&d, "b"), "");
    assert_int_equal(store_design_ready(&d), ERROR_INPUT);
    store_design_release(&d);
    assert_null(store_design_value(&d, "a"));
}

static void a_store_has_its_tables_and_no_others(void **state)
{
    (void)state;
    make("s.db");
    assert_whole("s.db");
    assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM sqlite_master WHERE sql IS NOT NULL"),
                     9);
    assert_int_equal(swept_ask("s.db", "PRAGMA application_id"), STORE_APPLICATION);
    assert_int_equal(swept_ask("s.db", "PRAGMA user_version"), STORE_VERSION);
    swept_tell("s.db", "CREATE TABLE more(a)");
    assert_damaged("s.db", "s.db: the store is damaged (it has tables that no store has)");
    swept_tell("s.db", "DROP TABLE more; CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM "
                       "cells; END");
    assert_damaged("s.db", "it has tables that no store has");
    swept_tell("s.db", "DROP TRIGGER t; ALTER TABLE cells RENAME COLUMN l TO m");
    assert_damaged("s.db", "its tables are not those of its design");
}

/* ---- damage --------------------------------------------------------------------------------- */

static const struct {
    const char *sql, *message;
} damage[] = {
    {"UPDATE replicates SET step = step + 1e-15 WHERE cell = 2 AND replicate = 1",
     "the store is damaged (replicates, cell 2)"},
    {"UPDATE replicates SET mind = NULL WHERE cell = 0", "(replicates, cell 0)"},
    {"UPDATE replicates SET arm = 'fuII' WHERE arm = 'full' AND cell = 3", "(replicates, cell 3)"},
    {"UPDATE summaries SET mean = -mean WHERE cell = 1 AND outcome = 'step'",
     "(summaries, cell 1)"},
    {"UPDATE claims SET share = 0.5 WHERE cell = 1", "(claims, cell 1)"},
    {"UPDATE sums SET sums = zeroblob(length(sums)) WHERE cell = 1", "(sums, cell 1)"},
    {"UPDATE cells SET l = 3 WHERE cell = 1", "(cells, cell 1)"},
    {"UPDATE cells SET cause = 'x' WHERE cell = 1", "(cells, cell 1)"},
    {"UPDATE runs SET host = 'there'", "the store is damaged (runs, "},
    {"UPDATE batches SET replicates = 99", "the store is damaged (batches, "},
    {"UPDATE design SET value = '4' WHERE key = 'replicates'", "a row of the table design"},
    {"UPDATE factors SET low = 1 WHERE factor = 0", "a row of the table factors"},
};

static void a_row_that_was_changed_is_found(void **state)
{
    (void)state;
    make("whole.db");
    for (size_t k = 0; k < sizeof damage / sizeof *damage; k++) {
        copy_file("whole.db", "s.db");
        swept_tell("s.db", damage[k].sql);
        assert_damaged("s.db", damage[k].message);
    }
    assert_whole("whole.db");
}

static const struct {
    const char *sql, *message;
} counts[] = {
    {"DELETE FROM replicates WHERE cell = 2 AND replicate = 2", "(replicates, cell 2)"},
    {"DELETE FROM replicates WHERE cell = 2 AND replicate = 0", "(replicates, cell 2)"},
    {"DELETE FROM replicates WHERE cell = 2 AND replicate = 1 AND arm = 'full'",
     "(replicates, cell 2)"},
    {"DELETE FROM replicates", "(replicates, cell 0)"},
    {"DELETE FROM summaries WHERE cell = 3 AND outcome = 'mind' AND arm = 'full'",
     "(summaries, cell 3)"},
    {"DELETE FROM claims WHERE cell = 0", "(claims, cell 0)"},
    {"DELETE FROM sums WHERE cell = 1", "(sums, cell 1)"},
    {"DELETE FROM cells WHERE cell = 1", "the store is damaged (replicates, cell "},
    {"DELETE FROM cells WHERE cell = 3", "(replicates, cell 3)"},
    {"DELETE FROM batches", "the store is damaged (SELECT coalesce(sum(replicates), 0) FROM bat"},
    {"DELETE FROM design WHERE key = 'penalty'", "its design is not whole"},
    {"DELETE FROM design WHERE key = 'shard'", "its design is not whole"},
    {"DELETE FROM design", "its design is not whole"},
    {"DELETE FROM factors", "its design is not whole"},
    {"DELETE FROM factors WHERE factor = 1", "its tables are not those of its design"},
};

static void rows_that_are_missing_are_found(void **state)
{
    (void)state;
    make("whole.db");
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        copy_file("whole.db", "s.db");
        swept_tell("s.db", counts[k].sql);
        assert_damaged("s.db", counts[k].message);
    }
}

/* Puts a row again, with its checksum. */
static void put(const char *path, const char *select, const char *insert)
{
    struct db *db;
    assert_int_equal(db_open(&db, path, false), 0);
    struct db_query *in = db_query(db, select), *out = db_query(db, insert);
    assert_true(in != NULL && out != NULL);
    while (db_next(in) == 1) {
        for (int c = 0; c < db_columns(in); c++)
            db_copy(out, in, c);
        if (db_put(out, NULL) != 0)
            fail_msg("%s: %s", insert, db_message(db));
    }
    db_close(db);
}

static void rows_that_are_too_many_are_found_though_each_is_whole(void **state)
{
    (void)state;
    static const struct {
        const char *select, *insert, *message;
    } more[] = {
        {"SELECT cell, 3, arm, step, mind FROM replicates WHERE cell = 1 AND replicate = 0",
         "INSERT INTO replicates VALUES(?, ?, ?, ?, ?, ?)", "(replicates, cell 1)"},
        {"SELECT cell, replicate, 'free', step, mind FROM replicates WHERE cell = 1 AND replicate "
         "= 0 AND arm = 'full'",
         "INSERT INTO replicates VALUES(?, ?, ?, ?, ?, ?)", "(replicates, cell 1)"},
        {"SELECT 9, sums FROM sums WHERE cell = 0", "INSERT INTO sums VALUES(?, ?, ?)",
         "(sums, cell 9)"},
        {"SELECT 4, l, t, 0, NULL, NULL FROM cells WHERE cell = 0",
         "INSERT INTO cells VALUES(?, ?, ?, ?, ?, ?, ?)", "(cells, cell 4)"},
        {"SELECT -1, l, t, 0, NULL, NULL FROM cells WHERE cell = 0",
         "INSERT INTO cells VALUES(?, ?, ?, ?, ?, ?, ?)", "(cells, cell -1)"},
        {"SELECT cell, l, t, 2, NULL, NULL FROM cells WHERE cell = 0",
         "INSERT OR REPLACE INTO cells VALUES(?, ?, ?, ?, ?, ?, ?)", "(replicates, cell 0)"},
        {"SELECT cell, l, t, 4, NULL, NULL FROM cells WHERE cell = 0",
         "INSERT OR REPLACE INTO cells VALUES(?, ?, ?, ?, ?, ?, ?)", "(cells, cell 0)"},
        {"SELECT cell, l, t, 0, NULL, NULL FROM cells WHERE cell = 0",
         "INSERT OR REPLACE INTO cells VALUES(?, ?, ?, ?, ?, ?, ?)", "(replicates, cell 0)"},
        {"SELECT 3, run, committed, seconds, units, replicates FROM batches WHERE batch = 1",
         "INSERT INTO batches VALUES(?, ?, ?, ?, ?, ?, ?)", "max(batch), 0) FROM batches: 3"},
        {"SELECT key, '2/2' FROM design WHERE key = 'shard'",
         "INSERT OR REPLACE INTO design VALUES(?, ?, ?)", "(cells, cell 0)"},
    };
    make("whole.db");
    for (size_t k = 0; k < sizeof more / sizeof *more; k++) {
        copy_file("whole.db", "s.db");
        put("s.db", more[k].select, more[k].insert);
        assert_damaged("s.db", more[k].message);
    }
}

/* ---- what is no store ----------------------------------------------------------------------- */

static void a_store_that_is_not_there_is_missing(void **state)
{
    (void)state;
    struct store store;
    struct diag diag = {0};
    bool missing = false;
    assert_int_equal(store_open(&store, "none.db", STORE_WRITE, &missing, &diag), 0);
    assert_true(missing);
    store_close(&store);
    assert_int_not_equal(access("none.db", F_OK), 0);
    assert_int_equal(store_open(&store, "none.db", STORE_READ, NULL, &diag), ERROR_INPUT);
    assert_says(&diag, "none.db: there is no store here; `waltz sweep` makes one");
    store_close(&store);
    diag_release(&diag);
    scratch_write("empty.db", "");
    missing = false;
    assert_int_equal(store_open(&store, "empty.db", STORE_READ, &missing, &diag), 0);
    assert_true(missing);
    store_close(&store);
}

static void what_a_killed_process_began_gives_way(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    swept_open(&s, SWEEP, FACTORS);
    struct store_design d = swept_describe(&s, 0, 0);
    scratch_write("s.db", "");
    assert_int_equal(store_create(&store, "s.db", &d, &s.diag), 0);
    assert_int_equal(d.keys.n, 0);
    store_close(&store);
    assert_whole("s.db");
    swept_close(&s);
}

static void files_of_others_are_refused_and_left_alone(void **state)
{
    (void)state;
    static const enum store_access ways[] = {STORE_READ, STORE_WRITE};
    static const struct {
        const char *path, *message;
    } bad[] = {
        {"text.db", "text.db: no store of `waltz sweep`, nor any SQLite file, or one that is dam"},
        {"other.db", "other.db: an SQLite file of another program; allowed: a store of"},
        {"newer.db", "newer.db: of a newer waltz (store version 2; this program knows 1)"},
        {"zero.db", "zero.db: the store is damaged (version 0)"},
        {"folder", "folder: a folder, or a device; allowed: the file of a store"},
    };
    make("whole.db");
    copy_file("whole.db", "other.db");
    copy_file("whole.db", "newer.db");
    copy_file("whole.db", "zero.db");
    swept_tell("other.db", "PRAGMA application_id = 1");
    swept_tell("newer.db", "PRAGMA user_version = 2");
    swept_tell("zero.db", "PRAGMA user_version = 0");
    scratch_write("text.db", "some text that is not even long enough for a header");
    scratch_write("folder/file", "");
    for (size_t k = 0; k < 2 * sizeof bad / sizeof *bad; k++) {
        struct store store;
        struct diag diag = {0};
        assert_true(store_open(&store, bad[k / 2].path, ways[k % 2], NULL, &diag) < 0);
        assert_says(&diag, bad[k / 2].message);
        store_close(&store);
        diag_release(&diag);
    }
}

static void a_store_that_is_cut_short_is_damaged(void **state)
{
    (void)state;
    make("s.db");
    struct diag diag;
    const int64_t size = swept_ask("s.db", "PRAGMA page_count") * 4096;
    assert_int_equal(truncate("s.db", size / 2), 0);
    assert_int_equal(verify("s.db", &diag), ERROR_INPUT);
    assert_says(&diag, "s.db: the store is damaged (");
    diag_release(&diag);
    assert_int_equal(truncate("s.db", 60), 0);
    assert_int_equal(verify("s.db", &diag), ERROR_INPUT);
    diag_release(&diag);
}

/* ---- locks ---------------------------------------------------------------------------------- */

static void one_writes_and_others_look_on(void **state)
{
    (void)state;
    struct store first, second, reader;
    struct diag diag = {0};
    make("s.db");
    swept_load(&first, "s.db", STORE_WRITE);
    assert_int_equal(store_open(&second, "s.db", STORE_WRITE, NULL, &diag), ERROR_IO);
    assert_says(&diag, "s.db: another process works on this store; allowed: one at a time");
    store_close(&second);
    diag_release(&diag);
    swept_load(&reader, "s.db", STORE_READ);
    assert_int_equal(store_verify(&reader, &diag), 0);
    assert_int_equal(db_run(reader.db, "DELETE FROM cells"), ERROR_IO);
    store_close(&reader);
    store_close(&first);
    swept_load(&second, "s.db", STORE_WRITE);
    store_close(&second);
}

static void a_store_that_is_being_made_is_locked(void **state)
{
    (void)state;
    struct swept s;
    struct store store, other;
    struct diag diag = {0};
    swept_open(&s, SWEEP, FACTORS);
    swept_create(&store, &s, "s.db");
    struct store_design d = swept_describe(&s, 0, 0);
    assert_int_equal(store_create(&other, "s.db", &d, &diag), ERROR_IO);
    assert_says(&diag, "another process works on this store");
    store_close(&other);
    diag_release(&diag);
    store_close(&store);
    assert_whole("s.db");
    swept_close(&s);
}

static void a_reader_sees_one_moment(void **state)
{
    (void)state;
    struct swept s;
    struct store writer, reader;
    int64_t n;
    swept_open(&s, SWEEP, FACTORS);
    swept_create(&writer, &s, "s.db");
    swept_load(&reader, "s.db", STORE_READ);
    assert_int_equal(db_run(writer.db, "BEGIN IMMEDIATE"), 0);
    assert_int_equal(store_write_design(&writer), 0);
    assert_int_equal(db_number(reader.db, "SELECT count(*) FROM design", &n), 0);
    assert_int_equal(n, writer.design.keys.n);
    store_close(&reader);
    assert_int_equal(db_run(writer.db, "COMMIT"), 0);
    store_close(&writer);
    assert_whole("s.db");
    swept_close(&s);
}

/* ---- beside --------------------------------------------------------------------------------- */

static void a_store_beside_takes_its_place_or_is_gone(void **state)
{
    (void)state;
    struct swept s;
    struct store store, other;
    struct diag diag = {0};
    char place[64];
    unlink("s.db");
    swept_open(&s, SWEEP, FACTORS);
    for (int keep = 0; keep < 2; keep++) {
        struct store_design d = swept_describe(&s, 0, 0);
        assert_int_equal(store_create_beside(&store, "s.db", &d, &diag), 0);
        snprintf(place, sizeof place, ".s.db.new-%ld", (long)getpid());
        assert_string_equal(store.path, place);
        assert_int_not_equal(access("s.db", F_OK), 0);
        if (keep)
            assert_int_equal(store_replace(&store, "s.db", true, &diag), 0);
        else
            store_discard(&store);
        assert_int_not_equal(access(place, F_OK), 0);
    }
    assert_string_equal(store.path, "s.db");
    assert_int_equal(store_open(&other, "s.db", STORE_WRITE, NULL, &diag), ERROR_IO);
    store_close(&other);
    diag_release(&diag);
    store_discard(&store); /* it is in its place, and stays */
    assert_whole("s.db");
    swept_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_tells_its_design),
        cmocka_unit_test(shards_have_all_cells_between_them),
        cmocka_unit_test(a_design_is_texts_by_keys),
        cmocka_unit_test(a_store_has_its_tables_and_no_others),
        cmocka_unit_test(a_row_that_was_changed_is_found),
        cmocka_unit_test(rows_that_are_missing_are_found),
        cmocka_unit_test(rows_that_are_too_many_are_found_though_each_is_whole),
        cmocka_unit_test(a_store_that_is_not_there_is_missing),
        cmocka_unit_test(what_a_killed_process_began_gives_way),
        cmocka_unit_test(files_of_others_are_refused_and_left_alone),
        cmocka_unit_test(a_store_that_is_cut_short_is_damaged),
        cmocka_unit_test(one_writes_and_others_look_on),
        cmocka_unit_test(a_store_that_is_being_made_is_locked),
        cmocka_unit_test(a_reader_sees_one_moment),
        cmocka_unit_test(a_store_beside_takes_its_place_or_is_gone),
    };
    return cmocka_run_group_tests_name("store", tests, scratch_enter, scratch_leave);
}
