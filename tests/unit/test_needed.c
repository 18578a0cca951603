/* Experiments that read only the outcomes that are needed: the same bits, and no month more than
 * these read. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run/team.h"
#include "small.h"
#include "trial.h"

/* Of the trial's outcomes, in its order. */
enum { FIRST, OTHER, PEAK, NEAR, PART, APART, SHIFT, EACH, TURN };
enum { SPINUP = 2, MONTHS = 18 };

/* Windows that end early, so that there is something to leave out. */
#define EARLY                                                                                      \
    "outcomes.part.window=2010-01..2010-05 outcomes.apart.window=2010-02..2010-07 "                \
    "outcomes.shift.window=2010-03..2010-08 outcomes.each.window=2010-04..2010-06 "                \
    "outcomes.peak.window=2010-03..2010-09 outcomes.turn.window=2010-03..2010-09 "

/* A trial beside the same scenario with only some outcomes needed. */
struct twins {
    struct trial full;
    struct experiment experiment;
    struct replicate replicate;
};

static void open_twins(struct twins *p, const char *sets, unsigned needed)
{
    bool wanted[TRIAL_OUTCOMES];
    struct diag diag = {0};
    trial_open(&p->full, sets, RECORD_OUTCOMES);
    for (int k = 0; k < TRIAL_OUTCOMES; k++)
        wanted[k] = needed >> k & 1;
    assert_int_equal(
        experiment_init_needed(&p->experiment, p->full.scenario, TRIAL_SEED, wanted, &diag), 0);
    assert_int_equal(replicate_init(&p->replicate, &p->experiment, &kernel_narrow), 0);
}

static void close_twins(struct twins *p)
{
    replicate_release(&p->replicate);
    experiment_release(&p->experiment);
    trial_close(&p->full);
}

/* What a reading has kept, and the values read from it. */
static void assert_alike(const struct twins *p, int outcome)
{
    const struct reading *a = &p->full.experiment.readings.of[outcome],
                         *b = &p->experiment.readings.of[outcome];
    assert_false(b->unread);
    assert_int_equal(b->size, a->size);
    assert_same(p->replicate.sketch + b->at, p->full.replicate.sketch + a->at, a->size);
    assert_same(&p->replicate.outcomes[outcome], &p->full.replicate.outcomes[outcome], 1);
}

static void same_numbers(const char *sets, unsigned needed, int ticks)
{
    struct twins p;
    open_twins(&p, sets, needed);
    assert_int_equal(p.experiment.ticks, ticks);
    for (uint32_t number = 0; number < 3; number++) {
        assert_int_equal(replicate_run(&p.full.replicate, number), 0);
        assert_int_equal(replicate_run(&p.replicate, number), 0);
        assert_int_equal(p.replicate.simulation.world.tick, ticks);
        for (int k = 0; k < TRIAL_OUTCOMES; k++)
            if (needed >> k & 1)
                assert_alike(&p, k);
            else
                assert_true(isnan(p.replicate.outcomes[k]));
    }
    close_twins(&p);
}

/* Each alone, and the last month that it reads, from 1. */
static const struct {
    unsigned needed;
    int months;
} cases[] = {
    {1 << FIRST, 18},
    {1 << OTHER, 2},
    {1 << PEAK, 18}, /* a path */
    {1 << NEAR, 16},
    {1 << PART, 5},
    {1 << APART, 7},
    {1 << SHIFT, 8},
    {1 << EACH, 6},
    {1 << TURN, 18}, /* a path */
    {1 << OTHER | 1 << PART, 5},
    {1 << OTHER | 1 << APART | 1 << EACH, 7},
    {1 << PART | 1 << PEAK, 18},
    {1 << TURN | 1 << OTHER, 18},
    {(1 << TRIAL_OUTCOMES) - 1, 18},
};

static void values_are_those_of_a_full_experiment_to_the_bit(void **state)
{
    (void)state;
    static const char *const worlds[] = {EARLY, EARLY TRIAL_STILL, EARLY "scenario.moves=expected",
                                         EARLY TRIAL_STILL "scenario.order=serial"};
    for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++)
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
            same_numbers(worlds[w], cases[k].needed, SPINUP + cases[k].months);
}

static void a_period_that_is_subtracted_or_divided_by_is_read_to_its_end(void **state)
{
    (void)state;
    same_numbers("outcomes.first.window=2010-01..2010-02 outcomes.first.minus=2010-03..2010-09",
                 1 << FIRST, SPINUP + 9);
    same_numbers("outcomes.near.window=2010-01..2010-02 outcomes.near.over=2010-03..2010-11",
                 1 << NEAR, SPINUP + 11);
    same_numbers("outcomes.first.window=2010-05..2010-08 outcomes.first.minus=2010-03..2010-04",
                 1 << FIRST, SPINUP + 8);
    same_numbers("scenario.spinup=0 outcomes.other.window=2010-04..2010-04", 1 << OTHER, 4);
}

static void where_nothing_is_needed_nothing_is_kept(void **state)
{
    (void)state;
    struct twins p;
    open_twins(&p, EARLY, 0);
    assert_int_equal(p.experiment.readings.size, 0);
    assert_int_equal(p.experiment.series.n, 0);
    assert_int_equal(p.experiment.ticks, SPINUP + 1);
    assert_int_equal(replicate_run(&p.replicate, 0), 0);
    for (int k = 0; k < TRIAL_OUTCOMES; k++) {
        assert_true(p.experiment.readings.of[k].unread);
        assert_true(isnan(p.replicate.outcomes[k]));
    }
    close_twins(&p);
}

static void a_sketch_holds_what_is_needed_alone(void **state)
{
    (void)state;
    struct twins p;
    open_twins(&p, EARLY, 1 << PART | 1 << EACH);
    const struct reading *r = p.experiment.readings.of;
    assert_int_equal(p.experiment.readings.size, r[PART].size + r[EACH].size);
    assert_true(p.experiment.readings.size < p.full.experiment.readings.size);
    assert_int_equal(p.experiment.series.n, 2); /* both directions of the share */
    assert_false(p.experiment.readings.watches);
    close_twins(&p);
    open_twins(&p, EARLY, 1 << APART);
    assert_true(p.experiment.readings.watches);
    close_twins(&p);
}

/* An outcome that is not read owns no path that another could share. */
static void a_path_is_not_shared_with_an_outcome_that_is_not_read(void **state)
{
    (void)state;
    static const char sets[] = "outcomes.first.statistic=max outcomes.first.minus= "
                               "outcomes.first.window=2010-02..2011-03 ";
    same_numbers(sets, 1 << TURN, SPINUP + MONTHS);
    same_numbers(sets, 1 << FIRST | 1 << TURN, SPINUP + MONTHS);
    struct twins p;
    open_twins(&p, sets, 1 << TURN);
    assert_int_equal(p.experiment.readings.size, MONTHS);
    assert_int_equal(p.full.experiment.readings.of[FIRST].at,
                     p.full.experiment.readings.of[TURN].at);
    close_twins(&p);
}

/* A mistake in an outcome that nobody needs does not matter. */
static void an_outcome_that_is_wrong_is_told_only_if_it_is_needed(void **state)
{
    (void)state;
    for (int needed = 0; needed < 2; needed++) {
        struct scenario *sc;
        struct trial t;
        struct experiment x;
        struct diag diag = {0};
        bool wanted[TRIAL_OUTCOMES] = {[OTHER] = true, [FIRST] = needed};
        trial_open(&t, NULL, RECORD_OUTCOMES);
        sc = t.scenario;
        free(sc->outcomes[FIRST].measure);
        sc->outcomes[FIRST].measure = strdup("weather");
        int status = experiment_init_needed(&x, sc, 1, wanted, &diag);
        assert_int_equal(status != 0, needed);
        assert_int_equal(diag.errors, needed);
        experiment_release(&x);
        diag_release(&diag);
        trial_close(&t);
    }
}

/* ---- arms ----------------------------------------------------------------------------------- */

/* Two arms, the second without the shock of 2010-06, in a team; against each by itself. */
static void arms_part_at(const char *sets, unsigned needed, int tick)
{
    struct twins full, less;
    struct team team;
    char other[512];
    snprintf(other, sizeof other, "%s shocks.fixed.enabled=false", sets);
    open_twins(&full, sets, needed);
    open_twins(&less, other, needed);
    struct experiment both[] = {full.experiment, less.experiment};
    int *ticks = team_branches(both, 2);
    assert_non_null(ticks);
    assert_int_equal(ticks[1], tick);
    assert_in_range(ticks[1], 0, both[0].ticks);
    assert_int_equal(team_init(&team, both, 2, ticks, 12), 0);
    for (uint32_t number = 0; number < 12; number++) {
        const int lane = (int)number % team.lanes;
        if (lane == 0)
            team_run(&team, number);
        team_show(&team, lane);
        assert_int_equal(team.status[0] | team.status[1], 0);
        assert_int_equal(replicate_run(&less.replicate, number), 0);
        assert_int_equal(replicate_run(&full.replicate, number), 0);
        const int size = both[0].readings.size;
        assert_same(team.replicate[0].sketch, full.replicate.sketch, size);
        assert_same(team.replicate[1].sketch, less.replicate.sketch, size);
        assert_same(team.replicate[1].outcomes, less.replicate.outcomes, TRIAL_OUTCOMES);
    }
    team_release(&team);
    free(ticks);
    close_twins(&full);
    close_twins(&less);
}

static void arms_part_no_later_than_the_end_of_what_is_read(void **state)
{
    (void)state;
    const int june = SPINUP + 5;
    arms_part_at(EARLY TRIAL_STILL, 1 << FIRST, june);
    arms_part_at(EARLY TRIAL_STILL, 1 << APART, june);
    arms_part_at(EARLY TRIAL_STILL, 1 << EACH, june);
    arms_part_at(EARLY TRIAL_STILL, 1 << PART, SPINUP + 5); /* its last month is May */
    arms_part_at(EARLY TRIAL_STILL, 1 << OTHER, SPINUP + 2);
    arms_part_at(EARLY TRIAL_STILL, 0, SPINUP + 1);
    arms_part_at(EARLY, 1 << OTHER, 0); /* dates vary */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_a_full_experiment_to_the_bit),
        cmocka_unit_test(a_period_that_is_subtracted_or_divided_by_is_read_to_its_end),
        cmocka_unit_test(where_nothing_is_needed_nothing_is_kept),
        cmocka_unit_test(a_sketch_holds_what_is_needed_alone),
        cmocka_unit_test(a_path_is_not_shared_with_an_outcome_that_is_not_read),
        cmocka_unit_test(an_outcome_that_is_wrong_is_told_only_if_it_is_needed),
        cmocka_unit_test(arms_part_no_later_than_the_end_of_what_is_read),
    };
    return cmocka_run_group_tests_name("needed", tests, NULL, NULL);
}
