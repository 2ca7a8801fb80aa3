# SPDX-License-Identifier: BSD-3-Clause
"""DHCP servers that mean harm; each test has the name of its row in
tests/bugclasses.md."""

import random
import struct

import pytest

from bootserver import TREE, assert_booted, served, tftp
from dhcpd import (ACK, BOOTFILE, CLASS, CLIENT, CONFIG_FILE, COOKIE, DISCOVER, DNS, DOMAIN,
                   LEASE, MASK, MESSAGE, MTU, NAK, OFFER, OVERLOAD, PREFIX, ROUTER,
                   SERVER_ID, TFTP_LIST, TFTP_NAME, TYPE, VENDOR, Dhcpd, answer,
                   datagram, lease, message, option, proxy_offer)
from hostile import VIF, as_far_as_it_goes, assert_safe
from lab import SERVER, lab_of_module
from libxl import Bootloader, boot
from wire import ip_bytes

SECOND = "10.9.0.2"
END = b"\xff"
USUAL = (option(SERVER_ID, ip_bytes(SERVER)) + option(LEASE, b"\0\0\x0e\x10") +
         option(MASK, ip_bytes("255.255.255.0")))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        yield made


def kind(query):
    return OFFER if query.type == DISCOVER else ACK


def own_address(query):
    """Each guest has its own, where many boot at the same time."""
    return f"10.9.0.{query.chaddr[5]}" if query.chaddr[4] else CLIENT


def raw(query, options, sname=b"", file=b"pxelinux.0", usual=USUAL):
    """The frame that answers with these bytes behind the usual options."""
    good = message(query, yiaddr=own_address(query))
    fixed = good[:44] + sname.ljust(64, b"\0") + file.ljust(128, b"\0") + COOKIE
    return datagram(fixed + option(TYPE, bytes((kind(query),))) + usual +
                    options).frame()


def boots_anyway(lab, script, *args):
    """What is wrong with the answers is overlooked."""
    with served(lab, script):
        outcome = assert_safe(boot(lab, VIF, "--timeout=10", *args), 0)
    assert_booted(outcome)
    return outcome


def own_lease(**fields):
    return lambda query: [answer(query, yiaddr=own_address(query), **fields)]


def boot_together(lab, scripts):
    """Boots a guest with each script, all at the same time, which costs little
    more than the one that waits longest; returns their outcomes."""
    numbers = dict(enumerate(scripts, 100))

    def script(query):
        return scripts[numbers[query.chaddr[5]]](query)
    with tftp(lab, {name: as_far_as_it_goes(f) for name, f in TREE.items()}), \
            Dhcpd(lab.server, script, None):
        started = [Bootloader(lab, f"--vif=mac=00:16:3e:01:01:{n:02x},bridge=xenbr0",
                              "--dhcp-timeout=3", "--timeout=6", domid=n)
                   for n in numbers]
        return dict(zip(scripts, [s.finish() for s in started]))


@pytest.fixture(scope="module")
def outcomes(lab):
    return boot_together(lab, {**LONG, **MENUS, **NUMBERS, **AT_RANDOM})


# ---- row 1

OPTIONS = {
    "no end": b"", "end at once": END, "padding to the end": bytes(1000),
    "end, then more": END + option(BOOTFILE, b"evil"),
    "code at the last byte": b"\x43", "length 255 at the last byte": b"\x43\xff",
    "length 254": b"\x43\xfe" + b"x" * 253, "length 1": b"\x43\1",
    "length 0": b"\x43\0" * 200, "length 0 of all": b"".join(
        bytes((c, 0)) for c in range(1, 255) if c != OVERLOAD),
    "every code": b"".join(option(c, b"\1") for c in range(1, 255) if c not in (
        MASK, LEASE, OVERLOAD, TYPE, SERVER_ID, TFTP_NAME, CONFIG_FILE, PREFIX)),
    "padding between": b"".join(b"\0" * 9 + option(c, b"\1") for c in (200, 201, 202)),
    "255 as a value": option(BOOTFILE, END * 3) + END,
    "255 in the middle": option(200, b"") + END + b"\xff\xff\xff" + END * 400,
    "overload 0": option(OVERLOAD, b"\0") + END,
    "overload 4": option(OVERLOAD, b"\4") + END,
    "overload 255": option(OVERLOAD, b"\xff") + END,
    "overload empty": option(OVERLOAD, b"") + END,
    "overload long": option(OVERLOAD, b"\1\2\3") + END,
    "700 options": b"".join(option(128 + n % 100, b"") for n in range(600)),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_row01_dhcp_options(lab, case):
    """What comes before them counts, and the boot file's field."""
    boots_anyway(lab, lambda query: [raw(query, OPTIONS[case])])


@pytest.mark.parametrize("area", [
    option(OVERLOAD, b"\3") + END, option(OVERLOAD, b"\1"), b"\x43\xff", b"\xff",
    b"\x43\x7f" + b"x" * 126, option(TYPE, b"\x05") * 40, b"\x34" * 128, b"\0" * 128,
], ids=lambda area: area[:6].hex())
def test_row01_dhcp_fields_full_of_options(lab, area):
    """That name each other, or themselves, or run on behind their end."""
    def script(query):
        options = option(OVERLOAD, b"\3") + option(TFTP_LIST, ip_bytes(SERVER)) + END
        return [raw(query, options, area[:64], area[:128])]
    with served(lab, script):
        assert_safe(boot(lab, VIF, "--dhcp-timeout=1", "--timeout=4"))


@pytest.mark.parametrize("size", [0, 1, 2, 43, 44, 107, 108, 235, 236, 239, 240, 241,
                                  242, 243, 244])
def test_row01_dhcp_message_of_a_size(lab, size):
    """Cut there, and followed by a whole one; what has a type is a message."""
    def script(query):
        cut = message(query, yiaddr="10.9.0.66")[:size]
        return [datagram(cut).frame(), answer(query)]
    outcome = boots_anyway(lab, script)
    assert size > 242 or b"10.9.0.66" not in outcome.console


# ---- row 2

def test_row02_dhcp_fields_without_nul(lab):
    """128 and 64 bytes, with what follows right behind."""
    with served(lab, lease(file=b"f" * 128, sname=b"s" * 64), {}):
        outcome = assert_safe(boot(lab, VIF), 30)
    assert f"boot file {'f' * 128}:" in "\n".join(outcome.lines)


STRINGS = {"boot file": BOOTFILE, "server name": TFTP_NAME, "domain": DOMAIN,
           "configuration": CONFIG_FILE, "prefix": PREFIX, "message": MESSAGE,
           "host name": 12, "root": 17, "class": CLASS, "vendor": VENDOR}


def in_options(code, value):
    """One string, in as many options as it takes."""
    return b"".join(option(code, value[at:at + 255])
                    for at in range(0, len(value), 255))


def with_options(options, **fields):
    return lambda query: [raw(query, options + END, **fields)]


LONG = {f"{name}-{size}": with_options(in_options(code, b"x" * size), file=b"")
        for name, code in STRINGS.items() for size in (255, 1200)}


@pytest.mark.parametrize("case", LONG)
def test_row02_dhcp_string_of_a_size(outcomes, case):
    assert_safe(outcomes[case])


PARTS = [
    b"\x09\xff", b"\x09\x05\0\0\xff", b"\x08\x04\0\0\xff\x0a", b"\x08\xfe" + bytes(100),
    b"\x0a\0\x09\x02\0\0", b"\x47\x04\0", b"\x06\x01\x0f\x09\x03\0\1\xff", b"\0" * 255,
    b"\xff" * 255, b"\x09\x04\0\1\1A" * 30, b"\xd0\4" * 100, b"\6\xff" + b"\x0f" * 253,
    bytes(range(255)), b"\x09\xff" + b"\0\1\x05\x1b[2J!" * 30,
]
MENUS = {f"{n}-{len(file)}": with_options(
    option(CLASS, b"PXEClient") + in_options(VENDOR, part), file=file)
    for n, part in enumerate(PARTS) for file in (b"", b"pxelinux.0")}


@pytest.mark.parametrize("case", MENUS)
def test_row02_dhcp_menu_past_its_end(outcomes, case):
    """Option 43 whose parts say that they are longer than it is."""
    assert_safe(outcomes[case])


# ---- row 3

@pytest.mark.parametrize("mtu", [0, 1, 67, 68, 575, 576, 65535])
def test_row03_dhcp_mtu(lab, mtu):
    boots_anyway(lab, lease(options={MTU: struct.pack("!H", mtu)}))


NUMBERS = {f"{code}-{value[:5].hex()}-{len(value)}": own_lease(options={code: value})
           for code, value in [
    (MASK, b"\0\0\0\0"), (MASK, b"\xff\0\xff\0"), (MASK, b"\xff" * 4),
    (MASK, b"\xff" * 3), (MASK, b"\xff" * 5), (MASK, b""), (MASK, b"\xff" * 8),
    (LEASE, b"\0\0\0"), (LEASE, bytes(5)), (LEASE, bytes(8)),
    (ROUTER, b""), (ROUTER, bytes(3)), (ROUTER, b"\xff" * 4), (ROUTER, bytes(4)),
    (ROUTER, ip_bytes(CLIENT)), (ROUTER, ip_bytes(SERVER) * 63),
    (DNS, bytes(7)), (DNS, b"\xff" * 252), (TFTP_LIST, b"\x0a"),
    (MTU, b"\5"), (MTU, b"\5\xdc\0"), (211, b"\xff" * 4), (211, b"")]}


@pytest.mark.parametrize("case", NUMBERS)
def test_row03_dhcp_number_of_another_size(outcomes, case):
    assert_safe(outcomes[case])


def with_lengths(query, ip_total=None, udp=None, head=None, cut=None):
    """An OFFER whose headers lie about what follows."""
    frame = bytearray(answer(query, yiaddr="10.9.0.66"))
    if ip_total is not None:
        frame[16:18] = struct.pack("!H", ip_total)
    if udp is not None:
        frame[38:40] = struct.pack("!H", udp)
        frame[40:42] = b"\0\0"  # no checksum
    if head is not None:
        frame[14] = head
    frame[24:26] = b"\0\0"
    total = sum(struct.unpack("!10H", frame[14:34]))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    frame[24:26] = struct.pack("!H", ~total & 0xffff)
    return bytes(frame[:cut])


LENGTHS = [
    *({"ip_total": n} for n in (0, 19, 20, 21, 27, 28, 65535)),
    *({"udp": n} for n in (0, 1, 7, 8, 9, 235, 65535)),  # lwIP goes by IP's
    *({"head": h} for h in (0x40, 0x44, 0x46, 0x4f, 0x05, 0x65)),
    *({"cut": n} for n in (14, 15, 33, 34, 41, 42)),
]


@pytest.mark.parametrize("lie", LENGTHS, ids=lambda lie: "-".join(
    f"{k}-{v}" for k, v in lie.items()))
@pytest.mark.parametrize("link", ["tap", "packet"])
def test_row03_lengths_in_headers(lab, lie, link):
    """What is shorter than its headers say is not taken for the message."""
    outcome = boots_anyway(lab, lambda query: [with_lengths(query, **lie),
                                               answer(query)], f"--link={link}")
    assert "udp" in lie or b"offers 10.9.0.66" not in outcome.console


# ---- row 7

def test_row07_dhcp_leases_of_two_servers(lab):
    """What the one says counts for nothing with the other."""
    def script(query):
        if query.type == DISCOVER:
            return [answer(query), answer(query, server=SECOND, yiaddr="10.9.0.66",
                                          file=b"evil")]
        return [answer(query, server=SECOND, yiaddr="10.9.0.66", file=b"evil"),
                answer(query, NAK, server=SECOND), answer(query),
                answer(query, NAK)]
    outcome = boots_anyway(lab, script)
    assert f"DHCP: lease of {CLIENT}/24 from {SERVER}" in "\n".join(outcome.lines)


def test_row07_dhcp_many_servers(lab):
    def script(query):
        return [answer(query, server=f"10.9.0.{n}", siaddr=SERVER, file=b"")
                for n in range(100, 200)] if query.type == DISCOVER else [
                    answer(query, server="10.9.0.100")]
    boots_anyway(lab, script)


def test_row07_dhcp_many_proxies(lab):
    """They do not drown the only server that has an address."""
    def script(query):
        proxies = [proxy_offer(query, server=f"10.9.0.{n}", file=b"evil")
                   for n in range(100, 120)]
        return [*proxies, answer(query)] if query.type == DISCOVER else [answer(query)]
    boots_anyway(lab, script)


def test_row07_dhcp_many_servers_before_a_proxy(lab):
    """Nor do addresses alone drown the only one that knows how to boot."""
    def script(query):
        servers = [answer(query, server=f"10.9.0.{n}", file=b"", siaddr="0.0.0.0")
                   for n in range(100, 120)]
        if query.type == DISCOVER:
            return [*servers, proxy_offer(query, file=b"pxelinux.0", siaddr=SERVER)]
        return servers[:1]
    boots_anyway(lab, script)


# ---- row 12

def test_row12_dhcp_refusals_without_end(lab):
    """It asks again after a second each time, not at once."""
    def script(query):
        if query.type == DISCOVER:
            return [answer(query)]
        return [answer(query, NAK, options={MESSAGE: b"\x1b[2J" + b"no" * 120})] * 20
    with Dhcpd(lab.server, script) as dhcp:
        outcome = assert_safe(boot(lab, VIF, "--dhcp-timeout=2"), 21)
    assert len(dhcp.queries) <= 8
    assert "withdrew its offer" in outcome.last_line


def test_row12_dhcp_offers_without_end(lab):
    """Of a server that never answers a REQUEST."""
    def script(query):
        return [answer(query, server=f"10.9.1.{n}") for n in range(200)] \
            if query.type == DISCOVER else []
    with Dhcpd(lab.server, script) as dhcp:
        assert_safe(boot(lab, VIF, "--dhcp-timeout=2"), 20)
    assert len(dhcp.queries) <= 8


# ---- row 15

NAMES = [b"../../etc/shadow", b"/etc/shadow", b"//", b"a\nb", b"a\r\nkernel /etc/shadow",
         b"a b", b"a%00b", b"file:///etc/shadow", b"tftp://10.9.0.1/../../x",
         b"http://10.9.0.1:69/x", b"::/etc/shadow", b"a\0b", b"\0", b" ", b"x" * 127,
         b"10.9.0.1::..", b"\xff\xfe", b"$(reboot)", b"`reboot`", b"a;reboot", b"-n"]


@pytest.mark.parametrize("name", NAMES)
def test_row15_dhcp_name_of_the_boot_file(lab, name):
    """It is the start of names that a server is asked for, and no more."""
    for script in lease(file=name + b"x"), lease(options={CONFIG_FILE: name,
                                                          PREFIX: name}):
        with served(lab, script, {}) as (_, tree):
            outcome = assert_safe(boot(lab, VIF, "--timeout=4"), 22, 23, 25, 30, 33)
        assert all("\0" not in asked for asked in tree.names), outcome.lines


def test_row15_dhcp_says_nothing_to_the_toolstack(lab):
    """What comes with the lease gets into no item of the result but args."""
    trick = b"x\nkernel /etc/shadow\nramdisk /etc/shadow"
    with served(lab, lease(sname=trick, options={
            DOMAIN: trick, MESSAGE: trick, 12: trick, 17: trick, CLASS: trick})):
        outcome = assert_safe(boot(lab, VIF), 0)
    assert_booted(outcome)
    assert set(outcome.items) == {"kernel", "ramdisk", "args"}


# ---- all of them at random

def at_random(seed):
    """Good options with wrong lengths, cut and doubled, by the hundred; the last
    is right."""
    chance = random.Random(seed)
    codes = [1, 3, 6, 12, 15, 26, 43, 52, 54, 56, 60, 66, 67, 150, 208, 209, 210, 211]

    def one(query):
        area = b""
        for _ in range(chance.randrange(30)):
            value = chance.randbytes(chance.choice((0, 1, 2, 3, 4, 5, 20, 255)))
            area += bytes((chance.choice(codes), chance.choice((
                len(value), len(value), chance.randrange(256))))) + value
        return raw(query, area[:1100], chance.randbytes(64), chance.randbytes(128),
                   chance.choice((USUAL, b"")))

    def script(query):
        if query.nth == 1 and query.type == DISCOVER:
            return [one(query) for _ in range(60)]
        return own_lease()(query) if query.nth > 3 else [one(query)]
    return script


AT_RANDOM = {f"seed-{seed}": at_random(seed) for seed in range(12)}


@pytest.mark.parametrize("case", AT_RANDOM)
def test_row01_dhcp_messages_at_random(outcomes, case):
    assert_safe(outcomes[case])
