#include "equations.h"

#include <math.h>

static const struct parameters *of(const struct world *w)
{
    return &w->scenario->parameters;
}

static bool on(const struct world *w, enum term term)
{
    return w->scenario->terms[term];
}

static double at(const struct world *w, const double *v, int i, int j)
{
    return v[i * w->n + j];
}

/* Third states' sanctions: the higher of both directions. */
static double both(const struct world *w, int i, int j)
{
    return fmax(at(w, w->sanctions, i, j), at(w, w->sanctions, j, i));
}

/* ---- perception ------------------------------------------------------------------------------ */

double eq_proximity(const struct world *w, int i, int j)
{
    double d = at(w, w->scenario->distance, i, j) / of(w)->distance_half;
    return of(w)->distance_floor + (1 - of(w)->distance_floor) / (1 + d * d);
}

double eq_capability(const struct world *w, int i)
{
    double m = 0, e = 0, a = of(w)->military_weight;
    for (int k = 0; k < w->n; k++) {
        m += w->military[k];
        e += w->economy[k];
    }
    return a * w->military[i] / m + (1 - a) * w->economy[i] / e;
}

double eq_mean_cooperation(const struct world *w, int i, int j)
{
    double sum = 0;
    for (int d = 0; d < DOMAINS; d++)
        sum += at(w, w->cooperation[d], i, j) / 4;
    return sum;
}

double eq_intent(const struct world *w, int i, int j)
{
    double v = of(w)->intent_base + of(w)->intent_dispute * at(w, w->dispute, i, j) -
               of(w)->intent_cooperation * eq_mean_cooperation(w, i, j);
    return fmin(fmax(v, 0), 1);
}

static double power(const struct world *w, int i)
{
    return pow(eq_capability(w, i), of(w)->power_exponent);
}

double eq_threat(const struct world *w, int i, int j)
{
    return power(w, j) * eq_proximity(w, i, j) * eq_intent(w, i, j);
}

double eq_all_threat(const struct world *w, int i)
{
    double sum = 0;
    for (int j = 0; j < w->n; j++)
        sum += j == i ? 0 : eq_threat(w, i, j);
    return sum;
}

double eq_common_threat(const struct world *w, int i, int j)
{
    double dot = 0, ii = 0, jj = 0;
    for (int k = 0; k < w->n; k++) {
        if (k == i || k == j)
            continue;
        dot += eq_threat(w, i, k) * eq_threat(w, j, k);
        ii += eq_threat(w, i, k) * eq_threat(w, i, k);
        jj += eq_threat(w, j, k) * eq_threat(w, j, k);
    }
    return ii == 0 || jj == 0 ? 0 : dot / (sqrt(ii) * sqrt(jj));
}

double eq_resistance(const struct world *w, int i)
{
    double sum = power(w, i);
    for (int j = 0; j < w->n; j++)
        if (j != i)
            sum += at(w, w->cooperation[SECURITY], i, j) * power(w, j) * eq_proximity(w, i, j) *
                   eq_common_threat(w, i, j);
    return sum;
}

double eq_insecurity(const struct world *w, int i)
{
    return log(1 + eq_all_threat(w, i) / eq_resistance(w, i));
}

double eq_polarisation(const struct world *w)
{
    double over = 0, under = 0;
    for (int i = 0; i < w->n; i++)
        for (int k = 0; k < w->n; k++) {
            double both_strong = i == k ? 0 : eq_capability(w, i) * eq_capability(w, k);
            over += both_strong * at(w, w->dispute, i, k);
            under += both_strong;
        }
    return over / under;
}

/* How open k is to i. */
static double open_to(const struct world *w, int k, int i)
{
    return 1 - fmax(at(w, w->dispute, i, k), at(w, w->sanctions, k, i));
}

double eq_pool(const struct world *w, int i)
{
    double over = 0, under = 0;
    for (int k = 0; k < w->n; k++) {
        over += k == i ? 0 : eq_capability(w, k) * open_to(w, k, i);
        under += k == i ? 0 : eq_capability(w, k);
    }
    return fmax(over / under, of(w)->omega_floor);
}

double eq_grip(const struct world *w, int i, int j)
{
    double omega = on(w, TERM_OUTSIDE_OPTIONS) ? of(w)->omega : 0;
    double weight = eq_capability(w, j) / pow(eq_pool(w, i), omega);
    return weight / (weight + of(w)->market_half);
}

double eq_access(const struct world *w, int i)
{
    double over = 0, under = 0;
    for (int k = 0; k < w->n; k++) {
        double near = k == i ? 0 : w->economy[k] * eq_proximity(w, i, k);
        over += near * (1 - both(w, i, k));
        under += near;
    }
    return fmax(over / under, of(w)->omega_floor);
}

double eq_market(const struct world *w, int i, int j)
{
    double omega = on(w, TERM_DIVERSION) ? of(w)->omega : 0, all = 0;
    for (int k = 0; k < w->n; k++)
        all += w->economy[k];
    return w->economy[j] / all * eq_proximity(w, i, j) * (1 - both(w, i, j)) *
           pow(eq_access(w, i) * eq_access(w, j), -omega);
}

/* What i stands to lose with k. */
static double stake(const struct world *w, int i, int k)
{
    return eq_capability(w, k) * eq_mean_cooperation(w, i, k) * open_to(w, k, i);
}

static double over_others(const struct world *w, int i, int j, double sum)
{
    double others = 1 - eq_capability(w, i) - eq_capability(w, j);
    return others < 1e-9 ? 0 : sum / others;
}

double eq_leverage(const struct world *w, int i, int j)
{
    double sum = 0;
    for (int k = 0; k < w->n; k++)
        if (k != i && k != j)
            sum += stake(w, i, k) * (at(w, w->dispute, k, j) / 2 + at(w, w->sanctions, k, j) / 2);
    return over_others(w, i, j, sum);
}

double eq_reach(const struct world *w, int i, int j)
{
    double sum = 0;
    for (int k = 0; k < w->n; k++)
        if (k != i && k != j)
            sum += stake(w, i, k) * at(w, w->month.reach, k, j) * at(w, w->sanctions, k, j);
    return over_others(w, i, j, sum);
}

/* ---- benefits, costs, utilities -------------------------------------------------------------- */

static double heat(const struct world *w)
{
    double phi = on(w, TERM_POLARISATION) ? of(w)->polarisation_exponent : 0;
    return phi == 0 ? 1 : pow(eq_polarisation(w) / of(w)->polarisation_reference, phi);
}

static double own_benefit(const struct world *w, enum domain d, int i, int j)
{
    double z = eq_market(w, i, j);
    if (d == ECONOMIC)
        return of(w)->benefit_economic * z / (z + of(w)->market_half);
    double worth = eq_insecurity(w, i) * heat(w) * eq_common_threat(w, i, j) * eq_grip(w, i, j);
    return d == SECURITY ? worth * sqrt(eq_proximity(w, i, j)) : of(w)->benefit_political * worth;
}

static double own_cost(const struct world *w, enum domain d, int i, int j)
{
    double q = 0;
    if (d == ECONOMIC && on(w, TERM_REACH))
        q = eq_reach(w, i, j);
    if (d == SECURITY && on(w, TERM_LEVERAGE))
        q = of(w)->leverage_security * eq_leverage(w, i, j);
    if ((d == POLITICAL || d == INSTITUTIONAL) && on(w, TERM_LEVERAGE))
        q = of(w)->leverage_political * eq_leverage(w, i, j);
    return of(w)->cost_mandate * w->month.mandate[d][j] + of(w)->cost_leverage * q +
           of(w)->cost_dispute * at(w, w->dispute, i, j) + of(w)->cost_fixed;
}

static double theta(const struct world *w)
{
    return on(w, TERM_SIDE_PAYMENTS) ? of(w)->side_payments : 0;
}

double eq_benefit(const struct world *w, enum domain d, int i, int j)
{
    return (1 - theta(w)) * own_benefit(w, d, i, j) + theta(w) * own_benefit(w, d, j, i);
}

double eq_cost(const struct world *w, enum domain d, int i, int j)
{
    return (1 - theta(w)) * own_cost(w, d, i, j) + theta(w) * own_cost(w, d, j, i);
}

static double part_of_threat(const struct world *w, int i, int j)
{
    double all = eq_all_threat(w, i);
    return all == 0 ? 0 : eq_threat(w, i, j) / all;
}

double eq_conciliation(const struct world *w, int i, int j)
{
    return of(w)->engage_gain * part_of_threat(w, i, j) * at(w, w->dispute, i, j) -
           of(w)->engage_cost;
}

static double cooperate(const struct world *w, enum domain d, int i, int j)
{
    return (1 - at(w, w->cooperation[d], i, j)) * eq_benefit(w, d, i, j) - eq_cost(w, d, i, j);
}

double eq_utility(const struct world *w, enum move move, int i, int j)
{
    double t = eq_all_threat(w, i), c = eq_capability(w, i);
    switch (move) {
    case MOVE_ARM:
        return of(w)->arm_gain * eq_insecurity(w, i) - of(w)->arm_cost;
    case MOVE_ALIGN:
        return cooperate(w, SECURITY, i, j);
    case MOVE_CONSULT:
        return cooperate(w, POLITICAL, i, j);
    case MOVE_COORDINATE:
        return cooperate(w, INSTITUTIONAL, i, j);
    case MOVE_TRADE:
        return cooperate(w, ECONOMIC, i, j);
    case MOVE_ENGAGE:
        return eq_conciliation(w, i, j);
    case MOVE_ACCOMMODATE:
        return of(w)->accommodate_gain * part_of_threat(w, i, j) * t / (t + eq_resistance(w, i)) -
               of(w)->accommodate_cost;
    default:
        return of(w)->coerce_gain * at(w, w->dispute, i, j) * c / (c + eq_capability(w, j)) -
               of(w)->coerce_trade * at(w, w->cooperation[ECONOMIC], i, j) - of(w)->coerce_cost;
    }
}

/* ---- choice ---------------------------------------------------------------------------------- */

double eq_opportunity(const struct world *w, int i, int j)
{
    double all = 0;
    for (int k = 0; k < w->n; k++)
        if (k != i)
            all += sqrt(eq_capability(w, k) * eq_proximity(w, i, k));
    if (!on(w, TERM_OPPORTUNITY))
        return 1.0 / (w->n - 1);
    return sqrt(eq_capability(w, j) * eq_proximity(w, i, j)) / all;
}

/* exp(λU), times opportunity; arming is toward oneself. */
static double weight(const struct world *w, enum move move, int i, int j)
{
    double value = exp(of(w)->lambda * eq_utility(w, move, i, j));
    return move == MOVE_ARM ? value : value * eq_opportunity(w, i, j);
}

static const enum channel channel_of[MOVES] = {
    [MOVE_ARM] = MILITARY,          [MOVE_ALIGN] = MILITARY,    [MOVE_CONSULT] = DIPLOMATIC,
    [MOVE_COORDINATE] = DIPLOMATIC, [MOVE_ENGAGE] = DIPLOMATIC, [MOVE_ACCOMMODATE] = DIPLOMATIC,
    [MOVE_TRADE] = ECONOMY,         [MOVE_COERCE] = ECONOMY,
};

/* Weights of all that can be chosen where this channel's moves can. */
static double menu(const struct world *w, enum channel channel, int i)
{
    double sum = 1;
    for (int m = 0; m < MOVES; m++)
        for (int j = 0; j < w->n; j++)
            if ((channel_of[m] == channel || !on(w, TERM_CHANNELS)) && (j == i) == (m == MOVE_ARM))
                sum += weight(w, (enum move)m, i, j);
    return sum;
}

double eq_chance(const struct world *w, enum move move, int i, int j)
{
    if ((j == i) != (move == MOVE_ARM))
        return 0;
    return weight(w, move, i, j) / menu(w, channel_of[move], i);
}

double eq_chance_of_holding(const struct world *w, enum channel channel, int i)
{
    return 1 / menu(w, channel, i);
}

double eq_consent(const struct world *w, enum move move, int i, int j)
{
    static const enum domain domain_of[MOVES] = {[MOVE_ALIGN] = SECURITY,
                                                 [MOVE_CONSULT] = POLITICAL,
                                                 [MOVE_COORDINATE] = INSTITUTIONAL,
                                                 [MOVE_TRADE] = ECONOMIC};
    if (move == MOVE_ARM || move == MOVE_ACCOMMODATE || move == MOVE_COERCE)
        return 1;
    enum domain d = domain_of[move];
    double value = move == MOVE_ENGAGE ? eq_conciliation(w, j, i)
                                       : eq_benefit(w, d, j, i) - eq_cost(w, d, j, i);
    return 1 / (1 + exp(-of(w)->lambda * value));
}

int eq_draws(const struct world *w)
{
    return of(w)->initiatives * (on(w, TERM_CHANNELS) ? 1 : 3);
}

/* ---- what follows ---------------------------------------------------------------------------- */

static void toward_one(double *v, double part, double k)
{
    *v = 1 - (1 - *v) * pow(1 - part, k);
}

/* One dyad: cooperation, engagement, accommodation, coercion, as the moves stand in the table. */
static void follow_dyad(struct world *w, double *const *k, int i, int j)
{
    const struct parameters *p = of(w);
    int ij = i * w->n + j, ji = j * w->n + i;
    double m = p->initiatives, h = w->dispute[ij];
    static const enum move moves[DOMAINS] = {MOVE_CONSULT, MOVE_COORDINATE, MOVE_ALIGN, MOVE_TRADE};
    double x[DOMAINS];
    for (int d = 0; d < DOMAINS; d++)
        x[d] = 1 -
               (1 - w->cooperation[d][ij]) * exp(-p->eta / m * (k[moves[d]][ij] + k[moves[d]][ji]));
    toward_one(&x[POLITICAL], p->accommodate_political * p->eta / m,
               k[MOVE_ACCOMMODATE][ij] + k[MOVE_ACCOMMODATE][ji]);
    h *= pow(1 - p->conciliation / m, k[MOVE_ENGAGE][ij] + k[MOVE_ENGAGE][ji] +
                                          k[MOVE_ACCOMMODATE][ij] + k[MOVE_ACCOMMODATE][ji]);
    toward_one(&h, p->coercion / m, k[MOVE_COERCE][ij] + k[MOVE_COERCE][ji]);
    toward_one(&w->sanctions[ij], p->coercion / m, k[MOVE_COERCE][ij]);
    toward_one(&w->sanctions[ji], p->coercion / m, k[MOVE_COERCE][ji]);
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d][ij] = w->cooperation[d][ji] = x[d];
    w->dispute[ij] = w->dispute[ji] = h;
}

void eq_follow(struct world *w, double *const *k)
{
    for (int i = 0; i < w->n; i++) {
        w->military[i] *= pow(1 + of(w)->arming / of(w)->initiatives, k[MOVE_ARM][i * w->n + i]);
        for (int j = 0; j < i; j++)
            follow_dyad(w, k, i, j);
    }
}

static void relax_dyad(struct world *w, int i, int j)
{
    const struct parameters *p = of(w);
    int ij = i * w->n + j, ji = j * w->n + i;
    double cap = pow(1 - both(w, i, j), p->sanctions_power);
    for (int d = 0; d < DOMAINS; d++) {
        double x = w->cooperation[d][ij];
        double target = w->structure->baseline[d][ij] * (1 - w->dispute[ij]);
        x += p->rho * (target - x);
        if (x > cap)
            x += p->sanctions_pull * (cap - x);
        w->cooperation[d][ij] = w->cooperation[d][ji] = x;
    }
    w->dispute[ij] += p->rho_dispute * (w->month.dispute[ij] - w->dispute[ij]);
    w->dispute[ji] = w->dispute[ij];
    w->sanctions[ij] += p->rho_dispute * (w->month.sanctions[ij] - w->sanctions[ij]);
    w->sanctions[ji] += p->rho_dispute * (w->month.sanctions[ji] - w->sanctions[ji]);
}

void eq_relax(struct world *w)
{
    for (int i = 0; i < w->n; i++) {
        const struct state *s = &w->scenario->states[i];
        double war = 0, spent = s->milex / s->gdp * w->economy[i];
        for (int j = 0; j < w->n; j++)
            war = fmax(war, at(w, w->month.war, i, j));
        w->military[i] += (spent - of(w)->depreciation * w->military[i]) / 12;
        w->military[i] *= 1 - of(w)->attrition * war;
        for (int j = 0; j < i; j++)
            relax_dyad(w, i, j);
    }
}
