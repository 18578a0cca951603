/* Statistics of many replicates, exact and independent of order.
 *
 * A value is rounded once, to 2^-30 of its measure's usual range; sums and sums of squares of these
 * whole numbers are exact in 128 bits, so no order of adding can change them. Quantiles come from
 * counts in equal bins, interpolated within a bin and never beyond the smallest and largest value;
 * each cell has bins of its own, framed by the first few values, so that a bin is a small part of
 * the cell's spread. Memory depends on the number of cells, not on that of replicates (at most
 * 2^28). */
#ifndef WALTZ_MEASURE_STATISTICS_H
#define WALTZ_MEASURE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STATISTICS_BINS = 512, /* over the frame */
    STATISTICS_TAIL = 32,  /* more on either side of it */
    STATISTICS_CELL_BINS = STATISTICS_BINS + 2 * STATISTICS_TAIL,
    STATISTICS_BITS = 30,
    STATISTICS_REPLICATES = 1 << 28
};

/* One cell: one series in one period. */
struct cell {
    __int128 sum, squares;
    int64_t least, most;
    double bin_low, bins_per_unit; /* bins_per_unit 0: not framed yet */
    double grain;                  /* of which all values are multiples; 0: of none */
    uint32_t n;
};

struct statistics {
    size_t n_cells;
    struct cell *cells;
    bool quantiles;
    uint32_t *bins; /* [n_cells · STATISTICS_CELL_BINS]; NULL without quantiles or for one value */
};

/* How a measure's values become whole numbers and bins. */
struct scale {
    double low, high, unit, per_unit, bins_per_unit;
};
struct scale statistics_scale(double low, double high);

/* For cells of at most so many values. 0 or ERROR_NOMEM. */
int statistics_init(struct statistics *s, size_t n_cells, bool quantiles, uint32_t most);
void statistics_release(struct statistics *s);

/* Lays the bins of an empty cell over three times the spread from least to most, seen in the first
 * values; `grain` > 0 tells that values are multiples of it. Values beyond count in coarser bins,
 * which reach to the ends of the usual range. A cell that nobody frames has its bins over the usual
 * range. */
void statistics_frame(struct statistics *s, size_t cell, const struct scale *scale,
                      const double seen[2], double grain);

/* Adds a finite value to a cell. Values more than 8 ranges away count as that far, which no measure
 * of the table reaches. */
void statistics_add(struct statistics *s, size_t cell, const struct scale *scale, double value);

/* Tells the processor that a value will be added soon. */
void statistics_prefetch(const struct statistics *s, size_t cell, const struct scale *scale,
                         double value);

struct estimate {
    uint32_t n;
    double mean;
    double sd;   /* of a replicate, n − 1; NaN for n < 2 */
    double mcse; /* of the mean, sd/√n; NaN for n < 2 */
};
struct estimate statistics_estimate(const struct statistics *s, size_t cell,
                                    const struct scale *scale);

/* Quantiles p[n] of 0..1, the least first, to a bin: q[n]; NaN if the cell is empty or there are no
 * quantiles. */
void statistics_quantiles(const struct statistics *s, size_t cell, const struct scale *scale,
                          const double *p, int n, double *q);

#endif
