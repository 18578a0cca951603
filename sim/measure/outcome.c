#include "measure/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "measure/ranks.h"

/* ---- finding what is read ------------------------------------------------------------------- */

static const char *measure_name(size_t k, const void *user)
{
    (void)user;
    return measures[k].name;
}

static int unknown_measure(const struct outcome *o, struct diag *diag)
{
    const char *near = text_nearest(o->measure, (size_t)n_measures, measure_name, NULL);
    return diag_error(diag, o->where,
                      "outcomes.%s.measure: unknown measure \"%s\"%s; "
                      "see `waltz list measures`",
                      o->name, o->measure, text_hint(near).text);
}

static int unknown_subject(const struct outcome *o, const struct measure *m, struct diag *diag)
{
    static const char *const allowed[LEVELS] = {
        "system", "a state or a group",
        "two states or groups joined by -, a group, or dyads for each of them",
        "two states or groups joined by >"};
    return diag_error(diag, o->where,
                      "outcomes.%s.subject: \"%s\" is none of the scenario for %s; allowed: %s",
                      o->name, o->subject, m->name,
                      m->chances == NULL ? allowed[m->level] : "a state, or two joined by -");
}

/* Which statistics a source has. */
static bool goes_with(const struct reading *r)
{
    const struct outcome *o = r->outcome;
    bool distribution = r->measure->chances != NULL;
    if ((o->statistic == STATISTIC_DISTANCE) != distribution)
        return false;
    if (r->source == SOURCE_DYADS || r->source == SOURCE_RANKS)
        return (r->source == SOURCE_RANKS) == (o->statistic == STATISTIC_RANK_CORRELATION) &&
               (r->source == SOURCE_RANKS || o->statistic == STATISTIC_MEAN);
    if (o->statistic == STATISTIC_RANK_CORRELATION)
        return false;
    if (o->statistic == STATISTIC_SHARE)
        return r->measure->level == LEVEL_DIRECTED;
    return r->source != SOURCE_STATE || o->minus_arm[0] != '\0';
}

static int find_chances(struct reading *r, const struct scenario *sc)
{
    struct pair pair;
    const char *subject = r->outcome->subject;
    if (scenario_pair(sc, subject, '-', &pair) == 0) {
        r->source = SOURCE_DYAD;
        r->i = pair.i;
        r->j = pair.j;
        return 0;
    }
    r->source = SOURCE_STATE;
    r->i = scenario_state(sc, subject);
    return r->i < 0 ? ERROR_INPUT : 0;
}

/* The ranks of what is observed, by dyad in the order (0, 1), (0, 2) … */
static int rank_observed(struct reading *r, const struct scenario *sc)
{
    double *values = calloc((size_t)r->width, sizeof *values);
    r->ranks = calloc((size_t)r->width, sizeof *r->ranks);
    int status = values == NULL || r->ranks == NULL ? ERROR_NOMEM : 0;
    for (int k = 0; k < r->width && status == 0; k++)
        values[k] = NAN;
    for (int k = 0; k < sc->n_observed && status == 0; k++) {
        const struct observed *o = &sc->observed[k];
        double value = o->cooperation[r->outcome->domain];
        if (value != OBSERVED_UNKNOWN)
            values[o->a * (2 * sc->n_states - o->a - 1) / 2 + o->b - o->a - 1] = value;
    }
    if (status == 0)
        ranks_of(values, r->width, r->ranks);
    free(values);
    return status;
}

static int find_source(struct reading *r, const struct scenario *sc, struct series_list *list)
{
    const struct outcome *o = r->outcome;
    int n = sc->n_states;
    if (r->measure->chances != NULL) {
        int status = find_chances(r, sc);
        r->width = measure_width(r->measure, n) * (r->source == SOURCE_DYAD ? 2 : 1);
        return status;
    }
    if (r->measure->level == LEVEL_DYAD && strcmp(o->subject, "dyads") == 0) {
        bool ranks = o->statistic == STATISTIC_RANK_CORRELATION;
        r->source = ranks ? SOURCE_RANKS : SOURCE_DYADS;
        r->width = n * (n - 1) / 2;
        return ranks ? rank_observed(r, sc) : 0;
    }
    r->source = o->statistic == STATISTIC_SHARE ? SOURCE_SHARE : SOURCE_SERIES;
    r->width = r->source == SOURCE_SHARE ? 2 : 1;
    r->series[0] = series_find(list, sc, r->measure, o->subject);
    if (r->series[0] >= 0 && r->source == SOURCE_SHARE && r->measure->level == LEVEL_DIRECTED) {
        r->series[1] = series_find_reverse(list, r->series[0]);
        return r->series[1] < 0 ? r->series[1] : 0;
    }
    return r->series[0] < 0 ? r->series[0] : 0;
}

static int find_reading(struct reading *r, const struct scenario *sc, struct series_list *list,
                        struct diag *diag)
{
    const struct outcome *o = r->outcome;
    r->measure = measure_find(o->measure);
    if (r->measure == NULL)
        return unknown_measure(o, diag);
    int status = find_source(r, sc, list);
    if (status == ERROR_INPUT)
        return unknown_subject(o, r->measure, diag);
    if (status == 0 && !goes_with(r))
        return diag_error(diag, o->where,
                          "outcomes.%s: this statistic is not that of %s of \"%s\"; allowed: share "
                          "with directed measures, distance with choices and moves (of a state "
                          "from minus_arm, or within a dyad), mean and rank_correlation with dyads",
                          o->name, r->measure->name, o->subject);
    return status;
}

/* A path that an earlier outcome keeps is kept once. */
static void place(struct readings *all, struct reading *r, int months)
{
    const struct outcome *o = r->outcome;
    r->path = r->outcome->statistic == STATISTIC_MAX ||
              r->outcome->statistic == STATISTIC_WHEN_MAX || outcome_searches(r->outcome);
    bool second = o->minus.from <= o->minus.to || o->over.from <= o->over.to;
    r->at = all->size;
    r->size = r->path ? months * r->width : (second ? 2 : 1) * r->width;
    for (const struct reading *q = all->of; q < r && r->path; q++)
        if (!q->unread && q->path && q->series[0] == r->series[0]) {
            r->at = q->at;
            return;
        }
    all->size += r->size;
    all->width = r->width > all->width ? r->width : all->width;
    all->watches |= r->measure->chances != NULL;
}

int readings_init(struct readings *r, const struct scenario *sc, struct series_list *list,
                  const bool *needed, struct diag *diag)
{
    *r = (struct readings){.n = sc->n_outcomes, .width = 1};
    r->of = calloc((size_t)sc->n_outcomes + 1, sizeof *r->of);
    int status = r->of == NULL ? ERROR_NOMEM : 0, wrong = 0;
    for (int k = 0; k < sc->n_outcomes && status == 0; k++) {
        r->of[k] = (struct reading){.outcome = &sc->outcomes[k],
                                    .i = -1,
                                    .j = -1,
                                    .start = sc->general.start,
                                    .unread = needed != NULL && !needed[k]};
        if (r->of[k].unread)
            continue;
        int one = find_reading(&r->of[k], sc, list, diag);
        wrong |= one == ERROR_INPUT;
        status = diag_go_on(one);
        if (one == 0)
            place(r, &r->of[k], scenario_months(sc));
    }
    if (status == 0 && !wrong)
        return 0;
    readings_release(r);
    return status != 0 ? status : ERROR_INPUT;
}

int readings_last(const struct readings *all, const struct scenario *sc)
{
    int last = sc->general.start;
    for (const struct reading *r = all->of; r < all->of + all->n; r++) {
        const struct outcome *o = r->outcome;
        const int to[] = {o->window.to, o->minus.to, o->over.to, r->path ? sc->general.end : last};
        for (size_t k = 0; !r->unread && k < sizeof to / sizeof *to; k++)
            last = to[k] > last ? to[k] : last;
    }
    return last;
}

void readings_release(struct readings *r)
{
    for (int k = 0; k < r->n && r->of != NULL; k++)
        free(r->of[k].ranks);
    free(r->of);
    *r = (struct readings){0};
}

/* ---- taking the sketch ---------------------------------------------------------------------- */

static void read_dyads(const struct measure *m, const struct simulation *s, double *out)
{
    for (int i = 0; i < s->world.n; i++)
        for (int j = i + 1; j < s->world.n; j++)
            *out++ = m->value(s, i, j);
}

static bool holds(const struct window *window, int month)
{
    return window->from <= month && month <= window->to;
}

/* `values` of a month, [width] or the part of it from `first` on, to where they belong. */
static void keep(const struct reading *r, int month, const double *values, int first, int n,
                 double *sketch)
{
    const struct outcome *o = r->outcome;
    double *out = sketch + r->at + first;
    if (r->path) {
        memcpy(out + (month - r->start) * r->width, values, (size_t)n * sizeof *out);
        return;
    }
    if (holds(&o->window, month))
        for (int k = 0; k < n; k++)
            out[k] += values[k];
    if (holds(&o->minus, month) || holds(&o->over, month))
        for (int k = 0; k < n; k++)
            out[r->width + k] += values[k];
}

static bool is_needed(const struct reading *r, int month)
{
    const struct outcome *o = r->outcome;
    return !r->unread && (r->path || holds(&o->window, month) || holds(&o->minus, month) ||
                          holds(&o->over, month));
}

void readings_month(const struct readings *all, const struct simulation *s, int month,
                    const double *row, double *sketch, double *scratch)
{
    for (const struct reading *r = all->of; r < all->of + all->n; r++) {
        if (!is_needed(r, month) || r->measure->chances != NULL)
            continue;
        if (r->source == SOURCE_DYADS || r->source == SOURCE_RANKS)
            read_dyads(r->measure, s, scratch);
        else
            for (int k = 0; k < r->width; k++)
                scratch[k] = row[r->series[k]];
        keep(r, month, scratch, 0, r->width, sketch);
    }
}

static bool is_watched(const struct reading *r, int month, int actor)
{
    return is_needed(r, month) && r->measure->chances != NULL && (actor == r->i || actor == r->j);
}

bool readings_watched(const struct readings *all, int month, int actor)
{
    bool watched = false;
    for (int k = 0; k < all->n; k++)
        watched |= is_watched(&all->of[k], month, actor);
    return watched;
}

void readings_watch(const struct readings *all, struct simulation *s, int month, int actor,
                    double *sketch, double *scratch)
{
    for (const struct reading *r = all->of; r < all->of + all->n; r++) {
        if (!is_watched(r, month, actor))
            continue;
        int width = measure_width(r->measure, s->world.n);
        r->measure->chances(s, actor, scratch);
        keep(r, month, scratch, actor == r->i ? 0 : width, width, sketch);
    }
}

/* ---- values --------------------------------------------------------------------------------- */

int reading_components(const struct reading *r, int n_states)
{
    return r->source == SOURCE_DYADS ? n_states * (n_states - 1) / 2 : 1;
}

static int months_of(const struct window *window)
{
    return window->to - window->from + 1;
}

/* Largest value of a path in a window, or its time. */
static double largest(const struct reading *r, const double *path, const struct window *window)
{
    const int start = r->start;
    double best = path[window->from - start];
    int when = window->from;
    for (int m = window->from; m <= window->to; m++)
        if (path[m - start] > best) {
            best = path[m - start];
            when = m;
        }
    return r->outcome->statistic == STATISTIC_MAX ? best : when / 12.0;
}

/* Mean, share or largest of one window; `second` is that of `minus` or `over`. */
static double over_window(const struct reading *r, const double *sketch,
                          const struct window *window, bool second, int k)
{
    const double *sums = sketch + r->at + (second ? r->width : 0);
    if (r->path)
        return largest(r, sketch + r->at, window);
    if (r->source == SOURCE_SHARE)
        return sums[0] + sums[1] > 0 ? sums[0] / (sums[0] + sums[1]) : NAN;
    return sums[k] / months_of(window);
}

/* Half the sum of absolute differences, mean over the menus, each of which sums to the months. */
static double total_variation(const double *a, const double *b, int n)
{
    double sum = 0, all = 0;
    for (int k = 0; k < n; k++) {
        sum += fabs(a[k] - b[k]);
        all += a[k];
    }
    return all > 0 ? sum / 2 / all : NAN;
}

enum change_cost reading_cost(const struct reading *r)
{
    return r->measure->grain > 0 ? CHANGE_POISSON : CHANGE_MEAN;
}

int search_room_init(struct search_room *room, int months)
{
    size_t n = (size_t)months;
    *room = (struct search_room){0};
    room->values = calloc(n + 1, sizeof *room->values);
    room->means = calloc(n + 1, sizeof *room->means);
    room->found = calloc(n + 1, sizeof *room->found);
    int status = change_search_init(&room->search, months, CHANGE_LEAST);
    if (status != 0 || room->values == NULL || room->means == NULL || room->found == NULL) {
        search_room_release(room);
        return ERROR_NOMEM;
    }
    return 0;
}

void search_room_release(struct search_room *room)
{
    change_search_release(&room->search);
    free(room->values);
    free(room->means);
    free(room->found);
    *room = (struct search_room){0};
}

int reading_changes(const double *path, int n, const struct search *search, int *at, double *mean)
{
    double middle = (n - 1) / 2.0, *y = search->room->values;
    for (int k = 0; k < n; k++)
        y[k] = search->scale * (path[k] - search->slope * (k - middle));
    int found = change_search(&search->room->search, y, n, search->cost, search->penalty, at);
    for (int c = 0; c <= found && mean != NULL; c++) {
        int from = c == 0 ? 0 : at[c - 1], to = c == found ? n : at[c];
        mean[c] = 0;
        for (int k = from; k < to; k++)
            mean[c] += y[k] / search->scale / (to - from);
    }
    return found;
}

double reading_first_change(const struct reading *r, const double *path,
                            const struct search *search)
{
    const struct outcome *o = r->outcome;
    if (search == NULL || isnan(search->penalty))
        return NAN;
    int *at = search->room->found;
    double *mean = search->room->means;
    int found = reading_changes(path, r->size, search, at, mean);
    for (int c = 0; c < found; c++) {
        bool upward = mean[c + 1] > mean[c];
        if (holds(&o->window, r->start + at[c]) && (upward || o->statistic == STATISTIC_CHANGE))
            return (r->start + at[c]) / 12.0;
    }
    return NAN;
}

static double of_one_arm(const struct reading *r, const double *sketch, int k,
                         const struct search *search)
{
    const struct outcome *o = r->outcome;
    if (outcome_searches(o))
        return reading_first_change(r, sketch + r->at, search);
    if (r->source == SOURCE_RANKS)
        return ranks_correlation(sketch + r->at, r->ranks, r->width);
    double value = over_window(r, sketch, &o->window, false, k);
    if (o->minus.from <= o->minus.to)
        value -= over_window(r, sketch, &o->minus, true, k);
    if (o->over.from <= o->over.to) {
        value /= over_window(r, sketch, &o->over, true, k);
        value = isfinite(value) ? value : NAN;
    }
    return value;
}

double reading_value(const struct reading *r, const double *sketch, const double *minus, int k,
                     const struct search *search)
{
    const double *a = sketch + r->at;
    const int half = r->width / 2;
    if (r->unread || (r->outcome->minus_arm[0] != '\0' && minus == NULL))
        return NAN;
    if (r->source == SOURCE_STATE)
        return total_variation(a, minus + r->at, r->width);
    if (r->source == SOURCE_DYAD)
        return total_variation(a, a + half, half) -
               (minus == NULL ? 0 : total_variation(minus + r->at, minus + r->at + half, half));
    return of_one_arm(r, sketch, k, search) - (minus == NULL ? 0 : of_one_arm(r, minus, k, search));
}
