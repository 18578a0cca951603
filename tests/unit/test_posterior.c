/* Posteriors found in a prior sweep: what is refused, which cells count, and what they hold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "prior.h"
#include "small.h"

#define ALL "pseudo = 0;"
#define STEP "step = { value = 0.5; error = 0.05; };"
#define PATH(value) "UPDATE summaries SET mean_path = " value
#define OF(outcome, value) PATH(value) " WHERE outcome = '" outcome "';"
#define ETA "(SELECT e FROM cells WHERE cells.cell = summaries.cell)"

/* ---- what is refused ------------------------------------------------------------------------ */

static void assert_refused(struct found *f, const char *message)
{
    if (posterior_find(&f->posterior, &f->store, &f->design, 1, NULL, &f->diag) != ERROR_INPUT)
        fail_msg("taken: %s", message);
    assert_says(&f->diag, message);
    prior_close(f);
}

static void factors_that_are_no_range_of_one_number_are_refused(void **state)
{
    (void)state;
    const struct factor_row good = {.name = "l",
                                    .paths = "parameters.lambda",
                                    .kind = "number",
                                    .scale = "log",
                                    .levels = "",
                                    .unit = "",
                                    .low = 1,
                                    .high = 9};
    struct factor_row bad[8];
    for (int k = 0; k < 8; k++)
        bad[k] = good;
    bad[0].levels = "1;9";
    bad[1].scale = "normal";
    bad[2].paths = "parameters.lambda;parameters.eta";
    bad[3].unit = "times the scenario's";
    bad[4].kind = "date";
    bad[5].kind = "word";
    bad[6].high = 1;
    bad[7].low = bad[7].high = NAN;
    for (int k = 0; k < 9; k++) {
        struct found f;
        prior_store(NULL);
        prior_design(ALL, STEP);
        prior_open(&f);
        struct factor_row kept = f.store.design.factors[0];
        f.store.design.factors[0] = k < 8 ? bad[k] : good;
        int status = posterior_find(&f.posterior, &f.store, &f.design, 1, NULL, &f.diag);
        f.store.design.factors[0] = kept;
        assert_int_equal(status, k < 8 ? ERROR_INPUT : 0);
        if (k < 8)
            assert_says(&f.diag, "s.db: factor l is no prior of one number; allowed: a range, "
                                 "linear or log, of one path");
        assert_int_equal(f.diag.errors, k < 8);
        prior_close(&f);
    }
}

/* What the table has is not what was set. */
static void a_factor_whose_values_are_multiplied_is_refused(void **state)
{
    (void)state;
    struct found f;
    prior_store(NULL);
    prior_design(ALL, STEP);
    prior_open(&f);
    char **times = NULL;
    for (int k = 0; k < f.store.design.keys.n; k++)
        if (strcmp(f.store.design.keys.at[k], "times") == 0)
            times = &f.store.design.values.at[k];
    assert_non_null(times);
    assert_string_equal(*times, "l=1;e=1");
    char *kept = *times, other[] = "l=1;e=0.5";
    *times = other;
    int status = posterior_find(&f.posterior, &f.store, &f.design, 1, NULL, &f.diag);
    *times = kept;
    assert_int_equal(status, ERROR_INPUT);
    assert_says(&f.diag, "factor e is no prior of one number");
    assert_int_equal(f.diag.errors, 1);
    prior_close(&f);
}

static void targets_that_were_not_swept_are_refused_at_their_line(void **state)
{
    (void)state;
    struct found f;
    prior_store(NULL);
    prior_design(ALL, STEP "\nother = { value = 1; error = 1; };");
    prior_open(&f);
    assert_refused(&f, "p.cfg:6: targets.other: s.db has no such outcome; allowed: one that was "
                       "swept");
    prior_design(ALL, "");
    prior_open(&f);
    assert_refused(&f, "p.cfg: no targets; allowed: a section targets");
}

static void both_kinds_of_mistakes_are_told_together(void **state)
{
    (void)state;
    struct found f;
    prior_store(NULL);
    prior_design(ALL, "other = { value = 1; error = 1; };");
    prior_open(&f);
    double high = f.store.design.factors[1].high;
    f.store.design.factors[1].high = 0;
    assert_int_equal(posterior_find(&f.posterior, &f.store, &f.design, 1, NULL, &f.diag),
                     ERROR_INPUT);
    assert_says(&f.diag, "factor e is no prior");
    assert_says(&f.diag, "targets.other:");
    assert_int_equal(f.diag.errors, 2);
    f.store.design.factors[1].high = high;
    prior_close(&f);
}

static void a_store_of_another_prior_is_refused(void **state)
{
    (void)state;
    for (int k = 0; k < 5; k++) {
        struct found f;
        prior_store(NULL);
        prior_design(ALL, STEP);
        prior_open(&f);
        struct factor *own = &f.design.factors[1];
        const struct factor kept = *own;
        own->low = k == 0 ? "0.2" : own->low;
        own->paths = k == 1 ? "parameters.rho" : own->paths;
        own->scale = k == 2 ? SCALE_LOG : own->scale;
        own->name = k == 3 ? "f" : own->name;
        f.design.n_factors -= k == 4;
        int status = posterior_find(&f.posterior, &f.store, &f.design, 1, NULL, &f.diag);
        *own = kept;
        f.design.n_factors += k == 4;
        assert_int_equal(status, ERROR_INPUT);
        assert_says(&f.diag, "s.db: holds a sweep of other factors than p.cfg");
        prior_close(&f);
    }
}

static void a_list_is_no_sample_of_a_prior(void **state)
{
    (void)state;
    struct found f;
    prior_store(NULL);
    prior_design(ALL, STEP);
    prior_open(&f);
    for (int k = 0; k < f.store.design.keys.n; k++)
        if (strcmp(f.store.design.keys.at[k], "kind") == 0)
            strcpy(f.store.design.values.at[k], "list");
    assert_refused(&f, "s.db: kind = \"list\" is no sample of a prior; allowed: random, sobol");
}

static void a_sweep_that_knows_no_target_is_refused(void **state)
{
    (void)state;
    struct found f;
    prior_store(PATH("NULL"));
    prior_design(ALL, STEP);
    prior_open(&f);
    assert_refused(&f, "s.db: none of 400 cells knows all targets");
}

static void a_stop_ends_it(void **state)
{
    (void)state;
    static const volatile sig_atomic_t stop = 1;
    struct found f;
    prior_store(NULL);
    prior_design("pseudo = 5;", STEP);
    prior_open(&f);
    assert_int_equal(posterior_find(&f.posterior, &f.store, &f.design, 1, &stop, &f.diag),
                     ERROR_STOPPED);
    prior_close(&f);
}

/* ---- which cells count ---------------------------------------------------------------------- */

static void cells_that_failed_or_know_not_all_targets_are_left_out(void **state)
{
    (void)state;
    static const uint32_t out[] = {0, 7, 9, 399};
    struct found f;
    prior_store("UPDATE cells SET cause = 'why' WHERE cell IN (7, 399);"
                "UPDATE summaries SET mean_path = NULL WHERE cell = 0 AND outcome = 'mind';"
                "DELETE FROM summaries WHERE cell = 9;"
                "UPDATE summaries SET mean_path = NULL WHERE arm = 'no_deal'");
    prior_design(ALL, STEP "mind = { value = 0.1; error = 1; };");
    prior_find(&f, 1);
    assert_int_equal(f.posterior.cells, PRIOR_CELLS);
    assert_int_equal(f.posterior.left, 4);
    assert_int_equal(f.posterior.table.n, PRIOR_CELLS - 4);
    for (uint32_t row = 0, cell = 0; cell < PRIOR_CELLS; cell++) {
        bool left = false;
        for (int k = 0; k < 4; k++)
            left |= cell == out[k];
        if (!left)
            assert_int_equal(f.posterior.cell[row++], cell);
    }
    prior_close(&f);
}

/* A cell that lacks an outcome which is no target is as good as any. */
static void what_is_no_target_may_be_unknown(void **state)
{
    (void)state;
    struct found f;
    prior_store(OF("mind", "NULL"));
    prior_design(ALL, STEP);
    prior_find(&f, 1);
    assert_int_equal(f.posterior.left, 0);
    assert_int_equal(f.posterior.table.n_statistics, 1);
    prior_close(&f);
}

static void a_ratio_that_has_no_logarithm_is_left_out(void **state)
{
    (void)state;
    for (int log = 0; log < 2; log++) {
        struct found f;
        prior_store(OF("step", "1") "UPDATE summaries SET mean_path = 0 WHERE cell = 3;"
                                    "UPDATE summaries SET mean_path = -0.5 WHERE cell = 4;"
                                    "UPDATE summaries SET mean_path = 1e-310 WHERE cell = 5;"
                                    "UPDATE summaries SET mean_path = 1e-290 WHERE cell = 6");
        prior_design(ALL, log ? "step = { value = 1; error = 0.1; scale = \"log\"; };"
                              : "step = { value = 1; error = 0.1; };");
        prior_find(&f, 1);
        assert_int_equal(f.posterior.left, log ? 3 : 0);
        assert_int_equal(f.posterior.cell[3], log ? 6 : 3);
        prior_close(&f);
    }
}

static void outcomes_are_those_of_the_mean_path_in_the_first_arm(void **state)
{
    (void)state;
    struct found f;
    prior_store(PATH("1000") ", mean = 2000;" OF(
        "step", "cell / 1000.0") "UPDATE summaries SET mean_path = 3000 WHERE arm = 'no_deal';"
                                 "UPDATE summaries SET mean_path = 0.25 WHERE outcome = 'mind' AND "
                                 "arm = 'full'");
    prior_design(ALL, "mind = { value = 0.1; error = 1; };" STEP);
    prior_find(&f, 1);
    for (uint32_t row = 0; row < PRIOR_CELLS; row++) {
        assert_true(f.posterior.value[2 * row] == 0.25); /* in the order of the targets */
        assert_true(f.posterior.value[2 * row + 1] == row / 1000.0);
    }
    prior_close(&f);
}

/* ---- what a row holds ----------------------------------------------------------------------- */

static void parameters_are_those_of_the_cells_and_places_in_their_priors(void **state)
{
    (void)state;
    struct found f;
    prior_store(NULL);
    prior_design(ALL, STEP);
    prior_find(&f, 1);
    const struct posterior *p = &f.posterior;
    assert_int_equal(p->table.n_parameters, 2);
    for (uint32_t r = 0; r < PRIOR_CELLS; r++) {
        double lambda = prior_value(r, PRIOR_LAMBDA), eta = prior_value(r, PRIOR_ETA);
        assert_near(p->table.u[2 * r], log(lambda) / log(9));
        assert_near(p->table.u[2 * r + 1], (eta - 0.1) / 0.9);
        assert_true(p->theta[2 * r] == lambda && p->theta[2 * r + 1] == eta);
    }
    prior_close(&f);
}

static void statistics_are_standardised_by_the_errors_times_the_discrepancy(void **state)
{
    (void)state;
    struct found f;
    prior_store(OF("step", ETA) OF("mind", "2 * " ETA));
    prior_design(ALL "discrepancy = 2;",
                 STEP "mind = { value = 0.7; error = 0.2; scale = \"log\"; };");
    prior_find(&f, 1);
    for (uint32_t r = 0; r < PRIOR_CELLS; r++) {
        const double *z = f.posterior.table.z + 2 * (size_t)r, eta = prior_value(r, PRIOR_ETA);
        assert_within(z[0], (eta - 0.5) / 0.1, 1e-11);
        assert_within(z[1], log(2 * eta / 0.7) / 0.4, 1e-11);
    }
    prior_close(&f);
}

/* ---- what is found -------------------------------------------------------------------------- */

static void the_parameter_that_makes_the_outcome_is_found_and_the_other_is_not(void **state)
{
    (void)state;
    struct found f;
    prior_store(OF("step", ETA));
    prior_design("", STEP);
    prior_find(&f, 4);
    const struct posterior *p = &f.posterior;
    const struct posterior_parameter lambda = posterior_parameter(p, 0),
                                     eta = posterior_parameter(p, 1);
    /* normal, mean 0.5 and sd 0.05, within 0.1 .. 1 */
    const double error = 0.05 / sqrt(p->weights.effective);
    assert_true(fabs(eta.median - 0.5) < 5 * 1.2533 * error);
    assert_true(fabs(eta.q05 - 0.417757) < 5 * 2.1132 * error);
    assert_true(fabs(eta.q95 - 0.582243) < 5 * 2.1132 * error);
    assert_within(eta.contraction, 1 - 0.0025 / (0.81 / 12), 0.02);
    assert_true(fabs(lambda.contraction) < 0.3);
    assert_true(lambda.q05 < 1.6 && lambda.q95 > 6 && lambda.q05 >= 1 && lambda.q95 <= 9);
    assert_true(eta.coverage > 0.001 && lambda.coverage > 0.001);
    assert_int_equal(p->n_pseudo, 200);
    prior_close(&f);
}

static void outcomes_are_told_over_all_cells_and_by_their_weights(void **state)
{
    (void)state;
    struct found f;
    prior_store(OF("step", "cell"));
    prior_design(ALL, "step = { value = 250; error = 10; };");
    prior_find(&f, 1);
    const struct posterior_target all = posterior_target(&f.posterior, 0, false),
                                  near = posterior_target(&f.posterior, 0, true);
    assert_within(all.q05, 19.5, 0.6);
    assert_within(all.median, 199.5, 0.6);
    assert_within(all.q95, 379.5, 0.6);
    assert_within(near.median, 250, 1); /* normal, deviation 10, in whole numbers */
    assert_within(near.q05, 250 - 16.4, 1);
    assert_within(near.q95, 250 + 16.4, 1);
    prior_close(&f);
}

/* ---- coverage ------------------------------------------------------------------------------- */

/* Each simulated data set is a row's outcome and an error of its own, the nearest to what is
 * observed first; its row is left out. */
static void pseudo_observations_are_the_nearest_simulated_data_sets(void **state)
{
    (void)state;
    struct found f;
    prior_store(OF("step", ETA));
    prior_design("pseudo = 400;", STEP);
    prior_find(&f, 1);
    const struct posterior *p = &f.posterior;
    bool seen[PRIOR_CELLS] = {false}, other = false;
    assert_int_equal(p->n_pseudo, PRIOR_CELLS);
    for (uint32_t k = 0; k < PRIOR_CELLS; k++) {
        assert_true(!seen[p->truth[k]]);
        seen[p->truth[k]] = true;
        for (uint32_t m = 0; m < 2; m++)
            assert_in_range((int)(p->pseudo[2 * k + m] * 1e6), 0, 1000000);
        other |= k > 0 && fabs(p->table.z[p->truth[k]]) < fabs(p->table.z[p->truth[k - 1]]);
    }
    assert_true(other); /* the errors count */
    assert_true(fabs(p->table.z[p->truth[0]]) < 5);
    prior_close(&f);
}

static void coverage_is_tested_on_as_many_as_there_are_or_not_at_all(void **state)
{
    (void)state;
    struct found f;
    prior_store(NULL);
    prior_design("pseudo = 1000;", STEP);
    prior_find(&f, 1);
    assert_int_equal(f.posterior.n_pseudo, PRIOR_CELLS);
    assert_true(!isnan(posterior_parameter(&f.posterior, 0).coverage));
    prior_close(&f);
    prior_design("pseudo = 0;", STEP);
    prior_find(&f, 1);
    assert_int_equal(f.posterior.n_pseudo, 0);
    assert_true(isnan(posterior_parameter(&f.posterior, 0).coverage));
    prior_close(&f);
}

/* Whole numbers and the like: a parameter of three values, of which the outcome says nothing. */
static void rows_at_the_same_place_lie_anywhere_among_each_other(void **state)
{
    (void)state;
    struct found f;
    prior_store(OF("step", ETA) "UPDATE cells SET l = CASE cell % 3 WHEN 0 THEN 1 WHEN 1 THEN 3 "
                                "ELSE 9 END;");
    prior_design("pseudo = 400;", STEP);
    prior_find(&f, 1);
    int thirds[3] = {0};
    for (int k = 0; k < f.posterior.n_pseudo; k++) {
        const uint32_t cell = f.posterior.cell[f.posterior.truth[k]];
        const double below = f.posterior.pseudo[2 * k];
        thirds[(int)fmin(below * 3, 2)]++;
        assert_true(cell % 3 != 0 || below < 0.7);
        assert_true(cell % 3 != 2 || below > 0.3);
    }
    for (int k = 0; k < 3; k++)
        assert_in_range(thirds[k], 80, 190);
    assert_true(posterior_parameter(&f.posterior, 0).coverage > 0.001);
    prior_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_that_are_no_range_of_one_number_are_refused),
        cmocka_unit_test(a_factor_whose_values_are_multiplied_is_refused),
        cmocka_unit_test(targets_that_were_not_swept_are_refused_at_their_line),
        cmocka_unit_test(both_kinds_of_mistakes_are_told_together),
        cmocka_unit_test(a_store_of_another_prior_is_refused),
        cmocka_unit_test(a_list_is_no_sample_of_a_prior),
        cmocka_unit_test(a_sweep_that_knows_no_target_is_refused),
        cmocka_unit_test(a_stop_ends_it),
        cmocka_unit_test(cells_that_failed_or_know_not_all_targets_are_left_out),
        cmocka_unit_test(what_is_no_target_may_be_unknown),
        cmocka_unit_test(a_ratio_that_has_no_logarithm_is_left_out),
        cmocka_unit_test(outcomes_are_those_of_the_mean_path_in_the_first_arm),
        cmocka_unit_test(parameters_are_those_of_the_cells_and_places_in_their_priors),
        cmocka_unit_test(statistics_are_standardised_by_the_errors_times_the_discrepancy),
        cmocka_unit_test(the_parameter_that_makes_the_outcome_is_found_and_the_other_is_not),
        cmocka_unit_test(outcomes_are_told_over_all_cells_and_by_their_weights),
        cmocka_unit_test(pseudo_observations_are_the_nearest_simulated_data_sets),
        cmocka_unit_test(coverage_is_tested_on_as_many_as_there_are_or_not_at_all),
        cmocka_unit_test(rows_at_the_same_place_lie_anywhere_among_each_other),
    };
    return cmocka_run_group_tests_name("posterior", tests, scratch_enter, scratch_leave);
}
