/* What a world must not depend on, and what must hold in every month of it: the order of the
 * states, their size as a whole, and numbers in range whatever happens. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "small.h"

/* ---- order -------------------------------------------------------------------------------------
 */

enum { N = 9 };

/* The scenario's text with its states in another order: every third one, starting anew. */
static char *reordered(const char *text)
{
    const char *line[N], *at = strstr(text, "states = {\n") + strlen("states = {\n");
    struct text t = {0};
    text_printf(&t, "%.*s", (int)(at - text), text);
    for (int k = 0; k < N; k++) {
        line[k] = at;
        at = strchr(at, '\n') + 1;
    }
    for (int first = 2; first >= 0; first--)
        for (int k = first; k < N; k += 3)
            text_printf(&t, "%.*s\n", (int)strcspn(line[k], "\n"), line[k]);
    text_printf(&t, "%s", at);
    assert_false(t.failed);
    return t.s;
}

/* The same world twice: state i of the one is state place[i] of the other. */
struct twice {
    struct small one, other;
    int place[N];
};

static void copy_pairs(const struct twice *t, const double *from, double *to)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            to[t->place[i] * N + t->place[j]] = from[i * N + j];
}

static void twice_open(struct twice *t, unsigned seed, const char *sets)
{
    char *text = small_text_of(N, seed), *again = reordered(text);
    small_open(&t->one, text, sets);
    small_open(&t->other, again, sets);
    free(text);
    free(again);
    struct world *v = &t->one.simulation.world, *w = &t->other.simulation.world;
    int moved = 0;
    for (int i = 0; i < N; i++) {
        t->place[i] = scenario_state(t->other.scenario, t->one.scenario->states[i].iso3);
        moved += t->place[i] != i;
    }
    assert_true(moved > N / 2);
    small_stir(v, seed);
    for (int i = 0; i < N; i++) {
        w->economy[t->place[i]] = v->economy[i];
        w->military[t->place[i]] = v->military[i];
    }
    for (int d = 0; d < DOMAINS; d++)
        copy_pairs(t, v->cooperation[d], w->cooperation[d]);
    copy_pairs(t, v->dispute, w->dispute);
    copy_pairs(t, v->sanctions, w->sanctions);
}

static void twice_close(struct twice *t)
{
    small_close(&t->one);
    small_close(&t->other);
}

static void same_states(const struct twice *t, const double *a, const double *b)
{
    for (int i = 0; i < N; i++)
        assert_near(a[i], b[t->place[i]]);
}

static void same_pairs(const struct twice *t, const double *a, const double *b)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            if (i != j)
                assert_near(a[i * N + j], b[t->place[i] * N + t->place[j]]);
}

static void same_perception(const struct twice *t)
{
    const struct perception *p = &t->one.simulation.perception,
                            *q = &t->other.simulation.perception;
    const double *states[][2] = {{p->capability, q->capability}, {p->power, q->power},
                                 {p->threat, q->threat},         {p->resistance, q->resistance},
                                 {p->insecurity, q->insecurity}, {p->partners, q->partners},
                                 {p->access, q->access}};
    const double *pairs[][2] = {{p->threat_from, q->threat_from},
                                {p->common_threat, q->common_threat},
                                {p->leverage, q->leverage},
                                {p->reach, q->reach},
                                {p->conciliation, q->conciliation}};
    assert_near(*p->polarisation, *q->polarisation);
    for (size_t k = 0; k < sizeof states / sizeof *states; k++)
        same_states(t, states[k][0], states[k][1]);
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        same_pairs(t, pairs[k][0], pairs[k][1]);
    for (int d = 0; d < DOMAINS; d++) {
        same_pairs(t, p->benefit[d], q->benefit[d]);
        same_pairs(t, p->cost[d], q->cost[d]);
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            const int k = t->place[i], l = t->place[j];
            if (i == j)
                continue;
            assert_near(perceived_cooperation(p->world, i * N + j),
                        perceived_cooperation(q->world, k * N + l));
            assert_near(perceived_sanctions(p->world, i, j), perceived_sanctions(q->world, k, l));
            assert_near(perceived_grip(p, i, j), perceived_grip(q, k, l));
            assert_near(perceived_market(p, i, j), perceived_market(q, k, l));
        }
}

static void all_perceive_the_same_in_whatever_order_they_stand(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct twice t;
        twice_open(&t, seed, NULL);
        perceive(&t.one.simulation.perception);
        perceive(&t.other.simulation.perception);
        same_perception(&t);
        twice_close(&t);
    }
}

static void expected_months_are_the_same_in_whatever_order_states_stand(void **state)
{
    (void)state;
    struct twice t;
    const struct stream stream = stream_make(1, 0, 0);
    twice_open(&t, 5, "scenario.moves=expected");
    for (int month = 0; month < 6; month++) {
        small_step(&t.one.simulation, &stream);
        small_step(&t.other.simulation, &stream);
        same_perception(&t);
        double one[MOVES][N * N], other[MOVES][N * N];
        small_moves(&t.one.simulation.tally, NULL, one[0]);
        small_moves(&t.other.simulation.tally, NULL, other[0]);
        for (int m = 0; m < MOVES; m++)
            same_pairs(&t, one[m], other[m]);
        simulation_advance(&t.one.simulation);
        simulation_advance(&t.other.simulation);
    }
    twice_close(&t);
}

/* ---- size --------------------------------------------------------------------------------------
 */

/* Shares stay as they are, and a power of two rounds nothing. */
static void twice_as_large_all_together_they_do_the_same_to_the_bit(void **state)
{
    (void)state;
    static const char *const sets[] = {"scenario.moves=expected", "scenario.order=serial",
                                       "parameters.growth_isolation=0.05"};
    for (int k = 0; k < 3; k++) {
        struct small s, large;
        const struct stream stream = stream_make(3, 0, 0);
        small_open(&s, small_four, sets[k]);
        small_open(&large, small_four, sets[k]);
        struct world *v = &s.simulation.world, *w = &large.simulation.world;
        for (int i = 0; i < v->n; i++) {
            large.scenario->states[i].gdp *= 2;
            large.scenario->states[i].milex *= 2;
        }
        world_reset(w);
        for (int t = 0; t < simulation_ticks(s.scenario); t++) {
            small_step(&s.simulation, &stream);
            small_step(&large.simulation, &stream);
            for (int i = 0; i < v->n; i++) {
                assert_true(w->economy[i] == 2 * v->economy[i]);
                assert_true(w->military[i] == 2 * v->military[i]);
            }
            assert_same(w->block, v->block, (DOMAINS + 2) * v->n * v->n);
            simulation_advance(&s.simulation);
            simulation_advance(&large.simulation);
        }
        small_close(&s);
        small_close(&large);
    }
}

/* ---- range -------------------------------------------------------------------------------------
 */

/* Every kind of effect, every shape, acts that end and begin, a mandate; much of it at its limit.
 */
static const char eventful[] =
    "sanctions = {\n"
    "  S1 = { senders = [\"CCC\", \"DDD\"]; target = \"AAA\"; start = \"2009-01-01\"; class = 3;\n"
    "         end = \"2010-09-01\"; pillars = \"TFXS\"; };\n"
    "  S2 = { senders = [\"AAA\"]; target = \"CCC\"; start = \"2010-05-15\"; class = 1; }; };\n"
    "mandates = { M1 = { target = \"BBB\"; start = \"2009-06-01\"; dual_use = 1.0;\n"
    "  arms_imports = 0.5; finance = 0.5; article41 = 1; }; };\n"
    "shocks = {\n"
    "  one = { date = \"2010-04-10\"; effects = {\n"
    "    a = { on = \"dispute\"; between = [\"AAA\", \"CCC\"]; size = 5.0; shape = \"ramp\"; };\n"
    "    b = { on = \"sanctions\"; from = [\"DDD\"]; to = [\"AAA\", \"BBB\"]; size = 5.0; };\n"
    "    c = { on = \"mandate\"; of = [\"AAA\", \"BBB\"]; size = 1.0; shape = \"pulse\"; };\n"
    "    d = { on = \"reach\"; from = [\"DDD\"]; to = [\"BBB\"]; size = 0.7; }; }; };\n"
    "  two = { date = \"2010-08-10\"; ends = [\"S1\"]; effects = {\n"
    "    a = { on = \"capability\"; of = [\"CCC\"]; size = -0.9; };\n"
    "    b = { on = \"capability\"; of = [\"BBB\"]; size = 5.0; shape = \"pulse\"; months = 2; };\n"
    "    c = { on = \"growth\"; of = [\"AAA\"]; size = 0.5; };\n"
    "    d = { on = \"war\"; between = [\"AAA\", \"DDD\"]; size = 1.0; };\n"
    "    e = { on = \"dispute\"; between = [\"AAA\", \"DDD\"]; size = -5.0; }; }; }; };\n";

static bool is_share(double v)
{
    return v >= 0 && v <= 1;
}

static void assert_perceived_in_range(const struct perception *p)
{
    double all = 0;
    for (int i = 0; i < p->n; i++) {
        all += p->capability[i];
        assert_true(is_share(p->capability[i]) && is_share(p->partners[i]) &&
                    is_share(p->access[i]));
        assert_true(isfinite(p->insecurity[i]) && p->insecurity[i] >= 0);
    }
    assert_near(all, 1);
    assert_true(is_share(*p->polarisation));
}

static void every_month_is_in_range_whatever_happens(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "",
        "scenario.moves=expected",
        "scenario.order=serial terms.channels=false",
        "scenario.moves=expected parameters.lambda=0 parameters.sanctions_power=0.5",
        "parameters.rho=1 parameters.rho_dispute=1 parameters.sanctions_pull=1 parameters.eta=10",
        "parameters.conciliation=0.99 parameters.coercion=0.99 parameters.lambda=1000000",
        "parameters.growth_falls=true parameters.attrition=0.5 parameters.growth_isolation=0.2"};
    struct text text = {0};
    text_printf(&text, "%s%s", small_four, eventful);
    for (uint32_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        struct small s;
        const struct stream stream = stream_make(11, 0, k);
        const char *what = NULL;
        small_open(&s, text.s, sets[k]);
        for (int t = 0; t < simulation_ticks(s.scenario); t++) {
            simulation_step(&s.simulation, &stream);
            if (world_verify(&s.simulation.world, 0, &what) != 0)
                fail_msg("month %d with %s: %s", t, sets[k], what);
            assert_perceived_in_range(&s.simulation.perception);
            simulation_advance(&s.simulation);
        }
        small_close(&s);
    }
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_perceive_the_same_in_whatever_order_they_stand),
        cmocka_unit_test(expected_months_are_the_same_in_whatever_order_states_stand),
        cmocka_unit_test(twice_as_large_all_together_they_do_the_same_to_the_bit),
        cmocka_unit_test(every_month_is_in_range_whatever_happens),
    };
    return cmocka_run_group_tests_name("symmetry", tests, NULL, NULL);
}
