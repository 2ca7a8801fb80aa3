/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/search.h"

/* Takes `n` bytes off the input, or leaves zeros where it has fewer. */
static void take(struct span *s, uint8_t *bytes, size_t n)
{
	struct span part;

	if (span_get(s, n, &part) && n)
		memcpy(bytes, part.p, n);
}

static void put_mac(struct text *t, const void *mac)
{
	mac_put(t, mac, '-');
}

static void put_uuid(struct text *t, const void *uuid)
{
	uuid_put(t, uuid);
}

static void put_ip4(struct text *t, const void *ip)
{
	ip4_put(t, *(const uint32_t *)ip);
}

/* An address that is written reads back. */
static void check_addresses(const struct search *s)
{
	char buf[64];
	struct text t = TEXT(buf);
	uint8_t bytes[6];
	struct uuid uuid;
	struct mac mac;
	uint32_t ip;
	size_t n;

	put_mac(&t, &s->mac);
	fuzz_check(mac_parse(text_span(&t), &mac));
	fuzz_check(!memcmp(&mac, &s->mac, sizeof(mac)));
	text_reset(&t);
	mac_put(&t, &s->mac, ':');
	fuzz_check(bytes_parse(text_span(&t), bytes, sizeof(bytes), &n));
	fuzz_check(n == 6 && !memcmp(bytes, mac.b, n));
	fuzz_check(!bytes_parse(text_span(&t), bytes, 5, &n));
	text_reset(&t);
	put_uuid(&t, &s->uuid);
	fuzz_check(uuid_parse(text_span(&t), &uuid));
	fuzz_check(!memcmp(uuid.b, s->uuid.b, sizeof(uuid.b)));
	text_reset(&t);
	put_ip4(&t, &s->ip);
	fuzz_check(ip4_parse(text_span(&t), &ip) && ip == s->ip);
	fuzz_check(!strcmp(IP4_SHOW(ip), buf));
	fuzz_sweep(put_mac, &s->mac);
	fuzz_sweep(put_uuid, &s->uuid);
	fuzz_sweep(put_ip4, &s->ip);
}

/* The input is whether the UUID is known, the buffer's size, UUID, MAC and IPv4
 * address, and option 209. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	struct span rest = fuzz_copy(data, n), whole;
	uint8_t size[2] = { 0 }, ip[4] = { 0 };
	struct search s = { .step = 0 };
	char *config, *buf;
	struct text name;
	size_t cap, names = 0;
	struct uuid other;

	take(&rest, size, sizeof(size));
	take(&rest, s.uuid.b, sizeof(s.uuid.b));
	take(&rest, s.mac.b, sizeof(s.mac.b));
	take(&rest, ip, sizeof(ip));
	rest = span_cut_nul(rest);
	s.uuid.known = size[0] & 1;
	s.ip = (uint32_t)ip[0] << 24 | ip[1] << 16 | ip[2] << 8 | ip[3];
	check_addresses(&s);
	config = strndup(rest.n ? (const char *)rest.p : "", rest.n);
	s.config = config;
	cap = size[1] ? size[1] : SEARCH_NAME_SIZE;
	buf = (char *)fuzz_place(&room, cap);
	name = text_over(buf, cap);
	while (search_next(&s, &name)) {
		whole = text_span(&name);
		fuzz_check(name.n < cap && strlen(buf) == name.n);
		if (!name.overflow && (names++ || !config[0]))
			fuzz_check(span_starts(whole,
					       SPAN_LIT("pxelinux.cfg/")) &&
				   whole.n > sizeof("pxelinux.cfg/") - 1);
		fuzz_check(size[1] || !name.overflow ||
			   rest.n >= SEARCH_NAME_SIZE);
	}
	/* With room for all: MAC, eight pieces of an address, "default". */
	if (!size[1] && rest.n < SEARCH_NAME_SIZE)
		fuzz_check(names ==
			   (s.ip ? 10u : 2u) + !!config[0] +
				   (!s.uuid.known ?
					    0u :
					    1u + uuid_swap(&s.uuid, &other)));
	free(config);
	return 0;
}
