# SPDX-License-Identifier: BSD-3-Clause
"""One process, run and measured: time, processor time, memory, what it said."""

from __future__ import annotations

import ctypes
import os
import re
import select
import signal
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable, Iterable

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36
LIMIT = 60.0  # seconds that a run may take


@dataclass
class Run:
    """What one run cost.  One that failed or took too long has a failure."""

    seconds: float       # from before it is started to its end
    cpu: float           # its user and system time, and its children's; s
    failure: str | None = None
    console: str = ""
    server_cpu: float = 0.0
    server_at: float = 0.0  # CLOCK_REALTIME when it started


class Process:
    """A process that is being measured."""

    def __init__(self, argv: list[str]) -> None:
        self.output = tempfile.TemporaryFile()
        null = os.open(os.devnull, os.O_RDONLY)
        out = self.output.fileno()
        self.realtime = time.clock_gettime(time.CLOCK_REALTIME)
        self.start = time.monotonic()
        self.pid = os.posix_spawnp(
            argv[0], argv, os.environ, setsid=True, file_actions=[
                (os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, out, 2)])
        os.close(null)
        self.pidfd = os.pidfd_open(self.pid)

    def wait(self, limit: float = LIMIT, tick: float | None = None,
             sample: Callable[[int], None] | None = None) -> Run:
        """Waits for the end, and calls `sample` every `tick` seconds."""
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        deadline = self.start + limit
        try:
            while not (ended := poll.poll(1000 * min(
                    tick or limit, max(0.0, deadline - time.monotonic())))):
                if time.monotonic() >= deadline:
                    break
                if sample:
                    sample(self.pid)
        except BaseException:
            os.killpg(self.pid, signal.SIGKILL)
            raise
        if not ended:
            os.killpg(self.pid, signal.SIGKILL)
            poll.poll()
        seconds = time.monotonic() - self.start
        _, status, usage = os.wait4(self.pid, 0)
        cpu = usage.ru_utime + usage.ru_stime + orphans(self.pid)
        os.close(self.pidfd)
        self.output.seek(0)
        console = self.output.read().decode(errors="replace")
        self.output.close()
        failure = None
        if not ended:
            failure, seconds = f"no end in {limit:g} s", limit
        elif status:
            failure = last_line(console) or \
                f"exit status {os.waitstatus_to_exitcode(status)}"
        return Run(seconds, cpu, failure, console, server_at=self.realtime)


def adopt_orphans() -> None:
    """From now on, what a run leaves behind is this process's to wait for."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("prctl failed")


def orphans(group: int) -> float:
    """Waits for what has outlived its parent, as our jailed process does while the
    kernel closes its link; returns the processor time it took."""
    cpu = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-group, 0)
        except ChildProcessError:
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


def run(argv: list[str], **keywords) -> Run:
    return Process(argv).wait(**keywords)


def last_line(console: str) -> str:
    """Returns what was said last, by a program, not by valgrind around it."""
    lines = [line.split("\r")[-1].strip() for line in console.splitlines()]
    return ([line for line in lines if line and line[:2] != "=="] or [""])[-1]


# ---- processor time and memory, by /proc

def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def family(pid: int) -> Iterable[int]:
    yield pid
    for child in children(pid):
        yield from family(child)


def cpu_of(pid: int) -> float:
    """Returns the processor time, in seconds, of a process and its children,
    also of those that have ended; in whole ticks, so only sums are exact."""
    ticks = 0
    for member in family(pid):
        try:
            stat = Path(f"/proc/{member}/stat").read_text()
        except OSError:
            continue
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / TICKS


def busy() -> tuple[float, float]:
    """Returns the seconds that the machine's processors, and that this process
    and its children that have ended, have worked so far."""
    words = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _, _, irq, softirq, steal = map(int, words)
    own = os.times()
    return ((user + nice + system + irq + softirq + steal) / TICKS,
            sum(own[:4]))


class Memory:
    """The most that a process and its children had resident at once, by their
    page tables: ru_maxrss would count what was there before exec."""

    def __init__(self) -> None:
        self.peak = 0  # KiB
        self.samples = 0

    def sample(self, pid: int) -> None:
        total = 0
        for member in family(pid):
            try:
                rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
            except OSError:  # it has just ended
                continue
            found = re.search(r"^Rss:\s+(\d+)", rollup, re.MULTILINE)
            total += int(found[1]) if found else 0
        self.peak = max(self.peak, total)
        self.samples += 1


# ---- several runs

@dataclass
class Figures:
    """The runs of one client in one row."""

    name: str
    runs: list[Run]

    @property
    def failure(self) -> str | None:
        """Why the row has no figure: the first run that failed."""
        return next((r.failure for r in self.runs if r.failure), None)

    @property
    def seconds(self) -> list[float]:
        return [r.seconds for r in self.runs]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def rates(self) -> str:
        """What the last run says of its transfers, once each has ended."""
        return ", ".join(re.findall(r"^(?!.*%\)).*, ([\d.]+ ?[kMG]?B/s)$",
                                    self.runs[-1].console, re.MULTILINE))

    @property
    def cpu(self) -> float:
        return statistics.median(r.cpu for r in self.runs)

    @property
    def server_cpu(self) -> float:
        """The mean, since each one is in whole ticks."""
        return statistics.mean(r.server_cpu for r in self.runs)

    def dictionary(self) -> dict:
        return {"name": self.name, "median": self.median,
                "runs": [asdict(r) for r in self.runs]}
