#include "model/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static int rate_tables(struct world *w)
{
    const int most = CHANNELS * w->rule->p.initiatives;
    double *next = calloc(RATES * ((size_t)most + 1), sizeof *next);
    if (next == NULL)
        return ERROR_NOMEM;
    for (int f = 0; f < RATES; f++, next += most + 1) {
        w->left[f] = next;
        for (int k = 0; k <= most; k++)
            next[k] = fmath_exp(k * w->rule->log_left[f]);
    }
    return 0;
}

int world_init(struct world *w, int lanes, const struct scenario *sc,
               const struct structure *structure, const struct rule *rule)
{
    int n = sc->n_states;
    size_t row = (size_t)(n * lanes), square = row * (size_t)n;
    *w = (struct world){
        .scenario = sc, .structure = structure, .rule = rule, .n = n, .lanes = lanes};
    w->block = memory_lanes(world_numbers(n, lanes) + row);
    w->mirror = calloc((size_t)(n * n), sizeof *w->mirror);
    if (w->block == NULL || w->mirror == NULL || rate_tables(w) != 0) {
        world_release(w);
        return ERROR_NOMEM;
    }
    for (int ij = 0; ij < n * n; ij++)
        w->mirror[ij] = ij % n * n + ij / n;
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d] = w->block + (size_t)d * square;
    w->dispute = w->block + DOMAINS * square;
    w->sanctions = w->dispute + square;
    w->economy = w->sanctions + square;
    w->military = w->economy + row;
    w->row = w->military + row;
    world_reset(w);
    return 0;
}

void world_release(struct world *w)
{
    free(w->block);
    free(w->mirror);
    free(w->left[0]);
    *w = (struct world){0};
}

/* out[k] of every lane = from[k]. */
static void fill(double *out, const double *from, int n, int lanes)
{
    for (int k = 0; k < n; k++)
        for (int l = 0; l < lanes; l++)
            out[k * lanes + l] = from[k];
}

void world_reset(struct world *w)
{
    const int n = w->n, nn = n * n, lanes = w->lanes;
    w->tick = 0;
    w->month = structure_month(w->structure, 0);
    for (int i = 0; i < n; i++) {
        const struct state *state = &w->scenario->states[i];
        double military = state->milex / w->rule->p.depreciation;
        fill(w->economy + i * lanes, &state->gdp, 1, lanes);
        fill(w->military + i * lanes, &military, 1, lanes);
    }
    for (int d = 0; d < DOMAINS; d++)
        fill(w->cooperation[d], w->structure->baseline[d], nn, lanes);
    fill(w->dispute, w->month.dispute, nn, lanes);
    fill(w->sanctions, w->month.sanctions, nn, lanes);
}

size_t world_numbers(int n_states, int lanes)
{
    size_t n = (size_t)n_states;
    return ((DOMAINS + 2) * n * n + 2 * n) * (size_t)lanes;
}

void world_save(const struct world *w, double *numbers)
{
    memcpy(numbers, w->block, world_numbers(w->n, w->lanes) * sizeof *numbers);
}

void world_restore(struct world *w, int tick, const double *numbers)
{
    w->tick = tick;
    memcpy(w->block, numbers, world_numbers(w->n, w->lanes) * sizeof *numbers);
}

int world_month(const struct world *w)
{
    int month = w->tick - w->scenario->general.spinup;
    return month > 0 ? month : 0;
}

static bool all_positive(const struct world *w, int lane, const double *v)
{
    for (int i = 0; i < w->n; i++) {
        double x = v[i * w->lanes + lane];
        if (!(isfinite(x) && x > 0))
            return false;
    }
    return true;
}

static bool all_shares(const struct world *w, int lane, const double *v, bool symmetric)
{
    const int n = w->n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double x = v[(i * n + j) * w->lanes + lane], y = v[(j * n + i) * w->lanes + lane];
            if (!(x >= 0 && x <= 1) || (i == j && x != 0) || (symmetric && x != y))
                return false;
        }
    return true;
}

int world_verify(const struct world *w, int lane, const char **what)
{
    *what = !all_positive(w, lane, w->economy)          ? "economy"
            : !all_positive(w, lane, w->military)       ? "military stock"
            : !all_shares(w, lane, w->dispute, true)    ? "dispute"
            : !all_shares(w, lane, w->sanctions, false) ? "sanctions"
                                                        : NULL;
    for (int d = 0; d < DOMAINS && *what == NULL; d++)
        if (!all_shares(w, lane, w->cooperation[d], true))
            *what = domain_names[d];
    return *what == NULL ? 0 : ERROR_NUMERIC;
}
