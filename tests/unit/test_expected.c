/* The expected step in many states: what is chosen and accepted is what weights and consents say,
 * and what follows reaches every state, also beyond a block of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "equations.h"
#include "model/consequences.h"
#include "small.h"

static const int sizes[] = {5, 64, 65, 129};

static void open_many(struct small *s, int n, const char *sets)
{
    char *text = small_text_of(n, 17);
    *strstr(text, "dyads = {") = '\0'; /* they are stirred */
    small_open(s, text, sets);
    free(text);
    small_stir(&s->simulation.world, 3);
    perceive(&s->simulation.perception);
    tally_clear(&s->simulation.tally);
}

/* One menu of one actor: each option as often as its part of all weights, times its consent. */
static double check_menu(struct small *s, int m, int actor)
{
    struct chooser *c = &s->simulation.chooser;
    const struct menu *menu = &c->menus[m];
    const struct tally *t = &s->simulation.tally;
    const int n = s->simulation.world.n, options = choice_weights(c, menu, actor);
    double total = 0;
    for (int q = 0; q < options; q++)
        total += c->weight[q];
    int k = 1;
    for (int q = 0; q < menu->n_moves * n; q++) {
        const int move = (int)menu->moves[q / n], j = q % n;
        const struct pair dyad = {actor, j};
        const bool none = move == MOVE_ARM && j != actor;
        double chosen = none ? 0 : menu->draws * c->weight[k] / total;
        double consent = none ? 0 : choice_consent(c, &menu->options[k], actor);
        assert_near(tally_chosen(t, (enum move)move, dyad, 0), chosen);
        assert_near(tally_accepted(t, (enum move)move, dyad, 0), chosen * consent);
        k += !none;
    }
    assert_int_equal(k, options);
    return menu->draws * c->weight[0] / total;
}

static void expected_acceptances_are_draws_times_chance_times_consent(void **state)
{
    (void)state;
    static const char *const sets[] = {"scenario.moves=expected",
                                       "scenario.moves=expected terms.channels=false",
                                       "scenario.moves=expected parameters.lambda=40"};
    for (int q = 0; q < 9; q++) {
        struct small s;
        open_many(&s, sizes[q / 3], sets[q % 3]);
        const struct stream stream = stream_make(5, 0, 0);
        struct chooser *c = &s.simulation.chooser;
        const int n = s.simulation.world.n;
        assert_int_equal(c->n_menus, q % 3 == 1 ? 1 : CHANNELS);
        for (int i = 0; i < n; i += 1 + n / 5) {
            double held = 0;
            tally_clear(&s.simulation.tally);
            choose(c, &stream, i, &s.simulation.tally);
            choice_opportunity(c, i);
            for (int m = 0; m < c->n_menus; m++)
                held += check_menu(&s, m, i);
            assert_near(tally_total(&s.simulation.tally, HOLD, 0), held);
        }
        small_close(&s);
    }
}

/* Moves of the actors 0, a middle one and the last toward all others, some of them none. */
static void fill(double *k, int n, int move)
{
    const int actors[] = {0, n / 2, n - 1};
    for (int a = 0; a < 3; a++)
        for (int j = 0; j < n; j++)
            if ((j == actors[a]) == (move == MOVE_ARM))
                k[actors[a] * n + j] = (j + a) % 4 == 0 ? 0 : 0.1 * ((j + 3 * a + move) % 7);
}

/* Each move alone, so that the order in which they follow does not matter. */
static void check_move(struct small *s, struct small *plain, int move)
{
    struct world *w = &s->simulation.world, *v = &plain->simulation.world;
    const int n = w->n, nn = n * n;
    double *none = calloc((size_t)nn, sizeof *none), *k = calloc((size_t)nn, sizeof *k),
           *rows[MOVES];
    assert_true(none != NULL && k != NULL);
    small_stir(w, 3);
    small_stir(v, 3);
    fill(k, n, move);
    for (int m = 0; m < MOVES; m++)
        rows[m] = m == move ? k : none;
    for (int i = 0; i < n; i++)
        consequences_expected(w, (enum move)move, i, k + i * n);
    eq_follow(v, rows);
    for (int i = 0; i < n; i++)
        assert_near(w->military[i], v->military[i]);
    for (int c = 0; c < nn; c++) {
        for (int d = 0; d < DOMAINS; d++)
            assert_near(w->cooperation[d][c], v->cooperation[d][c]);
        assert_near(w->dispute[c], v->dispute[c]);
        assert_near(w->sanctions[c], v->sanctions[c]);
    }
    free(none);
    free(k);
}

static void what_follows_reaches_states_of_every_block(void **state)
{
    (void)state;
    for (int q = 0; q < 4; q++) {
        struct small s, plain;
        open_many(&s, sizes[q], NULL);
        open_many(&plain, sizes[q], NULL);
        for (int move = 0; move < MOVES; move++)
            check_move(&s, &plain, move);
        small_close(&s);
        small_close(&plain);
    }
}

/* Where nothing is accepted, not a bit changes. */
static void what_is_not_accepted_changes_no_bit(void **state)
{
    (void)state;
    enum { MANY = 129, I = 1 };
    struct small s, plain;
    open_many(&s, MANY, NULL);
    open_many(&plain, MANY, NULL);
    struct world *w = &s.simulation.world, *v = &plain.simulation.world;
    double k[MANY] = {0};
    int j = 120; /* in the midst of the second block */
    while (v->cooperation[ECONOMIC][I * MANY + j] > 0.9 || v->sanctions[I * MANY + j] > 0.9)
        j--;
    assert_in_range(j, 65, 120);
    k[j] = 2;
    for (int move = MOVE_ALIGN; move < MOVES; move++)
        consequences_expected(w, (enum move)move, I, k);
    for (int c = 0; c < MANY * MANY; c++) {
        bool pair = c == I * MANY + j || c == j * MANY + I;
        for (int d = 0; d < DOMAINS; d++)
            assert_true(pair || w->cooperation[d][c] == v->cooperation[d][c]);
        assert_int_equal(w->sanctions[c] != v->sanctions[c], c == I * MANY + j);
        assert_true(pair || w->dispute[c] == v->dispute[c]);
    }
    assert_true(w->cooperation[ECONOMIC][j * MANY + I] > v->cooperation[ECONOMIC][j * MANY + I]);
    small_close(&s);
    small_close(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expected_acceptances_are_draws_times_chance_times_consent),
        cmocka_unit_test(what_follows_reaches_states_of_every_block),
        cmocka_unit_test(what_is_not_accepted_changes_no_bit),
    };
    return cmocka_run_group_tests_name("expected", tests, NULL, NULL);
}
