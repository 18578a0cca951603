/* Small scenarios for tests, from a text to a simulation that stands before its first step. */
#ifndef WALTZ_TESTS_SMALL_H
#define WALTZ_TESTS_SMALL_H

#include "model/simulation.h"

/* Four unlike states, all dyads but one with baselines; no acts, no shocks; 2010-01..2011-06. */
extern const char small_four[];

struct small {
    struct scenario *scenario;
    struct structure structure;
    struct rule rule;
    struct simulation simulation;
};

/* Loads a text as if it stood in a file. `sets` are texts "path=value" with blanks between them, or
 * NULL. A text that is refused fails the test with its messages. Caller: scenario_free. */
struct scenario *small_scenario(const char *text, const char *sets);

/* Everything down to a simulation. A small must stay where it is until it is closed. */
void small_open(struct small *s, const char *text, const char *sets);
void small_close(struct small *s);

/* Steps a month of one lane, at whose end the world must be in range. */
void small_step(struct simulation *s, const struct stream *stream);

/* The first lane's moves of the month, taken and accepted, [MOVES · n·n] each; or NULL. */
void small_moves(const struct tally *t, double *taken, double *accepted);

/* Fills the world with numbers in range that have nothing to do with the baselines: unlike, and the
 * same for the same seed. Some are 0 and some are 1. */
void small_stir(struct world *w, unsigned seed);

/* Gives the month mandates and reach that differ from state to state, domain to domain, dyad to
 * dyad. */
void small_stir_month(struct world *w);

/* A scenario's text of n states with numbers from a seed; heap. */
char *small_text_of(int n, unsigned seed);

/* |a - b| at most tolerance · max(1, |b|), else the test fails and shows both. */
void small_near(double a, double b, double tolerance, const char *file, int line);
#define assert_near(a, b) small_near((a), (b), 1e-12, __FILE__, __LINE__)
#define assert_within(a, b, tolerance) small_near((a), (b), (tolerance), __FILE__, __LINE__)

/* The same bits (so NaN equals NaN, and 0 does not equal -0). */
void small_same(const double *a, const double *b, int n, const char *file, int line);
#define assert_same(a, b, n) small_same((a), (b), (n), __FILE__, __LINE__)

#endif
