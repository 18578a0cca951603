"""`waltz trace`: what it tells is what the run did, in words and as JSON."""

import json
import math

import pytest

from program import SHIPPED, SMALL, rows, waltz, write

COOPERATIVE = {"align", "consult", "coordinate", "trade"}


@pytest.fixture
def small(tmp_path):
    write(tmp_path, {"small.cfg": SMALL})
    return tmp_path


def told(*arguments, **more):
    done = waltz("trace", *arguments, "--json", **more)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def utility(option):
    """A utility from its terms, as sim/MODEL.md has it."""
    theta = option["side_payments"]
    room, own, partner, cost = 1.0, 1.0, 1.0, 0.0
    mirrored = {t["name"] for t in option["terms"] if t["side"] == "partner"}
    for term in option["terms"]:
        weight = 1 if term["name"] not in mirrored else theta if term["side"] == "partner" else 1 - theta
        if term["role"] == "room":
            room = term["value"]
        elif term["role"] == "cost":
            cost += weight * term["value"]
        else:
            own *= term["value"] if term["side"] == "own" else 1
            partner *= term["value"] if term["side"] == "partner" or term["name"] not in mirrored else 1
    return room * ((1 - theta) * own + theta * partner) - cost


@pytest.mark.parametrize("order", ["concurrent", "serial"])
def test_acts_that_are_told_are_those_of_the_run(small, order):
    sets = ["--set", f"scenario.order={order}", "--replicate", 3, "-s", 9]
    waltz("run", "small.cfg", *sets, "-o", "out", "--quiet", cwd=small)
    acts = {r["date"][:7]: float(r["mean"]) for r in rows(small / "out/summary.csv")
            if r["measure"] == "acts" and (r["iso3_1"], r["iso3_2"]) == ("IRN", "RUS")}
    got = {}
    for month in acts:
        (d,) = told("small.cfg", *sets, "--actor", "IRN", "--tick", month, cwd=small)["decisions"]
        got[month] = sum(o["got"] + o["given"] for o in d["options"]
                         if o["target"] == "RUS" and o["move"] in COOPERATIVE)
    assert got == acts and len(acts) == 18 and sum(acts.values()) > 0


def test_terms_give_the_utility_and_chances_are_whole():
    (d,) = told(SHIPPED, "--tick", "2016-03", "--actor", "IRN")["decisions"]
    assert (d["month"], d["actor"], d["world"]) == ("2016-03", "IRN", "full")
    assert len(d["options"]) == 1 + 7 * (len(d["perceived"]["others"]))
    for o in d["options"]:
        assert utility(o) == pytest.approx(o["utility"], abs=1e-12), o
        assert (o["consent"] is None) == (o["move"] in {"arm", "accommodate", "coerce"})
    for menu in d["menus"]:
        chances = [o["chance"] for o in d["options"] if o["channel"] == menu["channel"]]
        assert sum(chances) + menu["hold_chance"] == pytest.approx(1, abs=1e-12)
    p = d["perceived"]
    assert p["insecurity"] == pytest.approx(math.log(1 + p["threat"] / p["resistance"]), abs=1e-14)
    assert sum(k["threat"] for k in p["others"]) == pytest.approx(p["threat"], abs=1e-14)


def test_a_shock_changes_nothing_before_it_comes():
    tale = told(SHIPPED, "--tick", "2015-01..2016-02", "--without", "jcpoa", "--replicate", 2)
    assert tale["without"] == "jcpoa"
    worlds = [{}, {}]
    for d in tale["decisions"]:
        worlds[d.pop("world") == "without"][d["month"], d["actor"]] = d
    differing = {month for month, actor in worlds[0] if worlds[0][month, actor] != worlds[1][month, actor]}
    assert len(worlds[0]) == len(worlds[1]) == 14 * 2
    assert min(differing) == "2015-08"  # the deal of 2015-07-14 moves disputes at the end of July
    assert "2016-02" in differing


def test_a_shock_takes_those_that_require_it_along():
    done = waltz("trace", SHIPPED, "--tick", "2018-06", "--without", "jcpoa")
    assert "without jcpoa, us_exit" in done.stdout.splitlines()[0]


@pytest.mark.parametrize("arguments", [["--tick", "2014-06..2017-06"], ["--tick", "2017-06", "--without", "jcpoa"]])
def test_terms_add_up_to_the_change_that_they_explain(arguments):
    tale = told(SHIPPED, "--why", "IRN-RUS", *arguments)
    (change,) = tale["changes"]
    assert tale["why"] == "IRN-RUS" and len(change["utilities"]) == 8
    for u in change["utilities"]:
        before, after = u["utility"]
        assert sum(t["contribution"] for t in u["terms"]) == pytest.approx(after - before, abs=1e-12)
        assert all(t["contribution"] == 0 for t in u["terms"] if t["before"] == t["after"])
    mandate = [t["contribution"] for u in change["utilities"] for t in u["terms"] if t["name"] == "mandate"]
    assert max(mandate) > 0.1  # the deal ends the Council's measures


def test_why_with_a_shock_left_out_over_a_period_tells_both_worlds():
    tale = told(SHIPPED, "--why", "RUS-IRN", "--tick", "2014-06..2017-06", "--without", "jcpoa")
    assert [c["after"] for c in tale["changes"]] == ["2017-06", "2017-06 without"]
    assert tale["changes"][0]["utilities"][0]["actor"] == "RUS"


def test_a_month_is_told_in_words():
    out = waltz("trace", SHIPPED, "--tick", "2016-03", "--actor", "IRN", "--without", "jcpoa").stdout
    for words in ("Iran, 2016-03", "threatened by", "shares threats with", "military: of 16 draws",
                  "align Russia", "UN measures on oneself", "own friends who mind", "made by the shock"):
        assert words in out
    lines = out.splitlines()
    assert max(map(len, lines[1:])) <= 80, max(lines[1:], key=len)


def test_a_period_is_told_in_a_few_lines_a_month():
    done = waltz("trace", SHIPPED, "--tick", "2016-01..2016-12", "--actor", "RUS")
    assert [line[:11] for line in done.stdout.splitlines()[1:] if not line.startswith(" ")] == [
        f"2016-{m:02} RUS" for m in range(1, 13)]


def test_a_dyads_change_is_told_in_words():
    out = waltz("trace", SHIPPED, "--why", "IRN-RUS", "--tick", "2021-06..2023-06").stdout
    for words in ("Iran toward Russia", "Russia toward Iran", "utility, 2021-06", "own insecurity",
                  "consent of Russia, 2021-06", "had all other options stayed"):
        assert words in out
    assert max(map(len, out.splitlines())) <= 80


MISUSE = {
    "no scenario": ([], "one scenario is needed"),
    "unknown state": (["small.cfg", "--actor", "IRNN"], 'no such state in small.cfg; did you mean "IRN"?'),
    "unknown shock": (["small.cfg", "--without", "quarel"], 'no such shock in small.cfg; did you mean "quarrel"?'),
    "month outside": (["small.cfg", "--tick", "2009-12"], "allowed: a month YYYY-MM or two YYYY-MM..YYYY-MM of 2010-01 .. 2011-06"),
    "months reversed": (["small.cfg", "--tick", "2010-03..2010-02"], "allowed: a month"),
    "half a period": (["small.cfg", "--tick", "2010-03.."], "allowed: a month"),
    "no dyad": (["small.cfg", "--why", "IRN-IRN", "--tick", "2010-01..2010-02"], "no such dyad"),
    "nothing to compare": (["small.cfg", "--why", "IRN-RUS", "--tick", "2010-01"], "compares two months"),
    "no months": (["small.cfg", "--why", "IRN-RUS"], "compares two months"),
}


@pytest.mark.parametrize("arguments, message", MISUSE.values(), ids=MISUSE)
def test_misuse_is_told(small, arguments, message):
    done = waltz("trace", *arguments, cwd=small)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_wrong_scenario_is_told_once(small):
    write(small, {"wrong.cfg": SMALL.replace("IRN-RUS = {", "IRN-RU = {")})
    done = waltz("trace", "wrong.cfg", "--without", "quarrel", cwd=small)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("IRN-RU") == 1


def test_a_shock_that_is_off_anyway_is_said_to_be(small):
    done = waltz("trace", "small.cfg", "--tick", "2010-08", "--without", "quarrel",
                 "--set", "shocks.quarrel.enabled=false", cwd=small)
    assert done.returncode == 0 and "off anyway" in done.stdout
