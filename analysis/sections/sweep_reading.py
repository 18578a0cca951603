"""How to read a sweep elsewhere, and how it was made."""

import json

from .. import words
from ..citation import read_citation
from ..sweep import Store


def python(context):
    sweep, place = context.sweep, json.dumps(context.place, ensure_ascii=False)
    lines = [
        "import analysis",
        f"sweep = analysis.load({place})",
        "sweep.summaries   # a row a cell, arm and outcome: n, mean, sd, mcse, mean_path",
        "sweep.claims      # a row a cell and claim; also sweep.cells, sweep.replicates",
    ]
    outcomes = context.names("outcome")
    if outcomes and len(sweep.factors):
        lines.append(f"analysis.response(sweep, {json.dumps(outcomes[0])}, {json.dumps(sweep.factors.name.iloc[0])})")
    return "\n".join(lines)


def r(context):
    place = json.dumps(context.place, ensure_ascii=False)
    if not isinstance(context.sweep, Store):
        folder = context.place.rstrip("/")
        return f"summaries <- read.csv({json.dumps(folder + '/summaries.csv', ensure_ascii=False)})"
    factors = "".join(f'"{name}", ' for name in context.sweep.factors.name)
    return "\n".join([
        "library(DBI)",
        f"store <- dbConnect(RSQLite::SQLite(), {place}, flags = RSQLite::SQLITE_RO)",
        "summaries <- dbGetQuery(store, '",
        f"  SELECT cell, {factors}arm, outcome, n, mean, sd, mcse, mean_path",
        "  FROM summaries JOIN cells USING (cell)')",
        "dbDisconnect(store)",
    ])


def reading(context):
    return {"name": "sweep-reading", "title": "How to read it", "store": isinstance(context.sweep, Store),
            "python": python(context), "r": r(context)}


def made(context):
    """What made the sweep, and how to cite it."""
    m, design = context.sweep.manifest, context.sweep.design

    def known(key):
        return str(m[key]) if m.get(key) not in (None, "") else words.UNKNOWN

    facts = [
        ("Sweep", context.sweep.name),
        ("Scenario", design.get("scenario_file", words.UNKNOWN)),
        ("Command", known("command_line")),
        ("Program", f"waltz {known('version')}, model {design.get('model_version', words.UNKNOWN)}, commit {known('commit')}, "
                    f"{known('compiler')}"),
        ("Begun", words.moment(m.get("started"))),
    ]
    if m.get("seconds") is not None:
        often = f", in {m['runs']} sittings" if (m.get("runs") or 1) > 1 else ""
        facts.append(("Time", f"{words.num(float(m['seconds']), 1)} seconds{often}"))
    return {"name": "sweep-made", "title": "How this was made, and how to cite it", "facts": facts,
            "cite": read_citation(context.project / "CITATION.cff", m)}
