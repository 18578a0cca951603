/* Looking on: it changes nothing, and what it tells is what happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
        trial_open(&t, worlds[k], true);
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
    double chance[CHANNELS] = {0}, chosen[CHANNELS] = {0};
    for (int k = 0; k < d->n_options; k++) {
        const struct consideration *c = &d->options[k];
        const struct account *a = &c->account;
        chance[c->menu] += c->chance;
        chosen[c->menu] += c->chosen;
        assert_near(account_utility(a), c->utility);
        assert_true(c->accepted <= c->chosen);
        if (move_kinds[c->move].consent == CONSENT_NONE)
            assert_true(c->accepted == c->chosen && c->consent == 1);
        if (c->target == d->actor)
            continue;
        const struct consideration *theirs =
            trace_find(&t->decisions[c->target], c->move, d->actor);
        assert_true(c->proposed == theirs->chosen && c->conceded == theirs->accepted);
    }
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++) {
        assert_near(chance[m] + d->hold_chance[m], 1);
        assert_true(chosen[m] <= d->draws[m] + 1e-9);
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
        trial_open(&t, worlds[k], false);
        assert_int_equal(trace_init(&trace, &t.experiment, everybody), 0);
        assert_int_equal(trace_start(&trace, 1), 0);
        for (int tick = 0; tick < 5; tick++) {
            assert_int_equal(trace_step(&trace), 0);
            for (int i = 0; i < N; i++) {
                assert_true(trace.decisions[i].made);
                assert_whole(&trace, &trace.decisions[i]);
                for (int o = 0; o < trace.decisions[i].n_options; o++)
                    all += trace.decisions[i].options[o].chosen;
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
    int minding = 0;
    trial_open(&t, "shocks.fixed.date=2010-01-01", false);
    assert_int_equal(trace_init(&trace, &t.experiment, everybody), 0);
    assert_int_equal(trace_start(&trace, 1), 0);
    for (int tick = 0; tick < 4; tick++)
        assert_int_equal(trace_step(&trace), 0);
    for (int i = 0; i < N; i++)
        for (int o = 0; o < trace.decisions[i].n_options; o++) {
            const struct minding *m = trace.decisions[i].options[o].minding;
            assert_true(m[0].cost >= m[1].cost && m[1].cost >= m[2].cost && m[2].cost >= 0);
            minding += m[0].cost > 0;
            if (m[0].cost > 0)
                assert_true(m[0].actor != i);
        }
    assert_true(minding > 0);
    trace_release(&trace);
    trial_close(&t);
}

static void who_is_not_followed_is_not_told(void **state)
{
    (void)state;
    const bool second[N] = {false, true, false, false};
    struct trial t;
    struct trace trace;
    trial_open(&t, NULL, false);
    assert_int_equal(trace_init(&trace, &t.experiment, second), 0);
    assert_int_equal(trace_start(&trace, 1), 0);
    assert_int_equal(trace_step(&trace), 0);
    for (int i = 0; i < N; i++)
        assert_int_equal(trace.decisions[i].made, second[i]);
    trace_release(&trace);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_on_changes_nothing),
        cmocka_unit_test(what_is_told_is_whole),
        cmocka_unit_test(friends_who_mind_come_costliest_first),
        cmocka_unit_test(who_is_not_followed_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
