/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

/* A file in memory takes what is logged; it is no terminal. */
static int sink = -1;

static struct span logged(char *buf, size_t size)
{
	ssize_t n = pread(sink, buf, size, 0);

	fuzz_check(n >= 0);
	return (struct span){ (uint8_t *)buf, (size_t)n };
}

/* The same as JSON: printable, and one object, of which each string ends. */
static void read_json(uint8_t kind, struct span s)
{
	struct span line;
	char out[4096];
	int quotes = 0;

	fuzz_check(!ftruncate(sink, 0) && !lseek(sink, 0, SEEK_SET));
	log_set_json("\"mac\":\"m\",");
	if (kind & 2)
		log_error(255, "%.*s", SPAN_ARG(s));
	else
		log_info("%.*s", SPAN_ARG(s));
	log_set_json(NULL);
	line = logged(out, sizeof(out));
	fuzz_check(line.n > 2 && line.n < 2048);
	fuzz_check(!memcmp(line.p + line.n - 2, "}\n", 2));
	for (size_t i = 0; i + 1 < line.n; i++) {
		fuzz_check(line.p[i] >= 0x20 && line.p[i] <= 0x7e);
		quotes += line.p[i] == '"';
		if (line.p[i] == '\\')
			i++;
	}
	fuzz_check(quotes == (kind & 2 ? 16 : 14));
}

/* The input's first byte is the kind of line, the rest its text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n), line;
	uint8_t kind = 0;
	char out[4096];

	if (sink < 0) {
		sink = memfd_create("log", 0);
		log_open(sink);
	}
	fuzz_check(!ftruncate(sink, 0) && !lseek(sink, 0, SEEK_SET));
	span_get_u8(&s, &kind);
	if (!s.n)
		s = SPAN_LIT("");
	if (kind & 2)
		log_error(1, "%.*s", SPAN_ARG(s));
	else if (kind & 1)
		log_warn("%.*s", SPAN_ARG(s));
	else
		log_info("%.*s", SPAN_ARG(s));
	line = logged(out, sizeof(out));
	/* One line of printable ASCII, and not longer than it may be. */
	fuzz_check(line.n && line.n <= 1024 + 16);
	fuzz_check(line.p[line.n - 1] == '\n');
	for (size_t i = 0; i + 1 < line.n; i++)
		fuzz_check(line.p[i] >= 0x20 && line.p[i] <= 0x7e);
	read_json(kind, s);
	fuzz_check(!ftruncate(sink, (off_t)line.n));
	log_progress("%.*s", SPAN_ARG(s));
	fuzz_check(logged(out, sizeof(out)).n == line.n);
	return 0;
}
