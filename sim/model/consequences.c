#include "model/consequences.h"

#include "base/width.h"

/* k acceptances act together. */
#define RAISED(v, left) (1 - (1 - (v)) * (left))
#define SCALED(v, left) ((v) * (left))

/* What a move acts on: [n·n], or [n] if it is the actor's own. */
static real *quantity(const struct world *w, int q)
{
    switch (q) {
    case ON_DISPUTE:
        return w->dispute;
    case ON_SANCTIONS:
        return w->sanctions;
    case ON_MILITARY:
        return w->military;
    default:
        return w->cooperation[q];
    }
}

/* What k moves leave of the rest. */
static WIDE void fill_left(real *left, const real *k, int n, double log_left)
{
    for (int j = 0; j < n; j++)
        left[j] = k[j] * log_left;
    real_exp_all(left, n);
}

void consequences_expected(struct world *w, enum move move, int i, const real *k)
{
    const int n = w->n;
    for (const struct consequence *c = move_kinds[move].consequences; c->of != NOTHING; c++) {
        real *v = quantity(w, c->on);
        fill_left(w->row, k, n, w->rule->log_left[c->by]);
        for (int j = 0; j < n; j++) {
            real *at = c->of == OWN ? v + i : v + i * n + j;
            const real left = w->row[j], next = c->raises ? RAISED(*at, left) : SCALED(*at, left);
            *at = real_pick(k[j] > 0, next, *at);
            if (c->of == BOTH)
                v[j * n + i] = *at;
        }
    }
}

void consequences_drawn(struct world *w, const struct tally *t, enum move move)
{
    const int n = w->n, first = (int)move * n * n * LANES;
    for (const struct consequence *c = move_kinds[move].consequences; c->of != NOTHING; c++) {
        double *v = (double *)quantity(w, c->on);
        for (int e = 0; e < t->n_followed[move]; e++) {
            const int at = t->followed[move][e], ij = (at - first) / LANES, lane = at % LANES;
            const double left = w->left[c->by][t->taken[at] >> 16];
            double *one = v + (c->of == OWN ? ij / n : ij) * LANES + lane;
            *one = c->raises ? RAISED(*one, left) : SCALED(*one, left);
            if (c->of == BOTH)
                v[w->mirror[ij] * LANES + lane] = *one;
        }
    }
}
