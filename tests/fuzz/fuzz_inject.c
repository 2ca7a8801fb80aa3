/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/inject.h"

static const char trailer[] = "TRAILER!!!";

static uint32_t field(struct span head, unsigned i)
{
	uint32_t v = 0;
	uint8_t digit = 0;

	head.p += 6 + 8 * i;
	head.n = 8;
	while (head.n) {
		fuzz_check(span_get_hex_digit(&head, &digit));
		v = v << 4 | digit;
	}
	return v;
}

/* Takes an entry as Linux does: do_header(), do_name() in init/initramfs.c. */
static struct span take_entry(struct span *s, const char *expected)
{
	struct span head = { 0 }, name = { 0 }, content = { 0 };
	uint32_t size, length;

	fuzz_check(span_get(s, 110, &head));
	fuzz_check(span_starts(head, SPAN_LIT("070701")));
	size = field(head, 6);
	length = field(head, 11);
	fuzz_check(span_get(s, length + (-(110 + length) & 3), &name));
	fuzz_check(length && !name.p[length - 1]);
	fuzz_check(!strcmp((const char *)name.p, expected));
	fuzz_check(span_get(s, size + (-size & 3), &content));
	content.n = size;
	return content;
}

/* Each line is KEY='…' with nothing that a shell minds. */
static void check_lines(struct span s)
{
	struct span line, key;
	size_t n = 0;

	while (s.n) {
		fuzz_check(span_get_until(&s, '\n', &line));
		fuzz_check(span_starts(line, SPAN_LIT("LWPXEBOOT_")));
		fuzz_check(span_get_until(&line, '=', &key));
		for (size_t i = 0; i < key.n; i++)
			fuzz_check((key.p[i] >= 'A' && key.p[i] <= 'Z') ||
				   key.p[i] == '_');
		fuzz_check(line.n >= 2 && line.p[0] == '\'' &&
			   line.p[line.n - 1] == '\'');
		fuzz_check(line.n - 2 <= INJECT_VALUE);
		for (size_t i = 1; i + 1 < line.n; i++)
			fuzz_check(line.p[i] > ' ' && line.p[i] < 0x7f &&
				   !strchr("'\"\\$`;|<>()*[]{}!#^", line.p[i]));
		n++;
	}
	fuzz_check(n == 14);
}

/* Takes a NUL-terminated field out of the input. */
static void take(struct span *s, char *buf, size_t cap)
{
	struct text t = text_over(buf, cap);
	struct span part;

	t.clip = true;
	span_get_until(s, 0, &part);
	text_put(&t, part);
}

/* The input is the path and what a guest is told, each with a NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	struct text t = text_over((char *)fuzz_place(&room, INJECT_ARCHIVE),
				  INJECT_ARCHIVE);
	struct span s = { n ? data : NULL, n }, rest, name;
	char path[INJECT_PATH + 8], above[INJECT_PATH + 8] = "";
	struct spec spec = { .inject = path };
	struct dhcpmsg lease = { .lease = (uint32_t)n };
	struct url url = { .port = n & 1 ? (uint32_t)n : 0 };
	struct inject what = { .spec = &spec,
			       .lease = &lease,
			       .kernel = &url,
			       .server = (uint32_t)n };

	take(&s, path, sizeof(path));
	take(&s, spec.name, sizeof(spec.name));
	take(&s, lease.domain, sizeof(lease.domain));
	take(&s, url.scheme, sizeof(url.scheme));
	take(&s, url.host, sizeof(url.host));
	take(&s, url.path, sizeof(url.path));
	what.label = s;
	if (!inject_is_path(span_of(path)))
		return 0;
	fuzz_check(path[0] && path[0] != '/' && !strstr(path, "//"));
	inject_put(&t, &what);
	fuzz_check(!t.overflow && t.n % 4 == 0);
	rest = text_span(&t);
	for (s = span_of(path); span_get_until(&s, '/', &name);) {
		strncat(above, (const char *)name.p, name.n);
		fuzz_check(strcmp((const char *)name.p, ".") != 0);
		fuzz_check(!take_entry(&rest, above).n);
		strcat(above, "/");
	}
	check_lines(take_entry(&rest, path));
	fuzz_check(!take_entry(&rest, trailer).n && !rest.n);
	return 0;
}
