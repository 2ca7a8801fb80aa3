# SPDX-License-Identifier: BSD-3-Clause
"""Whole boots on each machine, by a real network in namespaces.

In QEMU's emulation of a user's program everything is the kernel's own but seccomp,
the filter of a TAP and packet sockets: hence build.sh's program "emulated".  What
this kernel runs itself is the program as it is shipped, with all of its jail.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bootserver import (ARGS, KERNEL, RAMDISK, TREE, assert_booted, served,
                        tree_with)
from lab import MAC, lab as make_lab, skip_without_root, wait_for
from libxl import boot
from targets import BIG_ENDIAN, TOP, XEN, by_name
from test_targets import allowed

VIF = f"--vif=mac={MAC},bridge=xenbr0"
EMULATED = [t for t in XEN if t.name != "x86_64"]
LITTLE_ENDIAN_TOO = by_name([*EMULATED, BIG_ENDIAN])


@pytest.fixture(name="net")
def a_lab(tmp_path):
    skip_without_root()
    with make_lab(tmp_path) as made:
        yield made


def emulated(target, directory: Path) -> Path:
    """A command that is the program."""
    script = directory / "lwpxeboot"
    script.write_text(f'#!/bin/sh\nexec {target.qemu} '
                      f'{target.out}/emulated/lwpxeboot "$@"\n')
    script.chmod(0o755)
    return script


@LITTLE_ENDIAN_TOO
def test_boot_by_tftp(net, target, tmp_path):
    with served(net):
        outcome = boot(net, VIF, "-v", "--link=tap", binary=emulated(target, tmp_path))
    assert_booted(outcome)
    assert ("Jail: descriptors namespaces root no_new_privs user capabilities limits "
            "parent; not here: Landlock seccomp") in outcome.lines


@LITTLE_ENDIAN_TOO
def test_boot_by_http(net, target, tmp_path):
    """Files of which the sizes need more than 16 bits."""
    files = {"vmlinuz": KERNEL * 200, "initrd.gz": RAMDISK * 100}
    web = net.directory / "web"
    web.mkdir()
    for name, content in files.items():
        (web / name).write_bytes(content)
    net.spawn(net.server, "python3", "-m", "http.server", "80", "--directory", web,
              stderr=subprocess.DEVNULL)
    wait_for(lambda: ":80 " in net.server.run("ss", "-ltn"), "a web server")
    config = (b"default a\nlabel a\nkernel http://10.9.0.1/vmlinuz\n"
              b"append initrd=http://10.9.0.1/initrd.gz quiet\n")
    with served(net, files=tree_with(config)):
        outcome = boot(net, VIF, "--link=tap", binary=emulated(target, tmp_path))
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == files["vmlinuz"]
    assert outcome.ramdisk == files["initrd.gz"]


@LITTLE_ENDIAN_TOO
def test_boot_is_explained(net, target):
    """The answer is the one that this machine's own program gives."""
    replies = []
    for program in [[target.qemu, target.out / "emulated/lwpxeboot"],
                    [TOP / "build/lwpxeboot"]]:
        with served(net, files=TREE):
            done = subprocess.run(
                net.dom0.command(*program, VIF, "--link=tap", "--explain",
                                 "--format=json"), capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        replies.append(json.loads(done.stdout) | {"jail": None})
    assert replies[0] == replies[1]
    assert replies[0]["cmdline"]["text"].startswith(ARGS)


def child_calls(trace: str) -> set[str]:
    """What the jailed process called behind the last rung of its jail, until it
    closed the descriptor that QEMU tells it on, to send its report and end."""
    lines = re.findall(r"^(\d+) (\w+)\(", trace, re.M)
    child = [pid for pid, call in lines if call == "prctl"][-1]
    assert child != lines[0][0]
    mine = [call for pid, call in lines if pid == child]
    return set(mine[len(mine) - mine[::-1].index("prctl"):])


@by_name(EMULATED)
def test_child_makes_calls_that_its_filter_would_allow(net, target, tmp_path):
    """Where seccomp cannot see to it; test_jail.py and test_machine.py have it."""
    output = tmp_path / "result"
    output.touch()
    with served(net):
        done = subprocess.run(
            net.dom0.command(target.qemu, "-strace", target.out / "emulated/lwpxeboot",
                             VIF, "--link=tap", "--menu=no", "--preflight=no",
                             f"--output={output}", "--output-format=simple0",
                             f"--output-directory={tmp_path}", "/dev/null"),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 0, done.stderr
    calls = child_calls(done.stderr.decode(errors="replace"))
    assert {"readv", "writev", "pwritev", "write"} <= calls, " ".join(calls)
    assert calls <= allowed(target, "jail_calls")


def test_32_bit_program_is_jailed_as_any(tmp_path):
    """The i386 one, natively: its filter, links, limits and the debian boot."""
    skip_without_root()
    i386 = next(t for t in XEN if t.name == "i386")
    if not i386.is_native:
        pytest.skip("this kernel runs no i386 programs")
    environment = os.environ | {"LWPXEBOOT": str(i386.out / "lwpxeboot")}
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider",
         f"--basetemp={tmp_path}/net", "tests/net/test_jail.py",
         "tests/net/test_boot.py"],
        cwd=TOP, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    print(done.stdout.splitlines()[-1])
