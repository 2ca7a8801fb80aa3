/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/guard.h"
#include "priv/environment.h"

#define USUAL_ROWS 24
#define USUAL_COLUMNS 80

/* A job in the background would be stopped for reading.  A terminal that is
 * not our session's has no say in that, and tells no group. */
static bool in_foreground(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group < 0 || group == getpgrp();
}

static bool is_dumb(void)
{
	struct span term = environment_get(SPAN_LIT("TERM"));

	return !term.n || span_eq(term, SPAN_LIT("dumb"));
}

void console_open(struct console *c, const struct spec *spec, int out)
{
	struct winsize size;

	*c = (struct console){ .terminal = { .out = out } };
	if (spec->unattended || spec->quiet || spec->restricted ||
	    !isatty(out) || tcgetattr(STDIN_FILENO, &c->saved) ||
	    !in_foreground())
		return;
	c->terminal.present = true;
	c->terminal.dumb = is_dumb();
	c->terminal.rows = USUAL_ROWS;
	c->terminal.columns = USUAL_COLUMNS;
	if (!ioctl(out, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		c->terminal.rows = size.ws_row;
		c->terminal.columns = size.ws_col;
	}
}

GUARDED void console_listen(struct console *c)
{
	struct termios t = c->saved;

	if (!c->terminal.present)
		return;
	t.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON);
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &t))
		c->terminal.present = false;
}

void console_restore(const struct console *c)
{
	if (c->terminal.present)
		tcsetattr(STDIN_FILENO, TCSANOW, &c->saved);
}
