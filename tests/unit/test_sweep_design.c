/* What a store says of its sweep, and whether another sweep is the same, more of it, or another. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/build.h"
#include "base/error.h"
#include "swept.h"

#define GRID                                                                                       \
    "kind = \"grid\"; seed = 9; replicates = 8; outcomes = [\"step\", \"mind\"]; claims = "        \
    "[\"up\"];\nprecision = 0.25; precision_of = \"mind\";"
#define SOBOL "kind = \"sobol\"; cells = 8; replicates = 8; outcomes = [\"step\"];"
#define CUBE "kind = \"latin_hypercube\"; cells = 8; replicates = 8; outcomes = [\"step\"];"
#define LIST "kind = \"list\"; points = \"p.csv\"; replicates = 8; outcomes = [\"step\"];"
#define FACTORS                                                                                    \
    "l = { paths = [\"parameters.lambda\"]; low = 1; high = 4; levels = 3; };\n"                   \
    "t = { paths = [\"terms.reach\"]; values = [true, false]; labels = [\"on\", \"off\"]; };"
#define RANGE "l = { paths = [\"parameters.lambda\"]; low = 1; high = 4; };"

static struct store_design describe(const char *sweep, const char *factors)
{
    struct swept s;
    swept_open(&s, sweep, factors);
    struct store_design d = swept_describe(&s, 0, 0);
    swept_close(&s);
    return d;
}

static void assert_value(const struct store_design *d, const char *key, const char *expected)
{
    const char *value = store_design_value(d, key);
    if (value == NULL || strcmp(value, expected) != 0)
        fail_msg("%s is \"%s\", not \"%s\"", key, value == NULL ? "nothing" : value, expected);
}

/* ---- describing ----------------------------------------------------------------------------- */

static void a_description_has_all_that_makes_results(void **state)
{
    (void)state;
    struct store_design d = describe(GRID "title = \"T\";", FACTORS);
    char version[32];
    snprintf(version, sizeof version, "%d", build_model_version());
    const char *const expected[][2] = {
        {"name", "d"},
        {"title", "T"},
        {"kind", "grid"},
        {"cells", "6"},
        {"replicates", "8"},
        {"precision", "0.25"},
        {"penalty", "0"},
        {"precision_of", "mind"},
        {"seed", "9"},
        {"model_version", version},
        {"shard", "1/1"},
        {"scenario", "a = 1;\nb = 2;\n"},
        {"outcomes", "step;mind"},
        {"arms", "full;no_deal"},
        {"claims", "up"},
        {"independent_cells", "false"},
        {"times", "l=1;t=1"},
        {"values.l", ""},
        {"values.t", "true;false"},
        {"scenario_file", "scenario.cfg"},
    };
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++)
        assert_value(&d, expected[k][0], expected[k][1]);
    assert_int_equal(d.keys.n, sizeof expected / sizeof *expected + 1); /* and points */
    assert_true(d.precision == 0.25);
    assert_int_equal(d.precision_of, 1);
    store_design_release(&d);
}

static void a_shard_is_told(void **state)
{
    (void)state;
    struct swept s;
    swept_open(&s, GRID, FACTORS);
    struct store_design d = swept_describe(&s, 2, 5);
    assert_value(&d, "shard", "2/5");
    assert_true(d.shard == 2 && d.shards == 5);
    assert_int_equal(store_design_own_cells(&d), 1);
    store_design_release(&d);
    swept_close(&s);
}

static void assert_factor(const struct factor_row *f, const char *expected)
{
    struct text t = {0};
    text_printf(&t, "%s %s %s %g..%g %s [%s] %s", f->name, f->paths, f->kind, f->low, f->high,
                f->scale, f->levels, f->unit);
    assert_string_equal(t.s, expected);
    text_release(&t);
}

static void factors_are_told_with_levels_and_bounds(void **state)
{
    (void)state;
    struct store_design d = describe(
        GRID, FACTORS "g = { paths = [\"states.IRN.gdp\", \"states.RUS.gdp\"]; low = 0.5; high = "
                      "2.0; levels = 2; relative = true; scale = \"log\"; };\n"
                      "v = { paths = [\"parameters.eta\"]; values = [\"1\", \"0.1\", \"0.5\"]; "
                      "times = 0.5; };\n"
                      "d = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = "
                      "\"2010-06-03\"; levels = 2; };");
    assert_int_equal(d.n_factors, 5);
    assert_factor(&d.factors[0], "l parameters.lambda number 1..4 linear [1;2.5;4] 1/utility");
    assert_factor(&d.factors[1], "t terms.reach word nan..nan linear [on;off] ");
    assert_factor(&d.factors[2], "g states.IRN.gdp;states.RUS.gdp number 0.5..2 log [0.5;2] times "
                                 "the scenario's");
    assert_factor(&d.factors[3], "v parameters.eta number 0.1..1 linear [1;0.1;0.5] ");
    assert_factor(&d.factors[4],
                  "d shocks.deal.date date nan..nan linear [2010-06-01;2010-06-03] ");
    assert_value(&d, "times", "l=1;t=1;g=1;v=0.5;d=1");
    store_design_release(&d);
}

static void columns_of_a_table_have_the_bounds_of_their_rows(void **state)
{
    (void)state;
    scratch_write("p.csv", "draw,states.IRN.gdp\na,3\nb,-0.5\nc,7e0\n");
    struct swept s;
    swept_open(&s, LIST, "");
    struct store_design d = swept_describe(&s, 0, 0);
    assert_factor(&d.factors[0], "draw  word nan..nan linear [] ");
    char expected[128];
    snprintf(expected, sizeof expected, "gdp states.IRN.gdp number -0.5..7 linear [] %s",
             s.plan.factors.of[1].key->unit);
    assert_factor(&d.factors[1], expected);
    store_design_release(&d);
    swept_close(&s);
}

/* ---- comparing ------------------------------------------------------------------------------ */

static const char *const words[] = {"same", "more", "levels", "other"};

static void assert_compared(const struct store_design *stored, const struct store_design *wanted,
                            enum sweep_difference expected, const char *told)
{
    struct text what = {0};
    enum sweep_difference found = sweep_compare(stored, wanted, &what);
    const char *text = what.s == NULL ? "" : what.s;
    if (found != expected)
        fail_msg("%s, not %s: \"%s\"", words[found], words[expected], text);
    if (told == NULL ? what.length > 0 : strstr(text, told) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", told == NULL ? "nothing" : told, text);
    text_release(&what);
}

struct variant {
    const char *old, *new;
    enum sweep_difference difference;
    const char *told;
};

/* One place of the design's text is changed. */
static void compare_variants(const char *sweep, const char *factors, const struct variant *v, int n)
{
    struct store_design stored = describe(sweep, factors);
    assert_compared(&stored, &stored, SWEEP_SAME, NULL);
    for (int k = 0; k < n; k++) {
        bool in_sweep = strstr(sweep, v[k].old) != NULL;
        char *changed = scratch_changed(in_sweep ? sweep : factors, v[k].old, v[k].new);
        struct store_design wanted =
            describe(in_sweep ? changed : sweep, in_sweep ? factors : changed);
        assert_compared(&stored, &wanted, v[k].difference, v[k].told);
        store_design_release(&wanted);
        free(changed);
    }
    store_design_release(&stored);
}

static void differences_of_a_grid_are_weighed(void **state)
{
    (void)state;
    static const struct variant v[] = {
        {"kind =", "title = \"T\"; kind =", SWEEP_SAME, NULL},
        {"replicates = 8", "replicates = 9", SWEEP_MORE,
         "replicates: \"8\" in the store, now \"9\""},
        {"replicates = 8", "replicates = 7", SWEEP_OTHER,
         "replicates: \"8\" in the store, now \"7\""},
        {"levels = 3", "levels = 4", SWEEP_LEVELS, "factor l"},
        {"levels = 3", "levels = 2", SWEEP_LEVELS, "factor l"},
        {"high = 4", "high = 5", SWEEP_LEVELS, "factor l"},
        {"[true, false]; labels = [\"on\", \"off\"]", "[false, true]; labels = [\"on\", \"off\"]",
         SWEEP_LEVELS, "values.t: \"true;false\" in the store, now \"false;true\""},
        {"[true, false]; labels = [\"on\", \"off\"]", "[true]; labels = [\"on\"]", SWEEP_LEVELS,
         "cells: \"6\" in the store, now \"3\""},
        {"seed = 9", "seed = 8", SWEEP_OTHER, "seed: \"9\" in the store, now \"8\""},
        {"\"step\", \"mind\"", "\"mind\", \"step\"", SWEEP_OTHER,
         "outcomes: \"step;mind\" in the store, now \"mind;step\""},
        {"[\"up\"]", "[\"up\", \"less\"]", SWEEP_OTHER, "claims: \"up\" in the store"},
        {"precision = 0.25", "precision = 0.5", SWEEP_OTHER, "precision: \"0.25\""},
        {"precision_of = \"mind\"", "precision_of = \"step\"", SWEEP_OTHER, "precision_of: "},
        {"seed = 9", "seed = 9; arms = [\"free\"]", SWEEP_OTHER, "arms: "},
        {"seed = 9", "seed = 9; penalty = 2.0", SWEEP_OTHER, "penalty: \"0\" in the store, now"},
        {"seed = 9", "seed = 9; independent_cells = true", SWEEP_OTHER, "independent_cells: "},
        {"levels = 3", "levels = 3; times = 2.0", SWEEP_OTHER, "times: \"l=1;t=1\" in the store"},
        {"levels = 3", "levels = 3; scale = \"log\"", SWEEP_OTHER, "factor l"},
        {"levels = 3", "levels = 3; relative = true", SWEEP_OTHER, "factor l"},
        {"parameters.lambda", "parameters.eta", SWEEP_OTHER, "factor l"},
        {"l = {", "m = {", SWEEP_OTHER, "factor m"},
        {"l = {", "e = { paths = [\"parameters.eta\"]; values = [1]; };\nl = {", SWEEP_OTHER,
         "the number of factors"},
        {"replicates = 8; outcomes = [\"step\", \"mind\"]",
         "replicates = 9; outcomes = [\"mind\", \"step\"]", SWEEP_OTHER, "; replicates: "},
    };
    compare_variants(GRID, FACTORS, v, sizeof v / sizeof *v);
}

static void points_are_more_but_those_of_a_cube(void **state)
{
    (void)state;
    static const struct variant sobol[] = {
        {"cells = 8", "cells = 16", SWEEP_MORE, "cells: \"8\" in the store, now \"16\""},
        {"cells = 8", "cells = 4", SWEEP_OTHER, "cells: \"8\" in the store, now \"4\""},
        {"high = 4", "high = 5", SWEEP_OTHER, "factor l"},
        {"cells = 8; replicates = 8", "cells = 9; replicates = 9", SWEEP_MORE, "replicates: "},
        {"cells = 8; replicates = 8", "cells = 9; replicates = 7", SWEEP_OTHER, "replicates: "},
        {"sobol", "random", SWEEP_OTHER, "kind: \"sobol\" in the store, now \"random\""},
        {"low = 1; high = 4", "values = [1, 4]", SWEEP_OTHER, "factor l"},
    };
    static const struct variant cube[] = {
        {"cells = 8", "cells = 16", SWEEP_OTHER, "cells: \"8\" in the store, now \"16\""},
        {"replicates = 8", "replicates = 16", SWEEP_MORE, "replicates: "},
    };
    compare_variants(SOBOL, RANGE, sobol, sizeof sobol / sizeof *sobol);
    compare_variants(CUBE, RANGE, cube, sizeof cube / sizeof *cube);
}

static void ranges_of_dates_are_compared(void **state)
{
    (void)state;
    static const struct variant v[] = {
        {"2010-06-30", "2010-07-30", SWEEP_OTHER, "values.d: "},
        {"2010-06-01", "2010-06-02", SWEEP_OTHER, "values.d: "},
    };
    static const char range[] = "d = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high "
                                "= \"2010-06-30\"; };";
    compare_variants(SOBOL, range, v, 2);
    compare_variants(CUBE, range, v, 2);
}

static void rows_of_a_table_are_more_or_others(void **state)
{
    (void)state;
    static const char before[] = "draw,parameters.lambda\na,3\nb,4\n";
    static const struct {
        const char *table;
        enum sweep_difference difference;
        const char *told;
    } tables[] = {
        {before, SWEEP_SAME, NULL},
        {"draw,parameters.lambda\na,3\nb,4\nc,9\n", SWEEP_MORE, "cells: \"2\" in the store"},
        {"draw,parameters.lambda\na,3\n", SWEEP_OTHER, "cells: \"2\" in the store, now \"1\""},
        {"draw,parameters.lambda\na,3\nb,5\n", SWEEP_OTHER, "the table of points"},
        {"draw,parameters.lambda\nb,4\na,3\n", SWEEP_OTHER, "the table of points"},
        {"draw,parameters.eta\na,3\nb,4\n", SWEEP_OTHER, "factor eta"},
        {"parameters.lambda,draw\n3,a\n4,b\n", SWEEP_OTHER, "factor lambda"},
        {"parameters.lambda\n3\n4\n", SWEEP_OTHER, "the number of factors"},
    };
    scratch_write("p.csv", before);
    struct store_design stored = describe(LIST, "");
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        scratch_write("p.csv", tables[k].table);
        struct store_design wanted = describe(LIST, "");
        assert_compared(&stored, &wanted, tables[k].difference, tables[k].told);
        store_design_release(&wanted);
    }
    store_design_release(&stored);
}

static void another_scenario_is_told_by_its_first_line(void **state)
{
    (void)state;
    static const struct {
        const char *scenario, *told;
    } texts[] = {
        {"a = 1;\nb = 2;\n", NULL},
        {"a = 1;\nb = 3;\n", "scenario, line 2: \"b = 2;\" in the store, now \"b = 3;\""},
        {"c = 1;\nb = 2;\n", "scenario: \"a = 1;\" in the store, now \"c = 1;\""},
        {"a = 1;\n", "scenario, line 2: \"b = 2;\" in the store, now \"\""},
        {"a = 1;\nb = 2;\nc = 3;\n", "scenario, line 3: \"\" in the store, now \"c = 3;\""},
    };
    struct swept s;
    swept_open(&s, GRID, FACTORS);
    struct store_design stored = swept_describe(&s, 0, 0), wanted;
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        const struct sweep_shard whole = {1, 1};
        assert_int_equal(sweep_describe(&wanted, &s.subject, 8, whole, texts[k].scenario), 0);
        assert_compared(&stored, &wanted, k == 0 ? SWEEP_SAME : SWEEP_OTHER, texts[k].told);
        store_design_release(&wanted);
    }
    store_design_release(&stored);
    swept_close(&s);
}

static void long_texts_are_told_in_part(void **state)
{
    (void)state;
    char line[400], cut[128];
    struct swept s;
    swept_open(&s, GRID, FACTORS);
    struct store_design stored = swept_describe(&s, 0, 0), wanted;
    memset(line, 'x', sizeof line - 1);
    memcpy(line + 79, "\xc3\xa4", 2); /* would be cut in two */
    line[sizeof line - 1] = '\0';
    assert_int_equal(sweep_describe(&wanted, &s.subject, 8, (struct sweep_shard){1, 1}, line), 0);
    snprintf(cut, sizeof cut, "now \"%.79s\"", line);
    assert_compared(&stored, &wanted, SWEEP_OTHER, cut);
    store_design_release(&wanted);
    store_design_release(&stored);
    swept_close(&s);
}

static void shards_and_stores_that_lack_a_key_are_others(void **state)
{
    (void)state;
    struct swept s;
    swept_open(&s, GRID, FACTORS);
    struct store_design stored = swept_describe(&s, 0, 0), wanted = swept_describe(&s, 1, 2);
    assert_compared(&stored, &wanted, SWEEP_OTHER, "shard: \"1/1\" in the store, now \"1/2\"");
    assert_int_equal(store_design_add(&wanted, "new", "%d", 7), 0);
    assert_compared(&stored, &wanted, SWEEP_OTHER, "new: \"\" in the store, now \"7\"");
    store_design_release(&wanted);
    store_design_release(&stored);
    swept_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_description_has_all_that_makes_results),
        cmocka_unit_test(a_shard_is_told),
        cmocka_unit_test(factors_are_told_with_levels_and_bounds),
        cmocka_unit_test(columns_of_a_table_have_the_bounds_of_their_rows),
        cmocka_unit_test(differences_of_a_grid_are_weighed),
        cmocka_unit_test(points_are_more_but_those_of_a_cube),
        cmocka_unit_test(ranges_of_dates_are_compared),
        cmocka_unit_test(rows_of_a_table_are_more_or_others),
        cmocka_unit_test(another_scenario_is_told_by_its_first_line),
        cmocka_unit_test(long_texts_are_told_in_part),
        cmocka_unit_test(shards_and_stores_that_lack_a_key_are_others),
    };
    return cmocka_run_group_tests_name("sweep design", tests, scratch_enter, scratch_leave);
}
