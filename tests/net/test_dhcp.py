# SPDX-License-Identifier: BSD-3-Clause
"""The exchange with DHCP servers: what is asked byte by byte, which offers are
taken, and what servers and others may send without harm."""

import random
import struct
import uuid

import pytest

from bootserver import assert_booted, served, tftp
from dhcpd import (BOOTFILE, CLIENT, DISCOVER, LEASE, MASK, MESSAGE, NAK, REQUEST,
                   ROUTER, SERVER_ID, Dhcpd, answer, datagram, lease, message)
from lab import MAC, SERVER
from libxl import boot
from processes import running
from wire import BROADCAST_MAC, Datagram, ip_bytes, mac_bytes, packet_socket

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
SECOND = "10.9.0.2"
REQUEST_LIST = {66, 67, 43, 60, 54, 150, 175, 208, 209, 210, 211}


def booted(lab, script, *args):
    """Boots with this script; returns the outcome and what the server got."""
    with served(lab, script) as (dhcp, _):
        outcome = boot(lab, VIF, *args)
    assert_booted(outcome)
    return outcome, dhcp


def asked(lab, *args):
    """Returns the DISCOVER and the REQUEST of an ordinary boot."""
    _, dhcp = booted(lab, lease(), *args)
    assert [query.type for query in dhcp.queries] == [DISCOVER, REQUEST]
    return dhcp.queries


def failed(lab, script, *args):
    with Dhcpd(lab.server, script) as dhcp:
        outcome = boot(lab, VIF, *args)
    assert outcome.left == []
    return outcome, dhcp


# ---- what is asked

def test_queries_are_those_of_a_pxe_client(lab):
    for query in asked(lab):
        assert query.option(60) == b"PXEClient:Arch:00000:UNDI:002001"
        assert query.option(93) == b"\0\0"
        assert query.option(94) == b"\x01\x02\x01"
        assert query.option(57) == struct.pack("!H", 1472)
        assert REQUEST_LIST <= set(query.option(55))


def test_queries_come_from_a_host_without_an_address(lab):
    for query in asked(lab):
        d = query.datagram
        assert (d.source, d.source_port) == ("0.0.0.0", 68)
        assert (d.target, d.target_port) == ("255.255.255.255", 67)
        assert (d.source_mac, d.target_mac) == (MAC, BROADCAST_MAC)
        assert query.payload[:4] == b"\x01\x01\x06\x00"
        assert query.payload[10:12] == b"\x80\x00", "no broadcast flag"
        assert query.payload[12:28] == bytes(16), "an address was filled in"
        assert query.payload[28:44] == mac_bytes(MAC) + bytes(10)
        assert query.payload[44:236] == bytes(192)
        assert len(query.payload) >= 300


def test_queries_have_no_client_identifier(lab):
    """With one, the guest that runs later would be another client."""
    for query in asked(lab):
        assert query.option(61) is None


def test_request_takes_up_the_offer(lab):
    discover, request = asked(lab)
    assert discover.option(50) is None and discover.option(54) is None
    assert request.option(50) == ip_bytes(CLIENT)
    assert request.option(54) == ip_bytes(SERVER)
    assert request.xid == discover.xid
    assert request.chaddr == discover.chaddr == mac_bytes(MAC)


def test_queries_tell_the_uuid(lab):
    for query in asked(lab, f"--uuid={UUID}"):
        assert query.option(97) == b"\0" + uuid.UUID(UUID).bytes


def test_queries_tell_no_uuid_where_none_is_known(lab):
    for query in asked(lab):
        assert query.option(97) is None


def test_each_run_has_a_transaction_number_of_its_own(lab):
    assert len({asked(lab)[0].xid for _ in range(4)}) == 4


def test_silence_is_asked_again_after_a_second(lab):
    def script(query):
        lost = query.type == DISCOVER and query.nth == 1
        return [] if lost else [answer(query)]
    _, dhcp = booted(lab, script)
    first, second = dhcp.of_type(DISCOVER)
    assert (first.secs, second.secs) == (0, 1)
    assert second.xid == first.xid
    assert second.time - first.time >= 0.99


def test_unanswered_request_is_asked_again(lab):
    def script(query):
        lost = query.type == REQUEST and query.nth == 1
        return [] if lost else [answer(query)]
    _, dhcp = booted(lab, script)
    first, second = dhcp.of_type(REQUEST)
    assert first.option(50) == second.option(50) == ip_bytes(CLIENT)
    assert first.xid == second.xid


def test_lease_is_never_released(lab):
    """The guest asks for it next, whether its boot went well or not."""
    _, dhcp = booted(lab, lease())
    assert {query.type for query in dhcp.queries} == {DISCOVER, REQUEST}
    with served(lab, files={}) as (dhcp, _):
        outcome = boot(lab, VIF)
    assert outcome.status == 30
    assert {query.type for query in dhcp.queries} == {DISCOVER, REQUEST}


# ---- which offer is taken

def test_offer_with_a_boot_file_wins_if_it_comes_second(lab):
    def script(query):
        if query.type == REQUEST:
            return [answer(query, server=SECOND, siaddr=SERVER)]
        return [answer(query, file=b"", server=SERVER),
                answer(query, server=SECOND, siaddr=SERVER)]
    _, dhcp = booted(lab, script)
    assert dhcp.of_type(REQUEST)[0].option(SERVER_ID) == ip_bytes(SECOND)


def test_offer_without_a_boot_file_is_taken_after_a_moment(lab):
    """A better one may have been lost, so it is asked for once more."""
    _, dhcp = booted(lab, lease(file=b""))
    assert [query.type for query in dhcp.queries] == [DISCOVER] * 2 + [REQUEST]


@pytest.mark.parametrize("option, value", [
    (67, b"pxelinux.0"), (209, b"pxelinux.cfg/default"), (210, b""),
    (150, ip_bytes(SERVER)),
])
def test_other_words_on_booting_are_as_good_as_a_boot_file(lab, option, value):
    """Else there would be another DISCOVER after a second."""
    _, dhcp = booted(lab, lease(file=b"", options={option: value}))
    assert [query.type for query in dhcp.queries] == [DISCOVER, REQUEST]


FOREIGN = {
    "another transaction": dict(xid=b"\1\2\3\4"),
    "another client": dict(chaddr=mac_bytes("00:16:3e:09:09:09")),
    "a proxy without an address": dict(yiaddr="0.0.0.0"),
    "a group address": dict(yiaddr="239.1.2.3"),
    "a request": dict(op=1),
    "no message type": dict(options={53: None}),
}


@pytest.mark.parametrize("fields", FOREIGN.values(), ids=FOREIGN)
def test_answers_that_are_not_for_us_are_ignored(lab, fields):
    """They come first and name an address of their own."""
    def script(query):
        foreign = {"yiaddr": "10.9.0.66", **fields}
        return [answer(query, file=b"foreign.0", **foreign), answer(query)]
    outcome, _ = booted(lab, script)
    assert b"10.9.0.66" not in outcome.console
    assert b"foreign" not in outcome.console


def test_offer_without_a_server_identifier_cannot_be_taken(lab):
    def script(query):
        if query.type == REQUEST:
            return [answer(query)]
        return [answer(query, yiaddr="10.9.0.66", options={SERVER_ID: None}),
                answer(query)]
    outcome, _ = booted(lab, script)
    assert b"10.9.0.66" not in outcome.console


def test_only_proxies_are_told_from_silence(lab):
    outcome, _ = failed(lab, lease(yiaddr="0.0.0.0"), "--dhcp-timeout=1")
    assert outcome.status == 20
    assert "no DHCP server answered with an address, only with proxy offers" in (
        outcome.last_line)


def test_silence_ends_with_advice(lab):
    outcome, _ = failed(lab, lambda query: [], "--dhcp-timeout=1")
    assert outcome.status == 20
    assert outcome.last_line == (
        "lwpxeboot: no DHCP server answered in 1 s on xenbr0: nothing at all was "
        "heard there; check the bridge's ports, the cable and the switch: bridge "
        "link")


def test_offer_and_then_silence_is_told_apart(lab):
    def script(query):
        return [answer(query)] if query.type == DISCOVER else []
    outcome, dhcp = failed(lab, script, "--dhcp-timeout=2")
    assert outcome.status == 20
    assert f"the DHCP server {SERVER} made an offer and then did not answer" in (
        outcome.last_line)
    assert len(dhcp.of_type(REQUEST)) == 2


def test_refused_request_leads_to_another_offer(lab):
    def script(query):
        if query.type == REQUEST and query.nth == 1:
            return [answer(query, NAK)]
        return [answer(query, yiaddr=CLIENT if query.nth > 1 else "10.9.0.66")]
    _, dhcp = booted(lab, script)
    assert [query.type for query in dhcp.queries] == [DISCOVER, REQUEST] * 2


def test_refusal_ends_with_the_servers_message(lab):
    def script(query):
        if query.type == DISCOVER:
            return [answer(query)]
        return [answer(query, NAK, options={MESSAGE: b"not \x1b[2J yours\xff"})]
    outcome, _ = failed(lab, script, "--dhcp-timeout=1")
    assert outcome.status == 21
    assert outcome.last_line.startswith(
        f"lwpxeboot: the DHCP server {SERVER} withdrew its offer "
        r"(not \x1b[2J yours\xff) in 1 s on xenbr0: ")


def test_refusal_by_another_server_means_nothing(lab):
    def script(query):
        if query.type == DISCOVER:
            return [answer(query)]
        return [answer(query, NAK, server=SECOND), answer(query)]
    booted(lab, script)


def test_acknowledgement_may_leave_out_the_server(lab):
    def script(query):
        return [answer(query, options={
            SERVER_ID: None if query.type == REQUEST else ip_bytes(SERVER)})]
    booted(lab, script)


# ---- how answers may come

@pytest.mark.parametrize("link", ["tap", "packet"])
def test_answers_to_the_address_that_is_offered_are_taken(lab, link):
    """A server that overlooks the broadcast flag sends to one host."""
    def script(query):
        return [datagram(message(query), target=CLIENT, target_mac=MAC).frame()]
    booted(lab, script, f"--link={link}")


@pytest.mark.parametrize("address, prefix", [
    ("10.9.0.77", 8), ("172.20.0.77", 16), ("192.168.9.77", 24),
])
def test_missing_mask_is_that_of_the_class(lab, address, prefix):
    with Dhcpd(lab.server, lease(yiaddr=address, options={MASK: None})), \
            running(lab, VIF) as bootloader:
        bootloader.wait_for_text(f"lease of {address}/{prefix} from {SERVER}")


def test_lease_of_any_length_is_taken(lab):
    booted(lab, lease(options={LEASE: None}))
    outcome, _ = booted(lab, lease(options={LEASE: b"\xff\xff\xff\xff"}))
    assert b"for 4294967295 s" in outcome.console
    booted(lab, lease(options={LEASE: bytes(4)}))


def test_server_behind_a_relay_is_reached_by_its_router(lab):
    """Neither its own address nor the boot server's is on the link."""
    far = "10.8.0.1"
    lab.server.run("ip", "address", "add", f"{far}/32", "dev", "lo")
    script = lease(server=far, siaddr=far, giaddr=SERVER,
                   options={ROUTER: ip_bytes(SERVER)})

    def relayed(query):
        return [datagram(Datagram.parse(frame).payload).frame()
                for frame in script(query)]
    with Dhcpd(lab.server, relayed), tftp(lab, address=far):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"from {far} for 3600 s, router {SERVER}".encode() in outcome.console


def hostile_frames(query):
    """Every beginning of a good offer, as a message and as a frame; noise in
    messages, in options and in frames."""
    noise = random.Random(int.from_bytes(query.xid, "big"))
    good = message(query, options={BOOTFILE: b"x" * 100, MASK: b"\xff"})
    fixed, area = good[:240], len(good) - 240
    for n in range(len(good)):
        yield datagram(good[:n]).frame()
    frame = datagram(good).frame()
    for n in range(14, len(frame)):
        yield frame[:n]
    for _ in range(700):
        yield datagram(noise.randbytes(noise.randrange(1, 1400))).frame()
        yield datagram(fixed + noise.randbytes(noise.randrange(area))).frame()
        kind = noise.choice((b"\x08\x00", b"\x08\x06", b"\x81\x00", b"\x86\xdd"))
        yield (mac_bytes(noise.choice((MAC, BROADCAST_MAC))) +
               mac_bytes("02:00:00:00:00:03") + kind +
               noise.randbytes(noise.randrange(1400)))


@pytest.mark.parametrize("link", ["tap", "packet"])
def test_truncated_and_random_packets_do_no_harm(lab, link):
    sender = packet_socket(lab.server)

    def script(query):
        if query.type == DISCOVER and query.nth == 1:
            for frame in hostile_frames(query):
                sender.send(frame)
            return []
        return [answer(query)]
    booted(lab, script, f"--link={link}")
