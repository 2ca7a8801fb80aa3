# SPDX-License-Identifier: BSD-3-Clause
"""Programs and their libraries, copied out of an unpacked release."""

import re
import shutil
from pathlib import Path

from debs import run

LIBRARIES = "usr/lib/x86_64-linux-gnu"


def add_program(root: Path, program: Path, where: str, packages: Path) -> None:
    """Copy PROGRAM to WHERE in ROOT, and the libraries it needs from PACKAGES."""
    (root / where).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(program, root / where)
    add_libraries(root, program, packages)


def add_libraries(root: Path, program: Path, packages: Path) -> None:
    """Copy what PROGRAM needs, and what that needs, to where its users look."""
    for name in needed(program):
        found = sorted(packages.glob(f"usr/lib/**/{name}"))
        if not found:
            raise RuntimeError(f"{program} needs {name}, which is not in {packages}")
        # The loader's place is fixed.
        place = root / ("usr/lib64" if name.startswith("ld-linux") else LIBRARIES) / name
        if not place.exists():
            shutil.copy(found[0], place)
            add_libraries(root, found[0], packages)


def needed(program: Path) -> list[str]:
    """Return the names of the libraries that an ELF file asks for."""
    if program.read_bytes()[:4] != b"\x7fELF":
        return []
    headers = run("readelf", "--wide", "--dynamic", "--program-headers", str(program))
    names = re.findall(r"\(NEEDED\)\s+Shared library: \[(.*)\]", headers)
    return names + re.findall(r"interpreter: .*/(ld-linux\S*)\]", headers)
