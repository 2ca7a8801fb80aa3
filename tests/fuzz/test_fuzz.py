# SPDX-License-Identifier: BSD-3-Clause
"""Each fuzz target runs for a moment, and must find the bug planted for it."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent.parent / "build/tests/fuzz"
TARGETS = sorted(p.stem.removeprefix("fuzz_") for p in HERE.glob("fuzz_*.c"))


def fuzz(program: str, target: str, seconds: int, directory: Path):
    dictionary = HERE / f"{target}.dict"
    found = directory / "corpus"
    found.mkdir()
    return subprocess.run(
        [BUILT / program, f"-max_total_time={seconds}", "-timeout=5", "-seed=1",
         f"-artifact_prefix={directory}/",
         *([f"-dict={dictionary}"] if dictionary.exists() else []),
         found, HERE / "corpus" / target],
        capture_output=True, text=True, errors="replace", timeout=seconds + 60)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Starts all targets, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {program: pool.submit(fuzz, program, target, seconds,
                                    tmp_path_factory.mktemp(program))
               for target in TARGETS
               for program, seconds in ((f"fuzz_{target}", 4),
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
