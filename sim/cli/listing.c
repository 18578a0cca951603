#include "cli/listing.h"

#include <stdio.h>

#include "base/text.h"

static void print_markdown(const char *text, bool code)
{
    fputs(code ? " `" : " ", stdout);
    for (; *text != '\0'; text++)
        printf(*text == '|' ? "\\%c" : "%c", *text);
    fputs(code ? "` |" : " |", stdout);
}

static void print_plain(const struct listing *l, const char *const *cells)
{
    for (int k = 0; k < l->n - 2; k++) {
        int blanks = l->widths[k] - text_width(cells[k]);
        printf("%s%*s ", cells[k], blanks > 0 ? blanks : 0, "");
    }
    const char *source = cells[l->n - 1];
    printf("%s%s%s%s\n", cells[l->n - 2], source[0] ? " [" : "", source, source[0] ? "]" : "");
}

static void print_cells(const struct listing *l, const char *const *cells, bool code)
{
    if (!l->markdown) {
        print_plain(l, cells);
        return;
    }
    printf("|");
    for (int k = 0; k < l->n; k++)
        print_markdown(cells[k], code && k == 0);
    printf("\n");
}

void listing_row(const struct listing *l, const char *const *cells)
{
    print_cells(l, cells, true);
}

void listing_head(const struct listing *l, const char *const *names)
{
    print_cells(l, names, false);
    for (int k = 0; k < l->n && l->markdown; k++)
        printf(k == 0 ? "|---|" : "---|");
    printf(l->markdown ? "\n" : "");
}

void listing_title(const struct listing *l, const char *title)
{
    printf(l->markdown ? "**%s**\n\n" : "# %s\n", title);
}
