# SPDX-License-Identifier: BSD-3-Clause
"""A xenstore for a boot loader that wants to know who its guest is."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Callable, Iterator

from lab import Lab

HEADER = struct.Struct("=IIII")  # type, request, transaction, length
READ, ERROR = 2, 16
Answer = Callable[[str], bytes | None]


def value(text: bytes) -> bytes:
    return HEADER.pack(READ, 0, 0, len(text)) + text


def answer_from(store: dict[str, bytes]) -> Answer:
    """The answers of a store that has these paths and no more."""
    def answer(path: str) -> bytes:
        if path in store:
            return value(store[path])
        return HEADER.pack(ERROR, 0, 0, 7) + b"ENOENT\0"
    return answer


class Xenstored:
    """Listens at /run/xenstored/socket of the Dom0, and keeps what was read;
    without an answer, the connection ends."""

    def __init__(self, lab: Lab, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        lab.dom0.run("mount", "-t", "tmpfs", "none", "/run")
        lab.dom0.run("mkdir", "/run/xenstored")
        path = Path(f"/proc/{lab.dom0.pid}/root/run/xenstored/socket")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:  # from close()
                return
            with connection, contextlib.suppress(OSError):
                self.serve(connection)

    def serve(self, connection: socket.socket) -> None:
        while len(header := connection.recv(HEADER.size)) == HEADER.size:
            kind, _, _, length = HEADER.unpack(header)
            path = connection.recv(length)
            assert kind == READ and path.endswith(b"\0")
            self.asked.append(path[:-1].decode())
            reply = self.answer(self.asked[-1])
            if reply is None:
                return
            connection.sendall(reply)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@contextlib.contextmanager
def xenstored(lab: Lab, answer: Answer) -> Iterator[Xenstored]:
    store = Xenstored(lab, answer)
    try:
        yield store
    finally:
        store.close()
