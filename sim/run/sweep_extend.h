/* A store takes up a design that has more replicates, cells, levels or values. */
#ifndef WALTZ_RUN_SWEEP_EXTEND_H
#define WALTZ_RUN_SWEEP_EXTEND_H

#include "run/sweep_design.h"

/* Gives the store the wanted design, which it takes over; what it has done keeps its place among
 * the cells. A grid's cells are renumbered, so that the store equals one that was begun with the
 * wanted design. Everything wrong is in diag, and then the file
 * is as it was: ERROR_INPUT, ERROR_IO, ERROR_NOMEM. */
int sweep_extend(struct store *s, const struct plan *plan, struct store_design *wanted,
                 enum sweep_difference difference, struct diag *diag);

#endif
