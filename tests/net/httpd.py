# SPDX-License-Identifier: BSD-3-Clause
"""An HTTP server that does what a test tells it.

Each guest has files of its own.  A file is its bytes, or a script: a function
that gets the Exchange, a request and the connection it came on, and plays the
server's part by hand.  What fails in a script fails the test.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, Iterator, Union

from lab import SERVER
from libxl import Outcome
from tftpd import Guest, Site, site_of_module
from wire import inside

ETAG = '"version 1"'

# Different in each place, so that no part passes for another.
CONTENT = random.Random(1).randbytes(300000)
HALF = 150000


@dataclass
class Request:
    """One request, and how many the connection had before."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    connection: int
    before: int
    time: float = field(default_factory=time.monotonic)

    @staticmethod
    def parse(raw: bytes, connection: int, before: int) -> Request:
        first, *lines = raw.decode("latin-1").split("\r\n")[:-2]
        method, path, version = first.split(" ")
        assert version == "HTTP/1.1", raw
        headers = {}
        for line in lines:
            name, value = line.split(": ", 1)
            assert name not in headers, raw
            headers[name] = value
        assert "Host" in headers, raw
        return Request(method, path, headers, raw, connection, before)

    @property
    def first_byte(self) -> int | None:
        """Where the range begins that is asked for."""
        value = self.headers.get("Range")
        if value is None:
            return None
        assert value.startswith("bytes=") and value.endswith("-"), value
        return int(value[6:-1])


class Exchange:
    """A request and what is done about it."""

    def __init__(self, sock: socket.socket, request: Request, attempt: int) -> None:
        self.socket = sock
        self.request = request
        self.attempt = attempt  # counts up for the same file
        self.open = True

    def send(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def head(self, status: str = "200 OK", version: str = "1.1",
             **fields: object) -> None:
        lines = [f"HTTP/{version} {status}",
                 *(f"{k.replace('_', '-')}: {v}" for k, v in fields.items())]
        self.send("".join(line + "\r\n" for line in [*lines, ""]).encode("latin-1"))

    def serve(self, content: bytes, etag: str | None = ETAG) -> None:
        """Does all of it as a good server would."""
        first = self.request.first_byte
        fields = {"ETag": etag} if etag else {}
        if first is not None and self.request.headers.get("If-Range") == etag:
            assert first < len(content)
            last = len(content) - 1
            fields["Content-Range"] = f"bytes {first}-{last}/{last + 1}"
            content = content[first:]
            self.head("206 Partial Content", Content_Length=len(content), **fields)
        else:
            self.head(Content_Length=len(content), **fields)
        if self.request.method != "HEAD":
            self.send(content)

    def redirect(self, to: str, status: str = "302 Found") -> None:
        self.head(status, Location=to, Content_Length=5)
        self.send(b"moved")

    def close(self) -> None:
        """Ends the connection in good order, unless the client, which had all
        it wanted, has cut it."""
        self.open = False
        self.socket.settimeout(1)
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            while self.socket.recv(65536):
                pass
        self.socket.close()

    def reset(self) -> None:
        """Cuts the connection off, after what is on its way has arrived."""
        self.open = False
        time.sleep(0.2)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        self.socket.close()

    def wait_for_end(self, seconds: float = 20) -> None:
        """Waits until the client has closed or cut the connection."""
        self.open = False
        self.socket.settimeout(seconds)
        with contextlib.suppress(ConnectionResetError):
            assert self.socket.recv(65536) == b""
        self.socket.close()


Script = Callable[[Exchange], None]
File = Union[bytes, Script]


def missing(exchange: Exchange) -> None:
    exchange.head("404 Not Found", Content_Length=4)
    if exchange.request.method != "HEAD":
        exchange.send(b"gone")


class Web:
    """What one guest may ask for, and what it asked for."""

    def __init__(self, files: dict[str, File]) -> None:
        self.files = files
        self.requests: list[Request] = []
        self.threads: list[threading.Thread] = []
        self.failures: list[BaseException] = []
        self.idle: set[socket.socket] = set()  # connections kept for more

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def run(self, sock: socket.socket, number: int) -> None:
        try:
            before = 0
            while (raw := self.read(sock)):
                request = Request.parse(raw, number, before)
                self.requests.append(request)
                exchange = Exchange(sock, request, self.paths.count(request.path))
                script = self.files.get(request.path, missing)
                if isinstance(script, bytes):
                    exchange.serve(script)
                else:
                    script(exchange)
                if not exchange.open:
                    return
                before += 1
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client may stop at any time
        except BaseException as failure:  # for the test's own thread
            self.failures.append(failure)
        finally:
            sock.close()

    def read(self, sock: socket.socket) -> bytes:
        self.idle.add(sock)
        raw = b""
        while not raw.endswith(b"\r\n\r\n"):
            came = sock.recv(65536)
            self.idle.discard(sock)
            assert came or not raw, raw
            if not came:
                break
            raw += came
        return raw

    def check(self) -> None:
        """Waits for the scripts and raises what went wrong in them.

        A guest that has gone leaves connections open that it kept.
        """
        deadline = time.monotonic() + 30
        while any(thread.is_alive() for thread in self.threads):
            assert time.monotonic() < deadline, "a script does not end"
            for sock in list(self.idle):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            time.sleep(0.01)
        for failure in self.failures:
            raise failure


class Httpd:
    """Listens; every connection gets a thread."""

    def __init__(self, site: Site, address: str = SERVER, port: int = 80,
                 webs: dict[str, Web] | None = None) -> None:
        self.site = site
        self.webs: dict[str, Web] = {} if webs is None else webs
        self.socket = inside(site.lab.server, socket.socket)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(64)
        self.connections = 0
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        while True:
            try:
                sock, peer = self.socket.accept()
            except OSError:  # from close()
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            web = self.webs[peer[0]]
            thread = threading.Thread(target=web.run, daemon=True,
                                      args=(sock, self.connections))
            web.threads.append(thread)
            thread.start()

    def start(self, files: dict[str, File], *args: str,
              **keywords) -> tuple[Web, Guest]:
        """Starts a guest with these files."""
        guest = self.site.guest()
        web = self.webs[guest.ip] = Web(files)
        return web, guest.start(*args, **keywords)

    def boot(self, files: dict[str, File], *args: str,
             **keywords) -> tuple[Web, Outcome]:
        web, guest = self.start(files, *args, **keywords)
        outcome = guest.finish()
        web.check()
        return web, outcome

    def fetch(self, script: File, *args: str, **keywords) -> tuple[Web, Outcome]:
        """Boots a guest whose kernel is this file, and nothing else."""
        keywords.setdefault("kernel", f"http://{SERVER}/kernel")
        return self.boot({"/kernel": script}, *args, **keywords)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@contextlib.contextmanager
def httpd(site: Site, **keywords) -> Iterator[Httpd]:
    server = Httpd(site, **keywords)
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def httpd_of_module(tmp_path_factory) -> Iterator[Httpd]:
    """A server in a site of its own, for a module's tests to share."""
    with site_of_module(tmp_path_factory) as site, httpd(site) as server:
        yield server
