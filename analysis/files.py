"""Tables as rows of texts, and files that appear whole or not at all."""

import csv
import os
import shutil


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(path, table, columns=None):
    """Rows as dictionaries; the first tells the columns, unless these are given."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def write_text(path, text):
    path.write_text(text, encoding="utf-8")


def replace(path, write, *what):
    """As write(path, *what), beside the file first."""
    beside = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        write(beside, *what)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def replace_all(files, folder):
    """Copies of all files lie beside their places before the first takes its own."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = {folder / file.name: folder / f".{file.name}.partial-{os.getpid()}" for file in files}
    try:
        for file, beside in zip(files, partial.values()):
            shutil.copyfile(file, beside)
        for place, beside in partial.items():
            os.replace(beside, place)
    finally:
        for beside in partial.values():
            beside.unlink(missing_ok=True)
