/* Drawn against expected months, and the two orders of acting. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "equations.h"
#include "small.h"

enum { A, B, C, D, N };

static void one_step(struct small *s, unsigned world, uint64_t seed, uint32_t replicate)
{
    const struct stream stream = stream_make(seed, 0, replicate);
    s->simulation.world.tick = 0;
    small_stir(&s->simulation.world, world);
    small_step(&s->simulation, &stream);
}

/* ---- drawn and expected ------------------------------------------------------------------------
 */

enum { REPLICATES = 3000 };

static void expected_moves_are_the_mean_of_drawn_ones(void **state)
{
    (void)state;
    struct small drawn, expected;
    small_open(&drawn, small_four, "parameters.lambda=2");
    small_open(&expected, small_four, "parameters.lambda=2 scenario.moves=expected");
    double sum[MOVES * N * N] = {0}, taken[MOVES * N * N];
    int compared = 0;
    for (uint32_t r = 0; r < REPLICATES; r++) {
        one_step(&drawn, 8, 1, r);
        small_moves(&drawn.simulation.tally, NULL, taken);
        for (int k = 0; k < MOVES * N * N; k++)
            sum[k] += taken[k];
    }
    one_step(&expected, 8, 1, 0);
    small_moves(&expected.simulation.tally, NULL, taken);
    for (int k = 0; k < MOVES * N * N; k++) {
        double mean = taken[k], p = mean / 16;
        if (mean * REPLICATES < 30)
            continue;
        double error = sqrt(16 * p * (1 - p) / REPLICATES);
        assert_true(fabs(sum[k] / REPLICATES - mean) < 5 * error);
        compared++;
    }
    assert_true(compared > 50);
    small_close(&drawn);
    small_close(&expected);
}

/* The world's mean after drawn moves. Each of the M draws of either side that is accepted takes its
 * part of what is left, so that E(1 - x') = (1 - x) (1 - p + p exp(-η/M))^M, once for each side. */
struct mean {
    double sum, squares;
};

static void add(struct mean *m, double v)
{
    m->sum += v;
    m->squares += v * v;
}

static void assert_mean(const struct mean *m, double expected)
{
    double mean = m->sum / REPLICATES;
    double sd = sqrt(fmax(m->squares / REPLICATES - mean * mean, 0));
    assert_true(fabs(mean - expected) < 5 * sd / sqrt(REPLICATES) + 1e-12);
}

static double chance_accepted(const struct world *w, enum move move, int i, int j)
{
    return eq_chance(w, move, i, j) * eq_consent(w, move, i, j);
}

#define STILL                                                                                      \
    "parameters.rho=0 parameters.rho_dispute=0 parameters.sanctions_pull=0 parameters.lambda=2 "   \
    "parameters.eta=2 parameters.engage_cost=0 parameters.coerce_cost=0 "

static double expected_cooperation(const struct world *w, double x, enum move move, int i, int j)
{
    double p = chance_accepted(w, move, i, j), q = chance_accepted(w, move, j, i);
    double f = 1 - exp(-2.0 / 16);
    return 1 - (1 - x) * pow(1 - p * f, 16) * pow(1 - q * f, 16);
}

static double expected_dispute(const struct world *w, double h, int i, int j)
{
    double gentle = 1, harsh = 1;
    for (int k = 0; k < 2; k++) {
        int a = k ? j : i, b = k ? i : j;
        double p =
            chance_accepted(w, MOVE_ENGAGE, a, b) + chance_accepted(w, MOVE_ACCOMMODATE, a, b);
        gentle *= pow(1 - p * 0.2 / 16, 16);
        harsh *= pow(1 - chance_accepted(w, MOVE_COERCE, a, b) * 0.1 / 16, 16);
    }
    return 1 - (1 - h * gentle) * harsh;
}

static void the_mean_world_after_drawn_moves_is_the_exact_expectation(void **state)
{
    (void)state;
    struct small s, before;
    struct mean security = {0}, economic = {0}, dispute = {0}, sanctions = {0};
    small_open(&s, small_four, STILL);
    small_open(&before, small_four, STILL);
    struct world *w = &s.simulation.world, *start = &before.simulation.world;
    small_stir(start, 8);
    for (uint32_t r = 0; r < REPLICATES; r++) {
        one_step(&s, 8, 2, r);
        add(&security, w->cooperation[SECURITY][B * N + D]);
        add(&economic, w->cooperation[ECONOMIC][A * N + C]);
        add(&dispute, w->dispute[A * N + D]);
        add(&sanctions, w->sanctions[D * N + A]);
    }
    double x = start->cooperation[SECURITY][B * N + D], y = start->cooperation[ECONOMIC][A * N + C];
    double p = chance_accepted(start, MOVE_COERCE, D, A);
    assert_mean(&security, expected_cooperation(start, x, MOVE_ALIGN, B, D));
    assert_mean(&economic, expected_cooperation(start, y, MOVE_TRADE, A, C));
    assert_mean(&dispute, expected_dispute(start, start->dispute[A * N + D], A, D));
    assert_mean(&sanctions, 1 - (1 - start->sanctions[D * N + A]) * pow(1 - p * 0.1 / 16, 16));
    small_close(&s);
    small_close(&before);
}

/* With many small draws a drawn month is the expected one but for noise of the order 1/√M. */
static void many_draws_come_near_the_expected_month(void **state)
{
    (void)state;
    struct small drawn, expected;
    const char *sets = "parameters.initiatives=512";
    small_open(&drawn, small_four, sets);
    small_open(&expected, small_four, "parameters.initiatives=512 scenario.moves=expected");
    one_step(&drawn, 8, 1, 0);
    one_step(&expected, 8, 1, 0);
    const struct world *v = &drawn.simulation.world, *w = &expected.simulation.world;
    for (int d = 0; d < DOMAINS; d++)
        for (int k = 0; k < N * N; k++) /* each of two sides: sd below η √(M/4) / M */
            assert_true(fabs(v->cooperation[d][k] - w->cooperation[d][k]) < 5 * 0.63 * 0.0313);
    small_close(&drawn);
    small_close(&expected);
}

static void expected_months_use_no_random_number(void **state)
{
    (void)state;
    struct small a, b;
    small_open(&a, small_four, "scenario.moves=expected");
    small_open(&b, small_four, "scenario.moves=expected");
    one_step(&a, 8, 1, 0);
    one_step(&b, 8, 999, 7);
    assert_same(a.simulation.world.block, b.simulation.world.block, (DOMAINS + 2) * N * N + 2 * N);
    small_close(&a);
    small_close(&b);
}

static void drawn_months_depend_on_seed_replicate_and_tick(void **state)
{
    (void)state;
    struct small s;
    double worlds[5][N * N];
    small_open(&s, small_four, NULL);
    one_step(&s, 8, 1, 0);
    memcpy(worlds[0], s.simulation.world.cooperation[POLITICAL], sizeof worlds[0]);
    one_step(&s, 8, 1, 0);
    assert_same(worlds[0], s.simulation.world.cooperation[POLITICAL], N * N);
    one_step(&s, 8, 2, 0);
    memcpy(worlds[1], s.simulation.world.cooperation[POLITICAL], sizeof worlds[1]);
    one_step(&s, 8, 1, 1);
    memcpy(worlds[2], s.simulation.world.cooperation[POLITICAL], sizeof worlds[2]);
    const struct stream stream = stream_make(1, 0, 0);
    small_stir(&s.simulation.world, 8);
    s.simulation.world.tick = 1;
    small_step(&s.simulation, &stream);
    memcpy(worlds[3], s.simulation.world.cooperation[POLITICAL], sizeof worlds[3]);
    for (int k = 1; k < 4; k++)
        for (int q = 0; q < k; q++)
            assert_memory_not_equal(worlds[k], worlds[q], sizeof worlds[0]);
    small_close(&s);
}

/* ---- serial ------------------------------------------------------------------------------------
 */

/* An actor's choices as one row of numbers. */
static void row_of(const struct tally *t, int i, double out[MOVES * N])
{
    double taken[MOVES * N * N];
    small_moves(t, taken, NULL);
    for (int m = 0; m < MOVES; m++)
        memcpy(out + m * N, taken + (m * N + i) * N, N * sizeof *out);
}

/* Who acted, and when. */
struct acted {
    int times[N], order[N], n;
};

static void note(void *user, struct simulation *s, int actor)
{
    struct acted *acted = user;
    (void)s;
    acted->times[actor]++;
    acted->order[acted->n++ % N] = actor;
}

static void in_a_serial_month_each_acts_once_in_an_order_without_gaps(void **state)
{
    (void)state;
    struct small s;
    int first[N] = {0};
    small_open(&s, small_four, "scenario.order=serial");
    s.simulation.observe = note;
    for (uint32_t r = 0; r < 400; r++) {
        struct acted acted = {.n = 0};
        double all = 0;
        s.simulation.user = &acted;
        one_step(&s, 8, 1, r);
        for (int i = 0; i < N; i++)
            assert_int_equal(acted.times[i], 1);
        assert_memory_equal(acted.order, s.simulation.order, sizeof acted.order);
        for (int m = 0; m <= HOLD; m++)
            all += tally_total(&s.simulation.tally, m, 0);
        assert_true(all == N * 48);
        first[s.simulation.order[0]]++;
    }
    for (int i = 0; i < N; i++) /* 100 ± 5 · √75 */
        assert_in_range(first[i], 57, 143);
    small_close(&s);
}

static void
the_first_of_a_serial_month_acts_as_in_a_concurrent_one_and_the_last_does_not(void **state)
{
    (void)state;
    struct small serial, concurrent;
    double a[MOVES * N], b[MOVES * N];
    small_open(&serial, small_four, "scenario.order=serial scenario.moves=expected");
    small_open(&concurrent, small_four, "scenario.moves=expected");
    for (uint32_t r = 0; r < 10; r++) {
        one_step(&serial, 8, 1, r);
        one_step(&concurrent, 8, 1, r);
        row_of(&serial.simulation.tally, serial.simulation.order[0], a);
        row_of(&concurrent.simulation.tally, serial.simulation.order[0], b);
        assert_same(a, b, MOVES * N);
        row_of(&serial.simulation.tally, serial.simulation.order[N - 1], a);
        row_of(&concurrent.simulation.tally, serial.simulation.order[N - 1], b);
        assert_memory_not_equal(a, b, sizeof a);
    }
    small_close(&serial);
    small_close(&concurrent);
}

/* Acts one after the other by the equations, each on the world that the one before left. */
static void each_in_a_serial_month_sees_what_those_before_did(void **state)
{
    (void)state;
    struct small s, by_hand;
    small_open(&s, small_four, "scenario.order=serial");
    small_open(&by_hand, small_four, "scenario.moves=expected");
    struct world *w = &by_hand.simulation.world;
    one_step(&s, 8, 1, 3);
    small_stir(w, 8);
    w->month = s.simulation.world.month;
    double accepted[MOVES][N * N];
    small_moves(&s.simulation.tally, NULL, accepted[0]);
    for (int k = 0; k < N; k++) {
        double rows[MOVES][N * N] = {{0}}, *tally[MOVES];
        int i = s.simulation.order[k];
        for (int m = 0; m < MOVES; m++) {
            tally[m] = rows[m];
            memcpy(rows[m] + i * N, accepted[m] + i * N, N * sizeof(double));
        }
        if (k == N - 1)
            for (int q = 0; q < N; q++) /* perceived before the last acted */
                assert_within(s.simulation.perception.insecurity[q], eq_insecurity(w, q), 1e-11);
        eq_follow(w, tally);
    }
    eq_relax(w);
    for (int k = 0; k < (DOMAINS + 2) * N * N + 2 * N; k++)
        assert_within(s.simulation.world.block[k], w->block[k], 1e-11);
    small_close(&s);
    small_close(&by_hand);
}

static void a_serial_month_is_the_same_for_the_same_place(void **state)
{
    (void)state;
    struct small a, b;
    int different = 0;
    small_open(&a, small_four, "scenario.order=serial");
    small_open(&b, small_four, "scenario.order=serial");
    for (uint32_t r = 0; r < 20; r++) {
        int order[N];
        one_step(&a, 8, 1, r);
        memcpy(order, a.simulation.order, sizeof order);
        one_step(&b, 8, 1, 20 - r);
        different += memcmp(order, b.simulation.order, sizeof order) != 0;
        one_step(&b, 8, 1, r);
        assert_same(a.simulation.world.block, b.simulation.world.block,
                    (DOMAINS + 2) * N * N + 2 * N);
    }
    assert_true(different > 10);
    small_close(&a);
    small_close(&b);
}

/* A whole number below n from 32 random bits, as GSL makes it. */
static unsigned below(const uint32_t *words, int *used, unsigned n)
{
    unsigned scale = 0xffffffffu / n, k;
    do
        k = words[(*used)++] / scale;
    while (k >= n);
    return k;
}

/* Swaps from the end on (Fisher and Yates), on the words of purpose 4, actor 0. */
static void the_order_of_a_serial_month_is_the_one_described(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, "scenario.order=serial");
    for (uint32_t r = 0; r < 50; r++) {
        const struct stream stream = stream_make(1, 0, r);
        uint32_t words[16];
        int order[N] = {A, B, C, D}, used = 0;
        for (uint32_t block = 0; block < 4; block++)
            stream_block(&stream, (struct stream_slot){4, 0, 0}, block, words + 4 * block);
        for (int i = N - 1; i > 0; i--) {
            unsigned j = below(words, &used, (unsigned)i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        one_step(&s, 8, 1, r);
        assert_memory_equal(s.simulation.order, order, sizeof order);
    }
    small_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expected_moves_are_the_mean_of_drawn_ones),
        cmocka_unit_test(the_mean_world_after_drawn_moves_is_the_exact_expectation),
        cmocka_unit_test(many_draws_come_near_the_expected_month),
        cmocka_unit_test(expected_months_use_no_random_number),
        cmocka_unit_test(drawn_months_depend_on_seed_replicate_and_tick),
        cmocka_unit_test(in_a_serial_month_each_acts_once_in_an_order_without_gaps),
        cmocka_unit_test(
            the_first_of_a_serial_month_acts_as_in_a_concurrent_one_and_the_last_does_not),
        cmocka_unit_test(each_in_a_serial_month_sees_what_those_before_did),
        cmocka_unit_test(a_serial_month_is_the_same_for_the_same_place),
        cmocka_unit_test(the_order_of_a_serial_month_is_the_one_described),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
