#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "scenario/config.h"
#include "scenario/invariants.h"
#include "scenario/keys.h"
#include "scenario/reader.h"
#include "scenario/records.h"
#include "scenario/resolve.h"

const char *const domain_names[DOMAINS] = {"political", "institutional", "security", "economic"};

static int load(struct scenario *sc, const char *path, const char *const *sets, int n,
                struct diag *diag)
{
    sc->file = text_copy(path);
    if (sc->file == NULL)
        return ERROR_NOMEM;
    int status = config_load(&sc->config, path, sets, n, diag);
    if (status == 0)
        status = reader_fill(sc, diag);
    if (status == 0) {
        status = resolve_scenario(sc, diag);
        if (status == 0 || status == ERROR_INPUT)
            status |= invariants_check(sc, diag);
    }
    return status;
}

int scenario_load(struct scenario **out, const char *path, const char *const *sets, int n,
                  struct diag *diag)
{
    struct scenario *sc = calloc(1, sizeof *sc);
    int status = sc == NULL ? ERROR_NOMEM : load(sc, path, sets, n, diag);
    status = diag_status(diag, status);
    if (status != 0)
        scenario_free(sc);
    else
        *out = sc;
    return status;
}

static void release_nested(struct scenario *sc)
{
    for (int k = 0; k < sc->n_sanctions; k++)
        free(sc->sanctions[k].sender);
    for (int k = 0; k < sc->n_groups; k++) {
        free(sc->groups[k].state);
        free(sc->groups[k].members);
    }
    for (int k = 0; k < sc->n_shocks; k++)
        for (int e = 0; e < sc->shocks[k].n_effects; e++)
            free(sc->shocks[k].effects[e].pairs);
}

void scenario_free(struct scenario *sc)
{
    if (sc == NULL)
        return;
    release_nested(sc);
    for (int k = 0; k < n_record_kinds; k++)
        records_release(&record_kinds[k], *(void **)((char *)sc + record_kinds[k].array),
                        *(int *)((char *)sc + record_kinds[k].count));
    records_release(&record_groups, sc->groups, sc->n_groups);
    keys_release(SECTION_SCENARIO, &sc->general);
    for (int k = 0; k < sc->n_files; k++)
        free(sc->files[k]);
    free(sc->files);
    free(sc->focus);
    free(sc->explain);
    free(sc->distance);
    free(sc->file);
    config_free(sc->config);
    free(sc);
}

int scenario_state(const struct scenario *sc, const char *iso3)
{
    for (int i = 0; i < sc->n_states; i++)
        if (strcmp(sc->states[i].iso3, iso3) == 0)
            return i;
    return -1;
}

int scenario_pair(const struct scenario *sc, const char *text, char separator, struct pair *pair)
{
    char first[16];
    const char *cut = strchr(text, separator);
    if (cut == NULL || cut - text >= (ptrdiff_t)sizeof first)
        return ERROR_INPUT;
    snprintf(first, sizeof first, "%.*s", (int)(cut - text), text);
    pair->i = scenario_state(sc, first);
    pair->j = scenario_state(sc, cut + 1);
    return pair->i < 0 || pair->j < 0 || pair->i == pair->j ? ERROR_INPUT : 0;
}

const char *scenario_label(const struct scenario *sc, int state)
{
    const struct state *s = &sc->states[state];
    return s->name[0] != '\0' ? s->name : s->iso3;
}

int scenario_months(const struct scenario *sc)
{
    return sc->general.end - sc->general.start + 1;
}

bool scenario_is_parameter(const char *path)
{
    size_t n = strlen(section_names[SECTION_PARAMETERS]);
    return strncmp(path, section_names[SECTION_PARAMETERS], n) == 0 && path[n] == '.';
}

int scenario_set_parameter(struct scenario *sc, const char *setting, struct diag *diag)
{
    char name[64], place[256];
    const char *owner = section_names[SECTION_PARAMETERS], *equals = strchr(setting, '=');
    snprintf(place, sizeof place, "--set %s", setting);
    const struct where at = diag_at(place, 0);
    if (!scenario_is_parameter(setting) || equals == NULL)
        return diag_error(diag, at, "%s: allowed: parameters.NAME=VALUE", setting);
    const char *begin = setting + strlen(owner) + 1;
    snprintf(name, sizeof name, "%.*s", (int)(equals - begin), begin);
    const struct key *key = key_find(SECTION_PARAMETERS, name);
    const struct value value = {VALUE_BARE, equals + 1, at};
    return key == NULL ? key_unknown(SECTION_PARAMETERS, owner, name, at, diag)
                       : key_store(key, owner, &value, &sc->parameters, diag);
}

/* ---- the configuration in force ------------------------------------------------------------- */

static void print_fields(enum section section, const void *record, int depth, FILE *out)
{
    for (int k = 0; k < n_keys; k++) {
        if (keys[k].section != section)
            continue;
        fprintf(out, "%*s%s = ", depth, "", keys[k].name);
        key_print(&keys[k], record, out);
        fprintf(out, ";\n");
    }
}

static void print_single(enum section section, const void *record, FILE *out)
{
    fprintf(out, "%s = {\n", section_names[section]);
    print_fields(section, record, 2, out);
    fprintf(out, "};\n");
}

static void print_record(const struct record_kind *kind, const void *record, int depth, FILE *out);

static void print_nested(const struct record_kind *kind, const void *record, int depth, FILE *out)
{
    int n;
    const char *nested = records_nested(kind, record, &n);
    fprintf(out, "%*s%s = {\n", depth, "", section_names[kind->nested->section]);
    for (int k = 0; k < n; k++)
        print_record(kind->nested, nested + (size_t)k * kind->nested->size, depth + 2, out);
    fprintf(out, "%*s};\n", depth, "");
}

static void print_record(const struct record_kind *kind, const void *record, int depth, FILE *out)
{
    fprintf(out, "%*s%s = {\n", depth, "", records_name(record));
    print_fields(kind->section, record, depth + 2, out);
    if (kind->nested != NULL)
        print_nested(kind, record, depth + 2, out);
    fprintf(out, "%*s};\n", depth, "");
}

static void print_records(const struct scenario *sc, const struct record_kind *kind, FILE *out)
{
    const char *array = *(void *const *)((const char *)sc + kind->array);
    int n = *(const int *)((const char *)sc + kind->count);
    fprintf(out, "%s = {\n", section_names[kind->section]);
    for (int k = 0; k < n; k++)
        print_record(kind, array + (size_t)k * kind->size, 2, out);
    fprintf(out, "};\n");
}

static void print_groups(const struct scenario *sc, FILE *out)
{
    fprintf(out, "groups = {\n");
    for (int g = 0; g < sc->n_groups; g++) {
        fprintf(out, "  %s = [", sc->groups[g].name);
        for (int k = 0; k < sc->groups[g].n_states; k++)
            fprintf(out, "%s\"%s\"", k ? ", " : "", sc->states[sc->groups[g].state[k]].iso3);
        fprintf(out, "];\n");
    }
    fprintf(out, "};\n");
}

void scenario_print(const struct scenario *sc, FILE *out)
{
    print_single(SECTION_SCENARIO, &sc->general, out);
    print_single(SECTION_PARAMETERS, &sc->parameters, out);
    print_single(SECTION_TERMS, sc->terms, out);
    print_groups(sc, out);
    for (int k = 0; k < n_record_kinds; k++)
        print_records(sc, &record_kinds[k], out);
}

char *scenario_text(const struct scenario *sc)
{
    struct text text = {0};
    FILE *file = text_file(&text);
    if (file == NULL)
        return NULL;
    scenario_print(sc, file);
    const bool whole = fclose(file) == 0 && !text.failed;
    if (whole)
        return text.s;
    text_release(&text);
    return NULL;
}
