# SPDX-License-Identifier: BSD-3-Clause
"""A DHCP server that answers with what a test's script says, byte by byte.

It works on whole frames, so it can answer from addresses that it does not
have, with any framing, and sees exactly what a client put on the wire.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass, field, replace
from typing import Callable, Iterable, Mapping

from lab import MAC, SERVER, Namespace
from wire import BROADCAST_MAC, Datagram, Listener, ip_bytes, mac_bytes

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE = range(1, 8)
COOKIE = b"\x63\x82\x53\x63"
SERVER_MAC = "02:00:00:00:00:01"
CLIENT = "10.9.0.77"

# Options, by their names in RFC 2132 and 5071.
MASK, ROUTER, DNS, DOMAIN, MTU = 1, 3, 6, 15, 26
LEASE, OVERLOAD, TYPE, SERVER_ID, MESSAGE = 51, 52, 53, 54, 56
TFTP_NAME, BOOTFILE, TFTP_LIST, CONFIG_FILE, PREFIX = 66, 67, 150, 209, 210


@dataclass(frozen=True)
class Query:
    """What a client sent."""

    datagram: Datagram
    nth: int = 1  # of the queries of this type
    time: float = field(default_factory=time.monotonic)

    @property
    def payload(self) -> bytes:
        return self.datagram.payload

    @property
    def xid(self) -> bytes:
        return self.payload[4:8]

    @property
    def secs(self) -> int:
        return int.from_bytes(self.payload[8:10], "big")

    @property
    def chaddr(self) -> bytes:
        return self.payload[28:34]

    @property
    def options(self) -> list[tuple[int, bytes]]:
        found, area = [], self.payload[240:]
        while area and area[0] != 255:
            code, length = area[0], area[1]
            found.append((code, area[2:2 + length]))
            area = area[2 + length:]
        return found

    def option(self, code: int) -> bytes | None:
        return dict(self.options).get(code)

    @property
    def type(self) -> int:
        return (self.option(TYPE) or b"\0")[0]


def option(code: int, value: bytes) -> bytes:
    return bytes((code, len(value))) + value


def message(query: Query, kind: int | None = None, *, yiaddr: str = CLIENT,
            siaddr: str = SERVER, server: str = SERVER, sname: bytes = b"",
            file: bytes = b"pxelinux.0", xid: bytes | None = None,
            chaddr: bytes | None = None, op: int = 2,
            options: Mapping[int, bytes | None] | None = None) -> bytes:
    """Returns the DHCP message that answers `query`.

    Unless `kind` says otherwise that is an OFFER or an ACK.  `options` adds to
    the usual ones; the value None takes one of them out.
    """
    kind = kind or (OFFER if query.type == DISCOVER else ACK)
    merged: dict[int, bytes | None] = {
        TYPE: bytes((kind,)), SERVER_ID: ip_bytes(server),
        LEASE: struct.pack("!I", 3600), MASK: ip_bytes("255.255.255.0"),
        **(options or {})}
    area = b"".join(option(c, v) for c, v in merged.items() if v is not None)
    return (bytes((op, 1, 6, 0)) + (xid or query.xid) + bytes(8) +
            ip_bytes(yiaddr) + ip_bytes(siaddr) + bytes(4) +
            (chaddr or query.chaddr).ljust(16, b"\0") +
            sname.ljust(64, b"\0") + file.ljust(128, b"\0") + COOKIE + area +
            b"\xff")


def datagram(payload: bytes, server: str = SERVER,
             target: str = "255.255.255.255",
             target_mac: str = BROADCAST_MAC) -> Datagram:
    return Datagram(payload, SERVER_MAC, target_mac, server, target, 67, 68)


def answer(query: Query, kind: int | None = None, *, server: str = SERVER,
           **fields) -> bytes:
    """Returns the frame that broadcasts the message to this query."""
    return datagram(message(query, kind, server=server, **fields),
                    server).frame()


Script = Callable[[Query], Iterable[bytes]]


def lease(**fields) -> Script:
    """The usual script: an OFFER, and an ACK that says the same."""
    return lambda query: [answer(query, **fields)]


class Dhcpd(Listener):
    """Sends the frames that `script` returns for each query from `mac`."""

    def __init__(self, host: Namespace, script: Script, mac: str = MAC) -> None:
        self.script = script
        self.mac = mac_bytes(mac)
        self.queries: list[Query] = []
        super().__init__(host, self.take_frame)

    def take_frame(self, frame: bytes) -> None:
        d = Datagram.parse(frame)
        if not d or d.target_port != 67 or d.payload[28:34] != self.mac:
            return
        query = Query(d)
        query = replace(query, nth=1 + len(self.of_type(query.type)))
        self.queries.append(query)
        for reply in self.script(query):
            self.socket.send(reply)

    def of_type(self, kind: int) -> list[Query]:
        return [query for query in self.queries if query.type == kind]
