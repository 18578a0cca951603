"""How change points were found, what every outcome is, and how this run was made."""

from .. import words
from ..citation import read_citation
from . import claims as claims_of


def searches(context):
    folder = context.folder
    table = folder.table("searches")
    if table is None or table.empty:
        return None
    rows = []
    for row in table.itertuples():
        subject = words.listing((x for x in (row.iso3_1, row.iso3_2) if not words.missing(x)), "-")
        resampled = claims_of.text(getattr(row, "resampled", "")) == "yes"
        rows.append({
            "series": f"{words.label(row.measure)} of {subject}" if subject else words.label(row.measure),
            "trend": words.plain(row.trend), "alarm": words.period(row.alarm),
            "reading": {"means": "means of many runs", "replicates": "single runs"}.get(row.reading, row.reading)
            + (", resampled" if resampled else ""),
            "penalty": words.num(row.penalty, 2), "n": words.num(row.n, 0), "alarms": words.num(row.alarms, 0),
            "rate": words.UNKNOWN if words.missing(row.rate) else f"{100 * row.rate:.1f}\u202f%",
        })
    return {"name": "searches", "title": "How change points were found", "rows": rows,
            "resampled": any("resampled" in r["reading"] for r in rows)}


def from_arms(folder):
    """Each outcome in the first arm, or in the arm of its own."""
    table = folder.table("arms")
    rows = {}
    for row in table.itertuples():
        if row.outcome not in rows or row.arm == folder.base:
            rows[row.outcome] = (row.path, row.sd, row.n)
    return rows


def from_replicates(folder):
    table = folder.table("outcomes")
    if table is None:
        return {}
    if "arm" in table:
        table = table[table.arm == folder.base]
    values = table[table.status == "ok"].drop(columns=["arm", "replicate", "status"], errors="ignore")
    values = values.apply(lambda column: column.astype(float))
    return {name: (v.mean(), v.std(), int(v.notna().sum())) for name, v in values.items()}


def outcomes(context):
    """All outcomes with their definitions, so that names in claims can be looked up."""
    folder = context.folder
    values = from_arms(folder) if folder.has("arms") else from_replicates(folder)
    rows = []
    for name, (value, deviation, n) in values.items():
        spec = folder.scenario.outcomes.get(name, {})
        rows.append({
            "name": name, "words": words.outcome(spec) if spec else "", "value": words.value(spec, value),
            "deviation": words.num(deviation, 2 if words.is_time(spec) else 3), "n": words.num(n, 0),
        })
    if not rows:
        return None
    return {"name": "outcomes", "title": "All outcomes", "rows": rows, "paths": folder.has("arms")}


def about(context):
    """What was run, with what, and how to cite it."""
    m = context.folder.manifest

    def known(key, show=str):
        return show(m[key]) if m.get(key) not in (None, "") else words.UNKNOWN

    facts = [
        ("Scenario", known("scenario")),
        ("Command", known("command_line")),
        ("Program", f"waltz {known('version')}, model {known('model_version')}, commit {known('commit')}"),
        ("Seed", known("seed")),
        ("Runs", f"{known('replicates_done')} of {known('replicates_planned')}, {known('replicates_failed')} failed"),
        ("Configuration", known("configuration")),
        ("Libraries", f"GSL {known('gsl')}, libconfig {known('libconfig')}, {known('compiler')}"),
        ("When", f"{words.moment(m.get('started'))}, {known('seconds', lambda s: words.num(s, 1))} seconds, "
         f"{words.count(int(m.get('threads') or 0), 'thread')}"),
    ]
    if m.get("arms"):
        sets = f"{m.get('draws_done') or 0} of {m.get('draws_planned') or 0} beside the documented one"
        facts[5:5] = [
            ("Arms", words.listing(map(words.plain, m["arms"]))),
            ("Parameter sets", sets + (f", from {m['draws_file']}" if m.get("draws_file") else "")),
        ]
    return {"name": "about", "title": "How this was made, and how to cite it", "facts": facts,
            "cite": read_citation(context.project / "CITATION.cff", m)}
