"""Arms: a scenario's variants, to the bit what `waltz run` gives under their settings, and held to the same rules."""

import re

import pytest

from program import SHIPPED, TABLES, bytes_of, rows, run, waltz, write
from reproduced import ARMS, MONTHS, SCENARIO, alone, reproduce, section, settings

N = 7
DRAWS = "parameters.lambda,parameters.eta\n3.1,0.5\n8,0.9\n5,1.1\n"


@pytest.fixture(name="four")
def four_fixture(tmp_path):
    """A folder that holds four.cfg and draws for it."""
    write(tmp_path, {"four.cfg": SCENARIO, "draws.csv": DRAWS})
    return tmp_path


@pytest.fixture(scope="module", name="done")
def done_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arms")
    write(folder, {"four.cfg": SCENARIO, "draws.csv": DRAWS})
    return reproduce("-n", N, "-j", 1, cwd=folder)[0]


def without(row, *columns):
    return {k: v for k, v in row.items() if k not in columns}


# ---- what they give --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_is_to_the_bit_what_run_gives_under_its_settings(arm, done):
    alone_ = run("four.cfg", "-n", N, "-o", arm, *settings(arm), cwd=done.parent)
    ours = [without(r, "arm") for r in rows(done / "outcomes.csv") if r["arm"] == arm]
    assert ours == rows(alone_ / "outcomes.csv")
    if arm == "full":
        assert bytes_of(alone_, ["summary.csv", "yearly.csv", "effective.cfg"]) == bytes_of(
            done, ["summary.csv", "yearly.csv", "effective.cfg"]
        )
    paths = [without(r, "arm") for r in rows(done / "paths.csv") if r["arm"] == arm]
    summary = [{k: r[k] for k in paths[0]} for r in rows(alone_ / "summary.csv")]
    assert len(paths) > 10 * MONTHS
    assert all(p in summary for p in paths)


def test_an_arm_of_the_shipped_scenario_is_to_the_bit_what_run_gives(tmp_path):
    """With all that falls with the deal: the US exit and the expiries."""
    common = ["-n", 2, "--set", "scenario.spinup=6"]
    out, _ = reproduce(*common, cwd=tmp_path, scenario=SHIPPED, code=None)
    for arm, sets in {
        "no_jcpoa": ["shocks.jcpoa.enabled=false"],
        "neither": ["shocks.jcpoa.enabled=false", "shocks.ukraine_2022.enabled=false"],
        "placebo": ["shocks.jcpoa.date=2013-07-14", "shocks.ukraine_2022.date=2020-02-24"],
    }.items():
        words = [w for s in sets for w in ("--set", s)]
        done = waltz("run", SHIPPED, "--quiet", *common, *words, "-o", arm, cwd=tmp_path)
        assert done.returncode == 0
        assert [without(r, "arm") for r in rows(out / "outcomes.csv") if r["arm"] == arm] == rows(
            tmp_path / arm / "outcomes.csv"
        )


def path_of(folder, arm, measure):
    return [(r["mean"], r["sd"]) for r in rows(folder / "paths.csv") if (r["arm"], r["measure"]) == (arm, measure)]


@pytest.mark.parametrize("arm, month", [("quiet", 7), ("mild", 7), ("late", 7), ("dear", 0)])
def test_an_arm_equals_the_first_one_until_the_structure_differs_and_not_after(arm, month, done):
    """The quarrel of July is perceived from August on."""
    for measure in ("polarisation", "cooperation"):
        base, own = (path_of(done, name, measure) for name in ("full", arm))
        assert [a == b for a, b in zip(base, own)] == [True] * month + [False] * (MONTHS - month), measure


def test_a_shock_that_falls_takes_with_it_what_requires_it(four):
    """`act` starts S1 and requires `quarrel`."""
    level = '  s = { measure = "sanctions"; subject = "AAA-DDD"; window = "2011-01..2011-12"; };\n'
    text = SCENARIO.replace("outcomes = {\n", "outcomes = {\n" + level)
    write(four, {"four.cfg": text})
    out, _ = reproduce("-n", 2, cwd=four)
    levels = {r["arm"]: float(r["path"]) for r in rows(out / "arms.csv") if r["outcome"] == "s"}
    assert levels["quiet"] < 0.01 and levels["full"] > 0.2


def test_distances_of_an_arm_from_itself_are_nothing(done):
    table = {(r["arm"], r["outcome"]): r for r in rows(done / "arms.csv")}
    for name in ("moved_a", "moved_b"):
        assert float(table["quiet", name]["path"]) == float(table["quiet", name]["sd"]) == 0
        assert all(0.01 < float(table[arm, name]["path"]) < 1 for arm in ("full", "mild", "dear", "late"))
    assert table["quiet", "unlike"]["path"] == table["full", "unlike"]["path"]  # before the quarrel


# ---- what they do not depend on --------------------------------------------------------------------------------------


def test_threads_do_not_matter(done, four):
    one, _ = reproduce("-n", N, "-j", 1, "--draws", "draws.csv", cwd=four, output="one")
    many, _ = reproduce("-n", N, "-j", 3, "--draws", "draws.csv", cwd=four, output="many")
    names = [p.name for p in one.iterdir() if p.name != "manifest.json"]
    assert len(names) == 13
    assert bytes_of(one, names) == bytes_of(many, names)
    assert bytes_of(one) == bytes_of(done)  # draws change nothing in outcomes, summary, yearly


# Where the penalty enters, which is set on the draws if there are some.
SEARCHED = {"onset", "change", "onset_late", "onset_framed"}


def without_draws(row):
    return {k: v for k, v in row.items() if not k.startswith("draws")}


def test_draws_change_nothing_in_what_is_said_of_the_scenarios_own_parameters(done, four):
    drawn, _ = reproduce("-n", N, "--draws", "draws.csv", cwd=four)
    same = [*TABLES, "paths.csv", "why.json", "effective.cfg"]
    assert bytes_of(drawn, same) == bytes_of(done, same)
    one, two = (
        [without_draws(r) for r in rows(f / "arms.csv") if r["outcome"] not in SEARCHED] for f in (done, drawn)
    )
    assert one == two
    one, two = ([without_draws(r) for r in rows(f / "dyads.csv")] for f in (done, drawn))
    assert one == two and len(one) == 6
    one, two = ({r["id"]: (r["shown"], r["single"], r["value"]) for r in rows(f / "claims.csv")} for f in (done, drawn))
    assert all(one[name] == two[name] for name in ("peak", "nearer", "busy", "added", "moved", "figures", "design"))
    one, two = (rows(f / "draws.csv")[0] for f in (done, drawn))
    assert all(one[k] == two[k] for k in one if k not in SEARCHED and not k.startswith("shown"))


def test_draws_run_the_arms_that_claims_need_or_all_with_the_same_shares(four):
    text = SCENARIO.replace("  dear = ", '  idle = { set = ["parameters.eta=0.3"]; };\n  dear = ')
    write(four, {"four.cfg": text})
    some, _ = reproduce("-n", 3, "--draws", "draws.csv", cwd=four, output="some")
    every, _ = reproduce("-n", 3, "--draws", "draws.csv", "--all-arms", cwd=four, output="every")
    names = ["claims.csv", "conditions.csv", "draws.csv", "dyads.csv", "searches.csv", "changes.csv"]
    assert bytes_of(some, names) == bytes_of(every, names)
    ranges = {
        f.name: {r["draws_median"] for r in rows(f / "arms.csv") if (r["arm"], r["outcome"]) == ("idle", "level")}
        for f in (some, every)
    }
    assert ranges["some"] == {"NA"} and ranges["every"] != {"NA"}


def test_a_change_point_that_no_claim_asks_for_is_searched_in_the_scenarios_own_draw(four):
    """The arm `trend` does not run in the draws then, so that these can set no penalty."""
    text = SCENARIO[: SCENARIO.index("claims = {")] + section("claims", {"a": {"text": "t", "all": {
        "c": {"outcome": "step", "is": "above"}}}})  # fmt: skip
    write(four, {"four.cfg": text, "many.csv": "parameters.eta\n" + "0.9\n" * 25})
    plain, _ = reproduce("-n", 4, cwd=four, output="plain")
    for name in ("draws.csv", "many.csv"):
        drawn, _ = reproduce("-n", 4, "--draws", name, "--force", cwd=four, output="drawn")
        for table in ("searches.csv", "changes.csv"):
            assert (drawn / table).read_bytes() == (plain / table).read_bytes()
        assert [r["onset"] != "NA" for r in rows(drawn / "draws.csv")][:2] == [True, False]
    assert float(rows(plain / "searches.csv")[0]["penalty"]) > 1


# ---- what they must not do -------------------------------------------------------------------------------------------

TOUCHES = "it cannot be told (invariant 1)"
FORBIDDEN = {
    "an effect": ('shocks.quarrel.effects.b.between=[\\"BBB\\",\\"AAA\\"]', TOUCHES),
    "an effect of no size": ('shocks.quarrel.effects.a={on=\\"dispute\\",between=[\\"AAA\\",\\"BBB\\"],size=0.0}',
                             TOUCHES),
    "through a group": ('shocks.quarrel.effects.a.between=[\\"AAA\\",\\"both\\"]', TOUCHES),
    "its baseline": ("dyads.AAA-BBB.h0=0.5", "changes the baseline of a focus dyad by hand"),
    "its cooperation": ("dyads.BBB-AAA.x0_security=0.9", "changes the baseline of a focus dyad by hand"),
    "its sender": ('sanctions.S1.senders=[\\"BBB\\"]', "sanctions.S1 is an act of BBB on AAA"),
    "its target": ('sanctions.S2={senders=[\\"AAA\\"],target=\\"BBB\\",start=\\"2010-01-01\\",class=1}',
                   "sanctions.S2 is an act of AAA on BBB"),
    "a sender in a group": ('sanctions.S1.senders=[\\"both\\"]', "sanctions.S1 is an act of BBB on AAA"),
}  # fmt: skip


def with_arm(arm):
    return SCENARIO.replace("  dear = {", f"  wrong = {arm};\n  dear = {{")


def line_of(text, words):
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize("command", [["check"], ["reproduce", "-o", "out", "-n", "2"]])
@pytest.mark.parametrize("case", FORBIDDEN)
def test_an_arm_that_touches_the_focus_is_refused_with_its_line(case, command, four):
    setting, message = FORBIDDEN[case]
    text = with_arm(f'{{ set = ["{setting}"]; }}')
    write(four, {"four.cfg": text})
    done = waltz(*command, "four.cfg", cwd=four, binary=alone())
    assert (done.returncode, done.stdout) == (3, "")
    assert f"four.cfg:{line_of(text, '  wrong =')}: arms.wrong is refused:\n" in done.stderr
    assert message in done.stderr
    assert not (four / "out").exists()


@pytest.mark.parametrize("where", ["arms.quiet.set", "arms.new"])
def test_an_arm_made_on_the_command_line_is_held_to_the_same(where, four):
    value = '["dyads.AAA-BBB.h0=0.5"]'
    setting = f"{where}={value}" if where.endswith("set") else f"{where}={{set={value};}}"
    for command in (["check"], ["reproduce", "-o", "out"]):
        done = waltz(*command, "four.cfg", "--set", setting, cwd=four, binary=alone())
        assert done.returncode == 3 and "of a focus dyad by hand" in done.stderr


REFUSED = {
    "a shock that is not there": ('{ without = ["quarel"]; }',
                                  'arms.wrong.without: there is no shock "quarel"; did you mean "quarrel"?'),
    "an unknown path": ('{ set = ["parameters.lamda=1"]; }', 'unknown key "lamda"; did you mean "lambda"?'),
    "out of range": ('{ set = ["parameters.lambda=-1"]; }', "parameters.lambda = -1: out of range; allowed: 0 .. "),
    "no value": ('{ set = ["parameters.lambda"]; }', "arms.wrong.set = parameters.lambda: allowed: path=value"),
    "too long": ('{ set = ["shocks.quarrel.note=' + "n" * 600 + '"]; }', "of less than 511 bytes"),
    "another end": ('{ set = ["scenario.end=2011-06"]; }', "what may differ between arms, which scenario.end may not"),
    "another start": ('{ set = ["scenario.start=2009-01"]; }', "which scenario.start may not"),
    "another frame": ('{ set = ["scenario={name=\\"x\\" start=\\"2010-01\\" end=\\"2015-12\\"}"]; }',
                      "which scenario.name may not"),
    "another focus": ('{ set = ["scenario.focus=[]"]; }', "which scenario.focus may not"),
    "another spin-up": ('{ set = ["scenario.spinup=9"]; }', "which scenario.spinup may not"),
    "other readings": ('{ set = ["outcomes.step.window=2010-01..2010-02"]; }', "which outcomes may not"),
    "other groups": ('{ set = ["groups.far=[\\"CCC\\"]"]; }', "which groups may not"),
    "other claims": ('{ set = ["claims.first.expect=false"]; }', "which claims may not"),
    "arms of an arm": ('{ set = ["arms.quiet.without=[]"]; }', "which arms may not"),
    "other states": ('{ set = ["states={}"]; }', "which states.table may not"),
    "a state more": ('{ set = ["states.EEE={lat=1.0,lon=1.0,gdp=1.0,milex=1.0}"]; }',
                     "arms.wrong has other states; allowed: the same in all arms"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_check_finds_what_is_wrong_with_an_arm(case, four):
    arm, message = REFUSED[case]
    text = with_arm(arm)
    write(four, {"four.cfg": text})
    done = waltz("check", "four.cfg", cwd=four)
    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr
    assert f"four.cfg:{line_of(text, '  wrong =')}: arms.wrong" in done.stderr
    assert re.search(r"four\.cfg: \d+ errors?$", done.stderr)


def test_check_finds_mistakes_in_several_arms(four):
    text = with_arm('{ set = ["parameters.lambda=-1", "parameters.rho=7"]; }; worse = { set = ["parameters.eta=-1"]; }')
    write(four, {"four.cfg": text})
    done = waltz("check", "four.cfg", cwd=four)
    assert all(f"--set parameters.{p}: " in done.stderr for p in ("lambda=-1", "rho=7", "eta=-1"))
    assert done.stderr.endswith("four.cfg: 3 errors\n")


def test_a_long_setting_of_an_arm_comes_whole(four):
    """Of more than the 63 bytes that names have."""
    value = "0.2" + "0" * 80 + "1"
    write(four, {"four.cfg": SCENARIO.replace('"parameters.cost_fixed=0.5"', f'"parameters.cost_fixed={value}"')})
    long, _ = reproduce("-n", 2, cwd=four, output="long")
    assert ("dear", "2") in {(r["arm"], r["n"]) for r in rows(long / "arms.csv")}
    text = "n" * 200 + "=end"
    write(four, {"note.cfg": SCENARIO.replace('"parameters.cost_fixed=0.5"', f'"shocks.quarrel.size={text}"')})
    done = waltz("check", "note.cfg", cwd=four)
    assert done.returncode == 3 and text in done.stderr


# ---- check, list, the shipped scenario -------------------------------------------------------------------------------


def test_check_counts_arms_and_claims(four):
    done = waltz("check", "four.cfg", cwd=four)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" 20 outcomes, 5 arms, 11 claims\n")
    write(four, {"none.cfg": SCENARIO[: SCENARIO.index("arms = {")]})
    assert waltz("check", "none.cfg", cwd=four).stdout.endswith(" 0 outcomes, 1 arm, 0 claims\n")


def test_a_scenario_without_arms_has_one(four):
    write(four, {"none.cfg": SCENARIO[: SCENARIO.index("arms = {")]})
    out, said = reproduce("-n", 2, cwd=four, scenario="none.cfg")
    assert said == [] and {r["arm"] for r in rows(out / "paths.csv")} == {"full"}
    assert [r["arm"] for r in rows(out / "outcomes.csv")] == ["full", "full"]
    assert rows(out / "claims.csv") == rows(out / "arms.csv") == rows(out / "searches.csv") == []


def test_list_shows_the_new_tables():
    keys = waltz("list", "keys").stdout
    for title, names in {
        "arms": ["without", "set", "note"],
        "claims": ["text", "basis", "kind", "expect"],
        "claims.<name>.all": ["outcome", "is", "than", "times", "period", "sign"],
    }.items():
        part = keys[keys.index(f"\n# {title}\n") :]
        assert all(re.search(rf"^{name} ", part, re.M) for name in names), title
    measures = {line.split()[0]: line.split()[1] for line in waltz("list", "measures").stdout.splitlines()[1:]}
    expected = {"blocs": "system", "exchange": "dyad", "threat_share": "directed", "initiatives": "directed",
                "choices": "state", "moves": "state"}  # fmt: skip
    assert expected.items() <= measures.items()


def test_the_arm_without_shocks_names_all_of_the_shipped_scenario():
    text = SHIPPED.read_text(encoding="utf-8")
    arm = re.search(r"\n  none = \{ without = \[(.*?)\];", text, re.S)[1]
    listed = [line.split()[0] for line in waltz("list", "shocks", SHIPPED).stdout.splitlines()[1:]]
    assert sorted(re.findall(r'"(\w+)"', arm)) == sorted(listed) and len(listed) >= 17


def test_the_shipped_scenario_and_all_its_arms_are_in_order():
    done = waltz("check", SHIPPED)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r", 15 arms, \d\d claims\n$", done.stdout)
