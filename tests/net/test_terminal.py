# SPDX-License-Identifier: BSD-3-Clause
"""Terminals that a menu is shown on: small ones, dumb ones, an admin's own."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import subprocess
import termios

import pytest

from bootserver import served
from lab import MAC
from libxl import BINARY
from menutree import menu, number_booted
from person import ENTER, ESC, ctrl, person
from processes import children_of, running


VIF = f"--vif=mac={MAC},bridge=xenbr0"


# ---- lists

@pytest.mark.parametrize("term, size", [
    ("dumb", (24, 80)), (None, (0, 0)), ("", (12, 40)), ("vt100", (5, 70)),
    ("vt100", (9, 300))])
def test_a_menu_as_a_list(lab, term, size):
    with served(lab, files=menu()), \
            person(lab, VIF, term=term, size=size) as somebody:
        somebody.wait_for_text("Number [1]: ")
        start = somebody.console.index(b"All of it")
        somebody.type("99", ENTER)
        somebody.wait_for_text("There is no such")
        somebody.type("3", ENTER)
        somebody.wait_for_text("More of it\r\n  1  Three\r\n")
        somebody.type(ESC)
        somebody.wait(lambda: somebody.console.count(b"All of it") == 3, "menu")
        somebody.type("2", ENTER)
        outcome = somebody.finish()
    assert number_booted(outcome) == "2"
    shown = outcome.console[start:outcome.console.index(b"Booting")]
    assert b"\x1b" not in shown
    columns = size[1] or 80
    for line in re.split(b"[\r\n]+", shown):
        assert len(line) < columns, line
    assert b"     A heading\r\n  1    The first\r\n  2  The second\r\n" in shown


# ---- the terminal itself

@contextlib.contextmanager
def by_hand(lab, directory):
    """A run in a shell's terminal, which echoes and makes signals of keys; and
    how that was before."""
    (directory / "out").mkdir()
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)

    def login_tty() -> None:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        lab.dom0.command(BINARY, "--preflight=no", VIF,
                         f"--output-directory={directory}/out"),
        stdin=slave, stderr=slave, stdout=subprocess.DEVNULL,
        env={**os.environ, "TERM": "vt100"}, preexec_fn=login_tty)
    try:
        yield process, master, slave, before
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)


def kill_child(process) -> None:
    os.kill(children_of(process.pid)[0], signal.SIGKILL)


@pytest.mark.parametrize("end, status", [
    (lambda process, master: process.send_signal(signal.SIGTERM), 51),
    (lambda process, master: process.send_signal(signal.SIGINT), 51),
    (lambda process, master: kill_child(process), 52),
    (lambda process, master: os.write(master, ctrl("C")), 51),
    (lambda process, master: os.write(master, ENTER), 0),
])
def test_a_terminal_is_left_as_it_was(lab, tmp_path, end, status):
    with served(lab, files=menu()), \
            by_hand(lab, tmp_path) as (process, master, slave, before):
        assert before[3] & termios.ECHO and before[3] & termios.ICANON
        shown = b""
        while b"All of it" not in shown:
            shown += os.read(master, 4096)
        during = termios.tcgetattr(slave)
        assert not during[3] & (termios.ECHO | termios.ICANON)
        end(process, master)
        assert process.wait(timeout=20) == status
        assert termios.tcgetattr(slave) == before


def test_a_terminal_that_hangs_up_ends_the_run(lab):
    files = {name: f for name, f in menu().items() if name != "vmlinuz"}
    with served(lab, files=files), running(lab, VIF, menu=None) as bootloader:
        bootloader.wait_for_text("All of it")
        os.close(bootloader.master)
        assert bootloader.process.wait(timeout=10) == 51
    assert os.listdir(bootloader.directory) == []
