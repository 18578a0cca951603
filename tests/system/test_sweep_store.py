"""Stores of sweeps: what they take in, what they keep of failures, and what is refused, which leaves them as they were."""

import random
import re
import shutil
import signal
import sqlite3

import pytest

import program
import swept
from program import waltz, write
from swept import ask, design, export, merge, merged, outcomes, prepare, refused_by_all, run_alone, sweep, table, tell, values
from test_sweep import RANGES


# ---- more of the same design ---------------------------------------------------------------------

GRID = {
    "lambda": 'paths = ["parameters.lambda"]; values = ["1", "5"];',
    "war": 'paths = ["shocks.quarrel.enabled"]; values = [false]; labels = ["no war"];',
}
LABELS = 'paths = ["shocks.quarrel.enabled"]; values = [true, false]; labels = ["war", "no war"];'
LEVELS = {"lambda": RANGES["x"] + " levels = 3;"}
FIVE = {"lambda": RANGES["x"] + " levels = 5;"}
OTHER_WORDS = {"lambda": 'paths = ["parameters.lambda"]; values = ["5", "3", "1", "9"];'}
POINTS = "parameters.lambda,dyads.IRN-USA.h0\n1,0.3\n2,0.4\n"
LIST = {"factors": {}, "kind": "list", "points": "p.csv"}


def grown(old, new, points=("", ""), before=()):
    return pytest.param(old, new, points, before)


@pytest.mark.parametrize(
    "old, new, points, before",
    [
        grown({"replicates": 40, "arms": ["calm"], "claims": ["warm"]}, {"replicates": 45}, before=["-n", 9]),
        grown({"factors": LEVELS}, {"factors": FIVE, "replicates": 9}),
        grown({"factors": GRID}, {"factors": GRID | OTHER_WORDS}),
        grown({"factors": GRID, "arms": ["calm"]}, {"factors": GRID | {"war": LABELS}}),
        grown({"factors": RANGES, "kind": "sobol", "cells": 5}, {"cells": 12, "replicates": 7}),
        grown({"factors": RANGES, "kind": "random", "cells": 5, "independent_cells": True}, {"cells": 12}),
        grown(LIST, {}, (POINTS, POINTS + "3,0.5\n1,0.3\n")),
        grown({"replicates": 20, "precision": 0.003, "precision_of": "step"}, {"replicates": 100}),
        grown({"precision": 0.003, "precision_of": "step", "replicates": 100, "factors": LEVELS}, {"factors": FIVE}),
    ],
    ids=["replicates", "levels", "values", "labels", "sobol cells", "random cells", "rows", "precision",
         "levels and precision"],
)
def test_what_is_added_makes_what_a_fresh_store_has(old, new, points, before, tmp_path):
    for folder, table_of_points in (("old", points[0]), ("new", points[1])):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, {"p.csv": table_of_points})
    fresh = swept.swept(tmp_path / "new", **(old | new))
    folder = prepare(tmp_path / "old", **old)
    sweep(folder, *before)
    if before:
        sweep(folder, "--extend")
    write(folder, {"d.cfg": design(**(old | new)), "p.csv": points[1]})
    stored = (folder / "s.db").read_bytes()
    refused = sweep(folder, code=3)
    assert "s.db: holds another sweep: " in refused.stderr and "allowed: --extend to run what is missing" in refused.stderr
    assert (folder / "s.db").read_bytes() == stored
    runs = ask(folder / "s.db", "SELECT count(*) FROM runs")[0][0]
    sweep(folder, "--extend")
    assert export(folder) == fresh
    assert ask(folder / "s.db", "SELECT count(*) FROM runs") == [(runs + 1,)], "whoever ran a part is kept"
    sweep(folder)
    assert sorted(p.name for p in folder.iterdir()) == ["d.cfg", "p.csv", "s.db", "small.cfg", "x"]


def test_a_sweep_cut_off_can_be_extended(tmp_path):
    replicates, three = 1500, {"war": LABELS, "omega": RANGES["z"] + " levels = 3;"}
    prepare(tmp_path, factors=GRID | three, replicates=replicates)
    with swept.started(tmp_path, "-j", 1) as process:
        swept.until_committed(process, tmp_path / "s.db")
        swept.stop(process)
    assert (done := swept.committed(tmp_path / "s.db")) < 12 * replicates
    write(tmp_path, {"d.cfg": design(OTHER_WORDS | three, replicates=replicates + 8)})
    sweep(tmp_path, "--extend", "--set", "scenario.spinup=4", code=3)
    assert swept.committed(tmp_path / "s.db") == done
    sweep(tmp_path, "--extend")
    assert export(tmp_path) == swept.swept(tmp_path / "fresh", text=(tmp_path / "d.cfg").read_text())


OTHERS = {
    "seed": ({"seed": 8}, [], r'seed: "7" in the store, now "8"'),
    "seed by option": ({}, ["-s", 8], r'seed: "7" in the store, now "8"'),
    "scenario": ({}, ["--set", "parameters.omega=0.3"], r'scenario, line \d+: "  omega = .*" in the store, now "  omega = 0.3;"'),
    "outcomes": ({"outcomes": ["step"]}, [], r'outcomes: "step;peak" in the store, now "step"'),
    "arms": ({"arms": ["calm"]}, [], r'arms: "full" in the store, now "full;calm"'),
    "claims": ({"claims": ["warm"]}, [], r'claims: "" in the store, now "warm"'),
    "fewer replicates": ({"replicates": 4}, [], r'replicates: "5" in the store, now "4"'),
    "precision": ({"precision": 0.5, "precision_of": "step"}, [], r'precision: "0" in the store, now "0\.5"'),
    "random numbers": ({"independent_cells": True}, [], r'independent_cells: "false" in the store, now "true"'),
    "paths": ({"factors": swept.FACTORS | {"quarrel": RANGES["z"] + " levels = 2;"}}, [], r"factor quarrel"),
    "times": ({"factors": swept.FACTORS | {"lambda": RANGES["x"] + " levels = 3; times = 2.0;"}}, [], r"times: .*lambda=2"),
    "kind": ({"factors": RANGES, "kind": "random", "cells": 6}, [], r'kind: "grid" in the store, now "random"'),
    "a factor more": ({"factors": swept.FACTORS | {"z": RANGES["z"] + " levels = 2;"}}, [], r"the number of factors"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_sweep_is_refused(name, tmp_path):
    keys, words, message = OTHERS[name]
    sweep(prepare(tmp_path))
    before = program.tree(tmp_path)
    write(tmp_path, {"d.cfg": design(**keys)})
    for more in ([], ["--extend"], ["--retry-failed"]):
        refused = sweep(tmp_path, *words, *more, code=3)
        assert re.match(rf"s\.db: holds another sweep: .*{message}", refused.stderr), refused.stderr
        assert refused.stdout == ""
    write(tmp_path, {"d.cfg": design()})
    assert program.tree(tmp_path) == before


def test_what_was_taken_away_is_refused(tmp_path):
    cube, swapped = {"factors": RANGES, "kind": "latin_hypercube", "cells": 6}, LABELS.replace("[true, false]", "[false, true]")
    cases = [
        (cube, cube | {"cells": 9}, r's\.db: holds another sweep: cells: "6" in the store, now "9"'),
        (cube | {"kind": "sobol"}, cube | {"kind": "sobol", "cells": 5}, r'.* cells: "6" in the store, now "5"'),
        ({"factors": LEVELS}, {"factors": {"lambda": RANGES["x"] + " levels = 4;"}},
         r"d\.cfg:10: factors\.lambda has no value 5, which the store has; allowed: its values and more\n"),
        ({"factors": GRID}, {"factors": GRID | {"lambda": 'paths = ["parameters.lambda"]; values = ["2", "1"];'}},
         r"d\.cfg:10: factors\.lambda has no value 5, which the store has"),
        ({"factors": {"war": LABELS}}, {"factors": {"war": swapped}}, r"d\.cfg:10: factors\.war: war sets false, in the store true; allowed: "),
    ]
    for k, (old, new, message) in enumerate(cases):
        folder = prepare(tmp_path / str(k), **old)
        sweep(folder)
        stored = (folder / "s.db").read_bytes()
        write(folder, {"d.cfg": design(**new)})
        refused = sweep(folder, "--extend", code=3).stderr
        assert re.match(message, refused), refused
        assert (folder / "s.db").read_bytes() == stored
        assert sorted(p.name for p in folder.iterdir()) == ["d.cfg", "s.db", "small.cfg"]


# ---- cells that fail -----------------------------------------------------------------------------


EXPLODING = [w for w in program.EXPLODING if w != "--set" and not w.startswith("parameters.arming=")]
FAILURE = "replicate 0 in arm full: military stock"


def test_a_cell_that_fails_is_recorded_and_the_others_complete(tmp_path):
    arming = {"a": 'paths = ["parameters.arming"]; values = [0.0, 0.5];', "l": swept.FACTORS["lambda"]}
    prepare(tmp_path, design(arming, set=EXPLODING))
    for words in ([], [], ["--retry-failed"], ["--extend", "-n", 9]):
        done = waltz("sweep", "d.cfg", "-o", "s.db", "--no-report", *words, cwd=tmp_path)
        n = 9 if "-n" in words else 5
        assert done.returncode == 1
        assert done.stdout.startswith(f"s.db: 3 of 6 cells complete, 3 failed, {n} replicates a cell\n")
        assert done.stderr == "".join(
            f"waltz: cell {k} failed: {FAILURE}\n" for k in (3, 4, 5)
        ) + "waltz: 3 cells failed; the store has their causes, --retry-failed runs them again\n"
        export(tmp_path)
        assert [(c["replicates"], c["failure"]) for c in table(tmp_path, "cells")] == [(str(n), "NA")] * 3 + [("0", FAILURE)] * 3
        m = program.manifest(tmp_path / "x")
        assert (m["cells_planned"], m["cells_done"], m["cells_failed"], m["status"]) == (6, 3, 3, "partial")
    assert outcomes(tmp_path, 1) == run_alone(tmp_path, "parameters.arming=0", "parameters.lambda=5", *EXPLODING, n=9)


def test_failed_cells_are_retried_alone(tmp_path):
    prepare(tmp_path, design({"a": 'paths = ["parameters.arming"]; values = ["0.5", "0"];'}, set=EXPLODING, replicates=5000))
    with swept.started(tmp_path, "-j", 1) as process:
        swept.until_committed(process, tmp_path / "s.db")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130 and "waltz: interrupted with 0 of 2 cells complete" in err
    assert f"waltz: cell 0 failed: {FAILURE}\n" in err
    before = ask(tmp_path / "s.db", "SELECT * FROM cells")
    done = sweep(tmp_path, "--retry-failed", code=1)
    assert f"waltz: cell 0 failed: {FAILURE}\n" in done.stderr
    assert ask(tmp_path / "s.db", "SELECT * FROM cells") == before


def test_a_cell_that_the_scenario_refuses_fails_with_its_words(tmp_path):
    """Each value alone is fine, but not both together."""
    effect = {
        "kind": 'paths = ["shocks.quarrel.effects.a.on"]; values = ["dispute", "war"];',
        "size": 'paths = ["shocks.quarrel.effects.a.size"]; values = ["1", "-1.5"];',
    }
    prepare(tmp_path, design(effect))
    cause = r"effective\.cfg:\d+: .*shocks\.quarrel\.effects\.a\.size = -1\.5: out of range; allowed: 0 \.\. 1 \(share\)"
    done = sweep(tmp_path, code=1)
    assert re.match(f"waltz: cell 3 failed: {cause}\n", done.stderr), done.stderr
    export(tmp_path)
    failures = values(tmp_path, "failure", str)
    assert failures[:3] == ["NA"] * 3 and re.fullmatch(cause, failures[3])


# ---- shards --------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="parts")
def parts_fixture(tmp_path_factory):
    """A sweep whole and in three shards."""
    folder = prepare(tmp_path_factory.mktemp("parts"), arms=["calm"], claims=["warm"])
    sweep(folder)
    export(folder)
    for k in (1, 2, 3):
        done = sweep(folder, "--shard", f"{k}/3", code=None)
        assert (done.returncode, done.stdout) == (0, f"s.{k}-of-3.db\n")
    return folder


SHARDS = [f"s.{k}-of-3.db" for k in (1, 2, 3)]


@pytest.fixture(name="shards")
def shards_fixture(parts, tmp_path):
    """A folder of one's own with them."""
    for name in ["s.db", "d.cfg", "small.cfg", *SHARDS]:
        shutil.copy(parts / name, tmp_path)
    return tmp_path


def test_shards_make_the_whole_in_any_order(shards, parts):
    whole = program.bytes_of(parts / "x", swept.PEERS)
    assert merge(shards, "m.db", *SHARDS).stdout == "m.db\n"
    assert export(shards, "m.db", "mx") == whole
    assert program.manifest(shards / "mx")["design"]["shard"] == "1/1"
    assert swept.contents(shards / "m.db") == swept.contents(shards / "s.db")
    assert ask(shards / "m.db", "SELECT shard FROM runs ORDER BY run") == [("1/3",), ("2/3",), ("3/3",)]
    assert merged(shards, "--force", *reversed(SHARDS)) == whole
    assert merged(shards, "--force", SHARDS[1], *SHARDS, SHARDS[0]) == whole
    sweep(shards, store="m.db")
    write(shards, {"d.cfg": design(arms=["calm"], claims=["warm"], replicates=9)})
    sweep(shards, "--extend", store="m.db")
    assert export(shards, "m.db", "mx") == swept.swept(shards / "fresh", text=(shards / "d.cfg").read_text())


def test_a_missing_shard_is_refused_unless_asked_for(shards, parts):
    refused = merge(shards, "m.db", SHARDS[0], SHARDS[2], code=3)
    assert refused.stderr == (
        "m.db: 2 of 6 cells are missing or not complete; allowed: all shards, each to its end, or --allow-partial\n"
    )
    assert not list(shards.glob("*m.db*"))
    done = merge(shards, "--allow-partial", "m.db", SHARDS[0], SHARDS[2])
    assert done.stderr == "waltz: 4 of 6 cells complete, 0 failed\n"
    part = export(shards, "m.db", "mx")
    assert [c["cell"] for c in table(shards, "cells", "mx")] == ["0", "2", "3", "5"]
    assert set(part["replicates.csv"].splitlines()) < set((parts / "x/replicates.csv").read_bytes().splitlines())
    sweep(shards, store="m.db")
    assert export(shards, "m.db", "mx") == program.bytes_of(parts / "x", swept.PEERS)


def test_shards_of_another_sweep_are_refused(shards):
    others = [(["-s", 9], "seed"), (["--set", "parameters.omega=0.3"], "scenario"), (["-n", 6], "replicates")]
    for k, (words, key) in enumerate(others):
        sweep(shards, "--shard", "1/3", *words, store=f"u{k}.db", code=None)
        before = program.tree(shards)
        for more in ([], ["--allow-partial"]):
            refused = merge(shards, *more, "m.db", f"u{k}.1-of-3.db", *SHARDS[1:], code=3)
            wanted = f"{SHARDS[1]}: of another sweep than u{k}.1-of-3.db ({key} differs); allowed: shards of one\n"
            assert refused.stderr == wanted
        assert program.tree(shards) == before


def test_an_existing_place_is_not_taken(shards):
    before = program.tree(shards)
    refused = merge(shards, "s.db", *SHARDS, code=2).stderr
    assert refused == "s.db: exists already; allowed: another name, or --force\n"
    assert merge(shards, "--force", "d.cfg", *SHARDS, code=3).stderr.startswith("d.cfg: no store of `waltz sweep`")
    assert "needed" in merge(shards, "m.db", code=2).stderr
    assert program.tree(shards) == before


def test_a_damaged_shard_is_refused_or_left_out(shards):
    tell(shards / SHARDS[1], "UPDATE replicates SET step = step + 0.001 WHERE cell = 4 AND replicate = 3 AND arm = 'calm'")
    message = f"{SHARDS[1]}: the store is damaged (replicates, cell 4)\n"
    assert merge(shards, "m.db", *SHARDS, code=3).stderr == message
    done = merge(shards, "--allow-partial", "m.db", *SHARDS)
    assert done.stderr == f"{SHARDS[1]}: warning: is left out:\n{message}waltz: 4 of 6 cells complete, 0 failed\n"
    assert merge(shards, "m2.db", "none.db", *SHARDS, code=3).stderr.startswith("none.db: there is no store here")


@pytest.mark.parametrize("shard", ["0/3", "4/3", "x", "1/", "1/0", "-1/3", "1/3x", "2/1000001", "7/7", "", "1"])
def test_shares_that_are_none(shard, shards):
    before = program.tree(shards)
    refused = sweep(shards, "--shard", shard, code=2)
    assert "6 cells cannot be divided into 7 shards" in refused.stderr if shard == "7/7" else (
        f"waltz: --shard {shard}: allowed: K/N, as 2/8, with 1 <= K <= N <= 1000000\n" in refused.stderr
    )
    assert program.tree(shards) == before


# ---- designs -------------------------------------------------------------------------------------

LAMBDA = 'paths = ["parameters.lambda"];'


def one(factor, **keys):
    return design({"f": f"{LAMBDA} {factor}" if "paths" not in factor else factor}, **keys)


def in_factor(factor, message):
    """A wrong factor and what is told of it."""
    return one(factor), r"d\.cfg:10: factors\.f" + message


def ranges(n, **keys):
    return design({f"f{k}": f"{LAMBDA} low = 1.0; high = 2.0;" for k in range(n)}, **keys)


def big(levels, **keys):
    return design({"a": f"{LAMBDA} low = 1.0; high = 2.0; levels = 1000000;",
                   "b": f'paths = ["parameters.omega"]; low = 0.0; high = 1.0; levels = {levels};'}, **keys)


# a design, and the message (a regular expression) that must begin a line of stderr
DESIGNS = {
    "unknown path": in_factor('paths = ["parameters.lamda"]; values = ["1"];', r': path "parameters\.lamda": '),
    "a path's section": in_factor('paths = ["parameters"]; values = ["1"];', r': path "parameters": allowed'),
    "path in the sets": (design(set=["parameters.lambda=2"]), r'd\.cfg:11: factors\.lambda: path .* neither `set` nor --set'),
    "no paths": in_factor('paths = [ ]; values = ["1"];', r"\.paths: allowed: one path or more"),
    "what cells share": (one('paths = ["scenario.end"]; values = ["2011-05"];'), r"d\.cfg:10: .* may differ between cells"),
    "the focus": in_factor('paths = ["shocks.quarrel.effects.a.between"]; values = ["USA IRN", "RUS IRN"];',
                           r" at RUS IRN is refused:\nsmall\.cfg:15: .*touches IRN-RUS: .*invariant 1"),
    "out of range": in_factor('values = ["1", "-5"];', r" at -5 is refused:\n--set parameters\.lambda=-5: .*range"),
    "empty range": in_factor("low = 1.0; high = 1.0; levels = 2;", r": the range is empty; allowed: low below high"),
    "reversed": in_factor("low = 2.0; high = 1.0; levels = 2;", r": the bounds are reversed; allowed: low below high"),
    "log of zero": in_factor('low = 0.0; high = 1.0; levels = 2; scale = "log";', r': scale "log"; allowed: .* above 0'),
    "normal in a grid": in_factor('low = 1.0; high = 2.0; levels = 2; scale = "normal";', r': scale "normal" in a'),
    "infinite": in_factor("low = 1.0; high = 1e999; levels = 2;", r": .*allowed: a number"),
    "no values": in_factor("", r": no values; allowed: low and high, or values"),
    "a value twice": in_factor('values = ["1", "2", "1"];', r": .*allowed: each value once"),
    "one number twice": in_factor('values = ["1", "1.0"];', r": .*allowed: each value once"),
    "no number": in_factor('values = ["1", "zwei"];', r'\.values: "zwei"; allowed: a number'),
    "no date": (one('paths = ["shocks.quarrel.date"]; values = ["2010-02-30"];'), r'd\.cfg:10: .*"2010-02-30"; allowed: a date'),
    "a range of words": (one('paths = ["shocks.quarrel.enabled"]; low = 0; high = 1; levels = 2;'), r"d\.cfg:10: .* no numbers"),
    "a semicolon": (one('paths = ["shocks.quarrel.note"]; values = ["a;b", "c"];'), r"d\.cfg:10: .*\"a;b\""),
    "a semicolon in a label": (one('values = ["1", "2"]; labels = ["a;b"];'), r"d\.cfg:10: .*\"a;b\""),
    "labels": in_factor('values = ["1", "2"]; labels = ["a"];', r": labels are not as many as values"),
    "unknown key": in_factor('values = ["1"]; valeus = ["2"];', r': unknown key "valeus"; did you mean "values"'),
    "a column's name": (design({"cell": LAMBDA + ' values = ["1"];'}), r"d\.cfg:10: factors\.cell: tables have this column"),
    "an outcome's name": (design({"step": LAMBDA + ' values = ["1"];'}), r"d\.cfg:10: factors\.step: an outcome has this name"),
    "no factors": (design({}), r"d\.cfg:?\d*: 0 factors; allowed: 1 \.\. 256"),
    "300 factors": (ranges(300, kind="sobol"), r"d\.cfg:?\d*: 300 factors; allowed: 1 \.\. 256"),
    "no cells": (ranges(1, kind="sobol", cells=0), r"d\.cfg:8: sweep\.cells = 0: out of range; allowed: 1 \.\. 2147483647"),
    "2^31 cells": (ranges(1, kind="random", cells=2**31), r"d\.cfg:8: 2147483648 does not fit 32 bits"),
    "a grid of more than 2^31": (big(2148), r"d\.cfg:\d+: more cells than allowed; allowed: up to 2\^31"),
    "a grid of more than 2^64": (
        design({f"f{k}": f'paths = ["states.{s}.{v}"]; low = 1.0; high = 2.0; levels = 1000000;'
                for k, (s, v) in enumerate((s, v) for s in ("IRN", "RUS") for v in ("gdp", "milex"))}),
        r"d\.cfg:\d+: more cells than allowed",
    ),
    "2^28 of their own": (ranges(1, kind="random", cells=2**28, independent_cells=True), r"d\.cfg:\d+: .* fewer than 2\^28"),
    "unknown outcome": (design(outcomes=["stp"]), r'd\.cfg:7: sweep\.outcomes: the scenario has no "stp"; did you mean "step"\?'),
    "unknown arm": (design(arms=["clam"]), r'd\.cfg:8: sweep\.arms: the scenario has no "clam"; did you mean "calm"\?'),
    "unknown claim": (design(claims=["wram"]), r'd\.cfg:8: sweep\.claims: the scenario has no "wram"; did you mean "warm"\?'),
    "precision of nothing": (design(precision=0.1), r"d\.cfg:8: sweep\.precision and precision_of: allowed: both"),
    "an arm beside the arm": (one('paths = ["arm"]; values = ["full"];', arms=["calm"]), r"d\.cfg:11: .* the arm is a factor"),
    "unknown kind": (design(kind="grids"), r"d\.cfg:4: sweep\.kind = grids: unknown word; allowed: grid\|list"),
    "a bad name": (design(name="../x"), r"d\.cfg:2: sweep\.name = \.\./x: not a name here"),
    "no sweep": ('factors = { f = { paths = ["arm"]; values = ["full"]; }; };', r'd\.cfg: sweep: "name" is missing'),
    "unknown section": (design() + "factor = { };\n", r'd\.cfg:13: unknown section "factor"; did you mean "factors"\?'),
    "syntax": (design() + "};", r"d\.cfg:13: syntax error"),
    "empty": ("", r"d\.cfg: the file is empty"),
    "noise": (random.Random(1).randbytes(5000), r"d\.cfg:\d+: "),
    "no scenario": (design(scenario="none.cfg"), r"none\.cfg: cannot read: No such file"),
    "no table": (design({}, kind="list"), r"d\.cfg:\d+: sweep\.points is missing"),
    "a range in a list": (one("low = 1.0; high = 2.0;", kind="list", points="p.csv"), r"d\.cfg:11: .* the table of points has"),
    "a factor without a column": (one(LAMBDA, kind="list", points="p.csv"), r"d\.cfg:11: .* has no such column"),
    "a table of no rows": (design({}, kind="list", points="head.csv"), r"head\.csv:1: no cells"),
    "a column twice": (design({}, kind="list", points="twice.csv"), r'twice\.csv:1: column "parameters\.lambda"'),
    "an unknown column": (design({}, kind="list", points="unknown.csv"), r'unknown\.csv:1: .*path "parameters\.lamda"'),
    "an empty cell": (design({}, kind="list", points="hole.csv"), r'hole\.csv:3: parameters\.lambda = ""; allowed'),
    "out of range in a table": (design({}, kind="list", points="range.csv"), r"range\.csv:\d+: factors\.lambda at -5"),
}
TABLES = {
    "p.csv": "parameters.omega\n1\n",
    "head.csv": "parameters.lambda\n",
    "twice.csv": "parameters.lambda,parameters.lambda\n1,2\n",
    "unknown.csv": "parameters.lamda\n1\n",
    "hole.csv": "parameters.lambda,parameters.omega\n1,1\n,1\n",
    "range.csv": "parameters.lambda\n1\n-5\n2\n",
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_wrong_design_is_told_with_its_place(name, tmp_path):
    text, message = DESIGNS[name]
    prepare(tmp_path)
    write(tmp_path, TABLES)
    sweep(tmp_path)
    write(tmp_path, {"d.cfg": text})
    before = program.tree(tmp_path)
    for place in ("s.db", "new/s.db"):
        refused = sweep(tmp_path, store=place, code=3)
        assert re.search(f"^{message}", refused.stderr, re.MULTILINE), refused.stderr
        assert refused.stdout == ""
    assert program.tree(tmp_path) == before


def test_an_empty_value_is_not_lost(tmp_path):
    prepare(tmp_path, design({"f": 'paths = ["shocks.quarrel.ends"]; values = ["", "S1"];'}))
    done = sweep(tmp_path, code=None)
    kept = done.returncode == 0 and ask(tmp_path / "s.db", "SELECT f FROM cells") == [("",), ("S1",)]
    assert kept or (done.returncode == 3 and done.stderr.startswith("d.cfg:10: ")), done.stderr


# ---- places --------------------------------------------------------------------------------------


def test_places_that_hold_something_else_are_refused(shards):
    with sqlite3.connect(shards / "other.db") as other:
        other.execute("CREATE TABLE t(a)")
    other.close()
    write(shards, {"text.db": "years of work\n", "long.db": "years of work\n" * 100, "empty.db": ""})
    refused_by_all(shards, "other.db", r"other\.db: an SQLite file of another program; allowed: a store of `waltz sweep`\n")
    refused_by_all(shards, "text.db", r"text\.db: no store of `waltz sweep`")
    refused_by_all(shards, "long.db", r"long\.db: no store of `waltz sweep`")
    (shards / "folder.db").mkdir()
    refused_by_all(shards, "folder.db", r"folder\.db: a folder, or a device; allowed: ")
    refused_by_all(shards, "none.db", r"none\.db: there is no store here", commands=("export", "status"))
    refused_by_all(shards, "empty.db", r"empty\.db: there is no store here", commands=("export", "status"))
    sweep(shards, store="empty.db")  # mktemp leaves such a file
    tell(shards / "s.db", "PRAGMA user_version = 2")
    refused_by_all(shards, "s.db", r"s\.db: of a newer waltz \(store version 2; this program knows 1\)\n")


@pytest.mark.parametrize("place", ["/proc/s.db", "small.cfg/s.db", "small.cfg/sub/s.db", "/proc/sub/s.db"])
def test_places_that_cannot_be_written_are_told(place, tmp_path):
    before = program.tree(prepare(tmp_path))
    refused = sweep(tmp_path, store=place, code=1)
    assert re.match(rf"{place}: cannot ", refused.stderr) and refused.stdout == ""
    assert program.tree(tmp_path) == before


# ---- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, what",
    [
        ("UPDATE replicates SET peak = peak + 1 WHERE cell = 2 AND replicate = 0", r"replicates, cell 2"),
        ("DELETE FROM replicates WHERE cell = 2 AND replicate = 4", r"replicates, cell 2"),
        ("DELETE FROM replicates WHERE cell = 5", r"replicates, cell 5"),
        ("UPDATE replicates SET cell = 7 WHERE cell = 5", r"replicates, cell [57]"),
        ("UPDATE cells SET done = 4 WHERE cell = 1", r"cells, cell 1"),
        ('UPDATE cells SET "lambda" = 2 WHERE cell = 1', r"cells, cell 1"),
        ("DELETE FROM cells WHERE cell = 0", r"replicates, cell \d"),
        ("DELETE FROM summaries WHERE cell = 3 AND outcome = 'step' AND arm = 'calm'", r"summaries, cell 3"),
        ("UPDATE summaries SET mean = 1 WHERE cell = 3", r"summaries, cell 3"),
        ("UPDATE claims SET shown = 1 - shown WHERE cell = 4", r"claims, cell 4"),
        ("UPDATE sums SET sums = zeroblob(length(sums)) WHERE cell = 4", r"sums, cell 4"),
        ("UPDATE design SET value = '8' WHERE key = 'seed'", r"a row of the table design"),
        ("DELETE FROM design WHERE key = 'replicates'", r"its design is not whole"),
        ("DELETE FROM design WHERE key = 'scenario'", r"its design is not whole"),
        ("DELETE FROM design WHERE key = 'kind'", r"its design is not whole"),
        ("UPDATE factors SET high = 99 WHERE factor = 0", r"a row of the table factors"),
        ("DELETE FROM factors WHERE factor = 1", r"its tables are not those of its design"),
        ("UPDATE runs SET host = 'elsewhere'", r"runs, cell 1"),
        ("DELETE FROM batches", r".*batches.*"),
        ("DROP TABLE claims", r"its tables are not those of its design"),
        ("CREATE TABLE more(a)", r"it has tables that no store has"),
    ],
)
def test_rows_that_are_not_as_they_were_written_are_damage(change, what, shards):
    tell(shards / "s.db", change)
    refused_by_all(shards, "s.db", rf"s\.db: the store is damaged \({what}\)\n", commands=("sweep", "export", "merge"))


def check_damage_or_no_matter(folder, good):
    """Told by both, or all is there as it was; the number of those that told."""
    commands = (["sweep", "d.cfg", "--quiet", "-o", "s.db"], ["export", "s.db", "-o", "x", "--force"])
    done = [waltz(*c, cwd=folder) for c in commands]
    for d in done:
        assert d.returncode in (0, 3), (d.returncode, d.stderr)
        assert d.returncode == 0 or d.stderr.startswith("s.db: "), d.stderr
    if done[1].returncode == 0:
        assert program.bytes_of(folder / "x", swept.PEERS) == good
    assert [p.name for p in folder.glob("s.db*")] == ["s.db"]
    return sum(d.returncode == 3 for d in done)


def test_a_store_cut_short_is_damage(shards, parts):
    whole, good = (shards / "s.db").read_bytes(), program.bytes_of(parts / "x", swept.PEERS)
    for size in [1, 16, 99, 100, *range(4096, len(whole), 4096)]:
        write(shards, {"s.db": whole[:size]})
        assert check_damage_or_no_matter(shards, good) == 2, size
        assert (shards / "s.db").read_bytes() == whole[:size]
    for size in range(len(whole) - 4000, len(whole), 200):  # the last page may have nothing at its end
        write(shards, {"s.db": whole[:size]})
        check_damage_or_no_matter(shards, good)


def test_one_byte_that_is_not_as_it_was_is_damage_or_no_matter(shards, parts):
    whole, good = (shards / "s.db").read_bytes(), program.bytes_of(parts / "x", swept.PEERS)
    told, rng = 0, random.Random(3)
    for at in [*range(100), *(rng.randrange(100, len(whole)) for _ in range(200))]:
        changed = bytearray(whole)
        changed[at] ^= 1 << rng.randrange(8)
        write(shards, {"s.db": bytes(changed)})
        told += check_damage_or_no_matter(shards, good)
    assert told > 100, told
