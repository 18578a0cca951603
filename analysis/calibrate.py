"""The shipped calibration: prior sweep, posterior, and what the expected-rate step is worth.

What it writes to <designs>/<scenario>/ is the same for the same version, seed and data, but for
`manifest.json` and `provenance.json`, which tell how and when it was made. All of it is replaced together at
the end.
"""

import json
import os
import pathlib
import time

import pandas as pd

from .edit import parsed, put
from .files import replace_all
from .folder import FolderError
from .program import call, effective
from .scenario import Scenario
from .store import opened

TABLES = ["posterior.csv", "parameters.csv", "targets.csv", "coverage.csv", "manifest.json"]
QUANTILES = {"q05": 0.05, "median": 0.5, "q95": 0.95}


def outcomes(store):
    """Outcomes read on mean paths: a row a cell, a column an outcome, in the design's order."""
    with opened(store) as db:
        table = pd.read_sql("SELECT cell, outcome, mean_path FROM summaries", db)
        order = db.execute("SELECT value FROM design WHERE key = 'outcomes'").fetchone()[0].split(";")
    return table.pivot(index="cell", columns="outcome", values="mean_path")[order]


def agreement(expected, drawn):
    """By outcome, over the cells: bias of the expected-rate step and its correlation with the drawn one's means."""
    rows = []
    for name in drawn.columns:
        both = pd.DataFrame({"expected": expected[name], "drawn": drawn[name]}).dropna()
        off = both.expected - both.drawn
        rows.append(
            {
                "outcome": name,
                "cells": len(both),
                "mean_drawn": both.drawn.mean(),
                "sd_drawn": both.drawn.std(),
                "bias": off.mean(),
                "rms": (off**2).mean() ** 0.5,
                "correlation": both.expected.corr(both.drawn),
            }
        )
    return pd.DataFrame(rows)


def predictive(targets, drawn):
    """The targets beside what the posterior draws give with drawn moves."""
    found = drawn[targets.target].quantile(list(QUANTILES.values())).T
    found.columns = list(QUANTILES)
    kept = targets.set_index("target")[["scale", "value", "error"]]
    return kept.join(found).rename_axis("target").reset_index()


def write(table, path):
    table.to_csv(path, index=False, lineterminator="\n", float_format="%.6g", na_rep="NA")


def scenario_of(design):
    """A design's text, and the scenario that it names."""
    text, config = parsed(design)
    name = config.get("sweep", {}).get("scenario")
    if name is None:
        raise FolderError(f"{design}: has no sweep.scenario; allowed: a design that names it")
    return text, name


def write_predictive(design, posterior, folder):
    """The design's neighbour predictive.cfg, over a posterior that is not kept yet; its path."""
    text, scenario = scenario_of(design.parent / "predictive.cfg")
    text = put(text, "sweep", "scenario", os.path.relpath(design.parent / scenario, folder), needed=True)
    text = put(text, "sweep", "points", os.path.relpath(posterior, folder), needed=True)
    (folder / "predictive.cfg").write_text(text, encoding="utf-8")
    return folder / "predictive.cfg"


def run(waltz, design, work="results/calibration"):
    """All stages; a prior sweep that was cut off goes on. What is kept stays as it is until all is there."""
    design, work = pathlib.Path(design), pathlib.Path(work)
    began, stages, lines = time.time(), {}, []

    def stage(name, *words, allowed=(0,)):
        start = time.time()
        lines.append(call(waltz, *words, "--quiet", allowed=allowed)[1])
        stages[name] = round(time.time() - start)

    work.mkdir(parents=True, exist_ok=True)
    posterior = work / "posterior"
    scenario = design.parent / scenario_of(design)[1]
    for name in ("agreement.cfg", "predictive.cfg"):  # before a quarter of an hour is spent
        scenario_of(design.parent / name)
    scenario = effective(waltz, scenario)
    # 1: some cells failed, which the posterior leaves out
    stage("prior", "sweep", design, "-o", work / "prior.db", "--no-report", allowed=(0, 1))
    stage("posterior", "calibrate", design, "--store", work / "prior.db", "-o", posterior, "--force")
    beside = design.parent / "agreement.cfg"
    for name in ("drawn.db", "expected.db", "predictive.db"):  # short, and tied to draws that may be new
        (work / name).unlink(missing_ok=True)
    stage("drawn", "sweep", beside, "-o", work / "drawn.db", "--no-report")
    stage("expected", "sweep", beside, "-n", 1, "--set", 'scenario.moves="expected"', "-o", work / "expected.db",
          "--no-report")
    stage("predictive", "sweep", write_predictive(design, posterior / "posterior.csv", work), "-o",
          work / "predictive.db", "--no-report")
    write(agreement(outcomes(work / "expected.db"), outcomes(work / "drawn.db")), work / "agreement.csv")
    write(predictive(pd.read_csv(posterior / "targets.csv"), outcomes(work / "predictive.db")), work / "predictive.csv")
    told = {"seconds": round(time.time() - began), "stages": stages, "commands": lines}
    (work / "provenance.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    kept = design.parent / Scenario(scenario).name
    own = [work / name for name in ("agreement.csv", "predictive.csv", "provenance.json")]
    replace_all([*(posterior / name for name in TABLES), *own], kept)
    return kept
