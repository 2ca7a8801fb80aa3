# SPDX-License-Identifier: BSD-3-Clause
"""Files that xl.cfg or bootloader_args name, in place of what DHCP and PXELINUX
say: kernel=, ramdisk=, --location= and --config-dir=, with dnsmasq and busybox as
servers; and a boot without its files."""

import pytest

from bootserver import CONFIG, KERNEL, RAMDISK, write_tree
from lab import MAC, SERVER, lab_of_module, wait_for
from libxl import boot
from processes import run_plain

VIF = f"--vif=mac={MAC},bridge=xenbr0"
PLAIN = "--vif=mac=00:16:3e:77:00:01,bridge=xenbr0"  # its lease has no boot file
BELOW = "--vif=mac=00:16:3e:78:00:01,bridge=xenbr0"  # option 210 is debian/
LINUX = b"linux" * 1000
INITRD = b"initrd" * 1000
OTHER = CONFIG.replace(b"vmlinuz", b"linux").replace(b"initrd.gz", b"initrd.gz other")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as lab:
        tree = lab.directory / "tree"
        for name, content in {
                "debian/linux": LINUX, "debian/initrd.gz": INITRD,
                "debian/pxelinux.cfg/default": OTHER,
                "xen.cfg/default": CONFIG + b"append initrd=initrd.gz of xen.cfg\n",
                "debian/a%20b": LINUX}.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(content)
        write_tree(tree)
        lab.dnsmasq(None, "--enable-tftp", f"--tftp-root={tree}",
                    "--dhcp-mac=set:plain,00:16:3e:77:*:*",
                    "--dhcp-mac=set:below,00:16:3e:78:*:*",
                    "--dhcp-boot=tag:!plain,pxelinux.0",
                    "--dhcp-option-force=tag:below,210,debian/")
        lab.spawn(lab.server, "busybox", "httpd", "-f", "-p", f"{SERVER}:80",
                  "-h", tree)
        wait_for(lambda: ":80 " in lab.server.run("ss", "-Hltn"), "busybox")
        yield lab


# ---- kernel= and ramdisk=

DEBIAN = {"kernel": "linux", "ramdisk": "initrd.gz"}
HTTP = f"http://{SERVER}/debian"
DIRECT = {
    "below the root": ([VIF], {"kernel": "debian/linux", "ramdisk": "debian/initrd.gz"}),
    "with a slash": ([VIF], {"kernel": "/debian/linux", "ramdisk": "/debian/initrd.gz"}),
    "below option 210": ([BELOW], DEBIAN),
    "not below option 210": ([BELOW], {"kernel": "::debian/linux",
                                       "ramdisk": f"{SERVER}::debian/initrd.gz"}),
    "http": ([VIF], {"kernel": f"{HTTP}/linux", "ramdisk": f"{HTTP}/initrd.gz"}),
    "tftp and http": ([PLAIN], {"kernel": f"tftp://{SERVER}/debian/linux",
                                "ramdisk": f"{HTTP}/initrd.gz"}),
    "http location": ([VIF, f"--location={HTTP}"], DEBIAN),
    "http location with a slash": ([PLAIN, f"--location={HTTP}/"], DEBIAN),
    "location over option 210": ([BELOW, f"--location={HTTP}"], DEBIAN),
    "port": ([VIF, f"--location=http://{SERVER}:80/debian"], DEBIAN),
    "no directory": ([VIF, f"--location=http://{SERVER}"],
                     {"kernel": "debian/linux", "ramdisk": "debian/initrd.gz"}),
    "tftp location": ([VIF, f"--location=tftp://{SERVER}/debian"], DEBIAN),
    "old tftp location": ([PLAIN, f"--location={SERVER}::debian"], DEBIAN),
    "directory as location": ([VIF, "--location=debian"], DEBIAN),
    "absolute directory": ([BELOW, "--location=/debian/"], DEBIAN),
    "options of xenpvnetboot": ([VIF, f"--location={HTTP}", "--kernel=linux",
                                 "--ramdisk=initrd.gz"], {}),
    "later option": ([VIF, "--location=nowhere", "--kernel=other",
                      f"--location={HTTP}", "--kernel=linux"],
                     {"kernel": "none", "ramdisk": "initrd.gz"}),
}


@pytest.mark.parametrize("args, guest", DIRECT.values(), ids=DIRECT)
def test_kernel_is_a_name_on_the_boot_server(server, args, guest):
    outcome = boot(server, *args, args="quiet", **guest)
    assert outcome.status == 0, outcome.lines
    assert (outcome.kernel, outcome.ramdisk) == (LINUX, INITRD)
    assert outcome.args.endswith(" quiet")
    assert not [line for line in outcome.lines if line.startswith("Trying")]


def test_ramdisks_are_a_list(server):
    outcome = boot(server, VIF, f"--location={HTTP}", kernel="linux",
                   ramdisk="initrd.gz,initrd.gz")
    assert outcome.ramdisk.count(INITRD) == 2


def test_percent_codes_are_what_has_no_blanks(server):
    outcome = boot(server, VIF, kernel="debian/a%20b")
    assert outcome.kernel == LINUX
    assert boot(server, VIF, kernel="debian/a b").status == 2


def test_file_of_the_dom0_is_not_meant(server, tmp_path):
    """A path that exists there is a name on the boot server all the same."""
    kernel = tmp_path / "vmlinuz"
    kernel.write_bytes(b"not this one")
    outcome = boot(server, VIF, kernel=str(kernel))
    assert outcome.status == 34
    assert outcome.last_line.endswith(
        "xl.cfg's kernel= and ramdisk= are names on the boot server here, not in "
        "the Dom0")
    assert kernel.read_bytes() == b"not this one"


def test_ramdisk_without_a_kernel_is_left_out(server):
    outcome = boot(server, VIF, ramdisk="debian/initrd.gz")
    assert (outcome.kernel, outcome.ramdisk) == (KERNEL, RAMDISK)
    assert ("warning: xl.cfg's ramdisk= is left out: it goes with kernel=, which is "
            "not set") in outcome.lines


WRONG = {
    "https": (33, f"--location=https://{SERVER}/", "https"),
    "ftp": (33, f"--location=ftp://{SERVER}/", "ftp"),
    "file": (33, "--location=file:///srv/", "file"),
    "nfs": (2, f"--location=nfs:{SERVER}:/srv", "--location= takes a URL"),
    "empty": (2, "--location=", "--location= takes a URL"),
    "blank": (2, "--location=http://x/a b", "--location= takes a URL"),
    "newline": (2, f"--location=http://{SERVER}/a\nX: y", "--location= takes a URL"),
    "port": (2, f"--location=http://{SERVER}:99999/", "bad port number"),
    "long": (2, f"--location=http://{SERVER}/{'x' * 500}", "1 to 510 bytes"),
    "missing": (34, f"--location=http://{SERVER}/none", "kernel linux: "),
    "silent": (22, "--location=http://10.9.0.99/", "10.9.0.99"),
    "closed": (22, f"--location=http://{SERVER}:81/", "nothing listens"),
}


@pytest.mark.parametrize("status, location, reason", WRONG.values(), ids=WRONG)
def test_wrong_location_is_explained(server, status, location, reason):
    outcome = boot(server, VIF, location, kernel="linux")
    assert (outcome.status, outcome.result) == (status, b""), outcome.lines
    assert reason in outcome.last_line


# ---- configurations

@pytest.mark.parametrize("args", [
    [VIF, f"--location={HTTP}"], [PLAIN, f"--location={SERVER}::debian/"],
    [BELOW, "--location=debian"], [BELOW]])
def test_configuration_is_below_the_location(server, args):
    outcome = boot(server, *args)
    assert (outcome.kernel, outcome.ramdisk) == (LINUX, INITRD), outcome.lines


@pytest.mark.parametrize("location", [[], [f"--location=http://{SERVER}/"]])
def test_directory_of_the_configurations_may_be_another(server, location):
    outcome = boot(server, VIF, *location, "--config-dir=xen.cfg")
    assert outcome.args.endswith("of xen.cfg"), outcome.lines
    tried = [line for line in outcome.lines if line.startswith("Trying ")]
    assert tried[0].startswith("Trying xen.cfg/01-") and len(tried) > 5
    outcome = boot(server, VIF, *location, "--config-dir=none")
    assert outcome.status == 30


# ---- --not-really

def test_not_really_is_a_boot_without_its_files(server, tmp_path):
    before = sorted(server.directory.iterdir())
    for option in "--not-really", "-n":
        done = run_plain(server, VIF, option, "/dev/vg/web1", cwd=tmp_path)
        lines = done.stdout.decode().splitlines()
        assert (done.returncode, done.stderr) == (0, b"")
        assert lines[-1] == "It would boot"
        assert f"kernel   vmlinuz: {len(KERNEL) / 1000:.1f} kB" in lines
    assert sorted(server.directory.iterdir()) == before
    assert list(tmp_path.iterdir()) == []
    assert run_plain(server, VIF, "-n", "--label=none").returncode == 32
    assert boot(server, VIF, "-n").status == 2
