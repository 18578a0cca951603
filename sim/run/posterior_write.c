/* What a posterior says, and its tables. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "run/output.h"
#include "run/posterior.h"

/* ---- summaries ------------------------------------------------------------------------------ */

static double prior_variance(const struct posterior *p, int k)
{
    const size_t m = (size_t)p->table.n_parameters, n = p->table.n;
    double mean = 0, sum = 0;
    for (size_t r = 0; r < n; r++)
        mean += p->table.u[r * m + (size_t)k] / (double)n;
    for (size_t r = 0; r < n; r++) {
        double off = p->table.u[r * m + (size_t)k] - mean;
        sum += off * off;
    }
    return sum / (double)n;
}

static int compare_weighted(const void *a, const void *b)
{
    const struct posterior_weighted *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static double quantile(const struct posterior_weighted *w, size_t n, double share)
{
    double running = 0;
    for (size_t r = 0; r + 1 < n; r++) {
        running += w[r].weight;
        if (running >= share * (1 - 1e-12)) /* sums of 1/n may end just below it */
            return w[r].value;
    }
    return n > 0 ? w[n - 1].value : NAN;
}

/* Of column k of rows with so many columns. */
static struct posterior_target summary(const struct posterior *p, const double *rows, int columns,
                                       int k, bool weighted)
{
    const size_t n = p->table.n;
    struct posterior_weighted *w = p->sorted;
    for (size_t r = 0; r < n; r++)
        w[r] = (struct posterior_weighted){rows[r * (size_t)columns + (size_t)k],
                                           weighted ? p->weights.weight[r] : 1 / (double)n};
    qsort(w, n, sizeof *w, compare_weighted);
    return (struct posterior_target){quantile(w, n, 0.05), quantile(w, n, 0.5),
                                     quantile(w, n, 0.95)};
}

struct posterior_target posterior_target(const struct posterior *p, int k, bool weighted)
{
    return summary(p, p->value, p->design->n_targets, k, weighted);
}

struct posterior_parameter posterior_parameter(const struct posterior *p, int k)
{
    const struct posterior_target s = summary(p, p->theta, p->table.n_parameters, k, true);
    const double variance = abc_variance(&p->weights, &p->table, k);
    return (struct posterior_parameter){s.q05, s.median, s.q95, 1 - variance / prior_variance(p, k),
                                        p->coverage[k]};
}

/* ---- tables --------------------------------------------------------------------------------- */

static void write_draws(FILE *out, const struct posterior *p)
{
    const int m = p->table.n_parameters;
    for (int k = 0; k < m; k++)
        fprintf(out, "%s%s", k ? "," : "", p->prior->factors[k].paths);
    fputc('\n', out);
    for (int r = 0; r < p->design->calibration.draws; r++) {
        const double *theta = p->theta + (size_t)p->draw[r] * (size_t)m;
        for (int k = 0; k < m; k++) {
            char text[32];
            text_real(theta[k], text);
            fprintf(out, "%s%s", k ? "," : "", text);
        }
        fputc('\n', out);
    }
}

static void write_parameters(FILE *out, const struct posterior *p)
{
    fputs("parameter,path,scale,low,high,q05,median,q95,contraction,informed,coverage\n", out);
    for (int k = 0; k < p->table.n_parameters; k++) {
        const struct factor_row *f = &p->prior->factors[k];
        const struct posterior_parameter s = posterior_parameter(p, k);
        const double numbers[] = {f->low, f->high, s.q05, s.median, s.q95, s.contraction};
        fprintf(out, "%s,%s,%s", f->name, f->paths, f->scale);
        for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++)
            output_number(out, numbers[c]);
        fprintf(out, ",%s", s.contraction >= POSTERIOR_INFORMED ? "yes" : "no");
        output_number(out, s.coverage);
        fputc('\n', out);
    }
}

static void write_targets(FILE *out, const struct posterior *p)
{
    fputs("target,scale,value,error,prior_q05,prior_median,prior_q95,posterior_q05,"
          "posterior_median,posterior_q95\n",
          out);
    for (int k = 0; k < p->design->n_targets; k++) {
        const struct target *t = &p->design->targets[k];
        const struct posterior_target a = posterior_target(p, k, false),
                                      b = posterior_target(p, k, true);
        const double numbers[] = {t->value, t->error * p->design->calibration.discrepancy,
                                  a.q05,    a.median,
                                  a.q95,    b.q05,
                                  b.median, b.q95};
        fprintf(out, "%s,%s", t->outcome, t->scale == SCALE_LOG ? "log" : "linear");
        for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++)
            output_number(out, numbers[c]);
        fputc('\n', out);
    }
}

static void write_coverage(FILE *out, const struct posterior *p)
{
    const int m = p->table.n_parameters;
    fputs("cell", out);
    for (int k = 0; k < m; k++)
        fprintf(out, ",%s", p->prior->factors[k].name);
    fputc('\n', out);
    for (int r = 0; r < p->n_pseudo; r++) {
        fprintf(out, "%u", (unsigned)p->cell[p->truth[r]]);
        for (int k = 0; k < m; k++)
            output_number(out, p->pseudo[(size_t)r * (size_t)m + (size_t)k]);
        fputc('\n', out);
    }
}

int posterior_write(const struct posterior *p, const struct folder *folder)
{
    static const struct {
        const char *name;
        void (*write)(FILE *out, const struct posterior *p);
    } files[] = {{"posterior.csv", write_draws},
                 {"parameters.csv", write_parameters},
                 {"targets.csv", write_targets},
                 {"coverage.csv", write_coverage}};
    int status = 0;
    for (size_t k = 0; k < sizeof files / sizeof *files && status == 0; k++) {
        FILE *file = folder_create(folder, files[k].name);
        if (file == NULL)
            return ERROR_IO;
        files[k].write(file, p);
        status = folder_close_file(file);
    }
    return status;
}
