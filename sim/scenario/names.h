/* What may be a name in a scenario: one rule for each kind of name. */
#ifndef WALTZ_SCENARIO_NAMES_H
#define WALTZ_SCENARIO_NAMES_H

#include <stdbool.h>

struct name_rule {
    bool (*holds)(const char *name);
    const char *text; /* the rule in words, for messages */
};

extern const struct name_rule name_code;   /* of a state */
extern const struct name_rule name_pair;   /* of a dyad; resolving tells whether the states exist */
extern const struct name_rule name_id;     /* of an act */
extern const struct name_rule name_label;  /* of a claim; "shown_" before it is a column */
extern const struct name_rule name_folder; /* of a scenario and its results */
extern const struct name_rule name_plain;  /* of what a scenario makes up; a column in Stata */

#endif
