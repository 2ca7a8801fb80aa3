/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/dhcp.h"

#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "port/netif.h"
#include "port/sys.h"

/* How much longer offers without a boot file wait for one with. */
#define BETTER_OFFER_MS 1000

/* A REQUEST that stays unanswered so many times starts all over. */
#define REQUEST_TRIES 4

/* After a NAK, before it all begins again. */
#define REFUSED_PAUSE_MS 1000

#define OFFERS 6

static struct {
	struct dhcpsock sock;
	int rc;         /* of opening that */
	bool has_asked; /* the query was sent, and not waited for */
	/* Answers, filled by the callback; proxies' have no yiaddr. */
	struct dhcpmsg offer[OFFERS];
	unsigned offers;
	struct dhcpmsg answer; /* ACK or NAK */
	bool has_address;      /* offered by somebody */
	bool is_enough;        /* nothing better is worth to be waited for */
	bool has_answer;
	bool saw_useless; /* offers without an address */
} dhcp;

static const char *shown(const char *s, const char *otherwise)
{
	return s[0] ? s : otherwise;
}

/* Returns how good an offer is: 2 names a boot file, 1 says otherwise how to
 * boot, 0 does not. */
static int rank(const struct dhcpmsg *m)
{
	return dhcpmsg_bootfile(m)[0] ? 2 : dhcpmsg_can_boot(m);
}

/* Who offers: a proxy may leave out who it is. */
static uint32_t speaker(const struct dhcpmsg *m)
{
	return m->proxy ? m->proxy : m->server_id;
}

/* Asks whether there is an address and word on how to boot. */
static bool is_enough(void)
{
	bool boots = false;

	for (unsigned i = 0; i < dhcp.offers; i++)
		boots |= dhcp.offer[i].proxy || rank(&dhcp.offer[i]);
	return boots && dhcp.has_address;
}

/* Offers that all lack the same, an address or word on how to boot, do not keep
 * out the one that has it. */
static void take_offer(const struct dhcpmsg *m, uint32_t from)
{
	unsigned at = dhcp.offers - (dhcp.offers == OFFERS && !dhcp.is_enough);
	struct dhcpmsg *o = &dhcp.offer[at];
	bool is_proxy = dhcpmsg_is_proxy(m);

	dhcp.saw_useless |= !m->yiaddr;
	if (at == OFFERS ||
	    (!is_proxy && (!ip4_is_host(m->yiaddr) || !m->server_id)))
		return;
	*o = *m;
	if (is_proxy)
		o->proxy = ip4_is_host(m->server_id) ? m->server_id :
			   ip4_is_host(m->siaddr)    ? m->siaddr :
						       from;
	for (unsigned i = 0; i < at; i++)
		if (speaker(&dhcp.offer[i]) == speaker(o) &&
		    !dhcp.offer[i].proxy == !o->proxy)
			return;
	dhcp.offers = at + 1;
	dhcp.has_address |= !is_proxy;
	dhcp.is_enough = is_enough();
}

static void take_answer(const struct dhcpmsg *m)
{
	/* Another server's NAK means nothing to us (RFC 2131 section 3.1). */
	if (m->server_id && m->server_id != dhcp.sock.query.server_id)
		return;
	if (m->type == DHCP_ACK && !ip4_is_host(m->yiaddr))
		return;
	dhcp.answer = *m;
	dhcp.has_answer = true;
}

static void take(const struct dhcpmsg *m, uint32_t from)
{
	if (m->type == DHCP_OFFER && dhcp.sock.query.type == DHCP_DISCOVER)
		take_offer(m, from);
	if ((m->type == DHCP_ACK || m->type == DHCP_NAK) &&
	    dhcp.sock.query.type == DHCP_REQUEST)
		take_answer(m);
}

/* Returns when to repeat a query sent for the n-th time: 1, 2, 4, 8, 16 s,
 * plus up to a quarter so that guests started together spread out. */
static ms_t retry_at(unsigned n)
{
	uint32_t base = 1000u << (n < 4 ? n : 4);

	return clock_now() + base + sys_random() % (base / 4);
}

/* Chooses among the proxies' offers, or among the others: the best, and of
 * equals the first.  Returns NULL if there is none. */
static const struct dhcpmsg *best_offer(bool of_proxies)
{
	const struct dhcpmsg *o, *best = NULL;

	for (unsigned i = 0; i < dhcp.offers; i++) {
		o = &dhcp.offer[i];
		if (!o->proxy == !of_proxies && (!best || rank(o) > rank(best)))
			best = o;
	}
	return best;
}

/* Appends why an offer that lost has lost against `best`. */
static void put_loss(struct text *t, const struct dhcpmsg *o,
		     const struct dhcpmsg *best)
{
	text_printf(t, "not taken, %s %s", IP4_SHOW(speaker(best)),
		    rank(best) == rank(o) ? "came first" :
		    rank(best) == 2       ? "names a boot file" :
					    "says how to boot");
}

/* Appends who offers what. */
static void put_offer(struct text *t, const struct dhcpmsg *o)
{
	if (o->proxy)
		text_printf(t, "DHCP: the proxy %s offers ",
			    IP4_SHOW(o->proxy));
	else
		text_printf(t, "DHCP: %s offers %s, ", IP4_SHOW(o->server_id),
			    IP4_SHOW(o->yiaddr));
	if (o->proxy && o->has_menu)
		text_puts(t, "a menu: ");
	else if (o->proxy && rank(o) < 2)
		text_puts(t, "to be asked: ");
	else
		text_printf(t, "boot file %s: ",
			    shown(dhcpmsg_bootfile(o), "none"));
}

static void say_offer(const struct dhcpmsg *o, const struct dhcpmsg *lease,
		      const struct dhcpmsg *proxy)
{
	char line[1024];
	struct text t = TEXT(line);

	t.clip = true;
	put_offer(&t, o);
	if (o->proxy && !proxy)
		text_printf(&t, "not needed, %s %s", IP4_SHOW(speaker(lease)),
			    rank(lease) == 2 ? "names a boot file" :
					       "says how to boot");
	else if (o != lease && o != proxy)
		put_loss(&t, o, o->proxy ? proxy : lease);
	else
		text_puts(&t,
			  rank(o) == 2 ? "taken, it names a boot file" :
			  rank(o)      ? "taken, it says how to boot" :
			  o->proxy     ? "taken, it knows how to boot" :
			  proxy        ? "taken, a proxy knows how to boot" :
				  "taken, though it does not say how to boot");
	log_info("%s", line);
}

/* Sends the query up to `tries` times until *done; returns as loop_until(). */
static int send_until(struct loop *loop, const bool *done, unsigned tries)
{
	int rc = -E_TIMEOUT;
	ms_t until;

	for (unsigned n = 0; n < tries && rc == -E_TIMEOUT; n++) {
		if (clock_now() >= dhcp.sock.who->deadline)
			break;
		if (!dhcp.has_asked)
			dhcpsock_send(&dhcp.sock, UINT32_MAX,
				      DHCPMSG_SERVER_PORT);
		dhcp.has_asked = false;
		until = ms_min(retry_at(n), dhcp.sock.who->deadline);
		rc = loop_until(loop, done, &until);
		/* Offers are there, if not the best kind. */
		if (rc == -E_TIMEOUT && dhcp.has_address &&
		    dhcp.sock.query.type == DHCP_DISCOVER)
			break;
	}
	return rc;
}

static void prepare_discover(void)
{
	dhcp.sock.query.type = DHCP_DISCOVER;
	dhcp.sock.query.xid = sys_random();
	dhcp.sock.query.requested = dhcp.sock.query.server_id = 0;
}

static int discover(struct loop *loop)
{
	ms_t until;
	int rc;

	if (!dhcp.has_asked)
		prepare_discover();
	dhcp.offers = 0;
	dhcp.has_address = dhcp.is_enough = false;
	rc = send_until(loop, &dhcp.is_enough, UINT_MAX);
	if (rc == -E_TIMEOUT && dhcp.has_address) {
		/* A better offer may have been lost. */
		dhcpsock_send(&dhcp.sock, UINT32_MAX, DHCPMSG_SERVER_PORT);
		until = clock_now() + BETTER_OFFER_MS;
		rc = loop_until(loop, &dhcp.is_enough, &until);
	}
	return rc == -E_TIMEOUT ? 0 : rc;
}

/* Takes the best offer, and a proxy's if that does not say how to boot. */
static int request(struct loop *loop, struct dhcpmsg *chosen_proxy)
{
	const struct dhcpmsg *offer = best_offer(false), *proxy;
	int rc;

	if (!offer)
		return -E_DHCP_SILENT;
	proxy = rank(offer) ? NULL : best_offer(true);
	for (unsigned i = 0; i < dhcp.offers; i++)
		say_offer(&dhcp.offer[i], offer, proxy);
	if (proxy)
		*chosen_proxy = *proxy;
	else
		chosen_proxy->type = 0;
	dhcp.sock.query.type = DHCP_REQUEST;
	dhcp.sock.query.requested = offer->yiaddr;
	dhcp.sock.query.server_id = offer->server_id;
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
			    IP4_SHOW(dhcp.sock.query.server_id),
			    shown(dhcp.answer.message, "no reason given"));
	else if (dhcp.sock.query.type == DHCP_REQUEST)
		text_printf(why,
			    "the DHCP server %s made an offer and then "
			    "did not answer",
			    IP4_SHOW(dhcp.sock.query.server_id));
	else if (dhcp.saw_useless)
		text_puts(why, "no DHCP server answered with an address, only "
			       "with proxy offers");
	else
		text_puts(why, "no DHCP server answered");
}

/* Tries again and again until the deadline. */
static int get_lease(struct loop *loop, struct dhcpmsg *proxy, struct text *why)
{
	int rc, waited = 0;

	do {
		rc = discover(loop);
		if (!rc)
			rc = request(loop, proxy);
		if (!rc || rc == -E_INTERRUPTED)
			return rc;
		explain(rc, why);
		if (rc == -E_DHCP_REFUSED) {
			log_warn("%s; asking again", why->p);
			waited = loop_for(loop, REFUSED_PAUSE_MS);
		}
	} while (!waited && clock_now() < dhcp.sock.who->deadline);
	return waited ? waited : rc;
}

/* The mask of the address's class, for servers that send none. */
static uint32_t class_mask(uint32_t ip)
{
	return ip >> 31 == 0 ? 0xff000000u :
	       ip >> 30 == 2 ? 0xffff0000u :
			       0xffffff00u;
}

void dhcp_ask(const struct dhcp_who *who)
{
	dhcp.rc = dhcpsock_open(&dhcp.sock, who, take);
	if (dhcp.rc)
		return;
	prepare_discover();
	dhcpsock_send(&dhcp.sock, UINT32_MAX, DHCPMSG_SERVER_PORT);
	dhcp.has_asked = true;
}

int dhcp_run(struct loop *loop, struct dhcpmsg *lease, struct dhcpmsg *proxy,
	     struct text *why)
{
	int rc = dhcp.rc;

	dhcp.saw_useless = false;
	if (!rc)
		rc = get_lease(loop, proxy, why);
	dhcpsock_close(&dhcp.sock);
	if (rc)
		return rc;
	*lease = dhcp.answer;
	if (!lease->server_id)
		lease->server_id = dhcp.sock.query.server_id;
	if (!lease->mask)
		lease->mask = class_mask(lease->yiaddr);
	netif_configure(lease->yiaddr, lease->mask, lease->router);
	return 0;
}

size_t dhcp_offers(const struct dhcpmsg **offer)
{
	*offer = dhcp.offer;
	return dhcp.offers;
}
