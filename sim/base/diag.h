/* Messages about input, collected so that a user sees all of them at once. */
#ifndef WALTZ_BASE_DIAG_H
#define WALTZ_BASE_DIAG_H

#include "base/text.h"

/* A place in the input: file may be NULL (no place), line 0 (the file as a whole). The name is
 * borrowed and must live as long as the value is used. */
struct where {
    const char *file;
    int line;
    const char *set; /* what --set changed there, or NULL */
};

struct where diag_at(const char *file, int line);

/* All zero is empty. `text` holds one line a message: "file:line: what is wrong, what is allowed";
 * after DIAG_SHOWN errors further ones are counted, not kept. What a hostile file puts into a
 * message neither breaks its line nor reaches a terminal as a command, and the line stays short. */
struct diag {
    struct text text;
    int errors, warnings;
    bool rehearsal; /* nobody reads it; what can be read only once is left alone: ERROR_STOPPED */
};

enum { DIAG_SHOWN = 100, DIAG_BYTES = 2000 };

void diag_release(struct diag *d);

/* Adds a message; diag_error returns ERROR_INPUT, so that callers can `return diag_error(…)`. */
int diag_error(struct diag *d, struct where at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diag_warning(struct diag *d, struct where at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The status of what a diag goes with: ERROR_NOMEM if a message was lost for want of memory. */
int diag_status(const struct diag *d, int status);

/* A mistake was told, so reading can go on to the next one: 0 for ERROR_INPUT; other codes stay. */
int diag_go_on(int status);

#endif
