/* Arms: each a scenario of its own from one file, under the rules of any scenario. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/arms.h"
#include "scenario/resolve.h"
#include "small.h"
#include "stated.h"

enum { FULL, NO_DEAL, FREE, ARMS };

/* The base, and its arms loaded from the same file. */
struct opened {
    struct loaded base;
    struct arms arms;
    struct diag diag;
    int status;
};

static struct arms_request request_of(const struct scenario *base)
{
    return (struct arms_request){
        .base = base, .path = "scenario.cfg", .seed = 5, .record = RECORD_OUTCOMES};
}

/* The base is taken; what becomes of the arms is up to the test. `set` as of stated_load. */
static struct opened open_with(const char *old, const char *new, const char *set,
                               const bool *wanted)
{
    struct opened o = {.base = stated_load(old, new, set)};
    if (o.base.status != 0)
        fail_msg("%s", o.base.diag.text.s);
    struct arms_request request = request_of(o.base.scenario);
    request.sets = &set;
    request.n_sets = set != NULL;
    request.wanted = wanted;
    o.status = arms_load(&o.arms, &request, &o.diag);
    return o;
}

static void close_it(struct opened *o)
{
    arms_release(&o->arms);
    diag_release(&o->diag);
    scratch_release(&o->base);
}

static const struct shock *shock_of(const struct arms *a, int arm, const char *name)
{
    const struct scenario *sc = a->scenario[arm];
    for (int k = 0; k < sc->n_shocks; k++)
        if (strcmp(sc->shocks[k].name, name) == 0)
            return &sc->shocks[k];
    fail_msg("there is no shock %s", name);
    return NULL;
}

/* ---- what they are -------------------------------------------------------------------------- */

static void each_arm_is_the_scenario_without_its_shocks_and_with_its_settings(void **state)
{
    (void)state;
    struct opened o = open_with(NULL, NULL, NULL, NULL);
    assert_int_equal(o.status, 0);
    assert_int_equal(o.arms.n, ARMS);
    static const bool deal[] = {true, false, false};
    for (int k = 0; k < ARMS; k++) {
        assert_int_equal(o.arms.index[k], k);
        assert_int_equal(shock_of(&o.arms, k, "deal")->active, deal[k]);
        assert_int_equal(shock_of(&o.arms, k, "exit")->active, deal[k]); /* it requires the deal */
        assert_ptr_equal(o.arms.experiment[k].scenario, o.arms.scenario[k]);
        assert_int_equal(o.arms.experiment[k].seed, 5);
    }
    double lambda = o.base.scenario->parameters.lambda;
    assert_true(lambda != 5);
    assert_true(o.arms.scenario[FULL]->parameters.lambda == lambda);
    assert_true(o.arms.scenario[NO_DEAL]->parameters.lambda == lambda);
    assert_true(o.arms.scenario[FREE]->parameters.lambda == 5);
    assert_int_equal(o.arms.scenario[NO_DEAL]->terms[TERM_REACH], 1);
    assert_int_equal(o.arms.scenario[FREE]->terms[TERM_REACH], 0);
    close_it(&o);
}

static void a_scenario_that_names_no_arms_has_one_that_is_itself(void **state)
{
    (void)state;
    struct loaded base = scratch_load(NULL, NULL, NULL);
    struct arms arms;
    struct diag diag = {0};
    const struct arms_request request = request_of(base.scenario);
    assert_int_equal(base.scenario->n_arms, 1);
    assert_string_equal(base.scenario->arms[0].name, "full");
    assert_int_equal(arms_load(&arms, &request, &diag), 0);
    assert_int_equal(arms.n, 1);
    char *own = scratch_effective(base.scenario), *arm = scratch_effective(arms.scenario[0]);
    assert_string_equal(own, arm);
    free(own);
    free(arm);
    arms_release(&arms);
    scratch_release(&base);
}

static void settings_of_the_command_line_give_way_to_those_of_the_arm(void **state)
{
    (void)state;
    struct opened o = open_with(NULL, NULL, "parameters.lambda=3", NULL);
    assert_int_equal(o.status, 0);
    assert_true(o.arms.scenario[FULL]->parameters.lambda == 3);
    assert_true(o.arms.scenario[FREE]->parameters.lambda == 5);
    close_it(&o);
    o = open_with(NULL, NULL, "shocks.deal.enabled=true", NULL);
    assert_int_equal(shock_of(&o.arms, NO_DEAL, "deal")->active, 0);
    close_it(&o);
}

static void the_first_arm_and_those_that_are_wanted_are_loaded(void **state)
{
    (void)state;
    for (int want = 0; want < 8; want++) {
        const bool wanted[ARMS] = {want & 1, want & 2, want & 4};
        struct opened o = open_with(NULL, NULL, NULL, wanted);
        int n = 1;
        assert_int_equal(o.status, 0);
        assert_int_equal(o.arms.index[0], FULL);
        for (int k = 1; k < ARMS; k++)
            if (wanted[k])
                assert_int_equal(o.arms.index[n++], k);
        assert_int_equal(o.arms.n, n);
        close_it(&o);
    }
}

static void arms_part_from_the_first_one_where_the_structure_does(void **state)
{
    (void)state;
    struct opened o = open_with(NULL, NULL, NULL, NULL);
    const struct experiment *x = o.arms.experiment;
    int spinup = o.base.scenario->general.spinup;
    assert_int_equal(experiment_branch(&x[FULL], &x[NO_DEAL]), spinup + 4); /* S2 of 2010-05-01 */
    assert_int_equal(experiment_branch(&x[FULL], &x[FREE]), 0);             /* another lambda */
    close_it(&o);
}

static void settings_come_whole_up_to_their_limit(void **state)
{
    (void)state;
    enum { MOST = TEXT_ITEM - 2 };
    static const char path[] = "shocks.deal.note=";
    char value[TEXT_ITEM + 1], arm[TEXT_ITEM + 64];
    for (int length = 60; length <= MOST + 1; length += length < 70 ? 1 : MOST - 70) {
        memset(value, 'n', sizeof value);
        value[length - (int)strlen(path)] = '\0';
        snprintf(arm, sizeof arm, "  full = { set = [\"%s%s\"]; };\n", path, value);
        if (length > MOST) {
            struct loaded l = stated_load("  full = { };\n", arm, NULL);
            assert_int_equal(l.status, ERROR_INPUT);
            assert_says(&l.diag, "of less than 511 bytes");
            scratch_release(&l);
            continue;
        }
        struct opened o = open_with("  full = { };\n", arm, NULL, NULL);
        assert_int_equal(o.status, 0);
        assert_string_equal(shock_of(&o.arms, FULL, "deal")->note, value);
        close_it(&o);
    }
}

/* ---- what they must not be ------------------------------------------------------------------ */

static void assert_refused(const char *arm, const char *message)
{
    char line[512];
    snprintf(line, sizeof line, "  no_deal = %s;\n", arm);
    struct opened o =
        open_with("  no_deal = { without = [\"deal\"]; note = \"as if\"; };\n", line, NULL, NULL);
    char *text = stated_text();
    char where[64];
    snprintf(where, sizeof where, "scenario.cfg:%d: arms.no_deal", scratch_line(text, "  no_deal"));
    assert_int_equal(o.status, ERROR_INPUT);
    assert_says(&o.diag, where);
    assert_says(&o.diag, message);
    assert_silent(&o.diag, "arms.full");
    assert_silent(&o.diag, "arms.free");
    free(text);
    close_it(&o);
}

static void what_is_forbidden_to_a_scenario_is_forbidden_to_an_arm(void **state)
{
    (void)state;
    assert_refused("{ set = [\"dyads.IRN-RUS.h0=0.5\"]; }",
                   "dyads.IRN-RUS changes the baseline of a focus dyad by hand");
    assert_refused("{ set = [\"shocks.deal.effects.calm.between=[\\\"IRN\\\",\\\"both\\\"]\"]; }",
                   "shocks.deal.effects.calm touches IRN-RUS");
    assert_refused("{ set = [\"shocks.deal.effects.late.from=[\\\"IRN\\\"]\"]; }",
                   "shocks.deal.effects.late touches IRN-RUS");
    assert_refused("{ set = [\"shocks.boom.effects.up.on=dispute\", "
                   "\"shocks.boom.effects.up.between=[\\\"IRN\\\",\\\"RUS\\\"]\"]; }",
                   "shocks.boom.effects.up touches IRN-RUS");
    assert_refused("{ set = [\"sanctions.S1.senders=[\\\"both\\\"]\"]; }",
                   "sanctions.S1 is an act of RUS on IRN");
    assert_refused("{ set = [\"parameters.lambda=-1\"]; }", "parameters.lambda = -1: out of range");
    assert_refused("{ set = [\"parameters.lamda=1\"]; }", "did you mean \"lambda\"?");
}

static void arms_have_the_same_states(void **state)
{
    (void)state;
    assert_refused("{ set = [\"states.FRA={lat=1.0,lon=1.0,gdp=1.0,milex=1.0}\"]; }",
                   "has other states; allowed: the same in all arms");
}

static void every_arm_that_is_refused_is_told_but_the_first_one_alone(void **state)
{
    (void)state;
    struct opened o = open_with("  no_deal = { without = [\"deal\"]; note = \"as if\"; };\n",
                                "  no_deal = { set = [\"parameters.lambda=-1\"]; };\n"
                                "  worse = { set = [\"parameters.eta=-1\", \"terms.x=true\"]; };\n",
                                NULL, NULL);
    assert_int_equal(o.status, ERROR_INPUT);
    assert_int_equal(o.diag.errors, 3);
    assert_says(&o.diag, "arms.no_deal is refused:\n--set parameters.lambda=-1: ");
    assert_says(&o.diag, "arms.worse is refused:\n--set ");
    close_it(&o);
    const char *sets[] = {"parameters.lambda=-1"};
    struct loaded base = stated_load(NULL, NULL, NULL);
    struct arms_request request = request_of(base.scenario);
    struct arms arms;
    struct diag diag = {0};
    request.sets = sets;
    request.n_sets = 1;
    assert_int_equal(arms_load(&arms, &request, &diag), ERROR_INPUT);
    assert_int_equal(diag.errors, 1);
    assert_says(&diag, "arms.full is refused:\n");
    assert_silent(&diag, "arms.no_deal");
    arms_release(&arms);
    diag_release(&diag);
    scratch_release(&base);
}

/* ---- what all share ------------------------------------------------------------------------- */

static void settings_that_touch_what_all_arms_share_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *path, *shared;
    } cases[] = {
        {"scenario.end", "scenario.end"},
        {"scenario.end=2012-01", "scenario.end"},
        {"scenario={}", "scenario.name"},
        {"scenario.focus=[]", "scenario.focus"},
        {"outcomes", "outcomes"},
        {"outcomes.step.window=2010-01..2010-02", "outcomes"},
        {"arms.full.without=[]", "arms"},
        {"claims.C1.expect=false", "claims"},
        {"groups.west=[]", "groups"},
        {"states={}", "states.table"},
        {"states.table=x.csv", "states.table"},
        {"scenario.moves=expected", NULL},
        {"scenario.ending=1", NULL},
        {"scenario", "scenario.name"},
        {"states.IRN.gdp=1", NULL},
        {"group.west=[]", NULL},
        {"armsx.full=1", NULL},
        {"parameters.lambda=outcomes.x", NULL},
        {"", NULL},
        {"=outcomes", NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *shared = resolve_shared(cases[k].path);
        if (cases[k].shared == NULL)
            assert_null(shared);
        else
            assert_string_equal(shared, cases[k].shared);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arm_is_the_scenario_without_its_shocks_and_with_its_settings),
        cmocka_unit_test(a_scenario_that_names_no_arms_has_one_that_is_itself),
        cmocka_unit_test(settings_of_the_command_line_give_way_to_those_of_the_arm),
        cmocka_unit_test(the_first_arm_and_those_that_are_wanted_are_loaded),
        cmocka_unit_test(arms_part_from_the_first_one_where_the_structure_does),
        cmocka_unit_test(settings_come_whole_up_to_their_limit),
        cmocka_unit_test(what_is_forbidden_to_a_scenario_is_forbidden_to_an_arm),
        cmocka_unit_test(arms_have_the_same_states),
        cmocka_unit_test(every_arm_that_is_refused_is_told_but_the_first_one_alone),
        cmocka_unit_test(settings_that_touch_what_all_arms_share_are_known),
    };
    return cmocka_run_group_tests_name("arms", tests, scratch_enter, scratch_leave);
}
