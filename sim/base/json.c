#include "base/json.h"

#include <math.h>

#include "base/text.h"

static void quote(FILE *out, const char *value)
{
    fputc('"', out);
    while (*value != '\0') {
        size_t n = text_character(value);
        if (n == 0)
            fputs("\\ufffd", out);
        else if (*value == '"' || *value == '\\')
            fprintf(out, "\\%c", *value);
        else if ((unsigned char)*value < 0x20)
            fprintf(out, "\\u%04x", (unsigned)*value);
        else
            fwrite(value, 1, n, out);
        value += n == 0 ? 1 : n;
    }
    fputc('"', out);
}

/* What stands before a value: comma, line, indentation, name. */
static void begin_value(struct json *j, const char *name)
{
    if (j->follows)
        fputc(',', j->out);
    if (j->depth > 0)
        fprintf(j->out, "\n%*s", 2 * j->depth, "");
    if (name != NULL) {
        quote(j->out, name);
        fputs(": ", j->out);
    }
    j->follows = true;
}

void json_begin(struct json *j, const char *name, char bracket)
{
    begin_value(j, name);
    fputc(bracket, j->out);
    j->depth++;
    j->follows = false;
}

void json_end(struct json *j, char bracket)
{
    j->depth--;
    if (j->follows)
        fprintf(j->out, "\n%*s", 2 * j->depth, "");
    fputc(bracket, j->out);
    j->follows = true;
    if (j->depth == 0)
        fputc('\n', j->out);
}

void json_text(struct json *j, const char *name, const char *value)
{
    begin_value(j, name);
    quote(j->out, value);
}

void json_number(struct json *j, const char *name, double value)
{
    char text[32] = "null";
    if (isfinite(value) && value == trunc(value) && fabs(value) < 1e15)
        snprintf(text, sizeof text, "%.0f", value);
    else if (isfinite(value))
        text_real(value, text);
    begin_value(j, name);
    fputs(text, j->out);
}
