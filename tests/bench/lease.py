# SPDX-License-Identifier: BSD-3-Clause
"""What comes before and after a transfer: the lease, and the whole of it."""

from __future__ import annotations

import socket
import struct

import clients
from clients import SMALL_KIB, our_command, renew_client
from contest import Options
from lab import Namespace
from measure import Figures, Process, Run
from servers import Site
from table import Row, compare
from wire import inside

SECTION = "DHCP, dnsmasq --no-ping, a new MAC address each"
ETH_P_ALL = 3
PACKET_OUTGOING = 4
SO_TIMESTAMPNS = 35
ACK = b"\x35\x01\x05"  # option 53: the message is an ACK


class AckClock:
    """Sees the server's DHCP ACKs leave, with the kernel's time stamps."""

    def __init__(self, server: Namespace) -> None:
        self.socket = inside(server, lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        inside(server, lambda: self.socket.bind(("eth0", ETH_P_ALL)))
        self.socket.setblocking(False)

    def read(self) -> float | None:
        """Returns when the last ACK was sent, as a time of the real clock."""
        seen = None
        while True:
            try:
                frame, extra, _, address = self.socket.recvmsg(2048, 256)
            except BlockingIOError:
                return seen
            if address[2] == PACKET_OUTGOING and ACK in frame:
                s, ns = struct.unpack("qq", extra[0][2][:16])
                seen = s + ns / 1e9


def to_ack(clock: AckClock, done: Run) -> Run:
    """The part of a run before its ACK."""
    at = clock.read()
    if at is None:
        return Run(0, 0, done.failure or "no DHCP ACK was seen")
    return Run(at - done.server_at, done.cpu, done.failure)


def bench(site: Site, options: Options) -> list[Row]:
    if not options.wants(SECTION, "exec to ACK, exec to exit", "udhcpc -n -q"):
        return []
    site.enter()
    site.config(clients.boot_config(site.file(SMALL_KIB)))
    clock = AckClock(site.lab.server)
    names = "lwpxeboot, by tap", "lwpxeboot, by packet", "udhcpc -n -q"
    acks: dict[str, list[Run]] = {name: [] for name in names}
    ends: dict[str, list[Run]] = {name: [] for name in names}
    for _ in range(2 * options.rounds + 1):
        for name in names:
            directory = clients.ours().directory(site)
            argv = clients.UDHCPC if "udhcpc" in name else our_command(
                directory, clients.new_mac(), "--link=" + name.split()[-1])
            renew_client(site)
            done = Process(argv).wait()
            acks[name].append(to_ack(clock, done))
            ends[name].append(done)
    clock.socket.close()
    return rows([Figures(n, acks[n]) for n in names],
                [Figures(n, ends[n]) for n in names])


def rows(acks: list[Figures], ends: list[Figures]) -> list[Row]:
    made = []
    for what, (tap, packet, peer), aim in (
            ("exec to ACK received", acks, 20), ("exec to exit", ends, None)):
        for mine in tap, packet:
            made.append(compare(
                SECTION, f"{what}: {mine.name.removeprefix('lwpxeboot, ')}", mine,
                peer, aim if mine is tap else None))
    whole = made[2]
    whole.what += f", a kernel of {SMALL_KIB} KiB included"
    whole.aim = "under 5 ms"
    whole.reached = not ends[0].failure and ends[0].median < 0.005
    for row in made:
        row.cpu = row.peer_cpu = row.rates = ""
    return made
