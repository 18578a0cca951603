"""Names and numbers that a program might take for something else."""

import pytest

import program
import swept
from program import waltz


@pytest.mark.parametrize("store", [":memory:", "file:s.db?mode=memory", "c.html", "no ending", "-.db"])
def test_any_name_is_a_file_and_nothing_else(store, tmp_path):
    swept.prepare(tmp_path)
    done = waltz("sweep", "d.cfg", "-o", store, cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.endswith(f"\n{store}\n"), done.stderr
    assert (tmp_path / store).read_bytes()[:6] == b"SQLite"
    assert (tmp_path / (store.removesuffix(".db") + ".html")).read_bytes()[:9] == b"<!DOCTYPE"
    assert waltz("sweep", "d.cfg", "-o", store, "--status", cwd=tmp_path).returncode == 0
    merged = waltz("merge", f"m{store}", f"./{store}", cwd=tmp_path)
    assert merged.returncode == 0, merged.stderr
    assert waltz("export", f"m{store}", "-o", "x", cwd=tmp_path).returncode == 0


def test_a_page_takes_no_other_files_place(tmp_path):
    program.write(swept.prepare(tmp_path), {"s.html": "precious"})
    done = waltz("sweep", "d.cfg", "-o", "s.db", cwd=tmp_path)
    assert done.returncode == 0 and "exists and is no page of waltz" in done.stderr
    assert (tmp_path / "s.html").read_text() == "precious"


@pytest.mark.parametrize("words", [["sweep", "d.cfg", "-o", "new/"], ["merge", "new/", "s.db"]])
def test_a_store_is_no_folder(words, tmp_path):
    before = program.tree(swept.prepare(tmp_path))
    done = waltz(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, 'waltz: "new/": allowed: the name of a file\n')
    assert program.tree(tmp_path) == before


@pytest.mark.parametrize(
    "variables",
    [
        {"SLURM_PROCID": "one", "SLURM_NTASKS": "3"},
        {"SLURM_PROCID": "1", "SLURM_NTASKS": ""},
        {"SLURM_PROCID": "3", "SLURM_NTASKS": "3"},
        {"SLURM_ARRAY_TASK_ID": "18446744073709551617", "SLURM_ARRAY_TASK_COUNT": "3"},
        {"SLURM_ARRAY_TASK_ID": "4", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2"},
        {"SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_STEP": "0"},
    ],
)
def test_variables_of_slurm_that_make_no_sense_are_refused(variables, tmp_path):
    before = program.tree(swept.prepare(tmp_path))
    done = waltz("sweep", "d.cfg", "--quiet", cwd=tmp_path, env=variables)
    assert done.returncode == 2 and "allowed: a whole array without gaps, or --shard K/N" in done.stderr
    assert program.tree(tmp_path) == before


def test_nothing_to_retry_is_told(tmp_path):
    swept.prepare(tmp_path)
    swept.sweep(tmp_path)
    done = waltz("sweep", "d.cfg", "-o", "s.db", "--quiet", "--retry-failed", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "waltz: no cell has failed; without --retry-failed the sweep goes on\n")
    done = waltz("sweep", "d.cfg", "-o", "s.db", "--retry-failed", "--extend", cwd=tmp_path)
    assert done.returncode == 2 and "allowed: one of them" in done.stderr
