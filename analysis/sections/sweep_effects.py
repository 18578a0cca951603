"""Which factors matter: shares of variance, and maps of the two that matter most."""

import numpy

from .. import effects, explore, svg, words
from .sweep_design import LOUD

MAPS = 4


def cautions(context):
    """What the shares do not say."""
    sweep, table, found = context.sweep, context.effects, []
    if sweep.design.get("kind") == "list":
        found.append("The cells were chosen by hand: where factors go together in them, each takes what the other does.")
    elif not sweep.scattered and not sweep.full_grid:
        found.append("Not every combination of levels is there, so factors go together in the cells and take what the "
                     "others do: these shares are rough.")
    elif not sweep.complete:
        found.append("The sweep is partial, so the shares rest on fewer cells than planned.")
    if (table.groupby("name").cells.first() < effects.LEAST_CELLS).any() and sweep.scattered:
        found.append(f"With fewer than {effects.LEAST_CELLS} cells no shares are told.")
    rows = table[table.kind == "outcome"].drop_duplicates("name").set_index("name")
    drowned = [name for name in context.names("outcome") if context.drowned(name)]
    loud = rows.noise[(rows.noise >= LOUD) & ~rows.index.isin(drowned)]
    if len(loud):
        found.append("A good part of the variance is chance, and was taken out: "
                     + words.listing(f"{name} {words.percent(part)}" for name, part in loud.items())
                     + ". More runs a cell would make these shares surer.")
    if len(drowned):
        found.append(f"In {words.listing(drowned)} the cells differ no more than chance makes them: no shares are told.")
    return found


def row(context, name, ranked):
    rows = [context.effect(name, factor) for factor in ranked]
    shares = [float(min(1, max(0, r["share"]))) if r["share"] == r["share"] else numpy.nan for r in rows]
    alone = sum(shares) if any(r.told is not False for r in rows) else numpy.nan
    told = [("some", True) if r.told and share != share else (words.percent(share), share != share or r.told)
            for share, r in zip(shares, rows)]
    return {"name": name, "claim": rows[0].kind == "claim", "shares": told,
            "rest": words.percent(min(1.0, max(0.0, 1 - alone)) if alone == alone else numpy.nan),
            "noise": words.percent(rows[0].noise)}


def section(context):
    sweep, table = context.sweep, context.effects
    if len(context.ranked) < 2 or table.empty or table.cells.max() < 2:
        return None
    return {
        "name": "sweep-effects", "title": "Which assumptions matter", "cautions": cautions(context),
        "names": [words.plain(name) for name in context.ranked], "exact": sweep.full_grid,
        "rows": [row(context, name, context.ranked) for name in dict.fromkeys(table.name)],
        "rest": sweep.full_grid or sweep.drawn, "sampled": sweep.scattered,
        "bins": effects.bins_of(table.cells.max()), "claims": (table.kind == "claim").any(),
        "some": (table["share"].isna() & table.told.eq(True)).any(),
        "mean_paths": table.noise.isna().any(),
    }


def varies(context, name, claim):
    rows = (effects.judged if claim else effects.values)(context.sweep, name)
    return rows.value.nunique() > 1


def maps(context):
    sweep = context.sweep
    if len(context.ranked) < 2 or len(effects.cells_of(sweep)) < 4:
        return None
    first, second = context.ranked[:2]
    outcomes = [n for n in context.names("outcome") if varies(context, n, False)]
    claims = [n for n in context.names("claim") if varies(context, n, True)]
    def size(name):
        return -sum(max(0.0, numpy.nan_to_num(context.effect(name, factor)["share"])) for factor in (first, second))

    outcomes.sort(key=size)
    chosen = [(n, False) for n in outcomes[:max(MAPS - len(claims), MAPS // 2)]]
    chosen += [(n, True) for n in claims[:MAPS - len(chosen)]]
    if not chosen:
        return None
    figures = []
    for k, (name, claim) in enumerate(chosen):
        figure, said = explore.surface(sweep, name, first, second, claim)
        what = f"Claim {words.plain(name)}, share of cells" if claim else words.capital(words.plain(name))
        figures.append({"title": what, "said": said, "figure": svg.inline(figure, f"map{k}", f"{what}. {said}")})
    known = context.effects["share"].notna().any() and len(context.ranked) > 2
    below = [n for n, claim in chosen if not claim and explore.effects.values(sweep, n).value.min() < 0]
    return {
        "name": "sweep-maps", "title": "Two factors together", "figures": figures, "first": words.plain(first),
        "second": words.plain(second), "sampled": sweep.scattered, "more": len(context.ranked) > 2, "signed": bool(below),
        "why": ", the two factors with the largest mean share" if known else "",
    }
