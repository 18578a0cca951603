/* What states perceive in a tick, computed once and read by every decision of that tick.
 *
 * Equations and sources: sim/MODEL.md, section 7.2. [n] over states, [n·n] row i toward column j;
 * diagonals of threats, leverage and reach are 0, others are not read. */
#ifndef WALTZ_MODEL_PERCEPTION_H
#define WALTZ_MODEL_PERCEPTION_H

#include "model/world.h"

/* Matrices may be read so many rows and columns beyond their ends. */
enum { PERCEPTION_SLACK = 8 };

struct perception {
    const struct world *world;
    const struct rule *rule;
    int n;
    /* one number */
    real *polarisation; /* Π, 0..1 */
    real *heat;         /* Π̃ = (Π / reference)^φ: what it makes of the value of partners */
    /* [n] */
    real *capability;      /* c, shares, sum 1 */
    real *economy;         /* e, shares, sum 1 */
    real *root_capability; /* √c */
    real *power;           /* c^α */
    real *threat;          /* T */
    real *resistance;      /* R > 0 */
    real *insecurity;      /* P = ln(1 + T/R) ≥ 0 */
    real *partners;        /* pool: share of the others open to i, floor..1 */
    real *need;            /* pool^−ω ≥ 1: what few partners make of each */
    real *access;          /* A: market access, floor..1 */
    real *diversion;       /* A^−ω ≥ 1: what closed markets make of each */
    /* [n·n] */
    real *threat_from;   /* τ ≥ 0 */
    real *common_threat; /* o, 0..1, symmetric */
    real *leverage;      /* q ≥ 0: what friends of i who oppose j could withdraw */
    real *reach;         /* q^eco ≥ 0: the same in trade, by secondary sanctions */
    real *benefit[DOMAINS], *cost[DOMAINS]; /* B, C after side payments */
    real *conciliation;                     /* U of engaging j */
    real *nothing;                          /* zeros */
    real *scratch[2], *vector[2];           /* [n·n], [n]; also for who reads the world */
    int *used;                              /* [n] scratch */
    double *block;
};

int perception_init(struct perception *p, const struct world *w);
void perception_release(struct perception *p);

/* Perceives the world as it is now. */
#define perceive KERNEL_NAME(perceive)
void perceive(struct perception *p);

/* ---- equations of one dyad ------------------------------------------------------------------ */

/* x̄: mean over the domains. */
static inline real perceived_cooperation(const struct world *w, int ij)
{
    real *const *x = w->cooperation;
    return (x[0][ij] + x[1][ij] + x[2][ij] + x[3][ij]) / DOMAINS;
}

/* How closed k is to i; 1 for oneself, since nobody is a partner of oneself. */
static inline real perceived_closure(const struct world *w, int k, int i)
{
    return k == i ? real_all(1) : real_larger(w->dispute[k * w->n + i], w->sanctions[k * w->n + i]);
}

/* ŝ: sanctions close a market whoever imposes them. */
static inline real perceived_sanctions(const struct world *w, int i, int j)
{
    return real_larger(w->sanctions[i * w->n + j], w->sanctions[j * w->n + i]);
}

/* g: dependence is need over alternatives (Snyder 1997). */
static inline real perceived_grip(const struct perception *p, int i, int j)
{
    const real weight = p->capability[j] * p->need[i];
    return weight / (weight + p->rule->p.market_half);
}

/* z: multilateral resistance (Anderson & van Wincoop 2003): closed markets divert trade. */
static inline real perceived_market(const struct perception *p, int i, int j)
{
    const struct world *w = p->world;
    return p->economy[j] * w->structure->proximity[i * p->n + j] *
           (1 - perceived_sanctions(w, i, j)) * (p->diversion[i] * p->diversion[j]);
}

/* What i would lose if k broke with it. */
static inline real perceived_stake(const struct perception *p, int i, int k)
{
    return p->capability[k] * perceived_cooperation(p->world, i * p->n + k) *
           (1 - perceived_closure(p->world, k, i));
}

/* How far k opposes j. */
static inline real perceived_opposition(const struct world *w, int k, int j)
{
    const int kj = k * w->n + j;
    return 0.5 * w->dispute[kj] + 0.5 * w->sanctions[kj];
}

#endif
