"""Figures over time. Each takes its width and returns a matplotlib figure."""

import numpy

from .svg import BLUE, DASHES, GREEN, GRID, INK, MUTED, NARROW, OCHRE, PURPLE, RED, RULE, canvas
from .words import axis, capital, plain

SMALL = (175, 120)  # pixels of a figure among many
LETTER = 6.1  # width of a letter in pixels, about
LINE = 14  # height of a line
COLOURS = [BLUE, RED, GREEN, PURPLE, OCHRE]


def years(table):
    """Months as years with fractions."""
    return table.year + (table.month - 1) / 12


def when(date):
    """2015-07-14 or 2015-07 in years."""
    return int(date[:4]) + (int(date[5:7]) - 1) / 12


def time_axis(ax, first, last, width, margin=0.0):
    """Ticks at whole years, as many as there is room for."""
    ax.set_xlim(first, last + margin)
    span = last - first
    room = max(2, width // 55)
    step = next((s for s in (1, 2, 3, 4, 5, 10, 20, 50) if span / s <= room), 100)
    ticks = [y for y in range(int(numpy.ceil(first - 1e-9)), int(last) + 1) if y % step == 0]
    ax.set_xticks(ticks, [str(y) for y in ticks])


def plain_axes(ax):
    ax.grid(axis="y")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="y", nbins=5)


def band(ax, x, table, colour, dashes="-", **more):
    """The mean, and the range of 90 % of the runs where it is known."""
    if {"q05", "q95"} <= set(table) and table.q05.notna().any():
        ax.fill_between(x, table.q05, table.q95, color=colour, alpha=0.18, linewidth=0)
    return ax.plot(x, table["mean"], color=colour, linestyle=dashes, **more)[0]


def spread(values, least):
    """The values pushed apart until neighbours are at least so far from each other; order kept."""
    order = numpy.argsort(values)
    placed = numpy.array(values, dtype=float)
    for _ in range(200):
        moved = False
        for low, high in zip(order, order[1:]):
            gap = least - (placed[high] - placed[low])
            if gap > 1e-9:
                placed[low] -= gap / 2
                placed[high] += gap / 2
                moved = True
        if not moved:
            break
    return placed


def stagger(xs, widths):
    """Row of each label, so that none lies on another; xs in order."""
    ends, rows = [], []
    for x, width in zip(xs, widths):
        row = next((k for k, end in enumerate(ends) if end <= x), len(ends))
        ends[row:row + 1] = [x + width]
        rows.append(row)
    return rows


def mark_shocks(axes, shocks, width, height):
    """Lines at the dates of `shocks`: (name, date, is it one that is asked about?)."""
    ax = axes[0]
    first, last = ax.get_xlim()
    scale = (width - 60) / (last - first)
    for _, date, named in shocks:
        for each in axes:
            each.axvline(when(date), color=MUTED if named else GRID, linewidth=0.9, zorder=0.5)
    named = [(name, when(date)) for name, date, is_named in shocks if is_named]
    widths = [LETTER * len(name) / scale + 0.1 for name, _ in named]
    xs = [min(x, last - w) for (_, x), w in zip(named, widths)]
    rows = stagger(xs, widths)
    for (name, _), x, row in zip(named, xs, rows):
        above = 1 + (row + 0.35) * LINE / height
        ax.text(x, above, plain(name), transform=ax.get_xaxis_transform(), fontsize=10, color=MUTED)


def end_labels(ax, lines, x, height):
    """Names at the ends of lines: (name, last value, colour)."""
    low, high = ax.get_ylim()
    places = spread([value for _, value, _ in lines], 13 * (high - low) / height)
    for (name, _, colour), y in zip(lines, places):
        ax.text(x, y, name, color=colour, fontsize=10, va="center")


def phases(width, level, flow, changes, windows, shocks):
    """Cooperation with its band above; below acts, their change points and where onsets are looked for."""
    narrow = width == NARROW
    height = 400 if narrow else 430
    figure, (top, low) = canvas(width, height, nrows=2, sharex=True, height_ratios=[3, 2])
    x = years(level)
    band(top, x, level, BLUE)
    top.set_ylabel(axis(level.measure.iloc[0]))
    top.set_ylim(bottom=0)
    for first, last in windows:
        low.axvspan(when(first), when(last) + 1 / 12, color=RULE, alpha=0.3, linewidth=0)
    if flow is not None:
        low.plot(years(flow), flow["mean"], color=RED, linewidth=0.9, alpha=0.75)
        low.set_ylabel(axis(flow.measure.iloc[0]).replace(" (", "\n("))
        low.set_ylim(bottom=0)
    mark_changes(low, changes, x.iloc[0], x.iloc[-1])
    for ax in (top, low):
        plain_axes(ax)
    time_axis(top, x.iloc[0], x.iloc[-1], width)
    mark_shocks((top, low), shocks, width, 0.5 * height)
    return figure


def mark_changes(ax, changes, first, last):
    """The level of each segment as a step, and a triangle where it changes."""
    if not len(changes):
        return
    at = [when(date) for date in changes.date]
    levels = [changes.before.iloc[0], *changes.after]
    ax.step([first, *at, last], [*levels, levels[-1]], where="post", color=INK, linewidth=1.1, linestyle=DASHES[1])
    for x, (_, row) in zip(at, changes.iterrows()):
        up = row.direction == "up"
        ax.plot([x], [max(row.before, row.after)], marker="^" if up else "v", color=INK, markersize=6, linestyle="none")


def overlay(width, series, shocks, label):
    """Means of several arms in one figure, the first one the base: (name, table)."""
    narrow = width == NARROW
    height = 300 if narrow else 330
    figure, ax = canvas(width, height)
    ends = []
    for k, (name, table) in enumerate(series):
        style = {"linewidth": 2.2 if k == 0 else 1.6, "zorder": 4 - k / 10}
        colour = INK if k == 0 else COLOURS[(k - 1) % len(COLOURS)]
        ax.plot(years(table), table["mean"], color=colour, linestyle=DASHES[k % len(DASHES)], **style)
        ends.append((plain(name), table["mean"].iloc[-1], colour))
    x = years(series[0][1])
    room = LETTER * max(len(name) for name, _ in series) + 10
    ax.set_ylim(bottom=0)
    ax.set_ylabel(label)
    plain_axes(ax)
    time_axis(ax, x.iloc[0], x.iloc[-1], width - room, margin=(x.iloc[-1] - x.iloc[0]) * room / (width - room - 50))
    mark_shocks((ax,), shocks, width, 0.75 * height)
    end_labels(ax, ends, x.iloc[-1] + 0.15, 0.75 * height)
    return figure


def against(base, other, top):
    """A small panel: an arm over the base arm."""
    figure, ax = canvas(*SMALL)
    x = years(base)
    ax.plot(x, base["mean"], color=MUTED, linewidth=1.1, linestyle=DASHES[1])
    ax.plot(years(other), other["mean"], color=BLUE, linewidth=1.8)
    ax.set_ylim(0, top)
    plain_axes(ax)
    time_axis(ax, x.iloc[0], x.iloc[-1], SMALL[0])
    return figure


def yearly(width, series, label):
    """Yearly means of several measures: (name, table)."""
    height = 280
    figure, ax = canvas(width, height)
    ends = []
    for k, (name, table) in enumerate(series):
        colour = COLOURS[k % len(COLOURS)]
        marker = "osD^v"[k % 5]
        band(ax, table.year, table, colour, DASHES[k % len(DASHES)], marker=marker, markersize=4)
        ends.append((name, table["mean"].iloc[-1], colour))
    first, last = series[0][1].year.iloc[[0, -1]]
    room = LETTER * max(len(name) for name, _ in series) + 10
    ax.set_ylabel(label)
    ax.set_ylim(bottom=0)
    plain_axes(ax)
    time_axis(ax, first - 0.2, last + 0.2, width - room, margin=(last - first + 0.4) * room / (width - room - 50))
    end_labels(ax, ends, last + 0.35, 0.8 * height)
    return figure


def panel(table, digits=None):
    """A small panel: one yearly measure with its band, from zero."""
    figure, ax = canvas(*SMALL)
    band(ax, table.year, table, BLUE)
    top = table[["mean", "q95"]].max().max() if "q95" in table else table["mean"].max()
    ax.set_ylim(0, 1.08 * top if top > 0 else 1)
    plain_axes(ax)
    time_axis(ax, table.year.iloc[0], table.year.iloc[-1], SMALL[0])
    if digits is not None:
        ax.yaxis.set_major_formatter(lambda y, _: f"{100 * y:.{digits}f} %")
    return figure


def line_plot(series, title, label):
    """A figure of its own: mean and band by month of one or more folders: (name, table)."""
    figure, ax = canvas(720, 400)
    banded = any(table.q05.notna().any() for _, table in series)
    for k, (name, table) in enumerate(series):
        band(ax, years(table), table, COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)], label=name)
    x = years(series[0][1])
    ax.set_ylabel(label)
    ax.set_title(capital(title), loc="left")
    ax.set_title("mean and range of 90 % of the runs" if banded else "mean", loc="right", fontsize=10, color=MUTED)
    plain_axes(ax)
    time_axis(ax, x.iloc[0], x.iloc[-1], 720)
    if len(series) > 1:
        ax.legend(loc="best")
    return figure
