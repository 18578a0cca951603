"""What a calibration was held to, how much of it the model reaches, and what expected moves are worth."""

import math

from .. import fits, svg, words
from .. import folder as folder_of

FAR = 2.0  # errors
QUANTILES = ("q05", "median", "q95")


def away(row, value):
    """How many errors a value lies from what is known."""
    if row.scale != "log":
        return (value - row.value) / row.error
    return math.log(value / row.value) / row.error if value > 0 else math.nan


def known(row):
    ends = [row.value * math.exp(s * row.error) if row.scale == "log" else row.value + s * row.error for s in (-1, 1)]
    return f"{words.num(row.value)} ({words.interval(*ends)})"


def span(row, kind):
    return [getattr(row, f"{kind}{q}") for q in QUANTILES]


def missed(row, low, high):
    """Errors between what is known and a range, 0 within it; below zero if the range lies below."""
    low, high = away(row, low), away(row, high)
    return low if low > 0 else high if high < 0 else 0.0


def sentence(rows, ranges):
    """How many of the ranges of each kind come near to what is known, and which known values lie far off."""
    held = [f"{sum(abs(missed(row, found[0], found[2])) <= 1 for row, found in zip(rows, members))} {where}"
            for where, members in ranges if members]
    said = f"Of {words.count(len(rows), 'known value')} {words.listing(held)}."
    far = [(row.target, missed(row, found[0], found[2])) for row, found in zip(rows, ranges[1][1])]
    far = sorted(((name, by) for name, by in far if abs(by) > FAR), key=lambda pair: -abs(pair[1]))
    if far:
        named = words.listing(f"{words.plain(name)} ({words.num(abs(by), 1)} too {'high' if by > 0 else 'low'})"
                              for name, by in far)
        return f"{said} The posterior lies more than {FAR:.0f} errors off {named}."
    return f"{said} None lies more than {FAR:.0f} errors off the posterior."


def predicted(place, names):
    """By target, the ranges of posterior draws with drawn moves; empty where one is not known."""
    table = folder_of.stored(place, "predictive.csv")
    if table is None:
        return []
    found = {row.target: span(row, "") for row in table.itertuples()}
    return [found[name] for name in names] if set(names) <= set(found) else []


def cells(folder, row, prior, posterior, drawn):
    spec = folder.scenario.outcomes.get(row.target)
    return {
        "name": words.plain(row.target), "words": words.outcome(spec) if spec else "", "known": known(row),
        "prior": words.interval(prior[0], prior[2]), "posterior": words.interval(posterior[0], posterior[2]),
        "median": words.num(posterior[1]), "drawn": words.interval(drawn[0], drawn[2]) if drawn else "",
        "far": abs(missed(row, posterior[0], posterior[2])) > FAR,
    }


def reached(context):
    """Figure, sentence and table of the targets; None without them."""
    table = folder_of.stored(context.calibration, "targets.csv")
    if table is None:
        return None
    rows = list(table.itertuples())
    prior, posterior = ([span(row, kind) for row in rows] for kind in ("prior_", "posterior_"))
    drawn = predicted(context.calibration, table.target)
    said = sentence(rows, [("lie in the prior’s middle 90\u202f% or within one error of it", prior),
                           ("in the posterior’s", posterior),
                           ("in that of its draws with drawn moves", drawn)])
    errors = [[[away(row, x) for x in found] for row, found in zip(rows, members)]
              for members in (prior, posterior, drawn)]
    names = [words.plain(row.target) for row in rows]

    def draw(width):
        return fits.targets(width, names, *errors)

    return {"figure": svg.both(draw, "targets", said), "said": said, "drawn": bool(drawn), "rows": [
        cells(context.folder, *each) for each in zip(rows, prior, posterior, drawn or [None] * len(rows))]}


def agreement(context):
    """What expected moves are worth: a sentence and a table; None if it was not tried."""
    table = folder_of.stored(context.calibration, "agreement.csv")
    if table is None:
        return None
    rows = [{
        "name": row.outcome, "cells": words.num(row.cells, 0), "mean": words.num(row.mean_drawn),
        "sd": words.num(row.sd_drawn), "bias": words.change(row.bias), "rms": words.num(row.rms),
        "correlation": words.num(row.correlation, 2, plus=True),
    } for row in table.itertuples()]
    told = table[table.correlation.notna()]
    said = ""
    if len(told):
        worst, off = told.loc[told.correlation.idxmin()], (told.bias / told.sd_drawn).abs()
        said = (f"Over {words.num(int(told.cells.max()), 0)} sets of the prior the two correlate by "
                f"{words.num(told.correlation.median(), 2)} in the median of {words.count(len(told), 'outcome')}, "
                f"least in {words.plain(worst.outcome)} ({words.num(worst.correlation, 2)}).")
        if off.notna().any():
            said += (f" On average expected moves are off most in {words.plain(told.outcome[off.idxmax()])}, by "
                     f"{words.num(off.max(), 2)} of its standard deviation over these sets.")
    return {"rows": rows, "said": said}
