/* Arms that go on from where they part: the same bits as if each had run alone from the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "small.h"
#include "trial.h"

enum { N = 4, SPINUP = 2, TICKS = 20 };

/* ---- the world ---------------------------------------------------------------------------------
 */

static void a_saved_world_comes_back_whole(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, NULL);
    struct world *w = &s.simulation.world;
    size_t n = world_numbers(N, 1);
    double *saved = calloc(n, sizeof *saved), *seen = calloc(n, sizeof *seen);
    assert_true(saved != NULL && seen != NULL);
    assert_int_equal(n, (DOMAINS + 2) * N * N + 2 * N);
    small_stir(w, 7);
    world_save(w, saved);
    memcpy(seen, w->block, n * sizeof *seen);
    small_stir(w, 8);
    w->tick = 3;
    assert_memory_not_equal(w->block, seen, n * sizeof *seen);
    assert_same(saved, seen, (int)n);
    world_restore(w, 11, saved);
    assert_int_equal(w->tick, 11);
    assert_same(w->block, seen, (int)n);
    assert_ptr_equal(w->economy + N, w->military);
    free(saved);
    free(seen);
    small_close(&s);
}

/* ---- where arms part ---------------------------------------------------------------------------
 */

static int branch(const char *base, const char *arm)
{
    struct trial a, b;
    trial_open(&a, base, RECORD_OUTCOMES);
    trial_open(&b, arm, RECORD_OUTCOMES);
    int tick = experiment_branch(&a.experiment, &b.experiment);
    assert_int_equal(experiment_branch(&b.experiment, &a.experiment), tick);
    trial_close(&a);
    trial_close(&b);
    return tick;
}

/* Structure is that of a month's last day; the shocks come in 2010-09, 2011-03 and 2010-06. */
static void arms_part_in_the_first_month_that_differs(void **state)
{
    (void)state;
    static const struct {
        const char *set;
        int month;
    } cases[] = {
        {"shocks.one.enabled=false", 8},
        {"shocks.two.enabled=false", 14},
        {"shocks.fixed.enabled=false", 5},
        {"shocks.fixed.date=2010-05-31", 4},
        {"shocks.fixed.date=2010-07-01", 5},
        {"shocks.fixed.date=2010-06-30", 18},
        {"shocks.two.effects.e.size=-1.9", 14},
        {"sanctions.X1.class=2", 8},
        {"shocks.one.enabled=false shocks.fixed.enabled=false", 5},
        {"shocks.more={date=\"2011-06-30\",effects={e={on=\"war\",between=[\"CCC\",\"BBB\"]}}}",
         17},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char set[256];
        snprintf(set, sizeof set, TRIAL_STILL "%s", cases[k].set);
        int tick = branch(TRIAL_STILL, set);
        if (tick != SPINUP + cases[k].month)
            fail_msg("%s: tick %d, not %d", cases[k].set, tick, SPINUP + cases[k].month);
    }
}

static void arms_that_are_alike_never_part(void **state)
{
    (void)state;
    assert_int_equal(branch(TRIAL_STILL, TRIAL_STILL), TICKS);
    assert_int_equal(branch(TRIAL_STILL, TRIAL_STILL "scenario.title=other"), TICKS);
    assert_int_equal(branch(TRIAL_STILL, TRIAL_STILL "shocks.one.note=other"), TICKS);
}

/* Each effect changes a part of the month, of its own. */
static void every_effect_of_a_shock_is_seen(void **state)
{
    (void)state;
    static const char *const effects[] = {
        "on=\"dispute\",between=[\"CCC\",\"BBB\"]",
        "on=\"sanctions\",from=[\"CCC\"],to=[\"BBB\"]",
        "on=\"reach\",from=[\"CCC\"],to=[\"DDD\"]",
        "on=\"war\",between=[\"CCC\",\"BBB\"]",
        "on=\"growth\",of=[\"CCC\"],size=0.01",
        "on=\"capability\",of=[\"CCC\"],size=-0.1",
        "on=\"mandate\",of=[\"CCC\"],domain=\"political\"",
        "on=\"mandate\",of=[\"CCC\"],domain=\"economic\"",
    };
    for (size_t k = 0; k < sizeof effects / sizeof *effects; k++) {
        char set[256];
        snprintf(set, sizeof set, TRIAL_STILL "shocks.more={date=\"2011-01-20\",effects={e={%s}}}",
                 effects[k]);
        if (branch(TRIAL_STILL, set) != SPINUP + 12)
            fail_msg("%s is not seen in 2011-01", effects[k]);
    }
}

static void arms_of_other_rules_states_or_start_part_at_once(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "parameters.lambda=7.7000000001",
        "parameters.mandate_further=0.21",
        "parameters.initiatives=17",
        "terms.reach=false",
        "terms.channels=false",
        "scenario.moves=expected",
        "scenario.order=serial",
        "states.CCC.growth=0.051",
        "states.CCC.lat=51",
        "states.CCC.milex=5.1",
        "dyads.CCC-DDD.x0_security=0.3",
        "dyads.CCC-DDD.h0=0.1",
        "shocks.fixed.date=2010-01-01",
    };
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        char set[256];
        snprintf(set, sizeof set, TRIAL_STILL "%s", sets[k]);
        if (branch(TRIAL_STILL, set) != 0)
            fail_msg("%s does not part at once", sets[k]);
    }
}

static void arms_whose_dates_vary_part_at_once(void **state)
{
    (void)state;
    assert_int_equal(branch(NULL, NULL), 0);
    assert_int_equal(branch(TRIAL_STILL, NULL), 0);
    assert_int_equal(branch(TRIAL_STILL, TRIAL_STILL "shocks.two.jitter_days=1"), 0);
    assert_int_equal(branch("shocks.one.jitter_days=0 shocks.two.enabled=false", TRIAL_STILL),
                     SPINUP + 14);
}

/* ---- going on ----------------------------------------------------------------------------------
 */

static void assert_same_replicates(const struct replicate *a, const struct replicate *b)
{
    const struct experiment *x = a->experiment;
    int n = x->series.n;
    assert_same(a->monthly, b->monthly, experiment_months(x) * n);
    assert_same(a->yearly, b->yearly, experiment_years(x) * n);
    assert_same(a->outcomes, b->outcomes, x->readings.n);
    assert_same(a->sketch, b->sketch, x->readings.size);
    assert_same(a->simulation.world.block, b->simulation.world.block, (int)world_numbers(N, 1));
    assert_int_equal(a->simulation.world.tick, b->simulation.world.tick);
}

static const char *const worlds[] = {
    TRIAL_STILL,
    TRIAL_STILL "parameters.growth_isolation=0.9",
    TRIAL_STILL "scenario.order=serial parameters.growth_isolation=0.5",
    TRIAL_STILL "scenario.moves=expected",
    TRIAL_STILL "terms.channels=false scenario.spinup=0",
    NULL, /* dates that vary */
};
enum { WORLDS = sizeof worlds / sizeof *worlds };

/* At each tick, 0 and the last among them, and all of them taken in one run. */
static void a_replicate_goes_on_from_any_tick_to_the_same_bits(void **state)
{
    (void)state;
    for (int k = 0; k < WORLDS; k++) {
        struct trial whole, branching, going_on;
        struct branch at[TICKS + 1];
        trial_open(&whole, worlds[k], RECORD_DEFAULT);
        trial_open(&branching, worlds[k], RECORD_DEFAULT);
        trial_open(&going_on, worlds[k], RECORD_DEFAULT);
        int ticks = simulation_ticks(whole.scenario);
        for (int t = 0; t <= ticks; t++)
            assert_int_equal(branch_init(&at[t], &branching.experiment, 1, t), 0);
        for (uint32_t number = 3; number < 6; number++) {
            assert_int_equal(replicate_run(&whole.replicate, number), 0);
            assert_int_equal(replicate_run_branching(&branching.replicate, number, at, ticks + 1),
                             0);
            assert_same_replicates(&whole.replicate, &branching.replicate);
            for (int t = 0; t <= ticks; t++) {
                assert_int_equal(replicate_run(&going_on.replicate, 100 + number), 0);
                assert_int_equal(replicate_run_from(&going_on.replicate, number, &at[t]), 0);
                assert_same_replicates(&whole.replicate, &going_on.replicate);
            }
        }
        for (int t = 0; t <= ticks; t++)
            branch_release(&at[t]);
        trial_close(&whole);
        trial_close(&branching);
        trial_close(&going_on);
    }
}

static void an_arm_goes_on_from_its_base_as_if_it_had_run_alone(void **state)
{
    (void)state;
    static const char *const arms[] = {"shocks.one.enabled=false", "shocks.two.enabled=false",
                                       "shocks.fixed.date=2011-01-15", "scenario.title=same"};
    for (int k = 0; k < WORLDS - 1; k++)
        for (int a = 0; a < 4; a++) {
            struct trial base, arm, alone;
            struct branch b;
            char set[256];
            snprintf(set, sizeof set, "%s %s", worlds[k], arms[a]);
            trial_open(&base, worlds[k], RECORD_DEFAULT);
            trial_open(&arm, set, RECORD_DEFAULT);
            trial_open(&alone, set, RECORD_DEFAULT);
            int tick = experiment_branch(&base.experiment, &arm.experiment);
            assert_true(tick > 0);
            assert_int_equal(branch_init(&b, &base.experiment, 1, tick), 0);
            for (uint32_t number = 0; number < 3; number++) {
                assert_int_equal(replicate_run_branching(&base.replicate, number, &b, 1), 0);
                assert_int_equal(replicate_run_from(&arm.replicate, number, &b), 0);
                assert_int_equal(replicate_run(&alone.replicate, number), 0);
                assert_same_replicates(&arm.replicate, &alone.replicate);
            }
            branch_release(&b);
            trial_close(&base);
            trial_close(&arm);
            trial_close(&alone);
        }
}

/* One month later would be too late: that month's structure differs. */
static void an_arm_that_went_on_a_month_later_would_differ(void **state)
{
    (void)state;
    struct trial base, arm, alone;
    struct branch b;
    trial_open(&base, TRIAL_STILL, RECORD_DEFAULT);
    trial_open(&arm, TRIAL_STILL "shocks.one.enabled=false", RECORD_DEFAULT);
    trial_open(&alone, TRIAL_STILL "shocks.one.enabled=false", RECORD_DEFAULT);
    int tick = experiment_branch(&base.experiment, &arm.experiment);
    assert_int_equal(branch_init(&b, &base.experiment, 1, tick + 1), 0);
    assert_int_equal(replicate_run_branching(&base.replicate, 0, &b, 1), 0);
    assert_int_equal(replicate_run_from(&arm.replicate, 0, &b), 0);
    assert_int_equal(replicate_run(&alone.replicate, 0), 0);
    assert_memory_not_equal(arm.replicate.monthly, alone.replicate.monthly,
                            (size_t)trial_numbers(&arm) * sizeof(double));
    branch_release(&b);
    trial_close(&base);
    trial_close(&arm);
    trial_close(&alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_world_comes_back_whole),
        cmocka_unit_test(arms_part_in_the_first_month_that_differs),
        cmocka_unit_test(arms_that_are_alike_never_part),
        cmocka_unit_test(every_effect_of_a_shock_is_seen),
        cmocka_unit_test(arms_of_other_rules_states_or_start_part_at_once),
        cmocka_unit_test(arms_whose_dates_vary_part_at_once),
        cmocka_unit_test(a_replicate_goes_on_from_any_tick_to_the_same_bits),
        cmocka_unit_test(an_arm_goes_on_from_its_base_as_if_it_had_run_alone),
        cmocka_unit_test(an_arm_that_went_on_a_month_later_would_differ),
    };
    return cmocka_run_group_tests_name("branch", tests, NULL, NULL);
}
