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


@pytest.fixture(scope="module", name="results")
def results_fixture(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_readme_works_as_printed(command, results):
    words = [os.environ["WALTZ"]] + [re.sub("^results(?=/)", str(results), w) for w in shlex.split(command)[1:]]
    if words[1] == "run":  # few replicates, and not into the user's results
        words += ["-n", "2", "--force", "-o", str(results / "out")]
    if words[1] == "sweep":
        words += ["-o", str(results / "00-quick.db")]
    if words[1] == "export":
        words += ["-o", str(results / "tables")]
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


# ---- what README says of the argument, from the shipped tables of `make robustness`

KEPT = os.path.join(ROOT, "configs/robustness/iran-russia")
VERDICTS = {"by_design": "by design", "none": "–", "outside": "figures outside", "inside": "figures inside"}


def kept(name):
    with open(os.path.join(KEPT, name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def percent(text):
    return "–" if text == "NA" else f"{100 * float(text):.0f} %"


def test_table_of_claims_is_the_shipped_one():
    prior = {row["id"]: row["share"] for row in kept("prior_claims.csv")}
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        shown = [line.strip() for line in f if line.startswith("| **C")]
    assert shown == [
        f"| **{row['id']}** {row['text']} | {row['basis']} | {row['shown'].replace('NA', '–')} | {percent(row['single'])} "
        f"| {percent(prior[row['id']])} | {percent(row['share'])} | {VERDICTS.get(row['verdict'], row['verdict'])} |"
        for row in kept("claims.csv") if row["kind"] == "paper"
    ]


def test_figures_on_the_argument_are_the_shipped_ones():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = " ".join(f.read().split())
    arms = {(row["arm"], row["outcome"]): row for row in kept("arms.csv")}

    def path(arm, outcome, digits=3):
        return f"{float(arms[arm, outcome]['path']):.{digits}f}"

    for sentence in (
        f"steps up by {path('full', 'first_step')} (2017–2019",
        f"and by {path('full', 'second_step')} (2022-09",
        f"Without the deal {path('no_jcpoa', 'first_step')} of the first step",
        f"without the war {path('no_ukraine', 'second_step')} of the second",
        f"without it {path('no_crimea', 'first_step')} is left",
        f"(C13: {path('full', 'war_with_deal')} against {path('no_jcpoa', 'war_without_deal')} for",
        f"in 2021 is {path('full', 'exchange_2021', 2)} of that of 2016",
    ):
        assert sentence in readme, sentence
    share = {row["id"]: percent(row["share"]) for row in kept("claims.csv")}
    for claim, words in (("C3", "show the second phase"), ("C7b", "that without the war there is none"),
                         ("C2", "that the US exit of 2018 does not undo"), ("C1", "the first phase with its onset")):
        assert f"{share[claim]} {words}" in readme, claim
    for claim in ("C7a", "C12", "C8", "C16"):
        assert f"({claim}, {share[claim]})" in readme, claim
    for outcome in ("first_step", "second_step"):
        row = arms["full", outcome]
        assert f"from {float(row['draws_low']):.3f} to {float(row['draws_high']):.3f}" in readme
    facts = [row["shown"] for row in kept("claims.csv") if row["kind"] == "facts"]
    assert len(facts) == 12 and facts.count("yes") == 9
    ranks = {row["outcome"]: row["rank"] for row in kept("dyads.csv") if row["focus"] == "1"}
    assert (ranks["dyads_first"], ranks["dyads_second"]) == ("1", "5")
    votes = kept("facts_votes.csv")[0]
    low, high = (f"{float(votes[k]):.2f}".replace("-", "−") for k in ("low", "high"))
    assert f"(rank correlation {float(votes['correlation']):.2f}, 95 % interval {low} to {high})" in readme
