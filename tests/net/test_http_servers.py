# SPDX-License-Identifier: BSD-3-Clause
"""The same small tree by HTTP, from the servers that people have: nginx with all
that it can do, and two that speak HTTP/1.0.

Debian's package of nginx starts a daemon when it is installed, so it is unpacked
into build/cache/nginx and run from there.
"""

import contextlib
import random
import re
import struct
import subprocess
import sys

import pytest

import packages
from dhcpd import CONFIG_FILE, DNS, DOMAIN, MTU, Dhcpd, lease
from dnsd import Dnsd
from lab import MAC, NETBOOT, SERVER, wait_for
from libxl import boot
from processes import run_plain
from test_boot import VIF
from wire import ip_bytes

KERNEL = random.Random(1).randbytes(3000001)
INITRDS = [random.Random(2).randbytes(5000003), random.Random(3).randbytes(513)]
CONFIG = """\
include pxelinux.cfg/gone
include more/menu.cfg
default linux
"""
MENU = """\
label linux
  kernel images/linux
  initrd images/one.gz,images/two.gz
"""
NAMES = ["01-" + MAC.replace(":", "-"), *("0A09004D"[:n] for n in range(8, 0, -1)),
         "default"]

NGINX = """\
daemon off;
master_process off;
pid nginx.pid;
error_log error.log info;
events {}
http {
    log_format told '$connection $status $request $http_user_agent';
    access_log access.log told;
    client_body_temp_path temp;
    proxy_temp_path temp;
    fastcgi_temp_path temp;
    uwsgi_temp_path temp;
    scgi_temp_path temp;
    server {
        listen 80;
        listen 8080;
        root tree;
        location /chunked/ {
            alias tree/;
            sub_filter_types *;
            sub_filter 'text that is in no file' '';
        }
        location /gzip/ {
            alias tree/;
            gzip on;
            gzip_types *;
        }
        location /private/ {
            alias tree/;
            auth_basic "the boot server";
            auth_basic_user_file users;
        }
        location /once/ {
            alias tree/;
            keepalive_timeout 0;
        }
        location /moved/ {
            rewrite ^/moved/301/(.*)$ http://files.example.net:8080/$1 permanent;
            rewrite ^/moved/302/(.*)$ /$1 redirect;
            location ~ ^/moved/303/(?<rest>.*)$ {
                return 303 /$rest;
            }
        }
        location /cgi {
            if ($arg_name = "linux") { rewrite ^ /images/linux? last; }
            return 404;
        }
    }
}
"""
BUSYBOX = ["busybox", "httpd", "-f", "-p", "80", "-h", "{tree}"]
PYTHON = [sys.executable, "-m", "http.server", "--directory", "{tree}", "80"]


def make_tree(directory):
    files = {"pxelinux.cfg/default": CONFIG.encode(),
             "more/menu.cfg": MENU.encode(), "images/linux": KERNEL,
             "images/one.gz": INITRDS[0], "images/two.gz": INITRDS[1]}
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return directory


def listening(lab):
    return ":80 " in lab.server.run("ss", "-Hltn")


class Nginx:
    def __init__(self, lab, directory):
        root = packages.unpacked("nginx", "nginx")
        self.directory = directory
        make_tree(directory / "tree")
        (directory / "users").write_text("me:{PLAIN}s3cret@/\n")
        config = directory / "nginx.conf"
        # Relative names are below the prefix everywhere but in alias.
        config.write_text(NGINX.replace("alias tree/", f"alias {directory}/tree/"))
        lab.spawn(lab.server, root / "usr/sbin/nginx", "-p", directory, "-c", config,
                  "-e", directory / "error.log", env=packages.environment(root))
        wait_for(lambda: listening(lab), "nginx")

    @property
    def requests(self):
        """Connection, status, method and path of each request."""
        lines = (self.directory / "access.log").read_text().splitlines()
        assert all(line.endswith(" HTTP/1.1 lwpxeboot") for line in lines), lines
        return [line.split()[:4] for line in lines]


@pytest.fixture
def nginx(lab, tmp_path):
    tmp_path.chmod(0o755)
    return Nginx(lab, tmp_path)


def below(lab, prefix, *options, fields=None, **keywords):
    """Boots a guest whose boot file is in `prefix`, a URL that ends in a slash."""
    script = lease(file=f"{prefix}pxelinux.0".encode(), **(fields or {}))
    with Dhcpd(lab.server, script):
        return boot(lab, VIF, *options, **keywords)


def assert_booted(outcome):
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    assert outcome.ramdisk[512:] == \
        INITRDS[0] + bytes(-len(INITRDS[0]) % 4) + INITRDS[1]
    assert outcome.args == ("BOOT_IMAGE=images/linux "
                            "initrd=images/one.gz,images/two.gz")
    assert outcome.left == []


def test_small_tree_boots_from_nginx(lab, nginx):
    assert_booted(below(lab, f"http://{SERVER}/"))
    asked = [(status, path) for _, status, _, path in nginx.requests]
    config = [("404", f"/pxelinux.cfg/{name}") for name in NAMES[:-1]] + \
        [("200", "/pxelinux.cfg/default"), ("404", "/pxelinux.cfg/gone"),
         ("200", "/more/menu.cfg")]
    assert asked[:len(config)] == config
    assert sorted(asked[len(config):]) == [
        ("200", "/images/linux"), ("200", "/images/one.gz"), ("200", "/images/two.gz")]


def test_connections_are_kept_for_the_next_file(lab, nginx):
    """One at a time as long as one file is; then one for each of three."""
    assert_booted(below(lab, f"http://{SERVER}/"))
    connections = [int(c) for c, *_ in nginx.requests]
    assert len(set(connections[:-3])) == 1
    assert len(set(connections)) <= 3


@pytest.mark.parametrize("argv", [BUSYBOX, PYTHON], ids=["busybox", "python"])
def test_small_tree_boots_by_http_1_0(lab, tmp_path, argv):
    tree = make_tree(tmp_path / "tree")
    lab.spawn(lab.server, *(word.format(tree=tree) for word in argv))
    wait_for(lambda: listening(lab), "the server")
    assert_booted(below(lab, f"http://{SERVER}/"))


@pytest.mark.parametrize("place", ["chunked", "gzip", "once", "moved/302",
                                   "moved/303"])
def test_small_tree_boots_however_it_is_sent(lab, nginx, place):
    assert_booted(below(lab, f"http://{SERVER}/{place}/"))


def test_redirect_to_a_name_is_followed(lab, nginx):
    """By each of three files at the same time, too."""
    fields = {"options": {DNS: ip_bytes(SERVER)}}
    with Dnsd(lab.server, {"files.example.net": SERVER}) as dns:
        assert_booted(below(lab, f"http://{SERVER}/moved/301/", fields=fields))
    assert set(dns.asked) == {"files.example.net"}


def test_redirect_to_a_name_that_is_none(lab, nginx):
    fields = {"options": {DNS: ip_bytes(SERVER)}}
    with Dnsd(lab.server, {}):
        outcome = below(lab, f"http://{SERVER}/moved/301/", fields=fields)
    assert outcome.status == 25, outcome.lines
    assert "redirects to files.example.net, which has no address" in outcome.last_line


def test_url_may_name_its_host(lab, nginx):
    """Relative names are looked up as elsewhere."""
    fields = {"options": {DNS: ip_bytes(SERVER), DOMAIN: b"example.net"}}
    with Dnsd(lab.server, {"files.example.net": SERVER}):
        assert_booted(below(lab, "http://files:8080/", fields=fields))


def test_redirect_to_a_name_needs_dns(lab, nginx):
    outcome = below(lab, f"http://{SERVER}/moved/301/")
    assert outcome.status == 25, outcome.lines
    assert "files.example.net" in outcome.last_line


@contextlib.contextmanager
def first_packets(lab, directory):
    """Collects what tcpdump says of the first packets of connections."""
    file, shown = directory / "syn.pcap", []
    dump = lab.spawn(lab.server, "tcpdump", "--immediate-mode", "-U", "-n", "-i",
                     "eth0", "-w", file, "tcp[tcpflags] == tcp-syn", stderr=subprocess.PIPE, text=True)
    assert "listening" in dump.stderr.readline()
    yield shown
    shown += wait_for(lambda: subprocess.run(
        ["tcpdump", "-n", "-r", file], text=True,
        capture_output=True).stdout.splitlines(), "a packet")


@pytest.mark.parametrize("mtu, mss", [(1000, 960), (9000, 1460), (575, 1460)])
def test_segments_fit_the_mtu_of_the_lease(lab, nginx, tmp_path, mtu, mss):
    fields = {"options": {MTU: struct.pack("!H", mtu)}}
    with first_packets(lab, tmp_path) as shown:
        assert_booted(below(lab, f"http://{SERVER}/", fields=fields))
    assert shown and all(f"mss {mss}," in line for line in shown), shown


def test_nobody_can_guess_a_connection(lab, nginx, tmp_path):
    """Ports and first numbers are random: RFC 6056 and 6528."""
    with first_packets(lab, tmp_path) as shown:
        assert_booted(below(lab, f"http://{SERVER}/once/"))
    ports = [int(re.search(r"\.(\d+) > ", line)[1]) for line in shown]
    numbers = [int(re.search(r"seq (\d+)", line)[1]) for line in shown]
    assert len(ports) >= 15
    assert len(set(numbers)) == len(numbers)
    for values, few in (ports, 1 << 5), (numbers, 1 << 20):
        steps = [abs(b - a) for a, b in zip(values, values[1:])]
        # Random ones may be near once, or twice.
        assert sum(step < few for step in steps) <= 2, values


def test_urls_in_a_configuration_by_tftp(lab, nginx, tmp_path):
    """Names of either kind, beside each other, and one with a query."""
    (tmp_path / "tree/pxelinux.cfg/default").write_text(
        "default linux\nlabel linux\n"
        f"kernel http://{SERVER}:8080/cgi?name=linux\n"
        f"append initrd=images/one.gz,http://{SERVER}/images/two.gz\n")
    lab.dnsmasq(tmp_path / "tree")
    outcome = boot(lab, VIF)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    assert outcome.ramdisk[512:] == \
        INITRDS[0] + bytes(-len(INITRDS[0]) % 4) + INITRDS[1]
    assert sorted(path for _, _, _, path in nginx.requests) == [
        "/cgi?name=linux", "/images/two.gz"]


def test_configuration_file_of_option_209(lab, nginx):
    fields = {"options": {CONFIG_FILE: b"pxelinux.cfg/default"}}
    assert_booted(below(lab, f"http://{SERVER}/", fields=fields))
    assert nginx.requests[0][3] == "/pxelinux.cfg/default"


def test_user_and_password_open_a_private_place(lab, nginx):
    assert_booted(below(lab, f"http://me:s3cret%40%2F@{SERVER}/private/"))


@pytest.mark.parametrize("user", ["", "me@", "me:wrong@", "you:s3cret%40%2F@"])
def test_wrong_password_is_the_servers_word(lab, nginx, user):
    outcome = below(lab, f"http://{user}{SERVER}/private/")
    assert outcome.status == 23, outcome.lines
    assert "HTTP status 401 Unauthorized" in outcome.last_line


def test_explain_asks_for_heads_only(lab, nginx):
    with Dhcpd(lab.server, lease(file=f"http://{SERVER}/pxelinux.0".encode())):
        done = run_plain(lab, VIF, "--explain")
    shown = done.stdout.decode()
    assert done.returncode == 0, shown
    assert {(method, path) for _, _, method, path in nginx.requests[-3:]} == {
        ("HEAD", "/images/linux"), ("HEAD", "/images/one.gz"),
        ("HEAD", "/images/two.gz")}
    assert "3.0 MB" in shown and "5.0 MB" in shown and "513 bytes" in shown


def test_debian_installer_boots(lab, nginx, tmp_path):
    if not NETBOOT.exists():
        pytest.skip(f"there is no {NETBOOT}: install "
                    "debian-installer-12-netboot-amd64")
    (tmp_path / "tree/debian").symlink_to(NETBOOT)
    outcome = below(lab, f"http://{SERVER}/debian/")
    files = NETBOOT / "debian-installer/amd64"
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == (files / "linux").read_bytes()
    assert outcome.ramdisk == (files / "initrd.gz").read_bytes()
