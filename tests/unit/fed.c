#include "fed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

void fed_open(struct fed *f, const char *outcomes, const char *sets)
{
    struct text t = {0};
    struct diag diag = {0};
    text_printf(&t,
                "%sgroups = { left = [\"AAA\", \"BBB\"]; right = [\"CCC\", \"DDD\"]; };\n"
                "arms = { full = { }; less = { }; };\noutcomes = { %s };\n",
                small_four, outcomes);
    small_open(&f->small, t.s, sets);
    text_release(&t);
    assert_int_equal(series_select(&f->list, f->small.scenario, RECORD_OUTCOMES), 0);
    int status = readings_init(&f->readings, f->small.scenario, &f->list, NULL, &diag);
    if (status != 0)
        fail_msg("%s", diag.text.s);
    f->row = calloc((size_t)f->list.n + 1, sizeof *f->row);
    f->scratch = calloc((size_t)f->readings.width, sizeof *f->scratch);
    assert_true(f->row != NULL && f->scratch != NULL);
}

void fed_close(struct fed *f)
{
    free(f->row);
    free(f->scratch);
    readings_release(&f->readings);
    series_release(&f->list);
    small_close(&f->small);
}

double *fed_sketch(const struct fed *f)
{
    double *sketch = calloc((size_t)f->readings.size + 1, sizeof *sketch);
    assert_non_null(sketch);
    return sketch;
}

double *fed_record(struct fed *f, const double *const *paths)
{
    const struct scenario *sc = f->small.scenario;
    double *sketch = fed_sketch(f);
    for (int m = 0; m < scenario_months(sc); m++) {
        for (int s = 0; s < f->list.n; s++)
            f->row[s] = paths[s][m];
        readings_month(&f->readings, &f->small.simulation, sc->general.start + m, f->row, sketch,
                       f->scratch);
    }
    return sketch;
}

double *fed_path(struct fed *f, const double *path)
{
    assert_int_equal(f->list.n, 1);
    return fed_record(f, &path);
}

int fed_outcome(const struct fed *f, const char *name)
{
    for (int k = 0; k < f->readings.n; k++)
        if (strcmp(f->readings.of[k].outcome->name, name) == 0)
            return k;
    fail_msg("no outcome %s", name);
    return -1;
}

double fed_value(const struct fed *f, const char *name, const double *sketch)
{
    return reading_value(&f->readings.of[fed_outcome(f, name)], sketch, NULL, 0, NULL);
}
