# SPDX-License-Identifier: BSD-3-Clause
"""Signals to the parent, and the death of either process, at every stage of a
boot: before, at and after each of its system calls, by turns.

What is left after a boot that was not ended that way is the right result, whole;
else nothing: no file, no link, no process, no lock, which the next boot of the
same address would wait for.
"""

import os
import re
from collections import Counter
from signal import SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGSEGV, SIGTERM

import pytest

from judged import ports_of
from spoiled import INJECT, Plan, made_range

ENDING = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]


@pytest.fixture(scope="module")
def range_(tmp_path_factory):
    if os.geteuid():
        pytest.skip("network namespaces need root")
    if not INJECT.exists():
        pytest.skip("inject.c is for x86-64")
    with made_range(tmp_path_factory.mktemp("signals")) as made:
        yield made


def moments(range_, steps, **keywords):
    """Numbers of calls, of both processes, from the first to the last; how often
    one looks for a frame in vain is another matter each time."""
    total = min(sum(range_.run(Plan(), **keywords).calls.values())
                for _ in range(4))
    return sorted({1 + i * (total - 1) // steps for i in range(steps + 1)})


def sweep(name, range_, plans, **keywords):
    runs = [run for run in range_.run_all(plans, **keywords) if run.fired]
    print(f"{name}: {len(runs)} moments, ends",
          dict(Counter(run.outcome.status for run in runs)))
    assert not ports_of(range_.lab)
    assert len(runs) > len(plans) // 2, "boots with fewer calls than learned"
    return runs


@pytest.mark.parametrize("menu", [False, True], ids=["boot", "menu"])
def test_signal_ends_a_boot_at_any_moment(range_, menu):
    """With 51, or the signal itself as long as there is nothing to remove; what
    comes when the report is there comes too late."""
    at = moments(range_, 50 if menu else 110, menu=menu)
    plans = [Plan("any", "", nth, "parent", ENDING[i % len(ENDING)])
             for i, nth in enumerate(at)]
    runs = sweep(f"signals, menu {menu}", range_, plans, menu=menu)
    for run in runs:
        assert run.wrong() is None, str(run)
        assert run.outcome.status in (0, 51) or run.killed, str(run)
        assert not run.killed or "child" not in run.ends, str(run)
    assert {51} < {run.outcome.status for run in runs}


def test_death_of_the_child_ends_a_boot_at_any_moment(range_):
    at = moments(range_, 50)
    plans = [Plan("any", "", nth, "child", SIGSEGV if i % 2 else SIGKILL)
             for i, nth in enumerate(at)]
    for run in sweep("death of the child", range_, plans):
        assert run.wrong() is None, str(run)
        assert run.outcome.status in (0, 52), str(run)


def test_death_of_the_parent_takes_the_child_with_it_at_any_moment(range_):
    """Its files are libxl's to remove, which made their directory."""
    at = moments(range_, 50)
    plans = [Plan("any", "", nth, "parent", SIGKILL) for nth in at]
    for run in sweep("death of the parent", range_, plans):
        assert run.ends["parent"] == "killed 9", str(run)
        assert all(re.fullmatch(r"(kernel|ramdisk)[.][0-9a-f]{8}", name)
                   for name in run.outcome.left), str(run)
        assert re.fullmatch(rb"(kernel /\S+\0ramdisk /\S+\0args .*\0\0)?",
                            run.outcome.result), str(run)
