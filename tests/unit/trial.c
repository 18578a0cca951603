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
    "outcomes = { first = { measure = \"cooperation\"; subject = \"AAA-BBB\";\n"
    "    window = \"2011-01..2011-06\"; minus = \"2010-01..2010-06\"; };\n"
    "  other = { measure = \"acts\"; subject = \"DDD-CCC\"; window = \"2010-02..2010-02\"; }; };\n";

void trial_open(struct trial *t, const char *sets, bool all_dyads)
{
    struct text text = {0};
    struct diag diag = {0};
    text_printf(&text, "%s%s", small_four, jittered);
    t->scenario = small_scenario(text.s, sets);
    text_release(&text);
    assert_int_equal(experiment_init(&t->experiment, t->scenario, TRIAL_SEED, all_dyads, &diag), 0);
    assert_int_equal(replicate_init(&t->replicate, &t->experiment), 0);
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
