#include "run/factors.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "base/fmath.h"
#include "run/arms.h"

const char *const factor_kind_names[] = {"number", "date", "word"};

/* ---- values --------------------------------------------------------------------------------- */

int dimension_levels(const struct dimension *d)
{
    return d->values.n > 0 ? d->values.n : d->steps;
}

/* Ten digits: what a table shows is what was run. */
static double rounded(double number)
{
    char text[32];
    snprintf(text, sizeof text, "%.10g", number);
    return strtod(text, NULL) + 0.0; /* no negative zero */
}

static void set_number(const struct dimension *d, double number, struct factor_value *out)
{
    char date[16];
    out->number = number;
    if (d->kind == FACTOR_DATE && d->key->type == KEY_DAY)
        date_print_day((int)number, date);
    else if (d->kind == FACTOR_DATE)
        date_print_month((int)number, date);
    if (d->kind == FACTOR_DATE)
        snprintf(out->label, sizeof out->label, "%s", date);
    else
        text_real(number, out->label);
    snprintf(out->value, sizeof out->value, "%s", out->label);
}

/* Is what is set a date, or a whole number without anything to be multiplied by? */
static bool is_whole(const struct dimension *d)
{
    return d->kind == FACTOR_DATE || (d->key->type == KEY_INT && d->base == NULL && d->times == 1);
}

/* The value a share t of the way from low to high. */
static double along(const struct dimension *d, double t)
{
    double x = d->low + (d->high - d->low) * t;
    if (d->scale == SCALE_LOG)
        x = d->low * fmath_exp(t * fmath_log(d->high / d->low));
    if (t == 0 || t == 1)
        x = t == 0 ? d->low : d->high;
    return is_whole(d) ? rint(x) + 0.0 : rounded(x);
}

/* The range holds 95 % of a normal distribution: 1.96 standard deviations either way. */
static double normal(const struct dimension *d, double u)
{
    double sigma = (d->high - d->low) / (2 * gsl_cdf_ugaussian_Pinv(0.975));
    double x = (d->low + d->high) / 2 + sigma * gsl_cdf_ugaussian_Pinv(u);
    return is_whole(d) ? rint(x) + 0.0 : rounded(x);
}

void dimension_at_text(const struct dimension *d, const char *text, struct factor_value *out)
{
    snprintf(out->value, sizeof out->value, "%s", text);
    snprintf(out->label, sizeof out->label, "%s", text);
    factor_number(d->key, text, &out->number);
    if (d->kind == FACTOR_NUMBER)
        out->number += 0.0;
}

double dimension_step(const struct dimension *d, int level)
{
    return along(d, d->steps > 1 ? (double)level / (d->steps - 1) : 0);
}

void dimension_at_level(const struct dimension *d, int level, struct factor_value *out)
{
    if (d->values.n == 0) {
        set_number(d, dimension_step(d, level), out);
        return;
    }
    dimension_at_text(d, d->values.at[level], out);
    if (d->labels.n > 0)
        snprintf(out->label, sizeof out->label, "%s", d->labels.at[level]);
}

void dimension_at(const struct dimension *d, double u, struct factor_value *out)
{
    if (d->values.n > 0)
        dimension_at_level(d, (int)(u * d->values.n), out);
    else
        set_number(d, d->scale == SCALE_NORMAL ? normal(d, u) : along(d, u), out);
}

/* ---- settings ------------------------------------------------------------------------------- */

/* "A B" as ["A", "B"], "-" as []. */
static int add_list(const char *path, const char *words, struct texts *settings)
{
    struct text list = {0};
    if (strcmp(words, "-") == 0)
        words = "";
    for (const char *p = words + strspn(words, " "); *p != '\0';) {
        int n = (int)strcspn(p, " ");
        text_printf(&list, "%s\"%.*s\"", list.length > 0 ? ", " : "", n, p);
        p += n;
        p += strspn(p, " ");
    }
    int status =
        list.failed ? ERROR_NOMEM : texts_add(settings, "%s=[%s]", path, list.s ? list.s : "");
    text_release(&list);
    return status;
}

static int add_number(const struct dimension *d, int k, double number, struct texts *settings)
{
    char text[32];
    double x = number * d->times * (d->base == NULL ? 1 : d->base[k]);
    text_real(d->key->type == KEY_INT ? rint(x) : x, text);
    return texts_add(settings, "%s=%s", d->paths.at[k], text);
}

int dimension_settings(const struct dimension *d, const struct scenario *base,
                       const struct factor_value *value, struct texts *settings)
{
    int status = 0;
    for (int k = 0; k < base->n_arms && d->arm; k++)
        if (strcmp(base->arms[k].name, value->value) == 0)
            return arms_settings(&base->arms[k], settings);
    for (int k = 0; k < d->paths.n && status == 0; k++) {
        if (d->key->type == KEY_LIST)
            status = add_list(d->paths.at[k], value->value, settings);
        else if (d->key->type == KEY_REAL || d->key->type == KEY_INT)
            status = add_number(d, k, value->number, settings);
        else
            status = texts_add(settings, "%s=%s", d->paths.at[k], value->value);
    }
    return status;
}
