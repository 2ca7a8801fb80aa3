# SPDX-License-Identifier: BSD-3-Clause
"""xl create -c: its console client comes a second late, and must not miss us."""

import sys
from pathlib import Path

import pytest

from bootserver import assert_booted, served
from lab import MAC
from libxl import boot

VIF = f"--vif=mac={MAC},bridge=xenbr0"
XL = str(Path(__file__).parent / "xl.py")


def boot_by_xl(lab, client, before=(), **keywords):
    """Returns what became of it, and whether the client had come by then."""
    report = lab.directory / "client"
    with served(lab, **keywords):
        outcome = boot(lab, VIF, wrapper=(
            *before, sys.executable, "-B", XL, client, str(report)))
    return outcome, report.read_text()


def test_boot_waits_for_the_client(lab):
    """Else that would find the guest's terminal, and xl wait for its end."""
    outcome, client = boot_by_xl(lab, "late")
    assert_booted(outcome)
    assert client == "looks"


def test_failure_waits_for_the_client(lab):
    """Else nobody would see the reason."""
    outcome, client = boot_by_xl(lab, "late", files={})
    assert outcome.status == 30
    assert client == "looks"


def test_client_that_never_comes_is_not_waited_for_long(lab):
    outcome, client = boot_by_xl(lab, "never")
    assert_booted(outcome)
    assert client == "nobody"


@pytest.mark.parametrize("client, looks", [("none", 1), ("late", 10)])
def test_without_a_client_there_is_no_wait(lab, client, looks):
    path = lab.directory / "trace"
    assert_booted(boot_by_xl(lab, client, before=(
        "strace", "-f", "-qq", "-e", "trace=openat", "-o", str(path)))[0])
    found = path.read_text().count('/children"')
    assert found == 1 if looks == 1 else found >= looks
