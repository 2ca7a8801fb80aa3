/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/oserror.h"
#include "priv/output.h"

/* One file for each guest, that of its last failure. */
#define USUAL_DIRECTORY "/var/log/xen"

/* Returns the file that is meant. */
static const char *path_of(const struct spec *spec)
{
	static char usual[64];
	struct text t = TEXT(usual);

	if (spec->pcap || spec->pcap_on_error)
		return spec->pcap ? spec->pcap : spec->pcap_on_error;
	text_puts(&t, USUAL_DIRECTORY "/lwpxeboot-");
	mac_put(&t, &spec->vif.mac, '-');
	text_puts(&t, ".pcap");
	return usual;
}

/* Opens the file, a new one or an old one of our own: in a directory where
 * others may write, they can neither point it at a file nor share it. */
static int open_file(const char *path, struct text *why)
{
	int fd = openat(AT_FDCWD, path,
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
				O_NONBLOCK,
			0600);
	struct stat st;

	if (fd < 0) {
		text_printf(why, "the capture %s cannot be opened: %s", path,
			    OSERROR_SHOW(errno));
		return -E_OUTPUT;
	}
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == geteuid() && !ftruncate(fd, 0))
		return fd;
	text_printf(why,
		    "the capture %s is there, and is not a plain file of "
		    "ours; name another",
		    path);
	close(fd);
	return -E_OUTPUT;
}

/* Warns now if there can be no file later: the last line of a boot that failed
 * is its reason. */
static bool has_directory(const char *path)
{
	static char directory[4096];
	struct text t = TEXT(directory);
	const char *slash = strrchr(path, '/');

	text_printf(&t, "%.*s", slash ? (int)(slash - path) + 1 : 1,
		    slash ? path : ".");
	if (!t.overflow && !syscall(SYS_faccessat, AT_FDCWD, directory, W_OK))
		return true;
	log_warn("the capture %s cannot be opened: %s", path,
		 OSERROR_SHOW(t.overflow ? ENAMETOOLONG : errno));
	return false;
}

int capture_open(struct capture *c, const struct spec *spec, struct text *why)
{
	const char *path = path_of(spec);
	void *memory;

	*c = (struct capture){ .fd = -1, .start = clock_us() };
	if (!spec->pcap && !spec->captures_errors)
		return 0;
	if (!spec->pcap && !has_directory(path))
		return 0;
	memory = mmap(NULL, sizeof(*c->ring), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		text_printf(why, "there is no memory for the capture: %s",
			    OSERROR_SHOW(errno));
		return -E_INTERNAL;
	}
	c->ring = memory;
	if (spec->pcap)
		c->fd = open_file(path, why);
	if (spec->pcap && c->fd < 0)
		return c->fd;
	log_info(spec->pcap ? "Frames go to %s" :
			      "If this fails, frames go to %s",
		 path);
	return 0;
}

static uint64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Whoever has taken over the jailed process may say any time of a frame. */
static uint64_t bound(uint64_t us, uint64_t least, uint64_t most)
{
	return us < least ? least : us > most ? most : us;
}

static bool write_frames(const struct capture *c)
{
	static char buf[PCAP_RECORD + PCAP_LONG + 64];
	struct pcap_reader reader = { .ring = c->ring };
	const uint64_t now = clock_us(), epoch = wall_us() - now;
	struct text t = TEXT(buf);
	struct pcap_frame f;
	bool ok;

	pcap_put_header(&t);
	ok = output_write(c->fd, text_span(&t));
	while (ok && pcap_next(&reader, &f)) {
		text_reset(&t);
		pcap_put_frame(&t, epoch + bound(f.us, c->start, now), &f);
		ok = output_write(c->fd, text_span(&t));
	}
	return ok;
}

void capture_write(struct capture *c, const struct spec *spec, int rc)
{
	static char reason[256];
	struct text why = TEXT(reason);
	const char *path = path_of(spec);

	why.clip = true;
	if (!c->ring || (c->fd < 0 && !rc))
		return;
	if (c->fd < 0)
		c->fd = open_file(path, &why);
	if (c->fd < 0) {
		log_warn("%s", reason);
		return;
	}
	if (!write_frames(c))
		log_warn("the capture %s is not complete: %s", path,
			 OSERROR_SHOW(errno));
	close(c->fd);
}
