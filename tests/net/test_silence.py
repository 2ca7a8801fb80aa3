# SPDX-License-Identifier: BSD-3-Clause
"""Servers that do not answer, or not any more.

What a client owes them is many seconds of patience, so all the guests start
together and each test judges one of them.
"""

import random
import time

import pytest

import tftpd
from lab import SERVER
from tftpd import (ASKED, ASKED_IN_SILENCE, FILES, assert_boots, assert_fails,
                   silence)

OTHER = "10.9.0.2"     # the server's second address: TFTP for some guests
DEAF_HOST = "10.9.0.3"  # its third, without TFTP
NOBODY = "10.9.0.4"
ELSEWHERE = "10.77.0.1"  # behind the router, which is the server

CONTENT = random.Random(1).randbytes(5000)
DEFAULT = "pxelinux.cfg/default"
BOOTS_A = b"default a\n"


def asked_for_again(t):
    """A silent server is asked once more, from the start; then it ends."""
    if t.asked == 1:
        t.wait_for_error(0)
    else:
        t.collect(11)


def silent_after_oack(t):
    t.offer(blksize=512)
    asked_for_again(t)


def silent_in_the_middle(t):
    t.put_blocks(CONTENT, 512, last=3)
    asked_for_again(t)


def silent_for_a_while(t):
    """The server loses all transfers, and knows what it is asked next."""
    t.put_blocks(CONTENT, 512, last=3)
    if t.asked == 1:
        t.wait_for_error(0)
    else:
        t.put_blocks(CONTENT, 512, first=4)


def gone_in_the_middle(t):
    """And its machine says so: the port is closed."""
    t.put_blocks(CONTENT, 512, last=3)


def knows_no_options(t):
    if not t.request.options:
        t.serve(CONTENT)


def late_and_slow(t):
    """Offers options at the last moment, and takes 4 s for the first block."""
    if t.attempt != 4:
        return
    time.sleep(1.7)  # the fifth request comes after 2 s
    t.offer(blksize=512)
    t.collect(4)
    t.put_blocks(CONTENT, 512, last=1)
    t.collect(4)
    t.put_blocks(CONTENT, 512, first=2)


def slow_blocks(t):
    for block in 1, 2, 3:
        t.put_blocks(CONTENT, 512, block, block)
        t.collect(4)
    t.put_blocks(CONTENT, 512, first=4)


def at_first_server(content):
    """A file that only the lease's DHCP server has; the other says nothing."""
    def script(t):
        if t.request.server[0] == SERVER:
            t.serve(content)
    return script


def start_transfers(site):
    """Starts a guest for each script and address; its kernel is named so."""
    files = {script.__name__: script for script in (
        silence, silent_after_oack, silent_in_the_middle, silent_for_a_while,
        gone_in_the_middle, knows_no_options, late_and_slow, slow_blocks)}
    return {name: site.guest(**files).start(kernel=name)
            for name in (*files, f"{DEAF_HOST}::x", f"{NOBODY}::x",
                         f"{ELSEWHERE}::x")}


def start_searches(site):
    """Starts guests whose configuration is not where it is looked for first."""
    def start(**files):
        return site.guest(**FILES, **files).start()
    names = ["pxelinux.cfg/01-00-16-3e-00-00-0a", "pxelinux.cfg/0A09000B"]
    return {
        "one deaf server": start(**{names[0]: silence, DEFAULT: BOOTS_A}),
        "deaf from the second name": start(**{names[1]: at_first_server(BOOTS_A)}),
        "deaf": start(**{"pxelinux.cfg/01-00-16-3e-00-00-0c":
                         at_first_server(BOOTS_A)}),
    }


@pytest.fixture(scope="module")
def guests(tmp_path_factory):
    """All guests, by what is wrong with their servers."""
    # Two guests are sent to the other server first.
    options = ["--dhcp-mac=set:two,00:16:3e:00:00:0b",
               "--dhcp-mac=set:two,00:16:3e:00:00:0c",
               f"--dhcp-boot=tag:two,pxelinux.0,,{OTHER}",
               "--dhcp-boot=tag:!two,pxelinux.0"]
    with tftpd.site_of_module(tmp_path_factory, *options) as site:
        for address in OTHER, DEAF_HOST:
            site.lab.server.run("ip", "address", "add", f"{address}/24",
                                "dev", "eth0")
        site.lab.server.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        site.listen(OTHER)
        yield {**start_searches(site), **start_transfers(site)}


def finish(guests, name):
    guest = guests[name]
    return guest, guest.finish()


def test_server_that_answers_plain_requests_only_is_served(guests):
    guest, outcome = finish(guests, "knows_no_options")
    assert_boots((guest, outcome), CONTENT)
    assert [r.options for r in guest.requests] == ASKED_IN_SILENCE[:5]


def test_requests_are_repeated_from_one_port_with_growing_gaps(guests):
    guest, outcome = finish(guests, "silence")
    assert_fails((guest, outcome), 22, "no answer to 7 TFTP requests")
    times = [request.time for request in guest.requests]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len({request.peer for request in guest.requests}) == 1
    assert [r.options for r in guest.requests] == ASKED_IN_SILENCE
    assert 0.4 < gaps[0] < 1
    assert all(b > 1.3 * a for a, b in zip(gaps[:3], gaps[1:3])), gaps
    assert all(1.5 < gap < 3 for gap in gaps[2:]), gaps


def test_host_without_a_tftp_server_says_so(guests):
    assert_fails(finish(guests, f"{DEAF_HOST}::x"), 22,
                 f"nothing listens on UDP port 69 of {DEAF_HOST}")


def test_router_without_a_way_says_so(guests):
    assert_fails(finish(guests, f"{ELSEWHERE}::x"), 22,
                 f"{ELSEWHERE} cannot be reached")


def test_address_that_nobody_has_is_told_by_arp(guests):
    assert_fails(finish(guests, f"{NOBODY}::x"), 22, "no ARP reply")


def test_silence_does_not_lead_to_the_next_name(guests):
    guest, outcome = finish(guests, "one deaf server")
    assert_fails((guest, outcome), 22, "no answer")
    assert guest.names == [guest.config]


def test_server_that_never_answers_leads_to_the_next_server(guests):
    guest, outcome = finish(guests, "deaf")
    assert_boots((guest, outcome), "a")
    assert [r.server[0] for r in guest.requests] == 7 * [OTHER] + 2 * [SERVER]


def test_server_that_falls_silent_does_not_lead_to_the_next_server(guests):
    """It said that one name is missing; the next may be the guest's own."""
    guest, outcome = finish(guests, "deaf from the second name")
    assert_fails((guest, outcome), 22, "no answer")
    assert {r.server[0] for r in guest.requests} == {OTHER}


def assert_asked_twice(guest, outcome, received):
    """From two ports, which the log tells."""
    first, second = guest.requests
    assert first.options == second.options == ASKED[0]
    assert first.peer != second.peer
    assert any(f"fell silent after {received} bytes; asking once more" in line
               for line in outcome.lines)


@pytest.mark.parametrize("name, received", [
    ("silent_after_oack", 0), ("silent_in_the_middle", 1536),
    ("gone_in_the_middle", 1536)])
def test_silence_is_asked_for_once_more_and_ends_it(guests, name, received):
    guest, outcome = finish(guests, name)
    assert_fails((guest, outcome), 22, f"fell silent after {received} bytes")
    assert_asked_twice(guest, outcome, received)


def test_server_that_was_restarted_is_asked_from_the_start(guests):
    guest, outcome = finish(guests, "silent_for_a_while")
    assert_boots((guest, outcome), CONTENT)
    assert_asked_twice(guest, outcome, 1536)


@pytest.mark.parametrize("name", ["late_and_slow", "slow_blocks"])
def test_silence_is_counted_from_the_last_answer(guests, name):
    assert_boots(finish(guests, name), CONTENT)
