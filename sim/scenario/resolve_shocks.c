#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "scenario/effects.h"
#include "scenario/resolve.h"

/* One shock while its names are resolved. */
struct context {
    struct scenario *sc;
    int index; /* of the shock */
    struct diag *diag;
    bool ends; /* its `ends`, not its `starts` */
};

static struct shock *shock_of(const struct context *c)
{
    return &c->sc->shocks[c->index];
}

/* ---- acts ----------------------------------------------------------------------------------- */

static const char *act_name(size_t k, const void *user)
{
    const struct scenario *sc = user;
    return (int)k < sc->n_sanctions ? sc->sanctions[k].id
                                    : sc->mandates[(int)k - sc->n_sanctions].id;
}

/* The date of an act and the place that notes which shock owns it. */
static int find_act(struct context *c, const char *id, int **date, int **owner)
{
    struct scenario *sc = c->sc;
    for (int k = 0; k < sc->n_sanctions; k++) {
        struct sanction *act = &sc->sanctions[k];
        if (strcmp(act->id, id) != 0)
            continue;
        *date = c->ends ? &act->end : &act->start;
        *owner = c->ends ? &act->ender : &act->starter;
        return 0;
    }
    for (int k = 0; k < sc->n_mandates; k++) {
        struct mandate *m = &sc->mandates[k];
        if (strcmp(m->id, id) != 0)
            continue;
        *date = c->ends ? &m->end : &m->start;
        *owner = c->ends ? &m->ender : &m->starter;
        return 0;
    }
    return ERROR_INPUT;
}

static int unknown_act(struct context *c, const char *id)
{
    const struct scenario *sc = c->sc;
    const char *near = text_nearest(id, (size_t)(sc->n_sanctions + sc->n_mandates), act_name, sc);
    return diag_error(c->diag, shock_of(c)->where,
                      "shocks.%s.%s: no sanction or mandate \"%s\"%s; allowed: ids of the tables",
                      shock_of(c)->name, c->ends ? "ends" : "starts", id, text_hint(near).text);
}

/* Moves the date of what belongs to a shock along with it. */
static void move(struct context *c, int *date, const char *what)
{
    const struct shock *shock = shock_of(c);
    *date += shock->date - shock->happened;
    if (*date >= DATE_FIRST && *date <= DATE_LAST)
        return;
    diag_error(c->diag, shock->where,
               "shocks.%s.date moves %s out of the calendar; allowed: years 1000 to 9999",
               shock->name, what);
    *date = shock->date;
}

static int own_act(const char *id, void *user)
{
    struct context *c = user;
    const struct shock *shock = shock_of(c);
    int *date, *owner;
    if (find_act(c, id, &date, &owner) != 0)
        unknown_act(c, id);
    else if (*owner >= 0)
        diag_error(c->diag, shock->where, "shocks.%s: the %s of %s belongs to shocks.%s already",
                   shock->name, c->ends ? "end" : "start", id, c->sc->shocks[*owner].name);
    else if (*date == DATE_NEVER)
        diag_error(c->diag, shock->where, "shocks.%s.ends: %s has no end that could belong to it",
                   shock->name, id);
    else {
        *owner = c->index;
        move(c, date, id);
    }
    return 0;
}

/* ---- effects -------------------------------------------------------------------------------- */

static int add_pair(struct effect *e, int i, int j)
{
    struct pair *pairs = realloc(e->pairs, (size_t)(e->n_pairs + 1) * sizeof *pairs);
    if (pairs == NULL)
        return ERROR_NOMEM;
    e->pairs = pairs;
    pairs[e->n_pairs++] = (struct pair){i, j};
    return 0;
}

/* All pairs from one set to another; symmetric ones once, as i < j. */
static int cross(struct effect *e, int n, const unsigned char *from, const unsigned char *to,
                 bool symmetric)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            bool wanted = symmetric ? i < j && ((from[i] && to[j]) || (from[j] && to[i]))
                                    : i != j && from[i] && to[j];
            if (wanted && add_pair(e, i, j) != 0)
                return ERROR_NOMEM;
        }
    return 0;
}

struct halves {
    char item[2][64];
    int n;
};

static int split_item(const char *item, void *user)
{
    struct halves *halves = user;
    if (halves->n < 2)
        snprintf(halves->item[halves->n], sizeof halves->item[0], "%s", item);
    halves->n++;
    return 0;
}

static int expand_targets(struct context *c, struct effect *e, const char *owner)
{
    const struct scenario *sc = c->sc;
    unsigned char from[SCENARIO_STATES_MAX], to[SCENARIO_STATES_MAX];
    int n = sc->n_states, status = 0;
    struct halves halves = {.n = 0};
    switch (effect_kinds[e->on].target) {
    case TARGET_BETWEEN:
        text_each(e->between, split_item, &halves);
        if (halves.n != 2)
            return diag_error(c->diag, e->where,
                              "%s: needs between = [\"A\", \"B\"], each a state or a group", owner);
        resolve_states(sc, halves.item[0], e->where, owner, from, c->diag);
        resolve_states(sc, halves.item[1], e->where, owner, to, c->diag);
        status = cross(e, n, from, to, true);
        break;
    case TARGET_FROM_TO:
        if (e->from[0] == '\0' || e->to[0] == '\0')
            return diag_error(c->diag, e->where, "%s: needs from = [\"A\"]; to = [\"B\"];", owner);
        resolve_states(sc, e->from, e->where, owner, from, c->diag);
        resolve_states(sc, e->to, e->where, owner, to, c->diag);
        status = cross(e, n, from, to, false);
        break;
    case TARGET_OF:
        if (e->of[0] == '\0')
            return diag_error(c->diag, e->where, "%s: needs of = [\"A\"];", owner);
        resolve_states(sc, e->of, e->where, owner, from, c->diag);
        for (int i = 0; i < n && status == 0; i++)
            if (from[i])
                status = add_pair(e, i, i);
        break;
    }
    return status;
}

/* Target keys that the kind of effect does not use are a mistake, not a detail. */
static void check_unused(struct context *c, const struct effect *e, const char *owner)
{
    enum effect_target target = effect_kinds[e->on].target;
    const char *unused = target != TARGET_BETWEEN && e->between[0] ? "between"
                         : target != TARGET_FROM_TO && e->from[0]  ? "from"
                         : target != TARGET_FROM_TO && e->to[0]    ? "to"
                         : target != TARGET_OF && e->of[0]         ? "of"
                                                                   : NULL;
    if (unused != NULL)
        diag_error(c->diag, e->where,
                   "%s: \"%s\" is not used by on = \"%s\"; see `waltz list "
                   "effects`",
                   owner, unused, effect_kinds[e->on].name);
}

static int resolve_effect(struct context *c, struct effect *e)
{
    const struct shock *shock = shock_of(c);
    const struct effect_kind *kind = &effect_kinds[e->on];
    char owner[128];
    snprintf(owner, sizeof owner, "shocks.%s.effects.%s", shock->name, e->name);
    if (e->size < kind->low || e->size > kind->high)
        diag_error(c->diag, e->where, "%s.size = %g: out of range; allowed: %g .. %g (%s)", owner,
                   e->size, kind->low, kind->high, kind->unit);
    if (e->date == DATE_NEVER)
        e->date = shock->date;
    else
        move(c, &e->date, owner);
    check_unused(c, e, owner);
    int before = c->diag->errors, status = expand_targets(c, e, owner);
    if (status == 0 && e->n_pairs == 0 && c->diag->errors == before)
        diag_error(c->diag, e->where, "%s: concerns nobody", owner);
    return status == ERROR_INPUT ? 0 : status;
}

/* ---- shocks --------------------------------------------------------------------------------- */

static const char *shock_name(size_t k, const void *user)
{
    return ((const struct scenario *)user)->shocks[k].name;
}

static void resolve_required(struct context *c)
{
    struct scenario *sc = c->sc;
    struct shock *shock = shock_of(c);
    shock->required = -1;
    if (shock->requires[0] == '\0')
        return;
    for (int k = 0; k < sc->n_shocks; k++)
        if (strcmp(sc->shocks[k].name, shock->requires) == 0)
            shock->required = k;
    const char *near = text_nearest(shock->requires, (size_t)sc->n_shocks, shock_name, sc);
    if (shock->required < 0)
        diag_error(c->diag, shock->where, "shocks.%s.requires: no shock \"%s\"%s", shock->name,
                   shock->requires, text_hint(near).text);
}

/* A shock is active if it and all that it requires are enabled; a circle is an error. */
static void resolve_active(struct scenario *sc, int index, struct diag *diag)
{
    struct shock *shock = &sc->shocks[index];
    int k = index, steps = 0;
    for (shock->active = 1; k >= 0 && steps <= sc->n_shocks; k = sc->shocks[k].required, steps++)
        shock->active &= sc->shocks[k].enabled;
    if (steps > sc->n_shocks)
        diag_error(diag, shock->where, "shocks.%s requires itself in a circle", shock->name);
    else if (shock->active && shock->required >= 0 &&
             shock->date < sc->shocks[shock->required].date)
        diag_warning(diag, shock->where, "shocks.%s comes before shocks.%s, which it requires",
                     shock->name, shock->requires);
}

static void warn_outside(const struct scenario *sc, const struct shock *shock, struct diag *diag)
{
    if (shock->enabled && (date_month_of(shock->date) > sc->general.end ||
                           date_month_of(shock->date) < sc->general.start))
        diag_warning(diag, shock->where, "shocks.%s lies outside the months recorded", shock->name);
}

static int resolve_shock(struct context *c)
{
    struct shock *shock = shock_of(c);
    if (shock->happened == DATE_NEVER)
        shock->happened = shock->date;
    resolve_required(c);
    c->ends = false;
    text_each(shock->starts, own_act, c);
    c->ends = true;
    text_each(shock->ends, own_act, c);
    int status = 0;
    for (int k = 0; k < shock->n_effects && status == 0; k++)
        status = resolve_effect(c, &shock->effects[k]);
    shock->happened = shock->date;
    warn_outside(c->sc, shock, c->diag);
    return status;
}

int resolve_shocks(struct scenario *sc, struct diag *diag)
{
    int status = 0;
    for (int k = 0; k < sc->n_shocks && status == 0; k++)
        status = resolve_shock(&(struct context){sc, k, diag, false});
    for (int k = 0; k < sc->n_shocks; k++)
        resolve_active(sc, k, diag);
    return status;
}
