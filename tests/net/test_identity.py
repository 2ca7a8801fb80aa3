# SPDX-License-Identifier: BSD-3-Clause
"""Who lwpxeboot says that it is, to DHCP servers and in the names that it looks
for, and what the options of the command line change in that."""

import uuid

import pytest

from bootserver import TREE, assert_booted, served
from dhcpd import (ARCH, CLASS, CLIENT_ID, HOSTNAME, USER_CLASS, answer,
                   boot_answer, lease, proxy_offer)
from lab import MAC
from libxl import boot
from wire import mac_bytes

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
SWAPPED = "ba284e1b-a12f-d211-883f-0016d3cca427"


def asked(lab, *args):
    """Returns the queries of an ordinary boot."""
    with served(lab, lease()) as (dhcp, _):
        outcome = boot(lab, VIF, *args)
    assert_booted(outcome)
    return dhcp.queries


TOLD = {
    "--arch=7": {ARCH: b"\0\7", CLASS: b"PXEClient:Arch:00007:UNDI:002001"},
    "--arch=16": {ARCH: b"\0\x10", CLASS: b"HTTPClient:Arch:00016:UNDI:002001"},
    "--arch=65535": {ARCH: b"\xff\xff",
                     CLASS: b"PXEClient:Arch:65535:UNDI:002001"},
    "--vendor-class=Site 7": {CLASS: b"Site 7", ARCH: b"\0\0"},
    "--user-class=iPXE": {USER_CLASS: b"iPXE"},
    "--hostname=web1": {HOSTNAME: b"web1"},
    "--client-id=mac": {CLIENT_ID: b"\1" + mac_bytes(MAC)},
    "--client-id=ff:00:07": {CLIENT_ID: b"\xff\0\7"},
    "--client-id=FF0007": {CLIENT_ID: b"\xff\0\7"},
    "--vendor-class=" + "v" * 255: {CLASS: b"v" * 255},
}


@pytest.mark.parametrize("option", TOLD, ids=lambda option: option[:30])
def test_option_is_told_in_every_query(lab, option):
    for query in asked(lab, option):
        for code, value in TOLD[option].items():
            assert query.option(code) == value


def test_nothing_more_is_told_by_default(lab):
    for query in asked(lab):
        for code in USER_CLASS, HOSTNAME, CLIENT_ID:
            assert query.option(code) is None


def test_all_of_it_fits_one_message(lab):
    queries = asked(lab, "--vendor-class=" + "v" * 255, "--user-class=" + "u" * 255,
                    "--hostname=" + "h" * 255, "--client-id=" + "ab" * 255,
                    f"--uuid={UUID}")
    for query in queries:
        assert query.option(HOSTNAME) == b"h" * 255
        assert len(query.payload) <= 1472


def test_client_identifier_may_be_the_uuid(lab):
    for query in asked(lab, "--client-id=uuid", f"--uuid={UUID}"):
        assert query.option(CLIENT_ID) == b"\0" + uuid.UUID(UUID).bytes


def test_client_identifier_needs_a_known_uuid(lab):
    with served(lab, lease()) as (dhcp, _):
        outcome = boot(lab, VIF, "--client-id=uuid")
    assert_booted(outcome)
    assert ("warning: --client-id=uuid: the guest's UUID is not known, so no "
            "client identifier is sent") in outcome.lines
    assert dhcp.queries[0].option(CLIENT_ID) is None


def test_boot_servers_see_the_same_client(lab):
    def script(query):
        if query.ciaddr != bytes(4):
            return [boot_answer(query)]
        return [answer(query, file=b"")] + \
            ([proxy_offer(query)] if query.type == 1 else [])
    with served(lab, script) as (dhcp, _):
        assert_booted(boot(lab, VIF, "--arch=11", "--client-id=mac",
                           "--user-class=u", f"--uuid={UUID}"))
    assert len(dhcp.queries) == 3
    for code in ARCH, CLASS, CLIENT_ID, USER_CLASS, 97:
        assert len({query.option(code) for query in dhcp.queries}) == 1


# ---- names of files

@pytest.mark.parametrize("names", [[UUID], [UUID, SWAPPED]], ids=len)
def test_uuid_is_a_name_in_both_byte_orders(lab, names):
    """The file has the last of the names; the canonical one is tried first."""
    paths = [f"pxelinux.cfg/{name}" for name in names]
    files = {paths[-1] if "default" in key else key: value
             for key, value in TREE.items()}
    with served(lab, files=files) as (_, tree):
        assert_booted(boot(lab, VIF, f"--uuid={UUID}"))
    assert [name for name in tree.names if "cfg" in name] == paths
