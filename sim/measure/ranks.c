#include "measure/ranks.h"

#include <math.h>
#include <stdint.h>

#include "base/width.h"

/* Twice the rank of v[k] among the places where `known` is a number: a whole number. */
static WIDE double twice_rank(const double *v, const double *known, int n, int k)
{
    const double own = v[k];
    int64_t below = 0, equal = 0;
    for (int q = 0; q < n; q++) {
        below += (known[q] == known[q]) & (v[q] < own);
        equal += (known[q] == known[q]) & (v[q] == own);
    }
    return (double)(2 * below + equal + 1);
}

void ranks_of(const double *v, int n, double *ranks)
{
    for (int k = 0; k < n; k++)
        ranks[k] = isnan(v[k]) ? NAN : twice_rank(v, v, n, k) / 2;
}

double ranks_correlation(const double *v, const double *ranks, int n)
{
    double known = 0, xx = 0, yy = 0, xy = 0;
    for (int k = 0; k < n; k++)
        known += !isnan(ranks[k]);
    for (int k = 0; k < n; k++) {
        if (isnan(ranks[k]))
            continue;
        double x = twice_rank(v, ranks, n, k) - (known + 1), y = 2 * ranks[k] - (known + 1);
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}
