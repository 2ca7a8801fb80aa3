/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text.h"

#include <string.h>

#include "base/guard.h"

struct text text_over(char *p, size_t cap)
{
	p[0] = '\0';
	return (struct text){ .p = p, .cap = cap };
}

void text_reset(struct text *t)
{
	*t = text_over(t->p, t->cap);
}

void text_put(struct text *t, struct span s)
{
	if (t->cap - t->n <= s.n) {
		t->overflow = true;
		if (!t->clip)
			return;
		s.n = t->cap - t->n - 1;
	}
	if (s.n)
		memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
	t->p[t->n] = '\0';
}

void text_puts(struct text *t, const char *s)
{
	text_put(t, span_of(s));
}

void text_put_u8(struct text *t, uint8_t v)
{
	text_put(t, (struct span){ &v, 1 });
}

GUARDED void text_put_be16(struct text *t, uint16_t v)
{
	const uint8_t b[] = { (uint8_t)(v >> 8), (uint8_t)v };

	text_put(t, (struct span){ b, sizeof(b) });
}

GUARDED void text_put_be32(struct text *t, uint32_t v)
{
	const uint8_t b[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			      (uint8_t)(v >> 8), (uint8_t)v };

	text_put(t, (struct span){ b, sizeof(b) });
}

static GUARDED void put_number(struct text *t, uintmax_t v, unsigned base,
			       size_t width, char pad)
{
	uint8_t buf[40];
	size_t at = sizeof(buf);

	do
		buf[--at] = (uint8_t) "0123456789abcdef"[v % base];
	while (v /= base);
	while (sizeof(buf) - at < width && at)
		buf[--at] = (uint8_t)pad;
	text_put(t, (struct span){ buf + at, sizeof(buf) - at });
}

/* One conversion, taken apart. */
struct conversion {
	char pad;       /* ' ' or '0' */
	size_t width;   /* numbers are padded in front, strings behind */
	char size;      /* 0, 'z' or 'j' */
	bool precision; /* ".*" was there */
	char kind;
};

static const char *parse_conversion(const char *f, struct conversion *c)
{
	*c = (struct conversion){ .pad = ' ' };
	if (*f == '0')
		c->pad = *f++;
	else if (*f == '-')
		f++;
	while (*f >= '0' && *f <= '9')
		c->width = c->width * 10 + (size_t)(*f++ - '0');
	if (f[0] == '.' && f[1] == '*') {
		c->precision = true;
		f += 2;
	}
	if (*f == 'z' || *f == 'j')
		c->size = *f++;
	c->kind = *f;
	return *f ? f + 1 : f;
}

/* Returns the beginning of `s` that a brief text takes. */
static struct span brief_part(struct span s)
{
	size_t shown = 0, n = 0;

	for (; n < s.n && shown < TEXT_BRIEF; n++)
		shown += s.p[n] >= 0x20 && s.p[n] <= 0x7e ? 1 : 4;
	s.n = n;
	return s;
}

static void put_string(struct text *t, const struct conversion *c,
		       struct span s)
{
	struct span part = t->brief && c->precision ? brief_part(s) : s;

	text_put(t, part);
	if (part.n < s.n)
		text_puts(t, "...");
	for (size_t n = s.n; n < c->width; n++)
		text_put_u8(t, ' ');
}

void text_vprintf(struct text *t, const char *fmt, va_list ap)
{
	struct conversion c;
	const char *literal;
	struct span s;
	uintmax_t v;

	while (*fmt) {
		for (literal = fmt; *fmt && *fmt != '%'; fmt++)
			;
		text_put(t, (struct span){ (const uint8_t *)literal,
					   (size_t)(fmt - literal) });
		if (!*fmt)
			return;
		fmt = parse_conversion(fmt + 1, &c);
		switch (c.kind) {
		case 's':
			s.n = c.precision ? (size_t)va_arg(ap, int) : 0;
			s.p = va_arg(ap, const uint8_t *);
			if (!c.precision)
				s = span_of((const char *)s.p);
			put_string(t, &c, s);
			break;
		case 'c':
			text_put_u8(t, (uint8_t)va_arg(ap, int));
			break;
		case 'u':
		case 'x':
			v = c.size == 'z' ? va_arg(ap, size_t) :
			    c.size == 'j' ? va_arg(ap, uintmax_t) :
					    va_arg(ap, unsigned);
			put_number(t, v, c.kind == 'u' ? 10 : 16, c.width,
				   c.pad);
			break;
		case '%':
			text_put_u8(t, '%');
			break;
		default: /* our own mistake, and the arguments are off now */
			__builtin_trap();
		}
	}
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(t, fmt, ap);
	va_end(ap);
}

void text_put_size(struct text *t, uint64_t bytes)
{
	static const char units[] = "kMGTPE";
	size_t unit = 0;

	if (bytes < 1000) {
		text_printf(t, "%ju byte%s", (uintmax_t)bytes,
			    bytes == 1 ? "" : "s");
		return;
	}
	while (bytes >= 1000000) {
		bytes /= 1000;
		unit++;
	}
	text_printf(t, "%ju.%ju %cB", (uintmax_t)(bytes / 1000),
		    (uintmax_t)(bytes % 1000 / 100), units[unit]);
}

struct span text_span(const struct text *t)
{
	return (struct span){ (const uint8_t *)t->p, t->n };
}
