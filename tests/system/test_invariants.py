"""What a scenario's results must not depend on: what its states are called, the order in which they and their rows
stand, how large they all are together, and states of no size. (Refusals to touch a focus dyad: test_invariants.c.)"""

import csv
import io
import random
import re
import sys

import numpy
import pytest
import scipy.stats

from program import ROOT, SHIPPED, SMALL, TABLES, bytes_of, rows, waltz, write

sys.path.insert(0, str(ROOT / "tests/reference"))
import scenarios  # noqa: E402

EXPECTED = ["--set", "scenario.moves=expected"]
RANGES = {"acts": 512.0, "arming": 512.0, "initiatives": 512.0, "insecurity": 8.0, "effective_poles": 32.0,
          "exchange": 4096.0, "blocs": 2.0}  # as in test_numbers.py  # fmt: skip


def run(*arguments, cwd, output="of"):
    """A run that must succeed, and may warn; its folder."""
    done = waltz("run", "--quiet", "-j", 1, *arguments, "-o", output, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return cwd / output


def shipped():
    """The shipped scenario and its tables, as texts by name."""
    tables = ["states", "dyads", "sanctions", "mandates", "facts/relations"]
    paths = [SHIPPED, *(SHIPPED.parent / f"data/{t}.csv" for t in tables)]
    return {str(p.relative_to(SHIPPED.parent)): p.read_text(encoding="utf-8") for p in paths}


def means(folder):
    """Yearly means by year, measure and subject; a dyad is the same whichever way it is written, unless directed."""
    return {subject(r): float(r["mean"]) for r in rows(folder / "yearly.csv")}


def subject(row):
    states = row["iso3_1"], row["iso3_2"]
    return row["year"], row["measure"], *(states if row["level"] == "directed" else sorted(states))


def furthest(a, b):
    """The largest difference of two sets of means, each against the range of its measure."""
    assert a.keys() == b.keys()
    return max(abs(a[k] - b[k]) / RANGES.get(k[1], 1.0) for k in a)


# ---- names -----------------------------------------------------------------------------------------------------------


def exchanged(text, first, second):
    """A text with two codes exchanged, or one replaced by another that stands nowhere in it."""
    return re.sub(rf"\b({first}|{second})\b", lambda m: second if m[1] == first else first, text)


@pytest.mark.parametrize("pair", [("IRN", "RUS"), ("USA", "CHN"), ("RUS", "SAU"), ("POL", "AAA"), ("USA", "ZZTOP99")])
def test_renamed_states_act_as_before_under_their_new_names(pair, tmp_path):
    files = shipped()
    write(tmp_path / "before", files)
    write(tmp_path / "after", {name: exchanged(text, *pair) for name, text in files.items()})
    common = ["iran-russia.cfg", "-n", 3, "--record", "dyads", "--set", "scenario.spinup=24"]
    before, after = (bytes_of(run(*common, cwd=tmp_path / name)) for name in ("before", "after"))
    assert before["summary.csv"] != after["summary.csv"]
    for name in TABLES:
        assert exchanged(after[name].decode(), *pair) == before[name].decode(), name


# ---- order -----------------------------------------------------------------------------------------------------------


def shuffled(table, seed):
    head, *lines = table.splitlines(keepends=True)
    random.Random(seed).shuffle(lines)
    return head + "".join(lines)


def turned(table):
    """A table of dyads with the two states of every row exchanged."""
    found = list(csv.reader(io.StringIO(table)))
    return "".join(",".join([b, a, *more]) + "\n" for a, b, *more in [["iso3_b", "iso3_a", *found[0][2:]], *found[1:]])


def test_the_order_of_rows_of_dyads_acts_and_mandates_changes_no_bit(tmp_path):
    files = shipped()
    tables = [f"data/{t}.csv" for t in ("dyads", "sanctions", "mandates")]
    other = files | {t: shuffled(files[t], 1) for t in tables}
    other["data/dyads.csv"] = turned(other["data/dyads.csv"])
    for t in tables:
        assert other[t] != files[t]
    write(tmp_path / "before", files)
    write(tmp_path / "after", other)
    common = ["iran-russia.cfg", "-n", 3, "--record", "dyads", "--set", "scenario.spinup=24"]
    before, after = (bytes_of(run(*common, cwd=tmp_path / name)) for name in ("before", "after"))
    assert before == after


def test_the_order_of_sections_and_of_groups_changes_no_bit(tmp_path):
    for seed in range(6):
        parts = scenarios.scenario(seed, 60).split("\n\n")
        write(tmp_path, {"a.cfg": "\n\n".join(parts), "b.cfg": "\n\n".join(reversed(parts))})
        a, b = (run(f"{name}.cfg", "-n", 3, cwd=tmp_path, output=f"{name}{seed}") for name in "ab")
        assert bytes_of(a) == bytes_of(b)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_states_changes_expected_paths_by_no_more_than_rounding(seed, tmp_path):
    files = shipped()
    write(tmp_path / "before", files)
    write(tmp_path / "after", files | {"data/states.csv": shuffled(files["data/states.csv"], seed)})
    common = ["iran-russia.cfg", *EXPECTED, "-n", 1, "--record", "dyads"]
    before, after = (means(run(*common, cwd=tmp_path / name)) for name in ("before", "after"))
    assert len(before) > 14 * 9 * 300
    assert furthest(before, after) < 2e-9  # tables are rounded to 2^-30 of the range, and to nine digits


@pytest.mark.parametrize("order", ["concurrent", "serial"])
def test_the_order_of_states_does_not_change_what_becomes_of_them_in_distribution(order, tmp_path):
    """Kolmogorov-Smirnov on both outcomes and z on the yearly means, 1,500 replicates each; the seed is fixed."""
    start, end = SMALL.index("  IRN = {"), SMALL.index("};\ndyads")
    states = SMALL[start:end].splitlines(keepends=True)
    write(tmp_path, {"a.cfg": SMALL, "b.cfg": SMALL[:start] + "".join(reversed(states)) + SMALL[end:]})
    arguments = ["-n", 1500, "--record", "dyads", "--set", f"scenario.order={order}"]
    folders = [run(f"{name}.cfg", *arguments, cwd=tmp_path, output=name) for name in "ab"]
    outcomes = [rows(f / "outcomes.csv") for f in folders]
    assert outcomes[0] != outcomes[1]
    for name in ("step", "peak"):
        v = [[float(r[name]) for r in table] for table in outcomes]
        assert scipy.stats.ks_2samp(*v).pvalue > 1e-6, name
    yearly = [{subject(r): r for r in rows(f / "yearly.csv")} for f in folders]
    assert yearly[0].keys() == yearly[1].keys()
    for key in yearly[0]:
        a, b = (t[key] for t in yearly)
        error = numpy.hypot(float(a["mcse"]), float(b["mcse"]))
        assert abs(float(a["mean"]) - float(b["mean"])) <= 5.5 * error + 1e-8, key


# ---- size ------------------------------------------------------------------------------------------------------------


def without_money(folder):
    """Tables without exchange, which is in bn USD and grows with all economies."""
    return {
        name: [line for line in content.split(b"\n") if b",exchange," not in line]
        for name, content in bytes_of(folder).items()
    }


def exchanges(folder):
    return numpy.array([float(r["mean"]) for r in rows(folder / "yearly.csv") if r["measure"] == "exchange"])


def moneyless(seed):
    """A random scenario whose outcomes leave money alone."""
    return scenarios.scenario(seed, 120).replace('"exchange"', '"cooperation"')


def scaled(text, factor):
    """A random scenario with the economies and budgets of all states multiplied."""
    return re.sub(r"\b(gdp|milex) = ([^;]+);", lambda m: f"{m[1]} = {float(m[2]) * factor!r};", text)


@pytest.mark.parametrize("factor", [2.0, 0.5, 1024.0])
def test_capabilities_multiplied_by_a_power_of_two_change_no_bit(factor, tmp_path):
    for seed in range(12):
        text = moneyless(seed)
        assert scaled(text, factor) != text
        write(tmp_path, {"a.cfg": text, "b.cfg": scaled(text, factor)})
        a, b = (run(f"{n}.cfg", "-n", 2, "--record", "dyads", cwd=tmp_path, output=f"{n}{seed}") for n in "ab")
        assert without_money(a) == without_money(b), seed
        one, two = exchanges(a), exchanges(b)
        kept = two < 4 * RANGES["exchange"]  # tables end at 8 times the usual range
        assert kept.mean() > 0.5
        assert numpy.allclose(two[kept], factor * one[kept], rtol=1e-6, atol=1e-5 * max(1, factor)), seed


def test_capabilities_multiplied_by_three_change_expected_paths_by_no_more_than_rounding(tmp_path):
    for seed in range(6):
        text = moneyless(seed)
        write(tmp_path, {"a.cfg": text, "b.cfg": scaled(text, 3.0)})
        arguments = [*EXPECTED, "--set", "scenario.order=concurrent", "-n", 1, "--record", "dyads"]
        a, b = (means(run(f"{n}.cfg", *arguments, cwd=tmp_path, output=f"{n}{seed}")) for n in "ab")
        b = {k: v / (3 if k[1] == "exchange" else 1) for k, v in b.items()}
        assert furthest(a, b) < 2e-9, seed


# Their definitions count states: an even share of n, a mean over all dyads, shares of all states' draws.
COUNTING = re.compile("concentration|mean_cooperation|share_.*")


def paths_beside_a_speck(tmp_path, *settings):
    """Expected paths of the shipped scenario's states, without and with a state of no size in the middle of Europe."""
    speck = "--set", "states.AAA={lat=50.0;lon=15.0;gdp=1e-9;milex=1e-9;}"
    found = []
    for name, more in (("without", ()), ("with", speck)):
        write(tmp_path / name, shipped())
        arguments = ["iran-russia.cfg", *EXPECTED, "-n", 1, "--record", "dyads", *settings, *more]
        path = means(run(*arguments, cwd=tmp_path / name))
        found.append({k: v for k, v in path.items() if "AAA" not in k and not COUNTING.fullmatch(k[1])})
    return found


def test_a_state_of_vanishing_size_changes_the_others_by_less_than_a_ten_thousandth(tmp_path):
    without, beside = paths_beside_a_speck(tmp_path)
    assert len(without) > 14 * 9 * 300
    assert furthest(without, beside) < 1e-6
    assert max(abs(without[k] - beside[k]) for k in without) < 1e-4


def test_it_would_matter_if_all_states_were_met_alike(tmp_path):
    """So the test above can fail: without opportunity the smallest state takes as many moves as the largest."""
    without, beside = paths_beside_a_speck(tmp_path, "--set", "terms.opportunity=false")
    assert furthest(without, beside) > 1e-3
