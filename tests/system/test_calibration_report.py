"""What report.html tells of a calibration: what was fitted, terms left out, and what each claim hangs on."""

import csv
import functools
import html
import io
import json
import math
import re
import shutil
import sys

import pytest

from program import ROOT, write
from test_analysis import check_page, report, reproduced_fixture  # noqa: F401

sys.path.insert(0, str(ROOT))
from analysis import fits, words  # noqa: E402
from analysis.sections import lift  # noqa: E402

MANIFEST = {
    "cells": 4000, "cells_left_out": 7, "targets": 3, "discrepancy": 1.5, "nearest": 0.956,
    "effective_sample_size": 171.6, "evidence": -15.8, "pseudo_observations": 40, "draws": 3, "seed": "5", "prior_seed": "5",
}
PARAMETERS = """\
parameter,path,scale,low,high,q05,median,q95,contraction,informed,coverage
lambda,parameters.lambda,log,3,20,3.04,4.5,8.2,0.64,yes,0.31
cost_fixed,parameters.cost_fixed,linear,0,2,0.156,1.018,1.793,0.0123,no,0.44
eta,parameters.eta,log,0.1,4,0.13,0.33,2.04,0.329,yes,0.0007
"""
TARGETS = """\
target,scale,value,error,prior_q05,prior_median,prior_q95,posterior_q05,posterior_median,posterior_q95
step,linear,0.1,0.05,0.01,0.06,0.211,0.0525,0.0627,0.168
peak,log,2,0.1,5.5,6,6.5,4.25,4.75,5.25
other,linear,1,0.5,0.2,0.6,1.1,0.3,0.7,1.05
"""
PREDICTIVE = """\
target,scale,value,error,q05,median,q95
step,linear,0.1,0.05,0.0611,0.07,0.1622
peak,log,2,0.1,4.3,4.7,5.1
other,linear,1,0.5,0.31,0.71,1.04
"""
AGREEMENT = """\
outcome,cells,mean_drawn,sd_drawn,bias,rms,correlation
step,256,0.08,0.04,0.001,0.003,0.995
peak,256,3.1,0.5,-0.25,0.3,0.871
flat,256,0,0,0,0,NA
"""
POSTERIOR = "parameters.lambda,parameters.eta\n4,1\n4,1\n5,2\n"
ROWS = """\
row,removed,cells,effective,evidence,C1,C2,C3,facts,first_step,second_step,note
full,-,8000,150.5,-15.81,0.9,0.75,0.85,0.7,0.11,0.07,
no_reach,reach,8000,120,-17.2,0.62,0.85,0.86,0.55,0.0987,0.06,3 cells left out
no_channels,channels,8000,9.2,-30.5,NA,NA,NA,NA,NA,NA,effective sample size 9.2 of 8000 cells: no verdict
no_reach-channels,reach channels,8000,44,-21,0.33,0.97,0.5,0.4,0.02,0.01,
plain,reach channels order,8000,0,NA,NA,NA,NA,NA,NA,NA,effective sample size 0 of 8000 cells: no verdict
"""
SETTINGS = {"rows": {"full": {"draws": 100}, "no_reach": {"draws": 100}}}
FRAGILITY = """\
variant,group,what,draws,replicates,up,down,never,note
base,base,nothing is changed,20,32,0.85,0.5,NA,NA
seed_2,seeds,another seed,20,32,0.9,0.45,NA,NA
without_usa,states,the world without USA,20,32,0.6,0.5,NA,NA
without_xkx,states,the world without XKX,20,32,0.75,0.55,NA,NA
serial,order,one after the other,0,32,NA,NA,NA,changes nothing in this scenario
"""


def uniform(n, power=1.0):
    return [((k + 0.5) / n) ** power for k in range(n)]


def coverage(n=40):
    """lambda and cost_fixed as they should be; of eta the truth lies mostly below the posterior."""
    lines = [f"{k},{a:.6f},{a:.6f},{b:.6f}" for k, (a, b) in enumerate(zip(uniform(n), uniform(n, 3.0)))]
    return "\n".join(["cell,lambda,cost_fixed,eta", *lines]) + "\n"


CALIBRATION = {
    "manifest.json": json.dumps(MANIFEST), "parameters.csv": PARAMETERS, "targets.csv": TARGETS,
    "predictive.csv": PREDICTIVE, "agreement.csv": AGREEMENT, "posterior.csv": POSTERIOR, "coverage.csv": coverage(),
    "provenance.json": json.dumps({"seconds": 77, "commands": ["waltz sweep prior.cfg -o prior.db"]}),
}
MULTIVERSE = {"rows.csv": ROWS, "provenance.json": json.dumps(SETTINGS)}


def claims(shares, draws=100):
    """claims.csv of so many draws, with the share of them that show each claim."""
    head = ("id,kind,text,basis,criterion,expected,shown,single,quantity,value,draws,share,sign,single_draws,"
            "low,high,verdict")
    lines = [f'{name},{kind},"text","{basis}","step > 0",no,yes,1,step,1,{draws},{share},NA,NA,NA,NA,partly'
             for name, kind, basis, share in shares]
    return "\n".join([head, *lines]) + "\n"


PRIOR = claims([("up", "paper", "predicted", 0.5), ("down", "paper", "selected", 0.7),
                ("same", "paper", "predicted", 0.4), ("unknown", "paper", "design", "NA"),
                ("fact", "facts", "facts", 0.2)])
AFTER = claims([("up", "paper", "predicted", 0.875), ("down", "paper", "selected", 0.25),
                ("same", "paper", "predicted", 0.43), ("unknown", "paper", "design", "NA"),
                ("fact", "facts", "facts", 0.9), ("new", "paper", "predicted", 0.9)])
ROBUSTNESS = {"claims.csv": AFTER, "prior_claims.csv": PRIOR, "fragility.csv": FRAGILITY}


def page_beside(reproduced, place, **kinds):
    """The page of a run beside stored tables: by kind, a file's name and its text."""
    copy = shutil.copytree(reproduced, place / "out")
    (place / "configs/robustness/small").mkdir(parents=True)
    for kind, files in kinds.items():
        write(place, {f"configs/{kind}/small/{name}": text for name, text in files.items()})
    return report(copy, "--robustness", place / "configs/robustness/small")


@pytest.fixture(name="shipped")
def shipped_fixture(reproduced, tmp_path):
    return functools.partial(page_beside, reproduced, tmp_path)


@pytest.fixture(scope="module", name="whole")
def whole_fixture(reproduced, tmp_path_factory):
    kinds = {"calibration": CALIBRATION, "multiverse": MULTIVERSE, "robustness": ROBUSTNESS}
    page = page_beside(reproduced, tmp_path_factory.mktemp("whole"), **kinds)
    check_page(page)
    return page


def text_of(page, name):
    """A section's text with one blank between words."""
    part = page.source.partition(f'<section aria-labelledby="{name}">')[2].partition("</section>")[0]
    text = html.unescape(re.sub("</?(?:b|a|code|span)\\b[^>]*>", "", part))
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", text))


def table_row(text, *parts):
    return " ".join(parts) in text


# ---- where sections stand ----------------------------------------------------------------------------------------


def test_sections_stand_in_their_places(whole):
    order = ["claims", "calibration", "arms", "robustness", "multiverse", "fragility", "outcomes"]
    assert [value for value in whole.values("id") if value in order] == order


def test_sections_appear_only_with_data(shipped):
    page = shipped()
    check_page(page)
    assert not {"calibration", "multiverse", "fragility"} & set(page.values("id"))


@pytest.mark.parametrize(("kind", "name", "said", "unsaid"), [
    ("calibration", "manifest.json", "4 000 parameter sets", "What the targets say"),
    ("calibration", "parameters.csv", "do not inform cost_fixed", "Is the posterior as sure"),
    ("calibration", "targets.csv", "What is known, and what the model reaches", "orange"),
    ("calibration", "agreement.csv", "Expected moves for drawn ones", "What it teaches"),
])
def test_each_table_is_enough_for_its_part(shipped, kind, name, said, unsaid):
    page = shipped(**{kind: {name: CALIBRATION[name]}})
    check_page(page)
    told = text_of(page, kind)
    assert said in told and unsaid not in told


@pytest.mark.parametrize("name", [*CALIBRATION])
def test_whatever_is_missing_is_left_out(shipped, name):
    page = shipped(calibration={other: text for other, text in CALIBRATION.items() if other != name})
    check_page(page)
    assert "calibration" in page.values("id")


@pytest.mark.parametrize("name", ["parameters.csv", "coverage.csv", "targets.csv", "agreement.csv"])
def test_tables_without_rows_are_as_good_as_none(shipped, name):
    empty = CALIBRATION | {name: CALIBRATION[name].splitlines()[0] + "\n"}
    check_page(shipped(calibration=empty, multiverse={"rows.csv": ROWS.splitlines()[0] + "\n"}))


# ---- what was fitted ---------------------------------------------------------------------------------------------


def test_what_was_fitted_is_told_with_the_numbers_of_the_manifest(whole):
    told = text_of(whole, "calibration")
    for said in ("4 000 parameter sets were drawn from the prior over three parameters", "7 that failed or do not know",
                 "Each weighs by the likelihood of three targets", "A target’s error counts 1.5 times",
                 "The nearest set misses the targets by 0.96 such errors", "worth 172 of equal weight (effective sample",
                 "By weight 3 sets are drawn from them, 2 of them different"):
        assert said in told, said
    for unsaid in ("ccepted", "egression", "olerance", "Kept are"):
        assert unsaid not in told, unsaid


def test_uninformed_parameters_are_named(whole):
    told = text_of(whole, "calibration")
    assert "The targets inform two of three parameters, lambda most (contraction 0.64)." in told
    assert "They do not inform cost_fixed (0.01): what is drawn of this is the prior." in told
    assert table_row(told, "lambda", "3 to 20", "4.5", "3.04 to 8.2", "0.64", "✓ yes")
    assert table_row(told, "cost_fixed", "0 to 2", "1.02", "0.156 to 1.79", "0.01", "○ no")


def test_all_parameters_may_be_informed(shipped):
    told = text_of(shipped(calibration={"parameters.csv": PARAMETERS.replace(",no,", ",yes,")}), "calibration")
    assert "The targets inform three of three parameters" in told and "do not inform" not in told


def test_coverage_tells_which_line_leaves_the_band_and_how(whole):
    told = text_of(whole, "calibration")
    assert "One line leaves it: eta (too high); of three parameters chance alone makes 0.2 leave it." in told
    inside = sum(0.05 <= value <= 0.95 for value in uniform(40)) / 40
    assert f"chance 0.310 middle 90 % hold {words.percent(inside)}".replace("\u202f", " ") in told
    labels = [value for value in whole.values("aria-label") if value.startswith("Coverage of ")]
    assert len(labels) == 3 and "eta" in labels[2] and "leaves the band" in labels[2] and "stays in" in labels[0]


@pytest.mark.parametrize("n", [10, 50, 200, 1000])
def test_the_band_is_that_of_the_test(n):
    """A distance of the band's half width has a chance of .05 in Kolmogorov's test as waltz has it."""
    scaled = (n**0.5 + 0.12 + 0.11 / n**0.5) * fits.band(n)
    chance = sum((2 if j % 2 else -2) * math.exp(-2 * j * j * scaled**2) for j in range(1, 101))
    assert abs(chance - 0.05) < 0.0005


def test_targets_are_told_against_what_is_known(whole):
    told = text_of(whole, "calibration")
    assert "Of three known values 2 lie in the prior’s middle 90 % or within one error of it, 2 in the posterior’s" in told
    off = math.log(4.25 / 2) / 0.1
    assert f"The posterior lies more than 2 errors off peak ({off:.1f} too high)." in told
    assert table_row(told, "0.100 (0.050 to 0.150)", "0.010 to 0.211", "0.052 to 0.168", "0.063", "0.061 to 0.162")
    low, high = (words.num(2 * math.exp(side * 0.1)) for side in (-1, 1))
    assert f"2.000 ({low} to {high})" in told and "✗ 4.250 to 5.250" in told
    assert "Mean cooperation of IRN-RUS in 2011-01 to 2011-06, less 2010" in told


def test_without_predictions_the_other_ranges_are_shown(shipped):
    first = "\n".join(PREDICTIVE.splitlines()[:2]) + "\n"
    page = shipped(calibration={"targets.csv": TARGETS, "predictive.csv": first})
    check_page(page)
    told = text_of(page, "calibration")
    assert "and 2 in the posterior’s." in told and "drawn moves" not in told


def test_agreement_is_told_in_a_sentence_and_folded(whole):
    told = text_of(whole, "calibration")
    assert ("Over 256 sets of the prior the two correlate by 0.93 in the median of two outcomes"
            ", least in peak (0.87).") in told
    assert "off most in peak, by 0.50 of its standard deviation" in told
    assert table_row(told, "peak", "+0.87", "3.100", "0.500", "−0.250", "0.300", "256")
    assert table_row(told, "flat", "–", "0.000")
    inside = whole.source.partition("<details><summary>By outcome")[2].partition("</details>")[0]
    assert "<code>flat</code>" in inside


def test_how_it_was_made_is_folded(whole):
    assert "waltz sweep prior.cfg -o prior.db" in whole.source.partition("How the calibration was made")[2]


# ---- the lift ----------------------------------------------------------------------------------------------------


def test_lift_is_posterior_less_prior(whole):
    told = text_of(whole, "calibration").partition("What it teaches about the claims")[2]
    assert "calibration lifts up (+38) and lowers down (−45); of one of three claims no change can be told" in told
    assert table_row(told, "up", "50 %", "88 %", "▲ +38") and table_row(told, "down", "70 %", "25 %", "▼ −45")
    assert table_row(told, "same", "40 %", "43 %", "○ +3")
    assert "Shares of 100 sets of the prior and of 100 of the posterior" in told
    facts = told.partition("The same of facts")[2]
    assert table_row(facts, "fact", "20 %", "90 %", "▲ +70")
    assert not table_row(told, "new", "–") and not table_row(told, "unknown", "–")


def test_lift_names_the_last_months_that_targets_read(shipped):
    targets = "\n".join(line for line in TARGETS.splitlines() if not line.startswith("other")) + "\n"
    told = text_of(shipped(robustness=ROBUSTNESS, calibration={"targets.csv": targets}), "calibration")
    assert "No target reads a month after 2011-06, and none of the scenario’s own dyad one after 2011-06" in told


def test_without_the_prior_there_is_no_lift(shipped):
    page = shipped(calibration=CALIBRATION, robustness={"claims.csv": AFTER})
    assert "What it teaches about the claims" not in page.text and "robustness" in page.values("id")


def test_interval_of_a_difference_is_newcombes():
    """Newcombe (1998), table II, example (a): 56/70 less 48/80 is .2000, by method 10 .0524 to .3339."""
    assert lift.difference(56 / 70, 70, 48 / 80, 80) == pytest.approx((0.0524, 0.3339), abs=2e-4)


# ---- terms left out ----------------------------------------------------------------------------------------------


def test_terms_are_told_with_marks_where_claims_hold(whole):
    told = text_of(whole, "multiverse")
    assert "8 000 sets of the prior weigh by the likelihood" in told and "over 100 draws" in told
    assert table_row(told, "full model", "150", "−15.8", "✓ 90 %", "✗ 75 %", "✓ 85 %", "70 %", "+0.110", "+0.070")
    assert table_row(told, "without reach", "3 cells left out", "120", "−17.2", "✗ 62 %", "✓ 85 %", "✓ 86 %", "55 %")
    assert "C1 (90 % in the full model) falls below 80 % without reach (62 %), and in one of one pair." in told
    assert "C2 (75 % in the full model) reaches 80 % without reach (85 %), and in one of one pair." in told
    assert "C3 (85 % in the full model) falls below 80 % in no row of a single term, but in one of one pair." in told


def test_a_row_without_a_verdict_says_why(whole):
    told = text_of(whole, "multiverse")
    why = "○ no verdict: effective sample size"
    assert table_row(told, "without channels", "9", "−30.5", why, "9.2 of 8000 cells")
    assert table_row(told, "without any", "0", "–", why, "0 of 8000 cells")
    assert ("No verdict, for too small an effective sample size, in two of five rows: without channels (9) and "
            "without any (0).") in told


def test_pairs_are_a_matrix_and_folded_one_by_one(whole):
    told = text_of(whole, "multiverse").partition("Two terms at a time")[2]
    assert table_row(told, "reach", "62 85 86", "33 97 50") and table_row(told, "channels", "33 97 50", "none")
    folded = told.partition("The pairs one by one")[2]
    assert table_row(folded, "without reach and channels", "44", "−21.0", "✗ 33 %", "✓ 97 %", "✗ 50 %")


def test_rows_may_be_few(shipped):
    page = shipped(multiverse={"rows.csv": "\n".join(ROWS.splitlines()[:2]) + "\n"})
    check_page(page)
    told = text_of(page, "multiverse")
    assert "over the draws from them" in told and "Two terms at a time" not in told


# ---- what claims hang on -----------------------------------------------------------------------------------------


def test_fragile_claims_and_what_breaks_them_are_named(whole):
    told = text_of(whole, "fragility")
    assert "Each of three variants" in told and "20 parameter sets with 32 runs each" in told
    assert "One of two claims is fragile." in told
    assert "up (88 % over seeds) falls below 80 % with without usa (60 %) and without xkx (75 %)." in told
    assert "Two seeds of the scenario as it is" in told
    assert "Nothing brings to 80 %: down." in told
    assert table_row(told, "up", "✓ 88 % 85–90 %", "▼ 60–75 %", "–")
    assert table_row(told, "down", "✗ 48 % 45–50 %", "50–55 %", "–")
    assert "Not judged: serial." in told and "never" not in told
    assert table_row(told, "serial", "one after the other", "changes nothing in this scenario", "0", "32", "–", "–")


def test_what_another_seed_does_is_no_fragility_of_the_model(shipped):
    text = FRAGILITY.replace("20,32,0.9,", "20,32,0.75,")
    told = text_of(shipped(robustness={"fragility.csv": text}), "fragility")
    assert "up (80 % over seeds) falls below 80 % with without usa (60 %)." in told
    assert "Another seed alone takes to either side, with so few sets and runs: up." in told


def test_shares_are_those_of_the_table(whole):
    told = text_of(whole, "fragility").partition("All variants one by one")[2]
    for row in list(csv.DictReader(io.StringIO(FRAGILITY)))[:-1]:
        shares = [words.percent(float(row[name])).replace("\u202f", " ") for name in ("up", "down")]
        assert table_row(told, row["what"], row["draws"], row["replicates"], *shares), row
