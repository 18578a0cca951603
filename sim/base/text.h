/* Growing text, and words compared for "did you mean". */
#ifndef WALTZ_BASE_TEXT_H
#define WALTZ_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A NUL-terminated text that grows; all zero is the empty text. After a failed allocation `failed`
 * stays set, and what was there before stays readable. */
struct text {
    char *s;
    size_t length, capacity;
    bool failed;
};

void text_release(struct text *t);
void text_add(struct text *t, const char *bytes, size_t n);
void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* A file that adds to a text; NULL without memory. The text is whole if it has not failed when the
 * file is closed; open_memstream can lose bytes for want of memory and say nothing. */
FILE *text_file(struct text *t);

enum { TEXT_ITEM = 512 };

/* Calls `each` for every item of a list joined by ';' (blanks around items are dropped, an empty
 * list has no item) until it returns non-zero; returns that or 0. Items are less than TEXT_ITEM
 * bytes; a longer one is cut. */
int text_each(const char *list, int (*each)(const char *item, void *user), void *user);

/* Bytes of the UTF-8 character (RFC 3629) that begins here, 0 if none does. */
size_t text_character(const char *s);

/* Bytes of a text's beginning, at most so many, without a character cut in two. */
int text_head(const char *s, int most);

/* Columns that a UTF-8 text takes, one a character. */
int text_width(const char *s);

/* The first byte of a text that is no UTF-8, NULL if there is none. */
const char *text_broken(const char *s);

/* Number of insertions, deletions, replacements and swaps of neighbours from a to b; words longer
 * than 63 bytes count as far (64). */
int text_distance(const char *a, const char *b);

/* Of n names, reached through name(k, user), the one nearest to word if it is near enough to be a
 * slip of the hand, else NULL. */
const char *text_nearest(const char *word, size_t n,
                         const char *(*name)(size_t k, const void *user), const void *user);

/* `; did you mean "…"?` for a name, nothing for NULL. */
struct text_hint {
    char text[96];
};
struct text_hint text_hint(const char *near);

/* The shortest text that reads back as the same number. */
void text_real(double number, char out[32]);

/* A copy on the heap, NULL without memory. */
char *text_copy(const char *s);

/* Texts on the heap; all zero is none. */
struct texts {
    char **at;
    int n;
};

/* 0 or ERROR_NOMEM. */
int texts_add(struct texts *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the items of a list, as text_each gives them. 0 or ERROR_NOMEM. */
int texts_split(struct texts *t, const char *list);
void texts_release(struct texts *t);

#endif
