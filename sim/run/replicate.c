#include "run/replicate.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "measure/outcome.h"

int replicate_init(struct replicate *r, const struct experiment *x)
{
    size_t n = (size_t)x->series.n;
    *r = (struct replicate){.experiment = x};
    r->delay = calloc((size_t)x->scenario->n_shocks + 1, sizeof *r->delay);
    r->monthly = calloc((size_t)experiment_months(x) * n, sizeof *r->monthly);
    r->yearly = calloc((size_t)experiment_years(x) * n, sizeof *r->yearly);
    r->outcomes = calloc((size_t)x->scenario->n_outcomes + 1, sizeof *r->outcomes);
    int status = r->delay && r->monthly && r->yearly && r->outcomes ? 0 : ERROR_NOMEM;
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

int replicate_start(struct replicate *r, uint32_t number)
{
    r->stream = stream_make(r->experiment->seed, 0, number);
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
    if (status == 0 && month >= 0)
        series_read(&x->series, s, r->monthly + month * x->series.n);
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
    for (int k = 0; k < x->scenario->n_outcomes; k++)
        r->outcomes[k] = outcome_value(&x->scenario->outcomes[k], r->monthly, n,
                                       x->outcome_series[k], x->scenario->general.start);
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

int replicate_run(struct replicate *r, uint32_t number)
{
    int status = replicate_start(r, number);
    for (int t = simulation_ticks(r->experiment->scenario); t > 0 && status == 0; t--)
        status = replicate_step(r);
    if (status == 0)
        status = world_verify(&r->simulation.world, &r->failure);
    if (status == 0)
        status = check_finite(r);
    if (status == 0)
        summarise(r);
    return status;
}
