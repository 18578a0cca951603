#include "run/sweep_design.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"
#include "base/error.h"
#include "run/output.h"

/* ---- describing ----------------------------------------------------------------------------- */

/* Names by index, joined by ';'. */
static int add_names(struct store_design *d, const char *key, const struct scenario *sc,
                     const char *(*name)(const struct scenario *, int), const int *of, int n)
{
    struct text list = {0};
    text_add(&list, "", 0);
    for (int k = 0; k < n; k++)
        text_printf(&list, "%s%s", k > 0 ? ";" : "", name(sc, of[k]));
    int status = list.failed ? ERROR_NOMEM : store_design_add(d, key, "%s", list.s);
    text_release(&list);
    return status;
}

static const char *arm_name(const struct scenario *sc, int k)
{
    return sc->arms[k].name;
}

static const char *outcome_name(const struct scenario *sc, int k)
{
    return sc->outcomes[k].name;
}

static const char *claim_name(const struct scenario *sc, int k)
{
    return sc->claims[k].name;
}

static void add_joined(struct text *out, const struct texts *items)
{
    for (int k = 0; k < items->n; k++)
        text_printf(out, "%s%s", k > 0 ? ";" : "", items->at[k]);
}

static const char *choice(enum section section, const char *key, int index, char out[32])
{
    int length = 0;
    const char *text = key_choice(key_find(section, key), index, &length);
    snprintf(out, 32, "%.*s", length, text);
    return out;
}

/* The levels of a factor that has some. */
static void add_levels(struct text *out, const struct dimension *f)
{
    for (int k = 0; k < dimension_levels(f); k++) {
        struct factor_value v;
        dimension_at_level(f, k, &v);
        text_printf(out, "%s%s", k > 0 ? ";" : "", v.label);
    }
}

static void find_bounds(const struct plan *p, int factor, double *low, double *high)
{
    const struct dimension *f = &p->factors.of[factor];
    bool list = p->design->sweep.kind == DESIGN_LIST;
    int n = list ? p->table.n_rows : f->values.n;
    *low = f->kind == FACTOR_NUMBER ? f->low : NAN;
    *high = f->kind == FACTOR_NUMBER ? f->high : NAN;
    for (int k = 0; k < n && f->kind == FACTOR_NUMBER; k++) {
        struct factor_value v;
        if (list)
            plan_value(p, (uint32_t)k, factor, &v);
        else
            dimension_at_level(f, k, &v);
        *low = k == 0 ? v.number : fmin(*low, v.number);
        *high = k == 0 ? v.number : fmax(*high, v.number);
    }
}

static int describe_factor(struct store_design *d, const struct plan *p, int factor)
{
    const struct dimension *f = &p->factors.of[factor];
    char scale[32];
    struct text paths = {0}, levels = {0};
    text_add(&paths, "", 0);
    text_add(&levels, "", 0);
    add_joined(&paths, &f->paths);
    add_levels(&levels, f);
    bool own_unit = f->kind == FACTOR_NUMBER && f->times == 1;
    struct factor_row row = {.name = f->name,
                             .paths = paths.s,
                             .kind = factor_kind_names[f->kind],
                             .scale = choice(SECTION_FACTORS, "scale", f->scale, scale),
                             .levels = levels.s,
                             .unit = f->base != NULL ? "times the scenario's"
                                     : own_unit      ? f->key->unit
                                                     : ""};
    find_bounds(p, factor, &row.low, &row.high);
    int status = paths.failed || levels.failed ? ERROR_NOMEM : store_design_factor(d, &row);
    text_release(&paths);
    text_release(&levels);
    return status;
}

/* What a factor's levels set if tables call them otherwise, and its range if that is one of dates:
 * neither stands in a row of the table factors. */
static int describe_values(struct store_design *d, const struct dimension *f)
{
    struct text values = {0};
    char key[64];
    text_add(&values, "", 0);
    if (f->labels.n > 0)
        add_joined(&values, &f->values);
    else if (f->kind == FACTOR_DATE && f->values.n == 0)
        text_printf(&values, "%.17g..%.17g", f->low, f->high);
    snprintf(key, sizeof key, "values.%s", f->name);
    int status = values.failed ? ERROR_NOMEM : store_design_add(d, key, "%s", values.s);
    text_release(&values);
    return status;
}

static int describe_times(struct store_design *d, const struct plan *p)
{
    struct text times = {0};
    text_add(&times, "", 0);
    for (int k = 0; k < p->factors.n; k++) {
        char number[32];
        text_real(p->factors.of[k].times, number);
        text_printf(&times, "%s%s=%s", k > 0 ? ";" : "", p->factors.of[k].name, number);
    }
    int status = times.failed ? ERROR_NOMEM : store_design_add(d, "times", "%s", times.s);
    text_release(&times);
    return status;
}

static int describe_points(struct store_design *d, const struct plan *p)
{
    struct text all = {0};
    text_add(&all, "", 0);
    for (int row = 0; row < p->table.n_rows; row++)
        for (int f = 0; f < p->factors.n; f++)
            text_printf(&all, "%s\n", csv_cell(&p->table, row, p->factors.of[f].column));
    int status = all.failed ? ERROR_NOMEM
                            : store_design_add(d, "points", "%016llx",
                                               (unsigned long long)output_hash(all.s));
    text_release(&all);
    return status;
}

static int describe_numbers(struct store_design *d, const struct subject *s, int64_t replicates,
                            struct sweep_shard shard)
{
    const struct sweep *w = &s->plan->design->sweep;
    const struct {
        const char *key;
        int64_t value;
    } numbers[] = {{"cells", s->plan->cells},
                   {"replicates", replicates},
                   {"model_version", build_model_version()}};
    const struct {
        const char *key;
        double value;
    } reals[] = {{"precision", w->precision}, {"penalty", w->penalty}};
    int status =
        store_design_add(d, "shard", "%lld/%lld", (long long)shard.shard, (long long)shard.shards);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers && status == 0; k++)
        status = store_design_add(d, numbers[k].key, "%lld", (long long)numbers[k].value);
    for (size_t k = 0; k < sizeof reals / sizeof *reals && status == 0; k++) {
        char text[32];
        text_real(reals[k].value, text);
        status = store_design_add(d, reals[k].key, "%s", text);
    }
    return status != 0 ? status : store_design_add(d, "seed", "%llu", (unsigned long long)s->seed);
}

static int describe_texts(struct store_design *d, const struct subject *s, const char *scenario)
{
    const struct sweep *w = &s->plan->design->sweep;
    char kind[32];
    const struct {
        const char *key, *value;
    } texts[] = {{"name", w->name},
                 {"title", w->title},
                 {"kind", choice(SECTION_SWEEP, "kind", w->kind, kind)},
                 {"scenario", scenario},
                 {"scenario_file", w->scenario},
                 {"precision_of", w->precision_of},
                 {"independent_cells", w->independent_cells ? "true" : "false"}};
    int status = 0;
    for (size_t k = 0; k < sizeof texts / sizeof *texts && status == 0; k++)
        status = store_design_add(d, texts[k].key, "%s", texts[k].value);
    if (status == 0)
        status = add_names(d, "arms", s->base, arm_name, s->arms, s->n_arms);
    if (status == 0)
        status = add_names(d, "outcomes", s->base, outcome_name, s->outcomes, s->n_outcomes);
    return status == 0 ? add_names(d, "claims", s->base, claim_name, s->claims, s->n_claims)
                       : status;
}

int sweep_describe(struct store_design *d, const struct subject *s, int64_t replicates,
                   struct sweep_shard shard, const char *scenario)
{
    const struct plan *p = s->plan;
    *d = (struct store_design){0};
    int status = describe_texts(d, s, scenario);
    if (status == 0)
        status = describe_numbers(d, s, replicates, shard);
    if (status == 0)
        status = describe_points(d, p);
    if (status == 0)
        status = describe_times(d, p);
    for (int k = 0; k < p->factors.n && status == 0; k++)
        status = describe_factor(d, p, k);
    for (int k = 0; k < p->factors.n && status == 0; k++)
        status = describe_values(d, &p->factors.of[k]);
    return status == 0 ? store_design_ready(d) : status;
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* A long text is told by its first line that differs. */
static void tell(struct text *what, const char *name, const char *stored, const char *wanted)
{
    int line = 1;
    const char *a = stored, *b = wanted;
    while (*a != '\0' && strcspn(a, "\n") == strcspn(b, "\n") &&
           strncmp(a, b, strcspn(a, "\n")) == 0 && a[strcspn(a, "\n")] == '\n' &&
           b[strcspn(b, "\n")] == '\n') {
        a += strcspn(a, "\n") + 1;
        b += strcspn(b, "\n") + 1;
        line++;
    }
    int na = (int)strcspn(a, "\n"), nb = (int)strcspn(b, "\n");
    text_printf(what, "%s%s", what->length > 0 ? "; " : "", name);
    if (line > 1)
        text_printf(what, ", line %d", line);
    text_printf(what, ": \"%.*s\" in the store, now \"%.*s\"", na > 80 ? text_head(a, 80) : na, a,
                nb > 80 ? text_head(b, 80) : nb, b);
}

/* Which difference a key's is. */
static enum sweep_difference weigh(const char *key, const struct store_design *stored,
                                   const struct store_design *wanted)
{
    const char *kind = store_design_value(wanted, "kind");
    bool grid = strcmp(kind, "grid") == 0, cube = strcmp(kind, "latin_hypercube") == 0;
    if (store_design_loose(key))
        return SWEEP_SAME;
    if (strcmp(key, "replicates") == 0)
        return wanted->replicates > stored->replicates ? SWEEP_MORE : SWEEP_OTHER;
    if (strcmp(key, "cells") == 0)
        return grid                                     ? SWEEP_LEVELS
               : !cube && wanted->cells > stored->cells ? SWEEP_MORE
                                                        : SWEEP_OTHER;
    if (strcmp(key, "points") == 0)
        return SWEEP_MORE;
    return grid && strncmp(key, "values.", 7) == 0 ? SWEEP_LEVELS : SWEEP_OTHER;
}

static enum sweep_difference compare_factors(const struct store_design *stored,
                                             const struct store_design *wanted, struct text *what)
{
    enum sweep_difference worst = SWEEP_SAME;
    bool grid = strcmp(store_design_value(wanted, "kind"), "grid") == 0;
    bool list = strcmp(store_design_value(wanted, "kind"), "list") == 0;
    if (stored->n_factors != wanted->n_factors) {
        text_printf(what, "%sthe number of factors", what->length > 0 ? "; " : "");
        return SWEEP_OTHER;
    }
    for (int k = 0; k < stored->n_factors; k++) {
        const struct factor_row *a = &stored->factors[k], *b = &wanted->factors[k];
        bool other = !factor_row_same(a, b);
        bool levels = list ? strcmp(a->levels, b->levels) != 0 : !factor_row_levels(a, b);
        enum sweep_difference found = other     ? SWEEP_OTHER
                                      : !levels ? SWEEP_SAME
                                      : grid    ? SWEEP_LEVELS
                                                : SWEEP_OTHER;
        if (found != SWEEP_SAME)
            text_printf(what, "%sfactor %s", what->length > 0 ? "; " : "", b->name);
        worst = found > worst ? found : worst;
    }
    return worst;
}

enum sweep_difference sweep_compare(const struct store_design *stored,
                                    const struct store_design *wanted, struct text *what)
{
    enum sweep_difference worst = SWEEP_SAME;
    for (int k = 0; k < wanted->keys.n; k++) {
        const char *key = wanted->keys.at[k], *now = wanted->values.at[k];
        const char *then = store_design_value(stored, key);
        if (then != NULL && strcmp(then, now) == 0)
            continue;
        enum sweep_difference found = then == NULL ? SWEEP_OTHER : weigh(key, stored, wanted);
        if (found != SWEEP_SAME && strcmp(key, "points") != 0)
            tell(what, key, then == NULL ? "" : then, now);
        worst = found > worst ? found : worst;
    }
    if (worst == SWEEP_MORE && what->length == 0) {
        text_printf(what, "the table of points");
        worst = SWEEP_OTHER; /* as many rows, but others */
    }
    enum sweep_difference factors = compare_factors(stored, wanted, what);
    return factors > worst ? factors : worst;
}
