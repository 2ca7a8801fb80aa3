# SPDX-License-Identifier: BSD-3-Clause
"""There is no heap: neither our files nor lwIP's ask for memory while the program
runs, the program has no function that would give any, and the jailed process may
not even ask the kernel."""

import re
import subprocess
from pathlib import Path

import pytest

from lab import TOP

BUILT = TOP / "build"
HEAP = {"malloc", "calloc", "realloc", "reallocarray", "free", "aligned_alloc",
        "posix_memalign", "memalign", "valloc", "strdup", "strndup", "asprintf",
        "vasprintf", "getline", "open_memstream", "fopen", "opendir",
        "getaddrinfo"}
MEMORY = {"brk", "sbrk", "mmap", "mmap2", "munmap", "mremap", "mprotect",
          "remap_file_pages", "pkey_mprotect", "memfd_create", "shmget", "shmat"}

# What is done before the jail: tables become read-only before all else, the
# answer to --format=json is kept, and so are frames; there is room to unpack a
# kernel.
ALLOWED = {"mprotect", "memfd_create", "mmap"}


def symbols(path: Path, *options: str) -> set[str]:
    done = subprocess.run(["nm", "--format=posix", *options, path],
                          check=True, capture_output=True, text=True)
    return {line.split()[0] for line in done.stdout.splitlines()}


def heap_of(objects: list[Path], directory: Path) -> set[str]:
    """What the objects need of that.  They are compiled at link time, and before
    do not tell that they need a function which the compiler knows."""
    whole = directory / "whole.o"
    subprocess.run(["gcc", "-Os", "-flto=auto", "-r", "-flinker-output=nolto-rel",
                    *objects, "-o", whole], check=True)
    return symbols(whole, "--undefined-only") & (HEAP | MEMORY)


def test_no_object_asks_for_memory(tmp_path):
    objects = sorted(BUILT.glob("obj/*.o"))
    assert {"src_main.c.o", "port_netif.c.o"} < {path.name for path in objects}
    assert any(path.name.startswith("lwip_") for path in objects)
    assert heap_of(objects, tmp_path) == ALLOWED


@pytest.mark.parametrize("flag", ["-flto", "-fno-lto"])
def test_object_that_asks_for_memory_is_found(tmp_path, flag):
    source, built = tmp_path / "leak.c", tmp_path / "leak.o"
    source.write_text("#include <stdlib.h>\n"
                      "char *leak(void) { return malloc(3); }\n")
    subprocess.run(["gcc", "-Os", flag, "-c", source, "-o", built], check=True)
    assert heap_of([built], tmp_path) == {"malloc"}


def test_program_has_no_heap():
    there = {name.lstrip("_") for name in symbols(BUILT / "lwpxeboot.debug")}
    assert {"boot_run", "main"} & there
    assert there & (HEAP | MEMORY) == ALLOWED


def test_jailed_process_may_not_ask_for_memory():
    allowed = set(re.findall(r"^\tSYS_(\w+),", (BUILT / "seccomp.h").read_text(),
                             re.MULTILINE))
    assert {"write", "exit_group"} < allowed
    assert not allowed & MEMORY
