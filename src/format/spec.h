/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_SPEC_H
#define FORMAT_SPEC_H

#include "base/clock.h"
#include "base/text.h"
#include "format/dhcpmsg.h"
#include "format/vif.h"

/* What this run shall do, as said by argv.
 *
 * libxl passes its own options first, then xl.cfg's bootloader_args, then the
 * path of the guest's first disk (make_bootloader_args() in Xen's
 * libxl_bootloader.c).  xend, XAPI, pygrub's and pypxeboot's users pass
 * variations of it; all their options are known here, so that an existing
 * xl.cfg works and a misspelt option is still an error. */

enum spec_action {
	SPEC_BOOT,
	SPEC_EXPLAIN,
	SPEC_RESET,
	SPEC_HELP,
	SPEC_VERSION,
	SPEC_PRINT_MAC,
	SPEC_LINT,
};
enum spec_link { SPEC_LINK_AUTO, SPEC_LINK_TAP, SPEC_LINK_PACKET };

/* How the result is written; sxp is xend's, and what pygrub does by default. */
enum spec_format { SPEC_SXP, SPEC_SIMPLE, SPEC_SIMPLE0 };

/* Whether what is inside of a kernel is put in its place: where Xen could not
 * boot it else, always, or never. */
enum spec_extract { EXTRACT_AUTO, EXTRACT_ALWAYS, EXTRACT_NO };

/* What kind of guest it is, if xenstore tells. */
enum spec_guest { GUEST_UNKNOWN, GUEST_PV, GUEST_PVH };

/* A guest's name with its NUL; longer ones are left out. */
#define SPEC_NAME_SIZE 256

/* Where --inject puts its file. */
#define SPEC_INJECT "etc/lwpxeboot.env"

/* The most arguments that are the toolstack's own, one of each kind. */
#define SPEC_TOOLSTACK_ARGS 16

/* Strings are borrowed from argv, or are static; NULL means not given. */
struct spec {
	enum spec_action action;
	bool help_all; /* SPEC_HELP: tell all options */
	struct vif vif;
	enum spec_link link;

	const char *kernel;    /* xl.cfg's kernel=, a name on the boot server */
	const char *ramdisk;   /* xl.cfg's ramdisk= */
	const char *args;      /* xl.cfg's cmdline=, or root= and extra= */
	const char *interface; /* the bridge, if the vif names none */
	const char *vlan;      /* the VLAN, whatever the vif says */
	const char
		*location; /* what names are below, whatever the lease says */
	const char *config_dir; /* where configurations are; not pxelinux.cfg */
	const char *label;      /* boot this label, whatever the default is */
	const char *disk;       /* the guest's first disk */
	const char *inject;     /* a path in the ramdisk, for what the guest may
				 * know; NULL: it gets no such file */
	const char *local_disk; /* for the local boot loader, if another */
	struct uuid uuid;
	bool uuid_is_given;        /* by argv, and so for good */
	char name[SPEC_NAME_SIZE]; /* the guest's; "" if unknown */
	enum spec_guest type;
	uint32_t xen_major, xen_minor;    /* this Xen's version; 0 if unknown */
	uint32_t xen_lacks;               /* see struct kernel_host */
	struct dhcpmsg_identity identity; /* how DHCP servers see the guest */

	const char *output; /* NULL: standard output */
	enum spec_format format;
	const char *output_directory;
	const char *local_bootloader; /* program for LOCALBOOT entries */

	uint32_t domid; /* of the guest, from `output`; 0: unknown */
	bool quiet;
	unsigned verbose;  /* 1: tell what the jail holds and what is asked;
			    * 2: and what is answered */
	bool logs_json;    /* --log-format=json */
	bool syslog;       /* tell a syslog daemon, too */
	bool xapi;         /* --vm: XAPI runs us as its eliloader */
	bool no_preflight; /* --preflight=no: any file will do as kernel */
	enum spec_extract extract;
	bool keeps_console; /* --console=keep: add no console=hvc0 */
	bool unattended;    /* --menu=no: nobody is asked anything */
	bool refuses_local; /* --on-localboot=fail: no boot from disk */
	bool once;          /* the network once, then always the disk */
	bool once_is_over;  /* and that was: for SPEC_EXPLAIN */
	bool reset;         /* SPEC_RESET: so that it may be again */
	const char *state_directory; /* where that is known */
	bool restricted;  /* --runas was given: libxl's restrict mode */
	uint32_t uid;     /* the jailed process runs as this user */
	const char *pcap; /* a file for the frames */
	const char *pcap_on_error; /* the same, only if it fails; */
	bool captures_errors;      /* NULL is then the usual one */
	ms_t timeout;              /* ms for the whole run */
	ms_t dhcp_timeout;         /* ms until "no DHCP server" */

	/* What SPEC_EXPLAIN shows, of which something is set. */
	bool explain;        /* the entry that boots, with all reasons */
	bool list_entries;   /* all entries */
	bool json;           /* as one object on standard output */
	const char *cfg;     /* the guest's xl.cfg; NULL: --vif= tells all */
	uint32_t nic;        /* which of its vifs, from 0 */
	bool mac_from_uuid;  /* a vif without mac= gets one by uuidmac.h */
	uint32_t memory_mib; /* the guest's; 0 if unknown */
	bool pvshim;         /* it runs in Xen's shim for PV guests */
	const char *tree;    /* a directory in place of the boot server */
	bool is_config;      /* `disk` was a configuration, now `config` */
	const char *config;  /* the one to read, below `tree` */
	char *const *files;  /* those that SPEC_LINT checks, one at least */
	size_t files_n;

	/* What the toolstack said to us and would say to any boot loader, in
	 * its order; handed on to the local one. */
	const char *toolstack[SPEC_TOOLSTACK_ARGS];
	size_t toolstack_n;
};

/* Returns true if argv does not tell all: spec_complete() waits for what xenstore
 * and the guest's xl.cfg say. */
static inline bool spec_waits(const struct spec *spec)
{
	return (spec->cfg || spec->mac_from_uuid || spec->once ||
		spec->action == SPEC_PRINT_MAC) &&
	       spec->action != SPEC_LINT;
}

/* Reads argv into *spec, with the configured defaults where it says nothing.
 * Returns 0, or -E_USAGE with a sentence in `why`; json is set then too, if
 * any argument asks for it.  Unless it waits, the spec is complete then. */
int spec_parse(int argc, char *const *argv, struct spec *spec,
	       struct text *why);

/* Returns 0 if the guest may be booted from its own disk, or -E_LOCAL_REFUSED
 * with a sentence in `why`. */
int spec_allow_local(const struct spec *spec, struct text *why);

#endif
