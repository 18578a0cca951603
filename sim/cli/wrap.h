/* Items of a list on stdout, with commas, wrapped at 80 columns under the end of their head. */
#ifndef WALTZ_CLI_WRAP_H
#define WALTZ_CLI_WRAP_H

#include <stdbool.h>

struct wrap {
    int indent, column;
    bool follows; /* an item stands before the next one */
};

struct wrap wrap_open(const char *head);
void wrap_add(struct wrap *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the line; an empty list says "none". */
void wrap_close(const struct wrap *w);

#endif
