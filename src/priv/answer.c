/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/answer.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/oserror.h"
#include "format/json.h"

int answer_open(struct text *why)
{
	int fd = memfd_create("answer", MFD_CLOEXEC);

	if (fd >= 0)
		return fd;
	text_printf(why, "no file can be made in memory: %s",
		    OSERROR_SHOW(errno));
	return -E_INTERNAL;
}

static int print(struct span s)
{
	ssize_t r;

	while (s.n) {
		r = write(STDOUT_FILENO, s.p, s.n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -E_OUTPUT;
		span_get(&s, (size_t)r, &(struct span){ 0 });
	}
	return 0;
}

int answer_print(int fd)
{
	static uint8_t buf[4096];
	off_t at = 0;
	ssize_t n;
	int rc = 0;

	while (!rc) {
		n = pread(fd, buf, sizeof(buf), at);
		if (n < 0)
			return -E_INTERNAL;
		if (!n)
			break;
		at += n;
		rc = print((struct span){ buf, (size_t)n });
	}
	return rc ? rc : at ? 0 : -E_NOT_FOUND;
}

static void put(void *arg, struct span s)
{
	(void)arg;
	print(s);
}

void answer_print_error(int code, struct span message)
{
	struct json j = { .put = put };

	json_open_answer(&j, code, message);
	json_close(&j, '}');
	put(NULL, SPAN_LIT("\n"));
}
