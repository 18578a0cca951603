#include "run/team.h"

#include <stdlib.h>

#include "base/error.h"

int *team_branches(const struct experiment *x, int n)
{
    int *ticks = calloc((size_t)n, sizeof *ticks);
    for (int k = 1; k < n && ticks != NULL; k++)
        ticks[k] = experiment_branch(&x[0], &x[k]);
    return ticks;
}

int team_init(struct team *t, const struct experiment *x, int n, const int *ticks,
              uint32_t replicates)
{
    const size_t arms = (size_t)n;
    const struct kernel *kernel = experiment_kernel(x, n, replicates);
    *t = (struct team){.n = n,
                       .lanes = kernel->lanes,
                       .replicate = calloc(arms, sizeof *t->replicate),
                       .branch = calloc(arms, sizeof *t->branch),
                       .status = calloc(arms, sizeof *t->status)};
    int status = t->replicate && t->branch && t->status ? 0 : ERROR_NOMEM;
    for (int k = 0; k < n && status == 0; k++) {
        status = replicate_init(&t->replicate[k], &x[k], kernel);
        if (status == 0 && ticks[k] > 0)
            status = branch_init(&t->branch[k], &x[k], kernel->lanes, ticks[k]);
    }
    return status;
}

void team_release(struct team *t)
{
    for (int k = 0; k < t->n; k++) {
        if (t->replicate != NULL)
            replicate_release(&t->replicate[k]);
        if (t->branch != NULL)
            branch_release(&t->branch[k]);
    }
    free(t->replicate);
    free(t->branch);
    free(t->status);
    *t = (struct team){0};
}

void team_run(struct team *t, uint32_t number)
{
    t->status[0] = replicate_run_branching(&t->replicate[0], number, t->branch + 1, t->n - 1);
    for (int k = 1; k < t->n; k++)
        t->status[k] = t->status[0] == 0
                           ? replicate_run_from(&t->replicate[k], number, &t->branch[k])
                           : replicate_run(&t->replicate[k], number);
}

void team_show(struct team *t, int lane)
{
    for (int k = 0; k < t->n; k++) {
        replicate_show(&t->replicate[k], lane);
        if (t->status[k] != ERROR_NOMEM)
            t->status[k] = t->replicate[k].status;
    }
}
