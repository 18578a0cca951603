#include <math.h>

#include "base/date.h"
#include "cli/tale.h"

static const char *const roles[] = {
    [PART_ROOM] = "room", [PART_GAIN] = "gain", [PART_COST] = "cost"};

static void tell_perceived(struct tale *tale, const struct decision *d)
{
    struct json *j = &tale->json;
    json_begin(j, "perceived", '{');
    json_number(j, "capability", d->capability);
    json_number(j, "power", d->power);
    json_number(j, "threat", d->threat);
    json_number(j, "resistance", d->resistance);
    json_number(j, "insecurity", d->insecurity);
    json_number(j, "partners", d->partners);
    json_number(j, "market_access", d->access);
    json_number(j, "polarisation", d->polarisation);
    json_number(j, "heat", d->heat);
    json_begin(j, "others", '[');
    for (int k = 0; k < tale->scenario->n_states; k++) {
        if (k == d->actor)
            continue;
        json_begin(j, NULL, '{');
        json_text(j, "state", tale_code(tale, k));
        json_number(j, "threat", d->threat_from[k]);
        json_number(j, "common_threat", d->common_threat[k]);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

/* What a part is; the caller adds its value and ends it. */
static void begin_part(struct json *j, const struct account *a, const struct part *part)
{
    json_begin(j, NULL, '{');
    json_text(j, "name", part->kind->name);
    json_text(j, "role", roles[part->kind->role]);
    json_text(j, "side", part->other ? "partner" : part->kind->others != NULL ? "own" : "both");
    if (part->kind->role == PART_COST)
        json_number(j, "weight", account_weight(a, part));
}

static void tell_parts(struct json *j, const struct account *a)
{
    json_begin(j, "terms", '[');
    for (int k = 0; k < a->n; k++) {
        begin_part(j, a, &a->parts[k]);
        json_number(j, "value", a->parts[k].value);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void tell_minding(struct tale *tale, const char *name, const struct minding *m)
{
    struct json *j = &tale->json;
    json_begin(j, name, '[');
    for (int q = 0; q < TRACE_MINDING && m[q].cost > 0; q++) {
        json_begin(j, NULL, '{');
        json_text(j, "state", tale_code(tale, m[q].actor));
        json_number(j, "cost", m[q].cost);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void tell_option(struct tale *tale, const struct consideration *c)
{
    struct json *j = &tale->json;
    const struct move_kind *kind = &move_kinds[c->move];
    json_begin(j, NULL, '{');
    json_text(j, "channel", channel_names[kind->channel]);
    json_text(j, "move", kind->name);
    json_text(j, "target", tale_code(tale, c->target));
    json_number(j, "utility", c->utility);
    json_number(j, "chance", c->chance);
    json_number(j, "consent", kind->consent == CONSENT_NONE ? (double)NAN : c->consent);
    json_number(j, "made", c->made);
    json_number(j, "got", c->got);
    json_number(j, "asked", c->asked);
    json_number(j, "gave", c->gave);
    json_number(j, "side_payments", c->account.theta);
    tell_parts(j, &c->account);
    tell_minding(tale, "minds_own", c->minding[0]);
    tell_minding(tale, "minds_partner", c->minding[1]);
    json_end(j, '}');
}

void json_decision(struct tale *tale, const struct decision *d, const char *world, bool all)
{
    struct json *j = &tale->json;
    char month[16];
    date_print_month(d->month, month);
    json_begin(j, NULL, '{');
    json_text(j, "month", month);
    json_text(j, "actor", tale_code(tale, d->actor));
    json_text(j, "world", world);
    tell_perceived(tale, d);
    json_begin(j, "menus", '[');
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++) {
        json_begin(j, NULL, '{');
        json_text(j, "channel", tale_menu(tale, m));
        json_number(j, "draws", d->draws[m]);
        json_number(j, "hold_chance", d->hold_chance[m]);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_begin(j, "options", '[');
    for (int k = 0; k < d->n_options; k++)
        if (all || trace_matters(&d->options[k]))
            tell_option(tale, &d->options[k]);
    json_end(j, ']');
    json_end(j, '}');
}

/* ---- why ------------------------------------------------------------------------------------ */

static void tell_both(struct json *j, const char *name, double before, double after)
{
    json_begin(j, name, '[');
    json_number(j, NULL, before);
    json_number(j, NULL, after);
    json_end(j, ']');
}

/* Two accounts of the same move, and what each term made of their difference. */
static void tell_accounts(struct json *j, const char *const names[2], const struct account *before,
                          const struct account *after)
{
    double contribution[ACCOUNT_PARTS];
    account_difference(before, after, contribution);
    tell_both(j, names[0], account_utility(before), account_utility(after));
    json_begin(j, names[1], '[');
    for (int k = 0; k < after->n; k++) {
        begin_part(j, after, &after->parts[k]);
        json_number(j, "before", before->parts[k].value);
        json_number(j, "after", after->parts[k].value);
        json_number(j, "contribution", contribution[k]);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void tell_move(struct tale *tale, const struct change *change, int side, int m)
{
    struct json *j = &tale->json;
    const struct consideration *a = &change->before->toward[side][m];
    const struct consideration *b = &change->after->toward[side][m];
    const struct account answer[2] = {account_answer(&a->account), account_answer(&b->account)};
    json_begin(j, NULL, '{');
    json_text(j, "actor", tale_code(tale, side == 0 ? change->dyad.i : change->dyad.j));
    json_text(j, "target", tale_code(tale, side == 0 ? change->dyad.j : change->dyad.i));
    json_text(j, "move", move_kinds[a->move].name);
    json_text(j, "domain", domain_names[move_kinds[a->move].domain]);
    json_number(j, "side_payments", b->account.theta);
    tell_accounts(j, (const char *const[]){"utility", "terms"}, &a->account, &b->account);
    tell_both(j, "proposals", stance_proposals(change->before, side, m),
              stance_proposals(change->after, side, m));
    json_number(j, "proposals_others_as_before", stance_alone(change->before, side, m, b->utility));
    tell_accounts(j, (const char *const[]){"balance", "balance_terms"}, &answer[0], &answer[1]);
    tell_both(j, "consent", change->before->toward[1 - side][m].consent,
              change->after->toward[1 - side][m].consent);
    json_end(j, '}');
}

void json_why(struct tale *tale, const struct change *change)
{
    struct json *j = &tale->json;
    json_begin(j, NULL, '{');
    json_text(j, "before", change->then);
    json_text(j, "after", change->now);
    json_begin(j, "utilities", '[');
    for (int side = 0; side < 2; side++)
        for (int m = 0; m < STANCE_MOVES; m++)
            tell_move(tale, change, side, m);
    json_end(j, ']');
    json_end(j, '}');
}
