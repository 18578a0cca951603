"""What a calibration teaches about claims: the share of draws that show each, after it and before."""

from .. import effects, words
from .. import folder as folder_of
from . import claims as claims_of


def difference(after, n, before, m):
    """95 % interval of the difference of two shares (Newcombe 1998, of Wilson's intervals)."""
    (a_low, a_high), (b_low, b_high) = effects.wilson(after * n, n), effects.wilson(before * m, m)
    away = after - before
    return (away - ((after - a_low) ** 2 + (b_high - before) ** 2) ** 0.5,
            away + ((a_high - after) ** 2 + (before - b_low) ** 2) ** 0.5)


def points(share):
    """A difference of shares in points of per cent."""
    return words.num(100 * share, 0, plus=True)


def view(row, before, linked):
    low, high = difference(row.share, row.draws, before.share, before.draws)
    up, down = low > 0, high < 0
    return {
        "id": row.id, "fact": claims_of.text(row.kind) == "facts", "linked": row.id in linked,
        "basis": claims_of.text(row.basis), "lift": row.share - before.share,
        "before": words.percent(before.share), "after": words.percent(row.share),
        "said": points(row.share - before.share), "interval": f"{points(low)} to {points(high)}",
        "class": "good" if up else "bad" if down else "plain", "mark": "▲" if up else "▼" if down else "○",
    }


def sentence(rows):
    """Claims that go up or down by more than the finite number of draws does by itself."""
    parts = []
    for kind, verb in (("good", "lifts"), ("bad", "lowers")):
        moved = sorted((r for r in rows if r["class"] == kind), key=lambda r: -abs(r["lift"]))
        if moved:
            parts.append(f"{verb} " + words.listing(f"{r['id']} ({r['said']})" for r in moved))
    rest = sum(r["class"] == "plain" for r in rows)
    if not parts:
        return "Calibration moves no claim by more than chance does."
    said = f"In points of per cent, calibration {' and '.join(parts)}"
    some = f"{words.count(rest, 'of', 'of')} {words.count(len(rows), 'claim')}"
    return f"{said}; of {some} no change can be told from chance." if rest else f"{said}."


def reach(folder, targets):
    """The last month that targets read, over all and over those of the focus dyads: what they cannot know."""
    specs = [folder.scenario.outcomes.get(name) for name in ([] if targets is None else targets.target)]
    if not specs or not all(spec and ".." in spec.get("window", "") for spec in specs):
        return ""
    focus = {frozenset(pair) for pair in folder.scenario.focus}
    own = [spec["window"][-7:] for spec in specs if frozenset(spec.get("subject", "").split("-")) in focus]
    last = max(spec["window"][-7:] for spec in specs)
    said = f"No target reads a month after {last}"
    said += f", and none of the scenario’s own dyad one after {max(own)}" if own else ""
    return said + ": what calibration changes in claims on later months is what the earlier ones teach about them."


def lift(context):
    """Rows and sentences; None without claims over the prior and over the posterior."""
    before, after = (folder_of.stored(context.robustness, f"{name}claims.csv") for name in ("prior_", ""))
    if before is None or after is None:
        return None
    linked = {claim["id"] for claim in claims_of.views(context.folder)}
    before = {row.id: row for row in before.itertuples() if row.draws and not words.missing(row.share)}
    rows = [view(row, before[row.id], linked) for row in after.itertuples()
            if row.id in before and row.draws and not words.missing(row.share)]
    if not rows:
        return None
    counts = {int(row.draws) for row in after.itertuples()}, {int(row.draws) for row in before.values()}
    own, facts = ([r for r in rows if r["fact"] == fact] for fact in (False, True))
    return {"rows": own, "facts": facts, "said": sentence(own) if own else "", "draws": [max(n) for n in counts],
            "reach": reach(context.folder, folder_of.stored(context.calibration, "targets.csv"))}
