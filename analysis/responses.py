"""Figures of sweeps: curves over a factor, shares of claims, and maps of two factors. All in pixels of the page."""

import itertools

import numpy
from matplotlib.patches import Rectangle

from .figures import COLOURS, LETTER, plain_axes
from .svg import BLUE, DASHES, INK, MUTED, RED, RULE, canvas
from .words import UNKNOWN, missing, month, num, plain, signed

PANEL = (330, 220)  # of a figure among many
POINTS = 200  # of a scatter, at most
FULL, FAINT = 0.55, 0.05  # how strongly a map's tiles are coloured: numbers in ink stay readable, also in the dark


def safe(text):
    """A text in which nothing is a formula."""
    return str(text).replace("$", r"\$")


def short(x):
    """A number as a tick shows it."""
    if missing(x):
        return UNKNOWN
    return signed(f"{x:,.0f}".replace(",", "\u202f") if abs(x) >= 1000 else f"{x:.3g}")


def decimals(values):
    """Writes numbers with as many decimals as the greatest needs for three figures."""
    greatest = max(abs(values.min()), abs(values.max()))
    digits = int(numpy.clip(2 - numpy.floor(numpy.log10(greatest)), 0, 6)) if greatest > 0 else 0
    return lambda x: num(x, digits)


def level(factor, value):
    """A level as written; the range of a bin."""
    if isinstance(value, tuple):
        return f"{level(factor, value[0])} to {level(factor, value[1])}"
    if factor is None or factor.kind == "word":
        return plain(str(value)) if factor is None else str(value)
    if factor.kind == "date":
        return month(value) if isinstance(value, float) else str(value)
    return short(value)


def clipped(text, room):
    most = max(4, int(room / LETTER))
    return text if len(text) <= most else text[:most - 1] + "…"


def named(factor):
    return safe(f"{plain(factor.name)} ({factor.unit})" if factor.unit else plain(factor.name))


def log_range(factor, edges):
    """The range that was asked for if it is known and holds the cells, else theirs."""
    ends = [x if isinstance(x, float) else y for x, y in zip((factor.low, factor.high), (edges[0], edges[-1]))]
    return ends if 0 < ends[0] <= edges[0] and edges[-1] <= ends[1] else (edges[0], edges[-1])


def steps(low, high):
    """Round ticks of a log axis: 1, 2 and 5 of each power of ten, thinned if they are many."""
    powers = range(int(numpy.floor(numpy.log10(low))), int(numpy.ceil(numpy.log10(high))) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [d * 10.0**p for p, d in itertools.product(powers, digits) if low <= d * 10.0**p <= high]
        if len(found) <= 6:
            break
    return found if len(found) > 1 else [low, high]


def mark(ax, side, places, labels, room):
    """Ticks at places, as many as there is room for."""
    widest = max(map(len, labels), default=1) * LETTER + 8
    every = max(1, int(numpy.ceil(len(labels) * (widest if side == "x" else 16) / room)))
    getattr(ax, f"set_{side}ticks")(places[::every], [safe(text) for text in labels[::every]])


def factor_axis(ax, side, factor, found, room):
    """Scale, ticks and name of a factor's axis; `found` holds its values' places and levels."""
    places, levels = list(found.centres), found.levels
    getattr(ax, f"set_{side}label")(named(factor))
    if factor.kind == "word":
        each = room / max(1, len(levels)) - 8 if side == "x" else 90
        mark(ax, side, places, [clipped(level(factor, v), max(each, 36)) for v in levels], room)
        pad = 0.4
        getattr(ax, f"set_{side}lim")(min(places) - pad, max(places) + pad)
    elif factor.kind == "date":
        if found.edges is None and len(levels) <= 8:
            mark(ax, side, places, [str(v)[:7] for v in levels], room)
        else:
            ends = numpy.linspace(places[0], places[-1], 4)
            mark(ax, side, list(ends), [month(x) for x in ends], room)
    elif factor.scale == "log" and min(places) > 0:
        getattr(ax, f"set_{side}scale")("log")
        low, high = (min(places), max(places)) if found.edges is None else log_range(factor, found.edges)
        getattr(ax, f"set_{side}lim")(low / (high / low) ** 0.04, high * (high / low) ** 0.04)
        ticks = places if found.edges is None and len(places) <= 6 else steps(low, high)
        getattr(ax, f"set_{side}ticks")(ticks, [short(t) for t in ticks])
        getattr(ax, f"set_{side}ticks")([], minor=True)
    else:
        ax.locator_params(axis=side, nbins=5)
        if found.edges is None and 1 < len(places) <= 6 and min(numpy.diff(places)) > 0.12 * (places[-1] - places[0]):
            getattr(ax, f"set_{side}ticks")(places)
        getattr(ax, f"{side}axis").set_major_formatter(lambda x, _: short(x) if abs(x) > 1e-12 else "0")


def value_axis(ax, time, share=False):
    plain_axes(ax)
    ax.spines["bottom"].set_color(RULE)
    if share:
        ax.set_ylim(-0.04, 1.04)
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
        ax.yaxis.set_major_formatter(lambda y, _: f"{100 * y:.0f} %")
        return
    low, high = ax.dataLim.intervaly
    least = 0.5 if time else 1e-6 * max(abs(low), abs(high), 1e-6)
    if high - low < least:  # as good as constant
        ax.set_ylim((low + high - least) / 2, (low + high + least) / 2)
    if time:
        ax.yaxis.set_major_formatter(lambda y, _: month(y))
    else:
        ax.yaxis.set_major_formatter(lambda y, _: short(y) if abs(y) > 1e-12 else "0")


def thinned(x, y):
    """Evenly chosen points, if they are many."""
    keep = numpy.unique(numpy.linspace(0, len(x) - 1, min(len(x), POINTS)).round().astype(int))
    return numpy.asarray(x)[keep], numpy.asarray(y)[keep]


def intervals(ax, table, low, high, **style):
    """A bar at each place where both ends are known."""
    known = table[table[low].notna() & table[high].notna()]
    ax.vlines(known.x, known[low], known[high], **style)


def bars(ax, table, k, joined, ranged):
    """A curve: means with 95 % intervals, and the range of the cells behind each where it is asked for."""
    colour = COLOURS[k % len(COLOURS)]
    if ranged and (table.cells > 1).any():
        intervals(ax, table, "least", "most", color=colour, linewidth=6, alpha=0.2)
    intervals(ax, table, "low", "high", color=colour, linewidth=1.6)
    return ax.plot(table.x, table["mean"], color=colour, linestyle=DASHES[k % len(DASHES)] if joined else "none",
                   marker="osD^v"[k % 5], markersize=4.5)[0]


def curves(size, factor, found, drawn, cells, label="", time=False):
    """Curves over a factor: (name, table) each; `cells` are (x, y) of single cells, or None for their range instead."""
    figure, ax = canvas(*size)
    if cells is not None:
        ax.plot(*thinned(*cells), color=MUTED, marker=".", markersize=3, alpha=0.45, linestyle="none")
    lines = [bars(ax, table, k, factor.kind != "word", cells is None and len(drawn) == 1)
             for k, (_, table) in enumerate(drawn)]
    if len(drawn) > 1:
        names = [safe(clipped(name, 150)) for name, _ in drawn]
        wide = sum(LETTER * len(name) + 40 for name in names)
        ax.legend(lines, names, loc="lower left", bbox_to_anchor=(0, 1), ncol=len(names) if wide < size[0] - 60 else 2,
                  borderaxespad=0.2, handlelength=1.8, columnspacing=1.2, fontsize=10)
    ax.set_ylabel(safe(label))
    value_axis(ax, time)
    factor_axis(ax, "x", factor, found, size[0] - 60)
    return figure


def shares(size, factor, found, table, label=""):
    """Share of cells that show a claim, with Wilson's interval."""
    figure, ax = canvas(*size)
    intervals(ax, table, "low", "high", color=BLUE, linewidth=1.6)
    ax.plot(table.x, table.share, color=BLUE, marker="o", markersize=4.5,
            linestyle="none" if factor.kind == "word" else "-")
    ax.set_ylabel(safe(label))
    value_axis(ax, False, share=True)
    factor_axis(ax, "x", factor, found, size[0] - 60)
    return figure


def tint(value, low, high):
    """Colour and strength: blue from the least to the greatest; red below zero where values have both signs."""
    if low < 0 < high:
        return (BLUE if value >= 0 else RED), FAINT + (FULL - FAINT) * abs(value) / max(-low, high)
    return BLUE, FAINT + (FULL - FAINT) * ((value - low) / (high - low) if high > low else 0.5)


def sides(found, factor):
    """Left and right edge of each tile: bins as they are, levels side by side."""
    if found.edges is None:
        return numpy.arange(len(found.centres)) - 0.5, numpy.arange(len(found.centres)) + 0.5
    return found.edges[:-1], found.edges[1:]


def key_bar(ax, low, high, written):
    """What the colours mean: a strip above the map."""
    ends = numpy.linspace(low, high, 25)
    for k, (left, right) in enumerate(zip(ends, ends[1:])):
        colour, strength = tint((left + right) / 2, low, high)
        ax.add_patch(Rectangle((0.3 + 0.016 * k, 0.2), 0.016, 0.6, facecolor=colour, alpha=strength, linewidth=0))
    ax.text(0.28, 0.5, written(low), ha="right", va="center", fontsize=10, color=MUTED)
    ax.text(0.72, 0.5, written(high), ha="left", va="center", fontsize=10, color=MUTED)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_axis_off()


def tile_axis(ax, side, factor, found, room):
    """As factor_axis; levels stand side by side, each named."""
    if found.edges is not None:
        factor_axis(ax, side, factor, found, room)
        getattr(ax, f"set_{side}lim")(found.edges[0], found.edges[-1])
        return
    each = 90 if side == "y" else max(36, room / len(found.levels) - 8)
    labels = [clipped(str(v)[:7] if factor.kind == "date" else level(factor, v), each) for v in found.levels]
    getattr(ax, f"set_{side}label")(named(factor))
    getattr(ax, f"set_{side}lim")(-0.5, len(labels) - 0.5)
    mark(ax, side, list(range(len(labels))), labels, room)


def tile_map(size, factors, table, found, written, limits=None):
    """Tiles of two factors, coloured by the mean of the cells in each; numbers in them where there is room."""
    figure, (top, ax) = canvas(*size, nrows=2, height_ratios=[1, 14])
    low, high = limits or (table["mean"].min(), table["mean"].max())
    key_bar(top, low, high, written)
    (left, right), (below, above) = (sides(g, f) for g, f in zip(found, factors))
    texts = [written(value) for value in table["mean"]]
    room = (size[0] - 75) / len(left), (size[1] - 90) / len(below)
    fits = max(map(len, texts)) * LETTER * 0.85 + 5 < room[0] and room[1] > 13
    numbers = fits and all(group.edges is None for group in found)
    for row, text in zip(table.itertuples(), texts):
        a, b = int(row.a), int(row.b)
        colour, strength = tint(row.mean, low, high)
        ax.add_patch(Rectangle((left[a], below[b]), right[a] - left[a], above[b] - below[b], facecolor=colour,
                               alpha=strength, linewidth=0))
        if numbers:
            ax.text((left[a] + right[a]) / 2, (below[b] + above[b]) / 2, text, ha="center", va="center", fontsize=9,
                    color=INK)
    for side, factor, group in zip("xy", factors, found):
        tile_axis(ax, side, factor, group, size[0] - 75 if side == "x" else size[1] - 90)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure
