#include <math.h>
#include <string.h>

#include "cli/tale.h"

const enum move deepening_moves[DEEPENING] = {MOVE_ALIGN, MOVE_CONSULT, MOVE_COORDINATE,
                                              MOVE_TRADE};

void stance_take(struct stance *s, const struct decision *decisions, struct pair dyad)
{
    const int sides[2] = {dyad.i, dyad.j};
    for (int side = 0; side < 2; side++)
        for (int m = 0; m < DEEPENING; m++)
            s->toward[side][m] =
                *trace_find(&decisions[sides[side]], deepening_moves[m], sides[1 - side]);
    s->draws = decisions[dyad.i].draws[0];
}

double stance_alone(const struct tale *tale, const struct stance *before,
                    const struct consideration *c, double utility)
{
    double lambda = tale->scenario->parameters.lambda;
    double weight = c->chance * exp(lambda * (utility - c->utility));
    return before->draws * weight / (weight + 1 - c->chance);
}

/* ---- the table ------------------------------------------------------------------------------ */

enum { LABEL = 34 };

/* One side's change, for all moves. */
struct change {
    const struct tale *tale;
    const struct stance *before, *after;
    int side;
    double contribution[DEEPENING][ACCOUNT_PARTS];
};

static const struct consideration *now(const struct change *c, int m)
{
    return &c->after->toward[c->side][m];
}

static const struct consideration *then(const struct change *c, int m)
{
    return &c->before->toward[c->side][m];
}

static int find_part(const struct account *a, const struct part *like)
{
    for (int k = 0; k < a->n; k++)
        if (a->parts[k].other == like->other &&
            strcmp(a->parts[k].kind->name, like->kind->name) == 0)
            return k;
    return -1;
}

static const char *part_words(const struct part *part)
{
    return part->other ? part->kind->others : part->kind->words;
}

/* A part's row, unless an earlier move has told it or it made no difference to any. */
static void print_part(const struct change *c, int m, int k)
{
    const struct part *part = &now(c, m)->account.parts[k];
    bool matters = false;
    for (int q = 0; q < DEEPENING; q++) {
        int at = find_part(&now(c, q)->account, part);
        if (q < m && at >= 0)
            return;
        matters |= at >= 0 && fabs(c->contribution[q][at]) >= 0.0005;
    }
    if (!matters)
        return;
    printf("    %-*s", LABEL - 4, part_words(part));
    for (int q = 0; q < DEEPENING; q++) {
        int at = find_part(&now(c, q)->account, part);
        if (at < 0)
            printf(" %10s", ".");
        else
            printf(" %+10.3f", c->contribution[q][at]);
    }
    printf("\n");
}

static void print_row(const char *words, const char *format, const double *values)
{
    printf("  %-*s", LABEL - 2, words);
    for (int m = 0; m < DEEPENING; m++)
        printf(format, values[m]);
    printf("\n");
}

/* Rows of one quantity before and after. */
static void print_both(const struct change *c, const char *words, const char *format,
                       double (*value)(const struct stance *s, const struct consideration *option))
{
    double v[2][DEEPENING];
    char label[256];
    for (int m = 0; m < DEEPENING; m++) {
        v[0][m] = value(c->before, then(c, m));
        v[1][m] = value(c->after, now(c, m));
    }
    snprintf(label, sizeof label, "%s, %s", words, c->before->label);
    print_row(label, format, v[0]);
    snprintf(label, sizeof label, "%*s  %s", (int)strlen(words), "", c->after->label);
    print_row(label, format, v[1]);
}

static double proposals(const struct stance *s, const struct consideration *option)
{
    return s->draws * option->chance;
}

static double consent(const struct stance *s, const struct consideration *option)
{
    (void)s;
    return 100 * option->consent;
}

static double agreed(const struct stance *s, const struct consideration *option)
{
    return s->draws * option->chance * option->consent;
}

static void print_side(struct change *c, const char *actor, const char *target)
{
    double before[DEEPENING], after[DEEPENING], alone[DEEPENING];
    for (int m = 0; m < DEEPENING; m++) {
        account_difference(&then(c, m)->account, &now(c, m)->account, c->contribution[m]);
        before[m] = then(c, m)->utility;
        after[m] = now(c, m)->utility;
        alone[m] = stance_alone(c->tale, c->before, then(c, m), after[m]);
    }
    printf("\n%s toward %s\n  %-*s", actor, target, LABEL - 2, "");
    for (int m = 0; m < DEEPENING; m++)
        printf(" %10s", move_kinds[deepening_moves[m]].name);
    printf("\n");
    char label[128];
    snprintf(label, sizeof label, "utility, %s", c->before->label);
    print_row(label, " %10.3f", before);
    for (int m = 0; m < DEEPENING; m++)
        for (int k = 0; k < now(c, m)->account.n; k++)
            print_part(c, m, k);
    snprintf(label, sizeof label, "utility, %s", c->after->label);
    print_row(label, " %10.3f", after);
    print_both(c, "proposals a month", " %10.2f", proposals);
    print_row("  had all other options stayed", " %10.2f", alone);
    snprintf(label, sizeof label, "consent of %.10s", target);
    print_both(c, label, " %8.0f %%", consent);
    print_both(c, "accepted a month", " %10.2f", agreed);
}

void words_why(const struct tale *tale, struct pair dyad, const struct stance *before,
               const struct stance *after)
{
    const char *names[2] = {scenario_label(tale->scenario, dyad.i),
                            scenario_label(tale->scenario, dyad.j)};
    struct change c = {.tale = tale, .before = before, .after = after};
    double acts[2] = {0, 0};
    for (c.side = 0; c.side < 2; c.side++) {
        print_side(&c, names[c.side], names[1 - c.side]);
        for (int m = 0; m < DEEPENING; m++) {
            acts[0] += agreed(before, then(&c, m));
            acts[1] += agreed(after, now(&c, m));
        }
    }
    printf("\nExpected cooperative acts a month, both ways: %.2f, %s; %.2f, %s\n"
           "Between two utilities stands what each term made of the change: its Shapley\n"
           "value, so that the terms add up to it. Whether a target consents follows from\n"
           "its own utility, without what is left to gain.\n",
           acts[0], before->label, acts[1], after->label);
}
