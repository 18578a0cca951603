"""Does the result hang on the choice of terms? Every term removed, every pair, and all, each calibrated anew.

A row is one set of removed terms. It runs the design's prior again without them, keeps the cells that come as near to the targets as
the cells of the shipped calibration did, and judges the claims over draws of that posterior, with expected moves. A row in which too few
cells come so near has no verdict: without these terms the model does not reach what is known.

`rows.csv` is the same for the same version, design, scenario and data; `provenance.json` tells how and when each row was made. Both are
written after every row, so the same command goes on after an interruption.
"""

import csv
import hashlib
import itertools
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import time

import pandas as pd

from .folder import FolderError, UnknownName, read_csv, read_json
from .robustness import rows as read_rows
from .robustness import terms
from .scenario import TOKEN, read

COLUMNS = ["row", "removed", "cells", "accepted", "effective", "C1", "C2", "C3", "facts", "first_step", "second_step", "note"]
JUDGED = ["C1", "C2", "C3"]
MEASURED = ["first_step", "second_step"]
CELLS, DRAWS = 8000, 100
LEAST = 30  # accepted cells, for a verdict
LEAST_ACCEPT = 20  # what calibration.accept allows
WRONG_INPUT = 3

# What people read, and no run does.
TEXTS = {"title", "text", "note", "source", "basis"}


# ---- rows ------------------------------------------------------------------------------------------------------------


def row_name(removed, names):
    if not removed:
        return "full"
    return "plain" if len(removed) == len(names) else "no_" + "-".join(removed)


def universes(names):
    """Removed terms by row: none, each, each pair, all."""
    sets = [(), *itertools.combinations(names, 1), *itertools.combinations(names, 2), tuple(names)]
    return {row_name(removed, names): removed for removed in sets}


# ---- designs ---------------------------------------------------------------------------------------------------------


def value_end(found, at):
    """Index after the value that starts with this token."""
    if found[at].lastgroup == "string":
        while found[at].lastgroup == "string":  # neighbouring strings are one
            at += 1
        return at
    depth = 0
    while True:
        depth += (found[at].group() in "{[(") - (found[at].group() in "}])")
        at += 1
        if depth == 0:
            return at


def settings(found, at, end, path=()):
    """Each setting between two tokens: its path, and where its value starts and ends in the text."""
    while at < end:
        if found[at].lastgroup != "name":
            at += 1
            continue
        here, first = (*path, found[at].group()), at + 2
        at = value_end(found, first)
        yield here, found[first].start(), found[at - 1].end()
        if found[first].group() == "{":
            yield from settings(found, first + 1, at - 1, here)


def place(text, *path):
    """Where a value stands; None if it is not given. Twice, or a section that is missing, is an error."""
    found = [match for match in TOKEN.finditer(text) if match.lastgroup]
    at = [span for name, *span in settings(found, 0, len(found)) if name == path]
    if len(at) > 1 or (not at and len(path) == 1):
        raise FolderError(f"the design has {'.'.join(path)} {len(at)} times; allowed: once")
    return at[0] if at else None


def put(text, section, key, value, needed=False):
    """The text with a value replaced, or added if the design leaves it at its default."""
    start, end = place(text, section)
    at = place(text, section, key)
    if at:
        return text[: at[0]] + value + text[at[1] :]
    if needed:
        raise FolderError(f"the design has no {section}.{key}; allowed: a design that gives it")
    return f"{text[: end - 1].rstrip()}\n  {key} = {value};\n}}{text[end:]}"


def literal(value):
    """As a configuration has it."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, float):
        text = f"{value:.17g}"
        return text if re.search(r"[.e]", text) else text + ".0"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def without_texts(config, folder):
    """What of a configuration can change a result; tables by their bytes."""
    if not isinstance(config, dict):
        return config
    kept = {key: without_texts(value, folder) for key, value in config.items() if key not in TEXTS}
    if isinstance(config.get("table"), str):
        kept["table"] = hashlib.sha256((folder / config["table"]).read_bytes()).hexdigest()
    return kept


def parsed(path):
    try:
        text = path.read_text(encoding="utf-8")
        return text, read(text)
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: {error}") from None


def is_sampled(sweep):
    return sweep.get("kind") in ("random", "sobol", "latin_hypercube")


# ---- the program -----------------------------------------------------------------------------------------------------


def identity(waltz):
    """Version, model and commit of the program."""
    text = subprocess.run([waltz, "--version"], capture_output=True, text=True, check=True).stdout
    version, model, commit = re.match(r"waltz (\S+) \(model (\d+), commit ([^,)]+)", text).groups()
    return {"version": version, "model_version": int(model)}, commit


def read_outcome(draws, name):
    """Median over the draws; NaN if the scenario has no such outcome."""
    return draws[name].median() if name in draws else math.nan


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
    return found | {name: read_outcome(draws, name) for name in MEASURED}


def number(value):
    return "NA" if isinstance(value, float) and math.isnan(value) else f"{value:.6g}"


# ---- what is kept ----------------------------------------------------------------------------------------------------


def replace(path, write):
    """A file appears whole or not at all."""
    beside = path.with_name(f".{path.name}.partial")
    with open(beside, "w", encoding="utf-8", newline="") as file:
        write(file)
    os.replace(beside, path)


def write_rows(table, file):
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)


class Multiverse:
    """A design, the rows that it is run in, and the folder that keeps what they gave."""

    def __init__(self, waltz, design, cells=CELLS, draws=DRAWS, tolerance=None, out=None):
        self.waltz, design = waltz, pathlib.Path(os.path.relpath(design))
        self.text, self.design = parsed(design)
        self.sweep = self.design.get("sweep", {})
        if not is_sampled(self.sweep) or "scenario" not in self.sweep:
            raise FolderError(f"{design}: allowed: a design with sweep.scenario and sweep.kind random, sobol or latin_hypercube")
        self.scenario = pathlib.Path(os.path.relpath(design.parent / self.sweep["scenario"]))
        config = parsed(self.scenario)[1]
        self.name = config.get("scenario", {}).get("name", self.scenario.stem)
        self.cells, self.draws = cells, draws
        self.tolerance = tolerance or self.shipped_tolerance(design.parent / self.name / "manifest.json")
        self.work = pathlib.Path("results/multiverse") / self.name
        self.out = pathlib.Path(out) if out else self.scenario.parent / "multiverse" / self.name
        self.names = terms(waltz)
        self.rows = universes(self.names)
        self.seconds = 0.0
        version, self.commit = identity(waltz)
        self.settings = version | {"seed": self.sweep.get("seed", 1), "cells": cells, "draws": draws,
                                   "tolerance": self.tolerance, "inputs": self.inputs(config)}
        self.load()

    @staticmethod
    def shipped_tolerance(path):
        if not path.is_file():
            raise FolderError(f"{path}: no shipped calibration, whose greatest distance would be the tolerance; "
                              "allowed: after `make calibrate`, or with --tolerance")
        return float(read_json(path)["greatest_distance"])

    def inputs(self, config):
        """A hash of what design and scenario say to the program."""
        parts = [self.design, without_texts(config, self.scenario.parent)]
        parts[0] = without_texts(parts[0], self.scenario.parent)
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    # ---- kept rows

    def load(self):
        """Rows that the folder has, and how they were made."""
        path, told = self.out / "rows.csv", self.out / "provenance.json"
        self.table = {row["row"]: row for row in read_rows(path) if row["row"] in self.rows} if path.is_file() else {}
        self.told = read_json(told)["rows"] if told.is_file() else {}
        self.told = {name: self.told[name] for name in self.rows if name in self.told and name in self.table}

    def write(self):
        self.out.mkdir(parents=True, exist_ok=True)
        told = {"rows": {name: self.told[name] for name in self.rows if name in self.told}}
        table = [self.table[name] for name in self.rows if name in self.table]
        replace(self.out / "rows.csv", lambda file: write_rows(table, file))
        replace(self.out / "provenance.json", lambda file: file.write(json.dumps(told, indent=2) + "\n"))

    def is_done(self, name):
        """Made with the same settings."""
        told = self.told.get(name, {})
        return all(told.get(key) == value for key, value in self.settings.items())

    def forget(self, name):
        """So that a row is made from the start, and goes on after an interruption."""
        self.told.pop(name, None)
        shutil.rmtree(self.work / name, ignore_errors=True)
        if self.out.is_dir():
            self.write()

    # ---- one row

    def write_design(self, row, folder):
        """The design without the row's terms."""
        text = put(self.text, "sweep", "name", literal(row), needed=True)
        text = put(text, "sweep", "scenario", literal(os.path.relpath(self.scenario, folder)), needed=True)
        text = put(text, "sweep", "cells", literal(self.cells), needed=True)
        text = put(text, "sweep", "set", literal([*self.sweep.get("set", []), *self.removed(row)]))
        calibration = {"tolerance": self.tolerance, "accept": max(self.cells, LEAST_ACCEPT), "draws": self.draws, "pseudo": 0}
        for key, value in calibration.items():
            text = put(text, "calibration", key, literal(value))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "design.cfg").write_text(text, encoding="utf-8")
        return folder / "design.cfg"

    def removed(self, row):
        return [f"terms.{name}=false" for name in self.rows[row]]

    def call(self, *words, allowed=(0,)):
        """Runs the program; what it printed to stderr, its exit code, the line as it would be typed."""
        words = [str(word) for word in words]
        print(" ".join(["waltz", *words]), flush=True)
        done = subprocess.run([str(self.waltz), *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode not in allowed:
            raise SystemExit(f"{done.stderr}analysis: ended with {done.returncode}: waltz {' '.join(words)}")
        return done.stderr, done.returncode, " ".join(["waltz", *words])

    def run_sweep(self, design, store):
        """Goes on with the store, unless that is of other settings. Cells that fail (exit code 1) are left out later."""
        words = ["sweep", design, "-o", store, "--quiet", "--no-report"]
        told, code, line = self.call(*words, allowed=(0, 1, WRONG_INPUT))
        if code == WRONG_INPUT and "holds another sweep" in told:
            print(f"{store}: of other settings, begun anew", flush=True)
            store.unlink()
            told, code, line = self.call(*words, allowed=(0, 1, WRONG_INPUT))
        if code == WRONG_INPUT:
            raise SystemExit(f"{told}analysis: ended with {code}: {line}")
        return line

    def run_calibrate(self, design, store, folder):
        """Accepted cells, their effective number, cells left out, and the line."""
        told, code, line = self.call("calibrate", design, "--store", store, "-o", folder, "--force", "--quiet",
                                     allowed=(0, WRONG_INPUT))
        none = re.search(r"no cell of (\d+) comes within", told)
        if none:
            return 0, 0, self.cells - int(none.group(1)), line
        if code != 0:
            raise SystemExit(f"{told}analysis: ended with {code}: {line}")
        facts = read_json(folder / "manifest.json")
        return facts["accepted"], facts["effective_sample_size"], facts["cells_left_out"], line

    def run_reproduce(self, row, draws, folder):
        """Judges the claims over the draws."""
        sets = [text for text in self.sweep.get("set", []) if not text.startswith("scenario.moves=")]
        sets += ["scenario.moves=expected", *self.removed(row)]
        words = [word for text in sets for word in ("--set", text)]
        return self.call("reproduce", self.scenario, "--draws", draws, "-n", 1, *words, "-o", folder, "--force", "--quiet",
                         "--no-report", allowed=(0, 4))[2]

    def run_row(self, name):
        """A row of the table, and how it was made."""
        folder, began = self.work / name, time.time()
        design = self.write_design(name, folder)
        lines = [self.run_sweep(design, folder / "sweep.db")]
        accepted, effective, left, line = self.run_calibrate(design, folder / "sweep.db", folder / "posterior")
        lines.append(line)
        row = dict.fromkeys(COLUMNS, "NA") | {"row": name, "removed": " ".join(self.rows[name]) or "-", "cells": self.cells,
                                              "accepted": accepted, "effective": number(effective)}
        notes = [f"{left} cells left out (failed, or a target unknown)"] if left else []
        if accepted >= LEAST:
            lines.append(self.run_reproduce(name, folder / "posterior/posterior.csv", folder / "reproduced"))
            row |= {key: number(value) for key, value in verdicts(folder / "reproduced").items()}
        else:
            notes.append(f"fewer than {LEAST} of {self.cells} cells come within the tolerance: no verdict")
        self.table[name] = row | {"note": "; ".join(notes)}
        self.told[name] = self.settings | {"commit": self.commit, "seconds": round(time.time() - began), "commands": lines}
        self.write()
        print(f"{name}: {accepted} of {self.cells} cells, {self.told[name]['seconds']} s", flush=True)


def run(waltz, design, only=None, force=False, **more):
    """All rows that are not there yet, or only those named, anew; the others stay as they are."""
    multiverse = Multiverse(waltz, design, **more)
    for name in only or []:
        if name not in multiverse.rows:
            raise UnknownName("row", name, multiverse.rows)
    wanted = [name for name in multiverse.rows if not only or name in only]
    for name in wanted:
        if force or (only and multiverse.is_done(name)):
            multiverse.forget(name)
    for name in wanted:
        if not multiverse.is_done(name):
            multiverse.run_row(name)
    return multiverse.out
