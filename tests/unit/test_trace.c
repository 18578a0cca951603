/* Looking on: it changes nothing, and what it tells is what happened. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/trace.h"
#include "small.h"
#include "trial.h"

enum { N = 4 };
static const bool everybody[N] = {true, true, true, true};

static const char *const worlds[] = {NULL, "scenario.order=serial", "scenario.moves=expected",
                                     "terms.channels=false"};
enum { WORLDS = sizeof worlds / sizeof *worlds };

static void looking_on_changes_nothing(void **state)
{
    (void)state;
    for (int k = 0; k < WORLDS; k++) {
        struct trial t;
        struct trace trace;
        trial_open(&t, worlds[k], RECORD_ALL_DYADS);
        assert_int_equal(trace_init(&trace, &t.experiment, everybody), 0);
        assert_int_equal(trace_start(&trace, 5), 0);
        for (int tick = simulation_ticks(t.scenario); tick > 0; tick--)
            assert_int_equal(trace_step(&trace), 0);
        assert_int_equal(replicate_run(&t.replicate, 5), 0);
        assert_same(trace.replicate.monthly, t.replicate.monthly, trial_numbers(&t));
        trace_release(&trace);
        trial_close(&t);
    }
}

/* Chances of a menu, holding among them, are all there is; draws that are told are at most those
 * made; of a move that needs nobody all are accepted. */
static void assert_whole(const struct trace *t, const struct decision *d)
{
    double chance[CHANNELS] = {0}, made[CHANNELS] = {0};
    for (int k = 0; k < d->n_options; k++) {
        const struct consideration *c = &d->options[k];
        const struct account *a = &c->account;
        chance[c->menu] += c->chance;
        made[c->menu] += c->made;
        assert_near(account_utility(a), c->utility);
        assert_true(c->got <= c->made);
        if (move_kinds[c->move].consent == CONSENT_NONE)
            assert_true(c->got == c->made && c->consent == 1);
        if (c->target == d->actor)
            continue;
        const struct consideration *theirs =
            trace_find(&t->decisions[c->target], c->move, d->actor);
        assert_true(c->asked == theirs->made && c->gave == theirs->got);
    }
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++) {
        assert_near(chance[m] + d->hold_chance[m], 1);
        assert_true(made[m] <= d->draws[m] + 1e-9);
    }
    assert_int_equal(d->n_options, 1 + (MOVES - 1) * (N - 1));
}

static void what_is_told_is_whole(void **state)
{
    (void)state;
    for (int k = 0; k < WORLDS; k++) {
        struct trial t;
        struct trace trace;
        double all = 0;
        trial_open(&t, worlds[k], RECORD_DEFAULT);
        assert_int_equal(trace_init(&trace, &t.experiment, everybody), 0);
        assert_int_equal(trace_start(&trace, 1), 0);
        for (int tick = 0; tick < 5; tick++) {
            assert_int_equal(trace_step(&trace), 0);
            for (int i = 0; i < N; i++) {
                assert_whole(&trace, &trace.decisions[i]);
                for (int o = 0; o < trace.decisions[i].n_options; o++)
                    all += trace.decisions[i].options[o].made;
            }
        }
        assert_int_equal(trace.decisions[0].month, t.scenario->general.start + 2);
        assert_true(all > 10);
        trace_release(&trace);
        trial_close(&t);
    }
}

static void friends_who_mind_come_costliest_first(void **state)
{
    (void)state;
    struct trial t;
    struct trace trace;
    double minding[2] = {0};
    trial_open(&t, "shocks.fixed.date=2010-01-01", RECORD_DEFAULT);
    assert_int_equal(trace_init(&trace, &t.experiment, everybody), 0);
    assert_int_equal(trace_start(&trace, 1), 0);
    for (int tick = 0; tick < 4; tick++)
        assert_int_equal(trace_step(&trace), 0);
    for (int i = 0; i < N; i++)
        for (int o = 0; o < trace.decisions[i].n_options; o++)
            for (int side = 0; side < 2; side++) {
                const struct consideration *c = &trace.decisions[i].options[o];
                const struct minding *m = c->minding[side];
                double cost = 0;
                for (int k = 0; k < c->account.n; k++) {
                    const char *name = c->account.parts[k].kind->name;
                    if (c->account.parts[k].other == (side == 1) &&
                        (strcmp(name, "friends") == 0 || strcmp(name, "secondary") == 0))
                        cost += account_cost(&c->account, k);
                }
                assert_true(m[0].cost >= m[1].cost && m[1].cost >= m[2].cost && m[2].cost >= 0);
                if (move_kinds[c->move].consent == CONSENT_NET) /* of four states two are third */
                    assert_near(m[0].cost + m[1].cost + m[2].cost, cost);
                if (m[0].cost > 0)
                    assert_true(m[0].actor != i && m[0].actor != c->target);
                minding[side] += m[0].cost;
            }
    assert_true(minding[0] > 0 && minding[1] > 0);
    trace_release(&trace);
    trial_close(&t);
}

static struct stance stance_at(struct trace *trace, const struct trial *t, int ticks)
{
    assert_int_equal(trace_init(trace, &t->experiment, everybody), 0);
    assert_int_equal(trace_start(trace, 1), 0);
    for (int tick = 0; tick < ticks; tick++)
        assert_int_equal(trace_step(trace), 0);
    return stance_take(trace, (struct pair){0, 2});
}

/* If the utility changes alone, the option's weight grows by exp(λ ΔU) and the others' stay. */
static void a_utility_alone_changes_proposals_by_its_odds(void **state)
{
    (void)state;
    struct trial t;
    struct trace trace;
    trial_open(&t, "parameters.lambda=3", RECORD_DEFAULT);
    struct stance s = stance_at(&trace, &t, 3);
    for (int side = 0; side < 2; side++)
        for (int m = 0; m < STANCE_MOVES; m++) {
            const struct consideration *c = &s.toward[side][m];
            double weight = c->chance * exp(3 * 0.1);
            assert_int_equal(c->move, stance_moves[m]);
            assert_int_equal(c->target, side == 0 ? 2 : 0);
            assert_near(stance_proposals(&s, side, m), 16 * c->chance);
            assert_near(stance_alone(&s, side, m, c->utility), 16 * c->chance);
            assert_near(stance_alone(&s, side, m, c->utility + 0.1),
                        16 * weight / (weight + 1 - c->chance));
        }
    s.lambda = 1e6; /* far beyond what exp can hold */
    assert_near(stance_alone(&s, 0, 0, s.toward[0][0].utility + 1), 16);
    assert_near(stance_alone(&s, 0, 0, s.toward[0][0].utility - 1), 0);
    s.toward[0][0].chance = 0;
    assert_near(stance_alone(&s, 0, 0, 1), 0);
    trace_release(&trace);
    trial_close(&t);
}

static void a_replicate_that_fails_says_what_failed(void **state)
{
    (void)state;
    struct trial t;
    struct trace trace;
    int status = 0, ticks = 0;
    trial_open(&t,
               "parameters.arming=0.5 parameters.arm_gain=100 parameters.arm_cost=0 "
               "parameters.depreciation=0.001 scenario.end=2209-12",
               RECORD_DEFAULT);
    assert_int_equal(trace_init(&trace, &t.experiment, everybody), 0);
    assert_int_equal(trace_start(&trace, 0), 0);
    for (; status == 0 && ticks < simulation_ticks(t.scenario); ticks++)
        status = trace_step(&trace);
    assert_int_equal(status, ERROR_NUMERIC);
    assert_string_equal(trace.replicate.failure, "military stock");
    assert_true(ticks > 100 && ticks < simulation_ticks(t.scenario));
    trace_release(&trace);
    trial_close(&t);
}

/* A tenth of an expected move is something done; chances count from 1 % on. */
static void what_matters_was_done_or_likely(void **state)
{
    (void)state;
    assert_true(trace_matters(&(struct consideration){.made = 0.1}));
    assert_true(trace_matters(&(struct consideration){.gave = 1}));
    assert_true(trace_matters(&(struct consideration){.chance = 0.01}));
    assert_false(trace_matters(
        &(struct consideration){.made = 0.09, .gave = 0.09, .asked = 5, .chance = 0.0099}));
    assert_false(trace_done(&(struct consideration){.chance = 1}));
}

static void who_is_not_followed_is_not_told(void **state)
{
    (void)state;
    const bool second[N] = {false, true, false, false};
    struct trial t;
    struct trace trace;
    trial_open(&t, NULL, RECORD_DEFAULT);
    assert_int_equal(trace_init(&trace, &t.experiment, second), 0);
    assert_int_equal(trace_start(&trace, 1), 0);
    assert_int_equal(trace_step(&trace), 0);
    for (int i = 0; i < N; i++)
        assert_int_equal(trace.decisions[i].n_options > 0, second[i]);
    trace_release(&trace);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_on_changes_nothing),
        cmocka_unit_test(what_is_told_is_whole),
        cmocka_unit_test(friends_who_mind_come_costliest_first),
        cmocka_unit_test(a_utility_alone_changes_proposals_by_its_odds),
        cmocka_unit_test(a_replicate_that_fails_says_what_failed),
        cmocka_unit_test(what_matters_was_done_or_likely),
        cmocka_unit_test(who_is_not_followed_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
