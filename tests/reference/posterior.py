#!/usr/bin/env python3
"""The posterior of `waltz calibrate` once more, with NumPy and SciPy: an independent rebuild.

Written without sight of the program's source, from sim/MODEL.md (11.2, 12.3, 13), the design's own keys and
configs/calibration/README.md; what these leave open was read off the program's tables, and is marked (T). Where they
differ, sim/MODEL.md decides which of them is wrong. Section numbers are those of sim/MODEL.md.

    python3 tests/reference/posterior.py DESIGN STORE [SEED]
"""
import contextlib
import sqlite3
import sys

import numpy as np
from scipy.special import kolmogorov, ndtri

from scenario_file import load
from streams import HALF, philox

PURPOSE = 8  # of the random numbers of calibration (13.2)
SHARES = {"q05": 0.05, "median": 0.5, "q95": 0.95}
DRAWS, PSEUDO, DISCREPANCY = 128, 200, 1.0  # defaults
INFORMED = 0.1


def first_number(seed, tick, actor, replicate):
    """The first uniform number of block 0 (7.6), cell 0; replicate may be an array."""
    words = philox((0, (tick << 16) + actor, replicate, PURPOSE), (seed & 0xFFFFFFFF, seed >> 32))
    return ((words[0] << HALF | words[1]) >> np.uint64(11)).astype(np.float64) * 2.0 ** -53


def quantile(values, weights, share):
    """The least value up to which the weight, of those in order, is at least the share (T)."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    return values[order][np.searchsorted(running, share * running[-1] * (1 - 1e-12))]


def quantiles(values, weights, prefix=""):
    return {prefix + name: quantile(values, weights, share) for name, share in SHARES.items()}


def read(path, targets):
    """Names, paths, ends and scales of factors; indices and values of cells; outcomes of targets, NaN if unknown (12.3)."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        factors = store.execute("SELECT name, paths, low, high, scale FROM factors ORDER BY factor").fetchall()
        columns = ", ".join(f'"{factor[0]}"' for factor in factors)
        table = store.execute(f"SELECT cell, {columns} FROM cells WHERE cause IS NULL ORDER BY cell").fetchall()
        (facts,) = store.execute("SELECT (SELECT value FROM design WHERE key = 'arms'), (SELECT value FROM design "
                                 "WHERE key = 'seed'), (SELECT count(*) FROM cells)").fetchall()
        known = {(cell, outcome): mean for cell, outcome, mean in store.execute(
            "SELECT cell, outcome, mean_path FROM summaries WHERE arm = ?", (facts[0].split(";")[0],))}
    cells = np.array([row[0] for row in table])
    outcomes = np.array([[known.get((cell, name)) for name in targets] for cell in cells.tolist()], float)
    return factors, cells, np.array([row[1:] for row in table], float), outcomes, int(facts[1]), facts[2]


class Posterior:
    """What `waltz calibrate` finds; fields are named as the columns of its tables and the keys of its manifest."""

    def __init__(self, design, store, seed=None):
        cfg = load(design)
        keys, targets = cfg.get("calibration", {}), cfg["targets"]
        self.factors, cells, theta, outcomes, prior_seed, begun = read(store, targets)
        self.seed = prior_seed if seed is None else seed
        z = self.standardise(outcomes, targets, keys.get("discrepancy", DISCREPANCY))
        kept = np.isfinite(z).all(axis=1)
        self.cells, self.theta, self.outcomes, self.z = cells[kept], theta[kept], outcomes[kept], z[kept]
        self.left_out = begun - len(self.cells)
        self.weigh()
        self.draws = self.theta[self.resample(keys.get("draws", DRAWS))]
        self.test_coverage(min(keys.get("pseudo", PSEUDO), len(self.cells)))
        self.parameters = [self.parameter(k) for k in range(len(self.factors))]
        self.targets = [self.target(k, name, target) for k, (name, target) in enumerate(targets.items())]

    def standardise(self, outcomes, targets, discrepancy):
        """How many errors an outcome is above its target's value (13.2)."""
        self.errors, z = [], np.empty(outcomes.shape)
        for k, target in enumerate(targets.values()):
            self.errors.append(discrepancy * target["error"])
            with np.errstate(divide="ignore", invalid="ignore"):
                s, value = ((np.log(outcomes[:, k]), np.log(target["value"])) if target.get("scale") == "log"
                            else (outcomes[:, k], target["value"]))
            z[:, k] = (s - value) / self.errors[-1]
        return z

    def weigh(self):
        """Every cell by the likelihood of what is known (13.2); nearest (T), and evidence (13.4)."""
        square = (self.z ** 2).sum(axis=1)
        relative = np.exp((square.min() - square) / 2)
        self.weights = relative / relative.sum()
        self.nearest = np.sqrt(square.min() / self.z.shape[1])
        self.effective_sample_size = 1 / (self.weights ** 2).sum()
        self.evidence = np.log(relative.sum() / (len(self.cells) + self.left_out)) - square.min() / 2

    def resample(self, draws):
        """Systematic: cell at which the running weight exceeds (start + i)/draws, in the order of cells (13.2)."""
        start = first_number(self.seed, 0, 1, 0)
        at = np.searchsorted(np.cumsum(self.weights), (start + np.arange(draws)) / draws, side="right")
        return np.minimum(at, len(self.cells) - 1)

    def test_coverage(self, pseudo):
        """Data sets nearest to the targets in turn for what is known (13.2): the weight below the truth, and a part of that beside it."""
        noise = [ndtri(first_number(self.seed, k, 0, self.cells) + 2.0 ** -54) for k in range(self.z.shape[1])]
        y = self.z + np.array(noise).T
        self.pseudo = np.argsort((y ** 2).sum(axis=1), kind="stable")[:pseudo]
        below = np.empty((pseudo, self.theta.shape[1]))
        for row, truth in enumerate(self.pseudo):
            square = ((self.z - y[truth]) ** 2).sum(axis=1)
            square[truth] = np.inf
            weights = np.exp((square.min() - square) / 2)
            parts = [first_number(self.seed, k, 2, self.cells[truth:truth + 1])[0] for k in range(self.theta.shape[1])]
            beside = weights @ (self.theta == self.theta[truth])
            below[row] = (weights @ (self.theta < self.theta[truth]) + parts * beside) / weights.sum()
        self.below = below

    def parameter(self, k):
        """A row of parameters.csv; both variances, of the prior's cells (T) and by weight, are means of squares (T)."""
        name, path, low, high, scale = self.factors[k]
        theta = self.theta[:, k]
        place = (np.log(theta / low) / np.log(high / low) if scale == "log" else (theta - low) / (high - low))
        contraction = 1 - self.weights @ (place - self.weights @ place) ** 2 / place.var()
        return {"parameter": name, "path": path, "scale": scale, "low": low, "high": high, **quantiles(theta, self.weights),
                "contraction": contraction, "informed": "yes" if contraction >= INFORMED else "no",
                "coverage": self.uniformity(self.below[:, k])}

    @staticmethod
    def uniformity(shares):
        """Chance of a Kolmogorov-Smirnov distance from uniform at least as large: Stephens 1970 (13.2)."""
        n, shares = len(shares), np.sort(shares)
        if not n:
            return np.nan
        distance = max((np.arange(1, n + 1) / n - shares).max(), (shares - np.arange(n) / n).max())
        return kolmogorov((np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n)) * distance)

    def target(self, k, name, target):
        """A row of targets.csv: outcomes without errors, over the prior's cells and by weight."""
        values = self.outcomes[:, k]
        return {"target": name, "scale": target.get("scale", "linear"), "value": target["value"], "error": self.errors[k],
                **quantiles(values, np.ones(len(values)), "prior_"), **quantiles(values, self.weights, "posterior_")}


def main(design, store, seed=None):
    found = Posterior(design, store, None if seed is None else int(seed))
    print(f"{len(found.cells)} cells, {found.left_out} left out; the nearest at {found.nearest:.9g}; effective sample size "
          f"{found.effective_sample_size:.9g}; evidence {found.evidence:.9g}; {len(found.draws)} draws")
    for table in (found.parameters, found.targets):
        print(*table[0], sep=",")
        for row in table:
            print(*(f"{v:.9g}" if isinstance(v, float) else v for v in row.values()), sep=",")


if __name__ == "__main__":
    main(*sys.argv[1:])
