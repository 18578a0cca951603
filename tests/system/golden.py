"""Hashes of whole results that equal seeds must give, on any machine, until MODEL_VERSION rises.

After a change that is meant to alter results: raise MODEL_VERSION, say so in the CHANGELOG, then
    WALTZ=build/waltz /usr/bin/python3 tests/system/golden.py
computes every entry of golden.json anew; to add one, write it there without its hash first."""

import json
import pathlib
import tempfile

from program import ROOT, run, sha256

FILE = pathlib.Path(__file__).with_name("golden.json")


def read():
    return json.loads(FILE.read_text(encoding="utf-8"))


def hash_of(arguments, file):
    with tempfile.TemporaryDirectory() as folder:
        return sha256(run(*arguments, "-o", f"{folder}/out", cwd=ROOT) / file)


def main():
    entries = [e | {"sha256": hash_of(e["arguments"], e["file"])} for e in read()]
    FILE.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
