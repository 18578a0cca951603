"""The shipped calibration: what it may see, where its priors and targets come from, and that its tables agree."""

import json
import math
import re

import pytest

from program import ROOT, SHIPPED, rows, waltz

DESIGNS = ROOT / "configs/calibration"
KEPT = DESIGNS / "iran-russia"
FACTS = ROOT / "configs/data/facts"
LAST_FACT, LAST_OF_FOCUS = "2019-12", "2018-04"


def section(text, name):
    """The records of a design's section: name and text."""
    body = re.search(rf"^{name} = \{{\n(.*?)^\}};", text, re.M | re.S)[1]
    return dict(re.findall(r"^  (\w+)\s+= \{(.*?)\};$", body, re.M | re.S))


def number(text, key):
    return float(re.search(rf"\b{key}\s*= (-?[\d.]+)", text)[1])


def design(name="prior"):
    return (DESIGNS / f"{name}.cfg").read_text(encoding="utf-8")


def swept(text):
    return re.findall(r'"(\w+)"', re.search(r"outcomes = \[(.*?)\]", text, re.S)[1])


def outcome(name):
    """An outcome of the shipped scenario as it stands there."""
    return re.search(rf"^  {name}\s+= \{{(.*?)\}};", SHIPPED.read_text(encoding="utf-8"), re.M)[1]


def test_the_calibration_sees_no_month_after_2019_and_of_the_focus_dyad_none_after_2018_04():
    seen = swept(design())
    assert len(seen) > 20
    for name in seen:
        text = outcome(name)
        ends = re.findall(r"\.\.(\d{4}-\d\d)", text)
        assert ends and max(ends) <= (LAST_OF_FOCUS if "IRN-RUS" in text else LAST_FACT), name
        assert not re.search(r'\b(arm|minus_arm|trend)\s*=|"onset"|"change"', text), name


def test_every_target_is_swept_and_every_outcome_is_a_target():
    assert sorted(section(design(), "targets")) == sorted(swept(design()))
    assert sorted(swept(design("predictive"))) == sorted(swept(design()))


def test_trade_targets_are_the_facts_with_their_errors():
    wanted = {}
    for fact in rows(FACTS / "changes.csv"):
        windows = (f'window = "{fact["from"]}..{fact["to"]}"', f'over = "{fact["over_from"]}..{fact["over_to"]}"')
        pair = (f'"{fact["partner_a"]}-{fact["partner_b"]}"', f'"{fact["partner_b"]}-{fact["partner_a"]}"')
        (name,) = [
            name for name in swept(design())
            if all(w in outcome(name) for w in windows) and any(p in outcome(name) for p in pair)
        ]
        wanted[name] = (float(fact["ratio"]), float(fact["error"]))
    targets = section(design(), "targets")
    trade = {name: (number(t, "value"), number(t, "error")) for name, t in targets.items() if name.startswith("trade_")}
    assert trade == wanted
    assert all('scale = "log"' in targets[name] for name in wanted)


def test_rank_targets_do_not_ask_for_more_than_the_observations_agree_with_each_other():
    known = {r["name"]: float(r["value"]) for r in rows(FACTS / "reliability.csv")}
    targets = section(design(), "targets")
    for domain in ("security", "economic"):
        assert number(targets[f"rank_{domain}"], "value") == pytest.approx(math.sqrt(known[domain]), abs=5e-3)
    joined = 2 * known["political"] / (1 + known["political"])  # Spearman and Brown: two signs together
    assert number(targets["rank_political"], "value") == pytest.approx(math.sqrt(joined), abs=5e-3)


def test_factors_have_the_ranges_that_the_program_calls_prior():
    listed = waltz("list", "parameters").stdout.splitlines()
    wanted = {}
    for line in listed:
        found = re.search(r"prior ([\d.]+)–([\d.]+)\]$", line)
        if found:
            wanted[line.split()[0]] = (float(found[1]), float(found[2]))
    for name in ("prior", "agreement"):
        factors = section(design(name), "factors")
        assert {k: (number(t, "low"), number(t, "high")) for k, t in factors.items()} == wanted
        assert len(factors) <= 12


def test_draws_lie_within_the_prior():
    parameters, draws = rows(KEPT / "parameters.csv"), rows(KEPT / "posterior.csv")
    assert len(draws) >= 100 and list(draws[0]) == [p["path"] for p in parameters]
    for draw in draws:
        assert all(float(p["low"]) <= float(v) <= float(p["high"]) for p, v in zip(parameters, draw.values()))


def test_what_contracts_is_informed():
    for p in rows(KEPT / "parameters.csv"):
        assert p["informed"] == ("yes" if float(p["contraction"]) >= 0.1 else "no")


def test_the_posterior_covers():
    told = json.loads((KEPT / "manifest.json").read_text(encoding="utf-8"))
    coverage = rows(KEPT / "coverage.csv")
    assert len(coverage) == told["pseudo_observations"] >= 200
    chances = [float(p["coverage"]) for p in rows(KEPT / "parameters.csv")]
    assert min(chances) > 0.05 / len(chances)  # Bonferroni


def test_expected_rates_tell_the_means_of_drawn_ones():
    table = {r["outcome"]: r for r in rows(KEPT / "agreement.csv")}
    targets = {r["target"]: r for r in rows(KEPT / "targets.csv")}
    assert {r["cells"] for r in table.values()} == {"256"}
    for name in swept(design()):  # off by a small part of the error that the target is held with
        scale = float(table[name]["mean_drawn"]) if targets[name]["scale"] == "log" else 1
        assert float(table[name]["rms"]) < 0.2 * scale * float(targets[name]["error"]), name
    for name in ("first_step", "held_2019_2021", "second_step", "level_2017_2019"):
        assert float(table[name]["correlation"]) > 0.998 and abs(float(table[name]["bias"])) < 0.002, name


def test_the_posterior_reaches_the_first_step_with_drawn_moves_too():
    (row,) = [r for r in rows(KEPT / "predictive.csv") if r["target"] == "first_step_2018"]
    assert float(row["q05"]) < float(row["value"]) < float(row["q95"])
