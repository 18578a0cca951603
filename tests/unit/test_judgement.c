/* Claims judged on numbers made up by hand: relations, shares, ranges, verdicts, words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"
#include "run/judgement.h"
#include "small.h"

/* Conditions are on outcome 0 in its own arm unless a test says otherwise. */
static struct condition on(int is, double value)
{
    return (struct condition){.outcome_index = 0,
                              .is = is,
                              .value = value,
                              .times = 1,
                              .arm_index = -1,
                              .than_index = -1,
                              .than_arm_index = -1,
                              .period = {1, 0}};
}

static struct claim claim_of(struct condition *all, int n)
{
    return (struct claim){.name = "c", .all = all, .n_all = n};
}

static bool holds(struct made *m, struct condition c)
{
    const struct claim claim = claim_of(&c, 1);
    return judge(&m->reproduction, &claim, &m->reproduction.draws[0], 0);
}

/* ---- relations ------------------------------------------------------------------------------ */

static void numbers_are_above_or_below_a_value(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 1, .replicates = 1});
    made_say(&m, 0, 0, 0, 0.5);
    assert_true(holds(&m, on(IS_ABOVE, 0.4)));
    assert_false(holds(&m, on(IS_ABOVE, 0.6)));
    assert_true(holds(&m, on(IS_BELOW, 0.6)));
    assert_false(holds(&m, on(IS_BELOW, 0.4)));
    /* equal but for rounding is neither */
    for (double off = -1e-14; off < 2e-14; off += 1e-14) {
        assert_false(holds(&m, on(IS_ABOVE, 0.5 + off)));
        assert_false(holds(&m, on(IS_BELOW, 0.5 + off)));
    }
    made_close(&m);
}

static void numbers_are_compared_with_times_another_in_an_arm(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 2, .outcomes = 2, .draws = 1, .replicates = 1});
    made_say(&m, 0, 0, 0, 1);
    made_say(&m, 0, 1, 0, 10);
    made_say(&m, 0, 0, 1, 3);
    made_say(&m, 0, 1, 1, 30);
    struct condition c = on(IS_ABOVE, 99);
    c.than_index = 1;
    c.times = 0.3;
    assert_true(holds(&m, c)); /* 1 > .9; the value does not count */
    c.times = 0.4;
    assert_false(holds(&m, c));
    c.than_arm_index = 1; /* 1 > 12 */
    assert_false(holds(&m, c));
    c.arm_index = 1; /* 10 > 12 */
    assert_false(holds(&m, c));
    c.is = IS_BELOW;
    assert_true(holds(&m, c));
    m.scenario.outcomes[1].arm_index = 1; /* its own arm, unless another is named */
    c.than_arm_index = -1;
    assert_true(holds(&m, c));
    c.than_arm_index = 0; /* 10 < 1.2 */
    assert_false(holds(&m, c));
    made_close(&m);
}

static void a_number_is_nearer_to_a_value_than_another(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 2, .draws = 1, .replicates = 1});
    struct condition c = on(IS_NEARER, 0.5);
    c.than_index = 1;
    const double cases[][3] = {
        {0.6, 0.3, 1}, {0.4, 0.3, 1}, {0.6, 0.4, 0}, {0.7, 0.4, 0}, {0.5, 0.5, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        made_say(&m, 0, 0, 0, cases[k][0]);
        made_say(&m, 0, 0, 1, cases[k][1]);
        assert_int_equal(holds(&m, c), cases[k][2] > 0);
    }
    made_close(&m);
}

static void a_time_is_within_the_months_of_a_period(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 1, .replicates = 1});
    struct condition c = on(IS_WITHIN, 0);
    c.period = (struct window){2022 * 12 + 1, 2023 * 12};
    const int months[] = {2022 * 12, 2022 * 12 + 1, 2022 * 12 + 7, 2023 * 12, 2023 * 12 + 1};
    const bool inside[] = {false, true, true, true, false};
    for (int k = 0; k < 5; k++) {
        made_say(&m, 0, 0, 0, months[k] / 12.0);
        assert_int_equal(holds(&m, c), inside[k]);
    }
    made_close(&m);
}

static void what_is_unknown_is_absent_and_nothing_else(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 2, .draws = 1, .replicates = 1});
    assert_true(holds(&m, on(IS_ABSENT, 0)));
    assert_false(holds(&m, on(IS_FOUND, 0)));
    assert_false(holds(&m, on(IS_ABOVE, -1e9)));
    assert_false(holds(&m, on(IS_BELOW, 1e9)));
    made_say(&m, 0, 0, 0, 2015.5);
    assert_false(holds(&m, on(IS_ABSENT, 0)));
    assert_true(holds(&m, on(IS_FOUND, 0)));
    struct condition c = on(IS_ABOVE, 0); /* than what is unknown */
    c.than_index = 1;
    assert_false(holds(&m, c));
    c.is = IS_BELOW;
    assert_false(holds(&m, c));
    c.is = IS_NEARER;
    assert_false(holds(&m, c));
    /* no replicate lived: then nothing is absent either */
    made_say(&m, 0, 0, 0, NAN);
    m.reproduction.draws[0].n = 0;
    assert_false(holds(&m, on(IS_ABSENT, 0)));
    made_close(&m);
}

static void all_conditions_must_hold_together(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 1, .replicates = 1});
    made_say(&m, 0, 0, 0, 0.5);
    struct condition all[] = {on(IS_ABOVE, 0.4), on(IS_BELOW, 0.6), on(IS_FOUND, 0)};
    struct claim claim = claim_of(all, 3);
    assert_true(judge(&m.reproduction, &claim, m.reproduction.draws, 0));
    all[1].value = 0.5;
    assert_false(judge(&m.reproduction, &claim, m.reproduction.draws, 0));
    made_close(&m);
}

/* ---- shares --------------------------------------------------------------------------------- */

/* Draw 0 shows 0.9 on the mean path and 1, 0, 1, 1 on its replicates; draw d of 4 shows d / 4 on
 * the mean path, and 1 on its first d replicates. */
static void open_shares(struct made *m)
{
    made_open(m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 5, .replicates = 4});
    const double own[] = {0.9, 1, 0, 1, 1};
    memcpy(made_values(m, 0, 0, 0), own, sizeof own);
    for (int d = 1; d < 5; d++) {
        double *values = made_values(m, d, 0, 0);
        values[0] = d / 4.0;
        for (int k = 1; k <= 4; k++)
            values[k] = k <= d;
    }
}

static void shares_are_over_draws_on_the_mean_path_and_over_replicates_each_alone(void **state)
{
    (void)state;
    struct made m;
    struct fate f;
    open_shares(&m);
    struct condition all[] = {on(IS_ABOVE, 0.6), on(IS_ABOVE, 0.4)};
    all[1].sign = true;
    const struct claim claim = claim_of(all, 2);
    assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
    assert_int_equal(f.shown, 1);
    assert_near(f.single, 0.75);
    assert_near(f.value, 0.9);
    assert_near(f.bound, 0.6);
    assert_int_equal(f.draws, 4);
    assert_near(f.share, 0.5);
    assert_near(f.sign, 0.75);
    assert_near(f.single_draws, 10.0 / 16);
    assert_near(f.low, 0.25 + 0.025 * 0.75);
    assert_near(f.high, 1 - 0.025 * 0.75);
    assert_int_equal(judge_condition(&m.reproduction, &all[1], &f), 0);
    assert_near(f.share, 0.75);
    assert_near(f.bound, 0.4);
    made_close(&m);
}

static void a_draw_without_replicates_shows_nothing_and_counts_as_a_draw(void **state)
{
    (void)state;
    struct made m;
    struct fate f;
    open_shares(&m);
    struct condition all[] = {on(IS_ABOVE, 0.6)};
    const struct claim claim = claim_of(all, 1);
    m.reproduction.draws[4].n = 0;
    made_say(&m, 4, 0, 0, NAN);
    assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
    assert_near(f.share, 0.25);
    assert_near(f.single_draws, 6.0 / 12);
    assert_near(f.high, 0.75 - 0.025 * 0.5);
    m.reproduction.draws[0].n = 0;
    made_say(&m, 0, 0, 0, NAN);
    assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
    assert_int_equal(f.shown, 0);
    assert_true(isnan(f.single));
    made_close(&m);
}

static void without_draws_nothing_is_said_of_them(void **state)
{
    (void)state;
    struct made m;
    struct fate f;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 1, .replicates = 2});
    made_say(&m, 0, 0, 0, 1);
    struct condition c = on(IS_ABOVE, 0);
    c.sign = true;
    const struct claim claim = claim_of(&c, 1);
    assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
    assert_int_equal(f.shown, 1);
    assert_near(f.single, 1);
    assert_int_equal(f.draws, 0);
    assert_true(isnan(f.share) && isnan(f.sign) && isnan(f.single_draws) && isnan(f.low) &&
                isnan(f.high));
    assert_int_equal(f.verdict, VERDICT_NONE);
    made_close(&m);
}

/* ---- ranges --------------------------------------------------------------------------------- */

static void ranges_leave_out_what_is_unknown(void **state)
{
    (void)state;
    double values[50];
    for (int k = 0; k < 50; k++) /* 1 .. 41 in some order, the rest unknown */
        values[k] = k * 7 % 50 < 41 ? k * 7 % 50 + 1.0 : NAN;
    struct range r = judgement_range(values, 50);
    assert_near(r.low, 2);
    assert_near(r.median, 21);
    assert_near(r.high, 40);
    double two[] = {NAN, 3, 1, NAN};
    r = judgement_range(two, 4);
    assert_near(r.low, 1 + 0.025 * 2);
    assert_near(r.median, 2);
    assert_near(r.high, 3 - 0.025 * 2);
    double one[] = {NAN, 5};
    r = judgement_range(one, 2);
    assert_true(r.low == 5 && r.median == 5 && r.high == 5);
    double none[] = {NAN};
    r = judgement_range(none, 1);
    assert_true(isnan(r.low) && isnan(r.median) && isnan(r.high));
    r = judgement_range(none, 0);
    assert_true(isnan(r.low) && isnan(r.median) && isnan(r.high));
}

/* ---- verdicts ------------------------------------------------------------------------------- */

/* What is said of n draws of which `shown` show a claim and `sign` its sign. */
static struct fate fate_of(int n, int shown, int sign, bool tells_sign)
{
    struct made m;
    struct fate f;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = n + 1, .replicates = 1});
    for (int d = 0; d <= n; d++)
        made_say(&m, d, 0, 0, d <= shown ? 3 : d <= sign ? 2 : 1);
    struct condition all[] = {on(IS_ABOVE, 2.5), on(IS_ABOVE, 1.5)};
    all[1].sign = tells_sign;
    const struct claim claim = claim_of(all, 2);
    assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
    made_close(&m);
    return f;
}

static void verdicts_need_a_hundred_draws(void **state)
{
    (void)state;
    assert_int_equal(fate_of(99, 99, 99, true).verdict, VERDICT_NONE);
    assert_int_equal(fate_of(99, 0, 0, true).verdict, VERDICT_NONE);
    assert_int_equal(fate_of(100, 100, 100, true).verdict, VERDICT_REPRODUCED);
    assert_int_equal(fate_of(100, 0, 0, true).verdict, VERDICT_NOT);
}

static void four_fifths_are_reproduced_and_nineteen_twentieths_of_the_sign_partly(void **state)
{
    (void)state;
    assert_int_equal(fate_of(100, 80, 80, true).verdict, VERDICT_REPRODUCED);
    assert_int_equal(fate_of(100, 79, 100, true).verdict, VERDICT_PARTLY);
    assert_int_equal(fate_of(100, 79, 95, true).verdict, VERDICT_PARTLY);
    assert_int_equal(fate_of(100, 79, 94, true).verdict, VERDICT_NOT);
    assert_int_equal(fate_of(100, 0, 95, true).verdict, VERDICT_PARTLY);
    assert_int_equal(fate_of(100, 79, 100, false).verdict, VERDICT_NOT);
    assert_true(isnan(fate_of(100, 79, 100, false).sign));
    assert_int_equal(fate_of(130, 104, 104, true).verdict, VERDICT_REPRODUCED); /* .8 */
    assert_int_equal(fate_of(130, 103, 124, true).verdict, VERDICT_PARTLY);     /* .954 */
    assert_int_equal(fate_of(130, 103, 123, true).verdict, VERDICT_NOT);        /* .946 */
}

static void a_claim_without_conditions_holds_by_design(void **state)
{
    (void)state;
    struct made m;
    struct fate f;
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 1, .replicates = 1});
    const struct claim claim = claim_of(NULL, 0);
    assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
    assert_int_equal(f.verdict, VERDICT_BY_DESIGN);
    assert_int_equal(f.shown, -1);
    assert_true(isnan(f.value) && isnan(f.share) && isnan(f.low));
    made_close(&m);
}

static void figures_stand_inside_or_outside_what_the_draws_span(void **state)
{
    (void)state;
    for (int n = 99; n <= 100; n++) {
        struct made m;
        struct fate f;
        made_open(&m,
                  (struct made_size){.arms = 1, .outcomes = 2, .draws = n + 1, .replicates = 1});
        for (int d = 0; d <= n; d++) {
            made_say(&m, d, 0, 0, d);
            made_say(&m, d, 0, 1, 10 * d);
        }
        struct condition all[] = {on(IS_FIGURE, 50), on(IS_FIGURE, 500)};
        all[1].outcome_index = 1;
        const struct claim claim = claim_of(all, 2);
        assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
        assert_int_equal(f.shown, -1);
        assert_int_equal(f.verdict, n < 100 ? VERDICT_NONE : VERDICT_INSIDE);
        assert_near(f.bound, 50);
        assert_true(isnan(f.share) && isnan(f.sign) && isnan(f.single));
        all[1].value = 50; /* the second is as much of a figure */
        assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
        assert_int_equal(f.verdict, n < 100 ? VERDICT_NONE : VERDICT_INSIDE);
        all[1].value = 20;
        assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
        assert_int_equal(f.verdict, n < 100 ? VERDICT_NONE : VERDICT_OUTSIDE);
        for (int d = 1; d <= n; d++) /* nothing known spans nothing */
            made_say(&m, d, 0, 0, NAN);
        all[1].value = 500;
        assert_int_equal(judge_claim(&m.reproduction, &claim, &f), 0);
        assert_int_equal(f.verdict, n < 100 ? VERDICT_NONE : VERDICT_OUTSIDE);
        made_close(&m);
    }
}

static void only_an_expected_claim_can_fail(void **state)
{
    (void)state;
    static const bool fails[VERDICTS] = {[VERDICT_NOT] = true};
    for (int expect = 0; expect < 2; expect++)
        for (int verdict = 0; verdict < VERDICTS; verdict++)
            for (int shown = -1; shown < 2; shown++) {
                const struct claim claim = {.expect = expect};
                const struct fate f = {.verdict = (enum verdict)verdict, .shown = shown};
                bool open = verdict == VERDICT_NONE && shown == 0;
                assert_int_equal(judgement_fails(&claim, &f), expect && (fails[verdict] || open));
            }
}

/* ---- words ---------------------------------------------------------------------------------- */

static void assert_reads(struct made *m, struct condition c, const char *words)
{
    struct text text = {0};
    judgement_criterion(&m->scenario, &c, &text);
    assert_string_equal(text.s, words);
    text_release(&text);
}

static void conditions_are_told_in_words(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 2, .outcomes = 2, .draws = 1, .replicates = 1});
    assert_reads(&m, on(IS_ABOVE, 0.25), "o0 > 0.25");
    assert_reads(&m, on(IS_BELOW, -3), "o0 < -3");
    assert_reads(&m, on(IS_FOUND, 0), "o0 found");
    assert_reads(&m, on(IS_ABSENT, 0), "o0 absent");
    assert_reads(&m, on(IS_FIGURE, 1.34), "o0 beside 1.34");
    struct condition c = on(IS_WITHIN, 0);
    c.period = (struct window){2022 * 12 + 1, 2023 * 12};
    assert_reads(&m, c, "o0 in 2022-02..2023-01");
    c = on(IS_BELOW, 0);
    c.arm_index = 1;
    c.than_index = 1;
    assert_reads(&m, c, "o0@a1 < o1");
    c.than_arm_index = 0;
    c.times = 0.75;
    assert_reads(&m, c, "o0@a1 < 0.75 o1@a0");
    c.is = IS_NEARER;
    c.times = 1;
    c.value = 0.5;
    assert_reads(&m, c, "o0@a1 nearer to 0.5 than o1@a0");
    made_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_above_or_below_a_value),
        cmocka_unit_test(numbers_are_compared_with_times_another_in_an_arm),
        cmocka_unit_test(a_number_is_nearer_to_a_value_than_another),
        cmocka_unit_test(a_time_is_within_the_months_of_a_period),
        cmocka_unit_test(what_is_unknown_is_absent_and_nothing_else),
        cmocka_unit_test(all_conditions_must_hold_together),
        cmocka_unit_test(shares_are_over_draws_on_the_mean_path_and_over_replicates_each_alone),
        cmocka_unit_test(a_draw_without_replicates_shows_nothing_and_counts_as_a_draw),
        cmocka_unit_test(without_draws_nothing_is_said_of_them),
        cmocka_unit_test(ranges_leave_out_what_is_unknown),
        cmocka_unit_test(verdicts_need_a_hundred_draws),
        cmocka_unit_test(four_fifths_are_reproduced_and_nineteen_twentieths_of_the_sign_partly),
        cmocka_unit_test(a_claim_without_conditions_holds_by_design),
        cmocka_unit_test(figures_stand_inside_or_outside_what_the_draws_span),
        cmocka_unit_test(only_an_expected_claim_can_fail),
        cmocka_unit_test(conditions_are_told_in_words),
    };
    return cmocka_run_group_tests_name("judgement", tests, NULL, NULL);
}
