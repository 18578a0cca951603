"""How outcomes respond to each factor, and where claims are shown."""

import shlex

from .. import effects, explore, svg, words

CURVES, SHARES = 14, 6  # figures at most
ARMS = 4  # curves in one figure
PYTHON = "/usr/bin/python3 -m analysis"


def command(context, what, name, factor):
    parts = ["response", context.place, f"--{what}", name, "--factor", factor]
    return f"{PYTHON} {shlex.join(parts)}"


def left(context, what, pairs):
    return [(words.plain(name), words.plain(factor), command(context, what, name, factor)) for name, factor in pairs]


def title(context, name, factor):
    """The factor and what it explains."""
    row = context.effect(name, factor)
    if len(context.ranked) < 2 or row["share"] != row["share"] or row.told is False:
        return words.plain(factor)
    return f"{words.plain(factor)}, {words.percent(max(0.0, row['share']))} of the variance"


def arms_apart(sweep, name):
    return 1 < len(effects.arms_of(sweep, name)) <= ARMS and not sweep.scattered


def one(context, k, name, factor):
    by = "arm" if arms_apart(context.sweep, name) else None
    figure, said = explore.response(context.sweep, name, factor, by)
    heard = f"{words.plain(name)} over {words.plain(factor)}. {said}"
    return {"title": title(context, name, factor), "said": said, "figure": svg.inline(figure, f"curve{k}", heard)}


def legend(context):
    sweep = context.sweep
    others = len(sweep.factors) > 1
    apart = [name for name in context.names("outcome") if arms_apart(sweep, name)]
    if sweep.scattered:
        said = "Small dots are cells’ means. Marks with bars are means of cells at a level, or in ranges of equally many "
        said += "cells, with 95 % intervals, over whatever the other factors are." if others else "cells."
        return said
    said = "Marks are cells’ means"
    if others:
        said = "Marks are means over all levels of the other factors"
        said += "" if apart else "; the pale band is the range of the cells behind each"
    said += ", with 95 % Monte Carlo intervals (often smaller than the mark)."
    said += " There is a curve for each arm." if apart else ""
    if others and not sweep.design["independent_cells"]:
        said += " As cells share random numbers and err together, an interval is as wide as a single cell’s."
    return said


def curves(context):
    sweep, names = context.sweep, context.names("outcome")
    if not names or len(effects.cells_of(sweep)) < 2:
        return None
    constant = {}
    for name in names:
        rows = effects.values(sweep, name)
        if len(rows) < 2 or rows.value.nunique() == 1:
            value = words.value(explore.spec_of(sweep, name), rows.value.iloc[0])
            constant[name] = f"{value} in {'the one cell that knows it' if len(rows) == 1 else 'all cells'}."
    pairs = context.pairs([name for name in names if name not in constant])
    drawn = sorted(pairs[:CURVES], key=lambda pair: (names.index(pair[0]), context.ranked.index(pair[1])))
    figures = {pair: one(context, k, *pair) for k, pair in enumerate(drawn)}
    shown = [{"name": name, "words": explore.described(sweep, name), "constant": constant.get(name),
              "figures": [f for (n, _), f in figures.items() if n == name]} for name in names]
    return {"name": "sweep-curves", "title": "How outcomes respond", "legend": legend(context),
            "outcomes": [o for o in shown if o["figures"] or o["constant"]],
            "left": left(context, "outcome", pairs[CURVES:])}


def claim_row(sweep, name):
    rows = sweep.claims[(sweep.claims.claim == name) & sweep.claims.cell.isin(effects.cells_of(sweep).cell)]
    return {"name": name, "text": explore.text_of(sweep, name), "share": words.percent(rows.shown.mean()),
            "cells": int(rows.shown.notna().sum()), "single": words.percent(rows.share.mean())}


def share_figure(context, k, name, factor):
    figure, said = explore.share(context.sweep, name, factor)
    what = f"{words.plain(name)} over {title(context, name, factor)}"
    return {"title": what, "said": said, "figure": svg.inline(figure, f"share{k}", f"{what}. {said}")}


def claims(context):
    sweep, names = context.sweep, context.names("claim")
    if not names:
        return None
    pairs = context.pairs([name for name in names if effects.judged(sweep, name).value.nunique() > 1])
    drawn = sorted(pairs[:SHARES], key=lambda pair: (names.index(pair[0]), context.ranked.index(pair[1])))
    return {"name": "sweep-claims", "title": "Where claims are shown", "sampled": sweep.drawn,
            "rows": [claim_row(sweep, name) for name in names],
            "figures": [share_figure(context, k, *pair) for k, pair in enumerate(drawn)],
            "left": left(context, "claim", pairs[SHARES:])}
