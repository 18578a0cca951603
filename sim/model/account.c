#include "model/account.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* ---- parts ---------------------------------------------------------------------------------- */

static double room(const struct perception *p, enum domain d, int i, int j)
{
    return 1 - p->world->cooperation[d][i * p->n + j];
}

static double insecurity(const struct perception *p, enum domain d, int i, int j)
{
    (void)d, (void)j;
    return p->insecurity[i];
}

static double heat(const struct perception *p, enum domain d, int i, int j)
{
    (void)d, (void)i, (void)j;
    return *p->heat;
}

static double common_threat(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return p->common_threat[i * p->n + j];
}

static double need(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return perceived_grip(p, i, j);
}

static double nearness(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return p->world->structure->root_proximity[i * p->n + j];
}

static double market(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    double z = perceived_market(p, i, j);
    return z / (z + p->rule->p.market_half);
}

static double mandate(const struct perception *p, enum domain d, int i, int j)
{
    (void)i;
    return p->rule->p.cost_mandate * p->world->month.mandate[d][j];
}

static double third_parties(const struct perception *p, enum domain d, int i, int j)
{
    const double *third = d == ECONOMIC ? p->reach : p->leverage;
    return p->rule->leverage[d] * third[i * p->n + j];
}

static double quarrel(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return p->rule->p.cost_dispute * p->world->dispute[i * p->n + j];
}

static double dispute(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return p->world->dispute[i * p->n + j];
}

static double threat_share(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return p->threat[i] > 0 ? p->threat_from[i * p->n + j] / p->threat[i] : 0;
}

static double weakness(const struct perception *p, enum domain d, int i, int j)
{
    (void)d, (void)j;
    return p->threat[i] / (p->threat[i] + p->resistance[i]);
}

static double strength(const struct perception *p, enum domain d, int i, int j)
{
    (void)d;
    return p->capability[i] / (p->capability[i] + p->capability[j]);
}

static double trade_at_stake(const struct perception *p, enum domain d, int i, int j)
{
    return p->rule->p.coerce_trade * p->world->cooperation[d][i * p->n + j];
}

/* Parameters that are parts by themselves. */
#define CONSTANT(field)                                                                            \
    static double field(const struct perception *p, enum domain d, int i, int j)                   \
    {                                                                                              \
        (void)d, (void)i, (void)j;                                                                 \
        return p->rule->p.field;                                                                   \
    }
CONSTANT(benefit_political)
CONSTANT(benefit_economic)
CONSTANT(cost_fixed)
CONSTANT(arm_gain)
CONSTANT(arm_cost)
CONSTANT(engage_gain)
CONSTANT(engage_cost)
CONSTANT(accommodate_gain)
CONSTANT(accommodate_cost)
CONSTANT(coerce_gain)
CONSTANT(coerce_cost)

/* ---- what each move is made of -------------------------------------------------------------- */

/* clang-format off */
#define ROOM {"room", "left to gain", NULL, PART_ROOM, room}
#define WORTH(gain) {"worth", "worth", NULL, PART_GAIN, gain}
#define INSECURITY {"insecurity", "own insecurity", "partner's insecurity", PART_GAIN, insecurity}
#define HEAT {"heat", "weight of polarisation", NULL, PART_GAIN, heat}
#define COMMON {"common_threat", "common threat", NULL, PART_GAIN, common_threat}
#define NEED {"need", "own need of partner", "partner's need of oneself", PART_GAIN, need}
#define MANDATE {"mandate", "UN measures on partner", "UN measures on oneself", PART_COST, mandate}
#define FRIENDS {"friends", "own friends who mind", "partner's friends who mind", PART_COST, third_parties}
#define SECONDARY {"secondary", "secondary sanctions on oneself", "secondary sanctions on partner", PART_COST, third_parties}
#define QUARREL {"dispute", "dispute with partner", NULL, PART_COST, quarrel}
#define FIXED {"fixed", "cost of any deal", NULL, PART_COST, cost_fixed}
#define SHARE_OF_THREAT {"threat_share", "share of all threat", NULL, PART_GAIN, threat_share}
#define PRICE(cost) {"fixed", "price of the move", NULL, PART_COST, cost}

static const struct part_kind align_parts[] = {
    ROOM, INSECURITY, HEAT, COMMON, NEED, {"nearness", "nearness", NULL, PART_GAIN, nearness},
    MANDATE, FRIENDS, QUARREL, FIXED, {0}};
static const struct part_kind dialogue_parts[] = {
    ROOM, WORTH(benefit_political), INSECURITY, HEAT, COMMON, NEED,
    MANDATE, FRIENDS, QUARREL, FIXED, {0}};
static const struct part_kind trade_parts[] = {
    ROOM, WORTH(benefit_economic), {"market", "partner's market", "own market, to partner", PART_GAIN, market},
    MANDATE, SECONDARY, QUARREL, FIXED, {0}};
static const struct part_kind arm_parts[] = {
    WORTH(arm_gain), {"insecurity", "own insecurity", NULL, PART_GAIN, insecurity}, PRICE(arm_cost), {0}};
static const struct part_kind engage_parts[] = {
    WORTH(engage_gain), SHARE_OF_THREAT, {"dispute", "dispute", NULL, PART_GAIN, dispute},
    PRICE(engage_cost), {0}};
static const struct part_kind accommodate_parts[] = {
    WORTH(accommodate_gain), SHARE_OF_THREAT,
    {"weakness", "weakness against all threat", NULL, PART_GAIN, weakness}, PRICE(accommodate_cost), {0}};
static const struct part_kind coerce_parts[] = {
    WORTH(coerce_gain), {"dispute", "dispute", NULL, PART_GAIN, dispute},
    {"strength", "relative strength", NULL, PART_GAIN, strength},
    {"trade", "trade at stake", NULL, PART_COST, trade_at_stake}, PRICE(coerce_cost), {0}};
/* clang-format on */

static const struct part_kind *const parts_of[MOVES] = {
    [MOVE_ARM] = arm_parts,
    [MOVE_ALIGN] = align_parts,
    [MOVE_CONSULT] = dialogue_parts,
    [MOVE_COORDINATE] = dialogue_parts,
    [MOVE_TRADE] = trade_parts,
    [MOVE_ENGAGE] = engage_parts,
    [MOVE_ACCOMMODATE] = accommodate_parts,
    [MOVE_COERCE] = coerce_parts,
};

struct account account_make(const struct perception *p, enum move move, int i, int j)
{
    enum domain d = move_kinds[move].domain;
    struct account a = {.theta = 0};
    for (const struct part_kind *k = parts_of[move]; k->name != NULL; k++) {
        assert(a.n + 2 <= ACCOUNT_PARTS);
        a.parts[a.n++] = (struct part){k, false, k->value(p, d, i, j)};
        if (k->others != NULL && p->rule->theta > 0) {
            a.theta = p->rule->theta;
            a.parts[a.n++] = (struct part){k, true, k->value(p, d, j, i)};
        }
    }
    return a;
}

/* ---- sums and differences ------------------------------------------------------------------- */

/* Room times gains, with the parts of `after` where the bit is set and those of `before` elsewhere.
 */
static double gain_between(const struct account *before, const struct account *after, unsigned mask)
{
    double room_left = 1, own = 1, other = 1;
    for (int k = 0; k < before->n; k++) {
        const struct part *part = (mask >> k) & 1 ? &after->parts[k] : &before->parts[k];
        if (part->kind->role == PART_ROOM)
            room_left *= part->value;
        else if (part->kind->role == PART_GAIN) {
            own *= part->other ? 1 : part->value;
            other *= part->other || part->kind->others == NULL ? part->value : 1;
        }
    }
    return room_left * ((1 - before->theta) * own + before->theta * other);
}

double account_weight(const struct account *a, const struct part *part)
{
    return part->kind->others == NULL ? 1 : part->other ? a->theta : 1 - a->theta;
}

double account_cost(const struct account *a, int k)
{
    const struct part *part = &a->parts[k];
    return part->kind->role == PART_COST ? account_weight(a, part) * part->value : 0;
}

double account_utility(const struct account *a)
{
    double utility = gain_between(a, a, 0);
    for (int k = 0; k < a->n; k++)
        utility -= account_cost(a, k);
    return utility;
}

struct account account_answer(const struct account *a)
{
    struct account answer = *a;
    for (int k = 0; k < answer.n; k++)
        if (answer.parts[k].kind->role == PART_ROOM)
            answer.parts[k].value = 1;
    return answer;
}

bool part_is_third_parties(const struct part *part)
{
    return part->kind->value == third_parties;
}

int account_find(const struct account *a, const struct part *like)
{
    for (int k = 0; k < a->n; k++)
        if (a->parts[k].other == like->other &&
            strcmp(a->parts[k].kind->name, like->kind->name) == 0)
            return k;
    return -1;
}

const char *part_words(const struct part *part)
{
    return part->other ? part->kind->others : part->kind->words;
}

/* The parts that multiply and are not the same in both, as bits. */
static unsigned differing(const struct account *before, const struct account *after)
{
    unsigned mask = 0;
    for (int k = 0; k < before->n; k++)
        if (before->parts[k].kind->role != PART_COST &&
            before->parts[k].value != after->parts[k].value)
            mask |= 1u << k;
    return mask;
}

void account_difference(const struct account *before, const struct account *after,
                        double *contribution)
{
    const unsigned all = differing(before, after);
    const int m = __builtin_popcount(all);
    double weight[ACCOUNT_PARTS + 1]; /* s! (m − s − 1)! / m! of a coalition of s */
    for (int s = 0; s < m; s++) {
        weight[s] = 1.0 / m;
        for (int q = 1; q <= s; q++)
            weight[s] *= (double)q / (m - q);
    }
    for (int k = 0; k < before->n; k++) {
        contribution[k] = account_cost(before, k) - account_cost(after, k);
        if (!((all >> k) & 1))
            continue;
        unsigned others = all & ~(1u << k), with = others;
        for (bool more = true; more; with = (with - 1) & others) {
            contribution[k] +=
                weight[__builtin_popcount(with)] *
                (gain_between(before, after, with | 1u << k) - gain_between(before, after, with));
            more = with != 0;
        }
    }
}

double account_friend(const struct perception *p, enum domain d, struct pair dyad, int k,
                      bool other)
{
    const struct world *w = p->world;
    const int i = other ? dyad.j : dyad.i, j = other ? dyad.i : dyad.j, n = p->n, kj = k * n + j;
    const double theta = p->rule->theta,
                 weight = p->rule->leverage[d] * (other ? theta : 1 - theta);
    double others = 1 - p->capability[i] - p->capability[j];
    double stake = perceived_stake(p, i, k);
    double opposed =
        d == ECONOMIC ? w->month.reach[kj] * w->sanctions[kj] : perceived_opposition(w, k, j);
    return others < 1e-9 || i == j ? 0 : weight * stake * opposed / others;
}
