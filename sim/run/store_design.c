/* What a store is about, as texts by keys. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/store.h"

int store_design_add(struct store_design *r, const char *key, const char *format, ...)
{
    struct text value = {0};
    va_list args;
    va_start(args, format);
    text_add(&value, "", 0);
    text_vprintf(&value, format, args);
    va_end(args);
    int status = value.failed ? ERROR_NOMEM : texts_add(&r->keys, "%s", key);
    if (status == 0)
        status = texts_add(&r->values, "%s", value.s);
    text_release(&value);
    return status;
}

static int find(const struct store_design *r, const char *key)
{
    for (int k = 0; k < r->values.n; k++)
        if (strcmp(r->keys.at[k], key) == 0)
            return k;
    return -1;
}

const char *store_design_value(const struct store_design *r, const char *key)
{
    int k = find(r, key);
    return k < 0 ? NULL : r->values.at[k];
}

int store_design_set(struct store_design *r, const char *key, const char *value)
{
    int k = find(r, key);
    char *copy = k < 0 ? NULL : text_copy(value);
    if (copy == NULL)
        return k < 0 ? ERROR_INPUT : ERROR_NOMEM;
    free(r->values.at[k]);
    r->values.at[k] = copy;
    return 0;
}

static int add_item(const char *item, void *texts)
{
    return texts_add(texts, "%s", item);
}

static int split(const struct store_design *r, const char *key, struct texts *items)
{
    const char *list = store_design_value(r, key);
    texts_release(items);
    return list == NULL ? ERROR_INPUT : text_each(list, add_item, items);
}

static int64_t number(const struct store_design *r, const char *key)
{
    const char *text = store_design_value(r, key);
    return text == NULL ? -1 : strtoll(text, NULL, 10);
}

/* Are all keys there that a store of this version has? */
static bool is_whole(const struct store_design *r)
{
    static const char *const needed[] = {
        "name",     "title", "kind",          "cells",    "replicates",    "precision",
        "points",   "seed",  "model_version", "scenario", "scenario_file", "precision_of",
        "outcomes", "arms",  "claims",        "shard",    "penalty",       "independent_cells",
        "times",    "values"};
    bool whole = r->n_factors > 0;
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        whole &= store_design_value(r, needed[k]) != NULL;
    return whole;
}

int store_design_ready(struct store_design *r)
{
    if (!is_whole(r))
        return ERROR_INPUT;

    const char *shard = store_design_value(r, "shard"),
               *precision = store_design_value(r, "precision");
    const char *of = store_design_value(r, "precision_of");
    char *slash;
    int status = split(r, "outcomes", &r->outcomes);
    if (status == 0)
        status = split(r, "arms", &r->arms);
    if (status == 0)
        status = split(r, "claims", &r->claims);
    r->cells = number(r, "cells");
    r->replicates = number(r, "replicates");
    r->precision = precision == NULL ? 0 : strtod(precision, NULL);
    for (int k = 0; k < r->outcomes.n && of != NULL; k++)
        if (strcmp(r->outcomes.at[k], of) == 0)
            r->precision_of = k;
    if (status != 0)
        return status;
    if (shard == NULL || r->cells < 1 || r->replicates < 1 || r->arms.n < 1)
        return ERROR_INPUT;
    r->shard = strtoll(shard, &slash, 10);
    r->shards = *slash == '/' ? strtoll(slash + 1, NULL, 10) : 0;
    return r->shard >= 1 && r->shard <= r->shards ? 0 : ERROR_INPUT;
}

int64_t store_design_own_cells(const struct store_design *r)
{
    return (r->cells - (r->shard - 1) + r->shards - 1) / r->shards;
}

void store_design_release(struct store_design *r)
{
    for (int k = 0; k < r->n_factors; k++) {
        free(r->factors[k].name);
        free(r->factors[k].paths);
        free(r->factors[k].kind);
        free(r->factors[k].scale);
        free(r->factors[k].levels);
        free(r->factors[k].unit);
    }
    free(r->factors);
    texts_release(&r->keys);
    texts_release(&r->values);
    texts_release(&r->outcomes);
    texts_release(&r->arms);
    texts_release(&r->claims);
    *r = (struct store_design){0};
}
