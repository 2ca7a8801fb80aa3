# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the house, as far as a program can check them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
BINARY = TOP / "build/lwpxeboot"
SOURCES = sorted(p for d in ("src", "port") for p in (TOP / d).rglob("*.[ch]"))

# Which directories' headers a file may include; main.c sees them all.
MAY_INCLUDE = {
    "base": {"base"},
    "format": {"base", "format"},
    "port": {"base", "format", "port", "lwip", "netif"},
    "net": {"base", "format", "port", "net", "lwip"},
    "boot": {"base", "format", "port", "net", "boot"},
    "priv": {"base", "format", "priv"},
    "main.c": {"base", "format", "port", "net", "boot", "priv"},
}
# Headers without a directory, which are mostly generated, and who needs them.
TOP_LEVEL = {"config.h": [*MAY_INCLUDE, "usage.c"], "seccomp.h": {"priv"},
             "syscalls.h": {"priv"}, "usage.h": {"main.c", "usage.c", "usage_all.c",
                                                  "usage_none.c"}}
# Who talks to the kernel in its own words: links, and the jail.
KERNEL_HEADERS = re.compile(r"port/|src/priv/jail")


def area(path: Path) -> str:
    """The part of the program that a file belongs to."""
    parts = path.relative_to(TOP).parts
    return parts[0] if parts[0] == "port" else parts[1]


def name(path: Path) -> str:
    return str(path.relative_to(TOP))


def run(*command, **keywords) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True,
                          **keywords)


def code_of(path: Path) -> str:
    """A C file without its comments and the contents of its strings."""
    text = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.S)
    return re.sub(r'"(\\.|[^"\\])*"', '""', text)


def files_of_the_project() -> list[Path]:
    listed = run("git", "ls-files", "-z", "--cached", "--others",
                 "--exclude-standard")
    if listed.returncode:
        pytest.skip("this is no git checkout, so who knows what belongs to it")
    return [p for n in listed.stdout.split("\0") if n and (p := TOP / n).is_file()]


# ---- includes

def test_includes_point_one_way():
    wrong = []
    for path in SOURCES:
        for header in re.findall(r'#include "(.*)"', path.read_text()):
            directory = header.split("/")[0]
            if "/" in header and directory not in MAY_INCLUDE[area(path)]:
                wrong.append(f"{name(path)} includes {header}")
            if "/" not in header and area(path) not in TOP_LEVEL.get(header, ()):
                wrong.append(f"{name(path)} includes {header}")
    assert not wrong


def test_kernel_headers_stay_where_the_kernel_is_talked_to():
    wrong = [name(p) for p in SOURCES
             if "#include <linux/" in p.read_text()
             and not KERNEL_HEADERS.match(name(p))]
    assert not wrong


def test_header_guards_are_named_after_their_files():
    for path in [p for p in SOURCES if p.suffix == ".h"]:
        inside = path.relative_to(TOP / "src" if "src" in path.parts else TOP)
        guard = re.sub(r"\W", "_", str(inside)).upper()
        lines = re.sub(r"/\*.*?\*/\s*", "", path.read_text(), flags=re.S).split("\n")
        assert lines[:2] == [f"#ifndef {guard}", f"#define {guard}"], name(path)
        assert lines[-2:] == ["#endif", ""], name(path)


def test_features_are_files_not_conditions():
    """Besides guards there is one #ifndef, for a constant that old kernel
    headers lack."""
    found = []
    for path in SOURCES:
        lines = re.findall(r"^\s*#\s*(?:el)?if.*", path.read_text(), flags=re.M)
        found += [f"{name(path)}: {line}" for line in
                  (lines[1:] if path.suffix == ".h" else lines)]
    assert found == ["port/link_packet.c: #ifndef PACKET_IGNORE_OUTGOING"]


# ---- what a file looks like

def is_data(path: Path) -> bool:
    """Files in others' formats, or that are what they are to the byte."""
    return bool(re.match(r"LICENSE|(packaging/)?README\.md|\.gitignore|configs/\w+_defconfig|"
                         r"packaging/(debian/(?!rules)|licenses/)|"
                         r"tests/fuzz/corpus/|tests/xen/rootfs/(etc|srv)/",
                         name(path)))


def test_every_file_names_its_license():
    wrong = [name(p) for p in files_of_the_project() if not is_data(p)
             and "SPDX-License-Identifier: BSD-3-Clause"
             not in "".join(p.read_text().splitlines(True)[:3])]
    assert not wrong


def test_no_file_is_longer_than_500_lines():
    """But manual pages, of which each is one whatever its length."""
    lengths = {name(p): len(p.read_text().splitlines())
               for p in files_of_the_project() if not is_data(p)
               and not re.match(r"tests/golden/|doc/.*\.[578]$", name(p))}
    assert {n: lines for n, lines in lengths.items() if lines > 500} == {}


def test_nobody_calls_what_overflows_or_allocates():
    banned = (r"\b(strcpy|strcat|strncat|v?sprintf|v?snprintf|gets|atoi|atol|"
              r"strtok|alloca|system|popen|malloc|calloc|realloc|free|strdup)\(")
    wrong = [f"{name(p)}: {call}" for p in SOURCES
             for call in re.findall(banned, code_of(p))]
    assert not wrong


def test_shell_scripts_are_clean():
    checked = run("shellcheck", "-x", "build.sh")
    assert checked.returncode == 0, checked.stdout


# ---- what is on the stack

def guarded(directory: Path, flags: str) -> set[str]:
    """Compiles each file that is built without -strong, and returns the
    functions that have a guard then; the fewer are inlined, the more."""
    directory.mkdir()
    lines = [re.sub(r"-flto\b|-Werror", "", line).replace("-fstack-protector-"
             "explicit", flags) for line in
             (TOP / "build/commands").read_text().splitlines()
             if "-fstack-protector-explicit" in line]
    assert len(lines) > 50
    found = set()
    for i, line in enumerate(lines):
        command, target = line.split(" -o ")[0], f"{directory}/{i}.o"
        run("sh", "-c", f"{command} -fno-inline -o {target}", check=True)
        listing = run("objdump", "-dr", "--no-show-raw-insn", target).stdout
        for function in re.split(r"\n\n", listing):
            head = re.search(r"<([\w]+)[.\w]*>:", function)
            if head and "__stack_chk_fail" in function:
                found.add(f"{command.split()[-1]}: {head[1]}")
    return found


@pytest.mark.slow
def test_functions_with_arrays_have_a_guard(tmp_path):
    """For arrays of bytes the compiler knows which, if not at link time."""
    meant = guarded(tmp_path / "a", "-fstack-protector --param=ssp-buffer-size=1")
    there = guarded(tmp_path / "b", "-fstack-protector-explicit")
    assert len(there) > 30
    assert meant - there == set()


ARRAY = (r"^\t+(?!static\b|return\b)(?:const )?(?:unsigned |struct )?\w+ "
         r"(?:[\w*]+, )*[ *const]*\w+\[[^;=]*\]")


def structures_with_arrays() -> str:
    bodies = dict(re.findall(r"^struct (\w+) \{\n(.*?)^\}",
                             "".join(code_of(p) for p in SOURCES), re.M | re.S))
    pattern = ARRAY
    for _ in range(5):
        tags = [t for t, body in bodies.items() if re.search(pattern, body, re.M)]
        pattern = (rf"{ARRAY}|^\t+(?!static\b|return\b)(?:const )?"
                   rf"struct (?:{'|'.join(tags)}) \w")
    return pattern


def test_functions_with_any_array_have_a_guard():
    """For arrays of whatever, as far as a pattern can find them."""
    pattern = structures_with_arrays()
    functions = [(name(p), *f) for p in SOURCES if p.suffix == ".c"
                 and area(p) not in ("port", "net")
                 for f in re.findall(r"^([^\s#/}{][^;{}]*\))\n\{\n(.*?)^\}",
                                     code_of(p), re.M | re.S)]
    assert len(functions) > 500
    assert [f"{file}: {head}" for file, head, body in functions
            if re.search(pattern, body, re.M) and "GUARDED" not in head] == []


# ---- what is documented

def manual() -> str:
    return (TOP / "doc/lwpxeboot.8").read_text()


def test_exit_codes_are_documented():
    codes = re.findall(r"^\tE_\w+\s*= (\d+),",
                       (TOP / "src/base/err.h").read_text(), flags=re.M)
    section = manual().split(".Sh EXIT STATUS")[1].split(".Sh")[0]
    assert len(codes) > 20 and len(set(codes)) == len(codes)
    assert re.findall(r"^\.It (\d+)$", section, flags=re.M) == ["0", *codes]


def options() -> list[tuple[str, str]]:
    """The options in option.c, each with the comment above its group."""
    table = (TOP / "src/format/option.c").read_text()
    table = table.split("options[] = {")[1].split("\n};")[0]
    found, group = [], ""
    for line in table.splitlines():
        group = re.sub(r"\s*/\*\s*(.*?)\s*\*/.*", r"\1", line) \
            if line.lstrip().startswith("/*") else group
        found += [(option, group) for option in
                  re.findall(r'^\t(?:\{ |TEXT_OPTION\()"([\w-]+)"', line)]
    assert len(found) > 30
    return found


def test_every_option_is_in_the_manual():
    pages = "".join(p.read_text() for p in (TOP / "doc").glob("*.[78]"))
    missing = [option for option, _ in options()
               if not re.search(rf"Fl -{option}\b(?!-)", pages)]
    assert not missing


def test_our_own_options_are_in_the_usage():
    usage = run(BINARY, "--help=all").stdout
    ours = [option for option, group in options() if group == "ours"]
    assert len(ours) >= 9
    assert [o for o in ours if f"--{o}" not in usage] == []


# ---- what is configured

def symbols() -> list[str]:
    return re.findall(r"^config (\w+)$", (TOP / "Kconfig").read_text(), flags=re.M)


@pytest.mark.parametrize("config", ["default", "tiny"])
def test_committed_configurations_know_every_symbol(config):
    text = (TOP / f"configs/{config}_defconfig").read_text()
    known = re.findall(r"^(?:# )?LWPXE_(\w+)(?:=| is not set$)", text, flags=re.M)
    assert sorted(known) == sorted(symbols())


def test_every_symbol_means_something():
    text = "".join(p.read_text() for p in SOURCES)
    text += (TOP / "build.sh").read_text() + (TOP / "src/files").read_text()
    text += (TOP / "lwipopts/lwipopts.h").read_text()
    assert [s for s in symbols() if not re.search(rf"\b(LWPXE_)?{s}\b", text)] == []
    used = set(re.findall(r"\bLWPXE_([A-Z0-9_]+)\b", text))
    assert used - set(symbols()) <= {"FEATURES", "LWIP", "MACHINE", "VERSION", ""}


def build_config(config: Path) -> subprocess.CompletedProcess:
    try:
        return run("./build.sh", "-c", config, timeout=300)
    finally:
        shutil.rmtree(TOP / "build" / config.name, ignore_errors=True)


@pytest.mark.slow
def test_configuration_without_a_link_is_refused(tmp_path):
    config = tmp_path / "linkless"
    text = (TOP / "configs/default_defconfig").read_text()
    config.write_text(re.sub(r"LWPXE_(LINK_\w+)=y", r"# LWPXE_\1 is not set", text))
    built = build_config(config)
    assert built.returncode == 1
    assert "has no link; set LWPXE_LINK_TAP or LWPXE_LINK_PACKET" in built.stderr


@pytest.mark.slow
def test_configuration_without_a_symbol_is_refused(tmp_path):
    config = tmp_path / "outdated"
    text = (TOP / "configs/default_defconfig").read_text()
    config.write_text(text.replace("LWPXE_DNS=y\n", ""))
    built = build_config(config)
    assert built.returncode == 1
    assert "does not know LWPXE_DNS; ./build.sh olddefconfig" in built.stderr


# ---- what is built

@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> dict[str, tuple[set[str], set[str]]]:
    """For each area, lwIP's too: the symbols its objects define, and those
    they lack.  The build's own commands, but for optimisation across files,
    after which there are no objects to look into."""
    directory = tmp_path_factory.mktemp("objects")
    commands = []
    for command in (TOP / "build/commands").read_text().splitlines():
        command, _, out = re.sub(r"-flto\S*", "", command).rpartition(" -o ")
        commands.append(f"{command} -o {directory / Path(out).name}")
    run("xargs", "-0", "-n", "1", "-P", "4", "sh", "-c",
        input="\0".join(commands), check=True, timeout=300)
    found = {}
    for obj in directory.iterdir():
        part = re.sub(r"^src_", "", obj.name).split("_")[0]
        defined, lacking = found.setdefault(part, (set(), set()))
        for line in run("nm", obj, check=True).stdout.splitlines():
            kind, symbol = line[17:].split(maxsplit=1)
            (lacking if kind in "Uw" else defined).add(symbol)
    return {part: (defined, lacking - defined)
            for part, (defined, lacking) in found.items()}


@pytest.mark.slow
def test_parent_and_child_call_nothing_of_each_other(objects):
    assert {"base", "format", "net", "boot", "port", "priv", "lwip"} <= set(objects)
    for part in ("net", "boot", "port", "lwip"):
        defined, lacking = objects[part]
        assert objects["priv"][1] & defined == set()
        assert lacking & objects["priv"][0] == set()


@pytest.mark.slow
def test_pure_code_calls_no_system(objects):
    """What base and format need of the C library: memory and strings; and for
    the log and the clock, one call each besides.  What unpacks kernels needs no
    more, and its memory from format."""
    allowed = {"memchr", "memcmp", "memcpy", "memmove", "memset", "strlen",
               "strcmp", "__stack_chk_fail"}
    own = objects["base"][0]
    assert objects["base"][1] - allowed == {"write", "isatty", "clock_gettime"}
    unpackers, lacking = objects["unpacker"]
    assert objects["format"][1] - own - allowed - unpackers == set()
    assert lacking - objects["format"][0] - allowed == set()


def readelf(what: str) -> str:
    return run("readelf", what, BINARY, check=True).stdout


def test_binary_is_static_and_hardened():
    assert re.search(r"Type:\s+DYN", readelf("-hW"))
    segments, dynamic = readelf("-lW"), readelf("-dW")
    assert "INTERP" not in segments and "NEEDED" not in dynamic
    assert "TEXTREL" not in dynamic
    assert "GNU_RELRO" in segments
    assert re.search(r"FLAGS.*NOW", dynamic)
    assert re.search(r"GNU_STACK.* RW ", segments)
    assert not re.search(r"LOAD.* RWE ", segments)


def test_binary_has_no_heap():
    """A heap in the child would need system calls that the jail forbids."""
    symbols_of = run("nm", f"{BINARY}.debug", check=True).stdout
    names = set(re.findall(r" [TtWw] (\w+)", symbols_of))
    assert "main" in names
    assert names & {"malloc", "calloc", "realloc", "free"} == set()


# ---- what is tested

def test_every_fuzz_target_has_a_planted_bug_and_seeds():
    here = TOP / "tests/fuzz"
    for target in here.glob("fuzz_*.c"):
        stem = target.stem.removeprefix("fuzz_")
        assert (here / f"canary_{stem}.sed").exists(), stem
        assert any((here / "corpus" / stem).iterdir()), stem


def test_every_pure_file_has_a_unit_test():
    nouns = {p.stem for d in ("base", "format")
             for p in (TOP / "src" / d).glob("*.c")}
    tested = {p.stem.removeprefix("test_")
              for p in (TOP / "tests/unit").glob("test_*.c")}
    # The clock only reads the clock; bootcfg is what the golden trees fill.
    assert nouns - tested == {"clock", "bootcfg"}
