/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "format/menuview.h"

/* Whatever bytes the network sends, a terminal gets printable ASCII, ends of
 * lines and our own sequences, and a log no more than the first two. */

#define ROUNDS 5000
#define LONGEST 1200

static uint32_t seed;
static uint8_t bytes[LONGEST];

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * below >> 32);
}

/* Returns random bytes, among them much that a terminal would obey. */
static struct span any_bytes(void)
{
	static const char *const tricks[] = {
		"\033[2J",
		"\033]0;x\007",
		"\033",
		"\233"
		"2J",
		"\220",
		"\205",
		"\r",
		"\n",
		"\b\b\b",
		"\t",
		"\177",
		"\377",
		"\016",
		"\302\233",
		"\342\200\256",
		"word",
		"\r\033[K",
		"://u:p@h/",
		"\\x1b",
		"%s%n",
	};
	struct span s = { bytes, 0 };
	const char *trick;
	size_t n;

	for (uint32_t left = any(60); left; left--) {
		trick = tricks[any(COUNT(tricks))];
		n = any(2) ? strlen(trick) : any(20);
		for (size_t i = 0; i < n; i++)
			bytes[s.n + i] = n == strlen(trick) ?
						 (uint8_t)trick[i] :
						 (uint8_t)any(256);
		s.n += n;
	}
	return s;
}

/* Takes "ESC [" and what makes up one of our sequences off `s`. */
static bool take_sequence(struct span *s)
{
	uint32_t row, column;
	struct span skipped;
	uint8_t c;

	if (!span_starts(*s, SPAN_LIT("\033[")))
		return false;
	span_get(s, 2, &skipped);
	if (span_starts(*s, SPAN_LIT("2J")))
		return span_get(s, 2, &skipped);
	if (span_starts(*s, SPAN_LIT("0")) &&
	    !span_starts(*s, SPAN_LIT("0;0"))) {
		span_get(s, 1, &skipped);
		while (span_get_u8(s, &c) && c == ';')
			if (!span_get_u8(s, &c) || !strchr("127", c))
				return false;
		return c == 'm';
	}
	return span_get_number(s, 999, &row) && span_get_u8(s, &c) &&
	       c == ';' && span_get_number(s, 999, &column) &&
	       span_get_u8(s, &c) && c == 'H' && row && column;
}

static void assert_ours(struct span s)
{
	uint8_t c;

	while (s.n) {
		if (s.p[0] == '\033') {
			assert_true(take_sequence(&s));
			continue;
		}
		span_get_u8(&s, &c);
		assert_in_range(c, 0x20, 0x7e);
	}
}

static void draw_anything(void **state)
{
	static struct screen screen;
	static char piece[SCREEN_PIECE];
	struct text t;
	bool more;

	(void)state;
	screen_open(&screen, 24, 80);
	for (int round = 0; round < ROUNDS; round++) {
		if (!any(100))
			screen_open(&screen, MENUVIEW_MIN_ROWS + any(120),
				    MENUVIEW_MIN_COLUMNS + any(400));
		if (!any(4))
			screen_forget(&screen);
		screen_put(&screen, any(130), any(420), any(8), any_bytes());
		screen_fill(&screen, any(130), any(420), any(8),
			    (uint8_t)any(256), any(500));
		screen_move(&screen, 1 + any(200), 1 + any(500));
		do {
			t = TEXT(piece);
			more = screen_draw(&screen, &t);
			assert_false(t.overflow);
			assert_ours(text_span(&t));
		} while (more);
	}
}

static void put_anything(void **state)
{
	static char buf[2 * LONGEST];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct text t = TEXT(buf);

		menuview_put_label(&t, any_bytes(), any(200));
		menuview_put_countdown(&t, any_bytes(), any(100));
		assert_ours(text_span(&t));
	}
}

static int reader;
static uint8_t before; /* the last byte read */

/* Reads what is there; a terminal may hand out a line in pieces. */
static void read_log(bool tty, int wait)
{
	struct pollfd fd = { .fd = reader, .events = POLLIN };
	static uint8_t buf[4096];
	ssize_t n;

	while (poll(&fd, 1, wait) == 1 && fd.revents & POLLIN) {
		n = read(reader, buf, sizeof(buf));
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; before = buf[i++])
			if (before == '\r')
				assert_true(buf[i] == '\n' || buf[i] == '\033');
			else if (before == '\033')
				assert_int_equal(buf[i], '[');
			else if (buf[i] != '\n' || tty)
				assert_true((buf[i] == '\r' && tty) ||
					    (buf[i] >= 0x20 && buf[i] <= 0x7e));
	}
}

static void say_anything(int writer)
{
	bool tty;

	log_open(writer);
	log_set_quiet(false);
	tty = log_redraws();
	for (int round = 0; round < ROUNDS; round++) {
		struct span s = any_bytes();

		switch (any(tty ? 4 : 3)) {
		case 0:
			log_info("a %.*s b", SPAN_ARG(s));
			break;
		case 1:
			log_warn("%.*s", SPAN_ARG(s));
			break;
		case 2:
			log_error(1, "%.*s%.*s", SPAN_ARG(s), SPAN_ARG(s));
			break;
		default:
			log_progress("%.*s", SPAN_ARG(s));
		}
		read_log(tty, 0);
	}
	read_log(tty, 100);
	log_open(STDOUT_FILENO);
	close(writer);
	close(reader);
}

static void say_anything_to_a_log(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	reader = fd[0];
	say_anything(fd[1]);
}

static void say_anything_on_a_terminal(void **state)
{
	struct termios raw;
	int writer;

	(void)state;
	reader = posix_openpt(O_RDWR | O_NOCTTY);
	assert_false(reader < 0 || grantpt(reader) || unlockpt(reader));
	writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
	assert_false(writer < 0 || tcgetattr(writer, &raw));
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(writer, TCSANOW, &raw), 0);
	say_anything(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draw_anything),
		cmocka_unit_test(put_anything),
		cmocka_unit_test(say_anything_to_a_log),
		cmocka_unit_test(say_anything_on_a_terminal),
	};

	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
