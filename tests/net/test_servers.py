# SPDX-License-Identifier: BSD-3-Clause
"""The same small tree from the TFTP servers that people have, and from their
less usual settings.

Debian's packages of tftpd-hpa and atftpd start a daemon when they are
installed, so they are unpacked into build/cache/servers and run from there.
"""

import random
import struct

import pytest

import packages
from lab import MAC, NETBOOT, SERVER, wait_for
from libxl import boot
from tftpd import (ASKS_ORDINARY, BLKSIZE_ASKED, BLKSIZE_BIG, DATA, HAS_BIG, OACK,
                   ack, error, once, open_socket)
from wire import Datagram, Listener
from test_boot import VIF

# Ends with an empty block whether blocks have 512 or 1468 bytes, and is large
# enough for each server to show its habits.
KERNEL = random.Random(1).randbytes(512 * 367 * 8)
INITRDS = [random.Random(2).randbytes(100001), random.Random(3).randbytes(513)]
assert all(len(KERNEL) % blksize == 0 for blksize in (512, BLKSIZE_ASKED))
CONFIG = """\
include pxelinux.cfg/gone
include more/menu.cfg
default linux
"""
MENU = """\
label linux
  kernel ::images/linux
  initrd images/one.gz,/images/two.gz
"""

DNSMASQ = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
           "--interface=eth0", "--pid-file=", "--user=root", "--enable-tftp",
           "--log-facility=/dev/null", "--tftp-root={tree}"]
HPA = ["{root}/usr/sbin/in.tftpd", "--listen", "--foreground", "--user=root",
       "--secure", "{tree}"]
ATFTPD = ["{root}/usr/sbin/atftpd", "--daemon", "--no-fork", "--user=root",
          "--group=root", "--logfile=/dev/null", "{tree}"]

# What each answers to a request for a block that fits a frame: the options that
# it takes, None for plain data.
SERVERS = {
    "dnsmasq": (DNSMASQ + ["--bind-interfaces"], {"tsize", "blksize=1468"}),
    "dnsmasq, no blksize": (DNSMASQ + ["--bind-interfaces", "--tftp-no-blocksize"],
                            {"tsize"}),
    # With --bind-interfaces it would not know the way to its clients.
    "dnsmasq, single port": (DNSMASQ + ["--tftp-single-port"],
                             {"tsize", "blksize=1468"}),
    "dnsmasq, small mtu": (DNSMASQ + ["--bind-interfaces", "--tftp-mtu=632"],
                           {"tsize", "blksize=600"}),
    "hpa": (HPA, {"tsize", "blksize=1468"}),
    "hpa, 600": (HPA[:-1] + ["-B", "600", "{tree}"], {"tsize", "blksize=600"}),
    "hpa, no blksize": (HPA[:-1] + ["-r", "blksize", "{tree}"], {"tsize"}),
    "hpa, no options": (HPA[:-1] + ["-r", "blksize", "-r", "tsize", "{tree}"],
                        None),
    "atftpd": (ATFTPD, {"tsize", "blksize=1468", "windowsize=64"}),
    "atftpd, no window": (ATFTPD[:-1] + ["--no-windowsize", "{tree}"],
                          {"tsize", "blksize=1468"}),
    "atftpd, no blksize": (ATFTPD[:-1] + ["--no-blksize", "{tree}"],
                           {"tsize", "windowsize=64"}),
    "atftpd, no tsize": (ATFTPD[:-1] + ["--no-tsize", "{tree}"],
                         {"blksize=1468", "windowsize=64"}),
    "atftpd, empty oack": (ATFTPD[:-1] + ["--no-blksize", "--no-tsize",
                                          "--no-windowsize", "{tree}"], set()),
}


@pytest.fixture(scope="module")
def unpacked():
    """The directory that Debian's servers are unpacked in."""
    return packages.unpacked("servers", "tftpd-hpa", "atftpd")


def start(lab, unpacked, tree, argv):
    """Starts DHCP and the TFTP server, and waits for its port."""
    lab.dnsmasq(None, "--dhcp-boot=pxelinux.0")
    lab.spawn(lab.server, *(word.format(root=unpacked, tree=tree) for word in argv),
              env=packages.environment(unpacked))
    wait_for(lambda: ":69 " in lab.server.run("ss", "-Hlun"), "the TFTP server")


def make_tree(directory):
    files = {"pxelinux.cfg/default": CONFIG.encode(),
             "more/menu.cfg": MENU.encode(), "images/linux": KERNEL,
             "images/one.gz": INITRDS[0], "images/two.gz": INITRDS[1]}
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return directory


def first_answer(lab, name):
    """Asks for a file as the guest will; returns the options, and the port."""
    client = open_socket(lab.server, SERVER)
    client.settimeout(5)
    strings = [name, "octet", *(s for pair in ASKS_ORDINARY.items() for s in pair)]
    client.sendto(b"\0\1" + "".join(s + "\0" for s in strings).encode(), (SERVER, 69))
    answer, peer = client.recvfrom(2048)
    client.sendto(error(0), peer)
    client.close()
    opcode, = struct.unpack("!H", answer[:2])
    assert opcode in (DATA, OACK), answer
    return words(answer) if opcode == OACK else None, peer[1]


def words(oack):
    strings = oack[2:].decode("latin-1").split("\0")[:-1]
    return dict(zip(strings[::2], strings[1::2]))


def note_tftp(packets):
    """Collects the payloads of what is not DHCP."""
    def take(frame):
        datagram = Datagram.parse(frame)
        if datagram and datagram.source_port not in (67, 68):
            packets.append(datagram.payload)
    return take


@pytest.mark.parametrize("server", SERVERS)
def test_small_tree_boots(lab, unpacked, tmp_path, server):
    argv, taken = SERVERS[server]
    start(lab, unpacked, make_tree(tmp_path / "tree"), argv)
    options, port = first_answer(lab, "images/linux")
    if taken is None:
        assert options is None
    else:
        assert options.pop("tsize", None) == (
            str(len(KERNEL)) if "tsize" in taken else None)
        assert {f"{k}={v}" for k, v in options.items()} == taken - {"tsize"}
    assert (port == 69) == ("single" in server)

    outcome = boot(lab, VIF, args="from-xl=1")
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    assert outcome.ramdisk[512:] == \
        INITRDS[0] + bytes(-len(INITRDS[0]) % 4) + INITRDS[1]
    assert outcome.args == ("BOOT_IMAGE=::images/linux "
                            "initrd=images/one.gz,/images/two.gz from-xl=1")
    assert outcome.left == []


@pytest.mark.parametrize("server, blksize, window", [
    ("atftpd", BLKSIZE_BIG, 4), ("hpa", BLKSIZE_BIG, 1),
    ("dnsmasq", BLKSIZE_ASKED, 1)] if HAS_BIG else [
    ("atftpd", BLKSIZE_ASKED, 64), ("hpa", BLKSIZE_ASKED, 1),
    ("dnsmasq", BLKSIZE_ASKED, 1)])
def test_one_ack_goes_over_the_wire_for_each_window(
        lab, unpacked, tmp_path, server, blksize, window):
    """Of as large blocks as the server has; dnsmasq's fit a frame."""
    start(lab, unpacked, make_tree(tmp_path / "tree"), SERVERS[server][0])
    packets, answers = [], []
    with Listener(lab.server, note_tftp(packets)), \
            Listener(lab.server, note_tftp(answers), outgoing=True):
        assert boot(lab, VIF, kernel="images/linux").kernel == KERNEL
    # Fragments begin with the block's header; none is an OACK.
    oacks = [words(raw) for raw in answers if raw[:2] == b"\0\6"]
    assert oacks == [{"tsize": str(len(KERNEL)), "blksize": str(blksize),
                      **({"windowsize": str(window)} if window > 1 else {})}]
    requests = [raw for raw in packets if raw[:2] == b"\0\1"]
    assert len(requests) == 1
    acks = [raw for raw in packets if raw[:2] == b"\0\4"]
    last = len(KERNEL) // blksize + 1
    assert once(acks) == [ack(n) for n in range(0, last, window)] + [ack(last)]


@pytest.mark.parametrize("server", ["atftpd", "hpa", "dnsmasq"])
def test_more_files_than_run_at_the_same_time(lab, unpacked, tmp_path, server):
    """Long ones first, of all lengths modulo 4."""
    names = [f"more/{n}" for n in range(9)]
    contents = [random.Random(n).randbytes((9 - n) ** 5 * 6 + n + 1) for n in range(9)]
    tree = make_tree(tmp_path / "tree")
    for name, content in zip(names, contents):
        (tree / name).write_bytes(content)
    start(lab, unpacked, tree, SERVERS[server][0])
    outcome = boot(lab, VIF, kernel="images/linux", ramdisk=",".join(names))
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    ramdisk = b""
    for content in contents:
        ramdisk += bytes(-len(ramdisk) % 4) + content
    assert outcome.ramdisk[512:] == ramdisk
    assert outcome.left == []


@pytest.mark.parametrize("server", SERVERS)
def test_directory_is_no_configuration(lab, unpacked, tmp_path, server):
    """atftpd sends an empty file, and announces what ls says of a directory."""
    tree = make_tree(tmp_path / "tree")
    (tree / "pxelinux.cfg" / f"01-{MAC.replace(':', '-')}").mkdir()
    start(lab, unpacked, tree, SERVERS[server][0])
    assert boot(lab, VIF).status == 0
    outcome = boot(lab, VIF, kernel="images")
    assert outcome.status in (34, 35), outcome.lines


@pytest.mark.parametrize("server", ["hpa", "atftpd"])
def test_debian_installer_boots(lab, unpacked, server):
    if not NETBOOT.exists():
        pytest.skip(f"there is no {NETBOOT}: install "
                    "debian-installer-12-netboot-amd64")
    start(lab, unpacked, NETBOOT, SERVERS[server][0])
    outcome = boot(lab, VIF)
    files = NETBOOT / "debian-installer/amd64"
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == (files / "linux").read_bytes()
    assert outcome.ramdisk == (files / "initrd.gz").read_bytes()
