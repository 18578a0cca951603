"""The Python package `analysis`: folders as frames, plots, and the report."""

import csv
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

import numpy
import pytest

from program import EXPLODING, ROOT, SMALL, manifest, rows, run, tree, waltz, write

sys.path.insert(0, str(ROOT))
import analysis as package  # noqa: E402
from analysis import scenario, svg, words  # noqa: E402

sys.path.insert(0, str(ROOT / "tests/reference"))
import scenario_file  # noqa: E402

# SMALL with arms, claims that hold and that do not, a fact, and something to explain.
TOLD = SMALL.replace(
    'focus = ["IRN-RUS"];', 'focus = ["IRN-RUS"]; title = "Two <b>& friends"; explain = ["2010-03..2011-03"];'
).replace(
    "outcomes = {",
    """\
arms = {
  full = { };
  calm = { without = ["quarrel"]; note = "no quarrel at all"; };
  dear = { set = ["parameters.cost_fixed=0.5"]; };
};
claims = {
  up   = { text = "Cooperation steps up"; kind = "paper"; basis = "predicted";
    all = { a = { outcome = "step"; is = "above"; value = 0.0; };
            b = { outcome = "peak"; is = "above"; than = "peak"; than_arm = "dear"; }; }; };
  down = { text = "It rises beyond all bounds"; kind = "paper"; basis = "selected";
    all = { a = { outcome = "step"; is = "above"; value = 9.0; }; }; };
  fact = { text = "There were acts"; kind = "facts"; basis = "facts, never fitted";
    all = { a = { outcome = "peak"; is = "above"; value = 0.0; }; }; };
  rule = { text = "One rule for all"; kind = "paper"; basis = "design"; };
};
outcomes = {
  all_dyads = { measure = "cooperation"; subject = "dyads"; window = "2011-01..2011-06"; minus = "2010-01..2010-12"; };""",
)
assert TOLD.count("arms = {") == 1


def analysis(*arguments, cwd=ROOT, **environment):
    """The command, found from any folder."""
    return subprocess.run(
        ["/usr/bin/python3", "-m", "analysis", *map(str, arguments)],
        cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False,
    )


class Page(html.parser.HTMLParser):
    """What a page holds: its text, tags with attributes, ids and links."""

    def __init__(self, path):
        super().__init__()
        self.source, self.tags, self.text = path.read_text(encoding="utf-8"), [], ""
        self.feed(self.source)
        self.text = re.sub("[ \n]+", " ", self.text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.text += " "

    def handle_data(self, data):
        self.text += "" if self.lasttag == "style" else data

    def values(self, name):
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def report(folder, *more):
    """The page of a folder's report, which must succeed."""
    done = analysis("report", folder, *more)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout == f"{folder}/report.html\n"
    return Page(folder / "report.html")


@pytest.fixture(scope="module", name="done")
def done_fixture(tmp_path_factory):
    """A folder of `waltz run`."""
    folder = tmp_path_factory.mktemp("analysis")
    write(folder, {"small.cfg": SMALL})
    return run("small.cfg", "-n", "12", "-o", "out", cwd=folder)


@pytest.fixture(scope="module", name="reproduced")
def reproduced_fixture(tmp_path_factory):
    """A folder of `waltz reproduce`; without the report that it made."""
    folder = tmp_path_factory.mktemp("reproduced")
    write(folder, {"told.cfg": TOLD, "draws.csv": "parameters.lambda\n" + "".join(f"{5 + k}\n" for k in range(5))})
    done = waltz("reproduce", "told.cfg", "-n", "8", "--draws", "draws.csv", "-o", "out", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "out/report.html").unlink(missing_ok=True)
    return folder / "out"


@pytest.fixture(scope="module", name="page")
def page_fixture(reproduced):
    return report(reproduced)


@pytest.fixture(name="copy")
def copy_fixture(reproduced, tmp_path):
    """A copy of that folder, to be spoilt."""
    return shutil.copytree(reproduced, tmp_path / "copy")


def rewrite(path, change):
    """A CSV file with its rows changed."""
    table = rows(path)
    columns = list(table[0])
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(row for row in table if change(row) is not False)


# ---- folders -----------------------------------------------------------------------------------------------------


def test_tables_are_frames_of_the_files(done):
    folder = package.load(done)
    for name in ("summary", "yearly", "outcomes"):
        table, file = getattr(folder, name), rows(done / f"{name}.csv")
        assert list(table.columns) == list(file[0]) and len(table) == len(file)
        for column in table.columns:
            unknown = [r[column] == "NA" for r in file]
            assert table[column].isna().tolist() == unknown, column
    assert folder.manifest == manifest(done)
    assert folder.scenario.focus == [("IRN", "RUS")]


def test_only_na_is_unknown(reproduced, copy):
    assert package.load(reproduced).claims.criterion.isna().sum() == 0  # the empty one of `rule`
    rewrite(copy / "arms.csv", lambda row: row.update(arm="null") if row["arm"] == "calm" else None)
    arms = package.load(copy).arms
    assert set(arms.arm) == {"full", "null", "dear"}
    assert arms.difference[arms.arm == "full"].isna().all()


def test_tables_that_a_folder_lacks_are_told(done):
    folder = package.load(done)
    with pytest.raises(AttributeError, match=r"holds no claims\.csv"):
        folder.claims
    with pytest.raises(AttributeError, match="may have summary, yearly"):
        folder.sumary
    assert folder.why == [] and "summary" in dir(folder) and "claims" not in dir(folder)


@pytest.mark.parametrize(("files", "why"), [
    (None, "no such folder"),
    ({}, "not a folder of results, as it holds no manifest.json"),
    ({"manifest.json": "{"}, "manifest.json: Expecting property name"),
    ({"manifest.json": "[]"}, "manifest.json is not one of waltz"),
    ({"manifest.json": '{"program": "other"}'}, "manifest.json is not one of waltz"),
])
def test_what_is_no_folder_of_results_is_refused(tmp_path, files, why):
    folder = tmp_path / "folder"
    if files is not None:
        folder.mkdir()
        write(folder, files)
    with pytest.raises(package.FolderError, match=re.escape(why)):
        package.load(folder)
    done = analysis("report", folder)
    assert (done.returncode, done.stdout) == (3, "") and why in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(("measure", "subject", "chosen"), [
    ("polarisation", "system", {"level": "system"}),
    ("insecurity", "XKX", {"iso3_1": "XKX"}),
    ("cooperation", "IRN-RUS", {"iso3_1": "IRN", "iso3_2": "RUS"}),
    ("cooperation", "RUS-IRN", {"iso3_1": "IRN", "iso3_2": "RUS"}),
    ("threat_share", "RUS>IRN", {"iso3_1": "RUS", "iso3_2": "IRN"}),
])
def test_a_series_is_the_rows_of_its_subject(done, measure, subject, chosen):
    wanted = [r for r in rows(done / "summary.csv")
              if r["measure"] == measure and all(r[k] == v for k, v in chosen.items())]
    found = package.load(done).series(measure, subject)
    assert len(found) == 18 and found.date.dt.strftime("%Y-%m-%d").tolist() == [r["date"] for r in wanted]
    assert numpy.array_equal(found["mean"], [float(r["mean"]) for r in wanted])


@pytest.mark.parametrize(("measure", "subject", "why"), [
    ("coperation", "IRN-RUS", "unknown measure 'coperation'; did you mean cooperation"),
    ("cooperation", "IRN-RUSS", "unknown subject 'IRN-RUSS'; did you mean IRN-RUS?"),
    ("threat_share", "IRN-RUS", "there are IRN>RUS, RUS>IRN"),
    ("insecurity", "irn", "did you mean IRN?"),
])
def test_unknown_names_are_told_with_near_ones(done, measure, subject, why):
    with pytest.raises(package.UnknownName, match=re.escape(why)):
        package.load(done).series(measure, subject)


def test_configurations_are_read_as_the_rebuild_reads_them(tmp_path):
    for name in ("iran-russia.cfg", "textbook/sanctions.cfg"):
        text = waltz("check", "--effective", f"configs/{name}").stdout
        write(tmp_path, {"effective.cfg": text})
        assert scenario.read(text) == scenario_file.load(tmp_path / "effective.cfg")
    assert scenario.read('a = "x\\n\\"" "y"; b : [1, -2L, 0x1F]; c = ({ d = 1e-3; }, TRUE) # end') == {
        "a": 'x\n"y', "b": [1, -2, 31], "c": [{"d": 0.001}, True]}
    with pytest.raises(ValueError, match="ends too early"):
        scenario.read("a = {")


# ---- words -------------------------------------------------------------------------------------------------------


def test_every_measure_and_move_of_the_program_has_words():
    for kind, known in (("measures", words.MEASURES), ("moves", words.MOVES)):
        names = [line.split()[0] for line in waltz("list", kind).stdout.splitlines()[1:]]
        assert names and set(names) <= set(known), set(names) - set(known)


def test_every_term_that_is_told_has_words():
    done = waltz("trace", "configs/iran-russia.cfg", "--why", "IRN-RUS", "--tick", "2014-06..2017-06", "--json")
    change = json.loads(done.stdout)["changes"][0]
    assert {t["name"] for u in change["utilities"] for t in u["terms"]} <= set(words.TERMS)


def test_numbers_are_written_for_readers():
    assert [words.num(x) for x in (0.1234, -0.1, -0.0001, 12345.6, None, numpy.nan)] == [
        "0.123", "−0.100", "0.000", "12\u202f346", "–", "–"]
    assert [words.change(x, 1) for x in (0.26, -0.26, 0.0)] == ["+0.3", "−0.3", "0.0"]
    shares = [words.percent(x).replace("\u202f", "") for x in (0, 0.001, 0.5, 0.7975, 0.7999, 0.8, 0.999, 1, numpy.nan)]
    assert shares == ["0%", "<1%", "50%", "79.8%", "79.9%", "80%", ">99%", "100%", "–"]
    assert [words.month(x) for x in (2022.16667, 2016.0, 2023.91667, numpy.nan)] == [
        "2022-03", "2016-01", "2023-12", "–"]
    assert [words.period(x) for x in ("2017-01..2019-12", "2023-01..2023-12", "2022-09..2023-12")] == [
        "2017–2019", "2023", "2022-09 to 2023-12"]


def luminance(colour):
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_colours_of_text_stand_out_from_the_page(mode):
    paper = luminance(svg.PALETTE["paper"][mode])
    for name in ("ink", "muted", "blue", "red", "green", "purple", "ochre"):
        low, high = sorted((paper, luminance(svg.PALETTE[name][mode])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


# ---- plots -------------------------------------------------------------------------------------------------------


def test_a_plot_is_written_where_it_is_asked_for(done, tmp_path):
    magic = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
    for kind, start in magic.items():
        made = analysis("plot", done, "--measure", "cooperation", "--subject", "IRN-RUS", "-o", f"a.{kind}", cwd=tmp_path)
        assert (made.returncode, made.stdout, made.stderr) == (0, f"a.{kind}\n", "")
        assert (tmp_path / f"a.{kind}").read_bytes().startswith(start)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pdf", "a.png", "a.svg"]


def test_a_plot_compares_two_runs_and_names_its_file_itself(done, tmp_path):
    other = run(done.parent / "small.cfg", "-n", "3", "-o", "other", cwd=tmp_path)
    before = tree(done)
    made = analysis("plot", done, "--measure", "threat_share", "--subject", "IRN>RUS", "--compare", other, cwd=tmp_path)
    assert (made.returncode, made.stdout, made.stderr) == (0, "threat_share_IRN_to_RUS.svg\n", "")
    text = (tmp_path / "threat_share_IRN_to_RUS.svg").read_text()
    xml.etree.ElementTree.fromstring(text)
    assert ">out<" in text and ">other<" in text and "IRN toward RUS" in text and "90 % of the runs" in text
    assert tree(done) == before


@pytest.mark.parametrize(("arguments", "code", "why"), [
    (["--measure", "coop", "--subject", "IRN-RUS"], 3, "unknown measure 'coop'"),
    (["--measure", "acts", "--subject", "IRN-USSR"], 3, "unknown subject 'IRN-USSR'; did you mean IRN-RUS?"),
    (["--measure", "acts"], 2, "required: --subject"),
    (["--measure", "acts", "--subject", "IRN-RUS", "-o", "a.gif"], 2, "allowed: a name that ends in .svg, .png, .pdf"),
    (["--measure", "acts", "--subject", "IRN-RUS", "-o", "no/a.svg"], 1, "no/a.svg: No such file or directory"),
    (["--measure", "acts", "--subject", "IRN-RUS", "--compare", "no"], 3, "no: no such folder"),
])
def test_wrong_plots_are_refused(done, tmp_path, arguments, code, why):
    made = analysis("plot", done, *arguments, cwd=tmp_path)
    assert (made.returncode, made.stdout) == (code, "") and why in made.stderr
    assert "Traceback" not in made.stderr and not list(tmp_path.iterdir())


def test_wrong_commands_are_misuse():
    for arguments in ([], ["paint"], ["report"], ["report", "a", "b"], ["plot", "--frame"]):
        made = analysis(*arguments)
        assert (made.returncode, made.stdout) == (2, "") and "usage: analysis" in made.stderr
    assert analysis("--help").returncode == 0


# ---- the report --------------------------------------------------------------------------------------------------


def check_page(page):
    """One file that needs no other, well formed, with figures for those who do not see them."""
    assert page.source.startswith("<!DOCTYPE html>") and len(page.source.encode()) < 2_000_000
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "object", "embed", "image"}
    links = page.values("href") + page.values("src")
    assert all(link.startswith(("#", "data:")) for link in links)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert set(re.findall(r"url\(([^)]*)\)", page.source)) <= {f"#{i}" for i in ids}
    figures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert all(f["role"] == "img" and len(f["aria-label"]) > 20 for f in figures)
    assert not re.search(r"\bnan\b|Undefined|NaT", page.source) and "font-family: DejaVu" not in page.source
    assert set(re.findall(r"#[0-9a-f]{6}\b", page.source.partition("</style>")[2])) == set()


def test_a_report_of_a_run_shows_what_there_is(done):
    page = report(done)
    check_page(page)
    (done / "report.html").unlink()
    yearly = [r for r in rows(done / "yearly.csv") if r["measure"] == "cooperation_economic"]
    assert f"economic {words.num(float(yearly[0]['mean']))} {words.num(float(yearly[-1]['mean']))}" in page.text
    assert "Not in this folder: claims; arms" in page.text and "12 runs" in page.text
    assert "waltz run --quiet small.cfg -n 12 -o out" in page.text and "Mirfakhraei" in page.text
    assert "claim-" not in page.source and "verdict" not in page.text
    step = numpy.mean([float(r["step"]) for r in rows(done / "outcomes.csv")])
    assert words.change(step) in page.text.partition("What was found")[2]


def test_a_report_is_the_same_each_time_and_leaves_nothing_else(copy, page):
    again = report(copy)
    assert again.source == page.source
    assert sorted(p.name for p in copy.iterdir() if p.name.startswith(".")) == []


def test_a_report_tells_each_claim_as_it_came_out(reproduced, page):
    check_page(page)
    said = {"yes": "✓ shown", "no": "✗ not shown"}
    table = {r["id"]: r for r in rows(reproduced / "claims.csv")}
    assert table["down"]["shown"] == "no" and table["fact"]["shown"] == "yes"
    for name in ("up", "down"):
        claim = table[name]
        assert f"{said[claim['shown']]} {words.percent(float(claim['single']))}" in page.text.partition(claim["text"])[2]
    assert "holds by design" in page.text and "Only five other parameter sets were tried" in page.text
    assert "1 of 1 go the right way in the model. Throwing a coin for each" in page.text
    assert "not down" in re.search(r"The scenario’s own parameters show .*?\.", page.text)[0]


def test_a_report_escapes_what_a_scenario_holds(page):
    assert "Two &lt;b&gt;&amp; friends" in page.source and "<b>&" not in page.source


def test_a_report_shows_arms_dyads_and_reasons(reproduced, page):
    arms = {(r["arm"], r["outcome"]): r for r in rows(reproduced / "arms.csv")}
    calm = arms["calm", "step"]
    assert words.change(float(calm["difference"])) in page.text and "no quarrel at all" in page.text
    first = next(r for r in rows(reproduced / "dyads.csv") if r["rank"] == "1")
    assert f"1 {first['iso3_1']} – {first['iso3_2']} {words.change(float(first['mean']))}" in page.text
    focus = next(r for r in rows(reproduced / "dyads.csv") if r["focus"] == "1")
    assert f"rank {focus['rank']} of 6" in page.text
    why = json.loads((reproduced / "why.json").read_text())[0]["changes"][0]["utilities"][0]
    assert f"{words.num(why['utility'][0])} → {words.num(why['utility'][1])}" in page.text


def test_verdicts_are_told_and_a_missed_expectation_stands_first(copy):
    verdicts = {"up": "not", "down": "reproduced", "fact": "partly"}
    rewrite(copy / "claims.csv", lambda row: row.update(
        verdict=verdicts.get(row["id"], row["verdict"]), expected="yes", draws="120"))
    text = report(copy).text
    for said in ("✗ up not reproduced", "✓ down reproduced", "◐ fact partly", "Of the 1 whose basis is",
                 "The scenario expects up to hold, and that is not so here.",
                 "reproduced 1 (down); not reproduced 1 (up)"):
        assert said in text, said


def test_stored_results_stand_beside_a_run(copy, tmp_path):
    stored = shutil.copytree(copy, tmp_path / "stored")
    rewrite(stored / "claims.csv", lambda row: row.update(verdict="reproduced") if row["id"] == "down" else None)
    write(stored, {
        "provenance.json": json.dumps({"commit": "0123abc", "configuration": "another"}),
        "null_model.csv": "variant,id,shown,single,value\nfull,up,yes,0.75,1\nnull_model,up,no,0.125,NA\n",
        "facts_votes.csv": "outcome,votes,n,states,correlation,low,high\n"
                           "all_dyads,agree_change,5,4,0.25,-0.5,0.75\n",
    })
    page = report(copy, "--robustness", stored)
    check_page(page)
    for said in ("0123abc", "of another configuration", "up ✓ 75\u202f% ✗ 12\u202f%", "not told from zero",
                 "down ✗ not shown ✓ reproduced"):
        assert said in page.text.replace("  ", " "), said


def test_a_report_lives_with_what_is_missing(copy):
    for name in ("arms.csv", "conditions.csv", "paths.csv", "searches.csv", "why.json", "yearly.csv"):
        (copy / name).unlink()
    for name in ("dyads.csv", "changes.csv"):
        (copy / name).write_text((copy / name).read_text().splitlines()[0] + "\n")
    check_page(report(copy))


def test_a_report_lives_with_runs_that_all_failed_and_without_focus(small):
    waltz("run", "small.cfg", "-n", "2", "-o", "failed", *EXPLODING, cwd=small)
    page = report(small / "failed")
    check_page(page)
    assert "Two runs of 2 failed" in page.text
    write(small, {"small.cfg": SMALL.replace('focus = ["IRN-RUS"];', "")})
    check_page(report(run("small.cfg", "-n", "1", cwd=small)))


def test_a_report_that_cannot_be_made_leaves_the_old_one(copy):
    (copy / "report.html").write_text("old")
    (copy / "claims.csv").write_text('id,"\n')
    before = tree(copy)
    made = analysis("report", copy)
    assert (made.returncode, made.stdout) == (3, "") and "claims.csv: " in made.stderr
    assert "Traceback" not in made.stderr and tree(copy) == before
