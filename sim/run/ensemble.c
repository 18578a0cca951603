#include "run/ensemble.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/team.h"

/* The first batch frames the bins of quantiles. */
enum { BATCH = 1024, PILOT = 32 };

/* The run as all threads see it. */
struct shared {
    struct ensemble *ensemble;           /* [n_arms] */
    const struct experiment *experiment; /* [n_arms] */
    int n_arms;
    int *branch; /* [n_arms] the tick at which an arm parts from the first */
    const struct ensemble_request *request;
    omp_lock_t *period_lock; /* [months + years] */
    struct pilot *pilot;     /* [n_arms · PILOT] */
    int error;               /* first failure of a listener or of a thread's allocation */
    int cut;                 /* a replicate was left out, so that none after it counts */
};

/* What one thread runs in. */
struct worker {
    struct team team;
    bool *counts; /* [lanes · n_arms] */
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

static void fold(const struct experiment *x, struct statistics *into, omp_lock_t *locks,
                 int periods, const double *values)
{
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

/* Hands a replicate's row on, in order. Returns whether it counts. */
static bool report(struct shared *shared, const struct replicate *r, uint32_t number, int arm,
                   int status)
{
    const struct ensemble_listener *listener = &shared->request->listener;
    if (shared->cut)
        return false;
    int error = status;
    if (status != ERROR_NOMEM) /* which would make the results depend on the machine */
        error = listener->row(listener->user, number, arm, status, r);
    if (error != 0) {
        shared->error = error;
        cut(shared);
        return false;
    }
    shared->ensemble[arm].done++;
    shared->ensemble[arm].failed += status != 0;
    return status == 0;
}

static void report_all(struct shared *shared, struct worker *w, uint32_t number, bool ran, int lane)
{
    const struct ensemble_listener *listener = &shared->request->listener;
    if (!ran)
        cut(shared);
    for (int a = 0; a < shared->n_arms; a++)
        w->counts[lane * shared->n_arms + a] =
            report(shared, &w->team.replicate[a], number, a, w->team.status[a]);
    if (!shared->cut && listener->progress != NULL)
        listener->progress(listener->user, shared->ensemble[0].done);
}

static void fold_monthly(struct shared *shared, int arm, const double *monthly)
{
    const struct experiment *x = &shared->experiment[arm];
    fold(x, &shared->ensemble[arm].monthly, shared->period_lock, experiment_months(x), monthly);
}

static void fold_yearly(struct shared *shared, int arm, const double *yearly)
{
    const struct experiment *x = &shared->experiment[arm];
    fold(x, &shared->ensemble[arm].yearly, shared->period_lock + experiment_months(x),
         experiment_years(x), yearly);
}

/* Folds a replicate, or keeps of the first batch what needs bins. */
static void take(struct shared *shared, int arm, const struct replicate *r, struct pilot *pilot)
{
    const struct experiment *x = &shared->experiment[arm];
    size_t n = (size_t)x->series.n * sizeof(double);
    if (pilot == NULL || pilot->monthly == NULL)
        fold_monthly(shared, arm, r->monthly);
    else
        memcpy(pilot->monthly, r->monthly, (size_t)experiment_months(x) * n);
    if (pilot == NULL || pilot->yearly == NULL) {
        fold_yearly(shared, arm, r->yearly);
        return;
    }
    memcpy(pilot->yearly, r->yearly, (size_t)experiment_years(x) * n);
    pilot->counts = true;
}

/* The share of one thread in the replicates of a batch, some at a time. `ordered` hands rows on one
 * after the other while the next replicates are under way; the statistics, which need no order, are
 * folded outside of it. */
static void work(struct shared *shared, struct worker *w, uint32_t from, uint32_t to)
{
    const struct ensemble_request *q = shared->request;
    const uint32_t lanes = (uint32_t)w->team.lanes;
#pragma omp for ordered schedule(dynamic, 1)
    for (uint32_t k = from; k < to; k += lanes) {
        const int n = (int)(to - k < lanes ? to - k : lanes);
        bool ran = !is_over(shared);
        if (ran)
            team_run(&w->team, q->first + k);
#pragma omp ordered
        for (int l = 0; l < n; l++) {
            team_show(&w->team, l);
            report_all(shared, w, q->first + k + (uint32_t)l, ran, l);
        }
        for (int l = 0; l < n; l++) {
            team_show(&w->team, l);
            for (int a = 0; a < shared->n_arms; a++)
                if (w->counts[l * shared->n_arms + a])
                    take(shared, a, &w->team.replicate[a],
                         k < PILOT ? &shared->pilot[a * PILOT + (int)k + l] : NULL);
        }
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

static void frame(struct shared *shared, int arm, bool yearly)
{
    const struct experiment *x = &shared->experiment[arm];
    struct ensemble *e = &shared->ensemble[arm];
    struct statistics *s = yearly ? &e->yearly : &e->monthly;
    for (size_t cell = 0; cell < s->n_cells && s->bins != NULL; cell++) {
        int series = (int)(cell % (size_t)x->series.n), period = (int)(cell / (size_t)x->series.n);
        int months = yearly ? experiment_months_of(x, period) : 1;
        double seen[2];
        if (seen_in_pilot(shared->pilot + arm * PILOT, yearly, cell, seen))
            statistics_frame(s, cell, &x->scales[series], seen,
                             experiment_grain(x, series, months));
    }
}

/* Frames the bins by the first batch, then folds it. */
static void take_pilot(struct shared *shared)
{
#pragma omp single
    for (int a = 0; a < shared->n_arms; a++) {
        frame(shared, a, false);
        frame(shared, a, true);
    }
#pragma omp for
    for (int k = 0; k < PILOT * shared->n_arms; k++) {
        struct pilot *pilot = &shared->pilot[k];
        if (pilot->counts && pilot->monthly != NULL)
            fold_monthly(shared, k / PILOT, pilot->monthly);
        if (pilot->counts)
            fold_yearly(shared, k / PILOT, pilot->yearly);
        release_pilot(pilot);
    }
}

/* Batch after batch, since a loop of OpenMP cannot be left: after the last replicate that counts,
 * millions would have to be passed over. All threads must agree whether there is another batch, so
 * none may enter it before the others have looked. */
static void work_all(struct shared *shared, struct worker *w)
{
    uint32_t n = shared->request->n;
    bool over = false;
    for (uint32_t from = 0, to; from < n && !over; from = to) {
        uint32_t size = from == 0 ? PILOT : BATCH;
        to = n - from > size ? from + size : n;
        work(shared, w, from, to);
        over = shared->cut;
        if (from == 0)
            take_pilot(shared);
#pragma omp barrier
    }
}

/* ---- rooms ---------------------------------------------------------------------------------- */

static void release_worker(struct worker *w)
{
    team_release(&w->team);
    free(w->counts);
}

static int init_worker(const struct shared *shared, struct worker *w)
{
    *w =
        (struct worker){.counts = calloc(KERNEL_LANES * (size_t)shared->n_arms, sizeof *w->counts)};
    const uint32_t threads = (uint32_t)omp_get_num_threads();
    int status = team_init(&w->team, shared->experiment, shared->n_arms, shared->branch,
                           (shared->request->n - 1) / threads + 1);
    return w->counts == NULL ? ERROR_NOMEM : status;
}

static int run(struct shared *shared, int threads)
{
#pragma omp parallel num_threads(threads)
    {
        struct worker w;
        bool ready = init_worker(shared, &w) == 0;
        if (!ready) {
#pragma omp atomic write
            shared->error = ERROR_NOMEM;
        }
#pragma omp barrier
        bool all_ready = shared->error == 0;
#pragma omp barrier
        if (all_ready)
            work_all(shared, &w);
        release_worker(&w);
    }
    if (shared->error != 0)
        return shared->error;
    return shared->cut ? ERROR_STOPPED : 0;
}

static void release_shared(struct shared *shared)
{
    for (int k = 0; k < PILOT * shared->n_arms && shared->pilot != NULL; k++)
        release_pilot(&shared->pilot[k]);
    free(shared->pilot);
    free(shared->period_lock);
    free(shared->branch);
}

/* Statistics of an arm, and its part of the first batch. */
static int allocate_arm(struct shared *shared, int arm)
{
    const struct experiment *x = &shared->experiment[arm];
    struct ensemble *e = &shared->ensemble[arm];
    size_t months = (size_t)experiment_months(x), years = (size_t)experiment_years(x);
    size_t n = (size_t)x->series.n;
    const uint32_t most = shared->request->n;
    int status = statistics_init(&e->monthly, months * n, x->record == RECORD_DEFAULT, most);
    if (status == 0)
        status = statistics_init(&e->yearly, years * n, x->record >= RECORD_DEFAULT, most);
    for (uint32_t k = 0; k < PILOT && k < shared->request->n && status == 0; k++) {
        struct pilot *pilot = &shared->pilot[arm * PILOT + (int)k];
        pilot->monthly = e->monthly.bins ? calloc(months * n + 1, sizeof(double)) : NULL;
        pilot->yearly = e->yearly.bins ? calloc(years * n + 1, sizeof(double)) : NULL;
        if ((e->monthly.bins && pilot->monthly == NULL) ||
            (e->yearly.bins && pilot->yearly == NULL))
            status = ERROR_NOMEM;
    }
    return status;
}

static int allocate(struct shared *shared)
{
    const struct experiment *x = shared->experiment;
    size_t n = (size_t)shared->n_arms;
    shared->period_lock =
        calloc((size_t)(experiment_months(x) + experiment_years(x)), sizeof *shared->period_lock);
    shared->pilot = calloc(n * PILOT, sizeof *shared->pilot);
    shared->branch = team_branches(x, shared->n_arms);
    int status = shared->period_lock && shared->pilot && shared->branch ? 0 : ERROR_NOMEM;
    for (int a = 0; a < shared->n_arms && status == 0; a++)
        status = allocate_arm(shared, a);
    return status;
}

int ensemble_run(struct ensemble *e, const struct experiment *x, int n_arms,
                 const struct ensemble_request *request)
{
    int periods = experiment_months(x) + experiment_years(x);
    memset(e, 0, (size_t)n_arms * sizeof *e);
    struct shared shared = {.ensemble = e, .experiment = x, .n_arms = n_arms, .request = request};
    const int threads = request->threads > 0 ? request->threads : ensemble_threads();
    int status = allocate(&shared);
    if (status == 0) {
        for (int k = 0; k < periods; k++)
            omp_init_lock(&shared.period_lock[k]);
        status = run(&shared, threads);
        for (int k = 0; k < periods; k++)
            omp_destroy_lock(&shared.period_lock[k]);
    }
    for (int a = 0; a < n_arms; a++)
        e[a].threads = threads;
    release_shared(&shared);
    return status;
}

void ensemble_release(struct ensemble *e)
{
    statistics_release(&e->monthly);
    statistics_release(&e->yearly);
    *e = (struct ensemble){0};
}
