# SPDX-License-Identifier: BSD-3-Clause
"""What is made of a lease: options wherever they stand in the message, the
boot server and its name, and the block size."""

import struct

import pytest

from bootserver import CONFIG, TREE, assert_booted, served, tftp
from dhcpd import (BOOTFILE, CONFIG_FILE, DNS, DOMAIN, MTU, OVERLOAD, PREFIX,
                   REBOOT, SERVER_ID, TFTP_LIST, TFTP_NAME, Dhcpd, lease, option)
from dnsd import Dnsd
from lab import MAC, SERVER
from libxl import boot
from tftpd import ASKS_BIG, no_big_blocks
from wire import ip_bytes

VIF = f"--vif=mac={MAC},bridge=xenbr0"
END = b"\xff"
SECOND, THIRD = "10.9.0.2", "10.9.0.3"


def below(prefix):
    """The usual tree, in a directory."""
    return {prefix + name: content for name, content in TREE.items()}


def assert_boots_below(lab, prefix, **fields):
    """Boots with these fields in the lease, from files below the prefix."""
    with served(lab, lease(**fields), below(prefix)) as (_, tree):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert all(name.startswith(prefix) for name in tree.names)
    return outcome, tree


# ---- where options stand

OVERLOADS = {
    "in file": dict(
        options={OVERLOAD: b"\1"}, file=option(PREFIX, b"dir/") + END),
    "in sname": dict(
        options={OVERLOAD: b"\2"}, sname=option(PREFIX, b"dir/") + END),
    "in both": dict(
        options={OVERLOAD: b"\3"}, file=option(BOOTFILE, b"p.0") + END,
        sname=option(PREFIX, b"dir/") + END),
    "and the file's name beside it": dict(
        options={OVERLOAD: b"\2"}, file=b"dir/pxelinux.0",
        sname=option(DNS, ip_bytes(SERVER)) + END),
    "without an end": dict(
        options={OVERLOAD: b"\2"}, sname=option(PREFIX, b"dir/")),
}


@pytest.mark.parametrize("fields", OVERLOADS.values(), ids=OVERLOADS)
def test_options_may_go_on_in_other_fields(lab, fields):
    assert_boots_below(lab, "dir/", **fields)


def test_fields_are_no_options_unless_the_server_says_so(lab):
    """The name of a server may look like options, and a boot file, too."""
    assert_boots_below(lab, "dir/", file=b"dir/pxelinux.0",
                       sname=option(PREFIX, b"evil/") + END)


def test_long_options_are_joined_over_all_fields(lab):
    """Pieces in the order options, file, sname: RFC 3396 and RFC 2131."""
    outcome, tree = assert_boots_below(
        lab, "some/long/name/",
        options={OVERLOAD: b"\3", PREFIX: b"some/", CONFIG_FILE: b"pxelinux."},
        file=option(PREFIX, b"long/") + option(CONFIG_FILE, b"cfg/") + END,
        sname=option(CONFIG_FILE, b"default") + option(PREFIX, b"name/") + END)
    assert tree.names[0] == "some/long/name/pxelinux.cfg/default"


def test_configuration_that_is_named_comes_first(lab):
    files = {**TREE, "my.cfg": CONFIG}
    script = lease(options={CONFIG_FILE: b"my.cfg\0"})
    with served(lab, script, files) as (_, tree):
        assert_booted(boot(lab, VIF))
    assert tree.names == ["my.cfg", "vmlinuz", "initrd.gz"]


def test_empty_prefix_is_not_that_of_the_boot_file(lab):
    assert_boots_below(lab, "", file=b"dir/pxelinux.0", options={PREFIX: b""})


def test_boot_file_in_an_option_is_as_good(lab):
    assert_boots_below(lab, "dir/", file=b"",
                       options={BOOTFILE: b"dir/pxelinux.0\0"})


def test_boot_file_in_the_header_beats_the_option(lab):
    outcome, _ = assert_boots_below(lab, "dir/", file=b"dir/pxelinux.0",
                                    options={BOOTFILE: b"other/pxelinux.0"})
    assert ("warning: the lease names two boot files, dir/pxelinux.0 in its "
            "header and other/pxelinux.0 in option 67; taking the first"
            ) in outcome.lines


def test_fields_may_be_full_to_the_last_byte(lab):
    """Neither has a NUL then."""
    name = b"d" * 100 + b"/" + b"f" * 27
    assert len(name) == 128
    assert_boots_below(lab, "d" * 100 + "/", file=name, sname=b"s" * 64)


# ---- the boot server

@pytest.fixture
def lab_of_three(lab):
    """A lab whose server has two more addresses."""
    for address in SECOND, THIRD:
        lab.server.run("ip", "address", "add", f"{address}/24", "dev", "eth0")
    return lab


NEXT_SERVERS = {
    "next-server": dict(siaddr=SECOND, options={TFTP_NAME: THIRD.encode()}),
    "option 66": dict(options={TFTP_NAME: SECOND.encode() + b"\0",
                               TFTP_LIST: ip_bytes(THIRD)}),
    "option 66, without next-server": dict(
        siaddr="0.0.0.0", options={TFTP_NAME: SECOND.encode()}),
    "the server name field": dict(sname=SECOND.encode(),
                                  options={TFTP_LIST: ip_bytes(THIRD)}),
    "option 150": dict(options={TFTP_LIST: ip_bytes(SECOND) + ip_bytes(THIRD)}),
    "next-server, since nothing else is said": dict(siaddr=SECOND, server=SECOND),
    "the DHCP server itself": dict(siaddr="0.0.0.0", server=SECOND),
}


@pytest.mark.parametrize("origin", NEXT_SERVERS)
def test_boot_server_is_taken_from(lab_of_three, origin):
    """A next-server that is merely the DHCP server says nothing."""
    lab = lab_of_three
    with Dhcpd(lab.server, lease(**NEXT_SERVERS[origin])), tftp(lab, {}), \
            tftp(lab, {}, THIRD), tftp(lab, address=SECOND):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"Boot server {SECOND}, from {origin.split(',')[0]};".encode() in (
        outcome.console)


def test_server_that_gives_no_answer_is_followed_by_the_next(lab):
    """Nothing has the first one's address; this takes all of its tries."""
    with served(lab, lease(siaddr=SECOND)):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert ("warning: nothing on this network answers for the address "
            f"{SECOND} (no ARP reply); trying the next server"
            ) in outcome.lines


def test_server_that_has_no_configuration_is_not_followed(lab_of_three):
    """It is there; another's files would boot the wrong thing."""
    lab = lab_of_three
    with served(lab, lease(siaddr=SECOND)), tftp(lab, {}, SECOND):
        outcome = boot(lab, VIF)
    assert outcome.status == 30
    assert outcome.left == []


# ---- names

def test_boot_server_may_have_a_name(lab_of_three):
    lab = lab_of_three
    fields = dict(options={TFTP_NAME: b"boot.example\0", DNS: ip_bytes(SERVER)})
    with Dhcpd(lab.server, lease(**fields)), tftp(lab, {}), \
            tftp(lab, address=SECOND), \
            Dnsd(lab.server, {"boot.example": SECOND}):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"Boot server {SECOND}, from option 66;".encode() in outcome.console


def test_short_name_is_one_of_the_leases_domain(lab_of_three):
    lab = lab_of_three
    fields = dict(options={TFTP_NAME: b"boot", DNS: ip_bytes(SERVER),
                           DOMAIN: b"lab.example"})
    with Dhcpd(lab.server, lease(**fields)), tftp(lab, address=SECOND), \
            Dnsd(lab.server, {"boot.lab.example": SECOND}) as dns:
        assert_booted(boot(lab, VIF))
    assert dns.asked == ["boot.lab.example"]


def test_name_that_does_not_exist_is_followed_by_the_next_server(lab):
    fields = dict(options={TFTP_NAME: b"boot.example", DNS: ip_bytes(SERVER)})
    with served(lab, lease(**fields)), Dnsd(lab.server, {}):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert (f"warning: the DNS server {SERVER} knows no address of boot.example; "
            "trying the next server") in outcome.lines


def test_name_needs_a_dns_server(lab):
    with served(lab, lease(options={TFTP_NAME: b"boot.example"})):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert ("warning: the name boot.example cannot be looked up: the lease names "
            "no DNS server; trying the next server") in outcome.lines


def test_name_that_is_the_only_server_ends_the_boot(lab):
    """The DHCP server says that it is one where no boot server can be."""
    nowhere = ip_bytes("127.0.0.1")
    script = lease(siaddr="0.0.0.0", options={TFTP_NAME: b"boot.example",
                                              SERVER_ID: nowhere})
    with Dhcpd(lab.server, script):
        outcome = boot(lab, VIF)
    assert outcome.status == 25
    assert "the name boot.example cannot be looked up" in outcome.last_line
    assert outcome.left == []


# ---- URLs

@pytest.mark.parametrize("fields", [
    dict(file=f"tftp://{SECOND}/dir/pxelinux.0".encode()),
    dict(file=f"{SECOND}::dir/pxelinux.0".encode()),
    dict(file=b"", options={BOOTFILE: f"tftp://{SECOND}/dir/x".encode()}),
    dict(options={PREFIX: f"tftp://{SECOND}/dir/".encode()}),
])
def test_url_names_the_server_too(lab_of_three, fields):
    lab = lab_of_three
    with Dhcpd(lab.server, lease(**fields)), tftp(lab, {}), \
            tftp(lab, below("dir/"), SECOND):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"Boot server {SECOND}, from ".encode() in outcome.console


def test_url_without_a_path_means_the_servers_root(lab_of_three):
    lab = lab_of_three
    with Dhcpd(lab.server, lease(file=f"tftp://{SECOND}".encode())), \
            tftp(lab, {}), tftp(lab, address=SECOND):
        assert_booted(boot(lab, VIF))


def test_configuration_may_be_a_url_and_its_names_are_not(lab_of_three):
    """Option 209 stands alone; what it names is below the prefix."""
    lab = lab_of_three
    fields = dict(options={CONFIG_FILE: f"tftp://{SECOND}/other".encode()})
    with Dhcpd(lab.server, lease(**fields)), tftp(lab), \
            tftp(lab, {"other": CONFIG}, SECOND):
        assert_booted(boot(lab, VIF))


def test_url_of_another_protocol_is_named_in_the_reason(lab):
    with Dhcpd(lab.server, lease(file=f"https://{SERVER}/pxelinux.0".encode())):
        outcome = boot(lab, VIF)
    assert outcome.status == 33
    assert "https is not supported" in outcome.last_line


def test_reboot_time_is_only_shown(lab):
    outcome, _ = assert_boots_below(lab, "", options={REBOOT: b"\0\0\1\x2c"})
    assert ("DHCP: option 211 wants a reboot 300 s after a failed boot; that is "
            "up to xl") in outcome.lines


# ---- the block size

@pytest.mark.parametrize("mtu, blksize", [
    (1400, 1368), (576, 544), (575, 1468), (9000, 1468),
])
def test_mtu_of_the_lease_makes_blocks_smaller(lab, mtu, blksize):
    """Unless it is larger than the bridge's, or less than any can be."""
    files = {name: no_big_blocks(content) for name, content in TREE.items()}
    with served(lab, lease(options={MTU: struct.pack("!H", mtu)}),
                files) as (_, tree):
        assert_booted(boot(lab, VIF))
    requests = [r for r in tree.requests if r.options != ASKS_BIG]
    assert {r.name for r in requests} >= set(TREE)
    assert {r.options["blksize"] for r in requests} == {str(blksize)}
