# SPDX-License-Identifier: BSD-3-Clause
"""The reports of the Xen hosts, each of which runs once, when first asked for.

With LWPXEBOOT_XEN=all in the environment they do all steps of plan.py, else
those that ./build.sh test has time for.
"""

import fcntl
import functools
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import debs
import dom0
import plan

TOP = Path(__file__).resolve().parents[2]
EVERYTHING = os.environ.get("LWPXEBOOT_XEN") == "all"
POOL = ThreadPoolExecutor(len(plan.XENS))


def runs(*names: str) -> list[tuple[str, str]]:
    """Return each Xen version with each of these guests that it boots.

    A name may end with an asterisk, and then stands for all that begin so.
    """
    return [(xen, guest.name) for xen in plan.XENS for guest in plan.guests(xen, EVERYTHING)
            if any(guest.name == name or name[-1] == "*" and guest.name.startswith(name[:-1])
                   for name in names)]


def planned(name: str) -> plan.Guest:
    """Return what plan.py has of a guest."""
    return next(guest for step in plan.PLAN for guest in step.guests if guest.name == name)


def hosts(step: str) -> list[str]:
    """Return the Xen versions that do this step, named by its function."""
    return [xen for xen in plan.XENS for found in plan.steps(xen, EVERYTHING)
            if found.run.split()[0] == step]


def tell(xen: str, name: str) -> dom0.Guest:
    """Return a guest, its story printed: pytest shows it if the test fails."""
    said = report(xen)
    print(said.guests[name].story())
    print("== Dom0's job", said.job, "== boot server", said.server, sep="\n")
    return said.guests[name]


def report(xen: str) -> dom0.Report:
    """Return the report of the host with this Xen; skip or fail if there is none."""
    skip_where_impossible()
    try:
        return run(xen)
    except debs.NoPackages as error:
        pytest.skip(str(error))
    except RuntimeError as error:
        pytest.fail(f"{error}; the logs are in {debs.CACHE}/last/{xen}", pytrace=False)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Keep others from what has this name in the cache."""
    with open(debs.CACHE / name, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def start(xen: str) -> Future[dom0.Report | Exception]:
    """Begin what ends with the report."""
    return POOL.submit(outcome, xen)


def outcome(xen: str) -> dom0.Report | Exception:
    """Boot Dom0 and let it do its steps."""
    bootloader = Path(os.environ.get("LWPXEBOOT", TOP / "build/lwpxeboot")).resolve()
    last = debs.CACHE / "last" / xen
    last.parent.mkdir(parents=True, exist_ok=True)
    with locked(f"lock-{xen}"):
        shutil.rmtree(last, ignore_errors=True)
        try:
            if not os.access(bootloader, os.X_OK):
                raise RuntimeError(f"{bootloader} is no program: build it, or set LWPXEBOOT")
            with locked("lock"):
                packages = debs.unpack(xen)
            return dom0.boot(packages, bootloader, last, plan.steps(xen, EVERYTHING))
        except (RuntimeError, debs.NoPackages) as error:
            # Each test will end with this; the first also shows the logs.
            print(dom0.last_words(last))
            return error


def run(xen: str) -> dom0.Report:
    """Return the report, or raise what there is in its place.

    All steps take so long that the hosts had better run at once; else other
    tests run beside this.
    """
    for each in plan.XENS if EVERYTHING else (xen,):
        start(each)
    result = start(xen).result()
    if isinstance(result, Exception):
        raise result
    return result


def skip_where_impossible() -> None:
    """Skip on machines where neither Xen nor QEMU is to be had."""
    if platform.machine() != "x86_64":
        pytest.skip(f"the Xen host is an x86_64 machine, not {platform.machine()}")
    for tool in "apt-get", "dpkg-deb":
        if shutil.which(tool) is None:
            pytest.skip(f"Xen comes as Debian packages, and there is no {tool} here")
    if shutil.which("qemu-system-x86_64") is None:
        simulation = subprocess.run(["apt-get", "install", "--simulate", "qemu-system-x86"],
                                    capture_output=True, check=False)
        if os.geteuid() != 0 or simulation.returncode != 0:
            pytest.skip("there is no qemu-system-x86_64, and no way to install it")
        pytest.fail("qemu-system-x86_64 is missing: install what tests/xen/packages.txt lists",
                    pytrace=False)
