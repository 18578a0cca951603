#include "model/perception.h"

#include <string.h>

#include "base/width.h"

/* Parts of perceive; inlined, so that they are as wide as it is. */
#define PART static inline __attribute__((always_inline))

/* ---- small algebra, each sum in one fixed order --------------------------------------------- */

PART real sum(const real *v, int n)
{
    real s = {0};
    for (int i = 0; i < n; i++)
        s += v[i];
    return s;
}

PART void clear(real *v, int n)
{
    memset(v, 0, (size_t)n * sizeof *v);
}

PART void transpose(real *restrict out, const real *restrict in, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            out[j * n + i] = in[i * n + j];
}

/* out = a b, a block of sums at a time in registers, each sum over the first `used` of p->used in
 * order. Blocks may read beyond a matrix, within perception's own memory; nothing comes of it. With
 * `upper` only blocks from the diagonal on, which is all that a symmetric product needs. */
#if LANES == 1
#define ROWS 4
#define COLUMNS 8
#elif LANES == 8
#define ROWS 5
#define COLUMNS 4
#else
#define ROWS 2
#define COLUMNS 4
#endif
_Static_assert(ROWS <= (int)PERCEPTION_SLACK && COLUMNS <= (int)PERCEPTION_SLACK,
               "blocks reach too far");

PART void product(const struct perception *p, real *out, const real *a, const real *b, int used,
                  bool upper)
{
    const int n = p->n;
    for (int i = 0; i < n; i += ROWS)
        for (int j = upper ? i / COLUMNS * COLUMNS : 0; j < n; j += COLUMNS) {
            real s[ROWS][COLUMNS];
            memset(s, 0, sizeof s);
            for (int u = 0; u < used; u++) {
                const real *left = a + i * n + p->used[u], *right = b + p->used[u] * n + j;
                for (int r = 0; r < ROWS; r++)
                    for (int c = 0; c < COLUMNS; c++)
                        s[r][c] += left[r * n] * right[c];
            }
            for (int r = 0; r < ROWS && i + r < n; r++)
                for (int c = 0; c < COLUMNS && j + c < n; c++)
                    out[(i + r) * n + j + c] = s[r][c];
        }
}

/* All states. */
static int use_all(struct perception *p)
{
    for (int k = 0; k < p->n; k++)
        p->used[k] = k;
    return p->n;
}

/* Those whose sanctions reach third states; rows of others would add nothing to a product. */
static int use_reaching(struct perception *p)
{
    const double *reach = p->world->month.reach;
    int used = 0;
    for (int k = 0; k < p->n; k++) {
        bool any = false;
        for (int j = 0; j < p->n; j++)
            any |= reach[k * p->n + j] != 0;
        if (any)
            p->used[used++] = k;
    }
    return used;
}

/* ---- power, threat, common threat ----------------------------------------------------------- */

PART void perceive_capability(struct perception *p)
{
    const struct world *w = p->world;
    const real e = sum(w->economy, p->n), m = sum(w->military, p->n);
    const double military = p->rule->p.military_weight;
    for (int i = 0; i < p->n; i++)
        p->capability[i] = military * (w->military[i] / m) + (1 - military) * (w->economy[i] / e);
    for (int i = 0; i < p->n; i++)
        p->power[i] = real_pow(p->capability[i], p->rule->p.power_exponent);
    for (int i = 0; i < p->n; i++)
        p->root_capability[i] = real_root(p->capability[i]);
}

/* Threat (Walt 1987): power, proximity, intent. */
PART void perceive_threat(struct perception *p)
{
    const struct world *w = p->world;
    const struct parameters *par = &p->rule->p;
    const int n = p->n;
    real *transposed = p->scratch[1];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            const int ij = i * n + j;
            const real intent = real_clip(par->intent_base + par->intent_dispute * w->dispute[ij] -
                                          par->intent_cooperation * perceived_cooperation(w, ij));
            p->threat_from[ij] = p->power[j] * w->structure->proximity[ij] * intent;
        }
    transpose(transposed, p->threat_from, n);
    clear(p->threat, n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++)
            p->threat[i] += transposed[j * n + i];
}

/* out[j] = sum of squares of v without v[j], by sums from both ends: no cancellation. */
PART void squares_without(real *out, const real *v, int n)
{
    real before = {0}, after = {0};
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
 * threats in scratch[1]. */
PART void perceive_common_threat(struct perception *p)
{
    const int n = p->n;
    real *rest = p->scratch[0], *dot = p->common_threat;
    product(p, dot, p->threat_from, p->scratch[1], use_all(p), true);
    for (int i = 0; i < n; i++)
        squares_without(rest + i * n, p->threat_from + i * n, n);
    for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
            const real norms = rest[i * n + j] * rest[j * n + i];
            const real o = real_keep(norms > 0, dot[i * n + j] / real_root(norms));
            dot[i * n + j] = dot[j * n + i] = real_at_most(o, 1);
        }
        dot[i * n + i] = real_all(0);
    }
}

/* Resistance: own power and that of friends who share the threats. */
PART void perceive_insecurity(struct perception *p)
{
    const real *security = p->world->cooperation[SECURITY];
    const double *proximity = p->world->structure->proximity;
    const int n = p->n;
    real *help = p->vector[0];
    clear(help, n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++) {
            const int ji = j * n + i;
            help[i] += security[ji] * p->power[j] * proximity[ji] * p->common_threat[ji];
        }
    for (int i = 0; i < n; i++) {
        p->resistance[i] = p->power[i] + help[i];
        p->insecurity[i] = real_log(1 + p->threat[i] / p->resistance[i]);
    }
}

/* ---- the system, partners, markets ---------------------------------------------------------- */

PART void perceive_polarisation(struct perception *p)
{
    const struct parameters *par = &p->rule->p;
    const real *c = p->capability, *h = p->world->dispute;
    const int n = p->n;
    real disputed = {0}, all = {0}, *against = p->vector[0];
    clear(against, n);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            against[i] += c[k] * h[k * n + i];
    for (int i = 0; i < n; i++) {
        disputed += c[i] * against[i];
        all += c[i] * (1 - c[i]);
    }
    *p->polarisation = real_keep(all > 0, disputed / all);
    const real relative = *p->polarisation / par->polarisation_reference;
    *p->heat = p->rule->phi == 0
                   ? real_all(1)
                   : real_keep(*p->polarisation > 0, real_pow(relative, p->rule->phi));
}

PART void perceive_partners(struct perception *p)
{
    const struct rule *rule = p->rule;
    const real *c = p->capability;
    const int n = p->n;
    real *open = p->vector[0];
    clear(open, n);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            open[i] += c[k] * (1 - perceived_closure(p->world, k, i));
    for (int i = 0; i < n; i++) {
        const real others = 1 - c[i];
        const real pool = real_pick(others < 1e-9, real_all(0), open[i] / others);
        p->partners[i] = real_at_least(pool, rule->p.omega_floor);
        p->need[i] = real_pow(p->partners[i], -rule->omega_partners);
    }
}

PART void perceive_markets(struct perception *p)
{
    const struct world *w = p->world;
    const struct rule *rule = p->rule;
    const int n = p->n;
    const real economies = sum(w->economy, n);
    real *open = p->vector[0], *all = p->vector[1];
    clear(open, n);
    clear(all, n);
    for (int k = 0; k < n; k++) {
        p->economy[k] = w->economy[k] / economies;
        for (int i = 0; i < n; i++) {
            const real weight = w->economy[k] * w->structure->proximity[k * n + i];
            open[i] += weight * (1 - perceived_sanctions(w, k, i));
            all[i] += weight;
        }
    }
    for (int i = 0; i < n; i++) {
        p->access[i] = real_at_least(open[i] / all[i], rule->p.omega_floor);
        p->diversion[i] = real_pow(p->access[i], -rule->omega_markets);
    }
}

/* ---- leverage: friends who oppose the partner (Drezner 1999) -------------------------------- */

PART void perceive_leverage(struct perception *p)
{
    const struct world *w = p->world;
    const real *c = p->capability;
    const int n = p->n;
    real *stake = p->scratch[0], *against = p->scratch[1];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            stake[i * n + j] = perceived_stake(p, i, j);
            against[i * n + j] = perceived_opposition(w, i, j);
        }
    product(p, p->leverage, stake, against, use_all(p), false);
    const int reaching = use_reaching(p);
    for (int u = 0; u < reaching; u++)
        for (int kj = p->used[u] * n; kj < (p->used[u] + 1) * n; kj++)
            against[kj] = w->month.reach[kj] * w->sanctions[kj];
    product(p, p->reach, stake, against, reaching, false);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            const int ij = i * n + j;
            const real others = 1 - c[i] - c[j];
            const real scale =
                i == j ? real_all(0) : real_pick(others < 1e-9, real_all(0), 1 / others);
            p->leverage[ij] *= scale;
            p->reach[ij] *= scale;
        }
}

/* ---- benefits and costs --------------------------------------------------------------------- */

/* Of i toward all; benefits in institutions are those of politics. */
PART void weigh_benefits(struct perception *p, int i)
{
    const struct parameters *par = &p->rule->p;
    const double *root = p->world->structure->root_proximity + i * p->n;
    const real *common = p->common_threat + i * p->n;
    real *security = p->benefit[SECURITY] + i * p->n, *political = p->benefit[POLITICAL] + i * p->n;
    real *economic = p->benefit[ECONOMIC] + i * p->n;
    for (int j = 0; j < p->n; j++) {
        const real ally = p->insecurity[i] * *p->heat * common[j] * perceived_grip(p, i, j);
        const real market = perceived_market(p, i, j);
        security[j] = ally * root[j];
        political[j] = par->benefit_political * ally;
        economic[j] = par->benefit_economic * (market / (market + par->market_half));
    }
}

PART void weigh_costs(struct perception *p, enum domain d, int i)
{
    const struct rule *rule = p->rule;
    const double *mandate = p->world->month.mandate[d];
    const real *third = (d == ECONOMIC ? p->reach : p->leverage) + i * p->n;
    const real *dispute = p->world->dispute + i * p->n;
    real *cost = p->cost[d] + i * p->n;
    for (int j = 0; j < p->n; j++)
        cost[j] = rule->p.cost_mandate * mandate[j] + rule->leverage[d] * third[j] +
                  rule->p.cost_dispute * dispute[j] + rule->p.cost_fixed;
}

/* Both sides of i's dyads with the states before it take over a share θ of what the other has
 * (Morrow 1991). */
PART void share(struct perception *p, real *v, int i)
{
    const double theta = p->rule->theta;
    for (int j = 0; j < i; j++) {
        real *ij = v + i * p->n + j, *ji = v + j * p->n + i;
        const real own = *ij, other = *ji;
        *ij = (1 - theta) * own + theta * other;
        *ji = (1 - theta) * other + theta * own;
    }
}

PART void weigh(struct perception *p)
{
    for (int i = 0; i < p->n; i++) {
        weigh_benefits(p, i);
        for (enum domain d = 0; d < DOMAINS; d++) {
            weigh_costs(p, d, i);
            share(p, p->cost[d], i);
            if (d != INSTITUTIONAL)
                share(p, p->benefit[d], i);
        }
    }
}

PART void weigh_conciliation(struct perception *p)
{
    const struct parameters *par = &p->rule->p;
    const int n = p->n;
    for (int i = 0; i < n; i++) {
        const real per_threat = real_keep(p->threat[i] > 0, 1 / p->threat[i]);
        for (int j = 0; j < n; j++) {
            const int ij = i * n + j;
            p->conciliation[ij] =
                par->engage_gain * (p->threat_from[ij] * per_threat) * p->world->dispute[ij] -
                par->engage_cost;
        }
    }
}

static WIDE void perceive_all(struct perception *p)
{
    perceive_capability(p);
    perceive_threat(p);
    perceive_common_threat(p);
    perceive_insecurity(p);
    perceive_polarisation(p);
    perceive_partners(p);
    perceive_markets(p);
    perceive_leverage(p);
    weigh(p);
    weigh_conciliation(p);
}

void perceive(struct perception *p)
{
    perceive_all(p);
}
