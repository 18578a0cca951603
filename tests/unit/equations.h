/* The model's equations, each as one plain function of a world, slow and without shortcuts: what
 * the step's faster forms are held against. They read the scenario's own parameters and terms, use
 * the C library's exp, log and pow, and share nothing with sim/model but the world's layout. */
#ifndef WALTZ_TESTS_EQUATIONS_H
#define WALTZ_TESTS_EQUATIONS_H

#include "model/moves.h"

/* Perception */
double eq_proximity(const struct world *w, int i, int j);
double eq_capability(const struct world *w, int i);
double eq_mean_cooperation(const struct world *w, int i, int j);
double eq_intent(const struct world *w, int i, int j);
double eq_threat(const struct world *w, int i, int j);
double eq_all_threat(const struct world *w, int i);
double eq_common_threat(const struct world *w, int i, int j);
double eq_resistance(const struct world *w, int i);
double eq_insecurity(const struct world *w, int i);
double eq_polarisation(const struct world *w);
double eq_pool(const struct world *w, int i);
double eq_grip(const struct world *w, int i, int j);
double eq_access(const struct world *w, int i);
double eq_market(const struct world *w, int i, int j);
double eq_leverage(const struct world *w, int i, int j);
double eq_reach(const struct world *w, int i, int j);

/* Benefits, costs (after side payments), utilities */
double eq_benefit(const struct world *w, enum domain d, int i, int j);
double eq_cost(const struct world *w, enum domain d, int i, int j);
double eq_conciliation(const struct world *w, int i, int j);
double eq_utility(const struct world *w, enum move move, int i, int j);

/* Choice: chance that one draw of the move's menu falls on it, and that j accepts it */
double eq_opportunity(const struct world *w, int i, int j);
double eq_chance(const struct world *w, enum move move, int i, int j);
double eq_chance_of_holding(const struct world *w, enum channel channel, int i);
double eq_consent(const struct world *w, enum move move, int i, int j);

/* Draws a month of the menu that has the move. */
int eq_draws(const struct world *w);

/* What follows from accepted moves (k[move][i·n + j]), then relaxation; the world changes. */
void eq_follow(struct world *w, double *const *k);
void eq_relax(struct world *w);

#endif
