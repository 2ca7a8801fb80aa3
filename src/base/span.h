/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: `n` of them at `p`, not NUL-terminated, possibly hostile.
 *
 * A span is also the read cursor over itself: the span_get_*() functions take
 * from its front and shrink it.  They return false, and leave the span as it
 * was, when fewer bytes remain than were asked for; that is the only bounds
 * check a parser needs.  {0} is the empty span. */
struct span {
	const uint8_t *p;
	size_t n;
};

/* Builds a span over a string literal or a char array's whole contents. */
#define SPAN_LIT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

/* The two arguments that text_printf() takes for "%.*s". */
#define SPAN_ARG(s) (int)(s).n, (const char *)(s).p

/* Returns the span over NUL-terminated `s`; the NUL is not part of it. */
struct span span_of(const char *s);

/* Takes 8, 16 or 32 bits, big-endian as on the wire, into *v. */
bool span_get_u8(struct span *s, uint8_t *v);
bool span_get_be16(struct span *s, uint16_t *v);
bool span_get_be32(struct span *s, uint32_t *v);

/* Takes the next `n` bytes into *out. */
bool span_get(struct span *s, size_t n, struct span *out);

/* Takes the bytes before the first `c` into *out and drops that `c`.  Where
 * there is no `c`, takes all that is left and returns false. */
bool span_get_until(struct span *s, uint8_t c, struct span *out);

/* Takes the next word, cut at blanks (any byte <= 0x20, as Syslinux counts
 * them), with the blanks around it; the word is empty at the end. */
struct span span_get_word(struct span *s);

/* Takes a decimal number of at most `max`.  Returns false, and takes nothing,
 * where no digit stands or the number is larger. */
bool span_get_number(struct span *s, uint32_t max, uint32_t *v);

/* Takes one hexadecimal digit of either case, or a pair of them, as its value. */
bool span_get_hex_digit(struct span *s, uint8_t *v);
bool span_get_hex_byte(struct span *s, uint8_t *v);

/* Returns `s` without the blanks at its front, or at its end. */
struct span span_skip_blanks(struct span s);
struct span span_trim_end(struct span s);

/* Returns `s` up to, without, its first NUL: how DHCP strings are read, since
 * servers may or may not count a terminator (RFC 2132 section 2). */
struct span span_cut_nul(struct span s);

/* Compares bytes; the _nocase kind folds ASCII letters only. */
bool span_eq(struct span a, struct span b);
bool span_eq_nocase(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
bool span_starts_nocase(struct span s, struct span prefix);
bool span_ends_nocase(struct span s, struct span suffix);

/* Returns the offset of the first `needle`, or SIZE_MAX if there is none. */
size_t span_find(struct span s, struct span needle);

/* Returns true for the bytes Syslinux takes as white space. */
static inline bool is_blank(uint8_t c)
{
	return c <= 0x20;
}

#endif
