"""Input that is wrong, by mistake or malice: told with its place, exit 3, nothing written."""

import csv
import io
import os
import random
import re
import threading

import pytest

from program import SHIPPED, SMALL, tree, waltz, write

STATES = "iso3,lat,lon,gdp,milex\nIRN,35.7,51.4,487,10.6\nRUS,55.8,37.6,1525,58.7\n"


def noise(n):
    return random.Random(1).randbytes(n)


def with_table(table):
    """SMALL with its states from a table."""
    start, end = SMALL.index("  IRN = {"), SMALL.index("};\ndyads")
    text = SMALL[:start] + '  table = "data/states.csv";\n' + SMALL[end:]
    return {"small.cfg": text, "data/states.csv": table}


def with_dyads(table):
    """SMALL with its dyads from a table."""
    start, end = SMALL.index("dyads = {"), SMALL.index("sanctions")
    return {"small.cfg": SMALL[:start] + 'dyads = { table = "data/dyads.csv"; };\n' + SMALL[end:], "data/dyads.csv": table}


def changed(old, new):
    assert SMALL.count(old) == 1
    return {"small.cfg": SMALL.replace(old, new)}


# files, and the messages (regular expressions) of which each must stand on stderr
CASES = {
    "empty file": ({"small.cfg": ""}, [r"small\.cfg: the file is empty"]),
    "noise": ({"small.cfg": noise(1 << 20)}, [r"small\.cfg:\d+: a NUL byte: this is not a text file"]),
    "noise without NUL": ({"small.cfg": noise(1 << 20).replace(b"\0", b"")}, [r"small\.cfg:\d+: "]),
    "a folder": ({"small.cfg/x": ""}, [r"small\.cfg: cannot read: it is a folder, not a file"]),
    "a missing file": ({}, [r"small\.cfg: cannot read: No such file or directory"]),
    "a binary": ({"small.cfg": b"\x7fELF" + noise(5000)}, [r"small\.cfg:\d+: a NUL byte"]),
    "deep groups": ({"small.cfg": "a = " + "{ b = " * 100000}, [r"small\.cfg:1: "]),
    "deep groups that close": ({"small.cfg": "a = " + "{ b = " * 100000 + "1;" + "};" * 100000}, [r"small\.cfg:1: "]),
    "deep lists": ({"small.cfg": "a = " + "(" * 100000 + ")" * 100000 + ";"}, [r"small\.cfg:1: "]),
    "no scenario": ({"small.cfg": "states = { };\n"}, [r'small\.cfg: scenario: "name" is missing']),
    "syntax": (changed("spinup = 3", "spinup = = 3"), [r"small\.cfg:1: syntax error"]),
    "a quote that never closes": (changed('"small"', '"small'), [r"small\.cfg:\d+: "]),
    "unknown key": (changed("spinup = 3", "spinups = 3"), [r'small\.cfg:1: .*"spinups"; did you mean "spinup"\?']),
    "unknown section": ({"small.cfg": SMALL + "friends = { };\n"}, [r'small\.cfg:\d+: unknown section "friends"']),
    "wrong type": (changed("gdp = 487.0", 'gdp = "487"'), [r"small\.cfg:4: states\.IRN\.gdp = 487: must be a number"]),
    "32 bits": (changed("gdp = 487.0", "gdp = 5000000000"), [r"small\.cfg:4: 5000000000 does not fit 32 bits"]),
    "1e999": (changed("gdp = 487.0", "gdp = 1e999"), [r"small\.cfg:4: states\.IRN\.gdp = inf: must be a finite"]),
    "out of range": (changed("lat = 35.7", "lat = 95.7"), [r"small\.cfg:4: .* out of range; allowed: -90 \.\. 90"]),
    "unknown state": (changed('["USA", "IRN"]', '["USA", "IRQ"]'), [r'small\.cfg:\d+: .*"IRQ"; did you mean "IRN"\?']),
    "duplicate state": (changed("  RUS = {", "  IRN = {"), [r"small\.cfg:5: duplicate setting name"]),
    "duplicate row": (with_table(STATES + "IRN,1,1,1,1\n"), [r"data/states\.csv:4: states\.IRN stands twice"]),
    "dyad with itself": (changed("IRN-USA", "USA-USA"), [r"small\.cfg:9: dyads\.USA-USA: names no two different"]),
    "dyad twice": (changed("IRN-USA", "RUS-IRN"), [r"small\.cfg:9: dyads\.RUS-IRN stands twice"]),
    "no such date": (changed('date = "2010-06-01"', 'date = "2099-13-77"'), [r"small\.cfg:14: .* no such date"]),
    "end before start": (changed('end = "2011-06"', 'end = "2009-06"'), [r"small\.cfg:1: scenario\.end lies before"]),
    "one state": (with_table(STATES[: STATES.index("RUS")]), [r"small\.cfg:4: 1 states; allowed: 2 to 256"]),
    "no states": (with_table("iso3,lat,lon,gdp,milex\n"), [r"small\.cfg:4: 0 states; allowed: 2 to 256"]),
    "missing column": (with_table("iso3,lat,lon,gdp\nIRN,1,1,1\n"), [r'states\.csv:1: .*column "milex" is missing']),
    "missing cell": (with_table(STATES + "USA,1,1,1\n"), [r"states\.csv:4: 4 cells in a table of 5 columns"]),
    "decimal comma": (
        with_table(STATES.replace(",", ";").replace("35.7", "35,7")),
        [r"states\.csv:2: states\.IRN\.lat = 35,7: a decimal comma\? write a point"],
    ),
    "empty table": (with_table(""), [r"data/states\.csv: the table is empty"]),
    "missing table": (
        {"small.cfg": with_table("")["small.cfg"]},
        [r'small\.cfg:4: cannot read "data/states\.csv": No such file'],
    ),
    "table of noise": (with_table(noise(1 << 20).replace(b"\0", b"")), [r"(states\.csv|small\.cfg):\d+: "]),
    "table of quotes": (with_table('"' * 100001), [r"states\.csv:1: "]),
    "table in UTF-16": (with_table(STATES.encode("utf-16")), [r"states\.csv:1: a NUL byte"]),
    "touching the focus": (
        changed('["USA", "IRN"]', '["RUS", "IRN"]'),
        [r"small\.cfg:15: shocks\.quarrel\.effects\.a touches IRN-RUS: .*invariant 1"],
    ),
    "unknown measure": (
        changed('"acts"', '"act"'),
        [r'small\.cfg:\d+: outcomes\.peak\.measure: unknown measure "act"; did you mean "acts"\?'],
    ),
    "unknown subject": (
        changed('measure = "acts"; subject = "IRN-RUS"', 'measure = "acts"; subject = "IRN"'),
        [r'small\.cfg:\d+: outcomes\.peak\.subject: "IRN" is none of the scenario for acts; allowed: two states'],
    ),
    "window outside": (
        changed("2010-01..2011-06", "2010-01..2012-06"),
        [r"small\.cfg:\d+: outcomes\.peak\.window reaches beyond the months recorded"],
    ),
    "include of itself": ({"small.cfg": '@include "small.cfg"\n' + SMALL}, [r"small\.cfg:1: @include .* in a circle"]),
    "dyad in both directions": (
        changed("IRN-USA = { h0 = 0.6; };", "USA-XKX = { h0 = 0.6; };\n  XKX-USA = { h0 = 0.7; };"),
        [r"small\.cfg:10: dyads\.XKX-USA stands twice; first at small\.cfg:9\n"],
    ),
    "dyad in both directions in a table": (
        with_dyads("iso3_a,iso3_b,h0\nUSA,XKX,0.6\nIRN,USA,0.1\nXKX,USA,0.7\n"),
        [r"data/dyads\.csv:4: dyads\.XKX-USA stands twice; first at data/dyads\.csv:2\n"],
    ),
    "no states inline": (
        {"small.cfg": SMALL[: SMALL.index("states")] + "states = { };\n"},
        [r"small\.cfg:3: 0 states; allowed: 2 to 256"],
    ),
    "2,000 states": (
        with_table("iso3,lat,lon,gdp,milex\n" + "".join(f"A{k},1,1,1,1\n" for k in range(2000))),
        [r"small\.cfg:4: 2000 states; allowed: 2 to 256 \(each month's structure is kept as matrices of states by states\)"],
    ),
    "decimal comma in quotes": (
        with_table(STATES.replace("35.7", '"35,7"')),
        [r"states\.csv:2: states\.IRN\.lat = 35,7: a decimal comma\? write a point"],
    ),
    "decimal comma among commas": (
        with_table(STATES.replace("35.7", "35,7")),
        [r"states\.csv:2: 6 cells in a table of 5 columns; a number has a decimal point"],
    ),
    "decimal comma in a scenario": (changed("lat = 35.7", "lat = 35,7"), [r"small\.cfg:4: syntax error"]),
    "a table in Latin-1": (
        with_table(STATES.replace("milex", "milex,name").replace("10.6", "10.6,Irán").encode("latin-1")),
        [r"states\.csv:2: the byte 0xE1 is no UTF-8, maybe Latin-1; allowed: UTF-8 text"],
    ),
    "a scenario in Latin-1": (
        {"small.cfg": SMALL.replace("IRN = { ", 'IRN = { name = "Irán"; ').encode("latin-1")},
        [r"small\.cfg:4: the byte 0xE1 is no UTF-8, maybe Latin-1"],
    ),
    "a NUL byte": ({"small.cfg": SMALL.replace("};", "\0};", 1)}, [r"small\.cfg:2: a NUL byte"]),
    "a table with a NUL byte": (with_table(STATES.replace("RUS", "RUS\0")), [r"states\.csv:3: a NUL byte"]),
    "a table cut in a quote": (with_table(STATES + 'USA,"38'), [r"states\.csv:4: a quote opens and never closes"]),
    "a table cut in a row": (with_table(STATES + "USA,38"), [r"states\.csv:4: 2 cells in a table of 5 columns\n"]),
    "a scenario cut in a quote": ({"small.cfg": SMALL[: SMALL.index("2011-06") + 4]}, [r"small\.cfg:1: a quote opens"]),
    "a scenario cut in a group": ({"small.cfg": SMALL[: SMALL.index("  XKX")]}, [r"small\.cfg:6: syntax error"]),
    "10 MB of a word": ({"small.cfg": "x" * 10**7}, [r"small\.cfg:1: syntax error"]),
    "10 MB of digits": ({"small.cfg": "a = " + "5" * 10**7}, [r"small\.cfg:1: 5+"]),
    "10 MB of whole numbers": ({"small.cfg": f"a = [{'1,' * 5 * 10**6}1];"}, [r'small\.cfg:1: unknown section "a"']),
    "10 MB of wide numbers": ({"small.cfg": f"a = [{'5000000000,' * 10**6}1];"}, [r"small\.cfg:1: .* 32 bits"]),
    "10 MB of names": ({"small.cfg": " ".join(f"a{k}=1;" for k in range(10**6))}, [r"small\.cfg:1: too many names"]),
    "10 MB of items": (
        changed('["USA"]', "[" + '"XYZ",' * 1600000 + '"USA"]'),
        [r'small\.cfg:\d+: sanctions\.S1: unknown state or group "XYZ"', "… and 1599900 errors more"],
    ),
    "10 MB of a cell": (with_table(STATES + "A" * 10**7 + ",1,1,1,1\n"), [r"states\.csv:4: states\.A+: not a name here"]),
    "10 MB of columns": (with_table("iso3" + ",x" * 5 * 10**6), [r"states\.csv:1: more than 64 columns"]),
    "10 MB of quotes": (with_table('"' * 10000001), [r"states\.csv:1: a quote opens"]),
    "10 MB of lines": (with_table("\n" * 10**7), [r"states\.csv: the table is empty"]),
    "10 MB of one row": (with_table(STATES + "IRN,1,1,1,1\n" * 800000), [r"states\.csv:4: states\.IRN stands twice"]),
    "two at once": (
        changed("lat = 35.7; lon = 51.4", "lat = 95.7; lon = 251.4"),
        [r"small\.cfg:4: states\.IRN\.lat", r"small\.cfg:4: states\.IRN\.lon", r"small\.cfg: 2 errors"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_with_its_place_and_nothing_is_written(case, tmp_path):
    files, messages = CASES[case]
    write(tmp_path, files)
    before = tree(tmp_path)
    for command in ("run", "check"):
        done = waltz(command, "small.cfg", cwd=tmp_path, timeout=20)
        assert (done.returncode, done.stdout) == (3, ""), done.stderr
        for message in messages if command == "check" else messages[:1]:
            assert re.search(message, done.stderr), done.stderr
        assert len(done.stderr) < 300000
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "text, message",
    [
        ("parameters.lamda=1", r'parameters: unknown key "lamda"; did you mean "lambda"\?'),
        ("parameters.lambda=1e999", "must be a finite number"),
        ("parameters.lambda=2,5", "a decimal comma"),
        ("states.USA.gdp=5000000000", "does not fit 32 bits"),
        ("shocks.quarrel.date=2099-13-77", "no such date"),
        ("shocks.quarrel.effects.a.between=[\"IRN\",\"RUS\"]", "invariant 1"),
        ("dyads.IRN-RUS.h0=0.5", "invariant 1"),
        ("nothing", "write --set path=value"),
    ],
)
def test_bad_settings_name_the_option(text, message, small):
    done = waltz("run", "small.cfg", "--set", text, cwd=small)
    assert (done.returncode, done.stdout) == (3, "")
    assert re.search(message, done.stderr), done.stderr
    assert f"--set {text}: " in done.stderr or re.search(r"small\.cfg:15: ", done.stderr)
    assert [p.name for p in small.iterdir()] == ["small.cfg"]


def test_messages_hold_no_control_characters(tmp_path):
    write(tmp_path, with_table("\x1b[31mred\x07,iso3\nIRN,1\n"))
    done = waltz("check", "small.cfg", cwd=tmp_path)
    assert done.returncode == 3
    assert 'unknown key "?[31mred?"' in done.stderr


# ---- what is odd, but right ----------------------------------------------------------------------

CELLS = [
    ["iso3", "name", "lat", "lon", "gdp", "milex"],
    ["IRN", 'Irán, the "IR"', "35.7", "51.4", "487", "10.6"],
    ["RUS", "Росси́я", "55.8", "37.6", "1525", "58.7"],
    ["USA", "U;S", "38.9", "-77", "15049", "693.6"],
    ["XKX", "", "42.7", "21.2", "5.8", "0.1"],
]


def dialect(**form):
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n"} | form).writerows(CELLS)
    return out.getvalue()


DIALECTS = {
    "CRLF": dialect(lineterminator="\r\n"),
    "byte order mark": "\ufeff" + dialect(),
    "quotes everywhere": dialect(quoting=csv.QUOTE_ALL),
    "semicolons": dialect(delimiter=";"),
    "Excel": "\ufeff" + dialect(delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL),
    "no last line end": dialect().rstrip("\n"),
    "blank lines": dialect(lineterminator="\n\r\n\n"),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_table_of_any_dialect_gives_the_same_scenario(name, tmp_path):
    write(tmp_path, with_table(dialect()))
    plain = waltz("check", "--effective", "small.cfg", cwd=tmp_path)
    write(tmp_path, {"data/states.csv": DIALECTS[name]})
    done = waltz("check", "--effective", "small.cfg", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == plain.stdout
    assert 'name = "Irán, the \\"IR\\""' in done.stdout and 'name = "Росси́я"' in done.stdout


@pytest.mark.parametrize(
    "text",
    [SMALL.replace("\n", "\r\n"), "\ufeff" + SMALL, SMALL.replace("\n", " "), f"# {'x' * 10**7}\n{SMALL}"],
    ids=["CRLF", "byte order mark", "one line", "a comment of 10 MB"],
)
def test_a_scenario_of_any_dialect_is_the_same(text, small):
    plain = waltz("check", "--effective", "small.cfg", cwd=small)
    write(small, {"small.cfg": text})
    done = waltz("check", "--effective", "small.cfg", cwd=small, timeout=20)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", plain.stdout)


def test_a_title_of_10_megabytes_comes_out_whole(small):
    title = "Ü" * 5 * 10**6
    write(small, {"small.cfg": SMALL.replace('name = "small"', f'name = "small"; title = "{title}"')})
    done = waltz("check", "--effective", "small.cfg", cwd=small, timeout=20)
    assert done.returncode == 0 and f'title = "{title}";' in done.stdout


def test_a_shock_outside_the_months_recorded_is_warned_of_and_run(small):
    write(small, {"small.cfg": SMALL.replace("2010-06-01", "2012-06-01").replace('ends = ["S1"]; ', "")})
    done = waltz("run", "small.cfg", "-n", "2", "-o", "out", cwd=small)
    assert done.returncode == 0
    assert "small.cfg:14: warning: shocks.quarrel lies outside the months recorded\n" in done.stderr
    assert len((small / "out/outcomes.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize("end", range(10, len(SMALL), 97))
def test_a_scenario_cut_anywhere_is_refused_with_a_message(end, tmp_path):
    write(tmp_path, {"small.cfg": SMALL[:end]})
    done = waltz("check", "small.cfg", cwd=tmp_path)
    assert done.returncode == 3
    assert re.search(r"^small\.cfg(:\d+)?: ", done.stderr), done.stderr


# ---- mutations -----------------------------------------------------------------------------------

PIECES = [
    b"{", b"}", b";", b"=", b"(", b")", b"[", b"]", b'"', b"#", b"/*", b"*/", b'@include "x"', b"\n", b"-1", b"1e308",
    b"1e999", b"99999999999", b"0x7fffffff", b"true", b'"USA"', b'"IRN-RUS"', b"\xff", b"\xef\xbb\xbf", b"\x01", b"\0",
    b'"2099-13-77"', b'"9999-12-31"', b"shocks", b"table", b"A" * 300, b",", b"..", b"NA",
]


def mutated(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            data[at:at] = rng.choice(PIECES)
        elif kind == 2:
            del data[at : at + rng.choice([1, 2, 5, 30, 400])]
        elif kind == 3:
            source = rng.randrange(len(data) + 1)
            data[at:at] = data[source : source + rng.choice([5, 40, 300])]
        else:
            data[at : at + rng.choice([1, 4])] = rng.choice(PIECES)
    return bytes(data)


@pytest.mark.parametrize("seed", range(60))
def test_mutated_files_are_taken_whole_or_refused_with_a_message(seed, tmp_path):
    rng = random.Random(seed)
    files = {p.relative_to(SHIPPED.parent).as_posix(): p.read_bytes() for p in SHIPPED.parent.rglob("*.csv")}
    files["a.cfg"] = SHIPPED.read_bytes()
    victim = "a.cfg" if seed % 2 else rng.choice(["data/states.csv", "data/dyads.csv", "data/sanctions.csv"])
    files[victim] = mutated(files[victim], rng)
    write(tmp_path, files)
    done = waltz("check", "--effective", "a.cfg", cwd=tmp_path, timeout=20)
    assert done.returncode in (0, 3)
    if done.returncode == 3:
        assert re.search(r"^(a\.cfg|data/\w+\.csv)(:\d+)?: ", done.stderr, re.M), done.stderr
        return
    write(tmp_path, {"b.cfg": done.stdout.encode("utf-8", "surrogateescape")})
    assert waltz("check", "--effective", "b.cfg", cwd=tmp_path).stdout == done.stdout


def fed(fifo, text):
    """Writes a text into a FIFO as soon as somebody reads it."""
    os.mkfifo(fifo)
    thread = threading.Thread(target=fifo.write_text, args=(text,), daemon=True)
    thread.start()
    return thread


def test_what_can_be_read_only_once_is_read_once(small):
    fed(small / "dyads.csv", "iso3_a,iso3_b,h0\nIRN,USA,0.25\n")
    text = re.sub(r"dyads = .*", 'dyads = { table = "dyads.csv"; };', SMALL, count=1)
    write(small, {"piped.cfg": text})
    done = waltz("check", "--effective", "piped.cfg", cwd=small, timeout=20)
    assert done.returncode == 0 and "h0 = 0.25;" in done.stdout
    fed(small / "whole.cfg", SMALL)
    assert waltz("check", "whole.cfg", cwd=small, timeout=20).returncode == 0
