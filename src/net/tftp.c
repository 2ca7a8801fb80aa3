/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/err.h"
#include "base/log.h"
#include "net/fetch.h"
#include "net/rto.h"
#include "net/tftpask.h"
#include "net/tftpsock.h"

/* The TFTP client: RFC 1350 with the options of RFC 2347 to 2349 and 7440.
 *
 * Only the timer repeats what we sent, never a packet from the server: a
 * client that answers each duplicate makes duplicates for ever (RFC 1123
 * section 4.2.3.1).  The timer follows the measured round trip, since servers
 * wait whole seconds before they repeat on their own. */

/* Silence that ends a transfer, or a request; inside a transfer it is asked for
 * once more, from the start, half way through.  Blocks of many fragments, of
 * which something on the way may drop some every time, have less patience. */
#define SILENCE_MS 10000
#define SILENCE_AGAIN_MS 5000
#define REPEATS_BIG 3
#define BLOCKS_BIG 8 /* that should come for each time that one does not */

/* Requests wait at least 0.25 s for their answer, since a server may have to
 * look for the file, each twice as long as the one before, up to 2 s. */
#define RRQ_SHORTEST_MS 250
#define RRQ_LONGEST_MS 2000

static struct transfer {
	struct fetch *f; /* of an ended one, nobody's */
	struct udp_pcb *pcb;
	ip_addr_t server;
	uint16_t tid;            /* the server's port; 0 until it is known */
	enum tftp_asking asking; /* in the next request */
	enum tftp_asking asked;  /* in the first from this port */
	unsigned tries;          /* requests sent from this port */
	bool again;              /* this is the second attempt */

	uint32_t blksize; /* agreed; 0 until the server has answered */
	uint32_t window;
	uint64_t blocks; /* received in order */
	uint64_t acked;  /* of these */
	bool gap;        /* the block that is missing was asked for */
	unsigned stalls; /* how often one was missing */
	bool begun;      /* the server has answered, once at least */
	uint64_t lost;   /* bytes of an attempt before this one */

	ms_t sent;        /* when the last packet went out */
	ms_t heard;       /* when the server last moved on */
	unsigned repeats; /* since */
	struct rto rto;
} transfers[FETCH_SLOTS];

/* What has been learned of this network: the most that may be asked for, the
 * last server that answered, and how soon it does. */
static enum tftp_asking best = LWPXE_BIG_BLOCKS ? ASK_BIG : ASK_JUMBO;
static uint32_t alive;
static struct rto usual;

static void schedule(struct transfer *x, ms_t wait)
{
	x->sent = clock_now();
	fetch_schedule(x->f, x->sent + wait);
}

/* Returns the port that requests go to. */
static uint16_t server_port(const struct fetch *f)
{
	return (uint16_t)(f->url->port ? f->url->port : TFTP_PORT);
}

static bool put_rrq(const struct transfer *x, struct text *t)
{
	return tftpask_put(t, x->asking, x->f->mtu, span_of(x->f->url->path));
}

static void send_rrq(struct transfer *x)
{
	char packet[TFTP_RRQ_MAX + 1];
	struct text t = TEXT(packet);
	ms_t wait;

	if (!put_rrq(x, &t)) {
		x->asking = ASK_NOTHING;
		put_rrq(x, &t);
	}
	tftp_send(x->pcb, &x->server, server_port(x->f), text_span(&t));
	wait = ms_max(rto_wait(&x->rto), RRQ_SHORTEST_MS);
	wait = ms_min(wait << x->tries, RRQ_LONGEST_MS);
	schedule(x, ms_min(wait, x->heard + SILENCE_MS - clock_now()));
	x->repeats = x->tries++;
}

/* Acknowledges all that has come in order; the server goes on behind it. */
static void acknowledge(struct transfer *x)
{
	tftp_send_ack(x->pcb, &x->server, x->tid, (uint16_t)x->blocks);
	x->acked = x->blocks;
	schedule(x, rto_wait(&x->rto));
}

/* The server has moved on; with the first of a window it answers our last
 * packet. */
static void note_progress(struct transfer *x)
{
	x->heard = clock_now();
	if (x->blocks != x->acked)
		return;
	if (!x->repeats) {
		rto_sample(&x->rto, x->heard - x->sent);
		usual = x->rto;
	}
	x->repeats = 0;
}

/* Ends the transfer; the server is told, so that it stops repeating. */
static void refuse(struct transfer *x, int rc, enum tftp_error code,
		   const char *message)
{
	tftp_send_error(x->pcb, &x->server, x->tid, code, message);
	fetch_finish(x->f, rc);
}

static void receive(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		    const ip_addr_t *from, u16_t port);

/* Starts over, asking for `asking` from another port: what the server still
 * sends to the one before does not matter any more.  Returns false if there is
 * none. */
static bool begin(struct transfer *x, enum tftp_asking asking)
{
	if (x->pcb)
		udp_remove(x->pcb);
	x->pcb = tftp_open(receive, x);
	if (!x->pcb) {
		text_puts(x->f->why, "no UDP port is to be had");
		return false;
	}
	sink_rewind(x->f->sink);
	x->asking = x->asked = asking;
	x->tid = 0;
	x->tries = 0;
	x->blksize = 0;
	x->window = 1;
	x->blocks = x->acked = 0;
	x->gap = false;
	x->stalls = 0;
	x->rto = alive == x->f->server ? usual : (struct rto){ 0 };
	send_rrq(x);
	return true;
}

/* Starts over in the middle. */
static void restart(struct transfer *x, enum tftp_asking asking)
{
	if (x->f->sink->n)
		x->lost = x->f->sink->n;
	if (x->tid)
		tftp_send_error(x->pcb, &x->server, x->tid, TFTP_UNDEFINED,
				"asking again");
	if (!begin(x, asking))
		fetch_finish(x->f, -E_INTERNAL);
}

/* Starts over with less, which all later transfers ask for at once. */
static void settle_for(struct transfer *x, enum tftp_asking asking)
{
	best = asking;
	restart(x, asking);
}

/* The server wants no options, or none of these.  One that is slow says so of
 * each request that had some, also when one without has been sent.  Returns
 * false if it means that one. */
static bool drop_options(struct transfer *x)
{
	const uint32_t mtu = x->f->mtu;
	bool is_much = tftpask_blksize(x->asked, mtu) >
		       tftpask_blksize(ASK_ORDINARY, mtu);

	if (x->asking == ASK_NOTHING)
		return x->asked != ASK_NOTHING &&
		       x->tries <= TFTPASK_WITH_OPTIONS + 1;
	x->heard = clock_now();
	if (is_much)
		settle_for(x, ASK_ORDINARY);
	else
		restart(x, ASK_NOTHING);
	return true;
}

static void take_error(struct transfer *x, const struct tftppkt *p)
{
	bool missing = p->error == TFTP_NO_FILE || p->error == TFTP_NO_ACCESS ||
		       p->error == TFTP_UNDEFINED; /* "is a directory" */

	if (p->error == TFTP_BAD_OPTION && !x->blocks && drop_options(x))
		return;
	x->f->why->clip = true;
	text_printf(x->f->why, "TFTP error %u: %.*s", p->error,
		    SPAN_ARG(p->message));
	fetch_finish(x->f, missing && !x->blocks ? -E_NOT_FOUND : -E_SERVER);
}

/* Returns true if a larger window is to be had: few blocks to an ACK are meant
 * for big ones, and this server knows windows but no big blocks. */
static bool wants_window(const struct transfer *x)
{
	return x->asked == ASK_BIG && x->window == WINDOW_BIG &&
	       x->blksize <= tftpask_blksize(ASK_JUMBO, x->f->mtu) &&
	       x->f->size > (uint64_t)x->blksize * WINDOW_BIG;
}

static void take_oack(struct transfer *x, const struct tftppkt *p)
{
	if (x->blksize)
		return; /* a repetition: only the timer acts */
	if (!tftpask_is_met(x->asked, x->f->mtu, p)) {
		text_puts(x->f->why, "the server agreed to options that were "
				     "not asked for");
		refuse(x, -E_PROTOCOL, TFTP_BAD_OPTION, "not asked for");
		return;
	}
	x->blksize = p->has_blksize ? p->blksize : TFTP_BLKSIZE_DEFAULT;
	x->window = p->has_windowsize ? p->windowsize : 1;
	log_detail(2, "TFTP: blocks of %u bytes, %u to an acknowledgement",
		   x->blksize, x->window);
	if (p->has_tsize && fetch_learn_size(x->f, p->tsize)) {
		refuse(x, -E_TOO_BIG, TFTP_DISK_FULL, "too large");
		return;
	}
	note_progress(x);
	if (x->f->probe)
		refuse(x, 0, TFTP_UNDEFINED, "only asked for the size");
	else if (wants_window(x))
		settle_for(x, ASK_JUMBO);
	else
		acknowledge(x);
}

/* The last block is in; all must agree with what the server announced.  atftpd
 * sends a directory as an empty file and announces the size of its entry: that
 * is left to those who want no empty files. */
static void complete(struct transfer *x)
{
	const uint64_t n = x->f->sink->n;

	if (x->f->has_size && n && x->f->size != n) {
		text_printf(x->f->why,
			    "the server announced %ju bytes and sent %ju",
			    (uintmax_t)x->f->size, (uintmax_t)n);
		fetch_finish(x->f, -E_PROTOCOL);
		return;
	}
	fetch_finish(x->f, 0);
}

/* Stores the next block, of `n` bytes: what is in *p, and behind `first`. */
static int store(struct transfer *x, const struct tftppkt *p,
		 const struct pbuf *first)
{
	int rc = fetch_put(x->f, p->data);

	for (const struct pbuf *q = first->next; q && !rc; q = q->next)
		rc = fetch_put(x->f, (struct span){ q->payload, q->len });
	return rc;
}

/* Asks once for the block that is missing before one that came; the server
 * goes back to it (RFC 7440 section 4). */
static void note_gap(struct transfer *x, uint16_t ahead)
{
	if (x->gap || ahead < 2 || ahead > x->window)
		return; /* a repetition, most likely: only the timer acts */
	x->gap = true;
	x->stalls++;
	acknowledge(x);
	x->repeats = 1;
}

static void take_data(struct transfer *x, const struct tftppkt *p,
		      const struct pbuf *packet)
{
	const uint16_t ahead = (uint16_t)(p->block - x->blocks);
	const size_t n = p->data.n + packet->tot_len - packet->len;
	int rc;

	if (ahead != 1) {
		note_gap(x, ahead);
		return;
	}
	if (!x->blksize) /* no OACK: this server knows no options */
		x->blksize = TFTP_BLKSIZE_DEFAULT;
	if (n > x->blksize) {
		text_printf(x->f->why,
			    "the server sent a block of %zu bytes "
			    "where %u were agreed",
			    n, x->blksize);
		refuse(x, -E_PROTOCOL, TFTP_ILLEGAL, "block too large");
		return;
	}
	if (x->f->probe) {
		x->f->has_size = n < x->blksize;
		x->f->size = n;
		refuse(x, 0, TFTP_UNDEFINED, "only asked for the size");
		return;
	}
	note_progress(x);
	x->blocks++;
	x->gap = false;
	/* The server prepares the next block while this one is stored. */
	if (n < x->blksize || x->blocks - x->acked >= x->window)
		acknowledge(x);
	else
		fetch_schedule(x->f, x->heard + rto_wait(&x->rto));
	rc = store(x, p, packet);
	if (rc)
		refuse(x, rc, TFTP_DISK_FULL, "cannot be stored");
	else if (n < x->blksize)
		complete(x);
}

/* Returns true if the packet may be the first of the server's new port. */
static bool opens_transfer(const struct tftppkt *p)
{
	return p->opcode == TFTP_OACK ||
	       (p->opcode == TFTP_DATA && p->block == 1);
}

static void take_packet(struct transfer *x, const struct tftppkt *p,
			const struct pbuf *packet, uint16_t port)
{
	x->f->answered = true;
	alive = x->f->server;
	if (!x->tid && opens_transfer(p)) {
		x->tid = port;
		x->begun = true;
	}
	if (p->opcode == TFTP_ERROR)
		take_error(x, p);
	else if (x->tid && p->opcode == TFTP_OACK)
		take_oack(x, p);
	else if (x->tid)
		take_data(x, p, packet);
}

static void receive(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		    const ip_addr_t *from, u16_t port)
{
	struct span s = { p->payload, p->len };
	struct transfer *x = arg;
	struct tftppkt packet;

	if (tftp_get(s, &packet) && !x->f->done) {
		if (ip_addr_eq(from, &x->server) && (!x->tid || port == x->tid))
			take_packet(x, &packet, p, port);
		else if (packet.opcode != TFTP_ERROR)
			tftp_send_error(pcb, from, port, TFTP_UNKNOWN_TID,
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
		tftp_send_ack(pcb, from, port, packet.block);
	pbuf_free(p);
}

static int tftp_start(struct fetch *f)
{
	struct transfer *x = &transfers[f->slot];
	char packet[TFTP_RRQ_MAX + 1];
	struct text t = TEXT(packet);

	/* Of the transfer before, its port may linger. */
	*x = (struct transfer){ .f = f, .pcb = x->pcb, .asking = ASK_NOTHING };
	x->heard = clock_now();
	if (!put_rrq(x, &t)) {
		text_puts(f->why, "the name is too long for TFTP");
		return -E_UNSUPPORTED;
	}
	ip_addr_set_ip4_u32_val(x->server, PP_HTONL(f->server));
	return begin(x, f->probe ? ASK_ORDINARY : best) ? 0 : -E_INTERNAL;
}

/* Returns true if word came that the server cannot be reached. */
static bool is_refused(const struct transfer *x, struct icmp_refusal *r)
{
	return tftp_refused(x->pcb, x->f->server,
			    x->tid ? x->tid : server_port(x->f), r);
}

static bool is_closed(const struct transfer *x)
{
	struct icmp_refusal r;

	return is_refused(x, &r) && r.code == ICMP_PORT_UNREACHABLE;
}

static void give_up(struct transfer *x)
{
	const uint64_t got = x->f->sink->n ? x->f->sink->n : x->lost;
	struct icmp_refusal refusal;

	if (x->begun)
		text_printf(x->f->why, "the server fell silent after %ju bytes",
			    (uintmax_t)got);
	else if (is_refused(x, &refusal))
		icmp_explain(x->f->why, &refusal);
	else
		text_printf(x->f->why, "no answer to %u TFTP requests",
			    x->tries);
	fetch_finish(x->f, -E_NO_ANSWER);
}

/* Where nothing listens there is no use in waiting, unless it did a moment ago
 * and is being restarted. */
static void ask_again(struct transfer *x)
{
	if (clock_now() >= x->heard + SILENCE_MS ||
	    (is_closed(x) && alive != x->f->server)) {
		give_up(x);
		return;
	}
	x->asking = tftpask_after(x->asking, x->tries);
	send_rrq(x);
}

/* Returns true if blocks of several fragments seem not to arrive here. */
static bool loses_big_blocks(const struct transfer *x)
{
	return x->blksize > tftpask_blksize(ASK_ORDINARY, x->f->mtu) &&
	       x->repeats >= REPEATS_BIG &&
	       x->blocks < (uint64_t)BLOCKS_BIG * x->stalls;
}

static void ask_once_more(struct transfer *x)
{
	x->again = true;
	log_info("%s: the server fell silent after %ju bytes; asking once more",
		 x->f->url->path, (uintmax_t)x->f->sink->n);
	restart(x, best);
}

static void tftp_tick(struct fetch *f)
{
	struct transfer *x = &transfers[f->slot];
	const ms_t silence = clock_now() - x->heard;

	if (!x->tid) {
		ask_again(x);
	} else if (!x->again && is_closed(x)) {
		ask_once_more(x);
	} else if (loses_big_blocks(x)) {
		settle_for(x, ASK_ORDINARY);
	} else if (!x->again && silence >= SILENCE_AGAIN_MS) {
		ask_once_more(x);
	} else if (silence >= SILENCE_MS) {
		give_up(x);
	} else {
		rto_back_off(&x->rto);
		acknowledge(x);
		x->stalls += !x->repeats++;
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
		tftp_send_error(x->pcb, &x->server, x->tid, TFTP_UNDEFINED,
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
