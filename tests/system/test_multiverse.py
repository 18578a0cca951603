"""The multiverse: a calibration without each term, each pair of terms, and all of them."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

import program
from program import ROOT, WALTZ, rows, waltz

sys.path.insert(0, str(ROOT))
from analysis import multiverse as analysis_module  # noqa: E402
from analysis.scenario import read  # noqa: E402

KEPT = ROOT / "configs/multiverse/iran-russia"
JUDGED = ["C1", "C2", "C3", "facts", "first_step", "second_step"]
COLUMNS = ["row", "removed", "cells", "effective", "evidence", *JUDGED, "note"]

# The names that the shipped scenario has: two claims of three, and two facts.
SCENARIO = program.SMALL.replace("outcomes = {", """\
outcomes = {
  first_step = { measure = "cooperation"; subject = "IRN-RUS"; window = "2011-01..2011-06";
    minus = "2010-01..2010-12"; };
  second_step = { measure = "cooperation"; subject = "IRN-USA"; window = "2011-01..2011-06";
    minus = "2010-01..2010-12"; };
""") + """\
claims = {
  C1 = { text = "It steps up"; all = { up = { outcome = "first_step"; is = "above"; value = 0.0; }; }; };
  C2 = { text = "It soars"; all = { up = { outcome = "first_step"; is = "above"; value = 0.9; }; }; };
  F01 = { text = "A fact"; kind = "facts"; all = { up = { outcome = "peak"; is = "above"; value = -1.0; }; }; };
  F02 = { text = "None"; kind = "facts"; all = { up = { outcome = "peak"; is = "above"; value = 99.0; }; }; };
};
"""
DESIGN = """\
# name = "a remark"; calibration = { draws = 7; };
sweep = { name = "prior"; scenario = "../small.cfg"; kind = "random"; cells = 1000; replicates = 1; seed = 7;
  set = ["scenario.moves=\\"expected\\""]; outcomes = ["first_step", "peak"]; };
factors = {
  eta = { paths = ["parameters.eta"]; low = 0.1; high = 4.0; scale = "log"; };
  name = { paths = ["parameters.lambda"]; low = 3.0; high = 20.0; };
};
calibration = { discrepancy = 2.0; /* } */ };
targets = { first_step = { value = 0.05; error = 5.0; }; peak = { value = 1.0; error = 50.0; }; };
"""
STRICT = DESIGN.replace("error = 5.0", "error = 0.001")  # few cells come so near


def names():
    """Of the terms."""
    listed = waltz("list", "terms").stdout.splitlines()
    return [line.split()[0] for line in listed[1:] if line[:1].isalpha()]


def prepare(folder, design=DESIGN):
    program.write(folder, {"configs/small.cfg": SCENARIO, "configs/calibration/prior.cfg": design})
    return folder


def analysis(folder, *arguments, code=0, timeout=300):
    """What the command printed; runs of the program are told as lines that start with waltz."""
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "analysis", "multiverse", WALTZ, *map(str, arguments)],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=timeout, check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def multiverse(folder, *arguments, **more):
    return analysis(folder, "configs/calibration/prior.cfg", "--cells", 40, "--draws", 24, *arguments, **more)


def out(folder):
    return folder / "configs/multiverse/small"


def table(folder):
    return {row["row"]: row for row in rows(out(folder) / "rows.csv")}


def told(folder):
    return json.loads((out(folder) / "provenance.json").read_text(encoding="utf-8"))["rows"]


def runs(printed):
    return [line for line in printed.splitlines() if line.startswith("waltz ")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """All rows, with errors so wide that the cells weigh nearly alike."""
    folder = prepare(tmp_path_factory.mktemp("multiverse"))
    assert multiverse(folder).endswith("configs/multiverse/small\n")
    return folder


@pytest.fixture
def copied(whole, tmp_path):
    """A copy of it that a test may change."""
    shutil.copytree(whole, tmp_path / "copy")
    return tmp_path / "copy"


def test_rows_are_none_each_each_pair_and_all(whole):
    found = rows(out(whole) / "rows.csv")
    pairs = [f"no_{a}-{b}" for a, b in itertools.combinations(names(), 2)]
    assert [row["row"] for row in found] == ["full", *(f"no_{name}" for name in names()), *pairs, "plain"]
    assert len(found) == 38 and list(found[0]) == COLUMNS
    removed = {row["row"]: row["removed"] for row in found}
    assert (removed["full"], removed["no_reach"], removed["plain"]) == ("-", "reach", " ".join(names()))
    assert removed[f"no_{names()[0]}-{names()[1]}"] == f"{names()[0]} {names()[1]}"


def test_rows_say_what_the_draws_of_their_posterior_say(whole):
    for name, row in table(whole).items():
        reproduced = whole / "results/multiverse/small" / name / "reproduced"
        draws = rows(reproduced / "draws.csv")[1:]
        claims = {claim["id"]: claim["share"] for claim in rows(reproduced / "claims.csv")}
        manifest = json.loads((reproduced.parent / "posterior/manifest.json").read_text(encoding="utf-8"))
        assert (row["cells"], row["note"], len(draws)) == ("40", "", 24) and 30 < float(row["effective"]) <= 40
        for column, key in (("effective", "effective_sample_size"), ("evidence", "evidence")):
            assert float(row[column]) == pytest.approx(manifest[key], rel=1e-5)
        assert float(row["C1"]) == pytest.approx(float(claims["C1"]), rel=1e-5)
        assert (row["C2"], row["C3"], row["facts"]) == (claims["C2"], "NA", "0.5")
        steps = sorted(float(draw["first_step"]) for draw in draws)
        assert float(row["first_step"]) == pytest.approx((steps[11] + steps[12]) / 2, rel=1e-5)
    assert len({row["first_step"] for row in table(whole).values()}) > 10


def test_each_row_is_without_its_terms_in_sweep_and_judgement(whole):
    work = whole / "results/multiverse/small"
    for name, row in table(whole).items():
        design = (work / name / "design.cfg").read_text(encoding="utf-8")
        judged = read((work / name / "reproduced/effective.cfg").read_text(encoding="utf-8"))["terms"]
        assert f'name = "{name}"; scenario = "../../../../configs/small.cfg"' in design
        removed = [] if name == "full" else row["removed"].split()
        assert [term for term in names() if f"terms.{term}=false" in design] == removed
        assert [term for term in names() if not judged[term]] == removed


def test_provenance_tells_commands_and_settings(whole):
    for name, row in told(whole).items():
        assert (row["cells"], row["draws"], row["seed"]) == (40, 24, 7)
        verbs = [line.split()[:2] for line in row["commands"]]
        assert verbs == [["waltz", "sweep"], ["waltz", "calibrate"], ["waltz", "reproduce"]]
        assert row["version"] and row["commit"] and row["seconds"] >= 0
        assert str(whole) not in json.dumps(row) and f"multiverse/small/{name}/" in row["commands"][0]


def test_what_is_there_is_not_run_again(copied):
    before = program.tree(out(copied))
    assert runs(multiverse(copied)) == []
    assert program.tree(out(copied)) == before


def test_an_interruption_loses_one_row_at_most(copied):
    before = program.bytes_of(out(copied), ["rows.csv"])
    kept = told(copied)
    del kept["no_reach"]
    (out(copied) / "provenance.json").write_text(json.dumps({"rows": kept}), encoding="utf-8")
    printed = multiverse(copied)
    assert len(runs(printed)) == 3 and all("/no_reach/" in line for line in runs(printed))
    assert program.bytes_of(out(copied), ["rows.csv"]) == before


def test_only_makes_its_rows_anew_and_leaves_the_others(copied):
    before = program.tree(out(copied))
    printed = multiverse(copied, "--only", "plain", "no_reach")
    assert len(runs(printed)) == 6 and all("/no_reach/" in line or "/plain/" in line for line in runs(printed))
    assert program.bytes_of(out(copied), ["rows.csv"]) == {"rows.csv": before["rows.csv"]}


def test_rows_of_other_settings_go_only_by_force(copied):
    before = program.tree(out(copied))
    (copied / "configs/calibration/prior.cfg").write_text(STRICT, encoding="utf-8")
    assert "has rows of other settings, which would go; allowed: --force" in multiverse(copied, "--only", "full", code=3)
    assert program.tree(out(copied)) == before
    printed = multiverse(copied, "--only", "no_reach", "plain", "--force")
    assert len(runs(printed)) == 4  # no verdict, so nothing to judge
    assert list(table(copied)) == list(told(copied)) == ["no_reach", "plain"]


def test_force_makes_anew_what_is_there(copied):
    before = table(copied)
    (copied / "results/multiverse/small/full/sweep.db").write_bytes(b"no store")
    printed = multiverse(copied, "--only", "full", "--force")
    assert len(runs(printed)) == 3 and table(copied) == before


def test_too_few_cells_give_no_verdict(tmp_path):
    folder = prepare(tmp_path, STRICT)
    multiverse(folder, "--only", "full")
    (row,) = table(folder).values()
    assert 1 <= float(row["effective"]) < 30 and float(row["evidence"]) < 0
    assert row["note"] == f"effective sample size {float(row['effective']):.3g} of 40 cells: no verdict"
    assert {row[name] for name in JUDGED} == {"NA"}
    assert len(told(folder)["full"]["commands"]) == 2


def test_no_cell_that_knows_all_targets_gives_no_verdict(tmp_path, monkeypatch):
    folder = prepare(tmp_path)
    monkeypatch.chdir(folder)
    call = analysis_module.call
    monkeypatch.setattr(analysis_module, "call", lambda waltz, verb, *words, **more: (
        (subprocess.CompletedProcess([], 3, "", "s.db: error: none of 40 cells knows all targets; allowed: one or more"),
         "waltz calibrate") if verb == "calibrate" else call(waltz, verb, *words, **more)))
    analysis_module.run(WALTZ, "configs/calibration/prior.cfg", only=["full"], cells=40)
    (row,) = table(folder).values()
    assert (row["effective"], row["evidence"], row["C1"]) == ("0", "NA", "NA")
    assert row["note"] == ("40 cells left out (failed, or a target unknown); "
                           "effective sample size 0 of 40 cells: no verdict")


def test_other_settings_make_rows_anew(copied):
    """A store of another design is begun anew; remarks and texts change nothing."""
    scenario, before = copied / "configs/small.cfg", table(copied)["full"]
    scenario.write_text("# a remark\n" + SCENARIO.replace("It soars", "It soars up"), encoding="utf-8")
    assert runs(multiverse(copied)) == []
    scenario.write_text(SCENARIO.replace("h0 = 0.6", "h0 = 0.7"), encoding="utf-8")
    design = copied / "configs/calibration/prior.cfg"
    design.write_text(DESIGN.replace("seed = 7", "seed = 8"), encoding="utf-8")
    printed = multiverse(copied, "--only", "full", "--force")
    assert "of other settings, begun anew" in printed
    assert table(copied)["full"] != before and told(copied)["full"]["seed"] == 8


@pytest.mark.parametrize(
    "design, message",
    [
        (DESIGN.replace("cells = 1000;", ""), "the design has no sweep.cells"),
        (DESIGN.replace("cells = 1000;", "cells = 1000; cells = 9;"), "the design has sweep.cells 2 times"),
        (DESIGN.replace("\ncalibration =", "\nother ="), "the design has calibration 0 times"),
        (DESIGN.replace('"random"', '"grid"'), "allowed: a design with .* a sweep.kind of random"),
        (DESIGN.replace("../small.cfg", "../none.cfg"), "none.cfg"),
    ],
)
def test_a_design_that_cannot_be_copied_is_refused(design, message, tmp_path):
    folder = prepare(tmp_path, design)
    assert re.search(message, multiverse(folder, "--only", "full", code=3))


def test_wrong_words_are_refused(tmp_path):
    folder = prepare(tmp_path)
    told_so = multiverse(folder, "--only", "no_reech", code=3)
    assert "unknown row 'no_reech'; did you mean no_reach" in told_so
    assert "a whole number above 0" in multiverse(folder, "--cells", 0.5, code=2)


@pytest.mark.slow
def test_a_shipped_row_comes_out_again(tmp_path):
    name = "no_reach"
    made = json.loads((KEPT / "provenance.json").read_text(encoding="utf-8"))["rows"][name]
    design = ROOT / "configs/calibration/prior.cfg"
    words = [word for key in ("cells", "draws") for word in (f"--{key}", made[key])]
    analysis(tmp_path, design, *words, "--only", name, "--out", "again", timeout=1200)
    again = (tmp_path / "again/rows.csv").read_text(encoding="utf-8").splitlines()
    kept = (KEPT / "rows.csv").read_text(encoding="utf-8").splitlines()
    assert again == [kept[0], *(line for line in kept if line.startswith(f"{name},"))]
