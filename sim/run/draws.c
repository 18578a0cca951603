#include "run/draws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/resolve.h"

/* NULL, or what a column may be instead. */
static const char *refuse(const struct draws *d, int column)
{
    const char *name = csv_header(&d->csv, column);
    for (int c = 0; c < column; c++)
        if (strcmp(csv_header(&d->csv, c), name) == 0)
            return "a name that no other column has";
    if (name[0] == '\0' || strchr(name, '=') != NULL)
        return "draw, or a path as parameters.lambda";
    return resolve_shared(name) == NULL ? NULL : "what may differ between draws";
}

int draws_load(struct draws *d, const char *path, struct diag *diag)
{
    *d = (struct draws){.name_column = -1};
    int status = csv_load(&d->csv, path, diag_at("--draws", 0), diag);
    if (status != 0)
        return status;
    for (int c = 0; c < d->csv.n_columns; c++) {
        const char *name = csv_header(&d->csv, c), *allowed = refuse(d, c);
        if (allowed != NULL)
            status = diag_error(diag, csv_where(&d->csv, -1), "column \"%s\": allowed: %s", name,
                                allowed);
        else if (strcmp(name, "draw") == 0)
            d->name_column = c;
    }
    if (status == 0 && draws_settings(d) == 0)
        status = diag_error(diag, csv_where(&d->csv, -1),
                            "no settings; allowed: one column or more as parameters.lambda");
    if (status == 0 && d->csv.n_rows == 0)
        status = diag_error(diag, csv_where(&d->csv, -1), "no draws; allowed: one row or more");
    return status;
}

void draws_release(struct draws *d)
{
    csv_release(&d->csv);
    *d = (struct draws){.name_column = -1};
}

int draws_settings(const struct draws *d)
{
    return d->csv.n_columns - (d->name_column >= 0 && d->csv.n_columns > 0);
}

static int column_of(const struct draws *d, int setting)
{
    return setting + (d->name_column >= 0 && setting >= d->name_column);
}

const char *draws_path(const struct draws *d, int setting)
{
    return csv_header(&d->csv, column_of(d, setting));
}

const char *draws_value(const struct draws *d, int row, int setting)
{
    return csv_cell(&d->csv, row, column_of(d, setting));
}

void draws_name(const struct draws *d, int row, char out[32])
{
    if (d->name_column >= 0)
        snprintf(out, 32, "%.*s", text_head(csv_cell(&d->csv, row, d->name_column), 31),
                 csv_cell(&d->csv, row, d->name_column));
    else
        snprintf(out, 32, "%d", row + 1);
}

char **draws_sets(const struct draws *d, int row)
{
    int n = draws_settings(d);
    char **sets = calloc((size_t)n + 1, sizeof *sets);
    bool whole = sets != NULL;
    for (int k = 0; k < n && whole; k++) {
        struct text text = {0};
        text_printf(&text, "%s=%s", draws_path(d, k), draws_value(d, row, k));
        if (text.failed)
            text_release(&text);
        sets[k] = text.s;
        whole = sets[k] != NULL;
    }
    if (whole)
        return sets;
    draws_free_sets(d, sets);
    return NULL;
}

void draws_free_sets(const struct draws *d, char **sets)
{
    for (int k = 0; k < draws_settings(d) && sets != NULL; k++)
        free(sets[k]);
    free(sets);
}
