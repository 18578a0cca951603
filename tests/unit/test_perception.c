/* What states perceive, against numbers worked out by hand and against the plain equations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "equations.h"
#include "small.h"

/* ---- three states on the equator, a quarter of it apart: numbers by hand -----------------------
 */

enum { A, B, C, THREE };
enum { AB = 1, AC = 2, BA = 3, BC = 5, CA = 6, CB = 7 };

/* 10,008 km from A to B and to C, 20,015 km from B to C. Shares of e: .6 .3 .1, of m: .3 .6 .1. */
static const char three_text[] =
    "scenario = { name = \"three\"; start = \"2010-01\"; end = \"2010-02\"; spinup = 0; };\n"
    "states = { AAA = { lat = 0.0; lon =   0.0; gdp = 600.0; milex = 30.0; };\n"
    "           BBB = { lat = 0.0; lon =  90.0; gdp = 300.0; milex = 60.0; };\n"
    "           CCC = { lat = 0.0; lon = -90.0; gdp = 100.0; milex = 10.0; }; };\n"
    "dyads = { };\n"
    "parameters = { distance_half = 10008.0; power_exponent = 0.5; intent_base = 0.1;\n"
    "  intent_dispute = 0.8; intent_cooperation = 0.5; omega = 0.5; market_half = 0.05;\n"
    "  polarisation_reference = 0.15; polarisation_exponent = 2.0; lambda = 2.0; };\n";

static void both(double *v, int ij, int ji, double value)
{
    v[ij] = v[ji] = value;
}

/* Cooperation A-B .1 .2 .3 .2 (mean .2), A-C .8 throughout, B-C none; disputes and sanctions. */
static void open_three(struct small *s, const char *sets)
{
    small_open(s, three_text, sets);
    struct world *w = &s->simulation.world;
    const double ab[DOMAINS] = {0.1, 0.2, 0.3, 0.2};
    for (int d = 0; d < DOMAINS; d++) {
        both(w->cooperation[d], AB, BA, ab[d]);
        both(w->cooperation[d], AC, CA, 0.8);
        both(w->cooperation[d], BC, CB, 0);
    }
    both(w->dispute, AB, BA, 0.5);
    both(w->dispute, AC, CA, 0);
    both(w->dispute, BC, CB, 1);
    w->sanctions[BA] = 0.2;
    w->sanctions[BC] = 0.6;
    w->sanctions[CA] = 0.3;
    perceive(&s->simulation.perception);
}

static const double pi_far = 0.1 + 0.9 / (1 + (20015.0 / 10008) * (20015.0 / 10008));

static void capability_is_half_share_of_stock_and_half_of_economy(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const double *c = s.simulation.perception.capability;
    assert_near(c[A], 0.5 * 300 / 1000 + 0.5 * 600 / 1000);
    assert_near(c[B], 0.45);
    assert_near(c[C], 0.1);
    assert_near(s.simulation.perception.power[C], sqrt(0.1));
    small_close(&s);
    open_three(&s, "parameters.military_weight=1");
    assert_near(s.simulation.perception.capability[B], 0.6);
    small_close(&s);
}

static void proximity_falls_to_half_at_the_scale_and_never_below_its_floor(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    assert_near(s.structure.proximity[AB], 0.1 + 0.9 / 2);
    assert_near(s.structure.proximity[BC], pi_far);
    assert_true(s.structure.proximity[0] == 0);
    small_close(&s);
    open_three(&s, "parameters.distance_floor=0.4 parameters.distance_half=1");
    assert_near(s.structure.proximity[AB], 0.4 + 0.6 / (1 + 10008.0 * 10008.0));
    small_close(&s);
}

static void threat_is_power_times_proximity_times_intent(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const double *tau = s.simulation.perception.threat_from;
    assert_near(tau[AB], sqrt(0.45) * 0.55 * (0.1 + 0.8 * 0.5 - 0.5 * 0.2));
    assert_near(tau[BC], sqrt(0.1) * pi_far * (0.1 + 0.8));
    assert_near(tau[CB], sqrt(0.45) * pi_far * 0.9);
    assert_near(s.simulation.perception.threat[B],
                sqrt(0.45) * 0.55 * 0.4 + sqrt(0.1) * pi_far * 0.9);
    small_close(&s);
}

static void intent_is_never_below_nought(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL); /* A and C: .1 - .5 · .8 = -.3 */
    assert_true(s.simulation.perception.threat_from[AC] == 0);
    assert_true(s.simulation.perception.threat_from[CA] == 0);
    small_close(&s);
}

static void intent_is_never_above_one(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, "parameters.intent_dispute=3"); /* B and C: .1 + 3 */
    assert_near(s.simulation.perception.threat_from[BC], sqrt(0.1) * pi_far);
    assert_near(s.simulation.perception.threat_from[AB], sqrt(0.45) * 0.55);
    small_close(&s);
}

static void common_threat_is_a_cosine_over_third_states_alone(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const double *o = s.simulation.perception.common_threat;
    /* A and C have one third state, B, and both fear it; A and B have C, and A does not fear it. */
    assert_near(o[AC], 1);
    assert_true(o[AB] == 0 && o[BA] == 0);
    assert_true(o[BC] == 0 && o[A] == 0);
    small_close(&s);
}

static void resistance_counts_friends_who_share_the_threats(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const struct perception *p = &s.simulation.perception;
    assert_near(p->resistance[A], sqrt(0.45) + 0.8 * sqrt(0.1) * 0.55 * 1);
    assert_near(p->resistance[B], sqrt(0.45));
    assert_near(p->resistance[C], sqrt(0.1) + 0.8 * sqrt(0.45) * 0.55);
    assert_near(p->insecurity[A], log(1 + sqrt(0.45) * 0.55 * 0.4 / p->resistance[A]));
    small_close(&s);
}

static void polarisation_is_the_mean_dispute_weighted_by_capability(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    assert_near(*s.simulation.perception.polarisation,
                (0.45 * 0.45 * 0.5 + 0.45 * 0.1 * 1) / (0.45 * 0.45 + 2 * 0.45 * 0.1));
    small_close(&s);
}

static void pool_leaves_out_whom_dispute_or_their_sanctions_close(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const double *pool = s.simulation.perception.partners;
    /* to A: B closed by the dispute (.5 over .2), C by its sanctions (.3 over 0) */
    assert_near(pool[A], (0.45 * 0.5 + 0.1 * 0.7) / 0.55);
    /* B's own sanctions on others do not close them */
    assert_near(pool[B], (0.45 * 0.5 + 0.1 * 0) / 0.55);
    assert_near(pool[C], (0.45 * 1 + 0.45 * 0) / 0.9);
    small_close(&s);
}

static void pool_and_market_access_have_a_floor(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, three_text, NULL);
    struct world *w = &s.simulation.world;
    both(w->dispute, AB, BA, 1);
    both(w->sanctions, AC, CA, 1);
    w->sanctions[BA] = 1;
    perceive(&s.simulation.perception);
    assert_true(s.simulation.perception.partners[A] == 0.01);
    assert_true(s.simulation.perception.access[A] == 0.01);
    small_close(&s);
}

static void grip_grows_with_the_partner_and_with_having_no_other(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const struct perception *p = &s.simulation.perception;
    double pool = (0.45 * 0.5 + 0.1 * 0.7) / 0.55;
    assert_near(perceived_grip(p, A, C), (0.1 / sqrt(pool)) / (0.1 / sqrt(pool) + 0.05));
    assert_near(perceived_grip(p, C, B), (0.45 / sqrt(0.5)) / (0.45 / sqrt(0.5) + 0.05));
    small_close(&s);
}

static void market_access_is_the_open_share_of_near_markets(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const double *a = s.simulation.perception.access;
    /* sanctions count in whichever direction they go */
    assert_near(a[A], (300 * 0.55 * 0.8 + 100 * 0.55 * 0.7) / (300 * 0.55 + 100 * 0.55));
    assert_near(a[B], (600 * 0.55 * 0.8 + 100 * pi_far * 0.4) / (600 * 0.55 + 100 * pi_far));
    assert_near(a[C], (600 * 0.55 * 0.7 + 300 * pi_far * 0.4) / (600 * 0.55 + 300 * pi_far));
    small_close(&s);
}

static void market_diverts_trade_to_what_is_open(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const struct perception *p = &s.simulation.perception;
    const double *a = p->access;
    assert_near(perceived_market(p, A, C), 0.1 * 0.55 * 0.7 / sqrt(a[A] * a[C]));
    assert_near(perceived_market(p, C, A), 0.6 * 0.55 * 0.7 / sqrt(a[A] * a[C]));
    small_close(&s);
}

static void leverage_is_what_friends_who_oppose_the_partner_could_take_away(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    const double *q = s.simulation.perception.leverage;
    /* A toward B: friend C (stake .1 · .8 · (1 - .3)), who has a dispute of 1 with B, no sanctions
     */
    assert_near(q[AB], 0.1 * 0.8 * 0.7 * (0.5 * 1 + 0.5 * 0) / (1 - 0.45 - 0.45));
    /* A toward C: B (stake .45 · .2 · (1 - .5)), dispute 1 and sanctions .6 on C */
    assert_near(q[AC], 0.45 * 0.2 * 0.5 * (0.5 * 1 + 0.5 * 0.6) / (1 - 0.45 - 0.1));
    /* C toward B: A (stake .45 · .8 · 1), dispute .5, no sanctions of its own */
    assert_near(q[CB], 0.45 * 0.8 * 1 * (0.5 * 0.5) / (1 - 0.1 - 0.45));
    assert_true(q[A] == 0);
    small_close(&s);
}

static void reach_counts_only_sanctions_that_threaten_third_parties(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    double *reach = (double *)s.simulation.world.month.reach;
    assert_true(s.simulation.perception.reach[AC] == 0);
    reach[BC] = 0.5;
    perceive(&s.simulation.perception);
    assert_near(s.simulation.perception.reach[AC], 0.45 * 0.2 * 0.5 * (0.5 * 0.6) / 0.45);
    assert_true(s.simulation.perception.reach[AB] == 0);
    small_close(&s);
}

/* ---- two states: no third ----------------------------------------------------------------------
 */

static void two_states_share_no_threat_and_have_no_leverage(void **state)
{
    (void)state;
    struct small s;
    char *text = small_text_of(2, 5);
    small_open(&s, text, NULL);
    small_stir(&s.simulation.world, 3);
    perceive(&s.simulation.perception);
    const struct perception *p = &s.simulation.perception;
    for (int k = 0; k < 4; k++)
        assert_true(p->common_threat[k] == 0 && p->leverage[k] == 0 && p->reach[k] == 0);
    assert_near(p->resistance[1], p->power[1]);
    small_close(&s);
    free(text);
}

/* ---- every quantity against its equation, in worlds of many shapes -----------------------------
 */

static void same_vector(const struct world *w, const double *v,
                        double (*equation)(const struct world *, int))
{
    for (int i = 0; i < w->n; i++)
        assert_near(v[i], equation(w, i));
}

static void same_matrix(const struct world *w, const double *v,
                        double (*equation)(const struct world *, int, int))
{
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->n; j++)
            if (i != j)
                assert_near(v[i * w->n + j], equation(w, i, j));
}

static void same_perception(const struct perception *p)
{
    const struct world *w = p->world;
    assert_near(*p->polarisation, eq_polarisation(w));
    same_vector(w, p->capability, eq_capability);
    same_vector(w, p->threat, eq_all_threat);
    same_vector(w, p->resistance, eq_resistance);
    same_vector(w, p->insecurity, eq_insecurity);
    same_vector(w, p->partners, eq_pool);
    same_vector(w, p->access, eq_access);
    same_matrix(w, w->structure->proximity, eq_proximity);
    same_matrix(w, p->threat_from, eq_threat);
    same_matrix(w, p->common_threat, eq_common_threat);
    same_matrix(w, p->leverage, eq_leverage);
    same_matrix(w, p->reach, eq_reach);
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->n; j++) {
            if (i == j)
                continue;
            assert_near(perceived_cooperation(w, i * w->n + j), eq_mean_cooperation(w, i, j));
            assert_near(perceived_grip(p, i, j), eq_grip(w, i, j));
            assert_near(perceived_market(p, i, j), eq_market(w, i, j));
        }
}

/* Reach and mandates that no scenario gave, so that they differ between all pairs. */
static void stir_month(struct world *w, unsigned seed)
{
    double *reach = (double *)w->month.reach;
    for (int k = 0; k < w->n * w->n; k++)
        reach[k] = (double)((unsigned)k * 7919u * seed % 101) / 100;
    for (int d = 0; d < DOMAINS; d++)
        for (int i = 0; i < w->n; i++)
            ((double *)w->month.mandate[d])[i] = (double)((unsigned)(i + d) * 31u * seed % 11) / 10;
}

/* Sizes on both sides of the blocks of eight that products are done in. */
static void every_quantity_is_its_equation_whatever_the_number_of_states(void **state)
{
    (void)state;
    static const int sizes[] = {2, 3, 4, 5, 7, 8, 9, 11, 16};
    for (unsigned k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        struct small s;
        char *text = small_text_of(sizes[k], k + 1);
        small_open(&s, text, NULL);
        small_stir(&s.simulation.world, 10 * k + 3);
        stir_month(&s.simulation.world, k + 1);
        perceive(&s.simulation.perception);
        same_perception(&s.simulation.perception);
        small_close(&s);
        free(text);
    }
}

static void every_quantity_is_its_equation_whatever_the_parameters(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "parameters.power_exponent=0 parameters.omega=2 parameters.intent_base=0",
        "parameters.power_exponent=3 parameters.omega=0 parameters.distance_floor=0",
        "parameters.military_weight=0 parameters.intent_cooperation=5",
        "parameters.intent_dispute=10 parameters.market_half=0.5 parameters.omega_floor=0.3",
        "terms.outside_options=false",
        "terms.diversion=false"};
    for (unsigned k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct small s;
        small_open(&s, small_four, sets[k]);
        small_stir(&s.simulation.world, k + 1);
        stir_month(&s.simulation.world, k + 1);
        perceive(&s.simulation.perception);
        same_perception(&s.simulation.perception);
        small_close(&s);
    }
}

static void symmetric_quantities_are_symmetric_to_the_bit(void **state)
{
    (void)state;
    struct small s;
    char *text = small_text_of(23, 9);
    small_open(&s, text, NULL);
    small_stir(&s.simulation.world, 77);
    perceive(&s.simulation.perception);
    const struct perception *p = &s.simulation.perception;
    const struct world *w = &s.simulation.world;
    for (int i = 0; i < 23; i++)
        for (int j = 0; j < i; j++) {
            const int ij = i * 23 + j, ji = j * 23 + i;
            const double one[] = {p->common_threat[ij], s.structure.proximity[ij],
                                  perceived_cooperation(w, ij), perceived_sanctions(w, i, j)};
            const double other[] = {p->common_threat[ji], s.structure.proximity[ji],
                                    perceived_cooperation(w, ji), perceived_sanctions(w, j, i)};
            assert_same(one, other, 4);
        }
    small_close(&s);
    free(text);
}

/* One giant, two dwarfs: nothing is left over when both partners are taken out. */
static void leverage_is_nought_when_no_others_are_left(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    struct world *w = &s.simulation.world;
    w->economy[B] = w->military[B] = w->economy[C] = w->military[C] = 1e-8;
    w->economy[A] = w->military[A] = 1e3;
    ((double *)w->month.reach)[CB] = w->sanctions[CB] = 1;
    perceive(&s.simulation.perception);
    assert_true(s.simulation.perception.leverage[AB] == 0);
    assert_true(s.simulation.perception.reach[AB] == 0);
    assert_near(s.simulation.perception.leverage[CB], 1 * 0.8 * 1 * (0.5 * 0.5) / 1);
    small_close(&s);
}

static void perceiving_twice_changes_nothing(void **state)
{
    (void)state;
    struct small s;
    open_three(&s, NULL);
    struct perception *p = &s.simulation.perception;
    const double *kept[] = {p->benefit[SECURITY], p->cost[SECURITY], p->leverage};
    double before[3][THREE * THREE];
    for (int m = 0; m < 3; m++)
        memcpy(before[m], kept[m], sizeof before[m]);
    perceive(p);
    for (int m = 0; m < 3; m++)
        assert_same(before[m], kept[m], THREE * THREE);
    small_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capability_is_half_share_of_stock_and_half_of_economy),
        cmocka_unit_test(proximity_falls_to_half_at_the_scale_and_never_below_its_floor),
        cmocka_unit_test(threat_is_power_times_proximity_times_intent),
        cmocka_unit_test(intent_is_never_below_nought),
        cmocka_unit_test(intent_is_never_above_one),
        cmocka_unit_test(common_threat_is_a_cosine_over_third_states_alone),
        cmocka_unit_test(resistance_counts_friends_who_share_the_threats),
        cmocka_unit_test(polarisation_is_the_mean_dispute_weighted_by_capability),
        cmocka_unit_test(pool_leaves_out_whom_dispute_or_their_sanctions_close),
        cmocka_unit_test(pool_and_market_access_have_a_floor),
        cmocka_unit_test(grip_grows_with_the_partner_and_with_having_no_other),
        cmocka_unit_test(market_access_is_the_open_share_of_near_markets),
        cmocka_unit_test(market_diverts_trade_to_what_is_open),
        cmocka_unit_test(leverage_is_what_friends_who_oppose_the_partner_could_take_away),
        cmocka_unit_test(reach_counts_only_sanctions_that_threaten_third_parties),
        cmocka_unit_test(two_states_share_no_threat_and_have_no_leverage),
        cmocka_unit_test(every_quantity_is_its_equation_whatever_the_number_of_states),
        cmocka_unit_test(every_quantity_is_its_equation_whatever_the_parameters),
        cmocka_unit_test(symmetric_quantities_are_symmetric_to_the_bit),
        cmocka_unit_test(leverage_is_nought_when_no_others_are_left),
        cmocka_unit_test(perceiving_twice_changes_nothing),
    };
    return cmocka_run_group_tests_name("perception", tests, NULL, NULL);
}
