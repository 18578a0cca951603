/* One replicate, decision by decision: what an actor perceived, what its options were worth, what
 * it did, and what the others answered. Looking on draws no random number and changes nothing. */
#ifndef WALTZ_RUN_TRACE_H
#define WALTZ_RUN_TRACE_H

#include "model/account.h"
#include "run/replicate.h"

/* A third state, and what a move toward the target costs the actor with it, in utility. */
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
    double chance;           /* that one draw of the menu takes it */
    double consent;          /* chance that the target accepts; 1 if nobody is asked */
    double chosen, accepted; /* of the month's draws, or expected */
    double proposed,
        conceded; /* the target's own proposals of this move to the actor; those accepted */
    struct account account;
    struct minding minding[TRACE_MINDING]; /* the costliest first; cost 0: nobody more */
};

struct decision {
    int actor, month;
    bool made;                                     /* the actor was followed in this tick */
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

/* Starts a replicate. Then each trace_step runs one tick and fills the decisions of the actors that
 * are followed. Codes as of replicate_step. */
int trace_start(struct trace *t, uint32_t number);
int trace_step(struct trace *t);

/* The consideration of a move toward a target, or NULL. */
const struct consideration *trace_find(const struct decision *d, enum move move, int target);

/* An option is worth telling if a draw took it, or would with a chance of 1 % or more. */
bool trace_matters(const struct consideration *c);

#endif
