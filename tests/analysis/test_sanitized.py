# SPDX-License-Identifier: BSD-3-Clause
"""The program and its tests as sanitizers watch them.

tests/unit and tests/sim run under gcc's address sanitizer as it is.  Here they
run under clang's memory sanitizer too, and the whole program under gcc's
address sanitizer, against a choice of tests/net: a boot by each protocol, and
hostile servers.  ./build.sh test --asan runs all of those.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
PROGRAM = TOP / "build/asan/lwpxeboot"

# What of tests/net, by file.
CHOSEN = {
    "boot": "test",
    "console": "control_characters",
    "dhcp": "random_packets or leads_to_another_offer",
    "explain": "hostile_bytes or all_offers",
    "http": "many_shapes or without_sense or one_by_one or path_is_escaped",
    "http_resume": "chunks or wrong_part or redirects_are_followed",
    "lease": "joined_over or last_byte or short_name",
    "link": "not_cut_yet or boots_from_a_server_on_the_same_host",
    "localboot": "own_arguments",
    "menu": "tab_edits or shown_escaped or hashed",
    "proxydhcp": "beside_a_router or gets_its_menu",
    "pxe": "random_answers or hostile_menu",
    "pxelinux": "16_deep or 4095 or limited or searched_in_order",
    "result": "what_libxl_reads or room_for_a_file",
    "terminal": "as_a_list",
    "tftp": "random_packets or cut_inside or larger_than_agreed or 512_bytes "
            "or strangers_are or announced",
    "vlan": "guest_boots",
    "windows": "fragments_come_in_any_order or overlap",
}


def symbols(program: Path) -> str:
    return subprocess.run(["nm", program], check=True, capture_output=True,
                          text=True).stdout


def run(*command: object, **environment: str) -> None:
    """Runs a command, whose words are shown where it fails."""
    done = subprocess.run(command, cwd=TOP, text=True, timeout=600,
                          env=os.environ | environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout


def test_whole_program_is_watched():
    assert "__asan_report_load" in symbols(PROGRAM)
    assert "__ubsan_handle_out_of_bounds_abort" in symbols(PROGRAM)


@pytest.mark.parametrize("name", CHOSEN)
def test_address_sanitizer_finds_nothing(name, tmp_path):
    run(sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider",
        f"--basetemp={tmp_path}/net", f"tests/net/test_{name}.py", "-k",
        CHOSEN[name], LWPXEBOOT=str(PROGRAM))


def programs(kind: str) -> list[str]:
    return sorted(p.stem for p in (TOP / "tests" / kind).glob("test_*.c"))


def watch_memory(kind: str, name: str, **environment: str) -> None:
    program = TOP / "build/msan" / kind / name
    assert "__msan_warning" in symbols(program)
    run(program, **environment)


# Rounds of a hash, all alike, take most of its time.
@pytest.mark.parametrize("name", sorted({*programs("unit")} - {"test_crypt"}))
def test_memory_sanitizer_finds_nothing_in(name):
    """Nor in the golden trees, which are test_golden's."""
    watch_memory("unit", name)


# The sweeps over each frame and each block take minutes so, and no other way
# through the code than these.
@pytest.mark.parametrize("name", [
    "test_explained", "test_many_transfers", "test_person", "test_proxy",
    "test_resolver", "test_storm", "test_writes"])
def test_memory_sanitizer_finds_nothing_in_a_boot(name):
    watch_memory("sim", name, SIM_BOOTS="40")
