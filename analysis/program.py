"""Runs the program as a user would."""

import re
import shlex
import subprocess
import sys

from .folder import FolderError


def program(waltz, *words):
    """Its process, with what it told."""
    line = [str(word) for word in (waltz, *words)]
    return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def line_of(*words):
    """As one would type it."""
    return shlex.join(["waltz", *map(str, words)])


def call(waltz, *words, allowed=(0,)):
    """Its process and its line, told before; what it warns of is passed on. Other exit codes end the whole."""
    line = line_of(*words)
    print(line, flush=True)
    done = program(waltz, *words)
    if done.returncode not in allowed:
        raise SystemExit(f"{done.stderr}analysis: ended with {done.returncode}: {line}")
    print(done.stderr, end="", file=sys.stderr, flush=True)
    return done, line


def reproduce(waltz, scenario, draws, folder, *more):
    """Judges the claims over draws; its line. That an expected one does not hold (4) is a result."""
    words = ["--draws", draws, "-o", folder, "--force", *more, "--quiet", "--no-report"]
    return call(waltz, "reproduce", scenario, *words, allowed=(0, 4))[1]


def first_error(text):
    """Of what it told on the way, which may warn before."""
    return next((line for line in text.splitlines() if line and ": warning: " not in line), "no message")


def answer(waltz, *words):
    """What it prints; what it refuses is an error."""
    done = program(waltz, *words)
    if done.returncode != 0:
        raise FolderError(first_error(done.stderr))
    return done.stdout


def effective(waltz, scenario):
    """A scenario's complete text."""
    return answer(waltz, "check", "--effective", scenario)


def identity(waltz):
    """Version, model and commit."""
    found = re.match(r"waltz (\S+) \(model (\d+), commit ([^,)]+)", answer(waltz, "--version"))
    version, model, commit = found.groups()
    return {"version": version, "model_version": int(model)}, commit


def terms(waltz):
    """Names of the model's terms that can be switched off."""
    names = [line.split()[0] for line in answer(waltz, "list", "terms").splitlines() if re.match(r"[a-z]", line)]
    return [name for name in names if name != "name"]  # the head of the table
