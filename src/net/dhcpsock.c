/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/dhcpsock.h"

#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "lwip/udp.h"
#include "port/sys.h"

/* Headers in front of a message. */
#define IP_UDP (20 + 8)

static void receive(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		    const ip_addr_t *from, u16_t port)
{
	static struct dhcpmsg m;
	struct dhcpsock *s = arg;
	uint32_t sender;
	uint8_t joined[DHCPMSG_MAX];
	struct span packet = { .n = p->tot_len };

	(void)pcb;
	packet.p = pbuf_get_contiguous(p, joined, sizeof(joined), p->tot_len,
				       0);
	if (packet.p &&
	    (port == DHCPMSG_SERVER_PORT || port == DHCPMSG_PXE_PORT) &&
	    dhcpmsg_parse(packet, &m) && m.xid == s->query.xid &&
	    !memcmp(&m.mac, &s->who->mac, sizeof(m.mac))) {
		sender = PP_NTOHL(ip4_addr_get_u32(ip_2_ip4(from)));
		log_detail(2, "DHCP: message of type %u from %s", m.type,
			   IP4_SHOW(sender));
		s->take(&m, sender);
	}
	pbuf_free(p);
}

int dhcpsock_open(struct dhcpsock *s, const struct dhcp_who *who,
		  void (*take)(const struct dhcpmsg *m, uint32_t from))
{
	*s = (struct dhcpsock){
		.pcb = udp_new(), .who = who, .take = take,
		.started = clock_now(),
		.query = {
			.xid = sys_random(), .mac = who->mac,
			.uuid = who->uuid, .identity = who->identity,
			.max_size = (uint16_t)(who->mtu < DHCPMSG_MAX + IP_UDP ?
					       who->mtu - IP_UDP : DHCPMSG_MAX),
		},
	};
	if (!s->pcb || udp_bind(s->pcb, IP4_ADDR_ANY, DHCPMSG_CLIENT_PORT))
		return -E_INTERNAL;
	udp_recv(s->pcb, receive, s);
	return 0;
}

void dhcpsock_send(struct dhcpsock *s, uint32_t to, uint16_t port)
{
	char packet[DHCPMSG_MAX + 1];
	struct text t = TEXT(packet);
	ms_t secs = (clock_now() - s->started) / 1000;
	ip_addr_t address;
	struct pbuf *p;

	log_detail(1, "DHCP: %s to %s, UDP port %u",
		   s->query.type == DHCP_DISCOVER ? "DISCOVER" : "REQUEST",
		   to == UINT32_MAX ? "everybody" : IP4_SHOW(to), port);
	s->query.secs = (uint16_t)(secs > UINT16_MAX ? UINT16_MAX : secs);
	dhcpmsg_put(&t, &s->query);
	p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)t.n, PBUF_RAM);
	if (!p)
		return;
	pbuf_take(p, packet, (u16_t)t.n);
	ip_addr_set_ip4_u32_val(address, PP_HTONL(to));
	/* Without a lease there is no address, and 0.0.0.0 is right. */
	udp_sendto_if_src(s->pcb, p, &address, port, netif_default,
			  netif_ip_addr4(netif_default));
	pbuf_free(p);
}

void dhcpsock_close(struct dhcpsock *s)
{
	if (s->pcb)
		udp_remove(s->pcb);
	s->pcb = NULL;
}
