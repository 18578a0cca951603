#include "measure/measure.h"

#include <string.h>

const char *const level_names[LEVELS] = {"system", "state", "dyad", "directed"};

/* ---- dyads ---------------------------------------------------------------------------------- */

static double at(const struct simulation *s, const double *v, int i, int j)
{
    return v[(i * s->world.n + j) * s->world.lanes + s->lane];
}

static double of(const struct simulation *s, const double *v, int i)
{
    return v[i * s->world.lanes + s->lane];
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
        sum += tally_accepted(&s->tally, cooperative[k], (struct pair){i, j}, s->lane) +
               tally_accepted(&s->tally, cooperative[k], (struct pair){j, i}, s->lane);
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

/* What gravity lets two economies exchange, as far as they cooperate. */
static double exchange(const struct simulation *s, int i, int j)
{
    const struct world *w = &s->world;
    double all = 0;
    for (int k = 0; k < w->n; k++)
        all += of(s, w->economy, k);
    return of(s, w->economy, i) * of(s, w->economy, j) / all *
           w->structure->proximity[i * w->n + j] * at(s, w->cooperation[ECONOMIC], i, j);
}

/* ---- from one state to another -------------------------------------------------------------- */

static double threat_share(const struct simulation *s, int i, int j)
{
    double all = of(s, s->perception.threat, i);
    return all > 0 ? at(s, s->perception.threat_from, i, j) / all : 0;
}

static double initiatives(const struct simulation *s, int i, int j)
{
    return tally_accepted(&s->tally, MOVE_ALIGN, (struct pair){i, j}, s->lane);
}

/* ---- states --------------------------------------------------------------------------------- */

static double capability(const struct simulation *s, int i, int j)
{
    (void)j;
    return of(s, s->perception.capability, i);
}

static double insecurity(const struct simulation *s, int i, int j)
{
    (void)j;
    return of(s, s->perception.insecurity, i);
}

static double partners(const struct simulation *s, int i, int j)
{
    (void)j;
    return of(s, s->perception.partners, i);
}

static double access(const struct simulation *s, int i, int j)
{
    (void)j;
    return of(s, s->perception.access, i);
}

static double arming(const struct simulation *s, int i, int j)
{
    (void)j;
    return tally_chosen(&s->tally, MOVE_ARM, (struct pair){i, i}, s->lane);
}

/* ---- the system ----------------------------------------------------------------------------- */

static double polarisation(const struct simulation *s, int i, int j)
{
    (void)i, (void)j;
    return of(s, s->perception.polarisation, 0);
}

static double sum_of_squares(const struct simulation *s)
{
    double sum = 0;
    for (int k = 0; k < s->world.n; k++) {
        double c = of(s, s->perception.capability, k);
        sum += c * c;
    }
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
static double share_of(const struct simulation *s, int row)
{
    return tally_total(&s->tally, row, s->lane) / (s->world.n * s->tally.draws);
}

static double bloc_cohesion(const struct simulation *s, int i, int j)
{
    (void)i, (void)j;
    _Alignas(64) double of_lane[KERNEL_LANES];
    s->kernel->blocs(s, of_lane);
    return of_lane[s->lane];
}

/* ---- distributions -------------------------------------------------------------------------- */

/* The chance of each option of each menu: holding at [menu], moves by target behind. */
static void choices(struct simulation *s, int actor, double *out)
{
    struct chooser *c = &s->chooser;
    const int n = s->world.n;
    memset(out, 0, (size_t)(CHANNELS + MOVES * n) * sizeof *out);
    for (int m = 0; m < c->n_menus; m++) {
        const int options = s->kernel->weights(c, &c->menus[m], actor);
        double total = 0;
        for (int k = 0; k < options; k++)
            total += of(s, c->weight, k);
        out[m] = of(s, c->weight, 0) / total;
        for (int k = 1; k < options; k++) {
            const struct option *o = &c->menus[m].options[k];
            out[CHANNELS + o->move * n + (o->target == SELF ? actor : o->target)] =
                of(s, c->weight, k) / total;
        }
    }
}

/* The same, added up over the targets. */
static void moves(struct simulation *s, int actor, double *out)
{
    struct chooser *c = &s->chooser;
    memset(out, 0, (CHANNELS + MOVES) * sizeof *out);
    for (int m = 0; m < c->n_menus; m++) {
        const int options = s->kernel->weights(c, &c->menus[m], actor);
        double total = 0;
        for (int k = 0; k < options; k++)
            total += of(s, c->weight, k);
        out[m] = of(s, c->weight, 0) / total;
        for (int k = 1; k < options; k++)
            out[CHANNELS + c->menus[m].options[k].move] += of(s, c->weight, k) / total;
    }
}

/* ---- shares of moves ------------------------------------------------------------------------- */

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
        "share_" #move, LEVEL_SYSTEM, SHARE, share_##move, NULL,                                   \
            "part of all states' draws that " words, "model"                                       \
    }

const struct measure measures[] = {
    {"cooperation", LEVEL_DYAD, SHARE, mean_cooperation, NULL,
     "mean cooperation over the four domains", "model"},
    {"cooperation_political", LEVEL_DYAD, SHARE, political, NULL, "dialogue and diplomatic support",
     "model"},
    {"cooperation_institutional", LEVEL_DYAD, SHARE, institutional, NULL,
     "cooperation in international organisations", "model"},
    {"cooperation_security", LEVEL_DYAD, SHARE, security, NULL, "military and security cooperation",
     "model"},
    {"cooperation_economic", LEVEL_DYAD, SHARE, economic, NULL,
     "economic cooperation, relative to what size and distance allow", "model"},
    {"acts", LEVEL_DYAD, "1/month", 0, 512, 1, acts, NULL,
     "accepted align, consult, coordinate and trade moves, both directions", "model"},
    {"dispute", LEVEL_DYAD, SHARE, dispute, NULL, "level of the dispute", "model"},
    {"sanctions", LEVEL_DYAD, SHARE, sanctions, NULL, "sanctions, the higher of both directions",
     "model"},
    {"common_threat", LEVEL_DYAD, SHARE, common_threat, NULL,
     "cosine of what both perceive as threats from third states", "model"},
    {"exchange", LEVEL_DYAD, "bn USD/year", 0, 4096, 0, exchange, NULL,
     "economic exchange: e_i e_j / Σe, by nearness and economic cooperation", "gravity; model"},
    {"threat_share", LEVEL_DIRECTED, SHARE, threat_share, NULL,
     "part of all that the first perceives as threats that comes from the second",
     "after Walt 1987"},
    {"initiatives", LEVEL_DIRECTED, "1/month", 0, 512, 1, initiatives, NULL,
     "align moves of the first that the second accepted", "model"},
    {"capability", LEVEL_STATE, SHARE, capability, NULL, "share of the system's capabilities",
     "after CINC (Singer, Bremer & Stuckey 1972)"},
    {"insecurity", LEVEL_STATE, "log ratio", 0, 8, 0, insecurity, NULL,
     "ln(1 + threat / resistance)", "after Walt 1987"},
    {"partners", LEVEL_STATE, SHARE, partners, NULL,
     "share of the others' capabilities open to the state", "after Snyder 1997"},
    {"market_access", LEVEL_STATE, SHARE, access, NULL, "share of near markets open to the state",
     "after Anderson & van Wincoop 2003"},
    {"arming", LEVEL_STATE, "1/month", 0, 512, 1, arming, NULL, "draws of the state that arm",
     "model"},
    {"polarisation", LEVEL_SYSTEM, SHARE, polarisation, NULL, "capability-weighted mean dispute",
     "model"},
    {"effective_poles", LEVEL_SYSTEM, "states", 1, 33, 0, effective_poles, NULL,
     "1 / sum of squared shares of capability", "Laakso & Taagepera 1979"},
    {"concentration", LEVEL_SYSTEM, SHARE, concentration, NULL,
     "CON: concentration of capabilities", "Singer, Bremer & Stuckey 1972"},
    {"mean_cooperation", LEVEL_SYSTEM, SHARE, system_cooperation, NULL,
     "mean cooperation over all dyads", "model"},
    {"blocs", LEVEL_SYSTEM, "difference", -1, 1, 0, bloc_cohesion, NULL,
     "cooperation within less between the two blocs of the leading eigenvector",
     "after Newman 2006"},
    MOVE_SHARE(hold, "hold"),
    MOVE_SHARE(arm, "arm"),
    MOVE_SHARE(align, "propose to align, accepted or not"),
    MOVE_SHARE(consult, "propose to consult, accepted or not"),
    MOVE_SHARE(coordinate, "propose to coordinate, accepted or not"),
    MOVE_SHARE(trade, "propose to trade, accepted or not"),
    MOVE_SHARE(engage, "propose to engage, accepted or not"),
    MOVE_SHARE(accommodate, "accommodate"),
    MOVE_SHARE(coerce, "coerce"),
    {"choices", LEVEL_STATE, "chances", 0, 1, 0, NULL, choices,
     "for `distance`: chance of each move toward each target, by channel", "model"},
    {"moves", LEVEL_STATE, "chances", 0, 1, 0, NULL, moves,
     "for `distance`: chance of each move, whoever the target, by channel", "model"},
};
const int n_measures = sizeof measures / sizeof *measures;

const struct measure *measure_find(const char *name)
{
    for (int m = 0; m < n_measures; m++)
        if (strcmp(measures[m].name, name) == 0)
            return &measures[m];
    return NULL;
}

void measure_read(const struct measure *m, struct simulation *s, struct pair of, double *out)
{
    if (m->value == bloc_cohesion) { /* costs as much for one lane as for all */
        s->kernel->blocs(s, out);
        return;
    }
    for (s->lane = 0; s->lane < s->world.lanes; s->lane++)
        out[s->lane] = m->value(s, of.i, of.j);
    s->lane = 0;
}

int measure_width(const struct measure *m, int n)
{
    return m->chances == NULL ? 1 : m->chances == choices ? CHANNELS + MOVES * n : CHANNELS + MOVES;
}
