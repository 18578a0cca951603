/* The rule by which every state decides: the scenario's parameters with the terms that are switched
 * off made neutral. One rule for all states (invariant 2). */
#ifndef WALTZ_MODEL_RULE_H
#define WALTZ_MODEL_RULE_H

#include <stdbool.h>

#include "scenario/scenario.h"

enum channel { MILITARY, DIPLOMATIC, ECONOMY, CHANNELS };
extern const char *const channel_names[CHANNELS];

/* By what one accepted move changes a quantity. */
enum rate {
    RATE_COOPERATION,
    RATE_ACCOMMODATION,
    RATE_CONCILIATION,
    RATE_COERCION,
    RATE_ARMING,
    RATES
};

struct rule {
    struct parameters p;
    bool channels, opportunity, expected, serial;
    double leverage[DOMAINS]; /* κ_q v_d; for the economic domain the weight of reach */
    double omega_partners;    /* ω of outside options, 0 when off */
    double omega_markets;     /* ω of diversion, 0 when off */
    double phi, theta;
    double log_left[RATES]; /* ln of what one of M initiatives leaves of the rest */
};

struct rule rule_make(const struct scenario *sc);

#endif
