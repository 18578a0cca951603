#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/show.h"

enum { DEFAULT_REPLICATES = 100 };

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

static int write_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct job *job = user;
    (void)arm;
    output_outcomes_row(job->outcomes, number, status, r);
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
    session_now(job->started);
    const struct rule *rule = &job->experiment.rule;
    if (rule->expected && !rule->serial && !job->experiment.jittered && job->planned > 1)
        fprintf(stderr,
                "waltz: scenario.moves = \"expected\" leaves nothing to chance: all replicates "
                "are alike, so -n 1 tells all\n");
    progress_start(&job->progress, job->planned, o->quiet);
    int status = ensemble_run(&job->ensemble, &job->experiment, 1, &request);
    progress_end(&job->progress);
    job->seconds = progress_clock() - job->progress.started;
    return status;
}

static int write_results(struct job *job)
{
    const struct folder *folder = &job->folder;
    struct manifest m = {
        .started = job->started,
        .status = job->ensemble.done == job->planned ? "complete" : "interrupted",
        .seconds = job->seconds,
        .planned = job->planned,
        .first = job->first,
    };
    int status = folder_close_file(job->outcomes);
    job->outcomes = NULL;
    if (status == 0)
        status =
            write_file(folder, "summary.csv", &job->experiment, &job->ensemble, output_summary);
    if (status == 0)
        status = write_file(folder, "yearly.csv", &job->experiment, &job->ensemble, output_yearly);
    if (status == 0)
        status = write_effective(folder, job->scenario, &m.configuration);
    if (status == 0)
        status = write_manifest(folder, job->options, &job->experiment, &job->ensemble, &m);
    return status == 0 ? folder_commit(&job->folder) : status;
}

static int choose_kernel(struct job *job, struct diag *diag)
{
    const char *name = job->options->kernel;
    const struct kernel *kernels[KERNELS];
    const int n = kernel_list(kernels);
    struct text names = {0};
    const struct kernel *wanted = name == NULL ? NULL : kernel_find(name), *used;
    job->experiment.kernel = wanted;
    used = experiment_kernel(&job->experiment, 1, 1);
    if (wanted != NULL && used != wanted)
        fprintf(stderr,
                "waltz: --kernel %s steps replicates side by side, which jitter_days and order "
                "= serial do not allow: %s is used\n",
                name, used->name);
    if (name == NULL || wanted != NULL)
        return 0;
    for (int k = 0; k < n; k++)
        text_printf(&names, "%s%s", k == 0 ? "" : ", ", kernels[k]->name);
    diag_error(diag, diag_at(NULL, 0), "--kernel %s: allowed on this processor: %s", name, names.s);
    text_release(&names);
    return ERROR_USAGE;
}

static int prepare(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = load_scenario(&job->scenario, o->arguments[0], o->sets, o->n_sets, diag);
    if (status == 0)
        status = experiment_init(&job->experiment, job->scenario, o->seed,
                                 o->record_dyads ? RECORD_ALL_DYADS : RECORD_DEFAULT, diag);
    if (status == 0)
        status = choose_kernel(job, diag);
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
    fprintf(stderr,
            "waltz: %s after %" PRIu32 " of %" PRIu32
            " replicates; what is done is kept. A new run "
            "with the same seed has the same replicates, from the first on.\n",
            stop_word(), job->ensemble.done, job->planned);
    return 128 + (int)stop_signal;
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
        return tell_failure(&job->folder, status, job->cause != 0 ? job->cause : errno);
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
    guard_folder(&job.folder);
    int status = diag_status(&diag, prepare(&job, &diag));
    print_diag(&diag);
    int code = status == 0 ? finish(&job, simulate(&job)) : fail(status, &diag);
    if (job.outcomes != NULL)
        fclose(job.outcomes);
    ensemble_release(&job.ensemble);
    guard_folder(NULL);
    folder_release(&job.folder);
    experiment_release(&job.experiment);
    scenario_free(job.scenario);
    diag_release(&diag);
    return code;
}
