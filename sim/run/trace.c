#include "run/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* ---- one decision --------------------------------------------------------------------------- */

static void take_perception(struct decision *d, const struct perception *p)
{
    const int i = d->actor, n = p->n;
    d->capability = p->capability[i];
    d->power = p->power[i];
    d->threat = p->threat[i];
    d->resistance = p->resistance[i];
    d->insecurity = p->insecurity[i];
    d->partners = p->partners[i];
    d->access = p->access[i];
    d->polarisation = *p->polarisation;
    d->heat = *p->heat;
    memcpy(d->threat_from, p->threat_from + i * n, (size_t)n * sizeof *d->threat_from);
    memcpy(d->common_threat, p->common_threat + i * n, (size_t)n * sizeof *d->common_threat);
}

/* Third states whose displeasure costs most. */
static void find_minding(struct consideration *c, const struct perception *p, int actor)
{
    const struct move_kind *kind = &move_kinds[c->move];
    const struct pair dyad = {actor, c->target};
    memset(c->minding, 0, sizeof c->minding);
    if (kind->consent != CONSENT_NET)
        return;
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < p->n; k++) {
            struct minding m = {k, account_friend(p, kind->domain, dyad, k, side == 1)};
            struct minding *top = c->minding[side];
            for (int q = 0; q < TRACE_MINDING; q++)
                if (m.cost > top[q].cost) {
                    struct minding next = top[q];
                    top[q] = m;
                    m = next;
                }
        }
}

/* All options of a menu; a move's utilities are asked of it once, for all targets. */
static void weigh_menu(struct trace *t, struct simulation *s, struct decision *d, int menu)
{
    struct chooser *chooser = &s->chooser;
    const struct perception *p = &s->perception;
    const int options = choice_weights(chooser, &chooser->menus[menu], d->actor);
    double total = 0;
    for (int k = 0; k < options; k++)
        total += chooser->weight[k];
    d->draws[menu] = chooser->menus[menu].draws;
    d->hold_chance[menu] = chooser->weight[0] / total;
    for (int k = 1; k < options; k++) {
        const struct option *o = &chooser->menus[menu].options[k];
        const int target = o->target == SELF ? d->actor : o->target;
        if (o->target <= 0)
            move_kinds[o->move].value(p, d->actor, t->utilities);
        if (o->target == d->actor)
            continue;
        struct consideration *c = &d->options[d->n_options++];
        c->move = (enum move)o->move;
        c->menu = menu;
        c->target = target;
        c->utility = t->utilities[o->target == SELF ? 0 : target];
        c->chance = chooser->weight[k] / total;
        c->consent = choice_consent(chooser, o, d->actor);
        c->made = tally_chosen(&s->tally, c->move, (struct pair){d->actor, target}, 0);
        c->got = tally_accepted(&s->tally, c->move, (struct pair){d->actor, target}, 0);
        c->account = account_make(p, c->move, d->actor, c->target);
        find_minding(c, p, d->actor);
    }
}

static void observe(void *user, struct simulation *s, int actor)
{
    struct trace *t = user;
    struct decision *d = &t->decisions[actor];
    if (!t->followed[actor])
        return;
    d->month = s->world.scenario->general.start + s->world.tick - s->world.scenario->general.spinup;
    d->n_options = 0;
    take_perception(d, &s->perception);
    for (int m = 0; m < s->chooser.n_menus; m++)
        weigh_menu(t, s, d, m);
}

/* ---- the replicate -------------------------------------------------------------------------- */

int trace_init(struct trace *t, const struct experiment *x, const bool *followed)
{
    const int n = x->scenario->n_states;
    const size_t un = (size_t)n;
    *t = (struct trace){.n = n};
    t->decisions = calloc(un, sizeof *t->decisions);
    t->followed = calloc(un, sizeof *t->followed);
    t->utilities = calloc(un, sizeof *t->utilities);
    int status = t->decisions && t->followed && t->utilities ? 0 : ERROR_NOMEM;
    for (int i = 0; i < n && status == 0; i++) {
        struct decision *d = &t->decisions[i];
        d->actor = i;
        t->followed[i] = followed[i];
        if (!followed[i])
            continue;
        d->threat_from = calloc(2 * un, sizeof *d->threat_from);
        d->common_threat = d->threat_from == NULL ? NULL : d->threat_from + n;
        d->options = calloc(MOVES * un, sizeof *d->options);
        status = d->threat_from && d->options ? 0 : ERROR_NOMEM;
    }
    if (status == 0)
        status = replicate_init(&t->replicate, x, &kernel_narrow);
    t->replicate.simulation.observe = observe;
    t->replicate.simulation.user = t;
    if (status != 0)
        trace_release(t);
    return status;
}

void trace_release(struct trace *t)
{
    for (int i = 0; i < t->n && t->decisions != NULL; i++) {
        free(t->decisions[i].threat_from);
        free(t->decisions[i].options);
    }
    free(t->decisions);
    free(t->followed);
    free(t->utilities);
    replicate_release(&t->replicate);
    *t = (struct trace){0};
}

int trace_start(struct trace *t, uint32_t number)
{
    return replicate_start(&t->replicate, number);
}

int trace_step(struct trace *t)
{
    int status = replicate_step(&t->replicate);
    const struct tally *tally = &t->replicate.simulation.tally;
    for (int i = 0; i < t->n; i++)
        for (int k = 0; t->followed[i] && k < t->decisions[i].n_options; k++) {
            struct consideration *c = &t->decisions[i].options[k];
            c->asked =
                c->target == i ? 0 : tally_chosen(tally, c->move, (struct pair){c->target, i}, 0);
            c->gave =
                c->target == i ? 0 : tally_accepted(tally, c->move, (struct pair){c->target, i}, 0);
        }
    return status == 0 ? world_verify(&t->replicate.simulation.world, 0, &t->replicate.failure)
                       : status;
}

const struct consideration *trace_find(const struct decision *d, enum move move, int target)
{
    for (int k = 0; k < d->n_options; k++)
        if (d->options[k].move == move && d->options[k].target == target)
            return &d->options[k];
    return NULL;
}

bool trace_done(const struct consideration *c)
{
    return c->made >= TRACE_DONE || c->gave >= TRACE_DONE;
}

bool trace_matters(const struct consideration *c)
{
    return trace_done(c) || c->chance >= 0.01;
}

/* ---- a dyad at one time --------------------------------------------------------------------- */

const enum move stance_moves[STANCE_MOVES] = {MOVE_ALIGN, MOVE_CONSULT, MOVE_COORDINATE,
                                              MOVE_TRADE};

struct stance stance_take(const struct trace *t, struct pair dyad)
{
    const int sides[2] = {dyad.i, dyad.j};
    struct stance s = {.lambda = t->replicate.experiment->rule.p.lambda};
    for (int m = 0; m < STANCE_MOVES; m++) {
        for (int side = 0; side < 2; side++)
            s.toward[side][m] =
                *trace_find(&t->decisions[sides[side]], stance_moves[m], sides[1 - side]);
        s.draws[m] = t->decisions[dyad.i].draws[s.toward[0][m].menu];
    }
    return s;
}

double stance_proposals(const struct stance *s, int side, int move)
{
    return s->draws[move] * s->toward[side][move].chance;
}

/* The odds of an option grow by exp(λ ΔU). */
double stance_alone(const struct stance *s, int side, int move, double utility)
{
    const struct consideration *c = &s->toward[side][move];
    double gain = s->lambda * (utility - c->utility);
    double chance = c->chance <= 0 || c->chance >= 1
                        ? c->chance
                        : 1 / (1 + exp(log((1 - c->chance) / c->chance) - gain));
    return s->draws[move] * chance;
}
