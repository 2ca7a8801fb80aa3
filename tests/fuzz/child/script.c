/* SPDX-License-Identifier: BSD-3-Clause */
#include "script.h"

#include <string.h>

#include "world.h"

/* What the child may be about to do. */
enum event { NOTHING, ASKS_HTTP, ASKS_FILE, ASKS_DNS, ASKS_KEYS, EVENTS };

static struct span script;
static unsigned good_turns; /* in which all is served... */
static enum event until;    /* ...until that, if it is something */

void script_start(struct span s)
{
	script = s;
	good_turns = 0;
	until = NOTHING;
}

static uint8_t byte(void)
{
	uint8_t b = 0;

	span_get_u8(&script, &b);
	return b;
}

struct span script_part(void)
{
	size_t n = byte();
	struct span part;

	span_get(&script, n < script.n ? n : script.n, &part);
	return part;
}

/* ---- what may happen */

static void do_pass(void)
{
	/* The child's wait goes on to its end. */
}

static void do_pass_ms(void)
{
	world_pass((ms_t)byte() * 16);
}

static void do_serve(void)
{
	peer_serve();
}

static void do_serve_long(void)
{
	good_turns = byte();
}

/* Serves up to what is seldom, but not for ever. */
static void do_serve_until(void)
{
	good_turns = 200;
	until = byte() % EVENTS;
}

static void do_dhcp(void)
{
	const size_t pads = byte() * 8u;

	peer_send_dhcp(false, script_part(), pads);
}

static void do_proxy(void)
{
	peer_send_dhcp(true, script_part(), 0);
}

/* Something in place of the type that a good answer has. */
static void do_dhcp_type(void)
{
	peer.dhcp_type = byte();
	peer_send_dhcp(false, script_part(), 0);
}

static struct peer_tftp *transfer(uint8_t which)
{
	return &peer.tftp[(peer.tftp_last + which) % PEER_FLOWS];
}

/* Sends a packet of TFTP whose first 4 bytes are in `head`, or 2. */
static void send_tftp(const struct peer_tftp *t, uint32_t head, size_t head_n,
		      struct span data)
{
	static char packet[1 << 16];
	struct text p = TEXT(packet);

	if (head_n == 2)
		text_put_be16(&p, (uint16_t)head);
	else
		text_put_be32(&p, head);
	text_put(&p, data);
	peer_send_udp(t->tid, t->port, text_span(&p));
}

static void do_oack(void)
{
	struct peer_tftp *t = transfer(byte());

	t->options = t->asks = false;
	send_tftp(t, 6, 2, script_part());
}

/* A block near the one that is due, of the script's bytes or of any length. */
static void do_data(void)
{
	static uint8_t block[1 << 16];
	struct peer_tftp *t = transfer(byte());
	const int8_t ahead = (int8_t)byte();
	struct span data = script_part();
	size_t n = (size_t)byte() * 256 + data.n;

	n = n < 65464 ? n : 65464;
	if (data.n)
		memcpy(block, data.p, data.n);
	send_tftp(t, 3u << 16 | (uint16_t)(t->block + 1 + ahead), 4,
		  (struct span){ block, n });
}

static void do_error(void)
{
	struct peer_tftp *t = transfer(byte());
	const uint8_t code = byte();

	send_tftp(t, 5u << 16 | code, 4, script_part());
}

static struct peer_tcp *connection(uint8_t which)
{
	return &peer.tcp[(peer.tcp_last + which) % PEER_FLOWS];
}

/* Bytes of a response, in order. */
static void do_http(void)
{
	struct peer_tcp *t = connection(byte());

	t->asks = false;
	peer_send_tcp(t, 0x10, 0, 0, (struct span){ 0 }, script_part());
}

/* A head that is as it should be up to where the script goes on. */
static void do_http_head(void)
{
	static char head[1024];
	struct text text = TEXT(head);
	struct peer_tcp *t = connection(byte());
	const uint8_t status = byte();

	t->asks = false;
	text_printf(&text, "HTTP/1.1 %u x\r\n",
		    status < 8  ? 300u + status :
		    status < 32 ? 200u + status % 7 :
				  100u + status * 2);
	text_put(&text, script_part());
	peer_send_tcp(t, 0x10, 0, 0, (struct span){ 0 }, text_span(&text));
}

/* Any segment of a connection. */
static void do_segment(void)
{
	struct peer_tcp *t = connection(byte());
	const uint8_t flags = byte();
	const int8_t seq = (int8_t)byte(), ack = (int8_t)byte();
	struct span options = script_part();

	peer_send_tcp(t, flags, seq * (seq & 1 ? 1 : 100), ack, options,
		      script_part());
}

/* An answer of DNS with the right number, behind a question that is ours. */
static void do_dns(void)
{
	static char packet[1024];
	struct text t = TEXT(packet);
	const uint8_t counts = byte();

	text_put(&t, (struct span){ peer.dns, peer.dns_n });
	if (t.n >= 12) {
		packet[2] = (char)0x81;
		packet[3] = (char)(counts >> 4);
		packet[7] = (char)(counts & 15);
	}
	text_put(&t, script_part());
	peer.dns_asks = false;
	peer_send_udp(53, peer.dns_port, text_span(&t));
}

static void do_udp(void)
{
	static const uint16_t ports[] = { 67, 69, 53, 4011, 2000 };
	const uint8_t which = byte();
	uint16_t to = (uint16_t)frame_get(peer.udp + FRAME_IP, 2);

	if (which & 0x40)
		to = 68;
	if (which & 0x80)
		to = peer.dns_port;
	peer_send_udp(ports[which % 5], to, script_part());
}

/* ICMP about the last datagram: a whole one, as a good host sends it. */
static void do_refusal(void)
{
	static uint8_t f[128];
	const uint8_t code = byte();
	const size_t quoted = FRAME_IP + FRAME_UDP;
	static const uint8_t mac[] = { 2, 0, 0, 0, 0, 1 };

	memset(f, 0, sizeof(f));
	f[FRAME_ETH + FRAME_IP] = 3;
	f[FRAME_ETH + FRAME_IP + 1] = code;
	memcpy(f + FRAME_ETH + FRAME_IP + 8, peer.udp, quoted);
	peer_send(f, frame_begin(f, world_mac, mac, WORLD_SERVER_IP,
				 WORLD_CLIENT_IP, PROTOCOL_ICMP, 8 + quoted));
}

/* Anything behind the headers of IPv4... */
static void do_ip(void)
{
	static uint8_t f[512];
	static const uint8_t mac[] = { 2, 0, 0, 0, 0, 1 };
	const uint8_t protocol = byte();
	struct span data = script_part();

	if (data.n)
		memcpy(f + FRAME_ETH + FRAME_IP, data.p, data.n);
	peer_send(f, frame_begin(f, world_mac, mac, WORLD_SERVER_IP,
				 WORLD_CLIENT_IP, protocol, data.n));
}

/* ...or at all. */
static void do_frame(void)
{
	static uint8_t f[512];
	struct span data = script_part();

	if (data.n)
		memcpy(f, data.p, data.n);
	peer.manner.unsigned_ |= data.n & 1;
	peer_send(f, data.n);
}

static void do_manner(void)
{
	struct peer_manner *m = &peer.manner;
	const uint8_t how = byte();

	*m = (struct peer_manner){
		.from = how & 1 ? WORLD_SERVER_IP + 1 : 0,
		.unsigned_ = how & 2,
		.checked = how & 4,
		.tagged = how & 8,
		.twice = how & 16,
	};
	if (how & 32)
		m->pieces = byte();
	if (how & 64)
		m->cut = byte();
	if (how & 128)
		m->flips = script_part();
}

static void do_type(void)
{
	world_type(script_part());
}

static void do_switch(void)
{
	const uint8_t how = byte();

	peer.mute = how & 1;
	peer.refuses = how & 2;
	if (how & 4)
		peer.blksize = 8u << (how >> 3 & 15);
	if (how == 0xff)
		world_hang_up();
}

static void (*const things[])(void) = {
	do_pass,    do_serve,       do_serve_long, do_pass_ms, do_dhcp,
	do_proxy,   do_dhcp_type,   do_oack,       do_data,    do_error,
	do_http,    do_http_head,   do_segment,    do_dns,     do_udp,
	do_refusal, do_ip,          do_frame,      do_manner,  do_type,
	do_switch,  do_serve_until,
};

#define THINGS (sizeof(things) / sizeof(*things))

static bool happens(enum event e, bool keys)
{
	const struct peer_tftp *t = transfer(0);

	switch (e) {
	case ASKS_HTTP:
		for (unsigned i = 0; i < PEER_FLOWS; i++)
			if (peer.tcp[i].asks)
				return true;
		return false;
	case ASKS_FILE:
		return t->asks && !strstr(t->name, "pxelinux.cfg/");
	case ASKS_DNS:
		return peer.dns_asks;
	case ASKS_KEYS:
		return keys;
	default:
		return false;
	}
}

bool script_run(bool keys)
{
	void (*thing)(void);
	uint8_t what;

	if (happens(until, keys))
		good_turns = 0;
	if (good_turns) {
		good_turns--;
		peer_serve();
		return true;
	}
	until = NOTHING;
	if (!script.n)
		return false;
	/* The highest bit lets the next thing happen at the same time. */
	do {
		what = byte();
		thing = things[what % 128 % THINGS];
		thing();
	} while ((what & 128 || thing == do_manner) && script.n);
	return true;
}
