/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"

/* The longest line, its end included: a prefix may stand before 1023 bytes. */
#define LINE_MAX_SHOWN (1024 + 16)

static int reader, writer;

/* A pipe: what libxl's log is, and the output of a boot without a console. */
static int open_pipe(void **state)
{
	int fd[2];

	(void)state;
	if (pipe2(fd, O_NONBLOCK))
		return -1;
	reader = fd[0];
	writer = fd[1];
	log_open(writer);
	log_set_quiet(false);
	return 0;
}

/* A terminal in raw mode, as libxl hands it out. */
static int open_terminal(void **state)
{
	struct termios raw;

	(void)state;
	reader = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (reader < 0 || grantpt(reader) || unlockpt(reader))
		return -1;
	writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
	if (writer < 0 || tcgetattr(writer, &raw))
		return -1;
	cfmakeraw(&raw);
	if (tcsetattr(writer, TCSANOW, &raw))
		return -1;
	log_open(writer);
	log_set_quiet(false);
	return 0;
}

static int close_both(void **state)
{
	(void)state;
	log_open(STDOUT_FILENO);
	close(writer);
	close(reader);
	return 0;
}

/* Returns what was written since the last call.  A terminal hands it on in
 * parts: only when none is left does read() wait for the kernel's worker. */
static const char *written(void)
{
	static char buf[8192];
	size_t n = 0;
	ssize_t r;

	while ((r = read(reader, buf + n, sizeof(buf) - 1 - n)) > 0)
		n += (size_t)r;
	buf[n] = '\0';
	return buf;
}

static void kinds_differ_in_their_prefix(void **state)
{
	(void)state;
	log_info("one %u", 1u);
	assert_string_equal(written(), "one 1\n");
	log_warn("two");
	assert_string_equal(written(), "warning: two\n");
	log_error(1, "three");
	assert_string_equal(written(), "lwpxeboot: three\n");
}

static void every_byte_comes_out_printable(void **state)
{
	char message[256], expected[1024 + 2] = "";
	size_t n = 0;

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		message[c] = (char)c;
		n += (size_t)snprintf(expected + n, sizeof(expected) - n,
				      c >= 0x20 && c <= 0x7e ? "%c" : "\\x%02x",
				      c);
	}
	snprintf(expected + n, sizeof(expected) - n, "\n");
	log_info("%.*s", 256, message);
	assert_string_equal(written(), expected);
}

/* What would move the cursor, ring, or end the line early for whoever reads
 * the console, in each place a boot server's words can get to. */
static __attribute__((format(printf, 1, 2))) void error(const char *fmt, ...)
{
	char sentence[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	log_error(1, "%s", sentence);
}

static void escape_codes_do_not_get_through(void **state)
{
	static const char hostile[] =
		"\033]0;x\007\033[2J\r\nlwpxeboot: ok\x9b";
	void (*const kinds[])(const char *fmt, ...) = {
		log_info,
		log_warn,
		error,
	};
	const char *out;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		kinds[i]("%s", hostile);
		out = written();
		n = strlen(out);
		assert_int_equal(out[n - 1], '\n');
		for (size_t j = 0; j < n - 1; j++)
			assert_in_range(out[j], 0x20, 0x7e);
		assert_contains(out, "\\x1b]0;x\\x07\\x1b[2J\\x0d\\x0alwp");
	}
}

static void log_long(char c, size_t n)
{
	char message[4096];

	assert_true(n <= sizeof(message));
	memset(message, c, n);
	log_info("%.*s", (int)n, message);
}

static void passwords_of_urls_are_hidden(void **state)
{
	static const struct {
		const char *message, *shown;
	} rows[] = {
		{ "at http://me:pw@h:80/x, and ftp://u:a@b:c@h",
		  "at http://me:***@h:80/x, and ftp://u:***@h\n" },
		{ "http://:pw@h", "http://:***@h\n" },
		{ "http://me:@h http://me@h", "http://me:@h http://me@h\n" },
		{ "http://h:80/a:b@c", "http://h:80/a:b@c\n" },
		{ "http://h:80 a:b@c", "http://h:80 a:b@c\n" },
		{ "a:b@c //a:b@c ://", "a:b@c //a:b@c ://\n" },
		{ "x://a:b://c:d@e", "x://a:b://c:***@e\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		log_info("%s", rows[i].message);
		assert_string_equal(written(), rows[i].shown);
	}
}

static void line_of_1023_bytes_is_whole(void **state)
{
	const char *out;

	(void)state;
	log_long('a', 1023);
	out = written();
	assert_int_equal(strspn(out, "a"), 1023);
	assert_string_equal(out + 1023, "\n");
}

static void longer_line_ends_in_dots(void **state)
{
	static const size_t sizes[] = { 1024, 1025, 1040, 4000 };
	const char *out;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		log_long('a', sizes[i]);
		out = written();
		n = strlen(out);
		assert_true(n <= LINE_MAX_SHOWN);
		assert_true(n > 1000);
		assert_string_equal(out + n - 4, "...\n");
	}
}

static void cut_is_not_inside_an_escape(void **state)
{
	const char *out;
	size_t n;

	(void)state;
	log_long('\1', 1000);
	out = written();
	n = strlen(out);
	assert_true(n <= LINE_MAX_SHOWN);
	assert_string_equal(out + n - 8, "\\x01...\n");
	assert_int_equal((n - 4) % 4, 0);
}

static void quiet_leaves_warnings_and_errors(void **state)
{
	(void)state;
	log_set_quiet(true);
	log_info("info");
	log_progress("progress");
	assert_string_equal(written(), "");
	log_warn("w");
	log_error(1, "e");
	assert_string_equal(written(), "warning: w\nlwpxeboot: e\n");
}

static void pipe_shows_no_progress(void **state)
{
	(void)state;
	assert_false(log_redraws());
	log_progress("10 %%");
	assert_string_equal(written(), "");
	log_resume();
	log_info("done");
	assert_string_equal(written(), "done\n");
}

static void text_of_others_can_be_kept_as_a_line_shows_it(void **state)
{
	static char room[20];
	struct text t = TEXT(room);

	(void)state;
	log_put(&t, SPAN_LIT("\033b://u:p@h\n"));
	assert_string_equal(room, "\\x1bb://u:***...");
	assert_false(t.overflow);
}

static void terminal_draws_over_progress(void **state)
{
	(void)state;
	assert_true(log_redraws());
	log_info("start");
	assert_string_equal(written(), "start\r\n");
	log_progress("10 %%");
	assert_string_equal(written(), "10 %");
	log_progress("20 %%");
	assert_string_equal(written(), "\r\033[K20 %");
	log_info("done");
	assert_string_equal(written(), "\r\033[Kdone\r\n");
	log_info("next");
	assert_string_equal(written(), "next\r\n");
}

static void terminal_draws_over_another_process_progress(void **state)
{
	(void)state;
	log_resume();
	log_error(1, "it died");
	assert_string_equal(written(), "\r\033[Klwpxeboot: it died\r\n");
}

static void plain_terminal_is_not_drawn_over(void **state)
{
	(void)state;
	log_set_plain();
	assert_false(log_redraws());
	log_progress("10 %%");
	log_resume();
	log_info("done");
	assert_string_equal(written(), "done\r\n");
}

static void colors_are_for_terminals(void **state)
{
	(void)state;
	log_set_color();
	log_info("i");
	log_warn("w");
	log_error(1, "e");
	assert_string_equal(written(), "i\r\n\033[33mwarning: \033[mw\r\n"
				       "\033[31mlwpxeboot: \033[me\r\n");
}

static void pipe_has_no_colors(void **state)
{
	(void)state;
	log_set_color();
	log_error(1, "e");
	assert_string_equal(written(), "lwpxeboot: e\n");
}

static void details_are_shown_on_request(void **state)
{
	(void)state;
	log_detail(1, "one");
	log_set_verbose(1);
	log_detail(1, "more");
	log_detail(2, "most");
	log_set_verbose(2);
	log_detail(2, "now");
	log_set_verbose(0);
	assert_string_equal(written(), "more\nnow\n");
}

/* Returns the line behind its time, which is checked. */
static const char *behind_time(const char *line)
{
	unsigned long seconds;
	int ms, n = 0;

	assert_int_equal(sscanf(line, "{\"time\":%lu.%3d,%n", &seconds, &ms,
				&n),
			 2);
	assert_true(n > 15 && seconds > 1700000000);
	return line + n;
}

/* needs LWPXE_SYSLOG */
static void line_may_be_json(void **state)
{
	(void)state;
	log_set_json("\"mac\":\"m\",");
	log_info("a \"b\" \\ \n\xff http://u:pw@h/");
	assert_string_equal(behind_time(written()),
			    "\"level\":\"info\","
			    "\"mac\":\"m\",\"message\":\"a \\\"b\\\" \\\\ "
			    "\\u000a\\u00ff http://u:***@h/\"}\n");
	log_error(22, "no");
	assert_string_equal(behind_time(written()),
			    "\"level\":\"error\","
			    "\"mac\":\"m\",\"message\":\"no\",\"code\":22}\n");
	log_warn("w");
	assert_string_equal(behind_time(written()),
			    "\"level\":\"warning\","
			    "\"mac\":\"m\",\"message\":\"w\"}\n");
}

/* needs LWPXE_SYSLOG */
static void long_json_is_still_json(void **state)
{
	const char *line;
	size_t n;

	(void)state;
	log_set_json("");
	log_long('\1', 4096);
	line = behind_time(written());
	n = strlen(line);
	assert_true(n < 2048);
	assert_string_equal(line + n - 12, "\\u0001...\"}\n");
}

/* needs LWPXE_SYSLOG */
static void syslog_gets_what_quiet_drops(void **state)
{
	char line[2048];
	int fd[2];
	ssize_t n;

	(void)state;
	assert_int_equal(pipe2(fd, O_NONBLOCK), 0);
	log_set_syslog(fd[1], "lwpxeboot[7]: a\033b: ");
	log_set_quiet(true);
	log_info("i\n");
	log_progress("p");
	assert_string_equal(written(), "");
	n = read(fd[0], line, sizeof(line) - 1);
	assert_true(n > 0);
	line[n] = '\0';
	assert_string_equal(line, "<30>lwpxeboot[7]: a\\x1bb: i\\x0a");
	log_error(1, "e");
	assert_string_equal(written(), "lwpxeboot: e\n");
	n = read(fd[0], line, sizeof(line) - 1);
	assert_true(n > 0);
	line[n] = '\0';
	assert_string_equal(line, "<27>lwpxeboot[7]: a\\x1bb: e");
	close(fd[0]);
	close(fd[1]);
}

#define PIPE_TEST(f) cmocka_unit_test_setup_teardown(f, open_pipe, close_both)
#define TTY_TEST(f) \
	cmocka_unit_test_setup_teardown(f, open_terminal, close_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPE_TEST(kinds_differ_in_their_prefix),
		PIPE_TEST(every_byte_comes_out_printable),
		PIPE_TEST(escape_codes_do_not_get_through),
		PIPE_TEST(passwords_of_urls_are_hidden),
		PIPE_TEST(line_of_1023_bytes_is_whole),
		PIPE_TEST(longer_line_ends_in_dots),
		PIPE_TEST(cut_is_not_inside_an_escape),
		PIPE_TEST(quiet_leaves_warnings_and_errors),
		PIPE_TEST(pipe_shows_no_progress),
		cmocka_unit_test(text_of_others_can_be_kept_as_a_line_shows_it),
		PIPE_TEST(pipe_has_no_colors),
		PIPE_TEST(details_are_shown_on_request),
		PIPE_TEST(line_may_be_json),
		PIPE_TEST(long_json_is_still_json),
		PIPE_TEST(syslog_gets_what_quiet_drops),
		TTY_TEST(plain_terminal_is_not_drawn_over),
		TTY_TEST(colors_are_for_terminals),
		TTY_TEST(terminal_draws_over_progress),
		TTY_TEST(terminal_draws_over_another_process_progress),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
