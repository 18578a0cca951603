"""Ticks of another length: the same history on a stretched calendar."""

import re
import sys

import pytest

from program import ROOT, SHIPPED, run, waltz

sys.path.insert(0, str(ROOT))
from analysis.stretch import first, last, move_day, month_of, rescaled, stretch, stretched_draws  # noqa: E402

START = month_of(2010, 1)


@pytest.fixture(scope="module")
def told():
    return waltz("check", "--effective", SHIPPED).stdout


def test_months_of_a_period_become_its_ticks():
    assert (first(START, START, 2), last(START, START, 2)) == (START, START + 1)
    assert (first(START + 11, START, 2), last(START + 11, START, 2)) == (START + 22, START + 23)
    assert (first(START + 3, START, 0.5), last(START + 3, START, 0.5)) == (START + 1, START + 1)


def test_days_keep_their_place_in_the_month():
    def moved(day, factor):
        return move_day(re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", day), START, factor)

    assert moved("2010-01-01", 2) == "2010-01-01"
    assert moved("2010-02-01", 2) == "2010-03-01"
    assert moved("2010-01-20", 2) == "2010-02-07"  # 19/31 of a month are 1.23 ticks, 0.23 of 28 days
    assert moved("2010-04-01", 0.5) == "2010-02-15"


def test_what_is_left_after_two_half_ticks_is_what_is_left_after_a_whole_one():
    assert (1 - rescaled("rho", 0.055, 2)) ** 2 == pytest.approx(1 - 0.055)
    assert (1 + rescaled("growth", 0.04, 2)) ** 2 == pytest.approx(1.04)
    assert rescaled("eta", 0.6, 2) == 0.3 and rescaled("initiatives", 16, 2) == 8
    assert rescaled("lambda", 7.7, 2) is None
    rows = stretched_draws([{"parameters.lambda": "7.7", "parameters.eta": "0.6"}], 2)
    assert rows == [{"parameters.lambda": "7.7", "parameters.eta": "0.3"}]


def test_a_stretched_scenario_is_valid_and_nothing_but_time_changes(told, tmp_path):
    for factor in (2, 0.5):
        path = tmp_path / f"{factor}.cfg"
        path.write_text(stretch(told, factor), encoding="utf-8")
        assert waltz("check", path).returncode == 0
    text = (tmp_path / "2.cfg").read_text(encoding="utf-8")
    assert '  end = "2037-12";' in text and "  spinup = 120;" in text
    assert len(text.split("\n")) == len(told.split("\n"))


def test_half_ticks_hardly_move_the_two_steps(told, tmp_path):
    (tmp_path / "half.cfg").write_text(stretch(told, 2), encoding="utf-8")
    found = []
    for scenario, name in ((SHIPPED, "whole"), (tmp_path / "half.cfg", "half")):
        folder = run(scenario, "-n", 1, "--set", "scenario.moves=expected", "-o", tmp_path / name, cwd=tmp_path)
        header, row = (folder / "outcomes.csv").read_text(encoding="utf-8").splitlines()[:2]
        found.append(dict(zip(header.split(","), row.split(","))))
    for step in ("first_step", "second_step"):
        assert float(found[1][step]) == pytest.approx(float(found[0][step]), rel=0.1)
