#include "run/output.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/build.h"
#include "base/date.h"
#include "base/json.h"
#include "base/text.h"

void output_number(FILE *out, double v)
{
    if (isnan(v))
        fputs(",NA", out);
    else
        fprintf(out, ",%.9g", v);
}

/* The same of many: what repeats is put into words once, which matters where one replicate makes
 * all statistics alike. */
static void numbers(FILE *out, const double *v, int n)
{
    char text[32] = "";
    for (int k = 0; k < n; k++) {
        if (k == 0 || memcmp(&v[k], &v[k - 1], sizeof *v) != 0)
            snprintf(text, sizeof text, isnan(v[k]) ? ",NA" : ",%.9g", v[k]);
        fputs(text, out);
    }
}

static void code(FILE *out, const struct state *states, int i)
{
    if (i < 0 || states[i].ccode == 0)
        fputs(",NA", out);
    else
        fprintf(out, ",%d", states[i].ccode);
}

void output_subject(FILE *out, const struct scenario *sc, const struct series *s)
{
    const char *first = s->first, *second = s->second;
    if (s->i >= 0)
        first = sc->states[s->i].iso3;
    if (s->j >= 0)
        second = sc->states[s->j].iso3;
    const char *const words[] = {s->measure->name, level_names[s->measure->level],
                                 first == NULL ? "NA" : first, second == NULL ? "NA" : second};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        fputc(',', out);
        fputs(words[k], out);
    }
}

static void subject(FILE *out, const struct experiment *x, const struct series *s)
{
    output_subject(out, x->scenario, s);
    code(out, x->scenario->states, s->i);
    code(out, x->scenario->states, s->j);
}

static const double quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum { N_QUANTILES = sizeof quantiles / sizeof *quantiles };

static void statistics(FILE *out, const struct experiment *x, const struct statistics *s,
                       int period, int series)
{
    size_t cell = (size_t)(period * x->series.n + series);
    struct estimate e = statistics_estimate(s, cell, &x->scales[series]);
    double row[3 + N_QUANTILES] = {e.mean, e.sd, e.mcse};
    statistics_quantiles(s, cell, &x->scales[series], quantiles, N_QUANTILES, row + 3);
    numbers(out, row, 3 + N_QUANTILES);
    fprintf(out, ",%" PRIu32 "\n", e.n);
}

#define SUBJECT "measure,level,iso3_1,iso3_2,ccode1,ccode2"
#define STATISTICS "mean,sd,mcse,q05,q25,q50,q75,q95,n"

/* Of one period, which `when` names. */
static void rows(FILE *out, const struct experiment *x, const struct statistics *s, int period,
                 const char *when)
{
    for (int k = 0; k < x->series.n; k++) {
        fputs(when, out);
        subject(out, x, &x->series.at[k]);
        statistics(out, x, s, period, k);
    }
}

static void print_when(const struct experiment *x, bool monthly, int period, char when[48])
{
    const int start = x->scenario->general.start, now = start + period;
    char month[16];
    date_print_month(now, month);
    if (monthly)
        snprintf(when, 48, "%s-01,%d,%d", month, now / 12, now % 12 + 1);
    else
        snprintf(when, 48, "%d", start / 12 + period);
}

/* Rows become text on all threads, a period each; without memory for it, as they are written. */
static void table(FILE *out, const struct experiment *x, const struct ensemble *e, bool monthly)
{
    const struct statistics *s = monthly ? &e->monthly : &e->yearly;
    const int periods = monthly ? experiment_months(x) : experiment_years(x);
    int cause = 0; /* errno is each thread's own */
#pragma omp parallel for ordered schedule(static, 1) num_threads(e->threads)
    for (int p = 0; p < periods; p++) {
        char when[48];
        struct text text = {0};
        print_when(x, monthly, p, when);
        FILE *memory = text_file(&text);
        if (memory != NULL)
            rows(memory, x, s, p, when);
        const bool whole = memory != NULL && fclose(memory) == 0 && !text.failed;
#pragma omp ordered
        {
            if (whole)
                fwrite(text.s, 1, text.length, out);
            else
                rows(out, x, s, p, when);
            if (ferror(out) && cause == 0)
                cause = errno;
        }
        text_release(&text);
    }
    if (cause != 0)
        errno = cause;
}

void output_summary(FILE *out, const struct experiment *x, const struct ensemble *e)
{
    fprintf(out, "date,year,month," SUBJECT "," STATISTICS "\n");
    table(out, x, e, true);
}

void output_yearly(FILE *out, const struct experiment *x, const struct ensemble *e)
{
    fprintf(out, "year," SUBJECT "," STATISTICS "\n");
    table(out, x, e, false);
}

bool output_is_column(const struct experiment *x, int outcome)
{
    return x->readings.of[outcome].source != SOURCE_DYADS;
}

void output_outcome_names(FILE *out, const struct experiment *x)
{
    for (int k = 0; k < x->readings.n; k++)
        if (output_is_column(x, k))
            fprintf(out, ",%s", x->scenario->outcomes[k].name);
}

void output_outcome_values(FILE *out, const struct experiment *x, const double *values)
{
    for (int k = 0; k < x->readings.n; k++)
        if (output_is_column(x, k))
            output_number(out, values == NULL ? NAN : values[k]);
}

void output_status(FILE *out, int status, const char *failure)
{
    if (status == 0)
        fputs(",ok", out);
    else
        fprintf(out, ",failed: %s", failure == NULL ? "no memory" : failure);
}

void output_outcomes_header(FILE *out, const struct experiment *x)
{
    fputs("replicate,status", out);
    output_outcome_names(out, x);
    fputc('\n', out);
}

void output_outcomes_row(FILE *out, uint32_t number, int status, const struct replicate *r)
{
    fprintf(out, "%" PRIu32, number);
    output_status(out, status, r->failure);
    output_outcome_values(out, r->experiment, status == 0 ? r->outcomes : NULL);
    fputc('\n', out);
}

/* ---- manifest ------------------------------------------------------------------------------- */

void output_manifest(FILE *out, const struct experiment *x, const struct ensemble *e,
                     const struct manifest *m)
{
    struct json j = {.out = out};
    char hash[32], seed[32];
    snprintf(hash, sizeof hash, "fnv1a64:%016" PRIx64, m->configuration);
    /* as text: R and JavaScript hold whole numbers to 2^53 only */
    snprintf(seed, sizeof seed, "%" PRIu64, x->seed);
    json_begin(&j, NULL, '{');
    json_text(&j, "program", "waltz");
    json_text(&j, "version", build_version());
    json_number(&j, "model_version", build_model_version());
    json_text(&j, "commit", build_commit());
    json_text(&j, "compiler", build_compiler());
    json_text(&j, "gsl", build_gsl());
    json_text(&j, "libconfig", m->libconfig);
    json_text(&j, "command_line", m->command_line);
    json_text(&j, "scenario", x->scenario->general.name);
    json_text(&j, "configuration", hash);
    json_text(&j, "seed", seed);
    json_number(&j, "first_replicate", m->first);
    json_number(&j, "replicates_planned", m->planned);
    json_number(&j, "replicates_done", e->done);
    json_number(&j, "replicates_failed", e->failed);
    if (m->arms) {
        json_begin(&j, "arms", '[');
        for (int k = 0; k < x->scenario->n_arms; k++)
            json_text(&j, NULL, x->scenario->arms[k].name);
        json_end(&j, ']');
        json_number(&j, "draws_planned", m->draws_planned);
        json_number(&j, "draws_done", m->draws_done);
        json_text(&j, "draws_file", m->draws_file == NULL ? "" : m->draws_file);
    }
    json_text(&j, "status", m->status);
    json_number(&j, "threads", m->threads);
    json_text(&j, "started", m->started);
    json_number(&j, "seconds", round(m->seconds * 1e3) / 1e3);
    json_number(&j, "replicates_per_second",
                m->seconds > 0 ? round(e->done / m->seconds * 1e3) / 1e3 : 0);
    json_end(&j, '}');
}

uint64_t output_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}
