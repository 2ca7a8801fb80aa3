# SPDX-License-Identifier: BSD-3-Clause
"""Runs lwpxeboot in a lab's Dom0 exactly as libxl does, and reads its result as
libxl does."""

from __future__ import annotations

import os
from pathlib import Path

from fake_libxl import FakeLibxl, Outcome
from lab import TOP, Lab

BINARY = Path(os.environ.get("LWPXEBOOT", TOP / "build/lwpxeboot"))


class Bootloader(FakeLibxl):
    """Nobody is at its console unless a test says so by `menu`, and the command
    line gets no console unless it says so by `console`; kernels may be any files
    without `preflight`; libxl's terminal has no size.
    """

    def __init__(self, lab: Lab, *bootloader_args: str, binary: Path | str = BINARY,
                 directory: Path | None = None, wrapper: tuple[str, ...] = (),
                 menu: str | None = "no", console: str | None = "keep",
                 preflight: bool = False, **keywords) -> None:
        ours = [f"--menu={menu}"] if menu else []
        ours += [f"--console={console}"] if console else []
        ours += [] if preflight else ["--preflight=no"]
        super().__init__(
            binary, *ours, *bootloader_args, base=directory or lab.directory,
            command=lambda *argv: lab.dom0.command(*wrapper, *argv), **keywords)


def boot(lab: Lab, *bootloader_args: str, **keywords) -> Outcome:
    """Runs the boot loader to its end, and leaves nothing of libxl's."""
    bootloader = Bootloader(lab, *bootloader_args, **keywords)
    outcome = bootloader.finish()
    bootloader.cleanup()
    return outcome
