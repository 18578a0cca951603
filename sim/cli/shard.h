/* Which share of a sweep's cells a process runs. */
#ifndef WALTZ_CLI_SHARD_H
#define WALTZ_CLI_SHARD_H

#include "run/sweep_design.h"

/* From --shard K/N (NULL: not given), else from Slurm's variables: the task of an array, the task
 * of a step, or both. What Slurm says is told on stderr. 0, or ERROR_USAGE with a message. */
int shard_find(const char *option, struct sweep_shard *shard);

/* The path of a store: as given or results/<name>.db; of a shard with .K-of-N before its end. Heap,
 * NULL without memory. */
char *shard_store(const char *given, const char *name, struct sweep_shard shard);

/* Can a file have this path? 0, or ERROR_USAGE with a message. */
int shard_check_name(const char *path);

#endif
