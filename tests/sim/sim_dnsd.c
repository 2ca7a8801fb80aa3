/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_dnsd.h"

#define NO_SUCH_NAME 3
#define TTL_SECONDS 60

/* Takes the name of a question (RFC 1035 section 4.1.2), with dots. */
static void get_name(struct span *s, struct text *name)
{
	struct span label;
	uint8_t n;

	while (span_get_u8(s, &n) && n) {
		if (n > 63 || !span_get(s, n, &label))
			sim_break("it sent a DNS question with a cut name");
		if (name->n)
			text_puts(name, ".");
		text_put(name, label);
	}
}

static void put_answer(struct text *t, uint32_t address)
{
	text_put_be16(t, 0xc00c); /* the name in the question */
	text_put_be16(t, 1);
	text_put_be16(t, 1);
	text_put_be32(t, TTL_SECONDS);
	text_put_be16(t, 4);
	text_put_be32(t, address);
}

void dnsd_receive(struct host *h, const struct wire_udp *u)
{
	char name[256], packet[512];
	struct text asked = TEXT(name), t = TEXT(packet);
	struct wire_udp answer = {
		.to_mac = u->from_mac,
		.to = u->from,
		.to_port = u->from_port,
		.from_port = 53,
	};
	struct span s = u->data, id, header;
	bool known;

	if (h->questions++ < h->config->dnsd.deaf)
		return;
	if (!span_get(&s, 2, &id) || !span_get(&s, 10, &header))
		sim_break("it sent a cut DNS question");
	get_name(&s, &asked);
	known = span_eq(text_span(&asked),
			SPAN_LIT(SIM_BOOT_NAME "." SIM_DOMAIN));
	text_put(&t, id);
	text_put_be16(&t, known ? 0x8180 : 0x8180 | NO_SUCH_NAME);
	text_put_be16(&t, 1);
	text_put_be16(&t, known ? 1 : 0);
	text_put_be32(&t, 0);
	text_put(&t, (struct span){ u->data.p + 12, u->data.n - 12 });
	if (known)
		put_answer(&t, h->config->dnsd.address);
	answer.data = text_span(&t);
	host_send(h, &answer);
}
