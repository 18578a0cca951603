"""A sweep: its cells and what came out in each, from a store of `waltz sweep` or a folder of `waltz export`."""

import contextlib
import functools
import pathlib
import re

import numpy
import pandas

from . import store
from .factors import COLUMNS, INTEGER, REAL, TEXT, Factor, factors_of, kind_of
from .folder import FolderError, UnknownName, read_csv, read_json
from .scenario import Scenario

KEYS = {  # columns beside the cell, its factors and the outcomes
    "cells": {"replicates": INTEGER, "failure": TEXT},
    "replicates": {"arm": TEXT, "replicate": INTEGER},
    "summaries": {"arm": TEXT, "outcome": TEXT, "n": INTEGER, "mean": REAL, "sd": REAL, "mcse": REAL, "mean_path": REAL},
    "claims": {"claim": TEXT, "shown": REAL, "share": REAL, "n": INTEGER},
}
INTEGERS = ("cells", "replicates", "seed", "model_version")
LISTS = ("outcomes", "claims", "arms")
ENOUGH = 200_000  # replicates, to tell their variance
DRAWN = ("latin_hypercube", "sobol", "random")


def typed(frame, kinds):
    """The columns named, each of its type; unknown is NaN, of a whole number 0."""
    missing = [name for name in kinds if name not in frame]
    if missing:
        raise ValueError(f"it lacks the column {missing[0]}")
    frame = frame[list(kinds)].copy()
    for name, kind in kinds.items():
        column = frame[name]
        if kind == TEXT:
            frame[name] = column.astype(object).where(column.notna(), numpy.nan)
            continue
        if column.dtype == object:
            column = column.replace({"yes": 1.0, "no": 0.0})
        number = pandas.to_numeric(column).astype(REAL) if kind == REAL else pandas.to_numeric(column).fillna(0)
        frame[name] = number.astype(kind)
    return frame


def design_of(pairs):
    """The design's keys with numbers and lists in place of their text."""
    found = {key: value for key, value in pairs.items() if value is not None}
    for key in INTEGERS:
        if re.fullmatch(r"\d+", str(found.get(key, ""))):
            found[key] = int(found[key])
    for key in LISTS:
        value = found.get(key, [])
        found[key] = [v for v in value.split(";") if v] if isinstance(value, str) else list(value)
    found["independent_cells"] = str(found.get("independent_cells", "")).lower() in ("true", "1", "yes")
    found.setdefault("shard", "1/1")
    if not float(found.get("precision") or 0):
        found.pop("precision", None)
    return found


@contextlib.contextmanager
def damage_told(path):
    """What cannot be made sense of is an error of the file's."""
    try:
        yield
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise FolderError(f"{path}: damaged ({error})") from None


class Sweep:
    """`cells`, `replicates`, `summaries`, `claims` and `factors` are frames, `design` is a dict."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        with damage_told(self.path):
            self._read()

    def _kinds(self, name):
        factors = {f: REAL if kind == "number" else TEXT for f, kind in zip(self.factors.name, self.factors.kind)}
        outcomes = dict.fromkeys(self.design["outcomes"], REAL) if name == "replicates" else {}
        return {"cell": INTEGER} | factors | KEYS[name] | outcomes

    def _finish(self, frames):
        self._scenario = self.design.pop("scenario", None)
        for name in ("cells", "summaries", "claims"):
            setattr(self, name, self._ordered(typed(frames[name], self._kinds(name))))

    def _ordered(self, frame):
        """By cell, then arm, outcome or claim as the design names them, then replicate."""
        keys = ["cell"]
        for column in ("arm", "outcome", "claim"):
            if column in frame:
                names = self.design[f"{column}s"]
                rank = {name: k for k, name in enumerate([*names, *sorted({*frame[column]} - {*names})])}
                frame[f"_{column}"] = frame[column].map(rank)
                keys.append(f"_{column}")
        keys += ["replicate"] if "replicate" in frame else []
        return frame.sort_values(keys, kind="stable", ignore_index=True)[[c for c in frame if c[0] != "_"]]

    @property
    def name(self):
        return self.design.get("name") or self.path.stem

    @property
    def title(self):
        return self.design.get("title") or self.name

    @functools.cached_property
    def scenario(self):
        """The configuration that all cells share, None if it is not stored."""
        if not self._scenario:
            return None
        try:
            return Scenario(self._scenario)
        except ValueError as error:
            raise FolderError(f"{self.path}: its scenario: {error}") from None

    def factor(self, name):
        rows = self.factors[self.factors.name == name]
        if rows.empty:
            raise UnknownName("factor", name, self.factors.name)
        row = rows.iloc[0]
        return Factor(row["name"], row.kind, row.scale, [v for v in row["levels"].split(";") if v],
                      [p for p in re.split(r"[;,\s]+", row.paths) if p], row.low, row.high, row.unit)

    @property
    def planned(self):
        """Cells of the whole design."""
        return max(int(self.design.get("cells") or 0), len(self.cells))

    @property
    def failed(self):
        return int(self.cells.failure.notna().sum())

    @property
    def complete(self):
        return self.done == self.planned

    @property
    def drawn(self):
        """Are the cells drawn from ranges, not chosen?"""
        return self.design.get("kind") in DRAWN

    @property
    def scattered(self):
        """Are the cells points in the ranges of their factors, drawn or not, rather than levels that are crossed?"""
        return self.drawn or self.design.get("kind") == "list" and len(self.factors) > 1

    @property
    def full_grid(self):
        """Is every combination of levels there, once?"""
        names = list(self.factors.name)
        known = self.cells[self.cells.failure.isna() & (self.cells.replicates > 0)]
        whole = numpy.prod([known[name].nunique() for name in names], dtype=float)
        return self.design.get("kind") == "grid" and len(known) == whole == self.planned

    def _finished(self, cells, error=None):
        """How many cells did not fail and have all their replicates, or the precision that was asked for."""
        enough = cells.replicates >= int(self.design.get("replicates") or 1)
        if self.design.get("precision") and error is not None:
            enough |= pandas.to_numeric(error) <= float(self.design["precision"])
        return int((enough & cells.failure.isna()).sum())


class Store(Sweep):
    """A sweep in SQLite. Replicates are read when asked for."""

    def _read(self):
        with store.opened(self.path) as connection:
            keys = store.table(connection, "design", "key")
            self.design = design_of(dict(zip(keys.key, keys.value)))
            self.factors = store.table(connection, "factors", "factor")[COLUMNS].pipe(factors_of)
            frames = {name: store.table(connection, name, "cell") for name in ("cells", "summaries", "claims")}
            self.manifest = store.provenance(connection)
        cells = frames["cells"] = frames["cells"].rename(columns={"done": "replicates", "cause": "failure"})
        for name in ("summaries", "claims"):
            frames[name] = self._with_factors(frames[name], cells)
        self._finish(frames)
        self.done = self._finished(self.cells, cells.error)

    def _with_factors(self, frame, cells):
        return frame.merge(cells[["cell", *self.factors.name]], on="cell", how="left", validate="many_to_one")

    def _replicates(self, where=""):
        with store.opened(self.path) as connection, damage_told(self.path):
            found = store.table(connection, "replicates", "cell, replicate", where)
            cells = store.table(connection, "cells", "cell")
            return self._ordered(typed(self._with_factors(found, cells), self._kinds("replicates")))

    @functools.cached_property
    def replicates(self):
        return self._replicates()

    @functools.cached_property
    def sample(self):
        """The replicates of cells that are evenly chosen, if there are many."""
        step = -(-self.cells.replicates.sum() * max(1, len(self.design["arms"])) // ENOUGH) or 1
        chosen = ",".join(map(str, self.cells.cell[::step]))
        return self._replicates(f"WHERE cell IN ({chosen})")


class Export(Sweep):
    """A sweep as a folder of tables."""

    def _read(self):
        self.manifest = m = read_json(self.path / "manifest.json")
        given = m.get("design")
        flat = given if isinstance(given, dict) else {"name": given}
        flat = {key: m.get(key) for key in ("title", "kind", "seed", "scenario_file", "model_version", "shard", *LISTS,
                                            "replicates", "independent_cells")} | flat
        flat["cells"] = flat.get("cells") or m.get("cells_planned")
        config = self.path / "effective.cfg"
        flat["scenario"] = config.read_text(encoding="utf-8") if config.is_file() else flat.get("scenario")
        self.design = design_of(flat)
        self.factors = self._factors(m.get("factors"))
        self._finish({name: self._table(name) for name in ("cells", "summaries", "claims")})
        self.design["outcomes"] = self.design["outcomes"] or list(dict.fromkeys(self.summaries.outcome))
        self.done = int(m["cells_done"]) if "cells_done" in m else self._finished(self.cells)

    def _table(self, name):
        kinds = {column: str for column, kind in self._kinds(name).items() if kind == TEXT}
        path = self.path / f"{name}.csv"
        if name == "claims" and not path.is_file():
            return pandas.DataFrame(columns=list(self._kinds(name)))
        return read_csv(path, dtype=kinds, float_precision="round_trip")

    def _factors(self, given):
        """As the manifest tells them, else as the cells' columns look."""
        if isinstance(given, list):
            given = [{"factor": k} | dict(row) for k, row in enumerate(given)]
            return pandas.DataFrame(given).reindex(columns=COLUMNS).pipe(factors_of)
        columns = read_csv(self.path / "cells.csv", dtype=str)
        names = list(columns.columns)[1:list(columns.columns).index("replicates")]
        found = [{"factor": k, "name": name, "kind": kind_of(columns[name])} for k, name in enumerate(names)]
        return pandas.DataFrame(found, columns=COLUMNS).pipe(factors_of)

    @functools.cached_property
    def replicates(self):
        with damage_told(self.path):
            return self._ordered(typed(self._table("replicates"), self._kinds("replicates")))

    @property
    def sample(self):
        """All replicates; None if the folder leaves them out."""
        return self.replicates if (self.path / "replicates.csv").is_file() else None


def is_export(path):
    return all((path / name).is_file() for name in ("manifest.json", "cells.csv", "summaries.csv"))


def read(path):
    """The sweep at a path. FolderError if there is none."""
    path = pathlib.Path(path)
    if path.is_dir() and not is_export(path):
        raise FolderError(f"{path}: not a sweep; allowed: a store of `waltz sweep`, a folder of `waltz export`")
    if not path.exists():
        raise FolderError(f"{path}: no such file or folder")
    return (Export if path.is_dir() else Store)(path)
