#include "cli/wrap.h"

#include <stdio.h>

#include "base/text.h"

enum { LINE = 80 };

struct wrap wrap_open(const char *head)
{
    printf("%s", head);
    return (struct wrap){.indent = text_width(head), .column = text_width(head)};
}

void wrap_add(struct wrap *w, const char *format, ...)
{
    struct text item = {0};
    va_list args;
    va_start(args, format);
    text_vprintf(&item, format, args);
    va_end(args);
    const char *words = item.failed ? "…" : item.s;
    int width = text_width(words);
    if (w->follows)
        w->column += printf(",");
    if (w->follows && w->column + 1 + width > LINE - 1) {
        printf("\n%*s", w->indent, "");
        w->column = w->indent;
    } else if (w->follows) {
        w->column += printf(" ");
    }
    printf("%s", words);
    w->column += width;
    w->follows = true;
    text_release(&item);
}

void wrap_close(const struct wrap *w)
{
    printf(w->follows ? "\n" : "none\n");
}
