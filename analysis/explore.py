"""Figures of sweeps with their words: for the page, and for files of their own."""

import pathlib

from . import effects, plot, responses, words
from . import sweep as sweeps
from .folder import FolderError

ALONE = (720, 400)  # pixels of a figure of its own
MAP = (640, 480)


def spec_of(sweep, outcome):
    """An outcome's definition, empty if the scenario is not known."""
    return sweep.scenario.outcomes.get(outcome, {}) if sweep.scenario else {}


def text_of(sweep, claim):
    return (sweep.scenario.claims.get(claim, {}) if sweep.scenario else {}).get("text", "")


def described(sweep, name):
    """What an outcome or a claim is, in words; its name if that is not known."""
    spec = spec_of(sweep, name)
    return words.outcome(spec) if spec else text_of(sweep, name) or words.plain(name)


def extremes(factor, table, value, column="mean"):
    """Where a curve is lowest and highest."""
    low, high = table.loc[table[column].idxmin()], table.loc[table[column].idxmax()]
    if value(low[column]) == value(high[column]):
        return f"{value(low[column])} throughout"
    at = "about " if table.attrs["binned"] else ""
    return (f"lowest {value(low[column])} at {at}{responses.level(factor, low.level)}, "
            f"highest {value(high[column])} at {at}{responses.level(factor, high.level)}")


def response(sweep, outcome, factor, by=None, arm=None, size=responses.PANEL, label=""):
    """(figure, what it shows): an outcome over a factor, with a curve for each level of `by` or each arm."""
    spec, factor = spec_of(sweep, outcome), sweep.factor(factor)
    rows = effects.known(effects.values(sweep, outcome, arm), outcome)
    found = effects.groups(sweep, factor, rows[factor.name], effects.bins_of(len(rows)))
    second = sweep.factor(by) if by in set(sweep.factors.name) else None
    drawn = [("", effects.curve(sweep, rows, factor))]
    if by is not None:
        known = effects.parts(sweep, outcome, by, arm)
        drawn = [(responses.level(second, level), effects.curve(sweep, own, factor)) for level, own in known]
    scattered = by is None and sweep.scattered and (drawn[0][1].cells > 1).any()
    cells = (factor.places(rows[factor.name]), rows.value) if scattered else None
    figure = responses.curves(size, factor, found, drawn, cells, label, words.is_time(spec))
    told = [extremes(factor, table, lambda x: words.value(spec, x)) for _, table in drawn]
    said = "; ".join(f"{name}: {one}" if name else one for (name, _), one in zip(drawn, told))
    return figure, words.capital(said) + "."


def share(sweep, claim, factor, size=responses.PANEL, label=""):
    """(figure, what it shows): share of cells that show a claim, over a factor."""
    table, factor = effects.claim_share(sweep, claim, factor), sweep.factor(factor)
    rows = effects.judged(sweep, claim)
    found = effects.groups(sweep, factor, rows[factor.name], effects.bins_of(len(rows)))
    said = extremes(factor, table, words.percent, "share")
    return responses.shares(size, factor, found, table, label), words.capital(said) + "."


def surface(sweep, name, first, second, claim=False, arm=None, size=responses.PANEL):
    """(figure, what it shows): an outcome's mean, or the share of cells that show a claim, by two factors."""
    rows = effects.known(effects.judged(sweep, name) if claim else effects.values(sweep, name, arm), name)
    factors = sweep.factor(first), sweep.factor(second)
    table, *found = effects.tiles(sweep, rows, *factors)
    spec = {} if claim else spec_of(sweep, name)
    value = words.percent if claim else lambda x: words.value(spec, x)
    written = value if claim or words.is_time(spec) else responses.decimals(table["mean"])
    figure = responses.tile_map(size, factors, table, found, written, (0, 1) if claim else None)
    said = []
    for word, row in (("lowest", table.loc[table["mean"].idxmin()]), ("highest", table.loc[table["mean"].idxmax()])):
        places = [f"{words.plain(f.name)} {about(f, g, int(k))}" for f, g, k in zip(factors, found, (row.a, row.b))]
        said.append(f"{word} {value(row['mean'])} at {words.listing(places)}")
    if table["mean"].nunique() == 1:
        return figure, f"{words.capital(value(table['mean'].iloc[0]))} everywhere."
    return figure, words.capital("; ".join(said)) + "."


def about(factor, found, k):
    if found.edges is None:
        return responses.level(factor, found.levels[k])
    return responses.level(factor, tuple(found.edges[k:k + 2]))


def titled(figure, ax, title, note):
    ax.set_title(responses.safe(title), loc="left", pad=26 if ax.get_legend() else 8)
    figure.get_layout_engine().set(w_pad=0.14, h_pad=0.1)
    figure.supxlabel(responses.safe(note), fontsize=9, color=plot.svg.MUTED, x=0.01, ha="left")
    return figure


def note_of(sweep, by):
    """What the marks of a curve are."""
    state = "" if sweep.complete else f"; {sweep.done} of {sweep.planned} cells"
    if sweep.scattered:
        marks = "means of cells with 95 % intervals" + ("" if by else "; small dots: single cells")
    else:
        marks = "means with 95 % Monte Carlo intervals"
        marks += "" if by or len(sweep.factors) == 1 else "; bands: range of cells"
    return f"{sweep.name}: {marks}{state}"


def heading(sweep, name, claim, size):
    """A figure's title in one line."""
    told = f"{name}: {text_of(sweep, name)}" if claim and text_of(sweep, name) else words.capital(described(sweep, name))
    return responses.clipped(told, size[0] - 60)


def file_name(parts, output):
    return pathlib.Path(output or "_".join(parts) + ".svg")


def write_response(place, asked, factor, by, arm, output):
    """Writes an outcome's curve or a claim's share over a factor; its path."""
    sweep = sweeps.read(place)
    outcome, claim = asked
    if claim:
        if by or arm:
            raise FolderError("--by and --arm are of outcomes; a claim's share takes neither")
        figure, _ = share(sweep, claim, factor, ALONE, "share of cells that show it")
        note = f"{sweep.name}: share of cells with 95 % interval (Wilson)"
        title = heading(sweep, claim, True, ALONE)
    else:
        label = words.capital(words.plain(outcome))
        figure, _ = response(sweep, outcome, factor, by, arm, ALONE, label)
        title = heading(sweep, outcome, False, ALONE)
        note = note_of(sweep, by)
        several = effects.arms_of(sweep, outcome) if by != "arm" else []
        note += f"; arm {arm or several[0]}" if several else ""
        title += f", by {words.plain(by)}" if by else ""
    path = file_name([claim or outcome, "by", factor] + ([by] if by else []), output)
    return plot.save(titled(figure, figure.axes[0], title, note), path)


def write_map(place, asked, pair, arm, output):
    """Writes a map of two factors; its path."""
    sweep = sweeps.read(place)
    outcome, claim = asked
    if pair[0] == pair[1]:
        raise FolderError(f"--factors {pair[0]} {pair[1]}: needs two different ones")
    figure, said = surface(sweep, claim or outcome, *pair, claim=bool(claim), arm=arm, size=MAP)
    title = heading(sweep, claim or outcome, bool(claim), MAP)
    what = "share of cells that show the claim" if claim else "mean"
    return plot.save(titled(figure, figure.axes[0], title, f"{sweep.name}: {what}. {said}"),
                     file_name([claim or outcome, "by", *pair], output))
