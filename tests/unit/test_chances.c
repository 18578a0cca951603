/* The measures that are distributions: the chance of everything that a state can choose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/measure.h"
#include "small.h"

enum { N = 4, WIDEST = CHANNELS + MOVES * N };

/* By menu, move and target, from the weights of the actor's options. */
static void expect_chances(struct chooser *c, int actor, bool targets, double *out)
{
    memset(out, 0, WIDEST * sizeof *out);
    for (int m = 0; m < c->n_menus; m++) {
        const struct menu *menu = &c->menus[m];
        int options = choice_weights(c, menu, actor), next = 1;
        double total = 0;
        for (int k = 0; k < options; k++)
            total += c->weight[k];
        out[m] = c->weight[0] / total;
        for (int k = 0; k < menu->n_moves; k++)
            for (int j = 0; j < N; j++)
                if (menu->moves[k] != MOVE_ARM || j == actor)
                    out[CHANNELS + (int)menu->moves[k] * (targets ? N : 1) + (targets ? j : 0)] +=
                        c->weight[next++] / total;
        assert_int_equal(options, next);
    }
}

static void choices_and_moves_are_the_weights_of_the_options(void **state)
{
    (void)state;
    static const char *const worlds[] = {NULL, "terms.channels=false"};
    const struct measure *choices = measure_find("choices"), *moves = measure_find("moves");
    assert_int_equal(measure_width(choices, N), WIDEST);
    assert_int_equal(measure_width(moves, N), CHANNELS + MOVES);
    assert_int_equal(measure_width(moves, 25), CHANNELS + MOVES);
    assert_int_equal(measure_width(measure_find("acts"), 25), 1);
    for (int k = 0; k < 2; k++)
        for (int actor = 0; actor < N; actor++) {
            struct small s;
            double expected[WIDEST], read[WIDEST];
            small_open(&s, small_four, worlds[k]);
            small_stir(&s.simulation.world, 5);
            perceive(&s.simulation.perception);
            choice_opportunity(&s.simulation.chooser, actor);
            expect_chances(&s.simulation.chooser, actor, true, expected);
            choices->chances(&s.simulation, actor, read);
            for (int q = 0; q < WIDEST; q++)
                assert_near(read[q], expected[q]);
            expect_chances(&s.simulation.chooser, actor, false, expected);
            moves->chances(&s.simulation, actor, read);
            for (int q = 0; q < CHANNELS + MOVES; q++)
                assert_near(read[q], expected[q]);
            small_close(&s);
        }
}

/* What is read while each actor decides, and how the expected moves of the month tell it. */
struct watch {
    double choices[N][WIDEST], moves[N][CHANNELS + MOVES];
    int calls;
};

static void look(void *user, struct simulation *s, int actor)
{
    struct watch *w = user;
    measure_find("choices")->chances(s, actor, w->choices[actor]);
    measure_find("moves")->chances(s, actor, w->moves[actor]);
    w->calls++;
}

static double sum(const double *v, int n)
{
    double all = 0;
    for (int k = 0; k < n; k++)
        all += v[k];
    return all;
}

/* Each menu's chances are all there is, and times its draws they are the expected moves. */
static void assert_chances_of(const struct watch *w, const struct simulation *s, int i)
{
    int menus = s->chooser.n_menus;
    double draws = s->chooser.menus[0].draws, whole[CHANNELS] = {0}, taken[MOVES * N * N];
    small_moves(&s->tally, taken, NULL);
    for (int m = 0; m < MOVES; m++) {
        const double *choices = w->choices[i] + CHANNELS + m * N;
        int menu = menus == 1 ? 0 : (int)move_kinds[m].channel;
        for (int j = 0; j < N; j++)
            assert_near(draws * choices[j], taken[m * N * N + i * N + j]);
        assert_near(w->moves[i][CHANNELS + m], sum(choices, N));
        whole[menu] += sum(choices, N);
    }
    for (int m = 0; m < CHANNELS; m++) {
        assert_near(whole[m] + w->choices[i][m], m < menus ? 1 : 0);
        assert_near(w->moves[i][m], w->choices[i][m]);
    }
}

static void chances_are_those_by_which_moves_are_expected(void **state)
{
    (void)state;
    static const char *const worlds[] = {
        "scenario.moves=expected", "scenario.moves=expected scenario.order=serial",
        "scenario.moves=expected terms.channels=false parameters.lambda=40"};
    for (int k = 0; k < 3; k++) {
        struct small s;
        struct watch w = {.calls = 0};
        const struct stream stream = stream_make(1, 0, 0);
        small_open(&s, small_four, worlds[k]);
        small_stir(&s.simulation.world, 9);
        s.simulation.observe = look;
        s.simulation.user = &w;
        small_step(&s.simulation, &stream);
        assert_int_equal(w.calls, N);
        for (int i = 0; i < N; i++)
            assert_chances_of(&w, &s.simulation, i);
        small_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices_and_moves_are_the_weights_of_the_options),
        cmocka_unit_test(chances_are_those_by_which_moves_are_expected),
    };
    return cmocka_run_group_tests_name("chances", tests, NULL, NULL);
}
