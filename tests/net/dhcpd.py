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
MASK, ROUTER, DNS, HOSTNAME, DOMAIN, MTU = 1, 3, 6, 12, 15, 26
VENDOR, CLASS, CLIENT_ID, USER_CLASS, ARCH = 43, 60, 61, 77, 93
LEASE, OVERLOAD, TYPE, SERVER_ID, MESSAGE = 51, 52, 53, 54, 56
TFTP_NAME, BOOTFILE, TFTP_LIST = 66, 67, 150
CONFIG_FILE, PREFIX, REBOOT = 209, 210, 211


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
    def port(self) -> int:
        """67 of DHCP servers, 4011 of boot servers."""
        return self.datagram.target_port

    @property
    def ciaddr(self) -> bytes:
        return self.payload[12:16]

    @property
    def item(self) -> bytes | None:
        """What a boot server is asked for: sub-option 71 of option 43."""
        value = self.option(VENDOR)
        return value[2:6] if value and value[:2] == b"\x47\x04" else None

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


def pxe_options(control: int | None = None, multicast: str | None = None,
                servers: Mapping[int, Iterable[str]] | None = None,
                menu: Iterable[tuple[int, bytes]] = (),
                prompt: bytes | None = None, more: bytes = b"") -> bytes:
    """Returns an option 43 as PXE servers send it; PXE 2.1, section 2.2.3."""
    value = b"" if control is None else option(6, bytes((control,)))
    value += option(7, ip_bytes(multicast)) if multicast else b""
    lists = b"".join(
        struct.pack("!HB", kind, len(list(ips))) + b"".join(map(ip_bytes, ips))
        for kind, ips in (servers or {}).items())
    items = b"".join(struct.pack("!HB", kind, len(text)) + text
                     for kind, text in menu)
    value += option(8, lists) if lists else b""
    value += option(9, items) if items else b""
    value += b"" if prompt is None else option(10, prompt)
    return value + more + b"\xff"


def message(query: Query, kind: int | None = None, *, yiaddr: str = CLIENT,
            siaddr: str = SERVER, server: str = SERVER, sname: bytes = b"",
            file: bytes = b"pxelinux.0", xid: bytes | None = None,
            chaddr: bytes | None = None, op: int = 2,
            giaddr: str = "0.0.0.0",
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
            ip_bytes(yiaddr) + ip_bytes(siaddr) + ip_bytes(giaddr) +
            (chaddr or query.chaddr).ljust(16, b"\0") +
            sname.ljust(64, b"\0") + file.ljust(128, b"\0") + COOKIE + area +
            b"\xff")


def datagram(payload: bytes, server: str = SERVER,
             target: str = "255.255.255.255",
             target_mac: str = BROADCAST_MAC, port: int = 67) -> Datagram:
    return Datagram(payload, SERVER_MAC, target_mac, server, target, port, 68)


def answer(query: Query, kind: int | None = None, *, server: str = SERVER,
           **fields) -> bytes:
    """Returns the frame that broadcasts the message to this query."""
    return datagram(message(query, kind, server=server, **fields),
                    server).frame()


def proxy_offer(query: Query, server: str = SERVER, file: bytes = b"",
                siaddr: str = "0.0.0.0", pxe: bytes | None = None,
                options: Mapping[int, bytes | None] | None = None) -> bytes:
    """Returns the frame with which a proxy answers a DISCOVER."""
    merged = {CLASS: b"PXEClient", LEASE: None, MASK: None, VENDOR: pxe,
              **(options or {})}
    return answer(query, OFFER, server=server, yiaddr="0.0.0.0", siaddr=siaddr,
                  file=file, options=merged)


def boot_answer(query: Query, kind: int = ACK, server: str = SERVER,
                file: bytes = b"pxelinux.0", item: bytes | None = None,
                port: int = 4011, **fields) -> bytes:
    """Returns the frame with which a boot server answers a REQUEST."""
    item = item if item is not None else query.item
    merged = {CLASS: b"PXEClient", LEASE: None, MASK: None,
              VENDOR: option(71, item) + b"\xff" if item else None,
              **fields.pop("options", {})}
    payload = message(query, kind, server=server, file=file, options=merged,
                      yiaddr=CLIENT, **fields)
    return datagram(payload, server, CLIENT, MAC, port).frame()


Script = Callable[[Query], Iterable[bytes]]


def lease(**fields) -> Script:
    """The usual script: an OFFER, and an ACK that says the same."""
    return lambda query: [answer(query, **fields)]


class Dhcpd(Listener):
    """Sends the frames that `script` returns for each query from `mac`, or from
    anybody if that is None."""

    def __init__(self, host: Namespace, script: Script,
                 mac: str | None = MAC) -> None:
        self.script = script
        self.mac = mac and mac_bytes(mac)
        self.queries: list[Query] = []
        super().__init__(host, self.take_frame)

    def take_frame(self, frame: bytes) -> None:
        d = Datagram.parse(frame)
        if not d or d.target_port not in (67, 4011):
            return
        query = Query(d)
        if self.mac and query.chaddr != self.mac:
            return
        query = replace(query, nth=1 + sum(
            q.chaddr == query.chaddr for q in self.of_type(query.type)))
        self.queries.append(query)
        for reply in self.script(query):
            self.socket.send(reply)

    def of_type(self, kind: int) -> list[Query]:
        return [query for query in self.queries if query.type == kind]
