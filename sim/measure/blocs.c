#include "measure/blocs.h"

#include "base/width.h"

enum { ROUNDS = 2000, LOOK = 8 };

/* Largest sum of a row's absolute values: no eigenvalue is farther from 0. */
static double bound(const double *b, int n)
{
    double most = 0;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += b[i * n + j] < 0 ? -b[i * n + j] : b[i * n + j];
        most = sum > most ? sum : most;
    }
    return most;
}

/* next = (b + shift) v. Row by row, so that the processor adds many columns at once. */
static WIDE void multiply(const double *restrict b, int n, double shift, const double *restrict v,
                          double *restrict next)
{
    for (int j = 0; j < n; j++)
        next[j] = shift * v[j];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            next[j] += b[i * n + j] * v[i];
}

/* Scales next to norm 1 and writes it to v; how far the two were apart, squared. */
static double replace(double *v, const double *next, int n)
{
    double square = 0, apart = 0;
    for (int j = 0; j < n; j++)
        square += next[j] * next[j];
    double scale = square > 0 ? 1 / __builtin_sqrt(square) : 0;
    for (int j = 0; j < n; j++) {
        double moved = next[j] * scale - v[j];
        apart += moved * moved;
        v[j] = next[j] * scale;
    }
    return apart;
}

/* No eigenvalue lies below −bound, so half of the bound as shift makes the largest one also the
 * largest in size. The start is the largest row: most of it lies along what is sought, unless that
 * has nothing to do with the row's state. */
void blocs_leading(const double *b, int n, double *v, double *next)
{
    const double shift = bound(b, n) / 2;
    double most = -1;
    for (int i = 0; i < n; i++) {
        double square = 0;
        for (int j = 0; j < n; j++)
            square += b[i * n + j] * b[i * n + j];
        if (square > most) {
            most = square;
            for (int j = 0; j < n; j++)
                next[j] = b[i * n + j] + (j == i ? shift : 0);
        }
    }
    replace(v, next, n);
    for (int k = 0; k < ROUNDS; k += LOOK) {
        double apart = 0;
        for (int q = 0; q < LOOK; q++) {
            multiply(b, n, shift, v, next);
            apart = replace(v, next, n);
        }
        if (apart < 1e-16)
            break;
    }
}

/* x̄ of all pairs to x; their capability-weighted mean. */
static double fill_cooperation(const struct simulation *s, const double *c, double *x)
{
    const struct world *w = &s->world;
    const int lanes = w->lanes, l = s->lane;
    double sum = 0, weight = 0;
    for (int k = 0; k < w->n * w->n; k++)
        x[k] = (w->cooperation[POLITICAL][k * lanes + l] +
                w->cooperation[INSTITUTIONAL][k * lanes + l] +
                w->cooperation[SECURITY][k * lanes + l] + w->cooperation[ECONOMIC][k * lanes + l]) /
               DOMAINS;
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->n; j++)
            if (i != j) {
                sum += c[i] * c[j] * x[i * w->n + j];
                weight += c[i] * c[j];
            }
    return weight > 0 ? sum / weight : 0;
}

double blocs(const struct simulation *s)
{
    const struct perception *p = &s->perception;
    const int n = s->world.n;
    double *x = p->scratch[0], *b = p->scratch[1];
    double *v = p->vector[0], *next = p->vector[1], *c = p->vector[2], *root = p->vector[3];
    for (int i = 0; i < n; i++) {
        c[i] = p->capability[i * s->world.lanes + s->lane];
        root[i] = p->root_capability[i * s->world.lanes + s->lane];
    }
    const double mean = fill_cooperation(s, c, x);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            b[i * n + j] = i == j ? 0 : root[i] * root[j] * (x[i * n + j] - mean);
    blocs_leading(b, n, v, next);
    double sum[2] = {0}, weight[2] = {0}; /* between, within */
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            int within = (v[i] < 0) == (v[j] < 0);
            sum[within] += c[i] * c[j] * x[i * n + j];
            weight[within] += c[i] * c[j];
        }
    return weight[0] > 0 && weight[1] > 0 ? sum[1] / weight[1] - sum[0] / weight[0] : 0;
}
