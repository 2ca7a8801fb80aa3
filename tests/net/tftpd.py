# SPDX-License-Identifier: BSD-3-Clause
"""A TFTP server that does what a test tells it, and guests that boot from it.

Each guest has a tree of its own, so that no test sees another's files.  A file
is its bytes, an ERROR packet, or a script: a function that gets the Transfer
and plays the server's part by hand, on sockets inside the server's namespace.
What fails in a script fails the test.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Callable, Iterator, Union

import pytest

from lab import SERVER, Lab, Namespace, lab_of_module
from libxl import BINARY, Bootloader, Outcome
from wire import inside

RRQ, DATA, ACK, ERROR, OACK = 1, 3, 4, 5, 6
BLKSIZE_ASKED = 1468
BLKSIZE_BIG = 65464
WINDOW, WINDOW_BIG = 64, 4

# What requests ask for, from the most to the least; the first only where big
# blocks are built in.
HAS_BIG = "big-blocks" in subprocess.run([BINARY, "--version"], text=True,
                                         capture_output=True).stdout
ASKS_BIG = {"tsize": "0", "blksize": str(BLKSIZE_BIG),
            "windowsize": str(WINDOW_BIG)}
ASKS_ORDINARY = {"tsize": "0", "blksize": str(BLKSIZE_ASKED),
                 "windowsize": str(WINDOW)}
ASKS_NOTHING: dict[str, str] = {}
ASKED = [ASKS_BIG] * HAS_BIG + [ASKS_ORDINARY, ASKS_NOTHING]

# And of a server that says nothing in 10 s.
ASKED_IN_SILENCE = ([ASKS_BIG if HAS_BIG else ASKS_ORDINARY] * 2 +
                    [ASKS_ORDINARY] * 2 + [ASKS_NOTHING] * 3)

# Kernels and ramdisks, known by their bytes; the lengths differ modulo 4.
FILES = {name: name.encode() * (100 + i)
         for i, name in enumerate(("a", "b", "c", "i1", "i2", "i.3"))}


def packet(opcode: int, number: int, rest: bytes = b"") -> bytes:
    return struct.pack("!HH", opcode, number & 0xffff) + rest


def data(block: int, content: bytes) -> bytes:
    return packet(DATA, block, content)


def ack(block: int) -> bytes:
    return packet(ACK, block)


def error(code: int, message: bytes = b"no") -> bytes:
    return packet(ERROR, code, message + b"\0")


def oack(**options: object) -> bytes:
    strings = [str(word) for option in options.items() for word in option]
    return struct.pack("!H", OACK) + "".join(s + "\0" for s in strings).encode()


def once(acks: list[bytes]) -> list[bytes]:
    """Leaves out what the timer has repeated on a busy machine."""
    return [a for a, before in zip(acks, [None, *acks]) if a != before]


def open_socket(namespace: Namespace, address: str, port: int = 0) -> socket.socket:
    """Opens a UDP socket inside the namespace."""
    sock = inside(namespace, lambda: socket.socket(type=socket.SOCK_DGRAM))
    sock.bind((address, port))
    return sock


@dataclass
class Request:
    """One RRQ, a repeated one too."""

    time: float
    peer: tuple[str, int]
    name: str
    mode: str
    options: dict[str, str]
    server: tuple[str, int] = ("", 0)  # where it came in
    attempt: int = 1   # counts up when it came from this port before
    asked: int = 1     # counts up when this file was asked for from another

    @staticmethod
    def parse(raw: bytes, peer: tuple[str, int]) -> Request:
        assert raw[:2] == struct.pack("!H", RRQ) and raw[-1:] == b"\0", raw
        name, mode, *rest = raw[2:-1].decode("latin-1").split("\0")
        assert len(rest) % 2 == 0, raw
        return Request(time.monotonic(), peer, name, mode,
                       dict(zip(rest[::2], rest[1::2])))


class Refused(AssertionError):
    """The client has ended a transfer that was to go on."""


class Abandoned(AssertionError):
    """The client is not there any more."""


class Transfer:
    """The server's side of one transfer, from a port of its own."""

    def __init__(self, server: Tftpd, request: Request,
                 over: threading.Event) -> None:
        self.server = server
        self.request = request
        self.over = over  # the boot has ended
        self.peer = request.peer
        self.sockets: list[socket.socket] = []
        self.socket = self.open()

    @property
    def attempt(self) -> int:
        return self.request.attempt

    @property
    def asked(self) -> int:
        return self.request.asked

    def open(self, address: str | None = None) -> socket.socket:
        """Opens another port of the server, which ends with the transfer."""
        self.sockets.append(open_socket(self.server.namespace,
                                        address or self.request.server[0]))
        return self.sockets[-1]

    def send(self, raw: bytes, sock: socket.socket | None = None) -> None:
        (sock or self.socket).sendto(raw, self.peer)

    def receive(self, seconds: float = 10,
                sock: socket.socket | None = None) -> bytes | None:
        """Returns the client's next packet; None if there is none in time."""
        sock = sock or self.socket
        sock.settimeout(seconds)
        try:
            raw, peer = sock.recvfrom(2048)
        except socket.timeout:
            return None
        assert peer == self.peer, "the client changed its port"
        return raw

    def wait_for(self, wanted: bytes, sock: socket.socket | None = None) -> None:
        """Waits for a packet that begins so, past repeated ACKs."""
        deadline = time.monotonic() + 10
        came = []
        while time.monotonic() < deadline:
            raw = self.receive(1, sock)
            if raw and raw.startswith(wanted):
                return
            came.append(raw)
        raise AssertionError(f"no {wanted!r} came, but {came}")

    def wait_for_error(self, code: int, sock: socket.socket | None = None) -> None:
        self.wait_for(packet(ERROR, code), sock)

    def collect(self, seconds: float,
                sock: socket.socket | None = None) -> list[bytes]:
        """Returns all that comes within the time."""
        deadline = time.monotonic() + seconds
        came = []
        while (left := deadline - time.monotonic()) > 0:
            raw = self.receive(left, sock)
            came += [raw] if raw else []
        return came

    def put(self, raw: bytes, wanted: bytes) -> None:
        """Sends until it is answered as wanted, like a server with a timer."""
        self.put_window([raw], wanted)

    def put_window(self, packets: list[bytes], wanted: bytes) -> None:
        """The same with several, of which the last is acknowledged."""
        for _ in range(8):
            for raw in packets:
                self.send(raw)
            deadline = time.monotonic() + 1
            while (left := deadline - time.monotonic()) > 0:
                answer = self.receive(min(left, 0.1))
                if answer == wanted:
                    return
                if answer and answer[:2] == struct.pack("!H", ERROR):
                    raise Refused(answer)
                if not answer and self.over.is_set():
                    raise Abandoned(packets[-1][:4])
                assert answer is None or answer[:2] == wanted[:2], answer
        raise AssertionError(f"{packets[-1][:4]!r} was never acknowledged")

    def offer(self, **options: object) -> None:
        self.put(oack(**options), ack(0))

    def put_blocks(self, content: bytes, blksize: int, first: int = 1,
                   last: int | None = None) -> None:
        """Sends blocks in lock step, all from `first` on unless told."""
        end = len(content) // blksize + 1 if last is None else last
        for block in range(first, end + 1):
            at = (block - 1) * blksize
            self.put(data(block, content[at:at + blksize]), ack(block))

    def put_windows(self, content: bytes, blksize: int, window: int) -> None:
        """Sends all blocks, so many for each ACK."""
        last = len(content) // blksize + 1
        blocks = [data(block, content[(block - 1) * blksize:block * blksize])
                  for block in range(1, last + 1)]
        for at in range(0, last, window):
            part = blocks[at:at + window]
            self.put_window(part, ack(at + len(part)))

    def serve(self, content: bytes) -> None:
        """Does all of it as a good server would."""
        options = self.request.options
        if not options:
            self.put_blocks(content, 512)
            return
        blksize = min(int(options["blksize"]), BLKSIZE_ASKED)
        self.offer(blksize=blksize, tsize=len(content))
        self.put_blocks(content, blksize)

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()


Script = Callable[[Transfer], None]
File = Union[bytes, Script]


def refusal(code: int, message: bytes = b"no") -> Script:
    """A file that is answered with an error."""
    return lambda transfer: transfer.send(error(code, message))


def no_big_blocks(file: File) -> Script:
    """A file for which the server refuses them."""
    def script(transfer: Transfer) -> None:
        if transfer.request.options == ASKS_BIG:
            transfer.send(error(8, b"too big"))
        elif isinstance(file, bytes):
            transfer.serve(file)
        else:
            file(transfer)
    return script


def silence(transfer: Transfer) -> None:
    """A file about which the server says nothing."""


class Tree:
    """What one client may ask for, and what it asked for."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.requests: list[Request] = []
        self.threads: list[threading.Thread] = []
        self.failures: list[BaseException] = []
        self.over = threading.Event()
        self.abandoned: list[str] = []  # names of files that were in transfer

    @property
    def names(self) -> list[str]:
        """The names asked for, in order, repeated requests left out."""
        return [r.name for r in self.requests if r.attempt == 1]

    def note(self, request: Request) -> None:
        peers = [r.peer for r in self.requests if r.name == request.name]
        request.attempt += peers.count(request.peer)
        request.asked += len(set(peers) - {request.peer})
        self.requests.append(request)

    def run(self, transfer: Transfer) -> None:
        script = self.files.get(transfer.request.name, refusal(1, b"not here"))
        try:
            if isinstance(script, bytes):
                with contextlib.suppress(Refused):
                    transfer.serve(script)
            else:
                script(transfer)
        except Abandoned:
            self.abandoned.append(transfer.request.name)
        except BaseException as failure:  # for the test's own thread
            self.failures.append(failure)
            transfer.send(error(0, b"the script failed"))  # to end it soon
        finally:
            transfer.close()

    def check(self) -> None:
        """The boot is over: waits for the scripts and raises what went wrong
        in them."""
        self.over.set()
        for thread in self.threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in self.threads)
        for failure in self.failures:
            raise failure


class Tftpd:
    """Listens; every request, a repeated one too, gets a thread."""

    def __init__(self, namespace: Namespace, address: str = SERVER,
                 port: int = 69, trees: dict[str, Tree] | None = None) -> None:
        self.namespace = namespace
        self.trees = {} if trees is None else trees
        self.socket = open_socket(namespace, address, port)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        while True:
            raw, peer = self.socket.recvfrom(2048)
            if not raw:  # from close()
                return
            tree = self.trees[peer[0]]
            try:
                request = Request.parse(raw, peer)
            except Exception as failure:
                tree.failures.append(failure)
                continue
            request.server = self.socket.getsockname()
            tree.note(request)
            thread = threading.Thread(
                target=tree.run, args=(Transfer(self, request, tree.over),),
                daemon=True)
            tree.threads.append(thread)
            thread.start()

    def close(self) -> None:
        self.socket.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()


# The last bytes of the guests' addresses.
NUMBERS = range(10, 255)


class Guest(Tree):
    """A guest, its addresses and its tree."""

    def __init__(self, site: Site, number: int) -> None:
        super().__init__()
        self.site = site
        self.number = number
        self.mac = f"00:16:3e:00:00:{number:02x}"
        self.ip = f"10.9.0.{number}"
        self.bootloader: Bootloader | None = None

    @property
    def config(self) -> str:
        """The name of the configuration for this guest alone."""
        return "pxelinux.cfg/01-" + self.mac.replace(":", "-")

    def start(self, *args: str, vif: str = "", **keywords) -> Guest:
        self.bootloader = Bootloader(
            self.site.lab, f"--vif=mac={self.mac},bridge=xenbr0{vif}", *args,
            domid=self.number, **keywords)
        return self

    def finish(self) -> Outcome:
        outcome = self.bootloader.finish()
        self.bootloader = None
        print("\n".join(outcome.lines))  # shown if the test fails
        self.check()
        assert outcome.status or not self.abandoned
        assert outcome.left == []
        return outcome

    def boot(self, *args: str, **keywords) -> Outcome:
        return self.start(*args, **keywords).finish()


class Site:
    """A lab whose DHCP is dnsmasq's and whose TFTP is scripted."""

    def __init__(self, made: Lab, *options: str) -> None:
        self.lab = made
        self.guests: list[Guest] = []
        self.trees: dict[str, Tree] = {}
        hosts = made.directory / "hosts"
        hosts.write_text("".join(f"00:16:3e:00:00:{n:02x},10.9.0.{n}\n"
                                 for n in NUMBERS))
        if not any(o.startswith("--dhcp-boot") for o in options):
            options = ("--dhcp-boot=pxelinux.0", *options)
        made.dnsmasq(None, f"--dhcp-hostsfile={hosts}", *options)
        self.servers = [Tftpd(made.server, trees=self.trees)]

    def guest(self, **files: File) -> Guest:
        guest = Guest(self, NUMBERS[len(self.guests)])
        guest.files.update(files)
        self.guests.append(guest)
        self.trees[guest.ip] = guest
        return guest

    def listen(self, address: str = SERVER, port: int = 69) -> None:
        """Serves the same trees at another address or port."""
        self.servers.append(Tftpd(self.lab.server, address, port, self.trees))

    def fetch(self, script: File, *args: str, **keywords) -> tuple[Guest, Outcome]:
        """Boots a guest whose kernel is this file, and nothing else."""
        guest = self.guest(kernel=script)
        return guest, guest.boot(*args, kernel="kernel", **keywords)

    def boot(self, config: str | bytes, *args: str,
             files: dict[str, bytes] | None = None,
             **keywords) -> tuple[Guest, Outcome]:
        """Boots a guest that has this configuration, FILES, and more files."""
        guest = self.guest(**FILES, **(files or {}))
        guest.files[guest.config] = config if isinstance(config, bytes) \
            else config.encode()
        return guest, guest.boot(*args, **keywords)

    def close(self) -> None:
        for guest in self.guests:
            if guest.bootloader:
                guest.bootloader.process.kill()
                guest.bootloader.process.wait()
                os.close(guest.bootloader.master)
        for server in self.servers:
            server.close()


@contextlib.contextmanager
def site(made: Lab, *options: str) -> Iterator[Site]:
    """A site that is closed at the end."""
    opened = Site(made, *options)
    try:
        yield opened
    finally:
        opened.close()


def with_strays(raw: bytes, content: bytes) -> Script:
    """Serves the file, and sends the packet first and in the middle."""
    def script(transfer: Transfer) -> None:
        transfer.send(raw)
        transfer.offer(blksize=512)
        transfer.put_blocks(content, 512, last=3)
        transfer.send(raw)
        transfer.put_blocks(content, 512, first=4)
    return script


@contextlib.contextmanager
def site_of_module(tmp_path_factory: pytest.TempPathFactory,
                   *options: str) -> Iterator[Site]:
    """A site with its own lab, for a module's tests to share."""
    with lab_of_module(tmp_path_factory) as made, \
            site(made, *options) as opened:
        yield opened


def assert_boots(booted: tuple[Guest, Outcome], kernel: bytes | str,
                 args: str | None = None) -> None:
    """The kernel is this, or the one of FILES, and this its command line."""
    guest, outcome = booted
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == (FILES[kernel] if isinstance(kernel, str) else kernel)
    assert args is None or outcome.args == args


def assert_fails(booted: tuple[Guest, Outcome], status: int,
                 text: str = "") -> None:
    """The boot ended with this exit code and this in its last line."""
    guest, outcome = booted
    assert outcome.status == status, outcome.lines
    assert text in outcome.last_line
    assert len(outcome.last_line) < 1100
