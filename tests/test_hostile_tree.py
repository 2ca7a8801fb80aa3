# SPDX-License-Identifier: BSD-3-Clause
"""--tree=DIR with a directory that means harm, and the process that reads it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from sites import TOP, missing, site  # noqa: F401

LEADS_OUT = "it leads out of the tree, by \"..\" or by a symbolic link"


@pytest.mark.parametrize("target", ["../secret", "/etc/hostname", "../../etc/passwd",
                                    "/proc/self/environ", "d/../../secret"])
def test_link_that_leads_out_is_not_followed(site, target):
    (site.tree / "d").mkdir()
    (site.tree / "pxelinux.cfg/default").symlink_to(
        f"../{target}" if target[0] != "/" else target)
    (site.tree / "k").symlink_to(target)
    code, answer = site.ask()
    assert code == 30
    assert answer["tried"][-1] == missing("pxelinux.cfg/default", LEADS_OUT)
    os.unlink(site.tree / "pxelinux.cfg/default")
    site.config("include k\ndefault k\n")
    done = site.run()
    assert done.returncode == 34
    assert f"warning: k: {LEADS_OUT}" in done.stdout
    assert f"kernel   k: missing: {LEADS_OUT}" in done.stdout


@pytest.mark.parametrize("name", ["../secret", "/../secret", "d/../../secret",
                                  "::../secret", "../tree/k"])
def test_dots_do_not_lead_out(site, name):
    (site.tree / "d").mkdir()
    site.put("k", b"k")
    site.config(f"default {name}\n")
    code, answer = site.ask()
    assert code == 34 and answer["kernel"]["reason"] == LEADS_OUT


def make(path: Path, kind: str) -> str:
    """Puts something there that cannot be read, and returns why."""
    if kind == "fifo":
        os.mkfifo(path)
        return "it is no regular file"
    if kind == "directory":
        path.mkdir()
        return "it is a directory"
    if kind == "loop":
        path.symlink_to(path.name)
        return "its symbolic links lead in a circle"
    if kind == "unreadable":
        path.write_bytes(b"default k\n")
        path.chmod(0)
        return "permission denied"
    os.mknod(path, 0o20666, os.makedev(1, 5))  # /dev/zero
    return "it is no regular file"


@pytest.mark.parametrize("kind", ["fifo", "directory", "loop", "unreadable", "device"])
def test_only_regular_files_are_read(site, kind):
    if kind == "device" and os.geteuid():
        pytest.skip("a device node needs root")
    path = site.tree / "pxelinux.cfg/default"
    reason = make(path, kind)
    code, answer = site.ask()
    assert code == 30 and answer["tried"][-1] == missing("pxelinux.cfg/default", reason)
    path.rmdir() if kind == "directory" else path.unlink()
    site.config("default k\n")
    make(site.tree / "k", kind)
    code, answer = site.ask()
    assert code == 34 and answer["kernel"] == missing("k", reason)


@pytest.mark.parametrize("size", [262144, 300000, 1 << 40])
def test_configuration_without_end_ends(site, size):
    os.truncate(site.put("pxelinux.cfg/default", b"default k\n"), size)
    code, answer = site.ask()
    assert code == 36 and "too large" in answer["error"]["message"]


def test_include_of_itself_ends(site):
    site.config("include pxelinux.cfg/default\n")
    code, answer = site.ask()
    assert code == 31 and "one INCLUDE too deep" in answer["error"]["message"]
    assert len(answer["files"]) == 0, "it was never complete"


def test_more_lines_than_are_kept_are_counted(site):
    site.config("x\n" * 600 + "default k\n" + "include y\n" * 100)
    site.put("k", b"k")
    code, answer = site.ask()
    assert code == 0
    assert len(answer["ignored"]) == 512 and answer["ignored_more"] == 88
    assert len(answer["missing"]) == 64
    assert "and 88 more lines like these" in site.run().stdout


def test_odd_bytes_come_back(site):
    site.tree = site.tree.rename(site.directory / "a\nb\x1b[2J\"")
    label = "".join(map(chr, range(0x80, 0x100))) + "\x1b\x7f\"\\x"
    site.config(f"label {label}\nkernel k\n")
    code, answer = site.ask("-l")
    assert code == 0
    assert answer["tree"] == str(site.tree)
    assert answer["entries"][0]["label"] == label


def test_any_bytes_give_one_object(site):
    random = Random(1)
    words = [b"label ", b"kernel ", b"append ", b"include ", b"menu begin ", b"\n",
             b"default ", b"menu end\n", b"menu goto ", b"text help\n", b"initrd ",
             b"localboot", b"pxelinux.cfg/default", b"ui menu.c32\n", b"\0", b"k"]
    for _ in range(60):
        site.put("pxelinux.cfg/default", b"".join(
            random.choice(words) if random.random() < 0.8 else random.randbytes(3)
            for _ in range(random.randrange(300))))
        site.ask("-l", "--explain")


# ---- what the process can do meanwhile

def test_jailed_process_can_only_read_the_tree(site):
    if not shutil.which("strace"):
        pytest.skip("there is no strace")
    site.config("include k\ndefault k\n")
    site.put("k", b"# kernel")
    trace = site.directory / "trace"
    subprocess.run(["strace", "-f", "-qq", "-o", trace, *site.command()], check=True,
                   capture_output=True)
    lines = [line.split(maxsplit=1) for line in trace.read_text().splitlines()]
    child = next(pid for pid, rest in lines if "PR_SET_SECCOMP" in rest)
    ours = next(i for i, (_, rest) in enumerate(lines)
                if rest.startswith(f'execve("{site.binary}"'))
    assert not any(rest.startswith(("socket(", "connect(", "bind("))
                   for _, rest in lines[ours:])
    mine = [rest for pid, rest in lines if pid == child]
    start = next(i for i, rest in enumerate(mine) if "PR_SET_SECCOMP" in rest)
    assert any(rest.startswith("landlock_restrict_self") for rest in mine[:start])
    assert any("PR_SET_NO_NEW_PRIVS" in rest for rest in mine[:start])
    seen = {rest.split("(")[0] for rest in mine[start + 1:] if "(" in rest}
    lists = (TOP / "build/seccomp.h").read_text().split("jail_tree_calls")
    for_trees = set(re.findall(r"^\tSYS_(\w+),", lists[1], re.MULTILINE))
    for_all = set(re.findall(r"^\tSYS_(\w+),", lists[0], re.MULTILINE))
    assert seen <= for_trees | for_all
    assert for_trees - seen <= {"fstat64", "statx", "exit_group"}
    assert "openat2" in for_trees - for_all
