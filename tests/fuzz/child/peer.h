/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_CHILD_PEER_H
#define FUZZ_CHILD_PEER_H

#include "base/span.h"
#include "base/text.h"
#include "frame.h"

/* The one machine on the other side.  It hears what the child sends and keeps
 * what an answer has to know, but answers ARP and SYN only: everything else is
 * sent when the script says so, either as a good server would or with the
 * script's own bytes in the right place. */

#define PEER_FLOWS 8

/* A transfer of TFTP, or the question that began it. */
struct peer_tftp {
	uint16_t port;  /* the child's; 0 = there is none */
	uint16_t tid;   /* ours */
	uint16_t block; /* that was acknowledged */
	uint32_t blksize;
	bool asks;    /* an answer is due... */
	bool options; /* ...to a request with some */
	char name[256];
};

/* A connection. */
struct peer_tcp {
	uint16_t port; /* the child's; 0 = there is none */
	uint16_t ours;
	uint32_t seq, ack; /* of our next segment */
	bool asks;         /* a whole request has come */
	char request[1024];
	size_t n;
};

struct peer_udp {
	uint32_t from;
	uint16_t from_port, to_port;
};

/* How the next frame is sent; all else is right. */
struct peer_manner {
	uint32_t from;  /* 0 = the server's address */
	bool unsigned_; /* checksums are not made right at last */
	bool checked;   /* told to need no look */
	bool tagged;    /* as of VLAN 0 */
	bool twice;
	uint8_t pieces;    /* cut into fragments of so many 8 bytes; 0 */
	uint16_t cut;      /* bytes left out at the end */
	struct span flips; /* pairs: where, and what is changed there */
};

extern struct peer {
	bool mute;                 /* does not even answer ARP */
	bool refuses;              /* no connection is accepted */
	uint32_t blksize;          /* of TFTP, the largest */
	struct span files;         /* configuration files, separated by 0x1e */
	struct peer_manner manner; /* of the next frame, then {0} */

	bool dhcp_asks;
	uint16_t dhcp_port; /* ours, which was asked */
	uint8_t dhcp[300];  /* the last query's head */
	uint8_t dhcp_type;
	struct peer_tftp tftp[PEER_FLOWS];
	struct peer_tcp tcp[PEER_FLOWS];
	unsigned tftp_last, tcp_last;
	bool dns_asks;
	uint16_t dns_port;
	uint8_t dns[300]; /* the last question, whole */
	size_t dns_n;
	uint8_t udp[64]; /* the last datagram's headers */
} peer;

/* Starts with nothing heard; `files` is borrowed. */
void peer_start(struct span files);

/* Takes a frame of the child. */
void peer_hear(struct span frame);

/* Send in peer.manner. */
void peer_send(uint8_t *frame, size_t n);
void peer_send_udp(uint16_t from_port, uint16_t to_port, struct span data);
void peer_send_tcp(struct peer_tcp *t, uint8_t flags, int seq, int ack,
		   struct span options, struct span data);

/* Answers the last query of DHCP with an OFFER or ACK, with `options` besides
 * and `pads` bytes that mean nothing; a proxy has no address. */
void peer_send_dhcp(bool proxy, struct span options, size_t pads);

/* Answers all that is asked as a good server does.  Returns false if nothing
 * was. */
bool peer_serve(void);

/* Returns the file that a request means; false if there is none. */
bool peer_file(struct span name, struct span *file);

#endif
