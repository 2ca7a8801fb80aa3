# SPDX-License-Identifier: BSD-3-Clause
"""The guest's own xl.cfg in place of --vif=."""

import os
import subprocess

import pytest

from bootserver import assert_booted, served, tftp
from dhcpd import Dhcpd, lease
from lab import MAC
from libxl import boot
from processes import run_plain
from xenstored import answer_from, xenstored

CFG = f"""\
name = "web1"
type = "pvh"
memory = 256
vif = ["mac={MAC},bridge=xenbr0", "mac=00:16:3e:09:09:09,bridge=nosuch"]
bootloader = "lwpxeboot"
"""


@pytest.fixture
def cfg(lab):
    def write(text=CFG):
        path = lab.directory / "web1.cfg"
        path.write_text(text)
        return f"--cfg={path}"
    return write


def test_guest_boots_by_its_file(lab, cfg):
    with served(lab) as (dhcp, _):
        outcome = boot(lab, cfg())
    assert_booted(outcome)
    assert outcome.lines[0] == f"lwpxeboot 0.1.0: web1 (PVH), {MAC} on xenbr0, by tap"


def test_second_interface_is_another(lab, cfg):
    outcome = boot(lab, cfg(), "--nic=1")
    assert outcome.status == 10
    assert "there is no interface nosuch" in outcome.last_line


def test_vif_wins(lab, cfg):
    with served(lab):
        outcome = boot(lab, cfg(), "--nic=1", f"--vif=mac={MAC},bridge=xenbr0")
    assert_booted(outcome)


def test_xenstore_must_agree(lab, cfg):
    with xenstored(lab, answer_from({"/local/domain/7/name": b"web2"})):
        outcome = boot(lab, cfg())
    assert outcome.status == 2
    assert outcome.last_line == (
        f"lwpxeboot: {lab.directory}/web1.cfg: it is of \"web1\", and the guest is "
        "\"web2\"")


def test_type_is_checked_with_xenstore(lab, cfg):
    with xenstored(lab, answer_from({"/libxl/7/type": b"pv"})):
        outcome = boot(lab, cfg())
    assert outcome.status == 2
    assert "its type is not the one that the guest has" in outcome.last_line


def test_shim_s_command_line_is_short(lab, cfg):
    with served(lab):
        outcome = boot(lab, cfg(CFG + "pvshim = 1\n"), args="x" * 1000)
        assert outcome.status == 37
        assert "with pvshim=1 xl fails over more than 1023" in outcome.last_line
        assert boot(lab, cfg(), args="x" * 1000).status == 0


def test_large_ramdisk_for_a_small_guest_is_a_warning(lab, cfg):
    files = {"pxelinux.cfg/default": b"default a\nlabel a\nkernel k\ninitrd i\n",
             "k": b"kernel", "i": bytes(400_000)}
    with served(lab, files=files):
        outcome = boot(lab, cfg(CFG.replace("256", "1")))
    assert outcome.status == 0
    assert b"may be too large for a guest with memory=1" in outcome.console


@pytest.mark.parametrize("text, words", [
    ("vif = [\n", "web1.cfg: line 1: the list that begins here has no"),
    ("", "web1.cfg: it has no vif number 0"),
    ("#" * 65537, "web1.cfg: it has more than 65536 bytes"),
    ("#" * 2**20, "web1.cfg: it has more than 65536 bytes"),
    (f"vif=['mac={MAC},bridge=xenbr0'", "has no \"]\""),
    (f"vif=['mac={MAC},bridge=xenbr0]", "line 1: this is no list of strings"),
    ("vif=['\\q']", "web1.cfg: its vif cannot be read"),
    (CFG.replace("\n", "\r\n"), "line 1: it ends in a carriage return"),
    ("\ufeff" + CFG, "line 1: it begins with a byte order mark"),
    (CFG + "\0", "line 6: there is a NUL byte in it"),
    ("[" * 65536, "line 1: this is no setting"),
    ("vif=" + "[" * 65000, "line 1: the list that begins here has no"),
], ids=lambda value: value[:20])
def test_file_that_makes_no_sense_is_told(lab, cfg, text, words):
    outcome = boot(lab, cfg(text))
    assert outcome.status == 2
    assert words in outcome.last_line


def test_missing_file_is_told(lab):
    outcome = boot(lab, "--cfg=/nosuch/web1.cfg")
    assert outcome.status == 2
    assert outcome.last_line == ("lwpxeboot: /nosuch/web1.cfg: it cannot be read: no "
                                 "such file or directory")


def test_what_is_no_file_is_not_opened(lab):
    os.mkfifo(lab.directory / "fifo")
    for path in "/dev/zero", "/etc", lab.directory / "fifo":
        outcome = boot(lab, f"--cfg={path}")
        assert outcome.status == 2
        assert outcome.last_line == f"lwpxeboot: {path}: it is no regular file"


def test_interface_may_be_added(lab, cfg):
    with served(lab):
        outcome = boot(lab, cfg(CFG + f"vif += ['mac={MAC},bridge=xenbr0']\n"), "--nic=2")
    assert_booted(outcome)


def test_looking_works_with_it_too(lab, cfg):
    with served(lab):
        assert run_plain(lab, cfg(), "--explain").returncode == 0


# ---- a MAC address of the UUID

UUID = "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a"
MADE = "00:16:3e:5c:fd:3c"
NO_MAC = CFG.replace(f"mac={MAC},", "") + f"uuid = \"{UUID}\"\n"


def as_documented(text):
    """lwpxeboot(8) says how to get the address in a shell."""
    done = subprocess.run(["sh", "-c", "printf %s \"$0\" | sha256sum", text],
                          capture_output=True, text=True, check=True)
    numbers = [int(done.stdout[i:i + 2], 16) for i in (0, 2, 4)]
    numbers[0] &= 0x7f
    return "00:16:3e:" + ":".join(f"{n:02x}" for n in numbers)


def test_made_address_is_printed(lab, cfg):
    assert MADE == as_documented(UUID)
    for options in [f"--uuid={UUID}"], [f"--uuid={UUID.upper()}"], [cfg(NO_MAC)], \
            [cfg(NO_MAC.replace("vif", "other"))], \
            [f"--uuid={UUID}", f"--vif=mac={MAC}"]:
        done = run_plain(lab, "--print-mac", *options)
        assert (done.returncode, done.stdout) == (0, f"{MADE}\n".encode()), done.stderr
    done = run_plain(lab, "--print-mac", f"--uuid={UUID}", "--nic=3")
    assert done.stdout.decode().strip() == as_documented(f"{UUID}/3")
    done = run_plain(lab, "--print-mac")
    assert done.returncode == 2
    assert b"UUID, of which its MAC address is to be made, is not known" in done.stderr


def test_guest_boots_with_a_made_address(lab, cfg):
    with Dhcpd(lab.server, lease(), mac=None), tftp(lab):
        for options in [cfg(NO_MAC)], ["--vif=bridge=xenbr0", f"--uuid={UUID}"]:
            outcome = boot(lab, "--mac=from-uuid", *options)
            assert_booted(outcome)
            assert f"{MADE} on xenbr0" in outcome.lines[0]
        with xenstored(lab, answer_from({"/local/domain/7/vm": f"/vm/{UUID}".encode()})):
            outcome = boot(lab, "--mac=from-uuid")
        assert_booted(outcome)
        assert f"{MADE} on xenbr0" in outcome.lines[0]


def test_vif_without_an_address_is_told(lab, cfg):
    assert boot(lab, cfg(NO_MAC)).last_line.startswith(
        "lwpxeboot: the vif has no mac=; a guest that boots")
    outcome = boot(lab, "--mac=from-uuid")
    assert outcome.status == 2
    assert "is not known; pass --uuid=, or --cfg=" in outcome.last_line
