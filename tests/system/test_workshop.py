"""The Makefile and the scripts beside it."""

import os
import pathlib
import platform
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, cwd=ROOT, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "NO_INSTALL"))}
    return subprocess.run(
        [str(c) for c in command],
        cwd=cwd,
        env=environment | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_deps_says_nothing_when_nothing_is_missing():
    done = run("bash", ".ci/deps", "build", "test")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_deps_names_what_is_missing_and_installs_nothing():
    done = run("bash", ".ci/deps", "test", NO_INSTALL="1", PYTHON="/nowhere/python3")
    assert done.returncode == 1
    assert done.stdout == ""
    names = done.stderr.split("\n")[1:]
    assert "  python3" in names and "  python3-pytest" in names
    assert "  libcmocka-dev" not in names


def test_deps_without_apt_names_what_is_needed(tmp_path):
    for name in ("bash", "gcc"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    done = run("/bin/bash", ".ci/deps", "build", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "no apt" in done.stderr
    assert "  libgsl-dev" in done.stderr and "  libconfig-dev" in done.stderr


@pytest.mark.skipif(platform.machine() != "x86_64", reason="kernels of x86-64")
def test_kernels_do_not_depend_on_a_compiler_being_there_yet():
    done = run("make", "--dry-run", "CC=nosuchcc", "BUILD=nosuchbuild", "objects")
    for kernel in ("scalar", "sse2", "avx2", "avx512"):
        assert f"sim/model/step.{kernel}.o" in done.stdout, done.stderr


def tree(folder, files):
    """Writes a small source tree and returns what the structure check says of it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = run(sys.executable, ROOT / ".ci/structure.py", cwd=folder)
    assert done.returncode == (1 if done.stdout else 0), done.stderr
    return done.stdout


ALLOWED = {
    "higher layer includes a lower one": ("sim/run/a.c", '#include "base/error.h"\n'),
    "names in comments and strings": (
        "sim/base/a.c",
        "/* exit(1),\n   getenv(x) */\nconst char *const t = \"printf(\";\n",
    ),
    "functions that only end alike": ("sim/base/a.c", "int f(void)\n{\n    return snprintf(0, 0, x);\n}\n"),
    "constants": ("sim/base/a.c", "static const int a[] = {1};\nstatic int f(void);\n"),
    "stdout on the command line": ("sim/cli/a.c", "int f(void)\n{\n    return puts(x);\n}\n"),
}

REFUSED = {
    "lower layer includes a higher one": ("sim/base/a.c", '#include "run/store.h"\n', "higher layer"),
    "include without a layer": ("sim/base/a.c", '#include "error.h"\n', "does not start with a layer"),
    "exit": ("sim/run/a.c", "int f(void)\n{\n    exit(1);\n}\n", "a.c:3: exit below"),
    "clock": ("sim/run/a.c", "int f(void)\n{\n    return time(0);\n}\n", "time below"),
    "stdout": ("sim/model/a.c", "int f(void)\n{\n    return fputs(x, stdout);\n}\n", "stdout below"),
    "state at file scope": ("sim/model/a.c", "static int calls = 0;\n", "file scope"),
    "typedef": ("sim/cli/a.h", "typedef int number;\n", "typedef"),
    "unknown layer": ("sim/other/a.c", "\n", "no layer"),
    "long file": ("sim/base/a.c", "\n" * 501, "501 lines"),
    "long function": ("sim/base/a.c", "int f(void)\n{\n" + "    g();\n" * 61 + "}\n", "f has 61 lines"),
    "many parameters": ("sim/base/a.c", "int f(A a, B b, C c, D d, E e, F f, G g)\n{\n}\n", "parameters"),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_structure_allows(case, tmp_path):
    name, text = ALLOWED[case]
    assert tree(tmp_path, {name: text}) == ""


@pytest.mark.parametrize("case", REFUSED)
def test_structure_refuses(case, tmp_path):
    name, text, message = REFUSED[case]
    assert message in tree(tmp_path, {name: text})


def test_structure_refuses_a_second_user_of_a_library(tmp_path):
    user = "#include <libconfig.h>\n"
    assert tree(tmp_path, {"sim/scenario/a.c": user}) == ""
    assert "2 files" in tree(tmp_path, {"sim/scenario/b.c": user})


def test_citation_and_program_have_one_version():
    makefile = (ROOT / "Makefile").read_text()
    version = makefile.split("\nVERSION = ")[1].split("\n")[0]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.slow
def test_make_rebuilds_when_flags_change_and_only_then(tmp_path):
    def compiled(*arguments):
        done = run("make", f"BUILD={tmp_path}", *arguments, f"{tmp_path}/sim/base/error.o")
        assert done.returncode == 0, done.stderr
        return "compile" in done.stdout

    assert compiled()
    assert not compiled()
    assert compiled("CFLAGS=-O2")
    assert not compiled("CFLAGS=-O2")
    assert compiled()
