/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/dhcpopt.h"

/* Takes the next option off `area`, skipping padding; RFC 2132 section 2. */
static bool next_option(struct span *area, uint8_t *code, struct span *value)
{
	uint8_t length;

	do
		if (!span_get_u8(area, code) || *code == DHCPOPT_END)
			return false;
	while (*code == DHCPOPT_PAD);
	return span_get_u8(area, &length) && span_get(area, length, value);
}

void dhcpopt_areas(struct dhcpopt_areas *a, struct span options,
		   struct span file, struct span sname)
{
	uint8_t overload = 0;

	*a = (struct dhcpopt_areas){ .area = { options }, .n = 1 };
	dhcpopt_get_u8(a, DHCPOPT_OVERLOAD, &overload);
	a->file_overloaded = overload & 1;
	a->sname_overloaded = overload & 2;
	if (a->file_overloaded)
		a->area[a->n++] = file;
	if (a->sname_overloaded)
		a->area[a->n++] = sname;
}

bool dhcpopt_get(const struct dhcpopt_areas *a, enum dhcpopt code,
		 struct text *value)
{
	struct span area, piece;
	bool found = false;
	uint8_t c;

	for (size_t i = 0; i < a->n; i++) {
		area = a->area[i];
		while (next_option(&area, &c, &piece)) {
			if (c != code)
				continue;
			text_put(value, piece);
			found = true;
		}
	}
	return found;
}

/* Gets an option of exactly `n` bytes, 4 at most, as a big-endian number. */
static bool get_number(const struct dhcpopt_areas *a, enum dhcpopt code,
		       size_t n, uint32_t *v)
{
	static char buf[5];
	struct text value = TEXT(buf);

	dhcpopt_get(a, code, &value);
	if (value.n != n || value.overflow)
		return false;
	*v = 0;
	for (size_t i = 0; i < n; i++)
		*v = *v << 8 | (uint8_t)buf[i];
	return true;
}

bool dhcpopt_get_u8(const struct dhcpopt_areas *a, enum dhcpopt code,
		    uint8_t *v)
{
	uint32_t number;
	bool found = get_number(a, code, 1, &number);

	if (found)
		*v = (uint8_t)number;
	return found;
}

bool dhcpopt_get_be16(const struct dhcpopt_areas *a, enum dhcpopt code,
		      uint16_t *v)
{
	uint32_t number;
	bool found = get_number(a, code, 2, &number);

	if (found)
		*v = (uint16_t)number;
	return found;
}

bool dhcpopt_get_be32(const struct dhcpopt_areas *a, enum dhcpopt code,
		      uint32_t *v)
{
	return get_number(a, code, 4, v);
}

uint32_t dhcpopt_get_ip4(const struct dhcpopt_areas *a, enum dhcpopt code)
{
	static char buf[512 + 1]; /* of a longer list, so much is enough */
	struct text list = TEXT(buf);
	struct span s;
	uint32_t ip = 0;

	list.clip = true;
	dhcpopt_get(a, code, &list);
	s = text_span(&list);
	if (s.n % 4 == 0)
		span_get_be32(&s, &ip);
	return ip;
}
