/* One replicate, decision by decision: what an actor perceived, what its options were worth, what
 * it did, and what the others answered. Looking on adds no random number and changes nothing. */
#ifndef WALTZ_RUN_TRACE_H
#define WALTZ_RUN_TRACE_H

#include "model/account.h"
#include "run/replicate.h"

/* A third state, and what it adds to the cost of a move, in utility. */
struct minding {
    int actor;
    double cost;
};
enum { TRACE_MINDING = 3 };

/* One option of a choice: a move toward a target. */
struct consideration {
    enum move move;
    int menu, target; /* target: the actor itself for moves toward oneself */
    double utility;
    double chance;      /* that one draw of the menu takes it */
    double consent;     /* chance that the target accepts; 1 if nobody is asked */
    double made, got;   /* the actor's proposals of the month, drawn or expected; those accepted */
    double asked, gave; /* the target's own proposals of this move to it; those that it accepted */
    struct account account;
    /* Costliest first, cost 0: nobody more; [0] own friends or secondary sanctions, [1] the
     * partner's. */
    struct minding minding[2][TRACE_MINDING];
};

struct decision {
    int actor, month;
    double draws[CHANNELS], hold_chance[CHANNELS]; /* by menu */
    double capability, power, threat, resistance, insecurity, partners, access;
    double polarisation, heat;
    double *threat_from, *common_threat; /* [n] */
    struct consideration *options;       /* [n_options] */
    int n_options;
};

struct trace {
    struct replicate replicate;
    int n;
    struct decision *decisions; /* [n] by actor */
    bool *followed;             /* [n] */
    double *utilities;          /* [n] scratch */
};

/* Follows the actors marked in followed[n]; the experiment is borrowed. 0 or ERROR_NOMEM. */
int trace_init(struct trace *t, const struct experiment *x, const bool *followed);
void trace_release(struct trace *t);

/* Starts a replicate. Then each trace_step runs one tick, verifies the world and fills the
 * decisions of the actors that are followed. 0, ERROR_NOMEM, or ERROR_NUMERIC with what failed in
 * replicate.failure. */
int trace_start(struct trace *t, uint32_t number);
int trace_step(struct trace *t);

/* The consideration of a move toward a target, or NULL. */
const struct consideration *trace_find(const struct decision *d, enum move move, int target);

/* Less than a tenth of an expected move is not done. */
#define TRACE_DONE 0.1

/* Was it done, from either side? */
bool trace_done(const struct consideration *c);

/* An option is worth telling if it was done, or if a draw takes it with a chance of 1 % or more. */
bool trace_matters(const struct consideration *c);

/* ---- a dyad at one time --------------------------------------------------------------------- */

/* The moves that deepen cooperation, one a domain. */
enum { STANCE_MOVES = 4 };
extern const enum move stance_moves[STANCE_MOVES];

/* What the two of a dyad thought of these moves toward each other: [0] i toward j, [1] j toward i.
 */
struct stance {
    struct consideration toward[2][STANCE_MOVES];
    double draws[STANCE_MOVES]; /* a month, of the menu that holds the move */
    double lambda;
};

/* Both of the dyad must have been followed. */
struct stance stance_take(const struct trace *t, struct pair dyad);

/* Expected proposals of a move a month by one side, and what they had been if its utility had been
 * another and all other options the same. */
double stance_proposals(const struct stance *s, int side, int move);
double stance_alone(const struct stance *s, int side, int move, double utility);

#endif
