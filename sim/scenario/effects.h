/* The table of effects that a shock can have. None touches cooperation: that is behaviour. */
#ifndef WALTZ_SCENARIO_EFFECTS_H
#define WALTZ_SCENARIO_EFFECTS_H

/* Same order as the choices of the key `on`. */
enum effect_on {
    EFFECT_DISPUTE,
    EFFECT_SANCTIONS,
    EFFECT_MANDATE,
    EFFECT_REACH,
    EFFECT_CAPABILITY,
    EFFECT_GROWTH,
    EFFECT_WAR,
    EFFECT_KINDS
};

enum effect_target { TARGET_BETWEEN, TARGET_FROM_TO, TARGET_OF };

struct effect_kind {
    const char *name;
    enum effect_target target;
    const char *unit;
    double low, high; /* allowed size */
    const char *meaning, *source;
};
extern const struct effect_kind effect_kinds[EFFECT_KINDS];

#endif
