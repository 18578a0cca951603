"""Stores of sweeps with results that are made up, as `waltz sweep` would write them; and their export as CSV."""

import csv
import dataclasses
import itertools
import json
import random
import sqlite3

SCENARIO = """\
scenario = { name = "made"; title = "A made world"; start = "2010-01"; end = "2020-12"; focus = ["IRN-RUS"]; };
arms = { full = { }; calm = { without = ["war"]; }; };
outcomes = {
  step = { measure = "cooperation"; subject = "IRN-RUS"; window = "2017-01..2019-12"; minus = "2011-01..2014-12"; };
  onset = { measure = "acts"; subject = "IRN-RUS"; window = "2014-01..2018-12"; statistic = "onset"; };
};
claims = { C1 = { text = "It steps up & holds"; kind = "paper"; basis = "predicted"; }; };
"""
TABLES = {
    "design": "key TEXT PRIMARY KEY, value TEXT",
    "factors": "factor INTEGER PRIMARY KEY, name TEXT, paths TEXT, kind TEXT, low, high, scale TEXT, levels TEXT, unit TEXT",
    "summaries": "cell INTEGER, arm TEXT, outcome TEXT, n INTEGER, mean REAL, sd REAL, mcse REAL, mean_path REAL, "
                 "PRIMARY KEY(cell, arm, outcome)",
    "sums": "cell INTEGER PRIMARY KEY, sums BLOB",
    "claims": "cell INTEGER, claim TEXT, shown INTEGER, share REAL, n INTEGER, PRIMARY KEY(cell, claim)",
    "runs": "run INTEGER PRIMARY KEY, started TEXT, host TEXT, version TEXT, commit_id TEXT, compiler TEXT, "
            "threads INTEGER, shard TEXT, command_line TEXT",
    "batches": "batch INTEGER PRIMARY KEY, run INTEGER, committed TEXT, seconds REAL, units INTEGER, replicates INTEGER",
}


@dataclasses.dataclass
class Factor:
    name: str
    levels: tuple = ()
    kind: str = "number"
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"
    paths: str = "parameters.x"
    unit: str = ""


@dataclasses.dataclass
class Made:
    """A sweep: `outcome(name, point, arm)` is an outcome's mean in a cell, None where it is not known."""

    factors: list
    outcome: object
    outcomes: tuple = ("step",)
    kind: str = "grid"
    cells: int = 0  # of a drawn design
    replicates: int = 4
    arms: tuple = ("full",)
    claim: object = None  # (point) -> True, False or None: of the claim C1
    spread: float = 0.0  # of replicates in a cell
    common: float = 0.0  # of the part that all cells have in common
    done: int = -1  # cells, all if negative
    failed: dict = dataclasses.field(default_factory=dict)  # cell: cause
    searching: tuple = ()  # outcomes that are known on the mean path alone
    design: dict = dataclasses.field(default_factory=dict)


def points(made):
    if made.kind == "grid":
        return list(itertools.product(*(f.levels for f in made.factors)))
    rng, found = random.Random(7), []
    for _ in range(made.cells):
        found.append(tuple(rng.choice(f.levels) if f.levels else drawn(f, rng.random()) for f in made.factors))
    return found


def drawn(factor, u):
    if factor.scale == "log":
        return factor.low * (factor.high / factor.low) ** u
    return factor.low + (factor.high - factor.low) * u


def deviations(made, cell):
    """What replicates add to a cell's mean: sums to zero but for the part in common."""
    rng, shared, n = random.Random(cell + 1), random.Random(0), made.replicates
    own = [rng.gauss(0, 1) * made.spread for _ in range(n)]
    return [e + made.common * shared.gauss(0, 1) for e in own]


def replicate_rows(made, cell, point):
    noise = deviations(made, cell)
    for replicate, arm in itertools.product(range(made.replicates), made.arms):
        means = [None if o in made.searching else made.outcome(o, point, arm) for o in made.outcomes]
        yield (cell, replicate, arm, *(None if m is None else m + noise[replicate] for m in means))


def summary_rows(made, cell, rows, point):
    for (k, outcome), arm in itertools.product(enumerate(made.outcomes), made.arms):
        x = [row[3 + k] for row in rows if row[2] == arm and row[3 + k] is not None]
        mean = sum(x) / len(x) if x else None
        sd = (sum((v - mean) ** 2 for v in x) / (len(x) - 1)) ** 0.5 if len(x) > 1 else None
        path = made.outcome(outcome, point, arm) if outcome in made.searching else mean
        yield (cell, arm, outcome, len(x), mean, sd, None if sd is None else sd / len(x) ** 0.5, path)


def design_of(made, planned):
    return {
        "name": "made", "title": "How much of <b>this</b> & that?", "kind": made.kind, "cells": str(planned),
        "replicates": str(made.replicates), "seed": "1", "model_version": "1", "scenario": SCENARIO,
        "scenario_file": "made.cfg", "shard": "1/1", "outcomes": ";".join(made.outcomes),
        "claims": "C1" if made.claim else "", "arms": ";".join(made.arms), "independent_cells": "false",
    } | made.design


def insert(connection, table, rows):
    for row in rows:
        marks = ",".join("?" * (len(row) + 1))
        connection.execute(f"INSERT INTO {table} VALUES({marks})", (*row, 0))


def create(connection, made):
    connection.execute("PRAGMA application_id = 0x77616C7A")
    connection.execute("PRAGMA user_version = 1")
    columns = "".join(f"{f.name} {'REAL' if f.kind == 'number' else 'TEXT'}, " for f in made.factors)
    outcomes = "".join(f"{o} REAL, " for o in made.outcomes)
    tables = TABLES | {
        "cells": f"cell INTEGER PRIMARY KEY, {columns}done INTEGER, cause TEXT, error REAL",
        "replicates": f"cell INTEGER, replicate INTEGER, arm TEXT, {outcomes}PRIMARY KEY(cell, replicate, arm)",
    }
    for name, text in tables.items():
        body, key, rest = text.partition(", PRIMARY KEY(")
        connection.execute(f"CREATE TABLE {name}({body}, checksum INTEGER{key}{rest})")


def write(made, path):
    """Writes the store; its path."""
    every = points(made)
    with sqlite3.connect(path) as connection:
        create(connection, made)
        insert(connection, "design", design_of(made, len(every)).items())
        insert(connection, "factors", (
            (k, f.name, f.paths, f.kind, *((f.low, f.high) if f.kind == "number" else (None, None)), f.scale,
             ";".join(f.levels) if f.kind != "number" else "", f.unit) for k, f in enumerate(made.factors)))
        insert(connection, "runs", [(1, "2026-11-25T03:27:19Z", "host", "0.1.0", "0123abc", "gcc 12", 2, "1/1",
                                     "waltz sweep made.cfg")])
        insert(connection, "batches", [(1, 1, "2026-11-25T03:28:19Z", 60.0, 4, 16)])
        for cell, point in list(enumerate(every))[:made.done if made.done >= 0 else None]:
            write_cell(connection, made, cell, point)
    connection.close()
    return path


def write_cell(connection, made, cell, point):
    cause = made.failed.get(cell)
    insert(connection, "cells", [(cell, *point, 0 if cause else made.replicates, cause, None)])
    if cause:
        return
    rows = list(replicate_rows(made, cell, point))
    insert(connection, "replicates", rows)
    insert(connection, "summaries", summary_rows(made, cell, rows, point))
    shown = made.claim(point) if made.claim else None
    if made.claim:
        insert(connection, "claims", [(cell, "C1", None if shown is None else int(shown), None if shown is None
                                       else 0.75 if shown else 0.25, made.replicates)])


def ordered(made, table, rows):
    """Rows as an export has them: by cell, arm and outcome as the design names them, replicate."""
    places = {"arm": made.arms.index, "outcome": made.outcomes.index, "replicate": int, "claim": str}
    return sorted(rows, key=lambda row: (row["cell"], *(at(row[c]) for c, at in places.items() if c in row)))


def export(made, store, folder):
    """The same as a folder of `waltz export`; its path."""
    folder.mkdir()
    connection = sqlite3.connect(store)
    connection.row_factory = sqlite3.Row
    factors = [f.name for f in made.factors]
    cells = {row["cell"]: row for row in map(dict, connection.execute("SELECT * FROM cells"))}
    for table in ("cells", "replicates", "summaries", "claims"):
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        names = [d[0] for d in connection.execute(f"SELECT * FROM {table}").description if d[0] != "checksum"]
        if table == "cells":
            names = ["cell", "replicates", "failure"]
            rows = [row | {"replicates": row["done"], "failure": row["cause"]} for row in rows]
        if table == "replicates":
            names = ["cell", "arm", "replicate", *made.outcomes]
        names = ["cell", *factors, *names[1:]]
        with open(folder / f"{table}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            for row in ordered(made, table, rows):
                row |= {f: cells[row["cell"]][f] for f in factors}
                writer.writerow({k: "NA" if row[k] is None else repr(row[k]) if isinstance(row[k], float) else row[k]
                                 for k in names})
    write_manifest(connection, folder, list(cells.values()))
    connection.close()
    return folder


def write_manifest(connection, folder, cells):
    design = dict(connection.execute("SELECT key, value FROM design"))
    (folder / "effective.cfg").write_text(design.pop("scenario"), encoding="utf-8")
    factors = [dict(row) for row in connection.execute("SELECT * FROM factors")]
    for row in factors:
        del row["checksum"]
    done = sum(row["cause"] is None for row in cells)
    manifest = {
        "program": "waltz", "version": "0.1.0", "commit": "0123abc", "design": design, "factors": factors,
        "cells_planned": int(design["cells"]), "cells_done": done, "cells_failed": len(cells) - done,
        "status": "complete" if done == int(design["cells"]) else "partial",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
