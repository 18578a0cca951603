"""What the tests of configs/textbook share: runs kept for all tests, and arms that the program does not tell itself."""

import functools
import math
import pathlib
import re
import tempfile

import numpy

import program

TEXTBOOK = program.ROOT / "configs/textbook"
REPLICATES = 200

# Parameters' defaults that the derivations use.
LAMBDA, ARM_COST, M, DEPRECIATION = 7.7, 0.3, 16, 0.1

_folders = tempfile.TemporaryDirectory(prefix="waltz-textbook-")


@functools.cache
def run(name, *settings, n=REPLICATES, seed=1):
    """Folder of results of a scenario under some settings; every run is made once."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=_folders.name))
    scenario = name if isinstance(name, pathlib.Path) else TEXTBOOK / f"{name}.cfg"
    words = [w for s in settings for w in ("--set", s)]
    return program.run(scenario, "-n", n, "-s", seed, "-o", "out", *words, cwd=folder)


class Sample:
    """Values of an outcome over the replicates, or differences of such values."""

    def __init__(self, values):
        self.values = numpy.asarray(values)
        self.mean = self.values.mean()
        self.error = self.values.std(ddof=1) / math.sqrt(len(self.values))

    def __sub__(self, other):
        return Sample(self.values - other.values)


def outcome(folder, name):
    return Sample([float(r[name]) for r in program.rows(folder / "outcomes.csv")])


def clearly(first, sign, second=0.0):
    """Whether one mean is above or below another (of independent runs) by five standard errors."""
    other = second.mean if isinstance(second, Sample) else second
    error = math.hypot(first.error, getattr(second, "error", 0.0))
    return (first.mean - other if sign == ">" else other - first.mean) > 5 * error


@functools.cache
def monthly(folder, measure, first, second="NA"):
    """Means of a measure over the replicates, month by month."""
    return numpy.array(
        [
            float(r["mean"])
            for r in program.rows(folder / "summary.csv")
            if (r["measure"], r["iso3_1"], r["iso3_2"]) == (measure, first, second)
        ]
    )


def states_of(name):
    """(gdp, milex) of the states that a scenario's file gives."""
    text = (TEXTBOOK / f"{name}.cfg").read_text(encoding="utf-8")
    found = re.findall(r"^  ([A-Z]+) += \{.*gdp = ([\d.]+);\s*milex = ([\d.]+); \}", text, re.M)
    return {state: (float(gdp), float(milex)) for state, gdp, milex in found}


def military_shares(folder, name):
    """Shares of all military stocks, month by month: capability is half that share and half the share of economies."""
    states = states_of(name)
    economies = sum(gdp for gdp, _ in states.values())
    return {i: 2 * monthly(folder, "capability", i) - gdp / economies for i, (gdp, _) in states.items()}


def stock_of_the_two(folder):
    """Stock of WEST and EAST relative to that of ISLE, the first month's being 1."""
    s = military_shares(folder, "security-dilemma")["ISLE"]
    return (1 / s - 1) / (1 / s[0] - 1)


# ---- Richardson ------------------------------------------------------------------------------------------------------

# Sums of the defence budgets, million pounds; his table has their means and differences.
RICHARDSON = numpy.array([199.2, 204.8, 214.9, 238.7, 289.0])


def line(u):
    """Slope, zero and R^2 of yearly growth on the mean of the two years."""
    x, y = (u[1:] + u[:-1]) / 2, numpy.diff(u)
    slope, constant = numpy.polyfit(x, y, 1)
    return slope, -constant / slope, numpy.corrcoef(x, y)[0, 1] ** 2


def slope_of_steady_arming(share, arming):
    """Of a state that arms in this share of its draws: m is affine in q^t, so yearly U is in q^12."""
    q12 = ((1 + arming / M) ** (M * share) * (1 - DEPRECIATION / 12)) ** 12
    return 2 * (q12 - 1) / (q12 + 1)


def spending(folder, arming, arm_cost=ARM_COST):
    """Yearly spending of the four, and the shares of draws in which they armed in the first and last month."""
    states = states_of("richardson")
    shares = military_shares(folder, "richardson")
    # ISLE fears nobody (P = 0): weights of hold 1, arm, and align, which has no gain and costs about .55.
    weight = math.exp(-LAMBDA * arm_cost)
    isle_arms = weight / (1 + weight + math.exp(-LAMBDA * 0.55))
    stock = [states["ISLE"][1] / DEPRECIATION]
    while len(stock) < len(shares["ISLE"]):
        armed = stock[-1] * (1 + arming / M) ** (M * isle_arms)
        stock.append(armed * (1 - DEPRECIATION / 12) + states["ISLE"][1] / 12)
    total, armings = 0, {}
    for i, (_, milex) in states.items():
        if i != "ISLE":
            m = shares[i] / shares["ISLE"] * stock
            growth = (m[1:] - milex / 12) / (m[:-1] * (1 - DEPRECIATION / 12))
            total = total + m[:-1] * (growth - 1) + milex / 12
            armings[i] = numpy.log(growth) / M / math.log(1 + arming / M)
    return total.reshape(5, 12).sum(axis=1), armings


def richardson(arming=0.01, *settings, **more):
    folder = run("richardson", f"parameters.arming={arming!r}", *settings, n=1)
    return spending(folder, arming, **more)


@functools.cache
def fitted_arming():
    """The value of `arming` that gives Richardson's slope of .73, by bisection over its allowed range."""
    low, high = 0.01, 0.5
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if line(richardson(middle)[0])[0] < 0.73 else (low, middle)
    return high
