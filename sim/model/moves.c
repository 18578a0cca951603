#include "model/moves.h"

#include "base/fmath.h"
#include "base/width.h"

const char *const channel_names[CHANNELS] = {"military", "diplomatic", "economic"};

/* ---- values --------------------------------------------------------------------------------- */

static void value_arm(const struct perception *p, int i, double *u)
{
    u[i] = p->rule->p.arm_gain * p->insecurity[i] - p->rule->p.arm_cost;
}

/* What is left to gain, (1 − x) B, less the cost. */
static void value_cooperation(const struct perception *p, enum domain d, int i, double *u)
{
    const double *x = p->world->cooperation[d] + i * p->n;
    const double *benefit = p->benefit[d] + i * p->n, *cost = p->cost[d] + i * p->n;
    for (int j = 0; j < p->n; j++)
        u[j] = (1 - x[j]) * benefit[j] - cost[j];
}

static void value_align(const struct perception *p, int i, double *u)
{
    value_cooperation(p, SECURITY, i, u);
}

static void value_consult(const struct perception *p, int i, double *u)
{
    value_cooperation(p, POLITICAL, i, u);
}

static void value_coordinate(const struct perception *p, int i, double *u)
{
    value_cooperation(p, INSTITUTIONAL, i, u);
}

static void value_trade(const struct perception *p, int i, double *u)
{
    value_cooperation(p, ECONOMIC, i, u);
}

static void value_engage(const struct perception *p, int i, double *u)
{
    for (int j = 0; j < p->n; j++)
        u[j] = p->conciliation[i * p->n + j];
}

/* Bandwagoning with the threat: by how much of all threat it is, and how weak resistance is. */
static void value_accommodate(const struct perception *p, int i, double *u)
{
    const struct parameters *par = &p->rule->p;
    const double *tau = p->threat_from + i * p->n;
    double per_threat = p->threat[i] > 0 ? 1 / p->threat[i] : 0;
    double weakness = p->threat[i] / (p->threat[i] + p->resistance[i]);
    for (int j = 0; j < p->n; j++)
        u[j] = par->accommodate_gain * (tau[j] * per_threat) * weakness - par->accommodate_cost;
}

static void value_coerce(const struct perception *p, int i, double *u)
{
    const struct parameters *par = &p->rule->p;
    const double *h = p->world->dispute + i * p->n, *c = p->capability;
    const double *x = p->world->cooperation[ECONOMIC] + i * p->n;
    for (int j = 0; j < p->n; j++)
        u[j] = par->coerce_gain * h[j] * (c[i] / (c[i] + c[j])) - par->coerce_trade * x[j] -
               par->coerce_cost;
}

/* ---- consequences --------------------------------------------------------------------------- */

static void follow_arm(struct world *w, int i, const double *k)
{
    if (k[i] > 0)
        w->military[i] *= fmath_exp(k[i] * w->rule->log_arming);
}

static void set_both(double *v, int n, int i, int j, double value)
{
    v[i * n + j] = v[j * n + i] = value;
}

/* What k acceptances by target leave of the rest, exp(k f). False if nothing was accepted. */
static WIDE bool leave(const double *k, int n, double log_factor, double *restrict rest)
{
    double any = 0;
    for (int j = 0; j < n; j++)
        any = k[j] > 0 ? 1 : any;
    if (any > 0)
        for (int j = 0; j < n; j++)
            rest[j] = fmath_exp(k[j] * log_factor);
    return any > 0;
}

/* k acceptances act together: 1 − v falls by exp(−k η/M) in both directions. */
static void raise(struct world *w, double *v, int i, const double *k, double log_factor)
{
    if (!leave(k, w->n, log_factor, w->rest))
        return;
    for (int j = 0; j < w->n; j++)
        if (k[j] > 0)
            set_both(v, w->n, i, j, 1 - (1 - v[i * w->n + j]) * w->rest[j]);
}

static void deepen(struct world *w, enum domain d, int i, const double *k, double log_factor)
{
    raise(w, w->cooperation[d], i, k, log_factor);
}

static void follow_align(struct world *w, int i, const double *k)
{
    deepen(w, SECURITY, i, k, -w->rule->eta_per_move);
}

static void follow_consult(struct world *w, int i, const double *k)
{
    deepen(w, POLITICAL, i, k, -w->rule->eta_per_move);
}

static void follow_coordinate(struct world *w, int i, const double *k)
{
    deepen(w, INSTITUTIONAL, i, k, -w->rule->eta_per_move);
}

static void follow_trade(struct world *w, int i, const double *k)
{
    deepen(w, ECONOMIC, i, k, -w->rule->eta_per_move);
}

static void follow_engage(struct world *w, int i, const double *k)
{
    double *h = w->dispute;
    if (!leave(k, w->n, w->rule->log_conciliation, w->rest))
        return;
    for (int j = 0; j < w->n; j++)
        if (k[j] > 0)
            set_both(h, w->n, i, j, h[i * w->n + j] * w->rest[j]);
}

static void follow_accommodate(struct world *w, int i, const double *k)
{
    follow_engage(w, i, k);
    deepen(w, POLITICAL, i, k, w->rule->log_accommodate);
}

static void follow_coerce(struct world *w, int i, const double *k)
{
    double *s = w->sanctions + i * w->n;
    if (leave(k, w->n, w->rule->log_coercion, w->rest))
        for (int j = 0; j < w->n; j++)
            s[j] = k[j] > 0 ? 1 - (1 - s[j]) * w->rest[j] : s[j];
    raise(w, w->dispute, i, k, w->rule->log_coercion);
}

/* ---- the table ------------------------------------------------------------------------------ */

const struct move_kind move_kinds[MOVES] = {
    [MOVE_ARM] = {"arm", "internal balancing", MILITARY, true, CONSENT_NONE, SECURITY, value_arm,
                  follow_arm, "arm_gain P_i − arm_cost", "own military stock grows",
                  "Waltz 1979; Morrow 1993"},
    [MOVE_ALIGN] = {"align", "external balancing", MILITARY, false, CONSENT_NET, SECURITY,
                    value_align, follow_align, "(1 − x^sec) B^sec − C^sec",
                    "security cooperation deepens", "Waltz 1979; Walt 1987"},
    [MOVE_CONSULT] = {"consult", "political dialogue", DIPLOMATIC, false, CONSENT_NET, POLITICAL,
                      value_consult, follow_consult, "(1 − x^pol) B^pol − C^pol",
                      "political cooperation deepens", "assumption"},
    [MOVE_COORDINATE] = {"coordinate", "soft balancing in institutions", DIPLOMATIC, false,
                         CONSENT_NET, INSTITUTIONAL, value_coordinate, follow_coordinate,
                         "(1 − x^inst) B^inst − C^inst", "institutional cooperation deepens",
                         "Pape 2005"},
    [MOVE_TRADE] = {"trade", "geo-economics", ECONOMY, false, CONSENT_NET, ECONOMIC, value_trade,
                    follow_trade, "(1 − x^eco) B^eco − C^eco", "economic cooperation deepens",
                    "Anderson & van Wincoop 2003"},
    [MOVE_ENGAGE] = {"engage", "conciliation", DIPLOMATIC, false, CONSENT_MIRROR, POLITICAL,
                     value_engage, follow_engage, "engage_gain (τ_ij/T_i) h_ij − engage_cost",
                     "the dispute falls", "assumption"},
    [MOVE_ACCOMMODATE] = {"accommodate", "bandwagoning with the threat", DIPLOMATIC, false,
                          CONSENT_NONE, POLITICAL, value_accommodate, follow_accommodate,
                          "accommodate_gain (τ_ij/T_i) T_i/(T_i + R_i) − accommodate_cost",
                          "the dispute falls, political cooperation deepens a little", "Walt 1987"},
    [MOVE_COERCE] = {"coerce", "sanctions, pressure", ECONOMY, false, CONSENT_NONE, ECONOMIC,
                     value_coerce, follow_coerce,
                     "coerce_gain h_ij c_i/(c_i + c_j) − coerce_trade x^eco_ij − coerce_cost",
                     "sanctions and the dispute rise", "Drezner 1999"},
};

const double *move_readiness(const struct perception *p, enum move move)
{
    switch (move_kinds[move].consent) {
    case CONSENT_NET:
        return p->net[move_kinds[move].domain];
    case CONSENT_MIRROR:
        return p->conciliation;
    default:
        return NULL;
    }
}
