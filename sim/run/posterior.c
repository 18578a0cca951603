#include "run/posterior.h"

#include <gsl/gsl_cdf.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/stream.h"
#include "model/choice.h"
#include "scenario/keys.h"

/* ---- the prior ------------------------------------------------------------------------------ */

static bool is_log(const struct factor_row *f)
{
    return strcmp(f->scale, "log") == 0;
}

/* Is an item "name=number" of the design's `times` the factor's, and not 1? */
static int is_multiplied(const char *item, void *name)
{
    size_t n = strlen(name);
    return strncmp(item, name, n) == 0 && item[n] == '=' && strcmp(item + n, "=1") != 0;
}

static int check_factors(const struct posterior *p, const struct store *s, struct diag *diag)
{
    for (int k = 0; k < p->prior->n_factors; k++) {
        const struct factor_row *f = &p->prior->factors[k];
        bool range = strcmp(f->kind, "number") == 0 && f->levels[0] == '\0' && f->low < f->high &&
                     (is_log(f) || strcmp(f->scale, "linear") == 0);
        const char *times = store_design_value(p->prior, "times");
        bool multiplied =
            strcmp(f->unit, "times the scenario's") == 0 ||
            (times != NULL && text_each(times, is_multiplied, (void *)(uintptr_t)f->name) != 0);
        if (!range || strchr(f->paths, ';') != NULL || multiplied)
            diag_error(diag, diag_at(s->path, 0),
                       "factor %s is no prior of one number; allowed: a range, linear or log, of "
                       "one path",
                       f->name);
    }
    return diag->errors > 0 ? ERROR_INPUT : 0;
}

/* Is the factor that of the design? */
static bool is_designed(const struct factor_row *row, const struct factor *f)
{
    int length = 0;
    const char *scale = key_choice(key_find(SECTION_FACTORS, "scale"), f->scale, &length);
    return strcmp(row->name, f->name) == 0 && strcmp(row->paths, f->paths) == 0 &&
           strncmp(row->scale, scale, (size_t)length) == 0 && row->low == strtod(f->low, NULL) &&
           row->high == strtod(f->high, NULL);
}

/* Whose sweep is it? Its name alone would let the store of an older design stand for this one. */
static int check_prior(const struct posterior *p, const struct store *s, struct diag *diag)
{
    const char *kind = store_design_value(p->prior, "kind");
    if (strcmp(kind, "list") == 0 || strcmp(kind, "grid") == 0)
        return diag_error(diag, diag_at(s->path, 0),
                          "kind = \"%s\" is no sample of a prior; allowed: random, sobol, "
                          "latin_hypercube",
                          kind);
    bool same = p->prior->n_factors == p->design->n_factors;
    for (int k = 0; k < p->prior->n_factors && same; k++)
        same = is_designed(&p->prior->factors[k], &p->design->factors[k]);
    return same ? 0
                : diag_error(diag, diag_at(s->path, 0),
                             "holds a sweep of other factors than %s; allowed: the sweep of this "
                             "design (`waltz sweep`, with another -o)",
                             p->design->file);
}

static double place_of(const struct factor_row *f, double x)
{
    double u = is_log(f) ? fmath_log(x / f->low) / fmath_log(f->high / f->low)
                         : (x - f->low) / (f->high - f->low);
    return fmath_clip(u);
}

/* ---- statistics ----------------------------------------------------------------------------- */

static double standard(const struct target *t, double error, double value)
{
    return t->scale == SCALE_LOG ? fmath_log(value / t->value) / error : (value - t->value) / error;
}

/* A cell's row, unless an outcome is unknown or a ratio has no logarithm. */
static void add_row(struct posterior *p, uint32_t cell, const double *theta, const double *values)
{
    const int targets = p->design->n_targets;
    const size_t row = p->table.n, k = (size_t)targets, m = (size_t)p->table.n_parameters;
    for (int t = 0; t < targets; t++)
        if (!isfinite(values[t]) ||
            (p->design->targets[t].scale == SCALE_LOG && !(values[t] >= 0x1p-1000)))
            return;
    memcpy(p->theta + row * m, theta, m * sizeof *theta);
    for (size_t f = 0; f < m; f++)
        p->table.u[row * m + f] = place_of(&p->prior->factors[f], theta[f]);
    memcpy(p->value + row * k, values, k * sizeof *values);
    for (int t = 0; t < targets; t++) {
        const struct target *target = &p->design->targets[t];
        double error = target->error * p->design->calibration.discrepancy;
        p->table.z[row * k + (size_t)t] = standard(target, error, values[t]);
    }
    p->cell[row] = cell;
    p->table.n++;
}

/* ---- reading -------------------------------------------------------------------------------- */

static int make_room(struct posterior *p, struct store *s)
{
    int64_t cells = 0;
    int status = db_number(s->db, "SELECT count(*) FROM cells", &cells);
    const size_t n = (size_t)cells, m = (size_t)p->prior->n_factors,
                 k = (size_t)p->design->n_targets;
    p->cells = (uint32_t)cells;
    p->table.n_parameters = (int)m;
    p->table.n_statistics = (int)k;
    if (status != 0)
        return status;
    p->table.u = calloc(n * m + 1, sizeof *p->table.u);
    p->table.z = calloc(n * k + 1, sizeof *p->table.z);
    p->theta = calloc(n * m + 1, sizeof *p->theta);
    p->value = calloc(n * k + 1, sizeof *p->value);
    p->cell = calloc(n + 1, sizeof *p->cell);
    p->sorted = calloc(n + 1, sizeof *p->sorted);
    bool whole = p->table.u && p->table.z && p->theta && p->value && p->cell && p->sorted;
    return whole ? 0 : ERROR_NOMEM;
}

static struct db_query *ask(struct store *s, const struct design *d)
{
    struct text sql = {0};
    text_printf(&sql, "SELECT cells.*");
    for (int t = 0; t < d->n_targets; t++)
        text_printf(&sql,
                    ", (SELECT mean_path FROM summaries WHERE cell = cells.cell AND arm = '%s' AND "
                    "outcome = '%s')",
                    s->design.arms.at[0], d->targets[t].outcome);
    text_printf(&sql, " FROM cells WHERE cause IS NULL ORDER BY cell");
    return db_query_text(s->db, &sql);
}

static int read_rows(struct posterior *p, struct store *s)
{
    const int m = p->prior->n_factors, k = p->design->n_targets;
    double *theta = calloc((size_t)(m + k), sizeof *theta);
    double *values = theta == NULL ? NULL : theta + m;
    struct db_query *q = theta == NULL ? NULL : ask(s, p->design);
    int status = theta == NULL ? ERROR_NOMEM : q == NULL ? db_code(s->db) : 1;
    const int first = q == NULL ? 0 : db_columns(q) - k;
    while (status == 1 && (status = db_next(q)) == 1) {
        for (int f = 0; f < m; f++)
            theta[f] = db_get_real(q, 1 + f);
        for (int t = 0; t < k; t++)
            values[t] = db_get_real(q, first + t);
        add_row(p, (uint32_t)db_get_int(q, 0), theta, values);
    }
    if (q != NULL)
        db_reset(q);
    free(theta);
    return status;
}

static int check_targets(const struct posterior *p, const struct store *s, struct diag *diag)
{
    for (int t = 0; t < p->design->n_targets; t++) {
        bool found = false;
        for (int k = 0; k < p->prior->outcomes.n; k++)
            found |= strcmp(p->prior->outcomes.at[k], p->design->targets[t].outcome) == 0;
        if (!found)
            diag_error(diag, p->design->targets[t].where,
                       "targets.%s: %s has no such outcome; allowed: one that was swept",
                       p->design->targets[t].outcome, s->path);
    }
    if (p->design->n_targets == 0)
        diag_error(diag, diag_at(p->design->file, 0),
                   "no targets; allowed: a section targets, one or more of sweep.outcomes");
    return diag->errors > 0 ? ERROR_INPUT : 0;
}

/* ---- the posterior -------------------------------------------------------------------------- */

static int draw(struct posterior *p)
{
    const uint32_t n = (uint32_t)p->design->calibration.draws;
    struct stream stream = stream_make(p->seed, 0, 0);
    double start[2];
    stream_uniforms(&stream, (struct stream_slot){PURPOSE_CALIBRATION, 0, 1}, 1, start);
    p->draw = calloc(n, sizeof *p->draw);
    if (p->draw == NULL)
        return ERROR_NOMEM;
    abc_resample(&p->weights, &p->table, start[0], n, p->draw);
    return 0;
}

/* ---- coverage ------------------------------------------------------------------------------- */

/* What is observed holds an error of its own, so a simulated data set must hold one too. */
static double drawn_error(const struct posterior *p, uint32_t cell, int target)
{
    struct stream stream = stream_make(p->seed, 0, cell);
    double u[2];
    stream_uniforms(&stream, (struct stream_slot){PURPOSE_CALIBRATION, (unsigned)target, 0}, 1, u);
    return gsl_cdf_ugaussian_Pinv(u[0] + 0x1p-54);
}

/* A row's data set: its statistics and their errors. */
static void simulate(const struct posterior *p, uint32_t row, double *y)
{
    const int k = p->table.n_statistics;
    for (int t = 0; t < k; t++)
        y[t] = p->table.z[(size_t)row * (size_t)k + (size_t)t] + drawn_error(p, p->cell[row], t);
}

struct near {
    double distance;
    uint32_t row;
};

static int compare_near(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows whose data sets come nearest to what is observed. */
static int find_pseudo(struct posterior *p, double *y)
{
    struct near *near = calloc((size_t)p->table.n + 1, sizeof *near);
    if (near == NULL)
        return ERROR_NOMEM;
    for (uint32_t r = 0; r < p->table.n; r++) {
        near[r].row = r;
        simulate(p, r, y);
        for (int t = 0; t < p->table.n_statistics; t++)
            near[r].distance += y[t] * y[t];
    }
    qsort(near, p->table.n, sizeof *near, compare_near);
    for (int k = 0; k < p->n_pseudo; k++)
        p->truth[k] = near[k].row;
    free(near);
    return 0;
}

/* Weight below a row's place; a whole number shares its place with other rows, and lies anywhere
 * among them. */
static double place_below(const struct posterior *p, const struct abc_weights *w, uint32_t row,
                          int k)
{
    const double place = p->table.u[(size_t)row * (size_t)p->table.n_parameters + (size_t)k];
    const double below = abc_below(w, &p->table, k, place),
                 beside = abc_below(w, &p->table, k, nextafter(place, 2)) - below;
    struct stream stream = stream_make(p->seed, 0, p->cell[row]);
    double u[2];
    stream_uniforms(&stream, (struct stream_slot){PURPOSE_CALIBRATION, (unsigned)k, 2}, 1, u);
    return below + u[0] * beside;
}

static int test_one(struct posterior *p, uint32_t row, double *y, double *below)
{
    struct abc_weights w;
    simulate(p, row, y);
    int status = abc_weigh(&w, &p->table, y, row);
    for (int k = 0; k < p->table.n_parameters && status == 0; k++)
        below[k] = place_below(p, &w, row, k);
    abc_release(&w);
    return status;
}

/* Sorts `values`, of one parameter. */
static double chance(const struct posterior *p, int k, double *values)
{
    for (int r = 0; r < p->n_pseudo; r++)
        values[r] = p->pseudo[(size_t)r * (size_t)p->table.n_parameters + (size_t)k];
    return p->n_pseudo > 0 ? abc_uniformity(values, (uint32_t)p->n_pseudo) : NAN;
}

/* Prangle, Blum, Popovic & Sisson 2014: a simulated data set near to what is observed is taken for
 * it; over many of them the weight below their true parameters must be uniform. */
static int test_coverage(struct posterior *p)
{
    const uint32_t wanted = (uint32_t)p->design->calibration.pseudo;
    const size_t m = (size_t)p->table.n_parameters;
    p->n_pseudo = (int)(wanted < p->table.n ? wanted : p->table.n);
    p->pseudo = calloc((size_t)p->n_pseudo * m + 1, sizeof *p->pseudo);
    p->truth = calloc((size_t)p->n_pseudo + 1, sizeof *p->truth);
    p->coverage = calloc(m, sizeof *p->coverage);
    double *y = calloc((size_t)p->table.n_statistics + (size_t)p->n_pseudo, sizeof *y);
    bool room = p->pseudo && p->truth && p->coverage && y;
    int status = room ? 0 : ERROR_NOMEM;
    if (status == 0 && p->n_pseudo > 0)
        status = find_pseudo(p, y);
    for (int k = 0; k < p->n_pseudo && status == 0; k++) {
        if (p->stop != NULL && *p->stop)
            status = ERROR_STOPPED;
        else
            status = test_one(p, p->truth[k], y, p->pseudo + (size_t)k * m);
    }
    for (int k = 0; k < p->table.n_parameters && status == 0; k++)
        p->coverage[k] = chance(p, k, y);
    free(y);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int weigh(struct posterior *p)
{
    double *zero = calloc((size_t)p->design->n_targets, sizeof *zero);
    int status = zero == NULL ? ERROR_NOMEM : abc_weigh(&p->weights, &p->table, zero, ABC_NONE);
    free(zero);
    return status;
}

int posterior_find(struct posterior *p, struct store *s, const struct design *design, uint64_t seed,
                   const volatile sig_atomic_t *stop, struct diag *diag)
{
    *p = (struct posterior){.design = design, .prior = &s->design, .seed = seed, .stop = stop};
    int status = check_factors(p, s, diag), wrong = check_targets(p, s, diag);
    if (status == 0)
        status = wrong;
    if (status == 0)
        status = check_prior(p, s, diag);
    if (status != 0)
        return status;
    status = make_room(p, s);
    if (status == 0)
        status = read_rows(p, s);
    if (status != 0)
        return store_failed(s, status, "read", diag);
    p->left = p->cells - p->table.n;
    if (p->table.n == 0)
        return diag_error(diag, diag_at(s->path, 0),
                          "none of %" PRIu32 " cells knows all targets; allowed: one or more",
                          p->cells);
    status = weigh(p);
    p->weights.evidence += fmath_log((double)p->table.n / p->cells); /* others: likelihood 0 */
    if (status == 0)
        status = draw(p);
    return status == 0 ? test_coverage(p) : status;
}

void posterior_release(struct posterior *p)
{
    abc_release(&p->weights);
    free(p->table.u);
    free(p->table.z);
    free(p->cell);
    free(p->theta);
    free(p->value);
    free(p->draw);
    free(p->pseudo);
    free(p->truth);
    free(p->coverage);
    free(p->sorted);
    *p = (struct posterior){0};
}
