/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/xenstore.h"

#include <errno.h>
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
	"/run/xenstored/socket",
	"/var/run/xenstored/socket",
};
static const char devices[][17] = {
	"/dev/xen/xenbus",
	"/proc/xen/xenbus",
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

/* Asks, and takes the answer of whatever type; false if that makes no sense, as
 * whatever comes behind it.  Whoever hangs up must not end us by a signal. */
static bool exchange(int fd, struct span question, struct xs_header *h,
		     char *value)
{
	ssize_t r = send(fd, question.p, question.n, MSG_NOSIGNAL);

	if (r < 0 && errno == ENOTSOCK)
		r = write(fd, question.p, question.n);
	return r == (ssize_t)question.n && read_all(fd, h, sizeof(*h)) &&
	       h->length <= ANSWER_MAX && read_all(fd, value, h->length);
}

/* Reads what is below the domain's number; *s borrows it until the next call.
 * A store that makes no sense is closed, and *fd is -1. */
static GUARDED bool read_value(int *fd, const char *above, uint32_t domid,
			       const char *below, struct span *s)
{
	static char packet[128], value[ANSWER_MAX];
	struct text t = TEXT(packet);
	struct xs_header h = { .type = XS_READ };

	text_put(&t, (struct span){ (const uint8_t *)&h, sizeof(h) });
	text_printf(&t, "%s%u%s", above, domid, below);
	text_put_u8(&t, 0);
	h.length = (uint32_t)(t.n - sizeof(h));
	memcpy(packet, &h, sizeof(h));
	if (*fd < 0)
		return false;
	if (!exchange(*fd, text_span(&t), &h, value)) {
		close(*fd);
		*fd = -1;
		return false;
	}
	*s = (struct span){ (const uint8_t *)value, h.length };
	return h.type == XS_READ;
}

static void read_uuid(int *fd, struct spec *spec)
{
	struct span s, vm;

	if (read_value(fd, "/local/domain/", spec->domid, "/vm", &s) &&
	    span_get(&s, 4, &vm) && span_eq(vm, SPAN_LIT("/vm/")))
		uuid_parse(s, &spec->uuid);
}

static void read_type(int *fd, struct spec *spec)
{
	struct span s;

	if (!read_value(fd, "/libxl/", spec->domid, "/type", &s))
		return;
	if (span_eq(s, SPAN_LIT("pv")))
		spec->type = GUEST_PV;
	else if (span_eq(s, SPAN_LIT("pvh")))
		spec->type = GUEST_PVH;
}

void xenstore_identify(struct spec *spec)
{
	struct text name = TEXT(spec->name);
	struct span s;
	int fd = spec->domid ? open_store() : -1;

	if (!spec->uuid.known)
		read_uuid(&fd, spec);
	if (read_value(&fd, "/local/domain/", spec->domid, "/name", &s))
		text_put(&name, s);
	read_type(&fd, spec);
	if (fd >= 0)
		close(fd);
}
