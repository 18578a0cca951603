#include "scenario/scan.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Skips what is no number: strings, comments, names. Returns the next place to look at. */
static const char *skip_other(const char *p, int *line)
{
    if (*p == '"') {
        for (p++; *p != '\0' && *p != '"'; p++) {
            p += *p == '\\' && p[1] != '\0';
            *line += *p == '\n';
        }
        return p + (*p == '"');
    }
    if (*p == '#' || (*p == '/' && p[1] == '/'))
        return p + strcspn(p, "\n");
    if (*p == '/' && p[1] == '*') {
        for (p += 2; *p != '\0' && !(*p == '*' && p[1] == '/'); p++)
            *line += *p == '\n';
        return p + 2 * (*p != '\0');
    }
    if (isalpha((unsigned char)*p) || *p == '_' || *p == '*') {
        while (*p != '\0' && (isalnum((unsigned char)*p) || strchr("_-*", *p) != NULL))
            p++;
        return p;
    }
    *line += *p == '\n';
    return p + 1;
}

static bool holds_any(const char *p, size_t n, const char *characters)
{
    for (; *characters != '\0'; characters++)
        if (memchr(p, *characters, n) != NULL)
            return true;
    return false;
}

/* The next whole number that does not fit, with its minus; NULL if there is none. *line counts on
 * to it. */
static const char *next_wide(const char *p, int *line, int *length)
{
    while (*p != '\0') {
        const char *start = p;
        p += *p == '-' && isdigit((unsigned char)p[1]);
        if (!isdigit((unsigned char)*p)) {
            p = skip_other(p, line);
            continue;
        }
        char *end;
        bool hex = p[0] == '0' && tolower((unsigned char)p[1]) == 'x';
        double number = hex ? (double)strtoull(p, &end, 16) : strtod(p, &end);
        double most = hex ? (double)UINT_MAX : start < p ? -(double)INT_MIN : (double)INT_MAX;
        bool whole = hex || !holds_any(p, (size_t)(end - p), ".eE");
        if (whole && *end != 'L' && number > most) {
            *length = (int)(end - start);
            return start;
        }
        p = end + strspn(end, "L");
    }
    return NULL;
}

int scan_integers(const char *text, const struct source *source, struct where at, struct diag *diag)
{
    int line = 1, length = 0, status = 0;
    for (const char *p = text; (p = next_wide(p, &line, &length)) != NULL; p += length)
        status = diag_error(diag, source != NULL ? source_where(source, line) : at,
                            "%.*s does not fit 32 bits; write it with a point (%.*s.0) or a final "
                            "L",
                            length, p, length, p);
    return status;
}

int scan_names(const char *text, const struct source *source, struct diag *diag)
{
    enum { LEVELS = 32, COMPARISONS_MAX = 600000000 };
    long names[LEVELS] = {0}, comparisons = 0;
    int line = 1, depth = 0;
    for (const char *p = text; *p != '\0'; p = skip_other(p, &line)) {
        long *here = &names[depth < LEVELS ? depth : LEVELS - 1];
        if (*p == '{' && ++depth < LEVELS)
            names[depth] = 0;
        else if (*p == '}' && depth > 0)
            depth--;
        else if (*p == '=' || *p == ':')
            comparisons += (*here)++;
        if (comparisons > COMPARISONS_MAX)
            return diag_error(diag, source_where(source, line),
                              "too many names: each is compared with all before it in its group; "
                              "allowed: about 34000 in one group, or a table");
    }
    return 0;
}
