"""Tables of draws for `waltz reproduce`: what they may look like, and what is told of a wrong one before it runs."""

import time

import pytest

from program import manifest, rows, tree, waltz, write
from reproduced import SCENARIO, reproduce


@pytest.fixture(name="four")
def four_fixture(tmp_path):
    """A folder that holds four.cfg."""
    write(tmp_path, {"four.cfg": SCENARIO})
    return tmp_path


@pytest.mark.parametrize(
    "table, values",
    [
        ("parameters.lambda,parameters.eta\n3,0.5\n8,0.9\n", [["3", "0.5"], ["8", "0.9"]]),
        ("parameters.lambda;parameters.eta\r\n3;0.5\r\n8;0.9\r\n", [["3", "0.5"], ["8", "0.9"]]),
        ("\ufeffparameters.lambda\n3\n\n8", [["3"], ["8"]]),
        ('parameters.lambda,shocks.quarrel.note\n3,"a, ""b"""\n', [["3", 'a, "b"']]),
    ],
)
def test_draws_come_with_commas_or_semicolons_and_any_ends_of_line(table, values, four):
    (four / "d.csv").write_bytes(table.encode())
    out, _ = reproduce("-n", 2, "--draws", "d.csv", cwd=four)
    found = rows(out / "draws.csv")
    assert [[v for k, v in r.items() if "." in k] for r in found[1:]] == values
    assert [r["draw"] for r in found] == [str(k) for k in range(len(values) + 1)]
    assert found[0]["parameters.lambda"] == "NA" and list(found[0])[-1] == "shown_design"


def test_draws_bear_the_names_that_the_table_gives(four):
    write(four, {"d.csv": f'parameters.lambda,draw\n3,first\n4,"a, b"\n5,{"ä" * 40}\n'})
    out, _ = reproduce("-n", 2, "--draws", "d.csv", cwd=four)
    found = rows(out / "draws.csv")
    assert [r["draw"] for r in found] == ["0", "first", "a, b", "ä" * 15]
    assert [r["parameters.lambda"] for r in found] == ["NA", "3", "4", "5"]


def test_at_most_so_many_draws_are_run(four):
    write(four, {"d.csv": "parameters.lambda\n3\n4\n5\n"})
    for most, n in ((1, 1), (2, 2), (3, 3), (99, 3)):
        out, _ = reproduce("-n", 2, "--draws", "d.csv", "--max-draws", most, "--force", cwd=four)
        assert [r["parameters.lambda"] for r in rows(out / "draws.csv")] == ["NA", "3", "4", "5"][: n + 1]
        assert manifest(out)["draws_planned"] == n
        assert {r["draws"] for r in rows(out / "claims.csv")} == {str(n)}
    for bad in ("0", "-1", "x", "1.5"):
        done = waltz("reproduce", "four.cfg", "--max-draws", bad, cwd=four)
        assert done.returncode == 2 and f"--max-draws {bad}: allowed: a whole number" in done.stderr


FOCUS = "dyads.AAA-BBB changes the baseline of a focus dyad by hand"
REFUSED = {
    "unknown path": ("parameters.lamda\n1\n",
                     ['unknown key "lamda"; did you mean "lambda"?', "d.csv:2: this draw is refused"]),
    "unknown section": ("color\n1\n", ['unknown section "color"', "d.csv:2: this draw"]),
    "out of range": ("parameters.lambda\n2\n-3\n",
                     ["parameters.lambda = -3: out of range; allowed: 0 .. ", "d.csv:3: this draw"]),
    "unknown value": ("parameters.lambda\n2\n3\n\nNA\n",
                      ["parameters.lambda = NA: must be a number", "d.csv:5: this draw"]),
    "an empty cell": ("parameters.lambda,parameters.eta\n2,\n", ["parameters.eta", "d.csv:2: this draw"]),
    "no file": (None, ['--draws: cannot read "d.csv": No such file or directory']),
    "an empty file": ("", ["d.csv: the table is empty; a header with names of columns is needed"]),
    "a header alone": ("parameters.lambda\n", ["d.csv:1: no draws; allowed: one row or more"]),
    "a short row": ("parameters.lambda,parameters.eta\n2\n", ["d.csv:2: 1 cells in a table of 2 columns"]),
    "a decimal comma": ("parameters.lambda,parameters.eta\n2,5,1\n",
                        ["d.csv:2: 3 cells in a table of 2 columns; a number has"]),
    "a column twice": ("parameters.lambda,parameters.lambda\n1,2\n",
                       ['column "parameters.lambda": allowed: a name that no other']),
    "names twice": ("draw,draw,parameters.lambda\n1,2,3\n",
                    ['column "draw": allowed: a name that no other column has']),
    "no name": ("parameters.lambda,\n1,2\n", ['d.csv:1: column "": allowed: draw, or a path as parameters.lambda']),
    "a setting": ("parameters.lambda=2\n1\n", ['column "parameters.lambda=2": allowed: draw, or a path']),
    "no text": ("parameters.lambda\n\x00\n", ["d.csv"]),
    "the focus": ("dyads.AAA-BBB.h0\n0.5\n", [FOCUS, "d.csv:2: this draw"]),
    "an effect": ('shocks.quarrel.effects.a.between\n"[""AAA"",""BBB""]"\n',
                  ["it cannot be told (invariant 1)", "d.csv:2"]),
    "an act": ('sanctions.S1.senders\n"[""BBB""]"\n', ["sanctions.S1 is an act of BBB on AAA", "d.csv:2"]),
    "other states": ('states.EEE\n"{lat=1.0;lon=1.0;gdp=1.0;milex=1.0;}"\n',
                     ["other states; allowed: the same in all arms"]),
} | {
    name: (f"{path}\n{value}\n", [f'd.csv:1: column "{path}": allowed: what may differ between draws'])
    for name, path, value in [
        ("another end", "scenario.end", "2013-12"), ("another start", "scenario.start", "2009-01"),
        ("no focus", "scenario.focus", "[]"), ("another frame", "scenario", "{}"), ("arms", "arms.quiet.without", "[]"),
        ("claims", "claims.first.expect", "false"), ("readings", "outcomes.step.window", "2010-01..2010-02"),
        ("groups", "groups.far", "[]"),
    ]
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_of_draws_that_is_wrong_is_refused_with_its_line(case, four):
    table, messages = REFUSED[case]
    if table is not None:
        (four / "d.csv").write_bytes(table.encode())
    before = tree(four)
    done = waltz("reproduce", "four.cfg", "--quiet", "-n", 2, "-o", "out", "--draws", "d.csv", cwd=four)
    assert (done.returncode, done.stdout) == (3, "")
    for message in messages:
        assert message in done.stderr
    assert tree(four) == before


def test_all_draws_are_looked_at_before_the_first_is_run(four):
    """A slip in the last row costs no hours; every wrong row is told, once."""
    write(four, {"d.csv": "parameters.lambda\n" + "2\n" * 50 + "-1\n" + "2\n" * 10 + "NA\n"})
    start = time.monotonic()
    done = waltz("reproduce", "four.cfg", "--quiet", "-n", 10**6, "-o", "out", "--draws", "d.csv", cwd=four)
    assert done.returncode == 3 and time.monotonic() - start < 20
    assert "d.csv:52: this draw is refused" in done.stderr and "d.csv:63: this draw is refused" in done.stderr
    assert done.stderr.count("out of range") == done.stderr.count("must be a number") == 1


def test_a_table_of_draws_that_is_a_folder_is_told(four):
    done = waltz("reproduce", "four.cfg", "--draws", ".", "-n", 2, cwd=four)
    assert done.returncode == 3 and "--draws" in done.stderr
