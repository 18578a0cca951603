#include "cli/shard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { SHARDS_MOST = 1000000 };

/* A whole number of an environment variable; false if it is not set, or no number. */
static bool variable(const char *name, int64_t *out)
{
    char *end;
    const char *text = getenv(name);
    errno = 0;
    *out = text == NULL ? 0 : strtoll(text, &end, 10);
    return text != NULL && text[0] != '\0' && *end == '\0' && errno == 0;
}

static int from_option(const char *option, struct sweep_shard *shard)
{
    char *end;
    shard->shard = strtoll(option, &end, 10);
    bool good = end > option && *end == '/' && end[1] >= '0' && end[1] <= '9';
    shard->shards = good ? strtoll(end + 1, &end, 10) : 0;
    good = good && *end == '\0' && shard->shard >= 1 && shard->shard <= shard->shards &&
           shard->shards <= SHARDS_MOST;
    if (!good)
        fprintf(stderr, "waltz: --shard %s: allowed: K/N, as 2/8, with 1 <= K <= N <= %d\n", option,
                SHARDS_MOST);
    return good ? 0 : ERROR_USAGE;
}

/* Tasks of an array, counted from 0; 1 task if there is no array. */
static bool array(int64_t *task, int64_t *tasks)
{
    int64_t id, count, least = 0, step = 1;
    *task = 0;
    *tasks = 1;
    if (!variable("SLURM_ARRAY_TASK_ID", &id) || !variable("SLURM_ARRAY_TASK_COUNT", &count))
        return true;
    variable("SLURM_ARRAY_TASK_MIN", &least);
    if (!variable("SLURM_ARRAY_TASK_STEP", &step) || step < 1)
        step = 1;
    *task = (id - least) / step;
    *tasks = count;
    return (id - least) % step == 0 && *task >= 0 && *task < count;
}

static bool step_of_job(int64_t *task, int64_t *tasks)
{
    *task = 0;
    *tasks = 1;
    if (!variable("SLURM_PROCID", task) || !variable("SLURM_NTASKS", tasks)) {
        *task = 0;
        *tasks = 1;
    }
    return *task >= 0 && *task < *tasks;
}

int shard_find(const char *option, struct sweep_shard *shard)
{
    int64_t job, jobs, task, tasks;
    *shard = (struct sweep_shard){1, 1};
    if (option != NULL)
        return from_option(option, shard);
    if (!array(&job, &jobs) || !step_of_job(&task, &tasks) || jobs * tasks > SHARDS_MOST) {
        fprintf(stderr, "waltz: Slurm's variables do not tell which task this is; allowed: a whole "
                        "array without gaps, or --shard K/N\n");
        return ERROR_USAGE;
    }
    *shard = (struct sweep_shard){job * tasks + task + 1, jobs * tasks};
    if (shard->shards > 1)
        fprintf(stderr,
                "waltz: shard %lld/%lld, by Slurm (task %lld of %lld in the array, %lld of %lld in "
                "the step; a script's own commands are task 0, so start this with srun)\n",
                (long long)shard->shard, (long long)shard->shards, (long long)job + 1,
                (long long)jobs, (long long)task + 1, (long long)tasks);
    return 0;
}

char *shard_store(const char *given, const char *name, struct sweep_shard shard)
{
    struct text t = {0};
    if (given == NULL)
        text_printf(&t, "results/%s.db", name);
    else
        text_printf(&t, "%s", given);
    bool named = t.length > 3 && strcmp(t.s + t.length - 3, ".db") == 0;
    if (shard.shards > 1 && !t.failed) {
        t.length -= named ? 3 : 0;
        text_printf(&t, ".%lld-of-%lld%s", (long long)shard.shard, (long long)shard.shards,
                    named || given == NULL ? ".db" : "");
    }
    if (t.failed)
        text_release(&t);
    return t.s;
}
