#include "run/tables_part.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/output.h"

struct ranked {
    int i, j; /* by the alphabet of their codes */
    double value, mcse, low, high;
    double rising; /* share of the draws in which it rises */
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
            double up = 0;
            for (int d = 1; d < p->n_draws; d++) {
                values[d - 1] = p->draws[d].dyads[at];
                up += values[d - 1] > 0;
            }
            r->rising = p->n_draws > 1 ? up / (p->n_draws - 1) : NAN;
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
    tables_whole(out, p->n_draws - 1);
    output_number(out, r->low);
    output_number(out, r->high);
    output_number(out, r->rising);
    fputc('\n', out);
}

int write_dyads(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    struct ranked *all = calloc((size_t)p->n_dyads + 1, sizeof *all);
    double *values = calloc((size_t)p->n_draws, sizeof *values);
    bool room = all != NULL && values != NULL;
    fputs("outcome,rank,iso3_1,iso3_2,ccode1,ccode2,focus,mean,mcse,low,high,draws,draws_low,"
          "draws_high,draws_rising\n",
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
