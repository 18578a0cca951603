"""Random scenarios that hold everything a scenario can hold: taken, printed complete, run, and finite to the end. With
a program built with DEBUG=1 every month of them is verified too."""

import csv
import functools
import math
import re
import sys

import pytest

from program import ROOT, bytes_of, manifest, rows, waltz, write
from reproduced import FILES, TABLES, alone

sys.path.insert(0, str(ROOT / "tests/reference"))
import scenarios  # noqa: E402

SEEDS = range(30)
FORMS = ["random.cfg", "complete.cfg"]
text_of = functools.lru_cache(maxsize=None)(scenarios.scenario)


def names_listed(what):
    done = waltz("list", what)
    return set(re.findall(r"^([a-z][a-z0-9_]*) ", done.stdout, re.M)) - {"name", "on"}


def run_with_warnings(name, *arguments, cwd):
    """A run that must succeed, but may warn of shocks outside the months and of acts that are never in force."""
    done = waltz("run", "--quiet", "-j", 1, name, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert all(": warning: " in line for line in done.stderr.splitlines()), done.stderr
    return cwd / done.stdout.strip()


def effective(name, folder):
    done = waltz("check", "--effective", name, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_scenario_and_its_complete_form_are_taken_and_run_alike(seed, tmp_path):
    write(tmp_path, {"random.cfg": text_of(seed)})
    checked = waltz("check", "random.cfg", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    complete = effective("random.cfg", tmp_path)
    write(tmp_path, {"complete.cfg": complete})
    assert effective("complete.cfg", tmp_path) == complete
    random, again = (run_with_warnings(name, "--replicate", seed, "--record", "dyads", cwd=tmp_path) for name in FORMS)
    assert (random / "effective.cfg").read_text(encoding="utf-8") == complete
    assert bytes_of(random) == bytes_of(again)
    assert_finite(random)


def assert_finite(folder):
    outcomes = rows(folder / "outcomes.csv")
    assert [r["status"] for r in outcomes] == ["ok"]
    assert all(math.isfinite(float(v)) for name, v in outcomes[0].items() if name.startswith("outcome_"))
    waiting = [v for name, v in outcomes[0].items() if name.startswith("reading_")]  # for arms, penalties, a base
    assert all(v == "NA" or math.isfinite(float(v)) for v in waiting)
    for table in ("summary.csv", "yearly.csv"):
        with open(folder / table, newline="", encoding="utf-8") as f:
            reader = csv.reader(f)
            mean = next(reader).index("mean")
            assert all(math.isfinite(float(row[mean])) for row in reader)


@pytest.mark.parametrize("seed", range(5))
def test_arms_and_claims_of_a_random_scenario_are_reproduced_with_finite_numbers(seed, tmp_path):
    write(tmp_path, {"random.cfg": text_of(seed), "draws.csv": "parameters.eta,parameters.rho\n0.5,0.05\n0.9,0.03\n"})
    words = ["--quiet", "-j", 2, "-n", 3, "--draws", "draws.csv", "-o", "out"]
    done = waltz("reproduce", "random.cfg", *words, cwd=tmp_path, binary=alone())
    assert done.returncode in (0, 4), done.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == FILES
    assert manifest(tmp_path / "out")["draws_done"] == 2
    for table in TABLES:
        cells = {v.lower() for r in rows(tmp_path / "out" / table) for v in r.values()}
        assert not cells & {"nan", "-nan", "inf", "-inf"}
    assert {r["status"] for r in rows(tmp_path / "out/outcomes.csv")} == {"ok"}


def test_the_generator_gives_the_same_text_for_the_same_seed_and_another_for_another():
    assert scenarios.scenario(3) == text_of(3)
    assert len({text_of(seed) for seed in SEEDS}) == len(SEEDS)


def test_random_scenarios_last_as_many_months_as_asked_for(tmp_path):
    for seed, ticks in ((1, 228), (2, 30), (3, 2)):
        write(tmp_path, {"random.cfg": scenarios.scenario(seed, ticks)})
        folder = run_with_warnings("random.cfg", "-n", 1, cwd=tmp_path)
        complete = (folder / "effective.cfg").read_text(encoding="utf-8")
        spinup = int(re.search(r"spinup = (\d+);", complete)[1])
        assert spinup + len({r["date"] for r in rows(folder / "summary.csv")}) == ticks


def test_random_scenarios_hold_all_that_a_scenario_can_hold():
    assert names_listed("parameters") == set(scenarios.PARAMETERS) | {"initiatives", "growth_falls"}
    assert names_listed("terms") == set(scenarios.TERMS)
    assert names_listed("effects") == set(scenarios.EFFECTS)
    measures = {m for level in scenarios.OUTCOMES.values() for m in level}
    assert names_listed("measures") == measures | set(scenarios.DISTRIBUTIONS)
    together = "".join(map(text_of, SEEDS))
    keys = names_listed("keys") - {"name", "note", "source"}
    missing = sorted(k for k in keys if not re.search(rf"\b{k} = ", together))
    assert missing == []
    modes = ['"drawn"', '"expected"', '"concurrent"', '"serial"']
    for words in [*modes, "class = 1;", "class = 2;", "class = 3;", " = 0.5;"]:
        assert together.count(words) >= 5, words
    for seed in SEEDS:
        for kind in (*scenarios.EFFECTS, "ramp", "pulse"):
            assert f'"{kind}"' in text_of(seed), (seed, kind)
