#include "run/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* ---- names ---------------------------------------------------------------------------------- */

struct finder {
    struct subject *subject;
    const char *list; /* the key */
    const char *(*name)(size_t k, const void *scenario);
    int n; /* names */
    int *found, n_found;
    struct diag *diag;
};

static const char *arm_name(size_t k, const void *scenario)
{
    return ((const struct scenario *)scenario)->arms[k].name;
}

static const char *outcome_name(size_t k, const void *scenario)
{
    return ((const struct scenario *)scenario)->outcomes[k].name;
}

static const char *claim_name(size_t k, const void *scenario)
{
    return ((const struct scenario *)scenario)->claims[k].name;
}

static int find_name(const char *item, void *user)
{
    struct finder *f = user;
    const struct subject *s = f->subject;
    const struct where at = design_where(s->plan->design, f->list);
    for (int k = 0; k < f->n_found; k++)
        if (strcmp(f->name((size_t)f->found[k], s->base), item) == 0) {
            diag_error(f->diag, at, "sweep.%s: \"%s\" stands twice", f->list, item);
            return 0;
        }
    for (int k = 0; k < f->n; k++)
        if (strcmp(f->name((size_t)k, s->base), item) == 0) {
            f->found[f->n_found++] = k;
            return 0;
        }
    diag_error(f->diag, at, "sweep.%s: the scenario has no \"%s\"%s", f->list, item,
               text_hint(text_nearest(item, (size_t)f->n, f->name, s->base)).text);
    return 0;
}

/* The names of a list as indices, in its order; on the heap. */
static int find_names(struct finder *f, const char *list, int **out, int *n)
{
    f->found = calloc((size_t)f->n + 1, sizeof *f->found);
    if (f->found == NULL)
        return ERROR_NOMEM;
    text_each(list, find_name, f);
    *out = f->found;
    *n = f->n_found;
    return 0;
}

/* ---- what is needed ------------------------------------------------------------------------- */

static void need_outcome(struct subject *s, int outcome, int arm)
{
    const struct outcome *o = &s->base->outcomes[outcome];
    const int arms[] = {arm, o->arm_index, o->minus_arm_index,
                        outcome_searches(o) ? o->trend_index : -1};
    s->needed[outcome] = true;
    for (size_t k = 0; k < sizeof arms / sizeof *arms; k++)
        if (arms[k] >= 0)
            s->wanted[arms[k]] = true;
}

static void need_claim(struct subject *s, const struct claim *claim)
{
    for (int k = 0; k < claim->n_all; k++) {
        const struct condition *c = &claim->all[k];
        need_outcome(s, c->outcome_index, c->arm_index);
        if (c->than_index >= 0)
            need_outcome(s, c->than_index, c->than_arm_index);
    }
}

static int keep_parts(struct subject *s)
{
    const struct readings *readings = &s->experiment.readings;
    s->parts = calloc((size_t)readings->n + 1, sizeof *s->parts);
    s->arms = calloc((size_t)s->base->n_arms, sizeof *s->arms);
    if (s->parts == NULL || s->arms == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < readings->n; k++) {
        if (!s->needed[k])
            continue;
        s->parts[s->n_parts++] = (struct part){k, s->size, readings->of[k].size};
        s->size += readings->of[k].size;
    }
    for (int k = 0; k < s->base->n_arms; k++)
        if (s->wanted[k])
            s->arms[s->n_arms++] = k;
    return 0;
}

static void need_all(struct subject *s)
{
    s->wanted[0] = true;
    for (int k = 0; k < s->n_arms; k++)
        s->wanted[s->arms[k]] = true;
    for (int k = 0; k < s->n_outcomes; k++)
        need_outcome(s, s->outcomes[k], -1);
    for (int k = 0; k < s->n_claims; k++)
        need_claim(s, &s->base->claims[s->claims[k]]);
    free(s->arms);
    s->arms = NULL;
    s->n_arms = 0;
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void check_outcomes(const struct subject *s, struct diag *diag)
{
    const struct design *d = s->plan->design;
    const struct where at = design_where(d, "outcomes");
    bool precise = d->sweep.precision == 0 && d->sweep.precision_of[0] == '\0';
    for (int k = 0; k < s->n_outcomes; k++) {
        const struct reading *r = &s->experiment.readings.of[s->outcomes[k]];
        const char *name = r->outcome->name;
        if (r->source == SOURCE_DYADS)
            diag_error(diag, at,
                       "sweep.outcomes: %s has a value for each dyad; allowed: those with "
                       "one",
                       name);
        if (design_column(name) != NULL)
            diag_error(diag, at, "sweep.outcomes: tables have a column %s already", name);
        for (int f = 0; f < s->plan->factors.n; f++)
            if (strcmp(s->plan->factors.of[f].name, name) == 0)
                diag_error(diag, s->plan->factors.of[f].where,
                           "factors.%s: an outcome has this name; allowed: another", name);
        precise |= d->sweep.precision > 0 && strcmp(d->sweep.precision_of, name) == 0 &&
                   !outcome_searches(r->outcome);
    }
    if (s->n_outcomes == 0)
        diag_error(diag, at, "sweep.outcomes: allowed: one or more");
    if (!precise)
        diag_error(diag, design_where(d, "precision"),
                   "sweep.precision and precision_of: allowed: both, precision_of one of the "
                   "outcomes and known in a single replicate");
}

/* Claims are judged on single replicates too, but the penalty is one of mean paths. */
static void check_penalty(const struct subject *s, struct diag *diag)
{
    for (int k = 0; k < s->n_parts && s->plan->design->sweep.penalty == 0; k++)
        if (outcome_searches(&s->base->outcomes[s->parts[k].outcome]))
            diag_error(diag, design_where(s->plan->design, "penalty"),
                       "outcome %s, of `outcomes` or of a claim, searches change points; allowed: "
                       "with sweep.penalty (searches.csv of `waltz reproduce` has those of draw 0)",
                       s->base->outcomes[s->parts[k].outcome].name);
}

static void check_arms(const struct subject *s, struct diag *diag)
{
    for (int f = 0; f < s->plan->factors.n; f++)
        if (s->plan->factors.of[f].arm && s->n_arms > 1)
            diag_error(diag, s->plan->factors.of[f].where,
                       "factors.%s: the arm is a factor, so no other arm can run beside it; "
                       "allowed: no `arms`, and outcomes and claims of the first arm",
                       s->plan->factors.of[f].name);
}

int subject_init(struct subject *s, const struct plan *plan, const char *path, uint64_t seed,
                 struct diag *diag)
{
    const struct sweep *w = &plan->design->sweep;
    const struct scenario *base = plan->base;
    *s = (struct subject){.plan = plan, .base = base, .path = path, .seed = seed};
    s->wanted = calloc((size_t)base->n_arms, sizeof *s->wanted);
    s->needed = calloc((size_t)base->n_outcomes + 1, sizeof *s->needed);
    struct finder arms = {s, "arms", arm_name, base->n_arms, NULL, 0, diag};
    struct finder outcomes = {s, "outcomes", outcome_name, base->n_outcomes, NULL, 0, diag};
    struct finder claims = {s, "claims", claim_name, base->n_claims, NULL, 0, diag};
    int status = s->wanted == NULL || s->needed == NULL ? ERROR_NOMEM : 0;
    if (status == 0)
        status = find_names(&arms, w->arms, &s->arms, &s->n_arms);
    if (status == 0)
        status = find_names(&outcomes, w->outcomes, &s->outcomes, &s->n_outcomes);
    if (status == 0)
        status = find_names(&claims, w->claims, &s->claims, &s->n_claims);
    if (status == 0) {
        need_all(s);
        status = experiment_init_needed(&s->experiment, base, seed, s->needed, diag);
    }
    if (status == 0)
        status = keep_parts(s);
    if (status == 0) {
        check_outcomes(s, diag);
        check_penalty(s, diag);
        check_arms(s, diag);
        status = diag->errors > 0 ? ERROR_INPUT : 0;
    }
    return diag_status(diag, status);
}

void subject_release(struct subject *s)
{
    free(s->wanted);
    free(s->needed);
    free(s->arms);
    free(s->outcomes);
    free(s->claims);
    free(s->parts);
    experiment_release(&s->experiment);
    *s = (struct subject){0};
}

size_t subject_sums(const struct subject *s)
{
    return (size_t)s->n_arms * (size_t)(s->size + 3 * s->n_outcomes) + (size_t)s->n_claims;
}
