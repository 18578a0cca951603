#include "run/export.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"
#include "base/error.h"
#include "base/json.h"
#include "run/output.h"
#include "run/sweep.h"

/* ---- cells of CSV --------------------------------------------------------------------------- */

static void add_text(struct text *out, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        text_printf(out, ",%s", text);
        return;
    }
    text_printf(out, ",\"");
    for (; *text != '\0'; text++)
        text_printf(out, *text == '"' ? "\"\"" : "%c", *text);
    text_printf(out, "\"");
}

/* "cell,value,value": what stands before all rows of a cell. */
static void begin_cell(struct text *out, const struct store_design *d, struct db_query *cells)
{
    char number[32];
    out->length = 0;
    text_printf(out, "%" PRId64, db_get_int(cells, 0));
    for (int f = 0; f < d->n_factors; f++) {
        if (strcmp(d->factors[f].kind, "number") == 0) {
            text_real(db_get_real(cells, 1 + f), number);
            text_printf(out, ",%s", number);
        } else {
            add_text(out, db_get_text(cells, 1 + f));
        }
    }
}

static void header(FILE *out, const struct store_design *d, const char *rest)
{
    fputs("cell", out);
    for (int f = 0; f < d->n_factors; f++)
        fprintf(out, ",%s", d->factors[f].name);
    fputs(rest, out);
}

/* ---- tables --------------------------------------------------------------------------------- */

/* A table that is written beside cells.csv: its key columns as texts or whole numbers, then
 * numbers. */
static const struct {
    const char *file, *table, *columns, *names, *order;
    int texts;            /* columns that are texts, after the cell */
    int whole;            /* then so many whole numbers */
    const char *ranks[2]; /* keys of the design whose order the texts have */
} tables[] = {
    {"replicates.csv", "replicates", NULL, ",arm,replicate", "replicate", 1, 1, {"arms", NULL}},
    {"summaries.csv",
     "summaries",
     "arm, outcome, n, mean, sd, mcse, mean_path",
     ",arm,outcome,n,mean,sd,mcse,mean_path\n",
     NULL,
     2,
     1,
     {"arms", "outcomes"}},
    {"claims.csv",
     "claims",
     "claim, shown, share, n",
     ",claim,shown,share,n\n",
     NULL,
     1,
     1,
     {"claims", NULL}},
};
enum { TABLES = sizeof tables / sizeof *tables };

struct table_file {
    FILE *file;
    struct db_query *query;
    int status; /* 1: a row is at hand */
};

static void add_rank(struct text *sql, const char *column, const struct texts *names)
{
    if (names->n == 0)
        return;
    text_printf(sql, ", CASE %s", column);
    for (int k = 0; k < names->n; k++)
        text_printf(sql, " WHEN '%s' THEN %d", names->at[k], k);
    text_printf(sql, " END");
}

static const struct texts *names_of(const struct store_design *d, const char *key)
{
    return strcmp(key, "arms") == 0       ? &d->arms
           : strcmp(key, "outcomes") == 0 ? &d->outcomes
                                          : &d->claims;
}

static int open_part(struct table_file *p, struct store *s, const struct folder *folder, int k,
                     struct diag *diag)
{
    const struct store_design *d = &s->design;
    struct text sql = {0};
    text_printf(&sql, "SELECT cell, ");
    if (tables[k].columns != NULL)
        text_printf(&sql, "%s", tables[k].columns);
    else
        text_printf(&sql, "arm, replicate");
    for (int o = 0; o < d->outcomes.n && tables[k].columns == NULL; o++)
        text_printf(&sql, ", \"%s\"", d->outcomes.at[o]);
    text_printf(&sql, " FROM %s ORDER BY cell", tables[k].table);
    for (int r = 0; r < 2 && tables[k].ranks[r] != NULL; r++) {
        char column[16];
        snprintf(column, sizeof column, "%.*s", (int)strlen(tables[k].ranks[r]) - 1,
                 tables[k].ranks[r]);
        add_rank(&sql, column, names_of(d, tables[k].ranks[r]));
    }
    if (tables[k].order != NULL)
        text_printf(&sql, ", %s", tables[k].order);
    p->query = db_query_text(s->db, &sql);
    p->status = p->query == NULL ? db_code(s->db) : db_next(p->query);
    if (p->status < 0)
        return store_failed(s, p->status, "read", diag);
    p->file = folder_create(folder, tables[k].file);
    if (p->file == NULL)
        return ERROR_IO;
    header(p->file, d, tables[k].names);
    for (int o = 0; o < d->outcomes.n && tables[k].columns == NULL; o++)
        fprintf(p->file, ",%s%s", d->outcomes.at[o], o == d->outcomes.n - 1 ? "\n" : "");
    return 0;
}

/* The rows of a cell. */
static int write_part(struct table_file *p, int k, int64_t cell, const struct text *begin)
{
    int columns = db_columns(p->query);
    while (p->status == 1 && db_get_int(p->query, 0) == cell) {
        int c = 1;
        fputs(begin->s, p->file);
        for (; c <= tables[k].texts; c++)
            fprintf(p->file, ",%s", db_get_text(p->query, c));
        for (; c <= tables[k].texts + tables[k].whole; c++)
            fprintf(p->file, ",%" PRId64, db_get_int(p->query, c));
        for (; c < columns; c++)
            output_number(p->file, db_get_real(p->query, c));
        fputc('\n', p->file);
        p->status = db_next(p->query);
    }
    return p->status < 0 ? p->status : 0;
}

static int write_cells(struct store *s, FILE *out, struct table_file *parts, struct diag *diag)
{
    const struct store_design *d = &s->design;
    struct db_query *q = db_query(s->db, "SELECT * FROM cells ORDER BY cell");
    struct text begin = {0}, cause = {0};
    int status = q == NULL ? db_code(s->db) : 0;
    header(out, d, ",replicates,failure\n");
    while (status == 0 && (status = db_next(q)) == 1) {
        status = 0;
        begin_cell(&begin, d, q);
        cause.length = 0;
        add_text(&cause, db_is_null(q, 2 + d->n_factors) ? "NA" : db_get_text(q, 2 + d->n_factors));
        if (begin.failed || cause.failed)
            status = ERROR_NOMEM;
        else
            fprintf(out, "%s,%" PRId64 "%s\n", begin.s, db_get_int(q, 1 + d->n_factors), cause.s);
        for (int k = 0; k < TABLES && status == 0; k++)
            status = write_part(&parts[k], k, db_get_int(q, 0), &begin);
    }
    if (q != NULL)
        db_reset(q);
    text_release(&begin);
    text_release(&cause);
    return status == 0 ? 0 : store_failed(s, status, "read", diag);
}

static int write_tables(struct store *s, const struct folder *folder, struct diag *diag)
{
    struct table_file parts[TABLES] = {{0}};
    FILE *cells = folder_create(folder, "cells.csv");
    int status = cells == NULL ? ERROR_IO : 0;
    for (int k = 0; k < TABLES && status == 0; k++)
        status = open_part(&parts[k], s, folder, k, diag);
    if (status == 0)
        status = write_cells(s, cells, parts, diag);
    int closed = cells == NULL ? 0 : folder_close_file(cells);
    for (int k = 0; k < TABLES; k++) {
        int code = parts[k].file == NULL ? 0 : folder_close_file(parts[k].file);
        closed = closed != 0 ? closed : code;
        if (parts[k].query != NULL)
            db_reset(parts[k].query);
    }
    return status != 0 ? status : closed;
}

/* ---- manifest ------------------------------------------------------------------------------- */

static void tell_factors(struct json *j, const struct store_design *d)
{
    json_begin(j, "factors", '[');
    for (int k = 0; k < d->n_factors; k++) {
        const struct factor_row *f = &d->factors[k];
        json_begin(j, NULL, '{');
        json_number(j, "factor", k);
        json_text(j, "name", f->name);
        json_text(j, "paths", f->paths);
        json_text(j, "kind", f->kind);
        json_number(j, "low", f->low);
        json_number(j, "high", f->high);
        json_text(j, "scale", f->scale);
        json_text(j, "levels", f->levels);
        json_text(j, "unit", f->unit);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void tell_all(FILE *out, const struct store_design *d, const struct sweep_result *r,
                     const char *command_line)
{
    struct json j = {.out = out};
    json_begin(&j, NULL, '{');
    json_text(&j, "program", "waltz");
    json_text(&j, "version", build_version());
    json_text(&j, "commit", build_commit());
    json_text(&j, "command_line", command_line);
    json_begin(&j, "design", '{');
    for (int k = 0; k < d->keys.n; k++)
        if (strcmp(d->keys.at[k], "scenario") != 0)
            json_text(&j, d->keys.at[k], d->values.at[k]);
    json_end(&j, '}');
    tell_factors(&j, d);
    json_number(&j, "cells_planned", (double)r->own);
    json_number(&j, "cells_done", (double)r->complete);
    json_number(&j, "cells_failed", (double)r->failed);
    json_text(&j, "status", r->complete == r->own ? "complete" : "partial");
    json_end(&j, '}');
}

int export_write(struct store *s, const struct folder *folder, const char *command_line,
                 struct diag *diag)
{
    struct sweep_result r;
    int status = store_verify(s, diag);
    if (status != 0)
        return status;
    status = sweep_count(s, &r);
    if (status != 0)
        return store_failed(s, status, "read", diag);
    status = write_tables(s, folder, diag);
    FILE *file = status == 0 ? folder_create(folder, "effective.cfg") : NULL;
    if (status == 0 && file == NULL)
        return ERROR_IO;
    if (status != 0)
        return status;
    fputs(store_design_value(&s->design, "scenario"), file);
    status = folder_close_file(file);
    file = status == 0 ? folder_create(folder, "manifest.json") : NULL;
    if (status != 0 || file == NULL)
        return ERROR_IO;
    tell_all(file, &s->design, &r, command_line);
    return folder_close_file(file);
}
