/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/oserror.h"
#include "config.h"
#include "priv/output.h"

/* A toolstack of the xend kind opens its end of a FIFO when it gets to it. */
#define FIFO_TRIES 100
#define FIFO_PAUSE_MS 50

static int open_waiting(const char *path, int flags)
{
	int fd = -1;

	for (int i = 0; i < FIFO_TRIES; i++) {
		fd = openat(AT_FDCWD, path,
			    flags | O_WRONLY | O_CLOEXEC | O_NOCTTY |
				    O_NONBLOCK);
		if (fd >= 0 || errno != ENXIO)
			break;
		poll(NULL, 0, FIFO_PAUSE_MS);
	}
	return fd;
}

static int open_result(struct outfile *o, const char *path, struct text *why)
{
	o->result = STDOUT_FILENO;
	if (!path)
		return 0;
	o->result = open_waiting(path, O_TRUNC);
	o->owns_result = o->result >= 0;
	if (o->owns_result)
		return 0;
	text_printf(why,
		    "the result file %s cannot be opened: %s; the "
		    "toolstack creates it before it runs us",
		    path, OSERROR_SHOW(errno));
	return -E_OUTPUT;
}

void outfile_refuse(const char *path)
{
	int fd = open_waiting(path, 0);

	if (fd >= 0)
		close(fd);
}

/* XAPI counts on pygrub for this directory, which is in a file system that is
 * empty at each start of the host. */
static GUARDED void make_usual_directory(void)
{
	char path[] = LWPXE_OUTPUT_DIRECTORY "/";

	for (size_t i = 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		mkdirat(AT_FDCWD, path, 0700);
		path[i] = '/';
	}
}

static int open_directory(struct outfile *o, const char *path, struct text *why)
{
	if (span_eq(span_of(path), SPAN_LIT(LWPXE_OUTPUT_DIRECTORY)))
		make_usual_directory();
	o->directory = openat(AT_FDCWD, path,
			      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->directory >= 0)
		return 0;
	text_printf(why,
		    "the output directory %s cannot be opened: %s; create "
		    "it or correct --output-directory=",
		    path, OSERROR_SHOW(errno));
	return -E_OUTPUT;
}

/* Creates one file; O_EXCL and the random name keep it from being any that was
 * there before. */
static int create(struct outfile *o, const char *what, char *name, size_t cap,
		  struct text *why)
{
	struct text t = text_over(name, cap);
	uint32_t random = 0;
	int fd;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)getpid();
	text_printf(&t, "%s.%08x", what, random);
	fd = openat(o->directory, name,
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		return fd;
	name[0] = '\0';
	text_printf(why, "no file can be created in the output directory: %s",
		    OSERROR_SHOW(errno));
	return errno == ENOSPC || errno == EDQUOT ? -E_SPACE : -E_OUTPUT;
}

int outfile_open(struct outfile *o, const struct spec *spec, struct text *why)
{
	int rc;

	*o = (struct outfile){
		.directory = -1, .kernel = -1, .ramdisk = -1, .result = -1
	};
	rc = open_result(o, spec->output, why);
	if (!rc)
		rc = open_directory(o, spec->output_directory, why);
	if (!rc) {
		space_measure(o->directory, &o->space);
		o->kernel = create(o, "kernel", o->kernel_name,
				   sizeof(o->kernel_name), why);
		rc = o->kernel < 0 ? o->kernel : 0;
	}
	if (!rc) {
		o->ramdisk = create(o, "ramdisk", o->ramdisk_name,
				    sizeof(o->ramdisk_name), why);
		rc = o->ramdisk < 0 ? o->ramdisk : 0;
	}
	if (rc)
		outfile_discard(o);
	return rc;
}

static void unlink_name(const struct outfile *o, char *name)
{
	if (name[0] && unlinkat(o->directory, name, 0) && errno != ENOENT)
		log_warn("%s in the output directory cannot be removed: %s",
			 name, OSERROR_SHOW(errno));
	name[0] = '\0';
}

static void remove_both(struct outfile *o)
{
	unlink_name(o, o->kernel_name);
	unlink_name(o, o->ramdisk_name);
}

void outfile_hand_over(struct outfile *o)
{
	int r;

	remove_both(o);
	if (!o->owns_result || lseek(o->result, 0, SEEK_CUR) >= 0)
		return;
	/* NOLINTNEXTLINE(android-cloexec-dup): closed by nothing but the end */
	r = dup(o->result);
	(void)r;
}

void outfile_discard(struct outfile *o)
{
	int r;

	remove_both(o);
	if (!o->owns_result)
		return;
	r = ftruncate(o->result, 0); /* fails on a FIFO, which keeps nothing */
	(void)r;
}

/* Returns the size of a file that the child filled. */
static uint64_t size_of(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	return end < 0 ? 0 : (uint64_t)end;
}

static int write_result(const struct outfile *o, struct span s,
			struct text *why)
{
	if (output_write(o->result, s))
		return 0;
	text_printf(why, "the result cannot be written: %s",
		    OSERROR_SHOW(errno));
	return errno == ENOSPC || errno == EDQUOT ? -E_SPACE : -E_OUTPUT;
}

static void put_path(struct text *t, const char *directory, const char *name)
{
	text_printf(t, "%s/%s", directory, name);
}

int outfile_commit(struct outfile *o, const struct spec *spec,
		   const struct report *r, struct text *why)
{
	static char kernel[OUTFILE_PATH], ramdisk[OUTFILE_PATH];
	static char bytes[RESULT_MAX];
	struct text kernel_path = TEXT(kernel), ramdisk_path = TEXT(ramdisk);
	struct text t = TEXT(bytes);
	struct result result = { .kernel = kernel, .args = report_args(r) };
	int rc;

	if (size_of(o->kernel) != r->kernel_size ||
	    size_of(o->ramdisk) != r->ramdisk_size) {
		text_puts(why, "the jailed process reported other sizes than "
			       "its files have");
		return -E_CHILD;
	}
	if (!r->ramdisk_size)
		unlink_name(o, o->ramdisk_name);
	put_path(&kernel_path, spec->output_directory, o->kernel_name);
	put_path(&ramdisk_path, spec->output_directory, o->ramdisk_name);
	if (o->ramdisk_name[0])
		result.ramdisk = ramdisk;
	if (kernel_path.overflow || ramdisk_path.overflow) {
		text_puts(why, "the path in --output-directory is too long");
		return -E_OUTPUT;
	}
	rc = result_put(&t, spec->format, &result, why);
	return rc ? rc : write_result(o, text_span(&t), why);
}
