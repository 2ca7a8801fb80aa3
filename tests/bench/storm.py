# SPDX-License-Identifier: BSD-3-Clause
"""Fifty guests at once on one bridge."""

from __future__ import annotations

import shutil
import time

import clients
from clients import Job, check
from contest import Options
from contests import size
from measure import Figures, Process, Run
from servers import Site
from table import Row, compare

SECTION = "A storm"
GUESTS = 50


class Guest:
    """One of them, started when it is made."""

    def __init__(self, site: Site, number: int) -> None:
        self.directory = site.directory / f"guest{number}"
        self.directory.mkdir()
        self.process = Process(clients.our_command(
            self.directory, clients.mac(0x200 + number)))


def wave(site: Site, job: Job, at_once: int) -> Run:
    """Boots all guests, so many at a time."""
    spent, wrong = 0.0, []
    for first in range(0, GUESTS, at_once):
        start = time.monotonic()
        guests = [Guest(site, first + i) for i in range(at_once)]
        ends = [guest.process.wait() for guest in guests]
        spent += time.monotonic() - start
        for guest, end in zip(guests, ends):
            failure = end.failure or check(site, job, guest.directory, True)
            wrong += [failure] if failure else []
            shutil.rmtree(guest.directory)
    failure = f"{len(wrong)} guests, one: {wrong[0]}" if wrong else None
    return Run(spent, 0, failure)


def bench(site: Site, options: Options) -> list[Row]:
    kernel, initrd = options.kib(1, 0.5), options.kib(4, 1)
    what = (f"{GUESTS} guests at once, {size(kernel)} + {size(initrd)} each, "
            "TFTP from dnsmasq")
    if not options.wants(SECTION, what, "one after the other"):
        return []
    site.enter()
    job = Job("dnsmasq", [site.file(kernel), site.file(initrd, 2)])
    site.config(clients.boot_config(*job.files))
    together: list[Run] = []
    in_turn: list[Run] = []
    for _ in range(1 if options.quick else 3):
        together.append(wave(site, job, GUESTS))
        in_turn.append(wave(site, job, 1))
    row = compare(SECTION, what, Figures("at once", together),
                  Figures("one after the other", in_turn), None)
    row.cpu = row.peer_cpu = ""
    return [row]
