/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_INBOX_H
#define SIM_INBOX_H

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "port/link.h"
#include "sim.h"

/* Frames that the client has not received yet, the oldest at `first`, in a ring
 * of `size` places that the user lends. */
struct sim_frame {
	uint8_t *p;
	size_t n;
	bool checked;
};

struct sim_inbox {
	struct sim_frame *ring;
	size_t size, first, waiting;
};

/* Keeps a copy, unless the ring is full, as a device whose queue is. */
static inline void inbox_put(struct sim_inbox *b, struct span s, bool checked)
{
	struct sim_frame *f = &b->ring[(b->first + b->waiting) % b->size];

	if (b->waiting == b->size)
		return;
	*f = (struct sim_frame){ malloc(s.n + 1), s.n, checked };
	if (!f->p)
		sim_break("no memory");
	if (s.n)
		memcpy(f->p, s.p, s.n);
	b->waiting++;
}

/* Hands the oldest out as link_ops.receive does; -1 if there is none. */
static inline ssize_t inbox_take(struct sim_inbox *b, struct iovec *iov, int n,
				 struct link_notes *notes)
{
	struct sim_frame *f = &b->ring[b->first];
	size_t at = 0, piece;

	if (!b->waiting)
		return -1;
	for (int i = 1; i < n && at < f->n; i++) {
		piece = f->n - at < iov[i].iov_len ? f->n - at : iov[i].iov_len;
		memcpy(iov[i].iov_base, f->p + at, piece);
		at += piece;
	}
	notes->checked = f->checked;
	free(f->p);
	b->first = (b->first + 1) % b->size;
	b->waiting--;
	return (ssize_t)f->n;
}

/* Forgets all that waits. */
static inline void inbox_empty(struct sim_inbox *b)
{
	while (b->waiting)
		free(b->ring[(b->first + --b->waiting) % b->size].p);
}

#endif
