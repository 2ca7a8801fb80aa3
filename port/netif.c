/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/netif.h"

#include <string.h>

#include "config.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/ip4.h"
#include "lwip/netif.h"
#include "lwip/stats.h"
#include "netif/ethernet.h"
#include "port/ack.h"
#include "port/frame.h"

/* The shortest that ARP and IPv4 can be. */
#define ARP_MIN (SIZEOF_ETH_HDR + 28)
#define IP4_MIN (SIZEOF_ETH_HDR + 20)

/* Transfers that run together are refused together. */
#define REFUSALS (2 * LWPXE_TRANSFERS)

static struct {
	struct link *link;
	struct netif netif;
	struct netif_heard heard;
	struct icmp_refusal refusals[REFUSALS]; /* the last ones; {0} at
						 * first */
	unsigned refusals_n;                    /* of all */
} port;

static err_t send_frame(struct netif *n, struct pbuf *p)
{
	(void)n;
	/* LWIP_NETIF_TX_SINGLE_PBUF: every frame is in one piece. */
	ack_send(port.link, p->payload, p->len);
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

void netif_set_mtu(uint32_t mtu)
{
	port.netif.mtu = (u16_t)mtu;
}

static bool is_group(const uint8_t *destination)
{
	return destination[0] & 1;
}

/* Returns true if the frame is for us and as long as its type must be. */
static bool is_sound(const struct pbuf *p)
{
	const uint8_t *f = p->payload;
	uint16_t type;

	if (p->len < SIZEOF_ETH_HDR ||
	    (!is_group(f) && memcmp(f, port.link->mac.b, 6)))
		return false;
	type = (uint16_t)(f[12] << 8 | f[13]);
	return (type == ETHTYPE_ARP && p->len >= ARP_MIN) ||
	       (type == ETHTYPE_IP && p->len >= IP4_MIN);
}

/* Keeps the word of an undelivered datagram; lwIP is built without ICMP. */
static void note_refusal(const struct pbuf *p)
{
	struct span packet = { p->payload, p->len }, header;
	struct icmp_refusal r;

	if (span_get(&packet, SIZEOF_ETH_HDR, &header) &&
	    icmp_get_refusal(packet, &r))
		port.refusals[port.refusals_n++ % REFUSALS] = r;
}

/* A sender in the same Dom0 leaves the checksum to hardware that its frames
 * never meet. */
static void trust_checksums(bool checked)
{
	NETIF_SET_CHECKSUM_CTRL(&port.netif,
				checked ? NETIF_CHECKSUM_ENABLE_ALL &
						  ~(NETIF_CHECKSUM_CHECK_UDP |
						    NETIF_CHECKSUM_CHECK_TCP) :
					  NETIF_CHECKSUM_ENABLE_ALL);
}

static bool is_fragment(const struct pbuf *p)
{
	const uint8_t *f = p->payload;

	return (f[20] & 0x3f) | f[21]; /* more fragments, or an offset */
}

static void note_drop(const struct link_notes *notes)
{
	port.heard.dropped++;
	if (notes->vlan == port.link->vlan)
		return;
	port.heard.strays++;
	port.heard.stray_vlan = notes->vlan;
}

bool netif_poll(void)
{
	struct link_notes notes;
	struct iovec *room;
	struct pbuf *p;
	int pieces;
	ssize_t n;

	room = frame_room(&pieces);
	n = link_receive(port.link, room, pieces, &notes);
	if (n < 0)
		return false;
	p = n ? frame_take((size_t)n, notes.skip) : NULL;
	if (!p || !is_sound(p)) {
		note_drop(&notes);
		if (p)
			pbuf_free(p);
		return true;
	}
	port.heard.frames++;
	note_refusal(p);
	/* What is known of the last fragment holds for no other. */
	trust_checksums(notes.checked && !is_fragment(p));
	if (port.netif.input(p, &port.netif) != ERR_OK)
		pbuf_free(p);
	return true;
}

void netif_flush(void)
{
	ack_flush(port.link);
}

bool netif_knows(uint32_t ip, uint32_t *hop)
{
	ip4_addr_t address = { PP_HTONL(ip) };
	const ip4_addr_t *found;
	struct eth_addr *mac;

	if (!ip4_addr_netcmp(&address, netif_ip4_addr(&port.netif),
			     netif_ip4_netmask(&port.netif)))
		address = *netif_ip4_gw(&port.netif);
	*hop = PP_NTOHL(ip4_addr_get_u32(&address));
	return *hop &&
	       etharp_find_addr(&port.netif, &address, &mac, &found) >= 0;
}

bool netif_refused(struct icmp_refusal *r)
{
	const struct icmp_refusal *q;

	for (unsigned i = 0; i < REFUSALS; i++) {
		q = &port.refusals[i];
		r->code = q->code;
		if (r->to == q->to && r->protocol == q->protocol &&
		    r->to_port == q->to_port &&
		    (!r->from_port || r->from_port == q->from_port))
			return true;
	}
	return false;
}

struct netif_heard netif_heard(void)
{
	struct netif_heard heard = port.heard;

	heard.wrong_sums = (uint32_t)lwip_stats.udp.chkerr +
			   lwip_stats.tcp.chkerr;
	return heard;
}
