"""Runs the program as a user would."""

import re
import subprocess


def program(waltz, *words, cwd=None):
    """Its process, with what it told."""
    line = [str(word) for word in (waltz, *words)]
    return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=cwd)


def call(waltz, *words, allowed=(0,)):
    """The same, told as a line of a shell, which is returned beside. Other exit codes end the whole."""
    line = " ".join(["waltz", *map(str, words)])
    print(line, flush=True)
    done = program(waltz, *words)
    if done.returncode not in allowed:
        raise SystemExit(f"{done.stderr}analysis: ended with {done.returncode}: {line}")
    return done, line


def answer(waltz, *words):
    """What it prints, where nothing can be wrong."""
    done = program(waltz, *words)
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}analysis: ended with {done.returncode}: {waltz} {' '.join(words)}")
    return done.stdout


def first_error(text):
    """Of what it told on the way, which may warn before."""
    return next((line for line in text.splitlines() if line and ": warning: " not in line), "no message")


def identity(waltz):
    """Version, model and commit."""
    found = re.match(r"waltz (\S+) \(model (\d+), commit ([^,)]+)", answer(waltz, "--version"))
    version, model, commit = found.groups()
    return {"version": version, "model_version": int(model)}, commit


def terms(waltz):
    """Names of the model's terms that can be switched off."""
    names = [line.split()[0] for line in answer(waltz, "list", "terms").splitlines() if re.match(r"[a-z]", line)]
    return [name for name in names if name != "name"]  # the head of the table
