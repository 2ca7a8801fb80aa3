# SPDX-License-Identifier: BSD-3-Clause
"""Real TFTP servers that die in the middle, and wires that lose, double and
reorder frames."""

import os
import random
import re
import signal
import time

import pytest

import packages
from lab import SERVER, wait_for
from libxl import Bootloader, boot
from relay import Faults, relay
from test_boot import VIF
from test_servers import ATFTPD, DNSMASQ, HPA, note_tftp
from wire import Listener

OTHER = "10.9.0.2"  # the server's second address
PARTS = [random.Random(i).randbytes(n) for i, n in enumerate((900000, 700001, 500003,
                                                               300000))]
SMALL = [part[:40000 + i] for i, part in enumerate(PARTS)]
CONFIG = b"default x\nlabel x\nkernel linux\ninitrd one,two,three\n"
ARCHIVE = 512  # bytes of the empty one that comes before several

SERVERS = {"hpa": HPA, "dnsmasq": DNSMASQ + ["--bind-interfaces"],
           "atftpd": ATFTPD}
every_server = pytest.mark.parametrize("server", SERVERS)


@pytest.fixture(scope="module")
def unpacked():
    return packages.unpacked("servers", "tftpd-hpa", "atftpd")


def make_tree(directory, parts=PARTS):
    (directory / "pxelinux.cfg").mkdir(parents=True)
    (directory / "pxelinux.cfg/default").write_bytes(CONFIG)
    for name, content in zip(("linux", "one", "two", "three"), parts):
        (directory / name).write_bytes(content)
    return directory


class Server:
    """A TFTP server with all its children."""

    def __init__(self, lab, unpacked, tree, argv):
        self.lab = lab
        self.argv = [word.format(root=unpacked, tree=tree) for word in argv]
        self.environment = packages.environment(unpacked)
        self.start()

    def start(self):
        self.process = self.lab.spawn(self.lab.server, *self.argv,
                                      env=self.environment, start_new_session=True)
        wait_for(lambda: f'"{os.path.basename(self.argv[0])}",pid={self.process.pid}'
                 in self.lab.server.run("ss", "-Hlunp", "sport = 69"),
                 "the TFTP server")

    def kill(self):
        """Until the children's ports are closed, too."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not self.lab.server.run("ss", "-Huanp", "sport != 67"),
                 "the end of the TFTP server")


def start(lab, unpacked, tree, argv, *options):
    lab.dnsmasq(None, *(options or ("--dhcp-boot=pxelinux.0",)))
    return Server(lab, unpacked, tree, argv)


def assert_all_came(outcome, parts=PARTS):
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == parts[0]
    ramdisk = b""
    for content in parts[1:]:
        ramdisk += bytes(-len(ramdisk) % 4) + content
    assert outcome.ramdisk[ARCHIVE:] == ramdisk
    assert outcome.left == []


def note_fall(outcome):
    return [line for line in outcome.lines if "asking once more" in line]


# ---- Servers that die

@every_server
def test_restarted_server_is_asked_once_more(lab, unpacked, tmp_path, server):
    with relay(lab, hold_at=300000) as wire:
        running = start(lab, unpacked, make_tree(tmp_path / "tree"), SERVERS[server])
        bootloader = Bootloader(lab, VIF)
        assert wire.held.wait(10)
        running.kill()
        running.start()
        wire.go.set()
        outcome = bootloader.finish()
        running.kill()
    assert_all_came(outcome)
    assert note_fall(outcome)


@every_server
def test_server_that_stays_away_for_a_while_is_waited_for(
        lab, unpacked, tmp_path, server):
    """Its machine says that its port is closed: it is being restarted."""
    with relay(lab, hold_at=300000) as wire:
        running = start(lab, unpacked, make_tree(tmp_path / "tree"), SERVERS[server])
        bootloader = Bootloader(lab, VIF)
        assert wire.held.wait(10)
        running.kill()
        wire.go.set()
        time.sleep(4)
        running.start()
        outcome = bootloader.finish()
        running.kill()
    assert_all_came(outcome)
    assert note_fall(outcome)


def boot_from_dying(lab, unpacked, directory, argv, **keywords):
    """Boots from a server that is killed in the middle, for good."""
    with relay(lab, hold_at=300000) as wire:
        running = start(lab, unpacked, make_tree(directory), argv)
        bootloader = Bootloader(lab, VIF, **keywords)
        assert wire.held.wait(10)
        running.kill()
        wire.go.set()
        began = time.monotonic()
        outcome = bootloader.finish()
    # 10 s and a round of the timer: neither twice that nor at once.
    assert 8 < time.monotonic() - began < 15
    assert outcome.status == 22, outcome.lines
    assert outcome.left == []
    assert outcome.result == b""
    return outcome


@every_server
def test_dead_server_ends_the_boot(lab, unpacked, tmp_path, server):
    outcome = boot_from_dying(lab, unpacked, tmp_path / "tree", SERVERS[server],
                              kernel="linux")
    received = re.search(r"linux: the server fell silent after (\d+) bytes; check",
                         outcome.last_line)
    assert received, outcome.lines
    assert 0 < int(received[1]) < len(PARTS[0])


def test_dead_server_ends_the_boot_of_several_files(lab, unpacked, tmp_path):
    """Any may be the first to end, also one that was only asked for."""
    outcome = boot_from_dying(lab, unpacked, tmp_path / "tree", HPA)
    assert re.search("the server fell silent after|nothing listens on UDP port 69|"
                     "no answer to", outcome.last_line)


def test_closed_port_ends_the_boot_at_once(lab):
    packets = []
    lab.dnsmasq(None, "--dhcp-boot=pxelinux.0")
    with Listener(lab.server, note_tftp(packets)):
        outcome = boot(lab, VIF, kernel="linux")
    assert outcome.status == 22, outcome.lines
    assert f"nothing listens on UDP port 69 of {SERVER}" in outcome.last_line
    assert len([raw for raw in packets if raw[:2] == b"\0\1"]) == 1


@pytest.mark.parametrize("first", ["dnsmasq", "hpa"])
def test_next_server_takes_over_from_a_dead_one(lab, unpacked, tmp_path, first):
    """Of the two that the lease has; its files are others."""
    elsewhere = {"hpa": HPA[:-1] + ["--address", f"{OTHER}:69", "{tree}"],
                 "dnsmasq": [w for w in DNSMASQ if w != "--interface=eth0"] +
                 ["--bind-interfaces", f"--listen-address={OTHER}"]}
    others = [part[::-1] + b"more" for part in PARTS]
    with relay(lab, hold_at=300000) as wire:
        lab.server.run("ip", "address", "add", f"{OTHER}/24", "dev", "eth0")
        dying = start(lab, unpacked, make_tree(tmp_path / "tree", others),
                      elsewhere[first], f"--dhcp-boot=pxelinux.0,,{OTHER}")
        second = Server(lab, unpacked, make_tree(tmp_path / "second"),
                        HPA[:-1] + ["--address", f"{SERVER}:69", "{tree}"])
        bootloader = Bootloader(lab, VIF)
        assert wire.held.wait(10)
        os.killpg(dying.process.pid, signal.SIGKILL)
        dying.process.wait()
        wire.go.set()
        outcome = bootloader.finish()
        second.kill()
    assert_all_came(outcome)
    assert any(f"loading all from {SERVER}" in line for line in outcome.lines)


# ---- Wires

@every_server
@pytest.mark.parametrize("faults", [
    Faults(copies=2), Faults(loss=0.05), Faults(reorder=0.1),
    Faults(copies=2, reorder=0.2, seed=2)],
    ids=["doubled", "lost", "reordered", "doubled and reordered"])
def test_bad_wire_changes_nothing(lab, unpacked, tmp_path, server, faults):
    parts = SMALL if faults.loss else PARTS
    with relay(lab, faults):
        running = start(lab, unpacked, make_tree(tmp_path / "tree", parts),
                        SERVERS[server])
        outcome = boot(lab, VIF)
        running.kill()
    assert_all_came(outcome, parts)
