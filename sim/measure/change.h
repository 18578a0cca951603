/* Change points of a series: the segmentation of least cost plus a penalty for each change.
 *
 * PELT (Killick, Fearnhead, Eckley 2012, "Optimal detection of changepoints with a linear
 * computational cost", JASA 107:1590-1598): exact dynamic programming over where the last segment
 * starts, without the starts that can never win again. The bits depend on no C library. */
#ifndef WALTZ_MEASURE_CHANGE_H
#define WALTZ_MEASURE_CHANGE_H

/* Cost of a segment of k values with sum S. */
enum change_cost {
    CHANGE_MEAN,   /* sum of squared deviations from the segment's mean */
    CHANGE_POISSON /* 2 (S - S ln(S / k)), minus twice the log-likelihood but for what all
                      segmentations share; 0 if S is 0 or less, as a sum without its trend may be */
};

/* Room for searches in series of up to n_max values, and the series searched last. */
struct change_search {
    int n_max, least;       /* no segment is shorter than `least` */
    double *sums, *squares; /* of the first k values, [n_max + 1] */
    double *totals;         /* of the best segmentation of the first k values, [n_max + 1] */
    int *lasts;             /* where its last segment starts, [n_max + 1] */
    int *starts, *beaten;   /* where a last segment may still start, and since when one there has
                               been beaten by a later one (-1: not yet) */
    double *values;         /* what the segmentations with these starts cost */
    int *at;
    int n, n_starts;
    enum change_cost cost;
    double tie;   /* costs that differ by no more are equal */
    double slack; /* by how much two segments can cost more than both in one */
};

/* 0 or ERROR_NOMEM. least >= 1. */
int change_search_init(struct change_search *s, int n_max, int least);
void change_search_release(struct change_search *s);

/*
 * Writes the index of the first value of each new segment into at[], ascending, and returns how
 * many there are: at most n / least - 1. A series shorter than twice `least` has no change, nor has
 * one with a value that is not finite. n <= n_max, penalty >= 0.
 *
 * Costs are equal if they differ by less than 10^-12 of what the whole series' cost is made of:
 * its sum of squares about the mean, or its Poisson cost and four times its sum of |y|. Of
 * segmentations that cost the same, the one with the longest last segment wins, then with the
 * longest one before it; so none at all wins over any.
 */
int change_search(struct change_search *s, const double *y, int n, enum change_cost cost,
                  double penalty, int *at);

/*
 * The least penalty from which on no change falls within the indices from..to: 0 if none does at
 * any penalty above 0.
 *
 * As the penalty grows there are never more changes, but they move, also into from..to. Hence this
 * follows the segmentations down from the one without changes, each of which is the best between
 * two penalties, to the first that has a change there (as Haynes, Eckley, Fearnhead 2017,
 * "Computationally efficient changepoint detection for a range of penalties", JCGS 26:134-143, but
 * from above, and no further than needed). What is returned lies above the true boundary by 10^-9
 * of it, or by some 10^-11 of the series' cost if that is more: a search at it finds no change in
 * from..to, nor does one at any greater penalty, and one just below the boundary does. Only what
 * is the best at one single penalty, where it costs the same as others, can be missed.
 */
double change_threshold(struct change_search *s, const double *y, int n, enum change_cost cost,
                        int from, int to);

/* Slope per step of the least-squares line; 0 for fewer than two values and, exactly, for equal
 * ones. */
double change_slope(const double *y, int n);

/* y without a line of that slope through 0 at the middle of the series, so that the mean stays. out
 * may be y. */
void change_detrend(const double *y, int n, double slope, double *out);

#endif
