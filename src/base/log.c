/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/log.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct {
	int fd;
	bool tty;
	bool quiet;
	const char *error; /* what errors begin with */
	bool open_line; /* the cursor stands behind a progress line */
} out = { .fd = STDOUT_FILENO, .error = "lwpxeboot: " };

void log_open(int fd)
{
	out.fd = fd;
	out.tty = isatty(fd);
}

void log_set_quiet(bool quiet)
{
	out.quiet = quiet;
}

void log_set_xapi(void)
{
	out.error = "lwpxeboot: RuntimeError: ";
}

bool log_is_tty(void)
{
	return out.tty;
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

void log_put(struct text *line, struct span s)
{
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
		if (line->cap - line->n < sizeof("\\xff...")) {
			text_puts(line, "...");
			return;
		}
		if (s.p[i] >= 0x20 && s.p[i] <= 0x7e)
			text_put_u8(line, s.p[i]);
		else
			text_printf(line, "\\x%02x", s.p[i]);
	}
}

/* syscalls: write
 *
 * A terminal that takes no more is not worth failing a boot for, so a short or
 * failed write is dropped. */
static void write_line(struct span line)
{
	ssize_t r = write(out.fd, line.p, line.n);

	(void)r;
}

void log_resume(void)
{
	out.open_line = out.tty;
}

static void put_line(bool stays_open, const char *prefix, const char *fmt,
		     va_list ap) __attribute__((format(printf, 3, 0)));

static void put_line(bool stays_open, const char *prefix, const char *fmt,
		     va_list ap)
{
	static char raw[1024], shown[1024 + 16];
	struct text message = TEXT(raw);
	struct text line = TEXT(shown);

	message.clip = true;
	text_vprintf(&message, fmt, ap);
	if (message.overflow) {
		message.n -= strlen("...");
		text_puts(&message, "...");
	}
	if (out.open_line)
		text_puts(&line, "\r\033[K");
	text_puts(&line, prefix);
	line.cap -= 2; /* kept for the end of line */
	log_put(&line, text_span(&message));
	line.cap += 2;
	out.open_line = stays_open;
	if (!out.open_line)
		text_puts(&line, out.tty ? "\r\n" : "\n");
	write_line(text_span(&line));
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (out.quiet)
		return;
	va_start(ap, fmt);
	put_line(false, "", fmt, ap);
	va_end(ap);
}

void log_progress(const char *fmt, ...)
{
	va_list ap;

	if (out.quiet || !out.tty)
		return;
	va_start(ap, fmt);
	put_line(true, "", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(false, "warning: ", fmt, ap);
	va_end(ap);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(false, out.error, fmt, ap);
	va_end(ap);
}
