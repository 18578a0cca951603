/* Draws of moves and answers: from which numbers they come, what the outermost numbers pick, and
 * that their frequencies are the chances. Draws of chosen numbers reach the searches inside the
 * file, so it is included whole. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "equations.h"
#include "model/choice.c"
#include "small.h"

enum { A, B, C, D, N, DRAWS = 16 };

static void open_stirred(struct small *s, const char *sets)
{
    small_open(s, small_four, sets);
    small_stir(&s->simulation.world, 21);
    perceive(&s->simulation.perception);
}

/* ---- chosen numbers ----------------------------------------------------------------------------
 */

/* A chooser whose first menu has these weights. */
struct bare {
    struct small small;
    struct chooser *c;
    struct menu menu;
};

static void bare_open(struct bare *b, const double *weight, int options)
{
    char *text = small_text_of(9, 1);
    small_open(&b->small, text, "terms.channels=false");
    free(text);
    b->c = &b->small.simulation.chooser;
    b->menu = b->c->menus[0];
    assert_in_range(options, 1, b->menu.at[b->menu.n_moves]);
    b->menu.n_moves = 1;
    b->menu.at[1] = options;
    b->c->weight[0] = weight[0];
    for (int k = 1; k < options; k++)
        b->c->weight[k] = b->c->weight[k - 1] + weight[k];
}

static void bare_close(struct bare *b)
{
    small_close(&b->small);
}

/* The options that numbers pick, one after the other; 0 is holding. */
static void pick_all(struct bare *b, const double *u, int draws, int *picked)
{
    struct chooser *c = b->c;
    c->n_moving = 0;
    for (int d = 0; d < draws; d++) {
        c->uniforms[2 * d] = u[d] * c->weight[b->menu.at[1] - 1];
        c->moving[c->n_moving] = 2 * (unsigned)d;
        c->n_moving += c->uniforms[2 * d] >= c->weight[0];
        picked[d] = 0;
    }
    pick(c, &b->menu, 0);
    for (int k = 0; k < c->n_moving; k++)
        picked[c->moving[k] / 2] = c->picked[k];
}

static int picks(struct bare *b, double u)
{
    int picked;
    pick_all(b, &u, 1, &picked);
    return picked;
}

static const double almost_one = 1 - 0x1p-53;

static void a_draw_of_nought_holds(void **state)
{
    (void)state;
    static const double cases[][5] = {{1, 0, 2, 0, 3}, {1e-300, 1, 1, 1, 1}, {5, 0, 0, 0, 0}};
    for (int k = 0; k < 3; k++) {
        struct bare b;
        bare_open(&b, cases[k], 5);
        assert_int_equal(picks(&b, 0), 0);
        bare_close(&b);
    }
}

static void the_largest_draw_picks_the_last_option_that_weighs_something(void **state)
{
    (void)state;
    static const struct {
        double weight[9];
        int last;
    } cases[] = {{{1, 1, 1, 1, 1, 1, 1, 1, 1}, 8},    {{1, 1, 1, 1, 1, 1, 1, 1, 0}, 7},
                 {{1, 1, 0, 0, 0, 0, 0, 0, 0}, 1},    {{0.1, 0.2, 0.3, 0, 0.7, 0, 0, 0, 0}, 4},
                 {{3, 0, 1e-3, 0, 0, 0, 0, 0, 0}, 2}, {{1, 0, 0, 0, 0, 0, 0, 0, 0}, 0}};
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct bare b;
        bare_open(&b, cases[k].weight, 9);
        assert_int_equal(picks(&b, almost_one), cases[k].last);
        if (cases[k].last > 0) /* no draw is 1, but should rounding make one */
            assert_int_equal(picks(&b, 1), cases[k].last);
        bare_close(&b);
    }
}

/* An option so light that it is lost in the sum is never picked, whatever the number. */
static void an_option_lost_to_rounding_is_never_picked(void **state)
{
    (void)state;
    static const double weight[] = {1, 1, 1e-17, 0};
    struct bare b;
    bare_open(&b, weight, 4);
    for (int k = 0; k <= 1000; k++) {
        int at = picks(&b, k == 1000 ? almost_one : k / 1000.0);
        assert_int_equal(at, k < 500 ? 0 : 1);
    }
    bare_close(&b);
}

static void a_number_on_a_border_belongs_to_the_option_above_it(void **state)
{
    (void)state;
    static const double weight[] = {1, 0, 1, 2, 0, 4}; /* borders at 1/8, 2/8, 4/8 */
    struct bare b;
    bare_open(&b, weight, 6);
    assert_int_equal(picks(&b, 0.125), 2);
    assert_int_equal(picks(&b, 0.125 - 0x1p-53), 0);
    assert_int_equal(picks(&b, 0.25), 3);
    assert_int_equal(picks(&b, 0.25 - 0x1p-53), 2);
    assert_int_equal(picks(&b, 0.5), 5);
    assert_int_equal(picks(&b, 0.5 - 0x1p-53), 3);
    bare_close(&b);
}

/* Many numbers at once, in any number up to sixteen: each as if it were alone. */
static void draws_do_not_disturb_each_other(void **state)
{
    (void)state;
    double weight[33], u[DRAWS];
    struct bare b;
    for (int k = 0; k < 33; k++)
        weight[k] = k % 3 == 2 ? 0 : 1 + k % 5;
    bare_open(&b, weight, 33);
    for (int draws = 1; draws <= DRAWS; draws++) {
        int picked[DRAWS], some = 0;
        for (int d = 0; d < draws; d++)
            u[d] = fmod(0.37 * (d + draws), 1);
        pick_all(&b, u, draws, picked);
        some = b.c->n_moving;
        for (int d = 0; d < draws; d++) {
            assert_int_equal(picked[d], picks(&b, u[d]));
            some -= picked[d] != 0;
        }
        assert_int_equal(some, 0);
    }
    bare_close(&b);
}

/* Every option and every number of options: the search lands where counting along lands, also after
 * a longer menu. */
static void searching_lands_where_counting_along_lands(void **state)
{
    (void)state;
    double weight[40];
    struct bare b;
    for (int k = 0; k < 40; k++)
        weight[k] = k % 4 == 1 ? 0 : 1;
    bare_open(&b, weight, 40);
    for (int options = 40; options >= 2; options--) {
        b.menu.at[1] = options;
        for (int u = 0; u < 400; u++) {
            double r = u / 400.0 * b.c->weight[options - 1];
            int along = 0;
            while (b.c->weight[along] <= r)
                along++;
            assert_int_equal(picks(&b, u / 400.0), along);
        }
    }
    bare_close(&b);
}

/* ---- which numbers -----------------------------------------------------------------------------
 */

/* One draw by the equations: counts along the chances of a channel's moves, target by target. */
static void draw_by_hand(const struct world *w, int channel, int i, const double u[2],
                         double *chosen, double *accepted)
{
    double r = u[0] - eq_chance_of_holding(w, (enum channel)channel, i);
    if (r < 0)
        return;
    for (int m = 0; m < MOVES; m++)
        for (int j = 0; j < N; j++) {
            if ((int)move_kinds[m].channel != channel || r < 0)
                continue;
            r -= eq_chance(w, (enum move)m, i, j);
            if (r >= 0)
                continue;
            chosen[m * N * N + i * N + j] += 1;
            accepted[m * N * N + i * N + j] += u[1] < eq_consent(w, (enum move)m, i, j);
        }
}

static void
a_draw_takes_its_block_of_the_stream_first_for_the_move_then_for_the_answer(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s, "parameters.lambda=1 parameters.engage_cost=0");
    s.simulation.world.tick = 1234;
    for (uint32_t replicate = 0; replicate < 40; replicate++) {
        double chosen[MOVES * N * N] = {0}, accepted[MOVES * N * N] = {0};
        const struct stream stream = stream_make(99, 0, replicate);
        tally_clear(&s.simulation.tally);
        for (int i = 0; i < N; i++)
            choose(&s.simulation.chooser, &stream, i, &s.simulation.tally);
        for (int i = 0; i < N; i++)
            for (int channel = 0; channel < CHANNELS; channel++) {
                double u[2 * DRAWS];
                stream_uniforms(&stream, (struct stream_slot){(unsigned)channel, 1234, (unsigned)i},
                                DRAWS, u);
                for (int d = 0; d < DRAWS; d++)
                    draw_by_hand(&s.simulation.world, channel, i, u + 2 * d, chosen, accepted);
            }
        double taken[MOVES * N * N], granted[MOVES * N * N];
        small_moves(&s.simulation.tally, taken, granted);
        assert_same(taken, chosen, MOVES * N * N);
        assert_same(granted, accepted, MOVES * N * N);
    }
    small_close(&s);
}

static double moves_of(const double *taken, int i)
{
    double all = 0;
    for (int m = 0; m < MOVES; m++)
        for (int j = 0; j < N; j++)
            all += taken[(m * N + i) * N + j];
    return all;
}

static void every_draw_is_a_move_or_holds(void **state)
{
    (void)state;
    static const char *const sets[] = {"parameters.lambda=0", "terms.channels=false",
                                       "parameters.initiatives=1", "parameters.initiatives=512"};
    static const int draws[] = {48, 48, 3, 1536};
    for (int k = 0; k < 4; k++) {
        struct small s;
        open_stirred(&s, sets[k]);
        const struct stream stream = stream_make(3, 0, 0);
        double taken[MOVES * N * N], accepted[MOVES * N * N], all = 0;
        for (int i = 0; i < N; i++)
            choose(&s.simulation.chooser, &stream, i, &s.simulation.tally);
        small_moves(&s.simulation.tally, taken, accepted);
        for (int m = 0; m < MOVES; m++) {
            double moves = 0;
            for (int q = 0; q < N * N; q++) {
                moves += taken[m * N * N + q];
                if ((q / N == q % N) != (m == MOVE_ARM))
                    assert_true(taken[m * N * N + q] == 0);
                assert_true(accepted[m * N * N + q] <= taken[m * N * N + q]);
            }
            assert_true(tally_total(&s.simulation.tally, m, 0) == moves);
            all += moves;
        }
        assert_true(tally_total(&s.simulation.tally, HOLD, 0) == N * draws[k] - all);
        for (int i = 0; i < N; i++)
            assert_true(moves_of(taken, i) <= draws[k]);
        small_close(&s);
    }
}

/* ---- frequencies -------------------------------------------------------------------------------
 */

enum { REPLICATES = 4000 };

/* Chi-square of choices and answers over the cells expected at least ten times, in standard
 * deviations beyond its mean; the number of cells is counted into *cells. */
static double excess(const struct small *s, double (*seen)[MOVES * N * N], int *cells)
{
    const struct world *w = &s->simulation.world;
    double chi = 0, draws = (double)REPLICATES * eq_draws(w);
    *cells = 0;
    for (int m = 0; m < MOVES; m++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double yes = eq_chance(w, (enum move)m, i, j);
                double taken = yes * eq_consent(w, (enum move)m, i, j);
                const double chance[2] = {yes, taken};
                for (int a = 0; a < 2; a++) {
                    double mean = draws * chance[a], d = seen[a][m * N * N + i * N + j] - mean;
                    if (mean < 10)
                        continue;
                    assert_true(fabs(d) < 5 * sqrt(mean * (1 - chance[a])) + 1);
                    chi += d * d / (mean * (1 - chance[a]));
                    ++*cells;
                }
            }
    return (chi - *cells) / sqrt(2.0 * *cells);
}

static void frequencies_are_chances(const char *sets)
{
    struct small s;
    static double seen[2][MOVES * N * N];
    int cells;
    open_stirred(&s, sets);
    memset(seen, 0, sizeof seen);
    for (uint32_t r = 0; r < REPLICATES; r++) {
        const struct stream stream = stream_make(7, 0, r);
        tally_clear(&s.simulation.tally);
        for (int i = 0; i < N; i++)
            choose(&s.simulation.chooser, &stream, i, &s.simulation.tally);
        double taken[MOVES * N * N], accepted[MOVES * N * N];
        small_moves(&s.simulation.tally, taken, accepted);
        for (int k = 0; k < MOVES * N * N; k++) {
            seen[0][k] += taken[k];
            seen[1][k] += accepted[k];
        }
    }
    assert_true(fabs(excess(&s, seen, &cells)) < 10); /* choices and answers go together: 2 · 5 */
    assert_true(cells > 60);
    small_close(&s);
}

static void frequencies_of_moves_and_answers_are_their_chances(void **state)
{
    (void)state;
    frequencies_are_chances("parameters.lambda=2");
    frequencies_are_chances("parameters.lambda=0 terms.opportunity=false");
    frequencies_are_chances("terms.channels=false parameters.lambda=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draw_of_nought_holds),
        cmocka_unit_test(the_largest_draw_picks_the_last_option_that_weighs_something),
        cmocka_unit_test(an_option_lost_to_rounding_is_never_picked),
        cmocka_unit_test(a_number_on_a_border_belongs_to_the_option_above_it),
        cmocka_unit_test(draws_do_not_disturb_each_other),
        cmocka_unit_test(searching_lands_where_counting_along_lands),
        cmocka_unit_test(
            a_draw_takes_its_block_of_the_stream_first_for_the_move_then_for_the_answer),
        cmocka_unit_test(every_draw_is_a_move_or_holds),
        cmocka_unit_test(frequencies_of_moves_and_answers_are_their_chances),
    };
    return cmocka_run_group_tests_name("choice_draw", tests, NULL, NULL);
}
