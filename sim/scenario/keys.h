/* The table of keys: every name that a scenario or one of its tables can hold, with type, unit,
 * range, default, meaning and source. Reader, checks, `waltz list` and effective.cfg come from it.
 */
#ifndef WALTZ_SCENARIO_KEYS_H
#define WALTZ_SCENARIO_KEYS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/text.h"

enum section {
    SECTION_SCENARIO,
    SECTION_STATES,
    SECTION_DYADS,
    SECTION_SANCTIONS,
    SECTION_MANDATES,
    SECTION_GROUPS,
    SECTION_PARAMETERS,
    SECTION_TERMS,
    SECTION_SHOCKS,
    SECTION_EFFECTS,
    SECTION_OUTCOMES,
    SECTION_ARMS,
    SECTION_CLAIMS,
    SECTION_CONDITIONS,
    SECTION_OBSERVED,
    SECTION_SWEEP,
    SECTION_FACTORS,
    SECTION_CALIBRATION,
    SECTION_TARGETS,
    SECTIONS
};

/* The name of a section in a scenario ("effects" lie within a shock, conditions, "all", within a
 * claim), or in a design (from sweep on). */
extern const char *const section_names[SECTIONS];

enum key_type {
    KEY_REAL,
    KEY_INT,
    KEY_BOOL,
    KEY_TEXT,
    KEY_STATE,  /* text: code of a state, [A-Z][A-Z0-9]{1,7} */
    KEY_LIST,   /* text: items joined by ';' */
    KEY_SCALAR, /* text: of a number, or a text */
    KEY_VALUES, /* text: such, joined by ';' */
    KEY_CHOICE, /* int: which of `unit`, a list "a|b|c" */
    KEY_DAY,
    KEY_MONTH,
    KEY_WINDOW
};

struct key {
    enum section section;
    const char *name;
    enum key_type type;
    size_t offset;        /* of the field in the section's struct */
    const char *unit;     /* or the choices of KEY_CHOICE */
    double low, high;     /* allowed, inclusive; numbers only */
    const char *fallback; /* default as text; NULL: must be given */
    const char *meaning;
    const char *source;
};

extern const struct key keys[];
extern const int n_keys;

/* A value as found in a file. `kind` tells what the file's syntax says; a cell of a CSV table has
 * no types of its own, so it is BARE and may be read as anything. */
enum value_kind {
    VALUE_BARE,
    VALUE_STRING,
    VALUE_INTEGER,
    VALUE_REAL,
    VALUE_BOOL,
    VALUE_LIST,
    VALUE_SCALARS
};
struct value {
    enum value_kind kind;
    const char *text; /* lists: items joined by ';' */
    struct where where;
};
/* VALUE_LIST holds texts alone, VALUE_SCALARS at least one that is none. */

/* Row of a section's key by name, or NULL. */
const struct key *key_find(enum section section, const char *name);

/* Adds "unknown key …, did you mean …, allowed: …". Returns ERROR_INPUT. */
int key_unknown(enum section section, const char *owner, const char *name, struct where at,
                struct diag *diag);

/* Reads a value into its field of the record, converted and checked. `owner` names the record in
 * messages ("parameters", "shocks.jcpoa"). Returns 0, ERROR_INPUT (in diag) or ERROR_NOMEM. */
int key_store(const struct key *key, const char *owner, const struct value *value, void *record,
              struct diag *diag);

/* The choice of a KEY_CHOICE as a text of the form "a|b|c", NUL-terminated by `length`. */
const char *key_choice(const struct key *key, int index, int *length);

/* A period "YYYY-MM..YYYY-MM"; 0 or ERROR_INPUT. */
struct window;
int window_parse(const char *text, struct window *window);

/* The field's value as it would stand in a scenario. */
void key_print(const struct key *key, const void *record, FILE *out);

/* Do all fields of two records of a section hold the same? */
bool keys_same(enum section section, const void *a, const void *b);

/* Frees the texts of a record. */
void keys_release(enum section section, void *record);

/* "0 .. 1", "a|b": what a key allows. */
void key_allowed(const struct key *key, struct text *out);

#endif
