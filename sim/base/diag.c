#include "base/diag.h"

#include "base/error.h"

void diag_release(struct diag *d)
{
    text_release(&d->text);
    *d = (struct diag){0};
}

static void add(struct diag *d, struct where at, const char *kind, const char *format, va_list args)
{
    if (at.file != NULL && at.line > 0)
        text_printf(&d->text, "%s:%d: ", at.file, at.line);
    else if (at.file != NULL)
        text_printf(&d->text, "%s: ", at.file);
    text_printf(&d->text, "%s", kind);
    text_vprintf(&d->text, format, args);
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
