/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/sink.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "base/err.h"

/* From this size on, bytes are written from where they are. */
#define LARGE 16384

/* syscalls: pwritev */
static int write_all(const struct sink *k, struct iovec *v, uint64_t at)
{
	size_t taken;
	ssize_t r;

	while (v[0].iov_len || v[1].iov_len) {
		r = pwritev(k->fd, v, 2, (off_t)at);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return errno == ENOSPC || errno == EDQUOT ? -E_SPACE :
			       errno == EFBIG ? -E_TOO_BIG : -E_OUTPUT;
		at += (uint64_t)r;
		for (int i = 0; i < 2; i++) {
			taken = (size_t)r < v[i].iov_len ? (size_t)r :
				v[i].iov_len;
			v[i].iov_base = (uint8_t *)v[i].iov_base + taken;
			v[i].iov_len -= taken;
			r -= (ssize_t)taken;
		}
	}
	return 0;
}

/* Writes what is gathered, which ends where `n` bytes have been taken, and `s`
 * behind it. */
static int write_out(struct sink *k, uint64_t n, struct span s)
{
	struct iovec v[] = { { k->batch, k->gathered },
			     { (uint8_t *)(uintptr_t)s.p, s.n } };
	uint64_t at = k->at + n - k->gathered;

	k->gathered = 0;
	return write_all(k, v, at);
}

int sink_flush(struct sink *k)
{
	return k->fd < 0 ? 0 : write_out(k, k->n, (struct span){ NULL, 0 });
}

int sink_put(struct sink *k, struct span s)
{
	const uint64_t before = k->n;
	int rc = 0;

	if (s.n > k->limit - before)
		return -E_TOO_BIG;
	k->n += s.n;
	if (k->fd < 0 && !k->memory)
		return 0;
	if (k->fd < 0) {
		text_put(k->memory, s);
		return k->memory->overflow ? -E_TOO_BIG : 0;
	}
	if (!k->batch || s.n >= LARGE)
		return write_out(k, before, s);
	if (s.n > SINK_BATCH - k->gathered)
		rc = write_out(k, before, (struct span){ NULL, 0 });
	memcpy(k->batch + k->gathered, s.p, s.n);
	k->gathered += s.n;
	return rc;
}

void sink_rewind(struct sink *k)
{
	k->n = 0;
	k->gathered = 0;
	if (k->memory)
		text_reset(k->memory);
}
