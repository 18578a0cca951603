/* Shocks that own acts: absent ones, moved ones, those that depend on others, and the world's own
 * checks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "small.h"

enum { A, B, C, D, N, MONTHS = 18 };
enum { AC = A * N + C, BD = B * N + D, DB = D * N + B };
enum { JAN, FEB, MAR, APR, MAY, JUN, JUL, AUG, SEP };

/* deal starts X1 and M1 and ends X2; exit, which requires it, ends X1 and starts X3. */
static const char owned[] =
    "sanctions = {\n"
    "  X1 = { senders = [\"AAA\"]; target = \"CCC\"; start = \"2010-03-10\"; end = "
    "\"2010-07-05\";\n"
    "         class = 2; };\n"
    "  X2 = { senders = [\"DDD\"]; target = \"BBB\"; start = \"2001-01-01\"; end = "
    "\"2010-03-20\";\n"
    "         class = 3; };\n"
    "  X3 = { senders = [\"BBB\"]; target = \"DDD\"; start = \"2010-07-31\"; class = 1; };\n"
    "  X4 = { senders = [\"BBB\"]; target = \"CCC\"; start = \"2010-03-10\"; end = "
    "\"2010-05-10\";\n"
    "         class = 1; }; };\n"
    "mandates = { M1 = { target = \"DDD\"; start = \"2010-04-30\"; end = \"2010-06-30\";\n"
    "  finance = 1.0; article41 = 1; }; };\n"
    "shocks = {\n"
    "  deal = { date = \"2010-03-10\"; starts = [\"X1\", \"M1\"]; ends = [\"X2\"]; effects = {\n"
    "    e = { on = \"dispute\"; between = [\"AAA\", \"CCC\"]; size = -1.0; };\n"
    "    l = { on = \"dispute\"; between = [\"AAA\", \"CCC\"]; size = 2.0; date = \"2010-05-02\"; "
    "};\n"
    "    }; };\n"
    "  exit = { date = \"2010-07-05\"; requires = \"deal\"; starts = [\"X3\"]; ends = [\"X1\"];\n"
    "    effects = { e = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 1.0; }; }; };\n"
    "  later = { date = \"2010-09-01\"; requires = \"exit\"; effects = {\n"
    "    e = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 1.0; }; }; };\n"
    "};\n";

struct given {
    struct scenario *scenario;
    struct structure structure;
};

static void open_owned(struct given *g, const char *sets, const int *delay)
{
    struct text t = {0};
    text_printf(&t, "%s%s", small_four, owned);
    g->scenario = small_scenario(t.s, sets);
    text_release(&t);
    assert_int_equal(structure_init(&g->structure, g->scenario, delay), 0);
}

static void close_given(struct given *g)
{
    structure_release(&g->structure);
    scenario_free(g->scenario);
}

/* First month from which a value holds to the end of its run, and the month after its last. */
struct span {
    int from, to;
};

static void assert_span(const struct given *g, size_t member, int at, double value,
                        struct span span)
{
    for (int m = 0; m < MONTHS; m++) {
        struct month month = structure_month(&g->structure, m);
        const double *v = *(const double *const *)((const char *)&month + member);
        bool inside = m >= span.from && m < span.to;
        if (inside != (fabs(v[at] - value) < 1e-12))
            print_error("month %d: %g\n", m, v[at]);
        assert_true(inside == (fabs(v[at] - value) < 1e-12));
    }
}
#define SANCTIONS offsetof(struct month, sanctions)
#define DISPUTE offsetof(struct month, dispute)
#define MANDATE offsetof(struct month, mandate[ECONOMIC])

static void acts_of_active_shocks_keep_their_dates(void **state)
{
    (void)state;
    struct given g;
    open_owned(&g, NULL, NULL);
    assert_span(&g, SANCTIONS, AC, 0.15, (struct span){MAR, JUL});
    assert_span(&g, SANCTIONS, DB, 0.3, (struct span){JAN, MAR});
    assert_span(&g, SANCTIONS, BD, 0.05, (struct span){JUL, MONTHS});
    assert_span(&g, MANDATE, D, 1.0 / 3, (struct span){APR, JUN});
    assert_span(&g, DISPUTE, AC, 0.4, (struct span){MAR, MAY});
    assert_span(&g, DISPUTE, AC, 0.8, (struct span){MAY, MONTHS});
    assert_span(&g, DISPUTE, BD, 0.3, (struct span){JUL, SEP});
    assert_span(&g, DISPUTE, BD, 0.5, (struct span){SEP, MONTHS});
    close_given(&g);
}

static void an_absent_shock_ends_nothing_and_starts_nothing(void **state)
{
    (void)state;
    struct given g;
    open_owned(&g, "shocks.exit.enabled=false", NULL);
    assert_span(&g, SANCTIONS, AC, 0.15, (struct span){MAR, MONTHS}); /* its end belongs to exit */
    assert_span(&g, SANCTIONS, BD, 0.05, (struct span){MONTHS, MONTHS});
    assert_span(&g, SANCTIONS, DB, 0.3, (struct span){JAN, MAR});
    assert_span(&g, DISPUTE, BD, 0.1, (struct span){JAN, MONTHS}); /* later needs exit */
    close_given(&g);
}

static void what_requires_an_absent_shock_is_absent_too(void **state)
{
    (void)state;
    struct given g;
    open_owned(&g, "shocks.deal.enabled=false", NULL);
    assert_span(&g, SANCTIONS, AC, 0, (struct span){JAN, MONTHS});
    assert_span(&g, SANCTIONS, DB, 0.3, (struct span){JAN, MONTHS}); /* its end belongs to deal */
    assert_span(&g, SANCTIONS, BD, 0, (struct span){JAN, MONTHS});
    assert_span(&g, MANDATE, D, 0, (struct span){JAN, MONTHS});
    assert_span(&g, DISPUTE, AC, 0.6, (struct span){JAN, MONTHS});
    assert_span(&g, DISPUTE, BD, 0.1, (struct span){JAN, MONTHS});
    /* what belongs to nobody stays */
    assert_span(&g, SANCTIONS, B * N + C, 0.05, (struct span){MAR, MAY});
    close_given(&g);
}

static void moving_a_shock_moves_all_that_belongs_to_it_by_as_many_days(void **state)
{
    (void)state;
    struct given g;
    open_owned(&g, "shocks.deal.date=2010-06-10", NULL); /* 92 days later */
    assert_span(&g, SANCTIONS, AC, 0.15, (struct span){JUN, JUL});
    assert_span(&g, SANCTIONS, DB, 0.3, (struct span){JAN, JUN}); /* to 2010-06-20 */
    /* starts 2010-07-31, which is after its own end */
    assert_span(&g, MANDATE, D, 0, (struct span){JAN, MONTHS});
    assert_span(&g, DISPUTE, AC, 0.4, (struct span){JUN, AUG}); /* the second: 2010-08-02 */
    assert_span(&g, DISPUTE, AC, 0.8, (struct span){AUG, MONTHS});
    assert_span(&g, SANCTIONS, B * N + C, 0.05, (struct span){MAR, MAY});
    assert_span(&g, DISPUTE, BD, 0.3, (struct span){JUL, SEP});
    close_given(&g);
}

static void a_delay_moves_what_belongs_to_its_shock_and_nothing_else(void **state)
{
    (void)state;
    struct given g, moved;
    const int delay[] = {92, 0, -31}, none[] = {0, 0, 0};
    open_owned(&g, NULL, delay);
    assert_span(&g, SANCTIONS, AC, 0.15, (struct span){JUN, JUL});
    assert_span(&g, SANCTIONS, DB, 0.3, (struct span){JAN, JUN});
    assert_span(&g, MANDATE, D, 0, (struct span){JAN, MONTHS});
    assert_span(&g, DISPUTE, AC, 0.4, (struct span){JUN, AUG});
    assert_span(&g, DISPUTE, BD, 0.3, (struct span){JUL, AUG}); /* later: 2010-08-01 */
    assert_int_equal(structure_compile(&g.structure, g.scenario, none), 0);
    open_owned(&moved, NULL, NULL);
    assert_int_equal(g.structure.n_blocks, moved.structure.n_blocks);
    for (int m = 0; m < MONTHS; m++) {
        struct month a = structure_month(&g.structure, m), b = structure_month(&moved.structure, m);
        assert_same(a.dispute, b.dispute, N * N);
        assert_same(a.sanctions, b.sanctions, N * N);
        assert_same(a.growth, b.growth, N);
    }
    assert_same(g.structure.jump, moved.structure.jump, MONTHS * N);
    close_given(&g);
    close_given(&moved);
}

/* One day is enough where it crosses a month's end. */
static void a_delay_of_one_day_matters_at_a_months_end_alone(void **state)
{
    (void)state;
    struct given g;
    const int delay[] = {0, 1, 0};
    open_owned(&g, NULL, delay);
    assert_span(&g, SANCTIONS, BD, 0.05, (struct span){AUG, MONTHS}); /* 2010-07-31 + 1 */
    assert_span(&g, SANCTIONS, AC, 0.15, (struct span){MAR, JUL});
    close_given(&g);
}

/* ---- the world's start and its checks ----------------------------------------------------------
 */

static void a_world_starts_at_the_baselines_and_the_first_months_structure(void **state)
{
    (void)state;
    struct small s;
    struct text t = {0};
    text_printf(&t, "%s%s", small_four, owned);
    small_open(&s, t.s, "scenario.start=2010-04");
    const struct world *w = &s.simulation.world;
    assert_int_equal(w->tick, 0);
    assert_same(w->cooperation[SECURITY], s.structure.baseline[SECURITY], N * N);
    assert_near(w->dispute[AC], 0.4);
    assert_near(w->sanctions[AC], 0.15);
    assert_near(w->military[B], 600);
    assert_true(w->economy[D] == 2000);
    small_close(&s);
    text_release(&t);
}

static void resetting_a_world_restores_its_start(void **state)
{
    (void)state;
    struct small s;
    enum { SIZE = (DOMAINS + 2) * N * N + 2 * N };
    double start[SIZE];
    const struct stream stream = stream_make(1, 0, 0);
    small_open(&s, small_four, NULL);
    for (int k = 0; k < SIZE; k++)
        start[k] = s.simulation.world.block[k];
    for (int k = 0; k < 5; k++) {
        small_step(&s.simulation, &stream);
        simulation_advance(&s.simulation);
    }
    assert_int_equal(world_month(&s.simulation.world), 3);
    world_reset(&s.simulation.world);
    assert_int_equal(s.simulation.world.tick, 0);
    assert_same(s.simulation.world.block, start, SIZE);
    small_close(&s);
}

static void months_count_from_the_end_of_spin_up(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, "scenario.spinup=7");
    assert_int_equal(simulation_ticks(s.scenario), 25);
    for (int tick = 0; tick < 25; tick++) {
        s.simulation.world.tick = tick;
        assert_int_equal(world_month(&s.simulation.world), tick < 7 ? 0 : tick - 7);
    }
    small_close(&s);
}

/* Damages one number and wants its quantity named. */
static void assert_caught(struct world *w, double *at, double value, const char *name)
{
    const char *what = NULL;
    double kept = *at;
    assert_int_equal(world_verify(w, 0, &what), 0);
    assert_null(what);
    *at = value;
    assert_int_equal(world_verify(w, 0, &what), ERROR_NUMERIC);
    assert_string_equal(what, name);
    *at = kept;
}

static void every_damage_to_the_world_is_found_and_named(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, NULL);
    struct world *w = &s.simulation.world;
    const double bad[] = {-0x1p-60, 1 + 0x1p-52, NAN, INFINITY, -INFINITY};
    const double not_positive[] = {0, -1, NAN, INFINITY};
    for (int k = 0; k < 5; k++) {
        for (int d = 0; d < DOMAINS; d++)
            assert_caught(w, &w->cooperation[d][AC], bad[k], domain_names[d]);
        assert_caught(w, &w->dispute[N * N - 2], bad[k], "dispute");
        assert_caught(w, &w->sanctions[1], bad[k], "sanctions");
    }
    for (int k = 0; k < 4; k++) {
        assert_caught(w, &w->economy[N - 1], not_positive[k], "economy");
        assert_caught(w, &w->military[0], not_positive[k], "military stock");
    }
    assert_caught(w, &w->dispute[0], 0x1p-60, "dispute");         /* on the diagonal */
    assert_caught(w, &w->sanctions[N + 1], 0x1p-60, "sanctions"); /* on the diagonal */
    assert_caught(w, &w->cooperation[ECONOMIC][N + 1], 0.5, "economic");
    assert_caught(w, &w->dispute[AC], nextafter(0.6, 1), "dispute"); /* not symmetric */
    assert_caught(w, &w->cooperation[POLITICAL][BD], nextafter(0.55, 1), "political");
    w->sanctions[AC] = 0.3; /* sanctions need not be symmetric */
    const char *what;
    assert_int_equal(world_verify(w, 0, &what), 0);
    small_close(&s);
}

/* Symmetric matrices stay so to the bit, all in range, in worlds that everything happens in. */
static void worlds_stay_in_range_and_symmetric(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "parameters.lambda=0",
        "scenario.moves=expected parameters.lambda=0 parameters.eta=10",
        "scenario.order=serial parameters.eta=10 parameters.rho=1 parameters.rho_dispute=1",
        "parameters.initiatives=1 parameters.coercion=0.99 parameters.conciliation=0.99",
        "parameters.omega=10 parameters.lambda=1000000 parameters.market_half=0.000000001",
        "parameters.sanctions_pull=1 parameters.sanctions_power=10 parameters.coerce_cost=0",
        "terms.channels=false parameters.eta=3 parameters.arming=0.5"};
    for (unsigned k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct small s;
        char *text = small_text_of(9, k);
        small_open(&s, text, sets[k]);
        for (unsigned t = 0; t < 6; t++) {
            const struct stream stream = stream_make(k, 0, t);
            if (t % 3 == 0)
                small_stir(&s.simulation.world, t + k);
            small_step(&s.simulation, &stream);
            simulation_advance(&s.simulation);
        }
        small_close(&s);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acts_of_active_shocks_keep_their_dates),
        cmocka_unit_test(an_absent_shock_ends_nothing_and_starts_nothing),
        cmocka_unit_test(what_requires_an_absent_shock_is_absent_too),
        cmocka_unit_test(moving_a_shock_moves_all_that_belongs_to_it_by_as_many_days),
        cmocka_unit_test(a_delay_moves_what_belongs_to_its_shock_and_nothing_else),
        cmocka_unit_test(a_delay_of_one_day_matters_at_a_months_end_alone),
        cmocka_unit_test(a_world_starts_at_the_baselines_and_the_first_months_structure),
        cmocka_unit_test(resetting_a_world_restores_its_start),
        cmocka_unit_test(months_count_from_the_end_of_spin_up),
        cmocka_unit_test(every_damage_to_the_world_is_found_and_named),
        cmocka_unit_test(worlds_stay_in_range_and_symmetric),
    };
    return cmocka_run_group_tests_name("shocks", tests, NULL, NULL);
}
