# SPDX-License-Identifier: BSD-3-Clause
"""Compiles many configurations at the price of what they differ in.

    objects.py STORE COMMANDS...

Each file of commands has a compiler's one per line, as build.sh writes them.
An object is the same as another configuration's if it comes from the same
command and each symbol that its source or a header of it mentions has the same
value there; then it is linked from STORE, where the first one was put.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

SYMBOL = re.compile(r"\bLWPXE_\w+")


class Command:
    """One line; `out` is the directory of the generated headers, and that which
    the object's directory is in."""

    def __init__(self, line: str):
        self.compile, _, self.target = line.strip().rpartition(" -o ")
        self.source = self.compile.rpartition(" -c ")[2]
        self.out = str(Path(self.target).parent.parent)

    def neutral(self, text: str) -> str:
        return text.replace(self.out, "@")


@cache
def symbols_of_file(path: str) -> frozenset[str]:
    return frozenset(SYMBOL.findall(Path(path).read_text(errors="replace")))


@cache
def values(out: str) -> dict[str, str]:
    lines = Path(out, "config.h").read_text().splitlines()
    return dict(line.split(maxsplit=2)[1:] for line in lines
                if line.startswith("#define"))


class Store:
    def __init__(self, directory: Path):
        self.directory = directory
        self.needed: dict[str, list[str]] = {}

    def headers(self, command: Command) -> list[str]:
        """What the compiler reads for a command, but for config.h."""
        source = command.neutral(command.source)
        if source not in self.needed:
            rule = subprocess.run(["sh", "-c", f"{command.compile} -MM"],
                                  check=True, capture_output=True, text=True)
            words = rule.stdout.replace("\\\n", " ").split()[1:]
            self.needed[source] = [command.neutral(word) for word in words]
        return [name.replace("@", command.out) for name in self.needed[source]
                if name != "@/config.h"]

    def symbols(self, command: Command) -> set[str]:
        return set().union(*map(symbols_of_file, self.headers(command)))

    def key(self, command: Command) -> str:
        known = values(command.out)
        parts = [command.neutral(command.compile)]
        parts += [f"{s}={known.get(s)}" for s in sorted(self.symbols(command))]
        parts += [Path(name).read_text() for name in self.headers(command)
                  if name.startswith(command.out)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def compile(self, command: Command) -> None:
        subprocess.run(["sh", "-c", f"{command.compile} -o {shlex.quote(self.path(command))}"],
                       check=True)

    def path(self, command: Command) -> str:
        return f"{self.directory}/{self.key(command)}.o"


def main() -> int:
    store = Store(Path(sys.argv[1]))
    store.directory.mkdir(parents=True, exist_ok=True)
    commands = [Command(line) for name in sys.argv[2:]
                for line in Path(name).read_text().splitlines()]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        # What is read for each source is found out once.
        first = {c.neutral(c.source): c for c in commands}
        list(pool.map(store.headers, first.values()))
        missing = {store.path(c): c for c in commands
                   if not os.path.exists(store.path(c))}
        try:
            list(pool.map(store.compile, missing.values()))
        except subprocess.CalledProcessError as error:
            print(f"objects.py: this failed: {error.cmd[-1]}", file=sys.stderr)
            return 1
    for command in commands:
        Path(command.target).parent.mkdir(parents=True, exist_ok=True)
        os.link(store.path(command), command.target)
    print(f"objects.py: {len(commands)} objects, {len(missing)} of them compiled",
          file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
