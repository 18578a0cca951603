#include "model/moves.h"

/* ---- values --------------------------------------------------------------------------------- */

static void value_arm(const struct perception *p, int i, real *u)
{
    u[0] = p->rule->p.arm_gain * p->insecurity[i] - p->rule->p.arm_cost;
}

/* What is left to gain, (1 − x) B, less the cost. */
static void value_cooperation(const struct perception *p, enum domain d, int i, real *u)
{
    const real *x = p->world->cooperation[d] + i * p->n;
    const real *benefit = p->benefit[d] + i * p->n, *cost = p->cost[d] + i * p->n;
    for (int j = 0; j < p->n; j++)
        u[j] = (1 - x[j]) * benefit[j] - cost[j];
}

static void value_align(const struct perception *p, int i, real *u)
{
    value_cooperation(p, SECURITY, i, u);
}

static void value_consult(const struct perception *p, int i, real *u)
{
    value_cooperation(p, POLITICAL, i, u);
}

static void value_coordinate(const struct perception *p, int i, real *u)
{
    value_cooperation(p, INSTITUTIONAL, i, u);
}

static void value_trade(const struct perception *p, int i, real *u)
{
    value_cooperation(p, ECONOMIC, i, u);
}

static void value_engage(const struct perception *p, int i, real *u)
{
    for (int j = 0; j < p->n; j++)
        u[j] = p->conciliation[i * p->n + j];
}

/* Bandwagoning with the threat: by how much of all threat it is, and how weak resistance is. */
static void value_accommodate(const struct perception *p, int i, real *u)
{
    const struct parameters *par = &p->rule->p;
    const real *tau = p->threat_from + i * p->n;
    const real per_threat = real_keep(p->threat[i] > 0, 1 / p->threat[i]);
    const real weakness = p->threat[i] / (p->threat[i] + p->resistance[i]);
    for (int j = 0; j < p->n; j++)
        u[j] = par->accommodate_gain * (tau[j] * per_threat) * weakness - par->accommodate_cost;
}

static void value_coerce(const struct perception *p, int i, real *u)
{
    const struct parameters *par = &p->rule->p;
    const real *h = p->world->dispute + i * p->n, *c = p->capability;
    const real *x = p->world->cooperation[ECONOMIC] + i * p->n;
    for (int j = 0; j < p->n; j++)
        u[j] = par->coerce_gain * h[j] * (c[i] / (c[i] + c[j])) - par->coerce_trade * x[j] -
               par->coerce_cost;
}

/* ---- the table ------------------------------------------------------------------------------ */

const struct move_kind move_kinds[MOVES] = {
    [MOVE_ARM] = {"arm",
                  "internal balancing",
                  MILITARY,
                  true,
                  CONSENT_NONE,
                  SECURITY,
                  value_arm,
                  {{OWN, ON_MILITARY, false, RATE_ARMING}},
                  "arm_gain P_i − arm_cost",
                  "own military stock grows",
                  "Waltz 1979; Morrow 1993"},
    [MOVE_ALIGN] = {"align",
                    "external balancing",
                    MILITARY,
                    false,
                    CONSENT_NET,
                    SECURITY,
                    value_align,
                    {{BOTH, SECURITY, true, RATE_COOPERATION}},
                    "(1 − x^sec) B^sec − C^sec",
                    "security cooperation deepens",
                    "Waltz 1979; Walt 1987"},
    [MOVE_CONSULT] = {"consult",
                      "political dialogue",
                      DIPLOMATIC,
                      false,
                      CONSENT_NET,
                      POLITICAL,
                      value_consult,
                      {{BOTH, POLITICAL, true, RATE_COOPERATION}},
                      "(1 − x^pol) B^pol − C^pol",
                      "political cooperation deepens",
                      "assumption"},
    [MOVE_COORDINATE] = {"coordinate",
                         "soft balancing in institutions",
                         DIPLOMATIC,
                         false,
                         CONSENT_NET,
                         INSTITUTIONAL,
                         value_coordinate,
                         {{BOTH, INSTITUTIONAL, true, RATE_COOPERATION}},
                         "(1 − x^inst) B^inst − C^inst",
                         "institutional cooperation deepens",
                         "Pape 2005"},
    [MOVE_TRADE] = {"trade",
                    "geo-economics",
                    ECONOMY,
                    false,
                    CONSENT_NET,
                    ECONOMIC,
                    value_trade,
                    {{BOTH, ECONOMIC, true, RATE_COOPERATION}},
                    "(1 − x^eco) B^eco − C^eco",
                    "economic cooperation deepens",
                    "Anderson & van Wincoop 2003"},
    [MOVE_ENGAGE] = {"engage",
                     "conciliation",
                     DIPLOMATIC,
                     false,
                     CONSENT_MIRROR,
                     POLITICAL,
                     value_engage,
                     {{BOTH, ON_DISPUTE, false, RATE_CONCILIATION}},
                     "engage_gain (τ_ij/T_i) h_ij − engage_cost",
                     "the dispute falls",
                     "assumption"},
    [MOVE_ACCOMMODATE] = {"accommodate",
                          "bandwagoning with the threat",
                          DIPLOMATIC,
                          false,
                          CONSENT_NONE,
                          POLITICAL,
                          value_accommodate,
                          {{BOTH, ON_DISPUTE, false, RATE_CONCILIATION},
                           {BOTH, POLITICAL, true, RATE_ACCOMMODATION}},
                          "accommodate_gain (τ_ij/T_i) T_i/(T_i + R_i) − accommodate_cost",
                          "the dispute falls, political cooperation deepens a little",
                          "Walt 1987"},
    [MOVE_COERCE] = {"coerce",
                     "sanctions, pressure",
                     ECONOMY,
                     false,
                     CONSENT_NONE,
                     ECONOMIC,
                     value_coerce,
                     {{TOWARD, ON_SANCTIONS, true, RATE_COERCION},
                      {BOTH, ON_DISPUTE, true, RATE_COERCION}},
                     "coerce_gain h_ij c_i/(c_i + c_j) − coerce_trade x^eco_ij − coerce_cost",
                     "sanctions and the dispute rise",
                     "Drezner 1999"},
};

struct answer move_answer(const struct perception *p, enum move move)
{
    const enum domain d = move_kinds[move].domain;
    switch (move_kinds[move].consent) {
    case CONSENT_NET:
        return (struct answer){p->benefit[d], p->cost[d]};
    case CONSENT_MIRROR:
        return (struct answer){p->conciliation, NULL};
    default:
        return (struct answer){NULL, NULL};
    }
}
