"""configs/README.md leads through the first fifteen minutes: each block is run here as printed, in a copy.

Blocks are typed (sh, python, r), applied to the scenario named last (diff), or compared with what the block before
printed (text; … stands for anything). `make reproduce` alone is not run but asked for its commands: it takes minutes.
"""

import dataclasses
import json
import os
import re
import shutil
import subprocess

import pytest

from program import ROOT, WALTZ, rows, waltz

README = (ROOT / "configs/README.md").read_text(encoding="utf-8")
PYTHON = "/usr/bin/python3"


@dataclasses.dataclass
class Block:
    kind: str
    body: str
    line: int
    target: str  # the scenario named last before it
    done: subprocess.CompletedProcess = None

    def name(self):
        return f"line {self.line}, {self.kind}"


def read_blocks():
    found = []
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S):
        before = README[: match.start()]
        prose = re.sub(r"^```\w*\n.*?^```$", "", before, flags=re.M | re.S)
        named = re.findall(r"`([\w/-]+\.cfg)`", prose)
        found.append(Block(match[1], match[2], before.count("\n") + 1, named[-1] if named else ""))
    return found


BLOCKS = read_blocks()


def apply(diff, path):
    """Changes a file as a reader would; what is to go must stand there once."""
    for hunk in diff.strip("\n").split("\n\n"):
        lines = hunk.split("\n")
        assert all(line[0] in "-+ " for line in lines), hunk
        old, new = ("".join(line[1:] + "\n" for line in lines if line[0] in kept) for kept in ("- ", "+ "))
        text = path.read_text(encoding="utf-8")
        assert ("\n" + text).count("\n" + old) == 1, f"{path.name} has not once:\n{old}"
        path.write_text(("\n" + text).replace("\n" + old, "\n" + new)[1:], encoding="utf-8")


def command_of(block):
    if block.body.startswith("make "):
        return ["make", "-n", "-C", str(ROOT), *block.body.split()[1:]]
    return {
        "sh": ["bash", "-euc", block.body],
        "python": [PYTHON, "-W", "error", "-c", block.body],
        "r": ["Rscript", "-e", block.body],
    }[block.kind]


def environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"}


def walk(folder):
    """Does what the text says, block by block."""
    for block in BLOCKS:
        if block.kind == "diff":
            apply(block.body, folder / block.target)
        elif block.kind != "text" and (block.kind != "r" or shutil.which("Rscript")):
            block.done = subprocess.run(
                command_of(block),
                cwd=folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )


@pytest.fixture(name="project", scope="module")
def project_fixture(tmp_path_factory):
    """A copy of what the reader sees, after all that the text says has been done."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / "analysis").symlink_to(ROOT / "analysis")
    (folder / "build").mkdir()
    (folder / "build/waltz").symlink_to(WALTZ)
    walk(folder)
    return folder


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind not in ("diff", "text")], ids=Block.name)
def test_a_block_works_as_printed(block, project):
    if block.done is None:
        pytest.skip("there is no Rscript here")
    assert project.exists()
    assert block.done.returncode == 0, block.done.stdout + block.done.stderr
    if block.kind != "sh":
        assert block.done.stderr == ""


def pattern_of(text):
    """`…` alone in a line stands for any lines, within a line for any characters; blanks at the end do not count."""
    wanted = ""
    for line in text.splitlines():
        if line.strip() == "…":
            wanted += r"(?:.*\n)*"
        else:
            wanted += ".*".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n"
    return wanted


@pytest.mark.parametrize("number", [k for k, b in enumerate(BLOCKS) if b.kind == "text"], ids=lambda k: BLOCKS[k].name())
def test_what_is_shown_is_what_was_printed(number, project):
    assert project.exists()
    printed = BLOCKS[number - 1].done.stdout
    assert re.fullmatch(pattern_of(BLOCKS[number].body), printed), printed


def test_every_block_is_of_a_kind_that_is_tested():
    assert {b.kind for b in BLOCKS} == {"sh", "diff", "python", "r", "text"}
    assert README.count("\n```") == 2 * len(BLOCKS)


def test_make_reproduce_is_a_goal_and_runs_the_shipped_scenario(project):
    (block,) = [b for b in BLOCKS if "make " in b.body]
    assert project.exists()
    assert block.body == "make reproduce\n"
    assert "configs/iran-russia.cfg" in block.done.stdout


def test_the_text_leaves_what_it_speaks_of(project):
    assert (project / "results/before/yearly.csv").exists()
    for name in re.findall(r"`(\w+\.(?:csv|json))`", README):
        assert list(project.glob(f"results/my-question/*/{name}")), name
    assert "<svg" in (project / "results/compare.svg").read_text(encoding="utf-8")
    if shutil.which("Rscript"):
        assert (project / "results/in-r.png").read_bytes().startswith(b"\x89PNG")


def test_the_claim_of_the_text_is_judged(project):
    (row,) = [r for r in rows(project / "results/my-question/001/claims.csv") if r["id"] == "mine"]
    assert (row["expected"], row["shown"]) == ("yes", "yes")


def test_another_date_changes_nothing_before_it(project):
    before, after = (
        [r for r in rows(project / f"results/{run}/summary.csv") if r["measure"] == "cooperation"]
        for run in ("before", "after")
    )
    changed = [a["date"] for a, b in zip(before, after) if a != b]
    assert len(before) == len(after)
    assert min(changed)[:7] > "2018-05"


def test_the_change_can_be_an_arm_as_the_text_writes_it(project):
    (arm,) = re.findall(r"`(late = .*?;)`", README)
    text = (project / "configs/iran-russia.cfg").read_text(encoding="utf-8")
    assert text.count("\narms = {\n") == 1
    path = project / "configs/with-arm.cfg"
    path.write_text(text.replace("\n};\n\n# ---- Outcomes", f"\n  {arm}\n}};\n\n# ---- Outcomes"), encoding="utf-8")
    done = waltz("reproduce", path, "-n", "2", "-o", "arm", "--quiet", cwd=project, timeout=120)
    assert done.returncode in (0, 4), done.stderr
    (row,) = [r for r in rows(project / "arm/arms.csv") if (r["arm"], r["outcome"]) == ("late", "held_2019_2021")]
    assert float(row["difference"]) < 0


def test_the_advice_for_failures_is_right(project):
    done = waltz("run", "configs/late-exit.cfg", "-n", "1", "-o", "results/before", cwd=project)
    assert done.returncode == 2
    assert "exists already" in done.stderr
    done = waltz("check", "configs/late-exit.cfg", "--set", "shocks.us_exit.dat=2019-05-08", cwd=project)
    assert done.returncode == 3
    manifest = json.loads((project / "results/before/manifest.json").read_text(encoding="utf-8"))
    assert {"version", "seed"} <= set(manifest)


def test_the_list_of_the_folder_is_whole():
    listed = set(re.findall(r"^\| `([\w.-]+)/?`", README, re.M))
    there = {p.name for p in (ROOT / "configs").iterdir()} - {"README.md", "__pycache__"}
    assert listed == there
    assert all((ROOT / "configs" / p).exists() for p in re.findall(r"^\| `([\w./-]+)`", README, re.M))
