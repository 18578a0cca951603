#include "measure/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

int statistics_init(struct statistics *s, size_t n_cells, bool quantiles, uint32_t most)
{
    const bool bins = quantiles && most > 1;
    *s = (struct statistics){.n_cells = n_cells, .quantiles = quantiles};
    s->cells = calloc(n_cells, sizeof *s->cells);
    if (bins)
        s->bins = calloc(n_cells, STATISTICS_CELL_BINS * sizeof *s->bins);
    if (s->cells == NULL || (bins && s->bins == NULL)) {
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

struct scale statistics_scale(double low, double high)
{
    double unit = ldexp(high - low, -STATISTICS_BITS);
    return (struct scale){low, high, unit, 1 / unit, STATISTICS_BINS / (high - low)};
}

/* Lower edge of a bin, or upper one of the bin before: 32 coarse bins from the usual range's lower
 * end to the frame, 512 over the frame, 32 coarse ones from there to the range's upper end. */
static double edge(const struct cell *cell, const struct scale *scale, int bin)
{
    double low = cell->bin_low, high = low + STATISTICS_BINS / cell->bins_per_unit;
    if (bin <= STATISTICS_TAIL)
        return low + fmin(scale->low - low, 0) * (STATISTICS_TAIL - bin) / STATISTICS_TAIL;
    bin -= STATISTICS_TAIL;
    if (bin <= STATISTICS_BINS)
        return low + bin / cell->bins_per_unit;
    return high + fmax(scale->high - high, 0) * (bin - STATISTICS_BINS) / STATISTICS_TAIL;
}

static int within(double at, int bins)
{
    return at < 0 ? 0 : at >= bins ? bins - 1 : (int)at;
}

static size_t bin_of(const struct cell *cell, const struct scale *scale, double value)
{
    const int last = STATISTICS_TAIL + STATISTICS_BINS;
    double at = (value - cell->bin_low) * cell->bins_per_unit;
    if (at >= 0 && at < STATISTICS_BINS)
        return (size_t)(STATISTICS_TAIL + (int)at);
    double low = edge(cell, scale, at < 0 ? 0 : last);
    double span = edge(cell, scale, at < 0 ? STATISTICS_TAIL : STATISTICS_CELL_BINS) - low;
    if (!(span > 0)) /* the frame reaches beyond the range */
        return (size_t)(at < 0 ? STATISTICS_TAIL : last - 1);
    int tail = within((value - low) / span * STATISTICS_TAIL, STATISTICS_TAIL);
    return (size_t)(at < 0 ? tail : last + tail);
}

void statistics_frame(struct statistics *s, size_t cell, const struct scale *scale,
                      const double seen[2], double grain)
{
    double range = STATISTICS_BINS / scale->bins_per_unit;
    double spread = fmax(seen[1] - seen[0], fmax(range / STATISTICS_BINS, 16 * grain));
    struct cell *c = &s->cells[cell];
    c->bin_low = (seen[0] + seen[1]) / 2 - 1.5 * spread;
    c->bins_per_unit = STATISTICS_BINS / (3 * spread);
    c->grain = grain;
}

void statistics_prefetch(const struct statistics *s, size_t cell, const struct scale *scale,
                         double value)
{
    __builtin_prefetch(&s->cells[cell], 1);
    if (s->bins != NULL)
        __builtin_prefetch(
            &s->bins[cell * STATISTICS_CELL_BINS + bin_of(&s->cells[cell], scale, value)], 1);
}

void statistics_add(struct statistics *s, size_t cell, const struct scale *scale, double value)
{
    struct cell *c = &s->cells[cell];
    if (c->bins_per_unit == 0) { /* nobody framed it */
        c->bin_low = scale->low;
        c->bins_per_unit = scale->bins_per_unit;
    }
    const double limit = 8.0 * (1 << STATISTICS_BITS);
    int64_t q = llrint(fmin(fmax((value - scale->low) * scale->per_unit, -limit), limit));
    c->sum += q;
    c->squares += (__int128)q * q;
    c->least = c->n == 0 || q < c->least ? q : c->least;
    c->most = c->n == 0 || q > c->most ? q : c->most;
    c->n++;
    if (s->bins != NULL)
        s->bins[cell * STATISTICS_CELL_BINS + bin_of(&s->cells[cell], scale, value)]++;
}

struct estimate statistics_estimate(const struct statistics *s, size_t cell,
                                    const struct scale *scale)
{
    const struct cell *c = &s->cells[cell];
    struct estimate e = {c->n, NAN, NAN, NAN};
    if (c->n > 0)
        e.mean = scale->low + (double)c->sum / c->n * scale->unit;
    if (c->n > 1) {
        __int128 n = c->n;
        double spread = (double)(n * c->squares - c->sum * c->sum);
        e.sd = sqrt(spread / ((double)c->n * ((double)c->n - 1))) * scale->unit;
        e.mcse = e.sd / sqrt((double)c->n);
    }
    return e;
}

void statistics_quantiles(const struct statistics *s, size_t cell, const struct scale *scale,
                          const double *p, int n, double *q)
{
    const struct cell *c = &s->cells[cell];
    const double least = scale->low + (double)c->least * scale->unit;
    const double most = scale->low + (double)c->most * scale->unit;
    const bool empty = !s->quantiles || c->n == 0, one = c->least == c->most;
    if (empty || one) {
        for (int k = 0; k < n; k++)
            q[k] = empty ? NAN : least;
        return;
    }
    const uint32_t *bins = s->bins + cell * STATISTICS_CELL_BINS;
    uint32_t below = 0;
    for (int k = 0, b = 0; k < n; k++) {
        const double rank = p[k] * c->n;
        const uint32_t whole = (uint32_t)ceil(rank);
        while (b < STATISTICS_CELL_BINS - 1 && below + bins[b] < whole)
            below += bins[b++];
        double part = bins[b] > 0 ? (rank - below) / bins[b] : 0, low = edge(c, scale, b);
        double at = low + part * (edge(c, scale, b + 1) - low);
        if (c->grain > 0)
            at = rint(at / c->grain) * c->grain;
        q[k] = at < least ? least : at > most ? most : at;
    }
}
