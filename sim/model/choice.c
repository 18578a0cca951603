#include "model/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/width.h"

int tally_init(struct tally *t, int n)
{
    size_t nn = (size_t)n * (size_t)n;
    *t = (struct tally){.n = n};
    t->block = calloc(2 * TALLY_ROWS * nn, sizeof *t->block);
    if (t->block == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < TALLY_ROWS; k++) {
        t->chosen[k] = t->block + (size_t)k * nn;
        t->accepted[k] = t->block + (TALLY_ROWS + (size_t)k) * nn;
    }
    return 0;
}

void tally_release(struct tally *t)
{
    free(t->block);
    *t = (struct tally){0};
}

void tally_clear(struct tally *t)
{
    memset(t->block, 0, 2 * TALLY_ROWS * (size_t)t->n * (size_t)t->n * sizeof *t->block);
}

static void make_menu(struct chooser *c, int m)
{
    const struct rule *rule = c->perception->rule;
    struct menu *menu = &c->menus[m];
    menu->purpose = rule->channels ? (enum purpose)m : PURPOSE_ONE_BUDGET;
    menu->draws = rule->p.initiatives * (rule->channels ? 1 : CHANNELS);
    for (int k = 0; k < MOVES; k++)
        if (!rule->channels || (int)move_kinds[k].channel == m)
            menu->moves[menu->n_moves++] = (enum move)k;
}

static int make_options(struct chooser *c, int m)
{
    const struct menu *menu = &c->menus[m];
    const int n = c->perception->n;
    struct option *options = calloc(1 + (size_t)(menu->n_moves * n), sizeof *options);
    if (options == NULL)
        return ERROR_NOMEM;
    options[0] = (struct option){HOLD, 0, HOLD * n * n, NULL};
    for (int k = 0; k < menu->n_moves * n; k++) {
        enum move move = menu->moves[k / n];
        options[1 + k] = (struct option){(int)move, k % n, (int)move * n * n + k % n,
                                         move_readiness(c->perception, move)};
    }
    c->options[m] = options;
    return 0;
}

int chooser_init(struct chooser *c, const struct perception *p)
{
    size_t n = (size_t)p->n, draws = CHANNELS * (size_t)p->rule->p.initiatives;
    *c = (struct chooser){.perception = p, .n_menus = p->rule->channels ? CHANNELS : 1};
    c->block = calloc(1 + MOVES * n + n + 3 * draws, sizeof *c->block);
    c->picked = calloc(draws, sizeof *c->picked);
    c->moving = calloc(draws + 1, sizeof *c->moving);
    int status = c->block == NULL || c->picked == NULL || c->moving == NULL ? ERROR_NOMEM : 0;
    for (int m = 0; m < c->n_menus && status == 0; m++) {
        make_menu(c, m);
        status = make_options(c, m);
    }
    if (status != 0) {
        chooser_release(c);
        return status;
    }
    c->weight = c->block;
    c->opportunity = c->weight + 1 + MOVES * n;
    c->uniforms = c->opportunity + n;
    c->consent = c->uniforms + 2 * draws;
    return 0;
}

void chooser_release(struct chooser *c)
{
    for (int m = 0; m < CHANNELS; m++)
        free(c->options[m]);
    free(c->block);
    free(c->picked);
    free(c->moving);
    *c = (struct chooser){0};
}

void choice_opportunity(struct chooser *c, int actor)
{
    const struct perception *p = c->perception;
    const double *root = p->world->structure->root_proximity + actor * p->n;
    double total = 0;
    for (int j = 0; j < p->n; j++) {
        c->opportunity[j] = p->rule->opportunity ? p->root_capability[j] * root[j] : 1;
        c->opportunity[j] = j == actor ? 0 : c->opportunity[j];
        total += c->opportunity[j];
    }
    for (int j = 0; j < p->n; j++)
        c->opportunity[j] /= total;
}

/* The largest of v, or 0. Four running maxima keep the processor busy and change nothing. */
static double largest(const double *v, int n)
{
    double best[4] = {0};
    int k = 0;
    for (; k + 4 <= n; k += 4)
        for (int q = 0; q < 4; q++)
            best[q] = v[k + q] > best[q] ? v[k + q] : best[q];
    for (; k < n; k++)
        best[0] = v[k] > best[0] ? v[k] : best[0];
    double a = best[0] > best[1] ? best[0] : best[1], b = best[2] > best[3] ? best[2] : best[3];
    return a > b ? a : b;
}

static WIDE int weigh(struct chooser *c, const struct menu *menu, int actor)
{
    const struct perception *p = c->perception;
    const double lambda = p->rule->p.lambda;
    const int n = p->n, options = 1 + menu->n_moves * n;
    double *restrict w = c->weight;
    w[0] = 0;
    for (int m = 0; m < menu->n_moves; m++) {
        if (move_kinds[menu->moves[m]].toward_self)
            memset(w + 1 + m * n, 0, (size_t)n * sizeof *w);
        move_kinds[menu->moves[m]].value(p, actor, w + 1 + m * n);
    }
    const double best = largest(w, options);
    for (int k = 0; k < options; k++)
        w[k] = fmath_exp(lambda * (w[k] - best));
    for (int m = 0; m < menu->n_moves; m++) {
        double *row = w + 1 + m * n;
        bool self = move_kinds[menu->moves[m]].toward_self;
        for (int j = 0; j < n; j++)
            row[j] *= !self ? c->opportunity[j] : j == actor ? 1.0 : 0.0;
    }
    return options;
}

int choice_weights(struct chooser *c, const struct menu *menu, int actor)
{
    return weigh(c, menu, actor);
}

static double acceptance(double lambda, double readiness)
{
    return 1 / (1 + fmath_exp(-lambda * readiness));
}

double choice_consent(const struct chooser *c, const struct option *o, int actor)
{
    const struct perception *p = c->perception;
    return o->readiness == NULL
               ? 1
               : acceptance(p->rule->p.lambda, o->readiness[o->target * p->n + actor]);
}

/* The draws that fall beyond holding, in c->moving; returns how many. Most states mostly hold, so
 * that only few draws need a search. */
static int sift(struct chooser *c, int draws, double total)
{
    const double hold = c->weight[0];
    int n = 0;
    for (int d = 0; d < draws; d++) {
        c->moving[n] = d;
        n += c->uniforms[2 * d] * total >= hold;
    }
    return n;
}

/* For each moving draw the first option whose running sum exceeds it, by halving without branches;
 * four searches at a time overlap in the processor. Rounding at the very end falls back on the last
 * option that weighs something. */
static void pick(struct chooser *c, int options, int moving)
{
    enum { SIDE = 4 };
    const double *running = c->weight, total = running[options - 1];
    for (int d = 0; d < moving; d += SIDE) {
        double r[SIDE];
        int at[SIDE] = {0}, width = moving - d < SIDE ? moving - d : SIDE;
        for (int q = 0; q < SIDE; q++)
            r[q] = c->uniforms[2 * c->moving[d + (q < width ? q : 0)]] * total;
        for (int rest = options; rest > 1;) {
            int half = rest / 2;
            for (int q = 0; q < SIDE; q++)
                at[q] += running[at[q] + half - 1] <= r[q] ? half : 0;
            rest -= half;
        }
        for (int q = 0; q < width; q++) {
            while (at[q] > 0 && running[at[q]] == running[at[q] - 1])
                at[q]--;
            c->picked[d + q] = at[q];
        }
    }
}

/* Chances that the targets of the picked moves accept. */
static WIDE void ask(struct chooser *c, const struct option *options, int actor, int moving)
{
    const struct perception *p = c->perception;
    const double lambda = p->rule->p.lambda;
    for (int d = 0; d < moving; d++) {
        const struct option *o = &options[c->picked[d]];
        c->consent[d] = o->readiness == NULL ? 0 : o->readiness[o->target * p->n + actor];
    }
    for (int d = 0; d < moving; d++)
        c->consent[d] = acceptance(lambda, c->consent[d]);
    for (int d = 0; d < moving; d++)
        if (options[c->picked[d]].readiness == NULL)
            c->consent[d] = 1;
}

static void choose_drawn(struct chooser *c, const struct stream *stream, int m, int actor,
                         struct tally *tally)
{
    const struct menu *menu = &c->menus[m];
    const int n = c->perception->n, draws = menu->draws, options = choice_weights(c, menu, actor);
    const struct stream_slot slot = {menu->purpose, (unsigned)c->perception->world->tick,
                                     (unsigned)actor};
    for (int k = 1; k < options; k++)
        c->weight[k] += c->weight[k - 1];
    stream_uniforms(stream, slot, (uint32_t)draws, c->uniforms);
    int moving = sift(c, draws, c->weight[options - 1]);
    pick(c, options, moving);
    ask(c, c->options[m], actor, moving);
    for (int d = 0; d < moving; d++) {
        int at = c->options[m][c->picked[d]].slot + actor * n;
        tally->chosen[0][at] += 1;
        tally->accepted[0][at] += c->uniforms[2 * c->moving[d] + 1] < c->consent[d] ? 1 : 0;
    }
    tally->chosen[HOLD][actor * n] += draws - moving;
}

/* Adds the expected choices of a move by target, and the acceptances. */
static WIDE void expect(const struct chooser *c, enum move move, const double *expected, int actor,
                        struct tally *tally)
{
    const struct perception *p = c->perception;
    const double lambda = p->rule->p.lambda, *ready = move_readiness(p, move);
    const int n = p->n;
    double *restrict chosen = tally->chosen[move] + actor * n;
    double *restrict accepted = tally->accepted[move] + actor * n;
    for (int j = 0; j < n; j++)
        chosen[j] += expected[j];
    for (int j = 0; ready == NULL && j < n; j++)
        accepted[j] += expected[j];
    for (int j = 0; ready != NULL && j < n; j++)
        accepted[j] += expected[j] * acceptance(lambda, ready[j * n + actor]);
}

static void choose_expected(struct chooser *c, int m, int actor, struct tally *tally)
{
    const struct menu *menu = &c->menus[m];
    const int n = c->perception->n, options = choice_weights(c, menu, actor);
    double total = 0;
    for (int k = 0; k < options; k++)
        total += c->weight[k];
    for (int k = 0; k < options; k++)
        c->weight[k] = menu->draws * (c->weight[k] / total);
    tally->chosen[HOLD][actor * n] += c->weight[0];
    tally->accepted[HOLD][actor * n] += c->weight[0];
    for (int k = 0; k < menu->n_moves; k++)
        expect(c, menu->moves[k], c->weight + 1 + k * n, actor, tally);
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
