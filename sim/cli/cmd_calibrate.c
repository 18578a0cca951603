#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/session.h"
#include "cli/shard.h"
#include "run/posterior.h"
#include "run/sweep.h"

enum { FEW = 30 }; /* effective sample size below which a posterior says little */

struct job {
    const struct options *options;
    struct design design;
    struct base base;
    struct store store;
    struct posterior posterior;
    struct folder folder;
    char *place; /* of the store */
    uint64_t seed;
};

/* ---- the prior sweep ------------------------------------------------------------------------ */

static int check_finished(struct job *job, struct diag *diag)
{
    struct sweep_result r;
    const struct store_design *d = &job->store.design;
    int status = store_verify(&job->store, diag);
    if (status != 0)
        return status;
    status = sweep_count(&job->store, &r);
    if (status != 0)
        return store_failed(&job->store, status, "read", diag);
    const char *name = store_design_value(d, "name");
    if (strcmp(name, job->design.sweep.name) != 0)
        return diag_error(diag, diag_at(job->place, 0),
                          "holds the sweep \"%s\"; allowed: that of \"%s\"", name,
                          job->design.sweep.name);
    bool whole = d->shards == 1 && r.complete + r.failed == r.own;
    if (!whole && !job->options->allow_partial)
        return diag_error(diag, diag_at(job->place, 0),
                          "%" PRId64 " of %" PRId64
                          " cells are done; allowed: a finished sweep (`waltz sweep` goes on with "
                          "it), or --allow-partial",
                          r.complete + r.failed, d->cells);
    return 0;
}

/* The store of another scenario would give a posterior that looks like this one's. */
static int check_scenario(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = load_base(&job->base, &job->design, o->sets, o->n_sets, diag);
    if (status != 0 ||
        strcmp(store_design_value(&job->store.design, "scenario"), job->base.frozen.text) == 0)
        return status;
    return diag_error(diag, diag_at(job->place, 0),
                      "holds a sweep of another scenario, or of other settings, than %s now has; "
                      "allowed: the sweep of this design (`waltz sweep`, with another -o)",
                      job->design.file);
}

static int open_prior(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = design_load(&job->design, o->arguments[0], diag);
    if (status == 0) {
        job->place = shard_store(o->store, job->design.sweep.name, (struct sweep_shard){1, 1});
        job->seed = o->seeded ? o->seed : (uint64_t)job->design.sweep.seed;
        status = job->place == NULL ? ERROR_NOMEM : 0;
    }
    if (status == 0)
        status = store_open(&job->store, job->place, STORE_READ, NULL, diag);
    if (status == 0)
        status = check_finished(job, diag);
    return status == 0 ? check_scenario(job, diag) : status;
}

/* ---- what is written and told --------------------------------------------------------------- */

static int write_facts(struct job *job)
{
    FILE *file = folder_create(&job->folder, "manifest.json");
    if (file == NULL)
        return ERROR_IO;
    const struct posterior *p = &job->posterior;
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, job->seed);
    struct json j = {.out = file};
    json_begin(&j, NULL, '{');
    json_text(&j, "program", "waltz");
    json_text(&j, "version", build_version());
    json_number(&j, "model_version", build_model_version());
    json_text(&j, "commit", build_commit());
    json_text(&j, "gsl", build_gsl());
    json_text(&j, "command_line", job->options->command_line);
    json_text(&j, "design", job->design.sweep.name);
    json_text(&j, "prior_seed", store_design_value(&job->store.design, "seed"));
    json_text(&j, "seed", seed);
    json_number(&j, "cells", p->cells);
    json_number(&j, "cells_left_out", p->left);
    json_number(&j, "targets", job->design.n_targets);
    json_number(&j, "discrepancy", job->design.calibration.discrepancy);
    json_number(&j, "nearest", p->weights.nearest);
    json_number(&j, "effective_sample_size", p->weights.effective);
    json_number(&j, "evidence", p->weights.evidence);
    json_number(&j, "pseudo_observations", p->n_pseudo);
    json_number(&j, "draws", job->design.calibration.draws);
    json_text(&j, "status", "complete");
    json_end(&j, '}');
    return folder_close_file(file);
}

static void tell_parameters(const struct posterior *p)
{
    printf("\n%-24s %10s %10s   %8s %8s %8s  %11s  %8s\n", "parameter", "prior", "", "5 %",
           "median", "95 %", "contraction", "coverage");
    for (int k = 0; k < p->table.n_parameters; k++) {
        const struct factor_row *f = &p->prior->factors[k];
        const struct posterior_parameter s = posterior_parameter(p, k);
        char coverage[16] = "-";
        if (p->n_pseudo > 0)
            snprintf(coverage, sizeof coverage, "%.2f", s.coverage);
        printf("%-24s %10.4g %10.4g   %8.4g %8.4g %8.4g  %11.2f  %8s%s\n", f->name, f->low, f->high,
               s.q05, s.median, s.q95, s.contraction, coverage,
               s.contraction >= POSTERIOR_INFORMED ? "" : "  not informed");
    }
    printf("contraction: 1 - variance / that of the prior. ");
    if (p->n_pseudo > 0)
        printf("coverage: the chance of a test over %d pseudo-observations as uneven as this one "
               "if the posterior covers as it should.\n",
               p->n_pseudo);
    else
        printf("coverage: not tested (pseudo = 0).\n");
}

static void tell_targets(const struct posterior *p)
{
    printf("\n%-26s %8s %8s   %8s %9s\n", "target", "value", "error", "prior", "posterior");
    for (int k = 0; k < p->design->n_targets; k++) {
        const struct target *t = &p->design->targets[k];
        const struct posterior_target a = posterior_target(p, k, false),
                                      b = posterior_target(p, k, true);
        printf("%-26s %8.3f %8.3f   %8.3f %9.3f  (%.3f .. %.3f)\n", t->outcome, t->value,
               t->error * p->design->calibration.discrepancy, a.median, b.median, b.q05, b.q95);
    }
}

static void tell(const struct job *job)
{
    const struct posterior *p = &job->posterior;
    printf("%" PRIu32 " cells, %" PRIu32 " left out (failed, or a target unknown); the nearest "
           "misses the targets by %.2f errors; effective sample size %.0f; %d draws\n",
           p->cells, p->left, p->weights.nearest, p->weights.effective,
           job->design.calibration.draws);
    tell_parameters(p);
    tell_targets(p);
}

static int find(struct job *job, struct diag *diag)
{
    int status = open_prior(job, diag);
    if (status == 0)
        status = posterior_find(&job->posterior, &job->store, &job->design, job->seed, &stop_signal,
                                diag);
    if (status == 0)
        status = folder_open(&job->folder, job->options->folder, job->design.sweep.name,
                             job->options->force, diag);
    return status;
}

static int write(struct job *job)
{
    int status = posterior_write(&job->posterior, &job->folder);
    if (status == 0)
        status = write_facts(job);
    return status == 0 ? folder_commit(&job->folder) : status;
}

static void release(struct job *job)
{
    folder_release(&job->folder);
    posterior_release(&job->posterior);
    store_close(&job->store);
    base_release(&job->base);
    design_release(&job->design);
    free(job->place);
}

int cmd_calibrate(const struct options *o)
{
    if (o->n_arguments != 1) {
        fprintf(stderr,
                "waltz calibrate: one design is needed; `waltz calibrate --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    struct diag diag = {0};
    struct job job = {.options = o, .store = {.lock = -1}, .base = {.frozen.file = -1}};
    guard_folder(&job.folder);
    catch_signals();
    int status = find(&job, &diag), code;
    print_diag(&diag);
    errno = 0;
    if (status == ERROR_STOPPED) {
        fprintf(stderr, "waltz: %s; no folder is left\n", stop_word());
        code = 128 + (int)stop_signal;
    } else if (status != 0) {
        code = fail(status, &diag);
    } else if ((status = write(&job)) != 0) {
        code = tell_failure(&job.folder, status, errno);
    } else {
        if (job.posterior.weights.effective < FEW)
            fprintf(stderr,
                    "waltz: effective sample size %.1f: few cells come near the targets; a wider "
                    "discrepancy, more cells or another prior would give more\n",
                    job.posterior.weights.effective);
        if (!o->quiet)
            tell(&job);
        printf("%s\n", job.folder.path);
        code = 0;
    }
    guard_folder(NULL);
    release(&job);
    diag_release(&diag);
    return code;
}
