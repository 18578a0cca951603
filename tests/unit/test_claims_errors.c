/* Arms, outcomes and claims that cannot be: every mistake has its place and what is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "stated.h"

static void assert_mistakes(const struct mistake *m, size_t n)
{
    char *text = stated_text();
    scratch_mistakes(text, m, n);
    free(text);
}
#define ASSERT_MISTAKES(m) assert_mistakes(m, sizeof(m) / sizeof *(m))

static void names_that_nothing_has(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"without = [\"deal\"]", "without = [\"del\"]", "no_deal = {",
         "arms.no_deal.without: there is no shock \"del\"; did you mean \"deal\"?; allowed: a name "
         "of the section shocks"},
        {"without = [\"deal\", \"exit\"]", "without = [\"deal\", \"sunshine\"]",
         "free =", "arms.free.without: there is no shock \"sunshine\"; allowed: a name of"},
        {"arm = \"free\";", "arm = \"fre\";",
         "ratio =", "outcomes.ratio.arm: there is no arm \"fre\"; did you mean \"free\"?"},
        {"over = \"2010-01..2010-12\"; arm = \"free\"; minus_arm = \"no_deal\"",
         "minus_arm = \"no_del\"", "ratio =",
         "outcomes.ratio.minus_arm: there is no arm \"no_del\"; did you mean \"no_deal\"?"},
        {"trend = \"free\"", "trend = \"nobody\"", "turn =",
         "outcomes.turn.trend: there is no arm \"nobody\"; allowed: a name of the section "
         "arms"},
        {"outcome = \"step\"; is = \"above\"", "outcome = \"stepp\"; is = \"above\"", "higher =",
         "claims.C1.all.higher: there is no outcome \"stepp\"; did you mean \"step\"?; "
         "allowed: a name of the section outcomes"},
        {"than = \"ratio\"; times", "than = \"radio\"; times",
         "most =", "claims.C1.all.most: there is no outcome \"radio\"; did you mean \"ratio\"?"},
        {"arm = \"no_deal\"; is", "arm = \"no_dal\"; is", "arms = { outcome",
         "claims.C1.all.arms: there is no arm \"no_dal\"; did you mean"},
        {"than_arm = \"full\"", "than_arm = \"fool\"", "arms = { outcome",
         "claims.C1.all.arms: there is no arm \"fool\"; did you mean \"full\"?"},
        {"arms = {\n", "harms = {\n", "harms", "unknown section \"harms\"; did you mean \"arms\"?"},
        {"claims = {\n", "all = { };\nclaims = {\n", "all = { };",
         "unknown section \"all\"; allowed: "
         "scenario, states, "},
        {"basis = \"pre", "bases = \"pre",
         "C1 =", "claims.C1: unknown key \"bases\"; did you mean \"basis\"?"},
        {"expect = true", "al = { }; expect = true", "C1 =", "claims.C1: unknown key \"al\""},
        {"sign = true", "signs = true",
         "higher =", "claims.C1.all.higher: unknown key \"signs\"; did you mean \"sign\"?"},
        {"note = \"as if\"", "nota = \"as if\"", "no_deal = {",
         "arms.no_deal: unknown key \"nota\"; did you mean \"note\"?"},
        {"alarm = \"2010-02", "alarms = \"2010-02",
         "turn =", "outcomes.turn: unknown key \"alarms\"; did you mean \"alarm\"?"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void values_of_the_wrong_kind(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"is = \"above\"", "is = \"over\"", "higher =",
         "claims.C1.all.higher.is = over: unknown word; allowed: "
         "above|below|nearer|found|absent|within|"},
        {"value = 0.02", "value = \"low\"",
         "higher =", "claims.C1.all.higher.value = low: must be a number"},
        {"times = 1.5", "times = 1e7", "most =", "claims.C1.all.most.times = 1e+07: out of range"},
        {"sign = true", "sign = 1",
         "higher =", "claims.C1.all.higher.sign = 1: must be true or false"},
        {"period = \"2011-02..2011-04\"", "period = \"2011-05..2011-04\"",
         "when =", "claims.C1.all.when.period = 2011-05..2011-04: not a period"},
        {"outcome = \"step\"; is = \"above\"", "is = \"above\"",
         "higher =", "claims.C1.all.higher: \"outcome\" is missing"},
        {"is = \"above\"; ", "", "higher =", "claims.C1.all.higher: \"is\" is missing"},
        {"text = \"It rises.\"; ", "", "C1 =", "claims.C1: \"text\" is missing"},
        {"statistic = \"onset\"", "statistic = \"median\"", "turn =",
         "outcomes.turn.statistic = median: unknown word; allowed: mean|max|when_max|onset|"},
        {"without = [\"deal\"]", "without = 5", "no_deal = {",
         "arms.no_deal.without = 5: must be a list"},
        {"  full = { };", "  Full = { };",
         "Full =", "arms.Full: not a name here; allowed: a small letter"},
        {"  C1 = {", "  1C = {", "1C", "syntax error"},
        {"      higher = {", "      Higher = {", "Higher",
         "claims.C1.all.Higher: not a name here; allowed: a small letter"},
        {"  full = { };", "  full = 5;", "full = 5", "arms.full must be a group { … }"},
        {"arms = {\n", "arms = { table = \"t.csv\";\n", "table", "arms cannot come from a table"},
        {"claims = {\n", "claims = { table = \"t.csv\";\n", "table",
         "claims cannot come from a table"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void nested_groups_must_be_groups(void **state)
{
    (void)state;
    struct loaded l =
        stated_load("all = { f = { outcome = \"step\"; is = \"figure\"; value = 1.0; }; };",
                    "all = [\"f\"];", NULL);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, "claims.C3.all must be a group of named groups { … }");
    scratch_release(&l);
}

static void arms_may_not_set_what_all_of_them_share(void **state)
{
    (void)state;
    static const char *const shared[][2] = {
        {"scenario.name=other", "scenario.name"},
        {"scenario.start=2010-02", "scenario.start"},
        {"scenario.end=2010-12", "scenario.end"},
        {"scenario.focus=[]", "scenario.focus"},
        {"scenario.spinup=5", "scenario.spinup"},
        {"scenario.explain=[]", "scenario.explain"},
        {"outcomes.step.window=2010-01..2010-02", "outcomes"},
        {"arms.full.note=x", "arms"},
        {"claims.C1.expect=false", "claims"},
        {"states.table=t.csv", "states.table"},
        {"groups.west=[]", "groups"},
        {"scenario={name=5}", "scenario.name"},
        {"groups={}", "groups"},
        {"states={}", "states.table"},
    };
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++) {
        char new[128], message[256];
        snprintf(new, sizeof new, "set = [\"%s\"", shared[k][0]);
        snprintf(message, sizeof message,
                 "arms.free.set = %s: allowed: what may differ between arms, which %s may not",
                 shared[k][0], shared[k][1]);
        const struct mistake m = {"set = [\"parameters.lambda=5\"", new, "free = {", message};
        assert_mistakes(&m, 1);
    }
}

static void arms_may_set_everything_else(void **state)
{
    (void)state;
    static const char *const free_to_differ[] = {"scenario.moves=expected",
                                                 "scenario.title=x",
                                                 "parameters={}",
                                                 "shocks.deal.date=2010-07-01",
                                                 "states.IRN.gdp=500",
                                                 "sanctions.S1.class=3",
                                                 "dyads.IRN-USA.h0=0.5",
                                                 "scenario.order=serial",
                                                 "terms={}",
                                                 "states.IRN={}"};
    for (size_t k = 0; k < sizeof free_to_differ / sizeof *free_to_differ; k++) {
        char new[128];
        snprintf(new, sizeof new, "set = [\"%s\"", free_to_differ[k]);
        struct loaded l = stated_load("set = [\"parameters.lambda=5\"", new, NULL);
        if (l.status != 0)
            fail_msg("%s", l.diag.text.s);
        scratch_release(&l);
    }
}

/* Items of a list are joined by ';' and cut at TEXT_ITEM bytes. */
static void a_setting_of_an_arm_is_a_path_and_a_value_of_some_length(void **state)
{
    (void)state;
    char longest[TEXT_ITEM] = "scenario.title=", new[TEXT_ITEM + 16];
    const struct mistake no_value = {"set = [\"parameters.lambda=5\"",
                                     "set = [\"parameters.lambda\"", "free = {",
                                     "arms.free.set = parameters.lambda: allowed: path=value, as "
                                     "of --set, of less than 511 bytes"};
    const struct mistake cut = {
        "set = [\"parameters.lambda=5\"", "set = [\"states.IRN={gdp=1.0;}\"", "free = {",
        "arms.free.set: \"states.IRN={gdp=1.0;}\" holds \";\"; allowed: texts"};
    assert_mistakes(&no_value, 1);
    assert_mistakes(&cut, 1);
    memset(longest + strlen(longest), 'n', TEXT_ITEM - 1 - strlen(longest));
    snprintf(new, sizeof new, "set = [\"%s\"", longest);
    const struct mistake too_long = {"set = [\"parameters.lambda=5\"", new, "free = {",
                                     "arms.free.set = scenario.title=nnn"};
    assert_mistakes(&too_long, 1);
    longest[TEXT_ITEM - 2] = '\0';
    snprintf(new, sizeof new, "set = [\"%s\"", longest);
    struct loaded l = stated_load("set = [\"parameters.lambda=5\"", new, NULL);
    if (l.status != 0)
        fail_msg("%s", l.diag.text.s);
    assert_int_equal(strncmp(l.scenario->arms[2].set, longest, strlen(longest)), 0);
    scratch_release(&l);
}

static void periods_lie_within_the_months_recorded(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"over = \"2010-01..2010-12\"", "over = \"2009-12..2010-12\"", "ratio =",
         "outcomes.ratio.over reaches beyond the months recorded; allowed: within "
         "2010-01..2011-12"},
        {"alarm = \"2010-02..2011-11\"", "alarm = \"2010-02..2012-01\"",
         "turn =", "outcomes.turn.alarm reaches beyond the months recorded"},
        {"subject = \"dyads\"; window = \"2011-01..2011-12\"",
         "subject = \"dyads\"; window = \"2011-01..2012-02\"",
         "each =", "outcomes.each.window reaches beyond the months recorded"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void outcomes_need_and_forbid_what_their_statistic_does(void **state)
{
    (void)state;
    static const char search[] = "statistic = \"onset\"; trend = \"free\"; "
                                 "alarm = \"2010-02..2011-11\"; };";
    const struct mistake mistakes[] = {
        {"trend = \"free\"; ", "",
         "turn =", "outcomes.turn: a change point needs `trend`, an arm without the shocks"},
        {"statistic = \"onset\"", "statistic = \"mean\"",
         "turn =", "outcomes.turn: `trend` and `alarm` go with the statistics onset and change"},
        {search, "alarm = \"2010-02..2011-11\"; };",
         "turn =", "outcomes.turn: `trend` and `alarm` go with the statistics onset and change"},
        {search, "trend = \"free\"; };",
         "turn =", "outcomes.turn: `trend` and `alarm` go with the statistics onset and change"},
        {search, "statistic = \"change\"; trend = \"free\"; minus = \"2010-02..2010-11\"; };",
         "turn =", "outcomes.turn: `minus` and `over` do not go with onset, change or distance"},
        {"statistic = \"distance\";", "statistic = \"distance\"; over = \"2010-02..2010-11\";",
         "mind =", "outcomes.mind: `minus` and `over` do not go with onset, change or distance"},
        {"over = \"2010-01..2010-12\"", "over = \"2010-01..2010-12\"; minus = \"2010-02..2010-03\"",
         "ratio =", "outcomes.ratio: `minus` and `over` exclude each other"},
        {"subject = \"dyads\";", "subject = \"dyads\"; arm = \"free\";", "each =",
         "outcomes.each: every dyad is read in the first arm alone, without `arm` and `minus_arm`"},
        {"subject = \"dyads\";", "subject = \"dyads\"; minus_arm = \"free\";",
         "each =", "outcomes.each: every dyad is read in the first arm alone"},
        {"  each = {", "  arm = {", "  arm = {",
         "outcomes.arm: outcomes.csv has this column already; allowed: another name"},
        {"  each = {", "  draw = {", "  draw = {",
         "outcomes.draw: outcomes.csv has this column already; allowed: another name"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void conditions_need_and_forbid_what_their_relation_does(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"outcome = \"turn\"; is = \"found\"", "outcome = \"step\"; is = \"found\"", "found = {",
         "claims.C1.all.found: found and absent go with outcomes of the statistics onset and "
         "change"},
        {"outcome = \"turn\"; is = \"found\"", "outcome = \"ratio\"; is = \"absent\"", "found = {",
         "claims.C1.all.found: found and absent go with outcomes"},
        {"is = \"within\"; period = \"2011-02..2011-04\"", "is = \"within\"",
         "when =", "claims.C1.all.when: within needs `period`"},
        {"outcome = \"turn\"; is = \"within\"", "outcome = \"step\"; is = \"within\"", "when =",
         "claims.C1.all.when: within goes with outcomes of the statistics when_max, onset "
         "and change"},
        {"is = \"nearer\"; than = \"ratio\";", "is = \"nearer\";",
         "close =", "claims.C1.all.close: nearer needs `than`"},
        {"is = \"found\"", "is = \"found\"; than = \"turn\"", "found = {",
         "claims.C1.all.found: `than` goes with above, below and nearer"},
        {"is = \"within\";", "is = \"within\"; than = \"turn\";",
         "when =", "claims.C1.all.when: `than` goes with above, below and nearer"},
        {"is = \"figure\";", "is = \"figure\"; than = \"turn\";",
         "C3 =", "claims.C3.all.f: `than` goes with above, below and nearer"},
        {"outcome = \"step\"; is = \"above\"", "outcome = \"each\"; is = \"above\"",
         "higher =", "claims.C1.all.higher: an outcome of every dyad is no number to judge"},
        {"than = \"ratio\"; times", "than = \"each\"; times",
         "most =", "claims.C1.all.most: an outcome of every dyad is no number to judge"},
        {"is = \"above\"", "is = \"figure\"",
         "C1 =", "claims.C1: figure does not go with other conditions"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void periods_to_explain_have_two_months_that_are_recorded(void **state)
{
    (void)state;
    static const char *const wrong[] = {"2010-02",          "2010-03..2010-02", "2010-03..2010-03",
                                        "2009-12..2010-03", "2010-03..2012-01", "spring"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char set[64], message[128];
        snprintf(set, sizeof set, "scenario.explain=[\"%s\"]", wrong[k]);
        snprintf(
            message, sizeof message,
            "scenario.explain = %s: allowed: two months \"YYYY-MM..YYYY-MM\" that are recorded, "
            "the first before the second",
            wrong[k]);
        struct loaded l = stated_load(NULL, NULL, set);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_int_equal(l.diag.errors, 1);
        assert_says(&l.diag, message);
        scratch_release(&l);
    }
}

static void all_mistakes_are_told_at_once(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "arms.no_deal.without=[\"dael\"]",   "arms.free.set=[\"scenario.name=x\"]",
        "outcomes.step.arm=nowhere",         "outcomes.ratio.minus=2010-01..2010-02",
        "claims.C1.all.higher.outcome=stop", "claims.C1.all.close.than=",
        "claims.C1.all.when.period=",        "scenario.explain=[\"2010\"]"};
    enum { SETS = sizeof sets / sizeof *sets };
    char *text = stated_text();
    scratch_write("scenario.cfg", text);
    free(text);
    struct loaded l = scratch_load_file("scenario.cfg", sets, SETS);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_int_equal(l.diag.errors, SETS);
    scratch_release(&l);
}

/* What --set names within a claim must be there, or come whole. */
static void set_makes_no_claim_by_mistake(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"claims.C4.expect=true",
         "--set claims.C4.expect=true: there is no claims.C4; did you mean "
         "\"C1\"?; a new one needs a whole group"},
        {"claims.C1.all.hihger.value=1",
         "there is no claims.C1.all.hihger; did you mean \"higher\"?"},
        {"arms.fulll.note=x", "there is no arms.fulll; did you mean \"full\"?"},
        {"outcomes.ration.minus_arm=full", "there is no outcomes.ration; did you mean \"ratio\"?"},
        {"claims.C1.any.higher.value=1", "claims.C1: unknown key \"any\""},
        {"claims.C1.all.higher.value=high", "claims.C1.all.higher.value = high: must be a number"},
        {"claims.C1.all=none", "claims.C1.all must be a group of named groups { … }"},
        {"claims.C1.all.new={is=\"above\";}", "claims.C1.all.new: \"outcome\" is missing"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        struct loaded l = stated_load(NULL, NULL, wrong[k][0]);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_int_equal(l.diag.errors, 1);
        assert_says(&l.diag, wrong[k][1]);
        scratch_release(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_nothing_has),
        cmocka_unit_test(values_of_the_wrong_kind),
        cmocka_unit_test(nested_groups_must_be_groups),
        cmocka_unit_test(arms_may_not_set_what_all_of_them_share),
        cmocka_unit_test(arms_may_set_everything_else),
        cmocka_unit_test(a_setting_of_an_arm_is_a_path_and_a_value_of_some_length),
        cmocka_unit_test(periods_lie_within_the_months_recorded),
        cmocka_unit_test(outcomes_need_and_forbid_what_their_statistic_does),
        cmocka_unit_test(conditions_need_and_forbid_what_their_relation_does),
        cmocka_unit_test(periods_to_explain_have_two_months_that_are_recorded),
        cmocka_unit_test(all_mistakes_are_told_at_once),
        cmocka_unit_test(set_makes_no_claim_by_mistake),
    };
    return cmocka_run_group_tests_name("claims_errors", tests, scratch_enter, scratch_leave);
}
