#include <math.h>

#include "base/date.h"
#include "cli/tale.h"

static const char *const roles[] = {
    [PART_ROOM] = "room", [PART_GAIN] = "gain", [PART_COST] = "cost"};

static const char *code(const struct tale *tale, int state)
{
    return tale->scenario->states[state].iso3;
}

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
    json_begin(j, "others", '[');
    for (int k = 0; k < tale->scenario->n_states; k++) {
        if (k == d->actor)
            continue;
        json_begin(j, NULL, '{');
        json_text(j, "state", code(tale, k));
        json_number(j, "threat", d->threat_from[k]);
        json_number(j, "common_threat", d->common_threat[k]);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

static void tell_parts(struct json *j, const struct account *a)
{
    json_begin(j, "terms", '[');
    for (int k = 0; k < a->n; k++) {
        const struct part *part = &a->parts[k];
        json_begin(j, NULL, '{');
        json_text(j, "name", part->kind->name);
        json_text(j, "role", roles[part->kind->role]);
        json_text(j, "side", part->other ? "partner" : "own");
        json_number(j, "value", part->value);
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
    json_text(j, "target", code(tale, c->target));
    json_number(j, "utility", c->utility);
    json_number(j, "chance", c->chance);
    json_number(j, "consent", kind->consent == CONSENT_NONE ? (double)NAN : c->consent);
    json_number(j, "made", c->chosen);
    json_number(j, "got", c->accepted);
    json_number(j, "theirs", c->proposed);
    json_number(j, "given", c->conceded);
    json_number(j, "side_payments", c->account.theta);
    tell_parts(j, &c->account);
    json_begin(j, "minds", '[');
    for (int q = 0; q < TRACE_MINDING && c->minding[q].cost > 0; q++) {
        json_begin(j, NULL, '{');
        json_text(j, "state", code(tale, c->minding[q].actor));
        json_number(j, "cost", c->minding[q].cost);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

void json_decision(struct tale *tale, const struct decision *d, const char *world, bool all)
{
    struct json *j = &tale->json;
    char month[16];
    date_print_month(d->month, month);
    json_begin(j, NULL, '{');
    json_text(j, "month", month);
    json_text(j, "actor", code(tale, d->actor));
    json_text(j, "world", world);
    tell_perceived(tale, d);
    json_begin(j, "menus", '[');
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++) {
        json_begin(j, NULL, '{');
        json_text(j, "channel", tale->scenario->terms[TERM_CHANNELS] ? channel_names[m] : "all");
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

static void tell_change(struct json *j, const struct consideration *before,
                        const struct consideration *after)
{
    double contribution[ACCOUNT_PARTS];
    account_difference(&before->account, &after->account, contribution);
    json_begin(j, "terms", '[');
    for (int k = 0; k < after->account.n; k++) {
        const struct part *part = &after->account.parts[k];
        json_begin(j, NULL, '{');
        json_text(j, "name", part->kind->name);
        json_text(j, "role", roles[part->kind->role]);
        json_text(j, "side", part->other ? "partner" : "own");
        json_number(j, "before", before->account.parts[k].value);
        json_number(j, "after", part->value);
        json_number(j, "contribution", contribution[k]);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void tell_before_after(struct json *j, const char *name, double before, double after)
{
    json_begin(j, name, '[');
    json_number(j, NULL, before);
    json_number(j, NULL, after);
    json_end(j, ']');
}

void json_why(struct tale *tale, struct pair dyad, const struct stance *before,
              const struct stance *after)
{
    struct json *j = &tale->json;
    json_begin(j, NULL, '{');
    json_text(j, "before", before->label);
    json_text(j, "after", after->label);
    json_begin(j, "utilities", '[');
    for (int side = 0; side < 2; side++)
        for (int m = 0; m < DEEPENING; m++) {
            const struct consideration *a = &before->toward[side][m], *b = &after->toward[side][m];
            json_begin(j, NULL, '{');
            json_text(j, "actor", code(tale, side == 0 ? dyad.i : dyad.j));
            json_text(j, "target", code(tale, side == 0 ? dyad.j : dyad.i));
            json_text(j, "move", move_kinds[a->move].name);
            json_text(j, "domain", domain_names[move_kinds[a->move].domain]);
            tell_before_after(j, "utility", a->utility, b->utility);
            tell_change(j, a, b);
            tell_before_after(j, "proposals", before->draws * a->chance, after->draws * b->chance);
            json_number(j, "proposals_had_other_options_stayed",
                        stance_alone(tale, before, a, b->utility));
            tell_before_after(j, "consent", a->consent, b->consent);
            json_end(j, '}');
        }
    json_end(j, ']');
    json_end(j, '}');
}
