"""Does the result hang on the choice of terms? Each term removed, each pair, and all of them, each row calibrated anew.

A row is one set of removed terms. It runs the design's prior again without them, weighs its cells by the likelihood of
the targets, and judges the claims over draws of that posterior, with expected moves. A row whose cells are worth too
few of equal weight has no verdict. Its evidence tells how well the model fits what is known without these terms.

`rows.csv` is the same for the same version, design, scenario and data; `provenance.json` tells how each row was made.
Both are written after every row, so the same command goes on after an interruption.
"""

import hashlib
import itertools
import json
import math
import os
import pathlib
import re
import shutil
import time

import pandas as pd

from .edit import parsed, put
from .files import replace, rows, write_table, write_text
from .folder import FolderError, UnknownName, read_csv, read_json
from .program import call, effective, identity, reproduce, terms
from .scenario import read

JUDGED = ["C1", "C2", "C3"]
MEASURED = ["first_step", "second_step"]
COLUMNS = ["row", "removed", "cells", "effective", "evidence", *JUDGED, "facts", *MEASURED, "note"]
CELLS, DRAWS = 8000, 100
LEAST = 30  # effective sample size, for a verdict
WRONG_INPUT = 3

# What people read and no run does, and what each row sets by itself: neither makes another result.
TEXTS = {"title", "text", "note", "source", "basis"}
OWN = {"sweep": ["name", "cells", "scenario"], "calibration": ["draws", "pseudo"]}


# ---- rows ------------------------------------------------------------------------------------------------------------


def row_name(removed, names):
    """full, no_reach, no_reach-channels, plain."""
    if not removed:
        return "full"
    return "plain" if len(removed) == len(names) else "no_" + "-".join(removed)


def universes(names):
    """Removed terms by row: none, each, each pair, all."""
    sets = [(), *itertools.combinations(names, 1), *itertools.combinations(names, 2), tuple(names)]
    return {row_name(removed, names): removed for removed in sets}


# ---- designs ---------------------------------------------------------------------------------------------------------


def without_texts(config):
    """What of a configuration can change a result."""
    if not isinstance(config, dict):
        return config
    return {key: without_texts(value) for key, value in config.items() if key not in TEXTS}


def check_sampled(design, sweep):
    kinds = ["random", "sobol", "latin_hypercube"]
    if sweep.get("kind") not in kinds or "scenario" not in sweep:
        raise FolderError(f"{design}: allowed: a design with sweep.scenario and a sweep.kind of {', '.join(kinds)}")


def fingerprint(design, scenario):
    """A hash of what a design and its complete scenario say to the program, whatever the row."""
    shared = {name: {key: value for key, value in section.items() if key not in OWN.get(name, [])}
              for name, section in design.items()}
    parts = [without_texts(part) for part in (shared, scenario)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


# ---- the program -----------------------------------------------------------------------------------------------------


def run_sweep(waltz, design, store):
    """Goes on with a store unless it is of other settings; the line. Cells that fail (1) are left out later."""
    words = ["sweep", design, "-o", store, "--quiet", "--no-report"]
    done, line = call(waltz, *words, allowed=(0, 1, WRONG_INPUT))
    if done.returncode != WRONG_INPUT:
        return line
    if "holds another sweep" not in done.stderr:
        raise SystemExit(f"{done.stderr}analysis: ended with {WRONG_INPUT}: {line}")
    print(f"{store}: of other settings, begun anew", flush=True)
    store.unlink()
    return call(waltz, *words, allowed=(0, 1))[1]


def run_calibrate(waltz, design, store, folder):
    """Effective sample size, evidence, how many cells know all targets, and the line."""
    done, line = call(waltz, "calibrate", design, "--store", store, "-o", folder, "--force", "--quiet",
                      allowed=(0, WRONG_INPUT))
    if done.returncode != 0 and re.search(r"none of \d+ cells knows all targets", done.stderr):
        return 0.0, math.nan, 0, line
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}analysis: ended with {WRONG_INPUT}: {line}")
    facts = read_json(folder / "manifest.json")
    return facts["effective_sample_size"], facts["evidence"], facts["cells"] - facts["cells_left_out"], line


# ---- what a posterior says -------------------------------------------------------------------------------------------


def median(draws, outcome):
    """Over the draws; NaN if the scenario has no such outcome."""
    return draws[outcome].median() if outcome in draws else math.nan


def share(draws, claim):
    """Of the draws that show a claim; NaN if it is not judged."""
    shown = draws.get(f"shown_{claim}")
    return math.nan if shown is None or shown.isna().any() else shown.mean()


def verdicts(folder):
    """What the draws of a posterior say: the first line, the scenario's own parameters, is none of them."""
    draws = read_csv(folder / "draws.csv").iloc[1:]
    claims = read_csv(folder / "claims.csv")
    facts = [share(draws, name) for name in claims[claims.kind == "facts"].id]
    found = {name: share(draws, name) for name in JUDGED}
    found["facts"] = pd.Series(facts, dtype=float).mean(skipna=False) if facts else math.nan
    return found | {name: median(draws, name) for name in MEASURED}


def number(value):
    return "NA" if isinstance(value, float) and math.isnan(value) else f"{value:.6g}"


# ---- what is kept ----------------------------------------------------------------------------------------------------


class Kept:
    """The folder of results: rows by name, and how each was made."""

    def __init__(self, folder, names):
        self.folder, self.names = pathlib.Path(folder), list(names)
        self.rows, self.told = self.read_rows(), {}
        if (self.folder / "provenance.json").is_file():
            told = read_json(self.folder / "provenance.json")["rows"]
            self.told = {name: told[name] for name in told if name in self.rows}

    def read_rows(self):
        path = self.folder / "rows.csv"
        return {row["row"]: row for row in rows(path) if row["row"] in self.names} if path.is_file() else {}

    def write(self):
        """In the order of rows; what tells how comes last, so that no row is taken for made that is not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        told = {"rows": {name: self.told[name] for name in self.names if name in self.told}}
        table = [self.rows[name] for name in self.names if name in self.rows]
        replace(self.folder / "rows.csv", write_table, table, COLUMNS)
        replace(self.folder / "provenance.json", write_text, json.dumps(told, indent=2) + "\n")

    def add(self, name, row, told):
        self.rows[name], self.told[name] = row, told
        self.write()

    def drop(self, names):
        for name in names:
            self.rows.pop(name, None)
            self.told.pop(name, None)
        if names:
            self.write()


# ---- the multiverse --------------------------------------------------------------------------------------------------


class Multiverse:
    """A design, and the rows that it is run in."""

    def __init__(self, waltz, design, cells=CELLS, draws=DRAWS, out=None):
        self.waltz, self.cells, self.draws, folder = waltz, cells, draws, pathlib.Path(design).parent
        self.text, config = parsed(pathlib.Path(design))
        self.sweep = config.get("sweep", {})
        check_sampled(design, self.sweep)
        self.scenario = pathlib.Path(os.path.relpath(folder / self.sweep["scenario"]))
        scenario = read(effective(waltz, self.scenario))
        name = scenario["scenario"]["name"]
        self.work = pathlib.Path("results/multiverse") / name
        self.rows = universes(terms(waltz))
        self.kept = Kept(out or self.scenario.parent / "multiverse" / name, self.rows)
        version, self.commit = identity(waltz)
        self.settings = version | {"seed": self.sweep.get("seed", 1), "cells": cells, "draws": draws,
                                   "inputs": fingerprint(config, scenario)}

    def is_done(self, name):
        """Made with the same settings."""
        told = self.kept.told.get(name, {})
        return all(told.get(key) == value for key, value in self.settings.items())

    def removed(self, name):
        return [f"terms.{term}=false" for term in self.rows[name]]

    def write_design(self, name, folder):
        """The design without the row's terms; its path."""
        text = put(self.text, "sweep", "name", name, needed=True)
        text = put(text, "sweep", "scenario", os.path.relpath(self.scenario, folder), needed=True)
        text = put(text, "sweep", "cells", self.cells, needed=True)
        text = put(text, "sweep", "set", [*self.sweep.get("set", []), *self.removed(name)])
        for key, value in {"draws": self.draws, "pseudo": 0}.items():
            text = put(text, "calibration", key, value)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "design.cfg").write_text(text, encoding="utf-8")
        return folder / "design.cfg"

    def judge(self, name, folder):
        """What draws of the row's posterior say, and the line."""
        sets = [text for text in self.sweep.get("set", []) if not text.startswith("scenario.moves=")]
        sets += ["scenario.moves=expected", *self.removed(name)]
        words = [word for text in sets for word in ("--set", text)]
        line = reproduce(self.waltz, self.scenario, folder / "posterior/posterior.csv", folder / "reproduced", "-n", 1, *words)
        return {key: number(value) for key, value in verdicts(folder / "reproduced").items()}, line

    def make(self, name):
        """The row, and the lines that made it."""
        folder = self.work / name
        design, store = self.write_design(name, folder), folder / "sweep.db"
        lines = [run_sweep(self.waltz, design, store)]
        effective, evidence, known, line = run_calibrate(self.waltz, design, store, folder / "posterior")
        lines.append(line)
        row = dict.fromkeys(COLUMNS, "NA")
        row |= {"row": name, "removed": " ".join(self.rows[name]) or "-", "cells": self.cells}
        row |= {"effective": number(effective), "evidence": number(evidence)}
        left = self.cells - known
        notes = [f"{left} cells left out (failed, or a target unknown)"] if left else []
        if effective >= LEAST:
            found, line = self.judge(name, folder)
            row |= found
            lines.append(line)
        else:
            notes.append(f"effective sample size {effective:.3g} of {self.cells} cells: no verdict")
        return row | {"note": "; ".join(notes)}, lines

    def run_row(self, name):
        """Makes a row and keeps it."""
        began = time.time()
        row, lines = self.make(name)
        seconds = round(time.time() - began)
        self.kept.add(name, row, self.settings | {"commit": self.commit, "seconds": seconds, "commands": lines})
        print(f"{name}: effective sample size {row['effective']} of {self.cells} cells, {seconds} s", flush=True)


def run(waltz, design, only=None, force=False, **more):
    """All rows that are not there yet; or those named, anew, while the others stay. Rows of other settings go."""
    multiverse = Multiverse(waltz, design, **more)
    kept, wanted = multiverse.kept, list(only or multiverse.rows)
    for name in wanted:
        if name not in multiverse.rows:
            raise UnknownName("row", name, multiverse.rows)
    stale = [name for name in kept.rows if not multiverse.is_done(name)]
    if only and not force and {*stale} - {*wanted}:
        raise FolderError(f"{kept.folder}/rows.csv: has rows of other settings, which would go; allowed: --force")
    anew = wanted if only or force else []
    for name in anew:
        if multiverse.is_done(name):
            shutil.rmtree(multiverse.work / name, ignore_errors=True)
    kept.drop([*stale, *anew])
    for name in multiverse.rows:
        if name in wanted and not multiverse.is_done(name):
            multiverse.run_row(name)
    return kept.folder
