/* Factors and tables of points that are refused, and those that break the scenario. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "swept.h"

#define GRID "kind = \"grid\"; outcomes = [\"step\"]; replicates = 5;"
#define LIST "kind = \"list\"; points = \"p.csv\"; outcomes = [\"step\"];"
#define LAMBDA "l = { paths = [\"parameters.lambda\"]; "

static void assert_refused(const char *sweep, const char *factors, const char *message)
{
    struct swept s;
    swept_write(sweep, factors);
    int status = swept_plan(&s);
    if (status != ERROR_INPUT)
        fail_msg("%s was taken", factors);
    assert_says(&s.diag, message);
    swept_close(&s);
}

/* Factors of a grid alone; the place is d.cfg's last line but one. */
static const struct {
    const char *factor, *message;
} mistakes[] = {
    {LAMBDA "low = 5; high = 1; levels = 2; };", "l: the bounds are reversed; allowed: low below"},
    {LAMBDA "low = 5; high = 5; levels = 2; };", "l: the range is empty; allowed: low below high"},
    {LAMBDA "low = 1; high = 5; };", "l: levels is missing; allowed: levels of 2 or more"},
    {LAMBDA "low = 1; high = 5; levels = 1; };", "l: levels is missing"},
    {LAMBDA "low = 1; levels = 2; };", "l: no values; allowed: low and high, or values"},
    {LAMBDA "};", "l: no values; allowed: low and high"},
    {LAMBDA "values = [1, 2]; low = 1; };", "l: values and a range; allowed: one of them"},
    {LAMBDA "values = [1, 2]; levels = 2; };", "l: values and a range"},
    {LAMBDA "low = 1; high = 2; levels = 2; labels = [\"a\", \"b\"]; };", "l: labels"},
    {LAMBDA "values = [\"1\", \"1.0\"]; };", "l: two values are called alike; allowed: each"},
    {LAMBDA "values = [1, 2]; labels = [\"a\", \"a\"]; };", "l: two values are called alike"},
    {LAMBDA "values = [1, 2]; labels = [\"a\"]; };", "l: labels are not as many as values"},
    {LAMBDA "values = [\"1\", \"x\"]; };", "l.values: \"x\"; allowed: a number"},
    {LAMBDA "values = [\"1\", \"\"]; };", "l: an empty value or label; allowed: some text"},
    {LAMBDA "low = \"x\"; high = 2; levels = 2; };", "l: low or high is no value of its path"},
    {LAMBDA "low = 0; high = 2; levels = 2; scale = \"log\"; };", "scale \"log\"; allowed: it for"},
    {LAMBDA "low = 1; high = 2; levels = 2; scale = \"normal\"; };", "\"normal\" in a grid"},
    {"d = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = \"2010-07-01\"; "
     "levels = 2; scale = \"log\"; };",
     "d: scale \"log\""},
    {"d = { paths = [\"shocks.deal.date\"]; values = [\"2010-6-1\"]; };",
     "d.values: \"2010-6-1\"; allowed: a date YYYY-MM-DD"},
    {"d = { paths = [\"shocks.deal.date\"]; values = [\"2010-06-01\"]; relative = true; };",
     "d: relative, but the scenario has no number at \"shocks.deal.date\""},
    {"h = { paths = [\"dyads.GBR-RUS.h0\"]; values = [1]; relative = true; };",
     "h: relative, but the scenario has no number at \"dyads.GBR-RUS.h0\""},
    {"t = { paths = [\"terms.reach\"]; low = 0; high = 1; levels = 2; };",
     "t: its path has no numbers; allowed: values"},
    {"a = { paths = [\"arm\"]; values = [\"fre\"]; };", "\"fre\"; allowed: an arm of the"},
    {"a = { paths = [\"arm\"]; low = 0; high = 1; levels = 2; };", "a: its path has no numbers"},
    {"a = { paths = [\"arm\", \"parameters.lambda\"]; values = [\"free\"]; };",
     "a: path \"arm\": allowed: a value of the scenario by its path"},
    {"x = { paths = [\"parameters.lamda\"]; values = [1]; };",
     "x: path \"parameters.lamda\": allowed: a value of the scenario by its path, as"},
    {"x = { paths = [\"parameters.lambda=1\"]; values = [1]; };", "allowed: a value of the scen"},
    {"x = { paths = [ ]; values = [1]; };", "x.paths: allowed: one path or more"},
    {"x = { paths = [\"scenario.end\"]; values = [\"2010-12\"]; };", "allowed: what may differ"},
    {"x = { paths = [\"parameters.eta\", \"terms.reach\"]; values = [1]; };",
     "x: path \"terms.reach\": allowed: paths to values of one type"},
    {"x = { paths = [\"parameters.eta\", \"parameters.eta\"]; values = [1]; };",
     "x: path \"parameters.eta\": allowed: a path that is named once"},
    {LAMBDA "values = [1]; };\nx = { paths = [\"parameters.lambda\"]; values = [1]; };",
     "x: path \"parameters.lambda\": allowed: a path that is named once"},
};

static void mistakes_of_factors_are_told_with_their_line(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof mistakes / sizeof *mistakes; k++) {
        char place[32];
        bool second = strchr(mistakes[k].factor, '\n') != NULL;
        assert_refused(GRID, mistakes[k].factor, mistakes[k].message);
        snprintf(place, sizeof place, "d.cfg:%d: factors.", second ? 6 : 5);
        assert_refused(GRID, mistakes[k].factor, place);
    }
}

static void all_mistakes_are_told(void **state)
{
    (void)state;
    struct swept s;
    swept_write(GRID, "x = { paths = [\"a.b\"]; values = [1]; };\n" LAMBDA
                      "low = 2; high = 1; };\ny = { paths = [\"c.d\"]; values = [1]; };");
    assert_int_equal(swept_plan(&s), ERROR_INPUT);
    assert_int_equal(s.diag.errors, 3);
    swept_close(&s);
}

/* They would be equal cells, which no extension could tell apart. */
static void levels_of_a_range_that_are_equal_are_refused(void **state)
{
    (void)state;
    static const char *const factors[] = {
        "j = { paths = [\"shocks.deal.jitter_days\"]; low = 1; high = 3; levels = 5; };",
        "j = { paths = [\"shocks.deal.jitter_days\"]; low = 1; high = 100; levels = 20; scale = "
        "\"log\"; };",
        "j = { paths = [\"shocks.deal.jitter_days\"]; low = 0.5; high = 2.5; levels = 3; };",
        "j = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = \"2010-06-03\"; "
        "levels = 4; };",
        "j = { paths = [\"parameters.lambda\"]; low = 1.0; high = \"1.0000000001\"; levels = 50; "
        "};",
    };
    for (size_t k = 0; k < sizeof factors / sizeof *factors; k++)
        assert_refused(GRID, factors[k], "d.cfg:5: factors.j: ");
}

static void what_a_kind_does_not_have_is_refused(void **state)
{
    (void)state;
    assert_refused("kind = \"sobol\"; cells = 4; outcomes = [\"step\"];",
                   LAMBDA "low = 1; high = 2; levels = 2; };", "levels; allowed: it in a grid");
    assert_refused(GRID "set = [\"parameters.lambda=2\"];", LAMBDA "values = [1]; };",
                   "allowed: a path that neither `set` nor --set sets");
    assert_refused(GRID, "", "d.cfg: 0 factors; allowed: 1 .. 256");
    assert_refused(GRID,
                   LAMBDA "low = 0; high = 1; levels = 65536; };\n"
                          "e = { paths = [\"parameters.eta\"]; low = 0; high = 1; levels = 65536; "
                          "};",
                   "more cells than allowed; allowed: up to 2^31");
    assert_refused(GRID "independent_cells = true;",
                   LAMBDA "low = 0; high = 1; levels = 16384; };\n"
                          "e = { paths = [\"parameters.eta\"]; low = 0; high = 1; levels = 16384; "
                          "};",
                   "with independent_cells fewer than 2^28");
    assert_refused("kind = \"list\"; outcomes = [\"step\"];", "", "sweep.points is missing");
    assert_refused("kind = \"list\"; points = \"no.csv\"; outcomes = [\"step\"];", "",
                   "cannot read");
}

static void mistakes_of_tables_are_told_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *table, *factors, *message;
    } bad[] = {
        {"parameters.lambda\n1\nx\n", "", "p.csv:3: parameters.lambda = \"x\"; allowed: a number"},
        {"l\n1\n", "", "p.csv:1: factors.l: path \"l\": allowed: a value of the scenario"},
        {"parameters.lambda,parameters.lambda\n1,1\n", "", "p.csv:1: column \"parameters.lambda\""},
        {"l,l\n1,1\n", LAMBDA "};", "p.csv:1: column \"l\" stands twice"},
        {"parameters.eta\n1\n", LAMBDA "};", "d.cfg:5: factors.l: the table of points has no such"},
        {"l\n1\n", LAMBDA "values = [1]; };", "factors.l: the table of points has its values"},
        {"l,parameters.lambda\n1,1\n", LAMBDA "};", "allowed: a path that is named once"},
        {"parameters.lambda\n", "", "p.csv:1: no cells; allowed: one row or more"},
        {"arm\nfre\n", "", "p.csv:2: arm = \"fre\"; allowed: an arm of the scenario"},
        {"states.IRN.gdp,states.RUS.gdp\n1,2\n", "",
         "p.csv:1: column \"states.RUS.gdp\": allowed: the name of a factor, or the path"},
        {"scenario.end\n2010-12\n", "", "allowed: what may differ between cells"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        scratch_write("p.csv", bad[k].table);
        assert_refused(LIST, bad[k].factors, bad[k].message);
    }
}

/* ---- trying --------------------------------------------------------------------------------- */

static void open_design(struct swept *s, const char *sweep, const char *factors)
{
    swept_write(sweep, factors);
    if (swept_plan(s) != 0)
        fail_msg("%s", s->diag.text.s);
    assert_null(s->diag.text.s);
}

static void assert_tried(const char *sweep, const char *factors, const char *message)
{
    struct swept s;
    struct diag diag = {0};
    open_design(&s, sweep, factors);
    int status = plan_try(&s.plan, "scenario.cfg", &s.sets, &diag);
    assert_int_equal(status, message == NULL ? 0 : ERROR_INPUT);
    if (message != NULL)
        assert_says(&diag, message);
    else
        assert_null(diag.text.s);
    diag_release(&diag);
    swept_close(&s);
}

static void a_factor_whose_ends_break_the_scenario_is_told(void **state)
{
    (void)state;
    assert_tried(GRID, LAMBDA "low = 0; high = 9; levels = 3; };", NULL);
    assert_tried(GRID, LAMBDA "low = -1; high = 9; levels = 3; };",
                 "d.cfg:5: factors.l at -1 is refused:\n");
    assert_tried(GRID, "g = { paths = [\"states.IRN.gdp\"]; values = [1, -3, 2]; };",
                 "d.cfg:5: factors.g at -3 is refused:\n");
    assert_tried(GRID,
                 "g = { paths = [\"states.IRN.gdp\"]; values = [1, -3]; labels = "
                 "[\"much\", \"none\"]; };",
                 "factors.g at none is refused:\n");
    assert_tried("kind = \"sobol\"; cells = 3; outcomes = [\"step\"];",
                 LAMBDA "low = 1; high = 1e9; };", "factors.l at 1e+09 is refused:\n");
    scratch_write("p.csv", "l,draw\n1,x\n-4,y\n3,z\n");
    assert_tried(LIST, LAMBDA "};", "d.cfg:5: factors.l at -4 is refused:\n");
    scratch_write("p.csv", "parameters.lambda\n1\n2\n");
    assert_tried(LIST, "", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_of_factors_are_told_with_their_line),
        cmocka_unit_test(all_mistakes_are_told),
        cmocka_unit_test(levels_of_a_range_that_are_equal_are_refused),
        cmocka_unit_test(what_a_kind_does_not_have_is_refused),
        cmocka_unit_test(mistakes_of_tables_are_told_with_their_line),
        cmocka_unit_test(a_factor_whose_ends_break_the_scenario_is_told),
    };
    return cmocka_run_group_tests_name("plan errors", tests, scratch_enter, scratch_leave);
}
