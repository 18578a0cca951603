/* Change points of made-up paths, with penalties set by false alarms. Arm 0 is judged, arm 1 is the
 * one without shocks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"
#include "run/phases.h"
#include "small.h"

enum { MONTHS = 60, START = 2010 * 12, NONE = -1 };
static const struct window whole = {0, MONTHS - 1}, unset = {1, 0};

static struct made_size size_of(int draws, uint32_t replicates)
{
    return (struct made_size){.arms = 2,
                              .outcomes = 1,
                              .draws = draws,
                              .replicates = replicates,
                              .paths = 1,
                              .months = MONTHS};
}

/* Onsets in all months, false alarms in those given. */
static struct made_search onset(struct window alarm)
{
    return (struct made_search){STATISTIC_ONSET, 1, whole, alarm};
}

/* Counts of the mean `before` up to a month and `after` from then on, and their mean path. */
struct step {
    int at;
    double before, after;
};

static void fill(struct made *m, int draw, int arm, struct step step, uint64_t *noise)
{
    double *mean = made_path(m, draw, arm, 0);
    memset(mean, 0, MONTHS * sizeof *mean);
    for (uint32_t k = 1; k <= m->size.replicates; k++) {
        double *path = made_path(m, draw, arm, k);
        for (int t = 0; t < MONTHS; t++) {
            path[t] = made_count(noise, t < step.at ? step.before : step.after);
            mean[t] += path[t] / m->size.replicates;
        }
    }
}

static void fill_all(struct made *m, struct step step, unsigned seed)
{
    uint64_t noise = seed;
    for (int d = 0; d < m->size.draws; d++) {
        fill(m, d, 0, step, &noise);
        fill(m, d, 1, (struct step){0, step.before, step.before}, &noise);
    }
}

static void find(struct phases *phases, struct made *m)
{
    assert_int_equal(phases_find(phases, &m->reproduction), 0);
}

/* ---- the penalty ---------------------------------------------------------------------------- */

/* Does a path of the arm without shocks change in the window, at a penalty? */
static bool alarms(struct made *m, int draw, uint32_t index, double penalty, struct window window)
{
    struct search_room room;
    int at[MONTHS];
    bool alarm = false;
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    const struct search search = {.room = &room,
                                  .cost = CHANGE_POISSON,
                                  .scale = index == 0 ? m->size.replicates : 1,
                                  .slope = change_slope(made_path(m, draw, 1, 0), MONTHS),
                                  .penalty = penalty};
    int found = reading_changes(made_path(m, draw, 1, index), MONTHS, &search, at, NULL);
    for (int k = 0; k < found; k++)
        alarm |= at[k] >= window.from && at[k] <= window.to;
    search_room_release(&room);
    return alarm;
}

/* How many draws' mean paths alarm, or their replicates. */
static unsigned count_alarms(struct made *m, int first, bool replicates, double penalty,
                             struct window window)
{
    unsigned n = 0;
    for (int d = first; d < m->size.draws; d++)
        for (uint32_t k = replicates; k <= (replicates ? m->size.replicates : 0); k++)
            n += alarms(m, d, k, penalty, window);
    return n;
}

/* More than a twentieth would show a change at any lower penalty; no more at a higher one. A change
 * that moves into the window as the penalty grows is an alarm already. */
static void assert_least(struct made *m, const struct phase *phase, bool replicates,
                         struct window window)
{
    int first = m->size.draws > 1;
    double penalty = phase->penalty[replicates];
    uint32_t n = phase->paths[replicates];
    assert_true(penalty > 0);
    unsigned now = count_alarms(m, first, replicates, penalty, window);
    unsigned below = count_alarms(m, first, replicates, penalty * (1 - 1e-6), window);
    bool all_months = window.to - window.from == MONTHS - 1;
    assert_true(now <= phase->alarms[replicates]);
    assert_true(now == phase->alarms[replicates] || !all_months);
    assert_true(phase->alarms[replicates] * PHASE_ALARMS <= n);
    assert_true(below * PHASE_ALARMS > n || !all_months);
    for (double more = 1.1; more < 2; more += 0.3)
        assert_true(count_alarms(m, first, replicates, penalty * more, window) <=
                    phase->alarms[replicates]);
}

static void the_penalty_is_the_least_with_which_a_twentieth_alarms(void **state)
{
    (void)state;
    static const struct window windows[] = {{0, MONTHS - 1}, {12, 40}, {30, 30}};
    struct made m;
    made_open(&m, size_of(61, 6));
    fill_all(&m, (struct step){0, 3, 3}, 7);
    for (int w = 0; w < 3; w++) {
        struct phases phases;
        made_searches(&m, 0, onset(windows[w]));
        find(&phases, &m);
        assert_int_equal(phases.n, 1);
        const struct phase *phase = phases.at;
        assert_int_equal(phase->paths[PHASE_MEANS], 60);
        assert_int_equal(phase->paths[PHASE_REPLICATES], 360);
        assert_false(phase->resampled);
        assert_int_equal(phase->cost, CHANGE_POISSON);
        if (w < 2) { /* at a single month there are too few alarms for any penalty */
            assert_int_equal(phase->alarms[PHASE_MEANS], 3);
            assert_least(&m, phase, false, windows[w]);
        }
        assert_int_equal(phase->alarms[PHASE_REPLICATES], 18);
        assert_least(&m, phase, true, windows[w]);
        phases_release(&phases);
    }
    made_close(&m);
}

static void all_months_can_alarm_unless_a_period_is_named(void **state)
{
    (void)state;
    struct made m;
    struct phases phases;
    double all[PHASE_READINGS];
    made_open(&m, size_of(1, 40));
    fill_all(&m, (struct step){0, 3, 3}, 8);
    made_searches(&m, 0, onset(whole));
    find(&phases, &m);
    memcpy(all, phases.at->penalty, sizeof all);
    phases_release(&phases);
    made_searches(&m, 0, onset(unset));
    find(&phases, &m);
    assert_int_equal(phases.at->alarm.from, START);
    assert_int_equal(phases.at->alarm.to, START + MONTHS - 1);
    assert_same(phases.at->penalty, all, PHASE_READINGS);
    phases_release(&phases);
    made_close(&m);
}

static void few_draws_are_resampled_and_the_same_again(void **state)
{
    (void)state;
    double first[PHASE_READINGS];
    for (int draws = 1; draws <= 21; draws += 5) /* beside the scenario's own: 0, 5, … 20 */
        for (int again = 0; again < 3; again++) {
            struct made m;
            struct phases phases;
            made_open(&m, size_of(draws, 12));
            fill_all(&m, (struct step){0, 3, 3}, 9);
            made_searches(&m, 0, onset(whole));
            m.request.seed = again == 2 ? 2 : 1;
            find(&phases, &m);
            const struct phase *phase = phases.at;
            bool few = draws - 1 < PHASE_DRAWS;
            assert_int_equal(phase->resampled, few);
            assert_int_equal(phase->paths[PHASE_MEANS], few ? PHASE_RESAMPLES : 20);
            assert_true(phase->alarms[PHASE_MEANS] <= phase->paths[PHASE_MEANS] / 20);
            if (again == 0)
                memcpy(first, phase->penalty, sizeof first);
            else if (again == 1)
                assert_same(phase->penalty, first, PHASE_READINGS);
            else /* another seed draws others, where any are drawn */
                assert_int_equal(phase->penalty[PHASE_MEANS] != first[PHASE_MEANS], few);
            assert_same(&phase->penalty[PHASE_REPLICATES], &first[PHASE_REPLICATES], 1);
            phases_release(&phases);
            made_close(&m);
        }
}

/* Two thousand replicates set it, two thousand others are held against it: 5 % within five standard
 * errors of both. */
static void fresh_noise_alarms_once_in_twenty(void **state)
{
    (void)state;
    enum { N = 2000 };
    struct made m, fresh;
    struct phases phases;
    made_open(&m, size_of(1, N));
    fill_all(&m, (struct step){0, 2, 2}, 10);
    made_searches(&m, 0, onset((struct window){12, 50}));
    find(&phases, &m);
    made_open(&fresh, size_of(1, N));
    fill_all(&fresh, (struct step){0, 2, 2}, 11);
    double rate = count_alarms(&fresh, 0, true, phases.at->penalty[PHASE_REPLICATES],
                               (struct window){12, 50}) /
                  (double)N;
    assert_within(rate, 0.05, 5 * sqrt(2 * 0.05 * 0.95 / N));
    phases_release(&phases);
    made_close(&fresh);
    made_close(&m);
}

/* The scenario's own draw is quiet, those of the list are not, or did not run the arm. */
static void draws_set_the_penalty_if_the_arm_without_shocks_ran_in_them(void **state)
{
    (void)state;
    struct made m;
    struct phases own, of_draws, left;
    uint64_t noise = 12;
    made_open(&m, size_of(31, 8));
    fill_all(&m, (struct step){0, 3, 3}, 13);
    for (int d = 1; d < 31; d++)
        fill(&m, d, 1, (struct step){30, 2, 6}, &noise);
    made_searches(&m, 0, onset(whole));
    find(&of_draws, &m);
    m.reproduction.n_draws = 1;
    find(&own, &m);
    m.reproduction.n_draws = 31;
    for (int d = 1; d < 31; d++) {
        m.reproduction.draws[d].ran[1] = false;
        for (uint32_t k = 0; k <= 8; k++)
            for (int t = 0; t < MONTHS; t++)
                made_path(&m, d, 1, k)[t] = NAN;
    }
    find(&left, &m);
    assert_true(of_draws.at->penalty[PHASE_MEANS] > 2 * own.at->penalty[PHASE_MEANS]);
    assert_same(left.at->penalty, own.at->penalty, PHASE_READINGS);
    assert_int_equal(left.at->paths[PHASE_REPLICATES], 8);
    assert_true(left.at->resampled);
    for (int d = 1; d < 31; d++) /* whose trend is not known either */
        assert_true(isnan(made_values(&m, d, 0, 0)[0]));
    phases_release(&own);
    phases_release(&of_draws);
    phases_release(&left);
    made_close(&m);
}

static void without_replicates_nothing_is_searched(void **state)
{
    (void)state;
    struct made m;
    struct phases phases;
    int at[MONTHS];
    double mean[MONTHS + 1];
    made_open(&m, size_of(1, 5));
    fill_all(&m, (struct step){30, 1, 9}, 14);
    m.reproduction.draws[0].n = 0;
    made_searches(&m, 0, onset(whole));
    find(&phases, &m);
    assert_true(isnan(phases.at->penalty[PHASE_MEANS]));
    assert_true(isnan(phases.at->penalty[PHASE_REPLICATES]));
    assert_int_equal(phases.at->paths[PHASE_MEANS] + phases.at->paths[PHASE_REPLICATES], 0);
    assert_true(isnan(made_values(&m, 0, 0, 0)[0]));
    assert_int_equal(phases_changes(&phases, phases.at, m.reproduction.draws, 0, at, mean), 0);
    phases_release(&phases);
    made_close(&m);
}

/* ---- what is found -------------------------------------------------------------------------- */

static double year_of(int month)
{
    return (START + month) / 12.0;
}

/* What outcome 0 finds on the mean path and on the first replicate of an arm with a step. */
static void search_step(struct step step, struct made_search search, double found[2])
{
    struct made m;
    struct phases phases;
    made_open(&m, size_of(1, 40));
    fill_all(&m, step, 15);
    made_searches(&m, 0, search);
    find(&phases, &m);
    memcpy(found, made_values(&m, 0, 0, 0), 2 * sizeof *found);
    const double *quiet = made_values(&m, 0, 1, 0);
    int alarmed = 0;
    for (int k = 1; k <= 40; k++)
        alarmed += !isnan(quiet[k]);
    assert_true(alarmed <= 2); /* a twentieth */
    phases_release(&phases);
    made_close(&m);
}

static void steps_are_found_in_their_month_on_means_and_on_replicates(void **state)
{
    (void)state;
    double found[2];
    search_step((struct step){36, 2, 14}, onset(whole), found);
    assert_near(found[0], year_of(36));
    assert_near(found[1], year_of(36));
    search_step((struct step){36, 2, 2.6}, onset(whole), found); /* clear on means alone */
    assert_within(found[0], year_of(36), 3e-4);
    assert_true(isnan(found[1]));
}

static void onsets_are_upward_and_changes_of_either_direction(void **state)
{
    (void)state;
    double found[2];
    struct made_search search = onset(whole);
    search_step((struct step){36, 14, 2}, search, found);
    assert_true(isnan(found[0])); /* a single replicate may alarm */
    search.statistic = STATISTIC_CHANGE;
    search_step((struct step){36, 14, 2}, search, found);
    assert_near(found[0], year_of(36));
}

static void changes_count_within_their_window(void **state)
{
    (void)state;
    static const struct {
        struct window window;
        bool found;
    } cases[] = {{{36, 36}, true}, {{30, 35}, false}, {{37, 59}, false}, {{0, 36}, true}};
    for (int k = 0; k < 4; k++) {
        double found[2];
        struct made_search search = onset(whole);
        search.window = cases[k].window;
        search_step((struct step){36, 2, 14}, search, found);
        assert_int_equal(!isnan(found[0]), cases[k].found);
    }
}

/* A slow rise of all arms alike is no change. */
static void the_trend_without_shocks_is_taken_away(void **state)
{
    (void)state;
    struct made m;
    struct phases phases;
    uint64_t noise = 16;
    made_open(&m, size_of(1, 30));
    for (int arm = 0; arm < 2; arm++)
        for (uint32_t k = 0; k <= 30; k++) {
            double *path = made_path(&m, 0, arm, k), *mean = made_path(&m, 0, arm, 0);
            for (int t = 0; t < MONTHS; t++) {
                path[t] = k == 0 ? 0 : made_count(&noise, 3 + 0.1 * t);
                mean[t] += k == 0 ? 0 : path[t] / 30;
            }
        }
    made_searches(&m, 0, onset(whole));
    find(&phases, &m);
    assert_true(isnan(made_values(&m, 0, 0, 0)[0]));
    assert_true(phases.at->penalty[PHASE_MEANS] < 20); /* without that, it would take hundreds */
    phases_release(&phases);
    made_close(&m);
}

static void differences_of_two_arms_are_known_if_both_have_one(void **state)
{
    (void)state;
    struct made m;
    struct phases phases;
    uint64_t noise = 17;
    struct made_size size = size_of(1, 30);
    size.arms = 3;
    made_open(&m, size);
    fill(&m, 0, 0, (struct step){40, 2, 14}, &noise);
    fill(&m, 0, 1, (struct step){0, 2, 2}, &noise);
    fill(&m, 0, 2, (struct step){28, 2, 14}, &noise);
    made_searches(&m, 0, onset(whole));
    m.scenario.outcomes[0].minus_arm_index = 2;
    find(&phases, &m);
    assert_near(made_values(&m, 0, 0, 0)[0], 1);
    assert_near(made_values(&m, 0, 2, 0)[0], 0);
    assert_true(isnan(made_values(&m, 0, 1, 0)[0]));
    phases_release(&phases);
    made_close(&m);
}

static void outcomes_that_search_alike_share_a_search(void **state)
{
    (void)state;
    struct made m;
    struct phases phases;
    struct made_size size = size_of(1, 10);
    size.outcomes = 5; /* the last one does not search */
    made_open(&m, size);
    fill_all(&m, (struct step){36, 2, 14}, 18);
    made_searches(&m, 0, onset(whole));
    made_searches(&m, 1, (struct made_search){STATISTIC_CHANGE, 1, {5, 50}, whole});
    made_searches(&m, 2, onset((struct window){12, 50}));
    made_searches(&m, 3, (struct made_search){STATISTIC_ONSET, 0, whole, whole});
    find(&phases, &m);
    assert_int_equal(phases.n, 3);
    assert_int_equal(phases.at[1].outcome, 2);
    assert_int_equal(phases.at[2].trend, 0);
    assert_near(made_values(&m, 0, 0, 1)[0], year_of(36));
    assert_true(isnan(made_values(&m, 0, 0, 4)[0]));
    phases_release(&phases);
    made_close(&m);
}

static void the_changes_of_an_arm_come_with_the_means_around_them(void **state)
{
    (void)state;
    struct made m;
    struct phases phases;
    int at[MONTHS];
    double mean[MONTHS + 1], before = 0, after = 0;
    made_open(&m, size_of(1, 40));
    fill_all(&m, (struct step){36, 2, 14}, 19);
    made_searches(&m, 0, onset(whole));
    find(&phases, &m);
    assert_int_equal(phases_changes(&phases, phases.at, m.reproduction.draws, 0, at, mean), 1);
    assert_int_equal(at[0], 36);
    double slope = change_slope(made_path(&m, 0, 1, 0), MONTHS);
    for (int t = 0; t < MONTHS; t++)
        *(t < 36 ? &before : &after) +=
            (made_path(&m, 0, 0, 0)[t] - slope * (t - (MONTHS - 1) / 2.0)) / (t < 36 ? 36 : 24);
    assert_near(mean[0], before);
    assert_near(mean[1], after);
    assert_int_equal(phases_changes(&phases, phases.at, m.reproduction.draws, 1, at, mean), 0);
    phases_release(&phases);
    made_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_penalty_is_the_least_with_which_a_twentieth_alarms),
        cmocka_unit_test(all_months_can_alarm_unless_a_period_is_named),
        cmocka_unit_test(few_draws_are_resampled_and_the_same_again),
        cmocka_unit_test(fresh_noise_alarms_once_in_twenty),
        cmocka_unit_test(draws_set_the_penalty_if_the_arm_without_shocks_ran_in_them),
        cmocka_unit_test(without_replicates_nothing_is_searched),
        cmocka_unit_test(steps_are_found_in_their_month_on_means_and_on_replicates),
        cmocka_unit_test(onsets_are_upward_and_changes_of_either_direction),
        cmocka_unit_test(changes_count_within_their_window),
        cmocka_unit_test(the_trend_without_shocks_is_taken_away),
        cmocka_unit_test(differences_of_two_arms_are_known_if_both_have_one),
        cmocka_unit_test(outcomes_that_search_alike_share_a_search),
        cmocka_unit_test(the_changes_of_an_arm_come_with_the_means_around_them),
    };
    return cmocka_run_group_tests_name("phases", tests, NULL, NULL);
}
