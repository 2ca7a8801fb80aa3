# SPDX-License-Identifier: BSD-3-Clause
"""A DNS server that knows the addresses of a dictionary, and no more."""

from __future__ import annotations

import struct
from typing import Callable, Iterable, Mapping

from lab import SERVER, Namespace
from wire import Datagram, Listener, ip_bytes

A_IN = b"\0\1\0\1"
ANSWERED, NO_SUCH_NAME = 0x8180, 0x8183


def read_name(question: bytes) -> str:
    labels = []
    while question[0]:
        labels.append(question[1:1 + question[0]].decode())
        question = question[1 + question[0]:]
    return ".".join(labels)


def answer(query: bytes, *records: bytes, flags: int = ANSWERED) -> bytes:
    """Returns the message that answers the query with these records."""
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + (
        query[12:] + b"".join(records))


def address_record(address: str) -> bytes:
    """Returns a record of what was asked for."""
    return b"\xc0\x0c" + A_IN + struct.pack("!IH", 60, 4) + ip_bytes(address)


Script = Callable[[bytes], Iterable[bytes]]


class Dnsd(Listener):
    """Answers queries for addresses that come to `SERVER`: from the dictionary,
    or with the messages that a script returns."""

    def __init__(self, host: Namespace,
                 addresses: Mapping[str, str] | Script) -> None:
        self.addresses = addresses
        self.asked: list[str] = []
        self.queries: list[Datagram] = []
        super().__init__(host, self.take_frame)

    def take_frame(self, frame: bytes) -> None:
        d = Datagram.parse(frame)
        if not d or (d.target, d.target_port) != (SERVER, 53):
            return
        self.queries.append(d)
        self.asked.append(read_name(d.payload[12:]))
        for reply in self.replies(d.payload):
            self.socket.send(Datagram(reply, d.target_mac, d.source_mac, d.target,
                                      d.source, 53, d.source_port).frame())

    def replies(self, query: bytes) -> Iterable[bytes]:
        if callable(self.addresses):
            return self.addresses(query)
        address = self.addresses.get(self.asked[-1])
        return [answer(query, address_record(address)) if address else
                answer(query, flags=NO_SUCH_NAME)]
