#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/page.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/shard.h"
#include "cli/sweep_tell.h"
#include "run/folder.h"
#include "run/sweep.h"
#include "run/sweep_extend.h"

struct job {
    const struct options *options;
    struct design design;
    struct base base;
    uint64_t seed;
    int64_t replicates;
    struct sweep_shard shard;
    struct plan plan;
    struct subject subject;
    struct store_design wanted;
    char *place; /* of the store */
    struct store store;
    struct progress progress;
    struct sweep_result result;
};

/* ---- what is asked -------------------------------------------------------------------------- */

static int prepare(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = load_base(&job->base, &job->design, o->sets, o->n_sets, diag);
    job->seed = o->seeded ? o->seed : (uint64_t)job->design.sweep.seed;
    job->replicates = job->design.sweep.replicates;
    if (o->replicates > 0)
        job->replicates = o->replicates;
    if (status == 0)
        status = plan_init(&job->plan, &job->design, job->base.scenario, &job->base.sets, job->seed,
                           diag);
    if (status == 0)
        status = subject_init(&job->subject, &job->plan, job->base.frozen.path, job->seed, diag);
    if (status == 0 && job->shard.shards > job->plan.cells) {
        diag_error(diag, diag_at(job->design.file, 0),
                   "%" PRIu32 " cells cannot be divided into %" PRId64 " shards", job->plan.cells,
                   job->shard.shards);
        status = ERROR_USAGE;
    }
    if (status == 0)
        status = plan_try(&job->plan, job->base.path, &job->base.sets, diag);
    if (status == 0)
        status = sweep_describe(&job->wanted, &job->subject, job->replicates, job->shard,
                                job->base.frozen.text);
    return status;
}

/* ---- the store ------------------------------------------------------------------------------ */

static int refuse(const struct job *job, const struct text *what, const char *allowed,
                  struct diag *diag)
{
    return diag_error(diag, diag_at(job->place, 0), "holds another sweep: %s; allowed: %s",
                      what->s == NULL ? "" : what->s, allowed);
}

static int fit(struct job *job, struct diag *diag)
{
    struct text what = {0};
    enum sweep_difference found = sweep_compare(&job->store.design, &job->wanted, &what);
    int status = 0;
    if (found == SWEEP_OTHER)
        status =
            refuse(job, &what, "the same design, scenario, seed and model, or another -o", diag);
    else if (found != SWEEP_SAME && !job->options->extend)
        status = refuse(job, &what, "--extend to run what is missing, or another -o", diag);
    else if (found != SWEEP_SAME)
        status = sweep_extend(&job->store, &job->plan, &job->wanted, found, diag);
    text_release(&what);
    return status;
}

static int open_store(struct job *job, struct diag *diag)
{
    bool missing = false;
    int status = store_open(&job->store, job->place, STORE_WRITE, &missing, diag);
    if (status == 0 && !missing) {
        status = store_verify(&job->store, diag);
        return status == 0 ? fit(job, diag) : status;
    }
    if (status != 0)
        return status;
    if (job->options->retry_failed || job->options->extend)
        return diag_error(diag, diag_at(job->place, 0),
                          "there is no store here; allowed: --extend and --retry-failed for one "
                          "that is");
    store_close(&job->store);
    if (folder_make_parents(job->place) != 0) {
        diag_error(diag, diag_at(job->place, 0), "cannot make the folder: %s", strerror(errno));
        return ERROR_IO;
    }
    return store_create(&job->store, job->place, &job->wanted, diag);
}

/* ---- running -------------------------------------------------------------------------------- */

static void show(void *user, int64_t replicates)
{
    progress_show(user, (uint64_t)replicates);
}

static int run(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    char started[32], host[256] = "", shard[64];
    session_now(started);
    gethostname(host, sizeof host - 1);
    snprintf(shard, sizeof shard, "%" PRId64 "/%" PRId64, job->shard.shard, job->shard.shards);
    int threads = o->threads > 0 ? o->threads : ensemble_threads();
    const struct sweep_request request = {
        .store = &job->store,
        .subject = &job->subject,
        .run = {started, host, shard, o->command_line, threads},
        .threads = threads,
        .stop = &stop_signal,
        .retry = o->retry_failed,
        .seconds = progress_clock,
        .now = session_now,
        .progress = show,
        .user = &job->progress,
    };
    int status = sweep_count(&job->store, &job->result);
    if (status != 0)
        return store_failed(&job->store, status, "read", diag);
    const int64_t planned = job->result.own * job->store.design.replicates;
    progress_start(&job->progress, (uint64_t)planned, o->quiet);
    job->progress.before = (uint64_t)job->result.replicates;
    if (o->retry_failed && job->result.failed == 0)
        fprintf(stderr, "waltz: no cell has failed; without --retry-failed the sweep goes on\n");
    status = sweep_run(&request, &job->result, diag);
    progress_end(&job->progress);
    return status;
}

/* NAME.db gives NAME.html, any other name keeps its ending. */
static void tell_page(const char *store)
{
    size_t n = strlen(store);
    bool named = n > 3 && strcmp(store + n - 3, ".db") == 0;
    printf("%.*s.html\n", (int)(named ? n - 3 : n), store);
}

static int finish(struct job *job, int status, const struct diag *diag)
{
    const struct options *o = job->options;
    const struct sweep_result *r = &job->result;
    if (status != 0 && status != ERROR_STOPPED) {
        fprintf(stderr, "waltz: what was committed is kept in %s; the same command goes on\n",
                job->place);
        return fail(status, diag);
    }
    if (!o->quiet)
        sweep_tell(&job->store, r);
    int code = status == ERROR_STOPPED ? 128 + (int)stop_signal : r->failed > 0 ? 1 : 0;
    if (r->failed > 0)
        sweep_tell_failures(&job->store, r->failed);
    if (status == ERROR_STOPPED)
        fprintf(stderr,
                "waltz: %s with %" PRId64 " of %" PRId64
                " cells complete; what is done is kept, the same command goes on\n",
                stop_word(), r->complete, r->own);
    bool whole = r->complete + r->failed == r->own && job->shard.shards == 1;
    store_close(&job->store);
    if (whole && !o->no_report && !o->quiet && page_write("sweep", job->place))
        tell_page(job->place);
    printf("%s\n", job->place);
    return code;
}

/* ---- the command ---------------------------------------------------------------------------- */

static void release(struct job *job)
{
    store_close(&job->store);
    store_design_release(&job->wanted);
    subject_release(&job->subject);
    plan_release(&job->plan);
    base_release(&job->base);
    design_release(&job->design);
    free(job->place);
    free(job);
}

static int work(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    if (o->retry_failed && o->extend) {
        fprintf(stderr, "waltz sweep: --retry-failed and --extend: allowed: one of them\n");
        return error_exit_code(ERROR_USAGE);
    }
    int status = design_load(&job->design, o->arguments[0], diag);
    if (status == 0)
        status = shard_find(o->shard, &job->shard);
    if (status == 0) {
        job->place = shard_store(o->folder, job->design.sweep.name, job->shard);
        status = job->place == NULL ? ERROR_NOMEM : shard_check_name(job->place);
    }
    if (status == 0 && o->status) {
        status = sweep_status(job->place, diag);
        print_diag(diag);
        return status == 0 ? 0 : fail(status, diag);
    }
    if (status == 0)
        status = prepare(job, diag);
    if (status == 0 && o->dry_run) {
        status = sweep_forecast(&job->subject, &job->wanted, o->threads, job->place);
        print_diag(diag);
        return status == 0 ? 0 : fail(status, diag);
    }
    catch_signals();
    if (status == 0)
        status = open_store(job, diag);
    if (status != 0) {
        print_diag(diag);
        return status == ERROR_USAGE ? error_exit_code(status) : fail(status, diag);
    }
    status = run(job, diag);
    print_diag(diag);
    return finish(job, status, diag);
}

int cmd_sweep(const struct options *o)
{
    if (o->n_arguments != 1) {
        fprintf(stderr, "waltz sweep: one design is needed; `waltz sweep --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    struct diag diag = {0};
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return fail(ERROR_NOMEM, NULL);
    job->options = o;
    job->base.frozen.file = job->store.lock = -1;
    int code = work(job, &diag);
    release(job);
    diag_release(&diag);
    return code;
}
