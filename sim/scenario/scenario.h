/* A scenario: what a user states about the world, read, checked and from then on const.
 *
 * It is plain data without behaviour. Every field below the comment "resolved" is derived from the
 * fields above it when the scenario is loaded; all others are rows of the table of keys (keys.h),
 * which holds their unit, range, default and source. */
#ifndef WALTZ_SCENARIO_SCENARIO_H
#define WALTZ_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"

/* Domains of cooperation, in the order of all arrays [DOMAINS]. */
enum domain { POLITICAL, INSTITUTIONAL, SECURITY, ECONOMIC, DOMAINS };
extern const char *const domain_names[DOMAINS];

/* Terms of the utilities that a scenario can switch off (`waltz list terms`). */
enum term {
    TERM_LEVERAGE,
    TERM_REACH,
    TERM_OUTSIDE_OPTIONS,
    TERM_DIVERSION,
    TERM_CHANNELS,
    TERM_OPPORTUNITY,
    TERM_POLARISATION,
    TERM_SIDE_PAYMENTS,
    TERMS
};

/* Largest number of states: the structure of each month that differs is kept as matrices. */
enum { SCENARIO_STATES_MAX = 256 };

/* How moves become consequences, and who acts when (values of the keys `moves` and `order`). */
enum { MOVES_DRAWN, MOVES_EXPECTED };
enum { ORDER_CONCURRENT, ORDER_SERIAL };

struct general {
    char *name, *title;
    int start, end; /* months */
    int spinup;     /* months */
    char *focus;
    int moves, order;
    char *explain;
};

/* Units and meaning: `waltz list parameters`; equations: sim/MODEL.md. */
struct parameters {
    double lambda;
    int initiatives;
    double power_exponent, military_weight;
    double intent_base, intent_dispute, intent_cooperation;
    double distance_half, distance_floor;
    double benefit_political, benefit_economic;
    double omega, omega_floor, market_half;
    double polarisation_exponent, polarisation_reference;
    double side_payments;
    double cost_mandate, cost_leverage, cost_dispute, cost_fixed;
    double leverage_security, leverage_political;
    double arm_gain, arm_cost, engage_gain, engage_cost;
    double accommodate_gain, accommodate_cost;
    double coerce_gain, coerce_trade, coerce_cost;
    double eta, rho, rho_dispute, sanctions_pull, sanctions_power;
    double conciliation, accommodate_political, coercion, arming, attrition;
    double depreciation, growth_isolation;
    int growth_falls;
    double dispute_step, sanctions_step;
    double sanctions_listing, sanctions_product, sanctions_sector;
    double sanctions_pillar, sanctions_secondary;
    double mandate_first, mandate_further;
};

struct state {
    char *iso3;
    int ccode;
    char *name;
    double lat, lon;
    double gdp, growth, milex;
    struct where where;
};

struct dyad {
    char *id; /* "AAA-BBB" */
    double dispute;
    double cooperation[DOMAINS];
    struct where where,
        changed; /* changed: where a table's row was overridden by hand, or no file */
    /* resolved */
    int a, b; /* states, a < b */
};

/* An act: senders' sanctions on a target, in force from `start` to the day before `end`. */
struct sanction {
    char *id, *senders, *target;
    int start, end; /* days */
    int class;
    char *pillars, *note;
    struct where where;
    /* resolved */
    int *sender, n_senders, target_state;
    unsigned pillar_bits; /* 1 << index in SANCTION_PILLARS */
    int starter, ender;   /* the shock that owns its start, its end; -1 none */
};
#define SANCTION_PILLARS "TFXS"

/* Classes of goods or dealings that the Security Council closed; 0, ½ or 1 each. */
enum { MANDATE_CLASSES = 6 };

struct mandate {
    char *id, *target;
    int start, end; /* days */
    double closed[MANDATE_CLASSES];
    int article41;
    char *note;
    struct where where;
    /* resolved */
    int target_state, starter, ender;
};

struct pair {
    int i, j;
};

/* The same two, whichever way they are written. */
static inline bool pair_same(struct pair a, struct pair b)
{
    return (a.i == b.i && a.j == b.j) || (a.i == b.j && a.j == b.i);
}

struct effect {
    char *name;
    int on; /* row of effect_kinds */
    char *between, *from, *to, *of;
    int domain; /* a domain, or DOMAINS for all */
    double size;
    int date; /* day; DATE_NEVER: the shock's */
    int shape;
    int months;
    struct where where;
    /* resolved: pairs (i, j), or (i, i) for effects on states */
    struct pair *pairs;
    int n_pairs;
};
enum { SHAPE_STEP, SHAPE_RAMP, SHAPE_PULSE };

struct shock {
    char *name;
    int date, happened; /* days; acts and effects move by the difference, then it is 0 */
    char *note, *source, *requires;
    int enabled, jitter_days;
    char *starts, *ends;
    struct effect *effects;
    int n_effects;
    struct where where;
    /* resolved */
    int required; /* index of the required shock, -1 none */
    int active;   /* enabled, and so is all that it requires */
};

struct group {
    char *name, *members;
    struct where where;
    /* resolved */
    int *state, n_states;
};

struct window {
    int from, to; /* months, inclusive; from > to: none */
};

/* One number a replicate, or (subject "dyads") one a dyad: a statistic of a measure in a period.
 * Read in an arm; with `minus_arm` the difference, or distance, between two of them. */
struct outcome {
    char *name, *measure, *subject;
    struct window window, minus, over;
    int statistic, domain; /* domain: of what is observed, for rank correlations */
    char *arm, *minus_arm, *trend;
    struct window alarm;
    struct where where;
    /* resolved: indices, -1 none */
    int arm_index, minus_arm_index, trend_index;
};
enum {
    STATISTIC_MEAN,
    STATISTIC_MAX,
    STATISTIC_WHEN_MAX,
    STATISTIC_ONSET,
    STATISTIC_CHANGE,
    STATISTIC_SHARE,
    STATISTIC_DISTANCE,
    STATISTIC_RANK_CORRELATION
};

/* Does it search for change points? */
static inline bool outcome_searches(const struct outcome *o)
{
    return o->statistic == STATISTIC_ONSET || o->statistic == STATISTIC_CHANGE;
}

enum { OBSERVED_UNKNOWN = -1 };

/* What is known of two states' real cooperation; only the order of dyads is read. It is what
 * outcomes are held against, and never an input of the model. */
struct observed {
    char *id;                    /* "AAA-BBB" */
    double cooperation[DOMAINS]; /* any scale; OBSERVED_UNKNOWN */
    struct where where;
    /* resolved */
    int a, b; /* states, a < b */
};

/* Has it a value for each dyad? */
static inline bool outcome_of_dyads(const struct outcome *o)
{
    return strcmp(o->subject, "dyads") == 0 && o->statistic != STATISTIC_RANK_CORRELATION;
}

/* A variant of the scenario: without some shocks, with some settings in the form of --set. The
 * first arm is the one that others are compared with; all share its random numbers. */
struct arm {
    char *name;
    char *without, *set, *note;
    struct where where;
};

/* What a claim says of one outcome. */
struct condition {
    char *name;
    char *outcome, *arm;
    int is;
    char *than, *than_arm;
    double times, value;
    struct window period;
    int sign;
    struct where where;
    /* resolved: indices; than_index -1: `value` */
    int outcome_index, arm_index, than_index, than_arm_index;
};
enum { IS_ABOVE, IS_BELOW, IS_NEARER, IS_FOUND, IS_ABSENT, IS_WITHIN, IS_FIGURE };

struct claim {
    char *name;
    char *text, *basis, *kind;
    int expect;
    struct condition *all;
    int n_all;
    struct where where;
};

struct scenario {
    char *file;
    struct general general;
    struct parameters parameters;
    int terms[TERMS];
    struct state *states;
    struct dyad *dyads;
    struct sanction *sanctions;
    struct mandate *mandates;
    struct group *groups;
    struct shock *shocks;
    struct outcome *outcomes;
    struct arm *arms; /* at least one once resolved */
    struct claim *claims;
    struct observed *observed;
    int n_states, n_dyads, n_sanctions, n_mandates, n_groups, n_shocks, n_outcomes, n_arms,
        n_claims, n_observed;
    /* resolved */
    struct pair *focus;
    int n_focus;
    struct window *explain;
    int n_explain;
    double *distance; /* [n·n] km between capitals, rounded to 1 km */
    /* what `where` borrows its names from */
    struct config *config;
    char **files;
    int n_files;
};

struct config;

/* Reads and checks a scenario; `sets` are n texts "path=value" laid over the file. Everything wrong
 * is in `diag`. Returns 0 and the scenario (caller: scenario_free), or ERROR_INPUT, ERROR_NOMEM. */
int scenario_load(struct scenario **out, const char *path, const char *const *sets, int n,
                  struct diag *diag);
void scenario_free(struct scenario *sc);

/* Sets a parameter of a scenario that is loaded, "parameters.lambda=2", checked as when it is read.
 * 0, ERROR_INPUT (in diag), ERROR_NOMEM. */
int scenario_set_parameter(struct scenario *sc, const char *setting, struct diag *diag);

/* Is a path, or a setting, one of a parameter? */
bool scenario_is_parameter(const char *path);

/* The configuration in force: complete, without reference to other files, runnable again. */
void scenario_print(const struct scenario *sc, FILE *out);

/* The same as a text on the heap; NULL without memory. */
char *scenario_text(const struct scenario *sc);

/* Index of a state by its code, or -1. */
int scenario_state(const struct scenario *sc, const char *iso3);

/* States i and j of a text "AAA-BBB" or "AAA>BBB"; 0 or ERROR_INPUT. */
int scenario_pair(const struct scenario *sc, const char *text, char separator, struct pair *pair);

/* What people call a state: its name, or its code if it has none. */
const char *scenario_label(const struct scenario *sc, int state);

/* Months of the recorded period. */
int scenario_months(const struct scenario *sc);

#endif
