#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/load.h"
#include "cli/page.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/show.h"
#include "run/tables.h"

enum { DEFAULT_REPLICATES = 64, CODE_CLAIMS = 4 };

struct job {
    const struct options *options;
    struct scenario *scenario;
    struct draws draws;
    struct reproduction_request request;
    struct reproduction reproduction;
    struct phases phases;
    struct experiment full; /* the first arm, recorded as `run` does */
    struct ensemble ensemble;
    struct folder folder;
    FILE *outcomes;
    struct progress progress;
    int cause; /* errno of a row that could not be written, in whatever thread */
    double seconds;
    char started[32];
};

static int write_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct job *job = user;
    tables_outcomes_row(job->outcomes, number, job->scenario->arms[arm].name, status, r);
    if (!ferror(job->outcomes))
        return 0;
    job->cause = errno;
    return ERROR_IO;
}

static void show_progress(void *user, uint32_t done)
{
    progress_show(&((struct job *)user)->progress, done);
}

static int ignore_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    (void)user, (void)number, (void)arm, (void)status, (void)r;
    return 0;
}

/* ---- running -------------------------------------------------------------------------------- */

/* Outcomes are looked at before there is a folder. */
static int check_readings(const struct job *job, struct diag *diag)
{
    struct experiment x;
    int status = experiment_init(&x, job->scenario, job->options->seed, RECORD_OUTCOMES, diag);
    if (status == 0)
        experiment_release(&x);
    return status;
}

static int prepare(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = load_scenario(&job->scenario, o->arguments[0], o->sets, o->n_sets, diag);
    if (status == 0)
        status = check_readings(job, diag);
    if (status == 0 && o->draws != NULL)
        status = draws_load(&job->draws, o->draws, diag);
    catch_signals();
    if (status == 0)
        status = folder_open(&job->folder, o->folder, job->scenario->general.name, o->force, diag);
    return status;
}

static struct reproduction_request make_request(const struct job *job)
{
    const struct options *o = job->options;
    return (struct reproduction_request){
        .base = job->scenario,
        .path = o->arguments[0],
        .sets = o->sets,
        .n_sets = o->n_sets,
        .draws = o->draws == NULL ? NULL : &job->draws,
        .max_draws = o->max_draws > 0 ? o->max_draws : INT32_MAX,
        .all_arms = o->all_arms,
        .seed = o->seed,
        .n = o->replicates > 0 ? o->replicates : DEFAULT_REPLICATES,
        .ensemble = {.threads = o->threads, .stop = &stop_signal},
    };
}

/* The arms for the scenario's own parameters and for the draws. */
static int run_arms(struct job *job, struct diag *diag)
{
    int draws = job->request.draws == NULL ? 0 : job->draws.csv.n_rows;
    draws = draws < job->request.max_draws ? draws : job->request.max_draws;
    job->request.ensemble.listener = (struct ensemble_listener){write_row, show_progress, job};
    session_now(job->started);
    progress_start(&job->progress, job->request.n * (uint32_t)(1 + draws), job->options->quiet);
    int status = reproduction_run(&job->reproduction, &job->request, diag);
    progress_end(&job->progress);
    return status;
}

/* The first arm again, with all that a run records; a second or two, not to be stopped. */
static int run_full(struct job *job, struct diag *diag)
{
    const struct ensemble_request request = {.n = job->request.n,
                                             .threads = job->request.ensemble.threads,
                                             .listener = {ignore_row, NULL, NULL}};
    int status = experiment_init(&job->full, job->reproduction.arms.scenario[0], job->request.seed,
                                 RECORD_DEFAULT, diag);
    if (status == 0)
        status = ensemble_run(&job->ensemble, &job->full, 1, &request);
    return status;
}

static int simulate(struct job *job, struct diag *diag)
{
    job->outcomes = folder_create(&job->folder, "outcomes.csv");
    if (job->outcomes == NULL)
        return ERROR_IO;
    job->request = make_request(job);
    struct experiment x;
    int status = experiment_init(&x, job->scenario, job->request.seed, RECORD_OUTCOMES, diag);
    if (status != 0)
        return status;
    tables_outcomes_header(job->outcomes, &x);
    experiment_release(&x);
    status = run_arms(job, diag);
    bool stopped = status == ERROR_STOPPED && job->reproduction.n_draws > 0;
    if (status == 0 || stopped) {
        int then = phases_find(&job->phases, &job->reproduction);
        if (then == 0)
            then = run_full(job, diag);
        status = then != 0 ? then : status;
    }
    job->seconds = progress_clock() - job->progress.started;
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static int write_tables(struct job *job)
{
    const struct tables tables = {&job->reproduction, &job->phases};
    int status = 0;
    for (int k = 0; k < n_table_kinds && status == 0; k++) {
        FILE *file = folder_create(&job->folder, table_kinds[k].name);
        if (file == NULL)
            return ERROR_IO;
        status = table_kinds[k].write(file, &tables);
        int closed = folder_close_file(file);
        status = status != 0 ? status : closed;
    }
    return status;
}

static int write_why(const struct job *job)
{
    const struct arms_request request = {.base = job->scenario,
                                         .path = job->options->arguments[0],
                                         .sets = job->options->sets,
                                         .n_sets = job->options->n_sets,
                                         .seed = job->request.seed};
    FILE *file = folder_create(&job->folder, "why.json");
    if (file == NULL)
        return ERROR_IO;
    int status = explain_write(file, &request), closed = folder_close_file(file);
    return status != 0 ? status : closed;
}

static int write_results(struct job *job)
{
    const struct reproduction *p = &job->reproduction;
    const struct folder *folder = &job->folder;
    struct manifest m = {
        .started = job->started,
        .status = p->n_draws == p->planned ? "complete" : "interrupted",
        .seconds = job->seconds,
        .planned = job->request.n,
        .arms = true,
        .draws_planned = p->planned - 1,
        .draws_done = p->n_draws - 1,
        .draws_file = job->options->draws,
    };
    int status = folder_close_file(job->outcomes);
    job->outcomes = NULL;
    if (status == 0)
        status = write_file(folder, "summary.csv", &job->full, &job->ensemble, output_summary);
    if (status == 0)
        status = write_file(folder, "yearly.csv", &job->full, &job->ensemble, output_yearly);
    if (status == 0)
        status = write_tables(job);
    if (status == 0)
        status = write_why(job);
    if (status == 0)
        status = write_effective(folder, job->scenario, &m.configuration);
    if (status == 0)
        status = write_manifest(folder, job->options, &job->full, &job->ensemble, &m);
    return status == 0 ? folder_commit(&job->folder) : status;
}

/* ---- the end -------------------------------------------------------------------------------- */

/* Replicates that failed in some arm, of all draws. */
static uint32_t failed(const struct reproduction *p)
{
    uint32_t n = 0;
    for (int k = 0; k < p->n_draws; k++)
        n += p->request->n - p->draws[k].n;
    return n;
}

static int finish(struct job *job, int status, const struct diag *diag)
{
    const struct reproduction *p = &job->reproduction;
    bool stopped = status == ERROR_STOPPED;
    int missed = 0;
    if (stopped && p->n_draws == 0) {
        fprintf(stderr, "waltz: stopped before the scenario's own parameters were done; nothing is "
                        "kept\n");
        return 128 + (int)stop_signal;
    }
    if (status == ERROR_INPUT)
        return fail(status, diag);
    if (status == 0 || stopped)
        status = write_results(job);
    if (status != 0)
        return tell_failure(&job->folder, status, job->cause != 0 ? job->cause : errno);
    if (show_claims(p, job->options->quiet, &missed) != 0)
        return fail(ERROR_NOMEM, NULL);
    int code = missed > 0 ? CODE_CLAIMS : 0;
    if (failed(p) > 0) {
        fprintf(stderr,
                "waltz: %" PRIu32 " replicates failed in some arm and are left out of all; "
                "outcomes.csv has the causes of the first draw's\n",
                failed(p));
        code = 1;
    }
    if (stopped) {
        fprintf(stderr, "waltz: %s after %d of %d draws; what is done is kept\n", stop_word(),
                p->n_draws - 1, p->planned - 1);
        code = 128 + (int)stop_signal;
    }
    if (!job->options->no_report)
        page_write("report", job->folder.path);
    printf("%s%s\n", job->options->quiet ? "" : "\n", job->folder.path);
    return code;
}

int cmd_reproduce(const struct options *o)
{
    if (o->n_arguments != 1) {
        fprintf(stderr,
                "waltz reproduce: one scenario is needed; `waltz reproduce --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    if (!load_again(o->arguments[0])) {
        fprintf(stderr,
                "waltz reproduce: %s is read once for each arm; allowed: a file that stays\n",
                o->arguments[0]);
        return error_exit_code(ERROR_USAGE);
    }
    struct diag diag = {0};
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return fail(ERROR_NOMEM, NULL);
    job->options = o;
    guard_folder(&job->folder);
    int status = diag_status(&diag, prepare(job, &diag));
    bool prepared = status == 0;
    if (prepared)
        status = simulate(job, &diag);
    print_diag(&diag);
    int code = prepared ? finish(job, status, &diag) : fail(status, &diag);
    if (job->outcomes != NULL)
        fclose(job->outcomes);
    phases_release(&job->phases);
    ensemble_release(&job->ensemble);
    experiment_release(&job->full);
    reproduction_release(&job->reproduction);
    draws_release(&job->draws);
    guard_folder(NULL);
    folder_release(&job->folder);
    scenario_free(job->scenario);
    free(job);
    diag_release(&diag);
    return code;
}
