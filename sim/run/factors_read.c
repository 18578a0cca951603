/* Factors as a design states them, made ready and checked. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "run/factors.h"
#include "scenario/names.h"
#include "scenario/path.h"
#include "scenario/resolve.h"

bool factor_number(const struct key *key, const char *text, double *number)
{
    int date;
    char *end;
    enum key_type type = key == NULL ? KEY_TEXT : key->type;
    *number = NAN;
    if ((type == KEY_DAY && date_parse_day(text, &date) == 0) ||
        (type == KEY_MONTH && date_parse_month(text, &date) == 0))
        *number = date;
    else if (type == KEY_REAL || type == KEY_INT) {
        *number = strtod(text, &end);
        if (end == text || *end != '\0' || isspace((unsigned char)text[0]))
            *number = NAN;
    }
    return isfinite(*number);
}

/* What the functions below share. */
struct reader {
    const struct design *design;
    const struct scenario *base;
    const struct texts *sets;
    struct dimensions *all;
    struct diag *diag;
};

static enum factor_kind kind_of(const struct key *key, bool labelled)
{
    if (key == NULL || labelled)
        return FACTOR_WORD;
    if (key->type == KEY_DAY || key->type == KEY_MONTH)
        return FACTOR_DATE;
    return key->type == KEY_REAL || key->type == KEY_INT ? FACTOR_NUMBER : FACTOR_WORD;
}

/* The number that the scenario has at a path; false if nothing stands there, or no number. */
static bool base_number(const struct place *place, double *number)
{
    if (place->record == NULL)
        return false;
    const char *field = (const char *)place->record + place->key->offset;
    *number = place->key->type == KEY_REAL ? *(const double *)(const void *)field
                                           : *(const int *)(const void *)field;
    return true;
}

/* ---- paths ---------------------------------------------------------------------------------- */

static bool is_set(const struct texts *sets, const char *path)
{
    size_t n = strlen(path);
    for (int k = 0; k < sets->n; k++)
        if (strncmp(sets->at[k], path, n) == 0 && sets->at[k][n] == '=')
            return true;
    return false;
}

/* Does an earlier factor, or this one before its path k, name the path? */
static bool is_taken(const struct dimensions *all, const struct dimension *own, int k)
{
    const char *path = own->paths.at[k];
    for (const struct dimension *d = all->of; d <= own; d++)
        for (int q = 0; q < (d == own ? k : d->paths.n); q++)
            if (strcmp(d->paths.at[q], path) == 0)
                return true;
    return false;
}

/* NULL, or what is allowed in place of the path. */
static const char *refuse_path(const struct reader *r, const struct dimension *d, const char *path,
                               struct place *place)
{
    if (strchr(path, '=') != NULL || path_find(r->base, path, place) != 0)
        return "a value of the scenario by its path, as parameters.lambda; `waltz list keys` tells "
               "the names";
    if (resolve_shared(path) != NULL)
        return "what may differ between cells";
    if (is_set(r->sets, path))
        return "a path that neither `set` nor --set sets";
    if (d->key != NULL && d->key->type != place->key->type)
        return "paths to values of one type";
    return NULL;
}

static int read_path(const struct reader *r, struct dimension *d, int k)
{
    const char *path = d->paths.at[k];
    struct place place;
    if (strcmp(path, "arm") == 0 && d->paths.n == 1) {
        d->arm = true;
        return 0;
    }
    const char *allowed = refuse_path(r, d, path, &place);
    if (allowed == NULL && is_taken(r->all, d, k))
        allowed = "a path that is named once";
    if (allowed != NULL)
        return diag_error(r->diag, d->where, "factors.%s: path \"%s\": allowed: %s", d->name, path,
                          allowed);
    d->key = place.key;
    if (d->base != NULL && ((place.key->type != KEY_REAL && place.key->type != KEY_INT) ||
                            !base_number(&place, &d->base[k])))
        return diag_error(
            r->diag, d->where,
            "factors.%s: relative, but the scenario has no number at \"%s\"; allowed: "
            "relative = false",
            d->name, path);
    return 0;
}

static int read_paths(const struct reader *r, struct dimension *d, const char *list, bool relative)
{
    int status = texts_split(&d->paths, list);
    if (status == 0 && relative) {
        d->base = calloc((size_t)d->paths.n + 1, sizeof *d->base);
        status = d->base == NULL ? ERROR_NOMEM : 0;
    }
    if (status == 0 && d->paths.n == 0)
        return diag_error(r->diag, d->where, "factors.%s.paths: allowed: one path or more",
                          d->name);
    for (int k = 0; k < d->paths.n && status == 0; k++)
        status = read_path(r, d, k);
    return status;
}

/* ---- values --------------------------------------------------------------------------------- */

static int wrong(const struct reader *r, const struct dimension *d, const char *what,
                 const char *allowed)
{
    return diag_error(r->diag, d->where, "factors.%s: %s; allowed: %s", d->name, what, allowed);
}

static bool is_numeric(const struct dimension *d)
{
    return d->key != NULL && kind_of(d->key, false) != FACTOR_WORD;
}

/* NULL, or what may stand in place of a value. */
static const char *refuse_value(const struct reader *r, const struct dimension *d, const char *text)
{
    double number;
    for (int k = 0; k < r->base->n_arms && d->arm; k++)
        if (strcmp(r->base->arms[k].name, text) == 0)
            return NULL;
    if (d->arm)
        return "an arm of the scenario";
    if (!is_numeric(d) || factor_number(d->key, text, &number))
        return NULL;
    return d->key->type == KEY_DAY     ? "a date YYYY-MM-DD"
           : d->key->type == KEY_MONTH ? "a month YYYY-MM"
                                       : "a number";
}

/* Would a table show the same? */
static bool same_level(const struct dimension *d, const char *a, const char *b)
{
    double x, y;
    bool numbers = d->labels.n == 0 && d->kind == FACTOR_NUMBER && factor_number(d->key, a, &x) &&
                   factor_number(d->key, b, &y);
    return numbers ? x == y : strcmp(a, b) == 0;
}

/* Items of a list, those that are empty among them. */
static int count_items(const char *list)
{
    int n = list[0] != '\0';
    for (; *list != '\0'; list++)
        n += *list == ';';
    return n;
}

static int read_values(const struct reader *r, struct dimension *d, const struct factor *f)
{
    int status = texts_split(&d->values, f->values);
    if (status == 0)
        status = texts_split(&d->labels, f->labels);
    if (status != 0)
        return status;
    if (count_items(f->values) != d->values.n || count_items(f->labels) != d->labels.n)
        return wrong(r, d, "an empty value or label", "some text; \"-\" sets an empty list");
    if (d->labels.n > 0 && d->labels.n != d->values.n)
        return wrong(r, d, "labels are not as many as values", "one label a value, or none");
    const struct texts *names = d->labels.n > 0 ? &d->labels : &d->values;
    for (int k = 0; k < names->n; k++) {
        const char *allowed = refuse_value(r, d, d->values.at[k]);
        if (allowed != NULL)
            return diag_error(r->diag, d->where, "factors.%s.values: \"%s\"; allowed: %s", d->name,
                              d->values.at[k], allowed);
        for (int q = 0; q < k; q++)
            if (same_level(d, names->at[q], names->at[k]))
                return wrong(r, d, "two values are called alike", "each value once");
    }
    return 0;
}

static int check_range(const struct reader *r, const struct dimension *d)
{
    if (d->low > d->high)
        return wrong(r, d, "the bounds are reversed", "low below high");
    if (d->low == d->high)
        return wrong(r, d, "the range is empty", "low below high");
    if (d->scale == SCALE_LOG && (d->kind == FACTOR_DATE || d->low <= 0))
        return wrong(r, d, "scale \"log\"", "it for numbers above 0 alone");
    if (r->design->sweep.kind != DESIGN_GRID)
        return 0;
    if (d->scale == SCALE_NORMAL)
        return wrong(r, d, "scale \"normal\" in a grid", "\"linear\" or \"log\"");
    if (d->steps < 2)
        return wrong(r, d, "levels is missing", "levels of 2 or more, or values");
    for (int k = 1; k < d->steps; k++)
        if (dimension_step(d, k) == dimension_step(d, k - 1))
            return wrong(r, d, "two levels are equal, to a whole number or to ten digits",
                         "fewer levels, or a wider range");
    return 0;
}

static int read_range(const struct reader *r, struct dimension *d, const struct factor *f)
{
    if (d->arm || !is_numeric(d))
        return wrong(r, d, "its path has no numbers", "values = [ … ]");
    if (f->low[0] == '\0' || f->high[0] == '\0')
        return wrong(r, d, "no values", "low and high, or values = [ … ]");
    if (refuse_value(r, d, f->low) != NULL || refuse_value(r, d, f->high) != NULL)
        return wrong(r, d, "low or high is no value of its path",
                     refuse_value(r, d, refuse_value(r, d, f->low) ? f->low : f->high));
    factor_number(d->key, f->low, &d->low);
    factor_number(d->key, f->high, &d->high);
    return check_range(r, d);
}

static int read_levels(const struct reader *r, struct dimension *d, const struct factor *f)
{
    if (f->labels[0] != '\0' && f->values[0] == '\0')
        return wrong(r, d, "labels without values", "both");
    bool range = f->low[0] != '\0' || f->high[0] != '\0' || f->levels != 0;
    if (r->design->sweep.kind == DESIGN_LIST)
        return range || f->values[0] != '\0'
                   ? wrong(r, d, "the table of points has its values", "paths, relative and times")
                   : 0;
    if (range && f->values[0] != '\0')
        return wrong(r, d, "values and a range", "one of them");
    if (f->levels != 0 && r->design->sweep.kind != DESIGN_GRID)
        return wrong(r, d, "levels", "it in a grid alone");
    return f->values[0] != '\0' ? read_values(r, d, f) : read_range(r, d, f);
}

static int read_factor(const struct reader *r, struct dimension *d, const struct factor *f)
{
    snprintf(d->name, sizeof d->name, "%s", f->name);
    d->where = f->where;
    d->times = f->times;
    d->scale = f->scale;
    d->steps = f->levels;
    int status = read_paths(r, d, f->paths, f->relative);
    d->kind = kind_of(d->key, f->labels[0] != '\0');
    return status != 0 ? status : read_levels(r, d, f);
}

/* ---- columns of a table of points ----------------------------------------------------------- */

/* A column's name for a path: its last word if that is one, else all of it. */
static void name_column(const char *path, char name[FACTOR_NAME])
{
    const char *dot = strrchr(path, '.');
    snprintf(name, FACTOR_NAME, "%s", dot == NULL ? path : dot + 1);
    if (design_column(name) == NULL && name_plain.holds(name))
        return;
    snprintf(name, FACTOR_NAME, "%s", path);
    for (char *p = name; *p != '\0'; p++)
        *p = isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '_';
}

static struct dimension *find(const struct dimensions *all, const char *name)
{
    for (int k = 0; k < all->n; k++)
        if (strcmp(all->of[k].name, name) == 0)
            return &all->of[k];
    return NULL;
}

static int check_column(const struct reader *r, const struct dimension *d, const struct csv *points)
{
    for (int row = 0; row < points->n_rows; row++) {
        const char *text = csv_cell(points, row, d->column), *allowed = refuse_value(r, d, text);
        if (allowed == NULL && strlen(text) >= TEXT_ITEM)
            allowed = "a shorter text";
        if (allowed != NULL)
            return diag_error(r->diag, csv_where(points, row), "%s = \"%s\"; allowed: %s",
                              csv_header(points, d->column), text, allowed);
    }
    return 0;
}

/* A column is a factor by its name, a path, or (draw) a name of the row. */
static int read_column(const struct reader *r, const struct csv *points, int column)
{
    const char *header = csv_header(points, column);
    struct dimension *d = find(r->all, header);
    int status = 0;
    if (d == NULL) {
        char name[FACTOR_NAME];
        name_column(header, name);
        if (find(r->all, name) != NULL || !name_plain.holds(name))
            return diag_error(
                r->diag, csv_where(points, -1),
                "column \"%s\": allowed: the name of a factor, or the path of a value "
                "that is no other column's",
                header);
        d = &r->all->of[r->all->n++];
        memcpy(d->name, name, sizeof name);
        d->times = 1;
        d->where = csv_where(points, -1);
        status = strcmp(header, "draw") == 0 ? 0 : read_paths(r, d, header, false);
        d->kind = kind_of(d->key, false);
    } else if (d->column >= 0) {
        return diag_error(r->diag, csv_where(points, -1), "column \"%s\" stands twice", header);
    }
    d->column = column;
    return status != 0 ? status : check_column(r, d, points);
}

static int read_columns(const struct reader *r, const struct csv *points)
{
    int status = 0, wrong_ones = 0;
    for (int c = 0; c < points->n_columns && status == 0; c++) {
        status = read_column(r, points, c);
        wrong_ones |= status == ERROR_INPUT;
        status = diag_go_on(status);
    }
    for (int k = 0; k < r->design->n_factors && status == 0 && !wrong_ones; k++)
        if (r->all->of[k].column < 0)
            wrong_ones |= wrong(r, &r->all->of[k], "the table of points has no such column",
                                "a column with the factor's name") != 0;
    return status != 0 ? status : wrong_ones ? ERROR_INPUT : 0;
}

/* ---- all ------------------------------------------------------------------------------------ */

int dimensions_init(struct dimensions *d, const struct design *design, const struct csv *points,
                    const struct scenario *base, const struct texts *sets, struct diag *diag)
{
    const struct reader r = {design, base, sets, d, diag};
    bool list = design->sweep.kind == DESIGN_LIST;
    int most = design->n_factors + (list ? points->n_columns : 0), status = 0, wrong_ones = 0;
    *d = (struct dimensions){.of = calloc((size_t)most + 1, sizeof *d->of)};
    if (d->of == NULL)
        return ERROR_NOMEM;
    if (most == 0 || most > FACTORS_MOST)
        return diag_error(diag, diag_at(design->file, 0), "%d factors; allowed: 1 .. %d", most,
                          FACTORS_MOST);
    for (int k = 0; k < most; k++)
        d->of[k].column = -1;
    for (int k = 0; k < design->n_factors && status == 0; k++) {
        d->n++;
        status = read_factor(&r, &d->of[k], &design->factors[k]);
        wrong_ones |= status == ERROR_INPUT;
        status = diag_go_on(status);
    }
    if (status == 0 && !wrong_ones && list)
        status = read_columns(&r, points);
    return status != 0 ? status : wrong_ones ? ERROR_INPUT : 0;
}

void dimensions_release(struct dimensions *d)
{
    for (int k = 0; k < d->n; k++) {
        texts_release(&d->of[k].paths);
        texts_release(&d->of[k].values);
        texts_release(&d->of[k].labels);
        free(d->of[k].base);
    }
    free(d->of);
    *d = (struct dimensions){0};
}
