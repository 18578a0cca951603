/* Designs over the stated scenario, from their text to a store. */
#ifndef WALTZ_TESTS_SWEPT_H
#define WALTZ_TESTS_SWEPT_H

#include "run/sweep.h"
#include "run/sweep_design.h"
#include "stated.h"

struct swept {
    struct design design;
    struct texts sets;
    struct loaded base;
    struct plan plan;
    struct subject subject;
    struct diag diag;
};

/* Writes scenario.cfg, the stated scenario with parameters.eta = 0.4, claims up and less, which
 * some replicates show, and a shock gone, not enabled, with which some replicates fail; and d.cfg:
 * `sweep` stands behind name and scenario, `factors` in its section. */
void swept_write(const char *sweep, const char *factors);

/* Reads d.cfg, down to the plan or the subject (of effective.cfg); the status. A swept must stay
 * where it is until it is closed. */
int swept_plan(struct swept *s);
int swept_subject(struct swept *s);
void swept_close(struct swept *s);

/* Writes, and reads down to the subject; what is refused fails the test. */
void swept_open(struct swept *s, const char *sweep, const char *factors);

/* As it would stand in a store, with the design's replicates; 0 of 0: not divided. */
struct store_design swept_describe(const struct swept *s, int64_t shard, int64_t shards);

/* A new store at a path, and what of it is there; what fails fails the test. */
void swept_create(struct store *store, const struct swept *s, const char *path);
void swept_load(struct store *store, const char *path, enum store_access access);

/* What a run asks for, without threads or stops. */
struct sweep_request swept_request(struct store *store, const struct swept *s);

/* Runs all that a store lacks; what fails fails the test. The replicates told are those added. */
struct sweep_result swept_run(struct store *store, const struct swept *s, int threads);

/* SQL from behind the back of a store that is closed, past its checksums. */
void swept_tell(const char *path, const char *sql);
int64_t swept_ask(const char *path, const char *sql);

/* All rows but those of runs and batches, as a text; heap. */
char *swept_dump(const char *path);

/* Settings of a cell, joined by blanks, are as told. */
void swept_sets(const char *file, int line, const struct swept *s, uint32_t cell,
                const char *expected);
#define assert_sets(s, cell, expected) swept_sets(__FILE__, __LINE__, s, cell, expected)

#endif
