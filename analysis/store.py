"""Reads the SQLite file that `waltz sweep` writes, also while it is being written."""

import contextlib
import pathlib
import sqlite3

import pandas

from .folder import FolderError

APPLICATION, VERSION = 0x77616C7A, 1
MAGIC = b"SQLite format 3\0"
PATIENCE = 10  # seconds for a sweep to end a commit
CAUSES = {
    "locked": "a sweep is writing it and did not pause; try again",
    "readonly": "a sweep was cut off within a commit; resume it, or ask `waltz sweep --status`, which mends the store",
    "unable to open": "cannot be opened; its folder may not be readable, or a sweep was cut off within a commit",
}


def cause(error):
    """An error of SQLite's in words for people."""
    for sign, words in CAUSES.items():
        if sign in str(error):
            return words
    return f"truncated or damaged ({error})"


def check_file(path):
    with open(path, "rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise FolderError(f"{path}: no SQLite file; allowed: a store of `waltz sweep`, or a folder of results")


def check_kind(path, connection):
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise FolderError(f"{path}: a SQLite file, but not one of `waltz sweep`")
    if version > VERSION:
        raise FolderError(f"{path}: of a newer waltz (store version {version}; this program reads {VERSION})")


@contextlib.contextmanager
def opened(path):
    """A connection that only reads, in one transaction: what a sweep commits meanwhile stays out."""
    path = pathlib.Path(path)
    check_file(path)
    try:
        address = f"{path.resolve().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, PATIENCE, isolation_level=None, uri=True)) as connection:
            connection.execute("BEGIN")
            check_kind(path, connection)
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise FolderError(f"{path}: {cause(error)}") from None


def table(connection, name, order, where=""):
    """A table as a frame of objects in an order; without checksums, which are the program's own."""
    cursor = connection.execute(f"SELECT * FROM {name} {where} ORDER BY {order}")
    columns = [column[0] for column in cursor.description]
    found = pandas.DataFrame.from_records(cursor.fetchall(), columns=columns, coerce_float=False)
    return found.drop(columns="checksum")


def provenance(connection):
    """What made the store, as a manifest tells it."""
    runs = table(connection, "runs", "run").to_dict("records")
    seconds, units = connection.execute("SELECT total(seconds), count(*) FROM batches").fetchone()
    last = runs[-1] if runs else {}
    return {
        "program": "waltz", "version": last.get("version"), "commit": last.get("commit_id"),
        "compiler": last.get("compiler"), "threads": last.get("threads"), "command_line": last.get("command_line"),
        "started": runs[0]["started"] if runs else None, "seconds": seconds if units else None, "runs": len(runs),
    }
