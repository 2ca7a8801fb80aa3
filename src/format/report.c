/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/report.h"

/* XSA-198 was a NUL inside such a string: it let a boot configuration name any
 * file of Dom0 as the guest's ramdisk. */
static bool has_control_byte(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)p[i] < 0x20 || p[i] == 0x7f)
			return true;
	return false;
}

bool report_is_valid(const struct report *r, size_t n, struct text *why)
{
	const char *wrong = NULL;

	if (n != sizeof(*r) || r->magic != REPORT_MAGIC)
		wrong = "not a report";
	else if (r->outcome > REPORT_LOCAL)
		wrong = "an unknown outcome";
	else if (r->outcome == REPORT_FAILED && (!r->rc || r->rc > 127))
		wrong = "a failure without an exit code";
	else if (r->outcome == REPORT_BOOT && !r->kernel_size)
		wrong = "an empty kernel";
	else if (r->args_n > CMDLINE_MAX)
		wrong = "a command line that is too long";
	else if (has_control_byte(r->args, r->args_n))
		wrong = "a control character in the command line";
	if (wrong)
		text_puts(why, wrong);
	return !wrong;
}

struct span report_args(const struct report *r)
{
	return (struct span){ (const uint8_t *)r->args, r->args_n };
}
