# SPDX-License-Identifier: BSD-3-Clause
"""The bytes of each configuration: of its file, and in memory at its worst."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import clients
from clients import BINARY, Client, Job
from contest import Options
from contests import boot_job
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
                   for p in (TOP / "configs").glob("*_defconfig"))
    return {name: BINARY if name == "default" else
            TOP / "build" / name / "lwpxeboot" for name in names}


def of_file(binary: Path) -> str:
    """Ours has no table of sections, which size(1) would want."""
    linked = binary.with_name(binary.name + ".debug")
    done = subprocess.run(["size", linked if linked.exists() else binary],
                          capture_output=True, text=True)
    if done.returncode:
        return "failed: " + done.stderr.strip()
    text, data, bss = done.stdout.splitlines()[1].split()[:3]
    return (f"{binary.stat().st_size / 1024:.1f} KiB "
            f"(text {text}, data {data}, bss {bss})")


def peak(argv: list[str]) -> tuple[int, str]:
    """Returns KiB and how they read; 0 if the run fails."""
    memory = Memory()
    done = Process(argv).wait(LIMIT, TICK, memory.sample)
    if done.failure:
        return 0, f"failed: {done.failure}"
    return memory.peak, f"{memory.peak} KiB ({memory.samples} samples)"


def of_ours(site: Site, binary: Path) -> tuple[int, str]:
    directory = clients.ours().directory(site)
    done = peak(clients.our_command(directory, clients.mac(1), binary=binary))
    shutil.rmtree(directory)
    return done


def has_http(name: str) -> bool:
    config = TOP / f"configs/{name}_defconfig"
    return "LWPXE_HTTP=y" in config.read_text()


def bench(site: Site, options: Options) -> list[Row]:
    site.enter()
    rows = []
    busybox = Path(shutil.which("busybox") or "/bin/busybox")
    for name, binary in configurations().items():
        if options.wants(SECTION, f"binary, {name}", "busybox-static"):
            rows.append(file_row(name, binary, busybox))
    sizes = [options.kib(8, 2), options.kib(64, 16)]
    for server, peer in (("dnsmasq", clients.busybox_tftp()),
                         ("nginx", clients.busybox_wget())):
        what = f"peak RSS, {sizes[0] >> 10} + {sizes[1] >> 10} MiB from {server}"
        if options.wants(SECTION, what, peer.name):
            rows += memory_rows(site, what, peer,
                                boot_job(server, *sizes)(site))
    return rows


def memory_rows(site: Site, what: str, peer: Client, job: Job) -> list[Row]:
    """Ours while it boots what pxelinux.cfg/default says, in each
    configuration; the peer while it gets the ramdisk."""
    alone = Job(job.server, job.files[1:])
    theirs = peak(peer.command(site, alone, peer.directory(site)))
    rows = []
    for name, binary in configurations().items():
        aim = AIMS.get(name, (None,))[0]
        if job.scheme == "http" and not has_http(name):
            continue
        rows.append(memory_row(f"{what}, {name}", peer.name,
                               of_ours(site, binary), theirs, aim))
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
