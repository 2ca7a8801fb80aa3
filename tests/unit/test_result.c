/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <ctype.h>
#include <limits.h>

#include "base/err.h"
#include "format/cmdline.h"
#include "format/result.h"

static char buf[RESULT_MAX + 1], reason[128];

static int put(enum spec_format format, const struct result *r, struct text *t)
{
	struct text why = TEXT(reason);
	int rc;

	*t = (struct text)TEXT(buf);
	rc = result_put(t, format, r, &why);
	assert_int_equal(!rc, !reason[0]);
	return rc;
}

/* What libxl makes of a result file: items end in NUL, an item that fills its
 * buffer is dropped, the last of a kind counts, unknown ones are ignored. */
struct libxl {
	char kernel[PATH_MAX * 2], ramdisk[PATH_MAX * 2], args[PATH_MAX * 2];
	unsigned unknown;
};

static bool take_item(char *field, const char *key, const char *item)
{
	size_t n = strlen(key);

	if (strncmp(item, key, n) || !isspace((unsigned char)item[n]))
		return false;
	for (item += n; isspace((unsigned char)*item); item++)
		;
	memcpy(field, item, strlen(item) + 1);
	return true;
}

static void read_like_libxl(struct span file, struct libxl *x)
{
	static char item[PATH_MAX * 2];
	size_t n = 0;

	memset(x, 0, sizeof(*x));
	for (size_t i = 0; i < file.n; i++) {
		if (n < sizeof(item))
			item[n] = (char)file.p[i];
		n++;
		if (file.p[i])
			continue;
		if (n > 1 && n <= sizeof(item) &&
		    !take_item(x->kernel, "kernel", item) &&
		    !take_item(x->ramdisk, "ramdisk", item) &&
		    !take_item(x->args, "args", item))
			x->unknown++;
		n = 0;
	}
	assert_int_equal(n, 0);
}

#define assert_libxl_reads(t, k, r, a) \
	do { \
		static struct libxl x_; \
		read_like_libxl(text_span(t), &x_); \
		assert_string_equal(x_.kernel, k); \
		assert_string_equal(x_.ramdisk, r); \
		assert_string_equal(x_.args, a); \
		assert_int_equal(x_.unknown, 0); \
	} while (0)

static void simple0_is_exact(void **state)
{
	static const char expected[] = "kernel /d/k\0ramdisk /d/r\0"
				       "args a  b\0";
	const struct result r = { "/d/k", "/d/r", SPAN_LIT("a  b") };
	struct text t;

	(void)state;
	assert_int_equal(put(SPEC_SIMPLE0, &r, &t), 0);
	assert_int_equal(t.n, sizeof(expected));
	assert_memory_equal(buf, expected, sizeof(expected));
	assert_libxl_reads(&t, "/d/k", "/d/r", "a  b");
}

static void absent_items_are_left_out(void **state)
{
	const struct result r = { .kernel = "/d/k" };
	struct text t;

	(void)state;
	assert_int_equal(put(SPEC_SIMPLE0, &r, &t), 0);
	assert_int_equal(t.n, 13);
	assert_memory_equal(buf, "kernel /d/k\0", 13);
	assert_libxl_reads(&t, "/d/k", "", "");
}

static void xapi_reads_lines(void **state)
{
	const struct result r = { "/d/k", "/d/r", SPAN_LIT("a b") };
	struct text t;

	(void)state;
	assert_int_equal(put(SPEC_SIMPLE, &r, &t), 0);
	assert_string_equal(buf, "kernel /d/k\nramdisk /d/r\nargs a b\n\n");
	assert_int_equal(put(SPEC_SIMPLE, &(struct result){ .kernel = "/k" },
			     &t),
			 0);
	assert_string_equal(buf, "kernel /k\n\n");
}

static void xend_reads_quoted_values(void **state)
{
	const struct result r = { "/d/k", "/d/r",
				  SPAN_LIT("a 'b' \\ (c) ')(kernel '/x") };
	struct text t;

	(void)state;
	assert_int_equal(put(SPEC_SXP, &r, &t), 0);
	assert_string_equal(buf,
			    "linux (kernel '/d/k')(ramdisk '/d/r')"
			    "(args 'a \\'b\\' \\\\ (c) \\')(kernel \\'/x')");
	assert_int_equal(put(SPEC_SXP, &(struct result){ .kernel = "/k" }, &t),
			 0);
	assert_string_equal(buf, "linux (kernel '/k')");
}

/* The class of XSA-198: a value that brings an item of its own along. */
static void value_with_the_separator_is_refused(void **state)
{
	struct result r = { "/d/k", NULL,
			    SPAN_LIT("quiet\0ramdisk /etc/shadow") };
	struct text t;

	(void)state;
	assert_int_equal(put(SPEC_SIMPLE0, &r, &t), -E_CMDLINE);
	assert_contains(reason, "args item");
	assert_int_equal(put(SPEC_SXP, &r, &t), -E_CMDLINE);
	r.args = SPAN_LIT("quiet\nramdisk /etc/shadow");
	assert_int_equal(put(SPEC_SIMPLE, &r, &t), -E_CMDLINE);
	r.args = SPAN_LIT("");
	r.kernel = "/d\nramdisk /etc/shadow";
	assert_int_equal(put(SPEC_SIMPLE, &r, &t), -E_CMDLINE);
	assert_contains(reason, "kernel item");
	r.kernel = "/d/k";
	r.ramdisk = "/d/r\nkernel /etc/shadow";
	assert_int_equal(put(SPEC_SIMPLE, &r, &t), -E_CMDLINE);
	assert_contains(reason, "ramdisk item");
}

/* What looks like an item inside the arguments is text for libxl. */
static void arguments_cannot_become_items(void **state)
{
	static const char *const hostile[] = {
		"ramdisk /etc/shadow",
		"args x",
		"a kernel /etc/shadow",
		"x args y",
		"'",
		"\\",
		"\"",
		")(ramdisk '/etc/shadow')",
	};
	struct text t;

	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const struct result r = { "/d/k", NULL, span_of(hostile[i]) };

		assert_int_equal(put(SPEC_SIMPLE0, &r, &t), 0);
		assert_libxl_reads(&t, "/d/k", "", hostile[i]);
	}
}

static void longest_arguments_are_not_dropped(void **state)
{
	static char args[CMDLINE_MAX + 1];
	const struct result r = { "/d/k",
				  "/d/r",
				  { (uint8_t *)args, CMDLINE_MAX } };
	struct text t;

	(void)state;
	memset(args, 'x', CMDLINE_MAX);
	assert_int_equal(put(SPEC_SIMPLE0, &r, &t), 0);
	assert_libxl_reads(&t, "/d/k", "/d/r", args);
}

static void result_that_does_not_fit_is_an_error(void **state)
{
	const struct result r = { "/dir/kernel", "/dir/ramdisk",
				  SPAN_LIT("a 'b'") };
	struct text whole, why = TEXT(reason);

	(void)state;
	for (int format = SPEC_SXP; format <= SPEC_SIMPLE0; format++) {
		assert_int_equal(put((enum spec_format)format, &r, &whole), 0);
		for (size_t cap = 1; cap <= whole.n + 1; cap++) {
			char *p = malloc(cap);
			struct text t = text_over(p, cap);

			assert_int_equal(result_put(&t,
						    (enum spec_format)format,
						    &r, &why),
					 cap > whole.n ? 0 : -E_OUTPUT);
			free(p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(simple0_is_exact),
		cmocka_unit_test(absent_items_are_left_out),
		cmocka_unit_test(xapi_reads_lines),
		cmocka_unit_test(xend_reads_quoted_values),
		cmocka_unit_test(value_with_the_separator_is_refused),
		cmocka_unit_test(arguments_cannot_become_items),
		cmocka_unit_test(longest_arguments_are_not_dropped),
		cmocka_unit_test(result_that_does_not_fit_is_an_error),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
