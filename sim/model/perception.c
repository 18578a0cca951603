#include "model/perception.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/width.h"

/* Parts of perceive; inlined, so that they are as wide as it is. */
#define PART static inline __attribute__((always_inline))

enum { SQUARES = 13 + 3 * DOMAINS, ROWS = 9 };

int perception_init(struct perception *p, const struct world *w)
{
    size_t n = (size_t)w->n, nn = n * n;
    *p = (struct perception){.world = w, .rule = w->rule, .n = w->n};
    p->used = calloc(n, sizeof *p->used);
    p->block = calloc((SQUARES + 1) * nn + (ROWS + 7) * n, sizeof *p->block);
    if (p->block == NULL || p->used == NULL) {
        perception_release(p);
        return ERROR_NOMEM;
    }
    double **squares[] = {&p->threat_from, &p->common_threat, &p->closed_to, &p->cooperation,
                          &p->sanctioned,  &p->grip,          &p->market,    &p->leverage,
                          &p->reach,       &p->conciliation,  &p->square[0], &p->square[1],
                          &p->square[2]};
    double **rows[] = {&p->capability, &p->root_capability, &p->power,  &p->threat, &p->resistance,
                       &p->insecurity, &p->partners,        &p->access, &p->row};
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
    p->padded = next;
    return 0;
}

void perception_release(struct perception *p)
{
    free(p->block);
    free(p->used);
    *p = (struct perception){0};
}

/* ---- small algebra, each sum in one fixed order --------------------------------------------- */

static double sum(const double *v, int n)
{
    double s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void clear(double *v, int n)
{
    memset(v, 0, (size_t)n * sizeof *v);
}

static void transpose(double *restrict out, const double *restrict in, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            out[j * n + i] = in[i * n + j];
}

/* The rows of b that are not all 0, one after the other in p->padded with rows of whole blocks;
 * their numbers go to p->used. Returns how many. */
enum { BLOCK = 8 };

static int gather_rows(struct perception *p, const double *b)
{
    const int n = p->n, stride = (n + BLOCK - 1) / BLOCK * BLOCK;
    int used = 0;
    for (int k = 0; k < n; k++) {
        double any = 0, *row = p->padded + used * stride;
        for (int j = 0; j < stride; j++) {
            row[j] = j < n ? b[k * n + j] : 0;
            any = row[j] != 0 ? 1 : any;
        }
        p->used[used] = k;
        used += any != 0;
    }
    return used;
}

/* out = a b, each sum over k in order; eight columns at a time stay in registers. With `upper` only
 * columns from the diagonal's block on, which is all that a symmetric product needs. */
static WIDE void product(struct perception *p, double *out, const double *a, const double *b,
                         bool upper)
{
    const int n = p->n, stride = (n + BLOCK - 1) / BLOCK * BLOCK, used = gather_rows(p, b);
    for (int i = 0; i < n; i++)
        for (int j = upper ? i / BLOCK * BLOCK : 0; j < n; j += BLOCK) {
            double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
            const double *row = p->padded + j;
            for (int k = 0; k < used; k++, row += stride) {
                double f = a[i * n + p->used[k]];
                s0 += f * row[0];
                s1 += f * row[1];
                s2 += f * row[2];
                s3 += f * row[3];
                s4 += f * row[4];
                s5 += f * row[5];
                s6 += f * row[6];
                s7 += f * row[7];
            }
            const double sums[BLOCK] = {s0, s1, s2, s3, s4, s5, s6, s7};
            memcpy(out + i * n + j, sums, (size_t)(n - j < BLOCK ? n - j : BLOCK) * sizeof *out);
        }
}

/* ---- power, threat, common threat ----------------------------------------------------------- */

PART void perceive_capability(struct perception *p)
{
    const struct world *w = p->world;
    double e = sum(w->economy, p->n), m = sum(w->military, p->n);
    double military = p->rule->p.military_weight;
    for (int i = 0; i < p->n; i++)
        p->capability[i] = military * (w->military[i] / m) + (1 - military) * (w->economy[i] / e);
    for (int i = 0; i < p->n; i++)
        p->power[i] = fmath_pow(p->capability[i], p->rule->p.power_exponent);
    for (int i = 0; i < p->n; i++)
        p->root_capability[i] = __builtin_sqrt(p->capability[i]);
}

PART void perceive_ties(struct perception *p)
{
    double *const *x = p->world->cooperation;
    for (int k = 0; k < p->n * p->n; k++)
        p->cooperation[k] = (x[0][k] + x[1][k] + x[2][k] + x[3][k]) / DOMAINS;
}

/* Threat (Walt 1987): power, proximity, intent. */
PART void perceive_threat(struct perception *p)
{
    const double *proximity = p->world->structure->proximity, *h = p->world->dispute;
    const struct parameters *par = &p->rule->p;
    const int n = p->n;
    double *transposed = p->square[0];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int ij = i * n + j;
            double intent = fmath_clip(par->intent_base + par->intent_dispute * h[ij] -
                                       par->intent_cooperation * p->cooperation[ij]);
            p->threat_from[ij] = p->power[j] * proximity[ij] * intent;
        }
    transpose(transposed, p->threat_from, n);
    clear(p->threat, n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++)
            p->threat[i] += transposed[j * n + i];
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

/* Common threat: cosine of i's and j's threats by third states; perceive_threat left the transposed
 * threats in square[0]. */
PART void perceive_common_threat(struct perception *p)
{
    const int n = p->n;
    double *rest = p->square[1], *dot = p->common_threat;
    product(p, dot, p->threat_from, p->square[0], true);
    for (int i = 0; i < n; i++)
        squares_without(rest + i * n, p->threat_from + i * n, n);
    for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
            double norms = rest[i * n + j] * rest[j * n + i];
            double o = norms > 0 ? dot[i * n + j] / __builtin_sqrt(norms) : 0;
            dot[i * n + j] = dot[j * n + i] = o > 1 ? 1 : o;
        }
        dot[i * n + i] = 0;
    }
}

/* Resistance: own power and that of friends who share the threats. Sums over j run in order for all
 * i at a time; the matrices are symmetric. */
PART void perceive_insecurity(struct perception *p)
{
    const double *security = p->world->cooperation[SECURITY];
    const double *proximity = p->world->structure->proximity;
    const int n = p->n;
    double *help = p->row;
    clear(help, n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++) {
            int ji = j * n + i;
            help[i] += security[ji] * p->power[j] * proximity[ji] * p->common_threat[ji];
        }
    for (int i = 0; i < n; i++)
        p->resistance[i] = p->power[i] + help[i];
    for (int i = 0; i < n; i++)
        p->insecurity[i] = fmath_log(1 + p->threat[i] / p->resistance[i]);
}

PART void perceive_polarisation(struct perception *p)
{
    const double *c = p->capability, *h = p->world->dispute;
    const int n = p->n;
    double disputed = 0, all = 0, *against = p->row;
    clear(against, n);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            against[i] += c[k] * h[k * n + i];
    for (int i = 0; i < n; i++) {
        disputed += c[i] * against[i];
        all += c[i] * (1 - c[i]);
    }
    p->polarisation = all > 0 ? disputed / all : 0;
}

/* ---- alternatives: partners, markets -------------------------------------------------------- */

/* closed_to[k, i] = max(h_ik, s_ki): how closed k is to i; 1 on the diagonal, since nobody is a
 * partner of oneself. */
PART void perceive_closure(struct perception *p)
{
    const double *h = p->world->dispute, *s = p->world->sanctions;
    const int n = p->n;
    double *toward = p->square[0];
    transpose(toward, s, n);
    for (int k = 0; k < n * n; k++) {
        p->closed_to[k] = larger(h[k], s[k]);
        p->sanctioned[k] = larger(s[k], toward[k]);
    }
    for (int i = 0; i < n; i++)
        p->closed_to[i * n + i] = 1;
}

/* Dependence is need over alternatives (Snyder 1997): g_ij. */
PART void perceive_partners(struct perception *p)
{
    const struct rule *rule = p->rule;
    const double *c = p->capability;
    const int n = p->n;
    double *open = p->row;
    clear(open, n);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            open[i] += c[k] * (1 - p->closed_to[k * n + i]);
    for (int i = 0; i < n; i++) {
        double others = 1 - c[i], pool = others < 1e-9 ? 0 : open[i] / others;
        p->partners[i] = larger(pool, rule->p.omega_floor);
    }
    for (int i = 0; i < n; i++) {
        double need = fmath_pow(p->partners[i], -rule->omega_partners);
        for (int j = 0; j < n; j++) {
            double weight = c[j] * need;
            p->grip[i * n + j] = weight / (weight + rule->p.market_half);
        }
    }
}

/* Multilateral resistance (Anderson & van Wincoop 2003): closed markets divert trade. */
PART void perceive_markets(struct perception *p)
{
    const struct rule *rule = p->rule;
    const double *e = p->world->economy, *pi = p->world->structure->proximity;
    const int n = p->n;
    double total = sum(e, n), *open = p->access, *all = p->row, *divert = p->row;
    clear(open, n);
    clear(all, n);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++) {
            double weight = e[k] * pi[k * n + i];
            open[i] += weight * (1 - p->sanctioned[k * n + i]);
            all[i] += weight;
        }
    for (int i = 0; i < n; i++) {
        p->access[i] = larger(open[i] / all[i], rule->p.omega_floor);
        divert[i] = fmath_pow(p->access[i], -rule->omega_markets);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            p->market[i * n + j] = (e[j] / total) * pi[i * n + j] * (1 - p->sanctioned[i * n + j]) *
                                   (divert[i] * divert[j]);
}

/* ---- leverage: friends who oppose the partner (Drezner 1999) -------------------------------- */

PART void perceive_leverage(struct perception *p)
{
    const struct world *w = p->world;
    const double *c = p->capability, *reach = w->month.reach;
    const int n = p->n;
    double *stake = p->square[0], *opposed = p->square[1], *reached = p->square[2];
    transpose(stake, p->closed_to, n);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            int ik = i * n + k;
            stake[ik] = c[k] * p->cooperation[ik] * (1 - stake[ik]);
            opposed[ik] = 0.5 * w->dispute[ik] + 0.5 * w->sanctions[ik];
            reached[ik] = reach[ik] * w->sanctions[ik];
        }
    product(p, p->leverage, stake, opposed, false);
    product(p, p->reach, stake, reached, false);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double others = 1 - c[i] - c[j], scale = others < 1e-9 ? 0 : 1 / others;
            p->leverage[i * n + j] *= scale;
            p->reach[i * n + j] *= scale;
        }
    for (int i = 0; i < n; i++)
        p->leverage[i * n + i] = p->reach[i * n + i] = 0;
}

/* ---- benefits and costs --------------------------------------------------------------------- */

PART void weigh_benefits(struct perception *p)
{
    const struct parameters *par = &p->rule->p;
    const double *root = p->world->structure->root_proximity;
    const int n = p->n;
    const double heat = p->rule->phi == 0 ? 1
                        : p->polarisation > 0
                            ? fmath_pow(p->polarisation / par->polarisation_reference, p->rule->phi)
                            : 0;
    p->heat = heat;
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

PART void weigh_costs(struct perception *p)
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
PART void share(struct perception *p, double *v)
{
    const double theta = p->rule->theta;
    double *other = p->square[0];
    transpose(other, v, p->n);
    for (int k = 0; k < p->n * p->n; k++)
        v[k] = (1 - theta) * v[k] + theta * other[k];
}

PART void weigh_net(struct perception *p)
{
    for (int d = 0; d < DOMAINS; d++) {
        share(p, p->benefit[d]);
        share(p, p->cost[d]);
        for (int k = 0; k < p->n * p->n; k++)
            p->net[d][k] = p->benefit[d][k] - p->cost[d][k];
    }
}

PART void weigh_conciliation(struct perception *p)
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

static WIDE void perceive_all(struct perception *p)
{
    perceive_capability(p);
    perceive_ties(p);
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

void perceive(struct perception *p)
{
    perceive_all(p);
}
