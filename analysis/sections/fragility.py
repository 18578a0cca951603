"""What each claim hangs on: choices that could have been made otherwise, one changed at a time."""

from .. import words
from .. import folder as folder_of
from . import claims as claims_of

ENOUGH = 0.8  # of the draws
NAMED = ("variant", "group", "what", "draws", "replicates", "note")
BASE, CHANCE = "base", "seeds"
MOST = 4  # variants named
PER_CENT = "\u202f%"


def span(values):
    """Shares from the least to the greatest, in per cent."""
    low, high = words.percent(min(values)), words.percent(max(values))
    return low if low == high else f"{low.removesuffix(PER_CENT)}–{high}"


def crossed(own, value):
    return not words.missing(own) and not words.missing(value) and (value >= ENOUGH) != (own >= ENOUGH)


def cell(own, values):
    """The range over a group; ▼ if some fall below what is enough, ▲ if some reach it."""
    known = [value for value in values if not words.missing(value)]
    if not known:
        return {"said": words.UNKNOWN, "mark": "", "class": "plain"}
    turned = any(crossed(own, value) for value in known)
    return {"said": span(known), "mark": ("▼" if own >= ENOUGH else "▲") if turned else "",
            "class": ("bad" if own >= ENOUGH else "part") if turned else ""}


def breaks(table, claim, own):
    """Variants in which a claim is on the other side, furthest first."""
    found = [(row["variant"], row[claim]) for _, row in table.iterrows() if crossed(own, row[claim])]
    return sorted(found, key=lambda pair: -abs(pair[1] - own))


def named(found):
    said = [f"{words.plain(name)} ({words.percent(value)})" for name, value in found[:MOST]]
    return words.listing(said + ([words.count(len(found) - MOST, "other")] if len(found) > MOST else []))


def sentence(claim, own, found, chance):
    verb = "falls below" if own >= ENOUGH else "reaches"
    said = f"({words.percent(own)} in base) {verb} {words.percent(ENOUGH)} with {named(found)}"
    return {"id": claim, "said": said + ("; another seed alone does that." if chance else ".")}


def seeds(others, base, claims):
    """The furthest that another seed moves a share by itself."""
    rows = others[others.group == CHANCE]
    moved = (rows[claims] - base[claims].astype(float)).abs().max().max()
    return "" if words.missing(moved) else words.num(100 * moved, 0)


def steady(base, others, claims):
    """Claims that no variant brings to the other side: those that hold and those that do not."""
    still = [claim for claim in claims if not breaks(others, claim, base[claim])]
    above, below = ([c for c in still if (base[c] >= ENOUGH) == side] for side in (True, False))
    bound, said = words.percent(ENOUGH), []
    said += [f"At least {bound} in every variant: {words.listing(above)}."] if above else []
    said += [f"Less than {bound} in every variant: {words.listing(below)}."] if below else []
    return " ".join(said)


def full(table, claims, base):
    """Every variant with every claim."""
    rows = []
    for _, row in table.iterrows():
        rows.append({
            "name": words.plain(row["variant"]), "what": claims_of.text(row["what"]),
            "note": claims_of.text(row["note"]),
            "draws": words.num(row["draws"], 0), "runs": words.num(row["replicates"], 0),
            "cells": [{"said": words.percent(row[c]), "turned": crossed(base[c], row[c])} for c in claims],
        })
    return rows


def section(context):
    table = folder_of.stored(context.robustness, "fragility.csv")
    if table is None or table.iloc[0]["variant"] != BASE:
        return None
    base, others = table.iloc[0], table.iloc[1:]
    claims = [name for name in table.columns if name not in NAMED and not words.missing(base[name])]
    if others.empty or not claims:
        return None
    groups = {group: members for group, members in others.groupby("group", sort=False)}
    linked = {claim["id"] for claim in claims_of.views(context.folder)}
    rows, fragile = [], []
    for claim in claims:
        rows.append({"id": claim, "linked": claim in linked, "base": words.percent(base[claim]),
                     "enough": bool(base[claim] >= ENOUGH),
                     "cells": [cell(base[claim], members[claim]) for members in groups.values()]})
        found = breaks(others, claim, base[claim])
        if found:
            chance = CHANCE in groups and bool(breaks(groups[CHANCE], claim, base[claim]))
            fragile.append(sentence(claim, base[claim], found, chance))
    verb = "is" if len(fragile) == 1 else "are"
    lead = f"{words.count(len(fragile), 'of', 'of')} {words.count(len(claims), 'claim')} {verb} fragile."
    failed = [words.plain(row["variant"]) for _, row in others.iterrows() if all(words.missing(row[c]) for c in claims)]
    return {
        "name": "fragility", "title": "What each claim hangs on", "groups": [words.plain(group) for group in groups],
        "rows": rows, "fragile": fragile, "lead": words.capital(lead), "claims": claims,
        "steady": steady(base, others, claims), "n": words.count(len(others), "variant"),
        "draws": words.num(base["draws"], 0), "runs": words.num(base["replicates"], 0),
        "seeds": seeds(others, base, claims), "enough": words.percent(ENOUGH), "full": full(table, claims, base),
        "failed": words.listing(failed),
    }
