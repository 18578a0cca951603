#include "model/rule.h"

#include <float.h>

#include "base/fmath.h"

const char *const channel_names[CHANNELS] = {"military", "diplomatic", "economic"};

/* ln(1 − part) for what a move takes of the rest; it cannot take more than all of it. */
static double log_rest(double part)
{
    return fmath_log(part < 1 ? 1 - part : DBL_MIN);
}

struct rule rule_make(const struct scenario *sc)
{
    const struct parameters *p = &sc->parameters;
    const int *on = sc->terms;
    const double m = p->initiatives;
    double leverage = on[TERM_LEVERAGE] ? p->cost_leverage : 0;
    return (struct rule){
        .p = *p,
        .channels = on[TERM_CHANNELS],
        .opportunity = on[TERM_OPPORTUNITY],
        .expected = sc->general.moves == MOVES_EXPECTED,
        .serial = sc->general.order == ORDER_SERIAL,
        .leverage = {[POLITICAL] = leverage * p->leverage_political,
                     [INSTITUTIONAL] = leverage * p->leverage_political,
                     [SECURITY] = leverage * p->leverage_security,
                     [ECONOMIC] = on[TERM_REACH] ? p->cost_leverage : 0},
        .omega_partners = on[TERM_OUTSIDE_OPTIONS] ? p->omega : 0,
        .omega_markets = on[TERM_DIVERSION] ? p->omega : 0,
        .phi = on[TERM_POLARISATION] ? p->polarisation_exponent : 0,
        .theta = on[TERM_SIDE_PAYMENTS] ? p->side_payments : 0,
        .log_left = {[RATE_COOPERATION] = -(p->eta / m),
                     [RATE_ACCOMMODATION] = log_rest(p->accommodate_political * p->eta / m),
                     [RATE_CONCILIATION] = log_rest(p->conciliation / m),
                     [RATE_COERCION] = log_rest(p->coercion / m),
                     [RATE_ARMING] = fmath_log(1 + p->arming / m)},
    };
}
