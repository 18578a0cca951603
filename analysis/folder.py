"""A run's folder and its tables."""

import difflib
import functools
import json
import pathlib

import pandas

from .scenario import Scenario

TABLES = ("summary", "yearly", "outcomes", "claims", "conditions", "arms", "draws", "paths", "changes", "searches",
          "dyads")
SYSTEM = "system"


class FolderError(Exception):
    """A folder that cannot be read, with a message for people."""


class UnknownName(FolderError):
    """A measure or subject that a folder does not hold."""

    def __init__(self, kind, name, names):
        super().__init__(f"unknown {kind} {name!r}{hint(name, names)}")


def hint(name, names):
    """Near names, and all of them if they are few."""
    names = sorted(set(names))
    folded = {n.casefold(): n for n in names}
    near = [folded[n] for n in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)]
    words = f"; did you mean {' or '.join(near)}?" if near else ""
    if not near or len(names) <= 12:
        words += f"; there are {', '.join(names[:30])}{' and others' if len(names) > 30 else ''}"
    return words


def read_csv(path, **more):
    """A table in which NA alone is unknown: a name such as `null` stays a name."""
    try:
        return pandas.read_csv(path, keep_default_na=False, na_values=["NA"], encoding="utf-8", **more)
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: {error}") from None


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: {error}") from None


def stored(place, name):
    """A table of a folder of stored results; None if there is no folder, no such table, or no row in it."""
    if place is None or not (place / name).is_file():
        return None
    table = read_csv(place / name)
    return table if len(table) else None


def stored_facts(place, name):
    """The same of a JSON file: its members, none if it is not there or holds something else."""
    found = read_json(place / name) if place is not None and (place / name).is_file() else {}
    return found if isinstance(found, dict) else {}


def subjects(table):
    """The subject of each row: system, IRN, IRN-RUS, or IRN>RUS of directed measures."""
    first, second = table.iso3_1.fillna(""), table.iso3_2.fillna("")
    joint = table.level.map({"dyad": "-", "directed": ">"}).fillna("")
    return (first + joint + second).where(table.level != SYSTEM, SYSTEM)


def mirrored(subject):
    """The same dyad, named the other way round."""
    return "-".join(reversed(subject.split("-")))


class Folder:
    """A folder of `waltz run` or `waltz reproduce`. Tables are read when asked for: `folder.summary`."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        if not self.path.is_dir():
            raise FolderError(f"{self.path}: no such folder")
        if not (self.path / "manifest.json").is_file():
            raise FolderError(
                f"{self.path}: not a folder of results, as it holds no manifest.json; "
                "allowed: a folder that `waltz run` or `waltz reproduce` has printed"
            )
        self.manifest = read_json(self.path / "manifest.json")
        if not isinstance(self.manifest, dict) or self.manifest.get("program") != "waltz":
            raise FolderError(f"{self.path}: manifest.json is not one of waltz")
        self._tables = {}

    def has(self, name):
        return (self.path / f"{name}.csv").is_file()

    def table(self, name):
        """A table as a frame, None if the folder does not hold it."""
        if name not in self._tables:
            self._tables[name] = read_csv(self.path / f"{name}.csv") if self.has(name) else None
        return self._tables[name]

    def __getattr__(self, name):
        if name not in TABLES:
            raise AttributeError(f"a folder has no {name!r}; it may have {', '.join(TABLES)}, why")
        found = self.table(name)
        if found is None:
            raise AttributeError(f"{self.path} holds no {name}.csv")
        return found

    def __dir__(self):
        return [*super().__dir__(), *(name for name in TABLES if self.has(name))]

    @functools.cached_property
    def why(self):
        """What changed the minds of the focus dyads; empty if the folder does not tell."""
        path = self.path / "why.json"
        return read_json(path) if path.is_file() else []

    @functools.cached_property
    def scenario(self):
        path = self.path / "effective.cfg"
        try:
            return Scenario(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FolderError(f"{path}: {error}") from None

    @property
    def name(self):
        return self.path.resolve().name

    @property
    def base(self):
        """The first arm, with which the others are compared."""
        arms = self.manifest.get("arms") or list(self.scenario.arms)
        return arms[0] if arms else None

    @property
    def draws_done(self):
        return int(self.manifest.get("draws_done") or 0)

    def series(self, measure, subject, table="summary"):
        """Rows of one series in order of time, `date` as a date (`year` alone in `yearly`)."""
        rows = getattr(self, table)
        chosen = rows[rows.measure == measure]
        if chosen.empty:
            raise UnknownName("measure", measure, rows.measure)
        names = subjects(chosen)
        found = chosen[names == subject]
        if found.empty:
            found = chosen[(names == mirrored(subject)) & (chosen.level == "dyad")]
        if found.empty:
            raise UnknownName("subject", subject, names)
        found = found.reset_index(drop=True)
        if "date" in found:
            found["date"] = pandas.to_datetime(found.date)
        return found

    def find(self, measure, subject, table="summary"):
        """As series, None where that raises."""
        try:
            return self.series(measure, subject, table)
        except (UnknownName, AttributeError):
            return None
