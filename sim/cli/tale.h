/* What `waltz trace` tells, in words and as JSON. */
#ifndef WALTZ_CLI_TALE_H
#define WALTZ_CLI_TALE_H

#include "base/json.h"
#include "run/trace.h"

struct tale {
    const struct scenario *scenario;
    uint64_t seed;
    uint32_t replicate;
    struct json json;
};

/* ---- decisions; `other` is the same one in the world without the shock, or NULL -----------------
 */

/* One line: what an actor did in a month. */
void words_chronicle(const struct tale *tale, const struct decision *d,
                     const struct decision *other);

/* All that an actor perceived, weighed, did and got. */
void words_decision(const struct tale *tale, const struct decision *d,
                    const struct decision *other);

/* With `all` every option, else those that matter. */
void json_decision(struct tale *tale, const struct decision *d, const char *world, bool all);

/* ---- what changed a dyad ------------------------------------------------------------------------
 */

/* The moves that deepen cooperation, one a domain. */
enum { DEEPENING = 4 };
extern const enum move deepening_moves[DEEPENING];

/* The considerations of a dyad at one time, by direction and move. */
struct stance {
    char label[64];
    double draws;
    struct consideration toward[2][DEEPENING];
};

/* Copies what the two of a dyad thought of each other; decisions by actor. */
void stance_take(struct stance *s, const struct decision *decisions, struct pair dyad);

/* Expected proposals a month, had its utility changed to this and all other options stayed. */
double stance_alone(const struct tale *tale, const struct stance *before,
                    const struct consideration *c, double utility);

void words_why(const struct tale *tale, struct pair dyad, const struct stance *before,
               const struct stance *after);
void json_why(struct tale *tale, struct pair dyad, const struct stance *before,
              const struct stance *after);

#endif
