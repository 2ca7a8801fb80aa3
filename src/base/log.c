/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/log.h"

#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

/* The longest line with its prefix and its end, but without colors; and the
 * longest that is JSON. */
#define LINE (1024 + 16)
#define COLORS 8
#define JSON_LINE 2048

enum kind { ERROR, WARNING, INFO, DETAIL, PROGRESS };

/* No pointers: each would cost a relocation besides itself. */
static const struct {
	char name[8];     /* in JSON */
	char priority[5]; /* of syslog's facility "daemon", RFC 3164 */
	char color[6];
} kinds[] = {
	[ERROR] = { "error", "<27>", "\033[31m" },
	[WARNING] = { "warning", "<28>", "\033[33m" },
	[INFO] = { "info", "<30>", "" },
	[DETAIL] = { "detail", "<31>", "" },
	[PROGRESS] = { "", "", "" },
};

static struct {
	int fd;
	bool tty;
	bool redraws;
	bool color;
	bool quiet;
	unsigned verbose;
	const char *error;   /* what errors begin with */
	bool open_line;      /* the cursor stands behind a progress line */
	const char *members; /* what every JSON object has; NULL: text */
	int syslog;          /* 0: none */
	const char *tag;     /* what every line has there */
} out = { .fd = STDOUT_FILENO, .error = "lwpxeboot: " };

void log_open(int fd)
{
	out.fd = fd;
	out.tty = out.redraws = isatty(fd);
	out.color = false;
	out.members = NULL;
	out.syslog = 0;
}

void log_set_quiet(bool quiet)
{
	out.quiet = quiet;
}

void log_set_verbose(unsigned verbose)
{
	out.verbose = verbose;
}

void log_set_plain(void)
{
	out.redraws = false;
}

void log_set_color(void)
{
	out.color = out.tty;
}

void log_set_json(const char *members)
{
	out.members = members;
	out.redraws = out.color = false;
}

void log_set_syslog(int fd, const char *tag)
{
	out.syslog = fd;
	if (tag)
		out.tag = tag;
}

void log_set_xapi(void)
{
	out.error = "lwpxeboot: RuntimeError: ";
}

bool log_redraws(void)
{
	return out.redraws;
}

/* Returns the password of the URL whose "://" stands before `s`; empty if it
 * has none. */
static struct span find_password(struct span s)
{
	struct span user = s, part = { NULL, 0 };
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]) && s.p[n] != '/')
		n++;
	s.n = user.n = n;
	while (span_get_until(&s, '@', &part))
		;
	if (part.n == n)
		return (struct span){ NULL, 0 };
	user.n -= part.n + 1;
	span_get_until(&user, ':', &part);
	return user;
}

/* Copies a byte in printable form, in JSON as what a reader has back from it. */
static void put_byte(struct text *line, uint8_t c, bool json)
{
	if (c < 0x20 || c > 0x7e) {
		text_printf(line, json ? "\\u00%02x" : "\\x%02x", c);
		return;
	}
	if (json && (c == '"' || c == '\\'))
		text_put_u8(line, '\\');
	text_put_u8(line, c);
}

/* Copies `s` in printable form without the passwords of URLs, and stops with
 * "..." before the line has no more than `end` bytes of room. */
static void put_escaped(struct text *line, struct span s, size_t end, bool json)
{
	const size_t room = sizeof("\\u00ff...") - (json ? 0 : 2) + end;
	struct span hidden = { NULL, 0 };

	for (size_t i = 0; i < s.n; i++) {
		if (span_starts((struct span){ s.p + i, s.n - i },
				SPAN_LIT("://")))
			hidden = find_password((struct span){ s.p + i + 3,
							      s.n - i - 3 });
		if (hidden.n && s.p + i == hidden.p) {
			text_puts(line, "***");
			i += hidden.n - 1;
			continue;
		}
		if (line->cap - line->n < room) {
			text_puts(line, "...");
			return;
		}
		put_byte(line, s.p[i], json);
	}
}

void log_put(struct text *line, struct span s)
{
	put_escaped(line, s, 0, false);
}

/* syscalls: write
 *
 * A terminal that takes no more is not worth failing a boot for, so a short or
 * failed write is dropped. */
static void write_line(int fd, struct span line)
{
	ssize_t r = write(fd, line.p, line.n);

	(void)r;
}

void log_resume(void)
{
	out.open_line = out.redraws;
}

static void write_text(enum kind kind, struct span message)
{
	static char shown[LINE + COLORS];
	struct text line = TEXT(shown);
	const bool color = out.color && kinds[kind].color[0];

	line.cap -= color ? 0 : COLORS;
	if (out.open_line)
		text_puts(&line, "\r\033[K");
	text_puts(&line, color ? kinds[kind].color : "");
	text_puts(&line, kind == ERROR   ? out.error :
			 kind == WARNING ? "warning: " :
					   "");
	text_puts(&line, color ? "\033[m" : "");
	put_escaped(&line, message, 2, false);
	out.open_line = kind == PROGRESS;
	if (!out.open_line)
		text_puts(&line, out.tty ? "\r\n" : "\n");
	write_line(out.fd, text_span(&line));
}

/* The clock on the wall is what others' logs are compared by. */
static void write_json(enum kind kind, struct span message, int code)
{
	static char shown[JSON_LINE];
	struct text line = TEXT(shown);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	text_printf(&line,
		    "{\"time\":%ju.%03u,\"level\":\"%s\",%s"
		    "\"message\":\"",
		    (uintmax_t)now.tv_sec, (unsigned)(now.tv_nsec / 1000000),
		    kinds[kind].name, out.members);
	put_escaped(&line, message, sizeof("\",\"code\":255}\r\n"), true);
	text_puts(&line, "\"");
	if (code)
		text_printf(&line, ",\"code\":%u", (unsigned)code);
	text_puts(&line, out.tty ? "}\r\n" : "}\n");
	write_line(out.fd, text_span(&line));
}

/* Whoever receives adds the time. */
static void write_syslog(enum kind kind, struct span message)
{
	static char shown[LINE + 512];
	struct text line = TEXT(shown);

	text_puts(&line, kinds[kind].priority);
	put_escaped(&line, span_of(out.tag), 0, false);
	put_escaped(&line, message, 0, false);
	write_line(out.syslog, text_span(&line));
}

static void put_line(enum kind kind, int code, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void put_line(enum kind kind, int code, const char *fmt, va_list ap)
{
	static char raw[1024];
	struct text message = TEXT(raw);
	const bool silent = out.quiet && kind > WARNING;

	if (silent && !out.syslog)
		return;
	message.clip = true;
	text_vprintf(&message, fmt, ap);
	if (message.overflow) {
		message.n -= strlen("...");
		text_puts(&message, "...");
	}
	if (!silent && LWPXE_SYSLOG && out.members)
		write_json(kind, text_span(&message), code);
	else if (!silent)
		write_text(kind, text_span(&message));
	if (LWPXE_SYSLOG && out.syslog && kind != PROGRESS)
		write_syslog(kind, text_span(&message));
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(INFO, 0, fmt, ap);
	va_end(ap);
}

void log_detail(unsigned verbose, const char *fmt, ...)
{
	va_list ap;

	if (out.verbose < verbose)
		return;
	va_start(ap, fmt);
	put_line(DETAIL, 0, fmt, ap);
	va_end(ap);
}

void log_progress(const char *fmt, ...)
{
	va_list ap;

	if (out.quiet || !out.redraws)
		return;
	va_start(ap, fmt);
	put_line(PROGRESS, 0, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(WARNING, 0, fmt, ap);
	va_end(ap);
}

void log_error(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(ERROR, code, fmt, ap);
	va_end(ap);
}
