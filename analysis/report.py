"""Writes report.html: one file that needs nothing else."""

import pathlib

import jinja2

from . import svg, words
from .files import replace, write_text
from .folder import Folder
from .sections import (Context, arms, calibration, claims, domains, dyads, fragility, headline, method, minds,
                       multiverse, phases, robustness)

PROJECT = pathlib.Path(__file__).resolve().parent.parent
SECTIONS = (headline.section, phases.section, dyads.section, claims.section, calibration.section, arms.section,
            domains.section, minds.section, domains.system, method.searches, robustness.section, multiverse.section,
            fragility.section, method.outcomes, method.about)
STORED = ("robustness", "calibration", "multiverse")  # folders of results that were computed beforehand

# What a section needs that `waltz run` does not write.
NEEDS = {"claims": "claims", "arms": "arms and what each shock accounts for", "dyads": "all other dyads",
         "minds": "what changed the states' minds", "searches": "change points"}


def stored(folder, given=None):
    """Folders of stored results, None where there is none: <kind>/<scenario> beside the robustness folder that is
    given, else in the project's own configs."""
    given = pathlib.Path(given).resolve() if given else None
    base = given.parent.parent if given else PROJECT / "configs"
    name = given.name if given else str(folder.manifest.get("scenario"))
    places = {kind: base / kind / name for kind in STORED} | ({"robustness": given} if given else {})
    return {kind: place if place.is_dir() else None for kind, place in places.items()}


def environment():
    loader = jinja2.FileSystemLoader(pathlib.Path(__file__).parent / "templates")
    made = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    made.filters["plain"] = words.plain
    made.filters["capital"] = words.capital
    return made


def render(template, **more):
    """A page in the house's style as text."""
    style = (pathlib.Path(__file__).parent / "templates/style.css").read_text(encoding="utf-8")
    return environment().get_template(template).render(palette=svg.PALETTE, style=style, **more)


def page(folder, robustness=None):
    """The report as text."""
    context = Context(folder, project=PROJECT, **stored(folder, robustness))
    found = [section for section in (make(context) for make in SECTIONS) if section]
    present = {section["name"] for section in found}
    return render(
        "report.html.j2", title=folder.scenario.title, manifest=folder.manifest, sections=found,
        absent=[what for name, what in NEEDS.items() if name not in present], reproduced=folder.has("claims"),
    )


def write(place, robustness=None):
    """Writes the report of a folder into it; its path."""
    folder = Folder(place)
    path = folder.path / "report.html"
    replace(path, write_text, page(folder, robustness))
    return path
