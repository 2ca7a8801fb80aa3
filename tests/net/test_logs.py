# SPDX-License-Identifier: BSD-3-Clause
"""Who else is told: machines, by JSON, and a syslog daemon; and what a terminal
gets besides words."""

import contextlib
import json
import re
import socket
import threading
import time

import pytest

from bootserver import TREE, Stall, assert_booted, served, slow
from dhcpd import lease
from lab import MAC, SERVER
from libxl import boot
from processes import descriptors_of, jailed_child, running

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"


def objects(outcome):
    return [json.loads(line) for line in outcome.console.decode().splitlines()]


# ---- JSON

def test_log_is_json(lab):
    before = time.time()
    with served(lab):
        outcome = boot(lab, VIF, f"--uuid={UUID}", "--log-format=json", "-vv")
    assert_booted(outcome)
    told = objects(outcome)
    for entry in told:
        assert set(entry) == {"time", "level", "message", "mac", "uuid"}
        assert (entry["mac"], entry["uuid"]) == (MAC, UUID)
        assert before - 0.01 <= entry["time"] <= time.time()
    assert {entry["level"] for entry in told} == {"info", "detail"}
    assert any(entry["message"].startswith(f"DHCP: lease of 10.9.0.77/24 from {SERVER}")
               for entry in told)


def test_json_has_the_exit_code(lab):
    outcome = boot(lab, VIF, "--log-format=json", "--dhcp-timeout=1")
    last = objects(outcome)[-1]
    assert last["level"] == "error"
    assert last["code"] == outcome.status == 20
    assert last["message"].startswith("no DHCP server answered")


def test_mistake_is_json_wherever_it_stands(lab):
    outcome = boot(lab, "--vif=mac=nonsense", "--log-format=json")
    told = objects(outcome)
    assert [entry["code"] for entry in told] == [2]


def test_hostile_words_are_json(lab):
    with served(lab, lease(file=b"\"\\,\xff\x1b[2J\n")):
        outcome = boot(lab, VIF, "--log-format=json")
    assert re.fullmatch(rb"(?:[\x20-\x7e]|\r\n)*", outcome.console)
    assert any('"\\,\xff\x1b[2J\n' in entry["message"] for entry in objects(outcome))


def test_quiet_json_is_empty(lab):
    with served(lab):
        outcome = boot(lab, VIF, "--log-format=json", "--quiet")
    assert outcome.status == 0 and outcome.console == b""


# ---- syslog

class Syslogd:
    """A socket at /dev/log of the Dom0, in a /dev that is the test's own."""

    def __init__(self, lab, reads=True):
        lab.dom0.run("sh", "-ec", """
            mount -t tmpfs none /mnt
            mkdir /mnt/net
            touch /mnt/null /mnt/net/tun
            mount --bind /dev/null /mnt/null
            mount --bind /dev/net/tun /mnt/net/tun
            mount --rbind /mnt /dev""")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"/proc/{lab.dom0.pid}/root/dev/log")
        self.received = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        if reads:
            self.thread.start()

    def read(self):
        with contextlib.suppress(OSError):  # from the end of the test
            while line := self.socket.recv(8192):
                self.received.append(line.decode("ascii"))

    def lines(self):
        """All there are, now that the last sender has gone."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self.socket.getsockname())
        self.thread.join()
        return self.received

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@contextlib.contextmanager
def syslogd_with(lab, reads=True, **keywords):
    with Syslogd(lab, reads) as daemon, served(lab, **keywords):
        yield daemon


def test_syslog_is_told_who_boots_and_what(lab):
    with syslogd_with(lab) as daemon:
        outcome = boot(lab, VIF, f"--uuid={UUID}", "--syslog")
        lines = daemon.lines()
    assert_booted(outcome)
    assert len(lines) > 10
    told = [re.fullmatch(rf"<30>lwpxeboot\[(\d+)\]: {UUID}: (.*)", line)
            for line in lines]
    assert all(told), lines
    assert len({match[1] for match in told}) == 1
    assert [match[2] for match in told] == [line for line in outcome.lines if line]


def test_syslog_is_told_what_quiet_keeps_from_the_console(lab):
    with syslogd_with(lab, files={}) as daemon:
        outcome = boot(lab, VIF, "--syslog", restrict=4242)
        lines = daemon.lines()
    assert outcome.status == 30
    assert outcome.console.count(b"\n") == 1
    assert len(lines) > 10
    assert lines[-1].startswith("<27>lwpxeboot[") and f": {MAC}: " in lines[-1]
    assert lines[-1].endswith(outcome.last_line.removeprefix("lwpxeboot: "))


def test_syslog_gets_no_control_characters(lab):
    with syslogd_with(lab, script=lease(file=b"\x1b[2J\n<0>kernel: panic")) as daemon:
        boot(lab, VIF, "--syslog")
        lines = daemon.lines()
    assert lines and all(re.fullmatch(r"<(30|28|27)>[\x20-\x7e]*", line)
                         for line in lines)


def test_daemon_that_reads_nothing_keeps_nobody_waiting(lab):
    """Its queue is full after a few lines; more are lost."""
    with syslogd_with(lab, reads=False):
        assert_booted(boot(lab, VIF, "--syslog", "-vv"))


def test_missing_daemon_is_a_warning(lab):
    with Syslogd(lab, reads=False):
        pass
    with served(lab):
        outcome = boot(lab, VIF, "--syslog")
    assert_booted(outcome)
    assert outcome.lines[0].startswith("warning: --syslog: no daemon takes anything")


def test_child_has_the_daemon_s_socket_and_no_more(lab):
    stall = Stall()
    with syslogd_with(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF, "--syslog") as bootloader:
        stall.wait()
        open_here = descriptors_of(jailed_child(bootloader))
    assert sorted(open_here) == list(range(9))
    assert open_here[8].startswith("socket:")


# ---- terminals

COLORS = b"\x1b[31mlwpxeboot: \x1b[m"


def lines_with(lab, monkeypatch, term, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return boot(lab, VIF, "--dhcp-timeout=1", term=term).console


@pytest.mark.parametrize("term", ["xterm-256color", "linux", "screen"])
def test_errors_are_red_on_terminals_that_can(lab, monkeypatch, term):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert COLORS in lines_with(lab, monkeypatch, term)


@pytest.mark.parametrize("term, environment", [
    ("xterm", {"NO_COLOR": "1"}), ("dumb", {}), ("", {}), (None, {}),
    ("vt100", {})])
def test_there_are_no_colors_elsewhere(lab, monkeypatch, term, environment):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert b"\x1b" not in lines_with(lab, monkeypatch, term, **environment)


@pytest.mark.parametrize("keywords", [dict(menu="no"), dict(menu=None, term="dumb"),
                                      dict(menu=None, term=None)])
def test_nothing_is_drawn_over_where_nobody_looks(lab, keywords):
    """Each byte goes to libxl's log."""
    with served(lab, files={**TREE, "vmlinuz": slow(bytes(5000), 0.3)}):
        outcome = boot(lab, VIF, **keywords)
    assert outcome.status == 0
    assert b"\x1b" not in outcome.console and b"%" not in outcome.console


def test_parallel_downloads_share_a_line_of_few_bytes(lab):
    """No more than four times a second, and no line is wrapped."""
    files = {**TREE, "vmlinuz": slow(bytes(9000), 0.25),
             "initrd.gz": slow(bytes(9000), 0.25)}
    with served(lab, files=files):
        started = time.monotonic()
        outcome = boot(lab, VIF, menu=None)
        seconds = time.monotonic() - started
    assert outcome.status == 0
    drawn = re.findall(rb"2 files \(\d+%, \d+%\): [^\r]*", outcome.console)
    assert 2 <= len(drawn) <= 4 * seconds + 1
    assert max(map(len, drawn)) < 80
