/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/dhcp.h"

#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "lwip/udp.h"
#include "port/netif.h"
#include "port/sys.h"

/* How much longer offers without a boot file wait for one with. */
#define BETTER_OFFER_MS 1000

/* A REQUEST that stays unanswered so many times starts all over. */
#define REQUEST_TRIES 4

/* After a NAK, before it all begins again. */
#define REFUSED_PAUSE_MS 1000

#define OFFERS 4

/* Headers in front of a message. */
#define IP_UDP (20 + 8)

static struct {
	struct udp_pcb *pcb;
	const struct dhcp_who *who;
	struct dhcpmsg_query query;
	ms_t started;
	/* Answers, filled by the callback. */
	struct dhcpmsg offer[OFFERS];
	unsigned offers;
	struct dhcpmsg answer;  /* ACK or NAK */
	bool has_boot_offer;
	bool has_answer;
	unsigned useless;       /* offers without an address: proxies */
} dhcp;

static const char *shown(const char *s, const char *otherwise)
{
	return s[0] ? s : otherwise;
}

static void take_offer(const struct dhcpmsg *m)
{
	if (!ip4_is_host(m->yiaddr) || !m->server_id) {
		dhcp.useless++;
		return;
	}
	for (unsigned i = 0; i < dhcp.offers; i++)
		if (dhcp.offer[i].server_id == m->server_id)
			return;
	if (dhcp.offers == OFFERS)
		return;
	log_info("DHCP: %s offers %s, boot file %s", IP4_SHOW(m->server_id),
		 IP4_SHOW(m->yiaddr), shown(dhcpmsg_bootfile(m), "none"));
	dhcp.offer[dhcp.offers++] = *m;
	dhcp.has_boot_offer |= dhcpmsg_can_boot(m);
}

static void take_answer(const struct dhcpmsg *m)
{
	/* Another server's NAK means nothing to us (RFC 2131 section 3.1). */
	if (m->server_id && m->server_id != dhcp.query.server_id)
		return;
	if (m->type == DHCP_ACK && !ip4_is_host(m->yiaddr))
		return;
	dhcp.answer = *m;
	dhcp.has_answer = true;
}

static void receive(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		    const ip_addr_t *from, u16_t port)
{
	static struct dhcpmsg m;
	struct span packet = { p->payload, p->len };

	(void)arg, (void)pcb, (void)from;
	if (port == DHCPMSG_SERVER_PORT && dhcpmsg_parse(packet, &m) &&
	    m.xid == dhcp.query.xid &&
	    !memcmp(&m.mac, &dhcp.who->mac, sizeof(m.mac))) {
		if (m.type == DHCP_OFFER && dhcp.query.type == DHCP_DISCOVER)
			take_offer(&m);
		if ((m.type == DHCP_ACK || m.type == DHCP_NAK) &&
		    dhcp.query.type == DHCP_REQUEST)
			take_answer(&m);
	}
	pbuf_free(p);
}

static void send_query(void)
{
	char packet[DHCPMSG_MAX + 1];
	struct text t = TEXT(packet);
	ms_t secs = (clock_now() - dhcp.started) / 1000;
	struct pbuf *p;

	dhcp.query.secs = (uint16_t)(secs > UINT16_MAX ? UINT16_MAX : secs);
	dhcpmsg_put(&t, &dhcp.query);
	p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)t.n, PBUF_RAM);
	if (!p)
		return;
	pbuf_take(p, packet, (u16_t)t.n);
	udp_sendto_if_src(dhcp.pcb, p, IP_ADDR_BROADCAST, DHCPMSG_SERVER_PORT,
			  netif_default, IP4_ADDR_ANY);
	pbuf_free(p);
}

/* Returns when to repeat a query sent for the n-th time: 1, 2, 4, 8, 16 s,
 * plus up to a quarter so that guests started together spread out. */
static ms_t retry_at(unsigned n)
{
	uint32_t base = 1000u << (n < 4 ? n : 4);

	return clock_now() + base + sys_random() % (base / 4);
}

/* Chooses among the offers: the first that says how to boot, else the first. */
static const struct dhcpmsg *best_offer(void)
{
	for (unsigned i = 0; i < dhcp.offers; i++)
		if (dhcpmsg_can_boot(&dhcp.offer[i]))
			return &dhcp.offer[i];
	return dhcp.offers ? &dhcp.offer[0] : NULL;
}

/* Sends the query up to `tries` times until *done; returns as loop_until(). */
static int send_until(struct loop *loop, const bool *done, unsigned tries)
{
	int rc = -E_TIMEOUT;
	ms_t until;

	for (unsigned n = 0; n < tries && rc == -E_TIMEOUT; n++) {
		if (clock_now() >= dhcp.who->deadline)
			break;
		send_query();
		until = ms_min(retry_at(n), dhcp.who->deadline);
		rc = loop_until(loop, done, &until);
		/* Offers are there, if not the best kind: ask no more. */
		if (rc == -E_TIMEOUT && dhcp.query.type == DHCP_DISCOVER &&
		    dhcp.offers)
			break;
	}
	return rc;
}

static int discover(struct loop *loop)
{
	ms_t until;
	int rc;

	dhcp.query = (struct dhcpmsg_query){
		.type = DHCP_DISCOVER, .xid = sys_random(),
		.mac = dhcp.who->mac, .uuid = dhcp.who->uuid,
		.max_size = (uint16_t)(dhcp.who->mtu < DHCPMSG_MAX + IP_UDP ?
				       dhcp.who->mtu - IP_UDP : DHCPMSG_MAX),
	};
	dhcp.offers = 0;
	dhcp.has_boot_offer = false;
	rc = send_until(loop, &dhcp.has_boot_offer, UINT_MAX);
	if (rc == -E_TIMEOUT && dhcp.offers) {
		until = clock_now() + BETTER_OFFER_MS;
		rc = loop_until(loop, &dhcp.has_boot_offer, &until);
	}
	return rc == -E_TIMEOUT ? dhcp.offers ? 0 : -E_DHCP_SILENT : rc;
}

static int request(struct loop *loop)
{
	const struct dhcpmsg *offer = best_offer();
	int rc;

	dhcp.query.type = DHCP_REQUEST;
	dhcp.query.requested = offer->yiaddr;
	dhcp.query.server_id = offer->server_id;
	dhcp.has_answer = false;
	rc = send_until(loop, &dhcp.has_answer, REQUEST_TRIES);
	if (!rc && dhcp.answer.type == DHCP_NAK)
		rc = -E_DHCP_REFUSED;
	return rc == -E_TIMEOUT ? -E_DHCP_SILENT : rc;
}

static void explain(int rc, struct text *why)
{
	text_reset(why);
	if (rc == -E_DHCP_REFUSED)
		text_printf(why, "the DHCP server %s withdrew its offer (%s)",
			    IP4_SHOW(dhcp.query.server_id),
			    shown(dhcp.answer.message, "no reason given"));
	else if (dhcp.query.type == DHCP_REQUEST)
		text_printf(why, "the DHCP server %s made an offer and then "
			    "did not answer", IP4_SHOW(dhcp.query.server_id));
	else if (dhcp.useless)
		text_puts(why, "no DHCP server answered with an address, only "
			  "with proxy offers");
	else
		text_puts(why, "no DHCP server answered");
}

/* Tries again and again until the deadline. */
static int get_lease(struct loop *loop, struct text *why)
{
	int rc, waited = 0;

	do {
		rc = discover(loop);
		if (!rc)
			rc = request(loop);
		if (!rc || rc == -E_INTERRUPTED)
			return rc;
		explain(rc, why);
		if (rc == -E_DHCP_REFUSED) {
			log_warn("%s; asking again", why->p);
			waited = loop_for(loop, REFUSED_PAUSE_MS);
		}
	} while (!waited && clock_now() < dhcp.who->deadline);
	return waited ? waited : rc;
}

/* The mask of the address's class, for servers that send none. */
static uint32_t class_mask(uint32_t ip)
{
	return ip >> 31 == 0 ? 0xff000000u : ip >> 30 == 2 ? 0xffff0000u :
	       0xffffff00u;
}

int dhcp_run(struct loop *loop, const struct dhcp_who *who,
	     struct dhcpmsg *lease, struct text *why)
{
	int rc;

	dhcp.who = who;
	dhcp.started = clock_now();
	dhcp.useless = 0;
	dhcp.pcb = udp_new();
	if (!dhcp.pcb || udp_bind(dhcp.pcb, IP4_ADDR_ANY, DHCPMSG_CLIENT_PORT))
		return -E_INTERNAL;
	udp_recv(dhcp.pcb, receive, NULL);
	rc = get_lease(loop, why);
	udp_remove(dhcp.pcb);
	if (rc)
		return rc;
	*lease = dhcp.answer;
	if (!lease->server_id)
		lease->server_id = dhcp.query.server_id;
	if (!lease->mask)
		lease->mask = class_mask(lease->yiaddr);
	netif_configure(lease->yiaddr, lease->mask, lease->router);
	return 0;
}
