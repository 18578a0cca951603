"""A sweep divided under Slurm, by the shipped scripts, on a cluster of one's own: the whole to the byte, whatever happened."""

import contextlib
import functools
import os
import pathlib
import signal
import sqlite3
import tempfile
import time

import pytest

import program
import slurm

pytestmark = pytest.mark.slow

SCRIPTS = program.ROOT / "configs/slurm"
SHARDS = 4
CELLS = 40
SHORT, LONG, ENDLESS = 8, 4000, 1_000_000  # replicates a cell
DESIGN = """\
sweep = {{
  name = "small"; title = "Sensitivity and an old quarrel"; scenario = "small.cfg"; kind = "grid";
  replicates = {replicates}; seed = 7; outcomes = ["step", "peak"];
}};
factors = {{
  lambda = {{ paths = ["parameters.lambda"]; low = 1.0; high = 9.0; levels = 8; }};
  quarrel = {{ paths = ["dyads.IRN-USA.h0"]; low = 0.1; high = 0.9; levels = 5; }};
}};
"""
SMALL = ["--time=5", "--cpus-per-task=1"]  # a job's own words, over those in the script
ARRAY = [f"--array=1-{SHARDS}", *SMALL]
WORDS = ["small.sweep.cfg", "-o", "results/small.db"]  # of waltz

_folders = tempfile.TemporaryDirectory(prefix="waltz-slurm-")


@pytest.fixture(scope="module", name="cluster")
def cluster_fixture():
    # a short path: sockets of Slurm lie below it
    cluster = slurm.Cluster(pathlib.Path(_folders.name) / "cluster")
    cluster.environment["WALTZ"] = program.WALTZ
    yield cluster
    cluster.close()


def prepare(folder, replicates):
    folder.mkdir(exist_ok=True)
    program.write(folder, {"small.cfg": program.SMALL, "small.sweep.cfg": DESIGN.format(replicates=replicates)})
    return folder


@pytest.fixture(scope="module", name="limited")
def limited_fixture(cluster):
    """A job whose minute is over soon, which Slurm sees twice a minute: begun first, looked at last."""
    folder = prepare(pathlib.Path(_folders.name) / "limited", ENDLESS)
    words = ["--array=1", "--time=1", "--cpus-per-task=1", "--nice=1000"]
    return folder, cluster.submit(*words, SCRIPTS / "sweep.sbatch", *WORDS, cwd=folder)


@pytest.fixture(autouse=True)
def begun(limited):
    """Every test finds the limited job under way."""


def sweep(cluster, folder, *words):
    """Submits the sweep, and its merging once that has ended well; their numbers."""
    job = cluster.submit(*words, SCRIPTS / "sweep.sbatch", *WORDS, cwd=folder)
    return job, merging(cluster, folder, f"--dependency=afterok:{job}")


def merging(cluster, folder, *words):
    return cluster.submit(*words, SCRIPTS / "merge.sbatch", "results/small.db", cwd=folder)


def logs(folder):
    return "\n".join(f"{p.name}: {p.read_text()}" for p in sorted(folder.glob("*.log")))


def states(jobs):
    """How jobs ended: the code and signal of the script; the highest of what srun started, if not zero."""
    return [(j["JobState"], j["ExitCode"], j["DerivedExitCode"]) for j in jobs]


WELL = ("COMPLETED", "0:0", "0:0")


def ended_well(cluster, folder, *jobs):
    for job in jobs:
        found = states(cluster.wait(job))
        assert set(found) == {WELL}, (found, logs(folder), cluster.log())


def shards(folder):
    return [folder / f"results/small.{k}-of-{SHARDS}.db" for k in range(1, SHARDS + 1)]


def export(folder):
    done = program.waltz("export", "results/small.db", "-o", "export", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = {p.name: p.read_bytes() for p in (folder / "export").glob("*.csv")}
    assert {"cells.csv", "replicates.csv", "summaries.csv"} <= set(found)
    return found


@functools.cache
def whole(replicates):
    """The export of the undivided sweep."""
    folder = prepare(pathlib.Path(tempfile.mkdtemp(dir=_folders.name)), replicates)
    done = program.waltz("sweep", "--quiet", *WORDS, cwd=folder)
    assert done.returncode == 0, done.stderr
    found = export(folder)
    assert found["cells.csv"].count(b"\n") == CELLS + 1
    return found


def ask(store, query):
    """The one value of a query."""
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchone()[0]


def replicates_done(store):
    try:
        return ask(store, "SELECT sum(done) FROM cells") or 0
    except sqlite3.Error:  # not there yet, or being written
        return 0


def until(condition, what, folder, patience=30):
    end = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < end, (what, logs(folder))
        time.sleep(0.02)
    return found


def some_done(folder, *stores):
    until(lambda: all(replicates_done(s) for s in stores), "no replicates committed", folder)


@pytest.mark.parametrize(
    "words",
    [
        [f"--array=1-{SHARDS}"],
        [f"--array=0-{2 * SHARDS - 2}:2"],
        ["--array=1", f"--ntasks={SHARDS}", "--nodes=2"],
        ["--array=1-2", f"--ntasks={SHARDS // 2}"],
    ],
    ids=["array", "array by twos", "tasks on two nodes", "array of tasks"],
)
def test_the_shards_make_the_whole(words, cluster, tmp_path):
    prepare(tmp_path, SHORT)
    ended_well(cluster, tmp_path, *sweep(cluster, tmp_path, *SMALL, *words))
    assert sorted((tmp_path / "results").glob("small.*-of-*.db")) == shards(tmp_path), logs(tmp_path)
    assert export(tmp_path) == whole(SHORT)


def test_srun_without_a_script(cluster, tmp_path):
    prepare(tmp_path, SHORT)
    cluster.ask("srun", f"--ntasks={SHARDS}", program.WALTZ, "sweep", "--quiet", "-j", 1, *WORDS, cwd=tmp_path)
    assert sorted((tmp_path / "results").iterdir()) == shards(tmp_path)
    ended_well(cluster, tmp_path, merging(cluster, tmp_path))
    assert export(tmp_path) == whole(SHORT)


def test_a_part_of_the_array_is_refused(cluster, tmp_path):
    prepare(tmp_path, SHORT)
    job = cluster.submit("--array=3", *SMALL, SCRIPTS / "sweep.sbatch", *WORDS, cwd=tmp_path)
    assert states(cluster.wait(job)) == [("FAILED", "2:0", "0:0")]
    assert "submit the whole array again" in logs(tmp_path)
    assert not (tmp_path / "results").exists()


def test_a_killed_task_goes_on_when_submitted_again(cluster, tmp_path):
    prepare(tmp_path, LONG)
    job, merge = sweep(cluster, tmp_path, *ARRAY)
    killed = shards(tmp_path)[1]
    some_done(tmp_path, killed)
    wanted = {"SLURM_ARRAY_JOB_ID": job, "SLURM_ARRAY_TASK_ID": 2, "SLURM_STEP_ID": 0}
    (process,) = cluster.processes(program.WALTZ, **wanted)
    os.kill(process, signal.SIGKILL)
    found = cluster.wait(job)
    print(cluster.log(f"JobId={job}_2", f"[{found[1]['JobId']}."), logs(tmp_path), *states(found), sep="\n")
    assert states(found) == [WELL, ("FAILED", "137:0", "0:9"), WELL, WELL]
    assert [j["JobState"] for j in cluster.wait(merge)] == ["CANCELLED"]
    assert not (tmp_path / "results/small.db").exists()
    kept = replicates_done(killed)
    assert 0 < kept < CELLS // SHARDS * LONG
    assert program.waltz("merge", "results/small.db", *shards(tmp_path), cwd=tmp_path).returncode != 0

    ended_well(cluster, tmp_path, *sweep(cluster, tmp_path, *ARRAY))
    assert replicates_done(killed) == CELLS // SHARDS * LONG
    first, second = (ask(killed, f"SELECT count(*) FROM batches WHERE run = {k}") for k in (1, 2))
    assert first > 0 and second > 0, "begun anew"
    assert export(tmp_path) == whole(LONG)


def test_a_task_told_to_stop_comes_again_by_itself(cluster, tmp_path):
    prepare(tmp_path, LONG)
    job, merge = sweep(cluster, tmp_path, *ARRAY)
    stopped = shards(tmp_path)[2]
    some_done(tmp_path, stopped)
    cluster.ask("scancel", "--signal=TERM", f"{job}_3")
    until(lambda: cluster.jobs(f"{job}_3")[0]["Restarts"] == "1", "not queued again", tmp_path)
    assert "stopped with 143 before the time limit; queued again" in logs(tmp_path)
    assert 0 < replicates_done(stopped) < CELLS // SHARDS * LONG
    found = cluster.wait(job)
    assert [(j["JobState"], j["ExitCode"], j["Restarts"]) for j in found] == [
        ("COMPLETED", "0:0", restarts) for restarts in "0010"
    ], logs(tmp_path)
    ended_well(cluster, tmp_path, merge)
    assert export(tmp_path) == whole(LONG)


def test_a_cancelled_job_keeps_what_is_done_and_stays_away(cluster, tmp_path):
    prepare(tmp_path, LONG)
    job, merge = sweep(cluster, tmp_path, *ARRAY)
    some_done(tmp_path, *shards(tmp_path))
    cluster.ask("scancel", job)
    found = cluster.wait(job)
    assert {(j["JobState"], j["Restarts"]) for j in found} == {("CANCELLED", "0")}, (found, logs(tmp_path))
    assert [j["JobState"] for j in cluster.wait(merge)] == ["CANCELLED"]
    assert "Killed" not in logs(tmp_path), "stopped only by force"
    assert not cluster.processes(program.WALTZ, SLURM_ARRAY_JOB_ID=job)
    assert not list(tmp_path.rglob("*-journal"))
    assert all(0 < replicates_done(s) < CELLS // SHARDS * LONG for s in shards(tmp_path))

    ended_well(cluster, tmp_path, *sweep(cluster, tmp_path, *ARRAY))
    assert export(tmp_path) == whole(LONG)


def test_the_time_limit_stops_cleanly(cluster, limited):
    folder, job = limited
    (store,) = until(lambda: list((folder / "results").glob("small*.db")), "not begun", folder)
    until(lambda: "queued again" in logs(folder), "not stopped", folder, patience=90)
    assert "task 0: Exited with exit code 143" in logs(folder)
    # it comes again when Slurm is through with the others: that a task does, the test above has seen
    until(lambda: cluster.jobs(job)[0]["JobState"] in ("PENDING", "RUNNING"), "not queued", folder, patience=90)
    assert replicates_done(store) > 0
    print(logs(folder))
    cluster.ask("scancel", job)
    assert [j["JobState"] for j in cluster.wait(job)] == ["CANCELLED"]
    assert not list(folder.rglob("*-journal"))
