/* Values that the table of keys allows, odd as they may be: three bytes choose a key, whose it is,
 * and where between its ends the value lies. */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenario/keys.h"

enum { SETS = 24 };

/* The record that a key is changed in, or NULL if its section has none here. */
static const char *owner(enum section section, unsigned which)
{
    static const char *const states[] = {"states.IRN", "states.RUS", "states.USA", "states.GBR"};
    static const char *const dyads[] = {"dyads.IRN-USA", "dyads.RUS-USA", "dyads.GBR-RUS",
                                        "dyads.GBR-USA"};
    static const char *const effects[] = {"shocks.deal.effects.calm", "shocks.deal.effects.late",
                                          "shocks.boom.effects.up", "shocks.boom.effects.up"};
    static const char *const shocks[] = {"shocks.deal", "shocks.exit", "shocks.boom",
                                         "shocks.deal"};
    switch (section) {
    case SECTION_STATES:
        return states[which % 4];
    case SECTION_DYADS:
        return dyads[which % 4];
    case SECTION_EFFECTS:
        return effects[which % 4];
    case SECTION_SHOCKS:
        return shocks[which % 4];
    case SECTION_SANCTIONS:
        return which % 2 ? "sanctions.S1" : "sanctions.S2";
    case SECTION_MANDATES:
        return "mandates.M1";
    case SECTION_OUTCOMES:
        return which % 3 == 0 ? "outcomes.rank" : which % 2 ? "outcomes.step" : "outcomes.turn";
    case SECTION_OBSERVED:
        return which % 2 ? "observed.IRN-RUS" : "observed.USA-GBR";
    case SECTION_CLAIMS:
        return "claims.C1";
    case SECTION_CONDITIONS:
        return which % 2 ? "claims.C1.all.higher" : "claims.C1.all.found";
    case SECTION_PARAMETERS:
    case SECTION_TERMS:
    case SECTION_SCENARIO:
        return section_names[section];
    default:
        return NULL;
    }
}

/* At the ends, or between them; wide ranges by orders of magnitude. */
static double between(double low, double high, unsigned place)
{
    double share = place / 255.0;
    if (place == 0 || place == 255)
        return place == 0 ? low : high;
    if (low >= 0 && high > 1000 * (low + 1))
        return fmin(high, low + pow(high - low, 2 * share - 1));
    return low + (high - low) * share;
}

/* 0 if the key has no value that could be chosen so. */
static int print_set(char *out, size_t size, const struct key *key, const uint8_t *bytes)
{
    const char *name = owner(key->section, bytes[1]);
    double value = between(key->low, key->high, bytes[2]);
    if (name == NULL)
        return 0;
    switch (key->type) {
    case KEY_REAL:
        return snprintf(out, size, "%s.%s=%.17g", name, key->name, value);
    case KEY_INT:
        return snprintf(out, size, "%s.%s=%.0f", name, key->name, floor(value));
    case KEY_BOOL:
        return snprintf(out, size, "%s.%s=%s", name, key->name, bytes[2] % 2 ? "true" : "false");
    case KEY_CHOICE: {
        const char *word = key->unit;
        for (unsigned k = bytes[2] % 8; k > 0 && strchr(word, '|') != NULL; k--)
            word = strchr(word, '|') + 1;
        return snprintf(out, size, "%s.%s=%.*s", name, key->name, (int)strcspn(word, "|"), word);
    }
    default:
        return 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[HARNESS_BYTES], lines[SETS][160];
    const char *sets[SETS];
    int n_sets = 0;
    int n = snprintf(text, sizeof text, harness_scenario, "", "", "", "");
    harness_write("a.cfg", text, (size_t)n);
    for (; size >= 3 && n_sets < SETS; data += 3, size -= 3)
        if (print_set(lines[n_sets], sizeof lines[0], &keys[data[0] % n_keys], data) > 0) {
            sets[n_sets] = lines[n_sets];
            n_sets++;
        }
    harness_load("a.cfg", sets, n_sets);
    return 0;
}
