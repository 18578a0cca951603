#include <math.h>
#include <stddef.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/tale.h"
#include "cli/wrap.h"

enum { SHOWN_OPTIONS = 6, SHOWN_STATES = 5 };

/* A count, or an expectation with its decimals. */
static const char *count(double k, char out[16])
{
    snprintf(out, 16, k == (double)(long)k ? "%.0f" : "%.2f", k);
    return out;
}

/* Draws of a menu that did nothing; of expected ones rounding may leave less. */
static double held(const struct decision *d, int menu)
{
    double draws = d->draws[menu];
    for (int k = 0; k < d->n_options; k++)
        draws -= d->options[k].menu == menu ? d->options[k].made : 0;
    return draws < 1e-9 ? 0 : draws;
}

/* ---- what it did ---------------------------------------------------------------------------- */

static void tell_deeds(const struct tale *tale, const struct decision *d, const char *head)
{
    struct wrap w = wrap_open(head);
    double idle = 0;
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++)
        idle += held(d, m);
    for (int k = 0; k < d->n_options; k++) {
        const struct consideration *c = &d->options[k];
        const struct move_kind *kind = &move_kinds[c->move];
        char made[16], got[16];
        if (c->made < TRACE_DONE)
            continue;
        if (kind->toward_self)
            wrap_add(&w, "%s %s", kind->name, count(c->made, made));
        else if (kind->consent == CONSENT_NONE)
            wrap_add(&w, "%s %s %s", kind->name, tale_code(tale, c->target), count(c->made, made));
        else
            wrap_add(&w, "%s %s %s/%s", kind->name, tale_code(tale, c->target), count(c->got, got),
                     count(c->made, made));
    }
    char text[16];
    wrap_add(&w, "held %s", count(idle, text));
    wrap_close(&w);
}

/* What it accepted of others' proposals, or what others did to it unasked. */
static void tell_others(const struct tale *tale, const struct decision *d, bool unasked,
                        const char *head)
{
    struct wrap w = {0};
    for (int k = 0; k < d->n_options; k++) {
        const struct consideration *c = &d->options[k];
        char asked[16], gave[16];
        if (c->gave < TRACE_DONE || unasked != (move_kinds[c->move].consent == CONSENT_NONE))
            continue;
        if (!w.follows)
            w = wrap_open(head);
        if (unasked)
            wrap_add(&w, "%s by %s %s", move_kinds[c->move].name, tale_code(tale, c->target),
                     count(c->asked, asked));
        else
            wrap_add(&w, "%s %s %s/%s", move_kinds[c->move].name, tale_code(tale, c->target),
                     count(c->gave, gave), count(c->asked, asked));
    }
    if (w.follows)
        wrap_close(&w);
}

/* Three lines: what it did, gave and met with; their heads are alike in width. */
static void tell_month(const struct tale *tale, const struct decision *d,
                       const char *const heads[3])
{
    tell_deeds(tale, d, heads[0]);
    tell_others(tale, d, false, heads[1]);
    tell_others(tale, d, true, heads[2]);
}

static bool same_deeds(const struct decision *a, const struct decision *b)
{
    for (int k = 0; k < a->n_options; k++) {
        const struct consideration *x = &a->options[k], *y = &b->options[k];
        bool others = x->gave > 0 || y->gave > 0;
        if (x->made != y->made || x->got != y->got ||
            (others && (x->asked != y->asked || x->gave != y->gave)))
            return false;
    }
    return true;
}

#define GAVE "          gave   "
#define MET "          met    "

void words_chronicle(const struct tale *tale, const struct decision *d,
                     const struct decision *other)
{
    char month[16], head[64];
    date_print_month(d->month, month);
    snprintf(head, sizeof head, "%s %-8s ", month, tale_code(tale, d->actor));
    tell_month(tale, d, (const char *const[]){head, GAVE, MET});
    if (other == NULL)
        return;
    if (same_deeds(d, other)) {
        printf("        without  the same\n");
        return;
    }
    tell_month(tale, other, (const char *const[]){"        without  ", GAVE, MET});
}

/* ---- what it perceived ---------------------------------------------------------------------- */

static const struct {
    const char *words;
    size_t offset;
    double unit;
    const char *format;
} quantities[] = {
    {"insecurity, ln(1 + threat/resistance)", offsetof(struct decision, insecurity), 1, "%.3f"},
    {"threat from all others", offsetof(struct decision, threat), 1, "%.4f"},
    {"resistance, with friends' help", offsetof(struct decision, resistance), 1, "%.4f"},
    {"own power", offsetof(struct decision, power), 1, "%.4f"},
    {"share of capability", offsetof(struct decision, capability), 100, "%.2f %%"},
    {"others' capability open to it", offsetof(struct decision, partners), 100, "%.0f %%"},
    {"markets open to it", offsetof(struct decision, access), 100, "%.0f %%"},
    {"polarisation of the system", offsetof(struct decision, polarisation), 1, "%.3f"},
};

static void print_quantity(const struct decision *d, int k)
{
    char text[32];
    double value = *(const double *)(const void *)((const char *)d + quantities[k].offset);
    snprintf(text, sizeof text, quantities[k].format, quantities[k].unit * value);
    printf(" %12s", text);
}

/* States by a quantity, the largest first. */
static void tell_ranking(const struct tale *tale, const struct decision *d, const double *v,
                         double all, const char *head)
{
    struct wrap w = wrap_open(head);
    bool told[SCENARIO_STATES_MAX] = {false};
    for (int rank = 0; rank < SHOWN_STATES; rank++) {
        int best = -1;
        for (int j = 0; j < tale->scenario->n_states; j++)
            if (!told[j] && j != d->actor && v[j] > 0 && (best < 0 || v[j] > v[best]))
                best = j;
        if (best < 0)
            break;
        told[best] = true;
        if (all > 0)
            wrap_add(&w, "%s %.0f %%", scenario_label(tale->scenario, best), 100 * v[best] / all);
        else
            wrap_add(&w, "%s %.2f", scenario_label(tale->scenario, best), v[best]);
    }
    wrap_close(&w);
}

static void tell_perception(const struct tale *tale, const struct decision *d,
                            const struct decision *other)
{
    printf("\n  What it perceived%s\n",
           other ? "                             with      without" : "");
    for (size_t k = 0; k < sizeof quantities / sizeof *quantities; k++) {
        printf("    %-38s", quantities[k].words);
        print_quantity(d, (int)k);
        if (other != NULL)
            print_quantity(other, (int)k);
        printf("\n");
    }
    tell_ranking(tale, d, d->threat_from, d->threat, "    share of threat     ");
    if (other != NULL)
        tell_ranking(tale, other, other->threat_from, other->threat, "      without           ");
    tell_ranking(tale, d, d->common_threat, 0, "    shares threats with ");
    if (other != NULL)
        tell_ranking(tale, other, other->common_threat, 0, "      without           ");
}

/* ---- what it weighed ------------------------------------------------------------------------ */

/* Whose displeasure a move would meet, as far as it costs anything that shows. */
static void tell_minding(const struct tale *tale, const struct consideration *c)
{
    for (int k = 0; k < c->account.n; k++) {
        const struct part *part = &c->account.parts[k];
        const struct minding *m = c->minding[part->other];
        if (!part_is_third_parties(part) || m[0].cost < TALE_SHOWS)
            continue;
        char head[64];
        snprintf(head, sizeof head, "      %s: ", part_words(part));
        struct wrap w = wrap_open(head);
        for (int q = 0; q < TRACE_MINDING && m[q].cost >= TALE_SHOWS; q++)
            wrap_add(&w, "%s %.3f", scenario_label(tale->scenario, m[q].actor), m[q].cost);
        wrap_close(&w);
    }
}

/* Factors of the gain as they are; costs as they weigh. */
static void tell_account(const struct tale *tale, const struct consideration *c)
{
    const struct account *a = &c->account;
    char head[32];
    double cost = 0;
    for (int k = 0; k < a->n; k++)
        cost += account_cost(a, k);
    snprintf(head, sizeof head, "      gain %.3f: ", c->utility + cost);
    struct wrap w = wrap_open(head);
    for (int k = 0; k < a->n; k++)
        if (a->parts[k].kind->role != PART_COST)
            wrap_add(&w, "%s %.3g", part_words(&a->parts[k]), a->parts[k].value);
    wrap_close(&w);
    snprintf(head, sizeof head, "      cost %.3f: ", cost);
    w = wrap_open(head);
    for (int k = 0; k < a->n; k++)
        if (a->parts[k].kind->role == PART_COST && account_cost(a, k) >= TALE_SHOWS)
            wrap_add(&w, "%s %.3f", part_words(&a->parts[k]), account_cost(a, k));
    wrap_close(&w);
    tell_minding(tale, c);
}

static void tell_difference(const struct consideration *without, const struct consideration *with)
{
    double contribution[ACCOUNT_PARTS];
    account_difference(&without->account, &with->account, contribution);
    struct wrap w = wrap_open("      with less without: ");
    wrap_add(&w, "%+.3f", with->utility - without->utility);
    for (int k = 0; k < with->account.n; k++)
        if (fabs(contribution[k]) >= TALE_SHOWS)
            wrap_add(&w, "%s %+.3f", part_words(&with->account.parts[k]), contribution[k]);
    wrap_close(&w);
}

static void tell_numbers(const struct consideration *c, const char *head)
{
    char made[16], got[16], asked[16], gave[16], consent[16] = "-";
    bool mutual = move_kinds[c->move].consent != CONSENT_NONE;
    bool self = move_kinds[c->move].toward_self;
    if (mutual)
        snprintf(consent, sizeof consent, "%.0f %%", 100 * c->consent);
    printf("%-27s %7.3f %6.1f %% %7s %6s %6s %6s %6s\n", head, c->utility, 100 * c->chance, consent,
           count(c->made, made), mutual ? count(c->got, got) : "-",
           self ? "-" : count(c->asked, asked), mutual ? count(c->gave, gave) : "-");
}

static void tell_option(const struct tale *tale, const struct consideration *c,
                        const struct decision *other)
{
    char head[64];
    bool self = move_kinds[c->move].toward_self;
    snprintf(head, sizeof head, "    %s %s", move_kinds[c->move].name,
             self ? "" : tale_code(tale, c->target));
    tell_numbers(c, head);
    const struct consideration *without =
        other == NULL ? NULL : trace_find(other, c->move, c->target);
    if (without != NULL)
        tell_numbers(without, "      without");
    tell_account(tale, c);
    if (without != NULL)
        tell_difference(without, c);
}

/* The likeliest option of a menu among those not told yet that matter, or NULL. */
static const struct consideration *next_option(const struct decision *d, int menu, const bool *told)
{
    const struct consideration *best = NULL;
    for (int k = 0; k < d->n_options; k++) {
        const struct consideration *c = &d->options[k];
        if (c->menu == menu && !told[k] && trace_matters(c) &&
            (best == NULL || c->chance > best->chance))
            best = c;
    }
    return best;
}

/* The likeliest options, and all that were done. */
static void tell_menu(const struct tale *tale, const struct decision *d,
                      const struct decision *other, int menu)
{
    bool told[MOVES * SCENARIO_STATES_MAX] = {false};
    double rest = 1 - d->hold_chance[menu];
    char text[16];
    printf("\n  %s: of %.0f draws %s held (chance %.1f %% each)\n", tale_menu(tale, menu),
           d->draws[menu], count(held(d, menu), text), 100 * d->hold_chance[menu]);
    printf("  %25s %7s %8s %7s %6s %6s %6s %6s\n", "", "utility", "chance", "consent", "made",
           "got", "asked", "gave");
    const struct consideration *c;
    for (int shown = 0; (c = next_option(d, menu, told)) != NULL;) {
        told[c - d->options] = true;
        if (shown >= SHOWN_OPTIONS && !trace_done(c))
            continue;
        shown++;
        rest -= c->chance;
        tell_option(tale, c, other);
    }
    printf("    all other options: chance %.1f %%\n", 100 * (rest < 1e-9 ? 0 : rest));
}

static void tell_legend(const struct tale *tale)
{
    double theta =
        tale->scenario->terms[TERM_SIDE_PAYMENTS] ? tale->scenario->parameters.side_payments : 0;
    printf("\n  0/2: none accepted of two proposed; gave: others' proposals that it accepted;\n"
           "  met: what others did to it unasked. Chance that a draw takes a move; consent:\n"
           "  chance that the target accepts; made, got: its proposals of the month and what\n"
           "  was accepted; asked, gave: the same of the target's own. Friends who mind:\n"
           "  third states that quarrel with the partner or sanction it, by what one would\n"
           "  lose with them. With side payments of %.2f, gain = left to gain x (%.2f x own\n"
           "  factors + %.2f x the partner's), where factors of neither count in both; costs\n"
           "  as they weigh.\n",
           theta, 1 - theta, theta);
}

void words_decision(const struct tale *tale, const struct decision *d, const struct decision *other)
{
    char month[16];
    date_print_month(d->month, month);
    printf("\n%s (%s), %s\n", scenario_label(tale->scenario, d->actor), tale_code(tale, d->actor),
           month);
    tell_month(tale, d, (const char *const[]){"  did      ", "  gave     ", "  met      "});
    if (other != NULL)
        tell_month(tale, other, (const char *const[]){"  without  ", "    gave   ", "    met    "});
    tell_perception(tale, d, other);
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++)
        tell_menu(tale, d, other, m);
    tell_legend(tale);
}
