/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/answer.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/oserror.h"
#include "format/json.h"
#include "priv/output.h"

int answer_open(struct text *why)
{
	int fd = memfd_create("answer", MFD_CLOEXEC);

	if (fd >= 0)
		return fd;
	text_printf(why, "no file can be made in memory: %s",
		    OSERROR_SHOW(errno));
	return -E_INTERNAL;
}

int answer_print(int fd)
{
	static uint8_t buf[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), at)) > 0) {
		at += n;
		if (!output_write(STDOUT_FILENO,
				  (struct span){ buf, (size_t)n }))
			return -E_OUTPUT;
	}
	return n < 0 ? -E_INTERNAL : at ? 0 : -E_NOT_FOUND;
}

static void put(void *arg, struct span s)
{
	(void)arg;
	output_write(STDOUT_FILENO, s);
}

void answer_print_error(int code, struct span message)
{
	struct json j = { .put = put };

	json_open_answer(&j, code, message);
	json_close(&j, '}');
	put(NULL, SPAN_LIT("\n"));
}
