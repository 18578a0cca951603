#include "measure/change.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/fmath.h"

int change_search_init(struct change_search *s, int n_max, int least)
{
    size_t n = (size_t)n_max + 1;
    *s = (struct change_search){.n_max = n_max, .least = least};
    s->sums = calloc(n, sizeof *s->sums);
    s->squares = calloc(n, sizeof *s->squares);
    s->totals = calloc(n, sizeof *s->totals);
    s->values = calloc(n, sizeof *s->values);
    s->lasts = calloc(n, sizeof *s->lasts);
    s->starts = calloc(n, sizeof *s->starts);
    s->beaten = calloc(n, sizeof *s->beaten);
    s->at = calloc(n, sizeof *s->at);
    if (s->sums == NULL || s->squares == NULL || s->totals == NULL || s->values == NULL ||
        s->lasts == NULL || s->starts == NULL || s->beaten == NULL || s->at == NULL) {
        change_search_release(s);
        return ERROR_NOMEM;
    }
    return 0;
}

void change_search_release(struct change_search *s)
{
    free(s->sums);
    free(s->squares);
    free(s->totals);
    free(s->values);
    free(s->lasts);
    free(s->starts);
    free(s->beaten);
    free(s->at);
    *s = (struct change_search){0};
}

/* ---- cost of a segment ---------------------------------------------------------------------- */

static inline double poisson_cost(double sum, double length)
{
    double rate = sum / length, cost = 2 * (sum - sum * fmath_log(rate));
    return rate >= DBL_MIN ? cost : 0;
}

static double segment_cost(const struct change_search *s, int from, int to)
{
    double sum = s->sums[to] - s->sums[from], length = to - from;
    return s->cost == CHANGE_POISSON ? poisson_cost(sum, length)
                                     : s->squares[to] - s->squares[from] - sum * sum / length;
}

/* A Poisson segment costs no less than its two parts, C being concave in the sum, unless one part
 * has a sum of -d < 0 that the other makes up for: then it can cost less, but by no more than a sum
 * of d over as many values costs. This is so for the deepest sum of all, over the whole series. */
static double poisson_slack(const struct change_search *s)
{
    double highest = -INFINITY, deepest = 0;
    for (int k = s->least; k <= s->n; k++) {
        highest = fmax(highest, s->sums[k - s->least]);
        deepest = fmax(deepest, highest - s->sums[k]);
    }
    return poisson_cost(fmin(deepest, s->n), s->n);
}

/* Takes a series in: sums about the mean for CHANGE_MEAN, lest large squares cancel. */
static void read_series(struct change_search *s, const double *y, int n, enum change_cost cost)
{
    assert(n <= s->n_max && s->least >= 1);
    double sum = 0, size = 0;
    for (int k = 0; k < n; k++) {
        sum += y[k];
        size += fabs(y[k]);
    }
    double middle = cost == CHANGE_MEAN && n > 0 ? sum / n : 0;
    s->n = n;
    s->cost = cost;
    for (int k = 0; k < n; k++) {
        double v = y[k] - middle;
        s->sums[k + 1] = s->sums[k] + v;
        s->squares[k + 1] = s->squares[k] + v * v;
    }
    bool counts = cost == CHANGE_POISSON;
    s->tie = 1e-12 * (counts ? fabs(poisson_cost(size, n)) + 4 * size : s->squares[n]);
    s->slack = counts ? poisson_slack(s) : 0;
}

/* ---- search --------------------------------------------------------------------------------- */

/* What the first `end` values cost if their last segment begins at each of the starts. */
static void evaluate(struct change_search *s, int end, double penalty)
{
    for (int k = 0; k < s->n_starts; k++) {
        int start = s->starts[k];
        s->values[k] = (start > 0 ? s->totals[start] + penalty : 0) + segment_cost(s, start, end);
    }
}

/* Keeps the best of the starts: the first of those that cost the same. */
static void settle(struct change_search *s, int end)
{
    double best = INFINITY;
    int first = 0;
    for (int k = 0; k < s->n_starts; k++)
        best = s->values[k] < best ? s->values[k] : best;
    while (first < s->n_starts && !(s->values[first] <= best + s->tie))
        first++;
    first = first < s->n_starts ? first : 0; /* not finite: none */
    s->totals[end] = s->values[first];
    s->lasts[end] = s->starts[first];
}

/* If start s costs more at u than a change at u, by over the slack, it costs more at all later ends
 * t too, since C(s,u) + C(u,t) <= C(s,t) + slack; so does what beats the change at u later. But for
 * t < u + least no change at u is allowed: till then s may still win, and is kept. The margin of
 * two ties keeps a start that would win as the first of equals. */
static void prune(struct change_search *s, int end, double penalty)
{
    double limit = s->totals[end] + penalty + s->slack + 2 * s->tie;
    int kept = 0;
    for (int k = 0; k < s->n_starts; k++) {
        int beaten = s->beaten[k];
        if (beaten < 0 && s->values[k] > limit)
            beaten = end;
        if (beaten >= 0 && end + 1 - beaten >= s->least)
            continue;
        s->starts[kept] = s->starts[k];
        s->beaten[kept++] = beaten;
    }
    s->n_starts = kept;
}

static void allow(struct change_search *s, int start)
{
    s->starts[s->n_starts] = start;
    s->beaten[s->n_starts++] = -1;
}

static int search(struct change_search *s, double penalty, int *at)
{
    s->n_starts = 0;
    if (s->n / 2 < s->least)
        return 0;
    for (int end = s->least; end <= s->n; end++) {
        int start = end - s->least;
        if (start == 0 || start >= s->least)
            allow(s, start);
        evaluate(s, end, penalty);
        settle(s, end);
        prune(s, end, penalty);
    }
    int found = 0;
    for (int k = s->lasts[s->n]; k > 0; k = s->lasts[k])
        found++;
    for (int k = s->lasts[s->n], c = found; k > 0; k = s->lasts[k])
        at[--c] = k;
    return found;
}

int change_search(struct change_search *s, const double *y, int n, enum change_cost cost,
                  double penalty, int *at)
{
    read_series(s, y, n, cost);
    return search(s, penalty, at);
}

/* ---- threshold ------------------------------------------------------------------------------ */

/* A segmentation: how many changes, what it costs without penalties, a change in from..to? */
struct cut {
    int changes;
    double cost;
    bool inside;
};

static struct cut cut_at(struct change_search *s, double penalty, int from, int to)
{
    struct cut cut = {.changes = search(s, penalty, s->at)};
    for (int c = 0; c <= cut.changes; c++) {
        int start = c == 0 ? 0 : s->at[c - 1], end = c == cut.changes ? s->n : s->at[c];
        cut.cost += segment_cost(s, start, end);
        cut.inside |= c > 0 && start >= from && start <= to;
    }
    return cut;
}

/* The next cut with more changes that is the best at some penalty, given the finest one; below
 * which penalty it is better than `cut`. False if there is none. Each round finds a cut that is
 * better still where the last one draws level, so the penalty grows and the changes get fewer. */
static bool next_cut(struct change_search *s, struct cut *cut, struct cut next, double *penalty,
                     const int window[2])
{
    struct cut base = *cut;
    if (next.changes <= base.changes)
        return false;
    for (;;) {
        *penalty = (base.cost - next.cost) / (next.changes - base.changes);
        struct cut other = cut_at(s, *penalty, window[0], window[1]);
        double gain = base.cost - other.cost - *penalty * (other.changes - base.changes);
        if (other.changes <= base.changes || other.changes >= next.changes || !(gain > 16 * s->tie))
            break;
        next = other;
    }
    *cut = next;
    return true;
}

double change_threshold(struct change_search *s, const double *y, int n, enum change_cost cost,
                        int from, int to)
{
    read_series(s, y, n, cost);
    double tiny = 16 * s->tie, penalty = 0;
    struct cut finest = cut_at(s, tiny, from, to), cut = {.cost = segment_cost(s, 0, n)};
    while (!cut.inside)
        if (!next_cut(s, &cut, finest, &penalty, (int[]){from, to}))
            return 0;
    double step = fmax(1e-9 * penalty, tiny);
    do {
        penalty += step;
        step *= 2;
    } while (cut_at(s, penalty, from, to).inside);
    return penalty;
}

/* ---- trend ---------------------------------------------------------------------------------- */

double change_slope(const double *y, int n)
{
    double sum = 0, middle = (n - 1) / 2.0;
    for (int k = n / 2; k < n; k++)
        sum += (k - middle) * (y[k] - y[n - 1 - k]);
    return n < 2 ? 0 : sum / (n * ((double)n * n - 1) / 12);
}

void change_detrend(const double *y, int n, double slope, double *out)
{
    double middle = (n - 1) / 2.0;
    for (int k = 0; k < n; k++)
        out[k] = y[k] - slope * (k - middle);
}
