/* The configuration in force: complete, runnable again, and itself again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario/keys.h"
#include "stated.h"

/* Prints what a file with one --set gives, reads that alone, prints again. Returns the first print.
 */
static char *assert_fixed_point(const char *path, const char *set)
{
    struct loaded first = scratch_load_file(path, &set, set != NULL);
    if (first.status != 0)
        fail_msg("%s", first.diag.text.s);
    char *text = scratch_effective(first.scenario);
    scratch_write("elsewhere/effective.cfg", text);
    struct loaded second = scratch_load_file("elsewhere/effective.cfg", NULL, 0);
    if (second.status != 0)
        fail_msg("%s", second.diag.text.s);
    char *again = scratch_effective(second.scenario);
    assert_string_equal(text, again);
    assert_int_equal(first.diag.warnings, second.diag.warnings);
    scratch_release(&first);
    scratch_release(&second);
    free(again);
    return text;
}

static void reading_it_again_gives_the_same(void **state)
{
    (void)state;
    scratch_write("scenario.cfg", scratch_scenario);
    free(assert_fixed_point("scenario.cfg", NULL));
}

static void whatever_is_laid_over_the_file_is_in_it(void **state)
{
    (void)state;
    const struct {
        const char *set, *line;
    } cases[] = {
        {"parameters.lambda=2.5", "\n  lambda = 2.5;\n"},
        {"parameters.lambda=1e-7", "\n  lambda = 1e-07;\n"},
        {"scenario.title=a \"b\" \\ c", "\n  title = \"a \\\"b\\\" \\\\ c\";\n"},
        {"scenario.moves=expected", "\n  moves = \"expected\";\n"},
        {"terms.reach=false", "\n  reach = false;\n"},
        {"states.USA.gdp=5000000000e-3", "\n    gdp = 5e+06;\n"},
        {"groups.west=[\"GBR\"]", "\n  both = [\"RUS\", \"GBR\"];\n"},
        {"groups.nobody=[]", "\n  nobody = [];\n"},
        {"scenario.focus=[]", "\n  focus = [];\n"},
        {"shocks.deal.date=2010-09-09", "\n    start = \"2010-08-09\";\n"},
        {"shocks.exit.date=2009-01-01", "\n    end = \"2009-02-09\";\n"},
        {"shocks.deal.enabled=false", "\n    enabled = false;\n"},
        {"shocks.deal.jitter_days=30", "\n    jitter_days = 30;\n"},
        {"shocks.deal.note=line\nbreak", "\n    note = \"line\\nbreak\";\n"},
        {"outcomes.step.minus=", "\n    minus = \"\";\n"},
        {"outcomes.step.statistic=when_max", "\n    statistic = \"when_max\";\n"},
        {"sanctions.S2.end=ongoing", "\n    end = \"ongoing\";\n"},
    };
    scratch_write("scenario.cfg", scratch_scenario);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char *text = assert_fixed_point("scenario.cfg", cases[k].set);
        if (strstr(text, cases[k].line) == NULL)
            fail_msg("--set %s: no line %s", cases[k].set, cases[k].line);
        free(text);
    }
}

static void write_stated(void)
{
    char *text = stated_text();
    scratch_write("scenario.cfg", text);
    free(text);
}

static void arms_outcomes_and_claims_are_in_it(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\n  full = {\n    without = [];\n    set = [];\n    note = \"\";\n  };\n",
        "\n    without = [\"deal\", \"exit\"];\n",
        "\n    set = [\"parameters.lambda=5\", \"terms.reach=false\"];\n",
        "\n    arm = \"free\";\n    minus_arm = \"no_deal\";\n    trend = \"\";\n",
        "\n    over = \"2010-01..2010-12\";\n",
        "\n    alarm = \"2010-02..2011-11\";\n",
        "\nobserved = {\n  IRN-RUS = {\n    political = 0.5;\n    institutional = -1.0;\n",
        "\n  C2_b = {\n    text = \"By design.\";\n    basis = \"\";\n    kind = \"claim\";\n"
        "    expect = false;\n    all = {\n    };\n  };\n",
        "\n    all = {\n      higher = {\n        outcome = \"step\";\n        arm = \"\";\n"
        "        is = \"above\";\n",
        "\n        times = 1.5;\n",
        "\n        value = 0.02;\n",
        "\n        period = \"2011-02..2011-04\";\n",
        "\n        sign = true;\n",
    };
    write_stated();
    char *text = assert_fixed_point("scenario.cfg", NULL);
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++)
        if (strstr(text, lines[k]) == NULL)
            fail_msg("no \"%s\" in:\n%s", lines[k], text);
    free(text);
}

static void what_is_laid_over_arms_and_claims_is_in_it(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"arms.free.set=[\"scenario.title=a \\\"b\\\"\"]",
         "\n    set = [\"scenario.title=a \\\"b\\\"\"];\n"},
        {"arms.free.set=[\"groups_of=[1,2]\"]", "\n    set = [\"groups_of=[1,2]\"];\n"},
        {"arms.more={}", "\n  more = {\n    without = [];\n"},
        {"claims.C1.all.higher.value=1", "\n        value = 1.0;\n"},
        {"claims.C1.all.higher.value=-1e-9", "\n        value = -1e-09;\n"},
        {"claims.C1.all.new={outcome=\"turn\";is=\"absent\";}",
         "\n      new = {\n        outcome = \"turn\";\n"},
        {"claims.C4={text=\"x\";}", "\n  C4 = {\n    text = \"x\";\n"},
        {"outcomes.turn.statistic=change", "\n    statistic = \"change\";\n"},
        {"observed.RUS-GBR.security=7", "\n  RUS-GBR = {\n    political = -1.0;\n    institutional "
                                        "= -1.0;\n    security = 7.0;\n"},
        {"scenario.explain=[\"2010-02..2011-03\"]", "\n  explain = [\"2010-02..2011-03\"];\n"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        write_stated();
        char *text = assert_fixed_point("scenario.cfg", cases[k][0]);
        if (strstr(text, cases[k][1]) == NULL)
            fail_msg("--set %s: no line %s", cases[k][0], cases[k][1]);
        free(text);
    }
}

static void every_key_stands_in_it(void **state)
{
    (void)state;
    write_stated();
    char *text = assert_fixed_point("scenario.cfg", NULL);
    for (int k = 0; k < n_keys; k++) {
        char words[64];
        if (keys[k].section >= SECTION_SWEEP) /* of designs */
            continue;
        snprintf(words, sizeof words, " %s = ", keys[k].name);
        assert_non_null(strstr(text, words));
    }
    assert_null(strstr(text, "table ="));
    free(text);
}

static void tables_and_included_files_are_in_it(void **state)
{
    (void)state;
    scratch_write("part/sanctions.csv",
                  "id;senders;target;start;class;note\r\n"
                  "A;\"USA;GBR\";RUS;2010-01-01;1;\"two\nlines, \"\"q\"\"\"\r\n");
    scratch_write("part/acts.cfg", "table = \"sanctions.csv\";\n");
    char *text = scratch_changed(scratch_scenario, "sanctions = {\n",
                                 "sanctions = {\n@include \"part/acts.cfg\"\n");
    scratch_write("scenario.cfg", text);
    free(text);
    text = assert_fixed_point("scenario.cfg", NULL);
    assert_non_null(strstr(text, "note = \"two\\nlines, \\\"q\\\"\";"));
    assert_non_null(strstr(text, "senders = [\"USA\", \"GBR\"];"));
    free(text);
}

/* A shock that moved once counts its further moves from where it stands now. */
static void a_moved_shock_can_be_moved_on(void **state)
{
    (void)state;
    scratch_write("scenario.cfg", scratch_scenario);
    free(assert_fixed_point("scenario.cfg", "shocks.deal.date=2010-06-11"));
    char *twice = assert_fixed_point("elsewhere/effective.cfg", "shocks.deal.date=2010-06-21");
    char *once = assert_fixed_point("scenario.cfg", "shocks.deal.date=2010-06-21");
    assert_string_equal(once, twice);
    free(once);
    free(twice);
}

static void the_smallest_scenario_is_completed(void **state)
{
    (void)state;
    scratch_write("scenario.cfg",
                  "scenario = { name = \"two\"; start = \"2010-01\"; end = \"2010-01\"; };\n"
                  "states = { AA = { lat = 0.0; lon = 0.0; gdp = 1.0; milex = 1.0; };\n"
                  "           BB = { lat = 9.0; lon = 0.0; gdp = 1.0; milex = 1.0; }; };\n");
    char *text = assert_fixed_point("scenario.cfg", NULL);
    assert_non_null(strstr(text, "\nshocks = {\n};\n"));
    assert_non_null(strstr(text, "\narms = {\n  full = {\n"));
    assert_non_null(strstr(text, "\nclaims = {\n};\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_it_again_gives_the_same),
        cmocka_unit_test(whatever_is_laid_over_the_file_is_in_it),
        cmocka_unit_test(arms_outcomes_and_claims_are_in_it),
        cmocka_unit_test(what_is_laid_over_arms_and_claims_is_in_it),
        cmocka_unit_test(every_key_stands_in_it),
        cmocka_unit_test(tables_and_included_files_are_in_it),
        cmocka_unit_test(a_moved_shock_can_be_moved_on),
        cmocka_unit_test(the_smallest_scenario_is_completed),
    };
    return cmocka_run_group_tests_name("effective", tests, scratch_enter, scratch_leave);
}
