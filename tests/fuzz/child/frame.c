/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame.h"

#include <string.h>

uint32_t frame_get(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

void frame_put(uint8_t *p, size_t n, uint32_t v)
{
	for (; n--; v >>= 8)
		p[n] = (uint8_t)v;
}

/* Adds bytes as numbers of 16 bits, and the carries; RFC 1071. */
static uint32_t add(uint32_t sum, const uint8_t *p, size_t n)
{
	for (; n > 1; n -= 2, p += 2)
		sum += frame_get(p, 2);
	if (n)
		sum += (uint32_t)*p << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The sum over what UDP and TCP count of the IPv4 header at `ip`, and over the
 * `n` bytes behind it. */
static uint32_t add_upper(const uint8_t *ip, const uint8_t *upper, size_t n)
{
	return add(add(ip[9] + (uint32_t)n, ip + 12, 8), upper, n);
}

size_t frame_begin(uint8_t *f, const uint8_t *to_mac, const uint8_t *from_mac,
		   uint32_t from, uint32_t to, uint8_t protocol, size_t n)
{
	uint8_t *ip = f + FRAME_ETH;

	memcpy(f, to_mac, 6);
	memcpy(f + 6, from_mac, 6);
	frame_put(f + 12, 2, 0x0800);
	memset(ip, 0, FRAME_IP);
	ip[0] = 0x45;
	frame_put(ip + 2, 2, (uint32_t)(FRAME_IP + n));
	ip[8] = 64;
	ip[9] = protocol;
	frame_put(ip + 12, 4, from);
	frame_put(ip + 16, 4, to);
	return FRAME_ETH + FRAME_IP + n;
}

static void sign_upper(uint8_t *ip, uint8_t *upper, size_t n)
{
	size_t at = ip[9] == PROTOCOL_UDP ? 6 : ip[9] == PROTOCOL_TCP ? 16 : 2;
	uint32_t sum;

	if (n < at + 2)
		return;
	frame_put(upper + at, 2, 0);
	sum = ip[9] == PROTOCOL_ICMP ? add(0, upper, n) :
				       add_upper(ip, upper, n);
	sum = ~sum & 0xffff;
	/* UDP's zero would mean that there is none. */
	frame_put(upper + at, 2, ip[9] == PROTOCOL_UDP && !sum ? 0xffff : sum);
}

void frame_sign(uint8_t *f, size_t n)
{
	uint8_t *ip = f + FRAME_ETH;
	size_t header, whole;

	if (n < FRAME_ETH + FRAME_IP || frame_get(f + 12, 2) != 0x0800)
		return;
	header = (ip[0] & 15u) * 4;
	whole = frame_get(ip + 2, 2);
	if (header < FRAME_IP || header > n - FRAME_ETH)
		return;
	/* Of a fragment, nobody checks what is in it by itself. */
	if (whole > header && whole <= n - FRAME_ETH &&
	    !(frame_get(ip + 6, 2) & 0x3fff))
		sign_upper(ip, ip + header, whole - header);
	frame_put(ip + 10, 2, 0);
	frame_put(ip + 10, 2, ~add(0, ip, header) & 0xffff);
}

static const char *arp_flaw(struct span s, const uint8_t *mac)
{
	if (s.n != FRAME_ETH + 28)
		return "ARP of another length";
	if (frame_get(s.p + 14, 4) != 0x00010800 ||
	    frame_get(s.p + 18, 2) != 0x0604)
		return "ARP for something else";
	return memcmp(s.p + 22, mac, 6) ? "ARP of somebody else" : NULL;
}

static const char *upper_flaw(const uint8_t *ip, size_t n)
{
	const uint8_t *upper = ip + FRAME_IP;

	if (ip[9] == PROTOCOL_UDP) {
		if (n < FRAME_UDP || frame_get(upper + 4, 2) != n)
			return "UDP with a wrong length";
		if (!frame_get(upper + 6, 2))
			return "UDP without a checksum";
	} else if (ip[9] == PROTOCOL_TCP) {
		if (n < FRAME_TCP || upper[12] >> 4 < 5 ||
		    (upper[12] >> 4) * 4u > n)
			return "TCP with a wrong length";
	} else {
		return "neither UDP nor TCP";
	}
	return add_upper(ip, upper, n) == 0xffff ?
		       NULL :
		       "a wrong checksum of UDP or TCP";
}

const char *frame_flaw(struct span s, size_t mtu, const uint8_t *mac)
{
	const uint8_t *ip = s.p + FRAME_ETH;

	if (s.n < FRAME_ETH || s.n > mtu + FRAME_ETH)
		return "a wrong length";
	if (memcmp(s.p + 6, mac, 6))
		return "another address than the guest's";
	if (frame_get(s.p + 12, 2) == 0x0806)
		return arp_flaw(s, mac);
	if (frame_get(s.p + 12, 2) != 0x0800 || s.n < FRAME_ETH + FRAME_IP)
		return "neither ARP nor IPv4";
	if (ip[0] != 0x45 || frame_get(ip + 2, 2) != s.n - FRAME_ETH)
		return "IPv4 with a wrong length";
	if (add(0, ip, FRAME_IP) != 0xffff)
		return "a wrong checksum of IPv4";
	if (frame_get(ip + 6, 2) & 0x3fff)
		return "a fragment";
	return upper_flaw(ip, s.n - FRAME_ETH - FRAME_IP);
}
