/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_TFTPASK_H
#define NET_TFTPASK_H

#include "format/tftppkt.h"

/* What a read request asks for, from the most to the least: the next is for
 * servers and networks that cannot have the one before. */
enum tftp_asking {
	ASK_BIG,      /* blocks of 64 KiB, in fragments */
	ASK_JUMBO,    /* the largest block in a frame of this bridge */
	ASK_ORDINARY, /* and of any */
	ASK_NOTHING,  /* no options */
};

/* Blocks before an ACK: with big blocks a window is 256 KiB, with others 94 kB,
 * which a bridge and our receive buffers take at once. */
#define WINDOW_BIG 4u
#define WINDOW 64u

/* Old servers and firewalls drop requests that have options: those after so many
 * have none, and those after two ask for ordinary blocks. */
#define TFTPASK_WITH_OPTIONS 4u
#define TFTPASK_BIG 2u

/* Returns what the next request asks for, when `tries` were in vain and the last
 * asked for `asking`. */
enum tftp_asking tftpask_after(enum tftp_asking asking, unsigned tries);

/* Returns the block size asked for on a link of that MTU; 0 for none. */
uint32_t tftpask_blksize(enum tftp_asking asking, uint32_t mtu);

/* Makes the request for `name` in `t`.  Returns false, and has to be called again
 * with less, if it does not fit TFTP_RRQ_MAX bytes, the capacity of `t`. */
bool tftpask_put(struct text *t, enum tftp_asking asking, uint32_t mtu,
		 struct span name);

/* Returns true if *oack agrees to what was asked, or to less (RFC 2347). */
bool tftpask_is_met(enum tftp_asking asking, uint32_t mtu,
		    const struct tftppkt *oack);

#endif
