/* What a utility is made of, part by part, and which parts made the difference between two.
 *
 * The values of moves (moves.h) are written for speed. Here each is stated once more, as
 *     U = room [(1 − θ) Π gains of i + θ Π gains of j] − [(1 − θ) Σ costs of i + θ Σ costs of j],
 * so that it can be told; tests hold the two to each other. */
#ifndef WALTZ_MODEL_ACCOUNT_H
#define WALTZ_MODEL_ACCOUNT_H

#include "model/moves.h"

enum part_role {
    PART_ROOM, /* what is left to gain, multiplies both sides' gains */
    PART_GAIN, /* one factor of a side's gain */
    PART_COST
};

struct part_kind {
    const char *name;           /* for programs */
    const char *words, *others; /* for people: of i's side, of j's; others NULL: alike for both */
    enum part_role role;
    double (*value)(const struct perception *p, enum domain d, int i, int j);
};

/* A part of i's utility toward j, or, if `other`, of what j's side adds to it by side payments. */
struct part {
    const struct part_kind *kind;
    bool other;
    double value;
};

enum { ACCOUNT_PARTS = 24 }; /* at most, side payments counted */
struct account {
    int n;
    double theta;
    struct part parts[ACCOUNT_PARTS];
};

/* Of actor i's utility of a move toward j, as now perceived; j = i for a move toward oneself. */
struct account account_make(const struct perception *p, enum move move, int i, int j);

double account_utility(const struct account *a);

/* What part k costs, side payments counted; 0 if it is no cost. */
double account_cost(const struct account *a, int k);

/* How much a part's value weighs among the costs: 1 − θ of the own side, θ of the other's, 1 of
 * what is alike for both. */
double account_weight(const struct account *a, const struct part *part);

/* The same account with all still to gain: by its utility an actor answers a proposal of this move.
 */
struct account account_answer(const struct account *a);

/* Is it what third states make of a move: friends who mind, or secondary sanctions? */
bool part_is_third_parties(const struct part *part);

/* The place of the part of the same kind and side, or -1. */
int account_find(const struct account *a, const struct part *like);

/* A part in words, of i's side or of j's. */
const char *part_words(const struct part *part);

/* How much each part [n] made of the difference U(after) − U(before) of two accounts of the same
 * move under the same rule: the Shapley value, which adds up to it and depends on no order
 * (Shorrocks 2013, Journal of Economic Inequality 11). */
void account_difference(const struct account *before, const struct account *after,
                        double *contribution);

/* What one third state adds to the cost that friends, or in the economic domain secondary
 * sanctions, put on i's dealing with j: state k by what i could lose with it, or, if `other`, by
 * what j could, as far as side payments let i share that. Over all k this is account_cost of the
 * part. */
double account_friend(const struct perception *p, enum domain d, struct pair dyad, int k,
                      bool other);

#endif
