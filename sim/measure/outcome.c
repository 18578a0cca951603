#include "measure/outcome.h"

static double over_window(int statistic, const struct window *window, const double *column,
                          int n_series, int start)
{
    double sum = 0, best = column[(window->from - start) * n_series];
    int when = window->from;
    for (int m = window->from; m <= window->to; m++) {
        double v = column[(m - start) * n_series];
        sum += v;
        if (v > best) {
            best = v;
            when = m;
        }
    }
    switch (statistic) {
    case STATISTIC_MAX:
        return best;
    case STATISTIC_WHEN_MAX:
        return when / 12.0;
    default:
        return sum / (window->to - window->from + 1);
    }
}

double outcome_value(const struct outcome *outcome, const double *record, int n_series, int series,
                     int start)
{
    double value =
        over_window(outcome->statistic, &outcome->window, record + series, n_series, start);
    if (outcome->minus.from <= outcome->minus.to)
        value -= over_window(outcome->statistic, &outcome->minus, record + series, n_series, start);
    return value;
}
