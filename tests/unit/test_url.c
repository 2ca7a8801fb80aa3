/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/url.h"

struct row {
	const char *prefix, *name;
	const char *scheme, *host;
	uint32_t port;
	const char *path;
};

static void check_rows(const struct row *row, size_t n)
{
	for (; n--; row++) {
		char reason[128];
		struct text why = TEXT(reason);
		struct url u;

		int rc = url_resolve(&u, span_of(row->prefix),
				     span_of(row->name), &why);

		assert_string_equal(reason, "");
		assert_int_equal(rc, 0);
		assert_string_equal(u.scheme, row->scheme);
		assert_string_equal(u.host, row->host);
		assert_int_equal(u.port, row->port);
		assert_string_equal(u.path, row->path);
	}
}

static void relative_names_are_glued_to_the_prefix(void **state)
{
	static const struct row rows[] = {
		{ "::", "linux", "tftp", "", 0, "linux" },
		{ "::boot/", "linux", "tftp", "", 0, "boot/linux" },
		/* As text: no slash is put in, none is taken out. */
		{ "::boot", "linux", "tftp", "", 0, "bootlinux" },
		{ "::boot/", "/linux", "tftp", "", 0, "boot//linux" },
		{ "::/", "a//b", "tftp", "", 0, "/a//b" },
		{ "::a/", "../b", "tftp", "", 0, "a/../b" },
		{ "::pxe_", "pxelinux.cfg/default", "tftp", "", 0,
		  "pxe_pxelinux.cfg/default" },
		{ "srv::dir/", "linux", "tftp", "srv", 0, "dir/linux" },
		{ "tftp://srv:70/dir/", "linux", "tftp", "srv", 70,
		  "dir/linux" },
		{ "http://srv/boot?m=aa:", "linux", "http", "srv", 0,
		  "boot?m=aa:linux" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void complete_names_ignore_the_prefix(void **state)
{
	static const struct row rows[] = {
		{ "::boot/", "::linux", "tftp", "", 0, "linux" },
		{ "::boot/", "::/linux", "tftp", "", 0, "/linux" },
		{ "::boot/", "srv::linux", "tftp", "srv", 0, "linux" },
		{ "::boot/", "192.0.2.1::a/b", "tftp", "192.0.2.1", 0, "a/b" },
		{ "::boot/", "tftp://srv/linux", "tftp", "srv", 0, "linux" },
		{ "::boot/", "tftp://srv//linux", "tftp", "srv", 0, "/linux" },
		{ "::boot/", "tftp:///linux", "tftp", "", 0, "linux" },
		{ "::boot/", "http://srv:8080/a/b?c=d", "http", "srv", 8080,
		  "a/b?c=d" },
		{ "http://srv/a/", "tftp://srv2/x", "tftp", "srv2", 0, "x" },
		{ "::", "tftp://srv", "tftp", "srv", 0, "" },
		{ "::", "tftp://me:secret@srv:69/x", "tftp", "srv", 69, "x" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

/* Only what follows the first colon tells the form. */
static void other_colons_are_part_of_the_name(void **state)
{
	static const struct row rows[] = {
		{ "::d/", "a:b", "tftp", "", 0, "d/a:b" },
		{ "::d/", "a:b::c", "tftp", "", 0, "d/a:b::c" },
		{ "::d/", "a:b://c", "tftp", "", 0, "d/a:b://c" },
		{ "::d/", ":", "tftp", "", 0, "d/:" },
		{ "::d/", "a:/b", "tftp", "", 0, "d/a:/b" },
		{ "::d/", ":::x", "tftp", "", 0, ":x" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
	assert_true(url_is_absolute(SPAN_LIT("::")));
	assert_true(url_is_absolute(SPAN_LIT("h::x")));
	assert_true(url_is_absolute(SPAN_LIT("x://")));
	assert_false(url_is_absolute(SPAN_LIT("")));
	assert_false(url_is_absolute(SPAN_LIT("/x")));
	assert_false(url_is_absolute(SPAN_LIT("a:/b")));
	assert_false(url_is_absolute(SPAN_LIT("a:b::c")));
}

static void name_ends_at_its_first_blank(void **state)
{
	static const struct row rows[] = {
		{ "::", "linux root=x", "tftp", "", 0, "linux" },
		{ "::", "linux\tquiet", "tftp", "", 0, "linux" },
		{ "::", "  linux  ", "tftp", "", 0, "linux" },
		{ "::d/", "", "tftp", "", 0, "d/" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void percent_codes_are_a_tftp_url_s(void **state)
{
	static const struct row rows[] = {
		{ "::", "tftp://h/a%20b", "tftp", "h", 0, "a b" },
		{ "::", "tftp://h/%41%62%2f%2F", "tftp", "h", 0, "Ab//" },
		{ "::", "tftp://h/%39%4a%Af%09", "tftp", "h", 0, "9J\xaf\t" },
		{ "::", "tftp://h/%%41", "tftp", "h", 0, "%A" },
		{ "::", "tftp://h/%2541", "tftp", "h", 0, "%41" },
		/* Codes that are none stay, and so does NUL. */
		{ "::", "tftp://h/%", "tftp", "h", 0, "%" },
		{ "::", "tftp://h/%4", "tftp", "h", 0, "%4" },
		{ "::", "tftp://h/%4g%zz", "tftp", "h", 0, "%4g%zz" },
		{ "::", "tftp://h/a%00b", "tftp", "h", 0, "a%00b" },
		{ "::", "tftp://h/x;mode=octet", "tftp", "h", 0, "x" },
		{ "::", "tftp://h/a%3Bb;mode=octet", "tftp", "h", 0, "a;b" },
		{ "::", "tftp://h/x#part", "tftp", "h", 0, "x" },
		/* Elsewhere they are bytes like others. */
		{ "::", "a%20b;c", "tftp", "", 0, "a%20b;c" },
		{ "::", "h::a%20b;c", "tftp", "h", 0, "a%20b;c" },
		{ "::", "http://h/a%20b;c", "http", "h", 0, "a%20b;c" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void user_is_kept_in_the_clear(void **state)
{
	static const struct row {
		const char *name, *user, *host;
	} rows[] = {
		{ "http://me:secret@srv/x", "me:secret", "srv" },
		{ "http://me@srv/x", "me", "srv" },
		{ "http://@srv/x", "", "srv" },
		{ "http://:@srv/x", ":", "srv" },
		{ "http://me:p%40%3a%2Fw@srv/x", "me:p@:/w", "srv" },
		{ "http://me:a@b;c@srv/x", "me:a@b;c", "srv" },
		{ "http://me:%00@srv/x", "me:%00", "srv" },
		{ "tftp://me:secret@srv/x", "me:secret", "srv" },
		{ "http://srv/a@b", "", "srv" },
	};
	char reason[128];
	struct text why = TEXT(reason);
	struct url u;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(url_resolve(&u, SPAN_LIT("::"),
					     span_of(rows[i].name), &why),
				 0);
		assert_string_equal(u.user, rows[i].user);
		assert_string_equal(u.host, rows[i].host);
	}
}

/* RFC 3986 section 5.4, without the removal of dots. */
static void redirects_lead_where_they_should(void **state)
{
	static const struct redirect {
		const char *from, *to, *url;
	} rows[] = {
		{ "http://a/b/c/d;p?q", "g", "http://@a:0/b/c/g" },
		{ "http://a/b/c/d;p?q", "./g", "http://@a:0/b/c/./g" },
		{ "http://a/b/c/d;p?q", "g/", "http://@a:0/b/c/g/" },
		{ "http://a/b/c/d;p?q", "/g", "http://@a:0/g" },
		{ "http://a/b/c/d;p?q", "//g", "http://@g:0/" },
		{ "http://a/b/c/d;p?q", "//g:8/h?i", "http://@g:8/h?i" },
		{ "http://a/b/c/d;p?q", "?y", "http://@a:0/b/c/d;p?y" },
		{ "http://a/b/c/d;p?q", "g?y", "http://@a:0/b/c/g?y" },
		{ "http://a/b/c/d;p?q", "g#s", "http://@a:0/b/c/g" },
		{ "http://a/b/c/d;p?q", "../g", "http://@a:0/b/c/../g" },
		{ "http://a/b/c/d;p?q/r", "g", "http://@a:0/b/c/g" },
		{ "http://a/b/c/d;p?q", "g?y=http://x/z",
		  "http://@a:0/b/c/g?y=http://x/z" },
		{ "http://a/b", "g", "http://@a:0/g" },
		{ "http://a", "g", "http://@a:0/g" },
		{ "http://a", "?y", "http://@a:0/?y" },
		{ "http://a/b", "/g:h//i", "http://@a:0/g:h//i" },
		{ "http:///b/c", "d", "http://@:0/b/d" },
		/* The user goes along, but not to anybody else. */
		{ "http://u:p@a/b", "g", "http://u:p@a:0/g" },
		{ "http://u:p@a:8/b", "g", "http://u:p@a:8/g" },
		{ "http://u:p@a/b", "http://A/g", "http://u:p@A:0/g" },
		{ "http://u:p@a/b", "http://x@a/g", "http://x@a:0/g" },
		{ "http://u:p@a/b", "http://b/g", "http://@b:0/g" },
		{ "http://u:p@a/b", "http://a:8/g", "http://@a:8/g" },
		{ "http://a/b", "https://a/g", "https://@a:0/g" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char whole[1024], reason[128];
		struct text t = TEXT(whole), why = TEXT(reason);
		struct url u;

		assert_int_equal(url_resolve(&u, (struct span){ 0 },
					     span_of(rows[i].from), &why),
				 0);
		assert_int_equal(url_redirect(&u, span_of(rows[i].to), &why),
				 0);
		text_printf(&t, "%s://%s@%s:%u/%s", u.scheme, u.user, u.host,
			    u.port, u.path);
		assert_string_equal(whole, rows[i].url);
	}
}

static void redirects_to_nowhere_are_refused(void **state)
{
	static const char *const bad[] = {
		"mailto:x", "http:x", "http:/x",
		"http:",    "a::b",   "http://h:99999/",
	};
	char reason[256];
	struct url u;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct text why = TEXT(reason);

		assert_int_equal(url_resolve(&u, (struct span){ 0 },
					     SPAN_LIT("http://a/b"), &why),
				 0);
		assert_int_equal(url_redirect(&u, span_of(bad[i]), &why),
				 -E_UNSUPPORTED);
		assert_true(why.n > 0);
	}
}

static int resolve(const char *name, struct url *u, const char **reason)
{
	static char sentence[1024];
	struct text why = TEXT(sentence);

	*reason = sentence;
	return url_resolve(u, SPAN_LIT("::"), span_of(name), &why);
}

static void ports_are_numbers(void **state)
{
	static const char *const bad[] = {
		"tftp://h:65536/x", "tftp://h:abc/x", "tftp://h:69x/x",
		"tftp://h:-1/x",    "tftp://h:1:2/x",
	};
	const char *reason;
	struct url u;

	(void)state;
	assert_int_equal(resolve("tftp://h:65535/x", &u, &reason), 0);
	assert_int_equal(u.port, 65535);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(resolve(bad[i], &u, &reason), -E_UNSUPPORTED);
		assert_contains(reason, "port");
	}
}

/* Resolves a name with `n` bytes of 'x' between `before` and `after`. */
static int resolve_long(const char *before, size_t n, const char *after,
			struct url *u)
{
	char name[2048];
	struct text t = TEXT(name);
	const char *reason;
	int rc;

	text_puts(&t, before);
	while (n--)
		text_put_u8(&t, 'x');
	text_puts(&t, after);
	assert_false(t.overflow);
	rc = resolve(name, u, &reason);
	if (rc)
		assert_contains(reason, "too long");
	return rc;
}

static void every_part_has_its_limit(void **state)
{
	struct url u;

	(void)state;
	assert_int_equal(resolve_long("::", URL_PATH_SIZE - 1, "", &u), 0);
	assert_int_equal(strlen(u.path), URL_PATH_SIZE - 1);
	assert_int_equal(resolve_long("::", URL_PATH_SIZE, "", &u),
			 -E_UNSUPPORTED);
	assert_int_equal(resolve_long("", URL_PATH_SIZE - 1, "", &u), 0);
	assert_int_equal(resolve_long("", URL_PATH_SIZE, "", &u),
			 -E_UNSUPPORTED);
	assert_int_equal(resolve_long("tftp://h/", URL_PATH_SIZE - 1, "", &u),
			 0);
	assert_int_equal(resolve_long("tftp://h/", URL_PATH_SIZE, "", &u),
			 -E_UNSUPPORTED);
	assert_int_equal(resolve_long("", URL_HOST_SIZE - 1, "::f", &u), 0);
	assert_int_equal(strlen(u.host), URL_HOST_SIZE - 1);
	assert_int_equal(resolve_long("", URL_HOST_SIZE, "::f", &u),
			 -E_UNSUPPORTED);
	assert_int_equal(resolve_long("tftp://", URL_USER_SIZE - 1, "@h/f", &u),
			 0);
	assert_int_equal(resolve_long("tftp://", URL_USER_SIZE, "@h/f", &u),
			 -E_UNSUPPORTED);
	assert_int_equal(resolve_long("", sizeof(u.scheme) - 1, "://h/f", &u),
			 0);
	assert_int_equal(resolve_long("", sizeof(u.scheme), "://h/f", &u),
			 -E_UNSUPPORTED);
	assert_int_equal(resolve_long("::", 2000, "", &u), -E_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relative_names_are_glued_to_the_prefix),
		cmocka_unit_test(complete_names_ignore_the_prefix),
		cmocka_unit_test(other_colons_are_part_of_the_name),
		cmocka_unit_test(name_ends_at_its_first_blank),
		cmocka_unit_test(percent_codes_are_a_tftp_url_s),
		cmocka_unit_test(user_is_kept_in_the_clear),
		cmocka_unit_test(redirects_lead_where_they_should),
		cmocka_unit_test(redirects_to_nowhere_are_refused),
		cmocka_unit_test(ports_are_numbers),
		cmocka_unit_test(every_part_has_its_limit),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
