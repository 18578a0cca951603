/* What states perceive in a tick, computed once and read by every decision of that tick.
 *
 * Equations and sources: sim/MODEL.md, section 7.2. [n] over states,
 * [n·n] row i toward column j; diagonals of threats, market, leverage and reach are 0, others are
 * not read. */
#ifndef WALTZ_MODEL_PERCEPTION_H
#define WALTZ_MODEL_PERCEPTION_H

#include "model/world.h"

struct perception {
    const struct world *world;
    const struct rule *rule;
    int n;
    double polarisation; /* Π, 0..1 */
    double heat;         /* Π̃ = (Π / reference)^φ: what it makes of the value of partners */
    /* [n] */
    double *capability;      /* c, shares, sum 1 */
    double *root_capability; /* √c */
    double *power;           /* c^α */
    double *threat;          /* T */
    double *resistance;      /* R > 0 */
    double *insecurity;      /* P = ln(1 + T/R) ≥ 0 */
    double *partners;        /* pool: share of the others open to i, floor..1 */
    double *access;          /* A: market access, floor..1 */
    /* [n·n] */
    double *threat_from;   /* τ ≥ 0 */
    double *common_threat; /* o, 0..1, symmetric */
    double *cooperation;   /* x̄, mean over the domains */
    double *closed_to;     /* [k, i] max(h_ik, s_ki): how closed k is to i; diagonal 1 */
    double *sanctioned;    /* ŝ, symmetric */
    double *grip;          /* g, 0..1 */
    double *market;        /* z ≥ 0 */
    double *leverage;      /* q ≥ 0: what friends of i who oppose j could withdraw */
    double *reach;         /* q^eco ≥ 0: the same in trade, through secondary sanctions */
    double *benefit[DOMAINS], *cost[DOMAINS]; /* B, C after side payments */
    double *net[DOMAINS];                     /* B − C: readiness of i to accept j's proposal */
    double *conciliation;                     /* U of engaging j */
    /* scratch: [n·n], [n], [n·(n + 7)] */
    double *square[3], *row, *padded;
    int *used; /* [n] */
    double *block;
};

int perception_init(struct perception *p, const struct world *w);
void perception_release(struct perception *p);

/* Perceives the world as it is now. */
void perceive(struct perception *p);

#endif
