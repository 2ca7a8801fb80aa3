# SPDX-License-Identifier: BSD-3-Clause
"""Initrds joined to one ramdisk, and what --inject puts behind them."""

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

from bootserver import served, unannounced
from dhcpd import DNS, DOMAIN, ROUTER, lease
from lab import MAC, SERVER
from libxl import boot
from ramdisk import GZIP, compress, files_of, pack, through_old_xen, unpack
from wire import ip_bytes

VIF = f"--vif=mac={MAC},bridge=xenbr0"
UUID = "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a"


@pytest.fixture
def initrds(tmp_path):
    """Three archives, each with a file of its own and one that all have."""
    return [pack(tmp_path / str(n), {f"d{n}/own": bytes([65 + n]) * (997 * n + 1),
                                     "etc/all": b"%d" % n}) for n in range(3)]


def tree(*initrds):
    names = [f"i{n}" for n in range(len(initrds))]
    config = "default x\nlabel x\nkernel k\n"
    config += f"initrd {','.join(names)}\n" if names else ""
    return {"pxelinux.cfg/default": config.encode(), "k": b"kernel",
            **dict(zip(names, initrds))}


def boot_with(lab, *initrds, script=None, options=()):
    with served(lab, script, files=tree(*initrds)):
        outcome = boot(lab, VIF, *options)
    assert outcome.left == []
    return outcome


# ---- joined

@pytest.mark.parametrize("kinds", [*itertools.product(("cpio", "gzip"), repeat=2),
                                   ("gzip", "gzip", "gzip"), ("gzip", "cpio", "xz"),
                                   ("xz", "gzip", "cpio")], ids="-".join)
def test_initrds_are_unpacked_in_their_order(lab, initrds, tmp_path, kinds):
    """By Linux, and before it by a Xen that unpacks gzip."""
    packed = [compress(data, kind) for data, kind in zip(initrds, kinds)]
    outcome = boot_with(lab, *packed)
    assert outcome.status == 0
    ramdisk = outcome.ramdisk
    assert not ramdisk.startswith(GZIP)
    assert through_old_xen(ramdisk) == ramdisk
    assert unpack(ramdisk, tmp_path / "all") == ["cpio"] + [
        "cpio" if kind == "cpio" else "compressed" for kind in kinds]
    last = len(kinds) - 1
    assert files_of(tmp_path / "all") == {
        "etc/all": b"%d" % last,
        **{f"d{n}/own": bytes([65 + n]) * (997 * n + 1) for n in range(len(kinds))}}


@pytest.mark.parametrize("size", range(1, 9))
def test_each_initrd_begins_at_a_multiple_of_four(lab, size):
    """Whatever the sizes are, and with nothing but zeros between them."""
    first, second = b"1" * size, b"2" * (9 - size)
    assert boot_with(lab, first, second, b"3").ramdisk[512:] == (
        first + bytes(-size % 4) + second + bytes(-len(second) % 4) + b"3")


@pytest.mark.parametrize("kind", ["cpio", "gzip", "xz"])
def test_one_initrd_is_left_as_it_is(lab, initrds, kind):
    data = compress(initrds[1], kind)
    assert boot_with(lab, data).ramdisk == data


def test_sizes_that_come_late_change_nothing(lab, initrds):
    """An initrd whose size is not told before its end has the next one wait."""
    whole = boot_with(lab, *initrds).ramdisk
    assert boot_with(lab, *map(unannounced, initrds)).ramdisk == whole
    assert boot_with(lab, initrds[0], unannounced(initrds[1]), initrds[2]).ramdisk == whole


@pytest.mark.parametrize("empty", range(3))
def test_initrd_without_a_byte_is_told(lab, initrds, empty):
    initrds[empty] = b""
    outcome = boot_with(lab, *initrds)
    assert outcome.status == 35
    assert f"initrd i{empty} is empty on the server" in outcome.last_line


# ---- injected

def environment_of(path, names):
    """What a shell has after reading the file; it must write nothing itself."""
    subprocess.run(["sh", "-n", path], check=True, capture_output=True)
    script = ". \"$0\"; for n in \"$@\"; do eval \"printf '%s\\\\n' \\\"\\$LWPXEBOOT_$n\\\"\"; done"
    shells = [["sh"]] + [["busybox", "sh"]] * bool(shutil.which("busybox")) + \
        [["bash"]] * bool(shutil.which("bash"))
    said = [subprocess.run([*shell, "-euc", script, path, *names], capture_output=True,
                           text=True, check=True, cwd=path.parent) for shell in shells]
    assert all(s.stdout == said[0].stdout and not s.stderr for s in said)
    return dict(zip(names, said[0].stdout.split("\n")))


NAMES = ["VERSION", "NAME", "UUID", "MAC", "ADDRESS", "NETMASK", "ROUTER", "DNS", "DOMAIN",
         "LEASE", "DHCP_SERVER", "BOOT_SERVER", "LABEL", "KERNEL"]


def test_guest_knows_its_boot(lab, initrds, tmp_path):
    script = lease(options={DOMAIN: b"example.org", DNS: ip_bytes("10.9.0.3"),
                            ROUTER: ip_bytes("10.9.0.254")})
    data = compress(initrds[0], "gzip")
    outcome = boot_with(lab, data, script=script, options=["--inject", f"--uuid={UUID}"])
    assert outcome.status == 0, outcome.lines
    assert through_old_xen(outcome.ramdisk) == outcome.ramdisk
    assert outcome.ramdisk[512:512 + len(data)] == data
    assert unpack(outcome.ramdisk, tmp_path / "all") == ["cpio", "compressed", "cpio"]
    path = tmp_path / "all/etc/lwpxeboot.env"
    assert path.stat().st_mode & 0o7777 == 0o600
    assert path.parent.stat().st_mode & 0o7777 == 0o755
    assert environment_of(path, NAMES) == {
        "VERSION": "0.1.0", "NAME": "", "UUID": UUID, "MAC": MAC, "ADDRESS": "10.9.0.77",
        "NETMASK": "255.255.255.0", "ROUTER": "10.9.0.254", "DNS": "10.9.0.3",
        "DOMAIN": "example.org", "LEASE": "3600", "DHCP_SERVER": SERVER,
        "BOOT_SERVER": SERVER, "LABEL": "x", "KERNEL": f"tftp://{SERVER}/k"}
    assert len(path.read_text().splitlines()) == len(NAMES)
    assert (tmp_path / "all/d0/own").read_bytes() == b"A"


def test_last_one_stays(lab, initrds, tmp_path):
    """What is injected is behind the initrds, whatever these have there."""
    other = pack(tmp_path / "other", {"etc/lwpxeboot.env": b"LWPXEBOOT_MAC='none'\n"})
    outcome = boot_with(lab, other, initrds[1], options=["--inject"])
    assert unpack(outcome.ramdisk, tmp_path / "all") == ["cpio"] * 4
    assert environment_of(tmp_path / "all/etc/lwpxeboot.env", ["MAC"]) == {"MAC": MAC}


def test_path_may_be_another(lab, initrds, tmp_path):
    outcome = boot_with(lab, initrds[0], options=["--inject=/run/a.d/boot.env"])
    unpack(outcome.ramdisk, tmp_path / "all")
    assert environment_of(tmp_path / "all/run/a.d/boot.env", ["LABEL"]) == {"LABEL": "x"}


def test_nothing_is_injected_unless_asked_for(lab, initrds):
    assert b"lwpxeboot.env" not in boot_with(lab, *initrds).ramdisk


def test_guest_without_an_initrd_gets_none(lab):
    outcome = boot_with(lab, options=["--inject"])
    assert outcome.status == 0 and outcome.ramdisk is None
    assert b"warning: --inject: the entry has no initrd" in outcome.console


def test_full_disk_is_told_though_only_the_last_piece_is_too_much(lab, initrds):
    """A page for the kernel, one for what is in front and the initrd, none more."""
    small = lab.directory / "small"
    small.mkdir()
    lab.dom0.run("mount", "-t", "tmpfs", "-o", "size=8k", "small", small)
    data = b"i" * (4096 - 512)
    with served(lab, files=tree(data)):
        outcome = boot(lab, VIF, "--inject", directory=Path(
            f"/proc/{lab.dom0.pid}/root{small}"))
    assert outcome.status == 14
    assert "cannot be put behind the initrds; free some space" in outcome.last_line
    assert outcome.left == [] and outcome.result == b""


HOSTILE = [b"'", b"a'; touch pwned; '", b"$(touch pwned)", b"`touch pwned`", b"a\ntouch pwned\n",
           b"a\r\ntouch pwned", b"\\", b"a\\", b"\"", b"${IFS}", b"a b", b"*", b"a;b", b"a|b",
           b"a>pwned", b"#", b"\x1b[2J", b"\xff\xfe", b"!", b"~'"]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: repr(v)[2:20])
def test_hostile_values_are_empty_to_a_shell(lab, initrds, tmp_path, value):
    outcome = boot_with(lab, initrds[0], script=lease(options={DOMAIN: value}),
                        options=["--inject"])
    assert outcome.status == 0
    directory = tmp_path / "all"
    unpack(outcome.ramdisk, directory)
    found = environment_of(directory / "etc/lwpxeboot.env", ["DOMAIN", "MAC"])
    assert found == {"DOMAIN": "", "MAC": MAC}
    assert not list(directory.rglob("pwned"))


def test_hostile_names_are_empty_to_a_shell(lab, initrds, tmp_path):
    """The label and the kernel are the configuration's."""
    config = b"default a'$(id)\nlabel a'$(id)\nkernel k'`id`\ninitrd i0\n"
    files = {**tree(initrds[0]), "pxelinux.cfg/default": config, "k'`id`": b"kernel"}
    with served(lab, files=files):
        outcome = boot(lab, VIF, "--inject")
    assert outcome.status == 0, outcome.lines
    unpack(outcome.ramdisk, tmp_path / "all")
    assert environment_of(tmp_path / "all/etc/lwpxeboot.env", ["LABEL", "KERNEL"]) == {
        "LABEL": "", "KERNEL": ""}
