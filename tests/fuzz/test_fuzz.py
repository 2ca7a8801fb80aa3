# SPDX-License-Identifier: BSD-3-Clause
"""Each fuzz target runs for a moment, and must find the bug planted for it."""

import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
BUILT = TOP / "build/tests/fuzz"
TARGETS = sorted(p.stem.removeprefix("fuzz_")
                 for p in Path(__file__).parent.glob("fuzz_*.c"))


def fuzz(program: Path, target: str, seconds: int, tmp_path: Path):
    corpus = Path(__file__).parent / "corpus" / target
    return subprocess.run(
        [program, f"-max_total_time={seconds}", "-timeout=5", "-seed=1",
         f"-artifact_prefix={tmp_path}/", tmp_path, corpus],
        capture_output=True, text=True, errors="replace", timeout=seconds + 60)


@pytest.mark.parametrize("target", TARGETS)
def test_target_finds_nothing(target, tmp_path):
    run = fuzz(BUILT / f"fuzz_{target}", target, 5, tmp_path)
    assert run.returncode == 0, run.stderr[-4000:]


@pytest.mark.parametrize("target", TARGETS)
def test_target_finds_the_planted_bug(target, tmp_path):
    run = fuzz(BUILT / f"canary_{target}", target, 30, tmp_path)
    assert run.returncode != 0, "the planted bug was not found in 30 s"
    assert "Sanitizer" in run.stderr or "deadly signal" in run.stderr
