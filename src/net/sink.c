/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

static uint8_t batch[SINK_BATCH];
static size_t gathered;

/* syscalls: write */
static int write_all(int fd, struct span s)
{
	ssize_t r;

	while (s.n) {
		r = write(fd, s.p, s.n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return errno == ENOSPC || errno == EDQUOT ? -E_SPACE :
			       errno == EFBIG ? -E_TOO_BIG : -E_OUTPUT;
		s.p += r;
		s.n -= (size_t)r;
	}
	return 0;
}

int sink_flush(struct sink *k)
{
	struct span s = { batch, gathered };

	gathered = 0;
	return k->fd < 0 ? 0 : write_all(k->fd, s);
}

int sink_put(struct sink *k, struct span s)
{
	int rc = 0;

	if (s.n > k->limit - k->n)
		return -E_TOO_BIG;
	k->n += s.n;
	if (k->fd < 0 && !k->memory)
		return 0;
	if (k->fd < 0) {
		text_put(k->memory, s);
		return k->memory->overflow ? -E_TOO_BIG : 0;
	}
	if (s.n > SINK_BATCH - gathered)
		rc = sink_flush(k);
	if (rc || s.n > SINK_BATCH)
		return rc ? rc : write_all(k->fd, s);
	memcpy(batch + gathered, s.p, s.n);
	gathered += s.n;
	return 0;
}
