/* A table on stdout: columns side by side, or Markdown. Its last two columns are a meaning and a
 * source. */
#ifndef WALTZ_CLI_LISTING_H
#define WALTZ_CLI_LISTING_H

#include <stdbool.h>

struct listing {
    bool markdown;
    int n;             /* columns */
    const int *widths; /* [n - 2] of those before the meaning, in characters */
};

/* `names` and `cells` are n texts; an empty source is left out. */
void listing_head(const struct listing *l, const char *const *names);
void listing_row(const struct listing *l, const char *const *cells);

/* A heading above a table. */
void listing_title(const struct listing *l, const char *title);

#endif
