/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/localboot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/oserror.h"
#include "priv/programs.h"

#define PATH_SIZE 4096

/* Puts the directory of the program behind /proc/…/exe into `t`. */
static void put_directory_of(struct text *t, const char *exe)
{
	static char target[PATH_SIZE];
	ssize_t n = readlink(exe, target, sizeof(target));

	while (n > 0 && target[n - 1] != '/')
		n--;
	if (n > 1)
		text_put(t, (struct span){ (const uint8_t *)target,
					   (size_t)n - 1 });
}

/* Where we stand in for pygrub by a link of its name, we would find ourselves,
 * and go on so for ever. */
static GUARDED bool is_ourselves(const char *path)
{
	static char own[PATH_SIZE], other[PATH_SIZE];
	char name[32];
	struct text t = TEXT(name);
	int fd = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
	ssize_t n, m;

	if (fd < 0)
		return false;
	text_printf(&t, "/proc/self/fd/%u", (unsigned)fd);
	n = readlink("/proc/self/exe", own, sizeof(own));
	m = readlink(name, other, sizeof(other));
	close(fd);
	return n > 0 && n == m && !memcmp(own, other, (size_t)n);
}

/* Why the program cannot be run: of many places, the first where it is. */
static const char *reason;

static void try(const char *path, char **argv)
{
	int fd;

	if (is_ourselves(path)) {
		reason = reason ? reason : "it is lwpxeboot itself";
		return;
	}
	execv(path, argv);
	if (reason)
		return;
	if (errno != ENOENT && errno != ENOTDIR) {
		reason = OSERROR_SHOW(errno);
		return;
	}
	fd = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	close(fd);
	reason = "what its first line says runs it, is missing";
}

static void try_beside(const char *exe, const char *name, char **argv)
{
	static char path[PATH_SIZE];
	struct text t = TEXT(path);

	put_directory_of(&t, exe);
	if (!t.n)
		return;
	text_printf(&t, "/%s", name);
	if (!t.overflow)
		try(path, argv);
}

static void try_usual(const char *name, char **argv)
{
	static char path[PATH_SIZE];
	struct programs places = { 0 };
	struct text t = TEXT(path);

	while (programs_next(&places, name, &t))
		try(path, argv);
}

/* Fails where there is nothing to boot, or it may not be. */
static int check(const struct spec *spec, const char *disk, struct text *why)
{
	int rc = spec_allow_local(spec, why);

	if (rc || disk)
		return rc;
	text_puts(why, "the guest is to boot from its disk, and the toolstack "
		       "passed none; put one into xl.cfg's disk=");
	return -E_LOCALBOOT;
}

GUARDED int localboot_exec(const struct spec *spec, struct text *why)
{
	const char *name = spec->local_bootloader;
	const char *disk = spec->local_disk ? spec->local_disk : spec->disk;
	char *argv[SPEC_TOOLSTACK_ARGS + 4] = { (char *)(uintptr_t)name };
	static char parent[32], simple[] = "--output-format=simple";
	struct text t = TEXT(parent);
	size_t n = 1;
	int rc = check(spec, disk, why);

	if (rc)
		return rc;
	log_info("Booting from the guest's own disk with %s", name);
	for (size_t i = 0; i < spec->toolstack_n; i++)
		argv[n++] = (char *)(uintptr_t)spec->toolstack[i];
	if (spec->xapi)
		argv[n++] = simple;
	argv[n] = (char *)(uintptr_t)disk;
	if (span_find(span_of(name), SPAN_LIT("/")) != SIZE_MAX) {
		try(name, argv);
	} else {
		try_beside("/proc/self/exe", name, argv);
		/* On Debian xl lives where pygrub does, by Xen's version. */
		text_printf(&t, "/proc/%u/exe", (unsigned)getppid());
		try_beside(parent, name, argv);
		try_usual(name, argv);
	}
	text_printf(why,
		    "the guest is to boot from its disk, and the boot "
		    "loader for that, %s, cannot be run: %s; install it or "
		    "name another with --local-bootloader=",
		    name, reason ? reason : OSERROR_SHOW(ENOENT));
	return -E_LOCALBOOT;
}
