/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/bootsource.h"

static void check_servers(const struct bootsource *b)
{
	fuzz_check(b->servers <= BOOTSOURCE_SERVERS);
	for (size_t i = 0; i < b->servers; i++) {
		const struct bootserver *s = &b->server[i];

		fuzz_check(!s->ip != !s->name);
		fuzz_check(!s->ip || ip4_is_host(s->ip));
		fuzz_check(!s->name || s->name[0]);
		fuzz_check(s->from != NULL);
		for (size_t j = 0; j < i; j++)
			fuzz_check(!s->ip || s->ip != b->server[j].ip);
	}
}

/* The prefix is what the lease says, as it stands, made complete: "::" before
 * it, or a slash behind a URL's bare host. */
static void check_prefix(const struct bootsource *b, const struct dhcpmsg *m)
{
	struct span prefix = span_of(b->prefix), colons;
	struct span source = span_of(m->has_prefix ? m->prefix :
						     dhcpmsg_bootfile(m));
	bool is_url = url_is_absolute(source);

	fuzz_check(url_is_absolute(prefix));
	fuzz_check(is_url || !b->host[0]);
	if (!is_url)
		fuzz_check(span_get(&prefix, 2, &colons) &&
			   span_eq(colons, SPAN_LIT("::")));
	if (is_url && !span_starts(source, prefix)) {
		fuzz_check(prefix.p[prefix.n - 1] == '/');
		prefix.n--;
	}
	fuzz_check(span_starts(source, prefix));
	fuzz_check(!m->has_prefix || prefix.n == source.n);
	if (!m->has_prefix && !is_url && prefix.n)
		fuzz_check(!strchr("0123456789.-abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
				   prefix.p[prefix.n - 1]));
}

/* A location takes the prefix's place and leaves one server, if it names one. */
static void check_location(struct bootsource *b, const struct dhcpmsg *m)
{
	static const char *const locations[] = { "http://srv/d", "d/", "::" };
	size_t before = b->servers;

	for (size_t i = 0; i < 3; i++) {
		bootsource_from_lease(b, m);
		bootsource_set_location(b, span_of(locations[i]));
		fuzz_check(b->servers == (i ? before : 1));
		check_servers(b);
		fuzz_check(url_is_absolute(span_of(b->prefix)));
	}
}

/* The input is a DHCP packet. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span packet = fuzz_copy(data, n);
	struct bootsource b;
	struct dhcpmsg m;

	if (dhcpmsg_parse(packet, &m)) {
		bootsource_from_lease(&b, &m);
		check_servers(&b);
		check_prefix(&b, &m);
		fuzz_check(b.config == m.config);
		check_location(&b, &m);
	}
	return 0;
}
