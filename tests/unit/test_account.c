/* Accounts of utilities: they are the moves' own values, and differences are shared out whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/account.h"
#include "small.h"

enum { N = 4 };

static void open_stirred(struct small *s, const char *sets, unsigned seed)
{
    small_open(s, small_four, sets);
    struct world *w = &s->simulation.world;
    small_stir(w, seed);
    small_stir_month(w);
    perceive(&s->simulation.perception);
}

/* Which targets a move has. */
static bool possible(int move, int i, int j)
{
    return (i == j) == move_kinds[move].toward_self;
}

static void assert_accounts(const char *sets, unsigned seed)
{
    struct small s;
    open_stirred(&s, sets, seed);
    const struct perception *p = &s.simulation.perception;
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++) {
            double u[N];
            move_kinds[m].value(p, i, u);
            for (int j = 0; j < N; j++) {
                struct account a = account_make(p, (enum move)m, i, j);
                if (possible(m, i, j))
                    assert_near(account_utility(&a), u[i == j ? 0 : j]);
            }
        }
    small_close(&s);
}

static void an_account_adds_up_to_the_value_of_every_move(void **state)
{
    (void)state;
    static const char *const sets[] = {
        NULL,
        "parameters.side_payments=0.5 parameters.leverage_security=3",
        "parameters.side_payments=0",
        "terms.side_payments=false terms.polarisation=false terms.leverage=false",
        "terms.outside_options=false terms.diversion=false terms.reach=false",
    };
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++)
        for (unsigned seed = 1; seed < 6; seed++)
            assert_accounts(sets[k], seed);
}

/* The cost of the part that third states make, on one side. */
static double third_party_cost(const struct account *a, bool other)
{
    double cost = 0;
    for (int k = 0; k < a->n; k++) {
        const char *name = a->parts[k].kind->name;
        if (a->parts[k].other == other &&
            (strcmp(name, "friends") == 0 || strcmp(name, "secondary") == 0))
            cost += account_cost(a, k);
    }
    return cost;
}

static void friends_add_up_to_what_they_cost_on_both_sides(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL, 3);
    const struct perception *p = &s.simulation.perception;
    static const enum move moves[] = {MOVE_ALIGN, MOVE_CONSULT, MOVE_TRADE};
    double all = 0;
    for (int m = 0; m < 3; m++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                for (int other = 0; other < 2 && i != j; other++) {
                    struct account a = account_make(p, moves[m], i, j);
                    double sum = 0;
                    for (int k = 0; k < N; k++)
                        sum += account_friend(p, move_kinds[moves[m]].domain, (struct pair){i, j},
                                              k, other == 1);
                    assert_near(sum, third_party_cost(&a, other == 1));
                    all += sum;
                }
    assert_true(all > 0.01);
    small_close(&s);
}

/* An answer weighs the whole gain: B − C, by which perception has the readiness. */
static void an_answer_is_the_readiness_of_the_target(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL, 8);
    const struct perception *p = &s.simulation.perception;
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                if (i == j || move_kinds[m].consent == CONSENT_NONE)
                    continue;
                struct account a = account_make(p, (enum move)m, i, j);
                struct account answer = account_answer(&a);
                const struct answer by = move_answer(p, (enum move)m);
                assert_near(account_utility(&answer),
                            by.gain[i * N + j] - (by.loss == NULL ? 0 : by.loss[i * N + j]));
            }
    small_close(&s);
}

static void contributions_add_up_to_the_difference(void **state)
{
    (void)state;
    struct small a, b;
    open_stirred(&a, NULL, 4);
    open_stirred(&b, NULL, 5);
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                if (!possible(m, i, j))
                    continue;
                struct account before = account_make(&a.simulation.perception, (enum move)m, i, j);
                struct account after = account_make(&b.simulation.perception, (enum move)m, i, j);
                double part[ACCOUNT_PARTS], back[ACCOUNT_PARTS], sum = 0;
                account_difference(&before, &after, part);
                account_difference(&after, &before, back);
                for (int k = 0; k < before.n; k++) {
                    sum += part[k];
                    assert_near(part[k], -back[k]);
                    if (before.parts[k].value == after.parts[k].value)
                        assert_true(part[k] == 0);
                }
                assert_near(sum, account_utility(&after) - account_utility(&before));
            }
    small_close(&a);
    small_close(&b);
}

/* Two factors: (ab)' − ab = Δa (b + b')/2 + Δb (a + a')/2; arming: gain × insecurity − price. */
static void two_factors_share_their_product_evenly(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, NULL, 6);
    struct account before = account_make(&s.simulation.perception, MOVE_ARM, 0, 0), after = before;
    double part[ACCOUNT_PARTS];
    before.parts[0].value = 2;
    before.parts[1].value = 3;
    after.parts[0].value = 5;
    after.parts[1].value = 7;
    after.parts[2].value = before.parts[2].value + 0.25;
    account_difference(&before, &after, part);
    assert_near(part[0], 3 * (3 + 7) / 2.0);
    assert_near(part[1], 4 * (2 + 5) / 2.0);
    assert_near(part[2], -0.25);
    small_close(&s);
}

/* With side payments of 1/4 a cost of 1 on one's own side weighs 3/4, on the partner's 1/4, and one
 * that both bear weighs whole. */
static void costs_weigh_by_side_payments(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "parameters.side_payments=0.25", 7);
    struct account a = account_make(&s.simulation.perception, MOVE_ALIGN, 0, 1);
    int costs = 0;
    for (int k = 0; k < a.n; k++) {
        const struct part_kind *kind = a.parts[k].kind;
        a.parts[k].value = 1;
        double weight = kind->role != PART_COST ? 0
                        : kind->others == NULL  ? 1
                        : a.parts[k].other      ? 0.25
                                                : 0.75;
        assert_true(account_cost(&a, k) == weight);
        costs += weight > 0;
    }
    assert_int_equal(costs, 6); /* mandate and friends on both sides, dispute, fixed */
    small_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_adds_up_to_the_value_of_every_move),
        cmocka_unit_test(friends_add_up_to_what_they_cost_on_both_sides),
        cmocka_unit_test(an_answer_is_the_readiness_of_the_target),
        cmocka_unit_test(contributions_add_up_to_the_difference),
        cmocka_unit_test(two_factors_share_their_product_evenly),
        cmocka_unit_test(costs_weigh_by_side_payments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
