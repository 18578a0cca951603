/* Designs of sweeps as they are read, and values of a scenario by their path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scenario/path.h"
#include "scenario/reader.h"
#include "scratch.h"
#include "stated.h"

static const char whole[] =
    "sweep = { name = \"quick\"; scenario = \"scenario.cfg\"; kind = \"grid\";\n"
    "  outcomes = [\"first_step\"]; replicates = 16; };\n"
    "factors = {\n"
    "  war  = { paths = [\"shocks.war.effects.a.size\", \"shocks.war.effects.b.size\"];\n"
    "           low = 0.0; high = 1.5; levels = 7; relative = true; };\n"
    "  when = { paths = [\"shocks.war.date\"]; low = \"2013-07-14\"; high = \"2017-07-14\"; };\n"
    "  term = { paths = [\"terms.reach\"]; values = [true, false]; labels = [\"on\", \"off\"]; };\n"
    "};\n";

static struct design load(const char *text, int status, struct diag *diag)
{
    struct design d;
    *diag = (struct diag){0};
    scratch_write("design.cfg", text);
    assert_int_equal(design_load(&d, "design.cfg", diag), status);
    return d;
}

static void a_design_has_its_factors_in_their_order(void **state)
{
    (void)state;
    struct diag diag;
    struct design d = load(whole, 0, &diag);
    assert_string_equal(d.sweep.name, "quick");
    assert_int_equal(d.sweep.kind, DESIGN_GRID);
    assert_int_equal(d.sweep.replicates, 16);
    assert_int_equal(d.n_factors, 3);
    assert_string_equal(d.factors[0].paths, "shocks.war.effects.a.size;shocks.war.effects.b.size");
    assert_string_equal(d.factors[0].high, "1.5");
    assert_int_equal(d.factors[0].relative, 1);
    assert_string_equal(d.factors[1].low, "2013-07-14");
    assert_string_equal(d.factors[2].values, "true;false");
    design_release(&d);
    diag_release(&diag);
}

static void what_is_not_given_has_its_default(void **state)
{
    (void)state;
    struct diag diag;
    struct design d = load(whole, 0, &diag);
    assert_int_equal(d.sweep.seed, 1);
    assert_string_equal(d.sweep.arms, "");
    assert_int_equal(d.factors[1].levels, 0);
    assert_int_equal(d.factors[1].scale, SCALE_LINEAR);
    assert_true(d.factors[1].times == 1);
    design_release(&d);
    diag_release(&diag);
}

static const struct mistake mistakes[] = {
    {"kind = \"grid\";", "", "sweep = {", "sweep: \"kind\" is missing"},
    {"\"grid\"", "\"cube\"", "cube", "allowed: grid|list|latin_hypercube|sobol|random"},
    {"replicates", "replicate",
     "replicate =", "sweep: unknown key \"replicate\"; did you mean \"replicates\"?"},
    {"replicates = 16", "replicates = 0", "replicates", "out of range; allowed: 1 .. 1000000"},
    {"factors = {", "factor = {",
     "factor =", "unknown section \"factor\"; did you mean \"factors\"?"},
    {"low = 0.0", "low = [0.0]", "low = [", "factors.war.low = 0: must be one value"},
    {"[true, false]", "true", "term =", "factors.term.values = true: must be a list"},
    {"war  =", "mean =", "mean =",
     "factors.mean: tables have this column already; allowed: another name"},
    {"war  =", "War =", "War =", "factors.War: not a name here"},
    {"\"quick\"", "\"../x\"", NULL, "sweep.name = ../x: not a name here"},
    {"sweep = {", "states = { };\nsweep = {", "states",
     "unknown section \"states\"; allowed: sweep, factors"},
};

static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof mistakes / sizeof *mistakes; k++) {
        const struct mistake *m = &mistakes[k];
        char *text = scratch_changed(whole, m->old, m->new), place[64];
        struct diag diag;
        struct design d = load(text, ERROR_INPUT, &diag);
        assert_says(&diag, m->message);
        snprintf(place, sizeof place,
                 "design.cfg:%d:", m->at == NULL ? 0 : scratch_line(text, m->at));
        assert_says(&diag, m->at == NULL ? "design.cfg:" : place);
        design_release(&d);
        diag_release(&diag);
        free(text);
    }
}

static void a_scenario_is_no_design(void **state)
{
    (void)state;
    struct diag diag;
    struct design d = load(scratch_scenario, ERROR_INPUT, &diag);
    assert_says(&diag, "unknown section \"scenario\"");
    design_release(&d);
    diag_release(&diag);
}

/* ---- paths ---------------------------------------------------------------------------------- */

static void a_path_leads_to_its_key_and_record(void **state)
{
    (void)state;
    struct loaded l = stated_load(NULL, NULL, NULL);
    const struct scenario *sc = l.scenario;
    assert_non_null(sc);
    const struct {
        const char *path;
        const void *record;
    } good[] = {
        {"parameters.lambda", &sc->parameters},
        {"terms.reach", sc->terms},
        {"scenario.spinup", &sc->general},
    };
    struct place place;
    char path[256];
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        assert_int_equal(path_find(sc, good[k].path, &place), 0);
        assert_ptr_equal(place.record, good[k].record);
        assert_string_equal(place.key->name, strchr(good[k].path, '.') + 1);
    }
    snprintf(path, sizeof path, "states.%s.gdp", sc->states[1].iso3);
    assert_int_equal(path_find(sc, path, &place), 0);
    assert_ptr_equal(place.record, &sc->states[1]);
    snprintf(path, sizeof path, "shocks.%s.date", sc->shocks[0].name);
    assert_int_equal(path_find(sc, path, &place), 0);
    assert_ptr_equal(place.record, &sc->shocks[0]);
    snprintf(path, sizeof path, "shocks.%s.effects.%s.size", sc->shocks[0].name,
             sc->shocks[0].effects[0].name);
    assert_int_equal(path_find(sc, path, &place), 0);
    assert_ptr_equal(place.record, &sc->shocks[0].effects[0]);
    assert_int_equal(place.key->type, KEY_REAL);
    scratch_release(&l);
}

static void a_path_that_leads_nowhere_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "lambda",
                                      "parameters",
                                      "parameters.",
                                      "parameters.lamda",
                                      "parameters.lambda.x",
                                      "states.gdp",
                                      "states.ZZZ.gdp",
                                      "shocks.none.date",
                                      ".",
                                      "groups.west",
                                      "sweep.name"};
    struct loaded l = stated_load(NULL, NULL, NULL);
    struct place place;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        if (path_find(l.scenario, bad[k], &place) != ERROR_INPUT)
            fail_msg("%s was taken", bad[k]);
    scratch_release(&l);
}

static void a_dyad_without_a_row_has_keys_but_no_record(void **state)
{
    (void)state;
    struct loaded l = stated_load(NULL, NULL, NULL);
    struct place place;
    assert_int_equal(path_find(l.scenario, "dyads.ZZZ-YYY.h0", &place), 0);
    assert_null(place.record);
    assert_string_equal(place.key->name, "h0");
    scratch_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_design_has_its_factors_in_their_order),
        cmocka_unit_test(what_is_not_given_has_its_default),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(a_scenario_is_no_design),
        cmocka_unit_test(a_path_leads_to_its_key_and_record),
        cmocka_unit_test(a_path_that_leads_nowhere_is_refused),
        cmocka_unit_test(a_dyad_without_a_row_has_keys_but_no_record),
    };
    return cmocka_run_group_tests_name("design", tests, scratch_enter, scratch_leave);
}
