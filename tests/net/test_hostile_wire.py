# SPDX-License-Identifier: BSD-3-Clause
"""Frames that mean harm, from anybody on the guest's bridge, while a boot runs;
each test has the name of its row in tests/bugclasses.md.

Who sits on the bridge may put any byte into a transfer, so where segments are
forged no more is asked than that the boot ends as it may.
"""

import contextlib
import random
import socket
import struct
import subprocess
import threading
import time

import pytest

from hostile import assert_boots_with, assert_safe
from httpd import ETAG, httpd
from lab import SERVER, TOP
from tftpd import BLKSIZE_BIG, HAS_BIG, no_big_blocks, site_of_module
from wire import (BROADCAST_MAC, PACKET_VNET_HDR, SOL_PACKET, Datagram, Listener,
                  checksum, ip_bytes, mac_bytes, packet_socket)

CONTENT = random.Random(1).randbytes(60000)
LARGE = random.Random(2).randbytes(2000000)
OTHER_MAC = "02:00:00:00:00:66"
STRANGER = "10.9.0.66"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with site_of_module(tmp_path_factory) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(site):
    with httpd(site) as opened:
        yield opened


def ethernet(to, kind, content, source=OTHER_MAC):
    return mac_bytes(to) + mac_bytes(source) + struct.pack("!H", kind) + content


def ip(target, protocol, content, source=SERVER, number=0, fragment=0, total=None):
    head = struct.pack("!BBHHHBB", 0x45, 0, total or 20 + len(content), number,
                       fragment, 64, protocol)
    ends = ip_bytes(source) + ip_bytes(target)
    return head + struct.pack("!H", checksum(head + b"\0\0" + ends)) + ends + content


class Storm:
    """Sends frames without an end while it is entered."""

    def __init__(self, host, frames, pause=0.0):
        self.frames, self.pause = frames, pause
        self.socket = packet_socket(host)
        self.over = threading.Event()
        self.sent = 0
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        for frame in self.frames:
            if self.over.is_set():
                return
            with contextlib.suppress(OSError):  # a full queue, a frame too long
                self.socket.send(frame)
            self.sent += 1
            if self.pause and self.sent % 16 == 0:
                time.sleep(self.pause)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.socket.close()


def forever(make, seed=1):
    chance = random.Random(seed)
    while True:
        yield make(chance)


def fetch_in(site, make, content=CONTENT, script=None, args=(), pause=0.001):
    """Boots while frames of this kind arrive; `make` gets chance and guest."""
    guest = site.guest()
    guest.files["kernel"] = script(guest) if script else no_big_blocks(content)
    with Storm(site.lab.server, forever(lambda chance: make(chance, guest)), pause) \
            as storm:
        outcome = guest.boot(*args, kernel="kernel")
    assert storm.sent > 20
    return guest, outcome


BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])


# ---- row 5

def any_fragment(chance, guest):
    """Few numbers and offsets, so that they meet."""
    size = chance.choice((0, 1, 7, 8, 16, 100, 1000, 1400))
    offset = chance.choice((0, 1, 2, 3, 100, 185, 8000, 8191))
    more = chance.choice((0, 0x2000, 0x2000, 0x4000, 0x8000))
    return ethernet(guest.mac, 0x0800, ip(
        guest.ip, chance.choice((1, 6, 17, 17, 17)), chance.randbytes(size),
        chance.choice((SERVER, SERVER, STRANGER)), chance.randrange(4),
        more | offset))


@BOTH_LINKS
def test_row05_fragments_at_random(site, link):
    """They overlap, repeat, miss, and reach past 64 KiB."""
    assert_boots_with(fetch_in(site, any_fragment, args=(f"--link={link}",)), CONTENT)


def long_fragment(chance, guest):
    """Of datagrams that never are whole."""
    return ethernet(guest.mac, 0x0800, ip(
        guest.ip, 17, bytes(1400), number=chance.randrange(65536),
        fragment=0x2000 | chance.randrange(1, 8000)))


@BOTH_LINKS
def test_row05_fragments_without_a_datagram(site, link):
    assert_boots_with(fetch_in(site, long_fragment, args=(f"--link={link}",)), CONTENT)


@pytest.mark.skipif(not HAS_BIG, reason="big blocks are not built in")
def test_row05_fragments_among_good_ones(site):
    """Blocks of 64 KiB come whole, or their server is asked for smaller ones."""
    def script(guest):
        def serve(t):
            if t.request.options.get("blksize") != str(BLKSIZE_BIG):
                t.serve(LARGE[:200000])
                return
            t.offer(blksize=BLKSIZE_BIG, tsize=200000, windowsize=1)
            with contextlib.suppress(AssertionError):
                t.put_blocks(LARGE[:200000], BLKSIZE_BIG)
        return serve
    assert_boots_with(fetch_in(site, any_fragment, script=script, pause=0.01),
                      LARGE[:200000])


@pytest.mark.parametrize("name, has_it", [("", HAS_BIG), ("tiny/", False)])
def test_row05_reassembly_is_where_big_blocks_are(name, has_it):
    """What is not built in has no bugs."""
    program = TOP / f"build/{name}lwpxeboot.debug"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    names = subprocess.run(["nm", program], capture_output=True, text=True,
                           check=True).stdout
    assert ("reass" in names) == has_it and "etharp" in names


# ---- row 3: frames of any length

@BOTH_LINKS
def test_row03_frames_of_any_length(site, link):
    """From a bare Ethernet header up to what a TAP can take; the kernel sends
    none that is shorter than that."""
    def any_length(chance, guest):
        kind = chance.choice((0x0800, 0x0806, 0x8100, 0x86dd, 0, 0xffff))
        size = chance.choice((*range(0, 50), 100, 1486, 1500))
        head = chance.choice((b"", b"\x45", b"\x45\0\0\x14", b"\x4f" * 10,
                              ip(guest.ip, chance.choice((1, 6, 17)), b""),
                              b"\0\1\x08\0\6\4\0\1"))
        content = (head + chance.randbytes(size))[:max(size, 1)]
        return ethernet(chance.choice((guest.mac, BROADCAST_MAC)), kind, content)
    assert_boots_with(fetch_in(site, any_length, args=(f"--link={link}",)), CONTENT)


@BOTH_LINKS
@pytest.mark.parametrize("gso", [1, 3, 5, 0x81])  # TCPv4, UDP, UDP_L4, with ECN
def test_row03_frames_of_64_kib(site, link, gso):
    """Super-frames of every kind and length, which nothing has cut yet."""
    sender = packet_socket(site.lab.server)
    sender.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    guest = site.guest()

    def script(t):
        t.offer(blksize=512)
        chance = random.Random(gso)
        for block in range(1, 41):
            protocol = 6 if gso & 1 and gso != 3 and gso != 5 else 17
            size = chance.choice((65535 - 20, 65000, 33000, 2000, 1481))
            tcp = struct.pack("!HHIIBBHHH", 80, t.peer[1], block, 0, 0x50, 0x10, 99, 0, 0)
            udp = struct.pack("!HHHH", 69, t.peer[1], size, 0)
            frame = ethernet(guest.mac, 0x0800, ip(
                guest.ip, protocol, (tcp if protocol == 6 else udp).ljust(size, b"W")))
            header = struct.pack("<BBHHHH", 1, gso, 54 if protocol == 6 else 42,
                                 chance.choice((1, 8, 536, 1448)), 34,
                                 16 if protocol == 6 else 6)
            with contextlib.suppress(OSError):
                sender.send(header + frame)
            t.put_blocks(CONTENT[:20000], 512, block, block)
    guest.files["kernel"] = no_big_blocks(script)
    outcome = guest.boot(f"--link={link}", kernel="kernel")
    sender.close()
    assert_boots_with((guest, outcome), CONTENT[:20000])


# ---- row 14: floods

def any_arp(chance, guest):
    """Of all kinds, and from everybody but the server."""
    kind = chance.choice((1, 2, 2, 3, 0xffff))
    sizes = chance.choice((b"\6\4",) * 6 + (b"\0\0", b"\xff\xff", b"\6\x10"))
    sender = chance.choice((f"10.9.0.{chance.randrange(2, 255)}", "0.0.0.0",
                            "255.255.255.255", guest.ip))
    target = chance.choice((guest.ip, guest.ip, "10.9.0.9", "0.0.0.0"))
    content = (b"\0\1\x08\0" + sizes + struct.pack("!H", kind) + chance.randbytes(6) +
               ip_bytes(sender) + mac_bytes(guest.mac) + ip_bytes(target))
    return ethernet(chance.choice((guest.mac, BROADCAST_MAC)), 0x0806,
                    content[:chance.choice((28, 28, 28, 27, 9, 0))])


@BOTH_LINKS
def test_row14_arp_without_an_end(site, link):
    assert_boots_with(fetch_in(site, any_arp, args=(f"--link={link}",)), CONTENT)


def test_row14_datagrams_without_an_end(site):
    """To all its ports, from everybody."""
    def any_datagram(chance, guest):
        return Datagram(chance.randbytes(chance.choice((0, 1, 4, 500, 1400))), OTHER_MAC,
                        guest.mac, f"10.9.0.{chance.randrange(2, 250)}", guest.ip,
                        chance.randrange(65536), chance.randrange(65536)).frame()
    assert_boots_with(fetch_in(site, any_datagram), CONTENT)


# ---- row 7: ICMP about what was never sent

@pytest.mark.parametrize("code", [0, 1, 3, 4, 13])
def test_row07_icmp_unreachable_of_others(site, code):
    """The datagram inside is not ours: other ports, another address, another
    protocol, or cut; the transfer goes on."""
    def unreachable(chance, guest):
        to = chance.choice((SERVER, "10.9.0.9"))
        mine = guest.requests[-1].peer[1] if guest.requests else 0
        ports = (chance.randrange(65536), chance.choice((69, 1)))
        if to != SERVER:
            ports = (mine, 69)
        inside = ip(to, chance.choice((17, 17, 6)) if to != SERVER else 17,
                    struct.pack("!HHHH", *ports, 12, 0), guest.ip)
        if ports[0] == mine and to == SERVER:
            inside = inside[:20]
        head = struct.pack("!BBHI", chance.choice((3, 3, 3, 4, 5, 11, 12)), code, 0, 0)
        body = (head + inside)[:chance.choice((36, 36, 36, 35, 28, 8, 4))]
        return ethernet(guest.mac, 0x0800, ip(guest.ip, 1, body))
    assert_boots_with(fetch_in(site, unreachable), CONTENT)


def test_row07_icmp_unreachable_of_this_transfer(site):
    """It may be true, and the server just restarted: it is asked once more."""
    def script(guest):
        def serve(t):
            sender = packet_socket(site.lab.server)
            t.put_blocks(CONTENT, 512, last=3)
            inside = ip(SERVER, 17, struct.pack(
                "!HHHH", t.peer[1], t.socket.getsockname()[1], 12, 0), guest.ip)
            for _ in range(20):
                sender.send(ethernet(guest.mac, 0x0800, ip(
                    guest.ip, 1, b"\3\3" + bytes(6) + inside)))
            sender.close()
            with contextlib.suppress(AssertionError):
                t.put_blocks(CONTENT, 512, first=4)
        return serve
    outcome = assert_safe(fetch_in(site, any_arp, script=lambda g: no_big_blocks(
        script(g)))[1], 0, 22)
    assert outcome.status or outcome.kernel == CONTENT


# ---- row 13: TCP

def tcp(guest, ports, seq, acked, flags, content=b"", options=b"", offset=None,
        window=500):
    offset = (5 + len(options) // 4) if offset is None else offset
    segment = struct.pack("!HHIIBBHHH", *ports, seq & 0xffffffff, acked & 0xffffffff,
                          (offset & 15) << 4, flags, window, 0, 0) + options + content
    pseudo = ip_bytes(SERVER) + ip_bytes(guest.ip) + struct.pack("!HH", 6, len(segment))
    total = struct.pack("!H", checksum(pseudo + segment))
    return ethernet(guest.mac, 0x0800, ip(guest.ip, 6, segment[:16] + total +
                                          segment[18:]))


OPTIONS = [b"", b"\1" * 4, b"\0" * 8, b"\2\4\0\0", b"\2\4\xff\xff", b"\2\0\0\0",
           b"\3\3\xff\1",
           b"\5\x0a" + bytes(10), b"\5\xff" + bytes(38), b"\x08\x0a" + bytes(10),
           b"\xff\1\0\0", b"\1\1\1\2", b"\x22\xff\1\1"]


class Forger(Listener):
    """Follows each of the server's segments with some that it never sent, once
    the answer has begun."""

    def __init__(self, site, guest, make, seed):
        self.guest, self.make = guest, make
        self.chance = random.Random(seed)
        self.seen = self.forged = 0
        self.sender = packet_socket(site.lab.server)
        super().__init__(site.lab.server, self.take_frame, outgoing=True)

    def take_frame(self, frame):
        if (frame[12:14] != b"\x08\0" or frame[23] != socket.IPPROTO_TCP or
                frame[30:34] != ip_bytes(self.guest.ip) or
                mac_bytes(OTHER_MAC) == frame[6:12] or self.forged > 4000):
            return
        self.seen += 1
        if self.seen < 20:
            return
        ports = struct.unpack("!HH", frame[34:38])
        seq, acked = struct.unpack("!II", frame[38:46])
        for _ in range(8):
            forged = self.make(self.chance, self.guest, ports, seq, acked)
            with contextlib.suppress(OSError):
                self.sender.send(forged)
            self.forged += 1

    def __exit__(self, *error):
        super().__exit__(*error)
        self.sender.close()


def in_pieces(x):
    """So that there is time for others in between; from the first byte that is
    asked for.  The client may be led to another place than the server."""
    first = x.request.first_byte or 0
    x.open = False
    x.socket.settimeout(1)
    with contextlib.suppress(OSError):
        x.head("206 Part" if first else "200 OK", ETag=ETAG,
               Content_Length=len(LARGE) - first,
               Content_Range=f"bytes {first}-{len(LARGE) - 1}/{len(LARGE)}")
        for at in range(first, len(LARGE), 20000):
            x.send(LARGE[at:at + 20000])
            time.sleep(0.002)
        x.wait_for_end(1)


def fetch_among(site, server, make, seed, *args):
    web, guest = server.start({"/k": in_pieces}, "--timeout=12", *args,
                              kernel=f"http://{SERVER}/k")
    with Forger(site, guest, make, seed) as forger:
        outcome = assert_safe(guest.finish())
    web.check()
    assert forger.forged >= 8
    return outcome


def any_segment(chance, guest, ports, seq, acked):
    seq += chance.choice((0, 0, 1, -1, 1448, 20000, 1 << 31, -(1 << 31), 4 << 20,
                          chance.randrange(1 << 32)))
    acked += chance.choice((0, 0, 1, -1, 100, 1 << 31, chance.randrange(1 << 32)))
    flags = chance.choice((0x10, 0x10, 0x18, 0x00, 0xff, 0x30, 0x01, 0x3f,
                           chance.randrange(256)))
    return tcp(guest, ports, seq, acked, flags,
               chance.randbytes(chance.choice((0, 0, 1, 100, 1400))),
               chance.choice(OPTIONS), chance.choice((None, None, None, 0, 4, 5, 15)),
               chance.choice((0, 1, 500, 65535)))


@pytest.mark.parametrize("seed", range(4))
def test_row13_tcp_segments_that_are_forged(site, server, seed):
    """Also of the connection itself, as who hears all can."""
    outcome = fetch_among(site, server, any_segment, seed,
                          f"--link={('tap', 'packet')[seed % 2]}")
    assert outcome.status in (0, 22, 24, 50), outcome.lines


def blind_segment(chance, guest, ports, seq, acked):
    """As who hears nothing can: the ports are known, the numbers are not."""
    seq += 1 << 31
    flags = chance.choice((0x04, 0x14, 0x02, 0x12, 0x11, 0x10, 0x18))
    acked = acked if flags & 0x10 == 0 else acked + (1 << 30)
    return tcp(guest, ports, seq, acked, flags,
               chance.randbytes(chance.choice((0, 100))), chance.choice(OPTIONS))


def test_row13_tcp_segments_that_are_guessed(site, server):
    """Resets, beginnings and data outside of the window change nothing."""
    outcome = fetch_among(site, server, blind_segment, 1)
    assert_boots_with((None, outcome), LARGE)


def test_row14_tcp_connections_without_an_end(site, server):
    """To all its ports, from everybody."""
    def any_syn(chance, guest, ports, seq, acked):
        return tcp(guest, (chance.randrange(65536), chance.choice((
            ports[1] ^ 1, chance.randrange(65536)))), chance.randrange(1 << 32), 0,
            chance.choice((2, 2, 2, 0x12, 4, 1)), b"", b"\2\4\5\xb4")
    outcome = fetch_among(site, server, any_syn, 1)
    assert_boots_with((None, outcome), LARGE)
