/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/lintfile.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/oserror.h"
#include "format/lint.h"
#include "priv/guestfile.h"
#include "priv/hypervisor.h"
#include "priv/programs.h"
#include "priv/smallfile.h"

#define PATH_SIZE 4096
#define MACS 1024

/* The MAC addresses so far. */
static struct seen {
	struct mac mac;
	const char *file;
	uint32_t line;
} seen[MACS];
static size_t seen_n;

static GUARDED bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* In Debian the private programs are in a directory for each version of Xen. */
static bool is_found(const struct spec *spec, const char *name)
{
	static char path[PATH_SIZE];
	struct programs places = { 0 };
	struct text t = TEXT(path);
	bool found;

	text_printf(&t, "/usr/lib/xen-%u.%u/bin/%s", spec->xen_major,
		    spec->xen_minor, name);
	found = !t.overflow && is_program(path);
	while (!found && programs_next(&places, name, &t))
		found = is_program(path);
	return found;
}

static void look_for_program(const struct spec *spec, struct lint *l)
{
	const struct lint_value *v = &l->bootloader;

	if (span_find(span_of(v->text), SPAN_LIT("/")) == SIZE_MAX) {
		if (!is_found(spec, v->text))
			lint_say(l, LINT_ERROR, v->line,
				 "there is no program %s in Xen's directories "
				 "or in PATH; install it, or write where it is",
				 v->text);
	} else if (v->text[0] != '/') {
		lint_say(l, LINT_ERROR, v->line,
			 "%s is looked for where xl happens to run; write the "
			 "whole path, or the name alone",
			 v->text);
	} else if (!is_program(v->text)) {
		lint_say(l, LINT_ERROR, v->line,
			 "%s is no program that can "
			 "be run; correct the path, or its mode",
			 v->text);
	}
}

static GUARDED void look_for_files(struct lint *l)
{
	struct stat st;

	if (l->disk.text[0] == '/' && stat(l->disk.text, &st))
		lint_say(l, LINT_ERROR, l->disk.line,
			 "the first disk, %s, cannot be used: %s; create it",
			 l->disk.text, OSERROR_SHOW(errno));
	if (l->kernel.text[0] == '/' && !stat(l->kernel.text, &st))
		lint_say(l, LINT_NOTE, l->kernel.line,
			 "%s is here in the Dom0, but the boot server is asked "
			 "for it; without kernel= the boot server's "
			 "configuration decides",
			 l->kernel.text);
	/* Nobody knows the initrd that the network gives, but a copy may do. */
	if (l->ramdisk.text[0] == '/' && l->memory_mib &&
	    !stat(l->ramdisk.text, &st) &&
	    (uint64_t)st.st_size * 3 > (uint64_t)l->memory_mib << 20)
		lint_say(l, LINT_NOTE, l->ramdisk.line,
			 "a ramdisk of %u MiB, as %s has, may be too large for "
			 "a guest with memory=%u",
			 (unsigned)(st.st_size >> 20), l->ramdisk.text,
			 l->memory_mib);
}

static bool has_user(struct span passwd, struct span name)
{
	struct span line, user;

	while (passwd.n) {
		span_get_until(&passwd, '\n', &line);
		if (span_get_until(&line, ':', &user) && span_eq(user, name))
			return true;
	}
	return false;
}

/* Source: libxl__bootloader_restrict's part of libxl_bootloader.c. */
static void look_for_user(struct lint *l)
{
	static uint8_t bytes[65536];
	struct span passwd;

	/* Of a file that is longer, the end is not known. */
	if (!l->restricted ||
	    !smallfile_read("/etc/passwd", bytes, sizeof(bytes), &passwd) ||
	    passwd.n == sizeof(bytes))
		return;
	if (l->user.text[0]) {
		if (!has_user(passwd, span_of(l->user.text)))
			lint_say(l, LINT_ERROR, l->user.line,
				 "there is no user %s in /etc/passwd; add "
				 "it, or name another",
				 l->user.text);
		return;
	}
	if (!has_user(passwd, SPAN_LIT("xen-qemuuser-range-base")) &&
	    !has_user(passwd, SPAN_LIT("xen-qemuuser-shared")))
		lint_say(l, LINT_ERROR, l->restricted,
			 "xl finds no user for bootloader_restrict: neither is "
			 "bootloader_user= set nor is xen-qemuuser-range-base "
			 "or xen-qemuuser-shared in /etc/passwd; add one");
}

/* Compares the file's MAC addresses with those before. */
static GUARDED void compare_macs(struct lint *l, const char *file)
{
	static char mac[18];
	struct text t;

	for (size_t i = 0; i < l->vifs; i++) {
		for (size_t j = 0; j < seen_n; j++) {
			if (!mac_eq(&seen[j].mac, &l->vif[i].mac))
				continue;
			t = TEXT(mac);
			mac_put(&t, &seen[j].mac, ':');
			lint_say(l, LINT_ERROR, l->vif[i].line,
				 "%s:%u has the MAC address %s, too; give "
				 "one of the two another",
				 seen[j].file, seen[j].line, mac);
			break;
		}
		if (seen_n < MACS)
			seen[seen_n++] = (struct seen){ l->vif[i].mac, file,
							l->vif[i].line };
	}
}

static void print_findings(const struct spec *spec, const struct lint *l,
			   const char *file)
{
	const struct lint_finding *f = l->finding;

	for (; f < l->finding + l->findings; f++)
		if (f->kind == LINT_ERROR || !spec->quiet)
			log_info("%s:%u: %s%.*s", file, f->line,
				 f->kind ? "" : "note: ",
				 SPAN_ARG(f->sentence));
}

/* Returns false if the file has an error. */
static bool check_file(const struct spec *spec, const char *file)
{
	static struct lint l;
	static char reason[256];
	struct text why = TEXT(reason);
	struct span text;

	if (guestfile_load(file, &text, &why)) {
		log_info("%s:1: %s", file, reason);
		return false;
	}
	lint_check(&l, file, text);
	if (l.is_ours) {
		look_for_program(spec, &l);
		look_for_files(&l);
		look_for_user(&l);
	}
	compare_macs(&l, file);
	print_findings(spec, &l, file);
	return !l.has_errors;
}

int lintfile_run(struct spec *spec)
{
	bool is_right = true;

	hypervisor_identify(spec);
	for (size_t i = 0; i < spec->files_n; i++)
		is_right &= check_file(spec, spec->files[i]);
	return is_right ? 0 : -E_LINT;
}
