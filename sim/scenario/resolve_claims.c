#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "scenario/config.h"
#include "scenario/records.h"
#include "scenario/resolve.h"

/* ---- names of records ----------------------------------------------------------------------- */

/* An array of records whose first member is their name. */
struct names {
    const char *what;
    const void *array;
    size_t size;
    int n;
};

static const char *name_at(size_t k, const void *user)
{
    const struct names *names = user;
    return records_name((const char *)names->array + k * names->size);
}

/* The index of a name, -1 for the empty one; an unknown one is told and is -1 too. */
static int find(const struct names *names, const char *name, struct where at, const char *owner,
                struct diag *diag)
{
    if (name[0] == '\0')
        return -1;
    for (int k = 0; k < names->n; k++)
        if (strcmp(name_at((size_t)k, names), name) == 0)
            return k;
    const char *near = text_nearest(name, (size_t)names->n, name_at, names);
    diag_error(diag, at, "%s: there is no %s \"%s\"%s; allowed: a name of the section %ss", owner,
               names->what, name, text_hint(near).text, names->what);
    return -1;
}

static struct names arms_of(const struct scenario *sc)
{
    return (struct names){"arm", sc->arms, sizeof *sc->arms, sc->n_arms};
}

static struct names outcomes_of(const struct scenario *sc)
{
    return (struct names){"outcome", sc->outcomes, sizeof *sc->outcomes, sc->n_outcomes};
}

/* ---- arms ----------------------------------------------------------------------------------- */

/* A scenario that names no arms has one, itself. */
static int give_arm(struct scenario *sc, struct diag *diag)
{
    for (int k = 0; k < n_record_kinds && sc->n_arms == 0; k++) {
        struct records records = {.kind = &record_kinds[k]};
        if (record_kinds[k].section != SECTION_ARMS)
            continue;
        void *added = records_add(&records, "full", diag_at(sc->file, 0), diag);
        sc->arms = (struct arm *)records.array;
        sc->n_arms = records.n;
        return added == NULL ? ERROR_NOMEM : 0;
    }
    return 0;
}

struct arm_reader {
    const struct scenario *sc;
    const struct arm *arm;
    struct diag *diag;
};

static int check_without(const char *item, void *user)
{
    const struct arm_reader *r = user;
    const struct names shocks = {"shock", r->sc->shocks, sizeof *r->sc->shocks, r->sc->n_shocks};
    char owner[96];
    snprintf(owner, sizeof owner, "arms.%s.without", r->arm->name);
    find(&shocks, item, r->arm->where, owner, r->diag);
    return 0;
}

/* Is one of two paths the other, or something within it? */
static bool overlaps(const char *path, size_t n, const char *other)
{
    size_t m = strlen(other), least = n < m ? n : m;
    const char rest = n == m ? '.' : n < m ? other[n] : path[m];
    return strncmp(path, other, least) == 0 && rest == '.';
}

const char *resolve_shared(const char *path)
{
    static const char *const shared[] = {
        "scenario.name",    "scenario.start", "scenario.end", "scenario.spinup",
        "scenario.explain", "scenario.focus", "states.table", "groups",
        "outcomes",         "arms",           "claims"};
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++)
        if (overlaps(path, strcspn(path, "="), shared[k]))
            return shared[k];
    return NULL;
}

static int check_set(const char *item, void *user)
{
    const struct arm_reader *r = user;
    const char *shared = resolve_shared(item);
    if (shared != NULL)
        diag_error(r->diag, r->arm->where,
                   "arms.%s.set = %s: allowed: what may differ between arms, which %s may not",
                   r->arm->name, item, shared);
    if (strchr(item, '=') == NULL || strlen(item) == TEXT_ITEM - 1)
        diag_error(r->diag, r->arm->where,
                   "arms.%s.set = %s: allowed: path=value, as of --set, of less than %d bytes",
                   r->arm->name, item, TEXT_ITEM - 1);
    return 0;
}

static void check_arm(const struct scenario *sc, const struct arm *arm, struct diag *diag)
{
    struct arm_reader r = {sc, arm, diag};
    text_each(arm->without, check_without, &r);
    text_each(arm->set, check_set, &r);
}

/* ---- outcomes ------------------------------------------------------------------------------- */

/* The names of outcomes are columns beside these. */
static void check_outcome_name(const struct outcome *o, struct diag *diag)
{
    static const char *const columns[] = {"replicate", "status", "arm", "draw"};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        if (strcmp(o->name, columns[k]) == 0)
            diag_error(diag, o->where,
                       "outcomes.%s: outcomes.csv has this column already; allowed: another name",
                       o->name);
    if (strncmp(o->name, "shown_", strlen("shown_")) == 0)
        diag_error(diag, o->where,
                   "outcomes.%s: so draws.csv names what claims show; allowed: another name",
                   o->name);
}

static void check_window(const struct scenario *sc, const struct outcome *o, const char *name,
                         const struct window *window, struct diag *diag)
{
    char start[16], end[16];
    if (window->from > window->to || sc->general.end < sc->general.start ||
        (window->from >= sc->general.start && window->to <= sc->general.end))
        return;
    date_print_month(sc->general.start, start);
    date_print_month(sc->general.end, end);
    diag_error(diag, o->where,
               "outcomes.%s.%s reaches beyond the months recorded; allowed: within "
               "%s..%s",
               o->name, name, start, end);
}

static bool is_given(const struct window *window)
{
    return window->from <= window->to;
}

/* In a domain. */
static int dyads_observed(const struct scenario *sc, int domain)
{
    int known = 0;
    for (int k = 0; k < sc->n_observed; k++)
        known += sc->observed[k].cooperation[domain] != OBSERVED_UNKNOWN;
    return known;
}

/* What goes with which statistic. */
static void check_combination(const struct scenario *sc, const struct outcome *o, struct diag *diag)
{
    bool search = outcome_searches(o);
    bool distance = o->statistic == STATISTIC_DISTANCE;
    bool ranks = o->statistic == STATISTIC_RANK_CORRELATION;
    const char *why = NULL;
    if (search && o->trend[0] == '\0')
        why = "a change point needs `trend`, an arm without the shocks";
    else if (!search && (o->trend[0] != '\0' || is_given(&o->alarm)))
        why = "`trend` and `alarm` go with the statistics onset and change";
    else if ((search || distance) && (is_given(&o->minus) || is_given(&o->over)))
        why = "`minus` and `over` do not go with onset, change or distance";
    else if (is_given(&o->minus) && is_given(&o->over))
        why = "`minus` and `over` exclude each other";
    else if (ranks && (is_given(&o->minus) || is_given(&o->over)))
        why = "`minus` and `over` do not go with rank_correlation";
    else if (ranks && strcmp(o->subject, "dyads") != 0)
        why = "rank_correlation goes with the subject dyads";
    else if (ranks && dyads_observed(sc, o->domain) < 2)
        why = "`observed` has less than two dyads in this domain; allowed: one that it tells";
    else if (outcome_of_dyads(o) && (o->arm[0] != '\0' || o->minus_arm[0] != '\0'))
        why = "every dyad is read in the first arm alone, without `arm` and `minus_arm`";
    if (why != NULL)
        diag_error(diag, o->where, "outcomes.%s: %s", o->name, why);
}

static void resolve_outcome(const struct scenario *sc, struct outcome *o, struct diag *diag)
{
    const struct names arms = arms_of(sc);
    char owner[96];
    check_outcome_name(o, diag);
    check_window(sc, o, "window", &o->window, diag);
    check_window(sc, o, "minus", &o->minus, diag);
    check_window(sc, o, "over", &o->over, diag);
    check_window(sc, o, "alarm", &o->alarm, diag);
    check_combination(sc, o, diag);
    snprintf(owner, sizeof owner, "outcomes.%s.arm", o->name);
    o->arm_index = find(&arms, o->arm, o->where, owner, diag);
    snprintf(owner, sizeof owner, "outcomes.%s.minus_arm", o->name);
    o->minus_arm_index = find(&arms, o->minus_arm, o->where, owner, diag);
    snprintf(owner, sizeof owner, "outcomes.%s.trend", o->name);
    o->trend_index = find(&arms, o->trend, o->where, owner, diag);
}

/* ---- claims --------------------------------------------------------------------------------- */

static bool is_time(const struct outcome *o)
{
    return outcome_searches(o) || o->statistic == STATISTIC_WHEN_MAX;
}

static bool is_of_dyads(const struct scenario *sc, int outcome)
{
    return outcome >= 0 && outcome_of_dyads(&sc->outcomes[outcome]);
}

static void check_condition(const struct scenario *sc, const struct condition *c, const char *owner,
                            struct diag *diag)
{
    const char *why = NULL;
    bool found = c->is == IS_FOUND || c->is == IS_ABSENT;
    if (c->outcome_index >= 0 && found && !outcome_searches(&sc->outcomes[c->outcome_index]))
        why = "found and absent go with outcomes of the statistics onset and change";
    else if (c->is == IS_WITHIN && !is_given(&c->period))
        why = "within needs `period`";
    else if (c->outcome_index >= 0 && c->is == IS_WITHIN &&
             !is_time(&sc->outcomes[c->outcome_index]))
        why = "within goes with outcomes of the statistics when_max, onset and change";
    else if (c->is == IS_NEARER && c->than[0] == '\0')
        why = "nearer needs `than`";
    else if ((found || c->is == IS_WITHIN || c->is == IS_FIGURE) && c->than[0] != '\0')
        why = "`than` goes with above, below and nearer";
    else if (is_of_dyads(sc, c->outcome_index) || is_of_dyads(sc, c->than_index))
        why = "an outcome of every dyad is no number to judge";
    if (why != NULL)
        diag_error(diag, c->where, "%s: %s", owner, why);
}

static void resolve_condition(const struct scenario *sc, const struct claim *claim,
                              struct condition *c, struct diag *diag)
{
    const struct names arms = arms_of(sc), outcomes = outcomes_of(sc);
    char owner[128];
    snprintf(owner, sizeof owner, "claims.%s.all.%s", claim->name, c->name);
    c->outcome_index = find(&outcomes, c->outcome, c->where, owner, diag);
    c->arm_index = find(&arms, c->arm, c->where, owner, diag);
    c->than_index = find(&outcomes, c->than, c->where, owner, diag);
    c->than_arm_index = find(&arms, c->than_arm, c->where, owner, diag);
    check_condition(sc, c, owner, diag);
}

/* Figures are not judged, so that what stands among them would not be either. */
static void check_figures(const struct claim *claim, struct diag *diag)
{
    int figures = 0;
    for (int c = 0; c < claim->n_all; c++)
        figures += claim->all[c].is == IS_FIGURE;
    if (figures != 0 && figures != claim->n_all)
        diag_error(diag, claim->where, "claims.%s: figure does not go with other conditions",
                   claim->name);
}

/* ---- periods to be told --------------------------------------------------------------------- */

struct period_reader {
    struct scenario *sc;
    struct diag *diag;
};

static int add_period(const char *item, void *user)
{
    struct period_reader *r = user;
    struct scenario *sc = r->sc;
    struct window window;
    if (window_parse(item, &window) != 0 || window.from < sc->general.start ||
        window.to > sc->general.end || window.from == window.to) {
        diag_error(r->diag, resolve_where(sc, "scenario", "explain"),
                   "scenario.explain = %s: allowed: two months \"YYYY-MM..YYYY-MM\" that are "
                   "recorded, the first before the second",
                   item);
        return 0;
    }
    struct window *grown = realloc(sc->explain, (size_t)(sc->n_explain + 1) * sizeof *grown);
    if (grown == NULL)
        return ERROR_NOMEM;
    sc->explain = grown;
    grown[sc->n_explain++] = window;
    return 0;
}

int resolve_claims(struct scenario *sc, struct diag *diag)
{
    struct period_reader periods = {sc, diag};
    int status = give_arm(sc, diag);
    if (status == 0)
        status = text_each(sc->general.explain, add_period, &periods);
    for (int k = 0; k < sc->n_arms && status == 0; k++)
        check_arm(sc, &sc->arms[k], diag);
    for (int k = 0; k < sc->n_outcomes && status == 0; k++)
        resolve_outcome(sc, &sc->outcomes[k], diag);
    for (int k = 0; k < sc->n_claims && status == 0; k++) {
        check_figures(&sc->claims[k], diag);
        for (int c = 0; c < sc->claims[k].n_all; c++)
            resolve_condition(sc, &sc->claims[k], &sc->claims[k].all[c], diag);
    }
    return status;
}
