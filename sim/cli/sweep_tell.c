#include "cli/sweep_tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "cli/progress.h"
#include "run/ensemble.h"

enum { ROWS_MOST = 40, TRIED = 4, TRIED_REPLICATES = 4 };

/* ---- the summary ---------------------------------------------------------------------------- */

static void tell_counts(const struct store *s, const struct sweep_result *r)
{
    printf("%s: %" PRId64 " of %" PRId64 " cells complete", s->path, r->complete, r->own);
    if (r->failed > 0)
        printf(", %" PRId64 " failed", r->failed);
    printf(", %" PRId64 " replicates a cell%s%s\n", s->design.replicates,
           s->design.precision > 0 ? " at most" : "",
           s->design.arms.n > 1 ? ", each in all arms" : "");
}

static void tell_header(const struct store_design *d)
{
    for (int f = 0; f < d->n_factors; f++)
        printf("  %12s", d->factors[f].name);
    printf("  %12s  %-16s %24s %8s\n", "arm", "outcome", "mean", "n");
}

/* One row a summary, its standard error behind the mean. */
static void tell_rows(struct store *s)
{
    const struct store_design *d = &s->design;
    struct db_query *q = db_query(
        s->db, "SELECT cells.*, arm, outcome, mean, mcse, n FROM cells JOIN summaries USING (cell) "
               "WHERE cause IS NULL ORDER BY cell, arm, outcome");
    int at = d->n_factors + 5; /* cell, factors, done, cause, error, checksum */
    while (q != NULL && db_next(q) == 1) {
        char mean[64] = "NA";
        for (int f = 0; f < d->n_factors; f++)
            printf("  %12s", db_get_text(q, 1 + f));
        if (!db_is_null(q, at + 2))
            snprintf(mean, sizeof mean, db_is_null(q, at + 3) ? "%.4g" : "%.4g ± %.2g",
                     db_get_real(q, at + 2), db_get_real(q, at + 3));
        printf("  %12s  %-16s %*s %8" PRId64 "\n", db_get_text(q, at), db_get_text(q, at + 1),
               24 + (strstr(mean, "±") != NULL), mean, db_get_int(q, at + 4));
    }
}

void sweep_tell(struct store *s, const struct sweep_result *r)
{
    tell_counts(s, r);
    if (r->begun * s->design.arms.n * s->design.outcomes.n > ROWS_MOST)
        return;
    tell_header(&s->design);
    tell_rows(s);
}

void sweep_tell_failures(struct store *s, int64_t failed)
{
    struct db_query *q = db_query(
        s->db, "SELECT cell, cause FROM cells WHERE cause IS NOT NULL ORDER BY cell LIMIT 5");
    while (q != NULL && db_next(q) == 1)
        fprintf(stderr, "waltz: cell %" PRId64 " failed: %s\n", db_get_int(q, 0),
                db_get_text(q, 1));
    bool one = failed == 1;
    if (failed > 0)
        fprintf(stderr,
                "waltz: %" PRId64
                " cell%s failed; the store has %s, --retry-failed runs %s again\n",
                failed, one ? "" : "s", one ? "its cause" : "their causes", one ? "it" : "them");
}

/* ---- how far it is -------------------------------------------------------------------------- */

/* Replicates a second of the last run's last batches; 0 if it has none. */
static double rate_of(struct store *s)
{
    struct db_query *q = db_query(s->db, "SELECT total(seconds), total(replicates) FROM (SELECT * "
                                         "FROM batches WHERE run = (SELECT max(run) FROM batches) "
                                         "ORDER BY batch DESC LIMIT 20)");
    double rate = 0;
    if (q != NULL && db_next(q) == 1 && db_get_real(q, 0) > 0)
        rate = db_get_real(q, 1) / db_get_real(q, 0);
    if (q != NULL)
        db_reset(q);
    return rate;
}

static int tell_status(struct store *s)
{
    struct sweep_result r;
    int status = sweep_count(s, &r);
    if (status != 0)
        return status;
    double rate = rate_of(s);
    int64_t planned = r.own * s->design.replicates, done = r.replicates;
    tell_counts(s, &r);
    printf("%" PRId64 " of %" PRId64 " replicates, %" PRId64 " cells begun", done, planned,
           r.begun);
    if (rate > 0)
        printf(", %.1f replicates per second in the last run", rate);
    if (rate > 0 && r.complete + r.failed < r.own)
        printf(", %.0f s left%s", (double)(planned - done) / rate,
               s->design.precision > 0 ? " at most" : "");
    printf("\n");
    sweep_tell_failures(s, r.failed);
    return 0;
}

int sweep_status(const char *path, struct diag *diag)
{
    struct store s;
    int status = store_open(&s, path, STORE_READ, NULL, diag);
    if (status == 0)
        status = store_failed(&s, tell_status(&s), "read", diag);
    store_close(&s);
    return status;
}

/* ---- what it would take --------------------------------------------------------------------- */

/* Bytes of a store: what tables of SQLite took in stores of the shipped designs. */
static double bytes_of(const struct subject *s, const struct store_design *d)
{
    double rows = (double)store_design_own_cells(d) * (double)d->replicates * s->n_arms;
    double cell = 60 + 9.0 * d->n_factors + 8.0 * (double)subject_sums(s) +
                  s->n_arms * s->n_outcomes * 75.0 + 40.0 * s->n_claims;
    return rows * (28 + 9.0 * s->n_outcomes) + (double)store_design_own_cells(d) * cell +
           (double)strlen(store_design_value(d, "scenario"));
}

/* Seconds of one replicate in all arms on one core, over some cells, their loading included; 0 if
 * none ran. 0 or ERROR_NOMEM. */
static int measure(const struct subject *s, double *each)
{
    struct worker w;
    double seconds = 0, replicates = 0;
    int status = worker_init(&w, s);
    for (uint32_t k = 0; k < TRIED && status == 0; k++) {
        uint32_t cell = (uint32_t)((uint64_t)k * (s->plan->cells - 1) / (TRIED - 1));
        struct unit *u = unit_make(s, cell, 0, TRIED_REPLICATES);
        double began = progress_clock();
        if (u == NULL) {
            status = ERROR_NOMEM;
            break;
        }
        worker_run(&w, u, NULL);
        seconds += u->n > 0 ? progress_clock() - began : 0;
        replicates += u->n;
        unit_free(u);
    }
    worker_release(&w);
    *each = replicates > 0 ? seconds / replicates : 0;
    return status;
}

static void tell_time(double seconds)
{
    if (seconds < 120)
        printf("%.0f s", seconds);
    else if (seconds < 7200)
        printf("%.0f minutes", seconds / 60);
    else
        printf("%.1f hours", seconds / 3600);
}

int sweep_forecast(const struct subject *s, const struct store_design *d, int threads,
                   const char *place)
{
    double each = 0;
    int status = measure(s, &each);
    if (status != 0)
        return status;
    int used = threads > 0 ? threads : ensemble_threads();
    double replicates = (double)store_design_own_cells(d) * (double)d->replicates;
    printf("store       %s\n", place);
    printf("cells       %" PRId64, store_design_own_cells(d));
    if (d->shards > 1)
        printf(" of %" PRId64 " (shard %" PRId64 "/%" PRId64 ")", d->cells, d->shard, d->shards);
    printf("\nfactors     %d\n", d->n_factors);
    printf("replicates  %.0f (%" PRId64 " a cell%s), each in %d arm%s\n", replicates, d->replicates,
           d->precision > 0 ? " at most" : "", s->n_arms, s->n_arms > 1 ? "s" : "");
    printf("disk        about %.3g MB\n", bytes_of(s, d) / 1e6);
    if (each == 0) {
        printf("time        not known: none of %d cells that were tried ran\n", TRIED);
        return ERROR_NUMERIC;
    }
    printf("time        about ");
    tell_time(replicates * each / used);
    printf(" on %d threads (%.3g s for a replicate on one, measured)\n", used, each);
    return 0;
}
