/* The scenario that comes with the program: distances, acts and mandates, a whole replicate. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"
#include "run/arms.h"
#include "run/replicate.h"
#include "small.h"

static struct scenario *load(const char *set)
{
    struct diag diag = {0};
    struct scenario *sc = NULL;
    int status = scenario_load(&sc, "configs/iran-russia.cfg", &set, set != NULL, &diag);
    if (status != 0)
        print_error("%s\n", diag.text.s);
    assert_int_equal(status, 0);
    diag_release(&diag);
    return sc;
}

/* By the angle between two vectors from the earth's centre. */
static double by_vectors(const struct state *a, const struct state *b)
{
    const double degree = atan(1) / 45;
    double v[2][3], dot = 0, cross = 0;
    const struct state *s[2] = {a, b};
    for (int k = 0; k < 2; k++) {
        double lat = s[k]->lat * degree, lon = s[k]->lon * degree;
        v[k][0] = cos(lat) * cos(lon);
        v[k][1] = cos(lat) * sin(lon);
        v[k][2] = sin(lat);
    }
    for (int k = 0; k < 3; k++) {
        int p = (k + 1) % 3, q = (k + 2) % 3;
        dot += v[0][k] * v[1][k];
        cross += pow(v[0][p] * v[1][q] - v[0][q] * v[1][p], 2);
    }
    return 6371 * atan2(sqrt(cross), dot);
}

static void distances_are_great_circles_to_the_kilometre(void **state)
{
    (void)state;
    struct scenario *sc = load(NULL);
    int n = sc->n_states;
    assert_int_equal(n, 25);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double d = sc->distance[i * n + j];
            assert_true(d == rint(d) && d == sc->distance[j * n + i]);
            assert_true(fabs(d - by_vectors(&sc->states[i], &sc->states[j])) <= 0.5 + 1e-6);
        }
    /* Tehran to Moscow, Washington to Beijing: known to some dozen kilometres */
    int iran = scenario_state(sc, "IRN"), russia = scenario_state(sc, "RUS");
    assert_in_range((int)sc->distance[iran * n + russia], 2450, 2490);
    assert_in_range((int)sc->distance[scenario_state(sc, "USA") * n + scenario_state(sc, "CHN")],
                    11090, 11170);
    scenario_free(sc);
}

/* Iran's path from the start on, reached with all shocks active. */
static void measures_on_iran_take_the_described_path(void **state)
{
    (void)state;
    static const struct {
        int month;
        double security, economic, political;
    } path[] = {{0, 2.0 / 3, 0, 0.8},         {5, 1, 1.0 / 3, 1},     {6 * 12, 2.0 / 3, 0, 0},
                {10 * 12 + 9, 1.0 / 3, 0, 0}, {13 * 12 + 9, 0, 0, 0}, {14 * 12, 0, 0, 0}};
    struct scenario *sc = load(NULL);
    struct structure s;
    int iran = scenario_state(sc, "IRN");
    assert_int_equal(structure_init(&s, sc, NULL), 0);
    for (int k = 0; k < 5; k++)
        for (int m = path[k].month; m < path[k + 1].month; m++) {
            struct month now = structure_month(&s, m);
            assert_near(now.mandate[SECURITY][iran], path[k].security);
            assert_near(now.mandate[ECONOMIC][iran], path[k].economic);
            assert_near(now.mandate[POLITICAL][iran], path[k].political);
            assert_near(now.mandate[INSTITUTIONAL][iran], path[k].political);
        }
    structure_release(&s);
    scenario_free(sc);
}

static void without_the_deal_the_measures_of_2010_stay(void **state)
{
    (void)state;
    struct scenario *sc = load("shocks.jcpoa.enabled=false");
    struct structure s;
    int iran = scenario_state(sc, "IRN");
    assert_int_equal(structure_init(&s, sc, NULL), 0);
    for (int m = 5; m < scenario_months(sc); m++) {
        assert_near(structure_month(&s, m).mandate[SECURITY][iran], 1);
        assert_near(structure_month(&s, m).mandate[POLITICAL][iran], 1);
    }
    structure_release(&s);
    scenario_free(sc);
}

/* What an act from i on j makes of the others in force, by the written rule. */
struct joined {
    int class;
    unsigned pillars;
};

static double value_of(struct joined l)
{
    static const double by_class[] = {0, 0.05, 0.15, 0.3};
    unsigned cut = (l.pillars & 1) + (l.pillars >> 1 & 1) + (l.pillars >> 2 & 1);
    double v = cut > 0 ? 0.3 + 0.15 * cut : by_class[l.class];
    return fmin(1, v + (cut >= 2 && l.pillars >= 8 ? 0.25 : 0));
}

static struct joined level_of(const struct scenario *sc, int i, int j, int day)
{
    struct joined l = {0, 0};
    for (int k = 0; k < sc->n_sanctions; k++) {
        const struct sanction *act = &sc->sanctions[k];
        bool sends = false;
        for (int q = 0; q < act->n_senders; q++)
            sends |= act->sender[q] == i;
        if (!sends || act->target_state != j || day < act->start || day >= act->end)
            continue;
        l.class = act->class > l.class ? act->class : l.class;
        l.pillars |= act->pillar_bits;
    }
    return l;
}

static void with_every_shock_active_all_acts_have_their_own_dates(void **state)
{
    (void)state;
    struct scenario *sc = load("shocks.theatre_syria_2015.enabled=true");
    struct structure s;
    int n = sc->n_states, some = 0;
    assert_int_equal(structure_init(&s, sc, NULL), 0);
    for (int m = 0; m < scenario_months(sc); m += 3) {
        struct month now = structure_month(&s, m);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                struct joined l = level_of(sc, i, j, date_last_day(sc->general.start + m));
                assert_near(now.sanctions[i * n + j], value_of(l));
                assert_true(now.reach[i * n + j] == (l.pillars >= 8 ? 1 : 0));
                some += l.pillars >= 8;
            }
    }
    assert_true(some > 0);
    structure_release(&s);
    scenario_free(sc);
}

static void nothing_touches_the_focus_dyad_in_any_month(void **state)
{
    (void)state;
    struct scenario *sc = load(NULL);
    struct structure s;
    int n = sc->n_states, i = scenario_state(sc, "IRN"), j = scenario_state(sc, "RUS");
    assert_int_equal(structure_init(&s, sc, NULL), 0);
    for (int m = 0; m < scenario_months(sc); m++) {
        struct month now = structure_month(&s, m);
        assert_same(&now.dispute[i * n + j], &s.base_dispute[i * n + j], 1);
        assert_true(now.sanctions[i * n + j] == 0 && now.sanctions[j * n + i] == 0);
        assert_true(now.reach[i * n + j] == 0 && now.war[i * n + j] == 0);
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++)
                assert_same(&now.dispute[a * n + b], &now.dispute[b * n + a], 1);
    }
    structure_release(&s);
    scenario_free(sc);
}

static void a_whole_replicate_stays_in_range_month_by_month(void **state)
{
    (void)state;
    static const char *const sets[] = {NULL, "scenario.moves=expected", "scenario.order=serial",
                                       "terms.channels=false"};
    for (int k = 0; k < 4; k++) {
        struct scenario *sc = load(sets[k]);
        struct structure structure;
        struct rule rule = rule_make(sc);
        struct simulation s;
        const struct stream stream = stream_make(1, 0, (uint32_t)k);
        assert_int_equal(structure_init(&structure, sc, NULL), 0);
        assert_int_equal(simulation_init(&s, &kernel_narrow, sc, &structure, &rule), 0);
        for (int t = 0; t < simulation_ticks(sc); t++) {
            small_step(&s, &stream);
            simulation_advance(&s);
        }
        simulation_release(&s);
        structure_release(&structure);
        scenario_free(sc);
    }
}

/* ---- arms, outcomes, claims --------------------------------------------------------------------
 */

/* What an arm leaves when it goes on from the first one, and when it runs alone; the tick at which
 * it did. */
static int assert_arm_alone(const struct experiment *base, const struct experiment *arm)
{
    struct replicate first, going_on, alone;
    struct branch b;
    int tick = experiment_branch(base, arm);
    assert_int_equal(replicate_init(&first, base, &kernel_narrow), 0);
    assert_int_equal(replicate_init(&going_on, arm, &kernel_narrow), 0);
    assert_int_equal(replicate_init(&alone, arm, &kernel_narrow), 0);
    assert_int_equal(branch_init(&b, base, 1, tick), 0);
    assert_int_equal(replicate_run_branching(&first, 7, &b, 1), 0);
    assert_int_equal(replicate_run_from(&going_on, 7, &b), 0);
    assert_int_equal(replicate_run(&alone, 7), 0);
    assert_same(going_on.sketch, alone.sketch, arm->readings.size);
    assert_same(going_on.monthly, alone.monthly, experiment_months(arm) * arm->series.n);
    branch_release(&b);
    replicate_release(&first);
    replicate_release(&going_on);
    replicate_release(&alone);
    return tick;
}

static void every_arm_goes_on_from_the_first_as_if_it_ran_alone(void **state)
{
    (void)state;
    struct diag diag = {0};
    struct arms arms;
    struct scenario *sc = load(NULL);
    const struct arms_request request = {
        .base = sc, .path = "configs/iran-russia.cfg", .seed = 1, .record = RECORD_FOCUS};
    assert_int_equal(arms_load(&arms, &request, &diag), 0);
    assert_true(arms.n > 5 && arms.n == sc->n_arms);
    int later = 0;
    for (int k = 1; k < arms.n; k++)
        later += assert_arm_alone(&arms.experiment[0], &arms.experiment[k]) > sc->general.spinup;
    assert_true(2 * later > arms.n);
    arms_release(&arms);
    scenario_free(sc);
}

static void every_claim_has_words_and_what_it_reads(void **state)
{
    (void)state;
    struct scenario *sc = load(NULL);
    assert_true(sc->n_claims > 5 && sc->n_explain > 0);
    for (int k = 0; k < sc->n_claims; k++) {
        const struct claim *claim = &sc->claims[k];
        assert_true(claim->text[0] != '\0' && claim->kind[0] != '\0');
        for (int c = 0; c < claim->n_all; c++)
            assert_in_range(claim->all[c].outcome_index, 0, sc->n_outcomes - 1);
    }
    scenario_free(sc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_great_circles_to_the_kilometre),
        cmocka_unit_test(measures_on_iran_take_the_described_path),
        cmocka_unit_test(without_the_deal_the_measures_of_2010_stay),
        cmocka_unit_test(with_every_shock_active_all_acts_have_their_own_dates),
        cmocka_unit_test(nothing_touches_the_focus_dyad_in_any_month),
        cmocka_unit_test(a_whole_replicate_stays_in_range_month_by_month),
        cmocka_unit_test(every_arm_goes_on_from_the_first_as_if_it_ran_alone),
        cmocka_unit_test(every_claim_has_words_and_what_it_reads),
    };
    return cmocka_run_group_tests_name("shipped", tests, NULL, NULL);
}
