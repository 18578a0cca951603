#include "run/replicate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Numbers that one replicate leaves: months, years, outcomes, sketch. */
enum { LEFT = 4 };

static size_t left_by_one(const struct experiment *x, size_t sizes[LEFT])
{
    const size_t n = (size_t)x->series.n;
    sizes[0] = (size_t)experiment_months(x) * n;
    sizes[1] = (size_t)experiment_years(x) * n;
    sizes[2] = (size_t)x->scenario->n_outcomes;
    sizes[3] = (size_t)x->readings.size;
    return sizes[0] + sizes[1] + sizes[2] + sizes[3];
}

void replicate_show(struct replicate *r, int lane)
{
    size_t sizes[LEFT];
    double *next = r->block + (size_t)lane * left_by_one(r->experiment, sizes);
    double **parts[LEFT] = {&r->monthly, &r->yearly, &r->outcomes, &r->sketch};
    for (int k = 0; k < LEFT; next += sizes[k++])
        *parts[k] = next;
    r->status = r->codes[lane];
    r->failure = r->failures[lane];
    r->simulation.lane = lane;
}

int replicate_init(struct replicate *r, const struct experiment *x, const struct kernel *kernel)
{
    size_t sizes[LEFT], numbers = left_by_one(x, sizes) * (size_t)kernel->lanes;
    *r = (struct replicate){.experiment = x};
    r->delay = calloc((size_t)x->scenario->n_shocks + 1, sizeof *r->delay);
    r->block = calloc(numbers + 1, sizeof *r->block);
    r->scratch = calloc((size_t)x->readings.width + 1, sizeof *r->scratch);
    int status = r->delay && r->block && r->scratch ? 0 : ERROR_NOMEM;
    if (status == 0 && x->jittered)
        status = structure_init(&r->structure, x->scenario, NULL);
    if (status == 0)
        status = simulation_init(&r->simulation, kernel, x->scenario,
                                 x->jittered ? &r->structure : &x->structure, &x->rule);
    if (status != 0)
        replicate_release(r);
    else
        replicate_show(r, 0);
    return status;
}

void replicate_release(struct replicate *r)
{
    simulation_release(&r->simulation);
    structure_release(&r->structure);
    free(r->delay);
    free(r->block);
    free(r->scratch);
    *r = (struct replicate){0};
}

static int lanes_of(const struct replicate *r)
{
    return r->simulation.kernel->lanes;
}

/* Dates of the shocks in this replicate: uniform over jitter_days before and after. */
static int draw_dates(struct replicate *r)
{
    const struct scenario *sc = r->experiment->scenario;
    for (int k = 0; k < sc->n_shocks; k++) {
        int days = sc->shocks[k].jitter_days;
        stream_gsl_place(r->simulation.rng, &r->stream,
                         (struct stream_slot){PURPOSE_JITTER, 0, (unsigned)k});
        unsigned long span = 2 * (unsigned long)days + 1;
        r->delay[k] = (int)gsl_rng_uniform_int(r->simulation.rng, span) - days;
    }
    return structure_compile(&r->structure, sc, r->delay);
}

/* Chances are read while an actor decides. */
static void watch(void *user, struct simulation *s, int actor)
{
    struct replicate *r = user;
    const struct general *general = &r->experiment->scenario->general;
    const int month = general->start + s->world.tick - general->spinup;
    if (!readings_watched(&r->experiment->readings, month, actor))
        return;
    for (int l = 0; l < lanes_of(r); l++) {
        replicate_show(r, l);
        readings_watch(&r->experiment->readings, s, month, actor, r->sketch, r->scratch);
    }
}

int replicate_start(struct replicate *r, uint32_t number)
{
    const struct readings *readings = &r->experiment->readings;
    for (int l = 0; l < lanes_of(r); l++) {
        r->codes[l] = 0;
        r->failures[l] = NULL;
        replicate_show(r, l);
        memset(r->sketch, 0, (size_t)readings->size * sizeof *r->sketch);
    }
    if (readings->watches && r->simulation.observe == NULL) {
        r->simulation.observe = watch;
        r->simulation.user = r;
    }
    r->stream = stream_make(r->experiment->seed, r->experiment->cell, number);
    replicate_show(r, 0);
    int status = r->experiment->jittered ? draw_dates(r) : 0;
    if (status == 0)
        world_reset(&r->simulation.world);
    return status;
}

static void record(struct replicate *r, int month)
{
    const struct experiment *x = r->experiment;
    size_t sizes[LEFT];
    replicate_show(r, 0);
    series_read(&x->series, &r->simulation, r->monthly + month * x->series.n,
                left_by_one(x, sizes));
    for (int l = 0; l < lanes_of(r); l++) {
        replicate_show(r, l);
        const double *row = r->monthly + month * x->series.n;
        readings_month(&x->readings, &r->simulation, x->scenario->general.start + month, row,
                       r->sketch, r->scratch);
    }
}

/* ERROR_NUMERIC if all have failed, the first one being shown. */
static int outcome_of(struct replicate *r)
{
    int status = ERROR_NUMERIC;
    for (int l = 0; l < lanes_of(r); l++)
        status = r->codes[l] == 0 ? 0 : status;
    replicate_show(r, 0);
    return status;
}

static void verify(struct replicate *r)
{
    for (int l = 0; l < lanes_of(r); l++)
        if (r->codes[l] == 0)
            r->codes[l] = world_verify(&r->simulation.world, l, &r->failures[l]);
}

int replicate_step(struct replicate *r)
{
    struct simulation *s = &r->simulation;
    const int month = s->world.tick - r->experiment->scenario->general.spinup;
    s->kernel->step(s, &r->stream);
#ifdef WALTZ_VERIFY
    verify(r);
#endif
    if (month >= 0)
        record(r, month);
    simulation_advance(s);
    return outcome_of(r);
}

static void summarise(struct replicate *r)
{
    const struct experiment *x = r->experiment;
    const int n = x->series.n, months = experiment_months(x);
    for (int m = 0, first = 0; m < months; m++) {
        const int year = experiment_year_of(x, m);
        const bool begins = m == 0 || experiment_year_of(x, m - 1) != year,
                   ends = m == months - 1 || experiment_year_of(x, m + 1) != year;
        double *mean = r->yearly + year * n;
        first = begins ? m : first;
        for (int s = 0; s < n; s++)
            mean[s] = (begins ? 0 : mean[s]) + r->monthly[m * n + s];
        for (int s = 0; s < n && ends; s++)
            mean[s] /= m - first + 1;
    }
    for (int k = 0; k < x->readings.n; k++) {
        const struct reading *reading = &x->readings.of[k];
        bool single = !reading->unread && reading_components(reading, x->scenario->n_states) == 1;
        r->outcomes[k] = single ? reading_value(reading, r->sketch, NULL, 0, NULL) : NAN;
    }
}

static int check_finite(const struct replicate *r, const char **failure)
{
    const struct experiment *x = r->experiment;
    for (int k = 0; k < experiment_months(x) * x->series.n; k++)
        if (!isfinite(r->monthly[k])) {
            *failure = x->series.at[k % x->series.n].measure->name;
            return ERROR_NUMERIC;
        }
    return 0;
}

/* ---- branches ------------------------------------------------------------------------------- */

/* World, market access (which growth may read a tick later), and what replicates have left. */
int branch_init(struct branch *b, const struct experiment *x, int lanes, int tick)
{
    const int n = x->scenario->n_states;
    size_t sizes[LEFT], left = left_by_one(x, sizes) * (size_t)lanes;
    *b = (struct branch){.tick = tick};
    b->numbers = calloc(world_numbers(n, lanes) + (size_t)(n * lanes) + left, sizeof *b->numbers);
    return b->numbers == NULL ? ERROR_NOMEM : 0;
}

void branch_release(struct branch *b)
{
    free(b->numbers);
    *b = (struct branch){0};
}

struct part {
    double *own;
    size_t n;
};
enum { PARTS = 2 };

static void parts_of(struct replicate *r, struct part parts[PARTS])
{
    const size_t lanes = (size_t)lanes_of(r);
    size_t sizes[LEFT];
    parts[0] = (struct part){r->simulation.perception.access,
                             (size_t)r->experiment->scenario->n_states * lanes};
    parts[1] = (struct part){r->block, left_by_one(r->experiment, sizes) * lanes};
}

static void save(struct replicate *r, const struct branch *b)
{
    struct part parts[PARTS];
    double *out = b->numbers + world_numbers(r->simulation.world.n, lanes_of(r));
    parts_of(r, parts);
    world_save(&r->simulation.world, b->numbers);
    for (int k = 0; k < PARTS; out += parts[k++].n)
        memcpy(out, parts[k].own, parts[k].n * sizeof *out);
}

static void restore(struct replicate *r, const struct branch *b)
{
    struct part parts[PARTS];
    const double *in = b->numbers + world_numbers(r->simulation.world.n, lanes_of(r));
    parts_of(r, parts);
    world_restore(&r->simulation.world, b->tick, b->numbers);
    for (int k = 0; k < PARTS; in += parts[k++].n)
        memcpy(parts[k].own, in, parts[k].n * sizeof *in);
}

/* ---- running -------------------------------------------------------------------------------- */

static int go_on(struct replicate *r, struct branch *branches, int n)
{
    int status = 0, ticks = r->experiment->ticks;
    for (int t = r->simulation.world.tick; t <= ticks && status == 0; t++) {
        for (int k = 0; k < n; k++)
            if (branches[k].tick == t && t > 0)
                save(r, &branches[k]);
        status = t < ticks ? replicate_step(r) : 0;
    }
    verify(r);
    for (int l = 0; l < lanes_of(r); l++) {
        replicate_show(r, l);
        if (r->codes[l] == 0)
            r->codes[l] = check_finite(r, &r->failures[l]);
        if (r->codes[l] == 0)
            summarise(r);
    }
    return outcome_of(r);
}

int replicate_run(struct replicate *r, uint32_t number)
{
    return replicate_run_branching(r, number, NULL, 0);
}

int replicate_run_branching(struct replicate *r, uint32_t number, struct branch *branches, int n)
{
    int status = replicate_start(r, number);
    return status == 0 ? go_on(r, branches, n) : status;
}

int replicate_run_from(struct replicate *r, uint32_t number, const struct branch *branch)
{
    int status = replicate_start(r, number);
    if (status == 0 && branch->tick > 0)
        restore(r, branch);
    return status == 0 ? go_on(r, NULL, 0) : status;
}
