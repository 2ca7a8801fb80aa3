# SPDX-License-Identifier: BSD-3-Clause
"""Sockets inside a lab's namespaces, and UDP datagrams as Ethernet frames."""

from __future__ import annotations

import ctypes
import os
import select
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Callable, TypeVar

from lab import Namespace

T = TypeVar("T")

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
ETH_P_IP = 0x0800
ETH_P_8021Q = 0x8100
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
IPPROTO_UDP = 17
SOL_PACKET = 263
SO_RCVBUFFORCE = 33
PACKET_VNET_HDR = 15
libc = ctypes.CDLL(None, use_errno=True)


def join(host: Namespace) -> None:
    """Moves the calling thread, and those it starts, to the host's network."""
    fd = os.open(f"/proc/{host.pid}/ns/net", os.O_RDONLY)
    try:
        if libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(fd)


def inside(host: Namespace, make: Callable[[], T]) -> T:
    """Returns what `make()` returns when it runs in the host's network.

    A socket stays in the network that it was made in.
    """
    made: list[T] = []

    def run() -> None:
        join(host)
        made.append(make())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return made[0]


def packet_socket(host: Namespace, interface: str = "eth0") -> socket.socket:
    """Opens a socket for whole frames on one of the host's interfaces."""
    def make() -> socket.socket:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                          socket.htons(ETH_P_ALL))
        s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        s.bind((interface, ETH_P_ALL))
        return s
    return inside(host, make)


def mac_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def mac_text(raw: bytes) -> str:
    return ":".join(f"{byte:02x}" for byte in raw)


def ip_bytes(text: str) -> bytes:
    return socket.inet_aton(text)


def checksum(data: bytes) -> int:
    """Returns the Internet checksum of RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram and the addresses on its way."""

    payload: bytes
    source_mac: str
    target_mac: str
    source: str
    target: str
    source_port: int
    target_port: int

    @property
    def addresses(self) -> bytes:
        return ip_bytes(self.source) + ip_bytes(self.target)

    def udp(self) -> bytes:
        """Returns the header of UDP and what follows it."""
        length = 8 + len(self.payload)
        ports = struct.pack("!HHH", self.source_port, self.target_port, length)
        pseudo = self.addresses + struct.pack("!HH", IPPROTO_UDP, length)
        udp_sum = checksum(pseudo + ports + b"\0\0" + self.payload) or 0xffff
        return ports + struct.pack("!H", udp_sum) + self.payload

    def ip(self, content: bytes, number: int = 0, fragment: int = 0) -> bytes:
        """Returns an IP packet; `fragment` is as in the header."""
        ip = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(content), number,
                         fragment, 64, IPPROTO_UDP)
        ip_sum = checksum(ip + b"\0\0" + self.addresses)
        return ip + struct.pack("!H", ip_sum) + self.addresses + content

    def ethernet(self, vlan: int | None = None) -> bytes:
        """Returns the header, perhaps with a tag: priority and VLAN."""
        tag = b"" if vlan is None else struct.pack("!HH", ETH_P_8021Q, vlan)
        return (mac_bytes(self.target_mac) + mac_bytes(self.source_mac) + tag +
                struct.pack("!H", ETH_P_IP))

    def frame(self, vlan: int | None = None) -> bytes:
        """Returns the Ethernet frame, with a tag if one is given."""
        return self.ethernet(vlan) + self.ip(self.udp())

    def fragments(self, number: int, size: int = 1480) -> list[bytes]:
        """Returns frames with so many bytes of it each, which 8 divides."""
        udp = self.udp()
        more = 0x2000
        return [self.ethernet() + self.ip(
                    udp[at:at + size], number,
                    (more if at + size < len(udp) else 0) | at // 8)
                for at in range(0, len(udp), size)]

    @classmethod
    def parse(cls, frame: bytes) -> Datagram | None:
        """Reads an untagged frame; None if it is no UDP over IPv4."""
        if (len(frame) < 42 or frame[12:14] != b"\x08\0" or
                frame[14] != 0x45 or frame[23] != IPPROTO_UDP):
            return None
        source_port, target_port, length = struct.unpack("!HHH", frame[34:40])
        return cls(frame[42:34 + length], mac_text(frame[6:12]),
                   mac_text(frame[:6]), socket.inet_ntoa(frame[26:30]),
                   socket.inet_ntoa(frame[30:34]), source_port, target_port)


class Listener:
    """Calls `take(frame)` for each frame that arrives, or that is sent if
    `outgoing`, until it is closed.

    Frames that are there by then are still taken.  What goes wrong in `take`
    is raised when the test leaves the `with`.
    """

    def __init__(self, host: Namespace, take: Callable[[bytes], None],
                 interface: str = "eth0", outgoing: bool = False) -> None:
        self.take = take
        self.outgoing = outgoing
        self.failure: BaseException | None = None
        self.socket = packet_socket(host, interface)
        self.stop, self.stopped = socket.socketpair()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            while self.wait():
                frame, address = self.socket.recvfrom(65536)
                if (address[2] == socket.PACKET_OUTGOING) == self.outgoing:
                    self.take(frame)
        except BaseException as failure:  # for the test's own thread
            self.failure = failure

    def wait(self) -> bool:
        """Returns true if there is a frame, false if there is an end."""
        ready, _, _ = select.select([self.socket, self.stopped], [], [])
        return self.socket in ready

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.close()
        self.thread.join()
        self.stopped.close()
        self.socket.close()
        if self.failure:
            raise self.failure
