#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"
#include "base/date.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/tale.h"
#include "cli/wrap.h"

/* One world to follow: the scenario as it is, or without a shock. */
struct world_told {
    struct scenario *scenario;
    struct experiment experiment;
    struct trace trace;
};

struct job {
    const struct options *options;
    struct world_told full, without;
    bool two; /* the world without a shock is followed too */
    bool followed[SCENARIO_STATES_MAX];
    struct window window;
    struct pair dyad;            /* of --why */
    struct stance stances[2][2]; /* of --why, by world, at the ends of the window */
    char when[2][2][32];         /* their months, and in which world */
    struct tale tale;
};

/* ---- what is asked for ---------------------------------------------------------------------- */

static const char *state_code(size_t k, const void *user)
{
    return ((const struct scenario *)user)->states[k].iso3;
}

static const char *shock_name(size_t k, const void *user)
{
    return ((const struct scenario *)user)->shocks[k].name;
}

static int follow_state(const char *code, void *user)
{
    struct job *job = user;
    const struct scenario *sc = job->full.scenario;
    int state = scenario_state(sc, code);
    if (state >= 0) {
        job->followed[state] = true;
        return 0;
    }
    const char *near = text_nearest(code, (size_t)sc->n_states, state_code, sc);
    fprintf(stderr, "waltz trace: --actor %s: no such state in %s%s\n", code, sc->file,
            text_hint(near).text);
    return ERROR_USAGE;
}

static int find_actors(struct job *job)
{
    const struct scenario *sc = job->full.scenario;
    if (job->options->actor != NULL) {
        char *list = text_copy(job->options->actor);
        if (list == NULL)
            return ERROR_NOMEM;
        for (char *c = list; *c != '\0'; c++)
            *c = *c == ',' ? ';' : *c;
        int status = text_each(list, follow_state, job), n = 0;
        free(list);
        for (int i = 0; i < sc->n_states; i++)
            n += job->followed[i];
        if (status == 0 && n == 0) {
            fprintf(stderr, "waltz trace: --actor names no state; allowed: codes as %s,%s\n",
                    sc->states[0].iso3, sc->states[1].iso3);
            status = ERROR_USAGE;
        }
        return status;
    }
    for (int k = 0; k < sc->n_focus; k++)
        job->followed[sc->focus[k].i] = job->followed[sc->focus[k].j] = true;
    for (int i = 0; i < sc->n_states && sc->n_focus == 0; i++)
        job->followed[i] = true;
    return 0;
}

static int find_dyad(struct job *job)
{
    const struct options *o = job->options;
    const struct scenario *sc = job->full.scenario;
    const struct pair like = sc->n_focus > 0 ? sc->focus[0] : (struct pair){0, 1};
    if (o->why == NULL)
        return 0;
    if (scenario_pair(sc, o->why, '-', &job->dyad) != 0) {
        fprintf(stderr,
                "waltz trace: --why %s: no such dyad in %s; allowed: two of its states, as %s-%s\n",
                o->why, sc->file, sc->states[like.i].iso3, sc->states[like.j].iso3);
        return ERROR_USAGE;
    }
    if (o->actor != NULL) {
        fprintf(stderr, "waltz trace: --why is about the dyad's two states; leave --actor out\n");
        return ERROR_USAGE;
    }
    if (o->tick == NULL || (job->window.from == job->window.to && o->without == NULL)) {
        fprintf(stderr, "waltz trace: --why needs two months to compare, as --tick "
                        "2014-06..2017-06, or one month and --without SHOCK\n");
        return ERROR_USAGE;
    }
    memset(job->followed, 0, sizeof job->followed);
    job->followed[job->dyad.i] = job->followed[job->dyad.j] = true;
    return 0;
}

/* A month or two of the recorded ones. */
static int find_window(struct job *job)
{
    const struct general *g = &job->full.scenario->general;
    const char *tick = job->options->tick;
    char first[16] = "", last[16] = "";
    job->window = (struct window){g->start, g->end};
    if (tick == NULL)
        return 0;
    const char *dots = strstr(tick, "..");
    snprintf(first, sizeof first, "%.*s", (int)(dots ? dots - tick : 15), tick);
    snprintf(last, sizeof last, "%s", dots ? dots + 2 : first);
    if (date_parse_month(first, &job->window.from) == 0 &&
        date_parse_month(last, &job->window.to) == 0 && job->window.from >= g->start &&
        job->window.to <= g->end && job->window.from <= job->window.to)
        return 0;
    date_print_month(g->start, first);
    date_print_month(g->end, last);
    fprintf(stderr,
            "waltz trace: --tick %s: allowed: a month YYYY-MM, or two with the earlier first "
            "YYYY-MM..YYYY-MM, of %s .. %s\n",
            tick, first, last);
    return ERROR_USAGE;
}

static int find_shock(const struct job *job)
{
    const struct scenario *sc = job->full.scenario;
    const char *name = job->options->without;
    if (!load_again(sc->file)) {
        fprintf(stderr, "waltz trace: --without reads %s twice; allowed: a file that stays\n",
                sc->file);
        return ERROR_USAGE;
    }
    for (int k = 0; k < sc->n_shocks; k++)
        if (strcmp(sc->shocks[k].name, name) == 0)
            return 0;
    const char *near = text_nearest(name, (size_t)sc->n_shocks, shock_name, sc);
    fprintf(stderr, "waltz trace: --without %s: no such shock in %s%s\n", name, sc->file,
            text_hint(near).text);
    return ERROR_USAGE;
}

/* ---- the worlds ----------------------------------------------------------------------------- */

static int load(struct job *job, struct world_told *world, const char *const *sets, int n,
                struct diag *diag)
{
    int status = load_scenario(&world->scenario, job->options->arguments[0], sets, n, diag);
    if (status == 0)
        status = experiment_init(&world->experiment, world->scenario, job->options->seed,
                                 RECORD_OUTCOMES, diag);
    return status;
}

static int load_without(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    struct text set = {0};
    const char **sets = calloc((size_t)o->n_sets + 1, sizeof *sets);
    text_printf(&set, "shocks.%s.enabled=false", o->without);
    int status = sets == NULL || set.failed ? ERROR_NOMEM : 0;
    for (int k = 0; k < o->n_sets && status == 0; k++)
        sets[k] = o->sets[k];
    if (status == 0) {
        sets[o->n_sets] = set.s;
        status = load(job, &job->without, sets, o->n_sets + 1, diag);
    }
    text_release(&set);
    free(sets);
    return status;
}

static int start(struct job *job, struct world_told *world)
{
    int status = trace_init(&world->trace, &world->experiment, job->followed);
    return status == 0 ? trace_start(&world->trace, job->options->replicate) : status;
}

static int prepare(struct job *job, struct diag *diag)
{
    const struct options *o = job->options;
    int status = load(job, &job->full, o->sets, o->n_sets, diag);
    if (status == 0)
        status = find_window(job);
    if (status == 0)
        status = find_actors(job);
    if (status == 0)
        status = find_dyad(job);
    job->two = o->without != NULL;
    if (status == 0 && job->two)
        status = find_shock(job);
    if (status == 0 && job->two) {
        struct diag again = {0}; /* warnings were told above */
        status = load_without(job, &again);
        if (status != 0)
            print_diag(&again);
        diag_release(&again);
    }
    if (status == 0)
        status = start(job, &job->full);
    if (status == 0 && job->two)
        status = start(job, &job->without);
    return status;
}

static void release(struct world_told *world)
{
    trace_release(&world->trace);
    experiment_release(&world->experiment);
    scenario_free(world->scenario);
}

/* ---- telling -------------------------------------------------------------------------------- */

/* Does a shock come in the one world and not in the other? */
static bool is_missing(const struct job *job, int shock)
{
    return job->full.scenario->shocks[shock].active && !job->without.scenario->shocks[shock].active;
}

static void head_words(const struct job *job)
{
    const struct scenario *sc = job->full.scenario;
    printf("%s, model %d: replicate %" PRIu32 ", seed %" PRIu64 "\n", sc->general.name,
           build_model_version(), job->options->replicate, job->options->seed);
    if (job->two) {
        struct wrap w = wrap_open("beside it, on the same random numbers, without ");
        for (int k = 0; k < sc->n_shocks; k++)
            if (is_missing(job, k))
                wrap_add(&w, "%s", sc->shocks[k].name);
        if (!w.follows)
            wrap_add(&w, "%s, which is off anyway", job->options->without);
        wrap_close(&w);
        if (!job->full.experiment.rule.expected)
            printf("(drawn worlds part by chance too; scenario.moves=expected leaves that out)\n");
    }
    if (job->options->why == NULL && job->window.from != job->window.to)
        printf("0/2: none accepted of two proposed; gave: others' proposals that it accepted;\n"
               "met: what others did to it unasked\n");
}

static void head_json(struct job *job)
{
    const struct scenario *sc = job->full.scenario;
    struct json *j = &job->tale.json;
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, job->options->seed);
    json_begin(j, NULL, '{');
    json_text(j, "scenario", sc->general.name);
    json_number(j, "model_version", build_model_version());
    json_text(j, "command_line", job->options->command_line);
    json_text(j, "seed", seed);
    json_number(j, "replicate", job->options->replicate);
    json_begin(j, "without", '[');
    for (int k = 0; k < sc->n_shocks && job->two; k++)
        if (is_missing(job, k))
            json_text(j, NULL, sc->shocks[k].name);
    json_end(j, ']');
    if (job->options->why != NULL)
        json_text(j, "why", job->options->why);
    json_begin(j, job->options->why != NULL ? "changes" : "decisions", '[');
}

/* A single month in full, a longer period in short. */
static void tell_decision(struct job *job, int actor)
{
    const struct decision *d = &job->full.trace.decisions[actor];
    const struct decision *other = job->two ? &job->without.trace.decisions[actor] : NULL;
    bool in_full = job->window.from == job->window.to;
    if (job->options->json) {
        json_decision(&job->tale, d, "with", in_full);
        if (other != NULL)
            json_decision(&job->tale, other, "without", in_full);
    } else if (in_full)
        words_decision(&job->tale, d, other);
    else
        words_chronicle(&job->tale, d, other);
}

static void take_stance(struct job *job, int world, int end, int month)
{
    char text[16];
    date_print_month(month, text);
    snprintf(job->when[world][end], sizeof job->when[world][end], "%s%s", text,
             world ? " without" : "");
    job->stances[world][end] =
        stance_take(world ? &job->without.trace : &job->full.trace, job->dyad);
}

static void tell_change(struct job *job, const int before[2], const int after[2])
{
    const struct change change = {job->dyad, &job->stances[before[0]][before[1]],
                                  &job->stances[after[0]][after[1]],
                                  job->when[before[0]][before[1]], job->when[after[0]][after[1]]};
    if (job->options->json)
        json_why(&job->tale, &change);
    else
        words_why(&job->tale, &change);
}

/* One month: the world with the shock against that without it; two: the later against the earlier.
 */
static void tell_why(struct job *job)
{
    if (job->window.from == job->window.to)
        tell_change(job, (int[]){1, 1}, (int[]){0, 1});
    else
        for (int world = 0; world <= (int)job->two; world++)
            tell_change(job, (int[]){world, 0}, (int[]){world, 1});
}

static void tell_month(struct job *job, int month)
{
    if (month < job->window.from || month > job->window.to)
        return;
    for (int world = 0; world <= (int)job->two && job->options->why != NULL; world++) {
        if (month == job->window.from)
            take_stance(job, world, 0, month);
        if (month == job->window.to)
            take_stance(job, world, 1, month);
    }
    for (int i = 0; i < job->full.trace.n && job->options->why == NULL; i++)
        if (job->followed[i])
            tell_decision(job, i);
}

/* One tick of a world; says why if it failed. */
static int step(struct world_told *world, int month)
{
    int status = trace_step(&world->trace);
    if (status != ERROR_NUMERIC)
        return status;
    char text[16];
    date_print_month(month, text);
    fprintf(stderr, "waltz trace: the replicate fails in %s: %s\n", text,
            world->trace.replicate.failure);
    return status;
}

static int tell(struct job *job)
{
    const struct general *g = &job->full.scenario->general;
    int status = 0;
    if (job->options->json)
        head_json(job);
    else
        head_words(job);
    for (int month = g->start - g->spinup; month <= job->window.to && status == 0; month++) {
        status = step(&job->full, month);
        if (status == 0 && job->two)
            status = step(&job->without, month);
        if (status == 0)
            tell_month(job, month);
    }
    if (status == 0 && job->options->why != NULL)
        tell_why(job);
    if (job->options->json) {
        json_end(&job->tale.json, ']');
        json_end(&job->tale.json, '}');
    }
    return status;
}

int cmd_trace(const struct options *o)
{
    struct diag diag = {0};
    if (o->n_arguments != 1) {
        fprintf(stderr, "waltz trace: one scenario is needed; `waltz trace --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return fail(ERROR_NOMEM, NULL);
    job->options = o;
    int status = prepare(job, &diag);
    print_diag(&diag);
    if (status == 0) {
        job->tale = (struct tale){job->full.scenario, {.out = stdout}};
        status = tell(job);
    }
    int code = status == 0             ? 0
               : status == ERROR_USAGE ? error_exit_code(status)
                                       : fail(status, &diag);
    release(&job->full);
    release(&job->without);
    free(job);
    diag_release(&diag);
    return code;
}
