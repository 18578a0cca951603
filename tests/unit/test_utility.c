/* Benefits, costs, utilities and readiness, by hand and against the plain equations. */
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
enum {
    AB = A * N + B,
    BA = B * N + A,
    AC = A * N + C,
    CA = C * N + A,
    BC = B * N + C,
    CB = C * N + B
};

/* The four states in a world of made-up numbers, with mandates, reach and side payments. */
static void open_stirred(struct small *s, const char *sets)
{
    small_open(s, small_four, sets);
    struct world *w = &s->simulation.world;
    small_stir(w, 12);
    w->dispute[AB] = w->dispute[BA] = 0.2; /* so that B is a friend of A */
    w->sanctions[BA] = 0.1;
    w->sanctions[BC] = 0.4; /* and an opponent of C */
    small_stir_month(w);
    perceive(&s->simulation.perception);
}

static void same_balance(const struct perception *p)
{
    const struct world *w = p->world;
    for (int d = 0; d < DOMAINS; d++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                if (i == j)
                    continue;
                double b = eq_benefit(w, (enum domain)d, i, j);
                double c = eq_cost(w, (enum domain)d, i, j);
                assert_near(p->benefit[d][i * N + j], b);
                assert_near(p->cost[d][i * N + j], c);
                assert_near(p->conciliation[i * N + j], eq_conciliation(w, i, j));
            }
}

static void same_utilities(const struct perception *p)
{
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++) {
            double u[N] = {0};
            move_kinds[m].value(p, i, u);
            for (int j = 0; j < N; j++)
                if ((j == i) == (m == MOVE_ARM))
                    assert_near(u[j == i ? 0 : j], eq_utility(p->world, (enum move)m, i, j));
        }
}

static void balances_and_utilities_are_their_equations(void **state)
{
    (void)state;
    static const char *const sets[] = {
        NULL,
        "parameters.side_payments=0",
        "parameters.side_payments=0.5 parameters.polarisation_exponent=0",
        "parameters.polarisation_exponent=0.3 parameters.polarisation_reference=0.6",
        "parameters.leverage_security=3 parameters.leverage_political=0.7",
        "parameters.arm_gain=1 parameters.arm_cost=0.5 parameters.engage_gain=2",
        "parameters.engage_cost=1 parameters.accommodate_gain=3 parameters.accommodate_cost=1",
        "parameters.coerce_gain=2 parameters.coerce_trade=1 parameters.coerce_cost=0.1",
        "parameters.cost_mandate=2 parameters.cost_leverage=9 parameters.cost_dispute=3",
        "parameters.cost_fixed=1 parameters.benefit_political=2 parameters.benefit_economic=3",
        "terms.leverage=false",
        "terms.reach=false",
        "terms.outside_options=false terms.diversion=false",
        "terms.polarisation=false",
        "terms.side_payments=false"};
    for (unsigned k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct small s;
        open_stirred(&s, sets[k]);
        same_balance(&s.simulation.perception);
        same_utilities(&s.simulation.perception);
        small_close(&s);
    }
}

/* ---- by hand, from quantities that test_perception.c has checked -------------------------------
 */

static void alliance_needs_insecurity_shared_threats_grip_and_nearness(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "parameters.side_payments=0 parameters.polarisation_exponent=2");
    const struct perception *p = &s.simulation.perception;
    double heat = *p->polarisation / 0.15 * *p->polarisation / 0.15;
    double worth = p->insecurity[A] * heat * p->common_threat[AB] * perceived_grip(p, A, B);
    assert_near(p->benefit[SECURITY][AB], worth * sqrt(s.structure.proximity[AB]));
    assert_near(p->benefit[POLITICAL][AB], 0.77 * worth);
    assert_near(p->benefit[INSTITUTIONAL][AB], 0.77 * worth);
    const double z = perceived_market(p, A, B);
    assert_near(p->benefit[ECONOMIC][AB], 0.95 * z / (z + 0.022));
    small_close(&s);
}

static void cost_adds_mandate_leverage_dispute_and_a_fixed_part(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "parameters.side_payments=0");
    const struct perception *p = &s.simulation.perception;
    double h = 0.73 * s.simulation.world.dispute[AC] + 0.28, q = p->leverage[AC];
    assert_near(p->cost[POLITICAL][AC], 0.55 * 0.2 + 3.2 * 0.4 * q + h);
    assert_near(p->cost[INSTITUTIONAL][AC], 0.55 * 0.3 + 3.2 * 0.4 * q + h);
    assert_near(p->cost[SECURITY][AC], 0.55 * 0.4 + 3.2 * q + h);
    assert_near(p->cost[ECONOMIC][AC], 0.55 * 0.5 + 3.2 * p->reach[AC] + h);
    small_close(&s);
}

static void side_payments_mix_both_balances(void **state)
{
    (void)state;
    struct small own, shared;
    open_stirred(&own, "parameters.side_payments=0");
    open_stirred(&shared, "parameters.side_payments=0.3");
    const struct perception *p = &own.simulation.perception, *q = &shared.simulation.perception;
    for (int d = 0; d < DOMAINS; d++) {
        assert_near(q->benefit[d][AB], 0.7 * p->benefit[d][AB] + 0.3 * p->benefit[d][BA]);
        assert_near(q->cost[d][BA], 0.7 * p->cost[d][BA] + 0.3 * p->cost[d][AB]);
    }
    small_close(&own);
    small_close(&shared);
}

static void heat_is_one_without_exponent_and_nought_without_disputes(void **state)
{
    (void)state;
    struct small s;
    const char *const sets[] = {"parameters.polarisation_exponent=0", "terms.polarisation=false",
                                "parameters.polarisation_exponent=0.5"};
    for (int k = 0; k < 3; k++) {
        small_open(&s, small_four, sets[k]);
        struct world *w = &s.simulation.world;
        small_stir(w, 4);
        for (int q = 0; q < N * N; q++)
            w->dispute[q] = 0;
        perceive(&s.simulation.perception);
        const struct perception *p = &s.simulation.perception;
        double worth = p->insecurity[A] * p->common_threat[AB] * perceived_grip(p, A, B) * 0.77;
        double other = p->insecurity[B] * p->common_threat[AB] * perceived_grip(p, B, A) * 0.77;
        assert_true(*p->polarisation == 0 && worth > 0);
        assert_near(p->benefit[POLITICAL][AB], k == 2 ? 0 : 0.75 * worth + 0.25 * other);
        small_close(&s);
    }
}

static void
a_state_without_threats_neither_engages_nor_accommodates_anybody_in_particular(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "parameters.intent_base=0 parameters.intent_dispute=0");
    const struct perception *p = &s.simulation.perception;
    double u[N];
    assert_true(p->threat[A] == 0 && p->insecurity[A] == 0);
    assert_near(p->conciliation[AB], -0.3);
    move_kinds[MOVE_ACCOMMODATE].value(p, A, u);
    assert_near(u[B], -0.5);
    move_kinds[MOVE_ARM].value(p, A, u);
    assert_near(u[A], -0.3);
    small_close(&s);
}

static void utilities_by_hand(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL);
    const struct perception *p = &s.simulation.perception;
    const struct world *w = &s.simulation.world;
    double u[N], tau = p->threat_from[AC], t = p->threat[A], r = p->resistance[A];
    move_kinds[MOVE_ENGAGE].value(p, A, u);
    assert_near(u[C], 0.6 * (tau / t) * w->dispute[AC] - 0.3);
    move_kinds[MOVE_ACCOMMODATE].value(p, A, u);
    assert_near(u[C], 0.6 * (tau / t) * (t / (t + r)) - 0.5);
    move_kinds[MOVE_COERCE].value(p, A, u);
    assert_near(u[C],
                0.6 * w->dispute[AC] * p->capability[A] / (p->capability[A] + p->capability[C]) -
                    0.5 * w->cooperation[ECONOMIC][AC] - 0.4);
    move_kinds[MOVE_ARM].value(p, A, u);
    assert_near(u[0], 0.2 * log(1 + t / r) - 0.3);
    move_kinds[MOVE_TRADE].value(p, A, u);
    assert_near(u[C], (1 - w->cooperation[ECONOMIC][AC]) * p->benefit[ECONOMIC][AC] -
                          p->cost[ECONOMIC][AC]);
    small_close(&s);
}

static void targets_answer_by_their_own_balance(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL);
    const struct perception *p = &s.simulation.perception;
    static const struct {
        enum move move;
        enum domain domain;
    } asked[] = {{MOVE_ALIGN, SECURITY},
                 {MOVE_CONSULT, POLITICAL},
                 {MOVE_COORDINATE, INSTITUTIONAL},
                 {MOVE_TRADE, ECONOMIC}};
    for (int k = 0; k < 4; k++) {
        assert_ptr_equal(move_answer(p, asked[k].move).gain, p->benefit[asked[k].domain]);
        assert_ptr_equal(move_answer(p, asked[k].move).loss, p->cost[asked[k].domain]);
    }
    assert_ptr_equal(move_answer(p, MOVE_ENGAGE).gain, p->conciliation);
    assert_null(move_answer(p, MOVE_ENGAGE).loss);
    assert_null(move_answer(p, MOVE_ARM).gain);
    assert_null(move_answer(p, MOVE_ACCOMMODATE).gain);
    assert_null(move_answer(p, MOVE_COERCE).gain);
    small_close(&s);
}

/* ---- terms switched off ------------------------------------------------------------------------
 */

static void without_leverage_friends_of_opponents_do_not_matter(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "terms.leverage=false parameters.side_payments=0");
    const struct perception *p = &s.simulation.perception;
    double h = 0.73 * s.simulation.world.dispute[AC] + 0.28;
    assert_near(p->cost[SECURITY][AC], 0.55 * 0.4 + h);
    assert_near(p->cost[POLITICAL][AC], 0.55 * 0.2 + h);
    assert_near(p->cost[ECONOMIC][AC], 0.55 * 0.5 + 3.2 * p->reach[AC] + h);
    small_close(&s);
}

static void without_reach_secondary_sanctions_do_not_matter(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "terms.reach=false parameters.side_payments=0");
    const struct perception *p = &s.simulation.perception;
    double h = 0.73 * s.simulation.world.dispute[AC] + 0.28;
    assert_true(p->reach[AC] > 0);
    assert_near(p->cost[ECONOMIC][AC], 0.55 * 0.5 + h);
    assert_near(p->cost[SECURITY][AC], 0.55 * 0.4 + 3.2 * p->leverage[AC] + h);
    small_close(&s);
}

static void without_outside_options_grip_depends_on_the_partner_alone(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "terms.outside_options=false parameters.omega=2");
    const struct perception *p = &s.simulation.perception;
    double c = p->capability[B];
    const double by_a = perceived_grip(p, A, B), by_c = perceived_grip(p, C, B);
    assert_near(by_a, c / (c + 0.022));
    assert_same(&by_a, &by_c, 1);
    small_close(&s);
}

static void without_diversion_closed_markets_divert_nothing(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "terms.diversion=false parameters.omega=2");
    const struct world *w = &s.simulation.world;
    double e = 0;
    for (int k = 0; k < N; k++)
        e += w->economy[k];
    assert_near(perceived_market(&s.simulation.perception, C, A),
                w->economy[A] / e * s.structure.proximity[CA] *
                    (1 - fmax(w->sanctions[CA], w->sanctions[AC])));
    small_close(&s);
}

static void one_omega_serves_both_outside_options_and_diversion(void **state)
{
    (void)state;
    struct small off, zero;
    open_stirred(&off, "terms.outside_options=false terms.diversion=false");
    open_stirred(&zero, "parameters.omega=0");
    const struct perception *p = &off.simulation.perception, *q = &zero.simulation.perception;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            const double one[] = {perceived_grip(p, i, j), perceived_market(p, i, j)};
            const double other[] = {perceived_grip(q, i, j), perceived_market(q, i, j)};
            assert_same(one, other, 2);
        }
    small_close(&off);
    small_close(&zero);
}

static void without_side_payments_each_counts_its_own_balance(void **state)
{
    (void)state;
    struct small off, zero;
    open_stirred(&off, "terms.side_payments=false");
    open_stirred(&zero, "parameters.side_payments=0");
    const struct perception *p = &off.simulation.perception, *q = &zero.simulation.perception;
    for (int d = 0; d < DOMAINS; d++) {
        assert_same(p->benefit[d], q->benefit[d], N * N);
        assert_same(p->cost[d], q->cost[d], N * N);
    }
    small_close(&off);
    small_close(&zero);
}

static void half_side_payments_give_both_the_same_balance(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "parameters.side_payments=0.5");
    const struct perception *p = &s.simulation.perception;
    for (int d = 0; d < DOMAINS; d++)
        assert_near(p->benefit[d][AB] - p->cost[d][AB], p->benefit[d][BA] - p->cost[d][BA]);
    small_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balances_and_utilities_are_their_equations),
        cmocka_unit_test(alliance_needs_insecurity_shared_threats_grip_and_nearness),
        cmocka_unit_test(cost_adds_mandate_leverage_dispute_and_a_fixed_part),
        cmocka_unit_test(side_payments_mix_both_balances),
        cmocka_unit_test(heat_is_one_without_exponent_and_nought_without_disputes),
        cmocka_unit_test(
            a_state_without_threats_neither_engages_nor_accommodates_anybody_in_particular),
        cmocka_unit_test(utilities_by_hand),
        cmocka_unit_test(targets_answer_by_their_own_balance),
        cmocka_unit_test(without_leverage_friends_of_opponents_do_not_matter),
        cmocka_unit_test(without_reach_secondary_sanctions_do_not_matter),
        cmocka_unit_test(without_outside_options_grip_depends_on_the_partner_alone),
        cmocka_unit_test(without_diversion_closed_markets_divert_nothing),
        cmocka_unit_test(one_omega_serves_both_outside_options_and_diversion),
        cmocka_unit_test(without_side_payments_each_counts_its_own_balance),
        cmocka_unit_test(half_side_payments_give_both_the_same_balance),
    };
    return cmocka_run_group_tests_name("utility", tests, NULL, NULL);
}
