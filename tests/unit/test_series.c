/* Series: whose measures are recorded, and what a subject's name stands for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "measure/series.h"
#include "small.h"

enum { A, B, C, D, N };

static const char grouped[] = "groups = { left = [\"AAA\", \"BBB\"]; right = [\"DDD\", \"CCC\"];\n"
                              "  most = [\"left\", \"CCC\"]; lone = [\"DDD\"]; nobody = []; };\n";

struct known {
    struct small small;
    struct series_list list;
};

static void open_known(struct known *k, enum record record)
{
    struct text t = {0};
    text_printf(&t, "%s%s", small_four, grouped);
    small_open(&k->small, t.s, "scenario.moves=expected"); /* so that a tally takes any number */
    text_release(&t);
    small_stir(&k->small.simulation.world, 23);
    perceive(&k->small.simulation.perception);
    for (int m = 0; m < MOVES; m++)
        for (int q = 0; q < N * N; q++)
            k->small.simulation.tally.accepted[m][q] = q + 0.25 * m;
    assert_int_equal(series_select(&k->list, k->small.scenario, record), 0);
}

static void close_known(struct known *k)
{
    series_release(&k->list);
    small_close(&k->small);
}

static int find(struct known *k, const char *measure, const char *subject)
{
    return series_find(&k->list, k->small.scenario, measure_find(measure), subject);
}

static double value(const struct known *k, const char *measure, int i, int j)
{
    return measure_find(measure)->value(&k->small.simulation, i, j);
}

/* ---- what is recorded unasked ------------------------------------------------------------------
 */

static int measures_of(enum level level)
{
    int n = 0;
    for (int m = 0; m < n_measures; m++)
        n += measures[m].level == level && measures[m].value != NULL;
    return n;
}

static int count_level(const struct series_list *list, enum level level)
{
    int n = 0;
    for (int k = 0; k < list->n; k++)
        n += list->at[k].measure->level == level;
    return n;
}

/* By level: times that a measure of it is recorded. */
static void what_is_recorded_grows_from_nothing_to_all_dyads(void **state)
{
    (void)state;
    static const int times[][LEVELS] = {[RECORD_OUTCOMES] = {0, 0, 0, 0},
                                        [RECORD_FOCUS] = {0, 0, 1, 2},
                                        [RECORD_DEFAULT] = {1, N, 1, 2},
                                        [RECORD_ALL_DYADS] = {1, N, 6, 12}};
    for (enum record record = RECORD_OUTCOMES; record <= RECORD_ALL_DYADS; record++) {
        struct known k;
        open_known(&k, record);
        for (enum level level = 0; level < LEVELS; level++)
            assert_int_equal(count_level(&k.list, level),
                             measures_of(level) * times[record][level]);
        close_known(&k);
    }
}

static void each_is_recorded_once_and_in_the_order_of_the_table(void **state)
{
    (void)state;
    struct known k;
    open_known(&k, RECORD_ALL_DYADS);
    for (int a = 0; a < k.list.n; a++) {
        const struct series *s = &k.list.at[a];
        assert_null(s->measure->chances);
        assert_int_equal(s->n_members, 0);
        assert_true(a == 0 || s->measure >= k.list.at[a - 1].measure);
        for (int b = 0; b < a; b++)
            assert_false(s->measure == k.list.at[b].measure && s->i == k.list.at[b].i &&
                         s->j == k.list.at[b].j);
    }
    close_known(&k);
}

static void a_scenario_without_focus_records_states_and_the_system(void **state)
{
    (void)state;
    struct series_list list;
    struct scenario *sc = small_scenario(small_four, "scenario.focus=[]");
    assert_int_equal(series_select(&list, sc, RECORD_DEFAULT), 0);
    assert_int_equal(list.n, measures_of(LEVEL_SYSTEM) + N * measures_of(LEVEL_STATE));
    series_release(&list);
    assert_int_equal(series_select(&list, sc, RECORD_FOCUS), 0);
    assert_int_equal(list.n, 0);
    series_release(&list);
    scenario_free(sc);
}

/* ---- subjects ----------------------------------------------------------------------------------
 */

static const struct {
    const char *measure, *subject;
    int i, j, n;
    struct pair members[6];
} subjects[] = {
    {"blocs", "system", -1, -1, 0, {{0}}},
    {"insecurity", "CCC", C, -1, 0, {{0}}},
    {"insecurity", "right", -1, -1, 2, {{C, -1}, {D, -1}}},
    {"insecurity", "lone", -1, -1, 1, {{D, -1}}},
    {"cooperation", "DDD-BBB", D, B, 0, {{0}}},
    {"cooperation", "left", -1, -1, 1, {{A, B}}},
    {"cooperation", "most", -1, -1, 3, {{A, B}, {A, C}, {B, C}}},
    {"cooperation", "left-right", -1, -1, 4, {{A, C}, {A, D}, {B, C}, {B, D}}},
    {"cooperation", "most-CCC", -1, -1, 2, {{A, C}, {B, C}}},
    {"cooperation", "CCC-most", -1, -1, 2, {{C, A}, {C, B}}},
    {"cooperation", "left-most", -1, -1, 3, {{A, B}, {A, C}, {B, C}}},
    {"cooperation", "lone-AAA", -1, -1, 1, {{D, A}}},
    {"threat_share", "DDD>BBB", D, B, 0, {{0}}},
    {"threat_share", "left", -1, -1, 2, {{A, B}, {B, A}}},
    {"threat_share", "left>CCC", -1, -1, 2, {{A, C}, {B, C}}},
    {"threat_share", "CCC>left", -1, -1, 2, {{C, A}, {C, B}}},
    {"threat_share", "left>most", -1, -1, 4, {{A, B}, {A, C}, {B, A}, {B, C}}},
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static void assert_members(const struct series *s, const struct pair *members, int n)
{
    assert_int_equal(s->n_members, n);
    for (int k = 0; k < n; k++)
        assert_true(s->members[k].i == members[k].i && s->members[k].j == members[k].j);
}

static void a_subject_is_a_state_a_dyad_or_a_group_of_them(void **state)
{
    (void)state;
    for (int k = 0; k < SUBJECTS; k++) {
        struct known known;
        open_known(&known, RECORD_OUTCOMES);
        assert_int_equal(find(&known, subjects[k].measure, subjects[k].subject), 0);
        const struct series *s = &known.list.at[0];
        assert_string_equal(s->measure->name, subjects[k].measure);
        assert_int_equal(s->i, subjects[k].i);
        assert_int_equal(s->j, subjects[k].j);
        assert_members(s, subjects[k].members, subjects[k].n);
        close_known(&known);
    }
}

/* The mean over members, each once; of an overlap no state meets itself. */
static void a_group_is_the_mean_over_its_members(void **state)
{
    (void)state;
    struct known k;
    open_known(&k, RECORD_OUTCOMES);
    for (int q = 0; q < SUBJECTS; q++) {
        int at = find(&k, subjects[q].measure, subjects[q].subject), n = subjects[q].n;
        double mean = n == 0 ? value(&k, subjects[q].measure, subjects[q].i, subjects[q].j) : 0;
        for (int m = 0; m < n; m++)
            mean +=
                value(&k, subjects[q].measure, subjects[q].members[m].i, subjects[q].members[m].j) /
                n;
        assert_true(at >= 0);
        assert_near(series_value(&k.list.at[at], &k.small.simulation), mean);
    }
    close_known(&k);
}

static void subjects_that_are_none_leave_the_list_as_it_is(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"blocs", "AAA"},
        {"blocs", ""},
        {"blocs", "left"},
        {"insecurity", "AAA-BBB"},
        {"insecurity", "system"},
        {"insecurity", "EEE"},
        {"insecurity", "nobody"},
        {"insecurity", "lef"},
        {"cooperation", "AAA"},
        {"cooperation", "lone"},
        {"cooperation", "nobody"},
        {"cooperation", "AAA-AAA"},
        {"cooperation", "AAA>BBB"},
        {"cooperation", "AAA-EEE"},
        {"cooperation", "AAA-"},
        {"cooperation", "-AAA"},
        {"cooperation", "system"},
        {"cooperation", "left-nobody"},
        {"cooperation", "lone-DDD"},
        {"cooperation", "left-right-AAA"},
        {"threat_share", "AAA-BBB"},
        {"threat_share", "AAA>AAA"},
        {"threat_share", "AAA"},
        {"threat_share", "lone>lone"},
        {"cooperation",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-BBB"},
    };
    struct known k;
    open_known(&k, RECORD_FOCUS);
    int before = k.list.n;
    for (size_t q = 0; q < sizeof wrong / sizeof *wrong; q++) {
        if (find(&k, wrong[q][0], wrong[q][1]) != ERROR_INPUT)
            fail_msg("%s of %s was found", wrong[q][0], wrong[q][1]);
        assert_int_equal(k.list.n, before);
    }
    close_known(&k);
}

static void a_dyad_has_one_series_whichever_way_it_is_written(void **state)
{
    (void)state;
    struct known k;
    open_known(&k, RECORD_DEFAULT);
    int usual = k.list.n, at = find(&k, "cooperation", "BBB-AAA");
    assert_in_range(at, 0, usual - 1);
    assert_int_equal(find(&k, "cooperation", "AAA-BBB"), at);
    assert_in_range(find(&k, "polarisation", "system"), 0, usual - 1);
    assert_in_range(find(&k, "insecurity", "CCC"), 0, usual - 1);
    assert_int_equal(find(&k, "cooperation", "DDD-CCC"), usual);
    assert_int_equal(find(&k, "cooperation", "CCC-DDD"), usual);
    assert_int_equal(find(&k, "dispute", "CCC-DDD"), usual + 1);
    assert_int_equal(find(&k, "cooperation", "left-right"), usual + 2);
    assert_int_equal(find(&k, "cooperation", "left-right"), usual + 2);
    assert_int_equal(find(&k, "cooperation", "left"), usual + 3);
    assert_int_equal(k.list.n, usual + 4);
    close_known(&k);
}

static void each_direction_has_a_series_of_its_own(void **state)
{
    (void)state;
    struct known k;
    open_known(&k, RECORD_FOCUS);
    int usual = k.list.n;
    int there = find(&k, "initiatives", "AAA>BBB"), back = find(&k, "initiatives", "BBB>AAA");
    assert_in_range(there, 0, usual - 1);
    assert_in_range(back, 0, usual - 1);
    assert_true(there != back);
    assert_true(value(&k, "initiatives", A, B) != value(&k, "initiatives", B, A));
    assert_near(series_value(&k.list.at[there], &k.small.simulation),
                value(&k, "initiatives", A, B));
    assert_int_equal(find(&k, "initiatives", "CCC>DDD"), usual);
    assert_int_equal(find(&k, "initiatives", "DDD>CCC"), usual + 1);
    close_known(&k);
}

/* ---- the reverse -------------------------------------------------------------------------------
 */

static void the_reverse_is_the_series_written_the_other_way(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"AAA>BBB", "BBB>AAA"},
                                           {"CCC>DDD", "DDD>CCC"},
                                           {"left>right", "right>left"},
                                           {"left>CCC", "CCC>left"}};
    struct known k;
    open_known(&k, RECORD_FOCUS);
    for (int q = 0; q < 4; q++) {
        int there = find(&k, "threat_share", pairs[q][0]);
        int back = series_find_reverse(&k.list, there);
        int n = k.list.n;
        assert_true(back >= 0 && back != there);
        assert_int_equal(find(&k, "threat_share", pairs[q][1]), back);
        assert_int_equal(series_find_reverse(&k.list, back), there);
        assert_int_equal(k.list.n, n);
    }
    int back = find(&k, "threat_share", "right>left");
    double mean = 0;
    for (int i = C; i <= D; i++)
        for (int j = A; j <= B; j++)
            mean += value(&k, "threat_share", i, j) / 4;
    assert_near(series_value(&k.list.at[back], &k.small.simulation), mean);
    close_known(&k);
}

static void within_a_group_the_reverse_is_the_same_whole(void **state)
{
    (void)state;
    struct known k;
    open_known(&k, RECORD_OUTCOMES);
    int there = find(&k, "threat_share", "most"), back = series_find_reverse(&k.list, there);
    assert_true(back >= 0);
    assert_near(series_value(&k.list.at[back], &k.small.simulation),
                series_value(&k.list.at[there], &k.small.simulation));
    close_known(&k);
}

static void a_row_holds_the_value_of_each_series(void **state)
{
    (void)state;
    struct known k;
    open_known(&k, RECORD_ALL_DYADS);
    find(&k, "acts", "left-right");
    find(&k, "capability", "most");
    double *row = calloc((size_t)k.list.n, sizeof *row);
    assert_non_null(row);
    series_read(&k.list, &k.small.simulation, row, 0);
    for (int s = 0; s < k.list.n; s++) {
        double v = series_value(&k.list.at[s], &k.small.simulation);
        assert_same(&row[s], &v, 1);
    }
    free(row);
    close_known(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_recorded_grows_from_nothing_to_all_dyads),
        cmocka_unit_test(each_is_recorded_once_and_in_the_order_of_the_table),
        cmocka_unit_test(a_scenario_without_focus_records_states_and_the_system),
        cmocka_unit_test(a_subject_is_a_state_a_dyad_or_a_group_of_them),
        cmocka_unit_test(a_group_is_the_mean_over_its_members),
        cmocka_unit_test(subjects_that_are_none_leave_the_list_as_it_is),
        cmocka_unit_test(a_dyad_has_one_series_whichever_way_it_is_written),
        cmocka_unit_test(each_direction_has_a_series_of_its_own),
        cmocka_unit_test(the_reverse_is_the_series_written_the_other_way),
        cmocka_unit_test(within_a_group_the_reverse_is_the_same_whole),
        cmocka_unit_test(a_row_holds_the_value_of_each_series),
    };
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
