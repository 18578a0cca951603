/* Choices among moves: quantal response (McKelvey & Palfrey 1995) over opportunity (Most & Starr
 * 1989), and the answers of those to whom a move is proposed. */
#ifndef WALTZ_MODEL_CHOICE_H
#define WALTZ_MODEL_CHOICE_H

#include "base/stream.h"
#include "model/moves.h"

/* Purposes of random numbers, and so their places in a stream. */
enum purpose {
    PURPOSE_MILITARY,
    PURPOSE_DIPLOMATIC,
    PURPOSE_ECONOMIC,
    PURPOSE_ONE_BUDGET, /* all channels in one, if the term "channels" is off */
    PURPOSE_ORDER,      /* order of actors in the serial schedule */
    PURPOSE_JITTER,     /* dates of shocks */
    PURPOSE_RESAMPLE,   /* replicates drawn again to measure false alarms */
    PURPOSE_DESIGN,     /* points of a design (run/points.h) */
    PURPOSE_CALIBRATION /* errors of targets, posterior draws (run/posterior.h) */
};

/* Moves of a month. Drawn ones are counted; expected ones are real numbers. */
enum { HOLD = MOVES };
struct tally {
    int n, lanes;
    int draws; /* of a state in all menus */
    /* drawn: [MOVES · n·n] times that i took a move toward j, and (upper half) that j accepted */
    uint32_t *taken, *by_move; /* [MOVES] all that took a move */
    /* where, counted in lanes: all that is not 0 [n_drawn]; what was granted of a move [n_followed]
     * and nothing has followed from yet */
    int n_drawn, *drawn, n_followed[MOVES], *followed[MOVES];
    /* expected: [n·n] of each move; NULL if moves are drawn */
    real *chosen[MOVES], *accepted[MOVES];
    real *held; /* [n] draws that hold; NULL if moves are drawn */
    double *block;
};

/* Moves of i toward j in a lane, and those that j accepted. */
double tally_chosen(const struct tally *t, enum move move, struct pair dyad, int lane);
double tally_accepted(const struct tally *t, enum move move, struct pair dyad, int lane);

/* All states' draws that took a move, accepted or not; or, row HOLD, that held. */
double tally_total(const struct tally *t, int row, int lane);

/* A menu is what one choice ranges over: holding, then the moves of a channel by target. */
struct menu {
    enum purpose purpose;
    int draws; /* choices a month */
    int n_moves;
    enum move moves[MOVES];
    int at[MOVES + 1];      /* first option of a move; last: number of options */
    struct option *options; /* [at[n_moves]]; the first is holding */
};

/* What an option of a menu is. */
enum { SELF = -1 };
struct option {
    int move, target; /* SELF: the actor, whoever it is */
    int slot, stride; /* its place in the counts of a tally for actor 0, and to the next actor's */
    /* For actor 0, in doubles from the perception's block: what makes the target ready to accept,
     * and what is to be taken from it. */
    int gain, loss;
    double least; /* chance of consent: 1 if nobody is asked, else 0 */
};

enum { SEARCH = 8 }; /* options are looked through so many at a time */

struct chooser {
    const struct perception *perception;
    struct menu menus[CHANNELS];
    int n_menus;
    real *weight;      /* [MOVES·n + 1, filled up to whole blocks of search] options of one menu */
    real *opportunity; /* [n] of the actor that chooses */
    /* Of each draw of one menu [2 · draws]: the place that it seeks in the running sum, and the
     * number that decides on acceptance. */
    real *uniforms;
    int n_moving, *picked;  /* [n_moving] options that come up for those that do not hold */
    unsigned *moving;       /* [n_moving] where the first number of these is, in lanes */
    real *consent;          /* chances that these are accepted, one after the other */
    double *running, *ends; /* [lanes][room]: running sums, and every SEARCH-th of them */
    int room;
    double *block;
};

int tally_init(struct tally *t, const struct world *w);
void tally_release(struct tally *t);
#define tally_clear KERNEL_NAME(tally_clear)
void tally_clear(struct tally *t);

int chooser_init(struct chooser *c, const struct perception *p);
void chooser_release(struct chooser *c);

/* ō of an actor, ∝ √(c_j π_ij), summing to 1 over the others; needed before its weights. */
#define choice_opportunity KERNEL_NAME(choice_opportunity)
void choice_opportunity(struct chooser *c, int actor);

/* Weights of the options of a menu for an actor, in c->weight; nobody is a target of its own moves
 * toward others, which weigh 0. Their probabilities are weight / sum. Returns their number. */
#define choice_weights KERNEL_NAME(choice_weights)
int choice_weights(struct chooser *c, const struct menu *menu, int actor);

/* Chance that the target of an option accepts the actor's proposal; 1 if nobody is asked. */
#define choice_consent KERNEL_NAME(choice_consent)
real choice_consent(const struct chooser *c, const struct option *o, int actor);

/* Lets an actor make its choices of the month, drawn or expected, and adds them and the answers to
 * the tally. */
#define choose KERNEL_NAME(choose)
void choose(struct chooser *c, const struct stream *stream, int actor, struct tally *tally);

#endif
