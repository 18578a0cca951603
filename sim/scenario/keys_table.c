/* The table itself. A key more is a field in scenario.h and a row here.
 *
 * Where a source reads "prior a–b", the default is the middle of that stated range (geometric but
 * for exponents that may be 0): no default was fitted to any outcome. "prototype" is told in
 * sim/MODEL.md 9; "assumption" marks what has no source beyond the model's own description, and
 * why it stands where it does. */
#include <stddef.h>

#include "scenario/design.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"

#define NONE 0, 0
#define SHARE 0, 1

#define GENERAL(field) SECTION_SCENARIO, #field
#define OF_GENERAL(field) offsetof(struct general, field)
#define P(field) SECTION_PARAMETERS, #field, KEY_REAL, offsetof(struct parameters, field)
#define PI(field, type) SECTION_PARAMETERS, #field, type, offsetof(struct parameters, field)
#define T(name, term) SECTION_TERMS, name, KEY_BOOL, (term) * sizeof(int), "", NONE, "true"
#define F(section, type, of, field) SECTION_##section, #field, type, offsetof(struct of, field)
#define N(section, name, type, of, field) SECTION_##section, name, type, offsetof(struct of, field)
#define CLOSED(name, k)                                                                            \
    SECTION_MANDATES, name, KEY_REAL, offsetof(struct mandate, closed) + (k) * sizeof(double),     \
        "share", SHARE, "0"
#define SEEN(name, d)                                                                              \
    SECTION_OBSERVED, name, KEY_REAL,                                                              \
        offsetof(struct observed, cooperation) + (d) * sizeof(double), "any", -1, 1e12, "-1"
#define BASE(name, d)                                                                              \
    SECTION_DYADS, name, KEY_REAL, offsetof(struct dyad, cooperation) + (d) * sizeof(double),      \
        "share", SHARE, "0.05"

const struct key keys[] = {
    /* scenario */
    {GENERAL(name), KEY_TEXT, OF_GENERAL(name), "", NONE, NULL,
     "name of the scenario and of its folder of results: small letters, digits, _ and -", ""},
    {GENERAL(title), KEY_TEXT, OF_GENERAL(title), "", NONE, "", "one line for people", ""},
    {GENERAL(start), KEY_MONTH, OF_GENERAL(start), "month", NONE, NULL, "first month recorded", ""},
    {GENERAL(end), KEY_MONTH, OF_GENERAL(end), "month", NONE, NULL, "last month recorded", ""},
    {GENERAL(spinup), KEY_INT, OF_GENERAL(spinup), "months", 0, 1200, "60",
     "months simulated before the first under its structure, so that start values fade",
     "assumption"},
    {GENERAL(focus), KEY_LIST, OF_GENERAL(focus), "", NONE, "",
     "dyads that no effect may touch, since the scenario asks about them", "invariant 1"},
    {GENERAL(moves), KEY_CHOICE, OF_GENERAL(moves), "drawn|expected", NONE, "drawn",
     "moves drawn at random, or their expectation", ""},
    {GENERAL(order), KEY_CHOICE, OF_GENERAL(order), "concurrent|serial", NONE, "concurrent",
     "all states decide on the same world, or one after the other in random order", "Duffy 1992"},
    {GENERAL(explain), KEY_LIST, OF_GENERAL(explain), "", NONE, "",
     "periods of which `reproduce` tells what changed the minds of the focus dyads between first "
     "and last month",
     ""},

    /* states */
    {F(STATES, KEY_INT, state, ccode), "", 0, 9999, "0", "Correlates of War code, 0 none", "COW"},
    {F(STATES, KEY_TEXT, state, name), "", NONE, "", "name of the state", ""},
    {F(STATES, KEY_REAL, state, lat), "degrees north", -90, 90, NULL, "latitude of the capital",
     ""},
    {F(STATES, KEY_REAL, state, lon), "degrees east", -180, 180, NULL, "longitude of the capital",
     ""},
    {F(STATES, KEY_REAL, state, gdp), "bn USD", 1e-9, 1e9, NULL,
     "economy in the first month, current dollars", "World Bank"},
    {F(STATES, KEY_REAL, state, growth), "1/year", -0.5, 0.5, "0",
     "yearly growth of the economy; a fall counts only with growth_falls", "World Bank"},
    {F(STATES, KEY_REAL, state, milex), "bn USD/year", 1e-9, 1e9, NULL,
     "military spending in the first year", "COW NMC 6.0"},

    /* dyads */
    {N(DYADS, "h0", KEY_REAL, dyad, dispute), "share", SHARE, "0", "baseline of the dispute",
     "coding rule"},
    {BASE("x0_political", POLITICAL), "baseline of political cooperation", "coding rule"},
    {BASE("x0_institutional", INSTITUTIONAL), "baseline of institutional cooperation",
     "coding rule"},
    {BASE("x0_security", SECURITY), "baseline of security cooperation", "coding rule"},
    {BASE("x0_economic", ECONOMIC), "baseline of economic cooperation", "coding rule"},

    /* sanctions */
    {F(SANCTIONS, KEY_LIST, sanction, senders), "", NONE, NULL, "states that impose the act", ""},
    {F(SANCTIONS, KEY_STATE, sanction, target), "", NONE, NULL, "state that it is imposed on", ""},
    {F(SANCTIONS, KEY_DAY, sanction, start), "day", NONE, NULL, "first day in force", ""},
    {F(SANCTIONS, KEY_DAY, sanction, end), "day", NONE, "ongoing", "first day no longer in force",
     ""},
    {F(SANCTIONS, KEY_INT, sanction, class), "class", 1, 3, NULL,
     "1 listings, 2 arms or one product, 3 sectors or banks", "coding rule"},
    {F(SANCTIONS, KEY_TEXT, sanction, pillars), "", NONE, "-",
     "letters of T main export or all imports banned, F central bank or banking cut off, X exports "
     "banned, S third parties threatened; - none",
     "coding rule"},
    {F(SANCTIONS, KEY_TEXT, sanction, note), "", NONE, "", "what the act is", ""},

    /* mandates */
    {F(MANDATES, KEY_STATE, mandate, target), "", NONE, NULL, "state under the mandate", ""},
    {F(MANDATES, KEY_DAY, mandate, start), "day", NONE, NULL, "first day in force", ""},
    {F(MANDATES, KEY_DAY, mandate, end), "day", NONE, "ongoing", "first day no longer in force",
     ""},
    {CLOSED("dual_use", 0), "dual-use and missile goods closed; .5 case by case", "resolution"},
    {CLOSED("arms_exports", 1), "the target's arms exports closed", "resolution"},
    {CLOSED("arms_imports", 2), "the target's arms imports closed", "resolution"},
    {CLOSED("finance", 3), "finance closed", "resolution"},
    {CLOSED("main_export", 4), "the target's main export closed", "resolution"},
    {CLOSED("general_trade", 5), "general trade closed", "resolution"},
    {F(MANDATES, KEY_INT, mandate, article41), "", SHARE, "0",
     "1: a binding resolution under Article 41", "UN Charter"},
    {F(MANDATES, KEY_TEXT, mandate, note), "", NONE, "", "what the resolution is", ""},

    /* parameters: choice */
    {P(lambda), "1/utility", 0, 1e6, "7.7", "rationality of choice; 0 chooses by opportunity alone",
     "McKelvey & Palfrey 1995; prior 3–20"},
    {PI(initiatives, KEY_INT), "1/month", 1, 512, "16", "draws of a state in each channel",
     "assumption: four approaches a week; more make runs vary less, and leave means nearly as they "
     "are"},
    /* parameters: what a state perceives */
    {P(power_exponent), "", 0, 4, "0.72", "α: power = share of capability ^ α",
     "prototype; below 1 the weak count for more than their share"},
    {P(military_weight), "share", SHARE, "0.5", "weight of the military stock in capability",
     "after CINC (Singer, Bremer & Stuckey 1972)"},
    {P(intent_base), "share", SHARE, "0.13", "b₀: intent read into anybody",
     "Walt 1987; prototype: a stranger is read as mildly hostile"},
    {P(intent_dispute), "", 0, 10, "0.72", "b_h: intent read from a dispute",
     "Walt 1987; prototype: with the base a full dispute reads as .85"},
    {P(intent_cooperation), "", 0, 10, "0.26", "b_x: intent that cooperation takes away",
     "Walt 1987; prototype: full cooperation takes twice the base away"},
    {P(distance_half), "km", 1, 1e6, "2400",
     "d₀: distance at which half of the loss of strength has come",
     "Boulding 1962; Cederman 2003; prototype"},
    {P(distance_floor), "share", SHARE, "0.1", "strength left at any distance", "Cederman 2003"},
    {P(polarisation_exponent), "", 0, 10, "1", "φ: how polarisation raises the value of partners",
     "assumption: in proportion; prior 0–2"},
    {P(polarisation_reference), "share", 1e-6, 1, "0.15",
     "polarisation at which partners have their plain value",
     "prototype; configs/iran-russia.cfg passes it in 2018"},
    {P(omega), "", 0, 10, "1", "ω: dependence on few partners, and diversion of trade",
     "Snyder 1997; Anderson & van Wincoop 2003; prior 0–2"},
    {P(omega_floor), "share", 1e-6, 1, "0.01", "least pool of partners and market access",
     "assumption: keeps the dependence of an isolated state finite"},
    {P(market_half), "share", 1e-9, 1, "0.022", "z₀: weight of a partner at half saturation",
     "prior .005–.1"},
    /* parameters: benefits and costs */
    {P(benefit_political), "utility", 0, 100, "0.77", "w_p: worth of dialogue against alliance",
     "prototype: dialogue is worth three quarters of an alliance with a neighbour"},
    {P(benefit_economic), "utility", 0, 100, "0.95", "w_e: worth of trade", "prior .3–3"},
    {P(cost_mandate), "utility", 0, 100, "0.55", "κ_u: cost of dealing with a state under mandate",
     "prior .1–3"},
    {P(cost_leverage), "utility", 0, 1000, "3.2",
     "κ_q: cost of losing friends who oppose the partner", "Drezner 1999; prior .5–20"},
    {P(cost_dispute), "utility", 0, 100, "0.73", "κ_h: cost of the own dispute",
     "prototype: a full dispute outweighs what most deals bring"},
    {P(cost_fixed), "utility", 0, 100, "0.28", "κ₀: cost of any deal",
     "prototype: no deal is free"},
    {P(leverage_security), "", 0, 10, "1", "weight of leverage in security",
     "fixed: cost_leverage is measured for security"},
    {P(leverage_political), "", 0, 10, "0.4", "weight of leverage in politics and institutions",
     "assumption: friends mind talks less than arms"},
    {P(side_payments), "share", 0, 0.5, "0.25",
     "θ: part of the other's balance that a state shares", "Morrow 1991; prior 0–.5"},
    {P(arm_gain), "utility", 0, 100, "0.2", "gain from arming by insecurity",
     "assumption: with arm_cost, arming pays from an insecurity of 1.5 on"},
    {P(arm_cost), "utility", 0, 100, "0.3", "cost of arming", "assumption: see arm_gain"},
    {P(engage_gain), "utility", 0, 100, "0.6", "gain from conciliation by threat and dispute",
     "assumption: with engage_cost, pays if threat share × dispute exceeds 1/2"},
    {P(engage_cost), "utility", 0, 100, "0.3", "cost of conciliation",
     "assumption: see engage_gain"},
    {P(accommodate_gain), "utility", 0, 100, "0.6", "gain from bandwagoning by threat and weakness",
     "Walt 1987; assumption: with accommodate_cost, pays if threat share × weakness exceeds 5/6"},
    {P(accommodate_cost), "utility", 0, 100, "0.5", "cost of bandwagoning",
     "assumption: see accommodate_gain"},
    {P(coerce_gain), "utility", 0, 100, "0.6", "gain from coercion by dispute and strength",
     "Drezner 1999; assumption: with coerce_cost, pays without trade if dispute × relative "
     "strength exceeds 2/3"},
    {P(coerce_trade), "utility", 0, 100, "0.5", "trade at stake in coercion",
     "assumption: half of what full trade is worth to a saturated partner"},
    {P(coerce_cost), "utility", 0, 100, "0.4", "cost of coercion", "assumption: see coerce_gain"},
    /* parameters: what follows from moves */
    {P(eta), "1/month", 0, 10, "0.63", "η: growth of cooperation if all initiatives are accepted",
     "prior .1–4"},
    {P(rho), "1/month", SHARE, "0.055", "ρ: return of cooperation to its baseline",
     "prior .02–.15"},
    {P(rho_dispute), "1/month", SHARE, "0.18", "ρ_h: return of disputes and sanctions to theirs",
     "prototype: half of a step within four months"},
    {P(sanctions_pull), "1/month", SHARE, "0.2", "how fast cooperation above its ceiling falls",
     "assumption: half of the excess within three months"},
    {P(sanctions_power), "", 0.1, 10, "2", "ceiling of cooperation = (1 − sanctions) ^ this",
     "assumption: both sides' openness enters"},
    {P(conciliation), "1/month", 0, 0.99, "0.2", "fall of a dispute by engagement",
     "assumption: a fifth if all initiatives of a month go there"},
    {P(accommodate_political), "share", SHARE, "0.1",
     "political cooperation by accommodation, as part of η",
     "assumption: a tenth of a deal that both want"},
    {P(coercion), "1/month", 0, 0.99, "0.1", "rise of sanctions and dispute by coercion",
     "assumption: a tenth if all initiatives of a month go there"},
    {P(arming), "1/month", 0, 0.5, "0.01", "growth of the military stock by arming",
     "assumption: at most 13 % a year, a little above depreciation"},
    {P(attrition), "1/month", 0, 0.5, "0.015", "loss of the military stock in war",
     "assumption: a sixth of the stock a year"},
    {P(depreciation), "1/year", 1e-3, 1, "0.1", "δ: wear of the military stock",
     "assumption: equipment serves some ten years"},
    {P(growth_isolation), "1/year", 0, 1, "0", "growth lost without market access",
     "off: isolation does not feed back on growth"},
    {PI(growth_falls, KEY_BOOL), "", NONE, "false", "let economies shrink as the data do",
     "off: a fall in dollars is partly exchange rates, partly what the model should explain"},
    /* parameters: scales on which acts and steps are coded */
    {P(dispute_step), "share", SHARE, "0.2", "one step of a dispute", "scale 0–5"},
    {P(sanctions_step), "share", SHARE, "0.2", "one step of a sanctions effect", "scale 0–5"},
    {P(sanctions_listing), "share", SHARE, "0.05", "level of listings (class 1)", "coding rule"},
    {P(sanctions_product), "share", SHARE, "0.15", "level of arms or one product (class 2)",
     "coding rule"},
    {P(sanctions_sector), "share", SHARE, "0.3", "level of sectors or banks (class 3)",
     "coding rule"},
    {P(sanctions_pillar), "share", SHARE, "0.15", "each of the pillars T, F, X", "coding rule"},
    {P(sanctions_secondary), "share", SHARE, "0.25", "pillar S on top of two others",
     "coding rule"},
    {P(mandate_first), "share", SHARE, "0.4", "stigma of the first Article 41 resolution",
     "coding rule"},
    {P(mandate_further), "share", SHARE, "0.2", "stigma of each further one", "coding rule"},

    /* terms */
    {T("leverage", TERM_LEVERAGE), "a partner's opponents among one's friends make it costly",
     "Drezner 1999"},
    {T("reach", TERM_REACH), "secondary sanctions make trade with their target costly",
     "Drezner 1999; Farrell & Newman 2019"},
    {T("outside_options", TERM_OUTSIDE_OPTIONS), "who has few other partners values each more",
     "Snyder 1997"},
    {T("diversion", TERM_DIVERSION),
     "trade shut out of some markets is diverted to those still open",
     "Anderson & van Wincoop 2003"},
    {T("channels", TERM_CHANNELS),
     "military, diplomatic, economic choices apart; off: one list of all, thrice the draws",
     "assumption"},
    {T("opportunity", TERM_OPPORTUNITY), "large and near states are met more often",
     "Most & Starr 1989"},
    {T("polarisation", TERM_POLARISATION), "disputes among the strong raise the value of partners",
     "assumption"},
    {T("side_payments", TERM_SIDE_PAYMENTS), "partners share benefits and costs", "Morrow 1991"},

    /* shocks */
    {F(SHOCKS, KEY_DAY, shock, date), "day", NONE, NULL, "when it strikes", ""},
    {N(SHOCKS, "happened", KEY_DAY, shock, happened), "day", NONE, "ongoing",
     "its date in history, to which the dates of its acts refer; moving `date` moves them all "
     "(default: `date` as the file has it)",
     ""},
    {F(SHOCKS, KEY_TEXT, shock, note), "", NONE, "", "what happened, and why it is coded so", ""},
    {F(SHOCKS, KEY_TEXT, shock, source), "", NONE, "", "where that can be read", ""},
    {F(SHOCKS, KEY_TEXT, shock, requires), "", NONE, "", "shock without which it does not come",
     ""},
    {F(SHOCKS, KEY_BOOL, shock, enabled), "", NONE, "true", "false: it does not come", ""},
    {F(SHOCKS, KEY_INT, shock, jitter_days), "days", 0, 3650, "0",
     "a replicate's date lies up to so many days before or after", ""},
    {F(SHOCKS, KEY_LIST, shock, starts), "", NONE, "",
     "sanctions and mandates whose start belongs to it", ""},
    {F(SHOCKS, KEY_LIST, shock, ends), "", NONE, "",
     "sanctions and mandates whose end belongs to it", ""},

    /* effects of a shock */
    {F(EFFECTS, KEY_CHOICE, effect, on), "dispute|sanctions|mandate|reach|capability|growth|war",
     NONE, NULL, "what it changes", ""},
    {F(EFFECTS, KEY_LIST, effect, between), "", NONE, "",
     "two states or groups: each pair across (dispute, war)", ""},
    {F(EFFECTS, KEY_LIST, effect, from), "", NONE, "", "senders (sanctions, reach)", ""},
    {F(EFFECTS, KEY_LIST, effect, to), "", NONE, "", "targets (sanctions, reach)", ""},
    {F(EFFECTS, KEY_LIST, effect, of), "", NONE, "", "states (mandate, capability, growth)", ""},
    {F(EFFECTS, KEY_CHOICE, effect, domain), "political|institutional|security|economic|all", NONE,
     "all", "domain of a mandate", ""},
    {F(EFFECTS, KEY_REAL, effect, size), "see `waltz list effects`", -5, 5, "1", "how much", ""},
    {F(EFFECTS, KEY_DAY, effect, date), "day", NONE, "ongoing",
     "its own date (default: the shock's)", ""},
    {F(EFFECTS, KEY_CHOICE, effect, shape), "step|ramp|pulse", NONE, "step",
     "at once and for good; linearly over `months`; at once, halving every `months`", ""},
    {F(EFFECTS, KEY_INT, effect, months), "months", 1, 1200, "12", "length of a ramp, half-life",
     ""},

    /* outcomes */
    {F(OUTCOMES, KEY_TEXT, outcome, measure), "", NONE, NULL, "what is measured",
     "waltz list measures"},
    {F(OUTCOMES, KEY_TEXT, outcome, subject), "", NONE, "system",
     "system; a state; a dyad AAA-BBB; from one to another AAA>BBB; a group (the mean over its "
     "states or dyads), also within a pair; dyads: each of them",
     ""},
    {F(OUTCOMES, KEY_WINDOW, outcome, window), "months", NONE, NULL, "period", ""},
    {F(OUTCOMES, KEY_WINDOW, outcome, minus), "months", NONE, "",
     "period whose statistic is subtracted", ""},
    {F(OUTCOMES, KEY_WINDOW, outcome, over), "months", NONE, "",
     "period by whose statistic it is divided", ""},
    {F(OUTCOMES, KEY_CHOICE, outcome, statistic),
     "mean|max|when_max|onset|change|share|distance|rank_correlation", NONE, "mean",
     "mean; largest monthly value, or its time in years; time of the first upward change point, or "
     "of the first of either direction; part of AAA>BBB in both directions; total variation "
     "between two arms, or within a dyad; rank correlation over the dyads with what is observed",
     ""},
    {F(OUTCOMES, KEY_CHOICE, outcome, domain), "political|institutional|security|economic", NONE,
     "political", "rank_correlation: which column of `observed`", ""},
    {F(OUTCOMES, KEY_TEXT, outcome, arm), "", NONE, "",
     "arm that it is read in (default: the first)", ""},
    {F(OUTCOMES, KEY_TEXT, outcome, minus_arm), "", NONE, "",
     "arm that is subtracted, or that the distance is measured from", ""},
    {F(OUTCOMES, KEY_TEXT, outcome, trend), "", NONE, "",
     "onset, change: arm whose linear trend is removed, and whose false alarms set the penalty",
     "Killick, Fearnhead & Eckley 2012"},
    {F(OUTCOMES, KEY_WINDOW, outcome, alarm), "months", NONE, "",
     "onset, change: period in which a change point of the arm `trend` is a false alarm (default: "
     "all months)",
     ""},

    /* arms */
    {F(ARMS, KEY_LIST, arm, without), "", NONE, "", "shocks that do not come", ""},
    {F(ARMS, KEY_LIST, arm, set), "", NONE, "", "settings path=value, as of --set", ""},
    {F(ARMS, KEY_TEXT, arm, note), "", NONE, "", "what it is for", ""},

    /* claims */
    {F(CLAIMS, KEY_TEXT, claim, text), "", NONE, NULL, "what is claimed", ""},
    {F(CLAIMS, KEY_TEXT, claim, basis), "", NONE, "",
     "what a verdict is worth: fitted, selected, predicted, built in, design", ""},
    {F(CLAIMS, KEY_TEXT, claim, kind), "", NONE, "claim", "what it stands among in tables", ""},
    {F(CLAIMS, KEY_BOOL, claim, expect), "", NONE, "false",
     "true: `reproduce` ends with 4 if it does not hold", ""},

    /* conditions of a claim, all of which must hold together; none: what holds by loading */
    {F(CONDITIONS, KEY_TEXT, condition, outcome), "", NONE, NULL, "outcome that is judged", ""},
    {F(CONDITIONS, KEY_TEXT, condition, arm), "", NONE, "", "arm it is read in (default: its own)",
     ""},
    {F(CONDITIONS, KEY_CHOICE, condition, is), "above|below|nearer|found|absent|within|figure",
     NONE, NULL,
     "above or below `value`, or `times` the outcome `than`; nearer to `value` than `than` is; a "
     "change point was found, or none; a time within `period`; `value` is a figure that stands "
     "beside, not judged",
     ""},
    {F(CONDITIONS, KEY_TEXT, condition, than), "", NONE, "", "outcome that it is compared with",
     ""},
    {F(CONDITIONS, KEY_TEXT, condition, than_arm), "", NONE, "",
     "arm that one is read in (default: its own)", ""},
    {F(CONDITIONS, KEY_REAL, condition, times), "", -1e6, 1e6, "1", "factor of `than`", ""},
    {F(CONDITIONS, KEY_REAL, condition, value), "of the outcome", -1e12, 1e12, "0",
     "number that it is compared with", ""},
    {F(CONDITIONS, KEY_WINDOW, condition, period), "months", NONE, "", "of `within`", ""},
    {F(CONDITIONS, KEY_BOOL, condition, sign), "", NONE, "false",
     "true: where it holds, the sign of the claim is right", ""},

    /* what is known of real cooperation, for outcomes of the statistic rank_correlation */
    {SEEN("political", POLITICAL), "observed political cooperation; -1: unknown", ""},
    {SEEN("institutional", INSTITUTIONAL), "observed institutional cooperation", ""},
    {SEEN("security", SECURITY), "observed security cooperation", ""},
    {SEEN("economic", ECONOMIC), "observed economic cooperation", ""},

    /* a design of a sweep */
    {F(SWEEP, KEY_TEXT, sweep, name), "", NONE, NULL,
     "name of the store: small letters, digits, _ and -", ""},
    {F(SWEEP, KEY_TEXT, sweep, title), "", NONE, "", "one line for people", ""},
    {F(SWEEP, KEY_TEXT, sweep, scenario), "", NONE, NULL, "file, as seen from the design's", ""},
    {F(SWEEP, KEY_CHOICE, sweep, kind), "grid|list|latin_hypercube|sobol|random", NONE, NULL,
     "all combinations of levels; rows of a table; so many `cells` over the ranges",
     "McKay, Beckman & Conover 1979; Joe & Kuo 2008"},
    {F(SWEEP, KEY_INT, sweep, cells), "", 1, 2147483647, "1",
     "how many (latin_hypercube, sobol, random)", ""},
    {F(SWEEP, KEY_TEXT, sweep, points), "", NONE, "",
     "list: a table, one row a cell, its columns factors or settings as of --set", ""},
    {F(SWEEP, KEY_INT, sweep, replicates), "", 1, 1000000, "100",
     "of each cell, with `precision` at most", ""},
    {F(SWEEP, KEY_REAL, sweep, precision), "of the outcome", 0, 1e12, "0",
     "a cell ends at a checkpoint (8, 32, 96, then each 64 replicates) at which the standard error "
     "of `precision_of` is not larger; 0: never",
     ""},
    {F(SWEEP, KEY_TEXT, sweep, precision_of), "", NONE, "", "outcome that this is measured on", ""},
    {F(SWEEP, KEY_REAL, sweep, penalty), "", 0, 1e12, "0",
     "for outcomes that search change points, which are then read on mean paths alone: as in "
     "searches.csv of `waltz reproduce`",
     "MODEL.md, onset"},
    {F(SWEEP, KEY_INT, sweep, seed), "", 0, 2147483647, "1", "of replicates and of points", ""},
    {F(SWEEP, KEY_LIST, sweep, outcomes), "", NONE, NULL, "of the scenario, to be kept", ""},
    {F(SWEEP, KEY_LIST, sweep, claims), "", NONE, "", "of the scenario, judged in each cell", ""},
    {F(SWEEP, KEY_LIST, sweep, arms), "", NONE, "",
     "of the scenario, run in each cell with the same random numbers (default: the first)", ""},
    {F(SWEEP, KEY_LIST, sweep, set), "", NONE, "", "settings path=value of all cells", ""},
    {F(SWEEP, KEY_BOOL, sweep, independent_cells), "", NONE, "false",
     "true: cells have random numbers of their own", ""},

    /* factors of a design */
    {F(FACTORS, KEY_LIST, factor, paths), "", NONE, NULL,
     "what it sets, as of --set; \"arm\": what this arm sets, in the first arm", ""},
    {F(FACTORS, KEY_VALUES, factor, values), "", NONE, "",
     "its levels, in place of a range; a list is written as \"A B\", an empty one as \"-\"", ""},
    {F(FACTORS, KEY_LIST, factor, labels), "", NONE, "", "what tables call the values", ""},
    {F(FACTORS, KEY_SCALAR, factor, low), "of the path", NONE, "", "least value, or date", ""},
    {F(FACTORS, KEY_SCALAR, factor, high), "of the path", NONE, "", "largest value, or date", ""},
    {F(FACTORS, KEY_INT, factor, levels), "", 0, 1000000, "0",
     "grid: so many values at equal steps from low to high", ""},
    {F(FACTORS, KEY_CHOICE, factor, scale), "linear|log|normal", NONE, "linear",
     "uniform over the range, over its logarithm, or normal with 95 % of it within the range", ""},
    {F(FACTORS, KEY_BOOL, factor, relative), "", NONE, "false",
     "true: multiplies what the scenario has at the path", ""},
    {F(FACTORS, KEY_REAL, factor, times), "", -1e6, 1e6, "1", "multiplies what is set", ""},

    /* calibration of a design by its finished sweep */
    {F(CALIBRATION, KEY_REAL, calibration, discrepancy), "", 1, 1000, "1",
     "factor of all errors, for what the model leaves out", "Brynjarsdottir & O'Hagan 2014"},
    {F(CALIBRATION, KEY_INT, calibration, draws), "", 1, 100000, "128",
     "parameter sets that stand for the posterior", ""},
    {F(CALIBRATION, KEY_INT, calibration, pseudo), "", 0, 100000, "200",
     "simulated data sets that are taken for what is known in turn, to test the coverage",
     "Prangle et al. 2014"},

    /* what a calibration is held to; the name is that of an outcome of the sweep */
    {F(TARGETS, KEY_REAL, target, value), "of the outcome", -1e12, 1e12, NULL, "what is known", ""},
    {F(TARGETS, KEY_REAL, target, error), "of the outcome", 1e-12, 1e12, NULL,
     "its standard error; with scale = \"log\" that of its logarithm", ""},
    {F(TARGETS, KEY_CHOICE, target, scale), "linear|log", NONE, "linear",
     "compared as it is, or by its logarithm (ratios)", ""},
    {F(TARGETS, KEY_TEXT, target, note), "", NONE, "", "how value and error were found", ""},
    {F(TARGETS, KEY_TEXT, target, source), "", NONE, "", "where it can be read", ""},
};
const int n_keys = sizeof keys / sizeof *keys;
