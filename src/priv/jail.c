/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/jail.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/oserror.h"
#include "config.h"
#include "syscalls.h"

#define FIRST_FD 3
#define OUT_OF_THE_WAY 64

/* All that the program has is static: code, data and stack fit well. */
#define ADDRESS_SPACE (64u << 20)

/* From linux/landlock.h and asm/unistd.h, for older headers; the numbers are
 * the same on every architecture. */
#define SYS_LANDLOCK_CREATE_RULESET 444
#define SYS_LANDLOCK_ADD_RULE 445
#define SYS_LANDLOCK_RESTRICT_SELF 446
#define SYS_CLOSE_RANGE 436
#define LANDLOCK_VERSION_FLAG 1u

#define LANDLOCK_PATH_BENEATH 1
#define LANDLOCK_READ 12u /* files and, to be told them from, directories */

struct landlock_ruleset {
	uint64_t fs, net, scoped;
};

struct landlock_path_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* Moves the kept descriptors to 3, 4…, by way of numbers out of their way, and
 * closes everything above. */
static GUARDED bool renumber(const struct jail *j)
{
	int high[sizeof(j->keep) / sizeof(*j->keep)];
	int last = FIRST_FD + (int)j->keep_n - 1;
	size_t i;

	for (i = 0; i < j->keep_n; i++) {
		high[i] = dup2(*j->keep[i], OUT_OF_THE_WAY + (int)i);
		if (high[i] < 0)
			return false;
	}
	for (i = 0; i < j->keep_n; i++) {
		*j->keep[i] = dup2(high[i], FIRST_FD + (int)i);
		if (*j->keep[i] < 0)
			return false;
	}
	if (!syscall(SYS_CLOSE_RANGE, (unsigned)last + 1, ~0u, 0u))
		return true;
	for (int fd = last + 1; fd < 1024; fd++) /* before Linux 5.9 */
		close(fd);
	return true;
}

/* Allows to read files below `tree`. */
static bool allow_tree(int ruleset, int tree)
{
	const struct landlock_path_beneath rule = {
		.allowed = LANDLOCK_READ, .fd = tree,
	};

	return !syscall(SYS_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH,
			&rule, 0u);
}

/* Handles all rights of the running kernel's version and allows none, but for
 * the tree's. */
static bool restrict_files(const int *tree)
{
	/* By ABI version: file rights 1 to 5, network 4, scopes 6. */
	static const uint64_t fs[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff,
				       0xffff };
	long abi = syscall(SYS_LANDLOCK_CREATE_RULESET, NULL, 0,
			   LANDLOCK_VERSION_FLAG);
	struct landlock_ruleset r = { .fs = fs[abi > 5 ? 5 : abi > 0 ? abi : 0],
				      .net = abi >= 4 ? 3 : 0,
				      .scoped = abi >= 6 ? 3 : 0 };
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	long fd, rc;

	if (abi < 1)
		return true;
	fd = syscall(SYS_LANDLOCK_CREATE_RULESET, &r, size, 0u);
	if (fd < 0)
		return false;
	rc = LWPXE_EXPLAIN && tree && !allow_tree((int)fd, *tree);
	if (!rc)
		rc = syscall(SYS_LANDLOCK_RESTRICT_SELF, (int)fd, 0u);
	close((int)fd);
	return !rc;
}

/* prctl() of the C library gathers its arguments at the price of a hundred
 * bytes. */
static long control(int what, unsigned long value)
{
	return syscall(SYS_prctl, what, value, 0ul, 0ul, 0ul);
}

static GUARDED bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { .effective = 0 } };

	return !syscall(SYS_capset, &header, none);
}

/* Takes the capabilities out of reach for good and becomes `uid`.  A caller
 * that is not root has no user to change to and cannot touch the bounding set;
 * it only drops what it has. */
static bool drop_user(uint32_t uid)
{
	if (geteuid())
		return true;
	for (unsigned long cap = 0; cap <= 63; cap++)
		if (control(PR_CAPBSET_DROP, cap) && errno != EINVAL)
			return false;
	return !syscall(SYSCALL_SETGROUPS, 0, NULL) &&
	       !syscall(SYSCALL_SETRESGID, uid, uid, uid) &&
	       !syscall(SYSCALL_SETRESUID, uid, uid, uid);
}

/* setrlimit() and setresuid() of the C library look after threads, which there
 * are none of, at the price of two kilobytes; hence prlimit() and syscall(). */
static bool limit(int resource, uint64_t value)
{
	const struct rlimit r = { .rlim_cur = value, .rlim_max = value };

	return !prlimit(0, resource, &r, NULL);
}

/* poll(2) fails if it is given more descriptors than may be open, so the limit
 * is what is open, not 0: that denies new ones just as well.  Of a tree, one
 * file is open at a time. */
static bool limit_resources(const struct jail *j)
{
	return limit(RLIMIT_NOFILE, FIRST_FD + j->keep_n + !!j->tree) &&
	       limit(RLIMIT_FSIZE, j->file_size) &&
	       limit(RLIMIT_AS, ADDRESS_SPACE) && limit(RLIMIT_CORE, 0) &&
	       limit(RLIMIT_NPROC, 0) && limit(RLIMIT_MEMLOCK, 0) &&
	       limit(RLIMIT_MSGQUEUE, 0);
}

/* setresuid() clears PDEATHSIG, so this comes after it. */
static bool bind_to_parent(void)
{
	return !control(PR_SET_DUMPABLE, 0) &&
	       !control(PR_SET_PDEATHSIG, SIGKILL);
}

static int fail(struct text *why, const char *rung)
{
	text_printf(why, "the jail cannot be closed: %s: %s", rung,
		    OSERROR_SHOW(errno));
	return -E_INTERNAL;
}

int jail_enter(const struct jail *j, struct text *why)
{
	int r;

	if (!renumber(j))
		return fail(why, "descriptors");
	if (control(PR_SET_NO_NEW_PRIVS, 1))
		return fail(why, "no_new_privs");
	if (!restrict_files(j->tree))
		return fail(why, "Landlock");
	if (!drop_user(j->uid))
		return fail(why, "user");
	if (!drop_capabilities())
		return fail(why, "capabilities");
	if (!limit_resources(j))
		return fail(why, "limits");
	if (!bind_to_parent())
		return fail(why, "prctl");
	r = jail_filter_syscalls(j->tree);
	if (!r)
		return 0;
	errno = -r;
	return fail(why, "seccomp; this kernel may lack it, and LWPXE_SECCOMP "
		    "builds without");
}
