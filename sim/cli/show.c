#include "cli/show.h"

#include <gsl/gsl_cdf.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { CHART_ROWS = 9 };

/* The columns of the table after cooperation itself. */
static const char *const columns[] = {"cooperation_political", "cooperation_institutional",
                                      "cooperation_security", "cooperation_economic", "acts"};
static const char *const titles[] = {"polit", "instit", "secur", "econ", "acts"};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static int find(const struct experiment *x, const char *measure, struct pair p)
{
    for (int s = 0; s < x->series.n; s++) {
        const struct series *series = &x->series.at[s];
        if (pair_same((struct pair){series->i, series->j}, p) &&
            strcmp(series->measure->name, measure) == 0)
            return s;
    }
    return -1;
}

static size_t yearly_cell(const struct experiment *x, int year, int series)
{
    return (size_t)(year * x->series.n + series);
}

static struct estimate estimate(const struct experiment *x, const struct ensemble *e, int year,
                                int series)
{
    return statistics_estimate(&e->yearly, yearly_cell(x, year, series), &x->scales[series]);
}

static double quantile(const struct experiment *x, const struct ensemble *e, int year, int series,
                       double p)
{
    double q;
    statistics_quantiles(&e->yearly, yearly_cell(x, year, series), &x->scales[series], &p, 1, &q);
    return q;
}

/* "± 0.0012", the 95 % Monte Carlo interval of a mean; NA for a single replicate. */
static void print_interval(struct estimate e)
{
    if (e.n < 2)
        printf(" ±     NA");
    else
        printf(" ± %.4f", gsl_cdf_tdist_Pinv(0.975, e.n - 1.0) * e.mcse);
}

static void show_table(const struct experiment *x, const struct ensemble *e, struct pair p)
{
    int all = find(x, "cooperation", p);
    printf("\n  year  cooperation      90 %% of runs ");
    for (int c = 0; c < N_COLUMNS; c++)
        printf(" %6s", titles[c]);
    printf("\n");
    for (int y = 0; y < experiment_years(x); y++) {
        printf("  %4d  %.3f", x->scenario->general.start / 12 + y, estimate(x, e, y, all).mean);
        print_interval(estimate(x, e, y, all));
        printf("  %.3f .. %.3f", quantile(x, e, y, all, 0.05), quantile(x, e, y, all, 0.95));
        for (int c = 0; c < N_COLUMNS; c++)
            printf(" %6.3f", estimate(x, e, y, find(x, columns[c], p)).mean);
        printf("\n");
    }
    printf("  cooperation 0..1: mean of its domains, political, institutional, security and\n"
           "  economic, ± 95 %% interval; acts: accepted cooperative moves a month\n");
}

/* Three columns a year; the mean, and the band of 90 % of the replicates. */
static void show_chart(const struct experiment *x, const struct ensemble *e, struct pair p)
{
    int series = find(x, "cooperation", p), years = experiment_years(x);
    double low = 1, high = 0;
    for (int y = 0; y < years; y++) {
        low = fmin(low, quantile(x, e, y, series, 0.05));
        high = fmax(high, quantile(x, e, y, series, 0.95));
    }
    double step = fmax(high - low, 0.02) / (CHART_ROWS - 1);
    printf("\n");
    for (int row = CHART_ROWS - 1; row >= 0; row--) {
        double level = low + row * step;
        printf("  %5.3f |", level);
        for (int y = 0; y < years; y++) {
            double mean = estimate(x, e, y, series).mean;
            bool on = fabs(mean - level) <= step / 2;
            bool band = quantile(x, e, y, series, 0.05) <= level + step / 2 &&
                        quantile(x, e, y, series, 0.95) >= level - step / 2;
            printf(" %s", on ? "●●" : band ? "░░" : "  ");
        }
        printf("\n");
    }
    printf("        +");
    for (int y = 0; y < years; y++)
        printf("---");
    printf("\n         ");
    for (int y = 0; y < years; y++)
        printf(" %02d", (x->scenario->general.start / 12 + y) % 100);
    printf("\n  ● mean  ░ 90 %% of runs\n");
}

/* Replicates that would bring the 95 % interval of each year's mean to ±1 % of it. */
static void show_precision(const struct experiment *x, const struct ensemble *e, struct pair p)
{
    int series = find(x, "cooperation", p);
    double worst = 0;
    for (int y = 0; y < experiment_years(x); y++) {
        struct estimate now = estimate(x, e, y, series);
        worst = fmax(worst, pow(1.96 * now.sd / (0.01 * now.mean), 2));
    }
    printf("  ±1 %% of the mean in every year needs about %.0f replicates.\n",
           fmax(2, ceil(worst)));
}

/* Outcomes that a single arm does not have. */
static void show_unread(const struct scenario *sc)
{
    int unread = 0;
    for (int k = 0; k < sc->n_outcomes; k++)
        unread += sc->outcomes[k].minus_arm[0] != '\0' || outcome_searches(&sc->outcomes[k]);
    if (unread > 0)
        printf("\n  %d outcome%s other arms or a search for change points, and NA in\n"
               "  outcomes.csv; `waltz reproduce` reads them.\n",
               unread, unread == 1 ? " needs" : "s need");
}

void show_run(const struct experiment *x, const struct ensemble *e)
{
    const struct scenario *sc = x->scenario;
    printf("%s: %" PRIu32 " replicate%s, seed %" PRIu64 "\n",
           sc->general.title[0] ? sc->general.title : sc->general.name, e->done,
           e->done == 1 ? "" : "s", x->seed);
    for (int k = 0; k < sc->n_focus && e->done > e->failed; k++) {
        struct pair p = sc->focus[k];
        printf("\n%s and %s\n", scenario_label(sc, p.i), scenario_label(sc, p.j));
        show_table(x, e, p);
        show_chart(x, e, p);
        if (e->done - e->failed > 1)
            show_precision(x, e, p);
    }
    show_unread(sc);
}
