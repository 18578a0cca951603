/* A store as tables: what stands in them, and that equal stores give equal bytes. */
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
#include "run/export.h"
#include "scenario/csv.h"
#include "swept.h"

#define SWEEP                                                                                      \
    "kind = \"grid\"; seed = 9; penalty = 3.0; outcomes = [\"step\", \"turn\"]; claims = "         \
    "[\"less\", \"C1\", \"up\"]; replicates = 5;"
#define FACTORS                                                                                    \
    "l = { paths = [\"parameters.lambda\"]; values = [2, 4]; };\n"                                 \
    "t = { paths = [\"terms.reach\"]; values = [true, false]; labels = [\"with, \\\"it\\\"\", "    \
    "\"without\"]; };"

static const char *const files[] = {"cells.csv",  "replicates.csv", "summaries.csv",
                                    "claims.csv", "effective.cfg",  "manifest.json"};

static void make(const char *path, const char *sweep, const char *factors, int threads)
{
    struct swept s;
    struct store store;
    swept_open(&s, sweep, factors);
    swept_create(&store, &s, path);
    swept_run(&store, &s, threads);
    store_close(&store);
    swept_close(&s);
}

static int export(const char *path, const char *out, struct diag *diag)
{
    struct store store;
    struct folder folder;
    *diag = (struct diag){0};
    swept_load(&store, path, STORE_READ);
    assert_int_equal(folder_open(&folder, out, "d", true, diag), 0);
    int status = export_write(&store, &folder, "waltz export x", diag);
    if (status == 0)
        assert_int_equal(folder_commit(&folder), 0);
    folder_release(&folder);
    store_close(&store);
    return status;
}

static void export_well(const char *path, const char *out)
{
    struct diag diag;
    if (export(path, out, &diag) != 0)
        fail_msg("%s", diag.text.s == NULL ? "no message" : diag.text.s);
    assert_null(diag.text.s);
}

static struct text content(const char *folder, const char *name)
{
    char path[64], part[4096];
    struct text t = {0};
    size_t n;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        text_add(&t, part, n);
    fclose(file);
    return t;
}

static void assert_holds(const char *folder, const char *name, const char *words)
{
    struct text t = content(folder, name);
    if (strstr(t.s, words) == NULL)
        fail_msg("\"%s\" is not in %s:\n%s", words, name, t.s);
    text_release(&t);
}

static void load(struct csv *table, const char *path)
{
    struct diag diag = {0};
    if (csv_load(table, path, diag_at(NULL, 0), &diag) != 0)
        fail_msg("%s", diag.text.s);
}

static void tables_have_a_row_for_all_that_was_run(void **state)
{
    (void)state;
    static const struct {
        const char *path, *header, *first, *last;
        int rows;
    } all[] = {
        {"x/cells.csv", "cell l t replicates failure", "0 2 with, \"it\" 5 NA", "3 4 without 5 NA",
         4},
        {"x/replicates.csv", "cell l t arm replicate step turn", "0 2 with, \"it\" full 0",
         "3 4 without free 4", 4 * 3 * 5},
        {"x/summaries.csv", "cell l t arm outcome n mean sd mcse mean_path",
         "0 2 with, \"it\" full step 5", "3 4 without free turn 0 NA NA NA", 4 * 3 * 2},
        {"x/claims.csv", "cell l t claim shown share n", "0 2 with, \"it\" less", "3 4 without up",
         4 * 3},
    };
    make("s.db", SWEEP, FACTORS, 2);
    export_well("s.db", "x");
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        struct csv table = {0};
        struct text rows[3] = {{0}};
        load(&table, all[k].path);
        assert_int_equal(table.n_rows, all[k].rows);
        for (int c = 0; c < table.n_columns; c++) {
            const char *blank = c > 0 ? " " : "";
            text_printf(&rows[0], "%s%s", blank, csv_header(&table, c));
            text_printf(&rows[1], "%s%s", blank, csv_cell(&table, 0, c));
            text_printf(&rows[2], "%s%s", blank, csv_cell(&table, table.n_rows - 1, c));
        }
        assert_string_equal(rows[0].s, all[k].header);
        if (strncmp(rows[1].s, all[k].first, strlen(all[k].first)) != 0 ||
            strncmp(rows[2].s, all[k].last, strlen(all[k].last)) != 0)
            fail_msg("%s\n%s", rows[1].s, rows[2].s);
        for (int r = 0; r < 3; r++)
            text_release(&rows[r]);
        csv_release(&table);
    }
    assert_holds("x", "effective.cfg", "a = 1;\nb = 2;\n");
}

static void numbers_have_nine_digits(void **state)
{
    (void)state;
    struct csv table = {0};
    struct db *db;
    make("s.db", SWEEP, FACTORS, 2);
    export_well("s.db", "x");
    load(&table, "x/replicates.csv");
    assert_int_equal(db_open(&db, "s.db", false), 0);
    struct db_query *q =
        db_query(db, "SELECT step FROM replicates WHERE cell = ? AND arm = ? AND replicate = ?");
    for (int row = 0; row < table.n_rows; row++) {
        db_int(q, strtol(csv_cell(&table, row, 0), NULL, 10));
        db_text(q, csv_cell(&table, row, 3));
        db_int(q, strtol(csv_cell(&table, row, 4), NULL, 10));
        assert_int_equal(db_next(q), 1);
        char expected[32];
        snprintf(expected, sizeof expected, "%.9g", db_get_real(q, 0));
        assert_string_equal(csv_cell(&table, row, 5), expected);
        assert_string_equal(csv_cell(&table, row, 6), "NA");
        db_reset(q);
    }
    db_close(db);
    csv_release(&table);
}

static void equal_stores_give_equal_bytes(void **state)
{
    (void)state;
    make("s.db", SWEEP, FACTORS, 1);
    make("t.db", SWEEP, FACTORS, 3);
    export_well("s.db", "x");
    export_well("t.db", "y");
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        struct text a = content("x", files[k]), b = content("y", files[k]);
        assert_string_equal(a.s, b.s);
        text_release(&a);
        text_release(&b);
    }
}

static void a_manifest_tells_design_and_progress(void **state)
{
    (void)state;
    static const char *const words[] = {"\"command_line\": \"waltz export x\"",
                                        "\"seed\": \"9\"",
                                        "\"levels\": \"2;4\"",
                                        "\"cells_planned\": 4",
                                        "\"cells_done\": 4",
                                        "\"cells_failed\": 0",
                                        "\"status\": \"complete\"",
                                        "\"low\": null"};
    make("s.db", SWEEP, FACTORS, 1);
    export_well("s.db", "x");
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        assert_holds("x", "manifest.json", words[k]);
}

static void a_failed_cell_has_its_cause(void **state)
{
    (void)state;
    make("s.db", "kind = \"grid\"; seed = 2; outcomes = [\"step\"]; replicates = 40;",
         "g = { paths = [\"shocks.gone.enabled\"]; values = [false, true]; };", 2);
    export_well("s.db", "x");
    assert_holds("x", "cells.csv",
                 "cell,g,replicates,failure\n0,false,40,NA\n1,true,5,replicate 5 "
                 "in arm full: economy\n");
    assert_holds("x", "claims.csv", "cell,g,claim,shown,share,n\n");
    assert_holds("x", "manifest.json", "\"status\": \"partial\"");
    assert_holds("x", "manifest.json", "\"cells_failed\": 1");
}

static void a_store_without_cells_has_headers_alone(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    swept_open(&s, SWEEP, FACTORS);
    swept_create(&store, &s, "s.db");
    store_close(&store);
    swept_close(&s);
    export_well("s.db", "x");
    struct text t = content("x", "cells.csv");
    assert_string_equal(t.s, "cell,l,t,replicates,failure\n");
    text_release(&t);
}

static void a_damaged_store_is_not_written(void **state)
{
    (void)state;
    struct diag diag;
    make("s.db", SWEEP, FACTORS, 1);
    swept_tell("s.db", "DELETE FROM claims WHERE cell = 2");
    assert_int_equal(export("s.db", "none", &diag), ERROR_INPUT);
    assert_says(&diag, "s.db: the store is damaged (claims, cell 2)");
    assert_int_not_equal(access("none", F_OK), 0);
    diag_release(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_have_a_row_for_all_that_was_run),
        cmocka_unit_test(numbers_have_nine_digits),
        cmocka_unit_test(equal_stores_give_equal_bytes),
        cmocka_unit_test(a_manifest_tells_design_and_progress),
        cmocka_unit_test(a_failed_cell_has_its_cause),
        cmocka_unit_test(a_store_without_cells_has_headers_alone),
        cmocka_unit_test(a_damaged_store_is_not_written),
    };
    return cmocka_run_group_tests_name("export", tests, scratch_enter, scratch_leave);
}
