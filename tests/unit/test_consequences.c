/* What follows from accepted moves, move by move. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "equations.h"
#include "model/consequences.h"
#include "small.h"

enum { A, B, C, D, N };
enum { AB = A * N + B, BA = B * N + A, AC = A * N + C, CA = C * N + A };

static void open_set(struct small *s, const char *sets)
{
    small_open(s, small_four, sets);
    struct world *w = &s->simulation.world;
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d][AB] = w->cooperation[d][BA] = 0.3 + 0.1 * d;
    w->dispute[AB] = w->dispute[BA] = 0.6;
    w->sanctions[AB] = 0.2;
    w->sanctions[BA] = 0.1;
}

/* k accepted moves of i toward j. */
static void follow(struct small *s, enum move move, int i, int j, double k)
{
    double row[N] = {0};
    row[j] = k;
    consequences_expected(&s->simulation.world, move, i, row);
}

static void copy_of(const struct world *w, double *out)
{
    memcpy(out, w->block, ((DOMAINS + 2) * N * N + 2 * N) * sizeof *out);
}
enum { BLOCK_SIZE = (DOMAINS + 2) * N * N + 2 * N };

/* How many numbers of the world are not what they were. */
static int changed(const struct world *w, const double *before)
{
    int n = 0;
    for (int k = 0; k < BLOCK_SIZE; k++)
        n += w->block[k] != before[k];
    return n;
}

static void acceptances_act_together_on_what_is_left_to_gain(void **state)
{
    (void)state;
    static const struct {
        enum move move;
        enum domain domain;
        double x;
    } cases[] = {{MOVE_CONSULT, POLITICAL, 0.3},
                 {MOVE_COORDINATE, INSTITUTIONAL, 0.4},
                 {MOVE_ALIGN, SECURITY, 0.5},
                 {MOVE_TRADE, ECONOMIC, 0.6}};
    for (int k = 0; k < 4; k++) {
        struct small s;
        double before[BLOCK_SIZE];
        open_set(&s, "parameters.eta=0.8 parameters.initiatives=10");
        struct world *w = &s.simulation.world;
        copy_of(w, before);
        follow(&s, cases[k].move, A, B, 5);
        assert_near(w->cooperation[cases[k].domain][AB], 1 - (1 - cases[k].x) * exp(-0.8 / 10 * 5));
        assert_same(&w->cooperation[cases[k].domain][AB], &w->cooperation[cases[k].domain][BA], 1);
        assert_int_equal(changed(w, before), 2);
        small_close(&s);
    }
}

static void it_does_not_matter_who_proposed(void **state)
{
    (void)state;
    struct small s;
    open_set(&s, "parameters.eta=0.8 parameters.initiatives=10");
    follow(&s, MOVE_TRADE, A, B, 2);
    follow(&s, MOVE_TRADE, B, A, 3);
    assert_near(s.simulation.world.cooperation[ECONOMIC][AB], 1 - 0.4 * exp(-0.8 * 5 / 10));
    small_close(&s);
}

/* The defaults of the model, with literal numbers. */
static void consequences_have_the_models_sizes(void **state)
{
    (void)state;
    struct small s;
    open_set(&s, NULL);
    struct world *w = &s.simulation.world;
    follow(&s, MOVE_ENGAGE, A, B, 4);
    assert_near(w->dispute[AB], 0.6 * pow(1 - 0.2 / 16, 4));
    follow(&s, MOVE_COERCE, A, C, 2);
    assert_near(w->sanctions[AC], 1 - pow(1 - 0.1 / 16, 2));
    assert_near(w->dispute[AC], 1 - (1 - 0.6) * pow(1 - 0.1 / 16, 2));
    follow(&s, MOVE_ARM, A, A, 16);
    assert_near(w->military[A], 40 / 0.1 * pow(1 + 0.01 / 16, 16));
    follow(&s, MOVE_ALIGN, A, B, 16);
    assert_near(w->cooperation[SECURITY][AB], 1 - 0.5 * exp(-0.63));
    small_close(&s);
}

static void engaging_touches_the_dispute_alone(void **state)
{
    (void)state;
    struct small s;
    double before[BLOCK_SIZE];
    open_set(&s, NULL);
    copy_of(&s.simulation.world, before);
    follow(&s, MOVE_ENGAGE, B, A, 1);
    assert_near(s.simulation.world.dispute[BA], 0.6 * (1 - 0.2 / 16));
    assert_same(&s.simulation.world.dispute[AB], &s.simulation.world.dispute[BA], 1);
    assert_int_equal(changed(&s.simulation.world, before), 2);
    small_close(&s);
}

static void accommodating_also_deepens_political_cooperation_a_little(void **state)
{
    (void)state;
    struct small s;
    double before[BLOCK_SIZE];
    open_set(&s, NULL);
    struct world *w = &s.simulation.world;
    copy_of(w, before);
    follow(&s, MOVE_ACCOMMODATE, B, A, 1);
    assert_near(w->dispute[AB], 0.6 * (1 - 0.2 / 16));
    assert_near(w->cooperation[POLITICAL][AB], 0.3 + 0.1 * (0.63 / 16) * (1 - 0.3));
    assert_int_equal(changed(w, before), 4);
    follow(&s, MOVE_ACCOMMODATE, B, A, 2);
    assert_near(w->cooperation[POLITICAL][AB], 1 - 0.7 * pow(1 - 0.1 * 0.63 / 16, 3));
    small_close(&s);
}

static void coercing_raises_the_coercers_sanctions_and_the_dispute(void **state)
{
    (void)state;
    struct small s;
    double before[BLOCK_SIZE];
    open_set(&s, NULL);
    struct world *w = &s.simulation.world;
    copy_of(w, before);
    follow(&s, MOVE_COERCE, B, A, 3);
    assert_near(w->sanctions[BA], 1 - 0.9 * pow(1 - 0.1 / 16, 3));
    assert_true(w->sanctions[AB] == 0.2);
    assert_near(w->dispute[AB], 1 - 0.4 * pow(1 - 0.1 / 16, 3));
    assert_int_equal(changed(w, before), 3);
    small_close(&s);
}

static void arming_raises_the_own_stock_alone(void **state)
{
    (void)state;
    struct small s;
    double before[BLOCK_SIZE];
    open_set(&s, "parameters.arming=0.05 parameters.initiatives=4");
    copy_of(&s.simulation.world, before);
    follow(&s, MOVE_ARM, C, C, 3);
    assert_near(s.simulation.world.military[C], 50 * pow(1 + 0.05 / 4, 3));
    assert_int_equal(changed(&s.simulation.world, before), 1);
    small_close(&s);
}

static void no_acceptance_changes_nothing_to_the_bit(void **state)
{
    (void)state;
    struct small s;
    double before[BLOCK_SIZE], none[N] = {0};
    open_set(&s, NULL);
    copy_of(&s.simulation.world, before);
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++)
            consequences_expected(&s.simulation.world, (enum move)m, i, none);
    for (int m = 0; m < MOVES; m++)
        consequences_drawn(&s.simulation.world, &s.simulation.tally, (enum move)m);
    assert_int_equal(changed(&s.simulation.world, before), 0);
    small_close(&s);
}

/* What is written down about draws tells as much as the whole tally. */
static void consequences_of_drawn_moves_are_those_of_as_many_expected_ones_to_the_bit(void **state)
{
    (void)state;
    static const char *const sets[] = {"parameters.lambda=0", "parameters.lambda=1",
                                       "parameters.lambda=0 terms.channels=false",
                                       "parameters.lambda=0 parameters.initiatives=1"};
    for (uint32_t k = 0; k < 4; k++) {
        struct small drawn, expected;
        double before[BLOCK_SIZE], accepted[MOVES * N * N];
        const struct stream stream = stream_make(3, 0, k);
        struct tally *t = &drawn.simulation.tally;
        open_set(&drawn, sets[k]);
        open_set(&expected, sets[k]);
        copy_of(&drawn.simulation.world, before);
        perceive(&drawn.simulation.perception);
        for (int i = 0; i < N; i++)
            choose(&drawn.simulation.chooser, &stream, i, t);
        small_moves(t, NULL, accepted);
        for (int m = 0; m < MOVES; m++) {
            consequences_drawn(&drawn.simulation.world, t, (enum move)m);
            for (int i = 0; i < N; i++)
                consequences_expected(&expected.simulation.world, (enum move)m, i,
                                      accepted + (m * N + i) * N);
            assert_same(drawn.simulation.world.block, expected.simulation.world.block, BLOCK_SIZE);
        }
        assert_in_range(changed(&drawn.simulation.world, before), 10, BLOCK_SIZE);
        small_close(&drawn);
        small_close(&expected);
    }
}

/* Everything that 512 or infinitely many acceptances can do stays a share, and symmetric. */
static void consequences_stay_in_range_at_the_edges_of_the_parameters(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "parameters.eta=10 parameters.initiatives=1 parameters.accommodate_political=1",
        "parameters.eta=10 parameters.initiatives=10 parameters.accommodate_political=1",
        "parameters.eta=4 parameters.initiatives=3 parameters.accommodate_political=0.9",
        "parameters.eta=0 parameters.conciliation=0 parameters.coercion=0 parameters.arming=0",
        "parameters.initiatives=1 parameters.conciliation=0.99 parameters.coercion=0.99",
        "parameters.initiatives=512 parameters.eta=10"};
    for (unsigned k = 0; k < sizeof sets / sizeof *sets; k++)
        for (int times = 1; times <= 1024; times *= 32) {
            struct small s;
            const char *what;
            open_set(&s, sets[k]);
            double before = s.simulation.world.cooperation[POLITICAL][AB];
            for (int m = 0; m < MOVES; m++)
                follow(&s, (enum move)m, A, m == MOVE_ARM ? A : B, times);
            assert_int_equal(world_verify(&s.simulation.world, 0, &what), 0);
            assert_true(s.simulation.world.cooperation[POLITICAL][AB] >= before);
            small_close(&s);
        }
}

static void one_accommodation_of_full_strength_closes_the_gap_and_no_more(void **state)
{
    (void)state;
    struct small s;
    open_set(&s, "parameters.eta=10 parameters.initiatives=4 parameters.accommodate_political=1");
    follow(&s, MOVE_ACCOMMODATE, A, B, 1);
    assert_near(s.simulation.world.cooperation[POLITICAL][AB], 1);
    small_close(&s);
}

/* Conciliation is applied before coercion, whoever does which, so that the order of actors within a
 * month does not matter. */
static void consequences_come_move_by_move(void **state)
{
    (void)state;
    static const enum move order[MOVES] = {MOVE_ARM,         MOVE_ALIGN, MOVE_CONSULT,
                                           MOVE_COORDINATE,  MOVE_TRADE, MOVE_ENGAGE,
                                           MOVE_ACCOMMODATE, MOVE_COERCE};
    for (int m = 0; m < MOVES; m++)
        assert_int_equal(order[m], m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acceptances_act_together_on_what_is_left_to_gain),
        cmocka_unit_test(it_does_not_matter_who_proposed),
        cmocka_unit_test(consequences_have_the_models_sizes),
        cmocka_unit_test(engaging_touches_the_dispute_alone),
        cmocka_unit_test(accommodating_also_deepens_political_cooperation_a_little),
        cmocka_unit_test(coercing_raises_the_coercers_sanctions_and_the_dispute),
        cmocka_unit_test(arming_raises_the_own_stock_alone),
        cmocka_unit_test(no_acceptance_changes_nothing_to_the_bit),
        cmocka_unit_test(consequences_of_drawn_moves_are_those_of_as_many_expected_ones_to_the_bit),
        cmocka_unit_test(consequences_stay_in_range_at_the_edges_of_the_parameters),
        cmocka_unit_test(one_accommodation_of_full_strength_closes_the_gap_and_no_more),
        cmocka_unit_test(consequences_come_move_by_move),
    };
    return cmocka_run_group_tests_name("consequences", tests, NULL, NULL);
}
