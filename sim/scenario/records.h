/* Sections that hold many records of one kind, and the records while they are read. */
#ifndef WALTZ_SCENARIO_RECORDS_H
#define WALTZ_SCENARIO_RECORDS_H

#include <stddef.h>

#include "scenario/keys.h"
#include "scenario/names.h"
#include "scenario/scenario.h"

/* A record's first member is its name, `char *`. */
struct record_kind {
    enum section section;
    size_t size;
    size_t array, count;    /* offsets in struct scenario (factors: design) */
    size_t where;           /* offset in the record */
    const char *columns[2]; /* columns of a table that name a record; NULL: none */
    const struct name_rule *name;
    /* A member that is a group of records itself: its section's name, and where they lie. */
    const struct record_kind *nested;
    size_t nested_array, nested_count;
};

/* The sections of a scenario; then those that lie elsewhere. */
extern const struct record_kind record_kinds[];
extern const int n_record_kinds;
extern const struct record_kind record_groups;
extern const struct record_kind record_factors, record_targets; /* of a design */

struct records {
    const struct record_kind *kind;
    char *array;
    int n, capacity;
    int n_from_table;   /* the first ones came from a table */
    const char *within; /* "shocks.jcpoa.", the record that these lie in; NULL: none */
};

char *records_name(const void *record);
struct where *records_where(const struct records *r, void *record);
void *records_at(const struct records *r, int k);

/* A new record with its defaults, or NULL without memory. */
void *records_add(struct records *r, const char *name, struct where at, struct diag *diag);

/* Among the first `n` records the one of a name, or NULL. */
void *records_find(const struct records *r, int n, const char *name);

/* Stores the defaults of a section's keys. 0 or ERROR_NOMEM. */
int records_defaults(enum section section, void *record, struct diag *diag);

/* The records within one, of its kind's `nested`, which is not NULL. */
void *records_nested(const struct record_kind *kind, const void *record, int *n);

/* Frees an array of n records, and what lies within them. */
void records_release(const struct record_kind *kind, void *array, int n);

#endif
