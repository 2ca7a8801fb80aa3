# SPDX-License-Identifier: BSD-3-Clause
"""Each fuzz target runs for a moment, and must find the bug planted for it; all
inputs that are kept are run without a fuzzer, and reach what they are for."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
BUILT = TOP / "build/tests"
TARGETS = sorted(p.stem.removeprefix("fuzz_") for p in HERE.glob("fuzz_*.c"))
# Those that run all of the child, and those that run one format.
CHILDREN = ["boot", "netif"]
FORMATS = [t for t in TARGETS if t not in CHILDREN]

# What part of a file's lines its targets' inputs must run, and what of all
# lines of a directory the child's must.
SHARE = 0.85
CHILD_SHARES = {"port": 0.95, "src/net": 0.85, "src/boot": 0.8}
# Not the network's: a local directory in place of it.
UNREACHED = ["src/net/tree.c"]

AFL = {"AFL_NO_UI": "1", "AFL_NO_AFFINITY": "1", "AFL_SKIP_CPUFREQ": "1",
       "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_BENCH_UNTIL_CRASH": "1"}


def dictionary(target: str, option: str) -> list[str]:
    path = HERE / f"{target}.dict"
    return [f"{option}{path}"] if path.exists() else []


def seeds(target: str) -> list[Path]:
    """The inputs that somebody wrote; a fuzzer has found the others, and is not
    to be helped by them when it has to find something."""
    return [p for p in (HERE / "corpus" / target).iterdir()
            if not p.name.startswith("f-")]


def fuzz(program: str, target: str, seconds: int, directory: Path):
    found = directory / "corpus"
    found.mkdir()
    corpus = HERE / "corpus" / target
    if program.startswith("canary_"):
        corpus = directory / "seeds"
        corpus.mkdir()
        for path in seeds(target):
            shutil.copy(path, corpus)
    return subprocess.run(
        [BUILT / "fuzz" / program, f"-max_total_time={seconds}", "-timeout=5",
         "-seed=1", f"-artifact_prefix={directory}/",
         *dictionary(target, "-dict="), found, corpus],
        capture_output=True, text=True, errors="replace", timeout=seconds + 60)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Starts all targets, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {program: pool.submit(fuzz, program, target, seconds,
                                    tmp_path_factory.mktemp(program))
               for target in TARGETS
               for program, seconds in ((f"fuzz_{target}", 3),
                                        (f"canary_{target}", 30))}


@pytest.mark.parametrize("target", TARGETS)
def test_target_finds_nothing(target, runs):
    run = runs[f"fuzz_{target}"].result()
    assert run.returncode == 0, run.stderr[-4000:]


@pytest.mark.parametrize("target", TARGETS)
def test_target_finds_the_planted_bug(target, runs):
    run = runs[f"canary_{target}"].result()
    assert run.returncode != 0, "the planted bug was not found in 30 s"
    assert any(sign in run.stderr for sign in
               ("Sanitizer", "deadly signal", "runtime error"))


@pytest.mark.parametrize("target", ["icmp", "result"])
def test_afl_finds_the_planted_bug(target, tmp_path):
    """Built without sanitizers: a page that nobody may read stops what reads
    too far, and the target's own rules the rest."""
    (tmp_path / "seeds").mkdir()
    for path in seeds(target):
        shutil.copy(path, tmp_path / "seeds")
    subprocess.run(["afl-fuzz", "-V", "30", "-i", tmp_path / "seeds",
                    "-o", tmp_path, *dictionary(target, "-x"), "--",
                    BUILT / "afl" / f"canary_{target}"], capture_output=True,
                   env={**os.environ, **AFL}, timeout=90)
    stats = (tmp_path / "default/fuzzer_stats").read_text()
    assert int(re.search(r"saved_crashes\s*: (\d+)", stats)[1]) > 0


# ---- without a fuzzer

def replay(where: str, target: str) -> subprocess.CompletedProcess:
    return subprocess.run([BUILT / where / "replay", target,
                           HERE / "corpus" / target], capture_output=True,
                          text=True, errors="replace", timeout=300)


@pytest.mark.parametrize("target", TARGETS)
def test_replayer_finds_nothing(target):
    run = replay("replay", target)
    assert run.returncode == 0, run.stderr[-4000:]
    kept = len(list((HERE / "corpus" / target).iterdir()))
    assert run.stdout == f"{kept} inputs\n"


def lines_run(targets: list[str]) -> dict[str, tuple[int, int]]:
    """For each file of the program: how many of its lines the targets' inputs
    run, and how many there are."""
    objects = BUILT / "counted/obj"
    for count in objects.glob("*.gcda"):
        count.unlink()
    for target in targets:
        assert replay("counted", target).returncode == 0, target
    listing = subprocess.run(
        ["gcov", "-n", *(p.name for p in objects.glob("*.gcno"))], cwd=objects,
        capture_output=True, text=True, check=True).stdout
    return {file: (round(float(share) * int(n) / 100), int(n))
            for file, share, n in re.findall(
                r"^File '((?:src|port)/.*\.c)'\nLines executed:(.*)% of (\d+)$",
                listing, re.M)}


def show(counts: dict[str, tuple[int, int]]) -> str:
    return "\n".join(f"{file:32} {100 * run // n:3} % of {n:3}"
                     for file, (run, n) in sorted(counts.items()))


def test_inputs_reach_every_format():
    counts = {file: count for file, count in lines_run(FORMATS).items()
              if file.startswith("src/format/")}
    files = {f"src/format/{p.name}" for p in (TOP / "src/format").glob("*.c")}
    assert counts.keys() == files
    print(show(counts))
    missed = {file: count for file, count in counts.items()
              if count[0] < SHARE * count[1]}
    assert not missed, show(missed)


def test_inputs_reach_the_child():
    counts = {file: count for file, count in lines_run(CHILDREN).items()
              if file not in UNREACHED}
    print(show(counts))
    for directory, share in CHILD_SHARES.items():
        ours = [count for file, count in counts.items()
                if file.startswith(f"{directory}/")]
        assert len(ours) > 5
        assert sum(run for run, _ in ours) >= share * sum(n for _, n in ours)
