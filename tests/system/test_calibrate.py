"""`waltz calibrate`: from a finished sweep to a folder with a posterior, and what is refused."""

import json
import math
import shutil

import numpy
import pytest

import program
import swept
from program import rows, waltz, write
from swept import tell

CELLS, DRAWS, PSEUDO = 80, 16, 20
FACTORS = {
    "lam": 'paths = ["parameters.lambda"]; low = 1.0; high = 9.0; scale = "log";',
    "eta": 'paths = ["parameters.eta"]; low = 0.1; high = 1.0;',
}
SECTIONS = f"""\
calibration = {{ draws = {DRAWS}; pseudo = {PSEUDO}; }};
targets = {{
  step = {{ value = 0.05; error = 0.01; }};
  peak = {{ value = 6.0; error = 0.2; scale = "log"; }};
}};
"""
FILES = ["coverage.csv", "manifest.json", "parameters.csv", "posterior.csv", "targets.csv"]
TABLES = [name for name in FILES if name.endswith(".csv")]


def design(sections=SECTIONS, **keys):
    return swept.design(FACTORS, **{"kind": "random", "cells": CELLS, "replicates": 2} | keys) + sections


def calibrate(folder, *arguments, code=0, **more):
    done = waltz("calibrate", "d.cfg", *arguments, cwd=folder, **more)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def found(folder, *arguments, out="cal"):
    """The tables of a posterior in s.db as bytes."""
    done = calibrate(folder, "--store", "s.db", "-o", out, "--quiet", *arguments)
    assert (done.stdout, done.stderr) == (f"{out}\n", "")
    return program.bytes_of(folder / out, TABLES)


def refused(folder, message, *arguments, code=3):
    """With a message, and nothing is written."""
    before = program.tree(folder)
    done = calibrate(folder, *arguments, code=code)
    assert (done.stdout, done.stderr) == ("", message)
    assert program.tree(folder) == before


def statistics(folder):
    """(value - target)/error by cell, from the export of the sweep."""
    if not (folder / "x").exists():
        done = waltz("export", "s.db", "-o", "x", cwd=folder)
        assert done.returncode == 0, done.stderr
    values = {(int(r["cell"]), r["outcome"]): float(r["mean_path"]) for r in rows(folder / "x/summaries.csv")}
    shutil.rmtree(folder / "x")
    return numpy.array([[(values[c, "step"] - 0.05) / 0.01, math.log(values[c, "peak"] / 6) / 0.2] for c in range(CELLS)])


@pytest.fixture(scope="module", name="made")
def made_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prior")
    swept.prepare(folder, design())
    swept.sweep(folder)
    return folder


@pytest.fixture(name="prior")
def prior_fixture(made, tmp_path):
    """A folder with a design, its scenario and its finished sweep, s.db."""
    for name in ("small.cfg", "d.cfg", "s.db"):
        shutil.copy(made / name, tmp_path)
    return tmp_path


# ---- what is found -------------------------------------------------------------------------------


def test_a_folder_holds_the_tables_and_their_facts(prior):
    before = (prior / "s.db").read_bytes()
    found(prior)
    assert sorted(p.name for p in (prior / "cal").iterdir()) == FILES
    lengths = {name: len(rows(prior / "cal" / name)) for name in TABLES}
    assert lengths == {"coverage.csv": PSEUDO, "parameters.csv": 2, "posterior.csv": DRAWS, "targets.csv": 2}
    facts = program.manifest(prior / "cal")
    wanted = {"program": "waltz", "design": "d", "prior_seed": "7", "seed": "7", "cells": CELLS, "cells_left_out": 0, "targets": 2,
              "discrepancy": 1, "pseudo_observations": PSEUDO, "draws": DRAWS, "status": "complete",
              "command_line": "waltz calibrate d.cfg --store s.db -o cal --quiet"}
    assert {k: facts[k] for k in wanted} == wanted
    z = statistics(prior)
    weights = numpy.exp(-0.5 * (z**2).sum(axis=1))
    assert facts["effective_sample_size"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum(), rel=1e-6)
    assert facts["evidence"] == pytest.approx(math.log(weights.mean()), rel=1e-6)
    assert facts["nearest"] == pytest.approx(math.sqrt((z**2).mean(axis=1).min()), rel=1e-6)
    assert (prior / "s.db").read_bytes() == before
    assert sorted(p.name for p in prior.iterdir()) == ["cal", "d.cfg", "s.db", "small.cfg"]


def test_tables_agree_with_the_export_of_the_sweep(prior):
    found(prior)
    swept.export(prior)
    for target in rows(prior / "cal/targets.csv"):
        values = [float(s["mean_path"]) for s in swept.table(prior, "summaries") if s["outcome"] == target["target"]]
        assert len(values) == CELLS
        for name, share in (("q05", 0.05), ("median", 0.5), ("q95", 0.95)):
            near = numpy.quantile(values, [share - 0.013, share + 0.013], method="inverted_cdf")
            assert near[0] <= float(target[f"prior_{name}"]) <= near[1]
    ends = {"parameters.lambda": (1, 9), "parameters.eta": (0.1, 1)}
    for draw in rows(prior / "cal/posterior.csv"):
        assert all(low <= float(draw[path]) <= high for path, (low, high) in ends.items())
    for p in rows(prior / "cal/parameters.csv"):
        assert (float(p["low"]), float(p["high"])) == ends[p["path"]]
        assert float(p["low"]) <= float(p["q05"]) < float(p["median"]) < float(p["q95"]) <= float(p["high"])
        assert p["informed"] == ("yes" if float(p["contraction"]) >= 0.1 else "no")
        assert 0 <= float(p["coverage"]) <= 1


def test_what_is_told_is_what_is_written(prior):
    done = calibrate(prior, "--store", "s.db", "-o", "cal")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[-1] == "cal"
    facts = program.manifest(prior / "cal")
    assert lines[0] == (
        f"{CELLS} cells, 0 left out (failed, or a target unknown); the nearest misses the targets by {facts['nearest']:.2f} "
        f"errors; effective sample size {facts['effective_sample_size']:.0f}; {DRAWS} draws"
    )
    words = {line.split()[0]: line.split() for line in lines if line.strip()}
    for p in rows(prior / "cal/parameters.csv"):
        told = [float(w) for w in words[p["parameter"]][1:8]]
        names = ("low", "high", "q05", "median", "q95", "contraction", "coverage")
        assert all(math.isclose(a, float(p[n]), rel_tol=1e-3, abs_tol=6e-3) for a, n in zip(told, names))
        assert (words[p["parameter"]][8:] == ["not", "informed"]) == (p["informed"] == "no")


def test_the_places_of_store_and_folder_follow_the_name(prior):
    (prior / "results").mkdir()
    (prior / "s.db").rename(prior / "results/d.db")
    for number in ("001", "002"):
        done = calibrate(prior, "--quiet")
        assert (done.stdout, done.stderr) == (f"results/d/{number}\n", "")
    assert program.bytes_of(prior / "results/d/001", TABLES) == program.bytes_of(prior / "results/d/002", TABLES)


def test_the_seed_decides_the_bytes(prior):
    first = found(prior)
    assert found(prior, "-s", 7, out="same") == first  # that of the design
    other = found(prior, "-s", 8, out="other")
    assert [name for name in TABLES if other[name] == first[name]] == ["targets.csv"]  # which no chance is in
    assert program.manifest(prior / "other")["seed"] == "8"


def test_a_sweep_by_more_threads_has_the_same_posterior(prior):
    first = found(prior)
    swept.sweep(prior, "-j", 4, store="t.db")
    shutil.move(prior / "t.db", prior / "s.db")
    assert found(prior, out="again") == first


def test_draws_are_taken_by_reproduce(prior):
    found(prior)
    done = waltz("reproduce", "small.cfg", "--draws", "cal/posterior.csv", "-n", 4, "--no-report", "-o", "r", "--quiet", cwd=prior)
    assert (done.returncode, done.stderr) == (0, "")
    drawn, (own, *draws) = rows(prior / "cal/posterior.csv"), rows(prior / "r/draws.csv")
    assert own["parameters.eta"] == "NA" and len(draws) == DRAWS
    assert [{path: r[path] for path in d} for r, d in zip(draws, drawn)] == drawn
    alone = swept.run_alone(prior, *(f"{path}={v}" for path, v in drawn[3].items()), n=4, seed=1, names=("step",))
    assert float(draws[3]["step"]) == pytest.approx(numpy.mean([float(s) for s, in alone]), rel=1e-7)


def test_a_target_that_is_unknown_leaves_its_cell_out(tmp_path):
    """Some ratios are of nothing, and some have no logarithm."""
    scenario = program.SMALL.replace("peak =", 'ratio = { measure = "acts"; subject = "USA-XKX"; window = "2010-02..2010-02"; '
                                     'over = "2010-01..2010-01"; };\n  peak =')
    sections = SECTIONS.replace("step = { value = 0.05; error = 0.01; };", 'ratio = { value = 1.0; error = 0.5; scale = "log"; };')
    factors = {"lam": FACTORS["lam"]}
    text = swept.design(factors, kind="random", cells=CELLS, replicates=1, outcomes=["ratio", "peak"]) + sections
    swept.prepare(tmp_path, text, scenario=scenario)
    swept.sweep(tmp_path)
    swept.export(tmp_path)
    known = [s["mean_path"] != "NA" and float(s["mean_path"]) > 0 for s in swept.table(tmp_path, "summaries") if s["outcome"] == "ratio"]
    assert 20 <= sum(known) < CELLS, "a test of nothing"
    found(tmp_path)
    facts = program.manifest(tmp_path / "cal")
    assert (facts["cells"], facts["cells_left_out"]) == (CELLS, CELLS - sum(known))
    assert all(known[int(r["cell"])] for r in rows(tmp_path / "cal/coverage.csv"))


# ---- the sweep -----------------------------------------------------------------------------------


def test_without_a_store_there_is_no_posterior(prior):
    refused(prior, "results/d.db: there is no store here; `waltz sweep` makes one\n")
    refused(prior, "none.db: there is no store here; `waltz sweep` makes one\n", "--store", "none.db")


def test_an_unfinished_sweep_is_refused_unless_partial_ones_are_allowed(prior):
    swept.sweep(prior, "--shard", "1/2", store="p.db", code=None)
    (shard,) = (p.name for p in prior.glob("p*.db"))
    done = waltz("merge", "--allow-partial", "m.db", shard, cwd=prior)
    assert done.returncode == 0, done.stderr
    message = "{}: 40 of 80 cells are done; allowed: a finished sweep (`waltz sweep` goes on with it), or --allow-partial\n"
    for store in ("m.db", shard):
        refused(prior, message.format(store), "--store", store)
        done = calibrate(prior, "--store", store, "--allow-partial", "-o", f"of-{store}", "--quiet")
        assert done.stdout == f"of-{store}\n"
        assert program.manifest(prior / f"of-{store}")["cells"] == 40
        assert all(int(r["cell"]) % 2 == 0 for r in rows(prior / f"of-{store}/coverage.csv"))
    assert program.bytes_of(prior / "of-m.db", TABLES) == program.bytes_of(prior / f"of-{shard}", TABLES)


def test_the_sweep_of_another_design_is_refused(prior):
    write(prior, {"d.cfg": design(name="other")})
    refused(prior, 's.db: holds the sweep "d"; allowed: that of "other"\n', "--store", "s.db")


@pytest.mark.parametrize("change, what", [
    ("UPDATE summaries SET mean_path = 0.05 WHERE cell = 3", "summaries, cell 3"),
    ("UPDATE cells SET eta = 0.5 WHERE cell = 4", "cells, cell 4"),
    ("UPDATE factors SET high = 99 WHERE factor = 0", "a row of the table factors"),
    ("DELETE FROM summaries WHERE cell = 5", "summaries, cell 5"),
])
def test_a_damaged_store_is_refused(change, what, prior):
    tell(prior / "s.db", change)
    for partial in ([], ["--allow-partial"]):
        refused(prior, f"s.db: the store is damaged ({what})\n", "--store", "s.db", *partial)


def test_what_is_no_store_is_refused(prior):
    done = calibrate(prior, "--store", "small.cfg", code=3)
    assert done.stdout == "" and done.stderr.startswith("small.cfg: ")


# ---- the design ----------------------------------------------------------------------------------


def test_a_mistake_of_the_design_is_told_with_its_line(prior):
    text = design().replace("step = {", "stop = {")
    line = next(k for k, line in enumerate(text.splitlines(), 1) if "stop = {" in line)
    write(prior, {"d.cfg": text})
    refused(prior, f"d.cfg:{line}: targets.stop: sweep.outcomes has no such outcome; allowed: one of them\n", "--store", "s.db")


def test_a_target_that_was_not_swept_is_told_with_its_line(prior):
    text = design(outcomes=["step", "peak", "more"]).replace("targets = {\n", "targets = {\n  more = { value = 1.0; error = 1.0; };\n")
    line = next(k for k, line in enumerate(text.splitlines(), 1) if "more = {" in line)
    write(prior, {"d.cfg": text})
    refused(prior, f"d.cfg:{line}: targets.more: s.db has no such outcome; allowed: one that was swept\n", "--store", "s.db")


def test_a_design_without_targets_is_refused(prior):
    write(prior, {"d.cfg": design(sections="")})
    refused(prior, "d.cfg: no targets; allowed: a section targets, one or more of sweep.outcomes\n", "--store", "s.db")


@pytest.mark.parametrize("factor", [
    'values = [1.0, 9.0];', 'low = 5.0; high = 9.0; scale = "normal";', 'low = 0.5; high = 2.0; relative = true;'])
def test_factors_that_are_no_range_of_a_number_are_refused(factor, tmp_path):
    factors = {"lam": f'paths = ["parameters.lambda"]; {factor}', "eta": FACTORS["eta"]}
    text = swept.design(factors, kind="random", cells=20, replicates=1) + SECTIONS
    swept.prepare(tmp_path, text)
    swept.sweep(tmp_path)
    refused(tmp_path, "s.db: factor lam is no prior of one number; allowed: a range, linear or log, of one path\n", "--store", "s.db")


def test_a_sweep_of_other_ranges_is_refused(prior):
    write(prior, {"d.cfg": design().replace("high = 9.0", "high = 8.0")})
    message = "s.db: holds a sweep of other factors than d.cfg; allowed: the sweep of this design (`waltz sweep`, with another -o)\n"
    refused(prior, message, "--store", "s.db")


def test_a_sweep_of_another_scenario_or_of_other_settings_is_refused(prior):
    message = ("s.db: holds a sweep of another scenario, or of other settings, than d.cfg now has; allowed: the sweep of this "
               "design (`waltz sweep`, with another -o)\n")
    refused(prior, message, "--store", "s.db", "--set", "parameters.rho=0.1")
    write(prior, {"d.cfg": design(set=["parameters.rho=0.1"])})
    refused(prior, message, "--store", "s.db")
    write(prior, {"d.cfg": design()})
    scenario = (prior / "small.cfg").read_text(encoding="utf-8")
    write(prior, {"small.cfg": "# a remark changes nothing\n" + scenario})
    found(prior)
    write(prior, {"small.cfg": scenario.replace("gdp = ", "gdp = 1", 1)})
    refused(prior, message, "--store", "s.db", "-o", "other")


def test_settings_of_the_command_line_are_given_again(tmp_path):
    swept.prepare(tmp_path, design())
    swept.sweep(tmp_path, "--set", "parameters.rho=0.1")
    found(tmp_path, "--set", "parameters.rho=0.1")


def test_targets_that_no_cell_comes_near_are_told_of(prior):
    write(prior, {"d.cfg": design().replace("value = 0.05; error = 0.01", "value = 1e6; error = 1e-3")})
    done = calibrate(prior, "--store", "s.db", "-o", "cal", "--quiet")
    assert done.stderr.startswith("waltz: effective sample size 1.0: few cells come near the targets; ")


# ---- the folder, and the command line ------------------------------------------------------------


def test_a_folder_that_is_there_gives_way_only_to_force(prior):
    first = found(prior)
    before = program.tree(prior)
    done = calibrate(prior, "--store", "s.db", "-o", "cal", "-s", 9, code=2)
    assert done.stdout == "" and done.stderr.startswith("cal: ") and program.tree(prior) == before
    assert found(prior, "--force", "-s", 9)["posterior.csv"] != first["posterior.csv"]
    (prior / "cal/mine.txt").write_text("mine")
    before = program.tree(prior)
    done = calibrate(prior, "--store", "s.db", "-o", "cal", "--force", code=2)
    assert done.stdout == "" and done.stderr.startswith("cal: ") and program.tree(prior) == before


def test_a_folder_that_cannot_be_made_is_told(prior):
    done = calibrate(prior, "--store", "s.db", "-o", "small.cfg/cal", code=1)
    assert done.stdout == "" and done.stderr.startswith("small.cfg/cal: ")
    assert sorted(p.name for p in prior.iterdir()) == ["d.cfg", "s.db", "small.cfg"]


def test_help_names_the_store_and_the_design(prior):
    done = waltz("calibrate", "--help", cwd=prior)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: waltz calibrate [options] DESIGN\n")
    for option in ("--store FILE", "--seed SEED", "--allow-partial", "--output FOLDER", "--force", "--quiet"):
        assert f"{option} " in done.stdout
    assert "  calibrate " in waltz("--help").stdout


@pytest.mark.parametrize("arguments", [[], ["d.cfg", "d.cfg"]])
def test_one_design_is_needed(arguments, prior):
    done = waltz("calibrate", *arguments, cwd=prior)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "waltz calibrate: one design is needed; `waltz calibrate --help` shows more\n"


def test_keys_of_calibrations_are_listed():
    done = waltz("list", "designs")
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("calibration", "targets", "discrepancy", "pseudo", "draws"):
        assert word in done.stdout


def test_the_manifest_is_json_with_its_command(prior):
    found(prior)
    text = (prior / "cal/manifest.json").read_text(encoding="utf-8")
    assert json.loads(text)["gsl"] and text.endswith("}\n")
