"""README says what was run: every command of the program that it shows is run here as printed."""
import json
import os
import re
import shlex
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
    COMMANDS = re.findall(r"(?:^    |&& )build/(waltz [^#\n]*?)\s*(?:#.*)?$", f.read(), re.M)


def test_readme_shows_commands():
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_readme_works_as_printed(command, tmp_path):
    words = [os.environ["WALTZ"]] + shlex.split(command)[1:]
    if words[1] == "run":  # few replicates, and not into the user's results
        words += ["-n", "2", "-o", str(tmp_path / "out")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_table_of_readme_is_what_the_program_prints(tmp_path):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        shown = [line.split() for line in f if re.match(r"^ +20\d\d  ", line)]
    done = subprocess.run([os.environ["WALTZ"], "run", "configs/iran-russia.cfg", "-n", "1000", "-s", "1",
                           "-o", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, check=True)
    printed = [line.split() for line in done.stdout.splitlines() if re.match(r"^ +20\d\d  ", line)]
    assert len(shown) == 14
    assert shown == printed


# terms of Russia's dialogue with Iran that README names, by period
WHY = {
    "2014-06..2017-06": ["mandate", "friends", "insecurity", "common_threat", "room"],
    "2021-06..2023-06": ["insecurity", "dependence", "polarisation", "room"],
}


@pytest.mark.parametrize("period, terms", WHY.items())
def test_terms_in_readme_are_those_of_the_trace(period, terms):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = " ".join(f.read().split())
    done = subprocess.run([os.environ["WALTZ"], "trace", "configs/iran-russia.cfg", "--why", "IRN-RUS", "--tick", period,
                           "--set", "scenario.moves=expected", "--json"], cwd=ROOT, capture_output=True, check=True)
    sides = {u["actor"]: u for u in json.loads(done.stdout)["changes"][0]["utilities"] if u["move"] == "consult"}
    before, after = sides["RUS"]["utility"]
    assert f"{before:.3f} to {after:+.3f}:" in readme
    told = {t["name"]: f"{t['contribution']:+.3f}" for t in sides["RUS"]["terms"] if t["side"] == "own"}
    largest = sorted(told, key=lambda name: -abs(float(told[name])))[: len(terms)]
    assert sorted(largest) == sorted(terms)
    assert all(told[name] in readme for name in terms)
    assert "{:.0f} to {:.0f} %".format(*(100 * c for c in sides["IRN"]["consent"])) in readme
