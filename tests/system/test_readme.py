"""README says what was run: every command of the program that it shows is run here as printed."""
import csv
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


# terms of Russia's answers to Iran that README names, by period
WHY = {
    "2014-06..2017-06": ["mandate", "insecurity", "friends", "heat", "common_threat"],
    "2021-06..2023-06": ["insecurity", "need", "heat", "common_threat"],
}


@pytest.mark.parametrize("period, terms", WHY.items())
def test_terms_in_readme_are_those_of_the_trace(period, terms):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = " ".join(f.read().split())
    done = subprocess.run([os.environ["WALTZ"], "trace", "configs/iran-russia.cfg", "--why", "IRN-RUS", "--tick", period,
                           "--set", "scenario.moves=expected", "--json"], cwd=ROOT, capture_output=True, check=True)
    (russia,) = [u for u in json.loads(done.stdout)["changes"][0]["utilities"]
                 if (u["actor"], u["move"]) == ("RUS", "consult")]
    assert "from {:+.3f} to {:+.3f}:".format(*russia["balance"]) in readme
    told = {t["name"]: f"{t['contribution']:+.3f}" for t in russia["balance_terms"] if t["side"] != "partner"}
    largest = sorted(told, key=lambda name: -abs(float(told[name])))[: len(terms)]
    assert sorted(largest) == sorted(terms)
    assert all(told[name] in readme for name in terms)
    assert "{:.0f} to {:.0f} %".format(*(100 * c for c in russia["consent"])) in readme


def test_polarisation_passes_its_reference_when_the_table_says(tmp_path):
    subprocess.run([os.environ["WALTZ"], "run", "configs/iran-russia.cfg", "-n", "20", "-o", str(tmp_path / "out"),
                    "--quiet"], cwd=ROOT, capture_output=True, check=True)
    with open(tmp_path / "out/yearly.csv", encoding="utf-8") as f:
        mean = {r["year"]: float(r["mean"]) for r in csv.DictReader(f) if r["measure"] == "polarisation"}
    parameters = subprocess.run([os.environ["WALTZ"], "list", "parameters"], capture_output=True, text=True, check=True)
    (row,) = [line for line in parameters.stdout.splitlines() if line.startswith("polarisation_reference")]
    year = re.search(r"passes it in (\d{4})", row)[1]
    assert mean[str(int(year) - 1)] < float(row.split()[1]) < mean[year]
