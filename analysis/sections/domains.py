"""The domains of each focus dyad's cooperation by year, the system's choices, and how divided it is."""

from .. import figures, svg, words
from .phases import of_pair

PREFIX = "cooperation_"
SYSTEM = ("polarisation", "blocs", "effective_poles", "concentration", "mean_cooperation")


def moved(first, last):
    return words.change(last - first, 2)


def domains(folder, pair, name):
    table = folder.table("yearly")
    rows = of_pair(table, pair) if table is not None else None
    if rows is None or rows.empty:
        return None
    rows = rows[rows.measure.str.startswith(PREFIX) & rows["mean"].notna()]
    series = [(measure[len(PREFIX):], t.reset_index(drop=True)) for measure, t in rows.groupby("measure", sort=False)]
    if not series:
        return None
    cells = []
    for domain, t in series:
        first, last = t.iloc[0], t.iloc[-1]
        cells.append({
            "domain": domain, "first": words.num(first["mean"]), "last": words.num(last["mean"]),
            "change": words.change(last["mean"] - first["mean"]), "by": last["mean"] - first["mean"],
            "band": words.interval(last.q05, last.q95),
        })
    order = sorted(cells, key=lambda c: -c["by"])
    years = [int(series[0][1].year.iloc[k]) for k in (0, -1)]
    said = f"From {years[0]} to {years[1]}: " + words.listing(f"{c['domain']} {c['change']}" for c in order) + "."

    def draw(width):
        return figures.yearly(width, series, words.axis("cooperation"))

    return {"title": folder.scenario.pair(*pair), "figure": svg.both(draw, name, said), "said": said, "rows": cells,
            "years": years}


def panel(table, measure, share):
    """A small figure of one measure of the system by year."""
    rows = table[(table.measure == measure) & (table.level == "system") & table["mean"].notna()].reset_index(drop=True)
    if rows.empty:
        return None
    ends, top = rows.iloc[[0, -1]], rows.loc[rows["mean"].idxmax()]

    def shown(x):
        return f"{100 * x:.1f} %" if share else words.num(x, 2)

    said = (
        f"{words.label(measure)}: {shown(ends['mean'].iloc[0])} in {ends.year.iloc[0]}, {shown(ends['mean'].iloc[1])} in "
        f"{ends.year.iloc[1]}, highest in {top.year}"
    )
    digits = None if not share else 0 if top["mean"] > 0.06 else 1
    figure = svg.inline(figures.panel(rows, digits), f"system-{measure.replace('_', '-')}", said)
    return {"figure": figure, "said": said.split(": ", 1)[1] + ".", "name": words.label(measure),
            "unit": words.MEASURES.get(measure, ("", ""))[1], "move": words.MOVES.get(measure[len("share_"):], "")}


def section(context):
    found = [domains(context.folder, pair, f"domains{k}") for k, pair in enumerate(context.folder.scenario.focus)]
    found = [each for each in found if each]
    return {"name": "domains", "title": "Domains of cooperation", "dyads": found} if found else None


def system(context):
    table = context.folder.table("yearly")
    if table is None:
        return None
    shares = [m for m in dict.fromkeys(table.measure) if m.startswith("share_")]
    moves = [panel(table, m, True) for m in shares]
    whole = [panel(table, m, False) for m in SYSTEM]
    moves, whole = [p for p in moves if p], [p for p in whole if p]
    if not moves and not whole:
        return None
    return {"name": "system", "title": "The system as a whole", "moves": moves, "whole": whole,
            "base": words.plain(context.folder.base or "")}
