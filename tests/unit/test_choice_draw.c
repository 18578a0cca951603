/* Draws of moves and answers: from which numbers they come, what the outermost numbers pick, and
 * that their frequencies are the chances. Draws of chosen numbers reach the searches inside the
 * file, so it is included whole. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

/* A chooser with these weights and nothing else. */
struct bare {
    struct chooser c;
    double weight[64], uniforms[2 * DRAWS];
    int moving[DRAWS + 1], picked[DRAWS];
};

static void bare_open(struct bare *b, const double *weight, int options)
{
    *b = (struct bare){0};
    b->c.weight = b->weight;
    b->c.uniforms = b->uniforms;
    b->c.moving = b->moving;
    b->c.picked = b->picked;
    b->weight[0] = weight[0];
    for (int k = 1; k < options; k++)
        b->weight[k] = b->weight[k - 1] + weight[k];
}

/* The option that a number picks: 0 is holding. */
static int picks(struct bare *b, int options, double u)
{
    b->uniforms[0] = u;
    int moving = sift(&b->c, 1, b->weight[options - 1]);
    if (moving == 0)
        return 0;
    pick(&b->c, options, moving);
    return b->picked[0];
}

static const double almost_one = 1 - 0x1p-53;

static void a_draw_of_nought_holds(void **state)
{
    (void)state;
    static const double cases[][5] = {{1, 0, 2, 0, 3}, {1e-300, 1, 1, 1, 1}, {5, 0, 0, 0, 0}};
    for (int k = 0; k < 3; k++) {
        struct bare b;
        bare_open(&b, cases[k], 5);
        assert_int_equal(picks(&b, 5, 0), 0);
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
        assert_int_equal(picks(&b, 9, almost_one), cases[k].last);
        if (cases[k].last > 0) /* no draw is 1, but should rounding make one */
            assert_int_equal(picks(&b, 9, 1), cases[k].last);
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
        int at = picks(&b, 4, k == 1000 ? almost_one : k / 1000.0);
        assert_int_equal(at, k < 500 ? 0 : 1);
    }
}

static void a_number_on_a_border_belongs_to_the_option_above_it(void **state)
{
    (void)state;
    static const double weight[] = {1, 0, 1, 2, 0, 4}; /* borders at 1/8, 2/8, 4/8 */
    struct bare b;
    bare_open(&b, weight, 6);
    assert_int_equal(picks(&b, 6, 0.125), 2);
    assert_int_equal(picks(&b, 6, 0.125 - 0x1p-53), 0);
    assert_int_equal(picks(&b, 6, 0.25), 3);
    assert_int_equal(picks(&b, 6, 0.25 - 0x1p-53), 2);
    assert_int_equal(picks(&b, 6, 0.5), 5);
    assert_int_equal(picks(&b, 6, 0.5 - 0x1p-53), 3);
}

/* Many numbers at once, in any number up to sixteen: each as if it were alone. */
static void draws_do_not_disturb_each_other(void **state)
{
    (void)state;
    double weight[33];
    for (int k = 0; k < 33; k++)
        weight[k] = k % 3 == 2 ? 0 : 1 + k % 5;
    for (int draws = 1; draws <= DRAWS; draws++) {
        struct bare b, alone;
        bare_open(&b, weight, 33);
        bare_open(&alone, weight, 33);
        for (int d = 0; d < draws; d++)
            b.uniforms[2 * d] = fmod(0.37 * (d + draws), 1);
        int moving = sift(&b.c, draws, b.weight[32]), at = 0;
        pick(&b.c, 33, moving);
        for (int d = 0; d < draws; d++) {
            int wanted = picks(&alone, 33, b.uniforms[2 * d]);
            if (wanted == 0)
                continue;
            assert_int_equal(b.moving[at], d);
            assert_int_equal(b.picked[at], wanted);
            at++;
        }
        assert_int_equal(at, moving);
    }
}

/* Every option and every number of options: the search lands where counting along lands. */
static void searching_lands_where_counting_along_lands(void **state)
{
    (void)state;
    double weight[40];
    for (int k = 0; k < 40; k++)
        weight[k] = k % 4 == 1 ? 0 : 1;
    for (int options = 2; options <= 40; options++) {
        struct bare b;
        bare_open(&b, weight, options);
        for (int u = 0; u < 400; u++) {
            double r = u / 400.0 * b.weight[options - 1];
            int along = 0;
            while (b.weight[along] <= r)
                along++;
            assert_int_equal(picks(&b, options, u / 400.0), along);
        }
    }
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
        for (int m = 0; m < MOVES; m++) {
            assert_same(s.simulation.tally.chosen[m], chosen + m * N * N, N * N);
            assert_same(s.simulation.tally.accepted[m], accepted + m * N * N, N * N);
        }
    }
    small_close(&s);
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
        const struct tally *t = &s.simulation.tally;
        for (int i = 0; i < N; i++) {
            choose(&s.simulation.chooser, &stream, i, &s.simulation.tally);
            double all = t->chosen[HOLD][i * N];
            for (int m = 0; m < MOVES; m++)
                for (int j = 0; j < N; j++) {
                    all += t->chosen[m][i * N + j];
                    if ((j == i) != (m == MOVE_ARM))
                        assert_true(t->chosen[m][i * N + j] == 0);
                    assert_true(t->accepted[m][i * N + j] <= t->chosen[m][i * N + j]);
                }
            assert_true(all == draws[k]);
        }
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
        for (int k = 0; k < MOVES * N * N; k++) {
            seen[0][k] += s.simulation.tally.chosen[0][k];
            seen[1][k] += s.simulation.tally.accepted[0][k];
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
