# SPDX-License-Identifier: BSD-3-Clause
"""A wire between the server and the bridge that loses, doubles and reorders
frames, or stops in the middle."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import select
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Iterator

from lab import SERVER, Lab, Namespace
from wire import IPPROTO_UDP, inside

TUNSETIFF = 0x400454ca
IFF_TAP, IFF_NO_PI = 2, 0x1000
DHCP_PORTS = {67, 68}


@dataclass
class Faults:
    """What happens to frames, by chance that a seed repeats."""

    copies: int = 1
    loss: float = 0.0     # of each frame, 0 to 1
    reorder: float = 0.0  # chance to be sent behind the next frame
    seed: int = 1


def open_tap(host: Namespace, name: str) -> int:
    """Makes a TAP in the host and returns its descriptor.

    It has no offloads, so the kernel gives it what a real wire would carry:
    frames of its MTU, with their checksums.
    """
    def make() -> int:
        fd = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(fd, TUNSETIFF,
                    struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
        return fd
    return inside(host, make)


def is_spared(frame: bytes) -> bool:
    """ARP and DHCP have patience of their own, which other tests test."""
    if frame[12:14] != b"\x08\0" or frame[23] != IPPROTO_UDP:
        return True
    if struct.unpack("!H", frame[20:22])[0] & 0x1fff:  # a later fragment
        return False
    return not DHCP_PORTS.isdisjoint(struct.unpack("!HH", frame[34:38]))


class Relay:
    """Takes the place of the lab's cable to the server."""

    def __init__(self, lab: Lab, faults: Faults, hold_at: int = 0) -> None:
        self.faults = faults
        self.hold_at = hold_at   # bytes from the server; 0: never
        self.carried = 0         # of these
        self.held = threading.Event()
        self.go = threading.Event()
        lab.dom0.run("ip", "link", "del", f"vif{lab.server.pid}")
        self.ends = [open_tap(lab.server, "eth0"), open_tap(lab.dom0, "relay0")]
        lab.server.run("ip", "address", "add", f"{SERVER}/24", "dev", "eth0")
        lab.server.run("ip", "link", "set", "eth0", "up")
        lab.dom0.run("ip", "link", "set", "relay0", "master", "xenbr0", "up")
        self.chance = {end: random.Random(faults.seed + i)
                       for i, end in enumerate(self.ends)}
        self.late: dict[int, list[bytes]] = {end: [] for end in self.ends}
        self.stop, self.stopped = socket.socketpair()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            wait = 0.005 if any(self.late.values()) else None
            ready, _, _ = select.select([*self.ends, self.stopped], [], [], wait)
            if self.stopped in ready:
                return
            for end in self.ends:
                if end in ready:
                    self.carry(os.read(end, 2048), end)
                elif not ready:
                    self.put(end)

    def put(self, end: int, *frames: bytes) -> None:
        """Sends frames from this end to the other, and the late ones behind."""
        for frame in (*frames, *self.late[end]):
            os.write(self.ends[end == self.ends[0]], frame)
        self.late[end].clear()

    def carry(self, frame: bytes, end: int) -> None:
        faults, chance = self.faults, self.chance[end].random
        if is_spared(frame):
            self.put(end, frame)
            return
        if end == self.ends[0]:
            self.carried += len(frame)
            self.hold()
        if chance() < faults.loss:
            return
        if not self.late[end] and chance() < faults.reorder:
            self.late[end] = [frame] * faults.copies
            return
        self.put(end, *[frame] * faults.copies)

    def hold(self) -> None:
        """Stops once, until the test lets it go on."""
        if self.hold_at and self.carried >= self.hold_at:
            self.hold_at = 0
            self.held.set()
            self.go.wait(30)

    def close(self) -> None:
        self.go.set()
        self.stop.close()
        self.thread.join()
        self.stopped.close()
        for end in self.ends:
            os.close(end)


@contextlib.contextmanager
def relay(lab: Lab, faults: Faults = Faults(), hold_at: int = 0) -> Iterator[Relay]:
    made = Relay(lab, faults, hold_at)
    try:
        yield made
    finally:
        made.close()
