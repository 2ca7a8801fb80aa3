# SPDX-License-Identifier: BSD-3-Clause
"""TFTP where frames are lost: who waits least.

Such runs do little but wait, so several labs run side by side.  What is lost is
chosen by a seed, the same for each client; a run that fails or takes longer than
the limit counts as the limit.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import clients
from clients import Client, Job, ours
from contest import Options
from contests import size
from measure import Figures, Run
from servers import site
from table import Row, shown

SECTION = "TFTP with loss"
SERVERS = "dnsmasq", "tftpd-hpa -B 1468", "atftpd"
SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Cell:
    server: str
    kib: int
    percent: float

    @property
    def what(self) -> str:
        return (f"{size(self.kib)}, {self.server}, "
                f"{self.percent:g} % lost each way")


def contestants(options: Options) -> list[Client]:
    peers = [clients.busybox_tftp()]
    if not options.quick:
        peers += [clients.atftp(), clients.curl()]
    return [ours(), *peers]


def measure(cell: Cell, seed: int, tree: Path, options: Options,
            limit: float) -> list[Run]:
    """One run of each, in a lab of its own; in a process of its own."""
    runs = []
    with tempfile.TemporaryDirectory(dir=tree.parent) as directory, \
            site(tree, Path(directory) / "lab", relayed=True) as opened:
        job = Job(cell.server, [opened.file(cell.kib)])
        for client in contestants(options):
            opened.lab.set_wire(0, cell.percent, seed)
            done = client.run(opened, job, compare=True, limit=limit)
            if done.failure:
                done.seconds = limit
            runs.append(done)
    return runs


def row_of(cell: Cell, figures: list[Figures]) -> Row:
    """Ours beside the best peer of the cell, by medians."""
    mine, *peers = figures
    best = min(peers, key=lambda peer: peer.median)
    row = Row(SECTION, cell.what, best.name, aim=">= 1 x",
              ratio=best.median / mine.median,
              ours=of_runs(mine), theirs=of_runs(best), runs=len(mine.runs),
              data={"all": [f.dictionary() for f in figures]})
    row.reached = row.ratio >= 1 and any(not r.failure for r in mine.runs)
    return row


def of_runs(figures: Figures) -> str:
    """The times, and how many did not arrive."""
    failed = [r.failure for r in figures.runs if r.failure]
    if len(failed) == len(figures.runs):
        return f"failed: {failed[0]}"
    text = shown(Figures(figures.name, [
        Run(r.seconds, r.cpu) for r in figures.runs]))
    return text + (f", {len(failed)} failed" if failed else "")


def bench(tree: Path, options: Options) -> list[Row]:
    cells = [Cell(server, kib, percent) for kib, percent in ((1024, 1), (256, 5))
             for server in SERVERS]
    cells = [c for c in cells if options.wants(SECTION, c.what, "busybox")]
    seeds = range(1, (3 if options.quick else 5) + 1)
    limit = 20 if options.quick else 60
    with ProcessPoolExecutor(SIDE_BY_SIDE) as pool:
        futures = {cell: [pool.submit(measure, cell, seed, tree, options, limit)
                          for seed in seeds] for cell in cells}
        done = {cell: [f.result() for f in futures[cell]] for cell in cells}
    names = [client.name for client in contestants(options)]
    return [row_of(cell, [Figures(name, list(runs)) for name, runs in
                          zip(names, zip(*done[cell]))]) for cell in cells]
