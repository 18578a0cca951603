"""`python3 -m analysis robustness`: three runs, whose tables are replaced together at the end, or not at all."""

import itertools
import json
import sys

import pytest

import program
import reproduced
from program import ROOT, WALTZ, rows, write

sys.path.insert(0, str(ROOT))
from analysis import robustness  # noqa: E402
from analysis.folder import FolderError  # noqa: E402

DRAWS = "parameters.lambda,parameters.eta\n3,0.5\n9,1.5\n5,1\n"
PRIOR = "parameters.lambda,parameters.eta\n4,0.4\n8,0.8\n"
# What is ranked after the second shock, and what votes are held against.
LINE = "  dyads = " + reproduced.written(reproduced.OUTCOMES["dyads"]) + ";\n"
NAMED = "".join(LINE.replace("dyads =", f"{name} =") for name in ("dyads_second", "dyads_institutional_first"))
SCENARIO = reproduced.SCENARIO.replace(LINE, LINE + NAMED)
VOTES = "iso3_a,iso3_b,focus,distance_change,agree_change\n" + "".join(
    f"{a},{b},0,{k / 10},{-k / 20}\n" for k, (a, b) in enumerate(itertools.combinations(("AAA", "BBB", "CCC", "DDD"), 2)))
KEPT = ["arms.csv", "claims.csv", "conditions.csv", "draws.csv", "dyads.csv", "facts_votes.csv", "null_model.csv",
        "predictions.csv", "prior_claims.csv", "prior_searches.csv", "provenance.json", "searches.csv"]


@pytest.fixture(name="place")
def place_fixture(tmp_path, monkeypatch):
    write(tmp_path, {"configs/four.cfg": SCENARIO, "configs/data/facts/votes.csv": VOTES, "draws.csv": DRAWS, "prior.csv": PRIOR})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run():
    return robustness.run(WALTZ, "configs/four.cfg", "draws.csv", "prior.csv", most=2)


def test_all_is_kept_and_comes_out_again(place):
    kept = place / run()
    assert sorted(path.name for path in kept.iterdir()) == KEPT
    assert len(rows(kept / "draws.csv")) == 3  # the documented set, and two draws
    assert {row["draws"] for row in rows(kept / "claims.csv")} == {"2"} == {row["draws"] for row in rows(kept / "prior_claims.csv")}
    null = rows(kept / "null_model.csv")
    claims = [row["id"] for row in rows(kept / "claims.csv")]
    assert [(row["variant"], row["id"]) for row in null] == [(v, c) for v in ("full", "null_model") for c in claims]
    assert {row["outcome"] for row in rows(kept / "facts_votes.csv")} == {"dyads_institutional_first"}
    assert len(rows(kept / "predictions.csv")) == len([r for r in rows(kept / "dyads.csv") if r["outcome"] == "dyads_second"]) > 2
    told = json.loads((kept / "provenance.json").read_text(encoding="utf-8"))
    assert list(told["runs"]) == ["full", "null_model", "prior"]
    assert "--set parameters.lambda=0" in told["runs"]["null_model"]
    before = program.bytes_of(kept, [name for name in KEPT if name.endswith(".csv")])
    run()
    assert program.bytes_of(kept, list(before)) == before


def test_an_interruption_leaves_the_kept_tables_as_they_are(place, monkeypatch):
    kept = place / run()
    before, reproduce = program.tree(kept), robustness.reproduce

    def cut_off(waltz, scenario, draws, *more):
        if draws == "prior.csv":
            raise KeyboardInterrupt
        return reproduce(waltz, scenario, draws, *more)

    monkeypatch.setattr(robustness, "reproduce", cut_off)
    write(place, {"draws.csv": DRAWS.replace("0.5", "0.7")})
    with pytest.raises(KeyboardInterrupt):
        run()
    assert program.tree(kept) == before


def test_draws_of_nothing_but_what_the_null_model_fixes_are_refused_before_anything_runs(place):
    for text in ("parameters.lambda\n3\n", "parameters.lambda,parameters.eta\n"):
        write(place, {"draws.csv": text})
        with pytest.raises(FolderError, match="draws.csv: has nothing beside parameters.lambda; allowed: "):
            run()
    assert not (place / "results/robustness/four/full").exists()
