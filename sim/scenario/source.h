/* Text files in memory. */
#ifndef WALTZ_SCENARIO_SOURCE_H
#define WALTZ_SCENARIO_SOURCE_H

#include "base/diag.h"
#include "base/text.h"

enum { SOURCE_BYTES_MAX = 64 << 20, SOURCE_INCLUDE_DEPTH = 16, SOURCE_FILES_MAX = 1000 };

/* A scenario's text with @include expanded; line k (from 1) stands at lines[k - 1]. */
struct source {
    struct text text;
    struct where *lines;
    int n_lines, capacity;
    char **files; /* names that lines[] borrow */
    int n_files;
};

/* Reads a file with all that it includes. 0, ERROR_INPUT (in diag), ERROR_NOMEM. */
int source_load(struct source *source, const char *path, struct diag *diag);
void source_release(struct source *source);
struct where source_where(const struct source *source, int line);

/* Reads one text file (a byte order mark is dropped) into `text`, which the caller releases.
 * Folders, what is no UTF-8 and more than SOURCE_BYTES_MAX are refused; messages stand at
 * `named_at` if that names a file, else at the path itself. */
int source_read(const char *path, struct where named_at, struct text *text, struct diag *diag);

/* Does every string and comment of a scenario's text close? */
bool source_closes(const char *text);

/* `name` as seen from the folder of `from`; heap, NULL without memory. */
char *source_beside(const char *from, const char *name);

#endif
