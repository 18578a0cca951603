/* Tables of draws: which columns are settings, what rows are called, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/draws.h"
#include "scratch.h"

static void load(struct draws *d, const char *table)
{
    struct diag diag = {0};
    scratch_write("d.csv", table);
    int status = draws_load(d, "d.csv", &diag);
    if (status != 0)
        fail_msg("%s", diag.text.s);
    assert_null(diag.text.s);
}

/* The settings of a row as one text, joined by blanks. */
static void assert_sets(const struct draws *d, int row, const char *expected)
{
    char joined[256] = "";
    char **sets = draws_sets(d, row);
    assert_non_null(sets);
    for (int k = 0; k < draws_settings(d); k++) {
        strcat(joined, k > 0 ? " " : "");
        strcat(joined, sets[k]);
    }
    assert_null(sets[draws_settings(d)]);
    assert_string_equal(joined, expected);
    draws_free_sets(d, sets);
}

static void assert_name(const struct draws *d, int row, const char *expected)
{
    char name[32];
    draws_name(d, row, name);
    assert_string_equal(name, expected);
}

static void columns_are_settings_and_rows_have_numbers(void **state)
{
    (void)state;
    struct draws d;
    load(&d, "parameters.lambda,terms.reach\n3,false\n5.5,true\n");
    assert_int_equal(d.csv.n_rows, 2);
    assert_int_equal(draws_settings(&d), 2);
    assert_string_equal(draws_path(&d, 1), "terms.reach");
    assert_string_equal(draws_value(&d, 1, 0), "5.5");
    assert_sets(&d, 0, "parameters.lambda=3 terms.reach=false");
    assert_sets(&d, 1, "parameters.lambda=5.5 terms.reach=true");
    assert_name(&d, 0, "1");
    assert_name(&d, 1, "2");
    draws_release(&d);
}

static void a_column_of_names_is_no_setting_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "draw,parameters.lambda,parameters.eta\none,3,1\ntwo,5,2\n",
        "parameters.lambda,draw,parameters.eta\n3,one,1\n5,two,2\n",
        "parameters.lambda,parameters.eta,draw\n3,1,one\n5,2,two\n"};
    for (int k = 0; k < 3; k++) {
        struct draws d;
        load(&d, tables[k]);
        assert_int_equal(draws_settings(&d), 2);
        assert_string_equal(draws_path(&d, 0), "parameters.lambda");
        assert_string_equal(draws_path(&d, 1), "parameters.eta");
        assert_string_equal(draws_value(&d, 1, 1), "2");
        assert_sets(&d, 0, "parameters.lambda=3 parameters.eta=1");
        assert_name(&d, 1, "two");
        draws_release(&d);
    }
}

static void names_are_cut_between_characters(void **state)
{
    (void)state;
    struct draws d;
    load(&d, "draw,parameters.eta\n"
             "0123456789012345678901234567890,1\n"
             "01234567890123456789012345678901,1\n"
             "012345678901234567890123456789\xc3\xa4,1\n"
             ",1\n");
    assert_name(&d, 0, "0123456789012345678901234567890");
    assert_name(&d, 1, "0123456789012345678901234567890");
    assert_name(&d, 2, "012345678901234567890123456789");
    assert_name(&d, 3, "");
    draws_release(&d);
}

static void values_may_hold_anything(void **state)
{
    (void)state;
    struct draws d;
    load(&d, "a.b;c.d\r\n\"[\"\"x\"\"; \"\"y\"\"]\";=\r\n");
    assert_sets(&d, 0, "a.b=[\"x\"; \"y\"] c.d==");
    draws_release(&d);
}

static void assert_refused(const char *table, const char *message)
{
    struct draws d;
    struct diag diag = {0};
    scratch_write("d.csv", table);
    assert_int_equal(draws_load(&d, "d.csv", &diag), ERROR_INPUT);
    assert_says(&diag, message);
    draws_release(&d);
    diag_release(&diag);
}

static void columns_that_are_no_settings_of_a_draw_are_refused(void **state)
{
    (void)state;
    assert_refused("parameters.lambda,\n1,2\n", "d.csv:1: column \"\": allowed: draw, or a path");
    assert_refused("a=1\n1\n", "d.csv:1: column \"a=1\": allowed: draw, or a path");
    assert_refused("a.b,c.d,a.b\n1,2,3\n", "column \"a.b\": allowed: a name that no other column");
    assert_refused("draw,a.b,draw\n1,2,3\n", "column \"draw\": allowed: a name that no other");
    static const char *const shared[] = {"scenario.end",      "scenario.focus", "outcomes.x.window",
                                         "arms.full.without", "claims",         "groups.west",
                                         "states.table",      "scenario"};
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++) {
        char table[64];
        snprintf(table, sizeof table, "%s\nx\n", shared[k]);
        assert_refused(table, "allowed: what may differ between draws");
    }
}

static void all_wrong_columns_are_told(void **state)
{
    (void)state;
    struct draws d;
    struct diag diag = {0};
    scratch_write("d.csv", "scenario.end,a=1,\n1,2,3\n");
    assert_int_equal(draws_load(&d, "d.csv", &diag), ERROR_INPUT);
    assert_int_equal(diag.errors, 3);
    draws_release(&d);
    diag_release(&diag);
}

static void a_table_without_rows_is_refused(void **state)
{
    (void)state;
    assert_refused("", "d.csv: the table is empty");
    assert_refused("draw\nalone\n", "d.csv:1: no settings; allowed: one column or more");
    assert_refused("parameters.lambda\n", "d.csv:1: no draws; allowed: one row or more");
    assert_refused("parameters.lambda\n\n\n", "d.csv:1: no draws");
    assert_refused("parameters.lambda,parameters.eta\n1\n", "d.csv:2: 1 cells in a table of 2");
}

static void a_file_that_is_not_there_is_told_where_it_was_named(void **state)
{
    (void)state;
    struct draws d;
    struct diag diag = {0};
    assert_int_equal(draws_load(&d, "nowhere.csv", &diag), ERROR_INPUT);
    assert_says(&diag, "--draws: cannot read \"nowhere.csv\": No such file or directory");
    assert_int_equal(draws_settings(&d), 0);
    draws_release(&d);
    diag_release(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_settings_and_rows_have_numbers),
        cmocka_unit_test(a_column_of_names_is_no_setting_wherever_it_stands),
        cmocka_unit_test(names_are_cut_between_characters),
        cmocka_unit_test(values_may_hold_anything),
        cmocka_unit_test(columns_that_are_no_settings_of_a_draw_are_refused),
        cmocka_unit_test(all_wrong_columns_are_told),
        cmocka_unit_test(a_table_without_rows_is_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_told_where_it_was_named),
    };
    return cmocka_run_group_tests_name("draws", tests, scratch_enter, scratch_leave);
}
