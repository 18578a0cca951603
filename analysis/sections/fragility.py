"""What each claim hangs on: choices that could have been made otherwise, one changed at a time."""

from .. import words
from .. import folder as folder_of
from ..chance import ENOUGH, Chance
from . import claims as claims_of

NAMED = ("variant", "group", "what", "draws", "replicates", "note")
BASE, SEEDS = "base", "seeds"
MOST = 4  # variants named
PER_CENT = "\u202f%"


def known(values):
    return [float(value) for value in values if not words.missing(value)]


def span(values):
    """Shares from the least to the greatest, in per cent."""
    low, high = words.percent(min(values)), words.percent(max(values))
    return low if low == high else f"{low.removesuffix(PER_CENT)}–{high}"


def cell(chance, values):
    """The range over a group; ▼ if some fall below what is enough, ▲ if some reach it."""
    shares = known(values)
    if not shares:
        return {"said": words.UNKNOWN, "mark": "", "class": "plain"}
    mark, colour = ("▼", "bad") if chance.holds else ("▲", "part")
    turned = any(map(chance.turns, shares))
    return {"said": span(shares), "mark": mark if turned else "", "class": colour if turned else ""}


def breaks(table, claim, chance):
    """Variants that turn a claim, furthest first."""
    found = [(row["variant"], row[claim]) for _, row in table.iterrows()
             if not words.missing(row[claim]) and chance.turns(row[claim])]
    return sorted(found, key=lambda pair: -abs(pair[1] - chance.mean))


def named(found):
    said = [f"{words.plain(name)} ({words.percent(value)})" for name, value in found[:MOST]]
    return words.listing(said + ([words.count(len(found) - MOST, "other")] if len(found) > MOST else []))


def sentence(claim, chance, found):
    verb = "falls below" if chance.holds else "reaches"
    said = f"({words.percent(chance.mean)} over seeds) {verb} {words.percent(ENOUGH)} with {named(found)}."
    return {"id": claim, "said": said}


def steady(chances, turned):
    """Claims that no variant turns: those that hold and those that do not; and those of which chance alone decides."""
    bound = words.percent(ENOUGH)
    open_ones = [claim for claim, chance in chances.items() if chance.undecided]
    still = [claim for claim in chances if claim not in turned and claim not in open_ones]
    above, below = ([c for c in still if chances[c].holds == side] for side in (True, False))
    said = [f"Nothing takes below {bound}: {words.listing(above)}."] if above else []
    said += [f"Nothing brings to {bound}: {words.listing(below)}."] if below else []
    said += [f"Another seed alone takes to either side, with so few sets and runs: {words.listing(open_ones)}."] if open_ones else []
    return " ".join(said)


def full(table, chances):
    """Every variant with every claim."""
    rows = []
    for _, row in table.iterrows():
        cells = [{"said": words.percent(row[claim]), "turned": bool(breaks(row.to_frame().T, claim, chance))}
                 for claim, chance in chances.items()]
        rows.append({
            "name": words.plain(row["variant"]), "what": claims_of.text(row["what"]),
            "note": claims_of.text(row["note"]), "cells": cells,
            "draws": words.num(row["draws"], 0), "runs": words.num(row["replicates"], 0),
        })
    return rows


def section(context):
    table = folder_of.stored(context.robustness, "fragility.csv")
    if table is None or table.iloc[0]["variant"] != BASE:
        return None
    base, seeds, others = table.iloc[0], table[table.group.isin((BASE, SEEDS))], table[~table.group.isin((BASE, SEEDS))]
    claims = [name for name in table.columns if name not in NAMED and not words.missing(base[name])]
    if others.empty or not claims:
        return None
    chances = {claim: Chance(known(seeds[claim])) for claim in claims}
    groups = {group: members for group, members in others.groupby("group", sort=False)}
    linked = {claim["id"] for claim in claims_of.views(context.folder)}
    rows, fragile = [], []
    for claim, chance in chances.items():
        rows.append({"id": claim, "linked": claim in linked, "mean": words.percent(chance.mean), "holds": chance.holds,
                     "span": span(chance.shares), "cells": [cell(chance, members[claim]) for members in groups.values()]})
        found = breaks(others, claim, chance)
        fragile += [sentence(claim, chance, found)] if found else []
    verb = "is" if len(fragile) == 1 else "are"
    lead = f"{words.count(len(fragile), 'of', 'of')} {words.count(len(claims), 'claim')} {verb} fragile."
    failed = [words.plain(row["variant"]) for _, row in others.iterrows() if all(words.missing(row[c]) for c in claims)]
    return {
        "name": "fragility", "title": "What each claim hangs on", "groups": [words.plain(group) for group in groups],
        "rows": rows, "fragile": fragile, "lead": words.capital(lead), "claims": claims,
        "steady": steady(chances, {f["id"] for f in fragile}), "n": words.count(len(others), "variant"),
        "seeds": words.count(len(seeds), "seed"), "draws": words.num(base["draws"], 0),
        "runs": words.num(base["replicates"], 0), "enough": words.percent(ENOUGH), "full": full(table, chances),
        "failed": words.listing(failed),
    }
