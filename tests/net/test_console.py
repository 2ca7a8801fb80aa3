# SPDX-License-Identifier: BSD-3-Clause
"""What an admin reads: the story of the boot, on libxl's terminal and on a
pipe, with nothing in it that a server could play tricks with."""

import re
import signal

import pytest

from bootserver import ARGS, TREE, Stall, served, slow, tree_with
from dhcpd import (BOOTFILE, CONFIG_FILE, DISCOVER, MESSAGE, NAK, PREFIX,
                   TFTP_NAME, answer, lease)
from lab import MAC, SERVER
from libxl import boot
from processes import run_plain, running
from tftpd import BLKSIZE_ASKED, refusal

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
ON_TERMINAL = re.compile(rb"(?:[\x20-\x7e]|\r\n|\r\x1b\[K)*")
ON_PIPE = re.compile(rb"(?:[\x20-\x7e]|\n)*")
REDRAW = b"\r\x1b[K"


def run_on_pipe(lab, *args):
    """Returns the finished process; its messages are on standard error."""
    directory = lab.directory / "out"
    directory.mkdir()
    return run_plain(lab, VIF, f"--output-directory={directory}", *args)


# ---- the story

def test_the_story_of_a_boot_is_told(lab):
    with served(lab, files={**TREE, "pxelinux.cfg/0A09": TREE[
            "pxelinux.cfg/default"]}):
        outcome = boot(lab, VIF, f"--uuid={UUID}")
    told = iter(outcome.lines)
    for line in [
            rf"lwpxeboot [0-9.]+: {MAC} on xenbr0, by tap, UUID {UUID}",
            rf"DHCP: {SERVER} offers 10\.9\.0\.77, boot file pxelinux\.0: "
            r"taken, it names a boot file",
            rf"DHCP: lease of 10\.9\.0\.77/24 from {SERVER} for 3600 s, .*",
            rf"Boot server {SERVER}, from next-server; .*",
            rf"Trying pxelinux\.cfg/{UUID}: not there",
            r"Trying pxelinux\.cfg/01-00-16-3e-01-02-03: not there",
            r"Trying pxelinux\.cfg/0A09004D: not there",
            r"Trying pxelinux\.cfg/0A09004: not there",
            r"Trying pxelinux\.cfg/0A0900: not there",
            r"Trying pxelinux\.cfg/0A090: not there",
            r"Trying pxelinux\.cfg/0A09: found, \d+ bytes",
            r'Booting "linux" \(pxelinux\.cfg/0A09:2\): it is the DEFAULT',
            rf"cmdline +{ARGS}",
            r"kernel +vmlinuz: 6\.0 kB, [0-9.]+ [kMG]?B/s",
            r"initrd +initrd\.gz: 14\.0 kB, [0-9.]+ [kMG]?B/s"]:
        assert any(re.fullmatch(line, t) for t in told), (line, outcome.lines)


def test_quiet_boot_says_nothing(lab):
    with served(lab):
        outcome = boot(lab, VIF, "--quiet")
    assert outcome.status == 0
    assert outcome.console == b""


def test_quiet_boot_says_what_is_odd(lab):
    with served(lab, lease(options={BOOTFILE: b"other.0"})):
        outcome = boot(lab, VIF, "-q")
    assert outcome.status == 0
    assert outcome.console.startswith(b"warning: the lease names two boot files")
    assert outcome.console.count(b"\n") == 1


# ---- lines

def test_lines_suit_a_raw_terminal(lab):
    """It adds no carriage returns of its own."""
    with served(lab):
        outcome = boot(lab, VIF)
    assert ON_TERMINAL.fullmatch(outcome.console)
    assert outcome.console.count(b"\r\n") > 10
    assert outcome.console.endswith(b"\r\n")


def test_lines_suit_a_pipe(lab):
    with served(lab):
        done = run_on_pipe(lab)
    assert ON_PIPE.fullmatch(done.stderr)
    assert done.stderr.count(b"\n") > 10
    assert done.stderr.endswith(b"\n")


# ---- progress

PROGRESS = re.compile(rb"kernel +vmlinuz: ([0-9.]+ (?:kB|bytes)) of [0-9.]+ kB "
                      rb"\((\d+)%\), [0-9.]+ (?:kB|bytes)/s(?:, 0:\d\d left)?")


def test_progress_is_one_redrawn_line_on_a_terminal(lab):
    blocks = slow(bytes(8 * BLKSIZE_ASKED), 0.25)
    with served(lab, files={**TREE, "vmlinuz": blocks}):
        outcome = boot(lab, VIF, menu=None)
    assert ON_TERMINAL.fullmatch(outcome.console)
    line = next(line for line in outcome.console.split(b"\r\n")
                if PROGRESS.search(line))
    first, *redrawn, end = line.split(REDRAW)
    drawn = [PROGRESS.fullmatch(part) for part in (first, *redrawn)]
    assert len(drawn) >= 2 and all(drawn), line
    percents = [int(match[2]) for match in drawn]
    assert percents == sorted(percents) and percents[0] < 100
    assert re.fullmatch(rb"kernel +vmlinuz: 11\.7 kB, .*/s", end)


def test_progress_is_a_line_every_ten_seconds_on_a_pipe(lab):
    blocks = slow(bytes(21 * BLKSIZE_ASKED), 0.5)
    with served(lab, files={**TREE, "vmlinuz": blocks}):
        done = run_on_pipe(lab)
    assert done.returncode == 0
    assert ON_PIPE.fullmatch(done.stderr)
    told = [line for line in done.stderr.split(b"\n")
            if line.startswith(b"kernel ")]
    assert len(told) == 2, told
    assert PROGRESS.fullmatch(told[0])


def test_reason_does_not_stand_behind_progress(lab):
    stall = Stall()
    with served(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF, menu=None) as bootloader:
        bootloader.wait_for_text("kernel   vmlinuz: ")
        bootloader.process.send_signal(signal.SIGTERM)
        outcome = bootloader.finish()
    assert ON_TERMINAL.fullmatch(outcome.console)
    assert b" left" + REDRAW + b"lwpxeboot: the boot was interrupted" in (
        outcome.console)
    assert outcome.console.endswith(b"\r\n")


# ---- what servers say

TRICKS = b"\x1b[2J\x9b1m\r\n\x07\x7f\xff"
ESCAPED = r"\x1b[2J\x9b1m\x0d\x0a\x07\x7f\xff"


def refuse(query):
    if query.type == DISCOVER:
        return [answer(query)]
    return [answer(query, NAK, options={MESSAGE: b"no" + TRICKS})]


def kernel_is(name):
    return tree_with(b"default x\nlabel x\n kernel %s\n" % name)


# In a configuration LF ends a line and other control characters end a word;
# what is left is the escape of terminals with eight bits.
IN_LINE = TRICKS.replace(b"\r\n", b"")
IN_LINE_ESCAPED = ESCAPED.replace(r"\x0d\x0a", "")
IN_WORD = b"k\x9b1m\xff"
IN_WORD_ESCAPED = r"k\x9b1m\xff"

HOSTILE = {
    "boot file": (ESCAPED, {"script": lease(file=TRICKS)}),
    "boot file in an option": (
        ESCAPED, {"script": lease(file=b"", options={BOOTFILE: TRICKS})}),
    "prefix": (ESCAPED, {"script": lease(options={PREFIX: TRICKS})}),
    "configuration": (ESCAPED, {"script": lease(options={CONFIG_FILE: TRICKS})}),
    "server name field": (ESCAPED, {"script": lease(sname=TRICKS)}),
    "server name option": (
        ESCAPED, {"script": lease(options={TFTP_NAME: TRICKS})}),
    "refusal": ("no" + ESCAPED, {"script": refuse}),
    "TFTP error": ("disk" + ESCAPED, {
        "files": {**TREE, "vmlinuz": refusal(3, b"disk" + TRICKS)}}),
    "label": (IN_LINE_ESCAPED, {"files": tree_with(
        b"default x%s\nlabel x%s\n kernel vmlinuz\n" % (IN_LINE, IN_LINE))}),
    "labels to choose from": (IN_LINE_ESCAPED, {"files": tree_with(
        b"label x%s\n kernel vmlinuz\n" % IN_LINE)}),
    "kernel": (IN_WORD_ESCAPED, {"files": kernel_is(IN_WORD)}),
    "module": (IN_WORD_ESCAPED, {"files": kernel_is(IN_WORD + b".c32")}),
    "INCLUDE": (IN_WORD_ESCAPED, {"files": tree_with(
        b"include %s\ndefault vmlinuz\n" % IN_WORD)}),
    "command line": (r"quiet \xc3\xa4", {"files": tree_with(
        b"default x\nlabel x\n kernel vmlinuz\n append quiet \xc3\xa4\n")}),
}


@pytest.mark.parametrize("shown, servers", HOSTILE.values(), ids=HOSTILE)
def test_terminal_gets_no_control_characters(lab, shown, servers):
    with served(lab, **servers):
        outcome = boot(lab, VIF, "--dhcp-timeout=1")
    assert ON_TERMINAL.fullmatch(outcome.console), outcome.console
    assert shown in outcome.console.decode()


def test_pipe_gets_no_control_characters(lab):
    with served(lab, lease(file=b"/" + TRICKS), kernel_is(IN_WORD)):
        done = run_on_pipe(lab)
    assert done.returncode == 30
    assert ON_PIPE.fullmatch(done.stderr), done.stderr
    assert ESCAPED in done.stderr.decode()
