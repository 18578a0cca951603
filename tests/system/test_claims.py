"""What `waltz reproduce` says of outcomes, change points and claims, computed anew from runs of single arms under the
same settings (reproduced.py); verdicts at their limits; and what the exit code tells."""

import math
import random

import numpy
import pytest

import reproduced
from program import SHIPPED, rows, run, waltz, write
from reproduced import ACTS, ARMS, CLAIMS, MONTHS, OUTCOMES, SCENARIO, World, holds, reproduce, section, window

N, DRAWS = 6, 20
SINGLE = {name: o for name, o in OUTCOMES.items() if o.get("subject") != "dyads"}
HERE = {name for name, o in SINGLE.items() if o.get("statistic") != "distance"}  # computed anew
JUDGED = {name: c for name, c in CLAIMS.items() if c["all"] and c["all"][0]["is"] != "figure"}


def number(text):
    return math.nan if text == "NA" else float(text)


def same(a, b):
    """As far as tables are rounded; unknown equals unknown."""
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=2e-8, abs_tol=2e-8)


def draws(n):
    rng = random.Random(4)
    ranges = {"parameters.lambda": (2, 12), "parameters.eta": (0.2, 1.2), "parameters.rho": (0.02, 0.1)}
    return [{path: f"{rng.uniform(*r):.5f}" for path, r in ranges.items()} for _ in range(n)]


def table_of(found):
    return "\n".join([",".join(found[0]), *(",".join(d.values()) for d in found)]) + "\n"


class Reproduced:
    """A folder of results, and the worlds that it must agree with: the scenario's own, then those of the draws."""

    def __init__(self, folder, found, *arguments):
        write(folder, {"four.cfg": SCENARIO})
        if found:
            write(folder, {"draws.csv": table_of(found)})
            arguments += "--draws", "draws.csv"
        self.out, self.said = reproduce("-n", N, *arguments, cwd=folder)
        self.worlds = [World(folder, d, N) for d in [None, *found]]
        self.penalties = reproduced.penalties(self.worlds[1:] if found else self.worlds)

    def table(self, name):
        return rows(self.out / f"{name}.csv")

    def value(self, draw, name, arm, index):
        return reproduced.value(self.worlds[draw], name, arm, index, self.penalties)

    def range(self, name, arm):
        """2.5, 50 and 97.5 % over the draws, where it is known."""
        found = [self.value(d, name, arm, 0) for d in range(1, len(self.worlds))]
        found = [v for v in found if not math.isnan(v)]
        return numpy.quantile(found, [0.025, 0.5, 0.975]) if found else [math.nan] * 3

    def shown(self, draw, conditions, index):
        """Whether all hold, on the mean path (0) or on a replicate."""
        return all(holds(c, lambda name, arm: self.value(draw, name, arm, index)) for c in conditions)

    def share(self, conditions):
        return numpy.mean([self.shown(d, conditions, 0) for d in range(1, len(self.worlds))])

    def singles(self, conditions, found):
        return numpy.mean([self.shown(d, conditions, r) for d in found for r in range(1, N + 1)])


@pytest.fixture(scope="module", name="drawn")
def drawn_fixture(tmp_path_factory):
    return Reproduced(tmp_path_factory.mktemp("drawn"), draws(DRAWS))


@pytest.fixture(scope="module", name="plain")
def plain_fixture(tmp_path_factory):
    return Reproduced(tmp_path_factory.mktemp("plain"), [])


@pytest.fixture(scope="module", name="either", params=["plain", "drawn"])
def either_fixture(request):
    return request.getfixturevalue(request.param)


# ---- paths and outcomes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arm, replicate", [("quiet", 0), ("quiet", 5), ("late", 3)])
def test_the_paths_that_are_searched_are_those_of_replicates_run_alone(arm, replicate, plain):
    folder = plain.out.parent
    alone = run("four.cfg", "--replicate", replicate, *reproduced.settings(arm), cwd=folder)
    acts = [float(r["mean"]) for r in rows(alone / "summary.csv") if r["measure"] == "acts" and r["iso3_1"] == "AAA"]
    searched = plain.worlds[0].path(ACTS, arm, replicate + 1)
    assert len(acts) == MONTHS and sum(acts) > 10
    assert numpy.allclose(acts, searched, atol=1e-6)


def test_outcomes_of_every_arm_are_those_of_its_mean_path_and_of_its_replicates(either):
    table = {(r["arm"], r["outcome"]): r for r in either.table("arms")}
    own = {(arm, name) for arm in ARMS for name, o in SINGLE.items() if o.get("arm", arm) == arm}
    assert set(table) == own
    for (arm, name), r in table.items():
        if name not in HERE:
            continue
        path, *singles = (either.value(0, name, arm, k) for k in range(N + 1))
        known = [v for v in singles if not math.isnan(v)]
        assert same(number(r["path"]), path), (arm, name)
        assert int(r["n"]) == len(known), (arm, name)
        assert same(number(r["mean"]), numpy.mean(known) if known else math.nan), (arm, name)
        sd = numpy.std(known, ddof=1) if len(known) > 1 else math.nan
        assert same(number(r["sd"]), sd) and same(number(r["mcse"]), sd / math.sqrt(max(1, len(known))))


def test_outcomes_of_every_draw_are_those_of_its_mean_path(drawn):
    table = drawn.table("draws")
    assert [r["draw"] for r in table] == [str(d) for d in range(DRAWS + 1)]
    given = [{path: "NA" for path in draws(1)[0]}, *draws(DRAWS)]
    for d, r in enumerate(table):
        assert {path: r[path] for path in given[d]} == given[d]
        for name in HERE:
            assert same(number(r[name]), drawn.value(d, name, None, 0)), (d, name)
    assert 0 < sum(r["onset_framed"] == "NA" for r in table) < DRAWS


def test_ranges_over_draws_leave_out_what_is_unknown(drawn):
    for r in drawn.table("arms"):
        if r["outcome"] not in HERE:
            continue
        low, median, high = drawn.range(r["outcome"], r["arm"])
        found = [number(r[c]) for c in ("draws_low", "draws_median", "draws_high")]
        assert r["draws"] == str(DRAWS)
        assert all(same(a, b) for a, b in zip(found, (low, median, high))), (r["arm"], r["outcome"])


# ---- change points ---------------------------------------------------------------------------------------------------


def test_penalties_are_the_least_with_which_a_twentieth_of_the_shockless_paths_alarms(either):
    table = either.table("searches")
    drawn = len(either.worlds) > 1
    assert len(table) == 2 * len(either.penalties)
    for r in table:
        replicates = r["reading"] == "replicates"
        alarm = None if r["alarm"] == "2010-01..2011-12" else r["alarm"]
        penalty, n, alarms = either.penalties["acts", "AAA-BBB", "quiet", alarm][replicates]
        assert math.isclose(float(r["penalty"]), penalty, rel_tol=1e-6)
        assert n == ((DRAWS if drawn else 1) * N if replicates else DRAWS if drawn else reproduced.RESAMPLES)
        assert (int(r["n"]), int(r["alarms"])) == (n, alarms)
        assert math.isclose(float(r["rate"]), alarms / n, abs_tol=1e-8) and float(r["rate"]) <= 0.05
        assert r["resampled"] == ("no" if replicates or drawn else "yes")
        assert (r["measure"], r["iso3_1"], r["iso3_2"], r["cost"]) == ("acts", "AAA", "BBB", "poisson")


def test_change_points_are_those_of_the_best_segmentation(either):
    found = {}
    for r in either.table("changes"):
        assert (r["measure"], r["level"], r["iso3_1"], r["iso3_2"]) == ("acts", "dyad", "AAA", "BBB")
        found.setdefault(r["arm"], []).append([r["date"], r["direction"], float(r["before"]), float(r["after"])])
    expected = {}
    for alarm in (None, OUTCOMES["onset_framed"]["alarm"]):
        for arm in ARMS:
            y = either.worlds[0].counts(ACTS, arm, 0)
            at = reproduced.partition(y, either.penalties["acts", "AAA-BBB", "quiet", alarm][0][0])
            means = [part.mean() / N for part in numpy.split(y, at)]
            for k, m in enumerate(at):
                date = f"{2010 + m // 12}-{m % 12 + 1:02}"
                change = [date, "up" if means[k + 1] > means[k] else "down", means[k], means[k + 1]]
                expected.setdefault(arm, []).append(change)
    assert len(expected["full"]) >= 2
    assert found.keys() == expected.keys()
    for arm, changes in expected.items():
        assert [c[:2] for c in found[arm]] == [c[:2] for c in changes]
        assert numpy.allclose([c[2:] for c in found[arm]], [c[2:] for c in changes], rtol=1e-7)


# ---- claims ----------------------------------------------------------------------------------------------------------


def yes(text):
    return {"yes": True, "no": False}[text]


def test_claims_hold_where_they_hold_in_runs_of_single_arms(either):
    table = {r["id"]: r for r in either.table("claims")}
    assert list(table) == list(CLAIMS)
    seen = set()
    for name in sorted(JUDGED.keys() - {"moved"}):
        conditions, r = CLAIMS[name]["all"], table[name]
        assert yes(r["shown"]) == either.shown(0, conditions, 0), name
        assert same(number(r["single"]), either.singles(conditions, [0])), name
        first = conditions[0]
        assert r["quantity"] == first["outcome"]
        assert same(number(r["value"]), either.value(0, first["outcome"], first.get("arm"), 0)), name
        seen.add(r["shown"])
        if len(either.worlds) == 1:
            assert {r[c] for c in ("share", "sign", "single_draws", "low", "high")} == {"NA"}
            assert (r["draws"], r["verdict"]) == ("0", "none")
    assert seen == {"yes", "no"} or len(either.worlds) == 1


def test_shares_over_draws_are_those_of_runs_of_single_arms(drawn):
    table = {r["id"]: r for r in drawn.table("claims")}
    shares = set()
    for name in sorted(JUDGED.keys() - {"moved"}):
        conditions, r = CLAIMS[name]["all"], table[name]
        signs = [c for c in conditions if c.get("sign")]
        low, _, high = drawn.range(conditions[0]["outcome"], conditions[0].get("arm"))
        assert same(number(r["share"]), drawn.share(conditions)), name
        assert same(number(r["sign"]), drawn.share(signs) if signs else math.nan), name
        assert same(number(r["single_draws"]), drawn.singles(conditions, range(1, DRAWS + 1))), name
        assert same(number(r["low"]), low) and same(number(r["high"]), high), name
        assert (r["draws"], r["verdict"]) == (str(DRAWS), "none")
        shares.add(r["share"])
    assert len(shares) >= 5  # so that the claims tell the draws apart


def test_conditions_fare_each_as_if_it_stood_alone(drawn):
    table = {(r["claim"], r["condition"]): r for r in drawn.table("conditions")}
    assert set(table) == {(name, f"c{k}") for name, c in CLAIMS.items() for k in range(len(c["all"]))}
    for name in sorted(JUDGED.keys() - {"moved"}):
        for k, c in enumerate(CLAIMS[name]["all"]):
            r = table[name, f"c{k}"]
            assert yes(r["shown"]) == drawn.shown(0, [c], 0), (name, k)
            assert same(number(r["share"]), drawn.share([c])) and r["draws"] == str(DRAWS)
            assert same(number(r["single"]), drawn.singles([c], [0]))
            assert same(number(r["value"]), drawn.value(0, c["outcome"], c.get("arm"), 0))
            bound = c.get("value", 0.0) if c["is"] not in ("found", "absent", "within") else math.nan
            if "than" in c:
                bound = c.get("times", 1) * drawn.value(0, c["than"], c.get("than_arm"), 0)
            assert same(number(r["bound"]), bound), (name, k)
    assert table["third", "c0"]["text"] == "step@quiet < 0.1 step@full"
    assert table["framed", "c0"]["text"] == "onset_framed in 2010-10..2010-11"


def test_what_is_shown_in_a_draw_follows_from_its_row(drawn):
    """Of claims on outcomes in their own arms, distances too; a claim without conditions and a figure show nothing."""
    table = drawn.table("draws")
    claims = {r["id"]: r for r in drawn.table("claims")}
    for name, c in CLAIMS.items():
        shown = [r[f"shown_{name}"] for r in table]
        if name not in JUDGED:
            assert set(shown) == {"NA"} and claims[name]["shown"] == claims[name]["share"] == "NA"
            continue
        assert same(number(claims[name]["share"]), numpy.mean([int(s) for s in shown[1:]]))
        assert {"1": "yes", "0": "no"}[shown[0]] == claims[name]["shown"]
        if not any("arm" in condition or "than_arm" in condition for condition in c["all"]):
            for r, s in zip(table, shown):
                assert all(holds(q, lambda o, _, r=r: number(r[o])) for q in c["all"]) == (s == "1"), name
    assert {r["shown_moved"] for r in table} == {"0", "1"}


def test_claims_csv_tells_what_the_scenario_says(plain):
    table = {r["id"]: r for r in plain.table("claims")}
    said = {name: [table[name][c] for c in ("kind", "basis", "expected")] for name in ("first", "third")}
    assert said == {"first": ["paper", "predicted", "yes"], "third": ["claim", "", "no"]}
    assert table["first"]["text"] == "of first"
    assert table["first"]["criterion"] == "step > 0.11; onset found; step > 0"
    assert table["design"]["criterion"] == "" and table["design"]["verdict"] == "by_design"
    assert {table["design"][c] for c in ("quantity", "value", "shown", "share", "low")} == {"NA"}
    assert table["figures"]["criterion"] == "trade beside 1.1; step beside 0.1"
    assert float(table["figures"]["value"]) > 1


# ---- verdicts --------------------------------------------------------------------------------------------------------

# The level of sanctions is what a column of draws says, in every month and replicate.
TINY = """\
scenario = { name = "tiny"; start = "2010-01"; end = "2010-02"; spinup = 0; };
states = { AAA = { lat = 0.0; lon = 0.0; gdp = 5.0; milex = 1.0; };
  BBB = { lat = 9.0; lon = 9.0; gdp = 5.0; milex = 1.0; }; };
dyads = { };
sanctions = { S1 = { senders = ["AAA"]; target = "BBB"; start = "2000-01-01"; class = 3; }; };
outcomes = { level = { measure = "sanctions"; subject = "AAA-BBB"; window = "2010-01..2010-02"; }; };
"""
CLEAR = {"c": {"outcome": "level", "is": "above", "value": 0.2}, "s": {"outcome": "level", "is": "above", "value": 0.1,
                                                                      "sign": True}}  # fmt: skip
SHOWN, SIGN, NEITHER = 0.3, 0.15, 0.05


def judged(folder, claims, levels, *more, own=None, code=0):
    text = TINY + section("claims", {k: {"text": "t"} | c for k, c in claims.items()})
    text += "" if own is None else f"parameters = {{ sanctions_sector = {own}; }};\n"
    write(folder, {"tiny.cfg": text})
    if levels:
        write(folder, {"d.csv": "parameters.sanctions_sector\n" + "".join(f"{v}\n" for v in levels)})
        more += "--draws", "d.csv"
    out, said = reproduce("-n", 1, "-j", 1, "--force", *more, cwd=folder, scenario="tiny.cfg", code=code)
    return {r["id"]: r for r in rows(out / "claims.csv")}, said


@pytest.mark.parametrize(
    "shown, sign, neither, verdict",
    [
        (80, 0, 20, "reproduced"),
        (79, 21, 0, "partly"),
        (79, 16, 5, "partly"),
        (79, 15, 6, "not"),
        (0, 95, 5, "partly"),
        (0, 94, 6, "not"),
        (99, 0, 0, "none"),
        (0, 0, 99, "none"),
    ],
)
def test_a_verdict_needs_100_draws_and_four_fifths_or_the_sign(shown, sign, neither, verdict, tmp_path):
    found, _ = judged(tmp_path, {"a": {"all": CLEAR}}, [SHOWN] * shown + [SIGN] * sign + [NEITHER] * neither)
    n = shown + sign + neither
    assert found["a"]["verdict"] == verdict
    assert (int(found["a"]["draws"]), float(found["a"]["share"])) == (n, pytest.approx(shown / n, abs=1e-8))
    assert float(found["a"]["sign"]) == pytest.approx((shown + sign) / n, abs=1e-8)


def test_a_claim_that_tells_no_sign_is_never_partly_reproduced(tmp_path):
    found, _ = judged(tmp_path, {"a": {"all": {"c": CLEAR["c"]}}}, [SHOWN] * 79 + [SIGN] * 21)
    assert (found["a"]["verdict"], found["a"]["sign"]) == ("not", "NA")


def test_figures_are_inside_or_outside_the_range_of_the_draws(tmp_path):
    levels = [k / 200 for k in range(1, 101)]
    low, high = 0.017375, 0.487625  # .025 and .975 of the 99 steps from the first to the last
    values = {"in": [0.018, 0.487], "low": [0.017], "high": [0.488], "mixed": [0.3, 0.9], "not_first": [0.9, 0.3]}
    figure = {"outcome": "level", "is": "figure"}
    claims = {
        name: {"expect": True, "all": {f"f{k}": figure | {"value": v} for k, v in enumerate(vs)}}
        for name, vs in values.items()
    }
    found, said = judged(tmp_path, claims, levels)
    assert [found[name]["verdict"] for name in values] == ["inside", "outside", "outside", "outside", "outside"]
    assert [float(found["in"][c]) for c in ("low", "high")] == pytest.approx([low, high], abs=1e-7)
    assert said == []  # a figure cannot fail
    few, _ = judged(tmp_path, claims, levels[:99])
    assert {r["verdict"] for r in few.values()} == {"none"}


# ---- the exit code ---------------------------------------------------------------------------------------------------

FAILS = ["waltz: claim a is expected and does not hold"]


@pytest.mark.parametrize(
    "own, levels, expect, fails",
    [
        (SHOWN, [], True, False),
        (NEITHER, [], True, True),
        (NEITHER, [], False, False),
        (SHOWN, [NEITHER] * 99, True, False),  # no verdict yet: the scenario's own parameters decide
        (NEITHER, [SHOWN] * 99, True, True),
        (SHOWN, [NEITHER] * 100, True, True),
        (NEITHER, [SHOWN] * 100, True, False),
        (NEITHER, [SIGN] * 100, True, False),  # partly
        (SHOWN, [NEITHER] * 100, False, False),
    ],
)
def test_the_exit_code_is_4_only_if_an_expected_claim_fails(own, levels, expect, fails, tmp_path):
    claims = {"a": {"expect": expect, "all": CLEAR}, "design": {"expect": True}}
    _, said = judged(tmp_path, claims, levels, own=own, code=4 if fails else 0)
    assert said == (FAILS if fails else [])


def test_what_a_draw_says_is_laid_over_what_the_scenario_says(tmp_path):
    judged(tmp_path, {"a": {"all": CLEAR}}, [0.05], own=0.4)
    assert [float(r["level"]) for r in rows(tmp_path / "out/draws.csv")] == pytest.approx([0.4, 0.05], abs=1e-8)


def test_a_draw_and_the_command_line_may_not_say_the_same_thing(tmp_path):
    setting = ["--set", "parameters.sanctions_sector=0.4"]
    write(tmp_path, {"tiny.cfg": TINY, "d.csv": "draw,parameters.sanctions_sector\n1,0.05\n"})
    done = waltz("reproduce", "tiny.cfg", "--draws", "d.csv", *setting, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "d.csv:1: parameters.sanctions_sector is set by --set too; allowed: by one of them\n"


# ---- what is not known -----------------------------------------------------------------------------------------------


def test_a_claim_on_what_is_unknown_is_not_shown(tmp_path):
    """Nobody aligns in a month without draws that would, so nobody has a part of it."""
    share = '{measure="initiatives";subject="AAA>BBB";statistic="share";window="2010-01..2010-01";}'
    unknown = {"outcome": "part", "value": -9.0}
    claims = {
        "above": {"all": {"c": unknown | {"is": "above"}}},
        "below": {"all": {"c": unknown | {"is": "below", "value": 9.0}}},
        "than": {"all": {"c": {"outcome": "level", "is": "above", "than": "part"}}},
        "nearer": {"all": {"c": {"outcome": "level", "is": "nearer", "than": "part", "value": 0.3}}},
    }
    more = ["--set", f"outcomes.part={share}", "--set", "parameters.initiatives=1", "--set", "parameters.lambda=50"]
    found, _ = judged(tmp_path, claims, [0.2, 0.3], *more)
    assert {r["part"] for r in rows(tmp_path / "out/draws.csv")} == {"NA"}
    for name, r in found.items():
        assert (r["shown"], float(r["single"]), float(r["share"])) == ("no", 0, 0), name


ENDS = """\
shocks = { end = { enabled = false; date = "2010-01-01"; effects = {
  a = { on = "growth"; of = ["AAA"]; size = -0.5; }; b = { on = "growth"; of = ["AAA"]; size = -0.5; }; }; }; };
arms = { full = { }; gone = { set = ["shocks.end.enabled=true"]; }; };
"""


def test_nothing_is_shown_if_no_replicate_lives_through_an_arm(tmp_path):
    searched = '{measure="acts";subject="AAA-BBB";statistic="onset";window="2010-01..2010-02";trend="full";}'
    claims = {"a": {"all": CLEAR}, "none": {"all": {"c": {"outcome": "onset", "is": "absent"}}}}
    text = TINY + ENDS + section("claims", {k: {"text": "t"} | c for k, c in claims.items()})
    write(tmp_path, {"ends.cfg": text, "d.csv": "parameters.sanctions_sector\n0.3\n"})
    arguments = ["-n", 3, "--draws", "d.csv", "--all-arms", "--set", f"outcomes.onset={searched}"]
    out, said = reproduce(*arguments, cwd=tmp_path, scenario="ends.cfg", code=1)
    (line,) = said
    assert line.startswith("waltz: 6 replicates failed in some arm and are left out of all; outcomes.csv has the ")
    status = {(r["arm"], r["status"]) for r in rows(out / "outcomes.csv")}
    assert status == {("full", "ok"), ("gone", "failed: economy")}
    for r in rows(out / "claims.csv"):
        assert (r["shown"], r["single"], float(r["share"]), r["value"]) == ("no", "NA", 0, "NA")
    assert {r["n"] for r in rows(out / "arms.csv")} == {"0"}
    assert {(r["shown_a"], r["shown_none"]) for r in rows(out / "draws.csv")} == {("0", "0")}


# ---- what check says -------------------------------------------------------------------------------------------------

REFUSED = {
    "unknown outcome": ({"outcome": "levle", "is": "above"},
                        'claims.a.all.c: there is no outcome "levle"; did you mean "level"?'),
    "unknown arm": ({"outcome": "level", "arm": "ful", "is": "above"},
                    'claims.a.all.c: there is no arm "ful"; did you mean "full"?'),
    "unknown than": ({"outcome": "level", "is": "above", "than": "x"}, 'claims.a.all.c: there is no outcome "x"'),
    "unknown than_arm": ({"outcome": "level", "is": "above", "than": "level", "than_arm": "x"}, 'there is no arm "x"'),
    "unknown relation": ({"outcome": "level", "is": "over"}, "allowed: above|below|nearer|found|absent|within|figure"),
    "found of a mean": ({"outcome": "level", "is": "found"},
                        "found and absent go with outcomes of the statistics onset and"),
    "absent of a mean": ({"outcome": "level", "is": "absent"},
                         "found and absent go with outcomes of the statistics onset"),
    "within of a mean": ({"outcome": "level", "is": "within", "period": "2010-01..2010-02"},
                         "within goes with outcomes of the"),
    "within no period": ({"outcome": "level", "is": "within"}, "within needs `period`"),
    "nearer than nothing": ({"outcome": "level", "is": "nearer", "value": 0.5}, "nearer needs `than`"),
    "figure than": ({"outcome": "level", "is": "figure", "than": "level"}, "`than` goes with above, below and nearer"),
    "every dyad": ({"outcome": "all", "is": "above"}, "an outcome of every dyad is no number to judge"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_condition_that_makes_no_sense_is_refused_with_its_line(case, tmp_path):
    condition, message = REFUSED[case]
    every = 'all = { measure = "dispute"; subject = "dyads"; window = "2010-01..2010-02"; };\n'
    text = TINY.replace("outcomes = { ", "outcomes = { " + every)
    text += section("claims", {"b": {"text": "t"}, "a": {"text": "t", "all": {"c": condition}}})
    write(tmp_path, {"bad.cfg": text})
    done = waltz("check", "bad.cfg", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr
    assert done.stderr.startswith(f"bad.cfg:{len(text.splitlines()) - 1}: ")


def test_a_figure_beside_a_condition_is_refused(tmp_path):
    both = {"f": {"outcome": "level", "is": "figure"}, "c": {"outcome": "level", "is": "above"}}
    write(tmp_path, {"bad.cfg": TINY + section("claims", {"a": {"text": "t", "all": both}})})
    done = waltz("check", "bad.cfg", cwd=tmp_path)
    assert done.returncode == 3 and "claims.a: figure does not go with other conditions" in done.stderr


# ---- the shipped scenario --------------------------------------------------------------------------------------------


def test_states_that_choose_blindly_show_none_of_the_phases(tmp_path):
    """At lambda 0 every option is as likely as any other, whatever the structure."""
    setting = ["-n", 8, "--set", "parameters.lambda=0"]
    out, said = reproduce(*setting, cwd=tmp_path, scenario=SHIPPED, code=4, timeout=300)
    claims = {r["id"]: r for r in rows(out / "claims.csv")}
    assert [claims[name]["shown"] for name in ("C1", "C2", "C3")] == ["no"] * 3
    assert {f"waltz: claim {name} is expected and does not hold" for name in ("C1", "C2", "C3")} <= set(said)


def test_windows_are_read_as_they_are_written():
    """So that the reference above can be wrong only where the program is."""
    assert window("2010-03..2011-01") == slice(2, 13)
    assert reproduced.partition(numpy.array([1.0] * 8 + [9.0] * 8), 3.0) == [8]
    assert reproduced.partition(numpy.array([1.0] * 16), 0.1) == []
