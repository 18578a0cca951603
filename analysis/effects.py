"""What a sweep says of its factors: response curves, shares of claims, maps, and which factors matter.

Two errors are kept apart. A cell's mean has a Monte Carlo error (mcse), as its replicates are finite in number. A mean
over cells that were drawn (latin_hypercube, sobol, random) also varies with the draw; over a grid's cells it does not.
"""

import dataclasses

import numpy
import pandas

from .folder import FolderError, UnknownName

Z = 1.96  # of a 95 % interval
FEW = 12  # so many different values are levels, if three cells stand at each
ALONE = 30  # the same where nothing else is varied
LINES = 5  # of a second factor, in one figure
LEAST_CELLS = 10  # of a drawn design, before shares of variance are told


@dataclasses.dataclass
class Groups:
    """Cells put together by a factor's level, or by bins of equally many cells (`edges`)."""

    index: numpy.ndarray
    centres: numpy.ndarray
    edges: object
    levels: list


def cells_of(sweep):
    """The cells that did not fail and have replicates."""
    return sweep.cells[sweep.cells.failure.isna() & (sweep.cells.replicates > 0)]


def values(sweep, outcome, arm=None):
    """A row a cell: its factors, the outcome's `value` and `mcse`. An outcome that searches change points has the value
    read on the mean path alone. Without `arm`, the first of the design that knows the outcome, if cells have several."""
    rows = sweep.summaries[sweep.summaries.outcome == outcome]
    if rows.empty:
        raise UnknownName("outcome", outcome, {*sweep.summaries.outcome, *sweep.design["outcomes"]})
    if arm is not None and not (rows.arm == arm).any():
        raise UnknownName("arm", arm, rows.arm)
    value = rows["mean"] if rows["mean"].notna().any() else rows.mean_path
    rows = rows.assign(value=value)[value.notna() & rows.cell.isin(cells_of(sweep).cell)]
    if arm is None and rows.cell.duplicated().any():
        arm = next(a for a in [*sweep.design["arms"], *rows.arm] if (rows.arm == a).any())
    rows = rows if arm is None else rows[rows.arm == arm]
    return rows[["cell", *sweep.factors.name, "arm", "value", "mcse"]].reset_index(drop=True)


def judged(sweep, claim):
    """A row a cell: its factors, and whether the claim is shown (`value`, 1 or 0)."""
    rows = sweep.claims[sweep.claims.claim == claim]
    if rows.empty:
        raise UnknownName("claim", claim, {*sweep.claims.claim, *sweep.design["claims"]})
    rows = rows[rows.shown.notna() & rows.cell.isin(cells_of(sweep).cell)]
    rows = rows.assign(value=rows.shown, mcse=numpy.nan)
    return rows[["cell", *sweep.factors.name, "value", "mcse"]].reset_index(drop=True)


def groups(sweep, factor, column, bins):
    """The cells by level, or in so many bins where the factor has too many values."""
    x = factor.places(column)
    unique, index = numpy.unique(x, return_inverse=True)
    few = ALONE if len(sweep.factors) == 1 else min(FEW, len(x) / 3) if sweep.scattered else FEW
    if factor.kind == "word" or sweep.design.get("kind") == "grid" or len(unique) <= few:
        first = numpy.unique(x, return_index=True)[1]
        return Groups(index, unique, None, list(column.iloc[first]))
    bins = max(2, min(bins, len(unique)))
    edges = numpy.quantile(x, numpy.linspace(0, 1, bins + 1))
    index = numpy.clip(numpy.searchsorted(edges, x, side="right") - 1, 0, bins - 1)
    centres = numpy.array([x[index == k].mean() if (index == k).any() else numpy.nan for k in range(bins)])
    return Groups(index, centres, edges, list(centres))


def half_width(sweep, rows):
    """Half the 95 % interval of the mean of some cells' values."""
    n, mcse = len(rows), rows.mcse
    if n == 1:
        return Z * mcse.iloc[0]
    if sweep.scattered:
        return Z * rows.value.std() / n**0.5
    # Cells on the same random numbers err together: at most by the mean of their errors.
    return Z * (numpy.sqrt((mcse**2).sum()) / n if sweep.design["independent_cells"] else mcse.mean())


def wilson(hits, n):
    """95 % interval of a share."""
    if n == 0:
        return numpy.nan, numpy.nan
    share, spread = hits / n, Z**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z * (share * (1 - share) / n + spread / (4 * n)) ** 0.5 / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def bins_of(n):
    return int(numpy.clip(round(n**0.5), 3, 12))


def lines(sweep, by, rows):
    """(level, rows) of a second factor, evenly chosen if it has many; bins are named by their range."""
    found = groups(sweep, by, rows[by.name], 3)
    count = len(found.centres)
    for k in numpy.unique(numpy.linspace(0, count - 1, min(count, LINES)).round().astype(int)):
        level = found.levels[k] if found.edges is None else tuple(found.edges[k:k + 2])
        yield level, rows[found.index == k]


def curve(sweep, rows, factor):
    """A row a level or bin: `level` and `x` (its place on an axis), `mean` with its interval, range of cells."""
    found = groups(sweep, factor, rows[factor.name], bins_of(len(rows)))
    told = []
    for k, (x, level) in enumerate(zip(found.centres, found.levels)):
        own = rows[found.index == k]
        if own.empty:
            continue
        mean, half = own.value.mean(), half_width(sweep, own)
        told.append({"level": level, "x": x, "mean": mean, "low": mean - half, "high": mean + half,
                     "least": own.value.min(), "most": own.value.max(), "cells": len(own)})
    told = pandas.DataFrame(told)
    told.attrs["binned"] = found.edges is not None
    return told


def known(rows, what):
    if rows.empty:
        raise FolderError(f"{what}: not known in any cell yet, so there is nothing to show")
    return rows


def arms_of(sweep, outcome):
    """Arms that know an outcome, if cells have several."""
    rows = sweep.summaries[sweep.summaries.outcome == outcome]
    rows = rows[rows[["mean", "mean_path"]].notna().any(axis=1)]
    return list(dict.fromkeys(rows.arm)) if rows.cell.duplicated().any() else []


def parts(sweep, outcome, by, arm=None):
    """(level, rows) for each level of a factor, or for each arm."""
    if by == "arm" and by not in set(sweep.factors.name):
        return [(name, values(sweep, outcome, name)) for name in arms_of(sweep, outcome) or [None]]
    found = lines(sweep, sweep.factor(by), known(values(sweep, outcome, arm), outcome))
    return [(level, rows) for level, rows in found if len(rows)]


def response(sweep, outcome, factor, by=None, arm=None):
    """An outcome over a factor, averaged over the others; with `by`, another factor or "arm", a curve for each level."""
    factor = sweep.factor(factor)
    if by is None:
        return curve(sweep, known(values(sweep, outcome, arm), outcome), factor)
    curves = [(level, curve(sweep, rows, factor)) for level, rows in parts(sweep, outcome, by, arm)]
    return pandas.concat([table.assign(**{by: [level] * len(table)}) for level, table in curves], ignore_index=True)


def claim_share(sweep, claim, factor):
    """Share of the cells in which a claim is shown, by level or bin of a factor, with Wilson's 95 % interval."""
    rows, factor = known(judged(sweep, claim), claim), sweep.factor(factor)
    found = curve(sweep, rows, factor).rename(columns={"mean": "share"})
    bounds = [wilson(share * n, n) for share, n in zip(found.share, found.cells)]
    found["low"], found["high"] = zip(*bounds)
    return found[["level", "x", "share", "low", "high", "cells"]]


def tiles(sweep, rows, first, second):
    """Mean of the cells' values by two factors: (frame with indices `a`, `b`, Groups of each)."""
    bins = int(numpy.clip((len(rows) / 4) ** 0.5, 2, 8))
    a, b = (groups(sweep, f, rows[f.name], bins) for f in (first, second))
    found = pandas.DataFrame({"a": a.index, "b": b.index, "value": rows.value}).groupby(["a", "b"]).value
    return found.agg(["mean", "count"]).reset_index(), a, b


def surface(sweep, name, first, second, arm=None):
    """Mean of an outcome, or share of cells that show a claim, by two factors' levels or bins."""
    rows = judged(sweep, name) if name in set(sweep.claims.claim) else values(sweep, name, arm)
    table, a, b = tiles(sweep, known(rows, name), sweep.factor(first), sweep.factor(second))
    return pandas.DataFrame({first: [a.levels[k] for k in table.a], second: [b.levels[k] for k in table.b],
                             "mean": table["mean"], "cells": table["count"]})


def noise(sweep, rows, outcome):
    """Variance between cells' means that replicates alone would give. Cells that share random numbers have errors in
    common, which do not part them: what is left then is the variance of replicates after those of cell and replicate."""
    if rows.mcse.isna().all() or sweep.design["independent_cells"]:
        return (rows.mcse**2).mean()
    if sweep.sample is None:
        return (rows.mcse**2).mean()
    single = sweep.sample.merge(rows[["cell", "arm"]], on=["cell", "arm"])
    table = single.pivot(index="replicate", columns="cell", values=outcome)
    n = table.notna().sum()
    table = table.dropna()
    if len(table) < 2 or table.shape[1] < 2:
        return (rows.mcse**2).mean()
    rest = table.sub(table.mean(axis=1), axis=0).sub(table.mean(axis=0), axis=1).to_numpy() + table.to_numpy().mean()
    return (rest**2).sum() / ((table.shape[0] - 1) * (table.shape[1] - 1)) * (1 / n).mean()


def beyond_chance(freedom, rest=numpy.inf):
    """What a mean square, over the one that chance gives, exceeds in one case of twenty by chance alone: the quantile of
    F by Paulson's approximation, with the degrees of freedom of both; of chi-squared where chance is known."""
    u, v, z = 2 / (9 * freedom), 2 / (9 * rest), 1.645
    a, b, c = (1 - v) ** 2 - z**2 * v, (1 - v) * (1 - u), (1 - u) ** 2 - z**2 * u
    return ((b + (b**2 - a * c) ** 0.5) / a) ** 3


def share_of(sweep, rows, factor, error):
    """(share of the variance of cells' values that the factor alone explains, is it more than chance?)"""
    y, n = rows.value.to_numpy(), len(rows)
    index = groups(sweep, factor, rows[factor.name], bins_of(n)).index
    counts = numpy.bincount(index)
    present = int((counts > 0).sum())
    if present < 2 or n - present < 3 and sweep.scattered:
        return numpy.nan, None
    means = numpy.bincount(index, y) / numpy.maximum(counts, 1)
    total, between = ((y - y.mean()) ** 2).sum(), (counts * (means - y.mean()) ** 2).sum()
    if total <= 1e-12 * n * max(y.max()**2, y.min()**2):
        return numpy.nan, None
    free = total - (n - 1) * (0 if numpy.isnan(error) else error)
    chance, rest = ((total - between) / (n - present), n - present) if sweep.scattered else (error, numpy.inf)
    if numpy.isnan(chance):
        return between / free, None
    told = bool(between > (present - 1) * chance * beyond_chance(present - 1, rest))
    if free <= 0 or total <= (n - 1) * error * beyond_chance(n - 1):  # nothing that could be shared out
        return numpy.nan, told
    return (between - (present - 1) * chance) / free, told


def effects_of(sweep, name, kind, rows):
    total = rows.value.var() if len(rows) > 1 else numpy.nan
    error = noise(sweep, rows, name) if kind == "outcome" and len(rows) > 1 else numpy.nan
    enough = len(rows) >= LEAST_CELLS or not sweep.scattered
    for factor in map(sweep.factor, sweep.factors.name):
        share, told = share_of(sweep, rows, factor, error) if enough and len(rows) > 1 else (numpy.nan, None)
        yield {"name": name, "kind": kind, "factor": factor.name, "share": share, "told": told, "cells": len(rows),
               "noise": error / total if total else numpy.nan}


def main_effects(sweep, arm=None):
    """A row for each outcome or claim and factor: the `share` of the variance of cells' values (of a claim: shown or
    not) that the factor alone explains. `noise`: the share that replicates alone would give, which is taken out. `told`:
    is the share more than chance gives in one case of twenty? None where no error is known. A share is unknown where cells
    taken together differ no more than that.

    Of a full grid, sums of squares; of cells that were drawn, the correlation ratio over levels or bins less what as
    many random groups would give. Without a full grid or a draw, factors that go together share what they explain."""
    names = [n for n in sweep.design["outcomes"] if (sweep.summaries.outcome == n).any()]
    asked = [(name, "outcome", values(sweep, name, arm)) for name in names]
    asked += [(name, "claim", judged(sweep, name)) for name in dict.fromkeys(sweep.claims.claim)]
    found = [row for name, kind, rows in asked if len(rows) for row in effects_of(sweep, name, kind, rows)]
    columns = ["name", "kind", "factor", "share", "told", "cells", "noise"]
    return pandas.DataFrame(found, columns=columns).astype({"told": object})


def ranking(effects, names):
    """Factors by the mean of their shares, the greatest first; in the design's order where nothing is known."""
    mean = effects[effects["share"].notna()].groupby("factor")["share"].mean()
    return sorted(names, key=lambda name: -mean.get(name, -1))
