#include "measure/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

int statistics_init(struct statistics *s, size_t n_cells, bool quantiles)
{
    *s = (struct statistics){.n_cells = n_cells};
    s->cells = calloc(n_cells, sizeof *s->cells);
    if (quantiles)
        s->bins = calloc(n_cells, STATISTICS_BINS * sizeof *s->bins);
    if (s->cells == NULL || (quantiles && s->bins == NULL)) {
        statistics_release(s);
        return ERROR_NOMEM;
    }
    return 0;
}

void statistics_release(struct statistics *s)
{
    free(s->cells);
    free(s->bins);
    *s = (struct statistics){0};
}

static double unit(struct range range)
{
    return ldexp(range.high - range.low, -STATISTICS_BITS);
}

static size_t bin_of(struct range range, double value)
{
    double at = (value - range.low) / (range.high - range.low) * STATISTICS_BINS;
    return at < 0 ? 0 : at >= STATISTICS_BINS ? STATISTICS_BINS - 1 : (size_t)at;
}

void statistics_add(struct statistics *s, size_t cell, struct range range, double value)
{
    struct cell *c = &s->cells[cell];
    const double limit = ldexp(8, STATISTICS_BITS);
    int64_t q = llrint(fmin(fmax((value - range.low) / unit(range), -limit), limit));
    c->sum += q;
    c->squares += (__int128)q * q;
    c->least = c->n == 0 || q < c->least ? q : c->least;
    c->most = c->n == 0 || q > c->most ? q : c->most;
    c->n++;
    if (s->bins != NULL)
        s->bins[cell * STATISTICS_BINS + bin_of(range, value)]++;
}

struct estimate statistics_estimate(const struct statistics *s, size_t cell, struct range range)
{
    const struct cell *c = &s->cells[cell];
    struct estimate e = {c->n, NAN, NAN, NAN};
    if (c->n > 0)
        e.mean = range.low + (double)c->sum / c->n * unit(range);
    if (c->n > 1) {
        __int128 n = c->n;
        double spread = (double)(n * c->squares - c->sum * c->sum);
        e.sd = sqrt(spread / ((double)c->n * ((double)c->n - 1))) * unit(range);
        e.mcse = e.sd / sqrt((double)c->n);
    }
    return e;
}

double statistics_quantile(const struct statistics *s, size_t cell, struct range range, double p)
{
    const struct cell *c = &s->cells[cell];
    if (s->bins == NULL || c->n == 0)
        return NAN;
    const uint32_t *bins = s->bins + cell * STATISTICS_BINS;
    double rank = p * c->n, below = 0;
    int b = 0;
    while (b < STATISTICS_BINS - 1 && below + bins[b] < rank)
        below += bins[b++];
    double within = bins[b] > 0 ? (rank - below) / bins[b] : 0;
    double q = range.low + (b + within) / STATISTICS_BINS * (range.high - range.low);
    double least = range.low + (double)c->least * unit(range);
    double most = range.low + (double)c->most * unit(range);
    return q < least ? least : q > most ? most : q;
}
