"""The parts of a report, in its order. Each takes a Context and returns what its template shows, or None."""

import dataclasses

from ..folder import Folder


@dataclasses.dataclass
class Context:
    """What a report is made of: a run's folder and, where there are any, folders of results computed beforehand."""

    folder: Folder
    robustness: object = None
    calibration: object = None
    multiverse: object = None
    project: object = None


@dataclasses.dataclass
class Explored:
    """What a sweep's page is made of: the sweep, its path as it was given, and what its factors explain."""

    sweep: object
    place: str
    effects: object
    ranked: list
    project: object = None

    def effect(self, name, factor):
        """The row of an outcome or claim and a factor, None if there is none."""
        rows = self.effects[(self.effects["name"] == name) & (self.effects["factor"] == factor)]
        return rows.iloc[0] if len(rows) else None

    def names(self, kind):
        return list(dict.fromkeys(self.effects["name"][self.effects["kind"] == kind]))

    def drowned(self, name):
        """Do the cells differ no more than chance makes them?"""
        rows = self.effects[self.effects["name"] == name]
        return bool(rows["share"].isna().all() and all(told is False for told in rows["told"]))

    def pairs(self, names):
        """(name, factor), those first where the factor explains most."""
        found = [(name, factor) for name in names for factor in self.ranked]

        def order(pair):
            row = self.effect(*pair)
            return row.told is False, -(row["share"] if row["share"] == row["share"] else -1)

        return sorted(found, key=order)
