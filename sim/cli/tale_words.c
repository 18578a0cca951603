#include <stddef.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/tale.h"

enum { LINE = 80, SHOWN_OPTIONS = 6, SHOWN_STATES = 5 };

/* ---- lists that wrap ------------------------------------------------------------------------ */

struct list {
    int indent, column;
    bool follows;
};

static int characters(const char *text)
{
    int n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static struct list list_open(const char *head)
{
    printf("%s", head);
    return (struct list){.indent = characters(head), .column = characters(head)};
}

__attribute__((format(printf, 2, 3))) static void list_add(struct list *l, const char *format, ...)
{
    char item[256];
    va_list args;
    va_start(args, format);
    vsnprintf(item, sizeof item, format, args);
    va_end(args);
    if (l->follows)
        l->column += printf(",");
    if (l->follows && l->column + 1 + characters(item) > LINE - 1) {
        printf("\n%*s", l->indent, "");
        l->column = l->indent;
    } else if (l->follows) {
        l->column += printf(" ");
    }
    printf("%s", item);
    l->column += characters(item);
    l->follows = true;
}

static void list_close(const struct list *l)
{
    printf(l->follows ? "\n" : "none\n");
}

/* ---- what it did ---------------------------------------------------------------------------- */

static const char *code(const struct tale *tale, int state)
{
    return tale->scenario->states[state].iso3;
}

/* A count, or an expectation with its decimals. */
static const char *count(double k, char out[16])
{
    snprintf(out, 16, k == (double)(long)k ? "%.0f" : "%.2f", k);
    return out;
}

static void tell_deeds(const struct tale *tale, const struct decision *d, const char *head)
{
    struct list l = list_open(head);
    double held = 0;
    for (int m = 0; m < CHANNELS; m++)
        held += d->draws[m];
    for (int k = 0; k < d->n_options; k++) {
        const struct consideration *c = &d->options[k];
        char chosen[16], accepted[16];
        held -= c->chosen;
        if (c->chosen < 0.005)
            continue;
        const struct move_kind *kind = &move_kinds[c->move];
        if (kind->toward_self)
            list_add(&l, "%s %s", kind->name, count(c->chosen, chosen));
        else if (kind->consent == CONSENT_NONE)
            list_add(&l, "%s %s %s", kind->name, code(tale, c->target), count(c->chosen, chosen));
        else
            list_add(&l, "%s %s %s/%s", kind->name, code(tale, c->target),
                     count(c->accepted, accepted), count(c->chosen, chosen));
    }
    char text[16];
    list_add(&l, "held %s", count(held < 1e-9 ? 0 : held, text));
    list_close(&l);
}

static bool same_deeds(const struct decision *a, const struct decision *b)
{
    for (int k = 0; k < a->n_options; k++)
        if (a->options[k].chosen != b->options[k].chosen ||
            a->options[k].accepted != b->options[k].accepted)
            return false;
    return true;
}

void words_chronicle(const struct tale *tale, const struct decision *d,
                     const struct decision *other)
{
    char month[16], head[64];
    date_print_month(d->month, month);
    snprintf(head, sizeof head, "%s %-4s ", month, code(tale, d->actor));
    tell_deeds(tale, d, head);
    if (other == NULL)
        return;
    if (same_deeds(d, other))
        printf("    without  the same\n");
    else
        tell_deeds(tale, other, "    without  ");
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
    struct list l = list_open(head);
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
            list_add(&l, "%s %.0f %%", scenario_label(tale->scenario, best), 100 * v[best] / all);
        else
            list_add(&l, "%s %.2f", scenario_label(tale->scenario, best), v[best]);
    }
    list_close(&l);
}

static void tell_perception(const struct tale *tale, const struct decision *d,
                            const struct decision *other)
{
    printf("\n  What it perceived%s\n",
           other ? "                          in fact      without" : "");
    for (size_t k = 0; k < sizeof quantities / sizeof *quantities; k++) {
        printf("    %-38s", quantities[k].words);
        print_quantity(d, (int)k);
        if (other != NULL)
            print_quantity(other, (int)k);
        printf("\n");
    }
    tell_ranking(tale, d, d->threat_from, d->threat, "    threatened by       ");
    if (other != NULL)
        tell_ranking(tale, other, other->threat_from, other->threat, "      without           ");
    tell_ranking(tale, d, d->common_threat, 0, "    shares threats with ");
    if (other != NULL)
        tell_ranking(tale, other, other->common_threat, 0, "      without           ");
}

/* ---- what it weighed ------------------------------------------------------------------------ */

static const char *part_words(const struct part *part)
{
    return part->other ? part->kind->others : part->kind->words;
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
    struct list l = list_open(head);
    for (int k = 0; k < a->n; k++)
        if (a->parts[k].kind->role != PART_COST)
            list_add(&l, "%s %.3g", part_words(&a->parts[k]), a->parts[k].value);
    list_close(&l);
    snprintf(head, sizeof head, "      cost %.3f: ", cost);
    l = list_open(head);
    for (int k = 0; k < a->n; k++)
        if (a->parts[k].kind->role == PART_COST && account_cost(a, k) >= 0.0005)
            list_add(&l, "%s %.3f", part_words(&a->parts[k]), account_cost(a, k));
    list_close(&l);
    if (c->minding[0].cost < 0.0005)
        return;
    l = list_open("      own friends who mind: ");
    for (int q = 0; q < TRACE_MINDING && c->minding[q].cost >= 0.0005; q++)
        list_add(&l, "%s %.3f", scenario_label(tale->scenario, c->minding[q].actor),
                 c->minding[q].cost);
    list_close(&l);
}

static void tell_difference(const struct consideration *without, const struct consideration *with)
{
    double contribution[ACCOUNT_PARTS];
    account_difference(&without->account, &with->account, contribution);
    struct list l = list_open("      made by the shock: ");
    list_add(&l, "%+.3f", with->utility - without->utility);
    for (int k = 0; k < with->account.n; k++)
        if (contribution[k] >= 0.0005 || contribution[k] <= -0.0005)
            list_add(&l, "%s %+.3f", part_words(&with->account.parts[k]), contribution[k]);
    list_close(&l);
}

static void tell_numbers(const struct consideration *c, const char *head)
{
    char a[16], b[16], x[16], y[16], consent[16] = "-";
    bool self = move_kinds[c->move].toward_self;
    if (move_kinds[c->move].consent != CONSENT_NONE)
        snprintf(consent, sizeof consent, "%.0f %%", 100 * c->consent);
    printf("%s%*s %7.3f %6.1f %% %7s %6s %6s %6s %6s\n", head, 27 - characters(head), "",
           c->utility, 100 * c->chance, consent, count(c->chosen, a), count(c->accepted, b),
           self ? "-" : count(c->proposed, x), self ? "-" : count(c->conceded, y));
}

static void tell_option(const struct tale *tale, const struct consideration *c,
                        const struct decision *other)
{
    char head[96];
    bool self = move_kinds[c->move].toward_self;
    snprintf(head, sizeof head, "    %s %s", move_kinds[c->move].name,
             self ? "" : scenario_label(tale->scenario, c->target));
    tell_numbers(c, head);
    const struct consideration *without =
        other == NULL ? NULL : trace_find(other, c->move, c->target);
    if (without != NULL)
        tell_numbers(without, "      without");
    tell_account(tale, c);
    if (without != NULL)
        tell_difference(without, c);
}

/* The option of a menu that matters most among those not told yet, or NULL. */
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

static void tell_menu(const struct tale *tale, const struct decision *d,
                      const struct decision *other, int menu)
{
    bool told[MOVES * SCENARIO_STATES_MAX] = {false};
    double held = d->draws[menu], rest = 1 - d->hold_chance[menu];
    for (int k = 0; k < d->n_options; k++)
        held -= d->options[k].menu == menu ? d->options[k].chosen : 0;
    char text[16];
    printf("\n  %s: of %.0f draws %s held (chance %.1f %% each)\n",
           tale->scenario->terms[TERM_CHANNELS] ? channel_names[menu] : "all channels",
           d->draws[menu], count(held < 1e-9 ? 0 : held, text), 100 * d->hold_chance[menu]);
    printf("  %24s %8s %8s %7s %6s %6s %6s %6s\n", "", "utility", "chance", "consent", "made",
           "got", "theirs", "given");
    const struct consideration *c;
    for (int shown = 0; (c = next_option(d, menu, told)) != NULL; shown++) {
        if (shown >= SHOWN_OPTIONS && c->chosen < 1)
            break;
        told[c - d->options] = true;
        rest -= c->chance;
        tell_option(tale, c, other);
    }
    printf("    all other options: chance %.1f %%\n", 100 * (rest < 1e-9 ? 0 : rest));
}

void words_decision(const struct tale *tale, const struct decision *d, const struct decision *other)
{
    char month[16];
    date_print_month(d->month, month);
    printf("\n%s, %s\n", scenario_label(tale->scenario, d->actor), month);
    tell_deeds(tale, d, "  did      ");
    if (other != NULL)
        tell_deeds(tale, other, "  without  ");
    tell_perception(tale, d, other);
    for (int m = 0; m < CHANNELS && d->draws[m] > 0; m++)
        tell_menu(tale, d, other, m);
    printf("\n  utility of a move; chance that a draw takes it; consent: chance that the\n"
           "  target accepts; made, got: proposals of the month and those accepted;\n"
           "  theirs, given: the target's own proposals of the move and those accepted.\n"
           "  A gain is what is left to gain times the other factors, the two sides\n"
           "  weighed by side payments.\n");
}
