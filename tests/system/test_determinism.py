"""Equal seed and configuration give equal bytes: on any number of threads, in any folder, alone or together, from any
compiler, under any locale."""

import os
import shutil
import subprocess

import pytest

import golden
from program import ROOT, SHIPPED, SMALL, WALTZ, bytes_of, manifest, rows, run, waltz, write

SHORT = [SHIPPED, "--set", "scenario.spinup=6"]


@pytest.fixture(scope="module", name="reference")
def reference_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    write(folder, {"small.cfg": SMALL})
    return run("small.cfg", "-n", "50", "-s", "7", "-j", "1", cwd=folder)


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_threads_do_not_matter(threads, small, reference):
    folder = run("small.cfg", "-n", "50", "-s", "7", "-j", threads, cwd=small)
    assert bytes_of(folder) == bytes_of(reference)
    assert manifest(folder)["threads"] == threads


def test_threads_do_not_matter_to_the_shipped_scenario(tmp_path):
    one = run(*SHORT, "-n", "12", "-j", "1", "-o", "one", cwd=tmp_path)
    two = run(*SHORT, "-n", "12", "-j", "2", "-o", "two", cwd=tmp_path)
    assert bytes_of(one) == bytes_of(two)


STILL = ["--set", "shocks.quarrel.jitter_days=0"]


def kernels():
    refused = waltz("run", SHIPPED, "--kernel", "nonsense")
    assert refused.returncode == 2
    return refused.stderr.split("allowed on this processor: ")[1].strip().split(", ")


def test_the_kernel_does_not_matter(tmp_path):
    names = kernels()
    assert {"scalar", "narrow"} <= set(names) and len(names) >= 3
    shipped = [bytes_of(run(*SHORT, "-n", "13", "--kernel", k, "-o", k, cwd=tmp_path)) for k in names]
    assert all(one == shipped[0] for one in [*shipped, bytes_of(run(*SHORT, "-n", "13", "-o", "chosen", cwd=tmp_path))])


@pytest.mark.parametrize("sets", ["scenario.moves=drawn", "scenario.moves=expected", "parameters.initiatives=5"])
def test_the_kernel_does_not_matter_to_other_rules(sets, small):
    def left(folder, *words):
        done = waltz("run", "small.cfg", "-n", "50", "--quiet", *STILL, "--set", sets, "-o", folder, *words, cwd=small)
        assert done.returncode == 0, done.stderr
        return bytes_of(small / folder)

    plain = left("chosen")
    assert all(left(k, "--kernel", k) == plain for k in kernels())


@pytest.mark.parametrize("sets", [[], [*STILL, "--set", "scenario.order=serial"]])  # [] has dates that vary
def test_what_no_lane_can_do_is_done_by_another_kernel_and_told(sets, small):
    plain, told = set(), {}
    for k in kernels():
        done = waltz("run", "small.cfg", "-n", "11", "--quiet", *sets, "--kernel", k, "-o", k, cwd=small)
        assert done.returncode == 0, done.stderr
        plain.add(tuple(sorted(bytes_of(small / k).items())))
        told[k] = done.stderr
    assert told.pop("scalar") == told.pop("narrow") == ""
    assert told and all(f"--kernel {k} steps" in err and "narrow is used" in err for k, err in told.items())
    assert len(plain) == 1


def test_the_folder_does_not_matter(small, reference):
    elsewhere = run("./small.cfg", "-n", "50", "-s", "7", "-o", "else/where/ä b", cwd=small)
    names = ["outcomes.csv", "summary.csv", "yearly.csv", "effective.cfg"]
    assert bytes_of(elsewhere, names) == bytes_of(reference, names)


def test_the_seed_does_matter(small, reference):
    folder = run("small.cfg", "-n", "50", "-s", "8", cwd=small)
    for name, content in bytes_of(folder).items():
        assert content != (reference / name).read_bytes(), name


def test_seeds_of_64_bits_are_all_different(small):
    seeds = [0, 1, 2**32, 2**32 + 1, 2**63, 2**64 - 1]
    outcomes = {bytes_of(run("small.cfg", "-n", "3", "-s", s, cwd=small))["outcomes.csv"] for s in seeds}
    assert len(outcomes) == len(seeds)


def test_replicates_differ_from_each_other(reference):
    values = [(r["step"], r["peak"]) for r in rows(reference / "outcomes.csv")]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("replicate", [0, 7, 49])
def test_a_replicate_alone_is_its_row_in_the_ensemble(replicate, small, reference):
    alone = run("small.cfg", "-s", "7", "--replicate", replicate, cwd=small)
    assert rows(alone / "outcomes.csv") == [rows(reference / "outcomes.csv")[replicate]]
    assert manifest(alone)["first_replicate"] == replicate
    assert all(r["n"] == "1" for r in rows(alone / "summary.csv"))


def test_replicate_7_of_the_shipped_scenario_is_its_row(tmp_path):
    ensemble = run(*SHORT, "-n", "9", cwd=tmp_path)
    alone = run(*SHORT, "--replicate", "7", cwd=tmp_path)
    assert rows(alone / "outcomes.csv") == [rows(ensemble / "outcomes.csv")[7]]


def test_more_replicates_only_add_rows(small, reference):
    more = run("small.cfg", "-n", "60", "-s", "7", cwd=small)
    assert (more / "outcomes.csv").read_bytes().startswith((reference / "outcomes.csv").read_bytes())


def test_recording_more_changes_nothing(small, reference):
    folder = run("small.cfg", "-n", "50", "-s", "7", "--record", "dyads", cwd=small)
    assert (folder / "outcomes.csv").read_bytes() == (reference / "outcomes.csv").read_bytes()

    def means(path):
        return {(r["date"], r["measure"], r["iso3_1"], r["iso3_2"]): (r["mean"], r["sd"]) for r in rows(path)}

    recorded = means(folder / "summary.csv")
    assert means(reference / "summary.csv").items() <= recorded.items()


def test_an_outcome_more_changes_no_other(small, reference):
    extra = 'outcomes.extra={measure="partners";subject="USA";window="2010-01..2010-03";}'
    folder = run("small.cfg", "-n", "50", "-s", "7", "--set", extra, cwd=small)
    assert [(r["step"], r["peak"]) for r in rows(folder / "outcomes.csv")] == [
        (r["step"], r["peak"]) for r in rows(reference / "outcomes.csv")
    ]
    assert (folder / "summary.csv").read_bytes() == (reference / "summary.csv").read_bytes()


@pytest.fixture(name="german")
def german_fixture(tmp_path):
    """An environment in which C programs that ask for it write decimal commas."""
    environment = {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}
    if shutil.which("localedef"):
        made = subprocess.run(
            ["localedef", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")], capture_output=True, check=False
        )
        if made.returncode == 0:
            environment["LOCPATH"] = str(tmp_path)
    return environment


def test_the_locale_does_not_matter(small, reference, german):
    folder = run("small.cfg", "-n", "50", "-s", "7", cwd=small, env=german)
    names = ["outcomes.csv", "summary.csv", "yearly.csv", "effective.cfg"]
    assert bytes_of(folder, names) == bytes_of(reference, names)
    assert manifest(folder)["seconds"] > 0
    plain, here = waltz("list", "keys"), waltz("list", "keys", env=german)
    assert here.stdout == plain.stdout
    settings = ["check", "--effective", "small.cfg", "--set", "parameters.lambda=2.5"]
    assert waltz(*settings, cwd=small, env=german).stdout == waltz(*settings, cwd=small).stdout


def test_the_clock_and_the_time_zone_do_not_matter(small, reference):
    folder = run("small.cfg", "-n", "50", "-s", "7", cwd=small, env={"TZ": "Asia/Tehran"})
    assert bytes_of(folder) == bytes_of(reference)


def test_the_bytes_are_those_written_down():
    for entry in golden.read():
        assert golden.hash_of(entry["arguments"], entry["file"]) == entry["sha256"], entry


@pytest.mark.slow
def test_gcc_and_clang_give_the_same_bytes(tmp_path):
    clang = os.environ.get("WALTZ_CLANG")
    if clang is None:
        pytest.skip("WALTZ_CLANG names no second build; make test-clang sets it")
    for name, program in (("one", WALTZ), ("two", clang)):
        command = [program, "run", str(SHIPPED), "-n", "20", "-s", "3", "--quiet", "-o", str(tmp_path / name)]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    names = ["outcomes.csv", "summary.csv", "yearly.csv", "effective.cfg"]
    assert bytes_of(tmp_path / "one", names) == bytes_of(tmp_path / "two", names)
