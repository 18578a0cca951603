/* Claims, judged: what a draw shows on its mean path, how often single replicates do, and the
 * verdict over draws. */
#ifndef WALTZ_RUN_JUDGEMENT_H
#define WALTZ_RUN_JUDGEMENT_H

#include "base/text.h"
#include "run/reproduction.h"

/* Fewer draws than this have shares, but no verdict. */
enum { JUDGEMENT_DRAWS = 100 };
#define JUDGEMENT_SHARE 0.80 /* of draws that show a claim, so that it is reproduced */
#define JUDGEMENT_ROUNDING                                                                         \
    1e-12 /* numbers, above 1 in proportion, that are no further apart are equal */
#define JUDGEMENT_SIGN 0.95 /* of draws with the right sign, so that it is partly */

enum verdict {
    VERDICT_NONE,
    VERDICT_REPRODUCED,
    VERDICT_PARTLY,
    VERDICT_NOT,
    VERDICT_INSIDE, /* figures: within the range of the draws */
    VERDICT_OUTSIDE,
    VERDICT_BY_DESIGN, /* without conditions: holds since the scenario was loaded */
    VERDICTS
};
extern const char *const verdict_names[VERDICTS];

/* How a claim or a condition fares. Shares are NaN if nothing is counted. */
struct fate {
    int shown;            /* on the mean path of draw 0: 1, 0; −1 if it is nothing to show */
    double single;        /* share of draw 0's replicates that show it */
    double value, bound;  /* on that path: the outcome judged, what it is held against (or NaN) */
    int draws;            /* draws beside 0 */
    double share;         /* of them, on mean paths */
    double sign;          /* of them, with the right sign; NaN if no condition tells the sign */
    double single_draws;  /* of all their replicates */
    double low, high;     /* 2.5 and 97.5 % of the value over the draws */
    enum verdict verdict; /* claims alone */
};

/* Does a claim hold in a draw, on the mean path (index 0) or on a replicate? False where a value is
 * unknown. */
bool judge(const struct reproduction *p, const struct claim *claim, const struct draw *d,
           uint32_t index);

/* 0 or ERROR_NOMEM. A condition's fate has the claim's as if it stood alone. */
int judge_claim(const struct reproduction *p, const struct claim *claim, struct fate *fate);
int judge_condition(const struct reproduction *p, const struct condition *c, struct fate *fate);

/* Does the scenario expect it in vain? By the verdict if there is one, else by draw 0. */
bool judgement_fails(const struct claim *claim, const struct fate *fate);

/* The condition in words, as "first_step@no_jcpoa < 0.333 first_step@full". */
void judgement_criterion(const struct scenario *sc, const struct condition *c, struct text *out);

/* 2.5, 50 and 97.5 % of n values, those unknown left out; NaN if there is none. Sorts them. */
struct range {
    double low, median, high;
};
struct range judgement_range(double *values, int n);

#endif
