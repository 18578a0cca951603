#include "scenario/records.h"

#include <stdlib.h>
#include <string.h>

#define ARRAY(field) offsetof(struct scenario, field), offsetof(struct scenario, n_##field)

const struct record_kind record_kinds[] = {
    {SECTION_STATES,
     sizeof(struct state),
     ARRAY(states),
     offsetof(struct state, where),
     {"iso3", NULL},
     &name_code},
    {SECTION_DYADS,
     sizeof(struct dyad),
     ARRAY(dyads),
     offsetof(struct dyad, where),
     {"iso3_a", "iso3_b"},
     &name_pair},
    {SECTION_SANCTIONS,
     sizeof(struct sanction),
     ARRAY(sanctions),
     offsetof(struct sanction, where),
     {"id", NULL},
     &name_id},
    {SECTION_MANDATES,
     sizeof(struct mandate),
     ARRAY(mandates),
     offsetof(struct mandate, where),
     {"id", NULL},
     &name_id},
    {SECTION_SHOCKS,
     sizeof(struct shock),
     ARRAY(shocks),
     offsetof(struct shock, where),
     {NULL, NULL},
     &name_plain},
    {SECTION_OUTCOMES,
     sizeof(struct outcome),
     ARRAY(outcomes),
     offsetof(struct outcome, where),
     {NULL, NULL},
     &name_plain},
};
const int n_record_kinds = sizeof record_kinds / sizeof *record_kinds;

const struct record_kind record_effects = {
    SECTION_EFFECTS, sizeof(struct effect), 0, 0, offsetof(struct effect, where), {NULL, NULL},
    &name_plain};
const struct record_kind record_groups = {
    SECTION_GROUPS, sizeof(struct group), 0, 0, offsetof(struct group, where),
    {NULL, NULL},   &name_plain};

char *records_name(const void *record)
{
    return *(char *const *)record;
}

struct where *records_where(const struct records *r, void *record)
{
    return (struct where *)((char *)record + r->kind->where);
}

void *records_at(const struct records *r, int k)
{
    return r->array + (size_t)k * r->kind->size;
}

int records_defaults(enum section section, void *record, struct diag *diag)
{
    for (int k = 0; k < n_keys; k++) {
        if (keys[k].section != section || keys[k].fallback == NULL)
            continue;
        struct value value = {VALUE_BARE, keys[k].fallback, diag_at("built-in default", 0)};
        int status = key_store(&keys[k], section_names[section], &value, record, diag);
        if (status != 0)
            return status;
    }
    return 0;
}

void *records_add(struct records *r, const char *name, struct where at, struct diag *diag)
{
    size_t size = r->kind->size;
    if (r->n == r->capacity) {
        int capacity = r->capacity == 0 ? 32 : 2 * r->capacity;
        char *array = realloc(r->array, (size_t)capacity * size);
        if (array == NULL)
            return NULL;
        r->array = array;
        r->capacity = capacity;
    }
    char *record = r->array + (size_t)r->n * size;
    memset(record, 0, size);
    r->n++;
    *(char **)record = text_copy(name);
    *records_where(r, record) = at;
    if (records_name(record) == NULL || records_defaults(r->kind->section, record, diag) != 0)
        return NULL;
    return record;
}

void *records_find(const struct records *r, int n, const char *name)
{
    for (int k = 0; k < n; k++)
        if (strcmp(records_name(records_at(r, k)), name) == 0)
            return records_at(r, k);
    return NULL;
}

void records_release(const struct record_kind *kind, void *array, int n)
{
    struct records r = {.kind = kind, .array = array};
    for (int k = 0; k < n; k++) {
        free(records_name(records_at(&r, k)));
        keys_release(kind->section, records_at(&r, k));
    }
    free(array);
}
