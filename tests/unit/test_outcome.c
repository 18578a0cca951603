/* The values of outcomes, from made-up months: statistics, what is subtracted and divided by, and
 * what stays unknown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fed.h"

enum { N = 4 };

/* Six months from 2010-03 on that differ from the rest, which is 9. */
static const double path[] = {9, 9, 1, 5, 2, 5, 4, 0.5, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
/* Another arm's. */
static const double other[] = {3, 3, 3, 1, 7, 3, 3, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};

#define OF_DYAD "measure = \"cooperation\"; subject = \"AAA-BBB\"; "

/* ---- one window, two windows -------------------------------------------------------------------
 */

static void outcomes_are_mean_maximum_or_its_time(void **state)
{
    (void)state;
    struct fed f;
    fed_open(&f,
             "all = { " OF_DYAD "window = \"2010-03..2010-08\"; };\n"
             "one = { " OF_DYAD "window = \"2010-05..2010-05\"; };\n"
             "most = { " OF_DYAD "window = \"2010-05..2010-08\"; statistic = \"max\"; };\n"
             "late = { " OF_DYAD "window = \"2010-07..2010-08\"; statistic = \"max\"; };\n"
             "when = { " OF_DYAD "window = \"2010-03..2010-08\"; statistic = \"when_max\"; };\n"
             "then = { " OF_DYAD "window = \"2010-05..2010-08\"; statistic = \"when_max\"; };\n",
             NULL);
    double *sketch = fed_path(&f, path);
    assert_near(fed_value(&f, "all", sketch), (1 + 5 + 2 + 5 + 4 + 0.5) / 6);
    assert_near(fed_value(&f, "one", sketch), 2);
    assert_near(fed_value(&f, "most", sketch), 5);
    assert_near(fed_value(&f, "late", sketch), 4);
    assert_near(fed_value(&f, "when", sketch), 2010 + 3 / 12.0); /* the first of two */
    assert_near(fed_value(&f, "then", sketch), 2010 + 5 / 12.0);
    free(sketch);
    fed_close(&f);
}

static void a_minus_window_is_subtracted(void **state)
{
    (void)state;
    struct fed f;
    fed_open(&f,
             "step = { " OF_DYAD "window = \"2010-06..2010-07\"; minus = \"2010-03..2010-05\"; };\n"
             "cross = { " OF_DYAD
             "window = \"2010-03..2010-05\"; minus = \"2010-05..2010-06\"; };\n"
             "most = { " OF_DYAD "window = \"2010-07..2010-08\"; minus = \"2010-03..2010-03\";\n"
             "  statistic = \"max\"; };\n"
             "when = { " OF_DYAD "window = \"2010-06..2010-08\"; minus = \"2010-03..2010-05\";\n"
             "  statistic = \"when_max\"; };\n",
             NULL);
    double *sketch = fed_path(&f, path);
    assert_near(fed_value(&f, "step", sketch), 4.5 - 8.0 / 3);
    assert_near(fed_value(&f, "cross", sketch), 8.0 / 3 - 3.5); /* 2010-05 counts in both */
    assert_near(fed_value(&f, "most", sketch), 4 - 1);
    assert_near(fed_value(&f, "when", sketch), 2 / 12.0);
    free(sketch);
    fed_close(&f);
}

static void an_over_window_is_divided_by(void **state)
{
    (void)state;
    static const double zero[18] = {1, 1, 0, 0, 0, 1, -1};
    struct fed f;
    fed_open(
        &f,
        "ratio = { " OF_DYAD "window = \"2010-03..2010-05\"; over = \"2010-06..2010-07\"; };\n"
        "most = { " OF_DYAD "window = \"2010-03..2010-05\"; over = \"2010-07..2010-08\";\n"
        "  statistic = \"max\"; };\n"
        "by_none = { " OF_DYAD "window = \"2010-01..2010-02\"; over = \"2010-03..2010-05\"; };\n"
        "by_sum = { " OF_DYAD "window = \"2010-01..2010-02\"; over = \"2010-06..2010-07\"; };\n"
        "most_none = { " OF_DYAD "window = \"2010-01..2010-01\"; over = \"2010-03..2010-05\";\n"
        "  statistic = \"max\"; };\n",
        NULL);
    double *sketch = fed_path(&f, path);
    assert_near(fed_value(&f, "ratio", sketch), (8.0 / 3) / 4.5);
    assert_near(fed_value(&f, "most", sketch), 5.0 / 4);
    free(sketch);
    sketch = fed_path(&f, zero);
    assert_true(isnan(fed_value(&f, "by_none", sketch)));
    assert_true(isnan(fed_value(&f, "by_sum", sketch)));
    assert_true(isnan(fed_value(&f, "most_none", sketch)));
    free(sketch);
    fed_close(&f);
}

/* ---- parts and dyads ---------------------------------------------------------------------------
 */

#define SHARE_OF(subject)                                                                          \
    "measure = \"initiatives\"; statistic = \"share\"; subject = \"" subject "\"; "

static void a_share_is_the_part_of_one_direction_in_both(void **state)
{
    (void)state;
    static const double there[18] = {1, 3, 0, 0, 6}, back[18] = {3, 1, 0, 0, 2, 5};
    const double *const paths[] = {there, back};
    struct fed f;
    fed_open(
        &f,
        "part = { " SHARE_OF(
            "AAA>BBB") "window = \"2010-01..2010-05\"; };\n"
                       "rest = { " SHARE_OF(
                           "BBB>AAA") "window = \"2010-01..2010-05\"; };\n"
                                      "naught = { " SHARE_OF(
                                          "AAA>BBB") "window = \"2010-06..2010-06\"; };\n"
                                                     "none = { " SHARE_OF(
                                                         "AAA>BBB") "window = "
                                                                    "\"2010-03..2010-04\"; };\n"
                                                                    "more = { " SHARE_OF(
                                                                        "AAA>BBB") "window = "
                                                                                   "\"2010-05.."
                                                                                   "2010-05\";\n"
                                                                                   "  minus = "
                                                                                   "\"2010-01.."
                                                                                   "2010-01\"; };\n"
                                                                                   "times = "
                                                                                   "{ " SHARE_OF(
                                                                                       "AAA>BBB") "window = "
                                                                                                  "\"2010-05.."
                                                                                                  "2010-06\";\n"
                                                                                                  "  over = "
                                                                                                  "\"2010-01.."
                                                                                                  "2010-01\"; };\n"
                                                                                                  "less_none = "
                                                                                                  "{ " SHARE_OF(
                                                                                                      "AAA>BBB") "window = \"2010-05..2010-05\";\n"
                                                                                                                 "  minus = \"2010-03..2010-04\"; };\n"
                                                                                                                 "by_zero = { " SHARE_OF(
                                                                                                                     "AAA>BBB") "window = \"2010-05..2010-05\";\n"
                                                                                                                                "  over = \"2010-06..2010-06\"; };\n",
        NULL);
    assert_int_equal(f.list.n, 2);
    double *sketch = fed_record(&f, paths);
    assert_near(fed_value(&f, "part", sketch), 10.0 / 16); /* of the sums, not a mean of shares */
    assert_near(fed_value(&f, "rest", sketch), 6.0 / 16);
    assert_true(fed_value(&f, "naught", sketch) == 0);
    assert_true(isnan(fed_value(&f, "none", sketch)));
    assert_near(fed_value(&f, "more", sketch), 6.0 / 8 - 1.0 / 4);
    assert_near(fed_value(&f, "times", sketch), (6.0 / 13) / (1.0 / 4));
    assert_true(isnan(fed_value(&f, "less_none", sketch)));
    assert_true(isnan(fed_value(&f, "by_zero", sketch)));
    free(sketch);
    fed_close(&f);
}

/* Dispute of dyad i, j in month m, the same both ways. */
static double disputed(int i, int j, int m)
{
    int low = i < j ? i : j, high = i < j ? j : i;
    return m == 0 && low == 1 && high == 3 ? 0 : 0.1 * low + 0.2 * high + 0.01 * m * high;
}

static double *dispute_sketch(struct fed *f)
{
    const struct general *general = &f->small.scenario->general;
    double *sketch = fed_sketch(f);
    for (int m = 0; m < 18; m++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                f->small.simulation.world.dispute[i * N + j] = i == j ? 0 : disputed(i, j, m);
        readings_month(&f->readings, &f->small.simulation, general->start + m, f->row, sketch,
                       f->scratch);
    }
    return sketch;
}

#define EACH "measure = \"dispute\"; subject = \"dyads\"; "

static void an_outcome_of_dyads_has_a_value_for_each(void **state)
{
    (void)state;
    struct fed f;
    fed_open(&f,
             "level = { " EACH "window = \"2010-03..2010-05\"; };\n"
             "step = { " EACH "window = \"2010-03..2010-05\"; minus = \"2010-02..2010-03\"; };\n"
             "ratio = { " EACH "window = \"2010-03..2010-05\"; over = \"2010-01..2010-01\"; };\n"
             "one = { measure = \"blocs\"; window = \"2010-03..2010-03\"; };\n",
             NULL);
    double *sketch = dispute_sketch(&f);
    const struct reading *r = f.readings.of;
    for (int k = 0; k < 3; k++)
        assert_int_equal(reading_components(&r[k], N), 6);
    assert_int_equal(reading_components(&r[3], N), 1);
    for (int i = 0, k = 0; i < N; i++)
        for (int j = i + 1; j < N; j++, k++) {
            double level = disputed(i, j, 3);
            assert_near(reading_value(&r[0], sketch, NULL, k, NULL), level);
            assert_near(reading_value(&r[1], sketch, NULL, k, NULL), 0.01 * 1.5 * j);
            double ratio = reading_value(&r[2], sketch, NULL, k, NULL), first = disputed(i, j, 0);
            if (first == 0)
                assert_true(isnan(ratio));
            else
                assert_near(ratio, level / first);
        }
    free(sketch);
    fed_close(&f);
}

/* ---- another arm -------------------------------------------------------------------------------
 */

static void another_arm_is_subtracted_or_the_value_is_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double value;
    } known[] = {{"mean", 1 + 5 + 2 - (3 + 1 + 7)},
                 {"step", (1 - 5) - (3 - 1)},
                 {"ratio", 1.0 / 5 - 3.0 / 1},
                 {"most", 5 - 7},
                 {"when", -1 / 12.0}};
    struct fed f;
    fed_open(&f,
             "mean = { " OF_DYAD "window = \"2010-03..2010-05\"; minus_arm = \"less\"; };\n"
             "step = { " OF_DYAD "window = \"2010-03..2010-03\"; minus = \"2010-04..2010-04\";\n"
             "  minus_arm = \"less\"; };\n"
             "ratio = { " OF_DYAD "window = \"2010-03..2010-03\"; over = \"2010-04..2010-04\";\n"
             "  minus_arm = \"less\"; };\n"
             "most = { " OF_DYAD "window = \"2010-03..2010-05\"; statistic = \"max\";\n"
             "  minus_arm = \"less\"; };\n"
             "when = { " OF_DYAD "window = \"2010-03..2010-05\"; statistic = \"when_max\";\n"
             "  minus_arm = \"less\"; };\n",
             NULL);
    double *here = fed_path(&f, path), *there = fed_path(&f, other);
    for (int k = 0; k < 5; k++) {
        const struct reading *r = &f.readings.of[fed_outcome(&f, known[k].name)];
        assert_near(reading_value(r, here, there, 0, NULL), known[k].value / (k == 0 ? 3 : 1));
        assert_near(reading_value(r, there, here, 0, NULL), -known[k].value / (k == 0 ? 3 : 1));
        assert_true(reading_value(r, here, here, 0, NULL) == 0);
        assert_true(isnan(reading_value(r, here, NULL, 0, NULL)));
    }
    free(here);
    free(there);
    fed_close(&f);
}

/* ---- distance ----------------------------------------------------------------------------------
 */

enum { WIDTH = CHANNELS + MOVES };

/* Chances of `moves` over three months: three menus, each with its holding and its moves. */
static void set_chances(double *at, double hold, double align, double trade)
{
    memset(at, 0, WIDTH * sizeof *at);
    at[MILITARY] = 3 * hold;
    at[CHANNELS + MOVE_ALIGN] = 3 * align;
    at[CHANNELS + MOVE_ARM] = 3 * (1 - hold - align);
    at[DIPLOMATIC] = 3;
    at[ECONOMY] = 3 * (1 - trade);
    at[CHANNELS + MOVE_TRADE] = 3 * trade;
}

static void distance_is_half_of_all_differences_mean_over_the_menus(void **state)
{
    (void)state;
    struct fed f;
    fed_open(&f,
             "arms = { measure = \"moves\"; subject = \"AAA\"; statistic = \"distance\";\n"
             "  window = \"2010-03..2010-05\"; minus_arm = \"less\"; };\n"
             "dyad = { measure = \"moves\"; subject = \"AAA-CCC\"; statistic = \"distance\";\n"
             "  window = \"2010-03..2010-05\"; };\n"
             "both = { measure = \"moves\"; subject = \"AAA-CCC\"; statistic = \"distance\";\n"
             "  window = \"2010-03..2010-05\"; minus_arm = \"less\"; };\n",
             NULL);
    const struct reading *arms = &f.readings.of[0], *dyad = &f.readings.of[1],
                         *both = &f.readings.of[2];
    double *a = fed_sketch(&f), *b = fed_sketch(&f);
    assert_true(isnan(reading_value(arms, a, b, 0, NULL))); /* nobody has chosen yet */
    assert_true(isnan(reading_value(dyad, a, NULL, 0, NULL)));
    set_chances(a + arms->at, 0.5, 0.3, 0.4);
    set_chances(b + arms->at, 0.5, 0.1, 0.7);
    /* military |.2| + |.2|, economic |.3| + |.3|, halved, over three menus */
    assert_near(reading_value(arms, a, b, 0, NULL), (0.2 + 0.3) / 3);
    assert_near(reading_value(arms, b, a, 0, NULL), (0.2 + 0.3) / 3);
    assert_true(reading_value(arms, a, a, 0, NULL) == 0);
    assert_true(isnan(reading_value(arms, a, NULL, 0, NULL)));
    set_chances(a + dyad->at, 1, 0, 0);
    set_chances(a + dyad->at + WIDTH, 0, 1, 1);
    assert_near(reading_value(dyad, a, NULL, 0, NULL), 2.0 / 3);
    memcpy(a + both->at, a + dyad->at, 2 * WIDTH * sizeof *a);
    set_chances(b + both->at, 1, 0, 0.5);
    set_chances(b + both->at + WIDTH, 1, 0, 0.25);
    assert_near(reading_value(both, a, b, 0, NULL), 2.0 / 3 - 0.25 / 3);
    assert_true(isnan(reading_value(both, a, NULL, 0, NULL)));
    free(a);
    free(b);
    fed_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_are_mean_maximum_or_its_time),
        cmocka_unit_test(a_minus_window_is_subtracted),
        cmocka_unit_test(an_over_window_is_divided_by),
        cmocka_unit_test(a_share_is_the_part_of_one_direction_in_both),
        cmocka_unit_test(an_outcome_of_dyads_has_a_value_for_each),
        cmocka_unit_test(another_arm_is_subtracted_or_the_value_is_unknown),
        cmocka_unit_test(distance_is_half_of_all_differences_mean_over_the_menus),
    };
    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
