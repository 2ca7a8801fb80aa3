# SPDX-License-Identifier: BSD-3-Clause
"""--pcap= and --pcap-on-error: what was on the wire, in a file that others'
programs read, and that nobody else can point elsewhere."""

import os
import re
import signal
import stat
import subprocess
import time

import pytest

from bootserver import TREE, Stall, assert_booted, served
from lab import MAC, SERVER, wait_for
from libxl import boot
from processes import jailed_child, running
from trunk import TRUNK, switch

VIF = f"--vif=mac={MAC},bridge=xenbr0"
PART = 256 << 10
BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])


def read(path, *options):
    """What tcpdump says of each frame."""
    done = subprocess.run(["tcpdump", "-nnve", "-r", path, *options], text=True,
                          capture_output=True, check=True)
    assert "link-type EN10MB" in done.stderr and "truncated" not in done.stderr
    return re.sub(r"\n\s+", " ", done.stdout).splitlines()


def find(frames, *patterns):
    """Fails unless there is a frame for each pattern, in their order."""
    rest = iter(frames)
    for pattern in patterns:
        assert any(re.search(pattern, frame) for frame in rest), pattern


STORY = [r"DHCP-Message .*: Discover", r"DHCP-Message .*: Offer",
         r"DHCP-Message .*: Request", r"DHCP-Message .*: ACK",
         rf"Request who-has {SERVER}", rf"Reply {SERVER} is-at",
         r"RRQ \"pxelinux.cfg/default\"", r"RRQ \"vmlinuz\""]


@BOTH_LINKS
def test_boot_is_captured(lab, link):
    path = lab.directory / "boot.pcap"
    with served(lab):
        outcome = boot(lab, VIF, f"--pcap={path}", f"--link={link}")
    assert_booted(outcome)
    assert f"Frames go to {path}" in outcome.lines
    find(read(path), *STORY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("scheme", ["tftp", "http"])
def test_wireshark_understands_each_frame(lab, scheme):
    """Nothing is malformed, and nobody would call it an error."""
    path = lab.directory / "boot.pcap"
    url = f"{scheme}://{SERVER}/vmlinuz"
    (lab.directory / "vmlinuz").write_bytes(TREE["vmlinuz"])
    with served(lab):
        lab.spawn(lab.server, "busybox", "httpd", "-f", "-p", f"{SERVER}:80",
                  "-h", lab.directory)
        wait_for(lambda: ":80 " in lab.server.run("ss", "-Hltn"), "busybox")
        assert boot(lab, VIF, f"--pcap={path}", kernel=url).status == 0
    fields = ["frame.protocols", "_ws.malformed", "_ws.expert.severity",
              "_ws.expert.message"]
    told = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "fields",
         *(word for name in fields for word in ("-e", name))],
        text=True, capture_output=True, check=True).stdout
    frames = [line.split("\t") for line in told.splitlines()]
    protocols = {name for frame in frames for name in frame[0].split(":")}
    assert {"eth", "arp", "ip", "udp", "dhcp", scheme} <= protocols
    assert [frame for frame in frames if frame[1]] == []
    error = str(0x00800000)  # PI_ERROR in Wireshark's epan/proto.h
    assert [frame for frame in frames if error in frame[2].split(",")] == []


def test_times_are_those_of_the_clock_on_the_wall(lab):
    path = lab.directory / "boot.pcap"
    with served(lab):
        before = time.time()
        boot(lab, VIF, f"--pcap={path}")
    after = time.time()
    times = [float(line.split()[0]) for line in read(path, "-tt")]
    assert times == sorted(times)
    assert before - 0.1 <= times[0] and times[-1] <= after + 0.1


def test_first_and_last_frames_of_a_large_boot_are_kept(lab):
    path = lab.directory / "boot.pcap"
    files = {**TREE, "vmlinuz": bytes(12 << 20), "initrd.gz": b"i" * 9000}
    with served(lab, files=files):
        outcome = boot(lab, VIF, f"--pcap={path}")
    assert outcome.status == 0
    assert 2 * PART < path.stat().st_size < 3 * PART + 4096
    frames = read(path)
    find(frames, *STORY)
    # The end is there, too: an ACK of ours, maybe its repetition.
    assert any("10.9.0.77." in frame for frame in frames[-3:])


def test_error_is_captured(lab):
    path = lab.directory / "error.pcap"
    with served(lab, files={}):
        outcome = boot(lab, VIF, f"--pcap-on-error={path}")
    assert outcome.status == 30
    assert f"If this fails, frames go to {path}" in outcome.lines
    find(read(path), *STORY[:7])


def test_success_leaves_no_capture_of_an_error(lab):
    path = lab.directory / "error.pcap"
    with served(lab):
        assert_booted(boot(lab, VIF, f"--pcap-on-error={path}"))
    assert not path.exists()


def test_usual_place_is_beside_libxl_s_logs(lab):
    lab.dom0.run("mount", "-t", "tmpfs", "none", "/var/log")
    lab.dom0.run("mkdir", "/var/log/xen")
    name = f"/var/log/xen/lwpxeboot-{MAC.replace(':', '-')}.pcap"
    with served(lab, files={}):
        outcome = boot(lab, VIF, "--pcap-on-error")
    assert outcome.status == 30
    assert f"If this fails, frames go to {name}" in outcome.lines
    find(read(f"/proc/{lab.dom0.pid}/root{name}"), *STORY[:7])


def test_missing_place_is_only_a_warning(lab):
    with served(lab, files={}):
        outcome = boot(lab, VIF, "--pcap-on-error=/nowhere/x")
    assert outcome.status == 30
    assert any(line.startswith("warning: the capture /nowhere/x cannot be opened")
               for line in outcome.lines)
    assert outcome.last_line.startswith("lwpxeboot: none of the names")


def test_captured_frames_have_their_tags(lab):
    path = lab.directory / "boot.pcap"
    with switch(lab, 10), served(lab):
        outcome = boot(lab, f"--vif=mac={MAC},bridge={TRUNK}", "--vlan=10",
                       "--link=packet", f"--pcap={path}")
    assert_booted(outcome)
    frames = read(path)
    find(frames, *STORY)
    assert all("802.1Q" in frame and "vlan 10," in frame for frame in frames)


def test_capture_outlives_the_process_that_is_killed(lab):
    path = lab.directory / "boot.pcap"
    stall = Stall()
    with served(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF, f"--pcap-on-error={path}") as bootloader:
        stall.wait()
        os.kill(jailed_child(bootloader), signal.SIGKILL)
        assert bootloader.finish().status == 52
    find(read(path), *STORY)


# ---- whose file it is

def test_old_capture_is_written_over(lab):
    path = lab.directory / "boot.pcap"
    path.write_bytes(bytes(1 << 20))
    with served(lab):
        assert_booted(boot(lab, VIF, f"--pcap={path}"))
    find(read(path), *STORY)


def link(path, other):
    other.write_text("precious")
    path.symlink_to(other)


def hard_link(path, other):
    other.write_text("precious")
    os.link(other, path)


def fifo(path, other):
    other.write_text("precious")
    os.mkfifo(path)


def foreign(path, other):
    other.write_text("precious")
    path.write_text("precious")
    os.chown(path, 1000, 1000)


@pytest.mark.parametrize("make", [link, hard_link, fifo, foreign])
def test_what_is_no_file_of_ours_is_refused(lab, make):
    path, other = lab.directory / "x.pcap", lab.directory / "other"
    make(path, other)
    with served(lab):
        outcome = boot(lab, VIF, f"--pcap={path}")
    assert outcome.status == 13
    assert f"the capture {path} " in outcome.last_line
    assert other.read_text() == "precious"
    assert outcome.left == []


def test_directory_that_is_not_there_ends_the_boot_at_once(lab):
    outcome = boot(lab, VIF, "--pcap=/nowhere/x")
    assert outcome.status == 13
    assert "the capture /nowhere/x cannot be opened" in outcome.last_line
