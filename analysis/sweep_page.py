"""Writes the page of a sweep: one file that needs nothing else."""

import errno
import pathlib

from . import effects, sweep, words
from .files import replace, write_text
from .folder import FolderError
from .report import PROJECT, render
from .sections import Explored, sweep_curves, sweep_design, sweep_effects, sweep_reading

GENERATOR = b'<meta name="generator" content="waltz">'
SECTIONS = (sweep_design.found, sweep_design.design, sweep_effects.section, sweep_curves.curves, sweep_effects.maps,
            sweep_curves.claims, sweep_design.failures, sweep_reading.reading, sweep_reading.made)


def page(found, place):
    """The page as text."""
    shares = effects.main_effects(found)
    context = Explored(found, str(place), shares, effects.ranking(shares, list(found.factors.name)), PROJECT)
    whole = words.capital(words.count(found.planned, "cell"))
    cells = whole if found.complete else f"{found.done} of {found.planned} cells"
    return render("sweep.html.j2", title=found.title, design=found.design, manifest=found.manifest, cells=cells,
                  sections=[section for section in (make(context) for make in SECTIONS) if section])


def beside(path):
    """Where the page of a store, or of a folder, stands: NAME.db gives NAME.html, any other name keeps its ending."""
    if path.is_dir():
        return path / "report.html"
    return path.with_name((path.stem if path.suffix == ".db" else path.name) + ".html")


def check_page(path):
    """A file that nobody named gives way only if it is a page."""
    if path.exists() and not (path.is_file() and GENERATOR in path.read_bytes()[:1000]):
        raise FolderError(f"{path}: exists and is no page of waltz; allowed: another name by -o")


def write(place, output=None):
    """Writes the page beside a store, or into a folder; its path."""
    found = sweep.read(place)
    path = pathlib.Path(output) if output else beside(found.path)
    if not output:
        check_page(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(path.parent))
    replace(path, write_text, page(found, place))
    return path
