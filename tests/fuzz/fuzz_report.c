/* SPDX-License-Identifier: BSD-3-Clause */
#include "toolstack.h"

#include <stddef.h>

#include "format/report.h"

/* A valid report's arguments can be handed to any toolstack, which reads what
 * they are. */
static void check_result(const struct report *r)
{
	static char buf[RESULT_MAX + 1];
	struct result result = { "/d/k", "/d/r", report_args(r) };
	char reason[128];
	struct text t = TEXT(buf), why = TEXT(reason);

	for (int format = SPEC_SXP; format <= SPEC_SIMPLE0; format++) {
		text_reset(&t);
		fuzz_check(!result_put(&t, (enum spec_format)format, &result,
				       &why));
		check_written(text_span(&t), (enum spec_format)format, &result);
		result.ramdisk = NULL;
	}
}

/* The input is the start of a message, whose arguments go on with x; whether it
 * has the right size is its first byte, which is put right then. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	size_t size = n && data[0] ? sizeof(struct report) : n;
	struct report *r = (void *)fuzz_place(&room, (size + 7) / 8 * 8);
	char reason[128];
	struct text why = TEXT(reason);
	bool valid;

	memset(r, 0, size);
	if (size == sizeof(*r))
		memset(r->args, 'x', size - offsetof(struct report, args));
	if (n) {
		memcpy(r, data, n < size ? n : size);
		*(uint8_t *)r = REPORT_MAGIC & 255;
	}
	valid = report_is_valid(r, size, &why);
	fuzz_check_reason(!valid, &why);
	if (valid) {
		fuzz_check(size == sizeof(*r) && r->magic == REPORT_MAGIC);
		fuzz_check(r->args_n <= CMDLINE_MAX);
		fuzz_check(!fuzz_control_bytes(report_args(r)));
		fuzz_check(r->outcome != REPORT_BOOT || r->kernel_size);
		fuzz_check(r->outcome != REPORT_FAILED ||
			   (r->rc && r->rc < 128));
		check_result(r);
	}
	return 0;
}
