/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/span.h"

#include <string.h>

struct span span_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

bool span_get(struct span *s, size_t n, struct span *out)
{
	if (s->n < n)
		return false;
	*out = (struct span){ s->p, n };
	if (n) {
		s->p += n;
		s->n -= n;
	}
	return true;
}

bool span_get_u8(struct span *s, uint8_t *v)
{
	struct span b;

	if (!span_get(s, 1, &b))
		return false;
	*v = b.p[0];
	return true;
}

bool span_get_be16(struct span *s, uint16_t *v)
{
	struct span b;

	if (!span_get(s, 2, &b))
		return false;
	*v = (uint16_t)(b.p[0] << 8 | b.p[1]);
	return true;
}

bool span_get_be32(struct span *s, uint32_t *v)
{
	struct span b;

	if (!span_get(s, 4, &b))
		return false;
	*v = (uint32_t)b.p[0] << 24 | (uint32_t)b.p[1] << 16 |
	     (uint32_t)b.p[2] << 8 | b.p[3];
	return true;
}

bool span_get_until(struct span *s, uint8_t c, struct span *out)
{
	struct span dropped;
	size_t n = 0;

	while (n < s->n && s->p[n] != c)
		n++;
	span_get(s, n, out);
	return span_get(s, 1, &dropped);
}

struct span span_get_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	*s = span_skip_blanks(*s);
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	span_get(s, n, &word);
	*s = span_skip_blanks(*s);
	return word;
}

bool span_get_number(struct span *s, uint32_t max, uint32_t *v)
{
	struct span digits;
	uint64_t sum = 0;
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') {
		sum = sum * 10 + (uint64_t)(s->p[n++] - '0');
		if (sum > max)
			return false;
	}
	if (!n)
		return false;
	*v = (uint32_t)sum;
	return span_get(s, n, &digits);
}

bool span_get_hex_digit(struct span *s, uint8_t *v)
{
	uint8_t c;

	if (!s->n)
		return false;
	c = s->p[0];
	if (c >= '0' && c <= '9')
		*v = (uint8_t)(c - '0');
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		*v = (uint8_t)((c | 0x20) - 'a' + 10);
	else
		return false;
	return span_get_u8(s, &c);
}

bool span_get_hex_byte(struct span *s, uint8_t *v)
{
	struct span rest = *s;
	uint8_t high, low;

	if (!span_get_hex_digit(&rest, &high) ||
	    !span_get_hex_digit(&rest, &low))
		return false;
	*v = (uint8_t)(high << 4 | low);
	*s = rest;
	return true;
}

struct span span_skip_blanks(struct span s)
{
	while (s.n && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

struct span span_trim_end(struct span s)
{
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span span_cut_nul(struct span s)
{
	struct span out;

	span_get_until(&s, 0, &out);
	return out;
}

static uint8_t fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && span_starts(a, b);
}

bool span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && span_starts_nocase(a, b);
}

bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n &&
	       (!prefix.n || !memcmp(s.p, prefix.p, prefix.n));
}

bool span_starts_nocase(struct span s, struct span prefix)
{
	if (s.n < prefix.n)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (fold(s.p[i]) != fold(prefix.p[i]))
			return false;
	return true;
}

bool span_ends_nocase(struct span s, struct span suffix)
{
	if (s.n < suffix.n)
		return false;
	s.p += s.n - suffix.n;
	s.n = suffix.n;
	return span_starts_nocase(s, suffix);
}

size_t span_find(struct span s, struct span needle)
{
	for (size_t at = 0; at + needle.n <= s.n; at++)
		if (span_starts((struct span){ s.p + at, s.n - at }, needle))
			return at;
	return SIZE_MAX;
}
