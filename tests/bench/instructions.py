# SPDX-License-Identifier: BSD-3-Clause
"""Instructions per MiB, which are nearly the same each time: by callgrind, of
both processes of lwpxeboot, outside the kernel.

The least of several runs counts: what is more was spent waiting for the server.

The binary is build.sh's for this: as the default one, but without the jail,
which would deny callgrind its files and its memory.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import clients
from clients import Job
from contest import Options
from lab import TOP
from measure import LIMIT, Process
from servers import Site
from table import Row

SECTION = "Instructions outside the kernel, by callgrind, without the jail"
BINARY = TOP / "build/counted/lwpxeboot"
MIB = 8
RUNS = 3


def count(directory: Path, argv: list[str]) -> tuple[int, str | None]:
    """Returns the instructions of a command and its children."""
    done = Process(["valgrind", "--tool=callgrind",
                    f"--callgrind-out-file={directory}/callgrind.%p",
                    *argv]).wait(2 * LIMIT)
    total = 0
    for path in directory.glob("callgrind.*"):
        total += sum(map(int, re.findall(r"^(?:totals|summary): (\d+)",
                                         path.read_text(), re.MULTILINE)[:1]))
    failure = done.failure or (None if total else "callgrind counted nothing")
    return total, failure


def transfer(site: Site, server: str, kib: int) -> tuple[int, str | None]:
    """Returns the fewest instructions that it takes to get one file."""
    url, = Job(server, [site.file(kib)]).urls(site)
    done = []
    for _ in range(RUNS):
        directory = clients.ours().directory(site)
        done.append(count(directory, clients.our_command(
            directory, clients.mac(1), f"--kernel={url}", binary=BINARY)))
        shutil.rmtree(directory)
    return min(done, key=lambda one: (one[1] is not None, one[0]))


def bench(site: Site, options: Options) -> list[Row]:
    site.enter()
    rows = []
    for server, what in (("tftpd-hpa -B 1468", "TFTP, 1468 bytes, lock-step"),
                         ("atftpd", "TFTP, atftpd"), ("nginx", "HTTP")):
        if not options.wants(SECTION, what):
            continue
        row = Row(SECTION, what)
        rows.append(row)
        if not shutil.which("valgrind"):
            row.ours = "failed: valgrind is not installed"
            continue
        (one, wrong), (many, wrong_too) = (
            transfer(site, server, mib << 10) for mib in (1, 1 + MIB))
        row.data = {"one_mib": one, f"{1 + MIB}_mib": many}
        row.ours = f"failed: {wrong or wrong_too}" if wrong or wrong_too else (
            f"{(many - one) / MIB:,.0f} per MiB; "
            f"{one - (many - one) / MIB:,.0f} for all the rest")
    return rows
