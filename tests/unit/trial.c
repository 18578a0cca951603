#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "small.h"

static const char jittered[] =
    "sanctions = { X1 = { senders = [\"CCC\"]; target = \"DDD\"; start = \"2010-09-01\"; class = "
    "3; };"
    " };\n"
    "shocks = {\n"
    "  one = { date = \"2010-09-01\"; jitter_days = 100; starts = [\"X1\"]; effects = {\n"
    "    e = { on = \"dispute\"; between = [\"BBB\", \"DDD\"]; size = 3.0; }; }; };\n"
    "  two = { date = \"2011-03-01\"; jitter_days = 100; effects = {\n"
    "    e = { on = \"dispute\"; between = [\"AAA\", \"CCC\"]; size = -2.0; }; }; };\n"
    "  fixed = { date = \"2010-06-01\"; effects = {\n"
    "    e = { on = \"dispute\"; between = [\"CCC\", \"DDD\"]; size = 1.0; }; }; }; };\n"
    "groups = { pair = [\"AAA\", \"BBB\"]; };\n"
    "outcomes = { first = { measure = \"cooperation\"; subject = \"AAA-BBB\";\n"
    "    window = \"2011-01..2011-06\"; minus = \"2010-01..2010-06\"; };\n"
    "  other = { measure = \"acts\"; subject = \"DDD-CCC\"; window = \"2010-02..2010-02\"; };\n"
    "  peak = { measure = \"insecurity\"; subject = \"BBB\"; window = \"2010-03..2011-06\";\n"
    "    statistic = \"max\"; };\n"
    "  near = { measure = \"cooperation\"; subject = \"pair-CCC\";\n"
    "    window = \"2010-02..2011-04\"; over = \"2010-01..2010-01\"; };\n"
    "  part = { measure = \"initiatives\"; subject = \"AAA>BBB\"; window = \"2010-01..2011-06\";\n"
    "    statistic = \"share\"; };\n"
    "  apart = { measure = \"choices\"; subject = \"BBB-DDD\"; window = \"2010-02..2011-05\";\n"
    "    statistic = \"distance\"; };\n"
    "  shift = { measure = \"moves\"; subject = \"AAA\"; window = \"2010-01..2011-06\";\n"
    "    statistic = \"distance\"; minus_arm = \"full\"; };\n"
    "  each = { measure = \"dispute\"; subject = \"dyads\"; window = \"2010-10..2011-06\";\n"
    "    minus = \"2010-01..2010-03\"; };\n"
    "  turn = { measure = \"cooperation\"; subject = \"AAA-BBB\"; window = \"2010-03..2011-06\";\n"
    "    statistic = \"onset\"; trend = \"full\"; }; };\n";

void trial_open(struct trial *t, const char *sets, enum record record)
{
    struct text text = {0};
    struct diag diag = {0};
    text_printf(&text, "%s%s", small_four, jittered);
    t->scenario = small_scenario(text.s, sets);
    text_release(&text);
    assert_int_equal(experiment_init(&t->experiment, t->scenario, TRIAL_SEED, record, &diag), 0);
    assert_int_equal(replicate_init(&t->replicate, &t->experiment, &kernel_narrow), 0);
    diag_release(&diag);
}

void trial_close(struct trial *t)
{
    replicate_release(&t->replicate);
    experiment_release(&t->experiment);
    scenario_free(t->scenario);
}

int trial_numbers(const struct trial *t)
{
    return experiment_months(&t->experiment) * t->experiment.series.n;
}

void trial_same_statistics(const struct statistics *a, const struct statistics *b)
{
    assert_int_equal(a->n_cells, b->n_cells);
    for (size_t k = 0; k < a->n_cells; k++) {
        assert_true(a->cells[k].sum == b->cells[k].sum);
        assert_true(a->cells[k].squares == b->cells[k].squares);
        assert_int_equal(a->cells[k].least, b->cells[k].least);
        assert_int_equal(a->cells[k].most, b->cells[k].most);
        assert_int_equal(a->cells[k].n, b->cells[k].n);
        assert_true(a->cells[k].bin_low == b->cells[k].bin_low);
        assert_true(a->cells[k].bins_per_unit == b->cells[k].bins_per_unit);
    }
    assert_int_equal(a->bins == NULL, b->bins == NULL);
    if (a->bins != NULL)
        assert_memory_equal(a->bins, b->bins, a->n_cells * STATISTICS_CELL_BINS * sizeof *a->bins);
}
