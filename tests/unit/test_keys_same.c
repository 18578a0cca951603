/* Records compared key by key, as arms are to find where they part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario/keys.h"
#include "stated.h"

/* The record of a section that the settings below change. */
static const void *record_of(const struct scenario *sc, enum section section)
{
    switch (section) {
    case SECTION_SCENARIO:
        return &sc->general;
    case SECTION_PARAMETERS:
        return &sc->parameters;
    case SECTION_TERMS:
        return sc->terms;
    case SECTION_STATES:
        return &sc->states[0];
    case SECTION_DYADS:
        return &sc->dyads[1];
    case SECTION_SANCTIONS:
        return &sc->sanctions[1];
    case SECTION_SHOCKS:
        return &sc->shocks[0];
    case SECTION_EFFECTS:
        return &sc->shocks[0].effects[0];
    case SECTION_OUTCOMES:
        return &sc->outcomes[0];
    case SECTION_ARMS:
        return &sc->arms[1];
    case SECTION_CLAIMS:
        return &sc->claims[0];
    case SECTION_OBSERVED:
        return &sc->observed[1];
    default:
        return &sc->claims[0].all[0];
    }
}

/* A key of each type, first and last ones of their sections among them. */
static const struct {
    enum section section;
    const char *set;
} changes[] = {
    {SECTION_PARAMETERS, "parameters.lambda=7.700000000000001"},
    {SECTION_PARAMETERS, "parameters.omega=2"}, /* differs from 1 in the first bits alone */
    {SECTION_PARAMETERS, "parameters.mandate_further=0.21"},
    {SECTION_PARAMETERS, "parameters.initiatives=17"},
    {SECTION_PARAMETERS, "parameters.growth_falls=true"},
    {SECTION_TERMS, "terms.leverage=false"},
    {SECTION_TERMS, "terms.side_payments=false"},
    {SECTION_SCENARIO, "scenario.title=other"},
    {SECTION_SCENARIO, "scenario.end=2012-01"},
    {SECTION_SCENARIO, "scenario.spinup=4"},
    {SECTION_SCENARIO, "scenario.focus=[]"},
    {SECTION_SCENARIO, "scenario.order=serial"},
    {SECTION_STATES, "states.IRN.ccode=631"},
    {SECTION_STATES, "states.IRN.name=Iran"},
    {SECTION_STATES, "states.IRN.milex=10.7"},
    {SECTION_DYADS, "dyads.IRN-USA.h0=0.1"},
    {SECTION_DYADS, "dyads.IRN-USA.x0_economic=0.06"},
    {SECTION_SANCTIONS, "sanctions.S2.target=IRN"},
    {SECTION_SANCTIONS, "sanctions.S2.senders=[\"USA\",\"GBR\"]"},
    {SECTION_SHOCKS, "shocks.deal.date=2010-06-02"},
    {SECTION_EFFECTS, "shocks.deal.effects.calm.date=2010-06-02"},
    {SECTION_EFFECTS, "shocks.deal.effects.calm.months=13"},
    {SECTION_OUTCOMES, "outcomes.ratio.window=2011-01..2011-11"},
    {SECTION_OUTCOMES, "outcomes.ratio.over=2010-02..2010-12"},
    {SECTION_OUTCOMES, "outcomes.ratio.over="},
    {SECTION_OUTCOMES, "outcomes.ratio.minus_arm=full"},
    {SECTION_OUTCOMES, "outcomes.ratio.domain=economic"},
    {SECTION_ARMS, "arms.no_deal.without=[]"},
    {SECTION_ARMS, "arms.no_deal.set=[\"parameters.rho=0\"]"},
    {SECTION_CLAIMS, "claims.C1.expect=false"},
    {SECTION_CONDITIONS, "claims.C1.all.higher.is=below"},
    {SECTION_CONDITIONS, "claims.C1.all.higher.sign=false"},
    {SECTION_OBSERVED, "observed.RUS-GBR.political=0.25"},
    {SECTION_OBSERVED, "observed.RUS-GBR.economic=-1"},
};

static void records_are_the_same_until_any_key_differs(void **state)
{
    (void)state;
    struct loaded plain = stated_load(NULL, NULL, NULL), again = stated_load(NULL, NULL, NULL);
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        enum section section = changes[k].section;
        struct loaded changed = stated_load(NULL, NULL, changes[k].set);
        if (changed.status != 0)
            fail_msg("%s", changed.diag.text.s);
        const void *a = record_of(plain.scenario, section),
                   *b = record_of(changed.scenario, section);
        assert_true(keys_same(section, a, a));
        assert_true(keys_same(section, a, record_of(again.scenario, section)));
        if (keys_same(section, a, b) || keys_same(section, b, a))
            fail_msg("--set %s changes nothing", changes[k].set);
        scratch_release(&changed);
    }
    scratch_release(&plain);
    scratch_release(&again);
}

/* Where a record was written, and what was worked out from it, is no key. */
static void places_and_what_is_derived_do_not_count(void **state)
{
    (void)state;
    struct loaded a = stated_load(NULL, NULL, NULL);
    struct loaded b = stated_load("  IRN-USA = { h0 = 0.6; };\n",
                                  "\n\n  IRN-USA = { h0 = 0.6; };\n", "groups.west=[\"GBR\"]");
    assert_int_equal(b.status, 0);
    const struct sanction *left = &a.scenario->sanctions[0], *right = &b.scenario->sanctions[0];
    assert_true(left->where.line != right->where.line && left->n_senders != right->n_senders);
    assert_true(keys_same(SECTION_SANCTIONS, left, right));
    scratch_release(&a);
    scratch_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_the_same_until_any_key_differs),
        cmocka_unit_test(places_and_what_is_derived_do_not_count),
    };
    return cmocka_run_group_tests_name("keys_same", tests, scratch_enter, scratch_leave);
}
