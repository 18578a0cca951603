#include "run/experiment.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "model/simulation.h"
#include "scenario/keys.h"

static int make_scales(struct experiment *x)
{
    x->scales = calloc((size_t)x->series.n + 1, sizeof *x->scales);
    if (x->scales == NULL)
        return ERROR_NOMEM;
    for (int s = 0; s < x->series.n; s++) {
        const struct measure *m = x->series.at[s].measure;
        x->scales[s] = statistics_scale(m->low, m->high);
    }
    return 0;
}

static int init(struct experiment *x, const bool *needed, struct diag *diag)
{
    const struct scenario *sc = x->scenario;
    x->rule = rule_make(sc);
    for (int k = 0; k < sc->n_shocks; k++)
        x->jittered |= sc->shocks[k].active && sc->shocks[k].jitter_days > 0;
    int status = series_select(&x->series, sc, x->record);
    if (status == 0)
        status = readings_init(&x->readings, sc, &x->series, needed, diag);
    if (status == 0)
        status = make_scales(x);
    if (status == 0)
        status = structure_init(&x->structure, sc, NULL);
    status = diag_status(diag, status);
    x->ticks = simulation_ticks(sc);
    if (status != 0)
        experiment_release(x);
    return status;
}

int experiment_init(struct experiment *x, const struct scenario *sc, uint64_t seed,
                    enum record record, struct diag *diag)
{
    *x = (struct experiment){.scenario = sc, .seed = seed, .record = record};
    return init(x, NULL, diag);
}

int experiment_init_needed(struct experiment *x, const struct scenario *sc, uint64_t seed,
                           const bool *needed, struct diag *diag)
{
    *x = (struct experiment){.scenario = sc, .seed = seed, .record = RECORD_OUTCOMES};
    int status = init(x, needed, diag);
    if (status == 0)
        x->ticks -= sc->general.end - readings_last(&x->readings, sc);
    return status;
}

void experiment_release(struct experiment *x)
{
    series_release(&x->series);
    structure_release(&x->structure);
    free(x->scales);
    readings_release(&x->readings);
    *x = (struct experiment){0};
}

int experiment_take_parameters(struct experiment *x)
{
    x->rule = rule_make(x->scenario);
    structure_release(&x->structure);
    return structure_init(&x->structure, x->scenario, NULL);
}

/* ---- where arms part ------------------------------------------------------------------------ */

static bool same_numbers(const double *a, const double *b, int n)
{
    return memcmp(a, b, (size_t)n * sizeof *a) == 0;
}

/* All but the months: the rule, the states, and what stands before any shock. */
static bool same_frame(const struct experiment *x, const struct experiment *y)
{
    const struct scenario *a = x->scenario, *b = y->scenario;
    const struct structure *s = &x->structure, *t = &y->structure;
    const int nn = s->n * s->n;
    bool same = a->general.moves == b->general.moves && a->general.order == b->general.order &&
                keys_same(SECTION_PARAMETERS, &a->parameters, &b->parameters) &&
                keys_same(SECTION_TERMS, a->terms, b->terms) &&
                same_numbers(s->proximity, t->proximity, nn);
    for (int i = 0; i < a->n_states && same; i++)
        same = keys_same(SECTION_STATES, &a->states[i], &b->states[i]);
    for (int d = 0; d < DOMAINS && same; d++)
        same = same_numbers(s->baseline[d], t->baseline[d], nn);
    return same;
}

static bool same_month(const struct structure *s, const struct structure *t, int month)
{
    const struct month a = structure_month(s, month), b = structure_month(t, month);
    const int n = s->n, nn = n * n;
    bool same = same_numbers(a.dispute, b.dispute, nn) &&
                same_numbers(a.sanctions, b.sanctions, nn) && same_numbers(a.reach, b.reach, nn) &&
                same_numbers(a.war, b.war, nn) && same_numbers(a.growth, b.growth, n) &&
                same_numbers(s->jump + month * n, t->jump + month * n, n);
    for (int d = 0; d < DOMAINS && same; d++)
        same = same_numbers(a.mandate[d], b.mandate[d], n);
    return same;
}

int experiment_branch(const struct experiment *base, const struct experiment *arm)
{
    int month = 0, months = experiment_months(base), spinup = base->scenario->general.spinup;
    if (base->jittered || arm->jittered || !same_frame(base, arm))
        return 0;
    while (month < months && same_month(&base->structure, &arm->structure, month))
        month++;
    int tick = month == 0 ? 0 : spinup + month;
    return tick < base->ticks ? tick : base->ticks;
}

int experiment_months(const struct experiment *x)
{
    return scenario_months(x->scenario);
}

int experiment_year_of(const struct experiment *x, int month)
{
    int start = x->scenario->general.start;
    return (start + month) / 12 - start / 12;
}

int experiment_years(const struct experiment *x)
{
    return experiment_year_of(x, experiment_months(x) - 1) + 1;
}

int experiment_months_of(const struct experiment *x, int year)
{
    int months = 0;
    for (int m = 0; m < experiment_months(x); m++)
        months += experiment_year_of(x, m) == year;
    return months;
}

double experiment_grain(const struct experiment *x, int series, int months)
{
    return x->rule.expected ? 0 : x->series.at[series].measure->grain / months;
}

const struct kernel *experiment_kernel(const struct experiment *x, int n, uint32_t replicates)
{
    bool side_by_side = true, alike = true;
    for (int k = 0; k < n; k++) {
        side_by_side &= !x[k].jittered && !x[k].rule.serial;
        alike &= x[k].rule.expected;
    }
    if (x->kernel != NULL && (side_by_side || x->kernel->lanes == 1))
        return x->kernel;
    return kernel_best(side_by_side && !alike ? replicates : 1);
}
