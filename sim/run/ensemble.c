#include "run/ensemble.h"

#include <omp.h>
#include <stdlib.h>

#include "base/error.h"

enum { BATCH = 1024 };

/* The run as all threads see it. */
struct shared {
    struct ensemble *ensemble;
    const struct experiment *experiment;
    const struct ensemble_request *request;
    omp_lock_t *period_lock; /* [months + years] */
    int error;               /* first failure of a listener or of a thread's allocation */
    int cut;                 /* a replicate was left out, so that none after it counts */
};

static void cut(struct shared *shared)
{
#pragma omp atomic write
    shared->cut = 1;
}

/* Is it in vain to begin another replicate? */
static bool is_over(const struct shared *shared)
{
    const volatile sig_atomic_t *stop = shared->request->stop;
    int over;
#pragma omp atomic read
    over = shared->cut;
    return over || (stop != NULL && *stop);
}

int ensemble_cores(void)
{
    return omp_get_num_procs();
}

static void fold(struct shared *shared, struct statistics *into, omp_lock_t *locks, int periods,
                 const double *values)
{
    const struct experiment *x = shared->experiment;
    int n = x->series.n, offset = omp_get_thread_num();
    for (int k = 0; k < periods; k++) {
        int period = (k + offset) % periods;
        omp_set_lock(&locks[period]);
        for (int s = 0; s < n; s++)
            statistics_prefetch(into, (size_t)(period * n + s), &x->scales[s],
                                values[period * n + s]);
        for (int s = 0; s < n; s++)
            statistics_add(into, (size_t)(period * n + s), &x->scales[s], values[period * n + s]);
        omp_unset_lock(&locks[period]);
    }
}

/* Hands the replicate's row on, in order. Returns whether it counts. */
static bool report(struct shared *shared, const struct replicate *r, uint32_t number, bool ran,
                   int status)
{
    const struct ensemble_listener *listener = &shared->request->listener;
    if (!ran)
        cut(shared);
    if (shared->cut)
        return false;
    int error = listener->row(listener->user, number, status, r->failure, r->outcomes);
    if (error != 0) {
        shared->error = error;
        cut(shared);
        return false;
    }
    shared->ensemble->done++;
    shared->ensemble->failed += status != 0;
    if (listener->progress != NULL)
        listener->progress(listener->user, shared->ensemble->done);
    return status == 0;
}

/* The share of one thread in the replicates of a batch. `ordered` hands rows on one after the other
 * while the next replicates are under way; the statistics, which need no order, are folded outside
 * of it. */
static void work(struct shared *shared, struct replicate *r, bool ready, uint32_t from, uint32_t to)
{
    const struct ensemble_request *q = shared->request;
    int months = experiment_months(shared->experiment);
    int years = experiment_years(shared->experiment);
#pragma omp for ordered schedule(dynamic, 1)
    for (uint32_t k = from; k < to; k++) {
        bool ran = ready && !is_over(shared), counts = false;
        int status = ran ? replicate_run(r, q->first + k) : 0;
#pragma omp ordered
        counts = report(shared, r, q->first + k, ran, status);
        if (counts) {
            fold(shared, &shared->ensemble->monthly, shared->period_lock, months, r->monthly);
            fold(shared, &shared->ensemble->yearly, shared->period_lock + months, years, r->yearly);
        }
    }
}

/* Batch after batch, since a loop of OpenMP cannot be left: after the last replicate that counts,
 * millions would have to be passed over. All threads must agree whether there is another batch, so
 * none may enter it before the others have looked. */
static void work_all(struct shared *shared, struct replicate *r, bool ready)
{
    uint32_t n = shared->request->n;
    bool over = false;
    for (uint32_t from = 0, to; from < n && !over; from = to) {
        to = n - from > BATCH ? from + BATCH : n;
        work(shared, r, ready, from, to);
        over = shared->cut;
#pragma omp barrier
    }
}

static int run(struct shared *shared, int threads)
{
#pragma omp parallel num_threads(threads)
    {
        struct replicate r;
        bool ready = replicate_init(&r, shared->experiment) == 0;
        if (!ready) {
#pragma omp atomic write
            shared->error = ERROR_NOMEM;
        }
#pragma omp barrier
        work_all(shared, &r, ready && shared->error == 0);
        replicate_release(&r);
    }
    if (shared->error != 0)
        return shared->error;
    return shared->cut ? ERROR_STOPPED : 0;
}

int ensemble_run(struct ensemble *e, const struct experiment *x,
                 const struct ensemble_request *request)
{
    int months = experiment_months(x), periods = months + experiment_years(x);
    size_t n = (size_t)x->series.n;
    *e = (struct ensemble){0};
    struct shared shared = {e, x, request, NULL, 0, false};
    int status = statistics_init(&e->monthly, (size_t)months * n, !x->all_dyads);
    if (status == 0)
        status = statistics_init(&e->yearly, (size_t)(periods - months) * n, true);
    shared.period_lock = calloc((size_t)periods, sizeof *shared.period_lock);
    if (status != 0 || shared.period_lock == NULL) {
        free(shared.period_lock);
        return ERROR_NOMEM;
    }
    for (int k = 0; k < periods; k++)
        omp_init_lock(&shared.period_lock[k]);
    status = run(&shared, request->threads > 0 ? request->threads : ensemble_cores());
    for (int k = 0; k < periods; k++)
        omp_destroy_lock(&shared.period_lock[k]);
    free(shared.period_lock);
    return status;
}

void ensemble_release(struct ensemble *e)
{
    statistics_release(&e->monthly);
    statistics_release(&e->yearly);
    *e = (struct ensemble){0};
}
