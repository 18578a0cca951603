#include "run/phases.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* ---- what is searched ----------------------------------------------------------------------- */

static struct phase make_phase(const struct reproduction *p, int outcome)
{
    const struct outcome *o = p->readings->of[outcome].outcome;
    const int start = p->readings->of[outcome].start;
    struct window all = {start, start + p->months - 1};
    return (struct phase){.path = reproduction_path_of(p, outcome),
                          .outcome = outcome,
                          .trend = o->trend_index,
                          .alarm = o->alarm.from <= o->alarm.to ? o->alarm : all,
                          .cost = reading_cost(&p->readings->of[outcome]),
                          .penalty = {NAN, NAN}};
}

static struct phase *find_phase(const struct phases *phases, const struct phase *like)
{
    for (int k = 0; k < phases->n; k++) {
        struct phase *at = &phases->at[k];
        if (at->path == like->path && at->trend == like->trend &&
            at->alarm.from == like->alarm.from && at->alarm.to == like->alarm.to)
            return at;
    }
    return NULL;
}

static struct search search_of(struct phases *phases, const struct reproduction *p,
                               const struct phase *phase, const struct draw *d, uint32_t index)
{
    const double *trend = reproduction_path(p, d, phase->path, phase->trend, 0);
    bool mean = index == 0;
    return (struct search){.room = &phases->room,
                           .cost = phase->cost,
                           .scale = mean && phase->cost == CHANGE_POISSON ? d->n : 1,
                           .slope = change_slope(trend, p->months),
                           .penalty = phase->penalty[mean ? PHASE_MEANS : PHASE_REPLICATES]};
}

/* ---- the penalty ---------------------------------------------------------------------------- */

/* The least penalty at which a path of the arm without shocks gives no alarm. */
static double threshold(struct phases *phases, const struct reproduction *p,
                        const struct phase *phase, const struct search *search, const double *path)
{
    const int start = p->readings->of[phase->outcome].start;
    double *y = phases->room.values;
    change_detrend(path, p->months, search->slope, y);
    for (int k = 0; k < p->months; k++)
        y[k] *= search->scale;
    return change_threshold(&phases->room.search, y, p->months, phase->cost,
                            phase->alarm.from - start, phase->alarm.to - start);
}

/* Allows the highest twentieth. */
static void set_penalty(struct phase *phase, enum phase_reading reading, double *thresholds,
                        uint32_t n)
{
    phase->paths[reading] = n;
    if (n == 0)
        return;
    gsl_sort(thresholds, 1, n);
    phase->penalty[reading] = thresholds[n - 1 - n / PHASE_ALARMS];
    for (uint32_t k = 0; k < n; k++)
        phase->alarms[reading] += thresholds[k] > phase->penalty[reading];
}

/* Draws whose arm without shocks ran: those of the list if there are some, else the scenario's. */
static int first_draw(const struct reproduction *p, const struct phase *phase)
{
    return p->n_draws > 1 && p->draws[1].ran[phase->trend] ? 1 : 0;
}

static int end_draw(const struct reproduction *p, const struct phase *phase)
{
    return first_draw(p, phase) == 0 ? 1 : p->n_draws;
}

static int set_by_replicates(struct phases *phases, const struct reproduction *p,
                             struct phase *phase)
{
    uint32_t n = 0;
    double *thresholds = calloc((size_t)p->n_draws * p->request->n + 1, sizeof *thresholds);
    if (thresholds == NULL)
        return ERROR_NOMEM;
    for (int k = first_draw(p, phase); k < end_draw(p, phase); k++) {
        const struct draw *d = &p->draws[k];
        for (uint32_t r = 1; r <= d->n; r++) {
            const struct search search = search_of(phases, p, phase, d, r);
            thresholds[n++] = threshold(phases, p, phase, &search,
                                        reproduction_path(p, d, phase->path, phase->trend, r));
        }
    }
    set_penalty(phase, PHASE_REPLICATES, thresholds, n);
    free(thresholds);
    return 0;
}

/* The mean of as many replicates as a draw has, drawn with replacement. */
static void resample(const struct reproduction *p, const struct phase *phase, const struct draw *d,
                     gsl_rng *rng, double *mean)
{
    memset(mean, 0, (size_t)p->months * sizeof *mean);
    for (uint32_t k = 0; k < d->n; k++) {
        uint32_t r = 1 + (uint32_t)gsl_rng_uniform_int(rng, d->n);
        const double *path = reproduction_path(p, d, phase->path, phase->trend, r);
        for (int m = 0; m < p->months; m++)
            mean[m] += path[m] / d->n;
    }
}

static int set_by_resamples(struct phases *phases, const struct reproduction *p,
                            struct phase *phase, double *thresholds)
{
    const struct stream stream = stream_make(p->request->seed, 0, 0);
    int first = first_draw(p, phase), among = end_draw(p, phase) - first;
    double *mean = calloc((size_t)p->months, sizeof *mean);
    gsl_rng *rng = gsl_rng_alloc(stream_gsl_type);
    uint32_t n = 0;
    for (unsigned k = 0; k < PHASE_RESAMPLES && mean != NULL && rng != NULL; k++) {
        const struct draw *d = &p->draws[first + (int)(k % (unsigned)among)];
        if (d->n == 0)
            continue;
        stream_gsl_place(rng, &stream, (struct stream_slot){PURPOSE_RESAMPLE, 0, k});
        resample(p, phase, d, rng, mean);
        const struct search search = search_of(phases, p, phase, d, 0);
        thresholds[n++] = threshold(phases, p, phase, &search, mean);
    }
    phase->resampled = true;
    set_penalty(phase, PHASE_MEANS, thresholds, n);
    int status = mean == NULL || rng == NULL ? ERROR_NOMEM : 0;
    if (rng != NULL)
        gsl_rng_free(rng);
    free(mean);
    return status;
}

static int set_by_means(struct phases *phases, const struct reproduction *p, struct phase *phase)
{
    uint32_t n = 0;
    int first = first_draw(p, phase), end = end_draw(p, phase), status = 0;
    double *thresholds = calloc((size_t)(p->n_draws + PHASE_RESAMPLES), sizeof *thresholds);
    if (thresholds == NULL)
        return ERROR_NOMEM;
    if (end - first < PHASE_DRAWS) {
        status = set_by_resamples(phases, p, phase, thresholds);
    } else {
        for (int k = first; k < end; k++) {
            const struct draw *d = &p->draws[k];
            const struct search search = search_of(phases, p, phase, d, 0);
            if (d->n > 0)
                thresholds[n++] = threshold(phases, p, phase, &search,
                                            reproduction_path(p, d, phase->path, phase->trend, 0));
        }
        set_penalty(phase, PHASE_MEANS, thresholds, n);
    }
    free(thresholds);
    return status;
}

/* ---- what is found -------------------------------------------------------------------------- */

static double find_one(struct phases *phases, const struct reproduction *p, const struct draw *d,
                       int outcome, int arm, uint32_t index)
{
    const struct phase like = make_phase(p, outcome);
    const struct phase *phase = find_phase(phases, &like);
    const struct search search = search_of(phases, p, phase, d, index);
    return reading_first_change(&p->readings->of[outcome],
                                reproduction_path(p, d, phase->path, arm, index), &search);
}

static void fill(struct phases *phases, struct reproduction *p, const struct draw *d, int outcome)
{
    int minus = p->readings->of[outcome].outcome->minus_arm_index;
    for (int arm = 0; arm < p->n_arms; arm++) {
        double *values = reproduction_values(p, d, arm, outcome);
        for (uint32_t k = 0; k <= d->n && d->n > 0 && d->ran[arm]; k++) {
            values[k] = find_one(phases, p, d, outcome, arm, k);
            if (minus >= 0)
                values[k] -= find_one(phases, p, d, outcome, minus, k);
        }
    }
}

int phases_find(struct phases *phases, struct reproduction *p)
{
    *phases = (struct phases){.reproduction = p,
                              .at = calloc((size_t)p->n_outcomes + 1, sizeof *phases->at)};
    int status = phases->at == NULL ? ERROR_NOMEM : search_room_init(&phases->room, p->months);
    for (int k = 0; k < p->n_outcomes && status == 0; k++) {
        if (reproduction_path_of(p, k) < 0)
            continue;
        const struct phase phase = make_phase(p, k);
        if (find_phase(phases, &phase) == NULL) {
            struct phase *new = &phases->at[phases->n++];
            *new = phase;
            status = set_by_means(phases, p, new);
            if (status == 0)
                status = set_by_replicates(phases, p, new);
        }
        for (int d = 0; d < p->n_draws && status == 0; d++)
            fill(phases, p, &p->draws[d], k);
    }
    return status;
}

void phases_release(struct phases *phases)
{
    free(phases->at);
    search_room_release(&phases->room);
    *phases = (struct phases){0};
}

int phases_changes(struct phases *phases, const struct phase *phase, const struct draw *d, int arm,
                   int *at, double *mean)
{
    const struct reproduction *p = phases->reproduction;
    const struct search search = search_of(phases, p, phase, d, 0);
    return isnan(search.penalty) ? 0
                                 : reading_changes(reproduction_path(p, d, phase->path, arm, 0),
                                                   p->months, &search, at, mean);
}
