# SPDX-License-Identifier: BSD-3-Clause
"""Text that servers send, on the console that libxl gives us: printable ASCII,
ends of lines, and the few sequences that are our own.  Row 17 of
tests/bugclasses.md.
"""

import concurrent.futures
import contextlib
import random
import signal
import time

import pytest

from bootserver import TREE, served
from dhcpd import (BOOTFILE, CLASS, CONFIG_FILE, DOMAIN, MESSAGE, NAK, PREFIX,
                   REQUEST, TFTP_NAME, VENDOR, answer, pxe_options)
from hostile import CODES, VIF, as_far_as_it_goes, assert_safe
from hostiletext import configuration, line, noise
from httpd import httpd
from lab import SERVER, lab_of_module
from libxl import boot
from person import Person
from processes import run_plain
from tftpd import refusal, site_of_module
from vt100 import foreign

STRINGS = [12, DOMAIN, 17, 40, MESSAGE, CLASS, 64, TFTP_NAME, BOOTFILE, 128, CONFIG_FILE,
           PREFIX]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        yield made


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with site_of_module(tmp_path_factory) as opened:
        yield opened


def hostile_lease(chance):
    """Some strings are noise; not all, or nothing is ever asked for."""
    options = {code: noise(chance, 100) for code in STRINGS
               if chance.random() < 0.3}
    fields = dict(file=chance.choice((b"pxelinux.0", noise(chance, 128))),
                  sname=noise(chance, 64), options=options)
    if chance.random() < 0.2:
        options[CLASS] = b"PXEClient"
        options[VENDOR] = pxe_options(control=8, menu=[(0x8000, noise(chance, 60))],
                                      prompt=b"\0" + noise(chance, 60))

    def script(query):
        if query.type == REQUEST and query.nth == 1 and chance.random() < 0.2:
            return [answer(query, NAK, options={MESSAGE: noise(chance, 200)})]
        return [answer(query, **fields)]
    return script


class AnyName(dict):
    """The tree's files, and for all other names an error of noise."""

    def __init__(self, chance, files):
        super().__init__({name: as_far_as_it_goes(f) for name, f in files.items()})
        self.chance = chance

    def get(self, name, otherwise=None):
        if name in self:
            return self[name]
        return self.chance.choice((refusal(self.chance.choice((0, 1, 2, 3, 7, 99)),
                                           noise(self.chance, 300)), otherwise))


@pytest.mark.parametrize("seed", range(30))
def test_row17_terminal_text_of_a_boot(lab, seed):
    """From DHCP, from TFTP's errors and from a configuration."""
    chance = random.Random(seed)
    files = {**TREE, "pxelinux.cfg/default": configuration(chance)}
    with served(lab, hostile_lease(chance), files) as (_, tree):
        tree.files = AnyName(chance, files)
        outcome = boot(lab, VIF, "--dhcp-timeout=3", "--timeout=3")
    assert_safe(outcome)


@pytest.mark.parametrize("seed", range(8))
def test_row17_log_of_a_boot(lab, seed):
    """Standard error is a pipe, and JSON goes to standard output."""
    chance = random.Random(seed)
    files = {**TREE, "pxelinux.cfg/default": configuration(chance)}
    with served(lab, hostile_lease(chance), files) as (_, tree):
        tree.files = AnyName(chance, files)
        done = run_plain(lab, VIF, "--explain", "--list-entries", "--timeout=3",
                         "--dhcp-timeout=3", *["--format=json"] * (seed % 2))
    for text in done.stdout, done.stderr:
        assert all(byte == 0x0a or 0x20 <= byte <= 0x7e for byte in text), text
    assert done.returncode in {0, *CODES.values()} - {1, 2, 51, 52}


@pytest.mark.parametrize("seed", range(12))
def test_row17_terminal_text_of_http(site, seed):
    """Reasons, fields and places to go."""
    chance = random.Random(seed)

    def script(x):
        text = line(chance, 200).replace(b"\r", b"").decode("latin-1")
        place = chance.choice(("/x", f"http://{text}/", text, f"ftp://{text}", f"/{text}"))
        x.head(f"{chance.choice((200, 302, 404, 500, 999))} {text}",
               Location=place, Content_Length=0, Server=text, **{"X": text})
        x.close()
    with httpd(site) as server:
        web, outcome = server.boot({"/k": script, "/x": script}, "--timeout=5",
                                   kernel=f"http://{SERVER}/k")
    assert_safe(outcome)


# ---- with somebody at the console

KEYS = [b"\r", b"\r", b"\x1b", b"\t", b"\x7f", b" ", b"\x1b[A", b"\x1b[B", b"\x1b[C",
        b"\x1b[5~", b"\x1b[6~", b"\x1bOP", b"\x1b[12~", b"\x01", b"\x05", b"\x0b", b"\x0c",
        b"\x10", b"\x15", b"\x17", b"l0", b"word", b"x" * 90, b"\x1b[",
        b"\x1b[999;999H", b"\x9b", b"\xc3\xa4", b"\0", b"\xff"]
SIZES = [(0, 0), (24, 80), (12, 40), (1, 1), (2, 2), (5, 70), (9, 300), (24, 10), (60, 3),
         (500, 500), (13, 9), (24, 20)]


def type_at(site, seed):
    """Somebody types anything at a menu that is noise, on some terminal."""
    chance = random.Random(seed)
    guest = site.guest(**{"one": noise(chance, 2000), "vmlinuz": b"kernel"})
    guest.files[guest.config] = configuration(chance)
    somebody = Person(site.lab, f"--vif=mac={guest.mac},bridge=xenbr0", "--timeout=20",
                      domid=guest.number, size=SIZES[seed % len(SIZES)],
                      term=chance.choice(("vt100", "vt100", "vt100", "dumb", None)))
    try:
        for _ in range(60):
            if not somebody.read_console(chance.choice((0, 0, 0.02))):
                break
            with contextlib.suppress(OSError):
                somebody.type(chance.choice(KEYS))
            if chance.random() < 0.1:
                time.sleep(0.06)  # so that an Esc is alone
        somebody.process.send_signal(signal.SIGTERM)
        somebody.screen.feed = lambda data: None  # the menu is left as it was
        return somebody.finish()
    finally:
        if somebody.process.poll() is None:
            somebody.process.kill()
            somebody.process.wait()
        with contextlib.suppress(AssertionError):  # it left in the middle
            guest.check()


@pytest.fixture(scope="module")
def typed(site):
    """All of them, a few at the same time."""
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        return list(pool.map(lambda seed: type_at(site, seed), TYPED))


TYPED = range(48)


@pytest.mark.parametrize("seed", TYPED)
def test_row17_terminal_of_a_menu(typed, seed):
    """Every byte was on a Vt100 that knows our sequences and nothing else."""
    outcome = typed[seed]
    assert not foreign(outcome.console), foreign(outcome.console)[:200]
    assert outcome.status in {0, *CODES.values()} - {1, 2, 52}, outcome.lines
    assert outcome.left == []
