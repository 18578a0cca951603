#include "cli/shard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { SHARDS_MOST = 1000000 };

/* A whole number of an environment variable: false, and `fallback`, if it is not set; *good stays
 * true unless it is none. */
static bool variable(const char *name, int64_t fallback, int64_t *out, bool *good)
{
    char *end;
    const char *text = getenv(name);
    *out = fallback;
    if (text == NULL)
        return false;
    errno = 0;
    *out = strtoll(text, &end, 10);
    *good &= text[0] != '\0' && *end == '\0' && errno == 0;
    return true;
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
    int64_t id, least, step;
    bool good = true, is_array = variable("SLURM_ARRAY_TASK_ID", 0, &id, &good);
    variable("SLURM_ARRAY_TASK_COUNT", 1, tasks, &good);
    variable("SLURM_ARRAY_TASK_MIN", 0, &least, &good);
    variable("SLURM_ARRAY_TASK_STEP", 1, &step, &good);
    *task = good && step >= 1 ? (id - least) / step : 0;
    if (!is_array)
        *tasks = 1;
    return !is_array || (good && step >= 1 && (id - least) % step == 0 && *task >= 0 &&
                         *task < *tasks && *tasks <= SHARDS_MOST);
}

static bool step_of_job(int64_t *task, int64_t *tasks)
{
    bool good = true, is_step = variable("SLURM_PROCID", 0, task, &good);
    variable("SLURM_NTASKS", 1, tasks, &good);
    if (!is_step)
        *tasks = 1;
    return !is_step || (good && *task >= 0 && *task < *tasks && *tasks <= SHARDS_MOST);
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

int shard_check_name(const char *path)
{
    size_t n = strlen(path);
    if (n > 0 && path[n - 1] != '/')
        return 0;
    fprintf(stderr, "waltz: \"%s\": allowed: the name of a file\n", path);
    return ERROR_USAGE;
}
