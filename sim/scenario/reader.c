#include "scenario/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/config.h"
#include "scenario/records.h"
#include "scenario/table.h"

struct reader {
    const struct config *config;
    const char *file;
    struct scenario *sc; /* NULL: a design is read */
    struct diag *diag;
    bool has_table; /* the section being read */
};

/* ---- one group of keys ---------------------------------------------------------------------- */

static int store_member(struct reader *r, const struct config_node *node, const struct key *key,
                        const char *owner, void *record)
{
    struct text buffer = {0};
    struct value value;
    int status = config_value(r->config, node, &buffer, &value, r->diag);
    if (status == 0)
        status = key_store(key, owner, &value, record, r->diag);
    text_release(&buffer);
    return diag_go_on(status);
}

/* Is it a group, or nothing at all? Else it says so. */
static bool is_group(struct reader *r, const struct config_node *node, const char *owner)
{
    if (node == NULL || config_is_group(node))
        return true;
    diag_error(r->diag, config_where(r->config, node), "%s must be a group { … }", owner);
    return false;
}

/* The member that is a group of records itself; read_nested reads it. */
static bool is_nested(const struct record_kind *kind, const char *name)
{
    return kind != NULL && kind->nested != NULL &&
           strcmp(name, section_names[kind->nested->section]) == 0;
}

static const struct record_kind *kind_of(enum section section)
{
    for (int k = 0; k < n_record_kinds; k++)
        if (record_kinds[k].section == section)
            return &record_kinds[k];
    return NULL;
}

/* Reads the members of a group into a record; `given` notes the keys that stood there. */
static int read_members(struct reader *r, const struct config_node *node, enum section section,
                        const char *owner, void *record, bool *given)
{
    for (int k = 0; k < config_count(node); k++) {
        const struct config_node *member = config_at(node, k);
        const char *name = config_name(member);
        if (is_nested(kind_of(section), name))
            continue;
        const struct key *key = key_find(section, name);
        if (key == NULL) {
            key_unknown(section, owner, name, config_where(r->config, member), r->diag);
            continue;
        }
        given[key - keys] = true;
        if (store_member(r, member, key, owner, record) != 0)
            return ERROR_NOMEM;
    }
    return 0;
}

static void check_required(struct reader *r, enum section section, const char *owner,
                           struct where at, const bool *given)
{
    for (int k = 0; k < n_keys; k++) {
        if (keys[k].section != section || keys[k].fallback != NULL || given[k])
            continue;
        struct text allowed = {0};
        key_allowed(&keys[k], &allowed);
        diag_error(r->diag, at, "%s: \"%s\" is missing (%s); allowed: %s", owner, keys[k].name,
                   keys[k].meaning, allowed.s ? allowed.s : "?");
        r->diag->text.failed |= allowed.failed;
        text_release(&allowed);
    }
}

static bool *new_given(void)
{
    return calloc((size_t)n_keys, sizeof(bool));
}

/* A section that is one record; NULL node: all defaults. */
static int read_single(struct reader *r, enum section section, void *record)
{
    const char *owner = section_names[section];
    const struct config_node *node = config_member(config_root(r->config), owner);
    bool *given = new_given();
    int status = given == NULL ? ERROR_NOMEM : records_defaults(section, record, r->diag);
    struct where at = diag_at(r->file, 0);
    if (node != NULL)
        at = config_where(r->config, node);
    if (status == 0 && is_group(r, node, owner)) {
        status = read_members(r, node, section, owner, record, given);
        check_required(r, section, owner, at, given);
    }
    free(given);
    return status;
}

/* ---- records -------------------------------------------------------------------------------- */

static int read_nested(struct reader *r, const struct config_node *node,
                       const struct record_kind *kind, void *record);

/* The record's place, with what --set changed in it, if it did. */
static struct where place_of(const struct reader *r, const struct config_node *node)
{
    struct where at = config_where(r->config, node);
    for (int k = 0; k < config_count(node) && !config_is_set(node); k++)
        if (config_is_set(config_at(node, k)))
            at.set = config_where(r->config, config_at(node, k)).file;
    return at;
}

/* Notes that a dyad's baseline does not come from where the other dyads' come from: that --set made
 * it, or that it stands beside a table or over one of its rows. */
static void note_by_hand(struct reader *r, const struct config_node *node, bool over_row,
                         struct dyad *dyad)
{
    bool by_hand = over_row || config_is_set(node) || r->has_table;
    for (int k = 0; k < config_count(node); k++)
        by_hand |= config_is_set(config_at(node, k));
    if (by_hand)
        dyad->changed = place_of(r, node);
}

/* A date that --set moved still tells the date that its acts refer to. */
static int note_replaced_date(struct reader *r, const struct config_node *node, struct shock *shock)
{
    const struct config_node *date = config_member(node, "date");
    const char *before = date == NULL ? NULL : config_replaced(date);
    if (before == NULL || config_member(node, "happened") != NULL)
        return 0;
    char owner[64];
    snprintf(owner, sizeof owner, "%s.%s", section_names[SECTION_SHOCKS], shock->name);
    struct value value = {VALUE_STRING, before, config_where(r->config, date)};
    return diag_go_on(
        key_store(key_find(SECTION_SHOCKS, "happened"), owner, &value, shock, r->diag));
}

static const char *name_at(size_t k, const void *user)
{
    return records_name(records_at(user, (int)k));
}

/* --set names a value of a record that is not there. */
static int unknown_record(struct reader *r, const struct records *records, const char *owner,
                          const struct config_node *node)
{
    const char *near = text_nearest(config_name(node), (size_t)records->n, name_at, records);
    return diag_error(r->diag, config_where(r->config, node),
                      "there is no %s%s; a new one needs a whole group { … }", owner,
                      text_hint(near).text);
}

static int read_inline(struct reader *r, struct records *records, const struct config_node *node)
{
    enum section section = records->kind->section;
    const char *id = config_name(node);
    struct where at = place_of(r, node);
    char owner[256];
    snprintf(owner, sizeof owner, "%s%s.%s", records->within == NULL ? "" : records->within,
             section_names[section], id);
    if (!records->kind->name->holds(id))
        return diag_go_on(diag_error(r->diag, at, "%s: not a name here; allowed: %s", owner,
                                     records->kind->name->text));
    if (!is_group(r, node, owner))
        return 0;
    void *record = records_find(records, records->n_from_table, id);
    bool is_new = record == NULL, *given = new_given();
    /* Every pair of states is a dyad, also one that no row describes. */
    if (is_new && section != SECTION_DYADS && config_is_implied(node)) {
        free(given);
        return diag_go_on(unknown_record(r, records, owner, node));
    }
    if (is_new)
        record = records_add(records, id, at, r->diag);
    int status = record == NULL || given == NULL ? ERROR_NOMEM : 0;
    if (status == 0)
        status = read_members(r, node, section, owner, record, given);
    if (status == 0 && is_new)
        check_required(r, section, owner, at, given);
    if (status == 0 && section == SECTION_DYADS)
        note_by_hand(r, node, !is_new, record);
    if (status == 0 && section == SECTION_SHOCKS)
        status = note_replaced_date(r, node, record);
    if (status == 0 && records->kind->nested != NULL)
        status = read_nested(r, node, records->kind, record);
    free(given);
    return status;
}

/* The records within one: effects of a shock, conditions of a claim. */
static int read_nested(struct reader *r, const struct config_node *node,
                       const struct record_kind *kind, void *record)
{
    const char *member = section_names[kind->nested->section];
    char within[128];
    snprintf(within, sizeof within, "%s.%s.", section_names[kind->section], records_name(record));
    struct records records = {.kind = kind->nested, .within = within};
    int status = 0;
    node = config_member(node, member);
    if (node != NULL && !config_is_group(node))
        return diag_go_on(diag_error(r->diag, config_where(r->config, node),
                                     "%s%s must be a group of named groups { … }", within, member));
    for (int k = 0; k < config_count(node) && status == 0; k++)
        status = read_inline(r, &records, config_at(node, k));
    *(void **)((char *)record + kind->nested_array) = records.array;
    *(int *)((char *)record + kind->nested_count) = records.n;
    return status;
}

/* By name, and those of one name in their order. */
static int compare_names(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    int order = strcmp(records_name(*left), records_name(*right));
    return order != 0 ? order : (*left > *right) - (*left < *right);
}

/* Two rows of a table with one name. Pairs, which have two directions, are checked when they are
 * resolved. */
static int check_duplicates(struct reader *r, const struct records *records)
{
    size_t n = (size_t)records->n_from_table;
    if (records->kind->name == &name_pair || n == 0)
        return 0;
    char **sorted = calloc(n, sizeof *sorted);
    if (sorted == NULL)
        return ERROR_NOMEM;
    for (size_t k = 0; k < n; k++)
        sorted[k] = records_at(records, (int)k);
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t k = 1, first = 0; k < n; k++) {
        if (strcmp(records_name(sorted[first]), records_name(sorted[k])) != 0)
            first = k;
        else
            diag_error(r->diag, *records_where(records, sorted[k]),
                       "%s.%s stands twice; first in line %d",
                       section_names[records->kind->section], records_name(sorted[k]),
                       records_where(records, sorted[first])->line);
    }
    free(sorted);
    return 0;
}

/* Into a scenario or a design, whose fields the kind names. */
static int read_records(struct reader *r, const struct record_kind *kind, void *whole)
{
    const char *owner = section_names[kind->section];
    const struct config_node *node = config_member(config_root(r->config), owner), *table;
    struct records records = {.kind = kind};
    int status = 0;
    if (!is_group(r, node, owner))
        return 0;
    table = r->sc == NULL ? NULL : config_member(node, "table");
    r->has_table = table != NULL;
    if (table != NULL)
        status = table_read(r->sc, &records, table, r->diag);
    /* Another table by --set is a choice made with the result in view, not a coding rule. */
    for (int k = 0; k < records.n && kind->section == SECTION_DYADS && config_is_set(table); k++)
        ((struct dyad *)records_at(&records, k))->changed = config_where(r->config, table);
    if (status == 0)
        status = check_duplicates(r, &records);
    for (int k = 0; k < config_count(node) && status == 0; k++)
        if (config_at(node, k) != table)
            status = read_inline(r, &records, config_at(node, k));
    *(void **)((char *)whole + kind->array) = records.array;
    *(int *)((char *)whole + kind->count) = records.n;
    return status;
}

static int read_group(struct reader *r, struct records *records, const struct config_node *node)
{
    const struct key members = {.section = SECTION_GROUPS,
                                .name = config_name(node),
                                .type = KEY_LIST,
                                .offset = offsetof(struct group, members)};
    struct where at = config_where(r->config, node);
    if (!records->kind->name->holds(config_name(node)))
        return diag_go_on(diag_error(r->diag, at, "groups.%s: not a name here; allowed: %s",
                                     config_name(node), records->kind->name->text));
    struct group *group = records_add(records, config_name(node), at, r->diag);
    return group == NULL ? ERROR_NOMEM : store_member(r, node, &members, "groups", group);
}

static int read_groups(struct reader *r)
{
    const struct config_node *node = config_member(config_root(r->config), "groups");
    struct records records = {.kind = &record_groups};
    int status = 0;
    if (!is_group(r, node, "groups"))
        return 0;
    for (int k = 0; k < config_count(node) && status == 0; k++)
        status = read_group(r, &records, config_at(node, k));
    r->sc->groups = (struct group *)records.array;
    r->sc->n_groups = records.n;
    return status;
}

/* Sections that stand in a scenario itself, not within a record, or in a design. */
static bool is_outermost(size_t section, bool design)
{
    bool of_design = section >= SECTION_SWEEP;
    return design ? of_design
                  : !of_design && section != SECTION_EFFECTS && section != SECTION_CONDITIONS;
}

static const char *section_at(size_t k, const void *user)
{
    const bool *design = user;
    return section_names[is_outermost(k, *design) ? k : *design ? SECTION_SWEEP : SECTION_SCENARIO];
}

static void check_sections(struct reader *r)
{
    const struct config_node *root = config_root(r->config);
    bool design = r->sc == NULL;
    for (int k = 0; k < config_count(root); k++) {
        const char *name = config_name(config_at(root, k));
        struct where at = config_where(r->config, config_at(root, k));
        size_t s = 0;
        while (s < SECTIONS && (!is_outermost(s, design) || strcmp(name, section_names[s]) != 0))
            s++;
        if (s < SECTIONS)
            continue;
        const char *near = text_nearest(name, SECTIONS, section_at, &design);
        diag_error(r->diag, at, "unknown section \"%s\"%s; allowed: %s", name, text_hint(near).text,
                   design ? "sweep, factors, calibration, targets"
                          : "scenario, states, dyads, sanctions, mandates, groups, parameters, "
                            "terms, shocks, outcomes, arms, claims, observed");
    }
}

int reader_fill(struct scenario *sc, struct diag *diag)
{
    struct reader r = {sc->config, sc->file, sc, diag, false};
    check_sections(&r);
    int status = read_single(&r, SECTION_SCENARIO, &sc->general);
    if (status == 0)
        status = read_single(&r, SECTION_PARAMETERS, &sc->parameters);
    if (status == 0)
        status = read_single(&r, SECTION_TERMS, sc->terms);
    if (status == 0)
        status = read_groups(&r);
    for (int k = 0; k < n_record_kinds && status == 0; k++)
        status = read_records(&r, &record_kinds[k], sc);
    return status != 0 ? status : diag->errors > 0 ? ERROR_INPUT : 0;
}

int reader_fill_design(struct design *d, struct diag *diag)
{
    struct reader r = {d->config, d->file, NULL, diag, false};
    check_sections(&r);
    int status = read_single(&r, SECTION_SWEEP, &d->sweep);
    if (status == 0)
        status = read_records(&r, &record_factors, d);
    if (status == 0)
        status = read_single(&r, SECTION_CALIBRATION, &d->calibration);
    if (status == 0)
        status = read_records(&r, &record_targets, d);
    return status != 0 ? status : diag->errors > 0 ? ERROR_INPUT : 0;
}
