# SPDX-License-Identifier: BSD-3-Clause
"""Guests in a VLAN of the bridge: every frame has its tag, and others' have
not."""

import pytest

from bootserver import assert_booted, served
from dhcpd import answer, datagram, message
from lab import MAC
from libxl import boot
from trunk import TRUNK, switch

VIF = f"--vif=mac={MAC},bridge={TRUNK}"
BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])


@BOTH_LINKS
@pytest.mark.parametrize("said", [
    [VIF, "--vlan=10"], [VIF + ",vlan=10"], [VIF + ",vlan=20/10p/30-39"],
    [VIF + ",vlan=99", "--vlan=10"],
])
def test_guest_boots_in_its_vlan(lab, link, said):
    with switch(lab, 10) as between, served(lab):
        outcome = boot(lab, *said, f"--link={link}")
    assert_booted(outcome)
    assert f"on {TRUNK}, by {link}, VLAN 10" in outcome.lines[0]
    assert between.strays == 0


@BOTH_LINKS
def test_another_vlan_is_another_network(lab, link):
    with switch(lab, 10) as between, served(lab):
        outcome = boot(lab, VIF, "--vlan=11", f"--link={link}",
                       "--dhcp-timeout=2")
    assert outcome.status == 20
    assert between.strays > 0


@BOTH_LINKS
def test_frames_without_a_tag_are_not_the_vlans(lab, link):
    """The answer comes untagged too, from a server that is in no VLAN."""
    def script(query):
        return [datagram(message(query, yiaddr="10.9.0.66")).frame(),
                answer(query)]
    vif = f"--vif=mac={MAC},bridge=xenbr0"
    with served(lab, script):
        outcome = boot(lab, vif, "--vlan=10", f"--link={link}",
                       "--dhcp-timeout=2")
    assert outcome.status == 20


@pytest.mark.parametrize("said, reason", [
    ([VIF, "--vlan=0"], "a VLAN is a number from 1 to 4094"),
    ([VIF, "--vlan=4095"], "a VLAN is a number from 1 to 4094"),
    ([VIF, "--vlan="], "a VLAN is a number from 1 to 4094"),
    ([VIF, "--vlan=10x"], "a VLAN is a number from 1 to 4094"),
    ([VIF + ",vlan=10/20"], "does not tell which VLAN"),
    ([VIF + ",vlan=untagged"], "is not like 10 or 10p/20"),
])
def test_vlan_that_is_none_is_refused(lab, said, reason):
    outcome = boot(lab, *said)
    assert outcome.status == 2
    assert reason in outcome.last_line
