#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "run/folder.h"
#include "run/output.h"
#include "scenario/config.h"

enum { DEFAULT_REPLICATES = 100 };

/* The signal that asked for the end, 0 none. */
static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
    signal(number, SIG_DFL); /* a second one ends at once */
}

struct job {
    const struct options *options;
    struct scenario *scenario;
    struct experiment experiment;
    struct folder folder;
    FILE *outcomes;
    struct ensemble ensemble;
    struct progress progress;
    uint32_t first, planned;
    int cause; /* errno of a row that could not be written, in whatever thread */
    double seconds;
    char started[32];
};

static int write_row(void *user, uint32_t replicate, int status, const char *failure,
                     const double *outcomes)
{
    struct job *job = user;
    output_outcomes_row(job->outcomes, &job->experiment, replicate, status, failure, outcomes);
    if (!ferror(job->outcomes))
        return 0;
    job->cause = errno;
    return ERROR_IO;
}

static void show_progress(void *user, uint32_t done)
{
    progress_show(&((struct job *)user)->progress, done);
}

static int simulate(struct job *job)
{
    const struct options *o = job->options;
    job->first = o->one_replicate ? o->replicate : 0;
    job->planned = o->one_replicate ? 1 : o->replicates > 0 ? o->replicates : DEFAULT_REPLICATES;
    struct ensemble_request request = {
        .first = job->first,
        .n = job->planned,
        .threads = o->threads,
        .stop = &stop_signal,
        .listener = {write_row, show_progress, job},
    };
    time_t now = time(NULL);
    strftime(job->started, sizeof job->started, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    const struct rule *rule = &job->experiment.rule;
    if (rule->expected && !rule->serial && !job->experiment.jittered && job->planned > 1)
        fprintf(stderr,
                "waltz: scenario.moves = \"expected\" leaves nothing to chance: all replicates "
                "are alike, so -n 1 tells all\n");
    progress_start(&job->progress, job->planned, o->quiet);
    int status = ensemble_run(&job->ensemble, &job->experiment, &request);
    progress_end(&job->progress);
    job->seconds = progress_clock() - job->progress.started;
    return status;
}

static int write_file(const struct job *job, const char *name,
                      void (*write)(FILE *, const struct experiment *, const struct ensemble *))
{
    FILE *file = folder_create(&job->folder, name);
    if (file == NULL)
        return ERROR_IO;
    write(file, &job->experiment, &job->ensemble);
    return folder_close_file(file);
}

static int write_effective(const struct job *job, uint64_t *hash)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    if (memory == NULL)
        return ERROR_NOMEM;
    scenario_print(job->scenario, memory);
    bool whole = !ferror(memory);
    whole &= fclose(memory) == 0 && text != NULL;
    if (!whole) {
        free(text);
        return ERROR_NOMEM;
    }
    *hash = output_hash(text);
    FILE *file = folder_create(&job->folder, "effective.cfg");
    if (file != NULL)
        fwrite(text, 1, length, file);
    free(text);
    return file == NULL ? ERROR_IO : folder_close_file(file);
}

static int write_manifest(const struct job *job, uint64_t hash)
{
    const struct options *o = job->options;
    struct manifest m = {
        .command_line = o->command_line,
        .started = job->started,
        .status = job->ensemble.done == job->planned ? "complete" : "interrupted",
        .libconfig = config_library_version(),
        .seconds = job->seconds,
        .threads = o->threads > 0 ? o->threads : ensemble_threads(),
        .planned = job->planned,
        .first = job->first,
        .configuration = hash,
    };
    FILE *file = folder_create(&job->folder, "manifest.json");
    if (file == NULL)
        return ERROR_IO;
    output_manifest(file, &job->experiment, &job->ensemble, &m);
    return folder_close_file(file);
}

static int write_results(struct job *job)
{
    uint64_t hash = 0;
    int status = folder_close_file(job->outcomes);
    job->outcomes = NULL;
    if (status == 0)
        status = write_file(job, "summary.csv", output_summary);
    if (status == 0)
        status = write_file(job, "yearly.csv", output_yearly);
    if (status == 0)
        status = write_effective(job, &hash);
    if (status == 0)
        status = write_manifest(job, hash);
    return status == 0 ? folder_commit(&job->folder) : status;
}

static const struct {
    int number;
    const char *word;
} endings[] = {{SIGINT, "interrupted"}, {SIGTERM, "terminated"}, {SIGHUP, "hung up"}};
enum { N_ENDINGS = sizeof endings / sizeof *endings };

/* From here on a signal leaves no half folder. One that the caller ignores (nohup) stays ignored.
 */
static void catch_signals(void)
{
    for (int k = 0; k < N_ENDINGS; k++)
        if (signal(endings[k].number, on_signal) == SIG_IGN)
            signal(endings[k].number, SIG_IGN);
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away costs its lines, not the run */
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is told as any that cannot be written */
}

static int prepare(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = load_scenario(&job->scenario, o->arguments[0], o->sets, o->n_sets, diag);
    if (status == 0)
        status = experiment_init(&job->experiment, job->scenario, o->seed, o->record_dyads, diag);
    catch_signals();
    if (status == 0)
        status = folder_open(&job->folder, o->folder, job->scenario->general.name, o->force, diag);
    if (status == 0) {
        job->outcomes = folder_create(&job->folder, "outcomes.csv");
        if (job->outcomes == NULL) {
            diag_error(diag, diag_at(job->folder.path, 0), "cannot write in it: %s",
                       strerror(errno));
            return ERROR_IO;
        }
        output_outcomes_header(job->outcomes, &job->experiment);
    }
    return status;
}

/* Says what an interrupted run kept; returns its exit code. */
static int tell_interrupted(const struct job *job)
{
    int k = 0;
    while (k < N_ENDINGS - 1 && endings[k].number != stop_signal)
        k++;
    fprintf(stderr,
            "waltz: %s after %" PRIu32 " of %" PRIu32
            " replicates; what is done is kept. A new run "
            "with the same seed has the same replicates, from the first on.\n",
            endings[k].word, job->ensemble.done, job->planned);
    return 128 + (int)stop_signal;
}

/* Says why there are no results; returns the exit code. */
static int tell_failure(const struct job *job, int status)
{
    bool io = status == ERROR_IO;
    int cause = job->cause != 0 ? job->cause : errno;
    fprintf(stderr, "waltz: %s: %s; ", io ? "cannot write the results" : error_text(status),
            io ? strerror(cause) : "the run has ended");
    if (job->folder.complete)
        fprintf(stderr, "they are kept in %s\n", job->folder.partial);
    else
        fprintf(stderr, "no folder is left\n");
    return error_exit_code(status);
}

static int finish(struct job *job, int status)
{
    bool stopped = status == ERROR_STOPPED;
    if (stopped && job->ensemble.done == 0) {
        fprintf(stderr, "waltz: stopped before the first replicate; nothing is kept\n");
        return 128 + (int)stop_signal;
    }
    if (status == 0 || stopped)
        status = write_results(job);
    if (status != 0)
        return tell_failure(job, status);
    if (!job->options->quiet)
        show_run(&job->experiment, &job->ensemble);
    int code = stopped ? tell_interrupted(job) : 0;
    if (job->ensemble.failed > 0) {
        fprintf(stderr,
                "waltz: %" PRIu32 " of %" PRIu32 " replicates failed; outcomes.csv has the "
                "causes\n",
                job->ensemble.failed, job->ensemble.done);
        code = code == 0 ? 1 : code;
    }
    printf("%s%s\n", job->options->quiet ? "" : "\n", job->folder.path);
    return code;
}

/* libgomp ends the program itself when it finds no memory or cannot start a thread. */
static struct folder *unfinished;

static void leave_no_half(void)
{
    if (unfinished != NULL)
        folder_release(unfinished);
}

int cmd_run(const struct options *o)
{
    struct job job = {.options = o};
    struct diag diag = {0};
    if (o->n_arguments != 1) {
        fprintf(stderr, "waltz run: one scenario is needed; `waltz run --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    if (o->one_replicate && o->replicates > 0) {
        fprintf(stderr, "waltz run: -n and --replicate exclude each other\n");
        return error_exit_code(ERROR_USAGE);
    }
    atexit(leave_no_half);
    unfinished = &job.folder;
    int status = diag_status(&diag, prepare(&job, &diag));
    print_diag(&diag);
    int code = status == 0 ? finish(&job, simulate(&job)) : fail(status, &diag);
    if (job.outcomes != NULL)
        fclose(job.outcomes);
    ensemble_release(&job.ensemble);
    unfinished = NULL;
    folder_release(&job.folder);
    experiment_release(&job.experiment);
    scenario_free(job.scenario);
    diag_release(&diag);
    return code;
}
