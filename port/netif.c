/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/netif.h"

#include <string.h>

#include "format/icmp.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/ip4.h"
#include "lwip/netif.h"
#include "netif/ethernet.h"

/* The largest frame: 64 KiB of IPv4 behind an Ethernet header with a tag. */
#define FRAME_MAX (65535 + SIZEOF_ETH_HDR + SIZEOF_VLAN_HDR)

/* lwIP 2.2.1 reads a few bytes past short frames in etharp_input() and
 * ip4_input(); they find zeros. */
#define SLACK 64

/* The shortest that ARP and IPv4 can be. */
#define ARP_MIN (SIZEOF_ETH_HDR + 28)
#define IP4_MIN (SIZEOF_ETH_HDR + 20)

static struct {
	struct link *link;
	struct netif netif;
	uint32_t dropped;
	struct icmp_refusal refusal; /* the last one; {0} at first */
	/* UDP hands each datagram on at once, so one buffer is enough. */
	uint8_t frame[FRAME_MAX + SLACK];
} port;

static err_t send_frame(struct netif *n, struct pbuf *p)
{
	(void)n;
	/* LWIP_NETIF_TX_SINGLE_PBUF: every frame is in one piece. */
	link_send(port.link, p->payload, p->len);
	return ERR_OK;
}

static err_t init_netif(struct netif *n)
{
	n->name[0] = 'x';
	n->name[1] = 'n';
	n->output = etharp_output;
	n->linkoutput = send_frame;
	n->mtu = (u16_t)port.link->mtu;
	n->hwaddr_len = sizeof(port.link->mac.b);
	memcpy(n->hwaddr, port.link->mac.b, sizeof(port.link->mac.b));
	n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
		   NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

void netif_start(struct link *l)
{
	port.link = l;
	lwip_init();
	netif_add_noaddr(&port.netif, NULL, init_netif, ethernet_input);
	netif_set_default(&port.netif);
	netif_set_up(&port.netif);
}

void netif_configure(uint32_t ip, uint32_t mask, uint32_t router)
{
	ip4_addr_t address = { PP_HTONL(ip) };
	ip4_addr_t netmask = { PP_HTONL(mask) };
	ip4_addr_t gateway = { PP_HTONL(router) };

	netif_set_addr(&port.netif, &address, &netmask, &gateway);
}

static bool is_group(const uint8_t *destination)
{
	return destination[0] & 1;
}

/* Returns true if the frame is for us and as long as its type must be. */
static bool is_sound(const uint8_t *f, size_t n)
{
	uint16_t type;

	if (n < SIZEOF_ETH_HDR ||
	    (!is_group(f) && memcmp(f, port.link->mac.b, 6)))
		return false;
	type = (uint16_t)(f[12] << 8 | f[13]);
	return (type == ETHTYPE_ARP && n >= ARP_MIN) ||
	       (type == ETHTYPE_IP && n >= IP4_MIN);
}

/* Keeps the word of an undelivered datagram; lwIP is built without ICMP. */
static void note_refusal(size_t n)
{
	struct span packet = { port.frame, n }, header;
	struct icmp_refusal r;

	if (span_get(&packet, SIZEOF_ETH_HDR, &header) &&
	    icmp_get_refusal(packet, &r))
		port.refusal = r;
}

bool netif_poll(void)
{
	bool checked = false;
	struct pbuf *p;
	ssize_t n;

	n = link_receive(port.link, port.frame, FRAME_MAX, &checked);
	if (n < 0)
		return false;
	p = n <= UINT16_MAX && is_sound(port.frame, (size_t)n) ?
	    pbuf_alloc(PBUF_RAW, (u16_t)n, PBUF_REF) : NULL;
	if (!p) {
		port.dropped++;
		return true;
	}
	note_refusal((size_t)n);
	memset(port.frame + n, 0, SLACK);
	p->payload = port.frame;
	/* A sender in the same Dom0 leaves the checksum to hardware that its
	 * frames never meet. */
	NETIF_SET_CHECKSUM_CTRL(&port.netif, checked ?
				NETIF_CHECKSUM_ENABLE_ALL &
				~NETIF_CHECKSUM_CHECK_UDP :
				NETIF_CHECKSUM_ENABLE_ALL);
	if (port.netif.input(p, &port.netif) != ERR_OK)
		pbuf_free(p);
	return true;
}

bool netif_knows(uint32_t ip)
{
	ip4_addr_t address = { PP_HTONL(ip) };
	const ip4_addr_t *found;
	struct eth_addr *mac;

	if (!ip4_addr_netcmp(&address, netif_ip4_addr(&port.netif),
			     netif_ip4_netmask(&port.netif)))
		address = *netif_ip4_gw(&port.netif);
	return etharp_find_addr(&port.netif, &address, &mac, &found) >= 0;
}

bool netif_refused(uint32_t to, uint16_t to_port, uint16_t from_port,
		   bool *listens)
{
	const struct icmp_refusal *r = &port.refusal;

	*listens = r->code != ICMP_PORT_UNREACHABLE;
	return r->to == to && r->to_port == to_port &&
	       r->from_port == from_port;
}

uint32_t netif_dropped(void)
{
	return port.dropped;
}
