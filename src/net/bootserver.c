/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/bootserver.h"

#include "base/err.h"
#include "base/log.h"
#include "port/sys.h"

/* The first repetition comes after so long, each later one after twice the
 * time; then it is given up.  iPXE's figures, in src/config/dhcp.h: whoever
 * made an offer a moment ago is there and fast. */
#define RETRY_MS 250
#define LIMIT_MS 2000

/* Listed servers that are asked; lwIP looks for so many at once by ARP. */
#define ASKED 4

static struct {
	struct dhcpsock sock;
	struct pxeopt menu;    /* that the item is from */
	uint32_t asked[ASKED]; /* by unicast */
	unsigned asked_n;
	struct dhcpmsg answer;
	uint32_t from;
	bool has_answer;
} pxe;

static bool was_asked(uint32_t ip)
{
	for (unsigned i = 0; i < pxe.asked_n; i++)
		if (pxe.asked[i] == ip)
			return true;
	return false;
}

/* Returns true if the answer is to the item that was asked for.  A DHCP server
 * that hears the broadcast takes it for a REQUEST of its own kind; its answer
 * has no item. */
static bool is_for_item(const struct dhcpmsg *m, uint32_t from)
{
	struct pxeopt o;

	dhcpmsg_get_pxe(m, &o);
	if (o.has_item ? o.item.type != pxe.sock.query.item.type :
			 !was_asked(from))
		return false;
	if (pxe.menu.control & PXEOPT_ONLY_LISTED &&
	    !pxeopt_lists(pxe.menu.servers, pxe.sock.query.item.type, from) &&
	    !pxeopt_lists(pxe.menu.servers, pxe.sock.query.item.type,
			  m->server_id ? m->server_id : from))
		return false;
	return dhcpmsg_bootfile(m)[0];
}

/* A NAK is as good as no answer: it may be a DHCP server's. */
static void take(const struct dhcpmsg *m, uint32_t from)
{
	if (m->type != DHCP_ACK || !m->is_pxe || pxe.has_answer)
		return;
	if (pxe.sock.query.has_item ? !is_for_item(m, from) : !was_asked(from))
		return;
	pxe.answer = *m;
	pxe.from = ip4_is_host(m->server_id) ? m->server_id : from;
	pxe.has_answer = true;
}

static bool is_multicast(uint32_t ip)
{
	return ip >> 28 == 14;
}

/* Asks in every way that the menu allows, at the same time: the first answer
 * counts, whichever way it was asked for. */
static void send_all(void)
{
	const struct pxeopt *o = &pxe.menu;

	for (unsigned i = 0; i < pxe.asked_n; i++)
		dhcpsock_send(&pxe.sock, pxe.asked[i], DHCPMSG_PXE_PORT);
	if (!pxe.sock.query.has_item)
		return;
	if (!(o->control & PXEOPT_NO_MULTICAST) && is_multicast(o->multicast))
		dhcpsock_send(&pxe.sock, o->multicast, DHCPMSG_PXE_PORT);
	if (!(o->control & PXEOPT_NO_BROADCAST))
		dhcpsock_send(&pxe.sock, UINT32_MAX, DHCPMSG_SERVER_PORT);
}

static void take_boot(struct dhcpmsg *lease)
{
	log_info("PXE: %s answers, boot file %s", IP4_SHOW(pxe.from),
		 dhcpmsg_bootfile(&pxe.answer)[0] ?
			 dhcpmsg_bootfile(&pxe.answer) :
			 "none");
	dhcpmsg_adopt(lease, &pxe.answer, pxe.from);
}

/* Asks until there is an answer, and puts what it says into the lease.  Returns
 * 0, -E_TIMEOUT or -E_INTERRUPTED. */
static int ask(struct loop *loop, struct dhcpmsg *lease)
{
	ms_t limit = clock_now() + LIMIT_MS, step = RETRY_MS, until;
	int rc = -E_TIMEOUT;

	pxe.sock.query.xid = sys_random();
	pxe.has_answer = false;
	while (rc == -E_TIMEOUT && clock_now() < limit) {
		send_all();
		until = ms_min(clock_now() + step, limit);
		rc = loop_until(loop, &pxe.has_answer, &until);
		step *= 2;
	}
	if (!rc)
		take_boot(lease);
	return rc;
}

/* Chooses as somebody does who never touches a key: the first item, when the
 * prompt's time is over. */
static int choose_item(struct loop *loop, struct pxeopt_item *item)
{
	const struct pxeopt *o = &pxe.menu;
	struct span menu = o->menu, text;
	struct pxeopt_item other;
	unsigned n = 0;

	while (pxeopt_next_item(&menu, &other, &text))
		n++;
	menu = o->menu;
	pxeopt_next_item(&menu, item, &text);
	text = span_cut_nul(text);
	if (!o->has_prompt || o->timeout == PXEOPT_FOREVER)
		log_info("PXE: the menu waits for ever and nobody chooses; "
			 "taking \"%.*s\", the first of %u",
			 SPAN_ARG(text), n);
	else
		log_info("PXE: taking \"%.*s\", the first of %u in the menu, "
			 "after %u s",
			 SPAN_ARG(text), n, o->timeout);
	return o->has_prompt && o->timeout && o->timeout != PXEOPT_FOREVER ?
		       loop_for(loop, o->timeout * (ms_t)1000) :
		       0;
}

/* Notes whom to ask by unicast: the servers listed for the item, or whoever has
 * shown the menu if that leaves no way at all. */
static void list_servers(uint16_t type, uint32_t speaker)
{
	const struct pxeopt *o = &pxe.menu;
	struct span list = o->servers, group = { 0 };
	uint32_t ip;

	pxe.asked_n = 0;
	while (pxe.asked_n < ASKED &&
	       pxeopt_next_server(&list, &group, type, &ip))
		if (ip4_is_host(ip) && !was_asked(ip))
			pxe.asked[pxe.asked_n++] = ip;
	if (!pxe.asked_n && o->control & PXEOPT_NO_BROADCAST &&
	    (o->control & PXEOPT_NO_MULTICAST || !is_multicast(o->multicast)))
		pxe.asked[pxe.asked_n++] = speaker;
}

/* Follows the menu in `m`, which `speaker` has sent. */
static int follow_menu(struct loop *loop, const struct dhcpmsg *m,
		       uint32_t speaker, struct dhcpmsg *lease, bool *local)
{
	struct dhcpmsg_query *q = &pxe.sock.query;
	int rc;

	dhcpmsg_get_pxe(m, &pxe.menu);
	rc = choose_item(loop, &q->item);
	if (rc)
		return rc;
	if (q->item.type == PXEOPT_LOCAL) {
		*local = true;
		return 0;
	}
	q->has_item = true;
	list_servers(q->item.type, speaker);
	rc = ask(loop, lease);
	if (rc != -E_TIMEOUT)
		return rc;
	log_warn("no boot server answered for the item %u of the PXE menu from "
		 "%s; going on without",
		 q->item.type, IP4_SHOW(speaker));
	return 0;
}

/* Asks a server that offered no more than to be asked. */
static int ask_server(struct loop *loop, uint32_t server, struct dhcpmsg *lease)
{
	int rc;

	pxe.sock.query.has_item = false;
	pxe.asked[0] = server;
	pxe.asked_n = 1;
	rc = ask(loop, lease);
	if (rc != -E_TIMEOUT)
		return rc;
	log_warn("the PXE server %s does not answer on UDP port %u; going on "
		 "without",
		 IP4_SHOW(server), DHCPMSG_PXE_PORT);
	return 0;
}

/* Returns true if a DHCP server says that it is for PXE clients and nothing
 * more, as Microsoft's does beside WDS: PXE 2.1 has it asked like a proxy. */
static bool is_asked_for(const struct dhcpmsg *lease)
{
	return lease->is_pxe && !dhcpmsg_can_boot(lease);
}

static int run(struct loop *loop, const struct dhcpmsg *proxy,
	       struct dhcpmsg *lease, bool *local)
{
	static struct dhcpmsg menu;
	uint32_t speaker = lease->server_id;
	bool must_ask = is_asked_for(lease);
	int rc = 0;

	menu = *lease;
	if (proxy->type) {
		menu = *proxy;
		speaker = proxy->proxy;
		must_ask = !dhcpmsg_bootfile(proxy)[0] && !proxy->has_menu;
		dhcpmsg_adopt(lease, proxy, speaker);
	}
	pxe.has_answer = false;
	if (must_ask)
		rc = ask_server(loop, speaker, lease);
	if (!rc && pxe.has_answer)
		menu = pxe.answer;
	return rc || !dhcpmsg_wants_menu(&menu) ?
		       rc :
		       follow_menu(loop, &menu, speaker, lease, local);
}

int bootserver_run(struct loop *loop, const struct dhcp_who *who,
		   const struct dhcpmsg *proxy, struct dhcpmsg *lease,
		   bool *local)
{
	int rc;

	*local = false;
	if (!proxy->type && !dhcpmsg_wants_menu(lease) && !is_asked_for(lease))
		return 0;
	rc = dhcpsock_open(&pxe.sock, who, take);
	pxe.sock.query.type = DHCP_REQUEST;
	pxe.sock.query.ciaddr = lease->yiaddr;
	if (!rc)
		rc = run(loop, proxy, lease, local);
	dhcpsock_close(&pxe.sock);
	return rc;
}
