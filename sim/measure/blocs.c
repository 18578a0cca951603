#include "measure/blocs.h"

#include "base/width.h"

enum { ROUNDS = 2000, LOOK = 8 };

/* Largest sum of a row's absolute values: no eigenvalue is farther from 0. */
static real bound(const real *b, int n)
{
    real most = {0};
    for (int i = 0; i < n; i++) {
        real sum = {0};
        for (int j = 0; j < n; j++)
            sum += real_pick(b[i * n + j] < 0, -b[i * n + j], b[i * n + j]);
        most = real_larger(sum, most);
    }
    return most;
}

/* next = (b + shift) v. Row by row, so that the processor adds many columns at once. */
static WIDE void multiply(const real *restrict b, int n, real shift, const real *restrict v,
                          real *restrict next)
{
    for (int j = 0; j < n; j++)
        next[j] = shift * v[j];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            next[j] += b[i * n + j] * v[i];
}

/* Scales next to norm 1 and, where a lane is not done, writes it to v; how far the two were apart,
 * squared. */
static real replace(real *v, const real *next, int n, real_mask done)
{
    real square = {0}, apart = {0};
    for (int j = 0; j < n; j++)
        square += next[j] * next[j];
    const real scale = real_keep(square > 0, 1 / real_root(square));
    for (int j = 0; j < n; j++) {
        const real scaled = next[j] * scale, moved = scaled - v[j];
        apart += moved * moved;
        v[j] = real_pick(done, v[j], scaled);
    }
    return apart;
}

/* No eigenvalue lies below −bound, so half of the bound as shift makes the largest one also the
 * largest in size. The start is the largest row: most of it lies along what is sought, unless that
 * has nothing to do with the row's state. */
void blocs_leading(const real *b, int n, real *v, real *next)
{
    const real shift = bound(b, n) / 2;
    const real_mask none = shift < 0;
    real most = real_all(-1);
    for (int i = 0; i < n; i++) {
        real square = {0};
        for (int j = 0; j < n; j++)
            square += b[i * n + j] * b[i * n + j];
        const real_mask larger = square > most;
        most = real_pick(larger, square, most);
        for (int j = 0; j < n; j++) {
            const real start = j == i ? b[i * n + j] + shift : b[i * n + j];
            next[j] = real_pick(larger, start, next[j]);
        }
    }
    replace(v, next, n, none);
    real_mask done = none;
    for (int k = 0; k < ROUNDS && mask_count(done) < LANES; k += LOOK) {
        real apart = {0};
        for (int q = 0; q < LOOK; q++) {
            multiply(b, n, shift, v, next);
            apart = replace(v, next, n, done);
        }
        done = done | (apart < 1e-16) | (apart != apart);
    }
}

/* x̄ of all pairs to x; their capability-weighted mean. */
static real fill_cooperation(const struct simulation *s, real *x)
{
    const struct world *w = &s->world;
    const real *c = s->perception.capability;
    real sum = {0}, weight = {0};
    for (int k = 0; k < w->n * w->n; k++)
        x[k] = (w->cooperation[POLITICAL][k] + w->cooperation[INSTITUTIONAL][k] +
                w->cooperation[SECURITY][k] + w->cooperation[ECONOMIC][k]) /
               DOMAINS;
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->n; j++)
            if (i != j) {
                sum += c[i] * c[j] * x[i * w->n + j];
                weight += c[i] * c[j];
            }
    return real_keep(weight > 0, sum / weight);
}

/* Mean cooperation within the blocs and between them. */
static real compare(const struct simulation *s, const real *x, const real *v)
{
    const real *c = s->perception.capability;
    const int n = s->world.n;
    real between = {0}, within = {0}, weight_between = {0}, weight_within = {0};
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            const real_mask same = (v[i] < 0) == (v[j] < 0);
            const real weight = c[i] * c[j], tie = weight * x[i * n + j];
            within += real_keep(same, tie);
            weight_within += real_keep(same, weight);
            between += real_pick(same, real_all(0), tie);
            weight_between += real_pick(same, real_all(0), weight);
        }
    const real apart = within / weight_within - between / weight_between;
    return real_keep(weight_between > 0, real_keep(weight_within > 0, apart));
}

void blocs_read(const struct simulation *s, double *out)
{
    const struct perception *p = &s->perception;
    const int n = s->world.n;
    real *x = p->scratch[0], *b = p->scratch[1], *v = p->vector[0], *next = p->vector[1];
    const real mean = fill_cooperation(s, x), *root = p->root_capability;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            b[i * n + j] = i == j ? real_all(0) : root[i] * root[j] * (x[i * n + j] - mean);
    blocs_leading(b, n, v, next);
    real_store(out, compare(s, x, v));
}
