#include "scenario/path.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "scenario/records.h"

/* The path's next name; false if there is none, or a longer one than any name. */
static bool next_name(const char **path, char out[128])
{
    size_t n = strcspn(*path, ".");
    if (n == 0 || n >= 128)
        return false;
    memcpy(out, *path, n);
    out[n] = '\0';
    *path += n + ((*path)[n] == '.');
    return true;
}

static int find_key(enum section section, const char *name, const void *record, struct place *place)
{
    *place = (struct place){key_find(section, name), record};
    return place->key == NULL || strchr(name, '.') != NULL ? ERROR_INPUT : 0;
}

/* Within a group of records of a kind: "name.key", or "name.nested.name.key". */
static int find_record(const struct record_kind *kind, const void *array, int n, const char *path,
                       struct place *place)
{
    char name[128], member[128];
    const struct records all = {.kind = kind, .array = (char *)(uintptr_t)array, .n = n};
    if (!next_name(&path, name))
        return ERROR_INPUT;
    const void *record = records_find(&all, n, name);
    if (record == NULL && kind->section != SECTION_DYADS)
        return ERROR_INPUT;
    const char *rest = path;
    if (kind->nested != NULL && next_name(&rest, member) &&
        strcmp(member, section_names[kind->nested->section]) == 0) {
        int within;
        const void *nested = records_nested(kind, record, &within);
        return find_record(kind->nested, nested, within, rest, place);
    }
    return find_key(kind->section, path, record, place);
}

int path_find(const struct scenario *sc, const char *path, struct place *place)
{
    char section[128];
    if (!next_name(&path, section))
        return ERROR_INPUT;
    if (strcmp(section, section_names[SECTION_SCENARIO]) == 0)
        return find_key(SECTION_SCENARIO, path, &sc->general, place);
    if (strcmp(section, section_names[SECTION_PARAMETERS]) == 0)
        return find_key(SECTION_PARAMETERS, path, &sc->parameters, place);
    if (strcmp(section, section_names[SECTION_TERMS]) == 0)
        return find_key(SECTION_TERMS, path, sc->terms, place);
    for (int k = 0; k < n_record_kinds; k++)
        if (strcmp(section, section_names[record_kinds[k].section]) == 0)
            return find_record(
                &record_kinds[k], *(void *const *)((const char *)sc + record_kinds[k].array),
                *(const int *)((const char *)sc + record_kinds[k].count), path, place);
    return ERROR_INPUT;
}
