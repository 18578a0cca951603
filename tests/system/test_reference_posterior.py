"""The posterior of `waltz calibrate` against an independent rebuild, on the same stores: every number of every table."""

import sys

import numpy
import pytest

import program
import swept
from program import ROOT, rows, waltz

sys.path.insert(0, str(ROOT / "tests/reference"))
import posterior  # noqa: E402

PRINTED = 1e-8  # tables have nine digits; of the value, or, where it has no unit, of 1
KS = 1e-6  # the series of its chance may end early
ETA = 'paths = ["parameters.eta"]; low = 0.1; high = 1.0;'
LAMBDA = 'paths = ["parameters.lambda"]; low = 1.0; high = 9.0; scale = "log";'
INITIATIVES = 'paths = ["parameters.initiatives"]; low = 1; high = 6;'
ARMING = 'paths = ["parameters.arming"]; low = 0.0; high = 0.5;'
EXPLODING = [w for w in program.EXPLODING if w != "--set" and not w.startswith("parameters.arming=")]
STEP = "step = { value = 0.05; error = 0.01; };"
PEAK = 'peak = { value = 6.0; error = 0.2; scale = "log"; };'
RATIO = 'ratio = { value = 1.0; error = 0.5; scale = "log"; };'
OF_NOTHING = 'ratio = { measure = "acts"; subject = "USA-XKX"; window = "2010-02..2010-02"; over = "2010-01..2010-01"; };\n  '
FAR = 'step = { value = 3.0; error = 0.001; };'

# Odd numbers of cells are left: 5 %, 50 % and 95 % of them are no whole number, so that whether weights reach a share is never a matter
# of rounding.
CASES = {
    "two targets": {"factors": {"lam": LAMBDA, "eta": ETA}, "targets": STEP + PEAK,
                    "keys": "draws = 40; pseudo = 30; discrepancy = 1.5;"},
    "defaults": {"factors": {"eta": ETA, "lam": LAMBDA}, "targets": PEAK, "cells": 211},
    "another seed": {"factors": {"lam": LAMBDA, "eta": ETA}, "targets": PEAK + STEP, "words": ["-s", 2**63 + 5]},
    "whole numbers": {"factors": {"acts": INITIATIVES, "eta": ETA}, "targets": STEP, "keys": "pseudo = 40;"},
    "no logarithm": {"factors": {"lam": LAMBDA, "eta": ETA}, "targets": RATIO + STEP, "left_out": 1, "cells": 84,
                     "replicates": 1, "outcomes": ["ratio", "step"]},
    "cells that fail": {"factors": {"arming": ARMING, "eta": ETA}, "targets": STEP, "left_out": 20, "replicates": 1,
                        "set": EXPLODING},
    "one cell has it all": {"factors": {"lam": LAMBDA, "eta": ETA}, "targets": FAR, "keys": "pseudo = 10;"},
    "no test": {"factors": {"lam": LAMBDA}, "targets": STEP, "keys": "pseudo = 0; draws = 1;", "kind": "sobol"},
    "two arms": {"factors": {"lam": LAMBDA, "eta": ETA}, "targets": STEP, "arms": ["calm", "full"], "kind": "latin_hypercube"},
}


def calibrated(folder, factors, targets, keys="", words=(), left_out=0, **more):
    """Sweep, then the program's tables and the rebuild's."""
    text = swept.design(factors, **{"kind": "random", "cells": 83, "replicates": 2} | more)
    text += f"calibration = {{ {keys} }};\ntargets = {{ {targets} }};\n"
    scenario = (program.SMALL + swept.ARMS + swept.CLAIMS).replace("peak =", OF_NOTHING + "peak =")
    swept.prepare(folder, text, scenario=scenario)
    swept.sweep(folder, "-j", 1, code=None)
    done = waltz("calibrate", "d.cfg", "--store", "s.db", "-o", "cal", "--quiet", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (0, "cal\n"), done.stderr
    seed = words[1] if words else None
    rebuilt = posterior.Posterior(folder / "d.cfg", folder / "s.db", seed)
    assert left_out <= rebuilt.left_out < 60, "a test of nothing"
    assert (rebuilt.left_out > 0) == (left_out > 0) and len(rebuilt.cells) % 2 == 1
    return rebuilt


def agree(printed, value, tolerance=PRINTED, size=0.0, where=""):
    """A number of a table; NA is not a number."""
    if printed == "NA":
        assert numpy.isnan(value), where
    else:
        assert abs(float(printed) - value) <= tolerance * max(abs(value), size), (where, printed, value)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_posterior_agrees_with_the_rebuild(tmp_path, case):
    rebuilt = calibrated(tmp_path, **case)
    names = [factor[0] for factor in rebuilt.factors]
    facts = program.manifest(tmp_path / "cal")
    assert (facts["cells"] - facts["cells_left_out"], facts["cells_left_out"]) == (len(rebuilt.cells), rebuilt.left_out)
    for name in ("nearest", "effective_sample_size", "evidence"):
        agree(facts[name], getattr(rebuilt, name), 1e-11, 1, name)
    for table, wanted in (("parameters", rebuilt.parameters), ("targets", rebuilt.targets)):
        printed = rows(tmp_path / f"cal/{table}.csv")
        assert [list(row) for row in printed] == [list(row) for row in wanted]
        for mine, theirs in zip(printed, wanted):
            for column, value in theirs.items():
                if isinstance(value, str):
                    assert mine[column] == value
                else:
                    share = column in ("coverage", "contraction")
                    agree(mine[column], value, KS if column == "coverage" else PRINTED, float(share), column)
    coverage = rows(tmp_path / "cal/coverage.csv")
    assert [int(row["cell"]) for row in coverage] == rebuilt.cells[rebuilt.pseudo].tolist()
    for row, below in zip(coverage, rebuilt.below):
        assert list(row) == ["cell", *names]
        for name, share in zip(names, below):
            agree(row[name], share, size=1, where=name)
    draws = rows(tmp_path / "cal/posterior.csv")
    assert [list(row) for row in draws] == [[factor[1] for factor in rebuilt.factors]] * len(draws)
    assert [[float(v) for v in row.values()] for row in draws] == [[float(f"{v:.10g}") for v in draw] for draw in rebuilt.draws]
