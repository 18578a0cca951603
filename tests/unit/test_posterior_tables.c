/* The tables of a posterior: what stands in them, and that equal ones have equal bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "prior.h"
#include "run/draws.h"
#include "scenario/csv.h"
#include "small.h"

#define TARGETS                                                                                    \
    "step = { value = 0.5; error = 0.05; };\n"                                                     \
    "mind = { value = 0.7; error = 0.2; scale = \"log\"; };"
#define MADE                                                                                       \
    "UPDATE summaries SET mean_path = (SELECT e FROM cells WHERE cells.cell = summaries.cell)"

enum { FILES = 4, DRAWS = 250, PSEUDO = 12 };
static const char *const files[FILES] = {"posterior.csv", "parameters.csv", "targets.csv",
                                         "coverage.csv"};

/* Finds and writes into `out`; f stays open. */
static void write_into(struct found *f, const char *out, uint64_t seed)
{
    struct folder folder;
    struct diag diag = {0};
    prior_find(f, seed);
    assert_int_equal(folder_open(&folder, out, "d", true, &diag), 0);
    assert_int_equal(posterior_write(&f->posterior, &folder), 0);
    assert_int_equal(folder_commit(&folder), 0);
    folder_release(&folder);
}

static void make(struct found *f, const char *out, const char *more)
{
    char calibration[160];
    snprintf(calibration, sizeof calibration, "draws = %d; pseudo = %d; %s", DRAWS, PSEUDO, more);
    prior_store(MADE);
    prior_design(calibration, TARGETS);
    write_into(f, out, 6);
}

static struct csv table(const char *out, int file, int rows)
{
    char path[64];
    struct csv t;
    struct diag diag = {0};
    snprintf(path, sizeof path, "%s/%s", out, files[file]);
    if (csv_load(&t, path, diag_at("test", 0), &diag) != 0)
        fail_msg("%s", diag.text.s);
    assert_int_equal(t.n_rows, rows);
    return t;
}

static void assert_header(const struct csv *t, const char *expected)
{
    struct text header = {0};
    for (int c = 0; c < t->n_columns; c++)
        text_printf(&header, "%s%s", c > 0 ? "," : "", csv_header(t, c));
    assert_string_equal(header.s, expected);
    text_release(&header);
}

static double number(const struct csv *t, int row, int column)
{
    char *end;
    const char *text = csv_cell(t, row, column);
    double v = strtod(text, &end);
    assert_true(end > text && *end == '\0');
    return v;
}

/* ---- each table ----------------------------------------------------------------------------- */

static void draws_are_settings_and_lie_in_the_prior(void **state)
{
    (void)state;
    struct found f;
    make(&f, "drawn", "");
    struct csv t = table("drawn", 0, DRAWS);
    assert_header(&t, "parameters.lambda,parameters.eta");
    double mean = 0;
    for (int r = 0; r < DRAWS; r++) {
        double lambda = number(&t, r, 0), eta = number(&t, r, 1);
        assert_true(lambda >= 1 && lambda <= 9 && eta >= 0.1 && eta <= 1);
        mean += eta / DRAWS;
    }
    const struct posterior_parameter eta = posterior_parameter(&f.posterior, 1);
    assert_within(mean, 0.1 + 0.9 * abc_mean(&f.posterior.weights, &f.posterior.table, 1), 0.01);
    assert_true(mean > eta.q05 && mean < eta.q95);
    csv_release(&t);
    prior_close(&f);
    struct draws d;
    struct diag diag = {0};
    assert_int_equal(draws_load(&d, "drawn/posterior.csv", &diag), 0);
    assert_int_equal(draws_settings(&d), 2);
    draws_release(&d);
}

/* Each row as often as it weighs, to less than one, and in the order of the cells. */
static void draws_are_rows_by_their_weights(void **state)
{
    (void)state;
    struct found f;
    make(&f, "weighed", "");
    struct csv draws = table("weighed", 0, DRAWS);
    const struct posterior *p = &f.posterior;
    for (uint32_t row = 0, at = 0; row < p->table.n; row++) {
        uint32_t times = 0;
        for (; at < DRAWS && p->draw[at] == row; at++, times++)
            for (int k = 0; k < 2; k++)
                assert_within(number(&draws, (int)at, k), p->theta[2 * row + (uint32_t)k], 1e-9);
        assert_true(fabs(times - DRAWS * p->weights.weight[row]) < 1);
        assert_true(row + 1 < p->table.n || at == DRAWS);
    }
    csv_release(&draws);
    prior_close(&f);
}

static void each_parameter_has_its_prior_and_what_is_found(void **state)
{
    (void)state;
    struct found f;
    make(&f, "told", "");
    struct csv t = table("told", 1, 2);
    assert_header(&t, "parameter,path,scale,low,high,q05,median,q95,contraction,informed,coverage");
    static const char *const words[2][3] = {{"l", "parameters.lambda", "log"},
                                            {"e", "parameters.eta", "linear"}};
    static const double ends[2][2] = {{1, 9}, {0.1, 1}};
    for (int k = 0; k < 2; k++) {
        const struct posterior_parameter p = posterior_parameter(&f.posterior, k);
        const double found[] = {ends[k][0], ends[k][1], p.q05, p.median, p.q95, p.contraction};
        for (int c = 0; c < 3; c++)
            assert_string_equal(csv_cell(&t, k, c), words[k][c]);
        for (int c = 0; c < 6; c++)
            assert_within(number(&t, k, 3 + c), found[c], 1e-8);
        assert_within(number(&t, k, 10), p.coverage, 1e-8);
        assert_true(p.q05 < p.median && p.median < p.q95);
        assert_string_equal(csv_cell(&t, k, 9), p.contraction < 0.1 ? "no" : "yes");
    }
    assert_string_equal(csv_cell(&t, 0, 9), "no");
    assert_string_equal(csv_cell(&t, 1, 9), "yes");
    csv_release(&t);
    prior_close(&f);
}

static void each_target_has_what_is_known_and_what_cells_say(void **state)
{
    (void)state;
    struct found f;
    make(&f, "held", "discrepancy = 1.5;");
    struct csv t = table("held", 2, 2);
    assert_header(&t, "target,scale,value,error,prior_q05,prior_median,prior_q95,posterior_q05,"
                      "posterior_median,posterior_q95");
    for (int k = 0; k < 2; k++) {
        const struct posterior_target a = posterior_target(&f.posterior, k, false),
                                      b = posterior_target(&f.posterior, k, true);
        const double found[] = {k ? 0.7 : 0.5, k ? 0.3 : 0.075, a.q05,    a.median,
                                a.q95,         b.q05,           b.median, b.q95};
        assert_string_equal(csv_cell(&t, k, 0), k ? "mind" : "step");
        assert_string_equal(csv_cell(&t, k, 1), k ? "log" : "linear");
        for (int c = 0; c < 8; c++)
            assert_within(number(&t, k, 2 + c), found[c], 1e-8);
        assert_true(a.q05 < b.q05 && b.q05 < b.median && b.median < b.q95 && b.q95 < a.q95);
    }
    csv_release(&t);
    prior_close(&f);
}

static void each_pseudo_observation_has_its_cell_and_the_weights_below(void **state)
{
    (void)state;
    struct found f;
    make(&f, "covered", "");
    struct csv t = table("covered", 3, PSEUDO);
    assert_header(&t, "cell,l,e");
    for (int r = 0; r < PSEUDO; r++) {
        assert_int_equal((int)number(&t, r, 0), f.posterior.cell[f.posterior.truth[r]]);
        for (int k = 0; k < 2; k++)
            assert_within(number(&t, r, 1 + k), f.posterior.pseudo[2 * r + k], 1e-8);
    }
    csv_release(&t);
    prior_close(&f);
}

static void what_was_not_tested_is_na(void **state)
{
    (void)state;
    struct found f;
    prior_store(MADE);
    prior_design("pseudo = 0; draws = 1;", TARGETS);
    write_into(&f, "none", 6);
    struct csv parameters = table("none", 1, 2), coverage = table("none", 3, 0),
               draws = table("none", 0, 1);
    for (int k = 0; k < 2; k++)
        assert_string_equal(csv_cell(&parameters, k, 10), "NA");
    assert_header(&coverage, "cell,l,e");
    csv_release(&parameters);
    csv_release(&coverage);
    csv_release(&draws);
    prior_close(&f);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static char *bytes_of(const char *out, int file)
{
    char path[64], *text = calloc(1, 100000);
    snprintf(path, sizeof path, "%s/%s", out, files[file]);
    FILE *in = fopen(path, "rb");
    assert_true(text != NULL && in != NULL);
    assert_in_range(fread(text, 1, 99999, in), 10, 99998);
    fclose(in);
    return text;
}

static void the_same_seed_gives_the_same_bytes_and_another_gives_others(void **state)
{
    (void)state;
    static const char *const out[] = {"a", "b", "c"};
    static const uint64_t seeds[] = {6, 6, 7};
    prior_store(MADE);
    prior_design("pseudo = 10; draws = 40;", TARGETS);
    for (int k = 0; k < 3; k++) {
        struct found f;
        write_into(&f, out[k], seeds[k]);
        prior_close(&f);
    }
    for (int file = 0; file < FILES; file++) {
        char *a = bytes_of("a", file), *b = bytes_of("b", file), *c = bytes_of("c", file);
        assert_string_equal(a, b);
        assert_true((strcmp(a, c) == 0) == (strcmp(files[file], "targets.csv") == 0));
        free(a);
        free(b);
        free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_settings_and_lie_in_the_prior),
        cmocka_unit_test(draws_are_rows_by_their_weights),
        cmocka_unit_test(each_parameter_has_its_prior_and_what_is_found),
        cmocka_unit_test(each_target_has_what_is_known_and_what_cells_say),
        cmocka_unit_test(each_pseudo_observation_has_its_cell_and_the_weights_below),
        cmocka_unit_test(what_was_not_tested_is_na),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_and_another_gives_others),
    };
    return cmocka_run_group_tests_name("posterior_tables", tests, scratch_enter, scratch_leave);
}
