#include "scenario/records.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Words that libconfig reads as values: effective.cfg could not hold them as names. */
static int is_value(const char *name)
{
    return strcasecmp(name, "true") == 0 || strcasecmp(name, "false") == 0;
}

static int is_code(const char *name)
{
    size_t n = strlen(name);
    if (n < 2 || n > 8 || !isupper((unsigned char)name[0]) || is_value(name) ||
        strcmp(name, "NA") == 0)
        return 0;
    for (const char *p = name; *p != '\0'; p++)
        if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p))
            return 0;
    return 1;
}

static int is_id(const char *name)
{
    if (!isalpha((unsigned char)name[0]) || strlen(name) > 63 || is_value(name))
        return 0;
    for (const char *p = name; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return 0;
    return 1;
}

static int is_name(const char *name)
{
    if (!islower((unsigned char)name[0]) || strlen(name) > 32 || is_value(name))
        return 0;
    for (const char *p = name; *p != '\0'; p++)
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_')
            return 0;
    return 1;
}

#define CODE_RULE "2 to 8 capital letters and digits, but not TRUE, FALSE or NA"
#define ID_RULE "a letter, then letters, digits, _ and -, but not true or false"
#define NAME_RULE "a small letter, then small letters, digits and _, at most 32; not true or false"
#define ARRAY(field) offsetof(struct scenario, field), offsetof(struct scenario, n_##field)

const struct record_kind record_kinds[] = {
    {SECTION_STATES,
     sizeof(struct state),
     ARRAY(states),
     offsetof(struct state, where),
     {"iso3", NULL},
     is_code,
     CODE_RULE},
    {SECTION_DYADS,
     sizeof(struct dyad),
     ARRAY(dyads),
     offsetof(struct dyad, where),
     {"iso3_a", "iso3_b"},
     is_id,
     "two codes joined by -"},
    {SECTION_SANCTIONS,
     sizeof(struct sanction),
     ARRAY(sanctions),
     offsetof(struct sanction, where),
     {"id", NULL},
     is_id,
     ID_RULE},
    {SECTION_MANDATES,
     sizeof(struct mandate),
     ARRAY(mandates),
     offsetof(struct mandate, where),
     {"id", NULL},
     is_id,
     ID_RULE},
    {SECTION_SHOCKS,
     sizeof(struct shock),
     ARRAY(shocks),
     offsetof(struct shock, where),
     {NULL, NULL},
     is_name,
     NAME_RULE},
    {SECTION_OUTCOMES,
     sizeof(struct outcome),
     ARRAY(outcomes),
     offsetof(struct outcome, where),
     {NULL, NULL},
     is_name,
     NAME_RULE},
};
const int n_record_kinds = sizeof record_kinds / sizeof *record_kinds;

const struct record_kind record_effects = {SECTION_EFFECTS,
                                           sizeof(struct effect),
                                           0,
                                           0,
                                           offsetof(struct effect, where),
                                           {NULL, NULL},
                                           is_name,
                                           NAME_RULE};
const struct record_kind record_groups = {SECTION_GROUPS,
                                          sizeof(struct group),
                                          0,
                                          0,
                                          offsetof(struct group, where),
                                          {NULL, NULL},
                                          is_name,
                                          NAME_RULE};

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
        struct value value = {VALUE_BARE, keys[k].fallback, {"built-in default", 0}};
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
