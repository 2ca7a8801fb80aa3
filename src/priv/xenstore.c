/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/xenstore.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/guard.h"

/* From xen/include/public/io/xs_wire.h. */
#define XS_READ 2
struct xs_header {
	uint32_t type, request, transaction, length;
};

#define ANSWER_MS 1000
#define ANSWER_MAX 256

/* Where xenstored listens, by age of the distribution; then the device that
 * leads to one in a stub domain. */
static const char sockets[][27] = {
	"/run/xenstored/socket", "/var/run/xenstored/socket",
};
static const char devices[][17] = {
	"/dev/xen/xenbus", "/proc/xen/xenbus",
};

static GUARDED int connect_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct text t = TEXT(a.sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	text_puts(&t, path);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_store(void)
{
	int fd = -1;

	for (int i = 0; i < 2 && fd < 0; i++)
		fd = connect_socket(sockets[i]);
	for (int i = 0; i < 2 && fd < 0; i++)
		fd = openat(AT_FDCWD, devices[i], O_RDWR | O_CLOEXEC);
	return fd;
}

/* Reads exactly `n` bytes, waiting for each piece. */
static bool read_all(int fd, void *p, size_t n)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t r;

	while (n) {
		if (poll(&ready, 1, ANSWER_MS) != 1)
			return false;
		r = read(fd, p, n);
		if (r <= 0)
			return false;
		p = (char *)p + r;
		n -= (size_t)r;
	}
	return true;
}

/* Reads the value at `path`.  An error's answer has another type. */
static bool read_value(int fd, const char *path, char *value, struct span *s)
{
	static char packet[128];
	struct xs_header h = { .type = XS_READ,
			       .length = (uint32_t)strlen(path) + 1 };
	struct text t = TEXT(packet);

	text_put(&t, (struct span){ (const uint8_t *)&h, sizeof(h) });
	text_put(&t, (struct span){ (const uint8_t *)path, h.length });
	if (t.overflow || write(fd, packet, t.n) != (ssize_t)t.n ||
	    !read_all(fd, &h, sizeof(h)) || h.type != XS_READ ||
	    h.length > ANSWER_MAX || !read_all(fd, value, h.length))
		return false;
	*s = (struct span){ (const uint8_t *)value, h.length };
	return true;
}

void xenstore_fill_uuid(struct spec *spec)
{
	static char path[64], value[ANSWER_MAX];
	struct text t = TEXT(path);
	struct span s, vm;
	int fd;

	if (spec->uuid.known || !spec->domid)
		return;
	fd = open_store();
	if (fd < 0)
		return;
	text_printf(&t, "/local/domain/%u/vm", spec->domid);
	if (read_value(fd, path, value, &s) && span_get(&s, 4, &vm) &&
	    span_eq(vm, SPAN_LIT("/vm/")))
		uuid_parse(s, &spec->uuid);
	close(fd);
}
