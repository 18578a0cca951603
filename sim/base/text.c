#define _GNU_SOURCE /* fopencookie */
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { WORD = 64 };

void text_release(struct text *t)
{
    free(t->s);
    *t = (struct text){0};
}

static bool reserve(struct text *t, size_t more)
{
    if (t->failed)
        return false;
    size_t need = t->length + more + 1;
    if (need <= t->capacity)
        return true;
    size_t capacity = need < 128 ? 256 : 2 * need;
    char *s = realloc(t->s, capacity);
    if (s == NULL) {
        t->failed = true;
        return false;
    }
    t->s = s;
    t->capacity = capacity;
    return true;
}

void text_add(struct text *t, const char *bytes, size_t n)
{
    if (!reserve(t, n))
        return;
    memcpy(t->s + t->length, bytes, n);
    t->length += n;
    t->s[t->length] = '\0';
}

static ssize_t append(void *text, const char *bytes, size_t n)
{
    struct text *t = text;
    text_add(t, bytes, n);
    return t->failed ? 0 : (ssize_t)n;
}

FILE *text_file(struct text *t)
{
    return fopencookie(t, "w", (cookie_io_functions_t){.write = append});
}

void text_vprintf(struct text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        t->failed = true;
    else if (reserve(t, (size_t)n))
        t->length += (size_t)vsnprintf(t->s + t->length, (size_t)n + 1, format, again);
    va_end(again);
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(t, format, args);
    va_end(args);
}

int text_each(const char *list, int (*each)(const char *item, void *user), void *user)
{
    for (const char *p = list; *p != '\0';) {
        size_t n = strcspn(p, ";"), used = n;
        const char *start = p;
        while (used > 0 && isspace((unsigned char)*start))
            start++, used--;
        while (used > 0 && isspace((unsigned char)start[used - 1]))
            used--;
        if (used > 0) {
            char item[TEXT_ITEM];
            snprintf(item, sizeof item, "%.*s", (int)used, start);
            int status = each(item, user);
            if (status != 0)
                return status;
        }
        p += n + (p[n] == ';');
    }
    return 0;
}

size_t text_character(const char *s)
{
    const unsigned char *c = (const unsigned char *)s;
    if (c[0] < 0x80)
        return 1;
    size_t n = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    bool good = c[0] >= 0xc2 && c[0] <= 0xf4;
    good &= !(c[0] == 0xe0 && c[1] < 0xa0) && !(c[0] == 0xed && c[1] > 0x9f);
    good &= !(c[0] == 0xf0 && c[1] < 0x90) && !(c[0] == 0xf4 && c[1] > 0x8f);
    for (size_t k = 1; good && k < n; k++)
        good = (c[k] & 0xc0) == 0x80;
    return good ? n : 0;
}

int text_head(const char *s, int most)
{
    int n = (int)strnlen(s, (size_t)most);
    while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
        n--;
    return n;
}

int text_width(const char *s)
{
    int n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

const char *text_broken(const char *s)
{
    for (size_t n; *s != '\0'; s += n) {
        n = text_character(s);
        if (n == 0)
            return s;
    }
    return NULL;
}

static int min3(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment: three rows of the table of distances are enough. */
int text_distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    if (na >= WORD || nb >= WORD)
        return WORD;
    int rows[3][WORD];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int *row = rows[i % 3];
        const int *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min3(row[j], above2[j - 2] + 1, row[j]);
        }
    }
    return rows[na % 3][nb];
}

const char *text_nearest(const char *word, size_t n,
                         const char *(*name)(size_t k, const void *user), const void *user)
{
    const char *best = NULL;
    int limit = 1 + (int)strlen(word) / 4, best_distance = limit + 1;
    for (size_t k = 0; k < n; k++) {
        int d = text_distance(word, name(k, user));
        if (d < best_distance && d < WORD) {
            best_distance = d;
            best = name(k, user);
        }
    }
    return best;
}

struct text_hint text_hint(const char *near)
{
    struct text_hint hint = {""};
    if (near != NULL)
        snprintf(hint.text, sizeof hint.text, "; did you mean \"%.70s\"?", near);
    return hint;
}

void text_real(double number, char out[32])
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, number);
        if (strtod(out, NULL) == number)
            break;
    }
}

char *text_copy(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = malloc(n);
    return copy == NULL ? NULL : memcpy(copy, s, n);
}

int texts_add(struct texts *t, const char *format, ...)
{
    struct text text = {0};
    char **grown = realloc(t->at, (size_t)(t->n + 1) * sizeof *grown);
    if (grown == NULL)
        return ERROR_NOMEM;
    t->at = grown;
    va_list args;
    va_start(args, format);
    text_vprintf(&text, format, args);
    va_end(args);
    if (text.failed) {
        text_release(&text);
        return ERROR_NOMEM;
    }
    t->at[t->n++] = text.s;
    return 0;
}

static int add_item(const char *item, void *texts)
{
    return texts_add(texts, "%s", item);
}

int texts_split(struct texts *t, const char *list)
{
    return text_each(list, add_item, t);
}

void texts_release(struct texts *t)
{
    for (int k = 0; k < t->n; k++)
        free(t->at[k]);
    free(t->at);
    *t = (struct texts){0};
}
