/* What is read from the world: each measure by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/measure.h"
#include "small.h"

enum { A, B, C, D, N };
enum { WIDEST = CHANNELS + MOVES * N };
enum { AB = A * N + B, BA = B * N + A };

static double read(const struct small *s, const char *name, int i, int j)
{
    const struct measure *m = measure_find(name);
    if (m != NULL && m->value != NULL)
        return m->value(&s->simulation, i, j);
    fail_msg("no measure %s", name);
    return NAN;
}

static void open_stirred(struct small *s)
{
    small_open(s, small_four, "scenario.moves=expected"); /* so that a tally takes any number */
    struct world *w = &s->simulation.world;
    small_stir(w, 31);
    static const double x[DOMAINS] = {0.1, 0.2, 0.6, 0.8};
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d][AB] = w->cooperation[d][BA] = x[d];
    w->sanctions[AB] = 0.25;
    w->sanctions[BA] = 0.5;
    for (int i = 0; i < N; i++) {
        static const double share[N] = {0.4, 0.3, 0.2, 0.1};
        w->economy[i] = 100 * share[i];
        w->military[i] = 7 * share[i];
    }
    perceive(&s->simulation.perception);
}

static void measures_of_dyads_by_hand(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    assert_near(read(&s, "cooperation", A, B), (0.1 + 0.2 + 0.6 + 0.8) / 4);
    assert_near(read(&s, "cooperation_political", A, B), 0.1);
    assert_near(read(&s, "cooperation_institutional", B, A), 0.2);
    assert_near(read(&s, "cooperation_security", A, B), 0.6);
    assert_near(read(&s, "cooperation_economic", B, A), 0.8);
    assert_near(read(&s, "sanctions", A, B), 0.5);
    assert_near(read(&s, "sanctions", B, A), 0.5);
    assert_near(read(&s, "dispute", A, B), s.simulation.world.dispute[AB]);
    assert_near(read(&s, "common_threat", A, B), s.simulation.perception.common_threat[AB]);
    small_close(&s);
}

static void acts_are_accepted_cooperative_moves_of_both(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    struct tally *t = &s.simulation.tally;
    for (int m = 0; m < MOVES; m++)
        for (int k = 0; k < N * N; k++) {
            t->chosen[m][k] = 1000;
            t->accepted[m][k] = 100;
        }
    t->accepted[MOVE_ALIGN][AB] = 1;
    t->accepted[MOVE_ALIGN][BA] = 2;
    t->accepted[MOVE_CONSULT][AB] = 3;
    t->accepted[MOVE_CONSULT][BA] = 4;
    t->accepted[MOVE_COORDINATE][AB] = 5;
    t->accepted[MOVE_COORDINATE][BA] = 6;
    t->accepted[MOVE_TRADE][AB] = 7;
    t->accepted[MOVE_TRADE][BA] = 8;
    assert_true(read(&s, "acts", A, B) == 36 && read(&s, "acts", B, A) == 36);
    small_close(&s);
}

static void measures_of_states_are_what_was_perceived(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    assert_near(read(&s, "capability", C, -1), 0.2);
    assert_near(read(&s, "insecurity", C, -1), s.simulation.perception.insecurity[C]);
    assert_near(read(&s, "partners", C, -1), s.simulation.perception.partners[C]);
    assert_near(read(&s, "market_access", C, -1), s.simulation.perception.access[C]);
    small_close(&s);
}

/* Shares .4 .3 .2 .1: the sum of their squares is .3. */
static void measures_of_the_system_by_hand(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    assert_near(read(&s, "effective_poles", -1, -1), 1 / 0.3);
    assert_near(read(&s, "concentration", -1, -1), sqrt((0.3 - 0.25) / 0.75));
    const double *h = s.simulation.world.dispute;
    static const double c[N] = {0.4, 0.3, 0.2, 0.1};
    double disputed = 0, all = 0, cooperation = 0;
    for (int i = 0; i < N; i++)
        for (int j = i + 1; j < N; j++) {
            disputed += c[i] * c[j] * h[i * N + j];
            all += c[i] * c[j];
            for (int d = 0; d < DOMAINS; d++)
                cooperation += s.simulation.world.cooperation[d][i * N + j] / (4 * 6);
        }
    assert_near(read(&s, "polarisation", -1, -1), disputed / all);
    assert_near(read(&s, "mean_cooperation", -1, -1), cooperation);
    small_close(&s);
}

static void equal_states_are_as_many_poles_and_have_no_concentration(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    for (int i = 0; i < N; i++)
        s.simulation.world.economy[i] = s.simulation.world.military[i] = 3;
    perceive(&s.simulation.perception);
    assert_near(read(&s, "effective_poles", -1, -1), 4);
    assert_within(read(&s, "concentration", -1, -1), 0, 1e-7);
    s.simulation.world.economy[A] = s.simulation.world.military[A] = 1e12;
    perceive(&s.simulation.perception);
    assert_within(read(&s, "effective_poles", -1, -1), 1, 1e-9);
    assert_within(read(&s, "concentration", -1, -1), 1, 1e-9);
    small_close(&s);
}

/* ---- all of them in one world ------------------------------------------------------------------
 */

/* Worked out by hand. Power is capability (α = 1), nearness 1 (its floor), intent the dispute
 * (b₀ = b_x = 0, b_h = 1).
 *
 *   e  50 30 10 10, m 30 30 30 10, so c .4 .3 .2 .1 and Σc² = .16 + .09 + .04 + .01 = .3
 *   h  A-B .1, A-C .3, A-D .8, B-C .4, B-D .6, C-D .5
 *   s  C on A .7, A on D .9
 *   x  A-B .1 .3 .5 .7 (political to economic), else 0
 *
 * Threats τ_ij = c_j h_ij
 *
 *   of A  by B .03, C .06, D .08: .17
 *   of B  by A .04, C .08, D .06: .18
 *   of C  by A .12, B .12, D .05: .29
 *   of D  by A .32, B .18, C .10: .6
 *   common to A and B, by C and D: (.06 · .08 + .08 · .06)/(.1 · .1) = .96
 *
 * Resistance
 *
 *   A .4 + .5 · .3 · .96 = .544, B .3 + .5 · .4 · .96 = .492, C .2, D .1
 *
 * Partners
 *
 *   A (.3 · .9 + .2 · (1 - .7) + .1 · .2)/.6 = .35/.6
 *   B (.4 · .9 + .2 · .6 + .1 · .4)/.7 = .52/.7
 *   D (.4 · (1 - .9) + .3 · .4 + .2 · .5)/.9 = .26/.9
 *
 * Markets
 *
 *   A (30 + 10 · .3 + 10 · .1)/50 = .68, B all
 *   C (50 · .3 + 30 + 10)/90 = .55/.9, D (50 · .1 + 30 + 10)/90 = .5
 *
 * Polarisation
 *
 *   (.12 · .1 + .08 · .3 + .04 · .8 + .06 · .4 + .03 · .6 + .02 · .5)/.35 = .12/.35
 *
 * Blocs
 *
 *   mean cooperation .12 · .4/.35 = .137, so A-B binds and all else parts: the leading eigenvector
 *   is about (.68 .65 -.28 -.20); within (.12 · .4 + .02 · 0)/(.12 + .02) */
static const char worked[] =
    "scenario = { name = \"worked\"; start = \"2010-01\"; end = \"2010-02\"; spinup = 0; };\n"
    "states = { AAA = { lat = 0.0; lon = 0.0; gdp = 50.0; milex = 3.0; };\n"
    "           BBB = { lat = 9.0; lon = 0.0; gdp = 30.0; milex = 3.0; };\n"
    "           CCC = { lat = 0.0; lon = 9.0; gdp = 10.0; milex = 3.0; };\n"
    "           DDD = { lat = 9.0; lon = 9.0; gdp = 10.0; milex = 1.0; }; };\n"
    "dyads = { AAA-BBB = { h0 = 0.1; }; AAA-CCC = { h0 = 0.3; }; AAA-DDD = { h0 = 0.8; };\n"
    "          BBB-CCC = { h0 = 0.4; };"
    " BBB-DDD = { h0 = 0.6; }; CCC-DDD = { h0 = 0.5; }; };\n"
    "parameters = { power_exponent = 1.0; distance_floor = 1.0; intent_base = 0.0;\n"
    "  intent_dispute = 1.0; intent_cooperation = 0.0; };\n";

static const struct {
    const char *measure;
    int i, j;
    double value;
} by_hand[] = {
    {"cooperation", A, B, 0.4},
    {"cooperation_political", A, B, 0.1},
    {"cooperation_institutional", A, B, 0.3},
    {"cooperation_security", A, B, 0.5},
    {"cooperation_economic", A, B, 0.7},
    {"acts", A, B, 7},
    {"acts", A, C, 0.5},
    {"dispute", A, D, 0.8},
    {"sanctions", A, C, 0.7},
    {"sanctions", A, D, 0.9},
    {"sanctions", B, D, 0},
    {"common_threat", A, B, 0.96},
    {"exchange", A, B, 10.5}, /* 50 · 30 / 100 · .7 */
    {"exchange", A, C, 0},
    {"threat_share", A, B, 0.03 / 0.17},
    {"threat_share", B, A, 0.04 / 0.18},
    {"threat_share", D, A, 0.32 / 0.6},
    {"initiatives", A, B, 1},
    {"initiatives", B, A, 0},
    {"capability", A, -1, 0.4},
    {"capability", C, -1, 0.2},
    {"insecurity", A, -1, 0.27193371548}, /* ln(1 + .17/.544) */
    {"insecurity", B, -1, 0.31177962403}, /* ln(1 + .18/.492) */
    {"insecurity", C, -1, 0.89608802456}, /* ln(1 + .29/.2) */
    {"insecurity", D, -1, 1.94591014906}, /* ln 7 */
    {"partners", A, -1, 0.35 / 0.6},
    {"partners", B, -1, 0.52 / 0.7},
    {"partners", D, -1, 0.26 / 0.9},
    {"market_access", A, -1, 0.68},
    {"market_access", B, -1, 1},
    {"market_access", C, -1, 0.55 / 0.9},
    {"market_access", D, -1, 0.5},
    {"polarisation", -1, -1, 0.12 / 0.35},
    {"effective_poles", -1, -1, 10.0 / 3},
    {"concentration", -1, -1, 0.25819888975}, /* √((.3 - ¼)/(1 - ¼)) */
    {"mean_cooperation", -1, -1, 0.4 / 6},
    {"blocs", -1, -1, 0.048 / 0.14}, /* A, B and C, D; none across */
    {"arming", A, -1, 5},
    {"arming", D, -1, 0},
    {"share_hold", -1, -1, 31 / 192.0}, /* of 4 states · 3 channels · 16 draws */
    {"share_arm", -1, -1, 12 / 192.0},
    {"share_align", -1, -1, 90 / 192.0},
    {"share_consult", -1, -1, 3 / 192.0},
    {"share_coordinate", -1, -1, 4 / 192.0},
    {"share_trade", -1, -1, 8 / 192.0},
    {"share_engage", -1, -1, 10 / 192.0},
    {"share_accommodate", -1, -1, 14 / 192.0},
    {"share_coerce", -1, -1, 20 / 192.0},
};
enum { BY_HAND = sizeof by_hand / sizeof *by_hand };

static void open_worked(struct small *s)
{
    small_open(s, worked, "scenario.moves=expected");
    struct world *w = &s->simulation.world;
    static const double x[DOMAINS] = {0.1, 0.3, 0.5, 0.7};
    for (int d = 0; d < DOMAINS; d++) {
        memset(w->cooperation[d], 0, N * N * sizeof(double));
        w->cooperation[d][AB] = w->cooperation[d][BA] = x[d];
    }
    w->sanctions[C * N + A] = 0.7;
    w->sanctions[A * N + D] = 0.9;
    perceive(&s->simulation.perception);
    struct tally *t = &s->simulation.tally;
    t->accepted[MOVE_ALIGN][AB] = 1;
    t->accepted[MOVE_CONSULT][BA] = 2;
    t->accepted[MOVE_TRADE][AB] = 4;
    t->accepted[MOVE_COORDINATE][C * N + A] = 0.5;
    t->accepted[MOVE_ENGAGE][AB] = t->accepted[MOVE_COERCE][BA] = 90;
    /* moves chosen, whoever they are toward: 192 with those that hold */
    t->chosen[MOVE_ALIGN][AB] = 90;
    t->chosen[MOVE_ARM][A * N + A] = 5;
    t->chosen[MOVE_ARM][B * N + B] = 7;
    t->chosen[MOVE_CONSULT][BA] = 3;
    t->chosen[MOVE_COORDINATE][C * N + A] = 4;
    t->chosen[MOVE_TRADE][D * N + B] = 8;
    t->chosen[MOVE_ENGAGE][AB] = 1;
    t->chosen[MOVE_ENGAGE][D * N + C] = 9;
    t->chosen[MOVE_ACCOMMODATE][D * N + A] = 14;
    t->chosen[MOVE_COERCE][BA] = 20;
    t->held[A] = 30;
    t->held[C] = 1;
}

static void all_measures_of_a_world_worked_out_by_hand(void **state)
{
    (void)state;
    struct small s;
    open_worked(&s);
    for (int k = 0; k < BY_HAND; k++) {
        double v = read(&s, by_hand[k].measure, by_hand[k].i, by_hand[k].j);
        if (fabs(v - by_hand[k].value) > 1e-10)
            fail_msg("%s %d %d is %.12g, not %.12g", by_hand[k].measure, by_hand[k].i, by_hand[k].j,
                     v, by_hand[k].value);
    }
    for (int m = 0; m < n_measures; m++) {
        int times = 0;
        for (int k = 0; k < BY_HAND; k++)
            times += strcmp(measures[m].name, by_hand[k].measure) == 0;
        if ((times == 0) != (measures[m].value == NULL))
            fail_msg("%s is not worked out", measures[m].name);
    }
    small_close(&s);
}

/* Drawn moves are counted in another way than expected ones. */
static void measures_of_drawn_moves_are_of_what_was_counted(void **state)
{
    (void)state;
    struct small s;
    double taken[MOVES][N * N], accepted[MOVES][N * N], held = 4 * 48;
    const struct stream stream = stream_make(1, 0, 0);
    small_open(&s, worked, "parameters.lambda=0");
    small_step(&s.simulation, &stream);
    small_moves(&s.simulation.tally, taken[0], accepted[0]);
    static const enum move cooperative[] = {MOVE_ALIGN, MOVE_CONSULT, MOVE_COORDINATE, MOVE_TRADE};
    double acts = 0;
    for (int k = 0; k < 4; k++)
        acts += accepted[cooperative[k]][AB] + accepted[cooperative[k]][BA];
    assert_true(acts > 0 && read(&s, "acts", A, B) == acts);
    assert_true(read(&s, "initiatives", B, A) == accepted[MOVE_ALIGN][BA]);
    assert_true(read(&s, "arming", C, -1) == taken[MOVE_ARM][C * N + C]);
    for (int m = 0; m < MOVES; m++) {
        char name[40];
        double moves = 0;
        snprintf(name, sizeof name, "share_%s", move_kinds[m].name);
        for (int k = 0; k < N * N; k++)
            moves += taken[m][k];
        assert_true(moves > 0 && read(&s, name, -1, -1) == moves / 192);
        held -= moves;
    }
    assert_true(held > 0 && read(&s, "share_hold", -1, -1) == held / 192);
    small_close(&s);
}

/* Nearness, the rest of the world, and a state that perceives no threat. */
static void exchange_is_of_the_whole_economy_and_threat_shares_are_of_all_threat(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    const struct world *w = &s.simulation.world;
    double near = w->structure->proximity[AB], sum = 0;
    assert_true(near > 0 && near < 1);
    assert_near(read(&s, "exchange", A, B), 40 * 30 / 100.0 * near * 0.8);
    assert_same(&(double){read(&s, "exchange", A, B)}, &(double){read(&s, "exchange", B, A)}, 1);
    for (int i = 0; i < N; i++)
        w->economy[i] *= 2;
    assert_near(read(&s, "exchange", A, B), 80 * 60 / 200.0 * near * 0.8);
    for (int j = 0; j < N; j++)
        sum += j == C ? 0 : read(&s, "threat_share", C, j);
    assert_near(sum, 1);
    assert_true(fabs(read(&s, "threat_share", C, A) - read(&s, "threat_share", A, C)) > 0.01);
    small_close(&s);
    small_open(&s, worked, NULL);
    memset(s.simulation.world.dispute, 0, N * N * sizeof(double));
    perceive(&s.simulation.perception);
    assert_true(read(&s, "threat_share", A, B) == 0);
    small_close(&s);
}

static void reading_changes_nothing(void **state)
{
    (void)state;
    struct small s;
    enum { SIZE = (DOMAINS + 2) * N * N + 2 * N };
    double before[SIZE];
    open_stirred(&s);
    choice_opportunity(&s.simulation.chooser, A);
    memcpy(before, s.simulation.world.block, sizeof before);
    for (int m = 0; m < n_measures; m++) {
        double v[WIDEST] = {0};
        if (measures[m].value != NULL)
            v[0] = measures[m].value(&s.simulation, A, B);
        else
            measures[m].chances(&s.simulation, A, v);
        assert_true(isfinite(v[0]));
    }
    assert_same(s.simulation.world.block, before, SIZE);
    small_close(&s);
}

static void names_and_ranges_of_measures_are_fit_for_tables(void **state)
{
    (void)state;
    for (int m = 0; m < n_measures; m++) {
        const char *name = measures[m].name;
        assert_true(strlen(name) <= 32);
        assert_true(name[0] >= 'a' && name[0] <= 'z');
        assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name));
        assert_true(measures[m].low < measures[m].high);
        for (int q = 0; q < m; q++)
            assert_string_not_equal(name, measures[q].name);
        assert_ptr_equal(measure_find(name), &measures[m]);
        assert_true((measures[m].value == NULL) != (measures[m].chances == NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_of_dyads_by_hand),
        cmocka_unit_test(acts_are_accepted_cooperative_moves_of_both),
        cmocka_unit_test(measures_of_states_are_what_was_perceived),
        cmocka_unit_test(measures_of_the_system_by_hand),
        cmocka_unit_test(equal_states_are_as_many_poles_and_have_no_concentration),
        cmocka_unit_test(all_measures_of_a_world_worked_out_by_hand),
        cmocka_unit_test(measures_of_drawn_moves_are_of_what_was_counted),
        cmocka_unit_test(reading_changes_nothing),
        cmocka_unit_test(names_and_ranges_of_measures_are_fit_for_tables),
        cmocka_unit_test(exchange_is_of_the_whole_economy_and_threat_shares_are_of_all_threat),
    };
    return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
