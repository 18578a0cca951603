"""What a run leaves behind: whole, named as promised, and never over something else."""

import math
import os
import re

import pytest

from program import EXPLODING, FILES, SMALL, manifest, rows, run, tree, waltz, write

SUBJECT = ["measure", "level", "iso3_1", "iso3_2", "ccode1", "ccode2"]
STATISTICS = ["mean", "sd", "mcse", "q05", "q25", "q50", "q75", "q95", "n"]
SUMMARY = ["date", "year", "month", *SUBJECT, *STATISTICS]
YEARLY = ["year", *SUBJECT, *STATISTICS]
STATES, MONTHS, YEARS = 4, 18, 2
CODES = {"IRN": "630", "RUS": "365", "USA": "2", "XKX": "NA", "NA": "NA"}


def measures():
    """Names by level of what is recorded, from the program's own table; distributions are no numbers."""
    table = waltz("list", "measures").stdout.splitlines()[1:]
    by_level = {"system": [], "state": [], "dyad": [], "directed": []}
    for line in table:
        if line.split()[2] != "chances":
            by_level[line.split()[1]].append(line.split()[0])
    return by_level


@pytest.fixture(scope="module", name="done")
def done_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder")
    write(folder, {"small.cfg": SMALL})
    return run("small.cfg", "-n", "40", "-o", "out", cwd=folder)


def test_a_folder_holds_just_what_is_promised(done):
    assert sorted(p.name for p in done.iterdir()) == FILES
    assert not list(done.parent.glob(".*"))


def test_manifest_tells_what_was_run(done):
    m = manifest(done)
    assert m["program"] == "waltz" and m["scenario"] == "small" and m["status"] == "complete"
    assert (m["seed"], m["first_replicate"]) == ("1", 0)
    assert (m["replicates_planned"], m["replicates_done"], m["replicates_failed"]) == (40, 40, 0)
    assert m["command_line"] == "waltz run --quiet small.cfg -n 40 -o out"
    assert re.fullmatch(r"\d+\.\d+\.\d+", m["version"]) and m["model_version"] >= 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", m["started"])
    assert re.fullmatch(r"fnv1a64:[0-9a-f]{16}", m["configuration"])
    assert m["threads"] >= 1 and m["seconds"] > 0 and m["replicates_per_second"] > 0
    assert m["gsl"] and m["libconfig"] and m["compiler"] and m["commit"]


def test_manifest_parses_whatever_the_command_line_holds(small):
    name = b'out"\\\x01\xff\xc3\xa9\xed\xa0\x80\xf0\x9f\x98\x80\xc3'.decode("utf-8", "surrogateescape")
    done = waltz("run", "small.cfg", "-n", "1", "-o", name, "--quiet", cwd=small)
    assert done.returncode == 0
    assert "é" in manifest(small / name)["command_line"]
    assert "\ufffd" in manifest(small / name)["command_line"]


def check_table(table, columns, periods):
    by_level = measures()
    per_period = len(by_level["dyad"]) + STATES * len(by_level["state"]) + len(by_level["system"])
    per_period += 2 * len(by_level["directed"])
    assert list(table[0]) == columns
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", c) for c in columns)
    assert len(table) == periods * per_period
    keys = [tuple(r[c] for c in columns if c not in STATISTICS) for r in table]
    assert len(set(keys)) == len(keys)
    for r in table:
        assert r["measure"] in by_level[r["level"]]
        assert (r["iso3_1"] == "NA") == (r["level"] == "system")
        assert (r["iso3_2"] == "NA") == (r["level"] not in ("dyad", "directed"))
        assert (r["ccode1"], r["ccode2"]) == (CODES[r["iso3_1"]], CODES[r["iso3_2"]])


def test_summary_has_a_row_for_every_month_and_series(done):
    table = rows(done / "summary.csv")
    check_table(table, SUMMARY, MONTHS)
    months = {(str(2010 + m // 12), str(m % 12 + 1)) for m in range(MONTHS)}
    assert {(r["year"], r["month"]) for r in table} == months
    assert all(r["date"] == f"{r['year']}-{int(r['month']):02}-01" for r in table)


def test_yearly_has_a_row_for_every_year_and_series(done):
    table = rows(done / "yearly.csv")
    check_table(table, YEARLY, YEARS)
    assert {r["year"] for r in table} == {"2010", "2011"}


def test_statistics_are_in_order_and_count_the_replicates(done):
    for name in ("summary.csv", "yearly.csv"):
        for r in rows(done / name):
            v = {c: float(r[c]) for c in STATISTICS}
            assert v["n"] == 40
            assert v["q05"] <= v["q25"] <= v["q50"] <= v["q75"] <= v["q95"]
            assert v["sd"] >= 0 and math.isclose(v["mcse"], v["sd"] / math.sqrt(40), rel_tol=1e-6)


def test_outcomes_have_a_row_for_every_replicate(done):
    table = rows(done / "outcomes.csv")
    assert list(table[0]) == ["replicate", "status", "step", "peak"]
    assert [r["replicate"] for r in table] == [str(k) for k in range(40)]
    assert all(r["status"] == "ok" and math.isfinite(float(r["step"])) for r in table)


def test_unknown_is_na(done, small):
    states = [r for r in rows(done / "summary.csv") if r["iso3_1"] == "XKX"]
    assert states and all(r["ccode1"] == r["ccode2"] == r["iso3_2"] == "NA" for r in states)
    one = run("small.cfg", "-n", "1", cwd=small)
    for r in rows(one / "summary.csv"):
        assert (r["sd"], r["mcse"], r["n"]) == ("NA", "NA", "1")
        assert r["mean"] != "NA" and r["q50"] != "NA"


def test_statistics_packages_read_numbers_as_numbers(done):
    pandas = pytest.importorskip("pandas")
    for name in ("summary.csv", "yearly.csv", "outcomes.csv"):
        table = pandas.read_csv(done / name)
        for column in table.columns:
            text = column in ("date", "measure", "level", "iso3_1", "iso3_2", "status")
            assert (table[column].dtype == object) == text, column


def test_all_dyads_are_recorded_on_request(small):
    folder = run("small.cfg", "-n", "5", "--record", "dyads", cwd=small)
    table = rows(folder / "summary.csv")
    dyads = {(r["iso3_1"], r["iso3_2"]) for r in table if r["level"] == "dyad"}
    assert len(dyads) == STATES * (STATES - 1) // 2
    assert all(r["q50"] == "NA" and r["mean"] != "NA" for r in table)
    assert all(r["q50"] != "NA" for r in rows(folder / "yearly.csv"))


def test_effective_configuration_gives_itself_and_the_same_results(done):
    again = run("effective.cfg", "-n", "40", "-o", "../again", cwd=done)
    assert tree(again).keys() == tree(done).keys()
    for name in FILES:
        if name != "manifest.json":
            assert (again / name).read_bytes() == (done / name).read_bytes(), name
    assert manifest(again)["configuration"] == manifest(done)["configuration"]


def test_hash_tells_configurations_apart(small, done):
    changed = run("small.cfg", "-n", "1", "--set", "parameters.lambda=7.6", cwd=small)
    named = run("small.cfg", "-n", "1", "--set", "parameters.lambda=7.7", "-s", "9", cwd=small)
    assert manifest(changed)["configuration"] != manifest(done)["configuration"]
    assert manifest(named)["configuration"] == manifest(done)["configuration"]


def test_failed_replicates_are_rows_with_a_cause(small):
    done = waltz("run", "small.cfg", "-n", "3", "-o", "out", *EXPLODING, cwd=small)
    assert done.returncode == 1
    assert "3 of 3 replicates failed; outcomes.csv has the causes" in done.stderr
    assert done.stdout.splitlines()[-1] == "out"
    table = rows(small / "out/outcomes.csv")
    assert [r["replicate"] for r in table] == ["0", "1", "2"]
    assert all(r["status"].startswith("failed: ") and r["step"] == r["peak"] == "NA" for r in table)
    m = manifest(small / "out")
    assert (m["replicates_done"], m["replicates_failed"], m["status"]) == (3, 3, "complete")
    summary = rows(small / "out/summary.csv")
    assert all(r["n"] == "0" and r["mean"] == r["sd"] == r["q50"] == "NA" for r in summary)


# ---- where it goes -------------------------------------------------------------------------------


def test_runs_are_numbered(small):
    names = [run("small.cfg", "-n", "1", cwd=small).relative_to(small).as_posix() for _ in range(3)]
    assert names == ["results/small/001", "results/small/002", "results/small/003"]


def test_parents_of_a_folder_are_made(small):
    folder = run("small.cfg", "-n", "1", "-o", "a/b/c/", cwd=small)
    assert (folder / "manifest.json").exists()
    assert sorted(p.name for p in (small / "a/b").iterdir()) == ["c"]


def test_an_existing_folder_is_refused_and_stays(small):
    run("small.cfg", "-n", "2", "-o", "out", cwd=small)
    (small / "empty").mkdir()
    (small / "file").write_text("mine")
    (small / "link").symlink_to("nowhere")
    before = tree(small)
    for name in ("out", "empty", "file", "link", ".", "out/", "small.cfg"):
        done = waltz("run", "small.cfg", "-n", "2", "-o", name, cwd=small)
        assert (done.returncode, done.stdout) == (2, ""), name
        assert "exists already; allowed: another -o, or --force to replace it" in done.stderr
        assert tree(small) == before


def test_force_replaces_results(small):
    run("small.cfg", "-n", "2", "-o", "out", cwd=small)
    run("small.cfg", "-n", "3", "-o", "out", "--force", cwd=small)
    assert sorted(p.name for p in (small / "out").iterdir()) == FILES
    assert len(rows(small / "out/outcomes.csv")) == 3
    assert sorted(p.name for p in small.iterdir()) == ["out", "small.cfg"]


def test_force_replaces_an_empty_folder(small):
    (small / "out").mkdir()
    assert (run("small.cfg", "-n", "1", "-o", "out", "--force", cwd=small) / "manifest.json").exists()


def test_force_does_not_replace_what_is_no_results(small):
    (small / "thesis").mkdir()
    (small / "thesis/chapter.txt").write_text("years of work")
    (small / "file").write_text("mine")
    before = tree(small)
    for name, why in (("thesis", 'holds "chapter.txt", which no run wrote'), ("file", "is no folder"),
                      (".", "cannot be replaced"), ("small.cfg", "is no folder")):
        done = waltz("run", "small.cfg", "-n", "2", "-o", name, "--force", cwd=small)
        assert (done.returncode, done.stdout) == (2, ""), name
        assert why in done.stderr
        assert tree(small) == before


@pytest.mark.parametrize("foreign", ["note.txt", "sub/thesis.txt", "manifest.json"])
def test_force_does_not_remove_what_no_run_wrote(small, foreign):
    run("small.cfg", "-n", "2", "-o", "out", cwd=small)
    (small / "out" / foreign).parent.mkdir(exist_ok=True)
    (small / "out" / foreign).write_text("{}")  # also a manifest of another program
    before = tree(small)
    done = waltz("run", "small.cfg", "-n", "3", "-o", "out", "--force", cwd=small)
    assert (done.returncode, done.stdout) == (2, "")
    assert "so --force does not replace it" in done.stderr
    assert tree(small) == before


def test_force_keeps_the_old_run_if_the_new_one_cannot_be(small):
    run("small.cfg", "-n", "2", "-o", "out", cwd=small)
    before = tree(small)
    done = waltz("run", "small.cfg", "-o", "out", "--force", "--set", "parameters.lambda=-1", cwd=small)
    assert done.returncode == 3
    assert tree(small) == before


def test_a_file_in_the_way_of_a_folder_is_told(small):
    (small / "results").write_text("mine")
    before = tree(small)
    for more in ([], ["-o", "results/a/b"]):
        done = waltz("run", "small.cfg", "-n", "1", *more, cwd=small)
        assert (done.returncode, done.stdout) == (1, "")
        assert "cannot make the folder: Not a directory" in done.stderr
        assert tree(small) == before


def test_force_does_not_follow_a_link(small):
    run("small.cfg", "-n", "2", "-o", "real", cwd=small)
    (small / "link").symlink_to("real")
    before = tree(small)
    done = waltz("run", "small.cfg", "-n", "3", "-o", "link", "--force", cwd=small)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no folder that can be read, so --force does not replace it" in done.stderr
    assert tree(small) == before


@pytest.mark.parametrize("name", ["new/.", "new/..", ".", ".."])
def test_a_folder_needs_a_name(small, name):
    done = waltz("run", "small.cfg", "-n", "1", "-o", name, "--force", cwd=small)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be replaced; allowed: the name of a folder of results" in done.stderr
    assert sorted(p.name for p in small.iterdir()) == ["small.cfg"]


def test_force_does_not_wait_for_what_is_no_file(small):
    (small / "out").mkdir()
    os.mkfifo(small / "out/manifest.json")
    done = waltz("run", "small.cfg", "-n", 1, "-o", "out", "--force", cwd=small, timeout=20)
    assert done.returncode == 2 and "no folder of results" in done.stderr
