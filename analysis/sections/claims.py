"""The claims: what was asked, by which criterion, and what came out."""

import re

from .. import words

VERDICT_DRAWS = 100
STATES_BOUND = re.compile(r"(<|>|beside) -?[\d.]+$")  # a criterion that names its bound itself
MARKS = {"good": "✓", "part": "◐", "bad": "✗", "plain": "○"}
STATUS = {  # class, words
    "reproduced": ("good", "reproduced"),
    "partly": ("part", "partly"),
    "not": ("bad", "not reproduced"),
    "inside": ("plain", "figure inside the range"),
    "outside": ("plain", "figure outside the range"),
    "by_design": ("plain", "holds by design"),
    "yes": ("good", "shown"),
    "no": ("bad", "not shown"),
    "beside": ("plain", "figures side by side"),
    "unknown": ("plain", "not known"),
}


def text(cell):
    return "" if words.missing(cell) else str(cell)


def status_of(row):
    """The verdict if there is one, else what the documented set shows."""
    verdict, shown = text(row.verdict), text(row.shown)
    if verdict in STATUS:
        return verdict
    if shown in ("yes", "no"):
        return shown
    return "beside" if " beside " in text(row.criterion) else "unknown"


def conditions_of(folder, claim):
    table = folder.table("conditions")
    if table is None:
        return []
    found = []
    for row in table[table.claim == claim].itertuples():
        criterion = text(row.text)
        spec = folder.scenario.outcomes.get(re.split(r"[@ ]", criterion)[0], {})
        value = "none" if words.missing(row.value) and words.is_time(spec) else words.value(spec, row.value)
        if not words.missing(row.bound) and not STATES_BOUND.search(criterion):
            value += f" against {words.value(spec, row.bound)}"
        found.append({"text": criterion, "value": value, "mark": {"yes": "✓", "no": "✗"}.get(text(row.shown), "")})
    return found


def view(folder, row):
    status = status_of(row)
    kind, said = STATUS[status]
    spec = folder.scenario.outcomes.get(text(row.quantity), {})
    span = words.UNKNOWN
    if not words.missing(row.low):
        span = f"{words.value(spec, row.low)} to {words.value(spec, row.high)}"
    return {
        "id": row.id, "kind": text(row.kind), "text": text(row.text), "basis": text(row.basis), "status": status,
        "class": kind, "mark": MARKS[kind], "said": said, "expected": text(row.expected) == "yes",
        "shown": {"yes": "yes", "no": "no"}.get(text(row.shown), words.UNKNOWN), "single": words.percent(row.single),
        "share": words.percent(row.share), "single_draws": words.percent(row.single_draws), "span": span,
        "value": words.value(spec, row.value),
        "conditions": conditions_of(folder, row.id), "criterion": text(row.criterion),
        "sign": words.percent(getattr(row, "sign", None)),
        "judged": status not in ("inside", "outside", "beside", "by_design", "unknown"),
    }


def views(folder):
    """All claims as the page shows them."""
    table = folder.table("claims")
    return [] if table is None else [view(folder, row) for row in table.itertuples()]


def kinds(claims):
    """Claims by kind: (kind, title, its claims), in the order of the file."""
    order = dict.fromkeys(claim["kind"] for claim in claims)
    return [
        (kind, words.KINDS.get(kind, words.plain(kind) or "claims"), [c for c in claims if c["kind"] == kind])
        for kind in order
    ]


def meanings(claims):
    """The words of the claims' bases and what they mean, each once."""
    found = {word for claim in claims for word in words.bases(claim["basis"])}
    return [(word, meaning) for word, meaning in words.BASES.items() if word in found]


def section(context):
    folder = context.folder
    claims = views(folder)
    if not claims:
        return None
    return {
        "name": "claims", "title": "The claims one by one", "kinds": kinds(claims), "meanings": meanings(claims),
        "draws": folder.draws_done, "verdicts": any(c["status"] in words.VERDICTS for c in claims if c["judged"]),
        "runs": folder.manifest.get("replicates_done"), "enough": VERDICT_DRAWS,
    }
