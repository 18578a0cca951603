#include "model/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int world_init(struct world *w, const struct scenario *sc, const struct structure *structure,
               const struct rule *rule)
{
    int n = sc->n_states;
    size_t nn = (size_t)n * (size_t)n;
    *w = (struct world){.scenario = sc, .structure = structure, .rule = rule, .n = n};
    w->block = calloc(world_numbers(n) + (size_t)n, sizeof *w->block);
    if (w->block == NULL)
        return ERROR_NOMEM;
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d] = w->block + (size_t)d * nn;
    w->dispute = w->block + DOMAINS * nn;
    w->sanctions = w->dispute + nn;
    w->economy = w->sanctions + nn;
    w->military = w->economy + n;
    w->rest = w->military + n;
    world_reset(w);
    return 0;
}

void world_release(struct world *w)
{
    free(w->block);
    *w = (struct world){0};
}

void world_reset(struct world *w)
{
    size_t bytes = (size_t)w->n * (size_t)w->n * sizeof(double);
    w->tick = 0;
    w->month = structure_month(w->structure, 0);
    for (int i = 0; i < w->n; i++) {
        w->economy[i] = w->scenario->states[i].gdp;
        w->military[i] = w->scenario->states[i].milex / w->rule->p.depreciation;
    }
    for (int d = 0; d < DOMAINS; d++)
        memcpy(w->cooperation[d], w->structure->baseline[d], bytes);
    memcpy(w->dispute, w->month.dispute, bytes);
    memcpy(w->sanctions, w->month.sanctions, bytes);
}

size_t world_numbers(int n_states)
{
    size_t n = (size_t)n_states;
    return (DOMAINS + 2) * n * n + 2 * n;
}

void world_save(const struct world *w, double *numbers)
{
    memcpy(numbers, w->block, world_numbers(w->n) * sizeof *numbers);
}

void world_restore(struct world *w, int tick, const double *numbers)
{
    w->tick = tick;
    memcpy(w->block, numbers, world_numbers(w->n) * sizeof *numbers);
}

int world_month(const struct world *w)
{
    int month = w->tick - w->scenario->general.spinup;
    return month > 0 ? month : 0;
}

static bool all_positive(const double *v, int n)
{
    for (int i = 0; i < n; i++)
        if (!(isfinite(v[i]) && v[i] > 0))
            return false;
    return true;
}

static bool all_shares(const double *v, int n, bool symmetric)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double x = v[i * n + j];
            if (!(x >= 0 && x <= 1) || (i == j && x != 0) || (symmetric && x != v[j * n + i]))
                return false;
        }
    return true;
}

int world_verify(const struct world *w, const char **what)
{
    *what = !all_positive(w->economy, w->n)          ? "economy"
            : !all_positive(w->military, w->n)       ? "military stock"
            : !all_shares(w->dispute, w->n, true)    ? "dispute"
            : !all_shares(w->sanctions, w->n, false) ? "sanctions"
                                                     : NULL;
    for (int d = 0; d < DOMAINS && *what == NULL; d++)
        if (!all_shares(w->cooperation[d], w->n, true))
            *what = domain_names[d];
    return *what == NULL ? 0 : ERROR_NUMERIC;
}
