#include "measure/series.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static void release(struct series *s)
{
    free(s->members);
    free(s->first);
    free(s->second);
}

void series_release(struct series_list *list)
{
    for (int k = 0; k < list->n; k++)
        release(&list->at[k]);
    free(list->at);
    *list = (struct series_list){0};
}

/* The index of the new series, which the list owns from here on. */
static int add(struct series_list *list, struct series series)
{
    struct series *grown = realloc(list->at, (size_t)(list->n + 1) * sizeof *grown);
    if (grown == NULL) {
        release(&series);
        return ERROR_NOMEM;
    }
    list->at = grown;
    grown[list->n] = series;
    return list->n++;
}

/* ---- what is recorded unasked --------------------------------------------------------------- */

static int add_pair(struct series_list *list, const struct measure *measure, int i, int j)
{
    int status = add(list, (struct series){.measure = measure, .i = i, .j = j});
    if (status >= 0 && measure->level == LEVEL_DIRECTED)
        status = add(list, (struct series){.measure = measure, .i = j, .j = i});
    return status;
}

static int add_all_of(struct series_list *list, const struct scenario *sc,
                      const struct measure *measure, enum record record)
{
    int n = sc->n_states, status = 0;
    bool dyadic = measure->level == LEVEL_DYAD || measure->level == LEVEL_DIRECTED;
    if (measure->chances != NULL || (record <= RECORD_FOCUS && !dyadic))
        return 0;
    if (measure->level == LEVEL_SYSTEM)
        return add(list, (struct series){.measure = measure, .i = -1, .j = -1});
    if (measure->level == LEVEL_STATE) {
        for (int i = 0; i < n && status >= 0; i++)
            status = add(list, (struct series){.measure = measure, .i = i, .j = -1});
        return status;
    }
    for (int k = 0; k < sc->n_focus && status >= 0 && record != RECORD_ALL_DYADS; k++)
        status = add_pair(list, measure, sc->focus[k].i, sc->focus[k].j);
    for (int i = 0; i < n && record == RECORD_ALL_DYADS; i++)
        for (int j = i + 1; j < n && status >= 0; j++)
            status = add_pair(list, measure, i, j);
    return status;
}

int series_select(struct series_list *list, const struct scenario *sc, enum record record)
{
    *list = (struct series_list){0};
    int status = 0;
    for (int m = 0; m < n_measures && status >= 0 && record != RECORD_OUTCOMES; m++)
        status = add_all_of(list, sc, &measures[m], record);
    return status < 0 ? status : 0;
}

/* ---- subjects ------------------------------------------------------------------------------- */

/* A state, or the states of a group. */
struct side {
    const int *states;
    int n, self; /* self: the state, to which `states` points then */
    bool group;
};

static bool find_side(const struct scenario *sc, const char *name, struct side *side)
{
    side->self = scenario_state(sc, name);
    side->states = &side->self;
    side->n = 1;
    side->group = false;
    for (int g = 0; g < sc->n_groups && side->self < 0; g++)
        if (strcmp(sc->groups[g].name, name) == 0) {
            *side = (struct side){sc->groups[g].state, sc->groups[g].n_states, -1, true};
            return true;
        }
    return side->self >= 0;
}

static bool is_member(const struct series *s, struct pair pair)
{
    for (int k = 0; k < s->n_members; k++)
        if (pair_same(s->members[k], pair))
            return true;
    return false;
}

/* All pairs of a state of one side and a state of the other, each once. */
static int add_members(struct series *s, const struct side *a, const struct side *b)
{
    s->members = calloc((size_t)(a->n * b->n) + 1, sizeof *s->members);
    if (s->members == NULL)
        return ERROR_NOMEM;
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n; j++) {
            struct pair pair = {a->states[i], b->states[j]};
            if (pair.i != pair.j && (s->measure->level == LEVEL_DIRECTED || !is_member(s, pair)))
                s->members[s->n_members++] = pair;
        }
    return s->n_members > 0 ? 0 : ERROR_INPUT;
}

static int copy_names(struct series *s, const char *first, const char *second)
{
    s->first = text_copy(first);
    s->second = second == NULL ? NULL : text_copy(second);
    return s->first == NULL || (second != NULL && s->second == NULL) ? ERROR_NOMEM : 0;
}

static int of_state(struct series *s, const struct scenario *sc, const char *subject)
{
    struct side side;
    if (!find_side(sc, subject, &side) || side.n == 0)
        return ERROR_INPUT;
    s->i = side.self;
    if (!side.group)
        return 0;
    s->members = calloc((size_t)side.n, sizeof *s->members);
    for (int k = 0; k < side.n && s->members != NULL; k++)
        s->members[s->n_members++] = (struct pair){side.states[k], -1};
    return s->members == NULL ? ERROR_NOMEM : copy_names(s, subject, NULL);
}

/* Two names with a sign between them, or one group, whose dyads are meant. */
static int of_pair(struct series *s, const struct scenario *sc, const char *subject, char sign)
{
    char first[64];
    struct side a, b;
    const char *cut = strchr(subject, sign), *second = cut == NULL ? subject : cut + 1;
    size_t length = cut == NULL ? strlen(subject) : (size_t)(cut - subject);
    if (length >= sizeof first)
        return ERROR_INPUT;
    memcpy(first, subject, length);
    first[length] = '\0';
    if (!find_side(sc, first, &a) || !find_side(sc, second, &b))
        return ERROR_INPUT;
    if (!a.group && !b.group) {
        s->i = a.self;
        s->j = b.self;
        return s->i == s->j ? ERROR_INPUT : 0;
    }
    int status = add_members(s, &a, &b);
    return status != 0 ? status : copy_names(s, first, cut == NULL ? NULL : second);
}

static int find_subject(struct series *s, const struct scenario *sc, const char *subject)
{
    switch (s->measure->level) {
    case LEVEL_SYSTEM:
        return strcmp(subject, "system") == 0 ? 0 : ERROR_INPUT;
    case LEVEL_STATE:
        return of_state(s, sc, subject);
    case LEVEL_DYAD:
        return of_pair(s, sc, subject, '-');
    default:
        return of_pair(s, sc, subject, '>');
    }
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A dyad has one series, whichever way it is written. */
static bool is_same(const struct series *a, const struct series *b)
{
    struct pair left = {a->i, a->j}, right = {b->i, b->j};
    bool pairs = a->measure->level == LEVEL_DIRECTED ? left.i == right.i && left.j == right.j
                                                     : pair_same(left, right);
    return a->measure == b->measure && pairs && same_text(a->first, b->first) &&
           same_text(a->second, b->second);
}

static int find_or_add(struct series_list *list, struct series series)
{
    for (int k = 0; k < list->n; k++)
        if (is_same(&list->at[k], &series)) {
            release(&series);
            return k;
        }
    return add(list, series);
}

int series_find(struct series_list *list, const struct scenario *sc, const struct measure *measure,
                const char *subject)
{
    struct series series = {.measure = measure, .i = -1, .j = -1};
    int status = find_subject(&series, sc, subject);
    if (status != 0) {
        release(&series);
        return status;
    }
    return find_or_add(list, series);
}

int series_find_reverse(struct series_list *list, int series)
{
    const struct series *s = &list->at[series];
    struct series reverse = {.measure = s->measure, .i = s->j, .j = s->i};
    if (s->first == NULL)
        return find_or_add(list, reverse);
    reverse.members = calloc((size_t)s->n_members, sizeof *reverse.members);
    int status = reverse.members == NULL
                     ? ERROR_NOMEM
                     : copy_names(&reverse, s->second == NULL ? s->first : s->second,
                                  s->second == NULL ? NULL : s->first);
    for (int k = 0; k < s->n_members && status == 0; k++)
        reverse.members[reverse.n_members++] = (struct pair){s->members[k].j, s->members[k].i};
    if (status != 0) {
        release(&reverse);
        return status;
    }
    return find_or_add(list, reverse);
}

/* ---- reading -------------------------------------------------------------------------------- */

double series_value(const struct series *series, const struct simulation *s)
{
    const struct measure *m = series->measure;
    if (series->n_members == 0)
        return m->value(s, series->i, series->j);
    double sum = 0;
    for (int k = 0; k < series->n_members; k++)
        sum += m->value(s, series->members[k].i, series->members[k].j);
    return sum / series->n_members;
}

void series_read(const struct series_list *list, struct simulation *s, double *out, size_t apart)
{
    _Alignas(64) double of_lane[KERNEL_LANES];
    for (int k = 0; k < list->n; k++) {
        const struct series *series = &list->at[k];
        if (series->n_members == 0)
            measure_read(series->measure, s, (struct pair){series->i, series->j}, of_lane);
        for (s->lane = 0; s->lane < s->world.lanes; s->lane++)
            out[(size_t)s->lane * apart + (size_t)k] =
                series->n_members == 0 ? of_lane[s->lane] : series_value(series, s);
    }
    s->lane = 0;
}
