#!/usr/bin/python3
"""Draw parameter sets from the ranges that the program states for them.

    make_prior.py WALTZ      write prior.csv beside this file; WALTZ is the program, such as build/waltz

Takes every parameter whose source reads "prior a–b" in `WALTZ list parameters`. Latin hypercube: each
of DRAWS equal parts of a range holds one draw. Log scale, but uniform from a range that begins at 0.
Of TRIES hypercubes the one whose columns are least correlated, so that no two parameters move together.
"""
import csv
import math
import os
import re
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DRAWS, SEED, TRIES = 128, 2015, 1000
PRIOR = re.compile(r"prior ([\d.]+)–([\d.]+)\]$")


def priors(program: str) -> dict[str, tuple[float, float]]:
    listed = subprocess.run([program, "list", "parameters"], capture_output=True, check=True, encoding="utf-8")
    found = ((line.split()[0], PRIOR.search(line)) for line in listed.stdout.splitlines())
    return {name: (float(m[1]), float(m[2])) for name, m in found if m}


def hypercube(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """[n][DRAWS] parts in random order, and places in 0..1 within them. Raw bits are the same in every numpy."""
    bits = np.random.PCG64(seed)
    parts = np.argsort(bits.random_raw((n, DRAWS)), axis=1, kind="stable")
    return parts, (bits.random_raw((n, DRAWS)) >> np.uint64(11)) * 2.0**-53


def correlation(parts: np.ndarray) -> int:
    """The largest between two columns, up to a factor; in whole numbers, so that no rounding decides."""
    centred = 2 * parts - (DRAWS - 1)
    products = centred @ centred.T
    return int(np.abs(products - np.diag(np.diag(products))).max())


def places(n: int) -> np.ndarray:
    """[n][DRAWS] in 0..1."""
    seed = min(range(SEED, SEED + TRIES), key=lambda s: correlation(hypercube(s, n)[0]))
    parts, within = hypercube(seed, n)
    return (parts + within) / DRAWS


def value(place: float, low: float, high: float) -> str:
    if low == 0.0:
        return "%.6g" % (high * place)
    return "%.6g" % math.exp(math.log(low) + place * math.log(high / low))


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    ranges = priors(sys.argv[1])
    columns = [[value(float(p), low, high) for p in column]
               for (low, high), column in zip(ranges.values(), places(len(ranges)))]
    with open(os.path.join(HERE, "prior.csv"), "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(["parameters." + name for name in ranges])
        writer.writerows(zip(*columns))
    print("prior.csv: %d draws of %d parameters" % (DRAWS, len(ranges)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
