/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/xlcfg.h"

#include "base/err.h"

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t first(struct span s)
{
	return s.n ? s.p[0] : 0;
}

static void skip(struct span *s, size_t n)
{
	struct span skipped;

	span_get(s, n, &skipped);
}

/* Drops blanks and comments, and newlines where they mean nothing; counts these
 * in *line. */
static void skip_space(struct span *s, bool newlines, uint32_t *line)
{
	size_t n;

	for (; s->n; skip(s, 1)) {
		if (first(*s) == '#') {
			n = span_find(*s, SPAN_LIT("\n"));
			skip(s, n == SIZE_MAX ? s->n : n);
		}
		if (newlines && first(*s) == '\n')
			++*line;
		else if (first(*s) != ' ' && first(*s) != '\t')
			return;
	}
}

/* Takes the token at the front of `s`; empty if there is none: a string ends in
 * its line. */
static struct span take_token(struct span *s)
{
	const uint8_t c = first(*s);
	struct span token = { NULL, 0 };
	size_t n = 0;

	if (c == '"' || c == '\'') {
		for (n = 1; n < s->n && s->p[n] != c && s->p[n] != '\n'; n++)
			if (s->p[n] == '\\' && n + 1 < s->n &&
			    s->p[n + 1] != '\n')
				n++;
		if (n >= s->n || s->p[n] != c)
			return token;
		n++;
	} else if (is_lower(c)) {
		while (n < s->n && (is_lower(s->p[n]) || is_digit(s->p[n]) ||
				    s->p[n] == '_'))
			n++;
	} else if (is_digit(c)) {
		while (n < s->n && (is_digit(s->p[n]) || s->p[n] == 'x' ||
				    (s->p[n] >= 'a' && s->p[n] <= 'f')))
			n++;
	} else {
		n = c && span_find(SPAN_LIT("[],=+"),
				   (struct span){ &c, 1 }) != SIZE_MAX;
	}
	span_get(s, n, &token);
	return token;
}

static bool is_atom(struct span token)
{
	return is_digit(first(token)) || first(token) == '"' ||
	       first(token) == '\'';
}

static int fail(uint32_t line, const char *what, struct text *why)
{
	text_printf(why, "line %u: %s", line, what);
	return -E_USAGE;
}

/* Takes what is behind a list's "[", its end included, into *list. */
static int take_list(struct xlcfg *c, struct span *list, struct text *why)
{
	const uint32_t began = c->line;
	const struct span start = c->rest;
	struct span token;
	bool wants_item = true;
	size_t depth = 1;

	while (depth) {
		skip_space(&c->rest, true, &c->line);
		if (!c->rest.n)
			return fail(began, "the list that begins here has no "
				    "\"]\"", why);
		token = take_token(&c->rest);
		if (first(token) == ']') {
			depth--;
			wants_item = false;
		} else if (first(token) == ',' && !wants_item) {
			wants_item = true;
		} else if (first(token) == '[' && wants_item) {
			depth++;
		} else if (is_atom(token) && wants_item) {
			wants_item = false;
		} else {
			return fail(c->line, "this is no list of strings and "
				    "numbers with commas between them", why);
		}
	}
	*list = (struct span){ start.p, start.n - c->rest.n - 1 };
	return 0;
}

static int take_value(struct xlcfg *c, struct xlcfg_setting *s,
		      struct text *why)
{
	struct span token;
	int rc = 0;

	skip_space(&c->rest, false, &c->line);
	token = take_token(&c->rest);
	s->is_list = first(token) == '[';
	if (s->is_list)
		rc = take_list(c, &s->value, why);
	else if (is_atom(token))
		s->value = token;
	else
		rc = fail(c->line, "behind the \"=\" belongs a number, a string "
			  "in quotes or a list in brackets", why);
	skip_space(&c->rest, false, &c->line);
	if (!rc && c->rest.n && first(c->rest) != '\n' &&
	    first(c->rest) != ';')
		rc = fail(c->line, "one setting is one line, and each string is "
			  "in quotes", why);
	return rc;
}

int xlcfg_next(struct xlcfg *c, struct xlcfg_setting *s, struct text *why)
{
	int rc;

	for (;;) {
		skip_space(&c->rest, true, &c->line);
		if (first(c->rest) != ';')
			break;
		skip(&c->rest, 1);
	}
	*s = (struct xlcfg_setting){ .line = c->line };
	if (!c->rest.n)
		return 0;
	if (is_lower(first(c->rest)))
		s->name = take_token(&c->rest);
	skip_space(&c->rest, false, &c->line);
	s->adds = span_starts(c->rest, SPAN_LIT("+="));
	skip(&c->rest, s->adds);
	if (!s->name.n || first(c->rest) != '=')
		return fail(c->line, "this is no setting: name = value", why);
	skip(&c->rest, 1);
	rc = take_value(c, s, why);
	return rc ? rc : 1;
}

bool xlcfg_get_item(struct span *list, struct span *item)
{
	size_t depth = 0;
	uint32_t line = 0;
	struct span token, start;

	do {
		skip_space(list, true, &line);
		*item = take_token(list);
	} while (first(*item) == ',');
	if (first(*item) != '[')
		return item->n;
	start = *list;
	for (depth = 1; depth && list->n;) {
		skip_space(list, true, &line);
		token = take_token(list);
		if (!token.n)
			break;
		depth += first(token) == '[';
		depth -= first(token) == ']';
	}
	*item = (struct span){ start.p, start.n - list->n };
	if (!depth)
		item->n--;
	return true;
}

/* Takes the escape behind a backslash; -1 if it means nothing, or NUL. */
static int take_escape(struct span *s)
{
	static const char letters[] = "abfnrtv\"'\\";
	static const char meanings[] = "\a\b\f\n\r\t\v\"'\\";
	uint8_t c = 0;
	unsigned v = 0;

	span_get_u8(s, &c);
	for (size_t i = 0; letters[i]; i++)
		if (letters[i] == (char)c)
			return meanings[i];
	if (c == 'x')
		return span_get_hex_byte(s, &c) && c ? c : -1;
	if (c < '0' || c > '7')
		return -1;
	v = (unsigned)c - '0';
	for (int i = 0; i < 2 && first(*s) >= '0' && first(*s) <= '7'; i++) {
		span_get_u8(s, &c);
		v = v * 8 + c - '0';
	}
	return v && v < 256 ? (int)v : -1;
}

bool xlcfg_put_string(struct text *t, struct span value)
{
	uint8_t c = 0;
	int escaped;

	if (is_digit(first(value))) {
		text_put(t, value);
		return true;
	}
	if (value.n < 2)
		return false;
	value = (struct span){ value.p + 1, value.n - 2 };
	while (span_get_u8(&value, &c)) {
		escaped = c == '\\' ? take_escape(&value) : c;
		if (escaped <= 0)
			return false;
		text_put_u8(t, (uint8_t)escaped);
	}
	return true;
}

bool xlcfg_get_number(struct span value, uint32_t *v)
{
	uint64_t n = 0;
	unsigned base = 10;
	uint8_t digit;

	if (first(value) == '"' || first(value) == '\'') {
		if (value.n < 2)
			return false;
		value = (struct span){ value.p + 1, value.n - 2 };
	}
	if (span_starts_nocase(value, SPAN_LIT("0x"))) {
		base = 16;
		skip(&value, 2);
	} else if (value.n > 1 && first(value) == '0') {
		base = 8;
	}
	if (!value.n)
		return false;
	while (value.n) {
		if (!span_get_hex_digit(&value, &digit) || digit >= base)
			return false;
		n = n * base + digit;
		if (n > UINT32_MAX)
			return false;
	}
	*v = (uint32_t)n;
	return true;
}
