"""README says what was run: every command of the program that it shows is run here as printed."""
import os
import re
import shlex
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
    COMMANDS = re.findall(r"(?:^    |&& )build/(waltz [^#\n]*?)\s*(?:#.*)?$", f.read(), re.M)


def test_readme_shows_commands():
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_readme_works_as_printed(command, tmp_path):
    words = [os.environ["WALTZ"]] + shlex.split(command)[1:]
    if words[1] == "run":  # few replicates, and not into the user's results
        words += ["-n", "2", "-o", str(tmp_path / "out")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_table_of_readme_is_what_the_program_prints(tmp_path):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        shown = [line.split() for line in f if re.match(r"^ +20\d\d  ", line)]
    done = subprocess.run([os.environ["WALTZ"], "run", "configs/iran-russia.cfg", "-n", "1000", "-s", "1",
                           "-o", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, check=True)
    printed = [line.split() for line in done.stdout.splitlines() if re.match(r"^ +20\d\d  ", line)]
    assert len(shown) == 14
    assert shown == printed
