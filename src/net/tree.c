/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/oserror.h"

/* From linux/openat2.h and asm/unistd.h, for older headers; the number is the
 * same on every architecture. */
#define SYS_OPENAT2 437
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_BENEATH 0x08

struct open_how {
	uint64_t flags, mode, resolve;
};

/* From linux/stat.h. */
#define STATX_TYPE_AND_SIZE 0x201u

struct statx_file {
	uint8_t unused[28];
	uint16_t mode, padding;
	uint64_t inode, size;
	uint8_t rest[208];
};

/* Somebody may rename directories meanwhile; then the kernel wants it asked
 * again. */
#define TRIES 8

/* tree syscalls: openat2 */
static int open_below(int dir, const char *name, unsigned flags)
{
	const struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	for (int i = 0; i < TRIES && fd < 0; i++) {
		fd = syscall(SYS_OPENAT2, dir, name, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN && errno != EINTR)
			break;
	}
	return (int)fd;
}

int tree_open(struct tree *t, const char *path, struct text *why)
{
	int probe;

	t->path = path;
	t->fd = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0) {
		text_printf(why,
			    "--tree=%s cannot be opened: %s; name the "
			    "directory that the boot server serves",
			    path, OSERROR_SHOW(errno));
		return -E_USAGE;
	}
	probe = open_below(t->fd, ".", O_PATH | O_DIRECTORY);
	if (probe >= 0) {
		close(probe);
		return 0;
	}
	text_printf(why,
		    "--tree=%s cannot be read safely: openat2: %s; it "
		    "needs Linux 5.6 or newer",
		    path, OSERROR_SHOW(errno));
	close(t->fd);
	t->fd = -1;
	return -E_UNSUPPORTED;
}

static int not_opened(int error, struct text *why)
{
	if (error == EXDEV)
		text_puts(why, "it leads out of the tree, by \"..\" or by a "
			       "symbolic link");
	else if (error == ELOOP)
		text_puts(why, "its symbolic links lead in a circle");
	else if (error != ENOENT && error != ENOTDIR)
		text_puts(why, OSERROR_SHOW(error));
	return -E_NOT_FOUND;
}

/* tree syscalls: statx
 *
 * Takes the size of an open file into f->size.  What has openat2 has statx;
 * fstat() of the C library is prepared for kernels without, for a kilobyte. */
static int look_at(int fd, struct fetch *f)
{
	struct statx_file st;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE_AND_SIZE,
		    &st)) {
		text_puts(f->why, OSERROR_SHOW(errno));
		return -E_NOT_FOUND;
	}
	if (!S_ISREG(st.mode)) {
		text_puts(f->why, S_ISDIR(st.mode) ? "it is a directory" :
						     "it is no regular file");
		return -E_NOT_FOUND;
	}
	return fetch_learn_size(f, st.size);
}

/* tree syscalls: read */
static int copy(int fd, struct fetch *f)
{
	uint8_t buf[4096];
	ssize_t n;
	int rc = 0;

	while (!rc) {
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			text_puts(f->why, OSERROR_SHOW(errno));
			return -E_NOT_FOUND;
		}
		if (!n)
			break;
		rc = sink_put(f->sink, (struct span){ buf, (size_t)n });
	}
	return rc;
}

/* tree syscalls: close
 *
 * Opens without waiting for whoever fills a FIFO. */
int tree_fetch(const struct tree *t, struct fetch *f)
{
	const char *name = f->url->path;
	int fd, rc;

	f->started = clock_now();
	f->answered = true;
	while (*name == '/')
		name++;
	fd = open_below(t->fd, name[0] ? name : ".",
			O_RDONLY | O_NONBLOCK | O_NOCTTY | O_LARGEFILE);
	if (fd < 0)
		return not_opened(errno, f->why);
	rc = look_at(fd, f);
	if (!rc && !f->probe)
		rc = copy(fd, f);
	close(fd);
	return rc;
}
