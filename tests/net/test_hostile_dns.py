# SPDX-License-Identifier: BSD-3-Clause
"""DNS servers that mean harm, and numbers that nobody may guess; each test has
the name of its row in tests/bugclasses.md."""

import socket
import struct

import pytest

from bootserver import CONFIG, assert_booted, served, tftp, tree_with
from dhcpd import CLIENT, DNS, TFTP_NAME, Dhcpd, lease
from dnsd import (A_IN, ANSWERED, NO_SUCH_NAME, Dnsd, address_record, answer)
from hostile import VIF, assert_safe
from lab import SERVER, lab_of_module
from libxl import boot
from wire import Listener, ip_bytes

SECOND = "10.9.0.2"  # has the files; the first server has none
NAMED = dict(options={TFTP_NAME: b"boot.example", DNS: ip_bytes(SERVER)})


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        made.server.run("ip", "address", "add", f"{SECOND}/24", "dev", "eth0")
        yield made


def booted_with(lab, script, *args):
    """Boots where this answers for the name of the boot server, which is the
    first server that the lease has."""
    with served(lab, lease(**NAMED)), tftp(lab, address=SECOND), \
            Dnsd(lab.server, script) as dns:
        outcome = boot(lab, VIF, *args)
    return assert_safe(outcome), dns


GOOD = address_record(SECOND)
RECORD = b"\xc0\x0c" + A_IN + struct.pack("!IH", 60, 4)


def header(query, flags=ANSWERED, questions=1, answers=1, more=0):
    return query[:2] + struct.pack("!HHHHH", flags, questions, answers, more, more)


def other_question(query):
    return answer(query[:12] + b"\4evil" + query[17:], GOOD)


# What is not the answer to what was asked; the right one follows at once.
IGNORED = {
    "other id": lambda q: answer(bytes((q[0] ^ 1, q[1])) + q[2:], GOOD),
    "id in the wrong order": lambda q: answer(q[1::-1] + q[2:], GOOD)
                             if q[0] != q[1] else b"",
    "a question": lambda q: header(q, 0x0100) + q[12:] + GOOD,
    "no question": lambda q: header(q, questions=0) + GOOD,
    "two questions": lambda q: header(q, questions=2) + q[12:] * 2 + GOOD,
    "65535 questions": lambda q: header(q, questions=65535) + q[12:] + GOOD,
    "other question": other_question,
    "longer question": lambda q: answer(q[:12] + b"\1x" + q[12:], GOOD),
    "question cut": lambda q: header(q) + q[12:20],
    "other type": lambda q: answer(q[:-4] + b"\0\x1c\0\1", GOOD),
    "other class": lambda q: answer(q[:-4] + b"\0\1\0\3", GOOD),
    "question that points to itself": lambda q: header(q) + b"\xc0\x0c" + q[-4:] + GOOD,
    "empty": lambda q: b"", "id alone": lambda q: q[:2], "11 bytes": lambda q: q[:11],
    "head alone": lambda q: header(q),
}


@pytest.mark.parametrize("case", IGNORED)
def test_row10_dns_answer_to_something_else(lab, case):
    """It names a host that has no files."""
    wrong = IGNORED[case]

    def script(query):
        return [wrong(query).replace(GOOD, address_record("10.9.0.66")),
                answer(query, GOOD)]
    outcome, _ = booted_with(lab, script)
    assert_booted(outcome)
    assert b"10.9.0.66" not in outcome.console


def chain(n):
    """A name for the name, and so on, and an address at its end."""
    names = b"".join(b"\xc0\x0c\0\5\0\1" + struct.pack("!IH", 60, 4) + b"\1%c\xc0\x0c"
                     % (97 + i % 26) for i in range(n))
    return lambda q: header(q, answers=n + 1) + q[12:] + names + GOOD


# What is the answer and lies, or is cut: an address all the same, or none.
LIES = {
    "name points to itself": lambda q: header(q) + q[12:] +
        struct.pack("!H", 0xc000 | len(q)) + RECORD[2:] + ip_bytes(SECOND),
    "name points forwards": lambda q: header(q) + q[12:] + b"\xff\xff" + RECORD[2:] +
        ip_bytes(SECOND),
    "two names point at each other": lambda q: header(q, answers=2) + q[12:] +
        (struct.pack("!H", 0xc002 + len(q)) + struct.pack("!H", 0xc000 + len(q)) +
         RECORD[4:] + ip_bytes(SECOND)) * 2,
    "label of 63 and no more": lambda q: header(q) + q[12:] + b"\x3f" + b"x" * 10,
    "label of 64": lambda q: header(q) + q[12:] + b"\x40" + b"x" * 64 + b"\0" + GOOD[2:],
    "label of 191": lambda q: header(q) + q[12:] + b"\xbf" + b"x" * 191 + b"\0" + GOOD[2:],
    "name of 1000": lambda q: header(q) + q[12:] + b"\x3f%s" % (b"x" * 63) * 15 + b"\0" +
        GOOD[2:],
    "name without an end": lambda q: header(q) + q[12:] + b"\1x" * 200,
    "rdlength 0": lambda q: header(q) + q[12:] + RECORD[:-2] + b"\0\0",
    "rdlength 3": lambda q: header(q) + q[12:] + RECORD[:-2] + b"\0\3" + bytes(3),
    "rdlength 5": lambda q: header(q) + q[12:] + RECORD[:-2] + b"\0\5" + bytes(5),
    "rdlength 65535": lambda q: header(q) + q[12:] + RECORD[:-2] + b"\xff\xff" +
        ip_bytes(SECOND),
    "rdlength 16": lambda q: header(q) + q[12:] + RECORD[:-2] + b"\0\x10" +
        ip_bytes(SECOND),
    "address cut": lambda q: header(q) + q[12:] + RECORD + b"\x0a\x09",
    "record cut": lambda q: header(q) + q[12:] + RECORD[:7],
    "no record": lambda q: header(q) + q[12:],
    "65535 answers": lambda q: header(q, answers=65535) + q[12:] + GOOD[:-2],
    "65535 of all": lambda q: header(q, answers=65535, more=65535) + q[12:],
    "chain of 20": chain(20), "chain of 80": chain(80),
    "chain to itself": lambda q: header(q, answers=65535) + q[12:] + b"".join(
        [b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x0c"] * 90),
    "other record": lambda q: answer(q, b"\xc0\x0c\0\x10\0\1" + bytes(4) + b"\0\4\3abc"),
    "cut flag": lambda q: answer(q, GOOD, flags=ANSWERED | 0x0200),
    "refused": lambda q: answer(q, flags=0x8185),
    "failure": lambda q: answer(q, flags=0x8182),
    "no such name, and an address": lambda q: answer(q, GOOD, flags=NO_SUCH_NAME),
    "32 KiB": lambda q: answer(q, GOOD + bytes(1300)),
}


@pytest.mark.parametrize("case", LIES)
def test_row10_dns_answer_that_lies(lab, case):
    """It leads to the server that it names, or to the lease's next one; what is
    no answer is followed by one."""
    lie = LIES[case]
    outcome, dns = booted_with(lab, lambda q: [lie(q), answer(q, GOOD)])
    assert_booted(outcome)
    assert len(dns.queries) == 1


@pytest.mark.parametrize("address", [
    "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255"])
def test_row10_dns_address_that_no_host_can_have(lab, address):
    """Nothing is sent there; the name has no address."""
    sent = []
    with Listener(lab.server, lambda f: sent.append(f[30:34])):
        outcome, _ = booted_with(lab, lambda q: [answer(q, address_record(address))])
    assert outcome.status in (0, 30)
    assert (f"warning: the DNS server {SERVER} knows no address of boot.example; "
            "trying the next server") in outcome.lines
    if address != "255.255.255.255":  # where DHCP goes
        assert ip_bytes(address) not in sent


@pytest.mark.parametrize("address", ["127.0.0.1", "255.255.255.255", "0.0.0.0"])
def test_row10_dns_is_not_needed_for_such_an_address(lab, address):
    """Nor is it taken from a configuration."""
    config = CONFIG.replace(b"vmlinuz", address.encode() + b"::vmlinuz")
    with served(lab, files=tree_with(config)):
        outcome = assert_safe(boot(lab, VIF), 0)
    assert (f"warning: no host can have the address {address}; asking the boot "
            f"server {SERVER} instead") in outcome.lines


def test_row10_dns_answers_by_the_thousand(lab):
    """From the right port, with ids that are guessed; the answer comes last."""
    def script(query):
        guesses = [answer(n.to_bytes(2, "big") + query[2:],
                          address_record("10.9.0.66")) for n in range(3000)
                   if n.to_bytes(2, "big") != query[:2]]
        return [*guesses, answer(query, GOOD)]
    outcome, _ = booted_with(lab, script)
    assert_booted(outcome)
    assert b"10.9.0.66" not in outcome.console


# ---- row 11

BOOTS = 24


def test_row11_numbers_of_many_boots(lab):
    """Transaction numbers, ports and sequence numbers: none is seen twice more
    often than chance has it, and none is near the one before."""
    isns, tftp_ports = [], []

    def note(frame):
        if frame[12:14] != b"\x08\0" or frame[23] != socket.IPPROTO_TCP:
            return
        if frame[47] == 2 and frame[26:30] == ip_bytes(CLIENT):  # SYN
            isns.append((int.from_bytes(frame[34:36], "big"),
                         int.from_bytes(frame[38:42], "big")))
    config = b"default k\nlabel k\n kernel http://%s:81/k\n" % SERVER.encode()
    xids, dns_ids, dns_ports = [], [], []
    for _ in range(BOOTS):
        with Dhcpd(lab.server, lease(**NAMED)) as dhcp, \
                tftp(lab, tree_with(config), address=SECOND) as tree, \
                Dnsd(lab.server, {"boot.example": SECOND}) as dns, \
                Listener(lab.server, note):
            assert_safe(boot(lab, VIF), 22)  # nothing listens there
        xids.append(int.from_bytes(dhcp.queries[0].xid, "big"))
        dns_ids.append(int.from_bytes(dns.queries[0].payload[:2], "big"))
        dns_ports.append(dns.queries[0].source_port)
        tftp_ports += [r.peer[1] for r in tree.requests]
    assert len(isns) == BOOTS
    for numbers, bits in [(xids, 32), ([n for _, n in isns], 32), (dns_ids, 16),
                          (dns_ports, 14), (tftp_ports, 14), ([p for p, _ in isns], 14)]:
        same = len(numbers) - len(set(numbers))
        assert same <= len(numbers) ** 2 / 2 ** bits + 4, numbers
        steps = [b - a for a, b in zip(numbers, numbers[1:])]
        near = [s for s in steps if abs(s) <= 8]
        assert len(near) <= len(numbers) * 40 / 2 ** bits + 3, numbers
        assert max(numbers) - min(numbers) > 1 << (bits - 1), numbers
