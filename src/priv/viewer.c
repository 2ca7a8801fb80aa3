/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/viewer.h"

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/text.h"
#include "priv/smallfile.h"

#define PATIENCE_MS 3000
#define LOOK_MS 20

/* The client has few descriptors; its terminal is the last that it opens. */
#define DESCRIPTORS 32

/* Whether the process `pid` is called `name`. */
static GUARDED bool is_called(uint32_t pid, struct span name)
{
	char path[32];
	uint8_t comm[20];
	struct text t = TEXT(path);
	struct span s;

	text_printf(&t, "/proc/%u/comm", pid);
	return smallfile_read(path, comm, sizeof(comm), &s) &&
	       span_eq(span_trim_end(s), name);
}

/* Whether it has a terminal besides those it was started with. */
static GUARDED bool has_terminal(uint32_t pid)
{
	char path[48], target[16];
	struct text t = TEXT(path);
	ssize_t n;

	for (unsigned fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++) {
		text_reset(&t);
		text_printf(&t, "/proc/%u/fd/%u", pid, fd);
		n = readlink(path, target, sizeof(target));
		if (n > 0 &&
		    span_starts((struct span){ (uint8_t *)target, (size_t)n },
				SPAN_LIT("/dev/pts/")))
			return true;
	}
	return false;
}

/* Whether a child of xl's will be a client, or is one that does not look yet. */
static bool is_coming(uint32_t pid)
{
	return is_called(pid, SPAN_LIT("xl")) ||
	       (is_called(pid, SPAN_LIT("xenconsole")) && !has_terminal(pid));
}

static GUARDED bool is_any_coming(uint32_t parent)
{
	static uint8_t children[512];
	char path[48];
	struct text t = TEXT(path);
	struct span s;
	uint32_t pid;

	text_printf(&t, "/proc/%u/task/%u/children", parent, parent);
	if (!smallfile_read(path, children, sizeof(children), &s))
		return false;
	while (span_get_number(&s, UINT32_MAX, &pid)) {
		if (is_coming(pid))
			return true;
		s = span_skip_blanks(s);
	}
	return false;
}

void viewer_await(void)
{
	const uint32_t parent = (uint32_t)getppid();
	const ms_t end = clock_now() + PATIENCE_MS;

	if (!is_called(parent, SPAN_LIT("xl")))
		return;
	while (is_any_coming(parent) && clock_now() < end)
		poll(NULL, 0, LOOK_MS);
}
