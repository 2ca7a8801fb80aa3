# SPDX-License-Identifier: BSD-3-Clause
"""Every system call that a boot makes fails, one in each of many boots: the boot
goes on, or ends soon with a documented code, a sentence and nothing left.

No handler for signals is ever set, so nothing but a debugger makes a call end
with EINTR; where a process waits it is survived all the same.
"""

import json
import os
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from errno import (EACCES, EAGAIN, EINTR, EINVAL, EIO, EMFILE, ENFILE, ENOBUFS,
                   ENOMEM, ENOSPC, ENOSYS, EPERM, EROFS)
from signal import SIGKILL

import pytest

from judged import last_line, ports_of
from libxl import BINARY
from spoiled import AT_A_TIME, INJECT, NAMES, Plan, made_range

NEW = [EMFILE, ENFILE, ENOMEM]         # what a new descriptor can fail with
WAIT = [EINTR, EAGAIN, EIO]
JAIL = [EPERM, ENOMEM]
ERRNOS = {
    "openat": [EMFILE, ENFILE, EACCES, EINTR, ENOSPC, EIO],
    "socket": NEW, "socketpair": NEW, "signalfd4": NEW, "memfd_create": NEW,
    "landlock_create_ruleset": NEW, "fcntl": [EMFILE], "dup2": [EMFILE, EINTR],
    "clone": [EAGAIN, ENOMEM], "bind": [ENOMEM, EPERM], "listen": [ENOMEM],
    "connect": [EAGAIN, EPERM], "ioctl": [EPERM, ENOMEM],
    "poll": [EINTR, ENOMEM], "wait4": [EINTR], "kill": [EPERM],
    "read": WAIT, "readv": WAIT, "recvmsg": WAIT + [ENOMEM], "pread64": WAIT,
    "recvfrom": [EINTR, ENOMEM, ENOBUFS], "sendto": [EINTR, ENOBUFS, EPERM],
    "write": WAIT, "writev": WAIT + [ENOBUFS],
    "pwritev": [EINTR, ENOSPC, EIO, ENOMEM], "ftruncate": [EIO, EPERM],
    "lseek": [EIO], "close": [EINTR, EIO], "close_range": [ENOSYS, ENOMEM],
    "unlinkat": [EIO, EROFS], "setsockopt": [ENOMEM, EPERM],
    "getrandom": [EAGAIN, EINTR, ENOSYS], "mprotect": [ENOMEM],
    "sched_yield": [EINVAL], "prctl": [EPERM, EINVAL],
    "setgroups": JAIL, "setresuid": JAIL + [EAGAIN], "setresgid": JAIL,
    "capset": JAIL, "prlimit64": JAIL, "landlock_restrict_self": JAIL,
    "landlock_add_rule": JAIL, "unshare": JAIL, "mount": JAIL,
    "umount2": JAIL, "pivot_root": JAIL + [EINVAL], "chroot": JAIL,
    "chdir": JAIL, "fchdir": JAIL, "rt_sigprocmask": [EINVAL],
    "openat2": [EMFILE, EACCES, EINTR, EAGAIN, EIO], "statx": [EIO, ENOMEM],
    "setitimer": [EINVAL], "fstatfs": [ENOSYS, EIO],
    "fstat": [EIO], "newfstatat": [EIO, EACCES, ENOMEM],
    "faccessat": [EROFS, EIO], "fsync": [EIO, ENOSPC],
}

# The C library's start, the end, and what cannot fail.
NOT_SPOILED = {"execve", "arch_prctl", "set_tid_address", "exit_group",
               "geteuid", "getppid"}
FEW = 10  # of a call that is made more often, one errno each time

# Who waits does it again; what helps a boot may be missing.
SURVIVED = {
    *((call, EINTR) for call in ("poll", "wait4", "pwritev", "readv", "writev",
                                 "recvmsg", "write", "close", "getrandom")),
    *((call, EAGAIN) for call in ("readv", "recvmsg", "writev", "getrandom",
                                  "connect")),
    *((call, EPERM) for call in ("unshare", "mount", "umount2", "pivot_root",
                                 "chdir", "kill")),
    ("readv", EIO), ("recvmsg", EIO), ("writev", EIO), ("writev", ENOBUFS),
    ("getrandom", ENOSYS), ("sched_yield", EINVAL),
    ("poll", ENOMEM), ("close", EIO), ("fstatfs", ENOSYS), ("fstatfs", EIO),
}

# A jail with a hole in one of these is none.
FATAL_IN_THE_CHILD = {"setgroups", "setresuid", "capset", "prlimit64",
                      "landlock_restrict_self", "fcntl"}


@pytest.fixture(scope="module")
def spoiler(tmp_path_factory):
    if os.geteuid():
        pytest.skip("network namespaces need root")
    if not INJECT.exists():
        pytest.skip("inject.c is for x86-64")
    with made_range(tmp_path_factory.mktemp("faults")) as made:
        yield made


def plans_for(calls, only=None, every=1):
    """Each call as often as it is made, and what it can fail with; of many of a
    kind only some, if `every` is more than 1."""
    for (who, call), n in sorted(calls.items()):
        if call in NOT_SPOILED or only and (who, call) not in only:
            continue
        assert call in ERRNOS, f"what can {call}() fail with?"
        errnos = ERRNOS[call]
        for nth in range(1, n + 1):
            if call == "prctl" and who == "child" and 4 < nth < n - 3 and nth % 16:
                continue  # once for each capability
            if FEW < nth < n and nth % every:
                continue
            for error in errnos if n <= FEW else [errnos[nth % len(errnos)]]:
                yield Plan(who, call, nth, "error", error)


def report(name, runs):
    by_call = Counter(run.plan.call for run in runs)
    ends = Counter(run.outcome.status for run in runs)
    print(f"{name}: {len(runs)} faults, {dict(by_call)}; ends {dict(ends)}")


def judge(name, runs):
    runs = list(runs)
    report(name, runs)
    assert [str(run) for run in runs if run.wrong()] == []
    for run in runs:
        plan, status = run.plan, run.outcome.status
        if (plan.call, plan.number) in SURVIVED:
            assert status == 0, str(run)
        if plan.who == "child" and plan.call in FATAL_IN_THE_CHILD:
            assert status == 1 or status == 52, str(run)
    return runs


def test_tap_boot_survives_or_tells_every_fault(spoiler):
    calls = spoiler.run(Plan(), "--link=tap").calls
    judge("tap", spoiler.run_all(plans_for(calls), "--link=tap"))
    assert not ports_of(spoiler.lab)


def test_packet_boot_survives_or_tells_every_fault(spoiler):
    """Of the calls that a boot with a TAP does not make."""
    calls = spoiler.run(Plan(), "--link=packet").calls
    own = {("parent", "socket"), ("parent", "setsockopt"), ("parent", "bind"),
           ("child", "recvmsg"), ("child", "writev")}
    judge("packet", spoiler.run_all(plans_for(calls, own), "--link=packet"))


def test_menu_survives_or_tells_every_fault(spoiler):
    """Of the calls that a terminal brings."""
    calls = spoiler.run(Plan(), menu=True).calls
    own = {("parent", "ioctl"), ("child", "ioctl"), ("child", "read"),
           ("child", "write"), ("child", "poll")}
    judge("menu", spoiler.run_all(plans_for(calls, own), menu=True))


def test_failing_boot_ends_the_same_whatever_else_fails(spoiler):
    """One fault more, behind the one that ends the boot: what cannot be removed
    is named."""
    failing = "--kernel=nowhere"
    base = spoiler.run(Plan(), failing)
    assert base.outcome.status == 34 and base.calls["parent", "wait4"] == 1
    own = {("parent", call) for call in ("wait4", "kill", "unlinkat",
                                         "ftruncate", "poll", "recvfrom")}
    runs = list(spoiler.run_all(plans_for(base.calls, own), failing))
    report("failing", runs)
    for run in runs:
        if run.plan.call == "unlinkat":
            [name] = run.outcome.left
            assert f"warning: {name} in the output directory cannot be " \
                f"removed" in last_line(run.outcome.console)
        else:
            assert run.wrong() is None, str(run)
        assert run.outcome.status != 0


def boot_once(spoiler, directory, plan):
    """Boots with --once; returns the run and whether that is remembered."""
    state = directory / "00000000-0000-0000-0000-000000000001"
    run = spoiler.run(plan, "--once", f"--uuid={state.name}",
                      f"--state-directory={directory}")
    remembered = state.exists()
    state.unlink(missing_ok=True)
    return run, remembered


def test_once_is_remembered_exactly_if_it_boots(spoiler, tmp_path):
    """Whatever of it fails: a boot that is not remembered would be repeated, and
    one that is and was none would be missed.  All of the parent's calls before
    the link is opened and behind the last one of the child's."""
    tmp_path.chmod(0o700)
    base, remembered = boot_once(spoiler, tmp_path, Plan())
    assert base.outcome.status == 0 and remembered
    own = {("parent", call) for call in ("fstat", "newfstatat", "faccessat",
                                         "fsync", "openat", "write", "unlinkat",
                                         "lseek", "close")}
    runs = [boot_once(spoiler, tmp_path, plan)
            for plan in plans_for(base.calls, own)]
    report("once", [run for run, _ in runs])
    for run, remembered in runs:
        assert run.wrong() is None, str(run)
        assert remembered == (run.outcome.status == 0), str(run)
    assert {0, 14, 15} < {run.outcome.status for run, _ in runs}


def test_once_is_never_remembered_before_the_result(spoiler, tmp_path):
    """If the parent is killed, at each of its last calls: what is remembered
    has a whole result, though libxl will not take it from a killed process."""
    tmp_path.chmod(0o700)
    base, _ = boot_once(spoiler, tmp_path, Plan())
    n = sum(count for (who, _), count in base.calls.items() if who == "parent")
    seen = set()
    for nth in range(n - 14, n + 1):
        run, remembered = boot_once(spoiler, tmp_path, Plan(
            "parent", "", nth, "parent", SIGKILL))
        assert not remembered or run.outcome.result, str(run)
        seen.add((bool(run.outcome.result), remembered))
    assert seen >= {(True, False), (True, True)}


def explain(spoiler, plan, tree):
    """Asks for the answer in JSON; returns it and what inject.c wrote."""
    n = spoiler.guests.get()
    log = spoiler.lab.directory / f"explain.{n}"
    args = [f"--tree={spoiler.lab.directory}/tree"] if tree else [
        "--explain", "--dhcp-timeout=5",
        f"--vif=mac=00:16:3e:07:02:{n:02x},bridge=xenbr0"]
    command = [INJECT, log, *plan.words(), BINARY, *args, "--format=json"]
    done = subprocess.run(spoiler.lab.dom0.command(*command), timeout=60,
                          capture_output=True, stdin=subprocess.DEVNULL)
    lines = log.read_text().splitlines()
    spoiler.guests.put(n)
    return done, lines


def judge_answer(plan, done):
    """One whole object, which tells the exit code; or none, and why not.  What
    fails while it is copied may cut it, and the exit code tells that."""
    if plan.who == "parent" and plan.call in ("write", "pread64"):
        assert done.returncode in (0, 1, 13), plan
        assert done.returncode or json.loads(done.stdout), plan
        return
    answer = json.loads(done.stdout) if done.stdout else None
    if answer:
        error = answer["error"]
        assert done.returncode == (error["code"] if error else 0), plan
    else:
        assert done.returncode and done.stderr.startswith(b"lwpxeboot: "), plan


@pytest.mark.parametrize("tree", [True, False], ids=["tree", "network"])
def test_explanation_survives_or_tells_every_fault(spoiler, tree):
    done, lines = explain(spoiler, Plan(), tree)
    assert done.returncode == 0, done
    calls = {(who, NAMES[int(number)]): int(n) for who, number, n in
             (line.split() for line in lines) if number.isdigit()}
    plans = list(plans_for(calls, every=20))
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for plan, (done, _) in zip(plans, pool.map(
                lambda plan: explain(spoiler, plan, tree), plans)):
            judge_answer(plan, done)
    print(f"explain, tree {tree}: {len(plans)} faults")
