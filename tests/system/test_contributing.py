"""CONTRIBUTING.md adds a term by a diff. Applied to a copy, it builds, is neutral when off, and is the same in every kernel."""

import os
import re
import shutil
import subprocess

import pytest

from program import ROOT, SHIPPED, bytes_of, run, waltz

SHORT = (SHIPPED, "-n", "9", "--set", "scenario.spinup=6")
NEEDED = ("Makefile", ".ci", "sim", "configs", "tests")


@pytest.fixture(scope="module", name="patched")
def patched_fixture(tmp_path_factory):
    """A program with the term of CONTRIBUTING.md."""
    folder = tmp_path_factory.mktemp("patched")
    for name in NEEDED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    diff = re.search("```diff\n(.*?)```", text, re.S).group(1)
    subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, text=True, check=True)
    made = subprocess.run(["make", "BUILD=build", "NO_INSTALL=1", "CFLAGS=-Werror", "all"], cwd=folder, check=False,
                          capture_output=True, text=True, env=os.environ | {"MAKEFLAGS": ""})
    assert made.returncode == 0, made.stderr
    return folder / "build/waltz"


@pytest.mark.slow
def test_a_term_is_added_by_the_diff_that_is_shown(patched, tmp_path):
    plain = bytes_of(run(*SHORT, "-o", "plain", cwd=tmp_path), ["outcomes.csv", "summary.csv"])

    def changed(name, *words):
        folder = run(*SHORT, "-o", name, *words, cwd=tmp_path, binary=patched)
        return bytes_of(folder, ["outcomes.csv", "summary.csv"])

    assert changed("neutral") == plain
    wary = ("--set", "parameters.cost_wariness=0.5")
    assert changed("off", *wary, "--set", "terms.wariness=false") == plain
    kernels = waltz("run", SHIPPED, "--kernel", "?", binary=patched).stderr.split("processor: ")[1].strip().split(", ")
    results = [changed(k, *wary, "--kernel", k) for k in kernels]
    assert results[0] != plain and all(r == results[0] for r in results)
    assert "| wariness |" in waltz("list", "terms", "--markdown", binary=patched).stdout.replace("`", "")
