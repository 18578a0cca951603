#include "model/step.h"

#include <gsl/gsl_randist.h>

#include "base/width.h"
#include "model/consequences.h"

/* ---- shocks and growth ---------------------------------------------------------------------- */

/* Yearly growth of an economy: given by the scenario and its shocks, less what isolation costs. */
static real growth(const struct world *w, const struct perception *p, int i)
{
    const struct parameters *par = &w->rule->p;
    double g = w->scenario->states[i].growth;
    if (g < 0 && !par->growth_falls)
        g = 0;
    return g + w->month.growth[i] - par->growth_isolation * (1 - p->access[i]);
}

/* The structure of the month: constant in spin-up, then growing. */
static void enter_month(struct world *w, const struct perception *p)
{
    int spinup = w->scenario->general.spinup, month = world_month(w);
    w->month = structure_month(w->structure, month);
    if (w->tick > 0 && w->tick <= spinup)
        return;
    const double *jump = w->structure->jump + month * w->n;
    for (int i = 0; i < w->n; i++) {
        real factor = real_all(jump[i]);
        w->military[i] *= factor;
        if (w->tick > spinup)
            factor *= real_pow(1 + growth(w, p, i), 1.0 / 12);
        w->economy[i] *= factor;
    }
}

/* ---- relaxation ----------------------------------------------------------------------------- */

/* Ceiling of cooperation under sanctions: (1 − ŝ)^2 and the like. */
static void fill_ceiling(const struct world *w, real *ceiling)
{
    const real *s = w->sanctions;
    const double power = w->rule->p.sanctions_power;
    const int n = w->n;
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++) {
            const real open = 1 - real_larger(s[i * n + j], s[j * n + i]);
            const real c = power == 2 ? open * open : real_pow(open, power);
            ceiling[i * n + j] = ceiling[j * n + i] = c;
        }
}

static WIDE void relax_cooperation(struct world *w, const real *ceiling)
{
    const double rho = w->rule->p.rho, pull = w->rule->p.sanctions_pull;
    const real *h = w->dispute;
    for (int d = 0; d < DOMAINS; d++) {
        real *x = w->cooperation[d];
        const double *x0 = w->structure->baseline[d];
        for (int k = 0; k < w->n * w->n; k++) {
            const real toward = x[k] + rho * (x0[k] * (1 - h[k]) - x[k]);
            const real over = toward - ceiling[k];
            x[k] = real_pick(over > 0, toward - pull * over, toward);
        }
    }
}

static void relax_disputes(struct world *w)
{
    const double rho = w->rule->p.rho_dispute;
    for (int k = 0; k < w->n * w->n; k++) {
        w->dispute[k] += rho * (w->month.dispute[k] - w->dispute[k]);
        w->sanctions[k] += rho * (w->month.sanctions[k] - w->sanctions[k]);
    }
}

static void relax_military(struct world *w)
{
    const struct parameters *par = &w->rule->p;
    for (int i = 0; i < w->n; i++) {
        const struct state *state = &w->scenario->states[i];
        const real spending = state->milex / state->gdp * w->economy[i];
        double war = 0;
        for (int j = 0; j < w->n; j++)
            war = w->month.war[i * w->n + j] > war ? w->month.war[i * w->n + j] : war;
        w->military[i] += (spending - par->depreciation * w->military[i]) / 12;
        w->military[i] *= 1 - par->attrition * war;
    }
}

static void relax(struct simulation *s)
{
    real *ceiling = s->perception.scratch[0];
    fill_ceiling(&s->world, ceiling);
    relax_cooperation(&s->world, ceiling);
    relax_disputes(&s->world);
    relax_military(&s->world);
}

/* ---- who acts when -------------------------------------------------------------------------- */

/* Consequences of what actors from..to have chosen, move by move, so that their order does not
 * matter. */
static void follow(struct simulation *s, int from, int to)
{
    struct tally *t = &s->tally;
    for (enum move m = 0; m < MOVES; m++) {
        for (int i = from; i < to && t->accepted[m] != NULL; i++)
            consequences_expected(&s->world, m, i, t->accepted[m] + i * t->n);
        consequences_drawn(&s->world, t, m);
        t->n_followed[m] = 0;
    }
}

static void let_choose(struct simulation *s, const struct stream *stream, int actor)
{
    choose(&s->chooser, stream, actor, &s->tally);
    if (s->observe != NULL)
        s->observe(s->user, s, actor);
}

static void act_concurrently(struct simulation *s, const struct stream *stream)
{
    perceive(&s->perception);
    for (int i = 0; i < s->world.n; i++)
        let_choose(s, stream, i);
    follow(s, 0, s->world.n);
}

static void act_serially(struct simulation *s, const struct stream *stream)
{
    int n = s->world.n;
    struct stream_slot slot = {PURPOSE_ORDER, (unsigned)s->world.tick, 0};
    for (int i = 0; i < n; i++)
        s->order[i] = i;
    stream_gsl_place(s->rng, stream, slot);
    gsl_ran_shuffle(s->rng, s->order, (size_t)n, sizeof *s->order);
    for (int k = 0; k < n; k++) {
        perceive(&s->perception);
        let_choose(s, stream, s->order[k]);
        follow(s, s->order[k], s->order[k] + 1);
    }
}

void simulation_step(struct simulation *s, const struct stream *stream)
{
    enter_month(&s->world, &s->perception);
    tally_clear(&s->tally);
    if (s->world.rule->serial)
        act_serially(s, stream);
    else
        act_concurrently(s, stream);
    relax(s);
}
