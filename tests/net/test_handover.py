# SPDX-License-Identifier: BSD-3-Clause
"""What a local boot loader inherits: all that libxl gave to lwpxeboot, and
nothing besides."""

import os
import select
import signal
import time

import pytest

from bootserver import served, tree_with
from lab import MAC
from libxl import BINARY, Bootloader, boot
from processes import run_plain, running
from witness import Witness

VIF = f"--vif=mac={MAC},bridge=xenbr0"
TREE = tree_with(b"default disk\nlabel disk\n localboot 0\n")
MENU = tree_with(b"ui menu.c32\nprompt 0\nlabel disk\n menu label The disk\n"
                 b" localboot 0\n")
USUAL: tuple[str, ...] = ("env",)
ODD = ("env", "--block-signal=TERM,PIPE,USR1", "--ignore-signal=HUP,CHLD",
       "--chdir=/usr", "A=", "B=a b\n\x01", "TERM=linux")


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path)


def directory_of(lab):
    return lab.directory / "bootloader.7.d"


def called_by_libxl(lab, witness, caller):
    """What it sees without us."""
    bootloader = Bootloader(
        lab, binary=witness.path, wrapper=(*caller, *witness.environment(
            directory_of(lab))))
    return witness.seen(bootloader, bootloader.finish())


@pytest.mark.parametrize("caller", [USUAL, ODD], ids=["usual", "odd"])
def test_all_is_as_libxl_gave_it(lab, witness, caller):
    """Signals, terminal, environment, users, limits, directory; no descriptor
    more, no file."""
    alone = called_by_libxl(lab, witness, caller)
    words = caller + witness.environment(directory_of(lab))
    with served(lab, files=TREE):
        bootloader = Bootloader(lab, VIF, witness.option, wrapper=words)
        seen = witness.seen(bootloader, bootloader.finish())
    assert seen["same"] == alone["same"]
    assert len(seen["descriptors"]) == len(alone["descriptors"]) == 3


def test_terminal_of_a_menu_is_as_libxl_gave_it(lab, witness):
    words = USUAL + witness.environment(directory_of(lab))
    alone = called_by_libxl(lab, witness, USUAL)
    with served(lab, files=MENU), \
            running(lab, VIF, witness.option, wrapper=words,
                    menu=None) as bootloader:
        bootloader.wait_for_text("The disk")
        os.write(bootloader.master, b"\r")
        seen = witness.seen(bootloader, bootloader.finish())
    assert seen["same"] == alone["same"]


def test_restrict_mode_is_the_local_boot_loader_s_own(lab, witness):
    words = USUAL + witness.environment(directory_of(lab))
    with served(lab, files=TREE):
        bootloader = Bootloader(lab, VIF, witness.option, restrict=4711,
                                args='a "b c"  d', kernel=None, wrapper=words)
        outcome = bootloader.finish()
        seen = witness.seen(bootloader, outcome)
    assert seen["same"]["users"][0] == [0, 0, 0]
    assert seen["argv"][1:] == [
        '--args=a "b c"  d', "--runas=4711", "--quiet",
        f"--output={bootloader.output}", "--output-format=simple0",
        f"--output-directory={bootloader.directory}", "/dev/null"]
    assert outcome.console == b""


def test_options_keep_their_form_and_order(lab, witness):
    """Each as it was written, twice if it was twice, as xend and people do."""
    words = USUAL + witness.environment(directory_of(lab))
    given = ["-q", "--args", "one", "--args=two", "--runas", "9", "--output-format",
             "simple0"]
    with served(lab, files=TREE):
        bootloader = Bootloader(lab, VIF, witness.option, *given,
                                "--timeout=50", wrapper=words)
        seen = witness.seen(bootloader, bootloader.finish())
    assert seen["argv"] == [
        str(witness.path), f"--output={bootloader.output}",
        "--output-format=simple0",
        f"--output-directory={bootloader.directory}", *given, "/dev/null"]


def test_xapi_is_answered_in_xapi_s_form(lab, witness):
    """It passes eliloader no --output-format and reads lines."""
    uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    script = witness.path
    script.write_text('#!/bin/sh\necho "$@"\n')
    directory = lab.directory / "out"
    directory.mkdir()
    with served(lab, files=TREE):
        done = run_plain(lab, "-q", "--vm", uuid, f"--output-directory={directory}",
                         VIF, witness.option, "/dev/sm/backend/x")
    assert done.returncode == 0, done
    assert done.stdout.decode().split() == [
        "-q", f"--output-directory={directory}", "--output-format=simple",
        "/dev/sm/backend/x"]


def test_fifo_s_reader_waits_for_the_local_boot_loader(lab, tmp_path):
    """xend and libxl 4.1 read one to its end, which is the last writer's."""
    fifo, directory = tmp_path / "fifo", tmp_path / "out"
    os.mkfifo(fifo)
    directory.mkdir()
    loader = tmp_path / "loader"
    loader.write_text("#!/bin/sh\nsleep 0.5\n"
                      "for a; do case $a in --output=*) o=${a#*=} ;; esac; done\n"
                      "printf result > $o\n")
    loader.chmod(0o755)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    got, ended = b"", False
    with served(lab, files=TREE):
        process = lab.spawn(lab.dom0, BINARY, VIF, f"--output={fifo}",
                            f"--output-directory={directory}",
                            f"--local-bootloader={loader}", "/dev/null")
        deadline = time.monotonic() + 20
        poll = select.poll()
        poll.register(reader, select.POLLIN)
        while not ended and time.monotonic() < deadline:
            for _, event in poll.poll(1000):
                data = os.read(reader, 99) if event & select.POLLIN else b""
                got, ended = got + data, not data
        assert process.wait(timeout=10) == 0
    os.close(reader)
    assert (got, ended) == (b"result", True)


# ---- programs that are none

def write(path, text, mode=0o755):
    path.write_bytes(text)
    path.chmod(mode)
    return path


PROGRAMS = {
    "missing": (None, "no such file or directory"),
    "not executable": (lambda p: write(p, b"#!/bin/sh\n", 0o644),
                       "permission denied"),
    "a directory": (lambda p: p.mkdir(), "permission denied"),
    "no interpreter": (lambda p: write(p, b"#!/usr/bin/python99\n"),
                       "what its first line says runs it, is missing"),
    "text": (lambda p: write(p, b"hello\n"), "not for this machine"),
    "empty": (lambda p: write(p, b""), "not for this machine"),
}


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.parametrize("found", ["by path", "by name"])
def test_what_cannot_be_run_is_explained(lab, tmp_path, kind, found):
    """Also where the search goes on behind it in vain."""
    make, reason = PROGRAMS[kind]
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/loader99"
    if make:
        make(program)
    name = program if found == "by path" else program.name
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, f"--local-bootloader={name}", wrapper=(
            "env", f"PATH={tmp_path}/bin:{os.environ['PATH']}"))
    assert (outcome.status, outcome.left, outcome.result) == (40, [], b"")
    assert outcome.last_line == (
        f"lwpxeboot: the guest is to boot from its disk, and the boot loader for "
        f"that, {name}, cannot be run: {reason}; install it or name another "
        f"with --local-bootloader=")


@pytest.mark.parametrize("name", ["", "loader -q", "/", "/dev/null", pytest.param("x" * 255, id="long"),
                                  pytest.param("/" + "x/" * 2100, id="too long"),
                                  "../loader", "-q", "\x1b[2J"])
def test_odd_names_are_only_names(lab, name):
    """Arguments are not split off, and a shell is not asked."""
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, f"--local-bootloader={name}")
    assert (outcome.status, outcome.left, outcome.result) == (40, [], b"")
    assert "and the boot loader for that, " in outcome.last_line


def test_first_that_can_be_run_is_taken(lab, tmp_path):
    """What cannot, in front of it in PATH, is passed over."""
    for n in "abc":
        (tmp_path / n).mkdir()
    write(tmp_path / "a/loader99", b"#!/bin/sh\n", 0o644)
    write(tmp_path / "b/loader99", b"#!/usr/bin/python99\n")
    write(tmp_path / "c/loader99", b"#!/bin/sh\nexit 9\n")
    path = f"PATH=::relative:{tmp_path}/a:{tmp_path}/b:{tmp_path}/c:{os.environ['PATH']}"
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, "--local-bootloader=loader99",
                       wrapper=("env", path))
    assert outcome.status == 9


def test_relative_name_is_of_the_caller_s_directory(lab, tmp_path):
    """Where libxl runs us, as it would run any boot loader of that name."""
    write(tmp_path / "loader99", b"#!/bin/sh\nexit 8\n")
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, "--local-bootloader=./loader99",
                       wrapper=("env", f"--chdir={tmp_path}"))
    assert outcome.status == 8


# ---- its end is ours

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT,
                                    signal.SIGKILL, signal.SIGSEGV])
def test_signals_reach_the_local_boot_loader(lab, tmp_path, number):
    loader = write(tmp_path / "loader", b"#!/bin/sh\necho begun\nexec sleep 60\n")
    with served(lab, files=TREE), \
            running(lab, VIF, f"--local-bootloader={loader}") as bootloader:
        bootloader.wait_for_text("begun")
        bootloader.process.send_signal(number)
        assert bootloader.finish().status == -number


def test_time_limit_ends_with_the_hand_over(lab, tmp_path):
    """A person may sit at pygrub's menu for as long as they like."""
    loader = write(tmp_path / "loader", b"#!/bin/sh\nsleep 2.5\nexit 6\n")
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, f"--local-bootloader={loader}", "--timeout=2")
    assert outcome.status == 6
