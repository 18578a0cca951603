#include "run/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* ---- how many ------------------------------------------------------------------------------- */

static int too_many(const struct plan *p, struct diag *diag)
{
    return diag_error(
        diag, design_where(p->design, "cells"),
        "more cells than allowed; allowed: up to 2^31, with independent_cells fewer than 2^28");
}

static int count_grid(struct plan *p, struct diag *diag)
{
    uint64_t n = 1;
    for (int f = 0; f < p->factors.n; f++) {
        n *= (uint64_t)dimension_levels(&p->factors.of[f]);
        if (n > POINTS_MOST)
            return too_many(p, diag);
    }
    p->cells = (uint32_t)n;
    return 0;
}

static int count_points(struct plan *p, uint64_t seed, struct diag *diag)
{
    static const enum points_kind kinds[] = {[DESIGN_LATIN_HYPERCUBE] = POINTS_LATIN_HYPERCUBE,
                                             [DESIGN_SOBOL] = POINTS_SOBOL,
                                             [DESIGN_RANDOM] = POINTS_RANDOM};
    enum points_kind kind = kinds[p->design->sweep.kind];
    if (p->factors.n > points_factors_most(kind))
        return diag_error(diag, design_where(p->design, "kind"), "%d factors; allowed: up to %d",
                          p->factors.n, points_factors_most(kind));
    p->cells = (uint32_t)p->design->sweep.cells;
    return points_init(&p->points, kind, p->cells, p->factors.n, seed);
}

static int count(struct plan *p, uint64_t seed, struct diag *diag)
{
    const struct sweep *s = &p->design->sweep;
    int status = 0;
    p->cells = (uint32_t)p->table.n_rows;
    if (s->kind == DESIGN_GRID)
        status = count_grid(p, diag);
    else if (s->kind != DESIGN_LIST)
        status = count_points(p, seed, diag);
    if (status == 0 && p->cells == 0)
        return diag_error(diag, csv_where(&p->table, -1), "no cells; allowed: one row or more");
    if (status == 0 && s->independent_cells && p->cells >= 1u << 28)
        return too_many(p, diag);
    return status;
}

static int load_table(struct plan *p, struct diag *diag)
{
    const struct sweep *s = &p->design->sweep;
    if (s->points[0] == '\0')
        return diag_error(diag, design_where(p->design, "kind"),
                          "sweep.points is missing; allowed: a table, one row a cell");
    char *path = design_beside(p->design, s->points);
    if (path == NULL)
        return ERROR_NOMEM;
    int status = csv_load(&p->table, path, design_where(p->design, "points"), diag);
    p->table.file = p->design->sweep.points;
    free(path);
    return status;
}

int plan_init(struct plan *p, const struct design *design, const struct scenario *base,
              const struct texts *sets, uint64_t seed, struct diag *diag)
{
    bool list = design->sweep.kind == DESIGN_LIST;
    *p = (struct plan){.design = design, .base = base};
    int status = list ? load_table(p, diag) : 0;
    if (status == 0)
        status = dimensions_init(&p->factors, design, &p->table, base, sets, diag);
    if (status == 0)
        status = count(p, seed, diag);
    return diag_status(diag, status);
}

void plan_release(struct plan *p)
{
    dimensions_release(&p->factors);
    csv_release(&p->table);
    points_release(&p->points);
    *p = (struct plan){0};
}

/* ---- cells ---------------------------------------------------------------------------------- */

static int grid_level(const struct plan *p, uint32_t cell, int factor)
{
    for (int f = p->factors.n - 1; f > factor; f--)
        cell /= (uint32_t)dimension_levels(&p->factors.of[f]);
    return (int)(cell % (uint32_t)dimension_levels(&p->factors.of[factor]));
}

void plan_value(const struct plan *p, uint32_t cell, int factor, struct factor_value *out)
{
    const struct dimension *d = &p->factors.of[factor];
    if (p->design->sweep.kind == DESIGN_GRID)
        dimension_at_level(d, grid_level(p, cell, factor), out);
    else if (p->design->sweep.kind == DESIGN_LIST)
        dimension_at_text(d, csv_cell(&p->table, (int)cell, d->column), out);
    else
        dimension_at(d, points_at(&p->points, cell, factor), out);
}

bool plan_parameters_alone(const struct plan *p)
{
    bool alone = true;
    for (int f = 0; f < p->factors.n; f++) {
        const struct dimension *d = &p->factors.of[f];
        alone &= !d->arm;
        for (int k = 0; k < d->paths.n; k++)
            alone &= scenario_is_parameter(d->paths.at[k]);
    }
    return alone;
}

int plan_settings(const struct plan *p, uint32_t cell, struct texts *settings)
{
    int status = 0;
    for (int f = 0; f < p->factors.n && status == 0; f++) {
        struct factor_value value;
        plan_value(p, cell, f, &value);
        status = dimension_settings(&p->factors.of[f], p->base, &value, settings);
    }
    return status;
}

/* ---- trying --------------------------------------------------------------------------------- */

static int try_value(const struct plan *p, const char *path, const struct texts *sets,
                     const struct dimension *d, const struct factor_value *value, struct diag *diag)
{
    struct texts all = {0};
    struct scenario *sc = NULL;
    struct diag own = {0};
    int status = 0;
    for (int k = 0; k < sets->n && status == 0; k++)
        status = texts_add(&all, "%s", sets->at[k]);
    if (status == 0)
        status = dimension_settings(d, p->base, value, &all);
    if (status == 0)
        status = scenario_load(&sc, path, (const char *const *)all.at, all.n, &own);
    if (status == ERROR_INPUT) {
        diag_error(diag, d->where, "factors.%s at %s is refused:", d->name, value->label);
        text_add(&diag->text, own.text.s, own.text.length);
    }
    scenario_free(sc);
    texts_release(&all);
    diag_release(&own);
    return status;
}

/* Rows of a table's least and largest number, or first and last. */
static void find_ends(const struct plan *p, const struct dimension *d, int rows[2])
{
    double ends[2] = {INFINITY, -INFINITY};
    rows[0] = 0;
    rows[1] = p->table.n_rows - 1;
    for (int row = 0; row < p->table.n_rows; row++) {
        struct factor_value v;
        dimension_at_text(d, csv_cell(&p->table, row, d->column), &v);
        if (v.number < ends[0]) {
            ends[0] = v.number;
            rows[0] = row;
        }
        if (v.number > ends[1]) {
            ends[1] = v.number;
            rows[1] = row;
        }
    }
}

static int try_factor(const struct plan *p, const char *path, const struct texts *sets,
                      const struct dimension *d, struct diag *diag)
{
    bool list = p->design->sweep.kind == DESIGN_LIST;
    int rows[2] = {0, 0}, n = !list && d->values.n > 0 ? d->values.n : 2, status = 0;
    if (list)
        find_ends(p, d, rows);
    for (int k = 0; k < n && status == 0; k++) {
        struct factor_value v;
        struct dimension ends = *d;
        ends.steps = 2;
        if (list)
            dimension_at_text(d, csv_cell(&p->table, rows[k], d->column), &v);
        else
            dimension_at_level(&ends, k, &v);
        status = try_value(p, path, sets, d, &v, diag);
    }
    return status;
}

int plan_try(const struct plan *p, const char *path, const struct texts *sets, struct diag *diag)
{
    int status = 0, wrong = 0;
    for (int f = 0; f < p->factors.n && status == 0; f++) {
        status = try_factor(p, path, sets, &p->factors.of[f], diag);
        wrong |= status == ERROR_INPUT;
        status = diag_go_on(status);
    }
    return status != 0 ? status : wrong ? ERROR_INPUT : 0;
}
