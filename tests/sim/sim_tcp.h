/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_TCP_H
#define SIM_TCP_H

#include "sim_host.h"
#include "sim_segment.h"

/* The servers' TCP: RFC 9293 as far as one needs it that is asked and answers,
 * with go-back-N and no congestion but what the wire has.  Whatever is odd about
 * it is in struct sim_tcpd. */

#define TCP_TAKEN 4096 /* bytes of a request at most */

struct tcp_conn {
	struct host *h;      /* NULL: unused */
	struct segment peer; /* the client's SYN, to be answered */
	uint32_t isn;        /* ours; bytes are counted from behind it */
	/* What we send. */
	uint8_t *out;
	size_t out_n;
	enum tcp_end {
		TCP_GOES_ON,
		TCP_ENDS,
		TCP_CUTS,
	} end;                      /* behind that: FIN, or RST */
	uint64_t acked, next, most; /* byte; next to send, ever sent */
	uint64_t recovers;          /* up to there, from what was lost */
	uint32_t offered;           /* the client's window */
	unsigned repeats, tries;
	bool open; /* the client has our SYN */
	us_t due;  /* when to repeat; 0: there is no reason */
	bool ticking;
	/* Where it stops, and until when; nothing passes that before. */
	uint64_t stop_at;
	us_t stop_until;
	/* What we take. */
	uint32_t taken; /* the number that we expect */
	bool heard_end;
	us_t shut_until;
	char in[TCP_TAKEN]; /* for whoever serves, as is the rest */
	size_t in_n;
	unsigned answers;
	uint64_t split; /* a segment ends at this byte */
};

/* Takes a segment that came to the host. */
void tcp_receive(struct host *h, const struct segment *s);

/* Appends bytes to those that are to be sent; the end is c->end. */
void tcp_put(struct tcp_conn *c, struct span s);

/* Sends what it can, which may be the end of *c. */
void tcp_push(struct tcp_conn *c);

#endif
