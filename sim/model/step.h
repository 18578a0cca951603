/* One month of the world: shocks and growth, perception, choice and answers, consequences,
 * relaxation. */
#ifndef WALTZ_MODEL_STEP_H
#define WALTZ_MODEL_STEP_H

#include "model/choice.h"

/* Everything that one replicate needs to run; allocated once a thread and used again. */
struct simulation {
    struct world world;
    struct perception perception;
    struct chooser chooser;
    struct tally tally; /* moves of the current month */
    int *order;         /* [n] */
    gsl_rng *rng;       /* for the order of actors; placed anew each time */
    /* Called, if not NULL, when an actor has chosen and nothing has followed from it yet; it may
     * weigh the actor's options again, for which its opportunity still stands in the chooser, and
     * must change nothing else. */
    void (*observe)(void *user, struct simulation *s, int actor);
    void *user;
};

int simulation_init(struct simulation *s, const struct scenario *sc,
                    const struct structure *structure, const struct rule *rule);
void simulation_release(struct simulation *s);

/* Steps the month world.tick and leaves the world at its end; the caller records, then advances the
 * tick by simulation_advance. Returns 0, or ERROR_NUMERIC if the world left its range (then *what
 * names the quantity; checked each tick in verifying builds only). */
int simulation_step(struct simulation *s, const struct stream *stream, const char **what);
void simulation_advance(struct simulation *s);

/* Ticks from the start of spin-up to the end. */
int simulation_ticks(const struct scenario *sc);

#endif
