#include "measure/measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

const char *const level_names[LEVELS] = {"system", "state", "dyad"};

/* ---- dyads ---------------------------------------------------------------------------------- */

static double at(const struct simulation *s, const double *v, int i, int j)
{
    return v[i * s->world.n + j];
}

static double mean_cooperation(const struct simulation *s, int i, int j)
{
    double sum = 0;
    for (int d = 0; d < DOMAINS; d++)
        sum += at(s, s->world.cooperation[d], i, j);
    return sum / DOMAINS;
}

static double political(const struct simulation *s, int i, int j)
{
    return at(s, s->world.cooperation[POLITICAL], i, j);
}

static double institutional(const struct simulation *s, int i, int j)
{
    return at(s, s->world.cooperation[INSTITUTIONAL], i, j);
}

static double security(const struct simulation *s, int i, int j)
{
    return at(s, s->world.cooperation[SECURITY], i, j);
}

static double economic(const struct simulation *s, int i, int j)
{
    return at(s, s->world.cooperation[ECONOMIC], i, j);
}

static double acts(const struct simulation *s, int i, int j)
{
    static const enum move cooperative[] = {MOVE_ALIGN, MOVE_CONSULT, MOVE_COORDINATE, MOVE_TRADE};
    double sum = 0;
    for (size_t k = 0; k < sizeof cooperative / sizeof *cooperative; k++)
        sum += at(s, s->tally.accepted[cooperative[k]], i, j) +
               at(s, s->tally.accepted[cooperative[k]], j, i);
    return sum;
}

static double dispute(const struct simulation *s, int i, int j)
{
    return at(s, s->world.dispute, i, j);
}

static double sanctions(const struct simulation *s, int i, int j)
{
    double ij = at(s, s->world.sanctions, i, j), ji = at(s, s->world.sanctions, j, i);
    return ij > ji ? ij : ji;
}

static double common_threat(const struct simulation *s, int i, int j)
{
    return at(s, s->perception.common_threat, i, j);
}

/* ---- states --------------------------------------------------------------------------------- */

static double capability(const struct simulation *s, int i, int j)
{
    (void)j;
    return s->perception.capability[i];
}

static double insecurity(const struct simulation *s, int i, int j)
{
    (void)j;
    return s->perception.insecurity[i];
}

static double partners(const struct simulation *s, int i, int j)
{
    (void)j;
    return s->perception.partners[i];
}

static double access(const struct simulation *s, int i, int j)
{
    (void)j;
    return s->perception.access[i];
}

static double arming(const struct simulation *s, int i, int j)
{
    (void)j;
    return at(s, s->tally.chosen[MOVE_ARM], i, i);
}

/* ---- the system ----------------------------------------------------------------------------- */

static double polarisation(const struct simulation *s, int i, int j)
{
    (void)i, (void)j;
    return s->perception.polarisation;
}

static double sum_of_squares(const struct simulation *s)
{
    double sum = 0;
    for (int k = 0; k < s->world.n; k++)
        sum += s->perception.capability[k] * s->perception.capability[k];
    return sum;
}

static double effective_poles(const struct simulation *s, int i, int j)
{
    (void)i, (void)j;
    return 1 / sum_of_squares(s);
}

static double concentration(const struct simulation *s, int i, int j)
{
    (void)i, (void)j;
    double even = 1.0 / s->world.n;
    double over = sum_of_squares(s) - even;
    return over > 0 ? __builtin_sqrt(over / (1 - even)) : 0;
}

static double system_cooperation(const struct simulation *s, int i, int j)
{
    (void)i, (void)j;
    int n = s->world.n;
    double sum = 0;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
            sum += mean_cooperation(s, a, b);
    return 2 * sum / (n * (n - 1));
}

/* Part of all states' draws of the month that took a move, accepted or not. */
static double share_of(const struct simulation *s, int move)
{
    int n = s->world.n, draws = 0;
    double taken = 0;
    for (int k = 0; k < n * n; k++)
        taken += s->tally.chosen[move][k];
    for (int m = 0; m < s->chooser.n_menus; m++)
        draws += s->chooser.menus[m].draws;
    return taken / (n * draws);
}

#define SHARE_OF(name, move)                                                                       \
    static double name(const struct simulation *s, int i, int j)                                   \
    {                                                                                              \
        (void)i, (void)j;                                                                          \
        return share_of(s, move);                                                                  \
    }
SHARE_OF(share_hold, HOLD)
SHARE_OF(share_arm, MOVE_ARM)
SHARE_OF(share_align, MOVE_ALIGN)
SHARE_OF(share_consult, MOVE_CONSULT)
SHARE_OF(share_coordinate, MOVE_COORDINATE)
SHARE_OF(share_trade, MOVE_TRADE)
SHARE_OF(share_engage, MOVE_ENGAGE)
SHARE_OF(share_accommodate, MOVE_ACCOMMODATE)
SHARE_OF(share_coerce, MOVE_COERCE)

/* ---- the table ------------------------------------------------------------------------------ */

#define SHARE "share", 0, 1, 0
#define MOVE_SHARE(move, words)                                                                    \
    {                                                                                              \
        "share_" #move, LEVEL_SYSTEM, SHARE, share_##move,                                         \
            "part of all states' draws that " words, "model"                                       \
    }

const struct measure measures[] = {
    {"cooperation", LEVEL_DYAD, SHARE, mean_cooperation, "mean cooperation over the four domains",
     "model"},
    {"cooperation_political", LEVEL_DYAD, SHARE, political, "dialogue and diplomatic support",
     "model"},
    {"cooperation_institutional", LEVEL_DYAD, SHARE, institutional,
     "cooperation in international organisations", "model"},
    {"cooperation_security", LEVEL_DYAD, SHARE, security, "military and security cooperation",
     "model"},
    {"cooperation_economic", LEVEL_DYAD, SHARE, economic,
     "economic cooperation, relative to what size and distance allow", "model"},
    {"acts", LEVEL_DYAD, "1/month", 0, 512, 1, acts,
     "accepted align, consult, coordinate and trade moves, both directions", "model"},
    {"dispute", LEVEL_DYAD, SHARE, dispute, "level of the dispute", "model"},
    {"sanctions", LEVEL_DYAD, SHARE, sanctions, "sanctions, the higher of both directions",
     "model"},
    {"common_threat", LEVEL_DYAD, SHARE, common_threat,
     "cosine of what both perceive as threats from third states", "model"},
    {"capability", LEVEL_STATE, SHARE, capability, "share of the system's capabilities",
     "after CINC (Singer, Bremer & Stuckey 1972)"},
    {"insecurity", LEVEL_STATE, "log ratio", 0, 8, 0, insecurity, "ln(1 + threat / resistance)",
     "after Walt 1987"},
    {"partners", LEVEL_STATE, SHARE, partners,
     "share of the others' capabilities open to the state", "after Snyder 1997"},
    {"market_access", LEVEL_STATE, SHARE, access, "share of near markets open to the state",
     "after Anderson & van Wincoop 2003"},
    {"arming", LEVEL_STATE, "1/month", 0, 512, 1, arming, "draws of the state that arm", "model"},
    {"polarisation", LEVEL_SYSTEM, SHARE, polarisation, "capability-weighted mean dispute",
     "model"},
    {"effective_poles", LEVEL_SYSTEM, "states", 1, 33, 0, effective_poles,
     "1 / sum of squared shares of capability", "Laakso & Taagepera 1979"},
    {"concentration", LEVEL_SYSTEM, SHARE, concentration, "CON: concentration of capabilities",
     "Singer, Bremer & Stuckey 1972"},
    {"mean_cooperation", LEVEL_SYSTEM, SHARE, system_cooperation, "mean cooperation over all dyads",
     "model"},
    MOVE_SHARE(hold, "hold"),
    MOVE_SHARE(arm, "arm"),
    MOVE_SHARE(align, "propose to align, accepted or not"),
    MOVE_SHARE(consult, "propose to consult, accepted or not"),
    MOVE_SHARE(coordinate, "propose to coordinate, accepted or not"),
    MOVE_SHARE(trade, "propose to trade, accepted or not"),
    MOVE_SHARE(engage, "propose to engage, accepted or not"),
    MOVE_SHARE(accommodate, "accommodate"),
    MOVE_SHARE(coerce, "coerce"),
};
const int n_measures = sizeof measures / sizeof *measures;

/* ---- series --------------------------------------------------------------------------------- */

/* The index of the new series. */
static int add(struct series_list *list, const struct measure *measure, int i, int j)
{
    struct series *grown = realloc(list->at, (size_t)(list->n + 1) * sizeof *grown);
    if (grown == NULL)
        return ERROR_NOMEM;
    list->at = grown;
    grown[list->n] = (struct series){measure, i, j};
    return list->n++;
}

static int add_all_of(struct series_list *list, const struct scenario *sc,
                      const struct measure *measure, bool all_dyads)
{
    int n = sc->n_states, status = 0;
    if (measure->level == LEVEL_SYSTEM)
        return add(list, measure, -1, -1);
    if (measure->level == LEVEL_STATE) {
        for (int i = 0; i < n && status >= 0; i++)
            status = add(list, measure, i, -1);
        return status;
    }
    for (int k = 0; k < sc->n_focus && status >= 0 && !all_dyads; k++)
        status = add(list, measure, sc->focus[k].i, sc->focus[k].j);
    for (int i = 0; i < n && all_dyads; i++)
        for (int j = i + 1; j < n && status >= 0; j++)
            status = add(list, measure, i, j);
    return status;
}

int series_select(struct series_list *list, const struct scenario *sc, bool all_dyads,
                  struct diag *diag)
{
    *list = (struct series_list){0};
    int status = 0;
    for (int m = 0; m < n_measures && status >= 0; m++)
        status = add_all_of(list, sc, &measures[m], all_dyads);
    for (int k = 0; k < sc->n_outcomes && status != ERROR_NOMEM; k++)
        status = series_find(list, sc, &sc->outcomes[k], diag);
    if (status >= 0 && diag->errors == 0)
        return 0;
    series_release(list);
    return status == ERROR_NOMEM ? ERROR_NOMEM : ERROR_INPUT;
}

void series_release(struct series_list *list)
{
    free(list->at);
    *list = (struct series_list){0};
}

static const char *measure_name(size_t k, const void *user)
{
    (void)user;
    return measures[k].name;
}

int series_find(struct series_list *list, const struct scenario *sc, const struct outcome *outcome,
                struct diag *diag)
{
    int m = 0, i = -1, j = -1;
    while (m < n_measures && strcmp(measures[m].name, outcome->measure) != 0)
        m++;
    if (m == n_measures) {
        const char *near = text_nearest(outcome->measure, (size_t)n_measures, measure_name, NULL);
        return diag_error(diag, outcome->where,
                          "outcomes.%s.measure: unknown measure \"%s\"%s; "
                          "see `waltz list measures`",
                          outcome->name, outcome->measure, text_hint(near).text);
    }
    struct pair pair = {-1, -1};
    bool good = measures[m].level == LEVEL_SYSTEM ? strcmp(outcome->subject, "system") == 0
                : measures[m].level == LEVEL_STATE
                    ? (i = scenario_state(sc, outcome->subject)) >= 0
                    : scenario_pair(sc, outcome->subject, '-', &pair) == 0;
    if (!good)
        return diag_error(diag, outcome->where,
                          "outcomes.%s.subject: \"%s\" is no %s of the "
                          "scenario, and %s is measured on a %s",
                          outcome->name, outcome->subject, level_names[measures[m].level],
                          measures[m].name, level_names[measures[m].level]);
    if (pair.i >= 0) {
        i = pair.i;
        j = pair.j;
    }
    /* A dyad has one series, whichever way it is written. */
    for (int k = 0; k < list->n; k++)
        if (list->at[k].measure == &measures[m] &&
            pair_same((struct pair){list->at[k].i, list->at[k].j}, (struct pair){i, j}))
            return k;
    return add(list, &measures[m], i, j);
}

void series_read(const struct series_list *list, const struct simulation *s, double *out)
{
    for (int k = 0; k < list->n; k++)
        out[k] = list->at[k].measure->value(s, list->at[k].i, list->at[k].j);
}
