# SPDX-License-Identifier: BSD-3-Clause
"""The contests that are one job for several clients, each with its aim."""

from __future__ import annotations

from typing import Callable

import clients
from clients import Job, ours
from contest import Contest, Options
from servers import Site

RTTS = (0, 0.2, 1, 4, 10)
BY_RTT = "Time against RTT"
BY_SIZE = ("Time against size; libxenguest takes 1024 MiB, of more the program "
           "is built with another LWPXE_IMAGE_MIB")
LARGEST = 4608  # MiB: more blocks of 65464 bytes than block numbers


def size(kib: int) -> str:
    return f"{kib >> 10} MiB" if kib >= 1024 and not kib % 1024 else f"{kib} KiB"


def delay(rtt_ms: float) -> str:
    return f", RTT {rtt_ms:g} ms" if rtt_ms else ""


def one_file(server: str, kib: int) -> Callable[[Site], Job]:
    return lambda site: Job(server, [site.file(kib)])


def boot_job(server: str, kernel: int, initrd: int) -> Callable[[Site], Job]:
    """A tree whose default entry boots two files of these KiB."""
    def job(site: Site) -> Job:
        made = Job(server, [site.file(kernel), site.file(initrd, 2)])
        is_boot_server = server == "dnsmasq"
        site.config(clients.boot_config(
            *made.files if is_boot_server else made.urls(site)))
        return made
    return job


def boots(options: Options) -> list[Contest]:
    def boot(kernel: float, initrd: float, aim: float | None, rtt: float = 0,
             server: str = "dnsmasq", peer: str = "tftp") -> Contest:
        part = 1
        if rtt and not options.whole:  # lock-step at 1 ms: a minute for 72 MiB
            part = 16 if options.quick else 4
        elif options.quick:
            part = 4
        sizes = [int(mib * 1024) // part for mib in (kernel, initrd)]
        scheme = "HTTP" if peer == "wget" else "TFTP"
        return Contest(
            "Whole boot", f"{size(sizes[0])} + {size(sizes[1])}, {scheme} from "
            f"{server}{delay(rtt)}", boot_job(server, *sizes),
            [ours(True), clients.chain(peer)], [aim], rtt_ms=rtt, limit=300)
    return [boot(8, 64, 2), boot(8, 64, 1.1, 1), boot(36, 36, 1.9, 1),
            boot(8, 64, None, server="nginx", peer="wget")]


def tftp(options: Options) -> list[Contest]:
    kib = options.kib(64, 16)
    section = "TFTP, one file"
    three = [clients.curl(), clients.busybox_tftp(), clients.atftp()]
    made = [Contest(section, f"{size(kib)}, {server}, 1468 bytes, lock-step",
                    one_file(server, kib), [ours(), *three], [2, 2, 2])
            for server in ("dnsmasq", "tftpd-hpa -B 1468")]
    for rtt in 0, 1:
        made.append(Contest(
            section, f"{size(kib)}, atftpd, window 64{delay(rtt)}",
            one_file("atftpd", kib), [ours(), clients.atftp(1468, 64)], [1.15],
            rtt_ms=rtt))
    for rtt in 0, 1:
        made += [Contest(
            section, f"{size(kib)}, {server}, 65464 bytes{delay(rtt)}",
            one_file(server, kib), [ours(), clients.busybox_tftp(65464)], [1.2],
            rtt_ms=rtt) for server in ("tftpd-hpa", "atftpd")]
    return made


def http(options: Options) -> list[Contest]:
    section = "HTTP from nginx, one file"
    two = [clients.curl(), clients.busybox_wget()]
    made = []
    for kib in options.kib(64), options.kib(512, 128):
        made.append(Contest(section, size(kib), one_file("nginx", kib),
                            [ours(), *two], best_aim=1.25, cpu_aim=1.3))
    kib = options.kib(64)
    made.append(Contest(section, f"{size(kib)}{delay(10)}", one_file("nginx", kib),
                        [ours(), two[0]], [1.0], rtt_ms=10))
    made += [Contest(section, f"{size(kib)}{delay(1)}, loss {loss} %",
                     one_file("nginx", kib), [ours(), *two], rtt_ms=1,
                     loss_percent=loss)
             for kib, loss in ((options.kib(16, 4), 1), (options.kib(4, 1), 5))]
    return made


def sweep_rtt(options: Options) -> list[Contest]:
    """Time against RTT, for the plot."""
    curves = [("TFTP", "dnsmasq", options.kib(1, 0.5), clients.busybox_tftp()),
              ("TFTP", "atftpd", options.kib(8, 1), clients.atftp(1468, 64)),
              ("HTTP", "nginx", options.kib(64, 16), clients.curl())]
    return [Contest(BY_RTT,
                    f"{scheme} {size(kib)}, {server}{delay(rtt) or ', no delay'}",
                    one_file(server, kib), [ours(), peer], rtt_ms=rtt,
                    point=(f"{scheme} {size(kib)}, {server}", rtt))
            for scheme, server, kib, peer in curves for rtt in RTTS]


def sweep_size(options: Options) -> list[Contest]:
    """Time against size, for the plot; block numbers roll over from 92 MiB on
    where blocks have 1468 bytes."""
    sizes = (1, 16, 128) if options.quick else (1, 16, 256, 1024)
    large = () if options.quick else (LARGEST,)
    curves = [("dnsmasq", clients.busybox_tftp(), sizes),
              ("tftpd-hpa", clients.busybox_tftp(65464), sizes + large)]
    return [Contest(BY_SIZE, f"{mib} MiB, sparse, {server}",
                    lambda site, server=server, mib=mib:
                    Job(server, [site.sparse_file(mib)], mib > 1024),
                    [ours(), peer], point=(server, mib), limit=300)
            for server, peer, sizes in curves for mib in sizes]
