#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/tale.h"

/* One side's view: why it proposes, and why it accepts the other's proposals. */
struct view {
    const struct change *change;
    int side;
    bool answers; /* of the balance by which it answers, not of its utility */
    struct account before[STANCE_MOVES], after[STANCE_MOVES];
    double contribution[STANCE_MOVES][ACCOUNT_PARTS];
};

static void print_label(const char *words, const char *when)
{
    int blanks = 18 - text_width(words);
    printf("  %s%*s%-15s", words, blanks > 1 ? blanks : 1, "", when);
}

static void print_row(const char *words, const char *when, const char *format, const double *values)
{
    print_label(words, when);
    for (int m = 0; m < STANCE_MOVES; m++)
        printf(format, values[m]);
    printf("\n");
}

/* A part's row, unless an earlier move has told it or it made no difference to any. */
static void print_part(const struct view *v, int m, int k)
{
    const struct part *part = &v->after[m].parts[k];
    bool matters = false;
    for (int q = 0; q < STANCE_MOVES; q++) {
        int at = account_find(&v->after[q], part);
        if (q < m && at >= 0)
            return;
        matters |= at >= 0 && fabs(v->contribution[q][at]) >= TALE_SHOWS;
    }
    if (!matters)
        return;
    printf("    %-31s", part_words(part));
    for (int q = 0; q < STANCE_MOVES; q++) {
        int at = account_find(&v->after[q], part);
        if (at < 0)
            printf(" %10s", ".");
        else
            printf(" %+10.3f", v->contribution[q][at]);
    }
    printf("\n");
}

/* The utilities, or the balances, before and after, and between them what each term made of it. */
static void print_view(struct view *v)
{
    double before[STANCE_MOVES], after[STANCE_MOVES];
    const char *words = v->answers ? "balance," : "utility,";
    for (int m = 0; m < STANCE_MOVES; m++) {
        v->before[m] = v->change->before->toward[v->side][m].account;
        v->after[m] = v->change->after->toward[v->side][m].account;
        if (v->answers) {
            v->before[m] = account_answer(&v->before[m]);
            v->after[m] = account_answer(&v->after[m]);
        }
        before[m] = account_utility(&v->before[m]);
        after[m] = account_utility(&v->after[m]);
        account_difference(&v->before[m], &v->after[m], v->contribution[m]);
    }
    print_row(words, v->change->then, " %10.3f", before);
    for (int m = 0; m < STANCE_MOVES; m++)
        for (int k = 0; k < v->after[m].n; k++)
            print_part(v, m, k);
    print_row(words, v->change->now, " %10.3f", after);
}

static void print_proposals(const struct view *v)
{
    const struct stance *before = v->change->before, *after = v->change->after;
    double then[STANCE_MOVES], now[STANCE_MOVES], alone[STANCE_MOVES];
    for (int m = 0; m < STANCE_MOVES; m++) {
        then[m] = stance_proposals(before, v->side, m);
        now[m] = stance_proposals(after, v->side, m);
        alone[m] = stance_alone(before, v->side, m, after->toward[v->side][m].utility);
    }
    print_row("proposals,", v->change->then, " %10.2f", then);
    print_row("", v->change->now, " %10.2f", now);
    print_row("", "others as then", " %10.2f", alone);
}

/* Its consent is in the other's consideration. */
static void print_consent(const struct view *v)
{
    double then[STANCE_MOVES], now[STANCE_MOVES];
    for (int m = 0; m < STANCE_MOVES; m++) {
        then[m] = 100 * v->change->before->toward[1 - v->side][m].consent;
        now[m] = 100 * v->change->after->toward[1 - v->side][m].consent;
    }
    print_row("consent,", v->change->then, " %8.0f %%", then);
    print_row("", v->change->now, " %8.0f %%", now);
}

/* Accepted proposals a month, both ways. */
static double acts(const struct stance *s)
{
    double sum = 0;
    for (int side = 0; side < 2; side++)
        for (int m = 0; m < STANCE_MOVES; m++)
            sum += stance_proposals(s, side, m) * s->toward[side][m].consent;
    return sum;
}

void words_why(const struct tale *tale, const struct change *change)
{
    const char *names[2] = {scenario_label(tale->scenario, change->dyad.i),
                            scenario_label(tale->scenario, change->dyad.j)};
    for (int side = 0; side < 2; side++) {
        struct view v = {.change = change, .side = side};
        printf("\n%s toward %s\n%35s", names[side], names[1 - side], "");
        for (int m = 0; m < STANCE_MOVES; m++)
            printf(" %10s", move_kinds[stance_moves[m]].name);
        printf("\n  what it proposes\n");
        print_view(&v);
        print_proposals(&v);
        printf("  how it answers\n");
        v.answers = true;
        print_view(&v);
        print_consent(&v);
    }
    printf("\nExpected acts a month, both ways: %.2f, %s; %.2f, %s\n", acts(change->before),
           change->then, acts(change->after), change->now);
    printf("Between two utilities stands what each term made of the change, its Shapley\n"
           "value: the terms add up to it. \"others as then\": proposals a month if only this\n"
           "utility had changed. A proposal is answered by the balance of gain and cost, as\n"
           "if nothing were gained yet.\n");
}
