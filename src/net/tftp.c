/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/err.h"
#include "format/addr.h"
#include "format/tftppkt.h"
#include "lwip/udp.h"
#include "net/fetch.h"
#include "port/netif.h"
#include "port/sys.h"

/* The TFTP client: RFC 1350 with the options of RFC 2347 to 2349.
 *
 * Only the timer repeats what we sent, never a packet from the server: a
 * client that answers each duplicate makes duplicates for ever (RFC 1123
 * section 4.2.3.1).  The timer follows the measured round trip, since servers
 * wait whole seconds before they repeat on their own. */

/* Requests sent with options, then without, before the server counts as dead.
 * The first waits 0.5 s, each further one twice as long, up to 4 s: 11.5 s. */
#define RRQ_WITH_OPTIONS 3
#define RRQ_TRIES 5
#define RRQ_FIRST_MS 500
#define RRQ_LONGEST_MS 4000

/* Silence inside a transfer that ends it, and the bounds of the timer. */
#define SILENCE_MS 20000
#define RTO_FIRST_MS 500
#define RTO_SHORTEST_MS 50
#define RTO_LONGEST_MS 2000

/* The largest block that fits an Ethernet frame; asking for more would need
 * reassembly. */
#define BLKSIZE_MOST 1468

static struct transfer {
	struct fetch *f;      /* NULL: ended, see answer_lingering() */
	struct udp_pcb *pcb;
	ip_addr_t server;
	uint16_t tid;         /* the server's port; 0 until it is known */
	uint32_t offered;     /* block size in requests with options */
	bool plain;           /* requests have no options any more */
	uint32_t blksize;     /* agreed; 0 until the server has answered */
	uint64_t blocks;      /* received in order */
	uint64_t received;    /* bytes */
	unsigned tries;       /* requests sent so far */
	ms_t sent;            /* when the last packet went out */
	ms_t heard;           /* when the server last moved on */
	bool repeated;        /* the last packet was a repetition */
	ms_t rto;             /* ms until the next repetition */
	uint32_t srtt8, rttvar4; /* RFC 6298, scaled; 0 = no sample yet */
} transfers[FETCH_SLOTS];

static void send_packet(struct udp_pcb *pcb, struct span s,
			const ip_addr_t *to, uint16_t port)
{
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)s.n, PBUF_RAM);

	if (!p)
		return; /* lost, as on any network; the timer repeats */
	pbuf_take(p, s.p, (u16_t)s.n);
	udp_sendto(pcb, p, to, port);
	pbuf_free(p);
}

static void send_error(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
		       enum tftp_error code, const char *message)
{
	char packet[64];
	struct text t = TEXT(packet);

	tftp_put_error(&t, code, message);
	send_packet(pcb, text_span(&t), to, port);
}

static void send_ack(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
		     uint16_t block)
{
	char packet[8];
	struct text t = TEXT(packet);

	tftp_put_ack(&t, block);
	send_packet(pcb, text_span(&t), to, port);
}

static void schedule(struct transfer *x, ms_t wait, bool repeated)
{
	x->sent = clock_now();
	x->repeated = repeated;
	fetch_schedule(x->f, x->sent + wait);
}

/* Returns the port that requests go to. */
static uint16_t server_port(const struct fetch *f)
{
	return (uint16_t)(f->url->port ? f->url->port : TFTP_PORT);
}

static bool put_rrq(const struct transfer *x, struct text *t)
{
	tftp_put_rrq(t, span_of(x->f->url->path), x->plain ? 0 : x->offered);
	return !t->overflow;
}

static void send_rrq(struct transfer *x)
{
	char packet[TFTP_RRQ_MAX + 1];
	struct text t = TEXT(packet);
	ms_t wait = RRQ_FIRST_MS << x->tries;

	put_rrq(x, &t);
	x->tries++;
	send_packet(x->pcb, text_span(&t), &x->server, server_port(x->f));
	schedule(x, ms_min(wait, RRQ_LONGEST_MS), x->tries > 1);
}

/* Takes the time since our last packet into the timer; RFC 6298 section 2,
 * and Karn's rule: what follows a repetition measures nothing. */
static void sample_rtt(struct transfer *x)
{
	uint32_t rtt = (uint32_t)(clock_now() - x->sent), delta;

	if (x->repeated)
		return;
	if (!x->srtt8) {
		x->srtt8 = rtt * 8 + 1; /* not 0, which means no sample */
		x->rttvar4 = rtt * 2;
	} else {
		delta = rtt > x->srtt8 / 8 ? rtt - x->srtt8 / 8 :
			x->srtt8 / 8 - rtt;
		x->rttvar4 += delta - x->rttvar4 / 4;
		x->srtt8 += rtt - x->srtt8 / 8;
	}
	x->rto = x->srtt8 / 8 + x->rttvar4;
	if (x->rto < RTO_SHORTEST_MS)
		x->rto = RTO_SHORTEST_MS;
	if (x->rto > RTO_LONGEST_MS)
		x->rto = RTO_LONGEST_MS;
}

static void acknowledge(struct transfer *x, bool repeated)
{
	send_ack(x->pcb, &x->server, x->tid, (uint16_t)x->blocks);
	schedule(x, x->rto, repeated);
}

/* Ends the transfer; the server is told, so that it stops repeating. */
static void refuse(struct transfer *x, int rc, enum tftp_error code,
		   const char *message)
{
	send_error(x->pcb, &x->server, x->tid, code, message);
	fetch_finish(x->f, rc);
}

/* The server wants no options.  A slow one says so of each request that had
 * some, also when we have sent one without, and a network may double what it
 * says: only the last request's refusal is believed.  Returns false for that. */
static bool drop_options(struct transfer *x)
{
	if (x->tries == RRQ_TRIES || (x->plain && x->tid))
		return false;
	if (x->plain)
		return true;
	x->plain = true;
	x->tid = 0;
	x->blksize = 0;
	send_rrq(x);
	return true;
}

static void take_error(struct transfer *x, const struct tftppkt *p)
{
	bool missing = p->error == TFTP_NO_FILE ||
		       p->error == TFTP_NO_ACCESS ||
		       p->error == TFTP_UNDEFINED; /* "is a directory" */

	if (p->error == TFTP_BAD_OPTION && !x->blocks && drop_options(x))
		return;
	x->f->why->clip = true;
	text_printf(x->f->why, "TFTP error %u: %.*s", p->error,
		    SPAN_ARG(p->message));
	fetch_finish(x->f, missing && !x->blocks ? -E_NOT_FOUND :
		     -E_SERVER);
}

static void take_oack(struct transfer *x, const struct tftppkt *p)
{
	const struct sink *k = x->f->sink;

	if (x->blksize)
		return; /* a repetition: only the timer acts */
	if (p->bad_option || (p->has_blksize && p->blksize > x->offered)) {
		text_puts(x->f->why, "the server agreed to options that were "
			  "not asked for");
		refuse(x, -E_PROTOCOL, TFTP_BAD_OPTION, "not asked for");
		return;
	}
	x->blksize = p->has_blksize ? p->blksize : TFTP_BLKSIZE_DEFAULT;
	if (p->has_tsize && p->tsize > k->limit - k->n) {
		refuse(x, -E_TOO_BIG, TFTP_DISK_FULL, "too large");
		return;
	}
	if (p->has_tsize)
		fetch_learn_size(x->f, p->tsize);
	if (x->f->probe) {
		refuse(x, 0, TFTP_UNDEFINED, "only asked for the size");
		return;
	}
	sample_rtt(x);
	x->heard = clock_now();
	acknowledge(x, false);
}

/* The last block is in; all must agree with what the server announced.  atftpd
 * sends a directory as an empty file and announces the size of its entry: that
 * is left to those who want no empty files. */
static void complete(struct transfer *x)
{
	if (x->f->has_size && x->received && x->f->size != x->received) {
		text_printf(x->f->why, "the server announced %ju bytes and "
			    "sent %ju", (uintmax_t)x->f->size,
			    (uintmax_t)x->received);
		fetch_finish(x->f, -E_PROTOCOL);
		return;
	}
	fetch_finish(x->f, 0);
}

static void take_data(struct transfer *x, const struct tftppkt *p)
{
	int rc;

	if (p->block != (uint16_t)(x->blocks + 1))
		return; /* a repetition: only the timer acts */
	if (!x->blksize) /* no OACK: this server knows no options */
		x->blksize = TFTP_BLKSIZE_DEFAULT;
	if (p->data.n > x->blksize) {
		text_printf(x->f->why, "the server sent a block of %zu bytes "
			    "where %u were agreed", p->data.n, x->blksize);
		refuse(x, -E_PROTOCOL, TFTP_ILLEGAL, "block too large");
		return;
	}
	if (x->f->probe) {
		x->f->has_size = p->data.n < x->blksize;
		x->f->size = p->data.n;
		refuse(x, 0, TFTP_UNDEFINED, "only asked for the size");
		return;
	}
	rc = sink_put(x->f->sink, p->data);
	if (rc) {
		refuse(x, rc, TFTP_DISK_FULL, "cannot be stored");
		return;
	}
	sample_rtt(x);
	x->heard = clock_now();
	x->blocks++;
	x->received += p->data.n;
	acknowledge(x, false);
	if (p->data.n < x->blksize)
		complete(x);
}

/* Returns true if the packet may be the first of the server's new port. */
static bool opens_transfer(const struct tftppkt *p)
{
	return p->opcode == TFTP_OACK ||
	       (p->opcode == TFTP_DATA && p->block == 1);
}

static void take_packet(struct transfer *x, const struct tftppkt *p,
			uint16_t port)
{
	x->f->answered = true;
	if (!x->tid && opens_transfer(p))
		x->tid = port;
	if (p->opcode == TFTP_ERROR)
		take_error(x, p);
	else if (x->tid && p->opcode == TFTP_OACK)
		take_oack(x, p);
	else if (x->tid)
		take_data(x, p);
}

static void receive(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		    const ip_addr_t *from, u16_t port)
{
	struct span s = { p->payload, p->len };
	struct transfer *x = arg;
	struct tftppkt packet;

	if (tftp_get(s, &packet) && !x->f->done) {
		if (ip_addr_eq(from, &x->server) && (!x->tid || port == x->tid))
			take_packet(x, &packet, port);
		else if (packet.opcode != TFTP_ERROR)
			send_error(pcb, from, port, TFTP_UNKNOWN_TID,
				   "unknown transfer");
	}
	pbuf_free(p);
}

/* The last ACK of an ended transfer may have been lost: the server then repeats
 * the last block, and is answered until the slot is needed again. */
static void answer_lingering(void *arg, struct udp_pcb *pcb, struct pbuf *p,
			     const ip_addr_t *from, u16_t port)
{
	struct span s = { p->payload, p->len };
	const struct transfer *x = arg;
	struct tftppkt packet;

	if (ip_addr_eq(from, &x->server) && port == x->tid &&
	    tftp_get(s, &packet) && packet.opcode == TFTP_DATA &&
	    packet.block == (uint16_t)x->blocks)
		send_ack(pcb, from, port, packet.block);
	pbuf_free(p);
}

/* Binds to a port that nobody can guess (RFC 1350 section 4). */
static bool bind_somewhere(struct udp_pcb *pcb)
{
	for (int i = 0; i < 16; i++)
		if (udp_bind(pcb, IP4_ADDR_ANY, (u16_t)(0xc000 |
				(sys_random() & 0x3fff))) == ERR_OK)
			return true;
	return false;
}

static int tftp_start(struct fetch *f)
{
	struct transfer *x = &transfers[f->slot];
	char packet[TFTP_RRQ_MAX + 1];
	struct text t = TEXT(packet);

	if (x->pcb)
		udp_remove(x->pcb);
	*x = (struct transfer){
		.f = f, .pcb = udp_new(), .rto = RTO_FIRST_MS,
		.offered = f->mtu - TFTP_OVERHEAD < BLKSIZE_MOST ?
			   f->mtu - TFTP_OVERHEAD : BLKSIZE_MOST,
	};
	if (!x->pcb || !bind_somewhere(x->pcb))
		return -E_INTERNAL;
	if (!put_rrq(x, &t)) {
		text_puts(f->why, "the name is too long for TFTP");
		return -E_UNSUPPORTED;
	}
	ip_addr_set_ip4_u32_val(x->server, PP_HTONL(f->server));
	udp_recv(x->pcb, receive, x);
	x->heard = clock_now();
	send_rrq(x);
	return 0;
}

static void give_up(struct transfer *x)
{
	uint16_t port = server_port(x->f);
	bool listens;

	if (!netif_refused(x->f->server, port, x->pcb->local_port, &listens))
		text_printf(x->f->why, "no answer to %u TFTP requests",
			    RRQ_TRIES);
	else if (listens)
		text_printf(x->f->why, "%s cannot be reached, says a router",
			    IP4_SHOW(x->f->server));
	else
		text_printf(x->f->why, "nothing listens on UDP port %u of %s",
			    port, IP4_SHOW(x->f->server));
	fetch_finish(x->f, -E_NO_ANSWER);
}

static void tftp_tick(struct fetch *f)
{
	struct transfer *x = &transfers[f->slot];

	if (!x->tid && x->tries == RRQ_TRIES) {
		give_up(x);
	} else if (!x->tid) {
		x->plain |= x->tries >= RRQ_WITH_OPTIONS;
		send_rrq(x);
	} else if (clock_now() - x->heard >= SILENCE_MS) {
		text_printf(f->why, "the server fell silent after %ju bytes",
			    (uintmax_t)x->received);
		fetch_finish(f, -E_NO_ANSWER);
	} else {
		x->rto = ms_min(x->rto * 2, RTO_LONGEST_MS);
		acknowledge(x, true);
	}
}

static void tftp_stop(struct fetch *f)
{
	struct transfer *x = &transfers[f->slot];

	if (!x->pcb)
		return;
	if (f->done && !f->rc && !f->probe) {
		udp_recv(x->pcb, answer_lingering, x);
		return;
	}
	if (!f->done && x->tid)
		send_error(x->pcb, &x->server, x->tid, TFTP_UNDEFINED,
			   "not needed any more");
	udp_remove(x->pcb);
	x->pcb = NULL;
}

const struct scheme scheme_tftp = {
	.name = "tftp",
	.start = tftp_start,
	.tick = tftp_tick,
	.stop = tftp_stop,
};
