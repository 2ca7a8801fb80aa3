/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/helptext.h"

/* The input's first byte is how wide the terminal is, the rest a file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	struct span file = fuzz_copy(data, n);
	uint8_t columns = 0;
	char *buf;
	struct text line;
	size_t before;

	span_get_u8(&file, &columns);
	columns += !columns;
	buf = (char *)fuzz_place(&room, columns + 1u);
	do {
		before = file.n;
		line = text_over(buf, columns + 1u);
		if (!helptext_line(&file, columns, &line))
			break;
		fuzz_check(file.n < before);
		fuzz_check(!line.overflow && line.n <= columns);
		fuzz_check(!fuzz_control_bytes(text_span(&line)));
		for (size_t i = 0; i < line.n; i++)
			fuzz_check((uint8_t)line.p[i] < 0x7f);
	} while (true);
	fuzz_check(!file.n && !line.n);
	return 0;
}
