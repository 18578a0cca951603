/* One month of the world: shocks and growth, perception, choice and answers, consequences,
 * relaxation. */
#ifndef WALTZ_MODEL_STEP_H
#define WALTZ_MODEL_STEP_H

#include "model/choice.h"

/* All that one thread needs to step some replicates side by side; allocated once and used again. */
struct simulation {
    const struct kernel *kernel;
    struct world world;
    struct perception perception;
    struct chooser chooser;
    struct tally tally; /* moves of the current month */
    int lane;           /* of the replicate that measures read */
    int *order;         /* [n] */
    gsl_rng *rng;       /* for the order of actors; placed anew each time */
    /* Called, if not NULL, when an actor has chosen and nothing has followed from it yet; it may
     * weigh the actor's options again, for which its opportunity still stands in the chooser, and
     * must change nothing else. */
    void (*observe)(void *user, struct simulation *s, int actor);
    void *user;
};

/* Steps the month world.tick and leaves the world at its end; the caller records, then advances the
 * tick by simulation_advance. Lane l draws from the stream of replicate stream->replicate + l. */
#define simulation_step KERNEL_NAME(simulation_step)
void simulation_step(struct simulation *s, const struct stream *stream);

#endif
