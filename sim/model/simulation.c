#include "model/simulation.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/philox.h"

/* ---- perception ----------------------------------------------------------------------------- */

enum { SQUARES = 15, ROWS = 13, SINGLES = 2 };

int perception_init(struct perception *p, const struct world *w)
{
    const size_t n = (size_t)w->n, lanes = (size_t)w->lanes, row = n * lanes, square = n * row;
    *p = (struct perception){.world = w, .rule = w->rule, .n = w->n};
    p->used = calloc(n, sizeof *p->used);
    p->block = memory_lanes(SQUARES * square + (ROWS + PERCEPTION_SLACK) * row +
                            (SINGLES + PERCEPTION_SLACK) * lanes);
    if (p->block == NULL || p->used == NULL) {
        perception_release(p);
        return ERROR_NOMEM;
    }
    double **squares[SQUARES] = {&p->threat_from,
                                 &p->common_threat,
                                 &p->leverage,
                                 &p->reach,
                                 &p->benefit[POLITICAL],
                                 &p->benefit[SECURITY],
                                 &p->benefit[ECONOMIC],
                                 &p->cost[0],
                                 &p->cost[1],
                                 &p->cost[2],
                                 &p->cost[3],
                                 &p->conciliation,
                                 &p->scratch[0],
                                 &p->scratch[1],
                                 &p->nothing};
    double **rows[ROWS] = {&p->capability, &p->root_capability, &p->power,    &p->threat,
                           &p->resistance, &p->insecurity,      &p->partners, &p->need,
                           &p->access,     &p->diversion,       &p->economy,  &p->vector[0],
                           &p->vector[1]};
    double **singles[SINGLES] = {&p->polarisation, &p->heat};
    double *next = p->block;
    for (int k = 0; k < SQUARES; k++, next += square)
        *squares[k] = next;
    for (int k = 0; k < ROWS; k++, next += row)
        *rows[k] = next;
    for (int k = 0; k < SINGLES; k++, next += lanes)
        *singles[k] = next;
    p->benefit[INSTITUTIONAL] = p->benefit[POLITICAL];
    return 0;
}

void perception_release(struct perception *p)
{
    free(p->block);
    free(p->used);
    *p = (struct perception){0};
}

/* ---- choices -------------------------------------------------------------------------------- */

static struct option make_option(const struct perception *p, enum move move, int j)
{
    const int n = p->n, lanes = p->world->lanes;
    const struct answer answer = move_answer(p, move);
    const real *gain = answer.gain == NULL ? p->nothing : answer.gain;
    const real *loss = answer.loss == NULL ? p->nothing : answer.loss;
    return (struct option){.move = (int)move,
                           .target = move_kinds[move].toward_self ? SELF : j,
                           .slot = ((int)move * n * n + j) * lanes,
                           .stride = (move_kinds[move].toward_self ? n + 1 : n) * lanes,
                           .gain = (int)(gain - p->block) + j * n * lanes,
                           .loss = (int)(loss - p->block) + j * n * lanes,
                           .least = answer.gain == NULL ? 1 : 0};
}

static int make_menu(struct chooser *c, int m)
{
    const struct rule *rule = c->perception->rule;
    const int n = c->perception->n;
    struct menu *menu = &c->menus[m];
    menu->purpose = rule->channels ? (enum purpose)m : PURPOSE_ONE_BUDGET;
    menu->draws = rule->p.initiatives * (rule->channels ? 1 : CHANNELS);
    menu->options = calloc(1 + MOVES * (size_t)n, sizeof *menu->options);
    if (menu->options == NULL)
        return ERROR_NOMEM;
    int options = 0;
    menu->options[options++] = (struct option){.move = HOLD};
    for (enum move k = 0; k < MOVES; k++) {
        if (rule->channels && (int)move_kinds[k].channel != m)
            continue;
        menu->at[menu->n_moves] = options;
        menu->moves[menu->n_moves++] = k;
        for (int j = 0; j < (move_kinds[k].toward_self ? 1 : n); j++)
            menu->options[options++] = make_option(c->perception, k, j);
    }
    menu->at[menu->n_moves] = options;
    return 0;
}

int chooser_init(struct chooser *c, const struct perception *p)
{
    const size_t n = (size_t)p->n, lanes = (size_t)p->world->lanes, options = 1 + MOVES * n,
                 draws = CHANNELS * (size_t)p->rule->p.initiatives + PHILOX_SIDE,
                 whole = SEARCH * lanes, weights = (options + whole - 1) / whole * whole,
                 room = weights + SEARCH; /* no power of two, which caches do not like */
    *c = (struct chooser){
        .perception = p, .n_menus = p->rule->channels ? CHANNELS : 1, .room = (int)room};
    c->block = memory_lanes((2 * room + weights + n + 3 * draws) * lanes);
    c->moving = calloc(draws * lanes, sizeof *c->moving);
    c->picked = calloc(draws * lanes, sizeof *c->picked);
    int status = c->block && c->moving && c->picked ? 0 : ERROR_NOMEM;
    for (int m = 0; m < c->n_menus && status == 0; m++)
        status = make_menu(c, m);
    if (status != 0) {
        chooser_release(c);
        return status;
    }
    c->running = c->block;
    c->ends = c->running + room * lanes;
    c->weight = c->ends + room * lanes;
    c->opportunity = c->weight + weights * lanes;
    c->uniforms = c->opportunity + n * lanes;
    c->consent = c->uniforms + 2 * draws * lanes;
    return 0;
}

void chooser_release(struct chooser *c)
{
    for (int m = 0; m < CHANNELS; m++)
        free(c->menus[m].options);
    free(c->block);
    free(c->moving);
    free(c->picked);
    *c = (struct chooser){0};
}

int tally_init(struct tally *t, const struct world *w)
{
    const size_t lanes = (size_t)w->lanes, n = (size_t)w->n, square = n * n * lanes,
                 draws = CHANNELS * (size_t)w->rule->p.initiatives * n * lanes + 1,
                 expected = w->rule->expected ? 2 * MOVES * square + n * lanes : 0;
    *t = (struct tally){.n = w->n, .lanes = w->lanes};
    t->block = memory_lanes(expected);
    t->taken = calloc(MOVES * (square + lanes), sizeof *t->taken);
    t->drawn = calloc((1 + MOVES) * draws, sizeof *t->drawn);
    if (t->block == NULL || t->taken == NULL || t->drawn == NULL) {
        tally_release(t);
        return ERROR_NOMEM;
    }
    t->by_move = t->taken + MOVES * square;
    for (int m = 0; m < MOVES; m++)
        t->followed[m] = t->drawn + (1 + (size_t)m) * draws;
    for (int m = 0; m < MOVES && expected > 0; m++) {
        t->chosen[m] = t->block + (size_t)m * square;
        t->accepted[m] = t->block + (MOVES + (size_t)m) * square;
    }
    t->held = expected > 0 ? t->block + 2 * MOVES * square : NULL;
    t->draws = w->rule->p.initiatives * CHANNELS;
    return 0;
}

void tally_release(struct tally *t)
{
    free(t->block);
    free(t->taken);
    free(t->drawn);
    *t = (struct tally){0};
}

static int tally_at(const struct tally *t, struct pair dyad, int lane)
{
    return (dyad.i * t->n + dyad.j) * t->lanes + lane;
}

static uint32_t tally_taken(const struct tally *t, enum move move, int at)
{
    return t->taken[(int)move * t->n * t->n * t->lanes + at];
}

double tally_chosen(const struct tally *t, enum move move, struct pair dyad, int lane)
{
    const int at = tally_at(t, dyad, lane);
    return t->held != NULL ? t->chosen[move][at] : tally_taken(t, move, at) & 0xffff;
}

double tally_accepted(const struct tally *t, enum move move, struct pair dyad, int lane)
{
    const int at = tally_at(t, dyad, lane);
    return t->held != NULL ? t->accepted[move][at] : tally_taken(t, move, at) >> 16;
}

static double sum(const double *v, int n, int step)
{
    double s = 0;
    for (int k = 0; k < n; k++)
        s += v[k * step];
    return s;
}

double tally_total(const struct tally *t, int row, int lane)
{
    if (t->held != NULL)
        return row == HOLD ? sum(t->held + lane, t->n, t->lanes)
                           : sum(t->chosen[row] + lane, t->n * t->n, t->lanes);
    if (row != HOLD)
        return t->by_move[row * t->lanes + lane];
    double held = t->n * t->draws;
    for (int m = 0; m < MOVES; m++)
        held -= t->by_move[m * t->lanes + lane];
    return held;
}

/* ---- the whole ------------------------------------------------------------------------------ */

int simulation_init(struct simulation *s, const struct kernel *k, const struct scenario *sc,
                    const struct structure *structure, const struct rule *rule)
{
    *s = (struct simulation){.kernel = k};
    int status = world_init(&s->world, k->lanes, sc, structure, rule);
    if (status == 0)
        status = perception_init(&s->perception, &s->world);
    if (status == 0)
        status = chooser_init(&s->chooser, &s->perception);
    if (status == 0)
        status = tally_init(&s->tally, &s->world);
    s->order = calloc((size_t)sc->n_states, sizeof *s->order);
    s->rng = gsl_rng_alloc(stream_gsl_type);
    if (s->order == NULL || s->rng == NULL)
        status = ERROR_NOMEM;
    if (status != 0)
        simulation_release(s);
    return status;
}

void simulation_release(struct simulation *s)
{
    world_release(&s->world);
    perception_release(&s->perception);
    chooser_release(&s->chooser);
    tally_release(&s->tally);
    free(s->order);
    if (s->rng != NULL)
        gsl_rng_free(s->rng);
    *s = (struct simulation){0};
}

void simulation_advance(struct simulation *s)
{
    s->world.tick++;
}

int simulation_ticks(const struct scenario *sc)
{
    return sc->general.spinup + scenario_months(sc);
}
