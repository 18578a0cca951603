/* What is read from the world, and the outcomes made of it. */
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
#include "measure/outcome.h"
#include "small.h"

enum { A, B, C, D, N };
enum { AB = A * N + B, BA = B * N + A };

static double read(const struct small *s, const char *name, int i, int j)
{
    for (int m = 0; m < n_measures; m++)
        if (strcmp(measures[m].name, name) == 0)
            return measures[m].value(&s->simulation, i, j);
    fail_msg("no measure %s", name);
    return NAN;
}

static void open_stirred(struct small *s)
{
    small_open(s, small_four, NULL);
    struct world *w = &s->simulation.world;
    small_stir(w, 31);
    static const double x[DOMAINS] = {0.1, 0.2, 0.6, 0.8};
    for (int d = 0; d < DOMAINS; d++)
        w->cooperation[d][AB] = w->cooperation[d][BA] = x[d];
    w->sanctions[AB] = 0.25;
    w->sanctions[BA] = 0.5;
    for (int i = 0; i < N; i++) {
        static const double share[N] = {0.4, 0.3, 0.2, 0.1};
        w->economy[i] = 100 * share[i];
        w->military[i] = 7 * share[i];
    }
    perceive(&s->simulation.perception);
}

static void measures_of_dyads_by_hand(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    assert_near(read(&s, "cooperation", A, B), (0.1 + 0.2 + 0.6 + 0.8) / 4);
    assert_near(read(&s, "cooperation_political", A, B), 0.1);
    assert_near(read(&s, "cooperation_institutional", B, A), 0.2);
    assert_near(read(&s, "cooperation_security", A, B), 0.6);
    assert_near(read(&s, "cooperation_economic", B, A), 0.8);
    assert_near(read(&s, "sanctions", A, B), 0.5);
    assert_near(read(&s, "sanctions", B, A), 0.5);
    assert_near(read(&s, "dispute", A, B), s.simulation.world.dispute[AB]);
    assert_near(read(&s, "common_threat", A, B), s.simulation.perception.common_threat[AB]);
    small_close(&s);
}

static void acts_are_accepted_cooperative_moves_of_both(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    struct tally *t = &s.simulation.tally;
    for (int m = 0; m < TALLY_ROWS; m++)
        for (int k = 0; k < N * N; k++) {
            t->chosen[m][k] = 1000;
            t->accepted[m][k] = 100;
        }
    t->accepted[MOVE_ALIGN][AB] = 1;
    t->accepted[MOVE_ALIGN][BA] = 2;
    t->accepted[MOVE_CONSULT][AB] = 3;
    t->accepted[MOVE_CONSULT][BA] = 4;
    t->accepted[MOVE_COORDINATE][AB] = 5;
    t->accepted[MOVE_COORDINATE][BA] = 6;
    t->accepted[MOVE_TRADE][AB] = 7;
    t->accepted[MOVE_TRADE][BA] = 8;
    assert_true(read(&s, "acts", A, B) == 36 && read(&s, "acts", B, A) == 36);
    small_close(&s);
}

static void measures_of_states_are_what_was_perceived(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    assert_near(read(&s, "capability", C, -1), 0.2);
    assert_near(read(&s, "insecurity", C, -1), s.simulation.perception.insecurity[C]);
    assert_near(read(&s, "partners", C, -1), s.simulation.perception.partners[C]);
    assert_near(read(&s, "market_access", C, -1), s.simulation.perception.access[C]);
    small_close(&s);
}

/* Shares .4 .3 .2 .1: the sum of their squares is .3. */
static void measures_of_the_system_by_hand(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    assert_near(read(&s, "effective_poles", -1, -1), 1 / 0.3);
    assert_near(read(&s, "concentration", -1, -1), sqrt((0.3 - 0.25) / 0.75));
    const double *h = s.simulation.world.dispute;
    static const double c[N] = {0.4, 0.3, 0.2, 0.1};
    double disputed = 0, all = 0, cooperation = 0;
    for (int i = 0; i < N; i++)
        for (int j = i + 1; j < N; j++) {
            disputed += c[i] * c[j] * h[i * N + j];
            all += c[i] * c[j];
            for (int d = 0; d < DOMAINS; d++)
                cooperation += s.simulation.world.cooperation[d][i * N + j] / (4 * 6);
        }
    assert_near(read(&s, "polarisation", -1, -1), disputed / all);
    assert_near(read(&s, "mean_cooperation", -1, -1), cooperation);
    small_close(&s);
}

static void equal_states_are_as_many_poles_and_have_no_concentration(void **state)
{
    (void)state;
    struct small s;
    open_stirred(&s);
    for (int i = 0; i < N; i++)
        s.simulation.world.economy[i] = s.simulation.world.military[i] = 3;
    perceive(&s.simulation.perception);
    assert_near(read(&s, "effective_poles", -1, -1), 4);
    assert_within(read(&s, "concentration", -1, -1), 0, 1e-7);
    s.simulation.world.economy[A] = s.simulation.world.military[A] = 1e12;
    perceive(&s.simulation.perception);
    assert_within(read(&s, "effective_poles", -1, -1), 1, 1e-9);
    assert_within(read(&s, "concentration", -1, -1), 1, 1e-9);
    small_close(&s);
}

static void reading_changes_nothing(void **state)
{
    (void)state;
    struct small s;
    enum { SIZE = (DOMAINS + 2) * N * N + 2 * N };
    double before[SIZE];
    open_stirred(&s);
    memcpy(before, s.simulation.world.block, sizeof before);
    for (int m = 0; m < n_measures; m++) {
        double v = measures[m].value(&s.simulation, A, B);
        assert_true(isfinite(v));
    }
    assert_same(s.simulation.world.block, before, SIZE);
    small_close(&s);
}

static void names_and_ranges_of_measures_are_fit_for_tables(void **state)
{
    (void)state;
    for (int m = 0; m < n_measures; m++) {
        const char *name = measures[m].name;
        assert_true(strlen(name) <= 32);
        assert_true(name[0] >= 'a' && name[0] <= 'z');
        assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name));
        assert_true(measures[m].low < measures[m].high);
        for (int q = 0; q < m; q++)
            assert_string_not_equal(name, measures[q].name);
    }
}

/* ---- series ------------------------------------------------------------------------------------
 */

static int count_level(const struct series_list *list, enum level level)
{
    int n = 0;
    for (int k = 0; k < list->n; k++)
        n += list->at[k].measure->level == level;
    return n;
}

static struct scenario *with_outcome(const char *outcome)
{
    struct text t = {0};
    text_printf(&t, "%soutcomes = { o = { %s window = \"2010-02..2010-04\"; }; };\n", small_four,
                outcome);
    struct scenario *sc = small_scenario(t.s, NULL);
    text_release(&t);
    return sc;
}

static void series_are_focus_dyads_states_and_the_system(void **state)
{
    (void)state;
    struct series_list list, all;
    struct diag diag = {0};
    struct scenario *sc = small_scenario(small_four, NULL);
    assert_int_equal(series_select(&list, sc, false, &diag), 0);
    assert_int_equal(series_select(&all, sc, true, &diag), 0);
    int dyads = 0, states = 0, systems = 0;
    for (int m = 0; m < n_measures; m++) {
        dyads += measures[m].level == LEVEL_DYAD;
        states += measures[m].level == LEVEL_STATE;
        systems += measures[m].level == LEVEL_SYSTEM;
    }
    assert_int_equal(count_level(&list, LEVEL_DYAD), dyads);
    assert_int_equal(count_level(&all, LEVEL_DYAD), dyads * 6);
    assert_int_equal(count_level(&list, LEVEL_STATE), states * N);
    assert_int_equal(count_level(&all, LEVEL_SYSTEM), systems);
    for (int k = 0; k < all.n; k++)
        for (int q = 0; q < k; q++)
            assert_false(all.at[k].measure == all.at[q].measure && all.at[k].i == all.at[q].i &&
                         all.at[k].j == all.at[q].j);
    series_release(&list);
    series_release(&all);
    scenario_free(sc);
}

static void a_dyad_has_one_series_whichever_way_it_is_written(void **state)
{
    (void)state;
    static const char *const outcomes[] = {"measure = \"cooperation\"; subject = \"BBB-AAA\";",
                                           "measure = \"cooperation\"; subject = \"AAA-BBB\";",
                                           "measure = \"polarisation\";",
                                           "measure = \"insecurity\"; subject = \"CCC\";",
                                           "measure = \"cooperation\"; subject = \"DDD-CCC\";"};
    static const int more[] = {0, 0, 0, 0, 1};
    int usual = 0;
    for (int k = 0; k < 5; k++) {
        struct series_list list;
        struct diag diag = {0};
        struct scenario *sc = with_outcome(outcomes[k]);
        assert_int_equal(series_select(&list, sc, false, &diag), 0);
        usual = k == 0 ? list.n : usual;
        assert_int_equal(list.n, usual + more[k]);
        series_release(&list);
        scenario_free(sc);
    }
}

static void outcomes_of_unknown_measures_or_subjects_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *outcome, *message;
    } cases[] = {
        {"measure = \"coperation\"; subject = \"AAA-BBB\";", "did you mean \"cooperation\"?"},
        {"measure = \"cooperation\"; subject = \"AAA\";", "measured on a dyad"},
        {"measure = \"insecurity\"; subject = \"AAA-BBB\";", "measured on a state"},
        {"measure = \"polarisation\"; subject = \"AAA\";", "measured on a system"},
        {"measure = \"cooperation\"; subject = \"AAA-AAA\";", "is no dyad"}};
    for (int k = 0; k < 5; k++) {
        struct series_list list;
        struct diag diag = {0};
        struct scenario *sc = with_outcome(cases[k].outcome);
        assert_int_equal(series_select(&list, sc, false, &diag), ERROR_INPUT);
        assert_int_equal(diag.errors, 1);
        assert_non_null(strstr(diag.text.s, cases[k].message));
        diag_release(&diag);
        scenario_free(sc);
    }
}

/* ---- outcomes ----------------------------------------------------------------------------------
 */

/* Six months from 2010-03, two series side by side; the second is read. */
static const double record[] = {9, 1, 9, 5, 9, 2, 9, 5, 9, 4, 9, 0.5};
enum { START = 2010 * 12 + 2 };

static double outcome(int statistic, int from, int to, int minus_from, int minus_to)
{
    struct outcome o = {.statistic = statistic,
                        .window = {START + from, START + to},
                        .minus = {START + minus_from, START + minus_to}};
    return outcome_value(&o, record, 2, 1, START);
}

static void outcomes_are_mean_maximum_or_its_time(void **state)
{
    (void)state;
    assert_near(outcome(STATISTIC_MEAN, 0, 5, 1, 0), (1 + 5 + 2 + 5 + 4 + 0.5) / 6);
    assert_near(outcome(STATISTIC_MEAN, 2, 2, 1, 0), 2);
    assert_near(outcome(STATISTIC_MAX, 2, 5, 1, 0), 5);
    assert_near(outcome(STATISTIC_MAX, 4, 5, 1, 0), 4);
    assert_near(outcome(STATISTIC_WHEN_MAX, 0, 5, 1, 0), 2010 + 3 / 12.0); /* the first of two */
    assert_near(outcome(STATISTIC_WHEN_MAX, 2, 5, 1, 0), 2010 + 5 / 12.0);
}

static void a_minus_window_is_subtracted(void **state)
{
    (void)state;
    assert_near(outcome(STATISTIC_MEAN, 3, 4, 0, 2), 4.5 - 8.0 / 3);
    assert_near(outcome(STATISTIC_MAX, 4, 5, 0, 0), 4 - 1);
    assert_near(outcome(STATISTIC_WHEN_MAX, 3, 5, 0, 2), 2 / 12.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_of_dyads_by_hand),
        cmocka_unit_test(acts_are_accepted_cooperative_moves_of_both),
        cmocka_unit_test(measures_of_states_are_what_was_perceived),
        cmocka_unit_test(measures_of_the_system_by_hand),
        cmocka_unit_test(equal_states_are_as_many_poles_and_have_no_concentration),
        cmocka_unit_test(reading_changes_nothing),
        cmocka_unit_test(names_and_ranges_of_measures_are_fit_for_tables),
        cmocka_unit_test(series_are_focus_dyads_states_and_the_system),
        cmocka_unit_test(a_dyad_has_one_series_whichever_way_it_is_written),
        cmocka_unit_test(outcomes_of_unknown_measures_or_subjects_are_refused),
        cmocka_unit_test(outcomes_are_mean_maximum_or_its_time),
        cmocka_unit_test(a_minus_window_is_subtracted),
    };
    return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
