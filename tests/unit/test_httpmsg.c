/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/httpmsg.h"

/* Feeds it all in the pieces that end at *cut and at the end; tells what came
 * of it: the status and data, "." for the end and "!" for refusal. */
static void read_pieces(struct httpmsg *m, bool head_only, struct span whole,
			const size_t *cut, size_t cuts, struct text *story)
{
	struct span piece, data = { 0 };
	enum httpmsg_event e = HTTPMSG_MORE;
	uint8_t *copy;
	size_t at = 0;

	httpmsg_start(m, head_only);
	for (size_t i = 0; i <= cuts; i++) {
		piece.n = (i < cuts ? cut[i] : whole.n) - at;
		piece.p = copy = exact_copy(whole.p + at, piece.n);
		at += piece.n;
		while ((e = httpmsg_get(m, &piece, &data)) == HTTPMSG_HEAD ||
		       e == HTTPMSG_DATA) {
			if (e == HTTPMSG_HEAD)
				text_printf(story, "%u ", m->status);
			else
				text_put(story, data);
		}
		free(copy);
		if (e != HTTPMSG_MORE)
			break;
		assert_int_equal(piece.n, 0);
	}
	text_puts(story, e == HTTPMSG_END    ? "." :
			 e == HTTPMSG_BROKEN ? "!" :
			 httpmsg_ends(m)     ? "" :
					       "~");
	if (e == HTTPMSG_BROKEN)
		text_printf(story, "%s", m->broken);
}

static struct httpmsg msg;

/* Reads it whole, in two pieces, and byte by byte. */
static const char *story_of(bool head_only, struct span whole)
{
	static char first[4096];
	char again[4096];
	struct text t = TEXT(first);
	size_t *each = malloc(whole.n * sizeof(*each) + 1);

	read_pieces(&msg, head_only, whole, NULL, 0, &t);
	for (size_t i = 0; i < whole.n; i++) {
		each[i] = i + 1;
		t = TEXT(again);
		read_pieces(&msg, head_only, whole, &i, 1, &t);
		assert_string_equal(again, first);
	}
	t = TEXT(again);
	read_pieces(&msg, head_only, whole, each, whole.n, &t);
	assert_string_equal(again, first);
	free(each);
	return first;
}

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

struct row {
	const char *bytes, *story;
};

static void check_rows(const struct row *row, size_t n)
{
	for (; n--; row++) {
		const char *story = story_of(false, span_of(row->bytes));

		if (row->story[strlen(row->story) - 1] == '!')
			assert_true(!strncmp(story, row->story,
					     strlen(row->story)));
		else
			assert_string_equal(story, row->story);
	}
}

static void content_ends_where_the_head_says(void **state)
{
	static const struct row rows[] = {
		{ OK "Content-Length: 3\r\n\r\nabc", "200 abc." },
		{ OK "Content-Length: 3\r\n\r\nabcdef", "200 abc." },
		{ OK "Content-Length: 3\r\n\r\nab", "200 ab~" },
		{ OK "Content-Length: 0\r\n\r\n", "200 ." },
		{ OK "content-length:3\r\n\r\nabc", "200 abc." },
		{ OK "CONTENT-LENGTH: \t 3 \t\r\n\r\nabc", "200 abc." },
		{ OK "Content-Length: 0003\r\n\r\nabc", "200 abc." },
		{ OK "X-Content-Length: 1\r\nContent-Length: 3\r\n\r\nabc",
		  "200 abc." },
		{ OK "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		  "200 abc." },
		{ OK "\r\nabc", "200 abc" },
		{ OK "\r\n", "200 " },
		{ OK, "~" },
		{ "", "~" },
		{ "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
		  "204 ." },
		{ "HTTP/1.1 304 Not Modified\r\n\r\nabc", "304 ." },
		{ "HTTP/1.0 200 OK\r\n\r\nabc", "200 abc" },
		{ "HTTP/1.0 200 OK\nContent-Length: 3\n\nabc", "200 abc." },
		{ "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", "200 abc." },
		{ "HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc", "200 abc." },
		{ "HTTP/1.1 999 ?\r\nContent-Length: 3\r\n\r\nabc",
		  "999 abc." },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
	assert_string_equal(
		story_of(true, SPAN_LIT(OK "Content-Length: 3\r\n\r\nabc")),
		"200 .");
	assert_true(msg.has_length && msg.length == 3);
	assert_string_equal(story_of(true, SPAN_LIT(CHUNKED)), "200 .");
	assert_string_equal(story_of(true, SPAN_LIT(OK "\r\n")), "200 .");
}

static void chunks_are_put_together(void **state)
{
	static const struct row rows[] = {
		{ CHUNKED "3\r\nabc\r\n0\r\n\r\n", "200 abc." },
		{ CHUNKED "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nmore",
		  "200 abcde." },
		{ CHUNKED "0\r\n\r\n", "200 ." },
		{ CHUNKED "a\r\n0123456789\r\n0B\r\n0123456789a\r\n0\r\n\r\n",
		  "200 01234567890123456789a." },
		{ CHUNKED "0000000000000003\r\nabc\r\n00\r\n\r\n", "200 abc." },
		{ CHUNKED "3;x=\"y\"\r\nabc\r\n0 ; z\r\n\r\n", "200 abc." },
		{ CHUNKED "3 \r\nabc\r\n0\t\r\n\r\n", "200 abc." },
		{ CHUNKED "3\nabc\n0\n\n", "200 abc." },
		{ CHUNKED "0\r\nX: y\r\nContent-Length: 9\r\n z\r\n\r\n",
		  "200 ." },
		{ CHUNKED "3\r\nabc\r\n", "200 abc~" },
		{ CHUNKED "3\r\nabc\r\n0\r\n", "200 abc~" },
		{ OK "TRANSFER-encoding: Chunked\r\n\r\n0\r\n\r\n", "200 ." },
		{ CHUNKED "\r\n", "200 !" },
		{ CHUNKED "x\r\n", "200 !" },
		{ CHUNKED "-1\r\n", "200 !" },
		{ CHUNKED "+1\r\n", "200 !" },
		{ CHUNKED " 1\r\n", "200 !" },
		{ CHUNKED "0x1\r\n", "200 !" },
		{ CHUNKED "1g\r\n", "200 !" },
		{ CHUNKED "1 1\r\n", "200 !" },
		{ CHUNKED "1\1\r\n", "200 !" },
		{ CHUNKED "1;\33\r\n", "200 !" },
		{ CHUNKED "00000000000000003\r\n", "200 !" },
		{ CHUNKED "10000000000000003\r\n", "200 !" },
		{ CHUNKED "3\r\nabcd\r\n", "200 abc!" },
		{ CHUNKED "3\r\nabc3\r\n", "200 abc!" },
		{ CHUNKED "3\r\nabc \r\n", "200 abc!" },
		{ CHUNKED "ffffffffffffffff\r\nabc", "200 abc~" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void framing_that_has_two_meanings_is_refused(void **state)
{
	static const struct row rows[] = {
		{ OK "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", "!" },
		{ OK "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
		  "!" },
		{ OK "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
		  "!" },
		{ OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "!" },
		{ OK "Transfer-Encoding: identity\r\n\r\n", "!" },
		{ OK "Transfer-Encoding: chunked, chunked\r\n\r\n", "!" },
		{ OK "Transfer-Encoding: chunked\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n",
		  "!" },
		{ OK "Transfer-Encoding:\r\n\r\n", "!" },
		{ "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		  "!" },
		{ OK "Content-Length: 3, 3\r\n\r\n", "!" },
		{ OK "Content-Length:\r\n\r\n", "!" },
		{ OK "Content-Length: -3\r\n\r\n", "!" },
		{ OK "Content-Length: +3\r\n\r\n", "!" },
		{ OK "Content-Length: 0x3\r\n\r\n", "!" },
		{ OK "Content-Length: 3a\r\n\r\n", "!" },
		{ OK "Content-Length: 3 3\r\n\r\n", "!" },
		{ OK "Content-Length: 18446744073709551619\r\n\r\n", "!" },
		{ OK "Content-Length: 00000000000000000003\r\n\r\n", "!" },
		{ OK "Content-Length : 3\r\n\r\n", "!" },
		{ OK " Content-Length: 3\r\n\r\n", "!" },
		{ OK "Content-Length: 3\r\n 4\r\n\r\n", "!" },
		{ OK "Content-Length:\r\n 4\r\n\r\n", "!" },
		{ OK "Content-Length: 3\rX: y\r\n\r\n", "!" },
		{ OK "Location: a\rX: y\r\n\r\n", "!" },
		{ OK "Location: a\r\nLocation: b\r\n\r\n", "!" },
		{ OK ": x\r\n\r\n", "!" },
		{ OK "nothing\r\n\r\n", "!" },
		{ "HTTP/1.1 101 Switching Protocols\r\n\r\n", "!" },
		{ "HTTP/2 200 OK\r\n\r\n", "!" },
		{ "HTTP/2.0 200 OK\r\n\r\n", "!" },
		{ "http/1.1 200 OK\r\n\r\n", "!" },
		{ "HTTP/1.1  200 OK\r\n\r\n", "!" },
		{ "HTTP/1.1 20 OK\r\n\r\n", "!" },
		{ "HTTP/1.1 2000 OK\r\n\r\n", "!" },
		{ "HTTP/1.1 2x0 OK\r\n\r\n", "!" },
		{ "HTTP/1.1 099 OK\r\n\r\n", "!" },
		{ "HTTP/1.1\r\n\r\n", "!" },
		{ "ICY 200 OK\r\n\r\n", "!" },
		{ "<html>\n", "!" },
		{ "\r\n" OK "\r\n", "!" },
		{ "\n", "!" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
	assert_int_equal(
		story_of(false,
			 SPAN_LIT(OK "Content-Length: 3\0\r\n\r\nabc"))[0],
		'!');
}

static void interim_answers_and_odd_lines_are_skipped(void **state)
{
	static const struct row rows[] = {
		{ "HTTP/1.1 100 Continue\r\n\r\n" OK
		  "Content-Length: 1\r\n\r\nx",
		  "200 x." },
		{ "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n"
		  "Connection: close\r\nLocation: x\r\n\r\n" OK
		  "Content-Length: 1\r\n\r\nx",
		  "200 x." },
		{ "HTTP/1.1 100 Continue\r\n\r\n", "~" },
		{ OK "X-Folded: a\r\n b\r\n\tc\r\nContent-Length: 1\r\n\r\nx",
		  "200 x." },
		{ OK "X: \x01\xff\r\rb\r\nContent-Length: 1\r\n\r\nx",
		  "200 x." },
		{ OK "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
		  "200 x." },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
	assert_true(msg.persistent);
	story_of(false, span_of(rows[1].bytes));
	assert_true(msg.persistent);
	assert_string_equal(msg.location, "");
}

static void connection_stays_open_unless_somebody_says_no(void **state)
{
	static const struct {
		const char *bytes;
		bool persistent;
	} rows[] = {
		{ OK "Content-Length: 0\r\n\r\n", true },
		{ OK "Connection: keep-alive\r\nContent-Length: 0\r\n\r\n",
		  true },
		{ OK "Connection: close\r\nContent-Length: 0\r\n\r\n", false },
		{ OK "connection: x, CLOSE ,y\r\nContent-Length: 0\r\n\r\n",
		  false },
		{ OK "Connection: x\r\nConnection: close\r\n"
		     "Content-Length: 0\r\n\r\n",
		  false },
		{ OK "Connection: closed\r\nContent-Length: 0\r\n\r\n", true },
		{ CHUNKED "0\r\n\r\n", true },
		{ OK "\r\n", false },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false },
		{ "HTTP/1.1 204 No\r\n\r\n", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		story_of(false, span_of(rows[i].bytes));
		assert_int_equal(msg.persistent, rows[i].persistent);
	}
}

#define PART "HTTP/1.1 206 Partial Content\r\nContent-Range: "

static void parts_say_which_they_are(void **state)
{
	static const struct {
		const char *range;
		bool has_range, has_total;
		uint64_t first, last, total;
	} rows[] = {
		{ "bytes 0-0/1", true, true, 0, 0, 1 },
		{ "Bytes 5000000000-5000000009/5000000010", true, true,
		  5000000000, 5000000009, 5000000010 },
		{ "bytes 1-2/*", true, false, 1, 2, 0 },
		{ .range = "bytes 2-1/3" },
		{ .range = "bytes 1-3/3" },
		{ .range = "bytes */3" },
		{ .range = "bytes=1-2/3" },
		{ .range = "bytes 1-2" },
		{ .range = "bytes 1-2/" },
		{ .range = "bytes 1-2/3x" },
		{ .range = "bytes 1-2/**" },
		{ .range = "bytes -2/3" },
		{ .range = "bytes 1-/3" },
		{ .range = "lines 1-2/3" },
		{ .range = "" },
		{ .range = "bytes 1-2/99999999999999999999" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char bytes[256];
		struct text t = TEXT(bytes);

		text_printf(&t, PART "%s\r\n\r\n", rows[i].range);
		assert_string_equal(story_of(false, text_span(&t)), "206 ");
		assert_int_equal(msg.has_range, rows[i].has_range);
		if (!msg.has_range)
			continue;
		assert_int_equal(msg.has_total, rows[i].has_total);
		assert_int_equal(msg.first, rows[i].first);
		assert_int_equal(msg.last, rows[i].last);
		if (msg.has_total)
			assert_int_equal(msg.total, rows[i].total);
	}
	assert_string_equal(
		story_of(
			false,
			SPAN_LIT(PART
				 "bytes 1-2/3\r\nContent-Length: 2\r\n\r\nbc")),
		"206 bc.");
	assert_int_equal(
		story_of(false,
			 SPAN_LIT(PART
				  "bytes 1-2/3\r\nContent-Length: 3\r\n\r\nbc"))
			[0],
		'!');
}

static void versions_are_told_apart(void **state)
{
	static const struct {
		const char *fields, *validator;
	} rows[] = {
		{ "ETag: \"a b\"\r\n", "\"a b\"" },
		{ "ETag: W/\"a\"\r\n", "" },
		{ "ETag: a\r\n", "" },
		{ "Last-Modified: then\r\n", "then" },
		{ "Last-Modified: then\r\nETag: \"a\"\r\n", "\"a\"" },
		{ "ETag: \"a\"\r\nLast-Modified: then\r\n", "\"a\"" },
		{ "ETag: W/\"a\"\r\nLast-Modified: then\r\n", "then" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char bytes[256];
		struct text t = TEXT(bytes);

		text_printf(&t, OK "%sContent-Length: 0\r\n\r\n",
			    rows[i].fields);
		assert_string_equal(story_of(false, text_span(&t)), "200 .");
		assert_string_equal(msg.validator, rows[i].validator);
	}
}

static void redirect_and_reason_are_kept(void **state)
{
	(void)state;
	story_of(
		false,
		SPAN_LIT(
			"HTTP/1.1 302 Moved  here\r\n"
			"Location:  http://x/y z \r\nContent-Length: 0\r\n\r\n"));
	assert_string_equal(msg.location, "http://x/y z");
	assert_string_equal(msg.reason, "Moved  here");
	story_of(false, SPAN_LIT("HTTP/1.1 500 012345678901234567890123456789"
				 "012345678901234567890123456789\r\n"
				 "Content-Length: 0\r\n\r\n"));
	assert_int_equal(strlen(msg.reason), sizeof(msg.reason) - 1);
}

/* Reads a head that has a field of `n` bytes, and returns the last event. */
static char read_long(const char *name, size_t n, size_t times)
{
	static char bytes[HTTPMSG_HEAD_MAX + 4096], shown[256];
	struct text t = TEXT(bytes), story = TEXT(shown);
	size_t cuts[4];

	text_puts(&t, OK);
	while (times--) {
		text_puts(&t, name);
		for (size_t i = 0; i < n; i++)
			text_put_u8(&t, 'x');
		text_puts(&t, "\r\n");
	}
	text_puts(&t, "Content-Length: 0\r\n\r\n");
	assert_false(t.overflow);
	read_pieces(&msg, false, text_span(&t), NULL, 0, &story);
	for (size_t i = 0; i < COUNT(cuts); i++)
		cuts[i] = t.n * (i + 1) / 5;
	text_puts(&story, "|");
	read_pieces(&msg, false, text_span(&t), cuts, COUNT(cuts), &story);
	assert_memory_equal(shown, strchr(shown, '|') + 1,
			    strlen(strchr(shown, '|') + 1));
	return shown[0];
}

static void heads_are_long_but_not_endless(void **state)
{
	const size_t around = strlen(OK "X: \r\nContent-Length: 0\r\n\r\n");

	(void)state;
	assert_int_equal(read_long("X: ", 65536, 1), '2');
	assert_int_equal(read_long("X: ", 100, 650), '2');
	assert_int_equal(read_long("X: ", HTTPMSG_HEAD_MAX - around, 1), '2');
	assert_int_equal(read_long("X: ", HTTPMSG_HEAD_MAX - around + 1, 1),
			 '!');
	assert_int_equal(read_long("X: ", 100, 1250), '!');
	assert_int_equal(read_long("Location: ", 1012, 1), '2');
	assert_int_equal(strlen(msg.location), 1012);
	assert_int_equal(read_long("Location: ", 1013, 1), '!');
	assert_int_equal(read_long("ETag: \"", 120, 1), '2');
	assert_int_equal(strlen(msg.validator), 121);
	assert_int_equal(read_long("ETag: \"", 200, 1), '2');
	assert_string_equal(msg.validator, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_ends_where_the_head_says),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(framing_that_has_two_meanings_is_refused),
		cmocka_unit_test(interim_answers_and_odd_lines_are_skipped),
		cmocka_unit_test(connection_stays_open_unless_somebody_says_no),
		cmocka_unit_test(parts_say_which_they_are),
		cmocka_unit_test(versions_are_told_apart),
		cmocka_unit_test(redirect_and_reason_are_kept),
		cmocka_unit_test(heads_are_long_but_not_endless),
	};

	return cmocka_run_group_tests_name("httpmsg", tests, NULL, NULL);
}
