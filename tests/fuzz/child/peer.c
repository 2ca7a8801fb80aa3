/* SPDX-License-Identifier: BSD-3-Clause */
#include "peer.h"

#include <string.h>

#include "world.h"

#define KERNEL_SIZE 1700
#define SERVER_PORT 67

struct peer peer;

static const uint8_t server_mac[] = { 2, 0, 0, 0, 0, 1 };
static uint8_t frame[FRAME_MOST + 64];

void peer_start(struct span files)
{
	peer = (struct peer){ .files = files, .blksize = 1024 };
}

/* ---- sending */

/* Sends what stands in a frame of IPv4 as fragments. */
static void send_pieces(const struct peer_manner *m, const uint8_t *f, size_t n,
			size_t size)
{
	static uint8_t piece[FRAME_MOST];
	const size_t head = FRAME_ETH + FRAME_IP;
	size_t body;

	for (size_t at = 0; head + at < n; at += size) {
		body = n - head - at < size ? n - head - at : size;
		memcpy(piece, f, head);
		memcpy(piece + head, f + head + at, body);
		frame_put(piece + FRAME_ETH + 2, 2,
			  (uint32_t)(FRAME_IP + body));
		frame_put(piece + FRAME_ETH + 6, 2,
			  (uint32_t)(at / 8) |
				  (head + at + body < n ? 0x2000u : 0));
		frame_sign(piece, head + body);
		world_send((struct span){ piece, head + body }, m->checked);
	}
}

static void flip(struct span flips, uint8_t *f, size_t n)
{
	uint16_t at;
	uint8_t bits;

	while (span_get_be16(&flips, &at) && span_get_u8(&flips, &bits))
		if (at < n)
			f[at] ^= bits;
}

void peer_send(uint8_t *f, size_t n)
{
	const struct peer_manner m = peer.manner;
	const size_t most = world_link.mtu + FRAME_ETH;

	memset(&peer.manner, 0, sizeof(peer.manner));
	if (n >= FRAME_ETH + FRAME_IP && m.from)
		frame_put(f + FRAME_ETH + 12, 4, m.from);
	if (!m.unsigned_)
		frame_sign(f, n);
	if (m.flips.n) {
		flip(m.flips, f, n);
		if (!m.unsigned_)
			frame_sign(f, n);
	}
	n -= m.cut < n ? m.cut : n;
	if (m.tagged && n >= 12 && n + 4 <= FRAME_MOST) {
		memmove(f + 16, f + 12, n - 12);
		frame_put(f + 12, 4, 0x81000000);
		n += 4;
	}
	for (int i = 0; i <= m.twice; i++)
		if (n > most || m.pieces)
			send_pieces(&m, f, n,
				    m.pieces ? m.pieces * 8u :
					       (most - FRAME_ETH - FRAME_IP) /
						       8 * 8);
		else
			world_send((struct span){ f, n }, m.checked);
}

/* Sends what stands behind the headers in `frame`. */
static void send_ip(uint32_t to, uint8_t protocol, size_t n)
{
	peer_send(frame, frame_begin(frame, world_mac, server_mac,
				     WORLD_SERVER_IP, to, protocol, n));
}

void peer_send_udp(uint16_t from_port, uint16_t to_port, struct span data)
{
	uint8_t *udp = frame + FRAME_ETH + FRAME_IP;

	if (data.n > FRAME_MOST - FRAME_ETH - FRAME_IP - FRAME_UDP)
		return;
	frame_put(udp, 2, from_port);
	frame_put(udp + 2, 2, to_port);
	frame_put(udp + 4, 4, (uint32_t)(FRAME_UDP + data.n) << 16);
	if (data.n)
		memmove(udp + FRAME_UDP, data.p, data.n);
	send_ip(WORLD_CLIENT_IP, PROTOCOL_UDP, FRAME_UDP + data.n);
}

void peer_send_tcp(struct peer_tcp *t, uint8_t flags, int seq, int ack,
		   struct span options, struct span data)
{
	uint8_t *tcp = frame + FRAME_ETH + FRAME_IP;
	size_t header = FRAME_TCP + (options.n + 3) / 4 * 4;

	if (header > 60 || data.n > 9000)
		return;
	memset(tcp, 0, header);
	frame_put(tcp, 2, t->ours);
	frame_put(tcp + 2, 2, t->port);
	frame_put(tcp + 4, 4, t->seq + (uint32_t)seq);
	frame_put(tcp + 8, 4, t->ack + (uint32_t)ack);
	tcp[12] = (uint8_t)(header << 2);
	tcp[13] = flags;
	frame_put(tcp + 14, 2, 0x4000);
	if (options.n)
		memcpy(tcp + FRAME_TCP, options.p, options.n);
	if (data.n)
		memmove(tcp + header, data.p, data.n);
	if (!seq && !(flags & 4))
		t->seq += (uint32_t)data.n + (flags & 1) + (flags >> 1 & 1);
	send_ip(WORLD_CLIENT_IP, PROTOCOL_TCP, header + data.n);
}

/* ---- hearing */

static void hear_arp(const uint8_t *f)
{
	const uint32_t asked = frame_get(f + 38, 4);
	uint8_t reply[60] = { 0 };

	if (f[21] != 1 || peer.mute || asked == WORLD_CLIENT_IP)
		return;
	memcpy(reply, f + 6, 6);
	memcpy(reply + 6, server_mac, 6);
	memcpy(reply + 12, f + 12, 8);
	frame_put(reply + 20, 2, 2);
	memcpy(reply + 22, server_mac, 6);
	frame_put(reply + 28, 4, asked);
	memcpy(reply + 32, f + 22, 10);
	world_send((struct span){ reply, sizeof(reply) }, false);
}

static void hear_dhcp(uint16_t port, struct span s)
{
	if (s.n < 243)
		world_break("a query of DHCP is too short");
	memcpy(peer.dhcp, s.p, 240);
	peer.dhcp_type = s.p[242]; /* the child puts it first */
	peer.dhcp_port = port;
	peer.dhcp_asks = true;
}

static void hear_dns(uint16_t port, struct span s)
{
	peer.dns_port = port;
	peer.dns_n = s.n < sizeof(peer.dns) ? s.n : sizeof(peer.dns);
	memcpy(peer.dns, s.p, peer.dns_n);
	peer.dns_asks = true;
}

/* Returns the transfer from that port, or the one for a new one. */
static struct peer_tftp *find_tftp(uint16_t port)
{
	for (unsigned i = 0; i < PEER_FLOWS; i++)
		if (peer.tftp[i].port == port) {
			peer.tftp_last = i;
			return &peer.tftp[i];
		}
	peer.tftp_last = (peer.tftp_last + 1) % PEER_FLOWS;
	return &peer.tftp[peer.tftp_last];
}

/* Takes a request apart: a name, the mode, and pairs of option and value. */
static void hear_rrq(struct peer_tftp *t, struct span s)
{
	struct text name = TEXT(t->name);
	struct span word, value;
	uint32_t v;

	name.clip = true;
	if (!span_get_until(&s, 0, &word) || !span_get_until(&s, 0, &value))
		world_break("a request of TFTP is not whole");
	text_put(&name, word);
	t->options = s.n;
	t->block = 0;
	t->blksize = 512;
	while (s.n) {
		if (!span_get_until(&s, 0, &word) ||
		    !span_get_until(&s, 0, &value))
			world_break("an option of TFTP is not whole");
		if (span_eq(word, SPAN_LIT("blksize")) &&
		    span_get_number(&value, 65464, &v))
			t->blksize = v < peer.blksize ? v : peer.blksize;
	}
	t->asks = true;
}

static void hear_tftp(uint16_t from_port, uint16_t to_port, struct span s)
{
	struct peer_tftp *t = find_tftp(from_port);
	uint16_t opcode, block;

	if (!span_get_be16(&s, &opcode))
		world_break("a packet of TFTP is too short");
	if (opcode == 1) {
		t->port = from_port;
		t->tid = to_port == 69 ? (uint16_t)(2000 + peer.tftp_last) :
					 to_port;
		hear_rrq(t, s);
	} else if (opcode == 4) {
		if (!span_get_be16(&s, &block) || s.n)
			world_break("an acknowledgement of another length");
		t->block = block;
		t->asks = t->port == from_port;
	} else if (opcode == 5) {
		if (s.n < 3 || s.p[s.n - 1])
			world_break("an error of TFTP without its end");
	} else {
		world_break("TFTP that no client sends");
	}
}

static bool is_tftp(uint16_t port)
{
	for (unsigned i = 0; i < PEER_FLOWS; i++)
		if (peer.tftp[i].port == port)
			return true;
	return false;
}

static void hear_udp(struct span s)
{
	const uint8_t *udp = s.p + FRAME_ETH + FRAME_IP;
	const uint16_t from = (uint16_t)frame_get(udp, 2);
	const uint16_t to = (uint16_t)frame_get(udp + 2, 2);
	struct span data = { udp + FRAME_UDP,
			     s.n - FRAME_ETH - FRAME_IP - FRAME_UDP };

	memcpy(peer.udp, s.p + FRAME_ETH, FRAME_IP + FRAME_UDP);
	if (from == 68)
		hear_dhcp(to, data);
	else if (to == 53 && !is_tftp(from)) /* whose port may be 53, too */
		hear_dns(from, data);
	else
		hear_tftp(from, to, data);
}

static struct peer_tcp *find_tcp(uint16_t port)
{
	for (unsigned i = 0; i < PEER_FLOWS; i++)
		if (peer.tcp[i].port == port) {
			peer.tcp_last = i;
			return &peer.tcp[i];
		}
	return NULL;
}

static void hear_syn(const uint8_t *tcp)
{
	static const uint8_t options[] = { 2, 4, 5, 180, 4, 2, 1, 3, 3, 7 };
	const uint16_t port = (uint16_t)frame_get(tcp, 2);
	struct peer_tcp *t = find_tcp(port);

	if (!t) {
		peer.tcp_last = (peer.tcp_last + 1) % PEER_FLOWS;
		t = &peer.tcp[peer.tcp_last];
	}
	*t = (struct peer_tcp){
		.port = port,
		.ours = (uint16_t)frame_get(tcp + 2, 2),
		.seq = 0xfffffff0u,
		.ack = frame_get(tcp + 4, 4) + 1,
	};
	if (peer.refuses)
		peer_send_tcp(t, 0x14, 0, 0, (struct span){ 0 },
			      (struct span){ 0 });
	else if (!peer.mute)
		peer_send_tcp(t, 0x12, 0, 0, (struct span){ options, 10 },
			      (struct span){ 0 });
}

static void hear_tcp(struct span s)
{
	const uint8_t *tcp = s.p + FRAME_ETH + FRAME_IP;
	size_t header = (tcp[12] >> 4) * 4u;
	struct span data = { tcp + header,
			     s.n - FRAME_ETH - FRAME_IP - header };
	struct peer_tcp *t;

	if (tcp[13] & 2) {
		hear_syn(tcp);
		return;
	}
	t = find_tcp((uint16_t)frame_get(tcp, 2));
	if (!t || frame_get(tcp + 4, 4) != t->ack)
		return;
	t->ack += (uint32_t)data.n + (tcp[13] & 1);
	if (t->n + data.n >= sizeof(t->request))
		t->n = 0;
	if (data.n >= sizeof(t->request))
		return;
	memcpy(t->request + t->n, data.p, data.n);
	t->n += data.n;
	t->asks |= data.n &&
		   span_find((struct span){ (uint8_t *)t->request, t->n },
			     SPAN_LIT("\r\n\r\n")) != SIZE_MAX;
}

void peer_hear(struct span s)
{
	if (s.p[13] == 6)
		hear_arp(s.p);
	else if (s.p[FRAME_ETH + 9] == PROTOCOL_UDP)
		hear_udp(s);
	else
		hear_tcp(s);
}

/* ---- serving */

bool peer_file(struct span name, struct span *file)
{
	static uint8_t image[KERNEL_SIZE];
	struct span files = peer.files;
	const uint8_t last = name.n ? name.p[name.n - 1] : 0;
	unsigned i = 0;

	if (span_find(name, SPAN_LIT("pxelinux.cfg/")) != SIZE_MAX) {
		if (last != '6' && last != 't') /* the MAC's and default */
			return false;
	} else if (last >= '1' && last <= '9') {
		i = last - '0';
	} else {
		memset(image, 'k', sizeof(image));
		*file = (struct span){ image, last % 4 ? KERNEL_SIZE : 300 };
		return last != '0';
	}
	do
		span_get_until(&files, 0x1e, file);
	while (i--);
	return true;
}

void peer_send_dhcp(bool proxy, struct span options, size_t pads)
{
	static char packet[4096];
	struct text t = TEXT(packet);

	if (!peer.dhcp_port)
		return;
	text_put(&t, (struct span){ peer.dhcp, 240 });
	packet[0] = 2;
	frame_put((uint8_t *)packet + 16, 4, proxy ? 0 : WORLD_CLIENT_IP);
	frame_put((uint8_t *)packet + 20, 4, WORLD_SERVER_IP);
	text_put_be16(&t, 53 << 8 | 1);
	text_put_u8(&t, peer.dhcp_type == 1 ? 2 : 5);
	text_put_be16(&t, 54 << 8 | 4);
	text_put_be32(&t, WORLD_SERVER_IP + proxy);
	if (proxy) {
		text_put_be16(&t, 60 << 8 | 9);
		text_puts(&t, "PXEClient");
	} else {
		text_put_be16(&t, 1 << 8 | 4);
		text_put_be32(&t, WORLD_MASK);
		text_put_be16(&t, 3 << 8 | 4);
		text_put_be32(&t, WORLD_SERVER_IP);
		text_put_be16(&t, 6 << 8 | 4);
		text_put_be32(&t, WORLD_SERVER_IP);
	}
	text_put(&t, options);
	while (pads--)
		text_put_u8(&t, 0);
	text_put_u8(&t, 255);
	peer.dhcp_asks = false;
	if (!t.overflow)
		peer_send_udp(peer.dhcp_port == 4011 ? 4011 : SERVER_PORT, 68,
			      text_span(&t));
}

static void serve_dhcp(void)
{
	static const char file[] = "\x43\x0a"
				   "pxelinux.0";

	peer_send_dhcp(false, SPAN_LIT(file), 0);
}

static void serve_tftp(struct peer_tftp *p)
{
	static char packet[FRAME_MOST];
	struct text t = TEXT(packet);
	struct span file = { 0 }, part;

	p->asks = false;
	if (!peer_file(span_of(p->name), &file)) {
		text_put_be32(&t, 5 << 16 | 1);
		text_put(&t, SPAN_LIT("none\0"));
	} else if (p->options) {
		p->options = false;
		text_put_be16(&t, 6);
		text_printf(&t, "blksize%c%u%ctsize%c%zu%c", 0, p->blksize, 0,
			    0, file.n, 0);
	} else {
		if (!span_get(&file, (size_t)p->block * p->blksize, &part))
			return; /* that was the last one */
		span_get(&file, file.n < p->blksize ? file.n : p->blksize,
			 &part);
		text_put_be32(&t, 3 << 16 | (p->block + 1u) % 65536);
		text_put(&t, part);
	}
	peer_send_udp(p->tid, p->port, text_span(&t));
}

static void serve_http(struct peer_tcp *p)
{
	static char answer[FRAME_MOST];
	struct text t = TEXT(answer);
	struct span request = { (uint8_t *)p->request, p->n }, method, name;
	struct span file;

	p->asks = false;
	p->n = 0;
	span_get_until(&request, ' ', &method);
	span_get_until(&request, ' ', &name);
	if (peer_file(name, &file)) {
		text_printf(&t,
			    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
			    "ETag: \"1\"\r\n\r\n",
			    file.n);
		if (method.n == 3)
			text_put(&t, file);
	} else {
		text_puts(&t, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
	}
	for (struct span rest = text_span(&t), part; rest.n;) {
		span_get(&rest, rest.n < 1400 ? rest.n : 1400, &part);
		peer_send_tcp(p, 0x10, 0, 0, (struct span){ 0 }, part);
	}
}

static void serve_dns(void)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0,   1, 0, 0,
					  0,    60, 0, 4, 192, 0, 2, 1 };
	char packet[512];
	struct text t = TEXT(packet);

	peer.dns_asks = false;
	text_put(&t, (struct span){ peer.dns, peer.dns_n });
	if (peer.dns_n < 12)
		world_break("a question of DNS is too short");
	packet[2] |= (char)0x80;
	packet[7] = 1;
	text_put(&t, (struct span){ record, sizeof(record) });
	peer_send_udp(53, peer.dns_port, text_span(&t));
}

bool peer_serve(void)
{
	bool served = peer.dhcp_asks || peer.dns_asks;

	if (peer.dhcp_asks)
		serve_dhcp();
	if (peer.dns_asks)
		serve_dns();
	for (unsigned i = 0; i < PEER_FLOWS; i++) {
		served |= peer.tftp[i].asks || peer.tcp[i].asks;
		if (peer.tftp[i].asks)
			serve_tftp(&peer.tftp[i]);
		if (peer.tcp[i].asks)
			serve_http(&peer.tcp[i]);
	}
	return served;
}
