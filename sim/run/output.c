#include "run/output.h"

#include <inttypes.h>
#include <math.h>

#include "base/build.h"
#include "base/date.h"

static void number(FILE *out, double v)
{
    if (isnan(v))
        fputs(",NA", out);
    else
        fprintf(out, ",%.9g", v);
}

/* measure, level, iso3_1, iso3_2, ccode1, ccode2 */
static void subject(FILE *out, const struct experiment *x, const struct series *s)
{
    const struct state *states = x->scenario->states;
    fprintf(out, ",%s,%s", s->measure->name, level_names[s->measure->level]);
    fprintf(out, ",%s,%s", s->i < 0 ? "NA" : states[s->i].iso3,
            s->j < 0 ? "NA" : states[s->j].iso3);
    for (int k = 0; k < 2; k++) {
        int i = k == 0 ? s->i : s->j;
        if (i < 0 || states[i].ccode == 0)
            fputs(",NA", out);
        else
            fprintf(out, ",%d", states[i].ccode);
    }
}

static const double quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum { N_QUANTILES = sizeof quantiles / sizeof *quantiles };

static void statistics(FILE *out, const struct experiment *x, const struct statistics *s,
                       int period, int series)
{
    size_t cell = (size_t)(period * x->series.n + series);
    struct estimate e = statistics_estimate(s, cell, &x->scales[series]);
    number(out, e.mean);
    number(out, e.sd);
    number(out, e.mcse);
    for (int q = 0; q < N_QUANTILES; q++)
        number(out, statistics_quantile(s, cell, &x->scales[series], quantiles[q]));
    fprintf(out, ",%" PRIu32 "\n", e.n);
}

#define SUBJECT "measure,level,iso3_1,iso3_2,ccode1,ccode2"
#define STATISTICS "mean,sd,mcse,q05,q25,q50,q75,q95,n"

void output_summary(FILE *out, const struct experiment *x, const struct ensemble *e)
{
    fprintf(out, "date,year,month," SUBJECT "," STATISTICS "\n");
    for (int m = 0; m < experiment_months(x); m++)
        for (int s = 0; s < x->series.n; s++) {
            char month[16];
            int now = x->scenario->general.start + m;
            date_print_month(now, month);
            fprintf(out, "%s-01,%d,%d", month, now / 12, now % 12 + 1);
            subject(out, x, &x->series.at[s]);
            statistics(out, x, &e->monthly, m, s);
        }
}

void output_yearly(FILE *out, const struct experiment *x, const struct ensemble *e)
{
    fprintf(out, "year," SUBJECT "," STATISTICS "\n");
    for (int y = 0; y < experiment_years(x); y++)
        for (int s = 0; s < x->series.n; s++) {
            fprintf(out, "%d", x->scenario->general.start / 12 + y);
            subject(out, x, &x->series.at[s]);
            statistics(out, x, &e->yearly, y, s);
        }
}

void output_outcomes_header(FILE *out, const struct experiment *x)
{
    fputs("replicate,status", out);
    for (int k = 0; k < x->scenario->n_outcomes; k++)
        fprintf(out, ",%s", x->scenario->outcomes[k].name);
    fputc('\n', out);
}

void output_outcomes_row(FILE *out, const struct experiment *x, uint32_t replicate, int status,
                         const char *failure, const double *outcomes)
{
    fprintf(out, "%" PRIu32 ",", replicate);
    if (status == 0)
        fputs("ok", out);
    else
        fprintf(out, "failed: %s", failure == NULL ? "no memory" : failure);
    for (int k = 0; k < x->scenario->n_outcomes; k++)
        number(out, status == 0 ? outcomes[k] : NAN);
    fputc('\n', out);
}

/* ---- manifest ------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character that begins here, 0 if none does (RFC 3629). */
static size_t character(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] < 0x80)
        return 1;
    size_t n = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    bool good = c[0] >= 0xc2 && c[0] <= 0xf4;
    good &= !(c[0] == 0xe0 && c[1] < 0xa0) && !(c[0] == 0xed && c[1] > 0x9f);
    good &= !(c[0] == 0xf0 && c[1] < 0x90) && !(c[0] == 0xf4 && c[1] > 0x8f);
    for (size_t k = 1; good && k < n; k++)
        good = (c[k] & 0xc0) == 0x80;
    return good ? n : 0;
}

/* The command line may hold any bytes; those that are no UTF-8 become the replacement character. */
static void json_text(FILE *out, const char *name, const char *value)
{
    fprintf(out, "  \"%s\": \"", name);
    while (*value != '\0') {
        size_t n = character(value);
        if (n == 0)
            fputs("\\ufffd", out);
        else if (*value == '"' || *value == '\\')
            fprintf(out, "\\%c", *value);
        else if ((unsigned char)*value < 0x20)
            fprintf(out, "\\u%04x", (unsigned)*value);
        else
            fwrite(value, 1, n, out);
        value += n == 0 ? 1 : n;
    }
    fprintf(out, "\",\n");
}

static void json_number(FILE *out, const char *name, double value)
{
    fprintf(out, "  \"%s\": %.10g,\n", name, value);
}

void output_manifest(FILE *out, const struct experiment *x, const struct ensemble *e,
                     const struct manifest *m)
{
    char hash[32];
    snprintf(hash, sizeof hash, "fnv1a64:%016" PRIx64, m->configuration);
    fprintf(out, "{\n");
    json_text(out, "program", "waltz");
    json_text(out, "version", build_version());
    json_number(out, "model_version", build_model_version());
    json_text(out, "commit", build_commit());
    json_text(out, "compiler", build_compiler());
    json_text(out, "gsl", build_gsl());
    json_text(out, "libconfig", m->libconfig);
    json_text(out, "command_line", m->command_line);
    json_text(out, "scenario", x->scenario->general.name);
    json_text(out, "configuration", hash);
    /* as text: R and JavaScript hold whole numbers to 2^53 only */
    fprintf(out, "  \"seed\": \"%" PRIu64 "\",\n", x->seed);
    json_number(out, "first_replicate", m->first);
    json_number(out, "replicates_planned", m->planned);
    json_number(out, "replicates_done", e->done);
    json_number(out, "replicates_failed", e->failed);
    json_text(out, "status", m->status);
    json_number(out, "threads", m->threads);
    json_text(out, "started", m->started);
    json_number(out, "seconds", m->seconds);
    fprintf(out, "  \"replicates_per_second\": %.4g\n}\n",
            m->seconds > 0 ? e->done / m->seconds : 0);
}

uint64_t output_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}
