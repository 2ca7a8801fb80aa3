/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/httpconn.h"

#include "base/log.h"
#include "format/addr.h"
#include "lwip/tcp.h"
#include "net/fetch.h"
#include "port/sys.h"

static struct httpconn {
	struct tcp_pcb *pcb; /* NULL: there is none */
	struct http *x;      /* NULL: it waits for one */
	uint32_t server;     /* host order */
	uint16_t port;
} connections[FETCH_SLOTS];

/* Forgets a connection, with what lwIP knows of us; returns lwIP's. */
static struct tcp_pcb *detach(struct httpconn *c)
{
	struct tcp_pcb *pcb = c->pcb;

	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_err(pcb, NULL);
	*c = (struct httpconn){ .pcb = NULL };
	return pcb;
}

void httpconn_keep(struct httpconn *c)
{
	c->x = NULL;
}

void httpconn_close(struct httpconn *c)
{
	tcp_close(detach(c));
}

void httpconn_abort(struct httpconn *c)
{
	tcp_abort(detach(c));
}

void httpconn_leave(void)
{
	for (size_t i = 0; i < FETCH_SLOTS; i++)
		if (connections[i].pcb)
			httpconn_abort(&connections[i]);
}

static err_t receive(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t e)
{
	struct httpconn *c = arg;
	struct http *x = c->x;

	(void)e;
	if (!p) {
		httpconn_close(c);
		if (x)
			http_lost(x, HTTPCONN_CLOSED);
		return ERR_OK;
	}
	for (struct pbuf *q = p; x && q; q = q->next)
		http_receive(x, (struct span){ q->payload, q->len });
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	if (!x) /* nobody asked for that */
		httpconn_close(c);
	return ERR_OK;
}

/* lwIP has no such connection any more. */
static void forget(void *arg, err_t e)
{
	struct httpconn *c = arg;
	struct http *x = c->x;

	*c = (struct httpconn){ .pcb = NULL };
	if (x)
		http_lost(x, e == ERR_RST ? HTTPCONN_RESET : HTTPCONN_SILENT);
}

static err_t connected(void *arg, struct tcp_pcb *pcb, err_t e)
{
	struct httpconn *c = arg;

	(void)pcb, (void)e;
	http_connected(c->x);
	return ERR_OK;
}

/* Binds to a port that nobody can guess. */
static bool bind_somewhere(struct tcp_pcb *pcb)
{
	for (int i = 0; i < SYS_PORT_TRIES; i++)
		if (tcp_bind(pcb, IP4_ADDR_ANY, sys_random_port()) == ERR_OK)
			return true;
	return false;
}

static bool connect(struct httpconn *c)
{
	ip_addr_t server;

	c->pcb = tcp_new();
	if (!c->pcb) {
		c->x = NULL;
		return false;
	}
	tcp_arg(c->pcb, c);
	tcp_recv(c->pcb, receive);
	tcp_err(c->pcb, forget);
	ip_addr_set_ip4_u32_val(server, PP_HTONL(c->server));
	if (bind_somewhere(c->pcb) &&
	    tcp_connect(c->pcb, &server, c->port, connected) == ERR_OK)
		return true;
	httpconn_close(c);
	return false;
}

struct httpconn *httpconn_take(struct http *x, uint32_t server, uint16_t port,
			       bool fresh, bool *reused)
{
	struct httpconn *found = NULL, *c;

	*reused = false;
	for (size_t i = 0; i < FETCH_SLOTS && !*reused; i++) {
		c = &connections[i];
		if (c->x)
			continue;
		*reused = c->pcb && !fresh && c->server == server &&
			  c->port == port;
		if (*reused || !found || !c->pcb)
			found = c;
	}
	if (!found)
		return NULL;
	if (found->pcb && !*reused)
		httpconn_close(found);
	found->x = x;
	found->server = server;
	found->port = port;
	return *reused || connect(found) ? found : NULL;
}

bool httpconn_send(struct httpconn *c, struct span s)
{
	struct span rest = s, line = { 0 };

	span_get_until(&rest, '\r', &line);
	log_detail(2, "HTTP: asking %s, TCP port %u: %.*s", IP4_SHOW(c->server),
		   c->port, SPAN_ARG(line));
	if (tcp_write(c->pcb, s.p, (u16_t)s.n, TCP_WRITE_FLAG_COPY) != ERR_OK)
		return false;
	tcp_output(c->pcb);
	return true;
}
