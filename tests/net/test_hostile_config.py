# SPDX-License-Identifier: BSD-3-Clause
"""Configurations that mean harm; each test has the name of its row in
tests/bugclasses.md."""

import os
import random
import re
import urllib.parse

import pytest

from bootserver import served
from hostile import VIF, as_far_as_it_goes, assert_boots_with, assert_ends, assert_safe
from lab import SERVER, lab_of_module
from libxl import boot
from processes import run_plain
from tftpd import FILES

X = b"default x\nlabel x\n"
BOOTS = X + b"kernel a\n"
CONFIG = "pxelinux.cfg/01-00-16-3e-01-02-03"


class Site:
    """A server of FILES and of what a test gives it."""

    def __init__(self, lab):
        self.lab = lab

    def boot(self, config, *args, files=()):
        """Returns what was asked for, and what came of it."""
        files = {**FILES, **dict(files), CONFIG: config}
        with served(self.lab, files={name: as_far_as_it_goes(f) for name, f in
                                     files.items()}) as (_, tree):
            outcome = boot(self.lab, VIF, *args)
        return tree, outcome


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        yield Site(made)


def boots_a(booted):
    assert_boots_with(booted, FILES["a"])
    return booted[1]


# ---- row 4

@pytest.mark.parametrize("length", [
    1, 2, 127, 128, 254, 255, 256, 467, 468, 469, 502, 503, 504, 505, 510, 511, 512,
    513, 1000, 4000, 4080])
def test_row04_name_of_a_length(site, length):
    """A request has 512 bytes; what does not fit in it is not asked for."""
    name = "n" * length
    guest, outcome = site.boot(X + b"kernel %s\n" % name.encode(),
                               files={name: b"kernel of this name"})
    if length <= 503:
        assert_boots_with((guest, outcome), b"kernel of this name")
        assert guest.names[1:] == [name]
    else:
        assert_ends((guest, outcome), 33, "too long")
        assert guest.names[1:] == []


@pytest.mark.parametrize("length", [480, 500, 511, 512, 513, 600, 4000])
@pytest.mark.parametrize("line", [
    b"include %s\ndefault a\n", b"default menu.c32 %s\n", X + b"config %s\n",
    X + b"config a %s\n", X + b"kernel a\ninitrd i1,%s,i2\n", b"f1 %s\ndefault a\n",
    X + b"kernel a\nappend initrd=%s\n", b"default a\nonerror %s\n"])
def test_row04_name_of_a_length_elsewhere(site, line, length):
    assert_safe(site.boot(line % (b"n" * length))[1])


@pytest.mark.parametrize("length", [500, 1022, 1023, 1024, 4000, 4095, 4096, 65536])
def test_row04_line_of_a_length(site, length):
    """Whatever it is for."""
    for word in (b"append ", b"kernel ", b"label ", b"menu title ", b"say ", b"default ",
                 b"menu label ", b"sysappend ", b"timeout "):
        line = word + b"x" * (length - len(word))
        outcome = assert_safe(site.boot(BOOTS + line + b"\n")[1])
        assert outcome.status in (0, 31, 32, 33, 34)
        assert length <= 4095 or outcome.status in (0, 31)


# ---- row 8

@pytest.mark.parametrize("size", [262144, 262145, 1 << 20, 4 << 20])
@pytest.mark.parametrize("unit", [b"\n", b"x", b"label x\n", b"# \n", b"\0", b"\r"])
def test_row08_configuration_of_a_size(site, size, unit):
    assert_ends(site.boot((unit * (size // len(unit) + 1))[:size]), 36, "too large")


# ---- row 12

def ring(n, line):
    return {f"r{i}": line % ((i + 1) % n) for i in range(n)}


CIRCLES = {
    "include itself": (b"include r0\n", {"r0": b"include r0\n"}),
    "ring of 3": (b"include r0\n", ring(3, b"include r%d\n")),
    "menu include": (b"menu include r0 x\n", {"r0": b"menu include r0 x\n"}),
    "menu include ring": (b"menu include r0\n", ring(5, b"menu include r%d sub\n")),
    "include deep": (b"include r0\n", ring(100, b"include r%d\n")),
    "twice each": (b"include r0\n", {"r0": b"include r0\ninclude r0\n"}),
    "config": (X + b"config r0\n", ring(2, X + b"config r%d\n")),
    "ui": (b"ui menu.c32 r0\n", ring(2, b"ui menu.c32 r%d\n")),
    "menu of a menu": (b"default menu.c32 r0\n", ring(3, X + b"kernel vesamenu.c32 r%d\n")),
    "tilde": (b"include ~\n", {}),
}


@pytest.mark.parametrize("case", CIRCLES)
def test_row12_configuration_in_a_circle(site, case):
    config, files = CIRCLES[case]
    guest, outcome = site.boot(config + b"default a\n" * (b"default" not in config),
                               files=files)
    assert_safe(outcome, 31, 36, 32, 33)
    assert len(guest.requests) <= 64


NESTED = {
    "menu begin": b"menu begin\n" * 1000, "menu end": b"menu end\n" * 1000,
    "labels": b"label y\n" * 20000, "labels of no name": b"label\n" * 20000,
    "text help": b"text help\n" * 1000, "endtext": b"endtext\n" * 1000,
    "defaults": b"default a\n" * 20000, "blanks": b" \t" * 100000,
    "empty lines": b"\n" * 200000, "goto": b"menu goto x\n" * 1000,
    "100 onerror": b"onerror a\n" * 100, "says": b"say x\n" * 10000,
    "numbers": b"timeout 99999999999999999999\ntotaltimeout -1\nmenu rows 99999999\n"
               b"menu width -5\nprompt 4294967296\nsysappend 0xffffffffffffffff\n"
               b"menu helpmsgendrow -99999\nmenu indent 4294967295\npxeretry 4294967296\n",
}


@pytest.mark.parametrize("case", NESTED)
def test_row12_configuration_many_times(site, case):
    outcome = assert_safe(site.boot(b"default a\n" + NESTED[case])[1], 0, 31)
    assert len(outcome.console) < 300000


def test_row12_configuration_of_1000_includes(site):
    """That are not there: each is asked for, and the boot goes on."""
    guest, outcome = site.boot(b"default a\n" + b"".join(
        b"include n%d\n" % n for n in range(1000)))
    boots_a((guest, outcome))


def test_row12_configuration_asks_to_try_for_ever(site):
    guest, outcome = site.boot(b"pxeretry 4000000000\n" + X + b"kernel gone\n")
    assert_ends((guest, outcome), 34, "gone")
    assert guest.names.count("gone") <= 101


def test_row12_configuration_fails_into_itself(site):
    """What is to be run after an error fails, too."""
    guest, outcome = site.boot(X + b"kernel gone\nonerror x\n")
    assert_ends((guest, outcome), 34, "gone")
    assert guest.names.count("gone") <= 2


@pytest.mark.parametrize("names", [
    b"i1," * 400, b"," * 4000 + b"i1", b"gone," * 700, b"i1,,,," * 200],
    ids=["400", "commas", "gone", "gaps"])
def test_row12_configuration_of_a_thousand_ramdisks(site, names):
    guest, outcome = site.boot(BOOTS + b"initrd " + names + b"\n")
    assert_safe(outcome, 0, 34)
    if b"gone" not in names and b",,i1" not in names:
        assert outcome.ramdisk.count(FILES["i1"]) == names.count(b"i1")


BYTES = {
    "BOM": b"\xef\xbb\xbf" + BOOTS, "UTF-16": BOOTS.decode().encode("utf-16"),
    "NULs": b"\0" * 1000, "NUL between": BOOTS.replace(b" ", b"\0"),
    "NULs behind": BOOTS + b"\0" * 1000, "CR only": BOOTS.replace(b"\n", b"\r"),
    "CR LF": BOOTS.replace(b"\n", b"\r\n"), "no end of line": BOOTS[:-1],
    "control": bytes(range(1, 32)) * 100, "0xff": b"\xff" * 10000,
    "gzip": b"\x1f\x8b\x08" * 9,
    "ELF": b"\x7fELF" + bytes(1000), "HTML": b"<!DOCTYPE html>\n<h1>Hello</h1>\n",
    "one byte": b"x", "one line feed": b"\n", "one blank": b" ",
    "C1": b"label \x9b2J\nkernel a\x9b\x90\n", "form feeds": b"\f" * 100 + BOOTS,
}


@pytest.mark.parametrize("case", BYTES)
def test_row12_configuration_is_none(site, case):
    assert_safe(site.boot(BYTES[case])[1], 0, 31, 32, 33, 34)


@pytest.mark.parametrize("seed", range(40))
def test_row12_configuration_at_random(site, seed):
    """Words of the language in any order, with noise."""
    chance = random.Random(seed)
    words = [b"label ", b"kernel ", b"append ", b"include ", b"menu begin ", b"\n", b"\n",
             b"default ", b"menu end\n", b"menu goto ", b"text help\n", b"initrd ", b" ",
             b"localboot", b"~", b"ui menu.c32 ", b"\0", b"a", b"i1", b"x", b"config ",
             b"onerror ", b"ontimeout ", b"menu hide ", b"implicit 0\n", b"say ", b"::",
             b"timeout ", b"menu passwd ", b"sysappend ", b",", b"initrd=", b"-", b"../"]
    config = b"".join(chance.choice(words) if chance.random() < 0.9 else
                      chance.randbytes(3) for _ in range(chance.randrange(2, 200)))
    assert_safe(site.boot(config, "--local-bootloader=/bin/false", "--timeout=20",
                          files={"x": config[:100]})[1],
                0, 1, 22, 23, 25, 31, 32, 33, 34, 35, 36, 37, 40)


# ---- row 15

NAMES = [b"../../../etc/shadow", b"/etc/shadow", b"//etc/shadow", b"//", b"/", b".", b"..",
         b"a%00b", b"a%0ab", b"a%0d%0akernel", b"%2e%2e/%2e%2e/etc/shadow", b"a\\..\\b",
         b"file:/etc/shadow", b"::/etc/shadow", b"::../../x", b"tftp://%s/../../x",
         b"tftp://%s/%%00", b"tftp://%s/a%%0ab", b"$(id)", b"`id`", b"a;b", b"a|b", b"-x",
         b"--output=/tmp/x", b"a'b", b'a"b', b"\xff\xfe\xfd", b"\x80\x9b", b"a\xc2\x80b",
         b"%%s%%n", b"/dev/zero", b"/proc/self/mem", b"~root", b"*", b"con:", b"a" * 500]


def asked_for(name):
    """The names that a server may be asked for in place of this one."""
    return {name.decode("latin-1"), name.decode("latin-1").removeprefix("::"),
            urllib.parse.unquote_to_bytes(name).decode("latin-1")}


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:30].decode("latin-1"))
def test_row15_name_is_only_the_servers(site, name):
    """Whatever it says, it is a server that is asked for it, and its bytes that
    boot; no file of the Dom0 is read, and none is written but ours."""
    name = name.replace(b"%s", SERVER.encode()).replace(b"%%", b"%")
    names = {n: b"the server's file" for n in (
        *asked_for(name), *asked_for(name.split(b"://")[-1].partition(b"/")[2]))}
    for line in b"kernel %s\n" % name, b"kernel a\ninitrd %s\n" % name:
        tree, outcome = site.boot(X + line, files=names)
        assert_safe(outcome, 0, 33, 34, 35)
        if not outcome.status:
            assert b"the server's file" in (outcome.kernel, outcome.ramdisk), tree.names
        assert all("\0" not in asked for asked in tree.names)


LINES = {
    "NUL and an item": b"append a\0kernel /etc/shadow",
    "NUL and a path": b"append a\0\0ramdisk /etc/shadow\0",
    "CR": b"append a\rkernel /etc/shadow", "escape": b"append a\x1b[2J",
    "vertical tab": b"append a\x0bramdisk /etc/shadow", "DEL": b"append a\x7f",
    "form feed": b"append a\x0cb", "0x85": b"append a\x85kernel /etc/shadow",
    "line separator": "append a\u2028kernel /etc/shadow".encode(),
    "backslash": b"append a\\nkernel /etc/shadow\\0ramdisk /etc/shadow",
    "item": b"append kernel /etc/shadow ramdisk /etc/shadow args x",
    "sxp": b"append ')(kernel '/etc/shadow", "empty": b"append",
    "initrd with NUL": b"initrd i1\0/etc/shadow", "tab": b"append a\tb",
    "every byte": b"append " + bytes(b for b in range(1, 256) if b != 10),
    "every printable byte": b"append " + bytes(range(0x80, 256)) + bytes(range(32, 127)),
}


@pytest.mark.parametrize("case", LINES)
def test_row15_result_has_three_items(site, case):
    """The toolstack reads nothing out of a command line but a command line."""
    _, outcome = site.boot(BOOTS + LINES[case] + b"\n")
    assert_safe(outcome, 0, 37)
    if not outcome.status:
        assert set(outcome.items) <= {"kernel", "ramdisk", "args"}
        assert outcome.kernel == FILES["a"]
        assert outcome.ramdisk in (None, FILES["i1"])
        assert outcome.result.count(b"\0") == len(outcome.items) + 1


STRING = rb"'(?:[^'\\]|\\[^\0\n])*'"
FORMS = {
    "simple": rb"kernel /[^\n]*\n(?:ramdisk /[^\n]*\n)?args [^\n]*\n\n",
    "sxp": rb"linux \(kernel %s\)(?:\(ramdisk %s\))?\(args %s\)" % (3 * (STRING,)),
}


@pytest.mark.parametrize("case", LINES)
@pytest.mark.parametrize("form", FORMS)
def test_row15_result_has_three_items_in_other_forms(site, tmp_path, case, form):
    with served(site.lab, files={**FILES, CONFIG: BOOTS + LINES[case] + b"\n"}):
        done = run_plain(site.lab, VIF, f"--output-format={form}",
                         f"--output-directory={tmp_path}")
    assert done.returncode in (0, 37), done.stderr
    assert re.fullmatch(FORMS[form] if not done.returncode else b"", done.stdout), \
        done.stdout
    assert len(os.listdir(tmp_path)) == done.stdout.count(str(tmp_path).encode())
