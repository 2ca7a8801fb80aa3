# SPDX-License-Identifier: BSD-3-Clause
"""libxl of Xen 4.1 to 4.22: the arguments of each version, and what it makes of
how a boot loader ends.  First that the fake one finds fault as the real one does."""

import os
import shutil
from pathlib import Path

import pytest

from bootserver import KERNEL, RAMDISK, TREE, Stall, served, tree_with
from fake_libxl import FakeLibxl, find_program, make_args, version_of
from lab import MAC, lab_of_module, wait_for
from libxl import BINARY, Bootloader, boot
from processes import is_alive, jailed_child, running

VIF = f"--vif=mac={MAC},bridge=xenbr0"
ARGS = "BOOT_IMAGE=vmlinuz initrd=initrd.gz"
CMDLINE_MAX = 8186
XENS = ["4.1", "4.2", "4.9", "4.10", "4.14", "4.15", "4.16", "4.17", "4.18", "4.20",
        "4.22"]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        yield made


# ---- the fake one

def run_script(tmp_path, script, **keywords):
    """Runs a script as boot loader; $o and $d are its files, and $f is a kernel."""
    program = tmp_path / "loader"
    program.write_text(
        "#!/bin/sh\nfor a; do case $a in --output=*) o=${a#*=};;\n"
        f"--output-directory=*) d=${{a#*=}};; esac; done\nf=$d/k\n{script}\n")
    program.chmod(0o755)
    fake = FakeLibxl(program, base=tmp_path, **keywords)
    outcome = fake.judge(10)
    fake.cleanup()
    assert not fake.output.exists()
    return outcome


GOOD = 'echo x > $f; printf "kernel $f\\0args a\\0\\0" > $o'
FAULTS = {
    "no kernel": ("exit 0", "exit 0 without a kernel aborts the toolstack"),
    "empty kernel": (': > $f; printf "kernel $f\\0" > $o', "cannot map the kernel"),
    "no file": ('printf "kernel $f\\0" > $o', "cannot map the kernel"),
    "unknown item": (GOOD + '; printf "kern $f\\0" >> $o', "does not know the item"),
    "no blank": (GOOD + '; printf "argsx\\0" >> $o', "does not know the item"),
    "long item": (GOOD + '; printf "args %08187d\\0" 0 >> $o', "too long"),
}


@pytest.mark.parametrize("script, fault", FAULTS.values(), ids=FAULTS)
def test_fake_libxl_finds_the_fault(tmp_path, script, fault):
    outcome = run_script(tmp_path, script)
    assert outcome.status == 0
    assert fault in " ".join(outcome.complaints)


def test_fake_libxl_is_no_stricter_than_the_real_one(tmp_path):
    """Blanks of any kind, items that are overridden, the longest, and one without
    an end."""
    script = ('echo x > $f; echo y > $f.2; printf "kernel $f\\0\\0kernel\\t\\n $f.2\\0'
              'args %08186d\\0\\0args  last" 0 > $o')
    outcome = run_script(tmp_path, script)
    assert outcome.complaints == []
    assert (outcome.kernel, outcome.args, outcome.left) == (b"y\n", "last", [])


def test_fake_libxl_kills_who_closes_the_terminal(tmp_path):
    outcome = run_script(tmp_path, GOOD + "; exec <&- >&- 2>&-; sleep 5")
    assert outcome.status == -15


def test_fake_libxl_kills_who_takes_too_long(tmp_path):
    outcome = run_script(tmp_path, "exec sleep 9", restrict=9, limit=0.2)
    assert outcome.status == -9


def test_fake_libxl_of_4_1_takes_one_blank_and_ends_at_an_empty_item(tmp_path):
    outcome = run_script(tmp_path, 'echo x > $f; printf "kernel $f\\0args  a\\0\\0'
                         'ramdisk /nowhere\\0" > $o', version="4.1")
    assert outcome.complaints == []
    assert outcome.args == " a"


def test_fake_libxl_of_4_1_takes_no_other_blank(tmp_path):
    outcome = run_script(tmp_path, 'printf "kernel\\t$f\\0" > $o', version="4.1")
    assert "does not know the item" in outcome.complaints[0]


def test_fake_libxl_of_4_1_waits_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("threading.Thread.join", lambda self, timeout: None)
    with pytest.raises(AssertionError, match="waits for a result for ever"):
        run_script(tmp_path, "exit 1", version="4.1")


# ---- arguments

def paths(xen):
    place = Path(version_of(xen).place)
    return ((place / "bl.AbCdEf/fifo", place) if xen == "4.1" else
            (place / "bootloader.7.out", place / "bootloader.7.d"))


@pytest.mark.parametrize("xen, keywords, expected", [
    ("4.1", {"args": "a b"},
     "--args=a b|--output=/var/run/libxl/bl.AbCdEf/fifo|--output-format=simple0|"
     "--output-directory=/var/run/libxl/"),
    ("4.9", {"args": "root=/dev/xvda1"},
     "--args=root=/dev/xvda1|--output=/var/run/xen/bootloader.7.out|"
     "--output-format=simple0|--output-directory=/var/run/xen/bootloader.7.d"),
    ("4.16", {"restrict": 131079},
     "--runas=131079|--quiet|--output=/var/run/xen/bootloader.7.out|"
     "--output-format=simple0|--output-directory=/var/run/xen/bootloader.7.d"),
    ("4.22", {"kernel": "", "ramdisk": "r", "args": "a", "restrict": 131079},
     "--kernel=|--ramdisk=r|--args=a|--runas=131079|--quiet|"
     "--output=/var/lib/xen/bootloader.7.out|--output-format=simple0|"
     "--output-directory=/var/lib/xen/bootloader.7.d"),
])
def test_arguments_are_those_of_the_version(xen, keywords, expected):
    argv = make_args(version_of(xen), *paths(xen), ["--x=1", "y z"], "/dev/vg/web1",
                     **keywords)
    own = ["--x=1", "y", "z"] if xen == "4.1" else ["--x=1", "y z"]
    assert argv == [*expected.split("|"), *own, "/dev/vg/web1"]


GUESTS = [
    ({}, f"{ARGS} quiet"),
    ({"args": "root=/dev/xvda1 ro"}, f"{ARGS} quiet root=/dev/xvda1 ro"),
    ({"kernel": "vmlinuz", "ramdisk": "initrd.gz", "args": "ro"}, f"{ARGS} ro"),
    ({"kernel": "vmlinuz"}, "BOOT_IMAGE=vmlinuz"),
    ({"kernel": "", "ramdisk": "", "disk": None}, f"{ARGS} quiet"),
]


def runs_of(xen):
    version = version_of(xen)
    return [(type_, restrict, *guest) for type_ in version.types
            for restrict in [None, 131079][:1 + version.restricts]
            for guest in GUESTS]


@pytest.mark.parametrize("xen", XENS)
def test_every_version_boots(host, xen):
    """PV and PVH, with and without xl.cfg's kernel, ramdisk and arguments, and
    restricted, as far as the version knows that."""
    with served(host):
        for type_, restrict, guest, args in runs_of(xen):
            outcome = boot(host, VIF, version=xen, type_=type_,
                           restrict=restrict, **guest)
            assert outcome.status == 0, (type_, guest, outcome.lines)
            assert (outcome.args, outcome.kernel) == (args, KERNEL)
            assert outcome.ramdisk == (RAMDISK if "initrd" in args else None)
            assert outcome.left == []
            assert not restrict or outcome.console == b""
    assert not [p for p in host.directory.iterdir() if p.name[0] == "b"]


def test_program_is_found_as_libxl_does(host, tmp_path):
    """Beside Xen's own programs, or else in PATH."""
    libexec, bin_ = tmp_path / "libexec", tmp_path / "bin"
    for directory, name in (libexec, "own"), (bin_, "lwpxeboot"):
        directory.mkdir()
        (directory / name).symlink_to(BINARY)
    path = ("env", f"PATH={bin_}:{os.environ['PATH']}")
    for name, found in ("own", str(libexec / "own")), ("lwpxeboot", "lwpxeboot"):
        program = find_program(version_of("4.22"), name, libexec)
        assert program == found
        with served(host):
            assert boot(host, VIF, binary=program, wrapper=path).status == 0
    assert find_program(version_of("4.1"), "own", libexec) == "own"
    assert find_program(version_of("4.22"), "/x/own", libexec) == "/x/own"


# ---- the result

def test_longest_item_is_one_that_libxl_takes(host):
    for more in 0, 1:
        words = "x" * (CMDLINE_MAX - len(f"{ARGS} quiet ") + more)
        with served(host):
            outcome = boot(host, VIF, args=words)
        assert outcome.status == 37 * more, outcome.lines
        assert outcome.args == (None if more else f"{ARGS} quiet {words}")
        assert outcome.result == b"" or len(outcome.result.split(b"\0")[2]) == 8191


CONTROLS = {
    "newline": "a\nkernel /etc/shadow", "return": "a\rb", "escape": "\x1b[2J",
    "delete": "a\x7f", "first": "\x01",
}


@pytest.mark.parametrize("args", CONTROLS.values(), ids=CONTROLS)
def test_control_characters_in_args_are_refused(host, args):
    with served(host):
        outcome = boot(host, VIF, args=args)
    assert (outcome.status, outcome.result, outcome.left) == (37, b"", [])


def test_args_pass_byte_by_byte(host):
    """What installers take: quotes, semicolons, equals signs, and any byte that is
    no control character."""
    args = ("ds=nocloud-net;s=http://10.9.0.1/ a='b c' \"d\" \\e %20 $(f) "
            "\udcff\udcc3\udca4 (g)")
    with served(host):
        outcome = boot(host, VIF, args=args)
    assert os.fsencode(outcome.args) == os.fsencode(f"{ARGS} quiet {args}")


# ---- ends

NOTHING = b""
EARLY = {
    "a wrong option": (2, [VIF, "--lable=x"]),
    "no guest": (2, []),
    "no bridge": (10, [f"--vif=mac={MAC},bridge=nobr7"]),
    "only help": (2, [VIF, "--help"]),
    "only an explanation": (2, [VIF, "--explain"]),
    "no directory": (13, [VIF, "--output-directory=/nowhere"]),
    "no configuration": (30, [VIF]),
}


@pytest.mark.parametrize("xen", ["4.1", "4.22"])
@pytest.mark.parametrize("status, args", EARLY.values(), ids=EARLY)
def test_failure_is_a_result_of_no_bytes(host, xen, status, args):
    """On a FIFO the end of it, at whatever time; never success without a kernel."""
    with served(host, files={}):
        outcome = boot(host, *args, version=xen)
    assert (outcome.status, outcome.result, outcome.left) == (status, NOTHING, [])
    assert outcome.last_line.startswith("lwpxeboot: ")


@pytest.mark.parametrize("xen", ["4.1", "4.22"])
def test_death_of_the_domain_ends_the_boot(host, xen):
    stall = Stall()
    with served(host, files={**TREE, "vmlinuz": stall}), \
            running(host, VIF, version=xen) as bootloader:
        stall.wait()
        bootloader.destroy_domain()
        outcome = bootloader.judge()
    bootloader.cleanup()
    assert (outcome.status, outcome.result, outcome.left) == (51, NOTHING, [])


def test_nothing_survives_being_killed(host):
    """libxl does that after two minutes to a boot loader that it restricts."""
    stall = Stall()
    with served(host, files={**TREE, "vmlinuz": stall}), \
            running(host, VIF, restrict=4242, limit=1.5) as bootloader:
        child = jailed_child(bootloader)
        stall.wait()
        outcome = bootloader.judge()
    assert (outcome.status, outcome.result) == (-9, NOTHING)
    wait_for(lambda: not is_alive(child), "the end of the child")
    wait_for(lambda: not [name for name in host.links() if "lwpxe" in name],
             "the end of the link")
    bootloader.cleanup()
    assert not bootloader.directory.exists()


def test_restricted_boot_ends_before_libxl_ends_it(host):
    """By its own time, which is less, and with a reason."""
    with served(host, files={**TREE, "vmlinuz": Stall()}):
        outcome = boot(host, VIF, "--timeout=1", restrict=4242)
    assert outcome.status == 50
    assert [line for line in outcome.lines if line] == [outcome.last_line]


def test_fifo_waits_for_the_local_boot_loader(host, tmp_path):
    """Its reader must not take the time between us and it for the end."""
    program = tmp_path / "pygrub"
    program.write_text(
        "#!/bin/sh\nfor a; do case $a in --output=*) o=${a#*=};;\n"
        "--output-directory=*) d=${a#*=};; esac; done\nsleep 0.5\n" + GOOD.replace("$f", "$d/k"))
    program.chmod(0o755)
    for xen in "4.1", "4.22":
        with served(host, files=tree_with(b"default x\nlabel x\nlocalboot 0\n")):
            outcome = boot(host, VIF, f"--local-bootloader={program}", version=xen)
        assert (outcome.status, outcome.args) == (0, "a"), outcome.lines


def test_copied_program_needs_nothing_beside_itself(host, tmp_path):
    """As on a diskless Dom0: no PATH, no home, no name."""
    binary = shutil.copy(BINARY, tmp_path / "x")
    with served(host):
        outcome = boot(host, VIF, binary=binary, wrapper=("env", "-i", "TERM=vt100"))
    assert outcome.status == 0


def test_everything_of_libxl_is_gone_after_all(host):
    with served(host):
        bootloader = Bootloader(host, VIF)
        bootloader.finish()
        bootloader.cleanup()
    assert not bootloader.output.exists() and not bootloader.directory.exists()
