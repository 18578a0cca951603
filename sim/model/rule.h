/* The rule by which every state decides: the scenario's parameters with the terms that are switched
 * off made neutral. One rule for all states (invariant 2). */
#ifndef WALTZ_MODEL_RULE_H
#define WALTZ_MODEL_RULE_H

#include <stdbool.h>

#include "scenario/scenario.h"

struct rule {
    struct parameters p;
    bool channels, opportunity, expected, serial;
    double leverage[DOMAINS]; /* κ_q v_d; for the economic domain the weight of reach */
    double omega_partners;    /* ω of outside options, 0 when off */
    double omega_markets;     /* ω of diversion, 0 when off */
    double phi, theta;
    /* per accepted move: factors of one initiative, as logarithms */
    double eta_per_move;                               /* η/M */
    double log_conciliation, log_coercion, log_arming; /* ln(1 ∓ a/M) */
    double log_accommodate; /* ln(1 − .1 η/M), at most all of the rest */
};

struct rule rule_make(const struct scenario *sc);

#endif
