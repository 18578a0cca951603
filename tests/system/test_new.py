"""`waltz new`: a starter scenario that holds what it promises, and never costs a file."""

import os
import re
import shlex
import subprocess

import pytest

from program import ROOT, rows, tree, waltz, write
from test_disk import as_nobody, in_namespace, open_folder_fixture  # noqa: F401

STARTER = (ROOT / "configs/starter.cfg").read_text(encoding="utf-8")


def test_help_names_the_command():
    assert "  new " in waltz("--help").stdout
    assert waltz("new", "--help").stdout.startswith("usage: waltz new [options] NAME\n")


# ---- the file ------------------------------------------------------------------------------------


def test_it_writes_the_starter_with_the_name_put_in(tmp_path):
    done = waltz("new", "zones-2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(tmp_path) == {"zones-2.cfg": STARTER.replace("starter", "zones-2").encode()}
    assert (tmp_path / "zones-2.cfg").stat().st_mode & 0o666 == 0o666 & ~current_umask()


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_name_stands_wherever_the_file_speaks_of_itself(tmp_path):
    assert waltz("new", "zones", cwd=tmp_path).returncode == 0
    lines = [line for line in (tmp_path / "zones.cfg").read_text().splitlines() if "zones" in line]
    assert [re.sub(r" {2,}.*", "", line.strip("# ")) for line in lines] == [
        "waltz check zones.cfg",
        "waltz run zones.cfg",
        "waltz reproduce zones.cfg",
        'name = "zones";',
    ]


def test_what_it_says_to_do_next_can_be_done_as_it_says(tmp_path):
    done = waltz("new", "zones", cwd=tmp_path)
    commands = [shlex.split(line) for line in done.stdout.splitlines() if line.startswith("  ")]
    assert [words[1:] for words in commands] == [[w, "zones.cfg"] for w in ("check", "run", "reproduce")]
    for words in commands:
        done = waltz(*words[1:], cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_check_and_run_find_nothing_to_complain_of(tmp_path):
    assert waltz("new", "zones", cwd=tmp_path).returncode == 0
    for command in ("check", "run"):
        done = waltz(command, "zones.cfg", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.parametrize("seed", range(1, 6))
def test_its_claims_hold(seed, tmp_path):
    done = waltz("reproduce", ROOT / "configs/starter.cfg", "--quiet", "-s", seed, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    claims = rows(tmp_path / "out/claims.csv")
    assert len(claims) == 2
    assert all((c["expected"], c["shown"]) == ("yes", "yes") for c in claims)


def test_a_claim_that_fails_ends_with_4(tmp_path):
    (tmp_path / "no.cfg").write_text(STARTER.replace("size = 3.0", "size = 0.0"))
    done = waltz("reproduce", "no.cfg", "--quiet", "-o", "out", cwd=tmp_path)
    assert done.returncode == 4
    assert "claim C1 is expected and does not hold" in done.stderr


def test_every_key_is_explained():
    """By a remark that names it, or one behind it or above it."""
    lines = [line.partition("#") for line in STARTER.splitlines()]
    named = set(re.findall(r"\w+", " ".join(remark for _, _, remark in lines)))
    keys, explained = set(), set()
    for (_, _, above), (code, _, behind) in zip([("", "", ""), *lines], lines):
        here = set(re.findall(r"\b([a-z]\w*) = (?!\{)", re.sub(r'"[^"]*"', '""', code)))
        keys |= here
        explained |= here if above or behind else here & named
    assert len(keys) > 25
    assert keys - explained == set()


def test_lines_fit_a_screen():
    assert max(map(len, STARTER.splitlines())) <= 125


def test_the_program_is_built_anew_when_the_starter_changes():
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    rules = subprocess.run(
        ["make", "-pn", "NO_INSTALL=1"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"^\S+/sim/cli/cmd_new\.o: .*\bconfigs/starter\.cfg\b", rules, re.M)


# ---- names ---------------------------------------------------------------------------------------

RULE = "allowed: a small letter or digit, then these, - and _, at most 64"
REFUSED = {
    "empty": ("", RULE + "\n"),
    "dash": ("-", RULE + "\n"),
    "capitals": ("MyQuestion", RULE + "\n"),
    "blank": ("my question", RULE + "\n"),
    "umlaut": ("größe", RULE + "\n"),
    "too long": ("a" * 65, RULE + "\n"),
    "dot": (".", RULE + "\n"),
    "ending": ("zones.cfg", '; ".cfg" is added to it\n'),
    "path": ("sub/zones", "a path is no name\n"),
    "upwards": ("../zones", "a path is no name\n"),
    "absolute": ("/tmp/zones", "a path is no name\n"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_name_is_told_with_2_and_nothing_is_written(case, tmp_path):
    name, message = REFUSED[case]
    (tmp_path / "here/sub").mkdir(parents=True)
    done = waltz("new", name, "--force", cwd=tmp_path / "here")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f'waltz new: "{name}": allowed: ')
    assert done.stderr.endswith(message)
    assert tree(tmp_path) == {"here": None, "here/sub": None}


def test_a_name_after_two_dashes_is_still_a_name(tmp_path):
    done = waltz("new", "--", "-x", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith('waltz new: "-x": allowed: ')


@pytest.mark.parametrize("name", ["a", "0", "a" * 64, "zones-2_b", "a" * 65, "-a", "_a", "A", "a.b", "a/b", "ä", "true"])
def test_the_rule_is_that_of_the_scenarios_name(name, tmp_path):
    made = waltz("new", "--", name, cwd=tmp_path).returncode
    text = STARTER.replace('name = "starter"', f'name = "{name}"')
    write(tmp_path, {"other.cfg": text})
    assert (made == 0) == (waltz("check", "other.cfg", cwd=tmp_path).returncode == 0)


@pytest.mark.parametrize("names", [[], ["a", "b"]])
def test_one_name_is_needed(names, tmp_path):
    done = waltz("new", *names, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "one name is needed" in done.stderr
    assert tree(tmp_path) == {}


# ---- what stands there already -------------------------------------------------------------------


def test_a_file_that_exists_stays(tmp_path):
    write(tmp_path, {"zones.cfg": "mine\n"})
    done = waltz("new", "zones", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "waltz new: zones.cfg exists already; allowed: another name, or --force to replace it\n"
    assert tree(tmp_path) == {"zones.cfg": b"mine\n"}


def test_force_replaces_it_and_leaves_nothing_else(tmp_path):
    write(tmp_path, {"zones.cfg": "mine\n"})
    done = waltz("new", "--force", "zones", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(tmp_path) == {"zones.cfg": STARTER.replace("starter", "zones").encode()}


def test_a_link_is_not_followed(tmp_path):
    write(tmp_path, {"mine.cfg": "mine\n"})
    (tmp_path / "zones.cfg").symlink_to("mine.cfg")
    (tmp_path / "away.cfg").symlink_to("nowhere.cfg")
    assert waltz("new", "zones", cwd=tmp_path).returncode == 2
    assert waltz("new", "away", cwd=tmp_path).returncode == 2
    assert waltz("new", "zones", "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mine.cfg").read_text() == "mine\n"
    assert not (tmp_path / "nowhere.cfg").exists()


def test_a_folder_in_its_place_is_told(tmp_path):
    (tmp_path / "zones.cfg").mkdir()
    assert waltz("new", "zones", cwd=tmp_path).returncode == 2
    done = waltz("new", "zones", "--force", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "waltz new: cannot write zones.cfg: Is a directory\n"
    assert tree(tmp_path) == {"zones.cfg": None}


# ---- disks and permissions -----------------------------------------------------------------------


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path):
    done = in_namespace(
        """
        cd disk; echo mine >old.cfg; head -c 400k /dev/zero >filler 2>/dev/null
        "$WALTZ" new zones; echo code=$?
        "$WALTZ" new old --force; echo code=$?
        cat old.cfg; ls -A
        """,
        tmp_path,
    )
    assert done.stdout.split() == ["code=1", "code=1", "mine", "filler", "old.cfg"]
    assert done.stderr == "".join(
        f"waltz new: cannot write {name}.cfg: No space left on device\n" for name in ("zones", "old")
    )


def test_a_folder_that_may_not_be_written_is_told(open_folder):
    (open_folder / "closed").mkdir()
    (open_folder / "closed").chmod(0o555)
    (open_folder / "waltz").rename(open_folder / "closed/waltz")
    for options in ([], ["--force"]):
        code, out, err = as_nobody("new", "zones", *options, cwd=open_folder / "closed")
        assert (code, out) == (1, "")
        assert err == "waltz new: cannot write zones.cfg: Permission denied\n"


def test_a_disk_that_may_only_be_read_is_told(tmp_path):
    done = in_namespace(
        'mount -o remount,bind,ro disk || exit 77; cd disk; "$WALTZ" new zones; echo code=$?; ls -A', tmp_path
    )
    assert done.stdout.split() == ["code=1"]
    assert done.stderr == "waltz new: cannot write zones.cfg: Read-only file system\n"
