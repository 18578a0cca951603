/* The yardstick of `make bench`: replicates by sim/MODEL.md, equation by equation, in plain scalar
 * C. What all draws of a tick share is perceived once a tick; each draw computes its utilities.
 *     naive SCENARIO REPLICATES [PATH=VALUE...]
 * Scenario, structure by month and random numbers (seed 1) are the program's, so that cooperation
 * can be compared; exp, log and pow are the C library's, so a draw may fall otherwise, rarely. It
 * knows drawn moves in concurrent order by channels, and leaves delays of shocks out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/stream.h"
#include "model/rule.h"
#include "model/structure.h"

enum move { ARM, ALIGN, CONSULT, COORDINATE, TRADE, ENGAGE, ACCOMMODATE, COERCE, MOVES, HOLD };
enum { MENUS = 3, SEED = 1, STATES = SCENARIO_STATES_MAX };

/* The moves of each channel, whose number is the purpose of its random numbers. */
static const struct menu {
    int n_moves;
    enum move moves[4];
} menus[MENUS] = {
    {2, {ARM, ALIGN}}, {4, {CONSULT, COORDINATE, ENGAGE, ACCOMMODATE}}, {2, {TRADE, COERCE}}};
static const enum domain domain_of[MOVES] = {
    [ALIGN] = SECURITY, [CONSULT] = POLITICAL,     [COORDINATE] = INSTITUTIONAL,
    [TRADE] = ECONOMIC, [ACCOMMODATE] = POLITICAL, [COERCE] = ECONOMIC};

struct option {
    enum move move;
    int target;
    double utility, weight;
};

/* [n] over states, [n·n] row i toward column j. */
struct world {
    const struct scenario *scenario;
    const struct structure *structure;
    struct rule rule;
    const struct parameters *p;
    struct month month;
    int n, tick;
    double economy[STATES], military[STATES], *cooperation[DOMAINS], *dispute, *sanctions;
    double heat; /* Π̃; this and the rest as perceived in this tick */
    double capability[STATES], power[STATES], threat[STATES], resistance[STATES],
        insecurity[STATES], access[STATES];
    double *mean_cooperation, *threat_from, *common_threat, *grip, *market, *leverage, *reach;
    double *accepted; /* [MOVES · n·n] */
    double *uniforms; /* and the options: of one choice */
    struct option *options;
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void begin_month(struct world *w)
{
    const int spinup = w->scenario->general.spinup, month = w->tick > spinup ? w->tick - spinup : 0;
    w->month = structure_month(w->structure, month);
    if (w->tick > 0 && w->tick <= spinup)
        return;
    for (int i = 0; i < w->n; i++) {
        const double jump = w->structure->jump[month * w->n + i];
        w->military[i] *= jump;
        w->economy[i] *= jump;
        if (w->tick > spinup) {
            double g = w->scenario->states[i].growth;
            g = (w->p->growth_falls ? g : larger(g, 0)) + w->month.growth[i];
            w->economy[i] *= pow(1 + g - w->p->growth_isolation * (1 - w->access[i]), 1.0 / 12);
        }
    }
}

/* ---- perception ------------------------------------------------------------------------------ */

/* Capability, power, polarisation. */
static void perceive_power(struct world *w)
{
    const double share = w->p->military_weight;
    double economy = 0, military = 0, disputed = 0, all = 0;
    for (int i = 0; i < w->n; i++) {
        economy += w->economy[i];
        military += w->military[i];
    }
    for (int i = 0; i < w->n; i++) {
        w->capability[i] =
            share * w->military[i] / military + (1 - share) * w->economy[i] / economy;
        w->power[i] = pow(w->capability[i], w->p->power_exponent);
    }
    for (int i = 0; i < w->n; i++)
        for (int k = 0; k < w->n; k++) {
            const double both = k == i ? 0 : w->capability[i] * w->capability[k];
            disputed += both * w->dispute[i * w->n + k];
            all += both;
        }
    w->heat = pow(disputed / all / w->p->polarisation_reference, w->rule.phi);
}

static void perceive_threat(struct world *w)
{
    double *const *x = w->cooperation;
    const struct parameters *p = w->p;
    for (int i = 0; i < w->n; i++) {
        w->threat[i] = 0;
        for (int j = 0; j < w->n; j++) {
            const int ij = i * w->n + j;
            w->mean_cooperation[ij] = (x[0][ij] + x[1][ij] + x[2][ij] + x[3][ij]) / 4;
            double intent = p->intent_base + p->intent_dispute * w->dispute[ij] -
                            p->intent_cooperation * w->mean_cooperation[ij];
            intent = intent < 0 ? 0 : intent > 1 ? 1 : intent;
            w->threat_from[ij] = w->power[j] * w->structure->proximity[ij] * intent;
            w->threat[i] += w->threat_from[ij];
        }
    }
}

static double common_threat(const struct world *w, int i, int j)
{
    const double *of_i = w->threat_from + i * w->n, *of_j = w->threat_from + j * w->n;
    double dot = 0, ii = 0, jj = 0;
    for (int k = 0; k < w->n; k++)
        if (k != i && k != j) {
            dot += of_i[k] * of_j[k];
            ii += of_i[k] * of_i[k];
            jj += of_j[k] * of_j[k];
        }
    const double cosine = ii > 0 && jj > 0 ? dot / sqrt(ii * jj) : 0;
    return cosine > 1 ? 1 : cosine;
}

static void perceive_insecurity(struct world *w)
{
    const int n = w->n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            w->common_threat[i * n + j] = w->common_threat[j * n + i] = common_threat(w, i, j);
    for (int i = 0; i < n; i++) {
        w->resistance[i] = w->power[i];
        for (int j = 0; j < n; j++) {
            const int ij = i * n + j;
            w->resistance[i] += w->cooperation[SECURITY][ij] * w->power[j] *
                                w->structure->proximity[ij] * w->common_threat[ij];
        }
        w->insecurity[i] = log(1 + w->threat[i] / w->resistance[i]);
    }
}

/* How far k is open to i. */
static double open_to(const struct world *w, int k, int i)
{
    return 1 - larger(w->dispute[i * w->n + k], w->sanctions[k * w->n + i]);
}

/* ŝ: the higher of both directions. */
static double sanctioned(const struct world *w, int i, int j)
{
    return larger(w->sanctions[i * w->n + j], w->sanctions[j * w->n + i]);
}

/* Other partners, other markets, and what a state is worth beside them. */
static void perceive_alternatives(struct world *w)
{
    const double *c = w->capability, *e = w->economy, *proximity = w->structure->proximity;
    double need[STATES], total = 0;
    for (int i = 0; i < w->n; i++) {
        double partners = 0, open = 0, all = 0;
        for (int k = 0; k < w->n; k++) {
            const double near = e[k] * proximity[i * w->n + k];
            partners += k == i ? 0 : c[k] * open_to(w, k, i);
            open += near * (1 - sanctioned(w, i, k));
            all += near;
        }
        const double pool = 1 - c[i] < 1e-9 ? 0 : partners / (1 - c[i]);
        need[i] = pow(larger(pool, w->p->omega_floor), -w->rule.omega_partners);
        w->access[i] = larger(open / all, w->p->omega_floor);
        total += e[i];
    }
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j < w->n; j++) {
            const int ij = i * w->n + j;
            w->grip[ij] = c[j] * need[i] / (c[j] * need[i] + w->p->market_half);
            w->market[ij] = e[j] / total * proximity[ij] * (1 - sanctioned(w, i, j)) *
                            pow(w->access[i] * w->access[j], -w->rule.omega_markets);
        }
}

static void perceive_leverage(struct world *w)
{
    const int n = w->n;
    const double *c = w->capability;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double leverage = 0, reach = 0;
            for (int k = 0; k < n; k++) {
                const int kj = k * n + j;
                if (k == i || k == j)
                    continue;
                const double stake = c[k] * w->mean_cooperation[i * n + k] * open_to(w, k, i);
                leverage += stake * (0.5 * w->dispute[kj] + 0.5 * w->sanctions[kj]);
                reach += stake * w->month.reach[kj] * w->sanctions[kj];
            }
            const double others = 1 - c[i] - c[j];
            w->leverage[i * n + j] = others < 1e-9 ? 0 : leverage / others;
            w->reach[i * n + j] = others < 1e-9 ? 0 : reach / others;
        }
}

/* ---- utilities ------------------------------------------------------------------------------- */

static double own_benefit(const struct world *w, enum domain d, int i, int j)
{
    const int ij = i * w->n + j;
    if (d == ECONOMIC)
        return w->p->benefit_economic * w->market[ij] / (w->market[ij] + w->p->market_half);
    const double ally = w->insecurity[i] * w->heat * w->common_threat[ij] * w->grip[ij];
    return ally * (d == SECURITY ? sqrt(w->structure->proximity[ij]) : w->p->benefit_political);
}

static double own_cost(const struct world *w, enum domain d, int i, int j)
{
    const int ij = i * w->n + j;
    const double third = d == ECONOMIC ? w->reach[ij] : w->leverage[ij];
    return w->p->cost_mandate * w->month.mandate[d][j] + w->rule.leverage[d] * third +
           w->p->cost_dispute * w->dispute[ij] + w->p->cost_fixed;
}

/* What a deal is worth of which so much is left to gain; each side shares in the other's. */
static double deal(const struct world *w, enum domain d, int i, int j, double left)
{
    const double theta = w->rule.theta;
    return left * ((1 - theta) * own_benefit(w, d, i, j) + theta * own_benefit(w, d, j, i)) -
           ((1 - theta) * own_cost(w, d, i, j) + theta * own_cost(w, d, j, i));
}

static double threat_share(const struct world *w, int i, int j)
{
    return w->threat[i] > 0 ? w->threat_from[i * w->n + j] / w->threat[i] : 0;
}

static double engaging(const struct world *w, int i, int j)
{
    return w->p->engage_gain * threat_share(w, i, j) * w->dispute[i * w->n + j] - w->p->engage_cost;
}

static double utility(const struct world *w, enum move move, int i, int j)
{
    const struct parameters *p = w->p;
    const double *c = w->capability, *x = w->cooperation[domain_of[move]];
    const int ij = i * w->n + j;
    switch (move) {
    case ARM:
        return p->arm_gain * w->insecurity[i] - p->arm_cost;
    case ENGAGE:
        return engaging(w, i, j);
    case ACCOMMODATE:
        return p->accommodate_gain * threat_share(w, i, j) * w->threat[i] /
                   (w->threat[i] + w->resistance[i]) -
               p->accommodate_cost;
    case COERCE:
        return p->coerce_gain * w->dispute[ij] * c[i] / (c[i] + c[j]) - p->coerce_trade * x[ij] -
               p->coerce_cost;
    default:
        return deal(w, domain_of[move], i, j, 1 - x[ij]);
    }
}

/* Holding, then each move by target, and what they weigh; returns how many. */
static int find_options(struct world *w, const struct menu *menu, int i)
{
    int options = 0;
    double best = 0, near[STATES], all_near = 0;
    for (int j = 0; j < w->n; j++) {
        near[j] = sqrt(w->capability[j] * w->structure->proximity[i * w->n + j]);
        near[j] = w->rule.opportunity ? near[j] : j != i;
        all_near += near[j];
    }
    w->options[options++] = (struct option){HOLD, i, 0, 0};
    for (int m = 0; m < menu->n_moves; m++)
        for (int j = 0; j < w->n; j++) {
            const enum move move = menu->moves[m];
            if ((j == i) != (move == ARM))
                continue;
            const double u = utility(w, move, i, j);
            best = larger(best, u);
            w->options[options++] = (struct option){move, j, u, 0};
        }
    for (int k = 0; k < options; k++) {
        struct option *o = &w->options[k];
        o->weight = exp(w->p->lambda * (o->utility - best));
        if (o->target != i)
            o->weight *= near[o->target] / all_near;
    }
    return options;
}

static const struct option *pick(const struct world *w, int options, double uniform)
{
    const struct option *o = w->options, *last = o + options - 1;
    double total = 0, running = o->weight;
    for (int k = 0; k < options; k++)
        total += w->options[k].weight;
    while (running <= uniform * total && o < last)
        running += (++o)->weight;
    return o;
}

/* Chance that j accepts i's proposal. */
static double consent(const struct world *w, enum move move, int i, int j)
{
    if (move == ARM || move == ACCOMMODATE || move == COERCE)
        return 1;
    const double u = move == ENGAGE ? engaging(w, j, i) : deal(w, domain_of[move], j, i, 1);
    return 1 / (1 + exp(-w->p->lambda * u));
}

static double *accepted(const struct world *w, enum move move, int i, int j)
{
    return &w->accepted[((int)move * w->n + i) * w->n + j];
}

static void choose(struct world *w, const struct stream *stream, int channel, int i)
{
    const struct stream_slot slot = {(unsigned)channel, (unsigned)w->tick, (unsigned)i};
    stream_uniforms(stream, slot, (uint32_t)w->p->initiatives, w->uniforms);
    for (int b = 0; b < w->p->initiatives; b++) {
        const int options = find_options(w, &menus[channel], i);
        const struct option *o = pick(w, options, w->uniforms[2 * b]);
        if (o->move != HOLD && w->uniforms[2 * b + 1] < consent(w, o->move, i, o->target))
            *accepted(w, o->move, i, o->target) += 1;
    }
}

static void set_both(const struct world *w, double *v, int i, int j, double value)
{
    v[i * w->n + j] = v[j * w->n + i] = value;
}

static void follow(struct world *w, enum move move, int i, int j)
{
    const struct parameters *p = w->p;
    const int ij = i * w->n + j;
    const double k = *accepted(w, move, i, j), m = p->initiatives, h = w->dispute[ij];
    double *x = w->cooperation[domain_of[move]], left;
    if (k == 0)
        return;
    switch (move) {
    case ARM:
        w->military[i] *= pow(1 + p->arming / m, k);
        break;
    case ENGAGE:
        set_both(w, w->dispute, i, j, h * pow(1 - p->conciliation / m, k));
        break;
    case ACCOMMODATE:
        left = pow(1 - fmin(1, p->accommodate_political * p->eta / m), k);
        set_both(w, w->dispute, i, j, h * pow(1 - p->conciliation / m, k));
        set_both(w, x, i, j, 1 - (1 - x[ij]) * left);
        break;
    case COERCE:
        left = pow(1 - p->coercion / m, k);
        w->sanctions[ij] = 1 - (1 - w->sanctions[ij]) * left;
        set_both(w, w->dispute, i, j, 1 - (1 - h) * left);
        break;
    default:
        set_both(w, x, i, j, 1 - (1 - x[ij]) * exp(-k * p->eta / m));
    }
}

static void relax_dyad(struct world *w, int i, int j)
{
    const struct parameters *p = w->p;
    const int ij = i * w->n + j, ji = j * w->n + i;
    const double ceiling = pow(1 - sanctioned(w, i, j), p->sanctions_power), h = w->dispute[ij];
    for (int d = 0; d < DOMAINS; d++) {
        const double x = w->cooperation[d][ij];
        const double y = x + p->rho * (w->structure->baseline[d][ij] * (1 - h) - x);
        set_both(w, w->cooperation[d], i, j, y - p->sanctions_pull * larger(y - ceiling, 0));
    }
    set_both(w, w->dispute, i, j, h + p->rho_dispute * (w->month.dispute[ij] - h));
    w->sanctions[ij] += p->rho_dispute * (w->month.sanctions[ij] - w->sanctions[ij]);
    w->sanctions[ji] += p->rho_dispute * (w->month.sanctions[ji] - w->sanctions[ji]);
}

static void relax_military(struct world *w, int i)
{
    const struct state *state = &w->scenario->states[i];
    double *m = &w->military[i], war = 0;
    for (int j = 0; j < w->n; j++)
        war = larger(war, w->month.war[i * w->n + j]);
    *m += (state->milex / state->gdp * w->economy[i] - w->p->depreciation * *m) / 12;
    *m *= 1 - w->p->attrition * war;
}

static void step(struct world *w, const struct stream *stream)
{
    const int n = w->n;
    begin_month(w);
    perceive_power(w);
    perceive_threat(w);
    perceive_insecurity(w);
    perceive_alternatives(w);
    perceive_leverage(w);
    memset(w->accepted, 0, MOVES * sizeof(double) * (size_t)(n * n));
    for (int i = 0; i < n; i++)
        for (int channel = 0; channel < MENUS; channel++)
            choose(w, stream, channel, i);
    for (enum move move = 0; move < MOVES; move++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                follow(w, move, i, j);
    for (int i = 0; i < n; i++) {
        relax_military(w, i);
        for (int j = 0; j < i; j++)
            relax_dyad(w, i, j);
    }
    w->tick++;
}

static void reset(struct world *w)
{
    const size_t bytes = sizeof(double) * (size_t)(w->n * w->n);
    w->tick = 0;
    for (int i = 0; i < w->n; i++) {
        w->economy[i] = w->scenario->states[i].gdp;
        w->military[i] = w->scenario->states[i].milex / w->p->depreciation;
    }
    for (int d = 0; d < DOMAINS; d++)
        memcpy(w->cooperation[d], w->structure->baseline[d], bytes);
    memcpy(w->dispute, structure_month(w->structure, 0).dispute, bytes);
    memcpy(w->sanctions, structure_month(w->structure, 0).sanctions, bytes);
}

/* Room for all arrays, kept to the end of the program; -1 without it, or for another schedule. */
static int prepare(struct world *w)
{
    const size_t square = (size_t)(w->n * w->n);
    double **arrays[] = {&w->dispute,        &w->sanctions,      &w->mean_cooperation,
                         &w->threat_from,    &w->common_threat,  &w->grip,
                         &w->market,         &w->leverage,       &w->reach,
                         &w->cooperation[0], &w->cooperation[1], &w->cooperation[2],
                         &w->cooperation[3]};
    bool failed = w->rule.expected || w->rule.serial || !w->rule.channels;
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        failed |= (*arrays[k] = calloc(square, sizeof(double))) == NULL;
    w->accepted = calloc(MOVES * square, sizeof(double));
    w->uniforms = calloc(2 * (size_t)w->p->initiatives, sizeof *w->uniforms);
    w->options = calloc(1 + 4 * (size_t)w->n, sizeof *w->options);
    return failed || w->accepted == NULL || w->uniforms == NULL || w->options == NULL ? -1 : 0;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run(struct world *w, int replicates)
{
    const int ticks = w->scenario->general.spinup + scenario_months(w->scenario);
    const int pair = w->scenario->focus[0].i * w->n + w->scenario->focus[0].j;
    double seconds = 0, *const *x = w->cooperation;
    printf("{\"replicates\": %d, \"states\": %d, \"ticks\": %d, \"cooperation\": [", replicates,
           w->n, ticks);
    for (int r = 0; r < replicates; r++) {
        const struct stream stream = stream_make(SEED, 0, (uint32_t)r);
        const double start = seconds_now();
        reset(w);
        while (w->tick < ticks)
            step(w, &stream);
        seconds += seconds_now() - start;
        printf("%s%.17g", r > 0 ? ", " : "",
               (x[0][pair] + x[1][pair] + x[2][pair] + x[3][pair]) / 4);
    }
    printf("], \"seconds\": %.6f}\n", seconds);
}

int main(int argc, char **argv)
{
    struct diag diag = {0};
    struct scenario *sc = NULL;
    struct structure structure;
    const int replicates = argc > 2 ? atoi(argv[2]) : 0;
    if (replicates < 1 ||
        scenario_load(&sc, argv[1], (const char *const *)argv + 3, argc - 3, &diag) != 0 ||
        structure_init(&structure, sc, NULL) != 0) {
        fputs(diag.text.s ? diag.text.s : "naive SCENARIO REPLICATES [PATH=VALUE...]\n", stderr);
        return 1;
    }
    struct world w = {sc, &structure, rule_make(sc), &sc->parameters, .n = sc->n_states};
    if (sc->n_focus < 1 || prepare(&w) != 0) {
        fputs("naive: no focus, no memory, or moves not drawn, concurrent, by channels\n", stderr);
        return 1;
    }
    run(&w, replicates);
    return 0;
}
