"""The numbers in the tables: against NumPy and SciPy on single replicates, and against the shipped data."""

import datetime
import math
import subprocess
import sys

import numpy
import pytest
import scipy.stats

from program import ROOT, SMALL, rows, run, write

DATA = ROOT / "configs/data"
REPLICATES = 24
LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}

# Usual range of each measure: values are rounded to 2^-30 of it, and it has 512 bins.
COUNTS = {"acts": 512.0, "arming": 512.0, "initiatives": 512.0}
RANGES = COUNTS | {"insecurity": 8.0, "effective_poles": 32.0, "exchange": 4096.0, "blocs": 2.0}


def range_of(row):
    return RANGES.get(row["measure"], 1.0)


def key(row):
    return tuple(row.get(c) for c in ("date", "year", "measure", "iso3_1", "iso3_2"))


def close(row, column, expected, slack=1.0):
    """The table has nine digits; its value, and those that it is held against, are rounded to 2^-30 of the range."""
    assert float(row[column]) == pytest.approx(expected, rel=2e-8, abs=3e-9 * slack * range_of(row)), (row, column)


class Runs:
    """One ensemble, and the same replicates each alone."""

    def __init__(self, folder):
        write(folder, {"small.cfg": SMALL})
        self.all = run("small.cfg", "-n", REPLICATES, "-o", "all", cwd=folder)
        self.each = [run("small.cfg", "--replicate", k, "-o", f"alone{k}", cwd=folder) for k in range(REPLICATES)]

    def samples(self, name):
        """Rows of the ensemble's table, each with the values of the single replicates."""
        tables = [{key(r): float(r["mean"]) for r in rows(folder / name)} for folder in self.each]
        return [(r, numpy.array([t[key(r)] for t in tables])) for r in rows(self.all / name)]


@pytest.fixture(scope="module", name="runs")
def runs_fixture(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("numbers"))


@pytest.mark.parametrize("table", ["summary.csv", "yearly.csv"])
def test_means_deviations_and_errors_are_those_of_numpy_and_scipy(runs, table):
    samples = runs.samples(table)
    assert len(samples) > 40
    for row, v in samples:
        assert int(row["n"]) == REPLICATES
        close(row, "mean", v.mean())
        close(row, "sd", v.std(ddof=1), slack=3)
        close(row, "mcse", scipy.stats.sem(v), slack=3)


@pytest.mark.parametrize("table", ["summary.csv", "yearly.csv"])
def test_quantiles_are_within_a_bin_of_those_of_numpy(runs, table):
    for row, v in runs.samples(table):
        found = [float(row[q]) for q in LEVELS]
        exact = numpy.quantile(v, list(LEVELS.values()), method="inverted_cdf")
        first = v[:32]  # they frame the bins: a 512th of three times their spread
        a_bin = 3 * max(numpy.ptp(first), range_of(row) / 512) / 512
        if row["measure"] in COUNTS:  # counts, and means of counts: no bin shows
            a_bin = 1e-6
        assert numpy.abs(found - exact).max() <= a_bin * (1 + 1e-6) + 2e-9 * range_of(row), row
        assert found == sorted(found)
        assert found[0] >= v.min() - 1e-8 * range_of(row) and found[-1] <= v.max() + 1e-8 * range_of(row)


def test_a_confidence_interval_needs_only_the_tables_columns(runs):
    for row, v in runs.samples("yearly.csv"):
        if v.std() < 1e-6 * range_of(row):
            continue
        n, mean, mcse = int(row["n"]), float(row["mean"]), float(row["mcse"])
        half = scipy.stats.t.ppf(0.975, n - 1) * mcse
        low, high = scipy.stats.t.interval(0.95, n - 1, loc=v.mean(), scale=scipy.stats.sem(v))
        assert (mean - half, mean + half) == pytest.approx((low, high), rel=1e-5, abs=1e-7 * range_of(row))


def test_a_replicate_alone_has_no_spread(runs):
    for row in rows(runs.each[3] / "summary.csv"):
        assert (row["n"], row["sd"], row["mcse"]) == ("1", "NA", "NA")
        for q in LEVELS:
            close(row, q, float(row["mean"]))


def test_years_are_means_of_their_months(runs):
    for folder in [runs.all, runs.each[0]]:
        months = {}
        for row in rows(folder / "summary.csv"):
            months.setdefault((row["year"], *key(row)[2:]), []).append(float(row["mean"]))
        years = rows(folder / "yearly.csv")
        assert len(years) == len(months)
        for row in years:
            v = months[row["year"], *key(row)[2:]]
            assert len(v) == (12 if row["year"] == "2010" else 6)
            close(row, "mean", numpy.mean(v), slack=2)


def test_outcomes_are_what_the_months_say(runs):
    ensemble = rows(runs.all / "outcomes.csv")
    assert [r["replicate"] for r in ensemble] == [str(k) for k in range(REPLICATES)]
    for k, folder in enumerate(runs.each):
        assert rows(folder / "outcomes.csv") == [ensemble[k]]
        months = rows(folder / "summary.csv")
        x = [float(r["mean"]) for r in months if r["measure"] == "cooperation"]
        acts = [float(r["mean"]) for r in months if r["measure"] == "acts"]
        assert len(x) == len(acts) == 18
        assert float(ensemble[k]["step"]) == pytest.approx(numpy.mean(x[12:]) - numpy.mean(x[:12]), abs=4e-9)
        assert float(ensemble[k]["peak"]) == pytest.approx(max(acts), abs=1e-6)


def test_standard_errors_say_how_far_means_of_ensembles_differ(tmp_path):
    """Fifty ensembles of other seeds: their means spread as the standard errors of each say, within a factor."""
    write(tmp_path, {"small.cfg": SMALL})
    means, errors = [], []
    for seed in range(50):
        row = next(
            r
            for r in rows(run("small.cfg", "-n", 12, "-s", seed, "-o", f"s{seed}", cwd=tmp_path) / "yearly.csv")
            if r["measure"] == "acts" and r["year"] == "2010"
        )
        means.append(float(row["mean"]))
        errors.append(float(row["mcse"]))
    ratio = numpy.var(means, ddof=1) / numpy.mean(numpy.square(errors))
    # chi-square with 49 degrees over an estimate with 550: five standard deviations either side
    assert abs(math.log(ratio)) < 5 * math.sqrt(2 / 49 + 2 / 550)


# ---- shipped tables --------------------------------------------------------------------------------------------------


def test_shipped_tables_are_what_the_coding_rule_makes_of_the_sources():
    done = subprocess.run(
        [sys.executable, DATA / "code_baselines.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def level(acts):
    """Level of the acts of one sender on one target, by the written rule."""
    if not acts:
        return 0.0
    pillars = set("".join(a["pillars"].replace("-", "") for a in acts))
    cut = len(pillars & set("TFX"))
    value = 0.30 + 0.15 * cut if cut else {1: 0.05, 2: 0.15, 3: 0.30}[max(int(a["class"]) for a in acts)]
    if cut >= 2 and "S" in pillars:
        value += 0.25
    return min(value, 1.0)


def month_ends(first, last):
    for year in range(first, last + 1):
        for month in range(1, 13):
            following = datetime.date(year + month // 12, month % 12 + 1, 1)
            yield f"{year}-{month:02}", following - datetime.timedelta(days=1)


def in_force(acts, day):
    return [a for a in acts if a["start"] <= day.isoformat() and (not a["end"] or day.isoformat() < a["end"])]


def quote(value):
    return '"' + value.replace('"', '""') + '"'


# Nobody coerces and levels are those in force, so that the measure shows the structure itself.
STILL = """
scenario = {{ name = "acts"; start = "2010-01"; end = "2023-12"; spinup = 0; moves = "expected"; }};
states = {{ table = "{data}/states.csv"; }};
dyads = {{ }};
sanctions = {{ table = "acts.csv"; }};
parameters = {{ rho_dispute = 1.0; coercion = 0.0; initiatives = 1; }};
"""


@pytest.mark.parametrize("forward", [True, False])
def test_sanctions_of_every_month_are_what_the_acts_say(forward, tmp_path):
    """The measure tells the higher of both directions, so half of the senders act at a time."""
    order = [s["iso3"] for s in rows(DATA / "states.csv")]
    acts = []
    for act in rows(DATA / "sanctions.csv"):
        target = order.index(act["target"])
        senders = [s for s in act["senders"].split(";") if (order.index(s) < target) == forward]
        if senders:
            acts.append(act | {"senders": senders})
    columns = ["id", "senders", "target", "start", "end", "class", "pillars"]
    lines = [",".join(columns)]
    lines += [",".join(quote(";".join(a[c]) if c == "senders" else a[c]) for c in columns) for a in acts]
    write(tmp_path, {"acts.csv": "\n".join(lines) + "\n", "acts.cfg": STILL.format(data=DATA)})
    folder = run("acts.cfg", "-n", "1", "--record", "dyads", cwd=tmp_path)
    found = {}
    with open(folder / "summary.csv", encoding="utf-8") as f:
        for line in f:
            cell = line.split(",", 10)
            if cell[3] == "sanctions":
                found[cell[0][:7], cell[5], cell[6]] = float(cell[9])
    assert len(found) == 168 * 300
    some = 0
    for month, day in month_ends(2010, 2023):
        now = in_force(acts, day)
        for i, first in enumerate(order):
            for second in order[i + 1 :]:
                sender, target = (first, second) if forward else (second, first)
                expected = level([a for a in now if a["target"] == target and sender in a["senders"]])
                assert found[month, first, second] == pytest.approx(expected, abs=2e-9), (month, sender, target)
                some += expected > 0
    assert some > 168 * 5
