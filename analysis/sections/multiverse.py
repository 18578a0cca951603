"""Does the result hang on the choice of terms? Each is left out, each pair and all, each time calibrated anew."""

from .. import words
from .. import folder as folder_of
from ..chance import ENOUGH

NAMED = ("row", "removed", "cells", "effective", "evidence", "facts", "first_step", "second_step", "note")


def removed(row):
    """The terms that a row leaves out; a dash, or nothing, is none."""
    text = "" if words.missing(row["removed"]) else str(row["removed"])
    return [term for term in text.replace(",", " ").split() if term != "-"]


def named(gone, all_terms):
    if not gone:
        return "full model"
    if len(gone) > 2 and set(gone) == all_terms:
        return "without any"
    return f"without {words.listing(map(words.plain, gone))}"


def share(value):
    """A share as the page shows it, with its mark."""
    if words.missing(value):
        return {"class": "plain", "mark": "", "said": words.UNKNOWN, "short": words.UNKNOWN, "enough": False}
    enough = bool(value >= ENOUGH)
    return {"class": "good" if enough else "bad", "mark": "✓" if enough else "✗", "said": words.percent(value),
            "short": words.num(100 * value, 0), "enough": enough}


def view(row, claims, all_terms):
    """A row; `why` tells why it has no verdict."""
    gone, shares = removed(row), [share(row[claim]) for claim in claims]
    judged = any(each["said"] != words.UNKNOWN for each in shares)
    note = "" if words.missing(row["note"]) else str(row["note"])
    return {
        "name": named(gone, all_terms), "terms": gone, "claims": shares, "effective": words.num(row["effective"], 0),
        "evidence": words.num(row["evidence"], 1), "cells": int(row["cells"]), "judged": judged,
        "note": note if judged else "", "why": note.removesuffix(": no verdict") or "no reason is stored",
        "facts": words.percent(row["facts"]), "steps": [words.change(row[name]) for name in ("first_step", "second_step")],
    }


def told(claim, k, rows):
    """Whether a claim holds in the full model, and what one has to leave out for it to be otherwise."""
    known = [r for r in rows if r["claims"][k]["mark"]]
    full, others = next((r for r in known if not r["terms"]), None), [r for r in known if r["terms"]]
    hits = sum(r["claims"][k]["enough"] for r in others)
    if full is None:
        return f"{claim} is shown by enough draws in {hits} of {words.count(len(others), 'other row')}."
    own, pairs = full["claims"][k], [r for r in others if len(r["terms"]) == 2]
    turned = [r for r in others if r["claims"][k]["enough"] != own["enough"]]
    lead = f"{claim} ({own['said']} in the full model)"
    if not turned:
        where = "reaches" if own["enough"] else "stays below"
        return f"{lead} {where} {words.percent(ENOUGH)} in all {len(others)} other rows too."
    verb = "falls below" if own["enough"] else "reaches"
    alone = words.listing(f"{r['name'].removeprefix('without ')} ({r['claims'][k]['said']})"
                          for r in turned if len(r["terms"]) != 2)
    double = sum(len(r["terms"]) == 2 for r in turned)
    where = [f"without {alone}"] if alone else ["in no row of a single term"]
    where += [f"in {words.count(double, 'of', 'of')} {words.count(len(pairs), 'pair')}"] if double else []
    return f"{lead} {verb} {words.percent(ENOUGH)} {(', and ' if alone else ', but ').join(where)}."


def silent(rows):
    """Rows without a verdict: those of one term, or of all, by name."""
    found = [r for r in rows if not r["judged"]]
    names = [f"{r['name']} ({r['effective']})" for r in found if len(r["terms"]) != 2]
    pairs = len(found) - len(names)
    names += [words.count(pairs, "pair")] if pairs else []
    some = f"{words.count(len(found), 'of', 'of')} {words.count(len(rows), 'row')}"
    return [f"No verdict, for too small an effective sample size, in {some}: {words.listing(names)}."] if found else []


def sure(draws):
    """How well a share near what is enough is known, in points; nothing if the number of draws is not."""
    return words.num(196 * (ENOUGH * (1 - ENOUGH) / draws) ** 0.5, 0) if draws else ""


def matrix(rows, terms):
    """Shares of the claims without the row's and the column's term; without one alone on the diagonal."""
    found = {frozenset(r["terms"]): r for r in rows if 0 < len(r["terms"]) <= 2}
    if not any(len(key) == 2 for key in found):
        return None
    return {"terms": [words.plain(term) for term in terms], "rows": [
        (words.plain(one), [found.get(frozenset((one, other))) for other in terms]) for one in terms]}


def settings(place):
    """What all rows share, if it is told and the same."""
    rows = folder_of.stored_facts(place, "provenance.json").get("rows")
    rows = [row for row in rows.values() if isinstance(row, dict)] if isinstance(rows, dict) else []
    found = {key: {row.get(key) for row in rows} for key in ("draws", "commit")}
    return {key: next(iter(values)) if len(values) == 1 else None for key, values in found.items()}


def section(context):
    table = folder_of.stored(context.multiverse, "rows.csv")
    if table is None:
        return None
    claims = [name for name in table.columns if name not in NAMED]
    terms = list(dict.fromkeys(term for _, row in table.iterrows() for term in removed(row)))
    rows = [view(row, claims, set(terms)) for _, row in table.iterrows()]
    shared = settings(context.multiverse)
    return {
        "name": "multiverse", "title": "Terms of the model, recalibrated", "claims": claims,
        "cells": words.listing(words.num(n, 0) for n in sorted({r["cells"] for r in rows})),
        "enough": words.percent(ENOUGH),
        "told": [told(claim, k, rows) for k, claim in enumerate(claims)] + silent(rows),
        "few": [r for r in rows if len(r["terms"]) != 2], "pairs": [r for r in rows if len(r["terms"]) == 2],
        "matrix": matrix(rows, terms), "settings": shared, "sure": sure(shared["draws"]),
    }
