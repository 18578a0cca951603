#include "made.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"

enum { START = 2010 * 12 };

static void *zeros(size_t n, size_t size)
{
    void *array = calloc(n + 1, size);
    assert_non_null(array);
    return array;
}

static double *unknown(size_t n)
{
    double *numbers = zeros(n, sizeof *numbers);
    for (size_t k = 0; k < n; k++)
        numbers[k] = NAN;
    return numbers;
}

static char *name_of(char letter, int k)
{
    char name[16];
    snprintf(name, sizeof name, "%c%d", letter, k);
    return text_copy(name);
}

static void make_scenario(struct made *m)
{
    struct scenario *sc = &m->scenario;
    sc->n_arms = m->size.arms;
    sc->n_outcomes = m->size.outcomes;
    sc->arms = zeros((size_t)sc->n_arms, sizeof *sc->arms);
    sc->outcomes = zeros((size_t)sc->n_outcomes, sizeof *sc->outcomes);
    m->readings.n = sc->n_outcomes;
    m->readings.of = zeros((size_t)sc->n_outcomes, sizeof *m->readings.of);
    for (int k = 0; k < sc->n_arms; k++)
        sc->arms[k].name = name_of('a', k);
    for (int k = 0; k < sc->n_outcomes; k++) {
        sc->outcomes[k].name = name_of('o', k);
        sc->outcomes[k].arm_index = sc->outcomes[k].minus_arm_index = -1;
        m->readings.of[k] = (struct reading){.outcome = &sc->outcomes[k],
                                             .measure = measure_find("acts"),
                                             .source = SOURCE_SERIES,
                                             .start = START,
                                             .size = m->size.months};
    }
}

static void make_draw(const struct made *m, struct draw *d, int number)
{
    size_t each = (size_t)m->size.arms * (1 + (size_t)m->size.replicates);
    snprintf(d->name, sizeof d->name, "%d", number);
    d->n = m->size.replicates;
    d->ran = zeros((size_t)m->size.arms, sizeof *d->ran);
    for (int k = 0; k < m->size.arms; k++)
        d->ran[k] = true;
    d->values = unknown(each * (size_t)m->size.outcomes);
    d->paths = unknown(each * (size_t)m->size.paths * (size_t)m->size.months);
}

void made_open(struct made *m, struct made_size size)
{
    *m = (struct made){.size = size};
    make_scenario(m);
    m->request = (struct reproduction_request){
        .base = &m->scenario, .seed = 1, .n = size.replicates, .max_draws = INT32_MAX};
    m->reproduction = (struct reproduction){.request = &m->request,
                                            .n_arms = size.arms,
                                            .n_outcomes = size.outcomes,
                                            .n_paths = size.paths,
                                            .months = size.months,
                                            .readings = &m->readings,
                                            .n_draws = size.draws,
                                            .planned = size.draws};
    m->reproduction.draws = zeros((size_t)size.draws, sizeof *m->reproduction.draws);
    for (int k = 0; k < size.draws; k++)
        make_draw(m, &m->reproduction.draws[k], k);
}

void made_close(struct made *m)
{
    for (int k = 0; k < m->size.draws; k++) {
        free(m->reproduction.draws[k].ran);
        free(m->reproduction.draws[k].values);
        free(m->reproduction.draws[k].paths);
    }
    for (int k = 0; k < m->size.arms; k++)
        free(m->scenario.arms[k].name);
    for (int k = 0; k < m->size.outcomes; k++)
        free(m->scenario.outcomes[k].name);
    free(m->reproduction.draws);
    free(m->readings.of);
    free(m->scenario.arms);
    free(m->scenario.outcomes);
}

double *made_values(struct made *m, int draw, int arm, int outcome)
{
    return reproduction_values(&m->reproduction, &m->reproduction.draws[draw], arm, outcome);
}

void made_say(struct made *m, int draw, int arm, int outcome, double value)
{
    double *values = made_values(m, draw, arm, outcome);
    for (uint32_t k = 0; k <= m->size.replicates; k++)
        values[k] = value;
}

double *made_path(struct made *m, int draw, int arm, uint32_t index)
{
    return reproduction_path(&m->reproduction, &m->reproduction.draws[draw], 0, arm, index);
}

void made_searches(struct made *m, int outcome, struct made_search search)
{
    struct outcome *o = &m->scenario.outcomes[outcome];
    o->statistic = search.statistic;
    o->trend_index = search.trend;
    o->window = (struct window){START + search.window.from, START + search.window.to};
    o->alarm = (struct window){START + search.alarm.from, START + search.alarm.to};
    m->readings.of[outcome].path = true;
}

double made_uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

double made_count(uint64_t *state, double mean)
{
    double product = made_uniform(state), least = exp(-mean);
    int n = 0;
    for (; product > least; n++)
        product *= made_uniform(state);
    return n;
}
