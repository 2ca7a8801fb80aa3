# SPDX-License-Identifier: BSD-3-Clause
"""TFTP servers that mean harm; each test has the name of its row in
tests/bugclasses.md."""

import contextlib
import random

import pytest

import tftpd
from hostile import assert_boots_with, assert_ends, assert_safe, says
from tftpd import (BLKSIZE_BIG, HAS_BIG, Refused, ack, data, error,
                   no_big_blocks, oack, packet, with_strays)

OTHER = "10.9.0.2"
CONTENT = random.Random(1).randbytes(5000)
LARGEST = 65507  # of a datagram's payload


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(tmp_path_factory) as opened:
        opened.lab.server.run("ip", "address", "add", f"{OTHER}/24", "dev", "eth0")
        yield opened


def agreed(*pairs):
    """An OACK of these bytes, each with its NUL."""
    return b"\0\6" + b"".join(word + b"\0" for word in pairs)


# ---- row 3

@pytest.mark.parametrize("raw", [
    b"\0", b"\0\3", b"\0\3\0", b"\0\5", b"\0\5\0", b"\0\6", b"\0\6\0", b"\0\6\0\0",
    b"\0\6x", b"\0\6x\0", b"\0\6x\0y", b"\xff\xff", b"\xff" * 4, b"\0\3\xff\xff",
], ids=bytes.hex)
def test_row03_packets_shorter_than_their_headers(site, raw):
    """First, then in the middle: dropped, or refused by name."""
    if raw == b"\0\6\0\0":  # an option without a name and without a value
        assert_ends(site.fetch(says(raw)), 24, "not asked for")
    else:
        assert_boots_with(site.fetch(with_strays(raw, CONTENT)), CONTENT)


# ---- row 6

REFUSED = {
    "blksize-0": [b"blksize", b"0"],
    "blksize-7": [b"blksize", b"7"],
    "blksize-65465": [b"blksize", b"65465"],
    "blksize-4294967808": [b"blksize", b"4294967808"],  # 2^32 + 512
    "windowsize-0": [b"windowsize", b"0"],
    "windowsize-65536": [b"windowsize", b"65536"],
    "tsize-negative": [b"tsize", b"-1"],
    "tsize-hex": [b"tsize", b"0x10"],
    "substring-before": [b"blk", b"512"],
    "substring-behind": [b"blksize2", b"512"],
    "substring-inside": [b"foo_blksize_bar", b"512"],
    "substring-of-two": [b"tsizeblksize", b"512"],
    "unasked-timeout": [b"timeout", b"1"],
    "unasked-multicast": [b"multicast", b"239.0.0.1,1758,1"],
    "no-name": [b"", b"512"],
    "no-value": [b"blksize", b""],
    "neither": [b""] * 200,
    "blank-before": [b"blksize", b" 512"],
    "blank-behind": [b"blksize ", b"512"],
    "control": [b"blksize\x01", b"512"],
    "value-of-20-digits": [b"tsize", b"0" * 16 + b"5000"],
    "value-of-1400": [b"blksize", b"0" * 1400],
    "400-unknown": [b"x", b"1"] * 300,
    "good-then-bad": [b"blksize", b"512", b"blksize", b"0"],
    "bad-then-good": [b"blksize", b"0", b"blksize", b"512"],
}


@pytest.mark.parametrize("case", REFUSED)
def test_row06_tftp_options(site, case):
    def script(t):
        t.send(agreed(*REFUSED[case]))
        t.wait_for_error(8)
    assert_ends(site.fetch(script), 24, "options that were not asked for")


@pytest.mark.parametrize("values, blksize", [
    ((512, 512), 512), ((8, 512), 512), ((512, 8), 8)])
def test_row06_tftp_option_twice(site, values, blksize):
    """The last one counts, as the server's own blocks say."""
    def script(t):
        t.put(agreed(*(w for v in values for w in (b"blksize", b"%d" % v))),
              ack(0))
        t.put_blocks(CONTENT, blksize)
    assert_boots_with(site.fetch(script), CONTENT)


DROPPED = {
    "no NUL": b"\0\6blksize\x00512",
    "no NUL behind the second": b"\0\6tsize\x005000\0blksize\x00512",
    "no value": b"\0\6blksize\0",
    "value of 64 KiB": b"\0\6blksize\0" + b"1" * (LARGEST - 10),
    "name of 64 KiB": b"\0\6" + b"b" * (LARGEST - 2),
}


@pytest.mark.parametrize("case", DROPPED)
def test_row06_tftp_options_without_an_end(site, case):
    """They are no packet; what follows is."""
    def script(t):
        t.send(DROPPED[case])
        t.serve(CONTENT)
    assert_boots_with(site.fetch(script), CONTENT)


def test_row06_tftp_many_options_of_64_kib(site):
    """More than a frame has, so that it comes in fragments, if at all."""
    outcome = assert_safe(site.fetch(
        says(agreed(*[b"blksize", b"512"] * 4000)), "--timeout=1")[1])
    assert outcome.status in (24, 50)


@pytest.mark.parametrize("blksize", [
    8, 512, pytest.param(BLKSIZE_BIG, marks=pytest.mark.skipif(
        not HAS_BIG, reason="big blocks are not built in"))])
def test_row06_tftp_block_is_not_what_was_agreed(site, blksize):
    def script(t):
        t.offer(blksize=blksize)
        t.send(data(1, bytes(min(blksize + 1, LARGEST - 4))))
        t.wait_for_error(4)
    assert_ends(site.fetch(script), 24, "were agreed")


# ---- row 7

def test_row07_tftp_second_server_on_another_port(site):
    """It says all there is to say, all the time."""
    def script(t):
        stranger, elsewhere = t.open(), t.open(OTHER)
        for first in range(1, 11, 3):
            t.put_blocks(CONTENT, 512, first=first, last=min(first + 2, 10))
            for raw in (error(0), error(1), oack(blksize=8), data(first + 3, b"W" * 512),
                        data(first + 3, b""), packet(4, 0), b""):
                t.send(raw, stranger)
                t.send(raw, elsewhere)
    assert_boots_with(site.fetch(script), CONTENT)


def test_row07_tftp_answer_from_another_address_is_none(site):
    """A server that answers from an address nobody asked."""
    def script(t):
        other = t.open(OTHER)
        t.send(data(1, b"W" * 100), other)
        t.wait_for_error(5, other)
        t.serve(CONTENT)
    assert_boots_with(site.fetch(script), CONTENT)


@pytest.mark.parametrize("blocks", [
    [3, 2, 1, 0, 65535], [65535, 0, 65535], [2] * 100, list(range(200, 2, -1)),
    [random.Random(3).randrange(3, 65536) for _ in range(300)],
], ids=["backwards", "wrap", "repeated", "all backwards", "random"])
def test_row07_tftp_blocks_that_nobody_waits_for(site, blocks):
    """Before the first and behind the second."""
    def script(t):
        for block in blocks:
            if block != 1:
                t.send(data(block, b"W" * 512))
        t.offer(blksize=512)
        t.put_blocks(CONTENT, 512, last=2)
        for block in blocks:
            if block != 3:
                t.send(data(block, b"W" * 512))
        t.put_blocks(CONTENT, 512, first=3)
    assert_boots_with(site.fetch(script), CONTENT)


@pytest.mark.parametrize("raw, shown", [
    (packet(5, 0), "TFTP error 0: ;"),
    (packet(5, 1, b"no NUL"), "TFTP error 1: no NUL;"),
    (packet(5, 65535, b"\xff" * 600), "TFTP error 65535: \\xff"),
    (packet(5, 2, b"%s%n%99999c\0"), "%s%n%99999c"),
    (packet(5, 8), "TFTP error 8"),
], ids=["empty", "no NUL", "600 bytes", "format", "8"])
def test_row07_tftp_error_before_anything(site, raw, shown):
    outcome = assert_safe(site.fetch(says(raw))[1], 23, 34)
    assert shown in outcome.last_line


def test_row07_tftp_error_of_64_kib(site):
    """In 45 fragments: the message of what fits is shown, if any."""
    outcome = assert_safe(site.fetch(
        says(packet(5, 3, b"\x1b]0;x\x07" * 9300)), "--timeout=1")[1])
    assert outcome.status in (23, 50)


# ---- row 8

@pytest.mark.parametrize("announced, sent", [
    (0, 5000), (1, 5000), (4999, 5000), (5001, 5000), (1 << 29, 5000),
    ((1 << 30) + 1, 0), (10 ** 19 - 1, 0)])
def test_row08_tftp_size_that_lies(site, announced, sent):
    def script(t):
        t.send(oack(blksize=512, tsize=announced))
        if sent:
            with contextlib.suppress(Refused):
                t.put_blocks(CONTENT, 512)
    outcome = assert_safe(site.fetch(script)[1], 24, 36)
    assert str(announced) in outcome.last_line or not sent


def test_row08_tftp_block_of_0_bytes_first(site):
    """All of a file that was announced, and is not there."""
    assert_ends(site.fetch(says(data(1, b""))), 35, "is empty")
    assert_ends(site.fetch(says(oack(blksize=512, tsize=5000), 0.1, data(1, b""))),
                35, "is empty")


def test_row08_tftp_configuration_never_ends(site):
    guest = site.guest()
    block = b"#" * 511 + b"\n"

    def script(t):
        t.offer(blksize=512)
        with contextlib.suppress(Refused):
            for number in range(1, 1 << 16):
                t.put(data(number, block), ack(number))
    guest.files[guest.config] = script
    assert_ends((guest, guest.boot()), 36, "too large")


# ---- row 12

def test_row12_tftp_server_agrees_and_then_only_repeats_itself(site):
    """A server that keeps a client busy without ever giving it a byte."""
    def script(t):
        t.send(oack(blksize=512))
        while t.receive(1) and not t.over.is_set():
            for _ in range(3):
                t.send(oack(blksize=512))
    outcome = assert_safe(site.fetch(script, "--timeout=2")[1], 22, 50)
    assert len(outcome.console) < 10000


def test_row12_tftp_options_are_refused_for_ever(site):
    guest, outcome = site.fetch(says(error(8)))
    assert_ends((guest, outcome), 23, "TFTP error 8")
    assert len(guest.requests) <= 4


def test_row12_tftp_blocks_of_8_bytes_without_end(site):
    """As slow as a server likes: the run's own limit holds."""
    def script(t):
        t.offer(blksize=8)
        for number in range(1, 1 << 20):
            if t.over.is_set():
                return
            t.put(data(number, b"12345678"), ack(number))
    assert_safe(site.fetch(no_big_blocks(script), "--timeout=1")[1], 50)


# ---- row 13

def test_row13_tftp_packets_for_transfers_that_are_over(site):
    """What a server still says to one that has ended comes while others run."""
    def kernel(t):
        t.serve(CONTENT)
        for n in range(200):
            for raw in data(n, bytes(512)), oack(blksize=512), error(0), error(8):
                t.send(raw)

    def initrd(t):
        t.offer(blksize=512)
        t.put_blocks(CONTENT, 512, last=8)
        t.collect(0.3)
        t.put_blocks(CONTENT, 512, first=9)
    guest = site.guest(kernel=kernel, initrd=initrd)
    outcome = guest.boot(kernel="kernel", ramdisk="initrd")
    assert_boots_with((guest, outcome), CONTENT)
    assert outcome.ramdisk == CONTENT


# ---- row 14

def test_row14_tftp_transfers_by_the_hundred(site):
    """Each ends in another way; nothing that one held may be missed by the
    last."""
    ends = [b"", error(0), error(1), oack(blksize=0), data(1, bytes(2000)),
            oack(tsize=1 << 40), data(1, b"")]

    def script(t):
        raw = ends[int(t.request.name[1:]) % len(ends)]
        if raw:
            t.send(raw)
        else:
            t.serve(b"# nothing\n")
    names = [f"f{n}" for n in range(60)]
    guest = site.guest(kernel=CONTENT, **{name: script for name in names
                                          if int(name[1:]) % 7 in (0, 1, 2, 6)})
    guest.files[guest.config] = b"default kernel\n" + b"".join(
        b"include %s\n" % name.encode() for name in names)
    outcome = guest.boot()
    assert_boots_with((guest, outcome), CONTENT)
