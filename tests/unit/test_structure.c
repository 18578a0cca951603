/* The structure that is given: acts and their levels, mandates, shocks, month by month. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "small.h"

enum { A, B, C, D, N, MONTHS = 18 };
enum {
    AB = A * N + B,
    BA = B * N + A,
    AC = A * N + C,
    CA = C * N + A,
    BD = B * N + D,
    DB = D * N + B
};
enum { JAN, FEB, MAR, APR, MAY, JUN, JUL, AUG };

struct given {
    struct scenario *scenario;
    struct structure structure;
};

static void open_with(struct given *g, const char *more, const char *sets)
{
    struct text t = {0};
    text_printf(&t, "%s%s", small_four, more);
    g->scenario = small_scenario(t.s, sets);
    text_release(&t);
    assert_int_equal(structure_init(&g->structure, g->scenario, NULL), 0);
}

static void close_given(struct given *g)
{
    structure_release(&g->structure);
    scenario_free(g->scenario);
}

static struct month month_of(const struct given *g, int month)
{
    return structure_month(&g->structure, month);
}

/* ---- baselines ---------------------------------------------------------------------------------
 */

static void baselines_are_those_of_the_dyads_in_both_directions(void **state)
{
    (void)state;
    struct given g;
    open_with(&g, "", NULL);
    const struct structure *s = &g.structure;
    assert_true(s->baseline[INSTITUTIONAL][AB] == 0.3 && s->baseline[INSTITUTIONAL][BA] == 0.3);
    assert_true(s->baseline[SECURITY][C * N + B] == 0.5 && s->baseline[SECURITY][B * N + C] == 0.5);
    assert_true(month_of(&g, JAN).dispute[AC] == 0.6 && month_of(&g, JAN).dispute[CA] == 0.6);
    close_given(&g);
}

static void a_dyad_without_a_row_has_nothing_in_common(void **state)
{
    (void)state;
    struct given g;
    open_with(&g, "", NULL);
    for (int d = 0; d < DOMAINS; d++) {
        assert_true(g.structure.baseline[d][C * N + D] == 0.05);
        for (int i = 0; i < N; i++)
            assert_true(g.structure.baseline[d][i * N + i] == 0);
    }
    assert_true(month_of(&g, JAN).dispute[C * N + D] == 0);
    close_given(&g);
}

/* ---- levels of sanctions -----------------------------------------------------------------------
 */

static void levels_follow_class_then_pillars_then_third_parties(void **state)
{
    (void)state;
    enum { T = 1, F = 2, X = 4, S = 8 };
    static const struct {
        int class;
        unsigned pillars;
        double level;
    } cases[] = {{0, 0, 0},
                 {1, 0, 0.05},
                 {2, 0, 0.15},
                 {3, 0, 0.30},
                 {1, T, 0.45},
                 {3, T, 0.45},
                 {2, F, 0.45},
                 {3, X, 0.45},
                 {3, T | F, 0.60},
                 {3, T | F | X, 0.75},
                 {3, S, 0.30},
                 {2, S, 0.15},
                 {3, T | S, 0.45},
                 {3, F | S, 0.45},
                 {3, T | F | S, 0.85},
                 {3, T | X | S, 0.85},
                 {1, F | X | S, 0.85},
                 {3, T | F | X | S, 1}};
    struct given g;
    open_with(&g, "", NULL);
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_near(
            structure_sanctions_level(&g.scenario->parameters, cases[k].class, cases[k].pillars),
            cases[k].level);
    close_given(&g);
}

static const char acts[] =
    "sanctions = {\n"
    "  X1 = { senders = [\"AAA\", \"BBB\"]; target = \"CCC\"; start = \"2000-01-01\"; class = 1; "
    "};\n"
    "  X2 = { senders = [\"AAA\"]; target = \"CCC\"; start = \"2010-02-28\"; end = "
    "\"2010-06-30\";\n"
    "         class = 3; pillars = \"T\"; };\n"
    "  X3 = { senders = [\"AAA\"]; target = \"CCC\"; start = \"2010-03-31\"; end = "
    "\"2010-06-01\";\n"
    "         class = 3; pillars = \"FS\"; };\n"
    "  X4 = { senders = [\"DDD\"]; target = \"BBB\"; start = \"2010-04-01\"; class = 2; }; };\n";

static void acts_in_force_on_the_last_day_join_in_one_level(void **state)
{
    (void)state;
    static const double level[] = {0.05, 0.45, 0.85, 0.85, 0.85, 0.05, 0.05};
    static const double reach[] = {0, 0, 1, 1, 1, 0, 0};
    struct given g;
    open_with(&g, acts, NULL);
    for (int m = JAN; m <= JUL; m++) {
        struct month month = month_of(&g, m);
        assert_near(month.sanctions[AC], level[m]);
        assert_near(month.reach[AC], reach[m]);
        assert_near(month.sanctions[B * N + C], 0.05);
        assert_near(month.sanctions[DB], m < APR ? 0 : 0.15);
        assert_true(month.sanctions[CA] == 0 && month.sanctions[BD] == 0);
    }
    close_given(&g);
}

static void an_acts_end_is_the_first_day_without_it(void **state)
{
    (void)state;
    struct given g;
    open_with(&g, acts, NULL);
    /* X3 ended on June 1st was in force on May 31st; X2 ended on June 30th was not on that day */
    assert_near(month_of(&g, MAY).reach[AC], 1);
    assert_near(month_of(&g, JUN).sanctions[AC], 0.05);
    close_given(&g);
}

/* ---- mandates ----------------------------------------------------------------------------------
 */

static struct scenario *council(void)
{
    char table[PATH_MAX];
    struct text t = {0};
    assert_non_null(realpath("configs/data/mandates.csv", table));
    text_printf(&t,
                "scenario = { name = \"council\"; start = \"2006-01\"; end = \"2023-12\"; };\n"
                "states = { IRN = { lat = 35.7; lon = 51.4; gdp = 400.0; milex = 10.0; };\n"
                "           IRQ = { lat = 33.3; lon = 44.4; gdp = 100.0; milex = 3.0; }; };\n"
                "dyads = { };\nmandates = { table = \"%s\"; };\n",
                table);
    struct scenario *sc = small_scenario(t.s, NULL);
    text_release(&t);
    return sc;
}

/* Months from 2006-01; the levels of the model's description. */
static void measures_on_iran_and_iraq_take_the_described_path(void **state)
{
    (void)state;
    static const struct {
        int year, month;
        double security, economic, political;
    } path[] = {{2006, 1, 0, 0, 0},         {2006, 12, 1.0 / 3, 0, 0.4}, {2007, 3, 2.0 / 3, 0, 0.6},
                {2008, 3, 2.0 / 3, 0, 0.8}, {2010, 6, 1, 1.0 / 3, 1},    {2016, 1, 2.0 / 3, 0, 0},
                {2020, 10, 1.0 / 3, 0, 0},  {2023, 10, 0, 0, 0},         {2024, 1, 0, 0, 0}};
    struct scenario *sc = council();
    struct structure s;
    assert_int_equal(structure_init(&s, sc, NULL), 0);
    for (int k = 0; k + 1 < (int)(sizeof path / sizeof *path); k++)
        for (int m = 12 * (path[k].year - 2006) + path[k].month - 1;
             m < 12 * (path[k + 1].year - 2006) + path[k + 1].month - 1; m++) {
            struct month month = structure_month(&s, m);
            assert_near(month.mandate[SECURITY][0], path[k].security);
            assert_near(month.mandate[ECONOMIC][0], path[k].economic);
            assert_near(month.mandate[POLITICAL][0], path[k].political);
            assert_near(month.mandate[INSTITUTIONAL][0], path[k].political);
            assert_near(month.mandate[SECURITY][1], m < 12 * 4 + 11 ? 0.5 / 3 : 0);
            assert_true(month.mandate[POLITICAL][1] == 0 && month.mandate[ECONOMIC][1] == 0);
        }
    structure_release(&s);
    scenario_free(sc);
}

static void a_class_is_as_closed_as_the_strictest_resolution_has_it(void **state)
{
    (void)state;
    struct given g;
    open_with(&g,
              "mandates = {\n"
              "  M1 = { target = \"AAA\"; start = \"2010-02-01\"; end = \"2010-05-31\";\n"
              "         arms_exports = 1.0; finance = 0.5; article41 = 1; };\n"
              "  M2 = { target = \"AAA\"; start = \"2010-03-01\"; arms_exports = 0.5;\n"
              "         general_trade = 1.0; main_export = 0.5; }; };\n",
              NULL);
    static const double security[] = {0, 1, 1, 1, 0.5, 0.5};
    static const double economic[] = {0, 0.5, 2, 2, 1.5, 1.5};
    for (int m = JAN; m <= JUN; m++) {
        assert_near(month_of(&g, m).mandate[SECURITY][A], security[m] / 3);
        assert_near(month_of(&g, m).mandate[ECONOMIC][A], economic[m] / 3);
        assert_near(month_of(&g, m).mandate[POLITICAL][A], m >= FEB && m < MAY ? 0.4 : 0);
        assert_true(month_of(&g, m).mandate[SECURITY][B] == 0);
    }
    close_given(&g);
}

/* ---- effects -----------------------------------------------------------------------------------
 */

/* One shock with the effects given. */
static void open_effects(struct given *g, const char *effects, const char *sets)
{
    struct text t = {0};
    text_printf(&t, "shocks = { s = { date = \"2010-03-15\"; effects = { %s }; }; };\n", effects);
    open_with(g, t.s, sets);
    text_release(&t);
}

static void steps_ramps_and_pulses_have_their_shapes(void **state)
{
    (void)state;
    struct given g;
    open_effects(&g,
                 "a = { on = \"dispute\"; between = [\"CCC\", \"AAA\"]; size = 1.0; };\n"
                 "b = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 2.0;\n"
                 "      shape = \"ramp\"; months = 4; };\n"
                 "c = { on = \"dispute\"; between = [\"CCC\", \"DDD\"]; size = 3.0;\n"
                 "      shape = \"pulse\"; months = 3; };\n",
                 NULL);
    for (int m = JAN; m < MONTHS; m++) {
        const double *h = month_of(&g, m).dispute;
        int age = m - MAR;
        assert_near(h[AC], 0.6 + (age < 0 ? 0 : 0.2));
        assert_near(h[BD], 0.1 + (age < 0 ? 0 : 0.4 * fmin(age + 1, 4) / 4));
        assert_near(h[C * N + D], age < 0 ? 0 : 0.6 * pow(2, -age / 3.0));
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                assert_same(&h[i * N + j], &h[j * N + i], 1);
    }
    close_given(&g);
}

/* -5 and 5 steps, and sums that leave 0..1 on the way. */
static void sums_of_effects_are_clipped_at_the_end_alone(void **state)
{
    (void)state;
    struct given g;
    open_effects(&g,
                 "a = { on = \"dispute\"; between = [\"CCC\", \"AAA\"]; size = 5.0; };\n"
                 "b = { on = \"dispute\"; between = [\"CCC\", \"AAA\"]; size = -4.0; };\n"
                 "c = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = -5.0; };\n"
                 "d = { on = \"dispute\"; between = [\"CCC\", \"DDD\"]; size = 5.0; };\n"
                 "e = { on = \"sanctions\"; from = [\"BBB\"]; to = [\"DDD\"]; size = -1.0; };\n"
                 "f = { on = \"reach\"; from = [\"BBB\"]; to = [\"DDD\"]; size = 0.7; };\n"
                 "g = { on = \"reach\"; from = [\"BBB\"]; to = [\"DDD\"]; size = 0.7; };\n",
                 NULL);
    struct month month = month_of(&g, MAR);
    assert_near(month.dispute[AC], 0.6 + 1.0 - 0.8);
    assert_true(month.dispute[BD] == 0 && month.dispute[C * N + D] == 1);
    assert_true(month.sanctions[BD] == 0);
    assert_true(month.reach[BD] == 1 && month.reach[DB] == 0);
    close_given(&g);
}

static void each_kind_of_effect_touches_what_it_names(void **state)
{
    (void)state;
    struct given g;
    open_effects(&g,
                 "a = { on = \"sanctions\"; from = [\"BBB\"]; to = [\"DDD\"]; size = 2.0; };\n"
                 "b = { on = \"mandate\"; of = [\"AAA\"]; size = 0.3; domain = \"security\"; };\n"
                 "c = { on = \"mandate\"; of = [\"BBB\"]; size = 0.2; };\n"
                 "d = { on = \"war\"; between = [\"AAA\", \"CCC\"]; size = 0.5; };\n"
                 "e = { on = \"growth\"; of = [\"CCC\"]; size = -0.1; };\n",
                 "parameters.sanctions_step=0.1");
    struct month before = month_of(&g, FEB), now = month_of(&g, MAR);
    assert_near(now.sanctions[BD], 0.2);
    assert_true(now.sanctions[DB] == 0 && before.sanctions[BD] == 0);
    for (int d = 0; d < DOMAINS; d++) {
        assert_near(now.mandate[d][A], d == SECURITY ? 0.3 : 0);
        assert_near(now.mandate[d][B], 0.2);
    }
    assert_true(now.war[AC] == 0.5 && now.war[CA] == 0.5 && before.war[AC] == 0);
    assert_true(now.growth[C] == -0.1 && now.growth[A] == 0);
    for (int k = 0; k < N * N; k++)
        assert_same(&now.dispute[k], &before.dispute[k], 1);
    close_given(&g);
}

static void capability_jumps_multiply_to_their_size(void **state)
{
    (void)state;
    struct given g;
    open_effects(
        &g,
        "a = { on = \"capability\"; of = [\"AAA\"]; size = -0.5; };\n"
        "b = { on = \"capability\"; of = [\"BBB\"]; size = 1.0; shape = \"pulse\";\n"
        "      months = 2; };\n"
        "c = { on = \"capability\"; of = [\"AAA\"]; size = 0.2; date = \"2010-05-01\"; };\n",
        NULL);
    double a = 1, b = 1;
    for (int m = JAN; m < MONTHS; m++) {
        a *= g.structure.jump[m * N + A];
        b *= g.structure.jump[m * N + B];
        assert_near(a, m < MAR ? 1 : m < MAY ? 0.5 : 0.6);
        assert_near(b, m < MAR ? 1 : 1 + pow(2, -(m - MAR) / 2.0));
        assert_true(g.structure.jump[m * N + C] == 1);
    }
    close_given(&g);
}

static void an_effect_may_have_its_own_date(void **state)
{
    (void)state;
    struct given g;
    open_effects(&g,
                 "a = { on = \"dispute\"; between = [\"AAA\", \"CCC\"]; size = 1.0;\n"
                 "      date = \"2010-06-30\"; };\n",
                 NULL);
    assert_near(month_of(&g, MAY).dispute[AC], 0.6);
    assert_near(month_of(&g, JUN).dispute[AC], 0.8);
    close_given(&g);
}

/* ---- blocks ------------------------------------------------------------------------------------
 */

static void months_that_are_alike_share_a_block(void **state)
{
    (void)state;
    struct given g;
    open_with(&g, "", NULL);
    assert_int_equal(g.structure.n_blocks, 1);
    close_given(&g);
    open_with(&g, acts, NULL); /* changes in February, March, April and June */
    assert_int_equal(g.structure.n_blocks, 5);
    for (int m = 1; m < MONTHS; m++) {
        bool alike = month_of(&g, m).dispute == month_of(&g, m - 1).dispute;
        assert_true(alike == (m != FEB && m != MAR && m != APR && m != JUN));
    }
    close_given(&g);
    open_effects(&g,
                 "b = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 2.0;\n"
                 "      shape = \"ramp\"; months = 4; };\n",
                 NULL);
    assert_int_equal(g.structure.n_blocks, 5);
    close_given(&g);
}

/* More blocks than are reserved at first. */
static void every_month_may_differ(void **state)
{
    (void)state;
    struct given g;
    open_effects(&g,
                 "a = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 2.0;\n"
                 "      shape = \"pulse\"; months = 100; };\n",
                 "scenario.end=2019-12");
    assert_int_equal(g.structure.n_blocks, 119);
    for (int m = MAR; m < 120; m++)
        assert_near(month_of(&g, m).dispute[BD], 0.1 + 0.4 * pow(2, -(m - MAR) / 100.0));
    close_given(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baselines_are_those_of_the_dyads_in_both_directions),
        cmocka_unit_test(a_dyad_without_a_row_has_nothing_in_common),
        cmocka_unit_test(levels_follow_class_then_pillars_then_third_parties),
        cmocka_unit_test(acts_in_force_on_the_last_day_join_in_one_level),
        cmocka_unit_test(an_acts_end_is_the_first_day_without_it),
        cmocka_unit_test(measures_on_iran_and_iraq_take_the_described_path),
        cmocka_unit_test(a_class_is_as_closed_as_the_strictest_resolution_has_it),
        cmocka_unit_test(steps_ramps_and_pulses_have_their_shapes),
        cmocka_unit_test(sums_of_effects_are_clipped_at_the_end_alone),
        cmocka_unit_test(each_kind_of_effect_touches_what_it_names),
        cmocka_unit_test(capability_jumps_multiply_to_their_size),
        cmocka_unit_test(an_effect_may_have_its_own_date),
        cmocka_unit_test(months_that_are_alike_share_a_block),
        cmocka_unit_test(every_month_may_differ),
    };
    return cmocka_run_group_tests_name("structure", tests, NULL, NULL);
}
