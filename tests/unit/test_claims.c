/* Arms, outcomes and claims as a scenario states them, and as it is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/error.h"
#include "base/text.h"
#include "stated.h"

static struct loaded good(const char *set)
{
    struct loaded l = stated_load(NULL, NULL, set);
    if (l.status != 0)
        fail_msg("%s", l.diag.text.s);
    return l;
}

static int month(const char *text)
{
    int m = 0;
    assert_int_equal(date_parse_month(text, &m), 0);
    return m;
}

/* ---- what is read ------------------------------------------------------------------------------
 */

static void arms_and_outcomes_are_read(void **state)
{
    (void)state;
    struct loaded l = good(NULL);
    const struct scenario *sc = l.scenario;
    assert_int_equal(sc->n_arms, 3);
    assert_string_equal(sc->arms[0].name, "full");
    assert_string_equal(sc->arms[0].without, "");
    assert_string_equal(sc->arms[1].without, "deal");
    assert_string_equal(sc->arms[1].note, "as if");
    assert_string_equal(sc->arms[2].set, "parameters.lambda=5;terms.reach=false");
    assert_string_equal(sc->arms[2].without, "deal;exit");
    const struct outcome *o = sc->outcomes;
    assert_int_equal(sc->n_outcomes, 5);
    assert_int_equal(o[0].arm_index, 2);
    assert_int_equal(o[0].minus_arm_index, 1);
    assert_int_equal(o[0].trend_index, -1);
    assert_int_equal(o[0].over.from, month("2010-01"));
    assert_true(o[0].minus.from > o[0].minus.to);
    assert_int_equal(o[1].statistic, STATISTIC_ONSET);
    assert_int_equal(o[1].trend_index, 2);
    assert_int_equal(o[1].alarm.to, month("2011-11"));
    assert_int_equal(o[2].statistic, STATISTIC_DISTANCE);
    assert_int_equal(o[4].arm_index, -1);
    assert_true(o[4].over.from > o[4].over.to && o[4].alarm.from > o[4].alarm.to);
    scratch_release(&l);
}

static void claims_and_their_conditions_are_read(void **state)
{
    (void)state;
    struct loaded l = good(NULL);
    const struct claim *claims = l.scenario->claims;
    assert_int_equal(l.scenario->n_claims, 3);
    assert_string_equal(claims[0].name, "C1");
    assert_string_equal(claims[0].text, "It rises.");
    assert_string_equal(claims[0].basis, "predicted");
    assert_string_equal(claims[0].kind, "paper");
    assert_true(claims[0].expect && !claims[1].expect);
    assert_string_equal(claims[1].kind, "claim");
    assert_string_equal(claims[1].basis, "");
    assert_int_equal(claims[1].n_all, 0);
    const struct condition *c = claims[0].all;
    assert_int_equal(claims[0].n_all, 6);
    assert_int_equal(c[0].outcome_index, 4);
    assert_int_equal(c[0].arm_index, -1);
    assert_int_equal(c[0].than_index, -1);
    assert_true(c[0].is == IS_ABOVE && c[0].value == 0.02 && c[0].sign && c[0].times == 1);
    assert_true(c[1].is == IS_BELOW && c[1].than_index == 0 && c[1].times == 1.5 && !c[1].sign);
    assert_true(c[2].arm_index == 1 && c[2].than_index == 4 && c[2].than_arm_index == 0);
    assert_true(c[3].is == IS_FOUND && c[3].outcome_index == 1);
    assert_true(c[4].is == IS_WITHIN && c[4].period.to == month("2011-04"));
    assert_true(c[5].is == IS_NEARER && c[5].value == 0.5);
    assert_true(claims[2].all[0].is == IS_FIGURE);
    char *text = stated_text();
    assert_int_equal(claims[2].all[0].where.line, scratch_line(text, "is = \"figure\""));
    free(text);
    scratch_release(&l);
}

static void a_scenario_without_arms_has_one_full(void **state)
{
    (void)state;
    struct loaded l = scratch_load(NULL, NULL, NULL);
    assert_int_equal(l.status, 0);
    assert_int_equal(l.scenario->n_arms, 1);
    assert_string_equal(l.scenario->arms[0].name, "full");
    assert_string_equal(l.scenario->arms[0].without, "");
    assert_int_equal(l.scenario->outcomes[0].arm_index, -1);
    assert_int_equal(l.scenario->n_claims, 0);
    scratch_release(&l);
    l = scratch_load("outcomes = {", "arms = { }; outcomes = {", NULL);
    assert_int_equal(l.scenario->n_arms, 1);
    scratch_release(&l);
    l = scratch_load(" minus = \"2010-01..2010-12\";", " minus_arm = \"full\";", NULL);
    assert_int_equal(l.status, 0);
    assert_int_equal(l.scenario->outcomes[0].minus_arm_index, 0);
    scratch_release(&l);
    l = scratch_load("outcomes = {", "arms = { base = { }; other = { }; }; outcomes = {", NULL);
    assert_int_equal(l.scenario->n_arms, 2);
    assert_string_equal(l.scenario->arms[0].name, "base");
    scratch_release(&l);
}

static void periods_to_explain_are_read(void **state)
{
    (void)state;
    struct loaded l = good("scenario.explain=[\"2010-02..2011-03\", \"2010-01..2011-12\"]");
    assert_int_equal(l.scenario->n_explain, 2);
    assert_int_equal(l.scenario->explain[0].from, month("2010-02"));
    assert_int_equal(l.scenario->explain[0].to, month("2011-03"));
    assert_int_equal(l.scenario->explain[1].to, month("2011-12"));
    scratch_release(&l);
    l = good(NULL);
    assert_int_equal(l.scenario->n_explain, 0);
    scratch_release(&l);
}

static void set_reaches_into_claims_and_arms(void **state)
{
    (void)state;
    struct loaded l = good("claims.C1.all.higher.value=1");
    assert_int_equal(l.scenario->n_claims, 3);
    assert_int_equal(l.scenario->claims[0].n_all, 6);
    assert_true(l.scenario->claims[0].all[0].value == 1);
    assert_true(l.scenario->claims[0].all[0].sign && l.scenario->claims[0].all[0].is == IS_ABOVE);
    scratch_release(&l);
    l = good("claims.C3.all={}");
    assert_int_equal(l.scenario->claims[2].n_all, 0);
    scratch_release(&l);
    l = good("arms.free.without=[]");
    assert_string_equal(l.scenario->arms[2].without, "");
    assert_string_equal(l.scenario->arms[2].set, "parameters.lambda=5;terms.reach=false");
    scratch_release(&l);
    l = good("claims.C9={text=\"new\";all={one={outcome=\"turn\";is=\"absent\";};};}");
    assert_int_equal(l.scenario->n_claims, 4);
    assert_int_equal(l.scenario->claims[3].all[0].outcome_index, 1);
    scratch_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arms_and_outcomes_are_read),
        cmocka_unit_test(claims_and_their_conditions_are_read),
        cmocka_unit_test(a_scenario_without_arms_has_one_full),
        cmocka_unit_test(periods_to_explain_are_read),
        cmocka_unit_test(set_reaches_into_claims_and_arms),
    };
    return cmocka_run_group_tests_name("claims", tests, scratch_enter, scratch_leave);
}
