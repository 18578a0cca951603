"""Sweeps in Python: stores and exported folders as frames, what they say of factors, figures and the page."""

import dataclasses
import html
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree

import numpy
import pandas
import pytest
from pandas.testing import assert_frame_equal

import browser
import made_store
from made_store import Factor, Made
from program import ROOT, tree
from test_analysis import Page, analysis, check_page
from test_report_browser import OUTSIDE, SMALLEST, SPILLED

sys.path.insert(0, str(ROOT))
import analysis as package  # noqa: E402
from analysis import effects, explore, words  # noqa: E402

WAR = Factor("war", (0.0, 0.5, 1.0, 1.5), high=1.5, unit="of its size", paths="shocks.war.effects.a.size;shocks.war.b;shocks.c")
COST = Factor("cost", (1.0, 10.0, 100.0), low=1.0, high=100.0, scale="log")
DATE = Factor("date", ("2013-07-14", "2014-07-14", "2015-07-14"), kind="date", paths="shocks.jcpoa.date")
RELIEF = Factor("relief", ("none", "true", "reconciled_with_the_west"), kind="word", paths="shocks.jcpoa.ends")
SIX = [Factor(f"x{k}") for k in range(1, 6)] + [Factor("lambda", low=1.0, high=9.0, scale="log")]


def plane(outcome, point, arm):
    """A straight line in the first factor, a step for each level of the second, nothing else."""
    x, cost = point[0], math.log10(point[1])
    return {"step": 0.1 * x + 0.02 * cost + (arm == "calm") * -0.05 * x,
            "onset": 2015.5 + x if x > 0 else None, "flat": 0.5}[outcome]


GRID = Made([WAR, COST], plane, outcomes=("step", "onset", "flat"), arms=("full", "calm"), searching=("onset",),
            claim=lambda p: p[0] >= 1)
WORDS = Made([DATE, RELIEF, Factor("term", ("true", "false"), kind="word")],
             lambda o, p, a: (int(p[0][:4]) - 2014) * 0.02 + (p[1] == "none") * 0.1 + (p[2] == "true") * 0.01,
             claim=lambda p: None if p[1] == "true" else p[2] == "true", spread=0.01)
SOBOL = Made(SIX, lambda o, p, a: 3 * p[0] + p[1] + p[2] * p[3] + math.log(p[5]), kind="sobol", cells=512, spread=0.2,
             claim=lambda p: p[0] > 0.5)
CASES = {
    "grid": GRID,
    "words": WORDS,
    "sobol": SOBOL,
    "partial": dataclasses.replace(WORDS, done=11),
    "failed": dataclasses.replace(GRID, failed={4: "the war <overflowed>", 5: "the war <overflowed>", 7: "disk"}),
    "one": Made([WAR], lambda o, p, a: 0.1 * p[0], spread=0.02),
    "single": Made([WAR, COST], plane, kind="random", cells=1, claim=lambda p: True),
    "none": dataclasses.replace(GRID, done=0),
    "list": Made([Factor("x"), Factor("y")], lambda o, p, a: p[0], kind="list", cells=12, replicates=1),
    "noisy": Made([WAR, COST], lambda o, p, a: 0.0, spread=1.0, replicates=16,
                  design={"independent_cells": "true"}),
}


def store(made, folder):
    return made_store.write(made, folder / "made.db")


@pytest.fixture(name="stores", scope="module")
def stores_fixture(tmp_path_factory):
    """One store of each kind, by name."""
    folder = tmp_path_factory.mktemp("stores")
    return {name: made_store.write(made, folder / f"{name}.db") for name, made in CASES.items()}


# ---- frames ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_a_store_and_its_export_give_equal_frames(name, stores, tmp_path):
    a = package.load(stores[name])
    b = package.load(made_store.export(CASES[name], stores[name], tmp_path / "folder"))
    for table in ("cells", "summaries", "claims", "replicates", "factors"):
        assert_frame_equal(getattr(a, table), getattr(b, table), check_exact=True)
    assert a.design == b.design and a.scenario.config == b.scenario.config
    assert (a.done, a.failed, a.planned, a.title) == (b.done, b.failed, b.planned, b.title)


def test_frames_hold_what_the_store_holds(stores):
    sweep = package.load(stores["failed"])
    assert list(sweep.cells) == ["cell", "war", "cost", "replicates", "failure"]
    assert list(sweep.summaries) == ["cell", "war", "cost", "arm", "outcome", "n", "mean", "sd", "mcse", "mean_path"]
    assert list(sweep.claims) == ["cell", "war", "cost", "claim", "shown", "share", "n"]
    assert list(sweep.replicates) == ["cell", "war", "cost", "arm", "replicate", "step", "onset", "flat"]
    assert list(sweep.summaries.arm[:4]) == ["full"] * 3 + ["calm"]
    assert list(sweep.summaries.outcome[:4]) == ["step", "onset", "flat", "step"]
    assert sweep.cells.failure.notna().sum() == sweep.failed == 3 and sweep.done == 9 and not sweep.full_grid
    row = sweep.summaries[(sweep.summaries.cell == 8) & (sweep.summaries.outcome == "step")].iloc[0]
    assert (row.war, row.cost, row.n) == (1.0, 100.0, 4) and row["mean"] == pytest.approx(0.14)
    assert sweep.factor("war").paths == ["shocks.war.effects.a.size", "shocks.war.b", "shocks.c"]
    assert sweep.design["arms"] == ["full", "calm"] and sweep.design["seed"] == 1


def test_words_stay_words(stores, tmp_path):
    folder = made_store.export(WORDS, stores["words"], tmp_path / "folder")
    for path in (stores["words"], folder):
        cells = package.load(path).cells
        assert set(cells.relief) == set(RELIEF.levels) and set(cells.term) == {"true", "false"}
        assert cells.date.iloc[0] == "2013-07-14"


def test_a_folder_without_factors_in_its_manifest_is_read_by_its_looks(stores, tmp_path):
    folder = made_store.export(WORDS, stores["words"], tmp_path / "folder")
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"factors"', '"others"'))
    assert list(package.load(folder).factors.kind) == ["date", "word", "word"]


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path):
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def pragma(text):
    def change(path):
        with sqlite3.connect(path) as connection:
            connection.execute(text)
        connection.close()
    return change


@pytest.mark.parametrize(("change", "why"), [
    (lambda path: path.unlink(), "no such folder"),
    (lambda path: path.write_text("cell,war\n"), "no SQLite file"),
    (lambda path: path.write_bytes(b""), "no SQLite file"),
    (pragma("PRAGMA application_id = 7"), "not one of `waltz sweep`"),
    (pragma("PRAGMA user_version = 2"), "of a newer waltz (store version 2; this program reads 1)"),
    (pragma("DROP TABLE summaries"), "damaged (no such table: summaries)"),
    (pragma("UPDATE design SET value = 'x' WHERE key = 'outcomes'"), None),
    (pragma("UPDATE summaries SET mean = 'x'"), "damaged"),
    (truncated, "truncated or damaged"),
    (overwritten, "truncated or damaged"),
])
def test_what_is_no_store_is_told(change, why, tmp_path):
    path = store(GRID, tmp_path)
    change(path)
    if why is None:  # names that the design does not know are still shown
        assert set(package.load(path).summaries.outcome) == {"step", "onset", "flat"}
        return
    with pytest.raises(package.FolderError) as error:
        package.load(path)
    assert why in str(error.value) and str(error.value).startswith(str(path))
    done = analysis("sweep", path)
    assert (done.returncode, done.stdout) == (3, "") and "Traceback" not in done.stderr
    assert not path.with_suffix(".html").exists()


def test_a_folder_of_other_results_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text('{"program": "waltz"}')
    done = analysis("sweep", tmp_path)
    assert done.returncode == 3 and "not a sweep; allowed: a store of `waltz sweep`" in done.stderr
    assert isinstance(package.load(tmp_path), package.Folder)


def test_a_store_is_read_while_a_sweep_writes_it_and_left_as_it_is(tmp_path):
    path = store(GRID, tmp_path)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM summaries")
    before = tree(tmp_path)
    assert len(package.load(path).summaries) == 72
    assert tree(tmp_path) == before
    writer.execute("ROLLBACK")
    writer.close()
    os.chmod(path, 0o444)
    assert len(package.load(path).summaries) == 72


def test_a_commit_that_was_cut_off_is_told(tmp_path):
    path = store(GRID, tmp_path)
    script = ("import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
              "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN'); c.execute('CREATE TABLE more(x)'); "
              "[c.execute('INSERT INTO more VALUES(zeroblob(3000))') for _ in range(500)]; os._exit(9)")
    assert subprocess.run([sys.executable, "-c", script, path], check=False).returncode == 9
    assert (tmp_path / "made.db-journal").exists()
    with pytest.raises(package.FolderError, match="cut off within a commit"):
        package.load(path)


# ---- what factors do ---------------------------------------------------------------------------------------------


def test_a_response_is_the_mean_at_each_level(stores):
    sweep = package.load(stores["grid"])
    curve = package.response(sweep, "step", "war")
    assert list(curve.level) == list(WAR.levels) and list(curve.cells) == [3] * 4
    assert numpy.allclose(curve["mean"], 0.1 * curve.x + 0.02) and numpy.allclose(curve.least, 0.1 * curve.x)
    assert numpy.allclose(curve.most - curve.least, 0.04) and numpy.allclose(curve.high, curve["mean"])
    calm = package.response(sweep, "step", "war", arm="calm")
    assert numpy.allclose(calm["mean"], 0.05 * calm.x + 0.02)
    by = package.response(sweep, "step", "war", by="cost")
    assert set(by.cost) == set(COST.levels) and numpy.allclose(by["mean"], 0.1 * by.x + 0.02 * numpy.log10(by.cost))
    arms = package.response(sweep, "step", "war", by="arm")
    assert list(dict.fromkeys(arms.arm)) == ["full", "calm"] and len(arms) == 8
    onset = package.response(sweep, "onset", "war")
    assert numpy.allclose(onset["mean"], 2015.5 + onset.x) and onset.low.isna().all() and len(onset) == 3


def test_intervals_are_of_the_errors_that_there_are(stores):
    sweep = package.load(stores["one"])
    curve, rows = package.response(sweep, "step", "war"), sweep.summaries
    assert numpy.allclose(curve.high - curve["mean"], 1.96 * rows.mcse) and (rows.mcse > 0).all()
    noisy = package.load(stores["noisy"])
    curve = package.response(noisy, "step", "war")
    own = noisy.summaries[noisy.summaries.war == 0]
    assert curve.high[0] - curve["mean"][0] == pytest.approx(1.96 * (own.mcse**2).sum() ** 0.5 / 3)
    noisy.design["independent_cells"] = False
    shared = package.response(noisy, "step", "war")
    assert shared.high[0] - shared["mean"][0] == pytest.approx(1.96 * own.mcse.mean())


def test_drawn_cells_are_put_into_ranges_of_equal_number(stores):
    sweep = package.load(stores["sobol"])
    curve = package.response(sweep, "step", "x1")
    assert len(curve) == 12 and curve.cells.sum() == 512 and curve.cells.between(42, 43).all()
    slope = numpy.polyfit(curve.x, curve["mean"], 1)[0]
    assert slope == pytest.approx(3, abs=0.25)
    values = sweep.summaries.assign(bin=pandas.qcut(sweep.summaries.x1, 12, labels=False))
    first = values[values.bin == 0]["mean"]
    assert curve.high[0] - curve["mean"][0] == pytest.approx(1.96 * first.std() / len(first) ** 0.5)


def test_shares_of_claims_have_wilson_intervals(stores):
    table = package.claim_share(package.load(stores["grid"]), "C1", "war")
    assert list(table.share) == [0, 0, 1, 1] and list(table.cells) == [3] * 4
    assert (table.low[0], table.high[2]) == (0, 1)
    assert table.high[0] == pytest.approx(1.96**2 / (3 + 1.96**2)) and table.low[2] == pytest.approx(3 / (3 + 1.96**2))
    assert effects.wilson(5, 10) == pytest.approx((0.23659, 0.76341), abs=1e-4)  # as in textbooks


def test_a_map_is_the_mean_of_each_pair(stores):
    sweep = package.load(stores["grid"])
    table = package.surface(sweep, "step", "war", "cost")
    assert len(table) == 12 and numpy.allclose(table["mean"], 0.1 * table.war + 0.02 * numpy.log10(table.cost))
    claim = package.surface(sweep, "C1", "cost", "war")
    assert numpy.array_equal(claim["mean"], (claim.war >= 1).astype(float)) and (claim.cells == 1).all()
    drawn = package.surface(package.load(stores["sobol"]), "step", "x1", "x2")
    assert drawn.cells.sum() == 512 and len(drawn) <= 64


def shares(sweep, name="step"):
    table = package.main_effects(sweep)
    return table[table.name == name].set_index("factor")


def test_main_effects_of_a_full_grid_are_exact(stores):
    sweep = package.load(stores["grid"])
    found = shares(sweep)
    parts = {"war": numpy.var([0.1 * x for x in WAR.levels]), "cost": numpy.var([0, 0.02, 0.04])}
    for factor, part in parts.items():
        assert found["share"][factor] == pytest.approx(part / sum(parts.values())) and found.told[factor] is True
    assert sweep.full_grid and (found.noise == 0).all()
    claim = shares(sweep, "C1")
    assert claim["share"]["war"] == pytest.approx(1) and claim["share"]["cost"] == pytest.approx(0)
    assert claim.told["war"] is None  # no error is known
    assert shares(sweep, "flat")["share"].isna().all()


def test_main_effects_of_drawn_cells_are_near_the_true_ones(stores):
    found = shares(package.load(stores["sobol"]))
    parts = {"x1": 9 / 12, "x2": 1 / 12, "x3": 1 / 48, "x4": 1 / 48, "x5": 0, "lambda": math.log(9) ** 2 / 12}
    total = sum(parts.values()) + 1 / 144
    for factor, part in parts.items():
        assert found["share"][factor] == pytest.approx(part / total, abs=0.05), factor
    assert found.told["x1"] and found.told["lambda"] and found.told["x5"] is False


def test_chance_is_taken_out(tmp_path):
    noisy = Made([WAR, COST], lambda o, p, a: 0.1 * p[0], spread=0.1, replicates=16,
                 design={"independent_cells": "true"})
    sweep = package.load(store(noisy, tmp_path))
    found, y = shares(sweep), sweep.summaries["mean"]
    error = (sweep.summaries.mcse**2).mean()
    assert found.noise["war"] == pytest.approx(error / y.var())
    means = sweep.summaries.groupby("war")["mean"].mean()
    between, total = 3 * ((means - y.mean()) ** 2).sum(), ((y - y.mean()) ** 2).sum()
    assert found["share"]["war"] == pytest.approx((between - 3 * error) / (total - 11 * error))


def test_what_cells_have_in_common_is_no_noise_between_them(tmp_path):
    common = Made([WAR, COST], lambda o, p, a: 0.1 * p[0], spread=0.001, common=1.0, replicates=16)
    sweep = package.load(store(common, tmp_path))
    found = shares(sweep)
    assert sweep.summaries.mcse.min() > 0.1 and found.noise["war"] < 0.001
    assert found["share"]["war"] == pytest.approx(1, abs=0.01)


def test_cells_that_differ_by_chance_alone_give_no_shares_that_are_told(stores):
    sweep = package.load(stores["noisy"])
    found = shares(sweep)
    assert found.noise.iloc[0] > 0.4 and found.told.tolist() == [False, False]


@pytest.mark.parametrize(("call", "why"), [
    (lambda s: package.response(s, "stpe", "war"), "unknown outcome 'stpe'; did you mean step?"),
    (lambda s: package.response(s, "step", "wra"), "unknown factor 'wra'; did you mean war?"),
    (lambda s: package.response(s, "step", "war", by="cots"), "unknown factor 'cots'; did you mean cost?"),
    (lambda s: package.response(s, "step", "war", arm="clam"), "unknown arm 'clam'; did you mean calm?"),
    (lambda s: package.claim_share(s, "c1", "war"), "unknown claim 'c1'; did you mean C1?"),
])
def test_unknown_names_are_told_with_near_ones(call, why, stores):
    with pytest.raises(package.UnknownName) as error:
        call(package.load(stores["grid"]))
    assert why in str(error.value)


# ---- commands and the page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [
    ["response", "--outcome", "step", "--factor", "war"],
    ["response", "--outcome", "step", "--factor", "cost", "--by", "war"],
    ["response", "--outcome", "step", "--factor", "cost", "--by", "arm"],
    ["response", "--claim", "C1", "--factor", "war"],
    ["map", "--outcome", "step", "--factors", "war", "cost", "--arm", "calm"],
    ["map", "--claim", "C1", "--factors", "cost", "war"],
])
def test_figures_are_written_where_they_are_asked_for(arguments, stores, tmp_path):
    command, *rest = arguments
    done = analysis(command, stores["grid"], *rest, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (name,) = [p.name for p in tmp_path.iterdir()]
    assert done.stdout == f"{name}\n" and name.endswith(".svg") and "_by_" in name
    xml.etree.ElementTree.parse(tmp_path / name)


@pytest.mark.parametrize(("arguments", "code", "why"), [
    (["response", "--outcome", "stpe", "--factor", "war"], 3, "did you mean step?"),
    (["response", "--factor", "war"], 2, "one of the arguments --outcome --claim is required"),
    (["response", "--outcome", "step"], 2, "required: --factor"),
    (["response", "--claim", "C1", "--factor", "war", "--by", "cost"], 3, "are of outcomes"),
    (["map", "--claim", "C2", "--factors", "war", "cost"], 3, "unknown claim 'C2'; there are C1"),
    (["map", "--outcome", "step", "--factors", "war", "war"], 3, "needs two different ones"),
    (["map", "--outcome", "step", "--factors", "war", "cost", "-o", "a.gif"], 2, "allowed: a name that ends in .svg"),
    (["sweep", "-o", "a.svg"], 2, "allowed: a name that ends in .html"),
    (["sweep", "-o", "no/a.html"], 1, "no: no such folder"),
])
def test_wrong_commands_are_refused(arguments, code, why, stores, tmp_path):
    command, *rest = arguments
    done = analysis(command, stores["grid"], *rest, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "") and why in done.stderr
    assert "Traceback" not in done.stderr and not list(tmp_path.iterdir())


def page_of(path):
    done = analysis("sweep", path, PYTHONWARNINGS="error")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    written = path / "report.html" if path.is_dir() else path.with_suffix(".html")
    assert done.stdout == f"{written}\n"
    return Page(written)


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_sweep_has_a_page(name, stores):
    page = page_of(stores[name])
    check_page(page)
    assert "built-in" not in page.source and "How much of &lt;b&gt;this&lt;/b&gt; &amp; that?" in page.source
    assert page.source.count("<svg") <= 24
    first = page.source
    assert page_of(stores[name]).source == first
    assert not [p for p in stores[name].parent.iterdir() if ".partial-" in p.name]


def test_a_page_says_what_came_out(stores):
    text = page_of(stores["grid"]).text
    war = package.main_effects(package.load(stores["grid"])).set_index(["name", "factor"])["share"]["step", "war"]
    for said in ("0.000 to 0.190", f"war alone accounts for {words.percent(war)} of the variance", "full grid",
                 "C1 is shown in 6 of 12 cells (50\u202f%): It steps up & holds", "3 settings", "1 to 100, three levels",
                 "0.500 in all cells.", "2016-01 to 2017-01", "12 planned, 12 done, 0 failed", "waltz sweep made.cfg"):
        assert said in text, said
    assert "partial" not in text and "What failed" not in text


def test_what_is_missing_is_told_first(stores):
    text = page_of(stores["partial"]).text.rpartition("What was found")[2]
    assert "This sweep is partial: 11 of 18 cells are done." in text[:200]
    assert "Not every combination of levels is there" in text
    text = page_of(stores["failed"]).text
    assert "Three cells failed and are left out" in text and "This sweep is partial" not in text
    assert "the war <overflowed> 2 cell 4: war 0.5, cost 10" in text
    assert "No cell has been run yet" in page_of(stores["none"]).text
    assert "With fewer than 10 cells" not in page_of(stores["single"]).text


def test_curves_that_are_not_drawn_are_named(stores, tmp_path):
    many = Made(SIX, lambda o, p, a: p[int(o[-1])], outcomes=tuple(f"y{k}" for k in range(6)), kind="random", cells=64)
    page = page_of(store(many, tmp_path))
    assert "22 further curves, not drawn here" in page.text and page.source.count("<svg") <= 24
    (command, *_) = [c for c in page.text.split("/usr/bin/python3 -m analysis ")[1:] if c.startswith("response")]
    words_of = command.split()[:6]
    done = analysis(*words_of, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_page_is_under_two_megabytes(tmp_path):
    great = Made(SIX, lambda o, p, a: p[0] + p[1] * int(o[-1]), outcomes=tuple(f"y{k}" for k in range(9)), kind="sobol",
                 cells=2000, replicates=2, claim=lambda p: p[0] + p[1] > 1)
    page = page_of(store(great, tmp_path))
    check_page(page)


def test_an_exported_folder_has_the_same_page_but_for_its_name(stores, tmp_path):
    folder = made_store.export(GRID, stores["grid"], tmp_path / "folder")
    a, b = page_of(stores["grid"]), page_of(folder)
    head, tail = "What was found", "How to read it"
    assert a.source.partition(head)[2].rpartition(tail)[0] == b.source.partition(head)[2].rpartition(tail)[0]


def test_a_page_takes_no_other_files_place(tmp_path):
    path = store(GRID, tmp_path)
    path.with_suffix(".html").write_text("precious")
    before = tree(tmp_path)
    done = analysis("sweep", path)
    assert done.returncode == 3 and "exists and is no page of waltz" in done.stderr and tree(tmp_path) == before
    odd = path.rename(tmp_path / "odd.html")
    assert analysis("sweep", odd).returncode == 0
    assert (tmp_path / "odd.html.html").exists() and odd.read_bytes()[:6] == b"SQLite"


def test_a_page_that_cannot_be_made_leaves_the_old_one(tmp_path):
    path = store(GRID, tmp_path)
    path.with_suffix(".html").write_text('<meta name="generator" content="waltz">old')
    pragma("UPDATE claims SET shown = 'perhaps'")(path)
    before = tree(tmp_path)
    done = analysis("sweep", path)
    assert done.returncode == 3 and tree(tmp_path) == before


def test_dollars_are_no_formulas(stores, tmp_path):
    priced = dataclasses.replace(WORDS, factors=[DATE, Factor("price", ("$x$", "$\\alpha$"), kind="word"),
                                                 Factor("term", ("true", "false"), kind="word", unit="$ each")])
    figure, _ = explore.response(package.load(store(priced, tmp_path)), "step", "price")
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == [r"\$x\$", r"\$\alpha\$"]
    check_page(page_of(tmp_path / "made.db"))


# ---- a browser, and R --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_pages_fit_every_screen(stores, tmp_path):
    page = browser.Browser(tmp_path)
    try:
        for name, path in stores.items():
            page_of(path)
            for width in (400, 820, 1200):
                page.open(path.with_suffix(".html").as_uri(), width, dark=width == 820)
                said = page.reported("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
                assert said == [] and page.value(OUTSIDE.replace("closest(\".scroll\")", "closest(\".scroll, pre\")")) == []
                assert page.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
                assert page.value(SPILLED) == [], (name, width)
                assert page.value("document.querySelectorAll('svg').length") == 0 or page.value(SMALLEST) >= 8
    finally:
        page.close()


def lines_of(path):
    """The lines of R on a sweep's page."""
    source = page_of(path).source
    return html.unescape(source.partition("In R")[2].partition("<code>")[2].partition("</code>")[0])


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("Rscript"), reason="there is no Rscript here")
@pytest.mark.parametrize("name", ["grid", "words", "failed"])
@pytest.mark.parametrize("exported", [False, True])
def test_r_reads_the_same_numbers(name, exported, stores, tmp_path):
    path = made_store.export(CASES[name], stores[name], tmp_path / "folder") if exported else stores[name]
    script = lines_of(path) + '\nsummaries$mean <- sprintf("%.17g", summaries$mean)\n' \
        'write.csv(summaries, "r.csv", row.names = FALSE)\n'
    done = subprocess.run(["Rscript", "-e", script], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    kinds = {f.name: float if f.kind == "number" else str for f in CASES[name].factors}
    found = pandas.read_csv(tmp_path / "r.csv", dtype=kinds, float_precision="round_trip")
    ours = package.load(path).summaries
    for factor, kind in kinds.items():
        if kind is str:  # R writes TRUE for what it read as a logical
            found[factor] = found[factor].replace({"TRUE": "true", "FALSE": "false"})
    keys = ["cell", "arm", "outcome"]
    found, ours = (t.sort_values(keys, ignore_index=True) for t in (found, ours))
    assert_frame_equal(found[[*keys, *kinds, "n", "mean"]], ours[[*keys, *kinds, "n", "mean"]], check_exact=True)
