#include "run/replicate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int replicate_init(struct replicate *r, const struct experiment *x)
{
    size_t n = (size_t)x->series.n;
    *r = (struct replicate){.experiment = x};
    r->delay = calloc((size_t)x->scenario->n_shocks + 1, sizeof *r->delay);
    r->monthly = calloc((size_t)experiment_months(x) * n + 1, sizeof *r->monthly);
    r->yearly = calloc((size_t)experiment_years(x) * n + 1, sizeof *r->yearly);
    r->outcomes = calloc((size_t)x->scenario->n_outcomes + 1, sizeof *r->outcomes);
    r->sketch = calloc((size_t)x->readings.size + 1, sizeof *r->sketch);
    r->scratch = calloc((size_t)x->readings.width + 1, sizeof *r->scratch);
    bool whole = r->delay && r->monthly && r->yearly && r->outcomes && r->sketch && r->scratch;
    int status = whole ? 0 : ERROR_NOMEM;
    if (status == 0 && x->jittered)
        status = structure_init(&r->structure, x->scenario, NULL);
    if (status == 0)
        status = simulation_init(&r->simulation, x->scenario,
                                 x->jittered ? &r->structure : &x->structure, &x->rule);
    if (status != 0)
        replicate_release(r);
    return status;
}

void replicate_release(struct replicate *r)
{
    simulation_release(&r->simulation);
    structure_release(&r->structure);
    free(r->delay);
    free(r->monthly);
    free(r->yearly);
    free(r->outcomes);
    free(r->sketch);
    free(r->scratch);
    *r = (struct replicate){0};
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
    readings_watch(&r->experiment->readings, s, general->start + s->world.tick - general->spinup,
                   actor, r->sketch, r->scratch);
}

int replicate_start(struct replicate *r, uint32_t number)
{
    const struct readings *readings = &r->experiment->readings;
    memset(r->sketch, 0, (size_t)readings->size * sizeof *r->sketch);
    if (readings->watches && r->simulation.observe == NULL) {
        r->simulation.observe = watch;
        r->simulation.user = r;
    }
    r->stream = stream_make(r->experiment->seed, r->experiment->cell, number);
    r->failure = NULL;
    int status = r->experiment->jittered ? draw_dates(r) : 0;
    if (status == 0)
        world_reset(&r->simulation.world);
    return status;
}

int replicate_step(struct replicate *r)
{
    const struct experiment *x = r->experiment;
    struct simulation *s = &r->simulation;
    int month = s->world.tick - x->scenario->general.spinup;
    int status = simulation_step(s, &r->stream, &r->failure);
    if (status == 0 && month >= 0) {
        double *row = r->monthly + month * x->series.n;
        series_read(&x->series, s, row);
        readings_month(&x->readings, s, x->scenario->general.start + month, row, r->sketch,
                       r->scratch);
    }
    if (status == 0)
        simulation_advance(s);
    return status;
}

static void summarise(struct replicate *r)
{
    const struct experiment *x = r->experiment;
    int n = x->series.n, months = experiment_months(x);
    for (int s = 0; s < n; s++)
        for (int m = 0, first = 0; m < months; m++) {
            int year = experiment_year_of(x, m);
            double *mean = &r->yearly[year * n + s];
            first = m == 0 || experiment_year_of(x, m - 1) != year ? m : first;
            *mean = (m == first ? 0 : *mean) + r->monthly[m * n + s];
            if (m == months - 1 || experiment_year_of(x, m + 1) != year)
                *mean /= m - first + 1;
        }
    for (int k = 0; k < x->readings.n; k++) {
        const struct reading *reading = &x->readings.of[k];
        bool single = !reading->unread && reading_components(reading, x->scenario->n_states) == 1;
        r->outcomes[k] = single ? reading_value(reading, r->sketch, NULL, 0, NULL) : NAN;
    }
}

static int check_finite(struct replicate *r)
{
    const struct experiment *x = r->experiment;
    for (int k = 0; k < experiment_months(x) * x->series.n; k++)
        if (!isfinite(r->monthly[k])) {
            r->failure = x->series.at[k % x->series.n].measure->name;
            return ERROR_NUMERIC;
        }
    return 0;
}

/* ---- branches ------------------------------------------------------------------------------- */

/* World, market access (which growth may read a tick later), record and sketch. */
int branch_init(struct branch *b, const struct experiment *x, int tick)
{
    size_t n = (size_t)x->scenario->n_states, record = (size_t)x->series.n;
    *b = (struct branch){.tick = tick};
    b->numbers = calloc(world_numbers(x->scenario->n_states) + n +
                            (size_t)experiment_months(x) * record + (size_t)x->readings.size,
                        sizeof *b->numbers);
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
enum { PARTS = 3 };

static void parts_of(struct replicate *r, struct part parts[PARTS])
{
    const struct experiment *x = r->experiment;
    parts[0] = (struct part){r->simulation.perception.access, (size_t)x->scenario->n_states};
    parts[1] = (struct part){r->monthly, (size_t)experiment_months(x) * (size_t)x->series.n};
    parts[2] = (struct part){r->sketch, (size_t)x->readings.size};
}

static void save(struct replicate *r, const struct branch *b)
{
    struct part parts[PARTS];
    double *out = b->numbers + world_numbers(r->simulation.world.n);
    parts_of(r, parts);
    world_save(&r->simulation.world, b->numbers);
    for (int k = 0; k < PARTS; out += parts[k++].n)
        memcpy(out, parts[k].own, parts[k].n * sizeof *out);
}

static void restore(struct replicate *r, const struct branch *b)
{
    struct part parts[PARTS];
    const double *in = b->numbers + world_numbers(r->simulation.world.n);
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
    if (status == 0)
        status = world_verify(&r->simulation.world, &r->failure);
    if (status == 0)
        status = check_finite(r);
    if (status == 0)
        summarise(r);
    return status;
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
