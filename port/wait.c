/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/wait.h"

#include <poll.h>

/* syscalls: poll ppoll ppoll_time64 restart_syscall */
bool wait_readable(int fd, int peer, int keys, bool *typed, ms_t until)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
				{ .fd = peer },
				{ .fd = keys, .events = POLLIN } };
	ms_t now = clock_now(), left = until > now ? until - now : 0;

	poll(fds, 3, left > 60000 ? 60000 : (int)left);
	*typed = fds[2].revents;
	return !(fds[1].revents & (POLLHUP | POLLERR | POLLNVAL));
}
