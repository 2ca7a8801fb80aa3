/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/json.h"

#include "config.h"

#include "base/text.h"

static void put(struct json *j, const char *s)
{
	j->put(j->arg, span_of(s));
}

static void put_quoted(struct json *j, struct span s)
{
	static char buf[64];
	struct text t = TEXT(buf);

	text_put_u8(&t, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (t.cap - t.n < sizeof("\\u00ff\"")) {
			j->put(j->arg, text_span(&t));
			text_reset(&t);
		}
		if (s.p[i] < 0x20 || s.p[i] > 0x7e) {
			text_printf(&t, "\\u%04x", s.p[i]);
			continue;
		}
		if (s.p[i] == '"' || s.p[i] == '\\')
			text_put_u8(&t, '\\');
		text_put_u8(&t, s.p[i]);
	}
	text_put_u8(&t, '"');
	j->put(j->arg, text_span(&t));
}

/* Writes what stands before a value. */
static void begin(struct json *j, const char *key)
{
	if (j->comma)
		put(j, ",");
	j->comma = true;
	if (!key)
		return;
	put_quoted(j, span_of(key));
	put(j, ":");
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	j->put(j->arg, (struct span){ (uint8_t *)&bracket, 1 });
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	j->put(j->arg, (struct span){ (uint8_t *)&bracket, 1 });
	j->comma = true;
}

void json_string(struct json *j, const char *key, struct span s)
{
	begin(j, key);
	put_quoted(j, s);
}

void json_number(struct json *j, const char *key, uint64_t v)
{
	static char buf[24];
	struct text t = TEXT(buf);

	begin(j, key);
	text_printf(&t, "%ju", (uintmax_t)v);
	j->put(j->arg, text_span(&t));
}

void json_bool(struct json *j, const char *key, bool v)
{
	begin(j, key);
	put(j, v ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	put(j, "null");
}

void json_open_answer(struct json *j, int code, struct span message)
{
	json_open(j, NULL, '{');
	json_string(j, "lwpxeboot", SPAN_LIT(LWPXE_VERSION));
	json_number(j, "format", 1);
	if (!code) {
		json_null(j, "error");
		return;
	}
	json_open(j, "error", '{');
	json_number(j, "code", (uint64_t)code);
	json_string(j, "message", message);
	json_close(j, '}');
}
