/* SPDX-License-Identifier: BSD-3-Clause */
#include "usage.h"

#include "config.h"

const char synopsis[] =
	"usage: lwpxeboot --vif=mac=MAC[,bridge=BRIDGE] [options] [DISK]\n"
	"\n"
	"Boots a Xen guest from the network before the guest exists.  xl runs it:\n"
	"\n"
	"  bootloader      = \"lwpxeboot\"\n"
	"  bootloader_args = [\"--vif=mac=00:16:3e:12:34:56,bridge=xenbr0\"]\n"
	"\n";

const char usage[] =
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

#define SHOW(number) SHOW_VALUE(number)
#define SHOW_VALUE(value) #value

const char version[] =
	"lwpxeboot " LWPXE_VERSION " (" LWPXE_FEATURES ")\n"
	"lwIP " LWPXE_LWIP "\n"
	"limits: kernel and ramdisk of " SHOW(LWPXE_IMAGE_MIB) " MiB each, " SHOW(
		LWPXE_TRANSFERS) " downloads at a time;\n"
				 "        configuration of " SHOW(LWPXE_CONFIG_BYTES) " bytes in " SHOW(LWPXE_CONFIG_FILES) " files, " SHOW(
					 LWPXE_CONFIG_DEPTH) " deep,\n"
							     "        with " SHOW(LWPXE_CONFIG_LABELS) " labels and " SHOW(
								     LWPXE_CONFIG_MENUS) " menus\n";
