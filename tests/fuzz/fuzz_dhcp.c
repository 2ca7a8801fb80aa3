/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/dhcpmsg.h"
#include "format/dhcpopt.h"

/* Counts the bytes of an option in one area, in another way than dhcpopt.c. */
static size_t bytes_in(struct span area, uint8_t code, bool *found)
{
	size_t at = 0, sum = 0, length;

	while (at < area.n && area.p[at] != 255) {
		if (!area.p[at++])
			continue;
		if (at >= area.n || area.p[at] > area.n - at - 1)
			break;
		length = area.p[at];
		if (area.p[at - 1] == code) {
			sum += length;
			*found = true;
		}
		at += 1 + length;
	}
	return sum;
}

/* Every option is found exactly when it is there, and joined to its length. */
static void check_options(struct span options, struct span file,
			  struct span sname)
{
	static const uint8_t codes[] = {
		DHCPOPT_MASK,   DHCPOPT_OVERLOAD,  DHCPOPT_TYPE,
		DHCPOPT_SERVER, DHCPOPT_TFTP_NAME, DHCPOPT_BOOTFILE,
		DHCPOPT_CONFIG,
	};
	static char joined[1 << 16];
	struct dhcpopt_areas a;

	dhcpopt_areas(&a, options, file, sname);
	fuzz_check(a.n == 1u + a.file_overloaded + a.sname_overloaded);
	for (size_t c = 0; c < sizeof(codes); c++) {
		uint8_t code = codes[c];
		struct text value = TEXT(joined);
		bool found = false;
		size_t sum = 0;

		for (size_t i = 0; i < a.n; i++)
			sum += bytes_in(a.area[i], code, &found);
		fuzz_check(dhcpopt_get(&a, (enum dhcpopt)code, &value) ==
			   found);
		fuzz_check(value.overflow || value.n == sum);
	}
}

#define CHECK_STRING(s) fuzz_check(memchr((s), 0, sizeof(s)) != NULL)

/* A lease goes by what it adopts, and stays a lease. */
static void check_adoption(const struct dhcpmsg *m)
{
	struct dhcpmsg lease = { .yiaddr = 7, .server_id = 1, .config = "c" };

	dhcpmsg_adopt(&lease, m, 2);
	fuzz_check(lease.yiaddr == 7 && lease.server_id == 1);
	fuzz_check(lease.proxy == 2 && lease.siaddr == m->siaddr);
	fuzz_check(!strcmp(dhcpmsg_bootfile(&lease), dhcpmsg_bootfile(m)));
	fuzz_check(!strcmp(lease.config, m->config[0] ? m->config : "c"));
}

static void put_query(struct text *t, const void *query)
{
	dhcpmsg_put(t, query);
}

static void check_option(const struct dhcpopt_areas *a, int code,
			 struct span expected)
{
	char buf[512];
	struct text value = TEXT(buf);

	fuzz_check(dhcpopt_get(a, (enum dhcpopt)code, &value) ==
		   (expected.n > 0));
	fuzz_check(span_eq(text_span(&value), expected));
}

/* A query says what it is to say; made a reply, it reads so, too. */
static void check_query(const struct dhcpmsg_query *q)
{
	static const uint8_t type[] = { 0, DHCP_DISCOVER, 0, DHCP_REQUEST };
	char buf[DHCPMSG_MAX + 1];
	struct text t = TEXT(buf);
	struct dhcpopt_areas a;
	struct dhcpmsg m;
	struct span rest;

	dhcpmsg_put(&t, q);
	fuzz_check(!t.overflow && t.n >= 300);
	rest = text_span(&t);
	fuzz_check(!dhcpmsg_parse(rest, &m)); /* a request is no answer */
	buf[0] = 2;
	fuzz_check(dhcpmsg_parse(rest, &m));
	fuzz_check(m.xid == q->xid && m.type == q->type);
	fuzz_check(!memcmp(&m.mac, &q->mac, sizeof(m.mac)));
	fuzz_check(m.server_id == q->server_id && !m.yiaddr && !m.has_menu);
	span_get(&rest, 240, &(struct span){ 0 });
	dhcpopt_areas(&a, rest, (struct span){ 0 }, (struct span){ 0 });
	check_option(&a, 53, (struct span){ &type[q->type], 1 });
	check_option(&a, 12,
		     span_of(q->identity.hostname ? q->identity.hostname : ""));
	check_option(&a, 77,
		     span_of(q->identity.user_class ? q->identity.user_class :
						      ""));
	if (q->identity.client_id == CLIENT_ID_BYTES)
		check_option(&a, 61,
			     (struct span){ q->identity.id, q->identity.id_n });
	fuzz_sweep(put_query, q);
}

/* Takes a string of an option out of the input, NULL for an empty one. */
static const char *take_value(struct span *s, char buf[DHCPMSG_VALUE + 1])
{
	struct text t = text_over(buf, DHCPMSG_VALUE + 1);
	struct span part;

	t.clip = true;
	span_get_until(s, 0, &part);
	text_put(&t, part);
	return t.n ? buf : NULL;
}

static void make_query(struct span s)
{
	static char class[256], user[256], host[256];
	struct dhcpmsg_query q = { .type = DHCP_DISCOVER, .max_size = 1472 };
	struct span id;
	uint8_t flags = 0;

	span_get_u8(&s, &flags);
	q.type = flags & 1 ? DHCP_REQUEST : DHCP_DISCOVER;
	q.uuid.known = flags & 2;
	q.has_item = flags & 4;
	span_get_be32(&s, &q.xid);
	span_get_be16(&s, &q.secs);
	span_get_be32(&s, &q.requested);
	span_get_be32(&s, &q.server_id);
	span_get_be32(&s, &q.ciaddr);
	span_get_be16(&s, &q.identity.arch);
	span_get_u8(&s, &q.mac.b[5]);
	q.identity.vendor_class = take_value(&s, class);
	q.identity.user_class = take_value(&s, user);
	q.identity.hostname = take_value(&s, host);
	q.identity.client_id = flags >> 3 & 3;
	q.identity.id_n = s.n < 2 ? 2 : s.n < 255 ? (uint8_t)s.n : 255;
	if (span_get(&s, q.identity.id_n, &id))
		memcpy(q.identity.id, id.p, id.n);
	check_query(&q);
}

/* The input is a packet; its parts serve as options once more, and all of it as
 * a query. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span packet = fuzz_copy(data, n), rest = packet;
	struct span file = { 0 }, sname = { 0 };
	struct dhcpmsg m;

	if (dhcpmsg_parse(packet, &m)) {
		CHECK_STRING(m.tftp_name);
		CHECK_STRING(m.sname);
		CHECK_STRING(m.file);
		CHECK_STRING(m.bootfile);
		CHECK_STRING(m.config);
		CHECK_STRING(m.prefix);
		fuzz_check(m.xid == ((uint32_t)data[4] << 24 | data[5] << 16 |
				     data[6] << 8 | data[7]));
		fuzz_check(m.has_prefix || !m.prefix[0]);
		fuzz_check(m.vendor_n < sizeof(m.vendor));
		fuzz_check(!m.has_menu || (m.is_pxe && m.vendor_n > 4));
		fuzz_check(!dhcpmsg_wants_menu(&m) || m.has_menu);
		check_adoption(&m);
		span_get(&rest, 44, &sname);
		span_get(&rest, 64, &sname);
		span_get(&rest, 128, &file);
		span_get(&rest, 4, &(struct span){ 0 });
	}
	check_options(rest, file, sname);
	make_query(packet);
	return 0;
}
