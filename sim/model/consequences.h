/* What follows from accepted moves: how one takes from, or adds to, what it acts on. */
#ifndef WALTZ_MODEL_CONSEQUENCES_H
#define WALTZ_MODEL_CONSEQUENCES_H

#include "model/choice.h"

#define consequences_expected KERNEL_NAME(consequences_expected)
#define consequences_drawn KERNEL_NAME(consequences_drawn)

/* k[n] accepted moves of actor i by target, any real numbers ≥ 0. */
void consequences_expected(struct world *w, enum move move, int i, const real *k);

/* The same of the drawn moves that the tally has written down. The bits are the same. */
void consequences_drawn(struct world *w, const struct tally *t, enum move move);

#endif
