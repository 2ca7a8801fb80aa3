# SPDX-License-Identifier: BSD-3-Clause
"""A DNS server that knows the addresses of a dictionary, and no more."""

from __future__ import annotations

import struct
from typing import Mapping

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


class Dnsd(Listener):
    """Answers queries for addresses that come to `SERVER`."""

    def __init__(self, host: Namespace, addresses: Mapping[str, str]) -> None:
        self.addresses = addresses
        self.asked: list[str] = []
        super().__init__(host, self.take_frame)

    def take_frame(self, frame: bytes) -> None:
        d = Datagram.parse(frame)
        if not d or (d.target, d.target_port) != (SERVER, 53):
            return
        question = d.payload[12:]
        name = read_name(question)
        self.asked.append(name)
        address = self.addresses.get(name)
        flags = ANSWERED if address else NO_SUCH_NAME
        reply = d.payload[:2] + struct.pack(
            "!HHHHH", flags, 1, 1 if address else 0, 0, 0) + question
        if address:
            reply += b"\xc0\x0c" + A_IN + struct.pack("!IH", 60, 4)
            reply += ip_bytes(address)
        self.socket.send(Datagram(reply, d.target_mac, d.source_mac, d.target,
                                  d.source, 53, d.source_port).frame())
