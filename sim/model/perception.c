#include "model/perception.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"

enum { SQUARES = 12 + 3 * DOMAINS, ROWS = 10 };

int perception_init(struct perception *p, const struct world *w)
{
    size_t n = (size_t)w->n, nn = n * n;
    *p = (struct perception){.world = w, .rule = w->rule, .n = w->n};
    p->block = calloc(SQUARES * nn + ROWS * n, sizeof *p->block);
    if (p->block == NULL)
        return ERROR_NOMEM;
    double **squares[] = {&p->threat_from,  &p->common_threat, &p->closed,    &p->sanctioned,
                          &p->grip,         &p->market,        &p->leverage,  &p->reach,
                          &p->conciliation, &p->square[0],     &p->square[1], &p->square[2]};
    double **rows[] = {&p->capability, &p->power,  &p->threat, &p->resistance, &p->insecurity,
                       &p->partners,   &p->access, &p->row[0], &p->row[1],     &p->row[2]};
    double *next = p->block;
    for (size_t k = 0; k < sizeof squares / sizeof *squares; k++, next += nn)
        *squares[k] = next;
    for (int d = 0; d < DOMAINS; d++, next += 3 * nn) {
        p->benefit[d] = next;
        p->cost[d] = next + nn;
        p->net[d] = next + 2 * nn;
    }
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++, next += n)
        *rows[k] = next;
    return 0;
}

void perception_release(struct perception *p)
{
    free(p->block);
    *p = (struct perception){0};
}

/* ---- small algebra, each sum in one fixed order -------------------------------------------------
 */

static double sum(const double *v, int n)
{
    double s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s;
}

static double clip(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void transpose(double *restrict out, const double *restrict in, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            out[j * n + i] = in[i * n + j];
}

/* out = a b; rows of zeros in b's way cost nothing, and sums run over k in order. */
static void product(double *restrict out, const double *restrict a, const double *restrict b, int n)
{
    memset(out, 0, (size_t)n * (size_t)n * sizeof *out);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            double aik = a[i * n + k];
            for (int j = 0; j < n; j++)
                out[i * n + j] += aik * b[k * n + j];
        }
}

/* ---- power, threat, common threat
 * ---------------------------------------------------------------- */

static void perceive_capability(struct perception *p)
{
    const struct world *w = p->world;
    double e = sum(w->economy, p->n), m = sum(w->military, p->n);
    double military = p->rule->p.military_weight;
    for (int i = 0; i < p->n; i++)
        p->capability[i] = military * (w->military[i] / m) + (1 - military) * (w->economy[i] / e);
    for (int i = 0; i < p->n; i++)
        p->power[i] = fmath_pow(p->capability[i], p->rule->p.power_exponent);
}

/* Threat (Walt 1987): power, proximity, intent. */
static void perceive_threat(struct perception *p)
{
    const struct world *w = p->world;
    const struct parameters *par = &p->rule->p;
    const int n = p->n;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            int ij = i * n + j;
            double x = (w->cooperation[0][ij] + w->cooperation[1][ij] + w->cooperation[2][ij] +
                        w->cooperation[3][ij]) /
                       DOMAINS;
            double intent = clip(par->intent_base + par->intent_dispute * w->dispute[ij] -
                                 par->intent_cooperation * x);
            p->threat_from[ij] = p->power[j] * w->structure->proximity[ij] * intent;
        }
        p->threat[i] = sum(p->threat_from + i * n, n);
    }
}

/* out[j] = sum of squares of v without v[j], by sums from both ends: no cancellation. */
static void squares_without(double *out, const double *v, int n)
{
    double before = 0, after = 0;
    for (int j = 0; j < n; j++) {
        out[j] = before;
        before += v[j] * v[j];
    }
    for (int j = n - 1; j >= 0; j--) {
        out[j] += after;
        after += v[j] * v[j];
    }
}

/* Common threat: cosine of i's and j's threats by third states. */
static void perceive_common_threat(struct perception *p)
{
    const int n = p->n;
    double *transposed = p->square[0], *rest = p->square[1], *dot = p->common_threat;
    transpose(transposed, p->threat_from, n);
    product(dot, p->threat_from, transposed, n);
    for (int i = 0; i < n; i++)
        squares_without(rest + i * n, p->threat_from + i * n, n);
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            double norms = rest[i * n + j] * rest[j * n + i];
            double o = norms > 0 ? dot[i * n + j] / __builtin_sqrt(norms) : 0;
            dot[i * n + j] = dot[j * n + i] = o > 1 ? 1 : o;
        }
    for (int i = 0; i < n; i++)
        dot[i * n + i] = 0;
}

/* Resistance: own power and that of friends who share the threats. */
static void perceive_insecurity(struct perception *p)
{
    const double *security = p->world->cooperation[SECURITY];
    const double *proximity = p->world->structure->proximity;
    const int n = p->n;
    for (int i = 0; i < n; i++) {
        double help = 0;
        for (int j = 0; j < n; j++)
            help += security[i * n + j] * p->power[j] * proximity[i * n + j] *
                    p->common_threat[i * n + j];
        p->resistance[i] = p->power[i] + help;
        p->insecurity[i] = fmath_log(1 + p->threat[i] / p->resistance[i]);
    }
}

static void perceive_polarisation(struct perception *p)
{
    const double *c = p->capability, *h = p->world->dispute;
    const int n = p->n;
    double disputed = 0, all = 0;
    for (int i = 0; i < n; i++) {
        double row = 0;
        for (int k = 0; k < n; k++)
            row += c[k] * h[i * n + k];
        disputed += c[i] * row;
        all += c[i] * (1 - c[i]);
    }
    p->polarisation = all > 0 ? disputed / all : 0;
}

/* ---- alternatives: partners, markets
 * ------------------------------------------------------------- */

static void perceive_closure(struct perception *p)
{
    const double *h = p->world->dispute, *s = p->world->sanctions;
    const int n = p->n;
    double *toward = p->square[0];
    transpose(toward, s, n);
    for (int k = 0; k < n * n; k++) {
        p->closed[k] = larger(h[k], toward[k]);
        p->sanctioned[k] = larger(s[k], toward[k]);
    }
}

/* Dependence is need over alternatives (Snyder 1997): g_ij. */
static void perceive_partners(struct perception *p)
{
    const struct rule *rule = p->rule;
    const double *c = p->capability;
    const int n = p->n;
    for (int i = 0; i < n; i++) {
        double open = 0;
        for (int k = 0; k < n; k++)
            open += k == i ? 0 : c[k] * (1 - p->closed[i * n + k]);
        p->partners[i] = larger(open / (1 - c[i]), rule->p.omega_floor);
        double need = fmath_pow(p->partners[i], -rule->omega_partners);
        for (int j = 0; j < n; j++) {
            double weight = c[j] * need;
            p->grip[i * n + j] = weight / (weight + rule->p.market_half);
        }
    }
}

/* Multilateral resistance (Anderson & van Wincoop 2003): closed markets divert trade. */
static void perceive_markets(struct perception *p)
{
    const struct rule *rule = p->rule;
    const double *e = p->world->economy, *pi = p->world->structure->proximity;
    const int n = p->n;
    double total = sum(e, n), *divert = p->row[0];
    for (int i = 0; i < n; i++) {
        double open = 0, all = 0;
        for (int k = 0; k < n; k++) {
            double weight = e[k] * pi[i * n + k];
            open += weight * (1 - p->sanctioned[i * n + k]);
            all += weight;
        }
        p->access[i] = larger(open / all, rule->p.omega_floor);
        divert[i] = fmath_pow(p->access[i], -rule->omega_markets);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            p->market[i * n + j] = (e[j] / total) * pi[i * n + j] * (1 - p->sanctioned[i * n + j]) *
                                   (divert[i] * divert[j]);
}

/* ---- leverage: friends who oppose the partner (Drezner 1999)
 * -------------------------------------- */

static void perceive_leverage(struct perception *p)
{
    const struct world *w = p->world;
    const double *c = p->capability, *reach = w->month.reach;
    const int n = p->n;
    double *stake = p->square[0], *opposed = p->square[1], *reached = p->square[2];
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            int ik = i * n + k;
            double x = (w->cooperation[0][ik] + w->cooperation[1][ik] + w->cooperation[2][ik] +
                        w->cooperation[3][ik]) /
                       DOMAINS;
            stake[ik] = c[k] * x * (1 - p->closed[ik]);
            opposed[ik] = 0.5 * w->dispute[ik] + 0.5 * w->sanctions[ik];
            reached[ik] = reach[ik] * w->sanctions[ik];
        }
    product(p->leverage, stake, opposed, n);
    product(p->reach, stake, reached, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double others = 1 - c[i] - c[j];
            double scale = i == j || others < 1e-9 ? 0 : 1 / others;
            p->leverage[i * n + j] *= scale;
            p->reach[i * n + j] *= scale;
        }
}

/* ---- benefits and costs
 * ---------------------------------------------------------------------------- */

static void weigh_benefits(struct perception *p)
{
    const struct parameters *par = &p->rule->p;
    const double *root = p->world->structure->root_proximity;
    const int n = p->n;
    double heat = p->rule->phi == 0 ? 1
                  : p->polarisation > 0
                      ? fmath_pow(p->polarisation / par->polarisation_reference, p->rule->phi)
                      : 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int ij = i * n + j;
            double ally = p->insecurity[i] * heat * p->common_threat[ij] * p->grip[ij];
            p->benefit[SECURITY][ij] = ally * root[ij];
            p->benefit[POLITICAL][ij] = par->benefit_political * ally;
            p->benefit[INSTITUTIONAL][ij] = par->benefit_political * ally;
            p->benefit[ECONOMIC][ij] =
                par->benefit_economic * (p->market[ij] / (p->market[ij] + par->market_half));
        }
}

static void weigh_costs(struct perception *p)
{
    const struct world *w = p->world;
    const struct rule *rule = p->rule;
    const int n = p->n;
    for (int d = 0; d < DOMAINS; d++) {
        const double *third = d == ECONOMIC ? p->reach : p->leverage, *u = w->month.mandate[d];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                int ij = i * n + j;
                p->cost[d][ij] = rule->p.cost_mandate * u[j] + rule->leverage[d] * third[ij] +
                                 rule->p.cost_dispute * w->dispute[ij] + rule->p.cost_fixed;
            }
    }
}

/* Side payments (Morrow 1991): v ← (1 − θ) v + θ vᵀ. */
static void share(struct perception *p, double *v)
{
    const double theta = p->rule->theta;
    double *other = p->square[0];
    transpose(other, v, p->n);
    for (int k = 0; k < p->n * p->n; k++)
        v[k] = (1 - theta) * v[k] + theta * other[k];
}

static void weigh_net(struct perception *p)
{
    for (int d = 0; d < DOMAINS; d++) {
        share(p, p->benefit[d]);
        share(p, p->cost[d]);
        for (int k = 0; k < p->n * p->n; k++)
            p->net[d][k] = p->benefit[d][k] - p->cost[d][k];
    }
}

static void weigh_conciliation(struct perception *p)
{
    const struct parameters *par = &p->rule->p;
    const int n = p->n;
    for (int i = 0; i < n; i++) {
        double per_threat = p->threat[i] > 0 ? 1 / p->threat[i] : 0;
        for (int j = 0; j < n; j++) {
            int ij = i * n + j;
            p->conciliation[ij] =
                par->engage_gain * (p->threat_from[ij] * per_threat) * p->world->dispute[ij] -
                par->engage_cost;
        }
    }
}

void perceive(struct perception *p)
{
    perceive_capability(p);
    perceive_threat(p);
    perceive_common_threat(p);
    perceive_insecurity(p);
    perceive_polarisation(p);
    perceive_closure(p);
    perceive_partners(p);
    perceive_markets(p);
    perceive_leverage(p);
    weigh_benefits(p);
    weigh_costs(p);
    weigh_net(p);
    weigh_conciliation(p);
}
