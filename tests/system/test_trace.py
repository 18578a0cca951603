"""`waltz trace`: what it tells is what the run did, in words and as JSON."""

import json
import math
import os
import re
import threading

import pytest

from program import EXPLODING, SHIPPED, SMALL, rows, waltz, write

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
    theta, room, own, partner, cost = option["side_payments"], 1.0, 1.0, 1.0, 0.0
    for term in option["terms"]:
        if term["role"] == "room":
            room = term["value"]
        elif term["role"] == "cost":
            assert term["weight"] == {"both": 1, "own": 1 - theta, "partner": theta}[term["side"]]
            cost += term["weight"] * term["value"]
        else:
            own *= term["value"] if term["side"] != "partner" else 1
            partner *= term["value"] if term["side"] != "own" else 1
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
        got[month] = sum(o["got"] + o["gave"] for o in d["options"]
                         if o["target"] == "RUS" and o["move"] in COOPERATIVE)
    assert got == acts and len(acts) == 18 and sum(acts.values()) > 0


def test_terms_give_the_utility_and_chances_are_whole():
    (d,) = told(SHIPPED, "--tick", "2016-03", "--actor", "IRN")["decisions"]
    assert (d["month"], d["actor"], d["world"]) == ("2016-03", "IRN", "with")
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
    assert tale["without"] == ["jcpoa", "us_exit", "un_arms_2020", "un_transition_2023"]
    worlds = [{}, {}]
    for d in tale["decisions"]:
        worlds[d.pop("world") == "without"][d["month"], d["actor"]] = d
    differing = {month for month, actor in worlds[0] if worlds[0][month, actor] != worlds[1][month, actor]}
    assert len(worlds[0]) == len(worlds[1]) == 14 * 2
    assert min(differing) == "2015-08"  # the deal of 2015-07-14 moves disputes at the end of July
    assert "2016-02" in differing


def test_a_shock_takes_those_that_require_it_along():
    done = waltz("trace", SHIPPED, "--tick", "2018-06", "--without", "jcpoa")
    head = " ".join(done.stdout.splitlines()[1:3])
    assert re.search("without jcpoa, us_exit, un_arms_2020, +un_transition_2023", head)


def test_what_is_perceived_is_what_the_run_records(tmp_path):
    waltz("run", SHIPPED, "--replicate", 2, "-o", tmp_path / "out", "--quiet", "--record", "dyads")
    (d,) = told(SHIPPED, "--replicate", 2, "--tick", "2017-09", "--actor", "IRN")["decisions"]
    run = {(r["measure"], *sorted({r["iso3_1"], r["iso3_2"]} - {"IRN", "NA"})): float(r["mean"])
           for r in rows(tmp_path / "out/summary.csv")
           if r["date"].startswith("2017-09") and "IRN" in (r["iso3_1"], r["iso3_2"]) or r["iso3_1"] == "NA"
           and r["date"].startswith("2017-09")}
    p = d["perceived"]
    for name in ("capability", "insecurity", "partners", "market_access", "polarisation"):
        assert p[name] == pytest.approx(run[name,], rel=1e-8, abs=1e-8), name
    assert p["heat"] == pytest.approx(p["polarisation"] / 0.15, rel=1e-12)
    for other in p["others"]:
        assert other["common_threat"] == pytest.approx(run["common_threat", other["state"]], abs=2e-9)


@pytest.mark.parametrize("arguments", [["--tick", "2014-06..2017-06"], ["--tick", "2017-06", "--without", "jcpoa"]])
def test_terms_add_up_to_the_change_that_they_explain(arguments):
    tale = told(SHIPPED, "--why", "IRN-RUS", *arguments)
    (change,) = tale["changes"]
    assert tale["why"] == "IRN-RUS" and len(change["utilities"]) == 8
    for u in change["utilities"]:
        before, after = u["utility"]
        assert sum(t["contribution"] for t in u["terms"]) == pytest.approx(after - before, abs=1e-12)
        assert all(t["contribution"] == 0 for t in u["terms"] if t["before"] == t["after"])
        before, after = u["balance"]
        assert sum(t["contribution"] for t in u["balance_terms"]) == pytest.approx(after - before, abs=1e-12)
        for balance, consent in zip(u["balance"], u["consent"]):
            assert consent == pytest.approx(1 / (1 + math.exp(-7.7 * balance)), abs=1e-12)
    mandate = [t["contribution"] for u in change["utilities"] for t in u["terms"] if t["name"] == "mandate"]
    assert max(mandate) > 0.1  # the deal ends the Council's measures


def test_why_with_a_shock_left_out_over_a_period_tells_both_worlds():
    tale = told(SHIPPED, "--why", "RUS-IRN", "--tick", "2014-06..2017-06", "--without", "jcpoa")
    assert [c["after"] for c in tale["changes"]] == ["2017-06", "2017-06 without"]
    assert tale["changes"][0]["utilities"][0]["actor"] == "RUS"


# ---- words, held to the JSON of the same ---------------------------------------------------------

ROW = re.compile(r" {4}( {2}without|[a-z]+(?: [A-Z0-9]+)?) +(-?[\d.]+) +([\d.]+) % +(\d+ %|-)((?: +[\d.]+| +-){4})")
MUTUAL = {"align", "consult", "coordinate", "trade", "engage"}


def number(word):
    return None if word == "-" else float(word.removesuffix(" %"))


def met(decision):
    """What the line "met" has to say."""
    return [f"{o['move']} by {o['target']} {o['asked']}" for o in decision["options"]
            if o["gave"] and o["move"] not in MUTUAL]


def deeds(decision, theirs=False):
    """What the line "did", or "gave", has to say."""
    said = []
    for o in decision["options"]:
        got, made = (o["gave"], o["asked"]) if theirs else (o["got"], o["made"])
        if (theirs and (got == 0 or o["move"] not in MUTUAL)) or made == 0:
            continue
        target = "" if o["move"] == "arm" else f" {o['target']}"
        said.append(f"{o['move']}{target} " + (f"{got}/{made}" if o["move"] in MUTUAL else f"{made}"))
    held = sum(m["draws"] for m in decision["menus"]) - sum(o["made"] for o in decision["options"])
    return said if theirs else said + [f"held {held}"]


def unwrapped(text):
    """Lines of which those that go on with a list are joined to their first."""
    return re.sub(r",\n +", ", ", text).splitlines()


def listed(line):
    return line.split(": ")[-1].split(", ")


def assert_row(row, option):
    head, u, chance, consent, counts = row
    assert float(u) == pytest.approx(option["utility"], abs=5.1e-4)
    assert float(chance) == pytest.approx(100 * option["chance"], abs=0.051)
    mutual = option["move"] in MUTUAL
    assert number(consent) == (None if not mutual else pytest.approx(100 * option["consent"], abs=0.51))
    got, gave = (option["got"], option["gave"]) if mutual else (None, None)
    asked = None if option["move"] == "arm" else option["asked"]
    assert [number(c) for c in counts.split()] == [option["made"], got, asked, gave]


@pytest.mark.parametrize("month, actor", [("2016-03", "IRN"), ("2019-05", "ARE"), ("2022-10", "RUS")])
def test_the_words_of_a_month_are_those_of_its_json(month, actor):
    arguments = [SHIPPED, "--tick", month, "--actor", actor, "--without", "jcpoa", "--replicate", 4]
    text = waltz("trace", *arguments).stdout
    assert max(map(len, text.splitlines())) <= 80
    lines = unwrapped(text)
    worlds = {d["world"]: d for d in told(*arguments)["decisions"]}
    options = {w: {(o["move"], o["target"]): o for o in d["options"]} for w, d in worlds.items()}

    for world, heads in (("with", ("  did      ", "  gave     ", "  met      ")),
                         ("without", ("  without  ", "    gave   ", "    met    "))):
        d = worlds[world]
        for expected, head in zip((deeds(d), deeds(d, theirs=True), met(d)), heads):
            said = [line.removeprefix(head).split(", ") for line in lines if line.startswith(head)]
            assert said == ([expected] if expected else [])

    key, shown = None, set()
    for line in lines:
        row = ROW.fullmatch(line)
        if row and row[1] != "  without":
            key = (row[1] + " " + actor).split()[:2]
            key = (key[0], actor if key[0] == "arm" else key[1])
            shown.add(key)
            assert_row(row.groups(), options["with"][key])
        elif row:
            assert_row(row.groups(), options["without"][key])
        elif line.startswith("      with less without: "):
            difference = options["with"][key]["utility"] - options["without"][key]["utility"]
            assert float(listed(line)[0]) == pytest.approx(difference, abs=5.1e-4)
        elif re.match("      (gain|cost) ", line):
            value = float(line.split()[1].rstrip(":"))
            costs = sum(t["weight"] * t["value"] for t in options["with"][key]["terms"] if t["role"] == "cost")
            gain = options["with"][key]["utility"] + costs
            assert value == pytest.approx(gain if "gain" in line[:12] else costs, abs=5.1e-4)
        elif " who mind: " in line or "secondary sanctions on " in line.split(":")[0]:
            own = "own" in line.split(":")[0] or "oneself" in line.split(":")[0]
            minds = options["with"][key]["minds_own" if own else "minds_partner"]
            assert [float(item.split()[-1]) for item in listed(line)] == pytest.approx(
                [m["cost"] for m in minds if m["cost"] >= 5e-4], abs=5.1e-4)
    done = {k for k, o in options["with"].items() if o["made"] or (o["gave"] and o["move"] in MUTUAL)}
    assert done <= shown
    for menu in worlds["with"]["menus"]:
        held = menu["draws"] - sum(o["made"] for o in worlds["with"]["options"] if o["channel"] == menu["channel"])
        head = f"  {menu['channel']}: of 16 draws {held} held (chance {100 * menu['hold_chance']:.1f} % each)"
        assert head in lines


def test_friends_who_mind_make_what_they_cost():
    (d,) = told(SHIPPED, "--tick", "2016-03", "--actor", "JPN")["decisions"]
    for o in d["options"]:
        for side in ("own", "partner"):
            cost = sum(t["weight"] * t["value"] for t in o["terms"]
                       if t["name"] in ("friends", "secondary") and t["side"] == side)
            assert sum(m["cost"] for m in o["minds_" + side]) <= cost + 1e-15


def test_what_states_perceive_is_told_in_words():
    arguments = [SHIPPED, "--tick", "2016-03", "--actor", "IRN", "--without", "jcpoa"]
    lines = unwrapped(waltz("trace", *arguments).stdout)
    worlds = [d["perceived"] for d in told(*arguments)["decisions"]]
    for words, name, unit in (("insecurity, ", "insecurity", 1), ("threat from all", "threat", 1),
                              ("resistance, ", "resistance", 1), ("own power", "power", 1),
                              ("share of capability", "capability", 100), ("others' capability", "partners", 100),
                              ("markets open", "market_access", 100), ("polarisation of", "polarisation", 1)):
        (line,) = [li for li in lines if li.startswith("    " + words)]
        shown = [float(x) for x in re.findall(r"  +([\d.]+)(?: %)?(?=  |$)", line)]
        assert shown == pytest.approx([unit * w[name] for w in worlds], rel=0.02), line
    threats = sorted((k["threat"] / worlds[0]["threat"] for k in worlds[0]["others"]), reverse=True)[:5]
    (line,) = [li for li in lines if li.startswith("    share of threat")]
    assert [float(x) for x in re.findall(r"(\d+) %", line)] == pytest.approx([100 * t for t in threats], abs=0.51)
    common = sorted((k["common_threat"] for k in worlds[0]["others"]), reverse=True)[:5]
    (line,) = [li for li in lines if li.startswith("    shares threats with")]
    assert [float(x) for x in re.findall(r"(\d\.\d+)", line)] == pytest.approx(common, abs=0.0051)


def test_a_period_is_told_in_a_few_lines_a_month():
    arguments = [SHIPPED, "--tick", "2015-07..2015-12", "--actor", "RUS", "--without", "jcpoa"]
    text = waltz("trace", *arguments).stdout
    assert max(map(len, text.splitlines())) <= 80
    lines, decisions = unwrapped(text), told(*arguments)["decisions"]
    start = next(k for k, line in enumerate(lines) if line.startswith("2015-07"))
    expected, same = [], 0
    for with_it, without in zip(decisions[::2], decisions[1::2]):
        month = [[("", deeds(d)), ("          gave   ", deeds(d, theirs=True)), ("          met    ", met(d))]
                 for d in (with_it, without)]
        told_lines = [[head + ", ".join(words) for head, words in lines if words] for lines in month]
        expected += [f"{with_it['month']} RUS      " + told_lines[0][0], *told_lines[0][1:]]
        if month[0] == month[1]:
            expected.append("        without  the same")
            same += 1
        else:
            expected += ["        without  " + told_lines[1][0], *told_lines[1][1:]]
    assert 1 <= same < 6  # July at least: the deal moves disputes at its end
    assert lines[start:] == expected


@pytest.mark.parametrize("arguments", [
    ["--why", "IRN-RUS", "--tick", "2021-06..2023-06"],
    ["--why", "SAU-ARE", "--tick", "2016-03", "--without", "jcpoa", "--set", 'states.ARE.name="Königreich Ö"'],
])
def test_a_dyads_change_is_told_in_words(arguments):
    text = waltz("trace", SHIPPED, *arguments).stdout
    assert max(map(len, text.splitlines())) <= 80
    tale = told(SHIPPED, *arguments)["changes"][0]
    rows_of = [line.split() for line in text.splitlines() if re.search(r"( +(-?[+\d.]+|\.)( %)?){4}$", line)]
    values = [[w for w in row if re.fullmatch(r"[+-]?\d*\.?\d+|\.", w)][-4:] for row in rows_of]
    # every row stands at the same columns
    ends = {tuple(m.end() for m in re.finditer(r"\S+(?: %)?", line[35:])) for line in text.splitlines()
            if re.match(r"  (utility|balance|proposals|consent|    )", line) and not line.startswith("     ")}
    assert len(ends) == 1
    shown = iter(values)
    for actor in dict.fromkeys(u["actor"] for u in tale["utilities"]):
        moves = [u for u in tale["utilities"] if u["actor"] == actor]
        for level, terms in (("utility", "terms"), ("balance", "balance_terms")):
            assert [float(v) for v in next(shown)] == pytest.approx([u[level][0] for u in moves], abs=5.1e-4)
            total = [0.0] * 4
            row = next(shown)
            while any(v.startswith(("+", "-")) and "." in v or v == "." for v in row) and (
                    any(v.startswith("+") for v in row) or "." in row
                    or [float(v) for v in row] != pytest.approx([u[level][1] for u in moves], abs=5.1e-4)):
                total = [t + (0 if v == "." else float(v)) for t, v in zip(total, row)]
                row = next(shown)
            assert [float(v) for v in row] == pytest.approx([u[level][1] for u in moves], abs=5.1e-4)
            assert total == pytest.approx([u[level][1] - u[level][0] for u in moves], abs=8e-3)
            for name, unit in (("proposals", 1), ("consent", 100))[level == "balance":][:1]:
                for k in (0, 1):
                    assert [float(v) for v in next(shown)] == pytest.approx(
                        [unit * u[name][k] for u in moves], abs=0.0051 * unit)
                if name == "proposals":
                    assert [float(v) for v in next(shown)] == pytest.approx(
                        [u["proposals_others_as_before"] for u in moves], abs=0.0051)
    consent = {(u["actor"], u["move"]): u["consent"] for u in tale["utilities"]}
    acts = [sum(u["proposals"][k] * consent[u["target"], u["move"]][k] for u in tale["utilities"]) for k in (0, 1)]
    told_acts = re.search(r"both ways: ([\d.]+), .*?; ([\d.]+), ", text)
    assert [float(told_acts[1]), float(told_acts[2])] == pytest.approx(acts, abs=0.0051)


def test_names_of_any_length_and_alphabet_stay_whole(small):
    name = "Ж" * 90
    done = waltz("trace", "small.cfg", "--tick", "2010-06", "--actor", "IRN", "--set", f'states.USA.name="{name}"',
                 cwd=small)
    assert done.returncode == 0 and name in done.stdout and "�" not in done.stdout


def test_a_replicate_that_fails_says_so_and_ends_with_1(small):
    done = waltz("trace", "small.cfg", *EXPLODING, "--json", cwd=small)
    assert done.returncode == 1
    assert re.search(r"the replicate fails in \d{4}-\d{2}: military stock", done.stderr)
    json.loads(done.stdout)


MISUSE = {
    "no scenario": ([], "one scenario is needed"),
    "unknown state": (["small.cfg", "--actor", "IRNN"], 'no such state in small.cfg; did you mean "IRN"?'),
    "unknown shock": (["small.cfg", "--without", "quarel"], 'no such shock in small.cfg; did you mean "quarrel"?'),
    "month outside": (["small.cfg", "--tick", "2009-12"], "allowed: a month YYYY-MM, or two with the earlier first"),
    "no state": (["small.cfg", "--actor", ","], "names no state"),
    "actor of a dyad": (["small.cfg", "--why", "IRN-RUS", "--actor", "IRN", "--tick", "2010-01..2010-02"], "leave --actor out"),
    "months reversed": (["small.cfg", "--tick", "2010-03..2010-02"], "allowed: a month"),
    "half a period": (["small.cfg", "--tick", "2010-03.."], "allowed: a month"),
    "no dyad": (["small.cfg", "--why", "IRN-IRN", "--tick", "2010-01..2010-02"], "no such dyad"),
    "nothing to compare": (["small.cfg", "--why", "IRN-RUS", "--tick", "2010-01"], "needs two months to compare"),
    "no months": (["small.cfg", "--why", "IRN-RUS"], "needs two months to compare"),
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


def test_what_can_be_read_only_once_is_not_compared(small):
    os.mkfifo(small / "piped.cfg")
    threading.Thread(target=(small / "piped.cfg").write_text, args=(SMALL,), daemon=True).start()
    done = waltz("trace", "piped.cfg", "--tick", "2010-08", "--without", "quarrel", cwd=small, timeout=20)
    assert (done.returncode, done.stdout) == (2, "")
    assert "reads piped.cfg twice; allowed: a file that stays" in done.stderr


def test_a_shock_that_is_off_anyway_is_said_to_be(small):
    done = waltz("trace", "small.cfg", "--tick", "2010-08", "--without", "quarrel",
                 "--set", "shocks.quarrel.enabled=false", cwd=small)
    assert done.returncode == 0 and "off anyway" in done.stdout
