"""The shipped calibration: prior sweep, posterior, and what the expected-rate step is worth.

What it writes to <designs>/<scenario>/ is the same for the same version, seed and data, but for
`manifest.json` and `provenance.json`, which tell how and when it was made.
"""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import time

import pandas as pd

TABLES = ["posterior.csv", "parameters.csv", "targets.csv", "accepted.csv", "coverage.csv", "manifest.json"]
QUANTILES = {"q05": 0.05, "median": 0.5, "q95": 0.95}


def command(waltz, *words):
    """Runs the program and returns the line as it would be typed."""
    line = [str(word) for word in (waltz, *words)]
    print(" ".join(line), flush=True)
    done = subprocess.run([*line, "--quiet"], stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SystemExit(f"analysis: ended with {done.returncode}: {' '.join(line)}")
    return " ".join(["waltz", *line[1:]])


def outcomes(store):
    """Outcomes read on mean paths: a row a cell, a column an outcome, in the design's order."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
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


def run(waltz, design, work="results/calibration"):
    """All stages; a prior sweep that was cut off goes on."""
    design, work = pathlib.Path(design), pathlib.Path(work)
    began, stages, lines = time.time(), {}, []

    def stage(name, *words):
        start = time.time()
        lines.append(command(waltz, *words))
        stages[name] = round(time.time() - start)

    work.mkdir(parents=True, exist_ok=True)
    stage("prior", "sweep", design, "-o", work / "prior.db", "--no-report")
    stage("posterior", "calibrate", design, "--store", work / "prior.db", "-o", work / "posterior", "--force")
    scenario = scenario_name(work / "prior.db")
    kept = design.parent / scenario
    kept.mkdir(exist_ok=True)
    for name in TABLES:
        shutil.copy(work / "posterior" / name, kept / name)
    beside = {name: design.parent / f"{name}.cfg" for name in ("agreement", "predictive")}
    fresh = ["drawn.db", "expected.db", "predictive.db"]
    for name in fresh:  # short, and tied to draws that may be new
        (work / name).unlink(missing_ok=True)
    stage("drawn", "sweep", beside["agreement"], "-o", work / "drawn.db", "--no-report")
    stage("expected", "sweep", beside["agreement"], "-n", 1, "--set", 'scenario.moves="expected"', "-o",
          work / "expected.db", "--no-report")
    stage("predictive", "sweep", beside["predictive"], "-o", work / "predictive.db", "--no-report")
    write(agreement(outcomes(work / "expected.db"), outcomes(work / "drawn.db")), kept / "agreement.csv")
    write(predictive(pd.read_csv(kept / "targets.csv"), outcomes(work / "predictive.db")), kept / "predictive.csv")
    told = {"seconds": round(time.time() - began), "stages": stages, "commands": lines}
    (kept / "provenance.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return kept


def scenario_name(store):
    """The scenario's own name, from the configuration that the store keeps."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        text = db.execute("SELECT value FROM design WHERE key = 'scenario'").fetchone()[0]
    return text.split('name = "', 1)[1].split('"', 1)[0]
