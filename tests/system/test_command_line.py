"""Commands, options, exit codes and what goes to which stream."""

import json
import os
import pty
import re
import subprocess

import pytest

from program import SHIPPED, WALTZ, rows, run, waltz

COMMANDS = ["run", "trace", "check", "list"]
KINDS = ["moves", "parameters", "terms", "measures", "effects", "keys"]
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def test_help_goes_to_stdout_with_0():
    for word in ("--help", "-h", "help"):
        done = waltz(word)
        assert (done.returncode, done.stderr) == (0, "")
        assert all(f"  {command} " in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_goes_to_stdout_with_0(command):
    long, short = waltz(command, "--help"), waltz(command, "-h")
    assert (long.returncode, long.stderr) == (0, "")
    assert long.stdout.startswith(f"usage: waltz {command} ")
    assert long.stdout == short.stdout


def test_version_names_program_model_and_commit():
    done = waltz("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"waltz \d+\.\d+\.\d+ \(model \d+, commit \S+, (gcc|clang) .*, GSL [\d.]+\)\n", done.stdout)


MISUSE = {
    "nothing": ([], "usage: waltz COMMAND"),
    "unknown command": (["frobnicate"], 'unknown command "frobnicate"; `waltz --help` lists them'),
    "slip in a command": (["rnu"], 'unknown command "rnu"; did you mean "run"?'),
    "empty command": ([""], 'unknown command ""'),
    "command in capitals": (["RUN"], 'did you mean "run"?'),
    "run without scenario": (["run"], "one scenario is needed"),
    "run with two scenarios": (["run", "a.cfg", "b.cfg"], "one scenario is needed"),
    "check without file": (["check"], "which file?"),
    "check --effective of two": (["check", "--effective", "a", "b"], "--effective takes one file"),
    "list without kind": (["list"], "a kind is needed; allowed: moves, parameters,"),
    "slip in a kind": (["list", "parametrs"], 'did you mean "parameters"?'),
    "unknown kind": (["list", "friends"], '"friends" is no kind; allowed: '),
    "shocks of no scenario": (["list", "shocks"], "of which scenario?"),
    "unknown option": (["run", "--frobnicate", "a"], "unknown option --frobnicate\n"),
    "slip in an option": (["run", "--replicats", "5", "a"], "did you mean --replicates?"),
    "slip in an option with value": (["run", "--quite=1", "a"], "did you mean --quiet?"),
    "ambiguous option": (["run", "--repl", "5", "a"], "unknown option --repl"),
    "option of another command": (["check", "--quiet", "a"], "unknown option --quiet"),
    "unknown letter": (["run", "-z", "a"], "unknown option -z\n"),
    "unknown letter after an option": (["run", "--quiet", "-zq", "a"], "unknown option -z\n"),
    "option without its value": (["run", "a", "--set"], "--set needs a value"),
    "letter without its value": (["run", "a", "-n"], "-n needs a value"),
    "value for a switch": (["run", "--quiet=yes", "a"], "--quiet takes no value"),
    "no replicates": (["run", "-n", "0", "a"], "--replicates 0: allowed: a whole number of 1 .. 268435456"),
    "negative replicates": (["run", "-n", "-5", "a"], "--replicates -5: allowed: "),
    "too many replicates": (["run", "-n", "268435457", "a"], "--replicates 268435457: allowed: "),
    "replicates in words": (["run", "-n", "ten", "a"], "--replicates ten: allowed: "),
    "replicates with a unit": (["run", "-n", "10k", "a"], "--replicates 10k: allowed: "),
    "broken number": (["run", "-n", "1e3", "a"], "--replicates 1e3: allowed: "),
    "seed beyond 64 bits": (["run", "-s", "18446744073709551616", "a"], "--seed 18446744073709551616: allowed: "),
    "negative seed": (["run", "-s", "-1", "a"], "--seed -1: allowed: "),
    "no threads": (["run", "-j", "0", "a"], "--threads 0: allowed: "),
    "record something": (["run", "--record", "everything", "a"], "--record everything: allowed: dyads"),
    "output without a name": (["run", "-o", "", "a"], "--output needs the name of a folder"),
    "one and many": (["run", "-n", "3", "--replicate", "1", "a"], "-n and --replicate exclude each other"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_misuse_is_told_on_stderr_with_2(case, tmp_path):
    arguments, message = MISUSE[case]
    done = waltz(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert not list(tmp_path.iterdir())


def test_options_may_stand_anywhere(small):
    for arguments in (
        ["run", "small.cfg", "-n", "3", "-o", "a", "--quiet"],
        ["run", "-n3", "--quiet", "--output=b", "small.cfg"],
        ["run", "--replicates", "3", "--output", "c", "--quiet", "--", "small.cfg"],
    ):
        done = waltz(*arguments, cwd=small)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert (small / "a/outcomes.csv").read_bytes() == (small / "c/outcomes.csv").read_bytes()
    assert len(rows(small / "b/outcomes.csv")) == 3


# ---- check and list ------------------------------------------------------------------------------


def test_check_counts_what_a_scenario_holds(small):
    done = waltz("check", "small.cfg", cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "small.cfg: ok: 4 states, 6 dyads (2 given, 4 by default), 1 sanctions, 0 mandates, "
        "1 shocks (0 off) with 1 effects, 2 outcomes, 1 arm, 0 claims\n"
    )


def test_check_goes_on_after_a_bad_file(small):
    (small / "bad.cfg").write_text("scenario = 5;\n")
    done = waltz("check", "bad.cfg", "small.cfg", "none.cfg", cwd=small)
    assert done.returncode == 3
    assert "small.cfg: ok: " in done.stdout
    assert "bad.cfg:1: scenario must be a group" in done.stderr
    assert "none.cfg: cannot read: No such file or directory" in done.stderr
    assert "none.cfg: 1 error\n" in done.stderr


def test_shipped_scenario_is_valid():
    done = waltz("check", SHIPPED)
    assert (done.returncode, done.stderr) == (0, "")


def test_effective_alone_goes_to_stdout(small):
    done = waltz("check", "--effective", "small.cfg", cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("scenario = {\n") and done.stdout.endswith("};\n")


def listed(*kind):
    """The names in the first column of `waltz list`, by section."""
    done = waltz("list", *kind)
    assert (done.returncode, done.stderr) == (0, "")
    names, section = {}, kind[0]
    for line in done.stdout.splitlines():
        if line.startswith("# ") and line[2] != " ":
            section = line[2:]
        elif line and not line.startswith(("name ", "on ", "#   ")):
            names.setdefault(section, []).append(line.split()[0])
    return names


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_listed_with_good_names(kind):
    for section, names in listed(kind).items():
        assert len(names) == len(set(names)) > 0, section
        assert all(NAME.fullmatch(name) for name in names), names


def test_keys_that_are_listed_exist(small):
    claim = 'claims.c={text="t";all={a={outcome="peak";is="above";};};}'
    effective = waltz("check", "--effective", "small.cfg", "--set", claim, cwd=small).stdout
    for section, names in listed("keys").items():
        for name in names:
            present = re.search(rf"^ +{name} = ", effective, re.M)
            assert present or section in ("mandates", "observed"), (section, name)


def test_parameters_that_are_listed_can_be_set_to_their_defaults(small):
    table = waltz("list", "parameters").stdout.splitlines()[1:]
    sets = [f"--set=parameters.{line.split()[0]}={line.split()[1]}" for line in table]
    assert len(sets) > 30
    plain = waltz("check", "--effective", "small.cfg", cwd=small)
    given = waltz("check", "--effective", "small.cfg", *sets, cwd=small)
    assert (given.returncode, given.stdout) == (0, plain.stdout)


def test_effects_that_are_listed_are_what_an_effect_may_be_on(small):
    done = waltz("check", "small.cfg", "--set", "shocks.quarrel.effects.a.on=peace", cwd=small)
    assert f"allowed: {'|'.join(listed('effects')['effects'])}\n" in done.stderr


def test_shocks_of_a_scenario_are_listed(small):
    done = waltz("list", "shocks", "small.cfg", "--set", "shocks.quarrel.date=2010-07-01", cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^quarrel +2010-07-01 yes - +1 +1", done.stdout, re.M)
    assert waltz("list", "shocks", "none.cfg", cwd=small).returncode == 3


# ---- streams -------------------------------------------------------------------------------------


def test_quiet_prints_the_folder_alone(small):
    done = waltz("run", "small.cfg", "-n", "3", "-o", "out", "--quiet", cwd=small)
    assert (done.returncode, done.stdout, done.stderr) == (0, "out\n", "")


def test_the_folder_is_printed_last(small):
    done = waltz("run", "small.cfg", "-n", "3", cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "results/small/001"
    assert "IRN and RUS" in done.stdout or "\n  2010 " in done.stdout


def test_a_terminal_sees_no_colours_either(small):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [WALTZ, "run", "small.cfg", "-n", "2000"], cwd=small, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 65536):
                seen += chunk
        except OSError:
            pass
    os.close(ours)
    assert process.returncode == 0
    assert not re.search(rb"\x1b\[[\d;]*m", seen)
    assert seen.endswith(b"results/small/001\r\n")


def test_output_that_cannot_be_written_is_a_failure():
    for arguments in (["list", "keys"], ["check", "--effective", SHIPPED], ["--help"], ["--version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([WALTZ, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1
        assert done.stderr == b"waltz: standard output: No space left on device\n"


@pytest.mark.parametrize("kind", [*KINDS, "shocks"])
def test_every_kind_is_listed_as_markdown(kind, small):
    done = waltz("list", kind, *(["small.cfg"] if kind == "shocks" else []), "--markdown", cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    tables = re.findall(r"(?:^\|.*\|\n)+", done.stdout, re.M)
    assert len(tables) == (14 if kind == "keys" else 1)
    for table in tables:
        cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in table.splitlines()]
        assert len({len(row) for row in cells}) == 1 and set(cells[1]) == {"---"}
        assert all(re.fullmatch(r" `\S+` ", row[0]) for row in cells[2:])


def closing(*streams):
    return lambda: [os.close(fd) for fd in streams]


@pytest.mark.parametrize("streams", [(0,), (2,), (0, 1, 2)])
def test_a_closed_stream_takes_nothing_along(small, streams):
    """A file of results must not be opened in its place, and then be written into by messages."""
    arguments = [WALTZ, "run", "small.cfg", "-n", "3", "--set", "scenario.moves=expected", "-o"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    subprocess.run([*arguments, "open"], cwd=small, **quiet)
    subprocess.run([*arguments, "closed"], cwd=small, preexec_fn=closing(*streams), **quiet)
    for name in ("outcomes.csv", "summary.csv", "yearly.csv"):
        assert (small / "closed" / name).read_bytes() == (small / "open" / name).read_bytes()


def test_threads_are_as_many_as_openmp_is_told(small):
    run(small / "small.cfg", "-n", 2, "-o", small / "out", env={"OMP_NUM_THREADS": "1"}, cwd=small)
    assert json.loads((small / "out/manifest.json").read_text())["threads"] == 1
