/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_noise.h"

#include <string.h>

#include "sim_seen.h"
#include "sim_wire.h"

static const struct mac stranger_mac = { { 2, 0, 0, 0, 0, 99 } };

static void put_random(struct text *t, struct sim_random *r, size_t n)
{
	while (n--)
		text_put_u8(t, (uint8_t)random_next(r));
}

/* A frame that ends anywhere, even in its Ethernet header. */
static void put_runt(struct text *t, struct sim_random *r)
{
	static const uint16_t types[] = {
		WIRE_TYPE_IP, WIRE_TYPE_ARP, WIRE_TYPE_VLAN, 0x86dd, 38,
	};
	size_t n = random_below(r, WIRE_ETH + 40);

	wire_put_eth(t, seen_client_mac, stranger_mac,
		     types[random_below(r, 5)]);
	put_random(t, r, 40);
	t->n = n;
}

/* Nonsense of any size behind a header that says it is for us. */
static void put_nonsense(struct text *t, struct sim_random *r)
{
	static const uint32_t sizes[] = { 64, 1500, 1600, 9000, 65535 };

	wire_put_eth(t, random_below(r, 2) ? seen_client_mac : WIRE_BROADCAST,
		     stranger_mac,
		     random_below(r, 2) ? WIRE_TYPE_IP : WIRE_TYPE_ARP);
	put_random(t, r, random_below(r, sizes[random_below(r, 5)]));
}

/* A question or an answer about an address that is not the servers'. */
static void put_arp(struct text *t, struct sim_random *r)
{
	const struct wire_arp a = {
		.to_mac = random_below(r, 2) ? seen_client_mac : WIRE_BROADCAST,
		.operation = (uint16_t)random_below(r, 4),
		.sender_mac = stranger_mac,
		.target_mac = seen_client_mac,
		.sender = (SIM_SERVER_IP & SIM_MASK) + 100 +
			  random_below(r, 100),
		.target = random_below(r, 2) ? SIM_CLIENT_IP : random_next(r),
	};

	wire_put_arp(t, &a);
}

/* An offer of a boot, to the wrong exchange. */
static void put_offer(struct text *t, struct sim_random *r)
{
	char message[400];
	struct text m = TEXT(message);
	const struct wire_udp u = {
		.to_mac = WIRE_BROADCAST,
		.from_mac = stranger_mac,
		.to = 0xffffffff,
		.from = SIM_SERVER_IP + 50,
		.to_port = 68,
		.from_port = 67,
		.data = { (uint8_t *)message, 300 },
	};

	text_put(&m, SPAN_LIT("\2\1\6\0"));
	put_random(&m, r, 236 - 4);
	memcpy(message + 28, seen_client_mac.b, 6);
	text_put(&m, SPAN_LIT("\x63\x82\x53\x63\x35\1\2\x36\4\xc0\0\2\x33"));
	put_random(&m, r, 300);
	wire_put_udp(t, &u, false);
}

/* What a TFTP server might say, from another address, or from another port
 * than the one that the transfer is with. */
static void put_tftp(struct text *t, struct sim_random *r)
{
	bool same_host = random_below(r, 2);
	char packet[600];
	struct text p = TEXT(packet);
	struct wire_udp u = {
		.to_mac = seen_client_mac,
		.from_mac = stranger_mac,
		.to = SIM_CLIENT_IP,
		.to_port = seen_client_port(),
		.from = same_host ? SIM_SERVER_IP :
				    SIM_SERVER_IP + 60 + random_below(r, 40),
		.from_port = (uint16_t)(20000 + random_below(r, 20)),
	};

	/* From the server's host, what begins or ends a transfer would count
	 * before the transfer's port is known. */
	if (same_host) {
		u.from_port = 9;
		text_put_be16(&p, 3);
		text_put_be16(&p, (uint16_t)(2 + random_below(r, 100)));
	} else {
		text_put_be16(&p, (uint16_t)random_below(r, 8));
		text_put_be16(&p, (uint16_t)random_below(r, 20));
	}
	put_random(&p, r, random_below(r, 512));
	u.data = text_span(&p);
	wire_put_udp(t, &u, false);
}

/* A piece of a datagram, or one whose header has options; right otherwise. */
static void put_odd_ip(struct text *t, struct sim_random *r)
{
	uint8_t *ip = (uint8_t *)t->p + WIRE_ETH;
	bool fragment = random_below(r, 2);

	put_tftp(t, r);
	if (fragment)
		ip[6] = 0x20;
	else
		ip[0] = (uint8_t)(0x40 | random_below(r, 16));
	wire_sign_ip(ip);
}

/* Word that the boot server's ports are closed, from somebody who may not know
 * better: no reason to stop asking. */
static void put_refusal(struct text *t, struct sim_random *r)
{
	char frame[200];
	struct text about = TEXT(frame);
	const struct wire_udp u = {
		.to_mac = stranger_mac,
		.from_mac = seen_client_mac,
		.to = SIM_SERVER_IP,
		.from = SIM_CLIENT_IP,
		.to_port = random_below(r, 2) ? 69 : 20000,
		.from_port = seen_client_port(),
	};

	wire_put_udp(&about, &u, false);
	wire_put_refusal(t, text_span(&about), stranger_mac,
			 SIM_SERVER_IP + random_below(r, 9));
}

/* Somebody else's frame, as a bridge floods it. */
static void put_foreign(struct text *t, struct sim_random *r)
{
	put_tftp(t, r);
	t->p[5] ^= 1;
}

void noise_put(struct text *t, struct sim_random *r)
{
	static void (*const kinds[])(struct text * t, struct sim_random * r) = {
		put_runt, put_nonsense, put_arp,     put_offer,   put_tftp,
		put_tftp, put_odd_ip,   put_foreign, put_refusal,
	};

	kinds[random_below(r, sizeof(kinds) / sizeof(*kinds))](t, r);
}
