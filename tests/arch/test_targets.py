# SPDX-License-Identifier: BSD-3-Clause
"""The program for each machine, as it is shipped."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from bootserver import write_tree
from targets import TOP, XEN, by_name

BOTH = pytest.mark.parametrize("config", ["default", "tiny"])


def program(target, config) -> Path:
    return target.out / ("tiny" if config == "tiny" else "") / "lwpxeboot"


def readelf(path: Path, what: str) -> str:
    return subprocess.run(["readelf", what, path], check=True, text=True,
                          capture_output=True).stdout


@by_name(XEN)
@BOTH
def test_program_is_static_and_hardened(target, config, record_property):
    path = program(target, config)
    head, segments, dynamic = (readelf(path, what) for what in ("-hW", "-lW", "-dW"))
    assert re.search(rf"Machine: +{re.escape(target.elf)}$", head, re.M)
    assert re.search(rf"Class: +ELF{target.bits}$", head, re.M)
    assert re.search(r"Type: +DYN", head)
    kinds = re.findall(r"^  ([A-Z_]+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ (.{3}) ", segments,
                       re.M)
    assert [flags for kind, flags in kinds if kind == "LOAD"] == ["R  ", "R E", "RW ", "RW "]
    assert ("GNU_STACK", "RW ") in kinds and ("GNU_RELRO", "R  ") in kinds
    assert "INTERP" not in segments and "NEEDED" not in dynamic
    assert "TEXTREL" not in dynamic and re.search(r"FLAGS.*NOW", dynamic)
    print(f"{target.name}, {config}: {path.stat().st_size} bytes")
    record_property("bytes", path.stat().st_size)


@by_name(XEN)
@BOTH
def test_program_starts(target, config):
    for option, word in ("--version", "lwpxeboot 0"), ("--help", "usage: lwpxeboot"):
        done = target.run(program(target, config), option)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(word)


@by_name(XEN)
def test_tree_is_explained_in_the_jail_or_not_at_all(target):
    """QEMU's emulation has no seccomp and, before its version 9, no openat2(2)."""
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)
        write_tree(Path(tree))
        done = target.run(program(target, "default"), "-v", f"--tree={tree}",
                          "--explain")
    if target.is_native:
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search("^Jail: .* seccomp$", done.stdout, re.M)
        assert "It would boot" in done.stdout
    else:
        assert done.returncode in (33, 53), done.stdout + done.stderr
        assert re.search("openat2: not in this kernel|cannot be closed: seccomp",
                         done.stdout + done.stderr)


# ---- the filter of system calls

EVERYWHERE = {"close", "read", "write", "readv", "writev", "pwritev", "pread64",
              "recvmsg", "sendto", "exit_group", "rt_sigreturn", "restart_syscall",
              "sched_yield", "ftruncate", "ppoll"}
# 32-bit machines got calls for 64-bit times and sizes later.  musl takes those
# first, and for the time goes back to the old one on old kernels, which it calls
# by a name of its own.
ONLY_32 = {"clock_gettime32", "clock_gettime64", "ppoll_time64", "ftruncate64", "poll"}
CALLS = {"aarch64": EVERYWHERE | {"clock_gettime"},
         "riscv64": EVERYWHERE | {"clock_gettime"},
         "x86_64": EVERYWHERE | {"clock_gettime", "poll"},
         "armv7": EVERYWHERE | ONLY_32, "i386": EVERYWHERE | ONLY_32}
FOR_TREES = {"openat2", "statx", "read", "close", "exit_group"}


def preprocessed(target, *options: str) -> str:
    """The filter's source, as the compiler of this machine sees it."""
    command, = [line for line in (target.out / "commands").read_text().splitlines()
                if "-c src/priv/jail_seccomp.c " in line]
    command = command.split(" -o ")[0].replace(" -c ", f" -E {' '.join(options)} ")
    return subprocess.run(["sh", "-c", command], cwd=TOP, check=True, text=True,
                          capture_output=True).stdout


def call_names(target) -> dict[int, str]:
    """A number may be another's and so much: (__NR_timer_create+6)."""
    found = dict(re.findall(r"^#define __NR_(\w+) (.+)$", preprocessed(target, "-dM"),
                            re.M))
    texts = {name: re.sub(r"__NR_(\w+)", lambda m: found.get(m[1], m[1]), text)
             for name, text in found.items()}
    return {number(text): name for name, text in texts.items()
            if re.fullmatch(r"[()\d+x ]+", text)}


def number(text: str) -> int:
    """The value of what is a constant expression in C and Python."""
    return eval(text.strip())  # pylint: disable=eval-used


def allowed(target, table: str) -> set[str]:
    text = preprocessed(target, "-P")
    numbers = re.search(rf"{table}\[\] = \{{(.*?)\}};", text, re.S)[1]
    names = call_names(target)
    return {names[number(word)] for word in numbers.split(",") if word.strip()}


@by_name(XEN)
def test_filter_is_for_this_machine(target):
    text = preprocessed(target, "-P")
    # What is compared with seccomp_data.arch; BPF_JMP | BPF_JEQ | BPF_K before it.
    audit = re.search(r"emit\(&code\[n\], 0x05 \| 0x10 \| 0x00, (.*?), 1, 0\)", text)
    assert number(audit[1]) == target.audit


@by_name(XEN)
def test_filter_allows_the_calls_that_this_machine_has(target):
    assert allowed(target, "jail_calls") == CALLS[target.name]
    assert allowed(target, "jail_tree_calls") == FOR_TREES
