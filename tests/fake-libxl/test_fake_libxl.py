# SPDX-License-Identifier: BSD-3-Clause
"""The judge of boot loaders knows good ones from bad ones."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
GOOD = r"""
for a; do case $a in
--output=*) out=${a#*=} ;; --output-directory=*) dir=${a#*=} ;;
esac; done
echo kernel > $dir/k
"""
WRITE = r"""printf 'kernel %s\0args %s\0' $dir/k "ro quiet" > $out
"""
BAD = {
    "exit status 0 means a kernel": "printf 'args ro\\0' > $out",
    "kernel is a file that has bytes": ": > $dir/k\n" + WRITE,
    "kernel is a file that has bytes: '/nowhere/k'":
        "printf 'kernel /nowhere/k\\0' > $out",
    "kernel is in the output directory": "echo k > $dir/../k\n"
        "printf 'kernel %s\\0' ${dir%/*}/k > $out",
    "an item has at most 8191 bytes": WRITE.replace("ro quiet", "$(printf '%08187d' 0)"),
    "items are kernel, ramdisk and args": WRITE + "printf 'initrd x\\0' >> $out",
    "the last item ends with NUL": "printf 'kernel %s' $dir/k > $out",
    "the command line fits the guest": WRITE.replace("ro quiet", "$(printf '%01024d' 0)"),
    "the terminal is kept until the end": WRITE +
        "exec < /dev/null > /dev/null 2>&1; sleep 1",
    "no interface is left": WRITE + "ip tuntap add mode tap name tap9",
    "a failure has a last line on the console": "exit 3",
}


def fake_libxl(*argv, **keywords) -> subprocess.CompletedProcess:
    if os.geteuid():
        pytest.skip("network namespaces need root")
    return subprocess.run([sys.executable, "-B", HERE, *argv], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=60, check=False, **keywords)


@pytest.fixture(name="script")
def make_script(tmp_path):
    def make(body: str) -> Path:
        path = tmp_path / "bootloader"
        path.write_text("#!/bin/sh\n" + GOOD + body)
        path.chmod(0o755)
        return path
    return make


def test_good_bootloader(script, tmp_path):
    done = fake_libxl(tmp_path, script(WRITE))
    assert done.returncode == 0, done.stdout
    assert "FAIL" not in done.stdout
    assert "args     ro quiet" in done.stdout


@pytest.mark.parametrize("rule", BAD)
def test_bad_bootloader(rule, script, tmp_path):
    done = fake_libxl("--type=pv", tmp_path, script(BAD[rule]))
    assert done.returncode == 1
    assert f"  FAIL  {rule}" in done.stdout
    assert done.stdout.count("FAIL") == 1


def test_slow_bootloader_is_killed(script, tmp_path):
    done = fake_libxl("--seconds=1", tmp_path, script("sleep 100"))
    assert done.returncode == 1
    assert "killed after 1.0 s" in done.stdout


@pytest.fixture(name="tree")
def make_tree(tmp_path) -> Path:
    config = tmp_path / "site/pxelinux.cfg/default"
    config.parent.mkdir(parents=True)
    config.write_text("DEFAULT a\nLABEL a\nKERNEL k\nAPPEND is=a\n"
                      "LABEL b\nKERNEL k\nAPPEND is=b\n")
    (tmp_path / "site/k").write_bytes(b"kernel")
    return tmp_path


@pytest.mark.parametrize("options", [[], ["--http"], ["--runas=65534"]])
def test_lwpxeboot_boots_a_tree(tree, options):
    """Whose pxelinux.cfg is not at its top."""
    done = fake_libxl(*options, tree, "--preflight=no", "--menu=no", "--label=b")
    assert done.returncode == 0, done.stdout
    assert "is=b" in done.stdout
    assert ("http://10.9.0.1/site/" in done.stdout) == ("--http" in options)


def test_somebody_types(tree):
    """Our terminal is the guest's, until Ctrl-]."""
    config = tree / "site/pxelinux.cfg/default"
    config.write_text("PROMPT 1\n" + config.read_text())
    if os.geteuid():
        pytest.skip("network namespaces need root")
    pid, terminal = pty.fork()
    if not pid:
        os.execv(sys.executable, [sys.executable, "-B", str(HERE), str(tree),
                                  "--preflight=no"])
    seen = b""
    while b"boot:" not in seen:
        seen += os.read(terminal, 4096)
    os.write(terminal, b"b")
    while not seen.endswith(b"b"):
        seen += os.read(terminal, 4096)
    os.write(terminal, b"\x1d")
    ended = time.monotonic() + 20
    while b"libxl's rules" not in seen and time.monotonic() < ended:
        seen += os.read(terminal, 4096)
    os.close(terminal)
    os.waitpid(pid, 0)
    assert b"the boot was interrupted" in seen


def test_libxl_may_be_of_another_xen(script, tmp_path):
    """4.1 reads a FIFO, and knows PV guests only."""
    done = fake_libxl("--xen=4.1", "--type=pv", tmp_path, script(WRITE))
    assert done.returncode == 0, done.stdout
    assert "args     ro quiet" in done.stdout


@pytest.mark.parametrize("options, reason", [
    (["--xen=4.9"], "for ('pv',) only"), (["--xen=3.4"], "is not known"),
    (["--xen=4.14", "--runas=9"], "has no restrict mode")])
def test_what_libxl_did_not_know_is_refused(options, reason, tmp_path):
    done = fake_libxl(*options, tmp_path)
    assert done.returncode == 2
    assert reason in done.stderr


def test_try_names_what_is_no_directory(tmp_path):
    """From where it was called, and before anything is built."""
    done = subprocess.run([TOP / "build.sh", "try", "nowhere"], cwd=tmp_path,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"build.sh: {tmp_path}/nowhere is no directory\n"
