# SPDX-License-Identifier: BSD-3-Clause
"""Who the guest is, as xenstore tells; a xenstore that tells nonsense, or
nothing, is as good as none."""

import struct
import uuid

import pytest

from bootserver import TREE, assert_booted, served
from dhcpd import HOSTNAME, lease
from lab import MAC
from libxl import boot
from xenstored import HEADER, READ, answer_from, value, xenstored

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
UUID_OPTION = 97
STORE = {
    "/local/domain/7/vm": f"/vm/{UUID}".encode(),
    "/local/domain/7/name": b"web1",
    "/libxl/7/type": b"pvh",
}


def boot_with(lab, answer, *args, **keywords):
    """Returns the outcome, the DISCOVER and the paths that were read."""
    with served(lab, lease(), **keywords) as (dhcp, _), \
            xenstored(lab, answer) as store:
        outcome = boot(lab, VIF, *args)
    assert_booted(outcome)
    return outcome, dhcp.queries[0], store.asked


def hello(outcome):
    return outcome.lines[0].split(": ", 1)[1]


def test_guest_is_known(lab):
    outcome, query, asked = boot_with(lab, answer_from(STORE))
    assert query.option(UUID_OPTION) == b"\0" + uuid.UUID(UUID).bytes
    assert hello(outcome) == \
        f"web1 (PVH), {MAC} on xenbr0, by tap, UUID {UUID}"
    assert sorted(asked) == sorted(STORE)


def test_uuid_is_a_name_of_the_configuration(lab):
    files = {f"pxelinux.cfg/{UUID}" if "cfg" in name else name: content
             for name, content in TREE.items()}
    boot_with(lab, answer_from(STORE), files=files)


def test_option_wins(lab):
    other = "00000000-0000-0000-0000-000000000007"
    outcome, query, asked = boot_with(lab, answer_from(STORE),
                                      f"--uuid={other}")
    assert query.option(UUID_OPTION) == b"\0" + uuid.UUID(other).bytes
    assert "/local/domain/7/vm" not in asked
    assert hello(outcome).startswith("web1 (PVH), ")


def test_name_may_be_the_host_name(lab):
    _, query, _ = boot_with(lab, answer_from(STORE), "--hostname=@name")
    assert query.option(HOSTNAME) == b"web1"


def test_unknown_name_is_no_host_name(lab):
    outcome, query, _ = boot_with(lab, answer_from({}), "--hostname=@name")
    assert query.option(HOSTNAME) is None
    assert ("warning: --hostname=@name: the guest's name is not known, so no "
            "host name is sent") in outcome.lines


@pytest.mark.parametrize("missing", STORE)
def test_each_may_be_missing(lab, missing):
    """Xen before 4.10 has no type."""
    outcome, query, _ = boot_with(lab, answer_from(
        {path: text for path, text in STORE.items() if path != missing}))
    assert ("web1" in hello(outcome)) == ("name" not in missing)
    assert (query.option(UUID_OPTION) is None) == ("vm" in missing)


GARBAGE = {
    "nothing": lambda path: None,
    "half a header": lambda path: b"\2\0\0\0\0\0",
    "no value": lambda path: HEADER.pack(READ, 0, 0, 5),
    "half a value": lambda path: HEADER.pack(READ, 0, 0, 5) + b"ab",
    "an empty value": lambda path: value(b""),
    "another type": lambda path: HEADER.pack(99, 0, 0, 4) + b"abcd",
    "the longest value": lambda path: value(b"x" * 256),
    "one byte more": lambda path: value(b"x" * 257),
    "a length of 4 GiB": lambda path: struct.pack("=IIII", READ, 0, 0,
                                                  0xffffffff),
    "NULs": lambda path: value(bytes(36)),
    "a UUID too long": lambda path: value(f"/vm/{UUID}0".encode()),
    "a UUID elsewhere": lambda path: value(UUID.encode()),
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_nonsense_is_nothing(lab, garbage):
    outcome, query, _ = boot_with(lab, GARBAGE[garbage])
    assert query.option(UUID_OPTION) is None
    assert "UUID" not in hello(outcome)


def test_name_is_escaped(lab):
    name = b"web\x1b[2J\n1\xff"
    outcome, _, _ = boot_with(lab, answer_from({**STORE, "/local/domain/7/name":
                                                name}))
    assert hello(outcome).startswith(r"web\x1b[2J\x0a1\xff (PVH), ")
