"""`waltz reproduce`: the folder that it leaves, what it shows, and how it ends. (Numbers are computed anew in
test_claims.py; arms in test_arms.py, tables of draws in test_draws.py.)"""

import json
import math
import shutil
import signal
import subprocess
import time

import numpy
import pytest
import scipy.stats

from program import EXPLODING, SMALL, bytes_of, manifest, rows, run, tree, waltz, write
from reproduced import ARMS, CLAIMS, FILES, MONTHS, NO_REPORT, OUTCOMES, SCENARIO, TABLES, alone, reproduce, written
from test_disk import FULL, in_namespace

N = 9
DRAWS = "draw,parameters.lambda,parameters.eta\nlow,3.1,0.5\nhigh,8,0.9\n"
COLUMNS = [name for name, o in OUTCOMES.items() if o.get("subject") != "dyads"]
HEADERS = {
    "claims.csv": "id kind text basis criterion expected shown single quantity value draws share sign single_draws low "
    "high verdict",
    "conditions.csv": "claim condition text shown value bound draws share low high single",
    "arms.csv": "arm outcome n path mean sd mcse difference low high worth draws draws_median draws_low draws_high "
    "draws_difference draws_difference_low draws_difference_high",
    "draws.csv": " ".join(
        ["draw parameters.lambda parameters.eta", *COLUMNS, *(f"shown_{name}" for name in CLAIMS)]
    ),
    "outcomes.csv": " ".join(["arm replicate status", *COLUMNS]),
    "paths.csv": "arm date year month measure level iso3_1 iso3_2 mean sd mcse n",
    "changes.csv": "arm measure level iso3_1 iso3_2 trend date direction before after",
    "searches.csv": "reading measure level iso3_1 iso3_2 cost trend alarm resampled penalty n alarms rate",
    "dyads.csv": "outcome rank iso3_1 iso3_2 ccode1 ccode2 focus mean mcse low high draws draws_low draws_high draws_rising",
}


@pytest.fixture(name="four")
def four_fixture(tmp_path):
    """A folder that holds four.cfg and draws for it."""
    write(tmp_path, {"four.cfg": SCENARIO, "draws.csv": DRAWS})
    return tmp_path


@pytest.fixture(scope="module", name="done")
def done_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reproduce")
    write(folder, {"four.cfg": SCENARIO, "draws.csv": DRAWS})
    return reproduce("-n", N, "--draws", "draws.csv", cwd=folder)[0]


def number(text):
    return math.nan if text == "NA" else float(text)


# ---- the folder ------------------------------------------------------------------------------------------------------


def test_a_folder_holds_just_what_is_promised(done):
    assert sorted(p.name for p in done.iterdir()) == FILES
    assert not list(done.parent.glob(".*"))


@pytest.mark.parametrize("name", HEADERS)
def test_tables_have_the_columns_that_are_promised(name, done):
    table = rows(done / name)
    assert list(table[0]) == HEADERS[name].split()
    assert all(None not in r and None not in r.values() for r in table)  # as many cells as columns


def test_numbers_are_numbers_or_na(done):
    words = set(
        "id kind text basis criterion expected shown quantity verdict claim condition arm outcome draw status date "
        "measure level iso3_1 iso3_2 trend direction cost alarm reading resampled".split()
    )
    for name in TABLES:
        for r in rows(done / name):
            for column, text in r.items():
                if column not in words and text != "NA":
                    assert math.isfinite(float(text)), (name, column)


def test_manifest_tells_arms_and_draws(done):
    m = manifest(done)
    assert m["arms"] == list(ARMS)
    assert (m["draws_planned"], m["draws_done"], m["draws_file"]) == (2, 2, "draws.csv")
    assert (m["replicates_planned"], m["replicates_done"], m["status"]) == (N, N, "complete")
    assert m["command_line"] == f"waltz reproduce four.cfg --quiet -o out -n {N} --draws draws.csv"


def test_outcomes_have_a_row_for_every_replicate_and_arm(done):
    table = rows(done / "outcomes.csv")
    assert [(r["arm"], r["replicate"]) for r in table] == [(a, str(k)) for k in range(N) for a in ARMS]
    assert {r["status"] for r in table} == {"ok"}
    waiting = {name for name in COLUMNS if all(r[name] == "NA" for r in table)}
    # for other arms, for their penalty
    assert waiting == {"added", "moved_a", "moved_b", "onset", "change", "onset_late", "onset_framed"}


def test_paths_have_a_row_for_every_arm_month_and_series(done):
    table = rows(done / "paths.csv")
    keys = {(r["arm"], r["date"], r["measure"], r["iso3_1"], r["iso3_2"]) for r in table}
    series = {k[2:] for k in keys}
    assert len(keys) == len(table) == len(ARMS) * MONTHS * len(series)
    dyads = {s[1:] for s in series if s[0] in ("cooperation", "acts", "dispute", "initiatives", "exchange")}
    assert dyads == {("AAA", "BBB"), ("BBB", "AAA"), ("far", "AAA")}  # the focus, and what outcomes read
    assert {r["date"] for r in table} == {f"{r['year']}-{int(r['month']):02}-01" for r in table}
    assert {r["n"] for r in table} == {str(N)}


def test_differences_are_paired_by_replicate(done):
    found = {(r["arm"], r["outcome"]): r for r in rows(done / "arms.csv")}
    values = {}
    for r in rows(done / "outcomes.csv"):
        for name in COLUMNS:
            values.setdefault((r["arm"], name), []).append(number(r[name]))
    looked_at = 0
    for (arm, name), r in found.items():
        x, base = (numpy.array(values[a, name]) for a in (arm, "full"))
        if numpy.isnan(x).all():
            continue
        if arm == "full":
            assert {r[c] for c in ("difference", "low", "high", "worth", "draws_difference")} == {"NA"}
            continue
        apart = (x - base)[~numpy.isnan(x - base)]
        n, mean = len(apart), apart.mean() if len(apart) else math.nan
        sd = apart.std(ddof=1) if n > 1 else math.nan
        half = scipy.stats.t.ppf(0.975, n - 1) * sd / math.sqrt(n) if n > 1 else math.nan
        worth = math.nan
        if n > 1 and sd > 0:
            worth = sum(numpy.var(v[~numpy.isnan(v)], ddof=1) for v in (x, base)) / sd**2
        for column, expected in {"difference": mean, "low": mean - half, "high": mean + half, "worth": worth}.items():
            rounding = {"rel": 1e-3, "abs": 2e-5} if name == "peak" else {"rel": 1e-5, "abs": 1e-7}
            assert number(r[column]) == pytest.approx(expected, **rounding, nan_ok=True), (arm, name, column)
        looked_at += n > 1
    assert looked_at > 30


def test_draws_differ_from_the_first_arm_as_their_mean_paths_do(four):
    """One draw, so that its range is its value."""
    out, _ = reproduce("-n", 4, "--draws", "draws.csv", "--max-draws", 1, cwd=four)
    found = {(r["arm"], r["outcome"]): r for r in rows(out / "arms.csv")}
    row = rows(out / "draws.csv")[1]
    assert row["draw"] == "low"
    for arm in ("quiet", "dear"):
        for name in ("level", "far", "most"):
            own, base = found[arm, name], found["full", name]
            assert base["draws_median"] == base["draws_low"] == base["draws_high"] == row[name]
            apart = float(own["draws_median"]) - float(base["draws_median"])
            columns = ("draws_difference", "draws_difference_low", "draws_difference_high")
            assert [float(own[c]) for c in columns] == pytest.approx([apart] * 3, abs=1e-7)
            assert abs(apart) > 1e-3


def test_dyads_are_ranked_by_what_runs_of_the_first_arm_give(done):
    pairs = ["AAA-BBB", "AAA-CCC", "AAA-DDD", "BBB-CCC", "BBB-DDD", "CCC-DDD"]
    sets = [f"outcomes.d{k}={written(OUTCOMES['dyads'] | {'subject': p})}" for k, p in enumerate(pairs)]
    run_ = run("four.cfg", "-n", N, "-o", "dyads", *[w for s in sets for w in ("--set", s)], cwd=done.parent)
    values = numpy.array([[float(r[f"d{k}"]) for k in range(len(pairs))] for r in rows(run_ / "outcomes.csv")])
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(N)
    half = scipy.stats.t.ppf(0.975, N - 1) * error
    table = rows(done / "dyads.csv")
    order = sorted(range(len(pairs)), key=lambda k: -mean[k])
    assert [f"{r['iso3_1']}-{r['iso3_2']}" for r in table] == [pairs[k] for k in order]
    assert [r["rank"] for r in table] == list("123456")
    for r, k in zip(table, order):
        expected = [mean[k], error[k], mean[k] - half[k], mean[k] + half[k]]
        assert [float(r[c]) for c in ("mean", "mcse", "low", "high")] == pytest.approx(expected, abs=1e-7)
        assert r["focus"] == str(int(pairs[k] == "AAA-BBB"))
        assert (r["ccode1"], r["ccode2"]) == tuple({"AAA": "NA", "BBB": "20", "CCC": "30", "DDD": "40"}[s]
                                                   for s in pairs[k].split("-"))  # fmt: skip
        assert float(r["draws_low"]) < float(r["draws_high"]) and r["draws"] == "2"
        low, high = float(r["draws_low"]), float(r["draws_high"])
        assert float(r["draws_rising"]) == (1 if low > 0 else 0 if high < 0 else 0.5)


def test_what_changed_the_minds_is_what_trace_tells_without_chance(done):
    told = json.loads((done / "why.json").read_text(encoding="utf-8"))
    assert [(t["why"], t["period"]) for t in told] == [
        ("AAA-BBB", "2010-03..2011-06"),
        ("AAA-BBB", "2010-08..2010-09"),
    ]
    for t in told:
        words = ["--why", "AAA-BBB", "--tick", t.pop("period"), "--set", "scenario.moves=expected", "--json"]
        traced = waltz("trace", "four.cfg", *words, cwd=done.parent)
        whole = json.loads(traced.stdout)
        assert whole.pop("replicate") == 0 and whole.pop("without") == []  # of a run, which this is not
        assert whole == t | {k: whole[k] for k in ("command_line", "seed")}


def test_the_effective_configuration_reproduces_the_same(done):
    write(done.parent, {"draws.csv": DRAWS, "effective.cfg": (done / "effective.cfg").read_bytes()})
    again, _ = reproduce("-n", N, "--draws", "draws.csv", cwd=done.parent, scenario="effective.cfg", output="again")
    names = [name for name in FILES if name != "manifest.json"]
    assert bytes_of(again, names) == bytes_of(done, names)


def test_one_replicate_has_no_spread(four):
    out, _ = reproduce("-n", 1, cwd=four, code=None)
    assert {r[c] for r in rows(out / "arms.csv") for c in ("sd", "mcse", "low", "high", "worth")} == {"NA"}
    assert {r[c] for r in rows(out / "dyads.csv") for c in ("mcse", "low", "high")} == {"NA"}
    assert all(r["mean"] != "NA" for r in rows(out / "dyads.csv"))


# ---- on the terminal -------------------------------------------------------------------------------------------------


def test_the_table_of_claims_is_shown_unless_it_is_unwanted(four):
    done = waltz("reproduce", "four.cfg", "-n", 4, "-o", "out", cwd=four, binary=alone())
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0] == "Four" and lines[-1] == "out"
    named = [line.split()[0] for line in lines if line.strip() and line.split()[0] in CLAIMS]
    assert named == list(CLAIMS)
    assert "(--draws), so there are no verdicts" in done.stdout
    assert max(map(len, lines)) <= 100 and not any(line != line.rstrip() for line in lines)
    with_draws = waltz("reproduce", "four.cfg", "-n", 2, "-o", "d", "--draws", "draws.csv", cwd=four, binary=alone())
    assert "of 2 other parameter sets" in with_draws.stdout and "100" in with_draws.stdout
    assert done.stderr.startswith(NO_REPORT) and done.stderr.count("\n") == 1


def test_a_claim_with_a_long_name_stays_apart_from_what_is_said_of_it(four):
    name = "a_name_beyond_the_column"
    write(four, {"four.cfg": SCENARIO.replace("  design = ", f"  {name} = ")})
    done = waltz("reproduce", "four.cfg", "-n", 2, "-o", "out", cwd=four, binary=alone())
    assert f"  {name}\n" in done.stdout and "by design" in done.stdout


# ---- the report ------------------------------------------------------------------------------------------------------

MAKES = 'import sys; print("noise"); open(sys.argv[2] + "/report.html", "w").write("page")'


@pytest.fixture(name="beside")
def beside_fixture(four):
    """A program with a folder `analysis` beside its own, which a test fills."""
    (four / "build").mkdir()
    shutil.copy(alone(), four / "build/waltz")
    return four


def test_a_report_is_written_by_the_package_beside_the_program(beside):
    write(beside, {"analysis/__init__.py": "", "analysis/__main__.py": MAKES})
    done = waltz("reproduce", "four.cfg", "-n", 2, "-o", "out", "--quiet", cwd=beside, binary=beside / "build/waltz")
    assert (done.returncode, done.stdout, done.stderr) == (0, "out\n", "")
    assert (beside / "out/report.html").read_text() == "page"


FAILING = ["raise SystemExit(3)", "import nowhere_to_be_found", "import os; os.kill(os.getpid(), 9)"]


@pytest.mark.parametrize("how", FAILING)
def test_a_report_that_fails_costs_a_line_and_nothing_else(how, beside):
    write(beside, {"analysis/__init__.py": "", "analysis/__main__.py": how})
    done = waltz("reproduce", "four.cfg", "-n", 2, "-o", "out", "--quiet", cwd=beside, binary=beside / "build/waltz")
    assert (done.returncode, done.stdout) == (0, "out\n")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(NO_REPORT) and "python3 -m analysis report out" in last
    assert sorted(p.name for p in (beside / "out").iterdir()) == FILES


# ---- what cannot be reproduced ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["cat four.cfg | {}", "{} < <(cat four.cfg)"])
def test_a_scenario_from_a_pipe_is_refused(how, four):
    command = f'"{alone()}" reproduce /dev/stdin --quiet -o out'
    done = subprocess.run(["bash", "-c", how.format(command)], cwd=four, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "/dev/stdin is read once for each arm; allowed: a file that stays" in done.stderr
    assert not (four / "out").exists()


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ([], 2, "one scenario is needed"),
        (["four.cfg", "four.cfg"], 2, "one scenario is needed"),
        (["nowhere.cfg"], 3, "nowhere.cfg"),
        (["four.cfg", "--record", "dyads"], 2, "--record"),
        (["four.cfg", "-n", "0"], 2, "allowed: a whole number"),
        (["four.cfg", "--set", "parameters.lambda=-1"], 3, "out of range"),
        (["four.cfg", "--set", "outcomes.step.measure=x"], 3, 'unknown measure "x"'),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, code, message, four):
    before = tree(four)
    done = waltz("reproduce", *arguments, cwd=four)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert tree(four) == before


def test_a_run_does_not_take_what_only_reproduce_knows(four):
    for option in (["--draws", "draws.csv"], ["--max-draws", "2"], ["--all-arms"]):
        done = waltz("run", "four.cfg", *option, cwd=four)
        assert done.returncode == 2 and f"unknown option {option[0]}" in done.stderr


def test_replicates_that_fail_in_an_arm_are_left_out_of_all(small):
    """The arm's economy ends in replicates whose shock comes early."""
    text = SMALL.replace("shocks = {\n", """shocks = {
  end = { date = "2010-03-01"; enabled = false; jitter_days = 400; effects = {
    a = { on = "growth"; of = ["XKX"]; size = -0.5; };
    b = { on = "growth"; of = ["XKX"]; size = -0.5; date = "2011-01-20"; }; }; };
""") + 'arms = { full = { }; end = { set = ["shocks.end.enabled=true"]; }; };\n'  # fmt: skip
    write(small, {"small.cfg": text})
    out, said = reproduce("-n", 40, cwd=small, scenario="small.cfg", code=1)
    table = rows(out / "outcomes.csv")
    failed = {r["replicate"] for r in table if r["status"] != "ok"}
    assert 5 < len(failed) < 35
    assert {r["arm"] for r in table if r["status"] != "ok"} == {"end"}
    assert said == [f"waltz: {len(failed)} replicates failed in some arm and are left out of all; outcomes.csv has the "
                    "causes of the first draw's"]  # fmt: skip
    own = {(r["arm"], r["outcome"]): r for r in rows(out / "arms.csv")}
    for arm in ("full", "end"):
        kept = [float(r["step"]) for r in table if r["arm"] == arm and r["replicate"] not in failed]
        assert own[arm, "step"]["n"] == str(len(kept))
        assert float(own[arm, "step"]["mean"]) == pytest.approx(numpy.mean(kept), abs=1e-8)


def test_a_scenario_in_which_all_fails_is_told(small):
    out, said = reproduce("-n", 2, *EXPLODING, cwd=small, scenario="small.cfg", code=1)
    assert len(said) == 1 and said[0].startswith("waltz: 2 replicates failed in some arm")
    assert {r["path"] for r in rows(out / "arms.csv")} == {"NA"}


# ---- folders ---------------------------------------------------------------------------------------------------------


def test_force_replaces_a_reproduction_by_a_run_and_the_other_way_round(four):
    out, _ = reproduce("-n", 2, cwd=four)
    (out / "report.html").write_text("the page of before")
    assert waltz("run", "four.cfg", "-n", 2, "-o", "out", "--quiet", cwd=four).returncode == 2  # not without --force
    run("four.cfg", "-n", 2, "-o", "out", "--force", cwd=four)
    assert len(list(out.iterdir())) == 5
    reproduce("-n", 2, "--force", cwd=four)
    assert sorted(p.name for p in out.iterdir()) == FILES


@pytest.mark.parametrize("foreign", ["note.txt", "claims.csv.bak", "sub/claims.csv"])
def test_force_does_not_remove_what_no_reproduction_wrote(foreign, four):
    out, _ = reproduce("-n", 2, cwd=four)
    write(out, {foreign: "mine"})
    before = tree(four)
    done = waltz("reproduce", "four.cfg", "-n", 2, "-o", "out", "--force", cwd=four, binary=alone())
    assert (done.returncode, done.stdout) == (2, "")
    assert "so --force does not replace it" in done.stderr
    assert tree(four) == before


@pytest.mark.parametrize("wrong", ["arm", "draw"])
def test_force_keeps_the_old_folder_if_the_new_one_cannot_be(wrong, four):
    reproduce("-n", 2, cwd=four)
    write(four, {"d.csv": "parameters.lambda\n-1\n"})
    before = tree(four)
    more = ["--draws", "d.csv"] if wrong == "draw" else ["--set", 'arms.bad={set=["parameters.eta=-1"];}']
    assert waltz("reproduce", "four.cfg", "-n", 2, "-o", "out", "--force", *more, cwd=four).returncode == 3
    assert tree(four) == before


# ---- the end ---------------------------------------------------------------------------------------------------------


def interrupted(folder, number, arguments, pause=0.0):
    """Sends a signal when the first rows of the scenario's own draw are on the disk, or some time later."""
    with subprocess.Popen(
        [alone(), "reproduce", "four.cfg", "--quiet", "-j", "2", "-o", "out", *map(str, arguments)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        end = time.monotonic() + 60
        try:
            while not any(p.stat().st_size for p in folder.glob(".out.partial-*/outcomes.csv")):
                assert process.poll() is None and time.monotonic() < end
                time.sleep(0.002)
            time.sleep(pause)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, out, err


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_the_scenarios_own_draw_keeps_nothing(number, code, four):
    before = tree(four)
    returned, out, err = interrupted(four, number, ["-n", 20000])
    assert (returned, out) == (code, "")
    assert err == "waltz: stopped before the scenario's own parameters were done; nothing is kept\n"
    assert tree(four) == before


@pytest.mark.parametrize(
    "number, code, word", [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_in_a_later_draw_keeps_the_draws_that_are_done(number, code, word, four):
    planned, n = 400, 40
    values = [f"{2 + k / 100}" for k in range(planned)]
    write(four, {"many.csv": "parameters.lambda\n" + "".join(f"{v}\n" for v in values)})
    returned, out, err = interrupted(four, number, ["-n", n, "--draws", "many.csv"], pause=1.0)
    assert (returned, out) == (code, "out\n"), err
    m = manifest(four / "out")
    kept = m["draws_done"]
    assert 0 < kept < planned
    assert (m["status"], m["draws_planned"], m["replicates_done"]) == ("interrupted", planned, n)
    assert f"waltz: {word} after {kept} of {planned} draws; what is done is kept\n" in err
    assert [r["parameters.lambda"] for r in rows(four / "out/draws.csv")] == ["NA", *values[:kept]]
    assert {r["draws"] for r in rows(four / "out/claims.csv")} == {str(kept)}
    assert sorted(p.name for p in (four / "out").iterdir()) == FILES

    # and they are those of a reproduction of so many
    short, _ = reproduce("-n", n, "--draws", "many.csv", "--max-draws", kept, cwd=four, output="short", code=None)
    names = [name for name in FILES if name != "manifest.json"]
    assert bytes_of(short, names) == bytes_of(four / "out", names)


def test_a_killed_reproduction_leaves_nothing_that_looks_like_results(four):
    returned, out, _ = interrupted(four, signal.SIGKILL, ["-n", 20000])
    assert (returned, out) == (-signal.SIGKILL, "")
    assert [p.name for p in four.iterdir() if "out" in p.name][0].startswith(".out.partial-")
    assert not list(four.rglob("manifest.json"))


@pytest.mark.parametrize("what, arguments", [("rows", "-n 20000"), ("tables", "-n 30 --set scenario.end=2012-12")])
def test_a_full_disk_is_told_and_what_was_there_stays(what, arguments, four):
    arguments += " --quiet -j 2"
    script = f"""
        reproduce() {{ timeout 50 "{alone()}" reproduce four.cfg "$@"; echo code=$?; }}
        mount -o remount,size=3m disk || exit 77
        reproduce -n 2 -o disk/old --quiet 2>/dev/null
        cp -r disk/old before; left=$(df --output=avail -k disk | tail -1)
        head -c $((left - 100))k /dev/zero >disk/filler
        reproduce -o disk/new {arguments}
        reproduce -o disk/old --force {arguments}
        rm disk/filler; ls -A disk; diff -r disk/old before && echo same
    """
    done = in_namespace(script, four)
    assert done.stderr == FULL + FULL, what
    assert done.stdout.split() == ["disk/old", "code=0", "code=1", "code=1", "old", "same"]
