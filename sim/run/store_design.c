/* What a store is about, as texts by keys. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/store.h"

int store_design_add(struct store_design *d, const char *key, const char *format, ...)
{
    struct text value = {0};
    va_list args;
    va_start(args, format);
    text_add(&value, "", 0);
    text_vprintf(&value, format, args);
    va_end(args);
    int status = value.failed ? ERROR_NOMEM : texts_add(&d->keys, "%s", key);
    if (status == 0)
        status = texts_add(&d->values, "%s", value.s);
    text_release(&value);
    return status;
}

const char *store_design_value(const struct store_design *d, const char *key)
{
    for (int k = 0; k < d->values.n; k++)
        if (strcmp(d->keys.at[k], key) == 0)
            return d->values.at[k];
    return NULL;
}

static int split(const struct store_design *d, const char *key, struct texts *items)
{
    const char *list = store_design_value(d, key);
    texts_release(items);
    return list == NULL ? ERROR_INPUT : texts_split(items, list);
}

static int64_t number(const struct store_design *d, const char *key)
{
    const char *text = store_design_value(d, key);
    return text == NULL ? -1 : strtoll(text, NULL, 10);
}

/* Are all keys there that a store of this version has? */
static bool is_whole(const struct store_design *d)
{
    static const char *const needed[] = {
        "name",     "title", "kind",          "cells",    "replicates",    "precision",
        "points",   "seed",  "model_version", "scenario", "scenario_file", "precision_of",
        "outcomes", "arms",  "claims",        "shard",    "penalty",       "independent_cells",
        "times"};
    char key[64];
    bool whole = d->n_factors > 0;
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        whole &= store_design_value(d, needed[k]) != NULL;
    for (int k = 0; k < d->n_factors; k++) {
        snprintf(key, sizeof key, "values.%.40s", d->factors[k].name);
        whole &= store_design_value(d, key) != NULL;
    }
    return whole;
}

bool store_design_loose(const char *key)
{
    return strcmp(key, "title") == 0 || strcmp(key, "scenario_file") == 0;
}

int store_design_ready(struct store_design *d)
{
    if (!is_whole(d))
        return ERROR_INPUT;

    const char *shard = store_design_value(d, "shard"),
               *precision = store_design_value(d, "precision");
    const char *of = store_design_value(d, "precision_of");
    char *slash;
    int status = split(d, "outcomes", &d->outcomes);
    if (status == 0)
        status = split(d, "arms", &d->arms);
    if (status == 0)
        status = split(d, "claims", &d->claims);
    d->cells = number(d, "cells");
    d->replicates = number(d, "replicates");
    d->precision = precision == NULL ? 0 : strtod(precision, NULL);
    for (int k = 0; k < d->outcomes.n && of != NULL; k++)
        if (strcmp(d->outcomes.at[k], of) == 0)
            d->precision_of = k;
    if (status != 0)
        return status;
    if (shard == NULL || d->cells < 1 || d->replicates < 1 || d->arms.n < 1)
        return ERROR_INPUT;
    d->shard = strtoll(shard, &slash, 10);
    d->shards = *slash == '/' ? strtoll(slash + 1, NULL, 10) : 0;
    return d->shard >= 1 && d->shard <= d->shards ? 0 : ERROR_INPUT;
}

/* ---- factors -------------------------------------------------------------------------------- */

int store_design_factor(struct store_design *d, const struct factor_row *row)
{
    struct factor_row *grown = realloc(d->factors, (size_t)(d->n_factors + 1) * sizeof *grown);
    if (grown == NULL)
        return ERROR_NOMEM;
    d->factors = grown;
    struct factor_row *f = &grown[d->n_factors++];
    *f = (struct factor_row){text_copy(row->name),
                             text_copy(row->paths),
                             text_copy(row->kind),
                             text_copy(row->scale),
                             text_copy(row->levels),
                             text_copy(row->unit),
                             row->low,
                             row->high};
    bool whole = f->name && f->paths && f->kind && f->scale && f->levels && f->unit;
    return whole ? 0 : ERROR_NOMEM;
}

bool factor_row_same(const struct factor_row *a, const struct factor_row *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->paths, b->paths) == 0 &&
           strcmp(a->kind, b->kind) == 0 && strcmp(a->scale, b->scale) == 0 &&
           strcmp(a->unit, b->unit) == 0;
}

/* Unknown is the same as unknown. */
static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool factor_row_levels(const struct factor_row *a, const struct factor_row *b)
{
    return strcmp(a->levels, b->levels) == 0 && same_number(a->low, b->low) &&
           same_number(a->high, b->high);
}

int64_t store_design_own_cells(const struct store_design *d)
{
    return (d->cells - (d->shard - 1) + d->shards - 1) / d->shards;
}

void store_design_release(struct store_design *d)
{
    for (int k = 0; k < d->n_factors; k++) {
        const struct factor_row *f = &d->factors[k];
        const char *const texts[] = {f->name, f->paths, f->kind, f->scale, f->levels, f->unit};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free((char *)(uintptr_t)texts[t]);
    }
    free(d->factors);
    texts_release(&d->keys);
    texts_release(&d->values);
    texts_release(&d->outcomes);
    texts_release(&d->arms);
    texts_release(&d->claims);
    *d = (struct store_design){0};
}
