"""The shipped tables of `make robustness` are what the program gives: single rows are computed anew."""

import csv
import json
import re

import pytest

from program import ROOT, SHIPPED, waltz

KEPT = ROOT / "configs/robustness/iran-russia"
POSTERIOR = ROOT / "configs/calibration/iran-russia/posterior.csv"
PRIOR = ROOT / "configs/draws/prior.csv"

# Their value hangs on a penalty that all draws set together.
SEARCHING = ["first_onset", "second_onset", "first_change", "second_change", "placebo_onset_1", "placebo_onset_2"]


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reproduce(tmp_path, *more):
    done = waltz("reproduce", SHIPPED, "--quiet", "-o", tmp_path / "out", *more, timeout=300)
    assert done.returncode in (0, 4), done.stderr
    return tmp_path / "out"


def test_provenance_tells_commands_version_and_draws():
    told = json.loads((KEPT / "provenance.json").read_text(encoding="utf-8"))
    assert told["replicates_planned"] >= 64 and told["draws_done"] >= 100
    assert told["commit"] not in ("", "unknown")
    assert set(told["runs"]) == {"full", "null_model", "prior"}
    assert all(re.match(r"[0-9a-f]{12}: waltz reproduce ", run) for run in told["runs"].values())


def test_claims_over_the_posterior_were_judged_on_all_its_draws_and_those_of_the_prior_on_all_of_those():
    drawn = rows(KEPT / "draws.csv")[1:]
    posterior = rows(POSTERIOR)
    assert len(posterior) >= len(drawn) >= 100
    for kept, draw in zip(drawn, posterior):
        assert {name: kept[name] for name in draw} == draw
    claims, prior = rows(KEPT / "claims.csv"), rows(KEPT / "prior_claims.csv")
    assert [row["id"] for row in prior] == [row["id"] for row in claims]
    assert {row["draws"] for row in prior} == {str(len(rows(PRIOR)))}


def test_predictions_are_of_every_dyad_and_ranked_by_how_sure_they_are():
    table = rows(KEPT / "predictions.csv")
    second = [row for row in rows(KEPT / "dyads.csv") if row["outcome"] == "dyads_second"]
    rising = {(row["iso3_1"], row["iso3_2"]): float(row["draws_rising"]) for row in second}
    assert len(table) == len(rising) == 300
    sure = [float(row["probability"]) for row in table]
    assert sure == sorted(sure, reverse=True) and min(sure) >= 0.5
    for row in table:
        up = rising[row["iso3_1"], row["iso3_2"]]
        assert row["direction"] == ("up" if up >= 0.5 else "down")
        assert float(row["probability"]) == pytest.approx(max(up, 1 - up), abs=1e-5)


def test_the_model_and_the_null_model_have_a_row_for_every_claim():
    wanted = {"full", "null_model"}
    table = rows(KEPT / "null_model.csv")
    claims = [row["id"] for row in rows(KEPT / "claims.csv")]
    assert {row["variant"] for row in table} == wanted
    for variant in wanted:
        assert [row["id"] for row in table if row["variant"] == variant] == claims


def test_the_null_model_shows_no_phase():
    null = {row["id"]: row["shown"] for row in rows(KEPT / "null_model.csv") if row["variant"] == "null_model"}
    assert [null[claim] for claim in ("C1", "C2", "C3")] == ["no"] * 3
    share = {row["id"]: row["share"] for row in rows(KEPT / "null_model.csv") if row["variant"] == "null_model"}
    assert (share["C1"], share["C3"]) == ("0", "0")
    assert float(share["C2"]) < 0.2  # a ratio of two steps near 0, which chance brings into its range now and then


@pytest.mark.slow
def test_a_draw_of_the_shipped_table_comes_out_again(tmp_path):
    number = 17
    lines = POSTERIOR.read_text(encoding="utf-8").splitlines()
    (tmp_path / "one.csv").write_text(lines[0] + "\n" + lines[number] + "\n", encoding="utf-8")
    again = rows(reproduce(tmp_path, "--draws", tmp_path / "one.csv") / "draws.csv")
    kept = rows(KEPT / "draws.csv")
    for new, old in ((again[0], kept[0]), (again[1], kept[number])):
        same = [name for name in old if name != "draw" and name not in SEARCHING and not name.startswith("shown_")]
        assert len(same) > 40
        # What only arms that claims do not need would show is NA in a shorter run.
        assert {name: old[name] for name in same if new[name] != "NA"} == {
            name: new[name] for name in same if new[name] != "NA"
        }
        assert new["first_step"] != "NA"


@pytest.mark.slow
def test_the_null_model_comes_out_again(tmp_path):
    again = {row["id"]: row for row in rows(reproduce(tmp_path, "--set", "parameters.lambda=0") / "claims.csv")}
    for row in (row for row in rows(KEPT / "null_model.csv") if row["variant"] == "null_model"):
        assert again[row["id"]]["value"] == row["value"] or again[row["id"]]["quantity"] in SEARCHING
