#include "run/abc.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/width.h"

/* ---- weights -------------------------------------------------------------------------------- */

/* Σ (z − observed)² of each row; INFINITY of the one that is left out. Returns the least. */
static double measure(const struct abc_table *t, const double *observed, uint32_t left_out,
                      double *out)
{
    const size_t k = (size_t)t->n_statistics;
    double least = INFINITY;
    for (uint32_t r = 0; r < t->n; r++) {
        const double *z = t->z + r * k;
        double sum = 0;
        for (size_t c = 0; c < k; c++)
            sum += (z[c] - observed[c]) * (z[c] - observed[c]);
        out[r] = r == left_out ? INFINITY : sum;
        least = out[r] < least ? out[r] : least;
    }
    return least;
}

static WIDE void likelihoods(double *v, uint32_t n, double least)
{
    for (uint32_t r = 0; r < n; r++)
        v[r] = v[r] < INFINITY ? fmath_exp(-0.5 * (v[r] - least)) : 0;
}

int abc_weigh(struct abc_weights *w, const struct abc_table *t, const double *observed,
              uint32_t left_out)
{
    *w = (struct abc_weights){.weight = calloc((size_t)t->n + 1, sizeof *w->weight)};
    if (w->weight == NULL)
        return ERROR_NOMEM;
    const uint32_t n = t->n - (left_out < t->n);
    const double least = measure(t, observed, left_out, w->weight);
    double sum = 0, squares = 0;
    likelihoods(w->weight, t->n, least);
    for (uint32_t r = 0; r < t->n; r++)
        sum += w->weight[r];
    for (uint32_t r = 0; r < t->n && sum > 0; r++) {
        w->weight[r] /= sum;
        squares += w->weight[r] * w->weight[r];
    }
    w->effective = sum > 0 ? 1 / squares : 0;
    w->nearest = sqrt(least / t->n_statistics);
    w->evidence = sum > 0 ? fmath_log(sum / n) - least / 2 : -INFINITY;
    return 0;
}

void abc_release(struct abc_weights *w)
{
    free(w->weight);
    *w = (struct abc_weights){0};
}

/* ---- what they say -------------------------------------------------------------------------- */

static double value(const struct abc_table *t, int k, uint32_t r)
{
    return t->u[(size_t)r * (size_t)t->n_parameters + (size_t)k];
}

double abc_mean(const struct abc_weights *w, const struct abc_table *t, int k)
{
    double mean = 0;
    for (uint32_t r = 0; r < t->n; r++)
        mean += w->weight[r] * value(t, k, r);
    return mean;
}

double abc_variance(const struct abc_weights *w, const struct abc_table *t, int k)
{
    double mean = abc_mean(w, t, k), sum = 0;
    for (uint32_t r = 0; r < t->n; r++) {
        double off = value(t, k, r) - mean;
        sum += w->weight[r] * off * off;
    }
    return sum;
}

double abc_below(const struct abc_weights *w, const struct abc_table *t, int k, double place)
{
    double below = 0;
    for (uint32_t r = 0; r < t->n; r++)
        below += value(t, k, r) < place ? w->weight[r] : 0;
    return below;
}

void abc_resample(const struct abc_weights *w, const struct abc_table *t, double start,
                  uint32_t many, uint32_t *rows)
{
    double running = 0;
    uint32_t made = 0, last = 0;
    for (uint32_t r = 0; r < t->n; r++) {
        running += w->weight[r] * many;
        last = w->weight[r] > 0 ? r : last;
        while (made < many && start + made < running)
            rows[made++] = r;
    }
    while (made < many) /* rounding at the very end */
        rows[made++] = last;
}

static int compare_numbers(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double abc_uniformity(double *values, uint32_t n)
{
    double most = 0, sum = 0, root = sqrt(n);
    qsort(values, n, sizeof *values, compare_numbers);
    for (uint32_t r = 0; r < n; r++) {
        double above = (r + 1.0) / n - values[r], below = values[r] - (double)r / n;
        most = fmax(most, fmax(above, below));
    }
    double l = (root + 0.12 + 0.11 / root) * most;
    for (int j = 1; j <= 100 && l > 0.2; j++)
        sum += (j % 2 ? 2 : -2) * exp(-2.0 * j * j * l * l);
    return l > 0.2 ? fmin(fmax(sum, 0), 1) : 1;
}
