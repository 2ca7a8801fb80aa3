# SPDX-License-Identifier: BSD-3-Clause
"""Windows of blocks, RFC 7440, and blocks of 64 KiB in fragments, against a
server that follows a script."""

import random
import struct

import pytest

import tftpd
from lab import SERVER, lab
from tftpd import (ASKS_BIG, ASKS_ORDINARY, BLKSIZE_ASKED, BLKSIZE_BIG, HAS_BIG,
                   ack, assert_fails, data, no_big_blocks, oack, once)
from wire import Datagram, packet_socket

OTHER = "10.9.0.2"  # the server's second address
CONTENT = random.Random(1).randbytes(300 * 512 + 100)
BIG_CONTENT = random.Random(2).randbytes(10 * BLKSIZE_BIG + 1000)

needs_big = pytest.mark.skipif(
    not HAS_BIG, reason="big blocks are not built into this binary")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(tmp_path_factory) as opened:
        opened.lab.server.run("ip", "address", "add", f"{OTHER}/24", "dev", "eth0")
        yield opened


def assert_boots(booted, content=CONTENT):
    tftpd.assert_boots(booted, content)


def block(number, blksize=512, content=CONTENT):
    return data(number, content[(number - 1) * blksize:number * blksize])


# ---- Windows

@pytest.mark.parametrize("window", [1, 2, 7, 63, 64])
def test_one_ack_for_each_window(site, window):
    acks = []

    def script(t):
        t.offer(blksize=512, windowsize=window, tsize=len(CONTENT))
        done = 0
        while done < 301:
            end = min(done + window, 301)
            for number in range(done + 1, end + 1):
                t.send(block(number))
            while not acks or acks[-1] != ack(end):
                acks.append(t.receive(1))
            done = end
    assert_boots(site.fetch(script))
    assert once(acks) == [ack(n) for n in range(window, 301, window)] + [ack(301)]


def put_from(t, first, window, content=CONTENT, blksize=512):
    """Sends all blocks behind `first`, so many for each ACK."""
    last = len(content) // blksize + 1
    for done in range(first, last, window):
        end = min(done + window, last)
        t.put_window([block(n, blksize, content) for n in range(done + 1, end + 1)],
                     ack(end))


@pytest.mark.parametrize("at", [1, 3, 7])
def test_block_that_is_missing_is_asked_for_once(site, at):
    """The server goes back to it, and the rest of the window asks no more."""
    def script(t):
        t.offer(blksize=512, windowsize=64)
        for number in range(1, at):
            t.send(block(number))
        for number in range(at + 1, 65):
            t.send(block(number))
        t.wait_for(ack(at - 1))
        # The timer may have asked, too.
        assert len(t.collect(0.3)) < 8
        put_from(t, at - 1, 64)
    assert_boots(site.fetch(script))


def test_last_block_of_a_window_that_is_lost_is_missed_by_the_timer(site):
    def script(t):
        t.offer(blksize=512, windowsize=8)
        for number in range(1, 8):
            t.send(block(number))
        t.wait_for(ack(7))
        put_from(t, 7, 8)
    assert_boots(site.fetch(script))


def test_window_that_is_smaller_than_agreed_is_served_by_the_timer(site):
    """The server grants a window, and waits for each ACK all the same."""
    content = CONTENT[:5 * 512 + 1]

    def script(t):
        t.offer(blksize=512, windowsize=64)
        put_from(t, 0, 1, content)
    assert_boots(site.fetch(script), content)


def test_window_that_is_larger_than_agreed_does_no_harm(site):
    def script(t):
        t.offer(blksize=512, windowsize=4)
        done = 0
        while done < 301:
            for number in range(done + 1, min(done + 64, 301) + 1):
                t.send(block(number))
            answers = {struct.unpack("!HH", a)[1] for a in t.collect(0.05)}
            done = max(answers, default=done)
    assert_boots(site.fetch(script))


def test_every_block_twice(site):
    acks = []

    def script(t):
        t.offer(blksize=512, windowsize=64)
        for done in range(0, 301, 64):
            end = min(done + 64, 301)
            for number in range(done + 1, end + 1):
                t.send(block(number))
                t.send(block(number))
            while not acks or acks[-1] != ack(end):
                acks.append(t.receive(1))
    assert_boots(site.fetch(script))
    assert once(acks) == [ack(n) for n in (64, 128, 192, 256, 301)]


def test_window_that_is_repeated_is_acknowledged_by_the_timer_alone(site):
    def script(t):
        t.offer(blksize=512, windowsize=8)
        window = [block(n) for n in range(1, 9)]
        t.put_window(window, ack(8))
        for _ in range(20):
            for raw in window:
                t.send(raw)
        came = t.collect(1)
        assert set(came) == {ack(8)} and len(came) < 12
        put_from(t, 8, 8)
    assert_boots(site.fetch(script))


def test_window_in_reverse(site):
    """What comes too early is dropped, and comes again."""
    def script(t):
        t.offer(blksize=512, windowsize=4)
        for done in range(4):
            for number in range(done + 4, done, -1):
                t.send(block(number))
            t.wait_for(ack(done + 1))
        put_from(t, 4, 4)
    assert_boots(site.fetch(script))


def test_strangers_inside_a_window_are_turned_away(site):
    def script(t):
        strangers = [t.open(), t.open(OTHER)]
        t.offer(blksize=512, windowsize=8)
        for number in range(1, 5):
            t.send(block(number))
        for stranger in strangers:
            for number in range(5, 9):
                t.send(data(number, b"W" * 512), stranger)
            t.wait_for_error(5, stranger)
        t.put_window([block(n) for n in range(5, 9)], ack(8))
        put_from(t, 8, 8)
    assert_boots(site.fetch(script))


def test_blocks_go_on_behind_65535_inside_a_window(site):
    content = random.Random(3).randbytes(65600 * 8 + 3)

    def script(t):
        t.offer(blksize=8, windowsize=64, tsize=len(content))
        t.put_windows(content, 8, 64)
    assert_boots(site.fetch(script), content)


@pytest.mark.parametrize("blocks", [1, 63, 64, 65, 128])
def test_file_of_whole_blocks_ends_with_an_empty_one(site, blocks):
    content = CONTENT[:blocks * 512]

    def script(t):
        t.offer(blksize=512, windowsize=64, tsize=len(content))
        t.put_windows(content, 512, 64)
    assert_boots(site.fetch(script), content)


def test_silence_inside_a_window_is_asked_for_again_from_what_came(site):
    def script(t):
        t.offer(blksize=512, windowsize=64)
        for number in range(1, 11):
            t.send(block(number))
        t.collect(0.5)
        put_from(t, 10, 64)
    assert_boots(site.fetch(script))


# ---- Blocks of 64 KiB

def test_jumbo_frames_are_asked_for_where_the_link_has_them(tmp_path):
    with lab(tmp_path, mtu=9000) as made, tftpd.site(made) as site:
        booted = site.fetch(no_big_blocks(CONTENT))
    assert_boots(booted)
    guest, _ = booted
    # Who refuses big blocks is asked for what fits every network.
    expected = [ASKS_BIG, ASKS_ORDINARY] if HAS_BIG else [
        {**ASKS_ORDINARY, "blksize": str(9000 - 32)}]
    assert [r.options for r in guest.requests] == expected


def big(script):
    """Plays the script for big blocks, and serves the rest well."""
    def choose(t):
        if t.request.options == ASKS_BIG:
            script(t)
        else:
            t.serve(BIG_CONTENT)
    return choose


@needs_big
@pytest.mark.parametrize("blksize, window", [
    (BLKSIZE_BIG, 4), (BLKSIZE_BIG, 1), (65463, 4), (32768, 3), (1469, 4),
    (9000, 64)])
def test_big_blocks_come_in_fragments(site, blksize, window):
    def script(t):
        assert t.request.options == ASKS_BIG
        t.offer(blksize=blksize, windowsize=window, tsize=len(BIG_CONTENT))
        t.put_windows(BIG_CONTENT, blksize, window)
    guest, outcome = site.fetch(script)
    assert_boots((guest, outcome), BIG_CONTENT)
    assert len(guest.requests) == 1


@needs_big
def test_big_blocks_come_by_a_packet_socket_too(site):
    def script(t):
        t.offer(blksize=BLKSIZE_BIG, windowsize=4, tsize=len(BIG_CONTENT))
        t.put_windows(BIG_CONTENT, BLKSIZE_BIG, 4)
    assert_boots(site.fetch(big(script), "--link=packet"), BIG_CONTENT)


@needs_big
def test_server_with_windows_and_small_blocks_is_asked_for_a_larger_window(site):
    """Once in a boot: the other files are asked for so from the start."""
    def script(t):
        if t.request.options == ASKS_BIG:
            t.send(oack(blksize=BLKSIZE_ASKED, windowsize=4,
                        tsize=len(CONTENT)))
            t.wait_for_error(0)
        else:
            t.offer(blksize=BLKSIZE_ASKED, windowsize=64, tsize=len(CONTENT))
            t.put_windows(CONTENT, BLKSIZE_ASKED, 64)
    files = dict(kernel=script, one=script, two=script)
    guest = site.guest(**files)
    guest.files[guest.config] = b"default k\nlabel k\nkernel kernel\ninitrd one,two\n"
    outcome = guest.boot()
    assert_boots((guest, outcome))
    assert outcome.ramdisk.count(CONTENT) == 2
    asked = {name: [r.options for r in guest.requests if r.name == name]
             for name in files}
    assert asked["kernel"] == [ASKS_BIG, ASKS_ORDINARY]
    assert asked["two"] == [ASKS_ORDINARY]


@needs_big
@pytest.mark.parametrize("options", [
    {"blksize": 65465}, {"blksize": 65535}, {"windowsize": 65},
    {"windowsize": 65535}, {"windowsize": 0},
], ids=str)
def test_big_block_or_window_that_was_not_asked_for_is_refused(site, options):
    def script(t):
        t.send(oack(**{"blksize": BLKSIZE_BIG, **options}))
        t.wait_for_error(8)
    assert_fails(site.fetch(script), 24)


class Fragmenter:
    """Sends one transfer's packets as fragments of the test's choice."""

    def __init__(self, t):
        self.t = t
        self.source = t.server.namespace.run(
            "cat", "/sys/class/net/eth0/address").strip()
        self.wire = packet_socket(t.server.namespace)
        self.number = 0

    def fragments(self, payload, size=1480):
        """Returns the frames of a datagram with the next number."""
        host, port = self.t.peer
        self.number += 1
        return Datagram(payload, self.source,
                        f"00:16:3e:00:00:{int(host.split('.')[-1]):02x}", SERVER,
                        host, self.t.socket.getsockname()[1], port).fragments(
                            self.number, size)

    def send(self, frames):
        for frame in frames:
            self.wire.send(frame)

    def close(self):
        self.wire.close()


def wrong(frame):
    """The same fragment with other bytes."""
    return frame[:34] + b"W" * (len(frame) - 34)


def in_order(frames):
    return frames


def reverse(frames):
    return frames[::-1]


def doubled(frames):
    return [frame for frame in frames for _ in range(2)]


@needs_big
@pytest.mark.parametrize("order", [in_order, reverse, doubled])
def test_fragments_come_in_any_order(site, order):
    def script(t):
        sender = Fragmenter(t)
        t.offer(blksize=BLKSIZE_BIG, windowsize=1, tsize=len(BIG_CONTENT))
        for number in range(1, 12):
            sender.send(order(sender.fragments(
                block(number, BLKSIZE_BIG, BIG_CONTENT))))
            t.wait_for(ack(number))
        sender.close()
    guest, outcome = site.fetch(script)
    assert_boots((guest, outcome), BIG_CONTENT)


@needs_big
@pytest.mark.parametrize("whole", [0, 1, 5])
def test_last_fragments_that_never_come_lead_to_ordinary_blocks(site, whole):
    """Something on the way drops them, each time."""
    def script(t):
        sender = Fragmenter(t)
        t.offer(blksize=BLKSIZE_BIG, windowsize=4, tsize=len(BIG_CONTENT))
        for number in range(1, whole + 1):
            t.put(block(number, BLKSIZE_BIG, BIG_CONTENT), ack(number))
        raw = block(whole + 1, BLKSIZE_BIG, BIG_CONTENT)
        while True:
            sender.send(sender.fragments(raw)[:-1])
            answer = t.receive(1)
            if answer and answer.startswith(b"\0\5"):
                break
        sender.close()
    guest, outcome = site.fetch(big(script))
    assert_boots((guest, outcome), BIG_CONTENT)
    assert [r.options for r in guest.requests] == [ASKS_BIG, ASKS_ORDINARY]


@needs_big
@pytest.mark.parametrize("whole", [0, 5])
def test_silence_among_big_blocks_is_told_as_such(site, whole):
    """Ordinary ones are asked for, and are not answered either."""
    def script(t):
        if t.request.options != ASKS_BIG:
            return
        t.offer(blksize=BLKSIZE_BIG, windowsize=4, tsize=len(BIG_CONTENT))
        for number in range(1, whole + 1):
            t.put_window([block(number, BLKSIZE_BIG, BIG_CONTENT)], ack(number))
        t.wait_for_error(0)
    guest, outcome = site.fetch(script)
    assert_fails((guest, outcome), 22,
                 f"the server fell silent after {whole * BLKSIZE_BIG} bytes")
    assert guest.requests[1].options == ASKS_ORDINARY


@needs_big
def test_fragments_that_overlap_change_nothing(site):
    """What others put between is dropped, or the checksum finds it."""
    def script(t):
        sender = Fragmenter(t)
        t.offer(blksize=BLKSIZE_BIG, windowsize=1, tsize=len(BIG_CONTENT))
        for number in range(1, 11):
            raw = block(number, BLKSIZE_BIG, BIG_CONTENT)
            frames = sender.fragments(raw)
            sender.number -= 1
            others = sender.fragments(raw, 1000)
            sender.send([wrong(others[3]), *frames[:5], wrong(others[0]),
                         wrong(others[-1]), *frames[5:]])
            sender.send(sender.fragments(raw))
            t.wait_for(ack(number))
        t.put(block(11, BLKSIZE_BIG, BIG_CONTENT), ack(11))
        sender.close()
    guest, outcome = site.fetch(big(script))
    assert_boots((guest, outcome), BIG_CONTENT)


@needs_big
def test_fragments_without_a_datagram_do_not_keep_others_out(site):
    """Reassembly has few places; those of a storm must not fill them for
    good."""
    def script(t):
        sender = Fragmenter(t)
        t.offer(blksize=BLKSIZE_BIG, windowsize=1, tsize=len(BIG_CONTENT))
        for number in range(1, 12):
            for _ in range(20):
                junk = sender.fragments(bytes(20000))
                sender.send(junk[1:-1])
            for _ in range(8):
                sender.send(sender.fragments(
                    block(number, BLKSIZE_BIG, BIG_CONTENT)))
                if t.receive(1) == ack(number):
                    break
        sender.close()
    guest, outcome = site.fetch(big(script))
    assert_boots((guest, outcome), BIG_CONTENT)
