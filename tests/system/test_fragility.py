"""`python3 -m analysis fragility`: changes of a small scenario apply and stay valid, its table goes on after an
interruption, and a shipped row comes out again."""

import json
import re
import shutil
import sys

import pytest

import swept
from program import ROOT, SHIPPED, SMALL, WALTZ, rows, waltz, write
from test_analysis import analysis

sys.path.insert(0, str(ROOT))
from analysis import fragility, variants  # noqa: E402
from analysis.chance import Chance  # noqa: E402
from analysis.folder import FolderError  # noqa: E402

KEPT = ROOT / "configs/robustness/iran-russia"

STATES = """\
iso3,ccode,lat,lon,gdp,milex
IRN,630,35.7,51.4,487.0,10.6
RUS,365,55.8,37.6,1525.0,58.7
USA,2,38.9,-77.0,15049.0,693.6
DEU,255,52.5,13.4,3399.7,45.9
XKX,,42.7,21.2,5.8,0.1
SRB,345,44.8,20.5,41.8,0.9
"""
DYADS = """\
iso3_a,iso3_b,h0,x0_political,x0_institutional
IRN,RUS,0,0.2,0.1
IRN,USA,0.9,0.05,0.05
DEU,XKX,0.1,0.3,0.2
"""
SANCTIONS = """\
id,senders,target,start,end,class,pillars
S1,USA,IRN,2009-06-01,2011-01-01,3,-
S2,DEU;USA;XKX,IRN,2009-06-01,2011-01-01,2,TS
S3,XKX,RUS,2009-06-01,2011-01-01,1,-
S4,DEU,XKX,2009-06-01,,1,S
"""
MANDATES = """\
id,target,start,end,finance
M1,IRN,2009-06-01,2011-01-01,1
M2,XKX,2009-06-01,2011-01-01,1
"""
OBSERVED = """\
iso3_a,iso3_b,political
IRN,RUS,3
DEU,XKX,4
"""
BLOCK = re.compile(r"^(states|dyads|sanctions) = \{.*?\};\n(?=\w)", re.M | re.S)
PARTS = ("states", "dyads", "sanctions", "mandates", "observed")
TABLES = "".join(f'{part} = {{ table = "data/{part}.csv"; }};\n' for part in PARTS)
NOT_JUDGED = """\
  figure = { text = "A figure"; kind = "paper"; all = { a = { outcome = "step"; is = "figure"; value = 0.2; }; }; };
  fact = { text = "Acts"; kind = "facts"; all = { a = { outcome = "peak"; is = "above"; value = 0.0; }; }; };
"""
CLAIMS = swept.CLAIMS.replace("text =", 'kind = "paper"; text =').replace("claims = {", "claims = {\n" + NOT_JUDGED)
TEXT = BLOCK.sub("", SMALL) + swept.ARMS + CLAIMS
TEXT = TEXT.replace('ends = ["S1"];', 'ends = ["S1", "S2", "S3"]; starts = ["S4"];').replace(
    "    effects = {", '    effects = { w = { on = "dispute"; between = ["west", "IRN"]; size = -2.5; };').replace(
    "shocks = {", TABLES + 'groups = {\n  west = ["DEU", "XKX"];\n  small = ["XKX", "SRB"];\n};\nshocks = {')
DRAWS = "parameters.lambda,parameters.omega\n3,0.5\n9,1.5\n5,1\n"


@pytest.fixture(name="world")
def world_fixture(tmp_path):
    return make(tmp_path)


def make(folder, text=TEXT, draws=DRAWS):
    tables = {"states": STATES, "dyads": DYADS, "sanctions": SANCTIONS, "mandates": MANDATES, "observed": OBSERVED}
    files = {f"data/{name}.csv": table for name, table in tables.items()}
    write(folder, {"small.cfg": text, "draws.csv": draws} | files)
    return folder


def plan(folder, **more):
    places = {"work": folder / "work", "kept": folder / "kept"}
    return fragility.made_plan(WALTZ, folder / "small.cfg", folder / "draws.csv", **({"points": 2} | places | more))


def table_of(folder):
    return {row["variant"]: row for row in rows(folder / "robustness/small/fragility.csv")}


def command(folder, *more, code=0):
    """The command in a folder of its own; the sweeps that it ran."""
    words = [WALTZ, "small.cfg", "draws.csv", "--draws", "2", "--replicates", "4", *more]
    done = analysis("fragility", *words, cwd=folder, OMP_NUM_THREADS="1")
    assert done.returncode == code, done.stderr
    return re.findall(r"^(\S+): waltz sweep ", done.stdout, re.M), done


@pytest.fixture(scope="module", name="finished")
def finished_fixture(tmp_path_factory):
    """A folder in which all variants have been run, what was run, and what was printed."""
    folder = make(tmp_path_factory.mktemp("finished"))
    ran, done = command(folder)
    return folder, ran, done.stdout


# ---- what is changed ------------------------------------------------------------------------------


def test_steps_change_by_one_and_keep_their_sign(world):
    told = plan(world).told
    sizes = {name: dict(s.split("=") for s in variants.dispute_sizes(told, change)) for name, change in (
        ("up", variants.stepped(1)), ("down", variants.stepped(-1)), ("whole", variants.whole))}
    a, w = "shocks.quarrel.effects.a.size", "shocks.quarrel.effects.w.size"
    assert sizes == {"up": {a: "2", w: "-3.5"}, "down": {a: "0", w: "-1.5"}, "whole": {w: "-2"}}
    assert [variants.stepped(by)(size) for by, size in ((1, 5.0), (-1, -0.5), (1, -4.5))] == [5.0, 0.0, -5.0]
    assert variants.dispute_sizes(told, variants.stepped(1), "other") == []


def edited(folder, edit):
    """A scenario's tables and text after an edit; the program takes them."""
    copy = variants.Copy(folder / "small.cfg")
    edit(copy)
    (folder / "copy").mkdir()
    path = copy.write(folder / "copy")
    done = waltz("check", path)
    assert done.returncode == 0, done.stderr
    return {name: rows(folder / f"copy/{name}.csv") for name in copy.tables}, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("by, wanted", [(1, ["3", "3", "2", "2"]), (-1, ["2", "1", "1", "1"])])
def test_classes_move_within_their_scale(by, wanted, world):
    tables, text = edited(world, variants.shift_classes(by))
    assert [row["class"] for row in tables["sanctions"]] == wanted
    assert [row | {"class": ""} for row in tables["sanctions"]] == [
        row | {"class": ""} for row in rows(world / "data/sanctions.csv")]
    assert tables["dyads"] == rows(world / "data/dyads.csv")
    assert text == TEXT.replace('"data/', '"')


def test_third_parties_are_no_longer_threatened(world):
    tables, _ = edited(world, variants.without_secondary)
    assert [row["pillars"] for row in tables["sanctions"]] == ["-", "T", "-", "-"]


def test_start_values_are_scaled_by_one_rule(world):
    tables, _ = edited(world, variants.scale_start("h0", 1.25))
    assert [row["h0"] for row in tables["dyads"]] == ["0", "1", "0.125"]
    assert [row["x0_political"] for row in tables["dyads"]] == ["0.2", "0.05", "0.3"]
    shutil.rmtree(world / "copy")
    tables, _ = edited(world, variants.scale_start("x0", 0.8))
    assert [list(row.values())[2:] for row in tables["dyads"]] == [
        ["0", "0.16", "0.08"], ["0.9", "0.04", "0.04"], ["0.1", "0.24", "0.16"]]


def test_a_state_goes_with_all_that_is_its_own(world):
    tables, text = edited(world, variants.without_state("XKX"))
    assert [row["iso3"] for row in tables["states"]] == ["IRN", "RUS", "USA", "DEU", "SRB"]
    assert [(row["iso3_a"], row["iso3_b"]) for row in tables["dyads"]] == [("IRN", "RUS"), ("IRN", "USA")]
    assert [(row["id"], row["senders"]) for row in tables["sanctions"]] == [("S1", "USA"), ("S2", "DEU;USA")]
    assert [row["id"] for row in tables["mandates"]] == ["M1"]
    assert [row["iso3_b"] for row in tables["observed"]] == ["RUS"]
    assert 'ends = ["S1", "S2"]; starts = [];' in text
    assert 'west = ["DEU"];\n  small = ["SRB"];' in text and "XKX" not in text


def test_states_that_are_named_alone_stay(world):
    assert variants.small_states(plan(world)) == ["XKX", "SRB", "DEU"]  # by their economies; the others are named
    make(world, TEXT.replace('west = ["DEU", "XKX"]', 'west = ["DEU"]'))
    assert variants.small_states(plan(world)) == ["XKX", "SRB"]  # without DEU an effect would have nobody on one side


def test_what_does_not_apply_fails(world):
    copy = variants.Copy(world / "small.cfg")
    for edit in (variants.without_state("FRA"), variants.scale_start("y0", 2), variants.scale_start("x0", 1.0)):
        with pytest.raises(variants.Failed):
            edit(copy)
    (world / "inline.cfg").write_text(SMALL, encoding="utf-8")
    copy = variants.Copy(world / "inline.cfg")
    with pytest.raises(variants.Failed, match="no table of sanctions"):
        variants.shift_classes(1)(copy)
    with pytest.raises(variants.Failed, match="nothing in the scenario matches"):
        copy.write(world)


def test_the_shipped_scenario_gives_the_variants_that_were_asked_for(tmp_path):
    draws, places = ROOT / "configs/draws/prior.csv", {"work": tmp_path, "kept": tmp_path}
    shipped = fragility.made_plan(WALTZ, SHIPPED, draws, **places)
    assert shipped.claims == [f"C{n}" for n in (1, 2, 3, 4, 5, 6, "7a", "7b", 8, 9, 12, 13, 14, 15, 16)]
    found = variants.variants(shipped)
    names = [variant.name for variant in found]
    assert len(names) == len({*names}) <= 65
    assert len([variant for variant in found if variant.group == "states"]) >= 6
    for variant in found:
        if variant.edit:
            assert variants.scenario_of(shipped, variant, tmp_path) == tmp_path / "scenario.cfg"


# ---- the table ------------------------------------------------------------------------------------


def test_every_variant_has_its_row(finished):
    folder, ran, printed = finished
    table = table_of(folder)
    assert list(next(iter(table.values()))) == ["variant", "group", "what", "draws", "replicates", "warm", "note"]
    assert list(table) == [variant.name for variant in variants.variants(plan(folder, replicates=4))]
    assert set(ran) == set(table)
    assert {row["group"] for row in table.values()} == {
        "base", "seeds", "replicates", "initiatives", "tick", "order", "initial values", "shock codes", "sanction codes",
        "onset jitter", "states"}
    for name, row in table.items():
        assert (row["draws"], row["note"]) == ("2", "NA") and row["warm"] in ("0", "0.5", "1"), row
        assert row["replicates"] == {"replicates_1": "1", "replicates_16": "16"}.get(name, "4")
    told = json.loads((folder / "robustness/small/fragility.json").read_text(encoding="utf-8"))
    assert list(told["variants"]) == list(table) and (told["points"], told["replicates"]) == (2, 4)
    assert all(v["command"].startswith("waltz sweep results/robustness/small/") for v in told["variants"].values())
    assert re.search(r"^warm +\S+ +\d\.\d\d\.\.\d\.\d\d", printed, re.M)


def test_a_share_is_that_of_the_draws(finished):
    folder, _, _ = finished
    for name in ("base", "steps_up", "without_xkx", "serial"):
        done = waltz("export", folder / f"results/robustness/small/{name}/sweep.db", "-o", folder / name)
        assert done.returncode == 0, done.stderr
        shown = [int(row["shown"]) for row in rows(folder / name / "claims.csv")]
        assert len(shown) == 2 and float(table_of(folder)[name]["warm"]) == sum(shown) / 2


def test_rows_that_are_there_stay_and_one_that_is_asked_for_is_run_again(finished, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(finished[0], folder)
    place = folder / "robustness/small/fragility.csv"
    before = place.read_bytes()
    assert command(folder)[0] == [] and place.read_bytes() == before
    store = folder / "results/robustness/small/seed_2/sweep.db"
    store.write_bytes(b"")
    assert command(folder, "--only", "seed_2")[0] == ["seed_2"]
    assert place.read_bytes() == before and store.stat().st_size > 0
    assert command(folder, "--only", "seed_2", "--replicates", "5", code=3)[0] == []
    assert "rows of other settings" in command(folder, "--only", "seed_2", "--replicates", "5", code=3)[1].stderr
    assert place.read_bytes() == before
    assert "no variant seed_99; allowed: base" in command(folder, "--only", "seed_99", code=3)[1].stderr
    assert command(folder, "--only", "seed_2", "--replicates", "5", "--force")[0] == ["seed_2"]
    assert [(v, row["replicates"]) for v, row in table_of(folder).items()] == [("seed_2", "5")]


def test_an_interruption_loses_one_variant_at_most(finished, tmp_path, monkeypatch):
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    measure, words = fragility.measure, (WALTZ, "small.cfg", "draws.csv")

    def cut_off(of, variant, again):
        if variant.name == "seed_4":
            raise KeyboardInterrupt
        return measure(of, variant, again)

    monkeypatch.setattr(fragility, "measure", cut_off)
    with pytest.raises(KeyboardInterrupt):
        fragility.run(*words, points=2, replicates=4)
    assert list(table_of(tmp_path)) == ["base", "seed_2", "seed_3"]
    ran = command(tmp_path)[0]
    assert ran[0] == "seed_4" and "seed_3" not in ran
    wanted = (finished[0] / "robustness/small/fragility.csv").read_bytes()
    assert (tmp_path / "robustness/small/fragility.csv").read_bytes() == wanted


def test_a_variant_that_fails_says_why_and_is_tried_again(tmp_path):
    draws = "parameters.initiatives,parameters.omega\n3,0.5\n9,1.5\n"
    make(tmp_path, TEXT.replace("size = -2.5", "size = -2.0"), draws)
    names = ["base", "initiatives_4", "steps_whole"]
    assert command(tmp_path, "--only", *names)[0] == ["base"]
    table = table_of(tmp_path)
    assert [(name, row["draws"], row["warm"] == "NA", row["note"]) for name, row in table.items()] == [
        ("base", "2", False, "NA"), ("initiatives_4", "0", True, "the draws set parameters.initiatives"),
        ("steps_whole", "0", True, "changes nothing in this scenario")]
    make(tmp_path, draws=draws)  # the half step is there again
    command(tmp_path)
    table = table_of(tmp_path)
    assert (table["steps_whole"]["draws"], table["initiatives_8"]["draws"]) == ("2", "0")


def test_too_few_draws_are_refused(world):
    with pytest.raises(FolderError, match="has 3 rows"):
        plan(world, points=4)
    with pytest.raises(FolderError, match="small.cfg"):
        plan(make(world, TEXT.replace("h0 = 0.6", "h0 = 6").replace("size = 1.0", "size = 99.0")))


def test_without_a_penalty_claims_on_change_points_are_refused_at_once(world):
    """And others are not; the penalty is that of mean paths, or the one given."""
    onset = """
  onset = { measure = "acts"; subject = "IRN-RUS"; statistic = "onset"; window = "2010-02..2011-01"; trend = "calm"; };"""
    claim = """
  late = { text = "Late"; kind = "paper"; all = { a = { outcome = "onset"; is = "found"; }; }; };"""
    fragility.check_penalty(plan(world))
    make(world, TEXT.replace("outcomes = {", "outcomes = {" + onset).replace("claims = {", "claims = {" + claim))
    done = command(world, code=3)[1]
    assert "no penalty of mean paths, without which late would be unknown" in done.stderr
    assert "waltz sweep" not in done.stdout and not (world / "robustness").exists()
    fragility.check_penalty(plan(world, penalty=3.0))
    for penalty, known in (("NA", False), ("7.5", True)):
        write(world, {"kept/searches.csv": f"reading,penalty\nmeans,{penalty}\nreplicates,5\n"})
        if known:
            fragility.check_penalty(plan(world))
            assert plan(world).penalty == 7.5
        else:
            with pytest.raises(FolderError):
                fragility.check_penalty(plan(world))


def test_only_what_goes_further_than_any_seed_is_marked():
    sure, torn = Chance([0.95, 0.85, 0.9]), Chance([0.7, 0.9, 0.6])
    assert (sure.holds, sure.undecided, torn.holds, torn.undecided) == (True, False, False, True)
    assert fragility.span([0.8, 1.0], sure) == "0.80..1.00 "
    assert fragility.span([0.79, 0.9], sure) == "0.79..0.90*"
    assert fragility.span([0.1, 0.9], torn) == "0.10..0.90 "
    assert fragility.span([0.1, 0.95], torn) == "0.10..0.95*"
    assert (fragility.span([], sure), fragility.span([0.5], None)) == ("NA", "0.50..0.50 ")


# ---- the shipped table ----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_shipped_row_comes_out_again(tmp_path):
    told = json.loads((KEPT / "fragility.json").read_text(encoding="utf-8"))
    more = {name: told[name] for name in ("points", "replicates", "penalty")}
    places = {"work": tmp_path / "work", "kept": tmp_path / "kept"}
    fragility.run(WALTZ, SHIPPED, ROOT / told["draws"], only=["seed_2"], **more, **places)
    lines = (KEPT / "fragility.csv").read_bytes().splitlines()
    (shipped,) = [line for line in lines if line.startswith(b"seed_2,")]
    assert (tmp_path / "kept/fragility.csv").read_bytes().splitlines() == [lines[0], shipped]
