"""What the system tests share: the program, a small scenario, and what a folder of results holds."""

import csv
import hashlib
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
WALTZ = os.environ.get("WALTZ", str(ROOT / "build/waltz"))
SHIPPED = ROOT / "configs/iran-russia.cfg"
FILES = ["effective.cfg", "manifest.json", "outcomes.csv", "summary.csv", "yearly.csv"]
TABLES = ["outcomes.csv", "summary.csv", "yearly.csv"]

SMALL = """\
scenario = { name = "small"; start = "2010-01"; end = "2011-06"; spinup = 3;
  focus = ["IRN-RUS"]; };
states = {
  IRN = { ccode = 630; lat = 35.7; lon = 51.4; gdp = 487.0; milex = 10.6; };
  RUS = { ccode = 365; lat = 55.8; lon = 37.6; gdp = 1525.0; milex = 58.7; };
  USA = { ccode = 2; lat = 38.9; lon = -77.0; gdp = 15049.0; milex = 693.6; };
  XKX = { lat = 42.7; lon = 21.2; gdp = 5.8; milex = 0.1; };
};
dyads = { IRN-RUS = { x0_political = 0.2; }; IRN-USA = { h0 = 0.6; }; };
sanctions = {
  S1 = { senders = ["USA"]; target = "IRN"; start = "2009-06-01"; end = "2011-01-01"; class = 3; };
};
shocks = {
  quarrel = { date = "2010-06-01"; ends = ["S1"]; jitter_days = 40;
    effects = { a = { on = "dispute"; between = ["USA", "IRN"]; size = 1.0; }; }; };
};
outcomes = {
  step = { measure = "cooperation"; subject = "IRN-RUS"; window = "2011-01..2011-06";
    minus = "2010-01..2010-12"; };
  peak = { measure = "acts"; subject = "IRN-RUS"; window = "2010-01..2011-06"; statistic = "max"; };
};
"""

# Settings under which every replicate of SMALL leaves the range of its numbers.
EXPLODING = [
    "--set", "parameters.arming=0.5", "--set", "parameters.arm_gain=100.0", "--set", "parameters.arm_cost=0",
    "--set", "parameters.depreciation=0.001", "--set", "scenario.end=2209-12",
]


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def waltz(*arguments, cwd=ROOT, timeout=60, env=None, binary=WALTZ, **more):
    """Runs the program; nothing that it prints may hold a control sequence."""
    done = subprocess.run(
        [binary, *map(str, arguments)],
        cwd=cwd,
        env=None if env is None else os.environ | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
        **more,
    )
    done.stdout, done.stderr = (b.decode("utf-8", "surrogateescape") for b in (done.stdout, done.stderr))
    assert "\x1b" not in done.stdout + done.stderr
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr
    return done


def run(*arguments, cwd, **more):
    """A quiet run that must succeed; the folder that it printed."""
    done = waltz("run", "--quiet", *arguments, cwd=cwd, **more)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return cwd / done.stdout.strip()


def tree(folder):
    """Names, and bytes of files, of all below a folder."""
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None
        for p in sorted(pathlib.Path(folder).rglob("*"))
    }


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def bytes_of(folder, names=TABLES):
    return {name: (folder / name).read_bytes() for name in names}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
