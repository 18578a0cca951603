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

/* Moves of a month, by move and [n·n] actor → target; real numbers, since they may be expected. The
 * last row counts holding, at [actor · n]. */
enum { HOLD = MOVES, TALLY_ROWS = MOVES + 1 };
struct tally {
    int n;
    double *chosen[TALLY_ROWS], *accepted[TALLY_ROWS];
    double *block;
};

/* A menu is what one choice ranges over: holding, then the moves of a channel by target. */
struct menu {
    enum purpose purpose;
    int draws; /* choices a month */
    int n_moves;
    enum move moves[MOVES];
};

/* What an option of a menu is. */
struct option {
    int move, target;
    int slot;                /* its place in chosen[0] and accepted[0] for actor 0 */
    const double *readiness; /* [n·n] target toward actor; NULL: no consent needed */
};

struct chooser {
    const struct perception *perception;
    struct menu menus[CHANNELS];
    struct option *options[CHANNELS]; /* of each menu, [1 + n_moves·n]; the first is holding */
    int n_menus;
    double *weight;      /* [1 + MOVES·n] options of one menu, then their running sums */
    double *opportunity; /* [n] of the actor that chooses */
    double *uniforms;    /* [2·draws] */
    double *consent;     /* [draws] chances that these are accepted */
    double *block;
    int *moving; /* [draws + 1] which draws do not hold */
    int *picked; /* [draws] their options */
};

int tally_init(struct tally *t, int n);
void tally_release(struct tally *t);
void tally_clear(struct tally *t);

int chooser_init(struct chooser *c, const struct perception *p);
void chooser_release(struct chooser *c);

/* ō of an actor, ∝ √(c_j π_ij), summing to 1 over the others; needed before its weights. */
void choice_opportunity(struct chooser *c, int actor);

/* Weights of the options of a menu for an actor: [0] hold, then move by move over n targets; an
 * option that does not exist weighs 0. Their probabilities are weight / sum. Returns the number of
 * options; they are in c->weight. */
int choice_weights(struct chooser *c, const struct menu *menu, int actor);

/* Chance that the target of an option accepts the actor's proposal; 1 if nobody is asked. */
double choice_consent(const struct chooser *c, const struct option *o, int actor);

/* Lets an actor make its choices of the month, drawn or expected, and adds them and the answers to
 * the tally. */
void choose(struct chooser *c, const struct stream *stream, int actor, struct tally *tally);

#endif
