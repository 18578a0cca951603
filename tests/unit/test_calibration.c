/* The sections calibration and targets of a design. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scenario/design.h"
#include "scenario/keys.h"
#include "scratch.h"

static const char whole[] =
    "sweep = { name = \"prior\"; scenario = \"scenario.cfg\"; kind = \"random\";\n"
    "  outcomes = [\"step\", \"trade\", \"rank\"]; };\n"
    "factors = { l = { paths = [\"parameters.lambda\"]; low = 1; high = 9; }; };\n"
    "calibration = {\n"
    "  discrepancy = 1.5;\n"
    "  draws = 7; pseudo = 0;\n"
    "};\n"
    "targets = {\n"
    "  trade = { value = 1.5; error = 0.2; scale = \"log\"; note = \"a ratio\"; };\n"
    "  step = { value = -0.05; error = 1e-3; source = \"somewhere\"; };\n"
    "};\n";

static struct design load(const char *text, int status, struct diag *diag)
{
    struct design d;
    *diag = (struct diag){0};
    scratch_write("design.cfg", text);
    int found = design_load(&d, "design.cfg", diag);
    if (found != status)
        fail_msg("status %d: %s", found, diag->text.s == NULL ? "no message" : diag->text.s);
    return d;
}

static void a_design_has_its_calibration_and_its_targets_in_their_order(void **state)
{
    (void)state;
    struct diag diag;
    struct design d = load(whole, 0, &diag);
    assert_int_equal(d.calibration.draws, 7);
    assert_int_equal(d.calibration.pseudo, 0);
    assert_true(d.calibration.discrepancy == 1.5);
    assert_int_equal(d.n_targets, 2);
    const struct target *t = d.targets;
    assert_string_equal(t[0].outcome, "trade");
    assert_true(t[0].value == 1.5 && t[0].error == 0.2);
    assert_int_equal(t[0].scale, SCALE_LOG);
    assert_string_equal(t[0].note, "a ratio");
    assert_string_equal(t[1].outcome, "step");
    assert_true(t[1].value == -0.05 && t[1].error == 1e-3);
    assert_int_equal(t[1].scale, SCALE_LINEAR);
    assert_string_equal(t[1].source, "somewhere");
    assert_int_equal(t[1].where.line, 10);
    assert_null(diag.text.s);
    design_release(&d);
}

static void a_design_without_them_has_defaults_and_no_targets(void **state)
{
    (void)state;
    struct diag diag;
    char *text = text_copy(whole);
    assert_non_null(text);
    *strstr(text, "calibration = {") = '\0';
    struct design d = load(text, 0, &diag);
    assert_int_equal(d.calibration.draws, 128);
    assert_int_equal(d.calibration.pseudo, 200);
    assert_true(d.calibration.discrepancy == 1);
    assert_int_equal(d.n_targets, 0);
    design_release(&d);
    free(text);
}

/* As of scratch_mistakes; where nothing stands, the place is the file's. */
static const struct mistake mistakes[] = {
    {"discrepancy = 1.5", "discrepancy = 0.9", "discrepancy", "out of range; allowed: 1 .. 1000"},
    {"draws = 7", "draws = 0", "draws = 0", "out of range; allowed: 1 .. 100000"},
    {"pseudo = 0", "pseudo = -1", "pseudo", "out of range; allowed: 0 .. 100000"},
    {"pseudo = 0", "pseudo = \"no\"", "pseudo", "calibration.pseudo = no: must be a number"},
    {"error = 0.2", "error = 0",
     "trade =", "targets.trade.error = 0: out of range; allowed: 1e-12"},
    {"error = 0.2; ", "", "trade =", "targets.trade: \"error\" is missing"},
    {"value = 1.5; ", "", "trade =", "targets.trade: \"value\" is missing"},
    {"value = 1.5", "value = 0.0",
     "trade =", "targets.trade.value = 0: allowed: above 0 with scale = \"log\""},
    {"\"log\"", "\"normal\"",
     "trade =", "targets.trade.scale = normal: unknown word; allowed: line"},
    {"note =", "notes =", "trade =",
     "targets.trade: unknown key \"notes\"; did you mean \"note\"?"},
    {"  trade =", "  trad =", "trad =",
     "targets.trad: sweep.outcomes has no such outcome; allowed: one of them"},
    {"\"step\", ", "", "  step =", "targets.step: sweep.outcomes has no such outcome"},
    {"  step =", "  Step =", "Step =", "targets.Step: not a name here"},
    {"targets = {", "target = {",
     "target =", "unknown section \"target\"; did you mean \"targets\"?"},
    {"calibration = {", "calibrate = {",
     "calibrate =", "unknown section \"calibrate\"; did you mean \"calibration\"?"},
    {"sweep = {", "terms = { };\nsweep = {", "terms",
     "unknown section \"terms\"; allowed: sweep, factors, calibration, targets"},
};

static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof mistakes / sizeof *mistakes; k++) {
        const struct mistake *m = &mistakes[k];
        char *text = scratch_changed(whole, m->old, m->new), place[300];
        struct diag diag;
        struct design d = load(text, ERROR_INPUT, &diag);
        snprintf(place, sizeof place, "design.cfg:%d: ", scratch_line(text, m->at));
        assert_says(&diag, m->message);
        assert_true(strncmp(diag.text.s, place, strlen(place)) == 0);
        assert_int_equal(diag.errors, 1);
        design_release(&d);
        diag_release(&diag);
        free(text);
    }
}

static void a_negative_value_is_good_as_it_is_and_all_mistakes_are_told(void **state)
{
    (void)state;
    struct diag diag;
    char *linear = scratch_changed(whole, "scale = \"log\"; ", ""),
         *negative = scratch_changed(linear, "value = 1.5", "value = -1.5"),
         *wrong = scratch_changed(whole, "  step =", "  none ="),
         *twice = scratch_changed(wrong, "value = 1.5", "value = -1.5");
    struct design d = load(negative, 0, &diag);
    assert_true(d.targets[0].value == -1.5);
    design_release(&d);
    d = load(twice, ERROR_INPUT, &diag);
    assert_int_equal(diag.errors, 2);
    design_release(&d);
    diag_release(&diag);
    free(linear);
    free(negative);
    free(wrong);
    free(twice);
}

/* They belong to designs, and to nothing else. */
static void a_scenario_has_neither_section(void **state)
{
    (void)state;
    static const char *const sections[] = {"calibration", "targets"};
    for (int k = 0; k < 2; k++) {
        char text[64], message[64];
        snprintf(text, sizeof text, "%s = { };\noutcomes = {\n", sections[k]);
        snprintf(message, sizeof message, "unknown section \"%s\"", sections[k]);
        struct loaded l = scratch_load("outcomes = {\n", text, NULL);
        assert_int_equal(l.status, ERROR_INPUT);
        assert_says(&l.diag, message);
        scratch_release(&l);
    }
}

static void every_key_of_a_design_has_a_meaning(void **state)
{
    (void)state;
    int found = 0;
    for (int k = 0; k < n_keys; k++)
        if (keys[k].section == SECTION_CALIBRATION || keys[k].section == SECTION_TARGETS) {
            assert_true(keys[k].meaning[0] != '\0');
            found++;
        }
    assert_int_equal(found, 3 + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_design_has_its_calibration_and_its_targets_in_their_order),
        cmocka_unit_test(a_design_without_them_has_defaults_and_no_targets),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(a_negative_value_is_good_as_it_is_and_all_mistakes_are_told),
        cmocka_unit_test(a_scenario_has_neither_section),
        cmocka_unit_test(every_key_of_a_design_has_a_meaning),
    };
    return cmocka_run_group_tests_name("calibration", tests, scratch_enter, scratch_leave);
}
