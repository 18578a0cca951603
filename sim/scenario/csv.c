#include "scenario/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/source.h"

/* State of the reader: cells are unquoted in place, since they never grow. */
struct reader {
    char *p;
    char delimiter;
    int line;
};

static char find_delimiter(const char *s)
{
    int commas = 0, semicolons = 0, quoted = 0;
    s += strspn(s, "\r\n");
    for (; *s != '\0' && *s != '\n'; s++) {
        quoted ^= *s == '"';
        commas += !quoted && *s == ',';
        semicolons += !quoted && *s == ';';
    }
    return semicolons > commas ? ';' : ',';
}

/* Reads one cell; *last tells that it ends its row. NULL: a quote never closes. */
static char *read_cell(struct reader *r, int *last)
{
    char *cell = r->p, *out = r->p;
    int quoted = *r->p == '"';
    r->p += quoted;
    for (;; r->p++) {
        char c = *r->p;
        if (c == '\0' && quoted)
            return NULL;
        if (quoted && c == '"') {
            if (r->p[1] != '"') {
                quoted = 0;
                continue;
            }
            r->p++;
        } else if (!quoted && (c == r->delimiter || c == '\n' || c == '\0')) {
            break;
        }
        r->line += c == '\n';
        *out++ = c;
    }
    char end = *r->p;
    *last = end != r->delimiter;
    r->p += end != '\0';
    if (*last && out > cell && out[-1] == '\r')
        out--;
    *out = '\0';
    r->line += end == '\n';
    return cell;
}

static int grow(void **array, int used, int *capacity, size_t size)
{
    if (used < *capacity)
        return 0;
    int more = *capacity == 0 ? 256 : 2 * *capacity;
    void *bigger = realloc(*array, (size_t)more * size);
    if (bigger == NULL)
        return ERROR_NOMEM;
    *array = bigger;
    *capacity = more;
    return 0;
}

struct shape {
    int n_cells, cells_capacity, lines_capacity;
};

/* Reads one row; the number of cells, or a negative code. */
static int read_row(struct csv *csv, struct shape *shape, struct reader *r, struct diag *diag)
{
    int last = 0, n = 0, line = r->line;
    while (!last) {
        char *cell = read_cell(r, &last);
        if (cell == NULL)
            return diag_error(diag, diag_at(csv->file, line), "a quote opens and never closes");
        if (grow((void **)&csv->cells, shape->n_cells, &shape->cells_capacity,
                 sizeof *csv->cells) != 0)
            return ERROR_NOMEM;
        csv->cells[shape->n_cells++] = cell;
        n++;
    }
    return n;
}

static bool is_blank(const struct csv *csv, const struct shape *shape, int n)
{
    return n == 1 && csv->cells[shape->n_cells - 1][0] == '\0';
}

static int parse(struct csv *csv, struct diag *diag)
{
    struct reader r = {csv->text.s, find_delimiter(csv->text.s), 1};
    struct shape shape = {0};
    int rows = 0;
    while (*r.p != '\0') {
        int line = r.line, n = read_row(csv, &shape, &r, diag);
        if (n < 0)
            return n;
        if (is_blank(csv, &shape, n)) {
            shape.n_cells--;
            continue;
        }
        if (rows > 0 && n != csv->n_columns)
            return diag_error(diag, diag_at(csv->file, line), "%d cells in a table of %d columns%s",
                              n, csv->n_columns,
                              n > csv->n_columns && r.delimiter == ','
                                  ? "; a number has a decimal point, a text with a comma quotes"
                                  : "");
        if (grow((void **)&csv->lines, rows, &shape.lines_capacity, sizeof *csv->lines) != 0)
            return ERROR_NOMEM;
        csv->n_columns = n;
        csv->lines[rows++] = line;
    }
    csv->n_rows = rows - 1;
    if (rows == 0)
        return diag_error(diag, diag_at(csv->file, 0),
                          "the table is empty; a header with names of columns is needed");
    return 0;
}

int csv_load(struct csv *csv, const char *path, struct where named_at, struct diag *diag)
{
    *csv = (struct csv){.file = path};
    int status = source_read(path, named_at, &csv->text, diag);
    if (status == 0)
        status = parse(csv, diag);
    if (status != 0)
        csv_release(csv);
    return status;
}

void csv_release(struct csv *csv)
{
    text_release(&csv->text);
    free(csv->cells);
    free(csv->lines);
    *csv = (struct csv){0};
}

const char *csv_cell(const struct csv *csv, int row, int column)
{
    return csv->cells[(row + 1) * csv->n_columns + column];
}

const char *csv_header(const struct csv *csv, int column)
{
    return csv->cells[column];
}

struct where csv_where(const struct csv *csv, int row)
{
    return diag_at(csv->file, csv->lines[row + 1]);
}
