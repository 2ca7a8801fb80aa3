/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "base/log.h"
#include "format/progress.h"

#define FILES 16

static uint64_t take_size(struct span *s)
{
	uint32_t low = 0, high = 0;

	span_get_be32(s, &high);
	span_get_be32(s, &low);
	return (uint64_t)high << 32 | low;
}

/* The input is how many files, how fast, the sizes of each, and the name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	struct progress_file file[FILES];
	char line[512], shown[1024];
	struct text t = TEXT(line), u = TEXT(shown);
	uint8_t files = 0;
	uint64_t rate;

	span_get_u8(&s, &files);
	files = (uint8_t)(files % FILES + 1);
	rate = take_size(&s);
	for (uint8_t i = 0; i < files; i++) {
		file[i].n = take_size(&s) >> 16;
		file[i].size = take_size(&s) >> 16;
		file[i].what = i ? "initrd" : "kernel";
	}
	file[0].name = s;
	progress_put(&t, file, files, rate >> 16);
	fuzz_check(!t.overflow);
	/* No terminal wraps it, whatever the name is. */
	log_put(&u, text_span(&t));
	for (uint8_t i = 0; i < files; i++)
		if (file[i].n >> 31 || file[i].size >> 31)
			return 0;
	fuzz_check(rate >> 51 || u.n <= PROGRESS_COLUMNS);
	return 0;
}
