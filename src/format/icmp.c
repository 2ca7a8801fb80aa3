/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/icmp.h"

#include "format/addr.h"

#define PROTOCOL_ICMP 1
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
	       get_ip4(&s, &r->protocol, &r->to) &&
	       (r->protocol == ICMP_UDP || r->protocol == ICMP_TCP) &&
	       span_get_be16(&s, &r->from_port) &&
	       span_get_be16(&s, &r->to_port);
}

/* RFC 1812 section 5.2.7.1 and RFC 1122 section 3.2.2.1: codes 9, 10 and 13 are
 * for what is forbidden on purpose. */
static bool is_forbidden(uint8_t code)
{
	return code == 9 || code == 10 || code == 13;
}

void icmp_explain(struct text *t, const struct icmp_refusal *r)
{
	if (r->code == ICMP_PORT_UNREACHABLE)
		text_printf(t, "nothing listens on %s port %u of %s",
			    r->protocol == ICMP_TCP ? "TCP" : "UDP", r->to_port,
			    IP4_SHOW(r->to));
	else if (is_forbidden(r->code))
		text_printf(t,
			    "a firewall does not let %s port %u of %s be "
			    "reached",
			    r->protocol == ICMP_TCP ? "TCP" : "UDP", r->to_port,
			    IP4_SHOW(r->to));
	else
		text_printf(t, "%s cannot be reached, says a router",
			    IP4_SHOW(r->to));
}
