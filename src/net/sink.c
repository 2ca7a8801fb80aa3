/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/sink.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "base/err.h"

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
			       errno == EFBIG                     ? -E_TOO_BIG :
								    -E_OUTPUT;
		at += (uint64_t)r;
		for (int i = 0; i < 2; i++) {
			taken = (size_t)r < v[i].iov_len ? (size_t)r :
							   v[i].iov_len;
			if (taken) /* else there may be no memory at all */
				v[i].iov_base = (uint8_t *)v[i].iov_base +
						taken;
			v[i].iov_len -= taken;
			r -= (ssize_t)taken;
		}
	}
	return 0;
}

/* Writes what is gathered, which ends where k->n bytes have been taken, and `s`
 * behind it. */
static int write_out(struct sink *k, struct span s)
{
	struct iovec v[] = { { k->batch, k->gathered },
			     { (uint8_t *)(uintptr_t)s.p, s.n } };
	uint64_t at = k->at + k->n - k->gathered;

	k->n += s.n;
	k->gathered = 0;
	return write_all(k, v, at);
}

int sink_flush(struct sink *k)
{
	return k->fd < 0 ? 0 : write_out(k, (struct span){ NULL, 0 });
}

static void gather(struct sink *k, struct span s)
{
	if (s.n)
		memcpy(k->batch + k->gathered, s.p, s.n);
	k->gathered += s.n;
	k->n += s.n;
}

/* Fills the batch to its last byte, so that writes end with pages; what is
 * larger goes out behind it from where it is. */
static int put_in_batches(struct sink *k, struct span s)
{
	struct span head, body;
	size_t room = SINK_BATCH - k->gathered;
	int rc;

	if (s.n < room) {
		gather(k, s);
		return 0;
	}
	span_get(&s, k->gathered ? room : 0, &head);
	span_get(&s, s.n - s.n % SINK_BATCH, &body);
	gather(k, head);
	rc = write_out(k, body);
	gather(k, s);
	return rc;
}

int sink_put(struct sink *k, struct span s)
{
	if (s.n > k->limit - k->n)
		return -E_TOO_BIG;
	if (k->fd >= 0)
		return k->batch ? put_in_batches(k, s) : write_out(k, s);
	k->n += s.n;
	if (!k->memory)
		return 0;
	text_put(k->memory, s);
	return k->memory->overflow ? -E_TOO_BIG : 0;
}

void sink_rewind(struct sink *k)
{
	k->n = 0;
	k->gathered = 0;
	if (k->memory)
		text_reset(k->memory);
}
