/* The table of moves. A tenth move is one row and one function for its value (and one for its
 * consequence, if none of those here fits). */
#ifndef WALTZ_MODEL_MOVES_H
#define WALTZ_MODEL_MOVES_H

#include "model/perception.h"

/* Each channel has its own choice; a draw of a channel takes its purpose in the random streams. */
enum channel { MILITARY, DIPLOMATIC, ECONOMY, CHANNELS };
extern const char *const channel_names[CHANNELS];

/* Consequences follow in this order, each for all actors before the next. */
enum move {
    MOVE_ARM,
    MOVE_ALIGN,
    MOVE_CONSULT,
    MOVE_COORDINATE,
    MOVE_TRADE,
    MOVE_ENGAGE,
    MOVE_ACCOMMODATE,
    MOVE_COERCE,
    MOVES
};

/* Whose consent a move needs: that of the target by its net utility in a domain, that of the target
 * by the mirrored value of conciliation, or nobody's. */
enum consent { CONSENT_NET, CONSENT_MIRROR, CONSENT_NONE };

struct move_kind {
    const char *name, *term;
    enum channel channel;
    bool toward_self;
    enum consent consent;
    enum domain domain; /* whose net utility the target consults */
    /* utilities u[n] of actor i toward each target; a move toward oneself writes u[i] alone */
    void (*value)(const struct perception *p, int i, double *u);
    /* consequences of k[n] accepted moves of actor i by target */
    void (*follow)(struct world *w, int i, const double *k);
    const char *utility, *consequence, *source;
};
extern const struct move_kind move_kinds[MOVES];

/* The matrix of net utilities by which targets (rows) answer an actor (column) that makes this
 * move; NULL if it needs nobody's consent. */
const double *move_readiness(const struct perception *p, enum move move);

#endif
