"""Sweeps: what a design makes of a scenario, cell by cell, against `waltz run` and against numpy."""

import csv
import math
import os
import random as random_module
import re
import resource
import signal
import statistics
import subprocess
import time

import numpy
import pytest
import scipy.stats
from scipy.stats import qmc

import program
import swept
from program import ROOT, SHIPPED, waltz, write
from swept import PEERS, ask, design, export, outcomes, prepare, run_alone, sweep, table, values
from test_disk import in_namespace


@pytest.fixture(scope="module", name="grid")
def grid_fixture(tmp_path_factory):
    """Three by two cells, five replicates, two arms and a claim."""
    folder = tmp_path_factory.mktemp("grid")
    swept.swept(folder, "-j", 2, arms=["full", "calm"], claims=["warm"])
    return folder


# ---- what is exported ----------------------------------------------------------------------------


def test_every_cell_has_all_its_rows(grid):
    cells = table(grid, "cells")
    assert [int(c["cell"]) for c in cells] == list(range(6))
    assert all((c["replicates"], c["failure"]) == ("5", "NA") for c in cells)
    assert [(r["cell"], r["arm"], r["replicate"]) for r in table(grid)] == [
        (str(c), a, str(k)) for c in range(6) for a in ("full", "calm") for k in range(5)
    ]
    assert [(s["cell"], s["arm"], s["outcome"], s["n"]) for s in table(grid, "summaries")] == [
        (str(c), a, o, "5") for c in range(6) for a in ("full", "calm") for o in ("step", "peak")
    ]
    assert [(c["cell"], c["claim"], c["n"]) for c in table(grid, "claims")] == [(str(c), "warm", "5") for c in range(6)]
    m = program.manifest(grid / "x")
    assert (m["cells_planned"], m["cells_done"], m["cells_failed"], m["status"]) == (6, 6, 0, "complete")
    assert (m["design"]["outcomes"], m["design"]["arms"], m["design"]["seed"]) == ("step;peak", "full;calm", "7")


def test_the_last_factor_varies_fastest(grid):
    points = [(c["lambda"], c["quarrel"]) for c in table(grid, "cells")]
    assert points == [(a, b) for a in ("1", "5", "9") for b in ("0.1", "0.9")]
    for name in ("replicates", "summaries", "claims"):
        assert all((r["lambda"], r["quarrel"]) == points[int(r["cell"])] for r in table(grid, name))


def test_replicates_are_those_of_a_run_with_the_same_settings(grid):
    for c in table(grid, "cells"):
        settings = [f"parameters.lambda={c['lambda']}", f"dyads.IRN-USA.h0={c['quarrel']}"]
        assert outcomes(grid, c["cell"]) == run_alone(grid, *settings), c
        calm = run_alone(grid, *settings, "shocks.quarrel.enabled=false")
        assert outcomes(grid, c["cell"], "calm") == calm, c


def test_summaries_are_those_of_the_replicates(grid):
    swept.check_summaries(grid)
    for s in table(grid, "summaries"):
        if s["outcome"] == "step":  # linear in the path
            assert math.isclose(float(s["mean_path"]), float(s["mean"]), rel_tol=1e-6, abs_tol=1e-9)


def test_claims_are_judged_on_means_and_on_replicates(grid):
    claims = table(grid, "claims")
    for c in claims:
        steps = [float(step) for step, _ in outcomes(grid, c["cell"])]
        assert c["shown"] == str(int(statistics.mean(steps) > 0.08)), c
        assert float(c["share"]) == pytest.approx(sum(s > 0.08 for s in steps) / 5)
    assert {c["shown"] for c in claims} == {"0", "1"}, "a test of nothing"


def test_arms_share_their_random_numbers_until_they_part(tmp_path):
    early = 'early = { measure = "cooperation"; subject = "IRN-RUS"; window = "2010-01..2010-04"; };\n  step ='
    text = program.SMALL.replace("step =", early, 1) + swept.ARMS
    swept.swept(tmp_path, scenario=text, arms=["calm"], outcomes=["early", "step"])
    for c in range(6):
        full, calm = (outcomes(tmp_path, c, a, ("early", "step")) for a in ("full", "calm"))
        assert [v[0] for v in full] == [v[0] for v in calm]
        assert [v[1] for v in full] != [v[1] for v in calm]
    assert len({v[0] for v in full}) == 5


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_matter(threads, tmp_path, grid):
    bytes_here = swept.swept(tmp_path, "-j", threads, arms=["full", "calm"], claims=["warm"])
    assert bytes_here == program.bytes_of(grid / "x", PEERS)
    assert swept.contents(tmp_path / "s.db") == swept.contents(grid / "s.db")


@pytest.mark.slow
@pytest.mark.skipif("WALTZ_CLANG" not in os.environ, reason="no second build; make test-clang sets WALTZ_CLANG")
def test_gcc_and_clang_give_the_same_bytes(tmp_path, grid):
    prepare(tmp_path, arms=["full", "calm"], claims=["warm"])
    sweep(tmp_path, binary=os.environ["WALTZ_CLANG"])
    assert export(tmp_path) == program.bytes_of(grid / "x", PEERS)
    assert swept.contents(tmp_path / "s.db") == swept.contents(grid / "s.db")


def test_a_finished_sweep_is_left_as_it_is(tmp_path):
    swept.swept(tmp_path)
    before = (tmp_path / "s.db").read_bytes()
    sweep(tmp_path)
    done = waltz("sweep", "d.cfg", "-o", "s.db", "--status", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("s.db: 6 of 6 cells complete, 5 replicates a cell\n30 of 30 replicates, 6 cells begun")
    assert (tmp_path / "s.db").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.cfg", "s.db", "small.cfg", "x"]


def test_the_store_has_its_place_by_the_name(tmp_path):
    prepare(tmp_path, name="fine-1")
    done = waltz("sweep", "d.cfg", "--no-report", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("results/fine-1.db: 6 of 6 cells complete, 5 replicates a cell\n")
    assert done.stdout.endswith("\nresults/fine-1.db\n")
    done = waltz("export", "results/fine-1.db", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "results/fine-1/001\n"), done.stderr


def test_a_dry_run_writes_nothing(tmp_path):
    prepare(tmp_path)
    done = waltz("sweep", "d.cfg", "--dry-run", "--shard", "2/4", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "cells       2 of 6 (shard 2/4)" in done.stdout and "results/d.2-of-4.db" in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.cfg", "small.cfg"]


def test_what_the_command_line_says_goes_before_the_design(tmp_path):
    prepare(tmp_path, set=["scenario.spinup=4"])
    sweep(tmp_path, "-n", 3, "-s", 9, "--set", "parameters.omega=0.3")
    export(tmp_path)
    settings = ["scenario.spinup=4", "parameters.omega=0.3", "parameters.lambda=5", "dyads.IRN-USA.h0=0.9"]
    assert outcomes(tmp_path, 3) == run_alone(tmp_path, *settings, n=3, seed=9)


def test_the_exported_scenario_is_the_sweeps(tmp_path):
    swept.swept(tmp_path, "--set", "scenario.spinup=4")
    effective = waltz("check", "--effective", "small.cfg", "--set", "scenario.spinup=4", cwd=tmp_path)
    assert (tmp_path / "x/effective.cfg").read_text() == effective.stdout


# ---- kinds of designs ----------------------------------------------------------------------------


def test_a_list_runs_the_rows_of_a_table(tmp_path):
    prepare(tmp_path, design({"lam": 'paths = ["parameters.lambda"];'}, kind="list", points="t/points.csv"))
    header = "draw,dyads.IRN-USA.h0,lam,shocks.quarrel.date\n"
    rows = "one,0.3,2.5,2010-06-01\ntwo,0.7,4,2010-09-15\none,0.3,1e1,2011-01-01\n"
    write(tmp_path, {"t/points.csv": header + rows})
    sweep(tmp_path)
    export(tmp_path)
    cells = [list(c.values()) for c in table(tmp_path, "cells")]
    assert list(table(tmp_path, "cells")[0]) == ["cell", "lam", "draw", "h0", "date", "replicates", "failure"]
    assert cells == [
        ["0", "2.5", "one", "0.3", "2010-06-01", "5", "NA"],
        ["1", "4", "two", "0.7", "2010-09-15", "5", "NA"],
        ["2", "10", "one", "0.3", "2011-01-01", "5", "NA"],
    ]
    for c in table(tmp_path, "cells"):
        settings = [f"parameters.lambda={c['lam']}", f"dyads.IRN-USA.h0={c['h0']}", f"shocks.quarrel.date={c['date']}"]
        assert outcomes(tmp_path, c["cell"]) == run_alone(tmp_path, *settings)


@pytest.mark.slow
def test_the_shipped_draws_are_a_list(tmp_path):
    keys = {"name": "d", "scenario": str(SHIPPED), "kind": "list", "replicates": 1, "outcomes": ["first_step"]}
    prior = ROOT / "configs/draws/prior.csv"
    write(tmp_path, {"d.cfg": design({}, **keys, points=str(prior), set=["scenario.spinup=6"])})
    sweep(tmp_path, timeout=600)
    export(tmp_path)
    with open(prior, encoding="utf-8", newline="") as f:
        table_of_draws = list(csv.DictReader(f))
    assert len(table(tmp_path)) == len(table_of_draws) == 128
    for c in (0, 77, 127):
        sets = [w for path, v in table_of_draws[c].items() for w in ("--set", f"{path}={v}")]
        alone = program.run(SHIPPED, "-n", 1, "-s", 7, "--set", "scenario.spinup=6", *sets, "-o", f"a{c}", cwd=tmp_path)
        assert outcomes(tmp_path, c, names=["first_step"]) == [(program.rows(alone / "outcomes.csv")[0]["first_step"],)]


RANGES = {
    "x": 'paths = ["parameters.lambda"]; low = 1.0; high = 9.0;',
    "y": 'paths = ["dyads.IRN-USA.h0"]; low = 0.1; high = 0.9;',
    "z": 'paths = ["parameters.omega"]; low = 0.01; high = 2.0; scale = "log";',
}
BOUNDS = {"x": (1, 9), "y": (0.1, 0.9), "z": (math.log(0.01), math.log(2))}


def shares(folder):
    """Where cells lie in their ranges, from 0 to 1, one column a factor."""
    found = []
    for name, (low, high) in BOUNDS.items():
        v = numpy.array(values(folder, name))
        found.append(((numpy.log(v) if name == "z" else v) - low) / (high - low))
    return numpy.array(found).T


def test_a_sobol_design_is_the_one_of_scipy(tmp_path):
    swept.swept(tmp_path, text=design(RANGES, kind="sobol", cells=50, replicates=1))
    points = qmc.Sobol(3, scramble=False, bits=32).random(64)[:50] + 0.5 / 2**32
    low, high = numpy.array(list(BOUNDS.values())).T
    wanted = low + (high - low) * points
    wanted[:, 2] = numpy.exp(wanted[:, 2])
    found = numpy.array([values(tmp_path, name) for name in BOUNDS]).T
    numpy.testing.assert_allclose(found, wanted, rtol=1e-9)
    settings = zip(("parameters.lambda", "dyads.IRN-USA.h0", "parameters.omega"), list(table(tmp_path, "cells")[37].values())[1:])
    assert outcomes(tmp_path, 37) == run_alone(tmp_path, *(f"{p}={v}" for p, v in settings), n=1)


def test_a_latin_hypercube_has_one_point_in_each_stratum(tmp_path):
    swept.swept(tmp_path, text=design(RANGES, kind="latin_hypercube", cells=40, replicates=1))
    u = shares(tmp_path)
    for column in u.T:
        assert sorted((column * 40).astype(int)) == list(range(40))
    other = swept.swept(tmp_path / "other", text=design(RANGES, kind="latin_hypercube", cells=40, replicates=1, seed=8))
    assert other["cells.csv"] != (tmp_path / "x/cells.csv").read_bytes()


def test_random_designs_are_uniform_and_begin_alike(tmp_path):
    swept.swept(tmp_path, text=design(RANGES, kind="random", cells=400, replicates=1))
    u = shares(tmp_path)
    assert ((u > 0) & (u < 1)).all()
    for column in u.T:
        assert scipy.stats.kstest(column, "uniform").pvalue > 1e-4
    assert abs(numpy.corrcoef(u.T)[numpy.triu_indices(3, 1)]).max() < 0.2
    fewer = swept.swept(tmp_path / "fewer", text=design(RANGES, kind="random", cells=30, replicates=1))
    assert (tmp_path / "x/cells.csv").read_bytes().startswith(fewer["cells.csv"])


def test_a_normal_scale_has_95_percent_within_its_range(tmp_path):
    normal = {"x": 'paths = ["parameters.lambda"]; low = 4.0; high = 6.0; scale = "normal";'}
    swept.swept(tmp_path, text=design(normal, kind="latin_hypercube", cells=200, replicates=1))
    u = scipy.stats.norm(5, 1 / scipy.stats.norm.ppf(0.975)).cdf(values(tmp_path, "x"))
    assert sorted((u * 200).astype(int)) == list(range(200))
    assert sum(4 <= v <= 6 for v in values(tmp_path, "x")) == 190


def test_levels_on_a_log_scale_are_equal_steps_of_the_logarithm(tmp_path):
    swept.swept(tmp_path, text=design({"z": RANGES["z"] + " levels = 5;"}, replicates=1))
    numpy.testing.assert_allclose(values(tmp_path, "z"), numpy.geomspace(0.01, 2, 5), rtol=1e-9)
    assert [values(tmp_path, "z", str)[k] for k in (0, -1)] == ["0.01", "2"]


# ---- kinds of factors ----------------------------------------------------------------------------


def product(setting, value):
    """path={}*487 with a value in its place, multiplied."""
    path, _, times = setting.partition("={}*")
    return f"{path}={float(value) * float(times)}"


@pytest.mark.parametrize(
    "factor, cells, settings",
    [
        ('paths = ["shocks.quarrel.date"]; low = "2010-05-02"; high = "2010-07-01"; levels = 3;',
         ["2010-05-02", "2010-06-01", "2010-07-01"], ["shocks.quarrel.date={}"]),
        ('paths = ["shocks.quarrel.enabled"]; values = [true, false];', ["true", "false"], ["shocks.quarrel.enabled={}"]),
        ('paths = ["shocks.quarrel.jitter_days"]; low = 0; high = 25; levels = 3;', ["0", "12", "25"],
         ["shocks.quarrel.jitter_days={}"]),
        ('paths = ["shocks.quarrel.effects.a.size"]; values = [0.0, 0.5, -1.5];', ["0", "0.5", "-1.5"],
         ["shocks.quarrel.effects.a.size={}"]),
        ('paths = ["states.IRN.gdp", "states.RUS.gdp"]; relative = true; values = ["0.5", "2"];', ["0.5", "2"],
         ["states.IRN.gdp={}*487", "states.RUS.gdp={}*1525"]),
        ('paths = ["parameters.lambda"]; times = 0.5; values = [2, 5];', ["2", "5"], ["parameters.lambda={}*0.5"]),
        ('paths = ["parameters.lambda", "parameters.omega"]; values = [2, 5];', ["2", "5"],
         ["parameters.lambda={}", "parameters.omega={}"]),
    ],
    ids=["days", "booleans", "whole numbers", "any depth", "relative", "times", "two paths"],
)
def test_a_factor_sets_its_paths(factor, cells, settings, tmp_path):
    swept.swept(tmp_path, text=design({"f": factor}))
    assert values(tmp_path, "f", str) == cells
    for k, v in enumerate(cells):
        made = [s.format(v) if "*" not in s else product(s, v) for s in settings]
        assert outcomes(tmp_path, k) == run_alone(tmp_path, *made), made
    assert len({tuple(outcomes(tmp_path, k)) for k in range(len(cells))}) > 1, "a test of nothing"


def test_labels_stand_in_place_of_values(tmp_path):
    factor = 'paths = ["shocks.quarrel.effects.a.size"]; values = [0.0, 2.5]; labels = ["none", "all of it"];'
    swept.swept(tmp_path, text=design({"f": factor, "lambda": swept.FACTORS["lambda"]}))
    assert values(tmp_path, "f", str) == ["none"] * 3 + ["all of it"] * 3
    (f, _) = program.manifest(tmp_path / "x")["factors"]
    assert (f["kind"], f["levels"]) == ("word", "none;all of it")
    settings = ["shocks.quarrel.effects.a.size=2.5", "parameters.lambda=5"]
    assert outcomes(tmp_path, 4) == run_alone(tmp_path, *settings)


def test_lists_are_words_in_one_value(tmp_path):
    factor = 'paths = ["sanctions.S1.senders"]; values = ["USA", "USA XKX"];'
    swept.swept(tmp_path, text=design({"f": factor}))
    assert values(tmp_path, "f", str) == ["USA", "USA XKX"]
    assert outcomes(tmp_path, 1) == run_alone(tmp_path, 'sanctions.S1.senders=["USA", "XKX"]')


def test_an_arm_may_be_a_factor(tmp_path):
    factors = {"arm": 'paths = ["arm"]; values = ["full", "calm"];', "l": swept.FACTORS["lambda"]}
    prepare(tmp_path, design(factors))
    refused = sweep(tmp_path, code=3).stderr
    assert "arm" in refused, "tables have a column of that name already"
    factors = {"world": factors["arm"], "l": factors["l"]}
    swept.swept(tmp_path, text=design(factors))
    assert values(tmp_path, "world", str) == ["full"] * 3 + ["calm"] * 3
    assert {r["arm"] for r in table(tmp_path)} == {"full"}
    assert outcomes(tmp_path, 4) == run_alone(tmp_path, "shocks.quarrel.enabled=false", "parameters.lambda=5")
    assert outcomes(tmp_path, 1) == run_alone(tmp_path, "parameters.lambda=5")


def test_cells_have_common_random_numbers_or_their_own(tmp_path):
    same = {"f": 'paths = ["shocks.quarrel.note"]; values = ["a", "b", "c"];'}
    swept.swept(tmp_path / "common", text=design(same))
    assert outcomes(tmp_path / "common", 0) == outcomes(tmp_path / "common", 1) == outcomes(tmp_path / "common", 2)
    swept.swept(tmp_path / "own", text=design(same, independent_cells=True))
    cells = [outcomes(tmp_path / "own", k) for k in range(3)] + [outcomes(tmp_path / "common", 0)]
    assert len({v for c in cells for v in c}) == 20


# ---- precision -----------------------------------------------------------------------------------


def checkpoints(most):
    return [k for k in (8, 32, *range(96, most, 64)) if k < most] + [most]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_cell_ends_when_it_is_precise_enough(threads, tmp_path):
    factors = {"x": 'paths = ["parameters.lambda"]; low = 1.0; high = 30.0; levels = 12;'}
    keys = {"replicates": 250, "precision": 0.0006, "precision_of": "step"}
    swept.swept(tmp_path, "-j", threads, text=design(factors, **keys, arms=["calm"]))
    ends = values(tmp_path, "replicates", int)
    for cell, end in enumerate(ends):
        steps = numpy.array([float(step) for step, _ in outcomes(tmp_path, cell)])
        assert len(steps) == end
        error = {n: steps[:n].std(ddof=1) / n**0.5 for n in checkpoints(250) if n <= end}
        assert end in checkpoints(250)
        assert all(e > 0.0006 for n, e in error.items() if n < end), (cell, error)
        assert end == 250 or error[end] <= 0.0006, (cell, error)
    assert len(set(ends)) > 2 and 250 in ends, ends
    swept.check_summaries(tmp_path)
    status = waltz("sweep", "d.cfg", "-o", "s.db", "--status", cwd=tmp_path).stdout
    assert status.startswith("s.db: 12 of 12 cells complete, 250 replicates a cell at most, each in all arms\n")


def test_precise_cells_end_a_sweep_at_once(tmp_path):
    """However many replicates they would be allowed."""
    factors = {"x": 'paths = ["parameters.lambda"]; low = 1.0; high = 9.0; levels = 300;'}
    prepare(tmp_path, design(factors, replicates=1000000, precision=100.0, precision_of="step"))
    for _ in range(2):
        begun = time.monotonic()
        sweep(tmp_path)
        assert time.monotonic() - begun < 5
    assert ask(tmp_path / "s.db", "SELECT count(*), sum(done) FROM cells") == [(300, 2400)]


# ---- nothing is lost -----------------------------------------------------------------------------

LONG = 1000  # replicates of 40 cells: some seconds
MANY = {
    "lambda": 'paths = ["parameters.lambda"]; low = 1.0; high = 9.0; levels = 8;',
    "quarrel": 'paths = ["dyads.IRN-USA.h0"]; low = 0.1; high = 0.9; levels = 5;',
}


@pytest.fixture(scope="module", name="whole")
def whole_fixture(tmp_path_factory):
    """What a sweep has that nothing befell: the export, and with it the store."""
    folder = tmp_path_factory.mktemp("whole")
    return swept.swept(folder, text=design(MANY, replicates=LONG)) | {"store": swept.contents(folder / "s.db")}


def finish(folder, whole):
    """Goes on to the end, which must be the same to the bit."""
    sweep(folder)
    assert export(folder) | {"store": swept.contents(folder / "s.db")} == whole


@pytest.fixture(name="long")
def long_fixture(tmp_path):
    return prepare(tmp_path, design(MANY, replicates=LONG))


@pytest.mark.parametrize("number, code, word", [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_a_signal_keeps_what_is_done(number, code, word, long, whole):
    with swept.started(long, "-j", 1) as process:
        swept.until_committed(process, long / "s.db")
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (code, "s.db\n"), err
    assert re.fullmatch(rf"waltz: {word} with \d+ of 40 cells complete; what is done is kept, the same command goes on\n", err)
    assert 0 < sum(swept.check_consistent(long / "s.db", LONG)) < 40 * LONG
    assert not (long / "s.db-journal").exists()
    finish(long, whole)


def test_a_signal_at_the_very_beginning_is_no_harm(long, whole):
    for k in range(12):
        with swept.started(long, "-j", 2) as process:
            time.sleep(k / 1000)
            process.send_signal(signal.SIGINT if k % 2 else signal.SIGTERM)
            _, err = process.communicate(timeout=10)
        assert process.returncode in (130, 143, -signal.SIGINT, -signal.SIGTERM), err
    finish(long, whole)


def rounds(done):
    return sum(c <= done for c in (8, 32, *range(96, LONG, 64), LONG))


@pytest.mark.slow
def test_killed_twenty_times_it_ends_as_if_never_killed(long, whole):
    random, kills, progress = random_module.Random(5), 0, []
    while kills < 20:
        threads = 1 + kills % 2
        with swept.started(long, "-j", threads) as process:
            try:
                process.communicate(timeout=random.uniform(0.005, 2.6))
            except subprocess.TimeoutExpired:
                swept.stop(process)
        if process.returncode == 0:
            finish(long, whole)
            (long / "s.db").unlink()
            continue
        assert process.returncode == -signal.SIGKILL
        kills += 1
        if not swept.committed(long / "s.db"):
            continue
        done = swept.check_consistent(long / "s.db", LONG)
        progress.append(sum(done))
        assert len(done) == 40 or max(done) <= 8
        assert max(map(rounds, done)) - min(map(rounds, done)) <= (1 if threads == 1 else 2), done
    assert len(set(progress)) > 3, "a test of nothing"
    finish(long, whole)
    swept.check_consistent(long / "s.db", LONG)


def test_one_process_at_a_time_while_others_look_on(long, whole):
    with swept.started(long, "-j", 1) as process:
        swept.until_committed(process, long / "s.db")
        begun = time.monotonic()
        second = sweep(long, code=1)
        assert time.monotonic() - begun < 5, "waited"
        assert second.stderr == (
            "s.db: another process works on this store; allowed: one at a time (`waltz sweep --status` and "
            "`waltz export` may look on)\n"
        )
        status = waltz("sweep", "d.cfg", "-o", "s.db", "--status", cwd=long)
        assert (status.returncode, status.stderr) == (0, "")
        assert re.search(r"replicates per second in the last run, \d+ s left\n", status.stdout)
        part = export(long, out="part")
        assert program.manifest(long / "part")["status"] == "partial"
        assert process.poll() is None, "too short to tell"
        assert process.communicate(timeout=60)[0] == "s.db\n"
    finish(long, whole)
    lines = set(whole["replicates.csv"].splitlines())
    assert len(lines) > part["replicates.csv"].count(b"\n") > 1
    assert set(part["replicates.csv"].splitlines()) < lines


def test_a_full_disk_is_told_and_nothing_lost(long, whole):
    script = """
        timeout 60 "$WALTZ" sweep d.cfg -o disk/s.db --quiet -n 8; echo code=$?
        timeout 60 "$WALTZ" sweep d.cfg -o disk/s.db --quiet --extend; echo code=$?
        "$WALTZ" sweep d.cfg -o disk/s.db --status | tail -1; ls -A disk
        mount -o remount,size=20m disk || exit 77
        timeout 60 "$WALTZ" sweep d.cfg -o disk/s.db --quiet; echo code=$?
        timeout 60 "$WALTZ" export disk/s.db -o x; echo code=$?
    """
    done = in_namespace(script, long)
    assert done.stderr == (
        "disk/s.db: cannot be written: no space is left, or the file has reached its limit\n"
        "waltz: what was committed is kept in disk/s.db; the same command goes on\n"
    )
    lines = done.stdout.splitlines()
    assert lines[:3] == ["disk/s.db", "code=0", "code=1"], done.stdout
    assert lines[4:] == ["s.db", "disk/s.db", "code=0", "x", "code=0"], done.stdout
    assert 320 <= int(lines[3].split()[0]) < 40 * LONG
    assert program.bytes_of(long / "x", PEERS).items() < whole.items()


def test_a_limit_of_the_file_is_told_and_nothing_lost(long, whole):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))  # noqa: E731
    done = sweep(long, code=1, preexec_fn=limit)
    assert "s.db: cannot be written: no space is left, or the file has reached its limit" in done.stderr
    assert "waltz: what was committed is kept in s.db; the same command goes on" in done.stderr
    swept.check_consistent(long / "s.db", LONG)
    finish(long, whole)
