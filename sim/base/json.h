/* JSON (RFC 8259), written value by value. Errors of writing show in the stream. */
#ifndef WALTZ_BASE_JSON_H
#define WALTZ_BASE_JSON_H

#include <stdbool.h>
#include <stdio.h>

/* {.out = stream} is ready. `name` is NULL within an array and for the outermost value. */
struct json {
    FILE *out;
    int depth;
    bool follows; /* a value stands before the next one */
};

/* '{' or '[', to be closed by its partner. */
void json_begin(struct json *j, const char *name, char bracket);
void json_end(struct json *j, char bracket);

/* Any bytes; those that are no UTF-8 become the replacement character. */
void json_text(struct json *j, const char *name, const char *value);

/* The shortest text that reads back as the same number; null if it is not finite. */
void json_number(struct json *j, const char *name, double value);

#endif
