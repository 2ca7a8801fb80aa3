# SPDX-License-Identifier: BSD-3-Clause
"""Each rung of the jail, by a process that tries what the real one never does:
with the filter of system calls it dies of it, and without, it fails."""

import errno
import os
import pty
import re
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
BUILT = TOP / "build/tests/jail"
UID = "4242"
ABSTRACT = "\0lwpxeboot-test"
ALL = ["descriptors", "namespaces", "root", "no_new_privs", "Landlock", "user",
       "capabilities", "limits", "parent", "seccomp"]

# What each deed fails with where no filter kills first.
DENIED = {
    "open_passwd": {"EACCES", "ENOENT"}, "open_root": {"EACCES"},
    "open_above": {"EACCES"}, "open_path": {"EACCES", "ENOENT"},
    "make_file": {"EACCES", "EROFS"}, "make_directory": {"EACCES", "EROFS"},
    "ask_unix": {"ECONNREFUSED"}, "ask_inet": {"ENETUNREACH"},
    "ask_packet": {"EPERM"}, "do_fork": {"EAGAIN"}, "signal_parent": {"EPERM"},
    "trace_parent": {"EPERM"}, "become_root": {"EPERM"},
    "join_groups": {"EPERM"}, "do_mount": {"EPERM"},
    "do_chroot": {"EPERM", "EACCES"}, "leave_network": {"EPERM"},
    "raise_limit": {"EPERM"}, "name_host": {"EPERM"},
    "ask_shared_memory": {"ENOENT"}, "lock_memory": {"EPERM", "ENOMEM"},
    "run_shell": {"EACCES", "ENOENT"}, "map_much": {"ENOMEM"},
}

# Nothing but the filter denies these, and they lead nowhere.
FILTER_ONLY = ["do_dup", "do_memfd", "dump_core", "map_code", "type_for_admin"]


def probe(directory: Path, deed: str, kind: str = "seccomp",
          wrapper: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Returns how it ended, and its lines."""
    file = directory / "file"
    file.touch()
    os.chmod(file, 0o666)
    os.chmod(directory, 0o777)
    done = subprocess.run([*wrapper, BUILT / kind / "probe", UID, file, deed],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60)
    return done.returncode, done.stdout.splitlines()


def held(directory: Path, wrapper: tuple[str, ...] = (),
         kind: str = "seccomp") -> list[str]:
    status, lines = probe(directory, "write_file", kind, wrapper)
    assert status == 0 and lines[1] == "done", lines
    return lines[0].split()


@pytest.fixture
def public():
    """A directory that every user can reach."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def without(*rungs: str) -> list[str]:
    return [rung for rung in ALL if rung not in rungs]


def test_root_gets_all_rungs(tmp_path):
    assert held(tmp_path) == ALL
    assert held(tmp_path, kind="noseccomp") == without("seccomp")


@pytest.mark.parametrize("deed", [*DENIED, *FILTER_ONLY])
def test_row16_forbidden_call_is_death(deed, tmp_path):
    status, lines = probe(tmp_path, deed)
    assert status == -signal.SIGSYS
    assert len(lines) == 1


@pytest.mark.parametrize("deed", DENIED)
def test_row16_other_rungs_hold_without_the_filter(deed, tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(ABSTRACT)
        listener.listen()
        status, lines = probe(tmp_path, deed, "noseccomp")
    assert status == 0
    assert lines[1] != "done", f"{deed} succeeded"
    assert errno.errorcode[int(lines[1])] in DENIED[deed]


@pytest.mark.parametrize("kind", ["seccomp", "noseccomp"])
def test_row08_file_ends_at_its_limit(kind, tmp_path):
    """One byte more is an error, not a signal."""
    status, lines = probe(tmp_path, "write_much", kind)
    assert status == 0
    assert int(lines[1]) == errno.EFBIG
    assert (tmp_path / "file").stat().st_size == 8192


def test_descriptors_with_high_numbers_are_kept(tmp_path):
    """Whoever runs us may have left open more than the jail expects."""
    many = ("bash", "-c", "for i in {10..200}; do eval \"exec $i</dev/null\"; "
            'done; exec "$@"', "bash")
    assert held(tmp_path, many) == ALL
    assert (tmp_path / "file").read_bytes() == b"x"


# ---- awkward places

def test_without_mount_the_root_is_changed(tmp_path):
    """As in a container that may change its root and no more."""
    assert held(tmp_path, ("setpriv", "--bounding-set=-sys_admin")) == \
        without("namespaces")
    for deed in "open_passwd", "open_above":
        status, lines = probe(tmp_path, deed, "noseccomp",
                              ("setpriv", "--bounding-set=-sys_admin"))
        assert lines[1] != "done"


def test_user_without_privilege_gets_the_rest(public):
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    assert held(public, nobody) == without("namespaces", "root", "user")
    for deed in "open_passwd", "open_above", "do_fork", "run_shell":
        status, lines = probe(public, deed, "noseccomp", nobody)
        assert lines[1] != "done", deed


def test_user_namespace_with_one_user_gets_all_but_another_user(tmp_path):
    assert held(tmp_path, ("unshare", "--user", "--map-root-user")) == \
        without("user")


def inject(call: str, error: str) -> tuple[str, ...]:
    return ("strace", "-f", "-qq", "-o", "/dev/null",
            f"--inject={call}:error={error}")


@pytest.mark.parametrize("call, error, missing", [
    ("landlock_create_ruleset", "ENOSYS", ["Landlock"]),
    ("landlock_create_ruleset", "EOPNOTSUPP", ["Landlock"]),
    ("unshare", "EINVAL", ["namespaces"]),
    ("mount", "ENODEV", ["namespaces"]),
    ("pivot_root", "EINVAL", []),   # as on an initramfs: chroot does it
    ("close_range", "ENOSYS", []),  # before Linux 5.9
    ("chroot", "EPERM", []),        # not needed after pivot_root
])
def test_kernel_that_lacks_something(call, error, missing, tmp_path):
    assert held(tmp_path, inject(call, error)) == without(*missing)


@pytest.mark.parametrize("call", [
    "setresuid", "setresgid", "setgroups", "capset", "prlimit64", "prctl",
    "dup2", "landlock_restrict_self",
])
def test_row16_rung_that_must_hold_and_does_not_ends_it(call, tmp_path):
    status, lines = probe(tmp_path, "write_file", wrapper=inject(call, "EPERM"))
    assert status == 3
    assert lines[0].startswith("the jail cannot be closed: ")
    assert "operation not permitted" in lines[0]
    assert (tmp_path / "file").read_bytes() == b""


def test_nothing_that_keeps_files_away_is_no_jail(tmp_path):
    status, lines = probe(tmp_path, "write_file", "noseccomp", (
        "strace", "-f", "-qq", "-o", "/dev/null",
        "--inject=landlock_create_ruleset:error=ENOSYS",
        "--inject=unshare,chroot:error=EPERM"))
    assert status == 3
    assert "nothing here keeps files from it" in lines[0]


def test_terminal_cannot_be_typed_at_for_the_admin(tmp_path):
    """TIOCSTI would put a command into the shell behind the console."""
    pid, master = pty.fork()
    if not pid:
        probe_argv = [str(BUILT / "seccomp/probe"), UID, str(tmp_path / "file"),
                      "type_for_admin"]
        os.execv(probe_argv[0], probe_argv)
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSYS


def test_every_rung_is_in_the_manual():
    text = (TOP / "doc/lwpxeboot.8").read_text()
    for rung in ALL:
        assert re.search(rf"^\.It (Cm )?{rung}$", text, re.MULTILINE), rung
