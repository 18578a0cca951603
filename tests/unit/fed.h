/* Outcomes fed with made-up months: readings of a small scenario, and sketches of what they are
 * told. */
#ifndef WALTZ_TESTS_FED_H
#define WALTZ_TESTS_FED_H

#include "measure/outcome.h"
#include "small.h"

/* Groups left (AAA, BBB) and right (CCC, DDD); arms full and less; months from 2010-01 on. */
struct fed {
    struct small small;
    struct series_list list;
    struct readings readings;
    double *row, *scratch;
};

/* `outcomes` is what stands in the section, `sets` as of small_open. */
void fed_open(struct fed *f, const char *outcomes, const char *sets);
void fed_close(struct fed *f);

/* An empty sketch on the heap. */
double *fed_sketch(const struct fed *f);

/* The sketch of a record in which series s has the value of paths[s][month]; on the heap. */
double *fed_record(struct fed *f, const double *const *paths);

/* The only series' record. */
double *fed_path(struct fed *f, const double *path);

/* An outcome's index, and its value in a sketch without anything else. */
int fed_outcome(const struct fed *f, const char *name);
double fed_value(const struct fed *f, const char *name, const double *sketch);

#endif
