/* Cells of designs: values of factors, what they set, what is refused before anything runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/error.h"
#include "run/plan.h"
#include "scratch.h"
#include "stated.h"

#define FACTORS(text) "factors = { " text " };\n"

struct planned {
    struct loaded base;
    struct design design;
    struct plan plan;
    struct diag diag;
    struct texts sets;
    int status;
};

/* `rest` stands in the section sweep behind its kind. */
static struct planned *make(const char *kind, const char *rest, const char *factors)
{
    struct planned *p = calloc(1, sizeof *p);
    char text[4000];
    snprintf(text, sizeof text,
             "sweep = { name = \"x\"; scenario = \"scenario.cfg\"; outcomes = [\"step\"]; kind = "
             "\"%s\"; %s };\n%s",
             kind, rest, factors);
    scratch_write("design.cfg", text);
    p->base = stated_load(NULL, NULL, NULL);
    assert_int_equal(p->base.status, 0);
    assert_int_equal(design_load(&p->design, "design.cfg", &p->diag), 0);
    p->status = plan_init(&p->plan, &p->design, p->base.scenario, &p->sets, 1, &p->diag);
    return p;
}

static void end(struct planned *p)
{
    plan_release(&p->plan);
    design_release(&p->design);
    scratch_release(&p->base);
    diag_release(&p->diag);
    free(p);
}

static const char *label(struct planned *p, uint32_t cell, int factor)
{
    static struct factor_value v;
    plan_value(&p->plan, cell, factor, &v);
    return v.label;
}

static void assert_settings(struct planned *p, uint32_t cell, const char *expected)
{
    struct texts sets = {0};
    struct text joined = {0};
    assert_int_equal(plan_settings(&p->plan, cell, &sets), 0);
    for (int k = 0; k < sets.n; k++)
        text_printf(&joined, "%s%s", k ? " | " : "", sets.at[k]);
    assert_string_equal(joined.s, expected);
    text_release(&joined);
    texts_release(&sets);
}

static void a_grids_last_factor_varies_fastest(void **state)
{
    (void)state;
    struct planned *p =
        make("grid", "",
             FACTORS("a = { paths = [\"parameters.lambda\"]; low = 1.0; high = 2.0; levels = 3; }; "
                     "b = { paths = [\"terms.reach\"]; values = [true, false]; labels = [\"on\", "
                     "\"off\"]; };"));
    static const char *const expected[6][2] = {{"1", "on"},    {"1", "off"}, {"1.5", "on"},
                                               {"1.5", "off"}, {"2", "on"},  {"2", "off"}};
    assert_int_equal(p->plan.cells, 6);
    for (uint32_t cell = 0; cell < 6; cell++)
        for (int f = 0; f < 2; f++)
            assert_string_equal(label(p, cell, f), expected[cell][f]);
    assert_settings(p, 3, "parameters.lambda=1.5 | terms.reach=false");
    end(p);
}

static void settings_are_multiplied(void **state)
{
    (void)state;
    struct planned *p = make(
        "grid", "",
        FACTORS(
            "a = { paths = [\"parameters.lambda\", \"parameters.eta\"]; values = [2.0]; relative "
            "= true; times = 0.5; }; b = { paths = [\"parameters.initiatives\"]; values = "
            "[1.6]; times = 2.0; };"));
    const struct parameters *own = &p->base.scenario->parameters;
    char expected[200], lambda[32], eta[32];
    text_real(own->lambda, lambda);
    text_real(own->eta, eta);
    snprintf(expected, sizeof expected,
             "parameters.lambda=%s | parameters.eta=%s | parameters.initiatives=3", lambda, eta);
    assert_settings(p, 0, expected);
    end(p);
}

static void dates_lists_and_arms_are_set_as_such(void **state)
{
    (void)state;
    struct planned *p = make(
        "grid", "",
        FACTORS("when = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = "
                "\"2010-06-04\"; levels = 3; }; ends = { paths = [\"shocks.exit.ends\"]; values "
                "= [\"M1 S1\", \"-\"]; }; world = { paths = [\"arm\"]; values = [\"free\"]; };"));
    assert_string_equal(label(p, 2, 0), "2010-06-02"); /* 1½ days, to even */
    assert_string_equal(label(p, 4, 0), "2010-06-04");
    assert_settings(p, 0,
                    "shocks.deal.date=2010-06-01 | shocks.exit.ends=[\"M1\", \"S1\"] | "
                    "shocks.deal.enabled=false | shocks.exit.enabled=false | parameters.lambda=5 | "
                    "terms.reach=false");
    struct texts sets = {0};
    assert_int_equal(plan_settings(&p->plan, 1, &sets), 0);
    assert_string_equal(sets.at[1], "shocks.exit.ends=[]");
    texts_release(&sets);
    end(p);
}

static void scales_spread_the_points(void **state)
{
    (void)state;
    struct planned *p = make(
        "sobol", "cells = 8;",
        FACTORS("lin = { paths = [\"parameters.lambda\"]; low = 1.0; high = 3.0; }; "
                "log = { paths = [\"parameters.eta\"]; low = 0.01; high = 1.0; scale = \"log\"; }; "
                "nor = { paths = [\"parameters.rho\"]; low = 0.1; high = 0.3; scale = \"normal\"; "
                "}; two = { paths = [\"terms.reach\"]; values = [true, false]; };"));
    for (uint32_t cell = 0; cell < 8; cell++) {
        struct factor_value v[4];
        double u[4];
        for (int f = 0; f < 4; f++) {
            plan_value(&p->plan, cell, f, &v[f]);
            u[f] = points_at(&p->plan.points, cell, f);
        }
        assert_true(fabs(v[0].number - (1 + 2 * u[0])) < 1e-9);
        assert_true(fabs(v[1].number / (0.01 * pow(100, u[1])) - 1) < 1e-9);
        assert_true(fabs(v[2].number - (0.2 + gsl_cdf_gaussian_Pinv(u[2], 0.1 / 1.959963985))) <
                    1e-9);
        assert_string_equal(v[3].label, u[3] < 0.5 ? "true" : "false");
    }
    end(p);
}

static void a_table_has_factors_paths_and_names(void **state)
{
    (void)state;
    scratch_write("points.csv", "draw,a,dyads.IRN-USA.h0,parameters.eta\nfirst,1,0.25,0.5\n"
                                "second,2.5,0.75,0.125\n");
    struct planned *p = make("list", "points = \"points.csv\";",
                             FACTORS("a = { paths = [\"parameters.lambda\"]; times = 2.0; };"));
    static const char *const names[] = {"a", "draw", "h0", "eta"};
    assert_int_equal(p->plan.cells, 2);
    assert_int_equal(p->plan.factors.n, 4);
    for (int f = 0; f < 4; f++)
        assert_string_equal(p->plan.factors.of[f].name, names[f]);
    assert_string_equal(label(p, 1, 1), "second");
    assert_settings(p, 1, "parameters.lambda=5 | dyads.IRN-USA.h0=0.75 | parameters.eta=0.125");
    end(p);
}

static const struct {
    const char *kind, *factors, *message;
} mistakes[] = {
    {"grid", "a = { paths = [\"parameters.lamda\"]; values = [1.0]; };",
     "path \"parameters.lamda\""},
    {"grid", "a = { paths = [\"scenario.end\"]; values = [\"2010-06\"]; };",
     "may differ between cells"},
    {"grid", "a = { paths = [\"parameters.eta\", \"parameters.eta\"]; values = [1.0]; };",
     "named once"},
    {"grid", "a = { paths = [\"parameters.eta\", \"terms.reach\"]; values = [1.0]; };",
     "of one type"},
    {"grid", "a = { paths = [\"terms.reach\"]; values = [true]; relative = true; };",
     "no number at"},
    {"grid", "a = { paths = [\"parameters.eta\"]; low = 1.0; high = 0.5; levels = 2; };",
     "reversed"},
    {"grid", "a = { paths = [\"parameters.eta\"]; low = 1.0; high = 1.0; levels = 2; };", "empty"},
    {"grid", "a = { paths = [\"parameters.eta\"]; low = 0.5; high = 1.0; };", "levels is missing"},
    {"grid", "a = { paths = [\"parameters.eta\"]; };", "no values"},
    {"grid", "a = { paths = [\"parameters.eta\"]; values = [0.5, 0.50]; };", "called alike"},
    {"grid", "a = { paths = [\"parameters.eta\"]; values = [\"x\"]; };",
     "\"x\"; allowed: a number"},
    {"grid", "a = { paths = [\"parameters.eta\"]; values = [0.5]; labels = [\"x\", \"y\"]; };",
     "labels"},
    {"grid", "a = { paths = [\"arm\"]; values = [\"nobody\"]; };", "an arm of the scenario"},
    {"sobol", "a = { paths = [\"parameters.eta\"]; low = 0.0; high = 1.0; scale = \"log\"; };",
     "above 0"},
    {"sobol", "a = { paths = [\"terms.reach\"]; low = 0.0; high = 1.0; };", "no numbers"},
    {"list", "a = { paths = [\"parameters.eta\"]; };", "sweep.points is missing"},
    {"grid",
     "a = { paths = [\"parameters.eta\"]; low = 0.0; high = 1.0; levels = 60000; }; b = { paths = "
     "[\"parameters.rho\"]; low = 0.0; high = 1.0; levels = 60000; };",
     "more cells than allowed"},
};

static void mistakes_are_told(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof mistakes / sizeof *mistakes; k++) {
        char factors[600];
        snprintf(factors, sizeof factors, "factors = { %s };\n", mistakes[k].factors);
        struct planned *p = make(mistakes[k].kind, "", factors);
        assert_int_equal(p->status, ERROR_INPUT);
        assert_says(&p->diag, mistakes[k].message);
        assert_says(&p->diag, "design.cfg:");
        end(p);
    }
}

static void a_factor_that_breaks_the_scenario_is_found_before_it_runs(void **state)
{
    (void)state;
    struct planned *p = make(
        "grid", "", FACTORS("a = { paths = [\"parameters.eta\"]; values = [0.5, 11.0, 12.0]; };"));
    assert_int_equal(p->status, 0);
    assert_int_equal(plan_try(&p->plan, "scenario.cfg", &p->sets, &p->diag), ERROR_INPUT);
    assert_says(&p->diag, "factors.a at 11 is refused");
    assert_says(&p->diag, "out of range");
    end(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grids_last_factor_varies_fastest),
        cmocka_unit_test(settings_are_multiplied),
        cmocka_unit_test(dates_lists_and_arms_are_set_as_such),
        cmocka_unit_test(scales_spread_the_points),
        cmocka_unit_test(a_table_has_factors_paths_and_names),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_factor_that_breaks_the_scenario_is_found_before_it_runs),
    };
    return cmocka_run_group_tests_name("plan", tests, scratch_enter, scratch_leave);
}
