# SPDX-License-Identifier: BSD-3-Clause
"""Hostile text in a tree of files: what --explain prints, in text and in JSON.

Row 17 of tests/bugclasses.md; Site.run() asserts that all that is printed is
printable, and Site.ask() that it is one JSON object.
"""

import json
import random

import pytest

from hostiletext import configuration, noise, word
from sites import site  # noqa: F401


@pytest.mark.parametrize("seed", range(6))
def test_row17_terminal_text_of_an_explained_boot(site, seed):
    """Two times twenty for each seed, as text and as JSON."""
    chance = random.Random(seed)
    site.put("one", noise(chance, 500))
    site.put("vmlinuz", b"kernel")
    for _ in range(20):
        site.put("pxelinux.cfg/default", configuration(chance))
        site.run("--list-entries", "--explain")
        code, answer = site.ask("--list-entries", "--explain")
        assert code in (0, 31, 32, 33, 34, 37), answer["error"]
        assert json.dumps(answer)


def test_row17_terminal_names_on_the_command_line(site):
    """They are the admin's; scripts pass on what they were given."""
    chance = random.Random(7)
    site.config("default k\n")
    for _ in range(30):
        text = word(chance).replace(b"\0", b"").decode("latin-1")
        for option in f"--label={text}", f"--uuid={text}", f"--{text}", f"--args={text}", \
                f"--mac={text}", f"--vif=mac={text}", text:
            done = site.run(option)
            assert done.returncode in (0, 2, 30, 31, 32, 33, 34, 37), done.stderr
