/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "config.h"
#include "format/json.h"

static char out[1 << 18];

static void put(void *t, struct span s)
{
	text_put(t, s);
}

static uint8_t hex(uint8_t c)
{
	fuzz_check((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Takes one byte of a string's contents, as a reader of JSON would. */
static uint8_t take_char(struct span *s)
{
	struct span front;
	uint8_t c, high, low;

	fuzz_check(span_get_u8(s, &c));
	fuzz_check(c >= 0x20 && c <= 0x7e && c != '"');
	if (c != '\\')
		return c;
	fuzz_check(span_get_u8(s, &c));
	if (c != 'u') {
		fuzz_check(c == '"' || c == '\\');
		return c;
	}
	fuzz_check(span_get(s, 2, &front) && span_eq(front, SPAN_LIT("00")));
	fuzz_check(span_get_u8(s, &high) && span_get_u8(s, &low));
	return (uint8_t)(hex(high) << 4 | hex(low));
}

static void take(struct span *s, const char *expected)
{
	struct span front;

	fuzz_check(span_get(s, strlen(expected), &front) &&
		   span_eq(front, span_of(expected)));
}

static void take_string(struct span *s, struct span expected)
{
	take(s, "\"");
	for (size_t i = 0; i < expected.n; i++)
		fuzz_check(take_char(s) == expected.p[i]);
	take(s, "\"");
}

static void take_number(struct span *s, uint64_t expected)
{
	char digits[24];
	struct text t = TEXT(digits);

	text_printf(&t, "%ju", (uintmax_t)expected);
	take(s, digits);
}

/* The form that every answer has, with an error if there is a code. */
static void check_answer(struct json *j, struct text *t, int code,
			 struct span message)
{
	struct span s;

	json_open_answer(j, code, message);
	json_close(j, '}');
	fuzz_check(!t->overflow);
	s = text_span(t);
	take(&s, "{\"lwpxeboot\":");
	take_string(&s, SPAN_LIT(LWPXE_VERSION));
	take(&s, ",\"format\":1,\"error\":");
	if (code) {
		take(&s, "{\"code\":");
		take_number(&s, (uint64_t)code);
		take(&s, ",\"message\":");
		take_string(&s, message);
		take(&s, "}}");
	} else {
		take(&s, "null}");
	}
	fuzz_check(!s.n);
}

/* The input's words, between bytes 0xff, become an array of objects. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = fuzz_copy(data, n < 4096 ? n : 4096), rest, word;
	struct text t = TEXT(out);
	struct json j = { .put = put, .arg = &t };
	struct span s;

	check_answer(&j, &t, (int)(n % 64), all);
	text_reset(&t);
	j.comma = false;
	json_open(&j, NULL, '[');
	for (rest = all; rest.n;) {
		span_get_until(&rest, 0xff, &word);
		json_open(&j, NULL, '{');
		json_string(&j, "word", word);
		json_number(&j, "n", word.n);
		json_bool(&j, "odd", word.n & 1);
		json_null(&j, "none");
		json_close(&j, '}');
	}
	json_close(&j, ']');
	fuzz_check(!t.overflow);
	s = text_span(&t);
	take(&s, "[");
	for (rest = all; rest.n;) {
		span_get_until(&rest, 0xff, &word);
		take(&s, "{\"word\":");
		take_string(&s, word);
		take(&s, ",\"n\":");
		take_number(&s, word.n);
		take(&s, word.n & 1 ? ",\"odd\":true" : ",\"odd\":false");
		take(&s, rest.n ? ",\"none\":null}," : ",\"none\":null}");
	}
	take(&s, "]");
	fuzz_check(!s.n);
	return 0;
}
