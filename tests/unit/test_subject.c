/* What a sweep runs and reads in every cell, and names that it is refused. */
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

#define LAMBDA "l = { paths = [\"parameters.lambda\"]; values = [2, 4]; };"

/* Arms that run and parts that are kept, by their names. */
static void assert_needs(const char *sweep, const char *arms, const char *parts)
{
    struct swept s;
    struct text text = {0};
    char whole[256];
    snprintf(whole, sizeof whole, "kind = \"grid\"; %s", sweep);
    swept_open(&s, whole, LAMBDA);
    const struct subject *q = &s.subject;
    for (int k = 0; k < q->n_arms; k++)
        text_printf(&text, "%s%s", k > 0 ? " " : "", q->base->arms[q->arms[k]].name);
    assert_string_equal(text.s, arms);
    text_release(&text);
    int size = 0;
    for (int k = 0; k < q->n_parts; k++) {
        text_printf(&text, "%s%s", k > 0 ? " " : "", q->base->outcomes[q->parts[k].outcome].name);
        assert_int_equal(q->parts[k].at, size);
        size += q->parts[k].size;
    }
    assert_string_equal(text.s, parts);
    assert_int_equal(q->size, size);
    assert_int_equal(subject_sums(q), q->n_arms * (size + 3 * q->n_outcomes) + q->n_claims);
    text_release(&text);
    swept_close(&s);
}

static void arms_are_those_that_are_asked_for_or_needed(void **state)
{
    (void)state;
    assert_needs("outcomes = [\"step\"];", "full", "step");
    assert_needs("outcomes = [\"step\"]; arms = [\"free\"];", "full free", "step");
    assert_needs("outcomes = [\"step\"]; arms = [\"free\", \"full\"];", "full free", "step");
    assert_needs("outcomes = [\"mind\"];", "full no_deal", "mind");
    assert_needs("outcomes = [\"ratio\"];", "full no_deal free", "ratio");
    assert_needs("outcomes = [\"turn\"]; penalty = 2.0;", "full free", "turn");
    assert_needs("outcomes = [\"step\"]; claims = [\"less\"];", "full no_deal", "step");
    assert_needs("outcomes = [\"mind\"]; claims = [\"up\"];", "full no_deal", "mind step");
    assert_needs("outcomes = [\"step\"]; claims = [\"C1\"]; penalty = 2.0;", "full no_deal free",
                 "ratio turn step");
}

static void outcomes_and_claims_keep_the_designs_order(void **state)
{
    (void)state;
    struct swept s;
    swept_open(&s,
               "kind = \"grid\"; outcomes = [\"step\", \"mind\", \"ratio\"]; claims = [\"less\", "
               "\"C3\", \"up\"];",
               LAMBDA);
    static const char *const outcomes[] = {"step", "mind", "ratio"}, *const claims[] = {"less",
                                                                                        "C3", "up"};
    for (int k = 0; k < 3; k++) {
        assert_string_equal(s.base.scenario->outcomes[s.subject.outcomes[k]].name, outcomes[k]);
        assert_string_equal(s.base.scenario->claims[s.subject.claims[k]].name, claims[k]);
    }
    swept_close(&s);
}

static const struct {
    const char *sweep, *factors, *message;
} mistakes[] = {
    {"outcomes = [\"stp\"];", LAMBDA,
     "sweep.outcomes: the scenario has no \"stp\"; did you mean \"step\"?"},
    {"outcomes = [\"step\"]; arms = [\"fre\"];", LAMBDA,
     "sweep.arms: the scenario has no \"fre\"; did you mean \"free\"?"},
    {"outcomes = [\"step\"]; claims = [\"C9\"];", LAMBDA, "sweep.claims: the scenario has no \"C9"},
    {"outcomes = [\"step\", \"step\"];", LAMBDA, "sweep.outcomes: \"step\" stands twice"},
    {"outcomes = [ ];", LAMBDA, "sweep.outcomes: allowed: one or more"},
    {"outcomes = [\"each\"];", LAMBDA, "sweep.outcomes: each has a value for each dyad"},
    {"outcomes = [\"turn\"];", LAMBDA,
     "outcome turn, of `outcomes` or of a claim, searches change"},
    {"outcomes = [\"step\"]; claims = [\"C1\"];", LAMBDA, "outcome turn, of `outcomes` or of a"},
    {"outcomes = [\"step\"]; precision = 0.1;", LAMBDA, "sweep.precision and precision_of: allow"},
    {"outcomes = [\"step\"]; precision_of = \"step\";", LAMBDA, "sweep.precision and precision_of"},
    {"outcomes = [\"step\"]; precision = 0.1; precision_of = \"mind\";", LAMBDA,
     "precision_of one of the outcomes"},
    {"outcomes = [\"turn\"]; penalty = 1.0; precision = 0.1; precision_of = \"turn\";", LAMBDA,
     "and known in a single replicate"},
    {"outcomes = [\"step\"];", "step = { paths = [\"parameters.lambda\"]; values = [2, 4]; };",
     "d.cfg:5: factors.step: an outcome has this name; allowed: another"},
    {"outcomes = [\"step\"]; arms = [\"free\"];",
     "a = { paths = [\"arm\"]; values = [\"full\", \"no_deal\"]; };",
     "d.cfg:5: factors.a: the arm is a factor, so no other arm can run beside it"},
    {"outcomes = [\"mind\"];", "a = { paths = [\"arm\"]; values = [\"full\", \"no_deal\"]; };",
     "factors.a: the arm is a factor"},
};

static void mistakes_are_told(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof mistakes / sizeof *mistakes; k++) {
        struct swept s;
        char sweep[256];
        snprintf(sweep, sizeof sweep, "kind = \"grid\"; %s", mistakes[k].sweep);
        swept_write(sweep, mistakes[k].factors);
        if (swept_subject(&s) != ERROR_INPUT)
            fail_msg("%s was taken", sweep);
        assert_says(&s.diag, mistakes[k].message);
        bool named = strncmp(mistakes[k].message, "sweep.outcomes:", 15) == 0;
        assert_says(&s.diag, named ? "d.cfg:2: " : "d.cfg:");
        swept_close(&s);
    }
}

static void all_wrong_names_are_told(void **state)
{
    (void)state;
    struct swept s;
    swept_write("kind = \"grid\"; outcomes = [\"a\", \"b\"]; arms = [\"c\"]; claims = [\"d\"];",
                LAMBDA);
    assert_int_equal(swept_subject(&s), ERROR_INPUT);
    static const char *const names[] = {"\"a\"", "\"b\"", "\"c\"", "\"d\""};
    for (int k = 0; k < 4; k++)
        assert_says(&s.diag, names[k]);
    swept_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arms_are_those_that_are_asked_for_or_needed),
        cmocka_unit_test(outcomes_and_claims_keep_the_designs_order),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(all_wrong_names_are_told),
    };
    return cmocka_run_group_tests_name("subject", tests, scratch_enter, scratch_leave);
}
