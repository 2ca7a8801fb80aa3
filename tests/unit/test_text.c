/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

/* Each function that appends, with what it appends when there is room. */

static void put(struct text *t)
{
	text_put(t, SPAN_LIT("a\0b"));
}

static void put_nothing(struct text *t)
{
	text_put(t, (struct span){ 0 });
}

static void puts_word(struct text *t)
{
	text_puts(t, "hello");
}

static void put_u8(struct text *t)
{
	text_put_u8(t, 0xff);
}

static void put_be16(struct text *t)
{
	text_put_be16(t, 0x0102);
}

static void put_be32(struct text *t)
{
	text_put_be32(t, 0x01020304);
}

static void put_formatted(struct text *t)
{
	text_printf(t, "<%s|%.*s|%c|%u|%02x|%zu|%%>", "one", 2, "two", '3', 4u,
		    5u, (size_t)678);
}

static void put_padded(struct text *t)
{
	text_printf(t, "%-6s%5u%08x", "ab", 42u, 0xbeefu);
}

static void put_size(struct text *t)
{
	text_put_size(t, 41234567);
}

static const struct writer {
	void (*put)(struct text *t);
	struct span bytes;
} writers[] = {
	{ put, { (const uint8_t *)"a\0b", 3 } },
	{ put_nothing, { (const uint8_t *)"", 0 } },
	{ puts_word, { (const uint8_t *)"hello", 5 } },
	{ put_u8, { (const uint8_t *)"\xff", 1 } },
	{ put_be16, { (const uint8_t *)"\1\2", 2 } },
	{ put_be32, { (const uint8_t *)"\1\2\3\4", 4 } },
	{ put_formatted, { (const uint8_t *)"<one|tw|3|4|05|678|%>", 21 } },
	{ put_padded, { (const uint8_t *)"ab       420000beef", 19 } },
	{ put_size, { (const uint8_t *)"41.2 MB", 7 } },
};

/* Runs the writer in `cap` bytes that AddressSanitizer guards on both sides. */
static void check_in(const struct writer *w, size_t cap, bool clip)
{
	char *p = malloc(cap);
	struct text t = text_over(p, cap);
	size_t fits = w->bytes.n < cap - 1 ? w->bytes.n : cap - 1;

	t.clip = clip;
	w->put(&t);
	assert_int_equal(t.overflow, w->bytes.n > cap - 1);
	assert_true(t.n < cap);
	assert_int_equal(t.p[t.n], 0);
	if (!t.overflow || clip) {
		assert_int_equal(t.n, fits);
		assert_memory_equal(t.p, w->bytes.p, fits);
	}
	free(p);
}

static void every_put_is_exact_or_overflows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(writers); i++)
		for (size_t cap = 1; cap <= writers[i].bytes.n + 2; cap++)
			check_in(&writers[i], cap, false);
}

static void clip_keeps_what_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(writers); i++)
		for (size_t cap = 1; cap <= writers[i].bytes.n + 2; cap++)
			check_in(&writers[i], cap, true);
}

static void piece_that_does_not_fit_is_left_out_whole(void **state)
{
	char buf[4];
	struct text t = TEXT(buf);

	(void)state;
	text_puts(&t, "a");
	text_puts(&t, "bcd");
	assert_span(text_span(&t), "a");
	assert_true(t.overflow);
	text_puts(&t, "ef");
	assert_span(text_span(&t), "aef");
	assert_true(t.overflow);
}

static void reset_makes_it_new(void **state)
{
	char buf[4];
	struct text t = TEXT(buf);

	(void)state;
	text_puts(&t, "abcd");
	text_reset(&t);
	assert_false(t.overflow);
	assert_string_equal(buf, "");
	text_puts(&t, "abc");
	assert_string_equal(buf, "abc");
	assert_false(t.overflow);
}

#define assert_printf(expected, ...) \
	do { \
		char buf_[64]; \
		struct text t_ = TEXT(buf_); \
		text_printf(&t_, __VA_ARGS__); \
		assert_string_equal(buf_, expected); \
	} while (0)

static void conversions_are_those_of_c(void **state)
{
	(void)state;
	assert_printf("plain", "plain");
	assert_printf("100%", "100%%");
	assert_printf("a-b", "%s-%s", "a", "b");
	assert_printf("[]", "[%s]", "");
	assert_printf("[ab  ]", "[%-4s]", "ab");
	assert_printf("[abcde]", "[%-4s]", "abcde");
	assert_printf("[ab]", "[%.*s]", 2, "abcd");
	assert_printf("[ab  ]", "[%-4.*s]", 2, "abcd");
	assert_printf("0 4294967295", "%u %u", 0u, UINT32_MAX);
	assert_printf("[    7][00007]", "[%5u][%05u]", 7u, 7u);
	assert_printf("[123456]", "[%3u]", 123456u);
	assert_printf("[         7][        7]", "[%10u][%9u]", 7u, 7u);
	assert_printf("0 ffffffff 0a", "%x %x %02x", 0u, UINT32_MAX, 10u);
	assert_printf("18446744073709551615", "%ju", UINTMAX_MAX);
	assert_printf(sizeof(size_t) == 8 ? "18446744073709551615" :
					    "4294967295",
		      "%zu", SIZE_MAX);
	assert_printf("x", "%c", 'x');
}

static void precision_lets_nul_bytes_through(void **state)
{
	char buf[8];
	struct text t = TEXT(buf);

	(void)state;
	text_printf(&t, "%.*s", 3, "a\0b");
	assert_int_equal(t.n, 3);
	assert_memory_equal(buf, "a\0b", 4);
}

static void brief_text_takes_the_beginning_of_a_piece(void **state)
{
	char buf[4 * TEXT_BRIEF], bytes[2 * TEXT_BRIEF];
	struct text t = TEXT(buf);

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	t.brief = true;
	text_printf(&t, "%.*s|", TEXT_BRIEF, bytes);
	assert_int_equal(t.n, TEXT_BRIEF + 1);
	text_reset(&t);
	t.brief = true;
	text_printf(&t, "%.*s|%s", TEXT_BRIEF + 1, bytes, "whole");
	assert_int_equal(t.n, TEXT_BRIEF + strlen("...|whole"));
	assert_string_equal(buf + TEXT_BRIEF, "...|whole");
	text_reset(&t);
	t.brief = true;
	memset(bytes, 0x1b, sizeof(bytes));
	text_printf(&t, "%.*s|", (int)sizeof(bytes), bytes);
	assert_int_equal(t.n, (TEXT_BRIEF + 3) / 4 + strlen("...|"));
}

/* %d compiles, but our formatter has no such conversion: going on would take
 * the wrong argument for the next one. */
static void unknown_conversion_kills_the_process(void **state)
{
	const struct rlimit no_core = { 0, 0 };
	char buf[8];
	struct text t = TEXT(buf);
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGILL, SIG_DFL);
		signal(SIGTRAP, SIG_DFL);
		text_printf(&t, "%d", 1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void sizes_are_rounded_down(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *shown;
	} table[] = {
		{ 0, "0 bytes" },         { 1, "1 byte" },
		{ 999, "999 bytes" },     { 1000, "1.0 kB" },
		{ 1999, "1.9 kB" },       { 999999, "999.9 kB" },
		{ 1000000, "1.0 MB" },    { 41299999, "41.2 MB" },
		{ 1000000000, "1.0 GB" }, { UINT64_MAX, "18.4 EB" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char buf[16];
		struct text t = TEXT(buf);

		text_put_size(&t, table[i].bytes);
		assert_string_equal(buf, table[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_put_is_exact_or_overflows),
		cmocka_unit_test(clip_keeps_what_fits),
		cmocka_unit_test(piece_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(reset_makes_it_new),
		cmocka_unit_test(conversions_are_those_of_c),
		cmocka_unit_test(precision_lets_nul_bytes_through),
		cmocka_unit_test(brief_text_takes_the_beginning_of_a_piece),
		cmocka_unit_test(unknown_conversion_kills_the_process),
		cmocka_unit_test(sizes_are_rounded_down),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
