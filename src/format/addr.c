/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/addr.h"

#include <string.h>

#include "base/err.h"

bool mac_parse(struct span s, struct mac *mac)
{
	uint8_t separator;

	for (size_t i = 0; i < sizeof(mac->b); i++) {
		if (i && (!span_get_u8(&s, &separator) ||
			  (separator != ':' && separator != '-')))
			return false;
		if (!span_get_hex_byte(&s, &mac->b[i]))
			return false;
	}
	return !s.n;
}

bool bytes_parse(struct span s, uint8_t *bytes, size_t cap, size_t *n)
{
	bool colons = s.n > 2 && s.p[2] == ':';
	struct span colon;

	*n = 0;
	do {
		if (*n == cap || !span_get_hex_byte(&s, &bytes[*n]))
			return false;
		++*n;
		if (colons && s.n && (s.p[0] != ':' || s.n == 1))
			return false;
		if (colons)
			span_get(&s, 1, &colon);
	} while (s.n);
	return true;
}

bool mac_is_station(const struct mac *mac)
{
	uint8_t any = 0;

	for (size_t i = 0; i < sizeof(mac->b); i++)
		any |= mac->b[i];
	return any && !(mac->b[0] & 1);
}

bool mac_eq(const struct mac *a, const struct mac *b)
{
	return !memcmp(a->b, b->b, sizeof(a->b));
}

void mac_put(struct text *t, const struct mac *mac, char separator)
{
	for (size_t i = 0; i < sizeof(mac->b); i++) {
		if (i)
			text_put_u8(t, (uint8_t)separator);
		text_printf(t, "%02x", mac->b[i]);
	}
}

/* Returns true before the bytes in front of which a UUID has a dash. */
static bool dash_before(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

bool uuid_parse(struct span s, struct uuid *uuid)
{
	uint8_t dash;

	for (size_t i = 0; i < sizeof(uuid->b); i++) {
		if (dash_before(i) && (!span_get_u8(&s, &dash) || dash != '-'))
			return false;
		if (!span_get_hex_byte(&s, &uuid->b[i]))
			return false;
	}
	uuid->known = !s.n;
	return uuid->known;
}

bool uuid_swap(const struct uuid *uuid, struct uuid *other)
{
	static const uint8_t from[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	uint8_t differs = 0;

	*other = *uuid;
	for (size_t i = 0; i < sizeof(from); i++) {
		other->b[i] = uuid->b[from[i]];
		differs |= other->b[i] ^ uuid->b[i];
	}
	return differs;
}

void uuid_put(struct text *t, const struct uuid *uuid)
{
	for (size_t i = 0; i < sizeof(uuid->b); i++)
		text_printf(t, dash_before(i) ? "-%02x" : "%02x", uuid->b[i]);
}

bool ip4_parse(struct span s, uint32_t *ip)
{
	uint32_t part, sum = 0;
	uint8_t dot;

	for (int i = 0; i < 4; i++) {
		if (i && (!span_get_u8(&s, &dot) || dot != '.'))
			return false;
		if (!span_get_number(&s, 255, &part))
			return false;
		sum = sum << 8 | part;
	}
	*ip = sum;
	return !s.n;
}

void ip4_put(struct text *t, uint32_t ip)
{
	text_printf(t, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255,
		    ip & 255);
}

bool ip4_is_host(uint32_t ip)
{
	uint32_t net = ip >> 24;

	return net != 0 && net != 127 && net < 224;
}

int ip4_check_host(uint32_t ip, struct text *why)
{
	if (ip4_is_host(ip))
		return 0;
	text_printf(why, "no host can have the address %s", ip4_show(ip));
	return -E_RESOLVE;
}

const char *ip4_show(uint32_t ip)
{
	static char shown[8][sizeof("255.255.255.255")];
	static unsigned next;
	struct text t = TEXT(shown[next % 8]);

	next++;
	ip4_put(&t, ip);
	return t.p;
}
