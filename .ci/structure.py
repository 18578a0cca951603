#!/usr/bin/env python3
"""Checks the layers and the habits that no compiler knows; prints what breaks them, exits 1."""

import pathlib
import re
import sys

LAYERS = ["base", "scenario", "model", "measure", "run", "cli"]
FILE_LINES = 500
FUNCTION_LINES = 60
PARAMETERS = 6

# Headers that only one file may include.
SINGLE = ["libconfig.h", "sqlite3.h", "omp.h", "Random123/"]

# The only types of our own are vectors, which C can give no other name.
TYPES = "sim/base/lanes.h"

# What only the command line may do: end the program, write to stdout, ask clock or environment.
CALLS = re.compile(
    r"(?<![\w.>])(_?exit|quick_exit|printf|vprintf|puts|putchar|getenv|secure_getenv|setenv|time"
    r"|clock|clock_gettime|gettimeofday|localtime|gmtime|rand|srand|random|drand48)\s*\("
    r"|\b(stdout|omp_get_wtime|environ)\b"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)')
FUNCTION = re.compile(r"^(?!static const|#)\w[^;={}]*?\b(\w+)\(([^;{}]*)\)\n\{\n(.*?)^\}", re.M | re.S)
MUTABLE = re.compile(r"^(?:static|_Thread_local|__thread)\b(?!.*(?:\bconst\b|\()).*[;={]\s*$")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """Empties a comment, string or character, keeping lines where they were."""
    text = match.group()
    if text[0] in "\"'":
        return text[0] * 2
    return re.sub(r"[^\n]", " ", text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def parameters(text):
    """Number of parameters in what stands between a function's parentheses."""
    depth, commas = 0, 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        commas += c == "," and depth == 0
    return commas + 1


def check_includes(path, layer, text, users):
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, name = match.groups()
        for header in SINGLE:
            if name.startswith(header):
                users.setdefault(header, set()).add(str(path))
        if kind == "<" or layer is None:
            continue
        folder = name.split("/")[0]
        if folder not in LAYERS:
            yield number, f'"{name}" does not start with a layer ({", ".join(LAYERS)})'
        elif LAYERS.index(folder) > LAYERS.index(layer):
            yield number, f'"{name}" is a higher layer than {layer}'


def check_lines(path, layer, code):
    for number, line in enumerate(code.splitlines(), 1):
        if re.match(r"\s*typedef\b", line) and str(path) != TYPES:
            yield number, "typedef"
        if layer in (None, "cli"):
            continue
        match = CALLS.search(line)
        if match:
            yield number, f"{match.group().rstrip(' (')} below sim/cli"
        if MUTABLE.match(line):
            yield number, "variable at file scope"


def check_functions(code):
    for match in FUNCTION.finditer(code):
        name, arguments, body = match.groups()
        lines = body.count("\n")
        if lines > FUNCTION_LINES:
            yield line_of(code, match.start()), f"{name} has {lines} lines, {FUNCTION_LINES} at most"
        if parameters(arguments) > PARAMETERS:
            yield line_of(code, match.start()), f"{name} has more than {PARAMETERS} parameters"


def check_file(path, users):
    text = path.read_text(encoding="utf-8")
    code = TOKEN.sub(blank, text)
    layer = path.parts[1] if path.parts[0] == "sim" else None
    if layer is not None and layer not in LAYERS:
        yield 1, f"{layer} is no layer"
        return
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield FILE_LINES + 1, f"{lines} lines, {FILE_LINES} at most"
    yield from check_includes(path, layer, text, users)
    yield from check_lines(path, layer, code)
    yield from check_functions(code)


def main():
    users, found = {}, 0
    files = sorted(p for top in ("sim", "tests") for p in pathlib.Path(top).rglob("*.[ch]"))
    for path in files:
        for number, message in check_file(path, users):
            print(f"{path}:{number}: {message}")
            found += 1
    for header, names in sorted(users.items()):
        inside = sorted(n for n in names if n.startswith("sim/"))
        if len(inside) > 1:
            print(f"{header} is included by {len(inside)} files: {', '.join(inside)}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
