/* Factors of a design, checked against the scenario that they vary. */
#ifndef WALTZ_RUN_FACTORS_H
#define WALTZ_RUN_FACTORS_H

#include "scenario/csv.h"
#include "scenario/design.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"

enum factor_kind { FACTOR_NUMBER, FACTOR_DATE, FACTOR_WORD };
extern const char *const factor_kind_names[]; /* number, date, word */

enum { FACTOR_NAME = 33, FACTORS_MOST = 256 };

/* What one factor varies. Levels are those of a list; a range has none. */
struct dimension {
    char name[FACTOR_NAME]; /* a column */
    enum factor_kind kind;
    struct texts paths;    /* as of --set; none: a column that sets nothing */
    bool arm;              /* it chooses one of the scenario's arms */
    const struct key *key; /* of the first path; NULL without one */
    double *base;          /* [paths.n] what the scenario has there, if the factor is relative */
    double times;
    double low, high; /* of a range; days or months if kind is FACTOR_DATE */
    int steps;        /* of a range in a grid: so many values */
    int scale;        /* SCALE_… */
    struct texts values, labels;
    int column; /* of the table of points, −1 */
    struct where where;
};

struct dimensions {
    struct dimension *of;
    int n;
};

/* Makes the factors of a design, then, of a list, those of the table's other columns, which are
 * paths. `sets` are the settings of all cells. Everything wrong is in diag; 0, ERROR_INPUT,
 * ERROR_NOMEM. Release it in any case. */
int dimensions_init(struct dimensions *d, const struct design *design, const struct csv *points,
                    const struct scenario *base, const struct texts *sets, struct diag *diag);
void dimensions_release(struct dimensions *d);

/* A text as a number, or the day or month of a date; false (and NaN) if the key, or NULL, has other
 * values or the text is none. */
bool factor_number(const struct key *key, const char *text, double *number);

/* How many values a factor has in a grid. */
int dimension_levels(const struct dimension *d);

/* One value: `label` is what tables call it, `value` what the scenario gets (before `times` and
 * `base`), number its number (NaN if it is none; days or months for a date). */
struct factor_value {
    double number;
    char label[TEXT_ITEM], value[TEXT_ITEM];
};

/* The number at a level of a range in a grid. */
double dimension_step(const struct dimension *d, int level);

/* The value at a level, at u of (0, 1) along the range or the levels, of a text. */
void dimension_at_level(const struct dimension *d, int level, struct factor_value *out);
void dimension_at(const struct dimension *d, double u, struct factor_value *out);
void dimension_at_text(const struct dimension *d, const char *text, struct factor_value *out);

/* Adds what a value sets, path=value. 0 or ERROR_NOMEM. */
int dimension_settings(const struct dimension *d, const struct scenario *base,
                       const struct factor_value *value, struct texts *settings);

#endif
