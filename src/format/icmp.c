/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/icmp.h"

#define PROTOCOL_ICMP 1
#define PROTOCOL_UDP 17
#define UNREACHABLE 3

/* Takes an IPv4 header off the packet; false if it is none, or is cut. */
static bool get_ip4(struct span *s, uint8_t *protocol, uint32_t *to)
{
	struct span skipped;
	uint8_t version;

	return span_get_u8(s, &version) && version >> 4 == 4 &&
	       (version & 15) >= 5 && span_get(s, 8, &skipped) &&
	       span_get_u8(s, protocol) && span_get(s, 6, &skipped) &&
	       span_get_be32(s, to) &&
	       span_get(s, ((size_t)(version & 15) - 5) * 4, &skipped);
}

bool icmp_get_refusal(struct span s, struct icmp_refusal *r)
{
	uint8_t protocol, type;
	struct span skipped;
	uint32_t us;

	return get_ip4(&s, &protocol, &us) && protocol == PROTOCOL_ICMP &&
	       span_get_u8(&s, &type) && type == UNREACHABLE &&
	       span_get_u8(&s, &r->code) && span_get(&s, 6, &skipped) &&
	       get_ip4(&s, &protocol, &r->to) && protocol == PROTOCOL_UDP &&
	       span_get_be16(&s, &r->from_port) &&
	       span_get_be16(&s, &r->to_port);
}
