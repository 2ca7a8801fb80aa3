/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/lock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/oserror.h"

#define TRIES 200
#define PAUSE_MS 5

/* The name's first byte stays NUL: that makes it abstract (unix(7)). */
static socklen_t put_name(struct sockaddr_un *a, const struct mac *mac)
{
	struct text t = text_over(a->sun_path + 1, sizeof(a->sun_path) - 1);

	a->sun_path[0] = '\0';
	text_puts(&t, "lwpxeboot/");
	mac_put(&t, mac, ':');
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + t.n);
}

/* Asks the kernel whose the lock is; 0 if it cannot tell. */
static unsigned owner(const struct sockaddr_un *a, socklen_t n)
{
	struct ucred who = { .pid = 0 };
	socklen_t size = sizeof(who);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return 0;
	if (!connect(fd, (const struct sockaddr *)a, n))
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
	close(fd);
	return (unsigned)who.pid;
}

GUARDED int lock_take(const struct mac *mac, struct text *why)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t n = put_name(&a, mac);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = -1;

	for (int i = 0; fd >= 0 && i < TRIES; i++) {
		r = bind(fd, (struct sockaddr *)&a, n);
		if (!r || errno != EADDRINUSE)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	if (!r && !listen(fd, 1))
		return fd;
	if (fd >= 0 && errno == EADDRINUSE) {
		text_puts(why, "another lwpxeboot is booting the MAC address ");
		mac_put(why, mac, ':');
		text_printf(why,
			    " (process %u); give each guest its own "
			    "address, or wait",
			    owner(&a, n));
		close(fd);
		return -E_BUSY;
	}
	text_printf(why, "the lock for the MAC address cannot be taken: %s",
		    OSERROR_SHOW(errno));
	if (fd >= 0)
		close(fd);
	return -E_INTERNAL;
}
