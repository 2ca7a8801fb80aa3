# SPDX-License-Identifier: BSD-3-Clause
"""TFTP against a server that follows a script: RFC 1350, 1123, 2347 to 2349,
7440.

Most tests fetch a kernel that xl.cfg names, which is one transfer.
"""

import random
import threading

import pytest

import tftpd
from lab import SERVER
from tftpd import (ASKED, ASKS_NOTHING, ASKS_ORDINARY, ERROR, ack, assert_fails,
                   data, error, no_big_blocks, oack, packet, refusal,
                   with_strays)

OTHER = "10.9.0.2"  # the server's second address
IMAGE_LIMIT = 1 << 30

# Different in each place, so that no block passes for another.
CONTENT = random.Random(1).randbytes(5000)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(tmp_path_factory) as opened:
        opened.lab.server.run("ip", "address", "add", f"{OTHER}/24", "dev", "eth0")
        yield opened


def assert_boots(booted, content=CONTENT):
    tftpd.assert_boots(booted, content)


# ---- Requests

def test_request_is_octet_with_tsize_a_block_and_a_window(site):
    guest, outcome = site.fetch(CONTENT)
    assert_boots((guest, outcome))
    request, = guest.requests
    assert request.mode.lower() == "octet"
    assert request.options == ASKED[0]


def test_block_fits_ethernet_where_no_big_one_is_to_be_had(site):
    guest, outcome = site.fetch(no_big_blocks(CONTENT))
    assert_boots((guest, outcome))
    assert [r.options for r in guest.requests] == ASKED[:-1]


@pytest.mark.parametrize("options, vif, blksize", [
    ((), ",mtu=1400", 1368),
    (("--dhcp-option=option:mtu,1000",), "", 968),
    (("--dhcp-option=option:mtu,9000",), "", 1468),
], ids=["vif", "lease", "larger"])
def test_block_fits_the_smallest_mtu(lab, options, vif, blksize):
    with tftpd.site(lab, *options) as site:
        guest, outcome = site.fetch(no_big_blocks(CONTENT),
                                    vif=vif)
    assert_boots((guest, outcome))
    assert guest.requests[-1].options == {**ASKS_ORDINARY, "blksize": str(blksize)}


def test_every_transfer_has_another_port(site):
    guest = site.guest()
    assert guest.boot().status == 30
    ports = {request.peer[1] for request in guest.requests}
    assert len(guest.names) == 10
    # Random ones may meet once, not twice.
    assert len(ports) >= 9
    # Nor are they counted up.
    assert max(ports) - min(ports) > 100


def test_url_may_name_a_port(site):
    site.listen(port=6969)
    guest = site.guest(**{"x": CONTENT})
    outcome = guest.boot(kernel=f"tftp://{SERVER}:6969/x")
    assert_boots((guest, outcome))
    assert [r.server for r in guest.requests] == [(SERVER, 6969)]


def test_longest_request_is_512_bytes(site):
    """Options that do not fit are left out."""
    for length, options in (468, ASKED[0]), (469, {}), (503, {}):
        name = "n" * length
        guest = site.guest(**{name: CONTENT})
        assert_boots((guest, guest.boot(kernel=name)))
        assert [r.options for r in guest.requests] == [options]
    guest = site.guest()
    assert_fails((guest, guest.boot(kernel=name + "n")), 33, "too long")
    assert guest.requests == []


# ---- Options

def test_oack_is_acknowledged_as_block_0_before_data(site):
    def script(t):
        t.send(oack(blksize=1468, tsize=len(CONTENT)))
        assert t.receive() == ack(0)
        t.put_blocks(CONTENT, 1468)
    assert_boots(site.fetch(script))


def test_server_without_options_sends_512_byte_blocks(site):
    assert_boots(site.fetch(lambda t: t.put_blocks(CONTENT, 512)))


@pytest.mark.parametrize("options, blksize", [
    ({}, 512), ({"tsize": 5000}, 512), ({"blksize": 600}, 600),
    ({"blksize": 8}, 8), ({"BlkSize": 1000, "TSIZE": 5000}, 1000),
], ids=["empty", "tsize only", "smaller", "smallest", "upper case"])
def test_server_may_take_part_of_the_options(site, options, blksize):
    def script(t):
        t.offer(**options)
        t.put_blocks(CONTENT, blksize)
    assert_boots(site.fetch(script))


@pytest.mark.parametrize("options", [
    {"blksize": 1469}, {"blksize": 65464}, {"blksize": 7}, {"blksize": 0},
    {"blksize": -1}, {"blksize": ""}, {"blksize": "abc"}, {"blksize": "512x"},
    {"blksize": 1 << 64 | 512}, {"tsize": -1}, {"tsize": "x"},
    {"tsize": 10 ** 19}, {"timeout": 1},
    {"windowsize": 65}, {"windowsize": 65535}, {"windowsize": 65536 + 64},
    {"windowsize": 0}, {"windowsize": -1}, {"windowsize": ""},
    {"windowsize": "4x"},
    {"blksize": 1468, "multicast": "239.0.0.1,1758,1"},
], ids=lambda options: ",".join(f"{k}={v}" for k, v in options.items()))
def test_oack_with_what_was_not_asked_is_refused(site, options):
    def script(t):
        t.send(oack(**options))
        t.wait_for_error(8)
    assert_fails(site.fetch(no_big_blocks(script)), 24)


@pytest.mark.parametrize("cut", [
    b"\0\6blksize\x001468", b"\0\6blksize\0", b"\0\6blksize", b"\0\6blksize\x008\0t",
])
def test_oack_cut_inside_an_option_is_dropped(site, cut):
    def script(t):
        if t.attempt == 1:
            t.send(cut)
            assert t.collect(0.3) == []
        else:
            t.serve(CONTENT)
    guest, outcome = site.fetch(script)
    assert_boots((guest, outcome))
    assert len(guest.requests) == 2


def test_error_8_leads_to_a_request_without_options(site):
    def script(t):
        if t.request.options:
            t.send(error(8, b"no options here"))
        else:
            t.serve(CONTENT)
    guest, outcome = site.fetch(script)
    assert_boots((guest, outcome))
    assert [r.options for r in guest.requests] == ASKED
    assert guest.requests[-1].time - guest.requests[0].time < 0.4
    # What the server still sends to the port before must not matter.
    assert len({r.peer for r in guest.requests}) == len(ASKED)


def test_error_8_to_requests_without_options_ends_in_failure(site):
    guest, outcome = site.fetch(refusal(8))
    assert_fails((guest, outcome), 23, "TFTP error 8")
    assert [r.options for r in guest.requests] == ASKED


def test_late_error_8_is_not_taken_for_that_of_a_request_without_options(site):
    """A server that is slow refuses options when a request without has been
    sent, too."""
    def script(t):
        if t.attempt < 5:
            return
        assert t.request.options == ASKS_NOTHING
        for _ in range(4):
            t.send(error(8))
        t.serve(CONTENT)
    assert_boots(site.fetch(script))


# ---- What gets lost, doubled or mixed up

def test_first_port_that_answers_wins(site):
    """Two answers: the server took a repeated request for another one."""
    def script(t):
        if t.attempt != 2:
            return
        second = t.open()
        t.send(oack(blksize=1468))
        t.send(oack(blksize=1468), second)
        t.wait_for(ack(0))
        t.wait_for_error(5, second)
        t.put_blocks(CONTENT, 1468)
    assert_boots(site.fetch(script))


def test_strangers_are_turned_away_and_the_bytes_are_right(site):
    wrong = b"W" * 512

    def script(t):
        strangers = [t.open(), t.open(OTHER)]
        t.put_blocks(CONTENT, 512, last=3)
        for stranger in strangers:
            for block in 3, 4, 5:
                t.send(data(block, wrong), stranger)
            for _ in range(3):
                t.wait_for_error(5, stranger)
            t.send(oack(blksize=512), stranger)
            t.wait_for_error(5, stranger)
        t.put_blocks(CONTENT, 512, first=4)
    assert_boots(site.fetch(script))


def test_errors_of_strangers_count_for_nothing_and_get_no_answer(site):

    def script(t):
        elsewhere, stranger = t.open(OTHER), t.open()
        t.send(error(1), elsewhere)  # before the server has a port
        t.put_blocks(CONTENT, 512, last=3)
        t.send(error(0), elsewhere)
        t.send(error(0), stranger)
        t.put_blocks(CONTENT, 512, first=4)
        assert t.collect(0.1, elsewhere) == t.collect(0.1, stranger) == []
    assert_boots(site.fetch(script))


def test_doubled_data_is_acknowledged_once(site):
    """Sorcerer's Apprentice: a client that answers each copy doubles all that
    follows."""
    content = random.Random(2).randbytes(100 * 512 + 1)
    acks = []

    def script(t):
        for block in range(1, 102):
            for _ in range(4):
                t.send(data(block, content[block * 512 - 512:block * 512]))
            while not acks or acks[-1] != ack(block):
                acks.append(t.receive())
        acks.extend(t.collect(0.2))
    assert_boots(site.fetch(script), content)
    # The timer may have repeated a few on a busy machine.
    assert 101 <= len(acks) < 150


def test_lost_ack_is_repeated_by_the_timer_and_not_by_duplicates(site):
    def script(t):
        t.put_blocks(CONTENT, 512, last=2)
        for _ in range(40):
            t.send(data(2, CONTENT[512:1024]))
        # The timer doubles: a handful in this time.
        came = t.collect(1)
        assert set(came) == {ack(2)} and len(came) < 10
        t.put_blocks(CONTENT, 512, first=3)
    assert_boots(site.fetch(script))


def test_timer_follows_the_round_trip(site):
    """Servers wait whole seconds before they repeat what was lost."""
    def script(t):
        for first, last in (1, 3), (4, 6), (7, 9):
            t.put_blocks(CONTENT, 512, first, last)
            # The round trip is far below this, the timer's start above.
            assert t.receive(0.4) == ack(last)
        t.put_blocks(CONTENT, 512, first=10)
    assert_boots(site.fetch(script))


def test_lost_data_is_asked_for_again(site):
    def script(t):
        t.offer(blksize=512)
        t.wait_for(ack(0))  # block 1 is lost
        t.put_blocks(CONTENT, 512, last=5)
        t.wait_for(ack(5))  # block 6 is lost
        t.put_blocks(CONTENT, 512, first=6)
    assert_boots(site.fetch(script))


def test_lost_oack_is_asked_for_again(site):
    guest, outcome = site.fetch(
        lambda t: t.attempt > 1 and t.serve(CONTENT))
    assert_boots((guest, outcome))
    first, second = guest.requests
    assert first.peer == second.peer
    assert [first.options, second.options] == [ASKED[0]] * 2


def test_repeated_oack_changes_nothing(site):
    def script(t):
        t.offer(blksize=512, tsize=len(CONTENT))
        t.put_blocks(CONTENT, 512, last=2)
        for _ in range(40):
            t.send(oack(blksize=8, tsize=1))
        assert len(t.collect(0.5)) < 10
        t.put_blocks(CONTENT, 512, first=3)
    assert_boots(site.fetch(script))


def test_blocks_out_of_order_are_ignored(site):
    def script(t):
        for block in 2, 0, 65535:  # none opens a transfer
            t.send(data(block, b"W" * 512), t.open())
        t.put_blocks(CONTENT, 512, last=3)
        for block in 5, 6, 1, 0, 65535, 2:
            t.send(data(block, b"W" * 512))
        assert set(t.collect(0.3)) <= {ack(3)}
        t.put_blocks(CONTENT, 512, first=4)
    assert_boots(site.fetch(script))


def test_block_after_65535_is_0(site):
    content = random.Random(3).randbytes(65540 * 8 + 3)

    def script(t):
        t.offer(blksize=8, tsize=len(content))
        t.put_blocks(content, 8, last=65535)
        t.send(data(1, b"W" * 8))  # to which some servers roll over
        assert set(t.collect(0.1)) <= {ack(65535)}
        t.put_blocks(content, 8, first=65536)
    assert_boots(site.fetch(script), content)


@pytest.mark.parametrize("blocks", [1, 7])
def test_file_of_whole_blocks_ends_with_an_empty_one(site, blocks):
    content = random.Random(4).randbytes(blocks * 512)

    def script(t):
        t.offer(blksize=512, tsize=len(content))
        t.put_blocks(content, 512, last=blocks)
        t.put(data(blocks + 1, b""), ack(blocks + 1))
    assert_boots(site.fetch(script), content)


def test_last_ack_is_repeated_while_the_next_transfer_runs(site):
    kernel_done, answered = threading.Event(), threading.Event()
    last = data(10, CONTENT[9 * 512:])

    def kernel(t):
        t.put_blocks(CONTENT, 512)
        assert kernel_done.wait(10)
        for _ in range(3):
            t.send(last)
            t.wait_for(ack(10))
        t.send(data(9, CONTENT[8 * 512:9 * 512]))
        assert t.collect(0.1) == []  # only the last block is answered
        answered.set()

    def ramdisk(t):
        t.put_blocks(CONTENT, 512, last=4)
        kernel_done.set()
        assert answered.wait(10)
        t.put_blocks(CONTENT, 512, first=5)

    guest = site.guest(kernel=kernel, ramdisk=ramdisk)
    outcome = guest.boot(kernel="kernel", ramdisk="ramdisk")
    assert_boots((guest, outcome))
    assert outcome.ramdisk == CONTENT


# ---- Servers that are wrong

def test_error_in_the_middle_shows_its_message_escaped(site):
    def script(t):
        t.put_blocks(CONTENT, 512, last=3)
        t.send(error(1, b"\x1b]0;gone\x07\xff\n"))
    assert_fails(site.fetch(script), 23, r"\x1b]0;gone\x07\xff\x0a")


@pytest.mark.parametrize("sent, word", [(4998, "4998"), (5002, "more")])
def test_size_must_be_as_announced(site, sent, word):
    def script(t):
        t.offer(tsize=len(CONTENT))
        t.put_blocks((CONTENT + b"more")[:sent], 512)
    assert_fails(site.fetch(script), 24, f"announced 5000 bytes and sent {word}")


@pytest.mark.parametrize("size", [IMAGE_LIMIT + 1, 5 << 30, 10 ** 19 - 1])
def test_size_above_the_limit_is_refused_at_once(site, size):
    def script(t):
        t.send(oack(tsize=size))
        t.wait_for_error(3)
    assert_fails(site.fetch(script), 36, "LWPXE_IMAGE_MIB")


@pytest.mark.parametrize("options, size", [
    (None, 513), ({}, 513), ({"blksize": 600}, 601), ({"blksize": 600}, 1468)])
def test_block_larger_than_agreed_is_refused(site, options, size):
    def script(t):
        if options is not None:
            t.offer(**options)
        t.send(data(1, bytes(size)))
        t.wait_for_error(4)
    assert_fails(site.fetch(script), 24, f"{size} bytes")


@pytest.mark.parametrize("raw", [
    b"", b"\0", b"\0\3", b"\0\5", b"\0\3\0", b"\0\5\0",
    packet(0, 2), packet(1, 2, b"x\0octet\0"), packet(4, 2), packet(4, 3),
    packet(7, 3), packet(0x0300, 4, b"W" * 512), packet(0x103, 4, b"W" * 512),
], ids=bytes.hex)
def test_packets_that_are_none_are_ignored(site, raw):
    assert_boots(site.fetch(with_strays(raw, CONTENT)))


@pytest.mark.parametrize("message, shown", [
    (b"no end", "no end"), (b"", ""), (b"cut\0here\0", " cut;"),
    (b"\x1b" * 100, r"\x1b\x1b"), (b"x" * 400, "x" * 100), (b"x" * 480, "x" * 100),
    (b"x" * 490, "x" * 100), (b"x" * 1468, ""),
], ids=["no NUL", "empty", "NUL inside", "escapes", "400", "480", "490", "1472"])
def test_any_message_of_an_error_can_be_shown(site, message, shown):
    booted = site.fetch(lambda t: t.send(packet(ERROR, 3, message)))
    assert_fails(booted, 23, shown)
    assert_fails(booted, 23, "TFTP error 3")


def test_random_packets_do_not_harm_a_transfer(site):
    chance = random.Random(5)
    content = chance.randbytes(300 * 512 + 100)

    def junk():
        raw = chance.randbytes(chance.choice((0, 1, 2, 3, 4, 60, 516, 1472)))
        if chance.random() < 0.8:
            raw = packet(chance.randrange(8), chance.randrange(300), raw)
        return raw

    def script(t):
        stranger = t.open()
        for block in range(1, 302):
            t.put_blocks(content, 512, first=block, last=block)
            for _ in range(10):
                raw = junk()
                # From the server itself this could be meant.
                mine = raw[:2] not in (b"\0\3", b"\0\5")
                t.send(raw, None if mine and chance.random() < 0.5 else stranger)
    assert_boots(site.fetch(script), content)


@pytest.mark.parametrize("options", [True, False])
def test_empty_kernel_or_initrd_is_an_error(site, options):
    def empty(t):
        if options:
            t.offer(tsize=0, blksize=1468)
        t.put(data(1, b""), ack(1))
    assert_fails(site.fetch(empty), 35, "kernel")
    guest = site.guest(kernel=CONTENT, initrd=empty)
    outcome = guest.boot(kernel="kernel", ramdisk="initrd")
    assert_fails((guest, outcome), 35, "initrd")


def test_empty_configuration_is_not_there(site):
    guest = site.guest(kernel=CONTENT)
    guest.files[guest.config] = b""
    guest.files["pxelinux.cfg/default"] = b"default kernel\n"
    assert_boots((guest, guest.boot()))
