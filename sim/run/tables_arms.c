#include "run/tables_part.h"

#include <gsl/gsl_cdf.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/error.h"
#include "run/output.h"

/* ---- arms ----------------------------------------------------------------------------------- */

/* Mean and variance over the replicates of x, or of x − y; those unknown are left out. */
struct moments {
    int n;
    double mean, variance;
};

static struct moments moments_of(const double *x, const double *y, uint32_t n)
{
    struct moments m = {0, 0, 0};
    double squares = 0;
    for (uint32_t k = 1; k <= n; k++) {
        double v = x[k] - (y == NULL ? 0 : y[k]);
        if (isnan(v))
            continue;
        double before = v - m.mean;
        m.mean += before / ++m.n;
        squares += before * (v - m.mean);
    }
    m.variance = m.n > 1 ? squares / (m.n - 1) : NAN;
    m.mean = m.n > 0 ? m.mean : NAN;
    return m;
}

/* Mean, and half of its 95 % interval. */
static double half_interval(struct moments m)
{
    return m.n > 1 ? gsl_cdf_tdist_Pinv(0.975, m.n - 1.0) * sqrt(m.variance / m.n) : NAN;
}

/* How many independent replicates tell as much of the difference as one with common numbers. */
static double worth(const double *x, const double *y, uint32_t n)
{
    double apart = moments_of(x, y, n).variance;
    double both = moments_of(x, NULL, n).variance + moments_of(y, NULL, n).variance;
    return apart > 0 ? both / apart : NAN;
}

/* Median and range over the draws of an outcome's mean path in an arm, less that in another. */
static int range_of_draws(FILE *out, const struct reproduction *p, int outcome, int arm, int less)
{
    double *values = calloc((size_t)p->n_draws, sizeof *values);
    if (values == NULL)
        return ERROR_NOMEM;
    for (int k = 1; k < p->n_draws; k++)
        values[k - 1] = reproduction_values(p, &p->draws[k], arm, outcome)[0] -
                        (less < 0 ? 0 : reproduction_values(p, &p->draws[k], less, outcome)[0]);
    const struct range range = judgement_range(values, p->n_draws - 1);
    output_number(out, range.median);
    output_number(out, range.low);
    output_number(out, range.high);
    free(values);
    return 0;
}

static int write_arm(FILE *out, const struct reproduction *p, int outcome, int arm)
{
    const struct draw *d = &p->draws[0];
    const double *x = reproduction_values(p, d, arm, outcome);
    const double *base = reproduction_values(p, d, 0, outcome);
    struct moments own = moments_of(x, NULL, d->n), apart = moments_of(x, base, d->n);
    double half = half_interval(apart);
    fprintf(out, "%s,%s,%d", p->request->base->arms[arm].name,
            p->request->base->outcomes[outcome].name, own.n);
    output_number(out, x[0]);
    output_number(out, own.mean);
    output_number(out, sqrt(own.variance));
    output_number(out, sqrt(own.variance / own.n));
    output_number(out, arm == 0 ? NAN : apart.mean);
    output_number(out, arm == 0 ? NAN : apart.mean - half);
    output_number(out, arm == 0 ? NAN : apart.mean + half);
    output_number(out, arm == 0 ? NAN : worth(x, base, d->n));
    tables_whole(out, p->n_draws - 1);
    int status = range_of_draws(out, p, outcome, arm, -1);
    if (status == 0 && arm > 0)
        status = range_of_draws(out, p, outcome, arm, 0);
    else
        fputs(",NA,NA,NA", out);
    fputc('\n', out);
    return status;
}

/* An outcome that is read in an arm of its own stands in that one alone. */
int write_arms(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    int status = 0;
    fputs("arm,outcome,n,path,mean,sd,mcse,difference,low,high,worth,draws,draws_median,draws_low,"
          "draws_high,draws_difference,draws_difference_low,draws_difference_high\n",
          out);
    for (int arm = 0; arm < p->n_arms; arm++)
        for (int k = 0; k < p->n_outcomes && status == 0; k++) {
            int own = p->readings->of[k].outcome->arm_index;
            if (p->readings->of[k].source != SOURCE_DYADS && (own < 0 || own == arm))
                status = write_arm(out, p, k, arm);
        }
    return status;
}

/* ---- paths and change points ---------------------------------------------------------------- */

int write_paths(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    fputs("arm,date,year,month,measure,level,iso3_1,iso3_2,mean,sd,mcse,n\n", out);
    for (int arm = 0; arm < p->n_arms; arm++) {
        const struct experiment *x = &p->arms.experiment[arm];
        for (int m = 0; m < p->months; m++)
            for (int s = 0; s < x->series.n; s++) {
                size_t at = (size_t)(m * x->series.n + s);
                struct estimate e =
                    statistics_estimate(&p->ensembles[arm].monthly, at, &x->scales[s]);
                int now = x->scenario->general.start + m;
                char month[16];
                date_print_month(now, month);
                fprintf(out, "%s,%s-01,%d,%d", p->request->base->arms[arm].name, month, now / 12,
                        now % 12 + 1);
                output_subject(out, x->scenario, &x->series.at[s]);
                output_number(out, e.mean);
                output_number(out, e.sd);
                output_number(out, e.mcse);
                fprintf(out, ",%" PRIu32 "\n", e.n);
            }
    }
    return 0;
}

static const struct series *series_of(const struct reproduction *p, const struct phase *phase)
{
    const struct experiment *x = &p->arms.experiment[0];
    return &x->series.at[p->readings->of[phase->outcome].series[0]];
}

int write_changes(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    const struct scenario *sc = p->request->base;
    int *at = calloc((size_t)p->months + 1, sizeof *at);
    double *mean = calloc((size_t)p->months + 1, sizeof *mean);
    bool whole_room = at != NULL && mean != NULL;
    fputs("arm,measure,level,iso3_1,iso3_2,trend,date,direction,before,after\n", out);
    for (int k = 0; k < t->phases->n && whole_room; k++)
        for (int arm = 0; arm < p->n_arms; arm++) {
            const struct phase *phase = &t->phases->at[k];
            int found = phases_changes(t->phases, phase, &p->draws[0], arm, at, mean);
            for (int c = 0; c < found; c++) {
                char month[16];
                date_print_month(sc->general.start + at[c], month);
                fprintf(out, "%s", sc->arms[arm].name);
                output_subject(out, sc, series_of(p, phase));
                fprintf(out, ",%s,%s,%s", sc->arms[phase->trend].name, month,
                        mean[c + 1] > mean[c] ? "up" : "down");
                output_number(out, mean[c]);
                output_number(out, mean[c + 1]);
                fputc('\n', out);
            }
        }
    free(at);
    free(mean);
    return whole_room ? 0 : ERROR_NOMEM;
}

int write_searches(FILE *out, const struct tables *t)
{
    static const char *const readings[] = {"means", "replicates"};
    const struct reproduction *p = t->reproduction;
    const struct scenario *sc = p->request->base;
    fputs("reading,measure,level,iso3_1,iso3_2,cost,trend,alarm,resampled,penalty,n,alarms,rate\n",
          out);
    for (int k = 0; k < t->phases->n; k++)
        for (int q = 0; q < PHASE_READINGS; q++) {
            const struct phase *phase = &t->phases->at[k];
            char from[16], to[16];
            date_print_month(phase->alarm.from, from);
            date_print_month(phase->alarm.to, to);
            fprintf(out, "%s", readings[q]);
            output_subject(out, sc, series_of(p, phase));
            fprintf(out, ",%s,%s,%s..%s,%s", phase->cost == CHANGE_POISSON ? "poisson" : "mean",
                    sc->arms[phase->trend].name, from, to,
                    tables_word(q == PHASE_MEANS && phase->resampled));
            output_number(out, phase->penalty[q]);
            fprintf(out, ",%" PRIu32 ",%" PRIu32, phase->paths[q], phase->alarms[q]);
            output_number(out,
                          phase->paths[q] > 0 ? (double)phase->alarms[q] / phase->paths[q] : NAN);
            fputc('\n', out);
        }
    return 0;
}
