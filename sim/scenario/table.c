#include "scenario/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/csv.h"
#include "scenario/source.h"

enum { COLUMNS_MAX = 64, KEYS_MAX = 256 };

struct table {
    struct csv csv;
    const struct key *column[COLUMNS_MAX]; /* key of each column, NULL for a naming one */
    int id_column[2];                      /* columns that name the row, -1 none */
};

static int match_columns(struct table *t, const struct record_kind *kind, struct diag *diag)
{
    const char *owner = section_names[kind->section];
    struct where header = csv_where(&t->csv, -1);
    int before = diag->errors;
    bool given[KEYS_MAX] = {false};
    t->id_column[0] = t->id_column[1] = -1;
    if (t->csv.n_columns > COLUMNS_MAX)
        return diag_error(diag, header, "more than %d columns", COLUMNS_MAX);
    for (int c = 0; c < t->csv.n_columns; c++) {
        const char *name = csv_header(&t->csv, c);
        t->column[c] = key_find(kind->section, name);
        int id = kind->columns[0] != NULL && strcmp(name, kind->columns[0]) == 0   ? 0
                 : kind->columns[1] != NULL && strcmp(name, kind->columns[1]) == 0 ? 1
                                                                                   : -1;
        if (id < 0 && t->column[c] == NULL)
            key_unknown(kind->section, owner, name, header, diag);
        else if (id >= 0 ? t->id_column[id] >= 0 : given[t->column[c] - keys])
            diag_error(diag, header, "%s: column \"%s\" stands twice", owner, name);
        else if (id >= 0)
            t->id_column[id] = c;
        else
            given[t->column[c] - keys] = true;
    }
    for (int id = 0; id < 2; id++)
        if (kind->columns[id] != NULL && t->id_column[id] < 0)
            diag_error(diag, header, "%s: column \"%s\" is missing", owner, kind->columns[id]);
    for (int k = 0; k < n_keys; k++)
        if (keys[k].section == kind->section && keys[k].fallback == NULL && !given[k])
            diag_error(diag, header, "%s: column \"%s\" is missing (%s)", owner, keys[k].name,
                       keys[k].meaning);
    return diag->errors > before ? ERROR_INPUT : 0;
}

static int read_cells(struct table *t, int row, const char *owner, void *record, struct diag *diag)
{
    for (int c = 0; c < t->csv.n_columns; c++) {
        const struct key *key = t->column[c];
        struct value value = {VALUE_BARE, csv_cell(&t->csv, row, c), csv_where(&t->csv, row)};
        bool unknown = value.text[0] == '\0' || strcmp(value.text, "NA") == 0;
        if (key == NULL || (unknown && key->fallback != NULL))
            continue;
        if (unknown)
            diag_error(diag, value.where, "%s.%s is unknown (%s), but needed", owner, key->name,
                       value.text[0] == '\0' ? "empty" : "NA");
        else if (diag_go_on(key_store(key, owner, &value, record, diag)) != 0)
            return ERROR_NOMEM;
    }
    return 0;
}

static int read_row(struct records *records, struct table *t, int row, struct diag *diag)
{
    char id[64], owner[96];
    struct where at = csv_where(&t->csv, row);
    const char *first = csv_cell(&t->csv, row, t->id_column[0]);
    if (t->id_column[1] >= 0)
        snprintf(id, sizeof id, "%.30s-%.30s", first, csv_cell(&t->csv, row, t->id_column[1]));
    else
        snprintf(id, sizeof id, "%.63s", first);
    snprintf(owner, sizeof owner, "%s.%s", section_names[records->kind->section], id);
    if (!records->kind->name->holds(id))
        return diag_go_on(diag_error(diag, at, "%s: not a name here; allowed: %s", owner,
                                     records->kind->name->text));
    void *record = records_add(records, id, at, diag);
    return record == NULL ? ERROR_NOMEM : read_cells(t, row, owner, record, diag);
}

static int keep_file(struct scenario *sc, char *path)
{
    char **files =
        path == NULL ? NULL : realloc(sc->files, (size_t)(sc->n_files + 1) * sizeof *files);
    if (files == NULL) {
        free(path);
        return ERROR_NOMEM;
    }
    sc->files = files;
    files[sc->n_files++] = path;
    return 0;
}

/* The path of a section's table, owned by the scenario; 0 with *path NULL if the value is wrong. */
static int table_path(struct scenario *sc, const struct config_node *node, const char **path,
                      struct diag *diag)
{
    struct text name = {0};
    struct value value;
    struct where at = config_where(sc->config, node);
    int status = config_value(sc->config, node, &name, &value, diag);
    *path = NULL;
    if (status == 0 && value.kind != VALUE_STRING)
        status = diag_error(diag, at, "table must be the name of a file in quotes");
    if (status == 0)
        status = keep_file(sc, source_beside(config_is_set(node) ? "" : at.file, value.text));
    if (status == 0)
        *path = sc->files[sc->n_files - 1];
    text_release(&name);
    return diag_go_on(status);
}

int table_read(struct scenario *sc, struct records *records, const struct config_node *node,
               struct diag *diag)
{
    const char *path;
    if (records->kind->columns[0] == NULL)
        return diag_go_on(diag_error(diag, config_where(sc->config, node),
                                     "%s cannot come from a table",
                                     section_names[records->kind->section]));
    int status = table_path(sc, node, &path, diag);
    if (status != 0 || path == NULL)
        return status;
    struct table table;
    status = csv_load(&table.csv, path, config_where(sc->config, node), diag);
    if (status != 0)
        return diag_go_on(status);
    status = match_columns(&table, records->kind, diag);
    for (int row = 0; row < table.csv.n_rows && status == 0; row++)
        status = read_row(records, &table, row, diag);
    records->n_from_table = records->n;
    csv_release(&table.csv);
    return diag_go_on(status);
}
