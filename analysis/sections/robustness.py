"""Results that were computed beforehand: many parameter sets, terms of the model left out, a null model."""

from .. import folder as folder_of
from .. import words
from . import claims as claims_of

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
        own = here.get(row.id, {})
        rows.append({
            "id": row.id, "text": claims_of.text(row.text), "here": own.get("said", words.UNKNOWN),
            "here_class": own.get("class", "plain"), "said": said, "class": kind,
            "share": words.percent(row.share), "draws": words.num(row.draws, 0),
            "span": words.interval(row.low, row.high),
        })
    return rows


def variants(place):
    """Claims over variants of the model, from terms.csv: variant, id, shown, single, value."""
    path = place / "terms.csv"
    if not path.is_file():
        return None
    table = folder_of.read_csv(path)
    ids = list(dict.fromkeys(table.id))
    rows = []
    for variant, members in table.groupby("variant", sort=False):
        members = members.drop_duplicates("id").set_index("id")
        cells, hits, known = [], 0, 0
        for claim in ids:
            if claim not in members.index:
                cells.append(("plain", "", ""))
                continue
            member = members.loc[claim]
            kind, mark = SHOWN.get(claims_of.text(member.shown), ("plain", words.UNKNOWN))
            hits, known = hits + (kind == "good"), known + (kind != "plain")
            cells.append((kind, mark, words.percent(member.single)))
        rows.append({"name": words.plain(variant), "cells": cells, "hits": hits, "known": known})
    return {"ids": ids, "rows": rows}


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
    claims, terms = beside(place, folder), variants(place)
    arms, dyads = steps(place, folder), ranks(place, folder)
    if not (claims or terms or arms or dyads):
        return None
    return {"name": "robustness", "title": "Does it hold up?", "origin": origin, "warning": warning, "claims": claims,
            "terms": terms, "arms": arms, "dyads": dyads}
