#include "scenario/records.h"

#include <stdlib.h>
#include <string.h>

#include "scenario/design.h"

#define ARRAY(field) offsetof(struct scenario, field), offsetof(struct scenario, n_##field)

#define WITHIN(of, field) offsetof(struct of, field), offsetof(struct of, n_##field)

static const struct record_kind effects = {.section = SECTION_EFFECTS,
                                           .size = sizeof(struct effect),
                                           .where = offsetof(struct effect, where),
                                           .name = &name_plain};
static const struct record_kind conditions = {.section = SECTION_CONDITIONS,
                                              .size = sizeof(struct condition),
                                              .where = offsetof(struct condition, where),
                                              .name = &name_plain};
const struct record_kind record_groups = {.section = SECTION_GROUPS,
                                          .size = sizeof(struct group),
                                          .where = offsetof(struct group, where),
                                          .name = &name_plain};

const struct record_kind record_factors = {.section = SECTION_FACTORS,
                                           .size = sizeof(struct factor),
                                           .array = offsetof(struct design, factors),
                                           .count = offsetof(struct design, n_factors),
                                           .where = offsetof(struct factor, where),
                                           .name = &name_plain};

const struct record_kind record_targets = {.section = SECTION_TARGETS,
                                           .size = sizeof(struct target),
                                           .array = offsetof(struct design, targets),
                                           .count = offsetof(struct design, n_targets),
                                           .where = offsetof(struct target, where),
                                           .name = &name_plain};

#define KIND(section, of, field)                                                                   \
    section, sizeof(struct of), ARRAY(field), offsetof(struct of, where)

const struct record_kind record_kinds[] = {
    {KIND(SECTION_STATES, state, states), {"iso3"}, &name_code, NULL, 0, 0},
    {KIND(SECTION_DYADS, dyad, dyads), {"iso3_a", "iso3_b"}, &name_pair, NULL, 0, 0},
    {KIND(SECTION_SANCTIONS, sanction, sanctions), {"id"}, &name_id, NULL, 0, 0},
    {KIND(SECTION_MANDATES, mandate, mandates), {"id"}, &name_id, NULL, 0, 0},
    {KIND(SECTION_SHOCKS, shock, shocks), {NULL}, &name_plain, &effects, WITHIN(shock, effects)},
    {KIND(SECTION_OUTCOMES, outcome, outcomes), {NULL}, &name_plain, NULL, 0, 0},
    {KIND(SECTION_ARMS, arm, arms), {NULL}, &name_plain, NULL, 0, 0},
    {KIND(SECTION_CLAIMS, claim, claims), {NULL}, &name_label, &conditions, WITHIN(claim, all)},
    {KIND(SECTION_OBSERVED, observed, observed), {"iso3_a", "iso3_b"}, &name_pair, NULL, 0, 0},
};
const int n_record_kinds = sizeof record_kinds / sizeof *record_kinds;

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

void *records_nested(const struct record_kind *kind, const void *record, int *n)
{
    *n = *(const int *)((const char *)record + kind->nested_count);
    return *(void *const *)((const char *)record + kind->nested_array);
}

void records_release(const struct record_kind *kind, void *array, int n)
{
    struct records r = {.kind = kind, .array = array};
    for (int k = 0; k < n; k++) {
        void *record = records_at(&r, k);
        int n_nested = 0;
        void *nested = kind->nested == NULL ? NULL : records_nested(kind, record, &n_nested);
        if (nested != NULL)
            records_release(kind->nested, nested, n_nested);
        free(records_name(record));
        keys_release(kind->section, record);
    }
    free(array);
}
