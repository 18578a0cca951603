#include "run/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/judgement.h"

/* ---- units ---------------------------------------------------------------------------------- */

struct unit *unit_make(const struct subject *s, uint32_t cell, uint32_t first, uint32_t n)
{
    struct unit *u = calloc(1, sizeof *u);
    if (u == NULL)
        return NULL;
    const size_t arms = (size_t)n * (size_t)s->n_arms;
    *u = (struct unit){.cell = cell, .first = first, .room = n};
    u->values = calloc(arms * (size_t)s->n_outcomes, sizeof *u->values);
    u->sketches = calloc(arms * (size_t)s->size + 1, sizeof *u->sketches);
    u->shown = calloc((size_t)n * (size_t)s->n_claims + 1, sizeof *u->shown);
    if (u->values != NULL && u->sketches != NULL && u->shown != NULL)
        return u;
    unit_free(u);
    return NULL;
}

void unit_free(struct unit *u)
{
    if (u == NULL)
        return;
    free(u->values);
    free(u->sketches);
    free(u->shown);
    free(u);
}

/* ---- a thread's rooms ----------------------------------------------------------------------- */

static void unload(struct worker *w)
{
    team_release(&w->team);
    if (!w->light || !w->loaded)
        arms_release(&w->arms);
    w->loaded = false;
}

void worker_release(struct worker *w)
{
    team_release(&w->team);
    arms_release(&w->arms);
    for (int a = 0; w->sketch != NULL && a < w->subject->base->n_arms; a++)
        free(w->sketch[a]);
    free(w->sketch);
    free(w->draw.ran);
    free(w->draw.values);
    search_room_release(&w->room);
    *w = (struct worker){0};
}

int worker_init(struct worker *w, const struct subject *s)
{
    const struct scenario *base = s->base;
    const size_t arms = (size_t)base->n_arms, values = arms * (size_t)base->n_outcomes * 2;
    *w = (struct worker){.subject = s,
                         .request = {.n = 1},
                         .light =
                             plan_parameters_alone(s->plan) && arms_can_change(base, s->wanted)};
    w->sketch = calloc(arms, sizeof *w->sketch);
    w->draw = (struct draw){.n = 1,
                            .ran = calloc(arms, sizeof *w->draw.ran),
                            .values = calloc(values + 1, sizeof *w->draw.values)};
    int status = w->sketch && w->draw.ran && w->draw.values ? 0 : ERROR_NOMEM;
    if (status == 0)
        status = search_room_init(&w->room, scenario_months(base));
    for (int a = 0; a < base->n_arms && status == 0; a++) {
        w->draw.ran[a] = s->wanted[a];
        if (!s->wanted[a])
            continue;
        w->sketch[a] = calloc((size_t)s->experiment.readings.size + 1, sizeof **w->sketch);
        status = w->sketch[a] == NULL ? ERROR_NOMEM : 0;
    }
    for (size_t k = 0; k < values && status == 0; k++)
        w->draw.values[k] = NAN;
    w->view = (struct reproduction){.n_arms = base->n_arms,
                                    .n_outcomes = base->n_outcomes,
                                    .months = scenario_months(base),
                                    .readings = &s->experiment.readings};
    return status;
}

/* ---- values --------------------------------------------------------------------------------- */

/* As run/phases.h, with the penalty that the design gives. */
static double first_change(struct worker *w, int outcome, int arm, double scale)
{
    const struct subject *s = w->subject;
    const struct reading *r = &s->experiment.readings.of[outcome];
    enum change_cost cost = reading_cost(r);
    double penalty = s->plan->design->sweep.penalty;
    const struct search search = {
        .room = &w->room,
        .cost = cost,
        .scale = cost == CHANGE_POISSON ? scale : 1,
        .slope = change_slope(w->sketch[r->outcome->trend_index] + r->at, w->view.months),
        .penalty = penalty > 0 ? penalty : NAN};
    return reading_first_change(r, w->sketch[arm] + r->at, &search);
}

static double value_of(struct worker *w, int outcome, int arm, double replicates)
{
    const struct reading *r = &w->subject->experiment.readings.of[outcome];
    const int minus = r->outcome->minus_arm_index;
    if (!outcome_searches(r->outcome))
        return reading_value(r, w->sketch[arm], minus < 0 ? NULL : w->sketch[minus], 0, NULL);
    if (replicates == 0) /* a single one: the penalty is one of mean paths */
        return NAN;
    double found = first_change(w, outcome, arm, replicates);
    return minus < 0 ? found : found - first_change(w, outcome, minus, replicates);
}

/* Reads the parts' outcomes from the sketches: index 1 of a replicate, 0 of the mean path of so
 * many. */
static void read_values(struct worker *w, int index, double replicates)
{
    const struct subject *s = w->subject;
    w->view.request = &w->request;
    for (int a = 0; a < s->n_arms; a++)
        for (int k = 0; k < s->n_parts; k++) {
            int arm = s->arms[a], outcome = s->parts[k].outcome;
            if (s->experiment.readings.of[outcome].source != SOURCE_DYADS)
                reproduction_values(&w->view, &w->draw, arm, outcome)[index] =
                    value_of(w, outcome, arm, replicates);
        }
}

static double value_at(const struct worker *w, int arm, int outcome, int index)
{
    const struct subject *s = w->subject;
    return reproduction_values(&w->view, &w->draw, s->arms[arm], s->outcomes[outcome])[index];
}

static bool is_shown(const struct worker *w, int claim, int index)
{
    const struct subject *s = w->subject;
    return judge(&w->view, &s->base->claims[s->claims[claim]], &w->draw, (uint32_t)index);
}

/* ---- running -------------------------------------------------------------------------------- */

/* The first line of what is wrong; the scenario is called by the name that the store gives it. */
static void note_refusal(const struct worker *w, const struct diag *diag, char cause[CELL_CAUSE])
{
    const char *text = diag->text.s == NULL ? "refused" : diag->text.s;
    const char *line = strstr(text, " is refused:\n");
    line = line == NULL ? text : line + strlen(" is refused:\n");
    size_t n = strlen(w->subject->path);
    bool named = strncmp(line, w->subject->path, n) == 0;
    const char *rest = named ? line + n : line;
    int length = (int)strcspn(rest, "\n");
    snprintf(cause, CELL_CAUSE, "%s%.*s", named ? "effective.cfg" : "",
             length < CELL_CAUSE - 20 ? length : text_head(rest, CELL_CAUSE - 20), rest);
}

static int load_arms(struct worker *w, uint32_t cell, struct diag *diag)
{
    const struct subject *s = w->subject;
    struct texts sets = {0};
    int status = plan_settings(s->plan, cell, &sets);
    const struct arms_request request = {.base = s->base,
                                         .path = s->path,
                                         .sets = (const char *const *)sets.at,
                                         .n_sets = sets.n,
                                         .wanted = s->wanted,
                                         .seed = s->seed,
                                         .needed = s->needed};
    if (status == 0)
        status = w->arms.n > 0 ? arms_change(&w->arms, &request, diag)
                               : arms_load(&w->arms, &request, diag);
    texts_release(&sets);
    for (int a = 0; a < w->arms.n && status == 0; a++)
        w->arms.experiment[a].cell = s->plan->design->sweep.independent_cells ? cell + 1 : 0;
    return status;
}

static int load(struct worker *w, uint32_t cell, char cause[CELL_CAUSE])
{
    struct diag diag = {0};
    if (w->loaded && w->cell == cell)
        return 0;
    unload(w);
    int status = load_arms(w, cell, &diag);
    int *ticks = status == 0 ? team_branches(w->arms.experiment, w->arms.n) : NULL;
    if (status == 0)
        status = ticks == NULL ? ERROR_NOMEM
                               : team_init(&w->team, w->arms.experiment, w->arms.n, ticks,
                                           (uint32_t)w->subject->plan->design->sweep.replicates);
    if (status == ERROR_INPUT)
        note_refusal(w, &diag, cause);
    else if (status != 0)
        snprintf(cause, CELL_CAUSE, "%s", error_text(status));
    free(ticks);
    diag_release(&diag);
    w->loaded = status == 0;
    w->cell = cell;
    return status;
}

static void keep(struct worker *w, struct unit *u)
{
    const struct subject *s = w->subject;
    double *value = u->values + u->n * (size_t)(s->n_arms * s->n_outcomes);
    double *sketch = u->sketches + u->n * (size_t)(s->n_arms * s->size);
    for (int a = 0; a < s->n_arms; a++)
        memcpy(w->sketch[s->arms[a]], w->team.replicate[a].sketch,
               (size_t)s->experiment.readings.size * sizeof *sketch);
    read_values(w, 1, 0);
    for (int a = 0; a < s->n_arms; a++) {
        for (int k = 0; k < s->n_outcomes; k++)
            *value++ = value_at(w, a, k, 1);
        for (int k = 0; k < s->n_parts; k++) {
            const struct part *part = &s->parts[k];
            memcpy(sketch + part->at,
                   w->sketch[s->arms[a]] + s->experiment.readings.of[part->outcome].at,
                   (size_t)part->size * sizeof *sketch);
        }
        sketch += s->size;
    }
    for (int k = 0; k < s->n_claims; k++)
        u->shown[u->n * (size_t)s->n_claims + (size_t)k] = is_shown(w, k, 1);
    u->n++;
}

void worker_run(struct worker *w, struct unit *u, const volatile sig_atomic_t *stop)
{
    const struct subject *s = w->subject;
    if (load(w, u->cell, u->cause) != 0)
        return;
    for (int lane = 0; u->n < u->room; lane = (lane + 1) % w->team.lanes) {
        const uint32_t number = u->first + u->n;
        if (lane == 0 && stop != NULL && *stop)
            return;
        if (lane == 0)
            team_run(&w->team, number);
        team_show(&w->team, lane);
        for (int a = 0; a < s->n_arms; a++)
            if (w->team.status[a] != 0) {
                const char *failure = w->team.replicate[a].failure;
                snprintf(u->cause, CELL_CAUSE, "replicate %u in arm %s: %s", (unsigned)number,
                         s->base->arms[s->arms[a]].name,
                         failure != NULL ? failure : error_text(w->team.status[a]));
                return;
            }
        keep(w, u);
    }
}

/* ---- sums ----------------------------------------------------------------------------------- */

/* Welford 1962, "Note on a method for calculating corrected sums of squares and products". */
static void add_value(double moments[3], double v)
{
    if (isnan(v))
        return;
    double off = v - moments[1];
    moments[0]++;
    moments[1] += off / moments[0];
    moments[2] += off * (v - moments[1]);
}

void worker_fold(const struct worker *w, const struct unit *u, double *sums)
{
    const struct subject *s = w->subject;
    const size_t sketch = (size_t)(s->n_arms * s->size),
                 values = (size_t)(s->n_arms * s->n_outcomes);
    double *moments = sums + sketch, *shown = moments + 3 * values;
    for (size_t r = 0; r < u->n; r++) {
        for (size_t k = 0; k < sketch; k++)
            sums[k] += u->sketches[r * sketch + k];
        for (size_t k = 0; k < values; k++)
            add_value(moments + 3 * k, u->values[r * values + k]);
        for (size_t k = 0; k < (size_t)s->n_claims; k++)
            shown[k] += u->shown[r * (size_t)s->n_claims + k];
    }
}

static bool claim_searches(const struct scenario *sc, const struct claim *claim)
{
    bool searches = false;
    for (int k = 0; k < claim->n_all; k++) {
        const struct condition *c = &claim->all[k];
        searches |= outcome_searches(&sc->outcomes[c->outcome_index]) ||
                    (c->than_index >= 0 && outcome_searches(&sc->outcomes[c->than_index]));
    }
    return searches;
}

void worker_summarise(struct worker *w, const double *sums, int64_t done,
                      struct cell_summary *summaries, struct cell_claim *claims)
{
    const struct subject *s = w->subject;
    const int n_values = s->n_arms * s->n_outcomes;
    const double *moments = sums + s->n_arms * s->size, *shown = moments + 3 * n_values;
    for (int a = 0; a < s->n_arms; a++)
        for (int k = 0; k < s->n_parts; k++) {
            const struct part *part = &s->parts[k];
            double *out = w->sketch[s->arms[a]] + s->experiment.readings.of[part->outcome].at;
            for (int c = 0; c < part->size; c++)
                out[c] = sums[a * s->size + part->at + c] / (double)done;
        }
    read_values(w, 0, (double)done);
    for (int k = 0; k < n_values; k++) {
        const double *m = moments + 3 * (size_t)k;
        double sd = m[0] > 1 ? sqrt(m[2] / (m[0] - 1)) : NAN;
        summaries[k] = (struct cell_summary){m[0], m[0] > 0 ? m[1] : NAN, sd, sd / sqrt(m[0]),
                                             value_at(w, k / s->n_outcomes, k % s->n_outcomes, 0)};
    }
    for (int k = 0; k < s->n_claims; k++) {
        bool searches = claim_searches(s->base, &s->base->claims[s->claims[k]]);
        claims[k] =
            (struct cell_claim){is_shown(w, k, 0), searches ? NAN : shown[k] / (double)done};
    }
}
