"""Disks that are full and files that may not be read: told, and nothing half done is left."""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile

import pytest

from program import SMALL, WALTZ, rows, write

# Mounts a small disk on ./disk in a namespace of its own; the caller's commands follow.
NAMESPACE = "mkdir -p disk && mount -t tmpfs -o size=300k tmpfs disk || exit 77\n"


def in_namespace(script, folder):
    """Runs a shell script that sees a disk of 300 kB; its lines 'code=N' tell exit codes."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here, so no small disk can be made")
    command = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    done = subprocess.run(
        [*command, "sh", "-c", NAMESPACE + script],
        cwd=folder,
        env=os.environ | {"WALTZ": WALTZ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode in (1, 77) and "code=" not in done.stdout:
        pytest.skip(f"a private mount namespace is not possible here: {done.stderr.strip()}")
    return done


FULL = "waltz: cannot write the results: No space left on device; no folder is left\n"


@pytest.mark.parametrize(
    "what, arguments",
    [
        ("rows", "-n 1000000 -j 1"),
        ("rows by many threads", "-n 1000000 -j 4"),
        ("summary", "-n 10 --set scenario.end=2030-12"),
    ],
)
def test_a_full_disk_is_told_and_what_was_there_stays(what, arguments, small):
    arguments += " --quiet --set shocks.quarrel.jitter_days=0"
    script = f"""
        timeout 30 "$WALTZ" run small.cfg -n 3 -o disk/old --quiet; echo code=$?
        cp -r disk/old before; head -c 150k /dev/zero >disk/filler
        timeout 30 "$WALTZ" run small.cfg -o disk/new {arguments}; echo code=$?
        timeout 30 "$WALTZ" run small.cfg -o disk/old --force {arguments}; echo code=$?
        rm disk/filler; ls -A disk; diff -r disk/old before && echo same
        timeout 30 "$WALTZ" run small.cfg -n 3 -o disk/new --quiet; echo code=$?
    """
    done = in_namespace(script, small)
    assert done.stderr == FULL + FULL, what
    assert done.stdout.split() == ["disk/old", "code=0", "code=1", "code=1", "old", "same", "disk/new", "code=0"]


def test_a_disk_without_any_room_is_told(small):
    script = """
        head -c 400k /dev/zero >disk/filler 2>/dev/null
        timeout 30 "$WALTZ" run small.cfg -n 3 -o disk/new --quiet; echo code=$?
        ls -A disk
    """
    done = in_namespace(script, small)
    assert done.stderr == FULL
    assert done.stdout.split() == ["code=1", "filler"]


def test_a_disk_that_may_only_be_read_is_told(small):
    script = """
        cp small.cfg disk; mount -o remount,bind,ro disk || exit 77
        timeout 30 "$WALTZ" run disk/small.cfg -n 3 -o disk/new --quiet; echo code=$?
        ls -A disk
    """
    done = in_namespace(script, small)
    assert "disk/new: cannot make the folder: Read-only file system" in done.stderr
    assert done.stdout.split() == ["code=1", "small.cfg"]


# ---- permissions ---------------------------------------------------------------------------------


@pytest.fixture(name="open_folder")
def open_folder_fixture():
    """A folder that anybody can enter, with the program in it; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o777)
        shutil.copy(WALTZ, folder / "waltz")
        write(folder, {"small.cfg": SMALL})
        yield folder


def as_nobody(*arguments, cwd):
    """Runs the copied program as a user without rights: root may read everything."""
    command = [str(cwd / "waltz"), *arguments]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("there is no setpriv here, and root may read everything")
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_file_that_may_not_be_read_is_told(open_folder):
    (open_folder / "small.cfg").chmod(0)
    code, out, err = as_nobody("run", "small.cfg", cwd=open_folder)
    assert (code, out) == (3, "")
    assert "small.cfg: cannot read: Permission denied\n" in err
    assert not (open_folder / "results").exists()


def test_a_table_that_may_not_be_read_is_told_where_it_is_named(open_folder):
    write(open_folder, {"t.csv": "id,senders,target,start,class\n"})
    (open_folder / "t.csv").chmod(stat.S_IWUSR)
    text = SMALL.replace("sanctions = {\n", 'sanctions = {\n  table = "t.csv";\n')
    write(open_folder, {"table.cfg": text})
    code, out, err = as_nobody("check", "table.cfg", cwd=open_folder)
    assert (code, out) == (3, "")
    assert 'table.cfg:11: cannot read "t.csv": Permission denied\n' in err


def test_a_folder_that_may_not_be_written_is_told(open_folder):
    (open_folder / "closed").mkdir()
    (open_folder / "closed").chmod(0o555)
    code, out, err = as_nobody("run", "small.cfg", "-n", "1", "-o", "closed/out", cwd=open_folder)
    assert (code, out) == (1, "")
    assert "closed/out: cannot make the folder: Permission denied\n" in err


def test_anybody_may_run_it(open_folder):
    code, out, err = as_nobody("run", "small.cfg", "-n", "2", "--quiet", "-o", "out", cwd=open_folder)
    assert (code, out, err) == (0, "out\n", "")
    assert len(rows(open_folder / "out/outcomes.csv")) == 2
