/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_TFTPPKT_H
#define FORMAT_TFTPPKT_H

#include "base/span.h"
#include "base/text.h"

/* TFTP packets: RFC 1350, and the options of RFC 2347 to 2349 and 7440. */

#define TFTP_PORT 69
#define TFTP_BLKSIZE_DEFAULT 512
#define TFTP_BLKSIZE_MIN 8
#define TFTP_BLKSIZE_MAX 65464

/* IPv4, UDP and TFTP headers: what an MTU holds besides a block. */
#define TFTP_OVERHEAD (20 + 8 + 4)

/* A request is at most this long (RFC 2347), its own NULs included. */
#define TFTP_RRQ_MAX 512

enum tftp_opcode {
	TFTP_RRQ = 1,
	TFTP_DATA = 3,
	TFTP_ACK = 4,
	TFTP_ERROR = 5,
	TFTP_OACK = 6,
};

/* Error codes; RFC 1350 and, for the last, RFC 2347. */
enum tftp_error {
	TFTP_UNDEFINED = 0,
	TFTP_NO_FILE = 1,
	TFTP_NO_ACCESS = 2,
	TFTP_DISK_FULL = 3,
	TFTP_ILLEGAL = 4,
	TFTP_UNKNOWN_TID = 5,
	TFTP_BAD_OPTION = 8,
};

/* A packet from a server, taken apart; spans borrow from the packet. */
struct tftppkt {
	enum tftp_opcode opcode; /* DATA, ERROR or OACK */
	uint16_t block;          /* of DATA */
	struct span data;        /* of DATA */
	uint16_t error;          /* of ERROR */
	struct span message;     /* of ERROR; up to its NUL, if it has one */
	bool has_blksize, has_tsize, has_windowsize; /* of OACK */
	uint32_t blksize, windowsize;
	uint64_t tsize;
	bool bad_option; /* OACK names what was not asked, or nonsense */
};

/* Appends a read request in octet mode.  With `blksize` > 0 it asks for that
 * block size, for so many blocks per ACK and for the file's size; with 0 it has
 * no options. */
void tftp_put_rrq(struct text *t, struct span name, uint32_t blksize,
		  uint32_t windowsize);

/* Appends the acknowledgement of a block, or of an OACK with block 0. */
void tftp_put_ack(struct text *t, uint16_t block);

/* Appends an error packet. */
void tftp_put_error(struct text *t, enum tftp_error code, const char *message);

/* Reads a server's packet.  Returns false for what no server sends: too short,
 * another opcode, an OACK cut inside an option. */
bool tftp_get(struct span packet, struct tftppkt *p);

#endif
