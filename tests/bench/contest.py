# SPDX-License-Identifier: BSD-3-Clause
"""Runs of several clients in turn, so that all see the same weather."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, field
from typing import Callable

from clients import Client, Job
from measure import LIMIT, Figures, Run
from servers import Site
from table import Row, compare


@dataclass
class Options:
    """How long it may all take."""

    rows: re.Pattern
    rounds: int
    quick: bool
    whole: bool      # no smaller files where a delay makes it slow
    pin: bool

    @property
    def budget(self) -> float:
        """Seconds after which a contest begins no more rounds."""
        return 8 if self.quick else 40

    @property
    def fewest(self) -> int:
        return 1 if self.quick else 2

    def kib(self, mib: float, quick_mib: float | None = None) -> int:
        """The size of a file: the second one in a quick bench."""
        return int((quick_mib if self.quick and quick_mib else mib) * 1024)

    def wants(self, section: str, what: str, against: str = "") -> bool:
        return bool(self.rows.search(f"{section}: {what} | {against}"))


@dataclass
class Contest:
    """One job for lwpxeboot, the first of the clients, and its peers."""

    section: str
    what: str
    job: Callable[[Site], Job]
    clients: list[Client]
    aims: list[float | None] = field(default_factory=list)  # one per peer
    best_aim: float | None = None  # against the best of the peers instead
    cpu_aim: float | None = None   # most of the best one's processor time
    rtt_ms: float = 0
    loss_percent: float = 0
    limit: float = LIMIT           # seconds for a run
    point: tuple[str, float] | None = None  # of which curve, at which x

    @property
    def is_relayed(self) -> bool:
        return bool(self.rtt_ms or self.loss_percent)

    def run(self, site: Site, options: Options) -> list[Row]:
        site.enter()
        if self.is_relayed:
            site.lab.set_wire(self.rtt_ms)
        rtt_ms = site.rtt_ms(20)
        rows = self.rows(self.figures(site, options))
        for row in rows:
            row.data |= {"point": self.point, "rtt_ms": self.rtt_ms,
                         "loss_percent": self.loss_percent,
                         "rtt_ms_measured": rtt_ms}
        return rows

    def figures(self, site: Site, options: Options) -> list[Figures]:
        job = self.job(site)
        runs: dict[str, list[Run]] = {c.name: [] for c in self.clients}
        start = time.monotonic()
        for number in range(options.rounds):
            if number >= options.fewest and \
                    time.monotonic() - start > options.budget:
                break
            turn = number % len(self.clients)
            for client in self.clients[turn:] + self.clients[:turn]:
                if self.is_relayed:
                    site.lab.set_wire(self.rtt_ms, self.loss_percent, number)
                runs[client.name].append(self.one(client, site, job, number))
        return [Figures(name, done) for name, done in runs.items()]

    def one(self, client: Client, site: Site, job: Job, number: int) -> Run:
        missing = client.missing()
        if missing:
            return Run(0.0, 0.0, missing)
        return client.run(site, job, number == 0, self.limit)

    def rows(self, figures: list[Figures]) -> list[Row]:
        ours, *theirs = figures
        if self.best_aim is None:
            aims = self.aims or [None] * len(theirs)
            return [compare(self.section, self.what, ours, peer, aim)
                    for peer, aim in zip(theirs, aims)]
        good = [peer for peer in theirs if not peer.failure] or theirs
        best = min(good, key=lambda peer: peer.median)
        rows = [compare(self.section, self.what, ours, best, self.best_aim)]
        rows[0].against = "the better: " + best.name
        if self.cpu_aim:
            rows.append(self.cpu_row(ours, min(good, key=lambda p: p.cpu)))
        return rows

    def cpu_row(self, ours: Figures, theirs: Figures) -> Row:
        row = Row(self.section, f"{self.what}: CPU of the client", theirs.name,
                  aim=f"<= {self.cpu_aim:g} x theirs", reached=False)
        row.theirs = f"{theirs.cpu * 1000:.0f} ms"
        row.ours = f"failed: {ours.failure}" if ours.failure else \
            f"{ours.cpu * 1000:.0f} ms"
        if not ours.failure and not theirs.failure:
            row.ratio = theirs.cpu / ours.cpu
            row.reached = ours.cpu <= theirs.cpu * self.cpu_aim
        return row


def say(text: str) -> None:
    """Shows how far the bench is."""
    print(text, file=sys.stderr, flush=True)
