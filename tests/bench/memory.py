# SPDX-License-Identifier: BSD-3-Clause
"""The bytes of each configuration: of its file, and in memory at its worst."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import clients
from clients import BINARY, Client, Job
from contest import Options
from lab import TOP
from measure import LIMIT, Memory, Process
from servers import Site
from table import Row

SECTION = "Bytes"
TICK = 0.001
AIMS = {"tiny": (400, 64), "default": (2662, 128)}  # KiB: resident, and of file


def configurations() -> dict[str, Path]:
    """Returns what build.sh has built, by the names of configs/."""
    names = sorted(p.name.removesuffix("_defconfig")
                   for p in (TOP / "configs").iterdir())
    return {name: BINARY if name == "default" else
            TOP / "build" / name / "lwpxeboot" for name in names}


def of_file(binary: Path) -> str:
    done = subprocess.run(["size", binary], capture_output=True, text=True)
    if done.returncode:
        return "failed: " + done.stderr.strip()
    text, data, bss = done.stdout.splitlines()[1].split()[:3]
    return (f"{binary.stat().st_size / 1024:.1f} KiB "
            f"(text {text}, data {data}, bss {bss})")


def peak(site: Site, job: Job, name: str, argv: list[str]) -> tuple[int, str]:
    """Returns KiB and how they read; 0 if the run fails."""
    memory = Memory()
    done = Process(argv).wait(LIMIT, TICK, memory.sample)
    if done.failure:
        return 0, f"failed: {done.failure}"
    return memory.peak, f"{memory.peak} KiB ({memory.samples} samples)"


def of_peer(site: Site, job: Job, client: Client) -> tuple[int, str]:
    return peak(site, job, client.name,
                client.command(site, job, client.directory(site)))


def of_ours(site: Site, job: Job, binary: Path) -> tuple[int, str]:
    directory = clients.ours().directory(site)
    url, = job.urls(site)
    argv = clients.our_command(directory, clients.mac(1), f"--kernel={url}",
                               binary=binary)
    return peak(site, job, binary.name, argv)


def bench(site: Site, options: Options) -> list[Row]:
    site.enter()
    rows = []
    busybox = Path(shutil.which("busybox") or "/bin/busybox")
    for name, binary in configurations().items():
        if options.wants(SECTION, f"binary, {name}", "busybox-static"):
            rows.append(file_row(name, binary, busybox))
    kib = options.kib(64, 16)
    jobs = [(Job("dnsmasq", [site.file(kib)]), clients.busybox_tftp()),
            (Job("nginx", [site.file(kib)]), clients.busybox_wget())]
    for job, peer in jobs:
        what = f"peak RSS, {kib >> 10} MiB by {job.scheme.upper()}"
        if not options.wants(SECTION, what, peer.name):
            continue
        theirs = of_peer(site, job, peer)
        for name, binary in configurations().items():
            rows.append(memory_row(f"{what}, {name}", peer.name,
                                   of_ours(site, job, binary), theirs,
                                   AIMS.get(name, (None,))[0]))
    return rows


def file_row(name: str, binary: Path, peer: Path) -> Row:
    row = Row(SECTION, f"binary, {name}", "busybox-static", of_file(binary),
              of_file(peer))
    if name in AIMS and binary.exists():
        row.aim = f"<= {AIMS[name][1]} KiB"
        row.reached = binary.stat().st_size <= AIMS[name][1] * 1024
        row.ratio = peer.stat().st_size / binary.stat().st_size
    return row


def memory_row(what: str, against: str, ours: tuple[int, str],
               theirs: tuple[int, str], aim: int | None) -> Row:
    row = Row(SECTION, what, against, ours[1], theirs[1])
    if ours[0] and theirs[0]:
        row.ratio = theirs[0] / ours[0]
    if aim:
        row.aim = f"< {aim} KiB"
        row.reached = 0 < ours[0] < aim
    return row
