/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* A bounded builder over the caller's buffer, for strings and for packets.
 *
 * Every string and packet of this program is made here.  A piece that does not
 * fit is left out whole, or cut where `clip` is set, and sets `overflow`, which
 * stays set: build everything, then ask once.  The bytes built so far are
 * always followed by a NUL, for which one byte of `cap` is kept. */
struct text {
	char *p; /* borrowed; `cap` bytes, cap >= 1 */
	size_t cap;
	size_t n;      /* bytes built, the closing NUL not counted */
	bool clip;     /* cut a piece that does not fit: for log lines */
	bool brief;    /* cut what "%.*s" appends: for reasons, of which a name
			 * that somebody else chose must not be all */
	bool overflow; /* something did not fit */
};

/* The most that is appended to a brief text, where the log shows a byte that is
 * not printable as four. */
#define TEXT_BRIEF 250

/* Starts an empty text over the char array `buf`. */
#define TEXT(buf) text_over((buf), sizeof(buf))

/* Starts an empty text over `cap` bytes at `p` (cap >= 1). */
struct text text_over(char *p, size_t cap);

/* Empties the text for another use. */
void text_reset(struct text *t);

/* Appends bytes, a C string, one byte, or a big-endian number. */
void text_put(struct text *t, struct span s);
void text_puts(struct text *t, const char *s);
void text_put_u8(struct text *t, uint8_t v);
void text_put_be16(struct text *t, uint16_t v);
void text_put_be32(struct text *t, uint32_t v);

/* Appends formatted text.  Knows the conversions %s %.*s %c %u %x %zu %ju %%,
 * for numbers a width with or without the flag 0, for strings a width with the
 * flag -.  Unlike in C, "%.*s" writes all bytes it is given, NULs too, or of a
 * text that is brief what people read of them, and "...". */
void text_printf(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Appends a size for people: "512 bytes", "41.2 kB", "40.8 MB"; powers of ten,
 * one decimal, rounded down. */
void text_put_size(struct text *t, uint64_t bytes);

/* Returns what was built, borrowed from the text's buffer. */
struct span text_span(const struct text *t);

#endif
