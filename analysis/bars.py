"""Figures that compare: dots with intervals, and bars to both sides of zero."""

import numpy

from .svg import BLUE, INK, MUTED, NARROW, RED, RULE, canvas
from .words import num, signed

ROW = 19  # pixels


def fit(label, width):
    """A label in two lines where one takes too much of a narrow page."""
    if width != NARROW or len(label) < 22 or " – " not in label:
        return label
    return label.replace(" – ", " –\n")


def zero_axes(ax):
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=0.5)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter(lambda x, _: signed(f"{x:.3g}") if abs(x) > 1e-9 else "0")


def dots(width, rows, label):
    """One row each: (label, value, low, high, wide low, wide high, is it in focus?); None parts them."""
    height = 50 + (1.35 if width == NARROW else 1) * ROW * len(rows)
    figure, ax = canvas(width, height)
    places = -numpy.arange(len(rows))
    for y, row in zip(places, rows):
        if row is None:
            ax.axhline(y, color=RULE, linewidth=0.8, linestyle=(0, (2, 3)))
            continue
        _, value, low, high, draws_low, draws_high, focus = row
        colour = RED if focus else BLUE
        ax.plot([draws_low, draws_high], [y, y], color=colour, linewidth=1, alpha=0.5)
        ax.plot([low, high], [y, y], color=colour, linewidth=3.2, solid_capstyle="butt")
        ax.plot([value], [y], color=colour, marker="D" if focus else "o", markersize=6 if focus else 4.5)
    known = [(y, row) for y, row in zip(places, rows) if row is not None]
    ax.set_yticks([y for y, _ in known], [fit(row[0], width) for _, row in known], fontsize=10)
    for text, (_, row) in zip(ax.get_yticklabels(), known):
        text.set_color(RED if row[-1] else INK)
    ax.set_ylim(places[-1] - 0.7, 0.7)
    ax.set_xlabel(label)
    zero_axes(ax)
    return figure


def shares(width, rows):
    """Bars of what is left of a step: (label, left, low, high), as shares of the base arm's."""
    figure, ax = canvas(width, 46 + ROW * len(rows))
    places = -numpy.arange(len(rows))
    for y, (_, left, low, high) in zip(places, rows):
        ax.barh(y, left, height=0.62, color=BLUE, alpha=0.75, linewidth=0)
        ax.plot([low, high], [y, y], color=INK, linewidth=1.3)
    ax.set_yticks(places, [row[0] for row in rows], fontsize=10, color=INK)
    ax.axvline(1, color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)))
    ax.set_ylim(places[-1] - 0.6, 0.6)
    zero_axes(ax)
    ax.xaxis.set_major_formatter(lambda x, _: signed(f"{100 * x:.0f} %"))
    return figure


def terms(rows, limit):
    """A small panel: what each term adds to proposing (filled) and to accepting (outline)."""
    figure, ax = canvas(330, 40 + 23 * len(rows))
    places = -numpy.arange(len(rows))
    for y, (_, proposing, accepting) in zip(places, rows):
        colour = BLUE if max(proposing, accepting, key=abs) > 0 else RED
        ax.barh(y + 0.19, proposing, height=0.34, color=colour, linewidth=0)
        ax.barh(y - 0.19, accepting, height=0.34, facecolor="none", edgecolor=colour, linewidth=1)
        furthest = max(proposing, accepting, key=abs)
        side = 1 if furthest > 0 else -1
        ax.annotate(num(furthest, 2, plus=True), (furthest, y), xytext=(3 * side, 0), textcoords="offset points",
                    fontsize=9, va="center", ha="left" if side > 0 else "right", color=MUTED)
    ax.set_yticks(places, [row[0] for row in rows], fontsize=9.5, color=INK)
    ax.set_xlim(-limit, limit)
    ax.set_ylim(places[-1] - 0.6, 0.6)
    zero_axes(ax)
    ax.locator_params(axis="x", nbins=4)
    return figure
