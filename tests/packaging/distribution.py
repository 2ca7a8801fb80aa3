# SPDX-License-Identifier: BSD-3-Clause
"""How a release is called and packed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
VERSION = re.search(r"^version=(.*)", (TOP / "build.sh").read_text(), re.M)[1]
NAME = f"lwpxeboot-{VERSION}"


def make_dist(top: Path, out: Path, **keywords) -> Path:
    """Has the sources in TOP packed, with what is downloaded already."""
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "cache").exists():
        (out / "cache").symlink_to(TOP / "build/cache")
    done = subprocess.run([top / "build.sh", f"O={out}", "dist"], text=True,
                          capture_output=True, timeout=300, **keywords)
    assert done.returncode == 0, done.stderr
    return out / f"{NAME}.tar.xz"
