#!/usr/bin/env python3
"""Out of memory at every allocation: the k-th fails, for every k, alone and with all after it.

usage: run.py WALTZ SHIM [EVERY]     EVERY: only each so-many-th k, another one for each command

Then without the shim, under limits of the address space from what the loader needs to plenty.

Whatever fails, the program must end by itself: with its usual output, or with exit code 1, a message
that names the lack of memory, nothing of its own left allocated, and no folder but a whole one."""

import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

# Every kind of section, a file within a file, a table, a shock whose date varies.
FILES = {
    "all.cfg": """\
scenario = { name = "all"; title = "Ünder pressure"; start = "2010-01"; end = "2010-12"; spinup = 2;
  focus = ["IRN-RUS"]; };
@include "more/states.cfg"
dyads = { table = "dyads.csv"; IRN-USA = { h0 = 0.7; }; };
sanctions = {
  S1 = { senders = ["west"]; target = "IRN"; start = "2009-06-01"; class = 2; };
  S2 = { senders = ["USA"]; target = "RUS"; start = "2010-05-01"; end = "2011-05-01"; class = 3; pillars = "TF"; };
};
mandates = { M1 = { target = "IRN"; start = "2010-06-09"; end = "2011-06-09"; finance = 1.0; }; };
groups = { west = ["USA", "GBR"]; both = ["west", "RUS"]; };
parameters = { lambda = 2.0; };
terms = { diversion = false; };
shocks = {
  deal = { date = "2010-06-01"; starts = ["S2", "M1"]; jitter_days = 40;
    effects = {
      calm = { on = "dispute"; between = ["IRN", "west"]; size = -1.0; };
      late = { on = "sanctions"; from = ["GBR"]; to = ["RUS"]; date = "2010-08-15"; };
    }; };
  exit = { date = "2010-09-01"; requires = "deal"; ends = ["M1"]; };
  boom = { date = "2010-10-01"; effects = { up = { on = "growth"; of = ["both"]; size = 0.01; }; }; };
};
outcomes = {
  step = { measure = "cooperation"; subject = "IRN-RUS"; window = "2010-07..2010-12"; minus = "2010-01..2010-06"; };
};
""",
    "more/states.cfg": """\
states = {
  IRN = { ccode = 630; lat = 35.7; lon = 51.4; gdp = 487.0; milex = 10.6; };
  RUS = { ccode = 365; lat = 55.8; lon = 37.6; gdp = 1525.0; milex = 58.7; };
  USA = { ccode = 2; lat = 38.9; lon = -77.0; gdp = 15049.0; milex = 693.6; };
  GBR = { ccode = 200; lat = 51.5; lon = -0.1; gdp = 2485.5; milex = 57.8; };
};
""",
    "dyads.csv": 'iso3_a,iso3_b,h0\nIRN,USA,0.6\n"GBR",RUS,0.2\n',
    "wrong.cfg": 'scenario = { name = "wrong"; spinups = 3; };\nstates = { IRN = { lat = 95.0; gpd = 1; }; };\n',
}

SETS = ["--set", "shocks.exit.date=2010-10-01", "--set", "parameters={eta=0.5;}", "--set", "dyads.GBR-USA.h0=0.1"]
RUN = ["run", "all.cfg", "-n", "2", "-o", "out"]
COMMANDS = {
    "check": ["check", "all.cfg"],
    "check --effective": ["check", "--effective", "all.cfg"],
    "check --set": ["check", "--effective", "all.cfg", *SETS],
    "check of mistakes": ["check", "wrong.cfg"],
    "run -j 1": [*RUN, "-j", "1"],
    "run -j 2": [*RUN, "-j", "2"],
    "run --force": [*RUN, "-j", "1", "--quiet", "--force"],
    "run --record": [*RUN, "-j", "1", "--quiet", "--record", "dyads"],
    "trace --why": ["trace", "all.cfg", "--tick", "2010-05..2010-08", "--why", "IRN-RUS"],
    "trace --without": ["trace", "all.cfg", "--tick", "2010-10", "--without", "deal", "--json"],
    "list keys": ["list", "keys"],
    "list shocks": ["list", "shocks", "all.cfg"],
}
LIMITED = ["check --effective", "run -j 2"]
NAMED = re.compile("out of memory|cannot allocate memory|Thread creation failed", re.I)


def tree(folder):
    """What a run left; of the manifest, which tells the time, only that it is there."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "report"]
    return {p.relative_to(folder): b"" if p.name == "manifest.json" else p.read_bytes() for p in files}


def clear(folder, old):
    for p in sorted(folder.glob("out/*")) + sorted(folder.glob(".out*/*")):
        p.unlink()
    for p in [*folder.glob("out"), *folder.glob(".out*")]:
        p.rmdir()
    if old:
        (folder / "out").mkdir()
        (folder / "out/manifest.json").write_text('{ "program": "waltz" }')
        (folder / "out/yearly.csv").write_text("old")


class Trial:
    def __init__(self, waltz, shim, name, folder):
        self.name, self.folder, self.old = name, folder, "--force" in COMMANDS[name]
        self.command = [waltz, *COMMANDS[name]]
        self.env = os.environ | {"FAULT_REPORT": str(folder / "report"), "OMP_NUM_THREADS": "2"}
        self.shim = shim
        clear(folder, self.old)
        self.before = tree(folder)
        self.done = self.run(0, False)
        self.after = tree(folder)
        self.wanted = self.outcome()
        self.count = int(self.report()[0].split()[1])
        assert self.done.returncode in (0, 3), self.done

    def report(self):
        path = self.folder / "report"
        return path.read_text().splitlines() if path.exists() else []

    def start(self, env, **more):
        clear(self.folder, self.old)
        (self.folder / "report").unlink(missing_ok=True)
        self.done = subprocess.run(
            self.command, cwd=self.folder, env=env, capture_output=True, timeout=60, check=False, errors="replace", **more
        )
        return self.done

    def run(self, at, rest):
        return self.start(self.env | {"LD_PRELOAD": self.shim, "FAULT_AT": str(at), "FAULT_REST": str(int(rest))})

    def run_limited(self, limit):
        return self.start(
            self.env, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        )

    def outcome(self):
        return self.done.returncode, self.done.stdout, self.done.stderr, tree(self.folder)

    def complaint(self):
        """What is wrong with how the program ended, or None."""
        code, _, err, left = self.outcome()
        live = [line for line in self.report() if line.startswith("live")]
        if self.outcome() == self.wanted:
            return f"never freed: {live}" if live else None
        if code != 1:
            return f"ended with {code}"
        if not NAMED.search(err):
            return "does not name the lack of memory"
        if "they are kept in .out.partial" in err:
            left = {pathlib.Path(re.sub(r"^\.out\.partial-\d+", "out", str(p))): left[p] for p in left if p.parts[0] != "out"}
        if left not in (self.before, self.after):
            return f"left {sorted(map(str, left))}"
        if live and "libgomp: " not in err:
            return f"never freed: {live}"
        return None


def campaign(trial, fails, points, run):
    """Runs the trial at each point; prints one line, and the first complaints. How many there were."""
    tried, harmless, bad = 0, 0, 0
    for point in points:
        done = run(point)
        if done.returncode == 127:  # the loader's own lack of memory
            continue
        why = trial.complaint()
        tried += 1
        harmless += done.returncode == trial.wanted[0]
        if why is not None:
            bad += 1
            if bad <= 5:
                print(f"  {trial.name}, {fails} {point}: {why}")
                print("    " + done.stderr.strip()[-300:].replace("\n", "\n    "))
    if fails != "limit" and harmless == tried:
        print(f"  {trial.name}, {fails}: nothing that failed was noticed")
        bad += 1
    print(f"{trial.name:18} {fails:9} {trial.count:6} {tried:6} {tried - harmless:6} {harmless:9} {bad:4}", flush=True)
    return bad


def main():
    waltz, shim = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
    every, bad = int(sys.argv[3]) if len(sys.argv) > 3 else 1, 0
    print(f"{'command':18} {'fails':9} {'allocs':>6} {'tried':>6} {'exit 1':>6} {'as usual':>9} {'bad':>4}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path, content in FILES.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(content, encoding="utf-8")
        shutil.copy(shim, folder / "shim.so")
        for number, command in enumerate(COMMANDS):
            trial = Trial(waltz, "./shim.so", command, folder)  # LD_PRELOAD parts names at blanks
            points = range(1 + number % every, trial.count + 1, every)
            bad += campaign(trial, "once", points, lambda k, t=trial: t.run(k, False))
            bad += campaign(trial, "from k on", points, lambda k, t=trial: t.run(k, True))
            if command in LIMITED:
                bad += campaign(trial, "limit", range(4 << 20, 160 << 20, every << 20), trial.run_limited)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
