/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/httpmsg.h"

static const char *request(const struct httpmsg_request *r, const char *name)
{
	static char shown[4096];
	struct text t = TEXT(shown), why;
	struct httpmsg_request asked = *r;
	char reason[256];
	struct url url;

	why = TEXT(reason);
	assert_int_equal(url_resolve(&url, SPAN_LIT("http://a/x y\x7f\xff/"),
				     span_of(name), &why),
			 0);
	asked.url = &url;
	asked.host = "192.0.2.1";
	httpmsg_put_request(&t, &asked);
	assert_false(t.overflow);
	return shown;
}

#define AGENT "User-Agent: lwpxeboot\r\nAccept-Encoding: identity\r\n"

static void request_names_file_and_host(void **state)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "http://srv/a/b?c=d%20e",
		  "GET /a/b?c=d%20e HTTP/1.1\r\nHost: srv\r\n" },
		{ "http://srv", "GET / HTTP/1.1\r\nHost: srv\r\n" },
		{ "http://srv:8080/a",
		  "GET /a HTTP/1.1\r\nHost: srv:8080\r\n" },
		{ "http://srv:80/a", "GET /a HTTP/1.1\r\nHost: srv\r\n" },
		{ "http:///a", "GET /a HTTP/1.1\r\nHost: 192.0.2.1\r\n" },
		{ "http://s\"r>v/", "GET / HTTP/1.1\r\nHost: s%22r%3ev\r\n" },
		{ "http://s/\"<>\\^`{|}\x7f\xff~!$&'()*+,;=:@",
		  "GET /%22%3c%3e%5c%5e%60%7b%7c%7d%7f%ff~!$&'()*+,;=:@ "
		  "HTTP/1.1\r\nHost: s\r\n" },
		{ "z", "GET /x%20y%7f%ff/z HTTP/1.1\r\nHost: a\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char expected[512];
		struct text t = TEXT(expected);

		text_printf(&t, "%s" AGENT "\r\n", rows[i].text);
		assert_string_equal(request(&(struct httpmsg_request){ 0 },
					    rows[i].name),
				    expected);
	}
}

static void nothing_ends_a_line_of_the_request(void **state)
{
	struct url url = { .path = "a\r\nX: y", .host = "h\r\nZ: z" };
	char shown[512];
	struct text t = TEXT(shown);

	(void)state;
	httpmsg_put_request(&t, &(struct httpmsg_request){ .url = &url });
	assert_string_equal(shown, "GET /a%0d%0aX:%20y HTTP/1.1\r\n"
				   "Host: h%0d%0aZ:%20z\r\n" AGENT "\r\n");
}

/* RFC 7617 section 2, and RFC 4648 section 10. */
static void user_is_sent_as_basic_credentials(void **state)
{
	static const struct {
		const char *user, *base64;
	} rows[] = {
		{ "Aladdin:open%20sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
		{ "u:", "dTo=" },
		{ "u:p", "dTpw" },
		{ "u", "dTo=" },
		{ ":%ff%fe%fb", "Ov/++w==" },
		{ ":%0d%0a", "Og0K" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[128], expected[256];
		struct text t = TEXT(name);

		text_printf(&t, "http://%s@h/", rows[i].user);
		t = TEXT(expected);
		text_printf(&t, "\r\nAuthorization: Basic %s\r\n",
			    rows[i].base64);
		assert_contains(request(&(struct httpmsg_request){ 0 }, name),
				expected);
	}
}

static void request_asks_for_the_rest_of_a_known_file(void **state)
{
	const struct httpmsg_request r = {
		.head = true,
		.from = 5000000000,
		.validator = "\"v1\"",
	};

	(void)state;
	assert_string_equal(request(&r, "http://h/f"),
			    "HEAD /f HTTP/1.1\r\nHost: h\r\n" AGENT
			    "Range: bytes=5000000000-\r\nIf-Range: \"v1\"\r\n"
			    "\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_names_file_and_host),
		cmocka_unit_test(nothing_ends_a_line_of_the_request),
		cmocka_unit_test(user_is_sent_as_basic_credentials),
		cmocka_unit_test(request_asks_for_the_rest_of_a_known_file),
	};

	return cmocka_run_group_tests_name("httprequest", tests, NULL, NULL);
}
