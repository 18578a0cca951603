#include "run/experiment.h"

#include <stdlib.h>

#include "base/error.h"

static int find_outcomes(struct experiment *x, struct diag *diag)
{
    const struct scenario *sc = x->scenario;
    x->outcome_series = calloc((size_t)sc->n_outcomes + 1, sizeof *x->outcome_series);
    if (x->outcome_series == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < sc->n_outcomes; k++)
        x->outcome_series[k] = series_find(&x->series, sc, &sc->outcomes[k], diag);
    return 0;
}

static int make_scales(struct experiment *x)
{
    x->scales = calloc((size_t)x->series.n, sizeof *x->scales);
    if (x->scales == NULL)
        return ERROR_NOMEM;
    for (int s = 0; s < x->series.n; s++) {
        const struct measure *m = x->series.at[s].measure;
        x->scales[s] = statistics_scale(m->low, m->high);
    }
    return 0;
}

int experiment_init(struct experiment *x, const struct scenario *sc, uint64_t seed, bool all_dyads,
                    struct diag *diag)
{
    *x = (struct experiment){.scenario = sc, .seed = seed, .all_dyads = all_dyads};
    x->rule = rule_make(sc);
    for (int k = 0; k < sc->n_shocks; k++)
        x->jittered |= sc->shocks[k].active && sc->shocks[k].jitter_days > 0;
    int status = series_select(&x->series, sc, all_dyads, diag);
    if (status == 0)
        status = find_outcomes(x, diag);
    if (status == 0)
        status = make_scales(x);
    if (status == 0)
        status = structure_init(&x->structure, sc, NULL);
    status = diag_status(diag, status);
    if (status != 0)
        experiment_release(x);
    return status;
}

void experiment_release(struct experiment *x)
{
    series_release(&x->series);
    structure_release(&x->structure);
    free(x->scales);
    free(x->outcome_series);
    *x = (struct experiment){0};
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
