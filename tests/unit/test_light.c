/* Cells that differ in parameters alone: loaded without reading a file, they are what they are when
 * it is read. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/cell.h"
#include "scenario/keys.h"
#include "small.h"
#include "swept.h"

#define GRID(more) "kind = \"grid\"; seed = 9; replicates = 4; outcomes = [" more "];"
#define FULL                                                                                       \
    GRID("\"step\", \"ratio\", \"turn\", \"mind\"")                                                \
    "penalty = 3.0; arms = [\"no_deal\"]; claims "                                                 \
    "= [\"up\", \"less\", \"C1\"];"
#define LAMBDA "l = { paths = [\"parameters.lambda\"]; values = [2, 4]; };\n"

/* ---- which designs are light ---------------------------------------------------------------- */

static void assert_light(const char *factors, bool light)
{
    struct swept s;
    struct worker w;
    swept_open(&s, GRID("\"step\""), factors);
    assert_int_equal(plan_parameters_alone(&s.plan), light);
    assert_int_equal(worker_init(&w, &s.subject), 0);
    assert_int_equal(w.light, light);
    worker_release(&w);
    swept_close(&s);
}

static void a_design_is_light_if_all_its_paths_are_parameters(void **state)
{
    (void)state;
    assert_light(LAMBDA, true);
    assert_light(LAMBDA "e = { paths = [\"parameters.eta\", \"parameters.rho\"]; low = 0.1; high = "
                        "0.2; levels = 2; };",
                 true);
    assert_light(LAMBDA "t = { paths = [\"terms.reach\"]; values = [true, false]; };", false);
    assert_light("t = { paths = [\"terms.reach\"]; values = [true, false]; };\n" LAMBDA, false);
    assert_light("e = { paths = [\"parameters.eta\", \"dyads.IRN-USA.h0\"]; values = [0.1]; };",
                 false);
    assert_light("d = { paths = [\"shocks.deal.date\"]; values = [\"2010-07-01\"]; };", false);
    assert_light("a = { paths = [\"arm\"]; values = [\"full\", \"free\"]; };", false);
}

static void a_parameter_is_what_stands_below_parameters(void **state)
{
    (void)state;
    assert_true(scenario_is_parameter("parameters.lambda"));
    assert_true(scenario_is_parameter("parameters.lambda=2"));
    assert_false(scenario_is_parameter("parameters"));
    assert_false(scenario_is_parameter("parameter.lambda"));
    assert_false(scenario_is_parameter("parameters_x.lambda"));
    assert_false(scenario_is_parameter("terms.parameters.lambda"));
    assert_false(scenario_is_parameter(""));
}

/* ---- setting one parameter ------------------------------------------------------------------ */

static void a_parameter_is_set_as_when_it_is_read(void **state)
{
    (void)state;
    static const char *const sets[] = {"parameters.lambda=2.5e-3", "parameters.initiatives=7",
                                       "parameters.growth_falls=true", "parameters.rho=0"};
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct diag diag = {0};
        struct loaded plain = stated_load(NULL, NULL, NULL),
                      read = stated_load(NULL, NULL, sets[k]);
        struct parameters *p = &plain.scenario->parameters;
        assert_false(keys_same(SECTION_PARAMETERS, p, &read.scenario->parameters));
        assert_int_equal(scenario_set_parameter(plain.scenario, sets[k], &diag), 0);
        assert_true(keys_same(SECTION_PARAMETERS, p, &read.scenario->parameters));
        assert_int_equal(diag.errors, 0);
        scratch_release(&plain);
        scratch_release(&read);
    }
}

static void a_parameter_that_is_refused_is_told_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"parameters.lambda=-1", "parameters.lambda = -1: out of range; allowed: 0 .. 1000000"},
        {"parameters.lambda=nan", "parameters.lambda = nan: must be a finite number"},
        {"parameters.lambda=", "parameters.lambda = : must be a number"},
        {"parameters.initiatives=1.5", "parameters.initiatives = 1.5: must be a whole number"},
        {"parameters.growth_falls=1", "parameters.growth_falls = 1: must be true or false"},
        {"parameters.lamda=1", "parameters: unknown key \"lamda\"; did you mean \"lambda\"?"},
        {"parameters.lambda", "parameters.lambda: allowed: parameters.NAME=VALUE"},
        {"terms.reach=false", "terms.reach=false: allowed: parameters.NAME=VALUE"},
    };
    struct loaded l = stated_load(NULL, NULL, NULL);
    const struct parameters before = l.scenario->parameters;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct diag diag = {0};
        assert_int_equal(scenario_set_parameter(l.scenario, cases[k][0], &diag), ERROR_INPUT);
        assert_int_equal(diag.errors, 1);
        assert_says(&diag, cases[k][1]);
        assert_says(&diag, "--set");
        assert_true(keys_same(SECTION_PARAMETERS, &before, &l.scenario->parameters));
        diag_release(&diag);
    }
    scratch_release(&l);
}

/* ---- arms ----------------------------------------------------------------------------------- */

static void load_arms(struct arms *a, const struct scenario *base, const char *set, bool anew)
{
    struct diag diag = {0};
    const struct arms_request q = {.base = base,
                                   .path = "scenario.cfg",
                                   .sets = &set,
                                   .n_sets = set != NULL,
                                   .seed = 5,
                                   .record = RECORD_DEFAULT};
    if ((anew ? arms_load(a, &q, &diag) : arms_change(a, &q, &diag)) != 0)
        fail_msg("%s", diag.text.s);
}

static void same_arms(const struct arms *a, const struct arms *b)
{
    assert_int_equal(a->n, 3);
    for (int k = 0; k < a->n; k++) {
        struct replicate left, right;
        const struct experiment *x = &a->experiment[k];
        assert_true(keys_same(SECTION_PARAMETERS, &a->scenario[k]->parameters,
                              &b->scenario[k]->parameters));
        assert_int_equal(experiment_branch(&a->experiment[0], x),
                         experiment_branch(&b->experiment[0], &b->experiment[k]));
        assert_int_equal(replicate_init(&left, x, &kernel_narrow) |
                             replicate_init(&right, &b->experiment[k], &kernel_narrow),
                         0);
        assert_int_equal(replicate_run(&left, 3) | replicate_run(&right, 3), 0);
        assert_same(left.monthly, right.monthly, experiment_months(x) * x->series.n);
        assert_same(left.sketch, right.sketch, x->readings.size);
        replicate_release(&left);
        replicate_release(&right);
    }
}

/* One after the other, so that none keeps what the one before had set. */
static void arms_that_change_are_those_that_are_loaded(void **state)
{
    (void)state;
    static const char *const sets[] = {"parameters.lambda=3",
                                       "parameters.eta=0.2",
                                       "parameters.initiatives=5",
                                       "parameters.dispute_step=0.3",
                                       "parameters.distance_floor=0.4",
                                       "parameters.growth_falls=true",
                                       "parameters.mandate_further=0.9",
                                       NULL,
                                       "parameters.lambda=5"};
    struct loaded base = stated_load(NULL, NULL, NULL);
    struct arms light;
    load_arms(&light, base.scenario, "parameters.omega=0.7", true);
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct arms read;
        load_arms(&light, base.scenario, sets[k], false);
        load_arms(&read, base.scenario, sets[k], true);
        same_arms(&light, &read);
        arms_release(&read);
    }
    arms_release(&light);
    scratch_release(&base);
}

/* ---- cells ---------------------------------------------------------------------------------- */

struct ran {
    struct swept swept;
    struct worker worker;
};

static void open_ran(struct ran *r, const char *sweep, const char *factors, bool light)
{
    swept_open(&r->swept, sweep, factors);
    assert_int_equal(worker_init(&r->worker, &r->swept.subject), 0);
    assert_true(r->worker.light);
    r->worker.light = light;
}

static void close_ran(struct ran *r)
{
    worker_release(&r->worker);
    swept_close(&r->swept);
}

static struct unit *run_unit(struct ran *r, uint32_t cell)
{
    struct unit *u = unit_make(&r->swept.subject, cell, 0, 3);
    assert_non_null(u);
    worker_run(&r->worker, u, NULL);
    return u;
}

static void assert_alike(const struct subject *s, const struct unit *a, const struct unit *b)
{
    const int values = s->n_arms * s->n_outcomes, sketch = s->n_arms * s->size;
    assert_string_equal(a->cause, "");
    assert_string_equal(b->cause, "");
    assert_true(a->n == 3 && b->n == 3);
    assert_same(a->values, b->values, 3 * values);
    assert_same(a->sketches, b->sketches, 3 * sketch);
    assert_memory_equal(a->shown, b->shown, 3 * (size_t)s->n_claims);
}

/* There and back again, so that every cell comes after several others. */
static void same_cells(const char *sweep, const char *factors)
{
    struct ran light, read;
    open_ran(&light, sweep, factors, true);
    open_ran(&read, sweep, factors, false);
    uint32_t cells = light.swept.plan.cells, different = 0;
    struct unit *first = run_unit(&light, 0);
    for (uint32_t k = 0; k < 2 * cells; k++) {
        uint32_t cell = k < cells ? k : 2 * cells - 1 - k;
        struct unit *a = run_unit(&light, cell), *b = run_unit(&read, cell);
        assert_alike(&light.swept.subject, a, b);
        different += a->values[0] != first->values[0];
        unit_free(a);
        unit_free(b);
    }
    assert_true(different > 0);
    unit_free(first);
    close_ran(&light);
    close_ran(&read);
}

static void cells_have_the_bits_that_they_have_when_the_file_is_read(void **state)
{
    (void)state;
    same_cells(FULL, LAMBDA "e = { paths = [\"parameters.eta\"]; values = [0.1, 0.9]; };");
    same_cells(FULL, "e = { paths = [\"parameters.eta\"]; low = 0.5; high = 2.0; levels = 3; "
                     "relative = true; times = 0.5; };");
    same_cells(GRID("\"step\", \"mind\""),
               "i = { paths = [\"parameters.initiatives\"]; values = [3, 21]; };\n"
               "d = { paths = [\"parameters.dispute_step\", \"parameters.sanctions_step\"]; "
               "values = [0.1, 0.3]; };\n"
               "g = { paths = [\"parameters.growth_falls\"]; values = [true, false]; };");
    same_cells(GRID("\"step\"") "independent_cells = true;", LAMBDA);
    same_cells("kind = \"random\"; cells = 4; seed = 3; replicates = 3; outcomes = [\"step\"];",
               "r = { paths = [\"parameters.rho\"]; low = 0.01; high = 0.2; scale = \"log\"; };");
}

/* The arm free sets lambda itself, and is the same in both cells. */
static void what_an_arm_sets_goes_before_the_cell(void **state)
{
    (void)state;
    struct ran r;
    open_ran(&r, GRID("\"step\"") "arms = [\"no_deal\", \"free\"];", LAMBDA, true);
    struct unit *a = run_unit(&r, 0), *b = run_unit(&r, 1);
    for (int k = 0; k < 3; k++) {
        assert_true(a->values[3 * k] != b->values[3 * k]);
        assert_true(a->values[3 * k + 1] != b->values[3 * k + 1]);
        assert_true(a->values[3 * k + 2] == b->values[3 * k + 2]);
    }
    unit_free(a);
    unit_free(b);
    close_ran(&r);
}

static void a_value_that_is_refused_is_told_and_leaves_the_next_cell_alone(void **state)
{
    (void)state;
    scratch_write("p.csv",
                  "parameters.lambda,parameters.eta\n-1,0.3\n3,0.3\n-1,0.3\n-1,0.3\n4,0.3\n"
                  "4,-2\n3,0.3\n");
    static const char list[] = "kind = \"list\"; points = \"p.csv\"; seed = 9; outcomes = "
                               "[\"step\"]; arms = [\"no_deal\", \"free\"];";
    static const char lambda[] = "parameters.lambda = -1: out of range; allowed: 0 .. 1000000",
                      eta[] = "parameters.eta = -2: out of range; allowed: 0 .. 10";
    static const char *const whys[] = {lambda, NULL, lambda, lambda, NULL, eta, NULL};
    struct ran light, read;
    open_ran(&light, list, "", true);
    open_ran(&read, list, "", false);
    for (uint32_t cell = 0; cell < 7; cell++) {
        struct unit *a = run_unit(&light, cell), *b = run_unit(&read, cell);
        const char *why = whys[cell];
        if (why == NULL) {
            assert_alike(&light.swept.subject, a, b);
        } else {
            assert_int_equal(a->n + b->n, 0);
            assert_non_null(strstr(a->cause, why));
            assert_string_equal(a->cause, b->cause); /* a store holds it */
        }
        unit_free(a);
        unit_free(b);
    }
    close_ran(&light);
    close_ran(&read);
}

/* A configuration takes more forms of a value than a number alone. */
static void what_an_arm_sets_in_any_form_is_not_lost(void **state)
{
    (void)state;
    static const char *const sets[] = {"parameters={eta=3.0}",      "parameters.growth_falls=TRUE",
                                       "parameters.eta= 0.5",       "parameters.initiatives=0x10",
                                       "parameters.initiatives=9L", "parameters.eta=0.5"};
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        char sweep[256];
        struct swept s;
        struct worker own, read;
        snprintf(sweep, sizeof sweep,
                 GRID("\"step\"") "arms = [\"free\"]; set = [\"arms.free.set=[\\\"%s\\\"]\"];",
                 sets[k]);
        swept_open(&s, sweep, LAMBDA);
        assert_int_equal(worker_init(&own, &s.subject) | worker_init(&read, &s.subject), 0);
        read.light = false;
        for (uint32_t cell = 0; cell < 2; cell++) {
            struct unit *a = unit_make(&s.subject, cell, 0, 3),
                        *b = unit_make(&s.subject, cell, 0, 3);
            worker_run(&own, a, NULL);
            worker_run(&read, b, NULL);
            assert_alike(&s.subject, a, b);
            unit_free(a);
            unit_free(b);
        }
        worker_release(&own);
        worker_release(&read);
        swept_close(&s);
    }
}

/* A whole store: one more factor, which changes nothing, has the files read. */
static void a_store_holds_the_same_numbers_however_its_cells_are_loaded(void **state)
{
    (void)state;
    const char *const factors[] = {LAMBDA, LAMBDA "s = { paths = [\"shocks.gone.jitter_days\"]; "
                                                  "values = [400]; };\n"};
    char *dumps[2];
    for (int k = 0; k < 2; k++) {
        struct swept s;
        struct store store;
        swept_open(&s, FULL, factors[k]);
        assert_int_equal(plan_parameters_alone(&s.plan), k == 0);
        swept_create(&store, &s, "s.db");
        assert_int_equal(swept_run(&store, &s, 1).complete, 2);
        store_close(&store);
        swept_tell("s.db", "DELETE FROM design; DELETE FROM factors; DELETE FROM cells");
        dumps[k] = swept_dump("s.db");
        swept_close(&s);
    }
    assert_true(strlen(dumps[0]) > 1000);
    assert_string_equal(dumps[0], dumps[1]);
    free(dumps[0]);
    free(dumps[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_design_is_light_if_all_its_paths_are_parameters),
        cmocka_unit_test(a_parameter_is_what_stands_below_parameters),
        cmocka_unit_test(a_parameter_is_set_as_when_it_is_read),
        cmocka_unit_test(a_parameter_that_is_refused_is_told_and_changes_nothing),
        cmocka_unit_test(arms_that_change_are_those_that_are_loaded),
        cmocka_unit_test(cells_have_the_bits_that_they_have_when_the_file_is_read),
        cmocka_unit_test(what_an_arm_sets_goes_before_the_cell),
        cmocka_unit_test(a_value_that_is_refused_is_told_and_leaves_the_next_cell_alone),
        cmocka_unit_test(what_an_arm_sets_in_any_form_is_not_lost),
        cmocka_unit_test(a_store_holds_the_same_numbers_however_its_cells_are_loaded),
    };
    return cmocka_run_group_tests_name("light", tests, scratch_enter, scratch_leave);
}
