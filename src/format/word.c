/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/word.h"

#include <string.h>

size_t word_find(struct span word, const char *words)
{
	size_t i = 0;

	for (; *words; words += strlen(words) + 1, i++)
		if (span_eq(word, span_of(words)))
			break;
	return i;
}

size_t word_take(struct span *line, const char *words)
{
	struct span word;
	size_t i = 0;

	word = span_get_word(line);
	for (; *words; words += strlen(words) + 1, i++)
		if (span_eq_nocase(word, span_of(words)))
			break;
	return i;
}

bool word_begins(struct span s, const char *words, bool any_case)
{
	for (; *words; words += strlen(words) + 1)
		if (any_case ? span_starts_nocase(s, span_of(words)) :
			       span_starts(s, span_of(words)))
			return true;
	return false;
}

const char *word_nth(const char *words, size_t i)
{
	while (*words && i--)
		words += strlen(words) + 1;
	return words;
}

/* Returns what the byte is worth as a digit, 36 if it is none. */
static uint32_t digit_of(uint8_t c)
{
	uint32_t digit = (uint32_t)c - '0', letter = ((uint32_t)c | 0x20) - 'a';

	return digit < 10 ? digit : letter < 26 ? letter + 10 : 36;
}

/* Takes "0" or "0x" off the number, and returns the base that it means. */
static uint32_t take_base(struct span *s)
{
	if (!s->n || s->p[0] != '0')
		return 10;
	if (s->n == 1 || (s->p[1] | 0x20) != 'x')
		return 8;
	s->p += 2;
	s->n -= 2;
	return 16;
}

uint32_t word_number(struct span s, uint32_t base)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t v = 0;
	uint32_t digit;

	if (negative || (s.n && s.p[0] == '+')) {
		s.p++;
		s.n--;
	}
	if (!base)
		base = take_base(&s);
	for (size_t i = 0; i < s.n; i++) {
		digit = digit_of(s.p[i]);
		if (digit >= base)
			break;
		v = v * base + digit;
		if (v > UINT32_MAX)
			return UINT32_MAX;
	}
	return (uint32_t)(negative ? 0 - v : v);
}
