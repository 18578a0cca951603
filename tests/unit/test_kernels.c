/* Kernels: whatever its lanes and vectors, each leaves the bits of plain scalar code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "small.h"
#include "trial.h"

enum { SEED = 31 };

static const struct kernel *kernels[KERNELS];
static int n_kernels;

static int list_kernels(void **state)
{
    (void)state;
    n_kernels = kernel_list(kernels);
    return 0;
}

/* ---- the same bits ----------------------------------------------------------------------------
 */

static void same_months(const struct replicate *several, const struct replicate *alone)
{
    const struct experiment *x = alone->experiment;
    const int n = x->series.n;
    assert_same(several->monthly, alone->monthly, experiment_months(x) * n);
    assert_same(several->yearly, alone->yearly, experiment_years(x) * n);
    assert_same(several->outcomes, alone->outcomes, x->readings.n);
    assert_same(several->sketch, alone->sketch, x->readings.size);
}

/* The world of a lane, and the moves of its last month. */
static void same_end(const struct simulation *several, const struct simulation *alone, int lane)
{
    const int n = alone->world.n, numbers = (int)world_numbers(n, 1), lanes = several->world.lanes;
    for (int k = 0; k < numbers; k++)
        assert_same(&several->world.block[k * lanes + lane], &alone->world.block[k], 1);
    for (int m = 0; m <= HOLD; m++)
        assert_true(tally_total(&several->tally, m, lane) == tally_total(&alone->tally, m, 0));
    for (int k = 0; k < MOVES * n * n; k++) {
        const enum move move = (enum move)(k / (n * n));
        const struct pair dyad = {k / n % n, k % n};
        const double taken[] = {tally_chosen(&several->tally, move, dyad, lane),
                                tally_accepted(&several->tally, move, dyad, lane)};
        const double wanted[] = {tally_chosen(&alone->tally, move, dyad, 0),
                                 tally_accepted(&alone->tally, move, dyad, 0)};
        assert_same(taken, wanted, 2);
    }
}

/* Lane l of what has been run from a number on, against a run of the number + l alone. */
static void same_lanes(struct replicate *several, struct replicate *alone, uint32_t number)
{
    for (int l = 0; l < several->simulation.kernel->lanes; l++) {
        replicate_show(several, l);
        replicate_run(alone, number + (uint32_t)l);
        assert_int_equal(several->status, alone->status);
        if (alone->status != 0)
            assert_string_equal(several->failure, alone->failure);
        if (alone->status != 0)
            continue;
        assert_null(several->failure);
        same_months(several, alone);
        same_end(&several->simulation, &alone->simulation, l);
    }
}

static const uint32_t numbers[] = {0, 12345, UINT32_MAX - 2};

/* All kernels of so many lanes at most. */
static void same_runs(const struct experiment *x, int most_lanes)
{
    struct replicate alone;
    assert_int_equal(replicate_init(&alone, x, &kernel_scalar), 0);
    for (int k = 0; k < n_kernels; k++) {
        struct replicate several;
        if (kernels[k]->lanes > most_lanes)
            continue;
        assert_int_equal(replicate_init(&several, x, kernels[k]), 0);
        for (int q = 0; q < 3; q++) {
            assert_int_equal(replicate_run(&several, numbers[q]), 0);
            same_lanes(&several, &alone, numbers[q]);
        }
        replicate_release(&several);
    }
    replicate_release(&alone);
}

static void small_four_is_the_same_by_every_kernel(void **state)
{
    (void)state;
    static const char *const sets[] = {
        TRIAL_STILL,
        TRIAL_STILL "parameters.lambda=0",
        TRIAL_STILL "parameters.lambda=1 parameters.initiatives=1",
        TRIAL_STILL "parameters.lambda=1 parameters.initiatives=50",
        TRIAL_STILL "parameters.lambda=1000000",
        TRIAL_STILL "terms.channels=false parameters.lambda=1",
        TRIAL_STILL "terms.opportunity=false terms.leverage=false parameters.lambda=2",
        TRIAL_STILL "terms.reach=false terms.outside_options=false terms.diversion=false",
        TRIAL_STILL "terms.polarisation=false terms.side_payments=false parameters.lambda=2",
        TRIAL_STILL "parameters.sanctions_power=0.5 parameters.growth_isolation=0.2",
        TRIAL_STILL "scenario.moves=expected",
        TRIAL_STILL "scenario.moves=expected terms.channels=false parameters.lambda=2",
        TRIAL_STILL "scenario.moves=expected parameters.sanctions_power=0.5",
    };
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct trial t;
        trial_open(&t, sets[k], RECORD_ALL_DYADS);
        same_runs(&t.experiment, KERNEL_LANES);
        trial_close(&t);
    }
}

static const char readings[] =
    "outcomes = { near = { measure = \"cooperation\"; subject = \"AAA-AAB\";\n"
    "    window = \"2010-02..2010-06\"; minus = \"2010-01..2010-01\"; };\n"
    "  most = { measure = \"insecurity\"; subject = \"AAB\"; window = \"2010-01..2010-06\";\n"
    "    statistic = \"max\"; };\n"
    "  apart = { measure = \"choices\"; subject = \"AAA-AAB\"; window = \"2010-02..2010-05\";\n"
    "    statistic = \"distance\"; }; };\n";

/* Sizes on both sides of the blocks that states and options are gone through in. */
static void any_number_of_states_is_the_same_by_every_kernel(void **state)
{
    (void)state;
    static const int sizes[] = {2, 3, 7, 9, 25, 33};
    static const char *const sets[] = {"", "parameters.lambda=0",
                                       "terms.channels=false parameters.lambda=1",
                                       "scenario.moves=expected parameters.lambda=1"};
    for (unsigned k = 0; k < 6 * 4; k++) {
        struct text text = {0};
        struct diag diag = {0};
        struct experiment x;
        char *states = small_text_of(sizes[k / 4], k);
        text_printf(&text, "%s%s", states, readings);
        struct scenario *sc = small_scenario(text.s, sets[k % 4]);
        assert_int_equal(experiment_init(&x, sc, SEED, RECORD_DEFAULT, &diag), 0);
        same_runs(&x, KERNEL_LANES);
        experiment_release(&x);
        scenario_free(sc);
        text_release(&text);
        free(states);
    }
}

static void the_shipped_scenario_is_the_same_by_every_kernel(void **state)
{
    (void)state;
    struct scenario *sc = NULL;
    struct experiment x;
    struct diag diag = {0};
    assert_int_equal(scenario_load(&sc, "configs/iran-russia.cfg", NULL, 0, &diag), 0);
    assert_int_equal(experiment_init(&x, sc, SEED, RECORD_FOCUS, &diag), 0);
    same_runs(&x, KERNEL_LANES);
    experiment_release(&x);
    scenario_free(sc);
    diag_release(&diag);
}

/* What several lanes cannot do. */
static void serial_orders_and_dates_that_vary_are_the_same_by_every_kernel_of_one_lane(void **state)
{
    (void)state;
    static const char *const sets[] = {NULL, TRIAL_STILL "scenario.order=serial",
                                       "scenario.order=serial scenario.moves=expected",
                                       "scenario.order=serial terms.channels=false"};
    for (int k = 0; k < 4; k++) {
        struct trial t;
        trial_open(&t, sets[k], RECORD_DEFAULT);
        same_runs(&t.experiment, 1);
        trial_close(&t);
    }
}

/* ---- branches ---------------------------------------------------------------------------------
 */

static void an_arm_goes_on_in_every_lane_as_if_it_had_run_alone(void **state)
{
    (void)state;
    static const char *const worlds[] = {TRIAL_STILL "parameters.lambda=1",
                                         TRIAL_STILL "parameters.growth_isolation=0.9",
                                         TRIAL_STILL "scenario.moves=expected",
                                         TRIAL_STILL "terms.channels=false scenario.spinup=0"};
    for (int k = 0; k < 4 * n_kernels; k++) {
        const struct kernel *kernel = kernels[k / 4];
        struct trial base, arm;
        struct replicate first, going_on;
        struct branch branch;
        char set[256];
        snprintf(set, sizeof set, "%s shocks.one.enabled=false", worlds[k % 4]);
        trial_open(&base, worlds[k % 4], RECORD_DEFAULT);
        trial_open(&arm, set, RECORD_DEFAULT);
        const int tick = experiment_branch(&base.experiment, &arm.experiment);
        assert_true(tick > 0);
        assert_int_equal(branch_init(&branch, &base.experiment, kernel->lanes, tick), 0);
        assert_int_equal(replicate_init(&first, &base.experiment, kernel), 0);
        assert_int_equal(replicate_init(&going_on, &arm.experiment, kernel), 0);
        for (int q = 0; q < 3; q++) {
            assert_int_equal(replicate_run_branching(&first, numbers[q], &branch, 1), 0);
            assert_int_equal(replicate_run_from(&going_on, numbers[q], &branch), 0);
            same_lanes(&going_on, &arm.replicate, numbers[q]);
        }
        branch_release(&branch);
        replicate_release(&first);
        replicate_release(&going_on);
        trial_close(&base);
        trial_close(&arm);
    }
}

/* ---- lanes that fail --------------------------------------------------------------------------
 */

/* AAA's growth falls so far that its economy ends where its markets close a little. */
static const char ending[] =
    "scenario = { name = \"end\"; start = \"2010-01\"; end = \"2010-06\"; spinup = 1; };\n"
    "states = { AAA = { lat = 0.0; lon = 0.0; gdp = 1.0; milex = 0.1; };\n"
    "           BBB = { lat = 0.0; lon = 9.0; gdp = 1.0; milex = 0.1; }; };\n"
    "dyads = { AAA-BBB = { h0 = 0.5; }; };\n"
    "shocks = { end = { date = \"2010-03-01\"; effects = {\n"
    "  a = { on = \"growth\"; of = [\"AAA\"]; size = -0.5; };\n"
    "  b = { on = \"growth\"; of = [\"AAA\"]; size = -0.49; }; }; }; };\n"
    "parameters = { lambda = 0.0; growth_isolation = 1.0; initiatives = 1; coercion = 0.01; };\n";

static void a_lane_that_fails_leaves_the_others_as_they_are(void **state)
{
    (void)state;
    struct scenario *sc = small_scenario(ending, NULL);
    struct experiment x;
    struct diag diag = {0};
    assert_int_equal(experiment_init(&x, sc, SEED, RECORD_DEFAULT, &diag), 0);
    for (int k = 0; k < n_kernels; k++) {
        struct replicate several, alone;
        const uint32_t lanes = (uint32_t)kernels[k]->lanes;
        int failed = 0;
        assert_int_equal(replicate_init(&several, &x, kernels[k]), 0);
        assert_int_equal(replicate_init(&alone, &x, &kernel_scalar), 0);
        for (uint32_t number = 0; number < 40; number += lanes) {
            int own = 0;
            const int status = replicate_run(&several, number);
            same_lanes(&several, &alone, number);
            for (uint32_t l = 0; l < lanes; l++)
                own += several.codes[l] != 0;
            assert_int_equal(status, own == (int)lanes ? ERROR_NUMERIC : 0);
            failed += own;
        }
        assert_in_range(failed, 5, 35);
        replicate_release(&several);
        replicate_release(&alone);
    }
    experiment_release(&x);
    scenario_free(sc);
}

/* ---- the list ---------------------------------------------------------------------------------
 */

static void kernels_have_names_and_the_widest_comes_first(void **state)
{
    (void)state;
    assert_in_range(n_kernels, 3, KERNELS);
    for (int k = 0; k < n_kernels; k++) {
        assert_ptr_equal(kernel_find(kernels[k]->name), kernels[k]);
        assert_in_range(kernels[k]->lanes, 1, KERNEL_LANES);
        assert_true(k == 0 || kernels[k]->lanes <= kernels[k - 1]->lanes);
    }
    assert_ptr_equal(kernel_find("scalar"), &kernel_scalar);
    assert_ptr_equal(kernel_find("narrow"), &kernel_narrow);
    assert_null(kernel_find("none"));
    assert_null(kernel_find(""));
}

static void few_replicates_take_the_fewest_lanes_that_hold_them(void **state)
{
    (void)state;
    for (uint32_t replicates = 1; replicates < 20; replicates++) {
        const struct kernel *best = kernel_best(replicates);
        for (int k = 0; k < n_kernels; k++)
            if ((uint32_t)best->lanes < replicates)
                assert_true(kernels[k]->lanes <= best->lanes);
            else
                assert_true((uint32_t)kernels[k]->lanes < replicates ||
                            kernels[k]->lanes >= best->lanes);
    }
    assert_ptr_equal(kernel_best(1), &kernel_narrow);
    assert_ptr_equal(kernel_best(UINT32_MAX), kernels[0]);
}

/* What experiments that are run together take, if none is asked for, and if the widest is. */
static void experiments_take_several_lanes_only_where_these_can_differ_and_be_kept(void **state)
{
    (void)state;
    static const char *const of_one[] = {NULL, TRIAL_STILL "scenario.order=serial",
                                         TRIAL_STILL "scenario.moves=expected"};
    struct trial still;
    trial_open(&still, TRIAL_STILL, RECORD_OUTCOMES);
    assert_ptr_equal(experiment_kernel(&still.experiment, 1, 1000), kernels[0]);
    assert_ptr_equal(experiment_kernel(&still.experiment, 1, 1), &kernel_narrow);
    for (int k = 0; k < 3; k++) {
        struct trial t;
        trial_open(&t, of_one[k], RECORD_OUTCOMES);
        struct experiment both[] = {still.experiment, t.experiment};
        assert_ptr_equal(experiment_kernel(&t.experiment, 1, 1000), &kernel_narrow);
        assert_ptr_equal(experiment_kernel(both, 2, 1000), k < 2 ? &kernel_narrow : kernels[0]);
        both[0].kernel = kernels[0];
        assert_int_equal(experiment_kernel(both, 2, 1000)->lanes, k < 2 ? 1 : kernels[0]->lanes);
        both[0].kernel = &kernel_scalar;
        assert_ptr_equal(experiment_kernel(both, 2, 1000), &kernel_scalar);
        trial_close(&t);
    }
    trial_close(&still);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_four_is_the_same_by_every_kernel),
        cmocka_unit_test(any_number_of_states_is_the_same_by_every_kernel),
        cmocka_unit_test(the_shipped_scenario_is_the_same_by_every_kernel),
        cmocka_unit_test(
            serial_orders_and_dates_that_vary_are_the_same_by_every_kernel_of_one_lane),
        cmocka_unit_test(an_arm_goes_on_in_every_lane_as_if_it_had_run_alone),
        cmocka_unit_test(a_lane_that_fails_leaves_the_others_as_they_are),
        cmocka_unit_test(kernels_have_names_and_the_widest_comes_first),
        cmocka_unit_test(few_replicates_take_the_fewest_lanes_that_hold_them),
        cmocka_unit_test(experiments_take_several_lanes_only_where_these_can_differ_and_be_kept),
    };
    return cmocka_run_group_tests_name("kernels", tests, list_kernels, NULL);
}
