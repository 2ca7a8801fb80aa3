/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Why a boot did not happen.
 *
 * A function that can fail returns `rc`: 0, or one of these negated.  The
 * process exits with the positive value, so the numbers are an outside
 * interface: doc/lwpxeboot.8 lists each, and a test compares the two.  The
 * tens group by who can help: 1x the Dom0, 2x the network and its servers,
 * 3x what the boot server's files say, 4x the local boot loader, 5x the run.
 */
enum err {
	E_INTERNAL = 1, /* a system call failed that never should */
	E_USAGE = 2,    /* an argument is unknown, missing or malformed */
	E_LINT = 3,     /* --lint found what keeps a guest from booting */

	E_LINK = 10,      /* the bridge is missing, down or unusable */
	E_PRIVILEGE = 11, /* a capability or device node is missing */
	E_BUSY = 12,      /* another lwpxeboot boots this MAC address */
	E_OUTPUT = 13,    /* --output or --output-directory unusable */
	E_SPACE = 14,     /* the output directory's file system is full */
	E_STATE = 15,     /* the state of --once cannot be kept or read */

	E_DHCP_SILENT = 20,  /* no DHCP server answered */
	E_DHCP_REFUSED = 21, /* the DHCP server withdrew its offer */
	E_NO_ANSWER = 22,    /* the boot server does not answer */
	E_SERVER = 23,       /* the boot server answered with an error */
	E_PROTOCOL = 24,     /* the transfer broke the protocol's rules */
	E_RESOLVE = 25,      /* the boot server's name has no address */

	E_NO_CONFIG = 30,   /* none of the configuration names exists */
	E_CONFIG = 31,      /* the configuration has too much of something */
	E_NO_ENTRY = 32,    /* the configuration has nothing to boot */
	E_UNSUPPORTED = 33, /* the entry asks for what a guest cannot do */
	E_NOT_FOUND = 34,   /* a file the entry names is not there */
	E_EMPTY = 35,       /* a file the entry names is empty */
	E_TOO_BIG = 36,     /* a file, or the configuration, is too large */
	E_CMDLINE = 37,     /* the command line cannot be handed to libxl */
	E_KERNEL = 38,      /* the kernel is none that this guest can boot */

	E_LOCALBOOT = 40,     /* boot from disk was chosen, and failed */
	E_LOCAL_REFUSED = 41, /* boot from disk was chosen, and may not be */

	E_TIMEOUT = 50,     /* the whole run took too long */
	E_INTERRUPTED = 51, /* a signal, usually from libxl */
	E_CHILD = 52,       /* the jailed process died or lied */
};

#endif
