"""Plots one series of one run, or of two runs side by side."""

import pathlib

import matplotlib

from . import figures, svg, words
from .folder import Folder, FolderError

FORMATS = ("svg", "png", "pdf")
TIMELESS = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}  # the same file each time


def names(folders):
    """What tells the folders apart in a legend."""
    short = [folder.name for folder in folders]
    return short if len(set(short)) == len(short) else [str(folder.path) for folder in folders]


def title_of(folder, measure, subject):
    scenario = folder.scenario
    for joint, between in (("-", " and "), (">", " toward ")):
        if joint in subject:
            first, second = subject.split(joint, 1)
            return f"{words.label(measure)}, {scenario.state(first)}{between}{scenario.state(second)}"
    return words.label(measure) + ("" if subject == "system" else f", {scenario.state(subject)}")


def save(figure, path):
    """Writes a figure into a file of its own; its path."""
    figure.set_facecolor(svg.PAPER)
    with matplotlib.rc_context({"svg.hashsalt": "waltz"}):
        figure.savefig(path, dpi=144, metadata=TIMELESS.get(path.suffix))
    return path


def write(places, measure, subject, output):
    """Writes the figure; its path."""
    folders = [Folder(place) for place in places]
    series = []
    for name, folder in zip(names(folders), folders):
        table = folder.series(measure, subject)
        if table["mean"].isna().all():
            raise FolderError(f"{folder.path}: {measure} of {subject} is NA in every month, so there is nothing to plot")
        series.append((name, table))
    path = pathlib.Path(output or f"{measure}_{subject.replace('>', '_to_')}.svg")
    return save(figures.line_plot(series, title_of(folders[0], measure, subject), words.axis(measure)), path)
