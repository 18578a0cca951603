/* What `waltz trace` tells, in words and as JSON. */
#ifndef WALTZ_CLI_TALE_H
#define WALTZ_CLI_TALE_H

#include "base/json.h"
#include "run/trace.h"

struct tale {
    const struct scenario *scenario;
    struct json json;
};

/* What rounds to .001 shows. */
#define TALE_SHOWS 0.0005

static inline const char *tale_code(const struct tale *tale, int state)
{
    return tale->scenario->states[state].iso3;
}

static inline const char *tale_menu(const struct tale *tale, int menu)
{
    return tale->scenario->terms[TERM_CHANNELS] ? channel_names[menu] : "all";
}

/* ---- decisions; `other` is the same one in the world without a shock, or NULL -------------------
 */

/* A few lines: what an actor did in a month, and what it accepted of others' proposals. */
void words_chronicle(const struct tale *tale, const struct decision *d,
                     const struct decision *other);

/* All that an actor perceived, weighed, did and got. */
void words_decision(const struct tale *tale, const struct decision *d,
                    const struct decision *other);

/* With `all` every option, else those that matter. */
void json_decision(struct tale *tale, const struct decision *d, const char *world, bool all);

/* ---- what changed a dyad ------------------------------------------------------------------------
 */

/* Two stances and when they were taken ("2014-06", "2014-06 without"). */
struct change {
    struct pair dyad;
    const struct stance *before, *after;
    const char *then, *now;
};

void words_why(const struct tale *tale, const struct change *change);
void json_why(struct tale *tale, const struct change *change);

#endif
