#include "model/structure.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "base/fmath.h"
#include "scenario/effects.h"

/* The writable face of one month's block. */
struct draft {
    double *dispute, *sanctions, *reach, *war, *mandate[DOMAINS], *growth;
};

static size_t block_size(int n)
{
    return 4 * (size_t)n * (size_t)n + (DOMAINS + 1) * (size_t)n;
}

static struct draft draft_of(double *values, int n)
{
    size_t nn = (size_t)n * (size_t)n, un = (size_t)n;
    struct draft d = {values, values + nn, values + 2 * nn, values + 3 * nn, {NULL}, NULL};
    for (int k = 0; k < DOMAINS; k++)
        d.mandate[k] = values + 4 * nn + (size_t)k * un;
    d.growth = values + 4 * nn + DOMAINS * un;
    return d;
}

/* ---- acts and mandates in force ------------------------------------------------------------- */

static int delay_of(const int *delay, int shock)
{
    return delay == NULL || shock < 0 ? 0 : delay[shock];
}

/* Is something in force on a day, given the shocks that own its start and its end? */
static bool in_force(const struct scenario *sc, const int *delay, const int dates[2],
                     const int owners[2], int day)
{
    bool starts = owners[0] < 0 || sc->shocks[owners[0]].active;
    bool ends = dates[1] != DATE_NEVER && (owners[1] < 0 || sc->shocks[owners[1]].active);
    return starts && dates[0] + delay_of(delay, owners[0]) <= day &&
           !(ends && dates[1] + delay_of(delay, owners[1]) <= day);
}

double structure_sanctions_level(const struct parameters *p, int class, unsigned pillars)
{
    const double by_class[] = {0, p->sanctions_listing, p->sanctions_product, p->sanctions_sector};
    const unsigned secondary = 1u << 3;
    int n = __builtin_popcount(pillars & (secondary - 1));
    double level = n == 0 ? by_class[class] : p->sanctions_sector + p->sanctions_pillar * n;
    if ((pillars & secondary) != 0 && n >= 2)
        level += p->sanctions_secondary;
    return fmath_clip(level);
}

static int fill_sanctions(const struct scenario *sc, const int *delay, int day, struct draft *d)
{
    int n = sc->n_states;
    struct {
        int class;
        unsigned pillars;
    } *acts = calloc((size_t)n * (size_t)n, sizeof *acts);
    if (acts == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < sc->n_sanctions; k++) {
        const struct sanction *act = &sc->sanctions[k];
        if (!in_force(sc, delay, (int[]){act->start, act->end}, (int[]){act->starter, act->ender},
                      day))
            continue;
        for (int s = 0; s < act->n_senders; s++) {
            int at = act->sender[s] * n + act->target_state;
            acts[at].class = act->class > acts[at].class ? act->class : acts[at].class;
            acts[at].pillars |= act->pillar_bits;
        }
    }
    for (int k = 0; k < n * n; k++) {
        d->sanctions[k] =
            structure_sanctions_level(&sc->parameters, acts[k].class, acts[k].pillars);
        d->reach[k] = (acts[k].pillars >> 3) & 1u;
    }
    free(acts);
    return 0;
}

/* Measures on one state: a class is as closed as the strictest resolution in force has it. */
static void fill_mandate(const struct scenario *sc, const int *delay, int day, int state,
                         struct draft *d)
{
    double closed[MANDATE_CLASSES] = {0};
    int resolutions = 0;
    for (int k = 0; k < sc->n_mandates; k++) {
        const struct mandate *m = &sc->mandates[k];
        if (m->target_state != state ||
            !in_force(sc, delay, (int[]){m->start, m->end}, (int[]){m->starter, m->ender}, day))
            continue;
        for (int c = 0; c < MANDATE_CLASSES; c++)
            closed[c] = m->closed[c] > closed[c] ? m->closed[c] : closed[c];
        resolutions += m->article41;
    }
    double stigma = resolutions == 0 ? 0
                                     : sc->parameters.mandate_first +
                                           sc->parameters.mandate_further * (resolutions - 1);
    d->mandate[POLITICAL][state] = d->mandate[INSTITUTIONAL][state] = fmath_clip(stigma);
    d->mandate[SECURITY][state] = (closed[0] + closed[1] + closed[2]) / 3;
    d->mandate[ECONOMIC][state] = (closed[3] + closed[4] + closed[5]) / 3;
}

/* ---- effects of shocks ---------------------------------------------------------------------- */

/* How far an effect is in force in a month: 0..1. */
static double strength(const struct effect *e, int delay, int month)
{
    int date = e->date + delay;
    if (date_last_day(month) < date)
        return 0;
    int age = month - date_month_of(date);
    switch (e->shape) {
    case SHAPE_RAMP:
        return age + 1 >= e->months ? 1 : (double)(age + 1) / e->months;
    case SHAPE_PULSE:
        return fmath_exp(-0.6931471805599453 * age / e->months);
    default:
        return 1;
    }
}

static void apply_effect(const struct scenario *sc, const struct effect *e, double size,
                         struct draft *d)
{
    const struct parameters *p = &sc->parameters;
    int n = sc->n_states;
    for (int k = 0; k < e->n_pairs; k++) {
        int i = e->pairs[k].i, j = e->pairs[k].j, ij = i * n + j, ji = j * n + i;
        switch (e->on) {
        case EFFECT_DISPUTE:
            d->dispute[ij] += p->dispute_step * size;
            d->dispute[ji] += p->dispute_step * size;
            break;
        case EFFECT_SANCTIONS:
            d->sanctions[ij] += p->sanctions_step * size;
            break;
        case EFFECT_REACH:
            d->reach[ij] += size;
            break;
        case EFFECT_WAR:
            d->war[ij] += size;
            d->war[ji] += size;
            break;
        case EFFECT_GROWTH:
            d->growth[i] += size;
            break;
        case EFFECT_MANDATE:
            for (int c = 0; c < DOMAINS; c++)
                if (e->domain == DOMAINS || e->domain == c)
                    d->mandate[c][i] += size;
            break;
        default: /* capability: see fill_jumps */
            break;
        }
    }
}

static void apply_shocks(const struct scenario *sc, const int *delay, int month, struct draft *d)
{
    for (int k = 0; k < sc->n_shocks; k++) {
        const struct shock *shock = &sc->shocks[k];
        for (int e = 0; e < shock->n_effects && shock->active; e++) {
            double size =
                shock->effects[e].size * strength(&shock->effects[e], delay_of(delay, k), month);
            if (size != 0)
                apply_effect(sc, &shock->effects[e], size, d);
        }
    }
    int n = sc->n_states;
    for (double *v = d->dispute; v < d->mandate[0] + DOMAINS * n; v++)
        *v = fmath_clip(*v);
}

static void fill_jumps(struct structure *s, const struct scenario *sc, const int *delay)
{
    int n = s->n;
    for (int k = 0; k < s->months * n; k++)
        s->jump[k] = 1;
    for (int k = 0; k < sc->n_shocks; k++)
        for (int e = 0; e < sc->shocks[k].n_effects && sc->shocks[k].active; e++) {
            const struct effect *effect = &sc->shocks[k].effects[e];
            double before = 1;
            for (int m = 0; m < s->months && effect->on == EFFECT_CAPABILITY; m++) {
                double now =
                    1 + effect->size * strength(effect, delay_of(delay, k), sc->general.start + m);
                for (int q = 0; q < effect->n_pairs; q++)
                    s->jump[m * n + effect->pairs[q].i] *= now / before;
                before = now;
            }
        }
}

/* ---- compiling ------------------------------------------------------------------------------ */

static int fill_month(const struct structure *s, const struct scenario *sc, const int *delay,
                      int month, double *values)
{
    int n = s->n, day = date_last_day(sc->general.start + month);
    struct draft d = draft_of(values, n);
    memset(values, 0, block_size(n) * sizeof *values);
    memcpy(d.dispute, s->base_dispute, (size_t)n * (size_t)n * sizeof *values);
    if (fill_sanctions(sc, delay, day, &d) != 0)
        return ERROR_NOMEM;
    for (int i = 0; i < n; i++)
        fill_mandate(sc, delay, day, i, &d);
    apply_shocks(sc, delay, sc->general.start + month, &d);
    return 0;
}

static int reserve_block(struct structure *s)
{
    if (s->n_blocks < s->capacity)
        return 0;
    int capacity = s->capacity == 0 ? 16 : 2 * s->capacity;
    double *values = realloc(s->values, (size_t)capacity * block_size(s->n) * sizeof *values);
    if (values == NULL)
        return ERROR_NOMEM;
    s->values = values;
    s->capacity = capacity;
    return 0;
}

int structure_compile(struct structure *s, const struct scenario *sc, const int *delay)
{
    size_t size = block_size(s->n);
    s->n_blocks = 0;
    for (int m = 0; m < s->months; m++) {
        if (reserve_block(s) != 0)
            return ERROR_NOMEM;
        double *block = s->values + (size_t)s->n_blocks * size;
        if (fill_month(s, sc, delay, m, block) != 0)
            return ERROR_NOMEM;
        if (m == 0 || memcmp(block, block - size, size * sizeof *block) != 0)
            s->n_blocks++;
        s->block_of_month[m] = s->n_blocks - 1;
    }
    fill_jumps(s, sc, delay);
    return 0;
}

static void fill_fixed(struct structure *s, const struct scenario *sc)
{
    int n = s->n;
    const double floor = sc->parameters.distance_floor, half = sc->parameters.distance_half;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double d = sc->distance[i * n + j] / half;
            double pi = i == j ? 0 : floor + (1 - floor) / (1 + d * d);
            s->proximity[i * n + j] = pi;
            s->root_proximity[i * n + j] = __builtin_sqrt(pi);
            /* Dyads without a row have the coding rule's default: nothing in common. */
            for (int k = 0; k < DOMAINS; k++)
                s->baseline[k][i * n + j] = i == j ? 0 : 0.05;
        }
    for (int k = 0; k < sc->n_dyads; k++) {
        const struct dyad *dyad = &sc->dyads[k];
        int ab = dyad->a * n + dyad->b, ba = dyad->b * n + dyad->a;
        s->base_dispute[ab] = s->base_dispute[ba] = dyad->dispute;
        for (int d = 0; d < DOMAINS; d++)
            s->baseline[d][ab] = s->baseline[d][ba] = dyad->cooperation[d];
    }
}

int structure_init(struct structure *s, const struct scenario *sc, const int *delay)
{
    int n = sc->n_states, months = scenario_months(sc);
    size_t nn = (size_t)n * (size_t)n;
    *s = (struct structure){.n = n, .months = months};
    s->fixed = calloc((3 + DOMAINS) * nn, sizeof *s->fixed);
    s->jump = calloc((size_t)months * (size_t)n, sizeof *s->jump);
    s->block_of_month = calloc((size_t)months, sizeof *s->block_of_month);
    if (s->fixed == NULL || s->jump == NULL || s->block_of_month == NULL) {
        structure_release(s);
        return ERROR_NOMEM;
    }
    s->proximity = s->fixed;
    s->root_proximity = s->fixed + nn;
    s->base_dispute = s->fixed + 2 * nn;
    for (int d = 0; d < DOMAINS; d++)
        s->baseline[d] = s->fixed + (3 + (size_t)d) * nn;
    fill_fixed(s, sc);
    int status = structure_compile(s, sc, delay);
    if (status != 0)
        structure_release(s);
    return status;
}

void structure_release(struct structure *s)
{
    free(s->fixed);
    free(s->values);
    free(s->jump);
    free(s->block_of_month);
    *s = (struct structure){0};
}

struct month structure_month(const struct structure *s, int month)
{
    double *values = s->values + (size_t)s->block_of_month[month] * block_size(s->n);
    struct draft d = draft_of(values, s->n);
    return (struct month){d.dispute,
                          d.sanctions,
                          d.reach,
                          d.war,
                          {d.mandate[0], d.mandate[1], d.mandate[2], d.mandate[3]},
                          d.growth};
}
