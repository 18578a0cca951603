"""Reads the folders that waltz leaves: `load(folder)` gives its tables as pandas frames.

On the command line: `/usr/bin/python3 -m analysis --help`."""

from .folder import Folder, FolderError, UnknownName, load

__all__ = ["Folder", "FolderError", "UnknownName", "load"]
