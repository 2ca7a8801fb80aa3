/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/oserror.h"
#include "config.h"
#include "format/word.h"
#include "syscalls.h"

#define FIRST_FD 3

/* All that the program has is static, but for what priv/scratch.h maps: code,
 * data and stack fit well. */
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

/* What became of a rung; of a failure, errno says why. */
enum outcome { FAILED, NOT_GIVEN, HELD };

static enum outcome must(bool ok)
{
	return ok ? HELD : FAILED;
}

static enum outcome may(bool ok)
{
	return ok ? HELD : NOT_GIVEN;
}

/* Moves the kept descriptors to 3, 4…, by way of numbers that are free and
 * out of their way, and closes everything above. */
static enum outcome renumber(const struct jail *j)
{
	const int end = FIRST_FD + (int)j->keep_n;
	size_t i;

	for (i = 0; i < j->keep_n; i++) {
		*j->keep[i] = (int)syscall(SYS_fcntl, *j->keep[i], F_DUPFD,
					   end);
		if (*j->keep[i] < 0)
			return FAILED;
	}
	for (i = 0; i < j->keep_n; i++) {
		*j->keep[i] = dup2(*j->keep[i], FIRST_FD + (int)i);
		if (*j->keep[i] < 0)
			return FAILED;
	}
	if (!syscall(SYS_CLOSE_RANGE, (unsigned)end, ~0u, 0u))
		return HELD;
	for (int fd = end; fd < 1024; fd++) /* before Linux 5.9 */
		close(fd);
	return HELD;
}

/* The network's, and those of shared memory and names, are new and empty; what
 * is mounted is a copy, whose changes nobody else sees. */
static GUARDED enum outcome leave_namespaces(const struct jail *j)
{
	static const int flags[] = { CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
				     CLONE_NEWNS };
	bool left = true;

	(void)j;
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		left &= !syscall(SYS_unshare, flags[i]);
	return may(left && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* Mounts an empty directory over the root and goes there; ".." leads from the
 * root to what is mounted over it. */
static bool mount_nothing(void)
{
	return !mount("none", "/", "tmpfs",
		      MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		      "nr_inodes=1,mode=0") &&
	       !chdir("/..");
}

/* The root becomes the tree; or nothing, and all else is unmounted, which an
 * initramfs, being the first of all roots, does not allow: then it is only out
 * of reach.  Who may not mount, but change its root, gets one that has nothing
 * but numbers of this process. */
static enum outcome empty_root(const struct jail *j)
{
	if (LWPXE_EXPLAIN && j->tree)
		return may(!fchdir(*j->tree) && !chroot("."));
	if (!(j->held & JAIL_NAMESPACES) || !mount_nothing())
		return may(!chdir("/proc/self/fdinfo") && !chroot("."));
	if (!syscall(SYS_pivot_root, ".", "."))
		return may(!umount2(".", MNT_DETACH) && !chdir("/"));
	return may(!chroot("."));
}

/* Allows to read files below `tree`. */
static bool allow_tree(int ruleset, int tree)
{
	const struct landlock_path_beneath rule = {
		.allowed = LANDLOCK_READ,
		.fd = tree,
	};

	return !syscall(SYS_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH,
			&rule, 0u);
}

/* Handles all rights of the running kernel's version and allows none, but for
 * the tree's. */
static enum outcome restrict_files(const struct jail *j)
{
	/* By ABI version: file rights 1 to 5, network 4, scopes 6. */
	static const uint64_t fs[] = {
		0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff
	};
	long abi = syscall(SYS_LANDLOCK_CREATE_RULESET, NULL, 0,
			   LANDLOCK_VERSION_FLAG);
	struct landlock_ruleset r = { .fs = fs[abi > 5 ? 5 :
					       abi > 0 ? abi :
							 0],
				      .net = abi >= 4 ? 3 : 0,
				      .scoped = abi >= 6 ? 3 : 0 };
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	long fd, rc;

	if (abi < 1)
		return NOT_GIVEN;
	fd = syscall(SYS_LANDLOCK_CREATE_RULESET, &r, size, 0u);
	if (fd < 0)
		return FAILED;
	rc = LWPXE_EXPLAIN && j->tree && !allow_tree((int)fd, *j->tree);
	if (!rc)
		rc = syscall(SYS_LANDLOCK_RESTRICT_SELF, (int)fd, 0u);
	close((int)fd);
	return must(!rc);
}

/* prctl() of the C library gathers its arguments at the price of a hundred
 * bytes. */
static long control(int what, unsigned long value)
{
	return syscall(SYS_prctl, what, value, 0ul, 0ul, 0ul);
}

static enum outcome forbid_new_privileges(const struct jail *j)
{
	(void)j;
	return must(!control(PR_SET_NO_NEW_PRIVS, 1));
}

/* Takes the capabilities out of reach for good and becomes the user.  A caller
 * that is not root has no user to change to and cannot touch the bounding set;
 * nor is there another user where a user namespace has but one. */
static enum outcome drop_user(const struct jail *j)
{
	const uint32_t uid = j->uid;

	if (geteuid())
		return NOT_GIVEN;
	for (unsigned long cap = 0; cap <= 63; cap++)
		if (control(PR_CAPBSET_DROP, cap) && errno != EINVAL)
			return FAILED;
	if (syscall(SYSCALL_SETRESGID, uid, uid, uid))
		return errno == EINVAL ? NOT_GIVEN : FAILED;
	return must(!syscall(SYSCALL_SETGROUPS, 0, NULL) &&
		    !syscall(SYSCALL_SETRESUID, uid, uid, uid));
}

static GUARDED enum outcome drop_capabilities(const struct jail *j)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { .effective = 0 } };

	(void)j;
	return must(!syscall(SYS_capset, &header, none));
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
static enum outcome limit_resources(const struct jail *j)
{
	return must(limit(RLIMIT_NOFILE, FIRST_FD + j->keep_n + !!j->tree) &&
		    limit(RLIMIT_FSIZE, j->file_size) &&
		    limit(RLIMIT_CPU, j->seconds) &&
		    limit(RLIMIT_AS, ADDRESS_SPACE + j->scratch) &&
		    limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) &&
		    limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0));
}

/* setresuid() clears PDEATHSIG, so this comes after it, and may come too late. */
static enum outcome bind_to_parent(const struct jail *j)
{
	struct pollfd hangs_up = { .fd = j->parent ? *j->parent : -1 };

	return must(!control(PR_SET_DUMPABLE, 0) &&
		    !control(PR_SET_PDEATHSIG, SIGKILL) &&
		    poll(&hangs_up, 1, 0) <= 0);
}

static enum outcome filter_syscalls(const struct jail *j)
{
	int r = jail_filter_syscalls(j->tree);

	errno = -r;
	return LWPXE_SECCOMP ? must(!r) : NOT_GIVEN;
}

/* In the order of enum jail_rung. */
static const char rungs[] = "descriptors\0"
			    "namespaces\0"
			    "root\0"
			    "no_new_privs\0"
			    "Landlock\0"
			    "user\0"
			    "capabilities\0"
			    "limits\0"
			    "parent\0"
			    "seccomp\0";

static enum outcome climb(const struct jail *j, uint32_t rung)
{
	switch ((enum jail_rung)rung) {
	case JAIL_DESCRIPTORS:
		return renumber(j);
	case JAIL_NAMESPACES:
		return leave_namespaces(j);
	case JAIL_ROOT:
		return empty_root(j);
	case JAIL_NO_NEW_PRIVS:
		return forbid_new_privileges(j);
	case JAIL_LANDLOCK:
		return restrict_files(j);
	case JAIL_USER:
		return drop_user(j);
	case JAIL_CAPABILITIES:
		return drop_capabilities(j);
	case JAIL_LIMITS:
		return limit_resources(j);
	case JAIL_PARENT:
		return bind_to_parent(j);
	case JAIL_SECCOMP:
		return filter_syscalls(j);
	case JAIL_ALL:
		break;
	}
	return FAILED;
}

static int fail(struct text *why, const char *rung)
{
	text_printf(why, "the jail cannot be closed: %s: %s", rung,
		    OSERROR_SHOW(errno));
	return -E_INTERNAL;
}

int jail_enter(struct jail *j, struct text *why)
{
	enum outcome outcome;

	j->held = 0;
	for (size_t i = 0; JAIL_ALL & 1u << i; i++) {
		outcome = climb(j, 1u << i);
		if (outcome == FAILED)
			return fail(why, word_nth(rungs, i));
		if (outcome == HELD)
			j->held |= 1u << i;
	}
	if (j->held & (JAIL_ROOT | JAIL_LANDLOCK | JAIL_SECCOMP))
		return 0;
	text_puts(why, "the jail cannot be closed: nothing here keeps files "
		       "from it; run lwpxeboot as root, or with Landlock");
	return -E_INTERNAL;
}

void jail_put(struct text *t, uint32_t which)
{
	for (size_t i = 0; JAIL_ALL & 1u << i; i++)
		if (which & 1u << i)
			text_printf(t, "%s%s", t->n ? " " : "",
				    word_nth(rungs, i));
}
