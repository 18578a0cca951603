"""What the tests of sweeps share: designs over the small scenario, stores, exports."""

import contextlib
import re
import signal
import sqlite3
import subprocess
import time

import numpy

import program
from program import rows, waltz, write

ARMS = 'arms = { full = { }; calm = { without = ["quarrel"]; }; };\n'
CLAIMS = """\
claims = { warm = { text = "It steps up"; all = { up = { outcome = "step"; is = "above"; value = 0.08; }; }; }; };
"""
FACTORS = {
    "lambda": 'paths = ["parameters.lambda"]; low = 1.0; high = 9.0; levels = 3;',
    "quarrel": 'paths = ["dyads.IRN-USA.h0"]; low = 0.1; high = 0.9; levels = 2;',
}
SWEEP = {"kind": "grid", "replicates": 5, "seed": 7, "outcomes": ["step", "peak"]}
PEERS = ["cells.csv", "claims.csv", "replicates.csv", "summaries.csv"]


def value(v):
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, str):
        return f'"{v}"'
    return f"[{', '.join(map(value, v))}]" if isinstance(v, list) else str(v)


def design(factors=None, **keys):
    """The text of a design; factors by name are the settings between their braces."""
    factors = FACTORS if factors is None else factors
    keys = {"name": "d", "scenario": "small.cfg"} | SWEEP | keys
    text = "sweep = {\n" + "".join(f"  {k} = {value(v)};\n" for k, v in keys.items() if v is not None) + "};\n"
    return text + ("factors = {\n" + "".join(f"  {k} = {{ {v} }};\n" for k, v in factors.items()) + "};\n" if factors else "")


def prepare(folder, text=None, scenario=program.SMALL + ARMS + CLAIMS, **more):
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, {"small.cfg": scenario, "d.cfg": design(**more) if text is None else text})
    return folder


def sweep(folder, *arguments, store="s.db", code=0, **more):
    """Runs the design of a folder; the process."""
    done = waltz("sweep", "d.cfg", "-o", store, "--quiet", *arguments, cwd=folder, **more)
    assert code is None or done.returncode == code, (done.returncode, done.stderr)
    if code == 0:
        assert (done.stdout, done.stderr) == (f"{store}\n", "")
    return done


def export(folder, store="s.db", out="x", **more):
    """The tables of a store as bytes by name."""
    done = waltz("export", store, "-o", out, "--force", cwd=folder, **more)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{out}\n"), done.stderr
    return program.bytes_of(folder / out, PEERS)


def swept(folder, *arguments, text=None, **more):
    """A fresh sweep; its export as bytes."""
    prepare(folder, text, **more)
    sweep(folder, *arguments)
    return export(folder)


def table(folder, name="replicates", out="x"):
    return rows(folder / out / f"{name}.csv")


def values(folder, column, of=float, name="cells"):
    return [of(r[column]) for r in table(folder, name)]


def outcomes(folder, cell, arm="full", names=("step", "peak")):
    """The outcomes of a cell's replicates, as text."""
    return [tuple(r[n] for n in names) for r in table(folder) if (r["cell"], r["arm"]) == (str(cell), arm)]


def run_alone(folder, *settings, n=5, seed=7, names=("step", "peak")):
    """The outcomes that `waltz run` has under settings, as text."""
    sets = [word for s in settings for word in ("--set", s)]
    alone = program.run("small.cfg", "-n", n, "-s", seed, *sets, "-o", "alone", "--force", cwd=folder)
    return [tuple(r[k] for k in names) for r in rows(alone / "outcomes.csv")]


def ask(store, query):
    """The rows of a query to a store, which is left as it is."""
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def contents(store):
    """All but who computed it, and when: equal to the bit for equal sweeps."""
    names = ("design", "factors", "cells", "replicates", "summaries", "claims", "sums")
    return {n: ask(store, f"SELECT * FROM {n} ORDER BY 1, 2, 3") for n in names}


def tell(store, *statements):
    with contextlib.closing(sqlite3.connect(store)) as database, database:
        for s in statements:
            database.execute(s)


def check_summaries(folder):
    """Summaries are those of the replicates, to the digits printed."""
    found = {}
    for r in table(folder):
        for name in ("step", "peak"):
            if name in r and r[name] != "NA":
                found.setdefault((r["cell"], r["arm"], name), []).append(float(r[name]))
    summaries = table(folder, "summaries")
    assert summaries
    for s in summaries:
        v = numpy.array(found[s["cell"], s["arm"], s["outcome"]])
        sd = v.std(ddof=1) if len(v) > 1 else numpy.nan
        assert int(s["n"]) == len(v)
        for name, wanted in (("mean", v.mean()), ("sd", sd), ("mcse", sd / len(v) ** 0.5)):
            assert (s[name] == "NA") == numpy.isnan(wanted), s
            if s[name] != "NA":
                numpy.testing.assert_allclose(float(s[name]), wanted, rtol=3e-8, atol=1e-9, err_msg=str(s))


def merge(folder, *arguments, code=0):
    done = waltz("merge", *arguments, cwd=folder)
    assert done.returncode == code, (done.returncode, done.stderr)
    return done


def merged(folder, *arguments):
    merge(folder, "m.db", *arguments)
    return export(folder, "m.db", "mx")


def refused_by_all(folder, store, message, code=3, commands=("sweep", "export", "status", "merge")):
    """Nobody takes it, and it stays as it is."""
    words = {"sweep": ["sweep", "d.cfg", "--quiet", "-o", store], "export": ["export", store, "-o", "none"],
             "status": ["sweep", "d.cfg", "--status", "-o", store], "merge": ["merge", "none.db", store]}
    before = program.tree(folder)
    for c in commands:
        done = waltz(*words[c], cwd=folder)
        assert (done.returncode, done.stdout) == (code, ""), (c, done.returncode, done.stderr)
        assert re.match(message, done.stderr), (c, done.stderr)
    assert program.tree(folder) == before


# ---- processes -----------------------------------------------------------------------------------


def started(folder, *arguments, store="s.db", **more):
    """A sweep under way, which the caller ends."""
    return subprocess.Popen(
        [program.WALTZ, "sweep", "d.cfg", "-o", store, "--quiet", *map(str, arguments)],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **more,
    )


def committed(store):
    """Replicates that are safe."""
    try:
        return ask(store, "SELECT coalesce(sum(done), 0) FROM cells")[0][0]
    except sqlite3.Error:  # not there yet, or being written
        return 0


def until_committed(process, store, more_than=0, patience=30):
    end = time.monotonic() + patience
    while committed(store) <= more_than:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.005)


def stop(process):
    process.kill()
    process.communicate()


def check_consistent(store, replicates, arms=1):
    """Rows tell what is done, and of all that is told to be done; nothing else."""
    cells = ask(store, "SELECT cell, done, cause FROM cells")
    rows_of = dict(ask(store, "SELECT cell, count(*) FROM replicates GROUP BY cell"))
    n_of = dict(ask(store, "SELECT cell, max(n) FROM summaries WHERE outcome = 'step' GROUP BY cell"))
    for cell, done, cause in cells:
        assert cause is None and 0 < done <= replicates
        assert (rows_of[cell], n_of[cell]) == (done * arms, done)
    assert set(rows_of) == set(n_of) == {cell for cell, _, _ in cells}
    assert committed(store) == ask(store, "SELECT coalesce(sum(replicates), 0) FROM batches")[0][0]
    return [done for _, done, _ in cells]
