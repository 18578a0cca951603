/* Tables: comma or semicolon (told from the header), quotes, CRLF, byte order mark. */
#ifndef WALTZ_SCENARIO_CSV_H
#define WALTZ_SCENARIO_CSV_H

#include "base/diag.h"
#include "base/text.h"

struct csv {
    const char *file; /* borrowed */
    struct text text; /* cells, each ended by NUL */
    char **cells;     /* [n_rows + 1][n_columns], row 0 the header */
    int *lines;       /* [n_rows + 1] line of each row in the file */
    int n_columns, n_rows;
};

/* Reads a table. `named_at` is where the file is named. 0, ERROR_INPUT (in diag), ERROR_NOMEM. */
int csv_load(struct csv *csv, const char *path, struct where named_at, struct diag *diag);
void csv_release(struct csv *csv);
const char *csv_cell(const struct csv *csv, int row, int column); /* row from 0, without header */
const char *csv_header(const struct csv *csv, int column);
struct where csv_where(const struct csv *csv, int row);

#endif
