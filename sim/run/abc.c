#include "run/abc.h"

#include <gsl/gsl_multifit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"

/* ---- acceptance ----------------------------------------------------------------------------- */

struct near {
    double distance;
    uint32_t row;
};

/* By distance, and rows of one distance in their order. */
static int compare_near(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static uint32_t measure(const struct abc_table *t, const struct abc_request *q, struct near *out)
{
    const int k = t->n_statistics;
    uint32_t n = 0;
    for (uint32_t r = 0; r < t->n; r++) {
        const double *y = t->y + (size_t)r * (size_t)k;
        double sum = 0;
        for (int c = 0; c < k; c++)
            sum += (y[c] - q->observed[c]) * (y[c] - q->observed[c]);
        out[n] = (struct near){sqrt(sum / k), r};
        n += r != q->left_out && (q->tolerance == 0 || out[n].distance <= q->tolerance);
    }
    qsort(out, n, sizeof *out, compare_near);
    return n;
}

/* Epanechnikov's kernel reaches to the nearest row that is not accepted, or to the tolerance. */
static void weigh(struct abc_sample *s, double reach)
{
    double sum = 0, squares = 0;
    for (uint32_t r = 0; r < s->n; r++) {
        double part = s->distance[r] / reach;
        s->weight[r] = part < 1 ? 1 - part * part : 0;
        sum += s->weight[r];
    }
    for (uint32_t r = 0; r < s->n; r++) {
        s->weight[r] = sum > 0 ? s->weight[r] / sum : 1.0 / s->n;
        squares += s->weight[r] * s->weight[r];
    }
    s->effective = s->n > 0 ? 1 / squares : 0;
}

static int accept(struct abc_sample *s, const struct abc_table *t, const struct abc_request *q)
{
    const size_t p = (size_t)t->n_parameters;
    struct near *near = calloc((size_t)t->n + 1, sizeof *near);
    if (near == NULL)
        return ERROR_NOMEM;
    const uint32_t found = measure(t, q, near);
    s->n = found < q->accept ? found : q->accept;
    s->row = calloc((size_t)s->n + 1, sizeof *s->row);
    s->distance = calloc((size_t)s->n + 1, sizeof *s->distance);
    s->weight = calloc((size_t)s->n + 1, sizeof *s->weight);
    s->u = calloc((size_t)s->n * p + 1, sizeof *s->u);
    int status = s->row && s->distance && s->weight && s->u ? 0 : ERROR_NOMEM;
    for (uint32_t r = 0; r < s->n && status == 0; r++) {
        s->row[r] = near[r].row;
        s->distance[r] = near[r].distance;
        memcpy(s->u + r * p, t->u + near[r].row * p, p * sizeof *s->u);
    }
    if (status == 0 && s->n > 0)
        weigh(s, found > s->n       ? near[s->n].distance
                 : q->tolerance > 0 ? q->tolerance
                                    : 2 * near[s->n - 1].distance);
    free(near);
    return status;
}

/* ---- regression ----------------------------------------------------------------------------- */

/* Within the open interval. */
static double inside(double u)
{
    const double least = 0x1p-40;
    return u < least ? least : u > 1 - least ? 1 - least : u;
}

static double logit(double u)
{
    return fmath_log(inside(u) / (1 - inside(u)));
}

static double place(double l)
{
    return inside(1 / (1 + fmath_exp(-l)));
}

struct regression {
    gsl_multifit_linear_workspace *room;
    gsl_matrix *x, *covariance;
    gsl_vector *w, *l, *b;
};

static void regression_release(struct regression *g)
{
    gsl_multifit_linear_free(g->room);
    gsl_matrix_free(g->x);
    gsl_matrix_free(g->covariance);
    gsl_vector_free(g->w);
    gsl_vector_free(g->l);
    gsl_vector_free(g->b);
}

static int regression_init(struct regression *g, const struct abc_sample *s,
                           const struct abc_table *t, const double *observed)
{
    const size_t n = s->n, m = (size_t)t->n_statistics + 1;
    *g = (struct regression){gsl_multifit_linear_alloc(n, m),
                             gsl_matrix_alloc(n, m),
                             gsl_matrix_alloc(m, m),
                             gsl_vector_alloc(n),
                             gsl_vector_alloc(n),
                             gsl_vector_alloc(m)};
    if (!(g->room && g->x && g->covariance && g->w && g->l && g->b))
        return ERROR_NOMEM;
    for (size_t r = 0; r < n; r++) {
        gsl_vector_set(g->w, r, s->weight[r]);
        gsl_matrix_set(g->x, r, 0, 1);
        for (size_t c = 1; c < m; c++)
            gsl_matrix_set(g->x, r, c, t->y[s->row[r] * (m - 1) + c - 1] - observed[c - 1]);
    }
    return 0;
}

/* θ* = θ − b (s − s_obs), on the logits. */
static void adjust(struct regression *g, struct abc_sample *s, size_t p, size_t k)
{
    double chi;
    for (size_t r = 0; r < s->n; r++)
        gsl_vector_set(g->l, r, logit(s->u[r * p + k]));
    if (gsl_multifit_wlinear(g->x, g->w, g->l, g->b, g->covariance, &chi, g->room) != 0)
        return;
    for (size_t r = 0; r < s->n; r++) {
        double l = gsl_vector_get(g->l, r);
        for (size_t c = 1; c < g->x->size2; c++)
            l -= gsl_vector_get(g->b, c) * gsl_matrix_get(g->x, r, c);
        s->u[r * p + k] = place(l);
    }
}

int abc_accept(struct abc_sample *s, const struct abc_table *t, const struct abc_request *q)
{
    struct regression g = {0};
    *s = (struct abc_sample){0};
    int status = accept(s, t, q);
    if (status != 0 || s->n < 2 * ((uint32_t)t->n_statistics + 1))
        return status;
    status = regression_init(&g, s, t, q->observed);
    for (int k = 0; k < t->n_parameters && status == 0; k++)
        adjust(&g, s, (size_t)t->n_parameters, (size_t)k);
    regression_release(&g);
    return status;
}

void abc_release(struct abc_sample *s)
{
    free(s->row);
    free(s->distance);
    free(s->weight);
    free(s->u);
    *s = (struct abc_sample){0};
}

/* ---- what a sample says --------------------------------------------------------------------- */

static double value(const struct abc_sample *s, int n_parameters, int k, uint32_t r)
{
    return s->u[(size_t)r * (size_t)n_parameters + (size_t)k];
}

double abc_mean(const struct abc_sample *s, int n_parameters, int k)
{
    double mean = 0;
    for (uint32_t r = 0; r < s->n; r++)
        mean += s->weight[r] * value(s, n_parameters, k, r);
    return mean;
}

double abc_variance(const struct abc_sample *s, int n_parameters, int k)
{
    double mean = abc_mean(s, n_parameters, k), sum = 0;
    for (uint32_t r = 0; r < s->n; r++) {
        double off = value(s, n_parameters, k, r) - mean;
        sum += s->weight[r] * off * off;
    }
    return sum;
}

double abc_below(const struct abc_sample *s, int n_parameters, int k, double at)
{
    double below = 0;
    for (uint32_t r = 0; r < s->n; r++)
        below += value(s, n_parameters, k, r) < at ? s->weight[r] : 0;
    return below;
}

/* The least value with so much weight at or below it, by halving: 2^-52 of the range is enough. */
double abc_quantile(const struct abc_sample *s, int n_parameters, int k, double p)
{
    double low = 0, high = 1;
    for (int step = 0; step < 52; step++) {
        double middle = (low + high) / 2;
        if (abc_below(s, n_parameters, k, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

void abc_resample(const struct abc_sample *s, double start, uint32_t n, uint32_t *index)
{
    double running = 0;
    uint32_t made = 0;
    for (uint32_t r = 0; r < s->n; r++) {
        running += s->weight[r] * n;
        while (made < n && (start + made < running || r == s->n - 1))
            index[made++] = r;
    }
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
