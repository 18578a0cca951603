/* Factors of a design and its cells: values, levels, settings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "swept.h"

#define GRID "kind = \"grid\"; outcomes = [\"step\"]; replicates = 5;"
#define LIST "kind = \"list\"; points = \"p.csv\"; outcomes = [\"step\"];"
#define LAMBDA "l = { paths = [\"parameters.lambda\"]; "

static void open_design(struct swept *s, const char *sweep, const char *factors)
{
    swept_write(sweep, factors);
    if (swept_plan(s) != 0)
        fail_msg("%s", s->diag.text.s);
    assert_null(s->diag.text.s);
}

static struct factor_value value(const struct swept *s, uint32_t cell, int factor)
{
    struct factor_value v;
    plan_value(&s->plan, cell, factor, &v);
    return v;
}

/* The labels of the first factor's levels, joined by blanks. */
static void assert_levels(const struct swept *s, const char *expected)
{
    char joined[512] = "";
    const struct dimension *d = &s->plan.factors.of[0];
    for (int k = 0; k < dimension_levels(d); k++) {
        struct factor_value v;
        dimension_at_level(d, k, &v);
        strcat(joined, k > 0 ? " " : "");
        strcat(joined, v.label);
        if (d->kind == FACTOR_NUMBER)
            assert_true(strtod(v.label, NULL) == v.number);
    }
    assert_string_equal(joined, expected);
}

/* ---- levels --------------------------------------------------------------------------------- */

static void levels_are_those_that_a_table_shows(void **state)
{
    (void)state;
    static const struct {
        const char *factor, *levels;
    } good[] = {
        {LAMBDA "low = 0.0; high = 1.0; levels = 11; };",
         "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"},
        {LAMBDA "low = 1; high = 2; levels = 4; };", "1 1.333333333 1.666666667 2"},
        {LAMBDA "low = 0.1; high = 100.0; levels = 4; scale = \"log\"; };", "0.1 1 10 100"},
        {LAMBDA "low = -1.5; high = 1.5; levels = 3; };", "-1.5 0 1.5"},
        {LAMBDA "values = [\"1e1\", \"0.50\", \"3\"]; };", "1e1 0.50 3"},
        {LAMBDA "values = [4, 2]; };", "4 2"},
        {"d = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = \"2010-06-11\"; "
         "levels = 3; };",
         "2010-06-01 2010-06-06 2010-06-11"},
        {"d = { paths = [\"shocks.deal.date\"]; values = [\"2012-02-29\", \"2010-06-01\"]; };",
         "2012-02-29 2010-06-01"},
        {"j = { paths = [\"shocks.deal.jitter_days\"]; low = 1; high = 10; levels = 4; };",
         "1 4 7 10"},
        {"j = { paths = [\"shocks.deal.jitter_days\"]; low = 1; high = 10; levels = 3; };",
         "1 6 10"},
        {"t = { paths = [\"terms.reach\"]; values = [true, false]; };", "true false"},
        {"t = { paths = [\"terms.reach\"]; values = [true, false]; labels = [\"on\", \"off\"]; };",
         "on off"},
        {"a = { paths = [\"arm\"]; values = [\"free\", \"full\"]; };", "free full"},
        {"c = { paths = [\"shocks.deal.starts\"]; values = [\"S2 M1\", \"-\"]; };", "S2 M1 -"},
    };
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        struct swept s;
        open_design(&s, GRID, good[k].factor);
        assert_levels(&s, good[k].levels);
        swept_close(&s);
    }
}

static void numbers_of_values_are_numbers_or_dates(void **state)
{
    (void)state;
    struct swept s;
    open_design(&s, GRID,
                LAMBDA "values = [\"1e1\", \"0.50\"]; };\n"
                       "d = { paths = [\"shocks.deal.date\"]; values = [\"2010-06-01\", "
                       "\"2010-07-01\"]; };\n"
                       "t = { paths = [\"terms.reach\"]; values = [true]; };\n"
                       "w = { paths = [\"parameters.eta\"]; values = [0, 1]; labels = [\"a\", "
                       "\"b\"]; };");
    const struct dimension *d = s.plan.factors.of;
    assert_int_equal(d[0].kind, FACTOR_NUMBER);
    assert_int_equal(d[1].kind, FACTOR_DATE);
    assert_int_equal(d[2].kind, FACTOR_WORD);
    assert_int_equal(d[3].kind, FACTOR_WORD);
    assert_int_equal(s.plan.cells, 8);
    assert_true(value(&s, 0, 0).number == 10);
    assert_true(value(&s, 2, 1).number - value(&s, 0, 1).number == 30);
    assert_true(isnan(value(&s, 0, 2).number));
    assert_true(value(&s, 1, 3).number == 1);
    assert_string_equal(value(&s, 1, 3).label, "b");
    assert_string_equal(value(&s, 1, 3).value, "1");
    swept_close(&s);
}

static void texts_are_numbers_whole_or_not_at_all(void **state)
{
    (void)state;
    const struct key *decimal = key_find(SECTION_PARAMETERS, "lambda"),
                     *day = key_find(SECTION_SHOCKS, "date"),
                     *month = key_find(SECTION_SCENARIO, "start"),
                     *word = key_find(SECTION_TERMS, "reach");
    const struct {
        const struct key *key;
        const char *text;
        double number;
    } all[] = {{decimal, "1e3", 1000},
               {decimal, "-0.5", -0.5},
               {decimal, "1x", NAN},
               {decimal, "", NAN},
               {decimal, " 1", NAN},
               {decimal, "1 ", NAN},
               {decimal, "nan", NAN},
               {decimal, "inf", NAN},
               {decimal, "1e999", NAN},
               {day, "1970-01-02", 1},
               {day, "2010-02-30", NAN},
               {day, "2010-02", NAN},
               {month, "2000-02", 24000 + 1},
               {month, "2010-13", NAN},
               {word, "1", NAN},
               {NULL, "1", NAN}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        double number;
        bool good = factor_number(all[k].key, all[k].text, &number);
        if (good == isnan(all[k].number) || (good && number != all[k].number))
            fail_msg("\"%s\" is %g", all[k].text, number);
        assert_int_equal(isfinite(number) != 0, good);
    }
}

/* ---- cells and settings --------------------------------------------------------------------- */

static void a_grids_last_factor_varies_fastest(void **state)
{
    (void)state;
    struct swept s;
    open_design(&s, GRID,
                LAMBDA "low = 1; high = 5; levels = 3; };\n"
                       "t = { paths = [\"terms.reach\"]; values = [true, false]; };");
    assert_int_equal(s.plan.cells, 6);
    assert_sets(&s, 0, "parameters.lambda=1 terms.reach=true");
    assert_sets(&s, 1, "parameters.lambda=1 terms.reach=false");
    assert_sets(&s, 2, "parameters.lambda=3 terms.reach=true");
    assert_sets(&s, 5, "parameters.lambda=5 terms.reach=false");
    swept_close(&s);
}

static void a_large_grid_is_had_cell_by_cell(void **state)
{
    (void)state;
    struct swept s;
    open_design(&s, GRID,
                LAMBDA "low = 0; high = 1; levels = 1024; };\n"
                       "e = { paths = [\"parameters.eta\"]; low = 0; high = 1; levels = 1024; };\n"
                       "g = { paths = [\"states.IRN.gdp\"]; low = 1; high = 2048; levels = 2048; "
                       "};");
    assert_true(s.plan.cells == 2147483648u);
    assert_sets(&s, 2147483647u, "parameters.lambda=1 parameters.eta=1 states.IRN.gdp=2048");
    assert_sets(&s, 2147483646u - 2048,
                "parameters.lambda=1 parameters.eta=0.9990224829 states.IRN.gdp=2047");
    swept_close(&s);
}

static void settings_hold_what_the_factor_makes_of_its_value(void **state)
{
    (void)state;
    static const struct {
        const char *factor, *first, *last;
    } good[] = {
        {"g = { paths = [\"states.IRN.gdp\", \"states.RUS.gdp\"]; low = 0.5; high = 2.0; "
         "levels = 2; relative = true; };",
         "states.IRN.gdp=243.5 states.RUS.gdp=762.5", "states.IRN.gdp=974 states.RUS.gdp=3050"},
        {"g = { paths = [\"states.IRN.gdp\"]; values = [50, 100]; times = 0.01; relative = true; "
         "};",
         "states.IRN.gdp=243.5", "states.IRN.gdp=487"},
        {LAMBDA "values = [\"1e1\", \"-0\"]; };", "parameters.lambda=10", "parameters.lambda=0"},
        {LAMBDA "values = [1, 2]; times = -0.5; };", "parameters.lambda=-0.5",
         "parameters.lambda=-1"},
        {LAMBDA "values = [2, 3]; labels = [\"two\", \"three\"]; times = 10.0; };",
         "parameters.lambda=20", "parameters.lambda=30"},
        {"j = { paths = [\"shocks.deal.jitter_days\"]; values = [1, 3]; times = 2.3; };",
         "shocks.deal.jitter_days=2", "shocks.deal.jitter_days=7"},
        {"d = { paths = [\"shocks.deal.date\", \"shocks.exit.date\"]; low = \"2011-01-31\"; "
         "high = \"2011-03-01\"; levels = 2; };",
         "shocks.deal.date=2011-01-31 shocks.exit.date=2011-01-31",
         "shocks.deal.date=2011-03-01 shocks.exit.date=2011-03-01"},
        {"c = { paths = [\"shocks.deal.starts\"]; values = [\" S2   M1 \", \"-\"]; };",
         "shocks.deal.starts=[\"S2\", \"M1\"]", "shocks.deal.starts=[]"},
        {"a = { paths = [\"arm\"]; values = [\"free\", \"full\"]; };",
         "shocks.deal.enabled=false shocks.exit.enabled=false parameters.lambda=5 "
         "terms.reach=false",
         ""},
    };
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        struct swept s;
        open_design(&s, GRID, good[k].factor);
        assert_sets(&s, 0, good[k].first);
        assert_sets(&s, s.plan.cells - 1, good[k].last);
        swept_close(&s);
    }
}

static void relative_to_what_the_settings_of_all_cells_say(void **state)
{
    (void)state;
    struct swept s;
    open_design(&s, GRID "set = [\"parameters.lambda=8\"];",
                "g = { paths = [\"parameters.eta\"]; values = [2]; relative = true; };");
    assert_sets(&s, 0, "parameters.eta=0.8");
    assert_true(s.base.scenario->parameters.lambda == 8);
    swept_close(&s);
}

/* ---- tables --------------------------------------------------------------------------------- */

static void columns_of_a_table_are_factors_paths_or_names(void **state)
{
    (void)state;
    struct swept s;
    scratch_write("p.csv",
                  "draw,parameters.eta,l,shocks.deal.date,states.IRN.gdp,dyads.IRN-USA.h0\n"
                  "one,0.5,2,2010-06-01,1.5,0.1\n"
                  "one,1,3e0,2010-07-01,2,0.2\n");
    open_design(&s, LIST, LAMBDA "times = 10.0; };");
    assert_int_equal(s.plan.cells, 2);
    assert_int_equal(s.plan.factors.n, 6);
    static const char *const names[] = {"l", "draw", "eta", "date", "gdp", "h0"};
    for (int k = 0; k < 6; k++)
        assert_string_equal(s.plan.factors.of[k].name, names[k]);
    assert_sets(&s, 1,
                "parameters.lambda=30 parameters.eta=1 shocks.deal.date=2010-07-01 "
                "states.IRN.gdp=2 dyads.IRN-USA.h0=0.2");
    assert_string_equal(value(&s, 1, 0).label, "3e0");
    assert_string_equal(value(&s, 1, 1).label, "one");
    assert_true(isnan(value(&s, 1, 1).number));
    swept_close(&s);
}

static void an_arm_may_be_a_column(void **state)
{
    (void)state;
    struct swept s;
    scratch_write("p.csv", "states.IRN.gdp,arm\n1,free\n2,full\n");
    open_design(&s, LIST, "");
    assert_string_equal(s.plan.factors.of[0].name, "gdp");
    assert_string_equal(s.plan.factors.of[1].name, "arm");
    assert_true(s.plan.factors.of[1].arm);
    assert_sets(&s, 1, "states.IRN.gdp=2");
    swept_close(&s);
}

/* ---- points --------------------------------------------------------------------------------- */

static const char *const kinds[] = {"latin_hypercube", "sobol", "random"};

static void points_lie_in_their_ranges(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        char sweep[128];
        struct swept s;
        int seen[10] = {0};
        snprintf(sweep, sizeof sweep, "kind = \"%s\"; cells = 10; seed = 4; outcomes = [\"step\"];",
                 kinds[k]);
        open_design(&s, sweep,
                    LAMBDA "low = 10; high = 20; };\n"
                           "e = { paths = [\"parameters.eta\"]; low = 0.01; high = 1.0; scale = "
                           "\"log\"; };\n"
                           "d = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = "
                           "\"2010-06-30\"; };\n"
                           "t = { paths = [\"terms.reach\"]; values = [true, false]; };");
        assert_int_equal(s.plan.cells, 10);
        for (uint32_t c = 0; c < 10; c++) {
            double l = value(&s, c, 0).number, e = value(&s, c, 1).number;
            assert_true(l >= 10 && l < 20 && e >= 0.01 && e < 1);
            seen[(int)(l - 10)]++;
            double wanted = 10 + 10 * points_at(&s.plan.points, c, 0);
            assert_true(fabs(l - wanted) < 1e-8);
            assert_int_equal(strncmp(value(&s, c, 2).label, "2010-06-", 8), 0);
            bool late = points_at(&s.plan.points, c, 3) >= 0.5;
            assert_string_equal(value(&s, c, 3).label, late ? "false" : "true");
        }
        for (int j = 0; j < 10 && k == 0; j++)
            assert_int_equal(seen[j], 1);
        swept_close(&s);
    }
}

static void the_ends_of_a_normal_range_are_its_outer_quantiles(void **state)
{
    (void)state;
    struct swept s;
    struct factor_value v;
    open_design(&s, "kind = \"random\"; cells = 1000; outcomes = [\"step\"];",
                LAMBDA "low = 2; high = 6; scale = \"normal\"; };");
    const struct dimension *d = &s.plan.factors.of[0];
    const double shares[] = {0.025, 0.5, 0.975, 0.158655253931}, numbers[] = {2, 4, 6, 2.979572};
    for (int k = 0; k < 4; k++) {
        dimension_at(d, shares[k], &v);
        assert_true(fabs(v.number - numbers[k]) < 2e-4);
    }
    int inside = 0;
    for (uint32_t c = 0; c < 1000; c++)
        inside += value(&s, c, 0).number > 2 && value(&s, c, 0).number < 6;
    assert_in_range(inside, 930, 970);
    swept_close(&s);
}

static void a_point_of_a_sequence_is_the_same_for_any_number_of_cells(void **state)
{
    (void)state;
    for (int k = 1; k < 3; k++) {
        char sweep[128];
        struct swept few, many;
        for (int cells = 3; cells < 100; cells += 90) {
            snprintf(sweep, sizeof sweep, "kind = \"%s\"; cells = %d; outcomes = [\"step\"];",
                     kinds[k], cells);
            open_design(cells == 3 ? &few : &many, sweep, LAMBDA "low = 10; high = 20; };");
        }
        for (uint32_t c = 0; c < 3; c++)
            assert_true(value(&few, c, 0).number == value(&many, c, 0).number);
        swept_close(&few);
        swept_close(&many);
    }
}

static void whole_numbers_stay_whole_between_levels(void **state)
{
    (void)state;
    struct swept s;
    open_design(&s, "kind = \"random\"; cells = 50; outcomes = [\"step\"];",
                "j = { paths = [\"shocks.deal.jitter_days\"]; low = 0; high = 3; };");
    for (uint32_t c = 0; c < 50; c++) {
        double j = value(&s, c, 0).number;
        assert_true(j == 0 || j == 1 || j == 2 || j == 3);
    }
    swept_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_those_that_a_table_shows),
        cmocka_unit_test(numbers_of_values_are_numbers_or_dates),
        cmocka_unit_test(texts_are_numbers_whole_or_not_at_all),
        cmocka_unit_test(a_grids_last_factor_varies_fastest),
        cmocka_unit_test(a_large_grid_is_had_cell_by_cell),
        cmocka_unit_test(settings_hold_what_the_factor_makes_of_its_value),
        cmocka_unit_test(relative_to_what_the_settings_of_all_cells_say),
        cmocka_unit_test(columns_of_a_table_are_factors_paths_or_names),
        cmocka_unit_test(an_arm_may_be_a_column),
        cmocka_unit_test(points_lie_in_their_ranges),
        cmocka_unit_test(the_ends_of_a_normal_range_are_its_outer_quantiles),
        cmocka_unit_test(a_point_of_a_sequence_is_the_same_for_any_number_of_cells),
        cmocka_unit_test(whole_numbers_stay_whole_between_levels),
    };
    return cmocka_run_group_tests_name("factors", tests, scratch_enter, scratch_leave);
}
