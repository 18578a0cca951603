#include "run/tables.h"

#include <gsl/gsl_cdf.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "run/output.h"

/* A text as a cell. */
static void cell(FILE *out, const char *text)
{
    fputs(",\"", out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
    fputc('"', out);
}

static const char *word(int shown)
{
    return shown < 0 ? "NA" : shown ? "yes" : "no";
}

static void whole(FILE *out, int n)
{
    fprintf(out, ",%d", n);
}

void tables_outcomes_header(FILE *out, const struct experiment *x)
{
    fputs("arm,replicate,status", out);
    output_outcome_names(out, x);
    fputc('\n', out);
}

void tables_outcomes_row(FILE *out, uint32_t number, const char *arm, int status,
                         const struct replicate *r)
{
    fprintf(out, "%s,%" PRIu32, arm, number);
    output_status(out, status, r->failure);
    output_outcome_values(out, r->experiment, status == 0 ? r->outcomes : NULL);
    fputc('\n', out);
}

/* ---- claims --------------------------------------------------------------------------------- */

static int add_criterion(FILE *out, const struct scenario *sc, const struct condition *all, int n)
{
    struct text text = {0};
    text_add(&text, "", 0);
    for (int k = 0; k < n; k++) {
        text_printf(&text, "%s", k > 0 ? "; " : "");
        judgement_criterion(sc, &all[k], &text);
    }
    bool failed = text.failed;
    if (!failed)
        cell(out, text.s);
    text_release(&text);
    return failed ? ERROR_NOMEM : 0;
}

static int write_claims(FILE *out, const struct tables *t)
{
    const struct scenario *sc = t->reproduction->request->base;
    int status = 0;
    fputs("id,kind,text,basis,criterion,expected,shown,single,quantity,value,draws,share,sign,"
          "single_draws,low,high,verdict\n",
          out);
    for (int k = 0; k < sc->n_claims && status == 0; k++) {
        const struct claim *c = &sc->claims[k];
        struct fate f;
        status = judge_claim(t->reproduction, c, &f);
        fprintf(out, "%s", c->name);
        cell(out, c->kind);
        cell(out, c->text);
        cell(out, c->basis);
        if (status == 0)
            status = add_criterion(out, sc, c->all, c->n_all);
        fprintf(out, ",%s,%s", word(c->expect), word(f.shown));
        output_number(out, f.single);
        fprintf(out, ",%s", c->n_all == 0 ? "NA" : c->all[0].outcome);
        output_number(out, f.value);
        whole(out, f.draws);
        output_number(out, f.share);
        output_number(out, f.sign);
        output_number(out, f.single_draws);
        output_number(out, f.low);
        output_number(out, f.high);
        fprintf(out, ",%s\n", verdict_names[f.verdict]);
    }
    return status;
}

static int write_conditions(FILE *out, const struct tables *t)
{
    const struct scenario *sc = t->reproduction->request->base;
    int status = 0;
    fputs("claim,condition,text,shown,value,bound,draws,share,low,high,single\n", out);
    for (int k = 0; k < sc->n_claims; k++)
        for (int q = 0; q < sc->claims[k].n_all && status == 0; q++) {
            const struct condition *c = &sc->claims[k].all[q];
            struct fate f;
            status = judge_condition(t->reproduction, c, &f);
            fprintf(out, "%s,%s", sc->claims[k].name, c->name);
            if (status == 0)
                status = add_criterion(out, sc, c, 1);
            fprintf(out, ",%s", word(f.shown));
            output_number(out, f.value);
            output_number(out, f.bound);
            whole(out, f.draws);
            output_number(out, f.share);
            output_number(out, f.low);
            output_number(out, f.high);
            output_number(out, f.single);
            fputc('\n', out);
        }
    return status;
}

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
    whole(out, p->n_draws - 1);
    int status = range_of_draws(out, p, outcome, arm, -1);
    if (status == 0 && arm > 0)
        status = range_of_draws(out, p, outcome, arm, 0);
    else
        fputs(",NA,NA,NA", out);
    fputc('\n', out);
    return status;
}

/* An outcome that is read in an arm of its own stands in that one alone. */
static int write_arms(FILE *out, const struct tables *t)
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

/* ---- draws ---------------------------------------------------------------------------------- */

static int write_draws(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    const struct scenario *sc = p->request->base;
    const struct draws *draws = p->request->draws;
    int settings = draws == NULL ? 0 : draws_settings(draws);
    fputs("draw", out);
    for (int k = 0; k < settings; k++)
        fprintf(out, ",%s", draws_path(draws, k));
    output_outcome_names(out, &p->arms.experiment[0]);
    for (int k = 0; k < sc->n_claims; k++)
        fprintf(out, ",shown_%s", sc->claims[k].name);
    fputc('\n', out);
    for (int d = 0; d < p->n_draws; d++) {
        fprintf(out, "%s", p->draws[d].name);
        for (int k = 0; k < settings; k++)
            fprintf(out, ",%s", d == 0 ? "NA" : draws_value(draws, d - 1, k));
        for (int k = 0; k < p->n_outcomes; k++) {
            int arm = reproduction_own_arm(p->readings->of[k].outcome);
            if (p->readings->of[k].source != SOURCE_DYADS)
                output_number(out, reproduction_values(p, &p->draws[d], arm, k)[0]);
        }
        for (int k = 0; k < sc->n_claims; k++) {
            const struct claim *c = &sc->claims[k];
            bool judged = c->n_all > 0 && c->all[0].is != IS_FIGURE;
            output_number(out, judged ? judge(p, c, &p->draws[d], 0) : NAN);
        }
        fputc('\n', out);
    }
    return 0;
}

/* ---- paths and change points ---------------------------------------------------------------- */

static int write_paths(FILE *out, const struct tables *t)
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

static int write_changes(FILE *out, const struct tables *t)
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
            int found = phases_changes(t->phases, p, phase, &p->draws[0], arm, at, mean);
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

static int write_searches(FILE *out, const struct tables *t)
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
                    word(q == PHASE_MEANS && phase->resampled));
            output_number(out, phase->penalty[q]);
            fprintf(out, ",%" PRIu32 ",%" PRIu32, phase->paths[q], phase->alarms[q]);
            output_number(out, phase->paths[q] > 0 ? (double)phase->alarms[q] / phase->paths[q]
                                                   : NAN);
            fputc('\n', out);
        }
    return 0;
}

/* ---- dyads ---------------------------------------------------------------------------------- */

struct ranked {
    int i, j; /* by the alphabet of their codes */
    double value, mcse, low, high;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int up = (x->value < y->value) - (x->value > y->value);
    return up != 0 ? up : x->i != y->i ? x->i - y->i : x->j - y->j;
}

static bool is_focus(const struct scenario *sc, int i, int j)
{
    for (int k = 0; k < sc->n_focus; k++)
        if (pair_same(sc->focus[k], (struct pair){i, j}))
            return true;
    return false;
}

/* The dyads of one outcome: `order` counts those of every dyad. */
static void rank(const struct reproduction *p, int order, struct ranked *all, double *values)
{
    const struct state *states = p->request->base->states;
    const int n = p->request->base->n_states;
    const double runs = p->draws[0].n;
    for (int i = 0, c = 0; i < n; i++)
        for (int j = i + 1; j < n; j++, c++) {
            int at = order * p->n_dyads + c;
            double mean = p->draws[0].dyads[at];
            double variance = (p->dyads_square[at] - runs * mean * mean) / (runs - 1);
            struct ranked *r = &all[c];
            bool swap = strcmp(states[i].iso3, states[j].iso3) > 0;
            *r = (struct ranked){.i = swap ? j : i, .j = swap ? i : j, .value = mean};
            r->mcse = runs > 1 ? sqrt(fmax(variance, 0) / runs) : NAN;
            for (int d = 1; d < p->n_draws; d++)
                values[d - 1] = p->draws[d].dyads[at];
            const struct range range = judgement_range(values, p->n_draws - 1);
            r->low = range.low;
            r->high = range.high;
        }
    qsort(all, (size_t)p->n_dyads, sizeof *all, by_value);
}

static void write_ranked(FILE *out, const struct reproduction *p, const char *outcome,
                         const struct ranked *r, int place)
{
    const struct scenario *sc = p->request->base;
    const int runs = (int)p->draws[0].n;
    double half = runs > 1 ? gsl_cdf_tdist_Pinv(0.975, runs - 1.0) * r->mcse : NAN;
    fprintf(out, "%s,%d,%s,%s,", outcome, place, sc->states[r->i].iso3, sc->states[r->j].iso3);
    for (int side = 0; side < 2; side++) {
        int code = sc->states[side == 0 ? r->i : r->j].ccode;
        if (code == 0)
            fputs("NA,", out);
        else
            fprintf(out, "%d,", code);
    }
    fprintf(out, "%d", is_focus(sc, r->i, r->j));
    output_number(out, r->value);
    output_number(out, r->mcse);
    output_number(out, r->value - half);
    output_number(out, r->value + half);
    whole(out, p->n_draws - 1);
    output_number(out, r->low);
    output_number(out, r->high);
    fputc('\n', out);
}

static int write_dyads(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    struct ranked *all = calloc((size_t)p->n_dyads + 1, sizeof *all);
    double *values = calloc((size_t)p->n_draws, sizeof *values);
    bool room = all != NULL && values != NULL;
    fputs("outcome,rank,iso3_1,iso3_2,ccode1,ccode2,focus,mean,mcse,low,high,draws,draws_low,"
          "draws_high\n",
          out);
    for (int k = 0, order = 0; k < p->n_outcomes && room; k++) {
        if (p->readings->of[k].source != SOURCE_DYADS)
            continue;
        rank(p, order++, all, values);
        for (int c = 0; c < p->n_dyads; c++)
            write_ranked(out, p, p->request->base->outcomes[k].name, &all[c], c + 1);
    }
    free(all);
    free(values);
    return room ? 0 : ERROR_NOMEM;
}

const struct table_kind table_kinds[] = {
    {"claims.csv", write_claims},     {"conditions.csv", write_conditions},
    {"arms.csv", write_arms},         {"draws.csv", write_draws},
    {"paths.csv", write_paths},       {"changes.csv", write_changes},
    {"searches.csv", write_searches}, {"dyads.csv", write_dyads},
};
const int n_table_kinds = sizeof table_kinds / sizeof *table_kinds;
