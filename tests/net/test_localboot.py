# SPDX-License-Identifier: BSD-3-Clause
"""LOCALBOOT: the boot from the guest's disk is another program's, which gets
what libxl said and speaks to libxl itself."""

import os
import re
import shutil
import sys

import pytest

from bootserver import assert_booted, served, tree_with
from lab import MAC
from libxl import BINARY, boot
from processes import run_plain, running

VIF = f"--vif=mac={MAC},bridge=xenbr0"
TREE = tree_with(b"default disk\nlabel disk\n localboot 0\n")


def write_program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


class Recorder:
    """A local boot loader that writes down how it was called, and fails."""

    def __init__(self, directory, name="recorder"):
        directory.mkdir(exist_ok=True)
        self.notes = directory / "notes"
        self.notes.mkdir()
        self.path = write_program(directory / name, f"cd {self.notes}\n"
                                  'printf "%s\\n" "$0" "$@" > arguments\n'
                                  "ls -l /proc/$$/fd > descriptors\n"
                                  "cat /proc/$$/status > status\n"
                                  "ip -o link > links\n"
                                  "tty > terminal\n"
                                  "ls ../../bootloader.7.d > files\n"
                                  "exit 3")

    @property
    def option(self):
        return f"--local-bootloader={self.path}"

    def note(self, what):
        return (self.notes / what).read_text().splitlines()

    def status(self, key):
        return next(line.split()[1] for line in self.note("status")
                    if line.startswith(f"{key}:"))


@pytest.fixture
def recorder(tmp_path):
    return Recorder(tmp_path / "recorder")


def boot_disk(lab, *args, **keywords):
    with served(lab, files=TREE):
        return boot(lab, VIF, *args, **keywords)


def test_local_boot_loader_gets_libxls_own_arguments(lab, recorder):
    """In libxl's order, and nothing of bootloader_args."""
    with served(lab, files=TREE), running(
            lab, VIF, "--label=disk", recorder.option, "--link", "tap",
            "--timeout=30", args="root=/dev/xvda1 ro", restrict=12345,
            disk="/dev/vg/web1") as bootloader:
        outcome = bootloader.finish()
    assert outcome.status == 3, outcome.lines
    assert recorder.note("arguments") == [
        str(recorder.path), "--args=root=/dev/xvda1 ro", "--runas=12345",
        "--quiet", f"--output={bootloader.output}", "--output-format=simple0",
        f"--output-directory={bootloader.directory}", "/dev/vg/web1"]


def test_local_boot_loader_may_have_a_disk_of_its_own(lab, recorder):
    boot_disk(lab, recorder.option, "--pygrub-image=/dev/vg/other")
    assert recorder.note("arguments")[-1] == "/dev/vg/other"


def test_nothing_of_ours_is_left_for_the_local_boot_loader(lab, recorder):
    """No file, no port, no descriptor."""
    before = lab.links()
    outcome = boot_disk(lab, recorder.option)
    assert outcome.status == 3, outcome.lines
    assert recorder.note("files") == []
    assert {line.split(": ")[1].split("@")[0]
            for line in recorder.note("links")} == before
    assert not [line for line in recorder.note("descriptors")
                if "socket:" in line or "tun" in line or "bootloader." in line]


def test_local_boot_loader_can_be_interrupted(lab, tmp_path):
    """No signal is held back, which a shell would undo by itself."""
    program = tmp_path / "loader"
    program.write_text(f"#!{sys.executable}\n"
                       "print(open('/proc/self/status').read())\n"
                       "raise SystemExit(3)\n")
    program.chmod(0o755)
    outcome = boot_disk(lab, f"--local-bootloader={program}")
    assert outcome.status == 3, outcome.lines
    blocked = re.search(rb"^SigBlk:\s*(\w+)", outcome.console, re.MULTILINE)
    assert int(blocked[1], 16) == 0


def test_local_boot_loader_is_as_privileged_as_we_were(lab, recorder):
    """It jails itself; the jail of our child is the child's alone."""
    boot_disk(lab, recorder.option)
    assert recorder.status("Uid") == "0"
    assert recorder.status("CapEff") != "0" * 16
    assert (recorder.status("NoNewPrivs"), recorder.status("Seccomp")) == (
        "0", "0")


def test_local_boot_loader_has_libxls_terminal(lab, recorder):
    outcome = boot_disk(lab, recorder.option)
    assert recorder.note("terminal")[0].startswith("/dev/pts/")
    assert (f"Booting from the guest's own disk with {recorder.path}"
            ) in outcome.lines


def test_result_of_the_local_boot_loader_is_libxls(lab, tmp_path):
    program = write_program(tmp_path / "loader", (
        "for argument; do case $argument in\n"
        "--output=*) output=${argument#*=} ;;\n"
        "--output-directory=*) directory=${argument#*=} ;;\n"
        "esac; done\n"
        "echo disk > $directory/boot_kernel\n"
        'printf "kernel %s\\0args ro\\0\\0" $directory/boot_kernel > $output'))
    outcome = boot_disk(lab, f"--local-bootloader={program}")
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == b"disk\n"
    assert outcome.items.keys() == {"kernel", "args"}
    assert outcome.left == []


def test_exit_code_of_the_local_boot_loader_is_ours(lab, tmp_path):
    program = write_program(tmp_path / "loader", "exit 77")
    outcome = boot_disk(lab, f"--local-bootloader={program}")
    assert outcome.status == 77
    assert outcome.result == b""


def test_pygrub_is_found_beside_the_program(lab, tmp_path):
    recorder = Recorder(tmp_path / "bin", "pygrub")
    binary = shutil.copy(BINARY, tmp_path / "bin/lwpxeboot")
    outcome = boot_disk(lab, binary=binary)
    assert outcome.status == 3, outcome.lines
    assert recorder.note("arguments")[0] == str(recorder.path)


def test_program_does_not_boot_the_disk_with_itself(lab, tmp_path):
    """Under another's name it would, again and again; what is further on counts."""
    directory = tmp_path / "bin"
    directory.mkdir()
    binary = shutil.copy(BINARY, directory / "lwpxeboot")
    (directory / "othergrub").symlink_to(binary)
    again = ("--local-bootloader=othergrub",)
    outcome = boot_disk(lab, *again, binary=directory / "othergrub")
    assert outcome.status == 40
    assert "cannot be run: it is lwpxeboot itself; " in outcome.last_line
    recorder = Recorder(tmp_path / "real", "othergrub")
    outcome = boot_disk(lab, *again, binary=binary, wrapper=(
        "env", f"PATH={recorder.path.parent}:{os.environ['PATH']}"))
    assert outcome.status == 3, outcome.lines


def test_other_boot_loaders_are_found_in_path(lab, tmp_path):
    recorder = Recorder(tmp_path / "bin", "othergrub")
    path = f"PATH={tmp_path}/bin:{os.environ['PATH']}"
    outcome = boot_disk(lab, "--local-bootloader=othergrub",
                        wrapper=("env", path))
    assert outcome.status == 3, outcome.lines
    assert recorder.note("arguments")[0] == str(recorder.path)


def test_missing_local_boot_loader_is_named(lab):
    outcome = boot_disk(lab, "--local-bootloader=nogrub")
    assert outcome.status == 40
    assert outcome.last_line.startswith(
        "lwpxeboot: the guest is to boot from its disk, and the boot loader "
        "for that, nogrub, cannot be run: ")
    assert outcome.last_line.endswith(
        "; install it or name another with --local-bootloader=")
    assert outcome.left == []


def test_missing_disk_is_named(lab, recorder):
    outcome = boot_disk(lab, recorder.option, disk=None)
    assert outcome.status == 40
    assert outcome.last_line == (
        "lwpxeboot: the guest is to boot from its disk, and the toolstack "
        "passed none; put one into xl.cfg's disk=")
    assert outcome.left == []
    assert not os.listdir(recorder.notes)


# ---- where it may not be

FORBIDDEN = ("lwpxeboot: the guest is to boot from its disk, which "
             "--on-localboot=fail forbids; let the boot server's default be "
             "another entry, or the guest's bootloader= another program")


@pytest.mark.parametrize("config", [
    b"default disk\nlabel disk\n localboot 0\n",
    b"default disk\nlabel disk\n localboot 0\nonerror linux\n"
    b"label linux\n kernel vmlinuz\n",
    b"default none\nlabel none\n kernel none\nonerror disk\n"
    b"label disk\n localboot -1\n",
    b"default chain.c32 hd0 0\n",
])
def test_local_boot_can_be_forbidden(lab, recorder, config):
    """Whatever leads to it, and whatever ONERROR would boot in its place."""
    with served(lab, files=tree_with(config)):
        outcome = boot(lab, VIF, recorder.option, "--on-localboot=fail")
        looked = run_plain(lab, VIF, "--explain", "--on-localboot=fail")
    assert (outcome.status, outcome.left, outcome.result) == (41, [], b"")
    assert outcome.last_line == FORBIDDEN
    assert not os.listdir(recorder.notes)
    if b"none" not in config:
        assert looked.returncode == 41
        assert b"it would not boot: " + FORBIDDEN[11:].encode() in looked.stdout


def test_a_boot_from_the_network_is_not_forbidden(lab):
    with served(lab):
        assert_booted(boot(lab, VIF, "--on-localboot=fail"))


def test_exec_is_the_default(lab, recorder):
    assert boot_disk(lab, recorder.option, "--on-localboot=exec").status == 3
