"""Reads what waltz leaves: `load(path)` gives the tables of a run's folder, or of a sweep, as pandas frames.

On the command line: `/usr/bin/python3 -m analysis --help`."""

import pathlib

from . import sweep
from .effects import claim_share, main_effects, response, surface
from .folder import Folder, FolderError, UnknownName
from .sweep import Sweep

__all__ = ["Folder", "FolderError", "Sweep", "UnknownName", "claim_share", "load", "main_effects", "response",
           "surface"]


def load(path):
    """A folder of `waltz run` or `reproduce`; or a sweep: its store, or a folder of `waltz export`."""
    path = pathlib.Path(path)
    if path.is_file() or path.is_dir() and sweep.is_export(path):
        return sweep.read(path)
    return Folder(path)
