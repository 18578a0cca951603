/* What a scenario may not hold: every mistake has its place, its cause and what is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scratch.h"

#define ASSERT_MISTAKES(m) scratch_mistakes(scratch_scenario, m, sizeof(m) / sizeof *(m))

static void names_that_nothing_has(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"outcomes = {", "outcomess = { }; outcomes = {", "outcomess",
         "unknown section \"outcomess\"; did you mean \"outcomes\"?"},
        {"outcomes = {", "friends = { }; outcomes = {", "friends",
         "unknown section \"friends\"; allowed: scenario, states, "},
        {"outcomes = {", "effects = { }; outcomes = {", "effects = { };",
         "unknown section \"effects\"; allowed: scenario, states, "},
        {"spinup = 3", "spinups = 3", "spinups",
         "scenario: unknown key \"spinups\"; did you mean \"spinup\"?"},
        {"groups = {", "parameters = { lamda = 1.0; }; groups = {", "lamda",
         "parameters: unknown key \"lamda\"; did you mean \"lambda\"?"},
        {"groups = {", "terms = { leverages = false; }; groups = {", "leverages",
         "terms: unknown key \"leverages\"; did you mean \"leverage\"?"},
        {"requires = \"deal\"", "require = \"deal\"",
         "exit =", "shocks.exit: unknown key \"require\"; did you mean \"requires\"?"},
        {"size = -1.0", "sizes = -1.0", "calm", "shocks.deal.effects.calm: unknown key \"sizes\""},
        {"[\"USA\", \"GBR\"]", "[\"USA\", \"GBX\"]",
         "west =", "groups.west: unknown state or group \"GBX\"; did you mean \"GBR\"?"},
        {"[\"west\", \"RUS\"]", "[\"wets\", \"RUS\"]",
         "both =", "groups.both: unknown state or group \"wets\"; did you mean \"west\"?"},
        {"senders = [\"USA\"]", "senders = [\"Atlantis\"]", "S2",
         "sanctions.S2: unknown state or group \"Atlantis\"; allowed: a code"},
        {"target = \"RUS\"", "target = \"RUX\"", "S2",
         "sanctions.S2: unknown state or group \"RUX\"; did you mean \"RUS\"?"},
        {"M1 = { target = \"IRN\"", "M1 = { target = \"IRQ\"",
         "M1 =", "mandates.M1: unknown state or group \"IRQ\"; did you mean \"IRN\"?"},
        {"between = [\"IRN\", \"west\"]", "between = [\"IRN\", \"wes\"]", "calm",
         "shocks.deal.effects.calm: unknown state or group \"wes\"; did you mean \"west\"?"},
        {"of = [\"both\"]", "of = [\"bot\"]", "up = {", "shocks.boom.effects.up: unknown state"},
        {"starts = [\"S2\", \"M1\"]", "starts = [\"S2\", \"M2\"]",
         "deal =", "shocks.deal.starts: no sanction or mandate \"M2\"; did you mean \"S2\"?"},
        {"ends = [\"M1\"]", "ends = [\"treaty\"]",
         "exit =", "shocks.exit.ends: no sanction or mandate \"treaty\"; allowed: ids"},
        {"requires = \"deal\"", "requires = \"del\"",
         "exit =", "shocks.exit.requires: no shock \"del\"; did you mean \"deal\"?"},
        {"focus = [\"IRN-RUS\"]", "focus = [\"IRN-RUX\"]", "focus",
         "scenario.focus: \"IRN-RUX\" names no two different states"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void things_twice_or_with_themselves(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"IRN-USA = {", "RUS-IRN = {", "RUS-IRN",
         "dyads.RUS-IRN stands twice; first at scenario.cfg:10"},
        {"IRN-USA = {", "USA-USA = {", "USA-USA", "dyads.USA-USA: names no two different states"},
        {"IRN-USA = {", "IRN-UXA = {", "IRN-UXA", "dyads.IRN-UXA: names no two different states"},
        {"  USA = {", "  RUS = {", "15049", "duplicate setting name"},
        {"focus = [\"IRN-RUS\"]", "focus = [\"IRN-RUS\", \"RUS-IRN\"]", "focus",
         "scenario.focus: \"RUS-IRN\" stands twice"},
        {"focus = [\"IRN-RUS\"]", "focus = [\"IRN-IRN\"]", "focus",
         "scenario.focus: \"IRN-IRN\" names no two different states"},
        {"target = \"RUS\"", "target = \"USA\"", "S2", "sanctions.S2: USA is its own target"},
        {"[\"USA\", \"GBR\"]", "[\"both\", \"GBR\"]",
         "west =", "groups.west holds itself in a circle"},
        {"[\"USA\", \"GBR\"]", "[\"west\"]", "west =", "groups.west holds itself in a circle"},
        {"date = \"2010-06-01\"", "date = \"2010-06-01\"; requires = \"exit\"",
         "deal =", "shocks.deal requires itself in a circle"},
        {"requires = \"deal\"", "requires = \"exit\"",
         "exit =", "shocks.exit requires itself in a circle"},
        {"date = \"2011-09-01\"", "date = \"2011-09-01\"; starts = [\"M1\"]",
         "boom =", "shocks.boom: the start of M1 belongs to shocks.deal already"},
        {"starts = [\"S2\", \"M1\"]", "starts = [\"S2\", \"S2\"]",
         "deal =", "shocks.deal: the start of S2 belongs to shocks.deal already"},
        {"date = \"2011-09-01\"", "date = \"2011-09-01\"; ends = [\"M1\"]",
         "boom =", "shocks.boom: the end of M1 belongs to shocks.exit already"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void dates_that_cannot_be(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"date = \"2010-06-01\"", "date = \"2099-13-77\"", "deal =",
         "shocks.deal.date = 2099-13-77: no such date; allowed: a date YYYY-MM-DD in quotes"},
        {"date = \"2010-06-01\"", "date = 2010",
         "deal =", "shocks.deal.date = 2010: must be a date"},
        {"end = \"2011-12\"", "end = \"2009-12\"", "end = \"2009-12\"",
         "scenario.end lies before scenario.start"},
        {"end = \"2011-12\"", "end = \"2011-13\"", "2011-13",
         "scenario.end = 2011-13: no such month"},
        {"end = \"2011-12\"", "end = \"2510-12\"", "2510-12",
         "scenario: 6012 months from start to end; allowed: at most 2400"},
        {"start = \"2009-06-01\";", "start = \"2009-06-01\"; end = \"2009-06-01\";", "S1",
         "sanctions.S1: ends before it starts; allowed: a later end"},
        {"ends = [\"M1\"]", "ends = [\"S1\"]",
         "exit =", "shocks.exit.ends: S1 has no end that could belong to it"},
        {"2011-01..2011-12", "2011-01..2012-01", "step =",
         "outcomes.step.window reaches beyond the months recorded; allowed: within "
         "2010-01..2011-12"},
        {"2010-01..2010-12", "2009-12..2010-12", "step =", "outcomes.step.minus reaches beyond"},
        {"2010-01..2010-12", "2010-12..2010-01",
         "step =", "outcomes.step.minus = 2010-12..2010-01: not a period"},
        {"date = \"2011-09-01\"",
         "date = \"9999-12-01\"; happened = \"1999-01-01\"; "
         "starts = [\"S1\"]",
         "boom =", "shocks.boom.date moves S1 out of the calendar; allowed: years 1000 to 9999"},
    };
    ASSERT_MISTAKES(mistakes);
}

/* A moved shock can do that to what belongs to it. */
static void an_act_of_a_shock_that_ends_before_it_starts_is_only_warned_of(void **state)
{
    (void)state;
    struct loaded l = scratch_load("end = \"2011-05-01\"", "end = \"2010-05-01\"", NULL);
    assert_int_equal(l.status, 0);
    assert_says(&l.diag, "warning: sanctions.S2: ends before it starts, so it is never in force");
    scratch_release(&l);
}

static void values_of_the_wrong_kind_or_size(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"gdp = 487.0", "gdp = \"487\"", "\"487\"", "states.IRN.gdp = 487: must be a number"},
        {"gdp = 487.0", "gdp = 0.0", "gdp = 0.0",
         "states.IRN.gdp = 0: out of range; allowed: 1e-09 .. 1000000000"},
        {"gdp = 487.0", "gdp = 1e999", "1e999", "states.IRN.gdp = inf: must be a finite number"},
        {"gdp = 487.0", "gdp = 5000000000", "5000000000",
         "5000000000 does not fit 32 bits; write it with a point (5000000000.0) or a final L"},
        {"gdp = 487.0", "gdp = 5000000000L", "5000000000",
         "states.IRN.gdp = 5000000000: out of range"},
        {"gdp = 487.0", "gdp = { x = 1; }", "x = 1", "gdp is a group { … }; a value is needed"},
        {"lat = 35.7", "lat = 135.7", "135.7", "states.IRN.lat = 135.7"},
        {" gdp = 487.0;", "", "IRN = {", "states.IRN: \"gdp\" is missing"},
        {"spinup = 3", "spinup = 3.5", "3.5", "scenario.spinup = 3.5: must be a whole number"},
        {"spinup = 3", "spinup = -1", "-1", "scenario.spinup = -1: out of range"},
        {"spinup = 3", "order = \"random\"", "random", "scenario.order = random: unknown word"},
        {"class = 2", "class = 4", "class = 4", "sanctions.S1.class = 4: out of range"},
        {"pillars = \"TF\"", "pillars = \"TZ\"", "TZ",
         "sanctions.S2.pillars = TZ: allowed: letters of TFXS, or - for none"},
        {"finance = 1.0", "finance = 1.5", "finance", "mandates.M1.finance = 1.5: out of range"},
        {"enabled = false", "enabled = \"no\"", "boom", "shocks.boom.enabled = no: must be true"},
        {"  IRN-USA = { h0 = 0.6; };", "  IRN-USA = 0.6;", "IRN-USA",
         "dyads.IRN-USA must be a group { … }"},
        {"groups = {", "parameters = 5; groups = {", "parameters", "parameters must be a group"},
        {"mandates = {", "mandates = { table = 5;", "table", "table must be the name of a file"},
        {"shocks = {", "shocks = { table = \"x.csv\";", "x.csv", "shocks cannot come from a table"},
        {"  west = [\"USA\", \"GBR\"];", "  west = [1, 2];",
         "west =", "groups.west = 1;2: a list may hold texts only"},
        {"name = \"small\"", "name = \"../etc\"", "etc", "scenario.name = \"../etc\": allowed: a"},
        {"name = \"small\"", "name = \"-n\"", "-n", "scenario.name = \"-n\": allowed: a small"},
        {"name = \"small\"", "name = \"Small\"", "Small", "scenario.name = \"Small\": allowed"},
        {"name = \"small\"", "name = \"\"", "name = \"\"", "scenario.name = \"\": allowed"},
        {"  step = {", "  Step = {", "Step", "outcomes.Step: not a name here; allowed: a small"},
        {"  step = {", "  status = {", "status = {",
         "outcomes.status: outcomes.csv has this column"},
        {"  step = {", "  replicate = {", "replicate = {", "outcomes.replicate: outcomes.csv has"},
        {"  IRN-USA = {", "  x = {", "  x = {", "dyads.x: names no two different states"},
        {"senders = [\"USA\"]", "senders = []", "S2", "sanctions.S2: nobody imposes it"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void effects_without_their_targets_or_with_others(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"between = [\"IRN\", \"west\"]; ", "", "calm",
         "shocks.deal.effects.calm: needs between = [\"A\", \"B\"], each a state or a group"},
        {"between = [\"IRN\", \"west\"]", "between = [\"IRN\"]", "calm",
         "shocks.deal.effects.calm:"},
        {"between = [\"IRN\", \"west\"]", "between = [\"IRN\", \"GBR\", \"USA\"]", "calm",
         "shocks.deal.effects.calm: needs between"},
        {"between = [\"IRN\", \"west\"]", "between = [\"IRN\", \"west\"]; of = [\"USA\"]", "calm",
         "shocks.deal.effects.calm: \"of\" is not used by on = \"dispute\"; see `waltz list "
         "effects`"},
        {"from = [\"GBR\"]; ", "", "late", "shocks.deal.effects.late: needs from = [\"A\"]; to"},
        {"to = [\"RUS\"]; ", "", "late", "shocks.deal.effects.late: needs from = [\"A\"]; to"},
        {"to = [\"RUS\"]; ", "to = [\"RUS\"]; between = [\"GBR\", \"RUS\"]; ", "late",
         "shocks.deal.effects.late: \"between\" is not used by on = \"sanctions\""},
        {"of = [\"both\"]", "from = [\"both\"]", "up = {",
         "shocks.boom.effects.up: \"from\" is not used by on = \"growth\""},
        {"of = [\"both\"]; ", "", "up = {", "shocks.boom.effects.up: needs of = [\"A\"];"},
        {"between = [\"IRN\", \"west\"]", "between = [\"IRN\", \"IRN\"]", "calm",
         "shocks.deal.effects.calm: concerns nobody"},
        {"size = 0.01", "size = 1.0", "up = {",
         "shocks.boom.effects.up.size = 1: out of range; allowed: -0.5 .. 0.5 (1/year)"},
        {"size = -1.0", "size = -9.0", "calm", "shocks.deal.effects.calm.size = -9: out of range"},
        {"on = \"growth\"", "on = \"friendship\"", "up = {",
         "shocks.boom.effects.up.on = friendship: unknown word; allowed: dispute|sanctions|"},
        {"on = \"growth\"; ", "", "up = {", "shocks.boom.effects.up: \"on\" is missing"},
    };
    ASSERT_MISTAKES(mistakes);
}

static void effects_without_names(void **state)
{
    (void)state;
    struct loaded l =
        scratch_load("    effects = { up = { on = \"growth\"; of = [\"both\"]; size = "
                     "0.01; }; }; };",
                     "effects = ( { on = \"growth\"; } ); };", NULL);
    assert_says(&l.diag, "shocks.boom.effects must be a group of named groups");
    scratch_release(&l);
}

static void a_world_of_one_state(void **state)
{
    (void)state;
    scratch_write("one.cfg",
                  "scenario = { name = \"one\"; start = \"2010-01\"; end = \"2010-02\"; };\n"
                  "states = { IRN = { lat = 1.0; lon = 1.0; gdp = 1.0; milex = 1.0; }; "
                  "};\n");
    struct loaded l = scratch_load_file("one.cfg", NULL, 0);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, "one.cfg:2: 1 states; allowed: 2 to 256");
    assert_int_equal(l.diag.errors, 1);
    scratch_release(&l);
}

static void a_world_of_too_many_states(void **state)
{
    (void)state;
    struct text t = {0};
    text_printf(&t, "scenario = { name = \"many\"; start = \"2010-01\"; end = \"2010-02\"; };\n"
                    "states = {\n");
    for (int k = 0; k < 257; k++)
        text_printf(&t, "A%d = { lat = 1.0; lon = 1.0; gdp = 1.0; milex = 1.0; };\n", k);
    text_printf(&t, "};\n");
    scratch_write("many.cfg", t.s);
    text_release(&t);
    struct loaded l = scratch_load_file("many.cfg", NULL, 0);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, "257 states; allowed: 2 to 256");
    scratch_release(&l);
}

static void all_mistakes_of_reading_are_told_at_once(void **state)
{
    (void)state;
    const char *sets[] = {"parameters.lamda=1",
                          "parameters.eta=-1",
                          "scenario.spinup=x",
                          "states.IRN.lat=200",
                          "shocks.deal.date=never",
                          "sanctions.S2.class=9",
                          "shocks.deal.effects.calm.on=peace",
                          "outcomes.step.statistic=median",
                          "friends.x=1",
                          "groups.West=[\"USA\"]"};
    enum { N = sizeof sets / sizeof *sets };
    scratch_write("scenario.cfg", scratch_scenario);
    struct loaded l = scratch_load_file("scenario.cfg", sets, N);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_int_equal(l.diag.errors, N);
    for (int k = 0; k < N; k++)
        assert_says(&l.diag, sets[k]);
    scratch_release(&l);
}

static void all_mistakes_between_names_are_told_at_once(void **state)
{
    (void)state;
    const char *sets[] = {"scenario.focus=[\"IRN-ZZZ\"]",
                          "groups.west=[\"ZZZ\",\"USA\"]",
                          "dyads.IRN-QQQ={h0=0.1;}",
                          "sanctions.S1.target=YYY",
                          "sanctions.S2.pillars=Q",
                          "mandates.M1.target=USX",
                          "shocks.exit.requires=nothing",
                          "shocks.boom.starts=[\"nothing\"]",
                          "shocks.deal.effects.calm.size=5.5",
                          "shocks.boom.effects.up.of=[\"VVV\"]",
                          "outcomes.step.window=2000-01..2000-02",
                          "scenario.end=2011-11"};
    scratch_write("scenario.cfg", scratch_scenario);
    struct loaded l = scratch_load_file("scenario.cfg", sets, 8);
    assert_int_equal(l.diag.errors, 8);
    scratch_release(&l);
    l = scratch_load_file("scenario.cfg", sets + 9, 3);
    assert_int_equal(l.diag.errors, 2);
    scratch_release(&l);
}

/* A-B and B-A are one dyad, wherever they stand. */
static void both_directions_of_a_dyad_are_told_with_both_places(void **state)
{
    (void)state;
    const char *sets[] = {"dyads.GBR-USA.h0=0.1", "dyads.USA-GBR.h0=0.2"};
    scratch_write("scenario.cfg", scratch_scenario);
    struct loaded l = scratch_load_file("scenario.cfg", sets, 2);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, "--set dyads.USA-GBR.h0=0.2: dyads.USA-GBR stands twice; first at --set "
                         "dyads.GBR-USA.h0=0.1\n");
    scratch_release(&l);
    scratch_write("t.csv", "iso3_a,iso3_b,h0\nUSA,IRN,0.5\n");
    l = scratch_load("dyads = {", "dyads = { table = \"t.csv\";", NULL);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, "scenario.cfg:11: dyads.IRN-USA stands twice; first at t.csv:2\n");
    scratch_release(&l);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void assert_table_refused(const char *section, const char *table, const char *message)
{
    char set[64];
    snprintf(set, sizeof set, "%s.table=t.csv", section);
    scratch_write("t.csv", table);
    struct loaded l = scratch_load(NULL, NULL, set);
    assert_int_equal(l.status, ERROR_INPUT);
    assert_says(&l.diag, message);
    scratch_release(&l);
}

static void mistakes_in_tables_have_their_row(void **state)
{
    (void)state;
    const char *states = "iso3,lat,lon,gdp,milex\nTUR,1,1,1,1\n";
    char twice[128], *s = twice;
    snprintf(s, sizeof twice, "%sTUR,1,1,1,1\n", states);
    assert_table_refused("states", twice, "t.csv:3: states.TUR stands twice; first in line 2");
    assert_table_refused("states", "iso3,lat,lon,milex\nTUR,1,1,1\n",
                         "t.csv:1: states: column \"gdp\" is missing (economy in the first month");
    assert_table_refused("states", "lat,lon,gdp,milex\n1,1,1,1\n",
                         "t.csv:1: states: column \"iso3\" is missing");
    assert_table_refused("states", "iso3,lat,lon,gpd,milex\nTUR,1,1,1,1\n",
                         "t.csv:1: states: unknown key \"gpd\"; did you mean \"gdp\"?");
    assert_table_refused("states", "iso3,lat,lat,lon,gdp,milex\nTUR,1,1,1,1,1\n",
                         "t.csv:1: states: column \"lat\" stands twice");
    assert_table_refused("states", "iso3,iso3,lat,lon,gdp,milex\nTUR,TUR,1,1,1,1\n",
                         "t.csv:1: states: column \"iso3\" stands twice");
    assert_table_refused("states", "iso3,lat,lon,gdp,milex\nTUR,1,1,,1\nBLR,1,1,NA,1\n",
                         "t.csv:2: states.TUR.gdp is unknown (empty), but needed\n"
                         "t.csv:3: states.BLR.gdp is unknown (NA), but needed\n");
    assert_table_refused("states", "iso3;lat;lon;gdp;milex\nTUR;1;1;1,5;1\n",
                         "t.csv:2: states.TUR.gdp = 1,5: a decimal comma? write a point");
    assert_table_refused("states", "iso3,lat,lon,gdp,milex\ntur,1,1,1,1\n",
                         "t.csv:2: states.tur: not a name here; allowed: 2 to 8 capital letters");
    assert_table_refused("states", "iso3,lat,lon,gdp,milex\nTRUE,1,1,1,1\n",
                         "t.csv:2: states.TRUE: not a name here");
    assert_table_refused("dyads", "iso3_a,iso3_b,h0\nUSA,GBR,0.1\nGBR,USA,0.1\n",
                         "t.csv:3: dyads.GBR-USA stands twice; first at t.csv:2");
    assert_table_refused("dyads", "iso3_a,iso3_b,h0\nUSA,USA,0.1\n",
                         "t.csv:2: dyads.USA-USA: names no two different states");
    assert_table_refused("dyads", "iso3_a,h0\nUSA,0.1\n", "column \"iso3_b\" is missing");
    assert_table_refused("sanctions", "id,senders,target,start,class\nA,USA,RUS,2010-02-30,1\n",
                         "t.csv:2: sanctions.A.start = 2010-02-30: no such date");
    assert_table_refused("sanctions", "id,senders,target,start,class\n;;,USA,RUS,2010-02-03,1\n",
                         "t.csv:2: sanctions.;;: not a name here");
    assert_table_refused("mandates", "", "t.csv: the table is empty");
}

static void every_row_with_a_mistake_is_told(void **state)
{
    (void)state;
    struct text t = {0};
    text_printf(&t, "iso3,lat,lon,gdp,milex\n");
    for (int k = 0; k < 40; k++)
        text_printf(&t, "B%d,1,1,x,-1\n", k);
    scratch_write("t.csv", t.s);
    text_release(&t);
    struct loaded l = scratch_load(NULL, NULL, "states.table=t.csv");
    assert_int_equal(l.diag.errors, 80);
    assert_says(&l.diag, "t.csv:41: states.B39.milex = -1: out of range");
    scratch_release(&l);
}

static void tables_with_too_many_columns_are_refused(void **state)
{
    (void)state;
    struct text t = {0};
    text_printf(&t, "iso3");
    for (int k = 0; k < 100; k++)
        text_printf(&t, ",c%d", k);
    scratch_write("t.csv", t.s);
    text_release(&t);
    struct loaded l = scratch_load(NULL, NULL, "states.table=t.csv");
    assert_says(&l.diag, "t.csv:1: more than 64 columns");
    scratch_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_nothing_has),
        cmocka_unit_test(things_twice_or_with_themselves),
        cmocka_unit_test(dates_that_cannot_be),
        cmocka_unit_test(an_act_of_a_shock_that_ends_before_it_starts_is_only_warned_of),
        cmocka_unit_test(values_of_the_wrong_kind_or_size),
        cmocka_unit_test(effects_without_their_targets_or_with_others),
        cmocka_unit_test(effects_without_names),
        cmocka_unit_test(a_world_of_one_state),
        cmocka_unit_test(a_world_of_too_many_states),
        cmocka_unit_test(all_mistakes_of_reading_are_told_at_once),
        cmocka_unit_test(all_mistakes_between_names_are_told_at_once),
        cmocka_unit_test(both_directions_of_a_dyad_are_told_with_both_places),
        cmocka_unit_test(mistakes_in_tables_have_their_row),
        cmocka_unit_test(every_row_with_a_mistake_is_told),
        cmocka_unit_test(tables_with_too_many_columns_are_refused),
    };
    return cmocka_run_group_tests_name("scenario_errors", tests, scratch_enter, scratch_leave);
}
