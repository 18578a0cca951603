#include "base/diag.h"

#include "base/error.h"

struct where diag_at(const char *file, int line)
{
    return (struct where){.file = file, .line = line};
}

void diag_release(struct diag *d)
{
    text_release(&d->text);
    *d = (struct diag){0};
}

/* Makes what was added from `start` on one line of at most DIAG_BYTES without control characters.
 */
static void tidy(struct text *t, size_t start)
{
    if (t->failed)
        return;
    bool cut = t->length - start > DIAG_BYTES;
    if (cut)
        t->length = start + (size_t)text_head(t->s + start, DIAG_BYTES);
    t->s[t->length] = '\0';
    for (char *p = t->s + start; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    if (cut)
        text_printf(t, "…");
}

static void add(struct diag *d, struct where at, const char *kind, const char *format, va_list args)
{
    size_t start = d->text.length;
    if (at.file != NULL && at.line > 0)
        text_printf(&d->text, "%s:%d: ", at.file, at.line);
    else if (at.file != NULL)
        text_printf(&d->text, "%s: ", at.file);
    if (at.set != NULL)
        text_printf(&d->text, "%s: ", at.set);
    text_printf(&d->text, "%s", kind);
    text_vprintf(&d->text, format, args);
    tidy(&d->text, start);
    text_printf(&d->text, "\n");
}

int diag_error(struct diag *d, struct where at, const char *format, ...)
{
    if (d->errors++ < DIAG_SHOWN) {
        va_list args;
        va_start(args, format);
        add(d, at, "", format, args);
        va_end(args);
    }
    return ERROR_INPUT;
}

void diag_warning(struct diag *d, struct where at, const char *format, ...)
{
    d->warnings++;
    va_list args;
    va_start(args, format);
    add(d, at, "warning: ", format, args);
    va_end(args);
}

int diag_status(const struct diag *d, int status)
{
    return d->text.failed ? ERROR_NOMEM : status;
}

int diag_go_on(int status)
{
    return status == ERROR_INPUT ? 0 : status;
}
