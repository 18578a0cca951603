"""The shipped tables of `make robustness` are what the program gives: single rows are computed anew."""

import csv
import json
import re

import pytest

from program import ROOT, SHIPPED, waltz

KEPT = ROOT / "configs/robustness/iran-russia"
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
    assert set(told["runs"]) == {row["variant"] for row in rows(KEPT / "terms.csv")}
    assert all(re.match(r"[0-9a-f]{12}: waltz reproduce ", run) for run in told["runs"].values())


def test_every_term_and_the_null_model_have_a_row_for_every_claim():
    listed = waltz("list", "terms").stdout.splitlines()
    terms = [line.split()[0] for line in listed[1:] if line[:1].isalpha()]
    wanted = {"full", "null_model", *(f"no_{term}" for term in terms)}
    table = rows(KEPT / "terms.csv")
    claims = [row["id"] for row in rows(KEPT / "claims.csv")]
    assert {row["variant"] for row in table} == wanted
    for variant in wanted:
        assert [row["id"] for row in table if row["variant"] == variant] == claims


def test_the_null_model_shows_no_phase():
    null = {row["id"]: row["shown"] for row in rows(KEPT / "terms.csv") if row["variant"] == "null_model"}
    assert [null[claim] for claim in ("C1", "C2", "C3")] == ["no"] * 3
    share = {row["id"]: row["share"] for row in rows(KEPT / "terms.csv") if row["variant"] == "null_model"}
    assert (share["C1"], share["C3"]) == ("0", "0")
    assert float(share["C2"]) < 0.2  # a ratio of two steps near 0, which chance brings into its range now and then


@pytest.mark.slow
def test_a_draw_of_the_shipped_table_comes_out_again(tmp_path):
    number = 17
    lines = PRIOR.read_text(encoding="utf-8").splitlines()
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
def test_a_row_without_a_term_comes_out_again(tmp_path):
    (setting,) = {row["setting"] for row in rows(KEPT / "terms.csv") if row["variant"] == "no_side_payments"}
    again = {row["id"]: row for row in rows(reproduce(tmp_path, "--set", setting) / "claims.csv")}
    kept = [row for row in rows(KEPT / "terms.csv") if row["variant"] == "no_side_payments"]
    for row in kept:
        assert again[row["id"]]["value"] == row["value"] or again[row["id"]]["quantity"] in SEARCHING
