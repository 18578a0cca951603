#include "run/ensemble.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* The first batch frames the bins of quantiles. */
enum { BATCH = 1024, PILOT = 32 };

/* The run as all threads see it. */
struct shared {
    struct ensemble *ensemble;
    const struct experiment *experiment;
    const struct ensemble_request *request;
    omp_lock_t *period_lock; /* [months + years] */
    struct pilot *pilot;     /* [PILOT] */
    int error;               /* first failure of a listener or of a thread's allocation */
    int cut;                 /* a replicate was left out, so that none after it counts */
};

/* A replicate of the first batch, kept until the bins are framed; monthly is NULL if months have no
 * bins. */
struct pilot {
    bool counts;
    double *monthly, *yearly;
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

int ensemble_threads(void)
{
    return omp_get_max_threads();
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
    int error = status;
    if (status != ERROR_NOMEM) /* which would make the results depend on the machine */
        error = listener->row(listener->user, number, status, r->failure, r->outcomes);
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

static void fold_monthly(struct shared *shared, const double *monthly)
{
    fold(shared, &shared->ensemble->monthly, shared->period_lock,
         experiment_months(shared->experiment), monthly);
}

static void fold_yearly(struct shared *shared, const double *yearly)
{
    fold(shared, &shared->ensemble->yearly,
         shared->period_lock + experiment_months(shared->experiment),
         experiment_years(shared->experiment), yearly);
}

/* Folds a replicate, or keeps of the first batch what needs bins. */
static void take(struct shared *shared, const struct replicate *r, struct pilot *pilot)
{
    const struct experiment *x = shared->experiment;
    size_t n = (size_t)x->series.n * sizeof(double);
    if (pilot == NULL || pilot->monthly == NULL)
        fold_monthly(shared, r->monthly);
    else
        memcpy(pilot->monthly, r->monthly, (size_t)experiment_months(x) * n);
    if (pilot == NULL) {
        fold_yearly(shared, r->yearly);
        return;
    }
    memcpy(pilot->yearly, r->yearly, (size_t)experiment_years(x) * n);
    pilot->counts = true;
}

/* The share of one thread in the replicates of a batch. `ordered` hands rows on one after the other
 * while the next replicates are under way; the statistics, which need no order, are folded outside
 * of it. */
static void work(struct shared *shared, struct replicate *r, bool ready, uint32_t from, uint32_t to)
{
    const struct ensemble_request *q = shared->request;
#pragma omp for ordered schedule(dynamic, 1)
    for (uint32_t k = from; k < to; k++) {
        bool ran = ready && !is_over(shared), counts = false;
        int status = ran ? replicate_run(r, q->first + k) : 0;
#pragma omp ordered
        counts = report(shared, r, q->first + k, ran, status);
        if (counts)
            take(shared, r, k < PILOT ? &shared->pilot[k] : NULL);
    }
}

static void release_pilot(struct pilot *pilot)
{
    free(pilot->monthly);
    free(pilot->yearly);
    *pilot = (struct pilot){0};
}

/* Smallest and largest value of a cell in the first batch; false if no replicate counts. */
static bool seen_in_pilot(const struct pilot *pilot, bool yearly, size_t cell, double seen[2])
{
    bool any = false;
    for (int k = 0; k < PILOT; k++) {
        if (!pilot[k].counts)
            continue;
        double v = (yearly ? pilot[k].yearly : pilot[k].monthly)[cell];
        seen[0] = !any || v < seen[0] ? v : seen[0];
        seen[1] = !any || v > seen[1] ? v : seen[1];
        any = true;
    }
    return any;
}

static void frame(struct shared *shared, bool yearly)
{
    const struct experiment *x = shared->experiment;
    struct statistics *s = yearly ? &shared->ensemble->yearly : &shared->ensemble->monthly;
    for (size_t cell = 0; cell < s->n_cells && s->bins != NULL; cell++) {
        int series = (int)(cell % (size_t)x->series.n), period = (int)(cell / (size_t)x->series.n);
        int months = yearly ? experiment_months_of(x, period) : 1;
        double seen[2];
        if (seen_in_pilot(shared->pilot, yearly, cell, seen))
            statistics_frame(s, cell, &x->scales[series], seen,
                             experiment_grain(x, series, months));
    }
}

/* Frames the bins by the first batch, then folds it. */
static void take_pilot(struct shared *shared)
{
#pragma omp single
    {
        frame(shared, false);
        frame(shared, true);
    }
#pragma omp for
    for (int k = 0; k < PILOT; k++) {
        struct pilot *pilot = &shared->pilot[k];
        if (pilot->counts && pilot->monthly != NULL)
            fold_monthly(shared, pilot->monthly);
        if (pilot->counts)
            fold_yearly(shared, pilot->yearly);
        release_pilot(pilot);
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
        uint32_t size = from == 0 ? PILOT : BATCH;
        to = n - from > size ? from + size : n;
        work(shared, r, ready, from, to);
        over = shared->cut;
        if (from == 0)
            take_pilot(shared);
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
        bool all_ready = shared->error == 0;
#pragma omp barrier
        work_all(shared, &r, all_ready);
        replicate_release(&r);
    }
    if (shared->error != 0)
        return shared->error;
    return shared->cut ? ERROR_STOPPED : 0;
}

static void release_shared(struct shared *shared)
{
    for (int k = 0; k < PILOT && shared->pilot != NULL; k++)
        release_pilot(&shared->pilot[k]);
    free(shared->pilot);
    free(shared->period_lock);
}

static int allocate(struct shared *shared)
{
    const struct experiment *x = shared->experiment;
    size_t months = (size_t)experiment_months(x), years = (size_t)experiment_years(x);
    size_t n = (size_t)x->series.n;
    int status = statistics_init(&shared->ensemble->monthly, months * n, !x->all_dyads);
    if (status == 0)
        status = statistics_init(&shared->ensemble->yearly, years * n, true);
    shared->period_lock = calloc(months + years, sizeof *shared->period_lock);
    shared->pilot = calloc(PILOT, sizeof *shared->pilot);
    if (status != 0 || shared->period_lock == NULL || shared->pilot == NULL)
        return ERROR_NOMEM;
    for (uint32_t k = 0; k < PILOT && k < shared->request->n; k++) {
        struct pilot *pilot = &shared->pilot[k];
        bool binned = shared->ensemble->monthly.bins != NULL;
        pilot->monthly = binned ? calloc(months * n, sizeof(double)) : NULL;
        pilot->yearly = calloc(years * n, sizeof(double));
        if ((binned && pilot->monthly == NULL) || pilot->yearly == NULL)
            return ERROR_NOMEM;
    }
    return 0;
}

int ensemble_run(struct ensemble *e, const struct experiment *x,
                 const struct ensemble_request *request)
{
    int periods = experiment_months(x) + experiment_years(x);
    *e = (struct ensemble){0};
    struct shared shared = {.ensemble = e, .experiment = x, .request = request};
    int status = allocate(&shared);
    if (status == 0) {
        for (int k = 0; k < periods; k++)
            omp_init_lock(&shared.period_lock[k]);
        status = run(&shared, request->threads > 0 ? request->threads : ensemble_threads());
        for (int k = 0; k < periods; k++)
            omp_destroy_lock(&shared.period_lock[k]);
    }
    release_shared(&shared);
    return status;
}

void ensemble_release(struct ensemble *e)
{
    statistics_release(&e->monthly);
    statistics_release(&e->yearly);
    *e = (struct ensemble){0};
}
