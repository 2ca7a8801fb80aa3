/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/once.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/oserror.h"
#include "config.h"

static const char *name_of(const struct spec *spec)
{
	static char name[sizeof("00000000-0000-0000-0000-000000000000")];
	struct text t = TEXT(name);

	uuid_put(&t, &spec->uuid);
	return name;
}

/* Returns what undoes a boot; the directory is said where it is another. */
static const char *reset_command(const struct spec *spec)
{
	static char command[512];
	struct text t = TEXT(command);

	text_printf(&t, "lwpxeboot --reset --uuid=%s", name_of(spec));
	if (!span_eq(span_of(spec->state_directory),
		     SPAN_LIT(LWPXE_STATE_DIRECTORY)))
		text_printf(&t, " --state-directory=%s", spec->state_directory);
	return command;
}

/* Tells `what` is wrong with the file; `e` is an errno, or 0 if that is all. */
static int fail(const struct spec *spec, const char *what, int e,
		struct text *why)
{
	text_printf(why,
		    "--once keeps what it knows of the guest in %s/%s, "
		    "which %s",
		    spec->state_directory, name_of(spec), what);
	if (e)
		text_printf(why, ": %s", OSERROR_SHOW(e));
	return e == ENOSPC || e == EDQUOT ? -E_SPACE : -E_STATE;
}

static int open_directory(const struct spec *spec, struct text *why)
{
	int fd = openat(AT_FDCWD, spec->state_directory,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		text_printf(why,
			    "--once keeps what it knows in the directory %s, "
			    "which cannot be opened: %s; make it with mkdir -m "
			    "700, on a disk that outlives a reboot of this "
			    "Dom0, or name another with --state-directory=",
			    spec->state_directory, OSERROR_SHOW(errno));
		return -E_STATE;
	}
	if (!fstat(fd, &st) && st.st_uid == geteuid() &&
	    !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return fd;
	text_printf(why,
		    "--once keeps what it knows in the directory %s, which "
		    "must be root's, and nobody else's to write to; chown and "
		    "chmod it",
		    spec->state_directory);
	close(fd);
	return -E_STATE;
}

/* Returns as once_is_over() does. */
static int look(const struct spec *spec, int directory, struct text *why)
{
	struct stat st;

	if (!fstatat(directory, name_of(spec), &st, AT_SYMLINK_NOFOLLOW))
		return S_ISREG(st.st_mode) ?
			       1 :
			       fail(spec, "is something else; remove it", 0,
				    why);
	if (errno != ENOENT)
		return fail(spec, "cannot be looked at", errno, why);
	/* Better to find out before the boot than after it. */
	if (syscall(SYS_faccessat, directory, ".", W_OK))
		return fail(spec, "cannot be written", errno, why);
	return 0;
}

int once_is_over(const struct spec *spec, struct text *why)
{
	int directory = open_directory(spec, why), rc;

	if (directory < 0)
		return directory;
	rc = look(spec, directory, why);
	close(directory);
	if (rc == 1)
		log_info("--once: this guest has had its boot from the "
			 "network; for another: %s",
			 reset_command(spec));
	return rc;
}

/* Writes what people may want to know: the guest, and what it booted.  When
 * that was is the file's own time. */
static bool write_story(int fd, const struct spec *spec, struct span args)
{
	static char story[1024];
	struct text t = TEXT(story);
	ssize_t r;

	t.cap--; /* kept for the end of the line */
	log_put(&t, span_of(spec->name));
	text_puts(&t, " ");
	mac_put(&t, &spec->vif.mac, ':');
	text_puts(&t, " ");
	log_put(&t, args);
	t.cap++;
	text_puts(&t, "\n");
	do
		r = write(fd, t.p, t.n);
	while (r < 0 && errno == EINTR);
	if (r >= 0 && (size_t)r != t.n)
		errno = ENOSPC;
	return r == (ssize_t)t.n;
}

/* What some file systems of others cannot do is not asked of them. */
static bool sync_directory(int directory)
{
	return !fsync(directory) || errno == EINVAL;
}

/* Makes the file, and is back when it outlives a crash; or leaves none. */
static int remember(const struct spec *spec, int directory, struct span args,
		    struct text *why)
{
	int fd = openat(directory, name_of(spec),
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int rc = 0;

	if (fd < 0 && errno == EEXIST)
		return fail(spec,
			    "another lwpxeboot made meanwhile: the guest "
			    "has had its boot",
			    0, why);
	if (fd < 0)
		return fail(spec, "cannot be written", errno, why);
	if (!write_story(fd, spec, args) || fsync(fd) ||
	    !sync_directory(directory)) {
		rc = fail(spec, "cannot be written", errno, why);
		if (unlinkat(directory, name_of(spec), 0))
			text_puts(why, ", nor removed");
	}
	close(fd);
	return rc;
}

int once_end(const struct spec *spec, struct span args, struct text *why)
{
	int directory = open_directory(spec, why), rc;

	if (directory < 0)
		return directory;
	rc = remember(spec, directory, args, why);
	close(directory);
	if (!rc)
		log_info("--once: from now on this guest boots from its own "
			 "disk; to undo that: %s",
			 reset_command(spec));
	return rc;
}

int once_reset(const struct spec *spec, struct text *why)
{
	int directory = open_directory(spec, why), rc = 0;
	bool was_there;

	if (directory < 0)
		return directory;
	was_there = !unlinkat(directory, name_of(spec), 0);
	if ((!was_there && errno != ENOENT) || !sync_directory(directory))
		rc = fail(spec, "cannot be removed", errno, why);
	else
		log_info(was_there ? "The next boot of the guest %s is from "
				     "the network again" :
				     "The guest %s has had no boot "
				     "from the network, so its next one is",
			 name_of(spec));
	close(directory);
	return rc;
}
