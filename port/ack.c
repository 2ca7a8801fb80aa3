/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/ack.h"

#include <string.h>

/* Where fields are in a frame of TCP whose IP header has no options. */
#define AT_TYPE 12 /* Ethernet's, then the version and header length */
#define AT_IP_LENGTH 16
#define AT_PROTOCOL 23
#define AT_CONNECTION 26 /* both addresses and both ports */
#define CONNECTION_SIZE 12
#define AT_ACK 42
#define ACK_SIZE 4
#define AT_TCP_LENGTH 46 /* in units of 4 bytes, in the upper half */
#define AT_FLAGS 47
#define FLAG_ACK 0x10

/* The longest TCP header there is, behind those of Ethernet and IP. */
#define HELD_MAX (14 + 20 + 60)

static struct {
	size_t n; /* 0 = none */
	uint8_t frame[HELD_MAX];
} held;

static bool is_bare_ack(const uint8_t *f, size_t n)
{
	static const uint8_t ipv4[] = { 8, 0, 0x45 };

	return n > AT_FLAGS && n <= HELD_MAX &&
	       !memcmp(f + AT_TYPE, ipv4, sizeof(ipv4)) &&
	       f[AT_PROTOCOL] == 6 && f[AT_FLAGS] == FLAG_ACK &&
	       (f[AT_IP_LENGTH] << 8 | f[AT_IP_LENGTH + 1]) ==
		       20 + (f[AT_TCP_LENGTH] >> 4) * 4;
}

/* Returns true if the frame makes the held one superfluous. */
static bool replaces_held(const uint8_t *f)
{
	return !memcmp(f + AT_CONNECTION, held.frame + AT_CONNECTION,
		       CONNECTION_SIZE) &&
	       memcmp(f + AT_ACK, held.frame + AT_ACK, ACK_SIZE);
}

void ack_send(struct link *l, const void *frame, size_t n)
{
	const bool holds = is_bare_ack(frame, n);

	if (!holds || !replaces_held(frame))
		ack_flush(l);
	if (!holds) {
		link_send(l, frame, n);
		return;
	}
	memcpy(held.frame, frame, n);
	held.n = n;
}

void ack_flush(struct link *l)
{
	if (held.n)
		link_send(l, held.frame, held.n);
	held.n = 0;
}
