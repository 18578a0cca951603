"""What a sweep varies."""

import dataclasses
import re

import numpy
import pandas

INTEGER, REAL, TEXT = "int64", "float64", "object"
COLUMNS = ["factor", "name", "paths", "kind", "low", "high", "scale", "levels", "unit"]
DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")


@dataclasses.dataclass
class Factor:
    """What is varied: `kind` is number, date or word."""

    name: str
    kind: str
    scale: str
    levels: list
    paths: list
    low: object
    high: object
    unit: str

    def places(self, column):
        """Where values stand on an axis: numbers, dates in years, words by their order."""
        if self.kind == "number":
            return column.to_numpy(dtype=float)
        if self.kind == "word":
            order = list(dict.fromkeys([*self.levels, *column]))
            return column.map(order.index).to_numpy(dtype=float)
        days = pandas.to_datetime(column)
        return (days.dt.year + (days.dt.dayofyear - 1) / (365 + days.dt.is_leap_year)).to_numpy(dtype=float)


def kind_of(values):
    """What a factor's values in a file look like."""
    values = values.dropna().astype(str)
    if pandas.to_numeric(values, errors="coerce").notna().all():
        return "number"
    return "date" if values.map(DATE.fullmatch).notna().all() else "word"


def factors_of(frame):
    """The table of factors: texts are never unknown, bounds are numbers where they are some."""
    frame = frame.astype({"factor": INTEGER}).astype(object).assign(factor=frame.factor.astype(INTEGER))
    for column in ("name", "paths", "kind", "scale", "levels", "unit"):
        frame[column] = frame[column].where(frame[column].notna(), "").map(
            lambda x: ";".join(map(str, x)) if isinstance(x, list) else str(x)).astype(object)
    for column in ("low", "high"):
        frame[column] = [numpy.nan if x is None or x != x else x if isinstance(x, str) else float(x)
                         for x in frame[column]]
        frame[column] = frame[column].astype(object)
    frame["scale"] = frame["scale"].replace("", "linear")
    return frame
