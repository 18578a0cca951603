/* The table of moves. A ninth move is one row and one function for its value. */
#ifndef WALTZ_MODEL_MOVES_H
#define WALTZ_MODEL_MOVES_H

#include "model/perception.h"

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

/* k accepted moves leave e^(k f) of the rest: 1 − v falls by it if they raise v, else v itself. */
enum quantity { /* a domain: cooperation in it */
                ON_DISPUTE = DOMAINS,
                ON_SANCTIONS,
                ON_MILITARY
};
enum whose { NOTHING, BOTH, TOWARD, OWN }; /* v_ij and v_ji, v_ij, the actor's v_i */
struct consequence {
    enum whose of;
    int on; /* enum quantity, or enum domain */
    bool raises;
    enum rate by; /* f */
};

struct move_kind {
    const char *name, *term;
    enum channel channel;
    bool toward_self;
    enum consent consent;
    enum domain domain; /* whose net utility the target consults */
    /* utilities u[n] of actor i toward each target; a move toward oneself writes u[0] */
    void (*value)(const struct perception *p, int i, real *u);
    struct consequence consequences[3]; /* the last one of NOTHING */
    const char *utility, *consequence, *source;
};
#define move_kinds KERNEL_NAME(move_kinds)
extern const struct move_kind move_kinds[MOVES];

/* By what a target j answers a proposal of i: gain_ji − loss_ji, [n·n] each. Without a gain nobody
 * is asked, without a loss it is 0. */
struct answer {
    const real *gain, *loss;
};
#define move_answer KERNEL_NAME(move_answer)
struct answer move_answer(const struct perception *p, enum move move);

#endif
