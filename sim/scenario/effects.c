#include "scenario/effects.h"

const struct effect_kind effect_kinds[EFFECT_KINDS] = {
    [EFFECT_DISPUTE] = {"dispute", TARGET_BETWEEN, "steps of parameters.dispute_step", -5, 5,
                        "moves the baseline of disputes, both directions alike",
                        "scale 0 none .. 5 highest"},
    [EFFECT_SANCTIONS] = {"sanctions", TARGET_FROM_TO, "steps of parameters.sanctions_step", -5, 5,
                          "moves the baseline of sanctions; acts in the table come before this",
                          "scale 0 none .. 5 highest"},
    [EFFECT_MANDATE] = {"mandate", TARGET_OF, "share", -1, 1,
                        "adds to the measures that the Security Council mandates, by domain",
                        "mandates' coding rule"},
    [EFFECT_REACH] = {"reach", TARGET_FROM_TO, "share", 0, 1,
                      "extraterritorial reach of the senders' sanctions on the targets",
                      "Farrell & Newman 2019"},
    [EFFECT_CAPABILITY] = {"capability", TARGET_OF, "share", -0.9, 5,
                           "multiplies economy and military stock by 1 + size", "assumption"},
    [EFFECT_GROWTH] = {"growth", TARGET_OF, "1/year", -0.5, 0.5,
                       "adds to the yearly growth of the economy", "assumption"},
    [EFFECT_WAR] = {"war", TARGET_BETWEEN, "share", 0, 1,
                    "wears down both sides' military stock (parameters.attrition)", "assumption"},
};
