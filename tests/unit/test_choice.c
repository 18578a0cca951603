/* Opportunity, chances of moves, consent, and the expected tally. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "equations.h"
#include "small.h"

enum { A, B, C, D, N };

static void open_stirred(struct small *s, const char *sets)
{
    small_open(s, small_four, sets);
    small_stir(&s->simulation.world, 21);
    perceive(&s->simulation.perception);
}

/* Moves chosen and accepted: [move][i·N + j]. */
struct seen {
    double chosen[MOVES][N * N], accepted[MOVES][N * N];
};

/* Lets states from..to choose, in an empty tally. */
static struct seen choose_some(struct small *s, uint32_t replicate, int from, int to)
{
    struct stream stream = stream_make(5, 0, replicate);
    struct seen seen = {0};
    tally_clear(&s->simulation.tally);
    for (int i = from; i < to; i++)
        choose(&s->simulation.chooser, &stream, i, &s->simulation.tally);
    small_moves(&s->simulation.tally, seen.chosen[0], seen.accepted[0]);
    return seen;
}

static struct seen choose_all(struct small *s, uint32_t replicate)
{
    return choose_some(s, replicate, 0, N);
}

/* How often a state is expected to hold. */
static double held_by(struct small *s, int actor)
{
    choose_some(s, 0, actor, actor + 1);
    return tally_total(&s->simulation.tally, HOLD, 0);
}

static double total_of(const double *v, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += v[k];
    return sum;
}

/* ---- opportunity -------------------------------------------------------------------------------
 */

static void opportunity_grows_with_the_root_of_capability_and_nearness(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL);
    struct chooser *c = &s.simulation.chooser;
    const struct perception *p = &s.simulation.perception;
    choice_opportunity(c, B);
    assert_near(c->opportunity[A] / c->opportunity[D],
                sqrt(p->capability[A] * s.structure.proximity[B * N + A]) /
                    sqrt(p->capability[D] * s.structure.proximity[B * N + D]));
    assert_true(c->opportunity[B] == 0);
    assert_near(total_of(c->opportunity, N), 1);
    for (int i = 0; i < N; i++) {
        choice_opportunity(c, i);
        for (int j = 0; j < N; j++)
            assert_near(c->opportunity[j], j == i ? 0 : eq_opportunity(&s.simulation.world, i, j));
    }
    small_close(&s);
}

static void without_opportunity_all_others_are_met_alike(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "terms.opportunity=false");
    choice_opportunity(&s.simulation.chooser, C);
    for (int j = 0; j < N; j++)
        assert_near(s.simulation.chooser.opportunity[j], j == C ? 0 : 1.0 / 3);
    small_close(&s);
}

static void small_far_states_take_little_opportunity_from_the_others(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL);
    choice_opportunity(&s.simulation.chooser, A);
    double before = s.simulation.chooser.opportunity[B];
    s.simulation.world.economy[D] = s.simulation.world.military[D] = 1e-6;
    perceive(&s.simulation.perception);
    choice_opportunity(&s.simulation.chooser, A);
    assert_true(s.simulation.chooser.opportunity[D] < 1e-3);
    assert_true(s.simulation.chooser.opportunity[B] > before);
    small_close(&s);
}

/* ---- chances -----------------------------------------------------------------------------------
 */

/* What the expected tally has to be, by the equations. */
static void same_expected_tally(struct small *s)
{
    const struct world *w = &s->simulation.world;
    const struct seen t = choose_all(s, 0);
    double draws = eq_draws(w);
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double chance = eq_chance(w, (enum move)m, i, j);
                assert_near(t.chosen[m][i * N + j], draws * chance);
                if (chance > 0)
                    assert_near(t.accepted[m][i * N + j],
                                draws * chance * eq_consent(w, (enum move)m, i, j));
                else
                    assert_true(t.chosen[m][i * N + j] == 0 && t.accepted[m][i * N + j] == 0);
            }
}

static void expected_choices_and_answers_are_their_equations(void **state)
{
    (void)state;
    static const char *const sets[] = {"",
                                       "parameters.lambda=0.5",
                                       "parameters.lambda=60 parameters.initiatives=1",
                                       "parameters.side_payments=0 parameters.initiatives=512",
                                       "terms.channels=false",
                                       "terms.channels=false terms.opportunity=false",
                                       "terms.leverage=false terms.reach=false",
                                       "parameters.cost_fixed=0 parameters.benefit_economic=3"};
    for (unsigned k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct small s;
        char all[200];
        snprintf(all, sizeof all, "scenario.moves=expected %s", sets[k]);
        open_stirred(&s, all);
        same_expected_tally(&s);
        small_close(&s);
    }
}

static void chances_of_every_menu_sum_to_one(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL);
    struct chooser *c = &s.simulation.chooser;
    assert_int_equal(c->n_menus, 3);
    for (int i = 0; i < N; i++) {
        choice_opportunity(c, i);
        for (int m = 0; m < c->n_menus; m++) {
            int options = choice_weights(c, &c->menus[m], i);
            double all = total_of(c->weight, options);
            assert_near(c->weight[0] / all,
                        eq_chance_of_holding(&s.simulation.world, (enum channel)m, i));
            for (int k = 0; k < options; k++)
                assert_true(c->weight[k] >= 0 && c->weight[k] <= all);
        }
    }
    small_close(&s);
}

static void holding_and_arming_weigh_one_at_no_gain(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "scenario.moves=expected parameters.arm_gain=0 parameters.arm_cost=0");
    const struct seen t = choose_all(&s, 0);
    for (int i = 0; i < N; i++) /* both in the military menu; HOLD counts all three */
        assert_near(t.chosen[MOVE_ARM][i * N + i] / 16,
                    eq_chance_of_holding(&s.simulation.world, MILITARY, i));
    small_close(&s);
}

static void arming_outweighs_holding_by_the_exponential_of_its_gain(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "scenario.moves=expected parameters.lambda=3");
    const struct seen t = choose_all(&s, 0);
    double hold = 16 * eq_chance_of_holding(&s.simulation.world, MILITARY, A);
    assert_near(t.chosen[MOVE_ARM][0] / hold,
                exp(3 * (0.2 * s.simulation.perception.insecurity[A] - 0.3)));
    small_close(&s);
}

/* Without rationality: hold and arm once, each move toward others once by opportunity; consent ½.
 */
static void without_rationality_opportunity_alone_decides(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "scenario.moves=expected parameters.lambda=0");
    const struct seen t = choose_all(&s, 0);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double o = i == j ? 0 : eq_opportunity(&s.simulation.world, i, j);
            int ij = i * N + j;
            assert_near(t.chosen[MOVE_ARM][ij], i == j ? 16.0 / 3 : 0);
            assert_near(t.chosen[MOVE_ALIGN][ij], 16 * o / 3);
            assert_near(t.chosen[MOVE_CONSULT][ij], 16 * o / 5);
            assert_near(t.chosen[MOVE_COORDINATE][ij], 16 * o / 5);
            assert_near(t.chosen[MOVE_ENGAGE][ij], 16 * o / 5);
            assert_near(t.chosen[MOVE_ACCOMMODATE][ij], 16 * o / 5);
            assert_near(t.chosen[MOVE_TRADE][ij], 16 * o / 3);
            assert_near(t.chosen[MOVE_COERCE][ij], 16 * o / 3);
            assert_near(t.accepted[MOVE_TRADE][ij], 16 * o / 6);
            assert_near(t.accepted[MOVE_COERCE][ij], 16 * o / 3);
            assert_near(t.accepted[MOVE_ENGAGE][ij], 16 * o / 10);
        }
    assert_near(held_by(&s, B), 16.0 / 3 + 16.0 / 5 + 16.0 / 3);
    small_close(&s);
}

/* The best of a channel's moves, or HOLD if none gains; *target is whom it is toward. */
static int best_move(const struct world *w, int channel, int i, int *target)
{
    int best = HOLD;
    double gain = 0;
    *target = 0;
    for (int m = 0; m < MOVES; m++)
        for (int j = 0; j < N; j++) {
            bool there = (int)move_kinds[m].channel == channel && (j == i) == (m == MOVE_ARM);
            double u = there ? eq_utility(w, (enum move)m, i, j) : 0;
            if (u > gain) {
                best = m;
                gain = u;
                *target = j;
            }
        }
    return best;
}

static void extreme_rationality_takes_the_best_move_alone(void **state)
{
    (void)state;
    struct small s;
    int moving = 0;
    open_stirred(&s, "scenario.moves=expected parameters.lambda=1000000 parameters.cost_fixed=0.1 "
                     "parameters.cost_dispute=0.3 parameters.engage_cost=0.1");
    const struct seen t = choose_all(&s, 0);
    for (int i = 0; i < N; i++) {
        double holding = 0;
        for (int channel = 0; channel < CHANNELS; channel++) {
            int j, m = best_move(&s.simulation.world, channel, i, &j);
            moving += m != HOLD;
            holding += m == HOLD ? 16 : 0;
            if (m != HOLD)
                assert_near(t.chosen[m][i * N + j], 16);
        }
        assert_near(held_by(&s, i), holding);
    }
    assert_in_range(moving, 4, 11);
    for (int m = 0; m < MOVES; m++)
        for (int k = 0; k < N * N; k++)
            assert_true(isfinite(t.accepted[m][k]));
    small_close(&s);
}

/* ---- the same, drawn ---------------------------------------------------------------------------
 */

enum { REPLICATES = 4000 };

static void draw_all(struct small *s, struct seen *seen, int replicates)
{
    *seen = (struct seen){0};
    for (int r = 0; r < replicates; r++) {
        const struct seen t = choose_all(s, (uint32_t)r);
        for (int m = 0; m < MOVES; m++)
            for (int k = 0; k < N * N; k++) {
                seen->chosen[m][k] += t.chosen[m][k];
                seen->accepted[m][k] += t.accepted[m][k];
            }
    }
}

static void assert_frequency(double seen, double chance)
{
    double draws = 16.0 * REPLICATES, mean = draws * chance;
    if (fabs(seen - mean) > 5 * sqrt(mean * (1 - chance)))
        fail_msg("%g times, not %g", seen, mean);
}

/* hold : arm : ō_ij are 1 : 1 : ō_ij, and ō sums to 1: 3 in all in the military channel, 5 in the
 * diplomatic one with its four moves, 3 in the economic one. Half of the answers are yes. */
static void without_rationality_draws_fall_by_opportunity_alone(void **state)
{
    (void)state;
    struct small s;
    static struct seen seen;
    static const double in_all[CHANNELS] = {3, 5, 3};
    open_stirred(&s, "parameters.lambda=0");
    const struct world *w = &s.simulation.world;
    draw_all(&s, &seen, REPLICATES);
    for (int i = 0; i < N; i++) {
        double met[N] = {0}, all = 0;
        for (int j = 0; j < N; j++) {
            met[j] = j == i ? 0 : sqrt(eq_capability(w, j) * eq_proximity(w, i, j));
            all += met[j];
        }
        assert_frequency(seen.chosen[MOVE_ARM][i * N + i], 1.0 / 3);
        for (int m = MOVE_ALIGN; m < MOVES; m++)
            for (int j = 0; j < N; j++) {
                double chance = met[j] / all / in_all[move_kinds[m].channel];
                bool asks = m != MOVE_ACCOMMODATE && m != MOVE_COERCE;
                assert_frequency(seen.chosen[m][i * N + j], chance);
                assert_frequency(seen.accepted[m][i * N + j], asks ? chance / 2 : chance);
            }
    }
    small_close(&s);
}

static void extreme_rationality_draws_the_best_move_every_time(void **state)
{
    (void)state;
    struct small s;
    static struct seen seen;
    int moving = 0, answers = 0;
    open_stirred(&s, "parameters.lambda=1000000 parameters.cost_fixed=0.1 "
                     "parameters.cost_dispute=0.3 parameters.engage_cost=0.1");
    const struct world *w = &s.simulation.world;
    draw_all(&s, &seen, 20);
    for (int i = 0; i < N; i++)
        for (int m = 0; m < MOVES; m++)
            for (int j = 0; j < N; j++) {
                int to, best = best_move(w, (int)move_kinds[m].channel, i, &to);
                bool taken = m == best && j == to, asks = move_kinds[m].consent != CONSENT_NONE;
                bool answer = taken && (!asks || eq_consent(w, (enum move)m, i, j) > 0.5);
                assert_true(seen.chosen[m][i * N + j] == (taken ? 20 * 16 : 0));
                assert_true(seen.accepted[m][i * N + j] == (answer ? 20 * 16 : 0));
                moving += taken;
                answers += taken && asks;
            }
    assert_in_range(moving, 4, 11);
    assert_true(answers > 0);
    small_close(&s);
}

/* Twins at one place, alike in all: what is best toward one is best toward the other. */
static void extreme_rationality_leaves_ties_to_opportunity(void **state)
{
    (void)state;
    static const char twins[] =
        "scenario = { name = \"twins\"; start = \"2010-01\"; end = \"2010-02\"; spinup = 0;\n"
        "  moves = \"expected\"; };\n"
        "states = { AAA = { lat = 0.0; lon = 0.0; gdp = 900.0; milex = 90.0; };\n"
        "           BBB = { lat = 1.0; lon = 9.0; gdp = 300.0; milex = 10.0; };\n"
        "           CCC = { lat = 1.0; lon = 9.0; gdp = 300.0; milex = 10.0; };\n"
        "           DDD = { lat = 1.0; lon = 9.0; gdp = 300.0; milex = 10.0; }; };\n"
        "dyads = { AAA-BBB = { h0 = 0.9; }; AAA-CCC = { h0 = 0.9; }; AAA-DDD = { h0 = 0.8; }; };\n"
        "parameters = { lambda = 1000000.0; coerce_cost = 0.0; };\n";
    struct small s;
    small_open(&s, twins, NULL);
    perceive(&s.simulation.perception);
    const struct seen seen = choose_all(&s, 0);
    const double *coerced = seen.chosen[MOVE_COERCE];
    assert_within(coerced[B], 8, 1e-6);
    assert_within(coerced[C], 8, 1e-6);
    assert_within(coerced[D], 0, 1e-6);
    small_close(&s);
}

static void one_budget_has_all_moves_and_three_times_the_draws(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "terms.channels=false parameters.initiatives=7");
    const struct chooser *c = &s.simulation.chooser;
    assert_int_equal(c->n_menus, 1);
    assert_int_equal(c->menus[0].draws, 21);
    assert_int_equal(c->menus[0].n_moves, MOVES);
    assert_int_equal(c->menus[0].purpose, PURPOSE_ONE_BUDGET);
    small_close(&s);
}

static void each_channel_has_its_own_moves_draws_and_numbers(void **state)
{
    (void)state;
    static const int moves_of[CHANNELS] = {2, 4, 2};
    struct small s;
    open_stirred(&s, "parameters.initiatives=7");
    const struct chooser *c = &s.simulation.chooser;
    for (int m = 0; m < CHANNELS; m++) {
        assert_int_equal(c->menus[m].draws, 7);
        assert_int_equal(c->menus[m].n_moves, moves_of[m]);
        for (int q = 0; q < m; q++)
            assert_int_not_equal(c->menus[m].purpose, c->menus[q].purpose);
        for (int k = 0; k < c->menus[m].n_moves; k++)
            assert_int_equal(move_kinds[c->menus[m].moves[k]].channel, m);
    }
    small_close(&s);
}

static void purposes_of_random_numbers_are_distinct_and_fit_a_stream(void **state)
{
    (void)state;
    const int purposes[] = {PURPOSE_MILITARY,   PURPOSE_DIPLOMATIC, PURPOSE_ECONOMIC,
                            PURPOSE_ONE_BUDGET, PURPOSE_ORDER,      PURPOSE_JITTER};
    for (int k = 0; k < 6; k++) {
        assert_in_range(purposes[k], 0, STREAM_PURPOSES - 1);
        for (int q = 0; q < k; q++)
            assert_int_not_equal(purposes[k], purposes[q]);
    }
}

static void choosing_adds_to_the_tally_and_clearing_empties_it(void **state)
{
    (void)state;
    static const char *const sets[] = {"scenario.moves=expected", "parameters.lambda=0"};
    for (int k = 0; k < 2; k++) {
        struct small s;
        double twice[MOVES * N * N], none[MOVES * N * N] = {0}, held;
        open_stirred(&s, sets[k]);
        struct tally *t = &s.simulation.tally;
        const struct stream stream = stream_make(5, 0, 0);
        const struct seen once = choose_some(&s, 0, A, B);
        held = tally_total(t, HOLD, 0);
        choose(&s.simulation.chooser, &stream, A, t);
        small_moves(t, twice, NULL);
        for (int m = 0; m < MOVES; m++)
            for (int q = 0; q < N * N; q++)
                assert_near(twice[m * N * N + q], 2 * once.chosen[m][q]);
        assert_near(tally_total(t, MOVE_TRADE, 0), 2 * total_of(once.chosen[MOVE_TRADE], N * N));
        if (k == 0)
            assert_near(tally_total(t, HOLD, 0), 2 * held);
        tally_clear(t);
        for (int m = 0; m < MOVES; m++)
            assert_true(tally_total(t, m, 0) == 0);
        assert_true(tally_total(t, HOLD, 0) == (k == 0 ? 0 : N * 48));
        small_moves(t, twice, NULL);
        assert_same(twice, none, MOVES * N * N);
        small_moves(t, NULL, twice);
        assert_same(twice, none, MOVES * N * N);
        small_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opportunity_grows_with_the_root_of_capability_and_nearness),
        cmocka_unit_test(without_opportunity_all_others_are_met_alike),
        cmocka_unit_test(small_far_states_take_little_opportunity_from_the_others),
        cmocka_unit_test(expected_choices_and_answers_are_their_equations),
        cmocka_unit_test(chances_of_every_menu_sum_to_one),
        cmocka_unit_test(holding_and_arming_weigh_one_at_no_gain),
        cmocka_unit_test(arming_outweighs_holding_by_the_exponential_of_its_gain),
        cmocka_unit_test(without_rationality_opportunity_alone_decides),
        cmocka_unit_test(extreme_rationality_takes_the_best_move_alone),
        cmocka_unit_test(without_rationality_draws_fall_by_opportunity_alone),
        cmocka_unit_test(extreme_rationality_draws_the_best_move_every_time),
        cmocka_unit_test(extreme_rationality_leaves_ties_to_opportunity),
        cmocka_unit_test(one_budget_has_all_moves_and_three_times_the_draws),
        cmocka_unit_test(each_channel_has_its_own_moves_draws_and_numbers),
        cmocka_unit_test(purposes_of_random_numbers_are_distinct_and_fit_a_stream),
        cmocka_unit_test(choosing_adds_to_the_tally_and_clearing_empties_it),
    };
    return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}
