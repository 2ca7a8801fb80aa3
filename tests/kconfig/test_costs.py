# SPDX-License-Identifier: BSD-3-Clause
"""What Kconfig says that a symbol costs, against what it costs."""

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
KCONFIGS = TOP / "build/tests/kconfig"
KCONFIG = (TOP / "Kconfig").read_text()

# "Costs 2.2 kB", of text and data, "each costs 120 bytes of memory", and so on.
COSTS = re.compile(r"[Cc]osts (nothing|about nothing|(?:[\d.]+) (?:kB|bytes?))"
                   r"( of memory)?")
FLOOR = 100     # what differs by less is not worth a word
TOLERANCE = .15


def symbols() -> list[str]:
    return re.findall(r'^config (\w+)\n\t\w+ "', KCONFIG, re.M)


def said(symbol: str) -> tuple[float, bool]:
    """What the help of a symbol says: bytes, and whether of memory."""
    text = re.search(rf"^config {symbol}\n(.*?)(?=^config |^menu|^endmenu)",
                     KCONFIG, re.M | re.S)[1]
    assert "\thelp\n" in text, f"{symbol} has no help"
    found = COSTS.findall(re.sub(r"\s+", " ", text.split("\thelp\n")[1]))
    assert len(found) == 1, f"the help of {symbol} says {len(found)} costs"
    (cost, memory), = found
    if "nothing" in cost:
        return 0, bool(memory)
    number, unit = cost.split()
    return float(number) * (1000 if unit == "kB" else 1), bool(memory)


def size(name: str) -> tuple[int, int]:
    """Of a built configuration: text and data, and its memory besides."""
    words = (KCONFIGS / name / "size").read_text().split("\n")[1].split()
    return int(words[0]) + int(words[1]), int(words[2])


def changed() -> dict[str, list[str]]:
    lines = (KCONFIGS / "changed").read_text().splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines}


def measured(symbol: str) -> tuple[float, bool]:
    """The bytes that it costs: a feature, to have it; a number, one more."""
    kind, before, after, base = changed()[symbol]
    loaded, memory = size(f"cost-{symbol}")
    if kind == "feature":
        grown = loaded - size(f"cost-{base}")[0]
        return grown if after == "y" else -grown, False
    per = (memory - size(f"cost-{base}")[1]) / (int(after) - int(before))
    return per, True


@pytest.mark.parametrize("symbol", symbols())
def test_help_says_what_it_costs(symbol):
    cost, memory = said(symbol)
    if symbol not in changed():  # a string is as long as it is
        assert re.search(rf"^config {symbol}\n\tstring", KCONFIG, re.M)
        return
    real, real_memory = measured(symbol)
    floor = 1 if real_memory else FLOOR
    assert abs(cost - real) <= max(floor, TOLERANCE * real), \
        f"{symbol} costs {real:.0f} bytes, not {cost:.0f}"
    assert memory == (real_memory and real >= 1)


def test_what_is_measured_is_what_is_shipped():
    """The default configuration, which all is compared with, is that."""
    debug = size("cost-default")
    assert debug[0] > 100_000 and debug[1] > 1_000_000
    assert len({size(f"cost-{s}") for s in changed()}) > len(changed()) / 2


def test_bytes_are_drawn():
    """The longest bar has 40 signs, and nothing is lost on the way."""
    drawn = subprocess.run(
        ["sh", "-c", "sed -n '/^draw()/,/^}/p' tests/build.sh > $0; . $0; draw",
         KCONFIGS / "draw"], cwd=TOP, input="3000 lwip\n1500 src/net\n500 libc\n",
        capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split() for line in drawn] == [
        ["lwip", "3000", "60%", "#" * 40], ["src/net", "1500", "30%", "#" * 20],
        ["libc", "500", "10%", "#" * 7], ["together", "5000"]]
