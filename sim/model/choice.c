#include "model/choice.h"

#include <math.h>
#include <string.h>

#include "base/philox.h"
#include "base/width.h"

void tally_clear(struct tally *t)
{
    const size_t nn = (size_t)t->n * (size_t)t->n;
    for (int k = 0; k < t->n_drawn; k++)
        t->taken[t->drawn[k]] = 0;
    t->n_drawn = 0;
    memset(t->n_followed, 0, sizeof t->n_followed);
    memset(t->by_move, 0, MOVES * LANES * sizeof *t->by_move);
    if (t->chosen[0] != NULL)
        memset(t->block, 0, (2 * MOVES * nn + (size_t)t->n) * sizeof(real));
}

/* ---- weights -------------------------------------------------------------------------------- */

void choice_opportunity(struct chooser *c, int actor)
{
    const struct perception *p = c->perception;
    const double *root = p->world->structure->root_proximity + actor * p->n;
    real total = {0};
    for (int j = 0; j < p->n; j++) {
        c->opportunity[j] = p->rule->opportunity ? p->root_capability[j] * root[j] : real_all(1);
        if (j == actor)
            c->opportunity[j] = real_all(0);
        total += c->opportunity[j];
    }
    for (int j = 0; j < p->n; j++)
        c->opportunity[j] /= total;
}

/* The largest of v, or 0. Four running maxima keep the processor busy and change nothing. */
static inline __attribute__((always_inline)) real largest(const real *v, int n)
{
    real best[4];
    memset(best, 0, sizeof best);
    int k = 0;
    for (; k + 4 <= n; k += 4)
        for (int q = 0; q < 4; q++)
            best[q] = real_larger(v[k + q], best[q]);
    for (; k < n; k++)
        best[0] = real_larger(v[k], best[0]);
    return real_larger(real_larger(best[0], best[1]), real_larger(best[2], best[3]));
}

static WIDE int weigh(struct chooser *c, const struct menu *menu, int actor)
{
    const struct perception *p = c->perception;
    const double lambda = p->rule->p.lambda;
    const int n = p->n, options = menu->at[menu->n_moves];
    real *restrict w = c->weight;
    w[0] = real_all(0);
    for (int m = 0; m < menu->n_moves; m++)
        move_kinds[menu->moves[m]].value(p, actor, w + menu->at[m]);
    const real best = largest(w, options);
    for (int k = 0; k < options; k++)
        w[k] = lambda * (w[k] - best);
    real_exp_all(w, options);
    for (int m = 0; m < menu->n_moves; m++) {
        real *row = w + menu->at[m];
        for (int j = 0; j < n && !move_kinds[menu->moves[m]].toward_self; j++)
            row[j] *= c->opportunity[j];
    }
    return options;
}

int choice_weights(struct chooser *c, const struct menu *menu, int actor)
{
    return weigh(c, menu, actor);
}

/* Chances to accept of those who are so ready; from one to the other in place. */
static inline __attribute__((always_inline)) void accept_all(real *v, int n, double lambda)
{
    for (int k = 0; k < n; k++)
        v[k] = -lambda * v[k];
    real_exp_all(v, n);
    for (int k = 0; k < n; k++)
        v[k] = 1 / (1 + v[k]);
}

/* By how much the target of an option is ready to accept the actor's proposal. */
static inline __attribute__((always_inline)) real readiness(const struct chooser *c,
                                                            const struct option *o, int actor)
{
    const double *of = c->perception->block + actor * LANES;
    return *(const real *)(of + o->gain) - *(const real *)(of + o->loss);
}

real choice_consent(const struct chooser *c, const struct option *o, int actor)
{
    real chance = readiness(c, o, actor);
    accept_all(&chance, 1, c->perception->rule->p.lambda);
    return o->least == 1 ? real_all(1) : chance;
}

/* ---- drawn moves ---------------------------------------------------------------------------- */

/* Draws the month's numbers of a menu, and finds out which fall beyond holding. Most states mostly
 * hold. */
static WIDE void draw(struct chooser *c, const struct stream *stream, const struct menu *menu,
                      int actor, real total)
{
    const struct stream_slot slot = {menu->purpose, (unsigned)c->perception->world->tick,
                                     (unsigned)actor};
    const real hold = c->weight[0];
    real *uniforms = c->uniforms;
    unsigned n = 0, *out = c->moving;
    philox_uniforms(stream, slot, menu->draws, uniforms);
    for (unsigned from = 0, to; from < (unsigned)menu->draws; from = to) {
        uint64_t moving = 0; /* as many draws as there are bits for all lanes */
        to = from + 64 / LANES < (unsigned)menu->draws ? from + 64 / LANES : (unsigned)menu->draws;
        for (unsigned d = from; d < to; d++) {
            uniforms[2 * d] *= total;
            moving |= (uint64_t)mask_bits(uniforms[2 * d] >= hold) << (d - from) * LANES;
        }
        for (; moving != 0; moving &= moving - 1) {
            const unsigned bit = (unsigned)__builtin_ctzll(moving);
            out[n++] = (2 * from + bit / LANES) * LANES + bit;
        }
    }
    c->n_moving = (int)n;
}

/* out[lane · room + k] = that lane of v[k · step], for n k rounded up to whole LANES. */
static inline __attribute__((always_inline)) void lay_out(double *out, int room, const real *v,
                                                          int step, int n)
{
    for (int k = 0; k < n; k += LANES) {
        real block[LANES];
        for (int q = 0; q < LANES; q++)
            block[q] = v[(k + q) * step];
        real_transpose(block);
        for (int lane = 0; lane < LANES; lane++)
            real_store(out + lane * room + k, block[lane]);
    }
}

/* How many of n numbers, rounded up to whole LANES, are at most x? */
static inline __attribute__((always_inline)) int rank(const double *v, int n, double x)
{
    int at = 0;
    for (int k = 0; k < n; k += LANES)
        at += mask_count(real_load(v + k) <= x);
    return at;
}

/* For each moving draw the first option whose running sum exceeds what it seeks, and how ready its
 * target is to accept. Rounding at the very end falls back on the last option that weighs
 * something. */
static WIDE void pick(struct chooser *c, const struct menu *menu, int actor)
{
    const int options = menu->at[menu->n_moves], blocks = (options + SEARCH - 1) / SEARCH;
    const double *sought = (const double *)c->uniforms;
    const double *of = c->perception->block + actor * LANES;
    double *ready = (double *)c->consent;
    for (int k = options; k < blocks * SEARCH; k++)
        c->weight[k] = real_all(INFINITY);
    for (int b = blocks; b % LANES != 0; b++)
        c->weight[b * SEARCH + SEARCH - 1] = real_all(INFINITY);
    lay_out(c->running, c->room, c->weight, 1, blocks * SEARCH);
    lay_out(c->ends, c->room, c->weight + SEARCH - 1, SEARCH, blocks);
    for (int k = 0; k < c->n_moving; k++) {
        const unsigned lane = c->moving[k] % LANES;
        const double x = sought[c->moving[k]], *running = c->running + lane * (unsigned)c->room;
        int at = SEARCH * rank(c->ends + lane * (unsigned)c->room, blocks, x);
        at += rank(running + at, SEARCH, x);
        if (__builtin_expect(at >= options, 0))
            for (at = options - 1; at > 0 && running[at] == running[at - 1];)
                at--;
        c->picked[k] = at;
        ready[k] = of[menu->options[at].gain + (int)lane] - of[menu->options[at].loss + (int)lane];
    }
}

/* Chances that the targets of picked moves accept. */
static WIDE void ask(struct chooser *c)
{
    accept_all(c->consent, (c->n_moving + LANES - 1) / LANES, c->perception->rule->p.lambda);
}

/* Adds the draws to the tally, and writes down where it was 0. */
static void count(const struct chooser *c, const struct menu *menu, int actor, struct tally *t)
{
    const double *consent = (const double *)c->consent;
    const double *uniforms = (const double *)c->uniforms;
    int n_drawn = t->n_drawn;
    for (int k = 0; k < c->n_moving; k++) {
        const struct option *o = &menu->options[c->picked[k]];
        const unsigned lane = c->moving[k] % LANES;
        const int at = o->slot + actor * o->stride + (int)lane;
        const double chance = consent[k] < o->least ? o->least : consent[k];
        const unsigned yes = uniforms[c->moving[k] + LANES] < chance;
        const uint32_t before = t->taken[at];
        if (o->move == HOLD)
            continue;
        t->taken[at] = before + (yes << 16) + 1;
        t->by_move[(unsigned)o->move * LANES + lane]++;
        t->drawn[n_drawn] = at;
        n_drawn += before == 0;
        t->followed[o->move][t->n_followed[o->move]] = at;
        t->n_followed[o->move] += (int)yes & (before >> 16 == 0);
    }
    t->n_drawn = n_drawn;
}

static void choose_drawn(struct chooser *c, const struct stream *stream, int m, int actor,
                         struct tally *tally)
{
    const struct menu *menu = &c->menus[m];
    const int options = choice_weights(c, menu, actor);
    for (int k = 1; k < options; k++)
        c->weight[k] += c->weight[k - 1];
    draw(c, stream, menu, actor, c->weight[options - 1]);
    pick(c, menu, actor);
    ask(c);
    count(c, menu, actor, tally);
}

/* ---- expected moves ------------------------------------------------------------------------- */

/* Adds the expected choices of the m-th move of a menu by target, and the acceptances. */
static WIDE void expect(const struct chooser *c, const struct menu *menu, int m, int actor,
                        struct tally *tally)
{
    const double lambda = c->perception->rule->p.lambda;
    const enum move move = menu->moves[m];
    const struct option *options = &menu->options[menu->at[m]];
    const int n = menu->at[m + 1] - menu->at[m];
    const int at = actor * tally->n + (options->target == SELF ? actor : 0);
    const real *expected = c->weight + menu->at[m];
    real *restrict chosen = tally->chosen[move] + at, *restrict accepted =
                                                          tally->accepted[move] + at;
    real *restrict consent = (real *)c->running;
    const real *gain = (const real *)c->perception->block + options->gain / LANES + actor;
    const real *loss = (const real *)c->perception->block + options->loss / LANES + actor;
    for (int j = 0; j < n; j++)
        chosen[j] += expected[j];
    for (int j = 0; j < n; j++)
        consent[j] = gain[j * tally->n] - loss[j * tally->n];
    accept_all(consent, n, lambda);
    for (int j = 0; j < n; j++)
        accepted[j] += expected[j] * (options->least == 1 ? real_all(1) : consent[j]);
}

static void choose_expected(struct chooser *c, int m, int actor, struct tally *tally)
{
    const struct menu *menu = &c->menus[m];
    const int options = choice_weights(c, menu, actor);
    real total = {0};
    for (int k = 0; k < options; k++)
        total += c->weight[k];
    for (int k = 0; k < options; k++)
        c->weight[k] = menu->draws * (c->weight[k] / total);
    tally->held[actor] += c->weight[0];
    for (int k = 0; k < menu->n_moves; k++)
        expect(c, menu, k, actor, tally);
}

void choose(struct chooser *c, const struct stream *stream, int actor, struct tally *tally)
{
    choice_opportunity(c, actor);
    for (int m = 0; m < c->n_menus; m++) {
        if (c->perception->rule->expected)
            choose_expected(c, m, actor, tally);
        else
            choose_drawn(c, stream, m, actor, tally);
    }
}
