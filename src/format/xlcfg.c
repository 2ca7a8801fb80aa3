/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/xlcfg.h"

#include "base/err.h"
#include "base/guard.h"
#include "format/word.h"

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
		n = c && span_find(SPAN_LIT("[],=+"), (struct span){ &c, 1 }) !=
				 SIZE_MAX;
	}
	span_get(s, n, &token);
	return token;
}

static bool is_atom(struct span token)
{
	return is_digit(first(token)) || first(token) == '"' ||
	       first(token) == '\'';
}

/* Editors of other systems leave bytes that no one sees. */
static int fail(struct xlcfg *c, uint32_t line, const char *what)
{
	const uint8_t next = first(c->rest);

	c->line = line;
	c->wrong = next == '\r' ? "it ends in a carriage return, which xl does "
				  "not take; convert the file with dos2unix" :
		   next == 0xef ? "it begins with a byte order mark, which xl "
				  "does not take; save the file without one" :
		   c->rest.n && !next ? "there is a NUL byte in it, so this is "
					"no text" :
					what;
	return -E_USAGE;
}

/* Takes what is behind a list's "[", its end included, into *list. */
static int take_list(struct xlcfg *c, struct span *list)
{
	const uint32_t began = c->line;
	const struct span start = c->rest;
	struct span token;
	bool wants_item = true;
	size_t depth = 1;

	while (depth) {
		skip_space(&c->rest, true, &c->line);
		if (!c->rest.n)
			return fail(c, began,
				    "the list that begins here has no \"]\"");
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
			return fail(c, c->line,
				    "this is no list of strings "
				    "and numbers with commas between them");
		}
	}
	*list = (struct span){ start.p, start.n - c->rest.n - 1 };
	return 0;
}

static int take_value(struct xlcfg *c, struct xlcfg_setting *s)
{
	struct span token;
	int rc = 0;

	skip_space(&c->rest, false, &c->line);
	token = take_token(&c->rest);
	s->is_list = first(token) == '[';
	if (s->is_list)
		rc = take_list(c, &s->value);
	else if (is_atom(token))
		s->value = token;
	else
		rc = fail(c, c->line,
			  "behind the \"=\" belongs a number, a "
			  "string in quotes or a list in brackets");
	skip_space(&c->rest, false, &c->line);
	if (!rc && c->rest.n && first(c->rest) != '\n' && first(c->rest) != ';')
		rc = fail(c, c->line,
			  "one setting is one line, and each string "
			  "is in quotes");
	return rc;
}

int xlcfg_next(struct xlcfg *c, struct xlcfg_setting *s)
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
		return fail(c, c->line, "this is no setting: name = value");
	skip(&c->rest, 1);
	rc = take_value(c, s);
	s->behind = *c;
	return rc ? rc : 1;
}

int xlcfg_find(struct span text, const char *names, struct xlcfg_setting *found,
	       struct xlcfg *c)
{
	struct xlcfg_setting s;
	size_t i;
	int rc;

	for (i = 0; *word_nth(names, i); i++)
		found[i] = (struct xlcfg_setting){ .line = 0 };
	*c = (struct xlcfg){ .rest = text, .line = 1 };
	while ((rc = xlcfg_next(c, &s)) > 0) {
		i = word_find(s.name, names);
		if (!*word_nth(names, i))
			continue;
		if (s.adds && found[i].line && found[i].is_list != s.is_list)
			return fail(c, s.line,
				    "+= adds a list to what is none, "
				    "or the other way round");
		if (!s.adds || !found[i].line)
			found[i] = s;
	}
	return rc;
}

/* Moves on to what adds to the setting; false if nothing more does. */
static bool go_on(struct xlcfg_setting *s)
{
	struct xlcfg c = s->behind;
	struct xlcfg_setting next;

	while (xlcfg_next(&c, &next) > 0)
		if (next.adds && span_eq(next.name, s->name)) {
			*s = next;
			return true;
		}
	return false;
}

static bool take_item(struct span *list, struct span *item)
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

bool xlcfg_get_item(struct xlcfg_setting *list, struct span *item)
{
	while (!take_item(&list->value, item))
		if (!go_on(list))
			return false;
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

bool xlcfg_put_value(struct text *t, const struct xlcfg_setting *s)
{
	struct xlcfg_setting piece = *s;

	if (!s->line || s->is_list)
		return false;
	do
		if (!xlcfg_put_string(t, piece.value))
			return false;
	while (go_on(&piece));
	return true;
}

static bool read_number(struct span s, uint32_t *v)
{
	uint64_t n = 0;
	unsigned base = 10;
	uint8_t digit;

	if (span_starts_nocase(s, SPAN_LIT("0x"))) {
		base = 16;
		skip(&s, 2);
	} else if (s.n > 1 && first(s) == '0') {
		base = 8;
	}
	if (!s.n)
		return false;
	while (s.n) {
		if (!span_get_hex_digit(&s, &digit) || digit >= base)
			return false;
		n = n * base + digit;
		if (n > UINT32_MAX)
			return false;
	}
	*v = (uint32_t)n;
	return true;
}

GUARDED bool xlcfg_get_number(const struct xlcfg_setting *s, uint32_t *v)
{
	struct xlcfg_setting more = *s;
	char buf[32];
	struct text t = TEXT(buf);

	return xlcfg_put_value(&t, s) && !t.overflow && !s->adds &&
	       !go_on(&more) && read_number(text_span(&t), v);
}
