# SPDX-License-Identifier: BSD-3-Clause
"""What goes to proxies and boot servers byte by byte, whose answers count, and
what comes of it when there are none."""

import random
import struct
import time

import pytest

from bootserver import assert_booted, served
from dhcpd import (ACK, BOOTFILE, CLASS, CLIENT, DISCOVER, MASK, NAK, REQUEST,
                   VENDOR, answer, boot_answer, datagram, lease, pxe_options,
                   proxy_offer)
from lab import MAC, SERVER
from libxl import boot
from wire import BROADCAST_MAC, Datagram, ip_bytes, packet_socket

VIF = f"--vif=mac={MAC},bridge=xenbr0"
SECOND = "10.9.0.2"
TYPE = 0x8001
ITEM = struct.pack("!HH", TYPE, 0)
MENU = [(TYPE, b"Install")]
AT_ONCE = b"\0PXE"
GROUP = "239.1.2.3"


def menu(**fields):
    return pxe_options(**{"menu": MENU, "prompt": AT_ONCE, **fields})


def asked_of(dhcp):
    """What was asked behind the lease: of boot servers, not of DHCP's."""
    return [q for q in dhcp.queries if q.ciaddr != bytes(4)]


def beside(pxe, reply, **fields):
    """A router, a proxy that offers `pxe`, and what is replied to each request
    to a boot server."""
    def script(query):
        if query.ciaddr != bytes(4):
            return reply(query)
        frames = [answer(query, file=b"", siaddr="0.0.0.0")]
        if query.type == DISCOVER:
            frames.insert(0, proxy_offer(query, pxe=pxe, **fields))
        return frames
    return script


def booted(lab, script, *args):
    with served(lab, script) as (dhcp, _):
        outcome = boot(lab, VIF, *args)
    assert_booted(outcome)
    return outcome, asked_of(dhcp)


def reply(query):
    return [boot_answer(query)]


# ---- what is asked

def test_proxy_is_asked_by_unicast_with_our_address(lab):
    pxe = menu(control=3, servers={TYPE: [SERVER]})
    _, (query,) = booted(lab, beside(pxe, reply))
    d = query.datagram
    assert (d.source, d.source_port) == (CLIENT, 68)
    assert (d.target, d.target_port) == (SERVER, 4011)
    assert d.target_mac != BROADCAST_MAC
    assert query.type == REQUEST
    assert query.ciaddr == ip_bytes(CLIENT)
    assert query.payload[10:12] == b"\0\0", "a broadcast is asked for"
    assert query.option(VENDOR) == b"\x47\x04" + ITEM + b"\xff"
    assert query.option(CLASS).startswith(b"PXEClient:Arch:00000")
    assert query.option(50) is None and query.option(54) is None


def test_proxy_without_a_menu_is_asked_without_an_item(lab):
    """Its answer names the file."""
    outcome, (query,) = booted(lab, beside(None, reply))
    assert query.port == 4011 and query.option(VENDOR) is None
    assert (f"DHCP: the proxy {SERVER} offers to be asked: taken, it knows how "
            "to boot") in outcome.lines


def test_dhcp_server_may_want_to_be_asked(lab):
    """As Microsoft's does beside WDS: only its class tells."""
    def script(query):
        if query.ciaddr != bytes(4):
            return [boot_answer(query)]
        return [answer(query, file=b"", options={CLASS: b"PXEClient"})]
    outcome, (query,) = booted(lab, script)
    assert query.datagram.target == SERVER and query.port == 4011
    assert query.item is None


def test_proxys_answer_may_be_a_menu(lab):
    def script(query):
        options = {} if query.item else {VENDOR: menu(control=3)}
        return [boot_answer(query, file=b"pxelinux.0" if query.item else b"",
                            options=options)]
    _, queries = booted(lab, beside(None, script))
    assert [query.item for query in queries] == [None, ITEM]
    assert queries[0].xid != queries[1].xid


def test_proxy_that_names_the_file_is_not_asked(lab):
    _, queries = booted(lab, beside(None, reply, file=b"pxelinux.0"))
    assert queries == []
    _, queries = booted(lab, beside(
        None, reply, options={BOOTFILE: b"pxelinux.0\0"}))
    assert queries == []


def test_menu_is_left_out_if_the_server_prefers_the_file(lab):
    """43.6 bit 3; without it, the menu is the way."""
    _, queries = booted(lab, beside(menu(control=8 + 3), reply,
                                    file=b"pxelinux.0"))
    assert queries == []
    _, queries = booted(lab, beside(menu(control=3), reply, file=b"nothing/x"))
    assert len(queries) == 1


WAYS = {
    "broadcast": (dict(control=2, multicast=GROUP), ["255.255.255.255"]),
    "multicast": (dict(control=1, multicast=GROUP), [GROUP]),
    "both": (dict(multicast=GROUP), [GROUP, "255.255.255.255"]),
    "all": (dict(multicast=GROUP, servers={TYPE: [SERVER], 7: [SECOND]}),
            [SERVER, GROUP, "255.255.255.255"]),
    "unicast": (dict(control=3, multicast=GROUP, servers={TYPE: [SERVER]}),
                [SERVER]),
    "only listed": (dict(control=7, servers={TYPE: [SERVER]}), [SERVER]),
    "no way": (dict(control=3), [SERVER]),
    "no group": (dict(control=1, multicast="10.9.0.5"), [SERVER]),
}


@pytest.mark.parametrize("fields, targets", WAYS.values(), ids=WAYS)
def test_boot_server_is_looked_for_as_the_menu_allows(lab, fields, targets):
    seen = []

    def script(query):
        seen.append(query)
        return [boot_answer(query)] if len(seen) == len(targets) else []
    _, queries = booted(lab, beside(menu(**fields), script))
    # The first of them waits for ARP, if it is one host's.
    assert sorted(q.datagram.target for q in queries) == sorted(targets)
    for query in queries:
        broadcast = query.datagram.target == "255.255.255.255"
        assert query.port == (67 if broadcast else 4011)
        assert query.item == ITEM
        if query.datagram.target == GROUP:
            assert query.datagram.target_mac == "01:00:5e:01:02:03"


def test_boot_server_is_asked_again(lab):
    """After 0.25 s, 0.5 s and 1 s."""
    seen = []

    def script(query):
        seen.append(query)
        return [boot_answer(query)] if len(seen) == 4 else []
    _, queries = booted(lab, beside(menu(control=3), script))
    gaps = [b.time - a.time for a, b in zip(queries, queries[1:])]
    assert [round(gap * 4) for gap in gaps] == [1, 2, 4]
    assert len({query.xid for query in queries}) == 1


# ---- whose answers count

FOREIGN = {
    "a refusal": lambda q: boot_answer(q, NAK),
    "an offer": lambda q: boot_answer(q, 2),
    "another transaction": lambda q: boot_answer(q, xid=b"\1\2\3\4"),
    "another client": lambda q: boot_answer(q, chaddr=b"\0\x16\x3e\7\7\7"),
    "another item": lambda q: boot_answer(q, item=b"\0\7\0\0"),
    "no file": lambda q: boot_answer(q, file=b""),
    "no class": lambda q: boot_answer(q, options={CLASS: None}),
    "another port": lambda q: boot_answer(q, port=69),
    "a DHCP server": lambda q: answer(q, ACK, file=b"foreign.0", server=SECOND),
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
def test_answers_that_are_none_are_ignored(lab, foreign):
    def script(query):
        return [foreign(query), boot_answer(query)]
    pxe = menu(control=2)
    outcome, _ = booted(lab, beside(pxe, script))
    assert f"PXE: {SERVER} answers, boot file pxelinux.0" in outcome.lines


def test_answer_of_a_server_that_is_not_listed_may_not_count(lab):
    def script(query):
        return [boot_answer(query, server=SECOND, file=b"foreign.0"),
                boot_answer(query)]
    outcome, _ = booted(lab, beside(
        menu(control=4, servers={TYPE: [SERVER]}), script))
    assert b"foreign" not in outcome.console
    with served(lab, beside(menu(servers={TYPE: [SERVER]}), script)):
        outcome = boot(lab, VIF)
    assert f"PXE: {SECOND} answers, boot file foreign.0" in outcome.lines


# ---- no answer

def test_silent_proxy_may_have_the_files(lab):
    start = time.monotonic()
    outcome, queries = booted(lab, beside(None, lambda query: []))
    assert 2 <= time.monotonic() - start < 3
    assert len(queries) == 4
    assert (f"warning: the PXE server {SERVER} does not answer on UDP port 4011; "
            "going on without") in outcome.lines
    assert f"Boot server {SERVER}, from the PXE server itself;" in (
        outcome.console.decode())


def test_silent_boot_server_is_no_failure_if_there_is_a_file(lab):
    def script(query):
        if query.ciaddr != bytes(4):
            return []
        return [answer(query, options={CLASS: b"PXEClient",
                                       VENDOR: menu(control=3)})]
    outcome, queries = booted(lab, script)
    assert len(queries) == 4
    assert (f"warning: no boot server answered for the item {TYPE} of the PXE "
            f"menu from {SERVER}; going on without") in outcome.lines


def test_dead_proxy_is_followed_by_the_dhcp_server(lab):
    """Nothing has the proxy's address, so this takes all tries."""
    def script(query):
        frames = [answer(query, file=b"")]
        if query.type == DISCOVER:
            frames.insert(0, proxy_offer(query, server=SECOND))
        return frames
    outcome, _ = booted(lab, script)
    assert f"nothing on this network answers for the address {SECOND}" in (
        outcome.console.decode())
    assert f"Boot server {SERVER}, from the DHCP server itself;" in (
        outcome.console.decode())


# ---- what offers are worth

def test_each_offer_is_told_with_the_reason(lab):
    def script(query):
        if query.type == REQUEST:
            return [answer(query, server=SECOND, siaddr=SERVER)]
        return [answer(query, file=b"", options={53: b"\2"}),
                answer(query, file=b"", server="10.9.0.3"),
                answer(query, server=SECOND, siaddr=SERVER)]
    outcome, _ = booted(lab, script)
    assert [line for line in outcome.lines if "offers" in line] == [
        f"DHCP: {SERVER} offers {CLIENT}, boot file none: not taken, "
        f"{SECOND} names a boot file",
        f"DHCP: 10.9.0.3 offers {CLIENT}, boot file none: not taken, "
        f"{SECOND} names a boot file",
        f"DHCP: {SECOND} offers {CLIENT}, boot file pxelinux.0: taken, it names "
        "a boot file"]


def test_proxy_that_names_no_class_is_none(lab):
    def script(query):
        frames = [answer(query)]
        if query.type == DISCOVER:
            frames.insert(0, proxy_offer(query, file=b"foreign.0",
                                         options={CLASS: None}))
        return frames
    outcome, _ = booted(lab, script)
    assert b"foreign" not in outcome.console


@pytest.mark.parametrize("option", [
    b"", b"\x09", b"\x09\xff", b"\x09\x03\x80\x01\x09abc", b"\x06\0\x09\x02\x80\x01",
    b"\xff", b"\0\0\0", b"\x08\x03\x80\x01\xff\x09\x00", bytes(range(1, 255)),
    b"text that is no option",
], ids=bytes.hex)
def test_broken_option_43_is_as_good_as_none(lab, option):
    booted(lab, lease(options={CLASS: b"PXEClient", VENDOR: option}))
    outcome, queries = booted(lab, beside(option, reply))
    assert [query.item for query in queries] == [None]


@pytest.mark.parametrize("link", ["tap", "packet"])
def test_truncated_and_random_answers_do_no_harm(lab, link):
    sender = packet_socket(lab.server)

    def script(query):
        good = Datagram.parse(boot_answer(query)).payload
        noise = random.Random(int.from_bytes(query.xid, "big"))
        # Cut behind its option 43 it would be a good answer.
        for n in range(260):
            sender.send(datagram(good[:n], SERVER, CLIENT, MAC, 4011).frame())
        for _ in range(500):
            option = noise.randbytes(noise.randrange(1, 250))
            sender.send(boot_answer(query, file=b"",
                                    options={VENDOR: option}))
        return [boot_answer(query)]
    booted(lab, beside(menu(control=3), script), f"--link={link}")


def test_hostile_menu_text_is_escaped(lab):
    pxe = menu(control=3, menu=[(TYPE, b"\x1b[2J\0hidden")])
    outcome, _ = booted(lab, beside(pxe, reply))
    assert r'taking "\x1b[2J", the first of 1' in outcome.console.decode()


def test_mask_and_router_are_the_dhcp_servers(lab):
    """A proxy has no say in them."""
    def script(query):
        return [boot_answer(query, options={MASK: ip_bytes("255.0.0.0")})]
    outcome, _ = booted(lab, beside(menu(control=3), script))
    assert f"lease of {CLIENT}/24 from" in outcome.console.decode()
