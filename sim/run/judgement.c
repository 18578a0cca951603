#include "run/judgement.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/error.h"
#include "scenario/keys.h"

const char *const verdict_names[VERDICTS] = {"none",   "reproduced", "partly",   "not",
                                             "inside", "outside",    "by_design"};

/* ---- one condition, one reading ------------------------------------------------------------- */

static double value_of(const struct reproduction *p, const struct draw *d, int outcome, int arm,
                       uint32_t index)
{
    if (arm < 0)
        arm = reproduction_own_arm(p->readings->of[outcome].outcome);
    return reproduction_values(p, d, arm, outcome)[index];
}

static double judged(const struct reproduction *p, const struct condition *c, const struct draw *d,
                     uint32_t index)
{
    return value_of(p, d, c->outcome_index, c->arm_index, index);
}

/* What the value is held against; NaN for a relation that needs none. */
static double bound(const struct reproduction *p, const struct condition *c, const struct draw *d,
                    uint32_t index)
{
    if (c->is == IS_FOUND || c->is == IS_ABSENT || c->is == IS_WITHIN)
        return NAN;
    return c->than_index < 0 ? c->value
                             : c->times * value_of(p, d, c->than_index, c->than_arm_index, index);
}

/* By more than rounding; false if either is unknown. */
static bool exceeds(double a, double b)
{
    return a - b > JUDGEMENT_ROUNDING * fmax(1, fabs(b));
}

static bool holds(const struct reproduction *p, const struct condition *c, const struct draw *d,
                  uint32_t index)
{
    double value = judged(p, c, d, index), against = bound(p, c, d, index);
    switch (c->is) {
    case IS_ABOVE:
        return exceeds(value, against);
    case IS_BELOW:
        return exceeds(against, value);
    case IS_NEARER:
        return exceeds(fabs(against - c->value), fabs(value - c->value));
    case IS_FOUND:
        return !isnan(value);
    case IS_ABSENT:
        return d->n > 0 && isnan(value);
    case IS_WITHIN:
        return value > (c->period.from - 0.5) / 12 && value < (c->period.to + 0.5) / 12;
    default:
        return true;
    }
}

bool judge(const struct reproduction *p, const struct claim *claim, const struct draw *d,
           uint32_t index)
{
    for (int k = 0; k < claim->n_all; k++)
        if (!holds(p, &claim->all[k], d, index))
            return false;
    return true;
}

/* ---- over replicates and draws -------------------------------------------------------------- */

/* Conditions that are judged together: a claim's, or one alone. */
struct bundle {
    const struct condition *at;
    int n;
    bool sign; /* those alone that tell the sign */
};

static bool all_hold(const struct reproduction *p, const struct bundle *b, const struct draw *d,
                     uint32_t index)
{
    for (int k = 0; k < b->n; k++)
        if ((!b->sign || b->at[k].sign) && !holds(p, &b->at[k], d, index))
            return false;
    return true;
}

/* Share of the replicates of draws from .. to − 1. */
static double share_of_replicates(const struct reproduction *p, const struct bundle *b, int from,
                                  int to)
{
    double shown = 0, all = 0;
    for (int k = from; k < to; k++) {
        const struct draw *d = &p->draws[k];
        for (uint32_t r = 1; r <= d->n; r++)
            shown += all_hold(p, b, d, r);
        all += d->n;
    }
    return all > 0 ? shown / all : NAN;
}

static double share_of_draws(const struct reproduction *p, const struct bundle *b)
{
    double shown = 0;
    for (int k = 1; k < p->n_draws; k++)
        shown += p->draws[k].n > 0 && all_hold(p, b, &p->draws[k], 0);
    return p->n_draws > 1 ? shown / (p->n_draws - 1) : NAN;
}

struct range judgement_range(double *values, int n)
{
    size_t known = 0;
    for (int k = 0; k < n; k++)
        if (!isnan(values[k]))
            values[known++] = values[k];
    if (known == 0)
        return (struct range){NAN, NAN, NAN};
    gsl_sort(values, 1, known);
    return (struct range){gsl_stats_quantile_from_sorted_data(values, 1, known, 0.025),
                          gsl_stats_median_from_sorted_data(values, 1, known),
                          gsl_stats_quantile_from_sorted_data(values, 1, known, 0.975)};
}

static int find_range(const struct reproduction *p, const struct condition *c, struct fate *fate)
{
    double *values = calloc((size_t)p->n_draws, sizeof *values);
    if (values == NULL)
        return ERROR_NOMEM;
    for (int k = 1; k < p->n_draws; k++)
        values[k - 1] = judged(p, c, &p->draws[k], 0);
    const struct range range = judgement_range(values, p->n_draws - 1);
    fate->low = range.low;
    fate->high = range.high;
    free(values);
    return 0;
}

static bool is_figure(const struct bundle *b)
{
    return b->n > 0 && b->at[0].is == IS_FIGURE;
}

static int judge_bundle(const struct reproduction *p, const struct bundle *b, struct fate *fate)
{
    const struct draw *own = &p->draws[0];
    struct bundle signs = *b;
    bool told = false;
    for (int k = 0; k < b->n; k++)
        told |= b->at[k].sign != 0;
    signs.sign = true;
    *fate = (struct fate){.shown = -1,
                          .single = NAN,
                          .value = NAN,
                          .bound = NAN,
                          .draws = p->n_draws - 1,
                          .share = NAN,
                          .sign = NAN,
                          .single_draws = NAN,
                          .low = NAN,
                          .high = NAN};
    if (b->n == 0)
        return 0;
    fate->value = judged(p, &b->at[0], own, 0);
    fate->bound = bound(p, &b->at[0], own, 0);
    if (!is_figure(b)) {
        fate->shown = own->n > 0 && all_hold(p, b, own, 0);
        fate->single = share_of_replicates(p, b, 0, 1);
        fate->share = share_of_draws(p, b);
        fate->sign = told ? share_of_draws(p, &signs) : NAN;
        fate->single_draws = share_of_replicates(p, b, 1, p->n_draws);
    }
    return find_range(p, &b->at[0], fate);
}

/* Are all figures of a claim within the range of the draws? */
static int figures_inside(const struct reproduction *p, const struct claim *claim, bool *inside)
{
    *inside = true;
    for (int k = 0; k < claim->n_all; k++) {
        struct fate fate;
        int status = find_range(p, &claim->all[k], &fate);
        if (status != 0)
            return status;
        *inside &= claim->all[k].value >= fate.low && claim->all[k].value <= fate.high;
    }
    return 0;
}

int judge_claim(const struct reproduction *p, const struct claim *claim, struct fate *fate)
{
    const struct bundle b = {claim->all, claim->n_all, false};
    bool inside = false;
    int status = judge_bundle(p, &b, fate);
    if (status == 0 && is_figure(&b))
        status = figures_inside(p, claim, &inside);
    if (claim->n_all == 0)
        fate->verdict = VERDICT_BY_DESIGN;
    else if (fate->draws < JUDGEMENT_DRAWS)
        fate->verdict = VERDICT_NONE;
    else if (is_figure(&b))
        fate->verdict = inside ? VERDICT_INSIDE : VERDICT_OUTSIDE;
    else
        fate->verdict = fate->share >= JUDGEMENT_SHARE ? VERDICT_REPRODUCED
                        : fate->sign >= JUDGEMENT_SIGN ? VERDICT_PARTLY
                                                       : VERDICT_NOT;
    return status;
}

int judge_condition(const struct reproduction *p, const struct condition *c, struct fate *fate)
{
    const struct bundle b = {c, 1, false};
    return judge_bundle(p, &b, fate);
}

bool judgement_fails(const struct claim *claim, const struct fate *fate)
{
    return claim->expect &&
           (fate->verdict == VERDICT_NOT || (fate->verdict == VERDICT_NONE && fate->shown == 0));
}

/* ---- in words ------------------------------------------------------------------------------- */

static void add_outcome(const struct scenario *sc, int outcome, int arm, struct text *out)
{
    if (outcome >= 0)
        text_printf(out, "%s%s%s", sc->outcomes[outcome].name, arm >= 0 ? "@" : "",
                    arm >= 0 ? sc->arms[arm].name : "");
}

void judgement_criterion(const struct scenario *sc, const struct condition *c, struct text *out)
{
    static const char *const signs[] = {
        [IS_ABOVE] = " > ",      [IS_BELOW] = " < ",      [IS_NEARER] = " nearer to ",
        [IS_FOUND] = " found",   [IS_ABSENT] = " absent", [IS_WITHIN] = " in ",
        [IS_FIGURE] = " beside "};
    char from[16], to[16];
    add_outcome(sc, c->outcome_index, c->arm_index, out);
    text_printf(out, "%s", signs[c->is]);
    if (c->is == IS_WITHIN) {
        date_print_month(c->period.from, from);
        date_print_month(c->period.to, to);
        text_printf(out, "%s..%s", from, to);
    }
    if (c->is == IS_NEARER)
        text_printf(out, "%.6g than ", c->value);
    if (c->is == IS_FOUND || c->is == IS_ABSENT || c->is == IS_WITHIN)
        return;
    if (c->than_index < 0)
        text_printf(out, "%.6g", c->value);
    else if (c->times != 1)
        text_printf(out, "%.6g ", c->times);
    add_outcome(sc, c->than_index, c->than_arm_index, out);
}
