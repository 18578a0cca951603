/* Tables as spreadsheets, R and hand-made scripts write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scenario/csv.h"
#include "scratch.h"

static const struct where named = {"x.cfg", 4, NULL};

static struct csv good(const char *text)
{
    struct csv csv;
    struct diag diag = {0};
    scratch_write("t.csv", text);
    if (csv_load(&csv, "t.csv", named, &diag) != 0)
        fail_msg("%s", diag.text.s);
    return csv;
}

static void assert_refused(const char *text, size_t n, const char *message)
{
    struct csv csv;
    struct diag diag = {0};
    scratch_write_bytes("t.csv", text, n);
    assert_int_equal(csv_load(&csv, "t.csv", named, &diag), ERROR_INPUT);
    assert_says(&diag, message);
    assert_int_equal(diag.errors, 1);
    diag_release(&diag);
}

/* Header a, b; rows 1, x and 2, y in lines 2 and 3. */
static void assert_is_the_plain_table(const char *text)
{
    struct csv csv = good(text);
    assert_int_equal(csv.n_columns, 2);
    assert_int_equal(csv.n_rows, 2);
    assert_string_equal(csv_header(&csv, 0), "a");
    assert_string_equal(csv_header(&csv, 1), "b");
    assert_string_equal(csv_cell(&csv, 0, 0), "1");
    assert_string_equal(csv_cell(&csv, 0, 1), "x");
    assert_string_equal(csv_cell(&csv, 1, 0), "2");
    assert_string_equal(csv_cell(&csv, 1, 1), "y");
    csv_release(&csv);
}

#define BOM "\xef\xbb\xbf"

static void dialects_give_the_same_table(void **state)
{
    (void)state;
    const char *dialects[] = {
        "a,b\n1,x\n2,y\n",         "a;b\n1;x\n2;y\n",
        "a,b\r\n1,x\r\n2,y\r\n",   BOM "a;b\r\n1;x\r\n2;y\r\n",
        "a,b\n1,x\n2,y",           "\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y\"\n",
        "a,b\r\n1,x\r\n2,\"y\"\r", "a,b\n\n1,x\n\n2,y\n\n",
        "\n\r\na;b\n1;x\n2;y\n",   "a,\"b\"\n1,\"x\"\r\n2,y",
    };
    for (size_t k = 0; k < sizeof dialects / sizeof *dialects; k++)
        assert_is_the_plain_table(dialects[k]);
}

static void quotes_hold_delimiters_breaks_and_quotes(void **state)
{
    (void)state;
    struct csv csv = good("a,b,c\n\"1,2;3\",\"two\nlines\",\"say \"\"no\"\"\"\n4,\"\",\"\"\"\"\n");
    assert_string_equal(csv_cell(&csv, 0, 0), "1,2;3");
    assert_string_equal(csv_cell(&csv, 0, 1), "two\nlines");
    assert_string_equal(csv_cell(&csv, 0, 2), "say \"no\"");
    assert_string_equal(csv_cell(&csv, 1, 1), "");
    assert_string_equal(csv_cell(&csv, 1, 2), "\"");
    csv_release(&csv);
}

static void rows_know_their_line_behind_breaks_and_blanks(void **state)
{
    (void)state;
    struct csv csv = good("\na,b\n1,\"x\ny\nz\"\n\r\n2,w\n");
    assert_int_equal(csv_where(&csv, -1).line, 2);
    assert_int_equal(csv_where(&csv, 0).line, 3);
    assert_int_equal(csv_where(&csv, 1).line, 7);
    assert_string_equal(csv_where(&csv, 1).file, "t.csv");
    csv_release(&csv);
}

static void the_header_tells_the_delimiter(void **state)
{
    (void)state;
    struct csv semicolons = good("a;b,c;d\n1;2,5;3\n");
    assert_int_equal(semicolons.n_columns, 3);
    assert_string_equal(csv_cell(&semicolons, 0, 1), "2,5");
    csv_release(&semicolons);
    struct csv commas = good("a,\"b;;;;\",c\n1,2;2,3\n");
    assert_int_equal(commas.n_columns, 3);
    assert_string_equal(csv_cell(&commas, 0, 1), "2;2");
    csv_release(&commas);
}

static void blanks_and_empty_cells_are_kept(void **state)
{
    (void)state;
    struct csv csv = good("a,b,c\n, x ,\n,,\n");
    assert_int_equal(csv.n_rows, 2);
    assert_string_equal(csv_cell(&csv, 0, 0), "");
    assert_string_equal(csv_cell(&csv, 0, 1), " x ");
    assert_string_equal(csv_cell(&csv, 1, 2), "");
    csv_release(&csv);
}

static void a_header_alone_is_a_table_without_rows(void **state)
{
    (void)state;
    struct csv csv = good("a,b");
    assert_int_equal(csv.n_rows, 0);
    assert_int_equal(csv.n_columns, 2);
    csv_release(&csv);
}

static void long_tables_are_read_whole(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    struct text t = {0};
    text_printf(&t, "a,b,c\n");
    for (int k = 0; k < ROWS; k++)
        text_printf(&t, "%d,\"%d\",%d\r\n", k, 2 * k, 3 * k);
    struct csv csv = good(t.s);
    assert_int_equal(csv.n_rows, ROWS);
    for (int k = 0; k < ROWS; k++) {
        assert_int_equal(strtol(csv_cell(&csv, k, 0), NULL, 10), k);
        assert_int_equal(strtol(csv_cell(&csv, k, 2), NULL, 10), 3 * k);
        assert_int_equal(csv_where(&csv, k).line, k + 2);
    }
    csv_release(&csv);
    text_release(&t);
}

#define BYTES(text) text, sizeof(text) - 1

static void broken_tables_are_refused_with_their_line(void **state)
{
    (void)state;
    assert_refused(BYTES("a,b\n1,2\n3\n"), "t.csv:3: 1 cells in a table of 2 columns\n");
    assert_refused(BYTES("a,b\n1,2,3\n"),
                   "t.csv:2: 3 cells in a table of 2 columns; a number has a decimal point");
    assert_refused(BYTES("a;b\n1;2;3\n"), "t.csv:2: 3 cells in a table of 2 columns\n");
    assert_refused(BYTES("a,b\n1,\"x\ny\n"), "t.csv:2: a quote opens and never closes\n");
    assert_refused(BYTES("a,b\n1,x\n2,\"\n\n\n\n"), "t.csv:3: a quote opens and never closes\n");
    assert_refused(BYTES("\""), "t.csv:1: a quote opens and never closes\n");
    assert_refused(BYTES("a,b\n1,\0x\n"), "t.csv:2: a NUL byte");
    assert_refused(BYTES("\xff\xfe"
                         "a\0,\0b\0"),
                   "t.csv:1: a NUL byte");
    assert_refused(BYTES(""), "t.csv: the table is empty");
    assert_refused(BYTES("\n\r\n\n"), "t.csv: the table is empty");
    assert_refused(BYTES("\xef\xbb\xbf"), "t.csv: the table is empty");
}

static void characters_beyond_ascii_are_kept_and_other_bytes_refused(void **state)
{
    (void)state;
    struct csv csv = good("a,b\nT\xc3\xbcrkiye,\"\xe2\x82\xac \xf0\x9f\x98\x80\"\n");
    assert_string_equal(csv_cell(&csv, 0, 0), "T\xc3\xbcrkiye");
    assert_string_equal(csv_cell(&csv, 0, 1), "\xe2\x82\xac \xf0\x9f\x98\x80");
    csv_release(&csv);
    assert_refused(BYTES("a,b\n1,T\xfcrkiye\n"),
                   "t.csv:2: the byte 0xFC is no UTF-8, maybe Latin-1; allowed: UTF-8 text\n");
    assert_refused(BYTES("a,b\n1,cut\n2,\xe2\x82"), "t.csv:3: the byte 0xE2 is no UTF-8");
}

static void missing_files_are_told_where_they_are_named(void **state)
{
    (void)state;
    struct csv csv;
    struct diag diag = {0};
    assert_int_equal(csv_load(&csv, "none.csv", named, &diag), ERROR_INPUT);
    assert_says(&diag, "x.cfg:4: cannot read \"none.csv\": No such file or directory\n");
    assert_int_equal(csv_load(&csv, ".", named, &diag), ERROR_INPUT);
    assert_says(&diag, "x.cfg:4: cannot read \".\": it is a folder, not a file\n");
    diag_release(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialects_give_the_same_table),
        cmocka_unit_test(quotes_hold_delimiters_breaks_and_quotes),
        cmocka_unit_test(rows_know_their_line_behind_breaks_and_blanks),
        cmocka_unit_test(the_header_tells_the_delimiter),
        cmocka_unit_test(blanks_and_empty_cells_are_kept),
        cmocka_unit_test(a_header_alone_is_a_table_without_rows),
        cmocka_unit_test(long_tables_are_read_whole),
        cmocka_unit_test(broken_tables_are_refused_with_their_line),
        cmocka_unit_test(characters_beyond_ascii_are_kept_and_other_bytes_refused),
        cmocka_unit_test(missing_files_are_told_where_they_are_named),
    };
    return cmocka_run_group_tests_name("csv", tests, scratch_enter, scratch_leave);
}
