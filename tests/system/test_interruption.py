"""Ctrl-C, kill and kill -9: what is done is kept, whole, and never taken for more than it is."""

import contextlib
import shlex
import signal
import sqlite3
import subprocess
import time

import pytest

import swept

from program import SHIPPED, WALTZ, bytes_of, manifest, rows, run, tree

REPLICATES = 300
ENDLESS = ["run", "small.cfg", "--quiet", "-n", str(2**28), "-j", "4"]
COMMAND = ["run", str(SHIPPED), "--quiet", "--set", "scenario.spinup=6", "-n", str(REPLICATES)]


@pytest.fixture(scope="module", name="whole")
def whole_fixture(tmp_path_factory):
    return run(*COMMAND[1:], cwd=tmp_path_factory.mktemp("whole"))


def has_begun(partial_folders, rows_first):
    if not rows_first:
        return bool(partial_folders)
    return any(p.stat().st_size for folder in partial_folders for p in folder.glob("outcomes.csv"))


def interrupted(folder, number, command=None, rows_first=True):
    """Starts a long run and sends it a signal when its first rows are on the disk, or their file."""
    before = set(folder.glob("results/*/.*"))
    with subprocess.Popen(
        [WALTZ, *(command or COMMAND)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        end = time.monotonic() + 30
        try:
            while not has_begun(set(folder.glob("results/*/.*")) - before, rows_first):
                assert process.poll() is None and time.monotonic() < end
                time.sleep(0.002)
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    return process.returncode, out, err


@pytest.mark.parametrize(
    "number, code, word",
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "hung up"),
    ],
)
def test_a_signal_keeps_a_prefix(number, code, word, tmp_path, whole):
    returned, out, err = interrupted(tmp_path, number)
    assert (returned, out) == (code, "results/iran-russia/001\n"), err
    folder = tmp_path / out.strip()
    kept = rows(folder / "outcomes.csv")
    assert 0 < len(kept) < REPLICATES
    assert f"{word} after {len(kept)} of {REPLICATES} replicates; what is done is kept" in err
    assert (whole / "outcomes.csv").read_bytes().startswith((folder / "outcomes.csv").read_bytes())

    m = manifest(folder)
    assert m["status"] == "interrupted"
    assert (m["replicates_planned"], m["replicates_done"]) == (REPLICATES, len(kept))
    assert {r["n"] for name in ("summary.csv", "yearly.csv") for r in rows(folder / name)} == {str(len(kept))}
    assert [p.name for p in folder.parent.iterdir()] == ["001"]

    # the statistics are those of a run of so many
    short = run(*COMMAND[1:-1], len(kept), cwd=tmp_path)
    assert bytes_of(short) == bytes_of(folder)


def test_the_same_command_gives_the_whole_afterwards(tmp_path, whole):
    interrupted(tmp_path, signal.SIGINT)
    second = run(*COMMAND[1:], cwd=tmp_path)
    assert second.name == "002"
    assert bytes_of(second) == bytes_of(whole)
    assert manifest(second)["status"] == "complete"


def test_a_killed_run_leaves_nothing_that_looks_like_results(tmp_path):
    returned, out, _ = interrupted(tmp_path, signal.SIGKILL)
    assert (returned, out) == (-signal.SIGKILL, "")
    left = [p.name for p in (tmp_path / "results/iran-russia").iterdir()]
    assert len(left) == 1 and left[0].startswith(".001.partial-")
    assert not list(tmp_path.rglob("manifest.json"))
    assert run(SHIPPED, "-n", "1", cwd=tmp_path).name == "001"


def test_what_a_killed_run_left_is_in_nobodys_way(small):
    """The number of a process comes again, at once in a container."""
    script = (
        'mkdir -p results/small/.001.partial-$$ results/small/.001.partial-$$-2 && exec "$0" run small.cfg -n 1 --quiet'
    )
    done = subprocess.run(["sh", "-c", script, WALTZ], cwd=small, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "results/small/001\n", "")


def test_a_signal_at_the_very_beginning_leaves_no_half_folder(small):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)) * 5:
        returned, out, err = interrupted(small, number, ENDLESS, rows_first=False)
        assert returned == code, err
        assert ("nothing is kept" in err) == (out == "")
    assert not [name for name in tree(small) if "partial" in name]


def test_an_endless_run_ends_at_once(small):
    """What was planned and not begun must not be passed over one by one."""
    start = time.monotonic()
    returned, out, err = interrupted(small, signal.SIGINT, ENDLESS)
    assert (returned, out) == (130, "results/small/001\n"), err
    assert time.monotonic() - start < 15
    assert f"of {2**28} replicates" in err
    assert manifest(small / "results/small/001")["replicates_planned"] == 2**28


def test_a_finished_run_is_kept_when_its_place_is_taken(tmp_path):
    command = [WALTZ, *COMMAND, "-o", "out"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        while not list(tmp_path.glob(".out.partial-*")):
            assert process.poll() is None
            time.sleep(0.002)
        (tmp_path / "out").mkdir()
        (tmp_path / "out/thesis.txt").write_text("years of work")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    kept = tmp_path / err.rsplit("they are kept in ", 1)[1].strip()
    assert manifest(kept)["replicates_done"] == REPLICATES
    assert (tmp_path / "out/thesis.txt").read_text() == "years of work"


def test_what_came_into_an_older_run_meanwhile_is_not_removed(tmp_path):
    run(*COMMAND[1:-2], "-n", "2", "-o", "out", cwd=tmp_path)
    command = [WALTZ, *COMMAND, "-o", "out", "--force"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        while not list(tmp_path.glob(".out.partial-*")):
            assert process.poll() is None
            time.sleep(0.002)
        (tmp_path / "out/notes.txt").write_text("of the older run")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert manifest(tmp_path / err.rsplit("they are kept in ", 1)[1].strip())["replicates_done"] == REPLICATES
    assert (tmp_path / "out/notes.txt").exists() and len(rows(tmp_path / "out/outcomes.csv")) == 2


def test_a_reader_that_goes_away_costs_no_results(tmp_path):
    words = [WALTZ, *COMMAND[:2], "-n", "4", "--set", "scenario.spinup=6", "-o", "out"]
    subprocess.run(["bash", "-c", f"{shlex.join(map(str, words))} | head -1"], cwd=tmp_path, stdout=subprocess.DEVNULL, check=False)
    assert manifest(tmp_path / "out")["replicates_done"] == 4


def test_a_reader_does_not_hold_up_a_sweep(tmp_path):
    """Its commits wait for who reads, its threads do not."""
    swept.prepare(tmp_path, swept.design(replicates=3000))
    process = swept.started(tmp_path)
    swept.until_committed(process, tmp_path / "s.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        seen = reader.execute("SELECT sum(done) FROM cells").fetchone()
        time.sleep(3)
        assert reader.execute("SELECT sum(done) FROM cells").fetchone() == seen and process.poll() is None
        reader.execute("COMMIT")
    assert process.communicate(timeout=60)[0] == "s.db\n" and process.returncode == 0
    swept.check_consistent(tmp_path / "s.db", 3000)
    assert swept.ask(tmp_path / "s.db", "SELECT min(replicates) > 0 FROM batches") == [(1,)], "threads stood still"
