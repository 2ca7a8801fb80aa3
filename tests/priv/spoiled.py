# SPDX-License-Identifier: BSD-3-Clause
"""Boots in which one system call fails, or a signal comes at it.

tests/priv/inject.c spoils the call, and ends when both processes have; this runs
many such boots, two at a time, as libxl would, and judges what each has left.
"""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Iterator

from bootserver import ARGS, CONFIG, KERNEL, RAMDISK, write_tree
from judged import DOCUMENTED, last_line
from lab import TOP, Lab
from libxl import Bootloader, Outcome

INJECT = TOP / "build/tests/priv/inject"
AT_A_TIME = 2

def numbers_of_calls() -> dict[str, int]:
    """Asks the compiler, as the calls' numbers are the machine's own."""
    text = subprocess.run(["gcc", "-E", "-dM", "-"], check=True, text=True,
                          input="#include <asm/unistd.h>\n",
                          capture_output=True).stdout
    return {name: int(number) for name, number in
            re.findall(r"^#define __NR_(\w+) (\d+)$", text, re.M)}


CALLS = numbers_of_calls()
NAMES = {number: name for name, number in CALLS.items()}


@dataclass(frozen=True)
class Plan:
    """What is spoiled; the words of inject.c."""

    who: str = "any"
    call: str = ""        # any
    nth: int = 0          # never
    what: str = "error"
    number: int = 0

    def words(self) -> list[str]:
        call = CALLS[self.call] if self.call else -1
        return [self.who, str(call), str(self.nth), self.what, str(self.number)]


@dataclass
class Run:
    """One spoiled boot."""

    plan: Plan
    outcome: Outcome
    fired: bool = False
    ends: dict[str, str] = field(default_factory=dict)  # "exited 0" by process
    calls: Counter = field(default_factory=Counter)     # by process and name

    def read(self, log: Path) -> None:
        for line in log.read_text().splitlines():
            who, *rest = line.split()
            if who == "fired":
                self.fired = True
            elif rest[0].isdigit():
                self.calls[who, NAMES[int(rest[0])]] = int(rest[1])
            else:
                self.ends[who] = " ".join(rest)

    @property
    def killed(self) -> bool:
        return self.ends["parent"].startswith("killed")

    def wrong(self) -> str | None:
        """Why this end is not one that libxl may see."""
        o = self.outcome
        if o.left:
            return f"left {o.left}"
        if o.status == 0:
            right = (o.kernel, o.ramdisk, o.args) == (KERNEL, RAMDISK, ARGS)
            return None if right else "exit 0 with wrong bytes"
        if o.result:
            return f"a result: {o.result!r}"
        if self.killed:
            return None
        if o.status not in DOCUMENTED:
            return "no documented exit code"
        said = last_line(o.console).startswith("lwpxeboot: ")
        return None if said or self.plan.call == "write" else "no reason told"

    def __str__(self) -> str:
        p = self.plan
        return (f"{p.who} {p.call} #{p.nth}: {p.what} {p.number}: status "
                f"{self.outcome.status}, {self.ends}, "
                f"{last_line(self.outcome.console)!r}")


class Range:
    """A Dom0 where such boots are run, and a server for them.  Those with
    `menu` pass a menu, which goes on by itself."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        tree = lab.directory / "tree"
        tree.mkdir()
        # Boots that are killed leave transfers behind.
        lab.dnsmasq(write_tree(tree), "--tftp-max=5000")
        self.guests: queue.SimpleQueue = queue.SimpleQueue()
        for n in range(AT_A_TIME):
            self.guests.put(n)
            (tree / f"pxelinux.cfg/01-00-16-3e-07-01-{n:02x}").write_bytes(
                b"ui menu.c32\ntimeout 2\n" + CONFIG)

    def run(self, plan: Plan, *args: str, menu: bool = False) -> Run:
        n = self.guests.get()
        log = self.lab.directory / f"inject.{n}"
        bootloader = Bootloader(
            self.lab, f"--vif=mac=00:16:3e:07:{menu:02x}:{n:02x},bridge=xenbr0",
            "--dhcp-timeout=5", "--timeout=20", *args, domid=n,
            menu=None if menu else "no",
            wrapper=(str(INJECT), str(log), *plan.words()))
        done = Run(plan, bootloader.finish())
        done.read(log)
        for name in done.outcome.left:
            (bootloader.directory / name).unlink()
        self.guests.put(n)
        return done

    def run_all(self, plans: Iterable[Plan], *args: str,
                **keywords) -> Iterator[Run]:
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            yield from pool.map(lambda plan: self.run(plan, *args, **keywords),
                                plans)


@contextlib.contextmanager
def made_range(directory: Path) -> Iterator[Range]:
    lab = Lab(directory)
    try:
        yield Range(lab)
    finally:
        lab.close()
