"""Results that were computed beforehand: many parameter sets, and a model without reasons."""

from .. import folder as folder_of
from .. import words
from . import claims as claims_of

FEW = 3  # parts of a fact that are told one by one
SHOWN = {"yes": ("good", "✓"), "no": ("bad", "✗")}


def provenance(place, manifest):
    """What the files say of their origin, and whether it is the configuration of this run."""
    path = place / "provenance.json"
    if not path.is_file():
        return [], ""
    told = folder_of.read_json(path)
    if not isinstance(told, dict):
        return [], ""
    rows = [(words.capital(words.plain(str(key))), flat(value)) for key, value in told.items()]
    ours, theirs = manifest.get("configuration"), told.get("configuration")
    differs = bool(ours and theirs and ours != theirs)
    return rows, "These results are of another configuration than this run’s." if differs else ""


def flat(value):
    if isinstance(value, dict) and len(value) > FEW:
        return f"{len(value)}, told in provenance.json"
    if isinstance(value, dict):
        return "; ".join(f"{words.plain(str(k))} {flat(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(flat(v) for v in value)
    return words.UNKNOWN if value is None else str(value)


def beside(place, folder):
    """Claims here and there."""
    path = place / "claims.csv"
    if not path.is_file():
        return []
    here, rows = {c["id"]: c for c in claims_of.views(folder)}, []
    for row in folder_of.read_csv(path).itertuples():
        status = claims_of.status_of(row)
        kind, said = claims_of.STATUS[status]
        own, spec = here.get(row.id, {}), folder.scenario.outcomes.get(claims_of.text(row.quantity), {})
        span = "" if words.missing(row.low) else f"{words.value(spec, row.low)} to {words.value(spec, row.high)}"
        rows.append({
            "id": row.id, "basis": claims_of.text(row.basis), "here": own.get("said", words.UNKNOWN),
            "here_class": own.get("class", "plain"), "said": said, "class": kind, "mark": claims_of.MARKS[kind],
            "here_mark": own.get("mark", ""), "linked": bool(own), "share": words.percent(row.share), "draws": words.num(row.draws, 0),
            "span": span or words.UNKNOWN,
        })
    return rows


def cell(member):
    """Whether the documented set shows a claim, and the share of the draws (else single runs) that do."""
    kind, mark = SHOWN.get(claims_of.text(member.shown), ("plain", words.UNKNOWN))
    share = getattr(member, "share", None)
    return kind, mark, words.percent(member.single if words.missing(share) else share)


def null_model(place):
    """A row for each claim: the model as it is, and without reasons."""
    path = place / "null_model.csv"
    if not path.is_file():
        return None
    table = folder_of.read_csv(path).drop_duplicates(["variant", "id"])
    names = list(dict.fromkeys(table.variant))
    members = {(row.variant, row.id): row for row in table.itertuples()}
    rows, hits = [], dict.fromkeys(names, 0)
    for claim in dict.fromkeys(table.id):
        cells = [cell(members[name, claim]) if (name, claim) in members else ("plain", "", "") for name in names]
        if all(kind == "plain" for kind, _, _ in cells):
            continue
        rows.append({"id": claim, "cells": cells})
        for name, (kind, _, _) in zip(names, cells):
            hits[name] += kind == "good"
    draws = int(table.draws.max()) if "draws" in table and table.draws.notna().any() else 0
    return {"names": [words.plain(name) for name in names], "rows": rows, "hits": list(hits.values()), "draws": draws}


def steps(place, folder):
    """What draws say of each step without some shocks."""
    path = place / "arms.csv"
    if not path.is_file():
        return []
    table = folder_of.read_csv(path)
    if "draws_difference" not in table:
        return []
    rows = []
    for outcome in folder.scenario.steps():
        for arm in folder.scenario.removing_arms():
            for row in table[(table.outcome == outcome) & (table.arm == arm)].itertuples():
                if not words.missing(row.draws_difference):
                    rows.append({
                        "outcome": outcome, "arm": words.plain(arm), "median": words.change(row.draws_difference),
                        "range": words.interval(row.draws_difference_low, row.draws_difference_high),
                    })
    return rows


def ranks(place, folder):
    """The focus dyads and the first three of each outcome over draws."""
    path = place / "dyads.csv"
    if not path.is_file():
        return []
    rows = []
    for outcome, members in folder_of.read_csv(path).groupby("outcome", sort=False):
        kept = members[(members["rank"] <= 3) | (members.focus == 1)].sort_values("rank")
        for row in kept.itertuples():
            rows.append({
                "outcome": outcome, "rank": row.rank, "name": folder.scenario.pair(row.iso3_1, row.iso3_2, " – "),
                "mean": words.change(row.mean), "draws": words.interval(row.draws_low, row.draws_high),
            })
    return rows


def section(context):
    place, folder = context.robustness, context.folder
    if place is None:
        return None
    origin, warning = provenance(place, folder.manifest)
    claims, null = beside(place, folder), null_model(place)
    arms, dyads = steps(place, folder), ranks(place, folder)
    if not (claims or null or arms or dyads):
        return None
    return {"name": "robustness", "title": "Does it hold up?", "origin": origin, "warning": warning, "claims": claims,
            "null": null, "arms": arms, "dyads": dyads}
