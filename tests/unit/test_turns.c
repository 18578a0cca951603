/* Outcomes that are times of change points: which one counts, and what they need beside the path.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fed.h"

enum { MONTHS = 48, YEAR = 12 };
#define LONG "scenario.end=2013-12"
#define SEARCHED "measure = \"acts\"; subject = \"AAA-BBB\"; trend = \"full\"; statistic = "

/* 2010 low, 2011 high, 2012 lower, 2013 highest, with a little up and down; about a line. */
static void fill(double *path, double slope)
{
    static const double level[] = {2, 7, 3, 11};
    for (int m = 0; m < MONTHS; m++)
        path[m] = level[m / YEAR] + (m % 2 ? 0.25 : -0.25) + slope * (m - (MONTHS - 1) / 2.0);
}

static double turn(const struct fed *f, const char *name, const double *sketch,
                   const struct search *search)
{
    return reading_value(&f->readings.of[fed_outcome(f, name)], sketch, NULL, 0, search);
}

static void the_first_change_point_in_the_window_counts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double when;
    } known[] = {{"any", 2011},          {"up", 2011},         {"later_any", 2012},
                 {"later_up", 2013},     {"down_only", NAN},   {"down_change", 2012},
                 {"at_the_start", 2011}, {"at_the_end", 2011}, {"just_before", NAN},
                 {"just_behind", 2012}};
    struct fed f;
    struct search_room room;
    double path[MONTHS];
    fed_open(&f,
             "any = { " SEARCHED "\"change\"; window = \"2010-01..2013-12\"; };\n"
             "up = { " SEARCHED "\"onset\"; window = \"2010-01..2013-12\"; };\n"
             "later_any = { " SEARCHED "\"change\"; window = \"2011-02..2013-12\"; };\n"
             "later_up = { " SEARCHED "\"onset\"; window = \"2011-02..2013-12\"; };\n"
             "down_only = { " SEARCHED "\"onset\"; window = \"2011-06..2012-06\"; };\n"
             "down_change = { " SEARCHED "\"change\"; window = \"2011-06..2012-06\"; };\n"
             "at_the_start = { " SEARCHED "\"onset\"; window = \"2011-01..2011-03\"; };\n"
             "at_the_end = { " SEARCHED "\"onset\"; window = \"2010-06..2011-01\"; };\n"
             "just_before = { " SEARCHED "\"change\"; window = \"2010-01..2010-12\"; };\n"
             "just_behind = { " SEARCHED "\"change\"; window = \"2011-02..2012-01\"; };\n",
             LONG);
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    const struct search search = {&room, CHANGE_MEAN, 1, 0, 10};
    fill(path, 0);
    double *sketch = fed_path(&f, path);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        double when = turn(&f, known[k].name, sketch, &search);
        if (isnan(when) ? !isnan(known[k].when) : when != known[k].when)
            fail_msg("%s: %g, not %g", known[k].name, when, known[k].when);
    }
    free(sketch);
    search_room_release(&room);
    fed_close(&f);
}

static void without_a_penalty_or_a_change_the_time_is_unknown(void **state)
{
    (void)state;
    struct fed f;
    struct search_room room;
    double path[MONTHS];
    fed_open(&f, "up = { " SEARCHED "\"onset\"; window = \"2010-01..2013-12\"; };\n", LONG);
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    struct search search = {&room, CHANGE_MEAN, 1, 0, 10};
    fill(path, 0);
    double *sketch = fed_path(&f, path);
    assert_near(turn(&f, "up", sketch, &search), 2011);
    assert_true(isnan(turn(&f, "up", sketch, NULL)));
    search.penalty = NAN;
    assert_true(isnan(turn(&f, "up", sketch, &search)));
    search.penalty = 1e6;
    assert_true(isnan(turn(&f, "up", sketch, &search)));
    free(sketch);
    search_room_release(&room);
    fed_close(&f);
}

/* Another arm's time is subtracted; unknown if either is. */
static void times_of_two_arms_are_subtracted(void **state)
{
    (void)state;
    struct fed f;
    struct search_room room;
    double path[MONTHS], flat[MONTHS] = {0}, late[MONTHS] = {0};
    fed_open(&f,
             "up = { " SEARCHED "\"onset\"; window = \"2010-01..2013-12\"; "
             "minus_arm = \"less\"; };\n",
             LONG);
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    const struct search search = {&room, CHANGE_MEAN, 1, 0, 10};
    fill(path, 0);
    for (int m = 30; m < MONTHS; m++)
        late[m] = 20;
    double *early = fed_path(&f, path), *none = fed_path(&f, flat), *other = fed_path(&f, late);
    const struct reading *r = f.readings.of;
    assert_near(reading_value(r, early, other, 0, &search), 2011 - 2012.5);
    assert_true(isnan(reading_value(r, early, none, 0, &search)));
    assert_true(isnan(reading_value(r, none, early, 0, &search)));
    assert_true(isnan(reading_value(r, early, NULL, 0, &search)));
    free(early);
    free(none);
    free(other);
    search_room_release(&room);
    fed_close(&f);
}

/* ---- the path ---------------------------------------------------------------------------------
 */

static void segments_have_their_months_and_their_means_without_the_trend(void **state)
{
    (void)state;
    static const double slopes[] = {0, 0.3, -1};
    struct search_room room;
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    for (int k = 0; k < 3; k++) {
        double path[MONTHS], mean[MONTHS];
        int at[MONTHS];
        fill(path, slopes[k]);
        const struct search search = {&room, CHANGE_MEAN, 1, slopes[k], 10};
        assert_int_equal(reading_changes(path, MONTHS, &search, at, mean), 3);
        for (int c = 0; c < 3; c++)
            assert_int_equal(at[c], YEAR * (c + 1));
        assert_near(mean[0], 2);
        assert_near(mean[1], 7);
        assert_near(mean[2], 3);
        assert_near(mean[3], 11);
        assert_int_equal(reading_changes(path, MONTHS, &search, at, NULL), 3);
    }
    search_room_release(&room);
}

/* A slope that the trend does not have is a change, one that it has is none. */
static void the_trend_is_no_change(void **state)
{
    (void)state;
    struct search_room room;
    double path[MONTHS];
    int at[MONTHS];
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    for (int m = 0; m < MONTHS; m++)
        path[m] = 5 + 0.5 * m;
    struct search search = {&room, CHANGE_MEAN, 1, 0.5, 10};
    assert_int_equal(reading_changes(path, MONTHS, &search, at, NULL), 0);
    search.slope = 0;
    assert_true(reading_changes(path, MONTHS, &search, at, NULL) > 0);
    search_room_release(&room);
}

/* The mean of 64 replicates' counts is searched as their sum, and told as their mean. */
static void a_mean_of_counts_is_searched_as_their_sum(void **state)
{
    (void)state;
    struct search_room room;
    double path[MONTHS], mean[MONTHS];
    int at[MONTHS];
    assert_int_equal(search_room_init(&room, MONTHS), 0);
    for (int m = 0; m < MONTHS; m++)
        path[m] = m < 30 ? 2 : 2.5;
    struct search search = {&room, CHANGE_POISSON, 1, 0, 10};
    assert_int_equal(reading_changes(path, MONTHS, &search, at, mean), 0);
    assert_near(mean[0], (30 * 2 + 18 * 2.5) / 48);
    search.scale = 64;
    assert_int_equal(reading_changes(path, MONTHS, &search, at, mean), 1);
    assert_int_equal(at[0], 30);
    assert_near(mean[0], 2);
    assert_near(mean[1], 2.5);
    search_room_release(&room);
}

/* A search for one outcome leaves nothing behind for the next one's. */
static void a_room_can_be_used_again_for_shorter_paths(void **state)
{
    (void)state;
    struct search_room used, fresh;
    double path[MONTHS], means[2][MONTHS];
    int at[2][MONTHS];
    fill(path, 0);
    assert_int_equal(search_room_init(&used, MONTHS), 0);
    for (int n = MONTHS; n >= 1; n--) {
        assert_int_equal(search_room_init(&fresh, n), 0);
        const struct search one = {&used, CHANGE_MEAN, 1, 0, 10},
                            two = {&fresh, CHANGE_MEAN, 1, 0, 10};
        int found = reading_changes(path, n, &one, at[0], means[0]);
        assert_int_equal(found, reading_changes(path, n, &two, at[1], means[1]));
        assert_memory_equal(at[0], at[1], (size_t)found * sizeof(int));
        assert_same(means[0], means[1], found + 1);
        for (int c = 0; c < found; c++)
            assert_true(at[0][c] >= CHANGE_LEAST && at[0][c] <= n - CHANGE_LEAST);
        search_room_release(&fresh);
    }
    search_room_release(&used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_change_point_in_the_window_counts),
        cmocka_unit_test(without_a_penalty_or_a_change_the_time_is_unknown),
        cmocka_unit_test(times_of_two_arms_are_subtracted),
        cmocka_unit_test(segments_have_their_months_and_their_means_without_the_trend),
        cmocka_unit_test(the_trend_is_no_change),
        cmocka_unit_test(a_mean_of_counts_is_searched_as_their_sum),
        cmocka_unit_test(a_room_can_be_used_again_for_shorter_paths),
    };
    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
