# SPDX-License-Identifier: BSD-3-Clause
"""--once: the network once, then always the disk, and what is remembered of
that, where, and by whose word."""

import json
import os
import re
import signal
import stat
import threading

import pytest

from bootserver import (CONFIG, KERNEL, TREE, Stall, assert_booted, served, slow,
                        tftp, tree_with)
from dhcpd import lease
from lab import MAC
from libxl import Bootloader, boot
from processes import run_plain, running
from xenstored import answer_from, xenstored

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
OTHER = "00000000-0000-0000-0000-000000000007"
BY_UUID = f"--uuid={UUID}"
DISK = "--local-bootloader=/bin/false"  # status 1, and no word
FROM_DISK = "Booting from the guest's own disk with /bin/false"
UUID_OPTION = 97


class State:
    """The directory, and what is in it."""

    def __init__(self, path) -> None:
        self.path = path
        path.mkdir(0o700)

    @property
    def option(self) -> str:
        return f"--state-directory={self.path}"

    @property
    def once(self) -> tuple[str, ...]:
        return "--once", self.option, DISK

    @property
    def names(self) -> list[str]:
        return sorted(os.listdir(self.path))

    def command(self, uuid: str = UUID) -> str:
        return f"lwpxeboot --reset --uuid={uuid} {self.option}"


@pytest.fixture
def state(tmp_path):
    return State(tmp_path / "state")


def boot_once(lab, state, *args, **keywords):
    return boot(lab, VIF, BY_UUID, *state.once, *args, **keywords)


def reset(lab, state, *args):
    done = run_plain(lab, "--reset", state.option, *args)
    assert done.stdout == b""
    return done.returncode, done.stderr.decode("ascii")


# ---- once

def test_network_once_then_the_disk_then_again(lab, state):
    """The second time without a word on the network, nor a link to it."""
    with served(lab) as (dhcp, _):
        first = boot_once(lab, state)
        assert_booted(first)
        assert first.lines[-2] == (
            "--once: from now on this guest boots from its own disk; to undo "
            f"that: {state.command()}")
        queries = len(dhcp.queries)
        second = boot_once(lab, state)
        assert len(dhcp.queries) == queries > 0
        assert (second.status, second.result, second.left) == (1, b"", [])
        assert second.lines[:2] == [
            "--once: this guest has had its boot from the network; for "
            f"another: {state.command()}", FROM_DISK]
        assert reset(lab, state, BY_UUID) == (
            0, f"The next boot of the guest {UUID} is from the network again\n")
        assert_booted(boot_once(lab, state))
    assert state.names == [UUID]


def test_nothing_is_opened_for_the_disk(lab, state):
    """No bridge, no output directory, no result is needed."""
    (state.path / UUID).touch()
    outcome = boot(lab, f"--vif=mac={MAC},bridge=nosuch", BY_UUID, *state.once,
                   "--output-directory=/nonexistent", "--output=/nonexistent")
    assert outcome.status == 1 and FROM_DISK in outcome.lines


def test_quiet_and_restricted(lab, state):
    """Root remembers, whoever reads from the network."""
    with served(lab):
        assert_booted(boot_once(lab, state, restrict=4711))
    found = (state.path / UUID).stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (0, 0o600)
    outcome = boot_once(lab, state, restrict=4711)
    assert (outcome.status, outcome.console) == (1, b"")


def test_disk_may_be_forbidden(lab, state):
    (state.path / UUID).touch()
    outcome = boot_once(lab, state, "--on-localboot=fail")
    assert outcome.status == 41
    assert outcome.last_line.startswith("lwpxeboot: the guest is to boot from "
                                        "its disk, which --on-localboot=fail")


def test_guests_are_told_apart(lab, state):
    with served(lab):
        assert_booted(boot_once(lab, state))
        assert_booted(boot(lab, VIF, f"--uuid={OTHER.upper()}", *state.once))
    assert state.names == [OTHER, UUID]


# ---- what counts

def test_uuid_is_xenstore_s_and_not_the_network_s(lab, state):
    def script(query):
        return lease(options={UUID_OPTION: b"\0" + bytes(16)})(query)
    store = {"/local/domain/7/vm": f"/vm/{UUID}".encode(),
             "/local/domain/7/name": b"web\x1b[2J1"}
    config = CONFIG.replace(b"quiet", b"u=http://me:secret@x/ \xe9 ../../x")
    with served(lab, script, files=tree_with(config)), \
            xenstored(lab, answer_from(store)):
        outcome = boot(lab, VIF, *state.once)
    assert outcome.status == 0, outcome.lines
    assert state.names == [UUID]
    assert (state.path / UUID).read_bytes() == (
        rb"web\x1b[2J1 " + MAC.encode() + b" BOOT_IMAGE=vmlinuz initrd=initrd.gz "
        rb"u=http://me:***@x/ \xe9 ../../x" + b"\n")


def test_longest_command_line_is_cut(lab, state):
    config = CONFIG.replace(b"quiet", b"a" * 4000)
    with served(lab, files=tree_with(config)):
        assert boot_once(lab, state).status == 0
    story = (state.path / UUID).read_bytes()
    assert len(story) < 1024 and re.fullmatch(rb" \S+ [ -~]*[.]{3}\n", story)


def test_unknown_uuid_is_an_error(lab, state):
    with xenstored(lab, answer_from({})):
        outcome = boot(lab, VIF, *state.once)
    assert outcome.status == 2
    assert outcome.last_line == (
        "lwpxeboot: --once and --reset know guests by their UUID, and nobody has "
        "told this one's; pass --uuid=, or --cfg= with an xl.cfg that has uuid=")


FAILING = {
    "kernel": ({**TREE, "vmlinuz": b""}, (), 35),
    "config": ({}, (), 30),
    "disk": (tree_with(b"default d\nlabel d\nlocalboot 0\n"), (), 1),
    "forbidden": (tree_with(b"default d\nlabel d\nlocalboot 0\n"),
                  ("--on-localboot=fail",), 41),
    "output": (TREE, ("--output=/dev/full",), 14),
    "timeout": ({**TREE, "vmlinuz": Stall()}, ("--timeout=2",), 50),
}


@pytest.mark.parametrize("case", FAILING)
def test_what_is_no_boot_from_the_network_does_not_count(lab, state, case):
    files, args, status = FAILING[case]
    with served(lab, files=files):
        assert boot_once(lab, state, *args).status == status
    assert state.names == []


def test_interrupted_boot_does_not_count(lab, state):
    stall = Stall()
    with served(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF, BY_UUID, *state.once) as bootloader:
        stall.wait()
        bootloader.process.send_signal(signal.SIGTERM)
        assert bootloader.finish().status == 51
    assert state.names == []


def test_only_one_of_two_at_once_boots(lab, state):
    """Of one UUID; the result of the other is taken back."""
    asked, both = set(), threading.Event()

    def kernel(transfer):
        asked.add(transfer.peer[0])
        if len(asked) == 2:
            both.set()
        assert both.wait(20)
        slow(KERNEL, 0)(transfer)
    lab.dnsmasq(None, "--dhcp-boot=pxelinux.0")
    with tftp(lab, {**TREE, "vmlinuz": kernel}):
        guests = [Bootloader(
            lab, f"--vif=mac=00:16:3e:00:00:{n:02x},bridge=xenbr0", BY_UUID,
            *state.once, domid=n) for n in (1, 2)]
        outcomes = [bootloader.finish() for bootloader in guests]
    assert sorted(o.status for o in outcomes) == [0, 15]
    assert state.names == [UUID]
    for outcome in outcomes:
        assert outcome.left == []
        assert outcome.status == 0 or outcome.result == b""


# ---- the directory

PLACES = {
    "missing": (lambda d: d.rmdir(), "no such file or directory"),
    "a link": (lambda d: (d.rename(f"{d}2"), d.symlink_to(f"{d}2")),
               "it is not a directory"),
    "a file": (lambda d: (d.rmdir(), d.touch()), "it is not a directory"),
    "another's": (lambda d: os.chown(d, 1, 0), "must be root's"),
    "the group's": (lambda d: d.chmod(0o770), "must be root's"),
    "everybody's": (lambda d: d.chmod(0o1777), "must be root's"),
}


@pytest.mark.parametrize("place", PLACES)
def test_place_that_is_none_is_told_before_the_boot(lab, state, place):
    """Also to --reset; and nothing boots from the network then."""
    spoil, reason = PLACES[place]
    spoil(state.path)
    with served(lab) as (dhcp, _):
        outcome = boot_once(lab, state)
    assert (outcome.status, outcome.left, outcome.result) == (15, [], b"")
    assert reason in outcome.last_line and dhcp.queries == []
    done = run_plain(lab, "--reset", state.option, BY_UUID)
    assert done.returncode == 15 and reason.encode() in done.stderr


def test_read_only_place_is_told_before_the_boot(lab, state):
    lab.dom0.run("mount", "--bind", "-o", "ro", state.path, state.path)
    lab.dom0.run("mount", "-o", "remount,bind,ro", state.path)
    with served(lab) as (dhcp, _):
        outcome = boot_once(lab, state)
    assert outcome.status == 15 and dhcp.queries == []
    assert outcome.last_line == (
        "lwpxeboot: --once keeps what it knows of the guest in "
        f"{state.path}/{UUID}, which cannot be written: read-only file system")


@pytest.mark.parametrize("option", ["size=4k", "nr_inodes=1"])
def test_full_place_takes_the_result_back(lab, state, option):
    """Else the installer would run again after each reboot."""
    lab.dom0.run("mount", "-t", "tmpfs", "-o", f"mode=700,{option}", "none",
                 state.path)
    lab.dom0.run("sh", "-c", f"echo x >{state.path}/x", check=False)
    before = lab.dom0.run("ls", state.path)
    with served(lab):
        outcome = boot_once(lab, state)
    assert (outcome.status, outcome.left, outcome.result) == (14, [], b"")
    assert outcome.last_line.endswith("cannot be written: the disk is full")
    assert lab.dom0.run("ls", state.path) == before


ODD = {
    "a directory": lambda p: p.mkdir(),
    "a link": lambda p: p.symlink_to("/etc/passwd"),
    "a dangling link": lambda p: p.symlink_to("/nonexistent"),
    "a FIFO": os.mkfifo,
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_file_is_an_error(lab, state, odd):
    """And no boot from the network; --reset removes all but a directory."""
    ODD[odd](state.path / UUID)
    with served(lab) as (dhcp, _):
        outcome = boot_once(lab, state)
    assert outcome.status == 15 and dhcp.queries == []
    assert outcome.last_line.endswith("which is something else; remove it")
    done = run_plain(lab, "--reset", state.option, BY_UUID)
    assert done.returncode == (15 if odd == "a directory" else 0)
    assert state.names == ([UUID] if done.returncode else [])


# ---- reset

def test_reset_of_what_is_not_there_is_done_already(lab, state):
    assert reset(lab, state, BY_UUID) == (
        0, f"The guest {UUID} has had no boot from the network, so its next one "
        "is\n")


def test_reset_needs_neither_network_nor_other_guests_files(lab, state):
    for name in UUID, OTHER:
        (state.path / name).touch()
    assert reset(lab, state, f"--uuid={UUID.upper()}", "--once", "-q", VIF) == (
        0, "")
    assert state.names == [OTHER]


def write_cfg(lab, text):
    path = lab.directory / "web1.cfg"
    path.write_text(f'name = "web1"\nvif = ["mac={MAC},bridge=xenbr0"]\n{text}')
    return f"--cfg={path}"


def test_guest_may_be_named_by_its_xl_cfg(lab, state):
    cfg = write_cfg(lab, f'uuid = "{UUID}"\n')
    with served(lab):
        assert_booted(boot(lab, cfg, *state.once))
    assert state.names == [UUID]
    assert reset(lab, state, cfg)[0] == 0
    assert state.names == []


def test_xl_cfg_needs_a_uuid(lab, state):
    """Else each xl create would install the guest again."""
    cfg = write_cfg(lab, "")
    store = {"/local/domain/7/vm": f"/vm/{UUID}".encode()}
    with xenstored(lab, answer_from(store)):
        outcome = boot(lab, cfg, *state.once)
    assert outcome.status == 2
    assert "it has no uuid=, so xl makes up another at each" in outcome.last_line
    with served(lab):
        assert_booted(boot(lab, cfg, BY_UUID, *state.once))
    done = run_plain(lab, "--reset", state.option, cfg)
    assert done.returncode == 2 and b"nobody has told this one's; pass --uuid=" in done.stderr


@pytest.mark.parametrize("args, reason", [
    ([BY_UUID, "--output=/x"], "--reset, --help and --version boot nothing, "
     "and a toolstack waits for a kernel"),
    ([BY_UUID, "--explain"], "--reset boots nothing and explains"),
    ([BY_UUID, "-l"], "--reset boots nothing and explains"),
    ([BY_UUID, "--tree=/"], "--reset boots nothing and explains"),
    ([], "nobody has told this one's; pass --uuid="), ([VIF], "nobody has told this one's; pass --uuid="),
    (["--uuid=../../etc/passwd"], "is not a UUID"),
    ([f"--uuid={UUID}x"], "is not a UUID"), (["--uuid="], "is not a UUID"),
])
def test_reset_of_nothing_known_resets_nothing(lab, state, args, reason):
    (state.path / UUID).touch()
    done = run_plain(lab, "--reset", state.option, *args)
    assert done.returncode == 2 and reason.encode() in done.stdout + done.stderr
    assert state.names == [UUID]


# ---- explain

def explain(lab, *args):
    done = run_plain(lab, VIF, "--explain", "--format=json", *args)
    return done.returncode, json.loads(done.stdout), done.stderr.decode()


def test_explanation_tells_what_once_would_do(lab, state):
    with served(lab) as (dhcp, _):
        code, reply, said = explain(lab, BY_UUID, *state.once)
        assert code == 0 and reply["chosen"]["label"] == "linux"
        assert "--once: this would be the guest's boot from the network\n" in said
        assert state.names == []
        (state.path / UUID).touch()
        queries = len(dhcp.queries)
        code, reply, said = explain(lab, BY_UUID, *state.once)
        assert len(dhcp.queries) == queries
    assert code == 0 and f"for another: {state.command()}\n" in said
    assert reply["chosen"] == {
        "label": None, "file": None, "line": None, "local": True,
        "because": "--once: it has had its boot from the network"}
    assert (reply["tried"], reply["lease"], reply["kernel"]) == ([], None, None)
    text = run_plain(lab, VIF, BY_UUID, "--explain", *state.once).stdout.decode()
    assert text.splitlines()[-1] == (
        "It would boot from the guest's own disk, with /bin/false")
    assert explain(lab, BY_UUID, *state.once, "--on-localboot=fail")[0] == 41


def test_lists_and_trees_know_no_once(lab, state):
    (state.path / UUID).touch()
    (lab.directory / "tree/pxelinux.cfg").mkdir(parents=True)
    (lab.directory / "tree/pxelinux.cfg/default").write_bytes(CONFIG)
    with served(lab):
        done = run_plain(lab, VIF, BY_UUID, "-l", *state.once)
    assert done.returncode == 0 and b'"linux"' in done.stdout
    done = run_plain(lab, f"--tree={lab.directory}/tree", *state.once)
    assert b"--once" not in done.stdout
    assert b'Would boot "linux"' in done.stdout
