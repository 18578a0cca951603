/* A simulation's life: memory for all that a kernel works on. */
#ifndef WALTZ_MODEL_SIMULATION_H
#define WALTZ_MODEL_SIMULATION_H

#include "model/kernel.h"

/* Allocates for the lanes of a kernel; all else is borrowed. 0 or ERROR_NOMEM. */
int simulation_init(struct simulation *s, const struct kernel *kernel, const struct scenario *sc,
                    const struct structure *structure, const struct rule *rule);
void simulation_release(struct simulation *s);

void simulation_advance(struct simulation *s);

/* Ticks from the start of spin-up to the end. */
int simulation_ticks(const struct scenario *sc);

#endif
