"""What the tests of `waltz reproduce` share: a scenario of four states with arms, outcomes and claims that Python knows
too, and all of it computed anew from runs of single arms: outcomes, change points, penalties, claims."""

import functools
import itertools
import math
import pathlib
import shutil
import sys
import tempfile

import numpy

import program
from program import ROOT, rows, waltz

sys.path.insert(0, str(ROOT / "tests/reference"))
import streams  # noqa: E402

FILES = [
    "arms.csv", "changes.csv", "claims.csv", "conditions.csv", "draws.csv", "dyads.csv", "effective.cfg",
    "manifest.json", "outcomes.csv", "paths.csv", "searches.csv", "summary.csv", "why.json", "yearly.csv",
]  # fmt: skip
TABLES = [name for name in FILES if name.endswith(".csv")]
START, MONTHS, LEAST = 2010 * 12, 24, 6

ARMS = {
    "full": {},
    "quiet": {"without": ["quarrel"]},
    "mild": {"set": ["shocks.quarrel.effects.a.size=1"]},
    "dear": {"set": ["parameters.cost_fixed=0.5"]},
    "late": {"set": ["shocks.quarrel.date=2011-01-01", "shocks.act.date=2011-03-01"]},
}
COOPERATION = {"measure": "cooperation", "subject": "AAA-BBB"}
ACTS = {"measure": "acts", "subject": "AAA-BBB", "window": "2010-07..2011-02", "trend": "quiet"}
STARTS = {"measure": "initiatives", "subject": "BBB>AAA", "statistic": "share"}
OUTCOMES = {
    "step": COOPERATION | {"window": "2011-01..2011-12", "minus": "2010-01..2010-06"},
    "level": COOPERATION | {"window": "2011-01..2011-12"},
    "trade": {"measure": "exchange", "subject": "AAA-BBB", "window": "2011-01..2011-12", "over": "2010-01..2010-06"},
    "onset": ACTS | {"statistic": "onset"},
    "change": ACTS | {"statistic": "change"},
    "onset_late": ACTS | {"statistic": "onset", "window": "2011-01..2011-07", "arm": "late"},
    "onset_framed": ACTS | {"statistic": "onset", "alarm": "2010-10..2011-03", "window": "2010-09..2010-11"},
    "peak": {"measure": "blocs", "statistic": "when_max", "window": "2010-01..2011-12"},
    "most": {"measure": "acts", "subject": "AAA-BBB", "statistic": "max", "window": "2010-03..2011-12"},
    "starts_before": STARTS | {"window": "2010-01..2010-06"},
    "starts_after": STARTS | {"window": "2010-10..2011-12"},
    "added": COOPERATION | {"window": "2011-01..2011-12", "arm": "full", "minus_arm": "quiet"},
    "far": {"measure": "cooperation_security", "subject": "far", "window": "2011-01..2011-12"},
    "across": {"measure": "dispute", "subject": "far-AAA", "window": "2011-01..2011-12"},
    "fear": {"measure": "insecurity", "subject": "far", "window": "2011-01..2011-12"},
    "quarrels": {"measure": "polarisation", "window": "2011-01..2011-12", "minus": "2010-01..2010-06"},
    "moved_a": {"measure": "choices", "subject": "AAA", "statistic": "distance", "window": "2011-01..2011-12",
                "minus_arm": "quiet"},
    "moved_b": {"measure": "choices", "subject": "BBB", "statistic": "distance", "window": "2011-01..2011-12",
                "minus_arm": "quiet"},
    "unlike": {"measure": "moves", "subject": "AAA-BBB", "statistic": "distance", "window": "2010-01..2010-06"},
    "dyads": {"measure": "cooperation", "subject": "dyads", "window": "2011-01..2011-12", "minus": "2010-01..2010-06"},
}  # fmt: skip
ABOVE_0 = {"outcome": "step", "is": "above", "value": 0.0, "sign": True}
CLAIMS = {
    "first": {"expect": True, "kind": "paper", "basis": "predicted",
              "all": [ABOVE_0 | {"value": 0.11}, {"outcome": "onset", "is": "found"}, ABOVE_0]},
    "third": {"all": [{"outcome": "step", "arm": "quiet", "is": "below", "than": "step", "than_arm": "full",
                       "times": 0.1}, {"outcome": "change", "arm": "quiet", "is": "absent"}, ABOVE_0]},
    "placebo": {"all": [{"outcome": "onset_late", "is": "found"}, {"outcome": "onset", "arm": "late", "is": "absent"}]},
    "framed": {"all": [{"outcome": "onset_framed", "is": "within", "period": "2010-10..2010-11"}]},
    "peak": {"all": [{"outcome": "peak", "is": "within", "period": "2011-12..2011-12", "sign": True}]},
    "nearer": {"all": [{"outcome": "starts_after", "is": "nearer", "than": "starts_before", "value": 0.5}]},
    "busy": {"all": [{"outcome": "most", "is": "above", "than": "most", "than_arm": "dear", "times": 1.8},
                     {"outcome": "fear", "is": "below", "value": 0.7}]},
    "added": {"all": [{"outcome": "added", "is": "above", "than": "level", "than_arm": "mild", "times": 0.3},
                      {"outcome": "across", "is": "below", "value": 0.7},
                      {"outcome": "far", "is": "below", "value": 0.4}]},
    "moved": {"all": [{"outcome": "moved_a", "is": "above", "than": "moved_b"}]},
    "figures": {"all": [{"outcome": "trade", "is": "figure", "value": 1.1}, {"outcome": "step", "is": "figure",
                                                                            "value": 0.1}]},
    "design": {"all": []},
}  # fmt: skip


def written(value):
    """A Python value in libconfig's syntax."""
    if isinstance(value, dict):
        return "{ " + " ".join(f"{k} = {written(v)};" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(written(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return '"{}"'.format(value.replace('"', r"\"")) if isinstance(value, str) else repr(value)


def section(name, records):
    """A section of a scenario, one record a line."""
    return f"{name} = {{\n" + "".join(f"  {k} = {written(v)};\n" for k, v in records.items()) + "};\n"


def claim(name, c):
    conditions = {f"c{k}": condition for k, condition in enumerate(c["all"])}
    written_of = {"text": f"of {name}"} | c | {"all": conditions}
    return {k: v for k, v in written_of.items() if v != {}}


WORLD = """\
scenario = { name = "four"; title = "Four"; start = "2010-01"; end = "2011-12"; spinup = 3; focus = ["AAA-BBB"];
  explain = ["2010-03..2011-06", "2010-08..2010-09"]; };
states = {
  AAA = { lat =  0.0; lon =  0.0; gdp = 1000.0; growth =  0.03; milex = 40.0; };
  BBB = { ccode = 20; lat = 10.0; lon = 20.0; gdp =  500.0; growth = -0.02; milex = 60.0; };
  CCC = { ccode = 30; lat = 50.0; lon =  5.0; gdp =  250.0; growth =  0.05; milex =  5.0; };
  DDD = { ccode = 40; lat = -3.0; lon = 80.0; gdp = 2000.0; growth =  0.00; milex = 90.0; };
};
dyads = {
  AAA-BBB = { h0 = 0.2; x0_political = 0.1; x0_institutional = 0.3; x0_security = 0.2; };
  AAA-CCC = { h0 = 0.6; x0_political = 0.05; };
  AAA-DDD = { h0 = 0.3; };
};
sanctions = {
  S1 = { senders = ["DDD"]; target = "AAA"; start = "2010-09-01"; class = 3; };
};
groups = { far = ["CCC", "DDD"]; both = ["AAA", "BBB"]; };
shocks = {
  quarrel = { date = "2010-07-01"; happened = "2010-07-01"; effects = {
    a = { on = "dispute"; between = ["AAA", "DDD"]; size = 3.0; };
    b = { on = "dispute"; between = ["BBB", "far"]; size = 2.0; }; }; };
  act = { date = "2010-09-01"; requires = "quarrel"; starts = ["S1"]; };
};
"""
SCENARIO = (
    WORLD
    + section("arms", ARMS)
    + section("outcomes", OUTCOMES)
    + section("claims", {name: claim(name, c) for name, c in CLAIMS.items()})
)

_place = tempfile.TemporaryDirectory(prefix="waltz-reproduced-")


@functools.cache
def alone():
    """A copy of the program without the folder `analysis` beside it, so that no report is made."""
    return shutil.copy(program.WALTZ, pathlib.Path(_place.name) / "waltz")


NO_REPORT = "waltz: no page"


def reproduce(*arguments, cwd, output="out", code=0, scenario="four.cfg", **more):
    """A quiet reproduction; its folder, and what it said beside that there is no report."""
    done = waltz("reproduce", scenario, "--quiet", "-o", output, *arguments, cwd=cwd, binary=alone(), **more)
    said = [line for line in done.stderr.splitlines() if not line.startswith(NO_REPORT)]
    assert code is None or done.returncode == code, done.stderr
    assert done.stdout == f"{output}\n"
    return cwd / output, said


def settings(arm, draw=None):
    """--set of an arm's world under a draw (a row of the table of draws)."""
    sets = [f"{path}={value}" for path, value in (draw or {}).items() if path != "draw"]
    sets += [f"shocks.{name}.enabled=false" for name in ARMS[arm].get("without", ())] + ARMS[arm].get("set", [])
    return [word for s in sets for word in ("--set", s)]


# ---- outcomes, from the monthly values of each replicate -------------------------------------------------------------


def month(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1 - START


def window(text):
    first, last = text.split("..")
    return slice(month(first), month(last) + 1)


def turned(subject):
    return ">".join(reversed(subject.split(">")))


def subjects(o):
    """What an outcome reads, and its other direction."""
    own = o.get("subject", "system")
    return () if own == "dyads" or o.get("statistic") == "distance" else (own, turned(own))


SERIES = sorted({(o["measure"], s) for o in OUTCOMES.values() for s in subjects(o)})


def month_by_month():
    """The world read through one outcome a month of each series."""
    found = {}
    for k, (measure, subject) in enumerate(SERIES):
        for m in range(MONTHS):
            when = f"{2010 + m // 12}-{m % 12 + 1:02}"
            found[f"s{k}_{m}"] = {"measure": measure, "subject": subject, "window": f"{when}..{when}"}
    return WORLD + section("outcomes", found)


def monthly(folder, arm, draw, n, seed=1):
    """[series][replicate, month] of a run of an arm alone."""
    if not (folder / "monthly.cfg").exists():
        program.write(folder, {"monthly.cfg": month_by_month()})
    words = ["--quiet", "-n", n, "-s", seed, "-j", 1, "-o", "arm", "--force", *settings(arm, draw)]
    done = waltz("run", "monthly.cfg", *words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    table = rows(folder / "arm/outcomes.csv")
    return {
        SERIES[k]: numpy.array([[float(r[f"s{k}_{m}"]) for m in range(MONTHS)] for r in table])
        for k in range(len(SERIES))
    }


class World:
    """The arms of one draw: monthly values of each, computed when they are first asked for."""

    def __init__(self, folder, draw=None, n=6, seed=1):
        self.arm = functools.cache(lambda name: monthly(folder, name, draw, n, seed))
        self.n = n

    def path(self, o, arm, index, turn=False):
        """A month-by-month path: of the mean (index 0) or of a replicate (from 1)."""
        subject = o.get("subject", "system")
        v = self.arm(arm)[o["measure"], turned(subject) if turn else subject]
        return v.mean(axis=0) if index == 0 else v[index - 1]

    def counts(self, o, arm, index):
        """The path that is searched: without the trend, the mean as the sum over the replicates."""
        slope = slope_of(self.path(o, o["trend"], 0))
        y = self.path(o, arm, index) - slope * (numpy.arange(MONTHS) - (MONTHS - 1) / 2)
        return y * (self.n if index == 0 else 1)


def search_key(o):
    return o["measure"], o["subject"], o["trend"], o.get("alarm")


def value(world, name, arm, index, penalties):
    """An outcome in an arm, on the mean path or a replicate; None if it is not computed here."""
    o = OUTCOMES[name]
    arm = arm or o.get("arm", "full")
    statistic = o.get("statistic", "mean")
    if statistic in ("onset", "change"):
        y, penalty = world.counts(o, arm, index), penalties[search_key(o)][index > 0][0] * (1 + 1e-8)
        return first_change(y, penalty, window(o["window"]), statistic == "onset")
    if statistic == "distance":
        return None
    path, w = world.path(o, arm, index), window(o["window"])
    if statistic == "max":
        return path[w].max()
    if statistic == "when_max":
        return (START + w.start + int(path[w].argmax())) / 12
    if statistic == "share":
        mine, other = path[w].sum(), world.path(o, arm, index, turn=True)[w].sum()
        return mine / (mine + other) if mine + other > 0 else math.nan
    v = path[w].mean()
    v -= path[window(o["minus"])].mean() if "minus" in o else 0
    v /= path[window(o["over"])].mean() if "over" in o else 1
    return v - world.path(o, o["minus_arm"], index)[w].mean() if "minus_arm" in o else v


# ---- change points -------------------------------------------------------------------------------------------------


def slope_of(y):
    return numpy.polyfit(numpy.arange(len(y)), y, 1)[0]


def cost(y, a, b):
    """Minus twice the log-likelihood of equal Poisson counts, but for what all segmentations share."""
    total = y[a:b].sum()
    return 2 * (total - total * math.log(total / (b - a))) if total > 0 else 0.0


def partition(y, penalty):
    """Optimal partitioning (Jackson et al. 2005), O(n^2): where new segments start."""
    best, last = {0: -penalty}, {}
    for end in range(LEAST, len(y) + 1):
        for start in [s for s in range(0, end - LEAST + 1) if s in best]:
            total = best[start] + cost(y, start, end) + penalty
            if end not in best or total < best[end]:
                best[end], last[end] = total, start
    at, end = [], len(y)
    while last[end] > 0:
        end = last[end]
        at.insert(0, end)
    return at


def first_change(y, penalty, within, upward):
    at = partition(y, penalty)
    edges = [0, *at, len(y)]
    means = [y[a:b].mean() for a, b in itertools.pairwise(edges)]
    for k, start in enumerate(at):
        if within.start <= start < within.stop and (means[k + 1] > means[k] or not upward):
            return (START + start) / 12
    return math.nan


@functools.cache
def segmentations(n):
    """All of them, as tuples of where new segments start."""
    most = n // LEAST - 1
    found = [at for m in range(most + 1) for at in itertools.combinations(range(LEAST, n - LEAST + 1), m)]
    return [at for at in found if all(b - a >= LEAST for a, b in itertools.pairwise(at))]


def threshold(y, within):
    """The least penalty from which on no best segmentation has a change within: by trying all of them."""
    lines = {True: [], False: []}
    for at in segmentations(len(y)):
        total = sum(cost(y, a, b) for a, b in itertools.pairwise([0, *at, len(y)]))
        lines[any(within.start <= a < within.stop for a in at)].append((total, len(at)))
    (ci, mi), (co, mo) = (numpy.array(lines[k], float).T for k in (True, False))
    cross = ((ci[:, None] - co) / numpy.where(mo == mi[:, None], numpy.nan, mo - mi[:, None])).ravel()
    for p in sorted(cross[cross > 0], reverse=True):
        below = p * (1 - 1e-9)
        if (ci + below * mi).min() < (co + below * mo).min():
            return p
    return 0.0


def penalty_of(thresholds):
    """The least that only the highest twentieth shows a change at; of how many; how many do."""
    n = len(thresholds)
    penalty = sorted(thresholds)[n - 1 - n // 20]
    return penalty, n, sum(t > penalty * (1 + 1e-9) for t in thresholds)


PURPOSE_RESAMPLE, RESAMPLES = 6, 400


def resampled(world, o, seed=1):
    """Means of as many replicates drawn with replacement, as the program's streams have them."""
    v = world.arm(o["trend"])[o["measure"], o["subject"]]
    for k in range(RESAMPLES):
        below = streams.Stream(seed, 0).whole_numbers(0, k, PURPOSE_RESAMPLE)
        yield v[[below(world.n) for _ in range(world.n)]].mean(axis=0)


def penalties(worlds, seed=1):
    """By search, (of means, of replicates): from the draws, or from the scenario's own parameters if there are none."""
    found = {}
    for o in OUTCOMES.values():
        if "trend" not in o or search_key(o) in found:
            continue
        within = window(o["alarm"]) if "alarm" in o else slice(0, MONTHS)
        singles = [threshold(w.counts(o, o["trend"], r), within) for w in worlds for r in range(1, w.n + 1)]
        if len(worlds) >= 20:
            means = [threshold(w.counts(o, o["trend"], 0), within) for w in worlds]
        else:
            means = []
            (w,) = worlds
            slope = slope_of(w.path(o, o["trend"], 0))
            for mean in resampled(w, o, seed):
                means.append(threshold((mean - slope * (numpy.arange(MONTHS) - (MONTHS - 1) / 2)) * w.n, within))
        found[search_key(o)] = penalty_of(means), penalty_of(singles)
    return found


# ---- claims ----------------------------------------------------------------------------------------------------------


def holds(c, get):
    """Whether a condition holds; get(outcome, arm) gives values. What is unknown does not hold."""
    v = get(c["outcome"], c.get("arm"))
    bound = c.get("times", 1) * get(c["than"], c.get("than_arm")) if "than" in c else c.get("value", 0.0)
    if c["is"] == "within":
        first, last = c["period"].split("..")
        return (START + month(first)) / 12 - 0.01 < v < (START + month(last)) / 12 + 0.01
    return {
        "above": v > bound,
        "below": v < bound,
        "nearer": abs(v - c.get("value", 0.0)) < abs(bound - c.get("value", 0.0)),
        "found": not math.isnan(v),
        "absent": math.isnan(v),
    }[c["is"]]
