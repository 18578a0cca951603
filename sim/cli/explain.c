#include "cli/explain.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/build.h"
#include "base/date.h"
#include "base/error.h"
#include "cli/tale.h"

/* The stances of a dyad at both ends of a period. */
static int take_both(const struct experiment *x, struct pair dyad, const struct window *window,
                     struct stance stances[2])
{
    struct trace trace = {0};
    const struct general *g = &x->scenario->general;
    bool *followed = calloc((size_t)x->scenario->n_states, sizeof *followed);
    if (followed == NULL)
        return ERROR_NOMEM;
    followed[dyad.i] = followed[dyad.j] = true;
    int status = trace_init(&trace, x, followed);
    if (status == 0)
        status = trace_start(&trace, 0);
    for (int month = g->start - g->spinup; month <= window->to && status == 0; month++) {
        status = trace_step(&trace);
        for (int end = 0; end < 2 && status == 0; end++)
            if (month == (end == 0 ? window->from : window->to))
                stances[end] = stance_take(&trace, dyad);
    }
    trace_release(&trace);
    free(followed);
    return status;
}

static int explain_one(struct tale *tale, const struct experiment *x, struct pair dyad,
                       const struct window *window)
{
    char then[16], now[16], name[32], period[64];
    struct stance *stances = calloc(2, sizeof *stances);
    int status = stances == NULL ? ERROR_NOMEM : take_both(x, dyad, window, stances);
    date_print_month(window->from, then);
    date_print_month(window->to, now);
    snprintf(name, sizeof name, "%s-%s", tale_code(tale, dyad.i), tale_code(tale, dyad.j));
    snprintf(period, sizeof period, "%s..%s", then, now);
    if (status == 0) {
        const struct change change = {dyad, &stances[0], &stances[1], then, now};
        json_begin(&tale->json, NULL, '{');
        json_text(&tale->json, "scenario", x->scenario->general.name);
        json_number(&tale->json, "model_version", build_model_version());
        json_text(&tale->json, "why", name);
        json_text(&tale->json, "period", period);
        json_begin(&tale->json, "changes", '[');
        json_why(tale, &change);
        json_end(&tale->json, ']');
        json_end(&tale->json, '}');
    }
    free(stances);
    return status;
}

/* The first arm with expected moves: nothing is left to chance. */
static int load_expected(struct arms *arms, const struct arms_request *request)
{
    struct arms_request expected = *request;
    struct diag diag = {0};
    bool *none = calloc((size_t)request->base->n_arms, sizeof *none);
    const char **sets = calloc((size_t)request->n_sets + 1, sizeof *sets);
    *arms = (struct arms){0};
    int status = none == NULL || sets == NULL ? ERROR_NOMEM : 0;
    if (status == 0) {
        for (int k = 0; k < request->n_sets; k++)
            sets[k] = request->sets[k];
        sets[request->n_sets] = "scenario.moves=expected";
        expected.sets = sets;
        expected.n_sets = request->n_sets + 1;
        expected.wanted = none;
        expected.record = RECORD_OUTCOMES;
        status = arms_load(arms, &expected, &diag);
    }
    free(none);
    free(sets);
    diag_release(&diag);
    return status;
}

int explain_write(FILE *out, const struct arms_request *request)
{
    struct arms arms;
    const struct scenario *sc = request->base;
    int status = load_expected(&arms, request);
    struct tale tale = {sc, {.out = out}};
    json_begin(&tale.json, NULL, '[');
    for (int k = 0; k < sc->n_focus && status == 0; k++)
        for (int w = 0; w < sc->n_explain && status == 0; w++)
            status = explain_one(&tale, &arms.experiment[0], sc->focus[k], &sc->explain[w]);
    json_end(&tale.json, ']');
    arms_release(&arms);
    return status;
}
