#include "model/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"

int tally_init(struct tally *t, int n)
{
    size_t nn = (size_t)n * (size_t)n;
    *t = (struct tally){.n = n};
    t->block = calloc(2 * MOVES * nn, sizeof *t->block);
    if (t->block == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < MOVES; k++) {
        t->chosen[k] = t->block + (size_t)k * nn;
        t->accepted[k] = t->block + (MOVES + (size_t)k) * nn;
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
    memset(t->block, 0, 2 * MOVES * (size_t)t->n * (size_t)t->n * sizeof *t->block);
}

static void make_menus(struct chooser *c)
{
    const struct rule *rule = c->perception->rule;
    c->n_menus = rule->channels ? CHANNELS : 1;
    for (int m = 0; m < c->n_menus; m++) {
        struct menu *menu = &c->menus[m];
        menu->purpose = rule->channels ? (enum purpose)m : PURPOSE_ONE_BUDGET;
        menu->draws = rule->p.initiatives * (rule->channels ? 1 : CHANNELS);
        for (int k = 0; k < MOVES; k++)
            if (!rule->channels || (int)move_kinds[k].channel == m)
                menu->moves[menu->n_moves++] = (enum move)k;
    }
}

int chooser_init(struct chooser *c, const struct perception *p)
{
    size_t n = (size_t)p->n, draws = CHANNELS * (size_t)p->rule->p.initiatives;
    *c = (struct chooser){.perception = p};
    c->block = calloc(1 + MOVES * n + n + 2 * draws, sizeof *c->block);
    if (c->block == NULL)
        return ERROR_NOMEM;
    c->weight = c->block;
    c->opportunity = c->weight + 1 + MOVES * n;
    c->uniforms = c->opportunity + n;
    make_menus(c);
    return 0;
}

void chooser_release(struct chooser *c)
{
    free(c->block);
    *c = (struct chooser){0};
}

/* ō_ij ∝ √(c_j π_ij), summing to 1 over the others. */
static void perceive_opportunity(struct chooser *c, int actor)
{
    const struct perception *p = c->perception;
    const double *root = p->world->structure->root_proximity + actor * p->n;
    double total = 0;
    for (int j = 0; j < p->n; j++) {
        c->opportunity[j] = p->rule->opportunity ? __builtin_sqrt(p->capability[j]) * root[j] : 1;
        c->opportunity[j] = j == actor ? 0 : c->opportunity[j];
        total += c->opportunity[j];
    }
    for (int j = 0; j < p->n; j++)
        c->opportunity[j] /= total;
}

int choice_weights(struct chooser *c, const struct menu *menu, int actor)
{
    const struct perception *p = c->perception;
    const double lambda = p->rule->p.lambda;
    const int n = p->n, options = 1 + menu->n_moves * n;
    double *restrict w = c->weight, best = 0;
    perceive_opportunity(c, actor);
    memset(w, 0, (size_t)options * sizeof *w);
    for (int m = 0; m < menu->n_moves; m++)
        move_kinds[menu->moves[m]].value(p, actor, w + 1 + m * n);
    for (int k = 1; k < options; k++)
        best = w[k] > best ? w[k] : best;
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

static double consent(const struct perception *p, enum move move, int i, int j)
{
    if (move_kinds[move].consent == CONSENT_NONE)
        return 1;
    return 1 / (1 + fmath_exp(-p->rule->p.lambda * move_readiness(p, move, i, j)));
}

/* First option whose running sum exceeds r; rounding at the very end falls back on the last option
 * that weighs something. */
static int pick(const double *running, int options, double r)
{
    int low = 0, high = options - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (running[middle] > r)
            high = middle;
        else
            low = middle + 1;
    }
    while (low > 0 && running[low] == running[low - 1])
        low--;
    return low;
}

static void choose_drawn(struct chooser *c, const struct stream *stream, const struct menu *menu,
                         int actor, struct tally *tally)
{
    const struct perception *p = c->perception;
    const int n = p->n, options = choice_weights(c, menu, actor);
    const struct stream_slot slot = {menu->purpose, (unsigned)p->world->tick, (unsigned)actor};
    for (int k = 1; k < options; k++)
        c->weight[k] += c->weight[k - 1];
    stream_uniforms(stream, slot, (uint32_t)menu->draws, c->uniforms);
    for (int d = 0; d < menu->draws; d++) {
        int option = pick(c->weight, options, c->uniforms[2 * d] * c->weight[options - 1]);
        if (option == 0)
            continue;
        enum move move = menu->moves[(option - 1) / n];
        int target = (option - 1) % n, at = actor * n + target;
        tally->chosen[move][at] += 1;
        if (c->uniforms[2 * d + 1] < consent(p, move, actor, target))
            tally->accepted[move][at] += 1;
    }
}

static void choose_expected(struct chooser *c, const struct menu *menu, int actor,
                            struct tally *tally)
{
    const struct perception *p = c->perception;
    const int n = p->n, options = choice_weights(c, menu, actor);
    double total = 0;
    for (int k = 0; k < options; k++)
        total += c->weight[k];
    for (int k = 1; k < options; k++) {
        enum move move = menu->moves[(k - 1) / n];
        int target = (k - 1) % n, at = actor * n + target;
        double expected = menu->draws * (c->weight[k] / total);
        tally->chosen[move][at] += expected;
        if (expected > 0)
            tally->accepted[move][at] += expected * consent(p, move, actor, target);
    }
}

void choose(struct chooser *c, const struct stream *stream, int actor, struct tally *tally)
{
    for (int m = 0; m < c->n_menus; m++) {
        if (c->perception->rule->expected)
            choose_expected(c, &c->menus[m], actor, tally);
        else
            choose_drawn(c, stream, &c->menus[m], actor, tally);
    }
}
