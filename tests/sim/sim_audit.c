/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_audit.h"

#include <string.h>

#include "sim_seen.h"

#define FLOWS 512
#define STREAM 40000 /* bytes that a client says on a connection at most */
#define MSS_UNTOLD 536

/* One connection of the client's; numbers count from behind each SYN. */
struct flow {
	uint32_t server;
	uint16_t server_port, port;
	uint32_t isn, sent, ended; /* ended: at that number, if it has */
	bool has_ended, reset;
	bool open; /* it has our word beyond SYN */
	uint8_t stream[STREAM];
	bool known[STREAM]; /* what it has; see check_data() */
	bool answered;      /* by the server's SYN */
	uint32_t server_isn, server_sent;
	uint32_t allowed; /* the largest number the server takes */
	uint16_t mss;
	uint8_t scale;
	uint32_t acked, edge; /* what the client has and takes */
};

static struct flow flow[FLOWS];
static unsigned flows;

/* Returns the last connection between these, or NULL. */
static struct flow *find(uint32_t server, uint16_t server_port, uint16_t port)
{
	for (unsigned i = flows; i > 0; i--)
		if (flow[i - 1].server == server && flow[i - 1].port == port &&
		    flow[i - 1].server_port == server_port)
			return &flow[i - 1];
	return NULL;
}

static void note_numbers(const struct segment *s)
{
	struct sim_numbers *n = &sim_out->numbers;

	if (n->connections == SIM_NUMBERS)
		return;
	n->isn[n->connections] = s->seq;
	n->tcp_port[n->connections++] = s->from_port;
}

static void open_flow(const struct segment *s)
{
	const struct flow *before = find(s->ip.to, s->to_port, s->from_port);

	if (before && !before->open && before->isn == s->seq)
		return; /* a repetition */
	if (before && before->isn == s->seq)
		sim_break("two connections begin with the same number");
	if (s->data.n || s->flags & (SEGMENT_ACK | SEGMENT_FIN | SEGMENT_RST))
		sim_break("it sent a SYN with flags or data");
	if (!s->mss || s->mss > sim->mtu - 40 || s->scale > 14)
		sim_break("it sent a SYN with an MSS of %u and a scale of %u",
			  s->mss, s->scale);
	if (flows == FLOWS)
		sim_break("the simulation has too many connections");
	flow[flows++] = (struct flow){
		.server = s->ip.to,
		.server_port = s->to_port,
		.port = s->from_port,
		.isn = s->seq,
		.scale = s->scales ? s->scale : 0,
	};
	note_numbers(s);
}

/* What the client says stays the same, however often it says it.  What waited
 * for an answer of ARP in vain was said, and never seen here. */
static void check_data(struct flow *f, const struct segment *s)
{
	const uint32_t at = s->seq - f->isn - 1;
	const uint32_t end = at + (uint32_t)s->data.n;
	const bool probes = s->data.n == 1;

	if (!s->data.n && !(s->flags & SEGMENT_FIN) && at <= STREAM)
		return;
	if (at > STREAM || end > STREAM)
		sim_break("it sent byte %u where byte %u is next", at, f->sent);
	if (s->data.n > f->mss || s->data.n > sim->mtu - 40)
		sim_break("it sent a segment of %zu bytes for an MSS of %u",
			  s->data.n, f->mss);
	if (end > f->allowed + probes)
		sim_break("it sent bytes up to %u, and the server's window "
			  "ends at %u",
			  end, f->allowed);
	if (f->has_ended &&
	    (end > f->ended || (s->flags & SEGMENT_FIN && end != f->ended)))
		sim_break("it sent bytes behind its FIN");
	for (uint32_t i = at; i < end; i++) {
		if (f->known[i] && f->stream[i] != s->data.p[i - at])
			sim_break("it sent byte %u twice, and as another", i);
		f->stream[i] = s->data.p[i - at];
		f->known[i] = true;
	}
	if (end > f->sent)
		f->sent = end;
	if (s->flags & SEGMENT_FIN) {
		f->has_ended = true;
		f->ended = end;
	}
}

static void check_ack(struct flow *f, const struct segment *s)
{
	const uint32_t acked = s->ack - f->server_isn - 1;
	const uint32_t edge = acked + ((uint32_t)s->window << f->scale);

	if (acked > f->server_sent)
		sim_break("it acknowledges byte %u of %u that were sent", acked,
			  f->server_sent);
	if (acked < f->acked)
		sim_break("it takes back its acknowledgement of byte %u",
			  f->acked);
	/* A window that is scaled can only be told in steps. */
	if (edge + (1u << f->scale) <= f->edge)
		sim_break("it takes back its window of up to %u, to %u",
			  f->edge, edge);
	f->acked = acked;
	f->edge = edge;
}

/* What sent it is right to the last bit, and it is the client's. */
static void check_frame(struct span frame, struct segment *s)
{
	if (!segment_get(frame, s))
		sim_break("it sent a segment with a bad checksum or size");
	if (memcmp(&s->ip.from_mac, &seen_client_mac, 6) ||
	    s->ip.from != SIM_CLIENT_IP || s->ip.to_mac.b[0] & 1)
		sim_break("it sent a segment from or to another address");
}

void audit_client(struct span frame)
{
	struct segment s;
	struct flow *f;

	check_frame(frame, &s);
	if (s.flags & SEGMENT_SYN) {
		open_flow(&s);
		return;
	}
	f = find(s.ip.to, s.to_port, s.from_port);
	if (s.flags & SEGMENT_RST) { /* to anybody about anything */
		if (f && f->open)
			f->reset = true;
		return;
	}
	if (!f || !f->answered || f->reset)
		sim_break("it sent a segment on no connection");
	if (!(s.flags & SEGMENT_ACK))
		sim_break("it sent a segment without ACK");
	f->open = true;
	check_ack(f, &s);
	check_data(f, &s);
}

void audit_server(const struct segment *s)
{
	struct flow *f = find(s->ip.from, s->from_port, s->to_port);
	uint32_t end, allowed;

	if (!f || s->flags & SEGMENT_RST)
		return;
	if (f->answered && s->flags & SEGMENT_SYN && s->seq != f->server_isn)
		return; /* for an old SYN */
	if (!f->answered && s->flags & SEGMENT_SYN && f->isn + 1 == s->ack) {
		f->answered = true;
		f->server_isn = s->seq;
		f->mss = s->mss ? s->mss : MSS_UNTOLD;
		f->scale = s->scales ? f->scale : 0;
		f->edge = f->acked = f->server_sent = 0;
	}
	end = s->seq - f->server_isn + segment_length(s) - 1;
	if ((int32_t)(end - f->server_sent) > 0)
		f->server_sent = end;
	allowed = s->ack - f->isn - 1 + s->window;
	if (allowed > f->allowed)
		f->allowed = allowed;
}
