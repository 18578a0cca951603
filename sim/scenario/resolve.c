#include "scenario/resolve.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "scenario/config.h"
#include "scenario/names.h"

enum { MONTHS_MAX = 2400 };

struct pick {
    const struct scenario *sc;
    struct where at;
    const char *owner;
    unsigned char *picked;
    struct diag *diag;
};

static const char *state_name(size_t k, const void *user)
{
    const struct scenario *sc = user;
    return (int)k < sc->n_states ? sc->states[k].iso3 : sc->groups[(int)k - sc->n_states].name;
}

static int unknown_state(const struct pick *p, const char *name)
{
    size_t n = (size_t)(p->sc->n_states + p->sc->n_groups);
    bool shown = p->diag->errors < DIAG_SHOWN; /* of a million wrong names the first ones do */
    const char *near = shown ? text_nearest(name, n, state_name, p->sc) : NULL;
    return near != NULL ? diag_error(p->diag, p->at,
                                     "%s: unknown state or group \"%s\"; did you "
                                     "mean \"%s\"?",
                                     p->owner, name, near)
                        : diag_error(p->diag, p->at,
                                     "%s: unknown state or group \"%s\"; allowed: a "
                                     "code of the states or a name of the groups",
                                     p->owner, name);
}

static int pick_item(const char *item, void *user)
{
    struct pick *p = user;
    int i = scenario_state(p->sc, item);
    if (i >= 0) {
        p->picked[i] = 1;
        return 0;
    }
    for (int g = 0; g < p->sc->n_groups; g++) {
        const struct group *group = &p->sc->groups[g];
        if (strcmp(group->name, item) != 0)
            continue;
        for (int k = 0; k < group->n_states; k++)
            p->picked[group->state[k]] = 1;
        return 0;
    }
    unknown_state(p, item);
    return 0;
}

int resolve_states(const struct scenario *sc, const char *list, struct where at, const char *owner,
                   unsigned char *picked, struct diag *diag)
{
    struct pick pick = {sc, at, owner, picked, diag};
    memset(picked, 0, (size_t)sc->n_states);
    text_each(list, pick_item, &pick);
    int n = 0;
    for (int i = 0; i < sc->n_states; i++)
        n += picked[i];
    return n;
}

struct where resolve_where(const struct scenario *sc, const char *section, const char *key)
{
    const struct config_node *node = config_member(config_root(sc->config), section);
    const struct config_node *member = config_member(node, key);
    return member != NULL ? config_where(sc->config, member)
           : node != NULL ? config_where(sc->config, node)
                          : diag_at(sc->file, 0);
}

static void check_span(const struct scenario *sc, struct diag *diag)
{
    if (sc->general.end < sc->general.start)
        diag_error(diag, resolve_where(sc, "scenario", "end"),
                   "scenario.end lies before scenario.start; allowed: the same month or "
                   "a later one");
    else if (scenario_months(sc) > MONTHS_MAX)
        diag_error(diag, resolve_where(sc, "scenario", "end"),
                   "scenario: %d months from start to end; allowed: at most %d",
                   scenario_months(sc), MONTHS_MAX);
    if (!name_folder.holds(sc->general.name))
        diag_error(diag, resolve_where(sc, "scenario", "name"),
                   "scenario.name = \"%s\": allowed: %s", sc->general.name, name_folder.text);
    if (sc->n_states < 2 || sc->n_states > SCENARIO_STATES_MAX)
        diag_error(diag, resolve_where(sc, "states", "table"),
                   "%d states; allowed: 2 to %d (each month's structure is kept as "
                   "matrices of states by states)",
                   sc->n_states, SCENARIO_STATES_MAX);
}

static int resolve_group(struct scenario *sc, struct group *group, struct diag *diag)
{
    unsigned char picked[SCENARIO_STATES_MAX];
    char owner[64];
    snprintf(owner, sizeof owner, "groups.%s", group->name);
    int n = resolve_states(sc, group->members, group->where, owner, picked, diag);
    group->state = calloc((size_t)n + 1, sizeof *group->state);
    if (group->state == NULL)
        return ERROR_NOMEM;
    for (int i = 0; i < sc->n_states; i++)
        if (picked[i])
            group->state[group->n_states++] = i;
    return 0;
}

/* Is an item of a group a group itself whose states are not known yet? */
static int is_pending(const char *item, void *user)
{
    const struct scenario *sc = user;
    for (int g = 0; g < sc->n_groups; g++)
        if (strcmp(sc->groups[g].name, item) == 0)
            return sc->groups[g].state == NULL;
    return 0;
}

/* Groups may hold groups, in whatever order they stand: each round resolves those whose members are
 * known. A circle is left over. */
static int resolve_groups(struct scenario *sc, struct diag *diag)
{
    int left = sc->n_groups, before;
    do {
        before = left;
        for (int g = 0; g < sc->n_groups; g++) {
            struct group *group = &sc->groups[g];
            if (group->state != NULL || text_each(group->members, is_pending, sc) != 0)
                continue;
            if (resolve_group(sc, group, diag) != 0)
                return ERROR_NOMEM;
            left--;
        }
    } while (left > 0 && left < before);
    for (int g = 0; g < sc->n_groups && left > 0; g++)
        if (sc->groups[g].state == NULL)
            diag_error(diag, sc->groups[g].where, "groups.%s holds itself in a circle",
                       sc->groups[g].name);
    return 0;
}

/* Records that are called after two states: dyads, and what is observed of them. */
struct named {
    const char *id;
    struct where where;
    int *a, *b;
};

static struct named named_dyad(const struct scenario *sc, int k)
{
    struct dyad *d = &sc->dyads[k];
    return (struct named){d->id, d->where, &d->a, &d->b};
}

static struct named named_observed(const struct scenario *sc, int k)
{
    struct observed *o = &sc->observed[k];
    return (struct named){o->id, o->where, &o->a, &o->b};
}

static void tell_twice(const char *section, const struct named *d, const struct where *first,
                       struct diag *diag)
{
    char line[16] = "";
    if (first->line > 0)
        snprintf(line, sizeof line, ":%d", first->line);
    diag_error(diag, d->where, "%s.%s stands twice; first at %s%s", section, d->id, first->file,
               line);
}

static int resolve_pairs(const struct scenario *sc, enum section section, int count,
                         struct named (*at)(const struct scenario *sc, int k), struct diag *diag)
{
    const char *owner = section_names[section];
    int n = sc->n_states;
    int *seen = calloc((size_t)n * (size_t)n, sizeof *seen);
    if (seen == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < count; k++) {
        const struct named d = at(sc, k);
        struct pair p;
        if (scenario_pair(sc, d.id, '-', &p) != 0) {
            diag_error(diag, d.where,
                       "%s.%s: names no two different states of the scenario; "
                       "allowed: \"AAA-BBB\"",
                       owner, d.id);
            continue;
        }
        *d.a = p.i < p.j ? p.i : p.j;
        *d.b = p.i < p.j ? p.j : p.i;
        int *first = &seen[*d.a * n + *d.b];
        if (*first > 0) {
            const struct named before = at(sc, *first - 1);
            tell_twice(owner, &d, &before.where, diag);
        }
        *first = k + 1;
    }
    free(seen);
    return 0;
}

struct focus_reader {
    struct scenario *sc;
    struct diag *diag;
};

static int add_focus(const char *item, void *user)
{
    struct focus_reader *r = user;
    struct pair p;
    struct where at = resolve_where(r->sc, "scenario", "focus");
    if (scenario_pair(r->sc, item, '-', &p) != 0) {
        diag_error(r->diag, at,
                   "scenario.focus: \"%s\" names no two different states; allowed: "
                   "\"AAA-BBB\"",
                   item);
        return 0;
    }
    for (int k = 0; k < r->sc->n_focus; k++)
        if (pair_same(r->sc->focus[k], p)) {
            diag_error(r->diag, at, "scenario.focus: \"%s\" stands twice", item);
            return 0;
        }
    struct pair *focus = realloc(r->sc->focus, (size_t)(r->sc->n_focus + 1) * sizeof *focus);
    if (focus == NULL)
        return ERROR_NOMEM;
    r->sc->focus = focus;
    focus[r->sc->n_focus++] = p;
    return 0;
}

static int resolve_pillars(struct sanction *act, struct diag *diag)
{
    if (strcmp(act->pillars, "-") == 0)
        return 0;
    for (const char *p = act->pillars; *p != '\0'; p++) {
        const char *at = strchr(SANCTION_PILLARS, *p);
        if (at == NULL)
            return diag_error(diag, act->where,
                              "sanctions.%s.pillars = %s: allowed: letters of "
                              "%s, or - for none",
                              act->id, act->pillars, SANCTION_PILLARS);
        act->pillar_bits |= 1u << (at - SANCTION_PILLARS);
    }
    return 0;
}

static int resolve_target(const struct scenario *sc, const char *target, struct where at,
                          const char *owner, struct diag *diag)
{
    int i = scenario_state(sc, target);
    struct pick p = {sc, at, owner, NULL, diag};
    if (i < 0)
        unknown_state(&p, target);
    return i;
}

static int resolve_sanctions(struct scenario *sc, struct diag *diag)
{
    unsigned char picked[SCENARIO_STATES_MAX];
    for (int k = 0; k < sc->n_sanctions; k++) {
        struct sanction *act = &sc->sanctions[k];
        char owner[96];
        snprintf(owner, sizeof owner, "sanctions.%s", act->id);
        act->starter = act->ender = -1;
        act->target_state = resolve_target(sc, act->target, act->where, owner, diag);
        int n = resolve_states(sc, act->senders, act->where, owner, picked, diag);
        act->sender = calloc((size_t)n + 1, sizeof *act->sender);
        if (act->sender == NULL)
            return ERROR_NOMEM;
        for (int i = 0; i < sc->n_states; i++)
            if (picked[i])
                act->sender[act->n_senders++] = i;
        if (act->target_state >= 0 && picked[act->target_state])
            diag_error(diag, act->where, "%s: %s is its own target", owner, act->target);
        if (act->senders[0] == '\0')
            diag_error(diag, act->where, "%s: nobody imposes it; needs senders = [\"A\"];", owner);
        resolve_pillars(act, diag);
    }
    return 0;
}

static void resolve_mandates(struct scenario *sc, struct diag *diag)
{
    for (int k = 0; k < sc->n_mandates; k++) {
        struct mandate *m = &sc->mandates[k];
        char owner[96];
        snprintf(owner, sizeof owner, "mandates.%s", m->id);
        m->starter = m->ender = -1;
        m->target_state = resolve_target(sc, m->target, m->where, owner, diag);
    }
}

/* A shock that was moved can carry an end before its start, or a start behind its end: what it
 * belongs to then never comes into force. Otherwise it is a mistake. */
static void check_period(const char *owner, const int dates[2], bool owned, struct where at,
                         struct diag *diag)
{
    if (dates[1] > dates[0])
        return;
    if (owned)
        diag_warning(diag, at, "%s: ends before it starts, so it is never in force", owner);
    else
        diag_error(diag, at, "%s: ends before it starts; allowed: a later end", owner);
}

static void check_periods(const struct scenario *sc, struct diag *diag)
{
    char owner[96];
    for (int k = 0; k < sc->n_sanctions; k++) {
        const struct sanction *act = &sc->sanctions[k];
        snprintf(owner, sizeof owner, "sanctions.%s", act->id);
        check_period(owner, (int[]){act->start, act->end}, act->starter >= 0 || act->ender >= 0,
                     act->where, diag);
    }
    for (int k = 0; k < sc->n_mandates; k++) {
        const struct mandate *m = &sc->mandates[k];
        snprintf(owner, sizeof owner, "mandates.%s", m->id);
        check_period(owner, (int[]){m->start, m->end}, m->starter >= 0 || m->ender >= 0, m->where,
                     diag);
    }
}

/* Great circle between capitals on a sphere of 6,371 km, by the haversine formula. Rounded to 1 km,
 * so that the last bits of the C library's sine do not matter. */
static double great_circle(const struct state *a, const struct state *b)
{
    const double degree = 0.017453292519943295, radius = 6371;
    double dlat = sin((b->lat - a->lat) * degree / 2), dlon = sin((b->lon - a->lon) * degree / 2);
    double h = dlat * dlat + cos(a->lat * degree) * cos(b->lat * degree) * dlon * dlon;
    return floor(2 * radius * asin(sqrt(h > 1 ? 1 : h)) + 0.5);
}

static int resolve_distances(struct scenario *sc)
{
    int n = sc->n_states;
    sc->distance = calloc((size_t)n * (size_t)n, sizeof *sc->distance);
    if (sc->distance == NULL)
        return ERROR_NOMEM;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            sc->distance[i * n + j] = great_circle(&sc->states[i], &sc->states[j]);
    return 0;
}

int resolve_scenario(struct scenario *sc, struct diag *diag)
{
    struct focus_reader focus = {sc, diag};
    check_span(sc, diag);
    if (sc->n_states < 2 || sc->n_states > SCENARIO_STATES_MAX)
        return ERROR_INPUT; /* nothing else could be told that helps */
    int status = resolve_groups(sc, diag);
    if (status == 0)
        status = resolve_pairs(sc, SECTION_DYADS, sc->n_dyads, named_dyad, diag);
    if (status == 0)
        status = resolve_pairs(sc, SECTION_OBSERVED, sc->n_observed, named_observed, diag);
    if (status == 0)
        status = text_each(sc->general.focus, add_focus, &focus);
    if (status == 0)
        status = resolve_sanctions(sc, diag);
    if (status == 0) {
        resolve_mandates(sc, diag);
        status = resolve_shocks(sc, diag);
        check_periods(sc, diag);
    }
    if (status == 0)
        status = resolve_claims(sc, diag);
    if (status == 0)
        status = resolve_distances(sc);
    return status != 0 ? status : diag->errors > 0 ? ERROR_INPUT : 0;
}
