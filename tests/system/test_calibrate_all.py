"""`python3 -m analysis calibrate`: what is kept is replaced together at the end, or not at all."""

import json
import sys

import pytest

import program
from program import ROOT, WALTZ, rows, write

sys.path.insert(0, str(ROOT))
from analysis import calibrate  # noqa: E402
from analysis.folder import FolderError  # noqa: E402

SWEEP = """\
sweep = {{ name = "{name}"; scenario = "../small.cfg"; {keys}; seed = 7; outcomes = ["step", "peak"]; }};
"""
FACTORS = """\
factors = {
  lambda = { paths = ["parameters.lambda"]; low = 3.0; high = 20.0; };
  eta = { paths = ["parameters.eta"]; low = 0.1; high = 4.0; scale = "log"; };
};
"""
POSTERIOR = """\
calibration = { draws = 12; pseudo = 10; };
targets = { step = { value = 0.05; error = 0.5; }; peak = { value = 6.0; error = 2.0; }; };
"""
PRIOR = SWEEP.format(name="prior", keys='kind = "random"; cells = 60; set = ["scenario.moves=\\"expected\\""]')
DESIGNS = {
    "prior.cfg": PRIOR + FACTORS + POSTERIOR,
    "agreement.cfg": SWEEP.format(name="agreement", keys='kind = "random"; cells = 6; replicates = 2') + FACTORS,
    "predictive.cfg": SWEEP.format(
        name="predictive", keys='kind = "list"; points = "small/posterior.csv"; replicates = 2'),
}
KEPT = ["agreement.csv", "coverage.csv", "manifest.json", "parameters.csv", "posterior.csv", "predictive.csv",
        "provenance.json", "targets.csv"]


@pytest.fixture(name="place")
def place_fixture(tmp_path, monkeypatch):
    write(tmp_path, {"configs/small.cfg": program.SMALL})
    write(tmp_path, {f"configs/calibration/{name}": text for name, text in DESIGNS.items()})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run():
    return calibrate.run(WALTZ, "configs/calibration/prior.cfg")


def test_all_is_kept_and_comes_out_again(place):
    kept = place / run()
    assert sorted(path.name for path in kept.iterdir()) == KEPT
    assert len(rows(kept / "posterior.csv")) == 12
    assert [row["target"] for row in rows(kept / "predictive.csv")] == ["step", "peak"]
    assert {row["cells"] for row in rows(kept / "agreement.csv")} == {"6"}
    told = json.loads((kept / "provenance.json").read_text(encoding="utf-8"))
    assert list(told["stages"]) == ["prior", "posterior", "drawn", "expected", "predictive"]
    tables = [name for name in KEPT if name.endswith(".csv")]
    before = program.bytes_of(kept, tables)
    run()
    assert program.bytes_of(kept, tables) == before


@pytest.mark.parametrize("cut", ["calibrate", "agreement", "predictive"])
def test_an_interruption_leaves_the_kept_files_as_they_are(cut, place, monkeypatch):
    kept = place / "configs/calibration/small"
    write(kept, {name: "old\n" for name in KEPT})
    before, call = program.tree(kept), calibrate.call

    def cut_off(waltz, *words, **more):
        if cut in " ".join(map(str, words[:2])):
            raise KeyboardInterrupt
        return call(waltz, *words, **more)

    monkeypatch.setattr(calibrate, "call", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert program.tree(kept) == before


def test_a_prior_cell_may_fail_but_no_other_stage(tmp_path):
    """The code 1 of a sweep: done, but for cells that failed."""
    fake = tmp_path / "fake"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    assert calibrate.call(fake, "sweep", "d.cfg", allowed=(0, 1))[1] == "waltz sweep d.cfg"
    with pytest.raises(SystemExit, match="ended with 1: waltz calibrate d.cfg"):
        calibrate.call(fake, "calibrate", "d.cfg")


def test_neighbours_are_looked_for_before_anything_runs(place):
    (place / "configs/calibration/predictive.cfg").unlink()
    with pytest.raises(FolderError, match="predictive.cfg"):
        run()
    write(place, {"configs/calibration/predictive.cfg": "sweep = { };\n"})
    with pytest.raises(FolderError, match="has no sweep.scenario; allowed: "):
        run()
    assert not (place / "results/calibration/prior.db").exists()
