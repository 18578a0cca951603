/* A sweep as its store describes it, and whether two descriptions are of one sweep. */
#ifndef WALTZ_RUN_SWEEP_DESIGN_H
#define WALTZ_RUN_SWEEP_DESIGN_H

#include "run/store.h"
#include "run/subject.h"

struct sweep_shard {
    int64_t shard, shards; /* 1 of 1: not divided */
};

/* Describes; `scenario` is the text of its configuration. 0 or ERROR_NOMEM; release it in any
 * case. */
int sweep_describe(struct store_design *d, const struct subject *s, int64_t replicates,
                   struct sweep_shard shard, const char *scenario);

enum sweep_difference { SWEEP_SAME, SWEEP_MORE, SWEEP_LEVELS, SWEEP_OTHER };

/* How a wanted sweep differs from a stored one: not at all; by more replicates or more cells at the
 * end; by levels of a grid; otherwise. What differs is told in `what`, unless nothing does. */
enum sweep_difference sweep_compare(const struct store_design *stored,
                                    const struct store_design *wanted, struct text *what);

#endif
