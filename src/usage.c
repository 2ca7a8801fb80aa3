/* SPDX-License-Identifier: BSD-3-Clause */
#include "usage.h"

#include "config.h"

#define SYNOPSIS \
"usage: lwpxeboot --vif=mac=MAC[,bridge=BRIDGE] [options] [DISK]\n" \
"\n" \
"Boots a Xen guest from the network before the guest exists.  xl runs it:\n" \
"\n" \
"  bootloader      = \"lwpxeboot\"\n" \
"  bootloader_args = [\"--vif=mac=00:16:3e:12:34:56,bridge=xenbr0\"]\n" \
"\n"

const char usage[] =
SYNOPSIS
"  --vif=VIF           the guest's entry of vif= in xl.cfg\n"
"  --cfg=FILE          or the guest's xl.cfg, which has it\n"
"  --label=NAME        boot this label, not the default one\n"
"  --menu=auto|no      ask whoever is at the console (auto), or nobody\n"
"  --timeout=SECONDS   how long all of it may take\n"
"  --explain           say what would boot and why, and boot nothing\n"
"  --list-entries      list the configuration's entries, the same way\n"
"  --tree=DIR          do that for a local directory, without a network\n"
"  --lint FILE...      look for mistakes in guests' xl.cfg files\n"
"  --quiet, --verbose  say only what went wrong; say more\n"
"  --help=all          all options\n"
"  --version\n"
"\n"
"The manual has the rest: man 8 lwpxeboot\n";

const char usage_all[] =
SYNOPSIS
"Which guest, and how to reach its network:\n"
"  --vif=VIF                 the guest's entry of vif= in xl.cfg\n"
"  --cfg=FILE, --nic=N       the guest's xl.cfg, which has that entry (number 0)\n"
"  --mac=from-uuid           for a vif without mac=, make one from the UUID\n"
"  --print-mac               boot nothing, and print that\n"
"  --link=auto|tap|packet    how to reach the bridge\n"
"  --vlan=ID                 the guest's VLAN, if its frames have tags there\n"
"  --uuid=UUID               the guest's UUID, if xenstore cannot tell\n"
"How DHCP servers see it:\n"
"  --arch=NUMBER             its architecture (0, BIOS)\n"
"  --vendor-class=TEXT       its vendor class\n"
"  --user-class=TEXT         its user class\n"
"  --client-id=ID            its client identifier: mac, uuid or hexadecimal\n"
"  --hostname=NAME           its name; @name: the one that xl.cfg gives it\n"
"What boots:\n"
"  --label=NAME              boot this label, not the default one\n"
"  --location=URL            where the boot server's files are\n"
"  --menu=auto|no            ask whoever is at the console (auto), or nobody\n"
"  --console=hvc0|keep       add console=hvc0 where no console fits (hvc0)\n"
"  --inject[=PATH]           put a file about the boot into the ramdisk\n"
"  --preflight=yes|no        look at the kernel before Xen does (yes)\n"
"  --extract=auto|always|no  take the kernel out of what Xen cannot boot (auto)\n"
"  --local-bootloader=CMD    what boots a LOCALBOOT entry (pygrub)\n"
"  --on-localboot=exec|fail  run that (exec), or end with an error\n"
"  --once                    the network once, then always the guest's disk\n"
"  --reset                   boot nothing, let --once begin again\n"
"  --state-directory=DIR     where --once keeps what it knows\n"
"How long it may take:\n"
"  --dhcp-timeout=SECONDS    to get an address\n"
"  --timeout=SECONDS         for all of it\n"
"Without a boot:\n"
"  --explain                 say what would boot and why\n"
"  --list-entries            list the configuration's entries\n"
"  --tree=DIR                do that for a local directory, without a network\n"
"  --format=text|json        how those three answer\n"
"  --lint FILE...            look for mistakes in guests' xl.cfg files\n"
"What is told:\n"
"  --pcap=FILE               write the frames to FILE\n"
"  --pcap-on-error[=FILE]    only if it fails\n"
"  --quiet                   only what went wrong\n"
"  --verbose                 more; twice, or as -vv, most\n"
"  --log-format=text|json    as JSON, an object in each line\n"
"  --syslog                  tell /dev/log, too\n"
"  --help, --version\n"
"\n"
"Options that toolstacks pass, exit codes and more: man 8 lwpxeboot\n";

#define SHOW(number) SHOW_VALUE(number)
#define SHOW_VALUE(value) #value

const char version[] =
"lwpxeboot " LWPXE_VERSION " (" LWPXE_FEATURES ")\n"
"lwIP " LWPXE_LWIP "\n"
"limits: kernel and ramdisk of " SHOW(LWPXE_IMAGE_MIB) " MiB each, "
SHOW(LWPXE_TRANSFERS) " downloads at a time;\n"
"        configuration of " SHOW(LWPXE_CONFIG_BYTES) " bytes in "
SHOW(LWPXE_CONFIG_FILES) " files, " SHOW(LWPXE_CONFIG_DEPTH) " deep,\n"
"        with " SHOW(LWPXE_CONFIG_LABELS) " labels and "
SHOW(LWPXE_CONFIG_MENUS) " menus\n";
