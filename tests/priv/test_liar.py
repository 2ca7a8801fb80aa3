# SPDX-License-Identifier: BSD-3-Clause
"""A jailed process that was taken over: whatever it says and does, libxl gets
the two files and one command line that it reported, or nothing.

The program is the real one, with tests/priv/liar.c in place of boot/boot.c.
"""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from judged import (assert_nothing_is_left, last_line, ports_of, processes_of,
                    read_result)
from lab import MAC, TOP, Lab, wait_for
from libxl import Bootloader
from processes import jailed_child, running
from spoiled import INJECT, Plan

LIAR = TOP / "build/tests/priv/liar"
VIF = f"--vif=mac={MAC},bridge=xenbr0"
KERNEL, RAMDISK = b"k" * 6000, b"r" * 14000
ARGS_MAX = 8186
FORBIDDEN = "made a forbidden system call and was killed"

# What the parent says to it.
LIES = {
    "short": "sent not a report", "long": "sent not a report",
    "long_args": "sent not a report", "one_byte": "sent not a report",
    "magic": "sent not a report", "flood_of_nonsense": "sent not a report",
    "nothing": "died of signal 9", "outcome": "sent an unknown outcome",
    "failed_0": "sent a failure without an exit code",
    "failed_128": "sent a failure without an exit code",
    "failed_large": "sent a failure without an exit code",
    "args_one_past": "sent a command line that is too long",
    "args_huge": "sent a command line that is too long",
    "no_kernel": "sent an empty kernel",
    "empty_kernel": "other sizes than its files",
    "kernel_larger": "other sizes than its files",
    "kernel_smaller": "other sizes than its files",
    "kernel_2_63": "other sizes than its files",
    "kernel_2_32": "other sizes than its files",
    "ramdisk_unsaid": "other sizes than its files",
    "ramdisk_invented": "other sizes than its files",
    "ramdisk_max": "other sizes than its files",
    "about_limit": "other sizes than its files",
    "leave": "ended without a report", "die": "died of signal",
    "args:" + b"a\0ramdisk /etc/shadow".hex(): "a control character",
    "args:" + b"a\nramdisk /etc/shadow".hex(): "a control character",
    "args:" + b"\0\0kernel /etc/shadow\0".hex(): "a control character",
    "args:" + b"\x1b[2J".hex(): "a control character",
    "args:" + b"a\x7f".hex(): "a control character",
    "args:" + (b"x" * ARGS_MAX + b"\0").hex(): "a command line that is too long",
}

# Harmless ones: the report was true when it was sent, or says less.
TRUTHS = {
    "change_of_mind": b"quiet", "flood": b"quiet", "crash": b"quiet",
    "exit": b"quiet", "forbidden": b"quiet", "no_ramdisk": b"quiet",
    "args:": b"", "args:" + b"  two  blanks ".hex(): b"  two  blanks ",
    "args:" + b"a ramdisk /etc/shadow".hex(): b"a ramdisk /etc/shadow",
    "args:" + bytes(range(0x80, 0x100)).hex(): bytes(range(0x80, 0x100)),
    "args:" + (b"x" * ARGS_MAX).hex(): b"x" * ARGS_MAX,
}

# Those end by the deadline.
SILENT = ["silence", "spin", "endless_console"]

# Each of these is death.
CALLS = [
    "openat", "openat2", "socket", "execve", "map", "map_code", "mprotect",
    "brk", "ptrace", "kill", "stop", "tgkill", "clone", "prctl", "setsockopt",
    "shutdown", "sendmsg", "accept", "dup", "dup3", "fcntl", "ioctl",
    "close_socket", "close_link", "close_kernel", "lseek", "fsync", "fchmod",
    "unlinkat", "memfd_create", "unshare", "setresuid", "prlimit64",
    "io_uring_setup", "getpid",
]


@pytest.fixture(scope="module")
def dom0(tmp_path_factory):
    if os.geteuid():
        pytest.skip("network namespaces need root")
    made = Lab(tmp_path_factory.mktemp("liar"))
    yield made
    made.close()


def tell(lab, lie, *args, **keywords):
    """Runs the liar to its end; whatever it did, nothing of it is left."""
    bootloader = Bootloader(lab, VIF, f"--label={lie}", *args, binary=LIAR,
                            **keywords)
    outcome = bootloader.finish()
    assert_nothing_is_left(lab, bootloader, outcome)
    return outcome


def assert_result_is(outcome, directory, args, kernel=KERNEL, ramdisk=RAMDISK):
    """libxl reads exactly the items that it may, and the files by them."""
    assert outcome.status == 0, outcome.console
    items = read_result(outcome.result)
    names = ["kernel"] + ["ramdisk"] * bool(ramdisk) + ["args"] * bool(args)
    assert list(items) == names
    assert all(len(values) == 1 for values in items.values())
    for name in names[:-1] if args else names:
        path = items[name][0].decode()
        assert path.startswith(f"{directory}/bootloader.7.d/{name}.")
    assert items.get("args", [b""])[0] == args.lstrip(b" ")
    assert (outcome.kernel, outcome.ramdisk) == (kernel, ramdisk)


# ---- the message

@pytest.mark.parametrize("lie, reason", LIES.items(),
                         ids=[lie[:40] for lie in LIES])
def test_lie_is_refused(dom0, lie, reason):
    outcome = tell(dom0, lie)
    assert outcome.status == 52
    line = last_line(outcome.console)
    assert line.startswith("lwpxeboot: the jailed process ")
    assert reason in line


@pytest.mark.parametrize("lie, args", TRUTHS.items(),
                         ids=[lie[:40] for lie in TRUTHS])
def test_true_report_is_believed(dom0, lie, args):
    outcome = tell(dom0, lie)
    assert_result_is(outcome, dom0.directory, args,
                     ramdisk=None if lie == "no_ramdisk" else RAMDISK)


def test_first_message_counts(dom0):
    assert tell(dom0, "two").status == 23
    assert tell(dom0, "failed_as_another").status == 23


@pytest.mark.parametrize("lie", SILENT)
def test_silence_lasts_to_the_deadline(dom0, lie):
    outcome = tell(dom0, lie, "--timeout=1")
    assert outcome.status == 50
    assert "longer than --timeout= allows" in last_line(outcome.console)


def test_stopped_child_lasts_to_the_deadline(dom0):
    with running(dom0, VIF, "--label=silence", "--timeout=1",
                 binary=LIAR) as bootloader:
        os.kill(jailed_child(bootloader), signal.SIGSTOP)
        outcome = bootloader.finish()
    assert outcome.status == 50
    assert_nothing_is_left(dom0, bootloader, outcome)


@pytest.mark.parametrize("seed", range(8))
def test_result_has_the_arguments_and_nothing_else(dom0, seed):
    """Arguments of random bytes, most of which could be taken for more."""
    rng = random.Random(seed)
    words = [b"kernel /etc/shadow", b"ramdisk /x", b"args y", b" ", b"\t", b"'",
             b"\\", b"(", b"%s", b"x" * 900, "ü".encode(), b"\xff", b"\x85"]
    for _ in range(12):
        args = b"".join(rng.choices(words, k=rng.randrange(12)))
        if rng.random() < 0.3:
            at = rng.randrange(len(args) + 1)
            args = args[:at] + rng.choice([b"\0", b"\n", b"\r"]) + args[at:]
        outcome = tell(dom0, "args:" + args.hex())
        if len(args) > ARGS_MAX or set(args) & {*range(32), 127}:
            assert (outcome.status, outcome.result) == (52, b"")
        else:
            assert_result_is(outcome, dom0.directory, args)


# ---- ends

def test_child_that_could_not_be_killed_is_not_started(dom0):
    """Not by its parent, and not by the kernel when that dies."""
    outcome = tell(dom0, "silence", "--timeout=1",
                   wrapper=("setpriv", "--bounding-set=-kill"))
    assert outcome.status == 11
    assert "needs the capability CAP_KILL" in last_line(outcome.console)


def test_child_is_not_left_alone_before_its_jail_is_closed(dom0, tmp_path):
    """Its parent dies when the kernel does not yet know that it is to follow."""
    plan = Plan("child", "close_range", 1, "parent", signal.SIGKILL)
    bootloader = Bootloader(
        dom0, VIF, "--label=silence", binary=LIAR,
        wrapper=(str(INJECT), str(tmp_path / "log"), *plan.words()))
    assert bootloader.finish(20).status == 128 + signal.SIGKILL
    wait_for(lambda: not processes_of(bootloader), "the child to end")
    for name in os.listdir(bootloader.directory):
        (bootloader.directory / name).unlink()


# ---- files

def test_file_ends_at_its_limit(dom0):
    """By a short write, and then by none."""
    assert tell(dom0, "past_limit").status == 36


def test_full_disk_is_no_size(dom0, tmp_path):
    small = dom0.directory / "small"
    small.mkdir()
    dom0.dom0.run("mount", "-t", "tmpfs", "-o", "size=64k", "small", small)
    seen = Path(f"/proc/{dom0.dom0.pid}/root{small}")
    outcome = tell(dom0, "full_disk", directory=seen)
    assert outcome.status == 52
    assert "other sizes than its files" in last_line(outcome.console)


@pytest.mark.parametrize("lie", ["write_on", "overwrite", "truncate"])
def test_files_do_not_change_once_libxl_may_read_them(dom0, lie):
    """The child goes on writing after its report until it is killed, which is
    before its files are measured."""
    seen = set()
    for _ in range(15):
        bootloader = Bootloader(dom0, VIF, f"--label={lie}", binary=LIAR)
        bootloader.take_file = lambda path: Path(path).read_bytes()
        outcome = bootloader.finish()
        seen.add(outcome.status)
        if outcome.status == 0:
            assert len(outcome.kernel) == len(KERNEL)
            time.sleep(0.02)
            assert Path(outcome.items["kernel"]).read_bytes() == outcome.kernel
            for name in "kernel", "ramdisk":
                os.unlink(outcome.items[name])
            outcome.left = os.listdir(bootloader.directory)
        assert_nothing_is_left(dom0, bootloader, outcome)
    assert seen <= {0, 52}


def test_child_cannot_seem_to_have_ended(dom0):
    """A parent that was told so would measure files that are still written."""
    outcome = tell(dom0, "hang_up_and_write")
    assert_result_is(outcome, dom0.directory, b"quiet")
    outcome = tell(dom0, "call:close_socket")
    assert FORBIDDEN in last_line(outcome.console)


def test_files_of_a_local_boot_are_gone_before_it(dom0, tmp_path):
    program = tmp_path / "pygrub"
    listing = tmp_path / "listing"
    program.write_text(f"#!/bin/sh\nls {dom0.directory}/bootloader.7.d "
                       f">{listing}\nexit 3\n")
    program.chmod(0o755)
    outcome = tell(dom0, "local", f"--local-bootloader={program}")
    assert outcome.status == 3
    assert listing.read_text() == ""
    assert tell(dom0, "local", "--local-bootloader=/nowhere/x").status == 40
    outcome = tell(dom0, "local", f"--local-bootloader={program}",
                   "--on-localboot=fail")
    assert outcome.status == 41 and b"--on-localboot=fail forbids" in outcome.console


# ---- system calls

@pytest.mark.parametrize("call", CALLS)
def test_forbidden_call_is_death(dom0, call):
    outcome = tell(dom0, f"call:{call}")
    assert outcome.status == 52
    assert FORBIDDEN in last_line(outcome.console)


def test_liar_with_a_tree_gets_nothing_else(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "secret").write_text("secret")
    done = subprocess.run([LIAR, f"--tree={tree}", "--label=tree"], timeout=20,
                          capture_output=True)
    assert done.returncode == 34, done.stderr


# ---- the standard descriptors

def test_what_the_child_can_do_to_the_terminal(dom0):
    """It holds it, so it can write any byte there; doc/threat-model.md says so."""
    outcome = tell(dom0, "escape")
    assert outcome.status == 23
    assert b"\033]0;title\007" in outcome.console


def test_frames_that_are_none_do_no_harm(dom0):
    """The file is one that tcpdump reads, no larger than the memory, and its
    times are those of the boot."""
    path = dom0.directory / "frames"
    before = time.time()
    outcome = tell(dom0, "frames", f"--pcap={path}")
    assert_result_is(outcome, dom0.directory, b"quiet")
    read = subprocess.run(["tcpdump", "-ttnr", path], text=True, check=True,
                          capture_output=True)
    assert "truncated" not in read.stderr
    assert path.stat().st_size <= 3 * (256 << 10) + 24
    times = [float(line.split()[0]) for line in read.stdout.splitlines()]
    assert len(times) == 2
    assert before - 0.1 <= min(times) and max(times) <= time.time() + 0.1
    path.unlink()


def test_result_on_standard_output_is_not_the_childs(dom0, tmp_path):
    done = subprocess.run(dom0.dom0.command(
        LIAR, VIF, "--label=own_result", "--output-format=simple0",
        f"--output-directory={tmp_path}"), stdin=subprocess.DEVNULL,
        timeout=20, capture_output=True)
    assert done.returncode == 0
    assert list(read_result(done.stdout)) == ["kernel", "ramdisk", "args"]
    assert b"shadow" not in done.stdout and b"shadow" in done.stderr


def test_terminal_that_nobody_reads_ends_no_later(dom0):
    """libxl reads it no more when it gives up and waits for our end."""
    bootloader = Bootloader(dom0, VIF, "--label=endless_console", binary=LIAR)
    child = jailed_child(bootloader)
    wait_for(lambda: "wait_woken" in
             Path(f"/proc/{child}/wchan").read_text() or "n_tty" in
             Path(f"/proc/{child}/wchan").read_text(), "a full terminal")
    bootloader.process.send_signal(signal.SIGTERM)
    assert bootloader.process.wait(20) in (51, -signal.SIGALRM)
    assert os.listdir(bootloader.directory) == []
    wait_for(lambda: not processes_of(bootloader) and not ports_of(dom0),
             "the end of it all")
    os.close(bootloader.master)
