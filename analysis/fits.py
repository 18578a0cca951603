"""Figures of a calibration: is it sure of the right things, and what of the known does it reach?"""

import numpy

from .bars import zero_axes
from .responses import clipped, safe
from .svg import BLUE, INK, MUTED, NARROW, RED, RULE, canvas

PANEL = (175, 150)  # pixels of a figure among many
KOLMOGOROV = 1.358  # its distance, times about √n, is greater in 5 % of cases
ROW = 24
FURTHEST = 8.0  # errors


def band(n):
    """Half the width of the band that holds all of a uniform sample's distribution function in 95 % of cases."""
    return KOLMOGOROV / (n**0.5 + 0.12 + 0.11 / n**0.5)


def uniform(values, outside):
    """A small panel: the distribution function of numbers that should be uniform, and its band."""
    figure, ax = canvas(*PANEL)
    x, half = numpy.sort(numpy.asarray(values, dtype=float)), band(len(values))
    ends = numpy.array([0.0, half, 1 - half, 1.0])
    ax.fill_between(ends, numpy.clip(ends - half, 0, 1), numpy.clip(ends + half, 0, 1), color=RULE, alpha=0.35,
                    linewidth=0)
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9)
    ax.step([0, *x, 1], [*numpy.arange(len(x) + 1) / len(x), 1], where="post", color=RED if outside else BLUE,
            linewidth=1.6)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    for side in "xy":
        getattr(ax, f"set_{side}ticks")([0, 0.5, 1], ["0", ".5", "1"])
    ax.spines["left"].set_visible(False)
    ax.tick_params(length=0)
    return figure


def spans(ax, y, rows, colour, marker, **more):
    """Ranges and medians of a kind: (low, median, high)."""
    for place, (low, median, high) in zip(y, rows):
        ax.plot([low, high], [place, place], color=colour, solid_capstyle="butt", **more)
        if marker:
            ax.plot([median], [place], color=colour, marker=marker, markersize=4.5)


def targets(width, names, prior, posterior, drawn):
    """What is known at zero, one error to both sides shaded; ranges of prior, posterior and drawn moves."""
    figure, ax = canvas(width, 50 + ROW * len(names))
    y = -numpy.arange(len(names), dtype=float)
    ax.axvspan(-1, 1, color=RULE, alpha=0.35, linewidth=0)
    spans(ax, y + 0.26, prior, MUTED, None, linewidth=1)
    spans(ax, y, posterior, BLUE, "o", linewidth=3.2)
    if drawn:
        spans(ax, y - 0.28, drawn, RED, "D", linewidth=1.2)
    room = 140 if width == NARROW else 300
    ax.set_yticks(y, [safe(clipped(name, room)) for name in names], fontsize=10, color=INK)
    ax.set_ylim(y[-1] - 0.7, 0.7)
    every = numpy.array([*prior, *posterior, *drawn])
    ax.set_xlim(max(-FURTHEST, min(-1.5, every.min() - 0.2)), min(FURTHEST, max(1.5, every.max() + 0.2)))
    ax.set_xlabel("errors from what is known")
    zero_axes(ax)
    return figure
