# SPDX-License-Identifier: BSD-3-Clause
"""The unit tests, golden ones among them, on each machine, on one with the other
byte order, and built with clang; there, also whole boots in virtual time."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

from targets import BIG_ENDIAN, TOP, XEN, by_name

# Of tests/sim, what shows the order of bytes in each protocol; the others are about
# loss and time, and take minutes there.
SIMULATIONS = (TOP / "tests/arch/simulations.txt").read_text().split("\n")[1:-1]


def failures(target, programs) -> list[str]:
    """Runs them, as many at once as there are processors."""
    def run(program):
        done = target.run(program)
        passed = re.search(r"\[  PASSED  \] [1-9]\d* test", done.stdout + done.stderr)
        if done.returncode == 0 and passed:
            return None
        return f"{program}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [said for said in pool.map(run, programs) if said]


@by_name([*XEN, BIG_ENDIAN])
def test_unit_tests_pass(target):
    programs = sorted((target.out / "unit").glob("test_*"))
    assert {p.name for p in programs} == \
        {p.stem for p in (TOP / "tests/unit").glob("test_*.c")}
    assert failures(target, programs) == []


def test_boots_in_virtual_time_pass_with_the_other_byte_order():
    programs = [BIG_ENDIAN.out / f"sim/test_{name}" for name in SIMULATIONS]
    assert failures(BIG_ENDIAN, programs) == []


def test_it_is_the_other_byte_order():
    """Lest all of this tests nothing."""
    done = BIG_ENDIAN.run(BIG_ENDIAN.out / "emulated/lwpxeboot", "--version")
    assert done.returncode == 0, done.stderr
    header = (BIG_ENDIAN.out / "emulated/lwpxeboot").read_bytes()[:6]
    assert header == b"\x7fELF\x02\x02"
