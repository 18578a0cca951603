"""README says what was run: every command of the program that it shows is run here as printed."""
import csv
import json
import os
import re
import shlex
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT)
from analysis import words  # noqa: E402
from analysis.chance import Chance  # noqa: E402

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


def kept(name, folder=KEPT):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def percent(text):
    return words.percent(float(text.replace("NA", "nan"))).replace("\u202f", " ")


def test_table_of_claims_is_the_shipped_one():
    prior = {row["id"]: row["share"] for row in kept("prior_claims.csv")}
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        shown = [line.strip() for line in f if line.startswith("| **C")]
    assert shown == [
        f"| **{row['id']}** {row['text']} | {row['basis']} | {row['shown'].replace('NA', '–')} | {percent(row['single'])} "
        f"| {percent(prior[row['id']])} | {percent(row['share'])} | {percent(row['single_draws'])} "
        f"| {VERDICTS.get(row['verdict'], row['verdict'])} |"
        for row in kept("claims.csv") if row["kind"] == "paper"
    ]


def test_figures_on_the_argument_are_the_shipped_ones():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = " ".join(f.read().split())
    arms = {(row["arm"], row["outcome"]): row for row in kept("arms.csv")}

    def number(text, digits=3):
        return f"{float(text):.{digits}f}".replace("-", "−")

    def path(arm, outcome, digits=3):
        return number(arms[arm, outcome]["path"], digits)

    def adds(arm, outcome):
        """What is lost without a shock, over the draws."""
        low, middle, high = (number(-float(arms[arm, outcome][f"draws_difference{end}"])) for end in ("_high", "", "_low"))
        return middle, f"({low} to {high})"

    deal, war = adds("no_jcpoa", "first_step"), adds("no_ukraine", "second_step")
    for sentence in (
        f"steps up by {path('full', 'first_step')} (2017–2019",
        f"and by {path('full', 'second_step')} (2022-09",
        f"{path('no_jcpoa', 'first_step')} of the first step is left without the deal",
        f"{path('no_crimea', 'first_step')} without Crimea",
        f"{path('no_ukraine', 'second_step')} of the second without the war",
        f"The deal adds {deal[0]} to the first {deal[1]}",
        f"The war adds {war[0]} to the second {war[1]}",
        f"(C13: {path('full', 'war_with_deal')} against {path('no_jcpoa', 'war_without_deal')} for",
        f"in 2021 is {path('full', 'exchange_2021', 2)} of that of 2016",
    ):
        assert sentence in readme, sentence
    share = {row["id"]: percent(row["share"]) for row in kept("claims.csv")}
    for claim, words in (("C3", "show the second phase"), ("C7b", "that without the war there is none"),
                         ("C2", "show that the US exit of 2018 does not undo"), ("C1", "the first phase with its onset"),
                         ("C7a", "show that without it there is no first phase")):
        assert f"{share[claim]} {words}" in readme, claim
    for claim in ("C7a", "C12", "C8", "C16"):
        assert f"({claim}, {share[claim]})" in readme, claim
    for outcome in ("first_step", "second_step"):
        row = arms["full", outcome]
        assert f"{number(row['draws_median'])} (from {number(row['draws_low'])} to {number(row['draws_high'])})" in readme
    (less,) = [row for row in kept("conditions.csv") if (row["claim"], row["condition"]) == ("C7a", "less")]
    assert f"in {100 - round(100 * float(less['share']))} % the step is as large without it" in readme
    facts = [row["shown"] for row in kept("claims.csv") if row["kind"] == "facts"]
    assert len(facts) == 12 and facts.count("yes") == 9
    ranks = {row["outcome"]: row["rank"] for row in kept("dyads.csv") if row["focus"] == "1"}
    assert (ranks["dyads_first"], ranks["dyads_second"]) == ("1", "5")
    votes = kept("facts_votes.csv")[0]
    low, high = (f"{float(votes[k]):.2f}".replace("-", "−") for k in ("low", "high"))
    assert f"(rank correlation {float(votes['correlation']):.2f}, 95 % interval {low} to {high})" in readme


def test_figures_on_terms_are_those_of_the_multiverse():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = " ".join(f.read().split())
    rows = kept("rows.csv", os.path.join(ROOT, "configs/multiverse/iran-russia"))
    single = [row for row in rows if row["removed"] != "-" and " " not in row["removed"]]
    pairs = [row for row in rows if len(row["removed"].split()) == 2]
    assert (len(rows), len(single), len(pairs)) == (38, 8, 28)
    spans, below = {}, {}
    for claim in ("C1", "C2", "C3"):
        shares = [float(row[claim]) for row in single]
        spans[claim] = f"{100 * min(shares):.0f} to {100 * max(shares):.0f} %"
        below[claim] = sum(row[claim] != "NA" and float(row[claim]) < 0.8 for row in pairs)
    assert f"C1 is shown by {spans['C1']}, C2 by {spans['C2']}, C3 by {spans['C3']} of the draws" in readme
    assert f"of 28 pairs {below['C1']}, {below['C2']} and {below['C3']} bring them below 80 %" in readme
    evidence = {row["row"]: f"{float(row['evidence']):.1f}".replace("-", "−") for row in rows}
    assert f"(ln evidence {evidence['no_reach']} without, {evidence['full']} with)" in readme


def test_figures_on_variants_are_those_of_the_table():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = " ".join(f.read().split())
    table = {row["variant"]: row for row in kept("fragility.csv")}
    others = [row for row in table.values() if row["group"] not in ("base", "seeds")]
    seeds = [float(row["C1"]) for row in table.values() if row["group"] in ("base", "seeds")]
    assert f"Of {len(others)} other ways" in readme and f"({len(seeds)} seeds tell" in readme
    sure = ("C5", "C6", "C7b", "C9", "C15")
    assert all(float(row[claim]) >= 0.8 for row in others for claim in sure)
    for claim in ("C1", "C2", "C3", *sure):
        chance = Chance([float(row[claim]) for row in table.values() if row["group"] in ("base", "seeds")])
        quiet = [row for row in others if row["group"] in ("tick", "order", "onset jitter", "states")]
        assert len(quiet) > 8 and not any(chance.turns(float(row[claim])) for row in quiet), claim
    share = {(name, claim): percent(row[claim]) for name, row in table.items() for claim in ("C1", "C2", "C3")}
    for sentence in (
        f"coded one step higher ({share['steps_up_crimea_2014', 'C3']}), or all are ({share['steps_up', 'C3']})",
        f"C2 if all are ({share['steps_up', 'C2']}) or Crimea's one lower ({share['steps_down_crimea_2014', 'C2']})",
        f"of 32 each {100 * sum(seeds) / len(seeds):.0f} % of these sets show it, of 8 {share['replicates_8', 'C1']}, "
        f"of 128 {share['replicates_128', 'C1']}",
    ):
        assert sentence in readme, sentence
