/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define PATIENCE_MS 5000

bool output_write(int fd, struct span s)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	ssize_t r;

	while (s.n) {
		r = write(fd, s.p, s.n);
		if (r < 0 && errno == EAGAIN &&
		    poll(&ready, 1, PATIENCE_MS) == 1)
			continue;
		if (r < 0 && errno != EINTR)
			return false;
		if (r > 0)
			span_get(&s, (size_t)r, &(struct span){ 0 });
	}
	return true;
}
