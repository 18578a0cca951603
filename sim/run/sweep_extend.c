#include "run/sweep_extend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/store_copy.h"

/* ---- more replicates, more cells at the end ------------------------------------------------- */

/* Cells that the store has must be those that the design has at their numbers. */
static int check_cells(struct store *s, const struct plan *plan, struct diag *diag)
{
    struct db_query *q = db_query(s->db, "SELECT * FROM cells ORDER BY cell");
    int status = q == NULL ? db_code(s->db) : 0;
    while (status == 0 && (status = db_next(q)) == 1) {
        uint32_t cell = (uint32_t)db_get_int(q, 0);
        status = 0;
        for (int f = 0; f < plan->factors.n && status == 0; f++) {
            struct factor_value v;
            plan_value(plan, cell, f, &v);
            bool number = plan->factors.of[f].kind == FACTOR_NUMBER;
            if (number ? db_get_real(q, 1 + f) != v.number
                       : strcmp(db_get_text(q, 1 + f), v.label) != 0)
                status = diag_error(diag, diag_at(s->path, 0),
                                    "cell %u has another %s than in the design (now %s); allowed: "
                                    "rows added at the end",
                                    (unsigned)cell, plan->factors.of[f].name, v.label);
        }
    }
    if (q != NULL)
        db_reset(q);
    return status == 0 || diag->errors > 0 ? status : store_failed(s, status, "read", diag);
}

static int extend_in_place(struct store *s, const struct plan *plan, struct store_design *wanted,
                           struct diag *diag)
{
    int status = check_cells(s, plan, diag);
    if (status != 0)
        return status;
    store_design_release(&s->design);
    s->design = *wanted;
    *wanted = (struct store_design){0};
    status = db_run(s->db, "BEGIN IMMEDIATE");
    if (status == 0)
        status = store_write_design(s);
    if (status == 0)
        status = db_run(s->db, "COMMIT");
    return status == 0 ? 0 : store_failed(s, status, "written", diag);
}

/* ---- more levels of a grid ------------------------------------------------------------------ */

/* From a stored cell to the wanted one. */
struct levels {
    const struct plan *plan;
    int *before; /* [n] levels in the store */
    int **now;   /* [n][before] the level of the design */
};

static void release_levels(struct levels *l)
{
    for (int f = 0; l->now != NULL && f < l->plan->factors.n; f++)
        free(l->now[f]);
    free(l->now);
    free(l->before);
}

static int find_level(const struct dimension *d, const char *label)
{
    double number = d->kind == FACTOR_NUMBER ? strtod(label, NULL) : 0;
    for (int k = 0; k < dimension_levels(d); k++) {
        struct factor_value v;
        dimension_at_level(d, k, &v);
        if (d->kind == FACTOR_NUMBER ? v.number == number : strcmp(v.label, label) == 0)
            return k;
    }
    return -1;
}

/* Does a level of the design set what the store's level of that name set? */
static bool sets_the_same(const struct dimension *d, int level, const struct texts *stored, int k)
{
    return stored->n == 0 || d->labels.n == 0 || strcmp(d->values.at[level], stored->at[k]) == 0;
}

static int match_level(const struct dimension *d, const char *label, const struct texts *values,
                       int k, struct diag *diag)
{
    int level = find_level(d, label);
    if (level < 0)
        diag_error(diag, d->where,
                   "factors.%s has no value %s, which the store has; allowed: its values and more",
                   d->name, label);
    else if (!sets_the_same(d, level, values, k))
        diag_error(
            diag, d->where,
            "factors.%s: %s sets %s, in the store %s; allowed: what is called alike is alike",
            d->name, label, d->values.at[level], values->at[k]);
    return level;
}

static int match_levels(struct levels *l, const struct store *s, int f, struct diag *diag)
{
    const struct dimension *d = &l->plan->factors.of[f];
    struct texts labels = {0}, values = {0};
    char key[64];
    int wrong = diag->errors;
    snprintf(key, sizeof key, "values.%s", d->name);
    int status = texts_split(&labels, s->design.factors[f].levels);
    if (status == 0)
        status = texts_split(&values, store_design_value(&s->design, key));
    l->before[f] = labels.n;
    l->now[f] = calloc((size_t)labels.n + 1, sizeof **l->now);
    if (status == 0 && l->now[f] == NULL)
        status = ERROR_NOMEM;
    for (int k = 0; k < labels.n && status == 0; k++)
        l->now[f][k] = match_level(d, labels.at[k], &values, k, diag);
    texts_release(&labels);
    texts_release(&values);
    return status != 0 ? status : diag->errors > wrong ? ERROR_INPUT : 0;
}

static int64_t move_cell(void *user, int64_t cell)
{
    const struct levels *l = user;
    int64_t moved = 0, stride = 1;
    for (int f = l->plan->factors.n - 1; f >= 0; f--) {
        moved += stride * l->now[f][cell % l->before[f]];
        stride *= dimension_levels(&l->plan->factors.of[f]);
        cell /= l->before[f];
    }
    return moved;
}

static int extend_levels(struct store *s, struct levels *levels, struct store_design *wanted,
                         struct diag *diag)
{
    struct store new = {.lock = -1};
    const struct store_map map = {move_cell, levels};
    char *path = text_copy(s->path);
    int status = path == NULL ? ERROR_NOMEM : 0;
    for (int f = 0; f < levels->plan->factors.n && status == 0; f++)
        status = match_levels(levels, s, f, diag);
    if (status == 0)
        status = store_create_beside(&new, path, wanted, diag);
    if (status == 0)
        status = store_copy(s, &new, &map, diag);
    if (status == 0)
        status = store_replace(&new, path, true, diag);
    if (status != 0) {
        store_discard(&new);
    } else {
        store_close(s); /* only now: nobody else may write meanwhile */
        *s = new;
        status = store_reopen(s, diag);
    }
    free(path);
    return status;
}

int sweep_extend(struct store *s, const struct plan *plan, struct store_design *wanted,
                 enum sweep_difference difference, struct diag *diag)
{
    if (difference == SWEEP_MORE)
        return extend_in_place(s, plan, wanted, diag);
    if (wanted->shards > 1 || plan->design->sweep.independent_cells)
        return diag_error(diag, diag_at(s->path, 0),
                          "levels are added, which renumbers the cells; allowed: for a store that "
                          "is not divided (`waltz merge`) and without independent_cells");
    struct levels levels = {.plan = plan,
                            .before = calloc((size_t)plan->factors.n, sizeof *levels.before),
                            .now = calloc((size_t)plan->factors.n, sizeof *levels.now)};
    int status = levels.before == NULL || levels.now == NULL
                     ? ERROR_NOMEM
                     : extend_levels(s, &levels, wanted, diag);
    release_levels(&levels);
    return status;
}
