/* A month: growth, relaxation, war, and the whole step against the plain equations. */
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
enum { AB = A * N + B, BA = B * N + A, AC = A * N + C, CA = C * N + A, CD = C * N + D };

/* Nobody does anything: no effect of whatever is chosen. */
#define IDLE                                                                                       \
    "scenario.moves=expected parameters.eta=0 parameters.conciliation=0 parameters.coercion=0 "    \
    "parameters.arming=0 "

static char *with(const char *more)
{
    char *text = malloc(strlen(small_four) + strlen(more) + 1);
    assert_non_null(text);
    strcpy(text, small_four);
    strcat(text, more);
    return text;
}

static void open_with(struct small *s, const char *more, const char *sets)
{
    char *text = with(more);
    small_open(s, text, sets);
    free(text);
}

static void step(struct small *s, int months)
{
    const struct stream stream = stream_make(1, 0, 0);
    for (int k = 0; k < months; k++) {
        small_step(&s->simulation, &stream);
        simulation_advance(&s->simulation);
    }
}

/* ---- growth ------------------------------------------------------------------------------------
 */

static void nothing_grows_in_spin_up_nor_in_the_first_month(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE);
    step(&s, 3); /* two of spin-up, then January */
    static const double gdp[N] = {1000, 500, 250, 2000}, milex[N] = {40, 60, 5, 90};
    for (int i = 0; i < N; i++) {
        assert_true(s.simulation.world.economy[i] == gdp[i]);
        assert_near(s.simulation.world.military[i], milex[i] / 0.1);
    }
    small_close(&s);
}

static void nothing_grows_in_the_first_month_without_spin_up(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE "scenario.spinup=0");
    step(&s, 1);
    assert_true(s.simulation.world.economy[A] == 1000);
    step(&s, 1);
    assert_near(s.simulation.world.economy[A], 1000 * pow(1.03, 1 / 12.0));
    small_close(&s);
}

/* After t months e = gdp · ratio^(t/108), ratio being that of nine years; falls count as none. */
static void economies_grow_by_the_ratio_of_nine_years(void **state)
{
    (void)state;
    struct small s;
    double ratio[N] = {pow(1.03, 9), 1, pow(1.05, 9), 1};
    static const double gdp[N] = {1000, 500, 250, 2000};
    small_open(&s, small_four, IDLE);
    step(&s, 3);
    for (int t = 1; t < 18; t++) {
        step(&s, 1);
        for (int i = 0; i < N; i++)
            assert_near(s.simulation.world.economy[i], gdp[i] * pow(ratio[i], t / 108.0));
    }
    small_close(&s);
}

static void economies_shrink_only_with_the_switch(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE "parameters.growth_falls=true");
    step(&s, 3 + 12);
    assert_near(s.simulation.world.economy[B], 500 * 0.98);
    small_close(&s);
}

static void effects_on_growth_add_to_it(void **state)
{
    (void)state;
    struct small s;
    open_with(&s,
              "shocks = { boom = { date = \"2010-03-10\"; effects = { e = { on = \"growth\";\n"
              "  of = [\"AAA\", \"BBB\"]; size = 0.1; }; }; }; };\n",
              IDLE);
    step(&s, 2 + 12);
    /* February grows as before, March to December by .1 more; a fall stays 0 before it adds */
    assert_near(s.simulation.world.economy[A], 1000 * pow(1.03, 1 / 12.0) * pow(1.13, 10 / 12.0));
    assert_near(s.simulation.world.economy[B], 500 * pow(1.1, 10 / 12.0));
    small_close(&s);
}

static void isolation_costs_growth_only_when_switched_on(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE "parameters.growth_isolation=0.2");
    for (int j = 1; j < N; j++)
        s.simulation.world.sanctions[j * N + A] = 0.5;
    step(&s, 3);
    double access = s.simulation.perception.access[A]; /* as last perceived */
    assert_true(access < 0.9);
    step(&s, 1);
    assert_near(s.simulation.world.economy[A], 1000 * pow(1 + 0.03 - 0.2 * (1 - access), 1 / 12.0));
    small_close(&s);
}

/* ---- military stock ----------------------------------------------------------------------------
 */

static void military_stock_follows_spending_and_wear(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE);
    s.simulation.world.military[A] = 700;
    step(&s, 1);
    assert_near(s.simulation.world.military[A], 700 + (40.0 / 1000 * 1000 - 0.1 * 700) / 12);
    s.simulation.world.economy[A] = 3000;
    s.simulation.world.military[A] = 100;
    step(&s, 1);
    assert_near(s.simulation.world.military[A], 100 + (40.0 / 1000 * 3000 - 0.1 * 100) / 12);
    small_close(&s);
}

static void war_wears_down_both_sides_once(void **state)
{
    (void)state;
    struct small s;
    open_with(&s,
              "shocks = { war = { date = \"2010-02-28\"; effects = {\n"
              "  cd = { on = \"war\"; between = [\"CCC\", \"DDD\"]; size = 1.0; };\n"
              "  bd = { on = \"war\"; between = [\"BBB\", \"DDD\"]; size = 0.5; }; }; }; };\n",
              IDLE "states.CCC.growth=0");
    step(&s, 3);
    assert_near(s.simulation.world.military[D], 900);
    step(&s, 1);
    assert_near(s.simulation.world.military[A], 400 + 40 * (pow(1.03, 1 / 12.0) - 1) / 12);
    assert_near(s.simulation.world.military[B], 600 * (1 - 0.015 * 0.5));
    assert_near(s.simulation.world.military[C], 50 * (1 - 0.015));
    assert_near(s.simulation.world.military[D],
                900 * (1 - 0.015)); /* two wars, the larger counts */
    small_close(&s);
}

static void a_jump_in_capability_comes_once(void **state)
{
    (void)state;
    struct small s;
    open_with(&s,
              "shocks = { fall = { date = \"2010-03-15\"; effects = { e = { on = \"capability\";\n"
              "  of = [\"BBB\"]; size = -0.4; }; }; }; };\n",
              IDLE);
    step(&s, 4);
    assert_near(s.simulation.world.economy[B], 500);
    assert_near(s.simulation.world.military[B], 600);
    step(&s, 1);
    assert_near(s.simulation.world.economy[B], 300);
    assert_near(s.simulation.world.military[B], 360 + (60.0 / 500 * 300 - 36) / 12);
    step(&s, 5);
    assert_near(s.simulation.world.economy[B], 300);
    small_close(&s);
}

static void a_jump_before_the_first_month_is_there_from_spin_up_on(void **state)
{
    (void)state;
    static const char *const spinups[] = {IDLE "scenario.spinup=0", IDLE "scenario.spinup=7"};
    for (int k = 0; k < 2; k++) {
        struct small s;
        open_with(&s,
                  "shocks = { rise = { date = \"2010-01-31\"; effects = { e = {\n"
                  "  on = \"capability\"; of = [\"DDD\"]; size = 0.5; }; }; }; };\n",
                  spinups[k]);
        for (int t = 0; t < 12; t++) {
            step(&s, 1);
            assert_near(s.simulation.world.economy[D], 3000);
            assert_near(s.simulation.world.military[D], 1350);
        }
        small_close(&s);
    }
}

static void a_ramp_of_capability_ends_at_its_size(void **state)
{
    (void)state;
    struct small s;
    open_with(&s,
              "shocks = { rise = { date = \"2010-03-01\"; effects = { e = {\n"
              "  on = \"capability\"; of = [\"DDD\"]; size = 0.6; shape = \"ramp\";\n"
              "  months = 3; }; }; }; };\n",
              IDLE);
    static const double factor[] = {1, 1, 1, 1, 1.2, 1.4, 1.6, 1.6, 1.6};
    for (int t = 0; t < 9; t++) {
        step(&s, 1);
        assert_near(s.simulation.world.economy[D], 2000 * factor[t]);
    }
    small_close(&s);
}

/* ---- relaxation --------------------------------------------------------------------------------
 */

static void cooperation_returns_to_its_baseline_as_far_as_disputes_allow(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE);
    struct world *w = &s.simulation.world;
    w->cooperation[INSTITUTIONAL][AB] = w->cooperation[INSTITUTIONAL][BA] = 0.8;
    w->dispute[AB] = w->dispute[BA] = 0.5;
    step(&s, 1);
    assert_near(w->cooperation[INSTITUTIONAL][AB], 0.8 + 0.055 * (0.3 * (1 - 0.5) - 0.8));
    assert_near(w->dispute[AB], 0.5 + 0.18 * (0.2 - 0.5));
    small_close(&s);
}

static void sanctions_return_to_those_in_force_in_each_direction(void **state)
{
    (void)state;
    struct small s;
    open_with(
        &s,
        "sanctions = { X1 = { senders = [\"AAA\"]; target = \"CCC\"; start = \"2000-01-01\";\n"
        "  class = 3; }; };\n",
        IDLE);
    s.simulation.world.sanctions[AC] = 0;
    s.simulation.world.sanctions[CA] = 1;
    step(&s, 1);
    assert_near(s.simulation.world.sanctions[AC], 0.18 * 0.3);
    assert_near(s.simulation.world.sanctions[CA], 1 - 0.18);
    small_close(&s);
}

static void cooperation_above_the_ceiling_of_sanctions_is_pulled_down_by_a_fifth(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, IDLE);
    struct world *w = &s.simulation.world;
    w->sanctions[CA] = 0.5; /* the higher direction counts: ceiling .25 */
    w->sanctions[AC] = 0.2;
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d][AC] = w->cooperation[d][CA] = 0.2 + 0.2 * d;
    w->dispute[AC] = w->dispute[CA] = 0.6;
    step(&s, 1);
    double free = 0.2 + 0.055 * (0.05 * 0.4 - 0.2), high = 0.8 + 0.055 * (0.05 * 0.4 - 0.8);
    assert_near(w->cooperation[POLITICAL][AC], free); /* below: left alone */
    assert_near(w->cooperation[ECONOMIC][AC], high + 0.2 * (0.25 - high));
    small_close(&s);
}

static void the_ceilings_power_is_a_parameter(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four,
               IDLE "parameters.sanctions_power=3.5 parameters.rho=0 parameters.sanctions_pull=1");
    struct world *w = &s.simulation.world;
    w->sanctions[AC] = 0.4;
    w->sanctions[AB] = 1;
    w->cooperation[SECURITY][AC] = w->cooperation[SECURITY][CA] = 0.9;
    step(&s, 1);
    assert_near(w->cooperation[SECURITY][AC], pow(0.6, 3.5));
    assert_near(w->cooperation[SECURITY][AB], 0);
    small_close(&s);
}

/* ---- the whole step ----------------------------------------------------------------------------
 */

/* Numbers of the whole world: cooperation, disputes, sanctions, economy, military stock. */
static void same_world(const struct world *w, const struct world *expected)
{
    int size = (DOMAINS + 2) * w->n * w->n + 2 * w->n;
    for (int k = 0; k < size; k++)
        assert_within(w->block[k], expected->block[k], 1e-11);
}

/* The tally that the equations expect of the world as it is. */
static void expected_tally(const struct world *w, double *const *k)
{
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < w->n; i++)
            for (int j = 0; j < w->n; j++) {
                double chance = eq_chance(w, (enum move)m, i, j);
                k[m][i * w->n + j] =
                    chance == 0 ? 0 : eq_draws(w) * chance * eq_consent(w, (enum move)m, i, j);
            }
}

/* Months of structure with something of everything. */
static const char events[] =
    "shocks = {\n"
    "  quarrel = { date = \"2010-03-05\"; effects = {\n"
    "    h = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 3.0; };\n"
    "    s = { on = \"sanctions\"; from = [\"DDD\"]; to = [\"CCC\"]; size = 2.0; };\n"
    "    r = { on = \"reach\"; from = [\"DDD\"]; to = [\"CCC\"]; size = 1.0; }; }; };\n"
    "  ban = { date = \"2010-06-30\"; effects = {\n"
    "    u = { on = \"mandate\"; of = [\"AAA\"]; size = 0.6; domain = \"security\"; };\n"
    "    v = { on = \"mandate\"; of = [\"AAA\"]; size = 0.3; domain = \"economic\"; };\n"
    "    w = { on = \"war\"; between = [\"CCC\", \"DDD\"]; size = 1.0; }; }; }; };\n";

static void months_are_the_equations_one_after_the_other(const char *sets)
{
    struct small s, by_hand;
    double rows[MOVES][N * N], *k[MOVES];
    for (int m = 0; m < MOVES; m++)
        k[m] = rows[m];
    open_with(&s, events, sets);
    open_with(&by_hand, events, sets);
    struct world *w = &by_hand.simulation.world;
    static const double growth[N] = {0.03, 0, 0.05, 0};
    for (w->tick = 0; w->tick < 2 + 18; w->tick++) {
        w->month = structure_month(&by_hand.structure, w->tick < 2 ? 0 : w->tick - 2);
        for (int i = 0; i < N && w->tick > 2; i++)
            w->economy[i] *= pow(1 + growth[i], 1 / 12.0);
        expected_tally(w, k);
        eq_follow(w, k);
        eq_relax(w);
        step(&s, 1);
        same_world(&s.simulation.world, w);
    }
    small_close(&s);
    small_close(&by_hand);
}

static void a_year_and_a_half_is_the_equations_month_by_month(void **state)
{
    (void)state;
    months_are_the_equations_one_after_the_other("scenario.moves=expected");
    months_are_the_equations_one_after_the_other(
        "scenario.moves=expected parameters.lambda=2 parameters.engage_cost=0 parameters.eta=3 "
        "parameters.side_payments=0.4 parameters.omega=2 parameters.initiatives=4");
    months_are_the_equations_one_after_the_other(
        "scenario.moves=expected terms.channels=false terms.opportunity=false terms.reach=false "
        "parameters.rho_dispute=0.5 parameters.sanctions_power=1 parameters.coerce_cost=0");
}

static void a_drawn_month_is_what_its_tally_says(void **state)
{
    (void)state;
    struct small s, by_hand;
    double rows[MOVES][N * N], *k[MOVES];
    for (int m = 0; m < MOVES; m++)
        k[m] = rows[m];
    small_open(&s, small_four, "parameters.lambda=0");
    small_open(&by_hand, small_four, "parameters.lambda=0");
    for (unsigned seed = 1; seed <= 50; seed++) {
        struct world *w = &by_hand.simulation.world;
        small_stir(&s.simulation.world, seed);
        small_stir(w, seed);
        step(&s, 1);
        w->tick = s.simulation.world.tick - 1;
        w->month = s.simulation.world.month;
        static const double growth[N] = {0.03, 0, 0.05, 0};
        for (int i = 0; i < N && w->tick > 2; i++)
            w->economy[i] *= pow(1 + growth[i], 1 / 12.0);
        small_moves(&s.simulation.tally, NULL, rows[0]);
        eq_follow(w, k);
        eq_relax(w);
        same_world(&s.simulation.world, w);
        if (s.simulation.world.tick == 20)
            s.simulation.world.tick = 0;
    }
    small_close(&s);
    small_close(&by_hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_grows_in_spin_up_nor_in_the_first_month),
        cmocka_unit_test(nothing_grows_in_the_first_month_without_spin_up),
        cmocka_unit_test(economies_grow_by_the_ratio_of_nine_years),
        cmocka_unit_test(economies_shrink_only_with_the_switch),
        cmocka_unit_test(effects_on_growth_add_to_it),
        cmocka_unit_test(isolation_costs_growth_only_when_switched_on),
        cmocka_unit_test(military_stock_follows_spending_and_wear),
        cmocka_unit_test(war_wears_down_both_sides_once),
        cmocka_unit_test(a_jump_in_capability_comes_once),
        cmocka_unit_test(a_jump_before_the_first_month_is_there_from_spin_up_on),
        cmocka_unit_test(a_ramp_of_capability_ends_at_its_size),
        cmocka_unit_test(cooperation_returns_to_its_baseline_as_far_as_disputes_allow),
        cmocka_unit_test(sanctions_return_to_those_in_force_in_each_direction),
        cmocka_unit_test(cooperation_above_the_ceiling_of_sanctions_is_pulled_down_by_a_fifth),
        cmocka_unit_test(the_ceilings_power_is_a_parameter),
        cmocka_unit_test(a_year_and_a_half_is_the_equations_month_by_month),
        cmocka_unit_test(a_drawn_month_is_what_its_tally_says),
    };
    return cmocka_run_group_tests_name("step", tests, NULL, NULL);
}
